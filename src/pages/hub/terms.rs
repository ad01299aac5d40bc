//! The conditions under which a location does something: days, appointment, payment and notes.

use crate::app::App;
use domain::catalogue::{Hub, Offering};
use domain::trip::Errand;
use elements::{El, li, span, ul};
use wording::offering_terms;

/// The conditions of an errand at a location, one line for each task that has some. For a service
/// with several tasks each line names its task. `None` if no conditions are known.
pub(crate) fn terms(app: App, hub: &'static Hub, errand: &Errand) -> Option<El> {
    let is_one_task = match errand {
        Errand::Task(_) => true,
        Errand::Service(id) => {
            app.catalogue.service(id).is_some_and(|service| service.tasks.len() == 1)
        }
    };
    let row = |offering: &'static Offering| {
        let task = app.catalogue.task(&offering.task).filter(|_| !is_one_task);
        let task = task
            .and_then(|task| task.for_residents.as_deref())
            .map(|name| (span().lang(app.lang_of(name)).put(name), app.words.colon));
        let note = offering
            .note
            .as_ref()
            .map(|note| (" ", span().lang(app.lang_of(note)).put(note.as_str())));
        li().put(task).put(offering_terms(app.language, offering)).put(note)
    };
    let offerings = errand.offerings(app.catalogue, hub);
    (!offerings.is_empty()).then(|| ul().class("terms").put_all(offerings.into_iter().map(row)))
}
