//! The device's store: IndexedDB behind the [`Storage`] port.
//!
//! Every submission has two records under its id, in two object stores: head and envelope. Receipts
//! are appended to a third store, one record per answer of the server, until a head is changed or
//! erased; then all of them are folded into their heads. Every write is one strict transaction in
//! which only its own requests are awaited, and `Ok` is returned only on its `complete` event: over
//! quota, a browser reports success for each request and aborts afterwards.
//!
//! WebKit keeps a page that the person has left, with its transactions, which then block those of
//! the next page for minutes (bugs.webkit.org/315804). So a page that is left aborts what runs and
//! closes its connection, and what was aborted runs again if the person comes back.

use super::page::window;
use super::service_worker::room_for_receipts;
use super::timer::pause;
use domain::SubmissionId;
use domain::submission::Receipt;
use gloo_events::EventListener;
use indexed_db_futures::database::Database;
use indexed_db_futures::error::{Error, OpenDbError};
use indexed_db_futures::internals::SystemRepr;
use indexed_db_futures::prelude::*;
use indexed_db_futures::transaction::{
    Transaction, TransactionDurability, TransactionFinishKind, TransactionMode, TransactionOptions,
};
use js_sys::{Array, Promise, Uint8Array};
use layout::ObjectStore;
use offline::parcel::{Head, Receipts, read_head};
use offline::ports::{Amended, Amendments, Heads, Storage, StorageFault};
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{DomException, IdbDatabase, IdbKeyRange, IdbObjectStore, IdbRequest, IdbTransaction};

/// The version of the database layout. Newer versions of the app only add object stores.
const VERSION: u8 = 2;
const HEADS: &str = "heads";
const ENVELOPES: &str = "envelopes";
const RECEIPTS: &str = "receipts";
const NOTES: &str = "notes";
const LAYOUT: &[ObjectStore] = &[
    ObjectStore { name: HEADS, is_numbered: false },
    ObjectStore { name: ENVELOPES, is_numbered: false },
    ObjectStore { name: NOTES, is_numbered: false },
    ObjectStore { name: RECEIPTS, is_numbered: true },
];
/// How long to wait, in milliseconds, for a browser to notice that storage was released, before
/// each retry.
const ROOM_WAITS_MS: [u32; 2] = [500, 3_000];

#[cfg(all(test, target_family = "wasm"))]
mod contract;
mod layout;

/// A transaction of the binding.
type Tx<'a> = Transaction<'a>;
/// The outcome of a call of the [`Storage`] port.
type StorageResult<T> = std::result::Result<T, StorageFault>;

thread_local! {
    /// The transactions of the actions that run, and of some that have ended since.
    static RUNNING: RefCell<Vec<IdbTransaction>> = const { RefCell::new(Vec::new()) };
    /// How many actions run.
    static ACTIONS: Cell<usize> = const { Cell::new(0) };
    /// How often the person left this page and came back to it.
    static LEAVES: Cell<usize> = const { Cell::new(0) };
}

/// An action that runs. The last one to end forgets all transactions.
struct RunningAction;

impl RunningAction {
    fn begin() -> Self {
        ACTIONS.set(ACTIONS.get() + 1);
        Self
    }
}

impl Drop for RunningAction {
    fn drop(&mut self) {
        ACTIONS.set(ACTIONS.get() - 1);
        if ACTIONS.get() == 0 {
            RUNNING.take();
        }
    }
}

/// A handle to the device's store. Clones share one connection.
#[derive(Debug, Clone)]
pub(crate) struct BrowserStorage {
    name: Rc<str>,
    /// The open connection. `None` until the first action, and after the browser has closed it, as
    /// it may for a page in the background; the next action opens it again.
    database: Rc<RefCell<Option<Rc<Database>>>>,
}

impl BrowserStorage {
    /// One attempt at [`Storage::amend`].
    async fn amend_once(&self, amendments: &Amendments) -> StorageResult<Amended> {
        self.with(async |database| {
            let transaction = writing(database, &[HEADS, RECEIPTS])?;
            match amend_in(in_browser(&transaction), amendments).await {
                Ok(amended) => complete(transaction).await.map(|()| amended),
                Err(fault) => Err(explained(in_browser(&transaction), fault).await),
            }
        })
        .await
    }

