//! Fills a data folder: submissions are sealed on all cores and stored by the server's own store.

use crate::entries::{Sort, content, done, sort_of};
use crate::site;
use domain::Catalogue;
use domain::hours::Date;
use domain::submission::{Envelope, PublicKeys};
use offline::sealing::{Address, seal};
use receiving::judge;
use server::serve::{OpenedFolder, open};
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{SyncSender, sync_channel};
use std::time::{Instant, SystemTime, UNIX_EPOCH};
use store::{AuditContext, EventRow, NewCaseEvent, NewRecord, OfficeStore, SubmissionStore};
use vault::event_cipher::EventCipher;

/// Submissions that are stored in one transaction, with one time stamp.
const BATCH: usize = 250;
/// Batches that may wait for the store: enough for all cores, with little memory.
const BATCHES_WAITING: usize = 16;
const DAYS: u64 = 1_000;
const HOUR_MS: u64 = 60 * 60 * 1_000;
const MADE: &str = "made";

/// The default size is what a municipality of 80,000 people has after some ten years.
#[derive(Debug, clap::Args)]
pub(crate) struct Making {
    /// Folder of the site and the database.
    pub(crate) dir: PathBuf,
    /// The municipality's folder.
    #[arg(long, value_name = "DIR", default_value = "data/kawartha-lakes")]
    pub(crate) municipality: PathBuf,
    /// Submissions in the database.
    #[arg(long, value_name = "N", default_value_t = 1_000_000)]
    pub(crate) entries: usize,
    /// Open inquiries among them.
    #[arg(long, value_name = "N", default_value_t = 10_000)]
    pub(crate) open: usize,
}

impl Making {
    fn batches(&self) -> usize {
        self.entries.div_ceil(BATCH)
    }

    /// When a batch arrived: batches are spread evenly over `DAYS` days until now.
    fn at_ms(&self, batch: usize, now_ms: u64) -> u64 {
        let span_ms = DAYS * 24 * HOUR_MS;
        now_ms - span_ms + span_ms * batch as u64 / self.batches() as u64
    }

    /// Number of the oldest open inquiry: inquiries from this number on are open.
    fn first_open(&self) -> usize {
        let inquiries = (0..self.entries).rev().filter(|&number| sort_of(number) == Sort::Inquiry);
        inquiries.take(self.open).last().unwrap_or(self.entries)
    }
}

/// A batch of records to store, and the events that follow them.
struct MadeBatch {
    at_ms: u64,
    records: Vec<NewRecord>,
    done: Vec<NewCaseEvent>,
}

pub(crate) fn make(making: &Making) -> Result<(), String> {
    let wanted = format!("{} entries, {} open", making.entries, making.open);
    if std::fs::read_to_string(making.dir.join(MADE)).is_ok_and(|made| made == wanted) {
        println!("{} holds {wanted} already.", making.dir.display());
        return Ok(());
    }
    let catalogue = site::make(&making.municipality, &making.dir.join("site"))?;
    let runtime = tokio::runtime::Runtime::new().map_err(|error| error.to_string())?;
    let began = Instant::now();
    let kept = runtime.block_on(fill(making, &catalogue))?;
    println!("{kept} entries kept in {:.0} s.", began.elapsed().as_secs_f64());
    std::fs::write(making.dir.join(MADE), wanted).map_err(|error| error.to_string())
}

async fn fill(making: &Making, catalogue: &Catalogue) -> Result<usize, String> {
    let data = making.dir.join("data");
    if data.exists() {
        return Err(format!(
            "{} is there already, and holds something else. Give another folder.",
            data.display()
        ));
    }
    let municipality = catalogue.municipality().id.clone();
    let opened = open(&data, None, municipality.clone()).await?;
    let now_ms =
        SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |age| age.as_millis() as u64);
    let keys = opened.keys.now().public(&municipality, opened.store.epoch(), now_ms);
    let (sender, made) = sync_channel::<MadeBatch>(BATCHES_WAITING);
    let next = AtomicUsize::new(0);
    let mut kept = 0;
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(1, usize::from) {
            let (sender, next, keys, opened) = (sender.clone(), &next, &keys, &opened);
            scope.spawn(move || {
                seal_batches(making, catalogue, (keys, opened, now_ms), next, &sender)
            });
        }
        drop(sender);
        let runtime = tokio::runtime::Handle::current();
        // The store's own tasks continue on the other threads of the runtime.
        tokio::task::block_in_place(|| {
            for (number, MadeBatch { at_ms, records, done }) in made.into_iter().enumerate() {
                kept += records.len();
                let all = runtime.block_on(async {
                    opened.store.keep(records, at_ms).await?;
                    opened.store.append_all(&done).await
                });
                all.map_err(|fault| fault.to_string())?;
                if number % 200 == 199 {
                    println!("{kept} of {} are kept.", making.entries);
                }
            }
            Ok::<(), String>(())
        })
    })?;
    opened.store.close().await;
    Ok(kept)
}

/// Runs on every core: takes the next batch until all are sealed.
fn seal_batches(
    making: &Making,
    catalogue: &Catalogue,
    with: (&PublicKeys, &OpenedFolder, u64),
    next: &AtomicUsize,
    out: &SyncSender<MadeBatch>,
) {
    let (keys, opened, now_ms) = with;
    let cipher = opened.keys.event_cipher();
    let first_open = making.first_open();
    let today = Date::from_days_since_1970((now_ms / 86_400_000) as i32);
    loop {
        let batch = next.fetch_add(1, Ordering::Relaxed);
        if batch >= making.batches() {
            return;
        }
        let at_ms = making.at_ms(batch, now_ms);
        let mut made = MadeBatch { at_ms, records: Vec::with_capacity(BATCH), done: Vec::new() };
        for number in batch * BATCH..((batch + 1) * BATCH).min(making.entries) {
            let address = Address {
                municipality: keys.municipality.clone(),
                catalogue_version: catalogue.version(),
                now_ms: at_ms,
                order: 0,
            };
            let mut random = |bytes: &mut [u8]| {
                getrandom::fill(bytes).expect("the operating system provides random numbers")
            };
            let sealed = seal(content(number, catalogue, today), &address, keys, &mut random)
                .expect("a key exists, and the text is short enough");
            let envelope: Envelope =
                postcard::from_bytes(&sealed.envelope).expect("it was just written");
            let id = envelope.header.id;
            let Ok((record, _)) = judge(envelope, &keys.municipality, &opened.keys) else {
                continue;
            };
            made.records.push(record);
            if sort_of(number) == Sort::Inquiry {
                made.done.extend(acts(&cipher, id, number, at_ms, now_ms, number >= first_open));
            }
        }
        // The receiver has stopped after a fault.
        if out.send(made).is_err() {
            return;
        }
    }
}

fn acts(
    cipher: &EventCipher,
    id: domain::SubmissionId,
    number: usize,
    came_ms: u64,
    now_ms: u64,
    is_open: bool,
) -> Vec<NewCaseEvent> {
    let audit = |(place, (hours, event)): (u32, (u64, casework::case::CaseEvent))| {
        let at_ms = (came_ms + hours * HOUR_MS).min(now_ms - 1);
        let who = format!("clerk{}", number % 12);
        NewCaseEvent {
            event: EventRow {
                id,
                number: place,
                at_ms,
                who: who.clone(),
                sealed: cipher.seal(id, place, &event),
            },
            stage: event.stage(),
            what: event.name(),
            audit: AuditContext { who, reason: String::new(), at_ms },
        }
    };
    (1..).zip(done(number, is_open)).map(audit).collect()
}
