//! Urgent notices: shown from their first moment until their last, and at no other.

use sample::{alert, moment};

#[test]
fn an_urgent_notice_shows_from_its_first_moment_until_its_end() {
    let notice = alert("2026-11-23 08:00", "2026-11-25 12:00");
    for (now, is_on) in [
        ("2026-11-22 23:59", false),
        ("2026-11-23 07:59", false),
        ("2026-11-23 08:00", true),
        ("2026-11-24 00:00", true),
        ("2026-11-25 11:59", true),
        ("2026-11-25 12:00", false),
        ("2027-11-24 00:00", false),
    ] {
        assert_eq!(notice.is_on(moment(now)), is_on, "{now}");
    }
}
