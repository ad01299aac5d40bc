//! What to bring and what to pay, for all errands of a list together.

use super::Errand;
use crate::catalogue::Catalogue;

/// Every document of every errand once, in order, with the errands (by index) that need it.
/// Documents whose names differ only in ASCII case are the same.
pub fn documents<'a>(catalogue: &'a Catalogue, errands: &[Errand]) -> Vec<(&'a str, Vec<usize>)> {
    let mut all: Vec<(&str, Vec<usize>)> = Vec::new();
    for (at, errand) in errands.iter().enumerate() {
        for document in documents_of(catalogue, errand) {
            match all.iter_mut().find(|(other, _)| other.eq_ignore_ascii_case(document)) {
                Some((_, needed_by)) if needed_by.last() == Some(&at) => {}
                Some((_, needed_by)) => needed_by.push(at),
                None => all.push((document, vec![at])),
            }
        }
    }
    all
}

/// A task's own documents, or those of its service if it names none.
fn documents_of<'a>(catalogue: &'a Catalogue, errand: &Errand) -> &'a [String] {
    let own = match errand {
        Errand::Task(id) => catalogue.task(id).map(|task| task.documents.as_slice()),
        Errand::Service(_) => None,
    };
    own.filter(|own| !own.is_empty())
        .or_else(|| errand.service(catalogue).map(|service| service.documents.as_slice()))
        .unwrap_or_default()
}

/// What one errand costs, as far as its record says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fee<'a> {
    /// In the record's own words; `None` if not known.
    pub text: Option<&'a str>,
    /// In cents, if the words are one amount and nothing else.
    pub cents: Option<u32>,
    /// False if the screen must say "please confirm".
    pub is_certain: bool,
}

/// What all errands cost together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fees<'a> {
    /// One fee for each errand, in order.
    pub each: Vec<Fee<'a>>,
    /// Sum of the amounts that are known, in cents.
    pub known_cents: u64,
    /// Number of errands whose amount is not known.
    pub unknown: usize,
}

/// Adds up what the errands of a list cost.
pub fn fees<'a>(catalogue: &'a Catalogue, errands: &[Errand]) -> Fees<'a> {
    let fee = |errand: &Errand| {
        let service = errand.service(catalogue);
        let text = service.and_then(|service| service.fee.as_deref());
        Fee {
            text,
            cents: text.and_then(amount),
            is_certain: service.is_some_and(|service| !service.needs_confirming()),
        }
    };
    let each: Vec<Fee<'_>> = errands.iter().map(fee).collect();
    let known_cents = each.iter().filter_map(|fee| fee.cents).map(u64::from).sum();
    let unknown = each.iter().filter(|fee| fee.cents.is_none()).count();
    Fees { each, known_cents, unknown }
}

/// Parses `Free`, `$5`, `$5.50` and `$225 (2025)` to cents. `None` for any text that says more than
/// one amount, and for an amount that does not fit.
fn amount(text: &str) -> Option<u32> {
    if text == "Free" {
        return Some(0);
    }
    let said = text.split('(').next()?.trim_end();
    let said = said.strip_prefix('$')?;
    let (dollars, cents) = said.split_once('.').unwrap_or((said, "00"));
    let is_plain =
        |digits: &str| !digits.is_empty() && digits.bytes().all(|digit| digit.is_ascii_digit());
    let is_dated = text.len() == said.len() + 1 || text.ends_with(')');
    if !(is_plain(dollars) && is_plain(cents) && cents.len() == 2 && is_dated) {
        return None;
    }
    dollars.parse::<u32>().ok()?.checked_mul(100)?.checked_add(cents.parse().ok()?)
}

#[cfg(test)]
mod tests {
    use super::amount;

    #[test]
    fn only_one_plain_amount_is_an_amount() {
        for (text, cents) in [
            ("Free", 0),
            ("$5", 500),
            ("$5.50", 550),
            ("$225 (2025)", 22_500),
            ("$0.20", 20),
            ("$1.05 (a year)", 105),
        ] {
            assert_eq!(amount(text), Some(cents), "{text}");
        }
        let vague = [
            "",
            "Free for residents",
            "$",
            "$5 plus search",
            "$10 lifetime tag; $11 yearly tag",
            "$57, not refundable",
            "$135 in June 2020; confirm",
            "$5.5",
            "$5.500",
            "$5.",
            "$.50",
            "$5 ",
            "$5) (",
            "$-5",
            "5",
        ];
        for text in vague {
            assert_eq!(amount(text), None, "{text}");
        }
    }
}
