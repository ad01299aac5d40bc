//! The `community-hub` program: serve, export, import, keys, and the administrator's commands.

use casework::counter;
use casework::counter::overlay::Overlay;
use casework::when::Zone;
use domain::Catalogue;
use domain::submission::Kind;
use office::directory::ServiceDirectory;
use office::ledger_copy::ledger_of;
use office::survey::baseline::{self, BaselineVerdict};
use receiving::Receiver;
use server::check::check;
use server::cli::{self, ServerCommand};
use server::editions::Editions;
use server::export::{ExportRequest, Format, day_of, export, export_everything};
use server::import::{import, parcels_in, write_receipts};
use server::log;
use server::operations::{health, status};
use server::records::trace::{Asker, begin, end, traced};
use server::serve::{OpenedFolder, Settings, municipality_of, open, serve};
use server::site::ServedSite;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use store::{LedgerKind, OfficeStore, SubmissionStore};
use vault::keys::Keys;
use vault::receipts;

/// Stack of a thread of the server. What a mail server says of a message with parts in parts is
/// read by a function that calls itself.
const STACK_BYTES: usize = 16 * 1024 * 1024;

fn main() -> ExitCode {
    match cli::called().and_then(run) {
        Ok(()) => ExitCode::SUCCESS,
        Err(said) => {
            log::warn(&said);
            ExitCode::FAILURE
        }
    }
}

fn run(command: ServerCommand) -> Result<(), String> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .thread_stack_size(STACK_BYTES)
        .build()
        .map_err(|error| error.to_string())?;
    match command {
        ServerCommand::Completions(shell) => {
            cli::completions(shell, &mut std::io::stdout());
            Ok(())
        }
        ServerCommand::Man => {
            cli::man_page(&mut std::io::stdout()).map_err(|error| error.to_string())
        }
        ServerCommand::Render => server::pages::render::run(),
        ServerCommand::Serve(settings) => {
            let (_written_at_the_end, lost) = log::start();
            runtime.block_on(serve(settings, lost))
        }
        ServerCommand::Status(settings) => runtime.block_on(status(&settings)),
        ServerCommand::Health(settings) => runtime.block_on(health(&settings)),
        ServerCommand::Check { settings, file } => runtime.block_on(check(&settings, &file)),
        ServerCommand::Export { settings, asker, kind, format, since_ms } => {
            runtime.block_on(print(&settings, &asker, kind, format, since_ms))
        }
        ServerCommand::ExportEverything { settings, asker, to } => {
            runtime.block_on(write_everything(&settings, &asker, &to))
        }
        ServerCommand::Import { settings, asker, file, receipts } => {
            runtime.block_on(take_in(&settings, &asker, &file, receipts.as_deref()))
        }
        ServerCommand::Demo { settings, asker, inquiries } => {
            println!(
                "{}",
                runtime.block_on(server::demo::fill(
                    &settings.site,
                    &settings.data_dir,
                    inquiries,
                    &asker
                ))?
            );
            Ok(())
        }
        ServerCommand::Receipt { data_dir, file } => {
            let keys = Keys::existing(&data_dir.join("keys")).map_err(|fault| fault.to_string())?;
            println!("{}", receipts::check(&file, &keys)?);
            Ok(())
        }
        ServerCommand::Baseline { settings, asker, file } => {
            runtime.block_on(verify_baseline(&settings, &asker, &file))
        }
        ServerCommand::Backup(command) => runtime.block_on(command.run()),
        ServerCommand::Records(command) => runtime.block_on(command.run()),
        ServerCommand::Catalogue(command) => runtime.block_on(command.run()),
        ServerCommand::Move(command) => runtime.block_on(command.run()),
        ServerCommand::Keys(command) => runtime.block_on(command.run()),
    }
}

