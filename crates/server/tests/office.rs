//! Tests the staff pages by their real addresses: who has access, which role may do what, what is
//! refused, and that nothing is overwritten or left behind.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod hub;
mod office_client;

use domain::status::{InquiryStage, Status, StatusAnswer, StatusQuestion, StatusRequest};
use hub::{TestServer, sealed, sealed_about};
use office::routes::ROUTES;
use office::staff::{Right, Role};
use office_client::OfficeClient;
use offline::sealing::Sealed;

/// The least role for every route, independent of the server's own table: a right granted there by
/// mistake fails here.
const RIGHTS: &[(&str, Option<Option<Role>>)] = &[
    ("GET /office/style.css", None),
    ("GET /office/office.js", None),
    ("GET /office/language/{tag}", None),
    ("GET /office/sign-in", None),
    ("POST /office/sign-in", None),
    ("GET /office/second-factor", None),
    ("POST /office/second-factor", None),
    ("POST /office/second-factor/policy", Some(Some(Role::Administrator))),
    ("GET /office/oidc", None),
    ("GET /office/oidc/return", None),
    ("GET /office/first", None),
    ("POST /office/first", None),
    ("GET /office/invitation/{login}/{secret}", None),
    ("POST /office/invitation/{login}/{secret}", None),
    ("POST /office/sign-out", Some(None)),
    ("GET /office", Some(Some(Role::Counter))),
    ("GET /office/next", Some(Some(Role::Counter))),
    ("GET /office/new", Some(Some(Role::Counter))),
    ("POST /office/new", Some(Some(Role::Counter))),
    ("POST /office/views", Some(Some(Role::Counter))),
    ("POST /office/bulk", Some(Some(Role::Office))),
    ("POST /office/bulk/{at}/undo", Some(Some(Role::Office))),
    ("GET /office/reference/{reference}", Some(Some(Role::Counter))),
    ("GET /office/inquiry/{id}", Some(Some(Role::Counter))),
    ("POST /office/inquiry/{id}/note", Some(Some(Role::Counter))),
    ("POST /office/inquiry/{id}/assign", Some(Some(Role::Office))),
    ("POST /office/inquiry/{id}/transfer", Some(Some(Role::Office))),
    ("POST /office/inquiry/{id}/about", Some(Some(Role::Office))),
    ("POST /office/inquiry/{id}/state", Some(Some(Role::Office))),
    ("POST /office/inquiry/{id}/link", Some(Some(Role::Office))),
    ("POST /office/inquiry/{id}/tag", Some(Some(Role::Office))),
    ("POST /office/inquiry/{id}/follow-up", Some(Some(Role::Office))),
    ("POST /office/inquiry/{id}/ask", Some(Some(Role::Office))),
    ("POST /office/inquiry/{id}/answer", Some(Some(Role::Counter))),
    ("POST /office/inquiry/{id}/reply", Some(Some(Role::Office))),
    ("GET /office/inquiry/{id}/letter/{number}", Some(Some(Role::Office))),
    ("POST /office/inquiry/{id}/separate", Some(Some(Role::Office))),
    ("GET /office/daily-email", Some(Some(Role::Counter))),
    ("POST /office/daily-email", Some(Some(Role::Counter))),
    ("GET /office/promises", Some(Some(Role::Manager))),
    ("POST /office/promises", Some(Some(Role::Manager))),
    ("GET /office/templates", Some(Some(Role::Office))),
    ("POST /office/templates", Some(Some(Role::Manager))),
    ("GET /office/templates/{number}", Some(Some(Role::Manager))),
    ("POST /office/templates/{number}", Some(Some(Role::Manager))),
    ("GET /office/gaps", Some(Some(Role::Office))),
    ("GET /office/gaps/draft", Some(Some(Role::Office))),
    ("GET /office/translations", Some(Some(Role::Office))),
    ("GET /office/counter", Some(Some(Role::Office))),
    ("GET /office/counter.csv", Some(Some(Role::Office))),
    ("GET /office/inventory", Some(Some(Role::Office))),
    ("GET /office/inventory.toml", Some(Some(Role::Office))),
    ("GET /office/inventory/proposals", Some(Some(Role::Office))),
    ("POST /office/inventory/proposals/{number}", Some(Some(Role::Manager))),
    ("GET /office/inventory/{hub}/{task}", Some(Some(Role::Office))),
    ("POST /office/inventory/{hub}/{task}", Some(Some(Role::Office))),
    ("GET /office/events", Some(Some(Role::Office))),
    ("POST /office/events", Some(Some(Role::Office))),
    ("POST /office/events/{hub}", Some(Some(Role::Office))),
    ("GET /office/tablets", Some(Some(Role::Office))),
    ("POST /office/tablets", Some(Some(Role::Office))),
    ("POST /office/tablets/{tablet}", Some(Some(Role::Office))),
    ("GET /office/quick-list/{hub}", Some(Some(Role::Office))),
    ("POST /office/quick-list/{hub}", Some(Some(Role::Office))),
    ("GET /office/figures", Some(Some(Role::Manager))),
    ("GET /office/figures.csv", Some(Some(Role::Manager))),
    ("GET /office/survey", Some(Some(Role::Manager))),
    ("GET /office/survey/figures.csv", Some(Some(Role::Manager))),
    ("GET /office/survey/codebook.csv", Some(Some(Role::Manager))),
    ("GET /office/survey/datapackage.json", Some(Some(Role::Manager))),
    ("GET /office/survey/compare", Some(Some(Role::Manager))),
    ("GET /office/survey/comments", Some(Some(Role::Manager))),
    ("POST /office/survey/comments", Some(Some(Role::Manager))),
    ("GET /office/survey/ways", Some(Some(Role::Office))),
    ("POST /office/survey/ways", Some(Some(Role::Office))),
    ("POST /office/survey/ways/{code}", Some(Some(Role::Office))),
    ("GET /office/survey/ways/{code}/print", Some(Some(Role::Office))),
    ("GET /office/survey/baselines", Some(Some(Role::Manager))),
    ("POST /office/survey/baselines", Some(Some(Role::Manager))),
    ("GET /office/survey/baselines/{number}", Some(Some(Role::Manager))),
    ("POST /office/survey/baselines/{number}", Some(Some(Role::Manager))),
    ("GET /office/senders", Some(Some(Role::Manager))),
    ("GET /office/senders/{day}/{sender}", Some(Some(Role::Manager))),
    ("POST /office/senders/{day}/{sender}", Some(Some(Role::Manager))),
    ("GET /office/people", Some(Some(Role::Administrator))),
    ("POST /office/people", Some(Some(Role::Administrator))),
    ("POST /office/people/{login}", Some(Some(Role::Administrator))),
    ("GET /office/audit", Some(Some(Role::Administrator))),
    ("GET /office/audit/head", Some(Some(Role::Administrator))),
    ("GET /office/operations", Some(Some(Role::Administrator))),
    ("POST /office/operations/maintenance", Some(Some(Role::Administrator))),
];