    /// Opens the store, and creates it on the first visit.
    pub(crate) async fn open(name: &str) -> StorageResult<Self> {
        let storage = Self { name: name.into(), database: Rc::default() };
        storage.database().await?;
        let left = storage.clone();
        EventListener::new(&window(), "pagehide", move |_| left.let_go()).forget();
        Ok(storage)
    }

    /// Aborts what runs and closes the connection; the next action opens it again. A transaction
    /// whose `commit()` was called cannot be aborted and completes.
    fn let_go(&self) {
        LEAVES.set(LEAVES.get() + 1);
        for transaction in RUNNING.take() {
            let _ = transaction.abort();
        }
        if let Some(database) = self.database.take() {
            handle(&database).close();
        }
    }

    async fn database(&self) -> StorageResult<Rc<Database>> {
        if let Some(open) = self.database.borrow().clone() {
            return Ok(open);
        }
        let fresh = Rc::new(open(&self.name).await?);
        // Another action may have opened one meanwhile.
        let mut slot = self.database.borrow_mut();
        if let Some(open) = slot.as_ref() {
            handle(&fresh).close();
            return Ok(open.clone());
        }
        *slot = Some(fresh.clone());
        Ok(fresh)
    }

    /// Runs an action. If the connection was lost before the action began, or the action was
    /// aborted because the person left the page, opens a new one and runs it once more.
    async fn with<T>(
        &self,
        action: impl AsyncFn(&Database) -> std::result::Result<T, TransactionFault>,
    ) -> StorageResult<T> {
        let _running = RunningAction::begin();
        let mut is_again = false;
        loop {
            let (used, leaves) = (self.database().await?, LEAVES.get());
            match action(&used).await {
                Err(_) if LEAVES.get() != leaves => {}
                Err(trouble) if trouble.lost_connection && !is_again => is_again = true,
                other => return other.map_err(TransactionFault::into_fault),
            }
            self.close(&used);
        }
    }

    /// Closes a connection once its transactions have ended.
    fn close(&self, used: &Rc<Database>) {
        let mut slot = self.database.borrow_mut();
        if slot.as_ref().is_some_and(|open| Rc::ptr_eq(open, used)) {
            *slot = None;
        }
        handle(used).close();
    }
}

async fn open(name: &str) -> StorageResult<Database> {
    layout::prepare(name, VERSION.into(), LAYOUT).await.map_err(TransactionFault::into_fault)?;
    let database =
        Database::open(name).with_version(VERSION).await.map_err(|error| open_fault(&error))?;
    let_go_for_newer(&database);
    Ok(database)
}

/// When a newer app in another tab wants to change the layout, this tab closes its connection. Its
/// next action then fails with [`StorageFault::Newer`].
fn let_go_for_newer(database: &Database) {
    let handle = handle(database);
    let closing = handle.clone();
    EventListener::once(&handle, "versionchange", move |_| closing.close()).forget();
}

fn open_fault(error: &OpenDbError) -> StorageFault {
    match error {
        OpenDbError::Base(base) => TransactionFault::of(base).into_fault(),
        _ => StorageFault::Unavailable("this browser has no store".into()),
    }
}

/// A failure in the browser, before it is converted to a [`StorageFault`].
struct TransactionFault {
    name: String,
    message: String,
    lost_connection: bool,
}

impl TransactionFault {
    fn of(error: &Error) -> Self {
        match error {
            Error::DomException(exception) => {
                Self::of_exception(JsValue::from(exception.clone()).unchecked_ref())
            }
            _ => Self {
                name: String::new(),
                message: "the store gave something else than was put there".into(),
                lost_connection: false,
            },
        }
    }

    fn of_exception(exception: &DomException) -> Self {
        let name = exception.name();
        let lost_connection = name == "InvalidStateError" || name == "UnknownError";
        Self { name, message: exception.message(), lost_connection }
    }

