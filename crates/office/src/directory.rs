//! The service directory as the office needs it. The server gives it; the office only asks.

use casework::counter::overlay::{Dropped, Overlay};
use domain::catalogue::Translations;
use domain::office::OfficeRules;
use domain::survey::Survey;
use domain::{Catalogue, ServiceId};
use std::sync::Arc;

/// The newest edition of the service directory, shared by everything that the server does.
pub trait ServiceDirectory: Send + Sync + 'static {
    /// The newest edition, as devices have it.
    fn catalogue(&self) -> Arc<Catalogue>;

    /// The newest edition as published, complete, before the decisions of staff; `None` if it is
    /// not known.
    fn published(&self) -> Option<Catalogue>;

    /// The services that a person's words may be about, best first, at most `most`: what the app
    /// finds.
    fn services_about(&self, words: &str, most: usize) -> Vec<ServiceId>;

    /// The translations of the newest edition as published, one for each language.
    fn translations(&self) -> Vec<Translations>;

    /// Decisions of staff that could not be merged into the newest edition.
    fn dropped(&self) -> Vec<Dropped>;

    /// The office's service standards; `None` if the municipality has set none.
    fn rules(&self) -> Option<Arc<OfficeRules>>;

    /// Every version of the survey, newest first.
    fn surveys(&self) -> Arc<Vec<Survey>>;

    /// Whether the edition in use has these decisions of staff merged in, as far as possible.
    fn is_composed(&self, overlay: Option<&Overlay>) -> bool;

    /// Merges the decisions of staff into the newest edition. Blocks for as long as compressing a
    /// directory takes.
    fn compose(&self, overlay: Option<&Overlay>);
}
