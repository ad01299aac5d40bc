//! One answer on the five-point scale, and its score.

use domain::survey::{SCALE_POINTS, SurveyAnswer};

/// A point on the scale, from 1 (low) to 5 (high).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Rating(u8);

impl Rating {
    /// `None` if `point` is not on the scale.
    pub fn new(point: u8) -> Option<Self> {
        (1..=SCALE_POINTS).contains(&point).then_some(Self(point))
    }

    /// The rating of a scale answer; `None` for every other answer.
    pub fn of(answer: &SurveyAnswer) -> Option<Self> {
        match answer {
            SurveyAnswer::Scale(point) => Self::new(*point),
            _ => None,
        }
    }

    /// Index of its count in a distribution, 0 to 4.
    pub fn place(self) -> usize {
        usize::from(self.0 - 1)
    }

    /// Score of 0, 25, 50, 75 or 100: the scale as a percentage from its lowest to its highest
    /// point.
    pub fn score(self) -> f64 {
        25.0 * f64::from(self.0 - 1)
    }

    /// Whether the rating is 4 or 5.
    pub fn is_top_two(self) -> bool {
        self.0 + 1 >= SCALE_POINTS
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_five_points_score_from_nothing_to_a_hundred() {
        let all: Vec<_> = (0..=6)
            .filter_map(Rating::new)
            .map(|rating| (rating.place(), rating.score(), rating.is_top_two()))
            .collect();
        assert_eq!(
            all,
            [
                (0, 0.0, false),
                (1, 25.0, false),
                (2, 50.0, false),
                (3, 75.0, true),
                (4, 100.0, true)
            ]
        );
    }

    #[test]
    fn what_is_not_on_the_scale_is_no_rating() {
        assert_eq!(Rating::of(&SurveyAnswer::Scale(4)), Rating::new(4));
        assert_eq!(Rating::of(&SurveyAnswer::Scale(9)), None);
        assert_eq!(Rating::of(&SurveyAnswer::DoesNotApply), None);
        assert_eq!(Rating::of(&SurveyAnswer::Skipped), None);
    }
}
