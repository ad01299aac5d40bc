//! A catalogue as documents of an index: its services, then its locations.

use crate::build::Builder;
use crate::index::Field;
use crate::neighbours::{is_place, place_asked_about};
use crate::search::{Finder, MatchReason};
use crate::thesaurus::{Concept, Stems, Thesaurus};
use crate::variants::Meeting;
use crate::words::{content_words, is_of_any_service, searchable, stem, words_of};
use domain::catalogue::{Catalogue, Hub, ServedElsewhere, Service};
use domain::phone::ReadPhone;
use domain::text::{Language, folded};
use std::collections::{BTreeMap, BTreeSet};

/// Least share of a question's content words that a name must have for the question to be mostly
/// about it.
const MOSTLY: f32 = 0.6;
/// The same for a name with a word that no record has.
const DECISIVE: f32 = 0.3;
/// Most words beside the name of a place with which a question is about that place. In a longer one
/// the place is a part of a story.
const WORDS_BESIDE_PLACE_MAX: usize = 3;

/// The record behind a document of a catalogue's index.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum IndexedRecord<'a> {
    /// A service.
    Service(&'a Service),
    /// A location.
    Hub(&'a Hub),
}

/// The record behind a document of the catalogue's index; `None` if there is no such document.
pub fn record_at(catalogue: &Catalogue, document: u32) -> Option<IndexedRecord<'_>> {
    let at = document as usize;
    let (services, hubs) = (catalogue.services(), catalogue.hubs());
    let service = services.get(at).map(IndexedRecord::Service);
    let hub = || hubs.get(at.checked_sub(services.len())?).map(IndexedRecord::Hub);
    service.or_else(hub)
}

/// Builds the index of a catalogue, including the words of a thesaurus.
pub fn index_of(catalogue: &Catalogue, thesaurus: &Thesaurus) -> Vec<u8> {
    built(catalogue, None, Language::English, thesaurus)
}

/// Builds the index of a translated catalogue. English names and keywords stay findable: people
/// mix languages, and not every name has a translation. `original` is the catalogue in English.
pub(crate) fn index_of_translated(
    translated: &Catalogue,
    original: &Catalogue,
    language: Language,
    thesaurus: &Thesaurus,
) -> Vec<u8> {
    built(translated, Some(original), language, thesaurus)
}

/// Builds the index of [`index_of`] or [`index_of_translated`]. The names of `original` are added
/// to those of the catalogue.
fn built(
    catalogue: &Catalogue,
    original: Option<&Catalogue>,
    language: Language,
    thesaurus: &Thesaurus,
) -> Vec<u8> {
    let asked = AskedWords::of(catalogue, language);
    let stems: Vec<Vec<Stems>> = thesaurus.concept.iter().map(Concept::stems).collect();
    let mut builder = Builder::default();
    for (at, service) in catalogue.services().iter().enumerate() {
        let mut texts = texts_of_service(catalogue, service);
        texts.extend(original.map(|original| (Field::Name, original.services()[at].name.clone())));
        texts.extend(asked.words_of(service, language));
        add_lay_words(&mut texts, (thesaurus, &stems), |concept| {
            concept.services.contains(&service.id)
        });
        builder.add(texts.iter().map(|(field, text)| (*field, text.as_str())));
    }
    for (at, hub) in catalogue.hubs().iter().enumerate() {
        let mut texts = texts_of_hub(catalogue, hub);
        texts.extend(original.map(|original| (Field::Name, original.hubs()[at].name.clone())));
        add_lay_words(&mut texts, (thesaurus, &stems), |concept| concept.hubs.contains(&hub.id));
        builder.add(texts.iter().map(|(field, text)| (*field, text.as_str())));
    }
    builder.finish()
}

/// The words by which people ask for services, by their stem, with the number of services that are
/// asked for by it.
struct AskedWords(BTreeMap<String, usize>);

impl AskedWords {
    fn of(catalogue: &Catalogue, language: Language) -> Self {
        let mut services = BTreeMap::new();
        for service in catalogue.services() {
            for stem in phrases_by_stem(asked_as(service, language)).into_keys() {
                *services.entry(stem).or_default() += 1;
            }
        }
        Self(services)
    }

