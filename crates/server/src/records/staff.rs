//! Staff accounts from the command line, for an administrator who is locked out.

use office::staff::{Role, Staff, invitation_path, login_of, new_invitation};
use store::{AuditContext, ChangedBy, DoorStore, StaffChange};
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
    let line = |row: store::StaffRow| {
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

/// Resets an account, even of a person who left: creates a new invitation and removes password,
/// second factor and sessions.
pub(crate) async fn reset(
    store: &impl DoorStore,
    login: &str,
    public_url: Option<&str>,
    audit: AuditContext,
) -> Result<String, String> {
    let nobody =
        || format!("No one has the username “{login}”. To see who does: community-hub staff list");
    let login = login_of(login).ok_or_else(nobody)?;
    let mut row =
        store.person(&login).await.map_err(|fault| fault.to_string())?.ok_or_else(nobody)?;
    let (secret, invitation) = new_invitation(now_ms());
    (row.is_active, row.password, row.invitation) = (true, None, Some(invitation));
    let audit = AuditContext { reason: format!("{login}; {}", audit.reason), ..audit };
    match store
        .reset_staff(&row, ChangedBy::Operator, "reset staff", &audit)
        .await
        .map_err(|fault| fault.to_string())?
    {
        StaffChange::Done => {
            let link = format!(
                "{}{}",
                public_url.unwrap_or_default().trim_end_matches('/'),
                invitation_path(&login, &secret)
            );
            let address =
                if public_url.is_some() { "" } else { " Put this server’s address before it." };
            Ok(format!(
                "Give this link to {}. It works once, within three days.{address}\n{link}\nAll sessions of {login} have ended; password and second factor are gone.",
                row.name
            ))
        }
        _ => Err(
            "Someone else changed this person at the same moment. Nothing was done: run this again."
                .into(),
        ),
    }
}
