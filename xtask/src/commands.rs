//! Parses the command line of `cargo xtask` and runs the command.

mod help;
mod words;

use crate::attack::{self, Size};
use crate::build::For;
use crate::crash::{self, Crashes};
use crate::mutants::Draw;
use crate::{build, faults, fuzz, mutants, process, setup, size, test};
use help::help;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use words::Words;

const PORT: u16 = 8080;
/// Seconds per decoder, so that all decoders together take about an hour.
const FUZZ_S: u64 = 300;
/// Seconds per measurement: long enough to average out some of a disk's fluctuation.
const BENCH_S: u32 = 5;
/// What a municipality has after some years: submissions, and open inquiries among them.
const OFFICE_ENTRIES: usize = 1_000_000;
const OFFICE_OPEN: usize = 10_000;
/// Waves of the survey in the simulated municipality: enough for half a percentage point.
const SURVEY_WAVES: u32 = 2_000;
/// Mutants per pure crate: enough to tell 90 % from 80 %.
const MUTANTS: usize = 100;
pub(crate) const MUNICIPALITY: &str = "data/kawartha-lakes";

/// A parsed command with its options.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Command {
    /// Help on one command, or on all if empty.
    Help(String),
    Run {
        port: u16,
        data_dir: PathBuf,
        municipality: PathBuf,
        /// Starts with a month of generated inquiries, in a data folder of its own.
        is_demo: bool,
    },
    Test {
        only: Vec<String>,
    },
    Build {
        municipality: PathBuf,
    },
    Size {
        json: bool,
        check: bool,
    },
    CatalogueCheck {
        dir: PathBuf,
    },
    /// Publishes the next edition into a server's data folder.
    CataloguePublish {
        dir: PathBuf,
        data_dir: PathBuf,
    },
    /// Enrols a public terminal.
    TerminalAdd {
        id: String,
        hub: String,
        languages: String,
        idle_s: String,
        is_ephemeral: bool,
        municipality: PathBuf,
    },
    BenchFinder {
        queries: PathBuf,
        json: bool,
        municipality: PathBuf,
    },
    /// Measures the finder on generated catalogues: a folder of corpora and queries, and their
    /// sizes.
    BenchGrowth {
        dir: PathBuf,
        sizes: Vec<String>,
    },
    /// Measures both stores under load, for so many seconds per mode.
    BenchIngest {
        seconds: u32,
    },
    /// Measures the staff interface on a database with so many submissions.
    BenchOffice {
        dir: PathBuf,
        entries: usize,
        open: usize,
    },
    Explain {
        question: String,
    },
    Fuzz {
        seconds: u64,
        only: Vec<String>,
    },
    /// Measures how many mutants the pure crates' own tests catch.
    Mutants(Draw),
    /// Runs the list of attacks against the real program.
    Attack {
        size: Size,
        only: Vec<String>,
    },
    Pictures {
        out: PathBuf,
    },
    SurveySimulate {
        waves: u32,
    },
    /// Arguments for the simulation, passed on as they are.
    Simulate {
        arguments: Vec<String>,
    },
    Crash(Crashes),
    Faults {
        only: Vec<String>,
    },
    Setup,
}

/// Parses the arguments; relative folders are resolved from `here`. Errors name what is not
/// understood and show what is allowed.
pub(crate) fn parse(arguments: &[String], here: &Path) -> Result<Command, String> {
    let name = arguments.first().map_or("", String::as_str);
    if name.is_empty() || name == "help" {
        return Ok(Command::Help(arguments.get(1).cloned().unwrap_or_default()));
    }
    if arguments.iter().any(|argument| argument == "--help" || argument == "-h") {
        return Ok(Command::Help(name.into()));
    }
    let mut words = Words::new(&arguments[1..], here);
    let command = read(name, &mut words).map_err(|said| format!("{said}\n\n{}", help(name)))?;
    match words.first() {
        Some(left) => Err(format!("“{left}” is not understood here.\n\n{}", help(name))),
        None => Ok(command),
    }
}

