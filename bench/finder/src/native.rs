//! The native benchmark. With MISSES set, it also prints wrong answers; with EXPLAIN="a question",
//! why that question gets its answer.

use finder::Finder;
use finder_bench::{Answering, FIELD_ENDS, made_of};
use serde::Deserialize;
use std::collections::{BTreeMap, HashSet};
use std::process::ExitCode;
use std::time::Instant;

/// Answers requested per keystroke.
const MOST: usize = 10;
/// Rounds per keystroke, of which the median counts.
const ROUNDS: usize = 5;

#[derive(Deserialize)]
struct Document {
    title: String,
    keywords: String,
    #[serde(default)]
    syn: String,
    area: String,
    audience: String,
    summary: String,
    category: String,
    format: String,
}

#[derive(Deserialize)]
struct BenchQuery {
    cls: String,
    q: String,
    #[serde(default)]
    set: Option<usize>,
}

#[derive(Deserialize)]
struct Queries {
    queries: Vec<BenchQuery>,
    sets: Vec<Vec<u32>>,
    typing: Vec<String>,
}

impl Queries {
    /// Whether a query's first answer is right; for the class "none" that is no answer.
    fn is_right(&self, query: &BenchQuery, first: Option<u32>) -> bool {
        if query.cls == "none" {
            return first.is_none();
        }
        let right: HashSet<u32> =
            query.set.and_then(|set| self.sets.get(set)).into_iter().flatten().copied().collect();
        first.is_some_and(|document| right.contains(&document))
    }
}

pub(super) fn run() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let Some((dir, sizes)) = arguments.split_first() else {
        eprintln!("finder-bench DIR SIZE…");
        return ExitCode::FAILURE;
    };
    for size in sizes {
        if let Err(fault) = bench(dir, size) {
            eprintln!("{fault}");
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}

fn read<T: for<'de> Deserialize<'de>>(path: &str) -> Result<T, String> {
    let text = std::fs::read_to_string(path).map_err(|error| format!("{path}: {error}"))?;
    serde_json::from_str(&text).map_err(|error| format!("{path}: {error}"))
}

fn bench(dir: &str, size: &str) -> Result<(), String> {
    let documents: Vec<Document> = read(&format!("{dir}/corpus-{size}-syn.json"))?;
    let queries: Queries = read(&format!("{dir}/queries-{size}.json"))?;
    let bytes = timed_index(size, &documents);
    let answering = Answering::of(&bytes).ok_or("the index cannot be read")?;
    let finder = &answering.finder;
    if let Ok(question) = std::env::var("EXPLAIN") {
        explain(finder, &documents, &question);
        return Ok(());
    }
    print_accuracy(finder, &documents, &queries);
    let keystrokes: Vec<&str> =
        queries.typing.iter().flat_map(|sequence| beginnings_of(sequence)).collect();
    time("keystrokes", &keystrokes, |typed| drop(std::hint::black_box(finder.find(typed, MOST))));
    time("with three facets counted", &keystrokes, |typed| {
        drop(std::hint::black_box(answering.count(typed)))
    });
    Ok(())
}

/// Builds the index of the documents, and prints its size and how long that took.
fn timed_index(size: &str, documents: &[Document]) -> Vec<u8> {
    let fields = |d: &Document| {
        [&d.title, &d.keywords, &d.syn, &d.area, &d.audience, &d.summary, &d.category, &d.format]
            .map(String::as_str)
            .join(&FIELD_ENDS.to_string())
    };
    let text = documents.iter().map(fields).collect::<Vec<_>>().join("\u{1e}");
    let started = Instant::now();
    let bytes = made_of(&text);
    println!(
        "{size} documents: index and facets {} bytes, {:.1} a document, built in {} ms",
        bytes.len(),
        bytes.len() as f64 / documents.len() as f64,
        started.elapsed().as_millis()
    );
    bytes
}

/// Prints the first answers to a question, each with the reasons for its score.
fn explain(finder: &Finder<'_>, documents: &[Document], question: &str) {
    let explanation = finder.explain(question);
    for found in finder.find(question, 5) {
        println!("{:8.1} {}", found.score, documents[found.document as usize].title);
        explanation.of(found.document).iter().for_each(|reason| {
            println!(
                "         {} met {} in {:?} ({:?}): {:.2}",
                reason.typed, reason.word, reason.field, reason.meeting, reason.worth
            )
        });
    }
}

/// Prints the share of right first answers by class of query. With MISSES set, also each wrong one.
fn print_accuracy(finder: &Finder<'_>, documents: &[Document], queries: &Queries) {
    let mut classes: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    for query in &queries.queries {
        let first = finder.find(&query.q, MOST).first().map(|found| found.document);
        let is_right = queries.is_right(query, first);
        if !is_right && std::env::var("MISSES").is_ok() {
            println!(
                "  {:<14} {:<50} found {}",
                query.cls,
                query.q,
                first.map_or("nothing", |document| &documents[document as usize].title)
            );
        }
        for class in [query.cls.as_str(), "ALL"] {
            let score = classes.entry(class).or_default();
            *score = (score.0 + usize::from(is_right), score.1 + 1);
        }
    }
    for (class, (right, of)) in &classes {
        print!("{class} {:.3} ({of})  ", *right as f64 / *of as f64);
    }
    println!();
}

/// The content of the search field after each letter.
fn beginnings_of(sequence: &str) -> impl Iterator<Item = &str> {
    sequence.char_indices().map(|(end, letter)| &sequence[..end + letter.len_utf8()])
}

fn time(what: &str, keystrokes: &[&str], answer: impl Fn(&str)) {
    let middle = |typed: &str| {
        let mut rounds: Vec<f64> = (0..ROUNDS)
            .map(|_| {
                let started = Instant::now();
                answer(typed);
                started.elapsed().as_secs_f64() * 1000.0
            })
            .collect();
        rounds.sort_by(f64::total_cmp);
        rounds[ROUNDS / 2]
    };
    let mut middles: Vec<(f64, &str)> =
        keystrokes.iter().map(|typed| (middle(typed), *typed)).collect();
    middles.sort_by(|a, b| a.0.total_cmp(&b.0));
    let at = |share: f64| middles[((middles.len() - 1) as f64 * share) as usize];
    println!(
        "{} {what}: p50 {:.3} ms, p95 {:.3} ms, p99 {:.3} ms, most {:.3} ms ({})",
        middles.len(),
        at(0.5).0,
        at(0.95).0,
        at(0.99).0,
        at(1.0).0,
        at(1.0).1
    );
}
