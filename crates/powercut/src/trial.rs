//! A store at work, many cuts, and what each left.

mod work;

pub use work::{Work, control, entries_in, real};

use crate::cut::{Disk, Files, Kept, Replay};
use crate::record::{Event, FILES, watch};
use std::collections::BTreeSet;
use std::path::Path;

/// Cuts of one record; then the work goes on from what the last one left.
const CUTS_PER_RECORD: usize = 50;
/// Records after which a database begins empty again, so that it stays small enough to be read at every cut.
const RECORDS_PER_DATABASE: usize = 2;

/// What many cuts came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tally {
    pub cuts: usize,
    /// Acknowledged entries, added up over all cuts, and those of them that were gone.
    pub acknowledged: usize,
    pub lost: usize,
    /// Databases that could not be opened, or were not sound inside.
    pub unsound: usize,
}

/// Lets a store work, cuts so often, and opens what is left each time. The same seed cuts at the same steps;
/// what the store does in between is its own affair.
pub async fn run(
    work: Work,
    disk: Disk,
    cuts: usize,
    seed: u64,
    mut progress: impl FnMut(&Tally),
) -> Tally {
    let (mut tally, mut dice) = (Tally::default(), Dice(seed));
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
            .map(|_| dice.below(events.len() as u64 + 1) as usize)
            .collect();
        moments.sort_unstable();
        let left = cut_at(
            &moments,
            Replay::new(&events, began_with.clone(), disk),
            &before,
            &mut dice,
            &mut tally,
        )
        .await;
        // Only a sound database is worked on again; with a lying disk there may be none.
        if let Some((acknowledged, files)) = left.filter(|_| disk == Disk::Honest) {
            (before, began_with) = (acknowledged, files);
        }
        progress(&tally);
    }
    tally
}

/// Lets a store make its database, and cuts so often before anything was acknowledged.
pub async fn run_while_it_is_made(cuts: usize, seed: u64) -> Tally {
    let (mut tally, mut dice) = (Tally::default(), Dice(seed));
    let events = record_of(Work::Real, &Files::default(), 0).await;
    let first = events
        .iter()
        .position(|event| matches!(event, Event::Acknowledged(_)))
        .expect("a store that works acknowledges");
    let mut moments: Vec<usize> =
        (0..cuts).map(|_| dice.below(first as u64 + 1) as usize).collect();
    moments.sort_unstable();
    cut_at(
        &moments,
        Replay::new(&events, Files::default(), Disk::Honest),
        &[],
        &mut dice,
        &mut tally,
    )
    .await;
    tally
}

/// Cuts at each of the moments, which stand in order, and opens what is left. Gives the last that was sound, with all that had been
/// acknowledged by then.
async fn cut_at(
    moments: &[usize],
    mut replay: Replay<'_>,
    before: &[u64],
    dice: &mut Dice,
    tally: &mut Tally,
) -> Option<(Vec<u64>, Files)> {
    let mut left = None;
    for &moment in moments {
        replay.advance_to(moment);
        let kept = dice.way_of_keeping();
        let files = replay.cut(&mut || kept.throw(dice));
        let acknowledged: Vec<u64> = before.iter().chain(replay.acknowledged()).copied().collect();
        let found = found_in(&files).await;
        tally.count(&acknowledged, found.as_ref());
        left = found.map(|_| (acknowledged, files)).or(left);
    }
    left
}

impl Tally {
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

/// A folder in memory where there is one: what is flushed there is our business, not the disk's.
pub fn folder() -> tempfile::TempDir {
    let memory = Path::new("/dev/shm");
    let made = if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() };
    made.expect("there is a place for temporary files")
}

fn lay_down(files: &Files, dir: &Path) {
    for (name, bytes) in FILES.iter().zip(files) {
        if let Some(bytes) = bytes {
            std::fs::write(dir.join(name), bytes).expect("there is room for a copy");
        }
    }
}

async fn record_of(work: Work, began_with: &Files, first_entry: u64) -> Vec<Event> {
    let dir = folder();
    lay_down(began_with, dir.path());
    let recorder = watch(dir.path());
    match work {
        Work::Real => real(dir.path(), &recorder, first_entry).await,
        Work::Control(synchronous) => {
            control(dir.path(), &recorder, first_entry, synchronous).await
        }
    }
    recorder.take()
}

/// The entries of a database after a cut; nothing when it is not sound.
async fn found_in(files: &Files) -> Option<BTreeSet<u64>> {
    let dir = folder();
    lay_down(files, dir.path());
    entries_in(dir.path()).await
}

/// SplitMix64, as elsewhere.
struct Dice(u64);

/// How many of a hundred sectors that were not flushed are there after all, and how many of them torn.
#[derive(Clone, Copy)]
struct Way {
    whole: u64,
    torn: u64,
}

impl Dice {
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

    fn way_of_keeping(&mut self) -> Way {
        const WAYS: [Way; 5] = [
            Way { whole: 0, torn: 0 },
            Way { whole: 50, torn: 0 },
            Way { whole: 50, torn: 10 },
            Way { whole: 95, torn: 3 },
            Way { whole: 100, torn: 0 },
        ];
        WAYS[self.below(5) as usize]
    }
}

impl Way {
    fn throw(self, dice: &mut Dice) -> Kept {
        match dice.below(100) {
            thrown if thrown < self.torn => Kept::Torn,
            thrown if thrown < self.torn + self.whole => Kept::Whole,
            _ => Kept::Not,
        }
    }
}
