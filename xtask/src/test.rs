//! Runs all tests, part by part.

mod comments;
mod dependencies;
mod native;
mod store;

use crate::attack::{self, Size};
use crate::build::For;
use crate::process::{cargo, duration, has, shown};
use crate::setup::Tools;
use crate::{build, setup, size};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

/// One part of the tests.
struct TestPart {
    name: &'static str,
    run: fn(&TestRun) -> Result<(), String>,
}

/// What the parts of a run share.
struct TestRun {
    tools: Tools,
    /// Whether a later part needs the apps. If so, they are built while the native tests run,
    /// because most of the build is linking, which uses one processor.
    builds_apps: bool,
}

const PARTS: [TestPart; 11] = [
    TestPart { name: "format", run: |_| format() },
    TestPart { name: "lints", run: |_| lints() },
    TestPart { name: "dependencies", run: |run| dependencies::run(&run.tools) },
    TestPart { name: "native", run: native },
    TestPart { name: "attack", run: |_| attack::run(Size::Short, &[]) },
    TestPart { name: "store", run: |run| store::run(&run.tools) },
    TestPart {
        name: "catalogue",
        run: |_| catalogue(Path::new("data/kawartha-lakes"), For::Tests, true),
    },
    TestPart { name: "alerts", run: |_| alerts() },
    TestPart { name: "build", run: |run| build_all(&run.tools) },
    TestPart { name: "size", run: |_| size::run(false, true) },
    TestPart { name: "browser", run: browser },
];

/// The rules of the alerts.
const ALERTS: &str = "packaging/prometheus/alerts.yml";

/// Names of the parts, for the command line.
pub(crate) fn part_names() -> Vec<&'static str> {
    PARTS.iter().map(|part| part.name).collect()
}

/// Runs the parts in `only`, or all if it is empty.
pub(crate) fn run(only: &[String]) -> Result<(), String> {
    let is_wanted = |name: &str| only.is_empty() || only.iter().any(|wanted| wanted == name);
    let run = TestRun { tools: setup::for_testing()?, builds_apps: is_wanted("build") };
    let mut rows: Vec<(&str, Duration, Result<(), String>)> = Vec::new();
    for part in PARTS.iter().filter(|part| is_wanted(part.name)) {
        println!("\n=== {}", part.name);
        let began = Instant::now();
        let outcome = (part.run)(&run);
        if let Err(said) = &outcome {
            eprintln!("{said}");
        }
        rows.push((part.name, began.elapsed(), outcome));
    }
    report(&rows)
}

/// Prints a table of the results, and a last line with the counts.
fn report(rows: &[(&str, Duration, Result<(), String>)]) -> Result<(), String> {
    println!();
    for (name, time, outcome) in rows {
        println!(
            "{name:<12} {:>12}  {}",
            duration(*time),
            if outcome.is_ok() { "passed" } else { "FAILED" }
        );
    }
    let failed = rows.iter().filter(|(_, _, outcome)| outcome.is_err()).count();
    println!("\n{} passed, {failed} failed", rows.len() - failed);
    if failed == 0 { Ok(()) } else { Err(String::new()) }
}

/// Reports every fault in a municipality's folder.
pub(crate) fn catalogue(dir: &Path, whom: For, report: bool) -> Result<(), String> {
    let mut command = Command::new(build::publisher(whom)?);
    command.arg("check").arg(dir);
    if report {
        command.arg("--report");
    }
    shown(&mut command)
}

/// Runs the publisher with these arguments.
pub(crate) fn publish(arguments: &[&str]) -> Result<(), String> {
    shown(Command::new(build::publisher(For::Use)?).args(arguments))
}

/// Measures the finder's quality on judged queries.
pub(crate) fn finder(municipality: &Path, queries: &Path, json: bool) -> Result<(), String> {
    let (municipality, queries) = (municipality.to_string_lossy(), queries.to_string_lossy());
    let json: &[&str] = if json { &["--json"] } else { &[] };
    const QUALITY: [&str; 7] =
        ["run", "--quiet", "--release", "--package", "publish", "--", "quality"];
    cargo(&[&QUALITY[..], &[&municipality, &queries], json].concat())
}

/// Measures the finder's quality and time on generated catalogues.
pub(crate) fn growth(dir: &Path, sizes: &[usize]) -> Result<(), String> {
    let dir = dir.to_string_lossy();
    let sizes: Vec<String> = sizes.iter().map(usize::to_string).collect();
    let sizes: Vec<&str> = sizes.iter().map(String::as_str).collect();
    cargo(
        &[
            &["run", "--quiet", "--release", "--package", "finder-bench", "--", &dir],
            sizes.as_slice(),
        ]
        .concat(),
    )
}

