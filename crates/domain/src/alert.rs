//! An urgent word to everybody: a boil-water advisory, a closed office. It travels with the catalogue, has a beginning and
//! an end, and is shown without a network.

use crate::hours::Moment;
use crate::text::Text;
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Alert {
    pub text: Text,
    /// By the municipality's wall clock; the end is the first moment at which it is no longer shown.
    pub from: Moment,
    pub until: Moment,
    /// Where to read more.
    #[serde(default)]
    pub url: Option<String>,
}

impl Alert {
    pub fn is_on(&self, now: Moment) -> bool {
        self.from <= now && now < self.until
    }
}
