//! The survey's pages in the office: report, survey links, comments, baselines. The figures come
//! from `insight`, the words from `words`; [`baseline`] freezes and verifies one.
//!
//! No part of an answer leaves this module except through a report, and comments that staff cleared
//! for publication.

pub mod baseline;
pub(super) mod baselines;
pub(super) mod comments;
pub(super) mod compare;
mod download;
mod invite;
pub mod opened;
pub(super) mod print;
pub(super) mod public;
pub mod reading;
pub(super) mod report;
mod table;
pub(super) mod ways;
mod words;

pub(super) use download::{codebook, csv, datapackage};

use super::Office;
use super::form::CheckedForm;
use crate::survey::reading::{Opening, ReadFault, read};
use axum::Router;
use axum::routing::get;
use casework::listed::ListedInquiry;
use casework::survey::ledger::{SurveyAct, SurveyLedger};
use casework::survey::round::SurveyReading;
use casework::survey::spec::{ReportDays, ReportSpec};
use domain::hours::{Date, Minute, Moment};
use domain::survey::Survey;
use std::collections::HashMap;
use std::sync::Arc;
use store::StoreFault;
use vault::now_ms;

/// Days of a report by default.
const DAYS_USUAL: i32 = 90;

/// What an address asks for, parsed, with the answers read.
pub(super) struct ReportQuery {
    pub(super) days: ReportDays,
    pub(super) survey: Survey,
    pub(super) surveys: Vec<Survey>,
    pub(super) spec: ReportSpec,
    pub(super) ledger: Arc<SurveyLedger>,
    pub(super) reading: SurveyReading,
}

impl Office {
    pub(super) async fn survey_ledger(&self) -> Result<Arc<SurveyLedger>, StoreFault> {
        self.ledger.look(self.store(), &self.cipher()).await
    }

    /// Appends an act about the survey to its ledger.
    pub(super) async fn write_survey(
        &self,
        form: &CheckedForm,
        reason: &str,
        act: &SurveyAct,
    ) -> Result<(), StoreFault> {
        self.ledger
            .write(
                (self.store(), &self.cipher()),
                &form.audit_context(reason),
                form.login(),
                |_| Some(act.clone()),
            )
            .await
            .map(|_| ())
    }

    /// All versions of the survey, newest first.
    pub(super) fn surveys(&self) -> Vec<Survey> {
        self.directory.surveys().to_vec()
    }

    pub(super) fn today(&self) -> Date {
        self.zone.moment(now_ms()).date
    }

    /// Parses the query of an address, with defaults for what is absent, and reads the answers.
    pub(super) async fn asked(
        &self,
        query: &HashMap<String, String>,
    ) -> Result<ReportQuery, ReadFault> {
        let today = self.today();
        let days = days_in(query, "from", "to", today);
        let surveys = self.surveys();
        let version = query.get("version").and_then(|text| text.parse::<u32>().ok());
        let survey =
            surveys.iter().find(|survey| Some(survey.version) == version).or(surveys.first());
        let survey = survey.cloned().unwrap_or_else(|| self.catalogue().survey().clone());
        let ledger = self.survey_ledger().await?;
        let mut spec = ReportSpec::new(days, &survey, &self.catalogue());
        spec.without_duplicates = query.contains_key("once");
        spec.ledger = ledger.last;
        spec.closed_inquiries = self.closed_inquiries(days, &ledger);
        let keys = self.receiver().keys.now();
        let opening = Opening { keys: &keys, opened: &self.opened_answers, zone: &self.zone };
        let reading = read(self.store(), opening, &ledger, &survey, &spec).await?;
        Ok(ReportQuery { days, survey, surveys, spec, ledger, reading })
    }

    /// People who could be asked how their inquiry went: those with a reply whose inquiry was
    /// closed on these days, since there has been a survey link for it.
    fn closed_inquiries(&self, days: ReportDays, ledger: &SurveyLedger) -> u64 {
        let Some(since_ms) = ledger.asks_after_inquiries_since_ms() else { return 0 };
        let midnight = |date| self.zone.ms(Moment { date, minute: Minute::MIDNIGHT });
        // Most are outside of the days by more than one; only of the others is the date computed.
        let near = midnight(days.from.plus_days(-1))..midnight(days.to.plus_days(2));
        let is_on = |ms: u64| {
            ms >= since_ms
                && near.contains(&ms)
                && (days.from..=days.to).contains(&self.zone.moment(ms).date)
        };
        let is_in = |listed: &&ListedInquiry| {
            listed.first_reply_ms().is_some() && listed.closed_ms().is_some_and(is_on)
        };
        self.inquiries.listed().iter().filter(is_in).count() as u64
    }
}

/// Routes that everybody may use; the guard does not apply to them.
pub(super) fn public_router() -> Router<Arc<Office>> {
    Router::new()
        .route("/survey-results", get(public::page))
        .route("/fr/survey-results", get(public::page))
        .route("/survey-results/{file}", get(public::file))
}

/// The days of an address: invalid ones become the default, a reversed range is swapped, and none
/// is after today.
pub(super) fn days_in(
    query: &HashMap<String, String>,
    from: &str,
    to: &str,
    today: Date,
) -> ReportDays {
    let day = |name: &str| query.get(name).and_then(|text| Date::parse(text));
    let to = day(to).unwrap_or(today).min(today);
    let from = day(from).unwrap_or(to.plus_days(1 - DAYS_USUAL)).min(today);
    ReportDays { from: from.min(to), to: to.max(from) }
}
