//! An errand: one thing to get done at a counter.

use crate::catalogue::{Catalogue, Hub, Offering, Service};
use crate::hours::Weekday;
use crate::ids::{NotAnId, ServiceId, TaskId};
use std::fmt;

/// Prefix of a service's id where a list is written as text.
const SERVICE_MARK: &str = "s.";

/// A task of a counter, or a service as a whole: any location that does one of its tasks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Errand {
    /// One task.
    Task(TaskId),
    /// A service as a whole.
    Service(ServiceId),
}

impl Errand {
    /// Parses the output of [`fmt::Display`]: `issue-dog-licence` for a task, `s.dog-licence` for a
    /// service. Returns an error if the text is not an id.
    pub fn parse(text: &str) -> Result<Self, NotAnId> {
        match text.strip_prefix(SERVICE_MARK) {
            Some(id) => ServiceId::parse(id).map(Errand::Service),
            None => TaskId::parse(text).map(Errand::Task),
        }
    }

    /// The service that it is about; `None` if the catalogue no longer has it.
    pub fn service<'a>(&self, catalogue: &'a Catalogue) -> Option<&'a Service> {
        match self {
            Errand::Task(id) => {
                catalogue.task(id)?.all_services().next().and_then(|id| catalogue.service(id))
            }
            Errand::Service(id) => catalogue.service(id),
        }
    }

    /// Name of the task or service; `None` if the catalogue no longer has it.
    pub fn name<'a>(&self, catalogue: &'a Catalogue) -> Option<&'a str> {
        match self {
            Errand::Task(id) => catalogue.task(id).map(|task| task.name.as_str()),
            Errand::Service(id) => catalogue.service(id).map(|service| service.name.as_str()),
        }
    }

    /// The conditions under which a location does it: those of the task, or of each task of the
    /// service. Empty if none are known.
    pub fn offerings<'a>(&self, catalogue: &Catalogue, hub: &'a Hub) -> Vec<&'a Offering> {
        let is_part = |task: &TaskId| match self {
            Errand::Task(id) => id == task,
            Errand::Service(id) => {
                catalogue.service(id).is_some_and(|service| service.tasks.contains(task))
            }
        };
        hub.offerings.iter().filter(|offering| is_part(&offering.task)).collect()
    }

    /// Whether a location that does it does so on this weekday. For a service, on this weekday it
    /// does every task of it that it does at all: which of them the person needs is not known.
    pub fn is_done_on(&self, catalogue: &Catalogue, hub: &Hub, weekday: Weekday) -> bool {
        self.offerings(catalogue, hub).iter().all(|offering| offering.is_on(weekday))
    }

    /// The locations whose counters do it.
    pub fn hubs<'a>(&self, catalogue: &'a Catalogue) -> Vec<&'a Hub> {
        match self {
            Errand::Task(id) => {
                catalogue.hubs().iter().filter(|hub| hub.tasks.contains(id)).collect()
            }
            Errand::Service(id) => catalogue
                .service(id)
                .map(|service| catalogue.hubs_for(service).collect())
                .unwrap_or_default(),
        }
    }
}

impl fmt::Display for Errand {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Errand::Task(id) => id.fmt(f),
            Errand::Service(id) => write!(f, "{SERVICE_MARK}{id}"),
        }
    }
}
