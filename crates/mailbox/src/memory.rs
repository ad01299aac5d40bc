//! A mailbox in memory, for tests. It breaks where it is told to.

use crate::reader::{ListedMail, MailFolder, MailboxFault, MailboxReader};
use crate::reading::{FetchedMail, READ_BYTES_MAX};
use std::collections::BTreeMap;
use std::time::Duration;

/// Makes the bytes of a message when they are asked for, so that many messages take no memory.
pub type MailMaker = Box<dyn Fn(u32) -> Vec<u8> + Send>;

/// Where the connection breaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MemoryFault {
    /// While this message is fetched.
    Fetch(u32),
    /// Before this message is moved.
    PutAway(u32),
}

/// A mailbox in memory.
pub struct MemoryMailbox {
    make: MailMaker,
    inbox: Vec<u32>,
    /// Where each message was put.
    pub put_away: BTreeMap<u32, MailFolder>,
    /// How often a message was fetched.
    pub fetched: usize,
    /// The longest list that was asked for.
    pub listed_max: usize,
    /// This message is listed, but never returned.
    pub withheld: Option<u32>,
    /// Breaks once, then works again.
    pub fault: Option<MemoryFault>,
}

impl MemoryMailbox {
    /// A mailbox with messages 1 to `count`, whose bytes `make` makes.
    pub fn new(count: u32, make: impl Fn(u32) -> Vec<u8> + Send + 'static) -> Self {
        Self {
            make: Box::new(make),
            inbox: (1..=count).collect(),
            put_away: BTreeMap::new(),
            fetched: 0,
            listed_max: 0,
            withheld: None,
            fault: None,
        }
    }

    fn breaks(&mut self, at: MemoryFault) -> Result<(), MailboxFault> {
        if self.fault == Some(at) {
            self.fault = None;
            return Err(MailboxFault::Broken);
        }
        Ok(())
    }
}

impl MailboxReader for MemoryMailbox {
    async fn waiting(&mut self) -> Result<u32, MailboxFault> {
        Ok(self.inbox.len() as u32)
    }

    async fn list(&mut self, skip: u32, most: u32) -> Result<Vec<ListedMail>, MailboxFault> {
        let uids = self.inbox.iter().skip(skip as usize).take(most as usize);
        let listed: Vec<ListedMail> = uids.map(|uid| ListedMail { uid: *uid, bytes: 0 }).collect();
        self.listed_max = self.listed_max.max(listed.len());
        Ok(listed)
    }

    async fn fetch(&mut self, mail: ListedMail) -> Result<Option<FetchedMail>, MailboxFault> {
        self.breaks(MemoryFault::Fetch(mail.uid))?;
        self.fetched += 1;
        if self.withheld == Some(mail.uid) {
            return Ok(None);
        }
        let mut bytes = (self.make)(mail.uid);
        let size = bytes.len() as u64;
        bytes.truncate(READ_BYTES_MAX);
        Ok(Some(FetchedMail { bytes, size, attachments: Vec::new(), texts: 0 }))
    }

    async fn put_away(&mut self, uid: u32, folder: MailFolder) -> Result<(), MailboxFault> {
        self.breaks(MemoryFault::PutAway(uid))?;
        self.inbox.retain(|of| *of != uid);
        self.put_away.insert(uid, folder);
        Ok(())
    }

    async fn wait(&mut self, _: Duration) -> Result<(), MailboxFault> {
        Ok(())
    }
}
