//! Every public page as HTML: what a browser shows before the app has started, what it shows without
//! scripts, and what a search engine reads. The functions in `pages` make it, from the model as it
//! is at the start. There is no clock: what depends on the time of day is left out.

use crate::app::App;
use crate::model::Model;
use crate::model::translation::{LocalizedCatalogue, TextsNote};
use crate::pages;
use crate::route::router::OpenedAddress;
use crate::route::{PageAddress, Route};
use crate::start::framed;
use domain::catalogue::CatalogueFile;
use domain::{Catalogue, HubId, Language, ServiceId};

/// What a page is about, for whoever describes it to search engines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PageSubject {
    /// The home page.
    Home,
    /// A service.
    Service(ServiceId),
    /// A location.
    Hub(HubId),
    /// An address that leads nowhere.
    NotFound,
    /// Anything else.
    Other,
}

/// A page as HTML.
#[derive(Debug, Clone)]
pub struct RenderedPage {
    /// What it is about.
    pub subject: PageSubject,
    /// The language of its texts.
    pub language: Language,
    /// Its address, with the prefix of the language: `/fr/services/dog-licence`.
    pub path: String,
    /// The same page in every language of the municipality, itself included.
    pub languages: Vec<(Language, String)>,
    /// What its heading says.
    pub title: String,
    /// One sentence about it, in its language.
    pub description: String,
    /// The content of the document's body. `{hub-version}` stands for the version of the app.
    pub body: String,
}

/// All public pages of an edition, in every language of the municipality. `bundle` is the
/// catalogue's file, `texts` those of the other languages. `None` if one cannot be read.
///
/// The catalogue is leaked, as in a browser: call it once for each edition.
pub fn pages(bundle: &[u8], texts: &[(Language, Vec<u8>)]) -> Option<Vec<RenderedPage>> {
    let english: &'static LocalizedCatalogue =
        Box::leak(Box::new(LocalizedCatalogue::of(bundle.to_vec())?));
    let catalogue = &english.catalogue;
    let address = PageAddress { language: Language::English, route: Route::Home };
    let opened = OpenedAddress { terminal: None, is_borrowed: false, is_counter: false, address };
    let texts = match texts.iter().find(|(language, _)| *language == Language::French) {
        Some((_, texts)) => Some(TextsNote::of(french_hash(catalogue.file())?, texts)?),
        None => None,
    };
    let app = App::new(Model::new(english, texts, opened, String::new()));
    let mut rendered = Vec::new();
    for &language in &catalogue.municipality().languages {
        let app = app.speaking(language);
        rendered.extend(routes(catalogue).into_iter().map(|route| page(app, route)));
    }
    Some(rendered)
}

/// The address of a public page in every language of the municipality, English first, without the
/// page itself.
#[derive(Debug, Clone)]
pub struct PublicPage {
    /// What it is about.
    pub subject: PageSubject,
    /// Its addresses.
    pub languages: Vec<(Language, String)>,
}

/// All pages that anybody can open and find again: what a list for search engines has.
pub fn public_pages(catalogue: &Catalogue) -> Vec<PublicPage> {
    let mut languages = catalogue.municipality().languages.clone();
    languages.sort_by_key(|language| *language != Language::English);
    let page = |route: Route| PublicPage {
        subject: subject_of(&route),
        languages: addresses(&languages, &route),
    };
    routes(catalogue).into_iter().filter(|route| *route != Route::NotFound).map(page).collect()
}

fn addresses(languages: &[Language], route: &Route) -> Vec<(Language, String)> {
    let href = |language| PageAddress { language, route: route.clone() }.href();
    languages.iter().map(|&language| (language, href(language))).collect()
}

fn french_hash(file: &CatalogueFile) -> Option<&str> {
    let file = file.translations.iter().find(|file| file.language == Language::French)?;
    Some(&file.sha256)
}

/// The pages that have an address of their own and depend on nothing that a person has done.
fn routes(catalogue: &Catalogue) -> Vec<Route> {
    let mut routes = vec![
        Route::Home,
        Route::Topics,
        Route::AToZ,
        Route::Hubs,
        Route::Ask(Default::default()),
        Route::Feedback(Default::default()),
        Route::AboutApp,
        Route::Privacy,
        Route::Accessibility,
        Route::NotFound,
    ];
    let topics = catalogue.categories().iter().map(|topic| Route::Topic(topic.id.clone()));
    let events = catalogue.life_events().iter().map(|event| Route::Life(event.id.clone()));
    let services = catalogue.services().iter().map(|service| Route::Service(service.id.clone()));
    let hubs = catalogue.hubs().iter().map(|hub| Route::Hub(hub.id.clone()));
    routes.extend(topics.chain(events).chain(services).chain(hubs));
    routes
}

fn page(app: App, route: Route) -> RenderedPage {
    let address = PageAddress { language: app.language, route };
    app.address.set(address.clone());
    let mut title = String::new();
    let body = elements::rendered(|| {
        let page = pages::of(app, &address.route);
        title = page.title;
        framed(app, page.view)
    });
    RenderedPage {
        subject: subject_of(&address.route),
        language: app.language,
        path: address.href(),
        languages: addresses(app.languages(), &address.route),
        title,
        description: description(app, &address.route),
        body,
    }
}

fn subject_of(route: &Route) -> PageSubject {
    match route {
        Route::Home => PageSubject::Home,
        Route::Service(id) => PageSubject::Service(id.clone()),
        Route::Hub(id) => PageSubject::Hub(id.clone()),
        Route::NotFound => PageSubject::NotFound,
        _ => PageSubject::Other,
    }
}

/// What the page itself says in a sentence; else what the product is.
fn description(app: App, route: &Route) -> String {
    let said = match route {
        Route::Service(id) => app.catalogue.service(id).map(|service| service.summary.clone()),
        Route::Hub(id) => app.catalogue.hub(id).map(|hub| {
            let address = hub.address.as_ref().unwrap_or(&hub.town);
            [hub.name.as_str(), ", ", address].concat()
        }),
        _ => None,
    };
    said.unwrap_or_else(|| app.catalogue.municipality().about.get(app.language).into())
}
