//! Tests the survey with the real program, from the first survey link to the published figures.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

#[allow(dead_code, reason = "each test file uses only a part of it")]
mod cluster;
mod hub;
mod office_client;

use domain::collector::{CollectorCode, Step, Tally, Way};
use domain::office::OfficeOffer;
use domain::status::{Status, StatusAnswer, StatusQuestion};
use domain::submission::{Content, Feedback, PublicKeys};
use domain::survey::{Answers, CompleteAnswers, Survey, SurveyAnswer};
use domain::{Language, QuestionId};
use hub::{TestServer, plain_csv, sealed_content};
use office::staff::Role;
use office_client::{OfficeClient, assert_is_only_text, scripts};
use offline::sealing::{Sealed, ticket_of};

fn id(name: &str) -> QuestionId {
    QuestionId::parse(name).unwrap()
}

/// The survey of the test municipality.
fn questions() -> Survey {
    let town = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../tests/municipalities/pine-harbour");
    publish::check_dir(&town).unwrap().0.survey().clone()
}

fn said(point: u8, comment: Option<&str>, collector: Option<&CollectorCode>) -> Content {
    let survey = questions();
    let mut answers = Answers::default();
    answers.set(&survey, &id("overall"), SurveyAnswer::Scale(point)).unwrap();
    if let Some(comment) = comment {
        answers.set(&survey, &id("why"), SurveyAnswer::Comment(comment.into())).unwrap();
    }
    let way = collector.map_or(Way::OpenLink, CollectorCode::way);
    let answers = CompleteAnswers::of(&survey, &answers).unwrap();
    Content::Feedback(Feedback {
        answers,
        language: Language::English,
        way,
        collector: collector.cloned(),
        ticket: None,
        service: None,
        hub: None,
        seconds: Some(95),
    })
}

fn tallies(collector: &CollectorCode, step: Step, count: usize) -> Vec<Content> {
    vec![Content::Tally(Tally { collector: collector.clone(), step }); count]
}

