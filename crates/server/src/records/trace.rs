//! What every command writes into the audit that opens, moves or deletes: that it begins, who asks and why, before anything of
//! it is done; and what came of it. If it dies in the middle, the beginning stands.

use crate::api::now_ms;
use crate::store::{Custody, Deed};

/// Letters of a reason that are kept; it stands in the audit for good.
const REASON_CHARS_MAX: usize = 500;
const NO_REASON: &str = "Say why, for whoever reads the audit: --reason \"request 2026-031\". Do not name whom it is about.";

/// Who asks for something, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asker {
    pub who: String,
    pub reason: String,
}

impl Default for Asker {
    /// Who is at the keys, for no reason that was given.
    fn default() -> Self {
        Self { who: signed_in(), reason: String::new() }
    }
}

/// Who is at the keys, also after `sudo`.
pub fn signed_in() -> String {
    let name = |name: &&str| std::env::var(name).ok().filter(|who| !who.is_empty());
    ["SUDO_USER", "USER", "LOGNAME"].iter().find_map(name).unwrap_or("somebody".into())
}

impl Asker {
    /// Errors with what to write when no reason was given.
    pub fn has_reason(&self) -> Result<(), String> {
        if self.reason.trim().is_empty() { Err(NO_REASON.into()) } else { Ok(()) }
    }

    pub fn deed(&self) -> Deed {
        Deed {
            who: self.who.clone(),
            reason: self.reason.chars().take(REASON_CHARS_MAX).collect(),
            at_ms: now_ms(),
        }
    }

    fn deed_of(&self, parts: &[&str]) -> Deed {
        let said: Vec<&str> = parts.iter().copied().filter(|part| !part.is_empty()).collect();
        Deed { reason: said.join("; "), ..self.deed() }
    }
}

/// Writes down that something begins. With a fault it must not.
pub async fn begin(
    store: &impl Custody,
    asker: &Asker,
    what: &str,
    of: &str,
) -> Result<(), String> {
    let deed = asker.deed_of(&[of, &asker.deed().reason]);
    store
        .note(&format!("{what} begins"), &deed)
        .await
        .map_err(|fault| format!("Nothing was done, for it cannot be written down: {fault}."))
}

/// Writes down what came of it.
pub async fn end(
    store: &impl Custody,
    asker: &Asker,
    what: &str,
    came: &str,
) -> Result<(), String> {
    let deed = asker.deed_of(&[came]);
    store.note(&format!("{what} done"), &deed).await.map_err(|fault| {
        format!("It was done, but what came of it cannot be written down: {fault}.")
    })
}

/// Does something between its two entries. What failed is written down as failed, without the words of its fault, which may
/// hold anything.
pub async fn traced<T>(
    (store, asker): (&impl Custody, &Asker),
    (what, of): (&str, &str),
    work: impl AsyncFnOnce() -> Result<(T, String), String>,
) -> Result<T, String> {
    begin(store, asker, what, of).await?;
    match work().await {
        Ok((made, came)) => end(store, asker, what, &came).await.map(|()| made),
        Err(said) => {
            let noted = store.note(&format!("{what} failed"), &asker.deed_of(&[of])).await;
            Err(noted.err().map_or(said.clone(), |fault| {
                format!("{said} That it failed cannot be written down: {fault}.")
            }))
        }
    }
}
