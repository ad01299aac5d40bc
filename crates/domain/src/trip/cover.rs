//! The fewest locations that do all errands: the set cover problem, solved exactly.
//!
//! Why it is exact: let `best(s)` be the least cost of locations that together do the errands in
//! the set `s`. In any solution, some location does the first errand of `s`; without it, the others
//! must do what remains. So `best(s)` is the minimum, over all locations that do the first errand,
//! of the location's cost plus `best` of what remains: a smaller set, whose value is already known.
//! Costs add up and none is negative, so nothing cheaper can be missed. The work is 4,096 sets
//! times the locations that do one errand.

/// A location as the search sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Candidate {
    /// The errands that it does, one bit for each.
    pub does: u16,
    /// Whether it is known to be open on that day.
    pub is_open: bool,
    /// Whether its hours on that day are certain.
    pub is_certain: bool,
    /// Distance in metres from where the person is; 0 if that is not known.
    pub metres: u32,
    /// The number of tasks that it does fewer than the location with most.
    pub tasks_fewer: u16,
}

/// Fewer locations first; then fewer whose hours are not known; then fewer metres, or from nowhere
/// in particular, the larger locations; and only between equals those whose hours are confirmed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Cost(u64);

impl Cost {
    const NOTHING: Cost = Cost(0);
    const IMPOSSIBLE: Cost = Cost(u64::MAX);

    /// More would overflow the bits of twelve locations. No distance within a municipality, nor
    /// the tasks of a counter, come near.
    const METRES_MAX: u32 = 2_000_000;
    const TASKS_FEWER_MAX: u16 = 1_000;

    fn of(candidate: &Candidate) -> Cost {
        Cost(
            1 << 60
                | u64::from(!candidate.is_open) << 56
                | u64::from(candidate.metres.min(Self::METRES_MAX)) << 24
                | u64::from(candidate.tasks_fewer.min(Self::TASKS_FEWER_MAX)) << 8
                | u64::from(!candidate.is_certain),
        )
    }

    fn and(self, other: Cost) -> Cost {
        Cost(self.0.saturating_add(other.0))
    }
}

/// The candidates, by index, that together do all of `wanted` at the least cost, the one with most
/// errands first. `None` if even all of them together do not.
pub fn fewest(wanted: u16, candidates: &[Candidate]) -> Option<Vec<usize>> {
    let mut best = vec![(Cost::IMPOSSIBLE, 0); usize::from(wanted) + 1];
    best[0].0 = Cost::NOTHING;
    for set in (1..=wanted).filter(|set| set & !wanted == 0) {
        let first = set & set.wrapping_neg();
        for (at, candidate) in
            candidates.iter().enumerate().filter(|(_, candidate)| candidate.does & first != 0)
        {
            let cost = best[usize::from(set & !candidate.does)].0.and(Cost::of(candidate));
            if cost < best[usize::from(set)].0 {
                best[usize::from(set)] = (cost, at);
            }
        }
    }
    let mut chosen: Vec<usize> = Vec::new();
    let mut left = wanted;
    while left != 0 {
        let (cost, at) = best[usize::from(left)];
        if cost == Cost::IMPOSSIBLE {
            return None;
        }
        let place = chosen
            .iter()
            .position(|&other| count(candidates, other, wanted) < count(candidates, at, wanted));
        chosen.insert(place.unwrap_or(chosen.len()), at);
        left &= !candidates[at].does;
    }
    Some(chosen)
}

