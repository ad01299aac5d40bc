//! The response times that the office promises, and whose opening hours count as working time. This
//! is data of the municipality; the server computes due times from it.

use crate::catalogue::Catalogue;
use crate::hours::{Hours, Moment, WorkingClock};
use crate::ids::HubId;
use crate::provenance::Provenance;
use crate::text::Text;
use serde::{Deserialize, Serialize};

/// Longest promise in working hours: about a year. A longer one is a mistake.
pub const PROMISE_HOURS_MAX: u32 = 2_000;

/// The rules of an office.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct OfficeRules {
    /// Id of the hub whose hours and holidays are the working time of every department that is not
    /// named under `department_hours`.
    pub hub: HubId,
    /// The department that owns an inquiry whose service is not known, as in the services.
    pub department: String,
    /// Within how many working hours somebody replies for the first time.
    pub first_reply: ResponsePromise,
    /// Within how many working hours the inquiry is settled. Leave it out if nothing is promised.
    #[serde(default)]
    pub resolution: Option<ResponsePromise>,
    /// One block for each department that has the hours of another hub.
    #[serde(default, rename = "department_hours")]
    pub departments: Vec<DepartmentHours>,
}

/// Within how many working hours something is done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ResponsePromise {
    /// Hours of the department's working time, 1 to 2,000.
    #[cfg_attr(feature = "schema", schemars(range(min = 1, max = PROMISE_HOURS_MAX)))]
    pub working_hours: u32,
    /// Where the number comes from, for staff and managers.
    pub note: Text,
    /// Where the record comes from, and how certain it is.
    pub source: Provenance,
}

/// A department that has the hours of another location.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct DepartmentHours {
    /// Name of the department, as in the services.
    pub department: String,
    /// Id of the hub whose hours it has.
    pub hub: HubId,
}

/// What a device learns about the office: how it can reply, and by when. Follows the keys in the
/// response of `GET /api/keys`; older apps stop reading before it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct OfficeOffer {
    /// Whether the server can send a reply by email.
    pub sends_email: bool,
    /// The promise of a first reply; `None` if nothing is promised.
    pub first_reply: Option<ReplyTime>,
}

/// Within how much working time somebody replies for the first time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReplyTime {
    /// Hours of working time.
    pub working_hours: u32,
    /// Whether the municipality has confirmed it.
    pub is_confirmed: bool,
    /// The location whose opening hours are the working time. `None` if that depends on the
    /// department.
    pub hub: Option<HubId>,
}

impl OfficeOffer {
    /// What the rules promise, if there are any.
    pub fn of(rules: Option<&OfficeRules>, sends_email: bool) -> Self {
        let first_reply = rules.map(|rules| ReplyTime {
            working_hours: rules.first_reply.working_hours,
            is_confirmed: rules.first_reply.source.verified,
            hub: rules.departments.is_empty().then(|| rules.hub.clone()),
        });
        Self { sends_email, first_reply }
    }
}

impl ReplyTime {
    /// The minute by which a question that arrives at `from` is answered. `None` if the working
    /// time depends on the department, or no hours are known.
    pub fn due(&self, catalogue: &Catalogue, from: Moment) -> Option<Moment> {
        let hours = Hours::of(catalogue, catalogue.hub(self.hub.as_ref()?)?);
        let on = |date| hours.on(date).hours.spans().to_vec();
        match WorkingClock::run(on, from, None, i64::from(self.working_hours) * 60) {
            WorkingClock::Over(at) => Some(at),
            WorkingClock::Left(_) => None,
        }
    }
}

impl OfficeRules {
    /// Everything that does not agree with the catalogue: which entry, and what is wrong with it.
    /// Empty if all is well.
    pub fn faults(&self, catalogue: &Catalogue) -> Vec<String> {
        let hubs =
            std::iter::once(&self.hub).chain(self.departments.iter().map(|entry| &entry.hub));
        let unknown = hubs
            .filter(|id| catalogue.hub(id).is_none())
            .map(|id| format!("hub: “{id}” is not a hub of the catalogue"));
        let is_department =
            |name: &str| catalogue.services().iter().any(|service| service.department == name);
        let named = std::iter::once(&self.department)
            .chain(self.departments.iter().map(|entry| &entry.department));
        let strange = named
            .filter(|name| !is_department(name))
            .map(|name| format!("department: no service of the catalogue belongs to “{name}”"));
        let promises = std::iter::once(&self.first_reply).chain(&self.resolution);
        let wild = promises
            .filter(|promise| !(1..=PROMISE_HOURS_MAX).contains(&promise.working_hours))
            .map(|promise| {
                format!(
                    "working_hours: {} is not between 1 and {PROMISE_HOURS_MAX}",
                    promise.working_hours
                )
            });
        unknown.chain(strange).chain(wild).collect()
    }

    /// The location whose hours are a department's working time.
    pub fn hub_of(&self, department: &str) -> &HubId {
        self.departments
            .iter()
            .find(|entry| entry.department == department)
            .map_or(&self.hub, |entry| &entry.hub)
    }
}
