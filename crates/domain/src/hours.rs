//! When a location is open. All moments are by the municipality's own wall clock. The caller
//! converts a device's clock to it; nothing here knows time zones or daylight saving.

mod calendar;
mod date;
mod holiday;
mod kept;
mod week;
mod working;

pub use calendar::{DayHours, DayPlan, DayState, Hours, OpenState};
pub use date::{Date, Minute, Moment, Nth, Weekday};
pub use holiday::{Holiday, HolidayRule};
pub use week::{Season, Span, Week, YearDay};
pub use working::WorkingClock;
