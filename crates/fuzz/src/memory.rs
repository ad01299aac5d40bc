//! An allocator that measures how much memory is allocated at once: the system's allocator with two
//! counters.

#![allow(
    unsafe_code,
    reason = "an allocator is unsafe by nature; this one forwards every call unchanged"
)]

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

/// Bytes allocated now.
static TAKEN: AtomicUsize = AtomicUsize::new(0);
/// Most bytes allocated at once since [`peak_of`] was last called.
static PEAK: AtomicUsize = AtomicUsize::new(0);

/// The allocator. A program that measures memory declares it as its `#[global_allocator]`.
pub struct Counting;

unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        take(layout.size());
        // SAFETY: the caller upholds the contract of `GlobalAlloc`, and the call is forwarded
        // unchanged.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        take(layout.size());
        // SAFETY: the caller upholds the contract of `GlobalAlloc`, and the call is forwarded
        // unchanged.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, place: *mut u8, layout: Layout) {
        TAKEN.fetch_sub(layout.size(), Relaxed);
        // SAFETY: the caller upholds the contract of `GlobalAlloc`, and the call is forwarded
        // unchanged.
        unsafe { System.dealloc(place, layout) }
    }

    unsafe fn realloc(&self, place: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        take(size);
        TAKEN.fetch_sub(layout.size(), Relaxed);
        // SAFETY: the caller upholds the contract of `GlobalAlloc`, and the call is forwarded
        // unchanged.
        unsafe { System.realloc(place, layout, size) }
    }
}

fn take(bytes: usize) {
    let taken = TAKEN.fetch_add(bytes, Relaxed) + bytes;
    PEAK.fetch_max(taken, Relaxed);
}

/// Returns the most bytes that the whole program allocated at once during `act`, beyond those
/// allocated before. Zero if another allocator is in use.
pub fn peak_of(act: impl FnOnce()) -> usize {
    let before = TAKEN.load(Relaxed);
    PEAK.store(before, Relaxed);
    act();
    PEAK.load(Relaxed).saturating_sub(before)
}