fn expected(right: Option<Option<Role>>) -> Right {
    match right {
        None => Right::Anybody,
        Some(None) => Right::Staff,
        Some(Some(role)) => Right::AtLeast(role),
    }
}

#[test]
fn every_address_asks_for_the_right_that_it_should() {
    for (method, path, right) in ROUTES {
        let name = format!("{method} {path}");
        let said = RIGHTS
            .iter()
            .find(|(of, _)| *of == name)
            .unwrap_or_else(|| panic!("{name} is in no table of rights"));
        assert_eq!(*right, expected(said.1), "{name}");
    }
}

#[test]
fn nobody_comes_further_than_their_role() {
    let hub = TestServer::start();
    let admin = OfficeClient::first(&hub);
    let entry = sealed("may I?", &hub.keys(), 1);
    hub.send(&[&entry]);
    let people: Vec<(Option<Role>, OfficeClient)> =
        std::iter::once((None, OfficeClient::nobody(&hub)))
            .chain(Role::ALL.map(|role| {
                (
                    Some(role),
                    if role == Role::Administrator {
                        admin.clone()
                    } else {
                        admin.invited(&hub, role.name(), role)
                    },
                )
            }))
            .collect();
    admin.until(&hub, "/office?state=any", "may I?");
    for (method, path, right) in ROUTES.iter().filter(|(_, path, _)| !path.ends_with("sign-out")) {
        let address = path
            .replace("{reference}", &entry.head.reference().to_string())
            .replace("{id}", &entry.head.id.to_string())
            .replace("{number}", "1")
            .replace("{login}", "nobody-here");
        let address =
            address.replace("{secret}", "none").replace("{tag}", "en").replace("{code}", "P12345");
        let address = address
            .replace("{at}", "1")
            .replace("{day}", "2026-11-23")
            .replace("{sender}", "0011223344556677")
            .replace("{hub}", "town-hall")
            .replace("{task}", "sell-dog-tag")
            .replace("{tablet}", "tablet-7q3m");
        for (role, client) in &people {
            let page = if *method == "GET" {
                client.get(&hub, &address)
            } else {
                client.post(&hub, &address, &[])
            };
            let is_refused = page.status == 401
                || page.status == 403
                || page.header("location").starts_with("/office/sign-in?");
            assert_eq!(
                is_refused,
                !right.is_had_by(*role),
                "{method} {address} for {role:?}: {}",
                page.status
            );
            assert_ne!(page.status, 500, "{method} {address}");
        }
    }
    for method in ["PUT", "DELETE", "PATCH", "OPTIONS"] {
        assert!(
            hub.ask(method, "/office", &admin.cookie_line(), b"").unwrap().status >= 400,
            "{method}"
        );
    }
    assert_eq!(admin.get(&hub, "/office/nothing/here").status, 404);
}

