//! Starts and stops the server.

mod accept;
mod waiting;

use crate::api::{ServerParts, router};
use crate::check::{Finding, of_proxies};
use crate::demo::is_demo;
use crate::editions::Editions;
use crate::headers::StrictTransport;
use crate::jobs::mailbox::MailboxStatus;
use crate::jobs::mailbox::settings::{MailboxSettings, ReadMailbox};
use crate::jobs::nightly::NightlySettings;
use crate::jobs::{look_for_edition, report_keys, start_all};
use crate::log::{self, AccessLog, LostLines};
use crate::metrics::ServerMetrics;
use crate::metrics::listener::{self, MetricsListener, MetricsSources};
use crate::operations::ServerOperations;
use crate::pages::RequestPages;
use crate::readiness::Readiness;
use crate::relocate::check_not_moved;
use crate::site::ServedSite;
use crate::site::neighbours::NeighbourBuilds;
use domain::{Catalogue, MunicipalityId};
use limits::budget::Allowance;
use limits::client::TrustedProxies;
use limits::connections::Connections;
use limits::sender::DAY_MS;
use limits::{LimitSettings, Limits};
use office::mail::Mailer;
use office::mail::answers::AnswerAddress;
use office::mail::settings::MailSettings;
use office::maintenance::MaintenanceWatch;
use office::oidc::settings::OidcSettings;
use office::second_factor::SecondFactorPolicy;
use office::{Office, OfficeParts};
use receiving::Receiver;
use std::fmt::Display;
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use store::{AnyStore, PostgresStore, SenderStore, SqliteStore, StoreFault, SubmissionStore};
use tokio::net::{TcpListener, TcpSocket};
use tokio_util::sync::CancellationToken;
use vault::keys::{KeyFolder, KeysFound, readable_by_others};
use vault::now_ms;
use vault::private;
use vault::private::{make_file, make_folder, open_to_others};

pub(crate) const NO_CATALOGUE: &str =
    "The site has no catalogue that this server can read. Build it again: cargo xtask build";
/// Seconds that requests in flight, and then background jobs, get when the server is stopped.
const STOP_S_MAX: u64 = 10;
/// The most connections that wait in the kernel to be accepted (the listen backlog). A client whose
/// connection finds no room retries after a second, so this is as large as the system allows by
/// default.
const CONNECTIONS_WAITING_MAX: u32 = 4_096;

/// The SQLite database in the data folder; its other files begin with the same name.
pub(crate) const DATABASE_FILE: &str = "hub.sqlite";
/// Names the use of the database that this folder saw last. Copies of the database do without it.
const LAST_USE_FILE: &str = "last-use";

/// The settings of `serve` and of the commands beside it.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The folder of the built site.
    pub site: PathBuf,
    /// The folder with database and keys.
    pub data_dir: PathBuf,
    /// PostgreSQL connection strings; `None` for SQLite in the data folder.
    pub database_url: Option<String>,
    /// The address to listen on.
    pub bind: IpAddr,
    /// The port to listen on.
    pub port: u16,
    /// Where metrics are served; `None` if nowhere.
    pub metrics: Option<SocketAddr>,
    /// Proxies whose forwarding headers are trusted.
    pub trusted_proxies: TrustedProxies,
    /// Rate limits, daily budgets and connection limits.
    pub limits: LimitSettings,
    /// Outgoing e-mail.
    pub mail: MailSettings,
    /// The mailbox that is read.
    pub mailbox: MailboxSettings,
    /// Sign-in with work accounts.
    pub oidc: OidcSettings,
    /// Who needs a second factor, until an administrator sets it in the office.
    pub second_factor: SecondFactorPolicy,
    /// Free space on the disk of the data folder, in bytes, below which the server is not ready.
    pub least_free_bytes: u64,
    /// What browsers are told to do by HTTPS only.
    pub strict_transport: StrictTransport,
    /// Which requests have a line in the log.
    pub access_log: AccessLog,
    /// A new database may be made beside keys that exist.
    pub new_database: bool,
    /// What the server does at night.
    pub nightly: NightlySettings,
}

