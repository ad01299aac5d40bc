//! Node.js: its package manager provides wasm-opt, and the browser tests run in it.

use super::SetupStep;
use crate::inputs::hash_of;
use crate::process::first_line;
use std::path::Path;
use std::process::Command;

const NODE_OLDEST: u32 = 20;

pub(super) fn check() -> Result<(), String> {
    let line = first_line("node", &["--version"]).unwrap_or_default();
    if major(&line) >= Some(NODE_OLDEST) && first_line("npm", &["--version"]).is_some() {
        return Ok(());
    }
    let found = if line.is_empty() { "none was found".into() } else { format!("found {line}") };
    Err(format!(
        "Node.js {NODE_OLDEST} or newer, with npm, is needed; {found}. On Debian or Ubuntu: sudo apt-get install nodejs npm; else https://nodejs.org"
    ))
}

/// Major version: 20 for "v20.1.0".
fn major(line: &str) -> Option<u32> {
    line.trim_start_matches('v').split('.').next()?.parse().ok()
}

/// Installs the packages of tests/package-lock.json, once per state of that file.
pub(super) fn packages(step: SetupStep) -> Result<(), String> {
    let stamp = Path::new("tests/node_modules/.stamp");
    let wanted = hash_of(&[Path::new("tests/package-lock.json")]);
    if std::fs::read_to_string(stamp).is_ok_and(|there| there == wanted) {
        return Ok(());
    }
    check()?;
    step.run(
        "packages of the browser tests",
        "fetching",
        Command::new("npm").args(["ci", "--no-audit", "--no-fund"]).current_dir("tests"),
    )?;
    std::fs::write(stamp, wanted).map_err(|error| format!("{}: {error}", stamp.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_old_node_and_none_are_too_old() {
        assert!(major("v20.19.2") >= Some(NODE_OLDEST) && major("v100.0.0") >= Some(NODE_OLDEST));
        assert!(major("v9.9.9") < Some(NODE_OLDEST) && major("") < Some(NODE_OLDEST));
    }
}
