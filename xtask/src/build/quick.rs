//! Builds the app as fast as possible, for trying the product and for working on it: a development
//! build that is not made smaller, and a site without compressed copies.
//!
//! One app serves residents and staff tablets. It also contains what only a tablet needs. The
//! address decides what it shows, as in the small builds.

use super::{SITE_INPUTS, target, unless_done};
use crate::inputs::hash_of;
use crate::process::{cargo_command, quietly, shown};
use crate::setup::Tools;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The build profile; Cargo.toml defines it.
pub(super) const PROFILE: &str = "quick";
pub(crate) const TARGET: &str = "wasm32-unknown-unknown";
pub(crate) const BOOT: &str = "public/boot.js";
/// Runs before the start script in the pages of `cargo xtask dev`.
const RELOAD: &str = include_str!("../dev/reload.js");

/// What the quick app is for. Each kind has folders of its own, so that both can exist.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum QuickApp {
    /// For `run`: the product as it is.
    Product,
    /// For `dev`: its pages reload themselves when the site has changed.
    Reloading,
}

impl QuickApp {
    fn folder(self) -> &'static Path {
        Path::new(match self {
            Self::Product => "target/run",
            Self::Reloading => "target/dev",
        })
    }

    /// The folder of the assembled site.
    pub(crate) fn site(self) -> PathBuf {
        self.folder().join("site")
    }

    fn app(self) -> PathBuf {
        self.folder().join("app")
    }

    /// The script that esbuild begins with.
    fn entry(self) -> String {
        let reload = match self {
            Self::Product => "",
            Self::Reloading => "import \"./reload.js\";\n",
        };
        format!("{reload}import \"./boot.js\";\n")
    }
}

/// The command that compiles the app. It uses the profile and the features of the programs, so that
/// procedural macros are compiled once for both.
pub(crate) fn compiling_app() -> Command {
    let mut command = compiling(&["community-hub-app"]);
    command.args(["--target", TARGET]);
    command
}

/// The command that compiles the server and the publisher.
pub(crate) fn compiling_programs() -> Command {
    compiling(&["community-hub", "publish"])
}

/// Programs use the features of the whole workspace: with one package's own features, all
/// dependencies would be compiled again for each package.
pub(super) fn compiling(programs: &[&str]) -> Command {
    let mut command = cargo_command(&["build", "--workspace", "--profile", PROFILE]);
    programs.iter().for_each(|program| {
        command.args(["--bin", program]);
    });
    command
}

/// A program that `compiling_programs` has compiled.
fn program(name: &str) -> PathBuf {
    target().join(PROFILE).join(name)
}

/// Turns the compiled app into `app.js` and `app.wasm`, for residents and for staff tablets.
pub(crate) fn join(tools: &Tools, kind: QuickApp) -> Result<(), String> {
    let wasm = target().join(TARGET).join(PROFILE).join("community-hub-app.wasm");
    let work = kind.folder().join("work");
    std::fs::create_dir_all(&work).map_err(|error| format!("{}: {error}", work.display()))?;
    super::slim::write(&work.join("reload.js"), RELOAD)?;
    super::slim::write(&work.join("entry.js"), &kind.entry())?;
    let inputs = [&wasm, Path::new(BOOT), &work.join("reload.js"), &work.join("entry.js")];
    let stamp = kind.folder().join("app.stamp");
    let is_there = kind.app().join("counter/app.wasm").exists();
    unless_done(&stamp, &hash_of(&inputs), is_there, || {
        copy(Path::new(BOOT), &work.join("boot.js"))?;
        bind(tools, &wasm, &work, &[])?;
        super::slim::bundle(tools, &work.join("entry.js"), &kind.app().join("app.js"), &[])?;
        copy(&work.join("glue_bg.wasm"), &kind.app().join("app.wasm"))?;
        for file in ["app.js", "app.wasm"] {
            copy(&kind.app().join(file), &kind.app().join("counter").join(file))?;
        }
        Ok(())
    })
}

/// Generates `glue.js` and `glue_bg.wasm`.
pub(super) fn bind(
    tools: &Tools,
    wasm: &Path,
    into: &Path,
    options: &[&str],
) -> Result<(), String> {
    let mut command = Command::new("wasm-bindgen");
    command.env("PATH", tools.path()).arg(wasm).arg("--out-dir").arg(into);
    command.args(["--target", "web", "--out-name", "glue", "--no-typescript"]).args(options);
    quietly("wasm-bindgen", &mut command)
}

fn copy(from: &Path, to: &Path) -> Result<(), String> {
    let copied = to.parent().map_or(Ok(()), std::fs::create_dir_all);
    copied
        .and_then(|()| std::fs::copy(from, to))
        .map(|_| ())
        .map_err(|error| format!("{} to {}: {error}", from.display(), to.display()))
}

/// The compiled server.
pub(crate) fn server() -> PathBuf {
    program("community-hub")
}

/// Assembles the site from the compiled app if one of its inputs has changed. The publisher must be
/// compiled.
pub(crate) fn assemble(municipality: &Path, kind: QuickApp) -> Result<(), String> {
    let (app, out) = (kind.app(), kind.site());
    let mut inputs: Vec<&Path> = SITE_INPUTS.iter().map(Path::new).collect();
    inputs.extend([app.as_path(), municipality]);
    let is_there = out.join("site.json").exists();
    unless_done(&kind.folder().join("site.stamp"), &hash_of(&inputs), is_there, || {
        let mut publish = Command::new(program("publish"));
        publish.args(["assemble", "--quick", "--app"]).arg(app).arg("--out").arg(&out);
        shown(publish.arg("--data").arg(municipality))
    })
}

/// Builds everything for `run`; returns the path of the server. Compiles the app first, so that its
/// files are made while the programs compile.
pub(crate) fn all(tools: &Tools, municipality: &Path) -> Result<PathBuf, String> {
    println!("[build] compiling the app for browsers (the first time takes a minute)");
    quietly("cargo build app", &mut compiling_app())?;
    println!("[build] compiling the server (the first time takes some minutes)");
    std::thread::scope(|scope| {
        let joined = scope.spawn(|| join(tools, QuickApp::Product));
        quietly("cargo build server", &mut compiling_programs())?;
        joined.join().map_err(|_| String::from("Joining the app stopped."))?
    })?;
    println!("[build] checking the catalogue and putting the site together");
    assemble(municipality, QuickApp::Product)?;
    Ok(server())
}
