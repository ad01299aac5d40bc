//! Offline operation: a submission is sealed, stored on the device, and sent until a signed receipt
//! confirms that the server has it.
//!
//! [`sealing`] makes an envelope that only the municipality can open. [`outbox`] decides what to
//! send next and what an answer means. [`newer`] accepts newer service directories.
//! [`following`] knows which questions of a device are still open. [`courier`]
//! carries out those decisions through three small ports ([`ports`]), each of which has two
//! implementations: the browser's, and the in-memory version in [`memory`]. [`bundle`] and [`code`]
//! carry parcels by file and QR code where there is no network. [`report`] reads what the office
//! answers to a tablet. Nothing in this crate may depend on Leptos, HTTP or a browser.

#![warn(missing_docs)]

pub mod answer;
pub mod bundle;
pub mod code;
pub mod courier;
pub mod following;
pub mod memory;
pub mod newer;
pub mod outbox;
pub mod parcel;
pub mod ports;
pub mod receipt;
pub mod report;
pub mod sealing;
pub mod storage_contract;
