//! The background jobs of the server: what each is called, how often it has its turn, and why.
//!
//! [`Jobs`] runs them. A turn that panics is logged, and the job goes on at its next turn. A stop
//! lets the turns that have begun end, for a limited time.

pub mod backups;
pub mod mailbox;
pub mod nightly;

use crate::api::ServerParts;
use crate::editions::Editions;
use crate::records::retention::{SENDERS_KEPT_MS, forget_senders_until};
use backups::NightlyBackups;
use futures_util::FutureExt;
use mailbox::settings::ReadMailbox;
use nightly::{Nightly, NightlySettings, minute_of_night};
use office::Office;
use office::maintenance::MaintenanceWatch;
use receiving::Receiver;
use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};
use store::{AnyStore, SubmissionStore};
use tokio::task::AbortHandle;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use vault::keys::LOOK_S;
use vault::now_ms;

/// How long the check of the database's pages waits for the inbox after a start, and how often it
/// looks.
const INBOX_TIME_MAX: Duration = Duration::from_secs(120);
const PAGES_PAUSE: Duration = Duration::from_millis(500);
/// The time for tasks to end after they were aborted.
const ABORT_TIME: Duration = Duration::from_secs(1);

/// A background job: work in turns, with a pause between two.
#[derive(Debug, Clone, Copy)]
pub struct Job {
    /// Its name in the log.
    pub name: &'static str,
    /// The pause between two turns.
    pub period: Duration,
    /// Why it runs, and why so often.
    pub reason: &'static str,
    /// It writes to the database, so it pauses during maintenance.
    pub writes: bool,
}

/// Drops idle addresses from the rate limits.
pub const IDLE_ADDRESSES: Job = Job {
    name: "idle addresses",
    period: Duration::from_secs(300),
    reason: "an address whose limits are full again takes memory and limits nothing",
    writes: false,
};
/// Removes the tags of senders when they are due.
pub const SENDERS: Job = Job {
    name: "senders",
    period: Duration::from_secs(3_600),
    reason: "nothing groups the submissions of one sender for longer than was promised",
    writes: true,
};
/// Looks for a newer edition of the service directory.
pub const EDITIONS: Job = Job {
    name: "editions",
    period: Duration::from_secs(2),
    reason: "an edition that was published in the data folder is served at once",
    writes: false,
};
/// Looks for the builds before and after in the folders beside the site.
pub const NEIGHBOURS: Job = Job {
    name: "builds beside",
    period: Duration::from_secs(2),
    reason: "a server serves the files of the next build before another server is upgraded to it",
    writes: false,
};
/// Looks for new keys in the keys folder.
pub const KEYS: Job = Job {
    name: "keys",
    period: Duration::from_secs(LOOK_S),
    reason: "a rotation by command reaches every server that shares the keys folder",
    writes: false,
};
/// Brings the office's memory and its edition up to date.
pub const INQUIRIES: Job = Job {
    name: "inquiries",
    period: Duration::from_secs(1),
    reason: "staff see new submissions, and what other servers wrote, within a second",
    writes: false,
};
/// Counts what takes long to count.
pub const COUNTS: Job = Job {
    name: "counts",
    period: Duration::from_secs(1),
    reason: "the audit log’s check, lookups and searches without a result wait for no page",
    writes: false,
};
/// Drops what the office need not remember any longer.
pub const STAFF_LIMITS: Job = Job {
    name: "staff limits",
    period: Duration::from_secs(60),
    reason: "limits on passwords that are full again take memory and limit nothing",
    writes: false,
};
/// Hands over the open inquiries of people who left.
pub const HAND_OVERS: Job = Job {
    name: "hand-overs",
    period: Duration::from_secs(1),
    reason: "someone who left may have more inquiries than a request has time for",
    writes: true,
};
/// Sends replies by e-mail.
pub const MAIL: Job = Job {
    name: "mail",
    period: Duration::from_millis(500),
    reason: "a reply leaves when it was written, or when its next attempt is due",
    writes: true,
};
/// Sends staff the emails of the morning.
pub const DAILY_EMAILS: Job = Job {
    name: "daily emails",
    period: Duration::from_secs(60),
    reason: "they are due at an hour of the morning; looking costs nothing until then",
    writes: true,
};
/// Reads the mailbox.
pub const MAILBOX: Job = Job {
    name: "mailbox",
    period: Duration::from_secs(15),
    reason: "a turn lasts as long as the connection; the next one connects again",
    writes: true,
};
/// Deletes what has been stored for its retention period, once a night.
pub const RETENTION: Job = Job {
    name: "retention",
    period: Duration::from_secs(60),
    reason: "retention is due at a minute of the night; looking costs nothing until then",
    writes: true,
};

