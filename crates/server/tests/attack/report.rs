//! Prints one line per attack: what was expected, what happened, and whether it is as it must be.

use std::any::Any;
use std::fmt::Display;
use std::time::{Duration, Instant};

/// How much is tried: little enough for every test run, or the numbers of a real attack.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum AttackScale {
    Short,
    Long,
}

impl AttackScale {
    pub(crate) fn of<T>(self, short: T, long: T) -> T {
        match self {
            AttackScale::Short => short,
            AttackScale::Long => long,
        }
    }
}

#[derive(Default)]
pub(crate) struct AttackReport {
    attack: &'static str,
    passed: usize,
    failed: usize,
    began: Vec<(&'static str, Instant)>,
}

impl AttackReport {
    pub(crate) fn begin(&mut self, attack: &'static str) {
        self.attack = attack;
        self.began.push((attack, Instant::now()));
    }

    /// The attacks that took longest, for making them shorter.
    pub(crate) fn slowest(&self) -> String {
        let ends = self.began.iter().skip(1).map(|(_, began)| *began).chain([Instant::now()]);
        let mut times: Vec<(Duration, &str)> = self
            .began
            .iter()
            .zip(ends)
            .map(|((attack, began), end)| (end - *began, *attack))
            .collect();
        times.sort_unstable_by(|one, other| other.cmp(one));
        let total: Duration = times.iter().map(|(time, _)| *time).sum();
        let slowest: Vec<String> = times
            .iter()
            .take(6)
            .map(|(time, attack)| format!("{attack} {:.1} s", time.as_secs_f64()))
            .collect();
        format!("{:.0} s, most for {}", total.as_secs_f64(), slowest.join(", "))
    }

    /// Prints one line and counts it.
    pub(crate) fn check(
        &mut self,
        tried: &str,
        expected: &str,
        happened: impl Display,
        holds: bool,
    ) {
        let word = if holds { "ok    " } else { "FAILED" };
        let happened: String = happened.to_string().replace('\n', " ").chars().take(400).collect();
        println!("{word} {:<18} {tried} | expected: {expected} | {happened}", self.attack);
        if holds {
            self.passed += 1;
        } else {
            self.failed += 1;
        }
    }

    pub(crate) fn counts(&self) -> (usize, usize) {
        (self.passed, self.failed)
    }
}

/// The message of a panic.
pub(crate) fn words_of(panic: &Box<dyn Any + Send>) -> String {
    let text = panic
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| panic.downcast_ref::<&str>().copied());
    text.unwrap_or("it panicked").chars().take(300).collect()
}
