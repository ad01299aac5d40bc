//! The command-line program `publish`, which `cargo xtask` calls: check, assemble, edition,
//! terminal, quality, explain and schemas.

use clap::{Parser, Subcommand};
use domain::catalogue::{Catalogue, TranslationGaps, Translations};
use domain::hours::Date;
use domain::terminal::{IDLE_S, Terminal};
use domain::{HubId, Language, TerminalId};
use finder::{Finder, IndexedRecord, asked_elsewhere, index_of, record_at};
use publish::measures;
use publish::quality::{Query, quality};
use publish::schemas::write_schemas;
use publish::{
    Assembly, CompressedCopies, Publication, add_terminal, assemble, check_dir, located::report,
    publish,
};
use std::collections::BTreeSet;
use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{SystemTime, UNIX_EPOCH};

/// What a command prints, or why it failed.
type CommandOutcome = Result<String, Box<dyn Error>>;

/// Turns a municipality’s folder into what the server serves.
#[derive(Debug, Parser)]
#[command(name = "publish")]
struct PublishCommandLine {
    #[command(subcommand)]
    command: PublishCommand,
}

#[derive(Debug, Subcommand)]
enum PublishCommand {
    /// Reads and checks a municipality’s folder; reports all faults of all files.
    Check {
        /// The municipality’s folder.
        dir: PathBuf,
        /// Also prints measures: titles, amounts, translations.
        #[arg(long)]
        report: bool,
    },
    /// Makes the site: one folder with every file that the server serves.
    Assemble {
        /// Folder with the compiled app.
        #[arg(long, value_name = "DIR")]
        app: PathBuf,
        /// The municipality’s folder.
        #[arg(long, value_name = "DIR")]
        data: PathBuf,
        /// Folder of the site; it is replaced as a whole.
        #[arg(long, value_name = "DIR")]
        out: PathBuf,
        /// The project’s folder, with index.html, style and public.
        #[arg(long, value_name = "DIR", default_value = ".")]
        root: PathBuf,
        /// Stores no compressed copies: for a site that is looked at on this machine.
        #[arg(long)]
        quick: bool,
    },
    /// Publishes the next edition of the catalogue into a server’s data folder, and raises its
    /// number in municipality.toml.
    Edition {
        /// The municipality’s folder.
        dir: PathBuf,
        /// The server’s data folder.
        #[arg(long, value_name = "DIR")]
        to: PathBuf,
    },
    /// Sets up a public terminal, which then opens at /k/ID.
    Terminal(TerminalEnrolment),
    /// Asks the finder each judged query of a file; reports how often the first answer is right.
    Quality {
        /// The municipality’s folder.
        dir: PathBuf,
        /// JSON file with judged queries.
        queries: PathBuf,
        /// Prints JSON for other programs.
        #[arg(long)]
        json: bool,
    },
    /// Prints what the finder answers and why: which word met which, in which field, with how many
    /// slips.
    Explain {
        /// The municipality’s folder.
        dir: PathBuf,
        /// The question in a person’s own words.
        #[arg(required = true, trailing_var_arg = true, allow_hyphen_values = true)]
        question: Vec<String>,
    },
    /// Writes the JSON Schemas of the files in a municipality’s folder, for editors.
    Schemas {
        /// Folder of the schemas.
        dir: PathBuf,
    },
}

/// A public terminal to be enrolled.
#[derive(Debug, clap::Args)]
struct TerminalEnrolment {
    /// The municipality’s folder.
    dir: PathBuf,
    /// Id of the terminal, as in library-lindsay.
    #[arg(value_parser = TerminalId::parse)]
    id: TerminalId,
    /// Id of the location (hub) where it is.
    #[arg(long, value_parser = HubId::parse)]
    hub: HubId,
    /// Languages that it offers, separated by commas; the first is shown first.
    #[arg(long, value_delimiter = ',', default_value = "en", value_parser = language)]
    languages: Vec<Language>,
    /// Seconds without a touch until it asks whether someone is still there.
    #[arg(long, value_name = "N", default_value_t = IDLE_S)]
    idle_s: u32,
    /// The terminal keeps nothing: its browser forgets everything when it is closed.
    #[arg(long)]
    ephemeral: bool,
}

fn language(tag: &str) -> Result<Language, String> {
    Language::parse(tag.trim()).ok_or_else(|| format!("“{tag}” is not a language; use en or fr"))
}

fn main() -> ExitCode {
    match run(PublishCommandLine::parse().command) {
        Ok(said) => {
            println!("{said}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{}", with_causes(&*error));
            ExitCode::FAILURE
        }
    }
}

