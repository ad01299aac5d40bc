//! The contract's checks of staff accounts, sessions, second factors and settings.

use crate::{
    ADMINISTRATOR, AuditContext, ChangedBy, Custody, DoorStore, HalfSessionRow, Invitation,
    PasswordHash, SecondFactorRow, SecondProof, SessionRow, StaffChange, StaffRow,
};
use futures_util::future::join_all;

/// A time before any session was used.
const NEVER_MS: u64 = 0;

fn audit_context(at_ms: u64) -> AuditContext {
    AuditContext { who: "ann".into(), reason: "a reason".into(), at_ms }
}

fn staff(login: &str, role: i64) -> StaffRow {
    StaffRow {
        login: login.into(),
        name: "Ann".into(),
        role,
        scope: "all".into(),
        password: PasswordHash::of("hash".into()),
        invitation: None,
        is_active: true,
        version: 0,
    }
}

fn invited(login: &str, role: i64) -> StaffRow {
    StaffRow {
        password: None,
        invitation: Some(Invitation { hash: [7; 32], until_ms: 9 }),
        ..staff(login, role)
    }
}

fn by(login: &str) -> ChangedBy<'_> {
    ChangedBy::Administrator { login, has_work_accounts: false }
}

async fn add(store: &impl DoorStore, row: &StaffRow) {
    assert_eq!(
        store.add_staff(row, ChangedBy::Operator, "invite", &audit_context(1)).await,
        Ok(StaffChange::Done)
    );
}

fn session(login: &str, seen_ms: u64) -> SessionRow {
    SessionRow { login: login.into(), began_ms: 1, seen_ms }
}

fn half(login: &str) -> HalfSessionRow {
    let (reason, back) = ("with a password".into(), "/office".into());
    HalfSessionRow {
        login: login.into(),
        staff_version: 0,
        began_ms: 5,
        tries: 0,
        reason,
        back,
        sealed: Vec::new(),
    }
}

/// Accounts and sessions are stored, listed and ended.
pub async fn people_and_their_sessions_are_kept_and_end(store: &(impl DoorStore + Custody)) {
    add(store, &StaffRow { scope: "hub:town-hall".into(), ..staff("bo", 1) }).await;
    add(store, &invited("ann", 3)).await;
    let bo = StaffRow { scope: "hub:town-hall".into(), version: 1, ..staff("bo", 2) };
    let change = store
        .change_staff(
            &StaffRow { version: 0, ..bo.clone() },
            ChangedBy::Operator,
            "role",
            &audit_context(2),
        )
        .await;
    assert_eq!(change, Ok(StaffChange::Done));
    assert_eq!(store.staff().await, Ok(vec![invited("ann", 3), bo.clone()]));
    assert_eq!(store.person("ann").await, Ok(Some(invited("ann", 3))));
    assert_eq!((store.person("an").await, store.person("").await), (Ok(None), Ok(None)));
    for (hash, login, version, seen_ms) in
        [([1; 32], "ann", 0, 10), ([2; 32], "ann", 0, 20), ([3; 32], "bo", 1, 30)]
    {
        assert_eq!(
            store.begin_session(hash, &session(login, seen_ms), version, &audit_context(3)).await,
            Ok(true)
        );
    }
    store.see_session([1; 32], 40).await.expect("save succeeds");
    store.see_session([1; 32], 35).await.expect("save succeeds");
    assert_eq!(
        store.session([1; 32]).await,
        Ok(Some(session("ann", 40))),
        "a clock that was set back ends nothing early"
    );
    assert_eq!(store.session([9; 32]).await, Ok(None));
    store.end_sessions_before(25).await.expect("write is accepted");
    let left =
        [store.session([1; 32]).await, store.session([2; 32]).await, store.session([3; 32]).await]
            .map(|found| found.expect("store readable").is_some());
    assert_eq!(left, [true, false, true], "one that nobody used has ended");
    assert_eq!(store.end_session([1; 32], Some(&audit_context(4))).await, Ok(true));
    assert_eq!(
        store.end_session([1; 32], Some(&audit_context(5))).await,
        Ok(false),
        "it ends once"
    );
    store.see_session([1; 32], 50).await.expect("save succeeds");
    assert_eq!(store.session([1; 32]).await, Ok(None), "what has ended stays ended");
    let audit = store.audit(0, 20).await.expect("store readable");
    let said: Vec<&str> = audit.iter().map(|entry| entry.what.as_str()).collect();
    assert_eq!(said, ["invite", "invite", "role", "sign in", "sign in", "sign in", "sign out"]);
}

