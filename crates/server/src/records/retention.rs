//! Retention: deletes submissions that have been stored for their retention period.

use domain::submission::Kind;
use std::fmt::Write;
use store::{AuditContext, Custody, OfficeStore, SenderStore, StoreFault};

/// The least retention of personal information in days: a year after its use, unless a by-law says
/// less (Ontario, Regulation 823, section 5).
pub const PERSONAL_DAYS_MIN: u32 = 365;
/// Days: a year in which an inquiry is answered and may come back, and the year after its use.
const INQUIRY_DAYS: u32 = 730;
/// Days: long enough to compare a baseline with the two before it.
const FEEDBACK_DAYS: u32 = 1_095;
/// Days: long enough to compare a month with the same month of the last year.
const GAP_DAYS: u32 = 400;
const CORRECTION_DAYS: u32 = 400;
/// Submissions deleted in one transaction; the server's own transactions wait in the meantime.
const ENTRIES_AT_ONCE: u32 = 1_000;
const DAY_MS: u64 = 86_400_000;
/// How long senders' tags are stored, in milliseconds: a flood is noticed and cleared away within a
/// month. After that nothing groups the submissions of one sender.
pub const SENDERS_KEPT_MS: u64 = 30 * DAY_MS;

/// The retention of each kind, in days since receipt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RetentionDays {
    /// Inquiries.
    pub inquiries: u32,
    /// Feedback, tallies and contacts.
    pub feedback: u32,
    /// Searches without results.
    pub gaps: u32,
    /// Corrections.
    pub corrections: u32,
}

impl Default for RetentionDays {
    fn default() -> Self {
        Self {
            inquiries: INQUIRY_DAYS,
            feedback: FEEDBACK_DAYS,
            gaps: GAP_DAYS,
            corrections: CORRECTION_DAYS,
        }
    }
}

impl RetentionDays {
    fn of(self, kind: Kind) -> u32 {
        match kind {
            // An addition is deleted with its question. This is for one whose question never came.
            Kind::Inquiry | Kind::Addition => self.inquiries,
            // Tallies give the response rate of the answers, and are stored as long as they are.
            // Contacts hold no personal information and are used together with the answers.
            Kind::Feedback | Kind::Tally | Kind::Contact => self.feedback,
            Kind::Gap => self.gaps,
            Kind::Correction => self.corrections,
        }
    }

    /// Whether a by-law is needed for these periods: inquiries and comments may hold personal
    /// information; searches and corrections hold none.
    pub fn need_a_by_law(self) -> bool {
        self.inquiries.min(self.feedback) < PERSONAL_DAYS_MIN
    }

    /// Returns the by-law, `None` if none is named; fails if these periods need one. `option` is
    /// the option of the command line that names it.
    pub fn checked(self, by_law: Option<String>, option: &str) -> Result<Option<String>, String> {
        let by_law = by_law.filter(|by_law| !by_law.trim().is_empty());
        if by_law.is_none() && self.need_a_by_law() {
            return Err(format!(
                "Questions and feedback may hold personal information, which is kept {PERSONAL_DAYS_MIN} days or more unless a by-law says less. Name it: {option} \"2026-114\""
            ));
        }
        Ok(by_law)
    }
}

/// The outcome for one kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RetentionOutcome {
    /// The kind.
    pub kind: Kind,
    /// Its retention in days.
    pub days: u32,
    /// Submissions deleted, or in a dry run those that would be.
    pub due: u64,
    /// Submissions that are old enough, but on hold.
    pub held: u64,
}

/// Deletes what is past its retention and not on hold; a dry run only counts.
pub async fn run(
    store: &impl Custody,
    days: RetentionDays,
    is_dry: bool,
    audit: &AuditContext,
) -> Result<Vec<RetentionOutcome>, String> {
    let mut outcomes = Vec::new();
    for kind in Kind::ALL {
        let before_ms = audit.at_ms.saturating_sub(u64::from(days.of(kind)) * DAY_MS);
        let expired = store.expired(kind, before_ms).await.map_err(|fault| fault.to_string())?;
        let due = if is_dry {
            expired.due
        } else {
            delete(store, kind, before_ms, &of_kind(audit, days.of(kind))).await?
        };
        outcomes.push(RetentionOutcome { kind, days: days.of(kind), due, held: expired.held });
    }
    Ok(outcomes)
}

/// Of all that is stored, the percentage above which a deletion needs to be confirmed. Night after
/// night, far less than one per cent becomes old enough.
const UNUSUAL_PERCENT: u64 = 5;
/// Up to this many are never unusual.
const FEW: u64 = 20;

