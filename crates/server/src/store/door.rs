//! The door's part of a store: who works with the office, who is signed in, and what it takes to be.
//! Every change names the state that it was decided on and is not made when that state has passed.

mod statements;

pub(super) use statements::{
    begin_session, bound_staff, change_staff, door, factor_columns, has_administrator, may_change,
    staff_columns,
};

use super::StoreFault;
use super::custody::Deed;
use std::fmt;
use std::future::Future;

/// The number of the role that says who works here, as `office::staff::Role` has it.
pub(crate) const ADMINISTRATOR: i64 = 3;

/// A password as it is kept: Argon2id in the PHC format. Who has none has none of these.
#[derive(Clone, PartialEq, Eq)]
pub struct PasswordHash(String);

impl PasswordHash {
    /// Returns `None` for the empty text, which is how the table says that there is no password.
    pub fn of(text: String) -> Option<Self> {
        (!text.is_empty()).then_some(Self(text))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PasswordHash")
    }
}

/// An invitation that has not been taken up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invitation {
    /// SHA-256 of the secret in its link.
    pub hash: [u8; 32],
    pub until_ms: u64,
}

/// Somebody who works with the office, as kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StaffRow {
    /// What they sign in with, and what stands beside their deeds. Never given to another person.
    pub login: String,
    pub name: String,
    /// The number of a role; `office::staff` knows what each may do.
    pub role: i64,
    /// Whose inquiries they read, as `office::staff::Scope` writes it.
    pub scope: String,
    pub password: Option<PasswordHash>,
    pub invitation: Option<Invitation>,
    pub is_active: bool,
    /// How often the row was changed. A change names the version that it was decided on.
    pub version: u64,
}

impl StaffRow {
    /// Whether the invitation was taken up: with a password, or with a work account.
    pub fn has_begun(&self) -> bool {
        self.password.is_some() || self.invitation.is_none()
    }
}

/// On whose word something is changed. It is looked at in the transaction that changes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChangedBy<'a> {
    /// Somebody who must still be an administrator then. An administrator who can sign in must be
    /// left afterwards; with a work account only where those are configured.
    Administrator { login: &'a str, has_work_accounts: bool },
    /// The person, with what they were given. That it still holds is in the row's version.
    Themselves,
    /// Whoever has the token of the console, which counts only while nobody works here.
    FirstToken,
    /// Whoever runs the server, at its machine.
    Operator,
}

/// What a change came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StaffChange {
    Done,
    /// Somebody else changed the row first, or the login is taken.
    Overtaken,
    /// Whoever asked for it may not, or no longer.
    NotAllowed,
    /// Nobody would be left who says who works here.
    LastAdministrator,
}

/// A session as kept: the browser has the secret, the store only its hash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionRow {
    pub login: String,
    pub began_ms: u64,
    pub seen_ms: u64,
}

/// Somebody who gave the right password and has still to give a code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HalfSessionRow {
    pub login: String,
    /// The version of their row when the password was right.
    pub staff_version: u64,
    pub began_ms: u64,
    pub tries: u32,
    /// How the sign-in began, for the audit.
    pub reason: String,
    /// The page that was asked for.
    pub back: String,
    /// The secret that is being set up, sealed; empty where a code of one that stands is asked for.
    pub sealed: Vec<u8>,
}

/// Somebody's second factor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SecondFactorRow {
    pub login: String,
    pub sealed: Vec<u8>,
    /// Of the last code that was used; none up to it counts again.
    pub last_step: u64,
    pub spare_codes: u64,
}

/// What completes a sign-in, besides the password.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SecondProof {
    /// The code of a step after the last that was used.
    Step(u64),
    /// One of the printed codes, by its hash.
    SpareCode([u8; 32]),
    /// The first code of a factor that stands from now on.
    SetUp { sealed: Vec<u8>, step: u64, spare_codes: Vec<[u8; 32]> },
}

