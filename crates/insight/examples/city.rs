//! `cargo xtask survey simulate [WAVES]`: simulates many waves in a municipality whose true figures
//! are known, and prints the results as a table.

#[path = "../tests/city/mod.rs"]
mod city;

use city::{City, Score, Silence, SimulatedTally};

fn main() {
    let waves = std::env::args().nth(1).and_then(|count| count.parse().ok()).unwrap_or(2_000);
    let city = City::founded(7);
    println!(
        "{waves} waves of invented residents; intervals are to hold the truth 95 times in a hundred.\n"
    );
    println!(
        "| invited | who does not answer | share held | mean held | share by hub held | off by, points | figures of the open link | with an interval | open link off by, points |"
    );
    println!("|---|---|---|---|---|---|---|---|---|");
    for (invitations, silence) in [
        (200, Silence::Alike),
        (600, Silence::Alike),
        (2_000, Silence::Alike),
        (600, Silence::OfTheDiscontent),
    ] {
        let tally = SimulatedTally::of(&city, waves, invitations, silence, 11);
        let who = if silence == Silence::Alike { "anybody" } else { "the discontent more often" };
        let held = |score: Score| format!("{:.1}%", score.percent());
        let (off, open) =
            (tally.top_two.bias / f64::from(waves), tally.open_bias / f64::from(waves));
        println!(
            "| {invitations} | {who} | {} | {} | {} | {off:+.1} | {} | {} | {open:+.1} |",
            held(tally.top_two),
            held(tally.mean),
            held(tally.hubs),
            tally.open_figures,
            tally.open_intervals
        );
    }
}
