//! The email in the morning that tells a colleague how much waits for them. It has numbers only:
//! neither a person's words nor a reference number leave the office by it. It goes to people whose
//! username is an email address, unless they said no, in the morning of a working day. One server
//! of a database records in the ledger that it begins, so nobody gets two. One that is not taken is
//! not sent again: the page says the same.

use super::Mailer;
use super::message::staff_message;
use crate::Office;
use crate::inquiry_cache::with_hours;
use crate::staff::{Scope, Staff};
use casework::clock::WorkingTime;
use casework::counter::ledger::{CounterAct, CounterLedger};
use casework::listed::{ListedInquiry, without_merged};
use casework::team::day::{TeamDay, is_digest_due};
use domain::contact::EmailAddress;
use domain::hours::Moment;
use store::{AuditContext, DoorStore, StoreFault};
use tokio_util::sync::CancellationToken;
use vault::now_ms;

/// Sends the emails of today, if they are due. A background job.
pub async fn send_digests(office: &Office, stopping: &CancellationToken) {
    let Some(mailer) = &office.mailer else { return };
    if let Err(fault) = send_due(office, mailer, stopping).await {
        tracing::error!(%fault, "the daily emails could not be sent");
    }
}

async fn send_due(
    office: &Office,
    mailer: &Mailer,
    stopping: &CancellationToken,
) -> Result<(), StoreFault> {
    let now = office.zone.moment(now_ms());
    if !office.inquiries.has_all_open() {
        return Ok(());
    }
    let ledger = office.counter_ledger().await?;
    if !is_digest_due(ledger.digest_day, now, is_working_day(office, now))
        || !begin(office, now).await?
    {
        return Ok(());
    }
    for row in office.store().staff().await? {
        let Some(staff) = Staff::of(&row) else { continue };
        let is_unwanted = ledger.without_digest.contains(&staff.login);
        let Some(to) = address_of(&staff.login).filter(|_| !is_unwanted) else { continue };
        let day = waiting_for(office, &staff, now);
        if day.is_empty() || stopping.is_cancelled() {
            continue;
        }
        let municipality = office.directory.catalogue();
        let message = staff_message(
            &to,
            (&mailer.from, &mailer.public_url),
            municipality.municipality(),
            (now.date, day),
        );
        let is_taken = match message {
            Some(message) => matches!(mailer.post(message).await, super::plan::Said::Taken),
            None => false,
        };
        if !is_taken {
            tracing::warn!("a daily email could not be sent; the office’s page says the same");
        }
    }
    Ok(())
}

/// The address of a person whose username is one.
pub(crate) fn address_of(login: &str) -> Option<EmailAddress> {
    EmailAddress::typed(login).ok().filter(EmailAddress::can_be_written_to)
}

fn is_working_day(office: &Office, now: Moment) -> bool {
    with_hours(office, |time| {
        time.is_some_and(|time| !time.on(&time.rules.department, now.date).is_empty())
    })
}

/// Records that the emails of today are sent now. `false` if another server does.
async fn begin(office: &Office, now: Moment) -> Result<bool, StoreFault> {
    let audit = AuditContext {
        who: "server".into(),
        reason: format!("daily emails of {}", now.date),
        at_ms: now_ms(),
    };
    let act_after = |ledger: &CounterLedger| {
        (ledger.digest_day < Some(now.date)).then_some(CounterAct::DigestBegun { day: now.date })
    };
    let store = (office.store(), &office.cipher());
    office.counter.write(store, &audit, "", act_after).await
}

/// What waits for a person, of the inquiries that they may read.
pub(crate) fn waiting_for(office: &Office, staff: &Staff, now: Moment) -> TeamDay {
    let own = match &staff.scope {
        Scope::Department(department) => Some(department.as_str()),
        Scope::All | Scope::Hub(_) => None,
    };
    let asks = |team: &casework::team::TeamState| own.is_some_and(|own| team.asks(own));
    let active = office.inquiries.active().into_iter().map(ListedInquiry::Active).collect();
    let may_read = |listed: &ListedInquiry| {
        staff.scope.covers(listed.hub(), listed.department()) || listed.team().is_some_and(asks)
    };
    let readable: Vec<ListedInquiry> =
        without_merged(active, now).into_iter().filter(may_read).collect();
    TeamDay::of(readable.iter(), &staff.login, asks, now)
}
