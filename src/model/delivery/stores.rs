//! Chooses the store that the device uses. A store that the browser cannot open any more is set
//! aside, never cleared: another takes its place and the person is informed. If it opens again, its
//! content is moved.

use super::DeliveryQueue;
use crate::browser::keepsake;
use crate::browser::storage::BrowserStorage;
use offline::ports::StorageFault;

const NAME: &str = "community-hub";
/// Name under which the number of the store in use is remembered, from the second on.
const NUMBER: &str = "store";
/// A browser that opens none of this many stores has no storage at all.
const STORES_MAX: u32 = 3;

fn number() -> u32 {
    keepsake::get(NUMBER).and_then(|text| text.parse().ok()).unwrap_or(1)
}

fn name(number: u32) -> String {
    if number == 1 { NAME.into() } else { [NAME, "-", &number.to_string()].concat() }
}

/// Opens the store in use, or the next one if it is damaged. On failure returns the fault of the
/// first store that was tried.
pub(crate) async fn open() -> Result<BrowserStorage, StorageFault> {
    let first = number();
    let opened = BrowserStorage::open(&name(first)).await;
    if !matches!(opened, Err(StorageFault::Unavailable(_))) {
        return opened;
    }
    for next in first + 1..=STORES_MAX {
        if let Ok(storage) = BrowserStorage::open(&name(next)).await {
            keepsake::set(NUMBER, &next.to_string());
            return Ok(storage);
        }
    }
    opened
}

impl DeliveryQueue {
    /// Tries to open the stores that were set aside, at each start, and moves their content.
    pub(in crate::model) async fn take_over_older_stores(&self) {
        let Some(courier) = self.courier() else { return };
        let mut is_one_set_aside = false;
        for older in 1..number() {
            let is_moved = match BrowserStorage::open(&name(older)).await {
                Ok(storage) => courier.take_over(&storage).await.is_ok(),
                Err(_) => false,
            };
            is_one_set_aside |= !is_moved;
        }
        self.device.facts.update(|facts| facts.is_one_set_aside = is_one_set_aside);
    }
}
