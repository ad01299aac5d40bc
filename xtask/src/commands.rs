//! The command line of `cargo xtask`.

mod dispatch;

use crate::{faults, test};
use clap::builder::PossibleValuesParser;
use clap::{Args, Parser, Subcommand, value_parser};
pub(crate) use dispatch::run;
use std::path::PathBuf;

const PORT: u16 = 8080;
/// Different from the port of `run`, whose service worker would otherwise answer for the pages of
/// `dev`.
const DEV_PORT: u16 = 8081;
/// Seconds per decoder, so that all decoders together take about an hour.
const FUZZ_S: u64 = 300;
/// Seconds per measurement: long enough to average out some of a disk's fluctuation.
const BENCH_S: u32 = 5;
/// What a municipality has after some years: submissions, and open inquiries among them.
const OFFICE_ENTRIES: usize = 1_000_000;
const OFFICE_OPEN: usize = 10_000;
/// Waves of the survey in the simulated municipality: enough for half a percentage point.
const SURVEY_WAVES: u32 = 2_000;
/// Seconds without a touch until a public terminal asks whether somebody is there.
const IDLE_S: u32 = 90;
/// Mutants per pure crate: enough to tell 90 % from 80 %.
const MUTANTS: usize = 100;
pub(crate) const MUNICIPALITY: &str = "data/kawartha-lakes";

/// Sets up, builds, runs, tests and measures Community Hub.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", max_term_width = 100)]
pub(crate) struct CommandLine {
    /// `None` if nothing was typed after `cargo xtask`, which then prints the help.
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
}

/// A command with its options. Folders are resolved from the directory in which the command was
/// typed; `None` stands for the default.
#[derive(Debug, Clone, PartialEq, Eq, Subcommand)]
pub(crate) enum Command {
    /// Builds as fast as possible, and serves app and server on one port until Ctrl-C. Sets up what
    /// is missing.
    Run(RunOptions),
    /// The same for working on the code: builds what changes whenever a file is saved, and the open
    /// page reloads automatically. If something does not compile, the last version stays.
    Dev(DevOptions),
    /// Runs all tests; ends with a table and a count. Sets up what is missing, browsers and
    /// PostgreSQL too.
    Test {
        /// Runs only this part; can be given several times.
        #[arg(
            long,
            value_name = "PART",
            value_parser = PossibleValuesParser::new(test::part_names()),
        )]
        only: Vec<String>,
    },
    /// Builds the site into dist/. What has not changed is not built again.
    Build {
        #[command(flatten)]
        of: MunicipalityOption,
    },
    /// Prints what a first visit transfers, part by part, and what each crate adds to the wasm.
    Size {
        /// Prints JSON for other programs.
        #[arg(long)]
        json: bool,
        /// Fails if the size is over the budget.
        #[arg(long)]
        check: bool,
    },
    /// Checks or publishes a municipality's catalogue.
    #[command(subcommand)]
    Catalogue(CatalogueCommand),
    /// Enrols public terminals.
    #[command(subcommand)]
    Terminal(TerminalCommand),
    /// Measures the finder, the stores or the office's pages.
    #[command(subcommand)]
    Bench(Bench),
    /// Prints what the finder answers and why: which word met which, in which field, with how many
    /// slips.
    Explain {
        /// The question in a person's own words, in quotes.
        question: String,
    },
    /// Runs every decoder of untrusted bytes on generated inputs, guided by the code that they
    /// reach. Needs a C++ compiler.
    Fuzz {
        /// Seconds for each target.
        #[arg(
            long,
            value_name = "N",
            default_value_t = FUZZ_S,
            value_parser = value_parser!(u64).range(1..),
        )]
        seconds: u64,
        /// Runs only this target, as in batch or question; can be given several times.
        #[arg(long, value_name = "NAME")]
        target: Vec<String>,
    },
    /// Runs a list of attacks against the real program on this machine's loopback: sign-in, floods,
    /// slow and many connections, races, strange bytes and addresses. Prints a line for each; fails
    /// if one succeeds.
    Attack {
        /// Uses smaller numbers, as the tests do.
        #[arg(long)]
        short: bool,
        /// Runs only this attack, and others with such a name; an unknown name lists all.
        #[arg(long, value_name = "NAME")]
        only: Vec<String>,
    },
    /// Changes the code of the pure crates in one place at a time, and counts how many of the
    /// changes each crate's own tests catch; fails below 90 %. Installs cargo-mutants the first
    /// time. A crate takes five to ten minutes.
    Mutants(MutantOptions),
    /// Takes a screenshot of every page, at 360 and 1280 px.
    Pictures {
        /// Output folder [default: target/pictures].
        #[arg(long, value_name = "DIR", value_parser = typed_path)]
        out: Option<PathBuf>,
    },
    /// Simulates the survey.
    #[command(subcommand)]
    Survey(SurveyCommand),
    /// Simulates histories of devices, a bad network and a server that crashes; checks that nothing
    /// is lost or doubled.
    Simulate(Histories),
    /// Cuts the power under the database, kills the server under load and the browser during a
    /// save; counts what was acknowledged and is lost. Without options: 10,000 cuts, 200 and 100
    /// kills.
    Crash(Crashes),
    /// Runs the tests of all numbered faults; prints a line for each number.
    Faults {
        /// Runs only the tests of this level; can be given several times.
        #[arg(
            long,
            value_name = "LEVEL",
            value_parser = PossibleValuesParser::new(faults::level_names()),
        )]
        only: Vec<String>,
    },
    /// Makes what an operator installs: a Debian package, an archive, the list of what is in the
    /// program (CycloneDX), and checksums. Builds with the profile `dist`, which takes minutes.
    Package {
        /// Packages the programs of this folder instead of building them.
        #[arg(long, value_name = "DIR", value_parser = typed_path)]
        programs: Option<PathBuf>,
        /// Output folder, which is replaced [default: target/package].
        #[arg(long, value_name = "DIR", value_parser = typed_path)]
        out: Option<PathBuf>,
    },
    /// Only sets up: compilers, tools, browsers, PostgreSQL, and the packages of the browser tests.
    Setup,
}

