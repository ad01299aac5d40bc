//! The simulated server: the real receiving code over a store that can lose power, be full, and be
//! restored from a backup.

mod books;
mod ledger;
mod sqlite;
mod twin;

pub use books::Books;
pub use ledger::TownLedger;
pub use sqlite::SqliteBooks;
pub use twin::MemoryStore;

use crate::bug::Bug;
use crate::executor::{self, Process, is_alive, note, now_ms};
use crate::faults::FaultPlan;
use domain::MunicipalityId;
use domain::submission::{BATCH_MAX, BodyHash, REQUEST_BYTES_MAX};
use offline::ports::{Exchange, read_batch};
use receiving::Receiver;
use sha2::{Digest, Sha256};
use std::cell::Cell;
use std::rc::Rc;
use store::{StoredSubmission, SubmissionStore};
use vault::keys::KeyFolder;

/// Secret keys: the first sealing key, the signing key, the erasure key, and the second sealing
/// key.
const SECRETS: [(&str, u8); 4] =
    [("sealing-1", 0x11), ("signing-1", 0x33), ("erasure-1", 0x44), ("sealing-2", 0x22)];

/// The municipality of every history.
pub fn municipality() -> MunicipalityId {
    MunicipalityId::parse("pine-harbour").expect("a slug")
}

/// What a device may request.
#[derive(Debug, Clone)]
pub enum TownRequest {
    /// A batch of envelopes.
    Submissions(Vec<u8>),
    /// The municipality's public keys.
    Keys,
}

/// The server with its store.
pub struct Town {
    /// Its store, which survives crashes.
    pub books: Books,
    /// The receiving code before and after the municipality created a second sealing key.
    receivers: [Rc<Receiver<Books>>; 2],
    is_rotated: Cell<bool>,
    running: Cell<Option<Process>>,
}

/// Which store a history uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ground {
    /// The in-memory version.
    Memory,
    /// The real SQLite store.
    Sqlite,
}

thread_local! {
    /// Keys are read from their files once per thread. Every history gets an empty store.
    static IN_MEMORY: (MemoryStore, [Rc<Receiver<Books>>; 2]) = {
        let store = MemoryStore::default();
        (store.clone(), receivers(&Books::Twin(store)))
    };
}

fn receivers(books: &Books) -> [Rc<Receiver<Books>>; 2] {
    let dir = tempfile::tempdir().expect("a temporary folder can be created");
    let write = |(name, byte): (&str, u8)| {
        std::fs::write(dir.path().join(format!("{name}.key")), format!("{byte:02x}").repeat(32))
    };
    let receiver = || {
        let (keys, _) = KeyFolder::open(dir.path(), true).expect("the keys were just written");
        Rc::new(Receiver::new(municipality(), keys, books.clone()))
    };
    SECRETS[..3].iter().for_each(|secret| write(*secret).expect("there is room for a key"));
    let first = receiver();
    write(SECRETS[3]).expect("there is room for a key");
    [first, receiver()]
}

impl Town {
    /// A server that is not running, with an empty store.
    pub fn new(ground: Ground, bug: Option<Bug>) -> Self {
        let (books, receivers) = match ground {
            Ground::Memory => IN_MEMORY.with(|(store, receivers)| {
                *store.ledger() = TownLedger::new(bug);
                (Books::Twin(store.clone()), receivers.clone())
            }),
            Ground::Sqlite => {
                let books = Books::Sqlite(SqliteBooks::default());
                (books.clone(), receivers(&books))
            }
        };
        Self { books, receivers, is_rotated: Cell::default(), running: Cell::default() }
    }

    /// The process that serves; `None` if the server is down.
    pub fn serving(&self) -> Option<Process> {
        self.running.get().filter(|process| is_alive(*process))
    }

    /// Starts the server.
    pub fn start(&self, faults: &FaultPlan) {
        self.books.open_again();
        self.books.set_trouble(faults.store_trouble);
        self.running.set(Some(executor::process(faults.server_dies)));
    }

    /// Kills the server.
    pub fn kill(&self) {
        self.running.take().into_iter().for_each(executor::kill);
    }

    /// Replaces the store by the last backup, under a new epoch, as after the loss of a disk.
    pub fn restore(&self, epoch: [u8; 16]) {
        self.kill();
        note(|| "the server is restored from its last backup".into());
        self.books.restore(epoch);
    }

    /// From now on devices get the second sealing key.
    pub fn rotate_keys(&self) {
        note(|| "the municipality seals with a new key".into());
        self.is_rotated.set(true);
    }

    /// Decrypts a row, as staff do; `None` if no key opens it.
    pub fn words_of(&self, row: &StoredSubmission) -> Option<Vec<u8>> {
        self.receivers[1].keys.now().open_seal(&row.envelope)
    }

    /// Answers a request as the real server does.
    pub async fn answer(&self, request: TownRequest) -> Exchange {
        let receiver = self.receivers[usize::from(self.is_rotated.get())].clone();
        match request {
            TownRequest::Submissions(bytes) => received(&receiver, &bytes).await,
            TownRequest::Keys => spoken(&receiver.keys.now().public(
                &receiver.municipality,
                receiver.store.epoch(),
                now_ms(),
            )),
        }
    }
}

/// The hash of a sealed body, as the receiving code computes it.
fn hash_of(sealed: &[u8]) -> BodyHash {
    BodyHash(Sha256::digest(sealed).into())
}

/// Does what `server::api` does with a request's body.
async fn received(receiver: &Receiver<Books>, bytes: &[u8]) -> Exchange {
    match read_batch(bytes) {
        _ if bytes.len() > REQUEST_BYTES_MAX => status(413),
        Ok(batch) if batch.envelopes.len() > BATCH_MAX => status(413),
        Ok(batch) => {
            let verdicts = receiver.receive(batch, now_ms()).await;
            Exchange::Answered {
                status: 200,
                retry_after_s: None,
                body: receiver.answer(&verdicts, now_ms()),
            }
        }
        Err(_) => status(400),
    }
}

fn spoken(value: &impl serde::Serialize) -> Exchange {
    Exchange::Answered {
        status: 200,
        retry_after_s: None,
        body: postcard::to_allocvec(value).expect("all answers serialize to postcard"),
    }
}

/// An answer with a status and an HTML page, as a proxy sends it.
pub fn status(status: u16) -> Exchange {
    Exchange::Answered { status, retry_after_s: None, body: b"<h1>Not now</h1>".to_vec() }
}
