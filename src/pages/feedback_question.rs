//! One question of the survey. Its number is computed from the answers; no position is stored.

use super::{TitledPage, heading, not_found, plain};
use crate::app::App;
use crate::browser::clock::BrowserClock;
use crate::browser::page::{focus, on_key_here};
use crate::pages::not_stored::not_stored_panel;
use crate::route::{Route, router};
use crate::ui::message::field_error;
use domain::QuestionId;
use domain::survey::{AnswerKind, COMMENT_CHARS_MAX, Journey, SurveyAnswer, SurveyQuestion};
use domain::text::{is_blank, length_of, tidied};
use elements::{
    El, Signal, a, button, div, el, event_target_value, fieldset, form, input, label, legend, live,
    p, progress, request_animation_frame, span, textarea,
};
use offline::ports::Clock;
use std::cell::Cell;
use std::rc::Rc;
use wording::{fill, question_of, too_long_by};

/// Longest time between the end of a tap and the choice that it makes, in milliseconds.
const TAP_MS_MAX: u64 = 1_000;

pub(crate) fn page(app: App, id: &QuestionId) -> TitledPage {
    let survey = app.catalogue.survey();
    let Some(question) = survey.question(id) else { return not_found::page(app) };
    let answers = app.survey.answers.get_untracked();
    let journey = Journey::of(survey, &answers);
    // A question whose branch was closed by another answer is still shown, with the number of the
    // next one.
    let at = journey.position_of(id).unwrap_or_else(|| journey.next.unwrap_or(0));
    let count = journey.longest(survey, &answers);
    let before = at
        .checked_sub(1)
        .and_then(|before| journey.route.get(before))
        .map_or_else(|| app.survey.door(), |question| Route::FeedbackQuestion(question.id.clone()));
    let place = question_of(app.language, at + 1, count);
    let bar = progress()
        .attr("value", at.to_string())
        .attr("max", count.to_string())
        .attr("aria-hidden", "true");
    let title = [place.as_str(), app.words.colon, question.text.get(app.language)].concat();
    let progress = p().class("progress-line").put(span().put(place)).put(bar);
    if app.role.is_paper() {
        take_digits(app, question);
    }
    TitledPage::new(
        &title,
        (
            progress,
            app.role.is_paper().then(|| sheet_line(app)),
            questionnaire(app, question, before),
        ),
    )
}

fn questionnaire(app: App, question: &'static SurveyQuestion, before: Route) -> El {
    let words = app.words;
    let chosen = Signal::new(app.survey.answers.get_untracked().get(&question.id).cloned());
    let fault = Signal::new(String::new());
    #[cfg(not(target_family = "wasm"))]
    show_typed(app, question, &chosen, &fault);
    let (said, fields, answer) = (fault.clone(), fields(app, question, &chosen), chosen.clone());
    let submit = move |event: web_sys::Event| {
        event.prevent_default();
        match checked(app, question, answer.get_untracked()) {
            Ok(answer) => go_on(app, question, answer),
            Err(text) => {
                fault.set(text);
                request_animation_frame(|| focus("#answer-error"));
            }
        }
    };
    let error = live(move || {
        let text = said.get();
        let line = || field_error(&text).id("answer-error").attr("tabindex", "-1");
        (!text.is_empty()).then(|| line().written("autofocus", ""))
    });
    let actions = p()
        .class("actions")
        .put(
            el("button")
                .class("button button--main")
                .attr("type", "submit")
                .written("name", "do")
                .written("value", "next")
                .put(words.next),
        )
        .put(
            plain::press(app, "back")
                .unwrap_or_else(|| a(app.href(before)))
                .class("button")
                .put(words.back),
        )
        .put(
            plain::press(app, "skip")
                .unwrap_or_else(|| button(move || go_on(app, question, SurveyAnswer::Skipped)))
                .class("link-button")
                .put(words.skip),
        )
        .put(plain::language_button(app, || Route::Feedback(Default::default())));
    let form = form().class("form question").attr("novalidate", "").on("submit", submit);
    let form = going_on_by_tap(app, form, question, &chosen);
    plain::posted_survey(app, form)
        .put(heading(question.text.get(app.language), None))
        .put(
            question
                .hint
                .as_ref()
                .map(|hint| p().class("hint").id("answer-hint").put(hint.get(app.language))),
        )
        .put(div().attr("role", "alert").put(error))
        .put(fields)
        .put(app.role.is_paper().then(|| not_stored_panel(app)))
        .put(actions)
}

