//! `community-hub catalogue`: checks the folder of a municipality's data, publishes it as the next
//! edition, and sets and ends urgent notices, without the project's folder and without a compiler.
//! The publisher's own functions do it.

use crate::records::trace::{Asker, traced, traced_if_possible};
use crate::relocate::check_not_moved;
use crate::serve::{Settings, municipality_of, open_store};
use crate::site::ServedSite;
use casework::maintenance::local_time;
use casework::when::Zone;
use domain::alert::Alert;
use domain::hours::Moment;
use domain::{Catalogue, Text};
use publish::located::report;
use publish::notice::{FILE, with_notice, without_notices};
use publish::{Publication, check_dir, publish, replace_text};
use std::path::{Path, PathBuf};
use store::SubmissionStore;
use vault::now_ms;

/// The folder of editions in a data folder.
const EDITIONS: &str = "catalogue";

/// What is done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CatalogueAct {
    /// Reports all faults.
    Check,
    /// Publishes the next edition.
    Publish,
    /// Sets an urgent notice and publishes it.
    Alert(NewAlert),
    /// Ends all urgent notices and publishes that.
    EndAlerts,
}

/// An urgent notice as it is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewAlert {
    /// The words in English.
    pub text: String,
    /// The words in French.
    pub text_fr: Option<String>,
    /// Its end, as a local time.
    pub until: String,
    /// A page with more.
    pub url: Option<String>,
}

/// A command about the data, and who runs it.
#[derive(Debug)]
pub struct CatalogueCommand {
    /// The folders and the database.
    pub settings: Settings,
    /// Who runs it and why.
    pub asker: Asker,
    /// The municipality's folder.
    pub data: PathBuf,
    /// What is done.
    pub act: CatalogueAct,
}

impl CatalogueCommand {
    /// Runs the command and prints its result. The error is a message for the administrator.
    pub async fn run(self) -> Result<(), String> {
        let catalogue = checked(&self.data)?;
        if self.act == CatalogueAct::Check {
            println!("{}", counted(&self.data, &catalogue));
            return Ok(());
        }
        self.is_of_this_site(&catalogue)?;
        let zone = Zone::of(&catalogue.municipality().time_zone);
        let work = async || {
            let number = match &self.act {
                CatalogueAct::Alert(asked) => self.set_alert(asked, &zone)?,
                CatalogueAct::EndAlerts => self.end_alerts(&zone)?,
                CatalogueAct::Check | CatalogueAct::Publish => self.publish(&zone)?,
            };
            Ok(((), number.map_or("nothing new".into(), |number| format!("edition {number}"))))
        };
        let what = match self.act {
            CatalogueAct::Alert(_) => "alert",
            CatalogueAct::EndAlerts => "alert end",
            CatalogueAct::Check | CatalogueAct::Publish => "publish",
        };
        if !self.settings.has_database() {
            return work().await.map(|_| ());
        }
        let url = self.settings.database_url.as_deref();
        let municipality = catalogue.municipality().id.clone();
        // What is urgent does not wait for the database.
        let is_urgent = matches!(self.act, CatalogueAct::Alert(_) | CatalogueAct::EndAlerts);
        let store = match open_store(&self.settings.data_dir, url, municipality).await {
            Ok(store) => store,
            Err(fault) if is_urgent => {
                warn_unrecorded(&fault);
                return work().await.map(|_| ());
            }
            Err(fault) => return Err(fault),
        };
        check_not_moved(&store).await?;
        let journal = (&store, &self.asker);
        let done = match is_urgent {
            true => traced_if_possible(journal, (what, ""), warn_unrecorded, work).await,
            false => traced(journal, (what, ""), work).await,
        };
        store.close().await;
        done
    }

    /// Fails if the data is of another municipality than the site: no server would use it.
    fn is_of_this_site(&self, catalogue: &Catalogue) -> Result<(), String> {
        let site = ServedSite::read(&self.settings.site).map_err(|fault| fault.to_string())?;
        let (of, own) = (&catalogue.municipality().id, municipality_of(&site)?);
        let said = || {
            format!(
                "{} is of “{of}”, and the site of “{own}”. Nothing was published.",
                self.data.display()
            )
        };
        (*of == own).then_some(()).ok_or_else(said)
    }

