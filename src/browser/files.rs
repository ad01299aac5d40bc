//! Files: reads one that a person chose, and hands one to the browser's downloads.

use super::page::{document, window};
use super::task::spawn;
use super::timer::pause;
use js_sys::{Array, ArrayBuffer, Promise, Reflect, Uint8Array};
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue, UnwrapThrowExt};
use wasm_bindgen_futures::JsFuture;
use web_sys::{HtmlAnchorElement, HtmlInputElement};

/// How long, in milliseconds, an object URL stays valid: a browser may ask where to put a file
/// before it reads it.
const HELD_MS: u32 = 10 * 60 * 1_000;

#[wasm_bindgen]
extern "C" {
    /// A file, or bytes that can be downloaded as one.
    pub(crate) type Blob;
    #[wasm_bindgen(constructor, catch)]
    fn new(parts: &Array) -> Result<Blob, JsValue>;
    #[wasm_bindgen(method)]
    fn slice(this: &Blob, from: f64, to: f64) -> Blob;
    #[wasm_bindgen(method, js_name = arrayBuffer)]
    fn array_buffer(this: &Blob) -> Promise;

    #[wasm_bindgen(js_namespace = URL, js_name = createObjectURL, catch)]
    fn address_of(blob: &Blob) -> Result<String, JsValue>;
    #[wasm_bindgen(js_namespace = URL, js_name = revokeObjectURL)]
    fn let_go(address: &str);
}

/// The file chosen in a field. `None` if none was chosen. The field is cleared, so that the same
/// file can be chosen again.
pub(crate) fn chosen(field: &HtmlInputElement) -> Option<Blob> {
    let files = Reflect::get(field, &"files".into()).ok()?;
    let file = Reflect::get_u32(&files, 0).ok().filter(JsValue::is_object)?;
    field.set_value("");
    Some(file.unchecked_into())
}

/// Bytes in base64, as `btoa` writes it.
pub(crate) fn base64_of(bytes: &[u8]) -> String {
    let letters: String = bytes.iter().map(|byte| char::from(*byte)).collect();
    window().btoa(&letters).expect_throw("every letter is one byte")
}

/// Decodes what [`base64_of`] wrote. `None` if the text is not base64.
pub(crate) fn of_base64(text: &str) -> Option<Vec<u8>> {
    window().atob(text).ok().map(|letters| letters.chars().map(|letter| letter as u8).collect())
}

/// The first bytes of a file, at most `bytes_max + 1`, so that the caller can recognize a longer
/// one. `None` if the browser cannot read the file.
pub(crate) async fn bytes_of(file: &Blob, bytes_max: usize) -> Option<Vec<u8>> {
    let buffer =
        JsFuture::from(file.slice(0.0, bytes_max as f64 + 1.0).array_buffer()).await.ok()?;
    Some(Uint8Array::new(buffer.unchecked_ref::<ArrayBuffer>()).to_vec())
}

/// Bytes as a `Blob`, which the browser does not copy again on the page's own thread. `None` if it
/// cannot be created.
pub(crate) fn blob_of(bytes: &[u8]) -> Option<Blob> {
    Blob::new(&Array::of1(&Uint8Array::from(bytes))).ok()
}

/// Offers bytes as a download. `None` if the browser cannot.
pub(crate) fn save(name: &str, bytes: &[u8]) -> Option<()> {
    let address = address_of(&blob_of(bytes)?).ok()?;
    let link: HtmlAnchorElement = document().create_element("a").ok()?.dyn_into().ok()?;
    link.set_href(&address);
    link.set_download(name);
    link.click();
    spawn(async move {
        pause(HELD_MS).await;
        let_go(&address);
    });
    Some(())
}
