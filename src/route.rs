//! Maps every page to its address and back. Pure: the router carries the addresses through the
//! browser's history.

use crate::components::facets::{audience_of, audience_value, way_of, way_value};
use crate::state::trip::{listed, read_list};
use domain::trip::Errand;
use domain::{CategoryId, HubId, Language, QuestionId, ServiceId, SubmissionId, TaskId};
use finder::Filter;

/// A page of the app.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Route {
    Home,
    Search {
        query: String,
        filter: Filter,
    },
    Topics,
    Topic(CategoryId),
    AToZ,
    Service(ServiceId),
    Hubs,
    Hub(HubId),
    /// A trip list that came with the address. The current list is in the state.
    Trip(Vec<Errand>),
    Ask(About),
    AskCheck,
    Feedback(About),
    FeedbackQuestion(QuestionId),
    FeedbackCheck,
    /// Thanks after feedback, on a device where the next person follows at once.
    FeedbackDone,
    /// A survey opened by a survey link: the text after `/s/`, which is a code, or a code, a slash
    /// and an invitation.
    Survey(String),
    Messages,
    MessagesErase,
    Message(SubmissionId),
    Status,
    /// A message brought from another device. Its content follows the `#` of the address.
    Bring,
    /// The steps of a task, for staff.
    Task(TaskId),
    /// The checklist of a staff tablet before an event, and its results afterwards.
    Kit,
    /// The staff who work with a tablet.
    People,
    AboutApp,
    Privacy,
    Accessibility,
    NotFound,
}

/// The service or location that a question or feedback is about, if the person came from its page.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct About {
    pub(crate) service: Option<ServiceId>,
    pub(crate) hub: Option<HubId>,
}

impl Route {
    /// Parses a path without its language prefix, such as `/services/dog-licence`, and the query
    /// after the `?`. A path that is not known becomes `NotFound`.
    pub(crate) fn parse(path: &str, query: &[(String, String)]) -> Self {
        let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
        let about = || About {
            service: value(query, "service").and_then(|id| ServiceId::parse(id).ok()),
            hub: value(query, "hub").and_then(|id| HubId::parse(id).ok()),
        };
        let found = match parts.as_slice() {
            [] => Some(Route::Home),
            ["search"] => Some(Route::Search {
                query: value(query, "q").unwrap_or_default().into(),
                filter: filter_of(query),
            }),
            ["topics"] => Some(Route::Topics),
            ["topics", id] => CategoryId::parse(id).ok().map(Route::Topic),
            ["a-z"] => Some(Route::AToZ),
            ["services", id] => ServiceId::parse(id).ok().map(Route::Service),
            ["hubs"] => Some(Route::Hubs),
            ["hubs", id] => HubId::parse(id).ok().map(Route::Hub),
            ["trip"] => Some(Route::Trip(read_list(value(query, "do").unwrap_or_default()))),
            ["ask"] => Some(Route::Ask(about())),
            ["ask", "check"] => Some(Route::AskCheck),
            ["feedback"] => Some(Route::Feedback(about())),
            ["feedback", "check"] => Some(Route::FeedbackCheck),
            ["feedback", "done"] => Some(Route::FeedbackDone),
            ["s", rest @ ..] => Some(Route::Survey(rest.join("/"))),
            ["feedback", id] => QuestionId::parse(id).ok().map(Route::FeedbackQuestion),
            ["messages"] => Some(Route::Messages),
            ["messages", "erase"] => Some(Route::MessagesErase),
            ["messages", id] => SubmissionId::parse(id).ok().map(Route::Message),
            ["status"] => Some(Route::Status),
            ["bring"] => Some(Route::Bring),
            ["tasks", id] => TaskId::parse(id).ok().map(Route::Task),
            ["kit"] => Some(Route::Kit),
            ["people"] => Some(Route::People),
            ["about"] => Some(Route::AboutApp),
            ["privacy"] => Some(Route::Privacy),
            ["accessibility"] => Some(Route::Accessibility),
            _ => None,
        };
        found.unwrap_or(Route::NotFound)
    }

