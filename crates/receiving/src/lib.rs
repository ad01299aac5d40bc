//! Validates sealed submissions: each is refused with a reason, or stored and signed for.

#![warn(missing_docs)]

mod addition;
pub mod opened;

pub use addition::{AddedTo, added_to};

use casework::body::read_body;
use casework::case::{CaseEntry, CaseEvent};
use casework::stages::stages_told;
use domain::addition::AddedWords;
use domain::reference::Reference;
use domain::status::{InquiryStage, SaidWords, Status, StatusAnswer, StatusQuestion};
use domain::submission::{
    Batch, Body, BodyHash, Content, Countersignature, Envelope, FORMAT, FORMAT_OTHER_ID, Kind,
    Refusal, SEALED_BYTES_MAX, SUITE_X25519_CHACHA, Verdict, Verdicts,
};
use domain::{MunicipalityId, SubmissionId};
use limits::budget::Budgets;
use limits::sender::Sender;
use opened::OpenedSubmission;
use sha2::{Digest, Sha256};
use std::sync::atomic::{AtomicBool, Ordering};
use store::{
    Custody, EventRow, FirstId, NewRecord, OfficeStore, SenderStore, StoreFault, StoreOutcome,
    StoredSubmission, SubmissionStore,
};
use vault::SenderTag;
use vault::keys::KeyFolder;

/// Submissions from before there were lookups that get one in one transaction.
const LOOKUPS_AT_ONCE: u32 = 200;
/// The most submissions without a lookup that are decrypted for one status request. Such exist for
/// some minutes after an upgrade.
const LOOKED_THROUGH_MAX: u32 = 200;

/// Receives submissions for one municipality.
pub struct Receiver<S> {
    /// The municipality. Envelopes for another one are refused.
    pub municipality: MunicipalityId,
    /// Its keys.
    pub keys: KeyFolder,
    /// Its store.
    pub store: S,
    /// Content of stored submissions that the office has not taken over yet.
    pub opened: OpenedSubmission,
    /// False while the store may hold submissions from before lookups existed.
    has_all_lookups: AtomicBool,
    has_begun_lookups: AtomicBool,
}

impl<S> Receiver<S> {
    /// Creates a receiver over a store.
    pub fn new(municipality: MunicipalityId, keys: KeyFolder, store: S) -> Self {
        Self {
            municipality,
            keys,
            store,
            opened: OpenedSubmission::default(),
            has_all_lookups: AtomicBool::new(false),
            has_begun_lookups: AtomicBool::new(false),
        }
    }
}

/// The outcome of a batch.
pub struct Received {
    /// One verdict per envelope, in their order.
    pub verdicts: Verdicts,
    /// Submissions answered with "later" because their sender's daily budget is used up.
    pub over_budget: usize,
}

/// What is found by a reference number and a tracking code.
pub struct FoundStatus {
    /// The submission as stored.
    pub row: StoredSubmission,
    /// The stages that the person is told.
    pub status: Status,
    /// The office's replies, oldest first.
    pub replies: Vec<StatusAnswer>,
    /// The numbers of all events, in order, with the event unless no key opens it.
    pub events: Vec<(u32, Option<CaseEntry>)>,
}

/// What is known of an envelope before anything is stored.
enum Judgement {
    Acceptable { body: BodyHash, content: Content },
    Refused(Refusal),
    Later,
}

impl<S: SubmissionStore> Receiver<S> {
    /// Returns one verdict per envelope. What is received is on disk before this returns. For
    /// submissions without a sender: imported files and generated data.
    pub async fn receive(&self, batch: Batch, now_ms: u64) -> Verdicts {
        let (judged, records) =
            self.judge_all(batch.envelopes.into_iter().map(|envelope| (envelope, true)), None);
        let kept = self.keep(records, now_ms).await;
        self.verdicts(judged, kept)
    }

    /// Decrypts and validates the envelopes that may be stored.
    fn judge_all(
        &self,
        envelopes: impl Iterator<Item = (Envelope, bool)>,
        sender: Option<SenderTag>,
    ) -> (Vec<(SubmissionId, Judgement)>, Vec<NewRecord>) {
        let (mut judged, mut records) = (Vec::new(), Vec::new());
        for (envelope, may_be_kept) in envelopes {
            let (id, key) = (envelope.header.id, envelope.header.key);
            let judgement = match may_be_kept
                .then(|| judge(envelope, &self.municipality, &self.keys))
            {
                None => Judgement::Later,
                // This server gets the key within seconds, or its folder is being repaired.
                Some(Err(Refusal::UnknownKey)) if self.keys.is_elsewhere(key) => Judgement::Later,
                Some(Err(refusal)) => Judgement::Refused(refusal),
                Some(Ok((record, content))) => {
                    let body = record.body;
                    records.push(NewRecord { sender, ..record });
                    Judgement::Acceptable { body, content }
                }
            };
            judged.push((id, judgement));
        }
        (judged, records)
    }

