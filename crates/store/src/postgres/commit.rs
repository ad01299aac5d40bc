//! Commits all waiting jobs in one transaction: a few statements, however many records.

use super::cluster::PostgresServers;
use super::fault;
use crate::writer::{
    ADDITION_STATE, Committer, WriteJob, is_addition, refusal_of_addition, share_an_ending,
};
use crate::{ENTRIES_PER_ENDING_MAX, FirstId, NewRecord, StoreFault, StoreOutcome, kind_number};
use domain::MunicipalityId;
use domain::submission::BodyHash;
use sqlx::postgres::PgConnection;
use sqlx::{Connection, Row};
use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

/// Timeout of a commit, in seconds: longer than it takes to replace a standby, and shorter than the
/// 30 seconds after which a request is cancelled.
const COMMIT_S_MAX: u64 = 12;
/// Nothing may be stored between an erasure's check and its deletion, so an erasure takes the same
/// lock exclusively.
const BEGIN: &str = "BEGIN; SELECT pg_advisory_xact_lock_shared(724816, 1)";

/// One of the writers. It has its own connection, and opens a new one when that fails.
pub(super) struct PostgresCommitter {
    pub(super) cluster: Arc<PostgresServers>,
    pub(super) municipality: MunicipalityId,
    pub(super) connection: Option<PgConnection>,
}

impl Committer for PostgresCommitter {
    /// An idle connection may have died unnoticed, so a failure on a reused connection is retried
    /// once on a new one. Storing is idempotent.
    async fn commit(&mut self, jobs: &[WriteJob]) -> Result<Vec<Vec<StoreOutcome>>, StoreFault> {
        let has_lain_idle = self.connection.is_some();
        match self.attempt(jobs).await {
            Err(_) if has_lain_idle => self.attempt(jobs).await,
            outcome => outcome,
        }
    }

    async fn close(self) {
        if let Some(connection) = self.connection {
            // Everything is committed; closing is only a courtesy.
            let _ = connection.close().await;
        }
    }
}

impl PostgresCommitter {
    /// Drops a connection after any error or timeout: it is unknown whether its transaction was
    /// committed.
    async fn attempt(&mut self, jobs: &[WriteJob]) -> Result<Vec<Vec<StoreOutcome>>, StoreFault> {
        let mut connection = match self.connection.take() {
            Some(connection) => connection,
            None => self.cluster.primary().await?,
        };
        let committing = commit(&mut connection, self.municipality.as_str(), jobs);
        let outcome = tokio::time::timeout(Duration::from_secs(COMMIT_S_MAX), committing).await;
        let kept = outcome
            .map_err(|_| StoreFault::Away(format!("no commit within {COMMIT_S_MAX} seconds")))??;
        self.connection = Some(connection);
        Ok(kept)
    }
}

async fn commit(
    connection: &mut PgConnection,
    municipality: &str,
    jobs: &[WriteJob],
) -> Result<Vec<Vec<StoreOutcome>>, StoreFault> {
    let records: Vec<(&NewRecord, u64)> = jobs.iter().flat_map(WriteJob::records).collect();
    let mut transaction = connection.begin_with(BEGIN).await.map_err(fault)?;
    if jobs.iter().any(|job| matches!(job, WriteJob::Probe { .. })) {
        write_probe(&mut transaction, municipality).await?;
    }
    let kept = keep(&mut transaction, municipality, &records).await?;
    transaction.commit().await.map_err(fault)?;
    let mut kept = kept.into_iter();
    Ok(jobs.iter().map(|job| kept.by_ref().take(job.records().count()).collect()).collect())
}

async fn write_probe(connection: &mut PgConnection, municipality: &str) -> Result<(), StoreFault> {
    let write = "INSERT INTO fact (municipality, name, value) VALUES ($1, 'probe', $2) ON CONFLICT (municipality, name) DO UPDATE SET value = excluded.value";
    sqlx::query(write)
        .bind(municipality)
        .bind(vault::random::<8>().as_slice())
        .execute(connection)
        .await
        .map(|_| ())
        .map_err(fault)
}

/// Records that were given another id are stored one by one: they are rare, and each is checked
/// under both of its ids. So are additions, because what is stored of their question counts.
async fn keep(
    connection: &mut PgConnection,
    municipality: &str,
    records: &[(&NewRecord, u64)],
) -> Result<Vec<StoreOutcome>, StoreFault> {
    if records.iter().all(|(record, _)| record.first.is_none() && !is_addition(record)) {
        return keep_all(connection, municipality, records).await;
    }
    let mut kept = Vec::with_capacity(records.len());
    for (record, now_ms) in records {
        if is_addition(record)
            && let Some(refused) = refused_addition(connection, municipality, record).await?
        {
            kept.push(refused);
            continue;
        }
        kept.push(match &record.first {
            Some(first) => {
                keep_under_another_id(connection, municipality, record, first, *now_ms).await?
            }
            None => keep_all(connection, municipality, &[(*record, *now_ms)]).await?[0],
        });
    }
    Ok(kept)
}

