//! A PostgreSQL server for the tests: in a temporary folder, reached by a socket there, stopped at
//! the end.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, Weak};
use std::time::{Duration, Instant};

/// Long enough, in seconds, for a slow machine that is busy with other tests.
const START_S_MAX: u64 = 60;
/// Stops the server when the tests end, however they end: their end of the pipe closes.
const UNTIL_THE_PIPE_CLOSES: &str =
    r#""$@" > log 2>&1 & server=$!; read -r _; kill -QUIT $server; wait $server"#;

pub(crate) struct TestCluster {
    dir: tempfile::TempDir,
    guard: Child,
}

impl TestCluster {
    pub(crate) fn start() -> Self {
        let dir = folder();
        run(program("initdb")
            .args([
                "--no-sync",
                "--auth=trust",
                "--username=postgres",
                "--encoding=UTF8",
                "--pgdata",
            ])
            .arg(dir.path().join("data")));
        Self::on(dir)
    }

    /// A second server that replicates this one.
    pub(crate) fn standby(&self) -> Self {
        let dir = folder();
        let mut copy = program("pg_basebackup");
        copy.args([
            "--username=postgres",
            "--write-recovery-conf",
            "--wal-method=stream",
            "--checkpoint=fast",
            "--no-sync",
            "--host",
        ])
        .arg(self.dir.path());
        run(copy.arg("--pgdata").arg(dir.path().join("data")));
        Self::on(dir)
    }

    fn on(dir: tempfile::TempDir) -> Self {
        let guard = serve(dir.path());
        let cluster = Self { dir, guard };
        cluster.wait_until_it_answers();
        cluster
    }