fn read(name: &str, words: &mut Words<'_>) -> Result<Command, String> {
    Ok(match name {
        "run" => {
            let is_demo = words.flag("--demo");
            Command::Run {
                port: words.value("--port")?.map_or(Ok(PORT), |text| port(&text))?,
                data_dir: words.folder("--data-dir", if is_demo { "var/demo" } else { "var" })?,
                municipality: words.folder("--municipality", MUNICIPALITY)?,
                is_demo,
            }
        }
        "test" => Command::Test { only: words.values("--only")? },
        "build" => Command::Build { municipality: words.folder("--municipality", MUNICIPALITY)? },
        "size" => Command::Size { json: words.flag("--json"), check: words.flag("--check") },
        "catalogue" => match words.word().as_deref() {
            Some("check") => Command::CatalogueCheck { dir: words.folder_word(MUNICIPALITY) },
            Some("publish") => Command::CataloguePublish {
                data_dir: words.folder("--data-dir", "var")?,
                dir: words.folder_word(MUNICIPALITY),
            },
            _ => {
                return Err(
                    "A catalogue can be checked or published: cargo xtask catalogue check".into()
                );
            }
        },
        "terminal" => match words.word().as_deref() {
            Some("add") => Command::TerminalAdd {
                hub: words.value("--hub")?.ok_or("Where does it stand? Say --hub HUB.")?,
                languages: words.value("--languages")?.unwrap_or_else(|| "en,fr".into()),
                idle_s: words.value("--idle-s")?.unwrap_or_else(|| "90".into()),
                is_ephemeral: words.flag("--ephemeral"),
                municipality: words.folder("--municipality", MUNICIPALITY)?,
                id: words.word().ok_or("What is its name? As library-lindsay.")?,
            },
            _ => {
                return Err("A terminal can be added: cargo xtask terminal add ID --hub HUB".into());
            }
        },
        "bench" => match words.word().as_deref() {
            Some("finder") => Command::BenchFinder {
                queries: words.folder("--queries", "crates/finder/tests/queries.json")?,
                json: words.flag("--json"),
                municipality: words.folder("--municipality", MUNICIPALITY)?,
            },
            Some("growth") => Command::BenchGrowth {
                dir: words.folder("--corpora", "target/corpora")?,
                sizes: words.values("--size")?,
            },
            Some("ingest") => Command::BenchIngest {
                seconds: words.value("--seconds")?.map_or(Ok(BENCH_S), |text| seconds(&text))?,
            },
            Some("office") => Command::BenchOffice {
                dir: words.folder("--dir", "target/office-bench")?,
                entries: words.count("--entries")?.unwrap_or(OFFICE_ENTRIES),
                open: words.count("--open")?.unwrap_or(OFFICE_OPEN),
            },
            _ => return Err("Benches: finder, growth, ingest, office.".into()),
        },
        "explain" => Command::Explain { question: words.word().ok_or("What is the question?")? },
        "fuzz" => Command::Fuzz {
            seconds: words.value("--seconds")?.map_or(Ok(FUZZ_S), |text| seconds(&text))?,
            only: words.values("--target")?,
        },
        "mutants" => Command::Mutants(Draw {
            sample: words.count("--sample")?.unwrap_or(MUTANTS),
            seed: words.count("--seed")?.unwrap_or(1),
            crates: std::iter::from_fn(|| words.word()).collect(),
        }),
        "attack" => Command::Attack {
            size: if words.flag("--short") { Size::Short } else { Size::Long },
            only: words.values("--only")?,
        },
        "pictures" => Command::Pictures { out: words.folder("--out", "target/pictures")? },
        "survey" => match words.word().as_deref() {
            Some("simulate") => {
                Command::SurveySimulate { waves: words.count("--waves")?.unwrap_or(SURVEY_WAVES) }
            }
            _ => return Err("Surveys: simulate.".into()),
        },
        "simulate" => Command::Simulate { arguments: histories(words)? },
        "crash" => Command::Crash(Crashes {
            power_cuts: words.count("--power-cuts")?,
            server_kills: words.count("--server-kills")?,
            browser_kills: words.count("--browser-kills")?,
        }),
        "faults" => Command::Faults { only: words.values("--only")? },
        "setup" => Command::Setup,
        other => return Err(format!("“{other}” is not something that xtask does.")),
    })
}

/// Arguments for one simulated history, or for many from a first seed on.
fn histories(words: &mut Words<'_>) -> Result<Vec<String>, String> {
    let mut arguments = Vec::new();
    for name in ["--seed", "--seeds", "--from"] {
        if let Some(number) = words.count::<u64>(name)? {
            arguments.extend([name.into(), number.to_string()]);
        }
    }
    if arguments.is_empty() { Err("How many histories, or which?".into()) } else { Ok(arguments) }
}

fn seconds<N: std::str::FromStr + PartialOrd + Default>(text: &str) -> Result<N, String> {
    text.parse()
        .ok()
        .filter(|seconds| *seconds > N::default())
        .ok_or_else(|| format!("“{text}” is not a number of seconds."))
}

