//! Runs many power cuts and prints progress. The first argument is the number of cuts (default
//! 10,000); exits with failure if anything was lost.

use powercut::cut::Disk;
use powercut::trial::{TrialWork, run};
use std::process::ExitCode;
use std::time::{Duration, Instant};

fn main() -> ExitCode {
    let cuts = std::env::args().nth(1).and_then(|word| word.parse().ok()).unwrap_or(10_000);
    let began = Instant::now();
    let mut said = Instant::now();
    let runtime = tokio::runtime::Runtime::new().expect("threads can be started");
    let tally = runtime.block_on(run(TrialWork::Real, Disk::Honest, cuts, 1, |tally| {
        if said.elapsed() > Duration::from_secs(10) {
            said = Instant::now();
            println!(
                "{} of {cuts} cuts, {} lost, {:.0} s",
                tally.cuts,
                tally.lost,
                began.elapsed().as_secs_f64()
            );
        }
    }));
    println!(
        "{} power cuts, {} acknowledged, {} lost, {} unsound",
        tally.cuts, tally.acknowledged, tally.lost, tally.unsound
    );
    if tally.lost + tally.unsound == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
