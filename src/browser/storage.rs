//! The device's store: IndexedDB behind the [`Storage`] port.
//!
//! Two records a submission, under its id, in two object stores. Every write is one strict transaction;
//! nothing but its own requests is awaited inside, and `Ok` is only said on its `complete`: over quota a
//! browser reports success for each request and aborts afterwards.

use super::service_worker::room_for_receipts;
use super::timer::pause;
use gloo_events::EventListener;
use indexed_db_futures::database::Database;
use indexed_db_futures::error::{Error, OpenDbError};
use indexed_db_futures::future::BasicRequest;
use indexed_db_futures::internals::SystemRepr;
use indexed_db_futures::object_store::ObjectStore;
use indexed_db_futures::prelude::*;
use indexed_db_futures::transaction::{Transaction, TransactionDurability, TransactionFinishKind, TransactionMode, TransactionOptions};
use js_sys::Uint8Array;
use offline::parcel::{Head, read_head};
use offline::ports::{Change, Heads, Storage, StorageFault};
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{DomException, IdbDatabase};

/// The layout of the database. A newer app only ever adds object stores.
const VERSION: u8 = 1;
const HEADS: &str = "heads";
const ENVELOPES: &str = "envelopes";
const NOTES: &str = "notes";
/// How long a browser may take to notice that room was given back.
const ROOM_WAITS_MS: [u32; 2] = [500, 3_000];

#[cfg(all(test, target_family = "wasm"))]
mod contract;
mod layout;

type Tx<'a> = Transaction<'a>;
type Result<T> = std::result::Result<T, StorageFault>;

#[derive(Debug, Clone)]
pub(crate) struct BrowserStorage {
    name: Rc<str>,
    /// Opened again when the browser has dropped the connection of a page in the background.
    database: Rc<RefCell<Option<Rc<Database>>>>,
}

impl BrowserStorage {
    async fn amend_once(&self, changes: &[Change]) -> Result<Vec<Head>> {
        let keys: Vec<String> = changes.iter().map(|change| change.id.to_string()).collect();
        self.with(async |database| {
            let transaction = writing(database, &[HEADS])?;
            let store = transaction.object_store(HEADS)?;
            let mut amended = Vec::new();
            for ((change, key), value) in changes.iter().zip(&keys).zip(values_of(&store, &keys)?) {
                let head = value.await?.and_then(bytes_in).and_then(|bytes| read_head(&bytes));
                if let Some(head) = head.and_then(|head| (change.amendment)(&head)) {
                    store.put(head_value(&head)).with_key(key.as_str()).primitive()?;
                    amended.push(head);
                }
            }
            complete(transaction).await.map(|()| amended)
        })
        .await
    }

    /// Opens the store, making it on the first visit.
    pub(crate) async fn open(name: &str) -> Result<Self> {
        let storage = Self { name: name.into(), database: Rc::default() };
        storage.database().await.map(|_| storage)
    }

    async fn database(&self) -> Result<Rc<Database>> {
        if let Some(open) = self.database.borrow().clone() {
            return Ok(open);
        }
        let fresh = Rc::new(open(&self.name).await?);
        *self.database.borrow_mut() = Some(fresh.clone());
        Ok(fresh)
    }

    /// Runs an action; when the connection was lost before it began, opens a new one and runs it once more.
    async fn with<T>(&self, action: impl AsyncFn(&Database) -> std::result::Result<T, Trouble>) -> Result<T> {
        match action(&*self.database().await?).await {
            Err(trouble) if trouble.lost_connection => {
                *self.database.borrow_mut() = None;
                action(&*self.database().await?).await.map_err(Trouble::into_fault)
            }
            other => other.map_err(Trouble::into_fault),
        }
    }
}

async fn open(name: &str) -> Result<Database> {
    layout::prepare(name, VERSION.into(), &[HEADS, ENVELOPES, NOTES]).await.map_err(Trouble::into_fault)?;
    let database = Database::open(name).with_version(VERSION).await.map_err(|error| open_fault(&error))?;
    let_go_for_newer(&database);
    Ok(database)
}

