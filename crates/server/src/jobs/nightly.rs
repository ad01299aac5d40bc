//! Retention by itself, once a night. [`is_due`] and [`clock_fault`] decide, without a clock or a
//! database; [`Nightly`] asks both and does it.
//!
//! A clock that is wrong by years would make everything look expired. So nothing is deleted unless
//! what is in the database bears the clock out.

use super::Next;
use super::backups::BackupSettings;
use crate::api::ServerParts;
use crate::export::day_of;
use crate::records::retention::{self, RetentionDays};
use crate::records::trace::{Asker, traced_once};
use casework::when::Zone;
use domain::hours::{Date, Minute, Moment};
use office::directory::ServiceDirectory;
use std::sync::Mutex;
use std::time::{Duration, Instant};
use store::{AnyStore, AuditContext, Custody};
use vault::{now_ms, random};

const HOUR_MS: u64 = 3_600_000;
const DAY_MS: u64 = 24 * HOUR_MS;
/// The hour of the municipality's day in which retention runs: few people are awake, and it is
/// after the hour that clock changes skip or repeat in most places.
pub(crate) const NIGHT_HOUR: u16 = 3;
/// The time after a start in which retention does not run, so that a server which starts again and
/// again does not delete, and an operator who started it by mistake can stop it.
pub const AFTER_START: Duration = Duration::from_secs(900);
/// The least time from one run to the next, in milliseconds: shorter than from the end of a night's
/// hour to the next, longer than an hour that a clock change repeats.
const APART_MS_MIN: u64 = 12 * HOUR_MS;
/// The time after which a run is made up for by day, in milliseconds: a night was missed.
const OVERDUE_MS: u64 = 36 * HOUR_MS;
/// How far the clock may be ahead of the newest thing in the database, in milliseconds.
const AHEAD_MS_MAX: u64 = 2 * DAY_MS;
/// The age in milliseconds from which a thing in the database bears out the clock. What is newer
/// may have been written by the clock that is in doubt.
const SETTLED_MS: u64 = DAY_MS;
/// The pause after the clock was not believed: each time is logged.
const DOUBT_PAUSE: Duration = Duration::from_secs(3_600);
/// Who does it, in the audit log.
const OPERATOR: &str = "the server";
const REASON: &str = "nightly";

/// The settings of nightly retention.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RetentionSettings {
    /// The retention periods.
    pub days: RetentionDays,
    /// The by-law that allows less than a year.
    pub by_law: Option<String>,
    /// How long after a start it may first run.
    pub after_start: Duration,
}

/// What decides whether retention is due.
#[derive(Debug, Clone, Copy)]
pub struct Situation {
    /// Now, in milliseconds since 1970.
    pub now_ms: u64,
    /// Now, in the municipality's time zone.
    pub local: Moment,
    /// The minute of the night's hour from which this server runs it.
    pub minute: u16,
    /// When it last began, in milliseconds since 1970; `None` if it never did.
    pub last_ms: Option<u64>,
}

/// Whether retention is due: at this server's minute of the night or later in that hour, or at any
/// time if the last run is long ago.
pub fn is_due(situation: Situation) -> bool {
    let Situation { now_ms, local, minute, last_ms } = situation;
    let since_ms = last_ms.map_or(u64::MAX, |last_ms| now_ms.saturating_sub(last_ms));
    let is_night = local.minute.hour() == NIGHT_HOUR && local.minute.minute() >= minute;
    since_ms > OVERDUE_MS || (is_night && since_ms > APART_MS_MIN)
}

/// When retention that last began at `last_ms` is next due, in milliseconds since 1970: the first
/// night that is far enough away.
pub fn next_night(zone: &Zone, last_ms: u64) -> u64 {
    let earliest_ms = last_ms.saturating_add(APART_MS_MIN);
    let date = zone.moment(earliest_ms).date;
    if night_of(zone, date) > earliest_ms {
        night_of(zone, date)
    } else {
        night_of(zone, date.plus_days(1))
    }
}

/// When the hour of a day's night begins, in milliseconds since 1970.
pub fn night_of(zone: &Zone, date: Date) -> u64 {
    zone.ms(Moment { date, minute: Minute::new(NIGHT_HOUR, 0).unwrap_or(Minute::MIDNIGHT) })
}

/// What the database has from before now, in milliseconds since 1970.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Newest {
    /// The newest thing; `None` if there is nothing.
    pub all_ms: Option<u64>,
    /// The newest thing of at least a day ago; `None` if everything is newer.
    pub settled_ms: Option<u64>,
}

