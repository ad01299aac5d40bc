//! Parses and runs the administrator's commands about stored submissions.

use super::retention::{Days, PERSONAL_DAYS_MIN};
use super::trace::{Asker, begin, traced};
use super::{Named, erasure, holds, ledger, retention, sign_ins, staff};
use crate::serve::{Opened, Settings, municipality_of, open};
use crate::site::Site;
use domain::status::Stage;
use lexopt::prelude::{Long, Value, ValueExt};
use std::ffi::OsString;
use std::path::PathBuf;
use store::audit::Link;
use store::audit::head::{read_file, signed_head};
use store::{Custody, Deed, SubmissionStore};
use vault::random;

/// The help text of these commands.
pub const HELP: &str = "\
community-hub retention [--dry-run] [--inquiries DAYS] [--feedback DAYS] [--gaps DAYS] [--corrections DAYS] [--by-law TEXT]
    Deletes what has been kept long enough and is not held, and says how many. Call it every night.
    --dry-run            only counts
    --inquiries DAYS     default: 730; less than 365 needs the by-law that says so, as for feedback
    --feedback DAYS      default: 1095
    --gaps DAYS          default: 400
    --corrections DAYS   default: 400
community-hub erase REFERENCE|ID --reason TEXT
    Erases what a person sent, because they ask. What is sent again under its id is not kept.
community-hub hold add|remove REFERENCE|ID --reason TEXT
community-hub hold list
    Keeps an entry from being erased or let go.
community-hub stage REFERENCE|ID in-progress|answered|closed [--reason TEXT]
    Says how far an entry is, for whoever looks it up with its receipt.
community-hub restored --reason TEXT
    After the database was put back from a backup, and before the server is started: devices then offer again what they sent since.
community-hub audit verify [--noted HASH] [--head FILE]
community-hub audit list
community-hub audit sign-ins
    Makes sure that nothing in the record of all this was changed or taken out; prints it as JSON lines;
    lists sign-ins with a password of people who had no password then.
    --head FILE          what audit head printed before: its signature holds, and nothing was taken off the end since
community-hub audit head
    Prints how long the record is and its last hash, signed. Keep it where nobody of the server can change it.
community-hub audit of REFERENCE|ID
    All that the record has of one entry, as long as the entry is kept: afterwards nothing leads to it.
community-hub staff list
community-hub staff reset LOGIN --reason TEXT
    Who works with the office; lets somebody begin anew who is locked out: prints a link that makes a new password, ends all
    of their sessions, takes their second factor away.
    All of these take --site, --data-dir, and --operator NAME (default: who is signed in), which is written down with the reason.
    Do not write into a reason whom an entry is about.";

#[derive(Debug)]
enum What {
    Retention { days: Days, is_dry: bool },
    Erase(Named),
    HoldAdd(Named),
    HoldRemove(Named),
    HoldList,
    Stage(Named, Stage),
    Restored,
    AuditVerify { noted: Option<Link>, head: Option<PathBuf> },
    AuditList,
    AuditHead,
    AuditOf(Named),
    AuditSignIns,
    StaffList,
    StaffReset(String),
}

/// A parsed command.
#[derive(Debug)]
pub struct Command {
    what: What,
    settings: Settings,
    asker: Asker,
}

/// Whether a word is the first word of one of these commands.
pub fn is_one(word: &str) -> bool {
    ["retention", "erase", "hold", "stage", "restored", "audit", "staff"].contains(&word)
}

