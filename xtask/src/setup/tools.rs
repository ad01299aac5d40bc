//! The tools that build the app for browsers: trunk, wasm-bindgen, wasm-split-cli,
//! wasm-opt, esbuild. Also
//! cargo-deny, which checks the crates, and cargo-mutants, which checks the tests.

use super::{SetupStep, cache, node};
use crate::process::first_line;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Newer versions need a newer compiler.
const TRUNK: &str = "0.21.14";
/// Older versions generate modules that do not load in Chromium.
const BINARYEN: &str = "132.0.0";
const ESBUILD: &str = "0.28.2";
/// Divides the app in two. By the authors of the crate that marks where.
const WASM_SPLIT: &str = "0.2.4";
const CARGO_DENY: &str = "0.20.2";
const CARGO_MUTANTS: &str = "27.1.0";
/// Cargo options for tools that run for a second but are compiled on every new machine. Without
/// optimization, Trunk compiles in half the time.
const COMPILED_QUICKLY: [&str; 6] = [
    "--config",
    "profile.release.lto=false",
    "--config",
    "profile.release.codegen-units=256",
    "--config",
    "profile.release.opt-level=0",
];
/// Downloads compiled tools from where their authors publish them:
/// https://github.com/cargo-bins/cargo-binstall.
const BINSTALL: &str = "cargo-binstall";

/// The folder that contains `trunk`.
pub(super) fn trunk(step: SetupStep) -> Result<PathBuf, String> {
    if let Some(folder) = on_path("trunk", TRUNK) {
        return Ok(folder);
    }
    let options = ["--locked", "--no-default-features"];
    cache::folder(&format!("trunk-{TRUNK}"), "bin/trunk", |into| {
        cargo_install(step, "trunk", TRUNK, &options, "3 to 5", into)
    })
}

/// The folder that contains the `wasm-bindgen` with exactly the version of the crate in Cargo.lock.
pub(super) fn wasm_bindgen(step: SetupStep) -> Result<PathBuf, String> {
    let lock =
        std::fs::read_to_string("Cargo.lock").map_err(|error| format!("Cargo.lock: {error}"))?;
    let version = locked(&lock, "wasm-bindgen")
        .ok_or("Cargo.lock does not name wasm-bindgen. Take it from the repository again.")?;
    if let Some(folder) = on_path("wasm-bindgen", &version) {
        return Ok(folder);
    }
    // Without --locked, because the crate's own lock file names versions that are no longer
    // available.
    let install =
        |into: &Path| cargo_install(step, "wasm-bindgen-cli", &version, &[], "2 to 3", into);
    cache::folder(&format!("wasm-bindgen-cli-{version}"), "bin/wasm-bindgen-test-runner", install)
}

/// The folder that contains `wasm-split-cli`.
pub(super) fn wasm_split(step: SetupStep) -> Result<PathBuf, String> {
    const CRATE: &str = "wasm_split_cli_support";
    let options = ["--locked", "--features", "build-binary"];
    let install = |into: &Path| cargo_install(step, CRATE, WASM_SPLIT, &options, "1 to 2", into);
    cache::folder(&format!("{CRATE}-{WASM_SPLIT}"), "bin/wasm-split-cli", install)
}

/// The folder that contains `cargo-deny`.
pub(super) fn cargo_deny(step: SetupStep) -> Result<PathBuf, String> {
    if let Some(folder) = on_path("cargo-deny", CARGO_DENY) {
        return Ok(folder);
    }
    let install =
        |into: &Path| cargo_install(step, "cargo-deny", CARGO_DENY, &["--locked"], "2 to 3", into);
    cache::folder(&format!("cargo-deny-{CARGO_DENY}"), "bin/cargo-deny", install)
}

/// The folder that contains `cargo-mutants`.
pub(super) fn cargo_mutants(step: SetupStep) -> Result<PathBuf, String> {
    if let Some(folder) = on_path("cargo-mutants", CARGO_MUTANTS) {
        return Ok(folder);
    }
    let install = |into: &Path| {
        cargo_install(step, "cargo-mutants", CARGO_MUTANTS, &["--locked"], "2 to 3", into)
    };
    cache::folder(&format!("cargo-mutants-{CARGO_MUTANTS}"), "bin/cargo-mutants", install)
}

/// The folder that contains `wasm-opt`.
pub(super) fn wasm_opt(step: SetupStep) -> Result<PathBuf, String> {
    if let Some(folder) = on_path("wasm-opt", BINARYEN.split('.').next().unwrap_or_default()) {
        return Ok(folder);
    }
    let package = format!("binaryen@{BINARYEN}");
    cache::folder(&format!("binaryen-{BINARYEN}"), "node_modules/.bin/wasm-opt", |into| {
        npm_install(step, &package, into)
    })
}

