//! What follows a restore: a new epoch, so that devices offer again what they sent since.

use super::trace::{Asker, begin};
use store::{AnyStore, Custody, DoorStore};
use vault::random;

/// Begins a new epoch, confirms that the database is meant, and ends all sessions: who was signed
/// out or removed since the copy was made would be signed in again.
pub(crate) async fn begin_anew(store: &AnyStore, asker: &Asker) -> Result<(), String> {
    let audit = asker.audit_context();
    let said = |fault: store::StoreFault| fault.to_string();
    begin(store, asker, "restored", "").await?;
    // Before the epoch: this process refuses to go on with a PostgreSQL database of another epoch.
    store.end_sessions_before(i64::MAX as u64).await.map_err(said)?;
    store.begin_epoch(random(), &audit).await.map_err(said)?;
    store.accept_copy().await.map_err(said)
}
