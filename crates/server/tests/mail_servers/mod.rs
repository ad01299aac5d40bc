//! Dovecot (IMAP over TLS) and Exim (SMTP) for the tests, as plain processes in a temporary folder.
//! Exim puts what it accepts into the folders that Dovecot reads, and sends real bounces.

use aws_lc_rs::hmac;
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// Long enough, in seconds, for a slow machine that is busy with other tests.
const WAIT_S_MAX: u64 = 60;
/// The key with which tokens are signed.
const TOKEN_KEY: &[u8] = b"a key that only the provider has";
/// The password of every mailbox.
pub(crate) const PASSWORD: &str = "a p@ss\"word\\";

pub(crate) struct MailServers {
    dir: tempfile::TempDir,
    servers: Vec<Child>,
    imap_port: u16,
    smtp_port: u16,
}

/// Who the servers run as, as a user and a group: as root not root itself, because neither server
/// delivers to root.
fn account() -> (String, String) {
    let id = |what: &str| text_of(Command::new("id").arg(what));
    if id("-u") == "0" { ("mail".into(), "mail".into()) } else { (id("-un"), id("-gn")) }
}

fn text_of(command: &mut Command) -> String {
    String::from_utf8_lossy(&command.output().unwrap().stdout).trim().to_string()
}

