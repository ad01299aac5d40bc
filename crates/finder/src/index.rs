//! The index, and asking it.

use crate::edits::{distance_within, forgiven};
use crate::words::{forms_of, is_of_word, telling_words_of};
use domain::ServiceId;
use domain::catalogue::{Catalogue, Service, order_of};

/// Results that one question gives at most.
const RESULTS_MAX: usize = 50;
/// Letters of a question that are read; the rest of a pasted letter tells nothing more.
const QUERY_CHARS_MAX: usize = 200;
/// Letters after which a word may be taken as the beginning of another.
const PREFIX_CHARS_MIN: usize = 2;

/// Where in a record a word stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Field {
    Name,
    Keyword,
    Topic,
    Summary,
}

impl Field {
    /// What a word in this field is worth beside one in the summary.
    fn weight(self) -> f32 {
        match self {
            Field::Name => 5.0,
            Field::Keyword => 4.0,
            Field::Topic => 1.5,
            Field::Summary => 1.0,
        }
    }
}

/// Why a service was found: a word of the question met this word of the record, in this field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason {
    pub word: String,
    pub field: Field,
    /// The words are not the same: a slip was forgiven.
    pub is_guess: bool,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Found {
    pub service: ServiceId,
    pub score: f32,
    /// The best reason for each word of the question that was met, in the order of the question.
    pub reasons: Vec<Reason>,
}

/// One word of the vocabulary and the records that have it, each with the best field.
#[derive(Debug)]
struct Term {
    word: String,
    /// A form of it as the records write it.
    shown: String,
    places: Vec<(u16, Field)>,
}

#[derive(Debug)]
pub struct Finder {
    ids: Vec<ServiceId>,
    /// Telling words in the name of each.
    name_words: Vec<usize>,
    /// In order of the word.
    terms: Vec<Term>,
}

impl Finder {
    pub fn new(catalogue: &Catalogue) -> Self {
        let mut places: Vec<Placed> = Vec::new();
        for (at, service) in catalogue.services().iter().enumerate() {
            let topic = catalogue.category(&service.category);
            let topic_name = topic.map(|topic| [Some(topic.name.en.as_str()), topic.name.fr.as_deref()]).into_iter().flatten().flatten();
            let texts = texts_of(service).chain(topic_name.map(|name| (Field::Topic, name)));
            for (field, text) in texts {
                places.extend(forms_of(text).into_iter().map(|(word, shown)| (word, at as u16, field, shown)));
            }
        }
        let name_words = catalogue.services().iter().map(|service| telling_words_of(&service.name).len()).collect();
        Self { ids: catalogue.services().iter().map(|service| service.id.clone()).collect(), name_words, terms: terms_of(places) }
    }

    /// The services that fit a question, best first; none when nothing in it is known.
    pub fn find(&self, question: &str) -> Vec<Found> {
        let question: String = question.chars().take(QUERY_CHARS_MAX).collect();
        let is_typing = question.chars().last().is_some_and(is_of_word);
        let words = telling_words_of(&question);
        let mut scores: Vec<Option<Found>> = vec![None; self.ids.len()];
        for (at, word) in words.iter().enumerate() {
            let is_last = at + 1 == words.len();
            self.add_word(word, is_last && is_typing, &mut scores);
        }
        let of_name = |at: usize, found: &Found| named_share(found, self.name_words[at]);
        let weighed = |(at, found): (usize, Option<Found>)| {
            let found = found?;
            let score = found.score * share_met(found.reasons.len(), words.len()) * of_name(at, &found);
            Some(Found { score, ..found })
        };
        let found: Vec<Found> = scores.into_iter().enumerate().filter_map(weighed).collect();
        let best_first = order_of(found.len(), &|a, b| found[b].score.total_cmp(&found[a].score));
        best_first.into_iter().take(RESULTS_MAX).map(|at| found[at].clone()).collect()
    }

    /// Gives every record the best match that it has for one word of the question.
    fn add_word(&self, word: &str, is_typing: bool, scores: &mut [Option<Found>]) {
        let mut best: Vec<Option<(f32, &Term, Field, bool)>> = vec![None; self.ids.len()];
        for term in &self.terms {
            let Some(likeness) = likeness(word, &term.word, is_typing) else { continue };
            let rarity = (1.0 + self.ids.len() as f32 / term.places.len() as f32).ln();
            for &(at, field) in &term.places {
                let score = likeness * rarity * field.weight();
                if best[usize::from(at)].is_none_or(|(other, ..)| score > other) {
                    best[usize::from(at)] = Some((score, term, field, is_guess(word, &term.word)));
                }
            }
        }
        for (at, met) in best.into_iter().enumerate() {
            let Some((score, term, field, is_guess)) = met else { continue };
            let empty = || Found { service: self.ids[at].clone(), score: 0.0, reasons: Vec::new() };
            let found = scores[at].get_or_insert_with(empty);
            found.score += score;
            found.reasons.push(Reason { word: term.shown.clone(), field, is_guess });
        }
    }
}

fn texts_of(service: &Service) -> impl Iterator<Item = (Field, &str)> {
    let keywords = service.keywords.iter().map(|keyword| (Field::Keyword, keyword.as_str()));
    [(Field::Name, service.name.as_str()), (Field::Summary, service.summary.as_str())].into_iter().chain(keywords)
}

/// A word of a record: its stem, the record, the field, and the form that stands there.
type Placed = (String, u16, Field, String);

fn terms_of(places: Vec<Placed>) -> Vec<Term> {
    let in_order = order_of(places.len(), &|a, b| places[a].cmp(&places[b]));
    let mut terms: Vec<Term> = Vec::new();
    for (word, at, field, shown) in in_order.into_iter().map(|at| &places[at]) {
        match terms.last_mut().filter(|term| term.word == *word) {
            // The first place of each word and record is the best field, because fields sort so.
            Some(term) if term.places.last().is_some_and(|(last, _)| last == at) => {}
            Some(term) => term.places.push((*at, *field)),
            None => terms.push(Term { word: word.clone(), shown: shown.clone(), places: vec![(*at, *field)] }),
        }
    }
    terms
}

/// How alike a typed word and a known one are, from 0 to 1; `None` when they have nothing to do with each other.
fn likeness(typed: &str, known: &str, is_typing: bool) -> Option<f32> {
    if typed == known {
        return Some(1.0);
    }
    let is_beginning = typed.len() >= PREFIX_CHARS_MIN && known.starts_with(typed);
    if is_beginning && (is_typing || typed.len() > PREFIX_CHARS_MIN + 1) {
        return Some(0.5 + 0.4 * typed.len() as f32 / known.len() as f32);
    }
    let edits = distance_within(typed, known, forgiven(typed.chars().count()))?;
    Some(0.7 - 0.2 * edits as f32)
}

fn is_guess(typed: &str, known: &str) -> bool {
    !known.starts_with(typed)
}

/// A record that meets all words stands before one that meets some very well.
fn share_met(met: usize, of: usize) -> f32 {
    let share = met as f32 / of.max(1) as f32;
    share * share
}

/// Of two names that hold the words, the one that holds little else stands first.
fn named_share(found: &Found, name_words: usize) -> f32 {
    let met = found.reasons.iter().filter(|reason| reason.field == Field::Name).count();
    1.0 + 0.5 * met as f32 / name_words.max(1) as f32
}
