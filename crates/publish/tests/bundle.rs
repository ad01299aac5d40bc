//! Tests of the published binary form of the catalogue: round trip, and detection of damage.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use domain::Catalogue;
use std::path::Path;

fn catalogue(municipality: &str) -> Catalogue {
    publish::check_dir(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(municipality))
        .unwrap()
        .0
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

#[test]
fn a_catalogue_that_was_cut_off_is_none_wherever_the_cut_is() {
    let bytes = catalogue("tests/municipalities/pine-harbour").to_bundle(&[]).unwrap();
    for length in 0..bytes.len() {
        assert_eq!(Catalogue::from_bundle(&bytes[..length]), None, "{length}");
    }
}

#[test]
fn a_changed_byte_is_another_catalogue_or_none_and_never_the_end_of_the_app() {
    let catalogue = catalogue("tests/municipalities/pine-harbour");
    let bytes = catalogue.to_bundle(&[]).unwrap();
    for at in 0..bytes.len() {
        for change in [1, 0x80, 0xff] {
            let mut changed = bytes.clone();
            changed[at] ^= change;
            assert_ne!(
                Catalogue::from_bundle(&changed)
                    .filter(|(_, rest)| rest.is_empty())
                    .map(|(read, _)| read)
                    .as_ref(),
                Some(&catalogue),
                "byte {at}"
            );
        }
    }
}

#[test]
fn another_format_is_not_read() {
    let mut bytes = catalogue("tests/municipalities/pine-harbour").to_bundle(&[]).unwrap();
    bytes[4] += 1;
    assert_eq!(Catalogue::from_bundle(&bytes), None);
}
