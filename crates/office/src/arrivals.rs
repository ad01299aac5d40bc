//! Reads the submissions that were received since the last look. New submissions come last in their
//! order (by time received, then id). Those that this server received were decrypted on receipt and
//! are not read again; all others are. A submission that appears late, because its transaction took
//! long or its server's clock is behind, comes before the end of that order. To find those, only
//! times and ids are read: the further back, the less often.

use super::Office;
use casework::body::read_body;
use domain::SubmissionId;
use domain::submission::{Content, Kind};
use receiving::opened::OpenedEntries;
use store::{Custody, OfficeStore, PagePosition, StoreFault, StoredSubmission, SubmissionStore};

/// Submissions read per query.
const ROWS_AT_ONCE: u32 = 500;
/// Decrypted submissions taken over per batch. Each costs the office about 15 us, and requests that
/// are being received wait that long.
const OPENED_AT_ONCE: u32 = 50;
/// Times and ids read per query: 24 bytes each.
const PLACES_AT_ONCE: u32 = 5_000;
/// How far back every look goes, in ms: submissions that wait for the same flush are stored in any
/// order.
const SOON_MS: u64 = 2_000;
/// How often a look goes back further, as (interval, distance) in ms: past a transaction that hung,
/// and past any clock error.
const LOOKS_BACK: [(u64, u64); 2] = [(10 * 60 * 1_000, u64::MAX), (10 * 1_000, 60 * 1_000)];

/// A received submission; `content` is `None` when no key opens it.
#[derive(Debug)]
pub(super) struct NewSubmission {
    pub id: SubmissionId,
    pub received_at_ms: u64,
    pub content: Option<Content>,
}

/// How far one kind of submission has been read.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Arrivals {
    newest: Option<PagePosition>,
    /// When, in ms, a look last went back as far as each of [`LOOKS_BACK`].
    looked_ms: [u64; LOOKS_BACK.len()],
}

impl Arrivals {
    /// Passes every submission that is not known yet to `take`, page by page; after an error a
    /// submission may be passed again. Late submissions received before `since_ms` are ignored: a
    /// caller that forgets what it knew sets this limit.
    pub(super) async fn look(
        &mut self,
        office: &Office,
        kind: Kind,
        (since_ms, now_ms): (u64, u64),
        is_known: impl Fn(SubmissionId) -> bool + Send + Sync,
        mut take: impl FnMut(Vec<NewSubmission>) + Send,
    ) -> Result<(), StoreFault> {
        let back_ms = self.back_ms(now_ms);
        // A decrypted submission that is not in the order yet will be read from the store by a
        // later look.
        let mut opened = office.receiver().opened.take(kind);
        if let Some(newest) = self.newest {
            let since_ms = newest.0.saturating_sub(back_ms).max(since_ms);
            for id in late(office, kind, newest, since_ms, is_known).await? {
                // Erased in the meantime: there is nothing to take.
                take(
                    office
                        .store()
                        .entry(id)
                        .await?
                        .map(|row| read(office, row, &mut opened))
                        .into_iter()
                        .collect(),
                );
            }
        }
        self.go_on(office, kind, &mut opened, take).await
    }

    /// Starts after a place; submissions up to it are read elsewhere.
    pub(super) fn begin_after(&mut self, newest: Option<PagePosition>) {
        self.newest = newest;
    }

    /// Passes everything that comes after the newest place to `take`, page by page.
    pub(super) async fn go_on(
        &mut self,
        office: &Office,
        kind: Kind,
        opened: &mut OpenedEntries,
        mut take: impl FnMut(Vec<NewSubmission>) + Send,
    ) -> Result<(), StoreFault> {
        loop {
            let arrivals = page(office, kind, self.newest, opened).await?;
            let Some(last) = arrivals.last() else { return Ok(()) };
            self.newest = Some((last.received_at_ms, last.id));
            take(arrivals);
            // Other tasks of this server run between pages.
            tokio::task::yield_now().await;
        }
    }

    /// How far back this look goes, in ms. A look that goes far also counts as each of the shorter
    /// ones.
    fn back_ms(&mut self, now_ms: u64) -> u64 {
        let is_due = |(at, (every_ms, _)): &(usize, (u64, u64))| {
            now_ms.abs_diff(self.looked_ms[*at]) >= *every_ms
        };
        match LOOKS_BACK.into_iter().enumerate().find(is_due) {
            Some((at, (_, back_ms))) => {
                self.looked_ms[at..].fill(now_ms);
                back_ms
            }
            None => SOON_MS,
        }
    }
}

/// The next submissions after a place, oldest first: the decrypted ones up to the first that is
/// not, or else a page of rows.
async fn page(
    office: &Office,
    kind: Kind,
    after: Option<PagePosition>,
    opened: &mut OpenedEntries,
) -> Result<Vec<NewSubmission>, StoreFault> {
    if !opened.is_empty() {
        let places = office.store().places(kind, 0, after, OPENED_AT_ONCE).await?;
        let is_empty = places.is_empty();
        let arrival = |(received_at_ms, id)| {
            Some(NewSubmission { id, received_at_ms, content: Some(opened.remove(&id)?) })
        };
        let arrivals: Vec<_> = places.into_iter().map_while(arrival).collect();
        if is_empty || !arrivals.is_empty() {
            return Ok(arrivals);
        }
    }
    let rows = office.store().page(kind, 0, after, ROWS_AT_ONCE).await?;
    Ok(rows.into_iter().map(|row| read(office, row, opened)).collect())
}

/// Decrypts one submission.
pub(super) fn open_entry(office: &Office, row: StoredSubmission) -> NewSubmission {
    read(office, row, &mut OpenedEntries::default())
}

fn read(office: &Office, row: StoredSubmission, opened: &mut OpenedEntries) -> NewSubmission {
    let id = row.envelope.header.id;
    let open = || Some(read_body(&office.receiver().keys.now().open_seal(&row.envelope)?)?.content);
    NewSubmission {
        id,
        received_at_ms: row.received_at_ms,
        content: opened.remove(&id).or_else(open),
    }
}

/// The ids received from `since_ms` up to the newest place that are not known.
async fn late(
    office: &Office,
    kind: Kind,
    newest: PagePosition,
    since_ms: u64,
    is_known: impl Fn(SubmissionId) -> bool + Send + Sync,
) -> Result<Vec<SubmissionId>, StoreFault> {
    let (mut late, mut after) = (Vec::new(), None);
    while after.is_none_or(|after| after < newest) {
        let places = office.store().places(kind, since_ms, after, PLACES_AT_ONCE).await?;
        let Some(last) = places.last() else { break };
        after = Some(*last);
        late.extend(
            places.iter().filter(|place| **place < newest && !is_known(place.1)).map(|(_, id)| *id),
        );
        tokio::task::yield_now().await;
    }
    Ok(late)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_look_goes_back_the_further_the_rarer() {
        let mut arrivals = Arrivals::default();
        let begin_ms = 1_700_000_000_000;
        let backs: Vec<u64> =
            (0..=1_200).map(|second| arrivals.back_ms(begin_ms + second * 1_000)).collect();
        let count = |back_ms: u64| backs.iter().filter(|back| **back == back_ms).count();
        assert_eq!((count(u64::MAX), count(60_000), count(SOON_MS)), (3, 118, 1_080));
        assert_eq!((backs[0], backs[600]), (u64::MAX, u64::MAX));
        assert_eq!(
            arrivals.back_ms(begin_ms),
            u64::MAX,
            "a clock that was set back does not stop it"
        );
    }
}
