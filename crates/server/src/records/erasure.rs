//! Erases a submission at the person's request.

use super::Named;
use super::trace::{Asker, begin, end};
use receiving::{AddedTo, added_to};
use store::{Custody, Erasure, OfficeStore, SenderStore};
use vault::keys::Keys;

/// Erases a submission and returns the result in words.
pub async fn erase(
    store: &(impl Custody + OfficeStore + SenderStore),
    keys: &Keys,
    named: Named,
    asker: &Asker,
) -> Result<String, String> {
    let id = named.id(store).await?;
    let added = added_to(store, keys, id).await.map_err(|fault| fault.to_string())?;
    if let AddedTo::Question(question) = added {
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
