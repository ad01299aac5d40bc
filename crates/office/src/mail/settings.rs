//! The operator's settings for e-mail, checked before the server starts. The mail server's URL
//! contains a password: it must never be shown, not even in an error about it.

use super::Mailer;
use axum::http::Uri;
use lettre::message::Mailbox;
use lettre::transport::smtp::extension::ClientId;
use lettre::{AsyncSmtpTransport, Tokio1Executor};
use std::fmt;
use std::time::Duration;

/// Timeout in seconds of a mail server's answer to one command; the last one of a message takes
/// longest.
const ANSWER_S_MAX: u64 = 120;

const WRONG_URL: &str = "SMTP_URL is not understood. Write it as smtps://USER:PASSWORD@HOST, as smtp://USER:PASSWORD@HOST:587?tls=required, or as smtp://HOST:25 for a mail server beside this one; special characters of a password as %XX.";
const OPEN_PASSWORD: &str = "SMTP_URL would send its password where others can read it. Add ?tls=required, or use smtps://.";
const NO_FROM: &str =
    "SMTP_URL is set, but not the sender of replies: add --mail-from ADDRESS (or MAIL_FROM).";
const WRONG_FROM: &str = "--mail-from is not an email address. Write it as office@example.org, or as \"Name <office@example.org>\".";
const NO_PUBLIC_URL: &str = "SMTP_URL is set, but not the address of this site, which each email gives: add --public-url https://HOST (or PUBLIC_URL).";
const WRONG_PUBLIC_URL: &str = "--public-url is not understood. Write it as https://hub.example.org, without anything after the host’s name.";

/// The settings as given; `None` if absent.
#[derive(Clone, Default)]
pub struct MailSettings {
    /// The mail server's URL, with its password.
    pub smtp_url: Option<String>,
    /// The sender's address, perhaps with a name.
    pub from: Option<String>,
    /// The app's public address.
    pub public_url: Option<String>,
}

impl fmt::Debug for MailSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MailSettings")
            .field("from", &self.from)
            .field("public_url", &self.public_url)
            .finish_non_exhaustive()
    }
}

impl MailSettings {
    /// Reads `SMTP_URL`, `MAIL_FROM` and `PUBLIC_URL` with a function that has no value for what is
    /// unset or empty.
    pub fn of(value: impl Fn(&str) -> Option<String>) -> Self {
        Self {
            smtp_url: value("SMTP_URL"),
            from: value("MAIL_FROM"),
            public_url: value("PUBLIC_URL"),
        }
    }

    /// The public address, such as `https://hub.example.org`; `None` if it is not set. An error
    /// says what to change.
    pub fn public_address(&self) -> Result<Option<String>, String> {
        self.public_url.as_deref().map(|url| checked(url).map(|(url, _)| url)).transpose()
    }

    /// The connection to the mail server; `None` if no server is configured. An error says what to
    /// change.
    pub fn mailer(&self) -> Result<Option<Mailer>, String> {
        let Some(smtp_url) = self.smtp_url.as_deref().map(str::trim) else { return Ok(None) };
        let from: Mailbox =
            self.from.as_deref().ok_or(NO_FROM)?.trim().parse().map_err(|_| WRONG_FROM)?;
        let (public_url, host) = checked(self.public_url.as_deref().ok_or(NO_PUBLIC_URL)?)?;
        if has_open_password(smtp_url)? {
            return Err(OPEN_PASSWORD.into());
        }
        let builder =
            AsyncSmtpTransport::<Tokio1Executor>::from_url(smtp_url).map_err(|_| WRONG_URL)?;
        let transport = builder
            .hello_name(ClientId::Domain(host))
            .timeout(Some(Duration::from_secs(ANSWER_S_MAX)))
            .build();
        Ok(Some(Mailer { transport, from, public_url, answers: None }))
    }
}

