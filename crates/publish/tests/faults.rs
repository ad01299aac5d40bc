//! Plants every kind of fault in a copy of a tiny municipality, and checks that it is reported with
//! file, line, record, field and remedy.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use publish::check_dir;
use publish::located::{Located, report};
use std::path::{Path, PathBuf};

fn project() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
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

/// The faults of the test municipality Pine Harbour after one text in one file was replaced.
fn planted(file: &str, from: &str, to: &str) -> Vec<Located> {
    let dir = tempfile::tempdir().unwrap();
    copy(&project().join("tests/municipalities/pine-harbour"), dir.path());
    let path = dir.path().join(file);
    let text = std::fs::read_to_string(&path).unwrap();
    assert!(text.contains(from), "{file} holds {from}");
    std::fs::write(&path, text.replacen(from, to, 1)).unwrap();
    check_dir(dir.path()).err().unwrap_or_default()
}

/// Plants one fault and checks that a line of the report contains every expected text: file,
/// record, field, what is wrong, what to do.
fn check(file: &str, from: &str, to: &str, expected: &[&str]) {
    let faults = planted(file, from, to);
    let text = report(&faults);
    let line = text
        .lines()
        .find(|line| line.starts_with(file) && expected.iter().all(|part| line.contains(part)));
    assert!(line.is_some(), "{file}: {from} -> {to}\nwanted {expected:?}\ngot:\n{text}");
}

#[test]
fn both_municipalities_have_no_faults() {
    for dir in ["data/kawartha-lakes", "tests/municipalities/pine-harbour"] {
        let faults = check_dir(&project().join(dir)).err().unwrap_or_default();
        assert!(faults.is_empty(), "{}", report(&faults));
    }
}

#[test]
fn the_real_catalogue_is_whole() {
    let (catalogue, _) = check_dir(&project().join("data/kawartha-lakes")).unwrap();
    let counts = (
        catalogue.services().len(),
        catalogue.tasks().len(),
        catalogue.hubs().len(),
        catalogue.categories().len(),
        catalogue.holidays().len(),
    );
    assert_eq!(counts, (299, 70, 50, 15, 13));
    assert_eq!(catalogue.services().iter().filter(|service| service.details_verified).count(), 71);
    assert_eq!(catalogue.services().iter().filter(|service| service.source.verified).count(), 195);
    assert_eq!(
        catalogue.survey().questions.iter().filter(|question| !question.is_open()).count(),
        12
    );
}

#[test]
fn ids() {
    check(
        "services/all.toml",
        "id = \"dog-tag\"",
        "id = \"boat-permit\"",
        &[
            "service boat-permit",
            "id",
            "two records have this id",
            "give one of the two another id",
        ],
    );
    check(
        "services/all.toml",
        "id = \"dog-tag\"",
        "id = \"Dog Tag\"",
        &["id", "is not an id", "small letters"],
    );
}

#[test]
fn references() {
    check(
        "services/all.toml",
        "tasks = [\"sell-dog-tag\"]",
        "tasks = [\"sell-dog-tags\"]",
        &[
            "service dog-tag",
            "tasks",
            "there is no task “sell-dog-tags”",
            "did you mean “sell-dog-tag”?",
        ],
    );
    check(
        "services/all.toml",
        "category = \"land\"",
        "category = \"heaven-and-sea\"",
        &["service dog-tag", "category", "there is no category", "add that category"],
    );
    check(
        "tasks.toml",
        "services = [\"dog-tag\"]",
        "services = [\"swim-lessons\"]",
        &["task sell-dog-tag", "services", "does not name it back", "add it to"],
    );
    check(
        "hubs/all.toml",
        "facility = \"dock\"",
        "facility = \"office-x\"",
        &["hub boat-house", "facility", "there is no facility"],
    );
    check(
        "facilities.toml",
        "closed_on = [\"harbour-day\"]",
        "closed_on = [\"harbor-day\"]",
        &["facility office", "closed_on", "did you mean “harbour-day”?"],
    );
    check(
        "holidays.toml",
        "hubs = [\"town-hall\"]",
        "hubs = [\"town-hal\"]",
        &["recurring closure 1", "hubs", "did you mean “town-hall”?"],
    );
    check(
        "municipality.toml",
        "common_needs = [\"boat-permit\"]",
        "common_needs = [\"boat\"]",
        &["municipality pine-harbour", "common_needs", "there is no service “boat”"],
    );
}

