//! Limits on how many request bodies are read and how many requests are handled at once. The two
//! are separate: a body that arrives slowly holds a reading slot, never a work slot.

use super::shares::shares_of;
use ipnet::IpNet;
use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Most bodies read at once: as many as connections. A body of which nothing has arrived yet takes
/// some hundred bytes.
const BODIES_MAX: usize = 4_096;
/// Most bodies read at once per share: a library's terminals together with a fair's tablets.
const BODIES_OF_SHARE_MAX: usize = 64;
/// Most bytes of all bodies that are being read or handled. This is room for 190 batches of the
/// largest size: more than a machine can decrypt in the time that they take to arrive.
const BODY_BYTES_MAX: usize = 96 * 1_024 * 1_024;
/// The first bytes of each body are not counted: while others send large bodies, a form, a status
/// query and a single submission still get through.
pub const UNCOUNTED_BYTES: usize = 16 * 1_024;
/// Most requests handled at once. More wait for at most [`WORK_WAIT`].
const WORK_MAX: usize = 512;
/// After this time a waiting request is refused with `Retry-After`: by then the person has given
/// up.
const WORK_WAIT: Duration = Duration::from_secs(10);

/// Slots for bodies that are being read.
pub struct ReadingPlaces {
    of_share: Arc<Mutex<Shares>>,
    bytes: Arc<Semaphore>,
}

#[derive(Default)]
struct Shares {
    all: usize,
    /// Bodies per network; only networks with at least one.
    of: HashMap<IpNet, usize>,
}

impl Default for ReadingPlaces {
    fn default() -> Self {
        Self { of_share: Arc::default(), bytes: Arc::new(Semaphore::new(BODY_BYTES_MAX)) }
    }
}

/// A slot for one body, released when dropped.
pub struct ReadingPlace {
    networks: Vec<(IpNet, u32)>,
    of_share: Arc<Mutex<Shares>>,
    bytes: Arc<Semaphore>,
}

impl ReadingPlaces {
    /// Returns `None` if all slots, or all slots of one of the address's networks, are in use.
    pub fn enter(&self, address: IpAddr) -> Option<ReadingPlace> {
        let networks = shares_of(address);
        let mut shares = self.of_share.lock().unwrap_or_else(PoisonError::into_inner);
        let is_full = |(network, times): &(IpNet, u32)| {
            shares
                .of
                .get(network)
                .is_some_and(|bodies| *bodies >= BODIES_OF_SHARE_MAX * *times as usize)
        };
        if shares.all >= BODIES_MAX || networks.iter().any(is_full) {
            return None;
        }
        shares.all += 1;
        networks.iter().for_each(|(network, _)| *shares.of.entry(*network).or_default() += 1);
        Some(ReadingPlace { networks, of_share: self.of_share.clone(), bytes: self.bytes.clone() })
    }
}

impl ReadingPlace {
    /// Reserves `bytes` more until the permit is dropped. Returns `None` if others hold too much.
    pub fn room(&self, bytes: usize) -> Option<OwnedSemaphorePermit> {
        self.bytes.clone().try_acquire_many_owned(u32::try_from(bytes).ok()?).ok()
    }
}

impl Drop for ReadingPlace {
    fn drop(&mut self) {
        let mut shares = self.of_share.lock().unwrap_or_else(PoisonError::into_inner);
        shares.all -= 1;
        for (network, _) in &self.networks {
            if let Some(bodies) = shares.of.get_mut(network) {
                *bodies -= 1;
                if *bodies == 0 {
                    shares.of.remove(network);
                }
            }
        }
    }
}

/// Slots for requests that are being handled.
pub struct WorkPlaces(Semaphore);

impl Default for WorkPlaces {
    fn default() -> Self {
        Self(Semaphore::new(WORK_MAX))
    }
}

impl WorkPlaces {
    /// Waits for a slot. Returns `None` if none becomes free within the time limit.
    pub async fn enter(&self) -> Option<tokio::sync::SemaphorePermit<'_>> {
        tokio::time::timeout(WORK_WAIT, self.0.acquire()).await.ok()?.ok()
    }
}

#[cfg(test)]
mod tests {
    use super::super::shares::addresses_within;
    use super::*;

    fn of(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn a_share_has_so_many_bodies_and_the_others_have_theirs() {
        let reading = ReadingPlaces::default();
        let mut held: Vec<_> = (0..200_u32)
            .filter_map(|last| reading.enter(of(&format!("2001:db8::{last:x}"))))
            .collect();
        assert_eq!(held.len(), BODIES_OF_SHARE_MAX);
        assert!(reading.enter(of("2001:db8:0:1::1")).is_some());
        held.pop();
        assert!(reading.enter(of("2001:db8::1")).is_some(), "a place that was left is free");
        drop(held);
        assert!(reading.of_share.lock().unwrap().of.is_empty());
    }

    #[test]
    fn whoever_has_many_networks_has_a_few_shares() {
        for (width, count, shares) in [(56, 256, 2), (48, 65_536, 4)] {
            let reading = ReadingPlaces::default();
            let held: Vec<_> = addresses_within(width, count)
                .filter_map(|address| reading.enter(address))
                .collect();
            assert_eq!(held.len(), shares * BODIES_OF_SHARE_MAX, "of {width} bits");
            assert!(
                reading.enter(of("2001:db8:2::1")).is_some()
                    && reading.enter(of("198.51.100.7")).is_some(),
                "others have theirs"
            );
        }
    }

    #[test]
    fn all_together_have_an_end() {
        let reading = ReadingPlaces::default();
        let held: Vec<_> =
            (0..10_000_u32).filter_map(|number| reading.enter(IpAddr::V4(number.into()))).collect();
        assert_eq!(held.len(), BODIES_MAX);
        let rooms: Vec<_> = (0..1_000).map_while(|_| held[0].room(512 * 1_024)).collect();
        assert_eq!(rooms.len(), BODY_BYTES_MAX / (512 * 1_024));
        assert!(held[1].room(1).is_none());
        drop(rooms);
        assert!(held[1].room(1).is_some());
    }
}
