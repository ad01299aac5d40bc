//! Writers: all waiting jobs go into one transaction, and are answered after its commit.

use super::sqlite::fault;
use super::{ENTRIES_PER_ENDING_MAX, NewRecord, StoreFault, StoreOutcome, kind_number};
use domain::addition::ADDITIONS_MAX;
use domain::submission::Kind;
use domain::{MunicipalityId, SubmissionId};
use sqlx::sqlite::SqliteConnection;
use sqlx::{AssertSqlSafe, Connection, Row};
use std::future::Future;
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};
use tokio::sync::{Mutex, mpsc, oneshot};
use tokio::task::JoinHandle;
use vault::Tombstone;

/// Most waiting jobs; more are refused with `StoreFault::Busy`. At half a megabyte per job this
/// also bounds memory.
const JOBS_WAITING_MAX: usize = 256;
/// Most jobs per transaction: enough for one flush to serve all that arrived meanwhile.
const JOBS_PER_COMMIT_MAX: usize = 128;

/// Most rows per statement. One statement of each length stays prepared; preparing a longer one
/// takes longer than executing two.
const ROWS_PER_STATEMENT_MAX: usize = 64;

pub(super) type WriteAnswer<T> = oneshot::Sender<Result<T, StoreFault>>;

pub(super) enum WriteJob {
    Keep { records: Vec<NewRecord>, now_ms: u64, answer: WriteAnswer<Vec<StoreOutcome>> },
    Probe { answer: WriteAnswer<()> },
}

impl WriteJob {
    /// The records to store, each with its time of receipt.
    pub(super) fn records(&self) -> impl Iterator<Item = (&NewRecord, u64)> {
        let (records, now_ms) = match self {
            WriteJob::Keep { records, now_ms, .. } => (records.as_slice(), *now_ms),
            WriteJob::Probe { .. } => Default::default(),
        };
        records.iter().map(move |record| (record, now_ms))
    }
}

/// Commits all jobs in one transaction. Returns the results of each job in order; after an error
/// the outcome of every job is unknown.
pub(super) trait Committer: Send + 'static {
    fn commit(
        &mut self,
        jobs: &[WriteJob],
    ) -> impl Future<Output = Result<Vec<Vec<StoreOutcome>>, StoreFault>> + Send;
    fn close(self) -> impl Future<Output = ()> + Send;
}

/// Called after each commit, with the time that it took and whether it succeeded.
type CommitWatch = Box<dyn Fn(Duration, bool) + Send + Sync>;

/// One queue, and one or more tasks that take jobs from it.
pub(super) struct StoreWriter {
    jobs: mpsc::Sender<WriteJob>,
    tasks: Vec<JoinHandle<()>>,
    watch: Arc<OnceLock<CommitWatch>>,
}

impl StoreWriter {
    pub(super) fn start(committers: impl IntoIterator<Item = impl Committer>) -> Self {
        let (jobs, waiting) = mpsc::channel(JOBS_WAITING_MAX);
        let waiting = Arc::new(Mutex::new(waiting));
        let watch = Arc::<OnceLock<CommitWatch>>::default();
        Self {
            jobs,
            tasks: committers
                .into_iter()
                .map(|committer| tokio::spawn(run(committer, waiting.clone(), watch.clone())))
                .collect(),
            watch,
        }
    }

    /// Sets the function that is called after each commit from now on. Only the first call has an
    /// effect.
    pub(super) fn watch(&self, watch: impl Fn(Duration, bool) + Send + Sync + 'static) {
        // A second function would count every commit twice.
        let _ = self.watch.set(Box::new(watch));
    }

    /// Number of jobs that wait for a commit.
    pub(super) fn waiting(&self) -> usize {
        JOBS_WAITING_MAX - self.jobs.capacity()
    }

