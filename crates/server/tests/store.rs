//! Runs the store's contract with SQLite and with PostgreSQL.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

#[allow(dead_code, reason = "each test file uses only a part of it")]
mod cluster;

use domain::submission::Kind;
use domain::{MunicipalityId, SubmissionId};
use sqlx::{Connection, PgConnection, SqliteConnection};
use store::{
    AuditContext, Custody, DoorStore, NewRecord, PostgresStore, SqliteStore, StaffRow,
    StoreOutcome, SubmissionStore, contract,
};

fn municipality() -> MunicipalityId {
    MunicipalityId::parse("x").unwrap()
}

/// Makes each check of the contract a test with either database.
macro_rules! holds {
    ($($promise:ident),* $(,)?) => {
        mod sqlite {
            use super::*;
            $(#[tokio::test]
            async fn $promise() {
                let dir = tempfile::tempdir().unwrap();
                let store = SqliteStore::open(&dir.path().join("hub.sqlite"), municipality()).await.unwrap();
                contract::$promise(&store).await;
                store.close().await;
            })*
        }
        mod postgres {
            use super::*;
            $(#[tokio::test]
            async fn $promise() {
                let cluster = cluster::shared();
                let store = PostgresStore::open(&cluster.database(), municipality()).await.unwrap();
                contract::$promise(&store).await;
                store.close().await;
            })*
        }
    };
}

holds!(
    keeping_again_changes_nothing,
    a_second_body_is_set_aside,
    a_second_body_that_comes_with_the_first_is_set_aside,
    many_who_send_the_same_at_once_get_one_answer,
    pages_hold_each_row_once,
    the_epoch_stays,
    a_store_goes_with_one_set_of_keys,
    what_is_erased_stays_erased,
    what_was_never_there_can_be_erased_before_it_comes,
    what_is_held_is_neither_erased_nor_let_go,
    what_is_old_enough_goes_with_what_was_set_aside_and_the_rest_stays,
    entries_are_found_by_their_reference,
    stages_are_said_once_and_go_with_the_entry,
    deeds_are_written_down_in_a_chain,
    what_is_to_be_done_once_is_claimed_by_one,
    the_newest_thing_up_to_a_time_is_found,
    an_entry_has_a_name_in_the_audit_as_long_as_it_is_kept,
    a_restored_store_raises_the_numbers_of_editions,
    the_names_of_many_are_gone_with_them,
    what_is_sealed_to_a_key_is_counted,
    sealed_texts_are_gone_through_and_sealed_again,
    the_audit_says_which_entries_changed,
    deeds_of_several_at_once_stand_in_one_chain,
    an_erasure_in_the_midst_of_keeping_wins,
    an_event_has_one_number_and_goes_with_its_entry,
    events_of_what_is_let_go_go_with_it,
    events_are_paged_by_their_moments,
    many_events_are_added_as_each_would_be,
    a_settled_inquiry_is_found_by_its_row_and_all_others_whole,
    inquiries_are_walked_back_with_their_events,
    an_entry_is_found_by_its_lookup,
    additions_are_found_by_the_lookup_of_their_question,
    a_question_takes_so_many_additions_and_no_more,
    additions_are_erased_with_their_question,
    an_addition_is_not_erased_without_its_question,
    additions_are_let_go_with_their_question,
    a_reference_is_borne_by_so_many_and_no_more,
    an_entry_with_another_id_is_kept_once,
    of_many_who_write_at_once_one_is_first,
    people_and_their_sessions_are_kept_and_end,
    a_login_is_given_once,
    who_was_removed_stays_removed_whoever_accepts_at_that_moment,
    administrators_who_demote_each_other_at_once_leave_one,
    an_administrator_who_can_sign_in_is_always_left,
    a_first_token_that_two_have_makes_one_administrator,
    sessions_end_with_the_change_and_none_begins_on_a_row_from_before,
    a_half_session_opens_once_with_a_proof_that_counts_once,
    tries_at_a_code_are_bounded_also_at_once,
    who_is_reset_has_no_second_factor_and_no_spare_codes,
    only_an_administrator_changes_a_setting,
    of_many_lists_saved_at_once_as_many_stand_as_one_may_have,
    places_are_paged_as_entries_are,
    each_has_lists_of_their_own,
    what_was_done_has_one_order_in_each_book,
    of_many_acts_with_one_number_one_stands,
    of_each_device_there_is_what_it_said_last,
    what_each_sender_sent_is_summed,
    what_stands_is_known_again,
    what_is_out_of_sight_stands_and_comes_back,
    many_are_erased_as_one_is,
    what_is_out_of_sight_is_erased_and_let_go_as_any_other,
    senders_are_forgotten_and_their_entries_stay,
);

#[tokio::test]
async fn what_was_kept_is_there_when_the_store_is_opened_again() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("hub.sqlite");
    let store = SqliteStore::open(&path, municipality()).await.unwrap();
    let epoch = store.epoch();
    contract::keeping_again_changes_nothing(&store).await;
    store.close().await;
    let store = SqliteStore::open(&path, municipality()).await.unwrap();
    assert!(store.has_entries().await.unwrap());
    assert_eq!(store.epoch(), epoch);
}

