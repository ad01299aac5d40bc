//! Reads the versions of the survey, one file each. People answer the newest. Earlier versions
//! stay, because each answer belongs to the version in which the question was asked. Published
//! versions must never change, so their fingerprints are recorded and checked.

use super::file::FileReader;
use super::{read_text, replace_text};
use crate::located::Located;
use domain::survey::Survey;
use domain::{MunicipalityId, Text};
use schemars::JsonSchema;
use serde::Deserialize;
use sha2::{Digest, Sha256};
use std::path::Path;

const FOLDER: &str = "survey";
const PUBLISHED: &str = "survey/published.toml";
const PUBLISHED_HEAD: &str = "\
#:schema ../../schema/published.schema.json
# The versions that have been published, each with the SHA-256 of its content. They stay as they are, because answers belong to them.
# `cargo xtask catalogue publish` writes a block here.
";

// The top-level keys of a survey's file; its questions are records. Not a doc comment: those get
// into the schema.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SurveyHead {
    /// Id of the survey.
    id: MunicipalityId,
    /// Number of the version, which is the name of the file. A version that has been published is
    /// not changed: write the next.
    #[schemars(range(min = 1))]
    version: u32,
    /// Title of the survey: the first heading.
    title: Text,
    /// Text before the first question: how long it takes, and that nobody is asked who they are.
    introduction: Text,
    /// Text of the last screen: what happens with the answers.
    thanks: Text,
}

/// A published version, which people may have answered.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PublishedVersion {
    /// Number of the version, which is the name of its file.
    #[schemars(range(min = 1))]
    version: u32,
    /// SHA-256 of its content, by which a change of the version is noticed.
    #[schemars(regex(pattern = "^[0-9a-f]{64}$"))]
    sha256: String,
}

/// Reads all versions, newest first. Adds their faults to the reader.
pub(super) fn read(reader: &mut FileReader) -> Vec<Survey> {
    let names = reader.names_in(FOLDER);
    let mut files: Vec<(u32, String)> = Vec::new();
    for name in
        names.into_iter().map(|name| format!("{FOLDER}/{name}")).filter(|name| name != PUBLISHED)
    {
        match number_of(&name) {
            Some(number) => files.push((number, name)),
            None => reader.add_file_fault(
                &name,
                "its name is not the number of a version".into(),
                "name it after its version, as 2.toml",
            ),
        }
    }
    files.sort();
    let surveys: Vec<Survey> =
        files.iter().rev().filter_map(|(number, name)| version(reader, *number, name)).collect();
    if files.is_empty() {
        reader.add_file_fault(
            FOLDER,
            "there is no version of the survey".into(),
            "write survey/1.toml",
        );
    }
    let published: Vec<PublishedVersion> =
        if reader.has(PUBLISHED) { reader.records(PUBLISHED, "published") } else { Vec::new() };
    let is_whole =
        |survey: &&Survey| !reader.faults.iter().any(|fault| fault.file == file_of(survey.version));
    let whole: Vec<&Survey> = surveys.iter().filter(is_whole).collect();
    let newest = files.last().map_or(0, |(number, _)| *number);
    let gone = published
        .iter()
        .filter(|published| !files.iter().any(|(number, _)| *number == published.version))
        .map(gone);
    let faults: Vec<Located> =
        whole.iter().filter_map(|survey| changed(survey, newest, &published)).chain(gone).collect();
    reader.faults.extend(faults);
    surveys
}

fn file_of(version: u32) -> String {
    format!("{FOLDER}/{version}.toml")
}

fn number_of(file: &str) -> Option<u32> {
    let number =
        file.strip_prefix(FOLDER)?.strip_prefix('/')?.strip_suffix(".toml")?.parse().ok()?;
    // "01.toml" is rejected, because the file of version 1 is "1.toml".
    (file_of(number) == file).then_some(number)
}

fn version(reader: &mut FileReader, number: u32, file: &str) -> Option<Survey> {
    let head: Option<SurveyHead> = reader.head(file, "survey", &["question"], false);
    let questions = reader.records(file, "question");
    let SurveyHead { id, version, title, introduction, thanks } = head?;
    if version != number {
        reader.add_file_fault(
            file,
            format!("it says that it is version {version}"),
            &format!("write version = {number}, or give the file another name"),
        );
    }
    Some(Survey { id, version: number, title, introduction, thanks, questions })
}

/// The fault of a version whose content does not match its recorded fingerprint. `None` if it
/// matches, or if it is the newest version and not published yet.
fn changed(survey: &Survey, newest: u32, published: &[PublishedVersion]) -> Option<Located> {
    let fingerprint = fingerprint(survey);
    let (what, remedy) = match published
        .iter()
        .find(|published| published.version == survey.version)
    {
        Some(published) if published.sha256 == fingerprint => return None,
        Some(_) => (
            "it was published with other content, and answers to that are kept".into(),
            format!(
                "put it back as it was, and write what should change into survey/{}.toml",
                newest + 1
            ),
        ),
        None if survey.version == newest => return None,
        None => (
            format!("{PUBLISHED} has no fingerprint of it"),
            format!(
                "if it is as it was published, add there: [[published]] version = {} sha256 = \"{fingerprint}\"",
                survey.version
            ),
        ),
    };
    Some(fault(survey.version, what, remedy))
}

fn gone(published: &PublishedVersion) -> Located {
    fault(
        published.version,
        "it was published, and is not there any more".into(),
        "put it back: answers to it are kept".into(),
    )
}

fn fault(version: u32, what: String, remedy: String) -> Located {
    Located {
        file: file_of(version),
        line: None,
        record: format!("survey version {version}"),
        field: String::new(),
        what,
        remedy,
    }
}

/// SHA-256 of the version's content, independent of the layout of its file: of its JSON, with the
/// fields in order of declaration.
fn fingerprint(survey: &Survey) -> String {
    let content = serde_json::to_vec(survey).unwrap_or_default();
    Sha256::digest(content).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Records the fingerprint of the newest version, unless that version has one already.
pub(crate) fn hold_newest(dir: &Path) -> std::io::Result<()> {
    let mut reader = FileReader::new(dir);
    let surveys = read(&mut reader);
    let Some(newest) = surveys.first() else { return Ok(()) };
    let published: Vec<PublishedVersion> =
        if reader.has(PUBLISHED) { reader.records(PUBLISHED, "published") } else { Vec::new() };
    if published.iter().any(|published| published.version == newest.version) {
        return Ok(());
    }
    let path = dir.join(PUBLISHED);
    let text = if path.exists() { read_text(&path)? } else { PUBLISHED_HEAD.into() };
    let block = format!(
        "[[published]]\nversion = {}\nsha256 = \"{}\"\n",
        newest.version,
        fingerprint(newest)
    );
    replace_text(&path, &format!("{}\n\n{block}", text.trim_end()))
}
