//! What this tab wrote and did not send, through a reload. `boot.js` encrypts and stores it, and
//! deletes it after a day.

use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = unsent, js_name = read)]
    async fn read_text() -> JsValue;
    /// Replaces the text of this tab; an empty one deletes it.
    #[wasm_bindgen(js_namespace = unsent)]
    pub(crate) fn write(text: &str);
    /// Deletes what all tabs of this browser have written.
    #[wasm_bindgen(js_namespace = unsent)]
    pub(crate) fn clear();
}

/// The text of this tab. Empty if there is none, or if it cannot be opened.
pub(crate) async fn read() -> String {
    read_text().await.as_string().unwrap_or_default()
}
