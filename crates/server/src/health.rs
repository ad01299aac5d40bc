//! Whether the database accepts writes. The check is public and unlimited, so the database is
//! probed at most every two seconds, by one request at a time, and answers are fixed words; the
//! details of a database error go to the log only.

use std::future::Future;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};
use store::StoreFault;
use tokio::sync::Mutex;

/// How long a result is reused.
const GOOD_FOR: Duration = Duration::from_secs(2);
/// Timeout of a probe; after it the database counts as away.
const PROBE_TIME: Duration = Duration::from_secs(5);

/// The result of a probe: one fixed word per kind of fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Health {
    /// It accepts writes.
    Writable,
    /// Its write queue is full.
    Busy,
    /// The database cannot be reached.
    Away,
    /// It is reachable and does not accept writes.
    Failing,
}

impl Health {
    /// The word for the answer.
    pub fn word(self) -> &'static str {
        match self {
            Health::Writable => "writable",
            Health::Busy => "busy",
            Health::Away => "away",
            Health::Failing => "failing",
        }
    }
}

/// The last result, shared by all requests.
#[derive(Default)]
pub struct HealthCheck {
    last: Arc<RwLock<Option<(Instant, Health)>>>,
    /// Held during a probe.
    probing: Arc<Mutex<()>>,
}

impl HealthCheck {
    /// Returns the last result while it is fresh or while another request probes; otherwise runs
    /// `probe`. A probe that has started runs to its end even if the request is cancelled, so that
    /// clients that disconnect at once cannot start many.
    pub async fn now<P>(&self, probe: impl FnOnce() -> P) -> Health
    where
        P: Future<Output = Result<(), StoreFault>> + Send + 'static,
    {
        if let Some(health) = self.last(GOOD_FOR) {
            return health;
        }
        let alone = match self.probing.clone().try_lock_owned() {
            Ok(alone) => alone,
            Err(_) => match self.last(Duration::MAX) {
                Some(health) => return health,
                None => self.probing.clone().lock_owned().await,
            },
        };
        // A request that waited finds the result of the other one.
        if let Some(health) = self.last(GOOD_FOR) {
            return health;
        }
        let (last, probe) = (self.last.clone(), probe());
        let probing = tokio::spawn(async move {
            let _alone = alone;
            let probed = tokio::time::timeout(PROBE_TIME, probe).await;
            let health = self::health(
                probed.unwrap_or_else(|_| Err(StoreFault::Away("no answer to a probe".into()))),
            );
            *last.write().unwrap_or_else(PoisonError::into_inner) = Some((Instant::now(), health));
            health
        });
        // If the probe panicked, the panic was logged.
        probing.await.unwrap_or(Health::Failing)
    }

    fn last(&self, age_max: Duration) -> Option<Health> {
        let last = *self.last.read().unwrap_or_else(PoisonError::into_inner);
        last.filter(|(at, _)| at.elapsed() <= age_max).map(|(_, health)| health)
    }
}

fn health(probed: Result<(), StoreFault>) -> Health {
    match probed {
        Ok(()) => Health::Writable,
        Err(fault) => {
            tracing::error!(%fault, "the database does not take what it is given");
            match fault {
                StoreFault::Busy => Health::Busy,
                StoreFault::Away(_) => Health::Away,
                StoreFault::Failed(_) => Health::Failing,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

    #[test]
    fn strangers_hear_fixed_words_and_nothing_of_what_the_database_says() {
        let words = |fault: StoreFault| health(Err(fault)).word();
        assert_eq!(
            words(StoreFault::Failed("disk I/O error in /var/lib/hub.sqlite".into())),
            "failing"
        );
        assert_eq!(
            (words(StoreFault::Away("postgres://hub@10.0.0.5".into())), words(StoreFault::Busy)),
            ("away", "busy")
        );
        assert_eq!(health(Ok(())), Health::Writable);
    }

    #[tokio::test]
    async fn many_who_ask_at_once_are_one_who_tries() {
        let check = HealthCheck::default();
        let alone = check.probing.lock().await;
        *check.last.write().unwrap() =
            Instant::now().checked_sub(GOOD_FOR * 2).map(|at| (at, Health::Busy));
        let probe = || async { Ok(()) };
        assert_eq!(
            check.now(probe).await,
            Health::Busy,
            "while somebody tries the last answer holds"
        );
        drop(alone);
        assert_eq!(check.now(probe).await, Health::Writable);
    }

    #[tokio::test]
    async fn many_who_ask_and_hang_up_at_once_are_one_who_tries() {
        let (check, tries, going) = (
            HealthCheck::default(),
            Arc::new(AtomicUsize::new(0)),
            Arc::new(tokio::sync::Notify::new()),
        );
        let probe = || {
            let (tries, going) = (tries.clone(), going.clone());
            async move {
                tries.fetch_add(1, Relaxed);
                going.notified().await;
                Ok(())
            }
        };
        for _ in 0..50 {
            assert!(
                tokio::time::timeout(Duration::from_millis(1), check.now(probe)).await.is_err(),
                "no answer came while this asker waited"
            );
        }
        assert_eq!(tries.load(Relaxed), 1);
        going.notify_one();
        assert_eq!(check.now(probe).await, Health::Writable);
        assert_eq!(tries.load(Relaxed), 1);
    }
}
