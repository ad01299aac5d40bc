//! One question of the survey. Where it stands is computed from the answers; nothing stores a position.

use super::{Page, heading, not_found};
use crate::browser::page::focus;
use crate::components::icon::icon;
use crate::route::Route;
use crate::router;
use crate::state::App;
use crate::wording::{question_of, too_long_by};
use domain::QuestionId;
use domain::survey::{Answer, AnswerKind, COMMENT_CHARS_MAX, Journey, Question};
use leptos::prelude::*;

pub(crate) fn page(app: App, id: &QuestionId) -> Page {
    let survey = app.catalogue.survey();
    let Some(question) = survey.question(id) else { return not_found::page(app) };
    let answers = app.answers.get_untracked();
    let journey = Journey::of(survey, &answers);
    // A question off the route (its branch was closed by another answer) still shows, at the place of the next.
    let at = journey.position_of(id).unwrap_or_else(|| journey.next.unwrap_or(0));
    let count = journey.route.len();
    let before = at
        .checked_sub(1)
        .and_then(|before| journey.route.get(before))
        .map_or(Route::Feedback(Default::default()), |question| Route::FeedbackQuestion(question.id.clone()));
    let title = question.text.get(app.language);
    let progress = question_of(app.language, at + 1, count);
    let view = view! {
        <p class="progress-line">
            <span>{progress.clone()}</span>
            <progress value=at.to_string() max=count.to_string() aria-hidden="true"></progress>
        </p>
        {form(app, question, before)}
    };
    Page::new(format!("{progress}: {title}"), view)
}

fn form(app: App, question: &'static Question, before: Route) -> impl IntoView {
    let words = app.words;
    let chosen = RwSignal::new(app.answers.get_untracked().get(&question.id).cloned());
    let fault = RwSignal::new(String::new());
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        match checked(app, question, chosen.get_untracked()) {
            Ok(answer) => go_on(app, question, answer),
            Err(text) => {
                fault.set(text);
                request_animation_frame(|| focus("#answer-error"));
            }
        }
    };
    let error = move || {
        let text = fault.get();
        (!text.is_empty()).then(|| view! { <p class="field__error" id="answer-error" tabindex="-1">{icon("alert")} " " {text}</p> })
    };
    let hint = question.hint.as_ref().map(|hint| view! { <p class="hint" id="answer-hint">{hint.get(app.language)}</p> });
    view! {
        <form class="form question" novalidate on:submit=submit>
            {heading(question.text.get(app.language), None)}
            {hint}
            <div role="alert">{error}</div>
            {fields(app, question, chosen)}
            <p class="actions">
                <button class="button button--main" type="submit">{words.next}</button>
                <a class="button" href=app.href(before)>{words.back}</a>
                <button class="link-button" type="button" on:click=move |_| go_on(app, question, Answer::Skipped)>{words.skip}</button>
            </p>
        </form>
    }
}

fn fields(app: App, question: &'static Question, chosen: RwSignal<Option<Answer>>) -> AnyView {
    let name = question.text.get(app.language);
    match &question.answer {
        AnswerKind::Scale { labels, may_not_apply } => {
            let points = labels
                .iter()
                .zip(1u8..)
                .map(|(label, point)| radio(chosen, format!("point-{point}"), Answer::Scale(point), Some(point), label.get(app.language)));
            let apart = may_not_apply.then(|| view! { <div class="choices choices--apart">{radio(chosen, "not-apply".into(), Answer::DoesNotApply, None, app.words.does_not_apply)}</div> });
            view! { <fieldset class="field"><legend class="visually-hidden">{name}</legend><div class="choices choices--scale">{points.collect_view()}</div>{apart}</fieldset> }.into_any()
        }
        AnswerKind::Choice { options } => {
            let rows = options
                .iter()
                .map(|option| radio(chosen, format!("option-{}", option.id), Answer::Choice(option.id.clone()), None, option.text.get(app.language)));
            view! { <fieldset class="field"><legend class="visually-hidden">{name}</legend><div class="choices">{rows.collect_view()}</div></fieldset> }
                .into_any()
        }
        AnswerKind::Comment => comment(app, chosen).into_any(),
    }
}

fn radio(chosen: RwSignal<Option<Answer>>, id: String, answer: Answer, point: Option<u8>, label: &'static str) -> impl IntoView {
    let is_chosen = {
        let answer = answer.clone();
        move || chosen.read().as_ref() == Some(&answer)
    };
    let point = point.map(|point| view! { <span class="choice__point">{point.to_string()}</span> " " });
    view! {
        <div class="choice choice--card">
            <input id=id.clone() type="radio" name="answer" prop:checked=is_chosen on:change=move |_| chosen.set(Some(answer.clone())) />
            <label for=id>{point} {label}</label>
        </div>
    }
}

fn comment(app: App, chosen: RwSignal<Option<Answer>>) -> impl IntoView {
    let text = move || match chosen.get() {
        Some(Answer::Comment(text)) => text,
        _ => String::new(),
    };
    let typed = move |event| {
        let answer = Some(Answer::Comment(event_target_value(&event)));
        chosen.set(answer);
    };
    view! {
        <div class="field">
            <label for="comment">{app.words.your_answer}</label>
            <textarea id="comment" class="input" rows="6" autocomplete="off" aria-describedby="answer-hint" prop:value=text on:input=typed></textarea>
        </div>
    }
}

/// The answer if it may stand; else what to do, in words.
fn checked(app: App, question: &Question, answer: Option<Answer>) -> Result<Answer, String> {
    match answer {
        Some(Answer::Comment(text)) if text.trim().is_empty() => Err(app.words.write_or_skip.into()),
        Some(Answer::Comment(text)) => match text.chars().count().saturating_sub(COMMENT_CHARS_MAX) {
            0 => Ok(Answer::Comment(text.trim().into())),
            by => Err(too_long_by(app.language, by)),
        },
        Some(Answer::Skipped) | None if question.is_open() => Err(app.words.write_or_skip.into()),
        Some(Answer::Skipped) | None => Err(app.words.choose_or_skip.into()),
        Some(answer) => Ok(answer),
    }
}

fn go_on(app: App, question: &'static Question, answer: Answer) {
    let survey = app.catalogue.survey();
    // The answer was made from the question's own fields, so it fits; were it not to, the question stays unanswered.
    app.answers.update(|answers| drop(answers.set(survey, &question.id, answer)));
    let answers = app.answers.get_untracked();
    let journey = Journey::of(survey, &answers);
    let next = journey.position_of(&question.id).and_then(|at| journey.route.get(at + 1));
    router::go(app, next.map_or(Route::FeedbackCheck, |question| Route::FeedbackQuestion(question.id.clone())));
}
