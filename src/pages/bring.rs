//! A message of another device, read from its code. This device takes it along if the person
//! agrees.

use super::messages::kind_name;
use super::{Page, heading};
use crate::components::carry::{fault, outcome};
use crate::components::icon::icon;
use crate::components::markup::{Part, a, all, button, live, p, span, strong};
use crate::route::Route;
use crate::router;
use crate::signal::Signal;
use crate::state::App;
use crate::state::carrying::Carried;
use domain::reference::Reference;
use offline::bundle::Parcel;

pub(crate) fn page(app: App) -> Page {
    let words = app.words;
    let said: Signal<Option<Carried>> = Signal::default();
    let body = live(move || match (&*app.brought.read(), &*said.read()) {
        (Some(Ok(parcel)), last) => asked(app, parcel, &said, last.as_ref()),
        (Some(Err(why)), _) => p()
            .class("panel panel--error")
            .attr("role", "alert")
            .put(icon("alert"))
            .put(" ")
            .put(fault(app, *why))
            .done(),
        (None, Some(carried)) => {
            let more = p()
                .class("actions")
                .put(a(app.href(Route::Messages)).class("button").put(words.messages_title));
            all((outcome(app, carried).attr("role", "status"), more))
        }
        (None, None) => p().put(words.bring_nothing).done(),
    });
    Page::new(words.bring_title, (heading(words.bring_title, None), body))
}

/// Asks the person; nothing is stored yet. `last` is the outcome of an earlier attempt or of the
/// previous code.
fn asked(
    app: App,
    parcel: &Parcel,
    said: &Signal<Option<Carried>>,
    last: Option<&Carried>,
) -> Part {
    let words = app.words;
    let stopped = last
        .filter(|carried| !matches!(carried, Carried::TakenIn(adopted) if adopted.fault.is_none()));
    let reference =
        span().class("mono").attr("translate", "no").put(Reference::of(parcel.id).to_string());
    let (parcel, kind, said) = (parcel.clone(), kind_name(app, parcel.kind), said.clone());
    let take = move || {
        let said = said.clone();
        app.take_along(parcel.clone(), move |carried| said.set(Some(carried)));
    };
    let leave = move || {
        app.forget_code();
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
