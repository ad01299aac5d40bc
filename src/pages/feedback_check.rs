//! The page for reviewing survey answers before they are sealed.

use super::ask_check::{send_button, summary_row};
use super::feedback::about_line;
use super::{TitledPage, heading, plain};
use crate::app::App;
use crate::pages::not_stored::not_stored_panel;
use crate::pages::shared_computer::{Leaving, shared_computer};
use crate::route::{Route, router};
use domain::survey::{AnswerKind, Journey, SurveyAnswer, SurveyQuestion};
use elements::{a, all, dl, p};

pub(crate) fn page(app: App) -> TitledPage {
    let (words, survey) = (app.words, app.catalogue.survey());
    app.delivery.not_stored.set(None);
    let answers = app.survey.answers.get_untracked();
    let rows = Journey::of(survey, &answers).route.into_iter().map(|question| {
        let change = plain::press_of(app, "change", question.id.as_str())
            .map(|press| press.class("link-button"))
            .unwrap_or_else(|| a(app.href(Route::FeedbackQuestion(question.id.clone()))));
        summary_row(
            app,
            question.text.get(app.language),
            answer_words(app, question, answers.get(&question.id)),
            Some(change),
        )
    });
    let send = if answers.say_something() {
        all(match plain::press(app, "send") {
            Some(press) => press.class("button button--main").put(words.send_answers),
            None => send_button(app, words.send_answers, move || {
                app.survey.send(app.language, router::going(app))
            }),
        })
    } else {
        all(words.say_something)
    };
    let back = plain::press(app, "open")
        .unwrap_or_else(|| a(app.href(Route::Feedback(Default::default()))))
        .class("button")
        .put(words.back);
    let actions = p()
        .class("actions")
        .put(send)
        .put(back)
        .put(plain::language_button(app, || Route::Feedback(Default::default())));
    #[cfg(not(target_family = "wasm"))]
    let actions = (plain::not_sent(app), actions);
    let form = (dl().class("summary").put_all(rows), not_stored_panel(app), actions);
    let view = (
        heading(words.check_answers, None),
        about_line(app),
        plain::with_survey(app, form),
        shared_computer(app, Leaving::Visit),
    );
    TitledPage::new(words.check_answers, view)
}

fn answer_words(
    app: App,
    question: &'static SurveyQuestion,
    answer: Option<&SurveyAnswer>,
) -> String {
    match (answer, &question.answer) {
        (None, _) => app.words.not_answered.into(),
        (Some(SurveyAnswer::Skipped), _) => app.words.skipped.into(),
        (Some(SurveyAnswer::DoesNotApply), _) => app.words.does_not_apply.into(),
        (Some(SurveyAnswer::Comment(text)), _) => text.clone(),
        (Some(SurveyAnswer::Scale(point)), AnswerKind::Scale { labels, .. }) => {
            labels.get(usize::from(*point) - 1).map_or_else(String::new, |label| {
                [&point.to_string(), app.words.colon, label.get(app.language)].concat()
            })
        }
        (Some(SurveyAnswer::Choice(id)), AnswerKind::Choice { options }) => options
            .iter()
            .find(|option| option.id == *id)
            .map_or_else(String::new, |option| option.text.get(app.language).into()),
        (Some(_), _) => app.words.not_answered.into(),
    }
}
