//! The names of the catalogue's records, in the language of the page. One that the catalogue no
//! longer has is shown by its id. Departments are filters and addressees by their English name, so
//! a French name is only ever shown, never sent.

use super::Office;
use super::pages::PageFrame;
use domain::{Catalogue, HubId, Language, ServiceId, TaskId};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

/// The French texts of the service directory by their English ones.
pub(super) type FrenchTexts = BTreeMap<String, String>;

/// The French texts of one version of the directory, held so that not every page copies them.
#[derive(Default)]
pub(super) struct HeldFrenchTexts(Mutex<Option<(u32, Arc<FrenchTexts>)>>);

impl Office {
    /// The French texts of the newest edition; empty if it has none.
    pub(super) fn french_texts(&self) -> Arc<FrenchTexts> {
        let version = self.catalogue().version();
        let mut held = self.french.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((of, texts)) = held.as_ref()
            && *of == version
        {
            return texts.clone();
        }
        let all = self.directory.translations().into_iter();
        let french = all.filter(|texts| texts.language == Language::French);
        let texts: Arc<FrenchTexts> = Arc::new(french.flat_map(|texts| texts.texts).collect());
        *held = Some((version, texts.clone()));
        texts
    }
}

/// A name of the directory in French; as it is if it has no translation.
pub(super) fn french_name(texts: &FrenchTexts, name: &str) -> String {
    texts.get(name).filter(|text| !text.is_empty()).cloned().unwrap_or_else(|| name.into())
}

pub(super) fn hub_name(f: &PageFrame, catalogue: &Catalogue, id: &HubId) -> String {
    catalogue.hub(id).map_or_else(|| id.to_string(), |hub| f.name_of(&hub.name))
}

pub(super) fn service_name(f: &PageFrame, catalogue: &Catalogue, id: &ServiceId) -> String {
    catalogue.service(id).map_or_else(|| id.to_string(), |service| f.name_of(&service.name))
}

pub(super) fn task_name(f: &PageFrame, catalogue: &Catalogue, id: &TaskId) -> String {
    catalogue.task(id).map_or_else(|| id.to_string(), |task| f.name_of(&task.name))
}
