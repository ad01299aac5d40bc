//! Replies by e-mail, and the confirmation of an email that was received. What has to be sent is
//! derived from the events of the inquiries alone; a server that is about to send records an event
//! first, so that of several servers only one sends. Where no mailbox is read, each message says
//! so.
//!
//! [`plan`] decides, [`message`] builds the message, [`answers`] says where it is answered,
//! [`settings`] checks the configuration, [`incoming`] writes down what a mailbox brought; this
//! file does the sending. Neither an address nor a mail server's answer about one may reach the
//! log.

pub mod answers;
mod confirmation;
pub mod digest;
pub mod incoming;
pub mod message;
pub mod plan;
pub mod settings;

use super::form::Author;
use super::{Office, Written};
use answers::AnswerAddress;
use casework::case::{CaseEvent, Delivery, Mail};
use casework::clock::OfficeHours;
use casework::inquiry::Inquiry;
use lettre::message::Mailbox;
use lettre::{AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};
use message::{Letterhead, message};
use plan::{Said, due_ms, outcome, said};
use std::sync::Arc;
use std::time::Duration;
use store::{AnyStore, StoreFault};
use tokio_util::sync::CancellationToken;
use vault::now_ms;

/// The timeout of an attempt in seconds, from connecting to the last answer; shorter than a claim
/// is valid.
const ATTEMPT_S_MAX: u64 = 300;
/// The timeout of a connection that is only tried.
const TRY_TIME_MAX: Duration = Duration::from_secs(15);
/// Delay in ms before recording an outcome is retried while the database is not reachable.
const AGAIN_MS: u64 = 1_000;

/// The connection to the configured mail server.
pub struct Mailer {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
    /// The app's public address, without a trailing slash.
    public_url: String,
    /// The mailbox that is read; `None` if answers go nowhere.
    answers: Option<AnswerAddress>,
}

impl Mailer {
    /// The same, with a mailbox in which answers are read.
    #[must_use]
    pub fn answered_at(self, answers: Option<AnswerAddress>) -> Self {
        Self { answers, ..self }
    }

    /// Connects to the mail server and signs in, and sends nothing. The error has no password.
    pub async fn try_connection(&self) -> Result<(), String> {
        match tokio::time::timeout(TRY_TIME_MAX, self.transport.test_connection()).await {
            Ok(Ok(true)) => Ok(()),
            Ok(Ok(false)) => Err("it closes the connection".into()),
            Ok(Err(fault)) => Err(fault.to_string()),
            Err(_) => Err(format!("no answer in {} s", TRY_TIME_MAX.as_secs())),
        }
    }

    async fn post(&self, message: Message) -> Said {
        let has_ascii_address =
            message.envelope().to().iter().all(|to| AsRef::<str>::as_ref(to).is_ascii());
        match tokio::time::timeout(Duration::from_secs(ATTEMPT_S_MAX), self.transport.send(message))
            .await
        {
            Ok(Ok(_)) => Said::Taken,
            Ok(Err(fault)) => said(&fault, has_ascii_address),
            Err(_) => Said::NotNow(plan::NO_ANSWER.into()),
        }
    }
}

/// Sends the replies that are due, one attempt each. If the server is stopped meanwhile, the
/// message in flight is still completed. A background job.
pub async fn send_due(office: &Office, stopping: &CancellationToken) {
    let Some(mailer) = &office.mailer else { return };
    // Only one server may use a SQLite database, so a claim without an attempt in flight belongs to
    // a crashed one.
    let is_alone = matches!(office.store(), AnyStore::Sqlite(_));
    for (inquiry, mail) in due(office, is_alone) {
        if stopping.is_cancelled() {
            return;
        }
        if let Err(fault) = send(office, mailer, &inquiry, mail, stopping).await {
            tracing::error!(%fault, "a reply could not be emailed now; it will be tried again");
        }
    }
}

fn due(office: &Office, is_alone: bool) -> Vec<(Arc<Inquiry>, Mail)> {
    let (is_read, _) = office.inquiries.state();
    let mailing = if is_read { office.inquiries.mailing() } else { Vec::new() };
    let now_ms = now_ms();
    let first_due = |inquiry: Arc<Inquiry>| {
        let mail = inquiry.case.mails.iter().find(|mail| due_ms(mail, is_alone) <= now_ms).copied();
        mail.map(|mail| (inquiry, mail))
    };
    mailing.into_iter().filter_map(first_due).collect()
}

/// One attempt: claims the reply, sends it, records the outcome. If somebody wrote to the inquiry
/// in the meantime, nothing is sent and the next look decides again.
async fn send(
    office: &Office,
    mailer: &Mailer,
    inquiry: &Inquiry,
    mail: Mail,
    stopping: &CancellationToken,
) -> Result<(), StoreFault> {
    let mailed = |outcome| CaseEvent::Mailed { reply: mail.reply, outcome };
    if office.write(inquiry.id, inquiry.case.last, Author::Mailer, mailed(Delivery::Trying)).await?
        == Written::Overtaken
    {
        return Ok(());
    }
    let catalogue = office.catalogue();
    let letterhead = Letterhead {
        from: &mailer.from,
        public_url: &mailer.public_url,
        municipality: catalogue.municipality(),
        answers: mailer.answers.as_ref(),
        keys: &office.receiver().keys.now(),
    };
    let message = message(&as_told(office, inquiry), mail.reply, &letterhead);
    let said = match message {
        Some(message) => mailer.post(message).await,
        None => Said::Refused(plan::NOT_AN_ADDRESS.into()),
    };
    let outcome = outcome(said, &mail, now_ms());
    match &outcome {
        Delivery::Failed { .. } => {
            tracing::warn!("an email was refused; the office sees which one")
        }
        Delivery::Delayed { .. } => tracing::warn!(
            attempts = mail.attempts + 1,
            "an email could not be handed to the mail server; it will be tried again"
        ),
        Delivery::Sent | Delivery::Trying => {}
    }
    settle(office, inquiry, &mailed(outcome), stopping).await
}

/// The inquiry with the times that its person reads everywhere: a shorter promise is the office's.
fn as_told(office: &Office, inquiry: &Inquiry) -> Inquiry {
    let (rules, catalogue) = (office.directory.rules(), office.catalogue());
    let hours = rules.as_ref().map(|rules| OfficeHours::new(rules, &catalogue));
    let mut told = inquiry.clone();
    told.compute(hours.as_ref(), &office.zone, now_ms());
    told
}

/// Records the outcome, however often others write first: a message whose success is not recorded
/// would be sent again.
async fn settle(
    office: &Office,
    inquiry: &Inquiry,
    event: &CaseEvent,
    stopping: &CancellationToken,
) -> Result<(), StoreFault> {
    // Erased in the meantime: there is nothing to write to.
    while let Some(inquiry) = office.inquiries.inquiry(office, inquiry.id).await? {
        match office.write(inquiry.id, inquiry.case.last, Author::Mailer, event.clone()).await {
            Ok(Written::Done) => break,
            Ok(Written::Overtaken) => {}
            Err(fault) if stopping.is_cancelled() => return Err(fault),
            Err(fault) => {
                tracing::error!(%fault, "the outcome of an email could not be recorded; it will be tried again")
            }
        }
        tokio::time::sleep(Duration::from_millis(AGAIN_MS)).await;
    }
    Ok(())
}
