//! Tests of the settings file, which holds for every command, and of `community-hub check`.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod hub;
#[allow(dead_code, reason = "only its address is needed")]
mod smtp;

use hub::{TestServer, sealed};
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, SystemTime};

/// A folder with a settings file, which nobody else can read.
fn file(text: &str) -> (tempfile::TempDir, String) {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("hub.toml");
    std::fs::write(&path, text).unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o640)).unwrap();
    let path = path.to_string_lossy().into_owned();
    (dir, path)
}

/// Runs the program outside of any folder, with nothing in the environment.
fn run(arguments: &[&str], environment: &[(&str, &str)]) -> (bool, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_community-hub"))
        .args(arguments)
        .env_clear()
        .envs(environment.iter().copied())
        .current_dir("/")
        .output()
        .unwrap();
    let text = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8(text).unwrap())
}

#[test]
fn one_file_holds_for_the_server_and_for_every_command() {
    let hub = TestServer::start();
    hub.send(&[&sealed("Hello", &hub.keys(), 1)]);
    let (dir, path) = file(&format!("site = \"{}\"\ndata_dir = \"{}\"\n", hub.site(), hub.data()));
    let backup = dir.path().join("backup").to_string_lossy().into_owned();
    for command in [
        &["export", "inquiries", "--reason", "a test"][..],
        &["keys", "list"],
        &["audit", "verify"],
        &["backup", "--to", &backup],
        &["staff", "list"],
        &["retention", "--dry-run"],
    ] {
        let (is_done, said) = run(&[&["--settings", &path], command].concat(), &[]);
        assert!(is_done, "{command:?}: {said}");
        let (is_done, said) = run(&[command, &["--settings", &path]].concat(), &[]);
        assert!(is_done || command[0] == "backup", "{command:?} with the file at its end: {said}");
    }
    let (is_done, said) = run(&["audit", "verify"], &[("HUB_SETTINGS", &path)]);
    assert!(is_done, "{said}");
    let (site, data) = (hub.site(), hub.data());
    let folders = ["audit", "verify", "--site", &site, "--data-dir", &data];
    let (is_done, said) = run(&folders, &[("HUB_SETTINGS", "")]);
    assert!(is_done, "an empty variable is none: {said}");
    let (is_done, said) =
        run(&["audit", "verify", "--data-dir", "/none", "--settings", &path], &[]);
    assert!(!is_done && said.contains("/none holds no database"), "{said}");
}

