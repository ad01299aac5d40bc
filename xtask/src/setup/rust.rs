//! The compilers.

use super::say;
use crate::process::{first_line, quietly};
use std::process::Command;

/// As in Cargo.toml, `rust-version`.
const RUST_OLDEST: (u32, u32) = (1, 90);
const TARGET: &str = "wasm32-unknown-unknown";

pub(super) fn check_compiler() -> Result<(), String> {
    let line = first_line("rustc", &["--version"]).ok_or("rustc is missing. Install Rust: https://rustup.rs")?;
    match version_in(&line) {
        Some(version) if version >= RUST_OLDEST => Ok(()),
        _ => Err(format!("{line} is too old; {}.{} or newer is needed. Run: rustup update", RUST_OLDEST.0, RUST_OLDEST.1)),
    }
}

/// Major and minor of "rustc 1.95.0 (…)".
fn version_in(line: &str) -> Option<(u32, u32)> {
    let mut numbers = line.split_whitespace().nth(1)?.split('.');
    Some((numbers.next()?.parse().ok()?, numbers.next()?.parse().ok()?))
}

/// SQLite is compiled from C.
pub(super) fn check_c_compiler() -> Result<(), String> {
    first_line("cc", &["--version"]).map(|_| ()).ok_or_else(|| {
        "A C compiler is missing (SQLite is built with it). On Debian or Ubuntu: sudo apt-get install build-essential; on macOS: xcode-select --install".into()
    })
}

pub(super) fn wasm_target() -> Result<(), String> {
    let root = first_line("rustc", &["--print", "sysroot"]).unwrap_or_default();
    if std::path::Path::new(&root).join("lib/rustlib").join(TARGET).exists() {
        return Ok(());
    }
    if first_line("rustup", &["--version"]).is_none() {
        return Err(format!(
            "The compiler cannot build for {TARGET}, and rustup is not there to add it. Install Rust with rustup (https://rustup.rs), or add the target as your system does."
        ));
    }
    say("adding the compiler's target for browsers");
    quietly("rustup target add", Command::new("rustup").args(["target", "add", TARGET]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_compared_as_numbers() {
        assert_eq!(version_in("rustc 1.95.0 (abc 2026-01-01)"), Some((1, 95)));
        assert!(version_in("rustc 1.9.0").is_some_and(|version| version < RUST_OLDEST));
        assert_eq!(version_in("nonsense"), None);
    }
}
