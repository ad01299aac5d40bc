//! One file per page. Each returns the page's title, which the `h1` repeats, and its view.

pub(crate) mod a_to_z;
pub(crate) mod about;
pub(crate) mod ask;
pub(crate) mod ask_check;
pub(crate) mod bring;
#[cfg(feature = "counter")]
mod counter;
pub(crate) mod erase;
pub(crate) mod feedback;
pub(crate) mod feedback_check;
pub(crate) mod feedback_done;
pub(crate) mod feedback_question;
pub(crate) mod frame;
pub(crate) mod home;
pub(crate) mod hub;
pub(crate) mod hubs;
pub(crate) mod life;
pub(crate) mod message;
pub(crate) mod messages;
pub(crate) mod not_found;
pub(crate) mod not_stored;
mod plain;
mod promise;
pub(crate) mod search;
pub(crate) mod service;
mod service_choice;
pub(crate) mod share;
mod shared_computer;
pub(crate) mod status;
pub(crate) mod survey;
mod thread;
pub(crate) mod topics;
pub(crate) mod trip;

use crate::app::App;
use crate::route::Route;
use crate::second_part;
use elements::{El, Piece, View, all, h1};

/// The title and content of a page.
pub(crate) struct TitledPage {
    pub(crate) title: String,
    pub(crate) view: View,
}

impl TitledPage {
    pub(crate) fn new(title: &str, view: impl Piece) -> Self {
        Self { title: title.into(), view: all(view) }
    }
}

/// The page of a route. A page that this device must not show becomes the page for an unknown
/// address.
pub(crate) fn of(app: App, route: &Route) -> TitledPage {
    #[cfg(feature = "counter")]
    if app.role.is_counter()
        && let Some(page) = counter::instead(app).or_else(|| counter::of(app, route))
    {
        return page;
    }
    if is_in_first_part(route) { of_first_part(app, route) } else { second_part::page(app, route) }
}

/// Whether the first part of the app has this page: what a first visit is for.
pub(crate) fn is_in_first_part(route: &Route) -> bool {
    matches!(
        route,
        Route::Home
            | Route::Search { .. }
            | Route::Topics
            | Route::Topic(_)
            | Route::AToZ
            | Route::Life(_)
            | Route::Service(_)
            | Route::Hubs
            | Route::Hub(_)
            | Route::Ask(_)
            | Route::NotFound
    )
}

fn of_first_part(app: App, route: &Route) -> TitledPage {
    match route {
        Route::Home => home::page(app),
        Route::Search { .. } => search::page(app),
        Route::Topics => topics::page(app),
        Route::Topic(id) => topics::topic_page(app, id),
        Route::AToZ => a_to_z::page(app),
        Route::Life(id) => life::page(app, id),
        Route::Service(id) => service::page(app, id),
        Route::Hubs => hubs::page(app),
        Route::Hub(id) => hub::page(app, id),
        Route::Ask(about) => ask::page(app, about.clone()),
        _ => not_found::page(app),
    }
}

/// A page of the second part. Only [`second_part`] calls it.
pub(crate) fn of_second_part(app: App, route: &Route) -> TitledPage {
    match route {
        Route::Trip(_) => trip::page(app),
        Route::AskCheck => ask_check::page(app),
        Route::Feedback(about) => feedback::page(app, about.clone()),
        Route::FeedbackQuestion(id) => feedback_question::page(app, id),
        Route::FeedbackCheck => feedback_check::page(app),
        Route::FeedbackDone => feedback_done::page(app),
        Route::Survey(text) => survey::page(app, text),
        // A shared device has no list of messages, because nobody may see what others sent. It
        // accepts no messages from other devices either.
        Route::Messages | Route::MessagesErase | Route::Bring if app.role.is_shared() => {
            not_found::page(app)
        }
        Route::Messages => messages::page(app),
        Route::MessagesErase => erase::page(app),
        Route::Message(id) if !app.delivery.shows(*id) => not_found::page(app),
        Route::Message(id) => message::page(app, *id),
        Route::Status => status::page(app),
        Route::Bring => bring::page(app),
        Route::AboutApp => about::page(app),
        Route::Privacy => about::privacy_page(app),
        Route::Accessibility => about::accessibility_page(app),
        // Pages of a staff tablet only, and those of the first part.
        _ => not_found::page(app),
    }
}

/// The heading that receives the focus when a page is shown.
pub(crate) fn heading(text: &str, lang: Option<&'static str>) -> El {
    h1().attr("tabindex", "-1").lang(lang).put(text)
}
