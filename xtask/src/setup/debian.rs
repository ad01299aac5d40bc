//! Installs Debian packages, if permitted.

use super::SetupStep;
use crate::process::first_line;
use std::path::PathBuf;
use std::process::Command;

/// Does nothing without apt or without root privileges: the caller then reports what is missing.
pub(super) fn install(step: SetupStep, title: &str, packages: &[&str]) -> Result<(), String> {
    let is_allowed =
        which("apt-get").is_some() && first_line("id", &["-u"]).is_some_and(|id| id == "0");
    if !is_allowed {
        return Ok(());
    }
    step.run(title, "reading Debian's list of packages", Command::new("apt-get").arg("update"))?;
    let mut install = Command::new("apt-get");
    install.args(["install", "-y"]).args(packages).env("DEBIAN_FRONTEND", "noninteractive");
    step.run(title, "installing from Debian's packages", &mut install)
}

/// Ensures that programs are installed whose packages have the same names.
pub(super) fn programs(step: SetupStep, title: &str, names: &[&str]) -> Result<(), String> {
    let missing = || names.iter().copied().filter(|name| which(name).is_none()).collect::<Vec<_>>();
    if missing().is_empty() {
        return Ok(());
    }
    install(step, title, names)?;
    match missing().as_slice() {
        [] => Ok(()),
        still => Err(format!(
            "{} is missing; the tests need it. On Debian: sudo apt-get install {}",
            still.join(" and "),
            still.join(" ")
        )),
    }
}

pub(super) fn which(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path)
        .map(|folder| folder.join(program))
        .find(|candidate| candidate.is_file())
}
