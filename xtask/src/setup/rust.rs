//! The compilers, and the sources of the crates.

use super::SetupStep;
use crate::build::lean;
use crate::process::first_line;
use std::path::Path;
use std::process::{Command, Stdio};

/// As in Cargo.toml.
const RUST_OLDEST: &str = env!("CARGO_PKG_RUST_VERSION");
const TARGET: &str = "wasm32-unknown-unknown";

pub(super) fn check_compiler() -> Result<(), String> {
    let line = first_line("rustc", &["--version"])
        .ok_or("rustc is missing. Install Rust: https://rustup.rs")?;
    let version = line.split_whitespace().nth(1).and_then(version_in);
    if version >= version_in(RUST_OLDEST) {
        Ok(())
    } else {
        Err(format!("{line} is too old; {RUST_OLDEST} or newer is needed. Run: rustup update"))
    }
}

/// Major and minor version of a text such as "1.95.0".
fn version_in(text: &str) -> Option<(u32, u32)> {
    let mut numbers = text.split('.');
    Some((numbers.next()?.parse().ok()?, numbers.next()?.parse().ok()?))
}

/// A C compiler is needed because SQLite is compiled from C.
pub(super) fn check_c_compiler() -> Result<(), String> {
    let compiler = std::env::var("CC").unwrap_or("cc".into());
    first_line(&compiler, &["--version"]).map(|_| ()).ok_or_else(|| {
        format!("A C compiler is missing: “{compiler}” does not run (SQLite is built with it). On Debian or Ubuntu: sudo apt-get install build-essential; on macOS: xcode-select --install")
    })
}

pub(super) fn wasm_target(step: SetupStep) -> Result<(), String> {
    let root = first_line("rustc", &["--print", "sysroot"]).unwrap_or_default();
    if Path::new(&root).join("lib/rustlib").join(TARGET).exists() {
        return Ok(());
    }
    if first_line("rustup", &["--version"]).is_none() {
        return Err(format!(
            "The compiler cannot build for {TARGET}, and rustup is not there to add it. Install Rust with rustup (https://rustup.rs), or add the target as your system does."
        ));
    }
    step.run(
        "rust",
        "adding the compiler’s target for browsers",
        Command::new("rustup").args(["target", "add", TARGET]),
    )
}

/// Installs the source of the standard library, which is recompiled for size. Without rustup, it is
/// skipped.
pub(super) fn standard_library(step: SetupStep) -> Result<(), String> {
    if lean::is_possible() || first_line("rustup", &["--version"]).is_none() {
        return Ok(());
    }
    let mut adding = Command::new("rustup");
    if let Err(said) = step.run(
        "rust",
        "adding the source of the standard library",
        adding.args(["component", "add", "rust-src"]),
    ) {
        // The build works without it, but the app is larger; the size check reports that.
        println!("{said}");
    }
    Ok(())
}

/// Fetches the sources of all crates in Cargo.lock.
pub(super) fn crates(step: SetupStep) -> Result<(), String> {
    fetch(step, Command::new("cargo").arg("fetch"))
}

/// Fetches the crates that the standard library is built from, because trunk builds offline.
pub(super) fn crates_of_standard_library(step: SetupStep) -> Result<(), String> {
    if !lean::is_possible() {
        return Ok(());
    }
    let mut command = Command::new("cargo");
    // They are fetched only for an explicit target.
    command.args(["fetch", "--target", TARGET]);
    command.env("RUSTC_BOOTSTRAP", "1").env("CARGO_UNSTABLE_BUILD_STD", lean::STANDARD_LIBRARY);
    fetch(step, &mut command)
}

/// Fetches what is not there yet: in offline mode, `cargo fetch` succeeds if everything is.
fn fetch(step: SetupStep, command: &mut Command) -> Result<(), String> {
    command.env("CARGO_NET_OFFLINE", "true").stderr(Stdio::null());
    if command.status().is_ok_and(|status| status.success()) {
        return Ok(());
    }
    command.env_remove("CARGO_NET_OFFLINE").stderr(Stdio::inherit());
    step.run("crates", "fetching the sources of what the project is built from", command)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_compared_as_numbers() {
        assert_eq!(version_in("1.95.0"), Some((1, 95)));
        assert!(version_in("1.9.0") < version_in(RUST_OLDEST));
        assert!(version_in("nonsense") < version_in(RUST_OLDEST));
    }
}
