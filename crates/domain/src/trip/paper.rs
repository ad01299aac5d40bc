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
pub struct ErrandFee {
    /// The lowest amount in cents; `None` if no amount is known.
    pub cents: Option<u32>,
    /// Whether there are other amounts, or words that amounts cannot say.
    pub varies: bool,
    /// False if the screen must say that it is not confirmed.
    pub is_certain: bool,
}

/// What all errands cost together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fees {
    /// One fee for each errand, in order.
    pub each: Vec<ErrandFee>,
    /// Sum of the lowest amounts that are known, in cents.
    pub known_cents: u64,
    /// Number of errands whose amount is not known.
    pub unknown: usize,
    /// Number of errands whose amount is known and varies.
    pub varying: usize,
}

/// Adds up what the errands of a list cost.
pub fn fees(catalogue: &Catalogue, errands: &[Errand]) -> Fees {
    let fee = |errand: &Errand| {
        let service = errand.service(catalogue);
        let amounts = || service.into_iter().flat_map(|service| &service.fees);
        ErrandFee {
            cents: amounts().map(|fee| fee.cents).min(),
            varies: amounts().nth(1).is_some()
                || service.is_some_and(|service| service.fee.is_some()),
            is_certain: service.is_some_and(|service| !service.needs_confirming()),
        }
    };
    let each: Vec<ErrandFee> = errands.iter().map(fee).collect();
    let known_cents = each.iter().filter_map(|fee| fee.cents).map(u64::from).sum();
    let unknown = each.iter().filter(|fee| fee.cents.is_none()).count();
    let varying = each.iter().filter(|fee| fee.cents.is_some() && fee.varies).count();
    Fees { each, known_cents, unknown, varying }
}
