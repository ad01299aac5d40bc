//! Runs each target on its seeds, on its corpus, and on as many mutated inputs as the time of a
//! test allows.

#![allow(clippy::unwrap_used, reason = "a test whose setup fails must stop")]

use fuzz::mutation::{MutationRandom, changed};
use fuzz::{FuzzTarget, INPUT_S_MAX, PEAK_BYTES_MAX, TARGETS, memory};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

#[global_allocator]
static ALLOCATOR: memory::Counting = memory::Counting;

/// Mutated inputs for each target; the same ones at every run.
const INPUTS: usize = 20_000;
/// Most seconds for each target. A slow machine runs fewer inputs.
const TARGET_S_MAX: u64 = 10;

/// The corpus: inputs that once crashed a decoder, or that reach code that no seed reaches. They
/// are never removed.
fn kept(target: &FuzzTarget) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus").join(target.name);
    let mut paths: Vec<PathBuf> = std::fs::read_dir(folder)
        .map(|entries| entries.flatten().map(|entry| entry.path()).collect())
        .unwrap_or_default();
    paths.sort();
    paths.iter().map(|path| std::fs::read(path).unwrap()).collect()
}

/// Runs one input. Panics if the target breaks a promise, after writing the input to a file, so
/// that it can be examined and added to the corpus.
fn give(target: &FuzzTarget, input: &[u8]) {
    let began = Instant::now();
    let mut outcome = Ok(());
    let peak = memory::peak_of(|| {
        outcome =
            std::panic::catch_unwind(|| (target.run)(input)).map_err(|_| "it panicked".to_string())
    });
    if peak > PEAK_BYTES_MAX {
        outcome = Err(format!("it took {peak} bytes at once"));
    } else if began.elapsed() > Duration::from_secs(INPUT_S_MAX) {
        outcome = Err(format!("it took {:?}", began.elapsed()));
    }
    if let Err(what) = outcome {
        let path = std::env::temp_dir().join(format!("fuzz-{}", target.name));
        std::fs::write(&path, input).unwrap();
        panic!(
            "{}: {what}. The input is {}; when it is mended, keep it in crates/fuzz/corpus/{}",
            target.name,
            path.display(),
            target.name
        );
    }
}

/// The targets run one after the other because memory is counted for the whole program.
#[test]
fn no_bytes_end_a_decoder_or_take_its_memory_or_time() {
    for target in &TARGETS {
        let mut seeds = (target.seeds)();
        assert!(!seeds.is_empty());
        // The seeds run first: memory for lazily created statics must not be charged to an input.
        seeds.iter().for_each(|seed| (target.run)(seed));
        seeds.extend(kept(target));
        seeds.iter().for_each(|seed| give(target, seed));
        let (mut random, began) = (MutationRandom::of(1), Instant::now());
        let mut inputs = 0;
        while inputs < INPUTS && began.elapsed() < Duration::from_secs(TARGET_S_MAX) {
            give(target, &changed(&seeds, &mut random));
            inputs += 1;
        }
        println!(
            "{:<10} {} seeds, {inputs} inputs, {:?}",
            target.name,
            seeds.len(),
            began.elapsed()
        );
        assert!(inputs > 100, "{}: only {inputs} inputs in {TARGET_S_MAX} s", target.name);
    }
}

/// The seeds must be accepted, not rejected at the first check.
#[test]
fn seeds_reach_what_lies_behind_the_door() {
    let first = |name: &str| (fuzz::target(name).unwrap().seeds)().remove(0);
    assert_eq!(
        postcard::from_bytes::<domain::submission::Batch>(&first("batch")).unwrap().envelopes.len(),
        1
    );
    let bodies = (fuzz::target("body").unwrap().seeds)();
    assert_eq!(
        bodies.iter().filter(|body| casework::body::read_body(body).is_some()).count(),
        5,
        "each kind of content is accepted"
    );
    assert!(
        domain::Catalogue::from_bundle(&first("catalogue"))
            .is_some_and(|(_, index)| finder::Finder::of(index).is_some())
    );
    assert!(offline::parcel::read_head(&first("stored")).is_some());
}
