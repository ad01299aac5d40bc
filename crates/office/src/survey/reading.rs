//! Reads the stored submissions that a report of the survey is computed from. The store decides
//! which there are; those that were opened before are not opened again ([`OpenedAnswers`]).

use super::opened::{OPENED_KINDS, OpenedAnswers, OpenedRow, beginning_of};
use casework::body::read_body;
use casework::survey::ledger::SurveyLedger;
use casework::survey::round::{RoundReader, SurveyReading};
use casework::survey::spec::{ReportDays, ReportSpec};
use casework::when::Zone;
use domain::hours::{Date, Minute, Moment};
use domain::submission::Kind;
use domain::survey::Survey;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fmt;
use std::ops::Bound;
use store::{Custody, OfficeStore, PagePosition, StoreFault, StoredSubmission, SubmissionStore};
use vault::keys::Keys;

const ROWS_AT_ONCE: u32 = 500;
/// Times and ids read per query: 24 bytes each.
const PLACES_AT_ONCE: u32 = 5_000;
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

/// What reading needs beside the store: how to open, what was opened before, and what the office
/// knows.
#[derive(Clone, Copy)]
pub struct Opening<'a> {
    /// The keys that open sealed submissions.
    pub keys: &'a Keys,
    /// What was opened before.
    pub opened: &'a OpenedAnswers,
    /// The time zone in which days begin and end.
    pub zone: &'a Zone,
}

/// Reads the submissions of the period of `spec`. `survey` must be the version that it names.
pub async fn read(
    store: &(impl SubmissionStore + OfficeStore + Custody),
    opening: Opening<'_>,
    ledger: &SurveyLedger,
    survey: &Survey,
    spec: &ReportSpec,
) -> Result<SurveyReading, ReadFault> {
    opening.opened.learn(survey);
    let never = Date::from_days_since_1970(0);
    let days = spec.days().unwrap_or(ReportDays { from: never, to: never });
    let mut reader = RoundReader::new(opening.zone, ledger, survey, spec);
    let mut take = |(received_at_ms, id): PagePosition, row: OpenedRow| {
        reader.take_feedback(id, row.sha256, received_at_ms, row.content);
        reader.entries() <= ANSWERS_MAX
    };
    if !for_each_row(store, opening, Kind::Feedback, days, &mut take).await? {
        return Err(ReadFault::TooMany);
    }
    let mut take = |_, row: OpenedRow| {
        reader.take_tally(row.content);
        true
    };
    for_each_row(store, opening, Kind::Tally, days, &mut take).await?;
    Ok(reader.reading())
}

/// Passes all submissions of a kind received in a period to `take`, page by page, while it returns
/// `true`. Returns whether it got to the end.
async fn for_each_row(
    store: &(impl SubmissionStore + OfficeStore + Custody),
    opening: Opening<'_>,
    kind: Kind,
    days: ReportDays,
    take: &mut (impl FnMut(PagePosition, OpenedRow) -> bool + Send),
) -> Result<bool, StoreFault> {
    let midnight = |date| opening.zone.ms(Moment { date, minute: Minute::MIDNIGHT });
    let (from_ms, end_ms) = (midnight(days.from), midnight(days.to.plus_days(1)));
    let mut after = None;
    loop {
        let mut places = store.places(kind, from_ms, after, ROWS_AT_ONCE).await?;
        let last = places.last().copied().filter(|last| last.0 < end_ms);
        places.retain(|place| place.0 < end_ms);
        let begin = after.map_or(Bound::Included(beginning_of(from_ms)), Bound::Excluded);
        // Only while more may follow is nothing known of what comes after the last place.
        let end = last.map_or(Bound::Excluded(beginning_of(end_ms)), Bound::Included);
        if from_ms < end_ms {
            opening.opened.keep_listed(kind, begin, end, &places);
        }
        let rows = opened_rows(store, opening, kind, (from_ms, after), &places).await?;
        if !rows.into_iter().all(|(place, row)| take(place, row)) {
            return Ok(false);
        }
        let Some(last) = last else { return Ok(true) };
        after = Some(last);
        tokio::task::yield_now().await;
    }
}

