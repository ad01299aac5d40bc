//! Moves everything of a municipality from SQLite to PostgreSQL or back. The rows are copied as
//! they are, sealed texts and the audit log's hashes included, in one transaction of an empty
//! database, and compared before it is committed: either all of them are there, or none.

use super::{AnyStore, PostgresStore, SqliteStore, StoreFault};
use futures_util::TryStreamExt;
use sha2::{Digest, Sha256};
use sqlx::postgres::{PgConnection, PgRow};
use sqlx::sqlite::{SqliteConnection, SqliteRow};
use sqlx::{AssertSqlSafe, Postgres, QueryBuilder, Row, Sqlite};
use std::fmt;

/// Rows in one statement. Times the columns, it is far below what both databases accept as
/// parameters.
const ROWS_AT_ONCE: usize = 500;

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum ColumnKind {
    Number,
    Text,
    Bytes,
}

use ColumnKind::{Bytes, Number, Text};

/// A table, with its columns after `municipality`.
struct MovedTable {
    name: &'static str,
    columns: &'static [(&'static str, ColumnKind)],
    /// Which of its rows are moved.
    rows: &'static str,
}

const fn table(name: &'static str, columns: &'static [(&'static str, ColumnKind)]) -> MovedTable {
    MovedTable { name, columns, rows: "$1 = $1" }
}

const LEDGER: &[(&str, ColumnKind)] =
    &[("number", Number), ("at_ms", Number), ("who", Text), ("sealed", Bytes)];

/// What stays in its place: a use by servers, their keys, and maintenance.
const TABLES: &[MovedTable] = &[
    table(
        "submission",
        &[
            ("id", Bytes),
            ("format", Number),
            ("suite", Number),
            ("kind", Number),
            ("key", Bytes),
            ("catalogue_version", Number),
            ("body_hash", Bytes),
            ("sealed", Bytes),
            ("received_at_ms", Number),
            ("sender", Bytes),
            ("lookup", Bytes),
        ],
    ),
    table(
        "set_aside",
        &[("id", Bytes), ("body_hash", Bytes), ("envelope", Bytes), ("received_at_ms", Number)],
    ),
    table("tombstone", &[("hash", Bytes), ("erased_at_ms", Number)]),
    MovedTable {
        name: FACT,
        columns: &[("name", Text), ("value", Bytes)],
        rows: "name IN ('epoch', 'keys', 'edition floor')",
    },
    table("stage", &[("id", Bytes), ("stage", Number), ("at_ms", Number)]),
    table("hold", &[("id", Bytes), ("reason", Text), ("since_ms", Number)]),
    table(
        "staff",
        &[
            ("login", Text),
            ("name", Text),
            ("role", Number),
            ("password", Text),
            ("invitation", Bytes),
            ("invitation_until_ms", Number),
            ("is_active", Number),
            ("version", Number),
            ("scope", Text),
        ],
    ),
    table(
        "session",
        &[("hash", Bytes), ("login", Text), ("began_ms", Number), ("seen_ms", Number)],
    ),
    table(
        "event",
        &[("id", Bytes), ("number", Number), ("at_ms", Number), ("who", Text), ("sealed", Bytes)],
    ),
    table("survey_entry", LEDGER),
    table("counter_entry", LEDGER),
    table("device_seen", &[("device", Text), ("at_ms", Number), ("state", Text)]),
    table("saved_view", &[("login", Text), ("name", Text), ("query", Text)]),
    table(
        "audit",
        &[
            ("number", Number),
            ("at_ms", Number),
            ("who", Text),
            ("what", Text),
            ("detail", Text),
            ("previous", Bytes),
            ("hash", Bytes),
        ],
    ),
    table("second_factor", &[("login", Text), ("sealed", Bytes), ("last_step", Number)]),
    table("spare_code", &[("login", Text), ("hash", Bytes)]),
    table(
        "half_session",
        &[
            ("hash", Bytes),
            ("login", Text),
            ("staff_version", Number),
            ("began_ms", Number),
            ("tries", Number),
            ("reason", Text),
            ("back", Text),
            ("sealed", Bytes),
        ],
    ),
    MovedTable {
        name: "setting",
        columns: &[("name", Text), ("value", Text)],
        rows: "name <> 'maintenance'",
    },
    table("quarantine", &[("id", Bytes), ("since_ms", Number)]),
    table("entry_alias", &[("id", Bytes), ("alias", Text)]),
    table("sealed_view", &[("login", Text), ("number", Number), ("sealed", Bytes)]),
    table("settled_inquiry", &[("id", Bytes), ("last_event", Number), ("sealed", Bytes)]),
];

/// The table of which SQLite has no municipality.
const FACT: &str = "fact";

impl MovedTable {
    fn names(&self) -> String {
        self.columns.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ")
    }
}

/// A value of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Cell {
    Number(i64),
    Text(String),
    Bytes(Option<Vec<u8>>),
}

type MovedRow = Vec<Cell>;

/// What is compared: how many rows, and which, in whatever order.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct RowsDigest {
    rows: u64,
    /// The hashes of all rows, added bit by bit (XOR). No two rows of a table are the same.
    hashes: [u8; 32],
}

