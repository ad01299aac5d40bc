//! The staff interface of a municipality after some years.
//!
//!     office-bench make DIR [--entries N] [--open N] [--municipality DIR]
//!     office-bench measure DIR --program PATH [--flood N] [-- OPTIONS OF SERVE]
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

use making::Making;
use measuring::Measuring;
use std::path::PathBuf;
use std::process::ExitCode;

/// Default size: what a municipality of 80,000 people has after some ten years.
const ENTRIES: usize = 1_000_000;
const OPEN: usize = 10_000;
const FLOOD: usize = 10_000;
const MUNICIPALITY: &str = "data/kawartha-lakes";

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    match run(&words) {
        Ok(()) => ExitCode::SUCCESS,
        Err(said) => {
            eprintln!("{said}");
            ExitCode::FAILURE
        }
    }
}

fn run(words: &[String]) -> Result<(), String> {
    let (words, options) =
        words.split_at(words.iter().position(|word| word == "--").unwrap_or(words.len()));
    let value = |name: &str| words.iter().skip_while(|word| *word != name).nth(1).cloned();
    let count = |name: &str, usual: usize| {
        value(name).map_or(Ok(usual), |text| {
            text.parse().map_err(|_| format!("“{text}” is not a number for {name}."))
        })
    };
    match words {
        [what, dir, ..] if what == "make" => {
            let municipality =
                PathBuf::from(value("--municipality").unwrap_or_else(|| MUNICIPALITY.into()));
            making::make(&Making {
                dir: dir.into(),
                municipality,
                entries: count("--entries", ENTRIES)?,
                open: count("--open", OPEN)?,
            })
        }
        [what, dir, ..] if what == "measure" => {
            let program = value("--program")
                .ok_or("Which program? Say --program target/release/community-hub.")?
                .into();
            measuring::measure(&Measuring {
                dir: dir.into(),
                program,
                flood: count("--flood", FLOOD)?,
                options: options.iter().skip(1).cloned().collect(),
            })
        }
        _ => Err("office-bench make DIR, or measure DIR --program PATH".into()),
    }
}
