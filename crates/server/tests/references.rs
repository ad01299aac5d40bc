//! Tests submissions whose ids end alike and therefore have one reference number. A person who
//! generates such ids on purpose reads nobody else's inquiry and blocks nobody.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod hub;
mod office_client;

use domain::SubmissionId;
use domain::inquiry::{ReplyTo, ValidInquiry};
use domain::status::{Status, StatusAnswer, StatusQuestion};
use domain::submission::{Content, PublicKeys, Refusal, Verdict};
use domain::{Language, MunicipalityId};
use hub::TestServer;
use office_client::OfficeClient;
use offline::sealing::{Address, Sealed, seal, under_another_id};
use sqlx::{Connection, SqliteConnection};
use std::time::{Duration, Instant};
use store::ENTRIES_PER_ENDING_MAX;

/// An inquiry whose id has the common ending.
fn alike(number: u8, message: &str, keys: &PublicKeys) -> Sealed {
    let inquiry = ValidInquiry {
        service: None,
        hub: None,
        message: message.into(),
        name: None,
        reply_to: ReplyTo::Nobody,
        language: Language::English,
        notice_version: 1,
    };
    let address = Address {
        municipality: MunicipalityId::parse("pine-harbour").unwrap(),
        catalogue_version: 7,
        now_ms: 1_000,
        order: 0,
    };
    let mut calls = 0_u8;
    let random = &mut |bytes: &mut [u8]| {
        calls += 1;
        let own = number.wrapping_mul(17).wrapping_add(calls);
        bytes.fill(if calls == 1 { 7 } else { own });
        if calls == 1 {
            bytes[1] = number;
        }
    };
    seal(Content::Inquiry(inquiry), &address, keys, random).unwrap()
}

fn status(hub: &TestServer, question: StatusQuestion) -> Option<(Status, Vec<StatusAnswer>)> {
    let answer =
        hub.ask("POST", "/api/status", "", &postcard::to_allocvec(&question).unwrap()).unwrap();
    assert_eq!(answer.status, 200);
    let (status, rest) = postcard::take_from_bytes::<Option<Status>>(answer.body()).unwrap();
    let (replies, _) = postcard::take_from_bytes(rest).unwrap();
    Some((status?, replies))
}

/// Answers the inquiry with this number of three, and closes it.
fn answer(ann: &OfficeClient, hub: &TestServer, entry: &Sealed, number: usize) {
    let path = format!("/office/inquiry/{}", entry.head.id);
    let page = ann.get(hub, &path).text();
    assert!(page.contains(&format!("question {} of three", number + 1)), "{page}");
    let text = format!("the answer to {number}");
    assert_eq!(
        ann.write(hub, &path, "reply", &[("do", "send"), ("way", "status"), ("text", &text)]),
        303
    );
    assert_eq!(
        ann.write(
            hub,
            &path,
            "state",
            &[("do", "close"), ("outcome", "answered"), ("why", "By phone."), ("confirmed", "yes")]
        ),
        303
    );
}

#[test]
fn each_of_three_with_one_reference_is_opened_answered_and_closed_and_its_reply_stands_on_its_own_status_alone()
 {
    let mut hub = TestServer::start();
    let mut ann = OfficeClient::first(&hub);
    let entries: Vec<Sealed> = (1..=3)
        .map(|number| alike(number, &format!("question {number} of three"), &hub.keys()))
        .collect();
    let reference = entries[0].head.reference();
    assert!(entries.iter().all(|entry| entry.head.reference() == reference));
    hub.send(&entries.iter().collect::<Vec<_>>());
    for entry in &entries {
        ann.until(&hub, &format!("/office/inquiry/{}", entry.head.id), "of three");
    }
    let all = ann.get(&hub, &format!("/office?q={reference}")).text();
    assert!(
        (1..=3).all(|number| all.contains(&format!("question {number} of three"))),
        "the reference finds all: {all}"
    );
    answer(&ann, &hub, &entries[1], 1);
    // Neither an erasure nor a restart changes which inquiry an address refers to.
    assert!(hub.office(&["erase", &entries[0].head.id.to_string(), "--reason", "request 1"]).0);
    answer(&ann, &hub, &entries[2], 2);
    hub.stop();
    hub.restart();
    ann = OfficeClient::sign_in(&hub, "ann", office_client::PASSWORD).unwrap();
    for number in [1, 2] {
        let page = ann.until(
            &hub,
            &format!("/office/inquiry/{}", entries[number].head.id),
            &format!("question {} of three", number + 1),
        );
        assert!(page.contains(&format!("the answer to {number}")), "{page}");
        let question = StatusQuestion { reference, secret: entries[number].head.secret };
        let replies: Vec<String> =
            status(&hub, question).unwrap().1.into_iter().map(|reply| reply.text).collect();
        assert_eq!(replies, [format!("the answer to {number}")]);
    }
    assert!(status(&hub, StatusQuestion { reference, secret: entries[0].head.secret }).is_none());
    assert!(status(&hub, StatusQuestion { reference, secret: [0; 16] }).is_none());
}

