//! The `community-hub` program: serve, export, import, keys, and the administrator's commands.

use domain::Catalogue;
use domain::submission::Kind;
use server::client::TrustedProxies;
use server::counter;
use server::counter::overlay::Overlay;
use server::editions::Editions;
use server::export::{Format, Request, day_of, export};
use server::import::{import, parcels_in, write_receipts};
use server::keys::Keys;
use server::ledger::ledger_of;
use server::limits::LimitSettings;
use server::limits::budget::BudgetSettings;
use server::office::mail::settings::MailSettings;
use server::office::oidc::settings::OidcSettings;
use server::office::second_factor::SecondFactorPolicy;
use server::office::when::Zone;
use server::receive::Receiver;
use server::records::trace::{Asker, begin, end, traced};
use server::serve::{Opened, Settings, municipality_of, open, serve};
use server::site::Site;
use server::store::{Book, OfficeStore, SubmissionStore};
use server::survey::baseline::{self, Verdict};
use server::{receipts, records};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

/// Gives memory back that a large page used for a moment (docs/decisions/office.md).
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const HELP: &str = "\
community-hub serve [--site DIR] [--data-dir DIR] [--port N] [--bind ADDRESS] [--trusted-proxies LIST]
                    [--budget LIST] [--connections N] [--connections-of-share N] [--mail-from ADDRESS] [--public-url URL]
                    [--second-factor off|managers|everybody]
    Serves the app and receives what is sent.
    --site DIR           the built site (default: dist)
    --data-dir DIR       database and keys (default: var)
    --port N             default: 8080
    --bind ADDRESS       default: 127.0.0.1; use 0.0.0.0 behind a proxy on another machine
    --trusted-proxies LIST
                         addresses and networks of the proxies in front, as in 127.0.0.1,10.0.0.0/8,::1 (or TRUSTED_PROXIES; default:
                         none): only what they say of their clients in X-Forwarded-For or Forwarded is believed
    --budget LIST        what is taken in a day, as in inquiry=1000/4,all=50000/128: entries and megabytes, of a kind (inquiry, feedback,
                         gap, correction, tally, contact) from one address, and from all (or BUDGET). What is over stays on its device
    --connections N      open at once (or CONNECTIONS; default: 4096)
    --connections-of-share N
                         of one address that is not a trusted proxy (or CONNECTIONS_OF_SHARE; default: 256)
    --mail-from ADDRESS  whom replies by e-mail come from (or MAIL_FROM); nobody needs to read it
    --public-url URL     where residents find this site, as in https://hub.example.org (or PUBLIC_URL)
    --second-factor WHO  who needs a code of an app beside their password: off, managers (default: managers and administrators)
                         or everybody (or SECOND_FACTOR); what an administrator chooses on the page of people counts instead
community-hub export inquiries|feedback|gaps|corrections|tallies|contacts [--format jsonl|csv] [--since YYYY-MM-DD] [--reason TEXT]
                     [--site DIR] [--data-dir DIR]
    Opens what was received and prints it; the server may go on meanwhile. Inquiries and feedback hold what people wrote: say
    why they are opened with --reason, for whoever reads the audit. As sums come gaps
    (searches that found nothing, by month), tallies (by which code of the survey people came: opened, started, invited, refused)
    and contacts (what staff counted at their counters: by day, hub, task, channel, outcome and reason).
community-hub baseline verify FILE [--site DIR] [--data-dir DIR]
    Makes the figures of a frozen baseline again from the answers, and says whether they are the same to the byte.
community-hub import FILE [--receipts FILE] [--site DIR] [--data-dir DIR]
    Takes in what a device without a network saved to a file; the server may go on meanwhile, and twice is once.
    --receipts FILE      where to write what releases the entries on that device
community-hub demo --data-dir DIR [--inquiries N] [--site DIR]
    Fills an empty folder with a month of made-up inquiries, and says how to sign in; every page of its office says so.
community-hub receipt FILE [--data-dir DIR]
    Whether the file of a receipt is genuine, and what it says: which entry, when.
community-hub keys list|rotate|revoke|backup|restore|drill
    What an office does with its keys; community-hub keys --help says more.
    Whatever opens, moves or deletes something writes into the audit who does it and why before it begins, and how many it were
    after: --operator NAME (default: who is signed in), --reason TEXT.";

/// About one month of the 8,500 cases a year that the city had in 2019.
const DEMO_INQUIRIES: u32 = 700;