/// Why an addition that is not stored yet is not stored: its question was erased, or has too many.
/// Servers that write at the same moment may store a few more.
async fn refused_addition(
    connection: &mut PgConnection,
    municipality: &str,
    record: &NewRecord,
) -> Result<Option<StoreOutcome>, StoreFault> {
    let stands = sqlx::query("SELECT 1 FROM submission WHERE municipality = $1 AND id = $2")
        .bind(municipality)
        .bind(record.envelope.header.id.as_bytes().as_slice());
    if stands.fetch_optional(&mut *connection).await.map_err(fault)?.is_some() {
        return Ok(None);
    }
    let find = sqlx::query(ADDITION_STATE).bind(municipality).bind(record.lookup.0.as_slice());
    let row = find.fetch_one(connection).await.map_err(fault)?;
    Ok(refusal_of_addition(row.get(0), row.get(1)))
}

async fn keep_under_another_id(
    connection: &mut PgConnection,
    municipality: &str,
    record: &NewRecord,
    first: &FirstId,
    now_ms: u64,
) -> Result<StoreOutcome, StoreFault> {
    let stands = sqlx::query(
        "SELECT EXISTS (SELECT 1 FROM submission WHERE municipality = $1 AND id = $2), EXISTS (SELECT 1 FROM submission WHERE municipality = $1 AND id = $3),
                EXISTS (SELECT 1 FROM tombstone WHERE municipality = $1 AND hash = $4)",
    );
    let stands = stands.bind(municipality).bind(record.envelope.header.id.as_bytes().as_slice());
    let row = stands
        .bind(first.id.as_bytes().as_slice())
        .bind(first.tombstone.0.as_slice())
        .fetch_one(&mut *connection)
        .await
        .map_err(fault)?;
    let (stands, first_stands, first_is_buried): (bool, bool, bool) =
        (row.get(0), row.get(1), row.get(2));
    if !stands && first_is_buried {
        return Ok(StoreOutcome::Erased);
    }
    if !stands && first_stands {
        set_aside(connection, municipality, vec![(record, now_ms)]).await?;
        return Ok(StoreOutcome::SetAside);
    }
    let kept = keep_all(connection, municipality, &[(record, now_ms)]).await?[0];
    if !stands && matches!(kept, StoreOutcome::Stands { .. }) {
        let bury = sqlx::query(
            "INSERT INTO tombstone (municipality, hash, erased_at_ms) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
        );
        let bury = bury.bind(municipality).bind(first.tombstone.0.as_slice()).bind(now_ms as i64);
        bury.execute(connection).await.map_err(fault)?;
    }
    Ok(kept)
}

async fn keep_all(
    connection: &mut PgConnection,
    municipality: &str,
    records: &[(&NewRecord, u64)],
) -> Result<Vec<StoreOutcome>, StoreFault> {
    if records.is_empty() {
        return Ok(Vec::new());
    }
    let erased = erased(connection, municipality, records).await?;
    let is_erased = |record: &NewRecord| erased.contains(record.tombstone.0.as_slice());
    let mut wanted: Vec<(&NewRecord, u64)> =
        records.iter().filter(|(record, _)| !is_erased(record)).copied().collect();
    // All writers insert in the same order, or two of them could deadlock. The sort is stable, so
    // that of two records with one id the first one stays first.
    wanted.sort_by_key(|(record, _)| record.envelope.header.id);
    let mut inserted = 0;
    // A statement does not see rows that it inserts itself, so it cannot count those with the same
    // ending.
    let at_once = if share_an_ending(&wanted) { 1 } else { wanted.len().max(1) };
    for rows in wanted.chunks(at_once) {
        inserted += insert(connection, municipality, rows).await?;
    }
    let are_all_new = inserted == wanted.len() as u64;
    let standing = if are_all_new {
        HashMap::new()
    } else {
        standing(connection, municipality, &wanted).await?
    };
    let judge = |(record, now_ms): &(&NewRecord, u64)| match standing
        .get(record.envelope.header.id.as_bytes().as_slice())
    {
        _ if is_erased(record) => Ok(StoreOutcome::Erased),
        Some((body, received_at_ms)) if *body == record.body => {
            Ok(StoreOutcome::Stands { received_at_ms: *received_at_ms })
        }
        Some(_) => Ok(StoreOutcome::SetAside),
        None if are_all_new => Ok(StoreOutcome::Stands { received_at_ms: *now_ms }),
        None => Ok(StoreOutcome::ReferenceFull),
    };
    let judged: Vec<StoreOutcome> = records.iter().map(judge).collect::<Result<_, _>>()?;
    let second: Vec<(&NewRecord, u64)> = records
        .iter()
        .zip(&judged)
        .filter(|(_, kept)| **kept == StoreOutcome::SetAside)
        .map(|(record, _)| *record)
        .collect();
    set_aside(connection, municipality, second).await?;
    Ok(judged)
}

