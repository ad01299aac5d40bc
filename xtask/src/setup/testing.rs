//! What the browser tests need: Chromium and a few node packages.

use super::{say, tools::check_node};
use crate::inputs::hash_of;
use crate::process::{first_line, quietly};
use std::path::{Path, PathBuf};
use std::process::Command;

const NAMES: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/// Chromium from `CHROMIUM`, from PATH, or from Debian's packages.
pub(super) fn chromium() -> Result<PathBuf, String> {
    if let Some(named) = std::env::var_os("CHROMIUM").map(PathBuf::from) {
        return if named.exists() { Ok(named) } else { Err(format!("CHROMIUM names {}, which is not there.", named.display())) };
    }
    if let Some(found) = NAMES.iter().find_map(|name| which(name)) {
        return Ok(found);
    }
    let can_install = which("apt-get").is_some() && first_line("id", &["-u"]).is_some_and(|id| id == "0");
    if can_install {
        say("Chromium: installing from Debian's packages");
        quietly("apt-get update", Command::new("apt-get").arg("update"))?;
        quietly(
            "apt-get install chromium",
            Command::new("apt-get").args(["install", "-y", "chromium", "fonts-dejavu-core"]).env("DEBIAN_FRONTEND", "noninteractive"),
        )?;
    }
    NAMES.iter().find_map(|name| which(name)).ok_or_else(|| "Chromium is missing; the browser tests need it. On Debian or Ubuntu: sudo apt-get install chromium; or name one: CHROMIUM=/path/to/chrome cargo xtask test".into())
}

fn which(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|folder| folder.join(program)).find(|candidate| candidate.exists())
}

/// The packages of tests/package-lock.json, once for each state of that file.
pub(super) fn node_packages() -> Result<(), String> {
    let stamp = Path::new("tests/node_modules/.stamp");
    let wanted = hash_of(&[Path::new("tests/package-lock.json")]);
    if std::fs::read_to_string(stamp).is_ok_and(|there| there == wanted) {
        return Ok(());
    }
    check_node()?;
    say("packages of the browser tests: fetching");
    quietly("npm ci", Command::new("npm").args(["ci", "--no-audit", "--no-fund"]).current_dir("tests"))?;
    std::fs::write(stamp, wanted).map_err(|error| format!("{}: {error}", stamp.display()))
}
