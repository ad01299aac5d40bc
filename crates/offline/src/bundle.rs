//! The file format that carries sealed parcels from a device without a network, and the file that
//! brings their receipts back. Pure functions: bytes in; all records or a fault out.
//!
//! Layout, integers big endian: file type (16 bytes), format (2), length of the whole file (4),
//! length of the municipality's id (1) and the id; then, as postcard, a list of envelopes, byte for
//! byte as stored, or of receipts; at the end the SHA-256 of everything before. File type, length
//! and the final checksum stay in place in every format, so that a damaged file of a newer app is
//! reported as damaged, not as newer.

use crate::parcel::{HEAD_FORMAT, Head, ParcelState};
use crate::ports::joined;
use domain::submission::{BodyHash, Envelope, Kind, Receipt, SEALED_BYTES_MAX};
use domain::{MunicipalityId, SubmissionId};
use sha2::{Digest, Sha256};

/// The format of what lies between the length and the checksum. A newer format of [`Envelope`]
/// requires a newer one here.
pub const BUNDLE_FORMAT: u16 = 1;
/// Most records per file: what one tablet may gather at a week-long fair. More go into a second
/// file.
pub const RECORDS_MAX: usize = 5_000;
/// Most bytes per file (16 MiB): what an old tablet can hold in memory twice. More go into a second
/// file.
pub const FILE_BYTES_MAX: usize = 16 * 1024 * 1024;

const PARCELS: &[u8; 16] = b"community-hub p\n";
const RECEIPTS: &[u8; 16] = b"community-hub r\n";
/// Bytes of file type, format and length.
const START_BYTES: usize = 22;
const SUM_BYTES: usize = 32;

/// What a file holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Contents {
    /// Sealed parcels of another device.
    Parcels(Vec<Parcel>),
    /// Receipts whose signatures are not verified yet.
    Receipts(Vec<Receipt>),
}

/// A sealed parcel that came by file or code: its envelope as another device stored it, and the
/// fields that are readable without the key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parcel {
    /// From the envelope's header.
    pub id: SubmissionId,
    /// From the envelope's header.
    pub kind: Kind,
    /// SHA-256 of the sealed bytes.
    pub body: BodyHash,
    /// The envelope's bytes, unchanged.
    pub envelope: Vec<u8>,
}

/// Why a file is rejected. Nothing of a rejected file is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BundleFault {
    /// It is not a file of this app.
    NotABundle,
    /// It ends too early.
    CutShort,
    /// Its checksum does not match, or its records cannot be parsed.
    Damaged,
    /// It belongs to another municipality.
    OtherMunicipality,
    /// It was written by a newer app.
    NewerFormat,
    /// It exceeds [`RECORDS_MAX`] or [`FILE_BYTES_MAX`], or an envelope is too large.
    TooLarge,
}

/// Writes stored envelopes into files: one, unless they exceed the limits of one file; none if
/// there are no envelopes.
pub fn files_of_parcels(municipality: &MunicipalityId, envelopes: &[Vec<u8>]) -> Vec<Vec<u8>> {
    files(PARCELS, municipality, envelopes)
}

/// Writes receipts into files, to be brought back to the device that the parcels came from.
pub fn files_of_receipts(municipality: &MunicipalityId, receipts: &[Receipt]) -> Vec<Vec<u8>> {
    let records: Vec<Vec<u8>> = receipts
        .iter()
        .map(|receipt| postcard::to_allocvec(receipt).expect("a receipt serializes to postcard"))
        .collect();
    files(RECEIPTS, municipality, &records)
}

fn files(what: &[u8; 16], municipality: &MunicipalityId, records: &[Vec<u8>]) -> Vec<Vec<u8>> {
    let (mut files, mut rest) = (Vec::new(), records);
    while !rest.is_empty() {
        let (now, later) = rest.split_at(fitting(rest));
        files.push(file(what, municipality, now));
        rest = later;
    }
    files
}

/// How many records from the first on fit into one file; always at least one.
fn fitting(records: &[Vec<u8>]) -> usize {
    let mut bytes = START_BYTES + SUM_BYTES + 256;
    let fits = |record: &&Vec<u8>| {
        bytes += record.len();
        bytes <= FILE_BYTES_MAX
    };
    records.iter().take(RECORDS_MAX).take_while(fits).count().max(1)
}

fn file(what: &[u8; 16], municipality: &MunicipalityId, records: &[Vec<u8>]) -> Vec<u8> {
    let (name, list) = (municipality.as_str().as_bytes(), joined(records));
    let length = START_BYTES + 1 + name.len() + list.len() + SUM_BYTES;
    let mut bytes = Vec::with_capacity(length);
    bytes.extend_from_slice(what);
    bytes.extend_from_slice(&BUNDLE_FORMAT.to_be_bytes());
    bytes.extend_from_slice(&(length as u32).to_be_bytes());
    bytes.push(name.len() as u8);
    bytes.extend_from_slice(name);
    bytes.extend_from_slice(&list);
    let sum = Sha256::digest(&bytes);
    bytes.extend_from_slice(&sum);
    bytes
}

