//! A mailbox by IMAP over TLS (RFC 3501), with IDLE (RFC 2177) and MOVE (RFC 6851) where the server
//! has them.
//!
//! Errors of the IMAP library may hold what a message says, so none of them leaves this file.

use crate::account::{MailAccount, MailSecret, token_of};
use crate::reader::{ListedMail, MailFolder, MailboxFault, MailboxReader};
use crate::reading::{Attachment, FetchedMail, READ_BYTES_MAX};
use async_imap::error::Error as ImapError;
use async_imap::imap_proto::{BodyContentCommon, BodyStructure};
use async_imap::types::Fetch;
use async_imap::{Authenticator, Client, Session};
use futures_util::TryStreamExt;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

/// How long the server may take for one command; a message of [`READ_BYTES_MAX`] on a slow line
/// takes longest.
const ANSWER_TIME_MAX: Duration = Duration::from_secs(60);
/// How long connecting may take.
const CONNECT_TIME_MAX: Duration = Duration::from_secs(20);
/// The pause where the server has no IDLE.
const POLL_PAUSE: Duration = Duration::from_secs(30);
/// Attachments that are listed of a large message.
const ATTACHMENTS_MAX: usize = 200;
/// Levels of parts that are looked at.
const DEPTH_MAX: usize = 20;

/// A connection to a mailbox.
#[derive(Debug)]
pub struct ImapMailbox {
    /// `None` after the connection broke.
    session: Option<Session<TlsStream<TcpStream>>>,
    account: MailAccount,
    has_idle: bool,
    has_move: bool,
    waiting: u32,
}

impl ImapMailbox {
    /// Connects, signs in, and makes the folders if they do not exist.
    pub async fn connect(account: &MailAccount) -> Result<Self, MailboxFault> {
        let stream = in_time(CONNECT_TIME_MAX, tls_stream(account)).await??;
        let mut session = in_time(CONNECT_TIME_MAX, signed_in(stream, account)).await??;
        let capabilities =
            in_time(ANSWER_TIME_MAX, session.capabilities()).await?.map_err(broken)?;
        let has = |name: &str| capabilities.has_str(name);
        let (has_idle, has_move) = (has("IDLE"), has("MOVE"));
        if !has_move && !has("UIDPLUS") {
            // Without both, moving a message deletes all that a colleague marked.
            return Err(MailboxFault::NoMove);
        }
        for folder in [&account.handled, &account.aside] {
            // It is refused if the folder exists; whether it does is seen next.
            let _ = in_time(ANSWER_TIME_MAX, session.create(folder)).await?;
            let status = in_time(ANSWER_TIME_MAX, session.status(folder, "(MESSAGES)")).await?;
            status.map_err(|_| MailboxFault::NoFolder)?;
        }
        let account = account.clone();
        let session = Some(session);
        Ok(Self { session, account, has_idle, has_move, waiting: 0 })
    }

    fn session(&mut self) -> Result<&mut Session<TlsStream<TcpStream>>, MailboxFault> {
        self.session.as_mut().ok_or(MailboxFault::Broken)
    }

    /// Signs out.
    pub async fn close(mut self) {
        if let Some(mut session) = self.session.take() {
            // The connection ends in any case.
            let _ = in_time(ANSWER_TIME_MAX, session.logout()).await;
        }
    }
}

impl MailboxReader for ImapMailbox {
    async fn waiting(&mut self) -> Result<u32, MailboxFault> {
        let inbox = self.account.inbox.clone();
        let selected = in_time(ANSWER_TIME_MAX, self.session()?.select(inbox)).await?;
        self.waiting = selected.map_err(|_| MailboxFault::NoFolder)?.exists;
        Ok(self.waiting)
    }