const HELP_DATABASE: &str = "\
DATABASE_URL=postgres://USER:PASSWORD@HOST/DATABASE keeps everything in PostgreSQL; without it, it is SQLite in the data folder.
    Several servers of one cluster stand with commas between them (a comma in a password is written %2C): they are tried in this
    order, and only the one that is the primary is used, also after a standby became it. The keys stay in the data folder.";

const HELP_MAIL: &str = "\
SMTP_URL=smtps://USER:PASSWORD@HOST lets the office reply by e-mail; also smtp://USER:PASSWORD@HOST:587?tls=required, and smtp://HOST:25
    for a mail server beside this one. It needs --mail-from and --public-url. Without it replies are printed, told by phone or read on
    the status page. Mail that comes in is not read; each message says so.";

const HELP_OIDC: &str = "\
OIDC_ISSUER=https://login.example.org OIDC_CLIENT_ID=hub OIDC_CLIENT_SECRET=... lets staff sign in with their work account (OpenID Connect), beside
    their passwords. It needs --public-url; register PUBLIC-URL/office/oidc/return with the provider. Who comes in was invited before, with the account's
    verified e-mail address as login, or its user name with OIDC_LOGIN_CLAIM=preferred_username.";

enum Command {
    Help,
    Serve(Settings),
    Export { settings: Settings, asker: Asker, kind: Kind, format: Format, since_ms: u64 },
    Import { settings: Settings, asker: Asker, file: PathBuf, receipts: Option<PathBuf> },
    Demo { settings: Settings, asker: Asker, inquiries: u32 },
    Baseline { settings: Settings, asker: Asker, file: PathBuf },
    Receipt { data_dir: PathBuf, file: PathBuf },
    Keys(server::keys::command::Command),
    Records(records::command::Command),
}

fn main() -> ExitCode {
    let outcome = parse(std::env::args_os().skip(1)).and_then(run);
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(said) => {
            eprintln!("{said}");
            ExitCode::FAILURE
        }
    }
}

/// Parses the arguments. Errors say what was not understood and what is allowed.
fn parse(arguments: impl IntoIterator<Item = std::ffi::OsString>) -> Result<Command, String> {
    use lexopt::prelude::{Long, Short, Value, ValueExt};
    let arguments: Vec<_> = arguments.into_iter().collect();
    if arguments.first().is_some_and(|first| first == "keys") {
        return server::keys::command::Command::parse(arguments.into_iter().skip(1))
            .map(Command::Keys);
    }
    let is_of_records =
        arguments.first().and_then(|word| word.to_str()).is_some_and(records::command::is_one);
    let (mut words, mut format, mut since_ms, mut receipts): (Vec<String>, _, _, _) =
        (Vec::new(), Format::Jsonl, 0, None);
    let (mut inquiries, mut asker) = (DEMO_INQUIRIES, Asker::default());
    let mut settings = Settings {
        site: "dist".into(),
        data_dir: "var".into(),
        database_url: database_url(),
        bind: [127, 0, 0, 1].into(),
        port: 8080,
        trusted_proxies: TrustedProxies::default(),
        limits: LimitSettings::default(),
        mail: MailSettings::of_environment(),
        oidc: OidcSettings::of_environment(),
        second_factor: second_factor_of_environment()?,
    };
    if is_of_records {
        let is_help = arguments.iter().any(|argument| argument == "--help" || argument == "-h");
        return if is_help {
            Ok(Command::Help)
        } else {
            records::command::parse(arguments, settings).map(Command::Records)
        };
    }
    set_limits_of_environment(&mut settings)?;
    let mut parser = lexopt::Parser::from_args(arguments);
    let not_understood = |error: lexopt::Error| format!("{error}.\n{HELP}");
    while let Some(argument) = parser.next().map_err(not_understood)? {
        match argument {
            Long("help") | Short('h') => return Ok(Command::Help),
            Long("site") => settings.site = parser.value().map_err(not_understood)?.into(),
            Long("data-dir") => settings.data_dir = parser.value().map_err(not_understood)?.into(),
            Long("port") => {
                settings.port =
                    parser.value().and_then(|value| value.parse()).map_err(not_understood)?
            }
            Long("bind") => {
                settings.bind =
                    parser.value().and_then(|value| value.parse()).map_err(not_understood)?
            }
            Long(
                name @ ("trusted-proxies" | "budget" | "connections" | "connections-of-share"),
            ) => {
                let name = name.to_string();
                let value = parser.value().map_err(not_understood)?.to_string_lossy().into_owned();
                set_limit(&mut settings, &name, &value)?;
            }
            Long("inquiries") => {
                inquiries =
                    parser.value().and_then(|value| value.parse()).map_err(not_understood)?
            }
            Long("mail-from") => {
                settings.mail.from =
                    Some(parser.value().map_err(not_understood)?.to_string_lossy().into_owned())
            }
            Long("public-url") => {
                settings.mail.public_url =
                    Some(parser.value().map_err(not_understood)?.to_string_lossy().into_owned())
            }
            Long("second-factor") => {
                settings.second_factor = parser
                    .value()
                    .map_err(not_understood)
                    .and_then(|value| policy_of(&value.to_string_lossy()))?;
            }
            Long("format") => {
                format = parser
                    .value()
                    .map_err(not_understood)
                    .and_then(|value| format_of(&value.to_string_lossy()))?
            }
            Long("since") => {
                since_ms = parser
                    .value()
                    .map_err(not_understood)
                    .and_then(|value| day_ms(&value.to_string_lossy()))?
            }
            Long("operator") => {
                asker.who = parser.value().map_err(not_understood)?.to_string_lossy().into_owned()
            }
            Long("reason") => {
                asker.reason =
                    parser.value().map_err(not_understood)?.to_string_lossy().into_owned()
            }
            Long("receipts") => receipts = Some(parser.value().map_err(not_understood)?.into()),
            Value(word) => words.push(word.to_string_lossy().into_owned()),
            other => return Err(not_understood(other.unexpected())),
        }
    }
    match words.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["serve"] => Ok(Command::Serve(settings)),
        ["export", what] => {
            let kind = exported(what)?;
            if matches!(kind, Kind::Inquiry | Kind::Feedback) {
                asker.has_reason()?;
            }
            Ok(Command::Export { settings, asker, kind, format, since_ms })
        }
        ["baseline", "verify", file] => {
            Ok(Command::Baseline { settings, asker, file: file.into() })
        }
        ["baseline", ..] => {
            Err(format!("Which file? Write: community-hub baseline verify FILE\n{HELP}"))
        }
        ["demo"] => Ok(Command::Demo { settings, asker, inquiries }),
        ["import", file] => Ok(Command::Import { settings, asker, file: file.into(), receipts }),
        ["import"] => Err(format!("Which file? Give the one that the device saved.\n{HELP}")),
        ["receipt", file] => {
            Ok(Command::Receipt { data_dir: settings.data_dir, file: file.into() })
        }
        ["receipt"] => Err(format!("Which file? Give the one that a person saved.\n{HELP}")),
        ["help"] | [] => Ok(Command::Help),
        other => {
            Err(format!("“{}” is not something that community-hub does.\n{HELP}", other.join(" ")))
        }
    }
}

