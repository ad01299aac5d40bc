//! A realistic month of generated inquiries, so that a newcomer sees the office at work within a
//! minute. They are stored in a data folder of their own, which is marked: every page of an office
//! on such a folder says that the data are not real.

mod counters;
mod opinions;
mod story;

use crate::api::seen_row;
use crate::editions::newest_catalogue;
use crate::records::trace::{Asker, begin, end};
use crate::serve::{OpenedFolder, municipality_of, open};
use crate::site::ServedSite;
use casework::case::CaseEvent;
use casework::counter;
use casework::random::UnbiasedRandom;
use casework::survey::ledger::SurveyLedger;
use casework::when::Zone;
use domain::submission::{Content, Envelope};
use domain::{Catalogue, SubmissionId};
use futures_util::future::try_join_all;
use office::ledger_copy::LedgerCopy;
use office::password::hash;
use office::second_factor::{SETTING, SecondFactorPolicy};
use office::staff::{Role, Scope};
use offline::sealing::{Address, seal};
use receiving::judge;
use std::io::Write;
use std::path::Path;
use store::{
    AuditContext, ChangedBy, DoorStore, EventRow, NewCaseEvent, OfficeStore, StaffRow,
    SubmissionStore,
};
use story::InquiryStory;
use vault::event_cipher::EventCipher;
use vault::now_ms;
use vault::private::make_file;

/// The file that marks a folder of generated data.
const MARK: &str = "demo";
/// The demo's staff: login, name, role. They stand for no real person.
const PEOPLE: [(&str, &str, Role); 5] = [
    ("demo-counter", "Sam Demo", Role::Counter),
    ("demo-office", "Ann Demo", Role::Office),
    ("demo-office-2", "Lou Demo", Role::Office),
    ("demo-manager", "Kim Demo", Role::Manager),
    ("demo-admin", "Alex Demo", Role::Administrator),
];
/// Submissions stored at once: fewer than may wait for the store's writer.
const TOLD_AT_ONCE: usize = 200;
/// A progress line is printed after this many submissions; a multiple of [`TOLD_AT_ONCE`].
const TOLD_A_LINE: usize = 10_000;
/// Survey answers are generated for every other inquiry, up to this many.
const SURVEY_MAX: u64 = 400;
/// Contacts at counters are as many as inquiries, up to this many.
const CONTACTS_MAX: u64 = 600;
const DAY_MS: u64 = 24 * 60 * 60 * 1_000;

/// Whether a login belongs to the demo's staff.
pub(crate) fn is_person(login: &str) -> bool {
    PEOPLE.iter().any(|(of, ..)| *of == login)
}

/// Whether a data folder holds generated data.
pub fn is_demo(data_dir: &Path) -> bool {
    data_dir.join(MARK).exists()
}

/// Fills an empty data folder with this many inquiries of the last month and their handling.
/// Returns the text for the console. Errors when the folder has submissions that are not a demo's.
pub async fn fill(
    site: &Path,
    data_dir: &Path,
    inquiries: u32,
    asker: &Asker,
) -> Result<String, String> {
    let site = ServedSite::read(site).map_err(|fault| fault.to_string())?;
    let catalogue = newest_catalogue(&site, data_dir)
        .ok_or("The site has no catalogue. Build it first: cargo xtask build")?;
    let opened = open(data_dir, None, municipality_of(&site)?).await?;
    let said = |fault: store::StoreFault| fault.to_string();
    let has_entries = opened.store.has_entries().await.map_err(said)?;
    if has_entries && !is_demo(data_dir) {
        return Err(format!(
            "{} holds real messages. Give the demo its own folder with --data-dir.",
            data_dir.display()
        ));
    }
    mark_as_demo(data_dir)?;
    begin(&opened.store, asker, "demo", "made-up entries").await?;
    if !has_entries {
        tell(&opened, &catalogue, inquiries).await.map_err(said)?;
        tell_survey(&opened, &catalogue, u64::from(inquiries / 2).min(SURVEY_MAX))
            .await
            .map_err(said)?;
        tell_counter(&opened, &catalogue, u64::from(inquiries).min(CONTACTS_MAX))
            .await
            .map_err(said)?;
    }
    let password = [
        hex::encode(vault::random::<4>()),
        hex::encode(vault::random::<4>()),
        hex::encode(vault::random::<4>()),
    ]
    .join("-");
    let audit = AuditContext { who: "demo".into(), reason: "made up".into(), at_ms: now_ms() };
    add_people(&opened.store, &password, &audit).await?;
    // A visitor of the demo has no authenticator app for each member of its staff.
    let setting = opened.store.change_setting(
        SETTING,
        ["", SecondFactorPolicy::Nobody.name()],
        ChangedBy::Operator,
        &audit,
    );
    setting.await.map_err(said)?;
    end(&opened.store, asker, "demo", "").await?;
    opened.store.close().await;
    let logins: Vec<&str> = PEOPLE.iter().map(|(login, ..)| *login).collect();
    Ok(format!(
        "The demo’s office is at /office. Sign in as {} with the password {password} (a new one at every start).",
        logins.join(", ")
    ))
}

