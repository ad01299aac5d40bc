//! The pages that a survey link opens. A person on their own device or at a kiosk sees the survey's
//! first page; staff see what they count.

mod sheets;
mod visitors;

use super::{TitledPage, feedback, heading};
use crate::app::App;
use crate::browser::page::replace_by;
use crate::model::survey::SurveyLink;
use crate::route::{COUNTER, Route};
use domain::collector::Way;
use elements::{El, View, a, button, dd, div, dl, dt, live, p};

pub(crate) fn page(app: App, text: &str) -> TitledPage {
    let Some(link) = SurveyLink::parse(text) else { return unreadable(app) };
    app.survey.open_by(link);
    match app.role.stand_way() {
        Some(Way::StaffAssisted) => visitors::page(app),
        Some(Way::Paper) => sheets::page(app),
        Some(Way::Kiosk) => {
            let feedback = feedback::page(app, Default::default());
            TitledPage::new(&feedback.title, (feedback.view, staff_back(app)))
        }
        _ => feedback::page(app, Default::default()),
    }
}

/// A code that cannot be read. The survey is still available without it.
fn unreadable(app: App) -> TitledPage {
    let words = app.words;
    let open = a(app.href(Route::Feedback(Default::default())))
        .class("button button--main")
        .put(words.feedback_tile);
    let view = (
        heading(words.code_unreadable, None),
        p().class("lead").put(words.code_unreadable_text),
        p().class("actions").put(open),
    );
    TitledPage::new(words.code_unreadable, view)
}

/// What this device has counted for the code. The answers are sealed, so this is all that it knows
/// about them.
fn counted(app: App) -> View {
    let words = app.words;
    live(move || {
        let counts = *app.survey.counts.read();
        let count = |name: &'static str, number: u32| {
            div().put(dt().put(name)).put(dd().put(number.to_string()))
        };
        dl().class("counts")
            .put(count(words.stand_asked, counts.asked))
            .put(count(words.stand_answered, counts.answered))
            .put(count(words.stand_refuses, counts.refused))
    })
}

/// A link for staff back to the tablet's own pages, which are behind its lock. `None` if the device
/// is no staff tablet.
fn staff_back(app: App) -> Option<El> {
    app.device.is_staff_tablet().then(|| {
        p().class("no-print")
            .put(button(|| replace_by(COUNTER)).class("link-button").put(app.words.staff_back))
    })
}

/// A link to the messages that wait on this device, and to sending them without a network. `None`
/// on a public terminal.
fn to_messages(app: App) -> Option<El> {
    if app.device.is_staff_tablet() {
        return staff_back(app);
    }
    app.role
        .terminal
        .is_none()
        .then(|| p().put(a(app.href(Route::Messages)).class("more").put(app.words.messages_title)))
}
