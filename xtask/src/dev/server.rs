//! The server that `cargo xtask dev` starts again after a change.

use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus};
use std::time::{Duration, Instant};

/// How long a server may take to answer after its start, or to stop.
const PATIENCE: Duration = Duration::from_secs(10);
const BETWEEN_LOOKS: Duration = Duration::from_millis(20);

pub(super) struct DevServer {
    site: PathBuf,
    data_dir: PathBuf,
    port: u16,
    child: Option<Child>,
}

impl DevServer {
    pub(super) fn new(site: PathBuf, data_dir: PathBuf, port: u16) -> Self {
        Self { site, data_dir, port, child: None }
    }

    pub(super) fn address(&self) -> String {
        format!("http://localhost:{}", self.port)
    }

    pub(super) fn is_running(&self) -> bool {
        self.child.is_some()
    }

    /// The exit status of a server that ended without being stopped. Returns it once; `None`
    /// otherwise.
    pub(super) fn has_ended(&mut self) -> Result<Option<ExitStatus>, String> {
        let Some(child) = &mut self.child else { return Ok(None) };
        let ended = child.try_wait().map_err(|error| format!("The server was lost: {error}"))?;
        if ended.is_some() {
            self.child = None;
        }
        Ok(ended)
    }

    /// Stops the server, starts this program instead, and waits until it accepts connections.
    pub(super) fn restart(&mut self, program: &Path) -> Result<(), String> {
        self.stop();
        let mut command = Command::new(program);
        command.args(["serve", "--port", &self.port.to_string(), "--site"]).arg(&self.site);
        let child = command
            .arg("--data-dir")
            .arg(&self.data_dir)
            .spawn()
            .map_err(|error| format!("{} could not be started: {error}", program.display()))?;
        self.child = Some(child);
        let began = Instant::now();
        while TcpStream::connect(("127.0.0.1", self.port)).is_err() {
            if let Some(status) = self.has_ended()? {
                return Err(format!("The server ended when it started ({status})."));
            }
            if began.elapsed() > PATIENCE {
                return Err(format!("The server does not answer on port {}.", self.port));
            }
            std::thread::sleep(BETWEEN_LOOKS);
        }
        Ok(())
    }

    /// Asks the server to stop, as a service manager would, and kills it if it does not stop in
    /// time.
    fn stop(&mut self) {
        let Some(mut child) = self.child.take() else { return };
        // If this fails, it is ended below.
        let _ = Command::new("kill").args(["-TERM", &child.id().to_string()]).status();
        let began = Instant::now();
        while began.elapsed() < PATIENCE {
            match child.try_wait() {
                Ok(None) => std::thread::sleep(BETWEEN_LOOKS),
                _ => return,
            }
        }
        let _ = child.kill();
        let _ = child.wait();
    }
}

impl Drop for DevServer {
    fn drop(&mut self) {
        self.stop();
    }
}
