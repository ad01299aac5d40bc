//! Whether the server can do what it is there for: store what is sent, and show it to staff.
//!
//! Each check has one fixed word per state. The answer is public and unlimited, so the checks run
//! at most every two seconds, for one request at a time; details of an error go to the log only.

use std::future::Future;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU8, Ordering::Relaxed};
use std::sync::{Arc, OnceLock, PoisonError, RwLock};
use std::time::{Duration, Instant};
use store::StoreFault;
use tokio::sync::Mutex;

/// How long a result is reused.
const GOOD_FOR: Duration = Duration::from_secs(2);
/// Timeout of the checks; after it the database counts as away.
const CHECK_TIME: Duration = Duration::from_secs(3);

/// The state of the database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DatabaseState {
    /// It accepts writes.
    Writable,
    /// Its write queue is full.
    Busy,
    /// It cannot be reached, or did not answer in time.
    Away,
    /// It is reachable and does not accept writes.
    Failing,
}

impl DatabaseState {
    fn of(probed: Result<(), StoreFault>) -> Self {
        let Err(fault) = probed else { return Self::Writable };
        tracing::error!(%fault, "the database did not accept a write");
        match fault {
            StoreFault::Busy => Self::Busy,
            StoreFault::Away(_) => Self::Away,
            StoreFault::Failed(_) => Self::Failing,
        }
    }

    /// The word for the answer.
    pub fn word(self) -> &'static str {
        match self {
            Self::Writable => "writable",
            Self::Busy => "busy",
            Self::Away => "away",
            Self::Failing => "failing",
        }
    }
}

/// What a look at the database file's pages found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PageState {
    /// Nobody has looked yet.
    Unchecked,
    /// Every page is as SQLite expects it.
    Whole,
    /// A page is damaged.
    Damaged,
}

impl PageState {
    const ALL: [Self; 3] = [Self::Unchecked, Self::Whole, Self::Damaged];

    fn word(self) -> &'static str {
        match self {
            Self::Unchecked => "unchecked",
            Self::Whole => "whole",
            Self::Damaged => "damaged",
        }
    }
}

/// The outcome of all checks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Report {
    /// The database, by a write of a value that changes.
    pub database: DatabaseState,
    /// The pages inside the database file.
    pub pages: PageState,
    /// The disk of the data folder has enough free space; `None` if that cannot be determined.
    pub has_space: Option<bool>,
    /// The free space, in bytes; `None` if that cannot be determined.
    pub free_bytes: Option<u64>,
    /// The keys folder holds the keys that are in use.
    pub has_keys: bool,
    /// The newest published edition could be read.
    pub has_edition: bool,
    /// All open inquiries have been read, so that staff see them.
    pub has_inbox: bool,
}

impl Report {
    /// Whether every check passed.
    pub fn is_ready(&self) -> bool {
        self.states().iter().all(|(_, is_fine)| *is_fine)
    }

    /// The checks by name, and whether each passed.
    pub fn states(&self) -> [(&'static str, bool); 6] {
        [
            ("database", self.database == DatabaseState::Writable),
            ("pages", self.pages != PageState::Damaged),
            ("space", self.has_space != Some(false)),
            ("keys", self.has_keys),
            ("edition", self.has_edition),
            ("inbox", self.has_inbox),
        ]
    }

    /// The checks by name, each with its word.
    pub fn words(&self) -> [(&'static str, &'static str); 6] {
        let either = |is_good: bool, good, bad| if is_good { good } else { bad };
        [
            ("database", self.database.word()),
            ("pages", self.pages.word()),
            ("space", self.has_space.map_or("unknown", |has| either(has, "enough", "short"))),
            ("keys", either(self.has_keys, "present", "missing")),
            ("edition", either(self.has_edition, "readable", "unreadable")),
            ("inbox", either(self.has_inbox, "read", "being read")),
        ]
    }
}

/// The last result, shared by all requests, and what background jobs report.
pub struct Readiness {
    data_dir: PathBuf,
    least_free_bytes: u64,
    last: Arc<RwLock<Option<(Instant, Measured)>>>,
    /// Held during a check.
    checking: Arc<Mutex<()>>,
    pages: AtomicU8,
    is_edition_unreadable: AtomicBool,
    is_inbox_read: OnceLock<Box<dyn Fn() -> bool + Send + Sync>>,
}

/// What is measured on request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Measured {
    database: DatabaseState,
    free_bytes: Option<u64>,
    has_keys: bool,
}