/// Options of `mutants`.
#[derive(Debug, Clone, PartialEq, Eq, Args)]
pub(crate) struct MutantOptions {
    /// Mutants per crate; all if there are fewer.
    #[arg(long, value_name = "N", default_value_t = MUTANTS)]
    pub(crate) sample: usize,
    /// The same seed draws the same mutants from the same code.
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub(crate) seed: u64,
    /// Only these crates: domain, finder, offline, insight, casework.
    #[arg(value_name = "CRATE")]
    pub(crate) crates: Vec<String>,
}

/// Options of `run`.
#[derive(Debug, Clone, PartialEq, Eq, Args)]
pub(crate) struct RunOptions {
    /// Starts with a month of generated inquiries, to see the office at work (/office).
    #[arg(long)]
    demo: bool,
    /// Builds the app as it is released: small, which takes some minutes.
    #[arg(long)]
    small: bool,
    /// The port, from 1.
    #[arg(
        long,
        value_name = "N",
        default_value_t = PORT,
        value_parser = value_parser!(u16).range(1..),
    )]
    port: u16,
    /// Folder of database and keys [default: var; with --demo: var/demo].
    #[arg(long, value_name = "DIR", value_parser = typed_path)]
    data_dir: Option<PathBuf>,
    #[command(flatten)]
    of: MunicipalityOption,
}

/// Options of `dev`.
#[derive(Debug, Clone, PartialEq, Eq, Args)]
pub(crate) struct DevOptions {
    /// The port, from 1.
    #[arg(
        long,
        value_name = "N",
        default_value_t = DEV_PORT,
        value_parser = value_parser!(u16).range(1..),
    )]
    port: u16,
    /// Folder of database and keys [default: var/dev].
    #[arg(long, value_name = "DIR", value_parser = typed_path)]
    data_dir: Option<PathBuf>,
    #[command(flatten)]
    of: MunicipalityOption,
}

/// Which municipality to build for.
#[derive(Debug, Clone, PartialEq, Eq, Default, Args)]
pub(crate) struct MunicipalityOption {
    /// The municipality's folder [default: data/kawartha-lakes].
    #[arg(long, value_name = "DIR", value_parser = typed_path)]
    municipality: Option<PathBuf>,
}

#[derive(Debug, Clone, PartialEq, Eq, Subcommand)]
pub(crate) enum CatalogueCommand {
    /// Reports everything that is wrong with a municipality's folder.
    Check {
        /// The municipality's folder [default: data/kawartha-lakes].
        #[arg(value_parser = typed_path)]
        dir: Option<PathBuf>,
        /// Also prints measures: titles, amounts, translations.
        #[arg(long)]
        report: bool,
    },
    /// Publishes the next edition of the catalogue, with its urgent notices, to a server that is
    /// running; the app stays as it is.
    Publish {
        /// The municipality's folder [default: data/kawartha-lakes].
        #[arg(value_parser = typed_path)]
        dir: Option<PathBuf>,
        /// The server's data folder [default: var].
        #[arg(long, value_name = "DIR", value_parser = typed_path)]
        data_dir: Option<PathBuf>,
    },
    /// Writes the JSON Schemas in data/schema, which editors use, from the types of the files.
    Schemas,
}

