//! Reads the stored submissions that a report of the survey is computed from.

use casework::body::read_body;
use casework::survey::ledger::Ledger;
use casework::survey::round::{Reading, RoundReader};
use casework::survey::spec::{Days, Spec};
use casework::when::Zone;
use domain::hours::{Date, Minute, Moment};
use domain::submission::{Content, Kind};
use domain::survey::Survey;
use std::fmt;
use store::{StoreFault, StoredSubmission, SubmissionStore};
use vault::keys::Keys;

const ROWS_AT_ONCE: u32 = 500;
/// The most answers read at once, about 60 MB: fifty years of a city's survey. Bounds the memory
/// that submissions from outside can make a page use.
pub const ANSWERS_MAX: u64 = 50_000;

/// Why answers cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReadFault {
    /// The store failed.
    Store(StoreFault),
    /// More than [`ANSWERS_MAX`] were received in the period.
    TooMany,
}

impl From<StoreFault> for ReadFault {
    fn from(fault: StoreFault) -> Self {
        ReadFault::Store(fault)
    }
}

impl fmt::Display for ReadFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ReadFault::Store(fault) => fault.fmt(f),
            ReadFault::TooMany => {
                write!(f, "More than {ANSWERS_MAX} answers came on these days. Choose fewer days.")
            }
        }
    }
}

/// Reads the submissions of the period of `spec`. `survey` must be the version that it names.
pub async fn read(
    store: &impl SubmissionStore,
    keys: &Keys,
    zone: &Zone,
    ledger: &Ledger,
    survey: &Survey,
    spec: &Spec,
) -> Result<Reading, ReadFault> {
    let never = Date::from_days_since_1970(0);
    let days = spec.days().unwrap_or(Days { from: never, to: never });
    let mut reader = RoundReader::new(zone, ledger, survey, spec);
    let mut take = |row: StoredSubmission| {
        let content = content(keys, &row);
        let StoredSubmission { envelope, received_at_ms } = row;
        reader.take_feedback(envelope.header.id, &envelope.sealed, received_at_ms, content);
        reader.entries() <= ANSWERS_MAX
    };
    if !for_each_row(store, Kind::Feedback, zone, days, &mut take).await? {
        return Err(ReadFault::TooMany);
    }
    let mut take = |row: StoredSubmission| {
        reader.take_tally(content(keys, &row));
        true
    };
    for_each_row(store, Kind::Tally, zone, days, &mut take).await?;
    Ok(reader.reading())
}

/// Passes all submissions of a kind received in a period to `take`, page by page, while it returns
/// `true`. Returns whether it got to the end.
async fn for_each_row(
    store: &impl SubmissionStore,
    kind: Kind,
    zone: &Zone,
    days: Days,
    take: &mut (impl FnMut(StoredSubmission) -> bool + Send),
) -> Result<bool, StoreFault> {
    let midnight = |date| zone.ms(Moment { date, minute: Minute::MIDNIGHT });
    let (from_ms, end_ms) = (midnight(days.from), midnight(days.to.plus_days(1)));
    let mut after = None;
    loop {
        let page = store.page(kind, from_ms, after, ROWS_AT_ONCE).await?;
        let Some(last) = page.last() else { return Ok(true) };
        after = Some((last.received_at_ms, last.envelope.header.id));
        let is_over = last.received_at_ms >= end_ms;
        if !page.into_iter().filter(|row| row.received_at_ms < end_ms).all(&mut *take) {
            return Ok(false);
        }
        if is_over {
            return Ok(true);
        }
        tokio::task::yield_now().await;
    }
}

fn content(keys: &Keys, row: &StoredSubmission) -> Option<Content> {
    Some(read_body(&keys.open_seal(&row.envelope)?)?.content)
}