/// The limits of `serve`: the names of their options and of their environment variables.
const LIMITS: [(&str, &str); 4] = [
    ("trusted-proxies", "TRUSTED_PROXIES"),
    ("budget", "BUDGET"),
    ("connections", "CONNECTIONS"),
    ("connections-of-share", "CONNECTIONS_OF_SHARE"),
];

fn set_limit(settings: &mut Settings, name: &str, value: &str) -> Result<(), String> {
    let number = || {
        value
            .parse::<usize>()
            .ok()
            .filter(|number| *number > 0)
            .ok_or_else(|| format!("--{name} takes a number above zero, not “{value}”."))
    };
    match name {
        "trusted-proxies" => settings.trusted_proxies = TrustedProxies::parse(value)?,
        "budget" => settings.limits.budgets = BudgetSettings::parse(value)?,
        "connections" => settings.limits.connections.all = number()?,
        _ => settings.limits.connections.of_share = number()?,
    }
    Ok(())
}

fn set_limits_of_environment(settings: &mut Settings) -> Result<(), String> {
    for (name, variable) in LIMITS {
        if let Some(value) = std::env::var(variable).ok().filter(|value| !value.trim().is_empty()) {
            set_limit(settings, name, &value).map_err(|said| format!("{variable}: {said}"))?;
        }
    }
    Ok(())
}

/// An empty value counts as unset; then managers and administrators need a second factor.
fn second_factor_of_environment() -> Result<SecondFactorPolicy, String> {
    let name = std::env::var("SECOND_FACTOR").ok().filter(|name| !name.trim().is_empty());
    name.map_or(Ok(SecondFactorPolicy::Managers), |name| policy_of(name.trim()))
}

fn policy_of(name: &str) -> Result<SecondFactorPolicy, String> {
    SecondFactorPolicy::parse(name).ok_or_else(|| {
        format!("“{name}” does not say who needs a second factor; use off, managers or everybody.")
    })
}

/// An empty value counts as unset.
fn database_url() -> Option<String> {
    std::env::var("DATABASE_URL").ok().filter(|url| !url.trim().is_empty())
}

