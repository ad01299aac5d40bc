//! One round of answers, all of one selection. Figures can only be computed from a wave. Its
//! constructor states whether the records were invited or self-selected, and from then on the types
//! keep the two apart.
//!
//! A self-selected figure cannot be used as an invited one:
//!
//! ```compile_fail
//! use insight::*;
//! let invited = Wave::invited(Invitations::new(9, 2, 0, 0)?, vec![1, 2])?;
//! let open = Wave::self_selected(vec![3]);
//! let share = |wave_share: Option<Share<Invited>>| wave_share;
//! share(open.whole().share(|_| Some(true)));
//! # Ok::<(), WrongCounts>(())
//! ```
//!
//! The same code with an invited figure compiles:
//!
//! ```
//! use insight::*;
//! let invited = Wave::invited(Invitations::new(9, 2, 0, 0)?, vec![1, 2])?;
//! let open = Wave::self_selected(vec![3]);
//! let share = |wave_share: Option<Share<Invited>>| wave_share;
//! share(invited.whole().share(|_| Some(true)));
//! # Ok::<(), WrongCounts>(())
//! ```

use crate::invitations::{Invitations, WrongCounts};
use crate::part::SamplePart;
use crate::selection::{Invited, Selection, SelfSelected};
use crate::weights::Weights;

/// Records with at least one answer each. Their order must be the same whenever the figures are
/// computed again.
#[derive(Debug, Clone, PartialEq)]
pub struct Wave<S, R> {
    selection: S,
    records: Vec<R>,
    /// All 1 without weighting.
    weights: Vec<f64>,
}

/// Error: the number of weights is not the number of records.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WrongLength {
    /// Number of records in the wave.
    pub records: usize,
    /// Number of weights given.
    pub weights: usize,
}

impl<R> Wave<Invited, R> {
    /// Errors if there are more records than the invitations count as answered. There may be fewer:
    /// answers that were withdrawn or erased later still count as answered.
    pub fn invited(invitations: Invitations, records: Vec<R>) -> Result<Self, WrongCounts> {
        match records.len() as u64 {
            count if count > invitations.answered() => {
                Err(WrongCounts { invited: invitations.invited(), outcomes: Some(count) })
            }
            _ => Ok(Self::new(Invited { invitations }, records)),
        }
    }

    /// Counts of invitations and their outcomes.
    pub fn invitations(&self) -> &Invitations {
        &self.selection.invitations
    }
}

impl<R> Wave<SelfSelected, R> {
    /// A wave of people who chose to answer. It never gets margins of error.
    pub fn self_selected(records: Vec<R>) -> Self {
        Self::new(SelfSelected, records)
    }
}

impl<S: Selection, R> Wave<S, R> {
    fn new(selection: S, records: Vec<R>) -> Self {
        let weights = vec![1.0; records.len()];
        Self { selection, records, weights }
    }

    /// Sets one weight per record. Weighting does not create a margin of error for self-selected
    /// answers. Errors if the numbers differ.
    pub fn weighted(self, weights: &Weights) -> Result<Self, WrongLength> {
        match weights.as_slice() {
            weights if weights.len() != self.records.len() => {
                Err(WrongLength { records: self.records.len(), weights: weights.len() })
            }
            weights => Ok(Self { weights: weights.to_vec(), ..self }),
        }
    }

    /// The records, in order.
    pub fn records(&self) -> &[R] {
        &self.records
    }

    /// All records.
    pub fn whole(&self) -> SamplePart<'_, S, R> {
        self.part(|_| true)
    }

    /// The records for which `belongs` returns true: a location, a channel, a village.
    pub fn part(&self, belongs: impl Fn(&R) -> bool) -> SamplePart<'_, S, R> {
        let members = self.records.iter().zip(&self.weights).filter(|(record, _)| belongs(record));
        SamplePart::new(members.map(|(record, weight)| (record, *weight)).collect())
    }
}

/// Waves built from plain counts and scores, for the tests of this crate.
#[cfg(test)]
pub(crate) mod testing {
    use super::*;
    use crate::Ratings;
    use domain::survey::SurveyAnswer;

    pub(crate) fn of_counts(counts: [u64; 5]) -> Ratings<Invited> {
        let answers = answers(counts);
        let invitations =
            Invitations::new(answers.len() as u64, answers.len() as u64, 0, 0).unwrap();
        Wave::invited(invitations, answers).unwrap().whole().ratings(Some)
    }

    pub(crate) fn open_of_counts(counts: [u64; 5]) -> Ratings<SelfSelected> {
        Wave::self_selected(answers(counts)).whole().ratings(Some)
    }

    pub(crate) fn weighted<S: Selection + Default>(
        scores: &[f64],
        weights: Vec<f64>,
    ) -> Ratings<S> {
        let answers =
            scores.iter().map(|score| SurveyAnswer::Scale((score / 25.0) as u8 + 1)).collect();
        Wave::new(S::default(), answers)
            .weighted(&Weights::new(weights).unwrap())
            .unwrap()
            .whole()
            .ratings(Some)
    }

    fn answers(counts: [u64; 5]) -> Vec<SurveyAnswer> {
        (1..=5)
            .zip(counts)
            .flat_map(|(point, count)| (0..count).map(move |_| SurveyAnswer::Scale(point)))
            .collect()
    }

    impl Default for Invited {
        fn default() -> Self {
            Self { invitations: Invitations::new(0, 0, 0, 0).unwrap() }
        }
    }

    impl Default for SelfSelected {
        fn default() -> Self {
            Self
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_answers_than_invitations_are_no_wave() {
        let invitations = Invitations::new(10, 1, 1, 3).unwrap();
        assert!(Wave::invited(invitations, vec!['a', 'b']).is_ok());
        assert_eq!(
            Wave::invited(invitations, vec!['a', 'b', 'c']),
            Err(WrongCounts { invited: 10, outcomes: Some(3) })
        );
    }

    #[test]
    fn every_record_needs_its_weight() {
        let weights = Weights::new(vec![1.0, 2.0]).unwrap();
        assert_eq!(
            Wave::self_selected(vec!['a']).weighted(&weights),
            Err(WrongLength { records: 1, weights: 2 })
        );
    }

    #[test]
    fn a_part_keeps_the_weights_of_its_records() {
        let wave = Wave::self_selected(vec![1, 2, 3, 4])
            .weighted(&Weights::new(vec![1.0, 2.0, 4.0, 6.0]).unwrap())
            .unwrap();
        let part = wave.part(|record| record % 2 == 0);
        assert_eq!(part.share(|record| Some(*record == 4)).unwrap().value(), 0.75);
        assert_eq!((part.n(), wave.whole().n()), (2, 4));
    }
}
