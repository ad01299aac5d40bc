//! Running other programs, and saying how far they are.

use std::ffi::OsStr;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

/// A long step says that it is alive this often.
const HEARTBEAT_S: u64 = 15;
/// Lines of a failed program's output that are shown.
const LAST_LINES: usize = 25;

/// Runs cargo with its output shown as it comes.
pub(crate) fn cargo(arguments: &[&str]) -> Result<(), String> {
    shown(Command::new("cargo").args(arguments))
}

/// Runs a program with its output shown as it comes.
pub(crate) fn shown(command: &mut Command) -> Result<(), String> {
    let name = name_of(command);
    let status = command.status().map_err(|error| format!("{name} could not be started: {error}"))?;
    if status.success() { Ok(()) } else { Err(format!("{name} failed ({status}).")) }
}

/// Runs a program quietly, with a line every now and then; on failure its last lines are in the error.
pub(crate) fn quietly(what: &str, command: &mut Command) -> Result<(), String> {
    let name = name_of(command);
    let began = Instant::now();
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().map_err(|error| format!("{name} could not be started: {error}"))?;
    let (sender, lines) = mpsc::channel();
    let streams: [Option<Box<dyn Read + Send>>; 2] =
        [child.stdout.take().map(|stream| Box::new(stream) as _), child.stderr.take().map(|stream| Box::new(stream) as _)];
    for stream in streams.into_iter().flatten() {
        let sender = sender.clone();
        std::thread::spawn(move || BufReader::new(stream).lines().map_while(Result::ok).try_for_each(|line| sender.send(line)));
    }
    drop(sender);
    let last = follow(what, &lines, began);
    let status = child.wait().map_err(|error| format!("{name} was lost: {error}"))?;
    if status.success() {
        return Ok(());
    }
    Err(format!("{what} failed ({status}). Its last lines:\n{}\n{}", last.join("\n"), advice(&last)))
}

/// Reads the output to its end; gives its last lines.
fn follow(what: &str, lines: &mpsc::Receiver<String>, began: Instant) -> Vec<String> {
    let mut last: Vec<String> = Vec::new();
    let mut said = Instant::now();
    loop {
        match lines.recv_timeout(Duration::from_secs(1)) {
            Ok(line) => last.push(line),
            Err(mpsc::RecvTimeoutError::Timeout) => {}
            Err(mpsc::RecvTimeoutError::Disconnected) => return last,
        }
        if last.len() > LAST_LINES {
            last.remove(0);
        }
        if said.elapsed().as_secs() >= HEARTBEAT_S {
            said = Instant::now();
            let step = last.last().map(|line| line.trim().chars().take(70).collect::<String>()).unwrap_or_default();
            println!("      {what}: {} ... {step}", duration(began.elapsed()));
        }
    }
}

fn advice(last: &[String]) -> &'static str {
    let text = last.join("\n").to_lowercase();
    let network = ["could not resolve", "network", "timed out", "failed to download", "connection refused", "enotfound", "temporary failure"];
    if network.iter().any(|word| text.contains(word)) { "It looks as if there is no network. Connect, and run the same command again." } else { "" }
}

pub(crate) fn duration(time: Duration) -> String {
    let seconds = time.as_secs();
    if seconds < 60 { format!("{seconds} s") } else { format!("{} min {} s", seconds / 60, seconds % 60) }
}

/// The first line that a program prints, or nothing when it is not there.
pub(crate) fn first_line(program: impl AsRef<OsStr>, arguments: &[&str]) -> Option<String> {
    let output = Command::new(program).args(arguments).stderr(Stdio::null()).output().ok().filter(|output| output.status.success())?;
    String::from_utf8_lossy(&output.stdout).lines().next().map(String::from)
}

/// Puts another program in the place of this one, so that Ctrl-C reaches it and nothing stands between.
pub(crate) fn replace_by(program: &Path, arguments: &[&str]) -> Result<(), String> {
    use std::os::unix::process::CommandExt;
    let error = Command::new(program).args(arguments).exec();
    Err(format!("{} could not be started: {error}", program.display()))
}

fn name_of(command: &Command) -> String {
    let arguments: Vec<_> = command.get_args().take(3).map(OsStr::to_string_lossy).collect();
    format!("{} {}", command.get_program().to_string_lossy(), arguments.join(" "))
}