    async fn list(&mut self, skip: u32, most: u32) -> Result<Vec<ListedMail>, MailboxFault> {
        // Messages that were moved shift the others, so the count is asked for again.
        let waiting = self.waiting().await?;
        if skip >= waiting {
            return Ok(Vec::new());
        }
        let range = format!("{}:{}", skip + 1, waiting.min(skip.saturating_add(most)));
        let session = self.session()?;
        let listed = in_time(ANSWER_TIME_MAX, async {
            let rows: Vec<Fetch> =
                session.fetch(range, "(UID RFC822.SIZE)").await?.try_collect().await?;
            Ok::<_, ImapError>(rows)
        });
        let mut listed: Vec<ListedMail> = listed
            .await?
            .map_err(broken)?
            .iter()
            .filter_map(|row| {
                Some(ListedMail { uid: row.uid?, bytes: row.size.unwrap_or(u32::MAX).into() })
            })
            .collect();
        listed.sort_by_key(|mail| mail.uid);
        listed.dedup_by_key(|mail| mail.uid);
        listed.truncate(most as usize);
        Ok(listed)
    }

    async fn fetch(&mut self, mail: ListedMail) -> Result<Option<FetchedMail>, MailboxFault> {
        let is_large = mail.bytes > READ_BYTES_MAX as u64;
        let what = if is_large { "UID BODYSTRUCTURE " } else { "UID " };
        let query = format!("({what}BODY.PEEK[]<0.{READ_BYTES_MAX}>)");
        let session = self.session()?;
        let rows = in_time(ANSWER_TIME_MAX, async {
            let rows: Vec<Fetch> =
                session.uid_fetch(mail.uid.to_string(), query).await?.try_collect().await?;
            Ok::<_, ImapError>(rows)
        });
        let rows = rows.await?.map_err(broken)?;
        let Some(row) = rows.iter().find(|row| row.uid == Some(mail.uid) && row.body().is_some())
        else {
            return Ok(None);
        };
        let bytes = row.body().unwrap_or_default();
        let (mut attachments, mut texts) = (Vec::new(), 0);
        if let Some(structure) = row.bodystructure() {
            list_parts(structure, 0, (&mut attachments, &mut texts));
        }
        let bytes = bytes[..bytes.len().min(READ_BYTES_MAX)].to_vec();
        let size = mail.bytes.max(bytes.len() as u64);
        Ok(Some(FetchedMail { size, bytes, attachments, texts }))
    }

    async fn put_away(&mut self, uid: u32, folder: MailFolder) -> Result<(), MailboxFault> {
        let to = match folder {
            MailFolder::Handled => self.account.handled.clone(),
            MailFolder::Aside => self.account.aside.clone(),
        };
        let has_move = self.has_move;
        let (session, uid) = (self.session()?, uid.to_string());
        let moved = in_time(ANSWER_TIME_MAX, async {
            if has_move {
                return session.uid_mv(&uid, &to).await;
            }
            session.uid_copy(&uid, &to).await?;
            let flags = session.uid_store(&uid, "+FLAGS.SILENT (\\Deleted)").await?;
            flags.try_collect::<Vec<_>>().await?;
            session.uid_expunge(&uid).await?.try_collect::<Vec<_>>().await?;
            Ok(())
        });
        moved.await?.map_err(broken)
    }

    async fn wait(&mut self, time: Duration) -> Result<(), MailboxFault> {
        if !self.has_idle {
            tokio::time::sleep(POLL_PAUSE.min(time)).await;
            return Ok(());
        }
        // While it waits, the connection can do nothing else; if it breaks, there is none.
        let mut idle = self.session.take().ok_or(MailboxFault::Broken)?.idle();
        in_time(ANSWER_TIME_MAX, idle.init()).await?.map_err(broken)?;
        {
            let (arrival, _stop) = idle.wait_with_timeout(time);
            // If nothing arrives, a server that says "still here" does not prolong the wait.
            if let Ok(arrived) = tokio::time::timeout(time, arrival).await {
                arrived.map_err(broken)?;
            }
        }
        self.session = Some(in_time(ANSWER_TIME_MAX, idle.done()).await?.map_err(broken)?);
        Ok(())
    }
}

async fn in_time<T>(time: Duration, work: impl Future<Output = T>) -> Result<T, MailboxFault> {
    tokio::time::timeout(time, work).await.map_err(|_| MailboxFault::NoAnswer)
}

fn broken(_: ImapError) -> MailboxFault {
    MailboxFault::Broken
}

