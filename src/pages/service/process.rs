//! How a service works: what happens before, at and after the counter.

use crate::state::App;
use domain::catalogue::{Service, Task};
use leptos::prelude::*;

pub(super) fn process(app: App, service: &'static Service) -> impl IntoView {
    let words = app.words;
    let tasks: Vec<&Task> = app.catalogue.tasks_of(service).collect();
    let middle = if tasks.is_empty() { elsewhere(app, service).into_any() } else { tasks.into_iter().map(|task| counter(app, task)).collect_view().into_any() };
    view! {
        <section class="section" aria-labelledby="process">
            <h2 id="process">{words.how_it_works}</h2>
            <ol class="process">
                <li class="process__part"><h3>{words.before}</h3>{before(app, service)}</li>
                <li class="process__part">{middle}</li>
                <li class="process__part"><h3>{words.after}</h3>{after(app, service)}</li>
            </ol>
        </section>
    }
}

fn steps(steps: Vec<AnyView>) -> impl IntoView {
    view! { <ul class="steps">{steps.into_iter().map(|step| view! { <li>{step}</li> }).collect_view()}</ul> }
}

fn before(app: App, service: &'static Service) -> impl IntoView {
    let (words, lang) = (app.words, app.catalogue_lang());
    let own = |name: &'static str, text: &'static str| view! { {name} ": " <span lang=lang>{text}</span> }.into_any();
    let mut all = Vec::new();
    all.extend(service.eligibility.as_ref().map(|text| own(words.eligible, text)));
    all.push(if service.documents.is_empty() {
        words.gather.into_any()
    } else {
        view! { {words.gather} ": " <span lang=lang>{service.documents.join(", ")}</span> }.into_any()
    });
    all.push(service.fee.as_ref().map_or_else(|| words.check_cost.into_any(), |fee| own(words.check_cost, fee)));
    if service.channels.in_person {
        all.push(words.check_hours.into_any());
    }
    steps(all)
}

fn counter(app: App, task: &'static Task) -> impl IntoView {
    let (words, lang) = (app.words, app.catalogue_lang());
    let rows = task.steps.iter().map(|step| view! { <li>{step.as_str()}</li> });
    let caution = (!task.source.verified).then_some(words.steps_are_ours);
    view! {
        <h3>{words.at_the_counter} ": " <span lang=lang>{task.name.as_str()}</span></h3>
        <p>{words.tell_them} "."</p>
        <ol class="steps steps--numbered" lang=lang>{rows.collect_view()}</ol>
        <p class="hint">{caution}</p>
    }
}

fn elsewhere(app: App, service: &'static Service) -> impl IntoView {
    let words = app.words;
    let mut all = Vec::new();
    if service.channels.online_url.is_some() {
        all.push(words.use_online_page.into_any());
    }
    if let Some(phone) = &service.channels.phone {
        all.push(view! { {words.or_phone} ": " {phone.as_str()} }.into_any());
    }
    if service.channels.in_person {
        all.push(words.counters_can_tell.into_any());
    }
    view! { <h3>{words.on_the_phone}</h3> {steps(all)} }
}

fn after(app: App, service: &'static Service) -> impl IntoView {
    let words = app.words;
    let wait = service.processing_time.as_ref().map(|time| view! { {words.wait_for} ": " <span lang=app.catalogue_lang()>{time.as_str()}</span> }.into_any());
    let all = [Some(words.keep_receipt.into_any()), wait, Some(words.ask_if_late.into_any())];
    steps(all.into_iter().flatten().collect())
}
