//! Parses and runs the administrator's commands about stored submissions.

use super::confirm::{check_age, check_clock};
use super::maintenance::MaintenanceAct;
use super::restored::begin_anew;
use super::retention::RetentionDays;
use super::staff::NewPerson;
use super::trace::{Asker, traced};
use super::{Named, erasure, holds, ledger, maintenance, retention, sign_ins, staff};
use crate::jobs::nightly::{clock_fault, newest};
use crate::serve::{
    NO_CATALOGUE, OpenedFolder, Settings, catalogue_of, lock, municipality_of, open,
};
use crate::site::ServedSite;
use casework::when::Zone;
use domain::MunicipalityId;
use domain::reference::Reference;
use domain::status::InquiryStage;
use office::staff::{Role, Scope};
use std::path::{Path, PathBuf};
use store::audit::Link;
use store::audit::head::{read_file, signed_head};
use store::{AnyStore, AuditContext, Custody, OfficeStore, SenderStore, SubmissionStore};
use vault::keys::KeyFolder;

/// Bodies that are listed, newest first.
const SET_ASIDE_SHOWN: u32 = 1_000;

/// What is done.
#[derive(Debug)]
pub enum RecordsAct {
    /// Deletes what has been stored for its retention period.
    Retention {
        /// The periods.
        days: RetentionDays,
        /// Only counts.
        is_dry: bool,
        /// How many may be deleted although something speaks against it.
        confirmed: Option<u64>,
    },
    /// Erases a submission.
    Erase {
        /// Which.
        named: Named,
        /// The number of days by which the clock is doubted.
        confirmed: Option<u64>,
    },
    /// Protects a submission from deletion.
    HoldAdd(Named),
    /// Ends the protection.
    HoldRemove(Named),
    /// Lists what is protected.
    HoldList,
    /// Sets how far a submission is.
    Stage(Named, InquiryStage),
    /// Begins a new epoch, after a database was restored.
    Restored {
        /// The age in days of what was restored.
        confirmed: Option<u64>,
    },
    /// Checks the audit log.
    AuditVerify {
        /// A hash that an earlier check printed.
        noted: Option<Link>,
        /// A file that [`Self::AuditHead`] printed.
        head: Option<PathBuf>,
    },
    /// Prints the audit log.
    AuditList,
    /// Signs the end of the audit log.
    AuditHead,
    /// Prints what the audit log has about a submission.
    AuditOf(Named),
    /// Lists sign-ins with a password by people who had none.
    AuditSignIns,
    /// Lists staff.
    StaffList,
    /// Restores access for the person with this username.
    StaffReset(String),
    /// Invites a person.
    StaffInvite(NewPerson),
    /// Changes what a person may do.
    StaffRole(String, Role, Option<Scope>),
    /// Ends a person's access.
    StaffRemove(String),
    /// Lists bodies that arrived under an id that was taken.
    SetAsideList,
    /// Begins or ends maintenance.
    Maintenance(MaintenanceAct),
}

/// A command about stored submissions, its settings, and who runs it.
#[derive(Debug)]
pub struct RecordsCommand {
    act: RecordsAct,
    settings: Settings,
    asker: Asker,
}

async fn set_stage(
    store: &impl Custody,
    named: Named,
    stage: InquiryStage,
    audit: &AuditContext,
) -> Result<String, String> {
    let id = named.id(store).await?;
    let is_new = store.set_stage(id, stage, audit).await.map_err(|fault| fault.to_string())?;
    if is_new {
        Ok("Saved. The person sees it now with the tracking code.".into())
    } else {
        Err("Nothing changed: this state is already set, or no submission has this id.".into())
    }
}

/// The time zone of a site's municipality.
fn zone_of(site: &Path) -> Result<Zone, String> {
    let site = ServedSite::read(site).map_err(|fault| fault.to_string())?;
    let catalogue = catalogue_of(&site).ok_or(NO_CATALOGUE)?;
    Ok(Zone::of(&catalogue.municipality().time_zone))
}

/// One line for each: when it arrived, the id and the reference that it shares with another one,
/// and its size.
async fn set_aside(store: &impl Custody) -> Result<String, String> {
    let rows = store.set_aside_rows(SET_ASIDE_SHOWN).await.map_err(|fault| fault.to_string())?;
    if rows.is_empty() {
        return Ok("Nothing is set aside.".into());
    }
    let lines: Vec<String> = rows
        .iter()
        .map(|row| {
            let reference = Reference::of(row.id);
            let at = vault::iso(row.received_at_ms);
            format!("{at}  {}  {reference}  {} bytes", row.id, row.bytes)
        })
        .collect();
    Ok(format!(
        "{}\nEach arrived under the id of another message with other content. A device that works never sends that. The first message counts. `erase` deletes both.",
        lines.join("\n")
    ))
}

async fn retain(
    store: &(impl Custody + SenderStore),
    days: RetentionDays,
    is_dry: bool,
    asker: &Asker,
    audit: &AuditContext,
) -> Result<String, String> {
    // A dry run only counts, so the audit log has no entry of it.
    if is_dry {
        return Ok(retention::said(&retention::run(store, days, true, audit).await?, true));
    }
    let letting_go = async || {
        let outcomes = retention::let_go(store, days, audit).await?;
        Ok((retention::said(&outcomes, false), retention::noted(&outcomes)))
    };
    traced((store, asker), ("retention", ""), letting_go).await
}

