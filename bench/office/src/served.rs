//! A running server, and a person who is signed in to its staff interface.

use crate::http::{FetchedPage, ask};
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

const PASSWORD: &str = "a river in the morning";
/// Time limit for the token of the first administrator. It is logged after the address; on a busy
/// machine, some time after it.
const TOKEN_TIME_MAX: Duration = Duration::from_secs(60);

pub(crate) struct Served {
    child: Child,
    pub(crate) port: u16,
    pub(crate) began: Instant,
    cookie: String,
    /// Held open, because a program that prints to a closed pipe fails.
    _said: BufReader<ChildStdout>,
}

impl Served {
    /// Starts the server. On return it responds, but its staff interface may still be loading.
    pub(crate) fn start(program: &Path, dir: &Path, options: &[String]) -> Result<Self, String> {
        let log = std::fs::File::create(dir.join("log")).map_err(|error| error.to_string())?;
        let mut command = Command::new(program);
        command
            .args(["serve", "--port", "0", "--site"])
            .arg(dir.join("site"))
            .arg("--data-dir")
            .arg(dir.join("data"))
            .args(options);
        for name in ["DATABASE_URL", "SMTP_URL", "OIDC_ISSUER"] {
            command.env_remove(name);
        }
        // The bench has no device for second-factor codes.
        command.env("SECOND_FACTOR", "off");
        let began = Instant::now();
        let mut child = command
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()
            .map_err(|error| format!("{}: {error}", program.display()))?;
        let mut said = BufReader::new(child.stdout.take().ok_or("its output cannot be read")?);
        let mut line = String::new();
        said.read_line(&mut line).map_err(|error| error.to_string())?;
        let port = line.trim().rsplit(':').next().and_then(|port| port.parse().ok());
        let port = port.ok_or_else(|| {
            format!(
                "it does not start: {}",
                std::fs::read_to_string(dir.join("log")).unwrap_or_default()
            )
        })?;
        let mut served = Self { child, port, began, cookie: String::new(), _said: said };
        served.cookie = served.sign_in(dir)?;
        Ok(served)
    }

    /// Signs in as the administrator that an earlier run of this bench created, or as the first
    /// one, whose token is in the log.
    fn sign_in(&self, dir: &Path) -> Result<String, String> {
        let form = |path: &str, body: &str| {
            ask(
                self.port,
                "POST",
                path,
                "content-type: application/x-www-form-urlencoded\r\n",
                body.as_bytes(),
            )
        };
        let password = PASSWORD.replace(' ', "+");
        if let Some(cookie) =
            cookie_of(&form("/office/sign-in", &format!("login=bench&password={password}"))?)
        {
            return Ok(cookie);
        }
        while self.began.elapsed() < TOKEN_TIME_MAX {
            let log = std::fs::read_to_string(dir.join("log")).unwrap_or_default();
            if let Some(token) = log
                .lines()
                .find(|line| line.starts_with("No one works"))
                .and_then(|line| line.rsplit(' ').next())
            {
                let page = form(
                    "/office/first",
                    &format!("token={token}&login=bench&name=Bench&password={password}"),
                )?;
                return cookie_of(&page).ok_or_else(|| {
                    format!("the first administrator was refused: {}", page.text())
                });
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        Err("nobody can sign in: the folder's office has people, but not this bench's".into())
    }

    pub(crate) fn get(&self, path: &str) -> Result<FetchedPage, String> {
        ask(self.port, "GET", path, &self.cookie, b"")
    }

    /// In MB: current memory (VmRSS), and its peak (VmHWM).
    pub(crate) fn memory_mb(&self) -> (u64, u64) {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()))
            .unwrap_or_default();
        let of = |name: &str| {
            status
                .lines()
                .find_map(|line| {
                    line.strip_prefix(name)?.trim().trim_end_matches(" kB").parse::<u64>().ok()
                })
                .unwrap_or(0)
        };
        (of("VmRSS:") / 1_024, of("VmHWM:") / 1_024)
    }

    /// Processor time of the server so far, in ms (proc(5) counts hundredths of a second).
    fn processor_ms(&self) -> u64 {
        let stat =
            std::fs::read_to_string(format!("/proc/{}/stat", self.child.id())).unwrap_or_default();
        let fields: Vec<&str> = stat.rsplit(") ").next().unwrap_or_default().split(' ').collect();
        let field =
            |at: usize| fields.get(at).and_then(|text| text.parse::<u64>().ok()).unwrap_or(0);
        (field(11) + field(12)) * 10
    }

    /// Waits until the server is idle, or for `most`; returns the time since its start.
    pub(crate) fn quiet(&self, most: Duration) -> Duration {
        let waited = Instant::now();
        loop {
            let before = self.processor_ms();
            std::thread::sleep(Duration::from_secs(2));
            // The server polls for new submissions every second, so it is never completely idle.
            if self.processor_ms() - before < 100 || waited.elapsed() > most {
                return self.began.elapsed();
            }
        }
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        // It may have exited already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn cookie_of(page: &FetchedPage) -> Option<String> {
    let value = page
        .head
        .lines()
        .find_map(|line| line.split_once("__Host-hub-office="))?
        .1
        .split(';')
        .next()?
        .to_string();
    (!value.is_empty()).then(|| format!("cookie: __Host-hub-office={value}\r\n"))
}
