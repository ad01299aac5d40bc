//! Measures the finder on judged queries: the share of queries whose first answer is right, or that
//! have a right answer among the first five.

use domain::text::Language;
use domain::{Catalogue, ServiceId};
use finder::{EditionWords, Finder, IndexedRecord, asked_elsewhere, bundle_of, record_at};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Number of answers that are judged per query.
const FIRST: usize = 5;

/// A query and the answers that a fair judge accepts. Ids of locations begin with `hub:`.
#[derive(Debug, Clone, Deserialize)]
pub struct Query {
    /// The words that a person types. `q` is accepted as an alias.
    #[serde(alias = "q")]
    pub query: String,
    /// Class of the query, for example misspelled or French; scores are reported per class.
    pub class: String,
    /// Ids of right answers; any of them counts. Empty if nothing may be found.
    #[serde(default)]
    pub expect: Vec<String>,
    /// Ids of further answers that count if they are among the first five.
    #[serde(default)]
    pub also: Vec<String>,
}

/// Quality over a set of queries; shares are from 0 to 1.
#[derive(Debug, Clone, Copy, Default, Serialize)]
pub struct QueryScore {
    /// Number of queries.
    pub queries: usize,
    /// Share of queries whose first answer is right.
    pub success_at_1: f64,
    /// Share of queries with a right answer among the first five.
    pub success_at_5: f64,
    /// Mean reciprocal rank of the first right answer (0 if there is none).
    pub mrr: f64,
}

/// A query whose first answer is not right.
#[derive(Debug, Clone, Serialize)]
pub struct Miss {
    /// The words of the query.
    pub query: String,
    /// Class of the query.
    pub class: String,
    /// Ids of right answers.
    pub expect: Vec<String>,
    /// Ids that were found, best first.
    pub found: Vec<String>,
}

/// Result of a measurement.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Quality {
    /// Score over all queries.
    pub overall: QueryScore,
    /// Score of each class.
    pub classes: BTreeMap<String, QueryScore>,
    /// Every query whose first answer is not right, in order.
    pub misses: Vec<Miss>,
}

/// Class of the queries that are asked in French, in the French edition if there is one.
const FRENCH: &str = "french";

/// Runs every query in the edition that its writer would read, and scores the answers.
///
/// # Panics
/// If the edition that was just bundled cannot be read.
pub fn quality(catalogue: &Catalogue, words: &EditionWords, queries: &[Query]) -> Quality {
    let bundle = bundle_of(catalogue, words).expect("a checked catalogue can be bundled");
    let (english, index) = read(Catalogue::from_bundle(&bundle.bytes));
    let finder = read(Finder::of(index));
    let french = bundle
        .translations
        .iter()
        .find(|(language, _)| *language == Language::French)
        .map(|(_, texts)| read(english.clone().translated(texts)))
        .map(|(french, index)| (french, read(Finder::of(index))));
    let mut quality = Quality::default();
    for query in queries {
        let query = &query.resolved(catalogue);
        let (catalogue, finder) = match &french {
            Some((french, finder)) if query.class == FRENCH => (french, finder),
            _ => (&english, &finder),
        };
        let found = answers(catalogue, finder, &query.query);
        let place = place_of(query, &found);
        for score in [&mut quality.overall, quality.classes.entry(query.class.clone()).or_default()]
        {
            score.queries += 1;
            score.success_at_1 += f64::from(u8::from(place == Some(0)));
            score.success_at_5 += f64::from(u8::from(is_in_first(query, &found, place)));
            score.mrr += place.map_or(0.0, |place| 1.0 / (place as f64 + 1.0));
        }
        if place != Some(0) {
            quality.misses.push(Miss {
                query: query.query.clone(),
                class: query.class.clone(),
                expect: query.expect.clone(),
                found,
            });
        }
    }
    for score in quality.classes.values_mut().chain([&mut quality.overall]) {
        let count = score.queries.max(1) as f64;
        (score.success_at_1, score.success_at_5, score.mrr) =
            (score.success_at_1 / count, score.success_at_5 / count, score.mrr / count);
    }
    quality
}

fn read<T>(edition: Option<T>) -> T {
    edition.expect("an edition that was just bundled can be read")
}

/// Ids of the first five answers. Empty for what another government or company does: the screen
/// then names that body.
pub fn answers(catalogue: &Catalogue, finder: &Finder<'_>, question: &str) -> Vec<String> {
    if asked_elsewhere(catalogue, finder, question).is_some() {
        return Vec::new();
    }
    let records = finder
        .find(question, FIRST)
        .into_iter()
        .filter_map(|found| record_at(catalogue, found.document));
    let ids = records.map(|record| match record {
        IndexedRecord::Service(service) => service.id.to_string(),
        IndexedRecord::Hub(hub) => format!("hub:{}", hub.id),
    });
    ids.collect()
}

impl Query {
    /// The query with ids of merged records replaced by those they were merged into.
    fn resolved(&self, catalogue: &Catalogue) -> Self {
        let newest = |id: &String| {
            let known = ServiceId::parse(id).ok().and_then(|id| catalogue.service(&id));
            known.map_or_else(|| id.clone(), |service| service.id.to_string())
        };
        let all = |ids: &[String]| ids.iter().map(newest).collect();
        Self { expect: all(&self.expect), also: all(&self.also), ..self.clone() }
    }
}

/// Index of the first right answer. A query without right answers is right if nothing was found.
fn place_of(query: &Query, found: &[String]) -> Option<usize> {
    match query.expect.is_empty() {
        true => found.is_empty().then_some(0),
        false => found.iter().position(|id| query.expect.contains(id)),
    }
}

fn is_in_first(query: &Query, found: &[String], place: Option<usize>) -> bool {
    place.is_some() || found.iter().any(|id| query.also.contains(id))
}

impl Quality {
    /// A plain-text table of the scores and the misses.
    pub fn table(&self) -> String {
        let row = |name: &str, score: &QueryScore| {
            format!(
                "{name:<16} {:>5} {:>8.3} {:>8.3} {:>8.3}\n",
                score.queries, score.success_at_1, score.success_at_5, score.mrr
            )
        };
        let mut table = format!(
            "{:<16} {:>5} {:>8} {:>8} {:>8}\n",
            "class", "count", "first", "in five", "MRR"
        );
        table.extend(self.classes.iter().map(|(name, score)| row(name, score)));
        table.push_str(&row("all", &self.overall));
        for miss in &self.misses {
            table.push_str(&format!(
                "\n{:<14} {:<60} wants {}; found {}",
                miss.class,
                miss.query,
                miss.expect.join(", "),
                miss.found.join(", ")
            ));
        }
        table
    }
}
