//! The command line of `community-hub`: what it accepts, what `--help` says, and the settings that
//! follow from options, environment variables and the settings file, in this order. An empty
//! environment variable counts as unset, and switches the file's value off.

use crate::backup::OF_POSTGRES;
use crate::backup::command::{BackupAct, BackupCommand};
use crate::catalogue::{CatalogueAct, CatalogueCommand, NewAlert};
use crate::export::Format;
use crate::headers::StrictTransport;
use crate::jobs::backups::BackupSettings;
use crate::jobs::mailbox::settings::MailboxSettings;
use crate::jobs::nightly::{AFTER_START, NightlySettings, RetentionSettings};
use crate::keys::command::{KeysAct, KeysCommand};
use crate::log::AccessLog;
use crate::records::Named;
use crate::records::command::{RecordsAct, RecordsCommand};
use crate::records::ledger;
use crate::records::maintenance::MaintenanceAct;
use crate::records::retention::RetentionDays;
use crate::records::staff::NewPerson;
use crate::records::trace::Asker;
use crate::relocate::{MoveAct, MoveCommand};
use crate::serve::Settings;
use crate::settings_file::{SettingsFile, without_empty_variables};
use clap::{ArgAction, Args, CommandFactory, FromArgMatches, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;
use domain::status::InquiryStage;
use domain::submission::Kind;
use limits::LimitSettings;
use limits::budget::BudgetSettings;
use limits::client::TrustedProxies;
use limits::connections::ConnectionSettings;
use office::mail::settings::MailSettings;
use office::oidc::settings::OidcSettings;
use office::second_factor::SecondFactorPolicy;
use office::staff::{Role, STAFF_NAME_CHARS_MAX, Scope, login_of};
use std::io::Write;
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use std::time::Duration;
use store::audit::Link;
use vault::keys::file::Use;

/// About one month of the 8,500 cases a year that the city had in 2019.
const DEMO_INQUIRIES: u32 = 700;
/// Nightly backups that are stored: two weeks, in which a mistake is noticed.
const BACKUPS_KEPT: usize = 14;

const ENVIRONMENT: &str = "\
Settings that hold secrets are environment variables, or in the settings file under the same name in
small letters:

  DATABASE_URL=postgres://USER:PASSWORD@HOST/DATABASE
      stores everything in PostgreSQL; without it, in SQLite in the data folder. Separate several
      servers of one cluster by commas (a comma in a password is written %2C). They are tried in
      this order, and only the primary is used, even after a standby took over. The keys stay in
      the data folder.
  SMTP_URL=smtps://USER:PASSWORD@HOST
      lets the office reply by email; also smtp://USER:PASSWORD@HOST:587?tls=required, and
      smtp://HOST:25 for a mail server on this machine. Needs --mail-from and --public-url.
      Without it replies are printed, given by phone or read on the status page. Without
      IMAP_URL incoming email is not read; each message says so.
  IMAP_URL=imaps://USER:PASSWORD@HOST
      reads the mailbox to which people write: each message becomes an inquiry or joins one, and
      is moved to a folder. Needs --imap-address or --mail-from. Without the password, sign in by
      OAuth 2.0 with --imap-token-file, or IMAP_TOKEN_COMMAND=... that prints the access token.
  OIDC_ISSUER=https://login.example.org OIDC_CLIENT_ID=hub OIDC_CLIENT_SECRET=...
      lets staff sign in with their work account (OpenID Connect), beside their passwords. Needs
      --public-url; register PUBLIC-URL/office/oidc/return with the provider. People are invited
      first, with the account’s verified email address as their username, or its user name with
      OIDC_LOGIN_CLAIM=preferred_username.

Every command that opens, moves or deletes something is recorded in the audit log: before it begins,
who does it and why; afterwards, how much it was. Do not name the person concerned in a reason.";

/// Serves Community Hub, stores what devices send, and opens, exports and deletes it for the
/// office.
#[derive(Debug, Parser)]
#[command(name = "community-hub", version = version(), after_long_help = ENVIRONMENT, max_term_width = 100)]
#[command(arg_required_else_help = true, disable_help_subcommand = false)]
pub struct ServerCommandLine {
    /// The settings file [default: /etc/community-hub/hub.toml if it exists]. Options and
    /// environment variables take precedence.
    #[arg(long, value_name = "FILE", env = "HUB_SETTINGS", global = true)]
    settings: Option<String>,
    #[command(subcommand)]
    command: Subcommands,
}

/// The version, and in a packaged program the commit that it was built from.
fn version() -> String {
    let version = env!("CARGO_PKG_VERSION");
    option_env!("COMMUNITY_HUB_COMMIT")
        .map_or(version.into(), |commit| format!("{version} (commit {commit})"))
}

#[derive(Debug, Subcommand)]
enum Subcommands {
    /// Serves the app and receives submissions.
    Serve(ServeOptions),
    /// Checks the settings and the machine, and says what is wrong: rights, space, clock, public
    /// address, email. Takes the options of `serve`, and changes nothing.
    Check(ServeOptions),
    /// Shows what the server did at night, what comes next, what failed, and how old the keys are.
    /// Ends with an error if something needs work. Takes the options of `serve`.
    Status(ServeOptions),
    /// Asks the running server whether it works, and ends with an error if not: for what restarts a
    /// container. Takes the options of `serve`.
    Health(ServeOptions),
    /// Opens received submissions and prints them; the server may keep running.
    Export(ExportOptions),
    /// Checks the figures of a baseline.
    #[command(subcommand)]
    Baseline(BaselineCommand),
    /// Imports a file that a device without a network saved; importing twice is harmless.
    Import(ImportOptions),
    /// Fills an empty folder with a month of generated inquiries, and says how to sign in.
    Demo(DemoOptions),
    /// Says whether a receipt file is genuine, and what it states.
    Receipt {
        /// The file that a person saved.
        file: PathBuf,
        /// Database and keys.
        #[arg(long, value_name = "DIR", default_value = "var")]
        data_dir: PathBuf,
    },
    /// Backs up everything into a folder while the server runs: the database, the keys (sealed with
    /// words for paper), and the published edition.
    Backup(BackupOptions),
    /// Restores a backup into an empty data folder. Asks for the words on paper.
    Restore(RestoreOptions),
    /// Checks the data of a municipality, publishes it, and sets urgent notices; without the
    /// project’s folder.
    #[command(subcommand)]
    Catalogue(CatalogueSubcommand),
    /// Moves everything from SQLite to PostgreSQL, or back, and compares it; with all servers
    /// stopped. The old database is marked and serves no more.
    Move(MoveOptions),
    /// Manages the keys.
    Keys(KeysOptions),
    /// Deletes what has been stored for its retention period and is not held. The server does it
    /// every night unless told otherwise.
    Retention(RetentionOptions),
    /// Deletes what a person sent, at their request. If it is sent again, it is not stored.
    Erase {
        /// The reference number on the receipt, or the id in an export.
        #[arg(value_parser = Named::parse)]
        named: Named,
        #[command(flatten)]
        confirm: ConfirmOption,
        #[command(flatten)]
        folders: Folders,
        #[command(flatten)]
        asker: AskerOptions,
    },
    /// Protects a submission from being erased or deleted.
    #[command(subcommand)]
    Hold(HoldCommand),
    /// Sets the state of a question, which the person sees with the tracking code.
    Stage {
        /// The reference number on the receipt, or the id in an export.
        #[arg(value_parser = Named::parse)]
        named: Named,
        /// The state.
        #[arg(value_enum)]
        stage: StageName,
        #[command(flatten)]
        folders: Folders,
        #[command(flatten)]
        asker: AskerOptions,
    },
    /// After a database was restored from a backup, and before the server starts: makes devices
    /// offer again what they sent since.
    Restored {
        #[command(flatten)]
        confirm: ConfirmOption,
        #[command(flatten)]
        folders: Folders,
        #[command(flatten)]
        asker: AskerOptions,
    },
    /// Begins and ends maintenance, in which all servers of the database only read: pages and
    /// search work, and devices keep what people write and send it later.
    #[command(subcommand)]
    Maintenance(MaintenanceCommand),
    /// Checks and prints the audit log.
    #[command(subcommand)]
    Audit(AuditCommand),
    /// Lists messages that arrived under the id of another message with other content.
    #[command(subcommand)]
    SetAside(SetAsideCommand),
    /// Lists, invites, changes and removes staff, and restores access for someone who is locked
    /// out.
    #[command(subcommand)]
    Staff(StaffCommand),
    /// Prints completions for a shell.
    Completions {
        /// The shell.
        shell: Shell,
    },
    /// Prints this help as a man page: community-hub man > community-hub.1
    Man,
    /// Writes pages for the server that started it.
    #[command(hide = true)]
    Render,
}

#[derive(Debug, Args)]
struct Folders {
    /// The built site.
    #[arg(long, value_name = "DIR", default_value = "dist")]
    site: PathBuf,
    /// Database and keys.
    #[arg(long, value_name = "DIR", default_value = "var")]
    data_dir: PathBuf,
}

#[derive(Debug, Args)]
struct ConfirmOption {
    /// Goes ahead although the clock may be wrong or a copy is old. N is the number in the
    /// refusal.
    #[arg(long, value_name = "N")]
    confirm: Option<u64>,
}

#[derive(Debug, Args)]
struct AskerOptions {
    /// Who does it, for the audit log [default: who is signed in].
    #[arg(long, value_name = "NAME")]
    operator: Option<String>,
    /// Why, for the audit log.
    #[arg(long, value_name = "TEXT", default_value = "", hide_default_value = true)]
    reason: String,
}

impl AskerOptions {
    fn asker(self) -> Asker {
        let signed_in = Asker::default();
        Asker { who: self.operator.unwrap_or(signed_in.who), reason: self.reason }
    }
}

#[derive(Debug, Args)]
struct ServeOptions {
    #[command(flatten)]
    folders: Folders,
    /// The port to listen on.
    #[arg(long, value_name = "N", default_value_t = 8080)]
    port: u16,
    /// The address to listen on: 0.0.0.0 if a proxy on another machine is in front.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1")]
    bind: IpAddr,
    /// Addresses and networks of the proxies in front, such as 127.0.0.1,10.0.0.0/8,::1. Only their
    /// X-Forwarded-For and Forwarded headers are trusted.
    #[arg(long, value_name = "LIST", env = "TRUSTED_PROXIES", default_value = "")]
    #[arg(hide_default_value = true, value_parser = TrustedProxies::parse)]
    trusted_proxies: TrustedProxies,
    /// What browsers are told to reach by HTTPS only, for two years, where a trusted proxy reports
    /// HTTPS (HSTS): subdomains (this name and all below it), host (this name alone) or off.
    #[arg(long, value_name = "WHAT", env = "STRICT_TRANSPORT", default_value = "subdomains")]
    #[arg(value_parser = strict_transport)]
    strict_transport: StrictTransport,
    /// Logs one of N requests that went well and were quick; 0 logs none of them. Errors and slow
    /// requests are always logged.
    #[arg(long, value_name = "N", env = "ACCESS_LOG", default_value_t = 1)]
    access_log: u32,
    /// What is accepted per day, such as inquiry=1000/4,all=50000/128: submissions and megabytes of
    /// a kind (inquiry, feedback, gap, correction, tally, contact) from one address, and from all.
    /// What exceeds it stays on its device.
    #[arg(long, value_name = "LIST", env = "BUDGET", default_value = "")]
    #[arg(hide_default_value = true, value_parser = BudgetSettings::parse)]
    budget: BudgetSettings,
    /// Connections that may be open at once [default: 4096].
    #[arg(long, value_name = "N", env = "CONNECTIONS", value_parser = connection_count)]
    connections: Option<Count>,
    /// Of these, from one address that is not a trusted proxy [default: 256].
    #[arg(long, value_name = "N", env = "CONNECTIONS_OF_SHARE", value_parser = connection_count)]
    connections_of_share: Option<Count>,
    /// Serves numbers for monitoring at http://ADDRESS/metrics, such as 127.0.0.1:9464. They
    /// contain nothing about a person; still, give an address that only monitoring reaches.
    #[arg(long, value_name = "ADDRESS", env = "METRICS", value_parser = metrics_address)]
    metrics: Option<MetricsAddress>,
    /// Makes a new, empty database although keys exist.
    #[arg(long)]
    new_database: bool,
    /// Free space on the disk of --data-dir, in MB, below which /ready says that it is short.
    #[arg(long, value_name = "MB", env = "LEAST_FREE_MB", default_value_t = 256)]
    least_free_mb: u64,
    /// The sender of emails. Without IMAP_URL, no one needs to read its mailbox.
    #[arg(long, value_name = "ADDRESS", env = "MAIL_FROM")]
    mail_from: Option<String>,
    /// The address whose mail is read at IMAP_URL, if it is not that of --mail-from.
    #[arg(long, value_name = "ADDRESS", env = "IMAP_ADDRESS")]
    imap_address: Option<String>,
    /// Whether that mailbox also receives mail to its address with a plus sign and more, such as
    /// service+x@example.org: on or off.
    #[arg(long, value_name = "WHETHER", env = "IMAP_PLUS", default_value = "on")]
    #[arg(value_parser = on_or_off, action = ArgAction::Set)]
    imap_plus: bool,
    /// A file with the OAuth 2.0 access token for that mailbox, instead of a password. It is read
    /// at each connection.
    #[arg(long, value_name = "FILE", env = "IMAP_TOKEN_FILE")]
    imap_token_file: Option<PathBuf>,
    /// A file with certificates (PEM) that are trusted for that mailbox instead of the system’s.
    #[arg(long, value_name = "FILE", env = "IMAP_CA")]
    imap_ca: Option<PathBuf>,
    /// The folder of that mailbox for messages that are stored in an inquiry [default: Handled].
    #[arg(long, value_name = "FOLDER", env = "IMAP_HANDLED")]
    imap_handled: Option<String>,
    /// The folder of that mailbox for messages that are not [default: Aside].
    #[arg(long, value_name = "FOLDER", env = "IMAP_ASIDE")]
    imap_aside: Option<String>,
    /// Where residents find this site, such as https://hub.example.org.
    #[arg(long, value_name = "URL", env = "PUBLIC_URL")]
    public_url: Option<String>,
    /// Who needs a code from an app as well as a password: off, managers (and administrators) or
    /// everybody. What an administrator chooses on the Staff page takes precedence.
    #[arg(long, value_name = "WHO", env = "SECOND_FACTOR", default_value = "managers")]
    #[arg(value_parser = second_factor)]
    second_factor: SecondFactorPolicy,
    #[command(flatten)]
    nightly: NightlyOptions,
}

#[derive(Debug, Args)]
struct NightlyOptions {
    /// Deletes what has been stored for its retention period: nightly (between 3 and 4 o’clock), or
    /// off (only by the command `retention`).
    #[arg(long, value_name = "WHEN", env = "RETENTION", default_value = "nightly")]
    #[arg(value_parser = is_nightly, action = ArgAction::Set)]
    retention: bool,
    /// How long inquiries are stored. Fewer than 365 days need a by-law, as for feedback.
    #[arg(long, value_name = "DAYS", default_value_t = RetentionDays::default().inquiries)]
    retention_inquiries: u32,
    /// How long feedback is stored.
    #[arg(long, value_name = "DAYS", default_value_t = RetentionDays::default().feedback)]
    retention_feedback: u32,
    /// How long searches without results are stored.
    #[arg(long, value_name = "DAYS", default_value_t = RetentionDays::default().gaps)]
    retention_gaps: u32,
    /// How long error reports are stored.
    #[arg(long, value_name = "DAYS", default_value_t = RetentionDays::default().corrections)]
    retention_corrections: u32,
    /// The by-law that allows less than a year.
    #[arg(long, value_name = "TEXT")]
    retention_by_law: Option<String>,
    /// Makes a backup every night in a folder of its own in FOLDER, and tries it. The folder must
    /// exist, best on another disk. Not with PostgreSQL.
    #[arg(long, value_name = "FOLDER", env = "BACKUP_TO")]
    backup_to: Option<PathBuf>,
    /// How many nightly backups are stored; older ones are deleted after a newer one was tried.
    #[arg(long, value_name = "NIGHTS", default_value_t = BACKUPS_KEPT)]
    backup_keep: usize,
    /// Seconds after a start before nightly work may begin. For tests.
    #[arg(long, value_name = "SECONDS", default_value_t = AFTER_START.as_secs(), hide = true)]
    retention_after: u64,
}

#[derive(Debug, Args)]
struct ExportOptions {
    /// Inquiries and feedback hold what people wrote: say why with --reason. Sums are gaps
    /// (searches without results, by month), tallies (by survey link: opened, started, invited,
    /// refused) and contacts (counted at counters, by day, location, task, channel, outcome and
    /// reason).
    #[arg(value_enum)]
    what: Exported,
    /// With `everything`, and needed then: a new or empty folder for all of it, to move away from
    /// this product. It is not encrypted.
    #[arg(long, value_name = "FOLDER", required_if_eq("what", "everything"))]
    to: Option<PathBuf>,
    /// The format of what is printed.
    #[arg(long, value_enum, default_value = "jsonl")]
    format: FormatName,
    /// The first day in UTC, such as 2026-11-23.
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = day_ms)]
    since: Option<u64>,
    #[command(flatten)]
    folders: Folders,
    #[command(flatten)]
    asker: AskerOptions,
}

