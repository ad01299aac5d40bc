//! The drill: opens everything that is stored with the keys of a backup, before they are needed.

use super::reseal::{each_text, place_of};
use domain::submission::{KeyId, Kind};
use std::collections::BTreeMap;
use store::{OfficeStore, StoreFault, SubmissionStore};
use vault::event_cipher::EventCipher;
use vault::keys::Keys;

/// Rows read at a time.
const ROWS_AT_ONCE: u32 = 500;

/// The result of a drill: how many submissions and texts of staff the keys of a backup open.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Drill {
    /// Submissions that were opened, by key.
    pub opened: BTreeMap<KeyId, u64>,
    /// Submissions that no key of the backup opens, by the key that they name.
    pub closed: BTreeMap<KeyId, u64>,
    /// Texts of staff that were opened.
    pub texts_opened: u64,
    /// Texts of staff that no key of the backup opens.
    pub texts_closed: u64,
}

impl Drill {
    /// Opens all submissions and texts with the keys of a backup, and keeps nothing of their
    /// content.
    pub async fn of(
        store: &(impl SubmissionStore + OfficeStore),
        keys: &Keys,
    ) -> Result<Self, StoreFault> {
        let mut drill = Self::default();
        for kind in Kind::ALL {
            let mut after = None;
            loop {
                let rows = store.page(kind, 0, after, ROWS_AT_ONCE).await?;
                let Some(last) = rows.last() else { break };
                after = Some((last.received_at_ms, last.envelope.header.id));
                for row in &rows {
                    let counts = if keys.open_seal(&row.envelope).is_some() {
                        &mut drill.opened
                    } else {
                        &mut drill.closed
                    };
                    *counts.entry(row.envelope.header.key).or_default() += 1;
                }
            }
        }
        let cipher = EventCipher::of(keys);
        each_text(store, |kind, text| {
            let is_open =
                place_of(kind, text).is_some_and(|place| cipher.opens(&place, &text.sealed));
            *(if is_open { &mut drill.texts_opened } else { &mut drill.texts_closed }) += 1;
        })
        .await?;
        Ok(drill)
    }
}
