//! Rate limits for signing in, by address and by login: a stranger who guesses is slowed down, the
//! owner of the login is not. Failed attempts are counted for staff.

use governor::clock::{Clock, DefaultClock};
use governor::state::keyed::DashMapStateStore;
use governor::{Quota, RateLimiter};
use limits::network_rates::NetworkRates;
use std::collections::{HashMap, VecDeque};
use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Burst of attempts for one login from one network: room for typing errors.
const AT_ONCE: NonZeroU32 = NonZeroU32::new(5).expect("it is not zero");
/// After the burst, one attempt every 30 seconds: 2,880 guesses a day, against passwords of at
/// least 15 letters.
const PER_MINUTE: NonZeroU32 = NonZeroU32::new(2).expect("it is not zero");
/// Attempts per minute, and burst, for all logins from one network, which an office may share.
const OF_ADDRESS: NonZeroU32 = NonZeroU32::new(30).expect("it is not zero");
/// Burst of second-factor codes for one login, from any address: only a person with the right
/// password gets this far, so strangers cannot lock anybody out.
const CODES_AT_ONCE: NonZeroU32 = NonZeroU32::new(10).expect("it is not zero");
/// Codes per hour after the burst. Three codes of a million are valid at any moment, so a day of
/// guesses succeeds with a probability of one in a thousand.
const CODES_PER_HOUR: NonZeroU32 = NonZeroU32::new(12).expect("it is not zero");
/// Failed attempts are shown for a day (ms).
const FAILED_MS: u64 = 24 * 60 * 60 * 1_000;
/// At most this many failed attempts are counted per login: the person reads one number, and
/// strangers must not fill the memory.
pub const FAILED_MAX: usize = 100;

/// The rate limits and the counts of failed attempts of one server.
pub struct Attempts {
    /// Per login and per network that contains the address, never per login alone: strangers cannot
    /// lock anybody out.
    of_login: NetworkRates<String>,
    of_address: NetworkRates<()>,
    /// Only for people whose password was right, so there are no more keys than people.
    codes: RateLimiter<String, DashMapStateStore<String>, DefaultClock>,
    /// Times in ms of failed attempts since the last successful one. Only for logins that exist, so
    /// there are no more keys than people.
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
    /// Takes one attempt for a login from an address. `Err` holds the seconds to wait. `login` must
    /// have been normalized (`office::staff::login_of`): unchecked input must not become a key.
    pub fn allow(&self, address: IpAddr, login: &str) -> Result<(), u64> {
        self.allow_from(address)?;
        self.of_login.check(address, &login.to_string())
    }

    /// Takes one attempt from an address whose login is not known yet. The limit leaves room for an
    /// office that shares one address. `Err` holds the seconds to wait.
    pub fn allow_from(&self, address: IpAddr) -> Result<(), u64> {
        self.of_address.check(address, &())
    }

    /// Takes one second-factor code for a person whose password was right. `Err` holds the seconds
    /// to wait.
    pub fn allow_code(&self, login: &str) -> Result<(), u64> {
        let now = DefaultClock::default().now();
        self.codes
            .check_key(&login.to_string())
            .map_err(|until| until.wait_time_from(now).as_secs() + 1)
    }

    /// Counts a failed attempt for a login that exists.
    pub fn has_failed(&self, login: &str, now_ms: u64) {
        let mut failed = self.failed();
        let of_login = failed.entry(login.to_string()).or_default();
        of_login.push_back(now_ms);
        if of_login.len() > FAILED_MAX {
            of_login.pop_front();
        }
    }

    /// Clears the failed attempts after a successful one: the person knows their own typing errors.
    pub fn has_come_in(&self, login: &str) {
        self.failed().remove(login);
    }

    /// Failed attempts in the last day since the person last signed in; at most [`FAILED_MAX`].
    pub fn failures(&self, login: &str, now_ms: u64) -> usize {
        let failed = self.failed();
        failed.get(login).map_or(0, |of_login| {
            of_login.iter().filter(|at_ms| now_ms.saturating_sub(**at_ms) < FAILED_MS).count()
        })
    }

    /// Drops limits that are full again, so that memory stays bounded.
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
    use limits::network_rates::KNOWN_MAX;
    use limits::shares::addresses_within;

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
        // In addition to the networks that are tracked singly, their regions.
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