    /// Queues a job and waits for its answer, which follows the commit. Returns `StoreFault::Busy`
    /// if the queue is full.
    pub(super) async fn ask<T>(
        &self,
        job: impl FnOnce(WriteAnswer<T>) -> WriteJob,
    ) -> Result<T, StoreFault> {
        let (answer, answered) = oneshot::channel();
        self.jobs.try_send(job(answer)).map_err(|_| StoreFault::Busy)?;
        answered.await.unwrap_or_else(|_| Err(StoreFault::Failed("the writer stopped".into())))
    }

    /// Accepts no more jobs, and returns when the last one has been written.
    pub(super) async fn finish(self) {
        drop(self.jobs);
        for task in self.tasks {
            // A writer that panicked has not answered, so no receipt was issued for anything
            // unwritten.
            let _ = task.await;
        }
    }
}

async fn run(
    mut committer: impl Committer,
    waiting: Arc<Mutex<mpsc::Receiver<WriteJob>>>,
    watch: Arc<OnceLock<CommitWatch>>,
) {
    let mut jobs = Vec::with_capacity(JOBS_PER_COMMIT_MAX);
    while waiting.lock().await.recv_many(&mut jobs, JOBS_PER_COMMIT_MAX).await > 0 {
        let began = Instant::now();
        let outcome = committer.commit(&jobs).await;
        if let Some(watch) = watch.get() {
            watch(began.elapsed(), outcome.is_ok());
        }
        answer(jobs.drain(..), outcome);
    }
    committer.close().await;
}

fn answer(
    jobs: impl Iterator<Item = WriteJob>,
    outcome: Result<Vec<Vec<StoreOutcome>>, StoreFault>,
) {
    let mut kept = outcome.map(Vec::into_iter);
    for job in jobs {
        let of_job =
            kept.as_mut().map(|all| all.next().unwrap_or_default()).map_err(|fault| fault.clone());
        // The requester may have disconnected; what was committed stays stored.
        match job {
            WriteJob::Keep { answer, .. } => drop(answer.send(of_job)),
            WriteJob::Probe { answer } => drop(answer.send(of_job.map(|_| ()))),
        }
    }
}

/// The only writer of SQLite, which allows one at a time.
pub(super) struct SqliteCommitter {
    pub(super) connection: SqliteConnection,
    pub(super) municipality: MunicipalityId,
}

/// Fast path: if all records are new, as they nearly always are, they are stored by one statement
/// (which is its own transaction), or by one per chunk in one transaction. Each statement costs a
/// round trip to SQLite's thread, which takes longer than its work. If some records are already
/// stored or erased, a second transaction checks each. If the second transaction fails, the new
/// records are stored all the same. Devices send them again, and storing is idempotent.
impl Committer for SqliteCommitter {
    async fn commit(&mut self, jobs: &[WriteJob]) -> Result<Vec<Vec<StoreOutcome>>, StoreFault> {
        let has_probe = jobs.iter().any(|job| matches!(job, WriteJob::Probe { .. }));
        let records: Vec<(&NewRecord, u64)> = jobs.iter().flat_map(WriteJob::records).collect();
        // A statement does not see rows that it inserts itself, so it cannot count those with the
        // same ending.
        let is_plain = !has_probe
            && !share_an_ending(&records)
            && records.iter().all(|(record, _)| record.first.is_none() && !is_addition(record));
        if is_plain
            && insert_new(&mut self.connection, &self.municipality, &records).await?
                == records.len() as u64
        {
            let stand = |job: &WriteJob| {
                job.records()
                    .map(|(_, now_ms)| StoreOutcome::Stands { received_at_ms: now_ms })
                    .collect()
            };
            return Ok(jobs.iter().map(stand).collect());
        }
        look_at_each(&mut self.connection, &self.municipality, jobs).await
    }

    async fn close(self) {
        // The log is complete without a clean close; this only speeds up the next start.
        let _ = self.connection.close().await;
    }
}

/// Whether a record is added to a question, whose tombstone and number of additions are looked at
/// first.
pub(super) fn is_addition(record: &NewRecord) -> bool {
    record.envelope.header.kind == Kind::Addition
}

