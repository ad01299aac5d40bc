//! Applies the numbered migration files that a database lacks. A released file never changes: the
//! database stores its checksum.

use super::StoreFault;
use sqlx::migrate::{Migrate, MigrateError, Migrator};
use sqlx::postgres::PgConnection;
use sqlx::sqlite::SqliteConnection;
use sqlx::{Connection, Row};

static SQLITE: Migrator = sqlx::migrate!("migrations/sqlite");
static POSTGRES: Migrator = sqlx::migrate!("migrations/postgres");
/// The migration that creates the tables as they were before migrations had numbers.
const BASELINE: i64 = 1;

/// Applies missing migrations. The first file uses `IF NOT EXISTS` throughout, so it can run on a
/// database from before migrations had numbers.
pub(super) async fn migrate_sqlite(connection: &mut SqliteConnection) -> Result<(), StoreFault> {
    run(&SQLITE, connection).await
}

/// Applies missing migrations. On a database from before migrations had numbers, the first file is
/// only recorded as applied: running it would wait for every reader of the tables, a backup for
/// instance, and make all others wait behind it.
pub(super) async fn migrate_postgres(connection: &mut PgConnection) -> Result<(), StoreFault> {
    let query = sqlx::query(
        "SELECT to_regclass('device_seen') IS NOT NULL AND to_regclass('_sqlx_migrations') IS NULL",
    );
    let is_from_before =
        query.fetch_one(&mut *connection).await.map_err(super::postgres::fault)?.get(0);
    if is_from_before {
        POSTGRES.run_direct(Some(BASELINE), connection, true).await.map_err(fault)?;
    }
    run(&POSTGRES, connection).await
}

async fn run<C: Connection + Migrate>(
    migrator: &Migrator,
    connection: &mut C,
) -> Result<(), StoreFault> {
    migrator.run_direct(None, connection, false).await.map_err(fault)
}

fn fault(error: MigrateError) -> StoreFault {
    match error {
        MigrateError::VersionMissing(version) => StoreFault::Failed(format!(
            "a newer program has changed its layout (step {version}). Start that program, or put back the backup from before the upgrade"
        )),
        MigrateError::Execute(sqlx::Error::Io(error)) => StoreFault::Away(error.to_string()),
        other => StoreFault::Failed(format!("its layout cannot be brought up to date: {other}")),
    }
}
