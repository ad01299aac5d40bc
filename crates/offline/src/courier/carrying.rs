//! Carrying parcels where no network is. Moved, not copied: what was saved to a file stays and waits here until a receipt
//! comes back, and nothing but a receipt that is believed calls it received.

use super::Courier;
use crate::bundle::Parcel;
use crate::parcel::Head;
use crate::ports::{Clock, Network, Storage, StorageFault};
use crate::receipt::is_believable;
use domain::SubmissionId;
use domain::submission::{Receipt, VerifyingKey};

/// What became of parcels that were brought in.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Adopted {
    pub taken: usize,
    /// Their ids are here already; they were left alone.
    pub known: usize,
    /// What stopped it. Those that were taken are kept; the others are still in the file, and bringing it in again goes on here.
    pub fault: Option<StorageFault>,
}

/// What became of receipts that were brought in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Released {
    pub received: usize,
    /// Received before.
    pub known: usize,
    /// For parcels that this device does not have.
    pub others: usize,
    /// Not believed: for other bytes, or not signed by a key that this device knows. Their parcels go on waiting.
    pub doubted: usize,
}

enum Judgement {
    Releases,
    Known,
    OfOthers,
    Doubted,
}

impl<S: Storage, N: Network, C: Clock> Courier<S, N, C> {
    /// The sealed bytes of all that waits, as stored, oldest first. Nothing changes here by it.
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
        // One whose bytes are gone is found out when it is sent.
        Ok(self.storage.envelopes(&waiting).await?.into_iter().flatten().collect())
    }

    /// Takes parcels of another device into this one's queue; from here on they go like its own.
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

    /// Moves what an older store of this device holds into this one: one that could not be opened for a while, and now can. Gives how many came.
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

    /// Keeps at the end of the queue what is not here yet, whatever order it had elsewhere.
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

    /// The server's receipts for what came from other devices, to be brought back to them.
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

    /// Receipts that came back by file release what they are believed for.
    pub async fn take_receipts(&self, receipts: &[Receipt]) -> Result<Released, StorageFault> {
        self.load().await?;
        let (heads, keys) = (self.heads(), self.verifying_keys());
        let (mut released, mut believed) = (Released::default(), Vec::new());
        for receipt in receipts {
            match judge(receipt, &heads, &keys) {
                Judgement::Releases => believed.push(receipt.clone()),
                Judgement::Known => released.known += 1,
                Judgement::OfOthers => released.others += 1,
                Judgement::Doubted => released.doubted += 1,
            }
        }
        released.received = believed.len();
        self.carry_out(believed.into()).await?;
        self.load().await?;
        Ok(released)
    }
}

fn judge(receipt: &Receipt, heads: &[Head], keys: &[VerifyingKey]) -> Judgement {
    match heads.iter().find(|head| head.id == receipt.id) {
        None => Judgement::OfOthers,
        Some(head) if head.receipt().is_some() => Judgement::Known,
        Some(head) if is_believable(receipt, head.id, head.body, keys) => Judgement::Releases,
        Some(_) => Judgement::Doubted,
    }
}
