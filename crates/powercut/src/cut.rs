//! The files as they are found after a cut: all that was flushed, and of the rest each sector or not.

use crate::record::{Event, FILES};

/// What a disk writes whole or not at all; a torn one keeps its beginning only.
const SECTOR_BYTES: usize = 512;

/// How the disk treats what nobody asked it to flush.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Disk {
    /// What a flush was asked for is there.
    Honest,
    /// It says "flushed" and has done nothing; only for seeing that a test notices.
    Lying,
}

#[derive(Debug, Clone, Default)]
struct File {
    /// Nothing, when there is no such file.
    flushed: Option<Vec<u8>>,
    since: Vec<Event>,
}

/// Goes through a record, up to one moment after another.
pub struct Replay<'a> {
    events: &'a [Event],
    at: usize,
    disk: Disk,
    files: [File; FILES.len()],
    acknowledged: Vec<u64>,
}

impl<'a> Replay<'a> {
    /// From files as they were when the record began.
    pub fn new(events: &'a [Event], began_with: Files, disk: Disk) -> Self {
        let files = began_with.map(|flushed| File { flushed, since: Vec::new() });
        Self { events, at: 0, disk, files, acknowledged: Vec::new() }
    }

    pub fn advance_to(&mut self, moment: usize) {
        let events = self.events;
        events[self.at..moment].iter().for_each(|event| self.apply(event));
        self.at = moment;
    }

    /// What had been acknowledged by then.
    pub fn acknowledged(&self) -> &[u64] {
        &self.acknowledged
    }

    fn apply(&mut self, event: &Event) {
        match event {
            Event::Acknowledged(entry) => self.acknowledged.push(*entry),
            Event::Written { file, .. } | Event::Truncated { file, .. } => {
                self.files[*file].since.push(event.clone())
            }
            // A name that is gone stays gone: SQLite deletes its log only when it is empty of meaning.
            Event::Deleted { file } => self.files[*file] = File::default(),
            Event::Flushed { file } if self.disk == Disk::Honest => {
                let File { flushed, since } = &mut self.files[*file];
                let bytes = flushed.get_or_insert_default();
                since.drain(..).for_each(|event| write(bytes, &event, |_| SECTOR_BYTES));
            }
            Event::Flushed { .. } => {}
        }
    }

    /// The files after a cut now. `kept` is asked for each sector that was not flushed: how much of it is there.
    pub fn cut(&self, kept: &mut dyn FnMut() -> Kept) -> Files {
        self.files.each_ref().map(|file| {
            let mut bytes = file.flushed.clone();
            for event in &file.since {
                write(bytes.get_or_insert_default(), event, |length| match kept() {
                    Kept::Whole => SECTOR_BYTES,
                    Kept::Torn => length / 3,
                    Kept::Not => 0,
                });
            }
            bytes
        })
    }
}

/// The contents of the files, in the order of [`FILES`].
pub type Files = [Option<Vec<u8>>; FILES.len()];

/// What became of a sector.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kept {
    Whole,
    Torn,
    Not,
}

/// Does what an event did; `most` says of each sector how many of its bytes arrive.
fn write(file: &mut Vec<u8>, event: &Event, mut most: impl FnMut(usize) -> usize) {
    match event {
        Event::Truncated { size, .. } if most(SECTOR_BYTES) == SECTOR_BYTES => {
            file.resize(*size, 0)
        }
        Event::Written { at, bytes, .. } => {
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

    fn written(at: usize, byte: u8, length: usize) -> Event {
        Event::Written { file: 0, at, bytes: vec![byte; length].into() }
    }

    #[test]
    fn what_was_flushed_stays_and_the_rest_goes_by_sectors() {
        let events = [
            written(0, 1, 1_024),
            Event::Flushed { file: 0 },
            Event::Acknowledged(7),
            written(0, 2, 1_024),
        ];
        let mut replay = Replay::new(&events, Files::default(), Disk::Honest);
        replay.advance_to(4);
        assert_eq!(replay.acknowledged(), [7]);
        assert_eq!(replay.cut(&mut || Kept::Not)[0], Some(vec![1; 1_024]));
        assert_eq!(replay.cut(&mut || Kept::Whole)[0], Some(vec![2; 1_024]));
        let mut turns = [Kept::Torn, Kept::Not].into_iter();
        let torn =
            replay.cut(&mut || turns.next().unwrap_or(Kept::Not))[0].clone().unwrap_or_default();
        assert_eq!((torn[0], torn[169], torn[170], torn[1_023]), (2, 2, 1, 1));
    }

    #[test]
    fn a_lying_disk_has_nothing() {
        let events = [written(0, 1, 10), Event::Flushed { file: 0 }];
        let mut replay = Replay::new(&events, Files::default(), Disk::Lying);
        replay.advance_to(2);
        assert_eq!(replay.cut(&mut || Kept::Not)[0].clone().unwrap_or_default(), Vec::<u8>::new());
    }
}
