//! `cargo xtask package`: what an operator installs. A Debian package and an archive of the same
//! files, an image for containers, a list of what is in the program (SBOM), and checksums. Needs no
//! root and no daemon. The Debian package is installed, started, upgraded and removed in a folder
//! (`trial`), and the image is read back and started (`image::trial`).
//!
//! Refuses to package a program that contains a path of the machine that built it, or a service
//! unit that systemd reports a fault in.

mod image;
mod sbom;
mod trial;

use crate::process::{captured, cargo_command, has, shown};
use sha2::{Digest, Sha256};
use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

const PROGRAM: &str = "community-hub";
/// Checks and publishes changes of the data.
const PUBLISHER: &str = "publish";
const UNIT: &str = "packaging/community-hub.service";
/// The worst exposure that `systemd-analyze security` may report, in tenths.
const EXPOSURE_MAX: &str = "--threshold=20";

/// Builds the programs, or takes those of a folder, and packages them into `out`.
pub(crate) fn run(programs: Option<&Path>, out: &Path) -> Result<(), String> {
    let version = env!("CARGO_PKG_VERSION");
    let programs = match programs {
        Some(folder) => folder.to_path_buf(),
        None => build()?,
    };
    check_unit()?;
    let root = Path::new(".");
    let program = programs.join(PROGRAM);
    check_no_build_paths(&program)?;
    remove(out)?;
    let stage = out.join("stage");
    fill(root, &stage, &programs)?;
    let deb = format!("{PROGRAM}_{version}_{}.deb", architecture());
    let archive = format!("{PROGRAM}-{version}-{}-linux.tar.gz", std::env::consts::ARCH);
    let list = format!("{PROGRAM}-{version}.cdx.json");
    pack_archive(&stage, &out.join(&archive))?;
    write(&out.join(&list), sbom::of_server(version)?.as_bytes())?;
    let site = Some(Path::new("dist")).filter(|site| site.join("site.json").exists());
    let oci = format!("{PROGRAM}-{version}-{}-linux.oci.tar", std::env::consts::ARCH);
    image::pack(root, &stage, version, &out.join(&oci))?;
    image::trial::run(&out.join(&oci), site)?;
    let mut names = vec![archive, list, oci];
    if has("dpkg-deb") {
        pack_deb(root, &stage, version, &out.join(&deb))?;
        let before = out.join("before.deb");
        pack_deb(root, &stage, &format!("{version}~before"), &before)?;
        trial::run(&before, &out.join(&deb), site)?;
        fs::remove_file(&before).map_err(|error| said(&before, error))?;
        names.push(deb);
    } else {
        println!("There is no dpkg-deb here, so no Debian package was made.");
    }
    remove(&stage)?;
    write_sums(out, &names)?;
    for name in &names {
        let bytes = fs::metadata(out.join(name)).map_err(|error| said(out, error))?.len();
        println!("{:>8.1} MB  {}", bytes as f64 / 1e6, out.join(name).display());
    }
    Ok(())
}

/// Builds what is released. Returns the folder of the programs.
fn build() -> Result<PathBuf, String> {
    let root = std::env::current_dir().map_err(|error| error.to_string())?;
    let target = std::env::var_os("CARGO_TARGET_DIR").unwrap_or_else(|| "target".into());
    let mut rust_flags = std::env::var("RUSTFLAGS").unwrap_or_default();
    let mut c_flags = std::env::var("CFLAGS").unwrap_or_default();
    for (from, to) in build_paths(&root) {
        rust_flags += &format!(" --remap-path-prefix={from}={to}");
        c_flags += &format!(" -ffile-prefix-map={from}={to}");
    }
    let mut command = cargo_command(&["build", "--locked", "--profile", "dist"]);
    command.args(["--bin", PROGRAM, "--bin", PUBLISHER]);
    command.env("RUSTFLAGS", rust_flags.trim()).env("CFLAGS", c_flags.trim());
    command.env("CARGO_PROFILE_DIST_STRIP", "debuginfo");
    command.env("COMMUNITY_HUB_COMMIT", commit()?);
    shown(&mut command)?;
    Ok(Path::new(&target).join("dist"))
}

