//! Distances from a place that is typed or from the device's position. Everything works without
//! either.

use crate::app::App;
use crate::browser::page::by_id;
use crate::model::trip::StartingPoint;
use crate::pages::trip::focus_answer;
use crate::route::NEAR;
#[cfg(not(target_family = "wasm"))]
use crate::route::{Route, list_of_errands};
use crate::ui::message::field_error;
use domain::catalogue::Hub;
use elements::{El, button, div, el, event_target_value, form, input, label, live, p};
use wasm_bindgen::JsCast;
use web_sys::HtmlInputElement;
use wording::{distance, fill};

/// The form that asks where the person is: a field with the municipality's places, and a button for
/// the device's position.
pub(crate) fn near_form(app: App) -> El {
    let words = app.words;
    let submit = move |event: web_sys::Event| {
        event.prevent_default();
        let field = by_id("near").and_then(|field| field.dyn_into::<HtmlInputElement>().ok());
        app.trip.go_near(&field.map(|field| field.value()).unwrap_or_default());
        if app.trip.position().is_some() {
            focus_answer();
        }
    };
    let named = match app.trip.near.get_untracked() {
        Some(StartingPoint::Place(name, _)) => name.into(),
        Some(StartingPoint::UnknownPlace(typed)) => typed,
        _ => String::new(),
    };
    let is_unknown = move || matches!(&*app.trip.near.read(), Some(StartingPoint::UnknownPlace(_)));
    let field = input()
        .id(NEAR)
        .attr("name", NEAR)
        .class("input")
        .attr("type", "text")
        .attr("list", "near-names")
        .attr("autocomplete", "off")
        .attr("aria-describedby", "near-said near-error")
        .live_attr("aria-invalid", move || is_unknown().then(|| "true".into()))
        .attr("value", named)
        .on("change", move |event| app.trip.go_near(&event_target_value(&event)));
    let names = app.catalogue.place_names();
    let list = el("datalist")
        .id("near-names")
        .put_all(names.iter().map(|(name, _)| el("option").attr("value", name)));
    let row = div()
        .class("near__row")
        .put(field)
        .put(list)
        .put(el("button").class("button").attr("type", "submit").put(words.near_show))
        .put(
            button(move || app.trip.go_near_device())
                .class("button button--quiet")
                .put(words.near_device),
        );
    let said = live(move || match app.trip.near.get()? {
        StartingPoint::Place(name, _) => Some(fill(words.near_from, &[("place", name)])),
        StartingPoint::Device(_) => Some(words.near_here.into()),
        StartingPoint::Asking => Some(words.near_asking.into()),
        StartingPoint::UnknownPlace(_) | StartingPoint::NoDevice => None,
    });
    let error = live(move || error(app));
    let form = form().class("near no-print").on("submit", submit);
    #[cfg(not(target_family = "wasm"))]
    let form = with_address(app, form);
    form.put(label().attr("for", "near").put(words.near_label))
        .put(div().id("near-error").attr("role", "alert").put(error))
        .put(row)
        .put(p().class("hint").id("near-said").attr("role", "status").put(said))
}

/// Where no script handles it, the form asks the server for the same page.
#[cfg(not(target_family = "wasm"))]
fn with_address(app: App, form: El) -> El {
    let errands = app.trip.errands.get();
    if !matches!(app.address.read().route, Route::Trip(_)) {
        return form.attr("action", app.href(Route::Hubs));
    }
    let list = input().attr("type", "hidden").attr("name", "do");
    form.attr("action", app.href(Route::Trip(Vec::new())))
        .put(list.attr("value", list_of_errands(&errands)))
}

/// Why no starting point was found.
fn error(app: App) -> Option<El> {
    let text = match &*app.trip.near.read() {
        Some(StartingPoint::UnknownPlace(_)) => app.words.near_unknown,
        Some(StartingPoint::NoDevice) => app.words.near_no_device,
        _ => return None,
    };
    Some(field_error(text))
}

/// Metres to a location. `None` if the starting point is unknown.
pub(crate) fn metres_to(app: App, hub: &Hub) -> Option<f64> {
    app.trip.position().map(|position| position.metres_to(hub.point.position()))
}

/// The distance to a location, such as "12 km". `None` if the starting point is unknown.
pub(crate) fn distance_to(app: App, hub: &Hub) -> Option<String> {
    metres_to(app, hub).map(|metres| distance(app.language, metres))
}
