//! What happened to the files of a folder, in order, and what was acknowledged in between.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicI32, Ordering};
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError};

/// One step. Files are numbered as in [`FILES`].
#[derive(Debug, Clone)]
pub enum Event {
    Written {
        file: usize,
        at: usize,
        bytes: Box<[u8]>,
    },
    Truncated {
        file: usize,
        size: usize,
    },
    Flushed {
        file: usize,
    },
    Deleted {
        file: usize,
    },
    /// Somebody was told that this stands.
    Acknowledged(u64),
}

/// The files that a cut concerns: the journal is there while the database is made, until it keeps a log. What is shared in memory beside them is
/// gone after any cut.
pub const FILES: [&str; 3] = ["hub.sqlite", "hub.sqlite-wal", "hub.sqlite-journal"];

/// What is known of one folder.
#[derive(Default)]
pub struct Recorder {
    events: Mutex<Vec<Event>>,
    /// The code that every write and flush answers, when the disk is to fail; 0 for a sound disk.
    failing: AtomicI32,
}

/// SQLite's code for a disk without room, and for one that fails.
pub const FULL: i32 = libsqlite3_sys::SQLITE_FULL;
pub const FAILING: i32 = libsqlite3_sys::SQLITE_IOERR_WRITE;

static FOLDERS: LazyLock<Mutex<HashMap<PathBuf, Arc<Recorder>>>> = LazyLock::new(Mutex::default);

/// Writes down from now on what SQLite does in a folder. Folders are never forgotten: there are few.
pub fn watch(dir: &Path) -> Arc<Recorder> {
    crate::layer::insert();
    let dir = dir.canonicalize().unwrap_or_else(|_| dir.into());
    held(&FOLDERS).entry(dir).or_default().clone()
}

/// The recorder of a file, and the file's number, if it is one that is watched.
pub(crate) fn of(path: &Path) -> Option<(Arc<Recorder>, usize)> {
    let name = path.file_name()?.to_str()?;
    let file = FILES.iter().position(|known| *known == name)?;
    Some((held(&FOLDERS).get(path.parent()?)?.clone(), file))
}

fn held<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Recorder {
    pub(crate) fn push(&self, event: Event) {
        held(&self.events).push(event);
    }

    pub(crate) fn failure(&self) -> Option<i32> {
        Some(self.failing.load(Ordering::SeqCst)).filter(|code| *code != 0)
    }

    /// From now on every write fails so; 0 mends the disk.
    pub fn fail_with(&self, code: i32) {
        self.failing.store(code, Ordering::SeqCst);
    }

    pub fn acknowledge(&self, entry: u64) {
        self.push(Event::Acknowledged(entry));
    }

    /// All that happened so far, and begins again.
    pub fn take(&self) -> Vec<Event> {
        std::mem::take(&mut held(&self.events))
    }
}
