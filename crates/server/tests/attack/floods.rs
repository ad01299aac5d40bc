//! Floods from one address: excess requests are refused with `Retry-After`, and nobody else is
//! affected.

use crate::hub::{TestServer, sealed, wire};
use crate::neighbour;
use crate::report::{AttackReport, AttackScale};
use crate::wire::{ATTACKER, address, ask};
use domain::status::StatusQuestion;
use domain::submission::{Verdict, Verdicts};
use std::time::Duration;

const NEIGHBOUR_TIME_MAX: Duration = Duration::from_secs(1);
/// As many requests as one address may send in a burst, and some for the share that is regained
/// meanwhile.
const REQUESTS_MAX: usize = 280;
const FLOOD_BYTES_MAX: usize = 20 << 20;
/// The longest allowed message.
const MESSAGE_CHARS: usize = 4_000;
const BATCH: usize = 100;

/// A flood of long inquiries.
pub(crate) fn entries(report: &mut AttackReport, size: AttackScale) {
    let hub = TestServer::start();
    let (keys, count) = (hub.keys(), size.of(3_000_usize, 10_000));
    let mine = neighbour::entries(&hub);
    warm(&hub);
    let before = hub.memory_now();
    let (mut kept, mut refused, mut retry) = (0, 0, String::new());
    let envelopes = |batch: usize| {
        let message = |number: usize| format!("{number} {}", "word ".repeat(MESSAGE_CHARS / 5 - 2));
        (batch * BATCH..(batch + 1) * BATCH)
            .map(|number| sealed(&message(number), &keys, 100 + number as u64).envelope)
            .collect::<Vec<_>>()
    };
    for batch in 0..count / BATCH {
        let envelopes = envelopes(batch);
        let answer = ask(
            ATTACKER,
            &hub,
            "POST",
            "/api/submissions",
            "",
            &wire(&envelopes.iter().collect::<Vec<_>>()),
        );
        let verdicts = postcard::from_bytes::<Verdicts>(answer.body())
            .map(|verdicts| verdicts.verdicts)
            .unwrap_or_default();
        kept +=
            verdicts.iter().filter(|(_, verdict)| matches!(verdict, Verdict::Received(_))).count();
        refused += usize::from(answer.status() == 429);
        if answer.status() == 429 {
            retry = answer.header("retry-after");
        }
    }
    let seen = neighbour::looks(&hub, &mine);
    // Received submissions are processed by the staff pages' cache within a second.
    std::thread::sleep(Duration::from_secs(2));
    let grown = hub.memory_now().saturating_sub(before);
    let said = format!("{kept} are received, {refused} batches told later, Retry-After “{retry}”");
    report.check(
        &format!("{count} long inquiries from one address"),
        "fewer are received, the rest told later",
        said,
        kept < count && refused > 0 && !retry.is_empty(),
    );
    report.check(
        "others meanwhile",
        "are served within a second",
        &seen,
        seen.is_within(NEIGHBOUR_TIME_MAX),
    );
    report.check(
        "the server's memory after it",
        "less than 20 MB more",
        format!("{} MB more", grown >> 20),
        grown < FLOOD_BYTES_MAX,
    );
}

/// Fills caches and starts threads before the flood, with usual inquiries from many addresses.
fn warm(hub: &TestServer) {
    let keys = hub.keys();
    for batch in 0..20 {
        let envelopes: Vec<_> = (0..10)
            .map(|number| sealed("When is it open?", &keys, 50_000 + batch * 10 + number).envelope)
            .collect();
        ask(
            address(4_500 + batch as usize),
            hub,
            "POST",
            "/api/submissions",
            "",
            &wire(&envelopes.iter().collect::<Vec<_>>()),
        );
    }
    std::thread::sleep(Duration::from_secs(2));
}

/// A flood of requests of each kind that has a share.
pub(crate) fn requests(report: &mut AttackReport, size: AttackScale) {
    let hub = TestServer::start();
    let mine = neighbour::entries(&hub);
    let entry = sealed("x", &hub.keys(), 1);
    let question = postcard::to_allocvec(&StatusQuestion {
        reference: entry.head.reference(),
        secret: [7; 16],
    })
    .unwrap();
    let kinds: [(&str, Vec<u8>); 4] = [
        ("/api/submissions", wire(&[])),
        ("/api/status", question),
        ("/api/tablets", b"\x0c0123456789AB".to_vec()),
        ("/api/seen", vec![0; 40]),
    ];
    let count = size.of(500, 3_000);
    for (number, (path, body)) in kinds.iter().enumerate() {
        let passed = (0..count)
            .filter(|_| ask(address(4_000 + number), &hub, "POST", path, "", body).status() != 429)
            .count();
        report.check(
            &format!("{count} requests for {path} from one address"),
            "280 at most pass",
            format!("{passed} passed"),
            passed <= REQUESTS_MAX + size.of(0, 60),
        );
    }
    let seen = neighbour::looks(&hub, &mine);
    report.check(
        "others after it",
        "are served within a second",
        &seen,
        seen.is_within(NEIGHBOUR_TIME_MAX),
    );
}
