//! The handle that every page gets: the model, and the language that the person reads.

use crate::browser::clock::wall_clock;
use crate::browser::page::origin;
use crate::model::Model;
use crate::model::translation::LocalizedCatalogue;
use crate::route::{PageAddress, Route};
use crate::second_part;
use domain::catalogue::Hub;
use domain::{Catalogue, Language};
use finder::Finder;
use std::ops::Deref;
use wording::{Wording, full_date, time};

/// A handle to the model for a reader of one language. Its capabilities are the model's fields:
/// `app.delivery`, `app.inquiry`, `app.survey`, ... One pointer, because every closure of every
/// page holds one.
#[derive(Clone, Copy)]
pub(crate) struct App {
    reader: &'static Reader,
}

/// The model as a reader of one language sees it.
pub(crate) struct Reader {
    model: &'static Model,
    reading: &'static LocalizedCatalogue,
    /// The catalogue in the reader's language.
    pub(crate) catalogue: &'static Catalogue,
    /// The search index of that catalogue.
    pub(crate) finder: &'static Finder<'static>,
    pub(crate) language: Language,
    /// All texts of the app in that language.
    pub(crate) words: &'static Wording,
}

impl Deref for App {
    type Target = Reader;
    fn deref(&self) -> &Reader {
        self.reader
    }
}

impl Deref for Reader {
    type Target = Model;
    fn deref(&self) -> &Model {
        self.model
    }
}

impl App {
    /// In the language of the current address.
    pub(crate) fn new(model: &'static Model) -> Self {
        Self::reading(model, model.address.read_untracked().language)
    }

    /// The same model in another language.
    pub(crate) fn speaking(self, language: Language) -> Self {
        Self::reading(self.model, language)
    }

    /// A reader lives as long as the page: some fifty bytes for each change of the language.
    fn reading(model: &'static Model, language: Language) -> Self {
        let reading = model.translation.for_reader(language);
        let LocalizedCatalogue { catalogue, finder, .. } = reading;
        let words = Wording::in_language(language);
        let reader = Reader { model, reading, catalogue, finder, language, words };
        Self { reader: Box::leak(Box::new(reader)) }
    }

    /// Counts the search as a gap if it finds nothing. If the count cannot be stored, no one's
    /// words are lost.
    pub(crate) fn note_gap(self) {
        if let Some(gap) = self.search.new_gap(self.reading, self.language) {
            second_part::post(self, gap, Box::new(|_| {}));
        }
    }

    #[cfg(feature = "counter")]
    pub(crate) fn counter_words(self) -> &'static wording::counter::CounterWording {
        wording::counter::CounterWording::in_language(self.language)
    }

    /// The path of a page in the current language, for this device.
    pub(crate) fn href(self, route: Route) -> String {
        self.role.path(&PageAddress { language: self.language, route })
    }

    /// The full address of a page for another device to open, with the origin in front. Never
    /// contains a terminal's prefix.
    pub(crate) fn href_elsewhere(self, route: Route) -> String {
        [origin(), PageAddress { language: self.language, route }.href()].concat()
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

    /// The `lang` attribute for a text of the catalogue: `None` if it is in the page's language.
    pub(crate) fn lang_of(self, text: &str) -> Option<&'static str> {
        let is_english = self.language != Language::English
            && (self.is_catalogue_english() || self.catalogue.is_untranslated(text));
        is_english.then_some("en")
    }

    /// Whether the catalogue is shown in a translation.
    pub(crate) fn is_translated(self) -> bool {
        !std::ptr::eq(self.catalogue, self.model.catalogue)
    }

    /// Whether the whole catalogue is in English for a reader of another language.
    pub(crate) fn is_catalogue_english(self) -> bool {
        self.language != Language::English && !self.is_translated()
    }

    /// The languages that are offered on this device.
    pub(crate) fn languages(self) -> &'static [Language] {
        self.role
            .terminal
            .map_or(&self.catalogue.municipality().languages, |terminal| &terminal.languages)
    }

    /// The locations to list today. An event is listed only near its dates, and not at all while
    /// the date is unknown.
    pub(crate) fn listed(self, hubs: impl Iterator<Item = &'static Hub>) -> Vec<&'static Hub> {
        let today = *self.clock.today.read();
        hubs.filter(|hub| today.map_or(hub.event.is_none(), |today| hub.is_listed(today))).collect()
    }

    /// The edition's catalogue in English.
    #[cfg(not(target_family = "wasm"))]
    pub(crate) fn english_catalogue(self) -> &'static Catalogue {
        self.model.catalogue
    }

    /// The municipality's main phone number.
    pub(crate) fn phone(self) -> &'static str {
        &self.catalogue.municipality().contact.phone
    }

    /// Whether something was typed or answered that closing the page would lose.
    pub(crate) fn has_unsaved_words(self) -> bool {
        self.inquiry.has_words() || self.addition.has_words() || self.survey.has_words()
    }
}