    /// The path and query of this page, without the language prefix.
    fn path(&self) -> String {
        match self {
            Route::Home => "/".into(),
            Route::Search { query, .. } if query.is_empty() => "/search".into(),
            Route::Search { query, filter } => {
                format!("/search?q={}{}", encoded(query), written(filter))
            }
            Route::Topics => "/topics".into(),
            Route::Topic(id) => format!("/topics/{id}"),
            Route::AToZ => "/a-z".into(),
            Route::Service(id) => format!("/services/{id}"),
            Route::Hubs => "/hubs".into(),
            Route::Hub(id) => format!("/hubs/{id}"),
            Route::Trip(errands) if errands.is_empty() => "/trip".into(),
            Route::Trip(errands) => format!("/trip?do={}", listed(errands)),
            Route::Ask(about) => format!("/ask{}", about.query()),
            Route::AskCheck => "/ask/check".into(),
            Route::Feedback(about) => format!("/feedback{}", about.query()),
            Route::FeedbackQuestion(id) => format!("/feedback/{id}"),
            Route::FeedbackCheck => "/feedback/check".into(),
            Route::FeedbackDone => "/feedback/done".into(),
            Route::Survey(code) => format!("/s/{code}"),
            Route::Messages => "/messages".into(),
            Route::MessagesErase => "/messages/erase".into(),
            Route::Message(id) => format!("/messages/{id}"),
            Route::Status => "/status".into(),
            Route::Bring => "/bring".into(),
            Route::Task(id) => format!("/tasks/{id}"),
            Route::Kit => "/kit".into(),
            Route::People => "/people".into(),
            Route::AboutApp => "/about".into(),
            Route::Privacy => "/privacy".into(),
            Route::Accessibility => "/accessibility".into(),
            Route::NotFound => "/not-found".into(),
        }
    }

    /// The section of the bottom navigation bar that this page belongs to.
    pub(crate) fn place(&self) -> Place {
        match self {
            Route::Hubs | Route::Hub(_) => Place::Hubs,
            Route::Ask(_) | Route::AskCheck => Place::Ask,
            Route::Feedback(_)
            | Route::FeedbackQuestion(_)
            | Route::FeedbackCheck
            | Route::FeedbackDone
            | Route::Survey(_) => Place::Feedback,
            Route::Messages
            | Route::MessagesErase
            | Route::Message(_)
            | Route::Status
            | Route::Bring => Place::Messages,
            Route::Kit | Route::People => Place::Kit,
            Route::AboutApp | Route::Privacy | Route::Accessibility | Route::NotFound => {
                Place::Elsewhere
            }
            _ => Place::Find,
        }
    }
}

/// Reads the search filter from the query parameters. Values that are not known are ignored.
fn filter_of(query: &[(String, String)]) -> Filter {
    Filter {
        topic: value(query, "topic").and_then(|id| CategoryId::parse(id).ok()),
        audience: value(query, "for").and_then(audience_of),
        way: value(query, "how").and_then(way_of),
        hub: value(query, "at").and_then(|id| HubId::parse(id).ok()),
    }
}

fn written(filter: &Filter) -> String {
    let topic = filter.topic.as_ref().map(|id| format!("&topic={id}"));
    let audience = filter.audience.map(|audience| format!("&for={}", audience_value(audience)));
    let way = filter.way.map(|way| format!("&how={}", way_value(way)));
    let hub = filter.hub.as_ref().map(|id| format!("&at={id}"));
    [topic, audience, way, hub].into_iter().flatten().collect()
}

impl About {
    fn query(&self) -> String {
        let service = self.service.as_ref().map(|id| format!("service={id}"));
        let hub = self.hub.as_ref().map(|id| format!("hub={id}"));
        let parts: Vec<String> = [service, hub].into_iter().flatten().collect();
        if parts.is_empty() { String::new() } else { format!("?{}", parts.join("&")) }
    }
}

/// A section of the bottom navigation bar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    Find,
    Hubs,
    Ask,
    Feedback,
    Messages,
    /// On staff tablets only.
    Kit,
    Elsewhere,
}

/// A page in a language: what the address bar shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Address {
    pub(crate) language: Language,
    pub(crate) route: Route,
}

impl Address {
    /// Parses the path and query of an address. French pages are under `/fr`, if `languages`
    /// contains French; otherwise `/fr` is not found.
    pub(crate) fn parse(path: &str, query: &str, languages: &[Language]) -> Self {
        let query = pairs(query);
        let french =
            path.strip_prefix("/fr").filter(|rest| rest.is_empty() || rest.starts_with('/'));
        match french.filter(|_| languages.contains(&Language::French)) {
            Some(rest) => Self { language: Language::French, route: Route::parse(rest, &query) },
            None => Self { language: Language::English, route: Route::parse(path, &query) },
        }
    }

    /// The path and query of this address, starting with a slash.
    pub(crate) fn href(&self) -> String {
        let path = self.route.path();
        match self.language {
            Language::English => path,
            Language::French if path == "/" => "/fr".into(),
            Language::French => format!("/fr{path}"),
        }
    }
}

/// Path prefix of all pages of a staff tablet.
pub(crate) const COUNTER: &str = "/counter";

/// The kind of device that a path belongs to: `/k/library/hubs` is a public terminal,
/// `/counter/hubs` a staff tablet, and every other path a person's own device.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Device<'a> {
    Own,
    Terminal(&'a str),
    Counter,
}

/// Splits a path into the device it belongs to and the path of the page, which always starts with a
/// slash if a prefix was removed.
pub(crate) fn split_device(path: &str) -> (Device<'_>, &str) {
    if let Some(rest) =
        path.strip_prefix(COUNTER).filter(|rest| rest.is_empty() || rest.starts_with('/'))
    {
        return (Device::Counter, if rest.is_empty() { "/" } else { rest });
    }
    let Some(rest) = path.strip_prefix("/k/") else { return (Device::Own, path) };
    match rest.find('/') {
        Some(at) => (Device::Terminal(&rest[..at]), &rest[at..]),
        None => (Device::Terminal(rest), "/"),
    }
}

