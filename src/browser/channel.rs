//! Notifies the other tabs of this app that something changed.

use super::IS_BROWSER;
use gloo_events::EventListener;
use web_sys::BroadcastChannel;

/// A broadcast channel between the tabs of one device. Messages carry no content; they mean only
/// "look again".
pub(crate) struct TabChannel(Option<BroadcastChannel>);

impl TabChannel {
    /// Joins the channel of this name. Never fails: without channels, it is silent.
    pub(crate) fn open(name: &str) -> Self {
        // A browser without `BroadcastChannel` shows another tab's changes at the next load.
        // Nothing is lost.
        Self(IS_BROWSER.then(|| BroadcastChannel::new(name).ok()).flatten())
    }

    /// Notifies the other tabs.
    pub(crate) fn tell(&self) {
        if let Some(channel) = &self.0 {
            // A failure to send is ignored: the other tabs read the store at their next load.
            let _ = channel.post_message(&true.into());
        }
    }

    /// Calls `act` at every message of another tab, for as long as the page lives.
    pub(crate) fn on_change(&self, mut act: impl FnMut() + 'static) {
        if let Some(channel) = &self.0 {
            EventListener::new(channel, "message", move |_| act()).forget();
        }
    }
}
