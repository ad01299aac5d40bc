//! Opening hours by a second implementation that shares no code with the first: it fills in every
//! minute on a line, with the days of another calendar. It must never call what `domain::hours`
//! computes; it only reads records.

pub(crate) mod agreement;
pub(crate) mod holidays;
pub(crate) mod plan;
pub(crate) mod timeline;
