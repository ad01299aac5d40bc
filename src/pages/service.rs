//! One service: the main action first, then the facts that are known, then one line about what is
//! not.

pub(crate) mod correction;
pub(crate) mod fees;
pub(crate) mod provenance;

use super::{TitledPage, heading, not_found};
use crate::app::App;
use crate::browser::page::print;
use crate::pages::hub::terms::terms;
use crate::pages::hubs::in_order;
use crate::pages::hubs::near::near_form;
use crate::pages::search::results::{hub_card, name_list};
use crate::pages::service::correction::correction;
use crate::pages::service::provenance::provenance;
use crate::pages::share::{directions, share_button};
use crate::pages::trip::trip_button::trip_button;
use crate::route::{AboutRecord, Route};
use crate::ui::icon::icon;
use crate::ui::phone::phone_link;
use crate::ui::section::titled_section;
use domain::ServiceId;
use domain::catalogue::{Audience, Basis, Service};
use domain::submission::CorrectedField;
use domain::trip::Errand;
use elements::{El, View, a, all, button, dd, div, dl, dt, el, h2, li, live, p, section, span, ul};
use finder::AskedFact;
use wording::{FactGaps, payment_names, unknown_facts};

const RELATED_MAX: usize = 5;

pub(crate) fn page(app: App, id: &ServiceId) -> TitledPage {
    let Some(service) = app.catalogue.service(id) else { return not_found::page(app) };
    let topic = app
        .catalogue
        .category(&service.category)
        .map(|topic| p().class("crumb").put(super::topics::topic_link(app, topic)));
    let view = (
        (
            topic,
            heading(&service.name, app.lang_of(&service.name)),
            p().class("lead").lang(app.lang_of(&service.summary)).put(service.summary.as_str()),
        ),
        actions(app, service),
        facts(app, service),
        steps(app, service),
        missing(app, service),
        where_to_go(app, service),
        who_for(app, service),
        notes(app, service),
        related(app, service),
        more(app, AboutRecord { service: Some(id.clone()), hub: None }),
        provenance(
            app,
            &service.source,
            format!("services/{}", service.id),
            caution(app, service.basis),
        ),
    );
    TitledPage::new(&service.name, view)
}

/// What else a person can do about a record: ask, rate, print or report an error.
pub(super) fn more(app: App, about: AboutRecord) -> El {
    let words = app.words;
    let fields: &[CorrectedField] =
        if about.hub.is_some() { &CorrectedField::OF_HUB } else { &CorrectedField::OF_SERVICE };
    let wrong = correction(app, &about, fields);
    let share = share(app, &about).map(|share| li().put(share));
    let links = [
        (Route::Ask(about.clone()), words.ask_about_this),
        (Route::Feedback(about), words.rate_this),
    ];
    let links = links.map(|(route, name)| li().put(a(app.href(route)).put(name)));
    let printing =
        li().put(button(print).class("link-button").put(icon("print")).put(" ").put(words.print));
    section()
        .class("section no-print")
        .put(ul().class("links links--row").put_all(links).put(share).put(printing))
        .put(wrong)
}

/// The button that shares the page of a record.
fn share(app: App, about: &AboutRecord) -> Option<El> {
    if let Some(service) = about.service.as_ref().and_then(|id| app.catalogue.service(id)) {
        return share_button(app, &service.name, move || Route::Service(service.id.clone()));
    }
    let hub = app.catalogue.hub(about.hub.as_ref()?)?;
    share_button(app, &hub.name, move || Route::Hub(hub.id.clone()))
}

fn caution(app: App, basis: Basis) -> Option<&'static str> {
    match basis {
        Basis::Details | Basis::Inferred => None,
        Basis::Existence => Some(app.words.existence_only),
        Basis::OldOrAmbiguousSource => Some(app.words.old_source),
    }
}

/// One entry of the fact box: its name with an icon, and the value.
pub(super) fn fact(name: &'static str, picture: &'static str, value: View) -> El {
    div().class("fact").put(dt().put(icon(picture)).put(" ").put(name)).put(dd().put(value))
}

/// What a person must know before leaving home, as far as it is known: what to bring, cost,
/// duration and location. One mark says that they are not confirmed.
fn facts(app: App, service: &'static Service) -> View {
    let shown = [
        AskedFact::Documents,
        AskedFact::Cost,
        AskedFact::Payments,
        AskedFact::Duration,
        AskedFact::Place,
    ];
    let rows: Vec<El> = shown.into_iter().filter_map(|asked| known(app, service, asked)).collect();
    let is_doubtful = service.needs_confirming() && !rows.is_empty();
    let doubt = || p().put(span().class("confirm").put(app.words.facts_unconfirmed));
    all((is_doubtful.then(doubt), dl().class("facts").put_all(rows)))
}

