//! The state of the app as capabilities: each has the signals that pages read, and the verbs that
//! change them. Only a capability changes its own signals, but for the fields of forms. None of
//! them navigates: a verb calls back, and its page goes on from there.

mod addition;
pub(crate) mod carrying;
mod clock;
#[cfg(feature = "counter")]
pub(crate) mod counter;
pub(crate) mod delivery;
pub(crate) mod device;
mod edition;
mod idle;
mod inquiry;
pub(crate) mod role;
mod search;
pub(crate) mod status;
pub(crate) mod survey;
mod terminal;
pub(crate) mod translation;
pub(crate) mod trip;
pub(crate) mod unsent;
mod upkeep;
mod visit;

use crate::route::{PageAddress, Route, router::OpenedAddress};
use crate::second_part::PartState;
use addition::AdditionForm;
use carrying::Carrying;
use clock::MunicipalClock;
use delivery::DeliveryQueue;
use device::StorageWatch;
use domain::Catalogue;
use edition::EditionUpdate;
use elements::Signal;
use idle::IdleWatch;
use inquiry::InquiryForm;
use role::DeviceRole;
use search::CatalogueSearch;
use status::StatusQuery;
use survey::SurveyForm;
use terminal::PublicTerminal;
use translation::{LocalizedCatalogue, TextsNote, Translation};
use trip::TripList;
use unsent::UnsentWords;
use upkeep::Upkeep;
use visit::VisitForms;

/// Everything that the pages read and do. It lives as long as the page.
pub(crate) struct Model {
    /// The catalogue in English, with ids and facts; [`crate::app::App`] has the reader's.
    pub(crate) catalogue: &'static Catalogue,
    /// The texts of the catalogue in the reader's language.
    pub(crate) translation: &'static Translation,
    /// The page that is shown. Only the router sets it.
    pub(crate) address: &'static Signal<PageAddress>,
    /// How far the second part of the app has come.
    pub(crate) second_part: &'static Signal<PartState>,
    /// Whose device this is.
    pub(crate) role: &'static DeviceRole,
    /// The time in the municipality's time zone.
    pub(crate) clock: &'static MunicipalClock,
    /// What is known about this device's storage.
    pub(crate) device: &'static StorageWatch,
    /// Stores submissions and sends them.
    pub(crate) delivery: &'static DeliveryQueue,
    /// Fetches newer editions of the catalogue.
    pub(crate) edition: &'static EditionUpdate,
    /// Carries messages by file and QR code, where there is no network.
    pub(crate) carrying: &'static Carrying,
    /// Looks up what became of a question.
    pub(crate) status: &'static StatusQuery,
    pub(crate) addition: &'static AdditionForm,
    pub(crate) search: &'static CatalogueSearch,
    pub(crate) inquiry: &'static InquiryForm,
    pub(crate) survey: &'static SurveyForm,
    /// Stores what is typed and not sent, for a day.
    pub(crate) unsent: &'static UnsentWords,
    /// Errands for one visit, and where it starts.
    pub(crate) trip: &'static TripList,
    /// How long nobody has touched the device.
    pub(crate) idle: &'static IdleWatch,
    /// Clears a public terminal between two people.
    pub(crate) terminal: &'static PublicTerminal,
    /// What runs beside the pages, such as probing the connection.
    pub(crate) upkeep: &'static Upkeep,
    /// The form that a page as text answers.
    #[cfg(not(target_family = "wasm"))]
    pub(crate) plain: &'static Signal<crate::render::plain::PlainState>,
    /// What only a staff tablet does.
    #[cfg(feature = "counter")]
    pub(crate) counter: &'static counter::Counter,
}

impl Model {
    /// The model at the start. `typed` is the search text that was typed before the app started; it
    /// takes precedence over the address. `texts` is the note with the French texts, if the first
    /// page needs them.
    pub(crate) fn new(
        english: &'static LocalizedCatalogue,
        texts: Option<TextsNote>,
        opened: OpenedAddress,
        typed: String,
    ) -> &'static Self {
        let catalogue = &english.catalogue;
        let role = leaked(DeviceRole::new(&opened));
        let address = leaked(Signal::new(opened.address));
        let clock = leaked(MunicipalClock::new(&catalogue.municipality().time_zone));
        let (idle, device) = (leaked(IdleWatch::default()), leaked(StorageWatch::new(role)));
        let delivery = leaked(DeliveryQueue::new(catalogue, role, device));
        let translation = leaked(Translation::new(english, role, delivery, texts));
        let edition = leaked(EditionUpdate::new(catalogue, delivery, translation));
        let query = query_of(address, typed);
        let visit = VisitForms::new(catalogue, role, delivery, query, opened.near);
        let VisitForms { search, inquiry, addition, survey, unsent, trip, status } = visit;
        #[cfg(feature = "counter")]
        let counter = leaked(counter::Counter::new(counter::CounterParts {
            catalogue,
            role,
            clock,
            device,
            delivery,
            edition,
            idle,
            visit,
        }));
        #[cfg(feature = "counter")]
        let upkeep = leaked(Upkeep::new(role, delivery, edition, translation, status, counter));
        #[cfg(not(feature = "counter"))]
        let upkeep = leaked(Upkeep::new(role, delivery, edition, translation, status));
        leaked(Self {
            catalogue,
            translation,
            address,
            second_part: leaked(Signal::new(PartState::FIRST)),
            role,
            clock,
            device,
            delivery,
            edition,
            carrying: leaked(Carrying::new(catalogue, delivery, clock)),
            status,
            addition,
            search,
            inquiry,
            survey,
            unsent,
            trip,
            idle,
            terminal: leaked(PublicTerminal::new(role, address, delivery, idle, visit)),
            upkeep,
            #[cfg(not(target_family = "wasm"))]
            plain: leaked(Signal::default()),
            #[cfg(feature = "counter")]
            counter,
        })
    }
}

/// The search text at the start: what was typed before, or what the address asks for.
fn query_of(address: &Signal<PageAddress>, typed: String) -> String {
    match &address.read_untracked().route {
        Route::Search { query, .. } if typed.is_empty() => query.clone(),
        _ => typed,
    }
}

/// A capability lives as long as the page.
fn leaked<T>(capability: T) -> &'static T {
    Box::leak(Box::new(capability))
}
