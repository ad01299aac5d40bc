//! Shows whether a location is open, in words with an icon and a colour.

use crate::app::App;
use crate::ui::icon::icon;
use domain::catalogue::Hub;
use domain::hours::{DayHours, DayPlan, DayState, Hours, OpenState};
use elements::{El, View, live, p, span};
use wording::{day, day_hours, may_be_closed, open_state};

/// Whether a location is open now. `None` until the clock is known.
pub(crate) fn state_of(app: App, hub: &Hub) -> Option<OpenState> {
    app.clock.now.get().map(|now| Hours::of(app.catalogue, hub).state_at(now))
}

/// The opening state, such as "Open until 4:30 pm", kept up to date. Adds "please confirm" if the
/// hours are not certain. On a holiday that may close it, says that instead.
pub(crate) fn hub_state(app: App, hub: &'static Hub) -> View {
    live(move || {
        let has_no_hours = hub.hours.is_unknown() && hub.seasons.is_empty() && hub.event.is_none();
        if app.clock.now.read().is_none() && !has_no_hours {
            // Where no clock says what time it is, the line stays empty.
            return span().put("\u{a0}");
        }
        let state = state_of(app, hub);
        let (class, picture, is_known) = match state.as_ref().map(|state| state.state) {
            Some(DayState::Open { .. }) => ("hub-state hub-state--open", "check", true),
            Some(DayState::Closed { .. }) => ("hub-state hub-state--closed", "closed", true),
            _ => ("hub-state hub-state--unknown", "ask", false),
        };
        let is_certain = state.as_ref().is_some_and(|state| state.is_certain);
        let holiday = state
            .as_ref()
            .and_then(|state| app.catalogue.holiday(state.holiday.as_ref()?))
            .map(|holiday| holiday.name.get(app.language));
        let text = match (&state, app.clock.now.get(), holiday) {
            (_, _, Some(holiday)) if !is_known => may_be_closed(app.language, holiday),
            (Some(state), Some(now), _) => open_state(app.language, state, now),
            _ => app.words.hours_unknown.into(),
        };
        let holiday = holiday
            .filter(|_| is_known)
            .map(|holiday| (" ", span().class("hub-state__holiday").put(holiday)));
        let confirm = (is_known && !is_certain).then(|| (" ", confirm(app)));
        span()
            .class(class)
            .put(icon(picture))
            .put(" ")
            .put(span().put(text))
            .put(holiday)
            .put(confirm)
    })
}

/// For paper, on which "until 4:30 pm" and "tomorrow" say little: the next day on which a location
/// is open, and its hours. Before [`hub_state`], which is then not printed.
pub(crate) fn paper_hours(app: App, hub: &'static Hub) -> View {
    live(move || {
        let now = app.clock.now.get()?;
        let hours = Hours::of(app.catalogue, hub);
        let from = match hours.state_at(now).state {
            DayState::Closed { opens } => opens?.date,
            _ => now.date,
        };
        let days = hours.seven_days_from(from);
        let plan = days.iter().find(|plan| matches!(plan.hours, DayHours::Open(_)))?;
        let (day, hours) = (day(app.language, plan.date), hours_text(app, plan));
        let text = [day.as_str(), app.words.colon, &hours].concat();
        Some(p().class("on-paper paper-hours").put(text))
    })
}

/// The hours of a day, such as "8:30 am to noon". On a holiday that may close the location, says so
/// instead.
pub(crate) fn hours_text(app: App, plan: &DayPlan) -> String {
    let holiday = plan.holiday.as_ref().and_then(|id| app.catalogue.holiday(id));
    match holiday {
        Some(holiday) if plan.hours == DayHours::Unknown => {
            may_be_closed(app.language, holiday.name.get(app.language))
        }
        _ => day_hours(app.language, &plan.hours),
    }
}

/// The mark for everything that is not certain.
pub(crate) fn confirm(app: App) -> El {
    span().class("confirm").put(app.words.please_confirm)
}