/// The error, and a line for each error below it.
fn with_causes(error: &(dyn Error + 'static)) -> String {
    let causes = std::iter::successors(error.source(), |&error| error.source());
    let lines: String = causes.map(|cause| format!("\ncaused by: {cause}")).collect();
    format!("{error}{lines}")
}

fn run(command: PublishCommand) -> CommandOutcome {
    match command {
        PublishCommand::Check { dir, report } => check(&dir, report),
        PublishCommand::Assemble { app, data, out, root, quick } => {
            let copies = if quick { CompressedCopies::None } else { CompressedCopies::Smallest };
            Ok(assemble(&Assembly { app, data, out, root, copies })?.summary())
        }
        PublishCommand::Edition { dir, to } => publication(&dir, &to),
        PublishCommand::Terminal(enrolment) => enrol(enrolment),
        PublishCommand::Quality { dir, queries, json } => measure(&dir, &queries, json),
        PublishCommand::Explain { dir, question } => explain(&dir, &question.join(" ")),
        PublishCommand::Schemas { dir } => {
            Ok(format!("{} schemas are written to {}.", write_schemas(&dir)?, dir.display()))
        }
    }
}

fn check(dir: &Path, with_measures: bool) -> CommandOutcome {
    let (catalogue, words) = check_dir(dir).map_err(|faults| report(&faults))?;
    let translations: String =
        words.translations.iter().map(|translation| gaps(&catalogue, translation)).collect();
    let measures = if with_measures {
        format!("\n{}", measures::report(&catalogue, &words.translations))
    } else {
        String::new()
    };
    Ok(format!(
        "{}: no faults. Services: {}, tasks: {}, locations: {}, topics: {}, holidays: {}, \
         questions: {}, concepts: {}.{translations}{measures}",
        dir.display(),
        catalogue.services().len(),
        catalogue.tasks().len(),
        catalogue.hubs().len(),
        catalogue.categories().len(),
        catalogue.holidays().len(),
        catalogue.survey().questions.len(),
        words.thesaurus.concept.len()
    ))
}

/// What the translation into one language lacks, one line for each text.
fn gaps(catalogue: &Catalogue, translation: &Translations) -> String {
    let TranslationGaps { missing, stale } = translation.gaps(catalogue);
    let lines = |what: &str, texts: BTreeSet<String>| -> String {
        texts.iter().map(|text| format!("\n  {what}: {text}")).collect()
    };
    format!(
        "\n{}: texts: {}, not translated: {}, out of date: {}.{}{}",
        translation.language.tag(),
        translation.texts.len(),
        missing.len(),
        stale.len(),
        lines("not translated", missing),
        lines("out of date, its English text is gone", stale),
    )
}

fn publication(dir: &Path, data_dir: &Path) -> CommandOutcome {
    let days = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |age| age.as_secs() / 86_400);
    let today = Date::from_days_since_1970(i32::try_from(days).unwrap_or_default());
    match publish(dir, &data_dir.join("catalogue"), today)? {
        Publication::Unchanged { number } => {
            Ok(format!("Nothing has changed since edition {number}; nothing was published."))
        }
        Publication::Made { number, alerts } => Ok(format!(
            "Edition {number} is published. Urgent notices in it: {alerts}. Servers with the data folder \
             {} offer it within seconds;\ndevices get it when they next reach the server. Its \
             number is now in {}.",
            data_dir.display(),
            dir.join("municipality.toml").display()
        )),
    }
}

fn enrol(enrolment: TerminalEnrolment) -> CommandOutcome {
    let TerminalEnrolment { dir, id, hub, languages, idle_s, ephemeral } = enrolment;
    let terminal = Terminal { id, hub, languages, idle_s, is_ephemeral: ephemeral };
    add_terminal(&dir, &terminal)?;
    Ok(format!(
        "Terminal {id} is set up. It opens at /k/{id} once the catalogue is published: cargo \
         xtask catalogue publish",
        id = terminal.id
    ))
}

fn measure(dir: &Path, queries: &Path, json: bool) -> CommandOutcome {
    let (catalogue, words) = check_dir(dir).map_err(|faults| report(&faults))?;
    let text =
        publish::read_text(queries).map_err(|error| format!("{}: {error}", queries.display()))?;
    let queries: Vec<Query> =
        serde_json::from_str(&text).map_err(|error| format!("{}: {error}", queries.display()))?;
    let quality = quality(&catalogue, &words, &queries);
    if json { Ok(serde_json::to_string_pretty(&quality)?) } else { Ok(quality.table()) }
}

fn explain(dir: &Path, question: &str) -> CommandOutcome {
    let (catalogue, words) = check_dir(dir).map_err(|faults| report(&faults))?;
    let index = index_of(&catalogue, &words.thesaurus);
    let finder = Finder::of(&index).ok_or("the index cannot be read")?;
    let mut said = asked_elsewhere(&catalogue, &finder, question)
        .map(|elsewhere| format!("Done elsewhere: {}\n", elsewhere.id))
        .unwrap_or_default();
    let explanation = finder.explain(question);
    for found in finder.find(question, 10) {
        let name = match record_at(&catalogue, found.document) {
            Some(IndexedRecord::Service(service)) => service.id.to_string(),
            Some(IndexedRecord::Hub(hub)) => format!("hub:{}", hub.id),
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

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;
    use publish::assemble::AssemblyFault;

    #[test]
    fn the_definition_of_the_command_line_is_sound() {
        PublishCommandLine::command().debug_assert();
    }

    #[test]
    fn what_is_typed_is_checked_before_anything_is_done() {
        let refused = |line: &str| {
            let words = ["publish"].into_iter().chain(line.split_whitespace());
            PublishCommandLine::try_parse_from(words).unwrap_err().to_string()
        };
        for (line, named) in [
            ("terminal town Front-Desk --hub h", "is not an id"),
            ("terminal town desk --hub h --languages en,de", "“de” is not a language"),
            ("terminal town desk --hub h --idle-s soon", "'soon'"),
            ("terminal town desk", "--hub <HUB>"),
            ("assemble --app a --data d", "--out <DIR>"),
            ("mend town", "'mend'"),
        ] {
            assert!(refused(line).contains(named), "{line}: {}", refused(line));
        }
    }

    #[test]
    fn an_error_is_printed_with_its_causes() {
        let error = AssemblyFault::Access {
            path: "town".into(),
            action: "read",
            source: std::io::Error::other("the disk is gone"),
        };
        assert_eq!(with_causes(&error), "town: cannot be read\ncaused by: the disk is gone");
    }
}
