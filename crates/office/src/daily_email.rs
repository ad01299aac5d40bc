//! Whether a person gets the email in the morning.

use super::Office;
use super::banner::FinishedAct;
use super::form::{FieldFault, FromFields, OfficeForm, TypedFields};
use super::guard::Visit;
use super::mail::digest::address_of;
use super::pages::{PageFrame, PageResult, go, page as made};
use askama::Template;
use axum::Extension;
use axum::extract::State;
use axum::http::StatusCode;
use casework::counter::ledger::{CounterAct, CounterLedger};
use domain::Catalogue;
use std::sync::Arc;

#[derive(Template)]
#[template(path = "office/daily_email.html")]
struct DailyEmailPage {
    f: PageFrame,
    /// Where it goes; empty if the username is no email address.
    address: String,
    has_mail: bool,
    is_wanted: bool,
}

pub(super) async fn page(
    State(office): State<Arc<Office>>,
    Extension(visit): Extension<Visit>,
) -> PageResult {
    let ledger = office.counter_ledger().await?;
    let address = address_of(visit.login()).map(|to| to.as_str().to_string()).unwrap_or_default();
    Ok(made(
        StatusCode::OK,
        &DailyEmailPage {
            address,
            has_mail: office.mailer.is_some(),
            is_wanted: !ledger.without_digest.contains(visit.login()),
            f: PageFrame::of(&office, &visit),
        },
    ))
}

/// Whether the author wants it.
pub(super) struct DailyEmailForm {
    is_wanted: bool,
}

impl FromFields for DailyEmailForm {
    fn from_fields(fields: &TypedFields, _: &Catalogue) -> Result<Self, FieldFault> {
        Ok(Self { is_wanted: fields.text("wanted") == "yes" })
    }
}

pub(super) async fn choose(
    State(office): State<Arc<Office>>,
    OfficeForm { proof, asked, .. }: OfficeForm<DailyEmailForm>,
) -> PageResult {
    let is_wanted = asked.is_ok_and(|form| form.is_wanted);
    let login = proof.login().to_string();
    let act_after = |ledger: &CounterLedger| {
        let is_so = ledger.without_digest.contains(&login) != is_wanted;
        (!is_so).then(|| CounterAct::DigestSet { login: login.clone(), is_wanted })
    };
    office.write_counter(&proof, "their own daily email", act_after).await?;
    let done = if is_wanted { FinishedAct::DigestOn } else { FinishedAct::DigestOff };
    Ok(go(&done.at("/office/daily-email")))
}
