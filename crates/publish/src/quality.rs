//! How well the finder answers judged queries: the share of queries whose first answer is right, or one of the first five.

use domain::Catalogue;
use finder::thesaurus::Thesaurus;
use finder::{Finder, Record, asked_elsewhere, index_of, record_at};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Answers that are looked at.
const FIRST: usize = 5;

/// A query and what a fair judge accepts. Ids of hubs begin with `hub:`.
#[derive(Debug, Clone, Deserialize)]
pub struct Query {
    #[serde(alias = "q")]
    pub query: String,
    pub class: String,
    /// Any of these is right.
    #[serde(default)]
    pub expect: Vec<String>,
    /// These may stand among the first five.
    #[serde(default)]
    pub also: Vec<String>,
}

/// Shares from 0 to 1.
#[derive(Debug, Clone, Copy, Default, Serialize)]
pub struct Score {
    pub queries: usize,
    pub success_at_1: f64,
    pub success_at_5: f64,
    /// Mean of one over the place of the first right answer.
    pub mrr: f64,
}

/// A query that was not answered at once.
#[derive(Debug, Clone, Serialize)]
pub struct Miss {
    pub query: String,
    pub class: String,
    pub expect: Vec<String>,
    pub found: Vec<String>,
}

#[derive(Debug, Clone, Default, Serialize)]
pub struct Quality {
    pub overall: Score,
    pub classes: BTreeMap<String, Score>,
    pub misses: Vec<Miss>,
}

/// Asks every query.
///
/// # Panics
/// When the index just made cannot be read.
pub fn quality(catalogue: &Catalogue, thesaurus: &Thesaurus, queries: &[Query]) -> Quality {
    let index = index_of(catalogue, thesaurus);
    let finder = Finder::of(&index).expect("an index just made can be read");
    let mut quality = Quality::default();
    for query in queries {
        let found = answers(catalogue, &finder, &query.query);
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

/// The ids of the first answers; none for what is done elsewhere: the screen says by whom.
pub fn answers(catalogue: &Catalogue, finder: &Finder<'_>, question: &str) -> Vec<String> {
    if asked_elsewhere(catalogue, finder, question).is_some() {
        return Vec::new();
    }
    let records = finder
        .find(question, FIRST)
        .into_iter()
        .filter_map(|found| record_at(catalogue, found.document));
    let ids = records.map(|record| match record {
        Record::Service(service) => service.id.to_string(),
        Record::Hub(hub) => format!("hub:{}", hub.id),
    });
    ids.collect()
}

/// Where the first right answer stands. For a query that has none, nothing found is right.
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
    /// A table for people.
    pub fn table(&self) -> String {
        let row = |name: &str, score: &Score| {
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
