//! Runs histories: one with a trace, or many with progress lines.

use clap::Parser;
use simulation::history::{self, HistoryReport};
use simulation::town::Ground;
use std::process::ExitCode;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// Simulates histories, and checks that nothing is lost or doubled.
#[derive(Debug, Parser)]
#[command(name = "simulation")]
struct Options {
    /// Prints this one history step by step.
    #[arg(long)]
    seed: Option<u64>,
    /// Simulates so many histories.
    #[arg(long, value_name = "N", required_unless_present = "seed")]
    seeds: Option<u64>,
    /// The first seed of many.
    #[arg(long, value_name = "SEED", default_value_t = 0)]
    from: u64,
}

fn main() -> ExitCode {
    let Options { seed, seeds, from } = Options::parse();
    match (seed, seeds) {
        (Some(seed), _) => one(seed),
        (None, count) => many(from, count.unwrap_or_default()),
    }
}

fn one(seed: u64) -> ExitCode {
    let found = history::run(seed, Ground::Memory, None, true);
    report(&found);
    if found.failures.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn report(found: &HistoryReport) {
    match found.failures.as_slice() {
        [] => println!(
            "seed {}: {} sayings, {} rows; everything holds",
            found.seed, found.sayings, found.rows
        ),
        failures => failures.iter().for_each(|failure| println!("seed {}: {failure}", found.seed)),
    }
}

/// Runs one history at a time per thread; prints progress every ten seconds.
fn many(from: u64, count: u64) -> ExitCode {
    let (done, failed, sayings) = (AtomicU64::new(0), AtomicU64::new(0), AtomicU64::new(0));
    let began = Instant::now();
    let threads = std::thread::available_parallelism().map_or(1, |threads| threads.get() as u64);
    std::thread::scope(|scope| {
        for thread in 0..threads {
            let (done, failed, sayings) = (&done, &failed, &sayings);
            scope.spawn(move || {
                for seed in (from + thread..from + count).step_by(threads as usize) {
                    let found = history::run(seed, Ground::Memory, None, false);
                    sayings.fetch_add(found.sayings as u64, Ordering::Relaxed);
                    if !found.failures.is_empty() {
                        failed.fetch_add(1, Ordering::Relaxed);
                        report(&found);
                    }
                    done.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
        let mut said = Instant::now();
        while done.load(Ordering::Relaxed) < count {
            std::thread::sleep(Duration::from_millis(100));
            if said.elapsed() > Duration::from_secs(10) {
                said = Instant::now();
                say(done.load(Ordering::Relaxed), count, began);
            }
        }
    });
    say(count, count, began);
    let (failed, sayings) = (failed.into_inner(), sayings.into_inner());
    println!("{count} histories from seed {from}, {sayings} sayings, {failed} histories failed");
    if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn say(done: u64, count: u64, began: Instant) {
    let seconds = began.elapsed().as_secs_f64();
    println!("{done} of {count}, {:.0} a second, {seconds:.0} s", done as f64 / seconds.max(0.001));
}
