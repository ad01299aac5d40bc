//! `community-hub check`: what is wrong with the settings and the machine, before people notice.
//!
//! It changes nothing: it does not open the database, and asks a running server instead.

use crate::headers::StrictTransport;
use crate::jobs::mailbox::try_mailbox;
use crate::readiness::free_bytes;
use crate::serve::{DATABASE_FILE, Settings, municipality_of};
use crate::settings_file::SettingsFile;
use crate::site::ServedSite;
use office::outside::{OutsideAnswer, ask};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::Path;
use std::time::{Duration, SystemTime};
use vault::keys::{Keys, readable_by_others};
use vault::private::{entries, open_to_others, warning};

/// What a file's time may be ahead of the clock: machines that share a folder differ by seconds.
const AHEAD_MAX: Duration = Duration::from_secs(300);
/// A backup and SQLite's own work need room for the database once more.
const TIMES_THE_DATABASE: u64 = 2;
const MB: u64 = 1024 * 1024;

/// How bad something is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// It is as it should be.
    Fine,
    /// It works, and something will go wrong.
    Doubtful,
    /// It does not work.
    Wrong,
}

/// Something that was looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// How bad it is.
    pub severity: Severity,
    /// What was looked at.
    pub what: &'static str,
    /// What was found, and what to do.
    pub said: String,
}

impl Finding {
    /// Whether it is not as it should be.
    pub fn is_doubtful(&self) -> bool {
        self.severity > Severity::Fine
    }
}

fn finding(severity: Severity, what: &'static str, said: impl Into<String>) -> Finding {
    Finding { severity, what, said: said.into() }
}

fn fine(what: &'static str, said: impl Into<String>) -> Finding {
    finding(Severity::Fine, what, said)
}

fn doubtful(what: &'static str, said: impl Into<String>) -> Finding {
    finding(Severity::Doubtful, what, said)
}

fn wrong(what: &'static str, said: impl Into<String>) -> Finding {
    finding(Severity::Wrong, what, said)
}

/// Looks at everything, and prints what was found. An error if something is wrong.
pub async fn check(settings: &Settings, file: &SettingsFile) -> Result<(), String> {
    let mut found = vec![of_file(file), of_site(settings)];
    found.extend(of_folder(settings));
    found.extend([of_space(settings), of_clock(&settings.data_dir, SystemTime::now())]);
    found.push(of_server(settings).await);
    found.extend(of_proxies(settings));
    found.push(of_public_url(settings).await);
    found.push(of_mail(settings).await);
    found.push(of_mailbox(settings).await);
    found.push(of_work_accounts(settings));
    for Finding { severity, what, said } in &found {
        let mark = match severity {
            Severity::Fine => "fine",
            Severity::Doubtful => "doubtful",
            Severity::Wrong => "WRONG",
        };
        println!("{mark:<9} {what:<14} {said}");
    }
    let count = |severity| found.iter().filter(|finding| finding.severity == severity).count();
    match (count(Severity::Wrong), count(Severity::Doubtful)) {
        (0, 0) => Ok(()),
        (0, doubtful) => {
            eprintln!("No errors. To check: {doubtful}.");
            Ok(())
        }
        (wrong, _) => Err(format!("Errors: {wrong}. Nothing was changed.")),
    }
}

fn of_file(file: &SettingsFile) -> Finding {
    const WHAT: &str = "settings";
    let Some(path) = file.path() else {
        return fine(WHAT, "no file: options and environment variables only");
    };
    let at = path.display();
    // The group may be the server's.
    let is_open = std::fs::metadata(path).is_ok_and(|data| data.permissions().mode() & 0o007 != 0);
    if is_open && file.has_secrets() {
        return wrong(
            WHAT,
            format!(
                "{at} holds a password, and everyone on this machine can read it. Run: chmod 640 {at}"
            ),
        );
    }
    fine(WHAT, format!("{at}, {} values", file.len()))
}

fn of_site(settings: &Settings) -> Finding {
    const WHAT: &str = "site";
    let site = ServedSite::read(&settings.site).map_err(|fault| fault.to_string());
    match site.and_then(|site| municipality_of(&site)) {
        Ok(municipality) => fine(WHAT, format!("{municipality}, in {}", settings.site.display())),
        Err(fault) => wrong(WHAT, format!("{}: {fault}", settings.site.display())),
    }
}

