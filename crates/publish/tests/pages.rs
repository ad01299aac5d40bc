//! Every page as HTML, in every language, read as a browser would: headings, ids, labels and links.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use community_hub_app::render::{
    PageRequest, PageSubject, PlainAnswer, PlainFields, PlainPage, PlainTrouble, PublicPages,
    RenderedPage, StatusFinding, SurveyTurn, pages,
};
use document::PageFrame;
use domain::catalogue::{Event, EventDay};
use domain::hours::{Date, Moment, Span, Week};
use domain::inquiry::{ContactChoice, InquiryDraft};
use domain::office::{OfficeOffer, ReplyTime};
use domain::status::{InquiryEnding, InquiryStage, SaidWords, Status, StatusThread};
use domain::submission::{BodyHash, KeyId, Kind, Receipt};
use domain::{Catalogue, Language, ServiceId, SubmissionId};
use publish::check_dir;
use std::collections::{HashMap, HashSet};
use std::path::Path;
use std::sync::LazyLock;

/// Addresses that the app or the server answers without a page of their own.
const DYNAMIC: [&str; 8] = [
    "/search",
    "/trip",
    "/status",
    "/messages",
    "/bring",
    "/feedback/",
    "/survey-results",
    "/api/sources/",
];

/// The pages of Kawartha Lakes, rendered once for all tests.
static PAGES: LazyLock<Vec<RenderedPage>> = LazyLock::new(|| rendered("data/kawartha-lakes"));

/// Their catalogue.
static KAWARTHA: LazyLock<Catalogue> = LazyLock::new(|| {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data/kawartha-lakes");
    check_dir(&data).unwrap().0
});

/// The number of a form.
const NUMBER: &str = "0123456789abcdef";

/// A time, in milliseconds since 1970.
const AT_MS: u64 = 1_796_000_000_000;

/// All pages of a municipality.
fn rendered(municipality: &str) -> Vec<RenderedPage> {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(municipality);
    let (catalogue, words) = check_dir(&data).unwrap();
    let bundle = finder::bundle_of(&catalogue, &words).unwrap();
    pages(&bundle.bytes, &bundle.translations).unwrap()
}

/// The start tags of a page.
fn tags(body: &str) -> impl Iterator<Item = &str> {
    body.split('<').skip(1).filter(|tag| !tag.starts_with('/')).map(|tag| {
        let end = tag.find('>').expect("every tag ends");
        &tag[..end]
    })
}

/// The value of an attribute of a start tag.
fn attribute<'a>(tag: &'a str, name: &str) -> Option<&'a str> {
    let (_, rest) = tag.split_once(&format!(" {name}=\""))?;
    rest.split('"').next()
}

fn values<'a>(body: &'a str, name: &'static str) -> Vec<&'a str> {
    tags(body).filter_map(|tag| attribute(tag, name)).collect()
}

/// The landmarks of a page: role and name.
fn landmarks(body: &str) -> Vec<(&str, String)> {
    tags(body).filter_map(|tag| landmark(body, tag)).collect()
}

/// The landmark that a tag begins. A form or a section without a name is none.
fn landmark<'a>(body: &str, tag: &'a str) -> Option<(&'a str, String)> {
    let role = attribute(tag, "role").or(match tag.split(' ').next()? {
        "nav" => Some("navigation"),
        "aside" => Some("complementary"),
        "section" => Some("region"),
        "form" => Some("form"),
        "main" => Some("main"),
        _ => None,
    })?;
    let is_one = ["navigation", "complementary", "region", "form", "search", "main"];
    let label = attribute(tag, "aria-label").map(String::from);
    let name = label.or_else(|| {
        let ids = attribute(tag, "aria-labelledby")?.split(' ');
        Some(ids.map(|id| text_of(body, id)).collect())
    });
    let is_named = name.is_some() || !["region", "form"].contains(&role);
    (is_one.contains(&role) && is_named).then(|| (role, name.unwrap_or_default()))
}

/// The text of the element with this id.
fn text_of(body: &str, id: &str) -> String {
    let (before, after) = body.split_once(&format!(" id=\"{id}\"")).unwrap_or_default();
    let tag = before.rsplit('<').next().unwrap_or_default();
    let end = format!("</{}>", tag.split(' ').next().unwrap_or_default());
    let inner = after.split_once('>').map_or("", |(_, inner)| inner);
    let inner = inner.split_once(&end).map_or(inner, |(inner, _)| inner);
    inner.split('<').map(|part| part.split_once('>').map_or(part, |(_, text)| text)).collect()
}