/// One fact of a service, as an entry of the fact box; `None` if it is not known. Whether it is
/// confirmed is said outside of the box.
pub(crate) fn known(app: App, service: &'static Service, asked: AskedFact) -> Option<El> {
    let words = app.words;
    let (name, picture, value) = match asked {
        AskedFact::Documents if service.documents.is_empty() => return None,
        AskedFact::Documents => {
            let row = |text: &'static String| li().lang(app.lang_of(text)).put(text.as_str());
            let rows = ul().class("plain").put_all(service.documents.iter().map(row));
            (words.bring, "bag", rows)
        }
        AskedFact::Cost => (words.cost, "coin", fees::fee_list(app, service)?),
        AskedFact::Payments if service.payments.is_empty() => return None,
        AskedFact::Payments => {
            let names = payment_names(app.language, &service.payments);
            (words.ways_to_pay, "check", span().put(names))
        }
        AskedFact::Duration => {
            let time = service.processing_time.as_ref()?;
            (words.how_long, "clock", span().lang(app.lang_of(time)).put(time.as_str()))
        }
        AskedFact::Place => return service.channels.in_person.then(|| place(app, service)),
        AskedFact::Phone | AskedFact::Opening => return None,
    };
    Some(fact(name, picture, value.done()))
}

/// Where a service is done. Events begin and end while the page is open, so this fact is live. The
/// rest of the page is static.
fn place(app: App, service: &'static Service) -> El {
    let words = app.words;
    let value = live(move || match app.listed(app.catalogue.hubs_for(service)).len() {
        0 => all(words.counters_can_tell),
        count => a("#where").put(format!("{} ({count})", words.see_hubs)).done(),
    });
    fact(words.where_, "pin", value)
}

/// What the resident does, where the record says more than the facts.
fn steps(app: App, service: &'static Service) -> Option<El> {
    let rows = service.steps.iter().map(|step| li().lang(app.lang_of(step)).put(step.as_str()));
    (!service.steps.is_empty()).then(|| {
        titled_section("steps", app.words.how_it_works)
            .put(el("ol").class("steps steps--numbered").put_all(rows))
    })
}

/// What is not known, once, and whom to ask.
fn missing(app: App, service: &'static Service) -> Option<El> {
    let gaps = FactGaps {
        documents: service.documents.is_empty(),
        cost: service.fees.is_empty() && service.fee.is_none(),
        time: service.processing_time.is_none(),
    };
    let said = unknown_facts(app.language, gaps)?;
    let phone = service.channels.phone.as_deref().unwrap_or(app.phone());
    Some(p().class("hint").put(said).put(" ").put(phone_link(app.language, phone)).put("."))
}

/// The main channel first, as a button, and the others beside it.
fn actions(app: App, service: &'static Service) -> El {
    let words = app.words;
    let channels = &service.channels;
    let online = channels.online_url.as_ref().map(|url| {
        let said = span().class("visually-hidden").put(format!(" ({})", words.leaves_app));
        a(url)
            .class("button button--main")
            .attr("rel", "noopener external")
            .put(words.go_online)
            .put(said)
    });
    let phone = channels.phone.as_ref().map(|phone| {
        span()
            .class("call")
            .put(icon("phone"))
            .put(" ")
            .put(words.call_number)
            .put(" ")
            .put(phone_link(app.language, phone))
    });
    let email = channels.email.as_ref().map(|email| {
        a(format!("mailto:{email}")).class("button").put(icon("mail")).put(" ").put(email.as_str())
    });
    let errand = Errand::Service(service.id.clone());
    p().class("actions").put(online).put(phone).put(email).put(trip_button(app, errand, ""))
}

fn where_to_go(app: App, service: &'static Service) -> Option<El> {
    let hubs = move || app.listed(app.catalogue.hubs_for(service));
    let is_shown = service.channels.in_person && app.catalogue.hubs_for(service).next().is_some();
    let errand = Errand::Service(service.id.clone());
    let card = move |hub| {
        hub_card(app, hub).put(terms(app, hub, &errand)).put(p().put(directions(app, hub)))
    };
    is_shown.then(|| {
        let title = h2().id("where").attr("tabindex", "-1").put(app.words.where_to_go);
        let caution = p().class("hint").put(app.words.tasks_unconfirmed);
        let cards = live(move || {
            ul().class("cards cards--two").put_all(in_order(app, hubs()).into_iter().map(&card))
        });
        section()
            .class("section")
            .attr("aria-labelledby", "where")
            .put(title)
            .put(caution)
            .put(near_form(app))
            .put(cards)
    })
}

fn who_for(app: App, service: &'static Service) -> El {
    let words = app.words;
    let name = |audience: &Audience| match audience {
        Audience::Resident => words.residents,
        Audience::Business => words.businesses,
        Audience::Visitor => words.visitors,
    };
    let audience = if service.audience.len() == 3 {
        words.anyone.to_string()
    } else {
        service.audience.iter().map(name).collect::<Vec<_>>().join(", ")
    };
    let eligibility =
        service.eligibility.as_ref().map(|text| p().lang(app.lang_of(text)).put(text.as_str()));
    let department = span().lang(app.lang_of(&service.department)).put(service.department.as_str());
    titled_section("who", words.who_for)
        .put(p().put(audience))
        .put(eligibility)
        .put(p().put(span().class("label").put(words.department).put(words.colon)).put(department))
}

fn notes(app: App, service: &'static Service) -> Option<El> {
    let notes = service.notes.as_ref()?;
    let notes = p().lang(app.lang_of(notes)).put(notes.as_str());
    Some(titled_section("notes", app.words.good_to_know).put(notes))
}

fn related(app: App, service: &'static Service) -> Option<El> {
    let related = app.catalogue.related_to(service, RELATED_MAX);
    let title = h2().id("related").put(app.words.related);
    (!related.is_empty()).then(|| {
        section()
            .class("section no-print")
            .attr("aria-labelledby", "related")
            .put(title)
            .put(name_list(app, &related))
    })
}
