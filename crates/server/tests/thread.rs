//! Tests the conversation about a question on the real program: what a person adds, what the office
//! sees of it, and what the person sees. With SQLite and PostgreSQL.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

#[allow(dead_code, reason = "each test file uses only a part of it")]
mod cluster;
mod hub;
mod office_client;
mod on_both;

use domain::addition::{ADDITIONS_MAX, AddedWords, Addition};
use domain::collector::CollectorCode;
use domain::status::{
    InquiryEnding, InquiryStage, Status, StatusAnswer, StatusQuestion, StatusRequest, StatusThread,
};
use domain::submission::{Content, PublicKeys, Refusal, Verdict};
use domain::{Language, MunicipalityId};
use hub::{TestServer, sealed};
use office_client::OfficeClient;
use offline::sealing::{Address, Sealed, seal_with};
use on_both::on_both;
use sqlx::Row;
use std::time::Duration;

on_both!(
    added_words_reach_the_office_once_and_let_the_clock_run_again,
    fault_62_an_addition_may_arrive_before_its_question_and_a_stranger_reaches_nobody,
    no_question_takes_more_additions_than_the_limit,
    a_withdrawn_question_is_closed_and_may_be_opened_again,
    additions_are_erased_with_their_question,
    retention_deletes_additions_with_their_question,
);

/// What a person with the tracking code reads.
type Read = (Option<Status>, Vec<StatusAnswer>, Option<CollectorCode>, Option<StatusThread>);

fn read(hub: &TestServer, question: StatusQuestion, is_background: bool) -> Read {
    let request = StatusRequest { question, is_background };
    let page =
        hub.ask("POST", "/api/status", "", &postcard::to_allocvec(&request).unwrap()).unwrap();
    assert_eq!(page.status, 200);
    postcard::from_bytes(page.body()).unwrap()
}

fn question_of(entry: &Sealed) -> StatusQuestion {
    StatusQuestion { reference: entry.head.reference(), secret: entry.head.secret }
}

fn thread(hub: &TestServer, entry: &Sealed) -> StatusThread {
    read(hub, question_of(entry), false).3.unwrap()
}

/// Who said what, oldest first.
fn said(thread: &StatusThread) -> Vec<(bool, &str)> {
    thread.said.iter().map(|said| (said.is_reply, said.text.as_str())).collect()
}

fn stages(hub: &TestServer, entry: &Sealed) -> Vec<InquiryStage> {
    let status = read(hub, question_of(entry), true).0.unwrap();
    status.stages.into_iter().map(|(stage, _)| stage).collect()
}

/// An addition to a question, by somebody who has this tracking code.
fn added_with(entry: &Sealed, secret: [u8; 16], said: AddedWords, keys: &PublicKeys) -> Sealed {
    let addition = Addition { to: entry.head.reference(), said, language: Language::English };
    let address = Address {
        municipality: MunicipalityId::parse("pine-harbour").unwrap(),
        catalogue_version: 7,
        now_ms: vault::now_ms(),
        order: 0,
    };
    let random =
        &mut |bytes: &mut [u8]| bytes.iter_mut().for_each(|b| *b = vault::random::<1>()[0]);
    seal_with(Content::Addition(addition), Some(secret), &address, keys, random).unwrap()
}

fn added(entry: &Sealed, words: &str, keys: &PublicKeys) -> Sealed {
    added_with(entry, entry.head.secret, AddedWords::Message(words.into()), keys)
}

fn withdrawal(entry: &Sealed, keys: &PublicKeys) -> Sealed {
    added_with(entry, entry.head.secret, AddedWords::Withdrawal, keys)
}

fn page_of(entry: &Sealed) -> String {
    format!("/office/inquiry/{}", entry.head.id)
}

/// Long enough for the office to look twice.
fn let_the_office_look() {
    std::thread::sleep(Duration::from_millis(2_500));
}

