//! Counts of each answer to a question. They can be shown for every question, invited or
//! self-selected.

use crate::rating::Rating;
use domain::survey::{SCALE_POINTS, SurveyAnswer};
use serde::Serialize;

/// Counts of people. "Does not apply" and skipped are counted separately and are not answers on the
/// scale.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Distribution {
    counts: [u64; SCALE_POINTS as usize],
    does_not_apply: u64,
    skipped: u64,
}

impl Distribution {
    /// Ignores answers that do not belong to a scale question; `domain` rejects them on input.
    pub(crate) fn of<'a>(answers: impl IntoIterator<Item = &'a SurveyAnswer>) -> Self {
        let mut distribution = Self::default();
        for answer in answers {
            match (Rating::of(answer), answer) {
                (Some(rating), _) => distribution.counts[rating.place()] += 1,
                (None, SurveyAnswer::DoesNotApply) => distribution.does_not_apply += 1,
                (None, SurveyAnswer::Skipped) => distribution.skipped += 1,
                _ => {}
            }
        }
        distribution
    }

    /// Number of answers on the scale.
    pub fn n(&self) -> u64 {
        self.counts.iter().sum()
    }

    /// Counts for the points 1 to 5, in order.
    pub fn counts(&self) -> [u64; SCALE_POINTS as usize] {
        self.counts
    }

    /// Number of people who answered that the question does not apply to them.
    pub fn does_not_apply(&self) -> u64 {
        self.does_not_apply
    }

    /// Number of people who saw the question and skipped it.
    pub fn skipped(&self) -> u64 {
        self.skipped
    }

    /// Number of answers 4 and 5.
    pub fn top_two(&self) -> u64 {
        self.counts.iter().rev().take(2).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_answer_on_the_scale_stands_apart() {
        let answers = [
            SurveyAnswer::Scale(5),
            SurveyAnswer::Scale(4),
            SurveyAnswer::Scale(4),
            SurveyAnswer::Scale(1),
            SurveyAnswer::DoesNotApply,
            SurveyAnswer::Skipped,
            SurveyAnswer::Skipped,
        ];
        let distribution = Distribution::of(&answers);
        assert_eq!(distribution.counts(), [1, 0, 0, 2, 1]);
        assert_eq!((distribution.n(), distribution.top_two()), (4, 3));
        assert_eq!((distribution.does_not_apply(), distribution.skipped()), (1, 2));
    }
}
