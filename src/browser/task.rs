//! Work that goes on beside the page.

use std::future::Future;
use std::pin::Pin;

/// Lets a future run. Behind one pointer: the executor's code is then in the app once, not once for every kind of future.
pub(crate) fn spawn(work: impl Future<Output = ()> + 'static) {
    spawn_boxed(Box::pin(work));
}

#[inline(never)]
fn spawn_boxed(work: Pin<Box<dyn Future<Output = ()>>>) {
    wasm_bindgen_futures::spawn_local(work);
}
