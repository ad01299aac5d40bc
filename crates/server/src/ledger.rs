//! A ledger: what the office did in one of its books, act by act, and what stands after all of them. It is read once, then only what came since,
//! so several servers of one database see the same.

use crate::office::event_cipher::EventCipher;
use crate::store::{ActRow, Book, Deed, OfficeStore, StoreFault};
use domain::SubmissionId;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::sync::{Arc, Mutex, PoisonError};

/// Others who write at the same moment; whoever comes after them tries again so often.
const TRIES: u32 = 20;

/// What stands after acts were taken in, one after the other. Pure: the same acts make the same.
pub trait Ledger: Default + Clone + Send + Sync + 'static {
    type Act: Serialize + DeserializeOwned + Send + Sync;
    const BOOK: Book;
    /// What the book's rows are sealed to, in place of an inquiry: no entry of a person has it.
    const SEALED_TO: SubmissionId;

    /// An act's name in the audit.
    fn name_of(act: &Self::Act) -> &'static str;

    /// The number of the newest act.
    fn last(&self) -> u32;

    fn take(&mut self, entry: Entry<Self::Act>);
}

/// An act with its place. Nothing where no key opens it.
#[derive(Debug, Clone)]
pub struct Entry<A> {
    pub number: u32,
    pub at_ms: u64,
    pub who: String,
    pub act: Option<A>,
}

/// The ledger as far as it was read; each look reads only what came since.
#[derive(Debug, Default)]
pub struct LedgerCopy<L>(Mutex<Arc<L>>);

impl<L: Ledger> LedgerCopy<L> {
    /// All that was done up to now.
    pub async fn look(
        &self,
        store: &impl OfficeStore,
        cipher: &EventCipher,
    ) -> Result<Arc<L>, StoreFault> {
        let last = self.with(|ledger| ledger.last());
        let rows = store.acts(L::BOOK, last).await?;
        Ok(self.with(|ledger| {
            // Another look may have taken some of them meanwhile.
            let new = rows.iter().filter(|row| row.number > ledger.last()).collect::<Vec<_>>();
            if !new.is_empty() {
                let ledger = Arc::make_mut(ledger);
                new.into_iter().for_each(|row| ledger.take(entry_of::<L>(row, cipher)));
            }
            ledger.clone()
        }))
    }

    /// Writes an act after all others: the one that is right by all that was done before it, so that nobody else comes in between. False, and nothing
    /// is written, when by then there is none. Errors with [`StoreFault::Busy`] when others always came before.
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

/// All that was done up to an act.
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