#[test]
fn what_is_closed_is_found_by_its_words_and_its_reference_and_opened_again() {
    let mut hub = TestServer::start();
    let mut ann = OfficeClient::first(&hub);
    let entries: Vec<Sealed> = (1..=60)
        .map(|number| hub::sealed(&format!("about kayaks, number {number}."), &hub.keys(), number))
        .collect();
    hub.send(&entries.iter().collect::<Vec<_>>());
    ann.until(&hub, "/office", "<strong>60</strong>");
    for entry in &entries {
        let path = format!("/office/inquiry/{}", entry.head.id);
        assert_eq!(
            ann.write(
                &hub,
                &path,
                "state",
                &[
                    ("do", "close"),
                    ("outcome", "answered"),
                    ("why", "By phone."),
                    ("confirmed", "yes")
                ]
            ),
            303
        );
    }
    for round in 0..2 {
        assert!(
            ann.until(&hub, "/office?state=closed", "<strong>60</strong>").contains("number 7."),
            "{round}"
        );
        let page = ann.get(&hub, "/office?state=closed&q=KAYAKS").text();
        assert_eq!(page.matches("about kayaks").count(), 60, "{page}");
        let page = ann.get(&hub, "/office?state=any&q=number+7.").text();
        assert!(page.contains("number 7.") && page.contains("The search is complete."), "{page}");
        assert!(
            ann.get(&hub, "/office?state=closed&q=canoe")
                .text()
                .contains("Nothing found in 60 closed inquiries.")
        );
        assert!(
            ann.get(&hub, &format!("/office?q={}", entries[6].head.reference()))
                .text()
                .contains("number 7.")
        );
        if round == 0 {
            // Settled inquiries are read from their stored summaries.
            hub.stop();
            hub.restart();
            ann = OfficeClient::sign_in(&hub, "ann", office_client::PASSWORD).unwrap();
        }
    }
    let path = format!("/office/inquiry/{}", entries[6].head.id);
    assert_eq!(ann.write(&hub, &path, "state", &[("do", "reopen"), ("text", "not done")]), 303);
    assert!(
        ann.get(&hub, "/office").text().contains("number 7."),
        "it is among the open ones again"
    );
    assert!(ann.get(&hub, "/office?state=closed").text().contains("<strong>59</strong>"));
}

#[test]
fn when_a_reference_is_full_the_device_gives_its_entry_another_id_and_the_receipt_still_opens_it() {
    let hub = TestServer::start();
    let keys = hub.keys();
    let most = ENTRIES_PER_ENDING_MAX as u8;
    let entries: Vec<Sealed> = (0..=most).map(|number| alike(number, "many", &keys)).collect();
    let verdicts = hub.send(&entries.iter().collect::<Vec<_>>()).verdicts;
    let full: Vec<SubmissionId> = verdicts
        .iter()
        .filter(|(_, verdict)| *verdict == Verdict::Refused(Refusal::ReferenceFull))
        .map(|(id, _)| *id)
        .collect();
    assert_eq!(full.len(), 1);
    let last = entries.iter().find(|entry| entry.head.id == full[0]).unwrap();
    let other = under_another_id(&last.head, &last.envelope).unwrap();
    assert!(matches!(hub.send(&[&other]).verdicts[0].1, Verdict::Received(_)));
    let question = |entry: &Sealed| StatusQuestion {
        reference: entry.head.reference(),
        secret: last.head.secret,
    };
    let found = [status(&hub, question(&other)), status(&hub, question(last))]
        .map(|found| found.unwrap().0.reference);
    assert_eq!(
        found,
        [other.head.reference(); 2],
        "by the reference that was written down, and by the one that it has now"
    );
}

/// Inserts 20,000 rows with one ending, as from before the limit per ending.
async fn twenty_thousand(path: &str) {
    let mut connection = SqliteConnection::connect(path).await.unwrap();
    sqlx::query(
        "WITH RECURSIVE n (n) AS (VALUES (1) UNION ALL SELECT n + 1 FROM n WHERE n < 20000)
         INSERT INTO submission (municipality, id, format, suite, kind, key, catalogue_version, body_hash, sealed, received_at_ms, lookup)
         SELECT municipality, CAST(unhex(printf('0190%08x', n)) || substr(id, 7) AS BLOB), format, suite, kind, key, catalogue_version, body_hash, sealed,
                received_at_ms, randomblob(16) FROM submission, n",
    )
    .execute(&mut connection)
    .await
    .unwrap();
    connection.close().await.unwrap();
}

#[test]
fn a_wrong_secret_is_answered_at_once_however_many_entries_bear_the_reference() {
    let hub = TestServer::start();
    let entry = alike(1, "the first", &hub.keys());
    hub.send(&[&entry]);
    let path = format!("{}/hub.sqlite", hub.data());
    tokio::runtime::Runtime::new().unwrap().block_on(twenty_thousand(&path));
    let ask = |secret| {
        let began = Instant::now();
        let is_found =
            status(&hub, StatusQuestion { reference: entry.head.reference(), secret }).is_some();
        (is_found, began.elapsed())
    };
    // As soon as the server knows that every submission has a lookup.
    let mut times: Vec<Duration> = (0..60)
        .map(|_| ask([0; 16]))
        .inspect(|(is_found, _)| assert!(!is_found))
        .map(|(_, time)| time)
        .collect();
    times.sort_unstable();
    println!(
        "20,000 entries of one ending: a wrong secret is answered in {:?} (median), {:?} (p99)",
        times[30], times[58]
    );
    let slowest = std::thread::scope(|scope| {
        let many: Vec<_> = (0..24)
            .map(|number| scope.spawn(move || (0..5).map(|_| ask([number; 16]).1).max().unwrap()))
            .collect();
        let other = (0..50)
            .map(|_| Instant::now())
            .map(|began| (hub.get("/api/ping").status, began.elapsed()).1)
            .max()
            .unwrap();
        (many.into_iter().map(|one| one.join().unwrap()).max().unwrap(), other)
    });
    println!(
        "24 at once: the slowest of 120 in {:?}, somebody else's ping in {:?}",
        slowest.0, slowest.1
    );
    assert!(ask(entry.head.secret).0);
    // A limit that holds on a busy machine too; each scan of all rows used to take seconds.
    assert!(
        times[30] < Duration::from_millis(500) && slowest.0 < Duration::from_secs(5),
        "{slowest:?}"
    );
}