#[derive(Debug, Subcommand)]
enum CatalogueSubcommand {
    /// Reads and checks a municipality’s folder; reports all faults of all files.
    Check(DataFolder),
    /// Publishes it as the next edition, which the running server offers within seconds, and raises
    /// the number in municipality.toml.
    Publish(DataFolder),
    /// Sets an urgent notice from now on, or ends all of them, and publishes that.
    Alert {
        /// What happened, where, and what to do, in two sentences, in English.
        #[arg(long, value_name = "TEXT", required_unless_present = "end")]
        text: Option<String>,
        /// The same in French, where the municipality offers it.
        #[arg(long, value_name = "TEXT")]
        text_fr: Option<String>,
        /// Its end, by the municipality’s clock: 18:30, or 2026-12-01T18:30.
        #[arg(long, value_name = "TIME", required_unless_present = "end")]
        until: Option<String>,
        /// The address of a page with more.
        #[arg(long, value_name = "URL")]
        url: Option<String>,
        /// Ends every notice that is shown or planned.
        #[arg(long, conflicts_with_all = ["text", "text_fr", "until", "url"])]
        end: bool,
        #[command(flatten)]
        data: DataFolder,
    },
}

#[derive(Debug, Args)]
struct DataFolder {
    /// The municipality’s folder.
    data: PathBuf,
    #[command(flatten)]
    folders: Folders,
    #[command(flatten)]
    asker: AskerOptions,
}