fn mark_as_demo(data_dir: &Path) -> Result<(), String> {
    make_file(&data_dir.join(MARK))
        .and_then(|mut file| file.write_all(b"Everything in this folder is made up.\n"))
        .map_err(|error| format!("{}: {error}", data_dir.display()))
}

/// Adds the demo's staff, or gives those who are there already this password.
async fn add_people(
    store: &impl DoorStore,
    password: &str,
    audit: &AuditContext,
) -> Result<(), String> {
    let said = |fault: store::StoreFault| fault.to_string();
    for (login, name, role) in PEOPLE {
        let before = store.person(login).await.map_err(said)?;
        let row = StaffRow {
            login: login.into(),
            name: name.into(),
            role: role.number(),
            scope: Scope::All.text(),
            password: Some(
                hash(password.into()).await.map_err(|_| "The password could not be made.")?,
            ),
            invitation: None,
            is_active: true,
            version: before.as_ref().map_or(0, |before| before.version),
        };
        match before {
            None => {
                store.add_staff(&row, ChangedBy::Operator, "demo", audit).await.map_err(said)?
            }
            Some(_) => {
                store.change_staff(&row, ChangedBy::Operator, "demo", audit).await.map_err(said)?
            }
        };
    }
    Ok(())
}

/// Stores the month: the submissions, and the events of each. They are stored in batches that share
/// one flush.
async fn tell(
    opened: &OpenedFolder,
    catalogue: &Catalogue,
    inquiries: u32,
) -> Result<(), store::StoreFault> {
    let mut random = UnbiasedRandom::new(2_026);
    let now_ms = now_ms();
    let begin_ms = now_ms.saturating_sub(30 * DAY_MS);
    let cipher = opened.keys.event_cipher();
    let all = story::month(&mut random, catalogue, begin_ms, now_ms, inquiries);
    let (count, mut written) = (all.len(), 0);
    let mut all = all.into_iter().peekable();
    while all.peek().is_some() {
        let some: Vec<InquiryStory> = all.by_ref().take(TOLD_AT_ONCE).collect();
        written += some.len();
        let keeping = some.into_iter().map(|InquiryStory { at_ms, content, events }| async move {
            keep(opened, catalogue, content, at_ms).await.map(|id| id.map(|id| (id, events)))
        });
        let kept = try_join_all(keeping).await?;
        let done: Vec<NewCaseEvent> = kept
            .into_iter()
            .flatten()
            .flat_map(|(id, events)| done_with(&cipher, id, events))
            .collect();
        opened.store.append_all(&done).await?;
        if written.is_multiple_of(TOLD_A_LINE) {
            eprintln!("{written} of {count} are made up.");
        }
    }
    Ok(())
}

