//! Tests new editions of the service directory with the real program: loaded while it runs, signed,
//! and refused if older or damaged.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod hub;

use domain::edition::Edition;
use domain::hours::Date;
use hub::TestServer;
use office::directory::ServiceDirectory;
use offline::newer::{NotTaken, is_wanted, note_of};
use publish::{Publication, publish};
use server::editions::Editions;
use server::site::ServedSite;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Copies Pine Harbour's data into a folder that a test may change.
fn town(dir: &Path) -> PathBuf {
    let from =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/municipalities/pine-harbour");
    std::process::Command::new("cp").arg("-r").arg(from).arg(dir.join("town")).status().unwrap();
    dir.join("town")
}

fn publish_alert(town: &Path, hub: &TestServer, words: &str) -> u32 {
    let alert = format!(
        "[[alert]]\ntext.en = \"{words}\"\nfrom = \"2026-11-25 08:00\"\nuntil = \"2036-11-25 08:00\"\n"
    );
    std::fs::write(town.join("alerts.toml"), alert).unwrap();
    match publish(
        town,
        &Path::new(&hub.data()).join("catalogue"),
        Date::parse("2026-11-25").unwrap(),
    )
    .unwrap()
    {
        Publication::Made { number, .. } => number,
        other => panic!("{other:?}"),
    }
}

fn edition(hub: &TestServer) -> Edition {
    postcard::from_bytes(hub.get("/api/catalogue").body()).unwrap()
}

