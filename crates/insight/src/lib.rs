//! Computes the figures of a survey report from answers: shares, means, drivers and comparisons.
//!
//! A [`Wave`] holds the answers of one round, either invited ([`Invited`]) or self-selected
//! ([`SelfSelected`]), never both. A [`SamplePart`] of a wave computes shares, means and drivers.
//! Only invited answers get margins of error; self-selected answers get the reason why they have
//! none ([`Margin`]). Code outside this crate cannot construct an [`Interval`], and figures of
//! different selections have different types, so they can be neither pooled nor compared.
//!
//! Pure: no I/O and no clock; randomness comes only from a seed ([`SeededRandom`]). The same
//! answers produce the same bits on every machine: sums run in the order of the answers, and
//! functions other than the basic operations and the square root come from `libm`.
//!
//! Every formula names its source and agrees to 1e-9 with figures computed by other programs
//! (`vectors/`).

#![warn(missing_docs)]

mod comparing;
mod distribution;
mod drivers;
mod duplicates;
mod finite;
mod interval;
mod invitations;
mod means;
mod normal;
mod part;
mod raking;
mod random;
mod rating;
mod ratings;
mod repeat_contact;
pub mod report;
mod selection;
mod shares;
mod student;
mod suppression;
mod wave;
mod weights;

#[cfg(test)]
mod recorded;

pub use comparing::{
    ComparedChange, Comparison, Difference, Incomparable, Pair, Wording, compare, holm,
};
pub use distribution::Distribution;
pub use drivers::{DriverCase, Drivers, RankCorrelation, UnevenCases, Weight, WhyRanks};
pub use duplicates::{Twin, flag_duplicates};
pub use finite::SmallerPopulation;
pub use interval::{CONFIDENCE, Figure, Interval, Margin, NoMargin};
pub use invitations::{Invitations, ResponseRates, WrongCounts};
pub use means::Mean;
pub use part::SamplePart;
pub use raking::{Bounds, Raked, RakingFault, RakingTarget, rake};
pub use random::SeededRandom;
pub use rating::Rating;
pub use ratings::Ratings;
pub use repeat_contact::RepeatContact;
pub use selection::{Invited, Selection, SelfSelected};
pub use shares::Share;
pub use suppression::{CountTable, Groups, Rule, Seen, UnevenRows};
pub use wave::{Wave, WrongLength};
pub use weights::{WeightFault, Weights};
