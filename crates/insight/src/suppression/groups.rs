//! Suppression of groups under one total: locations, villages, channels.

use super::{PUBLIC_MIN, Rule, Seen};
use serde::Serialize;

/// Every count after suppression, in order, and the total.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Groups {
    /// One count per group, in the order given.
    pub groups: Vec<Seen>,
    /// Sum of all groups.
    pub total: Seen,
}

impl Groups {
    /// Suppresses `counts`. Every person must be in exactly one group.
    pub fn of(rule: Rule, counts: &[u64]) -> Self {
        let total = rule.alone(counts.iter().sum());
        let alone: Vec<Seen> = counts.iter().map(|&count| rule.alone(count)).collect();
        match rule {
            Rule::Office => Self { groups: alone, total },
            Rule::Public => Self { groups: hide(counts, alone), total },
        }
    }
}

/// The sum of the hidden groups can be derived as the total minus the rest. It must therefore be of
/// no group at all, or of ten or more people, which one small group alone never is; otherwise the
/// smallest shown group is hidden as well.
fn hide(counts: &[u64], mut seen: Vec<Seen>) -> Vec<Seen> {
    loop {
        let hidden: Vec<u64> = counts
            .iter()
            .zip(&seen)
            .filter(|(_, seen)| seen.is_hidden())
            .map(|(count, _)| *count)
            .collect();
        if hidden.is_empty() || hidden.iter().sum::<u64>() >= PUBLIC_MIN {
            return seen;
        }
        let shown = (0..counts.len()).filter(|&at| !seen[at].is_hidden());
        match shown.min_by_key(|&at| counts[at]) {
            Some(smallest) => seen[smallest] = Seen::Hidden,
            // Every group is hidden, and therefore the total as well.
            None => return seen,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::SeededRandom;

    fn public(counts: &[u64]) -> Vec<Option<u64>> {
        let shown = |seen: &Seen| match seen {
            Seen::Shown(count) => Some(*count),
            Seen::Marked(_) => panic!("the public sees no marks"),
            Seen::Hidden => None,
        };
        let groups = Groups::of(Rule::Public, counts);
        groups.groups.iter().chain([&groups.total]).map(shown).collect()
    }

    #[test]
    fn a_small_group_takes_the_smallest_of_the_others_with_it() {
        assert_eq!(public(&[40, 3, 12, 25]), [Some(40), None, None, Some(25), Some(80)]);
        assert_eq!(public(&[40, 12, 25]), [Some(40), Some(12), Some(25), Some(77)]);
    }

    #[test]
    fn two_small_groups_hide_each_other_only_when_they_are_ten_together() {
        assert_eq!(public(&[40, 6, 4]), [Some(40), None, None, Some(50)]);
        assert_eq!(public(&[40, 6, 3]), [None, None, None, Some(49)]);
        assert_eq!(public(&[40, 0, 30]), [Some(40), None, None, Some(70)], "also none is few");
    }

    #[test]
    fn a_total_of_few_is_hidden_with_all_of_it() {
        assert_eq!(public(&[4, 5]), [None, None, None]);
        assert_eq!(public(&[]), [None]);
        assert_eq!(public(&[10]), [Some(10), Some(10)]);
    }

    #[test]
    fn the_office_sees_few_marked_and_hides_no_more_than_the_rule_says() {
        let groups = Groups::of(Rule::Office, &[40, 3, 7]);
        assert_eq!(
            (groups.groups, groups.total),
            (vec![Seen::Shown(40), Seen::Hidden, Seen::Marked(7)], Seen::Shown(50))
        );
    }

    #[test]
    fn subtraction_never_gives_fewer_than_ten_people_nor_one_group() {
        let mut random = SeededRandom::seeded(1);
        for _ in 0..20_000 {
            let most = [12, 40][random.below(2)];
            let counts: Vec<u64> =
                (0..random.below(7)).map(|_| random.below(most) as u64).collect();
            let seen = public(&counts);
            let (groups, total) = seen.split_at(counts.len());
            assert!(
                groups
                    .iter()
                    .zip(&counts)
                    .all(|(seen, &count)| seen.is_none_or(|seen| seen == count && count >= 10))
            );
            let Some(total) = total[0] else {
                assert!(groups.iter().all(Option::is_none));
                continue;
            };
            let left = total - groups.iter().flatten().sum::<u64>();
            let hidden = groups.iter().filter(|seen| seen.is_none()).count();
            assert!(hidden == 0 || hidden > 1 && left >= 10, "{counts:?} as {seen:?}");
        }
    }
}