    /// Stores the records. Returns one outcome per record; all `None` if the database failed.
    async fn keep(&self, records: Vec<NewRecord>, now_ms: u64) -> Vec<Option<StoreOutcome>> {
        if records.is_empty() {
            return Vec::new();
        }
        let count = records.len();
        match self.store.keep(records, now_ms).await {
            Ok(kept) => kept.into_iter().map(Some).collect(),
            Err(fault) => {
                tracing::error!(%fault, "nothing of a batch was kept; the devices will send it again");
                vec![None; count]
            }
        }
    }

    fn verdicts(
        &self,
        judged: Vec<(SubmissionId, Judgement)>,
        kept: Vec<Option<StoreOutcome>>,
    ) -> Verdicts {
        let mut kept = kept.into_iter();
        let verdict = |(id, judgement)| match judgement {
            Judgement::Refused(refusal) => (id, Verdict::Refused(refusal)),
            Judgement::Later => (id, Verdict::Later),
            Judgement::Acceptable { body, content } => {
                (id, self.verdict(id, body, content, kept.next().flatten()))
            }
        };
        Verdicts { verdicts: judged.into_iter().map(verdict).collect() }
    }

    /// Serializes an answer. Several verdicts also get one signature over all of them.
    pub fn answer(&self, verdicts: &Verdicts, now_ms: u64) -> Vec<u8> {
        let mut bytes =
            postcard::to_allocvec(verdicts).expect("all verdicts serialize to postcard");
        if verdicts.verdicts.len() > 1 {
            let (signer, signature) =
                self.keys.now().sign_bytes(&Countersignature::signed_bytes(&bytes), now_ms);
            bytes = postcard::to_extend(&Countersignature { signer, signature }, bytes)
                .expect("all signatures serialize to postcard");
        }
        bytes
    }

    fn verdict(
        &self,
        id: SubmissionId,
        body: BodyHash,
        content: Content,
        kept: Option<StoreOutcome>,
    ) -> Verdict {
        match kept {
            Some(StoreOutcome::Stands { received_at_ms }) => {
                self.opened.put(id, content);
                Verdict::Received(self.keys.now().sign(
                    id,
                    body,
                    received_at_ms,
                    self.store.epoch(),
                ))
            }
            Some(StoreOutcome::SetAside) => Verdict::Refused(Refusal::OtherContentUnderThisId),
            Some(StoreOutcome::Erased) => Verdict::Refused(Refusal::Erased),
            Some(StoreOutcome::ReferenceFull) => Verdict::Refused(Refusal::ReferenceFull),
            Some(StoreOutcome::TooManyAdditions) => Verdict::Refused(Refusal::TooManyAdditions),
            None => Verdict::Later,
        }
    }
}

impl<S: SubmissionStore + SenderStore> Receiver<S> {
    /// Like [`Self::receive`], within the daily budgets of a sender. What exceeds them is not even
    /// decrypted, unless it is already stored.
    pub async fn receive_from(
        &self,
        sender: &Sender,
        budgets: &Budgets,
        batch: Batch,
        now_ms: u64,
    ) -> Received {
        let sizes: Vec<(Kind, u64)> = batch
            .envelopes
            .iter()
            .map(|envelope| (envelope.header.kind, envelope.sealed.len() as u64))
            .collect();
        let taken = budgets.take(sender, sizes.iter().copied());
        let standing = self.standing(&batch.envelopes, &taken).await;
        let may_be_kept: Vec<bool> =
            taken.iter().zip(&standing).map(|(is_taken, stands)| *is_taken || *stands).collect();
        let over_budget = may_be_kept.iter().filter(|may| !**may).count();
        let (judged, records) =
            self.judge_all(batch.envelopes.into_iter().zip(may_be_kept), Some(sender.tag));
        let kept = self.keep(records, now_ms).await;
        let mut outcomes = kept.iter();
        for (((_, judgement), is_taken), (kind, bytes)) in judged.iter().zip(&taken).zip(&sizes) {
            let outcome = matches!(judgement, Judgement::Acceptable { .. })
                .then(|| outcomes.next())
                .flatten()
                .copied()
                .flatten();
            if *is_taken && !outcome.is_some_and(|kept| is_new(kept, now_ms)) {
                budgets.give_back(sender, *kind, *bytes);
            }
        }
        Received { verdicts: self.verdicts(judged, kept), over_budget }
    }

