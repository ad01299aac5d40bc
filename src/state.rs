//! The state of the app: signals for the current values, and methods for what a person wants to do.
//! Only this module writes what several pages read.

pub(crate) mod carrying;
#[cfg(feature = "counter")]
pub(crate) mod counter;
pub(crate) mod device;
mod keeping;
mod newer;
mod saying;
pub(crate) mod status;
pub(crate) mod stores;
pub(crate) mod survey;
pub(crate) mod terminal;
pub(crate) mod trip;

use crate::browser::channel::Channel;
use crate::browser::clock::{BrowserClock, wall_clock};
use crate::browser::network::BrowserNetwork;
use crate::browser::page::origin;
use crate::browser::storage::BrowserStorage;
use crate::browser::timer::Alarm;
use crate::route::{About, Address, Route};
use crate::router::Arrival;
use crate::signal::Signal;
use crate::wording::{Wording, full_date, time};
use device::Device;
use domain::alert::Alert;
use domain::catalogue::Hub;
use domain::gap::Gap;
use domain::hours::{Date, Moment};
use domain::inquiry::{InquiryDraft, InquiryField, InquiryProblem};
use domain::status::Question;
use domain::survey::Answers;
use domain::terminal::Terminal;
use domain::trip::Errand;
use domain::{Catalogue, Language};
use finder::Finder;
use offline::answer::Obstacle;
use offline::bundle::{BundleFault, Parcel};
use offline::courier::Courier;
use offline::parcel::Head;
use offline::ports::{Clock, StorageFault};
use send_wrapper::SendWrapper;
use std::cell::{Cell, OnceCell, RefCell};
use std::ops::Deref;
use std::rc::Rc;
use survey::{Counts, Entry, Stand, kept_counts};
use terminal::Said;
use trip::Near;

/// The courier with this browser's store, network and clock.
pub(crate) type BrowserCourier = Courier<BrowserStorage, BrowserNetwork, BrowserClock>;

/// Whether this device can store submissions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Keeping {
    Opening,
    Ready,
    Impossible(StorageFault),
}

/// Why a submission could not be stored. The person's words are still in the form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NotKept {
    Full,
    CannotKeep,
    Newer,
    NoKeys,
    TooLarge,
}

