//! Tests counter work and pop-up events with the real program: staff tablets, device status,
//! counted contacts and staff decisions about services, up to the bundle that devices load.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

#[allow(dead_code, reason = "each test file uses only a part of it")]
mod cluster;
mod hub;
mod office_client;

use domain::collector::Way;
use domain::counter::{Channel, Contact, Outcome, Reason};
use domain::edition::Edition;
use domain::hours::Date;
use domain::submission::{Content, CorrectedField, Correction};
use domain::tablet::{
    DeviceState, Enrolment, EnrolmentCode, ReportAnswer, Reporter, Standing, TabletReport,
};
use domain::{Catalogue, HubId, Language, TaskId, TerminalId};
use finder::{Finder, IndexedRecord, record_at};
use hub::{TestServer, plain_csv, sealed_content};
use office::staff::Role;
use office_client::{OfficeClient, assert_is_only_text, scripts};
use offline::newer::{is_wanted, note_of};
use publish::{Publication, publish};
use std::path::Path;
use std::time::Duration;

fn hub_id(name: &str) -> HubId {
    HubId::parse(name).unwrap()
}

fn task_id(name: &str) -> TaskId {
    TaskId::parse(name).unwrap()
}

fn terminal(name: &str) -> TerminalId {
    TerminalId::parse(name).unwrap()
}

/// The date `days` days from now, in the municipality's time zone.
fn day(days: i32) -> String {
    let output = std::process::Command::new("date")
        .args(["-d", &format!("{days} days"), "+%F"])
        .env("TZ", "America/Winnipeg")
        .output()
        .unwrap();
    String::from_utf8(output.stdout).unwrap().trim().into()
}

/// Creates an enrolment code as staff do, and reads it from the page that shows it once.
fn code(client: &OfficeClient, hub: &TestServer, name: &str) -> EnrolmentCode {
    let page = client.post(hub, "/office/tablets", &[("name", name), ("hub", "town-hall")]);
    let text = page.text();
    assert_eq!(page.status, 200, "{text}");
    let shown = text
        .split("class=\"code mono\" translate=\"no\">")
        .nth(1)
        .unwrap_or_else(|| panic!("{text}"))
        .split('<')
        .next()
        .unwrap();
    let code = EnrolmentCode::parse(shown).unwrap();
    assert!(
        text.contains(&format!("/counter#{}", code.as_str())) && text.contains("<svg class=\"qr\""),
        "{text}"
    );
    code
}

fn ask<Q: serde::Serialize, A: serde::de::DeserializeOwned>(
    hub: &TestServer,
    path: &str,
    question: &Q,
) -> A {
    let page = hub.ask("POST", path, "", &postcard::to_allocvec(question).unwrap()).unwrap();
    assert_eq!(page.status, 200, "{}", page.text());
    postcard::from_bytes(page.body()).unwrap()
}

fn enrol(hub: &TestServer, code: &EnrolmentCode) -> Option<Enrolment> {
    ask(hub, "/api/tablets", code)
}

fn seen(hub: &TestServer, reporter: Reporter, state: DeviceState) -> Option<Standing> {
    answered(hub, reporter, state).standing
}

fn answered(hub: &TestServer, reporter: Reporter, state: DeviceState) -> ReportAnswer {
    ask(hub, "/api/seen", &TabletReport { reporter, state })
}

fn of(enrolment: &Enrolment) -> Reporter {
    Reporter::Tablet { id: enrolment.tablet.clone(), secret: enrolment.secret }
}

fn send(hub: &TestServer, contents: impl IntoIterator<Item = Content>, from: u64) {
    let keys = hub.keys();
    let entries: Vec<_> = contents
        .into_iter()
        .zip(from..)
        .map(|(content, number)| sealed_content(content, &keys, number))
        .collect();
    for batch in entries.chunks(50) {
        let verdicts = hub.send(&batch.iter().collect::<Vec<_>>());
        assert!(
            verdicts
                .verdicts
                .iter()
                .all(|(_, verdict)| matches!(verdict, domain::submission::Verdict::Received(_))),
            "{verdicts:?}"
        );
    }
}

fn contact(at: &str, task: &str, on: &str, outcome: Outcome, is_taken_back: bool) -> Content {
    Content::Contact(Contact {
        task: task_id(task),
        hub: hub_id(at),
        on: Date::parse(on).unwrap(),
        channel: Channel::Counter,
        outcome,
        is_taken_back,
    })
}

fn edition(hub: &TestServer) -> Edition {
    postcard::from_bytes(hub.get("/api/catalogue").body()).unwrap()
}

/// Loads the current edition as a device does.
fn taken(hub: &TestServer, in_use: u32) -> (Edition, Vec<u8>) {
    let edition = edition(hub);
    assert_eq!(is_wanted(&edition, in_use, &hub.keys()), Ok(()), "number {}", edition.number);
    let bundle = hub.get(&edition.path());
    assert_eq!(
        (bundle.status, bundle.header("cache-control")),
        (200, "public, max-age=31536000, immutable".into())
    );
    assert!(note_of(&edition, bundle.body()).is_ok());
    (edition, bundle.body().to_vec())
}