/// Closes a question whose person was asked something once. Nothing is asked any more then,
/// whatever a form says.
fn close_after_a_reply(hub: &TestServer, ann: &OfficeClient, entry: &Sealed) {
    let path = page_of(entry);
    let page = || ann.get(hub, &path).text();
    assert!(page().contains("name=\"asks\""), "{}", page());
    let fields = [("do", "send"), ("way", "status"), ("text", "It shines again.")];
    assert_eq!(ann.write(hub, &path, "reply", &fields), 303);
    let closing = [("do", "close"), ("outcome", "done")];
    assert_eq!(ann.write(hub, &path, "state", &closing), 303);
    assert_eq!(thread(hub, entry).ending, Some(InquiryEnding::Done));
    assert_eq!(stages(hub, entry).last(), Some(&InquiryStage::Closed));
    assert!(!page().contains("name=\"asks\""), "{}", page());
    let fields = [("do", "send"), ("way", "status"), ("text", "All well?"), ("asks", "1")];
    assert_eq!(ann.write(hub, &path, "reply", &fields), 303);
    assert!(page().contains("All well?"), "{}", page());
    assert_eq!(page().matches("asked the person").count(), 1, "{}", page());
}

fn added_words_reach_the_office_once_and_let_the_clock_run_again(mut hub: TestServer) {
    let keys = hub.keys();
    let entry = sealed("The light at the corner is out", &keys, 1);
    hub.send(&[&entry]);
    let ann = OfficeClient::first(&hub);
    let path = page_of(&entry);
    ann.until(&hub, &path, "The light at the corner");
    let before = thread(&hub, &entry);
    assert_eq!(said(&before), [(false, "The light at the corner is out")]);
    assert!(!before.department.is_empty() && before.promised_ms.is_some(), "{before:?}");
    assert!(!before.is_waiting && before.ending.is_none());
    // The reply asks something, in one act.
    let fields = [("do", "send"), ("way", "status"), ("text", "Which corner?"), ("asks", "1")];
    assert_eq!(ann.write(&hub, &path, "reply", &fields), 303);
    let page = ann.get(&hub, &path).text();
    assert!(page.contains("Waiting for the person") && page.contains("asked the person"), "{page}");
    let asked = thread(&hub, &entry);
    assert_eq!(said(&asked)[1..], [(true, "Which corner?")]);
    assert!(asked.is_waiting && asked.promised_ms.is_none(), "{asked:?}");
    // The answer, twice in one batch and once more.
    let answer = added(&entry, "King and Water", &keys);
    for _ in 0..2 {
        let verdicts = hub.send(&[&answer, &answer]).verdicts;
        assert!(verdicts.iter().all(|(_, verdict)| matches!(verdict, Verdict::Received(_))));
        let told = thread(&hub, &entry);
        assert_eq!(said(&told)[2..], [(false, "King and Water")], "at once, and once");
    }
    let page = ann.until(&hub, &path, "King and Water");
    assert_eq!(page.matches("King and Water").count(), 1, "{page}");
    assert!(page.contains("In progress") && page.contains("The person added words"), "{page}");
    assert!(ann.get(&hub, "/office").text().contains("New words"));
    let told = thread(&hub, &entry);
    assert!(!told.is_waiting && told.promised_ms.is_some(), "the reply is still due: {told:?}");
    // Nothing is taken over twice by a restart, and a colleague's act ends the notice.
    hub.stop();
    hub.restart();
    let ann = OfficeClient::sign_in(&hub, "ann", office_client::PASSWORD).unwrap();
    let page = ann.until(&hub, &path, "King and Water");
    assert_eq!(page.matches("King and Water").count(), 1, "{page}");
    assert_eq!(ann.write(&hub, &path, "note", &[("text", "Crew is out.")]), 303);
    assert!(!ann.get(&hub, "/office").text().contains("New words"));
    close_after_a_reply(&hub, &ann, &entry);
    // Closed and settled: new words open it again, also in French.
    hub.send(&[&added(&entry, "Toujours éteint", &keys)]);
    assert_eq!(thread(&hub, &entry).ending, None);
    ann.until(&hub, "/office", "New words");
    assert_eq!(stages(&hub, &entry).last(), Some(&InquiryStage::InProgress));
    assert!(ann.get(&hub, &format!("{path}?language=fr")).text().contains("Toujours éteint"));
    let told = thread(&hub, &entry);
    assert!(!said(&told).iter().any(|(_, text)| text.contains("Crew")), "notes stay inside");
    // In the background a device learns stages alone, and a stranger nothing.
    assert_eq!(read(&hub, question_of(&entry), true).3, None);
    let wrong = StatusQuestion { secret: [3; 16], ..question_of(&entry) };
    assert_eq!(read(&hub, wrong, false), (None, Vec::new(), None, None));
    let printed = hub.export("inquiries", "jsonl");
    assert!(printed.contains("King and Water") && printed.contains("Which corner?"), "{printed}");
    assert!(hub.export("inquiries", "csv").contains("person: King and Water"));
}