/// Sends in as many requests as needed; `from` is the number of the first submission.
fn send(hub: &TestServer, contents: Vec<Content>, from: u64) {
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

/// Creates a survey link as staff do, and returns the code that its page shows.
fn collector(
    client: &OfficeClient,
    hub: &TestServer,
    way: Way,
    name: &str,
    every: &str,
) -> CollectorCode {
    let page = client.post(
        hub,
        "/office/survey/ways",
        &[("way", way.name()), ("name", name), ("every", every)],
    );
    assert_eq!(page.status, 303, "{}", page.text());
    let page = client.get(hub, "/office/survey/ways").text();
    let card = page
        .split("<li class=\"card")
        .find(|card| card.contains(&format!("<h2>{name}</h2>")))
        .unwrap_or_else(|| panic!("{page}"));
    let code = card.split("/s/").nth(1).unwrap().split(['"', '<']).next().unwrap();
    CollectorCode::parse(code).unwrap()
}

/// Forty people invited on a tablet, of whom five refuse and thirty answer; twenty answers through
/// a poster; three without a link.
fn round(hub: &TestServer, client: &OfficeClient) -> (CollectorCode, CollectorCode) {
    let tablet = collector(client, hub, Way::StaffAssisted, "Fair, tablet 1", "5");
    let poster = collector(client, hub, Way::Poster, "Poster, library", "1");
    let mut all = tallies(&tablet, Step::Invited, 40);
    all.extend(tallies(&tablet, Step::Refused, 5));
    all.extend((0..30).map(|at| said(if at < 24 { 5 } else { 2 }, None, Some(&tablet))));
    all.extend(tallies(&poster, Step::Opened, 50));
    all.extend(tallies(&poster, Step::Started, 25));
    all.extend((0..20).map(|at| said(if at < 10 { 4 } else { 1 }, None, Some(&poster))));
    all.extend((0..3).map(|_| said(1, None, None)));
    send(hub, all, 1);
    (tablet, poster)
}

fn today() -> String {
    day(0)
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

#[test]
fn the_invited_have_margins_the_others_the_reason_and_nobody_is_added_to_the_other() {
    let hub = TestServer::start();
    let admin = OfficeClient::first(&hub);
    round(&hub, &admin);
    let page = admin.get(&hub, "/office/survey").text();
    let (invited, open) = page.split_once("<h2 id=\"h-open\">").unwrap_or_else(|| panic!("{page}"));
    assert!(
        invited.contains("<strong>n = 30</strong>")
            && invited.contains("Invited: 40. Answered: 30 (75.0%)"),
        "{invited}"
    );
    // The Wilson interval for 24 of 30.
    assert!(invited.contains("80.0% (62.7 to 90.5)"), "{invited}");
    assert!(
        open.contains("<strong>n = 23</strong>") && open.contains("These people chose to respond"),
        "{open}"
    );
    assert!(
        open.contains("43.5%</td>") && !open.contains("43.5% ("),
        "ten of twenty-three, and no margin: {open}"
    );
    let reach = page.split("id=\"h-reach\"").nth(1).unwrap();
    assert!(
        reach.contains(
            "<th scope=\"row\">Poster, library</th><td>Poster</td><td>50</td><td>25</td><td>20</td>"
        ),
        "{reach}"
    );
    let french = hub
        .get_with("/office/survey", &format!("accept-language: fr\r\n{}", admin.cookie_line()))
        .text();
    assert!(
        french.contains("80,0\u{a0}% (62,7 à 90,5)")
            && french.contains("Ces personnes ont choisi de répondre"),
        "{french}"
    );
    assert!(!page.contains("style=\""), "the pages keep to their own style sheet");
}

#[test]
fn a_code_that_the_office_did_not_make_invites_nobody() {
    let hub = TestServer::start();
    let admin = OfficeClient::first(&hub);
    let made_up = CollectorCode::new(Way::StaffAssisted, 5, [9; 16]);
    let mut all = tallies(&made_up, Step::Invited, 100);
    all.extend((0..20).map(|_| said(5, None, Some(&made_up))));
    send(&hub, all, 1);
    let page = admin.get(&hub, "/office/survey").text();
    let (invited, open) = page.split_once("<h2 id=\"h-open\">").unwrap();
    assert!(invited.contains("n = hidden") && open.contains("<strong>n = 20</strong>"), "{page}");
}

#[test]
fn counts_that_cannot_be_earn_no_margin_until_somebody_mends_them() {
    let hub = TestServer::start();
    let admin = OfficeClient::first(&hub);
    let sheets = collector(&admin, &hub, Way::Paper, "Sheets", "3");
    send(&hub, (0..12).map(|_| said(4, None, Some(&sheets))).collect(), 1);
    let page = admin.get(&hub, "/office/survey").text();
    assert!(
        page.contains("more answers and refusals than invitations")
            && page.contains("(12 + 0 &gt; 0)"),
        "{page}"
    );
    for (invited, refused, status) in
        [("10", "11", 422), ("x", "0", 422), ("", "", 422), ("2001", "0", 422), ("20", "4", 303)]
    {
        let fields = [("act", "count"), ("invited", invited), ("refused", refused)];
        assert_eq!(
            admin.post(&hub, &format!("/office/survey/ways/{sheets}"), &fields).status,
            status,
            "{invited} {refused}"
        );
    }
    let page = admin.get(&hub, "/office/survey").text();
    assert!(
        !page.contains("more answers and refusals")
            && page.contains("Invited: 20. Answered: 12 (60.0%"),
        "{page}"
    );
    assert!(page.contains("on paper: 12"), "{page}");
}

#[test]
fn a_comment_is_seen_by_nobody_else_before_somebody_cleared_it() {
    let hub = TestServer::start();
    let admin = OfficeClient::first(&hub);
    let clerk = admin.invited(&hub, "cleo", Role::Office);
    let texts = ["The queue was long & slow", "Ann at counter 3 was rude"];
    send(&hub, texts.iter().map(|text| said(3, Some(text), None)).collect(), 1);
    let report = || admin.get(&hub, "/office/survey").text();
    assert!(!report().contains("The queue"), "nobody read it yet");
    let page = admin.get(&hub, "/office/survey/comments").text();
    assert!(
        page.contains("2 of 2 to read") && page.contains("The queue was long &#38; slow"),
        "{page}"
    );
    let form = |text: &str| {
        let row = page.split("<li>").find(|row| row.contains(text)).unwrap();
        row.split("name=\"id\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_string()
    };
    let judge = |text: &str, judgement: &str| {
        admin
            .post(
                &hub,
                "/office/survey/comments",
                &[("id", &form(text)), ("question", "why"), ("judgement", judgement)],
            )
            .status
    };
    assert_eq!((judge("The queue", "clear"), judge("counter 3", "withhold")), (303, 303));
    assert!(
        report().contains("The queue was long &#38; slow") && !report().contains("counter 3"),
        "{}",
        report()
    );
    assert!(admin.get(&hub, "/office/survey/comments").text().contains("No comments to read"));
    assert_eq!(judge("The queue", "withhold"), 303);
    assert!(!report().contains("The queue"), "the last word counts");
    assert_eq!(clerk.get(&hub, "/office/survey/comments").status, 403);
    let audit = admin.get(&hub, "/office/audit").text();
    assert!(audit.contains("clear comment") && !audit.contains("queue"), "{audit}");
}

/// Publishes the test municipality's survey, and then a version 2 whose comment has another id.
fn publish_version_2(hub: &TestServer) {
    let dir = tempfile::tempdir().unwrap();
    let from = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../tests/municipalities/pine-harbour");
    let town = dir.path().join("town");
    std::process::Command::new("cp").arg("-r").arg(from).arg(&town).status().unwrap();
    let today = domain::hours::Date::parse("2026-11-25").unwrap();
    publish::publish(&town, &dir.path().join("first"), today).unwrap();
    let second = std::fs::read_to_string(town.join("survey/1.toml"))
        .unwrap()
        .replace("version = 1", "version = 2")
        .replace("id = \"why\"", "id = \"reason\"");
    std::fs::write(town.join("survey/2.toml"), second).unwrap();
    let to = std::path::Path::new(&hub.data()).join("catalogue");
    publish::publish(&town, &to, today).unwrap();
}

#[test]
fn comments_on_an_earlier_version_of_the_questions_are_read_and_judged_as_before() {
    let hub = TestServer::start();
    let admin = OfficeClient::first(&hub);
    send(&hub, vec![said(3, Some("The queue was long"), None)], 1);
    publish_version_2(&hub);
    let page = |path: &str| admin.get(&hub, path).text();
    let is_taken =
        || page("/office/survey/comments").contains("<option value=\"2\" selected>Version 2");
    for _ in 0..100 {
        if is_taken() {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(100));
    }
    assert!(is_taken(), "{}", hub.log());
    assert!(page("/office/survey/comments").contains("No comments to read"));
    let earlier = page("/office/survey/comments?version=1");
    assert!(earlier.contains("The queue was long") && earlier.contains("Why?"), "{earlier}");
    let id = earlier.split("name=\"id\" value=\"").nth(1).unwrap().split('"').next().unwrap();
    let fields = [("id", id), ("question", "why"), ("judgement", "clear"), ("version", "1")];
    let judged = admin.post(&hub, "/office/survey/comments", &fields);
    assert!(
        judged.status == 303 && judged.header("location").contains("&version=1"),
        "back to the same version: {}",
        judged.header("location")
    );
    let back = page(&judged.header("location"));
    assert!(
        back.contains("The queue was long") && back.contains("<strong>approved</strong>"),
        "it is still there, so that one press takes that back: {back}"
    );
    assert!(page("/office/survey?version=1").contains("The queue was long"));
}

#[test]
fn an_answer_that_was_shown_before_counts_no_more_once_it_is_erased() {
    let hub = TestServer::start();
    let admin = OfficeClient::first(&hub);
    let keys = hub.keys();
    let entry = |number| {
        let comment = format!("Comment {number} about the long wait.");
        sealed_content(said(4, Some(&comment), None), &keys, number)
    };
    let entries: Vec<_> = (1..=12).map(entry).collect();
    hub.send(&entries.iter().collect::<Vec<_>>());
    let pages = || {
        let get = |path| admin.get(&hub, path).text();
        (get("/office/survey"), get("/office/survey/comments"))
    };
    // The second time, what was opened the first time is used.
    for _ in 0..2 {
        let (report, comments) = pages();
        assert!(report.contains("<strong>n = 12</strong>"), "{report}");
        assert!(comments.contains("Comment 7 about"), "{comments}");
    }
    assert!(hub.office(&["erase", &entries[6].head.id.to_string(), "--reason", "asked"]).0);
    let (report, comments) = pages();
    assert!(report.contains("<strong>n = 11</strong>"), "{report}");
    assert!(!comments.contains("Comment 7 about"), "{comments}");
    assert!(comments.contains("Comment 8 about"), "{comments}");
}

#[test]
fn two_hundred_scripts_in_comments_are_only_text() {
    let hub = TestServer::start();
    let admin = OfficeClient::first(&hub);
    let scripts = scripts();
    send(&hub, scripts.iter().map(|text| said(3, Some(text), None)).collect(), 1);
    let page = admin.get(&hub, "/office/survey/comments?all=1").text();
    assert_eq!(page.matches("<blockquote").count(), scripts.len());
    scripts.iter().for_each(|text| assert_is_only_text(&page, text));
}

#[test]
fn the_table_has_every_figure_once_and_formulas_are_made_harmless() {
    let hub = TestServer::start();
    let admin = OfficeClient::first(&hub);
    round(&hub, &admin);
    let csv = plain_csv(&admin.get(&hub, "/office/survey/figures.csv").text());
    assert!(
        csv.starts_with(
            "from,to,survey_version,respondents,question,by,group,measure,n,value,low,high\r\n"
        ),
        "{csv}"
    );
    let line = csv.lines().find(|line| line.contains(",invited,overall,,,top-two,")).unwrap();
    let cells: Vec<_> = line.split(',').collect();
    let number = |at: usize| cells[at].parse::<f64>().unwrap();
    assert!(
        cells[8] == "30"
            && (number(9) - 0.8).abs() < 1e-9
            && (number(10) - 0.6269).abs() < 1e-3
            && (number(11) - 0.9050).abs() < 1e-3,
        "{line}"
    );
    assert!(
        csv.lines().any(|line| line.contains(",open,overall,,,top-two,23,")
            && line.ends_with(",self-selected respondents")),
        "{csv}"
    );
    let codebook = plain_csv(&admin.get(&hub, "/office/survey/codebook.csv").text());
    assert!(codebook.contains("1,overall,5,Looking back,Overall,Great,"), "{codebook}");
    let package: serde_json::Value =
        serde_json::from_str(&admin.get(&hub, "/office/survey/datapackage.json").text()).unwrap();
    assert_eq!(
        package["resources"][0]["schema"]["fields"].as_array().unwrap().len(),
        csv.lines().next().unwrap().split(',').count()
    );
    assert!(
        admin.get(&hub, "/office/audit").text().contains("survey figures"),
        "what is taken out is written down"
    );
}

/// Makes answers three days older in the database, to simulate the passing of time.
fn grow_older(hub: &TestServer, database: Option<&str>) {
    let change = "UPDATE submission SET received_at_ms = received_at_ms - 3 * 86400000";
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let path = format!("{}/hub.sqlite", hub.data());
    let changed = runtime.block_on(async {
        use sqlx::Connection;
        match database {
            Some(url) => sqlx::query(change)
                .execute(&mut sqlx::PgConnection::connect(url).await.unwrap())
                .await
                .unwrap()
                .rows_affected(),
            None => sqlx::query(change)
                .execute(&mut sqlx::SqliteConnection::connect(&path).await.unwrap())
                .await
                .unwrap()
                .rows_affected(),
        }
    });
    assert!(changed > 0);
}

/// Writes a baseline's file and has the program compute it again.
fn verify(hub: &TestServer, text: &str) -> (bool, String) {
    let path = format!("{}/baseline.json", hub.data());
    std::fs::write(&path, text).unwrap();
    hub.command(&["baseline", "verify", &path, "--site", &hub.site(), "--data-dir", &hub.data()])
}

/// The id of the first answer in the export.
fn first_feedback(hub: &TestServer) -> String {
    hub.export("feedback", "jsonl")
        .lines()
        .next()
        .unwrap()
        .split("\"id\":\"")
        .nth(1)
        .unwrap()
        .split('"')
        .next()
        .unwrap()
        .to_string()
}

/// Everybody sees the published figures, under the public suppression rule, and only while they are
/// published.
fn check_published_figures(hub: &TestServer, admin: &OfficeClient) {
    let public = || hub.get("/survey-results").text();
    let said = || {
        let keys = hub.get("/api/keys");
        let said: (PublicKeys, OfficeOffer, Option<bool>) =
            postcard::from_bytes(keys.body()).unwrap();
        said.2
    };
    assert_eq!(said(), Some(false), "no link to results where there are none");
    assert!(
        public().contains("No figures published yet")
            && hub.get("/survey-results/figures.csv").status == 404
    );
    let publish = [("act", "publish"), ("confirmed", "yes")];
    let address = "/office/survey/baselines/1";
    assert_eq!(admin.post(hub, address, &publish[..1]).status, 200, "it is asked first");
    assert_eq!(admin.post(hub, address, &publish).status, 303);
    assert!(
        public().contains("80.0% (62.7 to 90.5)") && public().contains("Autumn 2026"),
        "{}",
        public()
    );
    assert_eq!(said(), Some(true));
    assert!(hub.get("/fr/survey-results").text().contains("80,0\u{a0}% (62,7 à 90,5)"));
    let csv = hub.get("/survey-results/figures.csv");
    assert!(
        plain_csv(&csv.text()).contains(",invited,overall,,,top-two,30,0.8,")
            && csv.header("access-control-allow-origin") == "*",
        "{}",
        csv.text()
    );
    assert!(
        plain_csv(&csv.text()).contains(",invited,overall,,,point-2,,,,hidden"),
        "six people are too few for everybody: {}",
        csv.text()
    );
    assert_eq!(admin.post(hub, "/office/survey/baselines/1", &[("act", "take-back")]).status, 303);
    assert!(public().contains("No figures published yet"));
}

fn a_baseline_lasts(database: Option<String>) {
    let hub = TestServer::start_on(database.clone());
    let admin = OfficeClient::first(&hub);
    round(&hub, &admin);
    let (from, to) = (day(-10), day(-2));
    let freeze = |name: &str, to: &str| {
        admin.post(&hub, "/office/survey/baselines", &[("name", name), ("from", &from), ("to", to)])
    };
    assert_eq!(freeze("Today", &today()).status, 422, "answers may still come");
    grow_older(&hub, database.as_deref());
    assert_eq!(freeze("", &to).status, 422);
    assert_eq!(freeze("Autumn 2026", &to).status, 303, "{}", freeze("Autumn 2026", &to).text());
    assert_eq!(freeze("Autumn 2026", &to).status, 422, "a name is given once");
    let file = admin.get(&hub, "/office/survey/baselines/1").text();
    let (is_same, told) = verify(&hub, &file);
    assert!(
        is_same && told.contains("Identical: “Autumn 2026”, recalculated. Answers: 53."),
        "{told}"
    );
    // Later staff actions do not change the baseline.
    let later = collector(&admin, &hub, Way::Paper, "Later", "1");
    admin.post(
        &hub,
        &format!("/office/survey/ways/{later}"),
        &[("act", "count"), ("invited", "50"), ("refused", "1")],
    );
    assert!(verify(&hub, &file).0);
    for (from, to, says) in [
        ("\"complete\":30", "\"complete\":31", "signature is wrong"),
        ("\"signer\":\"", "\"signer\":\"00", "signer"),
        ("}\n", "}", "not a baseline"),
    ] {
        let (is_same, told) = verify(&hub, &file.replacen(from, to, 1));
        assert!(!is_same && told.contains(says), "{from}: {told}");
    }
    check_published_figures(&hub, &admin);
    // If answers were deleted, the page says so.
    let one = first_feedback(&hub);
    // The answers were made three days older, so the clock looks wrong.
    assert!(hub.office(&["erase", &one, "--reason", "asked", "--confirm", "3"]).0);
    let (is_same, told) = verify(&hub, &file);
    assert!(
        !is_same && told.contains("made from 53 answers, and of those days 52 are stored"),
        "{told}"
    );
}

#[test]
fn a_baseline_is_made_again_to_the_byte_on_sqlite() {
    a_baseline_lasts(None);
}

#[test]
fn a_baseline_is_made_again_to_the_byte_on_postgresql() {
    a_baseline_lasts(Some(cluster::shared().database()));
}

#[test]
fn two_periods_are_compared_by_what_invited_people_said() {
    let hub = TestServer::start();
    let admin = OfficeClient::first(&hub);
    let tablet = collector(&admin, &hub, Way::StaffAssisted, "Tablet", "2");
    let wave = |top: usize, from: u64| {
        let mut all = tallies(&tablet, Step::Invited, 200);
        all.extend((0..100).map(|at| said(if at < top { 5 } else { 2 }, None, Some(&tablet))));
        send(&hub, all, from);
    };
    wave(50, 1);
    grow_older(&hub, None);
    wave(85, 10_000);
    let (begin, end, new) = (day(-4), day(-2), today());
    let page = admin
        .get(
            &hub,
            &format!(
                "/office/survey/compare?before_from={begin}&before_to={end}&from={}&to={new}",
                day(-1)
            ),
        )
        .text();
    assert!(
        page.contains("50.0 (n = 100)")
            && page.contains("85.0 (n = 100)")
            && page.contains("+35.0 (+")
            && page.contains("<td>Better</td>"),
        "{page}"
    );
    let (said, chart) = page.split_once("<figure class=\"chart dots\">").unwrap();
    assert!(said.contains("class=\"finding\""), "the sentence comes first: {said}");
    let (chart, _) = chart.split_once("</figure>").unwrap();
    assert!(
        chart.contains("Share of the top two answers, before and after")
            && chart.matches("<circle").count() == 2
            && chart.matches("class=\"margin\"").count() == 2
            && chart.contains(">100</text>"),
        "{chart}"
    );
    let page = admin
        .get(
            &hub,
            &format!(
                "/office/survey/compare?before_from={new}&before_to={new}&from={}&to={new}",
                day(-1)
            ),
        )
        .text();
    assert!(page.contains("May be chance"), "{page}");
}

/// The survey that the status of an inquiry invites to.
fn invited_to(hub: &TestServer, entry: &Sealed) -> Option<CollectorCode> {
    let question = StatusQuestion { reference: entry.head.reference(), secret: entry.head.secret };
    let question = postcard::to_allocvec(&question).unwrap();
    let page = hub.ask("POST", "/api/status", "", &question).unwrap();
    let (_, _, code) =
        postcard::from_bytes::<(Option<Status>, Vec<StatusAnswer>, Option<CollectorCode>)>(
            page.body(),
        )
        .unwrap();
    code
}

#[test]
fn whoever_asks_after_a_closed_inquiry_is_invited_once_and_by_nothing_that_ties_them_to_it() {
    let hub = TestServer::start();
    let admin = OfficeClient::first(&hub);
    let entry = hub::sealed("When is it?", &hub.keys(), 1);
    hub.send(&[&entry]);
    let ask = || invited_to(&hub, &entry);
    assert_eq!(ask(), None, "it is not closed");
    let code = collector(&admin, &hub, Way::AfterInquiry, "After an inquiry", "1");
    assert_eq!(ask(), None, "it is still not closed");
    assert_eq!(
        admin
            .send(
                &hub,
                &entry.head.id.to_string(),
                "reply",
                &[("text", "On Friday."), ("do", "send"), ("way", "status")]
            )
            .status,
        303
    );
    assert_eq!(
        admin
            .send(
                &hub,
                &entry.head.id.to_string(),
                "state",
                &[
                    ("do", "close"),
                    ("outcome", "answered"),
                    ("why", "By phone."),
                    ("confirmed", "yes")
                ]
            )
            .status,
        303
    );
    assert_eq!([ask(), ask()], [Some(code.clone()), Some(code.clone())]);
    let invited = admin.get(&hub, "/office/audit").text().matches("invite to survey").count();
    assert_eq!(invited, 1, "however often they look");
    let with = |ticket| match said(5, None, Some(&code)) {
        Content::Feedback(feedback) => {
            Content::Feedback(Feedback { ticket: Some(ticket), ..feedback })
        }
        other => other,
    };
    let theirs = ticket_of(&entry.head.secret);
    // Twice with their ticket, and once with a ticket that was never issued.
    send(&hub, vec![with(theirs), with(theirs), with(domain::collector::Ticket([7; 16]))], 50);
    let page = admin.get(&hub, "/office/survey").text();
    assert!(
        page.contains("Second answers to an invitation: 1")
            && !page.contains("more answers and refusals"),
        "{page}"
    );
    let csv = plain_csv(&admin.get(&hub, "/office/survey/figures.csv").text());
    assert!(
        csv.contains(",invited,,,,people,,,,hidden"),
        "one person is too few to be told of: {csv}"
    );
}

#[test]
fn what_is_printed_leads_to_the_survey_and_asks_what_it_asks() {
    let hub = TestServer::start();
    let admin = OfficeClient::first(&hub);
    let sheets = collector(&admin, &hub, Way::Paper, "Hall sheets", "3");
    let print = |query: &str| {
        admin.get(&hub, &format!("/office/survey/ways/{sheets}/print?{query}")).text()
    };
    let form = print("");
    assert!(
        form.contains("<strong>How was it?</strong>")
            && form.contains("5 Great</li>")
            && form.contains("class=\"lines\""),
        "{form}"
    );
    assert!(
        form.contains("lang=\"fr\"") && form.contains("Cochez une réponse par question"),
        "both languages unless one is asked for: {form}"
    );
    let sheet = print("kind=sheet&language=en&paper=a4");
    assert!(
        sheet.contains("Batch sheet: Hall sheets")
            && sheet.contains("sheet a4 batch")
            && !sheet.contains("Feuille de décompte"),
        "{sheet}"
    );
    let poster = print("kind=poster");
    assert!(
        poster.contains("<svg class=\"qr\"")
            && poster.contains(&format!("/s/{sheets}</p>"))
            && poster.contains("(PUBLIC_URL) is not set"),
        "{poster}"
    );
    assert_eq!(admin.get(&hub, "/office/survey/ways/P99999/print").status, 404);
}
