//! Whether the database takes what it is given. Asked by anybody and as often as they like, so it is tried at most every few seconds, by one at a time,
//! and answered in fixed words: what a database says of its troubles is for the log.

use crate::store::{StoreFault, SubmissionStore};
use std::sync::{PoisonError, RwLock};
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
    last: RwLock<Option<(Instant, Health)>>,
    probing: Mutex<()>,
}

impl HealthCheck {
    /// The last answer while it is good, and while somebody else tries; else a new one.
    pub async fn now(&self, store: &impl SubmissionStore) -> Health {
        if let Some(health) = self.last(GOOD_FOR) {
            return health;
        }
        let _alone = match self.probing.try_lock() {
            Ok(alone) => alone,
            Err(_) => match self.last(Duration::MAX) {
                Some(health) => return health,
                None => self.probing.lock().await,
            },
        };
        // Whoever waited finds what the other found.
        if let Some(health) = self.last(GOOD_FOR) {
            return health;
        }
        let probed = tokio::time::timeout(PROBE_TIME, store.probe()).await;
        let health = self::health(probed.unwrap_or_else(|_| Err(StoreFault::Away("no answer to a probe".into()))));
        *self.last.write().unwrap_or_else(PoisonError::into_inner) = Some((Instant::now(), health));
        health
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

    #[test]
    fn strangers_hear_fixed_words_and_nothing_of_what_the_database_says() {
        let words = |fault: StoreFault| health(Err(fault)).word();
        assert_eq!(words(StoreFault::Failed("disk I/O error in /var/lib/hub.sqlite".into())), "failing");
        assert_eq!((words(StoreFault::Away("postgres://hub@10.0.0.5".into())), words(StoreFault::Busy)), ("away", "busy"));
        assert_eq!(health(Ok(())), Health::Writable);
    }

    #[tokio::test]
    async fn many_who_ask_at_once_are_one_who_tries() {
        let dir = tempfile::tempdir().unwrap();
        let municipality = domain::MunicipalityId::parse("x").unwrap();
        let store = crate::store::SqliteStore::open(&dir.path().join("hub.sqlite"), municipality).await.unwrap();
        let check = HealthCheck::default();
        let alone = check.probing.lock().await;
        *check.last.write().unwrap() = Instant::now().checked_sub(GOOD_FOR * 2).map(|at| (at, Health::Busy));
        assert_eq!(check.now(&store).await, Health::Busy, "while somebody tries the last answer holds");
        drop(alone);
        assert_eq!(check.now(&store).await, Health::Writable);
    }
}