#[test]
fn the_first_administrator_needs_the_token_of_the_console_and_nobody_is_there_before() {
    let mut hub = TestServer::start();
    let nobody = OfficeClient::nobody(&hub);
    assert_eq!(nobody.get(&hub, "/office").header("location"), "/office/sign-in?back=%2Foffice");
    for (login, password) in
        [("admin", "admin"), ("administrator", "password"), ("demo-admin", ""), ("", "")]
    {
        assert_eq!(
            nobody
                .post(&hub, "/office/sign-in", &[("login", login), ("password", password)])
                .status,
            422,
            "{login}"
        );
    }
    let begin = |token: &str, password: &str| {
        nobody
            .post(
                &hub,
                "/office/first",
                &[("token", token), ("login", "ann"), ("name", "Ann Lee"), ("password", password)],
            )
            .status
    };
    let token = OfficeClient::token(&hub);
    assert_eq!(begin("0123456789abcdef0123456789abcdef", "a river in the morning"), 422, "a guess");
    assert_eq!(begin(&token, "short"), 422);
    assert_eq!(begin(&token, "a river in the morning"), 303);
    assert_eq!(begin(&token, "a river in the evening"), 422, "it holds once");
    let ann = OfficeClient::sign_in(&hub, "ann", "a river in the morning").unwrap();
    assert_eq!(ann.get(&hub, "/office/people").status, 200);
    assert!(OfficeClient::sign_in(&hub, "ann", "a river in the evening").is_none());
    hub.stop();
    hub.restart();
    assert_eq!(
        hub.log().matches("No one works in the office yet").count(),
        1,
        "no token when somebody is there"
    );
}

#[test]
fn a_stranger_who_guesses_is_slowed_and_the_person_signs_in_all_the_same() {
    let hub = TestServer::start_with(&["--trusted-proxies", "127.0.0.1"], |_| ());
    let ann = OfficeClient::first(&hub);
    drop(ann);
    let guess = |from: &str, password: &str| {
        let fields = format!("login=ann&password={}", password.replace(' ', "+"));
        hub.ask(
            "POST",
            "/office/sign-in",
            &format!("x-forwarded-for: {from}\r\nsec-fetch-site: same-origin\r\n"),
            fields.as_bytes(),
        )
        .unwrap()
    };
    let guesses: Vec<u16> =
        (0..8).map(|n| guess("203.0.113.9", &format!("guess number {n}")).status).collect();
    assert_eq!(guesses, [422, 422, 422, 422, 422, 429, 429, 429]);
    let slowed = guess("203.0.113.9", "a river in the morning");
    assert_eq!(slowed.status, 429, "also with the right one, which a guess might be");
    assert!(slowed.header("retry-after").parse::<u64>().unwrap() <= 60);
    assert_eq!(guess("198.51.100.7", "a river in the morning").status, 303);
}

