//! Seals a person's words to the municipality's public key before anything is stored.
//!
//! HPKE (RFC 9180) in base mode with X25519, HKDF-SHA256 and ChaCha20-Poly1305. The device cannot
//! open what it sealed: the ephemeral key is dropped when [`seal`] returns.

use crate::parcel::{HEAD_FORMAT, Head, ParcelState};
use domain::collector::Ticket;
use domain::submission::{
    Body, BodyHash, Content, Envelope, FORMAT, Header, PADDED_BYTES, PublicKeys, SEAL_INFO,
    SEALED_BYTES_MAX, SUITE_X25519_CHACHA,
};
use domain::{MunicipalityId, SubmissionId};
use hpke::aead::ChaCha20Poly1305;
use hpke::kdf::HkdfSha256;
use hpke::kem::X25519HkdfSha256;
use hpke::rand_core::{TryCryptoRng, TryRng};
use hpke::{Deserializable, Kem, OpModeS, Serializable};
use sha2::{Digest, Sha256};
use std::convert::Infallible;

/// Hashed before a receipt's secret, so that the ticket differs from the lookup that the server
/// stores.
const TICKET_NAME: &[u8] = b"community-hub ticket 1\0";
/// Hashed first when another id is derived.
const OTHER_ID_NAME: &[u8] = b"community-hub other id 1\0";

/// Fills a buffer with unpredictable bytes; in the browser from `crypto.getRandomValues`.
pub type Randomness<'a> = &'a mut dyn FnMut(&mut [u8]);

/// What an envelope needs beside its content.
#[derive(Debug, Clone)]
pub struct Address {
    /// The municipality that the envelope is for.
    pub municipality: MunicipalityId,
    /// The version of the service directory that the app shows.
    pub catalogue_version: u32,
    /// Milliseconds since 1970 by the device's clock.
    pub now_ms: u64,
    /// Position among the parcels of this device.
    pub order: u64,
}

/// A submission that is ready to be stored: its head and the envelope's bytes, which are never
/// computed again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sealed {
    /// To be stored under the envelope's id.
    pub head: Head,
    /// Postcard bytes of the envelope.
    pub envelope: Vec<u8>,
}

/// Why content cannot be sealed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SealingFault {
    /// The device has no public key of the municipality, or an invalid one.
    NoKey,
    /// The sealed bytes exceed [`SEALED_BYTES_MAX`].
    TooLarge,
}

/// Derives the survey ticket of a person who has a receipt. It is a hash of the receipt's secret,
/// which no store holds, so survey answers cannot be linked to the submission that the receipt is
/// for. The same person gets the same ticket on every device.
pub fn ticket_of(secret: &[u8; 16]) -> Ticket {
    let hash: [u8; 32] = Sha256::digest([TICKET_NAME, secret.as_slice()].concat()).into();
    let (ticket, _) = hash.split_first_chunk().expect("SHA-256 yields 32 bytes");
    Ticket(*ticket)
}

/// Seals content into a new submission with a random id and secret.
pub fn seal(
    content: Content,
    address: &Address,
    keys: &PublicKeys,
    random: Randomness<'_>,
) -> Result<Sealed, SealingFault> {
    seal_with(content, None, address, keys, random)
}

/// Seals content into a new submission with a random id. An addition has the `secret` of its
/// question, which proves that its sender knows it; everything else gets a random one.
pub fn seal_with(
    content: Content,
    secret: Option<[u8; 16]>,
    address: &Address,
    keys: &PublicKeys,
    random: Randomness<'_>,
) -> Result<Sealed, SealingFault> {
    let mut id = [0; 10];
    random(&mut id);
    let id = SubmissionId::from_parts(address.now_ms, id);
    let secret = secret.unwrap_or_else(|| fresh_secret(random));
    let Envelope { header, sealed } =
        envelope_with(id, content, lookup_of(&secret), address, keys, random)?;
    Ok(packed(header, sealed, secret, address))
}

fn fresh_secret(random: Randomness<'_>) -> [u8; 16] {
    let mut secret = [0; 16];
    random(&mut secret);
    secret
}

/// Seals content under an id, with a random secret. Only its hash is in the envelope.
pub fn sealed_envelope(
    id: SubmissionId,
    content: Content,
    address: &Address,
    keys: &PublicKeys,
    random: Randomness<'_>,
) -> Result<(Envelope, [u8; 16]), SealingFault> {
    let secret = fresh_secret(random);
    Ok((envelope_with(id, content, lookup_of(&secret), address, keys, random)?, secret))
}

/// Seals content under an id, with the hash of a tracking code. For the server, which knows the
/// hash of a question's code and not the code.
pub fn sealed_with_lookup(
    id: SubmissionId,
    content: Content,
    lookup: [u8; 32],
    (address, keys): (&Address, &PublicKeys),
    random: Randomness<'_>,
) -> Result<Envelope, SealingFault> {
    envelope_with(id, content, lookup, address, keys, random)
}

