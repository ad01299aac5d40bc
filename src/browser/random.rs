//! Random bytes that nobody can guess.

use wasm_bindgen::UnwrapThrowExt;

/// Fills a buffer from `crypto.getRandomValues`. Panics without it: nothing may be sealed without
/// randomness.
pub(crate) fn fill(bytes: &mut [u8]) {
    let crypto =
        super::page::window().crypto().expect_throw("every browser that runs this app has crypto");
    crypto
        .get_random_values_with_u8_array(bytes)
        .expect_throw("the app asks for less than 65,536 bytes at a time");
}

/// A random number to seed a generator of retry delays, not to make keys.
pub(crate) fn seed() -> u64 {
    let mut bytes = [0; 8];
    fill(&mut bytes);
    u64::from_le_bytes(bytes)
}