/// What is in a list more than once.
fn twice<T: Eq + Clone>(list: Vec<T>) -> Vec<T> {
    let is_again = |(at, one): &(usize, &T)| list[..*at].contains(one);
    list.iter().enumerate().filter(is_again).map(|(_, one)| one.clone()).collect()
}

/// What is wrong with a page, in words.
fn faults(page: &RenderedPage, known: &HashMap<&str, HashSet<&str>>) -> Vec<String> {
    let body = page.body.as_str();
    let mut faults = Vec::new();
    let mut expect = |is_right: bool, what: String| {
        if !is_right {
            faults.push(format!("{}: {what}", page.path));
        }
    };
    let headings = tags(body).filter(|tag| *tag == "h1" || tag.starts_with("h1 ")).count();
    expect(headings == 1, format!("{headings} h1"));
    expect(body.matches("<main ").count() == 1, "one main".into());
    let ids = values(body, "id");
    let unique: HashSet<&str> = ids.iter().copied().collect();
    expect(unique.len() == ids.len(), "an id is there twice".into());
    // `aria-describedby` may name an error that is not there yet.
    for name in ["for", "aria-labelledby"] {
        for id in values(body, name).iter().flat_map(|ids| ids.split(' ')) {
            expect(unique.contains(id), format!("{name} names {id}, which is not there"));
        }
    }
    for (role, name) in twice(landmarks(body)) {
        expect(false, format!("two of {role} are named “{name}”"));
    }
    let labelled: HashSet<&str> = values(body, "for").into_iter().collect();
    let is_field = |tag: &&str| {
        ["input", "textarea", "select"].contains(&tag.split(' ').next().unwrap_or_default())
    };
    let is_seen = |tag: &&str| attribute(tag, "type") != Some("hidden");
    for tag in tags(body).filter(is_field).filter(is_seen) {
        let is_named = attribute(tag, "id").is_some_and(|id| labelled.contains(id));
        expect(is_named || attribute(tag, "aria-label").is_some(), format!("no label: {tag}"));
    }
    for link in values(body, "href") {
        let path = link.split(['?', '#']).next().unwrap_or_default();
        let plain = path.strip_prefix("/fr").unwrap_or(path);
        let is_elsewhere =
            !link.starts_with('/') || link.ends_with(".svg") || link.contains(".svg#");
        let is_known =
            known.contains_key(path) || DYNAMIC.iter().any(|start| plain.starts_with(start));
        expect(is_elsewhere || is_known, format!("{link} leads nowhere"));
        let there = known.get(if path.is_empty() { page.path.as_str() } else { path });
        if let Some(((_, part), ids)) = link.split_once('#').zip(there) {
            expect(ids.contains(part), format!("{link} leads to no part of the page"));
        }
    }
    expect(!page.title.is_empty() && !page.description.is_empty(), "no title".into());
    faults
}

fn ids(page: &RenderedPage) -> HashSet<&str> {
    values(&page.body, "id").into_iter().collect()
}

/// The parts of each page, by its path.
fn known(pages: &[RenderedPage]) -> HashMap<&str, HashSet<&str>> {
    pages.iter().map(|page| (page.path.as_str(), ids(page))).collect()
}

fn check_all(pages: &[RenderedPage]) {
    let known = known(pages);
    assert_eq!(known.len(), pages.len(), "every page has an address of its own");
    let faults: Vec<String> = pages.iter().flat_map(|page| faults(page, &known)).collect();
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
}

#[test]
fn every_page_has_its_heading_its_labels_and_links_that_lead_somewhere() {
    check_all(&PAGES);
    for path in ["/", "/fr", "/a-z", "/fr/hubs", "/ask", "/fr/feedback", "/privacy"] {
        assert!(PAGES.iter().any(|page| page.path == path), "{path}");
    }
    check_all(&rendered("tests/municipalities/pine-harbour"));
}