/// Whether two of the records would have the same reference number. By chance that happens in one
/// of a million batches.
pub(super) fn share_an_ending(records: &[(&NewRecord, u64)]) -> bool {
    let mut endings: Vec<&[u8]> =
        records.iter().map(|(record, _)| &record.envelope.header.id.as_bytes()[11..]).collect();
    endings.sort_unstable();
    endings.windows(2).any(|pair| pair[0] == pair[1])
}

/// Inserts records that are neither stored nor erased; of two with one id, the first. Returns how
/// many were inserted.
async fn insert_new(
    connection: &mut SqliteConnection,
    municipality: &MunicipalityId,
    records: &[(&NewRecord, u64)],
) -> Result<u64, StoreFault> {
    if records.len() <= ROWS_PER_STATEMENT_MAX {
        return insert(connection, municipality, records).await;
    }
    let inserting = async |connection: &mut SqliteConnection| {
        let mut inserted = 0;
        for rows in records.chunks(ROWS_PER_STATEMENT_MAX) {
            inserted += insert(connection, municipality, rows).await?;
        }
        Ok(inserted)
    };
    alone(connection, inserting).await
}

async fn insert(
    connection: &mut SqliteConnection,
    municipality: &MunicipalityId,
    rows: &[(&NewRecord, u64)],
) -> Result<u64, StoreFault> {
    let insert = sqlx::query(AssertSqlSafe(insertion(rows.len()))).bind(municipality.as_str());
    let insert = rows.iter().fold(insert, |insert, (record, now_ms)| {
        let NewRecord { envelope, body, tombstone, lookup, sender, .. } = record;
        let header = &envelope.header;
        let insert = insert
            .bind(header.id.as_bytes().as_slice())
            .bind(i64::from(header.format))
            .bind(i64::from(header.suite));
        let insert = insert
            .bind(kind_number(header.kind))
            .bind(header.key.0.as_slice())
            .bind(i64::from(header.catalogue_version));
        let insert =
            insert.bind(body.0.as_slice()).bind(envelope.sealed.as_slice()).bind(*now_ms as i64);
        let insert = insert.bind(lookup.0.as_slice()).bind(tombstone.0.as_slice());
        insert.bind(sender.as_ref().map(|sender| sender.0.as_slice()))
    });
    Ok(insert.execute(connection).await.map_err(fault)?.rows_affected())
}

/// The statement that inserts `rows` rows.
fn insertion(rows: usize) -> String {
    let places = vec!["(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"; rows].join(", ");
    let last = ENTRIES_PER_ENDING_MAX - 1;
    format!(
        "WITH town (name) AS (VALUES (?)),
         came (id, format, suite, kind, key, catalogue_version, body_hash, sealed, received_at_ms, lookup, tombstone, sender) AS (VALUES {places})
         INSERT INTO submission (municipality, id, format, suite, kind, key, catalogue_version, body_hash, sealed, received_at_ms, lookup, sender)
         SELECT town.name, id, format, suite, kind, key, catalogue_version, body_hash, sealed, received_at_ms, lookup, sender FROM town CROSS JOIN came
         WHERE NOT EXISTS (SELECT 1 FROM tombstone WHERE municipality = town.name AND hash = came.tombstone)
         AND NOT EXISTS (SELECT 1 FROM submission WHERE municipality = town.name AND substr(id, 12, 5) = substr(came.id, 12, 5)
                         LIMIT 1 OFFSET {last})
         ON CONFLICT DO NOTHING"
    )
}

async fn look_at_each(
    connection: &mut SqliteConnection,
    municipality: &MunicipalityId,
    jobs: &[WriteJob],
) -> Result<Vec<Vec<StoreOutcome>>, StoreFault> {
    alone(connection, async |connection: &mut SqliteConnection| {
        write(connection, municipality, jobs).await
    })
    .await
}

