//! Stores what was read from the mailbox, exactly as if a device had sent it: sealed to the key in
//! use, through the same receiver, within the budget of its sender.
//!
//! Ids, tracking codes and the randomness of the seal follow from the message and the keys, so a
//! message that is read again, here or by another server, is the same submission.

use super::MailboxStatus;
use super::words::{answer, pieces, question};
use crate::api::ServerParts;
use casework::case::CaseEvent;
use casework::inquiry::Inquiry;
use domain::addition::{AddedWords, Addition};
use domain::contact::EmailAddress;
use domain::inquiry::{ReplyTo, ValidInquiry};
use domain::submission::{Batch, Content, Envelope, Refusal, Verdict};
use domain::{Language, SubmissionId};
use limits::sender::Sender;
use mailbox::automatic::{Bounce, MailNature};
use mailbox::language::language_of;
use mailbox::limits::MailLimits;
use mailbox::quotes::without_quotes;
use mailbox::reading::IncomingMail;
use mailbox::working_off::{MailTaker, TakenMail};
use office::Office;
use office::directory::ServiceDirectory;
use office::mail::answers::{answered, tracking_code};
use offline::sealing::{Address, lookup_of, sealed_with_lookup};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use store::{AnyStore, Custody, StoreFault, SubmissionStore};
use tokio_util::sync::CancellationToken;
use vault::now_ms;

/// Keep what follows from a message apart.
const ID: &str = "id";
const SEAL: &str = "seal";

/// Stores messages.
pub(super) struct MailIntake {
    server: Arc<ServerParts<AnyStore>>,
    office: Arc<Office>,
    own: Vec<String>,
    stopping: CancellationToken,
    limits: Mutex<MailLimits>,
}

/// Something to store.
struct Piece {
    id: SubmissionId,
    content: Content,
    lookup: [u8; 32],
}

/// What became of a piece.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kept {
    /// It is stored, or it was erased and stays so.
    Yes,
    /// The question has as many additions as it may have.
    Full,
    Later,
}

impl MailTaker for MailIntake {
    async fn take(&self, mail: IncomingMail) -> TakenMail {
        if self.is_in_maintenance() {
            return TakenMail::Later;
        }
        match self.store(&mail).await {
            Ok(taken) => taken,
            Err(fault) => {
                tracing::error!(%fault, "an email could not be stored; it stays in the mailbox");
                TakenMail::Later
            }
        }
    }

    fn is_stopping(&self) -> bool {
        self.stopping.is_cancelled() || self.is_in_maintenance()
    }

    fn own(&self) -> &[String] {
        &self.own
    }
}

impl MailIntake {
    pub(super) fn new(
        server: Arc<ServerParts<AnyStore>>,
        office: Arc<Office>,
        own: Vec<String>,
        stopping: CancellationToken,
    ) -> Self {
        Self { server, office, own, stopping, limits: Mutex::default() }
    }

    pub(super) fn status(&self) -> &MailboxStatus {
        &self.server.mailbox
    }

    pub(super) fn stopping(&self) -> &CancellationToken {
        &self.stopping
    }

    /// Whether nothing may be stored now.
    pub(super) fn is_in_maintenance(&self) -> bool {
        self.server.maintenance.is_on()
    }

    /// Whether the office has read its inquiries.
    pub(super) fn is_ready(&self) -> bool {
        self.office.has_all_open()
    }

    async fn store(&self, mail: &IncomingMail) -> Result<TakenMail, StoreFault> {
        match &mail.nature {
            MailNature::Unreadable | MailNature::Own | MailNature::Automatic => {
                return Ok(TakenMail::Aside);
            }
            MailNature::Bounce(bounce) => return self.note_bounce(bounce, mail).await,
            MailNature::Person | MailNature::Unanswered => {}
        }
        let is_empty = mail.text.is_empty() && mail.subject.is_empty();
        if is_empty && mail.attachments.is_empty() {
            return Ok(TakenMail::Aside);
        }
        let (sender, now_ms) = (mail.from.as_deref().unwrap_or_default(), now_ms());
        if !self.limits().has_room(sender, now_ms) {
            return Ok(TakenMail::Later);
        }
        let taken = match self.thread(mail).await? {
            Some((inquiry, lookup)) => self.add(mail, &inquiry, lookup).await?,
            None => self.ask(mail, None).await?,
        };
        if taken == TakenMail::Stored {
            self.limits().note_stored(sender, now_ms);
        }
        Ok(taken)
    }

