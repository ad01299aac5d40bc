//! `publish check` and `publish assemble`: what `cargo xtask` calls.

use publish::{Assembly, assemble, check_dir, located::report};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

const HELP: &str = "\
publish check DIR
    Reads and checks a municipality's folder; reports all faults of all files.
publish assemble --app DIR --data DIR --out DIR [--root DIR]
    Makes the site: --app holds the compiled app, --data the municipality's folder,
    --root the project (index.html, style, public; default: the current folder).";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let outcome = match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["check", dir] => check(Path::new(dir)),
        ["assemble", rest @ ..] => assembly(rest).and_then(|assembly| make(&assembly)),
        ["--help" | "-h" | "help"] => Ok(HELP.into()),
        other => Err(format!("“{}” is not something that publish does.\n{HELP}", other.join(" "))),
    };
    match outcome {
        Ok(said) => {
            println!("{said}");
            ExitCode::SUCCESS
        }
        Err(said) => {
            eprintln!("{said}");
            ExitCode::FAILURE
        }
    }
}

fn check(dir: &Path) -> Result<String, String> {
    let (catalogue, file) = check_dir(dir).map_err(|faults| report(&faults))?;
    Ok(format!(
        "{}: {} services, {} tasks, {} hubs, {} topics, {} holidays, {} questions. No faults.",
        dir.display(),
        catalogue.services().len(),
        catalogue.tasks().len(),
        catalogue.hubs().len(),
        catalogue.categories().len(),
        catalogue.holidays().len(),
        file.survey.questions.len()
    ))
}

fn assembly(arguments: &[&str]) -> Result<Assembly, String> {
    let value = |name: &str| {
        let at = arguments.iter().position(|argument| *argument == name)?;
        arguments.get(at + 1).map(PathBuf::from)
    };
    let needed = |name: &str| value(name).ok_or_else(|| format!("{name} DIR is missing.\n{HELP}"));
    if let Some(strange) = arguments.iter().step_by(2).find(|name| !["--app", "--data", "--out", "--root"].contains(name)) {
        return Err(format!("“{strange}” is not an argument of assemble.\n{HELP}"));
    }
    Ok(Assembly { app: needed("--app")?, data: needed("--data")?, out: needed("--out")?, root: value("--root").unwrap_or_else(|| ".".into()) })
}

fn make(assembly: &Assembly) -> Result<String, String> {
    assemble(assembly).map(|site| site.summary()).map_err(|error| error.to_string())
}