impl Settings {
    /// Whether the database exists that these settings name.
    pub fn has_database(&self) -> bool {
        self.database_url.is_some() || self.data_dir.join(DATABASE_FILE).exists()
    }

    /// An address at a server with these settings, on this machine.
    pub(crate) fn local_url(&self, path: &str) -> String {
        let host = match self.bind {
            // By number: an image has no list of names.
            IpAddr::V4(bind) if bind.is_unspecified() => "127.0.0.1".into(),
            IpAddr::V6(bind) if bind.is_unspecified() => "[::1]".into(),
            IpAddr::V6(bind) => format!("[{bind}]"),
            bind => bind.to_string(),
        };
        format!("http://{host}:{}{path}", self.port)
    }

    /// Fails if keys exist and their database does not: it was lost or is elsewhere, and a new one
    /// would start empty without a word.
    pub(crate) fn makes_no_database_beside_keys(&self) -> Result<(), String> {
        let key_dir = self.data_dir.join("keys");
        let has_keys = std::fs::read_dir(&key_dir).is_ok_and(|mut files| files.next().is_some());
        if self.new_database || self.has_database() || !has_keys {
            return Ok(());
        }
        Err(format!(
            "{} holds keys, and {DATABASE_FILE}, which they open, is not beside them. Put the database back, or give its folder with --data-dir. If a new, empty one is meant: --new-database",
            self.data_dir.display()
        ))
    }

    /// Fails unless the database exists: a command that runs beside the server never creates a
    /// database or keys.
    pub fn needs_database(&self) -> Result<(), String> {
        self.has_database().then_some(()).ok_or_else(|| {
            format!(
                "{} holds no database. Give the server’s folder with --data-dir.",
                self.data_dir.display()
            )
        })
    }
}

/// An opened data folder.
pub struct OpenedFolder {
    /// The municipality's keys.
    pub keys: KeyFolder,
    /// The database.
    pub store: AnyStore,
}

/// Opens a data folder and its database. On the first start, creates the folder, the database and
/// the keys.
pub async fn open(
    data_dir: &Path,
    database_url: Option<&str>,
    municipality: MunicipalityId,
) -> Result<OpenedFolder, String> {
    make_folder(data_dir)
        .map_err(|error| format!("{}: cannot be made: {error}", data_dir.display()))?;
    let store = open_store(data_dir, database_url, municipality).await?;
    check_not_moved(&store).await?;
    let key_dir = data_dir.join("keys");
    let (keys, found) =
        KeyFolder::open(&key_dir, store.has_entries().await.map_err(said)?).map_err(said)?;
    if found == KeysFound::Made {
        log::warn(&format!(
            "New keys were made in {}.\nBack them up now, apart from the database: without them every sealed entry is lost for good.",
            key_dir.display()
        ));
    }
    for path in
        readable_by_others(&key_dir).into_iter().chain(open_to_others(private_paths(data_dir)))
    {
        log::warn(&private::warning(&path));
    }
    if !store.belongs_to(keys.now().mark()).await.map_err(said)? {
        return Err(format!(
            "{} does not go with this database, which was begun with other keys. Give the folder whose keys it knows with --data-dir, or put them back from your backup.",
            key_dir.display()
        ));
    }
    Ok(OpenedFolder { keys, store })
}

/// The data folder and the database files in it, which must be private.
fn private_paths(data_dir: &Path) -> impl Iterator<Item = PathBuf> {
    let is_database = |path: &PathBuf| {
        path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(DATABASE_FILE))
    };
    std::iter::once(data_dir.to_path_buf())
        .chain(private::entries(data_dir).into_iter().filter(is_database))
}

/// Opens PostgreSQL if connection strings are given, else SQLite in the data folder.
pub async fn open_store(
    data_dir: &Path,
    database_url: Option<&str>,
    municipality: MunicipalityId,
) -> Result<AnyStore, String> {
    match database_url {
        Some(urls) => {
            PostgresStore::open(urls, municipality).await.map(AnyStore::Postgres).map_err(said)
        }
        None => SqliteStore::open(&data_dir.join(DATABASE_FILE), municipality)
            .await
            .map(AnyStore::Sqlite)
            .map_err(said),
    }
}