#[test]
fn a_form_counts_only_from_a_page_of_ours() {
    let hub = TestServer::start();
    let ann = OfficeClient::first(&hub);
    let entry = sealed("is it safe?", &hub.keys(), 1);
    hub.send(&[&entry]);
    let path = format!("/office/inquiry/{}/note", entry.head.id);
    ann.until(&hub, "/office", "is it safe?");
    let other = ann.invited(&hub, "bo", Role::Office);
    let send = |headers: &str, body: &str| {
        hub.ask("POST", &path, &format!("{}{headers}", ann.cookie_line()), body.as_bytes())
            .unwrap()
            .status
    };
    let good = format!("csrf={}&seen=0&text=hello", ann.csrf);
    assert_eq!(send("", "seen=0&text=hello"), 409, "no token");
    assert_eq!(
        send("", &format!("csrf={}&seen=0&text=hello", other.csrf)),
        409,
        "the token of another session"
    );
    assert_eq!(send("sec-fetch-site: cross-site\r\n", &good), 409);
    assert_eq!(send("sec-fetch-site: same-site\r\n", &good), 409);
    assert_eq!(send("origin: https://evil.example\r\n", &good), 409);
    assert!(
        !ann.get(&hub, &path.replace("/note", "")).text().contains("hello"),
        "nothing was written"
    );
    assert_eq!(send("sec-fetch-site: same-origin\r\norigin: null\r\n", &good), 303);
    assert!(ann.get(&hub, &path.replace("/note", "")).text().contains("hello"));
}

#[test]
fn what_was_typed_is_still_there_when_a_form_is_refused() {
    let hub = TestServer::start();
    let ann = OfficeClient::first(&hub);
    let entry = sealed("is it kept?", &hub.keys(), 1);
    hub.send(&[&entry]);
    ann.until(&hub, "/office", "is it kept?");
    let path = format!("/office/inquiry/{}", entry.head.id);
    let check = |address: &str, fields: &[(&str, &str)], expected: [&str; 2]| {
        let page = ann.post(&hub, address, fields);
        assert_eq!(page.status, 422, "{address}");
        for text in expected {
            assert!(page.text().contains(text), "{address} has no {}", &text[..text.len().min(60)]);
        }
    };
    let long = "wörd ".repeat(1_601);
    let long = long.trim();
    for (form, field) in [("note", "The note"), ("reply", "The reply")] {
        let fault = format!("{field}: Shorten this by 4 characters.");
        check(&format!("{path}/{form}"), &[("seen", "0"), ("text", long)], [&fault, long]);
    }
    check(
        &format!("{path}/transfer"),
        &[("seen", "0"), ("department", "Nowhere"), ("why", "it is theirs")],
        ["Choose a department from the list.", "value=\"it is theirs\""],
    );
    check(
        "/office/people",
        &[("login", "bo"), ("name", "Bo Ray"), ("role", "king")],
        ["Choose a role.", "value=\"Bo Ray\""],
    );
    assert!(!ann.get(&hub, &path).text().contains("wörd"), "nothing was written");
}

/// The stages that the person with the receipt reads.
fn stages_read(hub: &TestServer, entry: &Sealed) -> Vec<InquiryStage> {
    let question = StatusQuestion { reference: entry.head.reference(), secret: entry.head.secret };
    let question = postcard::to_allocvec(&question).unwrap();
    let answer = hub.ask("POST", "/api/status", "", &question).unwrap();
    let (status, _) = postcard::take_from_bytes::<Option<Status>>(answer.body()).unwrap();
    status.unwrap().stages.into_iter().map(|(stage, _)| stage).collect()
}

#[test]
fn a_person_reads_that_their_inquiry_is_open_again() {
    let hub = TestServer::start();
    let ann = OfficeClient::first(&hub);
    let entry = sealed("which bin?", &hub.keys(), 1);
    hub.send(&[&entry]);
    ann.until(&hub, "/office", "which bin?");
    let id = entry.head.id.to_string();
    let change =
        |fields: &[(&str, &str)]| assert_eq!(ann.send(&hub, &id, "state", fields).status, 303);
    let close = [("do", "close"), ("outcome", "done"), ("why", "By phone."), ("confirmed", "yes")];
    change(&close);
    assert_eq!(stages_read(&hub, &entry), [InquiryStage::Received, InquiryStage::Closed]);
    change(&[("do", "reopen"), ("text", "It was not done.")]);
    assert_eq!(stages_read(&hub, &entry), [InquiryStage::Received, InquiryStage::InProgress]);
    change(&close);
    assert_eq!(stages_read(&hub, &entry).last(), Some(&InquiryStage::Closed));
}

