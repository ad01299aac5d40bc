//! Attempts to sign in are slowed by who makes them and for whom: a stranger who guesses is slowed, the
//! person whose login it is is not. Attempts that failed are counted for those who work here.

use crate::limits::network_rates::NetworkRates;
use governor::clock::{Clock, DefaultClock};
use governor::state::keyed::DashMapStateStore;
use governor::{Quota, RateLimiter};
use std::collections::{HashMap, VecDeque};
use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Attempts at once for one login from one share of addresses: typing errors.
const AT_ONCE: NonZeroU32 = NonZeroU32::new(5).expect("it is not zero");
/// After those, one in this many seconds: 2,880 guesses a day, against passwords of 15 letters and more.
const PER_MINUTE: NonZeroU32 = NonZeroU32::new(2).expect("it is not zero");
/// And for all logins from one share of addresses, which an office may have in common.
const OF_ADDRESS: NonZeroU32 = NonZeroU32::new(30).expect("it is not zero");
/// Codes of a second factor at once for one login, wherever they come from: only who has the password
/// comes so far, so the person is not locked out by strangers.
const CODES_AT_ONCE: NonZeroU32 = NonZeroU32::new(10).expect("it is not zero");
/// After those, so many an hour: three codes of a million count at any moment, so a day of guesses finds
/// one with a chance of one in a thousand.
const CODES_PER_HOUR: NonZeroU32 = NonZeroU32::new(12).expect("it is not zero");
/// Attempts that failed are shown for a day.
const FAILED_MS: u64 = 24 * 60 * 60 * 1_000;
/// More of them are shown as this many: it is one number for a person, and memory that strangers fill.
pub const FAILED_MAX: usize = 100;

pub struct Attempts {
    /// Of one login from each network that an address lies in, and no wider: strangers lock nobody out.
    of_login: NetworkRates<String>,
    of_address: NetworkRates<()>,
    /// Only of people whose password was right, so there are no more than people.
    codes: RateLimiter<String, DashMapStateStore<String>, DefaultClock>,
    /// When somebody's attempts failed, since they last came in. Only of logins that somebody has, so there are
    /// no more than people.
    failed: Mutex<HashMap<String, VecDeque<u64>>>,
}

impl Default for Attempts {
    fn default() -> Self {
        Self {
            of_login: NetworkRates::new(PER_MINUTE, AT_ONCE),
            of_address: NetworkRates::new(OF_ADDRESS, OF_ADDRESS),
            codes: RateLimiter::keyed(Quota::per_hour(CODES_PER_HOUR).allow_burst(CODES_AT_ONCE)),
            failed: Mutex::default(),
        }
    }
}

impl Attempts {
    /// Whether another attempt may be made now; if not, after how many seconds. `login` is one that was checked
    /// (`office::staff::login_of`): what strangers write is no key.
    pub fn allow(&self, address: IpAddr, login: &str) -> Result<(), u64> {
        self.allow_from(address)?;
        self.of_login.check(address, &login.to_string())
    }

    /// The same where the login is not known before: an office may share an address.
    pub fn allow_from(&self, address: IpAddr) -> Result<(), u64> {
        self.of_address.check(address, &())
    }

    /// Whether another code may be tried for somebody whose password was right.
    pub fn allow_code(&self, login: &str) -> Result<(), u64> {
        let now = DefaultClock::default().now();
        self.codes
            .check_key(&login.to_string())
            .map_err(|until| until.wait_time_from(now).as_secs() + 1)
    }

    /// Counts an attempt that failed, for somebody who works here.
    pub fn has_failed(&self, login: &str, now_ms: u64) {
        let mut failed = self.failed();
        let of_login = failed.entry(login.to_string()).or_default();
        of_login.push_back(now_ms);
        if of_login.len() > FAILED_MAX {
            of_login.pop_front();
        }
    }

    /// Whoever comes in knows of their own typing errors.
    pub fn has_come_in(&self, login: &str) {
        self.failed().remove(login);
    }

    /// How many attempts failed in the last day, since the person last came in; at most [`FAILED_MAX`].
    pub fn failures(&self, login: &str, now_ms: u64) -> usize {
        let failed = self.failed();
        failed.get(login).map_or(0, |of_login| {
            of_login.iter().filter(|at_ms| now_ms.saturating_sub(**at_ms) < FAILED_MS).count()
        })
    }

