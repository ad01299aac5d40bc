//! Records what happened to the files of a folder, in order, and what was acknowledged in between.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicI32, Ordering};
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError};

/// One step. Files are numbered by their index in [`FILES`].
#[derive(Debug, Clone)]
pub enum DiskEvent {
    /// Bytes were written.
    Written {
        /// Index in [`FILES`].
        file: usize,
        /// Offset in bytes.
        at: usize,
        /// The bytes written there.
        bytes: Box<[u8]>,
    },
    /// The size was set.
    Truncated {
        /// Index in [`FILES`].
        file: usize,
        /// The new size in bytes.
        size: usize,
    },
    /// The file was flushed to disk.
    Flushed {
        /// Index in [`FILES`].
        file: usize,
    },
    /// The file was deleted.
    Deleted {
        /// Index in [`FILES`].
        file: usize,
    },
    /// The store confirmed to a caller that the submission with this number is stored.
    Acknowledged(u64),
}

/// The files that a cut affects. The journal exists while the database is created, before it uses a
/// write-ahead log. The shared-memory file beside them is lost in any cut.
pub const FILES: [&str; 3] = ["hub.sqlite", "hub.sqlite-wal", "hub.sqlite-journal"];

/// The events of one folder.
#[derive(Default)]
pub struct Recorder {
    events: Mutex<Vec<DiskEvent>>,
    /// The SQLite error code with which every write fails, as [`Recorder::fail_with`] set it; 0 for
    /// a sound disk.
    failing: AtomicI32,
}

/// SQLite's error code for a full disk.
pub const FULL: i32 = libsqlite3_sys::SQLITE_FULL;
/// SQLite's error code for a write that fails.
pub const FAILING: i32 = libsqlite3_sys::SQLITE_IOERR_WRITE;

static FOLDERS: LazyLock<Mutex<HashMap<PathBuf, Arc<Recorder>>>> = LazyLock::new(Mutex::default);

/// Starts recording what SQLite does in a folder. A folder is watched until the process ends; there
/// are few.
pub fn watch(dir: &Path) -> Arc<Recorder> {
    crate::layer::insert();
    let dir = dir.canonicalize().unwrap_or_else(|_| dir.into());
    held(&FOLDERS).entry(dir).or_default().clone()
}

/// The recorder of a file's folder, and the file's index in [`FILES`]; `None` if it is not watched.
pub(crate) fn of(path: &Path) -> Option<(Arc<Recorder>, usize)> {
    let name = path.file_name()?.to_str()?;
    let file = FILES.iter().position(|known| *known == name)?;
    Some((held(&FOLDERS).get(path.parent()?)?.clone(), file))
}

fn held<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Recorder {
    pub(crate) fn push(&self, event: DiskEvent) {
        held(&self.events).push(event);
    }

    /// The SQLite error code of a broken disk. `None` while it works.
    pub(crate) fn failure(&self) -> Option<i32> {
        Some(self.failing.load(Ordering::SeqCst)).filter(|code| *code != 0)
    }

    /// From now on every write fails with this SQLite error code, and every flush with an I/O
    /// error; 0 repairs the disk.
    pub fn fail_with(&self, code: i32) {
        self.failing.store(code, Ordering::SeqCst);
    }

    /// Records that the submission with this number was acknowledged.
    pub fn acknowledge(&self, entry: u64) {
        self.push(DiskEvent::Acknowledged(entry));
    }

    /// Returns all events so far and clears them.
    pub fn take(&self) -> Vec<DiskEvent> {
        std::mem::take(&mut held(&self.events))
    }
}