/// Fails if a deletion may be a mistake and was not confirmed by its number.
async fn check_confirmed(
    store: &(impl Custody + OfficeStore),
    days: RetentionDays,
    confirmed: Option<u64>,
    audit: &AuditContext,
) -> Result<(), String> {
    let clock = clock_fault(audit.at_ms, newest(store, audit.at_ms).await?);
    let (due, all) = retention::due_of_all(store, days, audit).await?;
    match retention::doubt(due, all, clock) {
        Some(doubt) if confirmed != Some(due) => Err(format!(
            "Nothing was deleted: {doubt}. If the clock and the periods are right, and you mean to delete {due}: --confirm {due}"
        )),
        _ => Ok(()),
    }
}

impl RecordsCommand {
    /// Fails if the command needs a reason and none was given.
    pub fn new(act: RecordsAct, settings: Settings, asker: Asker) -> Result<Self, String> {
        match act {
            RecordsAct::StaffReset(_)
            | RecordsAct::StaffInvite(_)
            | RecordsAct::StaffRole(..)
            | RecordsAct::StaffRemove(_)
                if asker.has_reason().is_err() =>
            {
                return Err("Give a reason for the audit log: --reason \"lost the phone, came by in person\"".into());
            }
            RecordsAct::Erase { .. }
            | RecordsAct::HoldAdd(_)
            | RecordsAct::HoldRemove(_)
            | RecordsAct::Restored { .. } => {
                asker.has_reason()?;
            }
            _ => {}
        }
        Ok(Self { act, settings, asker })
    }

    /// Runs the command and prints its result. The error is a message for the administrator.
    pub async fn run(self) -> Result<(), String> {
        self.settings.needs_database()?;
        let municipality = municipality_of(
            &ServedSite::read(&self.settings.site).map_err(|fault| fault.to_string())?,
        )?;
        // A server would go on with the epoch that it read at its start.
        let _alone = match (&self.act, &self.settings.database_url) {
            (RecordsAct::Restored { .. }, None) => Some(lock(&self.settings.data_dir)?),
            _ => None,
        };
        let OpenedFolder { keys, store } = open(
            &self.settings.data_dir,
            self.settings.database_url.as_deref(),
            municipality.clone(),
        )
        .await?;
        let said = self.done(&store, &keys, &municipality).await?;
        if !said.is_empty() {
            println!("{}", said.trim_end());
        }
        store.close().await;
        Ok(())
    }

    /// Does it, and returns what is printed; empty if the act has printed its result itself.
    async fn done(
        self,
        store: &AnyStore,
        keys: &KeyFolder,
        municipality: &MunicipalityId,
    ) -> Result<String, String> {
        let (asker, audit) = (&self.asker, self.asker.audit_context());
        let public_url = self.settings.mail.public_url.as_deref();
        Ok(match self.act {
            RecordsAct::Retention { days, is_dry, confirmed } => {
                if !is_dry {
                    check_confirmed(store, days, confirmed, &audit).await?;
                }
                retain(store, days, is_dry, asker, &audit).await?
            }
            RecordsAct::AuditSignIns => sign_ins::without_password(store).await?,
            RecordsAct::StaffList => staff::list(store).await?,
            RecordsAct::StaffReset(login) => staff::reset(store, &login, public_url, audit).await?,
            RecordsAct::StaffInvite(person) => {
                staff::invite(store, &person, public_url, audit).await?
            }
            RecordsAct::StaffRole(login, role, scope) => {
                staff::change_role(store, &login, role, scope, audit).await?
            }
            RecordsAct::StaffRemove(login) => staff::remove(store, &login, audit).await?,
            RecordsAct::SetAsideList => set_aside(store).await?,
            RecordsAct::Maintenance(act) => {
                let zone = zone_of(&self.settings.site)?;
                maintenance::run(store, act, &zone, audit).await?
            }
            RecordsAct::Erase { named, confirmed } => {
                check_clock(store, audit.at_ms, confirmed, "Nothing was deleted").await?;
                erasure::erase(store, &keys.now(), named, asker).await?
            }
            RecordsAct::HoldAdd(named) => holds::add(store, named, &audit).await?,
            RecordsAct::HoldRemove(named) => holds::remove(store, named, &audit).await?,
            RecordsAct::Stage(named, stage) => set_stage(store, named, stage, &audit).await?,
            RecordsAct::Restored { confirmed } => {
                let newest = store.newest(u64::MAX).await.map_err(|fault| fault.to_string())?;
                newest.map_or(Ok(()), |ms| check_age(ms, audit.at_ms, confirmed))?;
                begin_anew(store, asker).await?;
                "A new epoch has begun. Start the server: devices send again what they sent in the last seven days, and duplicates are ignored. Staff sign in again."
                    .into()
            }
            RecordsAct::HoldList => holds::list(store).await?,
            RecordsAct::AuditVerify { noted, head } => {
                let head = head.map(|file| read_file(&file, &keys.now())).transpose()?;
                ledger::verify(store, municipality, noted, head.as_ref()).await?
            }
            RecordsAct::AuditHead => signed_head(store, municipality, &keys.now())
                .await
                .map_err(|fault| fault.to_string())?
                .file(),
            RecordsAct::AuditOf(named) => {
                ledger::print_of(store, named.id(store).await?, &mut std::io::stdout().lock())
                    .await
                    .map(|()| String::new())?
            }
            RecordsAct::AuditList => {
                ledger::print(store, &mut std::io::stdout().lock()).await.map(|()| String::new())?
            }
        })
    }
}
