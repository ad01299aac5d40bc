//! A page in a language, and the device that an address belongs to, as a path.

use super::Route;
use super::query::pairs;
use domain::Language;
use domain::address::tidy_path;
use domain::terminal::BORROWED;

/// A page in a language: what the address bar shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PageAddress {
    pub(crate) language: Language,
    pub(crate) route: Route,
}

impl PageAddress {
    /// Parses the path and query of an address. French pages are under `/fr`, if `languages`
    /// contains French; otherwise `/fr` is not found.
    pub(crate) fn parse(path: &str, query: &str, languages: &[Language]) -> Self {
        let (path, query) = (tidy_path(path), pairs(query));
        let french =
            path.strip_prefix("/fr").filter(|rest| rest.is_empty() || rest.starts_with('/'));
        match french.filter(|_| languages.contains(&Language::French)) {
            Some(rest) => Self { language: Language::French, route: Route::parse(rest, &query) },
            None => Self { language: Language::English, route: Route::parse(&path, &query) },
        }
    }

    /// The path and query of this address, starting with a slash.
    pub(crate) fn href(&self) -> String {
        let path = self.route.path();
        match self.language {
            Language::English => path,
            Language::French if path == "/" => "/fr".into(),
            Language::French => format!("/fr{path}"),
        }
    }
}

/// Path prefix of all pages of a staff tablet.
pub(crate) const COUNTER: &str = "/counter";

/// The path of a page on a computer that is shared.
pub(crate) fn borrowed(address: &PageAddress) -> String {
    ["/k/", BORROWED, &address.href()].concat()
}

/// The kind of device that a path belongs to: `/k/library/hubs` is a public terminal,
/// `/counter/hubs` a staff tablet, and every other path a person's own device.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DevicePrefix<'a> {
    Own,
    Terminal(&'a str),
    Counter,
}

/// Splits a tidy path into the device and the path of the page, which always starts with a
/// slash if a prefix was removed.
pub(crate) fn split_device(path: &str) -> (DevicePrefix<'_>, &str) {
    if let Some(rest) =
        path.strip_prefix(COUNTER).filter(|rest| rest.is_empty() || rest.starts_with('/'))
    {
        return (DevicePrefix::Counter, if rest.is_empty() { "/" } else { rest });
    }
    let Some(rest) = path.strip_prefix("/k/") else { return (DevicePrefix::Own, path) };
    match rest.find('/') {
        Some(at) => (DevicePrefix::Terminal(&rest[..at]), &rest[at..]),
        None => (DevicePrefix::Terminal(rest), "/"),
    }
}