/// What a form has as the answer, where this page answers it, and what is wrong with it.
#[cfg(not(target_family = "wasm"))]
fn show_typed(
    app: App,
    question: &SurveyQuestion,
    chosen: &Signal<Option<SurveyAnswer>>,
    fault: &Signal<String>,
) {
    let (typed, is_checked) = plain::typed_answer(app);
    if let Err(text) = checked(app, question, typed.clone())
        && is_checked
    {
        fault.set(text);
    }
    if is_checked || typed.is_some() {
        chosen.set(typed);
    }
}

/// A tap or a click on an answer goes on to the next question, as the survey's first page says.
/// Keys only choose, because an arrow key moves through all answers.
fn going_on_by_tap(
    app: App,
    form: El,
    question: &'static SurveyQuestion,
    chosen: &Signal<Option<SurveyAnswer>>,
) -> El {
    if question.is_open() {
        return form;
    }
    // When the last tap ended. Long before the change, it was another one.
    let (chosen, tapped_ms) = (chosen.clone(), Rc::new(Cell::new(0)));
    let (tapped, typed) = (tapped_ms.clone(), tapped_ms.clone());
    let change = move |_| {
        let is_tap = BrowserClock.now_ms().abs_diff(tapped_ms.get()) < TAP_MS_MAX;
        if let Some(answer) = chosen.get_untracked().filter(|_| is_tap) {
            // The choice is seen before the page changes.
            request_animation_frame(move || go_on(app, question, answer));
        }
    };
    form.on("pointerup", move |_| tapped.set(BrowserClock.now_ms()))
        .on("keydown", move |_| typed.set(0))
        .on("change", change)
}

/// How many sheets are stored, and the keys that replace the mouse.
fn sheet_line(app: App) -> El {
    let (words, kept) = (app.words, app.survey.counts.read_untracked().answered.to_string());
    p().class("hint")
        .attr("role", "status")
        .put(fill(words.sheets_kept, &[("count", kept.as_str())]))
}

/// A digit chooses an answer and moves on; 0 skips the question. In an open question digits are
/// text.
fn take_digits(app: App, question: &'static SurveyQuestion) {
    on_key_here(move |key| {
        let digit = key.parse::<usize>().ok().filter(|_| !question.is_open());
        if let Some(answer) = digit.and_then(|digit| numbered(question, digit)) {
            go_on(app, question, answer);
        }
    });
}

/// The answer with a number, counted from 1 as shown on the screen. 0 skips; `None` if there is no
/// such answer.
fn numbered(question: &SurveyQuestion, digit: usize) -> Option<SurveyAnswer> {
    match (&question.answer, digit.checked_sub(1)) {
        (_, None) => Some(SurveyAnswer::Skipped),
        (AnswerKind::Scale { labels, may_not_apply }, Some(at)) if at == labels.len() => {
            may_not_apply.then_some(SurveyAnswer::DoesNotApply)
        }
        (AnswerKind::Scale { labels, .. }, Some(at)) => {
            labels.get(at).map(|_| SurveyAnswer::Scale(digit as u8))
        }
        (AnswerKind::Choice { options }, Some(at)) => {
            options.get(at).map(|option| SurveyAnswer::Choice(option.id.clone()))
        }
        (AnswerKind::Comment, Some(_)) => None,
    }
}

fn fields(
    app: App,
    question: &'static SurveyQuestion,
    chosen: &Signal<Option<SurveyAnswer>>,
) -> El {
    let name = || legend().class("visually-hidden").put(question.text.get(app.language));
    match &question.answer {
        AnswerKind::Scale { labels, may_not_apply } => {
            let points = labels.iter().zip(1u8..).map(|(label, point)| {
                radio(
                    chosen,
                    format!("point-{point}"),
                    SurveyAnswer::Scale(point),
                    Some(point),
                    label.get(app.language),
                )
            });
            let apart = may_not_apply.then(|| {
                div().class("choices choices--apart").put(radio(
                    chosen,
                    "not-apply".into(),
                    SurveyAnswer::DoesNotApply,
                    None,
                    app.words.does_not_apply,
                ))
            });
            fieldset()
                .class("field")
                .put(name())
                .put(div().class("choices choices--scale").put_all(points))
                .put(apart)
        }
        AnswerKind::Choice { options } => {
            // Where keys choose, every answer shows its number.
            let rows = options.iter().zip(1u8..).map(|(option, number)| {
                let (id, answer) = (
                    ["option-", option.id.as_str()].concat(),
                    SurveyAnswer::Choice(option.id.clone()),
                );
                radio(
                    chosen,
                    id,
                    answer,
                    app.role.is_paper().then_some(number),
                    option.text.get(app.language),
                )
            });
            fieldset().class("field").put(name()).put(div().class("choices").put_all(rows))
        }
        AnswerKind::Comment => comment(app, &question.id, chosen),
    }
}