/// When a newer app in another tab wants to change the store, this tab lets go of it. What it does next then finds the newer store, and says so.
fn let_go_for_newer(database: &Database) {
    let handle: IdbDatabase = JsValue::from(database.as_sys()).unchecked_into();
    let closing = handle.clone();
    EventListener::once(&handle, "versionchange", move |_| closing.close()).forget();
}

fn open_fault(error: &OpenDbError) -> StorageFault {
    match error {
        OpenDbError::Base(base) => Trouble::of(base).into_fault(),
        _ => StorageFault::Unavailable("this browser has no store".into()),
    }
}

/// What went wrong in the browser, before it is said in the port's words.
struct Trouble {
    name: String,
    message: String,
    lost_connection: bool,
}

impl Trouble {
    fn of(error: &Error) -> Self {
        match error {
            Error::DomException(exception) => Self::of_exception(JsValue::from(exception.clone()).unchecked_ref()),
            _ => Self { name: String::new(), message: "the store gave something else than was put there".into(), lost_connection: false },
        }
    }

    fn of_exception(exception: &DomException) -> Self {
        let name = exception.name();
        let lost_connection = name == "InvalidStateError" || name == "UnknownError";
        Self { name, message: exception.message(), lost_connection }
    }

    fn unexplained() -> Self {
        Self { name: String::new(), message: "the browser stopped it and does not say why".into(), lost_connection: false }
    }

    fn into_fault(self) -> StorageFault {
        match self.name.as_str() {
            "QuotaExceededError" => StorageFault::Full,
            "VersionError" => StorageFault::Newer,
            _ => StorageFault::Unavailable([self.name, self.message].join(": ")),
        }
    }
}

impl From<Error> for Trouble {
    fn from(error: Error) -> Self {
        Self::of(&error)
    }
}

fn writing<'a>(database: &'a Database, stores: &[&str]) -> std::result::Result<Tx<'a>, Trouble> {
    let options = TransactionOptions::new().with_durability(TransactionDurability::Strict);
    Ok(database.transaction(stores.to_vec()).with_mode(TransactionMode::Readwrite).with_options(options).build()?)
}

/// Waits for `complete`. It commits by itself once its requests are through; what stopped it, if something
/// did, stands in the transaction alone.
async fn complete(transaction: Tx<'_>) -> std::result::Result<(), Trouble> {
    let finished = transaction.on_done()?.await;
    match (finished, transaction.error()) {
        (TransactionFinishKind::Ok, _) => Ok(()),
        (_, Some(error)) => Err(error.into()),
        (_, None) => Err(Trouble::unexplained()),
    }
}

fn bytes_in(value: JsValue) -> Option<Vec<u8>> {
    value.dyn_into::<Uint8Array>().ok().map(|array| array.to_vec())
}

fn value_of(bytes: &[u8]) -> JsValue {
    Uint8Array::from(bytes).into()
}

fn head_value(head: &Head) -> JsValue {
    value_of(&postcard::to_allocvec(head).expect("a head has a postcard form"))
}

/// Asks for all of some keys at once; the answers come in their order.
fn values_of(store: &ObjectStore<'_>, keys: &[String]) -> std::result::Result<Vec<BasicRequest<Option<JsValue>>>, Trouble> {
    keys.iter().map(|key| Ok(store.get(key.as_str()).primitive()?)).collect()
}

impl Storage for BrowserStorage {
    async fn keep(&self, head: &Head, envelope: &[u8]) -> Result<()> {
        let (key, head, envelope) = (head.id.to_string(), head_value(head), value_of(envelope));
        self.with(async |database| {
            let transaction = writing(database, &[HEADS, ENVELOPES])?;
            transaction.object_store(HEADS)?.put(head.clone()).with_key(key.as_str()).primitive()?;
            transaction.object_store(ENVELOPES)?.put(envelope.clone()).with_key(key.as_str()).primitive()?;
            complete(transaction).await
        })
        .await
    }

