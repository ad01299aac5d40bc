//! Tests of the file format: round trips, limits, and every kind of damage.

use super::*;
use domain::submission::{FORMAT, Header, KeyId, SUITE_X25519_CHACHA};

fn ours() -> MunicipalityId {
    MunicipalityId::parse("pine-harbour").unwrap()
}

fn elsewhere() -> MunicipalityId {
    MunicipalityId::parse("elsewhere").unwrap()
}

fn envelope(seed: u8, municipality: &MunicipalityId) -> Vec<u8> {
    let header = Header {
        format: FORMAT,
        suite: SUITE_X25519_CHACHA,
        id: SubmissionId::from_parts(seed.into(), [seed; 10]),
        municipality: municipality.clone(),
        kind: Kind::Inquiry,
        key: KeyId([seed; 8]),
        catalogue_version: 7,
    };
    postcard::to_allocvec(&Envelope { header, sealed: vec![seed; 40] }).unwrap()
}

fn receipt(seed: u8) -> Receipt {
    let id = SubmissionId::from_parts(seed.into(), [seed; 10]);
    Receipt {
        id,
        body: BodyHash([seed; 32]),
        received_at_ms: 5,
        epoch: [1; 16],
        signer: KeyId([2; 8]),
        signature: ([3; 32], [4; 32]),
    }
}

/// One file of three parcels, and one of three receipts.
fn both() -> [Vec<u8>; 2] {
    let envelopes: Vec<Vec<u8>> = (1..=3).map(|seed| envelope(seed, &ours())).collect();
    let receipts: Vec<Receipt> = (1..=3).map(receipt).collect();
    let mut files = [files_of_parcels(&ours(), &envelopes), files_of_receipts(&ours(), &receipts)];
    files.each_mut().map(|files| files.pop().unwrap())
}

fn summed(mut bytes: Vec<u8>) -> Vec<u8> {
    bytes.truncate(bytes.len() - SUM_BYTES);
    let length = (bytes.len() + SUM_BYTES) as u32;
    bytes[18..22].copy_from_slice(&length.to_be_bytes());
    let sum = Sha256::digest(&bytes);
    bytes.extend_from_slice(&sum);
    bytes
}

#[test]
fn what_goes_into_a_file_comes_out_of_it_byte_for_byte() {
    let [parcels, receipts] = both();
    let Ok(Contents::Parcels(read_back)) = read(&parcels, &ours()) else { panic!("it is sound") };
    let envelopes: Vec<Vec<u8>> = (1..=3).map(|seed| envelope(seed, &ours())).collect();
    assert_eq!(
        read_back.iter().map(|parcel| parcel.envelope.clone()).collect::<Vec<_>>(),
        envelopes
    );
    assert_eq!(read_back[1].body, BodyHash(Sha256::digest([2; 40]).into()));
    let head = read_back[1].head(9, 77);
    assert_eq!(
        (head.id, head.order, head.kept_at_ms, head.size as usize),
        (SubmissionId::from_parts(2, [2; 10]), 9, 77, envelopes[1].len())
    );
    assert!(head.is_waiting() && head.is_carried());
    assert_eq!(read(&receipts, &ours()), Ok(Contents::Receipts((1..=3).map(receipt).collect())));
    assert_eq!(read(&parcels, &ours()), read(&parcels, &ours()), "as often as it is read");
}

#[test]
fn fault_43_a_file_that_is_cut_short_anywhere_is_refused_as_that() {
    for file in both() {
        for length in 0..file.len() {
            assert_eq!(read(&file[..length], &ours()), Err(BundleFault::CutShort), "{length}");
        }
    }
}

