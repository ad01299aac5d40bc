//! Tests the real program on its own port with its own folder.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod abuse;
mod headers;
mod hub;
mod keys;
mod kills;
mod receipts;

use domain::collector::{CollectorCode, Step, Tally, Way};
use domain::submission::*;
use hub::{HttpReply, TestServer, plain_csv, sealed, sealed_about, sealed_content, wire};
use std::time::Duration;

fn receipt(verdicts: &Verdicts) -> Receipt {
    match &verdicts.verdicts[0].1 {
        Verdict::Received(receipt) => receipt.clone(),
        other => panic!("not received: {other:?}"),
    }
}

#[test]
fn what_is_sent_is_received_signed_for_and_printed() {
    let hub = TestServer::start();
    let keys = hub.keys();
    let entry = sealed("When is garbage day? =1+1", &keys, 1);
    let verdicts = hub.send(&[&entry]);
    let receipt = receipt(&verdicts);
    assert!(offline::receipt::is_believable(
        &receipt,
        entry.head.id,
        entry.head.body,
        &keys.signing
    ));
    let (jsonl, csv) =
        (hub.export("inquiries", "jsonl"), plain_csv(&hub.export("inquiries", "csv")));
    assert!(
        jsonl.contains("When is garbage day? =1+1")
            && jsonl.contains(&entry.head.reference().to_string()),
        "{jsonl}"
    );
    assert!(csv.starts_with("id,reference,received_at") && csv.contains("\r\n"), "{csv}");
    assert_eq!(hub.export("feedback", "jsonl"), "");
}

#[test]
fn what_was_counted_at_a_collector_is_printed_as_sums_by_step() {
    let hub = TestServer::start();
    let [poster, tablet] = [
        CollectorCode::new(Way::Poster, 1, [7; 16]),
        CollectorCode::new(Way::StaffAssisted, 5, [7; 16]),
    ];
    let counted = [
        (&poster, Step::Opened),
        (&tablet, Step::Refused),
        (&poster, Step::Started),
        (&tablet, Step::Invited),
        (&poster, Step::Opened),
    ];
    let tally = |(collector, step): (&CollectorCode, Step)| {
        Content::Tally(Tally { collector: collector.clone(), step })
    };
    let entries: Vec<_> = counted
        .into_iter()
        .zip(1..)
        .map(|(counted, number)| sealed_content(tally(counted), &hub.keys(), number))
        .collect();
    hub.send(&entries.iter().collect::<Vec<_>>());
    let csv = plain_csv(&hub.export("tallies", "csv"));
    let rows = [
        format!("{poster},poster,opened,2"),
        format!("{poster},poster,started,1"),
        format!("{tablet},staff-assisted,invited,1"),
        format!("{tablet},staff-assisted,refused,1"),
    ];
    assert_eq!(
        csv.lines().collect::<Vec<_>>(),
        ["collector,way,step,count"]
            .into_iter()
            .chain(rows.iter().map(String::as_str))
            .collect::<Vec<_>>()
    );
}

#[test]
fn a_spreadsheet_computes_nothing() {
    let hub = TestServer::start();
    hub.send(&[&sealed("=cmd|' /C calc'!A0", &hub.keys(), 1)]);
    assert!(plain_csv(&hub.export("inquiries", "csv")).contains(",'=cmd|' /C calc'!A0"));
}

#[test]
fn fault_23_a_retry_gets_the_same_receipt_and_one_row() {
    let hub = TestServer::start();
    let entry = sealed("Hello", &hub.keys(), 1);
    let first = receipt(&hub.send(&[&entry]));
    std::thread::sleep(Duration::from_millis(20));
    assert_eq!(receipt(&hub.send(&[&entry])), first, "byte for byte, with its first time");
    assert_eq!(hub.export("inquiries", "jsonl").lines().count(), 1);
}

