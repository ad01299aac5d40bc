//! Approved changes as a file for the maintainer of the municipality's data folder, so that the
//! data catch up with the office's decisions.

use super::Office;
use crate::guard::Visit;
use crate::pages::{PageResult, download};
use axum::Extension;
use axum::extract::State;
use domain::catalogue::Hub;
use std::collections::BTreeSet;
use std::fmt::Write;
use std::sync::Arc;

pub(crate) async fn file(
    State(office): State<Arc<Office>>,
    Extension(_): Extension<Visit>,
) -> PageResult {
    let (ledger, catalogue) = (office.counter_ledger().await?, office.catalogue());
    let changed: BTreeSet<_> =
        ledger.approved().map(|(_, proposal)| &proposal.change.hub).collect();
    let text = written(changed.into_iter().filter_map(|id| catalogue.hub(id)));
    Ok(download("application/toml; charset=utf-8", "counter-changes.toml", text))
}

/// The lines for each location's record that put the office's decisions into the data.
fn written<'a>(hubs: impl Iterator<Item = &'a Hub>) -> String {
    let mut text = String::from(
        "# What the office decided about the tasks of locations. Devices already have these changes.\n#\n# Where: in data/, in hubs/, in the record with the same id, in place of its lines “tasks” and “offerings”\n# Then:  cargo xtask catalogue check\n",
    );
    for hub in hubs {
        let offerings = hub.offerings.iter().map(|offering| {
            let mut parts = vec![format!("task = {}", json(&offering.task))];
            parts.extend(
                (!offering.days.is_empty()).then(|| format!("days = {}", json(&offering.days))),
            );
            parts.extend(offering.by_appointment.then(|| "by_appointment = true".to_string()));
            parts.extend(
                (!offering.payments.is_empty())
                    .then(|| format!("payments = {}", json(&offering.payments))),
            );
            parts.extend(offering.note.iter().map(|note| format!("note = {}", json(note))));
            format!("  {{ {} }},\n", parts.join(", "))
        });
        let offerings: String = offerings.collect();
        let list = if offerings.is_empty() { "[]".into() } else { format!("[\n{offerings}]") };
        // Writing to a `String` does not fail.
        let _ = write!(
            text,
            "\n[[hub]]\nid = {}\ntasks = {}\nofferings = {list}\n",
            json(&hub.id),
            json(&hub.tasks)
        );
    }
    text
}

/// Lists and strings have the same syntax in JSON and TOML.
fn json(value: &impl serde::Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::TaskId;
    use domain::catalogue::{Offering, Payment};
    use domain::hours::Weekday;

    #[test]
    fn the_draft_reads_back_as_what_was_decided() {
        let catalogue = crate::form::tests::pine_harbour();
        let offering = Offering {
            task: TaskId::parse("sell-dog-tag").unwrap(),
            days: vec![Weekday::Monday],
            by_appointment: true,
            payments: vec![Payment::CreditCard],
            note: Some("upstairs, \"left\"\nthen right".into()),
        };
        let hub = Hub {
            offerings: vec![offering],
            ..catalogue.hub(&domain::HubId::parse("town-hall").unwrap()).unwrap().clone()
        };
        let text = written([&hub, &catalogue.hubs()[0]].into_iter());
        let table: toml::Table = text.parse().unwrap_or_else(|fault| panic!("{fault}\n{text}"));
        let read: Vec<Offering> = table["hub"][0]["offerings"].clone().try_into().unwrap();
        let tasks: Vec<TaskId> = table["hub"][0]["tasks"].clone().try_into().unwrap();
        assert_eq!((read, tasks), (hub.offerings, hub.tasks));
    }
}
