//! Reads TOML files into records, and collects each fault with its line.

use super::places::{PlaceFile, Places};
use crate::located::Located;
use domain::text::{ForeignEncoding, SAVE_AS_UTF8, utf8_of};
use serde::de::DeserializeOwned;
use std::path::{Path, PathBuf};
use toml::Spanned;
use toml::de::{DeTable, DeValue, ValueDeserializer};

/// Reads the files of one folder and collects their faults.
pub(super) struct FileReader {
    dir: PathBuf,
    pub(super) faults: Vec<Located>,
    pub(super) places: Places,
    pub(super) unreadable: Vec<String>,
}

impl FileReader {
    pub(super) fn new(dir: &Path) -> Self {
        Self {
            dir: dir.into(),
            faults: Vec::new(),
            places: Places::default(),
            unreadable: Vec::new(),
        }
    }

    /// Reads the top-level keys of a file into a record: only those in `listed`, or, without
    /// `only_listed`, all except those. `None` if the file or the record cannot be read; the fault
    /// is collected.
    pub(super) fn head<T: DeserializeOwned>(
        &mut self,
        name: &str,
        kind: &str,
        listed: &[&str],
        only_listed: bool,
    ) -> Option<T> {
        let text = self.text(name)?;
        let (table, errors) = DeTable::parse_recoverable(&text);
        // A file is read twice, so its syntax errors are reported in only one of the two reads.
        if only_listed || matches!(kind, "survey" | "office") {
            self.add_syntax(name, &text, &errors);
        }
        let span = table.span();
        let table = table.into_inner();
        let record = table
            .get("id")
            .and_then(|id| id.get_ref().as_str())
            .map_or_else(|| kind.to_string(), |id| format!("{kind} {id}"));
        self.places.add(&record, PlaceFile::whole(name, &text));
        let is_wanted = |key: &str| listed.contains(&key) == only_listed;
        let wanted: DeTable<'_> =
            table.into_iter().filter(|(key, _)| is_wanted(key.get_ref())).collect();
        self.read_record(name, &text, &record, Spanned::new(span, DeValue::Table(wanted)))
    }

    /// All records of one kind in all files of a folder, in the order of the file names.
    pub(super) fn records_in<T: DeserializeOwned>(&mut self, folder: &str, kind: &str) -> Vec<T> {
        self.names_in(folder)
            .iter()
            .flat_map(|name| self.records(&format!("{folder}/{name}"), kind))
            .collect()
    }

    /// The records of a file that need not exist.
    pub(super) fn optional_records<T: DeserializeOwned>(
        &mut self,
        name: &str,
        kind: &str,
    ) -> Vec<T> {
        if self.dir.join(name).exists() { self.records(name, kind) } else { Vec::new() }
    }

    /// Names of the TOML files in a folder, sorted.
    pub(super) fn names_in(&mut self, folder: &str) -> Vec<String> {
        let entries = std::fs::read_dir(self.dir.join(folder)).map(|entries| {
            entries.flatten().map(|entry| entry.file_name().to_string_lossy().into_owned())
        });
        let mut names: Vec<String> = match entries {
            Ok(names) => names.filter(|name| name.ends_with(".toml")).collect(),
            Err(error) => {
                self.add_file_fault(
                    folder,
                    format!("the folder cannot be read: {error}"),
                    "make it, with at least one .toml file in it",
                );
                Vec::new()
            }
        };
        names.sort();
        names
    }

    /// Names of the TOML files in a folder and the folders in it, with their path, sorted.
    pub(super) fn names_below(&mut self, folder: &str) -> Vec<String> {
        let mut names = Vec::new();
        let entries = std::fs::read_dir(self.dir.join(folder)).into_iter().flatten().flatten();
        for entry in entries {
            let name = format!("{folder}/{}", entry.file_name().to_string_lossy());
            if entry.path().is_dir() {
                names.extend(self.names_below(&name));
            } else if name.ends_with(".toml") {
                names.push(name);
            }
        }
        names.sort();
        names
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.dir.join(name).exists()
    }

    /// All records of one kind in one file; each broken record is reported and left out.
    pub(super) fn records<T: DeserializeOwned>(&mut self, name: &str, kind: &str) -> Vec<T> {
        let Some(text) = self.text(name) else { return Vec::new() };
        let (table, errors) = DeTable::parse_recoverable(&text);
        let is_first_reading = !matches!(kind, "question" | "recurring_closure" | "elsewhere");
        if is_first_reading {
            self.add_syntax(name, &text, &errors);
            self.add_strange_keys(name, &text, table.get_ref(), kind);
        }
        let Some(list) = table.into_inner().remove(kind) else { return Vec::new() };
        let DeValue::Array(list) = list.into_inner() else {
            self.add_file_fault(
                name,
                format!("“{kind}” is not a list"),
                &format!("begin each record with [[{kind}]]"),
            );
            return Vec::new();
        };
        let records: Vec<_> = list.into_iter().collect();
        let starts: Vec<usize> = records.iter().map(|record| record.span().start).collect();
        let mut read = Vec::new();
        for (at, record) in records.into_iter().enumerate() {
            let end = starts.get(at + 1).copied().unwrap_or(text.len());
            let label = label_of(record.get_ref(), kind, at);
            self.places.add(&label, PlaceFile::part(name, &text, record.span().start, end));
            read.extend(self.read_record(name, &text, &label, record));
        }
        read
    }