impl Readiness {
    /// Nothing is checked yet. A full disk must be noticed before it is full: `least_free_bytes` is
    /// what the disk of the data folder should have.
    pub fn new(data_dir: PathBuf, least_free_bytes: u64) -> Self {
        Self {
            data_dir,
            least_free_bytes,
            last: Arc::default(),
            checking: Arc::default(),
            pages: AtomicU8::new(0),
            is_edition_unreadable: AtomicBool::new(false),
            is_inbox_read: OnceLock::new(),
        }
    }

    /// Notes what a look at the database's pages found.
    pub fn note_pages(&self, are_whole: bool) {
        self.pages.store(if are_whole { 1 } else { 2 }, Relaxed);
    }

    /// Notes whether the newest published edition could be read.
    pub fn note_edition(&self, is_readable: bool) {
        self.is_edition_unreadable.store(!is_readable, Relaxed);
    }

    /// Sets the question whether all open inquiries have been read. Until then the answer is no.
    pub fn watch_inbox(&self, is_read: impl Fn() -> bool + Send + Sync + 'static) {
        // Set once, at the start.
        let _ = self.is_inbox_read.set(Box::new(is_read));
    }

    /// Whether all open inquiries have been read.
    pub fn is_inbox_read(&self) -> bool {
        self.is_inbox_read.get().is_some_and(|is_read| is_read())
    }

    /// The outcome of all checks, at most [`GOOD_FOR`] old, or older while another request checks.
    pub async fn now<P>(
        &self,
        probe: impl FnOnce() -> P,
        has_keys: impl FnOnce() -> bool + Send + 'static,
    ) -> Report
    where
        P: Future<Output = Result<(), StoreFault>> + Send + 'static,
    {
        let dir = self.data_dir.clone();
        let measured = self
            .measured(|| {
                let probe = probe();
                async move {
                    let local = move || (free_bytes(&dir), has_keys());
                    let (probed, local) = tokio::join!(
                        tokio::time::timeout(CHECK_TIME, probe),
                        tokio::time::timeout(CHECK_TIME, tokio::task::spawn_blocking(local))
                    );
                    let away = |_| Err(StoreFault::Away("no answer to a probe".into()));
                    // A disk that does not answer has neither.
                    let (free_bytes, has_keys) =
                        local.ok().and_then(Result::ok).unwrap_or((Some(0), false));
                    let database = DatabaseState::of(probed.unwrap_or_else(away));
                    Measured { database, free_bytes, has_keys }
                }
            })
            .await;
        Report {
            database: measured.database,
            pages: PageState::ALL[usize::from(self.pages.load(Relaxed)).min(2)],
            has_space: measured.free_bytes.map(|bytes| bytes >= self.least_free_bytes),
            free_bytes: measured.free_bytes,
            has_keys: measured.has_keys,
            has_edition: !self.is_edition_unreadable.load(Relaxed),
            has_inbox: self.is_inbox_read(),
        }
    }

    /// Returns the last result while it is fresh or while another request measures; otherwise runs
    /// `measure`. A measurement that has started runs to its end even if the request is cancelled,
    /// so that clients that disconnect at once cannot start many.
    async fn measured<P>(&self, measure: impl FnOnce() -> P) -> Measured
    where
        P: Future<Output = Measured> + Send + 'static,
    {
        if let Some(measured) = self.last(GOOD_FOR) {
            return measured;
        }
        let alone = match self.checking.clone().try_lock_owned() {
            Ok(alone) => alone,
            Err(_) => match self.last(Duration::MAX) {
                Some(measured) => return measured,
                None => self.checking.clone().lock_owned().await,
            },
        };
        // A request that waited finds the result of the other one.
        if let Some(measured) = self.last(GOOD_FOR) {
            return measured;
        }
        let (last, measuring) = (self.last.clone(), measure());
        let task = tokio::spawn(async move {
            let _alone = alone;
            let measured = measuring.await;
            *last.write().unwrap_or_else(PoisonError::into_inner) =
                Some((Instant::now(), measured));
            measured
        });
        // If it panicked, the panic was logged.
        let failed =
            Measured { database: DatabaseState::Failing, free_bytes: None, has_keys: false };
        task.await.unwrap_or(failed)
    }

