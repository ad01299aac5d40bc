//! Creates the object stores before the database is opened for use.
//!
//! This step calls the browser directly: the binding's error type would add 8 KB to the app, most
//! of it for printing numbers that never occur.

use super::{TransactionFault, settled};
use gloo_events::EventListener;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{DomException, IdbDatabase, IdbObjectStoreParameters, IdbOpenDbRequest};

/// An object store of the layout.
pub(super) struct ObjectStore {
    pub name: &'static str,
    /// Whether the browser numbers the records (`autoIncrement`). Otherwise every write names its
    /// key.
    pub is_numbered: bool,
}

/// Creates the object stores that are missing in a database of this version, and closes it again.
pub(super) async fn prepare(
    name: &str,
    version: u32,
    stores: &'static [ObjectStore],
) -> Result<(), TransactionFault> {
    let request = open(name, version).map_err(TransactionFault::thrown)?;
    let upgrading = request.clone();
    let _upgrade = EventListener::once(&request, "upgradeneeded", move |_| add(&upgrading, stores));
    settled(&request).await?.unchecked_into::<IdbDatabase>().close();
    Ok(())
}

fn open(name: &str, version: u32) -> Result<IdbOpenDbRequest, JsValue> {
    let factory = web_sys::window().and_then(|window| window.indexed_db().transpose());
    let no_store = || {
        JsValue::from(
            DomException::new_with_message("this browser has no store")
                .unwrap_or_else(|error| error.unchecked_into()),
        )
    };
    factory.unwrap_or_else(|| Err(no_store()))?.open_with_u32(name, version)
}

/// Creates all stores or none: if one cannot be created, the whole upgrade is aborted and the
/// request fails.
fn add(request: &IdbOpenDbRequest, stores: &[ObjectStore]) {
    let Ok(database) = request.result().map(|result| result.unchecked_into::<IdbDatabase>()) else {
        return;
    };
    let there = database.object_store_names();
    let is_made = |store: &ObjectStore| {
        let options = IdbObjectStoreParameters::new();
        options.set_auto_increment(store.is_numbered);
        there.contains(store.name)
            || database.create_object_store_with_optional_parameters(store.name, &options).is_ok()
    };
    if !stores.iter().all(is_made)
        && let Some(upgrade) = request.transaction()
    {
        // An upgrade that has already ended cannot be aborted. The next opening then creates what
        // is missing.
        let _ = upgrade.abort();
    }
}