/// Makes a backup and tries it, once a night.
pub const BACKUPS: Job = Job {
    name: "backups",
    period: Duration::from_secs(60),
    reason: "a backup is due at a minute of the night; looking costs nothing until then",
    writes: true,
};
/// Removes sessions that have ended.
pub const SESSIONS: Job = Job {
    name: "sessions",
    period: Duration::from_secs(3_600),
    reason: "who was signed in, and when, is not stored longer than a session lasts",
    writes: true,
};

/// Looks whether maintenance began or ended.
pub const MAINTENANCE: Job = Job {
    name: "maintenance",
    period: Duration::from_secs(1),
    reason: "all servers of a database stop and begin to write within seconds",
    writes: false,
};
/// Looks at every page of the database file.
pub const PAGES: Job = Job {
    name: "pages",
    period: Duration::from_secs(6 * 3_600),
    reason: "a damaged disk is noticed while the backups still hold what it damaged",
    writes: false,
};

/// Every background job.
pub const ALL: [Job; 17] = [
    IDLE_ADDRESSES,
    SENDERS,
    EDITIONS,
    NEIGHBOURS,
    KEYS,
    MAINTENANCE,
    PAGES,
    INQUIRIES,
    COUNTS,
    STAFF_LIMITS,
    HAND_OVERS,
    MAIL,
    DAILY_EMAILS,
    MAILBOX,
    RETENTION,
    BACKUPS,
    SESSIONS,
];

/// When the next turn begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// At once, because work remains.
    Now,
    /// After the job's period.
    AfterPeriod,
    /// After another time, because something failed that does not pass soon.
    After(Duration),
}

/// The running background jobs.
#[derive(Debug, Default)]
pub struct Jobs {
    maintenance: Arc<MaintenanceWatch>,
    tracker: TaskTracker,
    tasks: Vec<AbortHandle>,
    stopping: CancellationToken,
}