/// If many add the same login at once, one succeeds; the account of a person who left is not
/// overwritten.
pub async fn a_login_is_given_once(store: &(impl DoorStore + Custody)) {
    let one = staff("ann", ADMINISTRATOR);
    let add = async |name: String| {
        store
            .add_staff(
                &StaffRow { name, ..one.clone() },
                ChangedBy::Operator,
                "invite",
                &audit_context(1),
            )
            .await
            .expect("write is accepted")
    };
    let added = join_all(["a", "b", "c", "d"].map(|name| add(name.into()))).await;
    assert_eq!(added.iter().filter(|change| **change == StaffChange::Done).count(), 1);
    let left = StaffRow { is_active: false, password: None, ..staff("ann", ADMINISTRATOR) };
    assert_eq!(
        store.change_staff(&left, ChangedBy::Operator, "leave", &audit_context(2)).await,
        Ok(StaffChange::Done)
    );
    assert_eq!(
        store.add_staff(&one, ChangedBy::Operator, "invite", &audit_context(3)).await,
        Ok(StaffChange::Overtaken)
    );
    assert_eq!(store.person("ann").await.map(|row| row.map(|row| row.is_active)), Ok(Some(false)));
    assert_eq!(store.last_audit_number().await, Ok(2), "what was not done is not written down");
}

/// An acceptance that is in flight while the person is removed changes nothing, in whichever order
/// the two are executed.
pub async fn who_was_removed_stays_removed_whoever_accepts_at_that_moment(
    store: &(impl DoorStore + Custody),
) {
    add(store, &staff("ann", ADMINISTRATOR)).await;
    for round in 0..12 {
        let login = format!("bo{round}");
        add(store, &invited(&login, 1)).await;
        let removed =
            StaffRow { is_active: false, password: None, invitation: None, ..invited(&login, 1) };
        let accepted = StaffRow {
            password: PasswordHash::of("chosen".into()),
            invitation: None,
            ..invited(&login, 1)
        };
        let (zero, one, two) = (audit_context(2), audit_context(3), audit_context(4));
        let leave = store.change_staff(&removed, by("ann"), "leave", &zero);
        let accept = store.change_staff(&accepted, ChangedBy::Themselves, "password", &one);
        let again = store.change_staff(&accepted, ChangedBy::Themselves, "password", &two);
        let (leave, accept, again) = if round % 2 == 0 {
            tokio::join!(leave, accept, again)
        } else {
            let (accept, again, leave) = tokio::join!(accept, again, leave);
            (leave, accept, again)
        };
        let done = [&leave, &accept, &again]
            .iter()
            .filter(|change| ***change == Ok(StaffChange::Done))
            .count();
        assert_eq!(
            done, 1,
            "all three were decided on one state of the row, so one of them counts"
        );
        let row = store.person(&login).await.expect("store readable").expect("it was added");
        assert_eq!(row.is_active, leave != Ok(StaffChange::Done));
        assert_eq!((row.password.is_some(), row.version), (row.is_active, 1));
    }
}

/// If two administrators demote each other at once, one succeeds, and the other no longer has the
/// right.
pub async fn administrators_who_demote_each_other_at_once_leave_one(
    store: &(impl DoorStore + Custody),
) {
    for round in 0..8 {
        let (ann, bo) = (format!("ann{round}"), format!("bo{round}"));
        add(store, &staff(&ann, ADMINISTRATOR)).await;
        add(store, &staff(&bo, ADMINISTRATOR)).await;
        let (no_ann, no_bo) = (
            staff(&ann, 0),
            StaffRow { is_active: false, password: None, ..staff(&bo, ADMINISTRATOR) },
        );
        let (one, two) = (audit_context(2), audit_context(3));
        let (of_ann, of_bo) = tokio::join!(
            store.change_staff(&no_ann, by(&bo), "role", &one),
            store.change_staff(&no_bo, by(&ann), "leave", &two)
        );
        let mut changes = [of_ann.expect("write is accepted"), of_bo.expect("write is accepted")];
        changes.sort_by_key(|change| *change != StaffChange::Done);
        assert_eq!(changes, [StaffChange::Done, StaffChange::NotAllowed]);
    }
}

