//! When a reply is sent or retried, and what the outcome of an attempt is. Pure: all times are
//! those of the events.

use casework::case::{Delivery, Mail, MailState};
use lettre::transport::smtp;
use std::error::Error;

/// The first delay in ms: many mail servers refuse a first attempt by an unknown sender
/// (greylisting) and accept the second.
const FIRST_DELAY_MS: u64 = 10_000;
/// Exponential back-off: 10 s, 40 s, about 3 min, 11 min, 43 min, then every four hours.
const GROWTH: u64 = 4;
const DELAY_MS_MAX: u64 = 4 * 3_600_000;
/// Attempts end after this time (ms), and staff have to reach the person another way: the office
/// promises an answer within days.
pub const TRIED_MS_MAX: u64 = 2 * 86_400_000;
/// A claim without an outcome after this time (ms) belongs to a crashed server: twice an attempt's
/// timeout.
const CLAIM_MS_MAX: u64 = 10 * 60_000;
/// Characters stored of a mail server's answer; the rest is of no use to the office.
const WHY_CHARS_MAX: usize = 300;

/// The server's own reasons, as stored in events; pages have words for them. This one: the person's
/// address cannot be used.
pub const NOT_AN_ADDRESS: &str = "not-an-address";
/// The mail server could not be reached, or closed the connection.
pub const NO_CONNECTION: &str = "no-connection";
/// The connection could not be encrypted (TLS).
pub const NO_TLS: &str = "no-tls";
/// The mail server did not answer within the timeout.
pub const NO_ANSWER: &str = "no-answer";
/// The mail server rejected this server's credentials.
pub const NOT_LET_IN: &str = "not-let-in";

/// The result of an attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Said {
    /// The mail server accepted the message.
    Taken,
    /// Failed for good, with the reason: retrying cannot help.
    Refused(String),
    /// Failed for now, with the reason: it may be retried.
    NotNow(String),
}

/// When the next attempt is due, in ms since 1970. `is_alone`: no other live server can have
/// claimed it.
pub fn due_ms(mail: &Mail, is_alone: bool) -> u64 {
    match mail.state {
        MailState::New => 0,
        MailState::Claimed { at_ms } if !is_alone => at_ms + CLAIM_MS_MAX,
        // The back-off applies after a crash too: the attempt may have caused it.
        MailState::Claimed { at_ms } | MailState::Delayed { at_ms } => {
            at_ms + delay_ms(mail.attempts)
        }
    }
}

fn delay_ms(attempts: u32) -> u64 {
    FIRST_DELAY_MS
        .saturating_mul(GROWTH.saturating_pow(attempts.saturating_sub(1)))
        .min(DELAY_MS_MAX)
}

/// The outcome of an attempt, as stored in an event.
pub fn outcome(said: Said, mail: &Mail, now_ms: u64) -> Delivery {
    let is_over =
        mail.first_try_ms.is_some_and(|first_ms| now_ms.saturating_sub(first_ms) >= TRIED_MS_MAX);
    match said {
        Said::Taken => Delivery::Sent,
        Said::Refused(why) => Delivery::Failed { why },
        Said::NotNow(why) if is_over => Delivery::Failed { why },
        Said::NotNow(why) => Delivery::Delayed { why },
    }
}

/// The meaning of a failed attempt. An answer of 5xx is final, except those about this server
/// rather than the person (530 to 538: a wrong password, or a required setting), which the operator
/// can correct.
pub(super) fn said(fault: &smtp::Error, has_ascii_address: bool) -> Said {
    let Some(code) = fault.status() else { return not_an_answer(fault, has_ascii_address) };
    let words = fault.source().map(ToString::to_string).unwrap_or_default();
    let why = tidy(&format!("{code} {words}"));
    match u16::from(code) {
        530..=538 => Said::NotNow(NOT_LET_IN.into()),
        500..=599 => Said::Refused(why),
        _ => Said::NotNow(why),
    }
}