/// The submissions at these places, opened. Those that were not opened before are read from the
/// store; `from` is where the page of `places` begins.
async fn opened_rows(
    store: &(impl SubmissionStore + Custody),
    opening: Opening<'_>,
    kind: Kind,
    from: (u64, Option<PagePosition>),
    places: &[PagePosition],
) -> Result<Vec<(PagePosition, OpenedRow)>, StoreFault> {
    let found = opening.opened.find(kind, opening.keys, places);
    let mut rows = BTreeMap::new();
    if found.iter().any(Option::is_none) {
        let page = store.page(kind, from.0, from.1, ROWS_AT_ONCE).await?;
        rows.extend(page.into_iter().map(|row| (row.envelope.header.id, row)));
    }
    let mut opened = Vec::with_capacity(places.len());
    for (place, found) in places.iter().zip(found) {
        let row = match (found, rows.remove(&place.1)) {
            (Some(row), _) => row,
            (None, Some(stored)) => opened_row(opening, kind, &stored),
            // It was erased since its place was read, or others came in before it and pushed it off
            // the page.
            (None, None) => match store.entry(place.1).await? {
                Some(stored) => opened_row(opening, kind, &stored),
                None => continue,
            },
        };
        opened.push((*place, row));
    }
    Ok(opened)
}

fn opened_row(opening: Opening<'_>, kind: Kind, stored: &StoredSubmission) -> OpenedRow {
    let body = opening.keys.open_seal(&stored.envelope).and_then(|plain| read_body(&plain));
    let row = OpenedRow {
        sha256: Sha256::digest(&stored.envelope.sealed).into(),
        content: body.map(|body| body.content.into()),
    };
    let header = &stored.envelope.header;
    opening.opened.put(kind, (stored.received_at_ms, header.id), header.key, &row);
    row
}

/// Drops what the store does not list any more: it was erased, or set aside.
pub(crate) async fn forget_unlisted(
    store: &impl OfficeStore,
    opened: &OpenedAnswers,
) -> Result<(), StoreFault> {
    for kind in OPENED_KINDS {
        let Some(oldest) = opened.oldest(kind) else { continue };
        let mut after = None;
        loop {
            let places = store.places(kind, oldest.0, after, PLACES_AT_ONCE).await?;
            let begin = after.map_or(Bound::Included(beginning_of(oldest.0)), Bound::Excluded);
            let end = places.last().map_or(Bound::Unbounded, |last| Bound::Included(*last));
            opened.keep_listed(kind, begin, end, &places);
            let Some(last) = places.last() else { break };
            after = Some(*last);
            tokio::task::yield_now().await;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::{MunicipalityId, SubmissionId};
    use store::{SqliteStore, contract};

    #[tokio::test]
    async fn an_answer_that_was_pushed_off_its_page_by_another_is_read_all_the_same() {
        let dir = tempfile::tempdir().unwrap();
        let municipality = MunicipalityId::parse("pine-harbour").unwrap();
        let store =
            SqliteStore::open(&dir.path().join("hub.sqlite"), municipality.clone()).await.unwrap();
        let record = contract::record(municipality.as_str(), 1, b"sealed");
        let (kind, id) = (record.envelope.header.kind, record.envelope.header.id);
        store.keep(vec![record], 1_000).await.unwrap();
        let keys = Keys::open(&dir.path().join("keys"), false).unwrap().0;
        let (opened, zone) = (OpenedAnswers::default(), Zone::of("America/Toronto"));
        let opening = Opening { keys: &keys, opened: &opened, zone: &zone };
        // The page begins after the answer, as it ends before it when others came in between.
        let gone = SubmissionId::from_bytes([9; 16]);
        let places = [(1_000, id), (1_001, gone)];
        let rows = opened_rows(&store, opening, kind, (2_000, None), &places).await.unwrap();
        let found: Vec<PagePosition> = rows.into_iter().map(|(place, _)| place).collect();
        assert_eq!(found, [(1_000, id)]);
    }
}