#[test]
fn the_environment_goes_over_the_file_and_an_option_over_both() {
    let (_dir, path) = file(&format!("least_free_mb = {}\n", 1_u64 << 40));
    let space = |environment: Vec<(&'static str, String)>, options: &'static [&'static str]| {
        let hub = TestServer::start_as(environment, options);
        hub.until_ready_says("inbox", "read");
        hub.ready("space").1
    };
    let of_file = || ("HUB_SETTINGS", path.clone());
    assert_eq!(space(vec![of_file()], &[]), "short");
    assert_eq!(space(vec![of_file(), ("LEAST_FREE_MB", "1".into())], &[]), "enough");
    // Systemd and containers often set variables to nothing: they count as not set.
    let empty = [
        "LEAST_FREE_MB",
        "ACCESS_LOG",
        "CONNECTIONS",
        "CONNECTIONS_OF_SHARE",
        "METRICS",
        "TRUSTED_PROXIES",
        "BUDGET",
        "MAIL_FROM",
        "PUBLIC_URL",
        "SECOND_FACTOR",
        "RETENTION",
        "BACKUP_TO",
    ];
    let environment = empty.map(|name| (name, String::new()));
    assert_eq!(space([&[of_file()][..], &environment].concat(), &[]), "enough");
    let much = || ("LEAST_FREE_MB", (1_u64 << 40).to_string());
    assert_eq!(space(vec![of_file(), much()], &["--least-free-mb", "1"]), "enough");
}

#[test]
fn a_secret_in_the_file_is_used_and_never_shown() {
    let hub = TestServer::start();
    let (_dir, path) = file(&format!(
        "site = \"{}\"\ndata_dir = \"{}\"\ndatabase_url = \"postgres://hub:hunter2@127.0.0.1:1/hub\"\n",
        hub.site(),
        hub.data()
    ));
    let (is_done, said) = run(&["audit", "list", "--settings", &path], &[]);
    assert!(
        !is_done && said.contains("no database is there"),
        "the one in SQLite was used: {said}"
    );
    assert!(!said.contains("hunter2"), "{said}");
    // An empty variable switches it off.
    let (is_done, said) = run(&["audit", "list", "--settings", &path], &[("DATABASE_URL", "")]);
    assert!(is_done, "{said}");
}

#[test]
fn a_file_that_is_wrong_stops_every_command_and_says_where() {
    let check = |text: &str, expected: &str| {
        let (_dir, path) = file(text);
        for command in [&["serve"][..], &["audit", "list"], &["check"]] {
            let (is_done, said) = run(&[command, &["--settings", &path]].concat(), &[]);
            assert!(!is_done && said.contains(expected), "{command:?}: {said}");
            assert!(said.contains(&path) && said.contains("Nothing was done"), "{said}");
            assert!(!said.contains("hunter2"), "{said}");
        }
    };
    check("prot = 8080\n", "there is no such setting. Known are access_log,");
    check("port = 99999\n", "port: invalid value '99999'");
    check("port = 1\nsmtp_url = \"smtps://u:hunter2@h\nbind = 2\n", "line 2: ");
    let (is_done, said) = run(&["audit", "list", "--settings", "/none.toml"], &[]);
    assert!(!is_done && said.contains("/none.toml cannot be read"), "{said}");
    let (is_done, said) = run(&["--settings", "/none.toml", "completions", "bash"], &[]);
    assert!(is_done, "it is about the program alone: {said}");
}

#[test]
fn a_backup_has_the_settings_sealed_and_a_restore_opens_them() {
    let hub = TestServer::start();
    let text = format!(
        "site = \"{}\"\ndata_dir = \"{}\"\nsmtp_url = \"smtps://u:hunter2@h\"\n",
        hub.site(),
        hub.data()
    );
    let (dir, path) = file(&text);
    let backup = dir.path().join("backup").to_string_lossy().into_owned();
    let (is_done, said) = run(&["backup", "--to", &backup, "--settings", &path], &[]);
    assert!(is_done, "{said}");
    for entry in std::fs::read_dir(&backup).unwrap().flatten() {
        let bytes = std::fs::read(entry.path()).unwrap();
        let shows = bytes.windows(7).any(|part| part == b"hunter2");
        assert!(!shows, "{} shows the password", entry.path().display());
    }
    let (data, words) = (dir.path().join("data"), format!("{}/backup-words", hub.data()));
    let to = data.to_string_lossy().into_owned();
    let line =
        ["restore", "--from", &backup, "--data-dir", &to, "--words", &words, "--reason", "x"];
    let (is_done, said) = run(&line, &[]);
    assert!(is_done && said.contains("hub.toml"), "{said}");
    assert_eq!(std::fs::read_to_string(data.join("hub.toml")).unwrap(), text);
    let mode = std::fs::metadata(data.join("hub.toml")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

/// The line about something in what `check` printed.
fn line<'a>(said: &'a str, what: &str) -> &'a str {
    let is_about = |line: &&str| line.get(10..).is_some_and(|rest| rest.starts_with(what));
    said.lines().find(is_about).unwrap_or_else(|| panic!("nothing about {what}: {said}"))
}

/// Runs `check` with a file for a hub, and lines beside those about its folders.
fn check(hub: &TestServer, lines: &str) -> (bool, String) {
    let text = format!(
        "site = \"{}\"\ndata_dir = \"{}\"\nport = {}\n{lines}",
        hub.site(),
        hub.data(),
        hub.port()
    );
    let (_dir, path) = file(&text);
    run(&["check", "--settings", &path], &[])
}

#[test]
fn what_is_fine_is_said_and_nothing_is_changed() {
    let hub = TestServer::start();
    hub.until_ready_says("pages", "whole");
    let mail = smtp::MailServer::start(&[]);
    let lines = format!(
        "public_url = \"http://localhost:{}\"\nmail_from = \"office@example.org\"\nsmtp_url = \"{}\"\n",
        hub.port(),
        mail.url()
    );
    let (is_done, said) = check(&hub, &lines);
    assert!(is_done, "{said}");
    let of = ["settings", "site", "data folder", "keys", "space", "clock", "server", "proxy"];
    for what in of.into_iter().chain(["email", "work accounts"]) {
        assert!(line(&said, what).starts_with("fine"), "{said}");
    }
    assert!(line(&said, "public address").contains("is not HTTPS"), "{said}");
}

#[test]
fn what_is_wrong_is_named_with_what_to_do() {
    let mut hub = TestServer::start();
    hub.until_ready_says("pages", "whole");
    let check_line = |hub: &TestServer, lines: &str, what: &str, expected: &str| {
        let (is_done, said) = check(hub, lines);
        let found = line(&said, what);
        assert!(!found.starts_with("fine") && found.contains(expected), "{said}");
        assert_eq!(is_done, !found.starts_with("WRONG"), "{said}");
        assert!(!said.contains("hunter2"), "{said}");
    };
    let https = "public_url = \"https://localhost:1\"\n";
    let (_, said) = check(&hub, https);
    assert!(line(&said, "public address").contains("does not answer"), "{said}");
    assert!(line(&said, "proxy").contains("counts as one sender"), "{said}");
    check_line(&hub, "bind = \"0.0.0.0\"\n", "proxy", "not encrypted on the way");
    check_line(&hub, &format!("least_free_mb = {}\n", 1_u64 << 40), "space", "free up space");
    check_line(
        &hub,
        "oidc_issuer = \"https://login.example.org\"\n",
        "work accounts",
        "OIDC_CLIENT",
    );
    let mail = "public_url = \"http://localhost:1\"\nmail_from = \"o@example.org\"\nsmtp_url = \"smtp://u:hunter2@127.0.0.1:1\"\n";
    let (is_done, said) = check(&hub, mail);
    assert!(!is_done && line(&said, "email").contains("cannot be used"), "{said}");
    let (data, keys) = (PathBuf::from(hub.data()), PathBuf::from(hub.data()).join("keys"));
    std::fs::set_permissions(&data, std::fs::Permissions::from_mode(0o755)).unwrap();
    check_line(&hub, "", "data folder", "chmod 700");
    std::fs::set_permissions(&data, std::fs::Permissions::from_mode(0o700)).unwrap();
    let later = SystemTime::now() + Duration::from_secs(3 * 86_400);
    let ahead = std::fs::File::create(data.join("ahead")).unwrap();
    ahead.set_modified(later).unwrap();
    check_line(&hub, "", "clock", "was set back");
    std::fs::remove_file(data.join("ahead")).unwrap();
    let away = data.with_extension("away");
    std::fs::rename(&keys, &away).unwrap();
    hub.until_ready_says("keys", "missing");
    check_line(&hub, "", "server", "\"keys\":\"missing\"");
    check_line(&hub, "", "keys", "keys");
    std::fs::rename(&away, &keys).unwrap();
    hub.stop();
    check_line(&hub, "", "server", "no server answers");
}

#[test]
fn a_password_that_everybody_can_read_is_named() {
    let hub = TestServer::start();
    let text = format!("data_dir = \"{}\"\nsmtp_url = \"smtp://h:25\"\n", hub.data());
    let (_dir, path) = file(&text);
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
    let (is_done, said) = run(&["check", "--settings", &path], &[]);
    assert!(!is_done && line(&said, "settings").contains("chmod 640"), "{said}");
}

#[test]
fn a_proxy_that_is_not_named_is_said_at_the_start() {
    let url = ("PUBLIC_URL", "https://hub.example.org".to_string());
    let hub = TestServer::start_in(vec![url.clone()]);
    assert!(hub.log().contains("everyone behind the proxy counts as one sender"), "{}", hub.log());
    let hub = TestServer::start_in(vec![url, ("TRUSTED_PROXIES", "127.0.0.1".into())]);
    assert!(!hub.log().contains("counts as one sender"), "{}", hub.log());
}

#[test]
fn search_engines_get_full_addresses_where_the_public_one_is_known() {
    let address = ("PUBLIC_URL", "https://hub.example.org/".to_string());
    let hub = TestServer::start_as(vec![address], &[]);
    let robots = hub.get("/robots.txt").text();
    assert!(robots.contains("Sitemap: https://hub.example.org/sitemap.xml\n"), "{robots}");
    let sitemap = hub.get("/sitemap.xml");
    assert_eq!(sitemap.header("content-type"), "application/xml");
    assert!(sitemap.text().contains("<loc>https://hub.example.org/services/boat-permit</loc>"));
    let again =
        hub.get_with("/sitemap.xml", &format!("if-none-match: {}\r\n", sitemap.header("etag")));
    assert_eq!(again.status, 304);
    let unnamed = TestServer::start();
    assert_eq!(unnamed.get("/sitemap.xml").status, 404);
    let robots = unnamed.get("/robots.txt").text();
    assert!(robots.contains("Disallow: /office\n") && !robots.contains("Sitemap"), "{robots}");
}