/// Why the clock is not believed; `None` if it is. The newest thing must be at most two days old.
/// What was written within a day cannot bear the clock out, because a clock that jumped dates new
/// things wrongly too; so the newest of the older things must be at most three days old. A
/// database that has nothing older has nothing to delete.
pub fn clock_fault(now_ms: u64, newest: Newest) -> Option<String> {
    let far = doubted_ms(now_ms, newest)?;
    Some(format!(
        "the clock says {}, and the newest thing before that, or before the last day, is of {}",
        day_of(now_ms),
        day_of(far)
    ))
}

/// A minute of the night's hour. Several servers of one database rarely choose the same.
pub(super) fn minute_of_night() -> u16 {
    u16::from(random::<1>()[0] % 60)
}

/// What the server does at night.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NightlySettings {
    /// Deletes what is past its retention; `None` if only by command.
    pub retention: Option<RetentionSettings>,
    /// Makes and tries backups; `None` if only by command.
    pub backups: Option<BackupSettings>,
}

/// The date of the thing in the database that does not bear the clock out; `None` if the clock is
/// believed, as [`clock_fault`] has it.
pub fn doubted_ms(now_ms: u64, newest: Newest) -> Option<u64> {
    let is_far = |then_ms: u64, ms_max: u64| now_ms.saturating_sub(then_ms) > ms_max;
    newest
        .all_ms
        .filter(|ms| is_far(*ms, AHEAD_MS_MAX))
        .or(newest.settled_ms.filter(|ms| is_far(*ms, AHEAD_MS_MAX + SETTLED_MS)))
}

/// Runs retention once a night.
#[derive(Debug)]
pub struct Nightly {
    settings: RetentionSettings,
    started: Instant,
    minute: u16,
    /// When it last began, as far as this server has seen. Saves reading the audit log.
    last_ms: Mutex<Option<u64>>,
}

impl Nightly {
    /// Starts counting the time after the start. `minute` is that of [`minute_of_night`].
    pub fn new(settings: RetentionSettings, minute: u16) -> Self {
        Self { settings, started: Instant::now(), minute, last_ms: Mutex::default() }
    }

    /// Runs retention if it is due and nobody ran it. A failure is logged, and retried at the next
    /// look as long as nothing was begun.
    pub(super) async fn look(&self, server: &ServerParts<AnyStore>) -> Next {
        if self.started.elapsed() < self.settings.after_start {
            return Next::AfterPeriod;
        }
        self.run(server).await.unwrap_or_else(|said| {
            tracing::error!(said, "retention failed; it is tried again");
            Next::AfterPeriod
        })
    }

    async fn run(&self, server: &ServerParts<AnyStore>) -> Result<Next, String> {
        let store = &server.receiver.store;
        let now_ms = now_ms();
        let zone = Zone::of(&server.editions.catalogue().municipality().time_zone);
        let is_due = |last_ms| {
            let (local, minute) = (zone.moment(now_ms), self.minute);
            is_due(Situation { now_ms, local, minute, last_ms })
        };
        if !is_due(self.last()) {
            return Ok(Next::AfterPeriod);
        }
        let last = store.last_noted("retention begins", now_ms).await;
        self.remember(last.map_err(|fault| fault.to_string())?);
        if !is_due(self.last()) {
            return Ok(Next::AfterPeriod);
        }
        if let Some(fault) = clock_fault(now_ms, newest(store, now_ms).await?) {
            tracing::error!(fault, "retention deletes nothing, because the clock may be wrong");
            return Ok(Next::After(DOUBT_PAUSE));
        }
        let audit = AuditContext { who: OPERATOR.into(), reason: REASON.into(), at_ms: now_ms };
        let (due, all) = retention::due_of_all(store, self.settings.days, &audit).await?;
        if let Some(doubt) = retention::doubt(due, all, None) {
            tracing::error!(
                doubt,
                "retention deletes nothing; if it is meant: community-hub retention --confirm {due}"
            );
            return Ok(Next::After(DOUBT_PAUSE));
        }
        self.let_go(store, now_ms).await?;
        Ok(Next::AfterPeriod)
    }

    /// Deletes what is past its retention, unless another server does.
    async fn let_go(&self, store: &AnyStore, now_ms: u64) -> Result<(), String> {
        let by_law = self.settings.by_law.as_ref();
        let reason = by_law.map_or(REASON.into(), |by_law| format!("{REASON}; by-law: {by_law}"));
        let asker = Asker { who: OPERATOR.into(), reason };
        let since_ms = now_ms.saturating_sub(APART_MS_MIN);
        let letting_go = async || {
            let outcomes =
                retention::let_go(store, self.settings.days, &asker.audit_context()).await?;
            let noted = retention::noted(&outcomes);
            Ok((noted.clone(), noted))
        };
        match traced_once((store, &asker), ("retention", since_ms), letting_go).await? {
            Some(noted) => tracing::info!(noted, "retention is done"),
            None => tracing::info!("retention is done by another server or by command"),
        }
        self.remember(Some(now_ms));
        Ok(())
    }

