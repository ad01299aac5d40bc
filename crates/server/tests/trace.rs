//! Tests with the real program that every access to people's words leaves a row in the audit log,
//! and that erased data is gone.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod hub;
mod office_client;

use domain::edition::Edition;
use domain::inquiry::{ReplyTo, ValidInquiry};
use domain::{Catalogue, Language, MunicipalityId};
use hub::{TestServer, sealed, sealed_inquiry};
use office::routes::ROUTES;
use office::staff::Role;
use office_client::{OfficeClient, PASSWORD};
use offline::bundle::files_of_parcels;
use offline::newer::{NotTaken, is_wanted, note_of};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// A row of the audit log: number, who, what, detail.
type TraceEntry = (u64, String, String, String);

fn audit(hub: &TestServer, after: u64) -> Vec<TraceEntry> {
    let (is_fine, listed) = hub.office(&["audit", "list"]);
    assert!(is_fine, "{listed}");
    let entry = |line: &str| {
        let entry: serde_json::Value = serde_json::from_str(line).ok()?;
        let text = |name: &str| entry[name].as_str().unwrap().to_string();
        Some((entry["number"].as_u64().unwrap(), text("who"), text("what"), text("detail")))
    };
    listed.lines().filter_map(entry).filter(|(number, ..)| *number > after).collect()
}

fn last(hub: &TestServer) -> u64 {
    audit(hub, 0).last().map_or(0, |(number, ..)| *number)
}

/// The actions of the rows, in order.
fn acts(entries: &[TraceEntry]) -> Vec<&str> {
    entries.iter().map(|(_, _, what, _)| what.as_str()).collect()
}

/// Number of files in the data folder that contain a text in plain.
fn files_with(hub: &TestServer, text: &str) -> usize {
    let files =
        std::fs::read_dir(hub.data()).unwrap().flatten().filter(|file| file.path().is_file());
    files
        .filter(|file| {
            std::fs::read(file.path())
                .unwrap()
                .windows(text.len())
                .any(|window| window == text.as_bytes())
        })
        .count()
}

fn key_file(hub: &TestServer, begins: &str) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(format!("{}/keys", hub.data()))
        .unwrap()
        .flatten()
        .map(|entry| entry.path());
    let mut files: Vec<PathBuf> = entries
        .filter(|path| path.file_name().unwrap().to_string_lossy().starts_with(begins))
        .collect();
    files.sort();
    files
}

/// Makes the newest `office` key an hour older.
fn age_office_keys(hub: &TestServer) {
    for path in key_file(hub, "office-") {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let began_s: u64 = name.split(['-', '.']).nth(1).unwrap().parse().unwrap();
        std::fs::rename(&path, path.with_file_name(format!("office-{}.key", began_s - 3_600)))
            .unwrap();
    }
}

/// Names of the `office` keys, as `keys list` prints them, oldest first.
fn office_keys(hub: &TestServer) -> Vec<String> {
    let (_, listed) = hub.office_keys(&["list"]);
    listed
        .lines()
        .filter(|line| line.contains("  office "))
        .map(|line| line.split(' ').next().unwrap().to_string())
        .collect()
}

trait KeysOf {
    fn office_keys(&self, line: &[&str]) -> (bool, String);
}

impl KeysOf for TestServer {
    fn office_keys(&self, line: &[&str]) -> (bool, String) {
        let folders = ["--site", &self.site(), "--data-dir", &self.data()];
        let who: &[&str] =
            if line == ["list"] { &[] } else { &["--operator", "ann", "--reason", "request 7"] };
        self.command(&[&["keys"], line, who, &folders].concat())
    }
}

