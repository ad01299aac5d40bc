//! Backups by the server itself, once a night: makes one in a folder named after the day, tries it,
//! and removes the oldest ones. [`is_due`] and [`outdated`] decide, without a clock or a disk.
//!
//! Nothing that is older is removed before the newer one has proved itself.

use super::Next;
use super::nightly::NIGHT_HOUR;
use crate::api::ServerParts;
use crate::backup::{BackupMade, BackupSources, MANIFEST, WORDS_FILE, try_backup, write_backup};
use crate::records::trace::{Asker, traced};
use casework::when::Zone;
use domain::hours::{Date, Moment};
use office::directory::ServiceDirectory;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use store::AnyStore;
use vault::now_ms;
use vault::private::entries;

/// The pause after a failure: a disk may be put back, and the audit log has an entry of each try.
const AGAIN: Duration = Duration::from_secs(3_600);
/// Who does it, in the audit log.
const OPERATOR: &str = "the server";
const REASON: &str = "nightly";

/// The settings of nightly backups.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BackupSettings {
    /// The folder in which each night has a folder of its own. It must exist: a disk that is not
    /// mounted must not be mistaken for one.
    pub to: PathBuf,
    /// How many nights are stored.
    pub keep: usize,
    /// The settings file, which is part of a backup.
    pub settings_file: Option<PathBuf>,
    /// How long after a start the first one may be made.
    pub after_start: Duration,
}

/// Whether a backup is due: today's is missing, and the night's minute has come or a night was
/// missed.
pub fn is_due(local: Moment, minute: u16, days: &[Date]) -> bool {
    let has = |day: Date| days.contains(&day);
    let is_night_over = (local.minute.hour(), local.minute.minute()) >= (NIGHT_HOUR, minute);
    !has(local.date) && (is_night_over || !has(local.date.plus_days(-1)))
}

/// The days of those backups that are no longer stored: all but the newest `keep`.
pub fn outdated(mut days: Vec<Date>, keep: usize) -> Vec<Date> {
    days.sort_unstable();
    days.truncate(days.len().saturating_sub(keep.max(1)));
    days
}

/// Makes a backup once a night.
#[derive(Debug)]
pub(super) struct NightlyBackups {
    settings: BackupSettings,
    data_dir: PathBuf,
    started: Instant,
    minute: u16,
}

impl NightlyBackups {
    /// `minute` is that of the night's hour from which it is made.
    pub(super) fn new(settings: BackupSettings, data_dir: PathBuf, minute: u16) -> Self {
        Self { settings, data_dir, started: Instant::now(), minute }
    }

    /// Makes a backup if it is due. A failure is logged, is in the audit log, and is tried again.
    pub(super) async fn look(&self, server: &ServerParts<AnyStore>) -> Next {
        if self.started.elapsed() < self.settings.after_start {
            return Next::AfterPeriod;
        }
        let zone = Zone::of(&server.editions.catalogue().municipality().time_zone);
        let local = zone.moment(now_ms());
        if !is_due(local, self.minute, &self.days()) {
            return Next::AfterPeriod;
        }
        match self.make(&server.receiver.store, local.date).await {
            Ok(()) => Next::AfterPeriod,
            Err(said) => {
                tracing::error!(said, "the nightly backup failed; it is tried again in an hour");
                Next::After(AGAIN)
            }
        }
    }

    fn folder_of(&self, day: Date) -> PathBuf {
        self.settings.to.join(day.to_string())
    }

