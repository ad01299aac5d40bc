//! What each counter offers: a table of tasks by locations, a page per cell to propose a change,
//! and the proposals, which a second person decides.

mod cell;
mod draft;
mod proposals;
mod table;
mod words;

pub(crate) use cell::{page as cell, propose};
pub(crate) use draft::file;
pub(crate) use proposals::{decide, page as proposals};
pub(crate) use table::page;
pub(super) use words::{PAYMENTS, WEEKDAYS};

use super::{Office, hub_name};
