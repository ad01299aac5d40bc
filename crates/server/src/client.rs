//! Who is asking, and how much they may ask.

use axum::http::HeaderMap;
use governor::clock::DefaultClock;
use governor::state::keyed::DashMapStateStore;
use governor::{Quota, RateLimiter};
use std::net::{IpAddr, Ipv6Addr};
use std::num::NonZeroU32;

/// Batches that one address may send a minute: a library's terminals share one, and each batch holds up to 250.
const BATCHES_PER_MINUTE: NonZeroU32 = NonZeroU32::new(120).expect("it is not zero");
/// Batches at once, when a fair's tablets come home together.
const BATCHES_AT_ONCE: NonZeroU32 = NonZeroU32::new(240).expect("it is not zero");
/// Told to those who ask for more; nothing of theirs is lost.
pub const RETRY_AFTER_S: u64 = 10;

/// The address that counts: the peer, or the hop that the last trusted proxy saw. What a client writes into
/// the header itself stands further left and is never read. A header that is shorter than it must be did not come through
/// the proxies: then all share what the peer has.
pub fn address(peer: IpAddr, headers: &HeaderMap, trusted_proxies: usize) -> IpAddr {
    if trusted_proxies == 0 {
        return peer;
    }
    let lines = headers.get_all("x-forwarded-for").iter().filter_map(|value| value.to_str().ok());
    let hops: Vec<&str> = lines.flat_map(|line| line.split(',')).map(str::trim).collect();
    let hop = hops.len().checked_sub(trusted_proxies).and_then(|at| hops.get(at));
    hop.and_then(|hop| hop.parse().ok()).unwrap_or(peer)
}

/// Whose share it is. A house has one address, or a network of 2^64 of them (RFC 6177): who has a network could otherwise take
/// another address for each request.
pub(crate) fn share_of(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() >> 64 << 64)),
        canonical => canonical,
    }
}

/// Fair shares by address.
pub struct Shares(RateLimiter<IpAddr, DashMapStateStore<IpAddr>, DefaultClock>);

impl Default for Shares {
    fn default() -> Self {
        Self(RateLimiter::keyed(Quota::per_minute(BATCHES_PER_MINUTE).allow_burst(BATCHES_AT_ONCE)))
    }
}

impl Shares {
    pub fn allow(&self, address: IpAddr) -> bool {
        self.0.check_key(&share_of(address)).is_ok()
    }

    /// Forgets addresses that have been quiet, so that memory stays bounded.
    pub fn forget_quiet(&self) {
        self.0.retain_recent();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_forged_header_moves_nobody_out_of_their_share() {
        let peer: IpAddr = "10.0.0.1".parse().unwrap();
        let mut headers = HeaderMap::new();
        headers.insert("x-forwarded-for", "1.2.3.4, 5.6.7.8".parse().unwrap());
        let seen = |trusted| address(peer, &headers, trusted).to_string();
        assert_eq!([seen(0), seen(1), seen(2), seen(3)], ["10.0.0.1", "5.6.7.8", "1.2.3.4", "10.0.0.1"]);
        headers.insert("x-forwarded-for", "nonsense".parse().unwrap());
        assert_eq!(address(peer, &headers, 1), peer);
    }

    #[test]
    fn a_network_of_addresses_has_one_share() {
        let shares = Shares::default();
        let of = |last: u32| -> IpAddr { format!("2001:db8:0:7::{last:x}").parse().unwrap() };
        let allowed = (0..1_000).filter(|&last| shares.allow(of(last))).count();
        assert!((240..=250).contains(&allowed), "{allowed}");
        assert!(shares.allow("2001:db8:0:8::1".parse().unwrap()), "the neighbours have their own");
        assert!((0..250).filter(|_| shares.allow("10.0.0.1".parse().unwrap())).count() >= 240);
        assert!(!shares.allow("::ffff:10.0.0.1".parse().unwrap()), "one address in two ways of writing is one");
    }

    #[test]
    fn over_the_share_is_later_and_others_are_not_touched() {
        let shares = Shares::default();
        let (one, other): (IpAddr, IpAddr) = ("10.0.0.1".parse().unwrap(), "10.0.0.2".parse().unwrap());
        let allowed = (0..1_000).filter(|_| shares.allow(one)).count();
        assert!((240..=250).contains(&allowed), "{allowed}");
        assert!(shares.allow(other));
    }
}
