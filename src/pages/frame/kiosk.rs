//! What a public screen shows around every page: "I'm done", the question whether somebody is still
//! there, and addresses as codes: of this page to take along, and of other sites.

use crate::app::App;
use crate::browser::page::{origin, print};
use crate::route::{NavSection, Route};
use crate::second_part;
use crate::ui::dialog::dialog;
use crate::ui::icon::icon;
use crate::ui::qr::qr;
use elements::{Signal, View, all, button, div, live, p, strong};
use wording::seconds_left;

/// The button that ends a visit or, on a staff tablet, locks it. Always in the same corner.
pub(crate) fn done_button(app: App) -> Option<View> {
    #[cfg(feature = "counter")]
    if app.role.is_counter() {
        let is_open = Signal::computed(move || !app.counter.is_locked());
        let lock = move || {
            button(move || app.counter.lock())
                .class("button counter-lock no-print")
                .put(icon("closed"))
                .put(" ")
                .put(app.counter_words().lock)
        };
        return Some(live(move || is_open.get().then(lock)));
    }
    app.role.is_public().then(|| {
        button(move || second_part::start_over(app))
            .class("button kiosk-done no-print")
            .put(icon("check"))
            .put(" ")
            .put(app.words.kiosk_done)
            .done()
    })
}

/// The address of this page for any other device. `None` where a person writes, where something of
/// one person is shown, and on staff's own pages; and outside of a browser, which alone knows it.
pub(crate) fn public_address(app: App) -> Option<String> {
    let route = app.address.read().route.clone();
    let is_public = match &route {
        Route::Search { .. } | Route::Task(_) | Route::NotFound => false,
        other => {
            matches!(other.section(), NavSection::Find | NavSection::Hubs | NavSection::Elsewhere)
        }
    };
    if !is_public || origin().is_empty() {
        return None;
    }
    let route = match route {
        Route::Trip(_) => Route::Trip(app.trip.errands.get()),
        other => other,
    };
    Some(app.href_elsewhere(route))
}

/// The button that shows this page's address as a code, and prints it. On public terminals only.
pub(crate) fn take_button(app: App) -> Option<View> {
    app.role.is_terminal().then(|| {
        let address = Signal::computed(move || public_address(app));
        live(move || {
            let address = address.get()?;
            let take = move || app.terminal.way_out.set(Some(address.clone()));
            Some(
                button(take)
                    .class("button button--small button--quiet no-print")
                    .put(app.words.kiosk_take),
            )
        })
    })
}

/// The dialogs that cover the page while they are needed.
pub(crate) fn overlays(app: App) -> Option<View> {
    if app.role.is_counter() {
        return Some(still_there(app));
    }
    app.role.is_public().then(|| all((still_there(app), way_out(app))))
}

/// Asks whether somebody is still there. Any key, touch or movement closes the question.
fn still_there(app: App) -> View {
    let words = app.words;
    let is_asked = Signal::computed(move || app.idle.countdown.read().is_some());
    live(move || {
        is_asked.get().then(|| {
            let left = live(move || app.idle.countdown.get().map(|left_s| left_words(app, left_s)));
            let stay = button(move || app.idle.countdown.set(None))
                .class("button button--main")
                .put(words.kiosk_stay);
            dialog("still-there", words.kiosk_still_there)
                .put(p().class("kiosk-left").put(left))
                .put(p().put(words.kiosk_any_key))
                .put(p().class("actions").put(stay))
        })
    })
}

fn left_words(app: App, left_s: u32) -> String {
    #[cfg(feature = "counter")]
    if app.role.is_counter() {
        return wording::counter::locks_in(app.language, left_s);
    }
    seconds_left(app.language, left_s)
}

/// Shows an address as a code for the visitor's own phone. This page can also be printed.
fn way_out(app: App) -> View {
    let words = app.words;
    live(move || {
        app.terminal.way_out.get().map(|href| {
            let shown = href
                .split_once(':')
                .filter(|(scheme, _)| matches!(*scheme, "tel" | "mailto"))
                .map_or(href.as_str(), |(_, rest)| rest);
            let is_this_page = public_address(app).as_ref() == Some(&href);
            let title = if is_this_page { words.kiosk_take } else { words.kiosk_way_out };
            let printing = is_this_page.then(|| {
                button(print).class("button").put(icon("print")).put(" ").put(words.print)
            });
            let close = button(move || app.terminal.way_out.set(None))
                .class("button button--main")
                .put(words.kiosk_close);
            dialog("way-out", title)
                .put(p().put(words.kiosk_way_out_text))
                .put(div().class("trip-code").put(qr(&href, title)))
                .put(p().put(strong().attr("translate", "no").put(shown)))
                .put(p().class("actions").put(close).put(printing))
        })
    })
}