    fn last(&self, age_max: Duration) -> Option<Measured> {
        let last = *self.last.read().unwrap_or_else(PoisonError::into_inner);
        last.filter(|(at, _)| at.elapsed() <= age_max).map(|(_, measured)| measured)
    }
}

/// The free space on the disk of a folder; `None` if that cannot be determined.
pub(crate) fn free_bytes(dir: &Path) -> Option<u64> {
    let disk = rustix::fs::statvfs(dir).ok()?;
    Some(disk.f_bavail.saturating_mul(disk.f_frsize))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::AtomicUsize;

    fn fine() -> Measured {
        Measured { database: DatabaseState::Writable, free_bytes: Some(1), has_keys: true }
    }

    #[test]
    fn strangers_hear_fixed_words_and_nothing_of_what_the_database_says() {
        let words = |fault: StoreFault| DatabaseState::of(Err(fault)).word();
        assert_eq!(
            words(StoreFault::Failed("disk I/O error in /var/lib/hub.sqlite".into())),
            "failing"
        );
        assert_eq!(
            (words(StoreFault::Away("postgres://hub@10.0.0.5".into())), words(StoreFault::Busy)),
            ("away", "busy")
        );
        assert_eq!(DatabaseState::of(Ok(())), DatabaseState::Writable);
    }

    #[test]
    fn each_check_alone_makes_the_server_not_ready() {
        let ready = Report {
            database: DatabaseState::Writable,
            pages: PageState::Whole,
            has_space: Some(true),
            free_bytes: Some(1),
            has_keys: true,
            has_edition: true,
            has_inbox: true,
        };
        assert!(ready.is_ready());
        assert!(Report { pages: PageState::Unchecked, has_space: None, ..ready }.is_ready());
        let broken = [
            Report { database: DatabaseState::Away, ..ready },
            Report { pages: PageState::Damaged, ..ready },
            Report { has_space: Some(false), ..ready },
            Report { has_keys: false, ..ready },
            Report { has_edition: false, ..ready },
            Report { has_inbox: false, ..ready },
        ];
        for (at, report) in broken.iter().enumerate() {
            assert!(!report.is_ready(), "{report:?}");
            let changed =
                report.words().iter().zip(ready.words()).filter(|(a, b)| **a != *b).count();
            assert_eq!((changed, report.words()[at] != ready.words()[at]), (1, true), "{report:?}");
        }
    }

    #[tokio::test]
    async fn many_who_ask_at_once_are_one_who_tries() {
        let check = Readiness::new(PathBuf::new(), 0);
        let alone = check.checking.lock().await;
        let before = Measured { database: DatabaseState::Busy, ..fine() };
        *check.last.write().unwrap() =
            Instant::now().checked_sub(GOOD_FOR * 2).map(|at| (at, before));
        let measure = || async { fine() };
        assert_eq!(
            check.measured(measure).await,
            before,
            "while somebody tries the last answer holds"
        );
        drop(alone);
        assert_eq!(check.measured(measure).await, fine());
    }

    #[tokio::test]
    async fn many_who_ask_and_hang_up_at_once_are_one_who_tries() {
        let (check, tries, going) = (
            Readiness::new(PathBuf::new(), 0),
            Arc::new(AtomicUsize::new(0)),
            Arc::new(tokio::sync::Notify::new()),
        );
        let measure = || {
            let (tries, going) = (tries.clone(), going.clone());
            async move {
                tries.fetch_add(1, Relaxed);
                going.notified().await;
                fine()
            }
        };
        for _ in 0..50 {
            assert!(
                tokio::time::timeout(Duration::from_millis(1), check.measured(measure))
                    .await
                    .is_err(),
                "no answer came while this asker waited"
            );
        }
        assert_eq!(tries.load(Relaxed), 1);
        going.notify_one();
        assert_eq!(check.measured(measure).await, fine());
        assert_eq!(tries.load(Relaxed), 1);
    }
}