/// Parses the arguments into a command. The error is a message with the help text.
pub fn parse(
    arguments: impl IntoIterator<Item = OsString>,
    mut settings: Settings,
) -> Result<Command, String> {
    let mut parser = lexopt::Parser::from_args(arguments);
    let (mut words, mut days, mut is_dry, mut noted, mut head) =
        (Vec::new(), Days::default(), false, None, None);
    let (mut asker, mut by_law) = (Asker::default(), String::new());
    let not_understood = |error: lexopt::Error| format!("{error}.\n{HELP}");
    let text = |value: OsString| value.to_string_lossy().into_owned();
    while let Some(argument) = parser.next().map_err(not_understood)? {
        match argument {
            Long("site") => settings.site = parser.value().map_err(not_understood)?.into(),
            Long("data-dir") => settings.data_dir = parser.value().map_err(not_understood)?.into(),
            Long("operator") => asker.who = parser.value().map(text).map_err(not_understood)?,
            Long("reason") => asker.reason = parser.value().map(text).map_err(not_understood)?,
            Long("by-law") => by_law = parser.value().map(text).map_err(not_understood)?,
            Long("dry-run") => is_dry = true,
            Long("inquiries") => {
                days.inquiries =
                    parser.value().and_then(|value| value.parse()).map_err(not_understood)?
            }
            Long("feedback") => {
                days.feedback =
                    parser.value().and_then(|value| value.parse()).map_err(not_understood)?
            }
            Long("gaps") => {
                days.gaps =
                    parser.value().and_then(|value| value.parse()).map_err(not_understood)?
            }
            Long("corrections") => {
                days.corrections =
                    parser.value().and_then(|value| value.parse()).map_err(not_understood)?
            }
            Long("noted") => {
                noted = Some(
                    parser
                        .value()
                        .map(text)
                        .map_err(not_understood)
                        .and_then(|text| ledger::parse(&text))?,
                )
            }
            Long("head") => head = Some(parser.value().map_err(not_understood)?.into()),
            Value(word) => words.push(text(word)),
            other => return Err(not_understood(other.unexpected())),
        }
    }
    let what = match words.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["retention"] => What::Retention { days, is_dry },
        ["erase", named] => What::Erase(Named::parse(named)?),
        ["hold", "add", named] => What::HoldAdd(Named::parse(named)?),
        ["hold", "remove", named] => What::HoldRemove(Named::parse(named)?),
        ["hold", "list"] => What::HoldList,
        ["stage", named, stage] => What::Stage(Named::parse(named)?, stage_of(stage)?),
        ["restored"] => What::Restored,
        ["audit", "verify"] => What::AuditVerify { noted, head },
        ["audit", "list"] => What::AuditList,
        ["audit", "head"] => What::AuditHead,
        ["audit", "of", named] => What::AuditOf(Named::parse(named)?),
        ["audit", "sign-ins"] => What::AuditSignIns,
        ["staff", "list"] => What::StaffList,
        ["staff", "reset", login] => What::StaffReset((*login).into()),
        other => {
            return Err(format!(
                "“{}” is not something that community-hub does.\n{HELP}",
                other.join(" ")
            ));
        }
    };
    if !by_law.is_empty() {
        asker.reason = format!("by-law: {by_law}");
    }
    let command = Command { what, settings, asker };
    command.check(!by_law.is_empty()).map(|()| command)
}

/// Parses a stage. "Received" is not among them, because the receipt states it.
fn stage_of(word: &str) -> Result<Stage, String> {
    match word {
        "in-progress" => Ok(Stage::InProgress),
        "answered" => Ok(Stage::Answered),
        "closed" => Ok(Stage::Closed),
        other => Err(format!("“{other}” is not a stage; use in-progress, answered or closed.")),
    }
}

async fn set_stage(
    store: &impl Custody,
    named: Named,
    stage: Stage,
    deed: &Deed,
) -> Result<String, String> {
    let id = named.id(store).await?;
    let is_new = store.set_stage(id, stage, deed).await.map_err(|fault| fault.to_string())?;
    if is_new {
        Ok("Written down. Whoever has the receipt sees it now.".into())
    } else {
        Err("That was said before, or nothing is kept under this id.".into())
    }
}

