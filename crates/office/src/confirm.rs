//! The page that asks before something that cannot simply be undone. There is one for all of them:
//! a page and no dialog, so that it works by keyboard and without scripts. It sends the same form
//! again, with everything that was typed, to the same address.

use super::form::{CheckedForm, FieldFault};
use super::pages::{PageFrame, page};
use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;

/// The field that says that the page was read and confirmed.
const CONFIRMED: &str = "confirmed";

/// A question before an act.
#[derive(Default)]
pub(super) struct Confirmation {
    pub(super) title: String,
    /// What will be done: names and values.
    pub(super) facts: Vec<(&'static str, String)>,
    /// What follows from it.
    pub(super) warning: &'static str,
    /// The words of the button.
    pub(super) act: &'static str,
    /// The page to return to.
    pub(super) back: String,
    /// The words of the way back, where "Cancel" could mean the act; empty for "Cancel".
    pub(super) stay: &'static str,
    /// Something that must be chosen first.
    pub(super) choice: Option<ConfirmChoice>,
    /// The label of a reason that must be given: it is sent as `why`.
    pub(super) reason: Option<&'static str>,
    /// What is missing.
    pub(super) fault: Option<FieldFault>,
}

/// A choice without which nothing is done. Nothing is chosen before.
pub(super) struct ConfirmChoice {
    /// The name of the field.
    pub(super) name: &'static str,
    pub(super) label: String,
    /// Values and words.
    pub(super) options: Vec<(String, String)>,
}

#[derive(Template)]
#[template(path = "office/confirm.html")]
struct ConfirmationPage<'a> {
    f: &'a PageFrame,
    asked: &'a Confirmation,
    fault: String,
    action: &'a str,
    /// The fields of the form that is sent again.
    fields: Vec<(&'a str, &'a str)>,
    reason: &'a str,
    chosen: &'a str,
}

/// Whether the form comes from the page that [`ask`] shows.
pub(super) fn is_confirmed(form: &CheckedForm) -> bool {
    form.typed().text(CONFIRMED) == "yes"
}

/// Asks before the act of a form, which was sent to the address `action`.
pub(super) fn ask(
    f: &PageFrame,
    form: &CheckedForm,
    action: &str,
    asked: &Confirmation,
) -> Response {
    let choice = asked.choice.as_ref().map_or("", |choice| choice.name);
    let reason = if asked.reason.is_some() { "why" } else { "" };
    let is_asked_here = |name: &str| ["csrf", CONFIRMED, choice, reason].contains(&name);
    let typed = form.typed();
    let fault = asked.fault.clone().map(|fault| fault.words(f.language).into_owned());
    let status = if fault.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    page(
        status,
        &ConfirmationPage {
            f,
            asked,
            fault: fault.unwrap_or_default(),
            action,
            fields: typed.all().filter(|(name, _)| !is_asked_here(name)).collect(),
            reason: typed.text("why"),
            chosen: typed.text(choice),
        },
    )
}
