//! What the device stores about one submission, beside its sealed bytes.

use domain::SubmissionId;
use domain::reference::Reference;
use domain::submission::{BodyHash, Kind, Receipt, Refusal};
use serde::{Deserialize, Serialize};

/// The format number of [`Head`] in storage. An app that finds a newer one leaves the record
/// unchanged.
pub const HEAD_FORMAT: u16 = 1;
/// The format number of [`Receipts`] in storage.
const RECEIPTS_FORMAT: u16 = 1;

/// One submission on this device. The envelope is stored separately, under the same id, and is
/// never rewritten.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    /// [`HEAD_FORMAT`] when it was written.
    pub format: u16,
    /// The submission's id.
    pub id: SubmissionId,
    /// What the submission is about; visible in the envelope's header.
    pub kind: Kind,
    /// Position in the order in which this device stored its submissions; never derived from a
    /// clock.
    pub order: u64,
    /// When it was stored, in milliseconds since 1970 by the device's clock. For display only;
    /// nothing is decided by it.
    pub kept_at_ms: u64,
    /// Size of the envelope in bytes.
    pub size: u32,
    /// Hash of the sealed bytes, which the receipt must name.
    pub body: BodyHash,
    /// The secret (128 random bits) with which the person looks up the status. The server knows
    /// only its hash. All zeros for a parcel carried for another device.
    pub secret: [u8; 16],
    /// Where it is on its way to the server.
    pub state: ParcelState,
}

/// Where a submission is on its way to the server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum ParcelState {
    /// Stored here, not yet received.
    Waiting {
        /// Requests that it was in so far.
        attempts: u32,
    },
    /// The server has it.
    Received {
        /// Signed by the server.
        receipt: Receipt,
        /// Whether the sealed bytes are still on the device, in case the server loses its own.
        copy_kept: bool,
    },
    /// The server refuses it as it is. It stays on the device until the person decides.
    NeedsAttention {
        /// Why it cannot be sent as it is.
        reason: Attention,
        /// Requests that it was in so far.
        attempts: u32,
    },
}

/// The receipts of one answer as they are stored: beside the heads, until the next change to a
/// head. Rewriting ten thousand heads took a browser longer than everything else that happens when
/// they are received.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipts {
    format: u16,
    receipts: Vec<Receipt>,
}

/// Why a parcel needs a person's decision.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Attention {
    /// The server refused it.
    Refused(Refusal),
    /// The server answered with this HTTP status to a request that held only this parcel.
    Status(u16),
    /// Its sealed bytes cannot be read back from this device's store.
    Unreadable,
}

impl Head {
    /// The reference number that the person reads and quotes.
    pub fn reference(&self) -> Reference {
        Reference::of(self.id)
    }

    /// Whether it is still to be sent.
    pub fn is_waiting(&self) -> bool {
        matches!(self.state, ParcelState::Waiting { .. })
    }

    /// Whether it came by file or code from another device. Its secret is with the person who wrote
    /// it.
    pub fn is_carried(&self) -> bool {
        self.secret == [0; 16]
    }

    /// Whether a person would call it a message of theirs; submissions that are only counted are
    /// not.
    pub fn is_message(&self) -> bool {
        !matches!(self.kind, Kind::Gap | Kind::Tally | Kind::Contact)
    }

    /// Whether a person has to decide about it.
    pub fn needs_attention(&self) -> bool {
        matches!(self.state, ParcelState::NeedsAttention { .. })
    }

    /// Sets the state to received. A receipt overrides every earlier state.
    pub fn receive(&mut self, receipt: Receipt) {
        self.state = ParcelState::Received { receipt, copy_kept: true };
    }

    /// The server's receipt; `None` if it was not received.
    pub fn receipt(&self) -> Option<&Receipt> {
        match &self.state {
            ParcelState::Received { receipt, .. } => Some(receipt),
            _ => None,
        }
    }
}

impl Receipts {
    /// Wraps the receipts of one answer in the current format.
    pub fn of(receipts: Vec<Receipt>) -> Self {
        Self { format: RECEIPTS_FORMAT, receipts }
    }

    /// Serializes to postcard.
    pub fn to_bytes(&self) -> Vec<u8> {
        postcard::to_allocvec(self).expect("receipts serialize to postcard")
    }

    /// Parses a stored record. `None` if it is damaged or was written by a newer app; it must then
    /// be left unchanged.
    pub fn read(bytes: &[u8]) -> Option<Vec<Receipt>> {
        postcard::from_bytes(bytes)
            .ok()
            .filter(|Self { format, .. }| *format == RECEIPTS_FORMAT)
            .map(|Self { receipts, .. }| receipts)
    }
}

/// Counts of submissions by state, for the screen. Always computed from the heads, never maintained
/// separately.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ParcelTally {
    /// Still to be sent.
    pub waiting: usize,
    /// With a receipt.
    pub received: usize,
    /// Refused or unreadable; a person decides.
    pub needs_attention: usize,
}

impl ParcelTally {
    /// Counts the given heads.
    pub fn of(heads: &[Head]) -> Self {
        heads.iter().fold(Self::default(), |mut tally, head| {
            match head.state {
                ParcelState::Waiting { .. } => tally.waiting += 1,
                ParcelState::Received { .. } => tally.received += 1,
                ParcelState::NeedsAttention { .. } => tally.needs_attention += 1,
            }
            tally
        })
    }
}

/// Parses a stored head. `None` if it is damaged or was written by a newer app; it must then be
/// left unchanged.
pub fn read_head(bytes: &[u8]) -> Option<Head> {
    let (format, _) = postcard::take_from_bytes::<u16>(bytes).ok()?;
    if format != HEAD_FORMAT {
        return None;
    }
    postcard::from_bytes(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::storage_contract::{sample_head, sample_receipt};

    #[test]
    fn what_is_only_counted_is_no_message_of_a_person() {
        let is_message = |kind| Head { kind, ..sample_head(1) }.is_message();
        let messages: Vec<Kind> = Kind::ALL.into_iter().filter(|kind| is_message(*kind)).collect();
        assert_eq!(messages, [Kind::Inquiry, Kind::Feedback, Kind::Correction, Kind::Addition]);
    }

    #[test]
    fn heads_are_counted_by_where_they_are() {
        let mut heads = [1, 2, 3, 4, 5, 6].map(sample_head);
        for head in &mut heads[..2] {
            head.receive(sample_receipt(head));
        }
        let reason = Attention::Unreadable;
        heads[2].state = ParcelState::NeedsAttention { reason, attempts: 1 };
        let tally = ParcelTally { waiting: 3, received: 2, needs_attention: 1 };
        assert_eq!(ParcelTally::of(&heads), tally);
    }
}
