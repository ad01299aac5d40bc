//! Tests that a flood is held to its budget, and that its submissions can be reviewed, put in
//! quarantine, taken out again and erased.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod hub;
mod office_client;

use domain::submission::{PublicKeys, Receipt, Refusal, Verdict, Verdicts};
use hub::{HttpPage, TestServer, sealed, wire};
use office::staff::Role;
use office_client::OfficeClient;
use offline::sealing::Sealed;
use std::time::Duration;

const FLOOD: &str = "203.0.113.9";
const RESIDENT: &str = "198.51.100.7";

fn send_from(hub: &TestServer, from: &str, entries: &[Sealed]) -> HttpPage {
    let envelopes: Vec<&Vec<u8>> = entries.iter().map(|entry| &entry.envelope).collect();
    hub.ask("POST", "/api/submissions", &format!("x-forwarded-for: {from}\r\n"), &wire(&envelopes))
        .unwrap()
}

fn verdicts(page: &HttpPage) -> Vec<Verdict> {
    assert_eq!(page.status, 200, "{}", page.text());
    let (verdicts, _) = postcard::take_from_bytes::<Verdicts>(page.body()).unwrap();
    verdicts.verdicts.into_iter().map(|(_, verdict)| verdict).collect()
}

fn receipts(page: &HttpPage) -> Vec<Receipt> {
    verdicts(page)
        .into_iter()
        .filter_map(
            |verdict| if let Verdict::Received(receipt) = verdict { Some(receipt) } else { None },
        )
        .collect()
}

fn entries(keys: &PublicKeys, words: &str, numbers: std::ops::Range<u64>) -> Vec<Sealed> {
    numbers.map(|number| sealed(&format!("{words} {number}"), keys, number)).collect()
}

#[test]
fn a_flood_is_held_to_its_budget_also_after_a_restart_and_others_are_not_touched() {
    let mut hub = TestServer::start_with(
        &["--trusted-proxies", "127.0.0.1", "--budget", "inquiry=30/1"],
        |_| (),
    );
    let keys = hub.keys();
    let flood = entries(&keys, "buy now", 1..51);
    let first = send_from(&hub, FLOOD, &flood);
    let verdicts_given = verdicts(&first);
    assert_eq!(
        verdicts_given.iter().filter(|verdict| matches!(verdict, Verdict::Received(_))).count(),
        30
    );
    assert!(
        verdicts_given[30..].iter().all(|verdict| *verdict == Verdict::Later),
        "{verdicts_given:?}"
    );
    let refused = |hub: &TestServer, entries: &[Sealed]| {
        let page = send_from(hub, FLOOD, entries);
        let wait: u64 = page.header("retry-after").parse().unwrap_or(0);
        assert!(
            page.status == 429
                && (1..=3_600).contains(&wait)
                && page.text().contains("Nothing is lost"),
            "{} {}",
            page.status,
            page.text()
        );
    };
    refused(&hub, &flood[30..]);
    let again = send_from(&hub, FLOOD, &flood[..30]);
    assert_eq!(receipts(&again), receipts(&first), "who did not hear the answer is told again");
    assert_eq!(
        receipts(&send_from(&hub, RESIDENT, &entries(&keys, "which bin?", 100..101))).len(),
        1
    );
    hub.terminate();
    hub.restart();
    refused(&hub, &flood[30..]);
    assert_eq!(
        receipts(&send_from(&hub, RESIDENT, &entries(&keys, "which bin?", 101..102))).len(),
        1
    );
    assert_eq!(hub.export("inquiries", "jsonl").lines().count(), 32);
}

