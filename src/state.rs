//! The state of the app: signals for what is, methods for what someone wants. Only this room writes
//! what several pages read.

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

pub(crate) type BrowserCourier = Courier<BrowserStorage, BrowserNetwork, BrowserClock>;

/// Whether this device can keep anything.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Keeping {
    Opening,
    Ready,
    Impossible(StorageFault),
}

/// Why something that a person wanted to send was not kept. Their words are still where they were.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NotKept {
    Full,
    CannotKeep,
    Newer,
    NoKeys,
    TooLarge,
}

pub(crate) struct State {
    pub(crate) catalogue: &'static Catalogue,
    pub(crate) finder: Finder<'static>,
    pub(crate) address: Signal<Address>,
    /// What stands in the search field.
    pub(crate) query: Signal<String>,
    /// The municipality's wall clock; `None` when the browser does not know its zone.
    pub(crate) now: Signal<Option<Moment>>,
    /// The day of that clock. What depends on the day alone is not made anew every minute.
    pub(crate) today: Signal<Option<Date>>,
    /// The server answered the last probe.
    pub(crate) is_online: Signal<bool>,
    pub(crate) heads: Signal<Vec<Head>>,
    pub(crate) unreadable: Signal<usize>,
    pub(crate) obstacle: Signal<Option<Obstacle>>,
    pub(crate) keeping: Signal<Keeping>,
    pub(crate) device: Signal<Device>,
    pub(crate) update: Signal<bool>,
    /// Urgent words of the newest catalogue that this device has, also while the page goes on with the one before.
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
    /// A message that came in the address of a code, until the person says whether to take it in.
    pub(crate) brought: Signal<Option<Result<Parcel, BundleFault>>>,
    /// Which terminal this is; a person's own device is none.
    pub(crate) terminal: Option<&'static Terminal>,
    /// Many people answer the survey on this device, one after the other.
    pub(crate) stand: Option<Stand>,
    pub(crate) counts: Signal<Counts>,
    /// Seconds until a quiet terminal starts over, while it asks.
    pub(crate) countdown: Signal<Option<u32>>,
    /// An address outside, shown for the visitor's own phone.
    pub(crate) way_out: Signal<Option<String>>,
    /// A receipt whose code was scanned.
    pub(crate) scanned: Signal<Option<Question>>,
    /// A tablet of staff.
    #[cfg(feature = "counter")]
    pub(crate) counter: counter::Counter,
    is_counter: bool,
    quiet_s: Cell<u32>,
    visit: RefCell<Vec<Said>>,
    /// By which code the survey was opened.
    entry: RefCell<Option<Entry>>,
    /// What of it this page has counted: a bit a step.
    tallied: Cell<u8>,
    courier: OnceCell<Rc<BrowserCourier>>,
    tabs: Channel,
    alarm: Alarm,
    last_probe: RefCell<Option<u64>>,
    /// How many looks in a row found another tab delivering.
    looks: Cell<u32>,
    /// This tab is.
    is_delivering: Cell<bool>,
    has_looked_for_losses: Cell<bool>,
    /// Number of the newest catalogue on this device, and when the server was asked for a newer one.
    newest: Cell<u32>,
    asked_for_newer_ms: Cell<Option<u64>>,
    /// Searches without an answer that this page has counted.
    gaps: RefCell<Vec<Gap>>,
}

impl State {
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

/// A handle to the state, and the language in which it is being read. Passed to every page and component.
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
    /// The state lives as long as the page.
    pub(crate) fn new(state: State) -> Self {
        let language = state.address.read_untracked().language;
        Self {
            state: Box::leak(Box::new(SendWrapper::new(state))),
            language,
            words: Wording::in_language(language),
        }
    }

    pub(crate) fn speaking(self, language: Language) -> Self {
        Self { language, words: Wording::in_language(language), ..self }
    }

    /// Staff work here. The residents' app has no page for it.
    pub(crate) fn is_counter(self) -> bool {
        cfg!(feature = "counter") && self.is_counter
    }

    /// One device for many people: what is said on it is nothing for the next.
    pub(crate) fn is_shared(self) -> bool {
        self.terminal.is_some() || self.is_counter()
    }

    /// The address of a page in the language that is being read.
    pub(crate) fn href(self, route: Route) -> String {
        self.path(&Address { language: self.language, route })
    }

    /// The address of a page for another device to open, with the municipality's name in front; never a terminal's own.
    pub(crate) fn href_elsewhere(self, route: Route) -> String {
        [origin(), Address { language: self.language, route }.href()].concat()
    }

    /// A moment of the device or the server as the municipality's wall clock shows it.
    pub(crate) fn moment(self, at_ms: u64) -> String {
        let moment = wall_clock(&self.catalogue.municipality().time_zone, at_ms);
        moment
            .map(|moment| {
                [full_date(self.language, moment.date), time(self.language, moment.minute)]
                    .join(", ")
            })
            .unwrap_or_default()
    }

    /// `lang` for what the catalogue says, where it differs from the page's.
    pub(crate) fn catalogue_lang(self) -> Option<&'static str> {
        (self.language != Language::English).then_some("en")
    }

    /// The languages that are offered here.
    pub(crate) fn languages(self) -> &'static [Language] {
        self.terminal
            .map_or(&self.catalogue.municipality().languages, |terminal| &terminal.languages)
    }

    /// Of some hubs those that people should be told of today: an event comes and goes.
    pub(crate) fn listed(self, hubs: impl Iterator<Item = &'static Hub>) -> Vec<&'static Hub> {
        let today = *self.today.read();
        hubs.filter(|hub| today.map_or(hub.event.is_none(), |today| hub.is_listed(today))).collect()
    }

    pub(crate) fn phone(self) -> &'static str {
        &self.catalogue.municipality().contact.phone
    }

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

    /// Something was typed or answered that would be gone with the page.
    pub(crate) fn has_unsaved_words(self) -> bool {
        let draft = self.draft.read_untracked();
        let has_draft = [&draft.message, &draft.name, &draft.phone, &draft.email]
            .iter()
            .any(|text| !text.trim().is_empty());
        has_draft || self.answers.read_untracked().say_something()
    }
}
