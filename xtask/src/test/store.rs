//! Rust tests in a real browser: the app's store on its IndexedDB, and elements in its document.

use crate::process::shown;
use crate::setup::Tools;
use serde_json::json;
use std::path::Path;
use std::process::Command;

/// As in tests/hub/hub.mjs: headless, without background network requests.
const FLAGS: [&str; 8] = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
];
/// For all tests together, on a busy machine.
const TIMEOUT_S: &str = "120";

pub(super) fn run(tools: &Tools) -> Result<(), String> {
    let mut command = command(tools)?;
    // Benchmarks, which run only on request, use the app's profile, and their output is printed.
    if std::env::var_os("HUB_BENCH").is_some() {
        command.args(["--profile", "app", "--", "--nocapture"]);
    }
    shown(&mut command)
}

/// The command that runs the tests; the caller may add arguments.
pub(super) fn command(tools: &Tools) -> Result<Command, String> {
    let (Some(chromium), Some(driver)) = (&tools.chromium, &tools.chromedriver) else {
        return Err("The store’s tests need Chromium and its driver: cargo xtask setup".into());
    };
    let settings =
        std::env::current_dir().map_err(|error| error.to_string())?.join("target/webdriver.json");
    std::fs::write(&settings, capabilities(chromium).to_string())
        .map_err(|error| format!("{}: {error}", settings.display()))?;
    let mut command = Command::new("cargo");
    command.args([
        "test",
        "--package",
        "community-hub-app",
        "--bin",
        "community-hub-app",
        "--package",
        "elements",
        "--test",
        "dom",
        "--target",
        "wasm32-unknown-unknown",
    ]);
    command
        .env("PATH", tools.path())
        .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER", "wasm-bindgen-test-runner");
    command
        .env("WASM_BINDGEN_TEST_WEBDRIVER_JSON", settings)
        .env("CHROMEDRIVER", driver)
        .env("WASM_BINDGEN_TEST_TIMEOUT", TIMEOUT_S);
    Ok(command)
}

/// What the driver starts, as WebDriver capabilities.
fn capabilities(chromium: &Path) -> serde_json::Value {
    json!({ "goog:chromeOptions": { "binary": chromium, "args": FLAGS } })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_driver_is_given_the_browser_that_was_found() {
        let said = capabilities(Path::new("/opt/chrome"));
        assert_eq!(said["goog:chromeOptions"]["binary"], "/opt/chrome");
        assert_eq!(said["goog:chromeOptions"]["args"][0], "--headless");
    }
}
