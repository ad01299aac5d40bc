//! The staff interface of a municipality after some years.
//!
//! `make` fills DIR with a site and a database: N submissions, of which `--open` are open
//! inquiries. The others are closed inquiries with their history, survey answers, searches that
//! found nothing, and contacts at counters. All of it is sealed as devices do it, and stored by the
//! server's own store. `measure` starts a server on it and reports times and memory.

mod entries;
mod flood;
mod http;
mod making;
mod measuring;
mod served;
mod site;

use clap::Parser;
use making::Making;
use measuring::Measuring;
use std::process::ExitCode;

/// Measures the office on the database of a municipality after some years.
#[derive(Debug, Parser)]
#[command(name = "office-bench")]
enum OfficeBenchCommand {
    /// Fills a folder with a site and a database.
    Make(Making),
    /// Starts a server on the database; reports times and memory.
    Measure(Measuring),
}

fn main() -> ExitCode {
    let outcome = match OfficeBenchCommand::parse() {
        OfficeBenchCommand::Make(making) => making::make(&making),
        OfficeBenchCommand::Measure(measuring) => measuring::measure(&measuring),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(said) => {
            eprintln!("{said}");
            ExitCode::FAILURE
        }
    }
}
