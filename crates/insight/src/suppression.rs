//! Statistical disclosure control: hides counts of too few people, and every count from which a
//! hidden one could be derived by subtraction.
//!
//! Guarantee for public figures: for every hidden count below ten there is another table with the
//! same shown figures in which that count is ten or more, and no hidden count can be determined
//! exactly. It follows that no sum of hidden counts that can be computed by adding and subtracting
//! shown figures is of fewer than ten people (max-flow min-cut). Suppression works on counts of
//! people; callers that show scores must hide them wherever the count is hidden.
//!
//! Willenborg, L. and de Waal, T. (2001), Elements of Statistical Disclosure Control, chapters 4
//! and 5; Cox, L. H. (1980), Suppression methodology and statistical disclosure control, JASA 75,
//! 377-385.

mod groups;
mod protect;
mod table;

pub use groups::Groups;
pub use table::{CountTable, UnevenRows};

use serde::{Deserialize, Serialize};

/// Public figures hide counts below this.
const PUBLIC_MIN: u64 = 10;
/// Figures for staff hide counts below this, and mark those below [`PUBLIC_MIN`].
const OFFICE_MIN: u64 = 5;

/// Who the figures are for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rule {
    /// Hides counts below 10, and the counts from which those could be derived.
    Public,
    /// For staff who may see the answers: hides counts below 5 and marks 5 to 9. It prevents
    /// conclusions from a handful of answers, not derivation by subtraction.
    Office,
}

/// A count after suppression. It does not say why a count is hidden, because the reason would
/// narrow the count down.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Seen {
    /// Shown as it is.
    Shown(u64),
    /// Shown, and marked as being of few people.
    Marked(u64),
    /// Suppressed.
    Hidden,
}

impl Seen {
    /// The count; `None` if it is hidden.
    pub fn count(self) -> Option<u64> {
        match self {
            Seen::Shown(count) | Seen::Marked(count) => Some(count),
            Seen::Hidden => None,
        }
    }

    /// Whether the count is suppressed.
    pub fn is_hidden(&self) -> bool {
        *self == Seen::Hidden
    }
}

impl Rule {
    /// Applies the rule to a single count. For counts that add up to a shown total, use [`Groups`]
    /// or [`CountTable`].
    pub fn alone(self, count: u64) -> Seen {
        match (self, count) {
            (Rule::Public, PUBLIC_MIN..) => Seen::Shown(count),
            (Rule::Office, PUBLIC_MIN..) => Seen::Shown(count),
            (Rule::Office, OFFICE_MIN..) => Seen::Marked(count),
            _ => Seen::Hidden,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_public_sees_ten_and_more_the_office_five_and_more() {
        let seen = |rule: Rule| [0, 4, 5, 9, 10].map(|count| rule.alone(count));
        assert_eq!(
            seen(Rule::Public),
            [Seen::Hidden, Seen::Hidden, Seen::Hidden, Seen::Hidden, Seen::Shown(10)]
        );
        assert_eq!(
            seen(Rule::Office),
            [Seen::Hidden, Seen::Hidden, Seen::Marked(5), Seen::Marked(9), Seen::Shown(10)]
        );
    }

    #[test]
    fn a_count_is_read_unless_it_is_hidden() {
        let all = [Seen::Shown(12), Seen::Marked(7), Seen::Hidden];
        assert_eq!(all.map(Seen::count), [Some(12), Some(7), None]);
        assert_eq!(all.map(|seen| seen.is_hidden()), [false, false, true]);
    }

    #[test]
    fn a_hidden_count_is_written_without_a_trace_of_it() {
        assert_eq!(
            serde_json::to_string(&[Seen::Hidden, Seen::Shown(12)]).unwrap(),
            r#"["hidden",{"shown":12}]"#
        );
    }
}
