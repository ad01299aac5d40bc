//! Runs a store, cuts its power many times, and counts what each cut lost.

mod work;

pub use work::{TrialWork, control, entries_in, real};

use crate::cut::{Disk, Files, Replay, SurvivingBytes};
use crate::record::{DiskEvent, FILES, watch};
use std::collections::BTreeSet;
use std::path::Path;

/// Cuts per recording; the next recording continues from what the last cut left.
const CUTS_PER_RECORD: usize = 50;
/// Recordings after which a new, empty database is started, so that it stays small enough to be
/// read at every cut.
const RECORDS_PER_DATABASE: usize = 2;

/// The results of many cuts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct TrialTally {
    /// Cuts made.
    pub cuts: usize,
    /// Acknowledged submissions, summed over all cuts.
    pub acknowledged: usize,
    /// How many of them were missing after their cut.
    pub lost: usize,
    /// Number of databases that could not be opened, or that failed the integrity check.
    pub unsound: usize,
}

/// Runs a store, makes the given number of cuts, and opens what each leaves. The same seed cuts at
/// the same step numbers; what the store does between them may differ from run to run. `progress`
/// is called after each recording.
pub async fn run(
    work: TrialWork,
    disk: Disk,
    cuts: usize,
    seed: u64,
    mut progress: impl FnMut(&TrialTally),
) -> TrialTally {
    let (mut tally, mut random) = (TrialTally::default(), TrialRandom(seed));
    let (mut before, mut began_with, mut first_entry) = (Vec::new(), Files::default(), 0);
    for number in 0.. {
        if tally.cuts == cuts {
            break;
        }
        if number % RECORDS_PER_DATABASE == 0 {
            (before, began_with, first_entry) = (Vec::new(), Files::default(), 0);
        }
        let events = record_of(work, &began_with, first_entry).await;
        first_entry += work::ENTRIES as u64;
        let mut moments: Vec<usize> = (0..CUTS_PER_RECORD.min(cuts - tally.cuts))
            .map(|_| random.below(events.len() as u64 + 1) as usize)
            .collect();
        moments.sort_unstable();
        let left = cut_at(
            &moments,
            Replay::new(&events, began_with.clone(), disk),
            &before,
            &mut random,
            &mut tally,
        )
        .await;
        // Work continues on a sound database only; with a lying disk there may be none.
        if let Some((acknowledged, files)) = left.filter(|_| disk == Disk::Honest) {
            (before, began_with) = (acknowledged, files);
        }
        progress(&tally);
    }
    tally
}

/// Runs a store that creates its database, and makes the given number of cuts before anything is
/// acknowledged.
pub async fn run_while_it_is_made(cuts: usize, seed: u64) -> TrialTally {
    let (mut tally, mut random) = (TrialTally::default(), TrialRandom(seed));
    let events = record_of(TrialWork::Real, &Files::default(), 0).await;
    let first = events
        .iter()
        .position(|event| matches!(event, DiskEvent::Acknowledged(_)))
        .expect("a store that works acknowledges");
    let mut moments: Vec<usize> =
        (0..cuts).map(|_| random.below(first as u64 + 1) as usize).collect();
    moments.sort_unstable();
    cut_at(
        &moments,
        Replay::new(&events, Files::default(), Disk::Honest),
        &[],
        &mut random,
        &mut tally,
    )
    .await;
    tally
}

/// Cuts at each of the moments, which are sorted, and opens what is left. Returns the last sound
/// database, with all numbers acknowledged by then; `None` if no database was sound.
async fn cut_at(
    moments: &[usize],
    mut replay: Replay<'_>,
    before: &[u64],
    random: &mut TrialRandom,
    tally: &mut TrialTally,
) -> Option<(Vec<u64>, Files)> {
    let mut left = None;
    for &moment in moments {
        replay.advance_to(moment);
        let kept = random.way_of_keeping();
        let files = replay.cut(&mut || kept.throw(random));
        let acknowledged: Vec<u64> = before.iter().chain(replay.acknowledged()).copied().collect();
        let found = found_in(&files).await;
        tally.count(&acknowledged, found.as_ref());
        left = found.map(|_| (acknowledged, files)).or(left);
    }
    left
}

impl TrialTally {
    fn count(&mut self, acknowledged: &[u64], found: Option<&BTreeSet<u64>>) {
        self.cuts += 1;
        self.acknowledged += acknowledged.len();
        match found {
            Some(found) => {
                self.lost += acknowledged.iter().filter(|entry| !found.contains(entry)).count()
            }
            None => {
                self.unsound += 1;
                self.lost += acknowledged.len();
            }
        }
    }
}

/// A temporary folder, in memory if possible: the layer simulates flushes, so the disk need not do
/// them.
pub fn folder() -> tempfile::TempDir {
    let memory = Path::new("/dev/shm");
    let made = if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() };
    made.expect("a temporary folder can be created")
}

fn lay_down(files: &Files, dir: &Path) {
    for (name, bytes) in FILES.iter().zip(files) {
        if let Some(bytes) = bytes {
            std::fs::write(dir.join(name), bytes).expect("there is room for a copy");
        }
    }
}

async fn record_of(work: TrialWork, began_with: &Files, first_entry: u64) -> Vec<DiskEvent> {
    let dir = folder();
    lay_down(began_with, dir.path());
    let recorder = watch(dir.path());
    match work {
        TrialWork::Real => real(dir.path(), &recorder, first_entry).await,
        TrialWork::Control(synchronous) => {
            control(dir.path(), &recorder, first_entry, synchronous).await
        }
    }
    recorder.take()
}

/// The submissions in a database after a cut; `None` if it is not sound.
async fn found_in(files: &Files) -> Option<BTreeSet<u64>> {
    let dir = folder();
    lay_down(files, dir.path());
    entries_in(dir.path()).await
}

/// A SplitMix64 generator, as in `simulation::random`.
struct TrialRandom(u64);

/// Percentages of the sectors that were not flushed: how many survive whole, and how many torn.
#[derive(Clone, Copy)]
struct CutMethod {
    whole: u64,
    torn: u64,
}

impl TrialRandom {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, end: u64) -> u64 {
        self.next() % end.max(1)
    }

    fn way_of_keeping(&mut self) -> CutMethod {
        const WAYS: [CutMethod; 5] = [
            CutMethod { whole: 0, torn: 0 },
            CutMethod { whole: 50, torn: 0 },
            CutMethod { whole: 50, torn: 10 },
            CutMethod { whole: 95, torn: 3 },
            CutMethod { whole: 100, torn: 0 },
        ];
        WAYS[self.below(5) as usize]
    }
}

impl CutMethod {
    fn throw(self, random: &mut TrialRandom) -> SurvivingBytes {
        match random.below(100) {
            thrown if thrown < self.torn => SurvivingBytes::Torn,
            thrown if thrown < self.torn + self.whole => SurvivingBytes::Whole,
            _ => SurvivingBytes::Not,
        }
    }
}
