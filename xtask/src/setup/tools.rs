//! What compiles the app for browsers: trunk, wasm-bindgen, wasm-opt.

use super::{cache, say};
use crate::process::{first_line, quietly};
use std::path::{Path, PathBuf};
use std::process::Command;

/// Newer ones need a newer compiler.
const TRUNK: &str = "0.21.14";
/// Older ones make modules that do not load in Chromium.
const BINARYEN: &str = "132.0.0";

/// The folder with `trunk` in it.
pub(super) fn trunk() -> Result<PathBuf, String> {
    if let Some(folder) = on_path("trunk", TRUNK) {
        return Ok(folder);
    }
    let place = cache::folder("trunk", TRUNK, |into| cargo_install("trunk", TRUNK, &["--locked", "--no-default-features"], "5", into))?;
    Ok(place.join("bin"))
}

/// The folder with the `wasm-bindgen` that fits the crate in Cargo.lock to the last digit.
pub(super) fn wasm_bindgen() -> Result<PathBuf, String> {
    let lock = std::fs::read_to_string("Cargo.lock").map_err(|error| format!("Cargo.lock: {error}"))?;
    let version = locked(&lock, "wasm-bindgen").ok_or("Cargo.lock does not name wasm-bindgen")?;
    if let Some(folder) = on_path("wasm-bindgen", &version) {
        return Ok(folder);
    }
    // Without --locked: the crate's own lock file names versions that cannot be had any more.
    let place = cache::folder("wasm-bindgen-cli", &version, |into| cargo_install("wasm-bindgen-cli", &version, &[], "3", into))?;
    Ok(place.join("bin"))
}

/// The folder with `wasm-opt` in it.
pub(super) fn wasm_opt() -> Result<PathBuf, String> {
    if let Some(folder) = on_path("wasm-opt", BINARYEN.split('.').next().unwrap_or_default()) {
        return Ok(folder);
    }
    let place = cache::folder("binaryen", BINARYEN, |into| {
        check_node()?;
        say(&format!("wasm-opt {BINARYEN}: fetching, once"));
        let package = format!("binaryen@{BINARYEN}");
        quietly("npm install binaryen", Command::new("npm").args(["install", "--no-audit", "--no-fund", "--prefix"]).arg(into).arg(package))
    })?;
    Ok(place.join("node_modules/.bin"))
}

pub(super) fn check_node() -> Result<(), String> {
    let line = first_line("node", &["--version"]).unwrap_or_default();
    let major: u32 = line.trim_start_matches('v').split('.').next().and_then(|major| major.parse().ok()).unwrap_or(0);
    if major >= 20 && first_line("npm", &["--version"]).is_some() {
        return Ok(());
    }
    Err("Node.js 20 or newer with npm is missing (wasm-opt and the browser tests come through it). On Debian or Ubuntu: sudo apt-get install nodejs npm; else https://nodejs.org".into())
}

/// The folder of a program on PATH, when it is of the version.
fn on_path(program: &str, version: &str) -> Option<PathBuf> {
    let line = first_line(program, &["--version"])?;
    let is_it = line.split(|c: char| c.is_whitespace()).any(|word| word == version);
    let path = std::env::var_os("PATH")?;
    is_it.then(|| std::env::split_paths(&path).find(|folder| folder.join(program).exists())).flatten()
}

fn cargo_install(name: &str, version: &str, more: &[&str], minutes: &str, into: &Path) -> Result<(), String> {
    say(&format!("{name} {version}: compiling, once, about {minutes} minutes"));
    let mut command = Command::new("cargo");
    command.args(["install", name, "--version", version, "--root"]).arg(into).args(more);
    command.env("CARGO_TARGET_DIR", into.join("target"));
    let done = quietly(name, &mut command);
    // The compiled parts are of no use any more; if they stay, they only take room.
    let _ = std::fs::remove_dir_all(into.join("target"));
    done
}

/// The version of a package in a lock file.
fn locked(lock: &str, package: &str) -> Option<String> {
    let from = lock.find(&format!("name = \"{package}\"\n"))?;
    let line = lock[from..].lines().nth(1)?;
    line.strip_prefix("version = \"")?.strip_suffix('"').map(String::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_locked_version_is_that_of_the_whole_name() {
        let lock = "[[package]]\nname = \"wasm-bindgen-futures\"\nversion = \"0.4.1\"\n\n[[package]]\nname = \"wasm-bindgen\"\nversion = \"0.2.130\"\n";
        assert_eq!(locked(lock, "wasm-bindgen").as_deref(), Some("0.2.130"));
        assert_eq!(locked(lock, "serde"), None);
    }
}
