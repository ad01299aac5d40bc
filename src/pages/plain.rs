//! What a page as text has beside the same page in a browser: where forms are sent, what is sent
//! with them, and the buttons that send them. In a browser the app answers its forms, so there all
//! of this is nothing and no code.

use crate::app::App;
use crate::route::Route;
use domain::inquiry::ContactChoice;
use domain::survey::SurveyAnswer;
use elements::{El, Piece};

/// Whether this page answers a form. It is in a document in which the app never starts.
#[inline(always)]
pub(super) fn is_plain(app: App) -> bool {
    #[cfg(target_family = "wasm")]
    {
        let _ = app;
        false
    }
    #[cfg(not(target_family = "wasm"))]
    written::is_plain(app)
}

/// A form that a browser sends to the address of a page.
#[inline(always)]
pub(super) fn posted(app: App, form: El, route: fn() -> Route) -> El {
    #[cfg(target_family = "wasm")]
    {
        let _ = (app, route);
        form
    }
    #[cfg(not(target_family = "wasm"))]
    form.attr("method", "post").attr("action", app.href(route()))
}

/// The value of a choice of how to reply, where a browser sends it.
#[inline(always)]
pub(super) fn contact_value(choice: ContactChoice) -> &'static str {
    #[cfg(target_family = "wasm")]
    {
        let _ = choice;
        ""
    }
    #[cfg(not(target_family = "wasm"))]
    crate::render::plain::contact_value(choice)
}

/// On a page that answers a form: `content` in a form with the question as it was typed.
#[inline(always)]
pub(super) fn with_question(app: App, content: impl Piece) -> impl Piece {
    #[cfg(target_family = "wasm")]
    {
        let _ = app;
        content
    }
    #[cfg(not(target_family = "wasm"))]
    written::with_question(app, content)
}

/// `content` in a form with the survey as it was answered so far.
#[inline(always)]
pub(super) fn with_survey(app: App, content: impl Piece) -> impl Piece {
    #[cfg(target_family = "wasm")]
    {
        let _ = app;
        content
    }
    #[cfg(not(target_family = "wasm"))]
    written::with_survey(app, content)
}

/// A form that a browser sends with the survey as it was answered so far.
#[inline(always)]
pub(super) fn posted_survey(app: App, form: El) -> El {
    #[cfg(target_family = "wasm")]
    {
        let _ = app;
        form
    }
    #[cfg(not(target_family = "wasm"))]
    written::posted_survey(app, form)
}

/// The value of an answer, where a browser sends it.
#[inline(always)]
pub(super) fn answer_value(answer: &SurveyAnswer) -> String {
    #[cfg(target_family = "wasm")]
    {
        let _ = answer;
        String::new()
    }
    #[cfg(not(target_family = "wasm"))]
    crate::model::unsent::answer_text(answer)
}

/// On a page that answers a form: a button that sends a name and its value. `None` in a browser.
#[inline(always)]
pub(super) fn press_of(app: App, name: &'static str, value: &str) -> Option<El> {
    #[cfg(target_family = "wasm")]
    {
        let _ = (app, name, value);
        None
    }
    #[cfg(not(target_family = "wasm"))]
    written::is_plain(app).then(|| written::button_of(name, value))
}

/// On any page as text: a button that sends `act`. `None` in a browser.
#[inline(always)]
pub(super) fn begin(act: &'static str) -> Option<El> {
    #[cfg(target_family = "wasm")]
    {
        let _ = act;
        None
    }
    #[cfg(not(target_family = "wasm"))]
    Some(written::button_of("do", act))
}

/// On a page that answers a form: a button that sends `act`. `None` in a browser.
#[inline(always)]
pub(super) fn press(app: App, act: &'static str) -> Option<El> {
    press_of(app, "do", act)
}