/// Which of the records' tombstones exist.
async fn erased(
    connection: &mut PgConnection,
    municipality: &str,
    records: &[(&NewRecord, u64)],
) -> Result<HashSet<Vec<u8>>, StoreFault> {
    let hashes: Vec<&[u8]> =
        records.iter().map(|(record, _)| record.tombstone.0.as_slice()).collect();
    let rows = sqlx::query("SELECT hash FROM tombstone WHERE municipality = $1 AND hash = ANY($2)")
        .bind(municipality)
        .bind(hashes);
    Ok(rows.fetch_all(connection).await.map_err(fault)?.iter().map(|row| row.get(0)).collect())
}

/// Returns how many rows were inserted.
async fn insert(
    connection: &mut PgConnection,
    municipality: &str,
    wanted: &[(&NewRecord, u64)],
) -> Result<u64, StoreFault> {
    let numbers = |of: fn(&NewRecord) -> i64| {
        wanted.iter().map(|(record, _)| of(record)).collect::<Vec<i64>>()
    };
    let bytes = |of: fn(&NewRecord) -> &[u8]| {
        wanted.iter().map(|(record, _)| of(record)).collect::<Vec<&[u8]>>()
    };
    let inserted = sqlx::query(
        "INSERT INTO submission (municipality, id, format, suite, kind, key, catalogue_version, body_hash, sealed, received_at_ms, lookup, sender)
         SELECT $1, came.* FROM unnest($2::bytea[], $3::int8[], $4::int8[], $5::int8[], $6::bytea[], $7::int8[], $8::bytea[], $9::bytea[], $10::int8[],
                                       $11::bytea[], $12::bytea[]) AS came (id)
         WHERE NOT EXISTS (SELECT 1 FROM submission WHERE municipality = $1 AND substr(id, 12, 5) = substr(came.id, 12, 5) OFFSET $13 LIMIT 1)
         ON CONFLICT DO NOTHING",
    )
    .bind(municipality)
    .bind(bytes(|record| record.envelope.header.id.as_bytes()))
    .bind(numbers(|record| record.envelope.header.format.into()))
    .bind(numbers(|record| record.envelope.header.suite.into()))
    .bind(numbers(|record| kind_number(record.envelope.header.kind)))
    .bind(bytes(|record| &record.envelope.header.key.0))
    .bind(numbers(|record| record.envelope.header.catalogue_version.into()))
    .bind(bytes(|record| &record.body.0))
    .bind(bytes(|record| &record.envelope.sealed))
    .bind(wanted.iter().map(|(_, now_ms)| *now_ms as i64).collect::<Vec<i64>>())
    .bind(bytes(|record| &record.lookup.0))
    .bind(wanted.iter().map(|(record, _)| record.sender.as_ref().map(|sender| sender.0.as_slice())).collect::<Vec<Option<&[u8]>>>())
    .bind(i64::from(ENTRIES_PER_ENDING_MAX) - 1);
    Ok(inserted.execute(connection).await.map_err(fault)?.rows_affected())
}

/// Bodies stored under the ids, with their times: those just inserted and those committed by others
/// before.
async fn standing(
    connection: &mut PgConnection,
    municipality: &str,
    wanted: &[(&NewRecord, u64)],
) -> Result<HashMap<Vec<u8>, (BodyHash, u64)>, StoreFault> {
    let ids: Vec<&[u8]> =
        wanted.iter().map(|(record, _)| record.envelope.header.id.as_bytes().as_slice()).collect();
    let rows = sqlx::query("SELECT id, body_hash, received_at_ms FROM submission WHERE municipality = $1 AND id = ANY($2)").bind(municipality).bind(ids);
    let rows = rows.fetch_all(connection).await.map_err(fault)?;
    let damaged = |_| StoreFault::Failed("a row is damaged".into());
    rows.iter()
        .map(|row| {
            Ok((
                row.get(0),
                (
                    BodyHash(row.get::<Vec<u8>, _>(1).try_into().map_err(damaged)?),
                    row.get::<i64, _>(2) as u64,
                ),
            ))
        })
        .collect()
}

async fn set_aside(
    connection: &mut PgConnection,
    municipality: &str,
    mut second: Vec<(&NewRecord, u64)>,
) -> Result<(), StoreFault> {
    if second.is_empty() {
        return Ok(());
    }
    second.sort_by_key(|(record, _)| (record.envelope.header.id, record.body.0));
    let envelopes = second
        .iter()
        .map(|(record, _)| postcard::to_allocvec(&record.envelope))
        .collect::<Result<Vec<_>, _>>();
    sqlx::query(
        "INSERT INTO set_aside (municipality, id, body_hash, envelope, received_at_ms)
         SELECT $1, * FROM unnest($2::bytea[], $3::bytea[], $4::bytea[], $5::int8[]) ON CONFLICT DO NOTHING",
    )
    .bind(municipality)
    .bind(second.iter().map(|(record, _)| record.envelope.header.id.as_bytes().as_slice()).collect::<Vec<_>>())
    .bind(second.iter().map(|(record, _)| record.body.0.as_slice()).collect::<Vec<_>>())
    .bind(envelopes.map_err(|error| StoreFault::Failed(error.to_string()))?)
    .bind(second.iter().map(|(_, now_ms)| *now_ms as i64).collect::<Vec<_>>())
    .execute(connection)
    .await
    .map(|_| ())
    .map_err(fault)
}
