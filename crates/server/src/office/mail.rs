//! Replies by e-mail. What is to be sent stands in the events of the inquiries and nowhere else; whoever is about to send writes that down
//! first, so that of several servers only one does. Mail that comes in is not read: each message says so.
//!
//! [`plan`] decides, [`message`] writes, [`settings`] checks what was configured; here is only what acts. Neither an address nor what a mail
//! server says of one may reach the log.

pub mod message;
pub mod plan;
pub mod settings;

use super::case::{Delivery, Event, Mail};
use super::desk::Inquiry;
use super::{Office, Written};
use crate::api::now_ms;
use crate::store::{Store, StoreFault};
use lettre::message::Mailbox;
use lettre::{AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};
use message::message;
use plan::{Said, due_ms, outcome, said};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch::Receiver;

/// How often the desk is asked what is to be sent.
const LOOK_MS: u64 = 500;
/// One attempt, from the first packet to the mail server's last word; less than a claim holds.
const ATTEMPT_S_MAX: u64 = 300;
/// What became of a mail is written down again after this when the database is away.
const AGAIN_MS: u64 = 1_000;

/// The way to the mail server that was configured.
pub struct Mailer {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
    /// Where residents find the app, without a slash at the end.
    public_url: String,
}

impl Mailer {
    pub(super) fn public_url(&self) -> &str {
        &self.public_url
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

/// Sends what is to be sent until the server stops; the message that is under way then is still settled.
pub async fn send_mails(office: Arc<Office>, mut stopping: Receiver<bool>) {
    let Some(mailer) = &office.mailer else { return };
    // Only one server may be on a SQLite: a claim that stands there when nothing is under way is of one that died.
    let is_alone = matches!(office.store(), Store::Sqlite(_));
    loop {
        for (inquiry, mail) in due(&office, is_alone) {
            if *stopping.borrow() {
                return;
            }
            if let Err(fault) = send(&office, mailer, &inquiry, mail, &stopping).await {
                tracing::error!(%fault, "a reply could not be sent by e-mail now; it is tried again");
            }
        }
        tokio::select! {
            _ = stopping.wait_for(|is_stopping| *is_stopping) => return,
            () = tokio::time::sleep(Duration::from_millis(LOOK_MS)) => {}
        }
    }
}

fn due(office: &Office, is_alone: bool) -> Vec<(Arc<Inquiry>, Mail)> {
    let (is_read, _) = office.desk.state();
    let mailing = if is_read { office.desk.mailing() } else { Vec::new() };
    let now_ms = now_ms();
    let first_due = |inquiry: Arc<Inquiry>| {
        let mail = inquiry.case.mails.iter().find(|mail| due_ms(mail, is_alone) <= now_ms).copied();
        mail.map(|mail| (inquiry, mail))
    };
    mailing.into_iter().filter_map(first_due).collect()
}

/// One attempt: claimed, made, written down. When somebody wrote on the inquiry meanwhile, the next look decides anew.
async fn send(
    office: &Office,
    mailer: &Mailer,
    inquiry: &Inquiry,
    mail: Mail,
    stopping: &Receiver<bool>,
) -> Result<(), StoreFault> {
    let mailed = |outcome| Event::Mailed { reply: mail.reply, outcome };
    if office.write(inquiry.id, inquiry.case.last, "", mailed(Delivery::Trying)).await?
        == Written::Overtaken
    {
        return Ok(());
    }
    let said = match message(
        inquiry,
        mail.reply,
        &mailer.from,
        &mailer.public_url,
        office.catalogue().municipality(),
    ) {
        Some(message) => mailer.post(message).await,
        None => Said::Refused(plan::NOT_AN_ADDRESS.into()),
    };
    let outcome = outcome(said, &mail, now_ms());
    match &outcome {
        Delivery::Failed { .. } => tracing::warn!("an e-mail was refused; the office sees which"),
        Delivery::Delayed { .. } => tracing::warn!(
            attempts = mail.attempts + 1,
            "an e-mail could not be handed over; it is tried again"
        ),
        Delivery::Sent | Delivery::Trying => {}
    }
    settle(office, inquiry, &mailed(outcome), stopping).await
}

/// Writes down what became of it, whoever else writes there: what was sent and is not known to be would be sent again.
async fn settle(
    office: &Office,
    inquiry: &Inquiry,
    event: &Event,
    stopping: &Receiver<bool>,
) -> Result<(), StoreFault> {
    // Erased meanwhile: then nothing is left to write on.
    while let Some(inquiry) = office.desk.inquiry(office, inquiry.id).await? {
        match office.write(inquiry.id, inquiry.case.last, "", event.clone()).await {
            Ok(Written::Done) => break,
            Ok(Written::Overtaken) => {}
            Err(fault) if *stopping.borrow() => return Err(fault),
            Err(fault) => {
                tracing::error!(%fault, "what became of an e-mail could not be written down; it is tried again")
            }
        }
        tokio::time::sleep(Duration::from_millis(AGAIN_MS)).await;
    }
    Ok(())
}
