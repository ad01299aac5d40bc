//! Measures the tests of the pure crates: changes their code in one place at a time (a mutant) and
//! counts how many of these changes the crate's own tests catch. cargo-mutants makes the changes.

use crate::commands::MutantOptions;
use crate::process::{captured, exit_code};
use crate::setup::{self, Tools};
use std::fmt::Write;
use std::path::Path;
use std::process::Command;

/// The crates without I/O. Their own tests are quick, so a hundred mutants take minutes.
const PURE_CRATES: [&str; 5] = ["domain", "finder", "offline", "insight", "casework"];
/// Reports and compiled crates.
const FOLDER: &str = "target/mutants";
/// Least percentage of mutants that a crate's tests must catch.
const CAUGHT_PERCENT_MIN: usize = 90;
/// A mutant that loops forever is noticed after this many seconds: several times as long as the
/// slowest crate's tests take.
const TEST_S_MAX: u32 = 120;
/// What cargo-mutants returns if all mutants were caught, if some were missed, and if some ran too
/// long.
const RAN_TO_THE_END: [i32; 3] = [0, 2, 3];

/// What became of the mutants of one crate.
#[derive(Debug, Clone, PartialEq, Eq)]
struct MutantScore {
    name: String,
    drawn: usize,
    /// Those that made a test fail or run into the time limit.
    caught: usize,
    /// Those that no test noticed, as cargo-mutants describes them.
    missed: Vec<String>,
    /// Those that do not compile; they say nothing about the tests.
    unviable: usize,
}

impl MutantScore {
    /// Percentage caught of all that compile, rounded down; 100 if none does.
    fn percent(&self) -> usize {
        (self.caught * 100).checked_div(self.caught + self.missed.len()).unwrap_or(100)
    }
}

pub(crate) fn run(draw: &MutantOptions) -> Result<(), String> {
    let crates = chosen(&draw.crates, |name| Path::new("crates").join(name).is_dir())?;
    let tools = setup::for_mutants()?;
    let mut scores = Vec::new();
    for name in crates {
        let all = mutants_of(&tools, name)?;
        let drawn = drawn_from(all.lines().collect(), draw.sample, draw.seed);
        println!(
            "[mutants] {name}: {} of {}, seed {}",
            drawn.len(),
            all.lines().count(),
            draw.seed
        );
        scores.push(score(&tools, name, &drawn)?);
    }
    println!("{}", report(&scores));
    match scores.iter().filter(|score| score.percent() < CAUGHT_PERCENT_MIN).count() {
        0 => Ok(()),
        _ => Err(format!("Fewer than {CAUGHT_PERCENT_MIN}% were caught.")),
    }
}

/// The named crates, or all pure crates that exist.
fn chosen(named: &[String], exists: impl Fn(&str) -> bool) -> Result<Vec<&'static str>, String> {
    if let Some(strange) = named.iter().find(|name| !PURE_CRATES.contains(&name.as_str())) {
        return Err(format!(
            "“{strange}” is not a pure crate; they are: {}.",
            PURE_CRATES.join(", ")
        ));
    }
    let asked = |name: &&str| named.is_empty() || named.iter().any(|asked| asked == name);
    Ok(PURE_CRATES.into_iter().filter(asked).filter(|name| exists(name)).collect())
}

/// All mutants of a crate, one per line.
fn mutants_of(tools: &Tools, name: &str) -> Result<String, String> {
    captured(cargo_mutants(tools).args(["--list", "--package", name]))
}