fn radio(
    chosen: &Signal<Option<SurveyAnswer>>,
    id: String,
    answer: SurveyAnswer,
    point: Option<u8>,
    name: &'static str,
) -> El {
    let shown = answer.clone();
    let (now, chosen) = (chosen.clone(), chosen.clone());
    let field = input()
        .id(id.clone())
        .attr("type", "radio")
        .attr("name", "answer")
        .written("value", plain::answer_value(&answer))
        .live_flag("checked", move || now.read().as_ref() == Some(&shown))
        .on("change", move |_| chosen.set(Some(answer.clone())));
    let point = point.map(|point| (span().class("choice__point").put(point.to_string()), " "));
    div().class("choice choice--card").put(field).put(label().attr("for", id).put(point).put(name))
}

fn comment(app: App, question: &'static QuestionId, chosen: &Signal<Option<SurveyAnswer>>) -> El {
    let (now, chosen) = (chosen.clone(), chosen.clone());
    let text = move || match now.get() {
        Some(SurveyAnswer::Comment(text)) => text,
        _ => String::new(),
    };
    let typed = move |event: web_sys::Event| {
        let text = event_target_value(&event);
        app.survey.type_comment(question, &text);
        chosen.set(Some(SurveyAnswer::Comment(text)));
    };
    let field = textarea()
        .id("comment")
        .written("name", "comment")
        .class("input")
        .attr("rows", "6")
        .attr("autocomplete", "off")
        .attr("aria-describedby", "answer-hint")
        .value(text)
        .on("input", typed);
    div().class("field").put(label().attr("for", "comment").put(app.words.your_answer)).put(field)
}

/// Why an answer cannot be accepted.
pub(crate) enum AnswerProblem {
    NotWritten,
    NotChosen,
    /// By how many characters.
    TooLongBy(usize),
}

/// The answer if it is acceptable.
#[inline(always)]
pub(crate) fn acceptable(
    question: &SurveyQuestion,
    answer: Option<SurveyAnswer>,
) -> Result<SurveyAnswer, AnswerProblem> {
    match answer {
        Some(SurveyAnswer::Comment(text)) if is_blank(&text) => Err(AnswerProblem::NotWritten),
        Some(SurveyAnswer::Comment(text)) => {
            match length_of(&text).saturating_sub(COMMENT_CHARS_MAX) {
                0 => Ok(SurveyAnswer::Comment(tidied(&text))),
                by => Err(AnswerProblem::TooLongBy(by)),
            }
        }
        Some(SurveyAnswer::Skipped) | None if question.is_open() => Err(AnswerProblem::NotWritten),
        Some(SurveyAnswer::Skipped) | None => Err(AnswerProblem::NotChosen),
        Some(answer) => Ok(answer),
    }
}

/// The answer if it is acceptable; otherwise the error message, which says what to do.
#[inline(always)]
fn checked(
    app: App,
    question: &SurveyQuestion,
    answer: Option<SurveyAnswer>,
) -> Result<SurveyAnswer, String> {
    acceptable(question, answer).map_err(|problem| match problem {
        AnswerProblem::NotWritten => app.words.write_or_skip.into(),
        AnswerProblem::NotChosen => app.words.choose_or_skip.into(),
        AnswerProblem::TooLongBy(by) => too_long_by(app.language, by),
    })
}

/// Stores the answer and shows the next question, or the review after the last one.
fn go_on(app: App, question: &'static SurveyQuestion, answer: SurveyAnswer) {
    let survey = app.catalogue.survey();
    // The answer was built from the question's own fields, so it fits. If it did not, the question
    // would stay unanswered.
    app.survey.answers.update(|answers| drop(answers.set(survey, &question.id, answer)));
    let answers = app.survey.answers.get_untracked();
    let journey = Journey::of(survey, &answers);
    let next = journey.position_of(&question.id).and_then(|at| journey.route.get(at + 1));
    // A paper sheet was reviewed by the person who filled it in, so it is sent without a review
    // page.
    if next.is_none() && app.role.is_paper() && answers.say_something() {
        return app.survey.send(app.language, router::going(app));
    }
    router::go(
        app,
        next.map_or(Route::FeedbackCheck, |question| Route::FeedbackQuestion(question.id.clone())),
    );
}
