//! The conversation about a question, for whoever has its tracking code: what they wrote, what the
//! office replied, who has it, and what is promised. Nothing that staff write for each other is in
//! it.

use super::ServerParts;
use casework::case::{CaseEvent, CaseState};
use casework::clock::{Due, OfficeHours};
use casework::inquiry::{Inquiry, department_of};
use casework::when::Zone;
use domain::status::{SaidWords, StatusThread};
use domain::submission::{Body, Content};
use office::directory::ServiceDirectory;
use receiving::FoundStatus;
use store::{Custody, OfficeStore, StoreFault, SubmissionStore};
use vault::now_ms;

/// The conversation; `None` for a submission of another kind, and for one that no key opens.
pub(super) async fn of<S: SubmissionStore + Custody + OfficeStore>(
    server: &ServerParts<S>,
    found: &FoundStatus,
) -> Result<Option<StatusThread>, StoreFault> {
    let Some(Body { lookup, content: Content::Inquiry(said) }) = server.receiver.open(&found.row)
    else {
        return Ok(None);
    };
    let question =
        SaidWords { at_ms: found.row.received_at_ms, is_reply: false, text: said.message.clone() };
    let inquiry = computed(server, found, |catalogue, rules| {
        let department = department_of(&said, catalogue, rules);
        let (id, at_ms) = (found.row.envelope.header.id, found.row.received_at_ms);
        Inquiry::received(id, at_ms, said.clone(), department)
    });
    let added = server.receiver.added_since(&lookup, &inquiry.case.added).await?;
    let is_new = !added.is_empty();
    let told = inquiry.entries.iter().filter_map(|entry| said_words(entry.at_ms, &entry.event));
    let zone = Zone::of(&server.editions.catalogue().municipality().time_zone);
    Ok(Some(StatusThread {
        said: [question].into_iter().chain(told).chain(added).collect(),
        department: inquiry.case.department().into(),
        promised_ms: match inquiry.promise() {
            Some(Due::At(moment)) => Some(zone.ms(moment)),
            Some(Due::Paused { .. } | Due::Never) | None => None,
        },
        is_waiting: inquiry.case.state == CaseState::Waiting && !is_new,
        ending: inquiry.case.outcome.filter(|_| !is_new).map(|outcome| outcome.ending()),
    }))
}

/// The inquiry after all its events, with the times that it is due.
fn computed<S: SubmissionStore>(
    server: &ServerParts<S>,
    found: &FoundStatus,
    received: impl FnOnce(&domain::Catalogue, Option<&domain::office::OfficeRules>) -> Inquiry,
) -> Inquiry {
    let (catalogue, rules) = (server.editions.catalogue(), server.editions.rules());
    let mut inquiry = received(&catalogue, rules.as_deref());
    for (number, entry) in &found.events {
        inquiry.take(*number, entry.clone());
    }
    let time = rules.as_ref().map(|rules| OfficeHours::new(rules, &catalogue));
    let zone = Zone::of(&catalogue.municipality().time_zone);
    inquiry.compute(time.as_ref(), &zone, now_ms());
    inquiry
}

/// What an event says to the person; `None` for what staff do among themselves.
fn said_words(at_ms: u64, event: &CaseEvent) -> Option<SaidWords> {
    let (is_reply, text) = match event {
        CaseEvent::Replied(reply) => (true, reply.text.clone()),
        CaseEvent::Added { text, .. } => (false, text.clone()),
        CaseEvent::Withdrawn { .. } => (false, String::new()),
        _ => return None,
    };
    Some(SaidWords { at_ms, is_reply, text })
}