fn count(candidates: &[Candidate], at: usize, wanted: u16) -> u32 {
    (candidates[at].does & wanted).count_ones()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cost(candidates: &[Candidate], chosen: &[usize]) -> Cost {
        chosen.iter().fold(Cost::NOTHING, |sum, &at| sum.and(Cost::of(&candidates[at])))
    }

    /// Tries every set of candidates.
    fn by_brute_force(wanted: u16, candidates: &[Candidate]) -> Option<Cost> {
        let sets = 0u32..1 << candidates.len();
        let covers = |set: &u32| {
            let done = candidates
                .iter()
                .enumerate()
                .filter(|(at, _)| set & 1 << at != 0)
                .fold(0, |done, (_, candidate)| done | candidate.does);
            wanted & !done == 0
        };
        sets.filter(covers)
            .map(|set| {
                cost(
                    candidates,
                    &(0..candidates.len()).filter(|at| set & 1 << at != 0).collect::<Vec<_>>(),
                )
            })
            .min()
    }

    /// A small pseudo-random generator (Marsaglia's xorshift), so that a failure can be reproduced.
    fn next(seed: &mut u64) -> u64 {
        *seed ^= *seed << 13;
        *seed ^= *seed >> 7;
        *seed ^= *seed << 17;
        *seed
    }

    #[test]
    fn the_answer_is_as_good_as_the_best_of_all_sets() {
        for round in 1..=3_000u64 {
            let mut seed = round.wrapping_mul(0x9e37_79b9_7f4a_7c15);
            let (errands, hubs) = (1 + next(&mut seed) % 12, next(&mut seed) % 11);
            let wanted = (1u16 << errands) - 1;
            let candidates: Vec<Candidate> = (0..hubs)
                .map(|_| Candidate {
                    // Most locations do few errands, so that solutions need several.
                    does: (next(&mut seed) & next(&mut seed)) as u16 & wanted,
                    is_open: !next(&mut seed).is_multiple_of(4),
                    is_certain: !next(&mut seed).is_multiple_of(3),
                    tasks_fewer: (next(&mut seed) % 50) as u16,
                    metres: (next(&mut seed) % 80_000) as u32,
                })
                .collect();
            let (ours, exact) = (fewest(wanted, &candidates), by_brute_force(wanted, &candidates));
            assert_eq!(
                ours.as_ref().map(|chosen| cost(&candidates, chosen)),
                exact,
                "round {round}: {candidates:?}"
            );
            let done = ours.iter().flatten().fold(0, |done, &at| done | candidates[at].does);
            assert!(ours.is_none() || done & wanted == wanted, "round {round}");
        }
    }

    #[test]
    fn fewer_stops_then_open_then_near_then_large_then_confirmed() {
        let hub = |does, metres| Candidate {
            does,
            is_open: true,
            is_certain: true,
            metres,
            tasks_fewer: 0,
        };
        let shut = |metres| Candidate { is_open: false, ..hub(1, metres) };
        let doubtful = |metres| Candidate { is_certain: false, ..hub(1, metres) };
        let small = |metres| Candidate { tasks_fewer: 9, ..hub(1, metres) };
        let first = |candidates: &[Candidate]| fewest(1, candidates);
        let many = Candidate { is_open: false, ..hub(0b11, 90_000) };
        assert_eq!(fewest(0b11, &[many, hub(0b01, 1), hub(0b10, 1)]), Some(vec![0]));
        assert_eq!(first(&[shut(1), hub(1, 90_000)]), Some(vec![1]), "open before near");
        assert_eq!(first(&[hub(1, 2), hub(1, 1)]), Some(vec![1]), "near");
        assert_eq!(first(&[hub(1, 24_000), doubtful(1)]), Some(vec![1]), "near before confirmed");
        assert_eq!(first(&[small(1), doubtful(1)]), Some(vec![1]), "large before confirmed");
        assert_eq!(first(&[doubtful(1), hub(1, 1)]), Some(vec![1]), "confirmed between equals");
        assert_eq!(
            fewest(0b111, &[hub(0b001, 0), hub(0b110, 0)]),
            Some(vec![1, 0]),
            "the stop with most to do comes first"
        );
        assert_eq!(fewest(0, &[]), Some(vec![]));
        assert_eq!(fewest(0b10, &[hub(0b01, 0)]), None);
    }

    #[test]
    fn twelve_of_the_farthest_and_smallest_do_not_overflow() {
        let far = |at: u32| Candidate {
            does: 1 << at,
            is_open: false,
            is_certain: false,
            metres: u32::MAX,
            tasks_fewer: u16::MAX,
        };
        let candidates: Vec<Candidate> = (0..12).map(far).collect();
        let all = cost(&candidates, &(0..12).collect::<Vec<_>>());
        assert_eq!((all.0 >> 60, all.0 >> 56 & 15, all.0 & 255), (12, 12, 12));
        assert!(all.0 < Cost::IMPOSSIBLE.0);
    }
}
