//! A layer below SQLite (a VFS, sqlite.org/vfs.html): the system's own VFS, with writes,
//! truncations, flushes and deletions of watched files recorded. Everything else is passed through.
//!
//! SQLite's own VFS opens each file into a block of memory of the size it asked for, which begins
//! with a pointer to a table of functions. This layer replaces that table by a copy with four
//! functions of its own. The rest of the memory stays as SQLite's VFS wants it, so its functions
//! can be called on the same file.

#![allow(unsafe_code, reason = "SQLite calls a VFS through C function pointers")]

use crate::record::{self, DiskEvent, Recorder};
use libsqlite3_sys::{
    SQLITE_IOERR_FSYNC, SQLITE_OK, sqlite3_file, sqlite3_filename, sqlite3_int64,
    sqlite3_io_methods, sqlite3_vfs, sqlite3_vfs_find, sqlite3_vfs_register,
};
use std::collections::HashMap;
use std::ffi::{CStr, c_char, c_int, c_void};
use std::path::Path;
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, OnceLock, PoisonError};

type Open = unsafe extern "C" fn(
    *mut sqlite3_vfs,
    sqlite3_filename,
    *mut sqlite3_file,
    c_int,
    *mut c_int,
) -> c_int;
type Delete = unsafe extern "C" fn(*mut sqlite3_vfs, *const c_char, c_int) -> c_int;

/// An open watched file: the recorder of its folder, its number in [`record::FILES`], and the
/// system's own functions.
#[derive(Clone)]
struct Watched {
    recorder: Arc<Recorder>,
    file: usize,
    theirs: sqlite3_io_methods,
}

/// The functions of the system's VFS.
static SYSTEM: OnceLock<(Open, Delete)> = OnceLock::new();
/// The copied tables, by the address of the original: a database and its log have different ones.
static TABLES: LazyLock<Mutex<HashMap<usize, &'static sqlite3_io_methods>>> =
    LazyLock::new(Mutex::default);
/// Open watched files, by the address of their memory.
static OPEN: LazyLock<Mutex<HashMap<usize, Watched>>> = LazyLock::new(Mutex::default);

/// Makes this layer the default VFS of the process. Later calls do nothing.
pub(crate) fn insert() {
    static ONCE: std::sync::Once = std::sync::Once::new();
    ONCE.call_once(|| {
        // SAFETY: SQLite returns its default VFS, which lives as long as the process; the copy is
        // leaked and does too.
        let registered = unsafe {
            let system = *sqlite3_vfs_find(std::ptr::null());
            let (open, delete) =
                system.xOpen.zip(system.xDelete).expect("SQLite's own VFS opens and deletes files");
            SYSTEM.get_or_init(|| (open, delete));
            let layer = sqlite3_vfs {
                pNext: std::ptr::null_mut(),
                zName: c"powercut".as_ptr(),
                xOpen: Some(x_open),
                xDelete: Some(x_delete),
                ..system
            };
            sqlite3_vfs_register(Box::leak(Box::new(layer)), 1)
        };
        assert_eq!(registered, SQLITE_OK, "SQLite takes another layer");
    });
}

fn path_of(name: *const c_char) -> Option<(Arc<Recorder>, usize)> {
    if name.is_null() {
        return None;
    }
    // SAFETY: SQLite passes NUL-terminated names that are valid for the duration of the call.
    let name = unsafe { CStr::from_ptr(name) };
    record::of(Path::new(name.to_str().ok()?))
}