    fn limits(&self) -> MutexGuard<'_, MailLimits> {
        self.limits.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn note_bounce(
        &self,
        bounce: &Bounce,
        mail: &IncomingMail,
    ) -> Result<TakenMail, StoreFault> {
        let names = [bounce.names.as_slice(), &mail.names].concat();
        let token = answered(&self.server.receiver.keys.now(), &names);
        let Some(token) = token.filter(|_| bounce.has_failed) else { return Ok(TakenMail::Aside) };
        let event = u32::from(token.event);
        let is_noted = self.office.note_bounce(token.inquiry, event, &bounce.why).await?;
        Ok(match is_noted {
            Some(true) => TakenMail::Stored,
            Some(false) => TakenMail::Aside,
            None => TakenMail::Later,
        })
    }

    /// The inquiry that a message answers, and the hash of its tracking code; `None` if it answers
    /// none, or that one is gone.
    async fn thread(
        &self,
        mail: &IncomingMail,
    ) -> Result<Option<(Arc<Inquiry>, [u8; 32])>, StoreFault> {
        let receiver = &self.server.receiver;
        let Some(token) = answered(&receiver.keys.now(), &mail.names) else { return Ok(None) };
        let Some(row) = receiver.store.entry(token.inquiry).await? else { return Ok(None) };
        let Some(body) = receiver.open(&row) else { return Ok(None) };
        let inquiry = self.office.inquiry_of_mail(token.inquiry).await?;
        Ok(inquiry.map(|inquiry| (inquiry, body.lookup)))
    }

    /// Adds the words of an answer to its inquiry; if that takes no more, they are a new one.
    async fn add(
        &self,
        mail: &IncomingMail,
        inquiry: &Inquiry,
        lookup: [u8; 32],
    ) -> Result<TakenMail, StoreFault> {
        let language = inquiry.said.language;
        let text = without_quotes(&mail.text, &self.office.said_in(inquiry));
        let asked_by = match &inquiry.said.reply_to {
            ReplyTo::Email(address) => address.as_str(),
            ReplyTo::Phone(_) | ReplyTo::Nobody => "",
        };
        // Without a sender that can be read, nobody knows that the person who asked wrote it.
        let from = mail.from.as_deref().unwrap_or("?");
        let from = Some(from).filter(|from| !from.eq_ignore_ascii_case(asked_by));
        let words = answer(mail, &text, from, language);
        for (number, piece) in pieces(&words).into_iter().enumerate() {
            let said = AddedWords::Message(piece);
            let content = Content::Addition(Addition { to: inquiry.reference, said, language });
            match self.keep(mail, Piece { id: self.id(mail, number), content, lookup }).await? {
                Kept::Yes => {}
                Kept::Later => return Ok(TakenMail::Later),
                Kept::Full => return self.ask(mail, Some(inquiry)).await,
            }
        }
        Ok(TakenMail::Stored)
    }

    /// Stores a new inquiry. `about` is an earlier one that takes no more words.
    async fn ask(
        &self,
        mail: &IncomingMail,
        about: Option<&Inquiry>,
    ) -> Result<TakenMail, StoreFault> {
        let language = self.language(mail);
        let mut words = question(mail, language);
        if let Some(about) = about {
            words = format!("{}\n\n{words}", about.reference);
        }
        let pieces = pieces(&words);
        let Some((first, more)) = pieces.split_first() else { return Ok(TakenMail::Aside) };
        let id = self.id(mail, 0);
        // A piece of an answer may have the first number already.
        let id = if about.is_some() { self.id(mail, super::words::PIECES_MAX) } else { id };
        let lookup = lookup_of(&tracking_code(&self.server.receiver.keys.now(), id));
        let said = self.said(mail, first, language);
        match self.keep(mail, Piece { id, content: Content::Inquiry(said), lookup }).await? {
            Kept::Yes => {}
            Kept::Later | Kept::Full => return Ok(TakenMail::Later),
        }
        let to = domain::reference::Reference::of(id);
        for (number, piece) in more.iter().enumerate() {
            let said = AddedWords::Message(piece.clone());
            let content = Content::Addition(Addition { to, said, language });
            let offset = if about.is_some() { super::words::PIECES_MAX } else { 0 };
            let piece = Piece { id: self.id(mail, number + 1 + offset), content, lookup };
            if self.keep(mail, piece).await? == Kept::Later {
                return Ok(TakenMail::Later);
            }
        }
        let is_there = self.server.receiver.store.entry(id).await?.is_some();
        if is_there && !self.note_emailed(mail, id).await? {
            return Ok(TakenMail::Later);
        }
        Ok(TakenMail::Stored)
    }

