//! Tests of which result is returned: weights, bands, or only rank correlations.

use super::*;

/// Generates `n` people with `items` items from the seed; the outcome follows mostly the first
/// item.
fn cases(n: usize, items: usize, seed: u64) -> Vec<DriverCase> {
    let mut random = SeededRandom::seeded(seed);
    let point = |value: usize| Rating::new(1 + value.min(4) as u8);
    let mut case = || {
        let drawn: Vec<usize> = (0..items).map(|_| random.below(5)).collect();
        DriverCase {
            outcome: point((2 * drawn[0] + drawn[items - 1] + random.below(3)) / 3),
            items: drawn.into_iter().map(point).collect(),
        }
    };
    (0..n).map(|_| case()).collect()
}

fn drivers(cases: &[DriverCase], refusal: Option<NoMargin>) -> Drivers {
    of(cases, refusal, &mut SeededRandom::seeded(42)).unwrap()
}

#[test]
fn enough_answers_give_weights_whose_shares_are_one_together_and_lie_in_their_bands() {
    let Drivers::Weights { n: 150, left_out: 0, r_squared, weights } =
        drivers(&cases(150, 3, 1), None)
    else {
        panic!("no weights")
    };
    assert!((weights.iter().map(|weight| weight.share).sum::<f64>() - 1.0).abs() < 1e-12);
    assert!((weights.iter().map(|weight| weight.raw).sum::<f64>() - r_squared).abs() < 1e-12);
    assert!(weights[0].share > weights[2].share && weights[2].share > weights[1].share);
    assert!(
        weights.iter().all(|weight| weight.margin.interval().unwrap().holds(weight.share)),
        "{weights:?}"
    );
}

#[test]
fn the_same_seed_gives_the_same_bands_and_another_gives_others() {
    let cases = cases(120, 2, 2);
    let with = |seed| of(&cases, None, &mut SeededRandom::seeded(seed)).unwrap();
    assert_eq!(with(9), with(9));
    assert_ne!(with(9), with(10));
}

#[test]
fn too_few_answers_give_ranks_and_say_so() {
    let why = |n, items| match drivers(&cases(n, items, 3), Some(NoMargin::ChoseThemselves)) {
        Drivers::Weights { .. } => None,
        Drivers::RankCorrelations { why, correlations } => {
            assert_eq!(correlations.len(), items);
            assert!(
                correlations
                    .iter()
                    .all(|correlation| correlation.n == n as u64 && correlation.rho.is_some())
            );
            Some(why)
        }
    };
    assert_eq!(why(99, 3), Some(WhyRanks::TooFewAnswers { complete: 99, needed: 100 }));
    assert_eq!(why(100, 3), None);
    assert_eq!(why(119, 12), Some(WhyRanks::TooFewAnswers { complete: 119, needed: 120 }));
    assert_eq!(why(120, 12), None);
}

#[test]
fn who_passed_over_an_item_is_left_out_and_counted() {
    let mut cases = cases(110, 2, 4);
    cases[0].items[1] = None;
    cases[1].outcome = None;
    assert!(matches!(
        drivers(&cases, Some(NoMargin::ChoseThemselves)),
        Drivers::Weights { n: 108, left_out: 2, .. }
    ));
}

#[test]
fn people_who_chose_themselves_give_weights_without_bands() {
    let Drivers::Weights { weights, .. } =
        drivers(&cases(150, 3, 1), Some(NoMargin::ChoseThemselves))
    else {
        panic!("no weights")
    };
    assert!(weights.iter().all(|weight| weight.margin == Margin::None(NoMargin::ChoseThemselves)));
}

#[test]
fn what_cannot_be_divided_says_why() {
    let why = |change: &dyn Fn(&mut DriverCase)| {
        let mut cases = cases(150, 3, 5);
        cases.iter_mut().for_each(change);
        match drivers(&cases, None) {
            Drivers::RankCorrelations { why, .. } => Some(why),
            Drivers::Weights { .. } => None,
        }
    };
    assert_eq!(why(&|case| case.outcome = Rating::new(5)), Some(WhyRanks::NoSpread));
    assert_eq!(why(&|case| case.items[1] = Rating::new(2)), Some(WhyRanks::NoSpread));
    assert_eq!(why(&|case| case.items[1] = case.items[0]), Some(WhyRanks::ItemsMoveTogether));
    assert_eq!(why(&|case| case.items.clear()), Some(WhyRanks::NoItems));
}

#[test]
fn cases_of_different_items_are_a_fault_and_none_have_no_items() {
    let mut cases = cases(5, 3, 6);
    cases[3].items.pop();
    assert_eq!(of(&cases, None, &mut SeededRandom::seeded(1)), Err(UnevenCases { at: 3 }));
    assert_eq!(
        drivers(&[], None),
        Drivers::RankCorrelations { why: WhyRanks::NoItems, correlations: vec![] }
    );
}