impl Command {
    fn check(&self, has_by_law: bool) -> Result<(), String> {
        match self.what {
            What::StaffReset(_) if self.asker.has_reason().is_err() => {
                Err("Say why, for whoever reads the audit: --reason \"lost the phone, came by in person\"".into())
            }
            What::Erase(_) | What::HoldAdd(_) | What::HoldRemove(_) | What::Restored => self.asker.has_reason(),
            What::Retention { days, .. } if days.need_a_by_law() && !has_by_law => Err(format!(
                "Questions and feedback may hold personal information, which is kept {PERSONAL_DAYS_MIN} days or more unless a by-law says less. Name it: --by-law \"2026-114\""
            )),
            _ => Ok(()),
        }
    }

    /// Runs the command and prints its result. The error is a message for the administrator.
    pub async fn run(self) -> Result<(), String> {
        if self.settings.database_url.is_none()
            && !self.settings.data_dir.join("hub.sqlite").exists()
        {
            return Err(format!(
                "{} holds no database. Give the server's folder with --data-dir.",
                self.settings.data_dir.display()
            ));
        }
        let municipality =
            municipality_of(&Site::read(&self.settings.site).map_err(|fault| fault.to_string())?)?;
        let Opened { keys, store } = open(
            &self.settings.data_dir,
            self.settings.database_url.as_deref(),
            municipality.clone(),
        )
        .await?;
        let (asker, deed) = (&self.asker, self.asker.deed());
        let public_url = self.settings.mail.public_url.as_deref();
        let said = match self.what {
            // A dry run only counts, so the audit log has no entry of it.
            What::Retention { days, is_dry: true } => {
                retention::said(&retention::run(&store, days, true, &deed).await?, true)
            }
            What::Retention { days, is_dry: false } => {
                let letting_go = async || {
                    let outcomes = retention::run(&store, days, false, &deed).await?;
                    let until_ms = deed.at_ms.saturating_sub(retention::SENDERS_KEPT_MS);
                    retention::forget_senders_until(&store, 0, until_ms)
                        .await
                        .map_err(|fault| fault.to_string())?;
                    Ok((retention::said(&outcomes, false), retention::noted(&outcomes)))
                };
                traced((&store, asker), ("retention", ""), letting_go).await?
            }
            What::AuditSignIns => sign_ins::without_password(&store).await?,
            What::StaffList => staff::list(&store).await?,
            What::StaffReset(login) => staff::reset(&store, &login, public_url, deed).await?,
            What::Erase(named) => erasure::erase(&store, &keys.now(), named, asker).await?,
            What::HoldAdd(named) => holds::add(&store, named, &deed).await?,
            What::HoldRemove(named) => holds::remove(&store, named, &deed).await?,
            What::Stage(named, stage) => set_stage(&store, named, stage, &deed).await?,
            What::Restored => {
                begin(&store, asker, "restored", "").await?;
                store.begin_epoch(random(), &deed).await.map_err(|fault| fault.to_string())?;
                "A new epoch has begun. Start the server: devices offer again what they sent within the last seven days, and what stands already stays once."
                    .into()
            }
            What::HoldList => holds::list(&store).await?,
            What::AuditVerify { noted, head } => {
                let head = head.map(|file| read_file(&file, &keys.now())).transpose()?;
                ledger::verify(&store, &municipality, noted, head.as_ref()).await?
            }
            What::AuditHead => signed_head(&store, &municipality, &keys.now())
                .await
                .map_err(|fault| fault.to_string())?
                .file(),
            What::AuditOf(named) => {
                ledger::print_of(&store, named.id(&store).await?, &mut std::io::stdout().lock())
                    .await
                    .map(|()| String::new())?
            }
            What::AuditList => ledger::print(&store, &mut std::io::stdout().lock())
                .await
                .map(|()| String::new())?,
        };
        if !said.is_empty() {
            println!("{}", said.trim_end());
        }
        store.close().await;
        Ok(())
    }
}
