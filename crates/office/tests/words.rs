//! Every text of the office's pages follows the rules of `docs/glossary.md`, in both languages.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]
#![cfg(not(target_family = "wasm"))]

use std::fs;
use std::path::Path;
use wording::rules::{pair_faults, pairs};

/// Whether two literals side by side are a text in both languages, and not two names of a program.
fn is_text((english, french): &(String, String)) -> bool {
    let starts_large = english.starts_with(char::is_uppercase);
    !french.is_ascii() || english.contains(' ') || starts_large && !english.contains(['_', '\n'])
}

/// What is wrong with the pairs of texts in the files of a folder, and how many pairs there are.
fn found_in(folder: &Path, ending: &str) -> (Vec<String>, usize) {
    let (mut faults, mut count) = (Vec::new(), 0);
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        if path.is_dir() {
            let (more, of) = found_in(&path, ending);
            faults.extend(more);
            count += of;
        } else if name.ends_with(ending) && name != "tests.rs" {
            let source = fs::read_to_string(&path).unwrap();
            let own = source.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
            for (english, french) in pairs(own).into_iter().filter(is_text) {
                count += 1;
                let wrong = pair_faults(&english, &french);
                faults
                    .extend(wrong.into_iter().map(|fault| format!("{}: {fault}", path.display())));
            }
        }
    }
    (faults, count)
}

#[test]
fn every_text_of_the_office_follows_the_rules() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    for (folder, ending, least) in [("templates", ".html", 500), ("src", ".rs", 300)] {
        let (faults, count) = found_in(&here.join(folder), ending);
        assert!(count > least, "{count} pairs in {folder}");
        assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
    }
}

/// A colon that stands in a template itself is the same in both languages, and French has a
/// no-break space before it.
#[test]
fn every_colon_after_a_value_is_said_in_both_languages() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("templates/office");
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let is_page = path.extension().is_some_and(|ending| ending == "html");
        for line in fs::read_to_string(&path).unwrap().lines().filter(|_| is_page) {
            for colon in ["}}: ", "</strong>: ", "</a>: ", "</span>: ", "</b>: "] {
                assert!(!line.contains(colon), "{}: {line}", path.display());
            }
        }
    }
}