/// Ensures that only one server uses a data folder with SQLite. Commands may read it at the same
/// time.
pub(crate) fn lock(data_dir: &Path) -> Result<std::fs::File, String> {
    make_folder(data_dir)
        .map_err(|error| format!("{}: cannot be made: {error}", data_dir.display()))?;
    let path = data_dir.join("in-use");
    let file = make_file(&path)
        .map_err(|error| format!("{}: cannot be written: {error}", path.display()))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(_) => Err(format!(
            "{} is in use by a server. Stop it first, or give another --data-dir.",
            data_dir.display()
        )),
    }
}

fn said(error: impl Display) -> String {
    error.to_string()
}

/// The site as it is at the server's address. A demo has none: nobody should find invented answers.
fn read_site(
    settings: &Settings,
    public_url: Option<&str>,
    is_demo: bool,
) -> Result<ServedSite, String> {
    let site = ServedSite::read(&settings.site).map_err(said)?;
    Ok(match is_demo {
        true => site.at(None).of_demo(),
        false => site.at(public_url),
    })
}

/// Serves until a signal stops it. The error is a message for the administrator.
pub async fn serve(settings: Settings, lost_lines: LostLines) -> Result<(), String> {
    for Finding { said, .. } in of_proxies(&settings).into_iter().filter(Finding::is_doubtful) {
        log::warn(&format!("Check the proxy: {said}."));
    }
    let public_url = settings.mail.public_address()?;
    let provider = settings.oidc.provider(settings.mail.public_url.as_deref())?;
    let is_demo = is_demo(&settings.data_dir);
    let (mailer, mailbox) = mail_of(&settings, is_demo)?;
    let site = read_site(&settings, public_url.as_deref(), is_demo)?;
    let listener = listen_with_database(&settings, &site).await?;
    let for_metrics = match settings.metrics {
        Some(address) => Some(listener::bind(address).await?),
        None => None,
    };
    let _in_use =
        if settings.database_url.is_none() { Some(lock(&settings.data_dir)?) } else { None };
    let server = Arc::new(open_server(&settings, site, lost_lines).await?);
    begin_day(&server).await.map_err(said)?;
    // Before anything is sealed or refused: another server may have other keys.
    let id = vault::random();
    report_keys(&server.receiver, id).await.map_err(said)?;
    let port = listener.local_addr().map_err(said)?.port();
    log::announce(&format!("Community Hub is at http://localhost:{port}"));
    let office = Office::new(OfficeParts {
        public_url: public_url.filter(|_| !is_demo),
        mailer,
        provider,
        second_factor: settings.second_factor,
        is_demo,
        ..office_parts(&server, &settings.nightly)
    });
    begin_office(&office, port).await?;
    let inbox = Arc::downgrade(&office);
    server
        .readiness
        .watch_inbox(move || inbox.upgrade().is_some_and(|office| office.has_all_open()));
    let app = router(server.clone(), office.router());
    let stopping = stop_when_told();
    let has_nightly_retention = settings.nightly.retention.is_some();
    let nightly = (settings.nightly, settings.data_dir.as_path());
    let jobs = start_all(&server, &office, nightly, mailbox, &stopping, id);
    let connections = Connections::new(settings.limits.connections.within_open_files());
    let sources = MetricsSources {
        server: Arc::downgrade(&server),
        office: Arc::downgrade(&office),
        connections: connections.clone(),
        has_nightly_retention,
    };
    drop(office);
    let metrics = for_metrics.map(|listener| serve_metrics(listener, sources));
    let stop_time = Duration::from_secs(STOP_S_MAX);
    accept::accept(listener, app, connections, settings.trusted_proxies, stopping, stop_time).await;
    if let Some(metrics) = metrics {
        metrics.stop().await;
    }
    // A message in flight is settled, so that it is not sent again. One that takes longer was
    // claimed and is retried later.
    jobs.stop(stop_time).await;
    finish(server).await;
    Ok(())
}

