//! `community-hub keys`: how an administrator manages the keys.

use super::reseal::{reseal, sealed_with};
use crate::keys::drill::Drill;
use crate::records::confirm::check_clock;
use crate::records::trace::{Asker, traced};
use crate::relocate::check_not_moved;
use crate::serve::{Settings, municipality_of, open_store};
use crate::site::ServedSite;
use domain::submission::KeyId;
use std::fmt::Display;
use std::io::Write;
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::time::Duration;
use store::{AnyStore, Custody, SubmissionStore};
use vault::event_cipher::EventCipher;
use vault::keys::backup::{Unpacked, fingerprint, fresh_words, pack};
use vault::keys::file;
use vault::keys::file::{KeyFile, Use};
use vault::keys::{KeyFault, KeyReport, Keys, LOOK_S};
use vault::{now_ms, now_s, random};

/// Seconds until a new sealing or office key begins. All servers that share the folder have read it
/// by then.
const SEALING_BEGINS_IN_S: u64 = 60;
/// Seconds for which a newer office key must have been in use before an older one may be destroyed,
/// so that no server still encrypts with the older one.
const DESTROYED_AFTER_S: u64 = 60;
/// Seconds after which every server that shares the folder has seen that a key was revoked.
const SEEN_AFTER_S: u64 = 2 * LOOK_S;
/// Seconds until a new signing key begins. Devices fetch keys when the app starts. A receipt signed
/// with a key that a device does not know is not trusted, and its submission is sent again until
/// the app is restarted; seven days are longer than a page stays open.
const SIGNING_BEGINS_IN_S: u64 = 7 * DAY_S;
/// Days for which a key stays useful for opening at least; after that an administrator may revoke
/// it. Nothing happens automatically.
const KEPT_DAYS: u64 = 400;
const DAY_S: u64 = 86_400;

/// A `keys` command, its folders, and who runs it.
#[derive(Debug)]
pub struct KeysCommand {
    /// The folders and the database.
    pub settings: Settings,
    /// Who runs it and why, for the audit log.
    pub asker: Asker,
    /// What is done.
    pub act: KeysAct,
}

/// What is done with the keys.
#[derive(Debug)]
pub enum KeysAct {
    /// Lists them.
    List,
    /// Creates one.
    Rotate {
        /// What the key is for.
        usage: Use,
        /// Seconds until it begins; `None` for the usual delay.
        begins_in_s: Option<u64>,
        /// The number of days by which the clock is doubted.
        confirmed: Option<u64>,
    },
    /// Stops offering the key with this id to devices.
    Revoke(String),
    /// Encrypts what the office wrote with the newest office key.
    Reseal,
    /// Deletes the key with this id.
    Destroy {
        /// The id.
        key: String,
        /// The number of days by which the clock is doubted.
        confirmed: Option<u64>,
    },
    /// Writes all keys into a file.
    Backup {
        /// The file.
        to: PathBuf,
    },
    /// Restores the folder of keys from a file.
    Restore {
        /// The file.
        from: PathBuf,
    },
    /// Tries a backup on everything stored.
    Drill {
        /// The file.
        from: PathBuf,
    },
}

impl KeysCommand {
    /// Runs the command. The error is a message for the administrator.
    pub async fn run(self) -> Result<(), String> {
        let dir = self.settings.data_dir.join("keys");
        match &self.act {
            KeysAct::List => print!("{}", listing(&dir, now_s())?),
            KeysAct::Restore { from } => return self.restore(&dir, from).await,
            // Checked before the database is opened, which may be elsewhere.
            _ if file::list(&dir).is_empty() => return Err(KeyFault::Missing(dir).to_string()),
            _ => {
                self.settings.needs_database()?;
                let store = self.store().await?;
                let done = self.done(&store, &dir).await;
                store.close().await;
                return done;
            }
        }
        Ok(())
    }

    /// Opens the database that belongs to the keys, for the audit log.
    async fn store(&self) -> Result<AnyStore, String> {
        let Settings { data_dir, database_url, site, .. } = &self.settings;
        let municipality = municipality_of(&ServedSite::read(site).map_err(said)?)?;
        open_store(data_dir, database_url.as_deref(), municipality).await
    }

