//! How bad things are. Each history draws its own weather: which kinds of trouble there are at all, and how
//! often each strikes. A history of one kind alone goes deeper than one in which everything fails at once.

use crate::random::Random;

/// Everything in ten thousand: of pauses, requests, writes or days.
#[derive(Debug, Clone, Copy, Default)]
pub struct Faults {
    pub device_dies: u32,
    pub server_dies: u32,
    pub request_lost: u32,
    pub answer_lost: u32,
    pub doubled: u32,
    pub delayed: u32,
    /// Something else answers: a hotel's page, a proxy's status.
    pub portal: u32,
    /// The server's answer comes cut, short of verdicts, or with a changed bit.
    pub spoilt_answer: u32,
    pub device_full: u32,
    /// A read or a write fails, and nothing is written.
    pub device_trouble: u32,
    pub store_trouble: u32,
    pub clock_jumps: u32,
    /// The browser clears the device's store.
    pub evicted: u32,
    /// A head or an envelope on the device can no longer be read.
    pub damaged: u32,
    pub restored: u32,
    pub rotated: u32,
    pub erased: u32,
    /// Two pages deliver at once, as if there were no lock.
    pub lock_broken: u32,
}

impl Faults {
    pub fn draw(dice: &mut Random) -> Self {
        Self {
            device_dies: some(dice, 300),
            server_dies: some(dice, 500),
            request_lost: some(dice, 5_000),
            answer_lost: some(dice, 5_000),
            doubled: some(dice, 4_000),
            delayed: some(dice, 4_000),
            portal: some(dice, 4_000),
            spoilt_answer: some(dice, 4_000),
            device_full: some(dice, 3_000),
            device_trouble: some(dice, 1_500),
            store_trouble: some(dice, 4_000),
            clock_jumps: some(dice, 4_000),
            evicted: rarely(dice, 1_000),
            damaged: rarely(dice, 1_500),
            restored: some(dice, 4_000),
            rotated: some(dice, 4_000),
            erased: rarely(dice, 3_000),
            lock_broken: some(dice, 10_000),
        }
    }
}

/// One history in two has this kind of trouble.
fn some(dice: &mut Random, most: u64) -> u32 {
    if dice.chance(5_000) { dice.between(1, most) as u32 } else { 0 }
}

/// One in eight: what excuses a loss must not be in most histories.
fn rarely(dice: &mut Random, most: u64) -> u32 {
    if dice.chance(1_250) { dice.between(1, most) as u32 } else { 0 }
}
