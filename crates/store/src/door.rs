//! Staff accounts, sessions, second factors and settings. Every change names the version of the row
//! that it was decided on, and is refused if the row has changed since.

mod statements;

pub(super) use statements::{
    begin_session, bound_staff, change_staff, door, factor_columns, has_administrator, may_change,
    staff_columns,
};

use super::StoreFault;
use super::custody::AuditContext;
use std::fmt;
use std::future::Future;

/// Number of the role that manages staff, as in `office::staff::Role`.
pub const ADMINISTRATOR: i64 = 3;

/// A password hash: Argon2id in PHC format. An account without password has none.
#[derive(Clone, PartialEq, Eq)]
pub struct PasswordHash(String);

impl PasswordHash {
    /// Returns `None` for an empty text, which is how the table stores that there is no password.
    pub fn of(text: String) -> Option<Self> {
        (!text.is_empty()).then_some(Self(text))
    }

    /// The hash in PHC format.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PasswordHash")
    }
}

/// An invitation that has not been accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invitation {
    /// SHA-256 of the secret in its link.
    pub hash: [u8; 32],
    /// When it expires, in milliseconds since 1970.
    pub until_ms: u64,
}

/// A staff account as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StaffRow {
    /// The name for signing in and in the audit log. Never reused for another person.
    pub login: String,
    /// The person's name.
    pub name: String,
    /// Number of a role; `office::staff` defines its rights.
    pub role: i64,
    /// Which inquiries the person may read, as `office::staff::Scope` writes it.
    pub scope: String,
    /// `None` until the person has set one, and for those who use only a work account.
    pub password: Option<PasswordHash>,
    /// `None` once the invitation has been accepted.
    pub invitation: Option<Invitation>,
    /// False if the person has left.
    pub is_active: bool,
    /// Number of changes of the row. A change names the version that it was decided on.
    pub version: u64,
}

impl StaffRow {
    /// Whether the invitation was accepted, with a password or with a work account.
    pub fn has_begun(&self) -> bool {
        self.password.is_some() || self.invitation.is_none()
    }
}

/// On whose authority something is changed. Checked in the transaction that makes the change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChangedBy<'a> {
    /// A person who must still be an administrator. After the change there must be an administrator
    /// who can sign in; one without password counts only where work accounts are configured.
    Administrator {
        /// The administrator's login.
        login: &'a str,
        /// Whether work accounts are configured.
        has_work_accounts: bool,
    },
    /// The person themselves, with their invitation, password or session. The row's version shows
    /// that it is still valid.
    Themselves,
    /// A person with the token from the server's console, which is valid only while there are no
    /// staff.
    FirstToken,
    /// The operator of the server, on its machine.
    Operator,
}

/// Result of a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StaffChange {
    /// The change was made.
    Done,
    /// Another change of the row came first, or the login is taken.
    Overtaken,
    /// The person who asked for it does not have the right, or no longer has it.
    NotAllowed,
    /// No administrator who can sign in would be left.
    LastAdministrator,
}

/// A session as stored: the browser has the secret, the store only its hash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionRow {
    /// Login of the person.
    pub login: String,
    /// When it began, in milliseconds since 1970.
    pub began_ms: u64,
    /// When it was last used, in milliseconds since 1970.
    pub seen_ms: u64,
}

/// A sign-in after the right password that still needs a code of the second factor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HalfSessionRow {
    /// Login of the person.
    pub login: String,
    /// Version of the account when the password was checked.
    pub staff_version: u64,
    /// When it began, in milliseconds since 1970.
    pub began_ms: u64,
    /// Number of codes tried.
    pub tries: u32,
    /// How the sign-in began, for the audit log.
    pub reason: String,
    /// The page to return to after the sign-in.
    pub back: String,
    /// The secret of the second factor that is being set up, sealed; empty if a code of an existing
    /// one is asked for.
    pub sealed: Vec<u8>,
}

/// The second factor of a staff member.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SecondFactorRow {
    /// Login of the person.
    pub login: String,
    /// The secret, sealed.
    pub sealed: Vec<u8>,
    /// Time step of the last code used. Codes of this step and earlier ones are refused.
    pub last_step: u64,
    /// Number of printed codes that are unused.
    pub spare_codes: u64,
}

/// What completes a sign-in besides the password.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SecondProof {
    /// The code of a time step later than the last one used.
    Step(u64),
    /// A printed code, by its hash.
    SpareCode([u8; 32]),
    /// The first code of a second factor that is set up with this sign-in.
    SetUp {
        /// The new secret, sealed.
        sealed: Vec<u8>,
        /// Time step of the first code.
        step: u64,
        /// Hashes of the printed codes.
        spare_codes: Vec<[u8; 32]>,
    },
}

