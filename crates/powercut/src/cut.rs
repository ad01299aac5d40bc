//! Computes the files as they are found after a cut: all that was flushed, and an arbitrary subset
//! of the sectors that were not.

use crate::record::{DiskEvent, FILES};

/// The unit of a write, in bytes: a disk writes a sector whole, not at all, or (torn) only its
/// beginning.
const SECTOR_BYTES: usize = 512;

/// Whether the disk honours flushes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Disk {
    /// What was flushed is durable.
    Honest,
    /// It reports a flush as done without doing it; used only to prove that the test detects this.
    Lying,
}

#[derive(Debug, Clone, Default)]
struct CutFile {
    /// Durable content; `None` if the file does not exist.
    flushed: Option<Vec<u8>>,
    since: Vec<DiskEvent>,
}

/// Replays recorded events, from one moment to a later one.
pub struct Replay<'a> {
    events: &'a [DiskEvent],
    at: usize,
    disk: Disk,
    files: [CutFile; FILES.len()],
    acknowledged: Vec<u64>,
}

impl<'a> Replay<'a> {
    /// Starts from the files as they were when recording began.
    pub fn new(events: &'a [DiskEvent], began_with: Files, disk: Disk) -> Self {
        let files = began_with.map(|flushed| CutFile { flushed, since: Vec::new() });
        Self { events, at: 0, disk, files, acknowledged: Vec::new() }
    }

    /// Applies the events before index `moment`, which must not be before the current position.
    pub fn advance_to(&mut self, moment: usize) {
        let events = self.events;
        events[self.at..moment].iter().for_each(|event| self.apply(event));
        self.at = moment;
    }

    /// The numbers of the submissions that were acknowledged up to the current position.
    pub fn acknowledged(&self) -> &[u64] {
        &self.acknowledged
    }

    fn apply(&mut self, event: &DiskEvent) {
        match event {
            DiskEvent::Acknowledged(entry) => self.acknowledged.push(*entry),
            DiskEvent::Written { file, .. } | DiskEvent::Truncated { file, .. } => {
                self.files[*file].since.push(event.clone())
            }
            // A deletion is durable at once: SQLite deletes its log only when nothing in it matters
            // any more.
            DiskEvent::Deleted { file } => self.files[*file] = CutFile::default(),
            DiskEvent::Flushed { file } if self.disk == Disk::Honest => {
                let CutFile { flushed, since } = &mut self.files[*file];
                let bytes = flushed.get_or_insert_default();
                since.drain(..).for_each(|event| write(bytes, &event, |_| SECTOR_BYTES));
            }
            DiskEvent::Flushed { .. } => {}
        }
    }

    /// Returns the files after a cut at the current position. `kept` is called for each sector that
    /// was not flushed, and decides how much of it survives.
    pub fn cut(&self, kept: &mut dyn FnMut() -> SurvivingBytes) -> Files {
        self.files.each_ref().map(|file| {
            let mut bytes = file.flushed.clone();
            for event in &file.since {
                write(bytes.get_or_insert_default(), event, |length| match kept() {
                    SurvivingBytes::Whole => SECTOR_BYTES,
                    SurvivingBytes::Torn => length / 3,
                    SurvivingBytes::Not => 0,
                });
            }
            bytes
        })
    }
}

/// The contents of the files, in the order of [`FILES`]; `None` for a file that does not exist.
pub type Files = [Option<Vec<u8>>; FILES.len()];

/// What survives of a sector.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SurvivingBytes {
    /// All of it.
    Whole,
    /// Only its beginning.
    Torn,
    /// Nothing.
    Not,
}

/// Applies a write or truncation to `file`. `most` gets the length of each sector's part and
/// returns how many of its bytes survive.
fn write(file: &mut Vec<u8>, event: &DiskEvent, mut most: impl FnMut(usize) -> usize) {
    match event {
        DiskEvent::Truncated { size, .. } if most(SECTOR_BYTES) == SECTOR_BYTES => {
            file.resize(*size, 0)
        }
        DiskEvent::Written { at, bytes, .. } => {
            let mut done = 0;
            while done < bytes.len() {
                let begins = at + done;
                let length = (SECTOR_BYTES - begins % SECTOR_BYTES).min(bytes.len() - done);
                let arrives = most(length).min(length);
                if arrives > 0 {
                    file.resize(file.len().max(begins + arrives), 0);
                    file[begins..begins + arrives].copy_from_slice(&bytes[done..done + arrives]);
                }
                done += length;
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(at: usize, byte: u8, length: usize) -> DiskEvent {
        DiskEvent::Written { file: 0, at, bytes: vec![byte; length].into() }
    }

    #[test]
    fn what_was_flushed_stays_and_the_rest_goes_by_sectors() {
        let events = [
            written(0, 1, 1_024),
            DiskEvent::Flushed { file: 0 },
            DiskEvent::Acknowledged(7),
            written(0, 2, 1_024),
        ];
        let mut replay = Replay::new(&events, Files::default(), Disk::Honest);
        replay.advance_to(4);
        assert_eq!(replay.acknowledged(), [7]);
        assert_eq!(replay.cut(&mut || SurvivingBytes::Not)[0], Some(vec![1; 1_024]));
        assert_eq!(replay.cut(&mut || SurvivingBytes::Whole)[0], Some(vec![2; 1_024]));
        let mut turns = [SurvivingBytes::Torn, SurvivingBytes::Not].into_iter();
        let torn = replay.cut(&mut || turns.next().unwrap_or(SurvivingBytes::Not))[0]
            .clone()
            .unwrap_or_default();
        assert_eq!((torn[0], torn[169], torn[170], torn[1_023]), (2, 2, 1, 1));
    }

    #[test]
    fn a_lying_disk_has_nothing() {
        let events = [written(0, 1, 10), DiskEvent::Flushed { file: 0 }];
        let mut replay = Replay::new(&events, Files::default(), Disk::Lying);
        replay.advance_to(2);
        assert_eq!(
            replay.cut(&mut || SurvivingBytes::Not)[0].clone().unwrap_or_default(),
            Vec::<u8>::new()
        );
    }
}
