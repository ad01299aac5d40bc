//! Applies the numbered migration files that a database lacks. A released file never changes: the
//! database stores its checksum.

use super::StoreFault;
use sqlx::migrate::{Migrate, MigrateError, Migration, MigrationType, Migrator};
use sqlx::postgres::PgConnection;
use sqlx::sqlite::SqliteConnection;
use sqlx::{Connection, Row, SqlSafeStr};
use std::sync::LazyLock;

/// A numbered file: its version, what it changes, and its statements.
type MigrationFile = (i64, &'static str, &'static str);

/// The file of this name in both folders. `sqlx::migrate!` would do the same, but its crate
/// compiles all of sqlx and SQLite a second time for the compiler, a third of a first build.
macro_rules! migration_files {
    ($folder:literal: $($version:literal $name:literal),+) => {
        &[$(($version, $name, include_str!(concat!(
            "../migrations/", $folder, "/000", $version, "_", $name, ".sql"
        )))),+]
    };
}

const SQLITE_FILES: &[MigrationFile] =
    migration_files!("sqlite": 1 "tables", 2 "door", 3 "senders", 4 "trace", 5 "inquiries");
const POSTGRES_FILES: &[MigrationFile] =
    migration_files!("postgres": 1 "tables", 2 "door", 3 "senders", 4 "trace", 5 "inquiries");
static SQLITE: LazyLock<Migrator> = LazyLock::new(|| migrator_of(SQLITE_FILES));
static POSTGRES: LazyLock<Migrator> = LazyLock::new(|| migrator_of(POSTGRES_FILES));
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

fn migrator_of(files: &[MigrationFile]) -> Migrator {
    let migration = |&(version, name, statements): &MigrationFile| {
        Migration::new(
            version,
            name.into(),
            MigrationType::Simple,
            statements.into_sql_str(),
            false,
        )
    };
    Migrator::with_migrations(files.iter().map(migration).collect())
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_of_the_folders_is_compiled_in() {
        for (folder, files) in [("sqlite", SQLITE_FILES), ("postgres", POSTGRES_FILES)] {
            let there = std::fs::read_dir(format!("migrations/{folder}")).unwrap();
            let mut names: Vec<String> =
                there.map(|file| file.unwrap().file_name().into_string().unwrap()).collect();
            names.sort();
            let known: Vec<String> =
                files.iter().map(|(version, name, _)| format!("{version:04}_{name}.sql")).collect();
            assert_eq!(names, known);
        }
    }
}
