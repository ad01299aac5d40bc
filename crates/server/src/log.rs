//! The log: one JSON object per line on standard error.
//!
//! Writing it never decides over serving. Lines go through a queue to a thread of their own; when
//! nobody reads them, or the disk is full, they are lost and counted, and requests go on.

use std::io::{Write, stderr, stdout};
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use tracing_appender::non_blocking::{ErrorCounter, NonBlockingBuilder, WorkerGuard};

/// Lines that wait to be written; about 200 bytes each.
const LINES_WAITING_MAX: usize = 16_384;

/// Lines that standard error did not accept.
static NOT_WRITTEN: AtomicU64 = AtomicU64::new(0);

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
    tracing_subscriber::fmt().json().log_internal_errors(false).with_writer(writer).init();
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
