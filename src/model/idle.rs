//! How long nobody has touched a device that many people use.

use crate::browser::{page, timer};
use domain::terminal::Quiet;
use elements::Signal;
use std::cell::Cell;

/// Events that show that somebody is there. The first is left out where a device is carried about.
pub(super) const SIGNS_OF_USE: [&str; 6] =
    ["pointermove", "pointerdown", "keydown", "input", "wheel", "touchstart"];

/// Counts idle seconds, and asks whether somebody is still there.
#[derive(Default)]
pub(crate) struct IdleWatch {
    /// Seconds until an idle device is covered, while it asks whether somebody is still there.
    pub(crate) countdown: Signal<Option<u32>>,
    idle_s: Cell<u32>,
}

impl IdleWatch {
    /// While `is_open` returns true, counts idle seconds, asks after `idle_s` whether somebody is
    /// there, and then calls `cover`.
    pub(super) fn watch(
        &'static self,
        signs: &[&'static str],
        idle_s: u32,
        is_open: impl Fn() -> bool + 'static,
        cover: impl Fn() + Copy + 'static,
    ) {
        for &sign in signs {
            page::on_window(sign, move || self.is_used());
        }
        // A page restored from the browser's back/forward cache shows what was left on it.
        page::on_restored(cover);
        timer::every(1_000, move || {
            if !is_open() {
                return self.idle_s.set(0);
            }
            self.idle_s.set(self.idle_s.get() + 1);
            match Quiet::after(idle_s, self.idle_s.get()) {
                Quiet::GoOn => {}
                Quiet::Warn { left_s } => self.countdown.set(Some(left_s)),
                Quiet::StartOver => cover(),
            }
        });
    }

    fn is_used(&self) {
        self.idle_s.set(0);
        if self.countdown.read_untracked().is_some() {
            self.countdown.set(None);
        }
    }
}
