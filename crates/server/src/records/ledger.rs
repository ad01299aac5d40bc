//! Reading the audit, and making sure that it is what was written.

use crate::audit::{Chain, Link};
use crate::store::Custody;
use domain::MunicipalityId;
use std::io::Write;

/// Entries read at a time.
const ENTRIES_AT_ONCE: u32 = 1_000;

/// Follows the whole chain. With a hash that was noted before, it must be in it: so entries taken off the end show too.
pub async fn verify(store: &impl Custody, municipality: &MunicipalityId, noted: Option<Link>) -> Result<String, String> {
    let mut chain = Chain::new(municipality.clone());
    let mut is_noted_in_it = noted.is_none();
    loop {
        let entries = store.audit(chain.number, ENTRIES_AT_ONCE).await.map_err(|fault| fault.to_string())?;
        if entries.is_empty() {
            break;
        }
        for entry in &entries {
            chain.follow(entry).map_err(|broken| format!("{broken}."))?;
            is_noted_in_it |= Some(entry.hash) == noted;
        }
    }
    if !is_noted_in_it {
        return Err(format!("The audit holds together, but none of its {} entries has that hash: some were taken off its end.", chain.number));
    }
    Ok(format!("{} entries, all as they were written. Note the last one's hash elsewhere, and ask for it next time:\n{}", chain.number, hex(&chain.hash)))
}

/// Prints all entries as JSON lines.
pub async fn print(store: &impl Custody, out: &mut impl Write) -> Result<(), String> {
    let mut after = 0;
    loop {
        let entries = store.audit(after, ENTRIES_AT_ONCE).await.map_err(|fault| fault.to_string())?;
        let Some(last) = entries.last() else { return Ok(()) };
        after = last.number;
        for entry in &entries {
            let line = serde_json::json!({
                "number": entry.number, "at": crate::export::iso(entry.at_ms), "who": entry.who, "what": entry.what,
                "detail": entry.detail, "hash": hex(&entry.hash),
            });
            writeln!(out, "{line}").map_err(|error| error.to_string())?;
        }
    }
}

fn hex(hash: &Link) -> String {
    hash.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Reads what [`verify`] printed.
pub fn parse(text: &str) -> Result<Link, String> {
    let digits = text.trim().as_bytes();
    let pairs: Option<Vec<u8>> = digits.chunks(2).map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()).collect();
    pairs.filter(|_| digits.len() == 64).and_then(|bytes| bytes.try_into().ok()).ok_or_else(|| format!("“{text}” is not a hash of 64 hexadecimal digits."))
}