/// What a store does for staff accounts and sign-in. Every implementation passes the contract's
/// checks of it.
pub trait DoorStore: Send + Sync + 'static {
    /// All staff, including those who left, in order of their logins.
    fn staff(&self) -> impl Future<Output = Result<Vec<StaffRow>, StoreFault>> + Send;

    /// The account with a login, also of a person who left; `None` if there is none.
    fn person(
        &self,
        login: &str,
    ) -> impl Future<Output = Result<Option<StaffRow>, StoreFault>> + Send;

    /// Adds an account. Returns `Overtaken` if the login is taken, also by a person who left.
    fn add_staff(
        &self,
        staff: &StaffRow,
        by: ChangedBy<'_>,
        what: &str,
        audit: &AuditContext,
    ) -> impl Future<Output = Result<StaffChange, StoreFault>> + Send;

    /// Changes an account if its row still has this version, and increments the version. Ends all
    /// of the person's sessions and half sessions.
    fn change_staff(
        &self,
        staff: &StaffRow,
        by: ChangedBy<'_>,
        what: &str,
        audit: &AuditContext,
    ) -> impl Future<Output = Result<StaffChange, StoreFault>> + Send;

    /// Removes a person's second factor and printed codes; otherwise as `change_staff`.
    fn reset_staff(
        &self,
        staff: &StaffRow,
        by: ChangedBy<'_>,
        what: &str,
        audit: &AuditContext,
    ) -> impl Future<Output = Result<StaffChange, StoreFault>> + Send;

    /// Begins a session. Returns false if the account has another version by now, or the person
    /// left.
    fn begin_session(
        &self,
        hash: [u8; 32],
        session: &SessionRow,
        staff_version: u64,
        audit: &AuditContext,
    ) -> impl Future<Output = Result<bool, StoreFault>> + Send;

    /// The session with a secret's hash; `None` if there is none.
    fn session(
        &self,
        hash: [u8; 32],
    ) -> impl Future<Output = Result<Option<SessionRow>, StoreFault>> + Send;

    /// Records that a session was used. Does nothing if it has ended.
    fn see_session(
        &self,
        hash: [u8; 32],
        seen_ms: u64,
    ) -> impl Future<Output = Result<(), StoreFault>> + Send;

    /// Ends a session. With an audit context, records it in the audit log. Returns false if there
    /// was no session.
    fn end_session(
        &self,
        hash: [u8; 32],
        audit: Option<&AuditContext>,
    ) -> impl Future<Output = Result<bool, StoreFault>> + Send;

    /// Ends sessions last used before `before_ms`, and half sessions that began before it.
    fn end_sessions_before(
        &self,
        before_ms: u64,
    ) -> impl Future<Output = Result<(), StoreFault>> + Send;

    /// Begins a half session. Returns false if the account has another version by now, or the
    /// person left.
    fn begin_half_session(
        &self,
        hash: [u8; 32],
        half: &HalfSessionRow,
    ) -> impl Future<Output = Result<bool, StoreFault>> + Send;

    /// The half session with a secret's hash; `None` if there is none.
    fn half_session(
        &self,
        hash: [u8; 32],
    ) -> impl Future<Output = Result<Option<HalfSessionRow>, StoreFault>> + Send;

    /// Counts an attempt at a code, before the code is checked. Returns false if there were `most`
    /// attempts already.
    fn count_try(
        &self,
        hash: [u8; 32],
        most: u32,
    ) -> impl Future<Output = Result<bool, StoreFault>> + Send;

    /// A person's second factor; `None` if none is set up.
    fn second_factor(
        &self,
        login: &str,
    ) -> impl Future<Output = Result<Option<SecondFactorRow>, StoreFault>> + Send;

    /// All second factors, in order of their logins.
    fn second_factors(
        &self,
    ) -> impl Future<Output = Result<Vec<SecondFactorRow>, StoreFault>> + Send;

    /// Turns a half session into a session and uses up the proof. Returns false, and changes
    /// nothing, if the proof was used before, the account has another version, or the half session
    /// has ended.
    fn complete_sign_in(
        &self,
        half: [u8; 32],
        proof: &SecondProof,
        hash: [u8; 32],
        session: &SessionRow,
        audit: &AuditContext,
    ) -> impl Future<Output = Result<bool, StoreFault>> + Send;

    /// The value of a setting; `None` if it was never set.
    fn setting(
        &self,
        name: &str,
    ) -> impl Future<Output = Result<Option<String>, StoreFault>> + Send;

    /// Changes a setting. `shown_and_value` is the value that the person saw and the new value.
    /// Returns `Overtaken` if another value than the one they saw is stored.
    fn change_setting(
        &self,
        name: &str,
        shown_and_value: [&str; 2],
        by: ChangedBy<'_>,
        audit: &AuditContext,
    ) -> impl Future<Output = Result<StaffChange, StoreFault>> + Send;
}
