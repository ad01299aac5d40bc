//! How respondents were selected. This decides whether a figure gets a margin of error, and it is
//! part of every figure's type: figures of invited and of self-selected respondents can be neither
//! pooled nor compared.
//!
//! Baker, R. et al. (2013), Report of the AAPOR Task Force on Non-Probability Sampling: a margin of
//! sampling error is not stated for respondents who selected themselves.

use crate::interval::{Margin, NoMargin};
use crate::invitations::Invitations;
use std::fmt::Debug;

/// Implemented by [`Invited`] and [`SelfSelected`] only (sealed).
pub trait Selection: sealed::SealedSelection + Copy + PartialEq + Debug {
    /// Why figures of this selection have no margin of error; `None` if they may have one.
    const REFUSAL: Option<NoMargin>;

    /// The margin that `of` computes, or the refusal of this selection.
    #[doc(hidden)]
    fn margin(of: impl FnOnce() -> Margin) -> Margin {
        match Self::REFUSAL {
            Some(why) => Margin::None(why),
            None => of(),
        }
    }
}

/// Every k-th visitor, every closed inquiry, a random list: the people did not choose themselves,
/// and everyone who was asked is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Invited {
    /// Counts of everyone who was asked, and of the outcomes.
    pub invitations: Invitations,
}

/// An open link or a poster: people decided for themselves whether to answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SelfSelected;

impl Selection for Invited {
    const REFUSAL: Option<NoMargin> = None;
}

impl Selection for SelfSelected {
    const REFUSAL: Option<NoMargin> = Some(NoMargin::ChoseThemselves);
}

mod sealed {
    /// Implemented by the two selections only.
    pub trait SealedSelection {}
    impl SealedSelection for super::Invited {}
    impl SealedSelection for super::SelfSelected {}
}
