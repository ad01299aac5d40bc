//! At a start without a database, the server waits for it, and says for what.

use super::Settings;
use crate::log;
use domain::MunicipalityId;
use std::time::{Duration, Instant};
use store::{PostgresStore, StoreFault};

/// The time between two tries.
const PAUSE: Duration = Duration::from_secs(2);
/// How often the same reason is in the log.
const SAID_AGAIN: Duration = Duration::from_secs(60);

/// Returns when PostgreSQL can be used, at once with SQLite. Fails if waiting does not help, as
/// with a wrong password.
pub(super) async fn wait_for_database(
    settings: &Settings,
    municipality: &MunicipalityId,
) -> Result<(), String> {
    let Some(urls) = &settings.database_url else { return Ok(()) };
    let mut said: Option<(Instant, String)> = None;
    loop {
        let why = match PostgresStore::reach(urls, municipality.clone()).await {
            Ok(()) => break,
            Err(StoreFault::Away(why)) => why,
            Err(fault) => return Err(fault.to_string()),
        };
        let is_new =
            said.as_ref().is_none_or(|(at, last)| *last != why || at.elapsed() >= SAID_AGAIN);
        if is_new {
            log::warn(&format!("Waiting for the database. {why}"));
            said = Some((Instant::now(), why));
        }
        tokio::time::sleep(PAUSE).await;
    }
    if said.is_some() {
        log::warn("The database is there.");
    }
    Ok(())
}