    fn thrown(exception: JsValue) -> Self {
        Self::of_exception(exception.unchecked_ref())
    }

    fn unexplained() -> Self {
        Self {
            name: String::new(),
            message: "the browser stopped it and does not say why".into(),
            lost_connection: false,
        }
    }

    fn into_fault(self) -> StorageFault {
        match self.name.as_str() {
            "QuotaExceededError" => StorageFault::Full,
            "VersionError" => StorageFault::Newer,
            _ => StorageFault::Unavailable([self.name, self.message].join(": ")),
        }
    }
}

impl From<Error> for TransactionFault {
    fn from(error: Error) -> Self {
        Self::of(&error)
    }
}

fn writing<'a>(
    database: &'a Database,
    stores: &[&str],
) -> std::result::Result<Tx<'a>, TransactionFault> {
    let options = TransactionOptions::new().with_durability(TransactionDurability::Strict);
    let transaction = database
        .transaction(stores.to_vec())
        .with_mode(TransactionMode::Readwrite)
        .with_options(options)
        .build()?;
    note_running(in_browser(&transaction));
    Ok(transaction)
}

fn note_running(transaction: &IdbTransaction) {
    RUNNING.with_borrow_mut(|running| running.push(transaction.clone()));
}

/// A read transaction of the browser's own. The binding's type aborts when it is dropped, which
/// takes longer than letting the transaction finish automatically.
fn reading(
    database: &Database,
    stores: &[&str],
) -> std::result::Result<IdbTransaction, TransactionFault> {
    let stores: Array = stores.iter().map(|store| JsValue::from_str(store)).collect();
    let transaction = handle(database)
        .transaction_with_str_sequence(&stores)
        .map_err(TransactionFault::thrown)?;
    note_running(&transaction);
    Ok(transaction)
}

fn handle(database: &Database) -> IdbDatabase {
    JsValue::from(database.as_sys()).unchecked_into()
}

fn in_browser<'a>(transaction: &'a Tx<'_>) -> &'a IdbTransaction {
    transaction.as_sys().unchecked_ref()
}

/// Waits for the `complete` event. An error is available only on the transaction. Without
/// `commit()`, the browser would commit only after giving the page another turn to add requests.
async fn complete(transaction: Tx<'_>) -> std::result::Result<(), TransactionFault> {
    let finished = transaction.on_done()?;
    // A transaction that is no longer active commits or aborts automatically.
    #[expect(
        deprecated,
        reason = "the binding is wrong: a late addition to the standard (Indexed Database API 3.0)"
    )]
    let _ = in_browser(&transaction).commit();
    match finished.await {
        TransactionFinishKind::Ok => Ok(()),
        _ => Err(explained(in_browser(&transaction), TransactionFault::unexplained()).await),
    }
}

/// The reason that a transaction gives for its end, if it gives one; else `fault`. The browser sets
/// it only after the event that says that the transaction has ended.
async fn explained(transaction: &IdbTransaction, fault: TransactionFault) -> TransactionFault {
    pause(0).await;
    transaction.error().map_or(fault, |error| TransactionFault::of_exception(&error))
}

/// Makes the amendments of a transaction.
async fn amend_in(
    transaction: &IdbTransaction,
    Amendments { receipts, changes }: &Amendments,
) -> std::result::Result<Amended, TransactionFault> {
    let (store, mut amended) = (store_of(transaction, HEADS)?, Amended::default());
    if !receipts.is_empty() {
        let there = are_there(&store, &keys_of(receipts.iter().map(|receipt| receipt.id))).await?;
        amended.receipts = receipts
            .iter()
            .zip(there)
            .filter(|(_, there)| *there)
            .map(|(receipt, _)| receipt.clone())
            .collect();
    }
    if !amended.receipts.is_empty() {
        let record = value_of(&Receipts::of(amended.receipts.clone()).to_bytes());
        store_of(transaction, RECEIPTS)?.put(&record).map_err(TransactionFault::thrown)?;
    }
    if !changes.is_empty() {
        fold(transaction).await?;
        let keys = keys_of(changes.iter().map(|change| change.id));
        amended.heads = rewrite(&store, &keys, &|at, head| (changes[at].amendment)(&head)).await?;
    }
    Ok(amended)
}