#[test]
fn what_is_sent_again_uses_no_budget_and_neither_does_what_is_refused() {
    let hub = TestServer::start_with(
        &["--trusted-proxies", "127.0.0.1", "--budget", "inquiry=30/1"],
        |_| (),
    );
    let keys = hub.keys();
    let (batch, spoiled) =
        (entries(&keys, "hello", 1..21), entries(&TestServer::start().keys(), "hello", 21..31));
    for _ in 0..5 {
        assert_eq!(receipts(&send_from(&hub, FLOOD, &batch)).len(), 20);
        assert!(
            verdicts(&send_from(&hub, FLOOD, &spoiled))
                .iter()
                .all(|verdict| *verdict == Verdict::Refused(Refusal::UnknownKey))
        );
    }
    assert_eq!(receipts(&send_from(&hub, FLOOD, &entries(&keys, "hello", 50..70))).len(), 10);
}

/// Further bodies under a stored id use the budget too, each time.
#[test]
fn other_bodies_under_one_id_are_held_to_the_budget_too() {
    let hub = TestServer::start_with(
        &["--trusted-proxies", "127.0.0.1", "--budget", "inquiry=30/1"],
        |_| (),
    );
    let keys = hub.keys();
    let others: Vec<Sealed> =
        (0..50).map(|turn| sealed(&format!("turn {turn}"), &keys, 1)).collect();
    let verdicts_given = verdicts(&send_from(&hub, FLOOD, &others));
    assert_eq!(
        verdicts_given.iter().filter(|verdict| **verdict == Verdict::Later).count(),
        20,
        "{verdicts_given:?}"
    );
}

/// The page of the only sender with many submissions.
fn sender_path(hub: &TestServer, client: &OfficeClient) -> String {
    let page = client.get(hub, "/office/senders").text();
    let link = page.split("href=\"/office/senders/").nth(1).unwrap_or_else(|| panic!("{page}"));
    format!("/office/senders/{}", link.split('"').next().unwrap())
}

fn hidden<'a>(page: &'a str, name: &str) -> &'a str {
    page.split(&format!("name=\"{name}\" value=\""))
        .nth(1)
        .and_then(|rest| rest.split('"').next())
        .unwrap_or_default()
}

/// Fills in the form and confirms; returns the resulting page.
fn act(hub: &TestServer, client: &OfficeClient, path: &str, act: &str, says: &str) -> String {
    let page = client.get(hub, path).text();
    let fields = [
        ("do", act),
        ("kind-inquiry", "1"),
        ("reason", "spam of <Sunday>"),
        ("until", hidden(&page, "until")),
    ];
    let shown = client.post(hub, path, &fields);
    let text = shown.text();
    assert!(
        shown.status == 200 && text.contains(says) && text.contains("spam of &#60;Sunday&#62;"),
        "{text}"
    );
    let confirmed: Vec<(&str, &str)> = fields[..3]
        .iter()
        .copied()
        .chain([("until", hidden(&text, "until")), ("confirmed", "yes")])
        .collect();
    let done = client.post(hub, path, &confirmed);
    assert_eq!(done.status, 303);
    client.get(hub, &done.header("location")).text()
}

fn until_count(hub: &TestServer, client: &OfficeClient, count: usize) {
    client.until(hub, "/office?state=any", &format!("<strong>{count}</strong>"));
}

/// Only the sender of the flood is listed, without an address; returns the path of its page.
fn check_flood_is_listed(hub: &TestServer, client: &OfficeClient) -> String {
    let list = client.get(hub, "/office/senders").text();
    assert_eq!(
        list.matches("href=\"/office/senders/20").count(),
        1,
        "who writes three times is not listed: {list}"
    );
    assert!(!list.contains(FLOOD), "{list}");
    let path = sender_path(hub, client);
    let page = client.get(hub, &path).text();
    assert!(
        page.contains("Inquiries: 40")
            && page.contains("buy now 1")
            && !page.contains("which bin?"),
        "{page}"
    );
    assert!(!page.contains(" checked"), "nothing is chosen for anybody");
    path
}