/// Reads a file for a municipality: either all its records, or a fault.
pub fn read(bytes: &[u8], ours: &MunicipalityId) -> Result<Contents, BundleFault> {
    if bytes.len() > FILE_BYTES_MAX {
        return Err(BundleFault::TooLarge);
    }
    let WholeBundle { what, whose, list } = whole(bytes)?;
    if whose != ours.as_str().as_bytes() {
        return Err(BundleFault::OtherMunicipality);
    }
    if what == PARCELS {
        records(list, |rest| parcel(rest, ours)).map(Contents::Parcels)
    } else {
        records(list, |rest| postcard::take_from_bytes(rest).map_err(|_| BundleFault::Damaged))
            .map(Contents::Receipts)
    }
}

/// A file whose checksum matched: its type, its municipality's id, and its list, not parsed yet.
struct WholeBundle<'a> {
    what: &'a [u8],
    whose: &'a [u8],
    list: &'a [u8],
}

fn whole(bytes: &[u8]) -> Result<WholeBundle<'_>, BundleFault> {
    let what = &bytes[..bytes.len().min(PARCELS.len())];
    if !PARCELS.starts_with(what) && !RECEIPTS.starts_with(what) {
        return Err(BundleFault::NotABundle);
    }
    let (start, rest) = bytes.split_first_chunk::<START_BYTES>().ok_or(BundleFault::CutShort)?;
    let number = |digits: &[u8]| digits.iter().fold(0, |sum, &digit| sum << 8 | usize::from(digit));
    if bytes.len() < number(&start[18..]) {
        return Err(BundleFault::CutShort);
    }
    let (_, sum) = rest.split_last_chunk::<SUM_BYTES>().ok_or(BundleFault::Damaged)?;
    let summed = &bytes[..bytes.len() - SUM_BYTES];
    if bytes.len() > number(&start[18..]) || Sha256::digest(summed).as_slice() != sum {
        return Err(BundleFault::Damaged);
    }
    if number(&start[16..18]) != usize::from(BUNDLE_FORMAT) {
        return Err(BundleFault::NewerFormat);
    }
    let (&length, rest) = summed[START_BYTES..].split_first().ok_or(BundleFault::Damaged)?;
    let (whose, list) = rest.split_at_checked(length.into()).ok_or(BundleFault::Damaged)?;
    Ok(WholeBundle { what, whose, list })
}

/// Parses all records of a list; fails if bytes are left behind them.
fn records<'a, T>(
    list: &'a [u8],
    one: impl Fn(&'a [u8]) -> Result<(T, &'a [u8]), BundleFault>,
) -> Result<Vec<T>, BundleFault> {
    let (count, mut rest) =
        postcard::take_from_bytes::<u32>(list).map_err(|_| BundleFault::Damaged)?;
    if count as usize > RECORDS_MAX {
        return Err(BundleFault::TooLarge);
    }
    let mut records = Vec::new();
    for _ in 0..count {
        let (record, after) = one(rest)?;
        records.push(record);
        rest = after;
    }
    if rest.is_empty() { Ok(records) } else { Err(BundleFault::Damaged) }
}

/// Parses the envelope at the start of `bytes`. Returns it and the rest.
pub(crate) fn parcel<'a>(
    bytes: &'a [u8],
    ours: &MunicipalityId,
) -> Result<(Parcel, &'a [u8]), BundleFault> {
    let (Envelope { header, sealed }, rest) =
        postcard::take_from_bytes(bytes).map_err(|_| BundleFault::Damaged)?;
    if header.municipality != *ours {
        return Err(BundleFault::OtherMunicipality);
    }
    if sealed.len() > SEALED_BYTES_MAX {
        return Err(BundleFault::TooLarge);
    }
    let envelope = bytes[..bytes.len() - rest.len()].to_vec();
    Ok((
        Parcel {
            id: header.id,
            kind: header.kind,
            body: BodyHash(Sha256::digest(&sealed).into()),
            envelope,
        },
        rest,
    ))
}

impl Parcel {
    /// The head under which the receiving device stores it. The secret stays with the person who
    /// wrote it, so the head's is all zeros.
    pub fn head(&self, order: u64, now_ms: u64) -> Head {
        Head {
            format: HEAD_FORMAT,
            id: self.id,
            kind: self.kind,
            order,
            kept_at_ms: now_ms,
            size: self.envelope.len() as u32,
            body: self.body,
            secret: [0; 16],
            state: ParcelState::Waiting { attempts: 0 },
        }
    }
}

#[cfg(test)]
mod tests;
