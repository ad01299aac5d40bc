//! The audit log entries of every command that opens, moves or deletes something: one before it
//! begins (who asks, and why), and one with its outcome. If the command dies in between, the first
//! entry remains.

use store::{AuditContext, Custody, StoreFault};
use vault::now_ms;

/// The most characters of a reason that are stored; it stays in the audit log for good.
const REASON_CHARS_MAX: usize = 500;
const NO_REASON: &str = "Give a reason for the audit log: --reason \"request 2026-031\". Don’t name the person it is about.";

/// Who asks for something, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asker {
    /// A name, by default that of the signed-in user.
    pub who: String,
    /// Why; may be empty.
    pub reason: String,
}

impl Default for Asker {
    /// The signed-in user, without a reason.
    fn default() -> Self {
        Self { who: signed_in(), reason: String::new() }
    }
}

/// The name of the signed-in user, also after `sudo`.
pub fn signed_in() -> String {
    let name = |name: &&str| std::env::var(name).ok().filter(|who| !who.is_empty());
    ["SUDO_USER", "USER", "LOGNAME"].iter().find_map(name).unwrap_or("somebody".into())
}

impl Asker {
    /// Fails with an explanation if no reason was given.
    pub fn has_reason(&self) -> Result<(), String> {
        if self.reason.trim().is_empty() { Err(NO_REASON.into()) } else { Ok(()) }
    }

    /// Who, why and now, as the store's operations need it.
    pub fn audit_context(&self) -> AuditContext {
        AuditContext {
            who: self.who.clone(),
            reason: self.reason.chars().take(REASON_CHARS_MAX).collect(),
            at_ms: now_ms(),
        }
    }

    fn audit_context_of(&self, parts: &[&str]) -> AuditContext {
        let said: Vec<&str> = parts.iter().copied().filter(|part| !part.is_empty()).collect();
        AuditContext { reason: said.join("; "), ..self.audit_context() }
    }
}

/// Records that something begins. After an error it must not be done.
pub async fn begin(
    store: &impl Custody,
    asker: &Asker,
    what: &str,
    of: &str,
) -> Result<(), String> {
    note_begin(store, asker, what, of).await.map_err(not_written_down)
}

async fn note_begin(
    store: &impl Custody,
    asker: &Asker,
    what: &str,
    of: &str,
) -> Result<(), StoreFault> {
    let audit = asker.audit_context_of(&[of, &asker.audit_context().reason]);
    store.note(&format!("{what} begins"), &audit).await
}

fn not_written_down(fault: StoreFault) -> String {
    format!("Nothing was done, because it can’t be recorded in the audit log: {fault}.")
}

/// Records the outcome.
pub async fn end(
    store: &impl Custody,
    asker: &Asker,
    what: &str,
    came: &str,
) -> Result<(), String> {
    let audit = asker.audit_context_of(&[came]);
    store.note(&format!("{what} done"), &audit).await.map_err(|fault| {
        format!("It was done, but its outcome can’t be recorded in the audit log: {fault}.")
    })
}

/// Does `work` between its two audit log entries. A failure is recorded without its message, which
/// may contain anything.
pub async fn traced<T>(
    (store, asker): (&impl Custody, &Asker),
    (what, of): (&str, &str),
    work: impl AsyncFnOnce() -> Result<(T, String), String>,
) -> Result<T, String> {
    begin(store, asker, what, of).await?;
    recorded((store, asker), (what, of), work).await
}

/// The same, for what must be done even if the audit log cannot be written. Then `warn` gets the
/// reason, and nothing is recorded.
pub async fn traced_if_possible<T>(
    (store, asker): (&impl Custody, &Asker),
    (what, of): (&str, &str),
    warn: impl FnOnce(&str),
    work: impl AsyncFnOnce() -> Result<(T, String), String>,
) -> Result<T, String> {
    if let Err(fault) = note_begin(store, asker, what, of).await {
        warn(&fault.to_string());
        return work().await.map(|(made, _)| made);
    }
    recorded((store, asker), (what, of), work).await
}

/// The same as [`traced`], but only if the audit log does not show that `what` began since
/// `since_ms` (milliseconds since 1970). Returns `None`, and does nothing, if it does: of several
/// servers one does it.
pub async fn traced_once<T>(
    (store, asker): (&impl Custody, &Asker),
    (what, since_ms): (&str, u64),
    work: impl AsyncFnOnce() -> Result<(T, String), String>,
) -> Result<Option<T>, String> {
    let is_ours = store
        .claim(&format!("{what} begins"), since_ms, &asker.audit_context())
        .await
        .map_err(not_written_down)?;
    if !is_ours {
        return Ok(None);
    }
    recorded((store, asker), (what, ""), work).await.map(Some)
}

/// Does `work`, which was recorded as begun, and records its outcome.
async fn recorded<T>(
    (store, asker): (&impl Custody, &Asker),
    (what, of): (&str, &str),
    work: impl AsyncFnOnce() -> Result<(T, String), String>,
) -> Result<T, String> {
    match work().await {
        Ok((made, came)) => end(store, asker, what, &came).await.map(|()| made),
        Err(said) => {
            let noted = store.note(&format!("{what} failed"), &asker.audit_context_of(&[of])).await;
            Err(noted.err().map_or(said.clone(), |fault| {
                format!("{said} That it failed cannot be written down: {fault}.")
            }))
        }
    }
}
