//! The records of the catalogue, one type for each.

use crate::hours::{Date, Nth, Season, Span, Week, Weekday};
use crate::ids::{CategoryId, FacilityId, HolidayId, HubId, LifeEventId, ServiceId, TaskId};
use crate::place::Position;
use crate::provenance::{Provenance, SourceDate};
use crate::text::{Language, Text};
use serde::{Deserialize, Serialize};

/// A topic under which residents browse.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Category {
    /// Id of the topic; part of its address, and services refer to it.
    pub id: CategoryId,
    /// Name of the topic, short.
    pub name: Text,
    /// One line about the topic.
    pub description: Text,
    /// What people type when they look for something in the topic. Devices do not get it.
    #[serde(default)]
    pub example_searches: Vec<String>,
}

/// A group of people that a service is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Audience {
    /// People who live in the municipality.
    Resident,
    /// Businesses.
    Business,
    /// Visitors to the municipality.
    Visitor,
}

/// How a service can be reached. What is not known is `None` or `false`, never a guess.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Channels {
    /// Full address of the page where it can be done or read.
    #[cfg_attr(feature = "schema", schemars(url))]
    #[serde(default)]
    pub online_url: Option<String>,
    /// Phone number, as in `705-324-9411 ext. 12`.
    #[serde(default)]
    pub phone: Option<String>,
    /// E-mail address, as in `name@example.ca`.
    #[serde(default)]
    pub email: Option<String>,
    /// Whether a counter helps with it.
    #[serde(default)]
    pub in_person: bool,
}

/// The evidence behind a service record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Basis {
    /// A page with details was seen.
    Details,
    /// A page says that the service exists, and little more.
    Existence,
    /// The page is old, or contradicts itself.
    OldOrAmbiguousSource,
    /// No source: municipalities of this kind offer it.
    Inferred,
}

/// A part of a service record that the editors filled in without a source.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum InferredField {
    /// The keywords.
    Keywords,
    /// The topic.
    Category,
    /// The audience.
    Audience,
    /// The department.
    Department,
    /// Whether a counter helps.
    InPerson,
    /// The goal of the strategic plan.
    Goal,
    /// The general phone number, in place of a direct one that is not known.
    GeneralPhone,
}

/// A service as residents see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Service {
    /// Id of the service; part of its address, so keep it for ever.
    pub id: ServiceId,
    /// What a resident wants to do.
    pub name: String,
    /// One or two plain sentences.
    pub summary: String,
    /// The topic that the service belongs to, from `categories.toml`.
    pub category: CategoryId,
    /// The goal of the strategic plan that it serves.
    pub goal: String,
    /// The department that is responsible.
    pub department: String,
    /// Who the service is for.
    pub audience: Vec<Audience>,
    /// Other words by which people look for it.
    pub keywords: Vec<String>,
    /// Ids of records that were merged into this one; their addresses lead here.
    #[serde(default)]
    pub former_ids: Vec<ServiceId>,
    /// How people ask for it. Only the search reads it.
    #[serde(default)]
    pub asked: AskedAs,
    /// How it can be reached.
    pub channels: Channels,
    /// What it costs, amount by amount. Empty means not known, which never means "free".
    #[serde(default)]
    pub fees: Vec<Fee>,
    /// Accepted means of payment. Empty means not known.
    #[serde(default)]
    pub payments: Vec<Payment>,
    /// What amounts cannot say about the cost, in words. Leave it out if not known; never guess.
    #[serde(default)]
    pub fee: Option<String>,
    /// Who is eligible. Leave it out if not known.
    #[serde(default)]
    pub eligibility: Option<String>,
    /// What to bring or send. Empty means "none known".
    #[serde(default)]
    pub documents: Vec<String>,
    /// How long it takes, in words. Leave it out if not known.
    #[serde(default)]
    pub processing_time: Option<String>,
    /// What the resident does, only where it says more than the other fields.
    #[serde(default)]
    pub steps: Vec<String>,
    /// What counters do for it. Each task must name the service back.
    #[serde(default)]
    pub tasks: Vec<TaskId>,
    /// What else residents should know.
    #[serde(default)]
    pub notes: Option<String>,
    /// The evidence behind the record.
    pub basis: Basis,
    /// Parts that the editors filled in without a source.
    #[serde(default)]
    pub inferred: Vec<InferredField>,
    /// Whether the contents (fee, documents, times, channels) are based on a page of 2023 or later.
    pub details_verified: bool,
    /// Where the record comes from, and how certain it is.
    pub source: Provenance,
}