/// The person with the receipt reads the reply and that it is closed; anybody else reads nothing.
fn check_person_reads_reply(hub: &TestServer, entry: &Sealed, text: &str) {
    let ask = |question: &StatusQuestion| {
        hub.ask("POST", "/api/status", "", &postcard::to_allocvec(question).unwrap()).unwrap()
    };
    let mut question =
        StatusQuestion { reference: entry.head.reference(), secret: entry.head.secret };
    let answer = ask(&question);
    let (status, rest) = postcard::take_from_bytes::<Option<Status>>(answer.body()).unwrap();
    let stages: Vec<InquiryStage> =
        status.unwrap().stages.into_iter().map(|(stage, _)| stage).collect();
    assert_eq!(stages, InquiryStage::ALL);
    let replies: Vec<StatusAnswer> = postcard::from_bytes(rest).unwrap();
    assert_eq!(replies.into_iter().map(|reply| reply.text).collect::<Vec<_>>(), [text]);
    let request = StatusRequest { question, is_background: true };
    let request = postcard::to_allocvec(&request).unwrap();
    let followed = hub.ask("POST", "/api/status", "", &request).unwrap();
    let (status, replies): (Option<Status>, Vec<StatusAnswer>) =
        postcard::from_bytes(followed.body()).unwrap();
    assert_eq!(status.unwrap().stages.len(), InquiryStage::ALL.len());
    assert_eq!(replies, [], "nobody reads an answer to a device that asks by itself");
    question.secret[0] ^= 1;
    assert!(!String::from_utf8_lossy(ask(&question).body()).contains("Bring"));
}

#[test]
fn an_inquiry_is_taken_answered_and_closed_and_the_person_reads_it_with_the_receipt() {
    let hub = TestServer::start();
    let ann = OfficeClient::first(&hub);
    let service = domain::ServiceId::parse("boat-permit").unwrap();
    let entry = sealed_about(Some(service), "what do I bring for my boat?", &hub.keys(), 1);
    hub.send(&[&entry]);
    ann.until(&hub, "/office", "what do I bring");
    let path = format!("/office/inquiry/{}", entry.head.id);
    let page = ann.get(&hub, &path).text();
    assert!(
        page.contains("Due ") && page.contains("Harbour Office"),
        "it is due, and somebody's: {page}"
    );
    assert_eq!(ann.write(&hub, &path, "assign", &[("to", "ann")]), 303);
    assert_eq!(
        ann.write(
            &hub,
            &path,
            "reply",
            &[("do", "compose"), ("service", "boat-permit"), ("text", "Hello.")]
        ),
        303
    );
    let page = ann.get(&hub, &path).text();
    assert!(
        page.contains("Hello.\n\nGet a boat permit\nA permit to keep a boat at the town dock.\nBring: proof of insurance\nCost: $40 (A season)"),
        "the record's facts are in the draft: {page}"
    );
    assert_eq!(
        ann.write(
            &hub,
            &path,
            "reply",
            &[("do", "send"), ("way", "status"), ("text", "Bring <b>your</b> tag & a bill.")]
        ),
        303
    );
    assert_eq!(
        ann.write(
            &hub,
            &path,
            "state",
            &[("do", "close"), ("outcome", "answered"), ("why", "By phone."), ("confirmed", "yes")]
        ),
        303
    );
    check_person_reads_reply(&hub, &entry, "Bring <b>your</b> tag & a bill.");
    assert!(
        ann.get(&hub, &format!("{path}/letter/3")).text().contains("your question")
            || ann.get(&hub, &format!("{path}/letter/3")).text().contains("Your question")
    );
    assert!(
        !ann.get(&hub, "/office").text().contains("what do I bring"),
        "what is closed is not among what is open"
    );
    assert!(ann.get(&hub, "/office?state=closed&q=BOAT").text().contains("what do I bring"));
}

/// The number that a form for a new inquiry has.
fn number_of_form(ann: &OfficeClient, hub: &TestServer) -> String {
    let page = ann.get(hub, "/office/new").text();
    let id = page.split("name=\"id\" value=\"").nth(1).and_then(|rest| rest.split('"').next());
    id.unwrap_or_else(|| panic!("{page}")).into()
}

