//! When a hub is open. All moments are the municipality's own wall clock; turning a device's clock
//! into that is the caller's work, so nothing here knows zones or daylight saving.

mod calendar;
mod date;
mod holiday;
mod kept;
mod week;

pub use calendar::{DayHours, DayPlan, Hours, OpenState, State};
pub use date::{Date, Minute, Moment, Nth, Weekday};
pub use holiday::{Holiday, HolidayRule};
pub use week::{Season, Span, Week, YearDay};