fn envelope_with(
    id: SubmissionId,
    content: Content,
    lookup: [u8; 32],
    address: &Address,
    keys: &PublicKeys,
    random: Randomness<'_>,
) -> Result<Envelope, SealingFault> {
    let key = keys.sealing.first().ok_or(SealingFault::NoKey)?;
    let header = Header {
        format: FORMAT,
        suite: SUITE_X25519_CHACHA,
        id,
        municipality: address.municipality.clone(),
        kind: content.kind(),
        key: key.id,
        catalogue_version: address.catalogue_version,
    };
    let body = Body { lookup, content };
    let sealed = seal_bytes(&padded(&body), &header, &key.public, random)?;
    Ok(Envelope { header, sealed })
}

/// Re-issues a sealed submission under another id, for when the server refuses more submissions
/// under the first one's reference number. The new id is derived from stored values, so a device
/// that crashes in between derives the same again. `None` if the envelope already has another id or
/// cannot be parsed.
pub fn under_another_id(head: &Head, envelope: &[u8]) -> Option<Sealed> {
    let first: Envelope = postcard::from_bytes(envelope).ok()?;
    if first.header.format != FORMAT {
        return None;
    }
    let digest =
        Sha256::digest([OTHER_ID_NAME, head.id.as_bytes().as_slice(), &head.body.0].concat());
    let random = std::array::from_fn(|at| digest[at]);
    let Envelope { header, sealed } = first.with_id(head.id.with_random(random));
    let (id, body) = (header.id, BodyHash(Sha256::digest(&sealed).into()));
    let envelope = postcard::to_allocvec(&Envelope { header, sealed })
        .expect("an envelope serializes to postcard");
    let head = Head {
        id,
        body,
        size: envelope.len() as u32,
        state: ParcelState::Waiting { attempts: 0 },
        ..head.clone()
    };
    Some(Sealed { head, envelope })
}

/// The hash of a receipt's secret, which is all that the server knows of it.
pub fn lookup_of(secret: &[u8; 16]) -> [u8; 32] {
    Sha256::digest(secret).into()
}

fn packed(header: Header, sealed: Vec<u8>, secret: [u8; 16], address: &Address) -> Sealed {
    let body = BodyHash(Sha256::digest(&sealed).into());
    let (id, kind) = (header.id, header.kind);
    let envelope = postcard::to_allocvec(&Envelope { header, sealed })
        .expect("an envelope serializes to postcard");
    let size = envelope.len() as u32;
    let state = ParcelState::Waiting { attempts: 0 };
    let head = Head {
        format: HEAD_FORMAT,
        id,
        kind,
        order: address.order,
        kept_at_ms: address.now_ms,
        size,
        body,
        secret,
        state,
    };
    Sealed { head, envelope }
}

/// JSON, followed by spaces up to a multiple of [`PADDED_BYTES`]; JSON parsers skip trailing
/// spaces.
fn padded(body: &Body) -> Vec<u8> {
    let mut bytes = serde_json::to_vec(body).expect("a body serializes to JSON");
    bytes.resize(bytes.len().next_multiple_of(PADDED_BYTES), b' ');
    bytes
}

fn seal_bytes(
    plain: &[u8],
    header: &Header,
    public: &[u8; 32],
    random: Randomness<'_>,
) -> Result<Vec<u8>, SealingFault> {
    let public = <X25519HkdfSha256 as Kem>::PublicKey::from_bytes(public)
        .map_err(|_| SealingFault::NoKey)?;
    let (encapsulated, ciphertext) =
        hpke::single_shot_seal_with_rng::<ChaCha20Poly1305, HkdfSha256, X25519HkdfSha256>(
            &OpModeS::Base,
            &public,
            SEAL_INFO,
            plain,
            &header.bound_bytes(),
            &mut RandomSource(random),
        )
        .map_err(|_| SealingFault::NoKey)?;
    let sealed = [encapsulated.to_bytes().as_slice(), &ciphertext].concat();
    if sealed.len() > SEALED_BYTES_MAX { Err(SealingFault::TooLarge) } else { Ok(sealed) }
}

/// Supplies `hpke` with random bytes from the port.
struct RandomSource<'a>(Randomness<'a>);

impl TryRng for RandomSource<'_> {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        let mut bytes = [0; 4];
        (self.0)(&mut bytes);
        Ok(u32::from_le_bytes(bytes))
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        let mut bytes = [0; 8];
        (self.0)(&mut bytes);
        Ok(u64::from_le_bytes(bytes))
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        (self.0)(bytes);
        Ok(())
    }
}

impl TryCryptoRng for RandomSource<'_> {}