    async fn heads(&self) -> Result<Heads> {
        self.with(async |database| {
            let transaction = database.transaction(HEADS).build()?;
            let store = transaction.object_store(HEADS)?;
            let keys = store.get_all_keys::<String>().primitive()?;
            let values = store.get_all::<JsValue>().primitive()?;
            let (keys, values) = (keys.await?, values.await?);
            Ok(sorted(keys, values))
        })
        .await
    }

    async fn envelopes(&self, ids: &[domain::SubmissionId]) -> Result<Vec<Option<Vec<u8>>>> {
        let keys: Vec<String> = ids.iter().map(ToString::to_string).collect();
        self.with(async |database| {
            let transaction = database.transaction(ENVELOPES).build()?;
            let values = values_of(&transaction.object_store(ENVELOPES)?, &keys)?;
            let mut envelopes = Vec::with_capacity(keys.len());
            for value in values {
                envelopes.push(value.await?.and_then(bytes_in));
            }
            Ok(envelopes)
        })
        .await
    }

    /// On a full device room was set aside for what the server said: it is given back, and the write is tried again.
    async fn amend(&self, changes: &[Change]) -> Result<Vec<Head>> {
        let mut amended = self.amend_once(changes).await;
        for wait_ms in ROOM_WAITS_MS {
            if !matches!(amended, Err(StorageFault::Full)) {
                break;
            }
            room_for_receipts(true);
            pause(wait_ms).await;
            amended = self.amend_once(changes).await;
        }
        amended
    }

    async fn drop_envelopes(&self, ids: &[domain::SubmissionId]) -> Result<()> {
        self.delete(&[ENVELOPES], ids).await
    }

    async fn erase(&self, ids: &[domain::SubmissionId]) -> Result<()> {
        self.delete(&[HEADS, ENVELOPES], ids).await
    }

    async fn note(&self, name: &str) -> Result<Option<Vec<u8>>> {
        self.with(async |database| {
            let transaction = database.transaction(NOTES).build()?;
            let value: Option<JsValue> = transaction.object_store(NOTES)?.get(name).primitive()?.await?;
            Ok(value.and_then(bytes_in))
        })
        .await
    }

    async fn set_note(&self, name: &str, value: &[u8]) -> Result<()> {
        let value = value_of(value);
        self.with(async |database| {
            let transaction = writing(database, &[NOTES])?;
            transaction.object_store(NOTES)?.put(value.clone()).with_key(name).primitive()?;
            complete(transaction).await
        })
        .await
    }
}

impl BrowserStorage {
    async fn delete(&self, stores: &[&str], ids: &[domain::SubmissionId]) -> Result<()> {
        let keys: Vec<String> = ids.iter().map(ToString::to_string).collect();
        self.with(async |database| {
            let transaction = writing(database, stores)?;
            for (store, key) in stores.iter().flat_map(|store| keys.iter().map(move |key| (store, key))) {
                transaction.object_store(store)?.delete(key.as_str()).primitive()?;
            }
            complete(transaction).await
        })
        .await
    }
}

/// Keys and values stand in the same order. A head that cannot be read is named by its key.
fn sorted<E>(keys: impl Iterator<Item = std::result::Result<String, E>>, values: impl Iterator<Item = std::result::Result<JsValue, E>>) -> Heads {
    let mut heads = Heads::default();
    for (key, value) in keys.zip(values) {
        let head = value.ok().and_then(bytes_in).and_then(|bytes| read_head(&bytes));
        let id = key.ok().and_then(|key| domain::SubmissionId::parse(&key).ok());
        match (head, id) {
            (Some(head), _) => heads.readable.push(head),
            (None, Some(id)) => heads.unreadable.push(id),
            // A key that is no id was not written by any version of this app.
            (None, None) => {}
        }
    }
    heads
}
