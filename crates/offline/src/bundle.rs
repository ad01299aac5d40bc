//! A file that carries sealed parcels away from a device without a network, and the file that brings their receipts back.
//! Pure: bytes in, everything or a fault out.
//!
//! Layout, integers big endian: what it is (16 bytes), format (2), length of the whole file (4), length of the municipality's
//! id (1) and the id; then, as postcard, a list of envelopes, byte for byte as stored, or of receipts; at the end the SHA-256
//! of all before. Whatever the format, what it is, its length and the sum at the end stay where they are: so a damaged file
//! of a newer app is called damaged, not newer.

use crate::parcel::{HEAD_FORMAT, Head, State};
use crate::ports::joined;
use domain::submission::{BodyHash, Envelope, Kind, Receipt, SEALED_BYTES_MAX};
use domain::{MunicipalityId, SubmissionId};
use sha2::{Digest, Sha256};

/// The layout of what stands between the length and the sum. A newer layout of [`Envelope`] comes with a newer one here.
pub const BUNDLE_FORMAT: u16 = 1;
/// What a week-long fair may gather on one tablet. More goes into a second file.
pub const RECORDS_MAX: usize = 5_000;
/// What an old tablet can hold in memory twice over. More goes into a second file.
pub const FILE_BYTES_MAX: usize = 16 * 1024 * 1024;

const PARCELS: &[u8; 16] = b"community-hub p\n";
const RECEIPTS: &[u8; 16] = b"community-hub r\n";
/// What it is, format and length.
const START_BYTES: usize = 22;
const SUM_BYTES: usize = 32;

/// What a file holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Contents {
    Parcels(Vec<Parcel>),
    /// Not believed yet.
    Receipts(Vec<Receipt>),
}

/// A sealed parcel that came by file or code: its envelope as another device stored it, and what can be seen from outside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parcel {
    pub id: SubmissionId,
    pub kind: Kind,
    pub body: BodyHash,
    pub envelope: Vec<u8>,
}

/// Why a file is not taken; nothing of it is then.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BundleFault {
    /// Something else than a file of this app.
    NotABundle,
    /// It ends before its end.
    CutShort,
    /// Its bytes are not those that were written.
    Damaged,
    OtherMunicipality,
    /// Written by a newer app.
    NewerFormat,
    /// Over [`RECORDS_MAX`] or [`FILE_BYTES_MAX`].
    TooLarge,
}

/// Stored envelopes as files: one, unless they are more than one may hold.
pub fn files_of_parcels(municipality: &MunicipalityId, envelopes: &[Vec<u8>]) -> Vec<Vec<u8>> {
    files(PARCELS, municipality, envelopes)
}

/// Receipts as files, to be brought back to the device that the parcels came from.
pub fn files_of_receipts(municipality: &MunicipalityId, receipts: &[Receipt]) -> Vec<Vec<u8>> {
    let records: Vec<Vec<u8>> = receipts
        .iter()
        .map(|receipt| postcard::to_allocvec(receipt).expect("a receipt has a postcard form"))
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

/// How many records from the first on go into one file; always at least one.
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

/// Reads a file for a municipality: all that it holds, or why nothing.
pub fn read(bytes: &[u8], ours: &MunicipalityId) -> Result<Contents, BundleFault> {
    if bytes.len() > FILE_BYTES_MAX {
        return Err(BundleFault::TooLarge);
    }
    let Whole { what, whose, list } = whole(bytes)?;
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

/// A sound file: what it is, whose, and its list, not read yet.
struct Whole<'a> {
    what: &'a [u8],
    whose: &'a [u8],
    list: &'a [u8],
}

fn whole(bytes: &[u8]) -> Result<Whole<'_>, BundleFault> {
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
    Ok(Whole { what, whose, list })
}

/// All records of a list, and nothing behind them.
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

/// The envelope that bytes begin with, and what follows it.
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
    /// How it stands in the store of the device that takes it along. Its secret stays with the person who wrote it.
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
            state: State::Waiting { attempts: 0 },
        }
    }
}

#[cfg(test)]
mod tests;