#[derive(Debug, Args)]
struct MoveOptions {
    /// Where to: postgres://USER:PASSWORD@HOST/DATABASE, which must be empty, or sqlite for a new
    /// file in the data folder. With a password, rather in the environment variable.
    #[arg(long, value_name = "DATABASE", env = "MOVE_TO", hide_env_values = true)]
    #[arg(required_unless_present = "stay")]
    to: Option<String>,
    /// Gives up a move that broke off: the old database is used again.
    #[arg(long)]
    stay: bool,
    /// Uses the old database although everything was moved. What the new one took since then is
    /// not there.
    #[arg(long)]
    even_though_it_was_moved: bool,
    #[command(flatten)]
    folders: Folders,
    #[command(flatten)]
    asker: AskerOptions,
}

#[derive(Debug, Subcommand)]
enum BaselineCommand {
    /// Computes the figures of a baseline again from the answers, and says whether they are
    /// the same to the byte.
    Verify {
        /// The file of the baseline.
        file: PathBuf,
        #[command(flatten)]
        folders: Folders,
        #[command(flatten)]
        asker: AskerOptions,
    },
}

#[derive(Debug, Args)]
struct ImportOptions {
    /// The file that the device saved.
    file: PathBuf,
    /// Where to write the receipts, which release the submissions on that device.
    #[arg(long, value_name = "FILE")]
    receipts: Option<PathBuf>,
    #[command(flatten)]
    folders: Folders,
    #[command(flatten)]
    asker: AskerOptions,
}

#[derive(Debug, Args)]
struct DemoOptions {
    /// How many inquiries to generate.
    #[arg(long, value_name = "N", default_value_t = DEMO_INQUIRIES)]
    inquiries: u32,
    #[command(flatten)]
    folders: Folders,
    #[command(flatten)]
    asker: AskerOptions,
}

#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
struct BackupOptions {
    #[command(subcommand)]
    command: Option<BackupSubcommand>,
    /// The folder of the backup, which is new or empty, such as one named after the day.
    #[arg(long, value_name = "FOLDER", required = true)]
    to: Option<PathBuf>,
    #[command(flatten)]
    folders: Folders,
    #[command(flatten)]
    asker: AskerOptions,
}

#[derive(Debug, Subcommand)]
enum BackupSubcommand {
    /// Tries a backup before it is needed: opens every submission and every text of the office with
    /// its keys, and checks the pages of its database and its audit log. Restores nothing.
    Verify {
        /// The folder of the backup.
        from: PathBuf,
        #[command(flatten)]
        words: WordsOption,
        #[command(flatten)]
        folders: Folders,
        #[command(flatten)]
        asker: AskerOptions,
    },
}

#[derive(Debug, Args)]
struct RestoreOptions {
    /// The folder of the backup.
    #[arg(long, value_name = "FOLDER")]
    from: PathBuf,
    #[command(flatten)]
    words: WordsOption,
    #[command(flatten)]
    confirm: ConfirmOption,
    #[command(flatten)]
    folders: Folders,
    #[command(flatten)]
    asker: AskerOptions,
}

#[derive(Debug, Args)]
struct WordsOption {
    /// A file with the words that open the keys, such as backup-words in the data folder. Without
    /// it, the words are asked for.
    #[arg(long, value_name = "FILE")]
    words: Option<PathBuf>,
}