/// Everything that the pages read: the catalogue, the finder and one signal for each value that
/// changes.
pub(crate) struct State {
    pub(crate) catalogue: &'static Catalogue,
    pub(crate) finder: Finder<'static>,
    pub(crate) address: Signal<Address>,
    /// The text of the search field.
    pub(crate) query: Signal<String>,
    /// The municipality's wall clock. `None` if the browser does not know its time zone.
    pub(crate) now: Signal<Option<Moment>>,
    /// The date of that clock, in a signal of its own so that what depends on the day alone is not
    /// computed anew every minute.
    pub(crate) today: Signal<Option<Date>>,
    /// Whether the server answered the last probe.
    pub(crate) is_online: Signal<bool>,
    pub(crate) heads: Signal<Vec<Head>>,
    pub(crate) unreadable: Signal<usize>,
    pub(crate) obstacle: Signal<Option<Obstacle>>,
    pub(crate) keeping: Signal<Keeping>,
    pub(crate) device: Signal<Device>,
    pub(crate) update: Signal<bool>,
    /// Urgent notices of the newest catalogue on this device, even while the page still shows the
    /// previous catalogue.
    pub(crate) alerts: Signal<Vec<Alert>>,
    pub(crate) draft: Signal<InquiryDraft>,
    pub(crate) draft_faults: Signal<Vec<(InquiryField, InquiryProblem)>>,
    pub(crate) answers: Signal<Answers>,
    pub(crate) feedback_about: Signal<About>,
    pub(crate) feedback_started_ms: Signal<Option<u64>>,
    pub(crate) is_saving: Signal<bool>,
    pub(crate) not_kept: Signal<Option<NotKept>>,
    pub(crate) trip: Signal<Vec<Errand>>,
    pub(crate) near: Signal<Option<Near>>,
    /// A message that came in the address of a scanned code, until the person says whether to
    /// accept it.
    pub(crate) brought: Signal<Option<Result<Parcel, BundleFault>>>,
    /// The public terminal that this device is. `None` on a person's own device.
    pub(crate) terminal: Option<&'static Terminal>,
    /// Set if this device is a survey stand, where many people answer the survey one after the
    /// other.
    pub(crate) stand: Option<Stand>,
    pub(crate) counts: Signal<Counts>,
    /// Seconds until an idle terminal starts over, while it asks whether somebody is still there.
    pub(crate) countdown: Signal<Option<u32>>,
    /// An external address, shown as a code for the visitor's own phone.
    pub(crate) way_out: Signal<Option<String>>,
    /// The receipt whose code was scanned.
    pub(crate) scanned: Signal<Option<Question>>,
    /// The state of a staff tablet.
    #[cfg(feature = "counter")]
    pub(crate) counter: counter::Counter,
    is_counter: bool,
    quiet_s: Cell<u32>,
    visit: RefCell<Vec<Said>>,
    /// The code by which the survey was opened.
    entry: RefCell<Option<Entry>>,
    /// The steps of the survey that this page has counted, one bit each.
    tallied: Cell<u8>,
    courier: OnceCell<Rc<BrowserCourier>>,
    tabs: Channel,
    alarm: Alarm,
    last_probe: RefCell<Option<u64>>,
    /// How many attempts in a row found another tab delivering.
    looks: Cell<u32>,
    /// Whether this tab is delivering.
    is_delivering: Cell<bool>,
    has_looked_for_losses: Cell<bool>,
    /// Number of the newest catalogue on this device; the next field says when the server was last
    /// asked for a newer one.
    newest: Cell<u32>,
    asked_for_newer_ms: Cell<Option<u64>>,
    /// Searches without a result that this page has counted.
    gaps: RefCell<Vec<Gap>>,
}

impl State {
    /// The state at the start. `typed` is the search text that was typed before the app started; it
    /// takes precedence over the address.
    pub(crate) fn new(
        catalogue: &'static Catalogue,
        finder: Finder<'static>,
        Arrival { terminal, is_counter, address }: Arrival,
        typed: String,
    ) -> Self {
        let query = match &address.route {
            Route::Search { query, .. } if typed.is_empty() => query.clone(),
            _ => typed,
        };
        let stand = Stand::of(&address);
        Self {
            catalogue,
            finder,
            address: Signal::new(address),
            query: Signal::new(query),
            now: Signal::new(None),
            today: Signal::new(None),
            is_online: Signal::new(true),
            heads: Signal::default(),
            unreadable: Signal::default(),
            obstacle: Signal::default(),
            keeping: Signal::new(Keeping::Opening),
            device: Signal::default(),
            update: Signal::new(false),
            alerts: Signal::new(catalogue.alerts().to_vec()),
            draft: Signal::default(),
            draft_faults: Signal::default(),
            answers: Signal::default(),
            feedback_about: Signal::default(),
            feedback_started_ms: Signal::new(None),
            is_saving: Signal::new(false),
            not_kept: Signal::new(None),
            trip: Signal::default(),
            near: Signal::default(),
            brought: Signal::default(),
            terminal,
            counts: Signal::new(kept_counts(stand.as_ref())),
            stand,
            countdown: Signal::default(),
            way_out: Signal::default(),
            scanned: Signal::default(),
            #[cfg(feature = "counter")]
            counter: Default::default(),
            is_counter,
            quiet_s: Cell::new(0),
            visit: RefCell::default(),
            entry: RefCell::default(),
            tallied: Cell::default(),
            courier: OnceCell::new(),
            tabs: Channel::open("community-hub"),
            alarm: Alarm::default(),
            last_probe: RefCell::new(None),
            looks: Cell::new(0),
            is_delivering: Cell::new(false),
            has_looked_for_losses: Cell::new(false),
            newest: Cell::new(catalogue.version()),
            asked_for_newer_ms: Cell::new(None),
            gaps: RefCell::default(),
        }
    }
}

