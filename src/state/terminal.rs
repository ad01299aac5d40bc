//! A public terminal: one visitor leaves nothing behind for the next.

use super::App;
use crate::browser::page;
use crate::browser::task::spawn;
use crate::browser::timer;
use crate::route::{Address, COUNTER, Route};
use domain::SubmissionId;
use domain::inquiry::InquiryDraft;
use domain::terminal::{IDLE_S, Quiet};
use offline::parcel::Head;

/// Events that show that somebody is there.
pub(super) const SIGNS: [&str; 6] =
    ["pointermove", "pointerdown", "keydown", "input", "wheel", "touchstart"];

/// A submission of this visit: its id, and the secret that a shared device does not store.
pub(crate) type Said = (SubmissionId, [u8; 16]);

impl App {
    /// The path of a page on this device. On a shared device it carries its prefix and leaves out
    /// search words, so that neither the next visitor nor the browser's history has them.
    pub(crate) fn path(self, address: &Address) -> String {
        if !self.is_shared() {
            return address.href();
        }
        let is_search = matches!(address.route, Route::Search { .. });
        let route = if is_search {
            Route::Search { query: String::new(), filter: Default::default() }
        } else {
            address.route.clone()
        };
        let href = Address { language: address.language, route }.href();
        match self.terminal {
            Some(terminal) => ["/k/", terminal.id.as_str(), &href].concat(),
            None => [COUNTER, &href].concat(),
        }
    }

    /// Watches every second how long a public device has been idle.
    pub(crate) fn watch_terminal(self) {
        if !self.is_public() {
            return;
        }
        let idle_s = self.terminal.map_or(IDLE_S, |terminal| terminal.idle_s);
        page::enlarge();
        self.watch_quiet(&SIGNS, idle_s, move || self.has_traces(), move || self.start_over());
    }

    /// While `is_open` returns true, counts idle seconds, asks after `idle_s` whether somebody is
    /// there, and then calls `cover`.
    pub(super) fn watch_quiet(
        self,
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
                return self.quiet_s.set(0);
            }
            self.quiet_s.set(self.quiet_s.get() + 1);
            match Quiet::after(idle_s, self.quiet_s.get()) {
                Quiet::GoOn => {}
                Quiet::Warn { left_s } => self.countdown.set(Some(left_s)),
                Quiet::StartOver => cover(),
            }
        });
    }

    fn is_used(self) {
        self.quiet_s.set(0);
        if self.countdown.read_untracked().is_some() {
            self.countdown.set(None);
        }
    }

    /// Whether a visitor has left anything on the screen or in the page.
    fn has_traces(self) -> bool {
        let route = self.address.read_untracked().route.clone();
        let is_elsewhere =
            route != self.stand.as_ref().map_or(Route::Home, |stand| stand.address.route.clone());
        is_elsewhere
            || !self.query.read_untracked().is_empty()
            || self.has_unsaved_words()
            || !self.trip.read_untracked().is_empty()
            || !self.visit.borrow().is_empty()
    }

    /// Ends a visit, by "I'm done" or for lack of activity: everything of it is cleared and the
    /// page is loaded anew.
    pub(crate) fn start_over(self) {
        self.draft.set(InquiryDraft::default());
        self.answers.set(Default::default());
        let unsent = self.unsent_here();
        spawn(async move {
            // On an ephemeral terminal nothing waits for later. The visitor was informed that an
            // unsent message is lost.
            if let Some(courier) =
                self.courier().filter(|_| self.is_ephemeral() && !unsent.is_empty())
            {
                // If the store fails, the browser deletes it with everything else when it closes.
                let _ = courier.erase(&unsent).await;
            }
            page::replace_by(&self.beginning());
        });
    }

    /// The address at which this device starts anew.
    fn beginning(self) -> String {
        let terminal = self.terminal.map(|terminal| ["/k/", terminal.id.as_str()].concat());
        self.stand
            .as_ref()
            .map(|stand| self.path(&stand.address))
            .or(terminal)
            .unwrap_or_else(|| "/".into())
    }

    fn unsent_here(self) -> Vec<SubmissionId> {
        let visit = self.visit.borrow();
        let is_unsent =
            |head: &&Head| head.receipt().is_none() && visit.iter().any(|(id, _)| *id == head.id);
        self.heads.read_untracked().iter().filter(is_unsent).map(|head| head.id).collect()
    }

    /// Whether this device shows a message. A person's own device shows all, a shared device only
    /// those of this visit.
    pub(crate) fn shows(self, id: SubmissionId) -> bool {
        !self.is_shared() || self.visit.borrow().iter().any(|(said, _)| *said == id)
    }

    /// The tracking secret of a message. On a shared device it is in the page only.
    pub(crate) fn secret_of(self, head: &Head) -> [u8; 16] {
        let of_visit =
            self.visit.borrow().iter().find(|(id, _)| *id == head.id).map(|(_, secret)| *secret);
        of_visit.unwrap_or(head.secret)
    }

    /// Shows an address that the terminal does not open, so that the visitor can take it along.
    pub(crate) fn show_way_out(self, href: String) {
        self.way_out.set(Some(href));
    }

    pub(crate) fn is_ephemeral(self) -> bool {
        self.terminal.is_some_and(|terminal| terminal.is_ephemeral)
    }
}
