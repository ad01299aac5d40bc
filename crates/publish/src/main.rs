//! The command-line program `publish`, which `cargo xtask` calls: check, assemble, edition,
//! terminal, quality and explain.

use domain::hours::Date;
use domain::terminal::{IDLE_S, Terminal};
use domain::{HubId, Language, TerminalId};
use finder::{Finder, Record, asked_elsewhere, index_of, record_at};
use publish::quality::{Query, quality};
use publish::{Assembly, Publication, add_terminal, assemble, check_dir, located::report, publish};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{SystemTime, UNIX_EPOCH};

const HELP: &str = "\
publish check DIR
    Reads and checks a municipality's folder; reports all faults of all files.
publish assemble --app DIR --data DIR --out DIR [--root DIR]
    Makes the site: --app holds the compiled app, --data the municipality's folder,
    --root the project (index.html, style, public; default: the current folder).
publish edition DIR --to DIR
    Publishes the next edition of the catalogue into a server's data folder; raises its number in municipality.toml.
publish terminal DIR ID --hub HUB [--languages en,fr] [--idle-s N] [--ephemeral]
    Enrols a public terminal, which then opens at /k/ID.
publish quality DIR QUERIES [--json]
    Asks the finder each judged query of a JSON file; says how often the first answer is right.
publish explain DIR QUESTION
    Says what the finder answers, and why: which word met which, in which field, with how many slips.";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let outcome = match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["check", dir] => check(Path::new(dir)),
        ["assemble", rest @ ..] => assembly(rest).and_then(|assembly| make(&assembly)),
        ["edition", dir, "--to", data_dir] => publication(Path::new(dir), Path::new(data_dir)),
        ["terminal", dir, id, rest @ ..] => enrol(Path::new(dir), id, rest),
        ["quality", dir, queries] => measure(Path::new(dir), Path::new(queries), false),
        ["quality", dir, queries, "--json"] => measure(Path::new(dir), Path::new(queries), true),
        ["explain", dir, question @ ..] => explain(Path::new(dir), &question.join(" ")),
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
    let (catalogue, thesaurus) = check_dir(dir).map_err(|faults| report(&faults))?;
    Ok(format!(
        "{}: {} services, {} tasks, {} hubs, {} topics, {} holidays, {} questions, {} concepts. No faults.",
        dir.display(),
        catalogue.services().len(),
        catalogue.tasks().len(),
        catalogue.hubs().len(),
        catalogue.categories().len(),
        catalogue.holidays().len(),
        catalogue.survey().questions.len(),
        thesaurus.concept.len()
    ))
}

fn publication(dir: &Path, data_dir: &Path) -> Result<String, String> {
    let days = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |age| age.as_secs() / 86_400);
    let today = Date::from_days_since_1970(i32::try_from(days).unwrap_or_default());
    match publish(dir, &data_dir.join("catalogue"), today).map_err(|fault| fault.to_string())? {
        Publication::Unchanged { number } => {
            Ok(format!("Nothing has changed since edition {number}; nothing was published."))
        }
        Publication::Made { number, alerts } => Ok(format!(
            "Edition {number} is published, with {alerts} urgent words. Servers with the data folder {} hand it out within seconds;\ndevices take it when they next reach the server. Its number now stands in {}.",
            data_dir.display(),
            dir.join("municipality.toml").display()
        )),
    }
}

fn enrol(dir: &Path, id: &str, rest: &[&str]) -> Result<String, String> {
    let value = |name: &str| {
        rest.iter().position(|word| *word == name).and_then(|at| rest.get(at + 1).copied())
    };
    let hub = value("--hub")
        .ok_or_else(|| format!("--hub HUB is missing: where does it stand?\n{HELP}"))?;
    let language = |tag: &str| {
        Language::parse(tag.trim())
            .ok_or_else(|| format!("“{tag}” is not a language; use en or fr."))
    };
    let idle_s = value("--idle-s").map_or(Ok(IDLE_S), |text| {
        text.parse().map_err(|_| format!("“{text}” is not a number of seconds."))
    })?;
    let terminal = Terminal {
        id: TerminalId::parse(id).map_err(|fault| fault.to_string())?,
        hub: HubId::parse(hub).map_err(|fault| fault.to_string())?,
        languages: value("--languages")
            .unwrap_or("en")
            .split(',')
            .map(language)
            .collect::<Result<_, _>>()?,
        idle_s,
        is_ephemeral: rest.contains(&"--ephemeral"),
    };
    add_terminal(dir, &terminal)?;
    Ok(format!(
        "Terminal {id} is enrolled. It opens at /k/{id} once the catalogue is published: cargo xtask catalogue publish"
    ))
}

fn measure(dir: &Path, queries: &Path, json: bool) -> Result<String, String> {
    let (catalogue, thesaurus) = check_dir(dir).map_err(|faults| report(&faults))?;
    let text = std::fs::read_to_string(queries)
        .map_err(|error| format!("{}: {error}", queries.display()))?;
    let queries: Vec<Query> =
        serde_json::from_str(&text).map_err(|error| format!("{}: {error}", queries.display()))?;
    let quality = quality(&catalogue, &thesaurus, &queries);
    if json {
        serde_json::to_string_pretty(&quality).map_err(|error| error.to_string())
    } else {
        Ok(quality.table())
    }
}

fn explain(dir: &Path, question: &str) -> Result<String, String> {
    let (catalogue, thesaurus) = check_dir(dir).map_err(|faults| report(&faults))?;
    let index = index_of(&catalogue, &thesaurus);
    let finder = Finder::of(&index).ok_or("the index cannot be read")?;
    let mut said = asked_elsewhere(&catalogue, &finder, question)
        .map(|elsewhere| format!("Done elsewhere: {}\n", elsewhere.id))
        .unwrap_or_default();
    let explanation = finder.explain(question);
    for found in finder.find(question, 10) {
        let name = match record_at(&catalogue, found.document) {
            Some(Record::Service(service)) => service.id.to_string(),
            Some(Record::Hub(hub)) => format!("hub:{}", hub.id),
            None => continue,
        };
        said.push_str(&format!("{:8.2} {name}\n", found.score));
        for reason in explanation.of(found.document) {
            said.push_str(&format!(
                "           {} met {} in {:?} ({:?}): {:.2}\n",
                reason.typed, reason.word, reason.field, reason.meeting, reason.worth
            ));
        }
    }
    Ok(said)
}

fn assembly(arguments: &[&str]) -> Result<Assembly, String> {
    let value = |name: &str| {
        let at = arguments.iter().position(|argument| *argument == name)?;
        arguments.get(at + 1).map(PathBuf::from)
    };
    let needed = |name: &str| value(name).ok_or_else(|| format!("{name} DIR is missing.\n{HELP}"));
    if let Some(strange) = arguments
        .iter()
        .step_by(2)
        .find(|name| !["--app", "--data", "--out", "--root"].contains(name))
    {
        return Err(format!("“{strange}” is not an argument of assemble.\n{HELP}"));
    }
    Ok(Assembly {
        app: needed("--app")?,
        data: needed("--data")?,
        out: needed("--out")?,
        root: value("--root").unwrap_or_else(|| ".".into()),
    })
}

fn make(assembly: &Assembly) -> Result<String, String> {
    assemble(assembly).map(|site| site.summary()).map_err(|error| error.to_string())
}