/// The commit, marked if the files differ from it, so that `--version` is true.
fn commit() -> Result<String, String> {
    let of = |arguments: &[&str]| captured(Command::new("git").args(arguments));
    let commit = of(&["rev-parse", "--short=12", "HEAD"])?;
    let is_changed = !of(&["status", "--porcelain", "--untracked-files=no"])?.trim().is_empty();
    Ok(format!("{}{}", commit.trim(), if is_changed { ", changed" } else { "" }))
}

/// Folders of this machine, each with the text that replaces it in the program.
fn build_paths(root: &Path) -> Vec<(String, &'static str)> {
    let home = std::env::var("HOME").unwrap_or_default();
    let folder =
        |name: &str, usual: &str| std::env::var(name).unwrap_or_else(|_| format!("{home}/{usual}"));
    vec![
        (root.to_string_lossy().into_owned(), "/community-hub"),
        (folder("CARGO_HOME", ".cargo"), "/cargo"),
        (folder("RUSTUP_HOME", ".rustup"), "/rustup"),
    ]
}

fn check_no_build_paths(program: &Path) -> Result<(), String> {
    let bytes = fs::read(program).map_err(|error| said(program, error))?;
    let root = std::env::current_dir().map_err(|error| error.to_string())?;
    match build_paths(&root).into_iter().find(|(path, _)| has_path(&bytes, path)) {
        Some((path, _)) => Err(format!(
            "{} contains the path {path} of this machine. Build it with cargo xtask package.",
            program.display()
        )),
        None => Ok(()),
    }
}

/// Whether a program contains a folder's path.
fn has_path(bytes: &[u8], path: &str) -> bool {
    let path = format!("{}/", path.trim_end_matches('/'));
    bytes.windows(path.len()).any(|window| window == path.as_bytes())
}

/// Checks the service unit with `systemd-analyze`, if it is installed.
fn check_unit() -> Result<(), String> {
    if !has("systemd-analyze") {
        println!("There is no systemd-analyze here, so the unit was not checked.");
        return Ok(());
    }
    let mut command = Command::new("systemd-analyze");
    command.args(["security", "--offline=true", "--no-pager", EXPOSURE_MAX, UNIT]);
    let output = command.output().map_err(|error| error.to_string())?;
    let report = String::from_utf8_lossy(&output.stdout);
    let last = report.lines().rfind(|line| line.contains("Overall exposure")).unwrap_or_default();
    println!("{}", last.trim());
    if output.status.success() { Ok(()) } else { Err(format!("{UNIT} is too open: {report}")) }
}

/// Puts every file in its place below `stage`. `root` is the project's folder.
fn fill(root: &Path, stage: &Path, programs: &Path) -> Result<(), String> {
    let program = programs.join(PROGRAM);
    put(&program, &stage.join("usr/bin").join(PROGRAM), 0o755)?;
    let publisher = programs.join(PUBLISHER);
    if publisher.exists() {
        put(&publisher, &stage.join("usr/lib/community-hub").join(PUBLISHER), 0o755)?;
    }
    put(&root.join(UNIT), &stage.join("usr/lib/systemd/system/community-hub.service"), 0o644)?;
    let share = stage.join("usr/share");
    let doc = share.join("doc/community-hub");
    for (from, to) in [
        ("packaging/hub.toml", "hub.toml"),
        ("packaging/prometheus/alerts.yml", "alerts.yml"),
        ("packaging/grafana/community-hub.json", "dashboard.json"),
        ("LICENSE", "copyright"),
        ("CHANGELOG.md", "CHANGELOG.md"),
    ] {
        put(&root.join(from), &doc.join(to), 0o644)?;
    }
    for page in
        fs::read_dir(root.join("docs/operate")).map_err(|error| error.to_string())?.flatten()
    {
        put(&page.path(), &doc.join("operate").join(page.file_name()), 0o644)?;
    }
    for (shell, place) in [
        ("bash", "bash-completion/completions/community-hub"),
        ("zsh", "zsh/vendor-completions/_community-hub"),
        ("fish", "fish/vendor_completions.d/community-hub.fish"),
    ] {
        let script = captured(Command::new(&program).args(["completions", shell]))?;
        write(&share.join(place), script.as_bytes())?;
    }
    let page = share.join("man/man1/community-hub.1");
    write(&page, captured(Command::new(&program).arg("man"))?.as_bytes())?;
    shown(Command::new("gzip").arg("-9nf").arg(&page))
}

