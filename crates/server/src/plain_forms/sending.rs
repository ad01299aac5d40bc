//! Seals what a plain form sent and stores it, exactly as if a device had sent it: the same key,
//! receiver, budget and receipt. The same form again gets the same receipt.

use super::number::FormNumber;
use super::{STORE_PATIENCE, in_time};
use crate::api::ServerParts;
use casework::body::read_body;
use community_hub_app::render::PlainTrouble;
use domain::SubmissionId;
use domain::submission::{Batch, BodyHash, Content, Envelope, Receipt, Refusal, Verdict};
use limits::sender::Sender;
use office::directory::ServiceDirectory;
use offline::sealing::{Address, lookup_of, sealed_envelope};
use sha2::{Digest, Sha256};
use std::net::IpAddr;
use std::sync::Arc;
use store::{Custody, SenderStore, StoreFault, SubmissionStore};
use vault::now_ms;

/// How many ids are tried where too many submissions have the reference number of the first ones.
/// That one is full happens only on purpose, and nobody can choose the ids of another's form.
const IDS_MAX: u8 = 3;

/// Something that a form sends.
pub(super) struct FormContent<'a> {
    pub(super) number: &'a FormNumber,
    /// A form may send several things; each has a purpose of its own.
    pub(super) purpose: &'static str,
    pub(super) content: Content,
}

impl FormContent<'_> {
    /// The tracking code.
    pub(super) fn secret(&self) -> [u8; 16] {
        self.number.secret(self.purpose)
    }

    /// Stores it, unless it is stored already. Returns the receipt, or why it is not stored. A
    /// store that takes too long may store it all the same; the same number then gets the receipt.
    pub(super) async fn send<S: SubmissionStore + Custody + SenderStore>(
        &self,
        server: &Arc<ServerParts<S>>,
        client: IpAddr,
    ) -> Result<Receipt, PlainTrouble> {
        let sent = in_time(STORE_PATIENCE, self.store_once(server, client)).await;
        sent.unwrap_or(Err(PlainTrouble::NotStored))
    }

    async fn store_once<S: SubmissionStore + Custody + SenderStore>(
        &self,
        server: &Arc<ServerParts<S>>,
        client: IpAddr,
    ) -> Result<Receipt, PlainTrouble> {
        let failed = |fault: StoreFault| {
            tracing::error!(%fault, "what a form sent could not be stored");
            PlainTrouble::NotStored
        };
        for attempt in 0..IDS_MAX {
            let id = self.number.id(self.purpose, attempt);
            if let Some(stored) = self.stored(server, id).await.map_err(failed)? {
                return stored;
            }
            if server.maintenance.is_on() {
                return Err(PlainTrouble::Maintenance);
            }
            match self.submit(server, client, id).await? {
                Verdict::Received(receipt) => return Ok(receipt),
                Verdict::Refused(Refusal::ReferenceFull) => {}
                // The form arrived twice at the same time, and something has changed in between:
                // its words, or the key in use.
                Verdict::Refused(Refusal::OtherContentUnderThisId) => {
                    let stored = self.stored(server, id).await.map_err(failed)?;
                    return stored.unwrap_or(Err(PlainTrouble::UsedBefore));
                }
                // Nothing is there that this could be compared with.
                Verdict::Refused(Refusal::Erased) => return Err(PlainTrouble::NoNumber),
                Verdict::Refused(refusal) => {
                    tracing::error!(?refusal, "what a form sent was refused");
                    return Err(PlainTrouble::NotStored);
                }
                Verdict::Later => return Err(PlainTrouble::NotStored),
            }
        }
        Err(PlainTrouble::NotStored)
    }

    /// What is stored under an id: the receipt if it is this, an error if it is something else,
    /// `None` if nothing is.
    async fn stored<S: SubmissionStore + Custody>(
        &self,
        server: &ServerParts<S>,
        id: SubmissionId,
    ) -> Result<Option<Result<Receipt, PlainTrouble>>, StoreFault> {
        let receiver = &server.receiver;
        let Some(stored) = receiver.store.entry(id).await? else { return Ok(None) };
        let keys = receiver.keys.knowing(stored.envelope.header.key);
        let body = keys.open_seal(&stored.envelope).and_then(|plain| read_body(&plain));
        let is_same = body.is_some_and(|body| {
            says_the_same(&body.content, &self.content) && body.lookup == lookup_of(&self.secret())
        });
        if !is_same {
            return Ok(Some(Err(PlainTrouble::UsedBefore)));
        }
        let hash = BodyHash(Sha256::digest(&stored.envelope.sealed).into());
        let epoch = receiver.store.epoch();
        Ok(Some(Ok(receiver.keys.now().sign(id, hash, stored.received_at_ms, epoch))))
    }

    async fn submit<S: SubmissionStore + SenderStore>(
        &self,
        server: &ServerParts<S>,
        client: IpAddr,
        id: SubmissionId,
    ) -> Result<Verdict, PlainTrouble> {
        let now_ms = now_ms();
        let Some(envelope) = self.sealed(server, id, now_ms) else {
            tracing::error!("what a form sent could not be sealed: no key, or it is too long");
            return Err(PlainTrouble::NotStored);
        };
        let (receiver, budgets) = (&server.receiver, &server.limits.budgets);
        let sender = Sender::of(&receiver.keys.now(), client, now_ms);
        let batch = Batch { envelopes: vec![envelope] };
        let received = receiver.receive_from(&sender, budgets, batch, now_ms).await;
        server.metrics.note_verdicts(&[self.content.kind()], &received.verdicts);
        if received.over_budget > 0 {
            return Err(PlainTrouble::OverBudget);
        }
        let verdict = received.verdicts.verdicts.into_iter().next();
        verdict.map(|(_, verdict)| verdict).ok_or(PlainTrouble::NotStored)
    }

    /// The envelope, with the form's own tracking code.
    fn sealed<S: SubmissionStore>(
        &self,
        server: &ServerParts<S>,
        id: SubmissionId,
        now_ms: u64,
    ) -> Option<Envelope> {
        let receiver = &server.receiver;
        let municipality = receiver.municipality.clone();
        let keys = receiver.keys.public(&municipality, receiver.store.epoch(), now_ms);
        let catalogue_version = server.editions.catalogue().version();
        let key = keys.sealing.first()?.id;
        let bound = (id, key, catalogue_version, &self.content);
        let mut random = self.number.seal_bytes(&postcard::to_allocvec(&bound).ok()?);
        let mut secret = Some(self.secret());
        // The first that is drawn is the tracking code.
        let mut draw = |bytes: &mut [u8]| match secret.take() {
            Some(secret) if bytes.len() == secret.len() => bytes.copy_from_slice(&secret),
            _ => random(bytes),
        };
        let address = Address { municipality, catalogue_version, now_ms, order: 0 };
        let (envelope, drawn) =
            sealed_envelope(id, self.content.clone(), &address, &keys, &mut draw).ok()?;
        (drawn == self.secret()).then_some(envelope)
    }
}