fn catalogue(bundle: &[u8]) -> Catalogue {
    Catalogue::from_bundle(bundle).unwrap().0
}

/// Changes the database directly, to simulate the passing of time or an operator.
fn change(hub: &TestServer, statement: &'static str) {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let path = format!("{}/hub.sqlite", hub.data());
    let changed = runtime.block_on(async {
        use sqlx::Connection;
        sqlx::query(statement)
            .execute(&mut sqlx::SqliteConnection::connect(&path).await.unwrap())
            .await
            .unwrap()
            .rows_affected()
    });
    assert!(changed > 0);
}

#[test]
fn a_code_makes_one_device_a_tablet_and_is_shown_once() {
    let hub = TestServer::start();
    let admin = OfficeClient::first(&hub);
    let code = code(&admin, &hub, "Fair, tablet 1");
    let page = admin.get(&hub, "/office/tablets").text();
    assert!(
        page.contains("Fair, tablet 1 (Town Hall;")
            && !page.contains(code.as_str())
            && !page.contains(&code.to_string()),
        "{page}"
    );
    assert_eq!(enrol(&hub, &EnrolmentCode::new([9; 16])), None, "nobody made that one");
    let enrolment = enrol(&hub, &code).unwrap();
    assert!(
        enrolment.tablet.as_str().starts_with("tablet-")
            && enrolment.name == "Fair, tablet 1"
            && enrolment.hub == hub_id("town-hall")
    );
    assert_eq!(enrol(&hub, &code), None, "it holds once");
    let file = std::fs::read(Path::new(&hub.data()).join("hub.sqlite")).unwrap();
    assert!(
        !file.windows(10).any(|window| window == code.as_str().as_bytes())
            && !file.windows(32).any(|window| window == enrolment.secret)
    );
    let audit = admin.get(&hub, "/office/audit").text();
    assert!(
        audit.contains("make tablet code")
            && audit.contains("enrol tablet")
            && audit.contains(enrolment.tablet.as_str()),
        "{audit}"
    );
    for (name, at) in [("", "town-hall"), ("x", "nowhere"), (&"x".repeat(81), "town-hall")] {
        assert_eq!(admin.post(&hub, "/office/tablets", &[("name", name), ("hub", at)]).status, 422);
    }
    assert_eq!(hub.ask("POST", "/api/tablets", "", b"\x03abc").unwrap().status, 400);
    assert_eq!(hub.ask("POST", "/api/seen", "", &[0; 600]).unwrap().status, 413);
}

#[test]
fn of_many_devices_with_one_code_one_becomes_a_tablet_on_postgresql() {
    let cluster = cluster::shared();
    let hub = TestServer::start_on(Some(cluster.database()));
    let admin = OfficeClient::first(&hub);
    let code = code(&admin, &hub, "Fair");
    let other = hub.another();
    let made: Vec<Enrolment> = std::thread::scope(|scope| {
        let tries: Vec<_> = (0..8)
            .map(|at| {
                scope.spawn({
                    let hub = if at % 2 == 0 { &hub } else { &other };
                    let code = &code;
                    move || enrol(hub, code)
                })
            })
            .collect();
        tries.into_iter().filter_map(|one| one.join().unwrap()).collect()
    });
    assert_eq!(made.len(), 1);
    assert!(
        seen(&other, of(&made[0]), DeviceState::default()).is_some(),
        "the other server knows it"
    );
}

#[test]
fn a_code_that_lay_about_for_a_week_is_void() {
    let mut hub = TestServer::start();
    let admin = OfficeClient::first(&hub);
    let code = code(&admin, &hub, "Fair");
    change(&hub, "UPDATE counter_entry SET at_ms = at_ms - 7 * 86400000");
    hub.stop();
    hub.restart();
    assert_eq!(enrol(&hub, &code), None);
    assert!(!admin.get(&hub, "/office/tablets").text().contains("Unused codes"));
}