impl Service {
    /// Whether a screen must add "please confirm" to the details of the record.
    pub fn needs_confirming(&self) -> bool {
        !self.details_verified
    }

    /// Whether the editors filled in this part without a source.
    pub fn is_inferred(&self, field: InferredField) -> bool {
        self.inferred.contains(&field)
    }
}

/// How people ask for a service in their own words: whole questions, situations, slang.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct AskedAs {
    /// In English.
    #[serde(default)]
    pub en: Vec<String>,
    /// In French.
    #[serde(default)]
    pub fr: Vec<String>,
}

/// One amount that a service costs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Fee {
    /// What the amount is for, without the amount.
    pub what: String,
    /// The amount in cents; 0 means that it is known to be free.
    pub cents: u32,
    /// Since when it is in force, as in `2025` or `2025-01-01`. Leave it out if not known.
    #[serde(default)]
    pub from: Option<SourceDate>,
}

/// What a counter does, in the same way at every location.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Task {
    /// Id of the task; services and hubs refer to it.
    pub id: TaskId,
    /// What the counter does, as staff say it.
    pub name: String,
    /// What a resident comes to do. Leave it out if only staff do it: the task is then shown to
    /// staff alone.
    #[serde(default)]
    pub for_residents: Option<String>,
    /// The steps in order, as staff at the counter do them.
    pub steps: Vec<String>,
    /// Who wrote the steps, if it was not the municipality.
    #[serde(default)]
    pub steps_basis: Option<String>,
    /// What the resident brings.
    #[serde(default)]
    pub documents: Vec<String>,
    /// The services that the task is part of. Each must name the task back.
    pub services: Vec<ServiceId>,
    /// The evidence that counters do this.
    #[serde(default)]
    pub counter_evidence: Option<String>,
    /// Whether a page says that counters do this.
    pub counter_task_confirmed: bool,
    /// Where the record comes from, and how certain it is.
    pub source: Provenance,
    /// Services that the task only explains: it tells how or where they are done, or refers to
    /// others. Nobody is sent to a location for a service that it only explains. These must not be
    /// in `services`, and must not name the task back. Leave out what is not known.
    // Devices receive these among `services`, so the published form has no column for them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub explains: Vec<ServiceId>,
}

impl Task {
    /// The services that it is part of, then those that it only explains.
    pub fn all_services(&self) -> impl Iterator<Item = &ServiceId> {
        self.services.iter().chain(&self.explains)
    }
}

/// A kind of location, with the holidays on which such locations are closed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Facility {
    /// Id of the kind; hubs refer to it.
    pub id: FacilityId,
    /// Name of the kind.
    pub name: Text,
    /// Whether a counter there serves people.
    pub is_counter: bool,
    /// Holidays on which locations of this kind are closed.
    pub closed_on: Vec<HolidayId>,
    /// Holidays on which they are known to be open. A holiday in neither list is "not known: please
    /// call".
    #[serde(default)]
    pub open_on: Vec<HolidayId>,
    /// Whether a holiday that falls on a weekend closes the next working day instead.
    pub moves_to_working_day: bool,
    /// Days of the year with special hours, such as the day before Christmas.
    #[serde(default)]
    pub special_days: Vec<SpecialDay>,
    /// What residents should know about the hours.
    #[serde(default)]
    pub note: Option<Text>,
    /// Where the record comes from, and how certain it is.
    pub source: Provenance,
}

/// A day of the year with special hours.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct SpecialDay {
    /// Month, 1 to 12.
    #[cfg_attr(feature = "schema", schemars(range(min = 1, max = 12)))]
    pub month: u8,
    /// Day of the month, from 1.
    #[cfg_attr(feature = "schema", schemars(range(min = 1, max = 31)))]
    pub day: u8,
    /// Hours on that day; `[]` if closed all day. Nothing changes on days when the location is
    /// closed anyway.
    pub hours: Vec<Span>,
}

