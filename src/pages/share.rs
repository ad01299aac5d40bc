//! Takes a page along: the browser's own sheet for sharing, and directions to a location in the
//! maps app of the device. Not on a device that many people use.

use crate::app::App;
use crate::browser::share;
use crate::browser::task::spawn;
use crate::route::Route;
use crate::route::encoded;
use crate::ui::icon::icon;
use domain::catalogue::Hub;
use elements::{El, Signal, a, button, live, span};
use wording::fill;

/// A button that shares a page by its public address, or copies the address. `None` on a shared
/// device.
pub(crate) fn share_button(
    app: App,
    title: &'static str,
    route: impl Fn() -> Route + 'static,
) -> Option<El> {
    if app.role.is_shared() || app.role.stand.is_some() {
        return None;
    }
    let said: Signal<String> = Signal::default();
    let shown = said.clone();
    let act = move || {
        let (address, said) = (app.href_elsewhere(route()), said.clone());
        spawn(async move {
            match share::share(title, &address).await {
                share::ShareOutcome::Shared => {}
                share::ShareOutcome::Copied => said.set(app.words.share_copied.into()),
                share::ShareOutcome::Failed => {
                    said.set(fill(app.words.share_failed, &[("address", &address)]))
                }
            }
        });
    };
    let said = span().attr("role", "status").class("hint").put(live(move || shown.get()));
    let share = button(act).class("link-button").put(app.words.share);
    Some(span().class("share no-print").put(share).put(" ").put(said))
}

/// A link to directions to a location. `None` on a public device, which opens no other site.
pub(crate) fn directions(app: App, hub: &Hub) -> Option<El> {
    let position = hub.point.position();
    // The address is what a person would type; without one, the position is all that is known.
    let to = match &hub.address {
        Some(address) => [address, ", ", &hub.town, ", Ontario"].concat(),
        None => [&position.lat.to_string(), ",", &position.lon.to_string()].concat(),
    };
    (!app.role.is_public()).then(|| {
        a(["https://www.google.com/maps/dir/?api=1&destination=", &encoded(&to)].concat())
            .class("directions no-print")
            .attr("rel", "noopener external")
            .put(icon("pin"))
            .put(" ")
            .put(app.words.get_directions)
            .put(span().class("visually-hidden").put(app.words.colon).put(hub.name.as_str()))
    })
}
