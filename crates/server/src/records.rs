//! The administrator's commands about stored submissions: retention, erasure, holds, and who did
//! what with them.

pub mod command;
pub(crate) mod confirm;
pub mod erasure;
pub mod holds;
pub mod ledger;
pub mod maintenance;
pub(crate) mod restored;
pub mod retention;
mod sign_ins;
pub mod staff;
pub mod trace;

use domain::SubmissionId;
use domain::reference::Reference;
use store::Custody;

/// A submission as a person names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Named {
    /// By its id, as in an export.
    Id(SubmissionId),
    /// By its reference number, as on a receipt.
    Reference(Reference),
}

impl Named {
    /// Parses an id or a reference number. The error is a message for the administrator.
    pub fn parse(text: &str) -> Result<Self, String> {
        let reference = || Reference::parse(text).map(Named::Reference);
        SubmissionId::parse(text)
            .map(Named::Id)
            .ok()
            .or_else(reference)
            .ok_or_else(|| format!("“{text}” is neither a reference number, such as 7Q3M-X9TB-E, nor an id from an export. Check for a typo."))
    }

    /// Looks up the id. Fails if no submission or more than one has this reference number.
    pub(crate) async fn id(self, store: &impl Custody) -> Result<SubmissionId, String> {
        let reference = match self {
            Named::Id(id) => return Ok(id),
            Named::Reference(reference) => reference,
        };
        match store.ids_of(reference).await.map_err(|fault| fault.to_string())?.as_slice() {
            [id] => Ok(*id),
            [] => Err(format!(
                "Nothing has the reference number {reference}. It was deleted, or has not arrived from its device yet; until it arrives, use its id."
            )),
            several => {
                let ids: Vec<String> = several.iter().map(ToString::to_string).collect();
                Err(format!(
                    "{} messages share the reference number {reference}. Look at them in an export, then give the id of one: {}",
                    ids.len(),
                    ids.join(", ")
                ))
            }
        }
    }
}
