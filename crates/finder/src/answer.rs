//! Answers a question with one fact of one record, such as what a service costs or when a location
//! is open. There is no answer if the record does not have the fact, or if the question hardly
//! names the record.

use crate::catalogue::{IndexedRecord, record_at};
use crate::search::{Finder, SearchMatch};
use crate::words::words_of;
use domain::catalogue::{Catalogue, Hub, Service};
use domain::hours::{DayState, Hours, Moment};
use domain::text::folded;

/// Number of best results in which to look for the one location that a question names.
const RECORDS_MAX: usize = 3;
/// Least share of the question's weight that the name, keywords or lay words of a record must have.
const NAMED_MIN: f32 = 0.5;
/// The same for a location. High, because "library hours" does not say which of fourteen libraries
/// is meant.
const HUB_NAMED_MIN: f32 = 0.9;

/// A fact that people ask for about every service or location.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AskedFact {
    /// What it costs.
    Cost,
    /// How it can be paid.
    Payments,
    /// What to bring.
    Documents,
    /// How long it takes.
    Duration,
    /// Whether a location is open.
    Opening,
    /// The phone number.
    Phone,
    /// Which locations do it, or where a location is.
    Place,
}

/// Words and phrases that ask for a fact, in both languages, folded and separated by `|`. The first
/// fact in this list that a question asks for counts: "where do I pay the fee" asks for the cost.
const ASKING: [(AskedFact, &str); 7] = [
    (
        AskedFact::Cost,
        "how much is|how much are|how much does|how much do|how much for|how much to|cost|costs|\
         price|prices|fee|fees|combien coute|combien coutent|combien pour|combien ca|\
         combien est|coute|cout|couts|prix|tarif|tarifs|frais",
    ),
    (
        AskedFact::Payments,
        "how do i pay|how can i pay|pay with|pay by|ways to pay|credit card|debit|cash|cheque|\
         comment payer|payer avec|payer par|carte de credit|comptant",
    ),
    (
        AskedFact::Documents,
        "bring|what do i need|documents|paperwork|apporter|quels papiers|quelles pieces",
    ),
    (
        AskedFact::Duration,
        "how long|how long does it take|how many days|how soon|how fast|combien de temps|delai",
    ),
    (
        AskedFact::Opening,
        "open|opens|close|closes|closed|hours|what time|ouvert|ouverte|ouvre|ferme|fermee|heures|\
         quelle heure|horaire",
    ),
    (AskedFact::Phone, "phone|phone number|call|telephone|number for|appeler|joindre|numero pour"),
    (
        AskedFact::Place,
        "where|address|located|adresse|ou est|ou se trouve|ou aller|ou puis|ou payer",
    ),
];

/// A fact that a question asks for, and a record that has it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Answer<'c> {
    /// The record that the question is about.
    pub record: IndexedRecord<'c>,
    /// The fact that was asked for.
    pub fact: AskedFact,
}

/// The answer to a question whose results are `found`, at the municipality's time `now`. A question
/// that names one location and asks for no fact is answered with [`AskedFact::Opening`]. `None` if
/// the question does not name a record clearly, or asks for a fact that the record does not have.
pub fn answer_to<'c>(
    catalogue: &'c Catalogue,
    finder: &Finder<'_>,
    question: &str,
    found: &[SearchMatch],
    now: Option<Moment>,
) -> Option<Answer<'c>> {
    let fact = asked_fact(question);
    let explanation = finder.explain(question);
    let records: Vec<(IndexedRecord<'c>, f32)> = found
        .iter()
        .take(RECORDS_MAX)
        .filter_map(|found| {
            Some((record_at(catalogue, found.document)?, explanation.named(found.document)))
        })
        .collect();
    let hubs: Vec<&'c Hub> = records
        .iter()
        .filter_map(|(record, named)| match record {
            IndexedRecord::Hub(hub) if *named >= HUB_NAMED_MIN => Some(*hub),
            _ => None,
        })
        .collect();
    if let [hub] = hubs[..] {
        // A question that only names a location usually asks whether it is open.
        let fact = fact.unwrap_or(AskedFact::Opening);
        let answer = Answer { record: IndexedRecord::Hub(hub), fact };
        if hub_has(catalogue, hub, fact, now) {
            return Some(answer);
        }
    }
    let (record, named) = records.first()?;
    let IndexedRecord::Service(service) = record else { return None };
    let fact = fact.filter(|&fact| *named >= NAMED_MIN && service_has(catalogue, service, fact))?;
    Some(Answer { record: *record, fact })
}

fn asked_fact(question: &str) -> Option<AskedFact> {
    let text = folded(question);
    let words: Vec<&str> = words_of(&text).collect();
    let text = [" ", &words.join(" "), " "].concat();
    let is_asked = |asking: &&str| text.contains(&[" ", asking, " "].concat());
    ASKING
        .into_iter()
        .find(|(_, all)| all.split('|').any(|asking| is_asked(&asking)))
        .map(|(fact, _)| fact)
}

/// Whether a folded word occurs in a phrase that asks for a fact. Such a word says nothing about
/// which record is meant.
pub(crate) fn is_asking(word: &str) -> bool {
    ASKING.into_iter().any(|(_, all)| all.split(['|', ' ']).any(|asking| asking == word))
}

/// Whether a folded word alone asks for the cost.
pub(crate) fn is_of_cost(word: &str) -> bool {
    ASKING[0].1.split('|').any(|asking| asking == word)
}

fn service_has(catalogue: &Catalogue, service: &Service, fact: AskedFact) -> bool {
    match fact {
        AskedFact::Cost => !service.fees.is_empty() || service.fee.is_some(),
        AskedFact::Payments => !service.payments.is_empty(),
        AskedFact::Documents => !service.documents.is_empty(),
        AskedFact::Duration => service.processing_time.is_some(),
        AskedFact::Opening => false,
        AskedFact::Phone => service.channels.phone.is_some(),
        AskedFact::Place => {
            service.channels.in_person && catalogue.hubs_for(service).next().is_some()
        }
    }
}

fn hub_has(catalogue: &Catalogue, hub: &Hub, fact: AskedFact, now: Option<Moment>) -> bool {
    match fact {
        AskedFact::Opening => now
            .is_some_and(|now| Hours::of(catalogue, hub).state_at(now).state != DayState::Unknown),
        AskedFact::Phone => hub.phone.is_some(),
        AskedFact::Place => hub.address.is_some(),
        _ => false,
    }
}