    fn read_record<T: DeserializeOwned>(
        &mut self,
        name: &str,
        text: &str,
        record: &str,
        value: Spanned<DeValue<'_>>,
    ) -> Option<T> {
        let start = value.span().start;
        match T::deserialize(ValueDeserializer::from(value)) {
            Ok(read) => Some(read),
            Err(error) => {
                let at = error.span().map_or(start, |span| span.start);
                let line = line_of(text, at);
                let field = field_in(text, line);
                let (what, remedy) = in_plain_words(error.message());
                self.faults.push(Located {
                    file: name.into(),
                    line: Some(line),
                    record: record.into(),
                    field,
                    what,
                    remedy,
                });
                self.unreadable.extend(record.split(' ').nth(1).map(String::from));
                None
            }
        }
    }

    fn text(&mut self, name: &str) -> Option<String> {
        let bytes = std::fs::read(self.dir.join(name));
        match bytes.as_deref().map(utf8_of) {
            Ok(Ok(text)) => Some(text.into()),
            Ok(Err(foreign)) => {
                self.add_foreign(name, &foreign);
                None
            }
            Err(error) => {
                let what = format!("the file cannot be read: {error}");
                if !self.faults.iter().any(|fault| fault.file == name && fault.what == what) {
                    self.add_file_fault(name, what, "put it there; every municipality has one");
                }
                None
            }
        }
    }

    /// Reports a file in another encoding, once: it may be read twice.
    fn add_foreign(&mut self, file: &str, foreign: &ForeignEncoding) {
        if self.faults.iter().any(|fault| fault.file == file && fault.is_foreign()) {
            return;
        }
        self.faults.push(Located {
            file: file.into(),
            line: Some(foreign.line),
            record: String::new(),
            field: String::new(),
            what: format!("this is in {}, not in UTF-8", foreign.encoding),
            remedy: SAVE_AS_UTF8.into(),
        });
    }

    pub(super) fn add_file_fault(&mut self, file: &str, what: String, remedy: &str) {
        self.faults.push(Located {
            file: file.into(),
            line: None,
            record: String::new(),
            field: String::new(),
            what,
            remedy: remedy.into(),
        });
    }

    fn add_syntax(&mut self, name: &str, text: &str, errors: &[toml::de::Error]) {
        for error in errors {
            let line = error.span().map(|span| line_of(text, span.start));
            let what = format!("this is not TOML: {}", error.message());
            let remedy =
                "look at the line before it for a missing quote, bracket or equals sign".into();
            self.faults.push(Located {
                file: name.into(),
                line,
                record: String::new(),
                field: String::new(),
                what,
                remedy,
            });
        }
    }

    /// Reports a top-level key that no reader uses: it is a typing error and must not be ignored
    /// silently.
    fn add_strange_keys(&mut self, name: &str, text: &str, table: &DeTable<'_>, kind: &str) {
        let known = |key: &str| {
            key == kind
                || matches!(
                    (kind, key),
                    ("holiday", "recurring_closure") | ("concept", "elsewhere")
                )
        };
        for key in table.keys().filter(|key| !known(key.get_ref())) {
            let line = Some(line_of(text, key.span().start));
            let what = format!("there is no record of the kind “{}” in this file", key.get_ref());
            self.faults.push(Located {
                file: name.into(),
                line,
                record: String::new(),
                field: key.get_ref().to_string(),
                what,
                remedy: format!("begin each record with [[{kind}]]"),
            });
        }
    }
}

fn label_of(record: &DeValue<'_>, kind: &str, at: usize) -> String {
    match record.get("id").and_then(|id| id.get_ref().as_str()) {
        Some(id) => format!("{kind} {id}"),
        None => format!("{} {}", kind.replace('_', " "), at + 1),
    }
}

pub(super) fn line_of(text: &str, at: usize) -> usize {
    1 + text[..at.min(text.len())].matches('\n').count()
}

/// The key in a line; empty if the line is a heading.
fn field_in(text: &str, line: usize) -> String {
    let line = text.lines().nth(line - 1).unwrap_or_default().trim();
    let is_heading = line.starts_with('[');
    line.split_once('=')
        .filter(|_| !is_heading)
        .map_or_else(String::new, |(key, _)| key.trim().into())
}

/// Rephrases the parser's message for editors who are not programmers. Returns what is wrong and
/// the remedy.
fn in_plain_words(message: &str) -> (String, String) {
    let message = message.trim();
    if let Some(rest) = message.strip_prefix("missing field ") {
        return (format!("the field {rest} is missing"), "add it".into());
    }
    if let Some((field, expected)) =
        message.strip_prefix("unknown field ").and_then(|rest| rest.split_once(", "))
    {
        return (
            format!("there is no field {field}"),
            format!("correct its name or take it out; {expected}"),
        );
    }
    if let Some((variant, expected)) =
        message.strip_prefix("unknown variant ").and_then(|rest| rest.split_once(", "))
    {
        return (format!("{variant} is not one of the words for this"), expected.into());
    }
    (
        message.replace("invalid type: ", "this is the wrong kind of value: "),
        "write it as in the records around it".into(),
    )
}
