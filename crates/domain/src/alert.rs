//! Urgent notices to everybody, such as a boil-water advisory or a closed office. A notice is part
//! of the catalogue, has a beginning and an end, and is shown without a network.

use crate::hours::Moment;
use crate::text::Text;
use serde::{Deserialize, Serialize};

/// An urgent notice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Alert {
    /// The notice as it is shown: what happened, where, and what to do, in two short sentences.
    pub text: Text,
    /// First moment at which it is shown, by the municipality's wall clock, as in
    /// `2026-11-23 08:30`.
    pub from: Moment,
    /// First moment at which it is no longer shown, by the municipality's wall clock.
    pub until: Moment,
    /// Address of a page with more information.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(url))]
    pub url: Option<String>,
}

impl Alert {
    /// Whether the notice is shown at this moment.
    pub fn is_on(&self, now: Moment) -> bool {
        self.from <= now && now < self.until
    }
}