#[test]
fn a_tablet_is_known_by_its_secret_moves_and_ends() {
    let hub = TestServer::start();
    let admin = OfficeClient::first(&hub);
    let link = |way: Way, name: &str, at: Option<&str>, every: &str| {
        let mut fields = vec![("way", way.name()), ("name", name), ("every", every)];
        fields.extend(at.map(|hub| ("hub", hub)));
        admin.post(&hub, "/office/survey/ways", &fields).status
    };
    assert_eq!(link(Way::StaffAssisted, "Hall", Some("town-hall"), "5"), 303);
    link(Way::Kiosk, "Everywhere", None, "1");
    link(Way::Paper, "Boats", Some("boat-house"), "2");
    link(Way::Poster, "A poster", Some("town-hall"), "1");
    let enrolment = enrol(&hub, &code(&admin, &hub, "Fair")).unwrap();
    let collectors = |standing: &Standing| {
        let mut names: Vec<String> =
            standing.collectors.iter().map(|(_, name)| name.clone()).collect();
        names.sort();
        names
    };
    let standing = seen(&hub, of(&enrolment), DeviceState::default()).unwrap();
    assert_eq!(
        (standing.is_ended, standing.hub.as_str(), collectors(&standing)),
        (false, "town-hall", vec!["Everywhere".into(), "Hall".into()])
    );
    let address = format!("/office/tablets/{}", enrolment.tablet);
    assert_eq!(admin.post(&hub, &address, &[("act", "move"), ("hub", "nowhere")]).status, 422);
    assert_eq!(admin.post(&hub, &address, &[("act", "move"), ("hub", "boat-house")]).status, 303);
    let standing = seen(&hub, of(&enrolment), DeviceState::default()).unwrap();
    assert_eq!(
        (standing.hub.as_str(), collectors(&standing)),
        ("boat-house", vec!["Boats".into(), "Everywhere".into()])
    );
    assert_eq!(admin.post(&hub, &address, &[("act", "end"), ("confirmed", "yes")]).status, 303);
    let queue = DeviceState { waiting: 4, oldest_s: Some(60), ..DeviceState::default() };
    assert!(
        seen(&hub, of(&enrolment), queue).unwrap().is_ended,
        "it is told, and what it says is kept"
    );
    let page = admin.get(&hub, "/office/tablets").text();
    assert!(
        page.contains("retired, with unsent messages")
            && page.contains("<dt>Unsent</dt><dd>4, the oldest for 1 minute</dd>"),
        "{page}"
    );
    assert_eq!(admin.post(&hub, "/office/tablets/tablet-none", &[("act", "end")]).status, 404);
}

#[test]
fn the_office_chooses_what_tablets_of_a_location_show_first() {
    let hub = TestServer::start();
    let admin = OfficeClient::first(&hub);
    let enrolment = enrol(&hub, &code(&admin, &hub, "Fair")).unwrap();
    let quick = || answered(&hub, of(&enrolment), DeviceState::default()).quick_tasks;
    assert_eq!(quick(), []);
    let tablets = admin.get(&hub, "/office/tablets").text();
    assert!(tablets.contains("href=\"/office/quick-list/town-hall\""), "{tablets}");
    let address = "/office/quick-list/town-hall";
    let page = admin.get(&hub, address).text();
    assert!(page.contains("value=\"sell-dog-tag\"> Sell a dog tag"), "{page}");
    let set = |seen: &str, tasks: &[&str]| {
        let mut fields: Vec<_> = tasks.iter().map(|task| ("task", *task)).collect();
        fields.push(("seen", seen));
        admin.post(&hub, address, &fields).status
    };
    assert_eq!(set("", &["sell-dog-tag", "no-such-task", "<b>"]), 303);
    assert_eq!(quick(), [task_id("sell-dog-tag")]);
    let page = admin.get(&hub, address).text();
    assert!(page.contains("value=\"sell-dog-tag\" checked> Sell a dog tag"), "{page}");
    assert_eq!(set("sell-dog-tag", &["a", "b", "c", "d", "e", "f", "g", "h", "i"]), 422);
    assert_eq!(quick().len(), 1, "too many change nothing");
    assert_eq!(admin.get(&hub, "/office/quick-list/nowhere").status, 404);
    let moved = [("act", "move"), ("hub", "boat-house")];
    let tablet = format!("/office/tablets/{}", enrolment.tablet);
    assert_eq!(admin.post(&hub, &tablet, &moved).status, 303);
    assert_eq!(quick(), [], "it is the location's list, not the tablet's");
    assert_eq!(set("", &["sell-boat-permit"]), 422, "someone else was faster");
    assert_eq!(set("sell-dog-tag", &[]), 303, "no task at all is a choice too");
    let audit = admin.get(&hub, "/office/audit").text();
    assert!(audit.contains("set quick list"), "{audit}");
}

