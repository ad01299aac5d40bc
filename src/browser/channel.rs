//! Telling the other tabs of this app that something changed.

use gloo_events::EventListener;
use web_sys::BroadcastChannel;

/// Where the tabs of one device meet. Carries no content: only "look again".
pub(crate) struct Channel(Option<BroadcastChannel>);

impl Channel {
    pub(crate) fn open(name: &str) -> Self {
        // A browser without it shows the other tab's changes at the next load; nothing is lost.
        Self(BroadcastChannel::new(name).ok())
    }

    pub(crate) fn tell(&self) {
        if let Some(channel) = &self.0 {
            // Nobody listening is no fault.
            let _ = channel.post_message(&true.into());
        }
    }

    /// Calls back at every word of another tab, for as long as the page lives.
    pub(crate) fn on_told(&self, mut act: impl FnMut() + 'static) {
        if let Some(channel) = &self.0 {
            EventListener::new(channel, "message", move |_| act()).forget();
        }
    }
}
