//! "Check my question": looks the status up by the receipt alone, on any device.

use super::thread::{add_form, conversation};
use super::{TitledPage, heading, plain};
use crate::app::App;
use crate::model::status::StatusLookup;
#[cfg(not(target_family = "wasm"))]
use crate::render::{PlainPage, StatusFinding};
use crate::route::Route;
use crate::ui::icon::icon;
use crate::ui::message::{field_error, or_call};
use domain::reference::Reference;
use domain::status::{InquiryStage, Status, StatusQuestion, secret_of, secret_text};
use domain::submission::Kind;
use elements::{
    El, Signal, View, a, all, div, el, event_target_value, follow, form, h2, input, label, li,
    live, p, strong,
};

pub(crate) fn page(app: App) -> TitledPage {
    let words = app.words;
    let (looked, reference, secret): (Signal<StatusLookup>, Signal<String>, Signal<String>) =
        Default::default();
    let (to_reference, to_secret, to_looked) = (reference.clone(), secret.clone(), looked.clone());
    let asked: Signal<Option<StatusQuestion>> = Signal::default();
    let (to_asked, now_asked) = (asked.clone(), asked.clone());
    follow(Box::new(move || {
        if let Some(question) = app.status.scanned.get() {
            to_asked.set(Some(question));
            to_reference.set(question.reference.to_string());
            to_secret.set(secret_text(&question.secret));
            app.status.look_up(question, to_looked.clone());
        }
    }));
    let wrong: Signal<Option<&'static str>> = Signal::default();
    #[cfg(not(target_family = "wasm"))]
    show_plain(app, [&reference, &secret], &wrong, &looked);
    let submit = {
        let (reference, secret, looked, wrong) =
            (reference.clone(), secret.clone(), looked.clone(), wrong.clone());
        move |event: web_sys::Event| {
            event.prevent_default();
            let found = (
                Reference::parse(&reference.read_untracked()),
                secret_of(&secret.read_untracked()),
            );
            wrong.set(match found {
                (None, _) => Some(words.status_wrong_reference),
                (_, None) => Some(words.status_wrong),
                _ => None,
            });
            if let (Some(reference), Some(secret)) = found {
                let question = StatusQuestion { reference, secret };
                now_asked.set(Some(question));
                app.status.look_up(question, looked.clone());
            }
        }
    };
    let error = live(move || wrong.get().map(|why| field_error(why).id("receipt-error")));
    let form = form().class("form").attr("novalidate", "").on("submit", submit);
    let fields = plain::posted(app, form, || Route::Status)
        .put(div().attr("role", "alert").put(error))
        .put(field("reference", words.reference, None, reference))
        .put(field("secret", words.secret, Some(words.status_hint), secret))
        .put(
            p().class("actions")
                .put(
                    el("button")
                        .class("button button--main")
                        .attr("type", "submit")
                        .put(words.status_look),
                )
                .put(plain::language_button(app, || Route::Status)),
        );
    let (shown, known) = (looked.clone(), looked.clone());
    let answer = div().attr("role", "status").put(live(move || answer(app, &shown.read())));
    // Only for a question that exists: what is added with a wrong code would find none. While
    // nothing is known, the form stays, with what was typed into it.
    let adding_to: Signal<Option<StatusQuestion>> = Signal::default();
    let found = adding_to.clone();
    follow(Box::new(move || {
        let question = match &*known.read() {
            StatusLookup::Known { status, .. } => {
                asked.get_untracked().filter(|_| status.kind == Kind::Inquiry)
            }
            StatusLookup::NotYet | StatusLookup::Unknown => None,
            StatusLookup::Asking | StatusLookup::NoAnswer => return,
        };
        if found.get_untracked() != question {
            found.set(question);
        }
    }));
    let adding = live(move || Some(add_form(app, adding_to.get()?, looked.clone())));
    TitledPage::new(
        words.status_title,
        (
            heading(words.status_title, None),
            p().class("lead").put(words.status_intro),
            fields,
            answer,
            adding,
        ),
    )
}