impl Jobs {
    /// Starts a job with its first turn `first`. The job ends between two turns, when the jobs are
    /// stopped.
    pub fn start<F>(&mut self, job: Job, first: Next, turn: impl FnMut() -> F + Send + 'static)
    where
        F: Future<Output = Next> + Send + 'static,
    {
        self.start_until(self.stopping.clone(), job, first, turn);
    }

    /// Starts a job that ends when `stopping` is cancelled.
    pub fn start_until<F>(
        &mut self,
        stopping: CancellationToken,
        job: Job,
        first: Next,
        turn: impl FnMut() -> F + Send + 'static,
    ) where
        F: Future<Output = Next> + Send + 'static,
    {
        let maintenance = self.maintenance.clone();
        let task = self.tracker.spawn(run(job, stopping, maintenance, first, turn));
        self.tasks.push(task.abort_handle());
    }

    /// Stops all jobs. Turns that have begun get `time_max` to end; what takes longer is aborted at
    /// its next await.
    pub async fn stop(self, time_max: Duration) {
        self.stopping.cancel();
        self.tracker.close();
        if tokio::time::timeout(time_max, self.tracker.wait()).await.is_err() {
            tracing::warn!("some background jobs took too long to end");
            self.tasks.iter().for_each(AbortHandle::abort);
            // What does not end even now is left behind: the program ends next.
            let _ = tokio::time::timeout(ABORT_TIME, self.tracker.wait()).await;
        }
    }
}

async fn run<F>(
    job: Job,
    stopping: CancellationToken,
    maintenance: Arc<MaintenanceWatch>,
    first: Next,
    mut turn: impl FnMut() -> F + Send,
) where
    F: Future<Output = Next> + Send + 'static,
{
    tracing::debug!(job = job.name, period = ?job.period, reason = job.reason, "a job begins");
    let mut next = first;
    loop {
        let pause = match next {
            Next::Now => Duration::ZERO,
            Next::AfterPeriod => job.period,
            Next::After(pause) => pause,
        };
        tokio::select! {
            biased;
            () = stopping.cancelled() => return,
            () = tokio::time::sleep(pause) => {}
        }
        if job.writes && maintenance.is_on() {
            next = Next::After(job.period.min(MAINTENANCE.period));
            continue;
        }
        next = AssertUnwindSafe(async { turn().await }).catch_unwind().await.unwrap_or_else(|_| {
            tracing::error!(
                job = job.name,
                "a background job panicked; it goes on at its next turn"
            );
            Next::AfterPeriod
        });
    }
}

/// Starts all background jobs of a server, whose keys were reported under `id`. Mail and the
/// mailbox end when `stopping` is cancelled, all others when the jobs are stopped.
pub fn start_all(
    server: &Arc<ServerParts<AnyStore>>,
    office: &Arc<Office>,
    (nightly, data_dir): (NightlySettings, &Path),
    mailbox: Option<(ReadMailbox, Vec<String>)>,
    stopping: &CancellationToken,
    id: [u8; 16],
) -> Jobs {
    let mut jobs = Jobs { maintenance: server.maintenance.clone(), ..Jobs::default() };
    start_server_jobs(&mut jobs, server, id);
    start_maintenance(&mut jobs, server);
    start_page_check(&mut jobs, server);
    start_office_jobs(&mut jobs, office, stopping);
    start_nightly_jobs(&mut jobs, server, nightly, data_dir);
    if let Some((mailbox, own)) = mailbox {
        mailbox::start(&mut jobs, (server, office), mailbox, own, stopping);
    }
    jobs
}

fn start_nightly_jobs(
    jobs: &mut Jobs,
    server: &Arc<ServerParts<AnyStore>>,
    settings: NightlySettings,
    data_dir: &Path,
) {
    let minute = minute_of_night();
    match settings.retention {
        Some(settings) => {
            let (of, nightly) = (server.clone(), Arc::new(Nightly::new(settings, minute)));
            jobs.start(RETENTION, Next::Now, move || {
                let (server, nightly) = (of.clone(), nightly.clone());
                async move { nightly.look(&server).await }
            });
        }
        None => tracing::info!("retention is off; it runs only by command"),
    }
    match settings.backups {
        Some(settings) => {
            let nightly = NightlyBackups::new(settings, data_dir.into(), minute);
            let (of, nightly) = (server.clone(), Arc::new(nightly));
            jobs.start(BACKUPS, Next::Now, move || {
                let (server, nightly) = (of.clone(), nightly.clone());
                async move { nightly.look(&server).await }
            });
        }
        None => tracing::info!("no backups at night (backup_to); they are made only by command"),
    }
}

fn start_server_jobs(jobs: &mut Jobs, server: &Arc<ServerParts<AnyStore>>, id: [u8; 16]) {
    let of = server.clone();
    jobs.start(IDLE_ADDRESSES, Next::AfterPeriod, move || {
        of.limits.rates.forget_quiet();
        std::future::ready(Next::AfterPeriod)
    });
    let of = server.clone();
    let forgotten_until_ms = Arc::new(AtomicU64::new(0));
    jobs.start(SENDERS, Next::AfterPeriod, move || {
        let (server, forgotten_until_ms) = (of.clone(), forgotten_until_ms.clone());
        async move {
            forget_senders(&server, &forgotten_until_ms).await;
            Next::AfterPeriod
        }
    });
    let of = server.clone();
    jobs.start(EDITIONS, Next::AfterPeriod, move || {
        if let Some(is_readable) = look_for_edition(&of.editions) {
            of.readiness.note_edition(is_readable);
        }
        std::future::ready(Next::AfterPeriod)
    });
    let of = server.clone();
    jobs.start(NEIGHBOURS, Next::AfterPeriod, move || {
        let server = of.clone();
        async move {
            // If a look panics, the next one tries again.
            drop(tokio::task::spawn_blocking(move || server.neighbours.look()).await);
            Next::AfterPeriod
        }
    });
    let of = server.clone();
    jobs.start(KEYS, Next::Now, move || {
        let (server, of) = (of.clone(), of.clone());
        async move {
            let look = move || server.receiver.keys.look(Duration::ZERO);
            // If a check panics, the next one tries again.
            drop(tokio::task::spawn_blocking(look).await);
            if let Err(fault) = report_keys(&of.receiver, id).await {
                tracing::warn!(%fault, "the keys could not be compared with other servers");
            }
            Next::AfterPeriod
        }
    });
}

fn start_maintenance(jobs: &mut Jobs, server: &Arc<ServerParts<AnyStore>>) {
    let of = server.clone();
    jobs.start(MAINTENANCE, Next::AfterPeriod, move || {
        let server = of.clone();
        async move {
            match server.maintenance.look(&server.receiver.store).await {
                Ok(true) if server.maintenance.is_on() => {
                    tracing::warn!("maintenance has begun: nothing is stored until it ends")
                }
                Ok(true) => tracing::warn!("maintenance has ended"),
                Ok(false) => {}
                Err(fault) => tracing::warn!(%fault, "maintenance could not be looked up"),
            }
            Next::AfterPeriod
        }
    });
}

fn start_page_check(jobs: &mut Jobs, server: &Arc<ServerParts<AnyStore>>) {
    let (of, began) = (server.clone(), Instant::now());
    jobs.start(PAGES, Next::Now, move || {
        let server = of.clone();
        async move {
            // It reads the whole file, and staff wait for their inbox.
            if !server.readiness.is_inbox_read() && began.elapsed() < INBOX_TIME_MAX {
                return Next::After(PAGES_PAUSE);
            }
            match server.receiver.store.are_pages_whole().await {
                Ok(Some(are_whole)) => {
                    if !are_whole {
                        tracing::error!("the database file is damaged; restore a backup");
                    }
                    server.readiness.note_pages(are_whole);
                }
                Ok(None) => {}
                Err(fault) => tracing::error!(%fault, "the database file could not be checked"),
            }
            Next::AfterPeriod
        }
    });
}

fn start_office_jobs(jobs: &mut Jobs, office: &Arc<Office>, stopping: &CancellationToken) {
    let of = office.clone();
    jobs.start(INQUIRIES, Next::Now, move || {
        let office = of.clone();
        async move {
            office::follow(&office).await;
            Next::AfterPeriod
        }
    });
    let of = office.clone();
    jobs.start(COUNTS, Next::Now, move || {
        let office = of.clone();
        async move { if office::count(&office).await { Next::Now } else { Next::AfterPeriod } }
    });
    let of = office.clone();
    jobs.start(STAFF_LIMITS, Next::Now, move || {
        office::forget(&of);
        std::future::ready(Next::AfterPeriod)
    });
    let of = office.clone();
    jobs.start(HAND_OVERS, Next::AfterPeriod, move || {
        let office = of.clone();
        async move { if office::hand_over(&office).await { Next::Now } else { Next::AfterPeriod } }
    });
    let of = office.clone();
    jobs.start(SESSIONS, Next::AfterPeriod, move || {
        let office = of.clone();
        async move {
            office::forget_sessions(&office).await;
            Next::AfterPeriod
        }
    });
    let (of, stop) = (office.clone(), stopping.clone());
    jobs.start_until(stopping.clone(), MAIL, Next::Now, move || {
        let (office, stopping) = (of.clone(), stop.clone());
        async move {
            office::mail::send_due(&office, &stopping).await;
            Next::AfterPeriod
        }
    });
    let (of, stop) = (office.clone(), stopping.clone());
    jobs.start_until(stopping.clone(), DAILY_EMAILS, Next::AfterPeriod, move || {
        let (office, stopping) = (of.clone(), stop.clone());
        async move {
            office::mail::digest::send_digests(&office, &stopping).await;
            Next::AfterPeriod
        }
    });
}

/// Reports the keys of this server to the others of its database, and takes note of theirs.
pub(crate) async fn report_keys(
    receiver: &Receiver<AnyStore>,
    id: [u8; 16],
) -> Result<(), store::StoreFault> {
    let reports = receiver.store.exchange_keys(id, &receiver.keys.ids()).await?;
    receiver.keys.note_elsewhere(reports);
    Ok(())
}

/// Removes senders' tags that are old enough. Searches only what became due since the last search.
async fn forget_senders(server: &ServerParts<AnyStore>, forgotten_until_ms: &AtomicU64) {
    let until_ms = now_ms().saturating_sub(SENDERS_KEPT_MS);
    let from_ms = forgotten_until_ms.load(Ordering::Relaxed);
    match forget_senders_until(&server.receiver.store, from_ms, until_ms).await {
        Ok(_) => forgotten_until_ms.store(until_ms, Ordering::Relaxed),
        Err(fault) => tracing::error!(%fault, "senders could not be forgotten; it is tried again"),
    }
}

/// Takes a newer edition of the service directory, if there is one.
/// Takes a newer edition if one was published. Returns whether it could be read; `None` if there is
/// nothing new.
pub(crate) fn look_for_edition(editions: &Editions) -> Option<bool> {
    match editions.refresh() {
        Ok(Some(number)) => {
            tracing::info!(number, "a newer edition of the catalogue was taken");
            Some(true)
        }
        Ok(None) => None,
        Err(what) => {
            tracing::error!(what, "a published catalogue was refused; the one before stays in use");
            Some(false)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    const OFTEN: Job =
        Job { name: "often", period: Duration::from_millis(1), reason: "a test", writes: false };

    #[test]
    fn every_job_has_its_own_name_a_period_and_a_reason() {
        assert_eq!(ALL.map(|job| job.name).into_iter().collect::<BTreeSet<_>>().len(), ALL.len());
        assert!(ALL.iter().all(|job| !job.period.is_zero() && !job.reason.is_empty()));
    }

    #[tokio::test]
    async fn a_job_that_panics_goes_on_at_its_next_turn() {
        let (turns, mut jobs) = (Arc::new(AtomicU64::new(0)), Jobs::default());
        let counted = turns.clone();
        jobs.start(OFTEN, Next::Now, move || {
            let turns = counted.clone();
            async move {
                assert!(turns.fetch_add(1, Ordering::Relaxed) % 2 == 1, "every other turn");
                Next::AfterPeriod
            }
        });
        while turns.load(Ordering::Relaxed) < 6 {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        jobs.stop(Duration::from_secs(10)).await;
    }

    #[test]
    fn what_sends_deletes_or_copies_pauses_during_maintenance() {
        let paused = ALL.into_iter().filter(|job| job.writes).map(|job| job.name);
        let expected = [
            "senders",
            "hand-overs",
            "mail",
            "daily emails",
            "mailbox",
            "retention",
            "backups",
            "sessions",
        ];
        assert_eq!(paused.collect::<BTreeSet<_>>(), BTreeSet::from(expected));
    }

    #[tokio::test]
    async fn a_stop_waits_for_a_turn_and_begins_no_other() {
        let (turns, mut jobs) = (Arc::new(AtomicU64::new(0)), Jobs::default());
        let (begun, mut is_begun) = tokio::sync::mpsc::channel(1);
        let counted = turns.clone();
        jobs.start(OFTEN, Next::Now, move || {
            let (turns, begun) = (counted.clone(), begun.clone());
            async move {
                begun.send(()).await.unwrap();
                tokio::time::sleep(Duration::from_millis(50)).await;
                turns.fetch_add(1, Ordering::Relaxed);
                Next::Now
            }
        });
        is_begun.recv().await.unwrap();
        jobs.stop(Duration::from_secs(10)).await;
        assert_eq!((turns.load(Ordering::Relaxed), is_begun.recv().await), (1, None));
    }

    #[tokio::test]
    async fn a_stop_does_not_wait_for_ever() {
        let (alive, mut jobs) = (Arc::new(()), Jobs::default());
        let (begun, mut is_begun) = tokio::sync::mpsc::channel(1);
        let held = alive.clone();
        jobs.start(OFTEN, Next::Now, move || {
            let (begun, held) = (begun.clone(), held.clone());
            async move {
                begun.send(()).await.unwrap();
                std::future::pending::<()>().await;
                drop(held);
                Next::Now
            }
        });
        is_begun.recv().await.unwrap();
        jobs.stop(Duration::from_millis(10)).await;
        assert_eq!(Arc::strong_count(&alive), 1, "what the job held is free");
    }
}
