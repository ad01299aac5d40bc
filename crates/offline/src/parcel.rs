//! What the device remembers of one submission, beside its sealed bytes.

use domain::SubmissionId;
use domain::reference::Reference;
use domain::submission::{BodyHash, Kind, Receipt, Refusal};
use serde::{Deserialize, Serialize};

/// The layout of [`Head`] in storage. An app that meets a newer one leaves it alone.
pub const HEAD_FORMAT: u16 = 1;
/// The layout of [`Receipts`] in storage.
const RECEIPTS_FORMAT: u16 = 1;

/// One submission on this device. The envelope is stored apart, under the same id, and never rewritten.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    pub format: u16,
    pub id: SubmissionId,
    pub kind: Kind,
    /// Order of keeping on this device; never a clock.
    pub order: u64,
    /// By the device's clock, for showing only. Nothing is decided by it.
    pub kept_at_ms: u64,
    /// Bytes of the envelope.
    pub size: u32,
    pub body: BodyHash,
    /// What the person shows to look the status up: 128 random bits. The server knows its hash alone.
    pub secret: [u8; 16],
    pub state: State,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum State {
    /// Kept here, not yet received.
    Waiting { attempts: u32 },
    /// The server has it. `copy_kept`: the sealed bytes are still here, in case the server loses its own.
    Received { receipt: Receipt, copy_kept: bool },
    /// The server will not take it as it is. It stays here until the person decides.
    NeedsAttention { reason: Attention, attempts: u32 },
}

/// What one answer of the server signed for, as it is stored: beside the heads, until some head is changed the next time. Ten thousand heads
/// written anew took a browser longer than all else that is done when they are received.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipts {
    format: u16,
    receipts: Vec<Receipt>,
}

/// Why a parcel needs a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Attention {
    Refused(Refusal),
    /// The server answered this HTTP status to it alone.
    Status(u16),
    /// Its sealed bytes cannot be read back on this device.
    Unreadable,
}

impl Head {
    pub fn reference(&self) -> Reference {
        Reference::of(self.id)
    }

    pub fn is_waiting(&self) -> bool {
        matches!(self.state, State::Waiting { .. })
    }

    /// It came by file or code from another device; the secret is with the person who wrote it.
    pub fn is_carried(&self) -> bool {
        self.secret == [0; 16]
    }

    /// What a person would call a message of theirs; what was only counted is not.
    pub fn is_message(&self) -> bool {
        !matches!(self.kind, Kind::Gap | Kind::Tally | Kind::Contact)
    }

    pub fn needs_attention(&self) -> bool {
        matches!(self.state, State::NeedsAttention { .. })
    }

    /// The server has it: this stands over whatever was thought before.
    pub fn receive(&mut self, receipt: Receipt) {
        self.state = State::Received { receipt, copy_kept: true };
    }

    pub fn receipt(&self) -> Option<&Receipt> {
        match &self.state {
            State::Received { receipt, .. } => Some(receipt),
            _ => None,
        }
    }
}

impl Receipts {
    pub fn of(receipts: Vec<Receipt>) -> Self {
        Self { format: RECEIPTS_FORMAT, receipts }
    }

    pub fn to_bytes(&self) -> Vec<u8> {
        postcard::to_allocvec(self).expect("all receipts have a postcard form")
    }

    /// Reads a stored record. `None` when it is damaged or was written by a newer app; it must then be left alone.
    pub fn read(bytes: &[u8]) -> Option<Vec<Receipt>> {
        postcard::from_bytes(bytes)
            .ok()
            .filter(|Self { format, .. }| *format == RECEIPTS_FORMAT)
            .map(|Self { receipts, .. }| receipts)
    }
}

/// What the screen says about all parcels together. Made from the heads alone, never counted on the side.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tally {
    pub waiting: usize,
    pub received: usize,
    pub needs_attention: usize,
}

impl Tally {
    pub fn of(heads: &[Head]) -> Self {
        heads.iter().fold(Self::default(), |mut tally, head| {
            match head.state {
                State::Waiting { .. } => tally.waiting += 1,
                State::Received { .. } => tally.received += 1,
                State::NeedsAttention { .. } => tally.needs_attention += 1,
            }
            tally
        })
    }
}

/// Reads a stored head. `None` when it is damaged or was written by a newer app; it must then be left alone.
pub fn read_head(bytes: &[u8]) -> Option<Head> {
    let (format, _) = postcard::take_from_bytes::<u16>(bytes).ok()?;
    if format != HEAD_FORMAT {
        return None;
    }
    postcard::from_bytes(bytes).ok()
}