/// A command, the actions that it records in order, and a text that the last detail must contain.
type ExpectedTrace<'a> = (&'a [&'a str], &'a [&'a str], &'a str);

/// What the commands are about: submissions, keys and files.
struct CommandSubjects {
    one: String,
    two: String,
    old_sealing: String,
    old_office: String,
    stick: String,
    bogus: String,
    head: String,
    backup: String,
}

impl CommandSubjects {
    fn made(hub: &TestServer) -> Self {
        let keys = hub.keys();
        let entries: Vec<_> =
            (1..=4).map(|number| sealed(&format!("entry {number}"), &keys, number)).collect();
        hub.send(&entries.iter().take(3).collect::<Vec<_>>());
        let [one, two] = [0, 1].map(|at: usize| entries[at].head.id.to_string());
        let town = MunicipalityId::parse("pine-harbour").unwrap();
        let stick = hub.data() + "/../messages.hub";
        std::fs::write(&stick, &files_of_parcels(&town, &[entries[3].envelope.clone()])[0])
            .unwrap();
        let bogus = hub.data() + "/../baseline.json";
        std::fs::write(&bogus, "{}").unwrap();
        let head = hub.data() + "/../head.txt";
        std::fs::write(&head, hub.office(&["audit", "head"]).1).unwrap();
        let (old_sealing, old_office) =
            (domain_hex(&keys.sealing[0].id.0), office_keys(hub)[0].clone());
        let backup = hub.data() + "/../keys.age";
        Self { one, two, old_sealing, old_office, stick, bogus, head, backup }
    }

    fn check_exports_and_imports(&self, hub: &TestServer) {
        let commands: [ExpectedTrace; 8] = [
            (
                &["export", "inquiries"],
                &["export begins", "export done"],
                "Inquiry: 3 printed, 0 not opened",
            ),
            (
                &["export", "feedback", "--format", "csv"],
                &["export begins", "export done"],
                "Feedback: 0 printed",
            ),
            (&["export", "gaps"], &["export begins", "export done"], "Gap: 0 printed"),
            (
                &["export", "corrections"],
                &["export begins", "export done"],
                "Correction: 0 printed",
            ),
            (&["export", "tallies"], &["export begins", "export done"], "Tally: 0 printed"),
            (&["export", "contacts"], &["export begins", "export done"], "Contact: 0 printed"),
            (
                &["import", &self.stick],
                &["import begins", "import done"],
                "1 received, 0 already there",
            ),
            (
                &["baseline", "verify", &self.bogus],
                &["baseline verify begins", "baseline verify failed"],
                "",
            ),
        ];
        self.check(hub, &commands);
    }

    fn check_keys(&self, hub: &TestServer) {
        let commands: [ExpectedTrace; 7] = [
            (
                &["keys", "rotate", "sealing", "--in", "0"],
                &["keys rotate begins", "keys rotate done"],
                "sealing-",
            ),
            (
                &["keys", "rotate", "signing"],
                &["keys rotate begins", "keys rotate done"],
                "signing-",
            ),
            (
                &["keys", "rotate", "office", "--in", "0"],
                &["keys rotate begins", "keys rotate done"],
                "office-",
            ),
            (
                &["keys", "revoke", &self.old_sealing],
                &["keys revoke begins", "keys revoke done"],
                &self.old_sealing,
            ),
            (&["keys", "reseal"], &["keys reseal begins", "keys reseal done"], "0 sealed anew"),
            (
                &["keys", "destroy", &self.old_office],
                &["keys destroy begins", "keys destroy failed"],
                &self.old_office,
            ),
            (
                &["keys", "backup", "--to", &self.backup],
                &["keys backup begins", "keys backup done"],
                "7 keys",
            ),
        ];
        self.check(hub, &commands);
    }

    fn check_deletions(&self, hub: &TestServer) {
        let commands: [ExpectedTrace; 10] = [
            (&["hold", "add", &self.one], &["hold"], "e-"),
            (&["erase", &self.one], &["erase begins", "erase done"], "it is held"),
            (&["hold", "remove", &self.one], &["release"], "e-"),
            (&["stage", &self.one, "in-progress"], &["stage"], "InProgress"),
            (
                &["erase", &self.one],
                &["erase begins", "erase"],
                "entries 1, set aside 0; request 7",
            ),
            (&["erase", &self.one], &["erase begins", "erase done"], "erased before"),
            (&["retention"], &["retention begins", "retention done"], "nothing was old enough"),
            (
                &["retention", "--inquiries", "0", "--by-law", "2026-114"],
                &["retention begins", "retention", "retention done"],
                "Inquiry 3",
            ),
            // Once more, with nothing to export.
            (&["export", "inquiries"], &["export begins", "export done"], "Inquiry: 0 printed"),
            (&["keys", "reseal"], &["keys reseal begins", "keys reseal done"], "0 sealed anew"),
        ];
        self.check(hub, &commands);
    }

    /// Runs the commands; each leaves the rows that are expected of it, with who and why, and names
    /// nobody's submission by its id.
    fn check(&self, hub: &TestServer, commands: &[ExpectedTrace<'_>]) {
        for (words, expected, says) in commands {
            let before = last(hub);
            let who = [
                "--operator",
                "ann",
                "--reason",
                "request 7",
                "--site",
                &hub.site(),
                "--data-dir",
                &hub.data(),
            ];
            let (_, said) = hub.command(&[words, &who[..]].concat());
            let entries = audit(hub, before);
            assert_eq!(acts(&entries), *expected, "{words:?}: {said}");
            assert!(entries.iter().all(|(_, who, ..)| who == "ann"), "{words:?}: {entries:?}");
            let why = if words.contains(&"--by-law") { "by-law: 2026-114" } else { "request 7" };
            assert!(entries[0].3.contains(why), "why, before it began: {words:?}: {entries:?}");
            assert!(entries.last().unwrap().3.contains(says), "{words:?}: {entries:?}");
            assert!(
                entries
                    .iter()
                    .all(|(.., detail)| !detail.contains(&self.one) && !detail.contains(&self.two)),
                "by no id: {words:?}: {entries:?}"
            );
        }
    }

    /// Commands that open, move and delete nothing leave no row.
    fn check_read_only(&self, hub: &TestServer) {
        let commands: [&[&str]; 8] = [
            &["retention", "--dry-run"],
            &["hold", "list"],
            &["audit", "list"],
            &["audit", "verify"],
            &["audit", "head"],
            &["audit", "verify", "--head", &self.head],
            &["audit", "of", &self.two],
            &["keys", "list"],
        ];
        for words in commands {
            let before = last(hub);
            hub.command(&[words, &["--site", &hub.site(), "--data-dir", &hub.data()]].concat());
            assert_eq!(
                acts(&audit(hub, before)),
                Vec::<&str>::new(),
                "{words:?} opens, moves and deletes nothing"
            );
        }
    }
}

#[test]
fn every_command_that_opens_moves_or_deletes_writes_down_who_why_and_what() {
    let mut hub = TestServer::start();
    let subjects = CommandSubjects::made(&hub);
    // A key is named after the second in which it becomes valid.
    std::thread::sleep(Duration::from_millis(1_100));
    subjects.check_exports_and_imports(&hub);
    subjects.check_keys(&hub);
    subjects.check_deletions(&hub);
    subjects.check_read_only(&hub);
    // Only while no server runs.
    hub.terminate();
    let restored: ExpectedTrace = (&["restored"], &["restored begins", "restored"], "request 7");
    subjects.check(&hub, &[restored]);
    let (is_fine, said) = hub.office(&["audit", "verify"]);
    assert!(is_fine, "{said}");
}

fn domain_hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn what_people_wrote_is_not_printed_without_a_reason() {
    let hub = TestServer::start();
    hub.send(&[&sealed("a secret", &hub.keys(), 1)]);
    let folders = ["--site", &hub.site(), "--data-dir", &hub.data()];
    for (what, needs_reason) in [
        ("inquiries", true),
        ("feedback", true),
        ("gaps", false),
        ("corrections", false),
        ("tallies", false),
        ("contacts", false),
    ] {
        let (is_fine, said) = hub.command(&[&["export", what], &folders[..]].concat());
        assert_eq!(
            (is_fine, said.contains("--reason")),
            (!needs_reason, needs_reason),
            "{what}: {said}"
        );
        assert!(!said.contains("a secret"));
        let (is_fine, said) =
            hub.command(&[&["export", what, "--reason", "  "], &folders[..]].concat());
        assert_eq!(is_fine, !needs_reason, "{what}: {said}");
    }
    let (is_fine, said) = hub.command(&[&["keys", "destroy", "0123"], &folders[..]].concat());
    assert!(!is_fine && said.contains("--reason"), "{said}");
}

#[test]
fn of_a_command_that_dies_in_the_middle_the_beginning_stands() {
    let hub = TestServer::start();
    let keys = hub.keys();
    let long = "word ".repeat(300);
    for begin in [1, 101, 201] {
        let entries: Vec<_> =
            (begin..begin + 100).map(|number| sealed(&long, &keys, number)).collect();
        hub.send(&entries.iter().collect::<Vec<_>>());
    }
    let export = |program: &mut Command| {
        let words = [
            "export",
            "inquiries",
            "--reason",
            "request 7",
            "--operator",
            "ann",
            "--site",
            &hub.site(),
            "--data-dir",
            &hub.data(),
        ];
        program
            .args(words)
            .env_remove("DATABASE_URL")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap()
    };
    // Nobody reads its output, so it blocks in the middle; then it is killed, as by a power cut.
    let mut dying = export(&mut Command::new(env!("CARGO_BIN_EXE_community-hub")));
    let began = Instant::now();
    while !acts(&audit(&hub, 0)).contains(&"export begins") {
        assert!(began.elapsed() < Duration::from_secs(20));
        std::thread::sleep(Duration::from_millis(50));
    }
    dying.kill().unwrap();
    dying.wait().unwrap();
    assert_eq!(acts(&audit(&hub, 0)), ["export begins"]);
    assert!(audit(&hub, 0)[0].3.contains("Inquiry as Jsonl since 1970-01-01; request 7"));
    // The reader closes the pipe: the command fails, and records that.
    let mut failing = export(&mut Command::new(env!("CARGO_BIN_EXE_community-hub")));
    drop(failing.stdout.take());
    assert!(!failing.wait().unwrap().success());
    assert_eq!(acts(&audit(&hub, 1)), ["export begins", "export failed"]);
}

/// The action that each staff page records when it is read; `""` for pages without people's words.
const PAGES: [(&str, &str); 49] = [
    ("/office", "inbox"),
    ("/office/inquiry/{id}", "read"),
    ("/office/inquiry/{id}/letter/{number}", "letter"),
    // It redirects to the inquiry; if several have the reference number, it is a list like the
    // inbox.
    ("/office/reference/{reference}", ""),
    // It redirects to the next inquiry.
    ("/office/next", ""),
    ("/office/new", ""),
    ("/office/gaps", "gaps"),
    ("/office/gaps/draft", "gaps"),
    ("/office/survey/comments", "comments"),
    ("/office/senders/{day}/{sender}", "senders"),
    ("/office/senders", ""),
    ("/office/counter.csv", "figures"),
    ("/office/figures.csv", "figures"),
    ("/office/survey/figures.csv", "figures"),
    ("/office/survey/baselines/{number}", "export baseline"),
    // Aggregates, staff decisions, comments cleared for publication, staff, and files of the
    // program.
    ("/office/style.css", ""),
    ("/office/office.js", ""),
    ("/office/language/{tag}", ""),
    ("/office/sign-in", ""),
    ("/office/oidc", ""),
    ("/office/oidc/return", ""),
    ("/office/first", ""),
    ("/office/second-factor", ""),
    ("/office/invitation/{login}/{secret}", ""),
    ("/office/counter", ""),
    ("/office/inventory", ""),
    ("/office/inventory.toml", ""),
    ("/office/inventory/proposals", ""),
    ("/office/inventory/{hub}/{task}", ""),
    ("/office/events", ""),
    ("/office/tablets", ""),
    ("/office/quick-list/{hub}", ""),
    ("/office/translations", ""),
    ("/office/daily-email", ""),
    ("/office/promises", ""),
    ("/office/templates", ""),
    ("/office/templates/{number}", ""),
    ("/office/figures", ""),
    ("/office/survey", ""),
    ("/office/survey/codebook.csv", ""),
    ("/office/survey/datapackage.json", ""),
    ("/office/survey/compare", ""),
    ("/office/survey/ways", ""),
    ("/office/survey/ways/{code}/print", ""),
    ("/office/survey/baselines", ""),
    ("/office/people", ""),
    ("/office/audit", ""),
    ("/office/audit/head", ""),
    ("/office/operations", ""),
];

/// The day and the tag of the only sender.
fn sent_by(hub: &TestServer) -> (String, String) {
    let tag = hub.sql(async |connection| {
        sqlx::query_scalar::<_, Vec<u8>>("SELECT sender FROM submission")
            .fetch_one(connection)
            .await
            .unwrap()
    });
    let day = String::from_utf8(Command::new("date").args(["-u", "+%F"]).output().unwrap().stdout)
        .unwrap();
    (day.trim().into(), domain_hex(&tag))
}

/// What the addresses of pages name: a submission, and its sender.
struct PageSubjects {
    id: String,
    reference: String,
    day: String,
    sender: String,
}

impl PageSubjects {
    fn address(&self, path: &str) -> String {
        path.replace("{reference}", &self.reference)
            .replace("{id}", &self.id)
            .replace("{tag}", "en")
            .replace("{code}", "P12345")
            .replace("{login}", "x")
            .replace("{secret}", "none")
            .replace("{hub}", "town-hall")
            .replace("{task}", "sell-dog-tag")
            .replace("{number}", "1")
            .replace("{day}", &self.day)
            .replace("{sender}", &self.sender)
    }

    /// Mona reads a page twice: the first time it leaves its row, the second time only if it is a
    /// download.
    fn check_page(&self, hub: &TestServer, mona: &OfficeClient, path: &str) {
        let (_, expected) = PAGES
            .iter()
            .find(|(of, _)| *of == path)
            .unwrap_or_else(|| panic!("{path} is in no table of what leaves a trace"));
        let address = self.address(path);
        let number = last(hub);
        // As a browser that follows no redirect.
        let read =
            || hub.get_with(&address, &format!("accept-language: en\r\n{}", mona.cookie_line()));
        let page = read();
        let entries = audit(hub, number);
        let written = match path {
            // Signing in led to this page within the hour, which was recorded then.
            "/office" => Vec::new(),
            // The list was recorded just before.
            "/office/gaps/draft" => Vec::new(),
            _ if expected.is_empty() => Vec::new(),
            _ => vec![*expected],
        };
        assert_eq!(acts(&entries), written, "{address}: {}", page.status);
        assert!(
            expected.is_empty() || page.status < 400 || path == "/office/gaps/draft",
            "{address}: {}",
            page.status
        );
        assert!(
            entries
                .iter()
                .all(|(_, who, _, detail)| who == "mona" && !detail.contains(&self.reference)),
            "{entries:?}"
        );
        let number = last(hub);
        read();
        let again: Vec<TraceEntry> = audit(hub, number);
        let is_download = ["figures", "export baseline"].contains(expected);
        assert_eq!(
            acts(&again),
            if is_download { written } else { Vec::new() },
            "once an hour, and each download: {address}"
        );
    }

    /// After the erasure nothing in the audit log leads to the submission.
    fn check_erasure(&self, hub: &TestServer) {
        assert!(hub.office(&["erase", &self.reference, "--reason", "request 7"]).0);
        let (is_fine, said) = hub.office(&["audit", "of", &self.id]);
        assert!(!is_fine && said.contains("nothing in the audit leads to it"), "{said}");
        assert!(
            audit(hub, 0)
                .iter()
                .all(|(.., detail)| !detail.contains(&self.id)
                    && !detail.contains(&self.reference))
        );
        let aliases = hub.sql(async |connection| {
            sqlx::query_scalar::<_, i64>("SELECT count(*) FROM entry_alias")
                .fetch_one(connection)
                .await
                .unwrap()
        });
        assert_eq!(aliases, 0);
    }
}

/// That somebody searched is recorded, but not for what.
fn check_search(hub: &TestServer, mona: &OfficeClient) {
    let number = last(hub);
    assert!(mona.get(hub, "/office?q=may").text().contains("may I?"));
    let search = audit(hub, number);
    assert_eq!(acts(&search), ["inbox"]);
    assert!(
        search[0].3.contains("search") && !search[0].3.contains("may"),
        "not for what: {search:?}"
    );
}

#[test]
fn every_page_with_peoples_words_leaves_who_looked() {
    let hub = TestServer::start();
    let admin = OfficeClient::first(&hub);
    let entry = sealed("may I?", &hub.keys(), 1);
    hub.send(&[&entry]);
    let (reference, id) = (entry.head.reference().to_string(), entry.head.id.to_string());
    assert_eq!(
        admin
            .send(&hub, &id, "reply", &[("do", "send"), ("text", "You may."), ("way", "print")])
            .status,
        303
    );
    let reader = admin.invited(&hub, "mona", Role::Administrator);
    assert_eq!(
        reader
            .post(
                &hub,
                "/office/survey/baselines",
                &[("name", "Autumn"), ("from", "2026-01-01"), ("to", "2026-02-01")]
            )
            .status,
        303
    );
    let (day, sender) = sent_by(&hub);
    let subjects = PageSubjects { id, reference, day, sender };
    let before = last(&hub);
    // Signing in leads to the inbox.
    assert!(acts(&audit(&hub, 0)).contains(&"inbox"));
    for (_, path, _) in ROUTES.iter().filter(|(method, ..)| *method == "GET") {
        subjects.check_page(&hub, &reader, path);
    }
    check_search(&hub, &reader);
    let about: Vec<TraceEntry> =
        audit(&hub, before).into_iter().filter(|(.., detail)| detail.starts_with("e-")).collect();
    assert_eq!(acts(&about), ["read", "letter"]);
    let (_, of_it) = hub.office(&["audit", "of", &subjects.reference]);
    assert!(
        ["\"reply\"", "\"read\"", "\"letter\""].iter().all(|what| of_it.contains(what)),
        "{of_it}"
    );
    subjects.check_erasure(&hub);
}

#[test]
fn two_servers_still_learn_of_each_other_what_was_done() {
    let hub = TestServer::start();
    let admin = OfficeClient::first(&hub);
    let entry = sealed("Hello", &hub.keys(), 1);
    hub.send(&[&entry]);
    let path = format!("/office/inquiry/{}", entry.head.id);
    admin.until(&hub, &path, "name=\"seen\"");
    // A command erases in another process; the server follows the audit log.
    assert!(hub.office(&["erase", &entry.head.id.to_string(), "--reason", "request 7"]).0);
    let began = Instant::now();
    while admin.get(&hub, "/office?state=any").text().contains("Hello") {
        assert!(began.elapsed() < Duration::from_secs(20), "it is still on the desk");
        std::thread::sleep(Duration::from_millis(100));
    }
}

#[test]
fn saved_lists_are_sealed_and_those_of_before_are_sealed_at_the_next_start() {
    let mut hub = TestServer::start();
    let admin = OfficeClient::first(&hub);
    let save = |name: &str, query: &str| {
        admin.post(&hub, "/office/views", &[("name", name), ("query", query)]).status
    };
    assert_eq!((save("Aksel Thorvaldsen", "q=Elmwood"), save("Second", "state=any")), (303, 303));
    assert_eq!(save("Second", "state=closed"), 303, "in place of the one before");
    let page = admin.get(&hub, "/office").text();
    assert!(
        page.contains("href=\"/office?q=Elmwood\">Aksel Thorvaldsen</a>")
            && page.matches(">Second</a>").count() == 1,
        "{page}"
    );
    hub.stop();
    for word in ["Thorvaldsen", "Elmwood"] {
        assert_eq!(files_with(&hub, word), 0, "{word}");
    }
    // As an earlier version of the server stored it.
    hub.sql(async |connection| {
        let insert = "INSERT INTO saved_view (municipality, login, name, query) VALUES ('pine-harbour', 'ann', 'Brynhild Ostergaard', 'q=Larchmont')";
        sqlx::query(insert).execute(connection).await.unwrap();
    });
    assert!(
        files_with(&hub, "Larchmont") > 0 && files_with(&hub, "Ostergaard") > 0,
        "it was there"
    );
    hub.restart();
    let page = admin.until(&hub, "/office", "Brynhild Ostergaard");
    assert!(
        page.contains("href=\"/office?q=Larchmont\"") && page.contains("Aksel Thorvaldsen"),
        "{page}"
    );
    hub.stop();
    for word in ["Larchmont", "Ostergaard", "Thorvaldsen", "Elmwood"] {
        assert_eq!(files_with(&hub, word), 0, "{word}");
    }
    hub.restart();
    let bo = admin.invited(&hub, "bo", Role::Office);
    assert!(!bo.get(&hub, "/office").text().contains("Aksel"), "each has lists of their own");
    assert_eq!(
        admin
            .post(&hub, "/office/views", &[("name", "Second"), ("query", ""), ("remove", "1")])
            .status,
        303
    );
    let page = admin.get(&hub, "/office").text();
    assert!(!page.contains(">Second</a>") && page.contains("Aksel Thorvaldsen"), "{page}");
}

/// Copies the database as a backup would. The server must be stopped.
fn copied(hub: &TestServer, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for file in std::fs::read_dir(hub.data())
        .unwrap()
        .flatten()
        .filter(|file| file.file_name().to_string_lossy().starts_with("hub.sqlite"))
    {
        std::fs::copy(file.path(), to.join(file.file_name())).unwrap();
    }
}

fn put_back(hub: &TestServer, from: &Path) {
    for file in std::fs::read_dir(hub.data())
        .unwrap()
        .flatten()
        .filter(|file| file.file_name().to_string_lossy().starts_with("hub.sqlite"))
    {
        std::fs::remove_file(file.path()).unwrap();
    }
    for file in std::fs::read_dir(from).unwrap().flatten() {
        std::fs::copy(file.path(), Path::new(&hub.data()).join(file.file_name())).unwrap();
    }
}

/// Starts a server with an old copy of the database and the current keys.
fn on_old_copy(hub: &TestServer, copy: &Path) -> TestServer {
    let keys = PathBuf::from(format!("{}/keys", hub.data()));
    TestServer::start_with(&[], |data| {
        std::fs::create_dir_all(data).unwrap();
        std::fs::create_dir(data.join("keys")).unwrap();
        for file in std::fs::read_dir(&keys).unwrap().flatten() {
            std::fs::copy(file.path(), data.join("keys").join(file.file_name())).unwrap();
        }
        for file in std::fs::read_dir(copy).unwrap().flatten() {
            std::fs::copy(file.path(), data.join(file.file_name())).unwrap();
        }
    })
}

/// Replaces the office key and destroys the old one, which fails until all four texts are sealed
/// again.
fn destroy_office_key(hub: &TestServer) {
    let old = office_keys(hub)[0].clone();
    let destroy = || hub.office_keys(&["destroy", &old]);
    let (is_fine, said) = destroy();
    assert!(!is_fine && said.contains("is in use"), "{said}");
    std::thread::sleep(Duration::from_millis(1_100));
    let (is_fine, said) = hub.office_keys(&["rotate", "office", "--in", "0"]);
    assert!(is_fine && said.contains("keys reseal") && said.contains("Back it up now"), "{said}");
    assert!(destroy().1.contains("was a minute ago"), "a server may be sealing with it still");
    age_office_keys(hub);
    let (is_fine, said) = destroy();
    assert!(
        !is_fine && said.contains("Texts still sealed with") && said.contains(": 4. Seal"),
        "a note, an end, what lists need of it, a saved list: {said}"
    );
    let (is_fine, said) = hub.office_keys(&["reseal"]);
    assert!(is_fine && said.contains(": 4. Sealed with it before: 0."), "{said}");
    let (is_fine, said) = hub.office_keys(&["reseal"]);
    assert!(
        is_fine && said.contains(": 0. Sealed with it before: 4."),
        "what is done is passed over: {said}"
    );
    let (is_fine, said) = destroy();
    assert!(is_fine && said.contains("is destroyed") && said.contains("backups"), "{said}");
    assert_eq!((office_keys(hub).len(), key_file(hub, "office-").len()), (1, 1));
}

#[test]
fn erased_notes_and_replies_are_unreadable_in_old_copies_once_their_key_is_destroyed() {
    let (mut hub, copies) = (TestServer::start(), tempfile::tempdir().unwrap());
    let admin = OfficeClient::first(&hub);
    let (erased, kept) =
        (sealed("please forget me", &hub.keys(), 1), sealed("keep me", &hub.keys(), 2));
    hub.send(&[&erased, &kept]);
    let [forgotten, here] = [&erased, &kept].map(|entry| entry.head.id.to_string());
    assert_eq!(
        admin.send(&hub, &forgotten, "note", &[("text", "her son Aksel called")]).status,
        303
    );
    assert_eq!(admin.send(&hub, &here, "note", &[("text", "a note that stays")]).status, 303);
    assert_eq!(
        admin.post(&hub, "/office/views", &[("name", "My list"), ("query", "state=any")]).status,
        303
    );
    assert_eq!(
        admin
            .send(
                &hub,
                &here,
                "state",
                &[
                    ("do", "close"),
                    ("outcome", "answered"),
                    ("why", "By phone."),
                    ("confirmed", "yes")
                ]
            )
            .status,
        303
    );
    hub.stop();
    copied(&hub, copies.path());
    hub.restart();
    assert!(hub.office(&["erase", &forgotten, "--reason", "request 7"]).0);
    let page_of = |other: &TestServer| {
        admin.until(other, &format!("/office/inquiry/{forgotten}"), "please forget me")
    };
    assert!(
        page_of(&on_old_copy(&hub, copies.path())).contains("her son Aksel called"),
        "today's keys open the old copy"
    );
    destroy_office_key(&hub);

    assert!(
        admin.get(&hub, &format!("/office/inquiry/{here}")).text().contains("a note that stays")
    );
    hub.stop();
    hub.restart();
    let page = admin.until(&hub, &format!("/office/inquiry/{here}"), "a note that stays");
    admin.until(&hub, "/office?state=closed", "No service chosen");
    assert!(page.contains("keep me") && admin.get(&hub, "/office").text().contains("My list"));
    assert_eq!(admin.send(&hub, &here, "note", &[("text", "one more")]).status, 303);
    let page = page_of(&on_old_copy(&hub, copies.path()));
    assert!(!page.contains("Aksel"), "nobody opens it any more: {page}");
}

#[test]
fn a_running_server_seals_with_a_new_key_as_soon_as_it_has_read_it() {
    let hub = TestServer::start();
    let admin = OfficeClient::first(&hub);
    let entry = sealed("Hello", &hub.keys(), 1);
    hub.send(&[&entry]);
    let id = entry.head.id.to_string();
    assert_eq!(admin.send(&hub, &id, "note", &[("text", "one")]).status, 303);
    std::thread::sleep(Duration::from_millis(1_100));
    assert!(hub.office_keys(&["rotate", "office", "--in", "0"]).0);
    std::thread::sleep(Duration::from_secs(6));
    assert_eq!(admin.send(&hub, &id, "note", &[("text", "two")]).status, 303);
    let sealed = hub.sql(async |connection| {
        sqlx::query_scalar::<_, Vec<u8>>("SELECT sealed FROM event ORDER BY number")
            .fetch_all(connection)
            .await
            .unwrap()
    });
    let named: Vec<String> = sealed.iter().map(|sealed| domain_hex(&sealed[4..12])).collect();
    assert_eq!(named, office_keys(&hub));
    let page = admin.get(&hub, &format!("/office/inquiry/{id}")).text();
    assert!(page.contains("one") && page.contains("two"), "{page}");
}

#[test]
fn texts_from_before_there_were_office_keys_are_read_and_sealed_again() {
    let mut hub = TestServer::start();
    let token = OfficeClient::token(&hub);
    hub.stop();
    // As a key folder made by an earlier version.
    std::fs::remove_file(&key_file(&hub, "office-")[0]).unwrap();
    hub.restart();
    while OfficeClient::token(&hub) == token {}
    let admin = OfficeClient::first(&hub);
    let entry = sealed("Hello", &hub.keys(), 1);
    hub.send(&[&entry]);
    let id = entry.head.id.to_string();
    assert_eq!(admin.send(&hub, &id, "note", &[("text", "a note of before")]).status, 303);
    assert!(hub.log().contains("keys rotate office"), "the server says what to do");
    assert!(hub.office_keys(&["reseal"]).1.contains("No office key has begun yet"));
    assert!(hub.office_keys(&["rotate", "office", "--in", "0"]).0);
    let (is_fine, said) = hub.office_keys(&["reseal"]);
    assert!(is_fine && said.contains(": 1. Sealed with it before: 0."), "{said}");
    hub.stop();
    hub.restart();
    admin.until(&hub, &format!("/office/inquiry/{id}"), "a note of before");
}

#[test]
fn a_revoked_sealing_key_is_destroyed_once_nothing_is_sealed_to_it() {
    let hub = TestServer::start();
    let old = domain_hex(&hub.keys().sealing[0].id.0);
    let entry = sealed("Hello", &hub.keys(), 1);
    hub.send(&[&entry]);
    let destroy = || hub.office_keys(&["destroy", &old]);
    assert!(destroy().1.contains("Revoke it first"));
    std::thread::sleep(Duration::from_millis(1_100));
    assert!(
        hub.office_keys(&["rotate", "sealing", "--in", "0"]).0
            && hub.office_keys(&["revoke", &old]).0
    );
    let (is_fine, said) = destroy();
    assert!(
        !is_fine && said.contains("Submissions still sealed to") && said.contains(": 1. Erase"),
        "{said}"
    );
    assert!(hub.office(&["erase", &entry.head.id.to_string(), "--reason", "request 7"]).0);
    let (is_fine, said) = destroy();
    assert!(is_fine && key_file(&hub, "sealing-").len() == 1, "{said}");
    let signing = domain_hex(&hub.keys().signing[0].id.0);
    assert!(hub.office_keys(&["destroy", &signing]).1.contains("never destroyed"));
}

fn edition(hub: &TestServer) -> Edition {
    postcard::from_bytes(hub.get("/api/catalogue").body()).unwrap()
}

fn edition_above(hub: &TestServer, number: u32) -> Edition {
    let began = Instant::now();
    loop {
        let edition = edition(hub);
        if edition.number > number {
            return edition;
        }
        assert!(
            began.elapsed() < Duration::from_secs(30),
            "no edition above {number}: {}",
            hub.log()
        );
        std::thread::sleep(Duration::from_millis(100));
    }
}

/// A device that trusts signed editions and remembers the newest number it has.
struct TraceDevice {
    has: u32,
}

impl TraceDevice {
    /// Loads the newest edition as the app does, or returns why it was refused.
    fn renew(&mut self, hub: &TestServer) -> Result<Catalogue, NotTaken> {
        let edition = edition(hub);
        is_wanted(&edition, self.has, &hub.keys())?;
        let bundle = hub.get(&edition.path());
        note_of(&edition, bundle.body())?;
        let (catalogue, _) = Catalogue::from_bundle(bundle.body()).unwrap();
        assert_eq!(
            catalogue.version(),
            edition.number,
            "an app compares by what stands in the catalogue when it starts again"
        );
        self.has = edition.number;
        Ok(catalogue)
    }
}

/// Proposes and approves that the boat house sells dog tags, or no longer does.
fn offer_dog_tags(
    hub: &TestServer,
    proposer: &OfficeClient,
    approver: &OfficeClient,
    offered: &str,
) {
    let cell = "/office/inventory/boat-house/sell-dog-tag";
    assert_eq!(
        proposer.post(hub, cell, &[("offered", offered), ("reason", "people ask")]).status,
        303
    );
    // The person who proposed it has no form for deciding it.
    let page = approver.get(hub, "/office/inventory/proposals").text();
    let number = page
        .split("/office/inventory/proposals/")
        .filter_map(|rest| rest.split('"').next()?.parse::<u32>().ok())
        .max()
        .unwrap();
    let decided = approver.post(
        hub,
        &format!("/office/inventory/proposals/{number}"),
        &[("act", "approve"), ("reason", "")],
    );
    assert_eq!(decided.status, 303);
}

fn offers_dog_tags(catalogue: &Catalogue) -> bool {
    let boat_house = catalogue.hub(&domain::HubId::parse("boat-house").unwrap()).unwrap();
    boat_house.tasks.iter().any(|task| task.as_str() == "sell-dog-tag")
}

#[test]
fn fault_35_after_a_restore_editions_go_on_above_every_number_that_a_device_has_seen() {
    let (mut hub, copies) = (TestServer::start(), tempfile::tempdir().unwrap());
    let admin = OfficeClient::first(&hub);
    let mona = admin.invited(&hub, "mona", Role::Manager);
    hub.stop();
    copied(&hub, copies.path());
    hub.restart();
    let first = edition(&hub).number;
    let mut device = TraceDevice { has: first };
    for offered in ["yes", "no", "yes"] {
        let before = edition(&hub).number;
        offer_dog_tags(&hub, &mona, &admin, offered);
        edition_above(&hub, before);
        device.renew(&hub).unwrap();
    }
    assert_eq!(device.has, first + 3);
    let mut offered_here = true;
    // Twice from the same copy, which contains nothing of what came after it.
    for _ in 0..2 {
        let seen = device.has;
        hub.stop();
        put_back(&hub, copies.path());
        assert!(hub.office(&["restored", "--reason", "disk of November 25"]).0);
        hub.restart();
        let catalogue = device
            .renew(&hub)
            .unwrap_or_else(|why| panic!("{why:?}: {} after {seen}", edition(&hub).number));
        assert!(device.has > seen, "{} after {seen}", device.has);
        assert!(
            offered_here && !offers_dog_tags(&catalogue),
            "what the copy does not know is not offered any more"
        );
        // All sessions ended with the restore.
        let again = |login| OfficeClient::sign_in(&hub, login, PASSWORD).unwrap();
        offer_dog_tags(&hub, &again("mona"), &again("ann"), "yes");
        edition_above(&hub, device.has);
        let catalogue = device.renew(&hub).unwrap();
        offered_here = offers_dog_tags(&catalogue);
        assert!(offered_here, "and what is decided now reaches the device");
        std::thread::sleep(Duration::from_secs(2));
    }
}

#[test]
fn a_signed_head_shows_later_that_nothing_was_taken_off_the_end() {
    let (mut hub, dir) = (TestServer::start(), tempfile::tempdir().unwrap());
    let admin = OfficeClient::first(&hub);
    for _ in 0..3 {
        assert!(hub.office(&["retention"]).0);
    }
    let file = |name: &str, text: &str| {
        let path = dir.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.to_string_lossy().into_owned()
    };
    let page = admin.get(&hub, "/office/audit/head");
    assert!(
        page.status == 200 && page.header("content-disposition").contains("audit-head-"),
        "{}",
        page.text()
    );
    let head = file("head.txt", &page.text());
    let verify = |hub: &TestServer, head: &str| hub.office(&["audit", "verify", "--head", head]);
    let (is_fine, said) = verify(&hub, &head);
    assert!(is_fine, "{said}");
    assert!(hub.office(&["retention"]).0);
    assert!(verify(&hub, &head).0, "the audit has grown since");
    let by_command = file("command.txt", &hub.office(&["audit", "head"]).1);
    assert!(verify(&hub, &by_command).0);
    let (is_fine, said) = checked_by_openssl(&hub, &head);
    assert!(
        is_fine && said.contains("Signature Verified Successfully") && said.contains("entry "),
        "{said}"
    );

    let line = |text: &str, name: &str| {
        text.lines().find_map(|line| line.strip_prefix(name)).unwrap().to_string()
    };
    let (one, other) = (page.text(), std::fs::read_to_string(&by_command).unwrap());
    let forged = file("forged.txt", &one.replace(&line(&one, "head: "), &line(&other, "head: ")));
    let (is_fine, said) = verify(&hub, &forged);
    assert!(!is_fine && said.contains("its signature is wrong"), "{said}");
    assert!(!checked_by_openssl(&hub, &forged).0);

    // A person with access to the database deletes the last rows.
    hub.stop();
    hub.sql(async |connection| {
        sqlx::raw_sql("DROP TRIGGER audit_is_not_deleted; DELETE FROM audit WHERE number > 2")
            .execute(connection)
            .await
            .unwrap();
    });
    assert!(hub.office(&["audit", "verify"]).0, "by itself it cannot show");
    let (is_fine, said) = verify(&hub, &head);
    assert!(!is_fine && said.contains("taken off its end"), "{said}");
    // And lets the log grow to the same length again.
    for _ in 0..6 {
        assert!(hub.office(&["retention"]).0);
    }
    assert!(!verify(&hub, &head).0);
}

/// Runs the commands from the documentation of the audit log in a shell.
fn checked_by_openssl(hub: &TestServer, head: &str) -> (bool, String) {
    let text = std::fs::read_to_string(
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/decisions/0021-audit.md"),
    )
    .unwrap();
    let lines = text
        .split("```")
        .find_map(|block| block.strip_prefix("sh\n"))
        .expect("page has the code block");
    let dir = Path::new(head).parent().unwrap();
    let mut shell = Command::new("sh");
    shell
        .args(["-e", "-c", lines])
        .env("HEAD", head)
        .env("HUB", format!("http://127.0.0.1:{}", hub.port()))
        .current_dir(dir);
    let output = shell.output().unwrap();
    (
        output.status.success(),
        format!(
            "{}{}",
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr)
        ),
    )
}

fn mode(path: &Path) -> u32 {
    std::fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[test]
fn the_data_folder_and_the_database_are_for_their_owner_alone_and_a_start_warns_of_others() {
    let mut hub = TestServer::start();
    hub.send(&[&sealed("Hello", &hub.keys(), 1)]);
    let data = PathBuf::from(hub.data());
    assert_eq!(mode(&data), 0o700);
    for name in ["hub.sqlite", "hub.sqlite-wal", "hub.sqlite-shm", "in-use"] {
        assert_eq!(mode(&data.join(name)), 0o600, "{name}");
    }
    for path in key_file(&hub, "") {
        assert_eq!(mode(&path), 0o600, "{}", path.display());
    }
    assert!(!hub.log().contains("Others on this machine"), "{}", hub.log());
    hub.terminate();
    std::fs::set_permissions(&data, std::fs::Permissions::from_mode(0o755)).unwrap();
    std::fs::set_permissions(data.join("hub.sqlite"), std::fs::Permissions::from_mode(0o644))
        .unwrap();
    hub.restart();
    let log = hub.log();
    assert!(
        log.contains(&format!("Run: chmod 700 {}\n", data.display()))
            && log.contains(&format!("chmod 600 {}", data.join("hub.sqlite").display())),
        "{log}"
    );
    assert_eq!(
        (mode(&data), mode(&data.join("hub.sqlite"))),
        (0o755, 0o644),
        "what somebody set is not changed in silence"
    );
}

#[test]
fn a_demo_folder_is_private_too() {
    let (hub, dir) = (TestServer::start(), tempfile::tempdir().unwrap());
    let data = dir.path().join("demo");
    let (is_fine, said) = hub.command(&[
        "demo",
        "--inquiries",
        "3",
        "--site",
        &hub.site(),
        "--data-dir",
        &data.to_string_lossy(),
        "--operator",
        "ann",
    ]);
    assert!(is_fine, "{said}");
    assert_eq!((mode(&data), mode(&data.join("hub.sqlite"))), (0o700, 0o600));
    let open: Vec<PathBuf> = std::fs::read_dir(&data)
        .unwrap()
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| mode(path) & 0o077 != 0)
        .collect();
    assert_eq!(open, Vec::<PathBuf>::new());
    let listed = hub
        .command(&["audit", "list", "--site", &hub.site(), "--data-dir", &data.to_string_lossy()])
        .1;
    assert!(
        listed.lines().next().unwrap().contains("\"what\":\"demo begins\"")
            && listed.lines().last().unwrap().contains("\"what\":\"demo done\""),
        "{listed}"
    );
}

#[test]
fn a_name_of_a_person_opens_as_a_letter_and_never_stands_in_the_audit() {
    let hub = TestServer::start();
    let admin = OfficeClient::first(&hub);
    let inquiry = ValidInquiry {
        service: None,
        hub: None,
        message: "may I?".into(),
        name: Some("Brynhild Ostergaard".into()),
        reply_to: ReplyTo::Email("brynhild@example.org".to_string().try_into().unwrap()),
        language: Language::English,
        notice_version: 1,
    };
    let entry = sealed_inquiry(inquiry, &hub.keys(), 1);
    hub.send(&[&entry]);
    let (reference, id) = (entry.head.reference().to_string(), entry.head.id.to_string());
    assert_eq!(
        admin
            .send(&hub, &id, "reply", &[("do", "send"), ("text", "You may."), ("way", "print")])
            .status,
        303
    );
    assert!(admin.get(&hub, &format!("/office/inquiry/{id}/letter/1")).text().contains("Brynhild"));
    admin.get(&hub, "/office?q=Brynhild");
    let all = hub.office(&["audit", "list"]).1;
    assert!(
        ["Brynhild", "brynhild", "may I", "You may", &reference, &entry.head.id.to_string()]
            .iter()
            .all(|text| !all.contains(text)),
        "{all}"
    );
}
