//! `cargo xtask`: the commands of the README and of CONTRIBUTING.md.

mod attack;
mod build;
mod commands;
mod crash;
mod dev;
mod faults;
mod fuzz;
mod inputs;
mod mutants;
mod package;
mod process;
mod setup;
mod size;
mod test;
mod wasm;

use clap::Parser;
use std::path::PathBuf;
use std::process::ExitCode;

fn main() -> ExitCode {
    // Paths are resolved while they are parsed, so before the change to the root.
    let command = commands::CommandLine::parse().command;
    match change_to_root().and_then(|()| commands::run(command)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(said) => {
            if !said.is_empty() {
                eprintln!("{said}");
            }
            ExitCode::FAILURE
        }
    }
}

/// The project's root, where all commands run.
fn root() -> Result<PathBuf, String> {
    let package =
        std::env::var("CARGO_MANIFEST_DIR").unwrap_or_else(|_| env!("CARGO_MANIFEST_DIR").into());
    let mut root = PathBuf::from(package);
    match root.pop() {
        true => Ok(root),
        false => {
            Err("The project’s root cannot be found; call `cargo xtask` in its folder.".into())
        }
    }
}

fn change_to_root() -> Result<(), String> {
    let root = root()?;
    std::env::set_current_dir(&root).map_err(|error| format!("{}: {error}", root.display()))
}
