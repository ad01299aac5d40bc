//! Sealed submissions and their receipts: the wire types of what a device sends and of the server's
//! signed answer. A submission is sealed once on the device and never changed afterwards.

use crate::addition::Addition;
use crate::collector::{CollectorCode, Tally, Ticket, Way};
use crate::counter::Contact;
use crate::gap::Gap;
use crate::ids::{HubId, MunicipalityId, ServiceId, SubmissionId, TaskId};
use crate::inquiry::ValidInquiry;
use crate::reference::Reference;
use crate::survey::CompleteAnswers;
use crate::text::Language;
use serde::{Deserialize, Serialize};

/// Version of the layout of [`Envelope`] and [`Body`]. A server reads every version up to its own.
pub const FORMAT: u16 = 1;
/// The layout of [`FORMAT`] for a submission that was given another id after it was sealed: its
/// sealed bytes begin with the 16-byte id that the seal is bound to.
pub const FORMAT_OTHER_ID: u16 = 2;
/// Cipher suite: HPKE base mode with X25519, HKDF-SHA256 and ChaCha20-Poly1305 (RFC 9180).
pub const SUITE_X25519_CHACHA: u16 = 1;
/// Largest sealed body, in bytes: many times the longest inquiry or the longest survey comments.
pub const SEALED_BYTES_MAX: usize = 64 * 1024;
/// Most envelopes in one request.
pub const BATCH_MAX: usize = 250;
/// Largest request, in bytes: at least one envelope of the largest size fits, or two hundred usual
/// ones.
pub const REQUEST_BYTES_MAX: usize = 512 * 1024;

/// Kind of a submission: the only thing about its content that is readable without the private key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// A question to the municipality.
    Inquiry,
    /// Answers to the survey.
    Feedback,
    /// Words of a search that found nothing.
    Gap,
    /// A report that a published record is wrong.
    Correction,
    /// The survey was opened, started, offered or refused.
    Tally,
    /// A person was served at a counter.
    Contact,
    /// Something that a person adds to their question, or its withdrawal.
    Addition,
}

impl Kind {
    /// All kinds, in order of their numbers.
    pub const ALL: [Kind; 7] = [
        Kind::Inquiry,
        Kind::Feedback,
        Kind::Gap,
        Kind::Correction,
        Kind::Tally,
        Kind::Contact,
        Kind::Addition,
    ];

    /// The number of the kind wherever it is encoded as one. Never changes.
    pub fn number(self) -> u8 {
        match self {
            Kind::Inquiry => 1,
            Kind::Feedback => 2,
            Kind::Gap => 3,
            Kind::Correction => 4,
            Kind::Tally => 5,
            Kind::Contact => 6,
            Kind::Addition => 7,
        }
    }
}

/// Short identifier of a public key: the first 8 bytes of its SHA-256.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct KeyId(pub [u8; 8]);

/// SHA-256 of a sealed body.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct BodyHash(pub [u8; 32]);

/// A sealed submission. Created once and never changed: a retry sends the same bytes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Envelope {
    /// The readable part, which the seal is bound to.
    pub header: Header,
    /// The encapsulated key (32 bytes for X25519), then the ciphertext with its tag. In
    /// [`FORMAT_OTHER_ID`], both follow the 16-byte id that the seal is bound to.
    #[serde(with = "serde_bytes")]
    pub sealed: Vec<u8>,
}

impl Envelope {
    /// Returns the header that the seal is bound to, and the bytes to open. `None` if the envelope
    /// is too short for its format.
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

    /// Returns the same sealed content under another id, in [`FORMAT_OTHER_ID`].
    pub fn with_id(&self, id: SubmissionId) -> Self {
        let header = Header { format: FORMAT_OTHER_ID, id, ..self.header.clone() };
        let sealed = match self.header.format {
            FORMAT_OTHER_ID => self.sealed.clone(),
            _ => [self.header.id.as_bytes().as_slice(), &self.sealed].concat(),
        };
        Self { header, sealed }
    }
}

/// The unsealed part of an envelope. The seal is bound to it: after a change of any byte, the body
/// no longer opens.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Header {
    /// [`FORMAT`] or [`FORMAT_OTHER_ID`].
    pub format: u16,
    /// Cipher suite of the seal: [`SUITE_X25519_CHACHA`].
    pub suite: u16,
    /// Id of the submission, generated on the device.
    pub id: SubmissionId,
    /// The municipality that the submission is addressed to.
    pub municipality: MunicipalityId,
    /// Kind of the sealed content.
    pub kind: Kind,
    /// The public key that the body is sealed to.
    pub key: KeyId,
    /// Version of the catalogue that the person was looking at.
    pub catalogue_version: u32,
}

/// HPKE's `info` string, which says what the key is used for (RFC 9180, section 5.1).
pub const SEAL_INFO: &[u8] = b"community-hub submission 1";
/// A body is padded with spaces to a multiple of this many bytes, so that its size reveals little
/// about its content.
pub const PADDED_BYTES: usize = 512;

