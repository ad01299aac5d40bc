//! Tests forms that a browser sends without scripts, with the real program and its page process:
//! from the question to its receipt, its status and reply. No test runs a script.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod hub;
mod office_client;

use hub::{HttpPage, TestServer};
use office_client::{OfficeClient, encoded};
use std::time::{Duration, Instant};

const FORM: &str = "content-type: application/x-www-form-urlencoded\r\n";
const MARKER: &str = "zebrafish-umbrella-4417";
const CALM: [(&str, &str); 2] = [("message", "When is the ferry?"), ("contact", "none")];

/// A server whose page process runs: a process that has just begun may need longer than a request
/// waits, on a busy machine.
fn hub() -> TestServer {
    hub_in(Vec::new())
}

fn hub_in(environment: Vec<(&'static str, String)>) -> TestServer {
    let hub = TestServer::start_with_french_pages(environment);
    let began = Instant::now();
    while !hub.get("/search?q=a").text().contains("<main class=\"main\"") {
        assert!(began.elapsed() < Duration::from_secs(60), "{}", hub.log());
        std::thread::sleep(Duration::from_millis(100));
    }
    hub
}

fn post_with(hub: &TestServer, path: &str, headers: &str, fields: &[(&str, &str)]) -> HttpPage {
    let pairs = fields.iter().map(|(name, value)| format!("{name}={}", encoded(value)));
    let body = pairs.collect::<Vec<_>>().join("&");
    hub.ask("POST", path, &format!("{FORM}{headers}"), body.as_bytes()).unwrap()
}

fn post(hub: &TestServer, path: &str, fields: &[(&str, &str)]) -> HttpPage {
    post_with(hub, path, "", fields)
}

/// The fields of a page's main form with what was typed, as a browser would send them: inputs,
/// choices and text areas. Buttons are left out.
fn fields(page: &str) -> Vec<(String, String)> {
    let plain = |text: &str| {
        let text = text.replace("&lt;", "<").replace("&gt;", ">");
        text.replace("&quot;", "\"").replace("&#13;", "\r").replace("&amp;", "&")
    };
    let main = page.split_once("<main").unwrap_or_else(|| panic!("{page}")).1;
    let (_, form) = main.split_once("<form").unwrap_or_else(|| panic!("{page}"));
    let form = form.split_once("</form>").unwrap().0;
    let mut fields = Vec::new();
    for part in form.split('<').skip(1) {
        let (tag, text) = part.split_once('>').unwrap();
        let attribute = |name: &str| {
            let rest = tag.split_once(&format!(" {name}=\"")).map(|(_, rest)| rest)?;
            Some(plain(rest.split_once('"')?.0))
        };
        let Some(name) = attribute("name") else { continue };
        let is_choice = attribute("type").as_deref() == Some("radio");
        if tag.starts_with("textarea") {
            fields.push((name, plain(text.strip_prefix('\n').unwrap())));
        } else if tag.starts_with("input") && (!is_choice || tag.contains(" checked")) {
            fields.push((name, attribute("value").unwrap_or_default()));
        }
    }
    fields
}

/// Sends the form of a page as it is, by one of its buttons.
fn press(hub: &TestServer, path: &str, page: &HttpPage, act: &str) -> HttpPage {
    let text = page.text();
    assert!(text.contains(&format!("name=\"do\" value=\"{act}\"")), "no such button: {text}");
    let mut all = fields(&text);
    all.push(("do".into(), act.into()));
    let all: Vec<_> = all.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    post(hub, path, &all)
}

/// What follows a mark on a page, up to the next tag.
fn after<'a>(page: &'a str, mark: &str) -> &'a str {
    let (_, rest) = page.split_once(mark).unwrap_or_else(|| panic!("no {mark}: {page}"));
    rest.split_once('<').unwrap().0
}

fn receipt(page: &HttpPage) -> (String, String) {
    let text = page.text();
    let of = |class: &str| {
        let mark = format!("<dd class=\"{class}\" translate=\"no\">");
        after(&text, &mark).to_string()
    };
    (of("receipt__reference"), of("receipt__secret"))
}

fn check(fields: &[(&'static str, &'static str)]) -> Vec<(&'static str, &'static str)> {
    [fields, &[("do", "check")]].concat()
}

/// The questions that the office can export, as JSON.
fn questions(hub: &TestServer) -> Vec<serde_json::Value> {
    let lines = hub.export("inquiries", "jsonl");
    lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn a_question_gets_its_review_and_its_receipt_in_both_languages() {
    let hub = hub();
    for (path, title, received, next) in [
        ("/ask", "Check your question", "We received your question", "What happens next"),
        ("/fr/ask", "Vérifiez votre question", "Nous avons reçu votre question", "La suite"),
    ] {
        let form = hub.get(&format!("{path}?service=boat-permit"));
        assert_eq!(form.header("cache-control"), "no-store", "what somebody reads about");
        let form = form.text();
        assert!(form.contains(&format!("method=\"post\" action=\"{path}\"")), "{form}");
        assert!(fields(&form).contains(&("service".into(), "boat-permit".into())), "{form}");
        assert!(form.contains("<noscript><div class=\"field\">"), "contacts without a script");
        let typed = [
            ("message", "Où est le\r\n« quai »? <b>&amp;"),
            ("name", "Ann O'Neil"),
            ("contact", "phone"),
            ("phone", "555 555 0123"),
            ("service", "boat-permit"),
        ];
        let page = post(&hub, path, &check(&typed));
        let text = page.text();
        assert_eq!((page.status, page.header("cache-control").as_str()), (200, "no-store"));
        assert!(text.contains(title) && text.contains(next), "{text}");
        assert!(text.contains("« quai »? &lt;b&gt;&amp;amp;") && !text.contains("<b>"), "{text}");
        assert!(text.contains("555 555 0123") && text.contains("Ann O'Neil"), "{text}");
        assert!(!text.contains("<script type=\"module\""), "the app does not start: {text}");
        assert!(!text.contains("type=\"button\""), "no button that nothing answers: {text}");
        let page = press(&hub, path, &page, "send");
        let text = page.text();
        assert_eq!((page.status, page.header("cache-control").as_str()), (200, "no-store"));
        assert!(text.contains(received) && !text.contains("Saved on this device"), "{text}");
        let (reference, secret) = receipt(&page);
        assert_eq!((reference.len(), secret.len()), (11, 39), "{reference} {secret}");
    }
    let asked = questions(&hub);
    assert_eq!(asked.len(), 2, "{asked:?}");
    let of = |at: usize| &asked[at]["content"]["inquiry"];
    assert_eq!(of(0)["message"], "Où est le\n« quai »? <b>&amp;");
    assert_eq!((&of(0)["language"], &of(1)["language"]), (&"en".into(), &"fr".into()));
    assert_eq!((&of(0)["notice_version"], &of(0)["service"]), (&3.into(), &"boat-permit".into()));
    assert_eq!(of(0)["reply_to"]["phone"], "555 555 0123");
}
