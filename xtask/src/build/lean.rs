//! How the app is compiled small. docs/decisions/slimming.md has what each part saves.
//!
//! Compilers have had these options for years but do not promise to keep them. One that has dropped them, or whose
//! standard library's source is not there, builds without: the app gets some 15 KB larger, and the size check says so.

use crate::process::first_line;
use std::path::Path;
use std::process::Command;

/// Without words for panics, which nobody can see in a browser: the page says its own when the app stops.
const SILENT: [&str; 5] = [
    "-Zunstable-options",
    "-Cpanic=immediate-abort",
    "-Zlocation-detail=none",
    "-Zfmt-debug=none",
    "-Csymbol-mangling-version=legacy",
];
/// The parts of the standard library that are compiled anew, for size.
pub(crate) const STANDARD_LIBRARY: &str = "std,panic_abort";

/// Sets flags and variables for the compilation of the app.
pub(super) fn prepare(trunk: &mut Command) -> Result<(), String> {
    let compact_hashes =
        ["--cfg", "sha2_backend=\"soft\"", "--cfg", "sha2_backend_soft=\"compact\""];
    let mut flags: Vec<String> = compact_hashes
        .into_iter()
        .chain(["-Cllvm-args=-inline-threshold=0"])
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

/// Whether the source of the standard library is there and the compiler knows the flags.
pub(crate) fn is_possible() -> bool {
    let root = first_line("rustc", &["--print", "sysroot"]).unwrap_or_default();
    let has_source = Path::new(&root).join("lib/rustlib/src/rust/library/std/Cargo.toml").exists();
    let mut rustc = Command::new("rustc");
    rustc.args(SILENT).args(["--print", "cfg"]).env("RUSTC_BOOTSTRAP", "1");
    has_source && rustc.output().is_ok_and(|output| output.status.success())
}

/// Where cargo keeps the sources of other crates. Their paths would be in the app, with the builder's name.
fn sources() -> Result<Vec<String>, String> {
    let home = std::env::var("CARGO_HOME")
        .or_else(|_| std::env::var("HOME").map(|home| format!("{home}/.cargo")));
    let registry =
        format!("{}/registry/src", home.map_err(|_| "Neither CARGO_HOME nor HOME is set.")?);
    let entries = std::fs::read_dir(&registry).map_err(|error| format!("{registry}: {error}"))?;
    Ok(entries.flatten().map(|entry| entry.path().to_string_lossy().into_owned()).collect())
}