#[test]
fn nothing_is_kept_of_whoever_is_no_device_of_the_citys() {
    let hub = TestServer::start();
    let admin = OfficeClient::first(&hub);
    let enrolment = enrol(&hub, &code(&admin, &hub, "Fair")).unwrap();
    let state = |waiting: u32| DeviceState {
        waiting,
        app: "0.1.0".into(),
        room_mb: Some(900),
        catalogue: 3,
        ..DeviceState::default()
    };
    let mut wrong = enrolment.secret;
    wrong[31] ^= 1;
    assert_eq!(
        seen(&hub, Reporter::Tablet { id: enrolment.tablet.clone(), secret: wrong }, state(71)),
        None
    );
    assert_eq!(
        seen(&hub, Reporter::Tablet { id: terminal("tablet-none"), secret: wrong }, state(72)),
        None
    );
    assert_eq!(
        seen(&hub, Reporter::Terminal { id: enrolment.tablet.clone() }, state(73)),
        None,
        "nobody speaks for a tablet"
    );
    assert_eq!(seen(&hub, Reporter::Terminal { id: terminal("nowhere") }, state(74)), None);
    assert_eq!(
        seen(&hub, Reporter::Terminal { id: terminal("dock-guest") }, state(75)),
        None,
        "a terminal is told nothing"
    );
    let page = admin.get(&hub, "/office/tablets").text();
    assert!(
        (71..75).all(|waiting| !page.contains(&format!("<dd>{waiting}</dd>")))
            && page.contains("<dd>75</dd>"),
        "{page}"
    );
    assert!(
        page.contains("<dt>Last seen</dt><dd>never</dd>")
            && page.contains("<dt>Last seen</dt><dd>just now</dd>"),
        "{page}"
    );
    assert!(page.contains("900 MB") && page.contains("0.1.0"), "{page}");
    let evil = DeviceState {
        app: "<script>alert(1)</script> and much more than an app ever says of itself".into(),
        ..state(1)
    };
    seen(&hub, of(&enrolment), evil);
    assert_is_only_text(
        &admin.get(&hub, "/office/tablets").text(),
        "<script>alert(1)</script> and",
    );
}

#[test]
fn a_device_that_needs_somebody_stands_first() {
    let hub = TestServer::start();
    let admin = OfficeClient::first(&hub);
    let (well, ill) = (
        enrol(&hub, &code(&admin, &hub, "A well one")).unwrap(),
        enrol(&hub, &code(&admin, &hub, "Some ill one")).unwrap(),
    );
    let newest = edition(&hub).number;
    seen(&hub, of(&well), DeviceState { catalogue: newest, ..DeviceState::default() });
    seen(
        &hub,
        of(&ill),
        DeviceState {
            waiting: 1,
            oldest_s: Some(4 * 86_400),
            needs_attention: 2,
            catalogue: newest - 1,
            ..DeviceState::default()
        },
    );
    let page = admin.get(&hub, "/office/tablets").text();
    let (before, after) = page.split_once("<h2>A well one</h2>").unwrap();
    assert!(
        before.contains("<h2>Some ill one</h2>")
            && before.contains("messages unsent for three days")
            && before.contains("messages to check: "),
        "{page}"
    );
    assert!(
        before.contains(&format!("<dd>{} (out of date)</dd>", newest - 1))
            && !after.contains("out of date"),
        "{page}"
    );
    change(&hub, "UPDATE device_seen SET at_ms = at_ms - 4 * 86400000");
    let page = admin.get(&hub, "/office/tablets").text();
    assert!(
        page.contains("not seen for three days")
            && page.contains("4 days ago")
            && page.contains("<strong>2 devices to check"),
        "{page}"
    );
}

/// Six contacts of today and the day before, of which two take another one back.
fn contacts_of_two_days(today: &str, before: &str) -> [Content; 6] {
    [
        contact("town-hall", "sell-dog-tag", today, Outcome::Done, false),
        contact("town-hall", "sell-dog-tag", today, Outcome::Done, false),
        contact("town-hall", "sell-dog-tag", today, Outcome::Done, true),
        contact(
            "town-hall",
            "sell-boat-permit",
            before,
            Outcome::CouldNot(Reason::DocumentMissing),
            false,
        ),
        contact(
            "boat-house",
            "sell-dog-tag",
            before,
            Outcome::Referred(Reason::NotDoneHere),
            false,
        ),
        contact(
            "boat-house",
            "sell-dog-tag",
            before,
            Outcome::Referred(Reason::OtherGovernment),
            true,
        ),
    ]
}

#[test]
fn contacts_are_sums_of_acts_and_what_was_taken_back_is_not_among_them() {
    let hub = TestServer::start();
    let admin = OfficeClient::first(&hub);
    let (today, before) = (day(0), day(-1));
    send(&hub, contacts_of_two_days(&today, &before), 1);
    let page = admin.until(&hub, "/office/counter", "<dd>3</dd>");
    assert!(
        page.contains(
            "<th scope=\"row\">Sell a dog tag</th><td>2</td><td>1</td><td>1</td><td>0</td>"
        ),
        "{page}"
    );
    assert!(
        page.contains("<th scope=\"row\">Town Hall</th><td>2</td><td>1</td><td>0</td><td>1</td>"),
        "{page}"
    );
    assert!(
        page.contains("missing document (1)") && page.contains("These count visits, not people"),
        "{page}"
    );
    assert!(
        admin
            .get(&hub, "/office/counter?hub=boat-house")
            .text()
            .contains("<dt>Contacts</dt><dd>1</dd>")
    );
    assert!(
        admin
            .get(&hub, &format!("/office/counter?from={today}&to={today}"))
            .text()
            .contains("<dt>Contacts</dt><dd>1</dd>")
    );
    check_exported_contacts(&hub, &admin, &today, &before);
    let french = hub
        .get_with("/office/counter", &format!("accept-language: fr\r\n{}", admin.cookie_line()))
        .text();
    assert!(
        french.contains("des visites et non des personnes")
            && french.contains("document manquant (1)"),
        "{french}"
    );
    // Erasing one recomputes the counts.
    let id = |number: u64| {
        sealed_content(
            contact("town-hall", "sell-dog-tag", &today, Outcome::Done, false),
            &hub.keys(),
            number,
        )
        .head
        .id
        .to_string()
    };
    assert!(hub.office(&["erase", &id(4), "--reason", "request 1"]).0);
    admin.until(&hub, "/office/counter", "<dt>Contacts</dt><dd>2</dd>");
}