#[test]
fn fault_32_what_names_a_service_that_was_withdrawn_meanwhile_is_received_and_flagged() {
    let hub = TestServer::start();
    let about = |id: &str| Some(domain::ServiceId::parse(id).unwrap());
    let late = sealed_about(about("lamplighting"), "Who lights the lamps?", &hub.keys(), 1);
    let in_time = sealed_about(about("dog-tag"), "Does my dog need one?", &hub.keys(), 2);
    assert_eq!(
        hub.send(&[&late, &in_time])
            .verdicts
            .iter()
            .filter(|(_, verdict)| matches!(verdict, Verdict::Received(_)))
            .count(),
        2
    );
    let rows: Vec<serde_json::Value> = hub
        .export("inquiries", "jsonl")
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let flags: Vec<_> = rows.iter().map(|row| row["withdrawn"].clone()).collect();
    assert_eq!(flags, [serde_json::json!(["service lamplighting"]), serde_json::json!([])]);
    let csv = plain_csv(&hub.export("inquiries", "csv"));
    assert!(
        csv.lines().next().unwrap().contains(",withdrawn,")
            && csv.contains(",service lamplighting,"),
        "{csv}"
    );
}

#[test]
fn fault_24_the_same_entry_five_times_in_parallel_is_one_row() {
    let hub = TestServer::start();
    let entry = sealed("Hello", &hub.keys(), 1);
    let receipts: Vec<Receipt> = std::thread::scope(|scope| {
        let sending: Vec<_> =
            (0..5).map(|_| scope.spawn(|| receipt(&hub.send(&[&entry])))).collect();
        sending.into_iter().map(|one| one.join().unwrap()).collect()
    });
    assert!(receipts.iter().all(|receipt| *receipt == receipts[0]));
    assert_eq!(hub.export("inquiries", "jsonl").lines().count(), 1);
}

#[test]
fn fault_50_a_second_body_under_an_id_is_set_aside_and_nothing_is_shown() {
    let hub = TestServer::start();
    let keys = hub.keys();
    let (first, second) = (sealed("the first words", &keys, 1), sealed("other words", &keys, 1));
    assert_eq!(first.head.id, second.head.id);
    assert_ne!(first.head.body, second.head.body);
    hub.send(&[&first]);
    let HttpReply { status, body } = hub.post(&wire(&[&second.envelope]));
    let verdicts: Verdicts = postcard::from_bytes(&body).unwrap();
    assert_eq!(
        (status, &verdicts.verdicts[0].1),
        (200, &Verdict::Refused(Refusal::OtherContentUnderThisId))
    );
    assert!(!String::from_utf8_lossy(&body).contains("words"));
    let printed = hub.export("inquiries", "jsonl");
    assert!(printed.contains("the first words") && !printed.contains("other words"));
}

#[test]
fn fault_30_each_refusal_names_its_reason_and_the_rest_of_the_batch_stands() {
    let hub = TestServer::start();
    let keys = hub.keys();
    let good = sealed("good", &keys, 1);
    let changed = |seed, change: &dyn Fn(&mut Envelope)| {
        let mut envelope: Envelope =
            postcard::from_bytes(&sealed("bad", &keys, seed).envelope).unwrap();
        change(&mut envelope);
        postcard::to_allocvec(&envelope).unwrap()
    };
    let bad = [
        (changed(2, &|envelope| envelope.header.format = 9), Refusal::NewerFormat),
        (changed(3, &|envelope| envelope.header.suite = 9), Refusal::NewerFormat),
        (
            changed(4, &|envelope| {
                envelope.header.municipality = domain::MunicipalityId::parse("elsewhere").unwrap()
            }),
            Refusal::OtherMunicipality,
        ),
        (changed(5, &|envelope| envelope.header.key.0[0] ^= 1), Refusal::UnknownKey),
        (changed(6, &|envelope| envelope.sealed[40] ^= 1), Refusal::DoesNotOpen),
        (changed(7, &|envelope| envelope.header.kind = Kind::Feedback), Refusal::DoesNotOpen),
        (
            changed(8, &|envelope| envelope.sealed.resize(SEALED_BYTES_MAX + 1, 0)),
            Refusal::TooLarge,
        ),
        (sealed(" ", &keys, 9).envelope, Refusal::NotValid),
    ];
    let mut envelopes: Vec<&Vec<u8>> = bad.iter().map(|(envelope, _)| envelope).collect();
    envelopes.push(&good.envelope);
    let verdicts: Verdicts = postcard::from_bytes(&hub.post(&wire(&envelopes)).body).unwrap();
    for ((_, refusal), (_, verdict)) in bad.iter().zip(&verdicts.verdicts) {
        assert_eq!(*verdict, Verdict::Refused(*refusal));
    }
    assert!(matches!(verdicts.verdicts.last().unwrap().1, Verdict::Received(_)));
    assert_eq!(hub.export("inquiries", "jsonl").lines().count(), 1);
}

