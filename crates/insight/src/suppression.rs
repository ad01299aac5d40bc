//! Which counts may be shown: too few people are hidden, and so is whatever would give them away by subtraction.
//!
//! Public figures keep this promise: for every hidden count below ten there is another table with the same shown figures in which it is ten
//! or more, and no hidden count can be had exactly. Then also no sum of hidden counts that can be had by adding and subtracting what is
//! shown stands for fewer than ten people (max-flow min-cut). It counts people; who shows scores hides them where this hides the people.
//!
//! Willenborg, L. and de Waal, T. (2001), Elements of Statistical Disclosure Control, chapters 4 and 5; Cox, L. H. (1980), Suppression
//! methodology and statistical disclosure control, JASA 75, 377-385.

mod groups;
mod protect;
mod table;

pub use groups::Groups;
pub use table::{Table, UnevenRows};

use serde::{Deserialize, Serialize};

/// Public figures hide counts below this.
const PUBLIC_MIN: u64 = 10;
/// Figures inside the office hide counts below this, and mark those below [`PUBLIC_MIN`].
const OFFICE_MIN: u64 = 5;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rule {
    /// Below 10 hidden, and what gives them away.
    Public,
    /// Below 5 hidden, 5 to 9 marked. For people who may see the answers; against conclusions from a handful, not against subtraction.
    Office,
}

/// A count as it may be shown. Why one is hidden is not said: the reason would narrow it down.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Seen {
    Shown(u64),
    /// Shown with a mark that it is of few people.
    Marked(u64),
    Hidden,
}

impl Seen {
    /// Nothing where it is hidden.
    pub fn count(self) -> Option<u64> {
        match self {
            Seen::Shown(count) | Seen::Marked(count) => Some(count),
            Seen::Hidden => None,
        }
    }

    pub fn is_hidden(&self) -> bool {
        *self == Seen::Hidden
    }
}

impl Rule {
    /// One count by itself. Of counts that add up to a shown total, ask [`Groups`] or [`Table`].
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
    fn a_hidden_count_is_written_without_a_trace_of_it() {
        assert_eq!(
            serde_json::to_string(&[Seen::Hidden, Seen::Shown(12)]).unwrap(),
            r#"["hidden",{"shown":12}]"#
        );
    }
}
