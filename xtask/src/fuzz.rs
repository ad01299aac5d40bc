//! Fuzzes every decoder with libFuzzer; `crates/fuzz` lists the targets.
//!
//! No nightly compiler is needed: coverage is an LLVM pass, and both flags for passes are stable.
//! The sanitizers are not stable, and are not used: the decoders contain no unsafe code that they
//! could check, and the fuzz crate measures memory itself.

use crate::process::{duration, quietly};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

/// Inputs that reached new code; the next run continues from them.
const CORPUS: &str = "target/fuzz/corpus";
/// Inputs that crashed a decoder.
const FOUND: &str = "target/fuzz/found";
/// The flags that cargo-fuzz also passes: counters on every edge, a table of them, and compared
/// values reported to the fuzzer.
const COVERAGE: [&str; 6] = [
    "-Cpasses=sancov-module",
    "-Cllvm-args=-sanitizer-coverage-level=4",
    "-Cllvm-args=-sanitizer-coverage-inline-8bit-counters",
    "-Cllvm-args=-sanitizer-coverage-pc-table",
    "-Cllvm-args=-sanitizer-coverage-trace-compares",
    // One codegen unit per crate; otherwise counters of inlined functions are lost.
    "-Ccodegen-units=1",
];
/// Memory limit of the whole program in MB, including the corpus; the crate has a stricter limit
/// for one input.
const RSS_MB_MAX: u32 = 1024;
const INPUT_S_MAX: u32 = 5;

/// Name and maximum input length of each target, as in `crates/fuzz/src/targets.rs`.
fn targets() -> Result<Vec<(String, String)>, String> {
    let path = "crates/fuzz/src/targets.rs";
    let text = std::fs::read_to_string(path).map_err(|error| format!("{path}: {error}"))?;
    let row = |line: &str| {
        let name = line.trim().strip_prefix("Target { name: \"")?.split('"').next()?;
        let length = line.split("length_max: ").nth(1)?.split(' ').next()?.replace('_', "");
        Some((name.to_string(), length))
    };
    Ok(text.lines().filter_map(row).collect())
}

/// Searches each target named in `only`, or all if it is empty, for so many seconds.
pub(crate) fn run(seconds: u64, only: &[String]) -> Result<(), String> {
    let targets = targets()?;
    if let Some(strange) = only.iter().find(|name| targets.iter().all(|(known, _)| known != *name))
    {
        let names: Vec<&str> = targets.iter().map(|(name, _)| name.as_str()).collect();
        return Err(format!("“{strange}” is no target; they are: {}.", names.join(", ")));
    }
    let program = build()?;
    let mut rows = Vec::new();
    for (name, length_max) in
        targets.iter().filter(|(name, _)| only.is_empty() || only.contains(name))
    {
        println!("[fuzz] {name}, for {}", duration(Duration::from_secs(seconds)));
        let began = Instant::now();
        let outcome = fuzz(&program, name, length_max, seconds);
        rows.push((name, began.elapsed(), outcome));
    }
    report(&rows)
}

fn build() -> Result<PathBuf, String> {
    println!("[fuzz] compiling the decoders with counters (the first time takes some minutes)");
    let triple = host()?;
    let mut cargo = Command::new("cargo");
    // With an explicit target, the flags apply only to what is fuzzed, not to build scripts and
    // macros.
    cargo.args([
        "build",
        "--package",
        "fuzz",
        "--features",
        "guided",
        "--bin",
        "fuzz-guided",
        "--profile",
        "fuzz",
        "--target",
        &triple,
    ]);
    cargo
        .args(["--target-dir", "target/fuzz"])
        .env("CARGO_ENCODED_RUSTFLAGS", COVERAGE.join("\x1f"));
    quietly("cargo build fuzz", &mut cargo)?;
    let built = std::env::current_dir()
        .map_err(|error| error.to_string())?
        .join("target/fuzz")
        .join(triple)
        .join("fuzz/fuzz-guided");
    Ok(built)
}

/// The host's target triple, from a line such as "host: x86_64-unknown-linux-gnu".
fn host() -> Result<String, String> {
    let output = Command::new("rustc")
        .arg("-vV")
        .output()
        .map_err(|error| format!("rustc could not be started: {error}"))?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    text.lines()
        .find_map(|line| line.strip_prefix("host: "))
        .map(String::from)
        .ok_or_else(|| "rustc does not say for what machine it compiles.".into())
}