#[test]
fn a_call_is_recorded_once_and_one_that_was_only_a_question_is_closed_and_counted() {
    let hub = TestServer::start();
    let ann = OfficeClient::first(&hub);
    let id = number_of_form(&ann, &hub);
    let call = [
        ("id", id.as_str()),
        ("channel", "phone"),
        ("message", "The dock is broken again."),
        ("contact", "(705) 555 0147"),
        ("do", "record"),
    ];
    for _ in 0..2 {
        let recorded = ann.post(&hub, "/office/new", &call);
        let page = format!("/office/inquiry/{id}?done=recorded");
        assert_eq!((recorded.status, recorded.header("location")), (303, page));
    }
    let inbox = ann.get(&hub, "/office?channel=phone").text();
    assert_eq!(inbox.matches("The dock is broken again.").count(), 1, "{inbox}");
    assert!(!ann.get(&hub, "/office?channel=letter").text().contains("The dock is broken"));
    let page = ann.get(&hub, &format!("/office/inquiry/{id}?done=recorded")).text();
    for says in ["Inquiry recorded.", "recorded it", "705-555-0147", "<dd>Phone</dd>"] {
        assert!(page.contains(says), "{says}: {page}");
    }
    assert!(!page.contains("name=\"asks\""), "without a tracking code nobody can answer: {page}");
    let look = [("message", "a permit for my boat"), ("contact", "7055550147"), ("do", "look")];
    let looked = ann.post(&hub, "/office/new", &look).text();
    for says in ["1 earlier inquiry from this contact", "value=\"boat-permit\""] {
        assert!(looked.contains(says), "{says}: {looked}");
    }
    let only = [("id", ""), ("channel", "counter"), ("do", "answered")];
    let counted = ann.post(&hub, "/office/new", &only);
    assert!(
        counted.header("location").starts_with("/office/new?channel=counter&hub=&done=answered")
    );
    let closed = ann.get(&hub, "/office?state=closed&channel=counter").text();
    assert!(closed.contains("No words were recorded."), "{closed}");
    let (is_fine, audit) = hub.office(&["audit", "list"]);
    assert!(is_fine && audit.matches("\"record\"").count() == 2, "{audit}");
    let exported = hub.export("inquiries", "csv");
    assert!(exported.lines().next().unwrap().ends_with(",\"channel\",\"thread\""), "{exported}");
    assert!(exported.contains(",\"phone\",\"\"\r\n") && exported.contains(",\"counter\",\"\"\r\n"));
    // A reply on paper asks nothing that could be answered with the app.
    let asking = [("do", "send"), ("way", "print"), ("text", "Which dock?"), ("asks", "1")];
    assert_eq!(ann.write(&hub, &format!("/office/inquiry/{id}"), "reply", &asking), 303);
    let page = ann.get(&hub, &format!("/office/inquiry/{id}")).text();
    assert!(page.contains("Which dock?") && !page.contains("asked the person"), "{page}");
}

#[test]
fn what_is_final_or_told_to_a_person_is_asked_before() {
    let hub = TestServer::start();
    let ann = OfficeClient::first(&hub);
    let bo = ann.invited(&hub, "bo", Role::Office);
    let entry = sealed("which bin?", &hub.keys(), 1);
    hub.send(&[&entry]);
    ann.until(&hub, "/office", "which bin?");
    let id = entry.head.id.to_string();
    let path = format!("/office/inquiry/{id}");
    assert_eq!(bo.write(&hub, &path, "assign", &[("to", "bo")]), 303);
    let close = [("do", "close"), ("outcome", "done"), ("why", ""), ("confirmed", "yes")];
    let asked = ann.send(&hub, &id, "state", &close[..2]);
    assert!(asked.status == 200 && asked.text().contains("Close without a reply?"));
    assert_eq!(ann.send(&hub, &id, "state", &close).status, 422, "a reason is missing");
    let transfer = [("department", "Harbour Office"), ("why", "Theirs."), ("confirmed", "yes")];
    let unsaid = ann.send(&hub, &id, "transfer", &transfer[..1]).text();
    assert!(unsaid.contains("Write why you transfer it"), "{unsaid}");
    let asked = ann.send(&hub, &id, "transfer", &transfer[..2]);
    assert!(asked.status == 200 && asked.text().contains("value=\"Theirs.\""));
    let leave = [("do", "leave"), ("confirmed", "yes"), ("heir", "ann")];
    let asked = ann.post(&hub, "/office/people/bo", &leave[..1]).text();
    assert!(asked.contains("Who takes the open inquiry?"), "{asked}");
    assert_eq!(ann.post(&hub, "/office/people/bo", &leave[..2]).status, 422, "nobody is chosen");
    assert_eq!(bo.get(&hub, "/office").status, 200, "nothing was done yet");
    assert_eq!(ann.post(&hub, "/office/people/bo", &leave).status, 303);
    assert!(ann.get(&hub, "/office?who=me").text().contains("which bin?"), "ann has it now");
    let transferred = ann.send(&hub, &id, "transfer", &transfer);
    assert_eq!(transferred.header("location"), format!("{path}?done=transferred"));
}

