//! Reports an error in a record in two taps: open the list, and choose what is wrong. Whoever wants
//! to say more, and to hear what came of it, asks a question about the record.

use crate::app::App;
use crate::model::delivery::NotStored;
use crate::pages::not_stored::{cannot_keep_here, reason};
use crate::route::{AboutRecord, Route};
use crate::second_part;
use crate::ui::icon::icon;
use crate::ui::message::or_call;
use domain::submission::{Content, CorrectedField, Correction};
use elements::{El, Signal, a, button, div, el, li, live, p, ul};

/// The list of reportable `fields` of a service or location.
pub(crate) fn correction(app: App, about: &AboutRecord, fields: &'static [CorrectedField]) -> El {
    let words = app.words;
    let outcome: Signal<Option<Result<(), NotStored>>> = Signal::default();
    let given = outcome.clone();
    let in_words = a(app.href(Route::Ask(about.clone()))).class("more").put(words.correction_words);
    let buttons = fields.iter().map(move |&field| {
        let (about, to) = (about.clone(), given.clone());
        li().put(
            button(move || {
                let to = to.clone();
                let on_done = Box::new(move |stored| to.set(Some(stored)));
                second_part::post(app, report(app, &about, field), on_done);
            })
            .class("button button--small")
            .put(name_of(app, field)),
        )
    });
    let inner = div()
        .put(p().class("hint").put(words.correction_hint))
        .put(app.role.is_ephemeral().then(|| cannot_keep_here(app)))
        .put(ul().class("correction__fields").put_all(buttons))
        .put(p().put(in_words));
    let details =
        el("details").class("correction").put(el("summary").put(words.report_error)).put(inner);
    let thanks =
        if app.role.is_ephemeral() { words.receipt_feedback } else { words.correction_kept };
    div().class("no-print").put(details).put(outcome_line(app, outcome, thanks))
}

/// Says whether the report was stored and, if not, what to do.
pub(crate) fn outcome_line(
    app: App,
    outcome: Signal<Option<Result<(), NotStored>>>,
    done: &'static str,
) -> El {
    let said = live(move || {
        outcome.get().map(|kept| match kept {
            Ok(()) => p().class("correction__done").put(icon("check")).put(" ").put(done),
            Err(why) => {
                or_call(app.language, p().class("field__error"), reason(app, why), app.phone())
            }
        })
    });
    div().attr("role", "status").put(said)
}

/// The report that a field of a record is wrong.
fn report(app: App, about: &AboutRecord, field: CorrectedField) -> Content {
    Content::Correction(Correction {
        service: about.service.clone(),
        hub: about.hub.clone(),
        task: None,
        step: None,
        field,
        language: app.language,
    })
}

fn name_of(app: App, field: CorrectedField) -> &'static str {
    let words = app.words;
    match field {
        CorrectedField::Documents => words.bring,
        CorrectedField::Fee => words.cost,
        CorrectedField::Hours => words.hours,
        CorrectedField::Phone => words.phone,
        CorrectedField::Address => words.address,
        CorrectedField::OnlinePage => words.online,
        CorrectedField::Process => words.how_it_works,
        CorrectedField::Gone => words.correction_gone,
        CorrectedField::Other => words.correction_other,
    }
}
