//! What each server of the database reports about its keys, as a row of `fact`. The time is the
//! database's, so that the clocks of the servers do not matter.

use super::{PostgresStore, fault};
use crate::StoreFault;
use domain::submission::KeyId;
use sqlx::postgres::PgConnection;
use sqlx::{Connection, Row};
use std::time::Duration;
use vault::keys::KeyReport;

/// The name of the row, before the server's id.
const NAME: &str = "keys of ";
/// The database's time, in milliseconds since 1970.
const NOW_MS: &str = "SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint";
/// How old the report of a server that runs can be: six times the period of the reports.
const RUNNING_MS: i64 = 30_000;
/// How long the report of a server that was stopped counts. A machine that is repaired for longer
/// comes back as a new one.
const STOPPED_MS: i64 = 24 * 60 * 60 * 1_000;
/// A report waits for no standby, so this is ample; the next one follows in seconds.
const REPORT_TIME: Duration = Duration::from_secs(3);
/// The most servers whose reports are read: more than a province has.
const SERVERS_MAX: i64 = 64;

impl PostgresStore {
    /// Reports the keys of a server, by an id that it chose at its start. Returns the newest report
    /// of each other server.
    pub async fn exchange_keys(
        &self,
        server: [u8; 16],
        keys: &[KeyId],
    ) -> Result<Vec<KeyReport>, StoreFault> {
        let exchange = async {
            let mut reader = self.readers.take().await?;
            let reports =
                exchanged(reader.connection(), self.municipality.as_str(), server, keys).await;
            let reports = reports.map_err(fault)?;
            reader.put_back();
            Ok(reports)
        };
        let away = |_| Err(StoreFault::Away("no answer to a report of keys".into()));
        tokio::time::timeout(REPORT_TIME, exchange).await.unwrap_or_else(away)
    }
}

impl PostgresStore {
    /// The newest report of each server, for a command, which is no server itself.
    pub async fn key_reports(&self) -> Result<Vec<KeyReport>, StoreFault> {
        let mut reader = self.readers.take().await?;
        let municipality = self.municipality.as_str();
        let reports = reported(reader.connection(), municipality).await.map_err(fault)?;
        reader.put_back();
        Ok(reports)
    }
}

async fn reported(
    connection: &mut PgConnection,
    municipality: &str,
) -> Result<Vec<KeyReport>, sqlx::Error> {
    let now_ms: i64 = sqlx::query(NOW_MS).fetch_one(&mut *connection).await?.get(0);
    let rows = sqlx::query(
        "SELECT value FROM fact WHERE municipality = $1 AND starts_with(name, $2)
         ORDER BY value DESC LIMIT $3",
    );
    let rows = rows.bind(municipality).bind(NAME).bind(SERVERS_MAX).fetch_all(connection).await?;
    Ok(rows.iter().filter_map(|row| read_report(now_ms, &row.get::<Vec<u8>, _>(0))).collect())
}

async fn exchanged(
    connection: &mut PgConnection,
    municipality: &str,
    server: [u8; 16],
    keys: &[KeyId],
) -> Result<Vec<KeyReport>, sqlx::Error> {
    // It is written again in seconds, so it need not survive a crash, and waits for no standby.
    let mut transaction =
        connection.begin_with("BEGIN; SET LOCAL synchronous_commit = off").await?;
    let now_ms: i64 = sqlx::query(NOW_MS).fetch_one(&mut *transaction).await?.get(0);
    let name = format!("{NAME}{}", hex::encode(server));
    sqlx::query(
        "INSERT INTO fact (municipality, name, value) VALUES ($1, $2, $3)
         ON CONFLICT (municipality, name) DO UPDATE SET value = excluded.value",
    )
    .bind(municipality)
    .bind(&name)
    .bind(report_of(now_ms, keys))
    .execute(&mut *transaction)
    .await?;
    let rows = sqlx::query(
        "SELECT value FROM fact WHERE municipality = $1 AND starts_with(name, $2)
         AND name <> $3 ORDER BY value DESC LIMIT $4",
    );
    let rows = rows.bind(municipality).bind(NAME).bind(&name).bind(SERVERS_MAX);
    let values: Vec<Vec<u8>> =
        rows.fetch_all(&mut *transaction).await?.iter().map(|row| row.get(0)).collect();
    // Reports begin with their time, so older ones are less.
    let forget = sqlx::query(
        "DELETE FROM fact WHERE municipality = $1 AND starts_with(name, $2) AND value < $3",
    );
    let due = report_of(now_ms.saturating_sub(STOPPED_MS), &[]);
    forget.bind(municipality).bind(NAME).bind(due).execute(&mut *transaction).await?;
    transaction.commit().await?;
    Ok(values.iter().filter_map(|value| read_report(now_ms, value)).collect())
}

/// The time and the ids, big-endian, so that reports sort by their time.
fn report_of(now_ms: i64, keys: &[KeyId]) -> Vec<u8> {
    now_ms.to_be_bytes().into_iter().chain(keys.iter().flat_map(|key| key.0)).collect()
}

/// `None` for a report that is too old, or not a report.
fn read_report(now_ms: i64, value: &[u8]) -> Option<KeyReport> {
    let (at_ms, keys) = value.split_first_chunk()?;
    let age_ms = now_ms.saturating_sub(i64::from_be_bytes(*at_ms));
    let (ids, rest) = keys.as_chunks::<8>();
    let is_report = age_ms <= STOPPED_MS && rest.is_empty();
    is_report.then(|| KeyReport {
        keys: ids.iter().map(|id| KeyId(*id)).collect(),
        // A database's clock may have been set back since.
        is_running: (-RUNNING_MS..=RUNNING_MS).contains(&age_ms),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_says_by_its_age_whether_its_server_runs() {
        let keys = vec![KeyId([1; 8]), KeyId([2; 8])];
        let value = report_of(1_000, &keys);
        let at = |now_ms| read_report(now_ms, &value).map(|report| report.is_running);
        assert_eq!(at(1_000), Some(true));
        assert_eq!(at(1_000 + RUNNING_MS + 1), Some(false));
        assert_eq!(at(1_000 + STOPPED_MS + 1), None);
        assert_eq!(read_report(0, &value).map(|report| report.keys), Some(keys));
        assert_eq!(read_report(0, &value[..21]), None);
        assert_eq!(read_report(0, b"older"), None);
    }
}