fn held<T>(mutex: &'static Mutex<T>) -> MutexGuard<'static, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Looks up an open file that uses one of the copied tables.
fn watched(file: *mut sqlite3_file) -> Watched {
    held(&OPEN)
        .get(&(file as usize))
        .cloned()
        .expect("only watched files use our table, from open to close")
}

fn system() -> (Open, Delete) {
    *SYSTEM.get().expect("set before this VFS is registered")
}

unsafe extern "C" fn x_open(
    vfs: *mut sqlite3_vfs,
    name: sqlite3_filename,
    file: *mut sqlite3_file,
    flags: c_int,
    flags_out: *mut c_int,
) -> c_int {
    // SAFETY: all arguments are SQLite's own, passed on unchanged.
    let code = unsafe { (system().0)(vfs, name, file, flags, flags_out) };
    let Some((recorder, number)) = path_of(name).filter(|_| code == SQLITE_OK) else { return code };
    // SAFETY: an opened file has a static table of functions; the copy is leaked, so it lives as
    // long.
    let theirs = unsafe {
        let at = (*file).pMethods;
        let ours = |theirs| sqlite3_io_methods {
            xClose: Some(x_close),
            xWrite: Some(x_write),
            xTruncate: Some(x_truncate),
            xSync: Some(x_sync),
            ..theirs
        };
        (*file).pMethods =
            *held(&TABLES).entry(at as usize).or_insert_with(|| Box::leak(Box::new(ours(*at))));
        *at
    };
    held(&OPEN).insert(file as usize, Watched { recorder, file: number, theirs });
    code
}

unsafe extern "C" fn x_delete(
    vfs: *mut sqlite3_vfs,
    name: *const c_char,
    sync_dir: c_int,
) -> c_int {
    // SAFETY: all arguments are SQLite's own, passed on unchanged.
    let code = unsafe { (system().1)(vfs, name, sync_dir) };
    if let Some((recorder, file)) = path_of(name).filter(|_| code == SQLITE_OK) {
        recorder.push(DiskEvent::Deleted { file });
    }
    code
}

unsafe extern "C" fn x_close(file: *mut sqlite3_file) -> c_int {
    let close = watched(file).theirs.xClose;
    held(&OPEN).remove(&(file as usize));
    // SAFETY: the file is SQLite's, and the function belongs to the VFS that opened it; so in the
    // functions below.
    close.map_or(SQLITE_OK, |close| unsafe { close(file) })
}

unsafe extern "C" fn x_write(
    file: *mut sqlite3_file,
    bytes: *const c_void,
    length: c_int,
    at: sqlite3_int64,
) -> c_int {
    let Watched { recorder, file: number, theirs } = watched(file);
    if let Some(code) = recorder.failure() {
        return code;
    }
    // SAFETY: as in `x_close`; SQLite passes `length` readable bytes.
    let code = theirs.xWrite.map_or(SQLITE_OK, |write| unsafe { write(file, bytes, length, at) });
    if code == SQLITE_OK {
        // SAFETY: SQLite passes `length` readable bytes.
        let bytes = unsafe { std::slice::from_raw_parts(bytes.cast::<u8>(), length as usize) };
        recorder.push(DiskEvent::Written { file: number, at: at as usize, bytes: bytes.into() });
    }
    code
}

unsafe extern "C" fn x_truncate(file: *mut sqlite3_file, size: sqlite3_int64) -> c_int {
    let Watched { recorder, file: number, theirs } = watched(file);
    // SAFETY: as in `x_close`.
    let code = theirs.xTruncate.map_or(SQLITE_OK, |truncate| unsafe { truncate(file, size) });
    if code == SQLITE_OK {
        recorder.push(DiskEvent::Truncated { file: number, size: size as usize });
    }
    code
}

unsafe extern "C" fn x_sync(file: *mut sqlite3_file, flags: c_int) -> c_int {
    let Watched { recorder, file: number, theirs } = watched(file);
    if recorder.failure().is_some() {
        return SQLITE_IOERR_FSYNC;
    }
    // SAFETY: as in `x_close`.
    let code = theirs.xSync.map_or(SQLITE_OK, |sync| unsafe { sync(file, flags) });
    if code == SQLITE_OK {
        recorder.push(DiskEvent::Flushed { file: number });
    }
    code
}
