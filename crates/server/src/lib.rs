//! Receiving and answering: the server of Community Hub.
//!
//! [`receive`] decides what a sealed submission is worth, [`store`] keeps it for good before anybody is
//! told so, [`receipts`] lets anybody check what it signed, [`site`] serves the app, [`editions`] the newest catalogue, [`export`] opens and prints what came, [`import`] takes in
//! what came by file, [`office`] answers it, [`counter`] is what staff count and the office decides of its counters, [`records`] lets it go when its time is over or the person asks, and [`audit`] shows who did so.

pub mod api;
pub mod audit;
pub mod client;
pub mod counter;
pub mod editions;
pub mod export;
pub mod headers;
pub mod health;
pub mod import;
pub mod keys;
pub mod ledger;
pub mod limits;
pub mod office;
pub mod private;
pub mod receipts;
pub mod receive;
pub mod records;
pub mod serve;
pub mod site;
pub mod store;
pub mod survey;
