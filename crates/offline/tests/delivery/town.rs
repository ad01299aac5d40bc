//! Shared by the tests of this crate: a small server in memory that opens, stores and signs.

use domain::submission::*;
use domain::{MunicipalityId, SubmissionId};
use ed25519_dalek::{Signer, SigningKey};
use hpke::{Deserializable, Kem, OpModeR, Serializable};
use offline::memory::{MemoryClock, MemoryNetwork, MemoryStorage};
use offline::ports::{Exchange, read_batch};
use offline::sealing::{Address, Sealed, seal};
use offline::storage_contract::sample_question;
use sha2::{Digest, Sha256};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::future::Future;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

type X25519 = hpke::kem::X25519HkdfSha256;
pub(crate) type TownCourier = offline::courier::Courier<MemoryStorage, MemoryNetwork, MemoryClock>;

/// Runs a future whose ports are always ready.
pub(crate) fn block_on<T>(future: impl Future<Output = T>) -> T {
    let mut future = std::pin::pin!(future);
    loop {
        if let Poll::Ready(value) = future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            return value;
        }
    }
}

/// Not random, but different at every call.
pub(crate) fn counting(start: u8) -> impl FnMut(&mut [u8]) {
    let mut next = start;
    move |bytes| {
        for byte in bytes {
            next = next.wrapping_mul(31).wrapping_add(17);
            *byte = next;
        }
    }
}

fn key_id(public: &[u8]) -> KeyId {
    KeyId(Sha256::digest(public)[..8].try_into().unwrap())
}

/// The server of the tests: stores submissions by id, signs receipts, and opens envelopes.
pub(crate) struct TownHall {
    private: <X25519 as Kem>::PrivateKey,
    signing: SigningKey,
    pub(crate) epoch: [u8; 16],
    pub(crate) kept: RefCell<BTreeMap<SubmissionId, (BodyHash, Body)>>,
}

impl TownHall {
    pub(crate) fn new(epoch: u8) -> Rc<Self> {
        let private = X25519::derive_keypair(&[9; 32]).0;
        Rc::new(Self {
            private,
            signing: SigningKey::from_bytes(&[5; 32]),
            epoch: [epoch; 16],
            kept: RefCell::default(),
        })
    }

    pub(crate) fn keys(&self) -> PublicKeys {
        let sealing: [u8; 32] =
            X25519::sk_to_pk(&self.private).to_bytes().as_slice().try_into().unwrap();
        let signing = self.signing.verifying_key().to_bytes();
        PublicKeys {
            municipality: municipality(),
            sealing: vec![SealingKey { id: key_id(&sealing), public: sealing }],
            signing: vec![VerifyingKey { id: key_id(&signing), public: signing }],
            epoch: self.epoch,
            now_ms: 0,
        }
    }

    pub(crate) fn open(&self, envelope: &Envelope) -> Option<Body> {
        let (header, sealed) = envelope.as_sealed()?;
        let (encapsulated, ciphertext) = sealed.split_at_checked(32)?;
        let encapsulated = <X25519 as Kem>::EncappedKey::from_bytes(encapsulated).ok()?;
        let plain =
            hpke::single_shot_open::<hpke::aead::ChaCha20Poly1305, hpke::kdf::HkdfSha256, X25519>(
                &OpModeR::Base,
                &self.private,
                &encapsulated,
                SEAL_INFO,
                ciphertext,
                &header.bound_bytes(),
            )
            .ok()?;
        serde_json::from_slice(&plain).ok()
    }

    pub(crate) fn sign(&self, id: SubmissionId, body: BodyHash) -> Receipt {
        let signer = key_id(&self.signing.verifying_key().to_bytes());
        let mut receipt = Receipt {
            id,
            body,
            received_at_ms: 1_000,
            epoch: self.epoch,
            signer,
            signature: ([0; 32], [0; 32]),
        };
        let signature = self.signing.sign(&receipt.signed_bytes());
        receipt.signature = (*signature.r_bytes(), *signature.s_bytes());
        receipt
    }

    fn verdict(&self, envelope: &Envelope) -> Verdict {
        let body = BodyHash(Sha256::digest(&envelope.sealed).into());
        let id = envelope.header.id;
        if let Some((first, _)) = self.kept.borrow().get(&id) {
            return if *first == body {
                Verdict::Received(self.sign(id, body))
            } else {
                Verdict::Refused(Refusal::OtherContentUnderThisId)
            };
        }
        match self.open(envelope) {
            None => Verdict::Refused(Refusal::DoesNotOpen),
            Some(opened) => {
                self.kept.borrow_mut().insert(id, (body, opened));
                Verdict::Received(self.sign(id, body))
            }
        }
    }

    pub(crate) fn answer(&self, bytes: &[u8]) -> Exchange {
        let batch = read_batch(bytes).expect("the courier sends batches");
        let verdicts = batch
            .envelopes
            .iter()
            .map(|envelope| (envelope.header.id, self.verdict(envelope)))
            .collect();
        answered(200, self.countersigned(&Verdicts { verdicts }))
    }

    /// Verdicts as the server sends them, with a countersignature.
    pub(crate) fn countersigned(&self, verdicts: &Verdicts) -> Vec<u8> {
        let bytes = postcard::to_allocvec(verdicts).unwrap();
        let signature = self.signing.sign(&Countersignature::signed_bytes(&bytes));
        let signer = key_id(&self.signing.verifying_key().to_bytes());
        let signature = (*signature.r_bytes(), *signature.s_bytes());
        postcard::to_extend(&Countersignature { signer, signature }, bytes).unwrap()
    }
}

pub(crate) fn answered(status: u16, body: Vec<u8>) -> Exchange {
    Exchange::Answered { status, retry_after_s: None, body }
}

pub(crate) fn municipality() -> MunicipalityId {
    MunicipalityId::parse("pine-harbour").unwrap()
}

pub(crate) fn sealed(message: &str, order: u64, keys: &PublicKeys) -> Sealed {
    let address = Address {
        municipality: municipality(),
        catalogue_version: 1,
        now_ms: 1_000 + order,
        order,
    };
    seal(sample_question(message), &address, keys, &mut counting(order as u8)).unwrap()
}

/// A device with its courier, and the network that connects it to the server in memory.
pub(crate) fn device(
    hall: &Rc<TownHall>,
    storage: &MemoryStorage,
) -> (TownCourier, MemoryNetwork, MemoryClock) {
    let (server, clock) = (hall.clone(), MemoryClock::default());
    let network = MemoryNetwork::new(move |bytes| server.answer(bytes));
    let courier = TownCourier::new(storage.clone(), network.clone(), clock.clone(), 3);
    courier.learn_keys(hall.keys());
    (courier, network, clock)
}
