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
    await_pages(&hub);
    hub
}

fn await_pages(hub: &TestServer) {
    let began = Instant::now();
    while !hub.get("/search?q=a").text().contains("<main class=\"main\"") {
        assert!(began.elapsed() < Duration::from_secs(60), "{}", hub.log());
        std::thread::sleep(Duration::from_millis(100));
    }
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

/// Nothing arrived under the id of something else.
fn assert_nothing_set_aside(hub: &TestServer) {
    let listed = hub.office(&["set-aside", "list"]);
    assert!(listed.0 && listed.1.contains("Nothing is set aside."), "{}", listed.1);
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

/// The review of a question without a reply, as a page.
fn review(hub: &TestServer, message: &str) -> HttpPage {
    let page = post(hub, "/ask", &[("message", message), ("contact", "none"), ("do", "check")]);
    assert_eq!(page.status, 200, "{}", page.text());
    page
}

#[test]
fn faults_are_shown_on_the_form_with_what_was_typed() {
    let hub = hub();
    let long = "é".repeat(4_003);
    let none: [(&str, &str); 3] = [("name", "Ann"), ("contact", "email"), ("email", "a b@c")];
    for (path, typed, said) in [
        ("/ask", &none[..], &["There is a problem", "href=\"#message\"", "href=\"#email\""][..]),
        ("/ask", &[("message", "Hi")], &["href=\"#contact-phone\""]),
        ("/ask", &[("message", long.as_str()), ("contact", "none")], &["by 3 characters"]),
        ("/fr/ask", &[("message", "Où?"), ("contact", "phone")], &["Il y a un problème", "#phone"]),
    ] {
        for act in ["check", "send", "", "no-such-act"] {
            let page = post(&hub, path, &[typed, &[("do", act)]].concat());
            let text = page.text();
            assert_eq!((page.status, page.header("cache-control").as_str()), (422, "no-store"));
            assert!(said.iter().all(|said| text.contains(said)), "{typed:?}: {text}");
            let again = fields(&text);
            assert!(
                typed.iter().all(|(of, value)| again.contains(&((*of).into(), (*value).into()))),
                "{typed:?}: {again:?}"
            );
        }
    }
    assert_eq!(questions(&hub).len(), 0, "nothing of it was sent");
}

#[test]
fn what_was_typed_goes_back_to_the_form_and_into_the_other_language() {
    let hub = hub();
    let typed = [
        ("message", "\n\"Line\"\nline"),
        ("name", "A & B"),
        ("contact", "none"),
        ("service", "boat-permit"),
    ];
    let checked = post(&hub, "/ask", &check(&typed));
    for (path, title) in [("/ask", "Ask a question"), ("/fr/ask", "Poser une question")] {
        let page = press(&hub, path, &checked, "show");
        let (text, again) = (page.text(), fields(&page.text()));
        assert!(page.status == 200 && text.contains(&format!("<h1 tabindex=\"-1\">{title}")));
        for (of, value) in typed {
            assert!(again.contains(&(of.into(), value.into())), "{of}: {again:?}");
        }
        let without = press(&hub, path, &page, "remove-topic");
        assert!(!without.text().contains("name=\"service\""), "{}", without.text());
        assert!(!without.text().contains("id=\"email\""), "this server sends none");
        assert!(fields(&without.text()).contains(&("name".into(), "A & B".into())));
    }
}

#[test]
fn a_form_that_is_sent_twice_counts_once_and_has_one_receipt() {
    let mut hub = hub();
    let page = review(&hub, "When is the ferry?");
    let receipts: Vec<_> = std::thread::scope(|scope| {
        let send = || receipt(&press(&hub, "/ask", &page, "send"));
        let sending: Vec<_> = (0..8).map(|_| scope.spawn(send)).collect();
        sending.into_iter().map(|one| one.join().unwrap()).collect()
    });
    assert!(receipts.iter().all(|receipt| *receipt == receipts[0]), "{receipts:?}");
    assert_eq!(receipt(&press(&hub, "/ask", &page, "send")), receipts[0], "and later");
    hub.stop();
    hub.restart();
    await_pages(&hub);
    assert_eq!(receipt(&press(&hub, "/ask", &page, "send")), receipts[0], "by another process");
    assert_eq!(questions(&hub).len(), 1);
    assert_nothing_set_aside(&hub);
    assert_eq!(receipt(&press(&hub, "/fr/ask", &page, "send")), receipts[0], "in French");
    // The same words in another form are another question.
    let second = receipt(&press(&hub, "/ask", &review(&hub, "When is the ferry?"), "send"));
    assert!(second.0 != receipts[0].0 && second.1 != receipts[0].1);
    assert_eq!(questions(&hub).len(), 2);
}

#[test]
fn a_form_with_other_words_is_refused_and_can_then_be_sent_as_another() {
    let hub = hub();
    let page = review(&hub, "The first words");
    let (_, secret) = receipt(&press(&hub, "/ask", &page, "send"));
    let changed: Vec<_> = fields(&page.text())
        .into_iter()
        .map(|(of, value)| if of == "message" { (of, "Other words".into()) } else { (of, value) })
        .chain([("do".into(), "send".into())])
        .collect();
    let changed: Vec<_> = changed.iter().map(|(of, value)| (of.as_str(), value.as_str())).collect();
    let refused = post(&hub, "/ask", &changed);
    let text = refused.text();
    assert_eq!(refused.status, 409, "{text}");
    assert!(text.contains("already sent with other words") && text.contains("Other words"));
    assert!(!text.contains("The first words") && !text.contains(&secret), "nothing of the first");
    let asked = questions(&hub);
    assert_eq!(
        (asked.len(), &asked[0]["content"]["inquiry"]["message"]),
        (1, &"The first words".into())
    );
    assert_nothing_set_aside(&hub);
    // The page that refuses it has another number.
    let sent = press(&hub, "/ask", &refused, "send");
    assert_ne!(receipt(&sent).1, secret);
    assert_eq!(questions(&hub).len(), 2);
}

#[test]
fn a_form_whose_question_was_erased_can_be_sent_as_another() {
    let hub = hub();
    let page = review(&hub, "Forget me");
    let (_, secret) = receipt(&press(&hub, "/ask", &page, "send"));
    let id = questions(&hub)[0]["id"].as_str().unwrap().to_string();
    let erased = hub.office(&["erase", &id, "--reason", "request 1"]);
    assert!(erased.0, "{}", erased.1);
    let refused = press(&hub, "/ask", &page, "send");
    let text = refused.text();
    assert_eq!(refused.status, 422, "{text}");
    assert!(text.contains("Check your text, then send it.") && text.contains("Forget me"));
    assert!(!text.contains("with other words"), "untrue: {text}");
    assert_ne!(receipt(&press(&hub, "/ask", &refused, "send")).1, secret);
}

#[test]
fn over_the_daily_budget_nothing_is_sent_and_nothing_is_lost() {
    let hub = hub_in(vec![("BUDGET", "inquiry=1/1".into())]);
    let (first, second) = (review(&hub, "One"), review(&hub, "Two"));
    assert_eq!(press(&hub, "/ask", &first, "send").status, 200);
    for (path, said) in [("/ask", "Not sent yet"), ("/fr/ask", "Pas encore envoyé")] {
        let page = press(&hub, path, &second, "send");
        assert_eq!((page.status, page.header("cache-control").as_str()), (429, "no-store"));
        assert!(page.header("retry-after").parse::<u64>().unwrap() > 0);
        assert!(page.text().contains(said) && page.text().contains("Two"), "{}", page.text());
        assert!(page.text().contains("tel:"), "whom to call");
    }
    assert_eq!(press(&hub, "/ask", &first, "send").status, 200, "what is there is confirmed");
    assert_eq!(questions(&hub).len(), 1);
}

#[test]
fn a_status_is_found_by_its_receipt_and_has_the_reply_and_the_invitation() {
    let hub = hub();
    let ann = OfficeClient::first(&hub);
    let link = [("way", "after-inquiry"), ("name", "After"), ("every", "1")];
    assert_eq!(ann.post(&hub, "/office/survey/ways", &link).status, 303);
    let sent = press(&hub, "/ask", &review(&hub, "When is the ferry?"), "send");
    let (reference, secret) = receipt(&sent);
    let looked = press(&hub, "/status", &sent, "look");
    assert_eq!((looked.status, looked.header("cache-control").as_str()), (200, "no-store"));
    assert_eq!(looked.text().matches("tick--done").count(), 1, "{}", looked.text());
    let id = questions(&hub)[0]["id"].as_str().unwrap().to_string();
    let reply = [("text", "On <b>Friday</b>."), ("do", "send"), ("way", "status")];
    assert_eq!(ann.send(&hub, &id, "reply", &reply).status, 303);
    let close = [("do", "close"), ("outcome", "answered"), ("why", "x"), ("confirmed", "yes")];
    assert_eq!(ann.send(&hub, &id, "state", &close).status, 303);
    let ask = |path: &str, reference: &str, secret: &str| {
        post(&hub, path, &[("reference", reference), ("secret", secret)])
    };
    for (path, answered, survey) in [
        ("/status", "Reply sent", "How did we do?"),
        ("/fr/status", "Réponse envoyée", "Que pensez-vous de nos services?"),
    ] {
        let page = ask(path, &reference.to_lowercase(), &secret.replace(' ', "").to_uppercase());
        let text = page.text();
        assert!(
            text.contains("On &lt;b&gt;Friday&lt;/b&gt;.") && text.contains(answered),
            "{text}"
        );
        assert!(text.contains(survey) && text.contains("name=\"link\" value=\"A"), "{text}");
        assert!(!text.contains("href=\"/s/"), "an invitation is in no address: {text}");
    }
    let wrong = ["0"; 32].concat();
    for (reference, secret, status, said) in [
        ("", "", 422, "Check the reference number."),
        (reference.as_str(), "0001", 422, "The tracking code has 32 letters and digits"),
        ("7Q3M-X9TB-K", secret.as_str(), 422, "Check the reference number."),
        (&reference, &wrong, 200, "We can’t find this question."),
        ("7Q3M-X9TB-E", &secret, 200, "We can’t find this question."),
    ] {
        let page = ask("/status", reference, secret);
        assert!(page.status == status && page.text().contains(said), "{said}: {}", page.text());
        let kept = fields(&page.text());
        assert!(kept.contains(&("secret".into(), secret.into())), "{kept:?}");
    }
    let empty = hub.get("/status");
    assert_eq!(empty.header("cache-control"), "no-store");
    assert!(empty.text().contains("method=\"post\" action=\"/status\""), "{}", empty.text());
    assert!(!empty.text().contains(&reference), "nothing of the page before");
}

/// The other language is no try: what is there so far is kept, and nothing is wrong yet.
#[test]
fn a_status_form_half_filled_in_can_change_its_language() {
    let hub = hub();
    let (reference, secret) = receipt(&press(&hub, "/ask", &review(&hub, "When?"), "send"));
    let (own, code) = (reference.as_str(), secret.as_str());
    for (reference, secret) in [("", ""), ("7Q3M", ""), (own, "0001"), ("", code), (own, code)] {
        let shown = [("reference", reference), ("secret", secret), ("do", "show")];
        let page = post(&hub, "/fr/status", &shown);
        let (text, kept) = (page.text(), fields(&page.text()));
        assert!(page.status == 200 && !text.contains("receipt-error\""), "{text}");
        assert!(kept.contains(&("reference".into(), reference.into())), "{kept:?}");
        assert!(kept.contains(&("secret".into(), secret.into())), "{kept:?}");
        let is_whole = !reference.is_empty() && secret == code;
        assert_eq!(text.contains("tick--done"), is_whole, "{text}");
    }
}

/// Sends the form of a survey's page with some of its fields changed.
fn survey_with(hub: &TestServer, page: &HttpPage, more: &[(&str, &str)]) -> HttpPage {
    let all = fields(&page.text());
    let all: Vec<_> = all.iter().map(|(of, value)| (of.as_str(), value.as_str())).collect();
    let own = |of: &str| more.iter().any(|(name, _)| *name == of);
    let kept = all.into_iter().filter(|(of, _)| !own(of)).collect::<Vec<_>>();
    post(hub, "/feedback", &[&kept, more].concat())
}

/// Answers count for the questions that the person saw.
#[test]
fn answers_to_another_version_of_the_survey_are_reviewed_again() {
    let hub = hub();
    let typed = [("place", "check"), ("do", "show"), ("answer-overall", "s4")];
    let check = post(&hub, "/feedback", &typed);
    for version in ["", "0", "999"] {
        let other = survey_with(&hub, &check, &[("version", version), ("do", "send")]);
        let text = other.text();
        assert!(other.status == 422 && text.contains("Check your text, then send it."), "{text}");
        assert_eq!(fields(&text), fields(&check.text()), "the same form, with its own version");
    }
    assert_eq!(hub.export("feedback", "jsonl").lines().count(), 0, "nothing was sent");
    for path in ["/feedback", "/fr/feedback"] {
        assert_eq!(press(&hub, path, &check, "send").status, 200, "{path}");
    }
    assert_eq!(hub.export("feedback", "jsonl").lines().count(), 1, "in either language once");
}

#[test]
fn a_form_that_a_browser_loads_again_is_answered() {
    let hub = hub();
    let again = post_with(&hub, "/ask", "sec-fetch-site: none\r\n", &check(&CALM));
    assert_eq!(again.status, 200, "{}", again.text());
}

#[test]
fn the_survey_is_answered_to_its_end_and_counts_once() {
    let hub = hub();
    let ann = OfficeClient::first(&hub);
    let link = [("way", "poster"), ("name", "Library"), ("every", "1")];
    assert_eq!(ann.post(&hub, "/office/survey/ways", &link).status, 303);
    let ways = ann.get(&hub, "/office/survey/ways").text();
    let code = ways.split("/s/").nth(1).unwrap().split(['"', '<']).next().unwrap().to_string();
    let start = hub.get(&format!("/s/{code}"));
    assert_eq!(start.header("cache-control"), "no-store");
    let first = press(&hub, "/feedback", &start, "start");
    assert!(first.text().contains("How was it?"), "{}", first.text());
    press(&hub, "/feedback", &start, "start");
    let nothing = press(&hub, "/feedback", &first, "next");
    assert!(nothing.status == 422 && nothing.text().contains("Choose an answer, or skip"));
    let with = |page: &HttpPage, more: &[(&str, &str)]| survey_with(&hub, page, more);
    let second = with(&first, &[("answer", "s4"), ("do", "next")]);
    assert!(second.text().contains("name=\"comment\""), "{}", second.text());
    for act in ["next", "back"] {
        let long = with(&second, &[("comment", &"x".repeat(3_000)), ("do", act)]);
        let text = long.text();
        assert!(long.status == 422 && text.contains("xxx") && text.contains("Shorten"), "{text}");
    }
    let back = with(&second, &[("comment", "Calm & kind"), ("do", "back")]);
    assert!(back.text().contains("value=\"s4\" checked"), "{}", back.text());
    let again = with(&back, &[("do", "next")]);
    assert!(fields(&again.text()).contains(&("comment".into(), "Calm & kind".into())));
    let check = with(&again, &[("do", "next")]);
    let text = check.text();
    assert!(text.contains("Check your answers") && text.contains("4: Good"), "{text}");
    let french = post(&hub, "/fr/feedback", &[("place", "check"), ("do", "show")]).text();
    assert!(french.contains("Répondez à au moins une question"), "{french}");
    let change = with(&check, &[("change", "overall")]);
    assert!(change.text().contains("value=\"s4\" checked"), "{}", change.text());
    for _ in 0..3 {
        let thanks = press(&hub, "/feedback", &check, "send");
        assert_eq!((thanks.status, thanks.header("cache-control").as_str()), (200, "no-store"));
        assert!(thanks.text().contains("We read every answer."), "{}", thanks.text());
    }
    let lines = hub.export("feedback", "jsonl");
    let answered: Vec<serde_json::Value> =
        lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(answered.len(), 1, "{lines}");
    let feedback = &answered[0]["content"]["feedback"];
    assert_eq!((&feedback["way"], &feedback["collector"]), (&"poster".into(), &code.into()));
    assert_eq!(feedback["seconds"], serde_json::Value::Null, "nobody measured it");
    let said = &feedback["answers"]["answers"];
    assert_eq!((&said[0][1]["scale"], &said[1][1]["comment"]), (&4.into(), &"Calm & kind".into()));
    let tallies = hub.export("tallies", "jsonl");
    assert_eq!(tallies.matches("\"count\":\"1\"").count(), 2, "opened and started: {tallies}");
}

#[test]
fn a_survey_of_skips_alone_is_not_sent_and_a_stand_is_no_way_for_a_form() {
    let hub = hub();
    let skips = [("answer-overall", "k"), ("answer-why", "k"), ("do", "send")];
    let page = post(&hub, "/feedback", &skips);
    assert!(page.status == 422 && page.text().contains("Answer at least one question"));
    let of_form = fields(&page.text());
    let field = |name: &str| of_form.iter().find(|(of, _)| of == name).unwrap().1.clone();
    let (number, version) = (field("number"), field("version"));
    let stand =
        domain::collector::CollectorCode::new(domain::collector::Way::StaffAssisted, 3, [7; 16]);
    let link = stand.to_string();
    assert!(!hub.get(&format!("/s/{link}")).text().contains("<main class"), "the app's own");
    let own = [("number", number.as_str()), ("version", version.as_str()), ("link", link.as_str())];
    let sent = [&[("answer-overall", "s5"), ("do", "send")][..], &own].concat();
    assert_eq!(post(&hub, "/feedback", &sent).status, 200);
    let lines = hub.export("feedback", "jsonl");
    assert!(lines.contains("open-link") && !lines.contains(&link), "{lines}");
}

#[test]
fn hostile_forms_get_a_page_or_a_refusal_and_never_break_anything() {
    let hub = hub();
    let number = fields(&review(&hub, "x").text()).into_iter().find(|(of, _)| of == "number");
    let number = number.unwrap().1;
    let ask = |body: &[u8]| hub.ask("POST", "/ask", FORM, body).unwrap();
    let rest = "&contact=none&do=check";
    let many = (0..5_000).map(|at| format!("f{at}=1&")).collect::<String>();
    for (body, status) in [
        (b"".to_vec(), 422),
        (b"&&&===&=&a".to_vec(), 422),
        (b"\xff\xfe\x00\xc3(".to_vec(), 422),
        (format!("message=%ff%fe%00{rest}").into_bytes(), 200),
        (format!("message=%00{rest}").into_bytes(), 422),
        (format!("message=a&message=b&message=c{rest}").into_bytes(), 200),
        (format!("message=a&service=no-such&hub=..%2f..%2fetc{rest}").into_bytes(), 200),
        (format!("message=a&service=%3Cb%3E&unknown=1{rest}").into_bytes(), 200),
        (format!("{many}message=a{rest}").into_bytes(), 422),
        (format!("message={}{rest}", "a".repeat(40_000)).into_bytes(), 422),
        (format!("message={}{rest}", "%F0%9F%98%80".repeat(4_000)).into_bytes(), 200),
        (format!("message={}{rest}", "a".repeat(100_000)).into_bytes(), 413),
    ] {
        let page = ask(&body);
        let start = String::from_utf8_lossy(&body[..body.len().min(60)]).into_owned();
        assert_eq!(page.status, status, "{start}: {}", page.text());
        assert!(status == 413 || page.text().matches("<main ").count() == 1, "{start}");
        assert!(!page.body().contains(&0), "{start}");
    }
    for (wrong, sent) in [("", "send"), ("0", "send"), (&number[2..], "send"), ("é'--", "send")] {
        let page = post(&hub, "/ask", &[("number", wrong), ("do", sent), CALM[0], CALM[1]]);
        assert!(page.status == 422 && page.text().contains("Not sent yet"), "{wrong}");
        assert!(page.text().contains("When is the ferry?"));
    }
    for fields in [
        &[("do", "next"), ("question", "no-such"), ("answer", "s9")][..],
        &[("do", "next"), ("question", "overall"), ("answer", "s9")],
        &[("do", "next"), ("question", "overall"), ("answer", "cno-such")],
        &[("do", "back"), ("question", "<script>")],
        &[("change", "no-such"), ("link", "A' or 1=1")],
        &[("answer-overall", "s200"), ("answer-no-such", "s1"), ("answer-", ""), ("do", "send")],
    ] {
        let page = post(&hub, "/feedback", fields);
        assert!([200, 422].contains(&page.status), "{fields:?}: {}", page.text());
        assert!(!page.text().contains("<script>"), "{fields:?}");
    }
    let elsewhere = "sec-fetch-site: cross-site\r\n";
    for headers in [elsewhere, "origin: https://evil.example\r\n"] {
        for path in ["/ask", "/fr/status", "/feedback"] {
            let page = post_with(&hub, path, headers, &[("do", "send")]);
            assert!(page.status == 403 && page.text().contains("Rien n’a été envoyé"), "{path}");
        }
    }
    assert_eq!(hub.ask("POST", "/ask", "", b"a=1").unwrap().status, 415);
    assert_eq!(hub.ask("POST", "/privacy", FORM, b"a=1").unwrap().status, 405);
    assert_eq!(hub.ask("POST", "/k/dock-guest/ask", FORM, b"a=1").unwrap().status, 405);
    assert_eq!(hub.ask("PUT", "/ask", FORM, b"a=1").unwrap().status, 405);
    assert_eq!(questions(&hub).len() + hub.export("feedback", "jsonl").lines().count(), 0);
    assert_eq!(hub.started_processes().len(), 1, "one page process");
    assert!(hub.get("/health").status == 200 && !hub.log().contains("panicked"), "{}", hub.log());
}

#[test]
fn without_a_page_process_nothing_is_sent_and_the_answer_says_so() {
    let hub = TestServer::start();
    for path in ["/ask", "/status", "/feedback"] {
        let page = post(&hub, path, &[("do", "check"), CALM[0], CALM[1]]);
        let text = page.text();
        assert_eq!((page.status, page.header("cache-control").as_str()), (503, "no-store"));
        assert!(text.contains("Nothing was sent") && text.contains("Rien n’a été envoyé"));
        assert!(text.contains("555-555-0100") && !page.header("retry-after").is_empty(), "{text}");
    }
    let french = post(&hub, "/fr/ask", &[("do", "check"), CALM[0]]);
    assert_eq!(french.status, 404, "the municipality has no French");
}

#[test]
fn nothing_that_was_typed_is_in_an_address_a_log_or_another_persons_page() {
    let mut hub = hub();
    let typed = [("message", MARKER), ("name", MARKER), ("contact", "email"), ("email", "z@b.ca")];
    let page = post(&hub, "/ask", &check(&typed));
    let (reference, secret) = receipt(&press(&hub, "/ask", &page, "send"));
    post(&hub, "/status", &[("reference", &reference), ("secret", &secret)]);
    post(&hub, "/feedback", &[("question", "why"), ("comment", MARKER), ("do", "next")]);
    post_with(&hub, "/ask", "origin: https://evil.example\r\n", &check(&typed));
    let number = fields(&page.text()).into_iter().find(|(of, _)| of == "number").unwrap().1;
    for path in ["/ask?hub=town-hall", "/status", "/search?q=a", "/feedback?hub=town-hall"] {
        let text = hub.get(path).text();
        assert!(text.contains("<main class"), "{path}: {text}");
        for word in [MARKER, "z@b.ca", &reference, &secret] {
            assert!(!text.contains(word), "{path}: {text}");
        }
    }
    hub.stop();
    let log = hub.log();
    let code = secret.replace(' ', "");
    for word in [MARKER, "z@b.ca", &reference, &secret, &code, &number] {
        assert!(!log.contains(word), "{word}: {log}");
    }
    assert!(log.contains("class=\"page\"") || log.contains("\"class\""), "it has lines: {log}");
}

#[test]
fn a_page_process_that_hangs_loses_nothing_and_hides_no_receipt() {
    let hub = hub();
    let stop = || {
        let [process] = hub.started_processes()[..] else { panic!("one process") };
        std::process::Command::new("kill").args(["-STOP", &process.to_string()]).status().unwrap();
    };
    let page = review(&hub, "When is the ferry?");
    stop();
    let unanswered = post(&hub, "/ask", &[CALM[0], CALM[1], ("do", "check")]);
    assert!(unanswered.status == 503 && unanswered.text().contains("Nothing was sent"));
    await_pages(&hub);
    stop();
    let sent = press(&hub, "/ask", &page, "send");
    assert_eq!((sent.status, sent.header("cache-control").as_str()), (200, "no-store"));
    assert_eq!(sent.header("content-type"), "text/plain; charset=utf-8");
    await_pages(&hub);
    let (reference, secret) = receipt(&press(&hub, "/ask", &page, "send"));
    assert!(sent.text().contains(&reference) && sent.text().contains(&secret), "{}", sent.text());
    assert_eq!(questions(&hub).len(), 1);
}

/// A form has no other page than the one that answers it.
#[test]
fn whoever_reads_many_pages_at_once_leaves_places_for_forms() {
    let hub = hub();
    let [process] = hub.started_processes()[..] else { panic!("one process") };
    std::process::Command::new("kill").args(["-STOP", &process.to_string()]).status().unwrap();
    std::thread::scope(|scope| {
        let read = |at: usize| hub.get(&format!("/search?q=b{at}")).status;
        let reading: Vec<_> = (0..48).map(|at| scope.spawn(move || read(at))).collect();
        std::thread::sleep(Duration::from_secs(1));
        let began = Instant::now();
        let page = post(&hub, "/ask", &check(&CALM));
        // On a busy machine a new process may begin too late, but there was a place to wait.
        let has_waited = began.elapsed() > Duration::from_secs(2);
        assert!(page.status == 200 || has_waited, "{}", page.text());
        for one in reading {
            assert_eq!(one.join().unwrap(), 200, "the app's page at least");
        }
    });
}