    /// Carries out the command, between its two entries in the audit log.
    async fn done(&self, store: &AnyStore, dir: &Path) -> Result<(), String> {
        // An old database cannot say which keys the new one needs.
        check_not_moved(store).await?;
        let journal = (store, &self.asker);
        match &self.act {
            KeysAct::Rotate { usage, begins_in_s, confirmed } => {
                check_clock(store, now_ms(), *confirmed, "No key was made").await?;
                traced(journal, ("keys rotate", usage.name()), async || {
                    rotate(dir, *usage, begins_in_s.unwrap_or(usual_delay_s(*usage)))
                        .map(|came| ((), came))
                })
                .await
            }
            KeysAct::Revoke(key) => {
                traced(journal, ("keys revoke", key), async || {
                    revoke(dir, key).map(|()| ((), key.clone()))
                })
                .await
            }
            KeysAct::Reseal => {
                traced(journal, ("keys reseal", "all that the office wrote"), async || {
                    reseal_all(store, dir).await.map(|came| ((), came))
                })
                .await
            }
            KeysAct::Destroy { key, confirmed } => {
                check_clock(store, now_ms(), *confirmed, "No key was destroyed").await?;
                traced(journal, ("keys destroy", key), async || {
                    destroy(store, dir, key).await.map(|came| ((), came))
                })
                .await
            }
            KeysAct::Backup { to } => {
                traced(journal, ("keys backup", "all keys"), async || {
                    backup(dir, to).map(|came| ((), came))
                })
                .await
            }
            KeysAct::Drill { from } => {
                traced(journal, ("keys drill", "all entries"), async || {
                    drill(store, from).await.map(|came| ((), came))
                })
                .await
            }
            KeysAct::List | KeysAct::Restore { .. } => Ok(()),
        }
    }

    /// Restores the keys. If the database is lost too, there is no audit log to write to, and the
    /// keys are restored all the same.
    async fn restore(&self, dir: &Path, from: &Path) -> Result<(), String> {
        let restoring = async || {
            let count = Unpacked::of(from, &asked_words()?)
                .and_then(|backup| backup.restore(dir))
                .map_err(said)?;
            println!("{count} keys are in {}. Start the server.", dir.display());
            Ok(((), format!("{count} keys")))
        };
        if !self.settings.has_database() {
            restoring().await?;
            eprintln!(
                "{} holds no database, so no audit log has a record of this.",
                self.settings.data_dir.display()
            );
            return Ok(());
        }
        let store = self.store().await?;
        let done = traced((&store, &self.asker), ("keys restore", "all keys"), restoring).await;
        store.close().await;
        done
    }
}

const NEVER_CHANGES: &str =
    "The secret for erasure never changes: with another one, what was erased could come back.";

fn said(error: impl Display) -> String {
    error.to_string()
}

fn listing(dir: &Path, now_s: u64) -> Result<String, String> {
    let keys = Keys::existing(dir).map_err(said)?;
    let mut lines =
        format!("{:<16}  {:<7}  {:<10}  what it is used for now\n", "key", "for", "since");
    for (id, file) in keys.files() {
        let since = day(file.begins_at_s);
        lines += &format!(
            "{:<16}  {:<7}  {since:<10}  {}\n",
            hex::encode(id.0),
            file.usage.name(),
            fate(&keys, id, file, now_s)
        );
    }
    Ok(lines
        + &format!(
            "They are in {}. Back them up apart from the database: community-hub keys backup --to FILE\n",
            dir.display()
        ))
}