#[test]
fn one_act_replies_closes_and_opens_the_next_and_says_so() {
    let hub = TestServer::start();
    let ann = OfficeClient::first(&hub);
    let (first, second) = (sealed("which bin?", &hub.keys(), 1), sealed("when?", &hub.keys(), 2));
    hub.send(&[&first, &second]);
    ann.until(&hub, "/office", "which bin?");
    let finish = [("do", "finish"), ("way", "status"), ("text", "The green one.")];
    let done = ann.send(&hub, &first.head.id.to_string(), "reply", &finish);
    let next = done.header("location");
    let said = format!("done=replied-and-closed&of={}", first.head.reference());
    assert_eq!(next, format!("/office/next?after={}&{said}", first.head.id));
    let page = ann.get(&hub, &next).text();
    assert!(page.contains("Reply sent and inquiry closed.") && page.contains("when?"), "{page}");
    let done = ann.send(&hub, &second.head.id.to_string(), "reply", &finish);
    let inbox = hub.get_with(&done.header("location"), &ann.cookie_line());
    assert!(inbox.header("location").starts_with("/office?done=replied-and-closed"));
    assert!(ann.get(&hub, "/office/next").header("location").contains("nothing-next"));
}

#[test]
fn the_inbox_shows_what_names_no_service_until_somebody_says_which() {
    let hub = TestServer::start();
    let ann = OfficeClient::first(&hub);
    let service = domain::ServiceId::parse("boat-permit").unwrap();
    let (about, none) = (
        sealed_about(Some(service), "my boat", &hub.keys(), 1),
        sealed("my question", &hub.keys(), 2),
    );
    hub.send(&[&about, &none]);
    let page = ann.until(&hub, "/office?service=none", "my question");
    assert!(
        !page.contains("my boat") && page.contains("<option value=\"none\" selected>"),
        "{page}"
    );
    let page = ann.until(&hub, "/office?service=boat-permit", "my boat");
    assert!(!page.contains("my question"), "{page}");
    let path = format!("/office/inquiry/{}", none.head.id);
    assert_eq!(ann.write(&hub, &path, "about", &[("service", "dog-tag")]), 303);
    assert!(!ann.get(&hub, "/office?service=none").text().contains("my question"));
    assert!(ann.get(&hub, "/office?service=dog-tag").text().contains("my question"));
}

#[test]
fn two_who_write_at_once_overwrite_nothing_and_lose_no_word() {
    let hub = TestServer::start();
    let ann = OfficeClient::first(&hub);
    let bo = ann.invited(&hub, "bo", Role::Office);
    let entry = sealed("which bin?", &hub.keys(), 1);
    hub.send(&[&entry]);
    ann.until(&hub, "/office", "which bin?");
    let path = format!("/office/inquiry/{}", entry.head.id);
    ann.get(&hub, &path);
    assert!(
        bo.get(&hub, &path).text().contains("has this open now"),
        "the second is told that the first is here"
    );
    assert_eq!(
        ann.write(
            &hub,
            &path,
            "reply",
            &[("do", "send"), ("way", "status"), ("text", "The green one.")]
        ),
        303
    );
    let late = bo.post(
        &hub,
        &format!("{path}/reply"),
        &[("seen", "0"), ("do", "send"), ("way", "status"), ("text", "The blue one, I think.")],
    );
    assert_eq!(late.status, 409);
    let page = late.text();
    assert!(
        page.contains("The green one.")
            && page.contains("The blue one, I think.")
            && page.contains("Someone else changed this inquiry"),
        "{page}"
    );
    assert!(!bo.get(&hub, &path).text().contains("The blue one"), "it was not sent");
}

#[test]
fn what_is_erased_leaves_the_desk_and_the_notes_with_it() {
    let hub = TestServer::start();
    let ann = OfficeClient::first(&hub);
    let (gone, kept) =
        (sealed("forget me, please", &hub.keys(), 1), sealed("keep me, please", &hub.keys(), 2));
    hub.send(&[&gone, &kept]);
    ann.until(&hub, "/office", "forget me");
    let path = format!("/office/inquiry/{}", gone.head.id);
    assert_eq!(ann.write(&hub, &path, "note", &[("text", "a secret of theirs")]), 303);
    assert!(hub.office(&["erase", &gone.head.id.to_string(), "--reason", "request 1"]).0);
    assert_eq!(ann.get(&hub, &path).status, 404, "at once, although it may still be in memory");
    for _ in 0..50 {
        if !ann.get(&hub, "/office?state=any&q=please").text().contains("forget me") {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(100));
    }
    let page = ann.get(&hub, "/office?state=any&q=please").text();
    assert!(page.contains("keep me") && !page.contains("forget me"), "{page}");
    let file = std::fs::read(std::path::Path::new(&hub.data()).join("hub.sqlite")).unwrap();
    assert!(!file.windows(8).any(|window| window == b"a secret"), "notes are sealed on the disk");
}