fn program(name: &str, package: &str) -> PathBuf {
    let folders = std::env::var("PATH").unwrap_or_default() + ":/usr/sbin:/sbin";
    let found = std::env::split_paths(&folders).map(|folder| folder.join(name));
    found.into_iter().find(|path| path.is_file()).unwrap_or_else(|| {
        panic!(
            "{name} is missing: this test runs a real mail server. `cargo xtask test` installs it as root on Debian; by hand: apt-get install {package}"
        )
    })
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

fn run(command: &mut Command) {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
}

impl MailServers {
    pub(crate) fn start() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path();
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755)).unwrap();
        for name in ["mail", "spool", "log", "run"] {
            std::fs::create_dir(path.join(name)).unwrap();
        }
        let (user, group) = account();
        run(Command::new("chown").arg("-R").arg(format!("{user}:{group}")).args([
            path.join("mail"),
            path.join("spool"),
            path.join("log"),
        ]));
        make_certificates(path);
        let (imap_port, smtp_port) = (free_port(), free_port());
        std::fs::write(path.join("dovecot.conf"), dovecot(path, imap_port, (&user, &group)))
            .unwrap();
        std::fs::write(path.join("exim.conf"), exim(path, smtp_port, (&user, &group))).unwrap();
        std::fs::write(
            path.join("users"),
            format!("hub@hub.example.org:{{PLAIN}}{PASSWORD}::::::\n"),
        )
        .unwrap();
        trust_tokens(path);
        let log = |name: &str| std::fs::File::create(path.join(name)).unwrap();
        let start = |command: &mut Command, name: &str| {
            command.stdin(Stdio::null()).stdout(log(name)).stderr(log(name)).spawn().unwrap()
        };
        let mut imap = Command::new(program("dovecot", "dovecot-imapd"));
        let mut smtp = Command::new(program("exim4", "exim4-daemon-light"));
        let servers = vec![
            start(imap.arg("-F").arg("-c").arg(path.join("dovecot.conf")), "imap.log"),
            start(smtp.arg("-C").arg(path.join("exim.conf")).arg("-bdf"), "smtp.log"),
        ];
        let servers = Self { dir, servers, imap_port, smtp_port };
        for port in [imap_port, smtp_port] {
            servers.until("a mail server answers", || {
                TcpStream::connect(("127.0.0.1", port)).is_ok().then_some(())
            });
        }
        servers
    }

    /// What the hub needs to send and to read.
    pub(crate) fn settings(&self) -> Vec<(&'static str, String)> {
        let url = format!(
            "imaps://hub%40hub.example.org:a%20p%40ss%22word%5C@localhost:{}",
            self.imap_port
        );
        vec![
            ("SMTP_URL", format!("smtp://127.0.0.1:{}", self.smtp_port)),
            ("MAIL_FROM", "Town <hub@hub.example.org>".into()),
            ("PUBLIC_URL", "https://hub.example.org".into()),
            ("IMAP_URL", url),
            ("IMAP_CA", self.dir.path().join("ca.pem").display().to_string()),
        ]
    }

    /// An OAuth 2.0 access token for the hub's mailbox, as a provider signs it (RFC 7519).
    pub(crate) fn token(&self) -> String {
        let now_s = vault::now_ms() / 1_000;
        let claims = format!(
            r#"{{"sub":"hub","email":"hub@hub.example.org","iat":{},"exp":{}}}"#,
            now_s - 60,
            now_s + 3_600
        );
        let parts = [r#"{"alg":"HS256","typ":"JWT"}"#, &claims];
        let signed = parts.map(|part| URL_SAFE_NO_PAD.encode(part)).join(".");
        let key = hmac::Key::new(hmac::HMAC_SHA256, TOKEN_KEY);
        let signature = hmac::sign(&key, signed.as_bytes());
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
    }

    /// Sends a message from a person, by SMTP.
    pub(crate) fn post(&self, from: &str, to: &str, message: &str) {
        let stream = TcpStream::connect(("127.0.0.1", self.smtp_port)).unwrap();
        let mut lines = BufReader::new(stream.try_clone().unwrap());
        let mut answer = |expected: &str| loop {
            let mut line = String::new();
            lines.read_line(&mut line).unwrap();
            assert!(line.starts_with(expected), "{line}");
            if line.as_bytes().get(3) != Some(&b'-') {
                break;
            }
        };
        let say = |line: &str| (&stream).write_all(format!("{line}\r\n").as_bytes()).unwrap();
        answer("220");
        for (line, expected) in [
            ("EHLO example.org".into(), "250"),
            (format!("MAIL FROM:<{from}>"), "250"),
            (format!("RCPT TO:<{to}>"), "250"),
            ("DATA".into(), "354"),
        ] {
            say(&line);
            answer(expected);
        }
        say(&message.replace('\n', "\r\n"));
        say(".");
        answer("250");
        say("QUIT");
    }

    /// The messages in a folder of a mailbox, oldest first.
    pub(crate) fn messages(&self, mailbox: &str, folder: &str) -> Vec<String> {
        let mut dir = self.dir.path().join("mail").join(mailbox);
        if !folder.is_empty() {
            dir.push(format!(".{folder}"));
        }
        let files =
            ["new", "cur"].into_iter().filter_map(|part| std::fs::read_dir(dir.join(part)).ok());
        let mut paths: Vec<PathBuf> = files.flatten().flatten().map(|file| file.path()).collect();
        paths.sort_by_key(|path| path.file_name().map(std::ffi::OsStr::to_os_string));
        let read = |path: PathBuf| std::fs::read(path).ok();
        let bytes = paths.into_iter().filter_map(read);
        bytes.map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).collect()
    }

    /// Waits until a folder has so many messages; returns the newest.
    pub(crate) fn until_messages(&self, mailbox: &str, folder: &str, count: usize) -> String {
        self.until(&format!("{count} messages in {mailbox}/{folder}"), || {
            let messages = self.messages(mailbox, folder);
            (messages.len() >= count).then(|| messages.last().cloned().unwrap_or_default())
        })
    }

    pub(crate) fn until<T>(&self, what: &str, look: impl Fn() -> Option<T>) -> T {
        let began = Instant::now();
        loop {
            if let Some(found) = look() {
                return found;
            }
            let logs = || {
                ["imap.log", "dovecot.log", "smtp.log", "log/mainlog", "log/paniclog"]
                    .map(|name| {
                        std::fs::read_to_string(self.dir.path().join(name)).unwrap_or_default()
                    })
                    .join("\n--\n")
            };
            assert!(began.elapsed() < Duration::from_secs(WAIT_S_MAX), "{what}: {}", logs());
            std::thread::sleep(Duration::from_millis(50));
        }
    }
}

impl Drop for MailServers {
    fn drop(&mut self) {
        for server in &mut self.servers {
            // Dovecot ends its processes when it is told to stop, and not when it is killed.
            let _ = Command::new("kill").arg(server.id().to_string()).status();
            let _ = server.wait();
        }
    }
}

/// Makes Dovecot accept the tokens of a provider.
fn trust_tokens(dir: &Path) {
    let at = dir.display();
    let keys = dir.join("tokens/default/HS256");
    std::fs::create_dir_all(&keys).unwrap();
    std::fs::write(keys.join("default"), STANDARD.encode(TOKEN_KEY)).unwrap();
    std::fs::write(
        dir.join("oauth2"),
        format!(
            "introspection_mode = local\nlocal_validation_key_dict = fs:posix:prefix={at}/tokens/\nusername_attribute = email\n"
        ),
    )
    .unwrap();
}

