//! What a report is of: everything that must be said beside the store for the same figures to come out again.

use crate::keys::hex;
use domain::hours::Date;
use domain::survey::Survey;
use domain::{Catalogue, CategoryId, ServiceId};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

/// From one day to another, both with all their hours by the municipality's clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Days {
    pub from: Date,
    pub to: Date,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Spec {
    /// Days as `2026-11-26`, both included.
    pub from: String,
    pub to: String,
    pub survey_version: u32,
    /// SHA-256 of the questions as they were asked.
    pub survey_sha256: String,
    /// Answers that look as if they had been given twice count once.
    pub without_duplicates: bool,
    /// Up to which act of the office, so that a later one changes nothing.
    pub ledger: u32,
    /// Inquiries that were closed in these days: everyone who was asked afterwards how it went.
    pub closed_inquiries: u64,
    /// To which group a service belonged.
    pub groups: BTreeMap<ServiceId, CategoryId>,
    /// Answers are not weighted.
    pub weights: String,
}

impl Spec {
    pub fn new(days: Days, survey: &Survey, catalogue: &Catalogue) -> Self {
        Self {
            from: days.from.to_string(),
            to: days.to.to_string(),
            survey_version: survey.version,
            survey_sha256: fingerprint(survey),
            without_duplicates: false,
            ledger: u32::MAX,
            closed_inquiries: 0,
            groups: catalogue
                .services()
                .iter()
                .map(|service| (service.id.clone(), service.category.clone()))
                .collect(),
            weights: "none".into(),
        }
    }

    /// Nothing when they are no days.
    pub fn days(&self) -> Option<Days> {
        Some(Days { from: Date::parse(&self.from)?, to: Date::parse(&self.to)? })
            .filter(|days| days.from <= days.to)
    }
}

/// Of the questions with their words.
pub fn fingerprint(survey: &Survey) -> String {
    hex(&Sha256::digest(serde_json::to_vec(survey).expect("a survey has a JSON form")))
}
