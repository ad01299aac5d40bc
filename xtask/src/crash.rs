//! Simulates power cuts and kills the server or a browser in the middle of its work, many more
//! times than the tests do.

use crate::commands::Crashes;
use crate::process::{cargo, shown};
use crate::setup;
use crate::test::browser_command;
use std::process::Command;

/// The defaults if no kind is requested.
const ALL: Crashes =
    Crashes { power_cuts: Some(10_000), server_kills: Some(200), browser_kills: Some(100) };

pub(crate) fn run(asked: Crashes) -> Result<(), String> {
    let Crashes { power_cuts, server_kills, browser_kills } =
        if asked == Crashes::default() { ALL } else { asked };
    if let Some(cuts) = power_cuts {
        cargo(&["run", "--quiet", "--release", "--package", "powercut", "--", &cuts.to_string()])?;
    }
    if let Some(kills) = server_kills {
        let mut command = Command::new("cargo");
        command.args([
            "test",
            "--quiet",
            "--release",
            "--package",
            "server",
            "--test",
            "process",
            "--",
            "--nocapture",
            "killed_under_load",
        ]);
        shown(command.env("HUB_KILLS", kills.to_string()))?;
    }
    if let Some(kills) = browser_kills {
        let mut command = browser_command(&setup::for_testing()?)?;
        shown(
            command
                .arg("--test-reporter=spec")
                .arg("tests/faults/crash.test.mjs")
                .env("HUB_BROWSER_KILLS", kills.to_string()),
        )?;
    }
    Ok(())
}
