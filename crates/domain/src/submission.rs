//! What travels: a person's words, sealed once on the device and never changed again, and the
//! server's signed word that it has them.

use crate::collector::{CollectorCode, Tally, Ticket, Way};
use crate::counter::Contact;
use crate::gap::Gap;
use crate::ids::{HubId, MunicipalityId, ServiceId, SubmissionId, TaskId};
use crate::inquiry::ValidInquiry;
use crate::reference::Reference;
use crate::survey::CompleteAnswers;
use crate::text::Language;
use serde::{Deserialize, Serialize};

/// The layout of [`Envelope`] and [`Body`]. A server reads all versions up to its own.
pub const FORMAT: u16 = 1;
/// As [`FORMAT`], of an entry that was given another id after it was sealed: its sealed bytes begin with the id that the seal is bound to.
pub const FORMAT_OTHER_ID: u16 = 2;
/// HPKE base mode with X25519, HKDF-SHA256 and ChaCha20-Poly1305 (RFC 9180).
pub const SUITE_X25519_CHACHA: u16 = 1;
/// Bytes that a sealed body may have: the longest question and comments many times over.
pub const SEALED_BYTES_MAX: usize = 64 * 1024;
/// Envelopes in one request.
pub const BATCH_MAX: usize = 250;
/// Bytes of one request: at least one largest envelope fits, two hundred usual ones do.
pub const REQUEST_BYTES_MAX: usize = 512 * 1024;

/// The only thing that is readable about a submission's content without the key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    Inquiry,
    Feedback,
    /// Words of a search that found nothing.
    Gap,
    /// A record that somebody says is wrong.
    Correction,
    /// Somebody opened, began or refused the survey.
    Tally,
    /// Somebody was served at a counter.
    Contact,
}

impl Kind {
    pub const ALL: [Kind; 6] =
        [Kind::Inquiry, Kind::Feedback, Kind::Gap, Kind::Correction, Kind::Tally, Kind::Contact];

    /// Its number wherever it is written as one; never changed.
    pub fn number(self) -> u8 {
        match self {
            Kind::Inquiry => 1,
            Kind::Feedback => 2,
            Kind::Gap => 3,
            Kind::Correction => 4,
            Kind::Tally => 5,
            Kind::Contact => 6,
        }
    }
}

/// A public key's short name: the first 8 bytes of its SHA-256.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct KeyId(pub [u8; 8]);

/// SHA-256 of a sealed body.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct BodyHash(pub [u8; 32]);

/// A sealed submission. Made once, then never changed: a retry sends the same bytes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Envelope {
    pub header: Header,
    /// The encapsulated key (32 bytes for X25519) and then the ciphertext with its tag.
    #[serde(with = "serde_bytes")]
    pub sealed: Vec<u8>,
}

impl Envelope {
    /// The header that the seal is bound to, and the bytes of the seal. `None` when the envelope is too short for its format.
    pub fn as_sealed(&self) -> Option<(Header, &[u8])> {
        if self.header.format != FORMAT_OTHER_ID {
            return Some((self.header.clone(), &self.sealed));
        }
        let (id, sealed) = self.sealed.split_first_chunk::<16>()?;
        Some((
            Header { format: FORMAT, id: SubmissionId::from_bytes(*id), ..self.header.clone() },
            sealed,
        ))
    }

    /// The same words under another id.
    pub fn with_id(&self, id: SubmissionId) -> Self {
        let header = Header { format: FORMAT_OTHER_ID, id, ..self.header.clone() };
        let sealed = match self.header.format {
            FORMAT_OTHER_ID => self.sealed.clone(),
            _ => [self.header.id.as_bytes().as_slice(), &self.sealed].concat(),
        };
        Self { header, sealed }
    }
}

/// What stands outside the seal. It is bound to it: changing a byte here makes the seal unreadable.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Header {
    pub format: u16,
    pub suite: u16,
    pub id: SubmissionId,
    pub municipality: MunicipalityId,
    pub kind: Kind,
    pub key: KeyId,
    /// The catalogue that the person was looking at.
    pub catalogue_version: u32,
}

/// HPKE's `info`: what the key is for (RFC 9180, section 5.1).
pub const SEAL_INFO: &[u8] = b"community-hub submission 1";
/// A body is padded with spaces to a multiple of this, so that its size tells little of what was said.
pub const PADDED_BYTES: usize = 512;

impl Header {
    /// HPKE's additional data: every field of the header in a fixed layout, integers big endian.
    pub fn bound_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(80);
        bytes.extend_from_slice(&self.format.to_be_bytes());
        bytes.extend_from_slice(&self.suite.to_be_bytes());
        bytes.extend_from_slice(self.id.as_bytes());
        bytes.extend_from_slice(&self.key.0);
        bytes.extend_from_slice(&self.catalogue_version.to_be_bytes());
        bytes.push(self.kind.number());
        bytes.extend_from_slice(self.municipality.as_str().as_bytes());
        bytes
    }
}

