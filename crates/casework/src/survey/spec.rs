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

#[cfg(test)]
mod tests {
    use super::*;
    use sample::{date, id};

    fn spec(from: &str, to: &str) -> ReportSpec {
        let catalogue = sample::checked(|_| {});
        let days = ReportDays { from: date("2026-11-01"), to: date("2026-11-30") };
        let spec = ReportSpec::new(days, &catalogue.file().survey, &catalogue);
        ReportSpec { from: from.into(), to: to.into(), ..spec }
    }

    #[test]
    fn a_period_is_whole_days_in_order() {
        let day = |text: &str| Some(ReportDays { from: date(text), to: date(text) });
        assert_eq!(spec("2026-11-26", "2026-11-26").days(), day("2026-11-26"));
        let days = spec("2026-11-26", "2026-12-01").days();
        assert_eq!(days.map(|days| days.to), Some(date("2026-12-01")));
        assert_eq!(spec("2026-11-26", "2026-11-25").days(), None);
        assert_eq!(spec("2026-11-26", "soon").days(), None);
    }

    #[test]
    fn a_specification_names_the_questions_as_they_were_asked() {
        let survey = sample::town().survey;
        let spec = spec("2026-11-01", "2026-11-30");
        assert_eq!((spec.survey_version, spec.survey_sha256), (3, fingerprint(&survey)));
        assert_eq!(spec.groups.get(&id("boat-permit")), Some(&id("water")));
        let mut asked_otherwise = survey.clone();
        asked_otherwise.questions[0].text = sample::text("Was it done?");
        assert_ne!(fingerprint(&asked_otherwise), fingerprint(&survey));
        assert_eq!(fingerprint(&survey).len(), 64);
    }
}