/// What a key is used for now, in words.
fn fate(keys: &Keys, id: KeyId, file: KeyFile, now_s: u64) -> String {
    let is_current = current(keys, file.usage, now_s) == Some(id);
    let age_days = now_s.saturating_sub(file.begins_at_s) / DAY_S;
    let now = match (file.usage, file.is_revoked) {
        (Use::Erasure, _) => return "recognizes what was erased; never changes".into(),
        (Use::Sealing, true) => "revoked: opens what was sealed to it, no more",
        (Use::Signing, true) => "revoked: signs nothing, and devices do not get it",
        _ if !file.has_begun(now_s * 1_000) => {
            return format!("begins {}", moment(file.begins_at_s));
        }
        (Use::Sealing, false) if is_current => "new entries are sealed to it",
        (Use::Sealing, false) => "opens what was sealed to it",
        (Use::Signing, false) if is_current => "signs receipts",
        (Use::Signing, false) => "its receipts are still accepted",
        (Use::Office, false) if is_current => "what the office writes is sealed with it",
        (Use::Office, _) => {
            "opens what the office sealed with it; keys reseal, then it may be destroyed"
        }
    };
    let is_old =
        !is_current && !file.is_revoked && age_days > KEPT_DAYS && file.usage != Use::Office;
    format!(
        "{now}{}",
        if is_old { format!("; {age_days} days old, may be revoked") } else { String::new() }
    )
}

/// The key that is used for new things of this kind; `None` if none has begun.
fn current(keys: &Keys, usage: Use, now_s: u64) -> Option<KeyId> {
    let fits = |(_, file): &(KeyId, KeyFile)| {
        file.usage == usage && !file.is_revoked && file.has_begun(now_s * 1_000)
    };
    keys.files().filter(fits).max_by_key(|(_, file)| file.begins_at_s).map(|(id, _)| id)
}

/// Seconds until a new key begins, if nobody says otherwise.
fn usual_delay_s(usage: Use) -> u64 {
    if usage == Use::Signing { SIGNING_BEGINS_IN_S } else { SEALING_BEGINS_IN_S }
}

/// Creates a key. Returns the name of its file, for the audit log.
fn rotate(dir: &Path, usage: Use, begins_in_s: u64) -> Result<String, String> {
    let files = file::list(dir);
    // A folder from before office keys existed gets its first one here.
    if usage != Use::Office && files.iter().all(|file| file.usage != usage) {
        return Err(KeyFault::Missing(dir.into()).to_string());
    }
    // Always after the previous key, even if a clock was wrong or two keys are created within a
    // second.
    let last = files.iter().filter(|file| file.usage == usage).map(|file| file.begins_at_s).max();
    let begins_at_s = (now_s().saturating_add(begins_in_s)).max(last.map_or(0, |last| last + 1));
    let made = KeyFile { usage, begins_at_s, is_revoked: false };
    file::write_new(dir, made, &random()).map_err(said)?;
    let what = match usage {
        Use::Sealing => {
            "New entries are sealed to it from then on. What is sealed to the old keys, on devices too, still opens."
        }
        Use::Erasure => return Err(NEVER_CHANGES.into()),
        Use::Office => {
            "What the office writes is sealed with it from then on. Seal the rest with it too: community-hub keys reseal"
        }
        Use::Signing => {
            "Devices get it at once; it signs receipts from then on. Receipts signed with the old keys are still accepted."
        }
    };
    println!(
        "A new {} key begins {}.\n{what}\nBack it up now: community-hub keys backup --to FILE",
        usage.name(),
        moment(begins_at_s)
    );
    Ok(made.to_string())
}

/// Looks a key up by its id in hexadecimal.
fn named(keys: &Keys, dir: &Path, key: &str) -> Result<(KeyId, KeyFile), String> {
    let found = keys.files().find(|(id, _)| hex::encode(id.0) == key.to_lowercase());
    found.ok_or_else(|| {
        format!(
            "There is no key “{key}” in {}. To see all keys: community-hub keys list",
            dir.display()
        )
    })
}