#[test]
fn fault_51_nonsense_of_every_kind_is_refused_and_the_server_goes_on() {
    let hub = TestServer::start();
    let whole = wire(&[&sealed("Hello", &hub.keys(), 1).envelope]);
    let mut random = 1_u64;
    let mut next = || {
        random =
            random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (random >> 33) as usize
    };
    assert_eq!(hub.post(&vec![0; REQUEST_BYTES_MAX + 1]).status, 413);
    // As many as one address may send in a burst.
    for round in 0..220 {
        let bytes = match round % 4 {
            0 => (0..next() % 2_000).map(|_| next() as u8).collect(),
            1 => whole[..next() % whole.len()].to_vec(),
            2 => {
                let mut flipped = whole.clone();
                let at = next() % flipped.len();
                flipped[at] ^= 1 << (next() % 8);
                flipped
            }
            // A batch with a length prefix far beyond its contents.
            _ => vec![0xff; 1 + next() % 12],
        };
        let HttpReply { status, body } = hub.post(&bytes);
        let refused = postcard::from_bytes::<Verdicts>(&body).is_ok_and(|verdicts| {
            verdicts.verdicts.iter().all(|(_, verdict)| matches!(verdict, Verdict::Refused(_)))
        });
        assert!(matches!(status, 400 | 413) || (status == 200 && refused), "{status}");
    }
    assert_eq!(hub.get("/health").status, 200);
    assert_eq!(hub.export("inquiries", "jsonl"), "");
}

#[test]
fn fault_29_over_the_limit_is_later_and_nothing_is_lost() {
    let hub = TestServer::start();
    let keys = hub.keys();
    let entry = sealed("Hello", &keys, 1);
    let replies: Vec<u16> = (0..400).map(|_| hub.post(&wire(&[])).status).collect();
    assert!(replies.contains(&429), "the limit is there");
    let refused = hub.post(&wire(&[&entry.envelope]));
    assert_eq!(refused.status, 429);
    assert!(String::from_utf8_lossy(&refused.body).contains("Nothing is lost"));
    assert_eq!(hub.get("/health").status, 200, "others are served");
}

#[test]
fn fault_49_a_full_disk_acknowledges_nothing_answers_503_and_raises_an_alarm() {
    // The empty tables alone take half of it.
    let hub = TestServer::start_with_room_for(768);
    let keys = hub.keys();
    let entries: Vec<_> =
        (0..200).map(|number| sealed(&"x".repeat(3_000), &keys, number)).collect();
    let taken = entries
        .iter()
        .take_while(|entry| hub.post(&wire(&[&entry.envelope])).status == 200)
        .count();
    assert!((10..200).contains(&taken), "{taken}");
    let refused = hub.post(&wire(&[&entries[taken].envelope]));
    assert_eq!((refused.status, postcard::from_bytes::<Verdicts>(&refused.body).ok()), (503, None));
    assert!(
        hub.log().contains("\"level\":\"ERROR\"")
            && hub.log().contains("nothing of a batch was kept"),
        "{}",
        hub.log()
    );
    assert_eq!(hub.export("inquiries", "jsonl").lines().count(), taken);
    hub.make_room();
    let health = hub.get("/ready");
    assert_eq!(health.status, 200, "{}", health.text());
    receipt(&hub.send(&[&entries[taken]]));
    assert_eq!(hub.export("inquiries", "jsonl").lines().count(), taken + 1);
}