/// What is inside the seal, as JSON: readable by any program for as long as records are kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Body {
    /// SHA-256 of the secret on the person's receipt, to look the status up later.
    pub lookup: [u8; 32],
    pub content: Content,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Content {
    Inquiry(ValidInquiry),
    Feedback(Feedback),
    Gap(Gap),
    Correction(Correction),
    Tally(Tally),
    Contact(Contact),
}

/// "Something is wrong here": which record, and what of it. Nothing about who says so.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Correction {
    pub service: Option<ServiceId>,
    /// The record, or where a task is done otherwise.
    pub hub: Option<HubId>,
    /// A task whose steps are not how it is done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub task: Option<TaskId>,
    /// Which of its steps, from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step: Option<u8>,
    pub field: CorrectedField,
    pub language: Language,
}

impl Correction {
    /// It is about one record: a service, a place, or a task and where it is done otherwise.
    pub fn is_valid(&self) -> bool {
        match (&self.service, &self.hub, &self.task) {
            (Some(_), None, None) | (None, Some(_), None) => self.step.is_none(),
            (None, Some(_), Some(_)) => self.step != Some(0),
            _ => false,
        }
    }
}

/// What of a record is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CorrectedField {
    Documents,
    Fee,
    Hours,
    Phone,
    Address,
    OnlinePage,
    /// What a counter does, or how a service works.
    Process,
    /// It is not offered any more, or the place is gone.
    Gone,
    Other,
}

impl CorrectedField {
    pub const OF_SERVICE: [CorrectedField; 7] = [
        Self::Documents,
        Self::Fee,
        Self::Phone,
        Self::OnlinePage,
        Self::Process,
        Self::Gone,
        Self::Other,
    ];
    pub const OF_HUB: [CorrectedField; 6] =
        [Self::Hours, Self::Address, Self::Phone, Self::Process, Self::Gone, Self::Other];
}

/// Answers to the survey, and the little that is known about how they came: no time, no address, no name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Feedback {
    pub answers: CompleteAnswers,
    pub language: Language,
    /// What the device took it for; what counts is what the office knows of `collector`.
    pub way: Way,
    /// By which code the person came; none by the app's own pages.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub collector: Option<CollectorCode>,
    /// The invitation that it answers, where each has its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ticket: Option<Ticket>,
    pub service: Option<ServiceId>,
    pub hub: Option<HubId>,
    /// From the first question to the last, to keep the survey short.
    pub seconds: Option<u32>,
}

impl Content {
    pub fn kind(&self) -> Kind {
        match self {
            Content::Inquiry(_) => Kind::Inquiry,
            Content::Feedback(_) => Kind::Feedback,
            Content::Gap(_) => Kind::Gap,
            Content::Correction(_) => Kind::Correction,
            Content::Tally(_) => Kind::Tally,
            Content::Contact(_) => Kind::Contact,
        }
    }
}

/// The server's word that it has a submission for good. Its signature is over [`Receipt::signed_bytes`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    pub id: SubmissionId,
    pub body: BodyHash,
    /// Milliseconds since 1970 by the server's clock.
    pub received_at_ms: u64,
    /// Changes when the server's store is replaced or restored, so that devices offer again what it may have lost.
    pub epoch: [u8; 16],
    pub signer: KeyId,
    /// Ed25519 (RFC 8032). Two halves, because serde derives arrays up to 32.
    pub signature: ([u8; 32], [u8; 32]),
}

const RECEIPT_NAME: &[u8; 24] = b"community-hub receipt 1\0";

impl Receipt {
    pub const SIGNED_BYTES: usize = 104;

    /// A fixed layout, so that another program can verify a receipt: a text that ends in zero (24 bytes), then
    /// id (16), body hash (32), time (8, big endian), epoch (16), signer (8).
    pub fn signed_bytes(&self) -> Vec<u8> {
        let mut bytes = RECEIPT_NAME.to_vec();
        bytes.extend_from_slice(self.id.as_bytes());
        bytes.extend_from_slice(&self.body.0);
        bytes.extend_from_slice(&self.received_at_ms.to_be_bytes());
        bytes.extend_from_slice(&self.epoch);
        bytes.extend_from_slice(&self.signer.0);
        bytes
    }

