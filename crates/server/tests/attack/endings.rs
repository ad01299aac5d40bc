//! Attacks with ids chosen so that their reference number is the same as another person's.

use crate::hub::{TestServer, sealed, wire};
use crate::neighbour;
use crate::office_client::OfficeClient;
use crate::report::{AttackReport, AttackScale};
use crate::wire::{ATTACKER, NEIGHBOUR, address, ask};
use domain::inquiry::{ReplyTo, ValidInquiry};
use domain::status::{Status, StatusAnswer, StatusQuestion};
use domain::submission::{Content, PublicKeys, Verdict, Verdicts};
use domain::{Language, MunicipalityId};
use offline::sealing::{Address, Sealed, seal};
use std::collections::HashSet;
use std::time::{Duration, Instant};

/// The last bytes of all ids, which determine the reference number.
const ENDING: [u8; 5] = [198, 150, 3, 7, 31];
const ENTRIES: u64 = 20;
const STATUS_TIME_MAX: Duration = Duration::from_millis(50);
const NEIGHBOUR_TIME_MAX: Duration = Duration::from_secs(1);

/// A sealed inquiry whose id has the given ending.
fn sealed_ending(message: &str, keys: &PublicKeys, number: u64) -> Sealed {
    let said = ValidInquiry {
        service: None,
        hub: None,
        message: message.into(),
        name: None,
        reply_to: ReplyTo::Nobody,
        language: Language::English,
        notice_version: 1,
    };
    let place = Address {
        municipality: MunicipalityId::parse("pine-harbour").unwrap(),
        catalogue_version: 7,
        now_ms: keys.now_ms + number,
        order: number,
    };
    let mut is_id = true;
    seal(Content::Inquiry(said), &place, keys, &mut |bytes: &mut [u8]| {
        getrandom::fill(bytes).unwrap();
        if std::mem::take(&mut is_id) {
            bytes[5..].copy_from_slice(&ENDING);
        }
    })
    .unwrap()
}

/// What the holder of a receipt reads: whether the inquiry exists, its replies, and the time taken.
fn status_of(
    hub: &TestServer,
    from: std::net::Ipv4Addr,
    question: StatusQuestion,
) -> (bool, Vec<String>, Duration) {
    let answer =
        ask(from, hub, "POST", "/api/status", "", &postcard::to_allocvec(&question).unwrap());
    let Ok((status, rest)) = postcard::take_from_bytes::<Option<Status>>(answer.body()) else {
        return (false, Vec::new(), answer.took);
    };
    let replies = postcard::take_from_bytes::<Vec<StatusAnswer>>(rest)
        .map(|(replies, _)| replies)
        .unwrap_or_default();
    (status.is_some(), replies.into_iter().map(|reply| reply.text).collect(), answer.took)
}

fn question_of(entry: &Sealed) -> StatusQuestion {
    StatusQuestion { reference: entry.head.reference(), secret: entry.head.secret }
}

fn page_of(entry: &Sealed) -> String {
    format!("/office/inquiry/{}", entry.head.id)
}

/// The submissions of a list whose page shows another one's content: each message is a unique word.
fn not_their_own(
    hub: &TestServer,
    ann: &OfficeClient,
    entries: &[(&Sealed, String)],
) -> Vec<String> {
    let is_own = |entry: &Sealed, word: &str| {
        let page = ann.get(hub, &page_of(entry));
        let said = page.text().split("name=\"csrf\"").next().unwrap_or_default().to_string()
            + &page.text();
        page.status == 200 && said.contains(word)
    };
    entries
        .iter()
        .filter(|(entry, word)| !is_own(entry, word))
        .map(|(_, word)| word.clone())
        .collect()
}

