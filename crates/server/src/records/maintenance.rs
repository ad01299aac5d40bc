//! Maintenance from the command line: for who works on the server, before and after.

use casework::maintenance::{HOURS_MAX, Maintenance, MaintenanceFault, OFF, SETTING};
use casework::when::Zone;
use domain::Language;
use office::maintenance::audited;
use store::{AuditContext, ChangedBy, DoorStore, StaffChange};

/// What is done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MaintenanceAct {
    /// It begins, or its end or words change.
    On {
        /// The announced end, as a local time.
        until: String,
        /// What people are told in English; empty for the usual words.
        words: String,
        /// What people are told in French; empty for the usual words.
        words_fr: String,
    },
    /// It ends.
    Off,
    /// Only says how it is.
    Show,
}

/// Does it, and returns what is printed.
pub(crate) async fn run(
    store: &impl DoorStore,
    act: MaintenanceAct,
    zone: &Zone,
    audit: AuditContext,
) -> Result<String, String> {
    let said = |fault: store::StoreFault| fault.to_string();
    let shown = store.setting(SETTING).await.map_err(said)?.unwrap_or_default();
    let of = Maintenance::of_setting(Some(&shown));
    if act == MaintenanceAct::Show {
        return Ok(state(of, zone, audit.at_ms));
    }
    if of.as_ref().is_some_and(|of| of.is_moved) {
        return Err(
            "Everything was moved from this database to another one. It stays as it is.".into()
        );
    }
    let (value, note, done) = match act {
        MaintenanceAct::On { until, words, words_fr } => {
            let asked = Maintenance::parse(&until, [&words, &words_fr], zone, audit.at_ms);
            let asked = asked.map_err(fault)?;
            let words = asked.said(Language::English, zone, audit.at_ms);
            let done = format!(
                "Within seconds, every server of this database only reads. People are told: “{words}” To end it: community-hub maintenance off"
            );
            (asked.setting(), audited(&asked), done)
        }
        _ if of.is_none() => return Ok(state(of, zone, audit.at_ms)),
        _ => {
            let done = "Within seconds, every server of this database stores again.".into();
            (OFF.into(), "maintenance: end".into(), done)
        }
    };
    let reason = match audit.reason.as_str() {
        "" => note,
        given => format!("{note}; {given}"),
    };
    let audit = AuditContext { reason, ..audit };
    let change = store.change_setting(SETTING, [&shown, &value], ChangedBy::Operator, &audit);
    match change.await.map_err(said)? {
        StaffChange::Done => Ok(done),
        _ => {
            Err("Someone else changed this at the same moment. Nothing was done: run it again."
                .into())
        }
    }
}

fn state(of: Option<Maintenance>, zone: &Zone, now_ms: u64) -> String {
    match of {
        None => "There is no maintenance.".into(),
        Some(of) if of.is_moved => "Everything was moved to another database.".into(),
        Some(of) => {
            let late = if of.has_time(now_ms) { "" } else { " The announced end has passed." };
            let since = vault::iso(of.since_ms);
            let words = of.said(Language::English, zone, now_ms);
            format!("Maintenance since {since}.{late} People are told: “{words}”")
        }
    }
}

fn fault(fault: MaintenanceFault) -> String {
    match fault {
        MaintenanceFault::Time => {
            "--until is no time. Write it as 18:30, or 2026-12-01T18:30.".into()
        }
        MaintenanceFault::Past => "--until has passed. Give a time that is to come.".into(),
        MaintenanceFault::Far => format!("--until: {} days from now at most.", HOURS_MAX / 24),
        MaintenanceFault::Words => {
            "--words and --words-fr: one line of at most 200 characters each.".into()
        }
    }
}
