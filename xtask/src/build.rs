//! Builds the site and the server from source.

mod divide;
pub(crate) mod lean;
pub(crate) mod quick;
mod slim;

use crate::inputs::hash_of;
use crate::process::{cargo_command, quietly, shown};
use crate::setup::Tools;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The finished app, ready to be assembled into a site.
const APP: &str = "target/app";

/// One of the two apps that are built from `src`.
struct AppVariant {
    name: &'static str,
    /// Feature arguments for Trunk.
    features: &'static [&'static str],
    /// Trunk's output folder, before the app is made smaller.
    built: &'static str,
    /// Whether it is divided in two parts.
    is_divided: bool,
    out: &'static str,
}

/// There are two apps, so that residents do not download what only a staff tablet needs.
const VARIANTS: [AppVariant; 2] = [
    AppVariant {
        name: "the app",
        features: &["--no-default-features"],
        built: "target/trunk",
        is_divided: true,
        out: APP,
    },
    AppVariant {
        name: "the app of staff tablets",
        features: &[],
        built: "target/trunk-counter",
        is_divided: false,
        out: "target/app/counter",
    },
];
/// The app is rebuilt when any of these change.
const APP_INPUTS: [&str; 13] = [
    "src",
    "crates/domain",
    "crates/elements",
    "crates/finder",
    "crates/offline",
    "crates/wording",
    "Cargo.toml",
    "Cargo.lock",
    "Trunk.toml",
    "index.html",
    ".cargo/config.toml",
    "public/boot.js",
    "xtask/src/build",
];
/// The site is assembled again when any of these, the app or the municipality's folder change.
const SITE_INPUTS: [&str; 11] = [
    "index.html",
    "style",
    "public",
    "src",
    "crates/publish",
    "crates/document",
    "crates/finder",
    "crates/domain",
    "crates/elements",
    "crates/offline",
    "crates/wording",
];

/// What programs are compiled for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum For {
    /// Compiled as fast as possible, for trying the product and for working on it.
    Use,
    /// Optimized for speed: for measurements.
    Bench,
    /// Compiled as fast as possible, with all checks enabled; reuses the build of the native tests.
    Tests,
}

/// Compiles the apps for browsers, if one of their inputs has changed.
pub(crate) fn apps(tools: &Tools) -> Result<(), String> {
    let inputs: Vec<&Path> = APP_INPUTS.iter().map(Path::new).collect();
    let stamp = Path::new("target/app.stamp");
    unless_done(stamp, &hash_of(&inputs), Path::new(APP).exists(), || compile(tools))
}

/// Compiles the apps and assembles the site, each only if one of its inputs has changed.
pub(crate) fn site(tools: &Tools, municipality: &Path, out: &str, whom: For) -> Result<(), String> {
    apps(tools)?;
    let mut inputs: Vec<&Path> = SITE_INPUTS.iter().map(Path::new).collect();
    inputs.extend([Path::new(APP), municipality]);
    let stamp = format!("target/{}.stamp", out.replace('/', "-"));
    unless_done(
        Path::new(&stamp),
        &hash_of(&inputs),
        Path::new(out).join("site.json").exists(),
        || assemble(municipality, out, whom),
    )
}

fn unless_done(
    stamp: &Path,
    wanted: &str,
    is_there: bool,
    act: impl FnOnce() -> Result<(), String>,
) -> Result<(), String> {
    let is_done = is_there && std::fs::read_to_string(stamp).is_ok_and(|there| there == wanted);
    if is_done {
        return Ok(());
    }
    act()?;
    std::fs::write(stamp, wanted).map_err(|error| format!("{}: {error}", stamp.display()))
}

fn compile(tools: &Tools) -> Result<(), String> {
    for variant in &VARIANTS {
        println!(
            "[build] compiling {} for browsers (the first time takes some minutes)",
            variant.name
        );
        let mut trunk = Command::new("trunk");
        trunk
            .args(["build", "--offline", "--skip-version-check", "--dist", variant.built])
            .args(variant.features)
            .env("PATH", tools.path());
        lean::prepare(&mut trunk)?;
        // CI machines set NO_COLOR=1, which this version of Trunk rejects as an invalid argument.
        quietly("trunk build", trunk.env_remove("NO_COLOR"))?;
        println!("[build] making it smaller");
        let out = Path::new(variant.out);
        let work = slim::folders(out)?;
        let bound = match variant.is_divided {
            true => slim::BoundApp::Divided(divide::divide(tools, &linked_app(), &work)?),
            false => slim::BoundApp::of_trunk(Path::new(variant.built))?,
        };
        slim::slim(tools, &bound, &work, out)?;
    }
    Ok(())
}

/// The module that the compiler has linked last, before wasm-bindgen.
fn linked_app() -> PathBuf {
    target().join(quick::TARGET).join("app/community-hub-app.wasm")
}

fn assemble(municipality: &Path, out: &str, whom: For) -> Result<(), String> {
    println!("[build] checking the catalogue and putting the site together");
    let mut command = Command::new(publisher(whom)?);
    shown(command.args(["assemble", "--app", APP, "--out", out, "--data"]).arg(municipality))
}

/// Compiles the server; returns the path of the program.
pub(crate) fn server(whom: For) -> Result<PathBuf, String> {
    println!("[build] compiling the server (the first time takes some minutes)");
    program("server", "community-hub", whom)
}

/// Compiles the program that checks and publishes a catalogue; returns its path.
pub(crate) fn publisher(whom: For) -> Result<PathBuf, String> {
    program("publish", "publish", whom)
}

/// Compiles the program that seals thousands of submissions; returns its path.
pub(crate) fn delivery() -> Result<PathBuf, String> {
    quietly(
        "cargo build delivery-bench",
        &mut cargo_command(&["build", "--workspace", "--bin", "delivery-bench"]),
    )?;
    Ok(target().join("debug/delivery-bench"))
}

fn program(package: &str, program: &str, whom: For) -> Result<PathBuf, String> {
    let (mut command, folder) = match whom {
        For::Use => (quick::compiling(&[program]), quick::PROFILE),
        For::Bench => {
            (cargo_command(&["build", "--release", "--workspace", "--bin", program]), "release")
        }
        // Cargo builds a package's programs for its integration tests, which start them.
        For::Tests => (cargo_command(&["test", "--workspace", "--no-run"]), "debug"),
    };
    quietly(&format!("cargo build {package}"), &mut command)?;
    Ok(target().join(folder).join(program))
}

fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| PathBuf::from("target"), PathBuf::from)
}
