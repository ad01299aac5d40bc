//! Checks that a published survey version cannot be changed.

use super::project;
use domain::survey::Survey;
use publish::located::report;
use publish::{check_dir, publish};
use std::path::Path;
use tempfile::TempDir;

fn copied() -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    copy(&project().join("data/kawartha-lakes"), dir.path());
    dir
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap().flatten() {
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target)
        } else {
            std::fs::write(target, std::fs::read(entry.path()).unwrap()).unwrap()
        }
    }
}

fn faults(dir: &TempDir) -> String {
    check_dir(dir.path()).err().map(|faults| report(&faults)).unwrap_or_default()
}

/// Changes one file of the survey; returns the resulting report.
fn after(file: &str, from: &str, to: &str) -> String {
    let dir = copied();
    let path = dir.path().join("survey").join(file);
    let text = std::fs::read_to_string(&path).unwrap();
    assert!(text.contains(from), "{file} holds {from}");
    std::fs::write(&path, text.replacen(from, to, 1)).unwrap();
    faults(&dir)
}

#[test]
fn a_word_changed_in_a_published_version_is_a_fault_that_says_what_to_do() {
    for (file, from) in [
        ("1.toml", "How was the time it took?"),
        ("2.toml", "Were you treated fairly?"),
        ("1.toml", "may_not_apply = true"),
    ] {
        let said = after(
            file,
            from,
            if from.starts_with("may") { "may_not_apply = false" } else { "Was it fine?" },
        );
        assert!(
            said.starts_with(&format!("survey/{file}"))
                && said.contains("published with other content")
                && said.contains("survey/4.toml"),
            "{said}"
        );
    }
    assert_eq!(
        after("1.toml", "# The customer experience survey", "# Another comment"),
        "",
        "comments are not content"
    );
}

#[test]
fn a_published_version_is_not_taken_away_nor_its_fingerprint() {
    let dir = copied();
    std::fs::remove_file(dir.path().join("survey/1.toml")).unwrap();
    assert!(
        faults(&dir).contains(
            "survey/1.toml: survey version 1: it was published, and is not there any more"
        ),
        "{}",
        faults(&dir)
    );
    let said = after("published.toml", "version = 1", "version = 2");
    assert!(said.contains("has no fingerprint of it") && said.contains("sha256 = \""), "{said}");
}

#[test]
fn files_are_named_after_their_versions() {
    assert!(
        after("2.toml", "version = 2", "version = 4")
            .contains("survey/2.toml: it says that it is version 4")
    );
    let dir = copied();
    std::fs::rename(dir.path().join("survey/2.toml"), dir.path().join("survey/new.toml")).unwrap();
    assert!(faults(&dir).contains("survey/new.toml: its name is not the number of a version"));
}

#[test]
fn the_newest_may_be_written_until_it_is_published_and_is_held_from_then_on() {
    let dir = copied();
    let to = dir.path().join("var/catalogue");
    let today = domain::hours::Date::parse("2026-11-27").unwrap();
    // From here on the fingerprint of version 3 is recorded, whether it was published before or
    // not.
    publish(dir.path(), &to, today).unwrap();
    let third = std::fs::read_to_string(dir.path().join("survey/3.toml")).unwrap();
    let fourth = third
        .replace("version = 3", "version = 4")
        .replace("I was treated fairly.", "I was treated well.");
    let path = dir.path().join("survey/4.toml");
    std::fs::write(&path, &fourth).unwrap();
    assert_eq!(check_dir(dir.path()).unwrap().0.survey().version, 4);
    publish(dir.path(), &to, today).unwrap();
    assert_eq!(faults(&dir), "");
    let listed: Vec<Survey> =
        serde_json::from_slice(&std::fs::read(to.join("surveys.json")).unwrap()).unwrap();
    assert_eq!(
        listed.iter().map(|survey| survey.version).collect::<Vec<_>>(),
        [4, 3, 2, 1],
        "the server has them all, the newest first"
    );
    std::fs::write(&path, fourth.replace("treated well", "treated badly")).unwrap();
    assert!(faults(&dir).contains("write what should change into survey/5.toml"));
}