    /// Notes how the inquiry came, and whether that is confirmed. The first note counts.
    async fn note_emailed(
        &self,
        mail: &IncomingMail,
        id: SubmissionId,
    ) -> Result<bool, StoreFault> {
        let Some(inquiry) = self.office.inquiry_of_mail(id).await? else { return Ok(true) };
        let has_note =
            inquiry.entries.iter().any(|entry| matches!(entry.event, CaseEvent::Emailed { .. }));
        if has_note {
            return Ok(true);
        }
        let is_answerable = mail.nature == MailNature::Person
            && self.office.sends_mail()
            && matches!(inquiry.said.reply_to, ReplyTo::Email(_));
        let is_confirmed = is_answerable
            && self.limits().may_confirm(mail.answer_to.as_deref().unwrap_or_default(), now_ms());
        let (message_id, has_files) = (mail.message_id.clone(), !mail.attachments.is_empty());
        let event = CaseEvent::Emailed { message_id, is_confirmed, has_files };
        self.office.note_emailed(id, event).await
    }

    fn said(&self, mail: &IncomingMail, message: &str, language: Language) -> ValidInquiry {
        let address = mail.answer_to.as_deref().and_then(|to| EmailAddress::typed(to).ok());
        ValidInquiry {
            service: None,
            hub: None,
            message: message.into(),
            name: Some(mail.name.clone()).filter(|name| !name.is_empty()),
            reply_to: address.map_or(ReplyTo::Nobody, ReplyTo::Email),
            language,
            // No screen showed the person the notice.
            notice_version: 0,
        }
    }

    /// The language of the message, if the municipality has it, or else its first.
    fn language(&self, mail: &IncomingMail) -> Language {
        let catalogue = self.server.editions.catalogue();
        let languages = &catalogue.municipality().languages;
        let told = language_of(&format!("{} {}", mail.subject, mail.text));
        let first = languages.first().copied().unwrap_or(Language::English);
        told.filter(|language| languages.contains(language)).unwrap_or(first)
    }

    /// The id of a piece of a message. Its time is when the message says that it was sent, so that
    /// pieces keep their order.
    fn id(&self, mail: &IncomingMail, number: usize) -> SubmissionId {
        let named = [mail.identity.as_slice(), &(number as u64).to_be_bytes()].concat();
        let hash = self.server.receiver.keys.now().mail_hash(ID, &named);
        let at_ms = mail.sent_ms + number as u64;
        SubmissionId::from_parts(at_ms, std::array::from_fn(|at| hash[at]))
    }

    /// Stores a piece, unless it is stored already.
    async fn keep(&self, mail: &IncomingMail, piece: Piece) -> Result<Kept, StoreFault> {
        let receiver = &self.server.receiver;
        if receiver.store.entry(piece.id).await?.is_some() {
            return Ok(Kept::Yes);
        }
        let (now_ms, kind) = (now_ms(), piece.content.kind());
        let Some(envelope) = self.sealed(piece, now_ms) else {
            tracing::error!("an email could not be sealed: no key, or it is too long");
            return Ok(Kept::Later);
        };
        let address = mail.from.as_deref().unwrap_or_default();
        let sender = Sender::of_mail(&receiver.keys.now(), address, now_ms);
        let (batch, budgets) = (Batch { envelopes: vec![envelope] }, &self.server.limits.budgets);
        let received = receiver.receive_from(&sender, budgets, batch, now_ms).await;
        self.server.metrics.note_verdicts(&[kind], &received.verdicts);
        Ok(match received.verdicts.verdicts.first() {
            Some((_, Verdict::Received(_))) => Kept::Yes,
            Some((_, Verdict::Refused(Refusal::TooManyAdditions))) => Kept::Full,
            // Another server stored it at the same time, sealed to another key; or it was erased.
            Some((_, Verdict::Refused(Refusal::OtherContentUnderThisId | Refusal::Erased))) => {
                Kept::Yes
            }
            Some((_, Verdict::Refused(refusal))) => {
                tracing::error!(?refusal, "an email was refused; it stays in the mailbox");
                Kept::Later
            }
            Some((_, Verdict::Later)) | None => Kept::Later,
        })
    }

    fn sealed(&self, piece: Piece, now_ms: u64) -> Option<Envelope> {
        let receiver = &self.server.receiver;
        let municipality = receiver.municipality.clone();
        let keys = receiver.keys.public(&municipality, receiver.store.epoch(), now_ms);
        let catalogue_version = self.server.editions.catalogue().version();
        let Piece { id, content, lookup } = piece;
        // It follows from all that is sealed, so two texts never share a key.
        let bound = (id, keys.sealing.first()?.id, catalogue_version, lookup, &content);
        let bound = postcard::to_allocvec(&bound).ok()?;
        let (folder, mut count) = (receiver.keys.now(), 0_u32);
        let mut draw = |bytes: &mut [u8]| {
            for part in bytes.chunks_mut(32) {
                count += 1;
                let named = [count.to_be_bytes().as_slice(), &bound].concat();
                part.copy_from_slice(&folder.mail_hash(SEAL, &named)[..part.len()]);
            }
        };
        let address = Address { municipality, catalogue_version, now_ms, order: 0 };
        sealed_with_lookup(id, content, lookup, (&address, &keys), &mut draw).ok()
    }
}