/// Measures the staff interface on a database with so many submissions, which is generated only
/// once.
pub(crate) fn office(dir: &Path, entries: usize, open: usize) -> Result<(), String> {
    let (dir, program) = (dir.to_string_lossy(), build::server(For::Bench)?);
    let bench = |words: &[&str]| {
        cargo(
            &[&["run", "--quiet", "--release", "--package", "office-bench", "--"], words].concat(),
        )
    };
    bench(&["make", &dir, "--entries", &entries.to_string(), "--open", &open.to_string()])?;
    bench(&["measure", &dir, "--program", &program.to_string_lossy()])
}

/// Checks the rules of the alerts with Prometheus's own tool, if it is installed.
fn alerts() -> Result<(), String> {
    if !has("promtool") {
        println!("There is no promtool here (Debian: prometheus), so the rules were not checked.");
        return Ok(());
    }
    shown(Command::new("promtool").args(["check", "rules", ALERTS]))
}

fn format() -> Result<(), String> {
    cargo(&["fmt", "--all", "--check"])?;
    comments::run()
}

fn lints() -> Result<(), String> {
    cargo(&["clippy", "--workspace", "--all-targets", "--quiet", "--", "-D", "warnings"])?;
    cargo(&[
        "clippy",
        "--package",
        "community-hub-app",
        "--all-targets",
        "--target",
        "wasm32-unknown-unknown",
        "--quiet",
        "--",
        "-D",
        "warnings",
    ])
}

fn native(run: &TestRun) -> Result<(), String> {
    native::run(|| if run.builds_apps { build::apps(&run.tools) } else { Ok(()) })
}

fn build_all(tools: &Tools) -> Result<(), String> {
    build::site(tools, Path::new("data/kawartha-lakes"), "dist", For::Tests)?;
    build::site(
        tools,
        Path::new("tests/municipalities/pine-harbour"),
        "target/pine-harbour",
        For::Tests,
    )?;
    build::server(For::Tests).map(|_| ())
}

/// All files under tests/ that end in `.test.mjs`. Node runs them in the order of their names.
pub(crate) fn browser_tests() -> Vec<PathBuf> {
    let folders = ["tests/a11y", "tests/faults", "tests/journeys", "tests/style"];
    let entries =
        folders.iter().filter_map(|folder| std::fs::read_dir(folder).ok()).flatten().flatten();
    let mut files: Vec<PathBuf> = entries
        .map(|entry| entry.path())
        .filter(|path| path.to_string_lossy().ends_with(".test.mjs"))
        .collect();
    files.sort();
    files
}

fn browser(run: &TestRun) -> Result<(), String> {
    let files = browser_tests();
    if files.is_empty() {
        return Err("There are no browser tests under tests/.".into());
    }
    shown(browser_command(&run.tools)?.arg("--test-reporter=spec").args(files))
}

/// The command that runs browser tests, after building everything they need; the caller adds a
/// reporter and files.
pub(crate) fn browser_command(tools: &Tools) -> Result<Command, String> {
    build_all(tools)?;
    let mut command = node(tools)?;
    command.args(["--test", "--test-concurrency=2", "--test-timeout=600000"]);
    Ok(command)
}

/// The command that runs the store's tests in a browser.
pub(crate) fn store(tools: &Tools) -> Result<Command, String> {
    store::command(tools)
}

fn node(tools: &Tools) -> Result<Command, String> {
    let mut command = Command::new("node");
    let root = std::env::current_dir().map_err(|error| error.to_string())?;
    let server = root.join(build::server(For::Tests)?);
    // This program has just assembled the site, so it exists.
    command
        .env("HUB_SITE", root.join("dist"))
        .env("HUB_OTHER_SITE", root.join("target/pine-harbour"))
        .env("HUB_PUBLISH", server.with_file_name("publish"));
    command.env("HUB_BIN", server).env("HUB_DELIVERY", root.join(build::delivery()?));
    if let (Some(shell), Some(chromium)) = (&tools.chromium_shell, &tools.chromium) {
        command.env("CHROMIUM", shell).env("CHROMIUM_WHOLE", chromium);
    }
    if let Some(firefox) = &tools.firefox {
        command.env("FIREFOX", firefox);
    }
    Ok(command)
}

/// Takes a screenshot of every page, for inspection.
pub(crate) fn pictures(out: &Path) -> Result<(), String> {
    let tools = setup::for_testing()?;
    build_all(&tools)?;
    shown(node(&tools)?.arg("tests/pictures.mjs").arg(out))
}
