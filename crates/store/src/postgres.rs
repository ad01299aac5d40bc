//! The store on a cluster: PostgreSQL, where "committed" means flushed to disk, on the standby too
//! if there is one. Any number of servers may share it.

mod cluster;
mod commit;
mod key_reports;
mod office;
mod standby;

use super::migrations::migrate_postgres;
use super::writer::{StoreWriter, WriteJob};
use super::{
    NewRecord, PAGE, StoreFault, StoreOutcome, StoredSubmission, SubmissionStore, kind_number,
    place, stored,
};
use cluster::PostgresServers;
use commit::PostgresCommitter;
use domain::submission::Kind;
use domain::{MunicipalityId, SubmissionId};
use sqlx::postgres::PgConnection;
use sqlx::{Connection, Row};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::{Semaphore, SemaphorePermit};

/// Number of writers: while one waits for the standby, the others collect and commit.
const WRITERS: usize = 4;
/// Connections for reading: an export beside the health check.
const READERS: usize = 4;
/// A store in a PostgreSQL database.
pub struct PostgresStore {
    municipality: MunicipalityId,
    cluster: Arc<PostgresServers>,
    readers: PostgresReaders,
    writer: StoreWriter,
    epoch: [u8; 16],
}

impl PostgresStore {
    /// Connects to the database at the first of the addresses (separated by commas) that is the
    /// primary, and checks that its settings ensure durability.
    pub async fn open(urls: &str, municipality: MunicipalityId) -> Result<Self, StoreFault> {
        let cluster = Arc::new(PostgresServers::parse(urls, municipality.clone())?);
        let mut connection = cluster.primary().await?;
        migrate_postgres(&mut connection).await?;
        let epoch = epoch_of(&mut connection, &municipality).await?;
        cluster.hold_to(epoch);
        let scribe = |_| PostgresCommitter {
            cluster: cluster.clone(),
            municipality: municipality.clone(),
            connection: None,
        };
        let writer = StoreWriter::start((0..WRITERS).map(scribe));
        Ok(Self {
            municipality,
            readers: PostgresReaders::new(cluster.clone(), connection),
            cluster,
            writer,
            epoch,
        })
    }

    /// Whether the primary is there. Returns `StoreFault::Away` if waiting may help, and
    /// `StoreFault::Failed` if somebody must change something.
    pub async fn reach(urls: &str, municipality: MunicipalityId) -> Result<(), StoreFault> {
        let connection = PostgresServers::parse(urls, municipality)?.primary().await?;
        connection.close().await.map_err(fault)
    }

    /// The municipality whose rows this store reads and writes.
    pub fn municipality(&self) -> &MunicipalityId {
        &self.municipality
    }

    /// A connection of its own to the primary.
    pub(crate) async fn connect(&self) -> Result<PgConnection, StoreFault> {
        self.cluster.primary().await
    }

    pub(crate) fn writer(&self) -> &StoreWriter {
        &self.writer
    }
}

pub(super) fn fault(error: sqlx::Error) -> StoreFault {
    match error {
        sqlx::Error::Io(error) => StoreFault::Away(error.to_string()),
        // The server is shutting down or starting up (SQLSTATE class 57P).
        sqlx::Error::Database(error)
            if error.code().is_some_and(|code| code.starts_with("57P")) =>
        {
            StoreFault::Away(error.to_string())
        }
        other => StoreFault::Failed(other.to_string()),
    }
}

/// Returns the store's epoch. The first server that opens the database generates it.
async fn epoch_of(
    connection: &mut PgConnection,
    municipality: &MunicipalityId,
) -> Result<[u8; 16], StoreFault> {
    let fresh: [u8; 16] = vault::random();
    let epoch = first_said(connection, municipality, "epoch", &fresh).await.map_err(fault)?;
    epoch.try_into().map_err(|_| StoreFault::Failed("the epoch is damaged".into()))
}

/// Stores a fact if it has no value yet. Returns the stored value.
async fn first_said(
    connection: &mut PgConnection,
    municipality: &MunicipalityId,
    name: &str,
    value: &[u8],
) -> Result<Vec<u8>, sqlx::Error> {
    let say = sqlx::query(
        "INSERT INTO fact (municipality, name, value) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
    );
    say.bind(municipality.as_str()).bind(name).bind(value).execute(&mut *connection).await?;
    let said = sqlx::query("SELECT value FROM fact WHERE municipality = $1 AND name = $2")
        .bind(municipality.as_str())
        .bind(name);
    Ok(said.fetch_one(connection).await?.get(0))
}

