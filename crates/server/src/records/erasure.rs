//! Erasing an entry because the person asks.

use super::Named;
use crate::keys::Keys;
use crate::store::{Custody, Deed, Erasure};

/// Erases an entry and says what came of it.
pub async fn erase(store: &impl Custody, keys: &Keys, named: Named, deed: &Deed) -> Result<String, String> {
    let id = named.id(store).await?;
    match store.erase(id, keys.tombstone(id), deed).await.map_err(|fault| fault.to_string())? {
        Erasure::Done { entries: 0, .. } => Ok("Nothing had come under this id. If it comes, it will not be kept.".into()),
        Erasure::Done { set_aside, .. } => {
            let beside = if set_aside > 0 { format!(", with {set_aside} that had been set aside under its id") } else { String::new() };
            Ok(format!(
                "Erased{beside}. If it is sent again, it will not be kept. Copies of the database from before still hold it: erase it again after one is put back, or let the copies run out."
            ))
        }
        Erasure::Already => Ok("It was erased before, and stays erased.".into()),
        Erasure::Held => Err("It is held, so nothing was erased. See why: community-hub hold list".into()),
    }
}
