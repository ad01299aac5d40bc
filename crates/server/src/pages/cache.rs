//! Pages that everybody gets alike, for the minute for which they are true. What a person typed or
//! chose is never in it.

use crate::site::File;
use domain::hours::Moment;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// Pages in memory. An edition of a city has a few hundred; more than these are written again.
const PAGES_MAX: usize = 512;
/// Their bytes, with the compressed copies.
const BYTES_MAX: usize = 16 << 20;

/// The edition (the hash of its catalogue) and the minute that a page belongs to.
pub(super) type PageTime = ([u8; 32], Moment);

#[derive(Default)]
pub(super) struct PageCache(Mutex<CachedPages>);

#[derive(Default)]
struct CachedPages {
    of: Option<PageTime>,
    pages: HashMap<String, Arc<File>>,
    bytes: usize,
}

impl PageCache {
    pub(super) fn get(&self, of: PageTime, href: &str) -> Option<Arc<File>> {
        let cached = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if cached.of == Some(of) { cached.pages.get(href).cloned() } else { None }
    }

    /// Adds a page while there is room, and drops those of other minutes and editions.
    pub(super) fn put(&self, of: PageTime, href: String, page: Arc<File>) {
        let mut cached = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if cached.of != Some(of) {
            *cached = CachedPages { of: Some(of), ..CachedPages::default() };
        }
        let bytes = href.len() + page.bytes();
        if cached.pages.len() >= PAGES_MAX || cached.bytes + bytes > BYTES_MAX {
            return;
        }
        if cached.pages.insert(href, page).is_none() {
            cached.bytes += bytes;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(bytes: usize) -> Arc<File> {
        Arc::new(File::page(vec![b'a'; bytes], Vec::new()))
    }

    fn at(minute: &str) -> PageTime {
        ([1; 32], Moment::parse(&format!("2026-11-30 {minute}")).unwrap())
    }

    #[test]
    fn a_page_is_there_for_its_minute_and_its_edition() {
        let cache = PageCache::default();
        cache.put(at("10:00"), "/hubs".into(), page(10));
        assert!(cache.get(at("10:00"), "/hubs").is_some());
        assert!(cache.get(at("10:01"), "/hubs").is_none());
        assert!(cache.get(([2; 32], at("10:00").1), "/hubs").is_none());
        cache.put(at("10:01"), "/".into(), page(10));
        assert!(cache.get(at("10:01"), "/hubs").is_none());
    }

    #[test]
    fn the_number_of_pages_and_their_bytes_are_bounded() {
        let cache = PageCache::default();
        for at_ in 0..2 * PAGES_MAX {
            cache.put(at("10:00"), format!("/{at_}"), page(1));
        }
        assert_eq!(cache.0.lock().unwrap().pages.len(), PAGES_MAX);
        for at_ in 0..40 {
            cache.put(at("10:01"), format!("/{at_}"), page(BYTES_MAX / 10));
        }
        assert!(cache.0.lock().unwrap().bytes <= BYTES_MAX);
    }
}
