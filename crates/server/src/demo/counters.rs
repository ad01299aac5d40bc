//! Contacts that staff counted in the generated month, a tablet, a coming event, and a proposal
//! that waits for a decision.

use casework::counter::ledger::{Conditions, CounterAct, CounterChange, mark};
use casework::random::UnbiasedRandom;
use casework::templates::TemplateText;
use domain::catalogue::{Catalogue, Event, EventDay, Hub};
use domain::counter::{Channel, Contact, Outcome, Reason};
use domain::hours::{Date, Span};
use domain::provenance::Provenance;
use domain::submission::Content;
use domain::tablet::DeviceState;
use domain::{HubId, TaskId, TerminalId};

const TABLET: &str = "tablet-demo";
/// Days from today to the event.
const DAYS_TO_EVENT: i32 = 9;
const DAYS: u64 = 28;

pub(super) struct CounterStory {
    pub(super) acts: Vec<CounterAct>,
    pub(super) entries: Vec<Content>,
    pub(super) seen: Option<(TerminalId, DeviceState)>,
}

/// A template of replies, with facts that every directory has.
fn template() -> TemplateText {
    TemplateText {
        name: "Call or come (made up)".into(),
        english: "{greeting}\n\nThank you for your question. The quickest way is to call {phone}."
            .into(),
        french:
            "{salutation}\n\nMerci de votre question. Le plus rapide est d’appeler le {téléphone}."
                .into(),
    }
}

/// This many contacts at all the counters that offer anything, and the office's acts.
pub(super) fn month(
    random: &mut UnbiasedRandom,
    catalogue: &Catalogue,
    contacts: u64,
    today: Date,
    secrets: [[u8; 32]; 2],
) -> CounterStory {
    let hubs: Vec<&Hub> = catalogue
        .hubs()
        .iter()
        .filter(|hub| hub.event.is_none() && !hub.tasks.is_empty())
        .collect();
    let mut story = CounterStory { acts: Vec::new(), entries: Vec::new(), seen: None };
    let (Some(first), Some(last), Ok(tablet)) =
        (hubs.iter().max_by_key(|hub| hub.tasks.len()), hubs.last(), TerminalId::parse(TABLET))
    else {
        return story;
    };
    let [code, secret] = secrets.map(|secret| mark(&secret));
    story.acts.push(CounterAct::CodeMade {
        code: code.clone(),
        name: "Front desk (made up)".into(),
        hub: first.id.clone(),
    });
    story.acts.push(CounterAct::Enrolled { code, tablet: tablet.clone(), secret });
    story.acts.extend(event(first, today).map(|hub| CounterAct::EventMade { hub: Box::new(hub) }));
    let missing = catalogue.tasks().iter().find(|task| !last.tasks.contains(&task.id));
    story.acts.extend(missing.map(|task| CounterAct::Proposed {
        change: CounterChange {
            hub: last.id.clone(),
            task: task.id.clone(),
            offered: Some(Conditions { by_appointment: true, ..Conditions::default() }),
        },
        reason: "People ask for it here (made up).".into(),
    }));
    story.acts.push(CounterAct::TemplateSaved { template: None, text: template() });
    let state = DeviceState {
        waiting: 2,
        oldest_s: Some(1_800),
        catalogue: catalogue.version(),
        app: env!("CARGO_PKG_VERSION").into(),
        room_mb: Some(2_400),
        is_promised: Some(true),
        needs_attention: 0,
    };
    story.seen = Some((tablet, state));
    story
        .entries
        .extend((0..contacts).map(|_| Content::Contact(contact(random, catalogue, &hubs, today))));
    story
}

/// Most are done; some people ask for a task that is not offered there, or lack a document.
fn contact(
    random: &mut UnbiasedRandom,
    catalogue: &Catalogue,
    hubs: &[&Hub],
    today: Date,
) -> Contact {
    let hub = *random.one(hubs);
    let elsewhere: Vec<&TaskId> = catalogue
        .tasks()
        .iter()
        .map(|task| &task.id)
        .filter(|task| !hub.tasks.contains(task))
        .take(8)
        .collect();
    let (task, outcome) = match random.below(100) {
        0..9 if !elsewhere.is_empty() => {
            (*random.one(&elsewhere), Outcome::Referred(Reason::NotDoneHere))
        }
        9..12 if !elsewhere.is_empty() => {
            (*random.one(&elsewhere), Outcome::CouldNot(Reason::NotDoneHere))
        }
        12..17 => (
            random.one(&hub.tasks),
            Outcome::CouldNot(*random.one(&[
                Reason::DocumentMissing,
                Reason::DocumentMissing,
                Reason::Payment,
                Reason::SystemDown,
            ])),
        ),
        _ => (random.one(&hub.tasks), Outcome::Done),
    };
    let channel = if random.percent(80) { Channel::Counter } else { Channel::Phone };
    let on = today.plus_days(-(random.below(DAYS) as i32));
    Contact { task: task.clone(), hub: hub.id.clone(), on, channel, outcome, is_taken_back: false }
}

/// An event of two days, with the tasks of the first location.
fn event(like: &Hub, today: Date) -> Option<Hub> {
    let first = today.plus_days(DAYS_TO_EVENT);
    let hours = vec![Span::parse("10:00-16:00")?];
    let days =
        [first, first.plus_days(1)].map(|date| EventDay { date, hours: hours.clone() }).into();
    Some(Hub {
        id: HubId::parse(&format!("winter-fair-{first}")).ok()?,
        name: "Winter fair (made up)".into(),
        address: None,
        postal_code: None,
        hours: Default::default(),
        seasons: Vec::new(),
        also_closed_on: Vec::new(),
        offerings: Vec::new(),
        hours_note: None,
        notes: None,
        event: Some(Event { days }),
        source: Provenance { note: Some("Made up.".into()), ..Provenance::default() },
        ..like.clone()
    })
}