/// The page's file and the command's file have the same counts, and no single contact.
fn check_exported_contacts(hub: &TestServer, admin: &OfficeClient, today: &str, before: &str) {
    let csv = plain_csv(&admin.get(hub, "/office/counter.csv").text());
    let expected = format!(
        "day,hub,task,channel,outcome,reason,count\r\n{before},boat-house,sell-dog-tag,counter,referred,not-done-here,1\r\n{before},town-hall,sell-boat-permit,counter,could-not,document-missing,1\r\n{today},town-hall,sell-dog-tag,counter,done,,1\r\n"
    );
    assert_eq!(csv, expected);
    assert_eq!(
        plain_csv(&hub.export("contacts", "csv")),
        expected,
        "the command says the same, and never a single one"
    );
    assert!(hub.export("contacts", "jsonl").lines().all(|line| !line.contains("\"id\"")));
    assert!(
        admin.get(hub, "/office/audit").text().contains("contacts from="),
        "what is taken out is written down"
    );
}

/// Staff report that a task, or a step of it, is done differently at their counter.
fn process_flag(step: Option<u8>) -> Content {
    Content::Correction(Correction {
        service: None,
        hub: Some(hub_id("boat-house")),
        task: Some(task_id("sell-boat-permit")),
        step,
        field: CorrectedField::Process,
        language: Language::English,
    })
}

#[test]
fn what_could_not_be_done_and_what_is_done_otherwise_are_gaps() {
    let hub = TestServer::start();
    let admin = OfficeClient::first(&hub);
    let missed = |outcome| contact("boat-house", "sell-dog-tag", &day(0), outcome, false);
    let all = [
        missed(Outcome::CouldNot(Reason::NotDoneHere)),
        missed(Outcome::CouldNot(Reason::NotDoneHere)),
        missed(Outcome::Referred(Reason::NotDoneHere)),
        missed(Outcome::Referred(Reason::OtherGovernment)),
        process_flag(Some(2)),
        process_flag(None),
    ];
    send(&hub, all, 1);
    let page = admin.until(
        &hub,
        "/office/gaps?kind=counter",
        "Couldn’t be done at the counter</span>Sell a dog tag: not done here",
    );
    let row = page.split("<tr>").find(|row| row.contains("Sell a dog tag")).unwrap();
    assert!(
        row.contains("</span>3</td>")
            && row.contains("Boat House")
            && row.contains("href=\"/office/inventory/boat-house/sell-dog-tag\""),
        "{row}"
    );
    let page = admin.until(
        &hub,
        "/office/gaps?kind=error",
        "Sell a boat permit, step 2: done differently here",
    );
    assert!(
        page.contains(">Sell a boat permit: done differently here") && page.contains("Boat House"),
        "{page}"
    );
    let link = page
        .split("href=\"/office/gaps/draft?")
        .find(|link| link.contains("step=2"))
        .unwrap()
        .split('"')
        .next()
        .unwrap()
        .replace("&#38;", "&");
    let draft = admin.get(&hub, &format!("/office/gaps/draft?{link}")).text();
    assert!(
        draft.contains("record = \"task\"\nid = \"sell-boat-permit\"")
            && draft.contains("at_hub = \"boat-house\"")
            && draft.contains("step 2: \"Take the fee\""),
        "{draft}"
    );
    let csv = plain_csv(&hub.export("corrections", "csv"));
    assert!(
        csv.lines().next().unwrap().ends_with(",hub,task,step,field")
            && csv.contains(",boat-house,sell-boat-permit,2,process"),
        "{csv}"
    );
}

const CELL: &str = "/office/inventory/boat-house/sell-dog-tag";

