//! Filters search results by four facets. Each option shows how many results it would leave, and
//! the choice is part of the address.

use crate::app::App;
use crate::pages::search::search_box::SEARCH_FORM;
use crate::route::{Route, audience_of, audience_value, router, way_of, way_value};
use crate::ui::fold::fold;
use domain::catalogue::Audience;
use domain::{CategoryId, HubId};
use elements::{El, Signal, View, div, el, event_target_value, label, live};
use finder::{AUDIENCES, Counts, FacetFilter, FacetWay, SearchMatch};

/// So few results are read faster than a filter is set.
const RESULTS_IN_SIGHT: usize = 8;

/// The current filter, from the address.
pub(crate) fn filter(app: App) -> FacetFilter {
    match &app.address.read().route {
        Route::Search { filter, .. } => filter.clone(),
        _ => FacetFilter::default(),
    }
}

/// What the chosen facets leave of the results, in the same order.
pub(crate) fn narrowed(app: App, found: &[SearchMatch]) -> Vec<SearchMatch> {
    let filter = filter(app);
    found.iter().filter(|found| filter.allows(app.catalogue, found.document)).copied().collect()
}

/// The four facets behind one line, hidden while there are few results.
pub(crate) fn facets(app: App, found: Signal<Vec<SearchMatch>>) -> El {
    let words = app.words;
    let counted = found.clone();
    let counts = Signal::computed(move || {
        let found = &counted;
        Counts::of(app.catalogue, &filter(app), found.read().iter().map(|found| found.document))
    });
    let topics = app
        .catalogue
        .categories()
        .iter()
        .map(|topic| (topic.id.to_string(), topic.name.get(app.language)))
        .collect();
    let audiences = AUDIENCES
        .map(|audience| (audience_value(audience).to_string(), audience_name(app, audience)))
        .into();
    let ways = FacetWay::ALL.map(|way| (way_value(way).to_string(), way_name(app, way))).into();
    let hubs =
        app.catalogue.hubs().iter().map(|hub| (hub.id.to_string(), hub.name.as_str())).collect();
    let field = |facet: FacetField, name: &'static str, options: Vec<(String, &'static str)>| {
        select(app, facet, name, options, &counts)
    };
    let choices = div()
        .class("facets__row")
        .put(field(TOPIC, words.facet_topic, topics))
        .put(field(AUDIENCE, words.who_for, audiences))
        .put(field(WAY, words.facet_way, ways))
        .put(field(HUB, words.facet_hub, hubs));
    let line = live(move || {
        let filter = filter(app);
        let chosen = chosen_names(app, &filter);
        let is_one = !chosen.is_empty();
        (words.facets, is_one.then_some((words.colon, chosen.join(" · "))))
    });
    el("section")
        .class("facets no-print")
        .attr("aria-label", words.facets)
        .live_flag("hidden", move || {
            found.read().len() <= RESULTS_IN_SIGHT && filter(app).is_empty()
        })
        .put(fold(line).put(choices))
}

/// The names of what is chosen, in the order of the fields.
fn chosen_names(app: App, filter: &FacetFilter) -> Vec<&'static str> {
    let topic = filter.topic.as_ref().and_then(|id| app.catalogue.category(id));
    let hub = filter.hub.as_ref().and_then(|id| app.catalogue.hub(id));
    let names = [
        topic.map(|topic| topic.name.get(app.language)),
        filter.audience.map(|audience| audience_name(app, audience)),
        filter.way.map(|way| way_name(app, way)),
        hub.map(|hub| hub.name.as_str()),
    ];
    names.into_iter().flatten().collect()
}

/// One facet: its id in the form, its name in the address, how to read and set it in a filter, and
/// its counts.
#[derive(Clone, Copy)]
struct FacetField {
    id: &'static str,
    name: &'static str,
    chosen: fn(&FacetFilter) -> Option<String>,
    choose: fn(&mut FacetFilter, &str),
    counts: fn(&Counts) -> &[usize],
}

const TOPIC: FacetField = FacetField {
    id: "facet-topic",
    name: "topic",
    chosen: |filter| filter.topic.as_ref().map(ToString::to_string),
    choose: |filter, value| filter.topic = CategoryId::parse(value).ok(),
    counts: |counts| &counts.topics,
};
const AUDIENCE: FacetField = FacetField {
    id: "facet-audience",
    name: "for",
    chosen: |filter| filter.audience.map(|audience| audience_value(audience).into()),
    choose: |filter, value| filter.audience = audience_of(value),
    counts: |counts| &counts.audiences,
};
const WAY: FacetField = FacetField {
    id: "facet-way",
    name: "how",
    chosen: |filter| filter.way.map(|way| way_value(way).into()),
    choose: |filter, value| filter.way = way_of(value),
    counts: |counts| &counts.ways,
};
const HUB: FacetField = FacetField {
    id: "facet-hub",
    name: "at",
    chosen: |filter| filter.hub.as_ref().map(ToString::to_string),
    choose: |filter, value| filter.hub = HubId::parse(value).ok(),
    counts: |counts| &counts.hubs,
};

fn select(
    app: App,
    facet: FacetField,
    name: &'static str,
    options: Vec<(String, &'static str)>,
    counts: &Signal<Counts>,
) -> El {
    let chosen = move || (facet.chosen)(&filter(app)).unwrap_or_default();
    let choose = move |event: web_sys::Event| {
        if let Route::Search { query, mut filter } = app.address.get_untracked().route {
            (facet.choose)(&mut filter, &event_target_value(&event));
            router::replace(app, Route::Search { query, filter });
        }
    };
    let rows = options
        .into_iter()
        .enumerate()
        .map(|(at, (value, name))| option(counts, facet, at, value, name, chosen));
    let field = el("select")
        .class("input")
        .id(facet.id)
        .attr("name", facet.name)
        .attr("form", SEARCH_FORM)
        .on("change", choose)
        .put(el("option").attr("value", "").put(app.words.facet_any))
        .put_all(rows)
        .value(chosen);
    div().class("field").put(label().attr("for", facet.id).put(name)).put(field)
}

/// An option with the number of results it would leave. Hidden if that is zero, unless it is
/// chosen.
fn option(
    counts: &Signal<Counts>,
    facet: FacetField,
    at: usize,
    value: String,
    name: &'static str,
    chosen: impl Fn() -> String + 'static,
) -> El {
    let (shown, counted, own) = (counts.clone(), counts.clone(), value.clone());
    let name = capital(name);
    let is_away = move || {
        (facet.counts)(&shown.read()).get(at).is_none_or(|&count| count == 0) && chosen() != own
    };
    let text: View =
        live(move || format!("{name} ({})", (facet.counts)(&counted.read()).get(at).unwrap_or(&0)));
    el("option").attr("value", value).live_flag("hidden", is_away).put(text)
}

/// A word with its first letter in upper case, to stand alone. Leaves a non-ASCII first letter
/// unchanged.
fn capital(name: &str) -> String {
    name.char_indices()
        .map(|(at, letter)| if at == 0 { letter.to_ascii_uppercase() } else { letter })
        .collect()
}

fn audience_name(app: App, audience: Audience) -> &'static str {
    match audience {
        Audience::Resident => app.words.residents,
        Audience::Business => app.words.businesses,
        Audience::Visitor => app.words.visitors,
    }
}

fn way_name(app: App, way: FacetWay) -> &'static str {
    match way {
        FacetWay::Online => app.words.online,
        FacetWay::Phone => app.words.by_phone,
        FacetWay::InPerson => app.words.in_person,
    }
}