fn value<'a>(query: &'a [(String, String)], name: &str) -> Option<&'a str> {
    query.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
}

/// The decoded pairs of a query (`application/x-www-form-urlencoded`, URL Standard). A part without
/// `=` is skipped.
fn pairs(query: &str) -> Vec<(String, String)> {
    let query = query.strip_prefix('?').unwrap_or(query);
    let split =
        |pair: &str| pair.split_once('=').map(|(name, value)| (decoded(name), decoded(value)));
    query.split('&').filter_map(split).collect()
}

/// Percent-encodes the UTF-8 bytes of a text for a query; a space becomes `+`.
fn encoded(text: &str) -> String {
    let letter = |byte: u8| match byte {
        b' ' => "+".to_string(),
        b if b.is_ascii_alphanumeric() || b"-_.~".contains(&b) => (b as char).to_string(),
        b => format!("%{b:02X}"),
    };
    text.bytes().map(letter).collect()
}

/// Reverses [`encoded`]. A `%` without two hexadecimal digits stays as it is; invalid UTF-8 becomes
/// U+FFFD. Never panics.
fn decoded(text: &str) -> String {
    let (mut bytes, mut rest) = (Vec::with_capacity(text.len()), text.as_bytes());
    while let [first, tail @ ..] = rest {
        let escaped = tail
            .get(..2)
            .filter(|_| *first == b'%')
            .and_then(|two| std::str::from_utf8(two).ok())
            .and_then(|two| u8::from_str_radix(two, 16).ok());
        bytes.push(escaped.unwrap_or(if *first == b'+' { b' ' } else { *first }));
        rest = if escaped.is_some() { &tail[2..] } else { tail };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::catalogue::Audience;
    use finder::Way;

    const BOTH: [Language; 2] = [Language::English, Language::French];

    fn parse(href: &str) -> Address {
        let (path, query) = href.split_once('?').unwrap_or((href, ""));
        Address::parse(path, query, &BOTH)
    }

    #[test]
    fn a_terminals_pages_stand_under_its_name() {
        assert_eq!(split_device("/k/library"), (Device::Terminal("library"), "/"));
        assert_eq!(
            split_device("/k/library/fr/hubs/city-hall"),
            (Device::Terminal("library"), "/fr/hubs/city-hall")
        );
        assert_eq!(split_device("/k/"), (Device::Terminal(""), "/"));
        assert_eq!(split_device("/kiosk"), (Device::Own, "/kiosk"));
        assert_eq!(split_device("/counter"), (Device::Counter, "/"));
        assert_eq!(
            split_device("/counter/fr/tasks/sell-bag-tags"),
            (Device::Counter, "/fr/tasks/sell-bag-tags")
        );
        assert_eq!(split_device("/counters"), (Device::Own, "/counters"));
    }

    #[test]
    fn every_page_has_an_address_that_leads_back_to_it_in_both_languages() {
        let service = || ServiceId::parse("dog-licence").unwrap();
        let hub = || HubId::parse("city-hall").unwrap();
        let routes = [
            Route::Home,
            Route::Status,
            Route::Search { query: "où jeter ça & 100% ?".into(), filter: Filter::default() },
            Route::Search { query: String::new(), filter: Filter::default() },
            Route::Search {
                query: "dog".into(),
                filter: Filter {
                    topic: CategoryId::parse("taxes-bills").ok(),
                    audience: Some(Audience::Visitor),
                    way: Some(Way::InPerson),
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
            Route::Ask(About { service: Some(service()), hub: Some(hub()) }),
            Route::Ask(About::default()),
            Route::AskCheck,
            Route::Feedback(About { service: None, hub: Some(hub()) }),
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
                let address = Address { language, route: route.clone() };
                assert_eq!(parse(&address.href()), address);
            }
        }
    }

    #[test]
    fn addresses_that_lead_nowhere_say_so_and_never_panic() {
        for href in ["/services/NO", "/x/y/z", "/messages/1", "/fra", "/topics/a/b", "/%ff%"] {
            assert_eq!(parse(href).route, Route::NotFound, "{href}");
        }
        assert_eq!(
            parse("/search?q=%E9%zz%&how=swim").route,
            Route::Search { query: "\u{fffd}%zz%".into(), filter: Filter::default() }
        );
        assert_eq!(
            parse("/ask?service=NO!&hub=city-hall").route,
            Route::Ask(About { service: None, hub: HubId::parse("city-hall").ok() })
        );
    }

    #[test]
    fn french_is_no_language_where_it_is_not_offered() {
        let address = Address::parse("/fr/hubs", "", &[Language::English]);
        assert_eq!((address.language, address.route), (Language::English, Route::NotFound));
    }
}