/// Runs work in a transaction, with plain statements: on a full disk SQLite ends a transaction
/// automatically, and sqlx would count it as open for ever and begin no other.
async fn alone<T>(
    connection: &mut SqliteConnection,
    work: impl AsyncFnOnce(&mut SqliteConnection) -> Result<T, StoreFault>,
) -> Result<T, StoreFault> {
    say(connection, "BEGIN IMMEDIATE").await?;
    let ended = match work(connection).await {
        Ok(all) => say(connection, "COMMIT").await.map(|()| all),
        Err(fault) => Err(fault),
    };
    if ended.is_err() {
        // If SQLite has already rolled back, this fails and the result is the same.
        let _ = say(connection, "ROLLBACK").await;
    }
    ended
}

async fn say(connection: &mut SqliteConnection, statement: &'static str) -> Result<(), StoreFault> {
    sqlx::raw_sql(statement).execute(connection).await.map(|_| ()).map_err(fault)
}

async fn write(
    connection: &mut SqliteConnection,
    municipality: &MunicipalityId,
    jobs: &[WriteJob],
) -> Result<Vec<Vec<StoreOutcome>>, StoreFault> {
    let mut all = Vec::with_capacity(jobs.len());
    for job in jobs {
        let mut kept = Vec::new();
        match job {
            WriteJob::Keep { records, now_ms, .. } => {
                for record in records {
                    kept.push(keep(connection, municipality, record, *now_ms).await?);
                }
            }
            WriteJob::Probe { .. } => write_probe(connection).await?,
        }
        all.push(kept);
    }
    Ok(all)
}

async fn write_probe(connection: &mut SqliteConnection) -> Result<(), StoreFault> {
    // A value that changes: writing the same one again could be answered without the disk.
    let write = "INSERT INTO fact (name, value) VALUES ('probe', ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value";
    sqlx::query(write)
        .bind(vault::random::<8>().as_slice())
        .execute(connection)
        .await
        .map(|_| ())
        .map_err(fault)
}

async fn keep(
    connection: &mut SqliteConnection,
    municipality: &MunicipalityId,
    record: &NewRecord,
    now_ms: u64,
) -> Result<StoreOutcome, StoreFault> {
    let erased = sqlx::query("SELECT 1 FROM tombstone WHERE municipality = ? AND hash = ?")
        .bind(municipality.as_str())
        .bind(record.tombstone.0.as_slice());
    if erased.fetch_optional(&mut *connection).await.map_err(fault)?.is_some() {
        return Ok(StoreOutcome::Erased);
    }
    if is_addition(record)
        && !stands(connection, municipality, record.envelope.header.id).await?
        && let Some(refused) = refused_addition(connection, municipality, record).await?
    {
        return Ok(refused);
    }
    if let Some(first) = &record.first
        && !stands(connection, municipality, record.envelope.header.id).await?
    {
        if is_buried(connection, municipality, first.tombstone).await? {
            return Ok(StoreOutcome::Erased);
        }
        if stands(connection, municipality, first.id).await? {
            return set_aside(connection, municipality, record, now_ms).await;
        }
    }
    if insert(connection, municipality, &[(record, now_ms)]).await? == 1 {
        if let Some(first) = &record.first {
            bury(connection, municipality, first.tombstone, now_ms).await?;
        }
        return Ok(StoreOutcome::Stands { received_at_ms: now_ms });
    }
    compare(connection, municipality, record, now_ms).await
}

async fn stands(
    connection: &mut SqliteConnection,
    municipality: &MunicipalityId,
    id: SubmissionId,
) -> Result<bool, StoreFault> {
    let find = sqlx::query("SELECT 1 FROM submission WHERE municipality = ? AND id = ?")
        .bind(municipality.as_str())
        .bind(id.as_bytes().as_slice());
    find.fetch_optional(connection).await.map(|row| row.is_some()).map_err(fault)
}

