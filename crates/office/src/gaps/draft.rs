//! Drafts of change files for the municipality's data folder: a maintainer fills in the facts, adds
//! the file, and has it checked. A draft asserts nothing: unknown fields stay empty, and no source
//! is invented.

use domain::catalogue::{Fee, Hub, Service, Task};
use domain::{Catalogue, Language};
use std::fmt::Write;

/// Characters of an id that are derived from the search term.
const ID_CHARS_MAX: usize = 48;

/// A file to download; its name is ASCII.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ThesaurusDraft {
    pub(super) file_name: String,
    pub(super) text: String,
}

/// Links a term without a result to a service. One-way, because the term means nothing else.
pub(super) fn thesaurus_word(words: &str, language: Language, service: &Service) -> ThesaurusDraft {
    let id = format!("asked-{}-{}", slug(words), mark(words));
    let field = if language == Language::English { "also_en" } else { "also_fr" };
    let head = head(
        "thesaurus.toml",
        &format!(
            "People searched for these words and found nothing. Here they lead to: {}.",
            service.name
        ),
    );
    let text = format!(
        "{head}\n[[concept]]\nid = {}\n{field} = [{}]\nservices = [{}]\n",
        quoted(&id),
        quoted(words),
        quoted(service.id.as_str())
    );
    ThesaurusDraft { file_name: format!("thesaurus-{id}.toml"), text }
}

/// A service that people ask for and the service directory lacks.
pub(super) fn missing_service(words: &str, catalogue: &Catalogue) -> ThesaurusDraft {
    let slug = slug(words);
    let topics: Vec<&str> =
        catalogue.categories().iter().map(|category| category.id.as_str()).collect();
    let mut text = head(
        "services/<topic>.toml",
        "People ask for this, and the directory has no record of it. Fill in only what a page of the municipality says.",
    );
    // Writing to a `String` does not fail.
    let _ = write!(
        text,
        r#"# What is not known is left out, never guessed. The check refuses this draft until the empty texts are filled in.

[[service]]
id = {id}
name = {name}
summary = ""
# One of: {topics}
category = "choose-a-topic"
goal = ""
department = ""
audience = ["resident"]
keywords = [{name}]
channels.in_person = false
basis = "inferred"
inferred = ["keywords", "audience"]
details_verified = false
source.note = "Unknown: drafted from what people asked for. No page was seen."
source.verified = false
"#,
        id = quoted(&slug),
        name = quoted(words),
        topics = comment(&topics.join(", ")),
    );
    ThesaurusDraft { file_name: format!("service-{slug}.toml"), text }
}

