//! Letting go of what has been kept long enough.

use crate::store::{Custody, Deed, SenderStore, StoreFault};
use domain::submission::Kind;
use std::fmt::Write;

/// Personal information is kept a year after its use, unless a by-law says less (Ontario, Regulation 823, section 5).
pub const PERSONAL_DAYS_MIN: u32 = 365;
/// A year in which a question is answered and comes back, and the year after its use.
const INQUIRY_DAYS: u32 = 730;
/// One baseline beside the two before it.
const FEEDBACK_DAYS: u32 = 1_095;
/// This month beside the same of last year.
const GAP_DAYS: u32 = 400;
const CORRECTION_DAYS: u32 = 400;
/// Deleted in one transaction; the server's own wait meanwhile.
const ENTRIES_AT_ONCE: u32 = 1_000;
const DAY_MS: u64 = 86_400_000;
/// A flood is looked at and cleared away within a month; after that nothing groups what one sender sent.
pub const SENDERS_KEPT_MS: u64 = 30 * DAY_MS;

/// How long each kind is kept, in days since it was received.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Days {
    pub inquiries: u32,
    pub feedback: u32,
    pub gaps: u32,
    pub corrections: u32,
}

impl Default for Days {
    fn default() -> Self {
        Self {
            inquiries: INQUIRY_DAYS,
            feedback: FEEDBACK_DAYS,
            gaps: GAP_DAYS,
            corrections: CORRECTION_DAYS,
        }
    }
}

impl Days {
    fn of(self, kind: Kind) -> u32 {
        match kind {
            Kind::Inquiry => self.inquiries,
            // What was opened or refused says of how many the answers are, and is kept with them.
            // Contacts name nobody either; they are figures for as long as the answers are.
            Kind::Feedback | Kind::Tally | Kind::Contact => self.feedback,
            Kind::Gap => self.gaps,
            Kind::Correction => self.corrections,
        }
    }

    /// Questions and comments may hold personal information; searches and corrections hold none.
    pub fn need_a_by_law(self) -> bool {
        self.inquiries.min(self.feedback) < PERSONAL_DAYS_MIN
    }
}

/// What became of one kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Outcome {
    pub kind: Kind,
    pub days: u32,
    /// Gone, or in a dry run what would go.
    pub due: u64,
    pub held: u64,
}

/// Deletes what is older than its days and not held; a dry run only counts.
pub async fn run(
    store: &impl Custody,
    days: Days,
    is_dry: bool,
    deed: &Deed,
) -> Result<Vec<Outcome>, String> {
    let mut outcomes = Vec::new();
    for kind in Kind::ALL {
        let before_ms = deed.at_ms.saturating_sub(u64::from(days.of(kind)) * DAY_MS);
        let expired = store.expired(kind, before_ms).await.map_err(|fault| fault.to_string())?;
        let due = if is_dry {
            expired.due
        } else {
            delete(store, kind, before_ms, &of_kind(deed, days.of(kind))).await?
        };
        outcomes.push(Outcome { kind, days: days.of(kind), due, held: expired.held });
    }
    Ok(outcomes)
}

fn of_kind(deed: &Deed, days: u32) -> Deed {
    let because = if deed.reason.is_empty() { String::new() } else { format!("; {}", deed.reason) };
    Deed { reason: format!("older than {days} days{because}"), ..deed.clone() }
}

async fn delete(
    store: &impl Custody,
    kind: Kind,
    before_ms: u64,
    deed: &Deed,
) -> Result<u64, String> {
    let mut all = 0;
    loop {
        let deleted = store
            .expire(kind, before_ms, ENTRIES_AT_ONCE, deed)
            .await
            .map_err(|fault| fault.to_string())?;
        all += deleted;
        if deleted < u64::from(ENTRIES_AT_ONCE) {
            return Ok(all);
        }
    }
}

/// Takes the senders' tags off all that was received from a moment up to another; gives off how many.
pub async fn forget_senders_until(
    store: &impl SenderStore,
    from_ms: u64,
    until_ms: u64,
) -> Result<u64, StoreFault> {
    let mut all = 0;
    loop {
        let forgotten = store.forget_senders(from_ms, until_ms, ENTRIES_AT_ONCE).await?;
        all += forgotten;
        if forgotten == 0 {
            return Ok(all);
        }
    }
}

/// For the audit.
pub fn noted(outcomes: &[Outcome]) -> String {
    let gone: Vec<String> = outcomes
        .iter()
        .filter(|outcome| outcome.due > 0)
        .map(|Outcome { kind, due, .. }| format!("{kind:?} {due}"))
        .collect();
    if gone.is_empty() { "nothing was old enough".into() } else { gone.join(", ") }
}

/// A line a kind.
pub fn said(outcomes: &[Outcome], is_dry: bool) -> String {
    let done = if is_dry { "would be deleted" } else { "deleted" };
    outcomes.iter().fold(String::new(), |mut text, Outcome { kind, days, due, held }| {
        // Writing into a text does not fail.
        let _ = writeln!(
            text,
            "{:<12} older than {days} days: {due} {done}, {held} held",
            format!("{kind:?}")
        );
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_year_is_the_least_for_what_people_wrote_without_a_by_law() {
        assert!(!Days::default().need_a_by_law());
        assert!(!Days { gaps: 30, corrections: 30, ..Days::default() }.need_a_by_law());
        assert!(Days { inquiries: 364, ..Days::default() }.need_a_by_law());
        assert!(Days { feedback: 90, ..Days::default() }.need_a_by_law());
    }
}