async fn is_buried(
    connection: &mut SqliteConnection,
    municipality: &MunicipalityId,
    tombstone: Tombstone,
) -> Result<bool, StoreFault> {
    let find = sqlx::query("SELECT 1 FROM tombstone WHERE municipality = ? AND hash = ?")
        .bind(municipality.as_str())
        .bind(tombstone.0.as_slice());
    find.fetch_optional(connection).await.map(|row| row.is_some()).map_err(fault)
}

/// Why an addition is not stored: its question was erased, or has too many.
async fn refused_addition(
    connection: &mut SqliteConnection,
    municipality: &MunicipalityId,
    record: &NewRecord,
) -> Result<Option<StoreOutcome>, StoreFault> {
    let find =
        sqlx::query(ADDITION_STATE).bind(municipality.as_str()).bind(record.lookup.0.as_slice());
    let row = find.fetch_one(connection).await.map_err(fault)?;
    Ok(refusal_of_addition(row.get(0), row.get(1)))
}

/// Whether the question with the lookup `$2` was erased, and how many additions it has.
pub(super) const ADDITION_STATE: &str =
    "SELECT (SELECT count(*) FROM tombstone WHERE municipality = $1 AND hash = $2),
    (SELECT count(*) FROM submission WHERE municipality = $1 AND lookup = $2 AND kind = 7)";

/// What is answered about an addition after [`ADDITION_STATE`]; `None` if it may be stored.
pub(super) fn refusal_of_addition(tombstones: i64, additions: i64) -> Option<StoreOutcome> {
    if tombstones > 0 {
        return Some(StoreOutcome::Erased);
    }
    (additions >= i64::from(ADDITIONS_MAX)).then_some(StoreOutcome::TooManyAdditions)
}

/// Leaves a tombstone for a first id: a record stored under another id must never be stored under
/// its first one too.
async fn bury(
    connection: &mut SqliteConnection,
    municipality: &MunicipalityId,
    tombstone: Tombstone,
    now_ms: u64,
) -> Result<(), StoreFault> {
    let bury = sqlx::query(
        "INSERT INTO tombstone (municipality, hash, erased_at_ms) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
    );
    let bury = bury.bind(municipality.as_str()).bind(tombstone.0.as_slice()).bind(now_ms as i64);
    bury.execute(connection).await.map(|_| ()).map_err(fault)
}

/// Handles a record that was not inserted: something is stored under its id, the same body or
/// another one that is set aside; or its reference number is full.
async fn compare(
    connection: &mut SqliteConnection,
    municipality: &MunicipalityId,
    record: &NewRecord,
    now_ms: u64,
) -> Result<StoreOutcome, StoreFault> {
    let id = record.envelope.header.id.as_bytes().as_slice();
    let first = sqlx::query(
        "SELECT body_hash, received_at_ms FROM submission WHERE municipality = ? AND id = ?",
    )
    .bind(municipality.as_str())
    .bind(id);
    let Some(first) = first.fetch_optional(&mut *connection).await.map_err(fault)? else {
        return Ok(StoreOutcome::ReferenceFull);
    };
    if first.get::<Vec<u8>, _>(0) == record.body.0 {
        return Ok(StoreOutcome::Stands { received_at_ms: first.get::<i64, _>(1) as u64 });
    }
    set_aside(connection, municipality, record, now_ms).await
}

async fn set_aside(
    connection: &mut SqliteConnection,
    municipality: &MunicipalityId,
    record: &NewRecord,
    now_ms: u64,
) -> Result<StoreOutcome, StoreFault> {
    let id = record.envelope.header.id.as_bytes().as_slice();
    let envelope = postcard::to_allocvec(&record.envelope)
        .map_err(|error| StoreFault::Failed(error.to_string()))?;
    sqlx::query("INSERT INTO set_aside (municipality, id, body_hash, envelope, received_at_ms) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING")
        .bind(municipality.as_str())
        .bind(id)
        .bind(record.body.0.as_slice())
        .bind(envelope)
        .bind(now_ms as i64)
        .execute(connection)
        .await
        .map_err(fault)?;
    Ok(StoreOutcome::SetAside)
}
