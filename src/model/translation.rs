//! The catalogue in the reader's language. English comes with the app; the texts of another
//! language are one file of the same edition, fetched by whoever reads that language, and stored on
//! the device for offline use. Until they are there, pages show the English text and mark it.

use super::delivery::DeliveryQueue;
use super::role::DeviceRole;
use crate::browser::network;
use crate::browser::task::spawn;
use domain::catalogue::TranslationFile;
use domain::{Catalogue, Language};
use elements::Signal;
use finder::Finder;
use offline::newer::{TEXTS_NOTE, texts_in, texts_note_of};
use offline::ports::Storage;
use std::cell::{Cell, RefCell};

/// A catalogue in one language, with the finder of that language.
pub(crate) struct LocalizedCatalogue {
    pub(crate) catalogue: Catalogue,
    pub(crate) finder: Finder<'static>,
    bundle: &'static [u8],
}

impl LocalizedCatalogue {
    /// From a bundle. The bytes are leaked: they live as long as the page.
    pub(crate) fn of(bundle: Vec<u8>) -> Option<Self> {
        let bundle = Vec::leak(bundle);
        let (catalogue, index) = Catalogue::from_bundle(bundle)?;
        Some(Self { catalogue, finder: Finder::of(index)?, bundle })
    }

    /// The same edition in another language. `texts` are leaked. The bundle is read again, because
    /// code to copy a catalogue would be 6 KB in the app.
    fn translated(&self, texts: Vec<u8>) -> Option<&'static Self> {
        let (catalogue, _) = Catalogue::from_bundle(self.bundle)?;
        let (catalogue, index) = catalogue.translated(Vec::leak(texts))?;
        let finder = Finder::of(index)?;
        Some(Box::leak(Box::new(Self { catalogue, finder, bundle: self.bundle })))
    }
}

/// The texts of an edition as a note of the device's store.
pub(crate) struct TextsNote {
    /// The bytes of the note, ready to be stored.
    pub(crate) note: Vec<u8>,
    /// The store has it already.
    is_stored: bool,
}

impl TextsNote {
    /// Texts that were just read and not yet stored. `None` if they are too long for a note.
    pub(crate) fn of(sha256: &str, texts: &[u8]) -> Option<Self> {
        let note = texts_note_of(sha256, texts).ok()?;
        Some(Self { note, is_stored: false })
    }
}

/// The texts of an edition in French: those that are stored if they belong to this edition, else
/// from the server. `None` if the edition has none, or if they cannot be fetched.
pub(crate) async fn french_texts(
    catalogue: &Catalogue,
    stored: Option<Vec<u8>>,
) -> Option<TextsNote> {
    let file = french_file(catalogue)?;
    if let Some(note) = stored.filter(|note| texts_in(note, &file.sha256).is_some()) {
        return Some(TextsNote { note, is_stored: true });
    }
    let texts = network::file(&file.path()).await?;
    TextsNote::of(&file.sha256, &texts)
}

fn french_file(catalogue: &Catalogue) -> Option<&TranslationFile> {
    catalogue.file().translations.iter().find(|file| file.language == Language::French)
}

/// Switches between the catalogue's languages.
pub(crate) struct Translation {
    english: &'static LocalizedCatalogue,
    role: &'static DeviceRole,
    delivery: &'static DeliveryQueue,
    french: Signal<Option<&'static LocalizedCatalogue>>,
    /// The note of texts that were fetched and are not stored yet.
    unstored: RefCell<Option<Vec<u8>>>,
    is_fetching: Cell<bool>,
}

impl Translation {
    /// Starts with the texts that were opened for the first page, if it is in French.
    pub(super) fn new(
        english: &'static LocalizedCatalogue,
        role: &'static DeviceRole,
        delivery: &'static DeliveryQueue,
        texts: Option<TextsNote>,
    ) -> Self {
        let translation = Self {
            english,
            role,
            delivery,
            french: Signal::new(None),
            unstored: RefCell::default(),
            is_fetching: Cell::default(),
        };
        if let Some(texts) = texts {
            translation.open(texts);
        }
        translation
    }

    /// The catalogue for a reader of the language: translated, or in English until the texts are
    /// there. Fetches them if they are not.
    pub(crate) fn for_reader(&'static self, language: Language) -> &'static LocalizedCatalogue {
        match language {
            Language::English => self.english,
            Language::French => self.french.get().unwrap_or_else(|| {
                self.fetch();
                self.english
            }),
        }
    }

    /// Whether French is shown on this device, or may be by the next person.
    pub(super) fn is_in_use(&self) -> bool {
        self.french.read_untracked().is_some()
    }

    /// Fetches what the next person on a shared device may want, and stores what was fetched.
    pub(super) async fn keep_up(&'static self) {
        if self.role.is_public() || self.role.is_counter() {
            self.fetch();
        }
        self.store().await;
    }

    fn fetch(&'static self) {
        let is_wanted = french_file(&self.english.catalogue).is_some() && !self.is_in_use();
        if !is_wanted || self.is_fetching.replace(true) {
            return;
        }
        spawn(async move {
            let stored = match self.delivery.courier() {
                Some(courier) => courier.storage().note(TEXTS_NOTE).await.ok().flatten(),
                None => None,
            };
            if let Some(texts) = french_texts(&self.english.catalogue, stored).await {
                self.open(texts);
            }
            self.is_fetching.set(false);
            self.store().await;
        });
    }

    async fn store(&'static self) {
        let Some(courier) = self.delivery.courier() else { return };
        let note = self.unstored.borrow().clone();
        if let Some(note) = note
            && courier.storage().set_note(TEXTS_NOTE, &note).await.is_ok()
        {
            *self.unstored.borrow_mut() = None;
        }
    }

    fn open(&self, TextsNote { note, is_stored }: TextsNote) {
        let Some(file) = french_file(&self.english.catalogue) else { return };
        let texts = texts_in(&note, &file.sha256).map(<[u8]>::to_vec);
        if let Some(french) = texts.and_then(|texts| self.english.translated(texts)) {
            *self.unstored.borrow_mut() = (!is_stored).then_some(note);
            self.french.set(Some(french));
        }
    }
}