/// On a page that answers a form: a button that shows the form in the other language, with what was
/// typed.
#[inline(always)]
pub(super) fn language_button(app: App, route: fn() -> Route) -> Option<El> {
    #[cfg(target_family = "wasm")]
    {
        let _ = (app, route);
        None
    }
    #[cfg(not(target_family = "wasm"))]
    written::language_button(app, route)
}

#[cfg(not(target_family = "wasm"))]
pub(super) use written::{
    about_question, not_sent, on_enter, scripts_off, to_status, to_survey, typed_answer,
};

/// The parts themselves.
#[cfg(not(target_family = "wasm"))]
mod written {
    use crate::app::App;
    use crate::render::PlainTrouble;
    use crate::render::plain::{PlainPage, answer_fields, contact_value};
    use crate::route::{PageAddress, Route};
    use crate::ui::icon::icon;
    use crate::ui::message::or_call;
    use domain::Language;
    use domain::status::{StatusQuestion, secret_text};
    use domain::survey::SurveyAnswer;
    use elements::{El, Piece, View, all, div, el, form, h2, input, p};
    use wording::plain::PlainWording;

    pub(super) fn is_plain(app: App) -> bool {
        app.plain.read_untracked().page.is_some()
    }

    fn hidden(name: &str, value: &str) -> El {
        input().attr("type", "hidden").attr("name", name).attr("value", value)
    }

    pub(super) fn button_of(name: &'static str, value: &str) -> El {
        el("button").attr("type", "submit").attr("name", name).attr("value", value)
    }

    pub(super) fn language_button(app: App, route: fn() -> Route) -> Option<El> {
        let language =
            if app.language == Language::English { Language::French } else { Language::English };
        let is_offered = is_plain(app) && app.languages().contains(&language);
        let address = PageAddress { language, route: route() }.href();
        is_offered.then(|| {
            button_of("do", "show")
                .class("link-button")
                .attr("formaction", address)
                .attr("lang", language.tag())
                .put(app.words.other_language)
        })
    }

    /// On a page that answers a form: the first button of its form, which Enter in a field presses.
    /// It is neither seen nor heard, because the form ends with the same button.
    pub(crate) fn on_enter(app: App, act: &'static str, name: &'static str) -> Option<El> {
        is_plain(app).then(|| {
            button_of("do", act)
                .class("visually-hidden")
                .attr("tabindex", "-1")
                .attr("aria-hidden", "true")
                .put(name)
        })
    }

    /// What a question is about, as a form sends it, and the number of a form on a page that
    /// answers one. A form that nobody has sent yet has none: on a shared computer, somebody could
    /// note it and open the question of the next person.
    pub(crate) fn about_question(app: App) -> View {
        let draft = app.inquiry.draft.read_untracked();
        let service = draft.service.as_ref().map(|id| hidden("service", id.as_str()));
        let hub = draft.hub.as_ref().map(|id| hidden("hub", id.as_str()));
        let state = app.plain.read_untracked();
        let number = state.page.is_some().then(|| hidden("number", &state.number));
        all((service, hub, number))
    }

    pub(super) fn with_question(app: App, content: impl Piece) -> View {
        let draft = app.inquiry.draft.get_untracked();
        let fields = [
            ("message", draft.message.as_str()),
            ("name", &draft.name),
            ("contact", contact_value(draft.contact)),
            ("phone", &draft.phone),
            ("email", &draft.email),
        ];
        form()
            .attr("method", "post")
            .attr("action", app.href(Route::Ask(Default::default())))
            .put_all(fields.map(|(name, value)| hidden(name, value)))
            .put(about_question(app))
            .put(content)
            .done()
    }

