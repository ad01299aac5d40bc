//! `cargo xtask`: the commands of the README, and those that they stand on.

mod build;
mod commands;
mod inputs;
mod process;
mod setup;
mod size;
mod test;

use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match commands::parse(&arguments).and_then(commands::run) {
        Ok(()) => ExitCode::SUCCESS,
        Err(said) => {
            eprintln!("{said}");
            ExitCode::FAILURE
        }
    }
}
