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
use crate::store::{OfficeStore, StoreFault, SurveyRow};
use domain::SubmissionId;
use ledger::{Act, Entry, Ledger};

/// What the ledger's rows are sealed to, in place of an inquiry: no entry of a person has it.
const LEDGER_ID: SubmissionId = SubmissionId::from_bytes([0xff; 16]);

/// All that was done with the survey up to now.
pub async fn read_ledger(store: &impl OfficeStore, ink: &Ink) -> Result<Ledger, StoreFault> {
    Ok(ledger_of(&store.survey_rows(0).await?, ink, u32::MAX))
}

/// All that was done up to an act.
pub fn ledger_of(rows: &[SurveyRow], ink: &Ink, until: u32) -> Ledger {
    let mut ledger = Ledger::default();
    for row in rows.iter().filter(|row| row.number <= until) {
        let act = ink.open::<Act>(LEDGER_ID, row.number, &row.sealed);
        ledger.take(Entry { number: row.number, at_ms: row.at_ms, who: row.who.clone(), act });
    }
    ledger
}

/// The row for what somebody does next, after all that `ledger` knows.
pub fn next_row(ledger: &Ledger, ink: &Ink, who: &str, at_ms: u64, act: &Act) -> SurveyRow {
    let number = ledger.last + 1;
    SurveyRow { number, at_ms, who: who.into(), sealed: ink.seal(LEDGER_ID, number, act) }
}
