//! Staff accounts from the command line: for the first people, and for an administrator who is
//! locked out.

use office::staff::{Role, Scope, Staff, invitation_path, login_of, new_invitation};
use store::{AuditContext, ChangedBy, DoorStore, StaffChange, StaffRow};
use vault::now_ms;

/// All staff, one per line.
pub(crate) async fn list(store: &impl DoorStore) -> Result<String, String> {
    let said = |fault: store::StoreFault| fault.to_string();
    let factors: Vec<String> = store
        .second_factors()
        .await
        .map_err(said)?
        .into_iter()
        .map(|factor| factor.login)
        .collect();
    let line = |row: StaffRow| {
        let role = Role::of_number(row.role).map_or("unknown role", Role::name);
        let state = match (Staff::of(&row).is_some(), row.has_begun(), row.password.is_some()) {
            (false, ..) => "left",
            (true, false, _) => "invited",
            (true, true, true) => "password",
            (true, true, false) => "work account",
        };
        let factor = if factors.contains(&row.login) { ", second factor" } else { "" };
        format!("{}  {}  {role}, reads {}, {state}{factor}", row.login, row.name, row.scope)
    };
    let lines: Vec<String> = store.staff().await.map_err(said)?.into_iter().map(line).collect();
    Ok(if lines.is_empty() {
        "No one works in the office yet. Start the server: it prints a token for the first administrator.".into()
    } else {
        lines.join("\n")
    })
}

/// A person to invite.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewPerson {
    /// The username.
    pub login: String,
    /// The name that colleagues see.
    pub name: String,
    /// What they may do.
    pub role: Role,
    /// Whose inquiries they read.
    pub scope: Scope,
}

fn nobody(login: &str) -> String {
    format!("No one has the username “{login}”. To see who does: community-hub staff list")
}

async fn person(store: &impl DoorStore, login: &str) -> Result<StaffRow, String> {
    let found = match login_of(login) {
        Some(login) => store.person(&login).await.map_err(|fault| fault.to_string())?,
        None => None,
    };
    found.ok_or_else(|| nobody(login))
}

/// What a change has in the audit log. The list of password sign-ins reads the first word.
fn about(row: &StaffRow, audit: &AuditContext) -> AuditContext {
    let role = Role::of_number(row.role).map_or("", Role::name);
    let reason = format!("{} as {role}, reads {}; {}", row.login, row.scope, audit.reason);
    AuditContext { reason, ..audit.clone() }
}

/// The result of a change in words.
fn done(change: StaffChange, said: String) -> Result<String, String> {
    match change {
        StaffChange::Done => Ok(said),
        StaffChange::LastAdministrator => Err(LAST.into()),
        StaffChange::Overtaken | StaffChange::NotAllowed => Err(
            "Someone else changed this person at the same moment. Nothing was done: run this again."
                .into(),
        ),
    }
}

const LAST: &str = "No administrator would remain. Nothing was done: make someone else an administrator first, with community-hub staff role LOGIN administrator";

/// Fails if nobody but this person could manage staff.
async fn check_not_last(store: &impl DoorStore, login: &str) -> Result<(), String> {
    let staff = store.staff().await.map_err(|fault| fault.to_string())?;
    let is_administrator = |row: &StaffRow| {
        row.is_active && row.has_begun() && Role::of_number(row.role) == Some(Role::Administrator)
    };
    let was = staff.iter().any(|row| row.login == login && is_administrator(row));
    let others = staff.iter().any(|row| row.login != login && is_administrator(row));
    if was && !others { Err(LAST.into()) } else { Ok(()) }
}

/// The link of an invitation, with what to do with it.
fn link(row: &StaffRow, secret: &str, public_url: Option<&str>) -> String {
    let link = format!(
        "{}{}",
        public_url.unwrap_or_default().trim_end_matches('/'),
        invitation_path(&row.login, secret)
    );
    let address = if public_url.is_some() { "" } else { " Put this server’s address before it." };
    format!("Give this link to {}. It works once, within three days.{address}\n{link}", row.name)
}

/// Invites a person, as an administrator does in the office.
pub(crate) async fn invite(
    store: &impl DoorStore,
    person: &NewPerson,
    public_url: Option<&str>,
    audit: AuditContext,
) -> Result<String, String> {
    let (secret, invitation) = new_invitation(now_ms());
    let row = StaffRow {
        login: person.login.clone(),
        name: person.name.clone(),
        role: person.role.number(),
        scope: person.scope.text(),
        password: None,
        invitation: Some(invitation),
        is_active: true,
        version: 0,
    };
    let change = store
        .add_staff(&row, ChangedBy::Operator, "invite", &about(&row, &audit))
        .await
        .map_err(|fault| fault.to_string())?;
    match change {
        StaffChange::Overtaken => {
            Err(format!("Someone has the username “{}” already. Nothing was done.", row.login))
        }
        change => done(change, link(&row, &secret, public_url)),
    }
}

/// Changes what a person may do, and ends their sessions.
pub(crate) async fn change_role(
    store: &impl DoorStore,
    login: &str,
    role: Role,
    scope: Option<Scope>,
    audit: AuditContext,
) -> Result<String, String> {
    let mut row = person(store, login).await?;
    if role < Role::Administrator {
        check_not_last(store, &row.login).await?;
    }
    row.role = role.number();
    row.scope = scope.map_or(row.scope, |scope| scope.text());
    let change = store
        .change_staff(&row, ChangedBy::Operator, "role", &about(&row, &audit))
        .await
        .map_err(|fault| fault.to_string())?;
    let role = role.name();
    done(
        change,
        format!("{} is {role} now and reads {}. They must sign in again.", row.name, row.scope),
    )
}

/// Ends a person's access.
pub(crate) async fn remove(
    store: &impl DoorStore,
    login: &str,
    audit: AuditContext,
) -> Result<String, String> {
    let mut row = person(store, login).await?;
    check_not_last(store, &row.login).await?;
    (row.is_active, row.password, row.invitation) = (false, None, None);
    let change = store
        .reset_staff(&row, ChangedBy::Operator, "leave", &about(&row, &audit))
        .await
        .map_err(|fault| fault.to_string())?;
    done(
        change,
        format!("{} no longer has access, and all of their sessions have ended.", row.name),
    )
}

/// Resets an account, even of a person who left: creates a new invitation and removes password,
/// second factor and sessions.
pub(crate) async fn reset(
    store: &impl DoorStore,
    login: &str,
    public_url: Option<&str>,
    audit: AuditContext,
) -> Result<String, String> {
    let mut row = person(store, login).await?;
    let (secret, invitation) = new_invitation(now_ms());
    (row.is_active, row.password, row.invitation) = (true, None, Some(invitation));
    let audit = AuditContext { reason: format!("{}; {}", row.login, audit.reason), ..audit };
    let change = store
        .reset_staff(&row, ChangedBy::Operator, "reset staff", &audit)
        .await
        .map_err(|fault| fault.to_string())?;
    let link = link(&row, &secret, public_url);
    let login = &row.login;
    done(
        change,
        format!("{link}\nAll sessions of {login} have ended; password and second factor are gone."),
    )
}
