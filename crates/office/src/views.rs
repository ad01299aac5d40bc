//! Saved lists. Name and filters may hold a person's words, so they are stored encrypted, bound to
//! their owner.

use super::Office;
use super::form::CheckedForm;
use domain::text::folded;
use serde::{Deserialize, Serialize};
use store::{OfficeStore, PlainView, StoreFault, ViewRow};
use vault::event_cipher::{EventCipher, SealPlace};
use vault::random;

/// Unencrypted lists read per batch while they are encrypted.
const PLAIN_AT_ONCE: u32 = 100;

/// A list as its owner sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct SavedView {
    number: u32,
    pub(super) name: String,
    /// The filters, as in the address.
    pub(super) query: String,
}

#[derive(Serialize, Deserialize)]
struct ViewText {
    name: String,
    query: String,
}

impl SavedView {
    fn of(row: &ViewRow, cipher: &EventCipher) -> Option<Self> {
        let ViewText { name, query } =
            cipher.open_at(&SealPlace::view(&row.login, row.number), &row.sealed)?;
        Some(Self { number: row.number, name, query })
    }
}

fn sealed(cipher: &EventCipher, login: &str, number: u32, name: &str, query: &str) -> ViewRow {
    let text = ViewText { name: name.into(), query: query.into() };
    ViewRow {
        login: login.into(),
        number,
        sealed: cipher.seal_at(&SealPlace::view(login, number), &text),
    }
}

/// A random number for a new list, so that two that are saved at the same time do not collide.
fn fresh_number() -> u32 {
    u32::from_be_bytes(random()) >> 1
}

impl Office {
    /// A person's lists, by name. A list that no key opens is left out.
    pub(super) async fn saved_views(&self, login: &str) -> Result<Vec<SavedView>, StoreFault> {
        let rows = self.store().views(login).await?;
        let open =
            |row: &ViewRow| SavedView::of(row, &self.receiver().keys.cipher_for(&row.sealed));
        let mut views: Vec<SavedView> = rows.iter().filter_map(open).collect();
        views.sort_by_cached_key(|view| folded(&view.name));
        Ok(views)
    }

    /// Saves filters under a name, replacing those of the same name. Returns `false` if the person
    /// has `most` other lists already.
    pub(super) async fn save_view(
        &self,
        form: &CheckedForm,
        name: &str,
        query: &str,
        most: u32,
    ) -> Result<bool, StoreFault> {
        let login = form.login();
        let views = self.saved_views(login).await?;
        let same = views.iter().find(|view| view.name == name).map(|view| view.number);
        self.store()
            .put_view(
                &sealed(&self.cipher(), login, same.unwrap_or_else(fresh_number), name, query),
                most,
            )
            .await
    }

    pub(super) async fn drop_view(&self, form: &CheckedForm, name: &str) -> Result<(), StoreFault> {
        let login = form.login();
        for view in self.saved_views(login).await?.iter().filter(|view| view.name == name) {
            self.store().drop_view(login, view.number).await?;
        }
        Ok(())
    }

    /// Encrypts lists from versions that stored them unencrypted. Called when a server starts,
    /// which has the key.
    pub async fn seal_plain_views(&self) -> Result<(), StoreFault> {
        loop {
            let plain = self.store().plain_views(PLAIN_AT_ONCE).await?;
            if plain.is_empty() {
                return Ok(());
            }
            for view in &plain {
                let PlainView { login, name, query } = view;
                self.store()
                    .seal_view(view, &sealed(&self.cipher(), login, fresh_number(), name, query))
                    .await?;
            }
        }
    }
}