async fn print(
    settings: &Settings,
    asker: &Asker,
    kind: Kind,
    format: Format,
    since_ms: u64,
) -> Result<(), String> {
    settings.needs_database()?;
    let data_dir = &settings.data_dir;
    let site = ServedSite::read(&settings.site).map_err(|fault| fault.to_string())?;
    let opened = open(data_dir, settings.database_url.as_deref(), municipality_of(&site)?).await?;
    let catalogue = catalogue_with_decisions(&site, data_dir, &opened).await?;
    let request = ExportRequest { kind, format, since_ms, catalogue: catalogue.as_deref() };
    let of = format!("{kind:?} as {format:?} since {}", day_of(since_ms));
    let (keys, cipher) = (&opened.keys.now(), opened.keys.event_cipher());
    let printing = async || {
        let (printed, closed) =
            export(&opened.store, (keys, &cipher), request, &mut std::io::stdout().lock()).await?;
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

async fn write_everything(settings: &Settings, asker: &Asker, to: &Path) -> Result<(), String> {
    settings.needs_database()?;
    let data_dir = &settings.data_dir;
    let site = ServedSite::read(&settings.site).map_err(|fault| fault.to_string())?;
    let opened = open(data_dir, settings.database_url.as_deref(), municipality_of(&site)?).await?;
    let catalogue = catalogue_with_decisions(&site, data_dir, &opened).await?;
    let (store, keys) = (&opened.store, opened.keys.now());
    let exporting = async || {
        let done = export_everything(store, &keys, catalogue.as_deref(), to).await?;
        let all: u64 = done.files.iter().map(|(_, lines)| lines).sum();
        let outcome = format!("lines {all}, not opened {}", done.closed);
        Ok((done, outcome))
    };
    let done = traced((store, asker), ("export", "everything"), exporting).await;
    opened.store.close().await;
    let done = done?;
    for (name, lines) in &done.files {
        println!("{lines:>10}  {name}");
    }
    println!("Everything is in {}, not encrypted. Move it to where it is safe.", to.display());
    match done.closed {
        0 => Ok(()),
        closed => Err(format!(
            "{closed} could not be opened with the keys in {}, and are not in it.",
            data_dir.join("keys").display()
        )),
    }
}

/// The newest service directory with the decisions of staff merged in. Without them, an export
/// would report submissions about events as referring to withdrawn locations.
async fn catalogue_with_decisions(
    site: &ServedSite,
    data_dir: &Path,
    opened: &OpenedFolder,
) -> Result<Option<Arc<Catalogue>>, String> {
    let Some(editions) = Editions::of(site, data_dir) else { return Ok(None) };
    // If the published edition cannot be used, the site's own stays in use.
    drop(editions.refresh());
    let rows =
        opened.store.acts(LedgerKind::Counter, 0).await.map_err(|fault| fault.to_string())?;
    let ledger: counter::ledger::CounterLedger =
        ledger_of(&rows, &opened.keys.event_cipher(), u32::MAX);
    let zone = Zone::of(&editions.catalogue().municipality().time_zone);
    editions.compose(Overlay::of(&ledger, &zone, 0).as_ref());
    Ok(Some(editions.catalogue()))
}

/// Computes the figures of a frozen baseline again from the store, and compares them byte for byte.
async fn verify_baseline(settings: &Settings, asker: &Asker, file: &Path) -> Result<(), String> {
    settings.needs_database()?;
    let text = std::fs::read_to_string(file)
        .map_err(|error| format!("{} cannot be read: {error}.", file.display()))?;
    let site = ServedSite::read(&settings.site).map_err(|fault| fault.to_string())?;
    let editions = Editions::of(&site, &settings.data_dir).ok_or("The site has no catalogue.")?;
    // If the published edition cannot be used, the site's own stays in use.
    drop(editions.refresh());
    let catalogue = editions.catalogue();
    let opened =
        open(&settings.data_dir, settings.database_url.as_deref(), municipality_of(&site)?).await?;
    let (keys, zone) = (opened.keys.now(), Zone::of(&catalogue.municipality().time_zone));
    let cipher = opened.keys.event_cipher();
    let rows = opened.store.acts(LedgerKind::Survey, 0).await.map_err(|fault| fault.to_string())?;
    let until = |until| ledger_of(&rows, &cipher, until);
    let making_again = async || {
        let verdict =
            baseline::verify(&text, &opened.store, &keys, &zone, until, &editions.surveys())
                .await?;
        let came = match &verdict {
            BaselineVerdict::Same { entries, .. } => format!("the same, answers: {entries}"),
            BaselineVerdict::FewerEntries { then, now } => {
                format!("not made again: answers {now} of {then}")
            }
            BaselineVerdict::Differs { .. } => "not the same".into(),
        };
        Ok((verdict, came))
    };
    let verdict =
        traced((&opened.store, asker), ("baseline verify", "answers of the survey"), making_again)
            .await?;
    match verdict {
        BaselineVerdict::Same { name, entries, signer } => {
            println!("Identical: “{name}”, recalculated. Answers: {entries}. Signed by {signer}.");
            Ok(())
        }
        BaselineVerdict::FewerEntries { then, now } => Err(format!(
            "The baseline cannot be recalculated: it was made from {then} answers, and of those days {now} are stored now, or other ones. Answers that were erased, or \
             deleted by retention, are gone for good. The signature is genuine: these are the figures as they were signed."
        )),
        BaselineVerdict::Differs { then, now } => Err(format!(
            "The recalculated figures differ. The baseline says\n  …{then}…\nand the answers now give\n  …{now}…"
        )),
    }
}

async fn take_in(
    settings: &Settings,
    asker: &Asker,
    file: &Path,
    receipts: Option<&Path>,
) -> Result<(), String> {
    settings.needs_database()?;
    let municipality =
        municipality_of(&ServedSite::read(&settings.site).map_err(|fault| fault.to_string())?)?;
    let parcels = parcels_in(file, &municipality)?;
    let opened =
        open(&settings.data_dir, settings.database_url.as_deref(), municipality.clone()).await?;
    let receiver = Receiver::new(municipality, opened.keys, opened.store);
    begin(&receiver.store, asker, "import", &format!("entries in a file: {}", parcels.len()))
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
                    "Proofs of receipt are in {}. Open that file on the device that wrote the messages.",
                    path.display()
                );
            }
        }
        None => println!(
            "The device keeps its messages until it gets the proofs of receipt: run this again with --receipts FILE."
        ),
    }
    match imported.later {
        0 => written,
        later => Err(format!("{later} could not be kept now. Nothing is lost: run this again.")),
    }
}
