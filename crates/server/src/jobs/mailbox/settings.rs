//! The operator's settings for the mailbox, checked before the server starts. The mailbox's URL has
//! a password, and a command may have one: neither is ever shown.

use mailbox::account::{MailAccount, MailSecret};
use office::mail::answers::AnswerAddress;
use std::fmt;
use std::path::PathBuf;

const WRONG_URL: &str = "IMAP_URL is not understood. Write it as imaps://USER:PASSWORD@HOST, with special characters of user and password as %XX (@ is %40); or without the password if imap_token_file or IMAP_TOKEN_COMMAND gives a token.";
const TWO_TOKENS: &str =
    "imap_token_file and IMAP_TOKEN_COMMAND are both set. Leave one of them out.";
const NO_ADDRESS: &str = "IMAP_URL is set, but not the address of that mailbox: add --imap-address ADDRESS (or IMAP_ADDRESS), or --mail-from if it is the same.";
const WRONG_ADDRESS: &str =
    "--imap-address is not an email address. Write it as service@example.org.";

/// The settings as given.
#[derive(Clone, Default)]
pub struct MailboxSettings {
    /// The mailbox's URL, with its password.
    pub url: Option<String>,
    /// A command that prints a token.
    pub token_command: Option<String>,
    /// A file with a token.
    pub token_file: Option<PathBuf>,
    /// The address whose mail the mailbox receives.
    pub address: Option<String>,
    /// Whether it also receives mail to its address with a plus sign and more.
    pub has_plus: bool,
    /// A file with certificates that are trusted instead of the system's.
    pub ca: Option<PathBuf>,
    /// The folder for messages that were stored.
    pub handled: Option<String>,
    /// The folder for messages that were not.
    pub aside: Option<String>,
}

impl fmt::Debug for MailboxSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MailboxSettings").field("address", &self.address).finish_non_exhaustive()
    }
}

/// A mailbox that is read.
#[derive(Debug, Clone)]
pub struct ReadMailbox {
    /// How it is reached.
    pub account: MailAccount,
    /// Its address.
    pub answers: AnswerAddress,
}

impl MailboxSettings {
    /// The mailbox; `None` if none is read. `mail_from` is the sender of emails. An error says what
    /// to change.
    pub fn mailbox(&self, mail_from: Option<&str>) -> Result<Option<ReadMailbox>, String> {
        let Some(url) = &self.url else { return Ok(None) };
        let secret = match (&self.token_file, &self.token_command) {
            (Some(_), Some(_)) => return Err(TWO_TOKENS.into()),
            (Some(file), None) => Some(MailSecret::TokenFile(file.clone())),
            (None, Some(command)) => Some(MailSecret::TokenCommand(command.clone())),
            (None, None) => None,
        };
        let mut account = MailAccount::parse(url, secret).ok_or(WRONG_URL)?;
        account.ca.clone_from(&self.ca);
        let folders = [(&self.handled, &mut account.handled), (&self.aside, &mut account.aside)];
        for (named, folder) in folders {
            if let Some(named) = named {
                folder.clone_from(named);
            }
        }
        let address = self.address.as_deref().or(mail_from).ok_or(NO_ADDRESS)?;
        let answers = AnswerAddress::parse(address, self.has_plus).ok_or(WRONG_ADDRESS)?;
        Ok(Some(ReadMailbox { account, answers }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(settings: &MailboxSettings) -> Result<Option<ReadMailbox>, String> {
        assert!(!format!("{settings:?}").contains("hunter2"));
        settings.mailbox(Some("Office <office@town.example>"))
    }

    fn with_url(url: &str) -> MailboxSettings {
        MailboxSettings { url: Some(url.into()), has_plus: true, ..MailboxSettings::default() }
    }

    #[test]
    fn without_a_mailbox_none_is_read_and_with_one_its_address_is_known() {
        assert!(read(&MailboxSettings::default()).is_ok_and(|mailbox| mailbox.is_none()));
        let hub = "imaps://hub:hunter2@mail.town.example";
        let mailbox = read(&with_url(hub)).unwrap().unwrap();
        assert_eq!(mailbox.answers.address.to_string(), "office@town.example");
        let of_its_own =
            MailboxSettings { address: Some("hub@town.example".into()), ..with_url(hub) };
        let mailbox = read(&of_its_own).unwrap().unwrap();
        assert_eq!(mailbox.answers.address.to_string(), "hub@town.example");
    }

    #[test]
    fn what_is_wrong_is_said_without_the_password() {
        let check = |settings: &MailboxSettings, words: &str| {
            let said = read(settings).unwrap_err();
            assert!(said.contains(words) && !said.contains("hunter2"), "{said}");
        };
        for wrong in ["imap://hub:hunter2@mail.town.example", "imaps://hub@mail.town.example"] {
            check(&with_url(wrong), "IMAP_URL is not understood");
        }
        let hub = with_url("imaps://hub@mail.town.example");
        let two = MailboxSettings {
            token_file: Some("hunter2".into()),
            token_command: Some("hunter2".into()),
            ..hub.clone()
        };
        check(&two, "both set");
        let hub = with_url("imaps://hub:hunter2@mail.town.example");
        check(&MailboxSettings { address: Some("hub".into()), ..hub.clone() }, "--imap-address");
        let said = hub.mailbox(None).unwrap_err();
        assert!(said.contains("not the address of that mailbox"), "{said}");
    }
}
