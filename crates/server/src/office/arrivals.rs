//! What came in since the last look. New entries stand at the end of their order. Those that this server received were opened then and need not be
//! read again; all others are. An entry that shows late, because its transaction took long or its server's clock is behind, stands before that end.
//! Looking for those reads moments and ids alone: the further back, the rarer.

use super::Office;
use crate::receive::opened::OpenedEntries;
use crate::receive::read_body;
use crate::store::{Custody, OfficeStore, Place, StoreFault, StoredSubmission, SubmissionStore};
use domain::SubmissionId;
use domain::submission::{Content, Kind};

/// Entries read at a time.
const ROWS_AT_ONCE: u32 = 500;
/// Opened entries taken over at a time: what the desk does with one takes some 15 us, and whoever is being received waits so long.
const OPENED_AT_ONCE: u32 = 50;
/// Moments and ids read at a time: 24 bytes each.
const PLACES_AT_ONCE: u32 = 5_000;
/// Each look goes back so far: what waits for the same flush stands in any order.
const SOON_MS: u64 = 2_000;
/// How often a look goes back how far: past a transaction that hung, and past every clock.
const LOOKS_BACK: [(u64, u64); 2] = [(10 * 60 * 1_000, u64::MAX), (10 * 1_000, 60 * 1_000)];

/// An entry that came in; nothing of what it says when no key opens it.
#[derive(Debug)]
pub(super) struct Arrival {
    pub id: SubmissionId,
    pub received_at_ms: u64,
    pub content: Option<Content>,
}

/// How far one kind of entry was followed.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Arrivals {
    newest: Option<Place>,
    /// When a look went back as far as each of [`LOOKS_BACK`].
    looked_ms: [u64; LOOKS_BACK.len()],
}

impl Arrivals {
    /// Hands over, page by page, what is not known yet; an entry can be handed over again after a fault. From before `since_ms` comes nothing
    /// that shows late: whoever forgets what it knows says so with it.
    pub(super) async fn look(
        &mut self,
        office: &Office,
        kind: Kind,
        (since_ms, now_ms): (u64, u64),
        is_known: impl Fn(SubmissionId) -> bool + Send + Sync,
        mut take: impl FnMut(Vec<Arrival>) + Send,
    ) -> Result<(), StoreFault> {
        let back_ms = self.back_ms(now_ms);
        // What of it is not in the order yet will be read from there.
        let mut opened = office.receiver().opened.take(kind);
        if let Some(newest) = self.newest {
            let since_ms = newest.0.saturating_sub(back_ms).max(since_ms);
            for id in late(office, kind, newest, since_ms, is_known).await? {
                // Erased meanwhile: then there is nothing to take.
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

    /// What was there up to a place is known otherwise.
    pub(super) fn begin_after(&mut self, newest: Option<Place>) {
        self.newest = newest;
    }

    /// Hands over what comes after all that was handed over.
    pub(super) async fn go_on(
        &mut self,
        office: &Office,
        kind: Kind,
        opened: &mut OpenedEntries,
        mut take: impl FnMut(Vec<Arrival>) + Send,
    ) -> Result<(), StoreFault> {
        loop {
            let arrivals = page(office, kind, self.newest, opened).await?;
            let Some(last) = arrivals.last() else { return Ok(()) };
            self.newest = Some((last.received_at_ms, last.id));
            take(arrivals);
            // Others of this server have their turn between pages.
            tokio::task::yield_now().await;
        }
    }

    /// How far this look goes back. One that goes far is also one of those that go less far.
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

/// The next entries after a place, oldest first: those that are opened up to the first that is not, or a page of rows.
async fn page(
    office: &Office,
    kind: Kind,
    after: Option<Place>,
    opened: &mut OpenedEntries,
) -> Result<Vec<Arrival>, StoreFault> {
    if !opened.is_empty() {
        let places = office.store().places(kind, 0, after, OPENED_AT_ONCE).await?;
        let is_empty = places.is_empty();
        let arrival = |(received_at_ms, id)| {
            Some(Arrival { id, received_at_ms, content: Some(opened.remove(&id)?) })
        };
        let arrivals: Vec<_> = places.into_iter().map_while(arrival).collect();
        if is_empty || !arrivals.is_empty() {
            return Ok(arrivals);
        }
    }
    let rows = office.store().page(kind, 0, after, ROWS_AT_ONCE).await?;
    Ok(rows.into_iter().map(|row| read(office, row, opened)).collect())
}

/// Opens one entry.
pub(super) fn open_entry(office: &Office, row: StoredSubmission) -> Arrival {
    read(office, row, &mut OpenedEntries::default())
}

fn read(office: &Office, row: StoredSubmission, opened: &mut OpenedEntries) -> Arrival {
    let id = row.envelope.header.id;
    let open = || Some(read_body(&office.receiver().keys.now().open_seal(&row.envelope)?)?.content);
    Arrival { id, received_at_ms: row.received_at_ms, content: opened.remove(&id).or_else(open) }
}

/// The ids from a moment up to the newest place that are not known.
async fn late(
    office: &Office,
    kind: Kind,
    newest: Place,
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