    async fn make(&self, store: &AnyStore, day: Date) -> Result<(), String> {
        let asker = Asker { who: OPERATOR.into(), reason: REASON.into() };
        let folder = self.folder_of(day);
        let of = BackupSources {
            data_dir: &self.data_dir,
            settings: self.settings.settings_file.as_deref(),
        };
        let making = async || {
            let made = self.write(store, of, &folder).await?;
            let outcome = format!("{} files, {} bytes", made.files, made.bytes);
            Ok((made, outcome))
        };
        let made = traced((store, &asker), ("backup", "everything"), making).await?;
        let part = folder.with_extension("part");
        if made.new_words.is_some() {
            tracing::warn!(
                file = %self.data_dir.join(WORDS_FILE).display(),
                "the words that open all backups are new; put them on paper, apart from the backups"
            );
        }
        let trying = async || try_backup(&part, &self.data_dir).await.map(|found| ((), found));
        let of = format!("of {day}");
        traced((store, &asker), ("backup verify", &of), trying).await?;
        // Only what was opened bears its day, so what is not good is made again.
        std::fs::rename(&part, &folder)
            .map_err(|error| format!("{}: {error}", folder.display()))?;
        self.remove_outdated(day);
        tracing::info!(folder = %folder.display(), "the nightly backup is made and was tried");
        Ok(())
    }

    /// Writes a backup beside its place, where it is tried before it gets the name of its day.
    async fn write(
        &self,
        store: &AnyStore,
        of: BackupSources<'_>,
        folder: &Path,
    ) -> Result<BackupMade, String> {
        let to = &self.settings.to;
        if !to.is_dir() {
            return Err(format!(
                "{} is not there: mount its disk, or make the folder and give it to the server’s user",
                to.display()
            ));
        }
        let part = folder.with_extension("part");
        if part.exists() {
            std::fs::remove_dir_all(&part)
                .map_err(|error| format!("{}: {error}", part.display()))?;
        }
        write_backup(store, of, &part).await
    }

    /// The days of the backups: folders that are named after a day and were finished.
    fn days(&self) -> Vec<Date> {
        let day_of = |path: PathBuf| {
            let day = Date::parse(path.file_name()?.to_str()?)?;
            path.join(MANIFEST).exists().then_some(day)
        };
        entries(&self.settings.to).into_iter().filter_map(day_of).collect()
    }

    /// Removes what is too old. A folder of a day that is still to come was made by a wrong clock,
    /// and counts as none.
    fn remove_outdated(&self, today: Date) {
        let mut days = self.days();
        days.retain(|day| *day <= today);
        for day in outdated(days, self.settings.keep) {
            if let Err(fault) = std::fs::remove_dir_all(self.folder_of(day)) {
                tracing::error!(%fault, %day, "an old backup could not be removed");
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::hours::Minute;

    fn day(text: &str) -> Date {
        Date::parse(text).unwrap()
    }

    #[test]
    fn a_backup_is_due_once_a_day_from_its_minute_of_the_night_on() {
        let check = |(hour, minute), days: &[&str], expected: bool| {
            let minute = Minute::new(hour, minute).unwrap();
            let local = Moment { date: day("2026-11-30"), minute };
            let days: Vec<Date> = days.iter().map(|text| day(text)).collect();
            assert_eq!(is_due(local, 20, &days), expected, "{minute} {days:?}");
        };
        check((2, 59), &["2026-11-29"], false);
        check((3, 19), &["2026-11-29"], false);
        check((3, 20), &["2026-11-29"], true);
        // The try of the night failed.
        check((23, 59), &["2026-11-29"], true);
        check((3, 20), &["2026-11-29", "2026-11-30"], false);
        check((14, 0), &["2026-11-30"], false);
        // The first one, and one after a night was missed.
        check((1, 0), &[], true);
        check((1, 0), &["2026-11-28"], true);
        // By a clock that was ahead.
        check((3, 20), &["2029-11-30"], true);
    }

    #[test]
    fn the_newest_backups_stay_and_one_always_does() {
        let days = || vec![day("2026-11-29"), day("2026-11-27"), day("2026-11-28")];
        assert_eq!(outdated(days(), 2), vec![day("2026-11-27")]);
        assert_eq!(outdated(days(), 3), Vec::<Date>::new());
        assert_eq!(outdated(days(), 0), vec![day("2026-11-27"), day("2026-11-28")]);
        assert_eq!(outdated(Vec::new(), 2), Vec::<Date>::new());
    }
}
