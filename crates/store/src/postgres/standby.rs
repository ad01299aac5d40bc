//! A commit waits for the synchronous standby, however long it is gone. Whoever waits for the
//! commit gives up after seconds, with the reason. A database that is only slow gets more time.

use super::{PostgresStore, fault};
use crate::StoreFault;
use crate::writer::{WriteAnswer, WriteJob};
use sqlx::Row;
use std::time::Duration;
use tokio::time::timeout;

/// How long somebody waits for a commit while the standby is gone. Together with [`WHY_TIME`] it is
/// less than three seconds, so that a person hears "not now" by then. The commit goes on, and what
/// it stores is found when the device sends it again.
const WAIT: Duration = Duration::from_millis(2_200);
/// How long the reason may take.
const WHY_TIME: Duration = Duration::from_millis(500);
/// How much longer somebody waits if it is not the standby that is missing.
const MORE: Duration = Duration::from_secs(15);
/// Whether a session of the same role waits for a standby, and what names the standbys. Every role
/// may see this about its own sessions.
const WHY: &str = "SELECT current_setting('synchronous_standby_names'), EXISTS (
    SELECT 1 FROM pg_stat_activity WHERE usename = current_user AND wait_event = 'SyncRep')";

impl PostgresStore {
    /// Queues a job and waits for its commit, for a limited time.
    pub(super) async fn ask<T>(
        &self,
        job: impl FnOnce(WriteAnswer<T>) -> WriteJob,
    ) -> Result<T, StoreFault> {
        let mut commit = std::pin::pin!(self.writer.ask(job));
        if let Ok(outcome) = timeout(WAIT, commit.as_mut()).await {
            return outcome;
        }
        if let Some(why) = self.why_it_waits().await {
            return Err(StoreFault::Away(why));
        }
        match timeout(MORE, commit).await {
            Ok(outcome) => outcome,
            Err(_) => Err(StoreFault::Away("the database has not committed in time".into())),
        }
    }

    /// What a commit waits for, for the log; `None` if it is not the standby, or if the database
    /// does not say.
    async fn why_it_waits(&self) -> Option<String> {
        let names = timeout(WHY_TIME, self.missed_standbys()).await.ok()?.ok()??;
        Some(format!(
            "the primary waits for its synchronous standby (synchronous_standby_names = '{names}'), which does not confirm: start the standby, or name another one"
        ))
    }

    /// The standbys that a commit waits for at this moment; `None` if none waits.
    async fn missed_standbys(&self) -> Result<Option<String>, StoreFault> {
        let mut reader = self.readers.take().await?;
        let row = sqlx::query(WHY).fetch_one(reader.connection()).await.map_err(fault)?;
        reader.put_back();
        Ok(row.get::<bool, _>(1).then(|| row.get(0)))
    }
}