/// Result of a run.
#[derive(Debug, PartialEq, Eq)]
struct FuzzOutcome {
    inputs: u64,
    edges: u64,
    peak_mb: u64,
    /// Path of the input that crashed the decoder.
    found: Option<String>,
}

fn fuzz(program: &Path, name: &str, length_max: &str, seconds: u64) -> Result<FuzzOutcome, String> {
    let corpus = Path::new(CORPUS).join(name);
    let committed = Path::new("crates/fuzz/corpus").join(name);
    for folder in [&corpus, Path::new(FOUND)] {
        std::fs::create_dir_all(folder)
            .map_err(|error| format!("{}: {error}", folder.display()))?;
    }
    let started = |command: &mut Command| {
        command
            .env("FUZZ_TARGET", name)
            .output()
            .map_err(|error| format!("{}: {error}", program.display()))
    };
    started(Command::new(program).env("FUZZ_SEEDS", &corpus))?;
    let mut command = Command::new(program);
    command.args([
        format!("-max_total_time={seconds}"),
        format!("-max_len={length_max}"),
        format!("-rss_limit_mb={RSS_MB_MAX}"),
    ]);
    command.args([
        format!("-timeout={INPUT_S_MAX}"),
        format!("-artifact_prefix={FOUND}/{name}-"),
        "-seed=1".into(),
        "-print_final_stats=1".into(),
    ]);
    command.arg(&corpus);
    if committed.exists() {
        command.arg(committed);
    }
    Ok(outcome_of(&String::from_utf8_lossy(&started(&mut command)?.stderr)))
}

/// Parses libFuzzer's output: its last line about coverage, its totals, and where it wrote an input
/// that crashed the decoder.
fn outcome_of(said: &str) -> FuzzOutcome {
    let after = |mark: &str| {
        said.lines()
            .rev()
            .find_map(|line| line.split(mark).nth(1)?.split_whitespace().next()?.parse().ok())
            .unwrap_or(0)
    };
    let found =
        said.lines().find_map(|line| line.split("Test unit written to ").nth(1)).map(String::from);
    FuzzOutcome {
        inputs: after("stat::number_of_executed_units:"),
        edges: after(" cov: "),
        peak_mb: after("stat::peak_rss_mb:"),
        found,
    }
}

fn report(rows: &[(&String, Duration, Result<FuzzOutcome, String>)]) -> Result<(), String> {
    println!("\n{:<10} {:>12} {:>12} {:>8} {:>8}", "target", "time", "inputs", "edges", "MB");
    let mut failed = 0;
    for (name, time, outcome) in rows {
        match outcome {
            Ok(FuzzOutcome { inputs, edges, peak_mb, found }) => {
                println!(
                    "{name:<10} {:>12} {inputs:>12} {edges:>8} {peak_mb:>8}{}",
                    duration(*time),
                    found.as_ref().map(|path| format!("  FOUND {path}")).unwrap_or_default()
                );
                failed += usize::from(found.is_some() || *inputs == 0);
            }
            Err(said) => {
                println!("{name:<10} {said}");
                failed += 1;
            }
        }
    }
    let inputs: u64 = rows
        .iter()
        .filter_map(|(_, _, outcome)| outcome.as_ref().ok())
        .map(|outcome| outcome.inputs)
        .sum();
    println!("\n{inputs} inputs, {failed} of {} targets failed", rows.len());
    if failed == 0 {
        Ok(())
    } else {
        Err("Correct what was found, and keep the input in crates/fuzz/corpus/TARGET: the tests give it to the decoder from then on.".into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_libfuzzer_says_is_read() {
        let said = "#2\tINITED cov: 10 ft: 11 corp: 1/1b\n#99\tDONE   cov: 431 ft: 902 corp: 3/9b\nstat::number_of_executed_units: 12345\nstat::peak_rss_mb: 61\n";
        assert_eq!(
            outcome_of(said),
            FuzzOutcome { inputs: 12_345, edges: 431, peak_mb: 61, found: None }
        );
        let ended =
            "thread panicked\nartifact_prefix='x/'; Test unit written to x/batch-crash-0a\n";
        assert_eq!(outcome_of(ended).found.as_deref(), Some("x/batch-crash-0a"));
    }
}
