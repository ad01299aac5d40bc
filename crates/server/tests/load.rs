//! Load test with staff at work while devices come back online: fifty read, fifty send, and every
//! acknowledged submission appears in the inbox. No time is asserted; times are printed
//! (`--nocapture`) and documented in docs/scale.md.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod hub;
mod office_client;

use domain::submission::{PublicKeys, Verdict, Verdicts};
use hub::{TestServer, sealed, wire};
use office::staff::Role;
use office_client::OfficeClient;
use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

const READERS: usize = 50;
const DEVICES: usize = 50;
/// Submissions of each device, sent one by one.
const ENTRIES: usize = 30;
/// Staff who read, each with several pages open. Few, because hashing a password takes a while.
const PEOPLE: usize = 3;
/// Pauses between two pages and between two submissions (a slow link). The whole load lasts five
/// seconds.
const READING: Duration = Duration::from_millis(200);
const SENDING: Duration = Duration::from_millis(150);

/// Requests one page after the other, and measures how long each took.
fn read(
    hub: &TestServer,
    client: &OfficeClient,
    number: usize,
    known: &str,
    is_over: &AtomicBool,
) -> Vec<(&'static str, Duration)> {
    let pages = [
        ("inbox", "/office".to_string()),
        ("search", format!("/office?state=any&q=device+{number}")),
        ("inquiry", format!("/office/inquiry/{known}")),
        ("figures", "/office/figures".into()),
        ("last page", "/office?state=any&order=newest&page=9999".into()),
    ];
    let mut times = Vec::new();
    for (name, path) in pages.iter().cycle().skip(number) {
        let began = Instant::now();
        let page = client.get(hub, path);
        assert_eq!(page.status, 200, "{name}: {}", page.text());
        assert!(page.text().contains("</html>"), "{name}: it is whole");
        times.push((*name, began.elapsed()));
        if is_over.load(Ordering::Relaxed) {
            break;
        }
        std::thread::sleep(READING);
    }
    times
}

/// Sends all submissions of a device from its own address; returns the ids of those acknowledged.
fn send(
    hub: &TestServer,
    device: usize,
    entries: &[offline::sealing::Sealed],
) -> Vec<(String, Duration)> {
    let from = format!("x-forwarded-for: 10.1.0.{device}\r\n");
    let one = |entry: &offline::sealing::Sealed| {
        std::thread::sleep(SENDING);
        let began = Instant::now();
        let page = hub.ask("POST", "/api/submissions", &from, &wire(&[&entry.envelope])).unwrap();
        let verdicts: Verdicts = postcard::from_bytes(page.body())
            .unwrap_or_else(|_| panic!("{} {}", page.status, page.text()));
        assert!(
            matches!(verdicts.verdicts.as_slice(), [(_, Verdict::Received(_))]),
            "{verdicts:?}"
        );
        (entry.head.id.to_string(), began.elapsed())
    };
    entries.iter().map(one).collect()
}

/// All ids that the inbox links to, page by page.
fn shown(hub: &TestServer, client: &OfficeClient) -> BTreeSet<String> {
    let mut all = BTreeSet::new();
    for page in 1.. {
        let text = client.get(hub, &format!("/office?state=any&order=newest&page={page}")).text();
        all.extend(
            text.split("href=\"/office/inquiry/")
                .skip(1)
                .map(|rest| rest.split('"').next().unwrap().to_string()),
        );
        if !text.contains("rel=\"next\"") {
            break;
        }
    }
    all
}

fn tell(what: &str, mut times: Vec<Duration>) {
    times.sort_unstable();
    let at = |part: usize| times[(times.len() - 1) * part / 100].as_secs_f64() * 1_000.0;
    println!("{what:>10} {:>7} times, p50 {:>7.1} ms, p99 {:>7.1} ms", times.len(), at(50), at(99));
}

/// What each device sends, numbered from two.
fn entries_by_device(keys: &PublicKeys) -> Vec<Vec<offline::sealing::Sealed>> {
    let entry = |device: usize, at: usize| {
        let message = format!("Question {at} of device {device}, about the road");
        sealed(&message, keys, (device * ENTRIES + at + 2) as u64)
    };
    (0..DEVICES).map(|device| (0..ENTRIES).map(|at| entry(device, at)).collect()).collect()
}

#[test]
fn fifty_read_while_fifty_devices_send_and_nothing_is_lost() {
    let hub = TestServer::start_with(&["--trusted-proxies", "127.0.0.1"], |_| ());
    let ann = OfficeClient::first(&hub);
    let people: Vec<OfficeClient> = (0..PEOPLE)
        .map(|number| ann.invited(&hub, &format!("mona{number}"), Role::Manager))
        .collect();
    let keys = hub.keys();
    let known = sealed("the first of all", &keys, 1);
    hub.send(&[&known]);
    let known = known.head.id.to_string();
    ann.until(&hub, "/office", &known);
    let devices = entries_by_device(&keys);
    let is_over = AtomicBool::new(false);
    let (read_times, sent): (Vec<_>, Vec<_>) = std::thread::scope(|scope| {
        let reading: Vec<_> = (0..READERS)
            .map(|at| {
                scope.spawn({
                    let (hub, people, known, is_over) = (&hub, &people, &known, &is_over);
                    move || read(hub, &people[at % PEOPLE], at, known, is_over)
                })
            })
            .collect();
        let sending: Vec<_> = devices
            .iter()
            .enumerate()
            .map(|(device, entries)| {
                scope.spawn({
                    let hub = &hub;
                    move || send(hub, device, entries)
                })
            })
            .collect();
        let sent: Vec<_> = sending.into_iter().flat_map(|one| one.join().unwrap()).collect();
        is_over.store(true, Ordering::Relaxed);
        (reading.into_iter().flat_map(|one| one.join().unwrap()).collect(), sent)
    });
    let acknowledged: BTreeSet<String> =
        sent.iter().map(|(id, _)| id.clone()).chain([known]).collect();
    assert_eq!(acknowledged.len(), DEVICES * ENTRIES + 1);
    ann.until(&hub, "/office?state=any", &format!("<strong>{}</strong>", acknowledged.len()));
    assert_eq!(shown(&hub, &ann), acknowledged);
    for name in ["inbox", "search", "inquiry", "figures", "last page"] {
        tell(
            name,
            read_times.iter().filter(|(of, _)| *of == name).map(|(_, time)| *time).collect(),
        );
    }
    tell("sent", sent.into_iter().map(|(_, time)| time).collect());
}
