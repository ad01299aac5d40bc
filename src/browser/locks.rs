//! One courier at a time among the tabs, where the browser has Web Locks. Correctness never rests on it:
//! the server takes the same entry any number of times.

use js_sys::{Function, Object, Promise, Reflect};
use std::future::Future;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, future_to_promise};

#[wasm_bindgen]
extern "C" {
    type LockManager;
    #[wasm_bindgen(method, catch)]
    fn request(this: &LockManager, name: &str, options: &Object, callback: &Function) -> Result<Promise, JsValue>;
}

/// Runs `act` while holding the lock; skips it when another tab holds it now.
pub(crate) async fn if_free(name: &str, act: impl Future<Output = ()> + 'static) {
    let Some(manager) = manager() else { return act.await };
    let options = Object::new();
    // Setting a property of a plain object cannot fail.
    let _ = Reflect::set(&options, &"ifAvailable".into(), &true.into());
    let callback = Closure::once_into_js(move |lock: JsValue| {
        future_to_promise(async move {
            if !lock.is_null() {
                act.await;
            }
            Ok(JsValue::UNDEFINED)
        })
    });
    if let Ok(held) = manager.request(name, &options, callback.unchecked_ref()) {
        // A lock that was stolen rejects; what was done meanwhile stands all the same.
        let _ = JsFuture::from(held).await;
    }
}

fn manager() -> Option<LockManager> {
    let navigator = super::page::window().navigator();
    let locks = Reflect::get(&navigator, &"locks".into()).ok().filter(|locks| !locks.is_undefined())?;
    Some(locks.unchecked_into())
}