    /// The words by which people ask for this service, as one text; `None` if there are none. In
    /// the English index, which every device loads, words that occur only once are left out: they
    /// would add an eighth to the index.
    fn words_of(&self, service: &Service, language: Language) -> Option<(Field, String)> {
        let is_often_said = |(stem, phrases): &(String, usize)| {
            let services = self.0.get(stem).copied().unwrap_or_default();
            language != Language::English || services > 1 || *phrases > 1
        };
        let said = phrases_by_stem(asked_as(service, language)).into_iter().filter(is_often_said);
        let words: Vec<String> = said.map(|(stem, _)| stem).collect();
        (!words.is_empty()).then(|| (Field::Asked, words.join(" ")))
    }
}

fn asked_as(service: &Service, language: Language) -> &[String] {
    match language {
        Language::English => &service.asked.en,
        Language::French => &service.asked.fr,
    }
}

/// The stems of the content words of phrases, each with the number of phrases that have it.
fn phrases_by_stem(phrases: &[String]) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for phrase in phrases {
        let folded = folded(phrase);
        for stem in content_words(&folded).map(stem).collect::<BTreeSet<_>>() {
            *counts.entry(stem).or_default() += 1;
        }
    }
    counts
}

type IndexedTexts = Vec<(Field, String)>;

fn texts_of_service(catalogue: &Catalogue, service: &Service) -> IndexedTexts {
    let mut texts = vec![
        (Field::Name, service.name.clone()),
        (Field::Summary, service.summary.clone()),
        (Field::Lay, service.id.to_string()),
    ];
    texts.extend(service.keywords.iter().map(|keyword| (Field::Keyword, keyword.clone())));
    texts.extend(service.documents.iter().map(|document| (Field::Summary, document.clone())));
    texts.extend(phone_text(service.channels.phone.as_deref()));
    if let Some(topic) = catalogue.category(&service.category) {
        texts.push((Field::Topic, topic.name.en.clone()));
        texts.extend(topic.name.fr.iter().map(|name| (Field::Topic, name.clone())));
    }
    texts
}

fn texts_of_hub(catalogue: &Catalogue, hub: &Hub) -> IndexedTexts {
    let mut texts = vec![
        (Field::Name, hub.name.clone()),
        (Field::Keyword, hub.town.clone()),
        (Field::Keyword, hub.id.to_string()),
    ];
    texts.extend(hub.address.iter().map(|address| (Field::Topic, address.clone())));
    texts.extend(phone_text(hub.phone.as_deref()));
    if let Some(facility) = catalogue.facility(&hub.facility) {
        texts.push((Field::Keyword, facility.name.en.clone()));
        texts.extend(facility.name.fr.iter().map(|name| (Field::Keyword, name.clone())));
    }
    texts.push((Field::Topic, "address hours open adresse heures ouvert".into()));
    texts
}

/// The digits of a record's phone number, because people type or paste a number to find out whose
/// it is.
fn phone_text(phone: Option<&str>) -> Option<(Field, String)> {
    ReadPhone::first(phone?).map(|phone| (Field::Topic, phone.national().into()))
}

/// Whether a text is a single word, such as "dump", which is more specific than a word in a phrase.
fn is_one_word(text: &str) -> bool {
    !text.contains([' ', '-', '\'', '’'])
}

/// What another government or company does, if the question asks for it. One of its names must be
/// the whole question; or it must be most of the question, and no record of the catalogue may match
/// every word, as one does for "taxi driver licence". Of a name with a word that no record has,
/// such as "netflix", less is needed. What is asked about a place of another municipality is theirs
/// (`neighbours`), unless a record is about that place. `None` otherwise.
pub fn asked_elsewhere<'c>(
    catalogue: &'c Catalogue,
    finder: &Finder<'_>,
    question: &str,
) -> Option<&'c ServedElsewhere> {
    let asked = Stems::of(question);
    let typed = searchable(question);
    let typed: Vec<&str> = content_words(&typed).collect();
    let share = |elsewhere: &ServedElsewhere| {
        let names = || elsewhere.en.iter().chain(&elsewhere.fr);
        let is_decisive = |name: &String| {
            let name = searchable(name);
            let words: Vec<&str> = content_words(&name).collect();
            words.iter().all(|word| typed.contains(word)) && !finder.knows_all(&words)
        };
        let is_neighbour = names().any(|name| is_place(name));
        if is_neighbour {
            let all: Vec<&str> = names().map(String::as_str).collect();
            if let Some(place) = place_asked_about(&all, question) {
                return place_share(catalogue, finder, question, &place);
            }
        }
        let share = asked.share_of(&names().map(|name| Stems::of(name)).collect::<Vec<_>>());
        if !is_neighbour && share >= DECISIVE && names().any(is_decisive) { 1.0 } else { share }
    };
    let elsewhere = catalogue.elsewhere().iter().find(|elsewhere| share(elsewhere) >= MOSTLY)?;
    let is_ours = || {
        finder
            .find(question, 1)
            .first()
            .is_some_and(|first| finder.explain(question).is_whole(first.document))
    };
    (share(elsewhere) >= 1.0 || !is_ours()).then_some(elsewhere)
}

