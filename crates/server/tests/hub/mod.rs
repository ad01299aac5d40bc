//! Starts the program and sends it plain HTTP requests.

#![allow(dead_code, reason = "each test file uses only a part of it")]

use domain::submission::{Content, PublicKeys, Verdicts};
use domain::{Language, MunicipalityId};
use offline::sealing::{Address, Sealed, seal};
use sqlx::{Connection, SqliteConnection};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

pub(crate) struct TestServer {
    dir: Arc<tempfile::TempDir>,
    /// Addresses of PostgreSQL; `None` for SQLite in the folder.
    database: Option<String>,
    /// Environment variables beside the database: a mail server, a work account provider.
    environment: Vec<(&'static str, String)>,
    child: Child,
    pub(crate) port: u16,
    /// The program's output after its address. The pipe stays open, because a program must not
    /// print to a closed one.
    said: BufReader<ChildStdout>,
    /// Options of `serve` beside the folders.
    options: &'static [&'static str],
}

#[derive(Debug)]
pub(crate) struct HttpReply {
    pub(crate) status: u16,
    pub(crate) body: Vec<u8>,
}

pub(crate) struct HttpPage {
    pub(crate) status: u16,
    head: String,
    body: Vec<u8>,
}

impl HttpPage {
    pub(crate) fn header(&self, name: &str) -> String {
        let line =
            self.head.lines().find(|line| line.to_lowercase().starts_with(&format!("{name}:")));
        line.and_then(|line| line.split_once(": "))
            .map(|(_, value)| value.trim().to_string())
            .unwrap_or_default()
    }

    /// All headers with lowercase names, sorted by name.
    pub(crate) fn headers(&self) -> Vec<(String, String)> {
        let lines = self.head.lines().skip(1).filter_map(|line| line.split_once(": "));
        let mut headers: Vec<(String, String)> =
            lines.map(|(name, value)| (name.to_lowercase(), value.trim().to_string())).collect();
        headers.sort();
        headers
    }