#[test]
fn a_change_needs_another_person_and_then_reaches_devices() {
    let mut hub = TestServer::start();
    let admin = OfficeClient::first(&hub);
    let (mona, cleo) =
        (admin.invited(&hub, "mona", Role::Manager), admin.invited(&hub, "cleo", Role::Office));
    let before = edition(&hub);
    check_demand_is_marked(&hub, &mona);
    propose_dog_tags(&hub, &mona);
    assert_eq!(decide(&hub, &mona, "1", "approve", ""), 422, "not by who proposed it");
    assert_eq!(decide(&hub, &cleo, "1", "approve", ""), 403, "not without the role");
    assert_eq!(decide(&hub, &admin, "1", "decline", ""), 422, "not without a reason");
    assert_eq!(decide(&hub, &admin, "9", "approve", ""), 404);
    assert_eq!(edition(&hub), before, "nothing changed so far");
    assert_eq!(decide(&hub, &admin, "1", "approve", "good"), 303);
    assert_eq!(decide(&hub, &admin, "1", "decline", "no"), 422, "once");
    let (newer, bundle) = taken(&hub, before.number);
    assert_eq!(newer.number, before.number + 1);
    check_dog_tags_are_offered(&hub, &mona, &newer, &bundle);
    // A declined proposal shows the reason, also to the person who proposed it, and changes
    // nothing.
    assert_eq!(cleo.post(&hub, CELL, &[("offered", "no"), ("reason", "no tags left")]).status, 303);
    assert_eq!(decide(&hub, &mona, "3", "decline", "they came today"), 303);
    assert!(
        cleo.get(&hub, "/office/inventory/proposals").text().contains("they came today")
            && edition(&hub) == newer
    );
    // After a restart the server generates the same bytes, from the first response on.
    hub.stop();
    hub.restart();
    assert_eq!(edition(&hub), newer);
    assert_eq!(hub.get(&newer.path()).body(), bundle);
}

/// Three people ask for dog tags where there are none, and the table shows it.
fn check_demand_is_marked(hub: &TestServer, client: &OfficeClient) {
    let outcome = Outcome::CouldNot(Reason::NotDoneHere);
    send(hub, (0..3).map(|_| contact("boat-house", "sell-dog-tag", &day(0), outcome, false)), 1);
    let matrix = client.until(hub, "/office/inventory", "aria-label=\"Not done, requested: 3\"");
    assert!(
        matrix
            .contains("<td class=\"wanted\"><a href=\"/office/inventory/boat-house/sell-dog-tag\"")
            && matrix.contains(">!3</a>"),
        "{matrix}"
    );
}

/// Proposes that the boat house sells dog tags, after a form without a reason and one that changes
/// nothing.
fn propose_dog_tags(hub: &TestServer, client: &OfficeClient) {
    let fields = [
        ("offered", "yes"),
        ("day-saturday", "on"),
        ("by-appointment", "on"),
        ("pay-debit", "on"),
        ("note", "at the <b>dock</b>"),
    ];
    let with =
        |reason: &'static str| fields.into_iter().chain([("reason", reason)]).collect::<Vec<_>>();
    let wrong = client.post(hub, CELL, &with(""));
    assert!(
        wrong.status == 422
            && wrong.text().contains("name=\"day-saturday\" checked")
            && wrong.text().contains("at the &#60;b&#62;dock"),
        "nothing typed is lost"
    );
    assert_eq!(
        client.post(hub, CELL, &[("offered", "no"), ("reason", "x")]).status,
        422,
        "that is what stands"
    );
    assert_eq!(client.post(hub, CELL, &with("people ask")).status, 303);
    let page = client.get(hub, "/office/inventory/proposals").text();
    assert!(
        page.contains(
            "Done here; on Saturday; by appointment; payment: debit; “at the &#60;b&#62;dock"
        ) && page.contains("This is your own proposal"),
        "{page}"
    );
}

/// Approves or declines a proposal; returns the status of the response.
fn decide(hub: &TestServer, client: &OfficeClient, number: &str, act: &str, reason: &str) -> u16 {
    let path = format!("/office/inventory/proposals/{number}");
    client.post(hub, &path, &[("act", act), ("reason", reason)]).status
}

/// The approved change is in the edition, on the pages of the office, and in the draft of a data
/// file.
fn check_dog_tags_are_offered(
    hub: &TestServer,
    client: &OfficeClient,
    edition: &Edition,
    bundle: &[u8],
) {
    let changed = catalogue(bundle);
    let place = changed.hub(&hub_id("boat-house")).unwrap();
    let offering = place.offering(&task_id("sell-dog-tag")).unwrap();
    assert!(
        place.tasks.contains(&task_id("sell-dog-tag"))
            && offering.by_appointment
            && offering.note.as_deref() == Some("at the <b>dock</b>"),
        "{place:?}"
    );
    assert!(
        hub.get_with(&edition.path(), "accept-encoding: br\r\n").header("content-encoding") == "br"
    );
    assert!(client.get(hub, CELL).text().contains("proposed by mona, approved by ann. people ask"));
    assert!(
        client
            .get(hub, "/office/inventory")
            .text()
            .contains("<td class=\"some\"><a href=\"/office/inventory/boat-house/sell-dog-tag\"")
    );
    let draft = client.get(hub, "/office/inventory.toml").text();
    assert!(
        draft.contains("id = \"boat-house\"\ntasks = [\"sell-boat-permit\",\"sell-dog-tag\"]")
            && draft.contains("by_appointment = true"),
        "{draft}"
    );
}

