//! Installs the Debian package on a machine that is only a folder: installed, started, upgraded
//! over the one before, and removed without touching data. Nothing of this machine is changed: dpkg
//! works in the folder (`DPKG_ROOT`), and the programs that would make a user or stop a service
//! only write down that they were called.

use super::{said, write};
use crate::process::{captured, has, shown};
use std::fs::{self, Permissions};
use std::io::{BufRead, BufReader};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

/// What an installation calls to change the system.
const SYSTEM_PROGRAMS: [&str; 3] = ["adduser", "chown", "systemctl"];
/// How long the program may take until it says where it is.
const START_TIME: Duration = Duration::from_secs(60);
const PROGRAM: &str = "usr/bin/community-hub";
const DATA: &str = "var/lib/community-hub";
const SETTINGS: &str = "etc/community-hub/hub.toml";

/// Tries a package over the one before. Without a site, the program is not started.
pub(super) fn run(before: &Path, package: &Path, site: Option<&Path>) -> Result<(), String> {
    if !has("dpkg") {
        println!("There is no dpkg here, so the package was not tried.");
        return Ok(());
    }
    let machine = ScratchMachine::new()?;
    machine.install(before)?;
    machine.check(PROGRAM, "is not installed")?;
    machine.check_unit()?;
    let settings = format!("site = \"{}\"\nport = 0\n", machine.site(site)?.display());
    write(&machine.path(SETTINGS), settings.as_bytes())?;
    write(&machine.path(DATA).join("kept"), b"data of the version before")?;
    if site.is_some() {
        machine.start()?;
    }
    machine.install(package)?;
    machine.check_called("systemctl try-restart community-hub.service")?;
    if site.is_some() {
        machine.start()?;
    }
    machine.uninstall("--remove")?;
    machine.check_called("systemctl --no-reload disable --now community-hub.service")?;
    machine.uninstall("--purge")?;
    if machine.path(PROGRAM).exists() {
        return Err(format!("{PROGRAM} is still there after the package was removed"));
    }
    machine.check(SETTINGS, "was removed with the package")?;
    machine.check(&format!("{DATA}/kept"), "was removed with the package")?;
    let started = if site.is_some() { "started, " } else { "" };
    println!("The package was installed, {started}upgraded and removed in a folder; data stayed.");
    Ok(())
}

/// A folder that stands for a machine.
struct ScratchMachine {
    dir: PathBuf,
}

impl Drop for ScratchMachine {
    fn drop(&mut self) {
        // What stays is in the folder for temporary files.
        let _ = fs::remove_dir_all(&self.dir);
    }
}

impl ScratchMachine {
    fn new() -> Result<Self, String> {
        let name = format!("community-hub-trial-{}", std::process::id());
        let machine = Self { dir: std::env::temp_dir().join(name) };
        // Fails if someone else made it.
        fs::create_dir(&machine.dir).map_err(|error| said(&machine.dir, error))?;
        for folder in ["var/lib/dpkg/info", "var/lib/dpkg/updates", "run/systemd/system"] {
            let folder = machine.path(folder);
            fs::create_dir_all(&folder).map_err(|error| said(&folder, error))?;
        }
        write(&machine.path("var/lib/dpkg/status"), b"")?;
        for program in SYSTEM_PROGRAMS {
            machine.add_stand_in(program)?;
        }
        Ok(machine)
    }

    fn path(&self, path: &str) -> PathBuf {
        self.dir.join("root").join(path)
    }

    /// A program that only writes down that it was called.
    fn add_stand_in(&self, name: &str) -> Result<(), String> {
        let path = self.dir.join("bin").join(name);
        let script = format!("#!/bin/sh\necho \"{name} $*\" >> \"{}\"\n", self.calls().display());
        write(&path, script.as_bytes())?;
        fs::set_permissions(&path, Permissions::from_mode(0o755))
            .map_err(|error| said(&path, error))
    }

    fn calls(&self) -> PathBuf {
        self.dir.join("calls")
    }