/// Twenty submissions with one ending: each has its own page, status and reply, also after a
/// restart and an erasure.
pub(crate) fn twenty(report: &mut AttackReport, _: AttackScale) {
    let mut hub = TestServer::start();
    let ann = OfficeClient::first(&hub);
    let keys = hub.keys();
    let all: Vec<(Sealed, String)> = (0..ENTRIES)
        .map(|number| {
            (sealed_ending(&format!("word{number}x"), &keys, number), format!("word{number}x"))
        })
        .collect();
    let verdicts = hub.send(&all.iter().map(|(entry, _)| entry).collect::<Vec<_>>()).verdicts;
    let received: Vec<(&Sealed, String)> = all
        .iter()
        .zip(&verdicts)
        .filter(|(_, (_, verdict))| matches!(verdict, Verdict::Received(_)))
        .map(|((entry, word), _)| (entry, word.clone()))
        .collect();
    report.check(
        "20 entries with one ending",
        "three or more are received, none without a word",
        format!("{} of {}", received.len(), verdicts.len()),
        received.len() >= 3 && verdicts.len() == all.len(),
    );
    ann.until(&hub, "/office?state=any&order=newest", &received.last().unwrap().1);
    found_by_reference(report, &hub, &ann, &received);
    let strange = not_their_own(&hub, &ann, &received);
    report.check(
        "the page of each, by its whole id",
        "shows its own words",
        format!("{} of {} do not: {strange:?}", strange.len(), received.len()),
        strange.is_empty(),
    );
    statuses_stay(report, &hub, &received);
    reply_stays(report, &hub, &ann, &received);
    hub.stop();
    hub.restart();
    ann.until(&hub, "/office?state=any&order=newest", &received.last().unwrap().1);
    let strange = not_their_own(&hub, &ann, &received);
    report.check(
        "their pages after a restart",
        "show their own words",
        format!("{} do not", strange.len()),
        strange.is_empty(),
    );
    erased_alone(report, &hub, &ann, &received);
}

/// All of them are listed under the reference that they share.
fn found_by_reference(
    report: &mut AttackReport,
    hub: &TestServer,
    ann: &OfficeClient,
    received: &[(&Sealed, String)],
) {
    let reference = received[0].0.head.reference().to_string();
    let found = ann.get(hub, &format!("/office?state=any&q={reference}")).text();
    let missing = received.iter().filter(|(_, word)| !found.contains(word.as_str())).count();
    report.check(
        "looking for their reference",
        "shows all that match",
        format!("{missing} of {} are not shown", received.len()),
        missing == 0,
    );
}

/// Each has a status that its own secret opens.
fn statuses_stay(report: &mut AttackReport, hub: &TestServer, received: &[(&Sealed, String)]) {
    let unknown = received
        .iter()
        .filter(|(entry, _)| !status_of(hub, ATTACKER, question_of(entry)).0)
        .count();
    report.check(
        "the status of each, by its own secret",
        "each is there",
        format!("{unknown} of {} are not", received.len()),
        unknown == 0,
    );
}

/// Erasing one of them leaves the others.
fn erased_alone(
    report: &mut AttackReport,
    hub: &TestServer,
    ann: &OfficeClient,
    received: &[(&Sealed, String)],
) {
    let (is_erased, said) =
        hub.office(&["erase", &received[0].0.head.id.to_string(), "--reason", "request 1"]);
    std::thread::sleep(Duration::from_secs(2));
    let (strange, gone) =
        (not_their_own(hub, ann, &received[1..]), ann.get(hub, &page_of(received[0].0)).status);
    let holds = is_erased && strange.is_empty() && gone == 404;
    report.check(
        "their pages after one was erased",
        "that one is gone, the rest show their own words",
        if is_erased { format!("{gone}; {} do not", strange.len()) } else { said },
        holds,
    );
}

/// Nobody else can read a reply to one of them.
fn reply_stays(
    report: &mut AttackReport,
    hub: &TestServer,
    ann: &OfficeClient,
    received: &[(&Sealed, String)],
) {
    let (mine, _) = received[1];
    let status = ann.write(
        hub,
        &page_of(mine),
        "reply",
        &[("do", "send"), ("way", "status"), ("text", "Only for the second.")],
    );
    let others = received.iter().filter(|(entry, _)| entry.head.id != mine.head.id);
    let leaked = others
        .filter(|(entry, _)| !status_of(hub, NEIGHBOUR, question_of(entry)).1.is_empty())
        .count();
    let own = status_of(hub, NEIGHBOUR, question_of(mine)).1;
    report.check(
        "a reply to the second of them",
        "stands on its own status alone",
        format!("form {status}, its own: {own:?}, on others: {leaked}"),
        status == 303 && own == ["Only for the second."] && leaked == 0,
    );
}