#[derive(Debug, Args)]
struct KeysOptions {
    #[command(subcommand)]
    command: Option<KeysSubcommand>,
    /// The built site.
    #[arg(long, value_name = "DIR", default_value = "dist", global = true)]
    site: PathBuf,
    /// Database and keys.
    #[arg(long, value_name = "DIR", default_value = "var", global = true)]
    data_dir: PathBuf,
    /// Who does it, for the audit log [default: who is signed in].
    #[arg(long, value_name = "NAME", global = true)]
    operator: Option<String>,
    /// Why, for the audit log.
    #[arg(long, value_name = "TEXT", default_value = "", hide_default_value = true, global = true)]
    reason: String,
}

#[derive(Debug, Subcommand)]
enum KeysSubcommand {
    /// Lists every key: its kind, since when, and what it is used for now. The default.
    List,
    /// Creates a key beside the old ones; running servers find it. The office key encrypts what the
    /// office writes.
    Rotate {
        /// Which key.
        #[arg(value_enum)]
        usage: KeyUse,
        /// Seconds until it begins [default: 60 for a sealing or office key, seven days for a
        /// signing key].
        #[arg(long = "in", value_name = "SECONDS")]
        begins_in_s: Option<u64>,
        #[command(flatten)]
        confirm: ConfirmOption,
    },
    /// Stops offering a key to devices. What was sealed to it still opens.
    Revoke {
        /// The key’s id.
        key: String,
    },
    /// Encrypts notes, replies and everything else the office wrote with the newest office key. The
    /// server may keep running; after an interruption, run it again.
    Reseal,
    /// Deletes an old office key or a revoked sealing key for good. What was erased by then is then
    /// unreadable in older copies of the database too, once no backup holds the key. Refuses while
    /// anything is encrypted with the key.
    Destroy {
        /// The key’s id.
        key: String,
        #[command(flatten)]
        confirm: ConfirmOption,
    },
    /// Writes all keys into one encrypted file, and prints the words for paper that open it.
    Backup {
        /// The file to write.
        #[arg(long, value_name = "FILE")]
        to: PathBuf,
    },
    /// Restores a lost folder of keys. Asks for the words.
    Restore {
        /// The backup.
        #[arg(long, value_name = "FILE")]
        from: PathBuf,
    },
    /// Opens everything received or written with the keys of a backup, and says whether all of it
    /// opens. Asks for the words.
    Drill {
        /// The backup.
        #[arg(long, value_name = "FILE")]
        from: PathBuf,
    },
}

#[derive(Debug, Args)]
struct RetentionOptions {
    /// Only counts; deletes nothing.
    #[arg(long)]
    dry_run: bool,
    /// Deletes N submissions although that is more than usual, or although the clock may be wrong.
    /// N is the number that the refusal names.
    #[arg(long, value_name = "N")]
    confirm: Option<u64>,
    /// How long inquiries are stored. Fewer than 365 days need a by-law, as for feedback.
    #[arg(long, value_name = "DAYS", default_value_t = RetentionDays::default().inquiries)]
    inquiries: u32,
    /// How long feedback is stored.
    #[arg(long, value_name = "DAYS", default_value_t = RetentionDays::default().feedback)]
    feedback: u32,
    /// How long searches without results are stored.
    #[arg(long, value_name = "DAYS", default_value_t = RetentionDays::default().gaps)]
    gaps: u32,
    /// How long error reports are stored.
    #[arg(long, value_name = "DAYS", default_value_t = RetentionDays::default().corrections)]
    corrections: u32,
    /// The by-law that allows less than a year.
    #[arg(long, value_name = "TEXT")]
    by_law: Option<String>,
    #[command(flatten)]
    folders: Folders,
    #[command(flatten)]
    asker: AskerOptions,
}

#[derive(Debug, Subcommand)]
enum HoldCommand {
    /// Protects a submission.
    Add(HoldOptions),
    /// Ends the protection.
    Remove(HoldOptions),
    /// Lists what is protected.
    List {
        #[command(flatten)]
        folders: Folders,
        #[command(flatten)]
        asker: AskerOptions,
    },
}

#[derive(Debug, Args)]
struct HoldOptions {
    /// The reference number on the receipt, or the id in an export.
    #[arg(value_parser = Named::parse)]
    named: Named,
    #[command(flatten)]
    folders: Folders,
    #[command(flatten)]
    asker: AskerOptions,
}

#[derive(Debug, Subcommand)]
enum MaintenanceCommand {
    /// Begins it, or changes its end and words. It lasts until `maintenance off`.
    On {
        /// When people may expect its end, by the municipality’s clock: 18:30, or
        /// 2026-12-01T18:30.
        #[arg(long, value_name = "TIME")]
        until: String,
        /// What people are told, in English [default: We are working on our server.].
        #[arg(long, value_name = "TEXT", default_value = "", hide_default_value = true)]
        words: String,
        /// The same in French.
        #[arg(long, value_name = "TEXT", default_value = "", hide_default_value = true)]
        words_fr: String,
        #[command(flatten)]
        folders: Folders,
        #[command(flatten)]
        asker: AskerOptions,
    },
    /// Ends it.
    Off {
        #[command(flatten)]
        folders: Folders,
        #[command(flatten)]
        asker: AskerOptions,
    },
    /// Says whether there is one, and what people are told.
    Show {
        #[command(flatten)]
        folders: Folders,
        #[command(flatten)]
        asker: AskerOptions,
    },
}

#[derive(Debug, Subcommand)]
enum AuditCommand {
    /// Checks that nothing in the audit log was changed or removed.
    Verify {
        /// A hash that an earlier check printed.
        #[arg(long, value_name = "HASH", value_parser = ledger::parse)]
        noted: Option<Link>,
        /// What `audit head` printed before: checks its signature, and that nothing was removed
        /// from the end since.
        #[arg(long, value_name = "FILE")]
        head: Option<PathBuf>,
        #[command(flatten)]
        folders: Folders,
        #[command(flatten)]
        asker: AskerOptions,
    },
    /// Prints the audit log as JSON lines.
    List {
        #[command(flatten)]
        folders: Folders,
        #[command(flatten)]
        asker: AskerOptions,
    },
    /// Lists sign-ins with a password by people who had no password at that time.
    SignIns {
        #[command(flatten)]
        folders: Folders,
        #[command(flatten)]
        asker: AskerOptions,
    },
    /// Prints the length of the audit log and its last hash, signed. Store it where no one with
    /// access to the server can change it.
    Head {
        #[command(flatten)]
        folders: Folders,
        #[command(flatten)]
        asker: AskerOptions,
    },
    /// Prints what the audit log has about one submission, while the submission is stored;
    /// afterwards nothing leads to it.
    Of {
        /// The reference number on the receipt, or the id in an export.
        #[arg(value_parser = Named::parse)]
        named: Named,
        #[command(flatten)]
        folders: Folders,
        #[command(flatten)]
        asker: AskerOptions,
    },
}

