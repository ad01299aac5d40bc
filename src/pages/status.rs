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
    let lookup = LookupForm::default();
    lookup.look_up_scanned(app);
    #[cfg(not(target_family = "wasm"))]
    lookup.show_plain(app);
    let fields = lookup.fields(app);
    let shown = lookup.looked.clone();
    let answer = div().attr("role", "status").put(live(move || answer(app, &shown.read(), false)));
    let adding = lookup.adding(app);
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

/// What is typed into the page and what was found. Clones share their signals.
#[derive(Clone, Default)]
struct LookupForm {
    reference: Signal<String>,
    secret: Signal<String>,
    /// Why what was typed cannot be looked up.
    wrong: Signal<Option<&'static str>>,
    /// The question that was looked up last.
    asked: Signal<Option<StatusQuestion>>,
    looked: Signal<StatusLookup>,
}

impl LookupForm {
    /// Looks up every question whose code is scanned, and shows it in the fields.
    fn look_up_scanned(&self, app: App) {
        let lookup = self.clone();
        follow(Box::new(move || {
            if let Some(question) = app.status.scanned.get() {
                lookup.reference.set(question.reference.to_string());
                lookup.secret.set(secret_text(&question.secret));
                lookup.look_up(app, question);
            }
        }));
    }

    fn look_up(&self, app: App, question: StatusQuestion) {
        self.asked.set(Some(question));
        app.status.look_up(question, self.looked.clone());
    }

    /// Looks up what was typed, or says what is wrong with it.
    fn submit(&self, app: App) {
        let found = (
            Reference::parse(&self.reference.read_untracked()),
            secret_of(&self.secret.read_untracked()),
        );
        self.wrong.set(match found {
            (None, _) => Some(app.words.status_wrong_reference),
            (_, None) => Some(app.words.status_wrong),
            _ => None,
        });
        if let (Some(reference), Some(secret)) = found {
            self.look_up(app, StatusQuestion { reference, secret });
        }
    }

    fn fields(&self, app: App) -> El {
        let words = app.words;
        let (typed, wrong) = (self.clone(), self.wrong.clone());
        let submit = move |event: web_sys::Event| {
            event.prevent_default();
            typed.submit(app);
        };
        let error = live(move || wrong.get().map(|why| field_error(why).id("receipt-error")));
        let form = form().class("form").attr("novalidate", "").on("submit", submit);
        let button =
            el("button").class("button button--main").attr("type", "submit").put(words.status_look);
        plain::posted(app, form, || Route::Status)
            .put(div().attr("role", "alert").put(error))
            .put(field("reference", words.reference, None, self.reference.clone()))
            .put(field("secret", words.secret, Some(words.status_hint), self.secret.clone()))
            .put(
                p().class("actions").put(button).put(plain::language_button(app, || Route::Status)),
            )
    }

    /// The form to add to a question, only for one that exists: what is added with a wrong code
    /// would find none. While nothing is known, the form stays, with what was typed into it.
    fn adding(self, app: App) -> View {
        let adding_to: Signal<Option<StatusQuestion>> = Signal::default();
        let (found, looked) = (adding_to.clone(), self.looked.clone());
        follow(Box::new(move || {
            let question = match &*self.looked.read() {
                StatusLookup::Known { status, .. } => {
                    self.asked.get_untracked().filter(|_| status.kind == Kind::Inquiry)
                }
                StatusLookup::NotYet | StatusLookup::Unknown => None,
                StatusLookup::Asking | StatusLookup::NoAnswer => return,
            };
            if found.get_untracked() != question {
                found.set(question);
            }
        }));
        live(move || Some(add_form(app, adding_to.get()?, looked.clone())))
    }

    /// Shows what a plain form asked and what was found, if this page answers one.
    #[cfg(not(target_family = "wasm"))]
    fn show_plain(&self, app: App) {
        let state = app.plain.read_untracked();
        let Some(PlainPage::Status { reference, secret, finding }) = &state.page else {
            return;
        };
        self.reference.set(reference.clone());
        self.secret.set(secret.clone());
        self.wrong.set(match finding {
            StatusFinding::WrongReference => Some(app.words.status_wrong_reference),
            StatusFinding::WrongCode => Some(app.words.status_wrong),
            _ => None,
        });
        self.looked.set(match finding.clone() {
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

/// The result of the lookup, in words. Below a receipt, `is_below_receipt`, it leaves out what that
/// says.
pub(super) fn answer(app: App, looked: &StatusLookup, is_below_receipt: bool) -> View {
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
                conversation(app, thread, is_below_receipt),
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

/// The stages, with the date of those that were reached; without those that were passed over.
fn stages(app: App, status: &Status) -> El {
    let words = app.words;
    let last = status.stages.iter().map(|(stage, _)| *stage).max();
    let rows = InquiryStage::ALL.into_iter().filter_map(|stage| {
        let name = stage_name(app, stage);
        let at = status
            .stages
            .iter()
            .rev()
            .find(|(reached, _)| *reached == stage)
            .map(|(_, at_ms)| app.moment(*at_ms));
        if at.is_none() && Some(stage) < last {
            return None;
        }
        let (class, picture) = if at.is_some() {
            ("tick tick--done", "check")
        } else {
            ("tick tick--waiting", "clock")
        };
        let when = div().class("tick__when").put(at.unwrap_or_else(|| words.not_yet.into()));
        Some(li().class(class).put(icon(picture)).put(" ").put(strong().put(name)).put(when))
    });
    el("ol").class("ticks").attr("role", "list").put_all(rows)
}
