//! `cargo xtask`: the commands of the README.

mod attack;
mod build;
mod commands;
mod crash;
mod faults;
mod fuzz;
mod inputs;
mod mutants;
mod process;
mod setup;
mod size;
mod test;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match at_the_root().and_then(|here| commands::parse(&arguments, &here)).and_then(commands::run)
    {
        Ok(()) => ExitCode::SUCCESS,
        Err(said) => {
            if !said.is_empty() {
                eprintln!("{said}");
            }
            ExitCode::FAILURE
        }
    }
}

/// Changes to the project's root, where all commands run. Returns the folder that xtask was called
/// in, or an empty path if that was the root.
fn at_the_root() -> Result<PathBuf, String> {
    let package =
        std::env::var("CARGO_MANIFEST_DIR").unwrap_or_else(|_| env!("CARGO_MANIFEST_DIR").into());
    let root = Path::new(&package)
        .parent()
        .ok_or("The project's root cannot be found; call `cargo xtask` in its folder.")?;
    let here =
        std::env::current_dir().map_err(|error| format!("This folder cannot be read: {error}"))?;
    std::env::set_current_dir(root).map_err(|error| format!("{}: {error}", root.display()))?;
    Ok(if here == root { PathBuf::new() } else { here })
}