/// The public address, such as `https://hub.example.org`, and its host.
pub(crate) fn checked(public_url: &str) -> Result<(String, String), String> {
    let uri: Uri = public_url.trim().parse().map_err(|_| WRONG_PUBLIC_URL)?;
    let host = uri.host().filter(|host| !host.is_empty()).ok_or(WRONG_PUBLIC_URL)?;
    let is_plain = matches!(uri.scheme_str(), Some("https" | "http"))
        && uri.path() == "/"
        && uri.query().is_none();
    let authority = uri.authority().filter(|authority| !authority.as_str().contains('@'));
    match (uri.scheme_str(), authority) {
        (Some(scheme), Some(authority)) if is_plain => {
            Ok((format!("{scheme}://{authority}"), host.into()))
        }
        _ => Err(WRONG_PUBLIC_URL.into()),
    }
}

/// Whether a password would leave this machine unencrypted, or could be made to.
fn has_open_password(smtp_url: &str) -> Result<bool, String> {
    let (scheme, rest) = smtp_url.split_once("://").ok_or(WRONG_URL)?;
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let (user, host) = authority.rsplit_once('@').unwrap_or(("", authority));
    let is_here = ["localhost", "127.0.0.1", "[::1]"]
        .iter()
        .any(|here| host == *here || host.starts_with(&format!("{here}:")));
    let is_sealed = scheme == "smtps"
        || rest
            .split_once('?')
            .is_some_and(|(_, query)| query.split('&').any(|pair| pair == "tls=required"));
    Ok(!user.is_empty() && !is_sealed && !is_here)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(smtp_url: &str, from: &str, public_url: &str) -> Result<bool, String> {
        let some = |text: &str| Some(text.to_string()).filter(|text| !text.is_empty());
        let settings = MailSettings {
            smtp_url: some(smtp_url),
            from: some(from),
            public_url: some(public_url),
        };
        assert!(!format!("{settings:?}").contains("hunter2"));
        settings.mailer().map(|mailer| mailer.is_some())
    }

    const FROM: &str = "Office <office@example.org>";
    const PUBLIC: &str = "https://hub.example.org/";

    #[test]
    fn without_a_mail_server_there_is_none_and_with_one_all_of_it_is_there() {
        assert_eq!(said("", "", ""), Ok(false));
        for fine in [
            "smtps://ann:hunter2@mail.example.org",
            "smtp://ann:hunter2@mail.example.org:587?tls=required",
            "smtp://mail.example.org:25",
            "smtp://ann:hunter2@localhost:2525",
        ] {
            assert_eq!(said(fine, FROM, PUBLIC), Ok(true), "{fine}");
        }
    }

    #[test]
    fn what_is_wrong_is_said_without_the_password() {
        let check = |url: &str, from: &str, public: &str, words: &str| {
            let said = said(url, from, public).unwrap_err();
            assert!(said.contains(words) && !said.contains("hunter2"), "{said}");
        };
        for wrong in [
            "mail.example.org",
            "http://ann:hunter2@mail.example.org",
            "smtp://",
            "smtp://mail.example.org?tls=yes",
            "smtps://ann:hunter2@:x",
        ] {
            check(wrong, FROM, PUBLIC, "SMTP_URL");
        }
        for open in [
            "smtp://ann:hunter2@mail.example.org:587",
            "smtp://ann:hunter2@mail.example.org?tls=opportunistic",
            "smtp://a:hunter2@localhost.evil.example",
        ] {
            check(open, FROM, PUBLIC, "others can read");
        }
        let fine = "smtps://ann:hunter2@mail.example.org";
        check(fine, "", PUBLIC, "--mail-from");
        check(fine, "office", PUBLIC, "not an email address");
        check(fine, FROM, "", "--public-url");
        for wrong in [
            "hub.example.org",
            "ftp://hub.example.org",
            "https://hub.example.org/app",
            "https://hub.example.org?x=1",
            "https://",
            "https://a@hub.example.org",
        ] {
            check(fine, FROM, wrong, "not understood");
        }
    }
}
