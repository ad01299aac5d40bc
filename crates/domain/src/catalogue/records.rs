//! The records of the catalogue, one type each.

use crate::hours::{Date, Nth, Season, Span, Week, Weekday};
use crate::ids::{CategoryId, FacilityId, HolidayId, HubId, ServiceId, TaskId};
use crate::place::Position;
use crate::provenance::Provenance;
use crate::text::Text;
use serde::{Deserialize, Serialize};

/// A topic under which residents browse.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Category {
    pub id: CategoryId,
    pub name: Text,
    pub description: Text,
    #[serde(default)]
    pub example_searches: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Audience {
    Resident,
    Business,
    Visitor,
}

/// How a service can be reached. Nothing known is `None` or `false`, never a guess.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Channels {
    #[serde(default)]
    pub online_url: Option<String>,
    #[serde(default)]
    pub phone: Option<String>,
    #[serde(default)]
    pub email: Option<String>,
    #[serde(default)]
    pub in_person: bool,
}

/// What a service record rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Basis {
    /// A page with details was seen.
    Details,
    /// A page says that the service exists, and little more.
    Existence,
    /// The page is old, or says two things.
    OldOrAmbiguousSource,
    /// No source: municipalities of this kind offer it.
    Inferred,
}

/// A part of a service record that the editors filled in without a source.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum InferredField {
    Keywords,
    Category,
    Audience,
    Department,
    InPerson,
    Goal,
    /// The general line stands in for a direct one that is not known.
    GeneralPhone,
}

/// A service as residents see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Service {
    pub id: ServiceId,
    pub name: String,
    pub summary: String,
    pub category: CategoryId,
    /// The goal of the strategic plan that it serves.
    pub goal: String,
    pub department: String,
    pub audience: Vec<Audience>,
    pub keywords: Vec<String>,
    pub channels: Channels,
    /// In words, as the source has it. `None` is "not known", never "free".
    #[serde(default)]
    pub fee: Option<String>,
    #[serde(default)]
    pub eligibility: Option<String>,
    /// What to bring or send. Empty is "none known".
    #[serde(default)]
    pub documents: Vec<String>,
    #[serde(default)]
    pub processing_time: Option<String>,
    #[serde(default)]
    pub tasks: Vec<TaskId>,
    #[serde(default)]
    pub notes: Option<String>,
    pub basis: Basis,
    #[serde(default)]
    pub inferred: Vec<InferredField>,
    /// The contents (fee, documents, times, channels) rest on a page of 2023 or later.
    pub details_verified: bool,
    pub source: Provenance,
}

impl Service {
    /// Whether a screen must add "please confirm" to the record's details.
    pub fn needs_confirming(&self) -> bool {
        !self.details_verified
    }

    pub fn is_inferred(&self, field: InferredField) -> bool {
        self.inferred.contains(&field)
    }
}

/// What a counter does, the same way at every hub.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Task {
    pub id: TaskId,
    pub name: String,
    pub steps: Vec<String>,
    /// Says who wrote the steps, when it was not the municipality.
    #[serde(default)]
    pub steps_basis: Option<String>,
    #[serde(default)]
    pub documents: Vec<String>,
    pub services: Vec<ServiceId>,
    /// What says that counters do this.
    #[serde(default)]
    pub counter_evidence: Option<String>,
    pub counter_task_confirmed: bool,
    pub source: Provenance,
}

/// A kind of place and the holidays that such places keep.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Facility {
    pub id: FacilityId,
    pub name: Text,
    pub closed_on: Vec<HolidayId>,
    /// Holidays on which it is known to be open. A holiday in neither list is "not known: please call".
    #[serde(default)]
    pub open_on: Vec<HolidayId>,
    /// A holiday that falls on a weekend is kept on the next working day instead.
    pub moves_to_working_day: bool,
    /// Days of the year with hours of their own, as the day before Christmas.
    #[serde(default)]
    pub special_days: Vec<SpecialDay>,
    #[serde(default)]
    pub note: Option<Text>,
    pub source: Provenance,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SpecialDay {
    pub month: u8,
    pub day: u8,
    /// Empty: closed all day. On days when the place is closed anyway, nothing changes.
    pub hours: Vec<Span>,
}

