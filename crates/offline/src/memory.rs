//! In-memory twins of the ports, for native tests and simulations. They keep the same promises and
//! can be made to fail in the ways that the real ones do.

use crate::parcel::{Head, Receipts};
use crate::ports::{
    Amended, Amendments, Clock, Exchange, Heads, Network, Storage, StorageFault, StoreChange,
};
use domain::SubmissionId;
use domain::submission::Receipt;
use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, VecDeque};
use std::rc::Rc;

/// A store that several couriers can share, as tabs share one database.
#[derive(Debug, Clone, Default)]
pub struct MemoryStorage {
    inner: Rc<RefCell<MemoryInner>>,
    fault: Rc<RefCell<Option<StorageFault>>>,
    lies: Rc<Cell<bool>>,
    lists_read: Rc<Cell<usize>>,
}

#[derive(Debug, Default)]
struct MemoryInner {
    heads: BTreeMap<SubmissionId, Vec<u8>>,
    /// One record per answer, stored beside the heads.
    receipts: Vec<Vec<u8>>,
    envelopes: BTreeMap<SubmissionId, Vec<u8>>,
    notes: BTreeMap<String, Vec<u8>>,
}

impl MemoryStorage {
    /// From now on every write fails with this fault; `None` repairs the store.
    pub fn break_with(&self, fault: Option<StorageFault>) {
        *self.fault.borrow_mut() = fault;
    }

    /// The next submission is stored, but reported as failed: the connection to the store is lost
    /// in between.
    pub fn lose_next_word(&self) {
        self.lies.set(true);
    }

    /// How often all heads were read.
    pub fn lists_read(&self) -> usize {
        self.lists_read.get()
    }

    /// Writes a head that no version of the app can read.
    pub fn spoil_head(&self, id: SubmissionId) {
        self.inner.borrow_mut().heads.insert(id, vec![0xff; 3]);
    }

    fn writable(&self) -> Result<(), StorageFault> {
        self.fault.borrow().clone().map_or(Ok(()), Err)
    }
}

impl MemoryInner {
    fn heads(&self) -> Heads {
        let mut heads = Heads::default();
        for (id, bytes) in &self.heads {
            match crate::parcel::read_head(bytes) {
                Some(head) => heads.readable.push(head),
                None => heads.unreadable.push(*id),
            }
        }
        heads.receive(self.receipts.iter().filter_map(|record| Receipts::read(record)).flatten());
        heads
    }

    /// Moves receipts that are stored apart into their heads, before a head is changed or erased.
    fn fold(&mut self) {
        if self.receipts.is_empty() {
            return;
        }
        let heads = self.heads();
        self.heads.extend(heads.readable.iter().map(|head| (head.id, bytes_of(head))));
        self.receipts.clear();
    }
}

fn bytes_of(head: &Head) -> Vec<u8> {
    postcard::to_allocvec(head).expect("a head serializes to postcard")
}

impl Storage for MemoryStorage {
    async fn keep(&self, head: &Head, envelope: &[u8]) -> Result<(), StorageFault> {
        self.writable()?;
        let mut inner = self.inner.borrow_mut();
        inner.heads.insert(head.id, bytes_of(head));
        inner.envelopes.insert(head.id, envelope.to_vec());
        if self.lies.replace(false) {
            Err(StorageFault::Unavailable("the connection was lost".into()))
        } else {
            Ok(())
        }
    }

    async fn heads(&self) -> Result<Heads, StorageFault> {
        self.lists_read.set(self.lists_read.get() + 1);
        Ok(self.inner.borrow().heads())
    }

    async fn count(&self) -> Result<usize, StorageFault> {
        Ok(self.inner.borrow().heads.len())
    }

    async fn envelopes(&self, ids: &[SubmissionId]) -> Result<Vec<Option<Vec<u8>>>, StorageFault> {
        Ok(ids.iter().map(|id| self.inner.borrow().envelopes.get(id).cloned()).collect())
    }

