//! Whether a hub is open, in words, with a shape and a colour beside them.

use super::icon::icon;
use crate::state::App;
use crate::wording::open_state;
use domain::catalogue::Hub;
use domain::hours::{Hours, OpenState, State};
use leptos::prelude::*;

pub(crate) fn state_of(app: App, hub: &Hub) -> Option<OpenState> {
    app.now.get().map(|now| Hours::of(app.catalogue, hub).state_at(now))
}

/// "Open until 4:30 pm", kept up to date; with "please confirm" where the hours are not certain.
pub(crate) fn hub_state(app: App, hub: &'static Hub) -> impl IntoView {
    move || {
        let state = state_of(app, hub);
        let now = app.now.get();
        let text = state.as_ref().zip(now).map_or_else(|| app.words.hours_unknown.to_string(), |(state, now)| open_state(app.language, state, now));
        let (modifier, picture) = match state.as_ref().map(|state| state.state) {
            Some(State::Open { .. }) => ("open", "check"),
            Some(State::Closed { .. }) => ("closed", "closed"),
            _ => ("unknown", "ask"),
        };
        let is_known = !matches!(state.as_ref().map(|state| state.state), None | Some(State::Unknown));
        let holiday = state.as_ref().and_then(|state| state.holiday.clone()).and_then(|id| app.catalogue.holidays().iter().find(|holiday| holiday.id == id));
        let holiday = holiday.map(|holiday| view! { <span class="hub-state__holiday">{holiday.name.get(app.language)}</span> });
        let confirm = (is_known && !state.is_some_and(|state| state.is_certain)).then(|| confirm(app));
        view! { <span class=format!("hub-state hub-state--{modifier}")>{icon(picture)} <span>{text}</span> {holiday} {confirm}</span> }
    }
}

/// The mark of everything that is not certain.
pub(crate) fn confirm(app: App) -> impl IntoView {
    view! { <span class="confirm">{app.words.please_confirm}</span> }
}