#[derive(Debug, Subcommand)]
enum StaffCommand {
    /// Lists who works with the office.
    List {
        #[command(flatten)]
        folders: Folders,
        #[command(flatten)]
        asker: AskerOptions,
    },
    /// Invites a person: prints a link to choose a password, as the Staff page does.
    Invite {
        /// The username; with work accounts, the account’s email address or user name.
        #[arg(value_parser = login)]
        login: String,
        /// The name that colleagues see.
        #[arg(long, value_parser = person_name)]
        name: String,
        /// What the person may do.
        #[arg(long, value_enum)]
        role: RoleName,
        /// Whose inquiries the person reads: all, department:NAME or hub:ID.
        #[arg(long, value_name = "WHOSE", value_parser = scope)]
        reads: Scope,
        #[command(flatten)]
        folders: Folders,
        #[command(flatten)]
        asker: AskerOptions,
    },
    /// Changes what a person may do.
    Role {
        /// The username.
        login: String,
        /// What the person may do from now on.
        #[arg(value_enum)]
        role: RoleName,
        /// Whose inquiries the person reads: all, department:NAME or hub:ID [default: as before].
        #[arg(long, value_name = "WHOSE", value_parser = scope)]
        reads: Option<Scope>,
        #[command(flatten)]
        folders: Folders,
        #[command(flatten)]
        asker: AskerOptions,
    },
    /// Ends a person’s access and all of their sessions.
    Remove {
        /// The username.
        login: String,
        #[command(flatten)]
        folders: Folders,
        #[command(flatten)]
        asker: AskerOptions,
    },
    /// Restores access for someone who is locked out: prints a link for a new password, ends all
    /// of their sessions and removes their second factor.
    Reset {
        /// The username.
        login: String,
        #[command(flatten)]
        folders: Folders,
        #[command(flatten)]
        asker: AskerOptions,
    },
}

