//! Every text of the shell page, of the manifest and of the directory follows the rules of
//! `docs/glossary.md`, in both languages.
#![cfg(not(target_family = "wasm"))]

use std::fs;
use std::path::Path;
use wording::rules::{pair_faults, pairs};

#[test]
fn every_text_of_the_shell_page_and_the_manifest_follows_the_rules() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    for (file, least) in [("../../index.html", 10), ("src/assemble/manifest.rs", 4)] {
        let source = fs::read_to_string(here.join(file)).unwrap();
        // The short name under an icon has room for twelve characters.
        let texts = pairs(&source).into_iter().filter(|(english, _)| english != "Hub");
        let texts: Vec<_> = texts.filter(|(english, _)| english.contains(' ')).collect();
        assert!(texts.len() >= least, "{} pairs in {file}", texts.len());
        let faults: Vec<_> =
            texts.iter().flat_map(|(english, french)| pair_faults(english, french)).collect();
        assert!(faults.is_empty(), "{} faults in {file}:\n{}", faults.len(), faults.join("\n"));
    }
}

#[test]
fn every_public_text_of_the_directory_is_translated_and_follows_the_rules() {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data/kawartha-lakes");
    let (catalogue, words) = publish::check_dir(&data).unwrap();
    let [french] = words.translations.as_slice() else { panic!("one translation") };
    assert_eq!(french.gaps(&catalogue), domain::catalogue::TranslationGaps::default());
    let mut count = 0;
    let faults: Vec<_> = french
        .texts
        .iter()
        .inspect(|_| count += 1)
        .flat_map(|(english, french)| pair_faults(english, french))
        .collect();
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
    assert!(count > 1_500, "{count}");
}
