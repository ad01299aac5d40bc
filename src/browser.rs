//! Browser capabilities, one per file. Elsewhere in the app, web-sys and gloo appear only where
//! elements, events and addresses are handled.
//!
//! Natively there is no browser: what building a page calls has nothing to say and does nothing
//! there ([`IS_BROWSER`]). Everything else would panic, and no page calls it before a person acts.

pub(crate) mod channel;
pub(crate) mod clock;
#[cfg(feature = "counter")]
pub(crate) mod device;
pub(crate) mod files;
pub(crate) mod keepsake;
pub(crate) mod location;
pub(crate) mod locks;
pub(crate) mod network;
pub(crate) mod page;
pub(crate) mod random;
pub(crate) mod room;
pub(crate) mod service_worker;
pub(crate) mod share;
pub(crate) mod storage;
pub(crate) mod task;
pub(crate) mod timer;
pub(crate) mod unsent;

/// Whether this runs in a browser. Natively, pages are built as text.
const IS_BROWSER: bool = cfg!(target_family = "wasm");