/// The browser's own object store. The binding's equivalent adds 1 KB to the app.
fn store_of(
    transaction: &IdbTransaction,
    name: &str,
) -> std::result::Result<IdbObjectStore, TransactionFault> {
    transaction.object_store(name).map_err(TransactionFault::thrown)
}

fn bytes_in(value: JsValue) -> Option<Vec<u8>> {
    value.dyn_into::<Uint8Array>().ok().map(|array| array.to_vec())
}

fn head_in(value: JsValue) -> Option<Head> {
    bytes_in(value).and_then(|bytes| read_head(&bytes))
}

fn receipts_in(value: JsValue) -> Option<Vec<Receipt>> {
    bytes_in(value).and_then(|bytes| Receipts::read(&bytes))
}

fn keys_of(ids: impl Iterator<Item = SubmissionId>) -> Vec<String> {
    ids.map(|id| id.to_string()).collect()
}

fn value_of(bytes: &[u8]) -> JsValue {
    Uint8Array::from(bytes).into()
}

fn head_value(head: &Head) -> JsValue {
    value_of(&postcard::to_allocvec(head).expect("a head always serializes"))
}

/// The values of some keys, in the order of the keys; `None` where a key is absent. Neighbouring
/// keys, as those of one batch are, take a single range request.
async fn values_of(
    store: &IdbObjectStore,
    keys: &[String],
) -> std::result::Result<Vec<Option<JsValue>>, TransactionFault> {
    if let Some((range, there)) = neighbours(store, keys)? {
        let values = store
            .get_all_with_key_and_limit(&range, keys.len() as u32)
            .map_err(TransactionFault::thrown)?;
        let (there, values) = (array(settled(&there).await?), array(settled(&values).await?));
        if are(&there, keys) {
            return Ok(values.iter().map(Some).collect());
        }
    }
    one_by_one(keys, &|key| store.get(key)).await
}

/// Whether each of the keys is present.
async fn are_there(
    store: &IdbObjectStore,
    keys: &[String],
) -> std::result::Result<Vec<bool>, TransactionFault> {
    if let Some((_, there)) = neighbours(store, keys)?
        && are(&array(settled(&there).await?), keys)
    {
        return Ok(vec![true; keys.len()]);
    }
    Ok(one_by_one(keys, &|key| store.get_key(key)).await?.iter().map(Option::is_some).collect())
}

/// Requests the keys in the range from the first to the last of `keys`, if these are sorted and at
/// least two; `None` otherwise. One key more than expected is requested, so that a foreign key in
/// the range shows.
fn neighbours(
    store: &IdbObjectStore,
    keys: &[String],
) -> std::result::Result<Option<(IdbKeyRange, IdbRequest)>, TransactionFault> {
    let ([first, .., last], true) = (keys, keys.is_sorted()) else { return Ok(None) };
    let range =
        IdbKeyRange::bound(&first.into(), &last.into()).map_err(TransactionFault::thrown)?;
    let there = store
        .get_all_keys_with_key_and_limit(&range, keys.len() as u32 + 1)
        .map_err(TransactionFault::thrown)?;
    Ok(Some((range, there)))
}

fn are(there: &Array, keys: &[String]) -> bool {
    there.length() as usize == keys.len()
        && there.iter().zip(keys).all(|(there, key)| there == *key.as_str())
}

async fn one_by_one(
    keys: &[String],
    ask: &dyn Fn(&JsValue) -> std::result::Result<IdbRequest, JsValue>,
) -> std::result::Result<Vec<Option<JsValue>>, TransactionFault> {
    let asked: std::result::Result<Vec<IdbRequest>, JsValue> =
        keys.iter().map(|key| ask(&key.into())).collect();
    let mut found = Vec::with_capacity(keys.len());
    for request in asked.map_err(TransactionFault::thrown)? {
        let value = settled(&request).await?;
        found.push(Some(value).filter(|value| !value.is_undefined()));
    }
    Ok(found)
}