#[test]
fn what_a_flood_brought_is_put_out_of_sight_put_back_and_erased_at_once() {
    let hub = TestServer::start_with(&["--trusted-proxies", "127.0.0.1"], |_| ());
    let ann = OfficeClient::first(&hub);
    let keys = hub.keys();
    let flood = entries(&keys, "buy now", 1..41);
    send_from(&hub, FLOOD, &flood);
    send_from(&hub, RESIDENT, &entries(&keys, "which bin?", 100..103));
    until_count(&hub, &ann, 43);
    let noted = format!("/office/inquiry/{}", flood[0].head.id);
    assert_eq!(ann.write(&hub, &noted, "note", &[("text", "seen before")]), 303);

    let path = check_flood_is_listed(&hub, &ann);
    for (fields, says) in [
        (vec![("kind-inquiry", "1"), ("reason", "spam")], "Choose what to do"),
        (vec![("do", "erase"), ("reason", "spam")], "Choose which messages"),
        (vec![("do", "erase"), ("kind-inquiry", "1")], "Give a reason"),
    ] {
        let refused = ann.post(&hub, &path, &fields);
        assert!(refused.status == 422 && refused.text().contains(says), "{}", refused.text());
    }

    assert!(
        act(&hub, &ann, &path, "set-aside", "<strong>40</strong>").contains("Quarantined: 40.")
    );
    until_count(&hub, &ann, 3);
    assert_eq!(hub.export("inquiries", "jsonl").lines().count(), 3, "nor in what is taken out");
    assert_eq!(receipts(&send_from(&hub, FLOOD, &flood[..1])).len(), 1, "it stands all the same");
    assert!(act(&hub, &ann, &path, "put-back", "<strong>40</strong>").contains("Restored: 40."));
    until_count(&hub, &ann, 43);
    assert!(ann.until(&hub, &noted, "seen before").contains("buy now 1"));
    assert_eq!(
        ann.write(&hub, &noted, "note", &[("text", "and again")]),
        303,
        "it goes on where it was"
    );

    assert!(hub.office(&["hold", "add", &flood[7].head.id.to_string(), "--reason", "court"]).0);
    let done = act(&hub, &ann, &path, "erase", "<strong>40</strong>");
    assert!(done.contains("Deleted: 39.") && done.contains("on hold: 1."), "{done}");
    until_count(&hub, &ann, 4);
    assert!(
        verdicts(&send_from(&hub, FLOOD, &flood[..1]))
            .iter()
            .all(|verdict| *verdict == Verdict::Refused(Refusal::Erased)),
        "it does not come back"
    );
    let audit = ann.get(&hub, "/office/audit").text();
    for says in [
        "set aside</td>",
        "put back</td>",
        "erase many</td>",
        "entries 40;",
        "entries 39, held and kept 1;",
        "spam of &#60;Sunday&#62;",
    ] {
        assert!(audit.contains(says), "{says}: {audit}");
    }
    assert!(hub.office(&["audit", "verify"]).0);
}

#[test]
fn only_who_may_sees_senders_and_no_address_leads_to_others() {
    let hub = TestServer::start_with(&["--trusted-proxies", "127.0.0.1"], |_| ());
    let ann = OfficeClient::first(&hub);
    let (clerk, manager) =
        (ann.invited(&hub, "bo", Role::Office), ann.invited(&hub, "cy", Role::Manager));
    send_from(&hub, FLOOD, &entries(&hub.keys(), "buy now", 1..31));
    let path = sender_path(&hub, &ann);
    for of in ["/office/senders", path.as_str()] {
        assert_eq!((clerk.get(&hub, of).status, manager.get(&hub, of).status), (403, 200), "{of}");
    }
    assert_eq!(
        clerk
            .post(
                &hub,
                &path,
                &[
                    ("do", "erase"),
                    ("kind-inquiry", "1"),
                    ("reason", "x"),
                    ("until", "9999999999999"),
                    ("confirmed", "yes")
                ]
            )
            .status,
        403
    );
    for wrong in [
        "/office/senders/2026-13-01/0011223344556677",
        "/office/senders/2026-01-01/00112233",
        "/office/senders/2026-01-01/zz11223344556677",
        "/office/senders/2026-01-01/+011223344556677",
    ] {
        assert_eq!(manager.get(&hub, wrong).status, 404, "{wrong}");
    }
    let french = hub
        .get_with("/office/senders", &format!("accept-language: fr\r\n{}", manager.cookie_line()))
        .text();
    assert!(
        french.contains("Expéditeurs inhabituels") && french.contains("Demandes\u{a0}: 30"),
        "{french}"
    );
    assert_eq!(hub.export("inquiries", "jsonl").lines().count(), 30);
}