/// Fault 54: what a person writes is only ever shown as text.
#[test]
fn fault_54_two_hundred_texts_that_would_be_scripts_are_shown_as_text() {
    let hub = TestServer::start();
    let ann = OfficeClient::first(&hub);
    let texts = office_client::scripts();
    assert!(texts.len() >= 200, "{}", texts.len());
    let entries: Vec<_> = texts
        .iter()
        .enumerate()
        .map(|(at, text)| sealed(text, &hub.keys(), at as u64 + 1))
        .collect();
    for batch in entries.chunks(50) {
        hub.send(&batch.iter().collect::<Vec<_>>());
    }
    ann.until(&hub, "/office?order=newest", "inquiries");
    ann.until(&hub, "/office?page=99", &format!("of {}", texts.len()));
    for (text, entry) in texts.iter().zip(&entries) {
        let path = format!("/office/inquiry/{}", entry.head.id);
        let page = ann.get(&hub, &path);
        assert_eq!(page.status, 200, "{text}");
        office_client::assert_is_only_text(&page.text(), text);
    }
    let path = format!("/office/inquiry/{}", entries[0].head.id);
    for text in texts.iter().take(20) {
        assert_eq!(ann.write(&hub, &path, "note", &[("text", text)]), 303);
    }
    let page = ann.get(&hub, &path).text();
    texts.iter().take(20).for_each(|text| office_client::assert_is_only_text(&page, text));
    for query in texts.iter().take(40) {
        let page = ann.get(&hub, &format!("/office?q={}", office_client::encoded(query))).text();
        office_client::assert_is_only_text(&page, query);
    }
}

#[test]
fn somebody_who_left_is_out_at_once_and_an_old_session_ends() {
    let hub = TestServer::start();
    let ann = OfficeClient::first(&hub);
    let bo = ann.invited(&hub, "bo", Role::Office);
    assert_eq!(bo.get(&hub, "/office").status, 200);
    assert_eq!(
        ann.post(&hub, "/office/people/bo", &[("do", "leave"), ("confirmed", "yes")]).status,
        303
    );
    assert_eq!(bo.get(&hub, "/office").status, 303, "the session is over");
    assert!(OfficeClient::sign_in(&hub, "bo", office_client::PASSWORD).is_none());
    assert_eq!(
        ann.post(&hub, "/office/people/ann", &[("do", "leave"), ("confirmed", "yes")]).status,
        422,
        "an office never loses its last administrator"
    );
    assert_eq!(ann.post(&hub, "/office/sign-out", &[]).status, 303);
    assert_eq!(ann.get(&hub, "/office").status, 303);
    let (is_fine, said) = hub.office(&["audit", "verify"]);
    assert!(is_fine, "{said}");
}

/// More inquiries than are handed over in the request itself.
#[test]
fn all_inquiries_of_someone_who_left_are_handed_over_however_many_they_are() {
    const MANY: u64 = 103;
    let hub = TestServer::start();
    let ann = OfficeClient::first(&hub);
    ann.invited(&hub, "bo", Role::Office);
    let keys = hub.keys();
    let entries: Vec<Sealed> =
        (1..=MANY).map(|number| sealed("which bin?", &keys, number)).collect();
    for some in entries.chunks(20) {
        hub.send(&some.iter().collect::<Vec<_>>());
    }
    ann.until(&hub, "/office", &format!("<strong>{MANY}</strong>"));
    for entry in &entries {
        let path = format!("/office/inquiry/{}/assign", entry.head.id);
        assert_eq!(ann.post(&hub, &path, &[("seen", "0"), ("to", "bo")]).status, 303);
    }
    let leave = [("do", "leave"), ("confirmed", "yes"), ("heir", "ann")];
    let done = ann.post(&hub, "/office/people/bo", &leave).header("location");
    assert_eq!(done, "/office/people?done=person-removed&handed=100&left=3");
    let page = ann.get(&hub, &done).text();
    assert!(page.contains("100 inquiries handed over. 3 are being handed over"), "{page}");
    ann.until(&hub, "/office?who=me", &format!("<strong>{MANY}</strong>"));
    let page = ann.get(&hub, "/office/people").text();
    assert!(!page.contains("to hand over"), "{page}");
}
