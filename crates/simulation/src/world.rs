//! Everything that the parts of one history share.

use crate::bug::Bug;
use crate::chronicle::Chronicle;
use crate::executor::random;
use crate::faults::FaultPlan;
use crate::invariants::{Failure, Invariant};
use crate::town::{Ground, Town};
use std::cell::{Cell, RefCell};

/// The shared state of one history.
pub struct World {
    /// The current fault rates; all zero in the quiet phase.
    pub faults: Cell<FaultPlan>,
    /// The bug planted on purpose, if any.
    pub bug: Option<Bug>,
    /// What really happened.
    pub chronicle: RefCell<Chronicle>,
    /// The server.
    pub town: Town,
}

impl World {
    /// Creates the world of a history that has not begun.
    pub fn new(faults: FaultPlan, ground: Ground, bug: Option<Bug>) -> Self {
        Self {
            faults: Cell::new(faults),
            bug,
            chronicle: RefCell::default(),
            town: Town::new(ground, bug),
        }
    }

    /// Decides at random whether a kind of fault strikes now. `which` picks its rate, in ten
    /// thousand.
    pub fn strikes(&self, which: impl FnOnce(FaultPlan) -> u32) -> bool {
        let chance = which(self.faults.get());
        chance > 0 && random(|random| random.chance(chance))
    }

    /// Records a violation that was detected while it happened.
    pub fn saw(&self, invariant: Invariant, what: String) {
        self.chronicle.borrow_mut().seen.push(Failure { invariant, what });
    }
}
