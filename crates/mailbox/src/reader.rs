//! A mailbox, as much of it as is needed to read its messages and to put them away.

use crate::reading::FetchedMail;
use std::fmt;
use std::future::Future;
use std::time::Duration;

/// A message that waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ListedMail {
    /// Its number in the mailbox, which never changes.
    pub uid: u32,
    /// Its size in bytes.
    pub bytes: u64,
}

/// Where a message is put after it was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MailFolder {
    /// It is stored in an inquiry.
    Handled,
    /// It is not: no person wrote it, or it cannot be read.
    Aside,
}

/// Why a mailbox cannot be read. Nothing in it comes from a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MailboxFault {
    /// The server cannot be reached.
    NoConnection,
    /// The connection cannot be trusted.
    NoTls,
    /// The server refuses the user, the password or the token.
    NotLetIn,
    /// The token for signing in cannot be had.
    NoToken,
    /// A folder does not exist and cannot be made.
    NoFolder,
    /// The server has neither MOVE nor UIDPLUS.
    NoMove,
    /// The connection broke, or the server answered what is not understood.
    Broken,
    /// The server did not answer in time.
    NoAnswer,
}

impl fmt::Display for MailboxFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoConnection => "its server cannot be reached",
            Self::NoTls => "its server has no certificate that is trusted for its name",
            Self::NotLetIn => "its server refuses the user, the password or the token",
            Self::NoToken => "the token for signing in cannot be read",
            Self::NoFolder => "a folder of it does not exist and cannot be created",
            Self::NoMove => {
                "its server has neither MOVE nor UIDPLUS, so moving an email could delete others"
            }
            Self::Broken => "its server ended the connection, or answered what is not understood",
            Self::NoAnswer => "its server did not answer in time",
        })
    }
}

impl std::error::Error for MailboxFault {}

/// A mailbox. Implemented by [`crate::imap::ImapMailbox`] and [`crate::memory::MemoryMailbox`].
pub trait MailboxReader: Send {
    /// How many messages wait.
    fn waiting(&mut self) -> impl Future<Output = Result<u32, MailboxFault>> + Send;

    /// Lists at most `most` messages after the first `skip`, oldest first.
    fn list(
        &mut self,
        skip: u32,
        most: u32,
    ) -> impl Future<Output = Result<Vec<ListedMail>, MailboxFault>> + Send;

    /// Reads the beginning of a message, and changes nothing about it. `None` if it is gone.
    fn fetch(
        &mut self,
        mail: ListedMail,
    ) -> impl Future<Output = Result<Option<FetchedMail>, MailboxFault>> + Send;

    /// Moves a message to a folder.
    fn put_away(
        &mut self,
        uid: u32,
        folder: MailFolder,
    ) -> impl Future<Output = Result<(), MailboxFault>> + Send;

    /// Waits until something arrives, at most this long.
    fn wait(&mut self, time: Duration) -> impl Future<Output = Result<(), MailboxFault>> + Send;
}