fn revoke(dir: &Path, key: &str) -> Result<(), String> {
    let keys = Keys::existing(dir).map_err(said)?;
    let (id, file) = named(&keys, dir, key)?;
    if file.usage == Use::Erasure {
        return Err(NEVER_CHANGES.into());
    }
    if file.is_revoked {
        return Err(format!("{key} is already revoked."));
    }
    let in_use =
        keys.files().filter(|(_, other)| other.usage == file.usage && !other.is_revoked).count();
    if in_use == 1 || current(&keys, file.usage, now_s()) == Some(id) {
        let usage = file.usage.name();
        return Err(format!(
            "{key} is the current key. Make another first: community-hub keys rotate {usage} --in 0, then revoke this one."
        ));
    }
    let revoked = file::revoke(dir, file).map_err(said)?;
    let path = revoked.path_in(dir);
    match file.usage {
        Use::Sealing => println!(
            "{key} is revoked: devices no longer get it.\nWhat was sealed to it still opens, even if it is still on its way. If you delete this file and its backups, no one can ever open that again:\n{}",
            path.display()
        ),
        Use::Erasure => {}
        Use::Office => println!(
            "{key} is revoked: nothing new is sealed with it. What was sealed with it still opens; its file is {}.",
            path.display()
        ),
        Use::Signing => println!(
            "{key} is revoked: devices no longer get it.\nReceipts signed with it are no longer accepted. A device that sends such a message again gets a new receipt. Its file is {}.",
            path.display()
        ),
    }
    Ok(())
}

/// Re-encrypts all texts of staff with the newest office key. Returns the counts, for the audit
/// log.
async fn reseal_all(store: &AnyStore, dir: &Path) -> Result<String, String> {
    let cipher = EventCipher::of(&Keys::existing(dir).map_err(said)?);
    let Some(newest) = cipher.newest_key() else {
        return Err("No office key has begun yet. Make one: community-hub keys rotate office, back it up, and run this again in a minute.".into());
    };
    let reports = store.key_reports().await.map_err(said)?;
    let lacks = |report: &&KeyReport| report.is_running && !report.keys.contains(&newest);
    let lacking = reports.iter().filter(lacks).count();
    if lacking > 0 {
        return Err(format!(
            "Nothing was sealed anew: servers that run and do not have the key {} yet: {lacking}. Copy the files of {} to every server, or stop a server that is no longer needed, and run this again half a minute later.",
            hex::encode(newest.0),
            dir.display()
        ));
    }
    let counts =
        reseal(store, &cipher, |count| eprintln!("Texts read: {count}.")).await.map_err(said)?;
    println!(
        "Texts sealed anew with {}: {}. Sealed with it before: {}.",
        hex::encode(newest.0),
        counts.anew,
        counts.newest
    );
    if counts.closed > 0 {
        println!(
            "Texts that no key in {} opens: {}. They were not changed.",
            dir.display(),
            counts.closed
        );
    }
    Ok(format!(
        "{} sealed anew, {} already, {} not opened",
        counts.anew, counts.newest, counts.closed
    ))
}

/// Waits until every server that shares the folder has looked at it since a file got its name.
fn wait_until_seen(path: &Path) {
    let Ok(file) = std::fs::metadata(path) else { return };
    let age_s = now_s().saturating_sub(u64::try_from(file.ctime()).unwrap_or_default());
    std::thread::sleep(Duration::from_secs(SEEN_AFTER_S.saturating_sub(age_s)));
}

/// Deletes a key with which nothing is encrypted any more. Returns which, for the audit log.
async fn destroy(store: &AnyStore, dir: &Path, key: &str) -> Result<String, String> {
    let keys = Keys::existing(dir).map_err(said)?;
    let (id, file) = named(&keys, dir, key)?;
    match file.usage {
        Use::Erasure => return Err(NEVER_CHANGES.into()),
        Use::Signing => return Err("A signing key is never destroyed: it proves receipts and heads of the audit. Revoke it.".into()),
        Use::Office => {
            let newest = keys.files().filter(|(_, file)| file.usage == Use::Office && !file.is_revoked && file.has_begun(now_s() * 1_000));
            let newest = newest.max_by_key(|(_, file)| file.begins_at_s);
            let is_followed = newest.is_some_and(|(newest, file)| newest != id && now_s().saturating_sub(file.begins_at_s) >= DESTROYED_AFTER_S);
            if !is_followed {
                return Err(format!(
                    "{key} is in use, or was a minute ago. Make another first: community-hub keys rotate office. A minute after that one has begun, run keys reseal, then this."
                ));
            }
            let count = sealed_with(store, id).await.map_err(said)?;
            if count > 0 {
                return Err(format!("Texts still sealed with {key}: {count}. Seal them with the newest key first: community-hub keys reseal"));
            }
        }
        Use::Sealing if !file.is_revoked => return Err(format!("{key} is still offered to devices. Revoke it first: community-hub keys revoke {key}")),
        Use::Sealing => {
            let count = store.sealed_to(id).await.map_err(said)?;
            if count > 0 {
                return Err(format!("Submissions still sealed to {key}: {count}. Erase them or wait for retention first, or no one can ever open them."));
            }
        }
    }
    // A running server misses a key that vanishes without having been revoked.
    let file = if file.is_revoked { file } else { file::revoke(dir, file).map_err(said)? };
    wait_until_seen(&file.path_in(dir));
    file::destroy(dir, file).map_err(said)?;
    println!(
        "{key} is destroyed. Older copies of the database open only with this key, so destroy its backups too: all files of keys backup, and all earlier copies of\n{}\nThen make a new backup: community-hub keys backup --to FILE",
        dir.display()
    );
    if file.usage == Use::Sealing {
        println!(
            "If a device still has a message sealed to it, the message will be refused and stays on that device."
        );
    }
    Ok(format!("{} {key}", file.usage.name()))
}

