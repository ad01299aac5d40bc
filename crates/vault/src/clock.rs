//! The clock of the machine, for everything on the server that has no clock of its own.

use std::time::{SystemTime, UNIX_EPOCH};

/// Milliseconds since 1970; 0 while the machine's clock is before that.
pub fn now_ms() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |age| age.as_millis() as u64)
}

/// Seconds since 1970.
pub fn now_s() -> u64 {
    now_ms() / 1_000
}

/// ISO 8601 in UTC, to the second; empty if `ms` is out of range.
pub fn iso(ms: u64) -> String {
    jiff::Timestamp::from_second((ms / 1_000) as i64)
        .map(|moment| moment.to_string())
        .unwrap_or_default()
}
