//! Tests the figures that managers and staff read, on the pages of the real program.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod hub;
mod office_client;

use domain::gap::Gap;
use domain::inquiry::{ReplyTo, ValidInquiry};
use domain::submission::{Content, CorrectedField, Correction};
use domain::{HubId, Language, ServiceId};
use hub::{TestServer, plain_csv, sealed_content};
use office::staff::Role;
use office_client::OfficeClient;

fn service(id: &str) -> Option<ServiceId> {
    ServiceId::parse(id).ok()
}

fn asked(
    service: Option<ServiceId>,
    hub: Option<HubId>,
    reply_to: ReplyTo,
    language: Language,
) -> Content {
    Content::Inquiry(ValidInquiry {
        service,
        hub,
        message: "How much is it?".into(),
        name: None,
        reply_to,
        language,
        notice_version: 1,
    })
}

fn send(hub: &TestServer, contents: impl IntoIterator<Item = Content>, from: u64) {
    let keys = hub.keys();
    let entries: Vec<_> = contents
        .into_iter()
        .zip(from..)
        .map(|(content, number)| sealed_content(content, &keys, number))
        .collect();
    hub.send(&entries.iter().collect::<Vec<_>>());
}

fn french(client: &OfficeClient, hub: &TestServer, path: &str) -> String {
    hub.get_with(path, &format!("accept-language: fr\r\n{}", client.cookie_line())).text()
}

/// Twelve inquiries about dogs by e-mail, in English; seven about nothing in particular, by phone,
/// in French; two about boats.
fn week(hub: &TestServer) {
    let dogs = || {
        asked(
            service("dog-tag"),
            None,
            ReplyTo::Email("a@example.org".to_string().try_into().unwrap()),
            Language::English,
        )
    };
    let none = || {
        asked(
            None,
            None,
            ReplyTo::Phone("555-555-0199".to_string().try_into().unwrap()),
            Language::French,
        )
    };
    let boats = || asked(service("boat-permit"), None, ReplyTo::Nobody, Language::English);
    send(
        hub,
        (0..12).map(|_| dogs()).chain((0..7).map(|_| none())).chain((0..2).map(|_| boats())),
        100,
    );
}

#[test]
fn figures_are_shown_in_both_languages_and_few_people_are_hidden() {
    let hub = TestServer::start();
    let admin = OfficeClient::first(&hub);
    let manager = admin.invited(&hub, "mona", Role::Manager);
    week(&hub);
    let page = manager.until(&hub, "/office/figures", "n = 21");
    assert!(
        page.contains("<figure class=\"chart\">")
            && page.contains(
                "<figcaption id=\"service-title\">By service: number of inquiries</figcaption>"
            ),
        "{page}"
    );
    // 12, 7 and 2: the 2 is suppressed, and so is the 7, because 21 - 12 - 7 would reveal the 2.
    assert!(
        page.contains(">Get a dog tag</th><td>12</td>")
            && page.contains(">No service chosen</th><td>hidden</td>"),
        "{page}"
    );
    assert!(
        page.contains(">Get a boat permit</th><td>hidden</td>") && !page.contains("style="),
        "{page}"
    );
    let page = french(&manager, &hub, "/office/figures");
    assert!(
        page.contains("<h1>Chiffres</h1>")
            && page.contains(">Aucun service choisi</th><td>masqué</td>")
            && page.contains("demandes reçues de"),
        "{page}"
    );
    let csv = manager.get(&hub, "/office/figures.csv");
    assert_eq!(csv.header("content-type"), "text/csv; charset=utf-8");
    assert!(csv.header("content-disposition").starts_with("attachment; filename=\"figures-"));
    let text = plain_csv(&csv.text());
    assert!(
        text.starts_with("from,to,by,key,name,measure,value,note\r\n")
            && text.contains(",service,dog-tag,Get a dog tag,inquiries,12,\r\n"),
        "{text}"
    );
    assert!(
        text.contains(",service,boat-permit,Get a boat permit,inquiries,,hidden: fewer than 5"),
        "{text}"
    );
    let audit = admin.get(&hub, "/office/audit").text();
    assert!(audit.contains("figures from 20"), "what is taken out is written down: {audit}");
    let before = manager.get(&hub, "/office/figures?from=2022-01&to=2022-02").text();
    assert!(before.contains("fewer than 5") && !before.contains("<svg"), "{before}");
}

#[test]
fn what_is_missing_is_one_list_and_leads_to_a_draft() {
    let hub = TestServer::start();
    let admin = OfficeClient::first(&hub);
    let clerk = admin.invited(&hub, "cleo", Role::Office);
    let wrong = Correction {
        service: service("dog-tag"),
        hub: None,
        task: None,
        step: None,
        field: CorrectedField::Fee,
        language: Language::English,
    };
    let searches = ["hot air balloon", "hot air balloon", "<b>lamps</b> & co", "patinoire"]
        .map(|words| Gap::of(words, Language::English));
    send(
        &hub,
        searches.into_iter().flatten().map(Content::Gap).chain([Content::Correction(wrong)]),
        1,
    );
    send(&hub, [asked(None, None, ReplyTo::Nobody, Language::English)], 50);
    let page = clerk.until(&hub, "/office/gaps", "hot air balloon");
    let page = if page.contains("Get a dog tag: cost") {
        page
    } else {
        clerk.until(&hub, "/office/gaps", "Get a dog tag: cost")
    };
    let row = page.split("<tr>").find(|row| row.contains("hot air balloon")).unwrap();
    assert!(row.contains("</span>2</td>") && row.contains("No location"), "{row}");
    clerk.until(&hub, "/office/gaps?kind=no-service", "/office/inquiry/");
    let page = french(&clerk, &hub, "/office/gaps?kind=error");
    assert!(
        page.contains("Signalement d’erreur")
            && page.contains("Ébaucher une correction")
            && !page.contains("hot air"),
        "{page}"
    );
    let draft = clerk.get(
        &hub,
        "/office/gaps/draft?draft=word&words=hot+air+balloon&language=en&service=dog-tag",
    );
    assert!(
        draft.text().contains("also_en = [\"hot air balloon\"]\nservices = [\"dog-tag\"]"),
        "{}",
        draft.text()
    );
    let name = draft.header("content-disposition");
    assert!(
        name.starts_with("attachment; filename=\"thesaurus-asked-hot-air-balloon-")
            && name.ends_with(".toml\""),
        "{name}"
    );
    let draft =
        clerk.get(&hub, "/office/gaps/draft?draft=correction&field=fee&service=dog-tag").text();
    assert!(draft.contains("id = \"dog-tag\"\nfield = \"fee\""), "{draft}");
    assert_eq!(
        clerk.get(&hub, "/office/gaps/draft?draft=word&words=lamps&service=nothing").status,
        422
    );
    assert_eq!(clerk.get(&hub, "/office/gaps/draft?draft=correction&service=nothing").status, 404);
}

#[test]
fn a_search_that_was_erased_is_not_counted_any_more() {
    let hub = TestServer::start();
    let clerk = OfficeClient::first(&hub);
    let keys = hub.keys();
    let [one, other] = [1, 2].map(|number| {
        sealed_content(
            Content::Gap(Gap::of("hot air balloon", Language::English).unwrap()),
            &keys,
            number,
        )
    });
    hub.send(&[&one, &other]);
    clerk.until(&hub, "/office/gaps", "2 reports in all");
    let (is_done, said) = hub.office(&["erase", &one.head.id.to_string(), "--reason", "asked"]);
    assert!(is_done, "{said}");
    clerk.until(&hub, "/office/gaps", "1 report in all");
}