/// A certificate for `localhost`, and the authority that signed it.
fn make_certificates(dir: &Path) {
    let openssl =
        |arguments: &[&str]| run(Command::new("openssl").args(arguments).current_dir(dir));
    std::fs::write(dir.join("names"), "subjectAltName=DNS:localhost\nbasicConstraints=CA:FALSE\n")
        .unwrap();
    let key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];
    let ca =
        ["req", "-x509", "-days", "2", "-subj", "/CN=Test", "-keyout", "ca.key", "-out", "ca.pem"];
    openssl(&[&ca[..], &key].concat());
    let request = ["req", "-subj", "/CN=localhost", "-keyout", "server.key", "-out", "server.csr"];
    openssl(&[&request[..], &key].concat());
    openssl(&[
        "x509",
        "-req",
        "-in",
        "server.csr",
        "-CA",
        "ca.pem",
        "-CAkey",
        "ca.key",
        "-CAcreateserial",
        "-days",
        "2",
        "-extfile",
        "names",
        "-out",
        "server.pem",
    ]);
}

fn dovecot(dir: &Path, port: u16, (user, group): (&str, &str)) -> String {
    let at = dir.display();
    let is_root = user == "mail";
    let unprivileged = if is_root {
        String::new()
    } else {
        format!(
            "default_internal_user = {user}\ndefault_internal_group = {group}\ndefault_login_user = {user}\n\
             service anvil {{\n  chroot =\n}}\nservice imap-login {{\n  chroot =\n}}\n"
        )
    };
    format!(
        "base_dir = {at}/run\nstate_dir = {at}/run\nlog_path = {at}/dovecot.log\n\
         protocols = imap\nlisten = 127.0.0.1\nfirst_valid_uid = 1\nfirst_valid_gid = 1\n\
         mail_location = maildir:{at}/mail/%n\nssl = required\n\
         ssl_cert = <{at}/server.pem\nssl_key = <{at}/server.key\n\
         auth_mechanisms = plain xoauth2\n\
         passdb {{\n  driver = oauth2\n  mechanisms = xoauth2\n  args = {at}/oauth2\n}}\n\
         passdb {{\n  driver = passwd-file\n  mechanisms = plain\n  args = {at}/users\n}}\n\
         userdb {{\n  driver = static\n  args = uid={user} gid={group} home={at}/mail/%n\n}}\n\
         service imap-login {{\n  inet_listener imap {{\n    port = 0\n  }}\n  \
         inet_listener imaps {{\n    port = {port}\n    ssl = yes\n  }}\n}}\n{unprivileged}"
    )
}

fn exim(dir: &Path, port: u16, (user, group): (&str, &str)) -> String {
    let at = dir.display();
    let transport = |name: &str| {
        format!(
            "{name}_box:\n  driver = appendfile\n  maildir_format\n  directory = {at}/mail/{name}\n  \
             create_directory\n  user = {user}\n  group = {group}\n  return_path_add\n  envelope_to_add\n"
        )
    };
    format!(
        "spool_directory = {at}/spool\nlog_file_path = {at}/log/%slog\n\
         pid_file_path = {at}/exim.pid\ndaemon_smtp_ports = {port}\nlocal_interfaces = 127.0.0.1\n\
         primary_hostname = mx.example.org\nexim_user = {user}\nexim_group = {group}\n\
         acl_smtp_rcpt = accept_all\nnever_users =\nsmtp_accept_max = 0\n\
         smtp_accept_queue_per_connection = 0\nmessage_size_limit = 60M\nkeep_environment =\n\
         begin acl\naccept_all:\n  accept\n\
         begin routers\n\
         refused:\n  driver = redirect\n  local_parts = nobody\n  data = :fail: 550 5.1.1 no such user <b>here</b>\n  allow_fail\n\
         hub:\n  driver = accept\n  local_parts = hub\n  local_part_suffix = +*\n  local_part_suffix_optional\n  transport = hub_box\n\
         person:\n  driver = accept\n  transport = person_box\n\
         begin transports\n{}{}begin retry\n* * F,1h,1m\n",
        transport("hub"),
        transport("person")
    )
}
