//! The server of Community Hub.
//!
//! [`serve`] starts it, [`api`] is its public interface and [`gate`] what every request passes
//! first. [`site`] serves the app and [`editions`] the newest service directory. [`export`]
//! decrypts and prints submissions, and [`import`] accepts them by file. [`records`] deletes
//! submissions when their retention ends or a person asks, [`jobs`] are what runs in the background
//! (retention each night among it), [`keys`] are the commands about keys, [`backup`] those about
//! backups, and [`demo`] fills a folder with generated data. [`metrics`] are numbers for
//! monitoring. [`pages`] are the app's pages as HTML, as far as they depend on a request, and
//! `plain_forms` answers their forms. [`settings_file`] holds the settings, and [`check`] says what
//! is wrong with them and with the machine.
//!
//! How submissions are received, kept, encrypted and answered is in the crates `receiving`,
//! `store`, `vault` and `office`. What a resident or a member of staff must be able to rely on
//! belongs there, not here.

#![warn(missing_docs)]

pub mod api;
pub mod backup;
pub mod catalogue;
pub mod check;
pub mod cli;
pub mod demo;
pub mod editions;
pub mod export;
pub mod gate;
pub mod headers;
pub mod import;
pub mod jobs;
pub mod keys;
pub mod log;
pub mod metrics;
pub mod operations;
pub mod pages;
mod plain_forms;
pub mod readiness;
pub mod records;
pub mod relocate;
pub mod serve;
pub mod settings_file;
pub mod site;