    /// Which of the submissions over budget are already stored: their device only missed the
    /// answer.
    async fn standing(&self, envelopes: &[Envelope], taken: &[bool]) -> Vec<bool> {
        let over = || {
            envelopes
                .iter()
                .zip(taken)
                .enumerate()
                .filter(|(_, (_, is_taken))| !**is_taken)
                .map(|(at, (envelope, _))| (at, envelope))
        };
        let mut standing = vec![false; envelopes.len()];
        let asked: Vec<_> = over()
            .map(|(_, envelope)| {
                (envelope.header.id, BodyHash(Sha256::digest(&envelope.sealed).into()))
            })
            .collect();
        if asked.is_empty() {
            return standing;
        }
        match self.store.standing(&asked).await {
            Ok(found) => over().zip(found).for_each(|((at, _), stands)| standing[at] = stands),
            Err(fault) => {
                tracing::error!(%fault, "what stands could not be read; the devices will send it again")
            }
        }
        standing
    }
}

/// Whether an outcome takes up storage that was not in use before.
fn is_new(kept: StoreOutcome, now_ms: u64) -> bool {
    match kept {
        StoreOutcome::Stands { received_at_ms } => received_at_ms == now_ms,
        StoreOutcome::SetAside => true,
        StoreOutcome::Erased | StoreOutcome::ReferenceFull | StoreOutcome::TooManyAdditions => {
            false
        }
    }
}

impl<S: Custody + OfficeStore> Receiver<S> {
    /// The status of a submission, and what the office replied. `None` if no submission has this
    /// reference and secret. Takes one index look-up, however many submissions share the reference.
    pub async fn status(
        &self,
        question: StatusQuestion,
    ) -> Result<Option<FoundStatus>, StoreFault> {
        let hash = Sha256::digest(question.secret).into();
        let found = self.store.by_lookup(self.keys.now().lookup(&hash)).await?;
        let found = match found.into_iter().find(|row| bears(row, question.reference)) {
            None if !self.has_all_lookups.load(Ordering::Relaxed) => {
                self.looked_through_those_before(question, hash).await?
            }
            found => found,
        };
        let Some(row) = found else { return Ok(None) };
        let id = row.envelope.header.id;
        let events = self.opened_events(id).await?;
        let opened: Vec<_> = events
            .iter()
            .filter_map(|(_, entry)| entry.as_ref())
            .map(|entry| (entry.at_ms, entry.event.clone()))
            .collect();
        let mut stages = vec![(InquiryStage::Received, row.received_at_ms)];
        stages.extend(stages_told(self.store.stages(id).await?, &opened));
        let status =
            Status { reference: Reference::of(id), kind: row.envelope.header.kind, stages };
        let reply = |(at_ms, event)| match event {
            CaseEvent::Replied(reply) => Some(StatusAnswer { at_ms, text: reply.text }),
            _ => None,
        };
        let replies = opened.into_iter().filter_map(reply).collect();
        Ok(Some(FoundStatus { row, status, replies, events }))
    }

    /// Opens a stored submission. `None` if no key opens it.
    pub fn open(&self, row: &StoredSubmission) -> Option<Body> {
        // Another server may have sealed it to a key that this one has not read yet.
        read_body(&self.keys.knowing(row.envelope.header.key).open_seal(&row.envelope)?)
    }

    /// What was added to a question and is none of the submissions `taken`, oldest first: the
    /// office takes it over within seconds. `lookup` is that of the question's body.
    pub async fn added_since(
        &self,
        lookup: &[u8; 32],
        taken: &[SubmissionId],
    ) -> Result<Vec<SaidWords>, StoreFault> {
        let rows = self.store.additions(self.keys.now().lookup(lookup)).await?;
        let new = rows.iter().filter(|row| !taken.contains(&row.envelope.header.id));
        let words = |row: &StoredSubmission| {
            let Content::Addition(addition) = self.open(row)?.content else { return None };
            let text = match addition.said {
                AddedWords::Message(text) => text,
                AddedWords::Withdrawal => String::new(),
            };
            Some(SaidWords { at_ms: row.received_at_ms, is_reply: false, text })
        };
        Ok(new.filter_map(words).collect())
    }

