//! Compiler options that make the app small. docs/decisions/0007-slimming.md lists what each one
//! saves.
//!
//! Compilers have had these options for years but do not guarantee them. With a compiler that has
//! dropped them, or without the source of the standard library, the app is built without them: it
//! gets some 15 KB larger, and the size check reports that.

use crate::process::first_line;
use std::path::Path;
use std::process::Command;

/// Omits panic messages, which nobody can see in a browser: the page shows its own when the app
/// stops.
const SILENT: [&str; 5] = [
    "-Zunstable-options",
    "-Cpanic=immediate-abort",
    "-Zlocation-detail=none",
    "-Zfmt-debug=none",
    "-Csymbol-mangling-version=legacy",
];
/// The parts of the standard library that are recompiled for size.
pub(crate) const STANDARD_LIBRARY: &str = "std,panic_abort";

/// Sets flags and environment variables for compiling the app.
pub(super) fn prepare(trunk: &mut Command) -> Result<(), String> {
    let compact_hashes =
        ["--cfg", "sha2_backend=\"soft\"", "--cfg", "sha2_backend_soft=\"compact\""];
    let mut flags: Vec<String> = compact_hashes
        .into_iter()
        .chain(["-Cllvm-args=-inline-threshold=0", super::divide::LINKING])
        .map(String::from)
        .collect();
    flags.extend(sources()?.into_iter().map(|folder| format!("--remap-path-prefix={folder}/=")));
    if is_possible() {
        flags.extend(SILENT.map(String::from));
        trunk.env("RUSTC_BOOTSTRAP", "1");
        trunk
            .env("CARGO_UNSTABLE_BUILD_STD", STANDARD_LIBRARY)
            .env("CARGO_UNSTABLE_BUILD_STD_FEATURES", "optimize_for_size");
    } else {
        println!(
            "[build] this compiler cannot build its standard library for size; the app gets some 15 KB larger. With rustup: rustup component add rust-src"
        );
    }
    trunk.env("CARGO_ENCODED_RUSTFLAGS", flags.join("\x1f"));
    Ok(())
}

/// Whether the source of the standard library is installed and the compiler accepts the flags.
pub(crate) fn is_possible() -> bool {
    let root = first_line("rustc", &["--print", "sysroot"]).unwrap_or_default();
    let has_source = Path::new(&root).join("lib/rustlib/src/rust/library/std/Cargo.toml").exists();
    let mut rustc = Command::new("rustc");
    rustc.args(SILENT).args(["--print", "cfg"]).env("RUSTC_BOOTSTRAP", "1");
    has_source && rustc.output().is_ok_and(|output| output.status.success())
}

/// The folders in which cargo stores the sources of other crates. Their paths would otherwise be in
/// the app, including the builder's user name.
fn sources() -> Result<Vec<String>, String> {
    let home = std::env::var("CARGO_HOME")
        .or_else(|_| std::env::var("HOME").map(|home| format!("{home}/.cargo")));
    let registry =
        format!("{}/registry/src", home.map_err(|_| "Neither CARGO_HOME nor HOME is set.")?);
    let entries = std::fs::read_dir(&registry).map_err(|error| format!("{registry}: {error}"))?;
    Ok(entries.flatten().map(|entry| entry.path().to_string_lossy().into_owned()).collect())
}
