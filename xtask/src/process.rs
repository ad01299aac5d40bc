//! Runs other programs and reports their progress.

mod progress;

use progress::Progress;
pub(crate) use progress::duration;
use std::ffi::OsStr;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::time::Duration;

/// Runs cargo and shows its output as it arrives.
pub(crate) fn cargo(arguments: &[&str]) -> Result<(), String> {
    shown(&mut cargo_command(arguments))
}

/// Cargo with the environment that it has when a person types the command. Cargo sets variables
/// about the package `xtask` for this program. Some build scripts depend on them (that of `ring`),
/// so without this, everything above these crates would be compiled again each time that cargo is
/// called alternately by a person and by `cargo xtask`.
pub(crate) fn cargo_command(arguments: &[&str]) -> Command {
    let mut command = Command::new("cargo");
    command.args(arguments);
    let is_of_package = |name: &OsStr| {
        name == "CARGO_MANIFEST_DIR" || name.to_string_lossy().starts_with("CARGO_PKG_")
    };
    let names = std::env::vars_os().map(|(name, _)| name).filter(|name| is_of_package(name));
    names.for_each(|name| {
        command.env_remove(name);
    });
    command
}

/// Whether a program is installed.
pub(crate) fn has(program: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|folder| folder.join(program).is_file())
}

/// Runs a program and shows its output as it arrives.
pub(crate) fn shown(command: &mut Command) -> Result<(), String> {
    let name = name_of(command);
    let status =
        command.status().map_err(|error| format!("{name} could not be started: {error}"))?;
    if status.success() { Ok(()) } else { Err(format!("{name} failed ({status}).")) }
}

/// Runs a program, shows its output as it arrives, and returns its exit code; `None` if a signal
/// ended it.
pub(crate) fn exit_code(command: &mut Command) -> Result<Option<i32>, String> {
    let name = name_of(command);
    let status = command.status();
    status
        .map(|status| status.code())
        .map_err(|error| format!("{name} could not be started: {error}"))
}

/// Runs a program without showing its output, except for a progress line from time to time. On
/// failure, the error contains its last lines.
pub(crate) fn quietly(what: &str, command: &mut Command) -> Result<(), String> {
    let name = name_of(command);
    let mut child = command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| format!("{name} could not be started: {error}"))?;
    let last = follow(Progress::of(what), &lines_of(&mut child));
    let status = child.wait().map_err(|error| format!("{name} was lost: {error}"))?;
    if status.success() {
        Ok(())
    } else {
        Err(format!("{what}: {name} failed ({status}). Its last lines:\n\n{}", last.join("\n")))
    }
}

/// Runs a program to its end and returns its standard output, regardless of its exit code; its
/// standard error is shown. For callers to whom the output says more precisely than the exit code
/// what went wrong.
pub(crate) fn captured(command: &mut Command) -> Result<String, String> {
    let name = name_of(command);
    let output = command
        .stderr(Stdio::inherit())
        .output()
        .map_err(|error| format!("{name} could not be started: {error}"))?;
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    if said.is_empty() && !output.status.success() {
        Err(format!("{name} failed ({}).", output.status))
    } else {
        Ok(said)
    }
}

/// The lines that a program writes to either stream; the channel closes when both streams have
/// ended.
fn lines_of(child: &mut Child) -> Receiver<String> {
    let (sender, lines) = mpsc::channel();
    let streams: [Option<Box<dyn Read + Send>>; 2] = [
        child.stdout.take().map(|stream| Box::new(stream) as _),
        child.stderr.take().map(|stream| Box::new(stream) as _),
    ];
    for stream in streams.into_iter().flatten() {
        let sender = sender.clone();
        std::thread::spawn(move || {
            BufReader::new(stream)
                .lines()
                .map_while(Result::ok)
                .try_for_each(|line| sender.send(line))
        });
    }
    lines
}

/// Reads the output to its end; returns its last lines.
fn follow(mut progress: Progress, lines: &Receiver<String>) -> Vec<String> {
    loop {
        match lines.recv_timeout(Duration::from_secs(1)) {
            Ok(line) => progress.read(line),
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return progress.last_lines(),
        }
        if let Some(heartbeat) = progress.heartbeat() {
            println!("{heartbeat}");
        }
    }
}

/// The first line that a program prints; `None` if the program is not installed or fails.
pub(crate) fn first_line(program: impl AsRef<OsStr>, arguments: &[&str]) -> Option<String> {
    let output = Command::new(program)
        .args(arguments)
        .stderr(Stdio::null())
        .output()
        .ok()
        .filter(|output| output.status.success())?;
    String::from_utf8_lossy(&output.stdout).lines().next().map(String::from)
}

/// Replaces this process by another program (exec), so that Ctrl-C reaches it directly.
pub(crate) fn replace_by(program: &Path, arguments: &[&str]) -> Result<(), String> {
    use std::os::unix::process::CommandExt;
    let error = Command::new(program).args(arguments).exec();
    Err(format!("{} could not be started: {error}", program.display()))
}

fn name_of(command: &Command) -> String {
    let arguments: Vec<_> = command.get_args().take(3).map(OsStr::to_string_lossy).collect();
    format!("{} {}", command.get_program().to_string_lossy(), arguments.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_shows_what_the_program_said_last() {
        let said =
            quietly("a step", Command::new("sh").args(["-c", "echo one; echo two >&2; exit 3"]))
                .unwrap_err();
        assert!(
            said.starts_with("a step: sh")
                && said.contains("one")
                && said.contains("two")
                && said.contains("status: 3"),
            "{said}"
        );
        assert_eq!(quietly("a step", &mut Command::new("true")), Ok(()));
        assert!(
            quietly("a step", &mut Command::new("no-such-program"))
                .is_err_and(|said| said.contains("could not be started"))
        );
    }
}