/// Thousands with one ending: queries with a wrong tracking code stay fast.
pub(crate) fn many(report: &mut AttackReport, size: AttackScale) {
    let hub = TestServer::start();
    let (keys, count) = (hub.keys(), size.of(1_000_usize, 20_000));
    let received = sent_with_one_ending(&hub, &keys, count);
    report.check(
        &format!("{count} entries with one ending, from {} addresses", count / 200),
        "the ending is bounded",
        format!("{received} are received"),
        received < count / 10,
    );
    let reference = sealed_ending("x", &keys, 1).head.reference();
    let wrong = |number: u8| StatusQuestion { reference, secret: [number; 16] };
    let mut times: Vec<Duration> =
        (0..15).map(|number| status_of(&hub, ATTACKER, wrong(number)).2).collect();
    times.sort_unstable();
    report.check(
        "a wrong secret for that reference",
        "answered within 50 ms, the middle of 15",
        format!("{} ms", times[7].as_millis()),
        times[7] < STATUS_TIME_MAX,
    );
    let entries = neighbour::entries(&hub);
    let until = Instant::now() + Duration::from_secs(3);
    let seen = std::thread::scope(|scope| {
        for asker in 0..24 {
            let hub = &hub;
            scope.spawn(move || {
                while Instant::now() < until {
                    status_of(hub, address(3_000 + asker), wrong(99));
                    std::thread::sleep(Duration::from_millis(20));
                }
            });
        }
        neighbour::looks(&hub, &entries)
    });
    report.check(
        "24 who ask for it at once",
        "a neighbour is served within a second",
        &seen,
        seen.is_within(NEIGHBOUR_TIME_MAX),
    );
}

/// Sends this many submissions with one ending, in batches from different addresses; returns how
/// many are received.
fn sent_with_one_ending(hub: &TestServer, keys: &PublicKeys, count: usize) -> usize {
    let half = |half: usize| {
        (half..count)
            .step_by(2)
            .map(|number| sealed_ending("many of one", keys, number as u64).envelope)
            .collect::<Vec<_>>()
    };
    let (mut all, other) = std::thread::scope(|scope| {
        let other = scope.spawn(|| half(1));
        (half(0), other.join().unwrap())
    });
    all.extend(other);
    let mut received = 0;
    for (batch, envelopes) in all.chunks(200).enumerate() {
        let answer = ask(
            address(2_000 + batch),
            hub,
            "POST",
            "/api/submissions",
            "",
            &wire(&envelopes.iter().collect::<Vec<_>>()),
        );
        let verdicts = postcard::from_bytes::<Verdicts>(answer.body())
            .map(|verdicts| verdicts.verdicts)
            .unwrap_or_default();
        received +=
            verdicts.iter().filter(|(_, verdict)| matches!(verdict, Verdict::Received(_))).count();
    }
    received
}

/// A second body under a stored id.
pub(crate) fn same_id(report: &mut AttackReport, _: AttackScale) {
    let hub = TestServer::start();
    let ann = OfficeClient::first(&hub);
    let keys = hub.keys();
    let (first, second) = (sealed("the first words", &keys, 1), sealed("other words", &keys, 1));
    hub.send(&[&first]);
    let verdicts = hub.send(&[&second, &second, &first]).verdicts;
    let kinds: Vec<bool> =
        verdicts.iter().map(|(_, verdict)| matches!(verdict, Verdict::Received(_))).collect();
    report.check(
        "another body under an id, twice, then the first again",
        "refused, refused, received",
        format!("{kinds:?}"),
        kinds == [false, false, true],
    );
    let page = ann.until(&hub, "/office?state=any", "the first words");
    report.check("the office", "shows the first alone", "read", !page.contains("other words"));
    let (own, other) = (
        status_of(&hub, ATTACKER, question_of(&first)).0,
        status_of(&hub, ATTACKER, question_of(&second)).0,
    );
    report.check(
        "the status by either secret",
        "the first alone",
        format!("{own}, {other}"),
        own && !other,
    );
    let mut ids = HashSet::new();
    let batch: Vec<Sealed> =
        (0..50).map(|number| sealed("one batch", &keys, number / 25 + 10)).collect();
    let verdicts = hub.send(&batch.iter().collect::<Vec<_>>()).verdicts;
    let received = verdicts
        .iter()
        .filter(|(id, verdict)| matches!(verdict, Verdict::Received(_)) && ids.insert(*id))
        .count();
    let doubled =
        verdicts.iter().filter(|(_, verdict)| matches!(verdict, Verdict::Received(_))).count()
            - received;
    report.check(
        "50 bodies under two ids in one batch",
        "two are received",
        format!("{received}, and {doubled} more under the same ids"),
        received == 2 && doubled == 0,
    );
}
