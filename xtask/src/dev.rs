//! `cargo xtask dev`: builds what changes whenever a file is saved, and serves it. The open page
//! detects a new version and reloads (`dev/reload.js`).

mod server;
mod sources;
mod watch;

use crate::build::quick::{self, QuickApp};
use crate::process::shown;
use crate::setup::{self, Tools};
use server::DevServer;
use sources::{Sources, Steps};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant, SystemTime};
use watch::Snapshot;

/// Interval at which the files are checked for changes.
const LOOK_AGAIN: Duration = Duration::from_millis(300);

/// Serves, and builds again after each change, until Ctrl-C.
pub(crate) fn run(municipality: &Path, data_dir: PathBuf, port: u16) -> Result<(), String> {
    let tools = setup::for_trying()?;
    let sources = Sources::of(municipality)?;
    let mut seen = Snapshot::of(&sources.paths());
    let mut session = DevSession {
        tools,
        municipality: municipality.into(),
        server: DevServer::new(QuickApp::Reloading.site(), data_dir, port),
        served: [None; 2],
        is_first: true,
    };
    let mut pending = Steps::ALL;
    loop {
        let began = Instant::now();
        match session.build(pending) {
            Ok(()) => {
                pending = Steps::default();
                println!("[dev] ready in {} at {}", seconds(began), session.server.address());
            }
            Err(said) => println!("{said}\n[dev] not built; what was served before stays"),
        }
        let changed = session.wait_for_change(&sources, &mut seen)?;
        pending = pending.and(sources.steps_for(&changed));
    }
}

struct DevSession {
    tools: Tools,
    municipality: PathBuf,
    server: DevServer,
    /// When the running server's program and site were written.
    served: [Option<SystemTime>; 2],
    /// The first build shows cargo's own progress, because it can take minutes.
    is_first: bool,
}

impl DevSession {
    /// Does these steps, and then everything that follows from their results.
    fn build(&mut self, steps: Steps) -> Result<(), String> {
        if steps.app {
            self.compile("app compiled", quick::compiling_app())?;
            timed("app joined", || quick::join(&self.tools, QuickApp::Reloading))?;
        }
        // Updates the page first, because the server takes longer to compile.
        if self.server.is_running() && !steps.publisher {
            self.serve()?;
        }
        if steps.programs {
            self.compile("server compiled", quick::compiling_programs())?;
        }
        self.is_first = false;
        self.serve()
    }

    /// Assembles the site, and starts the server again if the site or its program has changed.
    fn serve(&mut self) -> Result<(), String> {
        let program = quick::server();
        timed("site assembled", || quick::assemble(&self.municipality, QuickApp::Reloading))?;
        let listing = QuickApp::Reloading.site().join("site.json");
        let now = [written(&program), written(&listing)];
        if self.served == now && self.server.is_running() {
            return Ok(());
        }
        timed("server started", || self.server.restart(&program))?;
        self.served = now;
        Ok(())
    }

    /// Runs cargo, which shows the compiler's messages.
    fn compile(&self, what: &str, mut cargo: Command) -> Result<(), String> {
        if !self.is_first {
            cargo.arg("--quiet");
        }
        timed(what, || shown(&mut cargo))
    }

    /// Returns the paths that have changed since `seen`, as soon as there are any.
    fn wait_for_change(
        &mut self,
        sources: &Sources,
        seen: &mut Snapshot,
    ) -> Result<Vec<PathBuf>, String> {
        loop {
            std::thread::sleep(LOOK_AGAIN);
            if let Some(status) = self.server.has_ended()? {
                println!("[dev] the server ended ({status}); it starts again after a change");
            }
            let now = Snapshot::of(&sources.paths());
            let changed = now.changed_since(seen);
            if let [first, rest @ ..] = &changed[..] {
                let more = if rest.is_empty() { "" } else { " and others" };
                println!("\n[dev] changed: {}{more}", first.display());
                *seen = now;
                return Ok(changed);
            }
        }
    }
}

/// Runs a step, and prints a line with its time if it succeeds.
fn timed(what: &str, step: impl FnOnce() -> Result<(), String>) -> Result<(), String> {
    let began = Instant::now();
    step()?;
    println!("[dev] {what} {}", seconds(began));
    Ok(())
}

fn seconds(began: Instant) -> String {
    format!("{:.1} s", began.elapsed().as_secs_f32())
}

fn written(path: &Path) -> Option<SystemTime> {
    std::fs::metadata(path).and_then(|data| data.modified()).ok()
}