fn fault_62_an_addition_may_arrive_before_its_question_and_a_stranger_reaches_nobody(
    hub: TestServer,
) {
    let keys = hub.keys();
    let entry = sealed("When is the pool open?", &keys, 1);
    let early = added(&entry, "I mean the one in Lindsay", &keys);
    let forged = added_with(&entry, [9; 16], AddedWords::Message("I am not you".into()), &keys);
    hub.send(&[&early, &forged]);
    let_the_office_look();
    assert_eq!(read(&hub, question_of(&early), false).0, None, "it has no status of its own");
    hub.send(&[&entry]);
    let ann = OfficeClient::first(&hub);
    let page = ann.until(&hub, &page_of(&entry), "I mean the one in Lindsay");
    let_the_office_look();
    assert!(!page.contains("I am not you"), "{page}");
    assert!(!ann.get(&hub, &page_of(&entry)).text().contains("I am not you"));
    let told = thread(&hub, &entry);
    assert_eq!(
        said(&told),
        [(false, "When is the pool open?"), (false, "I mean the one in Lindsay")]
    );
}

fn no_question_takes_more_additions_than_the_limit(hub: TestServer) {
    let keys = hub.keys();
    let entry = sealed("A long story", &keys, 1);
    let additions: Vec<Sealed> = (0..ADDITIONS_MAX + 2)
        .map(|number| added(&entry, &format!("part {number}."), &keys))
        .collect();
    let parts: Vec<&Sealed> = [&entry].into_iter().chain(&additions).collect();
    let verdicts = hub.send(&parts).verdicts;
    let refused = Verdict::Refused(Refusal::TooManyAdditions);
    let places: Vec<usize> = (0..verdicts.len()).filter(|at| verdicts[*at].1 == refused).collect();
    assert_eq!(places, [21, 22], "{verdicts:?}");
    // What is stored is confirmed again, and another question has room.
    assert!(matches!(hub.send(&[&additions[0]]).verdicts[0].1, Verdict::Received(_)));
    assert_eq!(hub.send(&[&additions[21]]).verdicts[0].1, refused);
    let other = sealed("Another story", &keys, 2);
    let verdicts = hub.send(&[&other, &added(&other, "more of it", &keys)]).verdicts;
    assert!(verdicts.iter().all(|(_, verdict)| matches!(verdict, Verdict::Received(_))));
    let ann = OfficeClient::first(&hub);
    let page = ann.until(&hub, &page_of(&entry), "part 19.");
    assert!(page.contains("part 0.") && !page.contains("part 20."), "{page}");
    assert_eq!(thread(&hub, &entry).said.len(), 21);
}

fn a_withdrawn_question_is_closed_and_may_be_opened_again(hub: TestServer) {
    let keys = hub.keys();
    let entry = sealed("Please call me about the fence", &keys, 1);
    hub.send(&[&entry, &withdrawal(&entry, &keys)]);
    let ann = OfficeClient::first(&hub);
    let page = ann.until(&hub, &page_of(&entry), "The person withdrew the question");
    assert!(page.contains("Closed"), "{page}");
    let told = thread(&hub, &entry);
    assert_eq!(said(&told)[1..], [(false, "")]);
    assert_eq!((told.ending, told.promised_ms), (Some(InquiryEnding::Withdrawn), None));
    assert_eq!(read(&hub, question_of(&entry), false).2, None, "nobody is asked for an opinion");
    assert_eq!(stages(&hub, &entry).last(), Some(&InquiryStage::Closed));
    hub.send(&[&added(&entry, "I need the call after all", &keys)]);
    ann.until(&hub, &page_of(&entry), "I need the call after all");
    let told = thread(&hub, &entry);
    assert_eq!(told.ending, None);
    assert_eq!(stages(&hub, &entry).last(), Some(&InquiryStage::InProgress));
}