    /// Reads what [`Receipt::signed_bytes`] wrote, and takes the signature as it comes. `None` when it is something else.
    pub fn of_signed(bytes: &[u8; Self::SIGNED_BYTES], signature: [u8; 64]) -> Option<Self> {
        let (&id, rest) = bytes.strip_prefix(RECEIPT_NAME)?.split_first_chunk()?;
        let (&body, rest) = rest.split_first_chunk()?;
        let (&at, rest) = rest.split_first_chunk()?;
        let (&epoch, signer) = rest.split_first_chunk()?;
        let (&r, s) = signature.split_first_chunk()?;
        Some(Self {
            id: SubmissionId::from_bytes(id),
            body: BodyHash(body),
            received_at_ms: u64::from_be_bytes(at),
            epoch,
            signer: KeyId(signer.try_into().ok()?),
            signature: (r, s.try_into().ok()?),
        })
    }

    pub fn reference(&self) -> Reference {
        Reference::of(self.id)
    }
}

/// Why a server will not keep a submission as it is. The device keeps it and shows the reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Refusal {
    /// This id was received before with other content; the first stands, the second was set aside.
    OtherContentUnderThisId,
    /// Erased at the person's request.
    Erased,
    /// Sealed to a key that this server does not have.
    UnknownKey,
    /// The seal does not open: damaged, or not a sealed body at all.
    DoesNotOpen,
    /// Opened, but what is inside is not what the header says or breaks a rule.
    NotValid,
    OtherMunicipality,
    /// Written by a newer app than this server knows.
    NewerFormat,
    TooLarge,
    /// So many entries bear its reference that it needs another id. The device gives it one by itself.
    ReferenceFull,
}

/// The server's answer about one submission.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Verdict {
    Received(Receipt),
    Refused(Refusal),
    /// Not now: the store is busy or full. Nothing is wrong with the submission.
    Later,
}

/// `POST /api/submissions`: at most [`BATCH_MAX`] envelopes and [`REQUEST_BYTES_MAX`] bytes, as postcard.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Batch {
    pub envelopes: Vec<Envelope>,
}

/// Its answer: one verdict an envelope, each under its id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verdicts {
    pub verdicts: Vec<(SubmissionId, Verdict)>,
}

/// What follows the verdicts on several envelopes: the server's signature over all of them, so that a device which empties a long queue checks one
/// and not each receipt's, which stand in the receipts all the same. Apps of before read no further than the verdicts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Countersignature {
    pub signer: KeyId,
    /// Ed25519 over [`Countersignature::signed_bytes`], in two halves.
    pub signature: ([u8; 32], [u8; 32]),
}

impl Countersignature {
    /// A text that ends in zero (23 bytes), then the verdicts as they were sent.
    pub fn signed_bytes(verdicts: &[u8]) -> Vec<u8> {
        [b"community-hub answer 1\0".as_slice(), verdicts].concat()
    }
}

/// `GET /api/keys`: the public keys of the municipality, as postcard.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublicKeys {
    pub municipality: MunicipalityId,
    /// To seal to (X25519); the first is for new submissions.
    pub sealing: Vec<SealingKey>,
    /// To check receipts with (Ed25519); any may have signed.
    pub signing: Vec<VerifyingKey>,
    /// As in [`Receipt::epoch`]: a device learns of a restored server even when it has nothing to send.
    pub epoch: [u8; 16],
    /// Milliseconds since 1970 by the server's clock.
    pub now_ms: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct SealingKey {
    pub id: KeyId,
    pub public: [u8; 32],
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct VerifyingKey {
    pub id: KeyId,
    pub public: [u8; 32],
}

#[cfg(test)]
mod tests {
    use super::*;

    fn correction(service: bool, hub: bool, task: bool, step: Option<u8>) -> Correction {
        Correction {
            service: service.then(|| ServiceId::parse("dog-licence").unwrap()),
            hub: hub.then(|| HubId::parse("city-hall").unwrap()),
            task: task.then(|| TaskId::parse("issue-dog-licence").unwrap()),
            step,
            field: CorrectedField::Process,
            language: Language::English,
        }
    }

    #[test]
    fn a_correction_is_about_one_record_and_a_step_about_a_task_at_a_counter() {
        for valid in [
            correction(true, false, false, None),
            correction(false, true, false, None),
            correction(false, true, true, None),
        ] {
            assert!(valid.is_valid(), "{valid:?}");
        }
        assert!(correction(false, true, true, Some(1)).is_valid());
        let wrong = [
            correction(false, false, false, None),
            correction(true, true, false, None),
            correction(false, false, true, None),
            correction(true, false, true, None),
            correction(true, true, true, Some(1)),
            correction(false, true, true, Some(0)),
            correction(true, false, false, Some(1)),
            correction(false, true, false, Some(1)),
        ];
        for wrong in wrong {
            assert!(!wrong.is_valid(), "{wrong:?}");
        }
    }

    #[test]
    fn every_kind_has_a_number_of_its_own() {
        let numbers: std::collections::BTreeSet<u8> =
            Kind::ALL.into_iter().map(Kind::number).collect();
        assert_eq!(numbers.len(), Kind::ALL.len());
    }
}
