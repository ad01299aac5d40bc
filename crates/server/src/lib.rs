//! The server of Community Hub.
//!
//! [`receive`] validates sealed submissions; [`store`] makes them durable before they are
//! acknowledged; [`receipts`] lets other programs verify what was signed. [`site`] serves the app
//! and [`editions`] the newest service directory. [`export`] decrypts and prints submissions, and
//! [`import`] accepts them by file. [`office`] is where staff answer inquiries; [`counter`] holds
//! what staff count and decide about counters. [`records`] deletes submissions when their retention
//! ends or a person asks, and [`audit`] shows who did so.

pub mod api;
pub mod audit;
pub mod cli;
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