/// The door's own part of a store. Every implementation passes the contract's fourth part.
pub trait DoorStore: Send + Sync + 'static {
    /// Everybody, also who left, in order of their logins.
    fn staff(&self) -> impl Future<Output = Result<Vec<StaffRow>, StoreFault>> + Send;

    /// Who has a login, also who left.
    fn person(
        &self,
        login: &str,
    ) -> impl Future<Output = Result<Option<StaffRow>, StoreFault>> + Send;

    /// Adds somebody. `Overtaken` if the login is taken, also by somebody who left.
    fn add_staff(
        &self,
        staff: &StaffRow,
        by: ChangedBy<'_>,
        what: &str,
        deed: &Deed,
    ) -> impl Future<Output = Result<StaffChange, StoreFault>> + Send;

    /// Changes somebody whose row still has this version; its next version is one more. Ends all of
    /// their sessions, whole and half.
    fn change_staff(
        &self,
        staff: &StaffRow,
        by: ChangedBy<'_>,
        what: &str,
        deed: &Deed,
    ) -> impl Future<Output = Result<StaffChange, StoreFault>> + Send;

    /// Takes somebody's second factor away, with its spare codes; else as `change_staff`.
    fn reset_staff(
        &self,
        staff: &StaffRow,
        by: ChangedBy<'_>,
        what: &str,
        deed: &Deed,
    ) -> impl Future<Output = Result<StaffChange, StoreFault>> + Send;

    /// Begins a session. False if the person's row has another version by now, or they left.
    fn begin_session(
        &self,
        hash: [u8; 32],
        session: &SessionRow,
        staff_version: u64,
        deed: &Deed,
    ) -> impl Future<Output = Result<bool, StoreFault>> + Send;

    fn session(
        &self,
        hash: [u8; 32],
    ) -> impl Future<Output = Result<Option<SessionRow>, StoreFault>> + Send;

    /// Says that a session is in use. One that has ended stays ended.
    fn see_session(
        &self,
        hash: [u8; 32],
        seen_ms: u64,
    ) -> impl Future<Output = Result<(), StoreFault>> + Send;

    /// Ends a session; writes down who did, if somebody did. False if there was none.
    fn end_session(
        &self,
        hash: [u8; 32],
        deed: Option<&Deed>,
    ) -> impl Future<Output = Result<bool, StoreFault>> + Send;

    /// Ends the sessions that were last seen before a moment, and the half sessions that began before it.
    fn end_sessions_before(
        &self,
        before_ms: u64,
    ) -> impl Future<Output = Result<(), StoreFault>> + Send;

    /// Begins a half session. False if the person's row has another version by now, or they left.
    fn begin_half_session(
        &self,
        hash: [u8; 32],
        half: &HalfSessionRow,
    ) -> impl Future<Output = Result<bool, StoreFault>> + Send;

    fn half_session(
        &self,
        hash: [u8; 32],
    ) -> impl Future<Output = Result<Option<HalfSessionRow>, StoreFault>> + Send;

    /// Counts a try at a code before it is looked at. False if there were that many already.
    fn count_try(
        &self,
        hash: [u8; 32],
        most: u32,
    ) -> impl Future<Output = Result<bool, StoreFault>> + Send;

    fn second_factor(
        &self,
        login: &str,
    ) -> impl Future<Output = Result<Option<SecondFactorRow>, StoreFault>> + Send;

    /// Everybody's, in order of their logins.
    fn second_factors(
        &self,
    ) -> impl Future<Output = Result<Vec<SecondFactorRow>, StoreFault>> + Send;

    /// Turns a half session into a session, and uses the proof up. False, with nothing changed, if the
    /// proof was used before, the person's row has another version, or the half session has ended.
    fn complete_sign_in(
        &self,
        half: [u8; 32],
        proof: &SecondProof,
        hash: [u8; 32],
        session: &SessionRow,
        deed: &Deed,
    ) -> impl Future<Output = Result<bool, StoreFault>> + Send;

    fn setting(
        &self,
        name: &str,
    ) -> impl Future<Output = Result<Option<String>, StoreFault>> + Send;

    fn change_setting(
        &self,
        name: &str,
        shown_and_value: [&str; 2],
        by: ChangedBy<'_>,
        deed: &Deed,
    ) -> impl Future<Output = Result<StaffChange, StoreFault>> + Send;
}
