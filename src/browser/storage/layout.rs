//! Making the object stores, before the database is opened for use.
//!
//! This one step asks the browser itself: the library's way of saying what went wrong in it would cost the
//! app 8 KB, most of it for printing numbers that never occur.

use super::{Trouble, settled};
use gloo_events::EventListener;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{DomException, IdbDatabase, IdbOpenDbRequest};

/// Makes the object stores that are missing in a database of a version, and lets go of it again.
pub(super) async fn prepare(name: &str, version: u32, stores: &'static [&'static str]) -> Result<(), Trouble> {
    let request = open(name, version).map_err(Trouble::thrown)?;
    let upgrading = request.clone();
    let _upgrade = EventListener::once(&request, "upgradeneeded", move |_| add(&upgrading, stores));
    settled(&request).await?.unchecked_into::<IdbDatabase>().close();
    Ok(())
}

fn open(name: &str, version: u32) -> Result<IdbOpenDbRequest, JsValue> {
    let factory = web_sys::window().and_then(|window| window.indexed_db().transpose());
    let no_store = || JsValue::from(DomException::new_with_message("this browser has no store").unwrap_or_else(|error| error.unchecked_into()));
    factory.unwrap_or_else(|| Err(no_store()))?.open_with_u32(name, version)
}

/// All or none: when one cannot be made, the whole upgrade is taken back and the request fails.
fn add(request: &IdbOpenDbRequest, stores: &[&str]) {
    let Ok(database) = request.result().map(|result| result.unchecked_into::<IdbDatabase>()) else { return };
    let there = database.object_store_names();
    let is_made = |store: &&str| there.contains(store) || database.create_object_store(store).is_ok();
    if !stores.iter().all(is_made)
        && let Some(upgrade) = request.transaction()
    {
        // An upgrade that has ended already cannot be aborted; then the next opening makes what is missing.
        let _ = upgrade.abort();
    }
}
