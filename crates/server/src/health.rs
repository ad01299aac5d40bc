//! Whether the database takes what it is given. Asked by anybody and as often as they like, so it is tried at most every few seconds, by one at a time,
//! and answered in fixed words: what a database says of its troubles is for the log.

use crate::store::StoreFault;
use std::future::Future;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};
use tokio::sync::Mutex;

/// An answer is good for so long.
const GOOD_FOR: Duration = Duration::from_secs(2);
/// A database that has not answered by then is as good as away.
const PROBE_TIME: Duration = Duration::from_secs(5);

/// What a probe came to, in words that are the same for every fault of a kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Health {
    Writable,
    Busy,
    /// No database is there.
    Away,
    /// It is there and does not take what it is given.
    Failing,
}

impl Health {
    pub fn word(self) -> &'static str {
        match self {
            Health::Writable => "writable",
            Health::Busy => "busy",
            Health::Away => "away",
            Health::Failing => "failing",
        }
    }
}

#[derive(Default)]
pub struct HealthCheck {
    last: Arc<RwLock<Option<(Instant, Health)>>>,
    /// Held by whoever tries.
    probing: Arc<Mutex<()>>,
}

impl HealthCheck {
    /// The last answer while it is good, and while somebody else tries; else what `probe` comes to. A probe that began goes on to its end: who asks
    /// and goes away at once does not have the next one begin another.
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
        // Whoever waited finds what the other found.
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
        // A probe that was lost to a panic was logged by it.
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