/// The folder that contains `esbuild`.
pub(super) fn esbuild(step: SetupStep) -> Result<PathBuf, String> {
    if let Some(folder) = on_path("esbuild", ESBUILD) {
        return Ok(folder);
    }
    let package = format!("esbuild@{ESBUILD}");
    cache::folder(&format!("esbuild-{ESBUILD}"), "node_modules/.bin/esbuild", |into| {
        npm_install(step, &package, into)
    })
}

fn npm_install(step: SetupStep, package: &str, into: &Path) -> Result<(), String> {
    node::check()?;
    let mut npm = Command::new("npm");
    npm.args(["install", "--no-audit", "--no-fund", "--prefix"]).arg(into).arg(package);
    step.run(package, "fetching, once", &mut npm)
}

/// The folder of a program on PATH, if it has this version.
fn on_path(program: &str, version: &str) -> Option<PathBuf> {
    let line = first_line(program, &["--version"])?;
    let path = std::env::var_os("PATH")?;
    says_version(&line, version)
        .then(|| std::env::split_paths(&path).find(|folder| folder.join(program).exists()))
        .flatten()
}

/// Whether a line such as "trunk 0.21.14" or "wasm-opt version 132 (version_132)" contains exactly
/// this version.
fn says_version(line: &str, version: &str) -> bool {
    line.split_whitespace().any(|word| word == version)
}

/// Installs a tool into a folder. Uses a compiled one if `cargo binstall` is installed and finds
/// one; otherwise compiles it.
fn cargo_install(
    step: SetupStep,
    name: &str,
    version: &str,
    options: &[&str],
    minutes: &str,
    into: &Path,
) -> Result<(), String> {
    let title = format!("{name} {version}");
    if first_line(BINSTALL, &["-V"]).is_some() {
        match step.run(&title, "fetching, once", &mut binstall(name, version, into)) {
            Ok(()) => return Ok(()),
            Err(said) => println!("{said}\nIt is compiled instead."),
        }
    }
    let target = into.join("target");
    let mut command = Command::new("cargo");
    command
        .args(["install", name, "--version", version, "--root"])
        .arg(into)
        .args(options)
        .args(COMPILED_QUICKLY)
        .env("CARGO_TARGET_DIR", &target);
    let done = step.run(&title, &format!("compiling, once, {minutes} minutes"), &mut command);
    // The build artifacts are no longer needed. If they cannot be removed, they only use disk
    // space.
    let _ = std::fs::remove_dir_all(target);
    done
}

/// The command that downloads a compiled tool. It fails if there is none, because [`cargo_install`]
/// then compiles the tool with options of its own.
fn binstall(name: &str, version: &str, into: &Path) -> Command {
    let mut command = Command::new("cargo");
    command
        .args([
            "binstall",
            "--no-confirm",
            "--disable-telemetry",
            "--disable-strategies",
            "compile",
        ])
        .args(["--version", version, name, "--root"])
        .arg(into);
    command
}

/// The version of a package in a lock file.
fn locked(lock: &str, package: &str) -> Option<String> {
    let from = lock.find(&format!("name = \"{package}\"\n"))?;
    let line = lock[from..].lines().nth(1)?;
    line.strip_prefix("version = \"")?.strip_suffix('"').map(String::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_locked_version_is_that_of_the_whole_name() {
        let lock = "[[package]]\nname = \"wasm-bindgen-futures\"\nversion = \"0.4.1\"\n\n[[package]]\nname = \"wasm-bindgen\"\nversion = \"0.2.130\"\n";
        assert_eq!(locked(lock, "wasm-bindgen").as_deref(), Some("0.2.130"));
        assert_eq!(locked(lock, "serde"), None);
    }

    #[test]
    fn a_version_counts_only_when_it_is_the_very_same() {
        assert!(
            says_version("wasm-opt version 132 (version_132)", "132")
                && says_version("trunk 0.21.14", "0.21.14")
        );
        assert!(
            !says_version("trunk 0.21.1", "0.21.14")
                && !says_version("wasm-bindgen 0.2.1300", "0.2.130")
        );
    }

    #[test]
    fn trunk_is_told_the_versions_that_are_installed() {
        let settings = include_str!("../../../Trunk.toml");
        assert!(
            settings.contains(&format!(
                "wasm_opt = \"version_{}\"",
                BINARYEN.split('.').next().unwrap()
            ))
        );
        let lock = include_str!("../../../Cargo.lock");
        assert!(
            settings
                .contains(&format!("wasm_bindgen = \"{}\"", locked(lock, "wasm-bindgen").unwrap()))
        );
    }
}