fn of_folder(settings: &Settings) -> Vec<Finding> {
    const WHAT: &str = "data folder";
    let dir = &settings.data_dir;
    let at = dir.display();
    let Ok(data) = std::fs::metadata(dir) else {
        return vec![doubtful(WHAT, format!("{at} does not exist; the first start creates it"))];
    };
    let mut found = Vec::new();
    let user = rustix::process::geteuid().as_raw();
    if data.uid() != user {
        found.push(doubtful(WHAT, format!("{at} belongs to user {}, and this was run by user {user}: run it as the server’s user", data.uid())));
    }
    let is_private = [dir.clone(), dir.join(DATABASE_FILE)];
    let open = open_to_others(is_private).into_iter().chain(readable_by_others(&dir.join("keys")));
    found.extend(open.map(|path| wrong(WHAT, warning(&path))));
    let keys = dir.join("keys");
    match (entries(&keys).is_empty(), settings.has_database()) {
        (true, false) => found.push(doubtful("keys", "none yet; the first start creates them")),
        _ => match Keys::existing(&keys) {
            Ok(keys) => found.push(fine("keys", format!("{} keys", keys.files().count()))),
            Err(fault) => found.push(wrong("keys", fault.to_string())),
        },
    }
    if let Err(fault) = settings.makes_no_database_beside_keys() {
        found.push(wrong("database", fault));
    }
    if found.iter().all(|finding| finding.what != WHAT) {
        found.insert(0, fine(WHAT, at.to_string()));
    }
    found
}

fn of_space(settings: &Settings) -> Finding {
    const WHAT: &str = "space";
    let dir = &settings.data_dir;
    let Some(free) = free_bytes(dir) else {
        return doubtful(WHAT, format!("{}: the free space is not known", dir.display()));
    };
    let database = std::fs::metadata(dir.join(DATABASE_FILE)).map_or(0, |data| data.len());
    let (free_mb, least_mb) = (free / MB, settings.least_free_bytes / MB);
    if free < settings.least_free_bytes {
        return wrong(
            WHAT,
            format!(
                "{free_mb} MB free, less than {least_mb} MB (least_free_mb): free up space, or the server will soon receive nothing"
            ),
        );
    }
    if free < database.saturating_mul(TIMES_THE_DATABASE) {
        return doubtful(
            WHAT,
            format!(
                "{free_mb} MB free, less than twice the database ({} MB): a backup on this disk may not fit",
                database / MB
            ),
        );
    }
    fine(WHAT, format!("{free_mb} MB free"))
}

/// A clock that is behind the files of the server was set back; retention and sign-ins rely on it.
fn of_clock(data_dir: &Path, now: SystemTime) -> Finding {
    const WHAT: &str = "clock";
    let times = entries(data_dir).into_iter().filter_map(|path| {
        let ahead = std::fs::metadata(&path).ok()?.modified().ok()?.duration_since(now).ok()?;
        (ahead > AHEAD_MAX).then_some((path, ahead))
    });
    match times.max_by_key(|(_, ahead)| *ahead) {
        Some((path, ahead)) => wrong(
            WHAT,
            format!(
                "{} has a time in the future, by {} min: the clock was set back, or was ahead. Set it by NTP (timedatectl set-ntp true)",
                path.display(),
                ahead.as_secs() / 60
            ),
        ),
        None => {
            let ms = now.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_millis();
            fine(WHAT, vault::iso(u64::try_from(ms).unwrap_or(u64::MAX)))
        }
    }
}

async fn of_server(settings: &Settings) -> Finding {
    const WHAT: &str = "server";
    let url = settings.local_url("/ready");
    match ask(&url).await {
        Err(_) => {
            doubtful(WHAT, format!("no server answers at {url}, so the database was not checked"))
        }
        Ok(answer) if answer.status == 200 => fine(WHAT, format!("ready, at {url}")),
        Ok(answer) => {
            let report: serde_json::Value =
                serde_json::from_slice(&answer.body).unwrap_or_default();
            wrong(WHAT, format!("not ready, at {url}: {}", report["checks"]))
        }
    }
}

/// What is doubtful about proxies, by the settings alone. Also said at a start.
pub fn of_proxies(settings: &Settings) -> Vec<Finding> {
    const WHAT: &str = "proxy";
    let is_https = is_https(settings);
    let is_here = settings.bind.is_loopback();
    match (settings.trusted_proxies.is_empty(), is_https || is_here) {
        (true, true) if is_https => vec![doubtful(
            WHAT,
            "no trusted_proxies, and the public address is HTTPS: everyone behind the proxy counts as one sender, and browsers are not told to stay on HTTPS. Give the address that the proxy connects from: trusted_proxies = [\"127.0.0.1\"]",
        )],
        (true, true) => vec![fine(WHAT, "none; only this machine reaches the server")],
        (true, false) => vec![doubtful(
            WHAT,
            format!(
                "none, and the server listens on {}: what people send is not encrypted on the way, and browsers allow no offline use. Put a proxy with TLS in front",
                settings.bind
            ),
        )],
        (false, _) => vec![fine(WHAT, "trusted_proxies is set")],
    }
}

fn is_https(settings: &Settings) -> bool {
    settings.mail.public_url.as_ref().is_some_and(|url| url.starts_with("https://"))
}