    /// Forgets who has been quiet, so that memory stays bounded.
    pub fn forget_quiet(&self) {
        self.of_login.forget_quiet();
        self.of_address.forget_quiet();
        self.codes.retain_recent();
    }

    fn failed(&self) -> MutexGuard<'_, HashMap<String, VecDeque<u64>>> {
        self.failed.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limits::network_rates::KNOWN_MAX;
    use crate::limits::shares::tests::addresses_within;

    #[test]
    fn a_stranger_is_slowed_and_the_person_is_not_locked_out() {
        let attempts = Attempts::default();
        let (stranger, home): (IpAddr, IpAddr) =
            ("203.0.113.9".parse().unwrap(), "10.0.0.1".parse().unwrap());
        let allowed = (0..100).filter(|_| attempts.allow(stranger, "ann").is_ok()).count();
        assert_eq!(allowed, 5);
        assert!(attempts.allow(stranger, "ann").is_err_and(|seconds| (1..=60).contains(&seconds)));
        assert!(attempts.allow(home, "ann").is_ok(), "from elsewhere she signs in as ever");
    }

    #[test]
    fn one_address_cannot_try_every_login() {
        let attempts = Attempts::default();
        let address: IpAddr = "203.0.113.9".parse().unwrap();
        let allowed =
            (0..200).filter(|n| attempts.allow(address, &format!("login{n}")).is_ok()).count();
        assert!((30..=32).contains(&allowed), "{allowed}");
    }

    #[test]
    fn whoever_has_many_networks_has_a_few_shares_of_guesses() {
        for (width, count, guesses) in [(56, 256, 10..=11), (48, 20_000, 20..=22)] {
            let attempts = Attempts::default();
            let allowed = addresses_within(width, count)
                .filter(|address| attempts.allow(*address, "ann").is_ok())
                .count();
            assert!(guesses.contains(&allowed), "of {width} bits {allowed}");
            assert!(
                attempts.allow("198.51.100.7".parse().unwrap(), "ann").is_ok(),
                "from elsewhere she signs in as ever"
            );
        }
        let attempts = Attempts::default();
        let every_login = addresses_within(56, 256).flat_map(|address| [address; 20]).enumerate();
        let allowed = every_login
            .filter(|(n, address)| attempts.allow(*address, &format!("login{n}")).is_ok())
            .count();
        assert!((60..=66).contains(&allowed), "{allowed}");
    }

    #[test]
    fn strangers_do_not_fill_memory() {
        let attempts = Attempts::default();
        for number in 0..150_000_u32 {
            let _ = attempts.allow(IpAddr::V4((number << 8).into()), &format!("login{number}"));
        }
        let (of_login, of_address) =
            (attempts.of_login.known_count(), attempts.of_address.known_count());
        // Beside those that are known one by one, their regions.
        assert!(
            of_login <= KNOWN_MAX + 150_000 / 256 && of_address <= KNOWN_MAX + 150_000 / 256,
            "{of_login} {of_address}"
        );
        assert!(
            attempts.allow("198.51.100.7".parse().unwrap(), "ann").is_ok(),
            "another region is not touched"
        );
    }

    #[test]
    fn codes_are_few_for_one_login_wherever_they_come_from() {
        let attempts = Attempts::default();
        assert_eq!((0..1_000).filter(|_| attempts.allow_code("ann").is_ok()).count(), 10);
        assert!(attempts.allow_code("ann").is_err_and(|seconds| seconds <= 301));
        assert!(attempts.allow_code("bo").is_ok());
    }

    #[test]
    fn failures_are_counted_for_a_day_and_end_when_the_person_comes_in() {
        let (attempts, hour_ms) = (Attempts::default(), 60 * 60 * 1_000);
        for hour in 0..30 {
            attempts.has_failed("ann", hour * hour_ms);
        }
        assert_eq!(
            (attempts.failures("ann", 29 * hour_ms), attempts.failures("bo", 29 * hour_ms)),
            (24, 0)
        );
        for _ in 0..10_000 {
            attempts.has_failed("ann", 30 * hour_ms);
        }
        assert_eq!(attempts.failures("ann", 30 * hour_ms), FAILED_MAX);
        attempts.has_come_in("ann");
        assert_eq!(attempts.failures("ann", 30 * hour_ms), 0);
    }
}
