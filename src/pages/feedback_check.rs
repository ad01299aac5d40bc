//! Reading the answers over before they are sealed.

use super::feedback::about_line;
use super::{Page, heading};
use crate::components::not_kept::not_kept;
use crate::route::Route;
use crate::state::App;
use domain::survey::{Answer, AnswerKind, Journey, Question};
use leptos::prelude::*;

pub(crate) fn page(app: App) -> Page {
    let (words, survey) = (app.words, app.catalogue.survey());
    app.not_kept.set(None);
    let answers = app.answers.get_untracked();
    let can_send = answers.say_something();
    let rows = Journey::of(survey, &answers).route.into_iter().map(|question| {
        let answer = answer_words(app, question, answers.get(&question.id));
        let href = app.href(Route::FeedbackQuestion(question.id.clone()));
        let name = question.text.get(app.language);
        view! {
            <div class="summary__row">
                <dt>{name}</dt>
                <dd class="summary__value">{answer}</dd>
                <dd class="summary__change"><a href=href>{words.change} <span class="visually-hidden">": " {name}</span></a></dd>
            </div>
        }
    });
    let send = if can_send {
        view! {
            <button class="button button--main" type="button" disabled=move || app.is_saving.get() on:click=move |_| app.send_answers()>
                {move || if app.is_saving.get() { words.keeping } else { words.send_answers }}
            </button>
        }
        .into_any()
    } else {
        view! { <span>{words.say_something}</span> }.into_any()
    };
    let view = view! {
        {heading(words.check_answers, None)}
        {about_line(app)}
        <dl class="summary">{rows.collect_view()}</dl>
        {not_kept(app)}
        <p class="actions">{send} <a class="button" href=app.href(Route::Feedback(Default::default()))>{words.back}</a></p>
    };
    Page::new(words.check_answers, view)
}

fn answer_words(app: App, question: &'static Question, answer: Option<&Answer>) -> String {
    match (answer, &question.answer) {
        (None, _) => app.words.not_answered.into(),
        (Some(Answer::Skipped), _) => app.words.skipped.into(),
        (Some(Answer::DoesNotApply), _) => app.words.does_not_apply.into(),
        (Some(Answer::Comment(text)), _) => text.clone(),
        (Some(Answer::Scale(point)), AnswerKind::Scale { labels, .. }) => {
            labels.get(usize::from(*point) - 1).map_or_else(String::new, |label| format!("{point}: {}", label.get(app.language)))
        }
        (Some(Answer::Choice(id)), AnswerKind::Choice { options }) => {
            options.iter().find(|option| option.id == *id).map_or_else(String::new, |option| option.text.get(app.language).into())
        }
        (Some(_), _) => app.words.not_answered.into(),
    }
}