    /// Searches the submissions with this reference by decrypting them, while not all have a
    /// lookup.
    async fn looked_through_those_before(
        &self,
        question: StatusQuestion,
        hash: [u8; 32],
    ) -> Result<Option<StoredSubmission>, StoreFault> {
        let keys = self.keys.now();
        for ending in question.reference.endings() {
            for row in self.store.without_lookup(Some(ending), LOOKED_THROUGH_MAX).await? {
                if keys
                    .open_seal(&row.envelope)
                    .and_then(|plain| read_body(&plain))
                    .is_some_and(|body| body.lookup == hash)
                {
                    return Ok(Some(row));
                }
            }
        }
        Ok(None)
    }

    /// Computes lookups for some submissions from before they existed. Returns whether all have one
    /// now.
    pub async fn fill_in_lookups(&self) -> Result<bool, StoreFault> {
        if self.has_all_lookups.load(Ordering::Relaxed) {
            return Ok(true);
        }
        if !self.has_begun_lookups.swap(true, Ordering::Relaxed) {
            // A lost key may have been restored since the last start.
            self.store.forget_empty_lookups().await?;
        }
        let rows = self.store.without_lookup(None, LOOKUPS_AT_ONCE).await?;
        let keys = self.keys.now();
        let lookup_of = |row: &StoredSubmission| {
            let body = keys.open_seal(&row.envelope).and_then(|plain| read_body(&plain));
            (row.envelope.header.id, body.map(|body| keys.lookup(&body.lookup)))
        };
        self.store.set_lookups(&rows.iter().map(lookup_of).collect::<Vec<_>>()).await?;
        let has_all = rows.is_empty();
        self.has_all_lookups.store(has_all, Ordering::Relaxed);
        Ok(has_all)
    }

    /// The events of a submission; `None` for what no key opens.
    async fn opened_events(
        &self,
        id: SubmissionId,
    ) -> Result<Vec<(u32, Option<CaseEntry>)>, StoreFault> {
        let opened = |row: EventRow| {
            let EventRow { number, at_ms, who, sealed, .. } = row;
            let event: Option<CaseEvent> = self.keys.cipher_for(&sealed).open(id, number, &sealed);
            (number, event.map(|event| CaseEntry { number, at_ms, who, event }))
        };
        Ok(self.store.events(id).await?.into_iter().map(opened).collect())
    }
}

/// Whether a reference belongs to a submission: that of its id, or of its first id, under which the
/// receipt was stored.
pub fn bears(row: &StoredSubmission, reference: Reference) -> bool {
    let first = row.envelope.as_sealed().map(|(header, _)| header.id);
    first.into_iter().chain([row.envelope.header.id]).any(|id| Reference::of(id) == reference)
}

/// Validates an envelope: known format, for this municipality, decryptable, and valid content.
/// Returns the record to store and the content.
pub fn judge(
    envelope: Envelope,
    municipality: &MunicipalityId,
    keys: &KeyFolder,
) -> Result<(NewRecord, Content), Refusal> {
    let header = &envelope.header;
    if ![FORMAT, FORMAT_OTHER_ID].contains(&header.format) || header.suite != SUITE_X25519_CHACHA {
        return Err(Refusal::NewerFormat);
    }
    if header.municipality != *municipality {
        return Err(Refusal::OtherMunicipality);
    }
    if envelope.sealed.len() > SEALED_BYTES_MAX {
        return Err(Refusal::TooLarge);
    }
    let keys = keys.knowing(header.key);
    if !keys.knows(header.key) {
        return Err(Refusal::UnknownKey);
    }
    let plain = keys.open_seal(&envelope).ok_or(Refusal::DoesNotOpen)?;
    let Body { content, lookup } = read_body(&plain)
        .filter(|body| body.content.kind() == header.kind)
        .ok_or(Refusal::NotValid)?;
    let hash = BodyHash(Sha256::digest(&envelope.sealed).into());
    let (tombstone, lookup) = (keys.tombstone(header.id), keys.lookup(&lookup));
    let first = first_id(&envelope).map(|id| FirstId { id, tombstone: keys.tombstone(id) });
    Ok((NewRecord { envelope, body: hash, tombstone, lookup, first, sender: None }, content))
}

/// The id under which a submission was sealed, if it got another one since.
fn first_id(envelope: &Envelope) -> Option<SubmissionId> {
    let (header, _) = envelope.as_sealed()?;
    Some(header.id).filter(|id| *id != envelope.header.id)
}
