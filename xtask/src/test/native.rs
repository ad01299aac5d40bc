//! Runs the native tests. Some test programs wait most of the time, for timers of the
//! server: they run beside the others, one after another, so that at most one more program
//! competes for the processor.

use crate::process::{cargo, cargo_command, duration};
use serde_json::Value;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Instant;

/// Names of the test programs that wait most of the time.
const WAITING: [&str; 3] = ["mail", "work_account", "flood"];

/// A compiled test program, and the folder of its package, in which it runs.
struct TestProgram {
    name: String,
    path: PathBuf,
    folder: PathBuf,
}

/// Runs all native tests. `beside` runs at the same time, because the test programs leave a part of
/// the processor idle.
pub(super) fn run(beside: impl FnOnce() -> Result<(), String> + Send) -> Result<(), String> {
    let (waiting, computing): (Vec<_>, Vec<_>) =
        programs()?.into_iter().partition(|program| WAITING.contains(&program.name.as_str()));
    let failed = std::thread::scope(|scope| {
        let waiting = scope.spawn(|| failed_of(&waiting));
        let beside = scope.spawn(beside);
        let mut failed = failed_of(&computing);
        failed.extend(waiting.join().unwrap_or_else(|_| vec!["a test program".into()]));
        let outcome = beside.join().unwrap_or_else(|_| Err("What ran beside it panicked.".into()));
        outcome.map(|()| failed)
    })?;
    cargo(&["test", "--workspace", "--doc", "--quiet"])?;
    if failed.is_empty() { Ok(()) } else { Err(format!("Failed: {}", failed.join(", "))) }
}

/// Compiles all tests of the workspace.
fn programs() -> Result<Vec<TestProgram>, String> {
    const COMPILE: [&str; 4] =
        ["test", "--workspace", "--no-run", "--message-format=json-render-diagnostics"];
    let output = cargo_command(&COMPILE)
        .stderr(Stdio::inherit())
        .output()
        .map_err(|error| format!("cargo: {error}"))?;
    if !output.status.success() {
        return Err("The tests do not compile.".into());
    }
    let messages = String::from_utf8_lossy(&output.stdout);
    Ok(messages.lines().filter_map(|line| program_of(&serde_json::from_str(line).ok()?)).collect())
}

/// The test program in one of cargo's messages. `None` if the message is about something else.
fn program_of(message: &Value) -> Option<TestProgram> {
    message["profile"]["test"].as_bool().filter(|is_test| *is_test)?;
    Some(TestProgram {
        name: message["target"]["name"].as_str()?.into(),
        path: message["executable"].as_str()?.into(),
        folder: PathBuf::from(message["manifest_path"].as_str()?).parent()?.into(),
    })
}

/// Runs the programs one after another. Returns the names of those that failed.
fn failed_of(programs: &[TestProgram]) -> Vec<String> {
    programs.iter().filter(|program| !has_passed(program)).map(|it| it.name.clone()).collect()
}

/// Runs a program, and prints one line about it. If it failed, also prints all of its output.
fn has_passed(program: &TestProgram) -> bool {
    let began = Instant::now();
    let output = Command::new(&program.path)
        .arg("--quiet")
        .current_dir(&program.folder)
        .env("CARGO_MANIFEST_DIR", &program.folder)
        .output();
    let (passed, said) = match output {
        Ok(output) => {
            let said = [output.stdout, output.stderr].concat();
            (output.status.success(), String::from_utf8_lossy(&said).into_owned())
        }
        Err(error) => (false, error.to_string()),
    };
    let result = if passed { "passed" } else { "FAILED" };
    println!("{:<28} {:>10}  {result}", program.name, duration(began.elapsed()));
    if !passed {
        println!("{said}");
    }
    passed
}