/// A sample without repetition, in the order of the list (Fisher-Yates, with splitmix64).
fn drawn_from(mut all: Vec<&str>, count: usize, mut seed: u64) -> Vec<&str> {
    let order: Vec<&str> = all.clone();
    let count = count.min(all.len());
    for at in 0..count {
        seed = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (seed ^ seed >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        let left = (all.len() - at) as u64;
        all.swap(at, at + ((mixed ^ mixed >> 31) % left) as usize);
    }
    let drawn = &all[..count];
    order.into_iter().filter(|mutant| drawn.contains(mutant)).collect()
}

/// A regular expression for exactly this text.
fn exactly(text: &str) -> String {
    let mut pattern = String::from("^");
    for letter in text.chars() {
        if r"\.+*?()|[]{}^$#&-~".contains(letter) {
            pattern.push('\\');
        }
        pattern.push(letter);
    }
    pattern + "$"
}

fn cargo_mutants(tools: &Tools) -> Command {
    let mut command = Command::new("cargo");
    command.arg("mutants").env("PATH", tools.path());
    command
}

/// Tests the drawn mutants of a crate, in a copy of the project, with the crate's own tests alone.
fn score(tools: &Tools, name: &str, drawn: &[&str]) -> Result<MutantScore, String> {
    let here = std::env::current_dir().map_err(|error| format!("This folder: {error}"))?;
    let output = here.join(FOLDER).join(name);
    std::fs::create_dir_all(&output).map_err(|error| format!("{}: {error}", output.display()))?;
    let mut command = cargo_mutants(tools);
    command.args(["--package", name, "--jobs", "1", "--no-shuffle", "--cap-lints", "true"]);
    command.args(["--no-times", "--timeout", &TEST_S_MAX.to_string()]);
    command.arg("--output").arg(&output);
    command.args(drawn.iter().flat_map(|mutant| ["--re".into(), exactly(mutant)]));
    command.args(["--", "--lib", "--tests"]);
    // The registry's crates are compiled once for all runs.
    command.env("CARGO_TARGET_DIR", here.join(FOLDER).join("build"));
    command.env("CARGO_PROFILE_DEV_DEBUG", "false");
    match exit_code(&mut command)? {
        Some(code) if RAN_TO_THE_END.contains(&code) => {}
        _ => return Err(format!("The tests of {name} fail without any mutant, or cannot run.")),
    }
    let outcome = |file: &str| {
        // A file that does not exist has no lines: nothing was missed.
        let text = std::fs::read_to_string(output.join("mutants.out").join(file));
        of_the_drawn(&text.unwrap_or_default(), drawn)
    };
    let score = MutantScore {
        name: name.into(),
        drawn: drawn.len(),
        caught: outcome("caught.txt").len() + outcome("timeout.txt").len(),
        missed: outcome("missed.txt"),
        unviable: outcome("unviable.txt").len(),
    };
    match score.caught + score.missed.len() + score.unviable {
        tested if tested == score.drawn => Ok(score),
        tested => Err(format!("{tested} of {} mutants of {name} were tested.", score.drawn)),
    }
}

/// The lines that name drawn mutants. cargo-mutants 27 also tests mutants that delete a field, even
/// if they were not drawn.
fn of_the_drawn(lines: &str, drawn: &[&str]) -> Vec<String> {
    lines.lines().filter(|line| drawn.contains(line)).map(String::from).collect()
}

/// The mutants that were missed, then a table of the crates.
fn report(scores: &[MutantScore]) -> String {
    let mut text = String::new();
    for missed in scores.iter().flat_map(|score| &score.missed) {
        // Writing to a `String` cannot fail.
        let _ = writeln!(text, "missed: {missed}");
    }
    let _ = write!(
        text,
        "\n{:10} {:>6} {:>7} {:>7} {:>9} {:>5}",
        "crate", "drawn", "caught", "missed", "unviable", "%"
    );
    for score in scores {
        let MutantScore { name, drawn, caught, missed, unviable } = score;
        let (missed, percent) = (missed.len(), score.percent());
        let _ = write!(
            text,
            "\n{name:10} {drawn:>6} {caught:>7} {missed:>7} {unviable:>9} {percent:>5}"
        );
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sample_has_no_mutant_twice_and_the_seed_decides_which() {
        let all: Vec<String> = (0..500).map(|at| format!("mutant {at}")).collect();
        let all: Vec<&str> = all.iter().map(String::as_str).collect();
        let draw = |count, seed| drawn_from(all.clone(), count, seed);
        let drawn = draw(100, 1);
        assert_eq!(drawn.iter().collect::<std::collections::BTreeSet<_>>().len(), 100);
        assert_eq!(drawn, draw(100, 1));
        assert_ne!(drawn, draw(100, 2));
        assert!(drawn.is_sorted_by_key(|mutant| all.iter().position(|other| other == mutant)));
        assert_eq!(draw(900, 1), all, "all of them if there are fewer");
    }

    #[test]
    fn a_pattern_matches_the_mutant_that_it_names_alone() {
        assert_eq!(
            exactly("src/a.rs:1:2: replace f -> Option<(u8, [u8; 2])> with None"),
            r"^src/a\.rs:1:2: replace f \-> Option<\(u8, \[u8; 2\]\)> with None$"
        );
        assert_eq!(exactly("replace && with ||"), r"^replace \&\& with \|\|$");
    }

    #[test]
    fn what_was_tested_without_being_drawn_does_not_count() {
        assert_eq!(of_the_drawn("a\nb\nc\n", &["c", "a", "d"]), ["a", "c"]);
    }

    #[test]
    fn only_pure_crates_are_chosen_and_those_that_exist() {
        let is_there = |name: &str| name != "casework";
        let named = |names: &[&str]| names.iter().map(|name| name.to_string()).collect::<Vec<_>>();
        assert_eq!(chosen(&[], is_there), Ok(vec!["domain", "finder", "offline", "insight"]));
        assert_eq!(chosen(&named(&["offline", "domain"]), is_there), Ok(vec!["domain", "offline"]));
        assert!(chosen(&named(&["server"]), is_there).is_err_and(|said| said.contains("“server”")));
    }

    #[test]
    fn what_does_not_compile_does_not_count() {
        let score = |caught, missed: usize, unviable| MutantScore {
            name: "domain".into(),
            drawn: caught + missed + unviable,
            caught,
            missed: vec!["src/a.rs: replace f with ()".into(); missed],
            unviable,
        };
        assert_eq!(score(89, 11, 0).percent(), 89);
        assert_eq!(score(18, 2, 80).percent(), 90);
        assert_eq!(score(0, 0, 5).percent(), 100);
        let text = report(&[score(18, 1, 2)]);
        assert!(text.contains("missed: src/a.rs: replace f with ()"), "{text}");
        let row: Vec<&str> = text.lines().last().unwrap().split_whitespace().collect();
        assert_eq!(row, ["domain", "21", "18", "1", "2", "94"]);
    }
}
