//! Legal holds: keep a submission from being deleted, for a court or an access request.

use super::Named;
use store::{AuditContext, Custody};

/// Places a hold and returns the result in words.
pub async fn add(
    store: &impl Custody,
    named: Named,
    audit: &AuditContext,
) -> Result<String, String> {
    let is_new =
        store.hold(named.id(store).await?, audit).await.map_err(|fault| fault.to_string())?;
    Ok(if is_new {
        "On hold: it won’t be deleted until you remove the hold."
    } else {
        "It was already on hold."
    }
    .into())
}

/// Removes a hold and returns the result in words.
pub async fn remove(
    store: &impl Custody,
    named: Named,
    audit: &AuditContext,
) -> Result<String, String> {
    let was_held =
        store.release(named.id(store).await?, audit).await.map_err(|fault| fault.to_string())?;
    Ok(if was_held { "The hold is removed." } else { "It was not on hold." }.into())
}

/// One line per hold: since when, which submission, why.
pub async fn list(store: &impl Custody) -> Result<String, String> {
    let holds = store.holds().await.map_err(|fault| fault.to_string())?;
    let lines: Vec<String> = holds
        .iter()
        .map(|hold| format!("{}  {}  {}", vault::iso(hold.since_ms), hold.id, hold.reason))
        .collect();
    Ok(if lines.is_empty() { "Nothing is on hold.".into() } else { lines.join("\n") })
}