#[tokio::test]
async fn municipalities_share_a_postgresql_and_see_nothing_of_each_other() {
    let cluster = cluster::shared();
    let url = cluster.database();
    let one = PostgresStore::open(&url, municipality()).await.unwrap();
    contract::a_second_body_is_set_aside(&one).await;
    let again = PostgresStore::open(&url, municipality()).await.unwrap();
    assert_eq!((again.epoch(), again.has_entries().await), (one.epoch(), Ok(true)));
    let other = PostgresStore::open(&url, MunicipalityId::parse("y").unwrap()).await.unwrap();
    assert_eq!((other.has_entries().await, other.set_aside_count().await), (Ok(false), Ok(0)));
    assert_ne!(other.epoch(), one.epoch());
    // The same id as one of the other municipality's.
    assert_eq!(
        other.keep(vec![contract::record("y", 1, b"ours")], 9).await,
        Ok(vec![StoreOutcome::Stands { received_at_ms: 9 }])
    );
    assert_eq!(
        one.page(Kind::Inquiry, 0, None, 10).await.map(|rows| rows[0].envelope.sealed.clone()),
        Ok(b"first".to_vec())
    );
}

#[tokio::test]
async fn servers_that_keep_the_same_in_other_orders_never_wait_for_each_other_in_a_circle() {
    let cluster = cluster::shared();
    let url = cluster.database();
    let (one, two) = (
        PostgresStore::open(&url, municipality()).await.unwrap(),
        PostgresStore::open(&url, municipality()).await.unwrap(),
    );
    for round in 0..40 {
        let batch: Vec<NewRecord> = (0..200).map(|seed| of_round(round, seed)).collect();
        let reversed: Vec<NewRecord> = batch.iter().rev().cloned().collect();
        let (first, second) = tokio::join!(one.keep(batch, 1), two.keep(reversed, 1));
        assert_eq!(first.unwrap(), second.unwrap());
    }
    one.close().await;
    two.close().await;
    assert_eq!(cluster.deadlocks(&url), "0");
}

#[tokio::test]
async fn a_database_takes_no_change_of_its_audit() {
    let (cluster, dir) = (cluster::shared(), tempfile::tempdir().unwrap());
    let (url, path) = (cluster.database(), dir.path().join("hub.sqlite"));
    let audit = AuditContext { who: "ann".into(), reason: "request 1".into(), at_ms: 1 };
    PostgresStore::open(&url, municipality()).await.unwrap().note("export", &audit).await.unwrap();
    SqliteStore::open(&path, municipality()).await.unwrap().note("export", &audit).await.unwrap();
    let mut postgres = PgConnection::connect(&url).await.unwrap();
    let mut sqlite = SqliteConnection::connect(path.to_str().unwrap()).await.unwrap();
    for change in ["UPDATE audit SET who = 'bob'", "DELETE FROM audit"] {
        for refused in [
            sqlx::query(change).execute(&mut postgres).await.map(|_| ()),
            sqlx::query(change).execute(&mut sqlite).await.map(|_| ()),
        ] {
            assert!(
                refused.is_err_and(|said| said.to_string().contains("only ever added to")),
                "{change}"
            );
        }
    }
}

fn of_round(round: u64, seed: u8) -> NewRecord {
    let mut record = contract::record("x", seed, &[seed; 2_000]);
    record.envelope.header.id = SubmissionId::from_parts(round, [seed; 10]);
    record
}

#[tokio::test]
async fn a_postgresql_that_says_committed_too_early_is_refused() {
    let cluster = cluster::shared();
    let url = format!("{}&options=-c%20synchronous_commit%3Doff", cluster.database());
    let said = PostgresStore::open(&url, municipality()).await.err().unwrap().to_string();
    assert!(said.contains("synchronous_commit = off") && said.contains("ALTER ROLE"), "{said}");
}

/// Accounts from before versions and scopes keep their rights, and an empty text is not a password.
#[tokio::test]
async fn people_from_before_there_were_scopes_are_who_they_were() {
    let (cluster, dir) = (cluster::shared(), tempfile::tempdir().unwrap());
    let (url, path) = (cluster.database(), dir.path().join("hub.sqlite"));
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(&path).create_if_missing(true);
    let mut sqlite = SqliteConnection::connect_with(&options).await.unwrap();
    let mut postgres = PgConnection::connect(&url).await.unwrap();
    let people = "INSERT INTO staff (municipality, login, name, role, password, invitation, invitation_until_ms, is_active) VALUES
        ('x', 'ann', 'Ann', 3, 'hash', '', 0, 1), ('x', 'bo', 'Bo', 0, '', '', 0, 1)";
    let of_sqlite = people.replace("'', 0, 1", "x'', 0, 1");
    sqlx::raw_sql(include_str!("../../store/migrations/sqlite/0001_tables.sql"))
        .execute(&mut sqlite)
        .await
        .unwrap();
    sqlx::raw_sql(sqlx::AssertSqlSafe(of_sqlite)).execute(&mut sqlite).await.unwrap();
    sqlx::raw_sql(include_str!("../../store/migrations/postgres/0001_tables.sql"))
        .execute(&mut postgres)
        .await
        .unwrap();
    sqlx::raw_sql(people).execute(&mut postgres).await.unwrap();
    sqlite.close().await.unwrap();
    let of = |rows: Vec<StaffRow>| {
        let of = |row: StaffRow| {
            (
                row.login,
                row.scope,
                row.version,
                row.password.is_some(),
                row.invitation.is_some(),
                row.is_active,
            )
        };
        rows.into_iter().map(of).collect::<Vec<_>>()
    };
    let expected = [("ann", true), ("bo", false)].map(|(login, has_password)| {
        (login.to_string(), "all".to_string(), 0, has_password, false, true)
    });
    let sqlite = SqliteStore::open(&path, municipality()).await.unwrap();
    assert_eq!(of(sqlite.staff().await.unwrap()), expected);
    let postgres = PostgresStore::open(&url, municipality()).await.unwrap();
    assert_eq!(of(postgres.staff().await.unwrap()), expected);
}