/// A handle to the state, with the language that the person reads. Passed to every page and
/// component.
#[derive(Clone, Copy)]
pub(crate) struct App {
    state: &'static SendWrapper<State>,
    pub(crate) language: Language,
    pub(crate) words: &'static Wording,
}

impl Deref for App {
    type Target = State;
    fn deref(&self) -> &State {
        self.state
    }
}

impl App {
    /// Leaks the state: it lives as long as the page.
    pub(crate) fn new(state: State) -> Self {
        let language = state.address.read_untracked().language;
        Self {
            state: Box::leak(Box::new(SendWrapper::new(state))),
            language,
            words: Wording::in_language(language),
        }
    }

    /// The same state in another language.
    pub(crate) fn speaking(self, language: Language) -> Self {
        Self { language, words: Wording::in_language(language), ..self }
    }

    /// Whether this is a staff tablet. Always false in the residents' app, which has no pages for
    /// staff.
    pub(crate) fn is_counter(self) -> bool {
        cfg!(feature = "counter") && self.is_counter
    }

    /// Whether many people use this device, as on a public terminal or a staff tablet. What one
    /// person sends must not be shown to the next.
    pub(crate) fn is_shared(self) -> bool {
        self.terminal.is_some() || self.is_counter()
    }

    /// The path of a page in the current language, for this device.
    pub(crate) fn href(self, route: Route) -> String {
        self.path(&Address { language: self.language, route })
    }

    /// The full address of a page for another device to open, with the origin in front. Never
    /// contains a terminal's prefix.
    pub(crate) fn href_elsewhere(self, route: Route) -> String {
        [origin(), Address { language: self.language, route }.href()].concat()
    }

    /// A time of the device or the server (milliseconds since 1970) as the municipality's wall
    /// clock shows it. Empty if the browser does not know the time zone.
    pub(crate) fn moment(self, at_ms: u64) -> String {
        let moment = wall_clock(&self.catalogue.municipality().time_zone, at_ms);
        moment
            .map(|moment| {
                [full_date(self.language, moment.date), time(self.language, moment.minute)]
                    .join(", ")
            })
            .unwrap_or_default()
    }

    /// The `lang` attribute for texts of the catalogue: `None` if they are in the page's language.
    pub(crate) fn catalogue_lang(self) -> Option<&'static str> {
        (self.language != Language::English).then_some("en")
    }

    /// The languages that are offered on this device.
    pub(crate) fn languages(self) -> &'static [Language] {
        self.terminal
            .map_or(&self.catalogue.municipality().languages, |terminal| &terminal.languages)
    }

    /// The locations to list today. An event is listed only near its dates, and not at all while
    /// the date is unknown.
    pub(crate) fn listed(self, hubs: impl Iterator<Item = &'static Hub>) -> Vec<&'static Hub> {
        let today = *self.today.read();
        hubs.filter(|hub| today.map_or(hub.event.is_none(), |today| hub.is_listed(today))).collect()
    }

    pub(crate) fn phone(self) -> &'static str {
        &self.catalogue.municipality().contact.phone
    }

    /// Reads the clock and updates `now` and `today` if they have changed.
    pub(crate) fn look_at_clock(self) {
        let now = wall_clock(&self.catalogue.municipality().time_zone, BrowserClock.now_ms());
        if *self.now.read_untracked() != now {
            self.now.set(now);
        }
        let today = now.map(|now| now.date);
        if *self.today.read_untracked() != today {
            self.today.set(today);
        }
    }

    /// Whether something was typed or answered that would be lost with the page.
    pub(crate) fn has_unsaved_words(self) -> bool {
        let draft = self.draft.read_untracked();
        let has_draft = [&draft.message, &draft.name, &draft.phone, &draft.email]
            .iter()
            .any(|text| !text.trim().is_empty());
        has_draft || self.answers.read_untracked().say_something()
    }
}