/// Writes a backup and prints its words. Returns how many keys it holds, for the audit log.
fn backup(dir: &Path, to: &Path) -> Result<String, String> {
    let words = fresh_words();
    let (bytes, keys) = pack(dir, &words).map_err(said)?;
    write_private(to, &bytes)
        .map_err(|error| format!("{}: cannot be written: {error}", to.display()))?;
    println!(
        "{} keys are in {}. Put this on paper, and keep it apart from the file:\n",
        keys.files().count(),
        to.display()
    );
    println!("    words that open it   {words}\n    SHA-256 of the file  {}", fingerprint(&bytes));
    keys.files().for_each(|(id, file)| {
        println!(
            "    {} since {}   {}",
            file.usage.name(),
            day(file.begins_at_s),
            hex::encode(id.0)
        )
    });
    println!(
        "\nThe words are shown this once. Try them: community-hub keys drill --from {}",
        to.display()
    );
    println!("Without this program the file opens with: age --decrypt {}", to.display());
    Ok(format!("{} keys", keys.files().count()))
}

/// Creates a file that only its owner can read. Never overwrites one: it may be the only backup.
fn write_private(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let mut file =
        std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

/// Tests a backup. Returns how many submissions and texts it opened, for the audit log.
async fn drill(store: &AnyStore, from: &Path) -> Result<String, String> {
    let keys =
        Unpacked::of(from, &asked_words()?).and_then(|backup| backup.keys()).map_err(said)?;
    let Drill { opened, closed, texts_opened, texts_closed } =
        Drill::of(store, &keys).await.map_err(said)?;
    let counted = |counts: &std::collections::BTreeMap<KeyId, u64>| {
        counts
            .iter()
            .map(|(key, count)| format!("\n    {}  {count}", hex::encode(key.0)))
            .collect::<String>()
    };
    let (all, none) = (opened.values().sum::<u64>(), closed.values().sum::<u64>());
    println!(
        "Submissions that open with the keys of this backup: {all}.{}\nTexts of the office that open with them: {texts_opened}.",
        counted(&opened)
    );
    if none + texts_closed == 0 {
        return Ok(format!("opened: entries {all}, texts {texts_opened}"));
    }
    Err(format!(
        "Submissions that do not open: {none}. Texts of the office that do not: {texts_closed}. Make a new backup, and find the missing keys.{}",
        counted(&closed)
    ))
}

/// Reads the words from standard input.
pub(crate) fn asked_words() -> Result<String, String> {
    eprint!("The words from the paper: ");
    let mut line = String::new();
    std::io::stdin()
        .read_line(&mut line)
        .map_err(|error| format!("The words cannot be read: {error}"))?;
    if line.trim().is_empty() { Err("No words were given.".into()) } else { Ok(line) }
}

fn moment(at_s: u64) -> String {
    jiff::Timestamp::from_second(at_s as i64).map(|moment| moment.to_string()).unwrap_or_default()
}

fn day(at_s: u64) -> String {
    moment(at_s).chars().take(10).collect()
}