/// Why a deletion may be a mistake; `None` if nothing speaks against it. `due` are submissions that
/// it would delete, of `all` that are stored; `clock` is why the clock is not believed, if so.
pub fn doubt(due: u64, all: u64, clock: Option<String>) -> Option<String> {
    if due == 0 {
        return None;
    }
    if let Some(clock) = clock {
        return Some(format!("{clock}, so the clock may be wrong"));
    }
    let is_unusual = due > FEW && due.saturating_mul(100) > all.saturating_mul(UNUSUAL_PERCENT);
    is_unusual.then(|| format!("that is {due} of {all}, and a night usually deletes far fewer"))
}

/// Submissions that a run at `audit.at_ms` would delete, and all that are stored.
pub async fn due_of_all(
    store: &(impl Custody + OfficeStore),
    days: RetentionDays,
    audit: &AuditContext,
) -> Result<(u64, u64), String> {
    let outcomes = run(store, days, true, audit).await?;
    let mut all = 0;
    for kind in Kind::ALL {
        all += store.count_in_sight(kind).await.map_err(|fault| fault.to_string())?;
    }
    Ok((outcomes.iter().map(|outcome| outcome.due).sum(), all))
}

/// Deletes what is past its retention and not on hold, and senders' tags that are old enough.
pub async fn let_go(
    store: &(impl Custody + SenderStore),
    days: RetentionDays,
    audit: &AuditContext,
) -> Result<Vec<RetentionOutcome>, String> {
    let outcomes = run(store, days, false, audit).await?;
    forget_senders_until(store, 0, audit.at_ms.saturating_sub(SENDERS_KEPT_MS))
        .await
        .map_err(|fault| fault.to_string())?;
    Ok(outcomes)
}

fn of_kind(audit: &AuditContext, days: u32) -> AuditContext {
    let because =
        if audit.reason.is_empty() { String::new() } else { format!("; {}", audit.reason) };
    AuditContext { reason: format!("older than {}{because}", counted(days)), ..audit.clone() }
}

/// "1 day", "2 days".
fn counted(days: u32) -> String {
    if days == 1 { "1 day".into() } else { format!("{days} days") }
}

async fn delete(
    store: &impl Custody,
    kind: Kind,
    before_ms: u64,
    audit: &AuditContext,
) -> Result<u64, String> {
    let mut all = 0;
    loop {
        let deleted = store
            .expire(kind, before_ms, ENTRIES_AT_ONCE, audit)
            .await
            .map_err(|fault| fault.to_string())?;
        all += deleted;
        if deleted < u64::from(ENTRIES_AT_ONCE) {
            return Ok(all);
        }
    }
}

/// Removes the senders' tags of all submissions received from `from_ms` up to `until_ms`. Returns
/// how many.
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

/// A summary for the audit log.
pub fn noted(outcomes: &[RetentionOutcome]) -> String {
    let gone: Vec<String> = outcomes
        .iter()
        .filter(|outcome| outcome.due > 0)
        .map(|RetentionOutcome { kind, due, .. }| format!("{kind:?} {due}"))
        .collect();
    if gone.is_empty() { "nothing was old enough".into() } else { gone.join(", ") }
}

/// A summary for the console, one line per kind.
pub fn said(outcomes: &[RetentionOutcome], is_dry: bool) -> String {
    let done = if is_dry { "would be deleted" } else { "deleted" };
    outcomes.iter().fold(String::new(), |mut text, RetentionOutcome { kind, days, due, held }| {
        // Writing to a String does not fail.
        let _ = writeln!(
            text,
            "{:<12} older than {}: {due} {done}, {held} held",
            format!("{kind:?}"),
            counted(*days)
        );
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn much_at_once_and_a_doubtful_clock_are_asked_about() {
        let clock = || Some("the clock says 2029-11-29".to_string());
        assert_eq!(doubt(0, 0, clock()), None, "nothing is deleted");
        assert_eq!((doubt(20, 21, None), doubt(50, 1_000, None)), (None, None));
        assert!(doubt(51, 1_000, None).is_some_and(|said| said.contains("51 of 1000")));
        assert!(doubt(646, 649, None).is_some());
        assert!(doubt(1, 1_000, clock()).is_some_and(|said| said.contains("2029-11-29")));
    }

    #[test]
    fn a_year_is_the_least_for_what_people_wrote_without_a_by_law() {
        assert!(!RetentionDays::default().need_a_by_law());
        assert!(
            !RetentionDays { gaps: 30, corrections: 30, ..RetentionDays::default() }
                .need_a_by_law()
        );
        assert!(RetentionDays { inquiries: 364, ..RetentionDays::default() }.need_a_by_law());
        assert!(RetentionDays { feedback: 90, ..RetentionDays::default() }.need_a_by_law());
    }
}
