//! The handle that every page gets: the model, and the language that the person reads.

use crate::browser::clock::wall_clock;
use crate::browser::page::origin;
use crate::model::Model;
use crate::route::{PageAddress, Route};
use domain::Language;
use domain::catalogue::Hub;
use std::ops::Deref;
use wording::{Wording, full_date, time};

/// A handle to the model, with the language that the person reads. Its capabilities are the
/// model's fields: `app.delivery`, `app.inquiry`, `app.survey`, ...
#[derive(Clone, Copy)]
pub(crate) struct App {
    model: &'static Model,
    pub(crate) language: Language,
    pub(crate) words: &'static Wording,
}

impl Deref for App {
    type Target = Model;
    fn deref(&self) -> &Model {
        self.model
    }
}

impl App {
    /// In the language of the current address.
    pub(crate) fn new(model: &'static Model) -> Self {
        let language = model.address.read_untracked().language;
        Self { model, language, words: Wording::in_language(language) }
    }

    /// The same model in another language.
    pub(crate) fn speaking(self, language: Language) -> Self {
        Self { language, words: Wording::in_language(language), ..self }
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

    /// The `lang` attribute for texts of the catalogue: `None` if they are in the page's language.
    pub(crate) fn catalogue_lang(self) -> Option<&'static str> {
        (self.language != Language::English).then_some("en")
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

    pub(crate) fn phone(self) -> &'static str {
        &self.catalogue.municipality().contact.phone
    }

    /// Whether something was typed or answered that would be lost with the page.
    pub(crate) fn has_unsaved_words(self) -> bool {
        self.inquiry.has_words() || self.survey.has_words()
    }
}
