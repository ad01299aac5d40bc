//! The state of the app as capabilities: each has the signals that pages read, and the verbs that
//! change them. Only a capability changes its own signals, but for the fields of forms. None of them
//! navigates: a verb calls back, and its page goes on from there.

pub(crate) mod carrying;
mod clock;
mod correction;
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
pub(crate) mod trip;
mod upkeep;

use crate::route::{Address, Route, router::OpenedAddress};
use carrying::Carrying;
use clock::MunicipalClock;
use correction::CorrectionForm;
use delivery::Delivery;
use device::DeviceStorage;
use domain::Catalogue;
use edition::EditionUpdate;
use elements::Signal;
use finder::Finder;
use idle::IdleWatch;
use inquiry::InquiryForm;
use role::DeviceRole;
use search::CatalogueSearch;
use status::StatusQuery;
use survey::SurveyForm;
use terminal::PublicTerminal;
use trip::TripList;
use upkeep::Upkeep;

/// Everything that the pages read and do. It lives as long as the page.
pub(crate) struct Model {
    pub(crate) catalogue: &'static Catalogue,
    pub(crate) address: &'static Signal<Address>,
    pub(crate) role: &'static DeviceRole,
    pub(crate) clock: &'static MunicipalClock,
    pub(crate) device: &'static DeviceStorage,
    pub(crate) delivery: &'static Delivery,
    pub(crate) edition: &'static EditionUpdate,
    pub(crate) carrying: &'static Carrying,
    pub(crate) status: &'static StatusQuery,
    pub(crate) search: &'static CatalogueSearch,
    pub(crate) inquiry: &'static InquiryForm,
    pub(crate) correction: &'static CorrectionForm,
    pub(crate) survey: &'static SurveyForm,
    pub(crate) trip: &'static TripList,
    pub(crate) idle: &'static IdleWatch,
    pub(crate) terminal: &'static PublicTerminal,
    pub(crate) upkeep: &'static Upkeep,
    #[cfg(feature = "counter")]
    pub(crate) counter: &'static counter::Counter,
}

impl Model {
    /// The model at the start. `typed` is the search text that was typed before the app started; it
    /// takes precedence over the address.
    pub(crate) fn new(
        catalogue: &'static Catalogue,
        finder: Finder<'static>,
        OpenedAddress { terminal, is_counter, address }: OpenedAddress,
        typed: String,
    ) -> &'static Self {
        let query = match &address.route {
            Route::Search { query, .. } if typed.is_empty() => query.clone(),
            _ => typed,
        };
        let role = leaked(DeviceRole::new(terminal, is_counter, &address));
        let address = leaked(Signal::new(address));
        let clock = leaked(MunicipalClock::new(&catalogue.municipality().time_zone));
        let idle = leaked(IdleWatch::default());
        let device = leaked(DeviceStorage::new(role));
        let delivery = leaked(Delivery::new(catalogue, role, device));
        let edition = leaked(EditionUpdate::new(catalogue, delivery));
        let search = leaked(CatalogueSearch::new(catalogue, finder, delivery, query));
        let inquiry = leaked(InquiryForm::new(catalogue, delivery));
        let survey = leaked(SurveyForm::new(catalogue, role, delivery));
        let trip = leaked(TripList::new(catalogue, role));
        let status = leaked(StatusQuery::new(role, delivery));
        #[cfg(feature = "counter")]
        let counter = leaked(counter::Counter::new(counter::Parts {
            catalogue,
            role,
            clock,
            device,
            delivery,
            edition,
            idle,
            search,
            inquiry,
            survey,
            status,
        }));
        let upkeep = leaked(Upkeep::new(
            role,
            delivery,
            edition,
            #[cfg(feature = "counter")]
            counter,
        ));
        let terminal = leaked(PublicTerminal {
            role,
            address,
            delivery,
            idle,
            search,
            inquiry,
            survey,
            trip,
            way_out: Signal::default(),
        });
        leaked(Self {
            catalogue,
            address,
            role,
            clock,
            device,
            delivery,
            edition,
            carrying: leaked(Carrying::new(catalogue, delivery, clock)),
            status,
            search,
            inquiry,
            correction: leaked(CorrectionForm::new(delivery)),
            survey,
            trip,
            idle,
            terminal,
            upkeep,
            #[cfg(feature = "counter")]
            counter,
        })
    }
}

/// A capability lives as long as the page.
fn leaked<T>(capability: T) -> &'static T {
    Box::leak(Box::new(capability))
}
