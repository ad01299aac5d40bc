//! Fault rates. Each history draws which kinds of fault it has at all, and how often each strikes.
//! A history with one kind only explores deeper than one in which everything fails at once.

use crate::random::HistoryRandom;

/// All rates in ten thousand: of pauses, requests, writes or days.
#[derive(Debug, Clone, Copy, Default)]
pub struct FaultPlan {
    /// Per pause: the page is killed.
    pub device_dies: u32,
    /// Per pause: the server is killed.
    pub server_dies: u32,
    /// A request is lost.
    pub request_lost: u32,
    /// An answer is lost.
    pub answer_lost: u32,
    /// A request arrives twice.
    pub doubled: u32,
    /// A request or answer is delayed, by up to 48 hours.
    pub delayed: u32,
    /// Something else answers: a captive portal's page, or a proxy's status.
    pub portal: u32,
    /// The server's answer arrives truncated or with a flipped bit.
    pub spoilt_answer: u32,
    /// A write fails because the device is full.
    pub device_full: u32,
    /// A read or a write fails, and nothing is written.
    pub device_trouble: u32,
    /// The server's store fails to commit.
    pub store_trouble: u32,
    /// The device's clock jumps.
    pub clock_jumps: u32,
    /// The browser clears the device's store.
    pub evicted: u32,
    /// A head or an envelope on the device becomes unreadable.
    pub damaged: u32,
    /// The server is restored from its last backup.
    pub restored: u32,
    /// The municipality starts to use another sealing key.
    pub rotated: u32,
    /// A submission is erased, on the device or on the server.
    pub erased: u32,
    /// Two pages deliver at once, as if there were no lock.
    pub lock_broken: u32,
}

impl FaultPlan {
    /// Draws the rates of one history.
    pub fn draw(random: &mut HistoryRandom) -> Self {
        Self {
            device_dies: some(random, 300),
            server_dies: some(random, 500),
            request_lost: some(random, 5_000),
            answer_lost: some(random, 5_000),
            doubled: some(random, 4_000),
            delayed: some(random, 4_000),
            portal: some(random, 4_000),
            spoilt_answer: some(random, 4_000),
            device_full: some(random, 3_000),
            device_trouble: some(random, 1_500),
            store_trouble: some(random, 4_000),
            clock_jumps: some(random, 4_000),
            evicted: rarely(random, 1_000),
            damaged: rarely(random, 1_500),
            restored: some(random, 4_000),
            rotated: some(random, 4_000),
            erased: rarely(random, 3_000),
            lock_broken: some(random, 10_000),
        }
    }
}

/// Zero in one history of two.
fn some(random: &mut HistoryRandom, most: u64) -> u32 {
    if random.chance(5_000) { random.between(1, most) as u32 } else { 0 }
}

/// Zero in seven histories of eight: faults that excuse a loss must be absent from most histories.
fn rarely(random: &mut HistoryRandom, most: u64) -> u32 {
    if random.chance(1_250) { random.between(1, most) as u32 } else { 0 }
}