impl RowsDigest {
    fn add(&mut self, row: &[Cell]) {
        let mut hash = Sha256::new();
        for cell in row {
            let (kind, bytes): (u8, &[u8]) = match cell {
                Cell::Number(number) => (1, &number.to_be_bytes()),
                Cell::Text(text) => (2, text.as_bytes()),
                Cell::Bytes(Some(bytes)) => (3, bytes),
                Cell::Bytes(None) => (4, &[]),
            };
            hash.update([kind]);
            hash.update((bytes.len() as u64).to_be_bytes());
            hash.update(bytes);
        }
        let hash: [u8; 32] = hash.finalize().into();
        self.rows += 1;
        self.hashes.iter_mut().zip(hash).for_each(|(sum, byte)| *sum ^= byte);
    }
}

/// Why nothing was moved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MoveFault {
    /// This table of the new database has rows.
    NotEmpty(&'static str),
    /// What arrived in this table is not what was read.
    Differs(&'static str),
    /// A database failed.
    Store(StoreFault),
}

impl fmt::Display for MoveFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotEmpty(table) => write!(f, "the new database is not empty: it has {table}"),
            Self::Differs(table) => write!(f, "{table} did not arrive as it was read"),
            Self::Store(fault) => fault.fmt(f),
        }
    }
}

impl From<StoreFault> for MoveFault {
    fn from(fault: StoreFault) -> Self {
        Self::Store(fault)
    }
}

/// A connection of its own, in a transaction that ends with it.
enum MovingConnection {
    Sqlite(SqliteConnection),
    Postgres(PgConnection),
}

/// Evaluates the same expression for either connection.
macro_rules! either {
    ($self:expr, $connection:ident => $what:expr) => {
        match $self {
            MovingConnection::Sqlite($connection) => $what.map_err(super::sqlite::fault),
            MovingConnection::Postgres($connection) => $what.map_err(super::postgres::fault),
        }
    };
}

impl MovingConnection {
    /// Sees one state of the database for as long as it lives.
    async fn to_read(store: &AnyStore) -> Result<Self, StoreFault> {
        let begin = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
        Self::begin(store, ["BEGIN", begin]).await
    }

    async fn to_write(store: &AnyStore) -> Result<Self, StoreFault> {
        Self::begin(store, ["BEGIN IMMEDIATE", "BEGIN"]).await
    }