#[derive(Debug, Clone, PartialEq, Eq, Subcommand)]
pub(crate) enum TerminalCommand {
    /// Sets up a public terminal. It opens at /k/ID once the catalogue is published, and leaves
    /// nothing for the next visitor.
    Add {
        /// Id of the terminal, as in library-lindsay.
        id: String,
        /// Id of the location where it is.
        #[arg(long)]
        hub: String,
        /// Languages that it offers, separated by commas; the first is shown first.
        #[arg(long, default_value = "en,fr")]
        languages: String,
        /// Seconds without a touch until it asks whether somebody is there.
        #[arg(long, value_name = "N", default_value_t = IDLE_S)]
        idle_s: u32,
        /// Its browser forgets everything when it is closed: what is written there is sent at once
        /// or not at all.
        #[arg(long)]
        ephemeral: bool,
        #[command(flatten)]
        of: MunicipalityOption,
    },
}

#[derive(Debug, Clone, PartialEq, Eq, Subcommand)]
pub(crate) enum Bench {
    /// Measures how often the finder's first answer, or one of its first five, is right, by class
    /// of query.
    Finder {
        /// Judged queries [default: crates/finder/tests/queries.json].
        #[arg(long, value_name = "FILE", value_parser = typed_path)]
        queries: Option<PathBuf>,
        /// Prints JSON for other programs.
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        of: MunicipalityOption,
    },
    /// Measures quality and time of a keystroke on generated catalogues.
    Growth {
        /// Number of services of a catalogue; can be given several times.
        #[arg(long, value_name = "N")]
        size: Vec<usize>,
        /// Folder of the generated catalogues [default: target/corpora].
        #[arg(long, value_name = "DIR", value_parser = typed_path)]
        corpora: Option<PathBuf>,
    },
    /// Measures how many submissions per second SQLite and PostgreSQL store, each acknowledged
    /// after its commit, how long an answer takes, and what opening and signing cost by themselves.
    Ingest {
        /// Seconds for each measurement.
        #[arg(
            long,
            value_name = "N",
            default_value_t = BENCH_S,
            value_parser = value_parser!(u32).range(1..),
        )]
        seconds: u32,
    },
    /// Measures how soon the office opens on a large database, how much memory it takes, and how
    /// long its pages take; then a flood from one address.
    Office {
        /// Submissions in the database, which is made once (some minutes, 3 GB for the default).
        #[arg(long, value_name = "N", default_value_t = OFFICE_ENTRIES)]
        entries: usize,
        /// Open inquiries among them.
        #[arg(long, value_name = "N", default_value_t = OFFICE_OPEN)]
        open: usize,
        /// Folder of the database [default: target/office-bench].
        #[arg(long, value_name = "DIR", value_parser = typed_path)]
        dir: Option<PathBuf>,
    },
}

#[derive(Debug, Clone, PartialEq, Eq, Subcommand)]
pub(crate) enum SurveyCommand {
    /// Simulates waves of the survey in an invented city whose true values are known; prints how
    /// often the report's intervals contain them.
    Simulate {
        /// Number of waves.
        #[arg(long, value_name = "N", default_value_t = SURVEY_WAVES)]
        waves: u32,
    },
}

/// Which histories to simulate.
#[derive(Debug, Clone, PartialEq, Eq, Default, Args)]
#[group(required = true, multiple = true)]
pub(crate) struct Histories {
    /// Prints this one history step by step.
    #[arg(long)]
    seed: Option<u64>,
    /// Simulates so many histories.
    #[arg(long, value_name = "N")]
    seeds: Option<u64>,
    /// The first seed of many.
    #[arg(long, value_name = "SEED")]
    from: Option<u64>,
}

/// How many crashes of each kind to make; `None` skips the kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Args)]
pub(crate) struct Crashes {
    /// Power cuts under the database.
    #[arg(long, value_name = "N")]
    pub(crate) power_cuts: Option<u32>,
    /// Kills of the server under load.
    #[arg(long, value_name = "N")]
    pub(crate) server_kills: Option<u32>,
    /// Kills of the browser during a save.
    #[arg(long, value_name = "N")]
    pub(crate) browser_kills: Option<u32>,
}