/// A valid form of an event that begins `first` days from now.
fn fair(name: &str, first: i32) -> Vec<(String, String)> {
    let fields = [
        ("name", name),
        ("kind", "dock"),
        ("place", "Pine Harbour"),
        ("address", "The <i>meadow</i>"),
        ("phone", "555-555-0123"),
    ];
    let days = [
        ("date-1", day(first)),
        ("from-1", "10:00".into()),
        ("to-1", "16:00".into()),
        ("task-sell-dog-tag", "on".into()),
    ];
    fields
        .into_iter()
        .map(|(name, value)| (name.to_string(), value.to_string()))
        .chain(days.map(|(name, value)| (name.to_string(), value)))
        .collect()
}

fn post(client: &OfficeClient, hub: &TestServer, fields: &[(String, String)]) -> hub::HttpPage {
    let fields: Vec<(&str, &str)> =
        fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    client.post(hub, "/office/events", &fields)
}

#[test]
fn an_event_is_a_hub_that_devices_find_and_leaves_when_it_is_cancelled() {
    let hub = TestServer::start();
    let admin = OfficeClient::first(&hub);
    let clerk = admin.invited(&hub, "cleo", Role::Office);
    let before = edition(&hub);
    check_faulty_event(&hub, &clerk);
    assert_eq!(post(&clerk, &hub, &fair("Yesterday's", -1)).status, 422);
    assert_eq!(edition(&hub), before);
    assert_eq!(post(&clerk, &hub, &fair("Lighthouse Fair", 5)).status, 303);
    let page = clerk.get(&hub, "/office/events").text();
    assert!(
        page.contains("<span class=\"state coming\">Upcoming</span>")
            && page.contains("The &#60;i&#62;meadow"),
        "{page}"
    );
    let (newer, bundle) = taken(&hub, before.number);
    let id = hub_id(&format!("lighthouse-fair-{}", day(5)));
    check_devices_find(&bundle, &id);
    check_correction_of_event(&hub, &id);
    // Contacts there are shown under the event's name, also after it ended.
    send(&hub, [contact(id.as_str(), "sell-dog-tag", &day(0), Outcome::Done, false)], 1);
    clerk.until(&hub, "/office/counter", "<th scope=\"row\">Lighthouse Fair</th>");
    assert!(
        clerk
            .get(&hub, &format!("/office/events?like={id}"))
            .text()
            .contains("value=\"Lighthouse Fair\"")
    );
    let cancel = format!("/office/events/{id}");
    assert_eq!(clerk.post(&hub, &cancel, &[]).status, 200, "it is asked first");
    assert_eq!(clerk.post(&hub, &cancel, &[("confirmed", "yes")]).status, 303);
    let (last, bundle) = taken(&hub, newer.number);
    assert_eq!((last.number, catalogue(&bundle).hub(&id)), (before.number + 2, None));
    assert_eq!(clerk.post(&hub, &format!("/office/events/{id}"), &[]).status, 404, "once");
    assert!(
        clerk
            .get(&hub, "/office/counter")
            .text()
            .contains("<th scope=\"row\">Lighthouse Fair</th>")
    );
    assert!(clerk.get(&hub, "/office/events").text().contains("Cancelled"));
}

/// A form with a fault is shown again with everything that was typed.
fn check_faulty_event(hub: &TestServer, client: &OfficeClient) {
    let wrong: Vec<(String, String)> = fair("Lighthouse Fair", 5)
        .into_iter()
        .map(|(name, value)| if name == "phone" { (name, "ask Bo".into()) } else { (name, value) })
        .collect();
    let page = post(client, hub, &wrong);
    let text = page.text();
    assert!(
        page.status == 422
            && text.contains("is not a phone number")
            && text.contains("value=\"Lighthouse Fair\"")
            && text.contains("value=\"ask Bo\""),
        "{text}"
    );
    assert!(
        text.contains(&format!("value=\"{}\"", day(5)))
            && text.contains("name=\"task-sell-dog-tag\" checked"),
        "{text}"
    );
}

/// The event is listed today, stands where its community is, and is found by its name.
fn check_devices_find(bundle: &[u8], id: &HubId) {
    let (catalogue, index) = Catalogue::from_bundle(bundle).unwrap();
    let event = catalogue.hub(id).unwrap();
    let (_, place) =
        catalogue.place_names().into_iter().find(|(name, _)| *name == "Pine Harbour").unwrap();
    assert!(
        event.is_listed(Date::parse(&day(0)).unwrap())
            && event.point.position() == place
            && !event.point.is_building,
        "{event:?}"
    );
    let finder = Finder::of(index).unwrap();
    let found = finder.find("lighthouse", 1)[0].document;
    assert!(matches!(record_at(&catalogue, found), Some(IndexedRecord::Hub(hub)) if hub.id == *id));
}

