//! Where a mailbox is, and how to sign in. Neither a password nor a token may ever be shown.

use crate::reader::MailboxFault;
use std::fmt;
use std::path::PathBuf;
use std::time::Duration;
use tokio::process::Command;

/// The port of IMAP over TLS.
const PORT: u16 = 993;
/// How long a command that prints a token may take.
const COMMAND_TIME_MAX: Duration = Duration::from_secs(30);
/// Longest token, in bytes.
const TOKEN_BYTES_MAX: usize = 16 * 1024;

/// How to sign in.
#[derive(Clone, PartialEq, Eq)]
pub enum MailSecret {
    /// With a password.
    Password(String),
    /// With an OAuth 2.0 access token that another program writes into a file (XOAUTH2).
    TokenFile(PathBuf),
    /// With an OAuth 2.0 access token that a command prints (XOAUTH2).
    TokenCommand(String),
}

impl fmt::Debug for MailSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Password(_) => "Password",
            Self::TokenFile(_) => "TokenFile",
            Self::TokenCommand(_) => "TokenCommand",
        })
    }
}

/// A mailbox that is read by IMAP over TLS.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailAccount {
    /// The server's name, for which its certificate must be.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// The user.
    pub user: String,
    /// How to sign in.
    pub secret: MailSecret,
    /// A file with certificates that are trusted instead of the system's.
    pub ca: Option<PathBuf>,
    /// The folder that is read.
    pub inbox: String,
    /// Where messages go that were stored.
    pub handled: String,
    /// Where messages go that were not.
    pub aside: String,
}

impl MailAccount {
    /// Parses `imaps://USER:PASSWORD@HOST:PORT`. The password may be left out if `secret` has
    /// another way to sign in. `None` if it is not understood.
    pub fn parse(url: &str, secret: Option<MailSecret>) -> Option<Self> {
        let rest = url.trim().strip_prefix("imaps://")?;
        let (login, place) = rest.trim_end_matches('/').rsplit_once('@')?;
        let (user, password) = login.split_once(':').map_or((login, None), |(u, p)| (u, Some(p)));
        let user = decoded(user).filter(|user| !user.is_empty())?;
        let password = password.map(decoded);
        let secret = match (secret, password) {
            (Some(secret), None) => secret,
            (None, Some(Some(password))) if !password.is_empty() => MailSecret::Password(password),
            _ => return None,
        };
        let (host, port) = match place.rsplit_once(':') {
            Some((host, port)) => (host, port.parse().ok()?),
            None => (place, PORT),
        };
        let is_host = !host.is_empty()
            && host.bytes().all(|b| b.is_ascii_alphanumeric() || b".-".contains(&b));
        is_host.then(|| Self {
            host: host.into(),
            port,
            user,
            secret,
            ca: None,
            inbox: "INBOX".into(),
            handled: "Handled".into(),
            aside: "Aside".into(),
        })
    }
}

/// Text with `%XX` for special characters.
fn decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        rest = after;
        if *first != b'%' {
            bytes.push(*first);
            continue;
        }
        let digits = std::str::from_utf8(rest.get(..2)?).ok()?;
        bytes.push(u8::from_str_radix(digits, 16).ok()?);
        rest = &rest[2..];
    }
    String::from_utf8(bytes).ok().filter(|text| !text.contains(char::is_control))
}

/// The access token of now.
pub(crate) async fn token_of(secret: &MailSecret) -> Result<String, MailboxFault> {
    let bytes = match secret {
        MailSecret::Password(_) => return Err(MailboxFault::NoToken),
        MailSecret::TokenFile(path) => std::fs::read(path).map_err(|_| MailboxFault::NoToken)?,
        MailSecret::TokenCommand(command) => {
            let run = Command::new("sh").args(["-c", command]).kill_on_drop(true).output();
            let output = tokio::time::timeout(COMMAND_TIME_MAX, run).await;
            let output = output.map_err(|_| MailboxFault::NoToken)?;
            let output = output.map_err(|_| MailboxFault::NoToken)?;
            if !output.status.success() {
                return Err(MailboxFault::NoToken);
            }
            output.stdout
        }
    };
    let text = String::from_utf8(bytes).map_err(|_| MailboxFault::NoToken)?;
    let token = text.trim();
    let is_token = !token.is_empty()
        && token.len() <= TOKEN_BYTES_MAX
        && token.bytes().all(|byte| byte.is_ascii_graphic());
    is_token.then(|| token.into()).ok_or(MailboxFault::NoToken)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(url: &str) -> Option<(String, u16, String)> {
        let account = MailAccount::parse(url, None)?;
        assert!(!format!("{account:?}").contains("hunter2"));
        Some((account.host, account.port, account.user))
    }

    #[test]
    fn an_address_is_read_with_its_special_characters() {
        let all = read("imaps://hub%40town.example:hunter2%40%3A@mail.town.example:1993/");
        assert_eq!(all, Some(("mail.town.example".into(), 1993, "hub@town.example".into())));
        assert_eq!(
            read("imaps://hub:hunter2@mail.town.example").map(|(_, port, _)| port),
            Some(993)
        );
        for wrong in [
            "imap://hub:hunter2@mail.town.example",
            "imaps://mail.town.example",
            "imaps://hub@mail.town.example",
            "imaps://hub:@mail.town.example",
            "imaps://hub:hunter2@",
            "imaps://hub:hunter2@a b",
            "imaps://hub:hunter2@mail:port",
            "imaps://hub:%0d%0aX@mail.town.example",
            "imaps://hub:%zz@mail.town.example",
            "",
        ] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_token_takes_the_place_of_the_password() {
        let token = || Some(MailSecret::TokenCommand("print-token".into()));
        let account = MailAccount::parse("imaps://hub%40town.example@mail.town.example", token());
        assert_eq!(account.map(|account| account.secret), token());
        assert_eq!(MailAccount::parse("imaps://hub:hunter2@mail.town.example", token()), None);
    }

    #[tokio::test]
    async fn a_command_prints_one_token_or_there_is_none() {
        let of = |command: &str| {
            let secret = MailSecret::TokenCommand(command.into());
            async move { token_of(&secret).await }
        };
        assert_eq!(of("echo abc.def").await, Ok("abc.def".into()));
        for wrong in ["exit 1", "true", "echo a b", "printf 'a\\nb'"] {
            assert_eq!(of(wrong).await, Err(MailboxFault::NoToken), "{wrong}");
        }
    }
}
