//! Everything in one folder, in formats that any program reads, for a municipality that moves to
//! another product. docs/operate/move-away.md describes each file.

use super::{ExportRequest, Format, export};
use crate::backup::folder::clear;
use crate::records::ledger;
use casework::ledger::LedgerSource;
use casework::{counter, survey};
use domain::submission::Kind;
use domain::{Catalogue, SubmissionId};
use office::staff::Role;
use serde_json::{Value, json};
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;
use store::{ActRow, AnyStore, DoorStore, EventRow, LedgerKind, OfficeStore, StaffRow};
use vault::event_cipher::EventCipher;
use vault::iso;
use vault::keys::Keys;
use vault::private::{entries, make_file, make_folder};

/// Events read at a time.
const EVENTS_AT_ONCE: u32 = 500;
/// Describes the folder for whoever finds it.
const ABOUT: &str = "\
Everything that Community Hub stores, readable without it. One JSON object per line (UTF-8); times are
in UTC. This folder is not encrypted: it holds what people wrote, and their contact details.

inquiries.jsonl    questions, as they were received, each with what was said since
additions.jsonl    what people added to their questions, as it was received
office.jsonl       what staff did with each question: replies, notes, assignments, states
feedback.jsonl     answers to the survey
corrections.jsonl  reports of wrong records
gaps.jsonl         searches without a result, as totals by month
tallies.jsonl      survey links: opened, started, invited, refused
contacts.jsonl     contacts that were counted at counters
decisions.jsonl    decisions about the survey, counters, events and tablets
staff.jsonl        staff accounts, without passwords
audit.jsonl        the audit log with its hashes

The service directory is in the files that it is published from. docs/operate/move-away.md of the
project describes every field.
";
const FILES: [(Kind, &str); 7] = [
    (Kind::Inquiry, "inquiries.jsonl"),
    (Kind::Addition, "additions.jsonl"),
    (Kind::Feedback, "feedback.jsonl"),
    (Kind::Correction, "corrections.jsonl"),
    (Kind::Gap, "gaps.jsonl"),
    (Kind::Tally, "tallies.jsonl"),
    (Kind::Contact, "contacts.jsonl"),
];