/// A path that was typed relative to the current directory. Commands run at the project's root, so
/// the path is resolved before.
fn typed_path(typed: &str) -> Result<PathBuf, String> {
    let here =
        std::env::current_dir().map_err(|error| format!("this folder cannot be read: {error}"))?;
    Ok(if here == crate::root()? { typed.into() } else { here.join(typed) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    fn parsed(line: &str) -> Result<Option<Command>, String> {
        let arguments = ["cargo xtask"].into_iter().chain(line.split_whitespace());
        CommandLine::try_parse_from(arguments)
            .map(|line| line.command)
            .map_err(|error| error.to_string())
    }

    fn check(line: &str, expected: Command) {
        assert_eq!(parsed(line), Ok(Some(expected)), "{line}");
    }

    fn run() -> RunOptions {
        RunOptions {
            demo: false,
            small: false,
            port: PORT,
            data_dir: None,
            of: MunicipalityOption::default(),
        }
    }

    /// Tests run in the package's folder, which is not the project's root.
    fn here(path: &str) -> Option<PathBuf> {
        Some(std::env::current_dir().unwrap().join(path))
    }

    #[test]
    fn the_definition_of_the_command_line_is_sound() {
        CommandLine::command().debug_assert();
    }

    #[test]
    fn folders_are_read_from_where_the_person_stands() {
        let served = RunOptions { port: 9000, data_dir: here("x"), ..run() };
        check("run --data-dir x --port 9000", Command::Run(served));
        let served = RunOptions { port: 9000, data_dir: Some("/here/x".into()), ..run() };
        check("run --data-dir=/here/x --port=9000", Command::Run(served));
        check("run --demo", Command::Run(RunOptions { demo: true, ..run() }));
        check("run --small", Command::Run(RunOptions { small: true, ..run() }));
        let dev =
            DevOptions { port: DEV_PORT, data_dir: here("x"), of: MunicipalityOption::default() };
        check("dev --data-dir x", Command::Dev(dev));
        check(
            "catalogue check town",
            Command::Catalogue(CatalogueCommand::Check { dir: here("town"), report: false }),
        );
        check(
            "catalogue check",
            Command::Catalogue(CatalogueCommand::Check { dir: None, report: false }),
        );
        check(
            "catalogue publish town --data-dir x",
            Command::Catalogue(CatalogueCommand::Publish {
                dir: here("town"),
                data_dir: here("x"),
            }),
        );
    }

    #[test]
    fn arguments_are_read_in_any_order_and_number() {
        check("size --json", Command::Size { json: true, check: false });
        let only = vec!["lints".into(), "size".into()];
        check("test --only lints --only size", Command::Test { only });
        check("bench ingest --seconds 2", Command::Bench(Bench::Ingest { seconds: 2 }));
        assert_eq!(parsed(""), Ok(None));
    }

    #[test]
    fn a_command_explains_itself_alone_and_all_are_listed() {
        for line in ["run --port 1 --help", "help run"] {
            let help = parsed(line).unwrap_err();
            assert!(help.contains("cargo xtask run") && help.contains("--data-dir"), "{help}");
        }
        assert!(parsed("help test").is_err_and(|help| help.contains("browser")), "names the parts");
        let all = parsed("--help").unwrap_err();
        for command in CommandLine::command().get_subcommands() {
            assert!(all.contains(command.get_name()), "{}", command.get_name());
            assert!(command.get_about().is_some(), "{}", command.get_name());
        }
    }

    #[test]
    fn an_attack_is_long_unless_it_is_said_to_be_short() {
        check("attack", Command::Attack { short: false, only: Vec::new() });
        check(
            "attack --only races --short",
            Command::Attack { short: true, only: vec!["races".into()] },
        );
    }

    #[test]
    fn histories_and_crashes_are_counted() {
        let histories = Histories { seeds: Some(5), from: Some(7), ..Histories::default() };
        check("simulate --seeds 5 --from 7", Command::Simulate(histories));
        let crashes = Crashes { power_cuts: Some(3), ..Crashes::default() };
        check("crash --power-cuts 3", Command::Crash(crashes));
        assert!(parsed("simulate").is_err_and(|said| said.contains("--seeds <N>")));
        assert!(
            parsed("crash --server-kills many")
                .is_err_and(|said| said.contains("'many'") && said.contains("--server-kills"))
        );
    }

    #[test]
    fn the_rest_is_refused_by_name_with_what_is_allowed() {
        let cases = [
            ("run --prot 1", "'--prot'"),
            ("run --port", "a value is required for '--port <N>'"),
            ("run --data-dir --port 81", "a value is required for '--data-dir <DIR>'"),
            ("bench ingest --seconds 0", "0 is not in 1.."),
            ("run --port 0", "0 is not in 1..=65535"),
            ("run --port 1 --port 2", "'--port <N>' cannot be used multiple times"),
            ("fly", "'fly'"),
            ("size all", "'all'"),
            ("catalogue mend", "'mend'"),
            ("fuzz --seconds 0", "0 is not in 1.."),
            ("test --only speling", "possible values: format, lints"),
            ("terminal add library", "--hub <HUB>"),
        ];
        for (line, named) in cases {
            let said = parsed(line).unwrap_err();
            assert!(said.contains(named) && said.contains("try '--help'"), "{line}: {said}");
        }
    }
}
