//! Browser capabilities, one per file. Elsewhere in the app, web-sys and gloo appear only where
//! elements, events and addresses are handled.

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
