//! A ledger: the append-only record of what staff did in one book, act by act, and the state after
//! all acts. It is read once in full, and then only what was added since, so several servers with
//! one database agree.

use crate::office::event_cipher::EventCipher;
use crate::store::{ActRow, Book, Deed, OfficeStore, StoreFault};
use domain::SubmissionId;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::sync::{Arc, Mutex, PoisonError};

/// Attempts to append an act when other servers append at the same time.
const TRIES: u32 = 20;

/// The state after a sequence of acts. Pure: the same acts give the same state.
pub trait Ledger: Default + Clone + Send + Sync + 'static {
    /// One thing that staff can do in this book.
    type Act: Serialize + DeserializeOwned + Send + Sync;
    /// The book that the acts are stored in.
    const BOOK: Book;
    /// What the book's rows are bound to, in place of an inquiry's id; no submission of a person
    /// has this id.
    const SEALED_TO: SubmissionId;

    /// An act's name in the audit log.
    fn name_of(act: &Self::Act) -> &'static str;

    /// The number of the newest act; 0 if there is none.
    fn last(&self) -> u32;

    /// Applies the next act.
    fn take(&mut self, entry: Entry<Self::Act>);
}

/// An act with its place in the book.
#[derive(Debug, Clone)]
pub struct Entry<A> {
    /// Counts from 1.
    pub number: u32,
    /// When, in milliseconds since 1970.
    pub at_ms: u64,
    /// Who did it.
    pub who: String,
    /// `None` if no key decrypts it, or it cannot be parsed.
    pub act: Option<A>,
}

/// A cached ledger; each look reads only what was added since.
#[derive(Debug, Default)]
pub struct LedgerCopy<L>(Mutex<Arc<L>>);

impl<L: Ledger> LedgerCopy<L> {
    /// Brings the copy up to date and returns it.
    pub async fn look(
        &self,
        store: &impl OfficeStore,
        cipher: &EventCipher,
    ) -> Result<Arc<L>, StoreFault> {
        let last = self.with(|ledger| ledger.last());
        let rows = store.acts(L::BOOK, last).await?;
        Ok(self.with(|ledger| {
            // A concurrent look may have applied some of them in the meantime.
            let new = rows.iter().filter(|row| row.number > ledger.last()).collect::<Vec<_>>();
            if !new.is_empty() {
                let ledger = Arc::make_mut(ledger);
                new.into_iter().for_each(|row| ledger.take(entry_of::<L>(row, cipher)));
            }
            ledger.clone()
        }))
    }

    /// Appends the act that `act_after` derives from the current state, with no other act in
    /// between. Returns `false` and writes nothing if `act_after` returns `None`. Errors with
    /// [`StoreFault::Busy`] if others always appended first.
    pub async fn write(
        &self,
        (store, cipher): (&impl OfficeStore, &EventCipher),
        deed: &Deed,
        who: &str,
        act_after: impl Fn(&L) -> Option<L::Act>,
    ) -> Result<bool, StoreFault> {
        for _ in 0..TRIES {
            let ledger = self.look(store, cipher).await?;
            let Some(act) = act_after(&ledger) else { return Ok(false) };
            let number = ledger.last() + 1;
            let row = ActRow {
                number,
                at_ms: deed.at_ms,
                who: who.into(),
                sealed: cipher.seal(L::SEALED_TO, number, &act),
            };
            if store.append_act(L::BOOK, &row, L::name_of(&act), deed).await? {
                return Ok(true);
            }
        }
        Err(StoreFault::Busy)
    }

    fn with<T>(&self, change: impl FnOnce(&mut Arc<L>) -> T) -> T {
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// The state after the acts up to number `until`.
pub fn ledger_of<L: Ledger>(rows: &[ActRow], cipher: &EventCipher, until: u32) -> L {
    let mut ledger = L::default();
    rows.iter()
        .filter(|row| row.number <= until)
        .for_each(|row| ledger.take(entry_of::<L>(row, cipher)));
    ledger
}

fn entry_of<L: Ledger>(row: &ActRow, cipher: &EventCipher) -> Entry<L::Act> {
    let act = cipher.open::<L::Act>(L::SEALED_TO, row.number, &row.sealed);
    Entry { number: row.number, at_ms: row.at_ms, who: row.who.clone(), act }
}