async fn all(store: &IdbObjectStore) -> std::result::Result<Array, TransactionFault> {
    Ok(array(settled(&store.get_all().map_err(TransactionFault::thrown)?).await?))
}

async fn all_keys(store: &IdbObjectStore) -> std::result::Result<Array, TransactionFault> {
    Ok(array(settled(&store.get_all_keys().map_err(TransactionFault::thrown)?).await?))
}

fn array(value: JsValue) -> Array {
    value.unchecked_into()
}

/// Waits for a request and returns its result. Inside a transaction, nothing but its own requests
/// may be awaited.
async fn settled(request: &IdbRequest) -> std::result::Result<JsValue, TransactionFault> {
    let settling = Promise::new(&mut |done, failed| {
        request.set_onsuccess(Some(&done));
        request.set_onerror(Some(&failed));
    });
    let outcome = JsFuture::from(settling).await;
    request.set_onsuccess(None);
    request.set_onerror(None);
    match (outcome, request.error()) {
        (Ok(_), _) => request.result().map_err(TransactionFault::thrown),
        (_, Ok(Some(error))) => Err(TransactionFault::of_exception(&error)),
        _ => Err(TransactionFault::unexplained()),
    }
}

impl Storage for BrowserStorage {
    async fn keep(&self, head: &Head, envelope: &[u8]) -> StorageResult<()> {
        let (key, head, envelope) =
            (JsValue::from(head.id.to_string()), head_value(head), value_of(envelope));
        self.with(async |database| {
            let transaction = writing(database, &[HEADS, ENVELOPES])?;
            for (store, value) in [(HEADS, &head), (ENVELOPES, &envelope)] {
                store_of(in_browser(&transaction), store)?
                    .put_with_key(value, &key)
                    .map_err(TransactionFault::thrown)?;
            }
            complete(transaction).await
        })
        .await
    }

    async fn heads(&self) -> StorageResult<Heads> {
        self.with(async |database| {
            let transaction = reading(database, &[HEADS, RECEIPTS])?;
            let store = store_of(&transaction, HEADS)?;
            let values = all(&store).await?;
            let receipts = all(&store_of(&transaction, RECEIPTS)?).await?;
            let heads: Vec<Option<Head>> = values.iter().map(head_in).collect();
            let mut heads = if heads.iter().all(Option::is_some) {
                Heads { readable: heads.into_iter().flatten().collect(), unreadable: Vec::new() }
            } else {
                named(&all_keys(&store).await?, heads)
            };
            heads.receive(receipts.iter().filter_map(receipts_in).flatten());
            Ok(heads)
        })
        .await
    }

    async fn count(&self) -> StorageResult<usize> {
        self.with(async |database| {
            let transaction = reading(database, &[HEADS])?;
            let asked = store_of(&transaction, HEADS)?.count().map_err(TransactionFault::thrown)?;
            Ok(settled(&asked).await?.as_f64().unwrap_or_default() as usize)
        })
        .await
    }

    async fn envelopes(&self, ids: &[SubmissionId]) -> StorageResult<Vec<Option<Vec<u8>>>> {
        let keys = keys_of(ids.iter().copied());
        self.with(async |database| {
            let transaction = reading(database, &[ENVELOPES])?;
            let values = values_of(&store_of(&transaction, ENVELOPES)?, &keys).await?;
            Ok(values.into_iter().map(|value| value.and_then(bytes_in)).collect())
        })
        .await
    }

    /// On a full device, asks the service worker to release the storage reserved for receipts, and
    /// retries.
    async fn amend(&self, amendments: &Amendments) -> StorageResult<Amended> {
        let mut waits = ROOM_WAITS_MS.into_iter();
        loop {
            match (self.amend_once(amendments).await, waits.next()) {
                (Err(StorageFault::Full), Some(wait_ms)) => {
                    room_for_receipts(true);
                    pause(wait_ms).await;
                }
                (amended, _) => return amended,
            }
        }
    }

