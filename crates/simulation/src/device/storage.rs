//! The device's disk: the in-memory store, made slow, full, failing, damaged or cleared.

use crate::executor::{at_once, note, pause};
use crate::invariants::Invariant;
use crate::world::World;
use domain::SubmissionId;
use domain::submission::Receipt;
use offline::memory::MemoryStorage;
use offline::parcel::Head;
use offline::ports::{Amended, Amendments, Heads, Storage, StorageFault};
use std::cell::RefCell;
use std::collections::BTreeSet;
use std::rc::Rc;
use store::SubmissionStore;

const READ_MS_MAX: u64 = 5;
const WRITE_MS_MAX: u64 = 30;

/// The disk of a device, shared by its pages. Its content outlives them.
#[derive(Clone)]
pub struct DeviceStorage {
    device: usize,
    world: Rc<World>,
    disk: Rc<RefCell<MemoryStorage>>,
    /// Ids of envelopes that are read back truncated.
    cut: Rc<RefCell<BTreeSet<SubmissionId>>>,
}

impl DeviceStorage {
    /// An empty store for a device.
    pub fn new(device: usize, world: &Rc<World>) -> Self {
        Self { device, world: world.clone(), disk: Rc::default(), cut: Rc::default() }
    }

    /// The in-memory store itself, for events outside of any page.
    pub fn disk(&self) -> MemoryStorage {
        self.disk.borrow().clone()
    }

    /// All heads, without a simulated delay or fault.
    pub fn on_disk(&self) -> Heads {
        at_once(self.disk().heads()).expect("the in-memory store can be read")
    }

    /// Whether an envelope is stored, without a simulated delay or fault.
    pub fn has_envelope(&self, id: SubmissionId) -> bool {
        at_once(self.disk().envelope(id)).is_ok_and(|envelope| envelope.is_some())
    }

    /// Clears the store, as a browser does when it needs space.
    pub fn evict(&self) {
        note(|| format!("device {}: its store is cleared", self.device));
        *self.disk.borrow_mut() = MemoryStorage::default();
    }

    /// Makes a head unreadable.
    pub fn spoil_head(&self, id: SubmissionId) {
        self.disk().spoil_head(id);
    }

    /// Makes an envelope come back truncated.
    pub fn spoil_envelope(&self, id: SubmissionId) {
        self.cut.borrow_mut().insert(id);
    }

    /// Performs a write. After `Ok` it is durable; if the process is killed earlier, the write is
    /// done completely or not at all.
    async fn write<T>(
        &self,
        action: impl Future<Output = Result<T, StorageFault>>,
    ) -> Result<T, StorageFault> {
        pause(WRITE_MS_MAX).await;
        if self.world.strikes(|faults| faults.device_full) {
            return Err(StorageFault::Full);
        }
        if self.world.strikes(|faults| faults.device_trouble) {
            return Err(StorageFault::Unavailable("the connection was lost".into()));
        }
        let done = at_once(action)?;
        pause(WRITE_MS_MAX).await;
        Ok(done)
    }

    async fn read<T>(
        &self,
        action: impl Future<Output = Result<T, StorageFault>>,
    ) -> Result<T, StorageFault> {
        pause(READ_MS_MAX).await;
        if self.world.strikes(|faults| faults.device_trouble) {
            return Err(StorageFault::Unavailable("the connection was lost".into()));
        }
        at_once(action)
    }

    /// Reports a violation if a receipt is for something that the server does not have.
    fn check_receipt(&self, receipt: &Receipt) {
        let (id, books) = (receipt.id, &self.world.town.books);
        if receipt.epoch != books.epoch() {
            return;
        }
        let is_erased =
            self.world.chronicle.borrow_mut().of(id).is_some_and(|saying| saying.erased);
        if books.body_of(id) != Some(receipt.body) && !is_erased {
            self.world.saw(
                Invariant::ReceiptsAreTrue,
                format!(
                    "device {} has a receipt for {id}, which the server does not have",
                    self.device
                ),
            );
        }
    }
}

impl Storage for DeviceStorage {
    async fn keep(&self, head: &Head, envelope: &[u8]) -> Result<(), StorageFault> {
        self.write(self.disk().keep(head, envelope)).await
    }

    async fn heads(&self) -> Result<Heads, StorageFault> {
        self.read(self.disk().heads()).await
    }

    async fn count(&self) -> Result<usize, StorageFault> {
        self.read(self.disk().count()).await
    }

    async fn envelopes(&self, ids: &[SubmissionId]) -> Result<Vec<Option<Vec<u8>>>, StorageFault> {
        let mut envelopes = self.read(self.disk().envelopes(ids)).await?;
        for (id, envelope) in ids.iter().zip(&mut envelopes) {
            if let Some(bytes) = envelope.as_mut().filter(|_| self.cut.borrow().contains(id)) {
                bytes.truncate(bytes.len() - 100);
            }
        }
        Ok(envelopes)
    }

    async fn amend(&self, amendments: &Amendments) -> Result<Amended, StorageFault> {
        let disk = self.disk();
        self.write(async {
            let amended = disk.amend(amendments).await?;
            let in_heads = amended.heads.iter().filter_map(Head::receipt);
            amended.receipts.iter().chain(in_heads).for_each(|receipt| self.check_receipt(receipt));
            Ok(amended)
        })
        .await
    }

    async fn drop_envelopes(&self, ids: &[SubmissionId]) -> Result<(), StorageFault> {
        self.write(self.disk().drop_envelopes(ids)).await
    }

    async fn erase(&self, ids: &[SubmissionId]) -> Result<(), StorageFault> {
        self.write(self.disk().erase(ids)).await
    }

    async fn note(&self, name: &str) -> Result<Option<Vec<u8>>, StorageFault> {
        self.read(self.disk().note(name)).await
    }

    async fn set_note(&self, name: &str, value: &[u8]) -> Result<(), StorageFault> {
        self.write(self.disk().set_note(name, value)).await
    }
}
