//! A rate for each network that an address lies in, with memory that has an end however many addresses come.
//!
//! It is the generic cell rate algorithm, as the crate `governor` has it, over several keys at once, which that crate cannot ask without taking: only what
//! all networks of an address have room for takes something from each of them. Otherwise whoever has 65,536 networks and is refused would still fill the
//! table, and whoever is over their own share would use up their neighbours'.

use super::shares::{REGION_SHARES, region_of, shares_of};
use ipnet::IpNet;
use std::collections::HashMap;
use std::hash::Hash;
use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Networks that are known one by one: some megabytes. Who comes when there are more shares with a whole region of addresses.
pub const KNOWN_MAX: usize = 100_000;
/// To look through all of them takes some milliseconds, which a stranger must not ask for at each request.
const LOOK_GAP: Duration = Duration::from_secs(1);

/// What a share may do a minute, and at once. `K` is for what, where that is counted apart; its default is for all of it together.
pub struct NetworkRates<K> {
    /// Time that one request takes of a share.
    each: Duration,
    at_once: u32,
    began: Instant,
    known: Mutex<Known<K>>,
}

struct Known<K> {
    /// When each has its whole share again, since the beginning.
    whole_again: HashMap<(IpNet, K), Duration>,
    looked: Duration,
}

impl<K: Hash + Eq + Clone + Default> NetworkRates<K> {
    pub fn new(per_minute: NonZeroU32, at_once: NonZeroU32) -> Self {
        let known = Known { whole_again: HashMap::new(), looked: Duration::ZERO };
        Self {
            each: Duration::from_secs(60) / per_minute.get(),
            at_once: at_once.get(),
            began: Instant::now(),
            known: Mutex::new(known),
        }
    }

    /// Whether once more is within the share; if not, after how many seconds it is. Only what is within it counts.
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
        let after = |known: &Known<K>, key: &(IpNet, K), shares: u32| {
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

    /// Forgets who has their whole share again.
    pub fn forget_quiet(&self) {
        self.known().forget_quiet(self.began.elapsed());
    }

    /// How many are known.
    #[cfg(test)]
    pub(crate) fn known_count(&self) -> usize {
        self.known().whole_again.len()
    }

    fn known(&self) -> MutexGuard<'_, Known<K>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<K: Hash + Eq> Known<K> {
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
    use super::super::shares::tests::addresses_within;
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    /// Sixty a minute, ten at once.
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
