//! The report in a simulated municipality whose true figures are known. `cargo xtask survey
//! simulate` runs more and larger waves.

mod city;

use city::{City, Silence, SimulatedTally};

/// Of 400 waves at 95 %, the percentage of intervals that contain the truth is within four standard
/// errors: 95 ± 4.4.
const WAVES: u32 = 400;

#[test]
fn invited_answers_hold_the_truth_as_often_as_they_say_and_open_ones_say_nothing() {
    // Too few answers for relative weights, whose bands take most of the time and are tested
    // elsewhere.
    let tally = SimulatedTally::of(&City::founded(7), WAVES, 200, Silence::Alike, 11);
    for (what, score) in
        [("top two", tally.top_two), ("mean", tally.mean), ("top two by hub", tally.hubs)]
    {
        assert!(
            score.intervals >= WAVES && (90.6..=99.4).contains(&score.percent()),
            "{what}: {score:?}"
        );
    }
    assert_eq!(tally.open_intervals, 0, "of {} figures", tally.open_figures);
    assert!(
        tally.open_figures > WAVES && tally.open_bias / f64::from(WAVES) < -10.0,
        "the open link is far off, and that is why: {}",
        tally.open_bias
    );
}

#[test]
fn no_formula_sees_a_silence_that_goes_with_the_answer() {
    let tally = SimulatedTally::of(&City::founded(7), WAVES / 4, 600, Silence::OfTheDiscontent, 12);
    assert!(
        tally.top_two.percent() < 60.0,
        "this is what the response rate stands beside every figure for: {:?}",
        tally.top_two
    );
}
