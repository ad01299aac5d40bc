//! Checks of single texts: web addresses, phone numbers, e-mail addresses, sources.

use super::{Faults, Problem};
use crate::provenance::Provenance;
use crate::text::Text;

impl Faults {
    pub(super) fn filled(&mut self, record: &str, field: &str, text: &str) {
        if text.trim().is_empty() {
            self.add(record, field, Problem::Empty);
        }
    }

    pub(super) fn optional(&mut self, record: &str, field: &str, text: Option<&String>) {
        if let Some(text) = text {
            self.filled(record, field, text);
        }
    }

    /// A text that is shown in the language of the interface: it needs French where French is
    /// offered.
    pub(super) fn bilingual(&mut self, record: &str, field: &str, text: &Text) {
        self.filled(record, field, &text.en);
        match &text.fr {
            Some(french) => self.filled(record, &format!("{field}.fr"), french),
            None if self.needs_french => self.add(record, field, Problem::NoFrench),
            None => {}
        }
    }

    pub(super) fn address(&mut self, record: &str, field: &str, address: Option<&String>) {
        let Some(address) = address else { return };
        let rest = address.strip_prefix("https://").or_else(|| address.strip_prefix("http://"));
        let is_whole =
            rest.is_some_and(|rest| rest.split('/').next().is_some_and(|host| host.contains('.')));
        if !is_whole || address.contains(char::is_whitespace) {
            self.add(record, field, Problem::NotAnAddress(address.clone()));
        }
    }

    /// Requires at least one full North American number, or nothing but a short number such as 911.
    pub(super) fn phone(&mut self, record: &str, field: &str, phone: Option<&String>) {
        let Some(phone) = phone else { return };
        let is_short = phone.len() == 3 && phone.bytes().all(|byte| byte.is_ascii_digit());
        // Two full numbers may be parted by a space alone, and one may contain spaces.
        if !is_short && !has_full_number(phone, "-") && !has_full_number(phone, "-.() ") {
            self.add(record, field, Problem::NotAPhone(phone.clone()));
        }
    }

    pub(super) fn email(&mut self, record: &str, field: &str, email: Option<&String>) {
        let Some(email) = email else { return };
        let is_email = email.split_once('@').is_some_and(|(local, host)| {
            !local.is_empty() && host.contains('.') && !host.ends_with('.')
        });
        if !is_email || email.contains(char::is_whitespace) {
            self.add(record, field, Problem::NotAnEmail(email.clone()));
        }
    }

    pub(super) fn source(&mut self, record: &str, source: &Provenance) {
        self.address(record, "source.url", source.url.as_ref());
        if source.verified && source.url.is_none() {
            self.add(record, "source.verified", Problem::VerifiedWithoutSource);
        }
    }
}

/// Whether a run of digits and `separators` has as many digits as a North American number.
fn has_full_number(text: &str, separators: &str) -> bool {
    text.split(|c: char| !(c.is_ascii_digit() || separators.contains(c)))
        .map(|run| run.chars().filter(char::is_ascii_digit).count())
        .any(|digits| matches!(digits, 10 | 11))
}

/// The nearest id within three edits, for "did you mean". `None` if there is none.
pub(super) fn nearest(wanted: &str, all: impl Iterator<Item = String>) -> Option<String> {
    let by_distance = all.map(|id| (distance(wanted, &id), id));
    by_distance.filter(|(distance, _)| *distance <= 3).min().map(|(_, id)| id)
}

/// Levenshtein distance in bytes; ids are ASCII.
fn distance(a: &str, b: &str) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.bytes().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.bytes().enumerate() {
            let change = diagonal + usize::from(x != y);
            diagonal = row[j + 1];
            row[j + 1] = change.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[b.len()]
}
