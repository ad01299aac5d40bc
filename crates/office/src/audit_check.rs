//! Verifies the hash chain of the audit log in the background, entry by entry, so that nobody who
//! opens the page waits for a million entries.

use super::Office;
use domain::MunicipalityId;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};
use store::audit::Chain;
use store::{Custody, StoreFault};

/// Entries read per query.
const ENTRIES_AT_ONCE: u32 = 1_000;
/// Entries verified while a page waits: about 30 ms.
pub(super) const ENTRIES_PER_PAGE: u64 = 5_000;
/// Entries verified in one background turn, before other background work runs.
pub(super) const ENTRIES_PER_TURN: u64 = 50_000;
/// Interval after which verification restarts from the first entry, so that a change in a verified
/// part is noticed.
const AGAIN: Duration = Duration::from_secs(60 * 60);

/// How far the audit log was verified.
#[derive(Debug, Clone)]
pub(super) struct FollowedAudit {
    pub(super) chain: Chain,
    /// Where the chain is broken, in words; `None` while it is intact.
    pub(super) broken: Option<String>,
    began: Instant,
}

#[derive(Debug)]
pub(super) struct AuditCheck {
    followed: Mutex<FollowedAudit>,
    /// One verification at a time: two would verify the same entries.
    following: tokio::sync::Mutex<()>,
}

impl AuditCheck {
    pub(super) fn new(municipality: &MunicipalityId) -> Self {
        Self {
            followed: Mutex::new(FollowedAudit::new(municipality)),
            following: tokio::sync::Mutex::default(),
        }
    }

    /// Verifies at most `most` further entries and returns the progress.
    pub(super) async fn go_on(
        &self,
        office: &Office,
        most: u64,
    ) -> Result<FollowedAudit, StoreFault> {
        let _alone = self.following.lock().await;
        let mut followed = self.held().clone();
        if followed.began.elapsed() > AGAIN {
            followed = FollowedAudit::new(&office.receiver().municipality);
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

    fn held(&self) -> std::sync::MutexGuard<'_, FollowedAudit> {
        self.followed.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl FollowedAudit {
    fn new(municipality: &MunicipalityId) -> Self {
        Self { chain: Chain::new(municipality.clone()), broken: None, began: Instant::now() }
    }
}
