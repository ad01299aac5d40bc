//! What the other servers of a database said about their keys. A key begins to be used when every
//! server has it, and a key that only another server has is not unknown.

use domain::submission::{KeyId, PublicKeys};
use std::time::{Duration, Instant};

/// How often the log says again that keys are missing: a server that was forgotten is noticed by
/// whoever reads the log of a day.
const SAID_AGAIN: Duration = Duration::from_secs(24 * 60 * 60);

/// The keys that another server reported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyReport {
    /// The ids of all of its keys.
    pub keys: Vec<KeyId>,
    /// Whether it reported lately, so that it runs.
    pub is_running: bool,
}

/// The newest report of each other server.
#[derive(Debug, Default)]
pub(super) struct KeysElsewhere {
    pub(super) reports: Vec<KeyReport>,
    /// What is missing by these reports.
    pub(super) missing: MissingKeys,
    /// When the log last said so.
    pub(super) said: Option<Instant>,
}

/// How many keys are missing on servers that run.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct MissingKeys {
    /// Here, and another server has them.
    pub(super) here: usize,
    /// On other servers, and this one has them.
    pub(super) elsewhere: usize,
}

impl MissingKeys {
    pub(super) fn of(own: &[KeyId], reports: &[KeyReport]) -> Self {
        let mut missing = Self::default();
        for report in reports.iter().filter(|report| report.is_running) {
            missing.here += report.keys.iter().filter(|key| !own.contains(key)).count();
            missing.elsewhere += own.iter().filter(|key| !report.keys.contains(key)).count();
        }
        missing
    }
}

impl KeysElsewhere {
    /// Whether the log must say at `now` that keys are missing: something is, and it is another
    /// thing than `before`, or was last said a day ago.
    pub(super) fn must_say(&self, before: MissingKeys, now: Instant) -> bool {
        let is_old = self.said.is_none_or(|at| now.duration_since(at) >= SAID_AGAIN);
        self.missing != MissingKeys::default() && (self.missing != before || is_old)
    }

    /// Whether every other server that runs has a key.
    pub(super) fn is_everywhere(&self, key: KeyId) -> bool {
        self.reports
            .iter()
            .filter(|report| report.is_running)
            .all(|report| report.keys.contains(&key))
    }

    /// Whether another server has a key, also one that does not run.
    pub(super) fn is_somewhere(&self, key: KeyId) -> bool {
        self.reports.iter().any(|report| report.keys.contains(&key))
    }

    /// Leaves the keys to seal to that every server has. If there are none, all stay: a device
    /// needs one to send at all.
    pub(super) fn offered(&self, public: PublicKeys) -> PublicKeys {
        let everywhere: Vec<_> =
            public.sealing.iter().filter(|key| self.is_everywhere(key.id)).copied().collect();
        match everywhere.is_empty() {
            true => public,
            false => PublicKeys { sealing: everywhere, ..public },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::MunicipalityId;
    use domain::submission::SealingKey;

    const fn key(number: u8) -> KeyId {
        KeyId([number; 8])
    }

    fn report(keys: &[u8], is_running: bool) -> KeyReport {
        KeyReport { keys: keys.iter().map(|number| key(*number)).collect(), is_running }
    }

    fn check(reports: Vec<KeyReport>, expected: &[u8]) {
        let sealing = [2, 1].map(|number| SealingKey { id: key(number), public: [number; 32] });
        let municipality = MunicipalityId::parse("x").unwrap();
        let (signing, epoch) = (Vec::new(), [0; 16]);
        let public =
            PublicKeys { municipality, sealing: sealing.into(), signing, epoch, now_ms: 1 };
        let elsewhere = KeysElsewhere { reports, ..KeysElsewhere::default() };
        let offered = elsewhere.offered(public).sealing;
        let ids: Vec<u8> = offered.iter().map(|key| key.id.0[0]).collect();
        assert_eq!(ids, expected);
    }

    #[test]
    fn a_key_is_offered_when_every_server_that_runs_has_it() {
        check(vec![], &[2, 1]);
        check(vec![report(&[1], true)], &[1]);
        check(vec![report(&[1, 2], true), report(&[1], true)], &[1]);
        check(vec![report(&[1, 2], true), report(&[1], false)], &[2, 1]);
        check(vec![report(&[9], true)], &[2, 1]);
    }

    #[test]
    fn what_is_missing_is_counted_on_both_sides() {
        let missing = MissingKeys::of(&[key(1), key(2)], &[report(&[2, 3, 4], true)]);
        assert_eq!(missing, MissingKeys { here: 2, elsewhere: 1 });
    }

    #[test]
    fn a_server_that_was_stopped_still_has_its_keys() {
        let reports = vec![report(&[3], false)];
        assert_eq!(MissingKeys::of(&[key(1)], &reports), MissingKeys::default());
        let elsewhere = KeysElsewhere { reports, ..KeysElsewhere::default() };
        assert!(elsewhere.is_somewhere(key(3)) && !elsewhere.is_somewhere(key(4)));
    }

    #[test]
    fn what_is_missing_is_said_when_it_changes_and_once_a_day() {
        let (missing, now) = (MissingKeys { here: 0, elsewhere: 1 }, Instant::now());
        let check = |missing, said, before, expected| {
            let elsewhere = KeysElsewhere { missing, said, ..KeysElsewhere::default() };
            assert_eq!(elsewhere.must_say(before, now + SAID_AGAIN), expected, "{missing:?}");
        };
        let (long_ago, lately) = (Some(now), Some(now + Duration::from_secs(1)));
        check(missing, None, MissingKeys::default(), true);
        check(missing, lately, missing, false);
        check(missing, long_ago, missing, true);
        check(MissingKeys { here: 1, elsewhere: 1 }, lately, missing, true);
        check(MissingKeys::default(), long_ago, missing, false);
    }
}
