//! How a service works: what happens before, at and after the counter.

use crate::app::App;
use crate::ui::section::titled_section;
use domain::catalogue::{Service, Task};
use elements::{El, View, all, el, h3, li, p, span, ul};

pub(super) fn process(app: App, service: &'static Service) -> El {
    let words = app.words;
    let tasks: Vec<&Task> = app.catalogue.tasks_of(service).collect();
    let middle = if tasks.is_empty() {
        elsewhere(app, service)
    } else {
        all(tasks.into_iter().map(|task| counter(app, task)).collect::<Vec<_>>())
    };
    let parts = el("ol")
        .class("process")
        .put(li().class("process__part").put(h3().put(words.before)).put(before(app, service)))
        .put(li().class("process__part").put(middle))
        .put(li().class("process__part").put(h3().put(words.after)).put(after(app, service)));
    titled_section("process", words.how_it_works).put(parts)
}

/// A step: the interface's wording, followed by the catalogue's text in the catalogue's language.
fn step(app: App, name: &'static str, said: Option<String>) -> El {
    li().put(name)
        .put(said.map(|said| (app.words.colon, span().lang(app.catalogue_lang()).put(said))))
}

fn before(app: App, service: &'static Service) -> El {
    let words = app.words;
    let documents = (!service.documents.is_empty()).then(|| service.documents.join(", "));
    ul().class("steps")
        .put(service.eligibility.clone().map(|text| step(app, words.eligible, Some(text))))
        .put(step(app, words.gather, documents))
        .put(step(app, words.check_cost, service.fee.clone()))
        .put(service.channels.in_person.then(|| step(app, words.check_hours, None)))
}

fn counter(app: App, task: &'static Task) -> View {
    let (words, lang) = (app.words, app.catalogue_lang());
    all((
        h3().put(words.at_the_counter)
            .put(words.colon)
            .put(span().lang(lang).put(task.name.as_str())),
        p().put(words.tell_them).put("."),
        el("ol")
            .class("steps steps--numbered")
            .lang(lang)
            .put_all(task.steps.iter().map(|step| li().put(step.as_str()))),
        p().class("hint").put((!task.source.verified).then_some(words.steps_are_ours)),
    ))
}

fn elsewhere(app: App, service: &'static Service) -> View {
    let (words, channels) = (app.words, &service.channels);
    let steps = ul()
        .class("steps")
        .put(channels.online_url.is_some().then(|| step(app, words.use_online_page, None)))
        .put(channels.phone.clone().map(|phone| step(app, words.or_phone, Some(phone))))
        .put(channels.in_person.then(|| step(app, words.counters_can_tell, None)));
    all((h3().put(words.on_the_phone), steps))
}

fn after(app: App, service: &'static Service) -> El {
    let words = app.words;
    ul().class("steps")
        .put(step(app, words.keep_receipt, None))
        .put(service.processing_time.clone().map(|time| step(app, words.wait_for, Some(time))))
        .put(step(app, words.ask_if_late, None))
}