/// The record that an error was reported on.
pub(super) enum Wrong<'a> {
    Service(&'a Service),
    Hub(&'a Hub),
    /// A task, and the number of the step, from one.
    Task(&'a Task, Option<u8>),
}

/// A reported error: the record, the field, and its present value.
pub(super) fn correction(wrong: &Wrong<'_>, field: &str, at: Option<&Hub>) -> ThesaurusDraft {
    let (table, folder, id, name) = match wrong {
        Wrong::Service(service) => ("service", "services", service.id.as_str(), &service.name),
        Wrong::Hub(hub) => ("hub", "hubs", hub.id.as_str(), &hub.name),
        Wrong::Task(task, _) => ("task", "tasks.toml", task.id.as_str(), &task.name),
    };
    let mut text = head(
        &format!(
            "{folder}{}, in the record with this id",
            if folder.ends_with(".toml") { "" } else { "/" }
        ),
        &format!("Someone reported that part of this record is wrong: {name}."),
    );
    // Writing to a `String` does not fail.
    let _ = write!(
        text,
        "# This is a note for the editor, not a record: correct the record that is already there.\n\n[[correction]]\nrecord = {}\nid = {}\nfield = {}\n",
        quoted(table),
        quoted(id),
        quoted(field)
    );
    if let Some(hub) = at {
        let _ = writeln!(text, "at_hub = {}", quoted(hub.id.as_str()));
    }
    for (key, now) in standing(wrong, field) {
        let _ = writeln!(text, "\n# Now:     {key} = {}\n# Instead: {key} = ", comment(&now));
    }
    text.push_str("\n# Seen on this page:\n# source.url = \n# source.date = \n# source.verified = true only when the page says so\n");
    ThesaurusDraft { file_name: format!("correction-{table}-{}.toml", slug(id)), text }
}

/// The fields that the report is about, with their present values.
fn standing(wrong: &Wrong<'_>, field: &str) -> Vec<(&'static str, String)> {
    let some = |text: &Option<String>| text.as_deref().map_or_else(|| "not known".into(), quoted);
    match (wrong, field) {
        (Wrong::Service(service), "documents") => {
            vec![(
                "documents",
                format!(
                    "[{}]",
                    service
                        .documents
                        .iter()
                        .map(|text| quoted(text))
                        .collect::<Vec<_>>()
                        .join(", ")
                ),
            )]
        }
        (Wrong::Service(service), "fee") => {
            vec![("fees", fees_of(service)), ("fee", some(&service.fee))]
        }
        (Wrong::Service(service), "phone") => {
            vec![("channels.phone", some(&service.channels.phone))]
        }
        (Wrong::Service(service), "online-page") => {
            vec![("channels.online_url", some(&service.channels.online_url))]
        }
        (Wrong::Service(service), "process") => vec![
            ("summary", quoted(&service.summary)),
            ("processing_time", some(&service.processing_time)),
        ],
        (Wrong::Hub(hub), "address") => {
            vec![("address", some(&hub.address)), ("postal_code", some(&hub.postal_code))]
        }
        (Wrong::Hub(hub), "phone") => vec![("phone", some(&hub.phone))],
        (Wrong::Hub(_), "hours") => vec![("hours", "see the record".into())],
        (Wrong::Hub(hub), "process") => vec![(
            "tasks",
            format!(
                "[{}]",
                hub.tasks.iter().map(|task| quoted(task.as_str())).collect::<Vec<_>>().join(", ")
            ),
        )],
        (Wrong::Task(task, step), _) => {
            let meant = |(number, _): &(usize, &String)| {
                step.is_none_or(|step| *number == usize::from(step))
            };
            (1..)
                .zip(&task.steps)
                .filter(meant)
                .map(|(number, text)| ("steps", format!("step {number}: {}", quoted(text))))
                .collect()
        }
        _ => Vec::new(),
    }
}

fn head(place: &str, what: &str) -> String {
    format!(
        "# {}\n#\n# Where: add it to the municipality’s folder under data/, in {place}\n# Then:  cargo xtask catalogue check\n# A draft from the office’s list of gaps; a person has to look at it first.\n",
        comment(what)
    )
}

/// A text as a TOML string. JSON writes the same, except for control characters, which are dropped.
fn quoted(text: &str) -> String {
    serde_json::Value::from(plain(text)).to_string()
}

/// A text for a comment: it cannot begin a new line.
fn comment(text: &str) -> String {
    plain(text)
}

fn plain(text: &str) -> String {
    text.chars()
        .map(|letter| if letter.is_control() { ' ' } else { letter })
        .collect::<String>()
        .trim()
        .into()
}

/// Lower-case letters, digits and hyphens; never empty.
pub(crate) fn slug(text: &str) -> String {
    let mut slug = String::new();
    for letter in finder::folded(text).chars() {
        if letter.is_ascii_alphanumeric() {
            slug.push(letter.to_ascii_lowercase());
        } else if !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
    }
    let cut: String = slug.chars().take(ID_CHARS_MAX).collect();
    let cut = cut.trim_matches('-');
    if cut.is_empty() { "unnamed".into() } else { cut.into() }
}

/// A few letters derived from the whole text, so that different texts with the same slug have
/// different ids.
fn mark(text: &str) -> String {
    use sha2::{Digest, Sha256};
    hex::encode(&Sha256::digest(text.as_bytes())[..3])
}

/// The amounts of a service as they are written in its file.
fn fees_of(service: &Service) -> String {
    let fee = |fee: &Fee| {
        let from = fee.from.map(|from| format!(", from = {}", quoted(&from.to_string())));
        let what = quoted(&fee.what);
        format!("{{ what = {what}, cents = {}{} }}", fee.cents, from.unwrap_or_default())
    };
    format!("[{}]", service.fees.iter().map(fee).collect::<Vec<_>>().join(", "))
}

#[cfg(test)]
mod tests;