    async fn drop_envelopes(&self, ids: &[SubmissionId]) -> StorageResult<()> {
        let keys = keys_of(ids.iter().copied());
        self.with(async |database| {
            let transaction = writing(database, &[ENVELOPES])?;
            delete(in_browser(&transaction), &[ENVELOPES], &keys)?;
            complete(transaction).await
        })
        .await
    }

    async fn erase(&self, ids: &[SubmissionId]) -> StorageResult<()> {
        let keys = keys_of(ids.iter().copied());
        self.with(async |database| {
            let transaction = writing(database, &[HEADS, ENVELOPES, RECEIPTS])?;
            fold(in_browser(&transaction)).await?;
            delete(in_browser(&transaction), &[HEADS, ENVELOPES], &keys)?;
            complete(transaction).await
        })
        .await
    }

    async fn note(&self, name: &str) -> StorageResult<Option<Vec<u8>>> {
        self.with(async |database| {
            let transaction = reading(database, &[NOTES])?;
            let asked = store_of(&transaction, NOTES)?
                .get(&name.into())
                .map_err(TransactionFault::thrown)?;
            Ok(bytes_in(settled(&asked).await?))
        })
        .await
    }

    async fn set_note(&self, name: &str, value: &[u8]) -> StorageResult<()> {
        let value = value_of(value);
        self.with(async |database| {
            let transaction = writing(database, &[NOTES])?;
            store_of(in_browser(&transaction), NOTES)?
                .put_with_key(&value, &name.into())
                .map_err(TransactionFault::thrown)?;
            complete(transaction).await
        })
        .await
    }
}

/// Folds all receipts from their own object store into their heads, one answer of the server at a
/// time, and deletes their records.
async fn fold(transaction: &IdbTransaction) -> std::result::Result<(), TransactionFault> {
    let (heads, receipts) = (store_of(transaction, HEADS)?, store_of(transaction, RECEIPTS)?);
    let records = all(&receipts).await?;
    if records.length() == 0 {
        return Ok(());
    }
    for (place, record) in all_keys(&receipts).await?.iter().zip(records.iter()) {
        let Some(signed) = receipts_in(record) else { continue };
        let keys = keys_of(signed.iter().map(|receipt| receipt.id));
        let received = |at: usize, mut head: Head| {
            head.receive(signed[at].clone());
            Some(head)
        };
        rewrite(&heads, &keys, &received).await?;
        receipts.delete(&place).map_err(TransactionFault::thrown)?;
    }
    Ok(())
}

/// Rewrites the heads of some keys by `becomes`, and returns those that were written. Skips a head
/// that is absent or unreadable, or for which `becomes` returns `None`.
async fn rewrite(
    heads: &IdbObjectStore,
    keys: &[String],
    becomes: &dyn Fn(usize, Head) -> Option<Head>,
) -> std::result::Result<Vec<Head>, TransactionFault> {
    let mut written = Vec::new();
    for ((at, key), value) in keys.iter().enumerate().zip(values_of(heads, keys).await?) {
        if let Some(head) = value.and_then(head_in).and_then(|head| becomes(at, head)) {
            heads
                .put_with_key(&head_value(&head), &key.into())
                .map_err(TransactionFault::thrown)?;
            written.push(head);
        }
    }
    Ok(written)
}

fn delete(
    transaction: &IdbTransaction,
    stores: &[&str],
    keys: &[String],
) -> std::result::Result<(), TransactionFault> {
    for (store, key) in stores.iter().flat_map(|store| keys.iter().map(move |key| (store, key))) {
        store_of(transaction, store)?.delete(&key.into()).map_err(TransactionFault::thrown)?;
    }
    Ok(())
}

/// Pairs keys with heads, which are in the same order. An unreadable head is reported by its key.
fn named(keys: &Array, values: Vec<Option<Head>>) -> Heads {
    let mut heads = Heads::default();
    for (key, head) in keys.iter().zip(values) {
        match head {
            Some(head) => heads.readable.push(head),
            // No version of this app writes a key that is not an id, so such a key is ignored.
            None => heads
                .unreadable
                .extend(key.as_string().and_then(|key| SubmissionId::parse(&key).ok())),
        }
    }
    heads
}
