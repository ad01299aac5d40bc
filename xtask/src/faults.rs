//! Runs the fault tests at every level, and reports the result for each fault number. Every fault
//! that the product must survive has a number, and at least one test whose name contains the
//! number.

mod outcome;

use crate::process::captured;
use crate::setup::{self, Tools};
use crate::test;
use outcome::{FaultOutcome, of_native, of_node, report};
use std::process::Command;

/// The highest number in the list of faults.
const FAULTS: usize = 65;

/// The test levels that contain fault tests.
const LEVELS: [(&str, Level); 3] = [("native", native), ("store", store), ("browser", browser)];

type Level = fn(&Tools) -> Result<Vec<FaultOutcome>, String>;

/// Names of the levels, for the command line.
pub(crate) fn level_names() -> [&'static str; 3] {
    LEVELS.map(|(name, _)| name)
}

/// Runs the tests of the levels in `only`, or of all if it is empty.
pub(crate) fn run(only: &[String]) -> Result<(), String> {
    let is_wanted = |level: &str| only.is_empty() || only.iter().any(|name| name == level);
    let tools = if is_wanted("store") || is_wanted("browser") {
        setup::for_testing()?
    } else {
        Tools::default()
    };
    let mut outcomes = Vec::new();
    for (level, run) in LEVELS.iter().filter(|(level, _)| is_wanted(level)) {
        println!("[faults] {level}");
        outcomes.extend(run(&tools)?);
    }
    let (lines, is_fine) = report(FAULTS, &outcomes);
    println!("\n{lines}");
    if is_fine { Ok(()) } else { Err(String::new()) }
}

fn native(_: &Tools) -> Result<Vec<FaultOutcome>, String> {
    let mut command = Command::new("cargo");
    command.args(["test", "--workspace", "--no-fail-fast", "--", "fault_"]);
    captured(&mut command).map(|said| of_native(&said))
}

fn store(tools: &Tools) -> Result<Vec<FaultOutcome>, String> {
    captured(test::store(tools)?.args(["--", "fault_"])).map(|said| of_native(&said))
}

fn browser(tools: &Tools) -> Result<Vec<FaultOutcome>, String> {
    let mut command = test::browser_command(tools)?;
    command.args(["--test-reporter=tap", "--test-name-pattern=fault_"]).args(test::browser_tests());
    captured(&mut command).map(|said| of_node(&said))
}