    pub(crate) fn body(&self) -> &[u8] {
        &self.body
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

/// The public address that the operator sets.
pub(crate) const PUBLIC_URL: &str = "https://hub.example.org";
/// The test municipality's response times.
const OFFICE: &str = r#"{"hub":"town-hall","department":"Harbour Office","first_reply":{"working_hours":16,"note":{"en":"Two days."},"source":{"verified":false}},
"resolution":{"working_hours":80,"note":{"en":"Ten days."},"source":{"verified":false}},"department_hours":[{"department":"Recreation","hub":"boat-house"}]}"#;

/// A frame of pages, as the publisher makes it from `index.html`.
const FRAME: &str = "<!doctype html><html lang=\"en\"><head>\
<title>{hub-title}</title><meta name=\"description\" content=\"{hub-description}\">{hub-head}\
<meta name=\"hub-catalogue\" content=\"/catalogue-0123456789abcdef.bin\">\
<meta name=\"hub-version\" content=\"test\"><script type=\"module\" src=\"/boot.js\"></script></head>\
<body><div id=\"shell\">{hub-body}</div></body></html>";

fn site(dir: &std::path::Path) {
    site_with(dir, &[]);
}

/// A hash as a site's list has it.
#[allow(dead_code, reason = "not every test file makes a site of its own")]
pub(crate) fn hash_of(bytes: &[u8]) -> String {
    use base64::Engine;
    use sha2::Digest;
    base64::engine::general_purpose::STANDARD.encode(sha2::Sha256::digest(bytes))
}

fn site_with(dir: &std::path::Path, more: &[(&'static str, &str)]) {
    let project = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    site_of(dir, &project.join("tests/municipalities/pine-harbour"), more);
}

fn site_of(dir: &std::path::Path, town: &std::path::Path, more: &[(&'static str, &str)]) {
    let (file, whole) = domain_catalogue(town);
    let files: [(&str, Vec<u8>); 10] = [
        ("/index.html", b"<head><title>hub</title></head>\n<body>\n<p>english page".to_vec()),
        ("/fr/index.html", "<p>page en français".into()),
        ("/pages/services/boat-permit.html", b"<body><h1>Boat permit</h1>".to_vec()),
        ("/sitemap.xml", b"<loc>{hub-origin}/services/boat-permit</loc>".to_vec()),
        ("/robots.txt", b"Disallow: /office\nSitemap: {hub-origin}/sitemap.xml\n".to_vec()),
        ("/app-0123456789abcdef_bg.wasm", vec![0; 100]),
        ("/catalogue-0123456789abcdef.bin", file),
        ("/whole.json", whole),
        ("/office.json", OFFICE.into()),
        (
            "/sw.js",
            format!(
                "const CACHE = \"app-1\";\nconst FILES = [[\"/index.html\",\"{:0>30}\"]];\n",
                "/index.html".len()
            )
            .into(),
        ),
    ];
    std::fs::create_dir_all(dir.join("fr")).unwrap();
    std::fs::create_dir_all(dir.join("pages/services")).unwrap();
    let mut rows = Vec::new();
    let more = more.iter().map(|(path, text)| (*path, text.as_bytes().to_vec()));
    for (path, bytes) in files.into_iter().chain(more) {
        let is_wasm = path.ends_with(".wasm");
        std::fs::write(dir.join(&path[1..]), &bytes).unwrap();
        if is_wasm {
            std::fs::write(dir.join(format!("{}.br", &path[1..])), b"packed").unwrap();
        }
        let br = if is_wasm { "6" } else { "null" };
        let sha256 = if is_wasm { hash_of(&bytes) } else { format!("{:0>30}", path.len()) };
        rows.push(format!(
            r#"{{"path":"{path}","bytes":{},"br":{br},"gz":null,"sha256":"{sha256}","precached":true,"immutable":{is_wasm}}}"#,
            bytes.len(),
        ));
    }
    std::fs::write(
        dir.join("sources.json"),
        r#"{"services/dog-licence":"https://www.example.org/dogs?a=1"}"#,
    )
    .unwrap();
    std::fs::write(
        dir.join("site.json"),
        format!(r#"{{"version":"test","files":[{}]}}"#, rows.join(",")),
    )
    .unwrap();
}

/// Gives each English text of a file of the test municipality a French one, which ends in "(fr)".
fn speak_french(file: &std::path::Path) {
    let text = std::fs::read_to_string(file).unwrap();
    let text = text.replace("[\"en\"]", "[\"en\", \"fr\"]");
    let line = |line: &str| match line.split_once(".en = \"") {
        Some((name, text)) => {
            format!("{line}\n{name}.fr = \"{} (fr)\"", text.trim_end_matches('"'))
        }
        None if line.contains("{ en = \"") => {
            line.replace("{ en = \"", "{ fr = \"Choix (fr)\", en = \"")
        }
        None => line.into(),
    };
    let lines: Vec<String> = text.lines().map(line).collect();
    std::fs::write(file, lines.join("\n")).unwrap();
}

/// The service directory in the format for devices, and complete for the server's search.
fn domain_catalogue(town: &std::path::Path) -> (Vec<u8>, Vec<u8>) {
    let (catalogue, words) = publish::check_dir(town).unwrap_or_else(|faults| panic!("{faults:?}"));
    let index = finder::index_of(&catalogue, &words.thesaurus);
    let whole = finder::Whole { catalogue: catalogue.file().clone(), words };
    (catalogue.to_bundle(&index).unwrap(), serde_json::to_vec(&whole).unwrap())
}

fn program(database: Option<&str>) -> Command {
    with_database(Command::new(env!("CARGO_BIN_EXE_community-hub")), database)
}

fn with_database(mut command: Command, database: Option<&str>) -> Command {
    let of_oidc = ["OIDC_ISSUER", "OIDC_CLIENT_ID", "OIDC_CLIENT_SECRET", "OIDC_LOGIN_CLAIM"];
    let of_mailbox =
        ["IMAP_URL", "IMAP_TOKEN_COMMAND", "IMAP_TOKEN_FILE", "IMAP_ADDRESS", "IMAP_CA"];
    let of_limits = [
        "TRUSTED_PROXIES",
        "BUDGET",
        "CONNECTIONS",
        "CONNECTIONS_OF_SHARE",
        "METRICS",
        "STRICT_TRANSPORT",
        "MOVE_TO",
        "HUB_SETTINGS",
    ];
    for name in
        ["DATABASE_URL", "SMTP_URL", "MAIL_FROM", "PUBLIC_URL", "RETENTION", "LEAST_FREE_MB"]
            .into_iter()
            .chain(of_oidc)
            .chain(of_mailbox)
            .chain(of_limits)
    {
        command.env_remove(name);
    }
    command.envs(database.map(|url| ("DATABASE_URL", url)));
    // A code of the second factor is required only in the tests about it.
    command.env("SECOND_FACTOR", "off");
    // As in packaging/community-hub.service. Figures of memory then do not depend on what happened
    // to be freed, and by which thread.
    command.env("MALLOC_MMAP_THRESHOLD_", "131072").env("MALLOC_ARENA_MAX", "2");
    command
}

fn spawn(
    dir: &std::path::Path,
    database: Option<&str>,
    environment: &[(&str, String)],
    options: &[&str],
) -> (Child, u16, BufReader<ChildStdout>) {
    let mut command = program(database);
    command.envs(environment.iter().map(|(name, value)| (name, value)));
    spawn_by(command, dir, options)
}

fn spawn_by(
    mut command: Command,
    dir: &std::path::Path,
    options: &[&str],
) -> (Child, u16, BufReader<ChildStdout>) {
    let log = std::fs::File::options().create(true).append(true).open(dir.join("log")).unwrap();
    command.stderr(log);
    spawn_logging(command, dir, options)
}

/// Starts a server whose standard error is already set.
fn spawn_logging(
    mut command: Command,
    dir: &std::path::Path,
    options: &[&str],
) -> (Child, u16, BufReader<ChildStdout>) {
    command
        .args(["serve", "--port", "0", "--site"])
        .arg(dir.join("site"))
        .arg("--data-dir")
        .arg(dir.join("data"))
        .args(options);
    let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
    let mut line = String::new();
    let mut said = BufReader::new(child.stdout.take().unwrap());
    said.read_line(&mut line).unwrap();
    let port =
        line.trim().rsplit(':').next().and_then(|port| port.parse().ok()).unwrap_or_else(|| {
            panic!("{line}{}", std::fs::read_to_string(dir.join("log")).unwrap_or_default())
        });
    (child, port, said)
}

impl TestServer {
    pub(crate) fn start() -> Self {
        Self::start_on(None)
    }

    /// With PostgreSQL, or with SQLite.
    pub(crate) fn start_on(database: Option<String>) -> Self {
        Self::begin(database, Vec::new(), &[], |_| ())
    }

    /// With a mail server for replies.
    pub(crate) fn start_mailing(database: Option<String>, smtp_url: String) -> Self {
        let mail = [
            ("SMTP_URL", smtp_url),
            ("MAIL_FROM", "office@hub.example.org".into()),
            ("PUBLIC_URL", PUBLIC_URL.into()),
        ];
        Self::begin(database, mail.into(), &[], |_| ())
    }

    /// With environment variables.
    pub(crate) fn start_in(environment: Vec<(&'static str, String)>) -> Self {
        Self::begin(None, environment, &[], |_| ())
    }

    /// With environment variables and options.
    pub(crate) fn start_as(
        environment: Vec<(&'static str, String)>,
        options: &'static [&'static str],
    ) -> Self {
        Self::begin(None, environment, options, |_| ())
    }

    /// With options, and a data folder that is prepared before the start.
    pub(crate) fn start_with(
        options: &'static [&'static str],
        prepare: impl FnOnce(&std::path::Path),
    ) -> Self {
        Self::begin(None, Vec::new(), options, prepare)
    }

    /// With a database, and a data folder that is prepared before the start.
    pub(crate) fn start_on_with(database: String, prepare: impl FnOnce(&std::path::Path)) -> Self {
        Self::begin(Some(database), Vec::new(), &[], prepare)
    }

    /// With the frame by which pages are written for requests.
    pub(crate) fn start_with_pages() -> Self {
        let dir = tempfile::tempdir().unwrap();
        site_with(&dir.path().join("site"), &[("/frame.html", FRAME)]);
        let started = spawn(dir.path(), None, &[], &[]);
        Self::with_sqlite(dir, started)
    }

    /// The same where pages are in French too, with environment variables.
    pub(crate) fn start_with_french_pages(environment: Vec<(&'static str, String)>) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let project = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let town = dir.path().join("town");
        let from = project.join("tests/municipalities/pine-harbour");
        Command::new("cp").arg("-r").arg(from).arg(&town).status().unwrap();
        let files = ["municipality", "categories", "holidays", "facilities", "survey/1"];
        files.iter().for_each(|name| speak_french(&town.join(format!("{name}.toml"))));
        let frames = [("/frame.html", FRAME), ("/fr/frame.html", FRAME)];
        site_of(&dir.path().join("site"), &town, &frames);
        let (child, port, said) = spawn(dir.path(), None, &environment, &[]);
        let (dir, database) = (Arc::new(dir), None);
        Self { dir, database, environment, child, port, said, options: &[] }
    }

    /// The ids of the processes that the server has started and that run.
    pub(crate) fn started_processes(&self) -> Vec<u32> {
        let parent_of = |id: u32| {
            let stat = std::fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
            // The name, in brackets, may have spaces.
            stat.rsplit_once(") ")?.1.split(' ').nth(1)?.parse::<u32>().ok()
        };
        let entries = std::fs::read_dir("/proc").unwrap().flatten();
        let ids = entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
        ids.filter(|&id| parent_of(id) == Some(self.child.id())).collect()
    }

    fn begin(
        database: Option<String>,
        environment: Vec<(&'static str, String)>,
        options: &'static [&'static str],
        prepare: impl FnOnce(&std::path::Path),
    ) -> Self {
        let dir = tempfile::tempdir().unwrap();
        site(&dir.path().join("site"));
        prepare(&dir.path().join("data"));
        let (child, port, said) = spawn(dir.path(), database.as_deref(), &environment, options);
        Self { dir: Arc::new(dir), database, environment, child, port, said, options }
    }

    /// A server that was started on a folder, with SQLite and no options.
    fn with_sqlite(
        dir: tempfile::TempDir,
        (child, port, said): (Child, u16, BufReader<ChildStdout>),
    ) -> Self {
        let (database, environment) = (None, Vec::new());
        Self { dir: Arc::new(dir), database, environment, child, port, said, options: &[] }
    }

    /// Starts another server with the same folders and database.
    pub(crate) fn another(&self) -> Self {
        let (child, port, said) =
            spawn(self.dir.path(), self.database.as_deref(), &self.environment, self.options);
        let (database, environment) = (self.database.clone(), self.environment.clone());
        Self {
            dir: self.dir.clone(),
            database,
            environment,
            child,
            port,
            said,
            options: self.options,
        }
    }

    /// Starts a server with the same folders and another database.
    pub(crate) fn on_database(&self, database: Option<String>) -> Self {
        let (child, port, said) =
            spawn(self.dir.path(), database.as_deref(), &self.environment, self.options);
        let (dir, environment) = (self.dir.clone(), self.environment.clone());
        Self { dir, database, environment, child, port, said, options: self.options }
    }

    /// A hub that writes its log to `log`.
    pub(crate) fn start_logging_to(log: impl Into<Stdio>) -> Self {
        let dir = tempfile::tempdir().unwrap();
        site(&dir.path().join("site"));
        let mut command = program(None);
        command.stderr(log);
        let started = spawn_logging(command, dir.path(), &[]);
        Self::with_sqlite(dir, started)
    }

    /// Asks /ready; returns the status and the word of each check that is named.
    pub(crate) fn ready(&self, check: &str) -> (u16, String) {
        let page = self.get("/ready");
        let report: serde_json::Value = serde_json::from_slice(page.body()).unwrap();
        (page.status, report["checks"][check].as_str().unwrap_or_default().to_string())
    }

    /// Waits until a check of /ready has a word; returns the status at that moment.
    pub(crate) fn until_ready_says(&self, check: &str, word: &str) -> u16 {
        let began = Instant::now();
        loop {
            let (status, said) = self.ready(check);
            if said == word {
                return status;
            }
            assert!(began.elapsed() < Duration::from_secs(20), "{check} is {said}, not {word}");
            std::thread::sleep(Duration::from_millis(100));
        }
    }

    /// A hub whose files cannot grow beyond a size, as on a full disk.
    pub(crate) fn start_with_room_for(file_kb: u64) -> Self {
        let dir = tempfile::tempdir().unwrap();
        site(&dir.path().join("site"));
        let mut shell = Command::new("sh");
        // The unit of this limit is 512 bytes. Exceeding it fails the write and does not end the
        // process.
        shell.args([
            "-c",
            &format!("trap '' XFSZ; ulimit -S -f {}; exec \"$0\" \"$@\"", file_kb * 2),
            env!("CARGO_BIN_EXE_community-hub"),
        ]);
        let started = spawn_by(with_database(shell, None), dir.path(), &[]);
        Self::with_sqlite(dir, started)
    }

    /// From now on no file can grow beyond a size; longer files cannot be extended.
    pub(crate) fn leave_room_for(&self, file_kb: u64) {
        let limit = format!("--fsize={}:", file_kb * 1024);
        assert!(
            Command::new("prlimit")
                .args([&limit, "--pid", &self.child.id().to_string()])
                .status()
                .unwrap()
                .success()
        );
    }

    /// A hub whose soft limit on open files is `files` unless it raises it.
    pub(crate) fn start_with_open_files(files: u64) -> Self {
        let dir = tempfile::tempdir().unwrap();
        site(&dir.path().join("site"));
        let mut shell = Command::new("sh");
        shell.args([
            "-c",
            &format!("ulimit -S -n {files}; exec \"$0\" \"$@\""),
            env!("CARGO_BIN_EXE_community-hub"),
        ]);
        let started = spawn_by(with_database(shell, None), dir.path(), &[]);
        Self::with_sqlite(dir, started)
    }

    /// Removes the limit on file sizes.
    pub(crate) fn make_room(&self) {
        assert!(
            Command::new("prlimit")
                .args(["--fsize=unlimited", "--pid", &self.child.id().to_string()])
                .status()
                .unwrap()
                .success()
        );
    }

    pub(crate) fn restart(&mut self) {
        (self.child, self.port, self.said) =
            spawn(self.dir.path(), self.database.as_deref(), &self.environment, self.options);
    }

    /// The same, with other options of `serve`.
    pub(crate) fn restart_with(&mut self, options: &'static [&'static str]) {
        self.options = options;
        self.restart();
    }

    pub(crate) fn stop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Sends SIGTERM, as a service manager does; returns the exit code.
    pub(crate) fn terminate(&mut self) -> Option<i32> {
        Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status().unwrap();
        self.child.wait().unwrap().code()
    }

    /// The next line that the program prints.
    pub(crate) fn next_line(&mut self) -> String {
        let mut line = String::new();
        self.said.read_line(&mut line).unwrap();
        line
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    pub(crate) fn site(&self) -> String {
        self.dir.path().join("site").to_string_lossy().into_owned()
    }

    pub(crate) fn data(&self) -> String {
        self.dir.path().join("data").to_string_lossy().into_owned()
    }

    pub(crate) fn log(&self) -> String {
        std::thread::sleep(Duration::from_millis(50));
        std::fs::read_to_string(self.dir.path().join("log")).unwrap()
    }

    /// Runs another command of the program; returns whether it succeeded, and all that it printed.
    pub(crate) fn command(&self, arguments: &[&str]) -> (bool, String) {
        let output = program(self.database.as_deref()).args(arguments).output().unwrap();
        (
            output.status.success(),
            format!(
                "{}{}",
                String::from_utf8_lossy(&output.stdout),
                String::from_utf8_lossy(&output.stderr)
            ),
        )
    }

    /// The same, with a line typed into its standard input.
    pub(crate) fn command_told(&self, arguments: &[&str], line: &str) -> (bool, String) {
        let mut command = program(self.database.as_deref());
        let mut child = command
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        // A command that fails before it reads has closed its input; its output still counts.
        let _ = writeln!(child.stdin.take().unwrap(), "{line}");
        let output = child.wait_with_output().unwrap();
        (
            output.status.success(),
            format!(
                "{}{}",
                String::from_utf8_lossy(&output.stdout),
                String::from_utf8_lossy(&output.stderr)
            ),
        )
    }

    /// Runs a staff command on this hub.
    pub(crate) fn office(&self, line: &[&str]) -> (bool, String) {
        self.command(
            &[line, &["--site", &self.site(), "--data-dir", &self.data(), "--operator", "ann"]]
                .concat(),
        )
    }

    pub(crate) fn export(&self, what: &str, format: &str) -> String {
        let arguments = [
            "export",
            what,
            "--format",
            format,
            "--reason",
            "a test",
            "--site",
            &self.site(),
            "--data-dir",
            &self.data(),
        ];
        let output = program(self.database.as_deref()).args(arguments).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    pub(crate) fn get(&self, path: &str) -> HttpPage {
        self.get_with(path, "")
    }

    pub(crate) fn get_with(&self, path: &str, headers: &str) -> HttpPage {
        exchange(
            self.port,
            format!("GET {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n{headers}\r\n")
                .as_bytes(),
        )
        .unwrap()
    }

    /// Sends any request; `headers` are complete lines.
    pub(crate) fn ask(
        &self,
        method: &str,
        path: &str,
        headers: &str,
        body: &[u8],
    ) -> Option<HttpPage> {
        let head = format!(
            "{method} {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ncontent-length: {}\r\n{headers}\r\n",
            body.len()
        );
        exchange(self.port, &[head.as_bytes(), body].concat())
    }

    /// The server's peak memory, in bytes.
    pub(crate) fn memory_peak(&self) -> usize {
        self.memory("VmHWM:")
    }

    /// The server's current memory, in bytes.
    pub(crate) fn memory_now(&self) -> usize {
        self.memory("VmRSS:")
    }

    fn memory(&self, name: &str) -> usize {
        Self::memory_of(self.child.id(), name)
    }

    /// Works on the file of SQLite beside the server.
    pub(crate) fn sql<T>(&self, work: impl AsyncFnOnce(&mut SqliteConnection) -> T) -> T {
        let path = format!("sqlite://{}/hub.sqlite", self.data());
        tokio::runtime::Runtime::new().unwrap().block_on(async {
            let mut connection = SqliteConnection::connect(&path).await.unwrap();
            let made = work(&mut connection).await;
            connection.close().await.unwrap();
            made
        })
    }

    /// A figure of a process's memory, such as `VmRSS:`, in bytes.
    pub(crate) fn memory_of(process: u32, name: &str) -> usize {
        let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix(name)).unwrap();
        line.trim().trim_end_matches(" kB").parse::<usize>().unwrap() * 1024
    }

    pub(crate) fn post(&self, body: &[u8]) -> HttpReply {
        post_to(self.port, body).unwrap()
    }

    pub(crate) fn try_send(&self, entries: &[&Sealed]) -> Option<Verdicts> {
        let envelopes: Vec<&Vec<u8>> = entries.iter().map(|entry| &entry.envelope).collect();
        let HttpReply { status, body } = post_to(self.port, &wire(&envelopes))?;
        (status == 200).then(|| postcard::from_bytes(&body).ok()).flatten()
    }

    pub(crate) fn send(&self, entries: &[&Sealed]) -> Verdicts {
        self.try_send(entries).unwrap()
    }

    pub(crate) fn keys(&self) -> PublicKeys {
        postcard::from_bytes(&self.get("/api/keys").body).unwrap()
    }
}

impl Drop for TestServer {
    fn drop(&mut self) {
        // A test may have stopped it already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Sends a request as given and returns the whole response; `None` if no server answers.
pub(crate) fn exchange(port: u16, request: &[u8]) -> Option<HttpPage> {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).ok()?;
    // A server that refuses early may close before all is written; its response still counts.
    let _ = stream.write_all(request);
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    let at = answer.windows(4).position(|window| window == b"\r\n\r\n")?;
    let head = String::from_utf8_lossy(&answer[..at]).into_owned();
    let status = head.split(' ').nth(1)?.parse().ok()?;
    Some(HttpPage { status, head, body: answer[at + 4..].to_vec() })
}

/// CSV without the byte order mark that it must begin with, and without the quotation marks that
/// surround every cell.
pub(crate) fn plain_csv(text: &str) -> String {
    text.strip_prefix('\u{feff}').expect("a byte order mark").replace('"', "")
}

/// Posts a batch to a port; `None` if no server answers.
pub(crate) fn post_to(port: u16, body: &[u8]) -> Option<HttpReply> {
    let mut request = format!("POST /api/submissions HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ncontent-length: {}\r\n\r\n", body.len()).into_bytes();
    request.extend_from_slice(body);
    let HttpPage { status, body, .. } = exchange(port, &request)?;
    Some(HttpReply { status, body })
}

/// A batch of envelopes as the app sends it.
pub(crate) fn wire(envelopes: &[&Vec<u8>]) -> Vec<u8> {
    let envelopes: Vec<Vec<u8>> = envelopes.iter().map(|envelope| (*envelope).clone()).collect();
    offline::ports::batch_of(&envelopes)
}

static CALLS: AtomicU64 = AtomicU64::new(1);

/// A sealed inquiry. The same number produces the same id, with other ciphertext at every call.
pub(crate) fn sealed(message: &str, keys: &PublicKeys, number: u64) -> Sealed {
    sealed_about(None, message, keys, number)
}

/// The same, sent from the page of a service.
pub(crate) fn sealed_about(
    service: Option<domain::ServiceId>,
    message: &str,
    keys: &PublicKeys,
    number: u64,
) -> Sealed {
    let (reply_to, language) = (domain::inquiry::ReplyTo::Nobody, Language::English);
    let inquiry = domain::inquiry::ValidInquiry {
        service,
        hub: None,
        message: message.into(),
        name: None,
        reply_to,
        language,
        notice_version: 1,
    };
    sealed_inquiry(inquiry, keys, number)
}

pub(crate) fn sealed_inquiry(
    inquiry: domain::inquiry::ValidInquiry,
    keys: &PublicKeys,
    number: u64,
) -> Sealed {
    sealed_content(Content::Inquiry(inquiry), keys, number)
}

/// Any content that a device may send.
pub(crate) fn sealed_content(content: Content, keys: &PublicKeys, number: u64) -> Sealed {
    let address = Address {
        municipality: MunicipalityId::parse("pine-harbour").unwrap(),
        catalogue_version: 7,
        now_ms: 1_000 + number,
        order: 0,
    };
    let mut state = CALLS.fetch_add(1, Ordering::Relaxed);
    let mut is_id = true;
    seal(content, &address, keys, &mut |bytes: &mut [u8]| {
        for (at, byte) in bytes.iter_mut().enumerate() {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            *byte = if is_id { (number >> (at % 8)) as u8 } else { (state >> 33) as u8 };
        }
        is_id = false;
    })
    .unwrap()
}