/// 1 if a question about a place of another municipality is theirs, else 0. It is ours if the first
/// record is about the place itself and has half of the question's words, as the social services
/// that we run there; and if it has many words beside the place.
fn place_share(
    catalogue: &Catalogue,
    finder: &Finder<'_>,
    question: &str,
    place: &[String],
) -> f32 {
    let typed = searchable(question);
    let words: Vec<&str> = words_of(&typed).collect();
    let has = |name: &str| {
        let name: Vec<&str> = words_of(name).collect();
        !name.is_empty() && words.windows(name.len()).any(|of| of == name)
    };
    // Somebody goes from there to a place of ours, or the other way.
    if catalogue.place_names().iter().any(|(name, _)| has(&searchable(name))) {
        return 0.0;
    }
    let is_of_place = |word: &str| place.iter().any(|of| of == word);
    let others = content_words(&typed).filter(|word| !is_of_place(word));
    let others = others.filter(|word| !is_of_any_service(&stem(word))).count();
    if others > WORDS_BESIDE_PLACE_MAX {
        return 0.0;
    }
    let explanation = finder.explain(question);
    let is_ours = finder.find(question, 1).first().is_some_and(|first| {
        let reasons = explanation.of(first.document);
        let has_place = |reason: &MatchReason| {
            is_of_place(&reason.typed)
                && reason.field < Field::Asked
                && !matches!(reason.meeting, Meeting::Slips(_))
        };
        let others_met = reasons.iter().filter(|reason| !is_of_place(&reason.typed)).count();
        reasons.iter().any(has_place) && others_met * 2 >= others
    });
    if is_ours { 0.0 } else { 1.0 }
}

/// Number of results to look at for each wanted service, because some results are locations.
const RESULTS_A_SERVICE: usize = 4;

/// The services that a question finds, best first, at most `most`. Locations are left out.
pub fn services_found<'c>(
    catalogue: &'c Catalogue,
    finder: &Finder<'_>,
    question: &str,
    most: usize,
) -> Vec<&'c Service> {
    let found = finder.find(question, most * RESULTS_A_SERVICE);
    let services = found.iter().filter_map(|found| match record_at(catalogue, found.document)? {
        IndexedRecord::Service(service) => Some(service),
        IndexedRecord::Hub(_) => None,
    });
    services.take(most).collect()
}

/// Adds all words of the concepts that lead to the record, and the synonyms of concepts that occur
/// in its name and keywords; `stems` are those of each concept's synonyms.
fn add_lay_words(
    texts: &mut IndexedTexts,
    (thesaurus, stems): (&Thesaurus, &[Vec<Stems>]),
    leads_here: impl Fn(&Concept) -> bool,
) {
    let own: Vec<Stems> = texts
        .iter()
        .filter(|(field, _)| matches!(field, Field::Name | Field::Keyword))
        .map(|(_, text)| Stems::of(text))
        .collect();
    for (concept, synonyms) in thesaurus.concept.iter().zip(stems) {
        if leads_here(concept) {
            texts.extend(concept.all_words().map(|word| {
                (if is_one_word(word) { Field::Keyword } else { Field::Lay }, word.into())
            }));
        } else if own.iter().any(|text| synonyms.iter().any(|synonym| text.hold(synonym))) {
            texts.extend(concept.synonyms().map(|word| (Field::Topic, word.into())));
        }
    }
}
