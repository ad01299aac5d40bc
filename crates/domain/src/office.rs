//! The response times that the office promises, and whose opening hours count as working time. This
//! is data of the municipality; the server computes due times from it.

use crate::catalogue::Catalogue;
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
