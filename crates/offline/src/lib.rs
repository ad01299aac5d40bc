//! Working without a network: a person's words are sealed, kept, and delivered until receipted.
//!
//! [`sealing`] makes an envelope that only the municipality can open; [`outbox`] decides what to send
//! next and what an answer means; [`newer`] takes catalogues; [`courier`] carries that out through three small ports, of which
//! there are two kinds: the browser's, and the in-memory twins in [`memory`]. [`bundle`] and [`code`] carry parcels where no
//! network is. Nothing here knows of Leptos, HTTP or a browser.

pub mod answer;
pub mod bundle;
pub mod code;
pub mod courier;
pub mod memory;
pub mod newer;
pub mod outbox;
pub mod parcel;
pub mod ports;
pub mod receipt;
pub mod sealing;
pub mod storage_contract;
