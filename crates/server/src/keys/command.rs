//! `community-hub keys`: what an office does with its keys.

use super::backup::{Drill, Unpacked, fingerprint, fresh_words, pack};
use super::file::{self, KeyFile, Use};
use super::{KeyFault, Keys, hex, now_s, random};
use crate::serve::{municipality_of, open_store};
use crate::site::Site;
use crate::store::SubmissionStore;
use domain::submission::KeyId;
use lexopt::prelude::{Long, Value, ValueExt};
use std::fmt::Display;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

pub const HELP: &str = "\
community-hub keys [list] [--data-dir DIR]
    Every key: what it is for, since when, and what becomes of it.
community-hub keys rotate sealing|signing [--in SECONDS] [--data-dir DIR]
    Makes a new key beside the old ones. Running servers find it by themselves.
    --in SECONDS         when it begins; by default a sealing key in a minute, a signing key in seven days
community-hub keys revoke KEY [--data-dir DIR]
    No device is told of the key any more. What was sealed to it still opens.
community-hub keys backup --to FILE [--data-dir DIR]
    All keys in one sealed file, and words for paper that open it.
community-hub keys restore --from FILE [--data-dir DIR]
    Makes the lost folder of keys again. Asks for the words.
community-hub keys drill --from FILE [--site DIR] [--data-dir DIR]
    Opens everything that was received with the keys of a backup, and says whether all of it opens. Asks for the words.";

/// All servers that share the folder have read it by then.
const SEALING_BEGINS_IN_S: u64 = 60;
/// Devices ask for keys when the app starts. A receipt by a key that a device does not know is not believed, and its entry is
/// sent again until the app is started anew: seven days are more than a page stays open.
const SIGNING_BEGINS_IN_S: u64 = 7 * DAY_S;
/// A key is good for opening at least this long; then somebody may decide to revoke it. Nothing happens by itself.
const KEPT_DAYS: u64 = 400;
const DAY_S: u64 = 86_400;

#[derive(Debug)]
pub struct Command {
    data_dir: PathBuf,
    site: PathBuf,
    act: Act,
}

#[derive(Debug)]
enum Act {
    Help,
    List,
    Rotate { usage: Use, begins_in_s: u64 },
    Revoke(String),
    Backup { to: PathBuf },
    Restore { from: PathBuf },
    Drill { from: PathBuf },
}

impl Command {
    /// Reads what stands after `keys`.
    pub fn parse(arguments: impl IntoIterator<Item = std::ffi::OsString>) -> Result<Self, String> {
        let said = |error: lexopt::Error| format!("{error}.\n{HELP}");
        let mut parser = lexopt::Parser::from_args(arguments);
        let (mut words, mut data_dir, mut site): (Vec<String>, PathBuf, PathBuf) = (Vec::new(), "var".into(), "dist".into());
        let (mut to, mut from, mut begins_in_s) = (None, None, None);
        while let Some(argument) = parser.next().map_err(said)? {
            match argument {
                Long("help") | lexopt::Arg::Short('h') => words = vec!["help".into()],
                Long("data-dir") => data_dir = parser.value().map_err(said)?.into(),
                Long("site") => site = parser.value().map_err(said)?.into(),
                Long("to") => to = Some(parser.value().map_err(said)?.into()),
                Long("from") => from = Some(parser.value().map_err(said)?.into()),
                Long("in") => begins_in_s = Some(parser.value().and_then(|value| value.parse()).map_err(said)?),
                Value(word) => words.push(word.to_string_lossy().into_owned()),
                other => return Err(said(other.unexpected())),
            }
        }
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let act = match (words.as_slice(), to, from) {
            ([] | ["list"], None, None) => Act::List,
            (["rotate", "sealing"], None, None) => Act::Rotate { usage: Use::Sealing, begins_in_s: begins_in_s.unwrap_or(SEALING_BEGINS_IN_S) },
            (["rotate", "signing"], None, None) => Act::Rotate { usage: Use::Signing, begins_in_s: begins_in_s.unwrap_or(SIGNING_BEGINS_IN_S) },
            (["revoke", key], None, None) => Act::Revoke((*key).into()),
            (["backup"], Some(to), None) => Act::Backup { to },
            (["restore"], None, Some(from)) => Act::Restore { from },
            (["drill"], None, Some(from)) => Act::Drill { from },
            (["help", ..], ..) => Act::Help,
            _ => return Err(format!("“keys {}” is not understood, or an option is missing.\n{HELP}", words.join(" "))),
        };
        Ok(Self { data_dir, site, act })
    }

