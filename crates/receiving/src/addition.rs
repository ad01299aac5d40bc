//! Finds the question that an addition belongs to, for those who delete it.

use super::bears;
use casework::body::read_body;
use domain::SubmissionId;
use domain::reference::Reference;
use domain::submission::{Body, Content, Kind};
use store::{OfficeStore, SenderStore, StoreFault, StoredSubmission};
use vault::keys::Keys;

/// Where else the words of a submission are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AddedTo {
    /// It is no addition, or no key opens it.
    Unknown,
    /// In nobody's history: no question with the reference number that it names has its tracking
    /// code.
    NoQuestion,
    /// In the history of this question.
    Question(Reference),
}

/// The question that a submission was added to, also if one of them is in quarantine.
pub async fn added_to(
    store: &(impl OfficeStore + SenderStore),
    keys: &Keys,
    id: SubmissionId,
) -> Result<AddedTo, StoreFault> {
    let row = store.entry_in_or_out_of_sight(id).await?;
    let opened = row.and_then(|row| read_body(&keys.open_seal(&row.envelope)?));
    let Some(Body { lookup, content: Content::Addition(addition) }) = opened else {
        return Ok(AddedTo::Unknown);
    };
    let found = store.by_lookup(keys.lookup(&lookup)).await?;
    let is_meant = |row: &StoredSubmission| {
        row.envelope.header.kind == Kind::Inquiry && bears(row, addition.to)
    };
    Ok(match found.iter().any(is_meant) {
        true => AddedTo::Question(addition.to),
        false => AddedTo::NoQuestion,
    })
}
