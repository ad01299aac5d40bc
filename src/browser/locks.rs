//! Lets one courier at a time deliver among the tabs, if the browser has Web Locks. Correctness
//! never depends on it: the server accepts the same submission any number of times.

use js_sys::{Function, Object, Promise, Reflect};
use std::cell::Cell;
use std::future::Future;
use std::rc::Rc;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, future_to_promise};

#[wasm_bindgen]
extern "C" {
    /// The `LockManager` of the Web Locks API.
    type LockManager;
    #[wasm_bindgen(method, catch)]
    fn request(
        this: &LockManager,
        name: &str,
        options: &Object,
        callback: &Function,
    ) -> Result<Promise, JsValue>;
}

/// What to do if another tab holds the lock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum WhenHeld {
    /// Let that tab do the work.
    Skip,
    /// Take the lock over: a tab that the browser has frozen would hold it for ever.
    Steal,
}

/// Runs `act` while holding the lock, and returns whether it ran. Without Web Locks, `act` always
/// runs.
pub(crate) async fn with(
    name: &str,
    held: WhenHeld,
    act: impl Future<Output = ()> + 'static,
) -> bool {
    let Some(manager) = manager() else {
        act.await;
        return true;
    };
    let options = Object::new();
    let option = if held == WhenHeld::Steal { "steal" } else { "ifAvailable" };
    // Setting a property of a plain object cannot fail.
    let _ = Reflect::set(&options, &option.into(), &true.into());
    let has_run = Rc::new(Cell::new(false));
    let runs = has_run.clone();
    let callback = Closure::once_into_js(move |lock: JsValue| {
        future_to_promise(async move {
            if !lock.is_null() {
                runs.set(true);
                act.await;
            }
            Ok(JsValue::UNDEFINED)
        })
    });
    if let Ok(held) = manager.request(name, &options, callback.unchecked_ref()) {
        // A stolen lock rejects the promise. The work that was done under it remains valid.
        let _ = JsFuture::from(held).await;
    }
    has_run.get()
}

fn manager() -> Option<LockManager> {
    let navigator = super::page::window().navigator();
    let locks =
        Reflect::get(&navigator, &"locks".into()).ok().filter(|locks| !locks.is_undefined())?;
    Some(locks.unchecked_into())
}