fn done_with(
    cipher: &EventCipher,
    id: SubmissionId,
    events: Vec<(u64, &'static str, CaseEvent)>,
) -> impl Iterator<Item = NewCaseEvent> {
    events.into_iter().zip(1..).map(move |((at_ms, who, event), number)| NewCaseEvent {
        event: EventRow {
            id,
            number,
            at_ms,
            who: who.into(),
            sealed: cipher.seal(id, number, &event),
        },
        stage: event.stage(),
        what: event.name(),
        audit: AuditContext { who: who.into(), reason: String::new(), at_ms },
    })
}

/// Stores answers to the survey, and the survey links that the office created for them.
async fn tell_survey(
    opened: &OpenedFolder,
    catalogue: &Catalogue,
    answers: u64,
) -> Result<(), store::StoreFault> {
    let mut random = UnbiasedRandom::new(2_027);
    let now_ms = now_ms();
    let cipher = opened.keys.event_cipher();
    let opinions::OpinionStory { acts, entries } =
        opinions::month(&mut random, catalogue, answers, vault::random);
    let (ledger, at_ms) =
        (LedgerCopy::<SurveyLedger>::default(), now_ms.saturating_sub(30 * DAY_MS));
    let audit = AuditContext { who: "demo-office".into(), reason: "made up".into(), at_ms };
    for act in &acts {
        ledger
            .write((&opened.store, &cipher), &audit, "demo-office", |_| Some(act.clone()))
            .await?;
    }
    for content in entries {
        let at_ms = now_ms.saturating_sub(DAY_MS + random.below(28 * DAY_MS));
        keep(opened, catalogue, content, at_ms).await?;
    }
    Ok(())
}

/// Stores contacts that staff counted, and the office's decisions about tablets, counters and
/// events.
async fn tell_counter(
    opened: &OpenedFolder,
    catalogue: &Catalogue,
    contacts: u64,
) -> Result<(), store::StoreFault> {
    let mut random = UnbiasedRandom::new(2_028);
    let (now_ms, zone) = (now_ms(), Zone::of(&catalogue.municipality().time_zone));
    let cipher = opened.keys.event_cipher();
    let counters::CounterStory { acts, entries, seen } = counters::month(
        &mut random,
        catalogue,
        contacts,
        zone.moment(now_ms).date,
        [vault::random(), vault::random()],
    );
    let ledger = LedgerCopy::<counter::ledger::CounterLedger>::default();
    let audit = AuditContext {
        who: "demo-office".into(),
        reason: "made up".into(),
        at_ms: now_ms.saturating_sub(DAY_MS),
    };
    for act in &acts {
        ledger
            .write((&opened.store, &cipher), &audit, "demo-office", |_| Some(act.clone()))
            .await?;
    }
    if let Some((device, state)) = seen {
        opened.store.see_device(&seen_row(device, state, now_ms)).await?;
    }
    let mut entries = entries.into_iter().peekable();
    while entries.peek().is_some() {
        let keeping = entries
            .by_ref()
            .take(TOLD_AT_ONCE)
            .map(|content| keep(opened, catalogue, content, now_ms - 1));
        try_join_all(keeping).await?;
    }
    Ok(())
}

/// Passes one submission through the usual steps: seal, verify, store. `None` if it is not valid.
async fn keep(
    opened: &OpenedFolder,
    catalogue: &Catalogue,
    content: Content,
    at_ms: u64,
) -> Result<Option<SubmissionId>, store::StoreFault> {
    let municipality = catalogue.municipality().id.clone();
    let keys = opened.keys.now().public(&municipality, opened.store.epoch(), at_ms);
    let address = Address {
        municipality: municipality.clone(),
        catalogue_version: catalogue.version(),
        now_ms: at_ms,
        order: 0,
    };
    // The demo has no need for cryptographic randomness, but these bytes are random anyway.
    let mut fill = |bytes: &mut [u8]| {
        bytes
            .chunks_mut(32)
            .for_each(|chunk| chunk.copy_from_slice(&vault::random::<32>()[..chunk.len()]))
    };
    let Ok(sealed) = seal(content, &address, &keys, &mut fill) else { return Ok(None) };
    let Ok(envelope) = postcard::from_bytes::<Envelope>(&sealed.envelope) else { return Ok(None) };
    let id = envelope.header.id;
    let Ok((record, _)) = judge(envelope, &municipality, &opened.keys) else { return Ok(None) };
    opened.store.keep(vec![record], at_ms).await?;
    Ok(Some(id))
}