    async fn amend(&self, amendments: &Amendments) -> Result<Amended, StorageFault> {
        self.writable()?;
        let mut inner = self.inner.borrow_mut();
        let receipts: Vec<Receipt> = amendments
            .receipts
            .iter()
            .filter(|receipt| inner.heads.contains_key(&receipt.id))
            .cloned()
            .collect();
        if !receipts.is_empty() {
            inner.receipts.push(Receipts::of(receipts.clone()).to_bytes());
        }
        if amendments.changes.is_empty() {
            return Ok(Amended { receipts, heads: Vec::new() });
        }
        inner.fold();
        let stands = |change: &StoreChange, inner: &MemoryInner| {
            inner.heads.get(&change.id).and_then(|bytes| crate::parcel::read_head(bytes))
        };
        let heads: Vec<Head> = amendments
            .changes
            .iter()
            .filter_map(|change| (change.amendment)(&stands(change, &inner)?))
            .collect();
        inner.heads.extend(heads.iter().map(|head| (head.id, bytes_of(head))));
        Ok(Amended { receipts, heads })
    }

    async fn drop_envelopes(&self, ids: &[SubmissionId]) -> Result<(), StorageFault> {
        self.writable()?;
        ids.iter().for_each(|id| drop(self.inner.borrow_mut().envelopes.remove(id)));
        Ok(())
    }

    async fn erase(&self, ids: &[SubmissionId]) -> Result<(), StorageFault> {
        self.writable()?;
        let mut inner = self.inner.borrow_mut();
        inner.fold();
        for id in ids {
            inner.heads.remove(id);
            inner.envelopes.remove(id);
        }
        Ok(())
    }

    async fn note(&self, name: &str) -> Result<Option<Vec<u8>>, StorageFault> {
        Ok(self.inner.borrow().notes.get(name).cloned())
    }

    async fn set_note(&self, name: &str, value: &[u8]) -> Result<(), StorageFault> {
        self.writable()?;
        self.inner.borrow_mut().notes.insert(name.into(), value.to_vec());
        Ok(())
    }
}

/// What a scripted network does with one request.
pub enum Turn {
    /// The request is lost on its way to the server.
    Lost,
    /// The server processes it, but its answer is lost.
    AnswerLost,
    /// Something other than the server answers.
    Instead(Exchange),
}

type MemoryServer = Rc<dyn Fn(&[u8]) -> Exchange>;

/// A network that calls a server function, unless the script says otherwise for a request.
#[derive(Clone)]
pub struct MemoryNetwork {
    server: MemoryServer,
    script: Rc<RefCell<VecDeque<Turn>>>,
    requests: Rc<Cell<usize>>,
}

impl MemoryNetwork {
    /// Creates a network that calls `server` with each batch.
    pub fn new(server: impl Fn(&[u8]) -> Exchange + 'static) -> Self {
        Self { server: Rc::new(server), script: Rc::default(), requests: Rc::default() }
    }

    /// Sets the outcomes of the next requests, in order; after that the server is called.
    pub fn script(&self, turns: impl IntoIterator<Item = Turn>) {
        self.script.borrow_mut().extend(turns);
    }

    /// How many requests were made.
    pub fn requests(&self) -> usize {
        self.requests.get()
    }
}

impl Network for MemoryNetwork {
    async fn post(&self, batch: Vec<u8>) -> Exchange {
        self.requests.set(self.requests.get() + 1);
        let turn = self.script.borrow_mut().pop_front();
        match turn {
            Some(Turn::Lost) => Exchange::NoAnswer,
            Some(Turn::AnswerLost) => {
                let _lost = (self.server)(&batch);
                Exchange::NoAnswer
            }
            Some(Turn::Instead(exchange)) => exchange,
            None => (self.server)(&batch),
        }
    }
}

/// A clock that tests set by hand. It starts at 0.
#[derive(Debug, Clone, Default)]
pub struct MemoryClock(Rc<Cell<u64>>);

impl MemoryClock {
    /// Sets the time, in milliseconds since 1970.
    pub fn set(&self, now_ms: u64) {
        self.0.set(now_ms);
    }
}

impl Clock for MemoryClock {
    fn now_ms(&self) -> u64 {
        self.0.get()
    }
}
