//! What each command runs.

use super::{
    Bench, CatalogueCommand, Command, CommandLine, DevOptions, Histories, MUNICIPALITY,
    MunicipalityOption, PORT, RunOptions, SurveyCommand, TerminalCommand,
};
use crate::attack::{self, Size};
use crate::build::For;
use crate::build::quick::{self, QuickApp};
use crate::{build, crash, dev, faults, fuzz, mutants, package, process, setup, size, test};
use clap::CommandFactory;
use std::net::TcpListener;
use std::path::{Path, PathBuf};

/// Runs a command at the project's root; without one, prints the help.
pub(crate) fn run(command: Option<Command>) -> Result<(), String> {
    let Some(command) = command else {
        return CommandLine::command().print_help().map_err(|error| error.to_string());
    };
    match command {
        Command::Run(options) => serve(options),
        Command::Dev(options) => develop(options),
        Command::Test { only } => test::run(&only),
        Command::Build { of } => build::site(&setup::for_building()?, &of.dir(), "dist", For::Use),
        Command::Size { json, check } => size::run(json, check),
        Command::Catalogue(command) => catalogue(command),
        Command::Terminal(command) => terminal(command),
        Command::Bench(command) => bench(command),
        Command::Explain { question } => test::publish(&["explain", MUNICIPALITY, &question]),
        Command::Fuzz { seconds, target } => fuzz::run(seconds, &target),
        Command::Attack { short, only } => {
            attack::run(if short { Size::Short } else { Size::Long }, &only)
        }
        Command::Mutants(options) => mutants::run(&options),
        Command::Pictures { out } => test::pictures(&or(out, "target/pictures")),
        Command::Survey(SurveyCommand::Simulate { waves }) => {
            const CITY: [&str; 8] =
                ["run", "--quiet", "--release", "--package", "insight", "--example", "city", "--"];
            process::cargo(&[&CITY[..], &[&waves.to_string()]].concat())
        }
        Command::Simulate(histories) => simulate(&histories),
        Command::Crash(crashes) => crash::run(crashes),
        Command::Faults { only } => faults::run(&only),
        Command::Package { programs, out } => {
            let out = out.unwrap_or_else(|| "target/package".into());
            package::run(programs.as_deref(), &out)
        }
        Command::Setup => {
            setup::for_testing()?;
            println!("Everything is there. Next: cargo xtask run");
            Ok(())
        }
    }
}

impl MunicipalityOption {
    fn dir(&self) -> PathBuf {
        or(self.municipality.clone(), MUNICIPALITY)
    }
}

impl RunOptions {
    /// The demo has a folder of its own, so that it never uses what people really sent.
    fn data_dir(&self) -> PathBuf {
        or(self.data_dir.clone(), if self.demo { "var/demo" } else { "var" })
    }
}

/// A path as typed, or the default, which is relative to the project's root.
fn or(typed: Option<PathBuf>, default: &str) -> PathBuf {
    typed.unwrap_or_else(|| default.into())
}

fn serve(options: RunOptions) -> Result<(), String> {
    check_port("run", options.port)?;
    let data_dir = options.data_dir();
    let (site, server) = built(options.small, &options.of.dir())?;
    if options.demo {
        let mut demo = std::process::Command::new(&server);
        demo.args(["demo", "--site", &site, "--data-dir"]).arg(&data_dir);
        process::shown(&mut demo)?;
    }
    println!("Starting the server. Stop it with Ctrl-C.");
    let (data_dir, port) = (data_dir.to_string_lossy(), options.port.to_string());
    process::replace_by(
        &server,
        &["serve", "--site", &site, "--data-dir", &data_dir, "--port", &port],
    )
}

/// Builds site and server, sets up what that needs, and returns where the two are.
fn built(is_small: bool, municipality: &Path) -> Result<(String, PathBuf), String> {
    if is_small {
        build::site(&setup::for_building()?, municipality, "dist", For::Use)?;
        return Ok(("dist".into(), build::server(For::Use)?));
    }
    let server = quick::all(&setup::for_trying()?, municipality)?;
    Ok((QuickApp::Product.site().to_string_lossy().into(), server))
}

