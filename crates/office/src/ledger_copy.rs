//! The stored form of a ledger: an append-only ledger, sealed act by act. It is read once in full,
//! and then only what was added since, so several servers with one database agree.

use casework::ledger::{LedgerEntry, LedgerSource};
use casework::{counter, survey};
use std::sync::{Arc, Mutex, PoisonError};
use store::{ActRow, AuditContext, LedgerKind, OfficeStore, StoreFault};
use vault::event_cipher::EventCipher;

/// Attempts to append an act when other servers append at the same time.
const TRIES: u32 = 20;

/// A ledger whose acts are stored.
pub trait StoredLedger: LedgerSource {
    /// The ledger that the acts are stored in.
    const BOOK: LedgerKind;
}

impl StoredLedger for survey::ledger::SurveyLedger {
    const BOOK: LedgerKind = LedgerKind::Survey;
}

impl StoredLedger for counter::ledger::CounterLedger {
    const BOOK: LedgerKind = LedgerKind::Counter;
}

/// A cached ledger; each look reads only what was added since.
#[derive(Debug, Default)]
pub struct LedgerCopy<L>(Mutex<Arc<L>>);

impl<L: StoredLedger> LedgerCopy<L> {
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

    /// The copy as it is, without looking for newer acts.
    pub fn held(&self) -> Arc<L> {
        self.with(|ledger| ledger.clone())
    }

    /// Appends the act that `act_after` derives from the current state, with no other act in
    /// between. Returns `false` and writes nothing if `act_after` returns `None`. Errors with
    /// [`StoreFault::Busy`] if others always appended first.
    pub async fn write(
        &self,
        (store, cipher): (&impl OfficeStore, &EventCipher),
        audit: &AuditContext,
        who: &str,
        act_after: impl Fn(&L) -> Option<L::Act>,
    ) -> Result<bool, StoreFault> {
        for _ in 0..TRIES {
            let ledger = self.look(store, cipher).await?;
            let Some(act) = act_after(&ledger) else { return Ok(false) };
            let number = ledger.last() + 1;
            let row = ActRow {
                number,
                at_ms: audit.at_ms,
                who: who.into(),
                sealed: cipher.seal(L::SEALED_TO, number, &act),
            };
            if store.append_act(L::BOOK, &row, L::name_of(&act), audit).await? {
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
pub fn ledger_of<L: LedgerSource>(rows: &[ActRow], cipher: &EventCipher, until: u32) -> L {
    let mut ledger = L::default();
    rows.iter()
        .filter(|row| row.number <= until)
        .for_each(|row| ledger.take(entry_of::<L>(row, cipher)));
    ledger
}

fn entry_of<L: LedgerSource>(row: &ActRow, cipher: &EventCipher) -> LedgerEntry<L::Act> {
    let act = cipher.open::<L::Act>(L::SEALED_TO, row.number, &row.sealed);
    LedgerEntry { number: row.number, at_ms: row.at_ms, who: row.who.clone(), act }
}
