//! A message of another device, read from its code. This device takes it along if the person
//! agrees.

use super::messages::kind_name;
use super::{TitledPage, heading};
use crate::app::App;
use crate::model::carrying::CarryOutcome;
use crate::pages::messages::carry::{fault, outcome};
use crate::route::{Route, router};
use crate::ui::message::error_panel;
use domain::reference::Reference;
use elements::{Signal, View, a, all, button, live, p, span, strong};
use offline::bundle::Parcel;

pub(crate) fn page(app: App) -> TitledPage {
    let words = app.words;
    let said: Signal<Option<CarryOutcome>> = Signal::default();
    let body = live(move || match (&*app.carrying.brought.read(), &*said.read()) {
        (Some(Ok(parcel)), last) => asked(app, parcel, &said, last.as_ref()),
        (Some(Err(why)), _) => error_panel(fault(app, *why)).attr("role", "alert").done(),
        (None, Some(carried)) => {
            let more = p()
                .class("actions")
                .put(a(app.href(Route::Messages)).class("button").put(words.messages_title));
            all((outcome(app, carried).attr("role", "status"), more))
        }
        (None, None) => p().put(words.bring_nothing).done(),
    });
    TitledPage::new(words.bring_title, (heading(words.bring_title, None), body))
}

/// Asks the person; nothing is stored yet. `last` is the outcome of an earlier attempt or of the
/// previous code.
fn asked(
    app: App,
    parcel: &Parcel,
    said: &Signal<Option<CarryOutcome>>,
    last: Option<&CarryOutcome>,
) -> View {
    let words = app.words;
    let stopped = last.filter(
        |carried| !matches!(carried, CarryOutcome::TakenIn(adopted) if adopted.fault.is_none()),
    );
    let reference =
        span().class("mono").attr("translate", "no").put(Reference::of(parcel.id).to_string());
    let (parcel, kind, said) = (parcel.clone(), kind_name(app, parcel.kind), said.clone());
    let take = move || {
        let said = said.clone();
        app.carrying.take_along(parcel.clone(), move |outcome| {
            if matches!(&outcome, CarryOutcome::TakenIn(adopted) if adopted.fault.is_none()) {
                forget_code(app);
            }
            said.set(Some(outcome));
        });
    };
    let leave = move || {
        forget_code(app);
        router::go(app, Route::Home);
    };
    let actions = p()
        .class("actions")
        .put(button(take).class("button button--main").put(words.bring_take))
        .put(button(leave).class("button").put(words.bring_leave));
    let what = p().class("lead").put(strong().put(kind).put(" ").put(reference));
    all((
        what,
        p().put(words.bring_text),
        stopped.map(|carried| outcome(app, carried).attr("role", "alert")),
        actions,
    ))
}

/// Forgets the message, and removes its code from the address.
fn forget_code(app: App) {
    app.carrying.brought.set(None);
    let is_there = app.address.read_untracked().route == Route::Bring;
    if is_there {
        router::replace(app, Route::Bring);
    }
}
