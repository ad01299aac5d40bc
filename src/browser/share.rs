//! Hands an address to the browser's sheet for sharing, or copies it. `boot.js` does it.

use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_name = shareAddress)]
    async fn share_address(title: &str, url: &str) -> JsValue;
}

/// What became of an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ShareOutcome {
    /// The browser's sheet was shown, whatever the person did with it.
    Shared,
    Copied,
    Failed,
}

/// Offers the device's own way to share an address, or else copies it.
pub(crate) async fn share(title: &str, url: &str) -> ShareOutcome {
    match share_address(title, url).await.as_string().as_deref() {
        Some("shared") => ShareOutcome::Shared,
        Some("copied") => ShareOutcome::Copied,
        _ => ShareOutcome::Failed,
    }
}
