//! Makes the built app smaller: removes what nothing calls, shortens names, and merges the start
//! script and the glue into one file. docs/decisions/0007-slimming.md lists what each step saves.

mod glue;

use super::divide::{DividedApp, without_relocations};
use crate::process::quietly;
use crate::setup::Tools;
use serde_json::json;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Passes of wasm-opt, run after unreachable code has been removed. The decision page justifies
/// each of them.
const PASSES: [&str; 9] = [
    "-ocimfs",
    "20",
    "-Oz",
    "--flatten",
    "--rereloop",
    "-Oz",
    "-Oz",
    "--strip-debug",
    "--strip-producers",
];
/// Shortens the names by which the module and the page know each other.
const SHORT_NAMES: &str = "--minify-imports-and-exports-and-modules";
/// The name that the passes give to the single module of imports.
const MODULE: &str = "a";

/// Old names mapped to new ones.
#[derive(Debug, Default, PartialEq, Eq)]
struct Names {
    imports: BTreeMap<String, String>,
    exports: BTreeMap<String, String>,
}

/// An app with the glue of wasm-bindgen.
pub(super) enum BoundApp {
    Whole { glue: PathBuf, wasm: PathBuf },
    Divided(DividedApp),
}

impl BoundApp {
    /// What Trunk has written into a folder.
    pub(super) fn of_trunk(built: &Path) -> Result<Self, String> {
        Ok(Self::Whole { glue: one_file(built, ".js")?, wasm: one_file(built, "_bg.wasm")? })
    }
}

/// Creates the folder for the result and the one for what is made on the way, and returns that.
pub(super) fn folders(out: &Path) -> Result<PathBuf, String> {
    let work = out.with_extension("work");
    for folder in [&work, &out.to_path_buf()] {
        std::fs::create_dir_all(folder)
            .map_err(|error| format!("{}: {error}", folder.display()))?;
    }
    Ok(work)
}

/// Makes `app.js` and `app.wasm` of an app, and `second.wasm` of one in two parts.
pub(super) fn slim(tools: &Tools, app: &BoundApp, work: &Path, out: &Path) -> Result<(), String> {
    let (glue, wasm, shared) = match app {
        BoundApp::Whole { glue, wasm } => (glue, wasm, &[][..]),
        BoundApp::Divided(app) => (&app.glue, &app.first, &app.link.shared[..]),
    };
    let glue = glue::without_classes(&read(glue)?);
    let called = work.join("called.wasm");
    let mut exports = glue::exports_used(&glue);
    exports.extend_from_slice(shared);
    let bytes = std::fs::read(wasm).map_err(|error| format!("{}: {error}", wasm.display()))?;
    let linked = without_relocations(&bytes).ok_or("wasm-bindgen wrote no module.")?;
    let wasm = work.join("bound.wasm");
    std::fs::write(&wasm, linked).map_err(|error| format!("{}: {error}", wasm.display()))?;
    keep_exports(tools, &wasm, &exports, &called)?;
    let names = shorten(tools, &called, &out.join("app.wasm"))?;
    write(&work.join("glue.js"), &glue::renamed(&glue, &names, MODULE))?;
    if let BoundApp::Divided(app) = app {
        // wasm-opt leaves the table of functions its name.
        app.link.write(work, |name| names.exports.get(name).map_or(name, String::as_str).into())?;
        optimized(tools, &app.second, &[], &out.join("second.wasm"))?;
    }
    write(&work.join("boot.js"), &read(Path::new("public/boot.js"))?)?;
    bundle(tools, &work.join("boot.js"), &out.join("app.js"), &["--minify"])
}

/// Merges a script and everything that it imports into one file.
pub(super) fn bundle(
    tools: &Tools,
    from: &Path,
    to: &Path,
    options: &[&str],
) -> Result<(), String> {
    let to = format!("--outfile={}", to.display());
    let mut bundling = tool("esbuild", tools);
    bundling.arg(from).args(["--bundle", "--format=esm", "--log-level=warning", &to]).args(options);
    quietly("esbuild", &mut bundling)
}

fn tool(name: &str, tools: &Tools) -> Command {
    let mut command = Command::new(name);
    command.env("PATH", tools.path());
    command
}

/// Removes all exports except these, and everything that only the removed ones call.
fn keep_exports(tools: &Tools, from: &Path, exports: &[String], to: &Path) -> Result<(), String> {
    let graph = to.with_extension("json");
    let root = json!({ "name": "page", "root": true, "reaches": exports });
    let reached = exports.iter().map(|name| json!({ "name": name, "export": name }));
    let nodes: Vec<_> = [root].into_iter().chain(reached).collect();
    write(&graph, &json!(nodes).to_string())?;
    let mut command = tool("wasm-metadce", tools);
    quietly(
        "wasm-metadce",
        command.arg(from).arg(format!("--graph-file={}", graph.display())).arg("-o").arg(to),
    )
}

/// Runs the passes and shortens names; returns those that the module now uses.
fn shorten(tools: &Tools, from: &Path, to: &Path) -> Result<Names, String> {
    names_in(&optimized(tools, from, &[SHORT_NAMES], to)?).ok_or_else(|| {
        "wasm-opt did not say which names it gave; is it the version that the set-up installs?"
            .into()
    })
}

/// Runs the passes, then those of `more`; returns what wasm-opt wrote.
fn optimized(tools: &Tools, from: &Path, more: &[&str], to: &Path) -> Result<String, String> {
    let output = tool("wasm-opt", tools)
        .arg(from)
        .args(PASSES)
        .args(more)
        .arg("-o")
        .arg(to)
        .output()
        .map_err(|error| format!("wasm-opt: {error}"))?;
    if !output.status.success() {
        return Err(format!(
            "wasm-opt failed ({}):\n{}",
            output.status,
            String::from_utf8_lossy(&output.stderr)
        ));
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Parses wasm-opt's output: `{"imports": [[module, old, new], …], "exports": [[old, new], …]}`.
fn names_in(said: &str) -> Option<Names> {
    let said: serde_json::Value = serde_json::from_str(said).ok()?;
    let pairs = |list: &str, at: usize| -> Option<BTreeMap<String, String>> {
        let pair = |entry: &serde_json::Value| {
            Some((entry[at].as_str()?.into(), entry[at + 1].as_str()?.into()))
        };
        said[list].as_array()?.iter().map(pair).collect()
    };
    Some(Names { imports: pairs("imports", 1)?, exports: pairs("exports", 0)? })
}

/// The only file with this extension; Trunk adds a hash to its name.
fn one_file(folder: &Path, ending: &str) -> Result<PathBuf, String> {
    let entries =
        std::fs::read_dir(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let mut found = entries
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.to_string_lossy().ends_with(ending));
    match (found.next(), found.next()) {
        (Some(path), None) => Ok(path),
        _ => Err(format!(
            "{} should hold one file that ends in {ending}. Remove the folder and build again.",
            folder.display()
        )),
    }
}

pub(super) fn read(path: &Path) -> Result<String, String> {
    std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))
}

pub(super) fn write(path: &Path, text: &str) -> Result<(), String> {
    std::fs::write(path, text).map_err(|error| format!("{}: {error}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_from_what_wasm_opt_says() {
        let names = names_in(
            r#"{"imports": [["./app_bg.js", "__wbg_now_1", "a"]], "exports": [["memory", "b"]]}"#,
        )
        .unwrap();
        assert_eq!(
            (names.imports["__wbg_now_1"].as_str(), names.exports["memory"].as_str()),
            ("a", "b")
        );
        assert_eq!(names_in("[parse exception]"), None);
    }
}
