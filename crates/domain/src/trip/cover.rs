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
    /// Whether its hours on that day are known and certain.
    pub is_certain: bool,
    /// Distance in metres from where the person is; 0 if that is not known.
    pub metres: u32,
}

/// Fewer locations first, then fewer whose hours are not certain, then fewer metres.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Cost(u64);

impl Cost {
    const NOTHING: Cost = Cost(0);
    const IMPOSSIBLE: Cost = Cost(u64::MAX);

    /// Twelve locations of up to 4,295 km each do not overflow their bits.
    fn of(candidate: &Candidate) -> Cost {
        Cost(1 << 48 | u64::from(!candidate.is_certain) << 40 | u64::from(candidate.metres))
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
                    is_certain: !next(&mut seed).is_multiple_of(3),
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
    fn a_known_hub_wins_over_a_nearer_unknown_one_and_fewer_over_both() {
        let hub = |does, is_certain, metres| Candidate { does, is_certain, metres };
        assert_eq!(
            fewest(0b11, &[hub(0b11, false, 90_000), hub(0b01, true, 1), hub(0b10, true, 1)]),
            Some(vec![0])
        );
        assert_eq!(fewest(0b1, &[hub(1, false, 1), hub(1, true, 90_000)]), Some(vec![1]));
        assert_eq!(fewest(0b1, &[hub(1, true, 2), hub(1, true, 1)]), Some(vec![1]));
        assert_eq!(
            fewest(0b111, &[hub(0b001, true, 0), hub(0b110, true, 0)]),
            Some(vec![1, 0]),
            "the stop with most to do comes first"
        );
        assert_eq!(fewest(0, &[]), Some(vec![]));
        assert_eq!(fewest(0b10, &[hub(0b01, true, 0)]), None);
    }
}