/// Daily budget of one address for inquiries (`limits/budget.rs`).
const BUDGET_BYTES: u64 = 4_000_000;
const BUDGET_ENTRIES: usize = 2_000;
/// Most additional memory during a flood, in bytes, as promised for 10,000 of them.
const FLOOD_MEMORY_MAX: usize = 20_000_000;
const LONG: usize = 3_000;
/// Submissions stored and opened beforehand, so that the caches of database and server are filled:
/// the database's have room for 16 MB and, for each of four connections, 2 MB.
const USUAL: usize = 4_000;
const BATCH: usize = 100;

#[test]
fn thousands_of_long_inquiries_from_one_address_are_held_to_the_budget_and_to_twenty_megabytes() {
    let hub = TestServer::start_with(&["--trusted-proxies", "127.0.0.1"], |_| ());
    let (ann, keys) = (OfficeClient::first(&hub), hub.keys());
    for batch in 0..(USUAL / BATCH) as u64 {
        let from = 20_000 + batch * BATCH as u64;
        let usual = entries(
            &keys,
            &"which bin is it that is for this? ".repeat(6),
            from..from + BATCH as u64,
        );
        assert_eq!(receipts(&send_from(&hub, &format!("198.51.100.{batch}"), &usual)).len(), BATCH);
    }
    until_count(&hub, &ann, USUAL);
    std::thread::sleep(Duration::from_secs(2));
    let before = hub.memory_now();
    let (mut received, mut bytes, mut later) = (0, 0, 0);
    for batch in 0..LONG / BATCH {
        let long: Vec<Sealed> = (0..BATCH)
            .map(|number| {
                sealed(&"a long complaint ".repeat(235), &keys, (batch * BATCH + number) as u64)
            })
            .collect();
        let page = send_from(&hub, FLOOD, &long);
        // A batch that is over the budget as a whole is refused by one response.
        let verdicts_given =
            if page.status == 429 { vec![Verdict::Later; BATCH] } else { verdicts(&page) };
        let is_received = |verdict: &&Verdict| matches!(verdict, Verdict::Received(_));
        received += verdicts_given.iter().filter(is_received).count();
        later += verdicts_given.iter().filter(|verdict| **verdict == Verdict::Later).count();
        bytes += long
            .iter()
            .zip(&verdicts_given)
            .filter(|(_, verdict)| is_received(verdict))
            .map(|(entry, _)| entry.envelope.len() as u64)
            .sum::<u64>();
    }
    until_count(&hub, &ann, USUAL + received);
    std::thread::sleep(Duration::from_secs(3));
    let grown = hub.memory_now().saturating_sub(before);
    println!(
        "{LONG} long inquiries: {received} received with {bytes} bytes, {later} later; {:.1} MB more than the {} MB before",
        grown as f64 / 1e6,
        before / 1_000_000
    );
    assert_eq!(received + later, LONG);
    // The budget counts sealed bytes; an envelope has a header in addition.
    assert!(
        received > 0 && received <= BUDGET_ENTRIES && bytes <= BUDGET_BYTES + 200 * received as u64,
        "{received} received with {bytes} bytes"
    );
    assert!(grown <= FLOOD_MEMORY_MAX, "{grown} bytes more after {received} of {LONG}");
    assert_eq!(
        receipts(&send_from(&hub, RESIDENT, &entries(&keys, "which bin?", 90_000..90_001))).len(),
        1,
        "others are not touched"
    );
}
