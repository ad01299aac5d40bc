//! Receiving and answering: the server of Community Hub.
//!
//! [`receive`] decides what a sealed submission is worth, [`store`] keeps it for good before anybody is
//! told so, [`site`] serves the app, [`editions`] the newest catalogue, [`export`] opens and prints what came, [`import`]
//! takes in what came by file.

pub mod api;
pub mod client;
pub mod editions;
pub mod export;
pub mod headers;
pub mod import;
pub mod keys;
pub mod receive;
pub mod serve;
pub mod site;
pub mod store;