/// A closure that recurs by the calendar, as "closed in the morning of each first Wednesday".
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct RecurringClosure {
    /// Ids of the hubs that close.
    pub hubs: Vec<HubId>,
    /// Which of the weekdays in the month.
    pub nth: Nth,
    /// The weekday.
    pub weekday: Weekday,
    /// Time of day during which they are closed, as in `08:30-12:00`.
    pub closed: Span,
    /// Days known to differ from the rule.
    #[serde(default)]
    pub moved: Vec<MovedDay>,
    /// What residents should know about it; shown on the page of the hub.
    pub note: Text,
    /// Where the record comes from, and how certain it is.
    pub source: Provenance,
}

/// A day on which a recurring closure differs from its rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct MovedDay {
    /// The day by the rule, on which the locations are open.
    pub from: Date,
    /// The day on which they are closed instead.
    pub to: Date,
}

/// The position of a location, in degrees. Today's points are the centres of communities, not
/// buildings.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Point {
    /// Latitude in degrees, north positive; at most five decimal places.
    #[cfg_attr(feature = "schema", schemars(range(min = -90, max = 90)))]
    pub lat: f64,
    /// Longitude in degrees, east positive; at most five decimal places.
    #[cfg_attr(feature = "schema", schemars(range(min = -180, max = 180)))]
    pub lon: f64,
    /// Whether it is the building itself; otherwise it is the centre of the community.
    pub is_building: bool,
}

impl Point {
    /// The position alone.
    pub fn position(self) -> Position {
        Position { lat: self.lat, lon: self.lon }
    }
}

/// Something that people ask for but another government or a company does. The app's answer is to
/// say so.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ServedElsewhere {
    /// Id of the entry.
    pub id: crate::ids::ConceptId,
    /// What people call it in English; the first is shown.
    #[cfg_attr(feature = "schema", schemars(inner(length(min = 1))))]
    pub en: Vec<String>,
    /// What people call it in French; the first is shown.
    #[cfg_attr(feature = "schema", schemars(inner(length(min = 1))))]
    #[serde(default)]
    pub fr: Vec<String>,
    /// Who does it.
    pub who: Who,
}

/// Who does what the municipality does not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Who {
    /// The federal government.
    Federal,
    /// The province.
    Province,
    /// A utility company.
    Utility,
    /// Another organization.
    Other,
}

/// A location with a counter.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Hub {
    /// Id of the hub; part of its address in the app.
    pub id: HubId,
    /// The name on the door.
    pub name: String,
    /// The kind of location, from `facilities.toml`.
    pub facility: FacilityId,
    /// The community in which it lies.
    pub town: String,
    /// Street address. Leave it out if not known.
    #[serde(default)]
    pub address: Option<String>,
    /// Postal code, as in `K9V 5R8`.
    #[serde(default)]
    pub postal_code: Option<String>,
    /// Its position in degrees.
    pub point: Point,
    /// Its own phone number.
    #[serde(default)]
    pub phone: Option<String>,
    /// Its own e-mail address.
    #[serde(default)]
    pub email: Option<String>,
    /// The usual week. A day that is left out is not known, which is not closed.
    #[serde(default)]
    pub hours: Week,
    /// Hours for parts of the year, instead of the usual week.
    #[serde(default)]
    pub seasons: Vec<Season>,
    /// Whether the hours were confirmed.
    pub hours_verified: bool,
    /// What residents should know about the hours.
    #[serde(default)]
    pub hours_note: Option<String>,
    /// Holidays on which it is closed beyond those of its kind.
    #[serde(default)]
    pub also_closed_on: Vec<HolidayId>,
    /// How to find the door.
    #[serde(default)]
    pub directions: Option<String>,
    /// Where to park.
    #[serde(default)]
    pub parking: Option<String>,
    /// What is known about access, field by field.
    #[serde(default)]
    pub access: Access,
    /// What else is known about access, in words.
    #[serde(default)]
    pub accessibility: Option<String>,
    /// What its counter does.
    #[serde(default)]
    pub tasks: Vec<TaskId>,
    /// The evidence for the tasks.
    #[serde(default)]
    pub tasks_basis: Option<String>,
    /// Tasks that are done only under conditions, or whose means of payment are known.
    #[serde(default)]
    pub offerings: Vec<Offering>,
    /// What else residents should know.
    #[serde(default)]
    pub notes: Option<String>,
    /// Given only if it exists on some days only, such as a table at a fair.
    #[serde(default)]
    pub event: Option<Event>,
    /// Where the record comes from, and how certain it is.
    pub source: Provenance,
}

