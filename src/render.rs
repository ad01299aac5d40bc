//! Public pages as HTML: what a browser shows before the app has started, what it shows without
//! scripts, and what a search engine reads. The functions in `pages` make it. The publisher writes
//! all pages that follow from an edition alone; there is no clock then, and what depends on the
//! time of day is left out. The server answers what depends on a request: a search, a trip, what is
//! open.

pub(crate) mod plain;
mod request;

use crate::app::App;
use crate::model::Model;
use crate::model::translation::{LocalizedCatalogue, TextsNote};
use crate::pages;
use crate::route::router::OpenedAddress;
use crate::route::{PageAddress, Route};
use crate::start::framed;
use domain::catalogue::CatalogueFile;
use domain::hours::Moment;
use domain::{Catalogue, HubId, Language, ServiceId};
use elements::View;
pub use plain::{
    PlainAnswer, PlainFields, PlainPage, PlainSurvey, PlainTrouble, StatusFinding, SurveyTurn,
};
pub use request::{PageRequest, QUERY_BYTES_MAX};
use std::cell::RefCell;
use std::rc::Rc;

/// What a page is about, for whoever describes it to search engines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PageSubject {
    /// The home page.
    Home,
    /// A service.
    Service(ServiceId),
    /// A location.
    Hub(HubId),
    /// What somebody asked for: results, a trip. Not for search engines.
    Request,
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

/// The public pages of one edition.
///
/// The catalogue and the model behind it are leaked, as in a browser: make one for each edition,
/// and where editions come and go, in a process that ends with its edition.
pub struct PublicPages {
    readers: Vec<App>,
}

impl PublicPages {
    /// Reads an edition. `bundle` is the catalogue's file, `texts` those of the other languages.
    /// `None` if one cannot be read.
    pub fn of(bundle: &[u8], texts: &[(Language, Vec<u8>)]) -> Option<Self> {
        let english: &'static LocalizedCatalogue =
            Box::leak(Box::new(LocalizedCatalogue::of(bundle.to_vec())?));
        let catalogue = &english.catalogue;
        let address = PageAddress { language: Language::English, route: Route::Home };
        let opened = OpenedAddress {
            terminal: None,
            is_borrowed: false,
            is_counter: false,
            address,
            near: None,
        };
        let texts = match texts.iter().find(|(language, _)| *language == Language::French) {
            Some((_, texts)) => Some(TextsNote::of(french_hash(catalogue.file())?, texts)?),
            None => None,
        };
        let app = App::new(Model::new(english, texts, opened, String::new()));
        let languages = &catalogue.municipality().languages;
        Some(Self { readers: languages.iter().map(|&language| app.speaking(language)).collect() })
    }

    /// The catalogue that the pages show, in English.
    pub fn catalogue(&self) -> Option<&'static Catalogue> {
        self.readers.first().map(|app| app.english_catalogue())
    }

    /// The languages of the municipality.
    pub fn languages(&self) -> Vec<Language> {
        self.readers.iter().map(|app| app.language).collect()
    }

    /// All pages that follow from the edition alone, in every language of the municipality.
    pub fn all(&self) -> Vec<RenderedPage> {
        let pages_in = |&app: &App| {
            let requests = routes(app.catalogue).into_iter().map(move |route| {
                PageRequest::plain(PageAddress { language: app.language, route })
            });
            requests.map(move |request| self.page(app, &request, None, ""))
        };
        self.readers.iter().flat_map(pages_in).collect()
    }

    /// The page that a request asks for, at a time of the municipality's clock. `None` if the
    /// edition has no such record. `number` is for a form on it; only a page that nobody stores has
    /// one.
    pub fn answer(
        &self,
        request: &PageRequest,
        now: Option<Moment>,
        number: &str,
    ) -> Option<RenderedPage> {
        let PageAddress { language, route } = &request.address;
        let app = self.reader(*language)?;
        has(app.catalogue, route).then(|| self.page(app, request, now, number))
    }

    /// The page that answers a form, for a document in which the app does not start. `None` if the
    /// municipality has no such language.
    pub fn answer_form(&self, answer: PlainAnswer) -> Option<RenderedPage> {
        let app = self.reader(answer.language)?;
        let now = answer.times.iter().find(|(at_ms, _)| *at_ms == answer.now_ms);
        let (request, now) = (PageRequest::plain(answer.address()), now.map(|(_, now)| *now));
        begin(app, &request, now);
        plain::begin(app, answer);
        let page = self.written(app, &request.address, elements::rendered_without_app);
        Some(RenderedPage { subject: PageSubject::Request, ..page })
    }

    fn reader(&self, language: Language) -> Option<App> {
        self.readers.iter().find(|app| app.language == language).copied()
    }

    fn page(
        &self,
        app: App,
        request: &PageRequest,
        now: Option<Moment>,
        number: &str,
    ) -> RenderedPage {
        begin(app, request, now);
        // Any other page may be stored and shown to many, and a number is of one person's form.
        let number = if request.is_personal() { number } else { "" };
        plain::begin_empty(app, number);
        let page = self.written(app, &request.address, elements::rendered);
        let is_personal = request.is_personal();
        let subject = if is_personal { PageSubject::Request } else { page.subject };
        RenderedPage { subject, ..page }
    }

    /// The page at an address, by the state that the model has.
    fn written(&self, app: App, address: &PageAddress, render: PageRenderer) -> RenderedPage {
        let title = Rc::new(RefCell::new(String::new()));
        let (route, to_title) = (address.route.clone(), title.clone());
        let body = render(Box::new(move || {
            let page = pages::of(app, &route);
            to_title.replace(page.title);
            framed(app, page.view)
        }));
        RenderedPage {
            subject: subject_of(&address.route),
            language: app.language,
            path: address.href(),
            languages: addresses(&self.languages(), &address.route),
            title: title.take(),
            description: description(app, &address.route),
            body,
        }
    }
}

/// Writes what a function builds as HTML.
type PageRenderer = fn(Box<dyn FnOnce() -> View>) -> String;

/// All public pages of an edition that follow from it alone, in every language of the municipality.
/// `None` if the edition cannot be read. See [`PublicPages`].
pub fn pages(bundle: &[u8], texts: &[(Language, Vec<u8>)]) -> Option<Vec<RenderedPage>> {
    PublicPages::of(bundle, texts).map(|pages| pages.all())
}

/// The model as it is when this address is opened. Nothing of the request before is left in it.
fn begin(app: App, request: &PageRequest, now: Option<Moment>) {
    app.address.set(request.address.clone());
    app.clock.show(now);
    let (query, errands) = match &request.address.route {
        Route::Search { query, .. } => (query.as_str(), &[][..]),
        Route::Trip(errands) => ("", errands.as_slice()),
        _ => ("", &[][..]),
    };
    app.search.query.set(query.into());
    app.search.is_open_only.set(false);
    app.trip.take_up(errands);
    app.trip.go_near(request.near.as_deref().unwrap_or_default());
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

/// Whether the record that a page is about is in the catalogue.
fn has(catalogue: &Catalogue, route: &Route) -> bool {
    match route {
        Route::Topic(id) => catalogue.category(id).is_some(),
        Route::Life(id) => catalogue.life_events().iter().any(|event| event.id == *id),
        Route::Service(id) => catalogue.service(id).is_some(),
        Route::Hub(id) => catalogue.hub(id).is_some(),
        _ => true,
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