fn develop(options: DevOptions) -> Result<(), String> {
    let DevOptions { port, data_dir, of } = options;
    check_port("dev", port)?;
    dev::run(&of.dir(), or(data_dir, "var/dev"), port)
}

fn catalogue(command: CatalogueCommand) -> Result<(), String> {
    match command {
        CatalogueCommand::Check { dir, report } => {
            test::catalogue(&or(dir, MUNICIPALITY), For::Use, report)
        }
        CatalogueCommand::Publish { dir, data_dir } => {
            let (dir, data_dir) = (or(dir, MUNICIPALITY), or(data_dir, "var"));
            test::publish(&["edition", &dir.to_string_lossy(), "--to", &data_dir.to_string_lossy()])
        }
        CatalogueCommand::Schemas => test::publish(&["schemas", "data/schema"]),
    }
}

fn terminal(command: TerminalCommand) -> Result<(), String> {
    let TerminalCommand::Add { id, hub, languages, idle_s, ephemeral, of } = command;
    let (dir, idle_s) = (of.dir(), idle_s.to_string());
    let dir = dir.to_string_lossy();
    let mut arguments =
        vec!["terminal", &dir, &id, "--hub", &hub, "--languages", &languages, "--idle-s", &idle_s];
    arguments.extend(ephemeral.then_some("--ephemeral"));
    test::publish(&arguments)
}

fn bench(command: Bench) -> Result<(), String> {
    match command {
        Bench::Finder { queries, json, of } => {
            test::finder(&of.dir(), &or(queries, "crates/finder/tests/queries.json"), json)
        }
        Bench::Growth { size, corpora } => test::growth(&or(corpora, "target/corpora"), &size),
        Bench::Ingest { seconds } => {
            setup::for_databases()?;
            const INGEST: [&str; 7] =
                ["bench", "--quiet", "--package", "server", "--bench", "ingest", "--"];
            process::cargo(&[&INGEST[..], &["--seconds", &seconds.to_string()]].concat())
        }
        Bench::Office { entries, open, dir } => {
            test::office(&or(dir, "target/office-bench"), entries, open)
        }
    }
}

fn simulate(histories: &Histories) -> Result<(), String> {
    let Histories { seed, seeds, from } = *histories;
    let options = [("--seed", seed), ("--seeds", seeds), ("--from", from)];
    let given: Vec<String> = options
        .into_iter()
        .filter_map(|(name, number)| Some([name.to_string(), number?.to_string()]))
        .flatten()
        .collect();
    let given: Vec<&str> = given.iter().map(String::as_str).collect();
    const SIMULATION: [&str; 6] = ["run", "--quiet", "--release", "--package", "simulation", "--"];
    process::cargo(&[&SIMULATION[..], &given].concat())
}

/// Checks that the port is free before anything is built. Otherwise a used port would be noticed
/// only after the build.
fn check_port(command: &str, port: u16) -> Result<(), String> {
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
            "is kept for the system’s administrator. Choose another port".into()
        }
        _ => format!("cannot be used: {error}. Choose another"),
    };
    Err(format!("Port {port} {what}: cargo xtask {command} --port {other}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_demo_never_uses_the_folder_of_what_people_really_sent() {
        let run = |demo| RunOptions {
            demo,
            small: false,
            port: PORT,
            data_dir: None,
            of: MunicipalityOption::default(),
        };
        assert_eq!(run(true).data_dir(), Path::new("var/demo"));
        assert_eq!(run(false).data_dir(), Path::new("var"));
        assert_eq!(run(false).of.dir(), Path::new(MUNICIPALITY));
    }

    #[test]
    fn a_busy_port_is_named_with_another_beside_it() {
        let held = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = held.local_addr().unwrap().port();
        assert!(
            check_port("dev", port)
                .is_err_and(|said| said.starts_with(&format!("Port {port} is in use"))
                    && said.ends_with("cargo xtask dev --port 8080"))
        );
    }
}