    pub(super) fn posted_survey(app: App, form: El) -> El {
        let about = app.survey.about.read_untracked();
        let service = about.service.as_ref().map(|id| hidden("service", id.as_str()));
        let hub = about.hub.as_ref().map(|id| hidden("hub", id.as_str()));
        let link = app.survey.link_text().map(|link| hidden("link", &link));
        let answers = answer_fields(&app.survey.answers.read_untracked());
        let state = app.plain.read_untracked();
        // Of the forms that nobody has sent yet, only a survey link's is counted, once by number.
        let has_number = state.page.is_some() || link.is_some();
        let number = has_number.then(|| hidden("number", &state.number));
        // The answers are those to the questions of this version.
        let version = hidden("version", &app.catalogue.survey().version.to_string());
        let place = match &state.page {
            Some(PlainPage::SurveyQuestion { question, .. }) => {
                Some(hidden("question", question.as_str()))
            }
            Some(PlainPage::SurveyCheck { .. }) => Some(hidden("place", "check")),
            _ => None,
        };
        form.attr("method", "post")
            .attr("action", app.href(Route::Feedback(Default::default())))
            .put((service, hub, link, number, version, place))
            .put_all(answers.iter().map(|(name, value)| hidden(name, value)))
    }

    pub(super) fn with_survey(app: App, content: impl Piece) -> View {
        posted_survey(app, form()).put(content).done()
    }

    /// What was chosen or typed on the question of this page, if it differs from its answer, and
    /// whether its fault is shown.
    pub(crate) fn typed_answer(app: App) -> (Option<SurveyAnswer>, bool) {
        match &app.plain.read_untracked().page {
            Some(PlainPage::SurveyQuestion { typed, is_checked, .. }) => {
                (typed.clone(), *is_checked)
            }
            _ => (None, false),
        }
    }

    /// A form that opens the survey by an invitation, which then is in no address.
    pub(crate) fn to_survey(app: App, link: &str) -> El {
        let open = button_of("do", "open").class("button");
        form()
            .attr("method", "post")
            .attr("action", app.href(Route::Feedback(Default::default())))
            .put(hidden("link", link))
            .put(hidden("number", &app.plain.read_untracked().number))
            .put(p().class("actions").put(open.put(app.words.feedback_tile)))
    }

    /// A form that opens the status of a question.
    pub(crate) fn to_status(app: App, question: StatusQuestion) -> El {
        let look = button_of("do", "look").class("button button--main");
        form()
            .attr("method", "post")
            .attr("action", app.href(Route::Status))
            .put(hidden("reference", &question.reference.to_string()))
            .put(hidden("secret", &secret_text(&question.secret)))
            .put(
                p().class("actions no-print")
                    .put(look.put(app.words.status_title))
                    .put(language_button(app, || Route::Status)),
            )
    }

    /// Fields that the app shows once they are needed. Where it may start, only those see them who
    /// have no scripts.
    pub(crate) fn scripts_off(app: App, fields: impl Piece) -> View {
        if is_plain(app) { all(fields) } else { el("noscript").put(fields).done() }
    }

    /// Why something was not sent, and what its sending means without scripts.
    pub(crate) fn not_sent(app: App) -> View {
        let words = PlainWording::in_language(app.language);
        let trouble = match &app.plain.read_untracked().page {
            Some(PlainPage::AskCheck { trouble, .. } | PlainPage::SurveyCheck { trouble, .. }) => {
                *trouble
            }
            _ => None,
        };
        let panel = trouble.map(|trouble| {
            let title = h2().put(icon("alert")).put(" ").put(words.not_sent);
            let line = match trouble {
                PlainTrouble::NoNumber => p().put(words.send_again),
                PlainTrouble::UsedBefore => p().put(words.used_before),
                PlainTrouble::OverBudget => {
                    or_call(app.language, p(), words.over_budget, app.phone())
                }
                PlainTrouble::NotStored => {
                    or_call(app.language, p(), words.not_stored, app.phone())
                }
                PlainTrouble::Maintenance => {
                    or_call(app.language, p(), words.maintenance, app.phone())
                }
            };
            div()
                .class("panel panel--error")
                .attr("role", "alert")
                .attr("tabindex", "-1")
                .attr("autofocus", "")
                .put(title)
                .put(line)
        });
        all((p().class("hint").put(words.sealed_on_arrival), panel))
    }
}