#[derive(Debug, Subcommand)]
enum SetAsideCommand {
    /// Lists them, newest first.
    List {
        #[command(flatten)]
        folders: Folders,
        #[command(flatten)]
        asker: AskerOptions,
    },
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum RoleName {
    Counter,
    Office,
    Manager,
    Administrator,
}

impl RoleName {
    fn role(self) -> Role {
        match self {
            Self::Counter => Role::Counter,
            Self::Office => Role::Office,
            Self::Manager => Role::Manager,
            Self::Administrator => Role::Administrator,
        }
    }
}

fn login(text: &str) -> Result<String, String> {
    let allowed = "use 2 to 60 of a-z, 0-9, and . - _ @ +";
    login_of(text).ok_or_else(|| allowed.into())
}

fn person_name(text: &str) -> Result<String, String> {
    let name = text.trim();
    let fits = (1..=STAFF_NAME_CHARS_MAX).contains(&name.chars().count());
    let is_line = !name.chars().any(char::is_control);
    (fits && is_line)
        .then(|| name.to_string())
        .ok_or_else(|| format!("use one line of up to {STAFF_NAME_CHARS_MAX} characters"))
}

fn scope(text: &str) -> Result<Scope, String> {
    Scope::parse(text).ok_or_else(|| "use all, department:NAME or hub:ID".into())
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Exported {
    Inquiries,
    Feedback,
    Gaps,
    Corrections,
    Tallies,
    Contacts,
    Everything,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum FormatName {
    Jsonl,
    Csv,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum StageName {
    InProgress,
    Answered,
    Closed,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum KeyUse {
    Sealing,
    Signing,
    Office,
}

/// A number above zero; `None` inside means that the environment variable is empty.
type Count = Option<usize>;

fn connection_count(text: &str) -> Result<Count, String> {
    if text.trim().is_empty() {
        return Ok(None);
    }
    let count = text.trim().parse::<usize>().ok().filter(|count| *count > 0);
    count.map(Some).ok_or_else(|| "use a number above zero".into())
}

/// `None` inside means that the environment variable is empty.
type MetricsAddress = Option<SocketAddr>;

fn metrics_address(text: &str) -> Result<MetricsAddress, String> {
    if text.trim().is_empty() {
        return Ok(None);
    }
    text.trim().parse().map(Some).map_err(|_| "write it as 127.0.0.1:9464 or [::1]:9464".into())
}

fn strict_transport(text: &str) -> Result<StrictTransport, String> {
    StrictTransport::parse(text).ok_or_else(|| "use subdomains, host or off".into())
}

fn second_factor(text: &str) -> Result<SecondFactorPolicy, String> {
    match text.trim() {
        "" => Ok(SecondFactorPolicy::Managers),
        name => {
            SecondFactorPolicy::parse(name).ok_or_else(|| "use off, managers or everybody".into())
        }
    }
}

fn is_nightly(text: &str) -> Result<bool, String> {
    match text.trim() {
        "" | "nightly" => Ok(true),
        "off" => Ok(false),
        _ => Err("use off or nightly".into()),
    }
}

fn on_or_off(text: &str) -> Result<bool, String> {
    match text {
        "on" => Ok(true),
        "off" => Ok(false),
        _ => Err("write on or off".into()),
    }
}

/// The start of a day in UTC, in milliseconds since 1970.
fn day_ms(text: &str) -> Result<u64, String> {
    let date = domain::hours::Date::parse(text).ok_or("write a day as 2026-11-23")?;
    Ok(u64::try_from(date.days_since_1970()).unwrap_or(0) * 86_400_000)
}

impl Folders {
    /// Settings for a command beside the server.
    fn settings(self, defaults: &SettingsFile) -> Settings {
        Settings {
            site: self.site,
            data_dir: self.data_dir,
            database_url: defaults.value("DATABASE_URL"),
            bind: [127, 0, 0, 1].into(),
            port: 0,
            metrics: None,
            trusted_proxies: TrustedProxies::default(),
            limits: LimitSettings::default(),
            mail: MailSettings::of(|name| defaults.value(name)),
            mailbox: MailboxSettings::default(),
            oidc: OidcSettings::of(|name| defaults.value(name)),
            second_factor: SecondFactorPolicy::Managers,
            nightly: NightlySettings::default(),
            least_free_bytes: 0,
            new_database: false,
            access_log: AccessLog::default(),
            strict_transport: StrictTransport::default(),
        }
    }
}

impl ServeOptions {
    fn settings(self, defaults: &SettingsFile) -> Result<Settings, String> {
        let usual = ConnectionSettings::default();
        let connections = ConnectionSettings {
            all: self.connections.flatten().unwrap_or(usual.all),
            of_share: self.connections_of_share.flatten().unwrap_or(usual.of_share),
        };
        let is_said = |text: &String| !text.trim().is_empty();
        let settings = self.folders.settings(defaults);
        Ok(Settings {
            bind: self.bind,
            port: self.port,
            metrics: self.metrics.flatten(),
            trusted_proxies: self.trusted_proxies,
            limits: LimitSettings { budgets: self.budget, connections },
            mailbox: MailboxSettings {
                url: defaults.value("IMAP_URL"),
                token_command: defaults.value("IMAP_TOKEN_COMMAND"),
                token_file: self.imap_token_file.filter(|path| !path.as_os_str().is_empty()),
                address: self.imap_address.filter(is_said),
                has_plus: self.imap_plus,
                ca: self.imap_ca.filter(|path| !path.as_os_str().is_empty()),
                handled: self.imap_handled.filter(is_said),
                aside: self.imap_aside.filter(is_said),
            },
            mail: MailSettings {
                from: self.mail_from.filter(is_said),
                public_url: self.public_url.filter(is_said),
                ..settings.mail
            },
            second_factor: self.second_factor,
            new_database: self.new_database,
            access_log: AccessLog { one_of: self.access_log },
            strict_transport: self.strict_transport,
            least_free_bytes: self.least_free_mb.saturating_mul(1024 * 1024),
            nightly: self.nightly.settings(defaults)?,
            ..settings
        })
    }
}

impl NightlyOptions {
    fn settings(self, defaults: &SettingsFile) -> Result<NightlySettings, String> {
        let days = RetentionDays {
            inquiries: self.retention_inquiries,
            feedback: self.retention_feedback,
            gaps: self.retention_gaps,
            corrections: self.retention_corrections,
        };
        let by_law = days.checked(self.retention_by_law, "--retention-by-law")?;
        let after_start = Duration::from_secs(self.retention_after);
        let retention = self.retention.then_some(RetentionSettings { days, by_law, after_start });
        let to = self.backup_to.filter(|to| !to.as_os_str().is_empty());
        if to.is_some() && defaults.value("DATABASE_URL").is_some() {
            return Err(format!("backup_to cannot be used: {OF_POSTGRES}."));
        }
        let backup = |to| BackupSettings {
            to,
            keep: self.backup_keep,
            settings_file: defaults.path().map(PathBuf::from),
            after_start,
        };
        Ok(NightlySettings { retention, backups: to.map(backup) })
    }
}

/// What the program does.
#[derive(Debug)]
pub enum ServerCommand {
    /// Serves until it is stopped.
    Serve(Settings),
    /// Says what is wrong.
    Check {
        /// The settings of the server.
        settings: Settings,
        /// Where they come from.
        file: SettingsFile,
    },
    /// Says what was last done.
    Status(Settings),
    /// Asks the running server whether it works.
    Health(Settings),
    /// Prints received submissions of a kind.
    Export {
        /// The folders and the database.
        settings: Settings,
        /// Who runs it and why.
        asker: Asker,
        /// Which submissions.
        kind: Kind,
        /// How they are printed.
        format: Format,
        /// The earliest receipt, in milliseconds since 1970.
        since_ms: u64,
    },
    /// Writes everything into a folder.
    ExportEverything {
        /// The folders and the database.
        settings: Settings,
        /// Who runs it and why.
        asker: Asker,
        /// The new folder.
        to: PathBuf,
    },
    /// Imports a device’s file.
    Import {
        /// The folders and the database.
        settings: Settings,
        /// Who runs it and why.
        asker: Asker,
        /// The file.
        file: PathBuf,
        /// Where to write the receipts.
        receipts: Option<PathBuf>,
    },
    /// Fills an empty folder with generated inquiries.
    Demo {
        /// The folders and the database.
        settings: Settings,
        /// Who runs it and why.
        asker: Asker,
        /// How many to generate.
        inquiries: u32,
    },
    /// Computes a frozen baseline again.
    Baseline {
        /// The folders and the database.
        settings: Settings,
        /// Who runs it and why.
        asker: Asker,
        /// The file.
        file: PathBuf,
    },
    /// Checks a receipt file.
    Receipt {
        /// The folder with the keys.
        data_dir: PathBuf,
        /// The file.
        file: PathBuf,
    },
    /// Makes, tries or restores a backup.
    Backup(BackupCommand),
    /// Manages the keys.
    Keys(KeysCommand),
    /// Checks and publishes the data of a municipality.
    Catalogue(CatalogueCommand),
    /// Moves everything to another database.
    Move(MoveCommand),
    /// Retention, erasure, holds, stages, the audit log, staff.
    Records(RecordsCommand),
    /// Prints completions.
    Completions(Shell),
    /// Prints a man page.
    Man,
    /// Writes pages for a server.
    Render,
}

/// The command that the program was called with. Ends the program for `--help`, `--version` and
/// options that are not understood.
pub fn called() -> Result<ServerCommand, String> {
    let program = <ServerCommandLine as CommandFactory>::command();
    let matches = without_empty_variables(program.clone()).get_matches();
    let mut deepest = &matches;
    while let Some((_, matches)) = deepest.subcommand() {
        deepest = matches;
    }
    let named = deepest.get_one::<String>("settings").filter(|path| !path.trim().is_empty());
    let file = match matches.subcommand_name() {
        // They are about the program alone.
        Some("completions" | "man" | "render") => SettingsFile::default(),
        _ => SettingsFile::find(named.map(Path::new), &program)?,
    };
    let matches = without_empty_variables(file.fill(program)).get_matches();
    let line = ServerCommandLine::from_arg_matches(&matches).map_err(|error| error.to_string())?;
    line.command(&file)
}

impl ServerCommandLine {
    /// The command with its settings. The error is a message for the administrator.
    pub fn command(self, defaults: &SettingsFile) -> Result<ServerCommand, String> {
        match self.command {
            Subcommands::Serve(options) => options.settings(defaults).map(ServerCommand::Serve),
            Subcommands::Check(options) => options
                .settings(defaults)
                .map(|settings| ServerCommand::Check { settings, file: defaults.clone() }),
            Subcommands::Status(options) => options.settings(defaults).map(ServerCommand::Status),
            Subcommands::Health(options) => options.settings(defaults).map(ServerCommand::Health),
            Subcommands::Export(options) => options.command(defaults),
            Subcommands::Baseline(BaselineCommand::Verify { file, folders, asker }) => {
                Ok(ServerCommand::Baseline {
                    settings: folders.settings(defaults),
                    asker: asker.asker(),
                    file,
                })
            }
            Subcommands::Import(options) => Ok(options.command(defaults)),
            Subcommands::Demo(options) => Ok(options.command(defaults)),
            Subcommands::Receipt { file, data_dir } => {
                Ok(ServerCommand::Receipt { data_dir, file })
            }
            Subcommands::Backup(options) => Ok(ServerCommand::Backup(options.command(defaults))),
            Subcommands::Restore(options) => options.command(defaults).map(ServerCommand::Backup),
            Subcommands::Catalogue(command) => {
                Ok(ServerCommand::Catalogue(command.command(defaults)))
            }
            Subcommands::Move(options) => options.command(defaults).map(ServerCommand::Move),
            Subcommands::Keys(options) => options.command(defaults).map(ServerCommand::Keys),
            Subcommands::Retention(options) => {
                options.command(defaults).map(ServerCommand::Records)
            }
            Subcommands::Erase { named, confirm, folders, asker } => {
                let act = RecordsAct::Erase { named, confirmed: confirm.confirm };
                records(act, (folders, asker), defaults)
            }
            Subcommands::Hold(command) => of_records(command.act(), defaults),
            Subcommands::Stage { named, stage, folders, asker } => {
                records(RecordsAct::Stage(named, stage.stage()), (folders, asker), defaults)
            }
            Subcommands::Restored { confirm, folders, asker } => {
                let act = RecordsAct::Restored { confirmed: confirm.confirm };
                records(act, (folders, asker), defaults)
            }
            Subcommands::Maintenance(command) => of_records(command.act(), defaults),
            Subcommands::Audit(command) => of_records(command.act(), defaults),
            Subcommands::SetAside(SetAsideCommand::List { folders, asker }) => {
                records(RecordsAct::SetAsideList, (folders, asker), defaults)
            }
            Subcommands::Staff(command) => of_records(command.act(), defaults),
            Subcommands::Completions { shell } => Ok(ServerCommand::Completions(shell)),
            Subcommands::Man => Ok(ServerCommand::Man),
            Subcommands::Render => Ok(ServerCommand::Render),
        }
    }
}

fn of_records(
    (act, folders, asker): (RecordsAct, Folders, AskerOptions),
    defaults: &SettingsFile,
) -> Result<ServerCommand, String> {
    records(act, (folders, asker), defaults)
}

fn records(
    act: RecordsAct,
    (folders, asker): (Folders, AskerOptions),
    defaults: &SettingsFile,
) -> Result<ServerCommand, String> {
    RecordsCommand::new(act, folders.settings(defaults), asker.asker()).map(ServerCommand::Records)
}

impl ExportOptions {
    fn command(self, defaults: &SettingsFile) -> Result<ServerCommand, String> {
        let asker = self.asker.asker();
        if matches!(self.what, Exported::Inquiries | Exported::Feedback | Exported::Everything) {
            asker.has_reason()?;
        }
        let settings = self.folders.settings(defaults);
        let kind = match self.what {
            Exported::Inquiries => Kind::Inquiry,
            Exported::Feedback => Kind::Feedback,
            Exported::Gaps => Kind::Gap,
            Exported::Corrections => Kind::Correction,
            Exported::Contacts => Kind::Contact,
            Exported::Tallies => Kind::Tally,
            Exported::Everything => {
                // Clap requires it here.
                let to = self.to.unwrap_or_default();
                return Ok(ServerCommand::ExportEverything { settings, asker, to });
            }
        };
        let format = match self.format {
            FormatName::Jsonl => Format::Jsonl,
            FormatName::Csv => Format::Csv,
        };
        let since_ms = self.since.unwrap_or(0);
        Ok(ServerCommand::Export { settings, asker, kind, format, since_ms })
    }
}

impl ImportOptions {
    fn command(self, defaults: &SettingsFile) -> ServerCommand {
        let Self { file, receipts, folders, asker } = self;
        let (settings, asker) = (folders.settings(defaults), asker.asker());
        ServerCommand::Import { settings, asker, file, receipts }
    }
}

impl DemoOptions {
    fn command(self, defaults: &SettingsFile) -> ServerCommand {
        let Self { inquiries, folders, asker } = self;
        let (settings, asker) = (folders.settings(defaults), asker.asker());
        ServerCommand::Demo { settings, asker, inquiries }
    }
}

impl BackupOptions {
    fn command(self, defaults: &SettingsFile) -> BackupCommand {
        let (act, folders, asker) = match self.command {
            Some(BackupSubcommand::Verify { from, words, folders, asker }) => {
                (BackupAct::Verify { from, words: words.words }, folders, asker)
            }
            // Clap requires it without a subcommand.
            None => {
                let to = self.to.unwrap_or_default();
                (BackupAct::Make { to }, self.folders, self.asker)
            }
        };
        let settings_file = defaults.path().map(PathBuf::from);
        let settings = folders.settings(defaults);
        BackupCommand { settings, settings_file, asker: asker.asker(), act }
    }
}

impl RestoreOptions {
    fn command(self, defaults: &SettingsFile) -> Result<BackupCommand, String> {
        let asker = self.asker.asker();
        asker.has_reason()?;
        let act = BackupAct::Restore {
            from: self.from,
            words: self.words.words,
            confirmed: self.confirm.confirm,
        };
        let settings_file = defaults.path().map(PathBuf::from);
        Ok(BackupCommand { settings: self.folders.settings(defaults), settings_file, asker, act })
    }
}

impl CatalogueSubcommand {
    fn command(self, defaults: &SettingsFile) -> CatalogueCommand {
        let (act, DataFolder { data, folders, asker }) = match self {
            Self::Check(folder) => (CatalogueAct::Check, folder),
            Self::Publish(folder) => (CatalogueAct::Publish, folder),
            Self::Alert { end: true, data, .. } => (CatalogueAct::EndAlerts, data),
            Self::Alert { text, text_fr, until, url, data, .. } => {
                // Clap requires both here.
                let (text, until) = (text.unwrap_or_default(), until.unwrap_or_default());
                (CatalogueAct::Alert(NewAlert { text, text_fr, until, url }), data)
            }
        };
        let (settings, asker) = (folders.settings(defaults), asker.asker());
        CatalogueCommand { settings, asker, data, act }
    }
}

impl MoveOptions {
    fn command(self, defaults: &SettingsFile) -> Result<MoveCommand, String> {
        let asker = self.asker.asker();
        asker.has_reason()?;
        let ignores_arrival = self.even_though_it_was_moved;
        // Clap requires one of the two. `to` may also be left in the environment.
        let act = match self.to {
            Some(to) if !self.stay => MoveAct::To(to.trim().into()),
            _ => MoveAct::Stay,
        };
        let settings = self.folders.settings(defaults);
        Ok(MoveCommand { settings, asker, act, ignores_arrival })
    }
}

impl KeysOptions {
    fn command(self, defaults: &SettingsFile) -> Result<KeysCommand, String> {
        let asker = AskerOptions { operator: self.operator, reason: self.reason }.asker();
        let act = match self.command.unwrap_or(KeysSubcommand::List) {
            KeysSubcommand::List => KeysAct::List,
            KeysSubcommand::Rotate { usage, begins_in_s, confirm } => {
                let usage = match usage {
                    KeyUse::Sealing => Use::Sealing,
                    KeyUse::Signing => Use::Signing,
                    KeyUse::Office => Use::Office,
                };
                KeysAct::Rotate { usage, begins_in_s, confirmed: confirm.confirm }
            }
            KeysSubcommand::Revoke { key } => KeysAct::Revoke(key),
            KeysSubcommand::Reseal => KeysAct::Reseal,
            KeysSubcommand::Destroy { key, confirm } => {
                asker.has_reason()?;
                KeysAct::Destroy { key, confirmed: confirm.confirm }
            }
            KeysSubcommand::Backup { to } => KeysAct::Backup { to },
            KeysSubcommand::Restore { from } => KeysAct::Restore { from },
            KeysSubcommand::Drill { from } => KeysAct::Drill { from },
        };
        let settings = Folders { site: self.site, data_dir: self.data_dir }.settings(defaults);
        Ok(KeysCommand { settings, asker, act })
    }
}

impl RetentionOptions {
    fn command(self, defaults: &SettingsFile) -> Result<RecordsCommand, String> {
        let days = RetentionDays {
            inquiries: self.inquiries,
            feedback: self.feedback,
            gaps: self.gaps,
            corrections: self.corrections,
        };
        let mut asker = self.asker.asker();
        if let Some(by_law) = days.checked(self.by_law, "--by-law")? {
            asker.reason = format!("by-law: {by_law}");
        }
        let act = RecordsAct::Retention { days, is_dry: self.dry_run, confirmed: self.confirm };
        RecordsCommand::new(act, self.folders.settings(defaults), asker)
    }
}

impl HoldCommand {
    fn act(self) -> (RecordsAct, Folders, AskerOptions) {
        match self {
            HoldCommand::Add(HoldOptions { named, folders, asker }) => {
                (RecordsAct::HoldAdd(named), folders, asker)
            }
            HoldCommand::Remove(HoldOptions { named, folders, asker }) => {
                (RecordsAct::HoldRemove(named), folders, asker)
            }
            HoldCommand::List { folders, asker } => (RecordsAct::HoldList, folders, asker),
        }
    }
}

impl StaffCommand {
    fn act(self) -> (RecordsAct, Folders, AskerOptions) {
        match self {
            StaffCommand::List { folders, asker } => (RecordsAct::StaffList, folders, asker),
            StaffCommand::Invite { login, name, role, reads, folders, asker } => {
                let person = NewPerson { login, name, role: role.role(), scope: reads };
                (RecordsAct::StaffInvite(person), folders, asker)
            }
            StaffCommand::Role { login, role, reads, folders, asker } => {
                (RecordsAct::StaffRole(login, role.role(), reads), folders, asker)
            }
            StaffCommand::Remove { login, folders, asker } => {
                (RecordsAct::StaffRemove(login), folders, asker)
            }
            StaffCommand::Reset { login, folders, asker } => {
                (RecordsAct::StaffReset(login), folders, asker)
            }
        }
    }
}

impl MaintenanceCommand {
    fn act(self) -> (RecordsAct, Folders, AskerOptions) {
        let (act, folders, asker) = match self {
            Self::On { until, words, words_fr, folders, asker } => {
                (MaintenanceAct::On { until, words, words_fr }, folders, asker)
            }
            Self::Off { folders, asker } => (MaintenanceAct::Off, folders, asker),
            Self::Show { folders, asker } => (MaintenanceAct::Show, folders, asker),
        };
        (RecordsAct::Maintenance(act), folders, asker)
    }
}

impl AuditCommand {
    fn act(self) -> (RecordsAct, Folders, AskerOptions) {
        match self {
            AuditCommand::Verify { noted, head, folders, asker } => {
                (RecordsAct::AuditVerify { noted, head }, folders, asker)
            }
            AuditCommand::List { folders, asker } => (RecordsAct::AuditList, folders, asker),
            AuditCommand::SignIns { folders, asker } => (RecordsAct::AuditSignIns, folders, asker),
            AuditCommand::Head { folders, asker } => (RecordsAct::AuditHead, folders, asker),
            AuditCommand::Of { named, folders, asker } => {
                (RecordsAct::AuditOf(named), folders, asker)
            }
        }
    }
}

impl StageName {
    /// "Received" is not among them, because the receipt states it.
    fn stage(self) -> InquiryStage {
        match self {
            StageName::InProgress => InquiryStage::InProgress,
            StageName::Answered => InquiryStage::Answered,
            StageName::Closed => InquiryStage::Closed,
        }
    }
}

/// Writes completions for a shell.
pub fn completions(shell: Shell, out: &mut impl Write) {
    let mut command = <ServerCommandLine as CommandFactory>::command();
    clap_complete::generate(shell, &mut command, "community-hub", out);
}

/// Writes the man page.
pub fn man_page(out: &mut impl Write) -> std::io::Result<()> {
    clap_mangen::Man::new(<ServerCommandLine as CommandFactory>::command()).render(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(line: &str) -> Result<ServerCommand, String> {
        let words = std::iter::once("community-hub").chain(line.split_whitespace());
        ServerCommandLine::try_parse_from(words)
            .map_err(|error| error.to_string())
            .and_then(|line| line.command(&SettingsFile::default()))
    }

    #[test]
    fn the_definition_holds_together() {
        <ServerCommandLine as CommandFactory>::command().debug_assert();
    }

    #[test]
    fn what_opens_or_deletes_peoples_text_needs_a_reason() {
        let id = "01890a5d-ac96-774b-bcce-b302099a8057";
        for line in [
            "export inquiries".to_string(),
            "export feedback --format csv".into(),
            "export everything --to folder".into(),
            format!("erase {id}"),
            format!("hold add {id}"),
            "restored".into(),
            "move --to sqlite".into(),
            "move --stay".into(),
            "restore --from backup".into(),
            "staff reset ann".into(),
            "staff invite ann --name Ann --role office --reads all".into(),
            "staff role ann manager".into(),
            "staff remove ann".into(),
            "keys destroy 00".into(),
        ] {
            assert!(parsed(&line).is_err_and(|said| said.contains("--reason")), "{line}");
            assert!(parsed(&format!("{line} --reason asked")).is_ok(), "{line}");
        }
        assert!(parsed("export gaps").is_ok() && parsed("audit list").is_ok());
    }

    #[test]
    fn a_backup_needs_its_folder_and_a_drill_does_not_make_one() {
        assert!(parsed("backup").is_err_and(|said| said.contains("--to")));
        let act = |line: &str| match parsed(line) {
            Ok(ServerCommand::Backup(command)) => command.act,
            other => panic!("{line}: {other:?}"),
        };
        assert!(matches!(act("backup --to b"), BackupAct::Make { .. }));
        let drill = act("backup verify b --words w --data-dir d");
        assert!(matches!(drill, BackupAct::Verify { words: Some(_), .. }));
    }

    #[test]
    fn early_deletion_needs_its_by_law() {
        assert!(parsed("retention").is_ok());
        assert!(parsed("retention --inquiries 90").is_err_and(|said| said.contains("--by-law")));
        assert!(parsed("retention --inquiries 90 --by-law 2026-114").is_ok());
    }

    #[test]
    fn retention_is_nightly_unless_told_otherwise() {
        let nightly = |line: &str| match parsed(line) {
            Ok(ServerCommand::Serve(settings)) => Ok(settings.nightly.retention),
            Ok(_) => panic!("{line}"),
            Err(said) => Err(said),
        };
        let usual = nightly("serve").unwrap().unwrap();
        assert_eq!((usual.days, usual.by_law.as_deref()), (RetentionDays::default(), None));
        assert_eq!(usual.after_start, Duration::from_secs(900));
        assert_eq!(nightly("serve --retention off"), Ok(None));
        let longer = nightly("serve --retention-inquiries 3650").unwrap().unwrap();
        assert_eq!(longer.days, RetentionDays { inquiries: 3_650, ..RetentionDays::default() });
        let early = "serve --retention-feedback 90";
        assert!(nightly(early).is_err_and(|said| said.contains("--retention-by-law")));
        assert!(nightly(&format!("{early} --retention-by-law 2026-114")).is_ok());
    }

    #[test]
    fn what_is_not_understood_is_named_with_what_is_allowed() {
        let check = |line: &str, expected: &str| {
            let said = parsed(line).unwrap_err();
            assert!(said.contains(expected), "{line}: {said}");
        };
        check("export all", "inquiries, feedback, gaps");
        check("export everything --reason x", "--to");
        check("export gaps --format xml", "jsonl, csv");
        check("export gaps --since yesterday", "2026-11-23");
        check("serve --port 99999", "99999");
        check("serve --connections 0", "above zero");
        check("serve --metrics 9464", "127.0.0.1:9464");
        check("serve --second-factor some", "off, managers or everybody");
        check("serve --strict-transport on", "subdomains, host or off");
        check("serve --retention weekly", "off or nightly");
        check("serve --budget inquiry=1", "is not a budget");
        check("erase 123 --reason x", "neither a reference");
        check(
            "stage 01890a5d-ac96-774b-bcce-b302099a8057 received",
            "in-progress, answered, closed",
        );
        check("staff invite a/b --name A --role office --reads all", "2 to 60");
        check("staff invite ann --name Ann --role office --reads some", "department:NAME");
        check("keys rotate erasure", "sealing, signing, office");
        check("serv", "serve");
    }

    #[test]
    fn options_of_keys_stand_before_and_after_what_is_done() {
        for line in ["keys --data-dir d list", "keys list --data-dir d", "keys --data-dir d"] {
            let Ok(ServerCommand::Keys(command)) = parsed(line) else { panic!("{line}") };
            assert_eq!(command.settings.data_dir, PathBuf::from("d"));
        }
    }

    #[test]
    fn help_completions_and_a_man_page_come_from_one_definition() {
        let mut page = Vec::new();
        man_page(&mut page).unwrap();
        assert!(String::from_utf8(page).unwrap().contains("retention"));
        let mut script = Vec::new();
        completions(Shell::Bash, &mut script);
        assert!(String::from_utf8(script).unwrap().contains("--trusted-proxies"));
    }
}
