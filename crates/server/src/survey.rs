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

use crate::ledger::LedgerCopy;
use crate::office::event_cipher::EventCipher;
use crate::store::{Deed, OfficeStore, StoreFault};
use domain::collector::CollectorCode;
use domain::status::{Question, Stage, Status};
use domain::submission::Kind;
use ledger::{Act, Ledger, ticket_mark};
use offline::sealing::ticket_of;

impl LedgerCopy<Ledger> {
    /// Invites whoever's inquiry was closed to say how it went, once however often they look. Written down is a hash of the ticket that the
    /// receipt's secret makes, and nothing of the inquiry. Nothing for anybody else, and where the office has no such way.
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
        // Those that were closed before there was this way are not among the invited.
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
