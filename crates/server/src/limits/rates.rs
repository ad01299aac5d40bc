//! Requests a minute of each share, asked before anything of a body is read.

use crate::client::share_of;
use governor::clock::DefaultClock;
use governor::state::keyed::DashMapStateStore;
use governor::{Quota, RateLimiter};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::num::NonZeroU32;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Batches and questions that one address may send a minute: a library's terminals share one, and each batch holds up to 250.
const REQUESTS_PER_MINUTE: NonZeroU32 = NonZeroU32::new(120).expect("it is not zero");
/// At once, when a fair's tablets come home together.
const REQUESTS_AT_ONCE: NonZeroU32 = NonZeroU32::new(240).expect("it is not zero");
/// Forms of the office: a town hall of thirty desks behind one address, each with a form every three seconds.
const FORMS_PER_MINUTE: NonZeroU32 = NonZeroU32::new(600).expect("it is not zero");
/// Told to those who ask for more; nothing of theirs is lost.
pub const RETRY_AFTER_S: u64 = 10;
/// Shares that are known one by one: some megabytes. Who comes when there are more shares with a whole region of addresses.
const SHARES_MAX: usize = 100_000;
/// To look through all of them takes some milliseconds, which a stranger must not ask for at each request.
const LOOK_GAP: Duration = Duration::from_secs(1);

/// What is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    /// Something of the interface that has a body.
    Interface,
    /// A form of the office.
    Form,
}

type Limiter = RateLimiter<IpAddr, DashMapStateStore<IpAddr>, DefaultClock>;

pub struct Rates {
    interface: Limiter,
    forms: Limiter,
    looked: Mutex<Instant>,
}

impl Default for Rates {
    fn default() -> Self {
        Self {
            interface: RateLimiter::keyed(Quota::per_minute(REQUESTS_PER_MINUTE).allow_burst(REQUESTS_AT_ONCE)),
            forms: RateLimiter::keyed(Quota::per_minute(FORMS_PER_MINUTE)),
            looked: Mutex::new(Instant::now()),
        }
    }
}

impl Rates {
    pub fn allow(&self, asked: Asked, address: IpAddr) -> bool {
        let limiter = match asked {
            Asked::Interface => &self.interface,
            Asked::Form => &self.forms,
        };
        if limiter.len() < SHARES_MAX {
            return limiter.check_key(&share_of(address)).is_ok();
        }
        self.forget_at_most_once_a_second();
        limiter.check_key(&region_of(address)).is_ok()
    }

    /// Forgets addresses that have been quiet, so that memory stays bounded.
    pub fn forget_quiet(&self) {
        self.interface.retain_recent();
        self.forms.retain_recent();
    }

    fn forget_at_most_once_a_second(&self) {
        let mut looked = self.looked.lock().unwrap_or_else(PoisonError::into_inner);
        if looked.elapsed() >= LOOK_GAP {
            *looked = Instant::now();
            self.forget_quiet();
        }
    }
}

/// What a provider has: 65,536 addresses of IPv4, or a network of 32 bits of IPv6. There are few enough of either.
fn region_of(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => IpAddr::V4(Ipv4Addr::from_bits(address.to_bits() >> 16 << 16)),
        IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() >> 96 << 96)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allowed(rates: &Rates, asked: Asked, addresses: impl Iterator<Item = IpAddr>) -> usize {
        addresses.filter(|address| rates.allow(asked, *address)).count()
    }

    fn of(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn a_network_of_addresses_has_one_share() {
        let rates = Rates::default();
        let hopping = (0..1_000_u32).map(|last| of(&format!("2001:db8:0:7::{last:x}")));
        let count = allowed(&rates, Asked::Interface, hopping);
        assert!((240..=250).contains(&count), "{count}");
        assert!(rates.allow(Asked::Interface, of("2001:db8:0:8::1")), "the neighbours have their own");
        assert!(allowed(&rates, Asked::Interface, std::iter::repeat_n(of("10.0.0.1"), 250)) >= 240);
        assert!(!rates.allow(Asked::Interface, of("::ffff:10.0.0.1")), "one address in two ways of writing is one");
    }

    #[test]
    fn over_the_share_is_later_and_others_are_not_touched() {
        let rates = Rates::default();
        let count = allowed(&rates, Asked::Interface, std::iter::repeat_n(of("10.0.0.1"), 1_000));
        assert!((240..=250).contains(&count), "{count}");
        assert!(rates.allow(Asked::Interface, of("10.0.0.2")) && rates.allow(Asked::Form, of("10.0.0.1")));
        let forms = allowed(&rates, Asked::Form, std::iter::repeat_n(of("10.0.0.1"), 1_000));
        assert!((595..=700).contains(&forms), "{forms}");
    }

    #[test]
    fn more_shares_than_are_known_take_no_more_memory() {
        let rates = Rates::default();
        let hopping = |from: u128| (from..from + 150_000).map(|network| IpAddr::V6(Ipv6Addr::from_bits(0x2001_0db8 << 96 | network << 64)));
        allowed(&rates, Asked::Interface, hopping(0));
        assert!(rates.interface.len() <= SHARES_MAX + 1, "{}", rates.interface.len());
        assert!(rates.allow(Asked::Interface, of("198.51.100.7")), "another region is not touched");
    }
}
