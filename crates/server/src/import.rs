//! Imports sealed parcels that came by file from a device without a network. They go through the
//! same [`Receiver`] as submissions from the network, so a submission that comes both ways is one
//! row, and importing a file twice changes nothing.

use domain::reference::Reference;
use domain::submission::{BATCH_MAX, Batch, Receipt, Refusal, Verdict};
use domain::{MunicipalityId, SubmissionId};
use offline::bundle::{BundleFault, Contents, FILE_BYTES_MAX, Parcel, files_of_receipts, read};
use receiving::Receiver;
use std::fmt;
use std::io::Write;
use std::path::{Path, PathBuf};
use store::SubmissionStore;
use vault::now_ms;

/// The outcome for a file's parcels.
#[derive(Debug, Default)]
pub struct Imported {
    /// Received now.
    pub received: usize,
    /// Received before, from the network or from a file.
    pub already: usize,
    /// Refused, each with the reason.
    pub refused: Vec<(SubmissionId, Refusal)>,
    /// The database could not store them now; importing the file again may succeed.
    pub later: usize,
    /// For all that are stored, to be brought back to the device.
    pub receipts: Vec<Receipt>,
}

/// Imports parcels in batches. What is counted as received is on disk.
pub async fn import<S: SubmissionStore>(receiver: &Receiver<S>, parcels: &[Parcel]) -> Imported {
    let now_ms = now_ms();
    let mut imported = Imported::default();
    for parcels in parcels.chunks(BATCH_MAX) {
        let envelopes = parcels
            .iter()
            .map(|parcel| {
                postcard::from_bytes(&parcel.envelope)
                    .expect("it was parsed from these bytes before")
            })
            .collect();
        for (id, verdict) in receiver.receive(Batch { envelopes }, now_ms).await.verdicts {
            imported.count(id, verdict, now_ms);
        }
    }
    imported
}

impl Imported {
    fn count(&mut self, id: SubmissionId, verdict: Verdict, now_ms: u64) {
        match verdict {
            Verdict::Received(receipt) => {
                if receipt.received_at_ms == now_ms {
                    self.received += 1;
                } else {
                    self.already += 1;
                }
                self.receipts.push(receipt);
            }
            Verdict::Refused(refusal) => self.refused.push((id, refusal)),
            Verdict::Later => self.later += 1,
        }
    }
}

impl fmt::Display for Imported {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} received, {} already there, {} refused.",
            self.received,
            self.already,
            self.refused.len()
        )?;
        for (id, refusal) in &self.refused {
            write!(f, "\n  {}: {}", Reference::of(*id), reason(*refusal))?;
        }
        Ok(())
    }
}

/// Why a submission was refused, for staff.
fn reason(refusal: Refusal) -> &'static str {
    match refusal {
        Refusal::OtherContentUnderThisId => {
            "another message already has its number; this one was set aside for staff to check"
        }
        Refusal::ReferenceFull => {
            "too many messages have its reference number; its device gives it another one when it is online"
        }
        Refusal::Erased => "it was deleted before, and stays deleted",
        Refusal::UnknownKey => {
            "it is sealed to a key that this data folder does not have; look for that key in your backups"
        }
        Refusal::DoesNotOpen => "its seal does not open; it stays on the device that it came from",
        Refusal::NotValid => "its content is not valid; it stays on the device that it came from",
        Refusal::OtherMunicipality => "it is for another municipality",
        Refusal::NewerFormat => {
            "it was written by a newer app; update this server and run this again"
        }
        Refusal::TooLarge => "it is too large",
        Refusal::TooManyAdditions => {
            "its question has as many additions as there may be; the person can ask a new question"
        }
    }
}

/// Reads the parcels of a file; the error says what is wrong with it and what to do.
pub fn parcels_in(path: &Path, ours: &MunicipalityId) -> Result<Vec<Parcel>, String> {
    let fault = |what: &str| format!("{}: {what} Nothing was imported.", path.display());
    let size =
        std::fs::metadata(path).map_err(|error| fault(&format!("cannot be read: {error}.")))?.len();
    if size > FILE_BYTES_MAX as u64 {
        return Err(fault(words(BundleFault::TooLarge)));
    }
    let bytes = std::fs::read(path).map_err(|error| fault(&format!("cannot be read: {error}.")))?;
    match read(&bytes, ours) {
        Ok(Contents::Parcels(parcels)) => Ok(parcels),
        Ok(Contents::Receipts(_)) => Err(fault(
            "this file holds proofs of receipt. Open it on the device that wrote the messages.",
        )),
        Err(what) => Err(fault(words(what))),
    }
}

fn words(fault: BundleFault) -> &'static str {
    match fault {
        BundleFault::NotABundle => {
            "this is not a file that Community Hub saved. Choose the one that ends in .hub."
        }
        BundleFault::CutShort => {
            "this file was cut short when it was copied. Copy it again from the device."
        }
        BundleFault::Damaged => "this file was damaged on the way. Save it again on the device.",
        BundleFault::OtherMunicipality => "this file is for another municipality.",
        BundleFault::NewerFormat => {
            "this file was written by a newer app. Update this server first."
        }
        BundleFault::TooLarge => "this file is larger than any that the app saves.",
    }
}

/// Writes receipts to a temporary file and renames it, so that no incomplete file is ever carried
/// back. Returns the paths: one file, unless the receipts exceed the limits of one file.
pub fn write_receipts(
    out: &Path,
    municipality: &MunicipalityId,
    receipts: &[Receipt],
) -> Result<Vec<PathBuf>, String> {
    let mut paths = Vec::new();
    for (at, bytes) in files_of_receipts(municipality, receipts).iter().enumerate() {
        let path = if at == 0 { out.to_path_buf() } else { numbered(out, at + 1) };
        write_whole(&path, bytes).map_err(|error| {
            format!(
                "{}: cannot be written: {error}. The messages were received; run this again.",
                path.display()
            )
        })?;
        paths.push(path);
    }
    Ok(paths)
}

fn numbered(out: &Path, number: usize) -> PathBuf {
    let name = out.file_name().unwrap_or_default().to_string_lossy();
    out.with_file_name(format!("{number}-{name}"))
}

fn write_whole(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let beside = path.with_extension("part");
    let mut file = std::fs::File::create(&beside)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    std::fs::rename(beside, path)
}