impl Header {
    /// HPKE's additional data: every field of the header in a fixed layout, integers big-endian.
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

/// The plaintext inside the seal, as JSON: readable by any program for as long as records are
/// retained.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Body {
    /// SHA-256 of the tracking code, with which the person can look up the status later. Of an
    /// addition: that of the question's tracking code, which proves that the person has it.
    pub lookup: [u8; 32],
    /// What the person, or the device, submits.
    pub content: Content,
}

/// Content of a submission, one variant for each [`Kind`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Content {
    /// A question to the municipality.
    Inquiry(ValidInquiry),
    /// Answers to the survey.
    Feedback(Feedback),
    /// Words of a search that found nothing.
    Gap(Gap),
    /// A report that a published record is wrong.
    Correction(Correction),
    /// One event of a survey link that is not an answer.
    Tally(Tally),
    /// One contact at a counter.
    Contact(Contact),
    /// Something that a person adds to their question, or its withdrawal.
    Addition(Addition),
}

/// A report that a published record is wrong: which record, and which part of it. Holds nothing
/// about the person who reports it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Correction {
    /// The service whose record is wrong.
    pub service: Option<ServiceId>,
    /// The location whose record is wrong or, with `task`, the location where that task is done
    /// differently.
    pub hub: Option<HubId>,
    /// A task whose published steps are not how it is done at `hub`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub task: Option<TaskId>,
    /// Which step of the task is wrong, counted from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step: Option<u8>,
    /// Which part of the record is wrong.
    pub field: CorrectedField,
    /// Language of the interface when the report was made.
    pub language: Language,
}

impl Correction {
    /// Whether the report is about exactly one record: a service, a location, or a task together
    /// with the location where it is done differently. A step is valid only with a task, and only
    /// from 1.
    pub fn is_valid(&self) -> bool {
        match (&self.service, &self.hub, &self.task) {
            (Some(_), None, None) | (None, Some(_), None) => self.step.is_none(),
            (None, Some(_), Some(_)) => self.step != Some(0),
            _ => false,
        }
    }
}

/// The part of a record that is reported as wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CorrectedField {
    /// The documents to bring.
    Documents,
    /// The fee.
    Fee,
    /// The opening hours.
    Hours,
    /// The phone number.
    Phone,
    /// The street address.
    Address,
    /// The address of the online page.
    OnlinePage,
    /// What a counter does, or how a service works.
    Process,
    /// The service is no longer offered, or the location no longer exists.
    Gone,
    /// Anything else.
    Other,
}

impl CorrectedField {
    /// The parts of a service's record that can be reported.
    pub const OF_SERVICE: [CorrectedField; 7] = [
        Self::Documents,
        Self::Fee,
        Self::Phone,
        Self::OnlinePage,
        Self::Process,
        Self::Gone,
        Self::Other,
    ];
    /// The parts of a location's record that can be reported.
    pub const OF_HUB: [CorrectedField; 6] =
        [Self::Hours, Self::Address, Self::Phone, Self::Process, Self::Gone, Self::Other];
}

/// Answers to the survey, and the little that is recorded of how they came: no time, no address, no
/// name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Feedback {
    /// The answers, all of them on the route through the survey.
    pub answers: CompleteAnswers,
    /// Language in which the survey was answered.
    pub language: Language,
    /// How the device believes the person came to the survey. What counts is what the office knows
    /// about `collector`.
    pub way: Way,
    /// Code of the survey link that the person followed; `None` if they came by the app's own
    /// pages.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub collector: Option<CollectorCode>,
    /// The invitation that this answers, where each invited person has their own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ticket: Option<Ticket>,
    /// The service that the feedback is about, if any.
    pub service: Option<ServiceId>,
    /// The location that the feedback is about, if any.
    pub hub: Option<HubId>,
    /// Seconds from the first question to the last. Collected to keep the survey short.
    pub seconds: Option<u32>,
}

impl Content {
    /// The kind of this content.
    pub fn kind(&self) -> Kind {
        match self {
            Content::Inquiry(_) => Kind::Inquiry,
            Content::Feedback(_) => Kind::Feedback,
            Content::Gap(_) => Kind::Gap,
            Content::Correction(_) => Kind::Correction,
            Content::Tally(_) => Kind::Tally,
            Content::Contact(_) => Kind::Contact,
            Content::Addition(_) => Kind::Addition,
        }
    }
}

/// The server's signed statement that it has stored a submission for good. The signature is over
/// [`Receipt::signed_bytes`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    /// Id of the stored submission.
    pub id: SubmissionId,
    /// SHA-256 of the stored sealed body.
    pub body: BodyHash,
    /// Milliseconds since 1970 by the server's clock.
    pub received_at_ms: u64,
    /// Changes when the server's store is replaced or restored, so that devices offer again what it
    /// may have lost.
    pub epoch: [u8; 16],
    /// The key that signed.
    pub signer: KeyId,
    /// Ed25519 signature (RFC 8032), in two halves because serde derives arrays of up to 32 bytes.
    pub signature: ([u8; 32], [u8; 32]),
}

