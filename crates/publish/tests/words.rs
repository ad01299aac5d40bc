//! Every text of the shell page, of the manifest, of the directory and of all programs follows the
//! rules of `docs/glossary.md`, in both languages.
#![cfg(not(target_family = "wasm"))]

use domain::Language;
use std::fs;
use std::path::{Path, PathBuf};
use wording::rules::{faults, line_faults, literals, pair_faults, pairs};

/// Words to avoid on screens that are names in commands and in documents.
const NAMES: &[&str] = &[
    "catalogue",
    "enrol",
    "enrolled",
    "erase",
    "erased",
    "hub",
    "hubs",
    "kiosk",
    "login",
    "seal",
    "sealed",
];

/// The files below a folder whose names end so.
fn files(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("the folder is there") {
        let path = entry.expect("it can be read").path();
        if path.is_dir() {
            found.extend(files(&path, ending));
        } else if path.to_str().is_some_and(|path| path.ends_with(ending)) {
            found.push(path);
        }
    }
    found
}

#[test]
fn every_text_of_the_shell_page_and_the_manifest_follows_the_rules() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    for (file, least) in [("../../index.html", 10), ("src/assemble/manifest.rs", 4)] {
        let source = fs::read_to_string(here.join(file)).unwrap();
        // The short name under an icon has room for twelve characters.
        let texts = pairs(&source).into_iter().filter(|(english, _)| english != "Hub");
        let texts: Vec<_> = texts.filter(|(english, _)| english.contains(' ')).collect();
        assert!(texts.len() >= least, "{} pairs in {file}", texts.len());
        let faults: Vec<_> =
            texts.iter().flat_map(|(english, french)| pair_faults(english, french)).collect();
        assert!(faults.is_empty(), "{} faults in {file}:\n{}", faults.len(), faults.join("\n"));
    }
}

#[test]
fn every_public_text_of_the_directory_is_translated_and_follows_the_rules() {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data/kawartha-lakes");
    let (catalogue, words) = publish::check_dir(&data).unwrap();
    let [french] = words.translations.as_slice() else { panic!("one translation") };
    assert_eq!(french.gaps(&catalogue), domain::catalogue::TranslationGaps::default());
    let mut count = 0;
    let faults: Vec<_> = french
        .texts
        .iter()
        .inspect(|_| count += 1)
        .flat_map(|(english, french)| pair_faults(english, french))
        .collect();
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
    assert!(count > 1_500, "{count}");
}

/// What is wrong with the texts of a record and of all records in it, and how many texts there are.
fn found_in(value: &toml::Value) -> (Vec<String>, usize) {
    let text = |name: &str| value.get(name).and_then(toml::Value::as_str);
    let (mut found, mut count) = (Vec::new(), 0);
    if let (Some(english), Some(french)) = (text("en"), text("fr")) {
        found.extend(pair_faults(english, french));
        count += 1;
    }
    found.extend(text("name").into_iter().flat_map(|name| faults(Language::English, name)));
    let parts: Vec<&toml::Value> = match value {
        toml::Value::Table(table) => table.iter().map(|(_, part)| part).collect(),
        toml::Value::Array(parts) => parts.iter().collect(),
        _ => Vec::new(),
    };
    for (more, of) in parts.into_iter().map(found_in) {
        found.extend(more);
        count += of;
    }
    (found, count)
}

#[test]
fn every_text_of_the_data_follows_the_rules_in_both_languages() {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data/kawartha-lakes");
    let (mut found, mut count) = (Vec::new(), 0);
    for path in files(&data, ".toml") {
        // These versions of the survey are published and stay as they are.
        if path.ends_with("survey/1.toml") || path.ends_with("survey/2.toml") {
            continue;
        }
        let file: toml::Table = toml::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
        let (faults, of) = found_in(&toml::Value::Table(file));
        found.extend(faults.into_iter().map(|fault| format!("{}: {fault}", path.display())));
        count += of;
    }
    assert!(found.is_empty(), "{} faults:\n{}", found.len(), found.join("\n"));
    assert!(count > 1_700, "{count}");
}

/// Also what a macro fills, what only one language has, and the help of commands.
#[test]
fn every_text_of_a_program_follows_the_rules() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut sources = files(&root.join("src"), ".rs");
    sources.extend(files(&root.join("xtask/src"), ".rs"));
    for entry in fs::read_dir(root.join("crates")).unwrap() {
        sources.extend(files(&entry.expect("it can be read").path().join("src"), ".rs"));
    }
    let (mut found, mut count) = (Vec::new(), 0);
    for path in sources {
        // Tests, the rules themselves, and what other programs print.
        let is_other =
            ["tests.rs", "contract.rs", "rules.rs", "setup/step.rs", "mailbox/src/quotes.rs"]
                .iter()
                .any(|name| path.ends_with(name))
                || ["contract", "fuzz", "powercut", "simulation"]
                    .iter()
                    .any(|name| path.iter().any(|part| part == *name));
        if is_other {
            continue;
        }
        let source = fs::read_to_string(&path).unwrap();
        let own = source.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
        let mut texts = literals(own);
        if path.ends_with("server/src/cli.rs") || path.ends_with("publish/src/main.rs") {
            texts.extend(
                own.lines().filter_map(|line| line.trim().strip_prefix("/// ")).map(Into::into),
            );
        }
        let is_screen = path.iter().any(|part| part == "office" || part == "wording");
        let allowed: &[&str] = if is_screen { &[] } else { NAMES };
        for line in texts.iter().flat_map(|text| text.lines()) {
            count += 1;
            let faults = line_faults(line, allowed);
            found.extend(faults.into_iter().map(|fault| format!("{}: {fault}", path.display())));
        }
    }
    assert!(found.is_empty(), "{} faults:\n{}", found.len(), found.join("\n"));
    assert!(count > 5_000, "{count}");
}
