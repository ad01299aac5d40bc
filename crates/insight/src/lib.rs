//! From answers to figures that can be stood by before Council.
//!
//! A [`Wave`] takes the answers of one round, invited ([`Invited`]) or self-selected ([`SelfSelected`]), never both. A [`Part`] of it
//! gives shares, means, drivers. Only invited answers get margins of error; the others get the reason why not ([`Margin`]).
//! There is no other door: an [`Interval`] cannot be made outside, and figures of different selection do not fit together.
//!
//! Pure: no I/O, no clock; randomness only from a seed ([`Random`]). The same answers give the same bits on every machine, so
//! sums run in the order of the answers, and what is not a basic operation or a square root comes from `libm`.
//!
//! Every formula names its source and holds to 1e-9 against figures of other programs (`vectors/`).

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

pub use comparing::{Change, Comparison, Difference, Incomparable, Pair, Wording, compare, holm};
pub use distribution::Distribution;
pub use drivers::{Case, Drivers, RankCorrelation, UnevenCases, Weight, WhyRanks};
pub use duplicates::{Twin, flag_duplicates};
pub use finite::SmallerPopulation;
pub use interval::{CONFIDENCE, Figure, Interval, Margin, NoMargin};
pub use invitations::{Invitations, ResponseRates, WrongCounts};
pub use means::Mean;
pub use part::Part;
pub use raking::{Bounds, Raked, RakingFault, Target, rake};
pub use random::Random;
pub use rating::Rating;
pub use ratings::Ratings;
pub use repeat_contact::RepeatContact;
pub use selection::{Invited, Selection, SelfSelected};
pub use shares::Share;
pub use suppression::{Groups, Rule, Seen, Table, UnevenRows};
pub use wave::{Wave, WrongLength};
pub use weights::{WeightFault, Weights};