/// A mailbox that is read, and the addresses that this municipality sends from and reads.
type OwnMailbox = (ReadMailbox, Vec<String>);

/// The mail server, and the mailbox with the addresses of this municipality. Generated data is
/// never mailed, and a demo reads no mailbox.
fn mail_of(
    settings: &Settings,
    is_demo: bool,
) -> Result<(Option<Mailer>, Option<OwnMailbox>), String> {
    let mailer = settings.mail.mailer()?;
    let mailbox = settings.mailbox.mailbox(settings.mail.from.as_deref())?;
    if is_demo {
        return Ok((None, None));
    }
    let answers = mailbox.as_ref().map(|mailbox| mailbox.answers.clone());
    let mailer = mailer.map(|mailer| mailer.answered_at(answers));
    Ok((mailer, mailbox.map(|mailbox| own_addresses(mailbox, &settings.mail))))
}

/// A mailbox with the addresses that this municipality sends from and reads.
fn own_addresses(mailbox: ReadMailbox, mail: &MailSettings) -> OwnMailbox {
    let from = mail.from.as_deref().and_then(|from| AnswerAddress::parse(from, false));
    let own = from.iter().chain([&mailbox.answers]).map(|own| own.address.to_string()).collect();
    (mailbox, own)
}

fn serve_metrics(listener: TcpListener, sources: MetricsSources) -> MetricsListener {
    if let Ok(address) = listener.local_addr() {
        log::announce(&format!("Metrics are at http://{address}/metrics"));
    }
    MetricsListener::start(listener, sources)
}

/// What the office shares with the server, without settings of its own.
fn office_parts(server: &Arc<ServerParts<AnyStore>>, nightly: &NightlySettings) -> OfficeParts {
    let operations = ServerOperations { server: Arc::downgrade(server), settings: nightly.clone() };
    OfficeParts {
        receiver: server.receiver.clone(),
        directory: server.editions.clone(),
        budgets: server.limits.budgets.clone(),
        ledger: server.ledger.clone(),
        counter: server.counter.clone(),
        trusted_proxies: server.trusted_proxies,
        version: server.site.version.clone(),
        public_url: None,
        mailer: None,
        provider: None,
        second_factor: SecondFactorPolicy::Managers,
        operations: Arc::new(operations),
        maintenance: server.maintenance.clone(),
        is_demo: false,
    }
}

/// Listens once the database is there: a proxy asks the others as long as nothing listens here.
async fn listen_with_database(
    settings: &Settings,
    site: &ServedSite,
) -> Result<TcpListener, String> {
    settings.makes_no_database_beside_keys()?;
    waiting::wait_for_database(settings, &municipality_of(site)?).await?;
    listen(settings)
}

/// Opens database, keys and editions, and begins to use them.
async fn open_server(
    settings: &Settings,
    site: ServedSite,
    lost_lines: LostLines,
) -> Result<ServerParts<AnyStore>, String> {
    let municipality = municipality_of(&site)?;
    let OpenedFolder { keys, store } =
        open(&settings.data_dir, settings.database_url.as_deref(), municipality.clone()).await?;
    if keys.event_cipher().newest_key().is_none() {
        tracing::warn!(
            "what the office writes is sealed with a key that cannot be destroyed; make one that can: community-hub keys rotate office"
        );
    }
    store.begin_serving(&settings.data_dir.join(LAST_USE_FILE)).await.map_err(said)?;
    let engine = store.engine().await.map_err(said)?;
    let editions = Editions::of(&site, &settings.data_dir).ok_or(NO_CATALOGUE)?;
    let readiness = Readiness::new(settings.data_dir.clone(), settings.least_free_bytes);
    readiness.note_edition(look_for_edition(&editions) != Some(false));
    let neighbours = NeighbourBuilds::of(&settings.site);
    // Before the first answer: a page of the build before may ask for its files at once.
    neighbours.look();
    let metrics = ServerMetrics::default();
    metrics.watch(&store);
    // Before the first answer, as the keys.
    let maintenance = Arc::<MaintenanceWatch>::default();
    maintenance.look(&store).await.map_err(said)?;
    Ok(ServerParts {
        receiver: Arc::new(Receiver::new(municipality, keys, store)),
        pages: RequestPages::of(&site),
        site,
        neighbours,
        editions: Arc::new(editions),
        limits: Limits::new(settings.limits),
        readiness,
        lost_lines,
        metrics,
        ledger: Arc::default(),
        counter: Arc::default(),
        maintenance,
        mailbox: MailboxStatus::default(),
        sends_email: settings.mail.mailer()?.is_some() && !is_demo(&settings.data_dir),
        trusted_proxies: settings.trusted_proxies,
        strict_transport: settings.strict_transport,
        access_log: settings.access_log,
        engine,
    })
}

