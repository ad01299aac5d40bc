//! Publishing editions: numbers only increase, unchanged content is not published again, and a
//! folder contains exactly one complete edition.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use domain::Catalogue;
use domain::hours::Date;
use publish::{Publication, publish};
use std::path::{Path, PathBuf};

fn copied(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap().flatten() {
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copied(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}

fn day(text: &str) -> Date {
    Date::parse(text).unwrap()
}

fn only_bundle(dir: &Path) -> Catalogue {
    let bundles: Vec<PathBuf> = std::fs::read_dir(dir)
        .unwrap()
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "bin"))
        .collect();
    assert_eq!(bundles.len(), 1, "{bundles:?}");
    Catalogue::from_bundle(&std::fs::read(&bundles[0]).unwrap()).unwrap().0
}

#[test]
fn editions_grow_by_one_and_the_same_is_not_published_twice() {
    let dir = tempfile::tempdir().unwrap();
    let (data, to) = (dir.path().join("town"), dir.path().join("var/catalogue"));
    copied(
        &Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/municipalities/pine-harbour"),
        &data,
    );
    let first = publish(&data, &to, day("2026-11-25")).unwrap();
    let Publication::Made { number, alerts: 0 } = first else { panic!("{first:?}") };
    assert_eq!(
        (only_bundle(&to).version(), only_bundle(&to).published_on()),
        (number, day("2026-11-25"))
    );
    assert_eq!(publish(&data, &to, day("2026-11-26")).unwrap(), Publication::Unchanged { number });
    let alert = "[[alert]]\ntext.en = \"Boil water in the harbour.\"\nfrom = \"2026-11-26 08:00\"\nuntil = \"2026-11-27 08:00\"\n";
    std::fs::write(data.join("alerts.toml"), alert).unwrap();
    assert_eq!(
        publish(&data, &to, day("2026-11-26")).unwrap(),
        Publication::Made { number: number + 1, alerts: 1 }
    );
    let taken = only_bundle(&to);
    assert_eq!(
        (taken.version(), taken.alerts()[0].text.en.as_str()),
        (number + 1, "Boil water in the harbour.")
    );
    assert!(
        publish::check_dir(&data).unwrap().0.version() == number + 1,
        "the data say the same number"
    );
}

#[test]
fn data_with_faults_publish_nothing_and_leave_the_last_edition() {
    let dir = tempfile::tempdir().unwrap();
    let (data, to) = (dir.path().join("town"), dir.path().join("catalogue"));
    copied(
        &Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/municipalities/pine-harbour"),
        &data,
    );
    publish(&data, &to, day("2026-11-25")).unwrap();
    let before = only_bundle(&to);
    std::fs::write(
        data.join("alerts.toml"),
        "[[alert]]\ntext.en = \"x\"\nfrom = \"2026-11-27 08:00\"\nuntil = \"2026-11-26 08:00\"\n",
    )
    .unwrap();
    let said = publish(&data, &to, day("2026-11-26")).unwrap_err().to_string();
    assert!(said.contains("alerts.toml"), "{said}");
    assert_eq!(only_bundle(&to), before);
}