fn port(text: &str) -> Result<u16, String> {
    text.parse()
        .ok()
        .filter(|port| *port > 0)
        .ok_or_else(|| format!("“{text}” is not a port; use a number from 1 to 65535."))
}

pub(crate) fn run(command: Command) -> Result<(), String> {
    match command {
        Command::Help(name) => {
            println!("{}", help(&name));
            Ok(())
        }
        Command::Run { port, data_dir, municipality, is_demo } => {
            check_port(port)?;
            let tools = setup::for_building()?;
            build::site(&tools, &municipality, "dist", For::Use)?;
            let server = build::server(For::Use)?;
            if is_demo {
                process::shown(
                    std::process::Command::new(&server)
                        .args(["demo", "--site", "dist", "--data-dir"])
                        .arg(&data_dir),
                )?;
            }
            println!("Starting the server. Stop it with Ctrl-C.");
            process::replace_by(
                &server,
                &[
                    "serve",
                    "--site",
                    "dist",
                    "--data-dir",
                    &data_dir.to_string_lossy(),
                    "--port",
                    &port.to_string(),
                ],
            )
        }
        Command::Test { only } => test::run(&only),
        Command::Build { municipality } => {
            build::site(&setup::for_building()?, &municipality, "dist", For::Use)
        }
        Command::Size { json, check } => size::run(json, check),
        Command::CatalogueCheck { dir } => test::catalogue(&dir, For::Use),
        Command::CataloguePublish { dir, data_dir } => {
            test::publish(&["edition", &dir.to_string_lossy(), "--to", &data_dir.to_string_lossy()])
        }
        Command::TerminalAdd { id, hub, languages, idle_s, is_ephemeral, municipality } => {
            let municipality = municipality.to_string_lossy();
            let mut arguments = vec![
                "terminal",
                &municipality,
                &id,
                "--hub",
                &hub,
                "--languages",
                &languages,
                "--idle-s",
                &idle_s,
            ];
            arguments.extend(is_ephemeral.then_some("--ephemeral"));
            test::publish(&arguments)
        }
        Command::BenchFinder { queries, json, municipality } => {
            test::finder(&municipality, &queries, json)
        }
        Command::BenchGrowth { dir, sizes } => test::growth(&dir, &sizes),
        Command::BenchIngest { seconds } => {
            setup::for_databases()?;
            process::cargo(&[
                "bench",
                "--quiet",
                "--package",
                "server",
                "--bench",
                "ingest",
                "--",
                "--seconds",
                &seconds.to_string(),
            ])
        }
        Command::BenchOffice { dir, entries, open } => test::office(&dir, entries, open),
        Command::Explain { question } => test::publish(&["explain", MUNICIPALITY, &question]),
        Command::Fuzz { seconds, only } => fuzz::run(seconds, &only),
        Command::Mutants(draw) => mutants::run(&draw),
        Command::Attack { size, only } => attack::run(size, &only),
        Command::Pictures { out } => test::pictures(&out),
        Command::SurveySimulate { waves } => process::cargo(&[
            "run",
            "--quiet",
            "--release",
            "--package",
            "insight",
            "--example",
            "city",
            "--",
            &waves.to_string(),
        ]),
        Command::Simulate { arguments } => {
            let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
            process::cargo(
                &[
                    &["run", "--quiet", "--release", "--package", "simulation", "--"],
                    arguments.as_slice(),
                ]
                .concat(),
            )
        }
        Command::Crash(crashes) => crash::run(crashes),
        Command::Faults { only } => faults::run(&only),
        Command::Setup => {
            setup::for_testing()?;
            println!("Everything is there. Next: cargo xtask run");
            Ok(())
        }
    }
}

