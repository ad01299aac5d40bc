//! What happens after a question was sent, as far as the office has promised it. Nothing is said
//! that the server did not say.

use crate::app::App;
use crate::browser::clock::wall_clock;
use domain::hours::Moment;
use domain::inquiry::ContactChoice;
use elements::{El, View, live, p};
use wording::{day, fill, reply_within};

/// The day by which the City means to reply to a question that arrives at `arrives_ms`; without
/// that, within how many working hours. Empty if nothing is promised.
pub(super) fn reply_time(app: App, arrives_ms: Option<u64>) -> View {
    live(move || {
        let offer = app.delivery.offer.read();
        let reply = offer.as_ref()?.first_reply.as_ref()?;
        let zone = &app.catalogue.municipality().time_zone;
        let arrives = arrives_ms.and_then(|at_ms| wall_clock(zone, at_ms));
        let said = match arrives.and_then(|arrives| reply.due(app.catalogue, arrives)) {
            Some(Moment { date, .. }) => {
                fill(app.words.reply_by, &[("when", &day(app.language, date))])
            }
            None => reply_within(app.language, reply.working_hours),
        };
        let doubt =
            (!reply.is_confirmed).then(|| p().class("hint").put(app.words.reply_unconfirmed));
        Some((p().put(said), doubt))
    })
}

/// How the person hears of the reply.
pub(super) fn heard(app: App, contact: ContactChoice) -> &'static str {
    match contact {
        ContactChoice::Phone => app.words.heard_by_phone,
        ContactChoice::Email => app.words.heard_by_email,
        ContactChoice::None | ContactChoice::NotChosen => app.words.heard_of_nothing,
    }
}

/// What the City does before it replies.
pub(super) fn at_first(app: App) -> El {
    p().put(app.words.reply_first)
}
