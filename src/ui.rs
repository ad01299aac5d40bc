//! Building blocks of pages. They take text, ids and signals, and know neither the app nor what it
//! is about; what does stands beside its page.

pub(crate) mod dialog;
pub(crate) mod fold;
pub(crate) mod icon;
pub(crate) mod message;
pub(crate) mod phone;
pub(crate) mod qr;
pub(crate) mod section;
