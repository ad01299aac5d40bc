//! Checks all dependencies: always against deny.toml, and against known vulnerabilities if the
//! advisory database can be fetched.

use crate::process::{quietly, shown};
use crate::setup::Tools;
use std::process::Command;

pub(super) fn run(tools: &Tools) -> Result<(), String> {
    shown(deny(tools).args(["check", "bans", "licenses", "sources"]))?;
    match quietly("advisories", deny(tools).args(["fetch", "db"])) {
        Ok(()) => shown(deny(tools).args(["check", "advisories"])),
        Err(said) => {
            println!("{}", unchecked(&said));
            Ok(())
        }
    }
}

/// The root package is a crate too, so without `--workspace` only the app's dependencies would be
/// checked.
fn deny(tools: &Tools) -> Command {
    let mut command = Command::new("cargo");
    command.args(["deny", "--locked", "--workspace"]).env("PATH", tools.path());
    // The database is fetched with git, which must not ask for a password.
    command.env("GIT_TERMINAL_PROMPT", "0");
    command
}

/// The message when the database cannot be fetched. A machine without access to GitHub is not a
/// fault of the project, but the output must not look as if everything had been checked.
fn unchecked(said: &str) -> String {
    let reason = said.lines().map(str::trim).rfind(|line| !line.is_empty()).unwrap_or_default();
    format!(
        "advisories NOT CHECKED: the list of known vulnerabilities could not be fetched from GitHub ({reason})"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_not_checked_is_said_in_one_line_with_its_reason() {
        let said = "advisories: cargo deny failed. Its last lines:\n\nfailed to clone\nfatal: Could not resolve host: github.com\n\n";
        let line = unchecked(said);
        assert!(
            line.contains("NOT CHECKED")
                && line.ends_with("(fatal: Could not resolve host: github.com)")
                && !line.contains('\n'),
            "{line}"
        );
    }
}
