//! Progress of a long step: prints a line from time to time, with the program's latest output.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// Interval between progress lines.
const HEARTBEAT: Duration = Duration::from_secs(10);
/// Number of lines shown of a failed program's output.
const LAST_LINES: usize = 30;
/// Maximum characters of the program's output in a progress line.
const WIDTH: usize = 60;

pub(super) struct Progress {
    what: String,
    began: Instant,
    said: Instant,
    compiled: usize,
    last: VecDeque<String>,
}

impl Progress {
    pub(super) fn of(what: &str) -> Self {
        Self {
            what: what.into(),
            began: Instant::now(),
            said: Instant::now(),
            compiled: 0,
            last: VecDeque::new(),
        }
    }

    pub(super) fn read(&mut self, line: String) {
        self.compiled += usize::from(line.trim_start().starts_with("Compiling "));
        self.last.push_back(line);
        if self.last.len() > LAST_LINES {
            self.last.pop_front();
        }
    }

    /// A progress line, if it is time for one.
    pub(super) fn heartbeat(&mut self) -> Option<String> {
        (self.said.elapsed() >= HEARTBEAT).then(|| {
            self.said = Instant::now();
            self.line(self.began.elapsed())
        })
    }

    fn line(&self, time: Duration) -> String {
        let crates =
            if self.compiled > 0 { format!(", {} crates", self.compiled) } else { String::new() };
        let now: String = self
            .last
            .back()
            .map(|line| line.trim().chars().take(WIDTH).collect())
            .unwrap_or_default();
        format!("{} ... {}{crates}, now: {now}", self.what, duration(time))
    }

    pub(super) fn last_lines(self) -> Vec<String> {
        self.last.into()
    }
}

pub(crate) fn duration(time: Duration) -> String {
    let seconds = time.as_secs();
    if seconds < 60 {
        format!("{seconds} s")
    } else {
        format!("{} min {} s", seconds / 60, seconds % 60)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_heartbeat_says_what_how_long_how_much_and_what_now() {
        let mut progress = Progress::of("[2/7] trunk");
        assert_eq!(progress.heartbeat(), None, "not before its time");
        for line in ["   Compiling serde v1.0.0", "warning: odd", "   Compiling trunk v0.21.14"] {
            progress.read(line.into());
        }
        assert_eq!(
            progress.line(Duration::from_secs(130)),
            "[2/7] trunk ... 2 min 10 s, 2 crates, now: Compiling trunk v0.21.14"
        );
    }

    #[test]
    fn only_the_last_lines_are_kept() {
        let mut progress = Progress::of("x");
        (0..100).for_each(|number| progress.read(number.to_string()));
        let last = progress.last_lines();
        assert_eq!((last.len(), last[0].as_str()), (LAST_LINES, "70"));
    }
}