fn additions_are_erased_with_their_question(mut hub: TestServer) {
    let keys = hub.keys();
    let (entry, other) = (sealed("forget this", &keys, 1), sealed("keep this", &keys, 2));
    let (gone, kept) = (added(&entry, "and that", &keys), added(&other, "kept too", &keys));
    hub.send(&[&entry, &other, &gone, &kept]);
    let ann = OfficeClient::first(&hub);
    ann.until(&hub, &page_of(&entry), "and that");
    let (is_fine, told) =
        hub.office(&["erase", &gone.head.id.to_string(), "--reason", "request 1"]);
    let reference = entry.head.reference().to_string();
    assert!(!is_fine && told.contains(&reference), "its question is to be erased: {told}");
    assert!(hub.office(&["hold", "add", &gone.head.id.to_string(), "--reason", "court"]).0);
    assert!(!hub.office(&["erase", &reference, "--reason", "request 1"]).0, "a part is held");
    assert!(hub.office(&["hold", "remove", &gone.head.id.to_string(), "--reason", "over"]).0);
    assert!(hub.office(&["erase", &reference, "--reason", "request 1"]).0);
    let refused = Verdict::Refused(Refusal::Erased);
    let late = added(&entry, "too late", &keys);
    assert_eq!(hub.send(&[&gone]).verdicts[0].1, refused);
    assert_eq!(hub.send(&[&late]).verdicts[0].1, refused, "as the question itself");
    assert!(matches!(hub.send(&[&kept]).verdicts[0].1, Verdict::Received(_)));
    hub.stop();
    hub.restart();
    let ann = OfficeClient::sign_in(&hub, "ann", office_client::PASSWORD).unwrap();
    ann.until(&hub, &page_of(&other), "kept too");
    assert!(!ann.get(&hub, "/office?state=any").text().contains("forget this"));
    assert_eq!(thread(&hub, &other).said.len(), 2);
}

fn retention_deletes_additions_with_their_question(hub: TestServer) {
    let keys = hub.keys();
    let entry = sealed("old question", &keys, 1);
    let (part, stray) =
        (added(&entry, "old part", &keys), added(&sealed("lost", &keys, 2), "stray", &keys));
    hub.send(&[&entry, &part, &stray]);
    let ann = OfficeClient::first(&hub);
    ann.until(&hub, &page_of(&entry), "old part");
    let held = part.head.id.to_string();
    let (is_fine, told) = hub.office(&["hold", "add", &held, "--reason", "court"]);
    assert!(is_fine, "{told}");
    let run = ["retention", "--inquiries", "0", "--by-law", "2026-114"];
    // What a run says about inquiries and about additions.
    let counts = || {
        let (is_fine, told) = hub.office(&run);
        assert!(is_fine, "{told}");
        ["Inquiry", "Addition"].map(|kind| {
            let line = told.lines().find(|line| line.starts_with(kind)).unwrap_or_default();
            line.split_once(": ").map(|(_, counts)| counts.to_string()).unwrap_or_default()
        })
    };
    assert_eq!(counts(), ["0 deleted, 1 held", "1 deleted, 0 held"], "the stray one goes");
    assert_eq!(thread(&hub, &entry).said.len(), 2);
    assert!(hub.office(&["hold", "remove", &held, "--reason", "over"]).0);
    assert_eq!(counts(), ["1 deleted, 0 held", "0 deleted, 0 held"], "it went with its question");
    assert_eq!(read(&hub, question_of(&entry), false).0, None);
    // Nothing of it is left: the same words are new again, and wait for their question.
    let again = hub.send(&[&part]).verdicts[0].1.clone();
    let Verdict::Received(receipt) = again else { panic!("{again:?}") };
    assert!(receipt.received_at_ms.abs_diff(vault::now_ms()) < 60_000, "{receipt:?}");
    let folder = std::env::temp_dir().join(format!("all-{}", part.head.id));
    let (is_fine, told) =
        hub.office(&["export", "everything", "--to", folder.to_str().unwrap(), "--reason", "move"]);
    assert!(is_fine, "{told}");
    let lines = std::fs::read_to_string(folder.join("additions.jsonl")).unwrap();
    assert_eq!(lines.lines().count(), 1, "{lines}");
    assert!(lines.contains("old part"), "{lines}");
    assert!(lines.contains(&entry.head.reference().to_string()), "{lines}");
    std::fs::remove_dir_all(folder).unwrap();
}