    fn last(&self) -> Option<u64> {
        *self.last_ms.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    fn remember(&self, last_ms: Option<u64>) {
        *self.last_ms.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = last_ms;
    }
}

/// The newest things that the database has from before now.
pub async fn newest(store: &impl Custody, now_ms: u64) -> Result<Newest, String> {
    let all = store.newest(now_ms).await;
    let settled = store.newest(now_ms.saturating_sub(SETTLED_MS)).await;
    Ok(Newest {
        all_ms: all.map_err(|fault| fault.to_string())?,
        settled_ms: settled.map_err(|fault| fault.to_string())?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW_MS: u64 = 1_800_000_000_000;

    fn local(hour: u16, minute: u16) -> Moment {
        Moment {
            date: Date::parse("2026-11-29").unwrap(),
            minute: Minute::new(hour, minute).unwrap(),
        }
    }

    #[test]
    fn it_is_due_once_a_night_and_when_a_night_was_missed() {
        // The last run in hours before now.
        let check = |(hour, minute), last_h: Option<u64>, expected: bool| {
            let last_ms = last_h.map(|hours| NOW_MS - hours * HOUR_MS);
            let (now_ms, local) = (NOW_MS, local(hour, minute));
            let situation = Situation { now_ms, local, minute: 20, last_ms };
            assert_eq!(is_due(situation), expected, "{hour}:{minute} after {last_h:?}");
        };
        check((2, 59), Some(24), false);
        check((3, 19), Some(24), false);
        check((3, 20), Some(24), true);
        check((3, 59), Some(24), true);
        check((4, 0), Some(24), false);
        check((4, 20), Some(24), false);
        // Another server, or a command, was first.
        check((3, 30), Some(0), false);
        check((3, 30), Some(12), false);
        check((3, 30), Some(13), true);
        // A night was missed.
        check((14, 0), Some(36), false);
        check((14, 0), Some(37), true);
        check((3, 5), Some(48), true);
        check((14, 0), None, true);
    }

    #[test]
    fn a_run_that_is_ahead_of_a_clock_that_was_set_back_is_no_reason_to_run() {
        let last_ms = Some(NOW_MS + DAY_MS);
        assert!(!is_due(Situation { now_ms: NOW_MS, local: local(3, 30), minute: 0, last_ms }));
    }

    #[test]
    fn a_clock_that_the_database_does_not_bear_out_is_not_believed() {
        // Ages in hours: of the newest thing, and of the newest of a day or more.
        let check = |all_h: Option<u64>, settled_h: Option<u64>, is_believed: bool| {
            let before = |hours: Option<u64>| hours.map(|hours| NOW_MS - hours * HOUR_MS);
            let newest = Newest { all_ms: before(all_h), settled_ms: before(settled_h) };
            let fault = clock_fault(NOW_MS, newest);
            assert_eq!(fault.is_none(), is_believed, "{all_h:?} {settled_h:?}: {fault:?}");
        };
        check(None, None, true);
        check(Some(0), None, true);
        check(Some(0), Some(25), true);
        check(Some(24), Some(24), true);
        check(Some(48), Some(48), true);
        check(Some(49), Some(49), false);
        check(Some(10_000), Some(10_000), false);
        // The clock jumped, and something was received since.
        check(Some(0), Some(72), true);
        check(Some(0), Some(73), false);
        check(Some(0), Some(10_000), false);
    }

    #[test]
    fn the_next_night_is_the_first_one_that_is_far_enough_away() {
        let zone = Zone::of("America/Toronto");
        let ms = |day: &str, (hour, minute)| {
            let minute = Minute::new(hour, minute).unwrap();
            zone.ms(Moment { date: Date::parse(day).unwrap(), minute })
        };
        let check = |day, at, expected: &str| {
            let next = next_night(&zone, ms(day, at));
            assert_eq!(next, ms(expected, (3, 0)), "{day} {at:?}");
        };
        check("2026-11-30", (3, 20), "2026-12-01");
        check("2026-11-30", (14, 0), "2026-12-01");
        check("2026-11-30", (20, 0), "2026-12-02");
        // The clocks change at two o'clock.
        check("2026-10-31", (3, 20), "2026-11-01");
    }

    #[test]
    fn doubt_names_both_days() {
        let newest = Newest { all_ms: Some(0), settled_ms: Some(0) };
        let fault = clock_fault(NOW_MS, newest).unwrap();
        assert!(fault.contains("2027-01-15") && fault.contains("1970-01-01"), "{fault}");
    }
}
