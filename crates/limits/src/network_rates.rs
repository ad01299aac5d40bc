//! A rate limit for each network that an address belongs to, with bounded memory however many
//! addresses appear.
//!
//! It is the generic cell rate algorithm, as in the crate `governor`, applied to several keys at
//! once. That crate cannot test a key without consuming from it; here a request consumes only if
//! all networks of its address have capacity. Otherwise a refused client with 65,536 networks would
//! still fill the table, and a client over its own share would use up its neighbours' shares.

use super::shares::{REGION_SHARES, region_of, shares_of};
use ipnet::IpNet;
use std::collections::HashMap;
use std::hash::Hash;
use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Most networks tracked individually, which takes some megabytes. Beyond it, new addresses share
/// the rate of their whole region.
pub const KNOWN_MAX: usize = 100_000;
/// Shortest time between two searches for entries to drop. A search takes some milliseconds, which
/// a client must not be able to trigger with every request.
const LOOK_GAP: Duration = Duration::from_secs(1);

/// Rate limit per share: requests per minute and burst size. `K` separates counts by purpose; its
/// default value stands for all purposes together.
pub struct NetworkRates<K> {
    /// Time after which a share regains one request.
    each: Duration,
    at_once: u32,
    began: Instant,
    known: Mutex<KnownNetwork<K>>,
}

struct KnownNetwork<K> {
    /// When each key has its full burst available again, as time since `began`.
    whole_again: HashMap<(IpNet, K), Duration>,
    looked: Duration,
}

impl<K: Hash + Eq + Clone + Default> NetworkRates<K> {
    /// Allows `per_minute` requests per minute and bursts of `at_once` for each share.
    pub fn new(per_minute: NonZeroU32, at_once: NonZeroU32) -> Self {
        let known = KnownNetwork { whole_again: HashMap::new(), looked: Duration::ZERO };
        Self {
            each: Duration::from_secs(60) / per_minute.get(),
            at_once: at_once.get(),
            began: Instant::now(),
            known: Mutex::new(known),
        }
    }

    /// Consumes one request if it is within the share. Otherwise returns the seconds until it would
    /// be; refused requests consume nothing.
    pub fn check(&self, address: IpAddr, of: &K) -> Result<(), u64> {
        self.check_at(self.began.elapsed(), address, of)
    }

    fn check_at(&self, now: Duration, address: IpAddr, of: &K) -> Result<(), u64> {
        let mut known = self.known();
        let networks = if known.has_room(now) {
            shares_of(address)
                .into_iter()
                .map(|(network, shares)| ((network, of.clone()), shares))
                .collect()
        } else {
            vec![((region_of(address), K::default()), REGION_SHARES)]
        };
        let after = |known: &KnownNetwork<K>, key: &(IpNet, K), shares: u32| {
            known.whole_again.get(key).map_or(now, |at| now.max(*at)) + self.each / shares
        };
        for (key, shares) in &networks {
            let allowed = now + self.each / *shares * self.at_once.saturating_mul(*shares);
            let over = after(&known, key, *shares).saturating_sub(allowed);
            if !over.is_zero() {
                return Err(over.as_secs() + 1);
            }
        }
        for (key, shares) in networks {
            let at = after(&known, &key, shares);
            known.whole_again.insert(key, at);
        }
        Ok(())
    }

    /// Drops entries whose full burst is available again.
    pub fn forget_quiet(&self) {
        self.known().forget_quiet(self.began.elapsed());
    }

    /// Number of networks tracked at present, counted once for each purpose.
    pub fn known_count(&self) -> usize {
        self.known().whole_again.len()
    }

    fn known(&self) -> MutexGuard<'_, KnownNetwork<K>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<K: Hash + Eq> KnownNetwork<K> {
    fn has_room(&mut self, now: Duration) -> bool {
        if self.whole_again.len() >= KNOWN_MAX && now.saturating_sub(self.looked) >= LOOK_GAP {
            self.looked = now;
            self.forget_quiet(now);
        }
        self.whole_again.len() < KNOWN_MAX
    }

    fn forget_quiet(&mut self, now: Duration) {
        self.whole_again.retain(|_, at| *at > now);
        self.whole_again.shrink_to_fit();
    }
}

#[cfg(test)]
mod tests {
    use super::super::shares::addresses_within;
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    /// Sixty per minute, in bursts of ten.
    fn rates() -> NetworkRates<String> {
        NetworkRates::new(NonZeroU32::new(60).unwrap(), NonZeroU32::new(10).unwrap())
    }

    fn allowed(
        rates: &NetworkRates<String>,
        now: Duration,
        addresses: impl Iterator<Item = IpAddr>,
    ) -> usize {
        addresses.filter(|address| rates.check_at(now, *address, &String::new()).is_ok()).count()
    }

    #[test]
    fn a_share_comes_back_as_time_passes_and_no_further_than_whole() {
        let (rates, address) = (rates(), "198.51.100.7".parse::<IpAddr>().unwrap());
        let at = |now: Duration| allowed(&rates, now, std::iter::repeat_n(address, 100));
        assert_eq!(
            (at(Duration::ZERO), at(SECOND / 2), at(SECOND), at(SECOND * 4), at(SECOND * 500)),
            (10, 0, 1, 3, 10)
        );
        assert_eq!(rates.check_at(SECOND * 500, address, &String::new()), Err(2));
        assert_eq!(
            rates.check_at(SECOND * 500, address, &"something else".into()),
            Ok(()),
            "which is counted apart"
        );
    }

    #[test]
    fn whoever_has_many_networks_has_a_few_shares() {
        let all = |width, count| {
            allowed(
                &rates(),
                SECOND,
                addresses_within(width, count).flat_map(|address| [address; 20]),
            )
        };
        assert_eq!((all(64, 1), all(56, 256), all(48, 65_536)), (10, 20, 40));
    }

    #[test]
    fn who_is_refused_uses_nothing_of_the_neighbours_and_no_memory() {
        let (rates, one) = (rates(), "2001:db8:1::1".parse::<IpAddr>().unwrap());
        assert_eq!(allowed(&rates, SECOND, std::iter::repeat_n(one, 10_000)), 10);
        assert_eq!(
            allowed(&rates, SECOND, std::iter::repeat_n("2001:db8:1:1::1".parse().unwrap(), 10)),
            10,
            "a neighbour's network has all of its own"
        );
        assert_eq!(allowed(&rates, SECOND, addresses_within(48, 65_536)), 20);
        assert!(rates.known_count() < 50, "{}", rates.known_count());
    }

    #[test]
    fn more_than_can_be_known_are_counted_by_region_and_forgotten_when_they_are_quiet() {
        let rates = rates();
        for number in 0..200_000_u32 {
            let _ = rates.check_at(SECOND, IpAddr::V4((number << 8).into()), &number.to_string());
        }
        assert!(rates.known_count() <= KNOWN_MAX + 200_000 / 256, "{}", rates.known_count());
        assert!(
            rates.check_at(SECOND, "198.51.100.7".parse().unwrap(), &"ann".into()).is_ok(),
            "another region is not touched"
        );
        assert!(
            rates.check_at(SECOND * 100, "198.51.100.7".parse().unwrap(), &"ann".into()).is_ok()
        );
        assert_eq!(rates.known_count(), 1);
    }
}