/// An administrator counts only if they can sign in: with a password, or with a work account where
/// those are configured.
pub async fn an_administrator_who_can_sign_in_is_always_left(store: &(impl DoorStore + Custody)) {
    // Ann once signed in with a work account and has no password.
    add(store, &StaffRow { password: None, ..staff("ann", ADMINISTRATOR) }).await;
    add(store, &staff("bo", ADMINISTRATOR)).await;
    add(store, &invited("cy", ADMINISTRATOR)).await;
    let no_bo = staff("bo", 0);
    assert_eq!(
        store.change_staff(&no_bo, by("ann"), "role", &audit_context(2)).await,
        Ok(StaffChange::LastAdministrator)
    );
    assert_eq!(
        store.person("bo").await,
        Ok(Some(staff("bo", ADMINISTRATOR))),
        "nothing was changed"
    );
    assert_eq!(store.last_audit_number().await, Ok(3), "and nothing written down");
    let with_work_accounts = ChangedBy::Administrator { login: "ann", has_work_accounts: true };
    assert_eq!(
        store.change_staff(&no_bo, with_work_accounts, "role", &audit_context(3)).await,
        Ok(StaffChange::Done)
    );
    assert_eq!(
        store.add_staff(&staff("dee", 0), by("bo"), "invite", &audit_context(4)).await,
        Ok(StaffChange::NotAllowed)
    );
    assert_eq!(store.person("dee").await, Ok(None));
}

/// The token of the console is valid only while there are no staff; of two who use it at once, one
/// succeeds.
pub async fn a_first_token_that_two_have_makes_one_administrator(
    store: &(impl DoorStore + Custody),
) {
    add(store, &invited("cy", ADMINISTRATOR)).await;
    add(store, &StaffRow { is_active: false, password: None, ..staff("dee", ADMINISTRATOR) }).await;
    let first = async |login: &'static str| {
        let row = staff(login, ADMINISTRATOR);
        store
            .add_staff(&row, ChangedBy::FirstToken, "first administrator", &audit_context(2))
            .await
            .expect("write is accepted")
    };
    assert_eq!(
        first("dee").await,
        StaffChange::Overtaken,
        "and whoever had a login is not written over"
    );
    let mut changes = join_all(["ann", "bo", "eve", "fay"].map(first)).await;
    changes.sort_by_key(|change| *change != StaffChange::Done);
    assert_eq!(
        changes,
        [
            StaffChange::Done,
            StaffChange::NotAllowed,
            StaffChange::NotAllowed,
            StaffChange::NotAllowed
        ]
    );
    assert_eq!(
        store
            .staff()
            .await
            .map(|all| all.iter().filter(|row| row.is_active && row.password.is_some()).count()),
        Ok(1)
    );
}

