//! The specification of a report: everything beside the store that is needed to compute the same
//! figures again.

use domain::hours::Date;
use domain::survey::Survey;
use domain::{Catalogue, CategoryId, ServiceId};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

/// A period of whole days by the municipality's clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReportDays {
    /// The first day.
    pub from: Date,
    /// The last day, included.
    pub to: Date,
}

/// The specification of a report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReportSpec {
    /// The first day, as in `2026-11-26`.
    pub from: String,
    /// The last day, included.
    pub to: String,
    /// The version of the questions.
    pub survey_version: u32,
    /// SHA-256 of the questions as they were asked, in hex.
    pub survey_sha256: String,
    /// Whether probable duplicates are counted only once.
    pub without_duplicates: bool,
    /// The number of the last act of the survey's ledger that counts, so that later acts change
    /// nothing.
    pub ledger: u32,
    /// Inquiries that were closed in the period: all of these people were invited.
    pub closed_inquiries: u64,
    /// The category of each service at that time.
    pub groups: BTreeMap<ServiceId, CategoryId>,
    /// Always "none": answers are not weighted.
    pub weights: String,
}

impl ReportSpec {
    /// A specification over all acts so far, with duplicates and without closed inquiries.
    pub fn new(days: ReportDays, survey: &Survey, catalogue: &Catalogue) -> Self {
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

    /// The period; `None` if its days are invalid or in the wrong order.
    pub fn days(&self) -> Option<ReportDays> {
        Some(ReportDays { from: Date::parse(&self.from)?, to: Date::parse(&self.to)? })
            .filter(|days| days.from <= days.to)
    }
}

/// SHA-256 of the questions with their texts, in hex.
pub fn fingerprint(survey: &Survey) -> String {
    hex::encode(Sha256::digest(serde_json::to_vec(survey).expect("a survey serializes to JSON")))
}
