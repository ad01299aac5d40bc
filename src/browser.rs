//! What only a browser can do, one capability a file. The only rooms that name web-sys and gloo.

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
pub(crate) mod storage;
pub(crate) mod task;
pub(crate) mod timer;
