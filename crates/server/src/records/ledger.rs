//! Reads the audit log and verifies that it is unchanged.

use domain::{MunicipalityId, SubmissionId};
use std::io::Write;
use store::Custody;
use store::audit::head::AuditHead;
use store::audit::{AuditEntry, BEGINNING, Chain, Link};

/// Entries read at a time.
const ENTRIES_AT_ONCE: u32 = 1_000;

/// Verifies the whole chain. A hash that was noted earlier (`noted`) must occur in it, and so must
/// the hash of a signed head at the head's number; so entries cut off the end are detected too.
/// Returns the result in words.
pub async fn verify(
    store: &impl Custody,
    municipality: &MunicipalityId,
    noted: Option<Link>,
    head: Option<&AuditHead>,
) -> Result<String, String> {
    if head.is_some_and(|head| head.municipality != *municipality) {
        return Err("This head is from another municipality’s audit log.".into());
    }
    let mut chain = Chain::new(municipality.clone());
    let mut is_noted_in_it = noted.is_none();
    let mut is_head_in_it = head.is_none_or(|head| head.number == 0 && head.hash == BEGINNING);
    loop {
        let entries =
            store.audit(chain.number, ENTRIES_AT_ONCE).await.map_err(|fault| fault.to_string())?;
        if entries.is_empty() {
            break;
        }
        for entry in &entries {
            chain.follow(entry).map_err(|broken| format!("{broken}."))?;
            is_noted_in_it |= Some(entry.hash) == noted;
            is_head_in_it |=
                head.is_some_and(|head| (head.number, head.hash) == (entry.number, entry.hash));
        }
    }
    if !is_noted_in_it {
        return Err(format!(
            "The audit log is consistent, but no entry has that hash, of {} in all: some were taken off its end.",
            chain.number
        ));
    }
    match head {
        Some(head) if !is_head_in_it => Err(format!(
            "The audit log is consistent, but it is not the one that was signed on {}. Its last entry then was number {}, which is not in it now, of {} in all. \
             Some were taken off its end, or all were written anew.",
            vault::iso(head.at_ms),
            head.number,
            chain.number
        )),
        _ => Ok(format!(
            "{} in all, each as it was written. Note the hash of the last one elsewhere, and check it next time with --noted:\n{}",
            chain.number,
            hex::encode(chain.hash)
        )),
    }
}

/// Prints all entries as JSON lines.
pub async fn print(store: &impl Custody, out: &mut impl Write) -> Result<(), String> {
    print_fitting(store, |_| true, out).await
}

/// Prints the entries about one submission, which name it by its alias, or, in older entries, by
/// its id.
pub async fn print_of(
    store: &impl Custody,
    id: SubmissionId,
    out: &mut impl Write,
) -> Result<(), String> {
    let alias = store.alias(id).await.map_err(|fault| fault.to_string())?;
    let alias =
        alias.ok_or("Nothing is kept under this id, and nothing in the audit leads to it.")?;
    let id = id.to_string();
    print_fitting(store, |entry| entry.detail.contains(&alias) || entry.detail.contains(&id), out)
        .await
}

async fn print_fitting(
    store: &impl Custody,
    fits: impl Fn(&AuditEntry) -> bool,
    out: &mut impl Write,
) -> Result<(), String> {
    let mut after = 0;
    loop {
        let entries =
            store.audit(after, ENTRIES_AT_ONCE).await.map_err(|fault| fault.to_string())?;
        let Some(last) = entries.last() else { return Ok(()) };
        after = last.number;
        for entry in entries.iter().filter(|entry| fits(entry)) {
            let line = serde_json::json!({
                "number": entry.number, "at": vault::iso(entry.at_ms), "who": entry.who, "what": entry.what,
                "detail": entry.detail, "hash": hex::encode(entry.hash),
            });
            writeln!(out, "{line}").map_err(|error| error.to_string())?;
        }
    }
}

/// Parses a hash that [`verify`] printed.
pub fn parse(text: &str) -> Result<Link, String> {
    hex::decode(text.trim())
        .ok()
        .and_then(|bytes| bytes.try_into().ok())
        .ok_or_else(|| format!("“{text}” is not a hash of 64 hexadecimal digits."))
}
