//! An innocent client at another address that only wants to be served during an attack.

use crate::hub::{TestServer, sealed, wire};
use crate::wire::{NEIGHBOUR, ask, get};
use domain::submission::{Verdict, Verdicts};
use offline::sealing::Sealed;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// Number of pings; the slowest counts.
const PINGS: usize = 30;
const SUBMISSIONS: usize = 5;
const PAUSE: Duration = Duration::from_millis(30);

static NUMBER: AtomicU64 = AtomicU64::new(7_000_000);

/// What the neighbour measured.
#[derive(Debug, Default)]
pub(crate) struct NeighbourView {
    pub(crate) slowest: Duration,
    pub(crate) refused: usize,
}

impl NeighbourView {
    pub(crate) fn is_within(&self, most: Duration) -> bool {
        self.refused == 0 && self.slowest <= most
    }
}

impl std::fmt::Display for NeighbourView {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "{PINGS} pings and {SUBMISSIONS} submissions of a neighbour: the slowest {} ms, {} not served",
            self.slowest.as_millis(),
            self.refused
        )
    }
}

/// Submissions to send during the attack. Sealed before it, while the server's keys can still be
/// fetched.
pub(crate) fn entries(hub: &TestServer) -> Vec<Sealed> {
    let keys = hub.keys();
    (0..SUBMISSIONS)
        .map(|_| sealed("When is the library open?", &keys, NUMBER.fetch_add(1, Ordering::Relaxed)))
        .collect()
}

/// Pings and sends the submissions.
pub(crate) fn looks(hub: &TestServer, entries: &[Sealed]) -> NeighbourView {
    let mut seen = NeighbourView::default();
    for round in 0..PINGS {
        let answer = get(NEIGHBOUR, hub, "/api/ping", "");
        seen.slowest = seen.slowest.max(answer.took);
        seen.refused += usize::from(answer.status() != 200);
        if let Some(entry) = entries
            .get(round / (PINGS / SUBMISSIONS))
            .filter(|_| round % (PINGS / SUBMISSIONS) == 0)
        {
            let answer =
                ask(NEIGHBOUR, hub, "POST", "/api/submissions", "", &wire(&[&entry.envelope]));
            let is_received =
                postcard::from_bytes::<Verdicts>(answer.body()).is_ok_and(|verdicts| {
                    verdicts
                        .verdicts
                        .first()
                        .is_some_and(|(_, verdict)| matches!(verdict, Verdict::Received(_)))
                });
            seen.slowest = seen.slowest.max(answer.took);
            seen.refused += usize::from(!is_received);
        }
        if seen.refused > 2 {
            // Each of them has waited long enough.
            break;
        }
        std::thread::sleep(PAUSE);
    }
    seen
}
