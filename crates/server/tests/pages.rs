//! Tests pages that the server writes for a request, with the real program: searches, opening
//! states, trips, and the pages of an edition that is newer than the site. No test runs a script.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod hub;
mod office_client;

use domain::edition::Edition;
use domain::hours::Date;
use hub::{HttpPage, TestServer};
use office::staff::Role;
use office_client::OfficeClient;
use publish::{Publication, publish};
use std::path::Path;
use std::time::{Duration, Instant};

/// The page at an address, once it is written: a process that has just begun may need longer than a
/// request waits, on a busy machine.
fn written(hub: &TestServer, path: &str) -> HttpPage {
    let began = Instant::now();
    loop {
        let page = hub.get(path);
        if page.text().contains("<main class=\"main\"") {
            return page;
        }
        assert!(began.elapsed() < Duration::from_secs(60), "{path}: {}", page.text());
        std::thread::sleep(Duration::from_millis(100));
    }
}

fn has_shell(page: &HttpPage) -> bool {
    page.status == 200 && page.text().contains("english page")
}

fn edition(hub: &TestServer) -> Edition {
    postcard::from_bytes(hub.get("/api/catalogue").body()).unwrap()
}

fn until_newer(hub: &TestServer, number: u32) -> Edition {
    for _ in 0..200 {
        let edition = edition(hub);
        if edition.number > number {
            return edition;
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    panic!("no newer edition: {}", hub.log());
}

/// Publishes an edition of Pine Harbour with an urgent notice.
fn publish_alert(hub: &TestServer, words: &str) -> u32 {
    let dir = tempfile::tempdir().unwrap();
    let from =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/municipalities/pine-harbour");
    let town = dir.path().join("town");
    std::process::Command::new("cp").arg("-r").arg(from).arg(&town).status().unwrap();
    let alert = format!(
        "[[alert]]\ntext.en = \"{words}\"\nfrom = \"2026-11-25 08:00\"\n\
         until = \"2036-11-25 08:00\"\n"
    );
    std::fs::write(town.join("alerts.toml"), alert).unwrap();
    let (to, on) = (Path::new(&hub.data()).join("catalogue"), Date::parse("2026-11-25").unwrap());
    match publish(&town, &to, on).unwrap() {
        Publication::Made { number, .. } => number,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_search_is_answered_by_a_plain_form_and_the_same_ranking() {
    let hub = TestServer::start_with_pages();
    let page = written(&hub, "/search?q=what+does+a+boat+permit+cost");
    let text = page.text();
    assert_eq!(page.header("content-type"), "text/html; charset=utf-8");
    assert_eq!(page.header("cache-control"), "no-store", "nobody stores what a person asked");
    assert!(text.contains("role=\"search\" action=\"/search\""), "{text}");
    assert!(text.contains("value=\"what does a boat permit cost\""), "{text}");
    let (answer, results) = text.split_once("class=\"results-count\"").unwrap();
    assert!(answer.contains("class=\"panel answer\"") && answer.contains("$40"), "{answer}");
    let first = results.split("href=\"").nth(1).unwrap();
    assert!(first.starts_with("/services/boat-permit\""), "{first}");
    assert!(text.contains("<meta name=\"robots\" content=\"noindex\">"), "{text}");
    assert!(!text.contains("{hub-"), "everything is filled in: {text}");
    // However it was typed.
    assert!(written(&hub, "/Search/?Q=dog").text().contains("/services/dog-tag"));
    let nothing = written(&hub, "/search?q=zzzz").text();
    assert!(nothing.contains("href=\"/ask\"") && nothing.contains("tel:"), "{nothing}");
    assert!(written(&hub, "/search").text().contains("id=\"q\""), "without a question too");
    let packed = hub.get_with("/search?q=dog", "accept-encoding: br\r\n");
    assert_eq!(packed.header("content-encoding"), "br");
    assert!(packed.body().len() < hub.get("/search?q=dog").body().len() / 2);
}

#[test]
fn a_hostile_question_is_only_text_and_what_is_too_long_gets_the_app() {
    let hub = TestServer::start_with_pages();
    let page = written(&hub, "/search?q=%3Cscript%3Ealert(1)%3C/script%3E%22onfocus=%27x");
    let text = page.text();
    assert!(!text.contains("<script>alert"), "{text}");
    assert!(
        text.contains("value=\"&lt;script&gt;alert(1)&lt;/script&gt;&quot;onfocus='x\""),
        "{text}"
    );
    for query in
        ["%00%01%0d%0a%1b", "{hub-body}{hub-version}", "%ff%fe", "%e2%80%ae", "a%00b", "&&=&q"]
    {
        let page = written(&hub, &format!("/search?q={query}"));
        assert!(!page.body().contains(&0), "{query}");
        assert_eq!(page.text().matches("<main ").count(), 1, "{query}");
    }
    let long = written(&hub, &format!("/search?q={}", "boat+".repeat(700)));
    assert!(long.text().contains("/services/boat-permit"));
    assert!(has_shell(&hub.get(&format!("/search?q={}", "a".repeat(10_000)))));
    assert!(has_shell(&hub.get(&format!("/search/{}?q=a", "a".repeat(1_000)))));
    // Languages that the municipality does not have, devices of its own, records that are not
    // there.
    for path in
        ["/de/search?q=a", "/k/dock-guest/search?q=a", "/counter/search?q=a", "/services/x", "/x/y"]
    {
        assert!(!hub.get(path).text().contains("<main class"), "{path}");
    }
    assert!(has_shell(&hub.get("/frame.html")), "the frame is the server's own");
    assert!(has_shell(&hub.get("/index.html")), "the file that devices store, letter by letter");
}

#[test]
fn locations_say_whether_they_are_open_by_the_municipalitys_clock() {
    let hub = TestServer::start_with_pages();
    for path in ["/hubs", "/hubs/town-hall"] {
        let page = written(&hub, path);
        let text = page.text();
        assert!(
            text.contains("hub-state--open") || text.contains("hub-state--closed"),
            "{path}: {text}"
        );
        assert_eq!(page.header("cache-control"), "no-cache");
        let tag = page.header("etag");
        // The minute may have changed in between, but not every time.
        let same = (0..5).any(|_| {
            hub.get_with(path, &format!("if-none-match: {tag}\r\n")).status == 304
                || written(&hub, path).header("etag") != tag
        });
        assert!(same, "{path}");
    }
    written(&hub, "/search?q=zzzz");
    let home = written(&hub, "/").text();
    assert!(home.contains("role=\"search\" action=\"/search\""), "{home}");
    assert!(!home.contains("zzzz"), "nothing of the request before: {home}");
}

#[test]
fn a_trip_is_planned_by_its_address_alone() {
    let hub = TestServer::start_with_pages();
    let page = written(&hub, "/trip?do=s.boat-permit,s.dog-tag,no-such-thing,%3Cb%3E");
    let text = page.text();
    assert_eq!(page.header("cache-control"), "no-store");
    assert!(text.contains("id=\"places\"") && text.contains("/hubs/town-hall"), "{text}");
    assert!(text.contains("/services/boat-permit") && text.contains("/services/dog-tag"));
    assert!(!text.contains("class=\"trip-code\""), "only the app knows its whole address");
    assert!(has_shell(&hub.get("/trip")), "the list is on the device");
    // Nothing of one person's trip is in the next page.
    assert!(!written(&hub, "/search?q=dog").text().contains("trip-line"));
    assert!(!written(&hub, "/trip?do=s.dog-tag").text().contains("/services/boat-permit"));
}

#[test]
fn pages_of_a_newer_edition_are_there_and_name_its_files() {
    let hub = TestServer::start_with_pages();
    assert!(
        hub.get("/services/boat-permit").text().contains("<h1>Boat permit</h1>"),
        "the site's own page, which was written before"
    );
    let number = publish_alert(&hub, "Boil water.");
    let newer = until_newer(&hub, number - 1);
    for path in ["/services/boat-permit", "/topics", "/a-z", "/ask", "/privacy", "/search?q=boat"] {
        let text = written(&hub, path).text();
        assert!(text.contains("Boil water."), "{path}: {text}");
        let catalogue = format!("<meta name=\"hub-catalogue\" content=\"{}\">", newer.path());
        assert!(text.contains(&catalogue), "the app starts with the same facts: {text}");
        assert_eq!(hub.get(&newer.path()).status, 200);
    }
    assert_eq!(hub.started_processes().len(), 1, "one for the newest edition");
}

#[test]
fn what_the_office_decides_is_on_the_pages() {
    let hub = TestServer::start_with_pages();
    let clerk = OfficeClient::first(&hub).invited(&hub, "cleo", Role::Office);
    let own = edition(&hub);
    let day = vault::now_ms() / 86_400_000 + 5;
    let day = Date::from_days_since_1970(i32::try_from(day).unwrap()).to_string();
    let fields = [
        ("name", "Lighthouse Fair"),
        ("kind", "dock"),
        ("place", "Pine Harbour"),
        ("address", "The <i>meadow</i>"),
        ("phone", "555-555-0123"),
        ("date-1", &day),
        ("from-1", "10:00"),
        ("to-1", "16:00"),
        ("task-sell-dog-tag", "on"),
    ];
    assert_eq!(clerk.post(&hub, "/office/events", &fields).status, 303);
    let newer = until_newer(&hub, own.number);
    let path = format!("/hubs/lighthouse-fair-{day}");
    let text = written(&hub, &path).text();
    assert!(text.contains("Lighthouse Fair</h1>"), "{text}");
    assert!(text.contains("The &lt;i&gt;meadow&lt;/i&gt;") && !text.contains("<i>"), "{text}");
    assert!(text.contains(&newer.path()), "{text}");
    assert!(written(&hub, "/services/boat-permit").text().contains("class=\"facts\""));
    let cancel = format!("/office/events/lighthouse-fair-{day}");
    assert_eq!(clerk.post(&hub, &cancel, &[("confirmed", "yes")]).status, 303);
    until_newer(&hub, newer.number);
    written(&hub, "/hubs");
    assert!(has_shell(&hub.get(&path)), "what is over is not shown from a copy");
    assert_eq!(hub.started_processes().len(), 1, "one for the newest edition");
}

#[test]
fn many_requests_leave_nothing_behind_and_a_process_that_ends_is_replaced() {
    const THREADS: usize = 8;
    let hub = TestServer::start_with_pages();
    written(&hub, "/search?q=boat");
    let [process] = hub.started_processes()[..] else { panic!("one process") };
    let ask = |count: usize| {
        std::thread::scope(|scope| {
            for thread in 0..THREADS {
                let hub = &hub;
                scope.spawn(move || {
                    for at in 0..count / THREADS {
                        let page = hub.get(&format!("/search?q=boat+permit+{thread}+{at}"));
                        assert_eq!(page.status, 200);
                    }
                });
            }
        });
        (TestServer::memory_of(process, "VmRSS:"), hub.memory_now())
    };
    let began = Instant::now();
    let before = ask(400);
    let after = ask(1_600);
    println!("2,000 searches in {:?}; memory {before:?}, then {after:?}", began.elapsed());
    assert!(after.0 < before.0 + (4 << 20), "{before:?}, then {after:?}");
    assert!(after.1 < before.1 + (16 << 20), "{before:?}, then {after:?}");
    assert_eq!(hub.started_processes(), [process]);
    std::process::Command::new("kill").arg(process.to_string()).status().unwrap();
    assert_eq!(hub.get("/search?q=boat").status, 200, "the app's page, or already the next one's");
    written(&hub, "/search?q=boat");
    assert_ne!(hub.started_processes(), [process]);
}