fn not_an_answer(fault: &smtp::Error, has_ascii_address: bool) -> Said {
    match () {
        // The mail server does not support addresses beyond ASCII (SMTPUTF8); there is no other
        // server to try.
        () if fault.is_client() && !has_ascii_address => Said::Refused(NOT_AN_ADDRESS.into()),
        () if fault.is_client() => Said::NotNow(NOT_LET_IN.into()),
        () if fault.is_tls() => Said::NotNow(NO_TLS.into()),
        () if fault.is_timeout() => Said::NotNow(NO_ANSWER.into()),
        () => Said::NotNow(NO_CONNECTION.into()),
    }
}

/// One line without control characters, cut to the limit.
fn tidy(words: &str) -> String {
    let line = words
        .split(|c: char| c.is_control() || c.is_whitespace())
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ");
    line.chars().take(WHY_CHARS_MAX).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mail(attempts: u32, first_try_ms: Option<u64>, state: MailState) -> Mail {
        Mail { reply: 1, attempts, first_try_ms, state }
    }

    #[test]
    fn a_new_reply_is_sent_at_once_and_a_delayed_one_after_longer_and_longer() {
        assert_eq!(due_ms(&mail(0, None, MailState::New), false), 0);
        let waits: Vec<u64> = (1..8)
            .map(|attempts| {
                due_ms(&mail(attempts, Some(0), MailState::Delayed { at_ms: 1_000_000 }), false)
                    - 1_000_000
            })
            .collect();
        assert_eq!(waits, [10_000, 40_000, 160_000, 640_000, 2_560_000, 10_240_000, 14_400_000]);
        assert_eq!(
            due_ms(&mail(u32::MAX, Some(0), MailState::Delayed { at_ms: 5 }), false),
            5 + DELAY_MS_MAX
        );
    }

    #[test]
    fn what_another_server_claimed_is_left_to_it_until_it_must_have_died() {
        let claimed = mail(1, Some(1_000), MailState::Claimed { at_ms: 1_000 });
        assert_eq!(due_ms(&claimed, false), 1_000 + CLAIM_MS_MAX);
        assert_eq!(due_ms(&claimed, true), 11_000, "alone, it is known that nobody sends it");
        const {
            assert!(
                CLAIM_MS_MAX > super::super::ATTEMPT_S_MAX * 1_000,
                "a slow attempt keeps its claim"
            )
        };
    }

    #[test]
    fn it_is_tried_for_two_days_and_then_said_to_have_failed() {
        let busy = || Said::NotNow("451 busy".into());
        let of = |first_try_ms, now_ms| {
            outcome(busy(), &mail(9, first_try_ms, MailState::Delayed { at_ms: 0 }), now_ms)
        };
        let (delayed, failed) = (
            Delivery::Delayed { why: "451 busy".into() },
            Delivery::Failed { why: "451 busy".into() },
        );
        assert_eq!(
            of(None, u64::MAX),
            delayed,
            "the first attempt after a long night is not the last"
        );
        assert_eq!(of(Some(7), 6 + TRIED_MS_MAX), delayed);
        assert_eq!(of(Some(7), 7 + TRIED_MS_MAX), failed);
        assert_eq!(
            outcome(Said::Taken, &mail(9, Some(0), MailState::New), u64::MAX),
            Delivery::Sent
        );
        assert_eq!(
            outcome(Said::Refused("550".into()), &mail(0, None, MailState::New), 0),
            Delivery::Failed { why: "550".into() }
        );
    }

    #[test]
    fn two_days_are_about_eighteen_attempts() {
        let (mut now_ms, mut attempts, mut mail) = (0, 0, mail(0, None, MailState::New));
        while !matches!(
            outcome(Said::NotNow(String::new()), &mail, now_ms),
            Delivery::Failed { .. }
        ) {
            attempts += 1;
            mail = Mail {
                attempts,
                first_try_ms: Some(0),
                state: MailState::Delayed { at_ms: now_ms },
                ..mail
            };
            now_ms = due_ms(&mail, false);
        }
        assert_eq!((attempts, now_ms > TRIED_MS_MAX), (18, true));
    }

    #[test]
    fn what_a_mail_server_says_is_one_short_line() {
        assert_eq!(tidy("550 5.1.1 no\r\nsuch \u{1b}[31m user"), "550 5.1.1 no such [31m user");
        assert_eq!(tidy(&"a".repeat(5_000)).len(), WHY_CHARS_MAX);
    }
}