/// A change ends all sessions in its transaction, and a sign-in that was decided on the previous
/// version of the row begins none afterwards.
pub async fn sessions_end_with_the_change_and_none_begins_on_a_row_from_before(
    store: &(impl DoorStore + Custody),
) {
    for (number, login) in ["ann", "bo"].into_iter().enumerate() {
        add(store, &staff(login, 1)).await;
        let byte = number as u8;
        assert_eq!(
            store.begin_session([byte; 32], &session(login, 10), 0, &audit_context(2)).await,
            Ok(true)
        );
        assert_eq!(store.begin_half_session([byte + 10; 32], &half(login)).await, Ok(true));
    }
    assert_eq!(
        store.change_staff(&staff("ann", 0), ChangedBy::Operator, "role", &audit_context(3)).await,
        Ok(StaffChange::Done)
    );
    assert_eq!(
        (store.session([0; 32]).await, store.half_session([10; 32]).await),
        (Ok(None), Ok(None))
    );
    assert_eq!(store.session([1; 32]).await, Ok(Some(session("bo", 10))), "nobody else's");
    assert_eq!(store.half_session([11; 32]).await, Ok(Some(half("bo"))));
    let acts = store.last_audit_number().await;
    assert_eq!(
        store.begin_session([4; 32], &session("ann", 10), 0, &audit_context(4)).await,
        Ok(false),
        "decided on the row from before"
    );
    assert_eq!(store.begin_half_session([5; 32], &half("ann")).await, Ok(false));
    assert_eq!(
        (
            store.session([4; 32]).await,
            store.half_session([5; 32]).await,
            store.last_audit_number().await
        ),
        (Ok(None), Ok(None), acts)
    );
    assert_eq!(
        store.begin_session([4; 32], &session("ann", 10), 1, &audit_context(4)).await,
        Ok(true)
    );
    let left = StaffRow { is_active: false, version: 1, ..staff("ann", 0) };
    assert_eq!(
        store.change_staff(&left, ChangedBy::Operator, "leave", &audit_context(5)).await,
        Ok(StaffChange::Done)
    );
    assert_eq!(
        store.begin_session([6; 32], &session("ann", 10), 2, &audit_context(6)).await,
        Ok(false),
        "who left begins none"
    );
    assert_eq!(
        store.begin_session([6; 32], &session("zoe", 10), 0, &audit_context(6)).await,
        Ok(false),
        "nor does nobody"
    );
}

fn set_up() -> SecondProof {
    SecondProof::SetUp { sealed: vec![1, 2, 3], step: 100, spare_codes: vec![[1; 32], [2; 32]] }
}

/// Turns the half session of a seed into a session; returns whether the proof was accepted.
async fn complete(store: &impl DoorStore, seed: u8, login: &str, proof: SecondProof) -> bool {
    store
        .complete_sign_in(
            [seed; 32],
            &proof,
            [seed + 100; 32],
            &session(login, 10),
            &audit_context(2),
        )
        .await
        .expect("write is accepted")
}

/// A half session becomes a session once, with a proof that is valid once, also under concurrent
/// requests.
pub async fn a_half_session_opens_once_with_a_proof_that_counts_once(
    store: &(impl DoorStore + Custody),
) {
    add(store, &staff("ann", 1)).await;
    add(store, &staff("bo", 1)).await;
    let begin = async |seed: u8| {
        assert_eq!(store.begin_half_session([seed; 32], &half("ann")).await, Ok(true))
    };
    let complete = async |seed, login, proof| complete(store, seed, login, proof).await;
    begin(1).await;
    assert!(!complete(1, "bo", set_up()).await, "it is Ann's");
    assert!(!complete(1, "ann", SecondProof::Step(100)).await, "there is none yet");
    assert!(complete(1, "ann", set_up()).await);
    assert!(!complete(1, "ann", SecondProof::Step(101)).await, "the half session has ended");
    let factor = SecondFactorRow {
        login: "ann".into(),
        sealed: vec![1, 2, 3],
        last_step: 100,
        spare_codes: 2,
    };
    assert_eq!(store.second_factor("ann").await, Ok(Some(factor.clone())));
    assert_eq!(
        (store.second_factor("bo").await, store.second_factors().await),
        (Ok(None), Ok(vec![factor]))
    );
    begin(2).await;
    assert!(!complete(2, "ann", set_up()).await, "one that stands is not written over");
    assert!(!complete(2, "ann", SecondProof::Step(100)).await, "the code that set it up was used");
    assert_eq!(store.session([102; 32]).await, Ok(None));
    for seed in 3..7 {
        begin(seed).await;
    }
    let used = join_all((2..7).map(|seed| complete(seed, "ann", SecondProof::Step(101)))).await;
    assert_eq!(used.iter().filter(|is_used| **is_used).count(), 1, "a code counts once");
    for seed in 10..14 {
        begin(seed).await;
    }
    let used =
        join_all((10..14).map(|seed| complete(seed, "ann", SecondProof::SpareCode([1; 32])))).await;
    assert_eq!(used.iter().filter(|is_used| **is_used).count(), 1, "and so does a spare code");
    begin(20).await;
    assert_eq!(
        store.change_staff(&staff("ann", 1), ChangedBy::Operator, "role", &audit_context(3)).await,
        Ok(StaffChange::Done)
    );
    assert!(
        !complete(20, "ann", SecondProof::Step(102)).await,
        "whose row was changed signs in anew"
    );
    store.end_sessions_before(NEVER_MS).await.expect("write is accepted");
}

