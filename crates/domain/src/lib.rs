//! The domain of Community Hub as plain types: services, tasks, locations and their opening hours,
//! the survey, inquiries, and the sealed submissions that carry them.
//!
//! This crate must never read files, clocks, randomness, networks or screens. Everything that comes
//! from outside enters through one constructor, which returns either a checked type or what is
//! wrong.

#![warn(missing_docs)]

pub mod addition;
pub mod address;
pub mod alert;
pub mod catalogue;
pub mod collector;
pub mod contact;
pub mod counter;
pub mod edition;
pub mod gap;
pub mod hours;
pub mod ids;
pub mod inquiry;
pub mod municipality;
pub mod office;
pub mod phone;
pub mod place;
pub mod provenance;
pub mod reference;
pub mod status;
pub mod submission;
pub mod survey;
pub mod tablet;
pub mod terminal;
pub mod text;
pub mod trip;

pub use catalogue::{Catalogue, CatalogueFile};
pub use ids::{
    CategoryId, FacilityId, HolidayId, HubId, LifeEventId, MunicipalityId, QuestionId, ServiceId,
    SubmissionId, TaskId, TerminalId,
};
pub use text::{Language, Text};
