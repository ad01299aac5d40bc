//! The office's pages about its counters: contacts that staff counted, what each counter offers,
//! events, staff tablets and public terminals. Decisions are stored in the counter's ledger
//! ([`casework::counter::ledger`]) and reach devices with the next edition of the data.

pub(super) mod contacts;
pub(super) mod events;
pub(super) mod inventory;
pub(super) mod quick_list;
pub(super) mod tablets;

use super::Office;
use super::form::CheckedForm;
use super::pages::PageFrame;
use casework::counter::ledger::{CounterAct, CounterLedger};
use domain::HubId;
use domain::catalogue::Catalogue;
use domain::counter::Reason;
use domain::text::folded;
use std::sync::Arc;
use store::StoreFault;

impl Office {
    pub(super) async fn counter_ledger(&self) -> Result<Arc<CounterLedger>, StoreFault> {
        self.counter.look(self.store(), &self.cipher()).await
    }

    /// Appends an act if it is still valid after everything that others wrote in the meantime, then
    /// recomposes the edition if the act changes it. Returns `false` when the act was no longer
    /// valid.
    pub(super) async fn write_counter(
        &self,
        form: &CheckedForm,
        reason: &str,
        act_after: impl Fn(&CounterLedger) -> Option<CounterAct>,
    ) -> Result<bool, StoreFault> {
        let is_written = self
            .counter
            .write(
                (self.store(), &self.cipher()),
                &form.audit_context(reason),
                form.login(),
                act_after,
            )
            .await?;
        if is_written {
            self.compose().await?;
        }
        Ok(is_written)
    }
}

/// The name of a location; its id if neither the service directory nor an event has it any more.
fn hub_name(f: &PageFrame, catalogue: &Catalogue, ledger: &CounterLedger, id: &HubId) -> String {
    let event = || ledger.events.get(id).map(|event| &event.hub);
    catalogue.hub(id).or_else(event).map_or_else(|| id.to_string(), |hub| f.name_of(&hub.name))
}

/// Locations to choose from, as id and name: permanent ones first, then events.
fn hubs_to_choose(f: &PageFrame, catalogue: &Catalogue) -> Vec<(String, String)> {
    let (mut hubs, events): (Vec<_>, Vec<_>) =
        catalogue.hubs().iter().partition(|hub| hub.event.is_none());
    hubs.sort_by_cached_key(|hub| folded(&hub.name));
    hubs.into_iter().chain(events).map(|hub| (hub.id.to_string(), f.name_of(&hub.name))).collect()
}

/// The words for a reason why something was not done.
pub(super) fn reason_words(f: &PageFrame, reason: Reason) -> &'static str {
    match reason {
        Reason::NotDoneHere => f.t("not done here", "non offert ici"),
        Reason::DocumentMissing => f.t("missing document", "document manquant"),
        Reason::AnotherTime => {
            f.t("needs an appointment or another day", "sur rendez-vous ou un autre jour")
        }
        Reason::Payment => f.t("payment not possible", "paiement impossible"),
        Reason::SystemDown => f.t("system or network down", "panne de système ou de réseau"),
        Reason::OtherGovernment => f.t("not a City service", "ne relève pas de la Ville"),
        Reason::Other => f.t("another reason", "autre raison"),
    }
}