#[test]
fn the_site_is_served_packed_with_strict_headers_and_every_address_of_the_app_leads_to_its_page() {
    let hub = TestServer::start();
    let page = hub.get("/services/dog-licence");
    assert_eq!((page.status, page.header("cache-control").as_str()), (200, "no-cache"));
    assert!(page.text().contains("english page"));
    assert!(hub.get("/fr/services/x").text().contains("page en"));
    let policy = page.header("content-security-policy");
    assert!(policy.contains("default-src 'none'") && !policy.contains("unsafe-inline"));
    for (name, value) in [
        ("cross-origin-opener-policy", "same-origin"),
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "no-referrer"),
    ] {
        assert_eq!(page.header(name), value);
    }
    let wasm = hub.get_with("/app-0123456789abcdef_bg.wasm", "accept-encoding: gzip, br\r\n");
    assert_eq!(
        (wasm.header("content-encoding").as_str(), wasm.header("content-type").as_str()),
        ("br", "application/wasm")
    );
    assert!(wasm.header("cache-control").contains("immutable"));
    let tag = page.header("etag");
    assert_eq!(hub.get_with("/", &format!("if-none-match: {tag}\r\n")).status, 304);
    for address in ["/nothing.js", "/../keys/x.key", "/%2e%2e/hub.sqlite", "/.git/config.x"] {
        assert_eq!(hub.get(address).status, 404, "{address}");
    }
    assert_eq!(hub.get("/api/ping").text().trim(), "community-hub");
    assert_eq!(hub.get("/api/nothing").status, 404);
}

#[test]
fn logs_hold_nothing_of_a_person() {
    let hub = TestServer::start();
    hub.send(&[&sealed("my secret words", &hub.keys(), 1)]);
    hub.get("/search?q=divorce+papers");
    let log = hub.log();
    assert!(
        log.contains("\"class\":\"submissions\"") && log.contains("\"class\":\"page\""),
        "{log}"
    );
    for private in ["secret", "divorce", "127.0.0.1", "/search"] {
        assert!(!log.contains(private), "{private}\n{log}");
    }
}

#[test]
fn it_says_what_is_wrong_and_what_to_do() {
    let hub = TestServer::start();
    let second =
        hub.command(&["serve", "--site", &hub.site(), "--data-dir", &hub.data(), "--port", "0"]);
    assert!(
        !second.0 && second.1.contains("is in use by a server") && second.1.contains("--data-dir"),
        "{}",
        second.1
    );
    let port = hub.command(&[
        "serve",
        "--site",
        &hub.site(),
        "--data-dir",
        "/tmp/x",
        "--port",
        &hub.port().to_string(),
    ]);
    assert!(!port.0 && port.1.contains("--port"), "{}", port.1);
    let (_, said) = hub.command(&["serve", "--sight", "x"]);
    assert!(said.contains("--sight") && said.contains("--help"), "{said}");
    let (_, said) = hub.command(&["export", "inquiries", "--reason", "a test", "--format", "pdf"]);
    assert!(said.contains("pdf") && said.contains("jsonl, csv"), "{said}");
    let (_, said) = hub.command(&["serve", "--site", "/nowhere"]);
    assert!(said.contains("cargo xtask build"), "{said}");
}

#[test]
fn lost_keys_stop_the_start_and_nothing_is_made_in_their_place() {
    let mut hub = TestServer::start();
    hub.send(&[&sealed("Hello", &hub.keys(), 1)]);
    hub.stop();
    std::fs::remove_dir_all(format!("{}/keys", hub.data())).unwrap();
    let (is_fine, said) =
        hub.command(&["serve", "--site", &hub.site(), "--data-dir", &hub.data(), "--port", "0"]);
    assert!(!is_fine && said.contains("Put the keys back from your backup"), "{said}");
}

#[test]
fn it_stops_cleanly_when_told_to() {
    let mut hub = TestServer::start();
    hub.send(&[&sealed("Hello", &hub.keys(), 1)]);
    assert_eq!(hub.terminate(), Some(0));
}

#[test]
fn a_source_leads_to_its_page_and_nowhere_else() {
    let hub = TestServer::start();
    let known = hub.get("/api/sources/services/dog-licence");
    assert_eq!(
        (known.status, known.header("location").as_str()),
        (303, "https://www.example.org/dogs?a=1")
    );
    for record in ["services/none", "https://evil.example", "//evil.example", ""] {
        assert_eq!(hub.get(&format!("/api/sources/{record}")).status, 404, "{record}");
    }
}