/// What was written, by file, and how much could not be opened.
#[derive(Debug, Default)]
pub struct EverythingExported {
    /// Lines by file.
    pub files: Vec<(&'static str, u64)>,
    /// Submissions and texts that no key opens.
    pub closed: u64,
}

/// Writes everything into a new or empty folder. If it fails, nothing of it is left there: nobody
/// takes a part for the whole, and what people wrote does not lie about.
pub async fn export_everything(
    store: &AnyStore,
    keys: &Keys,
    catalogue: Option<&Catalogue>,
    to: &Path,
) -> Result<EverythingExported, String> {
    if !entries(to).is_empty() {
        return Err(format!("{} is not empty. Nothing was written.", to.display()));
    }
    let was_there = to.exists();
    make_folder(to).map_err(|error| format!("{}: {error}", to.display()))?;
    write_everything(store, keys, catalogue, to).await.map_err(|what| {
        let left = match clear(to, was_there) {
            Ok(()) => "What was already written was removed.".to_string(),
            Err(error) => format!("Delete {}, which cannot be removed: {error}.", to.display()),
        };
        format!("Not everything could be exported: {what}. {left}")
    })
}

async fn write_everything(
    store: &AnyStore,
    keys: &Keys,
    catalogue: Option<&Catalogue>,
    to: &Path,
) -> Result<EverythingExported, String> {
    let mut done = EverythingExported::default();
    let cipher = EventCipher::of(keys);
    for (kind, name) in FILES {
        let mut file = OutFile::new(to, name)?;
        let request = ExportRequest { kind, format: Format::Jsonl, since_ms: 0, catalogue };
        let (printed, closed) = export(store, (keys, &cipher), request, &mut file.out).await?;
        done.closed += closed;
        done.files.push((name, printed));
        file.finish()?;
    }
    let lines = write_events(store, &cipher, to, &mut done.closed).await?;
    done.files.push(("office.jsonl", lines));
    let lines = write_decisions(store, &cipher, to, &mut done.closed).await?;
    done.files.push(("decisions.jsonl", lines));
    done.files.push(("staff.jsonl", write_staff(store, to).await?));
    let mut audit = OutFile::new(to, "audit.jsonl")?;
    ledger::print(store, &mut audit.out).await?;
    audit.finish()?;
    let mut about = OutFile::new(to, "README.txt")?;
    about.out.write_all(ABOUT.as_bytes()).map_err(|error| error.to_string())?;
    about.finish()?;
    Ok(done)
}

/// A file of the folder, readable by its owner alone.
struct OutFile {
    out: BufWriter<File>,
    lines: u64,
}

impl OutFile {
    fn new(folder: &Path, name: &str) -> Result<Self, String> {
        let path = folder.join(name);
        let file = make_file(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        Ok(Self { out: BufWriter::new(file), lines: 0 })
    }

    fn line(&mut self, value: &Value) -> Result<(), String> {
        self.lines += 1;
        writeln!(self.out, "{value}").map_err(|error| error.to_string())
    }

    /// Writes everything to the disk. Returns the number of lines.
    fn finish(self) -> Result<u64, String> {
        let file = self.out.into_inner().map_err(|error| error.to_string())?;
        file.sync_all().map_err(|error| error.to_string())?;
        Ok(self.lines)
    }
}

async fn write_events(
    store: &AnyStore,
    cipher: &EventCipher,
    to: &Path,
    closed: &mut u64,
) -> Result<u64, String> {
    let mut file = OutFile::new(to, "office.jsonl")?;
    let mut after = None;
    loop {
        let page = store.events_since(0, after, EVENTS_AT_ONCE).await;
        let page = page.map_err(|fault| fault.to_string())?;
        let Some(last) = page.last() else { return file.finish() };
        after = Some((last.at_ms, last.id, last.number));
        for EventRow { id, number, at_ms, who, sealed } in page {
            match cipher.open::<Value>(id, number, &sealed) {
                Some(event) => file.line(&json!({
                    "inquiry": id.to_string(), "number": number, "at": iso(at_ms), "who": who,
                    "event": event,
                }))?,
                None => *closed += 1,
            }
        }
    }
}

async fn write_decisions(
    store: &AnyStore,
    cipher: &EventCipher,
    to: &Path,
    closed: &mut u64,
) -> Result<u64, String> {
    let mut file = OutFile::new(to, "decisions.jsonl")?;
    let ledgers: [(LedgerKind, &str, SubmissionId); 2] = [
        (LedgerKind::Survey, "survey", survey::ledger::SurveyLedger::SEALED_TO),
        (LedgerKind::Counter, "counter", counter::ledger::CounterLedger::SEALED_TO),
    ];
    for (kind, about, bound_to) in ledgers {
        let rows = store.acts(kind, 0).await.map_err(|fault| fault.to_string())?;
        for ActRow { number, at_ms, who, sealed } in rows {
            match cipher.open::<Value>(bound_to, number, &sealed) {
                Some(act) => file.line(&json!({
                    "about": about, "number": number, "at": iso(at_ms), "who": who, "decision": act,
                }))?,
                None => *closed += 1,
            }
        }
    }
    file.finish()
}

async fn write_staff(store: &AnyStore, to: &Path) -> Result<u64, String> {
    let mut file = OutFile::new(to, "staff.jsonl")?;
    for row in store.staff().await.map_err(|fault| fault.to_string())? {
        let StaffRow { login, name, role, scope, is_active, .. } = row;
        let role = Role::of_number(role).map_or("unknown", Role::name);
        file.line(&json!({
            "username": login, "name": name, "role": role, "reads": scope, "has_access": is_active,
        }))?;
    }
    file.finish()
}