/// Checks that the port is free before anything is built; otherwise this would only be noticed at
/// the end.
fn check_port(port: u16) -> Result<(), String> {
    let other = if port == PORT { PORT + 1 } else { PORT };
    let error = match TcpListener::bind(("127.0.0.1", port)) {
        Ok(_) => return Ok(()),
        Err(error) => error,
    };
    let what = match error.kind() {
        std::io::ErrorKind::AddrInUse => {
            "is in use by another program. Stop that program, or choose another port".into()
        }
        std::io::ErrorKind::PermissionDenied => {
            "is kept for the system's administrator. Choose another port".into()
        }
        _ => format!("cannot be used: {error}. Choose another"),
    };
    Err(format!("Port {port} {what}: cargo xtask run --port {other}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(line: &str) -> Result<Command, String> {
        parse(&line.split_whitespace().map(String::from).collect::<Vec<_>>(), Path::new("/here"))
    }

    #[test]
    fn folders_are_read_from_where_the_person_stands() {
        let run = Command::Run {
            port: 9000,
            data_dir: "/here/x".into(),
            municipality: MUNICIPALITY.into(),
            is_demo: false,
        };
        assert_eq!(parsed("run --data-dir x --port 9000"), Ok(run.clone()));
        assert_eq!(parsed("run --data-dir=/here/x --port=9000"), Ok(run));
        let demo = Command::Run {
            port: PORT,
            data_dir: "var/demo".into(),
            municipality: MUNICIPALITY.into(),
            is_demo: true,
        };
        assert_eq!(
            parsed("run --demo"),
            Ok(demo),
            "never in the folder of what people really sent"
        );
        assert_eq!(
            parsed("catalogue check town"),
            Ok(Command::CatalogueCheck { dir: "/here/town".into() })
        );
        assert_eq!(
            parsed("catalogue check"),
            Ok(Command::CatalogueCheck { dir: MUNICIPALITY.into() })
        );
        assert_eq!(
            parsed("catalogue publish town --data-dir x"),
            Ok(Command::CataloguePublish { dir: "/here/town".into(), data_dir: "/here/x".into() })
        );
    }

    #[test]
    fn arguments_are_read_in_any_order_and_number() {
        assert_eq!(parsed("size --json"), Ok(Command::Size { json: true, check: false }));
        assert_eq!(
            parsed("test --only lints --only size"),
            Ok(Command::Test { only: vec!["lints".into(), "size".into()] })
        );
        assert_eq!(parsed("run --port 1 --help"), Ok(Command::Help("run".into())));
        assert_eq!(parsed("bench ingest --seconds 2"), Ok(Command::BenchIngest { seconds: 2 }));
        assert_eq!(parsed(""), Ok(Command::Help(String::new())));
    }

    #[test]
    fn an_attack_is_long_unless_it_is_said_to_be_short() {
        assert_eq!(parsed("attack"), Ok(Command::Attack { size: Size::Long, only: Vec::new() }));
        assert_eq!(
            parsed("attack --only races --short"),
            Ok(Command::Attack { size: Size::Short, only: vec!["races".into()] })
        );
    }

    #[test]
    fn mutants_are_drawn_from_the_named_crates() {
        let draw = |sample, seed, crates: &[&str]| {
            let crates = crates.iter().map(|name| name.to_string()).collect();
            Ok(Command::Mutants(Draw { sample, seed, crates }))
        };
        assert_eq!(parsed("mutants"), draw(100, 1, &[]));
        assert_eq!(
            parsed("mutants --sample 25 domain finder --seed 9"),
            draw(25, 9, &["domain", "finder"])
        );
    }

    #[test]
    fn histories_and_crashes_are_counted() {
        assert_eq!(
            parsed("simulate --seeds 5 --from 7"),
            Ok(Command::Simulate {
                arguments: ["--seeds", "5", "--from", "7"].map(String::from).into()
            })
        );
        assert_eq!(
            parsed("crash --power-cuts 3"),
            Ok(Command::Crash(Crashes { power_cuts: Some(3), ..Crashes::default() }))
        );
        assert!(parsed("simulate").is_err_and(|said| said.contains("How many histories")));
        assert!(
            parsed("crash --server-kills many")
                .is_err_and(|said| said.contains("“many” is not a number"))
        );
    }

    #[test]
    fn the_rest_is_refused_by_name_with_what_is_allowed() {
        let cases = [
            ("run --prot 1", "“--prot”"),
            ("run --port", "--port needs a value"),
            ("run --data-dir --port 81", "--data-dir needs a value"),
            ("bench ingest --seconds 0", "“0” is not a number of seconds"),
            ("run --port 0", "“0” is not a port"),
            ("run --port 1 --port 2", "“--port”"),
            ("fly", "“fly”"),
            ("size all", "“all”"),
            ("catalogue mend", "checked or published"),
            ("fuzz --seconds 0", "“0” is not a number"),
        ];
        for (line, named) in cases {
            assert!(
                parsed(line)
                    .is_err_and(|said| said.contains(named) && said.contains("cargo xtask ")),
                "{line}"
            );
        }
    }

    #[test]
    fn a_busy_port_is_named_with_another_beside_it() {
        let held = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = held.local_addr().unwrap().port();
        assert!(
            check_port(port).is_err_and(|said| said.starts_with(&format!("Port {port} is in use"))
                && said.ends_with("--port 8080"))
        );
    }
}
