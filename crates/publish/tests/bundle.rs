//! The real catalogues in their published binary form; the form's own promises are tests of the
//! domain.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use domain::Catalogue;
use std::path::Path;

fn catalogue(municipality: &str) -> Catalogue {
    publish::check_dir(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(municipality))
        .unwrap()
        .0
        .for_devices()
}

#[test]
fn a_catalogue_reads_back_as_it_was_written() {
    for municipality in ["data/kawartha-lakes", "tests/municipalities/pine-harbour"] {
        let catalogue = catalogue(municipality);
        let bytes = catalogue.to_bundle(b"index").unwrap();
        assert_eq!(
            Catalogue::from_bundle(&bytes),
            Some((catalogue, b"index".as_slice())),
            "{municipality}"
        );
    }
}
