//! What monitoring asks of a running server, as numbers: OpenMetrics text, on its own listener.
//!
//! Every label is one of a fixed list of words, so the number of series is bounded whatever
//! arrives, and no address, no name and nothing that a person wrote can get into one.

pub(crate) mod listener;
mod page;

use domain::submission::{Kind, Refusal, Verdict, Verdicts};
use limits::budget::kind_name;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::histogram::Histogram;
use std::time::{Duration, Instant};
use store::AnyStore;

/// From a page out of memory to a request that times out, in seconds.
const REQUEST_BUCKETS_S: [f64; 12] =
    [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0, 30.0];
/// From a fast disk to a standby that hardly answers, in seconds.
const COMMIT_BUCKETS_S: [f64; 11] =
    [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0];
/// The statuses that this server answers with. Any other counts as "other".
const STATUSES: [(u16, &str); 21] = [
    (200, "200"),
    (204, "204"),
    (206, "206"),
    (301, "301"),
    (302, "302"),
    (303, "303"),
    (304, "304"),
    (307, "307"),
    (308, "308"),
    (400, "400"),
    (401, "401"),
    (403, "403"),
    (404, "404"),
    (405, "405"),
    (408, "408"),
    (409, "409"),
    (413, "413"),
    (415, "415"),
    (429, "429"),
    (500, "500"),
    (503, "503"),
];

/// Why a request was refused before or while it was handled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RequestRefusal {
    /// Too many requests a minute from one address.
    Rate,
    /// Too many bodies at once from one address.
    Bodies,
    /// The body is larger than its address accepts.
    TooLarge,
    /// The body arrived too slowly.
    TooSlow,
    /// The body broke off.
    Broken,
    /// The bodies of all requests together take too much memory.
    Memory,
    /// No place to work became free in time.
    Busy,
    /// Everything in it exceeds the daily budget.
    Budget,
    /// Nothing of it could be stored.
    Store,
    /// Nothing is stored during maintenance.
    Maintenance,
}

impl RequestRefusal {
    const ALL: [Self; 10] = [
        Self::Rate,
        Self::Bodies,
        Self::TooLarge,
        Self::TooSlow,
        Self::Broken,
        Self::Memory,
        Self::Busy,
        Self::Budget,
        Self::Store,
        Self::Maintenance,
    ];

    fn word(self) -> &'static str {
        match self {
            Self::Rate => "rate",
            Self::Bodies => "bodies",
            Self::TooLarge => "too_large",
            Self::TooSlow => "too_slow",
            Self::Broken => "broken",
            Self::Memory => "memory",
            Self::Busy => "busy",
            Self::Budget => "budget",
            Self::Store => "store",
            Self::Maintenance => "maintenance",
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RequestLabels {
    class: &'static str,
    status: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ReasonLabel {
    reason: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct SubmissionLabels {
    kind: &'static str,
    verdict: &'static str,
}

/// The counts of a running server.
pub struct ServerMetrics {
    began: Instant,
    requests: Family<RequestLabels, Histogram, fn() -> Histogram>,
    refused_requests: Family<ReasonLabel, Counter>,
    refused_submissions: Family<ReasonLabel, Counter>,
    submissions: Family<SubmissionLabels, Counter>,
    commits: Histogram,
    failed_commits: Counter,
    dates: page::DatesCopy,
}

impl Default for ServerMetrics {
    /// Everything is zero. Reasons and kinds are there from the start, so that their first increase
    /// is seen as one.
    fn default() -> Self {
        let refused_requests = Family::<ReasonLabel, Counter>::default();
        for refusal in RequestRefusal::ALL {
            drop(refused_requests.get_or_create(&ReasonLabel { reason: refusal.word() }));
        }
        let submissions = Family::<SubmissionLabels, Counter>::default();
        for kind in Kind::ALL.map(kind_name) {
            for verdict in ["received", "refused", "later"] {
                drop(submissions.get_or_create(&SubmissionLabels { kind, verdict }));
            }
        }
        let refused_submissions = Family::<ReasonLabel, Counter>::default();
        for refusal in REFUSALS {
            drop(refused_submissions.get_or_create(&ReasonLabel { reason: refusal_word(refusal) }));
        }
        Self {
            began: Instant::now(),
            requests: Family::new_with_constructor(|| Histogram::new(REQUEST_BUCKETS_S)),
            refused_requests,
            refused_submissions,
            submissions,
            commits: Histogram::new(COMMIT_BUCKETS_S),
            failed_commits: Counter::default(),
            dates: page::DatesCopy::default(),
        }
    }
}

impl ServerMetrics {
    /// Counts a request that was answered. `class` is one of the kinds of address that the log has.
    pub(crate) fn note_request(&self, class: &'static str, status: u16, time: Duration) {
        let word = STATUSES.iter().find(|(of, _)| *of == status).map_or("other", |(_, word)| word);
        let labels = RequestLabels { class, status: word };
        self.requests.get_or_create(&labels).observe(time.as_secs_f64());
    }

    /// Counts a request that was refused.
    pub(crate) fn note_refusal(&self, refusal: RequestRefusal) {
        self.refused_requests.get_or_create(&ReasonLabel { reason: refusal.word() }).inc();
    }

    /// Counts the verdicts on a batch; `kinds` are those of its submissions, in their order.
    pub(crate) fn note_verdicts(&self, kinds: &[Kind], verdicts: &Verdicts) {
        for (kind, (_, verdict)) in kinds.iter().zip(&verdicts.verdicts) {
            let word = match verdict {
                Verdict::Received(_) => "received",
                Verdict::Refused(refusal) => {
                    let reason = refusal_word(*refusal);
                    self.refused_submissions.get_or_create(&ReasonLabel { reason }).inc();
                    "refused"
                }
                Verdict::Later => "later",
            };
            let labels = SubmissionLabels { kind: kind_name(*kind), verdict: word };
            self.submissions.get_or_create(&labels).inc();
        }
    }

    /// Measures the commits of a store from now on.
    pub(crate) fn watch(&self, store: &AnyStore) {
        let (commits, failed) = (self.commits.clone(), self.failed_commits.clone());
        store.watch_commits(move |time, is_done| {
            commits.observe(time.as_secs_f64());
            if !is_done {
                failed.inc();
            }
        });
    }
}

const REFUSALS: [Refusal; 10] = [
    Refusal::OtherContentUnderThisId,
    Refusal::Erased,
    Refusal::UnknownKey,
    Refusal::DoesNotOpen,
    Refusal::NotValid,
    Refusal::OtherMunicipality,
    Refusal::NewerFormat,
    Refusal::TooLarge,
    Refusal::ReferenceFull,
    Refusal::TooManyAdditions,
];

fn refusal_word(refusal: Refusal) -> &'static str {
    match refusal {
        Refusal::OtherContentUnderThisId => "other_content",
        Refusal::Erased => "erased",
        Refusal::UnknownKey => "unknown_key",
        Refusal::DoesNotOpen => "does_not_open",
        Refusal::NotValid => "not_valid",
        Refusal::OtherMunicipality => "other_municipality",
        Refusal::NewerFormat => "newer_format",
        Refusal::TooLarge => "too_large",
        Refusal::ReferenceFull => "reference_full",
        Refusal::TooManyAdditions => "too_many_additions",
    }
}
