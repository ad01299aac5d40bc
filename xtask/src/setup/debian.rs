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
    step.run(title, "reading Debian’s list of packages", Command::new("apt-get").arg("update"))?;
    let mut install = Command::new("apt-get");
    // Two mail servers exclude each other: one that is in use is never removed.
    install
        .args(["install", "-y", "--no-remove"])
        .args(packages)
        .env("DEBIAN_FRONTEND", "noninteractive");
    step.run(title, "installing from Debian’s packages", &mut install)
}

/// Ensures that programs are installed, each given with the package that has it.
pub(super) fn programs(
    step: SetupStep,
    title: &str,
    programs: &[(&str, &str)],
) -> Result<(), String> {
    let missing = || -> (Vec<&str>, Vec<&str>) {
        programs.iter().copied().filter(|(program, _)| which(program).is_none()).unzip()
    };
    let (_, packages) = missing();
    if packages.is_empty() {
        return Ok(());
    }
    install(step, title, &packages)?;
    match missing() {
        (programs, _) if programs.is_empty() => Ok(()),
        (programs, packages) => Err(format!(
            "{} is missing; the tests need it. On Debian: sudo apt-get install {}",
            programs.join(" and "),
            packages.join(" ")
        )),
    }
}

pub(super) fn which(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    // Servers are where only root's PATH leads.
    let of_servers = ["/usr/sbin", "/sbin"].map(PathBuf::from);
    std::env::split_paths(&path)
        .chain(of_servers)
        .map(|folder| folder.join(program))
        .find(|candidate| candidate.is_file())
}