fn exported(what: &str) -> Result<Kind, String> {
    match what {
        "inquiries" => Ok(Kind::Inquiry),
        "feedback" => Ok(Kind::Feedback),
        "gaps" => Ok(Kind::Gap),
        "corrections" => Ok(Kind::Correction),
        "contacts" => Ok(Kind::Contact),
        "tallies" => Ok(Kind::Tally),
        other => Err(format!("“export {other}” is not something that community-hub does.\n{HELP}")),
    }
}

fn format_of(text: &str) -> Result<Format, String> {
    match text {
        "jsonl" => Ok(Format::Jsonl),
        "csv" => Ok(Format::Csv),
        other => Err(format!("“{other}” is not a format; use jsonl or csv.")),
    }
}

/// The start of a day in UTC, in milliseconds since 1970.
fn day_ms(text: &str) -> Result<u64, String> {
    let date = domain::hours::Date::parse(text)
        .ok_or_else(|| format!("“{text}” is not a day; write it as 2026-11-23."))?;
    Ok(u64::try_from(date.days_since_1970()).unwrap_or(0) * 86_400_000)
}

fn run(command: Command) -> Result<(), String> {
    let runtime = tokio::runtime::Runtime::new().map_err(|error| error.to_string())?;
    match command {
        Command::Help => {
            println!(
                "{HELP}\n{}\n\n{HELP_DATABASE}\n\n{HELP_MAIL}\n\n{HELP_OIDC}",
                records::command::HELP
            );
            Ok(())
        }
        Command::Serve(settings) => {
            tracing_subscriber::fmt().json().with_writer(std::io::stderr).init();
            runtime.block_on(serve(settings))
        }
        Command::Export { settings, asker, kind, format, since_ms } => {
            runtime.block_on(print(&settings, &asker, kind, format, since_ms))
        }
        Command::Import { settings, asker, file, receipts } => {
            runtime.block_on(take_in(&settings, &asker, &file, receipts.as_deref()))
        }
        Command::Demo { settings, asker, inquiries } => {
            println!(
                "{}",
                runtime.block_on(server::office::demo::fill(
                    &settings.site,
                    &settings.data_dir,
                    inquiries,
                    &asker
                ))?
            );
            Ok(())
        }
        Command::Receipt { data_dir, file } => {
            let keys = Keys::existing(&data_dir.join("keys")).map_err(|fault| fault.to_string())?;
            println!("{}", receipts::check(&file, &keys)?);
            Ok(())
        }
        Command::Baseline { settings, asker, file } => {
            runtime.block_on(verify_baseline(&settings, &asker, &file))
        }
        Command::Records(command) => runtime.block_on(command.run()),
        Command::Keys(command) => runtime.block_on(command.run()),
    }
}

/// Fails unless a database exists: a command that runs beside the server never creates a database
/// or keys.
fn has_database(settings: &Settings) -> Result<(), String> {
    let is_there = settings.database_url.is_some() || settings.data_dir.join("hub.sqlite").exists();
    is_there.then_some(()).ok_or_else(|| {
        format!(
            "{} holds no database. Give the server's folder with --data-dir.",
            settings.data_dir.display()
        )
    })
}

async fn print(
    settings: &Settings,
    asker: &Asker,
    kind: Kind,
    format: Format,
    since_ms: u64,
) -> Result<(), String> {
    has_database(settings)?;
    let data_dir = &settings.data_dir;
    let site = Site::read(&settings.site).map_err(|fault| fault.to_string())?;
    let opened = open(data_dir, settings.database_url.as_deref(), municipality_of(&site)?).await?;
    let catalogue = catalogue_with_decisions(&site, data_dir, &opened).await?;
    let request = Request { kind, format, since_ms, catalogue: catalogue.as_deref() };
    let of = format!("{kind:?} as {format:?} since {}", day_of(since_ms));
    let printing = async || {
        let (printed, closed) =
            export(&opened.store, &opened.keys.now(), request, &mut std::io::stdout().lock())
                .await?;
        Ok(((printed, closed), format!("{kind:?}: {printed} printed, {closed} not opened")))
    };
    let (printed, closed) = traced((&opened.store, asker), ("export", &of), printing).await?;
    eprintln!("{printed} printed.");
    if closed > 0 {
        eprintln!(
            "{closed} could not be opened with the keys in {}.",
            data_dir.join("keys").display()
        );
    }
    Ok(())
}