/// What a form asked and what was found, where this page answers it.
#[cfg(not(target_family = "wasm"))]
fn show_plain(
    app: App,
    [reference, secret]: [&Signal<String>; 2],
    wrong: &Signal<Option<&'static str>>,
    looked: &Signal<StatusLookup>,
) {
    let state = app.plain.read_untracked();
    let Some(PlainPage::Status { reference: asked, secret: code, finding }) = &state.page else {
        return;
    };
    reference.set(asked.clone());
    secret.set(code.clone());
    wrong.set(match finding {
        StatusFinding::WrongReference => Some(app.words.status_wrong_reference),
        StatusFinding::WrongCode => Some(app.words.status_wrong),
        _ => None,
    });
    looked.set(match finding.clone() {
        StatusFinding::Unknown => StatusLookup::Unknown,
        StatusFinding::NoAnswer => StatusLookup::NoAnswer,
        StatusFinding::Found(status, thread, survey) => {
            StatusLookup::Known { status, thread, survey, is_old: false }
        }
        StatusFinding::NotAsked | StatusFinding::WrongReference | StatusFinding::WrongCode => {
            StatusLookup::NotYet
        }
    });
}

fn field(
    id: &'static str,
    name: &'static str,
    hint: Option<&'static str>,
    text: Signal<String>,
) -> El {
    let shown = text.clone();
    let hint_id = [id, "-hint"].concat();
    let input = input()
        .id(id)
        .written("name", id)
        .class("input")
        .attr("type", "text")
        .attr("autocomplete", "off")
        .attr("spellcheck", "false")
        .attr("aria-describedby", ["receipt-error ", &hint_id].concat())
        .value(move || shown.get())
        .on("input", move |event| text.set(event_target_value(&event)));
    let hint = p().class("hint").id(hint_id).put(hint);
    div().class("field").put(label().attr("for", id).put(name)).put(hint).put(input)
}

/// The result of the lookup, in words.
pub(super) fn answer(app: App, looked: &StatusLookup) -> View {
    let words = app.words;
    let with_phone =
        |text: &'static str| or_call(app.language, p().class("panel"), text, app.phone()).done();
    match looked {
        StatusLookup::NotYet => all(()),
        StatusLookup::Asking => p().put(words.status_asking).done(),
        StatusLookup::Unknown => with_phone(words.status_unknown),
        StatusLookup::NoAnswer => with_phone(words.status_no_answer),
        StatusLookup::Known { status, thread, survey, is_old } => {
            let old = is_old.then(|| p().class("hint").put(words.status_old));
            all((
                h2().put(words.status_of)
                    .put(" ")
                    .put(strong().attr("translate", "no").put(status.reference.to_string())),
                old,
                conversation(app, thread),
                stages(app, status),
                survey.clone().map(|survey| to_survey(app, survey)),
            ))
        }
    }
}

fn to_survey(app: App, survey: String) -> El {
    #[cfg(not(target_family = "wasm"))]
    if plain::is_plain(app) {
        return plain::to_survey(app, &survey);
    }
    p().class("actions")
        .put(a(app.href(Route::Survey(survey))).class("button").put(app.words.feedback_tile))
}

pub(super) fn stage_name(app: App, stage: InquiryStage) -> &'static str {
    match stage {
        InquiryStage::Received => app.words.stage_received,
        InquiryStage::InProgress => app.words.stage_in_progress,
        InquiryStage::Answered => app.words.stage_answered,
        InquiryStage::Closed => app.words.stage_closed,
    }
}

/// All four stages, with the date of those that were reached.
fn stages(app: App, status: &Status) -> El {
    let words = app.words;
    let rows = InquiryStage::ALL.map(|stage| {
        let name = stage_name(app, stage);
        let at = status
            .stages
            .iter()
            .rev()
            .find(|(reached, _)| *reached == stage)
            .map(|(_, at_ms)| app.moment(*at_ms));
        let (class, picture) = if at.is_some() {
            ("tick tick--done", "check")
        } else {
            ("tick tick--waiting", "clock")
        };
        let when = div().class("tick__when").put(at.unwrap_or_else(|| words.not_yet.into()));
        li().class(class).put(icon(picture)).put(" ").put(strong().put(name)).put(when)
    });
    el("ol").class("ticks").attr("role", "list").put_all(rows)
}