/// First bytes of what a receipt's signature covers, so that it cannot be taken for another
/// signature.
const RECEIPT_NAME: &[u8; 24] = b"community-hub receipt 1\0";

impl Receipt {
    /// Length of [`Receipt::signed_bytes`].
    pub const SIGNED_BYTES: usize = 104;

    /// The signed bytes, in a fixed layout so that other programs can verify a receipt: a
    /// zero-terminated text (24 bytes), then id (16), body hash (32), time (8, big-endian), epoch
    /// (16), signer (8).
    pub fn signed_bytes(&self) -> Vec<u8> {
        let mut bytes = RECEIPT_NAME.to_vec();
        bytes.extend_from_slice(self.id.as_bytes());
        bytes.extend_from_slice(&self.body.0);
        bytes.extend_from_slice(&self.received_at_ms.to_be_bytes());
        bytes.extend_from_slice(&self.epoch);
        bytes.extend_from_slice(&self.signer.0);
        bytes
    }

    /// Parses the output of [`Receipt::signed_bytes`] and adds the signature without verifying it.
    /// `None` if the bytes are not those of a receipt.
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

    /// The reference number of the submission.
    pub fn reference(&self) -> Reference {
        Reference::of(self.id)
    }
}

/// Why a server does not store a submission as it is. The device keeps it and shows the reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Refusal {
    /// This id was received before with other content. The first is unchanged; the second is
    /// quarantined.
    OtherContentUnderThisId,
    /// It was erased at the person's request.
    Erased,
    /// It is sealed to a key that this server does not have.
    UnknownKey,
    /// The seal does not open: the bytes are damaged, or are not a sealed body at all.
    DoesNotOpen,
    /// The seal opens, but the content does not match the header or breaks a rule.
    NotValid,
    /// It is addressed to another municipality.
    OtherMunicipality,
    /// It was written by a newer app, in a format that this server does not know.
    NewerFormat,
    /// It is larger than the server accepts.
    TooLarge,
    /// So many submissions have its reference number that it needs another id. The device generates
    /// one automatically.
    ReferenceFull,
    /// The question that it is added to has [`ADDITIONS_MAX`](crate::addition::ADDITIONS_MAX)
    /// additions already.
    TooManyAdditions,
}

/// The server's decision about one submission.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Verdict {
    /// It is stored; this is the receipt.
    Received(Receipt),
    /// It is not stored, and sending it again unchanged will not help.
    Refused(Refusal),
    /// Not now: the store is busy or full. Nothing is wrong with the submission.
    Later,
}

/// Request of `POST /api/submissions`, as postcard: at most [`BATCH_MAX`] envelopes and
/// [`REQUEST_BYTES_MAX`] bytes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Batch {
    /// The envelopes to store.
    pub envelopes: Vec<Envelope>,
}

/// Response to a [`Batch`]: one verdict for each envelope, under its id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verdicts {
    /// Id of each submission, and the verdict on it.
    pub verdicts: Vec<(SubmissionId, Verdict)>,
}

/// Follows the verdicts in a response about several envelopes: the server's signature over all of
/// them, so that a device that empties a long queue verifies one signature instead of one for each
/// receipt. The receipts contain their own signatures as well. Older apps stop reading after the
/// verdicts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Countersignature {
    /// The key that signed.
    pub signer: KeyId,
    /// Ed25519 signature over [`Countersignature::signed_bytes`], in two halves.
    pub signature: ([u8; 32], [u8; 32]),
}

impl Countersignature {
    /// The signed bytes: a zero-terminated text (23 bytes), then the verdicts exactly as they were
    /// sent.
    pub fn signed_bytes(verdicts: &[u8]) -> Vec<u8> {
        [b"community-hub answer 1\0".as_slice(), verdicts].concat()
    }
}

/// Response of `GET /api/keys`, as postcard: the public keys of the municipality.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublicKeys {
    /// The municipality that the keys belong to.
    pub municipality: MunicipalityId,
    /// Keys to seal to (X25519); new submissions use the first.
    pub sealing: Vec<SealingKey>,
    /// Keys to verify receipts with (Ed25519); any of them may have signed.
    pub signing: Vec<VerifyingKey>,
    /// As [`Receipt::epoch`]: a device notices a restored server even when it has nothing to send.
    pub epoch: [u8; 16],
    /// Milliseconds since 1970 by the server's clock.
    pub now_ms: u64,
}

/// A public key that devices seal submissions to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct SealingKey {
    /// Short identifier of the key.
    pub id: KeyId,
    /// X25519 public key.
    pub public: [u8; 32],
}

/// A public key that devices verify receipts and editions with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct VerifyingKey {
    /// Short identifier of the key.
    pub id: KeyId,
    /// Ed25519 public key.
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