/// What is known about access to a location. `None` means not known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Access {
    /// An entrance without steps.
    #[serde(default)]
    pub step_free_entry: Option<bool>,
    /// An accessible washroom.
    #[serde(default)]
    pub accessible_washroom: Option<bool>,
    /// A hearing loop at the counter.
    #[serde(default)]
    pub hearing_loop: Option<bool>,
    /// Accessible parking.
    #[serde(default)]
    pub accessible_parking: Option<bool>,
}

/// Something that happens in a life, and what to do then.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct LifeEvent {
    /// Id of the event; part of its address.
    pub id: LifeEventId,
    /// What happens, as in "Moving here".
    pub name: String,
    /// One sentence about it.
    pub summary: String,
    /// What people type when it happens, in any language. Devices do not get it.
    #[serde(default)]
    pub keywords: Vec<String>,
    /// What to do, in order.
    #[serde(rename = "step")]
    pub steps: Vec<LifeStep>,
}

/// One thing to do when something happens in a life.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct LifeStep {
    /// What to do.
    pub text: String,
    /// The services that help with it.
    pub services: Vec<ServiceId>,
}

/// The texts of a catalogue in another language, as one file of the same edition.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TranslationFile {
    /// The language of the texts.
    pub language: Language,
    /// SHA-256 of the file, in hexadecimal.
    pub sha256: String,
}

impl TranslationFile {
    /// Path of the file in a site. It changes with the content.
    pub fn path(&self) -> String {
        let hash = self.sha256.get(..16).unwrap_or_default();
        ["/texts-", self.language.tag(), "-", hash, ".bin"].concat()
    }
}

impl Hub {
    /// Whether the location is listed on a day: always, or for an event from 14 days before its
    /// first day to its last day.
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

    /// What is known about a task at this counter beyond the fact that it is done; `None` if
    /// nothing is.
    pub fn offering(&self, task: &TaskId) -> Option<&Offering> {
        self.offerings.iter().find(|offering| offering.task == *task)
    }
}

/// How long before an event it is listed.
const ANNOUNCED_DAYS: i32 = 14;

/// How a counter does one of its tasks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Offering {
    /// Id of one of the tasks of the hub.
    pub task: TaskId,
    /// The only days on which it is done. Leave it out if every day.
    #[serde(default)]
    pub days: Vec<Weekday>,
    /// Whether it needs an appointment.
    #[serde(default)]
    pub by_appointment: bool,
    /// Accepted means of payment. Leave it out if not known.
    #[serde(default)]
    pub payments: Vec<Payment>,
    /// What else residents should know.
    #[serde(default)]
    pub note: Option<String>,
}

impl Offering {
    /// Whether the task is done on this weekday.
    pub fn is_on(&self, weekday: Weekday) -> bool {
        self.days.is_empty() || self.days.contains(&weekday)
    }
}

/// A means of payment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Payment {
    /// Cash.
    Cash,
    /// Cheque.
    Cheque,
    /// Debit card.
    Debit,
    /// Credit card.
    CreditCard,
}

impl Payment {
    /// All means of payment.
    pub const ALL: [Payment; 4] =
        [Payment::Cash, Payment::Cheque, Payment::Debit, Payment::CreditCard];
}

/// The days on which a temporary location exists.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Event {
    /// At least one day, the earliest first, each at most once.
    pub days: Vec<EventDay>,
}

/// One day of an event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct EventDay {
    /// The day, as in `2026-11-28`.
    pub date: Date,
    /// Hours on that day, in order.
    pub hours: Vec<Span>,
}
