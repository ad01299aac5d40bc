//! How respondents came to answer. It decides whether a figure earns a margin of error, and it is part of every figure's type:
//! what invited people said and what people said who chose themselves can be neither pooled nor compared.
//!
//! Baker, R. et al. (2013), Report of the AAPOR Task Force on Non-Probability Sampling: a margin of sampling error is not stated for
//! respondents who selected themselves.

use crate::interval::{Margin, NoMargin};
use crate::invitations::Invitations;
use std::fmt::Debug;

/// [`Invited`] or [`SelfSelected`]; there is no third.
pub trait Selection: sealed::Sealed + Copy + PartialEq + Debug {
    /// Why nothing of this selection earns a margin of error, where that is so.
    const REFUSAL: Option<NoMargin>;

    /// The margin that `of` gives, where this selection earns one.
    #[doc(hidden)]
    fn margin(of: impl FnOnce() -> Margin) -> Margin {
        match Self::REFUSAL {
            Some(why) => Margin::None(why),
            None => of(),
        }
    }
}

/// Every k-th visit, every closed inquiry, a random list: somebody else decided who is asked, and all who were asked are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Invited {
    pub invitations: Invitations,
}

/// An open link or a poster: who wanted to answer did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SelfSelected;

impl Selection for Invited {
    const REFUSAL: Option<NoMargin> = None;
}

impl Selection for SelfSelected {
    const REFUSAL: Option<NoMargin> = Some(NoMargin::ChoseThemselves);
}

mod sealed {
    pub trait Sealed {}
    impl Sealed for super::Invited {}
    impl Sealed for super::SelfSelected {}
}