#[test]
fn texts_numbers_and_addresses() {
    check(
        "services/all.toml",
        "summary = \"Every dog needs a tag.\"",
        "summary = \" \"",
        &["service dog-tag", "summary", "it is empty", "write it"],
    );
    check(
        "services/all.toml",
        "source.url = \"https://pine-harbour.example.org/dogs\"",
        "source.url = \"pine-harbour\"",
        &["service dog-tag", "source.url", "is not a web address"],
    );
    check(
        "services/all.toml",
        "channels.phone = \"555-555-0100\"",
        "channels.phone = \"call us\"",
        &["service boat-permit", "channels.phone", "is not a phone number", "705-324-9411"],
    );
    check(
        "municipality.toml",
        "email = \"office@pine-harbour.example.org\"",
        "email = \"office\"",
        &["municipality pine-harbour", "contact.email", "is not an email address"],
    );
    check(
        "municipality.toml",
        "accent = \"#5b2a6e\"",
        "accent = \"purple\"",
        &["colours.accent", "is not a colour", "#0a5675"],
    );
    check(
        "municipality.toml",
        "accent = \"#5b2a6e\"",
        "accent = \"#c08fd6\"",
        &["colours.accent", "contrast", "7:1"],
    );
    check(
        "hubs/all.toml",
        "postal_code = \"R0A 0A0\"",
        "postal_code = \"R0A0A0\"",
        &["hub town-hall", "postal_code", "is not a postal code", "K9V 5R8"],
    );
    check(
        "municipality.toml",
        "time_zone = \"America/Winnipeg\"",
        "time_zone = \"Winnipeg\"",
        &["time_zone", "is not a time zone"],
    );
}

#[test]
fn trust() {
    check(
        "services/all.toml",
        "source.url = \"https://pine-harbour.example.org/dogs\"\n",
        "",
        &["service dog-tag", "source.verified", "verified but has no source"],
    );
    check(
        "services/all.toml",
        "details_verified = false\nsource.url",
        "details_verified = true\nbasis2 = 1\nsource.url",
        &["service dog-tag", "basis2", "there is no field"],
    );
    check(
        "services/all.toml",
        "basis = \"inferred\"\ndetails_verified = false",
        "basis = \"inferred\"\ndetails_verified = true",
        &["service swim-lessons", "details_verified", "the record is not"],
    );
}

#[test]
fn hours_days_and_places() {
    check(
        "hubs/all.toml",
        "[\"09:00-12:00\", \"13:00-17:00\"]",
        "[\"09:00-12:00\", \"11:00-17:00\"]",
        &["hub town-hall", "hours", "the hours do not work"],
    );
    check(
        "hubs/all.toml",
        "[\"09:00-12:00\", \"13:00-17:00\"]",
        "[\"9-12\"]",
        &["hub town-hall", "is not a time of opening", "08:30-16:30"],
    );
    check(
        "hubs/all.toml",
        "from = \"06-15\"",
        "from = \"06-31\"",
        &["hub boat-house", "is not a day of the year"],
    );
    check(
        "holidays.toml",
        "month = 8, day = 15",
        "month = 2, day = 30",
        &["holiday harbour-day", "rule", "is not a day"],
    );
    check(
        "hubs/all.toml",
        "point.lat = 50.11",
        "point.lat = 5.011",
        &["hub boat-house", "point", "not near the other places"],
    );
    check(
        "facilities.toml",
        "open_on = [\"harbour-day\"]",
        "open_on = [\"harbour-day\"]\nspecial_days = [{ month = 4, day = 31, hours = [] }]",
        &["facility dock", "special_days", "is not a day"],
    );
}

#[test]
fn languages_and_counts() {
    let french =
        planted("municipality.toml", "languages = [\"en\"]", "languages = [\"en\", \"fr\"]");
    assert!(french.len() > 20, "every text of the interface is named: {}", french.len());
    assert!(report(&french).contains("question overall, text: it has no French; add fr"));
    check(
        "survey/1.toml",
        "{ en = \"Great\" }",
        "",
        &["question overall", "answer.scale.labels", "there are 4", "have 5 to 5"],
    );
    check(
        "services/all.toml",
        "keywords = [\"dog\", \"licence\"]",
        "keywords = []",
        &["service dog-tag", "keywords", "there are 0"],
    );
    check(
        "survey/1.toml",
        "answer = \"comment\"",
        "answer = \"comment\"\nonly_if = { question = \"later\", any_of = [\"x\"] }",
        &["question why", "only_if.question", "there is no earlier question"],
    );
    check(
        "categories.toml",
        "id = \"land\"",
        "id = \"landing\"",
        &["category landing", "no service is in this topic"],
    );
}

#[test]
fn files_that_cannot_be_read() {
    check(
        "tasks.toml",
        "id = \"sell-dog-tag\"",
        "id = sell-dog-tag\"",
        &["this is not TOML", "quote"],
    );
    check(
        "services/all.toml",
        "[[service]]",
        "[[services]]",
        &["there is no record of the kind “services”", "[[service]]"],
    );
    check(
        "services/all.toml",
        "details_verified = true\n",
        "",
        &["service boat-permit", "`details_verified` is missing", "add it"],
    );
    check(
        "services/all.toml",
        "basis = \"existence\"",
        "basis = \"hearsay\"",
        &["service dog-tag", "basis", "is not one of the words"],
    );
    check(
        "services/all.toml",
        "documents = [\"proof of insurance\"]",
        "documents = 3",
        &["service boat-permit", "documents", "wrong kind of value"],
    );
    let dir = tempfile::tempdir().unwrap();
    let faults = report(&check_dir(dir.path()).err().unwrap());
    assert!(
        faults.contains("municipality.toml: the file cannot be read")
            && faults.contains("hubs: the folder cannot be read"),
        "{faults}"
    );
}