/// A reported error in an event is exported like one in a permanent location.
fn check_correction_of_event(hub: &TestServer, id: &HubId) {
    let wrong = Correction {
        service: None,
        hub: Some(id.clone()),
        task: None,
        step: None,
        field: CorrectedField::Address,
        language: Language::English,
    };
    send(hub, [Content::Correction(wrong)], 50);
    let csv = plain_csv(&hub.export("corrections", "csv"));
    assert!(
        csv.contains(&format!(",{id},")) && !csv.contains(&format!("hub {id}")),
        "it is in the catalogue, though in no file of the data: {csv}"
    );
}

/// Copies Pine Harbour's data into a folder that a test may change.
fn town(dir: &Path) -> std::path::PathBuf {
    let from =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/municipalities/pine-harbour");
    std::process::Command::new("cp").arg("-r").arg(from).arg(dir.join("town")).status().unwrap();
    dir.join("town")
}

fn publish_to(hub: &TestServer, town: &Path) -> u32 {
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

fn until_edition(hub: &TestServer, is_it: impl Fn(&Edition) -> bool) -> Edition {
    for _ in 0..100 {
        let edition = edition(hub);
        if is_it(&edition) {
            return edition;
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    panic!("{:?}: {}", edition(hub), hub.log());
}

#[test]
fn a_newer_published_edition_keeps_what_the_office_decided_and_drops_only_what_does_not_fit() {
    let (hub, dir) = (TestServer::start(), tempfile::tempdir().unwrap());
    let admin = OfficeClient::first(&hub);
    let mona = admin.invited(&hub, "mona", Role::Manager);
    let town = town(dir.path());
    assert_eq!(post(&admin, &hub, &fair("Lighthouse Fair", 5)).status, 303);
    assert_eq!(admin.post(&hub, CELL, &[("offered", "yes"), ("reason", "x")]).status, 303);
    assert_eq!(mona.post(&hub, "/office/inventory/proposals/2", &[("act", "approve")]).status, 303);
    let first = edition(&hub);
    let alert = "[[alert]]\ntext.en = \"Boil water.\"\nfrom = \"2026-11-25 08:00\"\nuntil = \"2036-11-25 08:00\"\n";
    std::fs::write(town.join("alerts.toml"), alert).unwrap();
    let base = publish_to(&hub, &town);
    let second = until_edition(&hub, |edition| edition.number == base + 2);
    assert!(second.number > first.number);
    let made = catalogue(hub.get(&second.path()).body());
    assert!(
        made.alerts().len() == 1
            && made.hub(&hub_id(&format!("lighthouse-fair-{}", day(5)))).is_some()
    );
    assert!(made.hub(&hub_id("boat-house")).unwrap().tasks.contains(&task_id("sell-dog-tag")));
    // The boat house was removed: decisions about it no longer apply, while the fair stays.
    let hubs = std::fs::read_dir(town.join("hubs")).unwrap().flatten().map(|entry| entry.path());
    for path in hubs {
        let text = std::fs::read_to_string(&path).unwrap();
        std::fs::write(&path, text.replace("id = \"boat-house\"", "id = \"boat-club\"")).unwrap();
    }
    let base = publish_to(&hub, &town);
    let third = until_edition(&hub, |edition| edition.number == base + 2);
    let made = catalogue(hub.get(&third.path()).body());
    assert!(
        made.hub(&hub_id("boat-house")).is_none()
            && made.hub(&hub_id(&format!("lighthouse-fair-{}", day(5)))).is_some()
    );
    assert!(hub.log().contains("sell-dog-tag at boat-house"), "{}", hub.log());
    assert!(
        admin
            .get(&hub, "/office/inventory")
            .text()
            .contains("A decision no longer fits the current directory")
    );
}

#[test]
fn two_servers_of_one_database_make_the_same_edition() {
    let cluster = cluster::shared();
    let hub = TestServer::start_on(Some(cluster.database()));
    let admin = OfficeClient::first(&hub);
    let other = hub.another();
    assert_eq!(post(&admin, &hub, &fair("Lighthouse Fair", 5)).status, 303);
    let (edition, bundle) = taken(&hub, 1);
    until_edition(&other, |of| *of == edition);
    assert_eq!(other.get(&edition.path()).body(), bundle);
}

#[test]
fn what_people_type_about_counters_is_only_text() {
    let hub = TestServer::start();
    let admin = OfficeClient::first(&hub);
    for text in scripts().iter().step_by(7) {
        assert_eq!(
            admin.post(&hub, CELL, &[("offered", "yes"), ("note", text), ("reason", text)]).status,
            303,
            "{text}"
        );
        assert_is_only_text(&post(&admin, &hub, &fair(text, -3)).text(), text);
        assert_is_only_text(
            &admin.post(&hub, "/office/tablets", &[("name", text), ("hub", "")]).text(),
            text,
        );
    }
    let page = admin.get(&hub, "/office/inventory/proposals").text();
    scripts().iter().step_by(7).for_each(|text| assert_is_only_text(&page, text));
}
