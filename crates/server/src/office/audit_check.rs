//! Whether the audit holds together, followed entry by entry in the background: nobody who opens the page
//! waits for a million of them.

use super::Office;
use crate::audit::Chain;
use crate::store::{Custody, StoreFault};
use domain::MunicipalityId;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Entries read at a time.
const ENTRIES_AT_ONCE: u32 = 1_000;
/// Entries that whoever opens the page waits for: some 30 ms.
pub(super) const ENTRIES_PER_PAGE: u64 = 5_000;
/// Entries that the background follows in a row, before others of it have their turn.
pub(super) const ENTRIES_PER_TURN: u64 = 50_000;
/// How often all of it is followed from its beginning again: a change in what was followed before shows then.
const AGAIN: Duration = Duration::from_secs(60 * 60);

/// How far the audit was followed.
#[derive(Debug, Clone)]
pub(super) struct Followed {
    pub(super) chain: Chain,
    /// Where it does not hold together, in words.
    pub(super) broken: Option<String>,
    began: Instant,
}

#[derive(Debug)]
pub(super) struct AuditCheck {
    followed: Mutex<Followed>,
    /// One at a time: two would follow the same entries.
    following: tokio::sync::Mutex<()>,
}

impl AuditCheck {
    pub(super) fn new(municipality: &MunicipalityId) -> Self {
        Self {
            followed: Mutex::new(Followed::new(municipality)),
            following: tokio::sync::Mutex::default(),
        }
    }

    /// Follows the next entries, at most so many. Returns how far it is.
    pub(super) async fn go_on(&self, office: &Office, most: u64) -> Result<Followed, StoreFault> {
        let _alone = self.following.lock().await;
        let mut followed = self.held().clone();
        if followed.began.elapsed() > AGAIN {
            followed = Followed::new(&office.receiver().municipality);
        }
        let end = followed.chain.number + most;
        while followed.broken.is_none() && followed.chain.number < end {
            let entries = office.store().audit(followed.chain.number, ENTRIES_AT_ONCE).await?;
            if entries.is_empty() {
                break;
            }
            followed.broken = entries
                .iter()
                .find_map(|entry| followed.chain.follow(entry).err())
                .map(|broken| broken.to_string());
            tokio::task::yield_now().await;
        }
        *self.held() = followed.clone();
        Ok(followed)
    }

    fn held(&self) -> std::sync::MutexGuard<'_, Followed> {
        self.followed.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Followed {
    fn new(municipality: &MunicipalityId) -> Self {
        Self { chain: Chain::new(municipality.clone()), broken: None, began: Instant::now() }
    }
}
