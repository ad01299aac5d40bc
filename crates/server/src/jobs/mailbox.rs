//! Reads the mailbox to which people write: what waits is worked off, and then the mail server says
//! when something arrives. [`intake`] stores what was read.

mod intake;
pub mod settings;
mod words;

use super::{Jobs, Next};
use crate::api::ServerParts;
use intake::MailIntake;
use mailbox::imap::ImapMailbox;
use mailbox::reader::{MailboxFault, MailboxReader};
use mailbox::working_off::{PostponedMail, work_off};
use office::Office;
use office::operations::MailboxReport;
use settings::ReadMailbox;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use store::AnyStore;
use tokio_util::sync::CancellationToken;
use vault::now_ms;

/// How long it waits for the mail server to say that something arrived, before it looks by itself:
/// some servers and firewalls forget a connection without a word.
const WAIT_MAX: Duration = Duration::from_secs(60);
/// The delay before the next attempt after a failure, doubled up to the second.
const RETRY_MIN: Duration = Duration::from_secs(15);
const RETRY_MAX: Duration = Duration::from_secs(300);

/// How the mailbox is doing, for monitoring.
#[derive(Debug, Default)]
pub struct MailboxStatus(Mutex<Option<MailboxReport>>);

impl MailboxStatus {
    /// The state of now; `None` if no mailbox is read.
    pub(crate) fn report(&self) -> Option<MailboxReport> {
        self.lock().clone()
    }

    fn change(&self, change: impl FnOnce(&mut MailboxReport)) {
        change(self.lock().get_or_insert_with(MailboxReport::default));
    }

    fn lock(&self) -> MutexGuard<'_, Option<MailboxReport>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Starts the job.
pub(super) fn start(
    jobs: &mut Jobs,
    (server, office): (&Arc<ServerParts<AnyStore>>, &Arc<Office>),
    mailbox: ReadMailbox,
    own: Vec<String>,
    stopping: &CancellationToken,
) {
    let intake = Arc::new(MailIntake::new(server.clone(), office.clone(), own, stopping.clone()));
    let postponed = Arc::new(tokio::sync::Mutex::new(PostponedMail::default()));
    let retry = Arc::new(Mutex::new(RETRY_MIN));
    server.mailbox.change(|report| report.since_ms = now_ms());
    jobs.start_until(stopping.clone(), super::MAILBOX, Next::Now, move || {
        let (intake, postponed) = (intake.clone(), postponed.clone());
        let (account, retry) = (mailbox.account.clone(), retry.clone());
        async move {
            let mut postponed = postponed.lock().await;
            let (read, has_read) = follow(&account, &intake, &mut postponed).await;
            let mut retry = retry.lock().unwrap_or_else(PoisonError::into_inner);
            if has_read {
                *retry = RETRY_MIN;
            }
            let Err(fault) = read else { return Next::AfterPeriod };
            tracing::error!(%fault, "the mailbox could not be read; it is tried again");
            intake.status().change(|report| report.fault = Some(fault.to_string()));
            let pause = *retry;
            *retry = (pause * 2).min(RETRY_MAX);
            Next::After(pause)
        }
    });
}

/// Reads the mailbox until the server stops, maintenance begins or the connection breaks. Also
/// returns whether it could be read at all.
async fn follow(
    account: &mailbox::account::MailAccount,
    intake: &MailIntake,
    postponed: &mut PostponedMail,
) -> (Result<(), MailboxFault>, bool) {
    let mut has_read = false;
    let followed = async {
        let mut mailbox = ImapMailbox::connect(account).await?;
        while !intake.stopping().is_cancelled() && !intake.is_in_maintenance() {
            if !intake.is_ready() {
                // The inbox is still being read after a start.
                tokio::time::sleep(Duration::from_millis(200)).await;
                continue;
            }
            let round = work_off(&mut mailbox, intake, postponed).await?;
            let waiting = mailbox.waiting().await?;
            has_read = true;
            intake.status().change(|report| {
                report.read_ms = Some(now_ms());
                report.fault = None;
                report.waiting = waiting;
                report.stored += round.stored as u64;
                report.aside += round.aside as u64;
            });
            if !round.has_more {
                tokio::select! {
                    () = intake.stopping().cancelled() => return Ok(()),
                    waited = mailbox.wait(WAIT_MAX) => waited?,
                }
            }
        }
        mailbox.close().await;
        Ok(())
    }
    .await;
    (followed, has_read)
}

/// Connects to the mailbox, and says how many messages wait. The error has no password.
pub(crate) async fn try_mailbox(mailbox: &ReadMailbox) -> Result<u32, MailboxFault> {
    let mut connection = ImapMailbox::connect(&mailbox.account).await?;
    let waiting = connection.waiting().await?;
    connection.close().await;
    Ok(waiting)
}
