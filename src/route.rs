//! Maps every page to its address and back. Pure, but for [`router`], which carries the addresses
//! through the browser's history.

mod address;
mod query;
pub(crate) mod router;
#[cfg(test)]
mod tests;

pub(crate) use address::{COUNTER, DevicePrefix, PageAddress, borrowed, split_device};
use domain::trip::Errand;
use domain::{CategoryId, HubId, LifeEventId, QuestionId, ServiceId, SubmissionId, TaskId};
use finder::FacetFilter;
pub(crate) use query::{
    NEAR, audience_of, audience_value, encoded, list_of_errands, near_of, read_list, way_of,
    way_value,
};
use query::{filter_of, filter_text, id_text, value};

/// A page of the app.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Route {
    Home,
    Search {
        query: String,
        filter: FacetFilter,
    },
    Topics,
    Topic(CategoryId),
    AToZ,
    /// Something that happens in a life.
    Life(LifeEventId),
    Service(ServiceId),
    Hubs,
    Hub(HubId),
    /// A trip list that came with the address. The current list is in the state.
    Trip(Vec<Errand>),
    Ask(AboutRecord),
    AskCheck,
    Feedback(AboutRecord),
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
pub(crate) struct AboutRecord {
    /// What the form is about, if it was opened from a service.
    pub(crate) service: Option<ServiceId>,
    pub(crate) hub: Option<HubId>,
}

impl Route {
    /// Parses a tidy path without its language prefix, such as `/services/dog-licence`, and the
    /// query after the `?`. A path that is not known becomes `NotFound`.
    pub(crate) fn parse(path: &str, query: &[(String, String)]) -> Self {
        let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
        let about = || AboutRecord {
            service: ServiceId::parse(&id_text(query, "service")).ok(),
            hub: HubId::parse(&id_text(query, "hub")).ok(),
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
            ["life", id] => LifeEventId::parse(id).ok().map(Route::Life),
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
                format!("/search?q={}{}", encoded(query), filter_text(filter))
            }
            Route::Topics => "/topics".into(),
            Route::Topic(id) => format!("/topics/{id}"),
            Route::AToZ => "/a-z".into(),
            Route::Life(id) => format!("/life/{id}"),
            Route::Service(id) => format!("/services/{id}"),
            Route::Hubs => "/hubs".into(),
            Route::Hub(id) => format!("/hubs/{id}"),
            Route::Trip(errands) if errands.is_empty() => "/trip".into(),
            Route::Trip(errands) => format!("/trip?do={}", list_of_errands(errands)),
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
    pub(crate) fn section(&self) -> NavSection {
        match self {
            Route::Hubs | Route::Hub(_) => NavSection::Hubs,
            Route::Ask(_) | Route::AskCheck => NavSection::Ask,
            Route::Feedback(_)
            | Route::FeedbackQuestion(_)
            | Route::FeedbackCheck
            | Route::FeedbackDone
            | Route::Survey(_) => NavSection::Feedback,
            Route::Messages
            | Route::MessagesErase
            | Route::Message(_)
            | Route::Status
            | Route::Bring => NavSection::Messages,
            Route::Kit | Route::People => NavSection::Kit,
            Route::AboutApp | Route::Privacy | Route::Accessibility | Route::NotFound => {
                NavSection::Elsewhere
            }
            _ => NavSection::Find,
        }
    }
}

impl AboutRecord {
    fn query(&self) -> String {
        let service = self.service.as_ref().map(|id| format!("service={id}"));
        let hub = self.hub.as_ref().map(|id| format!("hub={id}"));
        let parts: Vec<String> = [service, hub].into_iter().flatten().collect();
        if parts.is_empty() { String::new() } else { format!("?{}", parts.join("&")) }
    }
}

/// A section of the bottom navigation bar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NavSection {
    Find,
    Hubs,
    Ask,
    Feedback,
    Messages,
    /// On staff tablets only.
    Kit,
    Elsewhere,
}