/// The number of attempts at a code is limited, also under concurrent requests.
pub async fn tries_at_a_code_are_bounded_also_at_once(store: &impl DoorStore) {
    add(store, &staff("ann", 1)).await;
    assert_eq!(store.begin_half_session([1; 32], &half("ann")).await, Ok(true));
    let counted = join_all((0..12).map(|_| store.count_try([1; 32], 5))).await;
    assert_eq!(counted.into_iter().filter(|counted| *counted == Ok(true)).count(), 5);
    assert_eq!(
        store.half_session([1; 32]).await.map(|half| half.map(|half| half.tries)),
        Ok(Some(5))
    );
    assert_eq!(store.count_try([2; 32], 5).await, Ok(false), "there is none");
    store.end_sessions_before(6).await.expect("write is accepted");
    assert_eq!(store.half_session([1; 32]).await, Ok(None), "and it ends by itself");
}

/// A reset removes the second factor, the printed codes and the sessions.
pub async fn who_is_reset_has_no_second_factor_and_no_spare_codes(
    store: &(impl DoorStore + Custody),
) {
    add(store, &staff("ann", 1)).await;
    assert_eq!(store.begin_half_session([1; 32], &half("ann")).await, Ok(true));
    assert_eq!(
        store
            .complete_sign_in([1; 32], &set_up(), [2; 32], &session("ann", 10), &audit_context(2))
            .await,
        Ok(true)
    );
    let before = StaffRow { version: 7, ..staff("ann", 1) };
    assert_eq!(
        store.reset_staff(&before, ChangedBy::Operator, "reset", &audit_context(3)).await,
        Ok(StaffChange::Overtaken)
    );
    assert_eq!(store.second_factor("ann").await.map(|factor| factor.is_some()), Ok(true));
    assert_eq!(
        store.reset_staff(&staff("ann", 1), ChangedBy::Operator, "reset", &audit_context(3)).await,
        Ok(StaffChange::Done)
    );
    assert_eq!(
        (store.second_factor("ann").await, store.session([2; 32]).await),
        (Ok(None), Ok(None))
    );
    let again = HalfSessionRow { staff_version: 1, ..half("ann") };
    assert_eq!(store.begin_half_session([3; 32], &again).await, Ok(true));
    let spare = store
        .complete_sign_in(
            [3; 32],
            &SecondProof::SpareCode([1; 32]),
            [4; 32],
            &session("ann", 10),
            &audit_context(4),
        )
        .await;
    assert_eq!(spare, Ok(false), "a sheet from before opens nothing");
}

/// Only an administrator changes a setting, and only if it still has the value that they saw.
pub async fn only_an_administrator_changes_a_setting(store: &(impl DoorStore + Custody)) {
    add(store, &staff("ann", ADMINISTRATOR)).await;
    add(store, &staff("bo", 2)).await;
    assert_eq!(store.setting("second factor").await, Ok(None));
    assert_eq!(
        store
            .change_setting("second factor", ["managers", "off"], by("bo"), &audit_context(2))
            .await,
        Ok(StaffChange::NotAllowed)
    );
    for [shown, value] in [["managers", "everybody"], ["everybody", "managers"]] {
        assert_eq!(
            store
                .change_setting("second factor", [shown, value], by("ann"), &audit_context(2))
                .await,
            Ok(StaffChange::Done)
        );
        assert_eq!(store.setting("second factor").await, Ok(Some(value.into())));
    }
    let stale = store
        .change_setting("second factor", ["everybody", "off"], by("ann"), &audit_context(2))
        .await;
    assert_eq!(stale, Ok(StaffChange::Overtaken), "whoever saw another value is told");
    assert_eq!(
        (store.setting("another").await, store.last_audit_number().await),
        (Ok(None), Ok(4))
    );
}