    /// The site where the program finds it, also if it runs as another user.
    fn site(&self, site: Option<&Path>) -> Result<PathBuf, String> {
        let to = self.path("srv/site");
        if let Some(site) = site {
            let parent = to.parent().unwrap_or(&self.dir);
            fs::create_dir_all(parent).map_err(|error| said(parent, error))?;
            shown(Command::new("cp").arg("-r").arg(site).arg(&to))?;
        }
        Ok(to)
    }

    fn dpkg(&self) -> Command {
        let path = std::env::var("PATH").unwrap_or_default();
        let mut command = Command::new("dpkg");
        command
            .arg(format!("--admindir={}", self.path("var/lib/dpkg").display()))
            .arg(format!("--instdir={}", self.dir.join("root").display()))
            .args(["--force-not-root", "--force-depends", "--force-script-chrootless"])
            .args(["--log=/dev/null"])
            .env("PATH", format!("{}:{path}:/usr/sbin:/sbin", self.dir.join("bin").display()))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            // It says that the C library is not installed in the folder.
            .stderr(Stdio::piped());
        command
    }

    fn install(&self, package: &Path) -> Result<(), String> {
        self.done(self.dpkg().arg("--install").arg(package))
    }

    fn uninstall(&self, way: &str) -> Result<(), String> {
        self.done(self.dpkg().args([way, "community-hub"]))
    }

    fn done(&self, command: &mut Command) -> Result<(), String> {
        let output = command.output().map_err(|error| error.to_string())?;
        match output.status.success() {
            true => Ok(()),
            false => Err(format!("{command:?}: {}", String::from_utf8_lossy(&output.stderr))),
        }
    }

    fn check(&self, path: &str, fault: &str) -> Result<(), String> {
        if self.path(path).exists() { Ok(()) } else { Err(format!("/{path} {fault}")) }
    }

    /// Checks that a line is among the calls that changed the system.
    fn check_called(&self, line: &str) -> Result<(), String> {
        let calls = fs::read_to_string(self.calls()).unwrap_or_default();
        match calls.lines().any(|call| call == line) {
            true => Ok(()),
            false => Err(format!("The package did not call: {line}")),
        }
    }

    /// The command of the unit as it was installed, with this machine's folder before it.
    fn command(&self) -> Result<(PathBuf, Vec<String>), String> {
        let unit = self.path("usr/lib/systemd/system/community-hub.service");
        let text = fs::read_to_string(&unit).map_err(|error| said(&unit, error))?;
        let line = text.lines().find_map(|line| line.strip_prefix("ExecStart=/"));
        let mut words = line.ok_or("The unit starts nothing")?.split(' ').map(String::from);
        let program = words.next().unwrap_or_default();
        Ok((self.path(&program), words.collect()))
    }

    /// Checks the unit with `systemd-analyze verify`, with the program where it is here.
    fn check_unit(&self) -> Result<(), String> {
        if !has("systemd-analyze") {
            return Ok(());
        }
        let unit = self.path("usr/lib/systemd/system/community-hub.service");
        let text = fs::read_to_string(&unit).map_err(|error| said(&unit, error))?;
        let here = format!("ExecStart={}/", self.dir.join("root").display());
        let copy = self.dir.join("community-hub.service");
        write(&copy, text.replace("ExecStart=/", &here).as_bytes())?;
        let mut command = Command::new("systemd-analyze");
        captured(command.args(["verify", "--man=no"]).arg(&copy)).map(|_| ())
    }

