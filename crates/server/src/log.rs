//! The log: one JSON object per line on standard error.
//!
//! Writing it never decides over serving. Lines go through a queue to a thread of their own; when
//! nobody reads them, or the disk is full, they are lost and counted, and requests go on.

use std::fmt::{self, Display, Formatter};
use std::io::{Write, stderr, stdout};
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use tracing_appender::non_blocking::{ErrorCounter, NonBlockingBuilder, WorkerGuard};

/// Lines that wait to be written; about 200 bytes each.
const LINES_WAITING_MAX: usize = 16_384;

/// Lines that standard error did not accept.
static NOT_WRITTEN: AtomicU64 = AtomicU64::new(0);

/// Which requests have a line of their own in the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AccessLog {
    /// Of this many requests that went well and were quick, one; of zero, none.
    pub one_of: u32,
}

/// A request that takes longer, in milliseconds, always has a line.
const SLOW_MS: u64 = 1_000;

impl Default for AccessLog {
    fn default() -> Self {
        Self { one_of: 1 }
    }
}

impl AccessLog {
    /// Whether a request has a line. `id` is its random id, which decides for those that went well.
    pub(crate) fn has(self, id: RequestId, status: u16, ms: u64) -> bool {
        let is_chosen = self.one_of > 0 && id.0.is_multiple_of(u64::from(self.one_of));
        status >= 500 || ms >= SLOW_MS || is_chosen
    }
}

/// The random id of a request. It is in the answer and in each line of the log about the request,
/// and says nothing about who sent it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct RequestId(u64);

impl RequestId {
    /// A new id.
    pub(crate) fn new() -> Self {
        Self(u64::from_be_bytes(vault::random()))
    }
}

impl Display for RequestId {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

/// Counts lines that were lost since the start.
#[derive(Debug, Clone)]
pub struct LostLines(Option<ErrorCounter>);

impl LostLines {
    /// A count for programs without a log.
    pub fn none() -> Self {
        Self(None)
    }

    /// Lines that found the queue full, or that standard error did not accept.
    pub fn count(&self) -> u64 {
        let not_queued = self.0.as_ref().map_or(0, ErrorCounter::dropped_lines);
        NOT_WRITTEN.load(Relaxed).saturating_add(not_queued as u64)
    }
}

/// Starts the log. The guard writes the last lines when it is dropped.
pub fn start() -> (WorkerGuard, LostLines) {
    let (writer, guard) = NonBlockingBuilder::default()
        .lossy(true)
        .buffered_lines_limit(LINES_WAITING_MAX)
        .thread_name("log")
        .finish(Forgiving(stderr()));
    let lost = LostLines(Some(writer.error_counter()));
    // By default, a failure is itself printed to standard error, and printing panics when it fails.
    tracing_subscriber::fmt()
        .json()
        .with_span_list(false)
        .log_internal_errors(false)
        .with_writer(writer)
        .init();
    (guard, lost)
}

/// Prints a line for the operator on standard output. A closed or full output is ignored.
pub fn announce(line: &str) {
    let _ = writeln!(stdout(), "{line}");
}

/// Prints a line for the operator on standard error. A closed or full output is ignored.
pub fn warn(line: &str) {
    let _ = writeln!(stderr(), "{line}");
}

/// A writer that counts what it could not write, and never fails.
struct Forgiving<W>(W);

impl<W: Write> Write for Forgiving<W> {
    fn write(&mut self, line: &[u8]) -> std::io::Result<usize> {
        if self.0.write_all(line).is_err() {
            NOT_WRITTEN.fetch_add(1, Relaxed);
        }
        Ok(line.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        // What could not be flushed was counted, or is counted with the next line.
        let _ = self.0.flush();
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_and_slow_requests_always_have_a_line_and_others_by_chance() {
        let has = |one_of, id, status, ms| AccessLog { one_of }.has(RequestId(id), status, ms);
        assert!(has(1, 7, 200, 3) && has(1, 7, 404, 3), "by default all");
        assert!(!has(0, 0, 200, 3) && has(0, 0, 503, 3) && has(0, 0, 200, 1_000));
        let chosen = (0..1_000).filter(|id| has(100, *id, 200, 3)).count();
        assert_eq!(chosen, 10);
        assert_eq!(RequestId(255).to_string(), "00000000000000ff");
    }

    struct Full;

    impl Write for Full {
        fn write(&mut self, _: &[u8]) -> std::io::Result<usize> {
            Err(std::io::ErrorKind::StorageFull.into())
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Err(std::io::ErrorKind::StorageFull.into())
        }
    }

    #[test]
    fn what_cannot_be_written_is_counted_and_fails_nobody() {
        let before = LostLines::none().count();
        let mut log = Forgiving(Full);
        log.write_all(b"{}\n").unwrap();
        log.flush().unwrap();
        assert_eq!(LostLines::none().count(), before + 1);
    }
}