/// Prepares the office for its first request.
async fn begin_office(office: &Office, port: u16) -> Result<(), String> {
    if let Some(token) = office.first_token().await.map_err(said)? {
        log::warn(&format!(
            "No one works in the office yet. The first administrator begins at http://localhost:{port}/office/first with this token, which works once: {token}"
        ));
    }
    office.seal_plain_views().await.map_err(said)?;
    // Composed before the first answer, so that an edition that was served before a restart is
    // served after it.
    office.compose().await.map_err(said)
}

/// A token that is cancelled when the program is told to stop.
fn stop_when_told() -> CancellationToken {
    let stopping = CancellationToken::new();
    let stop = stopping.clone();
    tokio::spawn(async move {
        told_to_stop().await;
        stop.cancel();
    });
    stopping
}

/// Closes the store, which writes what is still pending. What was not answered was not
/// acknowledged, and will be sent again.
async fn finish(server: Arc<ServerParts<AnyStore>>) {
    let receiver = Arc::into_inner(server).and_then(|server| Arc::into_inner(server.receiver));
    if let Some(receiver) = receiver {
        receiver.store.close().await;
    }
    tracing::info!("stopped");
}

/// Counts what was received earlier today towards today's budgets.
async fn begin_day(server: &ServerParts<AnyStore>) -> Result<(), StoreFault> {
    let day = now_ms() / DAY_MS;
    let sums = server.receiver.store.senders(day * DAY_MS, (day + 1) * DAY_MS).await?;
    let used = |entries: u64, bytes| Allowance {
        entries: u32::try_from(entries).unwrap_or(u32::MAX),
        bytes,
    };
    server.limits.budgets.begin(
        day,
        sums.into_iter().map(|sum| (sum.sender, sum.kind, used(sum.entries, sum.bytes))),
    );
    Ok(())
}

fn listen(settings: &Settings) -> Result<TcpListener, String> {
    let address = SocketAddr::new(settings.bind, settings.port);
    let bind = || {
        let socket = if address.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
        // Allows binding again directly after a restart.
        socket.set_reuseaddr(true)?;
        socket.bind(address)?;
        socket.listen(CONNECTIONS_WAITING_MAX)
    };
    bind().map_err(|error| match error.kind() {
        std::io::ErrorKind::AddrInUse => format!(
            "Port {} is in use by another program. Stop that program, or choose another port with --port {}.",
            settings.port,
            settings.port.saturating_add(1)
        ),
        _ => format!("The server cannot listen on {address}: {error}"),
    })
}

/// The municipality of a site, from its service directory.
pub fn municipality_of(site: &ServedSite) -> Result<MunicipalityId, String> {
    let catalogue = catalogue_of(site).ok_or(NO_CATALOGUE)?;
    Ok(catalogue.municipality().id.clone())
}

pub(crate) fn catalogue_of(site: &ServedSite) -> Option<Catalogue> {
    Catalogue::from_bundle(site.bytes("/catalogue-", ".bin")?).map(|(catalogue, _)| catalogue)
}

/// Waits for Ctrl-C or SIGTERM.
async fn told_to_stop() {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate()).expect("a process can listen for signals");
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        _ = terminate.recv() => {}
    }
}
