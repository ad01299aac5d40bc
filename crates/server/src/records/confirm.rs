//! What cannot be undone asks twice if the clock may be wrong: a date that is written into keys,
//! editions and the audit log stays.

use crate::export::day_of;
use crate::jobs::nightly::{doubted_ms, newest};
use store::Custody;

const DAY_MS: u64 = 86_400_000;
/// How long devices offer again what they sent, in milliseconds: what is older than this when a
/// copy is restored, and was received since, comes back from no device.
const OFFERED_AGAIN_MS: u64 = 7 * DAY_MS;

/// Fails if the clock may be wrong and was not confirmed by the number of days. `kept` says what
/// was not done.
pub(crate) async fn check_clock(
    store: &impl Custody,
    now_ms: u64,
    confirmed: Option<u64>,
    kept: &str,
) -> Result<(), String> {
    let ahead = doubted_ms(now_ms, newest(store, now_ms).await?).filter(|ms| *ms < now_ms);
    let newest_ms = store.newest(u64::MAX).await.map_err(|fault| fault.to_string())?;
    let behind = newest_ms.filter(|ms| *ms > now_ms.saturating_add(DAY_MS));
    let Some(other_ms) = behind.or(ahead) else { return Ok(()) };
    let days = now_ms.abs_diff(other_ms) / DAY_MS;
    asked_twice(days, confirmed, || {
        format!(
            "{kept}: the clock says {}, and the newest thing in the database is of {}, so the clock may be wrong. If it is right: --confirm {days}",
            day_of(now_ms),
            day_of(other_ms)
        )
    })
}

/// Fails if a copy of `copy_ms` is not from the last days, and was not confirmed by its age.
pub(crate) fn check_age(copy_ms: u64, now_ms: u64, confirmed: Option<u64>) -> Result<(), String> {
    let days = now_ms.abs_diff(copy_ms) / DAY_MS;
    let (copy, now) = (day_of(copy_ms), day_of(now_ms));
    if copy_ms > now_ms.saturating_add(DAY_MS) {
        return asked_twice(days, confirmed, || {
            format!(
                "Nothing was restored: the clock says {now}, and this copy is of {copy}, so the clock may be wrong. If it is right: --confirm {days}"
            )
        });
    }
    if now_ms.saturating_sub(copy_ms) <= OFFERED_AGAIN_MS {
        return Ok(());
    }
    asked_twice(days, confirmed, || {
        format!(
            "Nothing was restored: this copy is {days} days old, of {copy}, and devices offer again only what they sent in the last seven days. Look for a newer one. If this one is meant: --confirm {days}"
        )
    })
}

fn asked_twice(
    number: u64,
    confirmed: Option<u64>,
    said: impl FnOnce() -> String,
) -> Result<(), String> {
    if confirmed == Some(number) { Ok(()) } else { Err(said()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_old_copy_and_one_of_the_future_need_their_days() {
        const NOW_MS: u64 = 1_800_000_000_000;
        assert_eq!(check_age(NOW_MS, NOW_MS, None), Ok(()));
        assert_eq!(check_age(NOW_MS - 7 * DAY_MS, NOW_MS, None), Ok(()));
        let old = NOW_MS - 30 * DAY_MS;
        let said = check_age(old, NOW_MS, None).unwrap_err();
        assert!(said.contains("30 days old") && said.contains("--confirm 30"), "{said}");
        assert!(check_age(old, NOW_MS, Some(29)).is_err());
        assert_eq!(check_age(old, NOW_MS, Some(30)), Ok(()));
        let said = check_age(NOW_MS + 400 * DAY_MS, NOW_MS, None).unwrap_err();
        assert!(said.contains("clock may be wrong") && said.contains("--confirm 400"), "{said}");
    }
}