/// Asks the public address as a browser would.
async fn of_public_url(settings: &Settings) -> Finding {
    const WHAT: &str = "public address";
    let Some(url) = &settings.mail.public_url else {
        return doubtful(
            WHAT,
            "not set, so it was not checked. Replies by email and work accounts need it: public_url = \"https://HOST\"",
        );
    };
    let url = url.trim_end_matches('/');
    match ask(&format!("{url}/api/ping")).await {
        Err(fault) => wrong(
            WHAT,
            format!(
                "{url} does not answer: {fault}. Check its name (DNS), its certificate, and the proxy"
            ),
        ),
        Ok(answer) => judged(url, is_https(settings), settings.strict_transport, &answer),
    }
}

fn judged(
    url: &str,
    is_https: bool,
    strict_transport: StrictTransport,
    answer: &OutsideAnswer,
) -> Finding {
    const WHAT: &str = "public address";
    if answer.status != 200 || answer.body != crate::api::PING.as_bytes() {
        return wrong(
            WHAT,
            format!(
                "{url} answers {}, but not as this server does. Check where the proxy sends requests",
                answer.status
            ),
        );
    }
    if !is_https {
        return doubtful(
            WHAT,
            format!(
                "{url} is not HTTPS: browsers allow no offline use, and others on the network can read what is sent"
            ),
        );
    }
    if strict_transport == StrictTransport::Off {
        return fine(
            WHAT,
            format!(
                "{url} answers by HTTPS. Whether the headers of the proxy are trusted cannot be seen, because strict_transport is off"
            ),
        );
    }
    if !answer.has_strict_transport {
        return doubtful(
            WHAT,
            format!(
                "{url} answers, without Strict-Transport-Security: the proxy does not send X-Forwarded-Proto, or is not among trusted_proxies"
            ),
        );
    }
    fine(WHAT, format!("{url} answers by HTTPS, and the headers of the proxy are trusted"))
}

async fn of_mail(settings: &Settings) -> Finding {
    const WHAT: &str = "email";
    match settings.mail.mailer() {
        Err(fault) => wrong(WHAT, fault),
        Ok(None) => {
            fine(WHAT, "off: replies are printed, given by phone or read on the status page")
        }
        Ok(Some(mailer)) => match mailer.try_connection().await {
            Ok(()) => fine(WHAT, "the mail server accepts connections. No message was sent"),
            Err(fault) => wrong(
                WHAT,
                format!(
                    "the mail server cannot be used: {fault}. Check SMTP_URL, and whether this machine may connect to it"
                ),
            ),
        },
    }
}

async fn of_mailbox(settings: &Settings) -> Finding {
    const WHAT: &str = "mailbox";
    match settings.mailbox.mailbox(settings.mail.from.as_deref()) {
        Err(fault) => wrong(WHAT, fault),
        Ok(None) => fine(WHAT, "off: incoming email is not read"),
        Ok(Some(mailbox)) => match try_mailbox(&mailbox).await {
            Ok(waiting) => fine(WHAT, format!("signed in; {waiting} messages wait")),
            Err(fault) => wrong(
                WHAT,
                format!(
                    "the mailbox cannot be read: {fault}. Check IMAP_URL, and whether this machine may connect to it"
                ),
            ),
        },
    }
}

fn of_work_accounts(settings: &Settings) -> Finding {
    const WHAT: &str = "work accounts";
    match settings.oidc.provider(settings.mail.public_url.as_deref()) {
        Err(fault) => wrong(WHAT, fault),
        Ok(None) => fine(WHAT, "off"),
        Ok(Some(_)) => fine(WHAT, "on; the provider is not asked before the first sign-in"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_public_address_is_judged_by_what_it_answers() {
        let answer = |status, body: &str, has_strict_transport| OutsideAnswer {
            status,
            body: body.into(),
            has_strict_transport,
        };
        let check = |is_https, answer: OutsideAnswer, expected: Severity, said: &str| {
            let found = judged("https://hub.example.org", is_https, StrictTransport::Host, &answer);
            assert!(found.severity == expected && found.said.contains(said), "{found:?}");
        };
        let ping = crate::api::PING;
        check(true, answer(200, ping, true), Severity::Fine, "are trusted");
        check(true, answer(200, ping, false), Severity::Doubtful, "X-Forwarded-Proto");
        check(false, answer(200, ping, false), Severity::Doubtful, "is not HTTPS");
        check(true, answer(200, "Welcome to nginx", true), Severity::Wrong, "not as this server");
        check(true, answer(502, "", false), Severity::Wrong, "answers 502");
    }

    #[test]
    fn a_clock_that_was_set_back_is_noticed() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("hub.sqlite"), "").unwrap();
        let now = SystemTime::now();
        assert_eq!(of_clock(dir.path(), now).severity, Severity::Fine);
        let before = now - Duration::from_secs(86_400);
        let found = of_clock(dir.path(), before);
        assert!(
            found.severity == Severity::Wrong && found.said.contains("1439 min:")
                || found.said.contains("1440 min:"),
            "{found:?}"
        );
    }
}