    /// Runs the unit's command, as a user without rights if this one has all, until it says where
    /// it is. Then stops it as systemd does.
    fn start(&self) -> Result<(), String> {
        let (program, arguments) = self.command()?;
        let data = self.path(DATA);
        let mut command = if captured(Command::new("id").arg("-u"))?.trim() == "0" {
            shown(Command::new("chown").args(["-R", "nobody"]).arg(&data))?;
            shown(Command::new("chmod").args(["-R", "go+rX"]).arg(self.path("srv")))?;
            shown(Command::new("chmod").arg("755").arg(self.path("etc/community-hub")))?;
            let mut command = Command::new("setpriv");
            command.args(["--reuid=nobody", "--regid=nogroup", "--clear-groups"]).arg(&program);
            command
        } else {
            Command::new(&program)
        };
        command.args(arguments).arg("--data-dir").arg(&data);
        command.env("HUB_SETTINGS", self.path(SETTINGS)).stdout(Stdio::piped());
        let mut child = command.spawn().map_err(|error| said(&program, error))?;
        let is_at = first_line(&mut child);
        stop(&mut child)?;
        let said = is_at.ok_or("The installed program did not start")?;
        if said.contains("http://localhost:") { Ok(()) } else { Err(said) }
    }
}

/// The first line that a program prints; `None` if it ends, or takes too long.
pub(super) fn first_line(child: &mut Child) -> Option<String> {
    let stdout = child.stdout.take()?;
    let (sender, line) = mpsc::channel();
    std::thread::spawn(move || {
        let mut line = String::new();
        if BufReader::new(stdout).read_line(&mut line).is_ok_and(|bytes| bytes > 0) {
            // Nobody waits for a line that comes too late.
            let _ = sender.send(line);
        }
    });
    line.recv_timeout(START_TIME).ok()
}

pub(super) fn stop(child: &mut Child) -> Result<(), String> {
    // A program that has ended cannot be told to.
    let _ = captured(Command::new("kill").args(["-TERM", &child.id().to_string()]));
    child.wait().map(|_| ()).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::super::remove;
    use super::super::{fill, pack_deb};
    use super::*;

    /// Stands for the server: it prints what a package needs, and stores something when it serves.
    const STAND_IN: &str = r#"#!/bin/sh
case "$1" in
serve) for last; do :; done
    : >> "$last/hub.sqlite" || exit 1
    echo "Community Hub is at http://localhost:8080"
    exec sleep 60 ;;
*) echo "$1" ;;
esac
"#;

    /// A package of a stand-in, with a script of the package changed.
    fn package(dir: &Path, version: &str, change: impl Fn(String) -> String) -> PathBuf {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let (stage, programs) = (dir.join("stage"), dir.join("programs"));
        remove(&stage).unwrap();
        let program = programs.join("community-hub");
        write(&program, STAND_IN.as_bytes()).unwrap();
        fs::set_permissions(&program, Permissions::from_mode(0o755)).unwrap();
        fill(&root, &stage, &programs).unwrap();
        let scripts = dir.join("project/packaging/deb");
        for script in ["postinst", "prerm", "postrm"] {
            let text = fs::read_to_string(root.join("packaging/deb").join(script)).unwrap();
            write(&scripts.join(script), change(text).as_bytes()).unwrap();
        }
        let package = dir.join(format!("{version}.deb"));
        pack_deb(&dir.join("project"), &stage, version, &package).unwrap();
        package
    }

    fn tried(name: &str, change: impl Fn(String) -> String) -> Result<(), String> {
        let dir = std::env::temp_dir().join(format!("package-{name}-{}", std::process::id()));
        let before = package(&dir, "0.1.0~before", &change);
        let after = package(&dir, "0.1.0", &change);
        let site = dir.join("site");
        write(&site.join("site.json"), b"{}").unwrap();
        let outcome = run(&before, &after, Some(&site));
        remove(&dir).unwrap();
        outcome
    }

    #[test]
    fn a_package_is_installed_started_upgraded_and_removed_and_data_stays() {
        if !has("dpkg-deb") {
            return;
        }
        tried("whole", |script| script).unwrap();
        let lost = tried("lost", |script| {
            let purge = "rm -rf \"${DPKG_ROOT:-/nowhere}/var/lib/community-hub\"";
            script.replace("[ \"$1\" = purge ]; then", &format!("[ \"$1\" = purge ]; then {purge}"))
        });
        assert!(lost.is_err_and(|fault| fault.contains("kept was removed")));
    }
}
