//! The state of the app: signals for what is, methods for what someone wants. Only this room writes
//! what several pages read.

mod keeping;
mod saying;

use crate::browser::channel::Channel;
use crate::browser::clock::{BrowserClock, wall_clock};
use crate::browser::network::BrowserNetwork;
use crate::browser::storage::BrowserStorage;
use crate::browser::timer::Alarm;
use crate::route::{About, Address, Route};
use crate::wording::Wording;
use domain::hours::Moment;
use domain::inquiry::{InquiryDraft, InquiryField, InquiryProblem};
use domain::survey::Answers;
use domain::{Catalogue, Language};
use finder::Finder;
use leptos::prelude::*;
use offline::answer::Obstacle;
use offline::courier::Courier;
use offline::parcel::Head;
use offline::ports::{Clock, StorageFault};
use send_wrapper::SendWrapper;
use std::cell::{OnceCell, RefCell};
use std::ops::Deref;
use std::rc::Rc;

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
    pub(crate) address: RwSignal<Address>,
    /// What stands in the search field.
    pub(crate) query: RwSignal<String>,
    /// The municipality's wall clock; `None` when the browser does not know its zone.
    pub(crate) now: RwSignal<Option<Moment>>,
    /// The server answered the last probe.
    pub(crate) is_online: RwSignal<bool>,
    pub(crate) heads: RwSignal<Vec<Head>>,
    pub(crate) unreadable: RwSignal<usize>,
    pub(crate) obstacle: RwSignal<Option<Obstacle>>,
    pub(crate) keeping: RwSignal<Keeping>,
    pub(crate) update: RwSignal<bool>,
    pub(crate) draft: RwSignal<InquiryDraft>,
    pub(crate) draft_faults: RwSignal<Vec<(InquiryField, InquiryProblem)>>,
    pub(crate) answers: RwSignal<Answers>,
    pub(crate) feedback_about: RwSignal<About>,
    pub(crate) feedback_started_ms: RwSignal<Option<u64>>,
    pub(crate) is_saving: RwSignal<bool>,
    pub(crate) not_kept: RwSignal<Option<NotKept>>,
    courier: OnceCell<Rc<BrowserCourier>>,
    tabs: Channel,
    alarm: Alarm,
    last_probe: RefCell<Option<u64>>,
}

impl State {
    pub(crate) fn new(catalogue: &'static Catalogue, finder: Finder<'static>, address: Address, typed: String) -> Self {
        let query = match &address.route {
            Route::Search { query } if typed.is_empty() => query.clone(),
            _ => typed,
        };
        Self {
            catalogue,
            finder,
            address: RwSignal::new(address),
            query: RwSignal::new(query),
            now: RwSignal::new(None),
            is_online: RwSignal::new(true),
            heads: RwSignal::default(),
            unreadable: RwSignal::default(),
            obstacle: RwSignal::default(),
            keeping: RwSignal::new(Keeping::Opening),
            update: RwSignal::new(false),
            draft: RwSignal::default(),
            draft_faults: RwSignal::default(),
            answers: RwSignal::default(),
            feedback_about: RwSignal::default(),
            feedback_started_ms: RwSignal::new(None),
            is_saving: RwSignal::new(false),
            not_kept: RwSignal::new(None),
            courier: OnceCell::new(),
            tabs: Channel::open("community-hub"),
            alarm: Alarm::default(),
            last_probe: RefCell::new(None),
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
        Self { state: Box::leak(Box::new(SendWrapper::new(state))), language, words: Wording::in_language(language) }
    }

    pub(crate) fn speaking(self, language: Language) -> Self {
        Self { language, words: Wording::in_language(language), ..self }
    }

    /// The address of a page in the language that is being read.
    pub(crate) fn href(self, route: Route) -> String {
        Address { language: self.language, route }.href()
    }

    /// `lang` for what the catalogue says, where it differs from the page's.
    pub(crate) fn catalogue_lang(self) -> Option<&'static str> {
        (self.language != Language::English).then_some("en")
    }

    pub(crate) fn phone(self) -> &'static str {
        &self.catalogue.municipality().contact.phone
    }

    pub(crate) fn look_at_clock(self) {
        let now = wall_clock(&self.catalogue.municipality().time_zone, BrowserClock.now_ms());
        if *self.now.read_untracked() != now {
            self.now.set(now);
        }
    }

    /// Something was typed or answered that would be gone with the page.
    pub(crate) fn has_unsaved_words(self) -> bool {
        let draft = self.draft.read_untracked();
        let has_draft = [&draft.message, &draft.name, &draft.phone, &draft.email].iter().any(|text| !text.trim().is_empty());
        has_draft || self.answers.read_untracked().say_something()
    }
}