async fn tls_stream(account: &MailAccount) -> Result<TlsStream<TcpStream>, MailboxFault> {
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|_| MailboxFault::NoTls)?
        .with_root_certificates(roots(account)?)
        .with_no_client_auth();
    let name = ServerName::try_from(account.host.clone()).map_err(|_| MailboxFault::NoTls)?;
    let place = (account.host.as_str(), account.port);
    let tcp = TcpStream::connect(place).await.map_err(|_| MailboxFault::NoConnection)?;
    let connector = TlsConnector::from(Arc::new(config));
    connector.connect(name, tcp).await.map_err(|_| MailboxFault::NoTls)
}

/// The certificates of the file that the settings name, or the system's.
fn roots(account: &MailAccount) -> Result<RootCertStore, MailboxFault> {
    let mut roots = RootCertStore::empty();
    match &account.ca {
        Some(path) => {
            let read = CertificateDer::pem_file_iter(path).map_err(|_| MailboxFault::NoTls)?;
            for certificate in read {
                let certificate = certificate.map_err(|_| MailboxFault::NoTls)?;
                roots.add(certificate).map_err(|_| MailboxFault::NoTls)?;
            }
        }
        None => {
            roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        }
    }
    if roots.is_empty() { Err(MailboxFault::NoTls) } else { Ok(roots) }
}

async fn signed_in(
    stream: TlsStream<TcpStream>,
    account: &MailAccount,
) -> Result<Session<TlsStream<TcpStream>>, MailboxFault> {
    let mut client = Client::new(stream);
    let greeting = client.read_response().await.map_err(|_| MailboxFault::Broken)?;
    greeting.ok_or(MailboxFault::Broken)?;
    let session = match &account.secret {
        MailSecret::Password(password) => client.login(&account.user, password).await,
        secret => {
            let token = token_of(secret).await?;
            let first = format!("user={}\x01auth=Bearer {token}\x01\x01", account.user);
            client.authenticate("XOAUTH2", BearerToken(Some(first))).await
        }
    };
    session.map_err(|(fault, _)| match fault {
        ImapError::Io(_) | ImapError::ConnectionLost => MailboxFault::Broken,
        _ => MailboxFault::NotLetIn,
    })
}

/// Answers the server's first question with the token, and the second, which says why the token is
/// refused, with nothing.
struct BearerToken(Option<String>);

impl Authenticator for BearerToken {
    type Response = String;

    fn process(&mut self, _: &[u8]) -> String {
        self.0.take().unwrap_or_default()
    }
}

/// Lists what is not the text of the message itself, and counts its texts.
fn list_parts(
    structure: &BodyStructure<'_>,
    depth: usize,
    (found, texts): (&mut Vec<Attachment>, &mut usize),
) {
    if depth > DEPTH_MAX || found.len() >= ATTACHMENTS_MAX {
        return;
    }
    let mut put = |common: &BodyContentCommon<'_>, octets: u32| {
        found.push(Attachment { name: name_of(common), bytes: u64::from(octets) * 3 / 4 });
    };
    match structure {
        BodyStructure::Basic { common, other, .. } => put(common, other.octets),
        BodyStructure::Message { common, other, .. } => put(common, other.octets),
        BodyStructure::Text { common, other, .. } => {
            let is_file = common
                .disposition
                .as_ref()
                .is_some_and(|disposition| disposition.ty.eq_ignore_ascii_case("attachment"));
            if is_file {
                put(common, other.octets);
            } else {
                *texts += 1;
            }
        }
        BodyStructure::Multipart { bodies, .. } => {
            bodies.iter().for_each(|body| list_parts(body, depth + 1, (&mut *found, &mut *texts)));
        }
    }
}

fn name_of(common: &BodyContentCommon<'_>) -> String {
    let disposition = common.disposition.as_ref().and_then(|of| of.params.as_ref());
    let named = disposition.into_iter().chain(common.ty.params.as_ref()).flatten();
    let is_name =
        |name: &str| name.eq_ignore_ascii_case("filename") || name.eq_ignore_ascii_case("name");
    let mut names = named.filter(|(name, _)| is_name(name)).map(|(_, value)| value.to_string());
    names.next().unwrap_or_default()
}
