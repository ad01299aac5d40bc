//! What each counter does: tasks by hubs as one table, a page for each cell where a change is proposed, and the proposals, which somebody else decides.

mod cell;
mod draft;
mod proposals;
mod table;
mod words;

pub(in crate::office) use cell::{page as cell, propose};
pub(in crate::office) use draft::file;
pub(in crate::office) use proposals::{decide, page as proposals};
pub(in crate::office) use table::page;
pub(super) use words::{PAYMENTS, WEEKDAYS};

use super::{Office, hub_name, task_name};