/// Whether a form says the same again. Only what the person typed or chose counts: the same form
/// may come again in the other language, or after an edition with another notice or survey.
fn says_the_same(stored: &Content, sent: &Content) -> bool {
    match (stored, sent) {
        (Content::Inquiry(stored), Content::Inquiry(sent)) => {
            stored.message == sent.message
                && stored.name == sent.name
                && stored.reply_to == sent.reply_to
                && (&stored.service, &stored.hub) == (&sent.service, &sent.hub)
        }
        (Content::Feedback(stored), Content::Feedback(sent)) => {
            stored.answers.answers() == sent.answers.answers()
        }
        _ => stored == sent,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::Language;
    use domain::inquiry::{ContactChoice, InquiryDraft, ValidInquiry};
    use std::time::Duration;

    fn question(message: &str, language: Language, notice_version: u32) -> Content {
        let contact = ContactChoice::None;
        let draft = InquiryDraft { message: message.into(), contact, ..Default::default() };
        let parsed = ValidInquiry::parse(&draft, language, notice_version);
        Content::Inquiry(parsed.expect("it is a whole question"))
    }

    #[test]
    fn a_question_is_the_same_in_another_language_and_after_another_notice() {
        let first = question("When?", Language::English, 3);
        assert!(says_the_same(&first, &question("When?", Language::French, 4)));
        assert!(!says_the_same(&first, &question("Where?", Language::English, 3)));
    }

    #[tokio::test]
    async fn nobody_waits_longer_for_the_store_than_the_patience() {
        let hangs = std::future::pending::<()>();
        assert_eq!(in_time(Duration::from_millis(5), hangs).await, None);
        assert_eq!(in_time(STORE_PATIENCE, async { 7 }).await, Some(7));
    }
}
