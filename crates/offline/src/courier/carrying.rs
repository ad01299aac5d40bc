//! Carrying parcels by file where there is no network. A parcel is never given up by exporting it:
//! it stays and waits on this device until a receipt comes back. Only a verified receipt marks it
//! as received.

use super::Courier;
use crate::bundle::Parcel;
use crate::parcel::Head;
use crate::ports::{Clock, Network, Storage, StorageFault};
use crate::receipt::is_believable;
use domain::SubmissionId;
use domain::submission::{Receipt, VerifyingKey};

/// The result of importing parcels.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Adopted {
    /// Stored on this device.
    pub taken: usize,
    /// Skipped, because their ids are already on this device.
    pub known: usize,
    /// What stopped the import. The parcels imported so far are stored; importing the file again
    /// continues with the others.
    pub fault: Option<StorageFault>,
}

/// The result of importing receipts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Released {
    /// Marked as received now.
    pub received: usize,
    /// Received before.
    pub known: usize,
    /// For parcels that this device does not have.
    pub others: usize,
    /// Not verified: for other bytes, or not signed by a key that this device knows. Their parcels
    /// keep waiting.
    pub doubted: usize,
}

enum ImportJudgement {
    Releases,
    Known,
    OfOthers,
    Doubted,
}

impl<S: Storage, N: Network, C: Clock> Courier<S, N, C> {
    /// Returns the sealed bytes of all waiting parcels, as stored, oldest first. Changes nothing on
    /// this device.
    pub async fn waiting_envelopes(&self) -> Result<Vec<Vec<u8>>, StorageFault> {
        self.load().await?;
        let waiting: Vec<SubmissionId> = self
            .outbox
            .borrow()
            .heads()
            .iter()
            .filter(|head| head.is_waiting())
            .map(|head| head.id)
            .collect();
        // An envelope whose bytes are gone is detected when it is sent.
        Ok(self.storage.envelopes(&waiting).await?.into_iter().flatten().collect())
    }

    /// Adds parcels of another device to this device's queue. From then on they are sent like its
    /// own.
    pub async fn adopt(&self, parcels: &[Parcel]) -> Adopted {
        let mut adopted = Adopted::default();
        let now_ms = self.clock.now_ms();
        let entries =
            parcels.iter().map(|parcel| (parcel.head(0, now_ms), parcel.envelope.as_slice()));
        adopted.fault = self.keep_each(entries, &mut adopted).await.err();
        self.hurry();
        // If reading the list back fails now, the next load shows it.
        let _ = self.load().await;
        adopted
    }

    /// Moves the content of an older store of this device into this one, for a store that could not
    /// be opened for a while and now can. Returns how many submissions it held.
    pub async fn take_over(&self, older: &S) -> Result<usize, StorageFault> {
        let heads = older.heads().await?.readable;
        let ids: Vec<SubmissionId> = heads.iter().map(|head| head.id).collect();
        if ids.is_empty() {
            return Ok(0);
        }
        let envelopes = older.envelopes(&ids).await?;
        let entries = heads
            .into_iter()
            .zip(&envelopes)
            .map(|(head, envelope)| (head, envelope.as_deref().unwrap_or_default()));
        self.keep_each(entries, &mut Adopted::default()).await?;
        let bare: Vec<SubmissionId> = ids
            .iter()
            .zip(&envelopes)
            .filter(|(_, envelope)| envelope.is_none())
            .map(|(id, _)| *id)
            .collect();
        self.storage.drop_envelopes(&bare).await?;
        older.erase(&ids).await?;
        self.load().await?;
        Ok(ids.len())
    }

    /// Appends to the queue what this device does not have yet, whatever its order was elsewhere.
    async fn keep_each<'a>(
        &self,
        entries: impl Iterator<Item = (Head, &'a [u8])>,
        adopted: &mut Adopted,
    ) -> Result<(), StorageFault> {
        let heads = self.storage.heads().await?;
        let mut here: Vec<SubmissionId> =
            heads.readable.iter().map(|head| head.id).chain(heads.unreadable).collect();
        self.load().await?;
        let mut order = self.next_order();
        for (head, envelope) in entries {
            if here.contains(&head.id) {
                adopted.known += 1;
                continue;
            }
            here.push(head.id);
            self.storage.keep(&Head { order, ..head }, envelope).await?;
            adopted.taken += 1;
            order += 1;
        }
        Ok(())
    }

    /// Returns the server's receipts for parcels of other devices, to be brought back to them.
    pub fn receipts_for_others(&self) -> Vec<Receipt> {
        let outbox = self.outbox.borrow();
        outbox
            .heads()
            .iter()
            .filter(|head| head.is_carried())
            .filter_map(Head::receipt)
            .cloned()
            .collect()
    }

    /// Imports receipts that came back by file; each verified one marks its parcel as received.
    pub async fn take_receipts(&self, receipts: &[Receipt]) -> Result<Released, StorageFault> {
        self.load().await?;
        let (heads, keys) = (self.heads(), self.verifying_keys());
        let (mut released, mut believed) = (Released::default(), Vec::new());
        for receipt in receipts {
            match judge(receipt, &heads, &keys) {
                ImportJudgement::Releases => believed.push(receipt.clone()),
                ImportJudgement::Known => released.known += 1,
                ImportJudgement::OfOthers => released.others += 1,
                ImportJudgement::Doubted => released.doubted += 1,
            }
        }
        released.received = believed.len();
        self.carry_out(believed.into()).await?;
        self.load().await?;
        Ok(released)
    }
}

fn judge(receipt: &Receipt, heads: &[Head], keys: &[VerifyingKey]) -> ImportJudgement {
    match heads.iter().find(|head| head.id == receipt.id) {
        None => ImportJudgement::OfOthers,
        Some(head) if head.receipt().is_some() => ImportJudgement::Known,
        Some(head) if is_believable(receipt, head.id, head.body, keys) => ImportJudgement::Releases,
        Some(_) => ImportJudgement::Doubted,
    }
}