/// Idle connections for reading. A connection that failed is not returned, so the next one opens to
/// the current primary.
struct PostgresReaders {
    cluster: Arc<PostgresServers>,
    idle: Mutex<Vec<PgConnection>>,
    at_once: Semaphore,
}

impl PostgresReaders {
    fn new(cluster: Arc<PostgresServers>, first: PgConnection) -> Self {
        Self { cluster, idle: Mutex::new(vec![first]), at_once: Semaphore::new(READERS) }
    }

    /// Waits for a slot and returns an idle connection, or a new one if none is idle.
    async fn take(&self) -> Result<PostgresReader<'_>, StoreFault> {
        let turn = self
            .at_once
            .acquire()
            .await
            .map_err(|_| StoreFault::Failed("the store is closed".into()))?;
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let connection = match idle {
            Some(connection) => connection,
            None => self.cluster.primary().await?,
        };
        Ok(PostgresReader { connection, readers: self, _turn: turn })
    }
}

/// A borrowed connection. Returned with `put_back` only after a successful read.
struct PostgresReader<'a> {
    connection: PgConnection,
    readers: &'a PostgresReaders,
    _turn: SemaphorePermit<'a>,
}

impl PostgresReader<'_> {
    fn connection(&mut self) -> &mut PgConnection {
        &mut self.connection
    }

    fn put_back(self) {
        self.readers.idle.lock().unwrap_or_else(PoisonError::into_inner).push(self.connection);
    }
}

impl SubmissionStore for PostgresStore {
    async fn keep(
        &self,
        records: Vec<NewRecord>,
        now_ms: u64,
    ) -> Result<Vec<StoreOutcome>, StoreFault> {
        self.ask(|answer| WriteJob::Keep { records, now_ms, answer }).await
    }

    fn epoch(&self) -> [u8; 16] {
        self.epoch
    }

    async fn page(
        &self,
        kind: Kind,
        since_ms: u64,
        after: Option<(u64, SubmissionId)>,
        most: u32,
    ) -> Result<Vec<StoredSubmission>, StoreFault> {
        let (after_ms, after_id) = place(after);
        let page = sqlx::query(PAGE)
            .bind(self.municipality.as_str())
            .bind(kind_number(kind))
            .bind(since_ms.max(after.map_or(0, |(ms, _)| ms)) as i64);
        let page = page.bind(after_ms).bind(after_id).bind(i64::from(most));
        let mut reader = self.readers.take().await?;
        let rows = page.fetch_all(&mut reader.connection).await.map_err(fault)?;
        reader.put_back();
        rows.iter().map(|row| stored(&self.municipality, row)).collect()
    }

    async fn probe(&self) -> Result<(), StoreFault> {
        self.ask(|answer| WriteJob::Probe { answer }).await
    }

    async fn are_pages_whole(&self) -> Result<Option<bool>, StoreFault> {
        // PostgreSQL has checksums of its own (`initdb --data-checksums`).
        Ok(None)
    }

    async fn set_aside_count(&self) -> Result<u64, StoreFault> {
        let count = sqlx::query("SELECT count(*) FROM set_aside WHERE municipality = $1")
            .bind(self.municipality.as_str());
        let mut reader = self.readers.take().await?;
        let row = count.fetch_one(&mut reader.connection).await.map_err(fault)?;
        reader.put_back();
        Ok(row.get::<i64, _>(0) as u64)
    }

    async fn has_entries(&self) -> Result<bool, StoreFault> {
        let exists =
            sqlx::query("SELECT EXISTS (SELECT 1 FROM submission WHERE municipality = $1)")
                .bind(self.municipality.as_str());
        let mut reader = self.readers.take().await?;
        let row = exists.fetch_one(&mut reader.connection).await.map_err(fault)?;
        reader.put_back();
        Ok(row.get(0))
    }

    async fn belongs_to(&self, keys: [u8; 32]) -> Result<bool, StoreFault> {
        let mut reader = self.readers.take().await?;
        let first = first_said(&mut reader.connection, &self.municipality, "keys", &keys)
            .await
            .map_err(fault)?;
        reader.put_back();
        Ok(first == keys)
    }

    async fn engine(&self) -> Result<String, StoreFault> {
        let mut reader = self.readers.take().await?;
        let row = sqlx::query("SELECT current_setting('server_version')")
            .fetch_one(&mut reader.connection)
            .await
            .map_err(fault)?;
        reader.put_back();
        Ok(format!("PostgreSQL {}", row.get::<String, _>(0)))
    }

    async fn close(self) {
        self.writer.finish().await;
    }
}
