//! Checks drafts with the publisher's own check, on a copy of a small municipality.

use super::*;
use std::path::{Path, PathBuf};

fn town() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/municipalities/pine-harbour")
}

fn catalogue() -> Catalogue {
    publish::check_dir(&town()).unwrap_or_else(|faults| panic!("{faults:?}")).0
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap().map(Result::unwrap) {
        let to = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &to);
        } else {
            std::fs::copy(entry.path(), to).unwrap();
        }
    }
}

/// The publisher's faults when drafts are added to one of the municipality's files.
fn faults_with(file: &str, drafts: &[ThesaurusDraft]) -> Vec<String> {
    let dir = tempfile::tempdir().unwrap();
    copy(&town(), dir.path());
    let path = dir.path().join(file);
    let before = std::fs::read_to_string(&path).unwrap_or_default();
    std::fs::write(
        &path,
        drafts.iter().fold(before, |text, draft| format!("{text}\n{}", draft.text)),
    )
    .unwrap();
    let faults = publish::check_dir(dir.path()).err().unwrap_or_default();
    faults.iter().map(|fault| format!("{} {}: {}", fault.record, fault.field, fault.what)).collect()
}

fn service(catalogue: &Catalogue, id: &str) -> Service {
    catalogue.service(&domain::ServiceId::parse(id).unwrap()).unwrap().clone()
}

#[test]
fn words_that_found_nothing_pass_the_check_as_they_are() {
    let dogs = service(&catalogue(), "dog-tag");
    let words = [
        "hot air balloon",
        "plaque d'immatriculation",
        "\"quoted\" \\ and # more",
        "été",
        "été ?",
        "犬の登録",
        "x = [1]\u{7f}",
        "tag",
    ];
    let drafts: Vec<ThesaurusDraft> =
        words.iter().map(|words| thesaurus_word(words, Language::French, &dogs)).collect();
    assert_eq!(faults_with("thesaurus.toml", &drafts), [""; 0]);
    let text = &thesaurus_word("hot air balloon", Language::English, &dogs).text;
    assert!(
        text.contains("also_en = [\"hot air balloon\"]\nservices = [\"dog-tag\"]")
            && text.contains("cargo xtask catalogue check"),
        "{text}"
    );
}

#[test]
fn a_draft_of_a_record_is_refused_until_somebody_fills_it_in() {
    let catalogue = catalogue();
    let draft = missing_service("Lamplighting, \"gas\"", &catalogue);
    let faults = faults_with("services/all.toml", std::slice::from_ref(&draft));
    assert!(
        faults.iter().any(|fault| fault.contains("choose-a-topic")),
        "{faults:?}\n{}",
        draft.text
    );
    let filled = draft
        .text
        .replace("choose-a-topic", "land")
        .replace("summary = \"\"", "summary = \"Lamps.\"")
        .replace("goal = \"\"", "goal = \"Light\"")
        .replace("department = \"\"", "department = \"By-law\"")
        .replace("in_person = false", "in_person = true");
    assert_eq!(
        faults_with("services/all.toml", &[ThesaurusDraft { text: filled, ..draft.clone() }]),
        [""; 0]
    );
    assert!(
        draft.text.contains("source.verified = false")
            && draft.text.contains("details_verified = false")
    );
    assert_eq!(draft.file_name, "service-lamplighting-gas.toml");
}

#[test]
fn a_note_of_a_correction_names_the_record_and_what_stands_there() {
    let catalogue = catalogue();
    let hub = &catalogue.hubs()[0];
    let boats = service(&catalogue, "boat-permit");
    for field in [
        "documents",
        "fee",
        "hours",
        "phone",
        "address",
        "online-page",
        "process",
        "gone",
        "other",
        "\"]\n[x]",
    ] {
        for wrong in
            [Wrong::Service(&boats), Wrong::Hub(hub), Wrong::Task(&catalogue.tasks()[0], Some(2))]
        {
            let draft = correction(&wrong, field, Some(hub));
            let table: toml::Table =
                draft.text.parse().unwrap_or_else(|error| panic!("{error}\n{}", draft.text));
            assert_eq!(table["correction"][0]["field"].as_str(), Some(plain(field).as_str()));
            assert!(draft.file_name.is_ascii());
        }
    }
    let draft = correction(&Wrong::Task(&catalogue.tasks()[0], Some(2)), "process", Some(hub));
    assert!(
        draft.text.contains("# Now:     steps = step 2: \"Take the fee\"\n")
            && !draft.text.contains("step 1"),
        "{}",
        draft.text
    );
    let draft = correction(&Wrong::Service(&boats), "fee", None);
    assert!(
        draft.text.contains("id = \"boat-permit\"")
            && draft.text.contains("# Now:     fees = [{ what = \"A season\", cents = 4000 }]\n"),
        "{}",
        draft.text
    );
}

#[test]
fn names_of_files_and_ids_are_plain_ascii_and_differ() {
    for (words, expected) in [
        ("Été à la plage!", "ete-a-la-plage"),
        ("犬", "unnamed"),
        ("--a--", "a"),
        ("\"\r\nx: y", "x-y"),
    ] {
        assert_eq!(slug(words), expected);
    }
    assert!(slug(&"long ".repeat(40)).len() <= ID_CHARS_MAX);
    let dogs = service(&catalogue(), "dog-tag");
    assert_ne!(
        thesaurus_word("犬", Language::English, &dogs).file_name,
        thesaurus_word("猫", Language::English, &dogs).file_name
    );
}
