//! The published binary form of the catalogue: it reads back as it was written, and damage is
//! noticed.

use domain::Catalogue;
use domain::catalogue::NotWritable;
use sample::checked;

#[test]
fn a_catalogue_reads_back_as_it_was_written() {
    let catalogue = checked(|_| {});
    let bytes = catalogue.to_bundle(b"index").unwrap();
    assert_eq!(Catalogue::from_bundle(&bytes), Some((catalogue, b"index".as_slice())));
}

#[test]
fn a_catalogue_that_was_cut_off_is_none_wherever_the_cut_is() {
    let bytes = checked(|_| {}).to_bundle(&[]).unwrap();
    for length in 0..bytes.len() {
        assert_eq!(Catalogue::from_bundle(&bytes[..length]), None, "{length}");
    }
}

#[test]
fn a_changed_byte_is_another_catalogue_or_none_and_never_the_end_of_the_app() {
    let catalogue = checked(|_| {});
    let bytes = catalogue.to_bundle(&[]).unwrap();
    for at in 0..bytes.len() {
        for change in [1, 0x80, 0xff] {
            let mut changed = bytes.clone();
            changed[at] ^= change;
            let read = Catalogue::from_bundle(&changed).filter(|(_, rest)| rest.is_empty());
            assert_ne!(read.map(|(read, _)| read).as_ref(), Some(&catalogue), "byte {at}");
        }
    }
}

#[test]
fn another_format_is_not_read() {
    let mut bytes = checked(|_| {}).to_bundle(&[]).unwrap();
    assert_eq!(bytes[..5], *b"HUBC\x05");
    bytes[4] += 1;
    assert_eq!(Catalogue::from_bundle(&bytes), None);
}

#[test]
fn what_the_file_cannot_hold_is_refused_with_what_to_do() {
    let refused = |change: fn(&mut domain::CatalogueFile)| {
        let error = checked(change).to_bundle(&[]).unwrap_err();
        (error.to_string(), error)
    };
    assert_eq!(
        refused(|file| file.hubs[0].name = "Town\0hall".into()),
        (
            "“Town␀hall” holds a zero byte: take it out".into(),
            NotWritable::ZeroInText("Town\0hall".into())
        )
    );
    assert_eq!(
        refused(|file| file.hubs[0].point.lat = 44.350_001),
        (
            "44.350001 has more than five digits after its point: five are a metre".into(),
            NotWritable::TooFine(44.350_001)
        )
    );
    let what = NotWritable::Unsupported("a map".into());
    assert_eq!(what.to_string(), "the published form has no place for a map");
}