#[test]
fn all_faults_are_reported_at_once_and_each_leads_to_its_line() {
    let dir = tempfile::tempdir().unwrap();
    copy(&project().join("tests/municipalities/pine-harbour"), dir.path());
    let services = dir.path().join("services/all.toml");
    let text = std::fs::read_to_string(&services).unwrap();
    std::fs::write(
        &services,
        text.replace("basis = \"existence\"", "basis = \"hearsay\"")
            .replace("documents = [", "documents = [\"\", "),
    )
    .unwrap();
    let hubs = dir.path().join("hubs/all.toml");
    let text = std::fs::read_to_string(&hubs).unwrap();
    std::fs::write(&hubs, text.replace("R0A 0A0", "R0A")).unwrap();
    let faults = check_dir(dir.path()).err().unwrap();
    let said = report(&faults);
    let line = |file: &str, text: &str| {
        std::fs::read_to_string(dir.path().join(file))
            .unwrap()
            .lines()
            .position(|line| line.contains(text))
            .unwrap()
            + 1
    };
    for (file, text) in [
        ("services/all.toml", "hearsay"),
        ("services/all.toml", "documents = ["),
        ("hubs/all.toml", "postal_code"),
    ] {
        assert!(said.contains(&format!("{file}:{}:", line(file, text))), "{file} {text}\n{said}");
    }
    assert!(
        !said.contains("there is no service “dog-tag”"),
        "a record that could not be read is not missing too:\n{said}"
    );
}

#[test]
fn words_of_the_thesaurus() {
    let concept = |fields: &str| {
        format!(
            "[[concept]]\n{fields}\n\n[[concept]]\nid = \"boats\"\nen = [\"boat\", \"canoe\"]\n"
        )
    };
    let faults = |text: &str| {
        let dir = tempfile::tempdir().unwrap();
        copy(&project().join("tests/municipalities/pine-harbour"), dir.path());
        std::fs::write(dir.path().join("thesaurus.toml"), text).unwrap();
        report(&check_dir(dir.path()).err().unwrap_or_default())
    };
    assert_eq!(
        faults(&concept("id = \"kayaks\"\nalso_en = [\"canoe\"]")),
        faults(""),
        "one-way words may stand in several concepts"
    );
    for (fields, expected) in [
        ("id = \"boats\"", ["thesaurus.toml", "concept boats", "id"].as_slice()),
        (
            "id = \"kayaks\"\nen = [\"Canoé\"]",
            &[
                "thesaurus.toml",
                "“canoe” is a synonym in concept kayaks already",
                "leave it in one of the two",
            ],
        ),
        (
            "id = \"kayaks\"\nservices = [\"kayak-permit\"]",
            &["thesaurus.toml:3", "concept kayaks, services", "kayak-permit"],
        ),
        ("id = \"kayaks\"\nfr = [\" \"]", &["concept kayaks, fr"]),
        ("id = \"kayaks\"\nenglish = []", &["thesaurus.toml:3", "english"]),
    ] {
        let said = faults(&concept(fields));
        assert!(
            expected.iter().all(|part| said.contains(part)),
            "{fields}\nwanted {expected:?}\ngot:\n{said}"
        );
    }
    assert!(
        faults("[[elsewhere]]\nid = \"passport\"\nen = [\"passport\"]\nwho = \"nobody\"\n")
            .contains("nobody")
    );
}

/// The report after a file of the test municipality was saved in another encoding.
fn saved_as(file: &str, encoded: impl Fn(&str) -> Vec<u8>) -> Option<String> {
    let dir = tempfile::tempdir().unwrap();
    copy(&project().join("tests/municipalities/pine-harbour"), dir.path());
    let path = dir.path().join(file);
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, encoded(&text)).unwrap();
    check_dir(dir.path()).err().map(|faults| report(&faults))
}

#[test]
fn a_file_in_another_encoding_is_the_only_thing_reported() {
    let utf16 = |text: &str| {
        let units = std::iter::once(0xfeff).chain(text.encode_utf16());
        units.flat_map(u16::to_le_bytes).collect::<Vec<u8>>()
    };
    // A comment in the third line, in which é is the single byte of Latin-1.
    let latin = |text: &str| [b"# 1\n# 2\n# \xe9t\xe9\n", text.as_bytes()].concat();
    for (file, line, said) in [
        ("hubs/all.toml", 1, saved_as("hubs/all.toml", utf16)),
        ("services/all.toml", 3, saved_as("services/all.toml", latin)),
        ("municipality.toml", 3, saved_as("municipality.toml", latin)),
    ] {
        let said = said.unwrap();
        assert_eq!(said.lines().count(), 1, "{said}");
        assert!(said.starts_with(&format!("{file}:{line}: this is in ")), "{said}");
        assert!(said.contains("not in UTF-8; save the file again as UTF-8. In Notepad"), "{said}");
    }
    let marked = saved_as("services/all.toml", |text| ["\u{feff}", text].concat().into_bytes());
    assert_eq!(marked, None, "a byte order mark of UTF-8");
}
