//! What the arguments ask for.

use crate::{build, process, setup, size, test};
use std::net::TcpListener;
use std::path::PathBuf;

pub(crate) const HELP: &str = "\
cargo xtask run [--port N] [--data-dir DIR] [--municipality DIR]
    Sets up what is missing, builds, and serves app and server on http://localhost:8080.
    --port N            another port
    --data-dir DIR      database and keys (default: var)
    --municipality DIR  whose hub it is (default: data/kawartha-lakes)
cargo xtask test [--only PART]
    Sets up what is missing and passes everything. Parts: format, lints, native, store, catalogue, build, size, browser.
cargo xtask build [--municipality DIR]   Builds the site into dist/.
cargo xtask size [--json] [--check]      What a first visit transfers; --check fails over the budget.
cargo xtask catalogue check [DIR]        Says everything that is wrong with a municipality's folder.
cargo xtask pictures [--out DIR]         Pictures of every page, at 360 and 1280 px.
cargo xtask setup                        Only the set-up.";

const PORT: u16 = 8080;
const MUNICIPALITY: &str = "data/kawartha-lakes";

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Command {
    Help,
    Run { port: u16, data_dir: PathBuf, municipality: PathBuf },
    Test { only: Vec<String> },
    Build { municipality: PathBuf },
    Size { json: bool, check: bool },
    CatalogueCheck { dir: PathBuf },
    Pictures { out: PathBuf },
    Setup,
}

/// Reads the arguments. Errors name what is not understood and show what is.
pub(crate) fn parse(arguments: &[String]) -> Result<Command, String> {
    if arguments.is_empty() || arguments.iter().any(|argument| matches!(argument.as_str(), "--help" | "-h" | "help")) {
        return Ok(Command::Help);
    }
    let mut words = Words(arguments.to_vec());
    let command = match words.next_word().as_str() {
        "run" => Command::Run {
            port: words.value("--port")?.map_or(Ok(PORT), |text| text.parse().map_err(|_| format!("“{text}” is not a port; use a number from 1 to 65535.")))?,
            data_dir: words.value("--data-dir")?.unwrap_or("var".into()).into(),
            municipality: words.value("--municipality")?.unwrap_or(MUNICIPALITY.into()).into(),
        },
        "test" => Command::Test { only: words.values("--only")? },
        "build" => Command::Build { municipality: words.value("--municipality")?.unwrap_or(MUNICIPALITY.into()).into() },
        "size" => Command::Size { json: words.flag("--json"), check: words.flag("--check") },
        "catalogue" if words.0.first().is_some_and(|word| word == "check") => {
            words.next_word();
            let dir = if words.0.is_empty() { MUNICIPALITY.into() } else { words.next_word() };
            Command::CatalogueCheck { dir: dir.into() }
        }
        "pictures" => Command::Pictures { out: words.value("--out")?.unwrap_or("target/pictures".into()).into() },
        "setup" => Command::Setup,
        other => return Err(format!("“{other}” is not something that xtask does.\n{HELP}")),
    };
    match words.0.first() {
        Some(left) => Err(format!("“{left}” is not understood here.\n{HELP}")),
        None => Ok(command),
    }
}

/// Arguments that have not been read yet.
struct Words(Vec<String>);

impl Words {
    fn next_word(&mut self) -> String {
        if self.0.is_empty() { String::new() } else { self.0.remove(0) }
    }

    fn flag(&mut self, name: &str) -> bool {
        let before = self.0.len();
        self.0.retain(|word| word != name);
        self.0.len() < before
    }

    fn value(&mut self, name: &str) -> Result<Option<String>, String> {
        let Some(at) = self.0.iter().position(|word| word == name) else { return Ok(None) };
        if at + 1 >= self.0.len() {
            return Err(format!("{name} needs a value.\n{HELP}"));
        }
        self.0.remove(at);
        Ok(Some(self.0.remove(at)))
    }

    fn values(&mut self, name: &str) -> Result<Vec<String>, String> {
        let mut all = Vec::new();
        while let Some(value) = self.value(name)? {
            all.push(value);
        }
        Ok(all)
    }
}

pub(crate) fn run(command: Command) -> Result<(), String> {
    match command {
        Command::Help => {
            println!("{HELP}");
            Ok(())
        }
        Command::Run { port, data_dir, municipality } => {
            check_port(port)?;
            let tools = setup::for_building()?;
            build::site(&tools, &municipality, "dist")?;
            let server = build::server()?;
            println!("Starting the server. Stop it with Ctrl-C.");
            process::replace_by(&server, &["serve", "--site", "dist", "--data-dir", &data_dir.to_string_lossy(), "--port", &port.to_string()])
        }
        Command::Test { only } => test::run(&only),
        Command::Build { municipality } => build::site(&setup::for_building()?, &municipality, "dist"),
        Command::Size { json, check } => size::run(json, check),
        Command::CatalogueCheck { dir } => process::cargo(&["run", "--quiet", "--release", "--package", "publish", "--", "check", &dir.to_string_lossy()]),
        Command::Pictures { out } => test::pictures(&out),
        Command::Setup => setup::for_testing().map(|_| ()),
    }
}

/// Before anything is built: a port that is taken would only be noticed at the end.
fn check_port(port: u16) -> Result<(), String> {
    match TcpListener::bind(("127.0.0.1", port)) {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == std::io::ErrorKind::AddrInUse => Err(format!(
            "Port {port} is in use by another program. Stop that program, or choose another port: cargo xtask run --port {}",
            port.wrapping_add(1).max(1024)
        )),
        Err(error) => Err(format!("Port {port} cannot be used: {error}. Choose another: cargo xtask run --port 8081")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(line: &str) -> Result<Command, String> {
        parse(&line.split_whitespace().map(String::from).collect::<Vec<_>>())
    }

    #[test]
    fn arguments_are_read_and_the_rest_is_refused_by_name() {
        let run = Command::Run { port: 9000, data_dir: "x".into(), municipality: MUNICIPALITY.into() };
        assert_eq!(parsed("run --data-dir x --port 9000"), Ok(run));
        assert_eq!(parsed("size --json"), Ok(Command::Size { json: true, check: false }));
        assert_eq!(parsed("catalogue check"), Ok(Command::CatalogueCheck { dir: MUNICIPALITY.into() }));
        assert_eq!(parsed("run --help"), Ok(Command::Help));
        for (line, named) in
            [("run --prot 1", "--prot"), ("run --port", "--port needs a value"), ("run --port x", "“x” is not a port"), ("fly", "“fly”"), ("size all", "“all”")]
        {
            assert!(parsed(line).is_err_and(|said| said.contains(named)), "{line}");
        }
    }

    #[test]
    fn a_busy_port_is_named_with_a_free_one_beside_it() {
        let held = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = held.local_addr().unwrap().port();
        assert!(check_port(port).is_err_and(|said| said.contains(&port.to_string()) && said.contains("--port")));
    }
}
