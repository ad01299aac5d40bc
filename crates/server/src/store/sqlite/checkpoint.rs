//! Carrying the write-ahead log over into the database beside the writer, so that nobody who is being received waits for it.

use sqlx::ConnectOptions;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Notify;
use tokio::task::JoinHandle;

/// How long what is written may gather: the longer, the more of it is the same page again.
const GATHERS: Duration = Duration::from_millis(50);
/// Pages of 4 KB at which the writer does it after all: under a load that never pauses the log would grow for ever.
const PAGES_MAX: &str = "PRAGMA wal_autocheckpoint = 16000";

pub(super) struct Checkpointer(JoinHandle<()>);

impl Checkpointer {
    /// Works whenever it is told that something was written. Without it all is as safe: the log is part of the database.
    pub(super) async fn start(options: &SqliteConnectOptions, writer: &mut SqliteConnection) -> Result<(Self, Arc<Notify>), sqlx::Error> {
        sqlx::raw_sql(PAGES_MAX).execute(writer).await?;
        let connection = options.connect().await?;
        let written = Arc::new(Notify::new());
        Ok((Self(tokio::spawn(run(connection, written.clone()))), written))
    }

    pub(super) async fn stop(self) {
        self.0.abort();
        // It was told to end.
        let _ = self.0.await;
    }
}

async fn run(mut connection: SqliteConnection, written: Arc<Notify>) {
    loop {
        written.notified().await;
        tokio::time::sleep(GATHERS).await;
        // Passive: it waits for nobody. What it could not do is done the next time.
        if let Err(fault) = sqlx::raw_sql("PRAGMA wal_checkpoint(PASSIVE)").execute(&mut connection).await {
            tracing::warn!(%fault, "the log could not be carried over into the database; it is tried again");
        }
    }
}
