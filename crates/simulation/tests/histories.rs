//! Many histories, each of which must hold all invariants; and one run twice, which must be the
//! same.

use simulation::history::{self, HistoryReport};
use simulation::town::Ground;

const HISTORIES: u64 = 10_000;
/// With a real database under the server; each history opens one a few times.
const HISTORIES_ON_SQLITE: u64 = 100;

/// The histories that failed, in any order. Each names its seed, with which `cargo xtask simulate
/// --seed` replays it.
fn wrong(seeds: std::ops::Range<u64>, ground: Ground) -> Vec<HistoryReport> {
    let threads = std::thread::available_parallelism().map_or(1, |threads| threads.get() as u64);
    std::thread::scope(|scope| {
        let tell = |thread: u64| {
            let share = seeds.clone().skip(thread as usize).step_by(threads as usize);
            scope.spawn(move || {
                share
                    .map(|seed| history::run(seed, ground, None, false))
                    .filter(|report| !report.failures.is_empty())
                    .collect::<Vec<_>>()
            })
        };
        let threads: Vec<_> = (0..threads).map(tell).collect();
        threads
            .into_iter()
            .flat_map(|thread| thread.join().expect("a history ends without a panic"))
            .collect()
    })
}

#[test]
fn fault_34_fault_35_fault_38_and_fault_45_ten_thousand_histories_lose_and_double_nothing() {
    let wrong = wrong(0..HISTORIES, Ground::Memory);
    assert!(wrong.is_empty(), "{} went wrong; the first: {:#?}", wrong.len(), wrong.first());
}

#[test]
fn the_same_holds_over_the_real_database() {
    let wrong = wrong(0..HISTORIES_ON_SQLITE, Ground::Sqlite);
    assert!(wrong.is_empty(), "{} went wrong; the first: {:#?}", wrong.len(), wrong.first());
}

#[test]
fn a_seed_tells_the_same_history_again() {
    for seed in 0..50 {
        let (once, again) = (
            history::run(seed, Ground::Memory, None, false),
            history::run(seed, Ground::Memory, None, false),
        );
        assert_eq!(once, again);
    }
}

#[test]
fn histories_have_something_to_lose() {
    let reports: Vec<HistoryReport> =
        (0..100).map(|seed| history::run(seed, Ground::Memory, None, false)).collect();
    assert!(reports.iter().map(|report| report.rows).sum::<usize>() > 300);
}