    async fn begin(
        store: &AnyStore,
        [sqlite, postgres]: [&'static str; 2],
    ) -> Result<Self, StoreFault> {
        let (mut connection, begin) = match store {
            AnyStore::Sqlite(store) => (Self::Sqlite(store.connect().await?), sqlite),
            AnyStore::Postgres(store) => (Self::Postgres(store.connect().await?), postgres),
        };
        connection.run(begin).await?;
        Ok(connection)
    }

    async fn run(&mut self, statement: &'static str) -> Result<(), StoreFault> {
        either!(self, of => sqlx::raw_sql(statement).execute(&mut *of).await.map(drop))
    }

    /// Which rows are the municipality's, and are moved.
    fn rows_of(&self, table: &MovedTable) -> String {
        let of_all = table.name == FACT && matches!(self, Self::Sqlite(_));
        let municipality = if of_all { "$1 = $1" } else { "municipality = $1" };
        format!("FROM {} WHERE {municipality} AND {}", table.name, table.rows)
    }

    async fn has_rows(&mut self, table: &MovedTable, of: &str) -> Result<bool, StoreFault> {
        let statement = AssertSqlSafe(format!("SELECT 1 {} LIMIT 1", self.rows_of(table)));
        either!(self, connection => {
            let row = sqlx::query(statement).bind(of).fetch_optional(&mut *connection).await;
            row.map(|row| row.is_some())
        })
    }

    /// Removes what a database has from its first opening.
    async fn clear_facts(&mut self, table: &MovedTable, of: &str) -> Result<(), StoreFault> {
        let statement = AssertSqlSafe(format!("DELETE {}", self.rows_of(table)));
        either!(self, connection => {
            sqlx::query(statement).bind(of).execute(&mut *connection).await.map(drop)
        })
    }

    /// Reads a table in pieces.
    async fn read(
        &mut self,
        table: &MovedTable,
        of: &str,
        on_rows: impl AsyncFnMut(&[MovedRow]) -> Result<(), StoreFault>,
    ) -> Result<(), StoreFault> {
        // Stored in order of receipt, as they are read later.
        let order = if table.name == "submission" { " ORDER BY received_at_ms, id" } else { "" };
        let select = format!("SELECT {} {}{order}", table.names(), self.rows_of(table));
        match self {
            Self::Sqlite(connection) => read_sqlite(connection, table, select, of, on_rows).await,
            Self::Postgres(connection) => {
                read_postgres(connection, table, select, of, on_rows).await
            }
        }
    }

    async fn insert(
        &mut self,
        table: &MovedTable,
        of: &str,
        rows: &[MovedRow],
    ) -> Result<(), StoreFault> {
        match self {
            // The facts of a file have no municipality.
            Self::Sqlite(connection) if table.name == FACT => {
                insert_sqlite(connection, table, None, rows).await
            }
            Self::Sqlite(connection) => insert_sqlite(connection, table, Some(of), rows).await,
            Self::Postgres(connection) => insert_postgres(connection, table, Some(of), rows).await,
        }
    }
}

/// Reads and inserts rows of one database.
macro_rules! rows_of {
    ($read:ident, $insert:ident, $connection:ty, $row:ty, $database:ty, $fault:path) => {
        async fn $read(
            connection: &mut $connection,
            table: &MovedTable,
            select: String,
            of: &str,
            mut on_rows: impl AsyncFnMut(&[MovedRow]) -> Result<(), StoreFault>,
        ) -> Result<(), StoreFault> {
            let mut stream = sqlx::query(AssertSqlSafe(select)).bind(of).fetch(connection);
            let mut rows = Vec::with_capacity(ROWS_AT_ONCE);
            while let Some(row) = stream.try_next().await.map_err($fault)? {
                let row: &$row = &row;
                let cell = |(at, (_, kind)): (usize, &(&str, ColumnKind))| match kind {
                    Number => row.try_get(at).map(Cell::Number),
                    Text => row.try_get(at).map(Cell::Text),
                    Bytes => row.try_get(at).map(Cell::Bytes),
                };
                let cells = table.columns.iter().enumerate().map(cell);
                rows.push(cells.collect::<Result<MovedRow, _>>().map_err($fault)?);
                if rows.len() == ROWS_AT_ONCE {
                    on_rows(&rows).await?;
                    rows.clear();
                }
            }
            if rows.is_empty() { Ok(()) } else { on_rows(&rows).await }
        }

        async fn $insert(
            connection: &mut $connection,
            table: &MovedTable,
            municipality: Option<&str>,
            rows: &[MovedRow],
        ) -> Result<(), StoreFault> {
            let of = if municipality.is_some() { "municipality, " } else { "" };
            let begin = format!("INSERT INTO {} ({of}{}) ", table.name, table.names());
            let mut insert = QueryBuilder::<$database>::new(begin);
            insert.push_values(rows, |mut values, row| {
                if let Some(municipality) = municipality {
                    values.push_bind(municipality);
                }
                for cell in row {
                    match cell {
                        Cell::Number(number) => values.push_bind(*number),
                        Cell::Text(text) => values.push_bind(text.as_str()),
                        Cell::Bytes(bytes) => values.push_bind(bytes.as_deref()),
                    };
                }
            });
            insert.build().execute(connection).await.map(drop).map_err($fault)
        }
    };
}

rows_of!(read_sqlite, insert_sqlite, SqliteConnection, SqliteRow, Sqlite, super::sqlite::fault);
rows_of!(read_postgres, insert_postgres, PgConnection, PgRow, Postgres, super::postgres::fault);

impl AnyStore {
    /// Copies everything into another database, which must be empty, and compares it. Returns the
    /// tables with their numbers of rows. If it fails or is killed, the other database is as empty
    /// as before. Nothing must write to this one meanwhile: it would not be copied.
    pub async fn move_into(&self, to: &AnyStore) -> Result<Vec<(&'static str, u64)>, MoveFault> {
        let municipality = match self {
            AnyStore::Sqlite(store) => SqliteStore::municipality(store),
            AnyStore::Postgres(store) => PostgresStore::municipality(store),
        };
        let of = municipality.as_str();
        let mut from = MovingConnection::to_read(self).await?;
        let mut to = MovingConnection::to_write(to).await?;
        for table in TABLES {
            if table.name == FACT {
                to.clear_facts(table, of).await?;
            } else if to.has_rows(table, of).await? {
                return Err(MoveFault::NotEmpty(table.name));
            }
        }
        let mut moved = Vec::new();
        for table in TABLES {
            let (mut read, mut arrived) = (RowsDigest::default(), RowsDigest::default());
            let copy = async |rows: &[MovedRow]| {
                rows.iter().for_each(|row| read.add(row));
                to.insert(table, of, rows).await
            };
            from.read(table, of, copy).await?;
            let compare = async |rows: &[MovedRow]| {
                rows.iter().for_each(|row| arrived.add(row));
                Ok(())
            };
            to.read(table, of, compare).await?;
            if read != arrived {
                return Err(MoveFault::Differs(table.name));
            }
            moved.push((table.name, read.rows));
        }
        to.run("COMMIT").await?;
        Ok(moved)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::MunicipalityId;

    #[tokio::test]
    async fn every_table_and_column_of_the_layout_is_moved() {
        let dir = tempfile::tempdir().unwrap();
        let municipality = MunicipalityId::parse("x").unwrap();
        let store = SqliteStore::open(&dir.path().join("hub.sqlite"), municipality).await.unwrap();
        let mut connection = store.connect().await.unwrap();
        let columns = "SELECT l.name, c.name FROM pragma_table_list l, pragma_table_info(l.name) c
            WHERE l.schema = 'main' AND l.type = 'table' AND l.name NOT LIKE 'sqlite_%'
            AND l.name NOT LIKE '_sqlx_%' AND c.name <> 'municipality'";
        let rows = sqlx::query(columns).fetch_all(&mut connection).await.unwrap();
        let mut found: Vec<(String, String)> =
            rows.iter().map(|row| (row.get(0), row.get(1))).collect();
        let names = |table: &'static MovedTable| {
            table.columns.iter().map(|(name, _)| (table.name.into(), (*name).into()))
        };
        let mut known: Vec<(String, String)> = TABLES.iter().flat_map(names).collect();
        found.sort();
        known.sort();
        assert_eq!(found, known);
    }

    #[test]
    fn rows_are_the_same_in_any_order_and_no_other_rows_are() {
        let digest = |rows: &[MovedRow]| {
            let mut digest = RowsDigest::default();
            rows.iter().for_each(|row| digest.add(row));
            digest
        };
        let row = |number, text: &str| vec![Cell::Number(number), Cell::Text(text.into())];
        let (one, two) = (row(1, "one"), row(2, "two"));
        let both = digest(&[one.clone(), two.clone()]);
        assert_eq!(both, digest(&[two.clone(), one.clone()]));
        for other in [
            vec![one.clone()],
            vec![one.clone(), row(2, "tw")],
            vec![one.clone(), row(3, "two")],
            vec![row(1, "two"), row(2, "one")],
        ] {
            assert_ne!(both, digest(&other), "{other:?}");
        }
        let bytes = |bytes: Option<&[u8]>| digest(&[vec![Cell::Bytes(bytes.map(Vec::from))]]);
        assert_ne!(bytes(None), bytes(Some(&[])));
    }
}