/// Two servers of one database follow the same additions; each becomes one event.
#[test]
fn fault_62_two_servers_that_take_over_the_same_words_append_them_once() {
    let cluster = cluster::shared();
    let hub = TestServer::start_on(Some(cluster.database()));
    let beside = hub.another();
    let keys = hub.keys();
    let entry = sealed("Two of us read this", &keys, 1);
    hub.send(&[&entry]);
    let ann = OfficeClient::first(&hub);
    ann.until(&hub, &page_of(&entry), "Two of us read this");
    let parts: Vec<Sealed> =
        (0..12).map(|number| added(&entry, &format!("part {number}."), &keys)).collect();
    for (at, part) in parts.iter().enumerate() {
        [&hub, &beside][at % 2].send(&[part]);
        std::thread::sleep(Duration::from_millis(150));
    }
    let_the_office_look();
    for server in [&hub, &beside] {
        let page = ann.until(server, &page_of(&entry), "part 11.");
        for number in 0..12 {
            let part = format!("part {number}.");
            assert_eq!(page.matches(&part).count(), 1, "{part} {page}");
        }
    }
}

/// Words that are in a question's history go with the question, also while they are in quarantine.
/// What a stranger sent with its reference number is erased alone, and the question stays.
#[test]
fn an_addition_is_erased_alone_only_if_no_question_has_its_words() {
    let hub = TestServer::start();
    let keys = hub.keys();
    let entry = sealed("keep my question", &keys, 1);
    let part = added(&entry, "my own words", &keys);
    let forged = added_with(&entry, [9; 16], AddedWords::Message("not mine".into()), &keys);
    hub.send(&[&entry, &part, &forged]);
    let ann = OfficeClient::first(&hub);
    ann.until(&hub, &page_of(&entry), "my own words");
    let erase = |entry: &Sealed| {
        hub.office(&["erase", &entry.head.id.to_string(), "--reason", "request 1"])
    };
    let (is_fine, told) = erase(&forged);
    assert!(is_fine && told.contains("Deleted"), "{told}");
    hub.sql(async |connection| {
        let put = "INSERT INTO quarantine (municipality, id, since_ms) VALUES ($1, $2, 1)";
        let id = part.head.id.as_bytes().to_vec();
        sqlx::query(put).bind("pine-harbour").bind(id).execute(connection).await.unwrap();
    });
    let (is_fine, told) = erase(&part);
    let reference = entry.head.reference().to_string();
    assert!(!is_fine && told.contains(&reference), "its question is to be erased: {told}");
    assert_eq!(thread(&hub, &entry).said.len(), 2);
    let refused = Verdict::Refused(Refusal::Erased);
    assert_eq!(hub.send(&[&forged]).verdicts[0].1, refused);
    assert!(matches!(hub.send(&[&part]).verdicts[0].1, Verdict::Received(_)));
}

/// A server of an older version does not understand added words, and stores an inquiry that they
/// opened again as settled. The next server of this version shows it as open.
#[test]
fn what_an_older_server_stored_as_settled_is_open_again() {
    let mut hub = TestServer::start();
    let keys = hub.keys();
    let entry = sealed("The swing is broken", &keys, 1);
    hub.send(&[&entry]);
    let ann = OfficeClient::first(&hub);
    let path = page_of(&entry);
    ann.until(&hub, &path, "The swing is broken");
    let fields = [("do", "send"), ("way", "status"), ("text", "It is mended.")];
    assert_eq!(ann.write(&hub, &path, "reply", &fields), 303);
    let closing = [("do", "close"), ("outcome", "done")];
    assert_eq!(ann.write(&hub, &path, "state", &closing), 303);
    let id = entry.head.id.as_bytes().to_vec();
    let (last, summary): (i64, Vec<u8>) = hub.sql(async |connection| {
        let find = sqlx::query("SELECT last_event, sealed FROM settled_inquiry WHERE id = $1");
        let row = find.bind(id.clone()).fetch_one(connection).await.unwrap();
        (row.get::<i64, _>(0), row.get::<Vec<u8>, _>(1))
    });
    hub.send(&[&added(&entry, "Broken once more", &keys)]);
    ann.until(&hub, "/office", "New words");
    hub.stop();
    hub.sql(async |connection| {
        let keep = "INSERT INTO settled_inquiry (municipality, id, last_event, sealed)
                    VALUES ($1, $2, $3, $4)";
        let keep = sqlx::query(keep).bind("pine-harbour").bind(id.clone()).bind(last);
        keep.bind(summary.clone()).execute(connection).await.unwrap();
    });
    hub.restart();
    let ann = OfficeClient::sign_in(&hub, "ann", office_client::PASSWORD).unwrap();
    ann.until(&hub, "/office", "New words");
    let page = ann.get(&hub, &path).text();
    assert_eq!(page.matches("Broken once more").count(), 1, "{page}");
}