#[test]
fn fault_43_a_file_with_any_bit_changed_is_refused() {
    for file in both() {
        for at in 0..file.len() {
            for bit in 0..8 {
                let mut flipped = file.clone();
                flipped[at] ^= 1 << bit;
                let fault = read(&flipped, &ours()).expect_err("a changed file is refused");
                let is_named = match at {
                    0..16 => matches!(fault, BundleFault::NotABundle | BundleFault::Damaged),
                    18..22 => matches!(fault, BundleFault::CutShort | BundleFault::Damaged),
                    _ => fault == BundleFault::Damaged,
                };
                assert!(is_named, "byte {at} bit {bit}: {fault:?}");
            }
        }
    }
}

#[test]
fn fault_43_bytes_behind_the_end_are_refused() {
    for mut file in both() {
        file.push(0);
        assert_eq!(read(&file, &ours()), Err(BundleFault::Damaged));
        let inside = [&file[..file.len() - SUM_BYTES - 1], &[0; SUM_BYTES + 1]].concat();
        assert_eq!(read(&summed(inside), &ours()), Err(BundleFault::Damaged), "nor within the sum");
    }
}

#[test]
fn fault_43_a_file_of_another_municipality_is_refused_whether_it_says_so_outside_or_inside() {
    let [parcels, receipts] = both();
    for file in [parcels, receipts] {
        assert_eq!(read(&file, &elsewhere()), Err(BundleFault::OtherMunicipality));
    }
    let mixed = files_of_parcels(&ours(), &[envelope(1, &ours()), envelope(2, &elsewhere())])
        .pop()
        .unwrap();
    assert_eq!(read(&mixed, &ours()), Err(BundleFault::OtherMunicipality));
}

#[test]
fn a_newer_format_is_named_only_when_the_file_is_whole() {
    let [mut newer, _] = both();
    newer[17] = 2;
    assert_eq!(read(&newer, &ours()), Err(BundleFault::Damaged));
    assert_eq!(read(&summed(newer), &ours()), Err(BundleFault::NewerFormat));
}

#[test]
fn other_files_are_no_bundles() {
    for other in [
        b"PK\x03\x04 a spreadsheet".as_slice(),
        b"community-hub x\n",
        b"community hub",
        &[0xff; 100],
    ] {
        assert_eq!(read(other, &ours()), Err(BundleFault::NotABundle));
    }
}

#[test]
fn a_file_that_claims_more_than_it_may_hold_is_refused_before_it_takes_memory() {
    let [mut file, _] = both();
    let at = START_BYTES + 1 + ours().as_str().len();
    file.splice(at..at + 1, [0xff, 0xff, 0xff, 0xff, 0x0f]);
    assert_eq!(read(&summed(file), &ours()), Err(BundleFault::TooLarge));
    let mut short = both()[0].clone();
    short[at] = 4;
    assert_eq!(
        read(&summed(short), &ours()),
        Err(BundleFault::Damaged),
        "nor one record more than there is"
    );
    assert_eq!(read(&vec![0; FILE_BYTES_MAX + 1], &ours()), Err(BundleFault::TooLarge));
}

#[test]
fn what_does_not_fit_one_file_goes_into_the_next_and_none_is_empty() {
    let count = |records: Vec<Vec<u8>>| -> Vec<usize> {
        let files = files_of_parcels(&ours(), &records);
        let counted = |file: &Vec<u8>| {
            assert!(file.len() <= FILE_BYTES_MAX);
            let Ok(Contents::Parcels(parcels)) = read(file, &ours()) else { panic!("it is sound") };
            parcels.len()
        };
        files.iter().map(counted).collect()
    };
    assert_eq!(count(Vec::new()), [0; 0]);
    assert_eq!(count(vec![envelope(1, &ours()); RECORDS_MAX + 1]), [RECORDS_MAX, 1]);
    let mut large: Envelope = postcard::from_bytes(&envelope(1, &ours())).unwrap();
    large.sealed = vec![0; SEALED_BYTES_MAX];
    let large = postcard::to_allocvec(&large).unwrap();
    let fits = FILE_BYTES_MAX / large.len();
    assert_eq!(count(vec![large; fits + 2]), [fits, 2]);
}
