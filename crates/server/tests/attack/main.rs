//! Attacks on the real program over this machine's loopback network, reported one line each.
//! `cargo xtask attack` runs them. Each attack is bounded in count and time, and has a server of
//! its own, which is stopped with it.

#![allow(clippy::unwrap_used, reason = "an attack that cannot go on is reported as failed")]

#[path = "../hub/mod.rs"]
mod hub;
#[path = "../office_client/mod.rs"]
mod office_client;

mod bytes;
mod door;
mod endings;
mod floods;
mod forms;
mod formulas;
mod http;
mod neighbour;
mod paths;
mod proxies;
mod quiet;
mod races;
mod report;
mod slow;
mod wire;

use report::{AttackReport, AttackScale};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;
use std::time::{Duration, Instant};

/// After this time no further attack starts; those not started count as failed.
const SHORT_TIME_MAX: Duration = Duration::from_secs(240);
const LONG_TIME_MAX: Duration = Duration::from_secs(30 * 60);

type Attack = (&'static str, fn(&mut AttackReport, AttackScale));

const ATTACKS: &[Attack] = &[
    ("door-states", door::states),
    ("door-letters", door::letters),
    ("door-guessing", door::guessing),
    ("door-long-logins", door::long_logins),
    ("door-hang-up", door::hang_up),
    ("sessions", door::sessions),
    ("foreign-forms", forms::foreign),
    ("open-redirect", forms::redirects),
    ("huge-forms", forms::huge),
    ("one-ending", endings::twenty),
    ("one-ending-many", endings::many),
    ("same-id", endings::same_id),
    ("flood-entries", floods::entries),
    ("flood-requests", floods::requests),
    ("slow-bodies", slow::bodies),
    ("half-headers", slow::half_headers),
    ("idle-sockets", slow::idle),
    ("races", races::all),
    ("formulas", formulas::all),
    ("forwarding", proxies::all),
    ("decompression", http::decompression),
    ("lengths", http::lengths),
    ("smuggling", http::smuggling),
    ("methods", http::methods),
    ("http2", http::http2),
    ("paths", paths::outside),
    ("office-paths", paths::office),
    ("hostile-bytes", bytes::random),
    ("hostile-envelopes", bytes::envelopes),
    ("hostile-words", bytes::words),
    ("scripts", bytes::scripts),
    ("health", quiet::health),
    ("headers", quiet::headers),
    ("log", quiet::log),
    ("files", quiet::files),
];

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let has = |word: &str| words.iter().any(|other| other == word);
    let size = match (has("--short"), has("--long")) {
        (true, _) => AttackScale::Short,
        (_, true) => AttackScale::Long,
        // `cargo test` runs every test program; this one is run separately
        // (`cargo xtask test --only attack`).
        _ => return ExitCode::SUCCESS,
    };
    let only: Vec<&String> =
        words.windows(2).filter(|pair| pair[0] == "--only").map(|pair| &pair[1]).collect();
    if let Some(strange) =
        only.iter().find(|name| !ATTACKS.iter().any(|(of, _)| of.contains(name.as_str())))
    {
        let names: Vec<&str> = ATTACKS.iter().map(|(name, _)| *name).collect();
        eprintln!("“{strange}” is none of the attacks; they are: {}.", names.join(", "));
        return ExitCode::FAILURE;
    }
    let attacks = ATTACKS.iter().filter(|(name, _)| {
        only.is_empty() || only.iter().any(|wanted| name.contains(wanted.as_str()))
    });
    run(attacks, size)
}

fn run<'a>(attacks: impl Iterator<Item = &'a Attack>, size: AttackScale) -> ExitCode {
    wire::allow_many_sockets();
    // The message of an attack's panic is reported in its own line.
    std::panic::set_hook(Box::new(|_| ()));
    let (began, most) =
        (Instant::now(), if size == AttackScale::Short { SHORT_TIME_MAX } else { LONG_TIME_MAX });
    let mut report = AttackReport::default();
    for (name, attack) in attacks {
        report.begin(name);
        if began.elapsed() > most {
            report.check(
                "it was not begun",
                "all within the time",
                format!("{} s are over", most.as_secs()),
                false,
            );
            continue;
        }
        if let Err(panic) = catch_unwind(AssertUnwindSafe(|| attack(&mut report, size))) {
            report.check("the attack itself", "to its end", report::words_of(&panic), false);
        }
    }
    let (passed, failed) = report.counts();
    println!("\n{}\n{passed} passed, {failed} failed", report.slowest());
    if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
