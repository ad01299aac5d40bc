//! What happens after a question was sent, as far as the office has promised it. Nothing is said
//! that the server did not say.

use crate::app::App;
use crate::browser::clock::wall_clock;
use domain::hours::Moment;
use elements::{El, View, live, p};
use wording::{day, fill, reply_within, time};

/// By when the City means to reply to a question that arrives at `arrives_ms`; without that, within
/// how many working hours. Empty if nothing is promised.
pub(super) fn reply_time(app: App, arrives_ms: Option<u64>) -> View {
    live(move || {
        let offer = app.delivery.offer.read();
        let reply = offer.as_ref()?.first_reply.as_ref()?;
        let zone = &app.catalogue.municipality().time_zone;
        let arrives = arrives_ms.and_then(|at_ms| wall_clock(zone, at_ms));
        let said = match arrives.and_then(|arrives| reply.due(app.catalogue, arrives)) {
            Some(Moment { date, minute }) => {
                let when = [day(app.language, date), time(app.language, minute)].join(", ");
                fill(app.words.reply_by, &[("when", &when)])
            }
            None => reply_within(app.language, reply.working_hours),
        };
        let doubt =
            (!reply.is_confirmed).then(|| p().class("hint").put(app.words.reply_unconfirmed));
        Some((p().put(said), doubt))
    })
}

/// What the City does before it replies.
pub(super) fn at_first(app: App) -> El {
    p().put(app.words.reply_first)
}
