//! Attempts to sign in are slowed by who makes them and for whom: a stranger who guesses is slowed, the person whose login it is
//! is not.

use crate::client::share_of;
use governor::clock::{Clock, DefaultClock};
use governor::state::keyed::DashMapStateStore;
use governor::{Quota, RateLimiter};
use std::net::IpAddr;
use std::num::NonZeroU32;

/// Attempts at once for one login from one address: typing errors.
const AT_ONCE: NonZeroU32 = NonZeroU32::new(5).expect("it is not zero");
/// After those, one in this many seconds: 2,880 guesses a day, against passwords of 15 letters and more.
const PER_MINUTE: NonZeroU32 = NonZeroU32::new(2).expect("it is not zero");
/// And for all logins from one address, which an office may share.
const OF_ADDRESS: NonZeroU32 = NonZeroU32::new(30).expect("it is not zero");

type Limiter<K> = RateLimiter<K, DashMapStateStore<K>, DefaultClock>;

pub struct Attempts {
    of_login: Limiter<(IpAddr, String)>,
    of_address: Limiter<IpAddr>,
}

impl Default for Attempts {
    fn default() -> Self {
        Self { of_login: RateLimiter::keyed(Quota::per_minute(PER_MINUTE).allow_burst(AT_ONCE)), of_address: RateLimiter::keyed(Quota::per_minute(OF_ADDRESS)) }
    }
}

impl Attempts {
    /// Whether another attempt may be made now; if not, after how many seconds.
    pub fn allow(&self, address: IpAddr, login: &str) -> Result<(), u64> {
        self.allow_from(address)?;
        let (address, now) = (share_of(address), DefaultClock::default().now());
        self.of_login.check_key(&(address, login.to_string())).map_err(|until| until.wait_time_from(now).as_secs() + 1)
    }

    /// The same where the login is not known before: an office may share an address.
    pub fn allow_from(&self, address: IpAddr) -> Result<(), u64> {
        let now = DefaultClock::default().now();
        self.of_address.check_key(&share_of(address)).map_err(|until| until.wait_time_from(now).as_secs() + 1)
    }

    /// Forgets who has been quiet, so that memory stays bounded.
    pub fn forget_quiet(&self) {
        self.of_login.retain_recent();
        self.of_address.retain_recent();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stranger_is_slowed_and_the_person_is_not_locked_out() {
        let attempts = Attempts::default();
        let (stranger, home): (IpAddr, IpAddr) = ("203.0.113.9".parse().unwrap(), "10.0.0.1".parse().unwrap());
        let allowed = (0..100).filter(|_| attempts.allow(stranger, "ann").is_ok()).count();
        assert_eq!(allowed, 5);
        assert!(attempts.allow(stranger, "ann").is_err_and(|seconds| (1..=60).contains(&seconds)));
        assert!(attempts.allow(home, "ann").is_ok(), "from elsewhere she signs in as ever");
    }

    #[test]
    fn one_address_cannot_try_every_login() {
        let attempts = Attempts::default();
        let address: IpAddr = "203.0.113.9".parse().unwrap();
        let allowed = (0..200).filter(|n| attempts.allow(address, &format!("login{n}")).is_ok()).count();
        assert!((30..=32).contains(&allowed), "{allowed}");
    }
}
