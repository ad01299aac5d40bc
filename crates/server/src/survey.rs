//! The survey on the server: which collectors there are and what the office did with them ([`ledger`]), how what came in becomes a round of
//! answers ([`round`]), and how a baseline is frozen and made again ([`baseline`]). The figures themselves are `insight`'s.
//!
//! Nothing of an answer leaves here but through its report, except comments that a person cleared.

pub mod baseline;
pub mod ledger;
pub mod qr;
pub mod round;
pub mod shown;
pub mod spec;
pub mod table;
pub mod words;

use crate::office::ink::Ink;
use crate::store::{Deed, OfficeStore, StoreFault, SurveyRow};
use domain::SubmissionId;
use domain::collector::CollectorCode;
use domain::status::{Question, Stage, Status};
use domain::submission::Kind;
use ledger::{Act, Entry, Ledger, ticket_mark};
use offline::sealing::ticket_of;
use std::sync::{Arc, Mutex, PoisonError};

/// What the ledger's rows are sealed to, in place of an inquiry: no entry of a person has it.
const LEDGER_ID: SubmissionId = SubmissionId::from_bytes([0xff; 16]);
/// Others who write at the same moment; whoever comes after them tries again so often.
const TRIES: u32 = 20;

/// The ledger as far as it was read; each look reads only what came since.
#[derive(Debug, Default)]
pub struct LedgerCopy(Mutex<Arc<Ledger>>);

impl LedgerCopy {
    /// All that was done with the survey up to now.
    pub async fn look(&self, store: &impl OfficeStore, ink: &Ink) -> Result<Arc<Ledger>, StoreFault> {
        let last = self.with(|ledger| ledger.last);
        let rows = store.survey_rows(last).await?;
        Ok(self.with(|ledger| {
            // Another look may have taken some of them meanwhile.
            let new = rows.iter().filter(|row| row.number > ledger.last).collect::<Vec<_>>();
            if !new.is_empty() {
                let ledger = Arc::make_mut(ledger);
                new.into_iter().for_each(|row| ledger.take(entry_of(row, ink)));
            }
            ledger.clone()
        }))
    }

    /// Writes an act after all others, unless it is not wanted any more by then. Errors with [`StoreFault::Busy`] when others always came before.
    pub async fn write(
        &self,
        (store, ink): (&impl OfficeStore, &Ink),
        act: &Act,
        deed: &Deed,
        who: &str,
        is_wanted: impl Fn(&Ledger) -> bool,
    ) -> Result<(), StoreFault> {
        for _ in 0..TRIES {
            let ledger = self.look(store, ink).await?;
            if !is_wanted(&ledger) {
                return Ok(());
            }
            let number = ledger.last + 1;
            let row = SurveyRow { number, at_ms: deed.at_ms, who: who.into(), sealed: ink.seal(LEDGER_ID, number, act) };
            if store.append_survey(&row, act.name(), deed).await? {
                return Ok(());
            }
        }
        Err(StoreFault::Busy)
    }

    /// Invites whoever's inquiry was closed to say how it went, once however often they look. Written down is a hash of the ticket that the
    /// receipt's secret makes, and nothing of the inquiry. Nothing for anybody else, and where the office has no such way.
    pub async fn invite(
        &self,
        (store, ink): (&impl OfficeStore, &Ink),
        status: &Status,
        question: Question,
        now_ms: u64,
    ) -> Result<Option<CollectorCode>, StoreFault> {
        let closed_ms = status.stages.iter().rev().find(|(stage, _)| *stage == Stage::Closed).map(|(_, at_ms)| *at_ms);
        let Some(closed_ms) = closed_ms.filter(|_| status.kind == Kind::Inquiry) else { return Ok(None) };
        let ledger = self.look(store, ink).await?;
        // Those that were closed before there was this way are not among the invited.
        let is_invited = ledger.asks_after_inquiries_since_ms().is_some_and(|since_ms| closed_ms >= since_ms);
        let Some(code) = ledger.after_inquiry().filter(|_| is_invited) else { return Ok(None) };
        let ticket = ticket_of(&question.secret);
        let deed = Deed { who: "server".into(), reason: code.to_string(), at_ms: now_ms };
        self.write((store, ink), &Act::Invited { ticket: ticket_mark(ticket) }, &deed, "", |ledger| !ledger.knows(ticket)).await?;
        Ok(Some(code.clone()))
    }

    fn with<T>(&self, change: impl FnOnce(&mut Arc<Ledger>) -> T) -> T {
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// All that was done up to an act.
pub fn ledger_of(rows: &[SurveyRow], ink: &Ink, until: u32) -> Ledger {
    let mut ledger = Ledger::default();
    rows.iter().filter(|row| row.number <= until).for_each(|row| ledger.take(entry_of(row, ink)));
    ledger
}

fn entry_of(row: &SurveyRow, ink: &Ink) -> Entry {
    let act = ink.open::<Act>(LEDGER_ID, row.number, &row.sealed);
    Entry { number: row.number, at_ms: row.at_ms, who: row.who.clone(), act }
}