    /// Returns the number of the edition; `None` if nothing has changed.
    fn publish(&self, zone: &Zone) -> Result<Option<u32>, String> {
        let (to, today) = (self.settings.data_dir.join(EDITIONS), zone.moment(now_ms()).date);
        let published = publish(&self.data, &to, today).map_err(|fault| fault.to_string())?;
        Ok(match published {
            Publication::Unchanged { number } => {
                println!("Nothing has changed since edition {number}; nothing was published.");
                None
            }
            Publication::Made { number, alerts } => {
                println!(
                    "Edition {number} is published, with {alerts} urgent notices in its list. The server offers it within seconds, and devices get it when they next reach it. The number is now in {}.\nSeveral servers: copy {} to the data folder of each.",
                    self.data.join("municipality.toml").display(),
                    to.display()
                );
                Some(number)
            }
        })
    }

    fn set_alert(&self, asked: &NewAlert, zone: &Zone) -> Result<Option<u32>, String> {
        let now_ms = now_ms();
        let until_ms = local_time(asked.until.trim(), zone, now_ms).filter(|ms| *ms > now_ms);
        let until_ms = until_ms
            .ok_or("--until: give a time that is to come, as 18:30 or 2026-12-01T18:30.")?;
        let alert = Alert {
            text: Text { en: asked.text.trim().into(), fr: asked.text_fr.clone() },
            from: zone.moment(now_ms),
            until: zone.moment(until_ms),
            url: asked.url.clone(),
        };
        self.change(zone, |text| Ok(with_notice(text, &alert)))
    }

    fn end_alerts(&self, zone: &Zone) -> Result<Option<u32>, String> {
        let now: Moment = zone.moment(now_ms());
        self.change(zone, |text| {
            let ended = without_notices(text, now)
                .ok_or_else(|| format!("{FILE} is written in a form that this command does not know. Set `until` there by hand, then publish."))?;
            if ended.1 == 0 {
                return Err("No urgent notice is shown or planned. Nothing was changed.".into());
            }
            Ok(ended.0)
        })
    }

    /// Changes the file of notices and publishes it. The file stays as it was if that fails.
    fn change(
        &self,
        zone: &Zone,
        changed: impl FnOnce(&str) -> Result<String, String>,
    ) -> Result<Option<u32>, String> {
        let path = self.data.join(FILE);
        let said = |error: std::io::Error| format!("{}: {error}", path.display());
        let is_there = path.exists();
        let before =
            if is_there { std::fs::read_to_string(&path).map_err(said)? } else { String::new() };
        let after = changed(&before)?;
        replace_text(&path, &after).map_err(said)?;
        self.publish(zone).map_err(|fault| {
            let undone = match is_there {
                true => replace_text(&path, &before),
                false => std::fs::remove_file(&path),
            };
            let undone = undone.map_or_else(said, |()| format!("{FILE} is as it was."));
            format!("{fault}\n{undone}")
        })
    }
}

/// Says that an urgent notice goes on without a record.
fn warn_unrecorded(fault: &str) {
    eprintln!(
        "The database cannot be used: {}. This goes on; no audit log has a record of it.",
        fault.trim_end_matches('.')
    );
}

/// Reads and checks a folder. The error has a line for each fault, with its file and line.
fn checked(data: &Path) -> Result<Catalogue, String> {
    check_dir(data).map(|(catalogue, _)| catalogue).map_err(|faults| report(&faults))
}

fn counted(data: &Path, catalogue: &Catalogue) -> String {
    format!(
        "{}: no faults. Services: {}, tasks: {}, locations: {}, topics: {}.",
        data.display(),
        catalogue.services().len(),
        catalogue.tasks().len(),
        catalogue.hubs().len(),
        catalogue.categories().len()
    )
}