fn wait_for(hub: &TestServer, number: u32) -> Edition {
    for _ in 0..100 {
        let edition = edition(hub);
        if edition.number == number {
            return edition;
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    panic!("edition {number} was not taken: {}", hub.log());
}

#[test]
fn a_running_server_hands_out_the_next_edition_signed_and_whole() {
    let (hub, dir) = (TestServer::start(), tempfile::tempdir().unwrap());
    let town = town(dir.path());
    let (keys, own) = (hub.keys(), edition(&hub));
    assert_eq!(
        is_wanted(&own, own.number - 1, &keys),
        Ok(()),
        "what came with the site is signed too"
    );
    assert_eq!(is_wanted(&own, own.number, &keys), Err(NotTaken::NotNewer));
    let number = publish_alert(&town, &hub, "Boil water.");
    let newer = wait_for(&hub, number);
    assert_eq!(is_wanted(&newer, own.number, &keys), Ok(()));
    let bundle = hub.get(&newer.path());
    assert_eq!(
        (bundle.status, bundle.header("cache-control")),
        (200, "public, max-age=31536000, immutable".into())
    );
    assert!(note_of(&newer, bundle.body()).is_ok());
    assert_eq!(
        domain::Catalogue::from_bundle(bundle.body()).unwrap().0.alerts()[0].text.en,
        "Boil water."
    );
    assert!(
        hub.get_with(&newer.path(), "accept-encoding: br\r\n").body().len()
            < bundle.body().len() / 2,
        "packed for two bars of signal"
    );
}

#[test]
fn a_page_shows_its_facts_first_until_a_newer_edition_may_know_better() {
    let (hub, dir) = (TestServer::start(), tempfile::tempdir().unwrap());
    let body = |path: &str| String::from_utf8(hub.get(path).body().to_vec()).unwrap();
    assert!(body("/services/boat-permit").contains("<h1>Boat permit</h1>"));
    assert!(body("/services/swim-lessons").contains("english page"), "no page of its own");
    assert!(
        !body("/pages/services/boat-permit.html").contains("<h1>Boat permit</h1>"),
        "one address each"
    );
    let number = publish_alert(&town(dir.path()), &hub, "Boil water.");
    wait_for(&hub, number);
    assert!(body("/services/boat-permit").contains("english page"));
}

#[test]
fn a_service_whose_id_was_changed_is_found_at_its_old_address() {
    let (hub, dir) = (TestServer::start(), tempfile::tempdir().unwrap());
    let town = town(dir.path());
    let services = town.join("services/all.toml");
    let text = std::fs::read_to_string(&services).unwrap();
    let renamed = "id = \"boat-permit\"\nformer_ids = [\"dock-permit\"]";
    std::fs::write(&services, text.replacen("id = \"boat-permit\"", renamed, 1)).unwrap();
    let number = publish_alert(&town, &hub, "Boil water.");
    wait_for(&hub, number);
    let moved = hub.get("/services/dock-permit");
    assert_eq!((moved.status, moved.header("location")), (301, "/services/boat-permit".into()));
    assert_eq!(hub.get("/services/boat-permit").status, 200);
}

#[test]
fn a_restarted_server_goes_on_with_the_newest_edition() {
    let (mut hub, dir) = (TestServer::start(), tempfile::tempdir().unwrap());
    let number = publish_alert(&town(dir.path()), &hub, "Boil water.");
    wait_for(&hub, number);
    hub.stop();
    hub.restart();
    assert_eq!(edition(&hub).number, number, "from the first answer on");
}

#[test]
fn fault_44_an_edition_that_is_older_foreign_or_damaged_is_refused_and_the_one_before_stays() {
    let (hub, dir) = (TestServer::start(), tempfile::tempdir().unwrap());
    let (town, folder) = (town(dir.path()), Path::new(&hub.data()).join("catalogue"));
    let first = publish_alert(&town, &hub, "One.");
    wait_for(&hub, first);
    let kept = dir.path().join("first");
    std::process::Command::new("cp").arg("-r").arg(&folder).arg(&kept).status().unwrap();
    let second = publish_alert(&town, &hub, "Two.");
    let newer = wait_for(&hub, second);

    // The first edition again, as when an old folder is restored.
    std::fs::remove_dir_all(&folder).unwrap();
    std::process::Command::new("cp").arg("-r").arg(&kept).arg(&folder).status().unwrap();
    assert_refused(&hub, &newer, "a published catalogue is not newer");

    // A third edition with one byte changed, under its original name.
    let staging = dir.path().join("staging");
    std::fs::write(town.join("alerts.toml"), "[[alert]]\ntext.en = \"Three.\"\nfrom = \"2026-11-25 08:00\"\nuntil = \"2036-11-25 08:00\"\n").unwrap();
    publish(&town, &staging, Date::parse("2026-11-25").unwrap()).unwrap();
    let bundle = staging.join(bundle_name(&staging));
    let mut bytes = std::fs::read(&bundle).unwrap();
    let at = bytes.windows(6).position(|window| window == b"Three.").unwrap();
    bytes[at] = b'7';
    std::fs::write(&bundle, bytes).unwrap();
    put_in_place(&staging, &folder);
    assert_refused(&hub, &newer, "its content is not what its name says");

    // Another municipality's edition.
    let municipality = town.join("municipality.toml");
    let text = std::fs::read_to_string(&municipality).unwrap();
    std::fs::write(&municipality, text.replace("id = \"pine-harbour\"", "id = \"oak-harbour\""))
        .unwrap();
    std::fs::write(town.join("alerts.toml"), "").unwrap();
    publish(&town, &staging, Date::parse("2026-11-25").unwrap()).unwrap();
    put_in_place(&staging, &folder);
    assert_refused(&hub, &newer, "it is of “oak-harbour”");
}

fn put_in_place(staging: &Path, folder: &Path) {
    std::fs::remove_dir_all(folder).unwrap();
    std::process::Command::new("cp").arg("-r").arg(staging).arg(folder).status().unwrap();
}

fn bundle_name(folder: &Path) -> String {
    let names = std::fs::read_dir(folder)
        .unwrap()
        .flatten()
        .map(|entry| entry.file_name().into_string().unwrap());
    names.into_iter().find(|name| name.ends_with(".bin")).unwrap()
}

fn assert_refused(hub: &TestServer, in_use: &Edition, why: &str) {
    for _ in 0..60 {
        if hub.log().contains(why) {
            assert_eq!(edition(hub), *in_use);
            return;
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    panic!("not refused: {}", hub.log());
}

#[test]
fn the_server_knows_every_version_of_the_survey_the_newest_first() {
    let dir = tempfile::tempdir().unwrap();
    let (town, to) = (town(dir.path()), dir.path().join("catalogue"));
    let today = Date::parse("2026-11-25").unwrap();
    publish(&town, &to, today).unwrap();
    let first = std::fs::read_to_string(town.join("survey/1.toml")).unwrap();
    std::fs::write(
        town.join("survey/2.toml"),
        first.replace("version = 1", "version = 2").replace("How was it?", "How did we do?"),
    )
    .unwrap();
    publish(&town, &to, today).unwrap();
    let surveys = Editions::of(&ServedSite::read(&to).unwrap(), dir.path()).unwrap().surveys();
    let asked: Vec<(u32, &str)> = surveys
        .iter()
        .map(|survey| (survey.version, survey.questions[0].text.en.as_str()))
        .collect();
    assert_eq!(asked, [(2, "How did we do?"), (1, "How was it?")]);
}
