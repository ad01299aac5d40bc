//! Exponential back-off after a failure: doubling, capped, with jitter, and safe against a clock
//! that jumps.

/// Base of the wait after the first failure, in milliseconds.
const FIRST_MS: u64 = 2_000;
/// The longest wait that the app chooses itself, in milliseconds; the server may ask for more.
const LONGEST_MS: u64 = 15 * 60 * 1_000;
/// The longest wait that a server may ask for, in milliseconds. More is taken for a mistake, or for
/// the answer of a captive portal.
const RETRY_AFTER_LONGEST_MS: u64 = 6 * 3_600 * 1_000;

#[derive(Debug, Clone)]
pub(super) struct Backoff {
    failures: u32,
    postponed: Option<Postponed>,
    random: u64,
}

#[derive(Debug, Clone, Copy)]
struct Postponed {
    at_ms: u64,
    until_ms: u64,
}

impl Backoff {
    pub(super) fn new(seed: u64) -> Self {
        Self { failures: 0, postponed: None, random: seed }
    }

    /// Returns the moment to wait for, or `None` if it is time to send. A clock that was set back
    /// before the failure ends the wait: one attempt too many is better than a year of silence.
    pub(super) fn wait_until(&self, now_ms: u64) -> Option<u64> {
        let postponed = self.postponed?;
        (postponed.at_ms <= now_ms && now_ms < postponed.until_ms).then_some(postponed.until_ms)
    }

    pub(super) fn forget(&mut self) {
        self.failures = 0;
        self.postponed = None;
    }

    /// Waits between half of the doubled time and all of it; at least as long as the server asked
    /// for, and no less than a wait that is already in place.
    pub(super) fn postpone(&mut self, now_ms: u64, retry_after_s: Option<u64>) {
        let doubled = FIRST_MS.saturating_mul(1 << self.failures.min(20)).min(LONGEST_MS);
        self.failures = self.failures.saturating_add(1);
        let own_ms = doubled / 2 + self.next_random() % (doubled / 2 + 1);
        let asked_ms = retry_after_s.unwrap_or(0).saturating_mul(1_000).min(RETRY_AFTER_LONGEST_MS);
        let delay_ms = if asked_ms > 0 { asked_ms + own_ms.min(asked_ms / 10) } else { own_ms };
        let until_ms = now_ms.saturating_add(delay_ms.max(asked_ms));
        self.postponed = Some(Postponed {
            at_ms: now_ms,
            until_ms: self.wait_until(now_ms).map_or(until_ms, |moment| moment.max(until_ms)),
        });
    }

    /// SplitMix64 (Steele, Lea, Flood 2014): good enough for jitter, not for secrets.
    fn next_random(&mut self) -> u64 {
        self.random = self.random.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.random;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }
}
