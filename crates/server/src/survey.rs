//! The survey on the server: the collectors and what staff did with them ([`ledger`]), how
//! submissions become a round of answers ([`round`]), and how a baseline is frozen and verified
//! ([`baseline`]). [`opened`] holds what was opened before. The statistics are in the `insight` crate.
//!
//! No part of an answer leaves this module except through a report, and comments that staff cleared
//! for publication.

pub mod baseline;
pub mod ledger;
pub mod opened;
pub mod qr;
pub mod round;
pub mod shown;
pub mod spec;
pub mod table;
pub mod words;

use crate::ledger::LedgerCopy;
use crate::office::event_cipher::EventCipher;
use crate::store::{Deed, OfficeStore, StoreFault};
use domain::collector::CollectorCode;
use domain::status::{Question, Stage, Status};
use domain::submission::Kind;
use ledger::{Act, Ledger, ticket_mark};
use offline::sealing::ticket_of;

impl LedgerCopy<Ledger> {
    /// Invites a person whose inquiry was closed to give feedback; once, however often they look up
    /// the status. Only a hash of the ticket derived from the receipt's secret is stored, and
    /// nothing about the inquiry. `None` if the inquiry is not closed, the submission is of another
    /// kind, or staff have not opened such a collector.
    pub async fn invite(
        &self,
        (store, cipher): (&impl OfficeStore, &EventCipher),
        status: &Status,
        question: Question,
        now_ms: u64,
    ) -> Result<Option<CollectorCode>, StoreFault> {
        let closed_ms = status
            .stages
            .iter()
            .rev()
            .find(|(stage, _)| *stage == Stage::Closed)
            .map(|(_, at_ms)| *at_ms);
        let Some(closed_ms) = closed_ms.filter(|_| status.kind == Kind::Inquiry) else {
            return Ok(None);
        };
        let ledger = self.look(store, cipher).await?;
        // Inquiries that were closed before the collector existed are not invited.
        let is_invited =
            ledger.asks_after_inquiries_since_ms().is_some_and(|since_ms| closed_ms >= since_ms);
        let Some(code) = ledger.after_inquiry().filter(|_| is_invited) else { return Ok(None) };
        let ticket = ticket_of(&question.secret);
        let deed = Deed { who: "server".into(), reason: code.to_string(), at_ms: now_ms };
        let invited = |ledger: &Ledger| {
            (!ledger.knows(ticket)).then(|| Act::Invited { ticket: ticket_mark(ticket) })
        };
        self.write((store, cipher), &deed, "", invited).await?;
        Ok(Some(code.clone()))
    }
}