    pub async fn run(self) -> Result<(), String> {
        let dir = self.data_dir.join("keys");
        match self.act {
            Act::Help => println!("{HELP}"),
            Act::List => print!("{}", listing(&dir, now_s())?),
            Act::Rotate { usage, begins_in_s } => rotate(&dir, usage, begins_in_s)?,
            Act::Revoke(key) => revoke(&dir, &key)?,
            Act::Backup { to } => backup(&dir, &to)?,
            Act::Restore { from } => {
                let count = Unpacked::of(&from, &asked_words()?).and_then(|backup| backup.restore(&dir)).map_err(said)?;
                println!("{count} keys are in {}. Start the server.", dir.display());
            }
            Act::Drill { from } => drill(&self.data_dir, &self.site, &from).await?,
        }
        Ok(())
    }
}

const NEVER_CHANGES: &str = "The secret for erasure never changes: with another one, what was erased could come back.";

fn said(error: impl Display) -> String {
    error.to_string()
}

fn listing(dir: &Path, now_s: u64) -> Result<String, String> {
    let keys = Keys::existing(dir).map_err(said)?;
    let mut lines = format!("{:<16}  {:<7}  {:<10}  what becomes of it\n", "key", "for", "since");
    for (id, file) in keys.files() {
        let since = day(file.begins_at_s);
        lines += &format!("{:<16}  {:<7}  {since:<10}  {}\n", hex(&id.0), file.usage.name(), fate(&keys, id, file, now_s));
    }
    Ok(lines + &format!("They are in {}. Back them up apart from the database: community-hub keys backup --to FILE\n", dir.display()))
}

/// What a key is good for now, in words.
fn fate(keys: &Keys, id: KeyId, file: KeyFile, now_s: u64) -> String {
    let is_current = current(keys, file.usage, now_s) == Some(id);
    let age_days = now_s.saturating_sub(file.begins_at_s) / DAY_S;
    let now = match (file.usage, file.is_revoked) {
        (Use::Erasure, _) => return "knows again what was erased; never changes".into(),
        (Use::Sealing, true) => "revoked: opens what was sealed to it, no more",
        (Use::Signing, true) => "revoked: signs nothing, and no device is told of it",
        _ if !file.has_begun(now_s * 1_000) => return format!("begins {}", moment(file.begins_at_s)),
        (Use::Sealing, false) if is_current => "new entries are sealed to it",
        (Use::Sealing, false) => "opens what was sealed to it",
        (Use::Signing, false) if is_current => "signs receipts",
        (Use::Signing, false) => "its receipts are still believed",
    };
    let is_old = !is_current && !file.is_revoked && age_days > KEPT_DAYS;
    format!("{now}{}", if is_old { format!("; {age_days} days old, may be revoked") } else { String::new() })
}

/// The key that is used for new things.
fn current(keys: &Keys, usage: Use, now_s: u64) -> Option<KeyId> {
    let fits = |(_, file): &(KeyId, KeyFile)| file.usage == usage && !file.is_revoked && file.has_begun(now_s * 1_000);
    keys.files().filter(fits).max_by_key(|(_, file)| file.begins_at_s).map(|(id, _)| id)
}

fn rotate(dir: &Path, usage: Use, begins_in_s: u64) -> Result<(), String> {
    let files = file::list(dir);
    if files.iter().all(|file| file.usage != usage) {
        return Err(KeyFault::Missing(dir.into()).to_string());
    }
    // Always after the one before, also where a clock was wrong or two are made within a second.
    let last = files.iter().filter(|file| file.usage == usage).map(|file| file.begins_at_s).max();
    let begins_at_s = (now_s().saturating_add(begins_in_s)).max(last.map_or(0, |last| last + 1));
    file::write_new(dir, KeyFile { usage, begins_at_s, is_revoked: false }, &random()).map_err(said)?;
    let what = match usage {
        Use::Sealing => "New entries are sealed to it from then on. What is sealed to the old keys, on devices too, still opens.",
        Use::Erasure => return Err(NEVER_CHANGES.into()),
        Use::Signing => "Devices are told of it at once; it signs receipts from then on. Receipts by the old keys are still believed.",
    };
    println!("A new {} key begins {}.\n{what}\nBack it up now: community-hub keys backup --to FILE", usage.name(), moment(begins_at_s));
    Ok(())
}

