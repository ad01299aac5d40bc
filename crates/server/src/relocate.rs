//! `community-hub move`: moves everything from SQLite to PostgreSQL, or back. The old database is
//! marked before anything is copied, so that a server or a command that is still started on it
//! takes nothing that would be lost.

use crate::records::ledger;
use crate::records::trace::{Asker, begin};
use crate::serve::{DATABASE_FILE, Settings, lock, municipality_of, open_store};
use crate::site::ServedSite;
use casework::maintenance::{Maintenance, OFF, SETTING};
use domain::MunicipalityId;
use std::time::Instant;
use store::{AnyStore, ChangedBy, Custody, DoorStore, StaffChange, SubmissionStore};
use vault::now_ms;

/// The name of SQLite as the place to move to.
const SQLITE: &str = "sqlite";
/// Its name in the audit log.
const WHAT: &str = "move";

/// What is done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MoveAct {
    /// Everything is moved to `sqlite`, or to the PostgreSQL at these addresses.
    To(String),
    /// A move that broke off is given up: the old database is used again.
    Stay,
}

/// A move, its settings, and who asks for it.
#[derive(Debug)]
pub struct MoveCommand {
    /// The folders and the database from which everything is moved.
    pub settings: Settings,
    /// Who runs it and why.
    pub asker: Asker,
    /// What is done.
    pub act: MoveAct,
}

impl MoveCommand {
    /// Runs the command. The error is a message for the administrator.
    pub async fn run(self) -> Result<(), String> {
        self.settings.needs_database()?;
        let site = ServedSite::read(&self.settings.site).map_err(|fault| fault.to_string())?;
        let municipality = municipality_of(&site)?;
        // No server may use the folder, whichever of the two databases is its own.
        let _alone = lock(&self.settings.data_dir)?;
        let url = self.settings.database_url.as_deref();
        let from = open_store(&self.settings.data_dir, url, municipality.clone()).await?;
        let done = match &self.act {
            MoveAct::Stay => self.stay(&from).await,
            MoveAct::To(to) => self.to(&from, to, &municipality).await,
        };
        from.close().await;
        done
    }

    async fn to(
        &self,
        from: &AnyStore,
        to: &str,
        municipality: &MunicipalityId,
    ) -> Result<(), String> {
        let url = (to != SQLITE).then_some(to);
        let is_sqlite = matches!(from, AnyStore::Sqlite(_));
        if is_sqlite == url.is_none() {
            return Err("Everything is moved from SQLite to PostgreSQL (--to postgres://…), or back (--to sqlite). This is what the settings name already.".into());
        }
        let reports = from.key_reports().await.map_err(|fault| fault.to_string())?;
        let running = reports.iter().filter(|report| report.is_running).count();
        if running > 0 {
            return Err(format!(
                "Servers that use this database, or did half a minute ago: {running}. Nothing was done. Stop all of them, wait half a minute, and run this again."
            ));
        }
        let target = open_store(&self.settings.data_dir, url, municipality.clone()).await?;
        let began = Instant::now();
        let was_marked = self.mark(from).await?;
        let moved = from.move_into(&target).await;
        target.close().await;
        let tables = match moved {
            Ok(tables) => tables,
            Err(fault) => {
                let state = if was_marked { "" } else { self.unmark(from).await? };
                let file = if url.is_none() {
                    format!(
                        " If {DATABASE_FILE} in the data folder is the one from before, put it elsewhere."
                    )
                } else {
                    String::new()
                };
                return Err(format!("Nothing was moved: {fault}.{file} {state}"));
            }
        };
        // With the epoch that came with the rows.
        let target = open_store(&self.settings.data_dir, url, municipality.clone()).await?;
        let chain = self.finish(&target, municipality, &tables).await;
        target.close().await;
        let chain = chain?;
        for (name, rows) in tables.iter().filter(|(_, rows)| *rows > 0) {
            println!("{rows:>10}  {name}");
        }
        println!(
            "Everything was moved and compared row by row, in {:.1} s. The audit log: {}",
            began.elapsed().as_secs_f64(),
            chain.lines().next().unwrap_or_default()
        );
        println!("{}", next_steps(url.is_some()));
        Ok(())
    }

    /// Writes the outcome into the audit log of the new database, whose chain then holds.
    async fn finish(
        &self,
        target: &AnyStore,
        municipality: &MunicipalityId,
        tables: &[(&'static str, u64)],
    ) -> Result<String, String> {
        let rows: u64 = tables.iter().map(|(_, rows)| rows).sum();
        crate::records::trace::end(target, &self.asker, WHAT, &format!("rows: {rows}")).await?;
        ledger::verify(target, municipality, None, None).await
    }

    /// Marks the old database, after a row in the audit log that is moved too. Returns whether an
    /// earlier try had marked it.
    async fn mark(&self, from: &AnyStore) -> Result<bool, String> {
        let shown = setting_of(from).await?;
        if is_mark(&shown) {
            return Ok(true);
        }
        begin(from, &self.asker, WHAT, "everything, to another database").await?;
        let mark = Maintenance::moved(now_ms()).setting();
        change(from, [&shown, &mark], &self.asker).await?;
        Ok(false)
    }

    async fn unmark(&self, from: &AnyStore) -> Result<&'static str, String> {
        let shown = setting_of(from).await?;
        change(from, [&shown, OFF], &self.asker).await?;
        let audit = self.asker.audit_context();
        from.note(&format!("{WHAT} failed"), &audit).await.map_err(|fault| fault.to_string())?;
        Ok("The old database is as it was: start the server on it.")
    }

    async fn stay(&self, from: &AnyStore) -> Result<(), String> {
        if !is_mark(&setting_of(from).await?) {
            return Err("This database was not moved away. There is nothing to do.".into());
        }
        println!("{}", self.unmark(from).await?);
        Ok(())
    }
}

/// Fails if everything was moved away from a database: what it took would be lost.
pub(crate) async fn check_not_moved(store: &AnyStore) -> Result<(), String> {
    if !is_mark(&setting_of(store).await?) {
        return Ok(());
    }
    Err("Everything was moved from this database to another one, which is to be used now: see database_url in the settings. If the move broke off and you stay here: community-hub move --stay".into())
}

async fn setting_of(store: &AnyStore) -> Result<String, String> {
    let value = store.setting(SETTING).await.map_err(|fault| fault.to_string())?;
    Ok(value.unwrap_or_default())
}

fn is_mark(setting: &str) -> bool {
    Maintenance::of_setting(Some(setting)).is_some_and(|of| of.is_moved)
}

async fn change(store: &AnyStore, values: [&str; 2], asker: &Asker) -> Result<(), String> {
    let audit = asker.audit_context();
    let done = store.change_setting(SETTING, values, ChangedBy::Operator, &audit).await;
    match done.map_err(|fault| fault.to_string())? {
        StaffChange::Done => Ok(()),
        _ => Err("Someone else began or ended maintenance at the same moment. Nothing was moved: run this again.".into()),
    }
}

fn next_steps(is_postgres: bool) -> &'static str {
    if is_postgres {
        "Next: set database_url in the settings file, start the server, and look at /ready. The file hub.sqlite is marked and refuses to be served; keep it until the first backup of PostgreSQL, then delete it."
    } else {
        "Next: remove database_url from the settings file, start the server, and look at /ready. The database in PostgreSQL is marked and refuses to be served; keep it until the first backup, then drop it. Set backup_to again."
    }
}
