//! Distances from a place that is typed or from the device's position. Everything works without
//! either.

use super::markup::{El, button, div, el, form, input, label, live, p};
use crate::browser::page::by_id;
use crate::state::App;
use crate::state::trip::Near;
use crate::wording::distance;
use domain::catalogue::{Hub, order_of};
use domain::place::Position;
use leptos::prelude::event_target_value;
use wasm_bindgen::JsCast;
use web_sys::HtmlInputElement;

/// The form that asks where the person is: a field with the municipality's places, and a button for
/// the device's position.
pub(crate) fn near_form(app: App) -> El {
    let words = app.words;
    let submit = move |event: web_sys::Event| {
        event.prevent_default();
        let field = by_id("near").and_then(|field| field.dyn_into::<HtmlInputElement>().ok());
        app.go_near(&field.map(|field| field.value()).unwrap_or_default());
    };
    let named = match &*app.near.read_untracked() {
        Some(Near::Place(name, _)) => name,
        _ => "",
    };
    let field = input()
        .id("near")
        .class("input")
        .attr("type", "text")
        .attr("list", "near-names")
        .attr("autocomplete", "off")
        .attr("aria-describedby", "near-said")
        .attr("value", named)
        .on("change", move |event| app.go_near(&event_target_value(&event)));
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
            button(move || app.go_near_device())
                .class("button button--quiet")
                .put(words.near_device),
        );
    let said = live(move || {
        app.near.get().map(|near| match near {
            Near::Place(name, _) => format!("{} {name}. {}", words.near_from, words.near_straight),
            Near::Device(_) => {
                format!("{} {}. {}", words.near_from, words.near_you, words.near_straight)
            }
            Near::UnknownPlace => words.near_unknown.into(),
            Near::Asking => words.near_asking.into(),
            Near::NoDevice => words.near_no_device.into(),
        })
    });
    form()
        .class("near no-print")
        .on("submit", submit)
        .put(label().attr("for", "near").put(words.near_label))
        .put(row)
        .put(p().class("hint").id("near-said").attr("role", "status").put(said))
}

/// Metres to a location. `None` if the starting point is unknown.
pub(crate) fn metres_to(app: App, hub: &Hub) -> Option<f64> {
    app.position().map(|position| position.metres_to(hub.point.position()))
}

/// The distance to a location, such as "12 km". `None` if the starting point is unknown.
pub(crate) fn distance_to(app: App, hub: &Hub) -> Option<String> {
    metres_to(app, hub).map(|metres| distance(app.language, metres))
}

/// Sorts locations by distance. Without a starting point the order stays as it is.
pub(crate) fn nearest_first(app: App, hubs: Vec<&'static Hub>) -> Vec<&'static Hub> {
    match app.position() {
        Some(position) => nearest_to(position, hubs),
        None => hubs,
    }
}

pub(crate) fn nearest_to(position: Position, hubs: Vec<&'static Hub>) -> Vec<&'static Hub> {
    let metres: Vec<f64> =
        hubs.iter().map(|hub| position.metres_to(hub.point.position())).collect();
    order_of(hubs.len(), &|a, b| metres[a].total_cmp(&metres[b]))
        .into_iter()
        .map(|at| hubs[at])
        .collect()
}
