//! Tests of the comparison of two waves.

use super::*;
use crate::selection::{Invited, SelfSelected};

fn shares<S: Selection>(before: (u64, u64), after: (u64, u64)) -> Comparison<S> {
    let share = |(hits, n): (u64, u64)| Share::new(n, n as f64, hits as f64 / n as f64, 1.0);
    Comparison {
        pair: Pair::Shares { before: share(before), after: share(after) },
        wording: Wording::Same,
    }
}

fn means(before: (f64, f64), after: (f64, f64)) -> Comparison<Invited> {
    let mean = |(value, variance)| Mean::new(200, 200.0, value, Some(variance), 1.0);
    Comparison {
        pair: Pair::Means { before: mean(before), after: mean(after) },
        wording: Wording::Same,
    }
}

#[test]
fn a_large_change_is_shown_and_a_small_one_is_not_called_none() {
    let changes = compare(&[
        shares::<Invited>((120, 200), (160, 200)),
        shares((120, 200), (124, 200)),
        means((60.0, 700.0), (75.0, 700.0)),
    ]);
    assert!(
        matches!(changes[0], ComparedChange::Shown(difference) if difference.value > 0.19 && !difference.interval.holds(0.0))
    );
    assert!(
        matches!(changes[1], ComparedChange::NotShown(difference) if difference.interval.holds(0.0) && difference.interval.holds(difference.value))
    );
    assert!(matches!(changes[2], ComparedChange::Shown(difference) if difference.value == 15.0));
}

#[test]
fn what_is_shown_alone_may_not_be_among_many() {
    let moved = shares::<Invited>((120, 200), (141, 200));
    assert!(matches!(compare(&[moved])[0], ComparedChange::Shown(_)));
    let among_many =
        compare(&[[moved; 1].as_slice(), &[shares((120, 200), (121, 200)); 19]].concat());
    let ComparedChange::NotShown(difference) = among_many[0] else { panic!("{:?}", among_many[0]) };
    assert!(difference.p < 0.05 && difference.p_adjusted > 0.05 && !difference.interval.holds(0.0));
}

#[test]
fn people_who_chose_themselves_show_no_change_however_large() {
    let changes = compare(&[shares::<SelfSelected>((100, 1000), (900, 1000))]);
    assert_eq!(
        changes,
        [ComparedChange::CannotSay {
            value: Some(0.8),
            why: Incomparable::NoMargin(NoMargin::ChoseThemselves)
        }]
    );
}

#[test]
fn another_wording_is_another_question() {
    let changed =
        Comparison { wording: Wording::Changed, ..shares::<Invited>((120, 200), (160, 200)) };
    assert_eq!(
        compare(&[changed]),
        [ComparedChange::CannotSay { value: None, why: Incomparable::WordingChanged }]
    );
}

#[test]
fn what_cannot_be_compared_does_not_count_among_the_compared() {
    let changes = compare(&[means((60.0, 0.0), (75.0, 700.0)), shares((120, 200), (160, 200))]);
    assert_eq!(
        changes[0],
        ComparedChange::CannotSay {
            value: Some(15.0),
            why: Incomparable::NoMargin(NoMargin::AllAlike)
        }
    );
    let ComparedChange::Shown(difference) = changes[1] else { panic!("{:?}", changes[1]) };
    assert_eq!(difference.p, difference.p_adjusted);
}

#[test]
fn nothing_compared_changes_nothing() {
    assert_eq!(compare::<Invited>(&[]), []);
}
