//! Measures the transfer size of a first visit, part by part, and checks it against the budget.

mod crates;

use crate::build::lean;
use serde_json::{Value, json};
use std::path::Path;

/// Brotli bytes until a person can search, read and write a question: everything but the second
/// part of the app. Lower it when the size goes down; raise it only with a reason in
/// docs/decisions/0007-slimming.md.
const FIRST_BUDGET_BYTES: u64 = 252_000;
/// Brotli bytes of everything that a first visit needs to be fully usable offline.
const BUDGET_BYTES: u64 = 368_000;
/// Brotli bytes that a staff tablet loads in addition: the app with the counter in it. A tablet is
/// set up once, where there is a network.
const TABLET_BUDGET_BYTES: u64 = 302_000;

/// One part of a first visit.
#[derive(Debug, Clone, PartialEq, Eq)]
struct SizePart {
    path: String,
    raw: u64,
    wire: u64,
}

/// Measures the first visit. With `check`, fails if it is over its budget.
pub(crate) fn run(json: bool, check: bool) -> Result<(), String> {
    let text = std::fs::read_to_string("dist/site.json")
        .map_err(|_| "There is no site yet. Build it first: cargo xtask build")?;
    let parts = parts_of(&text)?;
    let wire = parts.iter().map(|part| part.wire).sum();
    let first: u64 = parts.iter().filter(|part| !is_second(part)).map(|part| part.wire).sum();
    let shares = crates::shares(Path::new(crates::WASM)).unwrap_or_default();
    if json {
        println!("{}", as_json(&parts, first, wire, &shares));
    } else {
        print(&parts, first, wire, &shares);
    }
    let tablet = parts_where(&text, |file| file["tablet"] == true)?;
    let tablet_wire = tablet.iter().map(|part| part.wire).sum();
    if !json {
        println!("\nWhat a staff tablet loads beside:");
        print_parts(&tablet);
        println!("{tablet_wire:>19}  all; the budget is {TABLET_BUDGET_BYTES}");
    }
    if check {
        within(&parts, first, FIRST_BUDGET_BYTES)
            .and_then(|()| within(&parts, wire, BUDGET_BYTES))
            .and_then(|()| within(&tablet, tablet_wire, TABLET_BUDGET_BYTES))
    } else {
        Ok(())
    }
}

/// Whether a file comes after the first page is shown.
fn is_second(part: &SizePart) -> bool {
    part.path.contains("-second-")
}

/// The files that are precached for offline use, and the service worker that caches them.
fn parts_of(listing: &str) -> Result<Vec<SizePart>, String> {
    parts_where(listing, |file| file["precached"] == true || file["path"] == "/sw.js")
}

fn parts_where(listing: &str, is_part: impl Fn(&Value) -> bool) -> Result<Vec<SizePart>, String> {
    let listing: Value =
        serde_json::from_str(listing).map_err(|error| format!("dist/site.json: {error}"))?;
    let files = listing["files"].as_array().ok_or("dist/site.json lists no files")?;
    let mut parts: Vec<SizePart> = files.iter().filter(|file| is_part(file)).map(part_of).collect();
    parts.sort_by_key(|part| std::cmp::Reverse(part.wire));
    Ok(parts)
}

fn print_parts(parts: &[SizePart]) {
    println!("{:>9} {:>9}  part", "raw", "brotli");
    for part in parts {
        println!("{:>9} {:>9}  {}", part.raw, part.wire, part.path);
    }
}

fn part_of(file: &Value) -> SizePart {
    let raw = file["bytes"].as_u64().unwrap_or(0);
    SizePart {
        path: file["path"].as_str().unwrap_or_default().into(),
        raw,
        wire: file["br"].as_u64().unwrap_or(raw),
    }
}

fn print(parts: &[SizePart], first: u64, wire: u64, shares: &[(String, f64)]) {
    print_parts(parts);
    println!(
        "{:>9} {wire:>9}  all; the budget is {BUDGET_BYTES}",
        parts.iter().map(|part| part.raw).sum::<u64>()
    );
    let is_wasm = |part: &&SizePart| part.path.ends_with(".wasm");
    let wasm: u64 = parts.iter().filter(is_wasm).map(|part| part.wire).sum();
    println!(
        "{first:>19}  until a person can search, read and write; the budget is {FIRST_BUDGET_BYTES}"
    );
    println!("\nThe wasm by crate, before wasm-opt; brotli bytes are an estimate by share:");
    for (name, share) in shares {
        println!("{:>7.1} % {:>9}  {name}", share * 100.0, (share * wasm as f64) as u64);
    }
}

fn as_json(parts: &[SizePart], first: u64, wire: u64, shares: &[(String, f64)]) -> Value {
    json!({
        "budget": BUDGET_BYTES,
        "first": first,
        "brotli": wire,
        "parts": parts.iter().map(|part| json!({ "path": part.path, "raw": part.raw, "brotli": part.wire })).collect::<Vec<_>>(),
        "crates": shares.iter().map(|(name, share)| json!({ "crate": name, "share": share })).collect::<Vec<_>>(),
    })
}

fn within(parts: &[SizePart], wire: u64, budget: u64) -> Result<(), String> {
    if wire <= budget {
        return Ok(());
    }
    let hint = if lean::is_possible() {
        ""
    } else {
        " This compiler cannot build its standard library for size, which takes 15 KB off: rustup component add rust-src."
    };
    let largest: Vec<String> =
        parts.iter().take(3).map(|part| format!("{} {}", part.path, part.wire)).collect();
    Err(format!(
        "A first visit transfers {wire} bytes, {} over the {budget} that the tests hold. The largest parts: {}.{hint}",
        wire - budget,
        largest.join(", ")
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    const LISTING: &str = r#"{"files":[
        {"path":"/a.wasm","bytes":1000,"br":300,"precached":true},
        {"path":"/app-second-1.wasm","bytes":900,"br":200,"precached":true},
        {"path":"/i.png","bytes":50,"br":null,"precached":true},
        {"path":"/sw.js","bytes":20,"br":10,"precached":false},
        {"path":"/big.png","bytes":9000,"br":null,"precached":false}]}"#;

    #[test]
    fn a_first_visit_is_what_is_kept_and_the_worker_that_keeps_it() {
        let parts = parts_of(LISTING).unwrap();
        assert_eq!(parts.iter().map(|part| part.wire).collect::<Vec<_>>(), [300, 200, 50, 10]);
        assert_eq!(parts.iter().filter(|part| is_second(part)).count(), 1);
        assert_eq!(within(&parts, 360, 360), Ok(()));
        assert!(
            within(&parts, 360, 300)
                .is_err_and(|said| said.contains("60 over") && said.contains("/a.wasm 300"))
        );
    }
}
