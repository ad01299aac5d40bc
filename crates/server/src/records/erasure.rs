//! Erases a submission at the person's request.

use super::Named;
use super::trace::{Asker, begin, end};
use casework::body::read_body;
use domain::SubmissionId;
use domain::reference::Reference;
use domain::submission::{Body, Content, Kind};
use receiving::bears;
use store::{Custody, Erasure, OfficeStore, SenderStore, StoredSubmission};
use vault::keys::Keys;

/// The question that a submission was added to, also if one of them is in quarantine. `None` for
/// other kinds, if no key opens it, and if no question with this reference number has its tracking
/// code: then its words are in nobody's history.
async fn question_of(
    store: &(impl OfficeStore + SenderStore),
    keys: &Keys,
    id: SubmissionId,
) -> Result<Option<Reference>, String> {
    let row = store.entry_in_or_out_of_sight(id).await.map_err(|fault| fault.to_string())?;
    let opened = row.and_then(|row| read_body(&keys.open_seal(&row.envelope)?));
    let Some(Body { lookup, content: Content::Addition(addition) }) = opened else {
        return Ok(None);
    };
    let found = store.by_lookup(keys.lookup(&lookup)).await.map_err(|fault| fault.to_string())?;
    let is_meant = |row: &StoredSubmission| {
        row.envelope.header.kind == Kind::Inquiry && bears(row, addition.to)
    };
    Ok(found.iter().any(is_meant).then_some(addition.to))
}

/// Erases a submission and returns the result in words.
pub async fn erase(
    store: &(impl Custody + OfficeStore + SenderStore),
    keys: &Keys,
    named: Named,
    asker: &Asker,
) -> Result<String, String> {
    let id = named.id(store).await?;
    if let Some(question) = question_of(store, keys, id).await? {
        return Err(format!(
            "This was added to the question {question}, whose history has the words too. Nothing was deleted. Erase the question: what was added to it goes with it."
        ));
    }
    // The audit log names it by its alias, which is deleted with it, so that the log leads to
    // nobody afterwards.
    let alias = store
        .alias(id)
        .await
        .map_err(|fault| fault.to_string())?
        .unwrap_or("what has not come".into());
    begin(store, asker, "erase", &alias).await?;
    let erased = store
        .erase(id, keys.tombstone(id), &asker.audit_context())
        .await
        .map_err(|fault| fault.to_string())?;
    match erased {
        // The store has recorded what it deleted, in the same transaction.
        Erasure::Done { .. } => {}
        Erasure::Already => end(store, asker, "erase", "it was erased before").await?,
        Erasure::Held => end(store, asker, "erase", "nothing: it is held").await?,
    }
    match erased {
        Erasure::Done { entries: 0, .. } => {
            Ok("Nothing has this id yet. If it arrives, it won’t be stored.".into())
        }
        Erasure::Done { set_aside, .. } => {
            let beside = if set_aside > 0 {
                format!(", with {set_aside} that had been set aside under its id")
            } else {
                String::new()
            };
            Ok(format!(
                "Deleted{beside}. If it is sent again, it won’t be stored. Older copies of the database still have it: delete it again if you restore one, or let them expire."
            ))
        }
        Erasure::Already => Ok("It was already deleted.".into()),
        Erasure::Held => {
            Err("It is on hold, so nothing was deleted. See why: community-hub hold list".into())
        }
    }
}
