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
use store::{AnyStore, ChangedBy, Custody, DoorStore, MoveFault, StaffChange, SubmissionStore};
use vault::now_ms;

/// The name of SQLite as the place to move to.
const SQLITE: &str = "sqlite";
/// Its name in the audit log.
const WHAT: &str = "move";
const STAYS_MARKED: &str =
    "The old database stays marked. To use it again: community-hub move --stay";

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
    /// The old database may be used although everything has arrived in the new one.
    pub ignores_arrival: bool,
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
        has_no_server(from, "this database").await?;
        let target = open_store(&self.settings.data_dir, url, municipality.clone()).await?;
        let began = Instant::now();
        let copied = self.copy(from, &target, url.is_none()).await;
        target.close().await;
        let tables = copied?;
        let chain = self.check(from, url, municipality, &tables).await.map_err(|fault| {
            format!(
                "Everything was moved. Only the check afterwards failed: {}. Do not use the old database; run community-hub audit verify on the new one.\n{}",
                fault.trim_end_matches('.'),
                next_steps(url.is_some())
            )
        })?;
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

    /// Marks the old database and copies everything. Returns the tables with their numbers of rows.
    /// The error says whether the old database can be used.
    async fn copy(
        &self,
        from: &AnyStore,
        target: &AnyStore,
        is_to_sqlite: bool,
    ) -> Result<Vec<(&'static str, u64)>, String> {
        has_no_server(target, "the new database").await?;
        let earlier = self.mark(from).await?;
        let fault = match from.move_into(target).await {
            Ok(tables) => return Ok(tables),
            Err(fault) => fault,
        };
        if earlier.is_none() && matches!(fault, MoveFault::NotEmpty(_)) {
            return Err(format!(
                "An earlier try may have moved everything: {fault}. Look at the new database first. {STAYS_MARKED}"
            ));
        }
        let file = if is_to_sqlite {
            format!(
                " If {DATABASE_FILE} in the data folder is the one from before, put it elsewhere."
            )
        } else {
            String::new()
        };
        let state: String = match &earlier {
            None => STAYS_MARKED.into(),
            Some(setting) => match self.unmark(from, setting).await {
                Ok(()) if setting == OFF => {
                    "The old database is as it was: start the server on it.".into()
                }
                Ok(()) => {
                    "The old database is as it was, in maintenance: start the server on it.".into()
                }
                Err(fault) => format!("{STAYS_MARKED} (The mark could not be removed: {fault})"),
            },
        };
        Err(format!("Nothing was moved: {fault}.{file} {state}"))
    }

    /// After everything was moved: says so in the old database, and checks the new one. Returns
    /// what the check of the audit log says.
    async fn check(
        &self,
        from: &AnyStore,
        url: Option<&str>,
        municipality: &MunicipalityId,
        tables: &[(&'static str, u64)],
    ) -> Result<String, String> {
        let noted = self.note_arrival(from).await;
        // Opened again, with the epoch that came with the rows.
        let target = open_store(&self.settings.data_dir, url, municipality.clone()).await?;
        let chain = self.finish(&target, municipality, tables).await;
        target.close().await;
        noted.and(chain)
    }

    /// Notes in the old database that everything has arrived in the new one.
    async fn note_arrival(&self, from: &AnyStore) -> Result<(), String> {
        let shown = setting_of(from).await?;
        let mark = Maintenance { has_arrived: true, ..Maintenance::moved(now_ms()) }.setting();
        change(from, [&shown, &mark], &self.asker).await
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

    /// Marks the old database, after a row in the audit log that is moved too. Returns the setting
    /// that was there; `None` if an earlier try had marked it.
    async fn mark(&self, from: &AnyStore) -> Result<Option<String>, String> {
        let shown = setting_of(from).await?;
        if let Some(mark) = mark_of(&shown) {
            return self.may_use(&mark).map(|()| None);
        }
        begin(from, &self.asker, WHAT, "everything, to another database").await?;
        let mark = Maintenance::moved(now_ms()).setting();
        change(from, [&shown, &mark], &self.asker)
            .await
            .map_err(|fault| format!("Nothing was moved, run this again: {fault}"))?;
        Ok(Some(shown))
    }

    /// Replaces the mark by an earlier setting.
    async fn unmark(&self, from: &AnyStore, earlier: &str) -> Result<(), String> {
        let shown = setting_of(from).await?;
        change(from, [&shown, earlier], &self.asker).await?;
        let audit = self.asker.audit_context();
        from.note(&format!("{WHAT} failed"), &audit).await.map_err(|fault| fault.to_string())
    }

    async fn stay(&self, from: &AnyStore) -> Result<(), String> {
        let mark = mark_of(&setting_of(from).await?)
            .ok_or("This database was not moved away. There is nothing to do.")?;
        self.may_use(&mark)?;
        self.unmark(from, OFF).await?;
        println!("The old database is used again: start the server on it. Maintenance is off.");
        Ok(())
    }

    /// Fails if everything has arrived in the new database, unless the old one is to be used all
    /// the same.
    fn may_use(&self, mark: &Maintenance) -> Result<(), String> {
        if !mark.has_arrived || self.ignores_arrival {
            return Ok(());
        }
        Err("Everything was moved from this database, and arrived in the new one. Nothing was done. What the new one took since then is not here. If you know that, and use the old one all the same: --even-though-it-was-moved".into())
    }
}

/// Fails if servers use a database. One of SQLite is locked by its server instead.
async fn has_no_server(store: &AnyStore, which: &str) -> Result<(), String> {
    let reports = store.key_reports().await.map_err(|fault| fault.to_string())?;
    let running = reports.iter().filter(|report| report.is_running).count();
    if running == 0 {
        return Ok(());
    }
    Err(format!(
        "Servers that use {which}, or did half a minute ago: {running}. Nothing was done. Stop all of them, wait half a minute, and run this again."
    ))
}

/// Fails if everything was moved away from a database: what it took would be lost.
pub(crate) async fn check_not_moved(store: &AnyStore) -> Result<(), String> {
    let Some(mark) = mark_of(&setting_of(store).await?) else { return Ok(()) };
    let moved = "Everything was moved from this database to another one, which is to be used now: see database_url in the settings.";
    if mark.has_arrived {
        return Err(moved.into());
    }
    Err(format!("{moved} If the move broke off and you stay here: community-hub move --stay"))
}

async fn setting_of(store: &AnyStore) -> Result<String, String> {
    let value = store.setting(SETTING).await.map_err(|fault| fault.to_string())?;
    Ok(value.unwrap_or_default())
}

/// The mark of a database from which everything was moved; `None` if it has none.
fn mark_of(setting: &str) -> Option<Maintenance> {
    Maintenance::of_setting(Some(setting)).filter(|of| of.is_moved)
}

async fn change(store: &AnyStore, values: [&str; 2], asker: &Asker) -> Result<(), String> {
    let audit = asker.audit_context();
    let done = store.change_setting(SETTING, values, ChangedBy::Operator, &audit).await;
    match done.map_err(|fault| fault.to_string())? {
        StaffChange::Done => Ok(()),
        _ => Err("Someone else began or ended maintenance at the same moment.".into()),
    }
}

fn next_steps(is_postgres: bool) -> &'static str {
    if is_postgres {
        "Next: set database_url in the settings file, start the server, and look at /ready. The file hub.sqlite is marked and refuses to be served; keep it until the first backup of PostgreSQL, then delete it."
    } else {
        "Next: remove database_url from the settings file, start the server, and look at /ready. The database in PostgreSQL is marked and refuses to be served; keep it until the first backup, then drop it. Set backup_to again."
    }
}
