//! Migrates databases of earlier versions whose `submission` table has an older storage layout.

use sqlx::sqlite::SqliteConnection;
use sqlx::{Connection, Row};

/// The tables that the migration creates.
const SCHEMA: &str = include_str!("../../migrations/sqlite/0001_tables.sql");

/// Converts a `submission` table that was created `WITHOUT ROWID` into one with row ids, and copies
/// the rows in order of receipt. Runs in one transaction, and does nothing if there is nothing to
/// convert.
pub(super) async fn renew(connection: &mut SqliteConnection) -> Result<(), sqlx::Error> {
    let table = sqlx::query(
        "SELECT wr FROM pragma_table_list WHERE schema = 'main' AND name = 'submission'",
    )
    .fetch_optional(&mut *connection)
    .await?;
    if table.is_none_or(|table| table.get::<i64, _>(0) == 0) {
        return Ok(());
    }
    let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await?;
    sqlx::raw_sql("ALTER TABLE submission RENAME TO submission_before; DROP INDEX submission_by_time; DROP INDEX submission_by_reference")
        .execute(&mut *transaction)
        .await?;
    sqlx::raw_sql(SCHEMA).execute(&mut *transaction).await?;
    sqlx::raw_sql("INSERT INTO submission SELECT * FROM submission_before ORDER BY received_at_ms, id; DROP TABLE submission_before")
        .execute(&mut *transaction)
        .await?;
    transaction.commit().await
}

#[cfg(test)]
mod tests {
    use super::super::SqliteStore;
    use super::SCHEMA;
    use crate::{NewRecord, SubmissionStore};
    use domain::submission::{BodyHash, Envelope, Header, KeyId, Kind};
    use domain::{MunicipalityId, SubmissionId};
    use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
    use sqlx::{AssertSqlSafe, ConnectOptions, Connection};
    use std::path::Path;
    use vault::{Lookup, Tombstone};

    async fn raw(path: &Path) -> SqliteConnection {
        SqliteConnectOptions::new().filename(path).create_if_missing(true).connect().await.unwrap()
    }

    fn record(number: u64) -> NewRecord {
        let municipality = MunicipalityId::parse("x").unwrap();
        let header = Header {
            format: 1,
            suite: 1,
            id: SubmissionId::from_parts(number, [7; 10]),
            municipality,
            kind: Kind::Inquiry,
            key: KeyId([1; 8]),
            catalogue_version: 3,
        };
        NewRecord {
            envelope: Envelope { header, sealed: vec![number as u8; 3_000] },
            body: BodyHash([number as u8; 32]),
            tombstone: Tombstone([number as u8; 32]),
            lookup: Lookup([number as u8; 16]),
            first: None,
            sender: None,
        }
    }

    #[tokio::test]
    async fn a_database_from_before_opens_with_all_that_is_in_it() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("hub.sqlite");
        let mut before = raw(&path).await;
        let of_before = SCHEMA.replacen(") STRICT;", ") STRICT, WITHOUT ROWID;", 1);
        assert_ne!(of_before, SCHEMA);
        sqlx::raw_sql(AssertSqlSafe(of_before)).execute(&mut before).await.unwrap();
        before.close().await.unwrap();
        let municipality = MunicipalityId::parse("x").unwrap();
        let mut before = raw(&path).await;
        for number in [3_u64, 1, 2] {
            let NewRecord { envelope, body, .. } = record(number);
            let insert =
                sqlx::query("INSERT INTO submission VALUES ('x', ?, 1, 1, 1, ?, 3, ?, ?, ?)")
                    .bind(envelope.header.id.as_bytes().to_vec());
            let insert = insert
                .bind(envelope.header.key.0.to_vec())
                .bind(body.0.to_vec())
                .bind(envelope.sealed)
                .bind(number as i64);
            insert.execute(&mut before).await.unwrap();
        }
        before.close().await.unwrap();
        for _ in 0..2 {
            let store = SqliteStore::open(&path, municipality.clone()).await.unwrap();
            let rows = store.page(Kind::Inquiry, 0, None, 10).await.unwrap();
            let expected: Vec<_> =
                [1, 2, 3].into_iter().map(|number| (record(number).envelope, number)).collect();
            assert_eq!(
                rows.into_iter().map(|row| (row.envelope, row.received_at_ms)).collect::<Vec<_>>(),
                expected
            );
            let kept = store.keep(vec![record(2)], 99).await.unwrap();
            assert_eq!(
                kept,
                [crate::StoreOutcome::Stands { received_at_ms: 2 }],
                "it is known again"
            );
            store.close().await;
        }
        let mut after = raw(&path).await;
        let (rowid, indexes): (i64, i64) = sqlx::query_as(
            "SELECT (SELECT wr FROM pragma_table_list WHERE name = 'submission'), (SELECT count(*) FROM sqlite_schema WHERE type = 'index' AND name IN ('submission_by_time', 'submission_by_reference'))",
        )
        .fetch_one(&mut after)
        .await
        .unwrap();
        assert_eq!((rowid, indexes), (0, 2));
    }
}
