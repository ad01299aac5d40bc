//! Tests of weights that meet the targets, and of the faults when none can.

use super::*;
use crate::random::SeededRandom;
use crate::recorded::{close, rows};

const WIDE: Bounds = Bounds { least: 1e-6, most: 1e6 };

fn target(shares: &[f64], category_of: &[usize]) -> RakingTarget {
    RakingTarget { shares: shares.to_vec(), category_of: category_of.to_vec() }
}

#[test]
fn weights_are_what_was_recorded() {
    for row in rows("raking") {
        let targets: Vec<_> = row
            .rows("targets")
            .iter()
            .map(|given| target(&given.numbers("shares"), &given.places("category_of")))
            .collect();
        let recorded = row.numbers("weights");
        let raked = rake(
            recorded.len(),
            &targets,
            Bounds { least: row.number("least"), most: row.number("most") },
        )
        .unwrap();
        raked
            .weights
            .as_slice()
            .iter()
            .zip(&recorded)
            .for_each(|(ours, recorded)| close(*ours, *recorded));
        assert_eq!(raked.at_bounds as u64, row.count("at_bounds"));
        close(raked.effective_n, row.number("n_effective"));
    }
}

#[test]
fn one_target_is_met_by_dividing() {
    let raked = rake(4, &[target(&[0.5, 0.5], &[0, 0, 0, 1])], WIDE).unwrap();
    let thirds = 2.0 / 3.0;
    raked
        .weights
        .as_slice()
        .iter()
        .zip([thirds, thirds, thirds, 2.0])
        .for_each(|(ours, exact)| close(*ours, exact));
    assert_eq!((raked.cycles, raked.at_bounds), (1, 0));
    close(raked.effective_n, 3.0);
}

#[test]
fn what_is_met_already_and_nothing_to_meet_leave_ones() {
    for targets in [vec![], vec![target(&[0.25, 0.75], &[1, 0, 1, 1])]] {
        let raked = rake(4, &targets, WIDE).unwrap();
        assert_eq!(
            (raked.weights.as_slice(), raked.cycles, raked.effective_n),
            ([1.0; 4].as_slice(), 0, 4.0)
        );
    }
}

#[test]
fn what_cannot_be_used_is_named() {
    let check = |n, given: RakingTarget, expected| {
        assert_eq!(rake(n, &[given], WIDE).unwrap_err(), expected)
    };
    check(0, target(&[1.0], &[]), RakingFault::NoAnswers);
    check(2, target(&[1.0], &[0]), RakingFault::WrongLength { target: 0, given: 1 });
    check(2, target(&[0.5, 0.5], &[0, 2]), RakingFault::UnknownCategory { target: 0, answer: 1 });
    check(2, target(&[1.0, 0.0], &[0, 1]), RakingFault::NoShare { target: 0, category: 1 });
    check(2, target(&[0.5, 0.25], &[0, 1]), RakingFault::NotAWhole { target: 0, sum: 0.75 });
    check(2, target(&[0.5, 0.5], &[0, 0]), RakingFault::NobodyIn { target: 0, category: 1 });
    assert!(matches!(
        rake(2, &[target(&[f64::NAN, 0.5], &[0, 1])], WIDE),
        Err(RakingFault::NoShare { category: 0, .. })
    ));
    for (least, most) in [(0.0, 3.0), (1.0, 3.0), (0.5, 1.0), (f64::NAN, 3.0), (0.5, f64::NAN)] {
        assert_eq!(rake(1, &[], Bounds { least, most }), Err(RakingFault::BoundsOutOfOrder));
    }
}

#[test]
fn bounds_that_leave_no_such_weights_are_a_fault_that_says_how_far_it_came() {
    let rare = target(&[0.5, 0.5], &[0, 0, 0, 0, 0, 0, 0, 0, 0, 1]);
    let fault = rake(10, &[rare], Bounds { least: 0.2, most: 3.0 }).unwrap_err();
    let RakingFault::NotMet { target: 0, wanted: 0.5, reached, cycles: CYCLES_MAX, .. } = fault
    else {
        panic!("{fault:?}")
    };
    assert!((reached - 0.5).abs() > 0.01);
}

#[test]
fn shares_that_were_rounded_are_made_whole() {
    let rounded = [
        target(&[0.333_333_3, 0.666_666_6], &[0, 1, 1, 0]),
        target(&[0.142_857_2, 0.857_142_9], &[0, 1, 1, 1]),
    ];
    assert!(rake(4, &rounded, WIDE).is_ok());
}

#[test]
fn targets_that_contradict_each_other_are_a_fault() {
    let twice = [target(&[0.5, 0.5], &[0, 0, 1, 1]), target(&[0.4, 0.6], &[0, 0, 1, 1])];
    assert!(matches!(rake(4, &twice, WIDE), Err(RakingFault::NotMet { .. })));
}

#[test]
fn whatever_is_met_is_met_within_the_bounds_with_a_mean_of_one() {
    let mut random = SeededRandom::seeded(11);
    let mut met = 0;
    for round in 0..200 {
        let n = 30 + random.below(60);
        let targets: Vec<_> = (2..4).map(|categories| drawn(n, categories, &mut random)).collect();
        let bounds = Bounds { least: 0.3, most: 3.0 };
        let Ok(raked) = rake(n, &targets, bounds) else { continue };
        met += 1;
        let weights = raked.weights.as_slice();
        assert!(
            weights.iter().all(|weight| (bounds.least..=bounds.most).contains(weight)),
            "round {round}"
        );
        assert!((weights.iter().sum::<f64>() / n as f64 - 1.0).abs() < 1e-11, "round {round}");
        for target in &targets {
            shares(weights, target).iter().zip(&target.shares).for_each(|(share, wanted)| {
                assert!((share - wanted).abs() < 1e-11, "round {round}")
            });
        }
        assert!(raked.effective_n <= n as f64);
    }
    assert!(met > 100, "{met}");
}

/// A target with at least one answer in every category and nearly equal shares.
fn drawn(n: usize, categories: usize, random: &mut SeededRandom) -> RakingTarget {
    let parts: Vec<f64> = (0..categories).map(|_| 2.0 + random.below(4) as f64).collect();
    let sum: f64 = parts.iter().sum();
    let category_of =
        (0..n).map(|at| if at < categories { at } else { random.below(categories) }).collect();
    RakingTarget { shares: parts.iter().map(|part| part / sum).collect(), category_of }
}