/// A closure that comes back by the calendar, as "closed in the morning of each first Wednesday".
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecurringClosure {
    pub hubs: Vec<HubId>,
    pub nth: Nth,
    pub weekday: Weekday,
    pub closed: Span,
    /// Days known to differ from the rule: `from` is the day by the rule, `to` the day kept.
    #[serde(default)]
    pub moved: Vec<MovedDay>,
    pub note: Text,
    pub source: Provenance,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MovedDay {
    pub from: Date,
    pub to: Date,
}

/// Where a hub is, in degrees. Today's points are centres of communities, not buildings.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Point {
    pub lat: f64,
    pub lon: f64,
    /// True when it is the building, false when it is the middle of the community.
    pub is_building: bool,
}

impl Point {
    pub fn position(self) -> Position {
        Position { lat: self.lat, lon: self.lon }
    }
}

/// Something that people ask for and another government or company does. The answer is to say so.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Elsewhere {
    pub id: crate::ids::ConceptId,
    /// What people call it; the first is shown.
    pub en: Vec<String>,
    #[serde(default)]
    pub fr: Vec<String>,
    pub who: Who,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Who {
    Federal,
    Province,
    Utility,
    Other,
}

/// A place with a counter.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hub {
    pub id: HubId,
    pub name: String,
    pub facility: FacilityId,
    pub town: String,
    #[serde(default)]
    pub address: Option<String>,
    #[serde(default)]
    pub postal_code: Option<String>,
    pub point: Point,
    #[serde(default)]
    pub phone: Option<String>,
    #[serde(default)]
    pub email: Option<String>,
    /// The usual week. A day that is not known is not closed.
    #[serde(default)]
    pub hours: Week,
    #[serde(default)]
    pub seasons: Vec<Season>,
    pub hours_verified: bool,
    #[serde(default)]
    pub hours_note: Option<String>,
    /// Holidays that this hub keeps beyond its kind.
    #[serde(default)]
    pub also_closed_on: Vec<HolidayId>,
    #[serde(default)]
    pub accessibility: Option<String>,
    #[serde(default)]
    pub tasks: Vec<TaskId>,
    #[serde(default)]
    pub tasks_basis: Option<String>,
    /// Tasks that are done under conditions only, or of which is known how they are paid for.
    #[serde(default)]
    pub offerings: Vec<Offering>,
    #[serde(default)]
    pub notes: Option<String>,
    /// It is there on some days only, as a table at a fair.
    #[serde(default)]
    pub event: Option<Event>,
    pub source: Provenance,
}

impl Hub {
    /// Whether people should be told of it on a day: always, and of an event from two weeks before up to its last day.
    pub fn is_listed(&self, on: Date) -> bool {
        let Some(event) = &self.event else { return true };
        let (first, last) = event.days.iter().fold(
            (None, None),
            |(first, last): (Option<Date>, Option<Date>), day| {
                (
                    Some(first.map_or(day.date, |first| first.min(day.date))),
                    Some(last.map_or(day.date, |last| last.max(day.date))),
                )
            },
        );
        first.is_some_and(|first| on >= first.plus_days(-ANNOUNCED_DAYS))
            && last.is_some_and(|last| on <= last)
    }

    /// What is known of a task at this counter beyond that it is done.
    pub fn offering(&self, task: &TaskId) -> Option<&Offering> {
        self.offerings.iter().find(|offering| offering.task == *task)
    }
}

/// How long before an event people are told of it.
const ANNOUNCED_DAYS: i32 = 14;

/// How a counter does one of its tasks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Offering {
    pub task: TaskId,
    /// On these days alone; empty is every day.
    #[serde(default)]
    pub days: Vec<Weekday>,
    #[serde(default)]
    pub by_appointment: bool,
    /// How it can be paid for; empty is not known.
    #[serde(default)]
    pub payments: Vec<Payment>,
    #[serde(default)]
    pub note: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Payment {
    Cash,
    Cheque,
    Debit,
    CreditCard,
}

impl Payment {
    pub const ALL: [Payment; 4] =
        [Payment::Cash, Payment::Cheque, Payment::Debit, Payment::CreditCard];
}

/// A temporary hub: the days on which it is there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Event {
    /// In order.
    pub days: Vec<EventDay>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EventDay {
    pub date: Date,
    pub hours: Vec<Span>,
}