fn revoke(dir: &Path, key: &str) -> Result<(), String> {
    let keys = Keys::existing(dir).map_err(said)?;
    let Some((id, file)) = keys.files().find(|(id, _)| hex(&id.0) == key.to_lowercase()) else {
        return Err(format!("There is no key “{key}” in {}. community-hub keys list shows those that are.", dir.display()));
    };
    if file.usage == Use::Erasure {
        return Err(NEVER_CHANGES.into());
    }
    if file.is_revoked {
        return Err(format!("{key} is revoked already."));
    }
    let in_use = keys.files().filter(|(_, other)| other.usage == file.usage && !other.is_revoked).count();
    if in_use == 1 || current(&keys, file.usage, now_s()) == Some(id) {
        let usage = file.usage.name();
        return Err(format!("{key} is in use for all that is new. Make another first: community-hub keys rotate {usage} --in 0, then revoke this one."));
    }
    let revoked = file::revoke(dir, file).map_err(said)?;
    let path = revoked.path_in(dir);
    match file.usage {
        Use::Sealing => println!(
            "{key} is revoked: no device is told of it any more.\nWhat was sealed to it still opens, also what is still on its way. Nobody can ever open that again if you delete\n{}\nby hand, and its backups.",
            path.display()
        ),
        Use::Erasure => {}
        Use::Signing => println!(
            "{key} is revoked: no device is told of it any more.\nReceipts by it are no longer believed; who sends such an entry again gets a receipt by the key in use. Its file is {}.",
            path.display()
        ),
    }
    Ok(())
}

fn backup(dir: &Path, to: &Path) -> Result<(), String> {
    let words = fresh_words();
    let (bytes, keys) = pack(dir, &words).map_err(said)?;
    write_private(to, &bytes).map_err(|error| format!("{}: cannot be written: {error}", to.display()))?;
    println!("{} keys are in {}. Put this on paper, and keep it apart from the file:\n", keys.files().count(), to.display());
    println!("    words that open it   {words}\n    SHA-256 of the file  {}", fingerprint(&bytes));
    keys.files().for_each(|(id, file)| println!("    {} since {}   {}", file.usage.name(), day(file.begins_at_s), hex(&id.0)));
    println!("\nThe words are shown this once. Try them: community-hub keys drill --from {}", to.display());
    println!("Without this program the file opens with: age --decrypt {}", to.display());
    Ok(())
}

/// Never over another file: it may be the only backup.
fn write_private(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let mut file = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

async fn drill(data_dir: &Path, site: &Path, from: &Path) -> Result<(), String> {
    let url = std::env::var("DATABASE_URL").ok();
    if url.is_none() && !data_dir.join("hub.sqlite").exists() {
        return Err(format!("{} holds no database. Give the server's folder with --data-dir.", data_dir.display()));
    }
    let municipality = municipality_of(&Site::read(site).map_err(said)?)?;
    let keys = Unpacked::of(from, &asked_words()?).and_then(|backup| backup.keys()).map_err(said)?;
    let store = open_store(data_dir, url.as_deref(), municipality).await?;
    let Drill { opened, closed } = Drill::of(&store, &keys).await.map_err(said)?;
    store.close().await;
    let counted =
        |counts: &std::collections::BTreeMap<KeyId, u64>| counts.iter().map(|(key, count)| format!("\n    {}  {count}", hex(&key.0))).collect::<String>();
    let (all, none) = (opened.values().sum::<u64>(), closed.values().sum::<u64>());
    println!("{all} entries open with the keys of this backup.{}", counted(&opened));
    if none == 0 { Ok(()) } else { Err(format!("{none} entries do not: make a new backup, and find the keys that are missing.{}", counted(&closed))) }
}

/// One line from whoever calls.
fn asked_words() -> Result<String, String> {
    eprint!("The words from the paper: ");
    let mut line = String::new();
    std::io::stdin().read_line(&mut line).map_err(|error| format!("The words cannot be read: {error}"))?;
    if line.trim().is_empty() { Err("No words were given.".into()) } else { Ok(line) }
}

fn moment(at_s: u64) -> String {
    jiff::Timestamp::from_second(at_s as i64).map(|moment| moment.to_string()).unwrap_or_default()
}

fn day(at_s: u64) -> String {
    moment(at_s).chars().take(10).collect()
}