/// The newest service directory with the decisions of staff merged in. Without them, an export
/// would report submissions about events as referring to withdrawn locations.
async fn catalogue_with_decisions(
    site: &Site,
    data_dir: &Path,
    opened: &Opened,
) -> Result<Option<Arc<Catalogue>>, String> {
    let Some(editions) = Editions::of(site, data_dir) else { return Ok(None) };
    // If the published edition cannot be used, the site's own stays in use.
    drop(editions.refresh());
    let rows = opened.store.acts(Book::Counter, 0).await.map_err(|fault| fault.to_string())?;
    let ledger: counter::ledger::Ledger = ledger_of(&rows, &opened.keys.event_cipher(), u32::MAX);
    let zone = Zone::of(&editions.catalogue().municipality().time_zone);
    editions.compose(Overlay::of(&ledger, &zone, 0).as_ref());
    Ok(Some(editions.catalogue()))
}

/// Computes the figures of a frozen baseline again from the store, and compares them byte for byte.
async fn verify_baseline(settings: &Settings, asker: &Asker, file: &Path) -> Result<(), String> {
    has_database(settings)?;
    let text = std::fs::read_to_string(file)
        .map_err(|error| format!("{} cannot be read: {error}.", file.display()))?;
    let site = Site::read(&settings.site).map_err(|fault| fault.to_string())?;
    let editions = Editions::of(&site, &settings.data_dir).ok_or("The site has no catalogue.")?;
    // If the published edition cannot be used, the site's own stays in use.
    drop(editions.refresh());
    let catalogue = editions.catalogue();
    let opened =
        open(&settings.data_dir, settings.database_url.as_deref(), municipality_of(&site)?).await?;
    let (keys, zone) = (opened.keys.now(), Zone::of(&catalogue.municipality().time_zone));
    let cipher = opened.keys.event_cipher();
    let rows = opened.store.acts(Book::Survey, 0).await.map_err(|fault| fault.to_string())?;
    let until = |until| ledger_of(&rows, &cipher, until);
    let making_again = async || {
        let verdict =
            baseline::verify(&text, &opened.store, &keys, &zone, until, &editions.surveys())
                .await?;
        let came = match &verdict {
            Verdict::Same { entries, .. } => format!("the same, from {entries} answers"),
            Verdict::FewerEntries { then, now } => {
                format!("not made again: {now} answers of {then}")
            }
            Verdict::Differs { .. } => "not the same".into(),
        };
        Ok((verdict, came))
    };
    let verdict =
        traced((&opened.store, asker), ("baseline verify", "answers of the survey"), making_again)
            .await?;
    match verdict {
        Verdict::Same { name, entries, signer } => {
            println!(
                "The same to the byte: “{name}”, made again from {entries} answers. Signed by {signer}."
            );
            Ok(())
        }
        Verdict::FewerEntries { then, now } => Err(format!(
            "It cannot be made again: it was made from {then} answers, and of those days {now} are here, or others. Answers that were erased or let go by \
             retention are gone for good. The signature is genuine: these are the figures that were frozen."
        )),
        Verdict::Differs { then, now } => Err(format!(
            "It does not come out the same. It says\n  …{then}…\nand now it is\n  …{now}…"
        )),
    }
}

async fn take_in(
    settings: &Settings,
    asker: &Asker,
    file: &Path,
    receipts: Option<&Path>,
) -> Result<(), String> {
    has_database(settings)?;
    let municipality =
        municipality_of(&Site::read(&settings.site).map_err(|fault| fault.to_string())?)?;
    let parcels = parcels_in(file, &municipality)?;
    let opened =
        open(&settings.data_dir, settings.database_url.as_deref(), municipality.clone()).await?;
    let receiver = Receiver::new(municipality, opened.keys, opened.store);
    begin(&receiver.store, asker, "import", &format!("{} entries in a file", parcels.len()))
        .await?;
    let imported = import(&receiver, &parcels).await;
    let came = format!(
        "{} received, {} already there, {} refused, {} not now",
        imported.received,
        imported.already,
        imported.refused.len(),
        imported.later
    );
    let written = end(&receiver.store, asker, "import", &came).await;
    let (municipality, store) = (receiver.municipality, receiver.store);
    store.close().await;
    println!("{imported}");
    match receipts {
        Some(out) => {
            for path in write_receipts(out, &municipality, &imported.receipts)? {
                println!(
                    "Receipts are in {}. Bring that file in on the device that the entries came from.",
                    path.display()
                );
            }
        }
        None => println!(
            "The device goes on waiting until it is given the receipts: run this again with --receipts FILE."
        ),
    }
    match imported.later {
        0 => written,
        later => Err(format!("{later} could not be kept now. Nothing is lost: run this again.")),
    }
}
