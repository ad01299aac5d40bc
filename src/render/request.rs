//! What an address asks for, and what the answer depends on.

use super::plain::is_open_to_all;
use crate::model::survey::SurveyLink;
use crate::route::{
    AboutRecord, DevicePrefix, NEAR, PageAddress, Route, encoded, near_of, split_device,
};
use domain::Language;
use domain::address::tidy_path;

/// The longest query of an address that a server answers, in bytes. The finder reads 200 letters,
/// which are at most 2,400 bytes in an address.
pub const QUERY_BYTES_MAX: usize = 4_000;
/// The longest path of an address that a server answers, in bytes. Ids are a fifth of it.
const PATH_BYTES_MAX: usize = 400;

/// An address whose page a server can write. Not those of what a device holds (messages, replies,
/// what was typed), and not those of terminals and tablets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageRequest {
    pub(super) address: PageAddress,
    /// The place to measure distances from, as it was typed.
    pub(super) near: Option<String>,
}

impl PageRequest {
    /// Reads the path and the query of an address, where pages are in these languages. `None` if no
    /// server writes its page.
    pub fn of(path: &str, query: &str, languages: &[Language]) -> Option<Self> {
        if path.len() > PATH_BYTES_MAX || query.len() > QUERY_BYTES_MAX {
            return None;
        }
        let is_own = split_device(&tidy_path(path)).0 == DevicePrefix::Own;
        let address = PageAddress::parse(path, query, languages);
        let near = near_of(query).filter(|_| matches!(address.route, Route::Hubs | Route::Trip(_)));
        let request = Self { address, near };
        (is_own && request.is_written()).then_some(request)
    }

    /// An address without a place.
    pub(super) fn plain(address: PageAddress) -> Self {
        Self { address, near: None }
    }

    fn is_written(&self) -> bool {
        match &self.address.route {
            Route::Trip(errands) => !errands.is_empty(),
            // A stand, on which many people answer, is the app's.
            Route::Survey(link) if SurveyLink::parse(link).is_some() => is_open_to_all(link),
            Route::Home
            | Route::Search { .. }
            | Route::Topics
            | Route::Topic(_)
            | Route::AToZ
            | Route::Life(_)
            | Route::Service(_)
            | Route::Hubs
            | Route::Hub(_)
            | Route::Ask(_)
            | Route::Status
            | Route::Survey(_)
            | Route::Feedback(_)
            | Route::AboutApp
            | Route::Privacy
            | Route::Accessibility => true,
            _ => false,
        }
    }

    /// Whether the page says more than the edition: what is open now, or what somebody asked for.
    pub fn is_of_now(&self) -> bool {
        let is_of_clock = matches!(self.address.route, Route::Home | Route::Hubs | Route::Hub(_));
        is_of_clock || self.is_personal()
    }

    /// Whether the address holds what a person typed or chose. Such a page is stored nowhere.
    pub fn is_personal(&self) -> bool {
        let is_typed = match &self.address.route {
            Route::Search { .. } | Route::Trip(_) | Route::Status | Route::Survey(_) => true,
            Route::Ask(about) | Route::Feedback(about) => *about != AboutRecord::default(),
            _ => false,
        };
        is_typed || self.near.is_some()
    }

    /// The path and query of the page in the form in which the app writes them: the same for every
    /// way in which they can be typed.
    pub fn href(&self) -> String {
        let href = self.address.href();
        let mark = if href.contains('?') { '&' } else { '?' };
        match &self.near {
            Some(place) => format!("{href}{mark}{NEAR}={}", encoded(place)),
            None => href,
        }
    }
}