    fn wait_until_it_answers(&self) {
        let began = Instant::now();
        while !self.psql("postgres", "SELECT 1").output().unwrap().status.success() {
            let log = || std::fs::read_to_string(self.dir.path().join("log")).unwrap_or_default();
            assert!(
                began.elapsed() < Duration::from_secs(START_S_MAX),
                "PostgreSQL did not start:\n{}",
                log()
            );
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// Kills it, as in a crash.
    pub(crate) fn kill(&self) {
        let pid = std::fs::read_to_string(self.dir.path().join("data/postmaster.pid")).unwrap();
        signal("KILL", pid.lines().next().unwrap());
    }

    /// Stops it immediately and cuts off all connections.
    pub(crate) fn stop(&mut self) {
        drop(self.guard.stdin.take());
        self.guard.wait().unwrap();
    }

    pub(crate) fn restart(&mut self) {
        self.guard = serve(self.dir.path());
        self.wait_until_it_answers();
    }

    /// From now on a commit waits until the standby has it.
    pub(crate) fn wait_for_the_standby(&self) {
        self.sql("postgres", "ALTER SYSTEM SET synchronous_standby_names = '*'");
        self.sql("postgres", "SELECT pg_reload_conf()");
        self.wait_until("SELECT count(*) FROM pg_stat_replication WHERE sync_state = 'sync'", "1");
    }

    /// Makes the standby the primary.
    pub(crate) fn promote(&self) {
        assert_eq!(self.sql("postgres", "SELECT pg_promote(true, 60)"), "t");
    }

    /// Process id of the WAL sender for the standby.
    pub(crate) fn sender(&self) -> String {
        self.wait_until("SELECT count(*) FROM pg_stat_replication WHERE state = 'streaming'", "1");
        self.sql("postgres", "SELECT pid FROM pg_stat_replication")
    }

    fn wait_until(&self, statement: &str, answer: &str) {
        let began = Instant::now();
        while self.sql("postgres", statement) != answer {
            assert!(began.elapsed() < Duration::from_secs(START_S_MAX), "{statement}");
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// The address of a database.
    pub(crate) fn url(&self, database: &str) -> String {
        format!("postgres://postgres@localhost/{database}?host={}", self.dir.path().display())
    }

    /// Creates an empty database; returns its address.
    pub(crate) fn database(&self) -> String {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let name = format!("hub{}", NUMBER.fetch_add(1, Ordering::Relaxed));
        self.sql("postgres", &format!("CREATE DATABASE {name}"));
        self.url(&name)
    }

    /// Number of deadlocks in a database, by the server's own count.
    pub(crate) fn deadlocks(&self, url: &str) -> String {
        // A connection's numbers are added when it ends, or soon after.
        std::thread::sleep(Duration::from_millis(1_500));
        let name = url.split(['/', '?']).nth(3).unwrap();
        self.sql(
            "postgres",
            &format!("SELECT deadlocks FROM pg_stat_database WHERE datname = '{name}'"),
        )
    }

    /// The output of a statement.
    pub(crate) fn sql(&self, database: &str, statement: &str) -> String {
        run(&mut self.psql(database, statement)).trim().into()
    }

    fn psql(&self, database: &str, statement: &str) -> Command {
        let mut psql = program("psql");
        psql.args([
            "--no-psqlrc",
            "--tuples-only",
            "--no-align",
            "--username=postgres",
            "--dbname",
            database,
            "--command",
            statement,
        ]);
        psql.arg("--host").arg(self.dir.path());
        psql
    }
}

impl Drop for TestCluster {
    fn drop(&mut self) {
        drop(self.guard.stdin.take());
        // A test may have killed it already.
        let _ = self.guard.wait();
    }
}

/// One server for all tests that run at the same time; stopped with the last of them.
pub(crate) fn shared() -> Arc<TestCluster> {
    static SHARED: Mutex<Weak<TestCluster>> = Mutex::new(Weak::new());
    let mut shared = SHARED.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    shared.upgrade().unwrap_or_else(|| {
        let cluster = Arc::new(TestCluster::start());
        *shared = Arc::downgrade(&cluster);
        cluster
    })
}

fn serve(dir: &Path) -> Child {
    let mut command = as_its_user("sh");
    command
        .args(["-c", UNTIL_THE_PIPE_CLOSES, "sh"])
        .arg(folder_of_programs().join("postgres"))
        .arg("-D")
        .arg(dir.join("data"))
        .arg("-k")
        .arg(dir);
    command.args([
        "-c",
        "listen_addresses=",
        "-c",
        "shared_buffers=32MB",
        "-c",
        "max_connections=60",
    ]);
    command
        .current_dir(dir)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

/// A folder that PostgreSQL's user owns.
fn folder() -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    if is_root() {
        run(Command::new("chown").arg("postgres").arg(dir.path()));
    }
    dir
}

fn program(name: &str) -> Command {
    let mut command = as_its_user(&folder_of_programs().join(name).to_string_lossy());
    command.current_dir("/");
    command
}

/// PostgreSQL refuses to run as root.
fn as_its_user(program: &str) -> Command {
    if !is_root() {
        return Command::new(program);
    }
    let mut command = Command::new("runuser");
    command.args(["-u", "postgres", "--", program]);
    command
}

fn is_root() -> bool {
    run(Command::new("id").arg("-u")).trim() == "0"
}

/// Folder of PostgreSQL's programs: the one set in `POSTGRES_BIN`, else Debian's newest, which is
/// not on `PATH`, else found on `PATH`.
fn folder_of_programs() -> PathBuf {
    let named = std::env::var_os("POSTGRES_BIN").map(PathBuf::from);
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let version = |path: &Path| {
        path.file_name().and_then(|name| name.to_string_lossy().parse().ok()).unwrap_or(0_u32)
    };
    let debian = versions
        .map(|entry| entry.path())
        .max_by_key(|path| version(path))
        .map(|path| path.join("bin"));
    let on_path = std::env::var_os("PATH")
        .into_iter()
        .flat_map(|path| std::env::split_paths(&path).collect::<Vec<_>>());
    let mut folders = named.into_iter().chain(debian).chain(on_path);
    folders.find(|folder| folder.join("initdb").is_file() && folder.join("postgres").is_file()).unwrap_or_else(|| {
        panic!(
            "PostgreSQL's programs are missing; these tests start one of their own.
On Debian: sudo apt-get install postgresql (as root `cargo xtask setup` does it); or name their folder: POSTGRES_BIN=/path/to/bin"
        )
    })
}

pub(crate) fn signal(name: &str, pid: &str) {
    run(Command::new("kill").args([&format!("-{name}"), pid]));
}

fn run(command: &mut Command) -> String {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}