/// All values of a JSON document that look like a path.
fn paths_in(value: &serde_json::Value) -> Vec<&str> {
    match value {
        serde_json::Value::String(text) if text.starts_with('/') => vec![text],
        serde_json::Value::Array(list) => list.iter().flat_map(paths_in).collect(),
        serde_json::Value::Object(fields) => fields.values().flat_map(paths_in).collect(),
        _ => Vec::new(),
    }
}

#[test]
fn other_sites_read_full_addresses_of_every_page() {
    let frame = PageFrame::new(
        "<head>\n<title>{hub-title}</title>{hub-description}\n{hub-head}\n</head>{hub-body}".into(),
    );
    let frame = frame.at("https://hub.example.org");
    let today = domain::hours::Date::parse("2026-11-30").unwrap();
    let mut documents = 0;
    for page in PAGES.iter() {
        let html = frame.filled(page, &KAWARTHA, today);
        let (head, _) = html.split_once("</head>").unwrap();
        for line in head.lines() {
            let data = line
                .strip_prefix("<script type=\"application/ld+json\">")
                .and_then(|data| data.strip_suffix("</script>"));
            if let Some(data) = data {
                documents += 1;
                let data: serde_json::Value = serde_json::from_str(data).unwrap();
                assert_eq!(paths_in(&data), Vec::<&str>::new(), "{}", page.path);
            }
            let says_a_path = line.contains("=\"/");
            assert!(data.is_some() || !says_a_path, "{}: {line}", page.path);
        }
    }
    assert!(documents > 500, "{documents} descriptions in JSON-LD");
}

#[test]
fn a_service_shows_its_facts_in_both_languages() {
    let service = |path: &str| PAGES.iter().find(|page| page.path == path).unwrap();
    let (english, french) = (service("/services/dog-licence"), service("/fr/services/dog-licence"));
    assert!(matches!(english.subject, PageSubject::Service(_)));
    for page in [english, french] {
        assert!(page.body.contains(&format!(">{}</h1>", page.title)), "{}", page.body);
    }
    assert_ne!(english.title, french.title);
    assert_ne!(english.description, french.description);
    assert!(french.body.contains("href=\"/fr/hubs\""));
}

/// An edition whose pages are written for requests.
fn edition(municipality: &str) -> PublicPages {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(municipality);
    let (catalogue, words) = check_dir(&data).unwrap();
    let bundle = finder::bundle_of(&catalogue, &words).unwrap();
    PublicPages::of(&bundle.bytes, &bundle.translations).unwrap()
}

fn asked(edition: &PublicPages, href: &str, at: &str) -> RenderedPage {
    let (path, query) = href.split_once('?').unwrap_or((href, ""));
    let request = PageRequest::of(path, query, &edition.languages()).unwrap();
    edition.answer(&request, Moment::parse(at), NUMBER).unwrap()
}

