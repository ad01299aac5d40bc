//! Every page and its address.

use super::*;
use domain::Language;
use domain::catalogue::Audience;
use finder::FacetWay;

const BOTH: [Language; 2] = [Language::English, Language::French];

fn parse(href: &str) -> PageAddress {
    let (path, query) = href.split_once('?').unwrap_or((href, ""));
    PageAddress::parse(path, query, &BOTH)
}

#[test]
fn a_terminals_pages_stand_under_its_name() {
    assert_eq!(split_device("/k/library"), (DevicePrefix::Terminal("library"), "/"));
    assert_eq!(
        split_device("/k/library/fr/hubs/city-hall"),
        (DevicePrefix::Terminal("library"), "/fr/hubs/city-hall")
    );
    assert_eq!(split_device("/k/"), (DevicePrefix::Terminal(""), "/"));
    assert_eq!(split_device("/kiosk"), (DevicePrefix::Own, "/kiosk"));
    assert_eq!(split_device("/counter"), (DevicePrefix::Counter, "/"));
    assert_eq!(
        split_device("/counter/fr/tasks/sell-bag-tags"),
        (DevicePrefix::Counter, "/fr/tasks/sell-bag-tags")
    );
    assert_eq!(split_device("/counters"), (DevicePrefix::Own, "/counters"));
}

#[test]
fn every_page_has_an_address_that_leads_back_to_it_in_both_languages() {
    let service = || ServiceId::parse("dog-licence").unwrap();
    let hub = || HubId::parse("city-hall").unwrap();
    let routes = [
        Route::Home,
        Route::Status,
        Route::Search { query: "où jeter ça & 100% ?".into(), filter: FacetFilter::default() },
        Route::Search { query: String::new(), filter: FacetFilter::default() },
        Route::Search {
            query: "dog".into(),
            filter: FacetFilter {
                topic: CategoryId::parse("taxes-bills").ok(),
                audience: Some(Audience::Visitor),
                way: Some(FacetWay::InPerson),
                hub: Some(hub()),
            },
        },
        Route::Topics,
        Route::Topic(CategoryId::parse("taxes-bills").unwrap()),
        Route::AToZ,
        Route::Service(service()),
        Route::Hubs,
        Route::Hub(hub()),
        Route::Trip(Vec::new()),
        Route::Trip(vec![Errand::Service(service()), Errand::parse("sell-bag-tags").unwrap()]),
        Route::Ask(AboutRecord { service: Some(service()), hub: Some(hub()) }),
        Route::Ask(AboutRecord::default()),
        Route::AskCheck,
        Route::Feedback(AboutRecord { service: None, hub: Some(hub()) }),
        Route::FeedbackQuestion(QuestionId::parse("overall").unwrap()),
        Route::FeedbackCheck,
        Route::FeedbackDone,
        Route::Survey("P1ABCD".into()),
        Route::Survey("A1ABCDEFGHJK/00112233445566778899aabbccddeeff".into()),
        Route::Survey(String::new()),
        Route::Messages,
        Route::MessagesErase,
        Route::Message(SubmissionId::from_parts(1, [7; 10])),
        Route::Bring,
        Route::Task(TaskId::parse("sell-bag-tags").unwrap()),
        Route::Kit,
        Route::People,
        Route::AboutApp,
        Route::Privacy,
        Route::Accessibility,
        Route::NotFound,
    ];
    for route in routes {
        for language in BOTH {
            let address = PageAddress { language, route: route.clone() };
            assert_eq!(parse(&address.href()), address);
        }
    }
}

#[test]
fn addresses_that_lead_nowhere_say_so_and_never_panic() {
    for href in ["/services/no!no", "/x/y/z", "/messages/1", "/fra", "/topics/a/b", "/%ff%"] {
        assert_eq!(parse(href).route, Route::NotFound, "{href}");
    }
    assert_eq!(
        parse("/search?q=%E9%zz%&how=swim").route,
        Route::Search { query: "\u{fffd}%zz%".into(), filter: FacetFilter::default() }
    );
    assert_eq!(
        parse("/ask?service=N!O&hub=city-hall").route,
        Route::Ask(AboutRecord { service: None, hub: HubId::parse("city-hall").ok() })
    );
}

#[test]
fn an_address_leads_to_its_page_however_it_was_typed_or_pasted() {
    let service = || Route::Service(ServiceId::parse("dog-licence").unwrap());
    let search = |query: &str| Route::Search { query: query.into(), filter: Default::default() };
    for (href, route) in [
        ("/Services/Dog-Licence/", service()),
        ("/services/dog-licence.", service()),
        ("//services//dog-licence%20", service()),
        ("/%73ervices/dog%2Dlicence", service()),
        ("/FR/services/dog-licence”,", service()),
        ("/search?q=100%+deposit", search("100% deposit")),
        ("/search/?Q=%ZZ+a%2Bb", search("%ZZ a+b")),
        (
            "/ask?service=Dog-Licence.&hub=city-hall%20",
            Route::Ask(AboutRecord {
                service: ServiceId::parse("dog-licence").ok(),
                hub: HubId::parse("city-hall").ok(),
            }),
        ),
        ("/s/P1ABCD.", Route::Survey("P1ABCD".into())),
    ] {
        assert_eq!(parse(href).route, route, "{href}");
    }
    assert_eq!(parse("/FR/hubs").language, Language::French);
}

#[test]
fn french_is_no_language_where_it_is_not_offered() {
    let address = PageAddress::parse("/fr/hubs", "", &[Language::English]);
    assert_eq!((address.language, address.route), (Language::English, Route::NotFound));
}
