//! Everything of one history that its parts share.

use crate::bug::Bug;
use crate::chronicle::Chronicle;
use crate::executor::random;
use crate::faults::Faults;
use crate::invariants::{Failure, Invariant};
use crate::town::{Ground, Town};
use std::cell::{Cell, RefCell};

pub struct World {
    pub faults: Cell<Faults>,
    pub bug: Option<Bug>,
    pub chronicle: RefCell<Chronicle>,
    pub town: Town,
}

impl World {
    pub fn new(faults: Faults, ground: Ground, bug: Option<Bug>) -> Self {
        Self {
            faults: Cell::new(faults),
            bug,
            chronicle: RefCell::default(),
            town: Town::new(ground, bug),
        }
    }

    /// Whether a kind of trouble strikes now.
    pub fn strikes(&self, which: impl FnOnce(Faults) -> u32) -> bool {
        let chance = which(self.faults.get());
        chance > 0 && random(|dice| dice.chance(chance))
    }

    pub fn saw(&self, invariant: Invariant, what: String) {
        self.chronicle.borrow_mut().seen.push(Failure { invariant, what });
    }
}