/// Results, trips and opening states pass the same checks as the other pages, in both languages,
/// and no page contains anything of an earlier request.
#[test]
fn what_somebody_asks_for_is_a_page_like_the_others() {
    let edition = edition("data/kawartha-lakes");
    let known = known(&PAGES);
    let before = asked(&edition, "/", "2026-11-30 10:00").body;
    let mut found = Vec::new();
    for href in [
        "/search?q=dog+licence",
        "/fr/search?q=permis+de+chien",
        "/search?q=how+much+is+a+marriage+licence",
        "/search?q=permit&how=online&for=business",
        "/search?q=xyzzyx",
        "/search?q=passport",
        "/search",
        "/trip?do=s.dog-licence,s.marriage-licence",
        "/fr/trip?do=s.dog-licence",
        "/hubs",
        "/fr/hubs",
        "/hubs?near=Lindsay",
        "/fr/hubs?near=%3Cnowhere%3E",
        "/trip?do=s.dog-licence&near=Fenelon+Falls",
        "/",
    ] {
        let page = asked(&edition, href, "2026-11-30 10:00");
        found.extend(faults(&page, &known));
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
    assert!(before == asked(&edition, "/", "2026-11-30 10:00").body);
    assert!(before != asked(&edition, "/", "2026-11-30 03:00").body);
}

/// Pages that answer forms, each in the state in which it has the most on it.
fn plain_pages(survey: &domain::survey::Survey) -> Vec<PlainPage> {
    let draft = |message: &str| InquiryDraft {
        service: ServiceId::parse("dog-licence").ok(),
        message: message.into(),
        contact: ContactChoice::Phone,
        phone: "705-555-0123".into(),
        ..Default::default()
    };
    let turn = |pairs: &[(&str, &str)]| {
        let pairs = pairs.iter().map(|(name, value)| ((*name).into(), (*value).into()));
        match PlainFields::of(pairs).survey_turn(&KAWARTHA) {
            SurveyTurn::Show(page) | SurveyTurn::Begin(page) => page,
            SurveyTurn::Send(_) => panic!("nothing is sent"),
        }
    };
    let mut pages = vec![
        PlainPage::Ask { draft: InquiryDraft::default(), is_checked: true },
        PlainPage::AskCheck { draft: draft("Où?"), trouble: Some(PlainTrouble::OverBudget) },
        asked_with(ContactChoice::Phone),
        PlainPage::SurveyDone,
        turn(&[("do", "open"), ("link", "P1ABCD")]),
        turn(&[("do", "show"), ("place", "check"), ("answer-overall", "s4")]),
    ];
    for finding in [
        StatusFinding::NotAsked,
        StatusFinding::WrongCode,
        StatusFinding::Unknown,
        StatusFinding::NoAnswer,
        StatusFinding::Found(some_status(), some_thread(), Some("A1ABCDEFGHJK".into())),
    ] {
        let (reference, secret) = ("7Q3M-X9TB-E".into(), "x\"<".into());
        pages.push(PlainPage::Status { reference, secret, finding });
    }
    pages.extend(
        survey.questions.iter().map(|one| turn(&[("do", "next"), ("question", one.id.as_str())])),
    );
    pages
}

/// The receipt of a question whose person wants the reply in this way.
fn asked_with(contact: ContactChoice) -> PlainPage {
    PlainPage::Asked { receipt: some_receipt(), secret: [7; 16], contact }
}

fn some_receipt() -> Receipt {
    Receipt {
        id: SubmissionId::from_parts(AT_MS, [9; 10]),
        body: BodyHash([1; 32]),
        received_at_ms: AT_MS,
        epoch: [2; 16],
        signer: KeyId([3; 8]),
        signature: ([4; 32], [5; 32]),
    }
}

fn some_status() -> Status {
    let stages = vec![(InquiryStage::Received, AT_MS), (InquiryStage::Closed, AT_MS)];
    Status { reference: some_receipt().reference(), kind: Kind::Inquiry, stages }
}

fn some_thread() -> StatusThread {
    let said = |is_reply, text: &str| SaidWords { at_ms: AT_MS, is_reply, text: text.into() };
    StatusThread {
        said: vec![said(false, "When <b>is</b> it?"), said(true, "On Monday."), said(false, "")],
        department: "Roads".into(),
        promised_ms: Some(AT_MS),
        is_waiting: true,
        ending: Some(InquiryEnding::Answered),
    }
}

fn answer_of(page: PlainPage, language: Language) -> PlainAnswer {
    PlainAnswer {
        page,
        language,
        number: NUMBER.into(),
        now_ms: AT_MS,
        times: vec![(AT_MS, Moment::parse("2026-11-30 10:00").unwrap())],
        offer: OfficeOffer::of(None, true),
    }
}

/// The pages that answer forms are as sound as the others, have every time on them, and leave
/// nothing for the next.
#[test]
fn answers_to_forms_are_pages_like_the_others() {
    let edition = edition("data/kawartha-lakes");
    let known = known(&PAGES);
    let before = asked(&edition, "/ask", "2026-11-30 10:00").body;
    let mut found = Vec::new();
    for language in [Language::English, Language::French] {
        for page in plain_pages(KAWARTHA.survey()) {
            let written = edition.answer_form(answer_of(page.clone(), language)).unwrap();
            found.extend(faults(&written, &known));
            let body = &written.body;
            assert!(!body.contains("type=\"button\""), "{page:?}: a button without an answer");
            let body = body.replace('\u{a0}', " ");
            let has_time = body.contains("10 am") || body.contains("10 h");
            let is_dated = matches!(&page, PlainPage::Asked { .. })
                || matches!(&page, PlainPage::Status { finding: StatusFinding::Found(..), .. });
            assert!(has_time || !is_dated, "{page:?}: {body}");
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
    assert!(before == asked(&edition, "/ask", "2026-11-30 10:00").body);
}

/// Enter in a field presses the first button of a form, which must not take the topic out.
#[test]
fn enter_in_a_question_goes_on_and_keeps_its_topic() {
    let edition = edition("data/kawartha-lakes");
    let service = ServiceId::parse("dog-licence").ok();
    let draft = InquiryDraft { service, message: "Hi".into(), ..Default::default() };
    for language in [Language::English, Language::French] {
        let page = PlainPage::Ask { draft: draft.clone(), is_checked: false };
        let body = edition.answer_form(answer_of(page, language)).unwrap().body;
        let form = body.split("<form").find(|form| form.contains("name=\"message\"")).unwrap();
        let form = form.split_once("</form>").unwrap().0;
        let acts: Vec<_> = tags(form)
            .filter(|tag| tag.starts_with("button"))
            .filter_map(|tag| attribute(tag, "value"))
            .collect();
        assert_eq!(acts, ["check", "remove-topic", "check", "show"], "{form}");
        let first = tags(form).find(|tag| tag.starts_with("button")).unwrap();
        assert_eq!(attribute(first, "tabindex"), Some("-1"));
        assert_eq!(attribute(first, "aria-hidden"), Some("true"));
    }
    let read = asked(&edition, "/ask?service=dog-licence", "2026-11-30 10:00").body;
    assert!(!read.contains("remove-topic"), "the app takes it out there");
    assert_eq!(read.matches("value=\"check\"").count(), 1, "{read}");
}

#[test]
fn a_receipt_promises_a_reply_only_to_those_who_asked_for_one() {
    let edition = edition("data/kawartha-lakes");
    let body = |contact| {
        let mut answer = answer_of(asked_with(contact), Language::English);
        answer.offer.first_reply =
            Some(ReplyTime { working_hours: 16, is_confirmed: true, hub: None });
        edition.answer_form(answer).unwrap().body
    };
    for (contact, is_promised) in [
        (ContactChoice::Phone, true),
        (ContactChoice::Email, true),
        (ContactChoice::None, false),
        (ContactChoice::Phone, true),
    ] {
        let body = body(contact);
        assert_eq!(body.contains("We aim to reply"), is_promised, "{contact:?}: {body}");
        assert_eq!(body.contains("You asked for no reply"), !is_promised, "{contact:?}: {body}");
    }
}

/// An answer that is missing gets the focus; a page on which no tap goes on promises none.
#[test]
fn a_survey_without_the_app_says_only_what_is_so() {
    let edition = edition("data/kawartha-lakes");
    let body = |page| edition.answer_form(answer_of(page, Language::English)).unwrap().body;
    for page in plain_pages(KAWARTHA.survey()) {
        let is_asked = matches!(page, PlainPage::SurveyQuestion { .. });
        let is_start = matches!(page, PlainPage::SurveyStart { .. });
        let is_check = matches!(page, PlainPage::SurveyCheck { .. });
        let body = body(page);
        let error = tags(&body).find(|tag| attribute(tag, "id") == Some("answer-error"));
        assert_eq!(error.is_some(), is_asked, "{body}");
        assert!(error.is_none_or(|tag| tag.contains(" autofocus")), "{error:?}");
        let version = KAWARTHA.survey().version;
        let version = format!("name=\"version\" value=\"{version}\"");
        let is_survey = is_asked || is_start || is_check;
        assert_eq!(body.contains(&version), is_survey, "{body}");
        assert!(!is_start || !body.contains("Tap an answer"), "{body}");
    }
    let read = asked(&edition, "/feedback", "2026-11-30 10:00").body;
    assert!(read.contains("Tap an answer"), "{read}");
}

/// With the number of a form, its tracking code can be computed.
#[test]
fn a_page_that_stays_open_or_may_be_stored_has_no_number_of_a_form() {
    let edition = edition("data/kawartha-lakes");
    let body = |href| asked(&edition, href, "2026-11-30 10:00").body;
    assert!(body("/s/P1ABCD").contains(NUMBER), "who begins is counted once");
    for without in ["/ask", "/ask?service=dog-licence", "/fr/ask?hub=none", "/fr/feedback"] {
        assert!(!body(without).contains(NUMBER), "{without}");
    }
    assert!(PAGES.iter().all(|page| !page.body.contains("name=\"number\"")));
}

/// An edition in which the first location is an event of today, and the second one of next week.
fn edition_with_events() -> PublicPages {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data/kawartha-lakes");
    let (catalogue, words) = check_dir(&data).unwrap();
    let mut file = catalogue.file().clone();
    for (hub, day) in file.hubs.iter_mut().zip(["2026-11-30", "2026-12-07"]) {
        let hours = vec![Span::parse("10:00-16:00").unwrap()];
        let days = vec![EventDay { date: Date::parse(day).unwrap(), hours }];
        (hub.event, hub.hours) = (Some(Event { days }), Week::default());
    }
    let bundle = finder::bundle_of(&Catalogue::published(file), &words).unwrap();
    PublicPages::of(&bundle.bytes, &bundle.translations).unwrap()
}

#[test]
fn events_of_today_and_later_ones_have_names_of_their_own() {
    let edition = edition_with_events();
    for (href, names) in [
        ("/hubs", ["Pop-up events today", "Upcoming pop-up events"]),
        ("/fr/hubs", ["Kiosques temporaires aujourd’hui", "Prochains kiosques temporaires"]),
    ] {
        let body = asked(&edition, href, "2026-11-30 10:30").body;
        let landmarks = landmarks(&body);
        for name in names {
            assert!(landmarks.contains(&("region", name.to_string())), "{name}: {landmarks:?}");
        }
        assert!(twice(landmarks).is_empty(), "{body}");
    }
}

#[test]
fn two_landmarks_with_one_name_are_found() {
    let body = "<main id=\"main\"><nav></nav><section aria-labelledby=\"a\"><h2 id=\"a\"><svg>\
        <use/></svg>One</h2></section><section aria-label=\"One\"></section><section></section>";
    let found = landmarks(body);
    let named = |role, name: &str| (role, name.to_string());
    let all = [named("main", ""), named("navigation", ""), named("region", "One")];
    assert_eq!(found[..3], all);
    assert_eq!(twice(found), [named("region", "One")]);
}

#[test]
fn distances_are_measured_from_a_place_in_the_address() {
    let edition = edition("data/kawartha-lakes");
    let body = |href| asked(&edition, href, "2026-11-30 10:00").body;
    assert!(!body("/hubs").contains("hub-card__far"));
    let near = body("/hubs?near=Lindsay");
    assert!(near.contains("hub-card__far") && near.contains("value=\"Lindsay\""), "{near}");
    assert!(near.contains("action=\"/hubs\""), "{near}");
    assert!(body("/fr/hubs?near=Lindsay").contains("action=\"/fr/hubs\""));
    let unknown = body("/hubs?near=%3Cnowhere%3E");
    assert!(unknown.contains("value=\"&lt;nowhere&gt;\"") && !unknown.contains("hub-card__far"));
    let trip = body("/trip?do=s.dog-licence&near=Lindsay");
    assert!(trip.contains("name=\"do\" value=\"s.dog-licence\""), "{trip}");
    assert!(!body("/hubs").contains("hub-card__far"), "nothing of the request before");
}

/// Without scripts the choices are sent with the question, and stay chosen.
#[test]
fn results_can_be_narrowed_by_a_plain_form() {
    let edition = edition("data/kawartha-lakes");
    let body = |href| asked(&edition, href, "2026-11-30 10:00").body;
    let (all, some) = (body("/search?q=permit"), body("/search?q=permit&for=business&how="));
    let count = |body: &str| {
        let said = body.split("class=\"results-count\" role=\"status\">").nth(1).unwrap();
        said.split(' ').next().unwrap().parse::<usize>().unwrap()
    };
    assert!(0 < count(&some) && count(&some) < count(&all), "{} {}", count(&some), count(&all));
    assert!(all.contains("name=\"for\" form=\"search\"") && all.contains("id=\"search\""));
    assert!(some.contains("<option value=\"business\" selected>"), "{some}");
    assert!(!all.contains("<option value=\"business\" selected>"));
}

#[test]
fn without_a_clock_nothing_is_said_about_now() {
    let wording = wording::Wording::in_language(domain::Language::English);
    for page in PAGES.iter() {
        assert!(!page.body.contains(wording.none_open_now), "{}", page.path);
        assert!(!page.body.contains(wording.this_week), "{}", page.path);
    }
}
