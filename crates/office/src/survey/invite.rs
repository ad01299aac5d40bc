//! Invites people whose inquiry was closed to the survey.

use crate::ledger_copy::LedgerCopy;
use casework::survey::ledger::{SurveyAct, SurveyLedger, ticket_mark};
use domain::collector::CollectorCode;
use domain::status::{InquiryStage, Status, StatusQuestion};
use domain::submission::Kind;
use offline::sealing::ticket_of;
use store::{AuditContext, OfficeStore, StoreFault};
use vault::event_cipher::EventCipher;

impl LedgerCopy<SurveyLedger> {
    /// Invites a person whose inquiry was closed to give feedback; once, however often they look up
    /// the status. Only a hash of the ticket derived from the receipt's secret is stored, and
    /// nothing about the inquiry. `None` if the inquiry is not closed, the submission is of another
    /// kind, or staff have not opened such a collector.
    pub async fn invite(
        &self,
        (store, cipher): (&impl OfficeStore, &EventCipher),
        status: &Status,
        question: StatusQuestion,
        now_ms: u64,
    ) -> Result<Option<CollectorCode>, StoreFault> {
        let closed_ms = status
            .stages
            .iter()
            .rev()
            .find(|(stage, _)| *stage == InquiryStage::Closed)
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
        let audit = AuditContext { who: "server".into(), reason: code.to_string(), at_ms: now_ms };
        let invited = |ledger: &SurveyLedger| {
            (!ledger.knows(ticket)).then(|| SurveyAct::Invited { ticket: ticket_mark(ticket) })
        };
        self.write((store, cipher), &audit, "", invited).await?;
        Ok(Some(code.clone()))
    }
}