/// An archive whose bytes depend on the files alone, not on who made it and when.
fn pack_archive(stage: &Path, to: &Path) -> Result<(), String> {
    let mut command = Command::new("tar");
    command.args([
        "--create",
        "--gzip",
        "--sort=name",
        "--owner=0",
        "--group=0",
        "--numeric-owner",
    ]);
    command.args(["--mtime=@0", "--directory"]).arg(stage).arg("--file").arg(to).arg("usr");
    shown(&mut command)
}

fn pack_deb(root: &Path, stage: &Path, version: &str, to: &Path) -> Result<(), String> {
    let control = stage.join("DEBIAN");
    for script in ["postinst", "prerm", "postrm"] {
        put(&root.join("packaging/deb").join(script), &control.join(script), 0o755)?;
    }
    write(&control.join("control"), control_file(version, architecture()).as_bytes())?;
    let mut command = Command::new("dpkg-deb");
    command.args(["--root-owner-group", "--build"]).arg(stage).arg(to).stdout(Stdio::null());
    shown(&mut command)
}

fn control_file(version: &str, architecture: &str) -> String {
    format!(
        "Package: {PROGRAM}\nVersion: {version}\nArchitecture: {architecture}\nMaintainer: Community Hub <noreply@example.org>\nDepends: libc6, adduser\nRecommends: ca-certificates\nSection: web\nPriority: optional\nDescription: Residents find municipal services and ask, also offline\n The server: it serves the app, stores what devices send, and has the pages\n for staff. The built site of a municipality is installed beside it.\n"
    )
}

/// Debian's name for the processor architecture of this machine.
fn architecture() -> &'static str {
    match std::env::consts::ARCH {
        "x86_64" => "amd64",
        "aarch64" => "arm64",
        other => other,
    }
}

fn write_sums(out: &Path, names: &[String]) -> Result<(), String> {
    let mut sums = String::new();
    for name in names {
        let bytes = fs::read(out.join(name)).map_err(|error| said(out, error))?;
        let sum: String = Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect();
        sums += &format!("{sum}  {name}\n");
    }
    write(&out.join("SHA256SUMS"), sums.as_bytes())
}

fn put(from: &Path, to: &Path, mode: u32) -> Result<(), String> {
    let bytes = fs::read(from).map_err(|error| said(from, error))?;
    write(to, &bytes)?;
    fs::set_permissions(to, Permissions::from_mode(mode)).map_err(|error| said(to, error))
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), String> {
    let folder = path.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder).map_err(|error| said(folder, error))?;
    fs::write(path, bytes).map_err(|error| said(path, error))
}

fn remove(folder: &Path) -> Result<(), String> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(said(folder, error)),
        _ => Ok(()),
    }
}

fn said(path: &Path, error: std::io::Error) -> String {
    format!("{}: {error}", path.display())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_of_the_machine_is_found_in_a_program_and_a_longer_name_is_none() {
        let program = b"\0panicked at /home/ann/hub/crates/server/src/api.rs\0";
        assert!(has_path(program, "/home/ann/hub") && has_path(program, "/home/ann/hub/"));
        assert!(!has_path(program, "/home/ann/hu") && !has_path(program, "/home/bo"));
    }

    #[test]
    fn the_control_file_has_what_debian_requires() {
        let file = control_file("0.1.0", "amd64");
        for field in ["Package: ", "Version: ", "Architecture: ", "Maintainer: ", "Description: "] {
            assert!(file.lines().any(|line| line.starts_with(field)), "{field}");
        }
        assert!(file.ends_with('\n') && file.lines().all(|line| !line.is_empty()));
    }
}
