//! The image: the program, the libraries that it loads, and nothing else, as an OCI archive
//! (image-spec 1.0). It is written without a daemon and without a base image; the same files give
//! the same bytes. docs/decisions/0041-image.md has the reasons.

mod tar;
pub(super) mod trial;

use super::{PROGRAM, PUBLISHER, architecture, build_paths, has_path, said, write};
use crate::process::captured;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use tar::TarEntry;

/// The user and group of the program. No system gives this number to anyone else by itself.
const USER: u32 = 65_532;
const DATA: &str = "var/lib/community-hub";
const SITE: &str = "srv/community-hub/site";
/// What rustls reads to trust a mail server or a provider of work accounts.
const CERTIFICATES: &str = "etc/ssl/certs/ca-certificates.crt";
/// Licences of the libraries that are copied, where Debian has them.
const NOTICES: [&str; 2] = ["usr/share/doc/libc6/copyright", "usr/share/doc/libgcc-s1/copyright"];
/// Folders from which a library is copied. One from elsewhere is not a part of the system.
const LIBRARY_FOLDERS: [&str; 4] = ["/lib/", "/lib64/", "/usr/lib/", "/usr/lib64/"];

const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
const INDEX: &str = "application/vnd.oci.image.index.v1+json";
const CONFIG: &str = "application/vnd.oci.image.config.v1+json";
const LAYER: &str = "application/vnd.oci.image.layer.v1.tar+gzip";

const SECOND: u64 = 1_000_000_000;

/// Packs the programs of `stage` as an image. `root` is the project's folder.
pub(super) fn pack(root: &Path, stage: &Path, version: &str, to: &Path) -> Result<(), String> {
    let program = stage.join("usr/bin").join(PROGRAM);
    let entries = entries(root, stage)?;
    check_no_build_paths(root, &entries)?;
    let layer = tar::write(&entries)?;
    let packed = gzip(&layer, "-9n")?;
    let revision = captured(Command::new(&program).arg("--version"))?;
    let config = config(version, commit_in(&revision), &digest(&layer));
    let config = config.to_string().into_bytes();
    let manifest = json!({
        "schemaVersion": 2,
        "mediaType": MANIFEST,
        "config": descriptor(CONFIG, &config),
        "layers": [descriptor(LAYER, &packed)],
    });
    let manifest = manifest.to_string().into_bytes();
    let mut of_index = descriptor(MANIFEST, &manifest);
    of_index["annotations"] = json!({ "org.opencontainers.image.ref.name": version });
    of_index["platform"] = json!({ "architecture": architecture(), "os": "linux" });
    let index = json!({ "schemaVersion": 2, "mediaType": INDEX, "manifests": [of_index] });
    let mut files = vec![
        TarEntry::file("oci-layout", 0o644, br#"{"imageLayoutVersion":"1.0.0"}"#.to_vec()),
        TarEntry::file("index.json", 0o644, index.to_string().into_bytes()),
        TarEntry::folder("blobs", 0o755, 0),
        TarEntry::folder("blobs/sha256", 0o755, 0),
    ];
    for blob in [manifest, config, packed] {
        let path = format!("blobs/{}", digest(&blob).replace(':', "/"));
        files.push(TarEntry::file(&path, 0o644, blob));
    }
    write(to, &tar::write(&files)?)
}

/// Every file of the image, folders before what is in them.
fn entries(root: &Path, stage: &Path) -> Result<Vec<TarEntry>, String> {
    let mut files = BTreeMap::new();
    let mut put = |path: &str, mode: u32, bytes: Vec<u8>| {
        files.insert(path.to_string(), TarEntry::file(path, mode, bytes));
    };
    let program = format!("usr/bin/{PROGRAM}");
    let publisher = format!("usr/lib/community-hub/{PUBLISHER}");
    for path in [program, publisher] {
        let from = stage.join(&path);
        if !from.exists() {
            continue;
        }
        put(&path, 0o755, read(&from)?);
        for library in libraries(&from)? {
            let to = library.to_string_lossy().trim_start_matches('/').to_string();
            put(&to, 0o755, read(&library)?);
        }
    }
    let copyright = "usr/share/doc/community-hub/copyright";
    put(copyright, 0o644, read(&stage.join(copyright))?);
    put("etc/community-hub/hub.toml", 0o644, read(&root.join("packaging/image/hub.toml"))?);
    for path in NOTICES.into_iter().chain([CERTIFICATES]) {
        let from = Path::new("/").join(path);
        if from.exists() {
            put(path, 0o644, read(&from)?);
        }
    }
    let line = format!("community-hub:x:{USER}:{USER}::/{DATA}:/nonexistent\n");
    put("etc/passwd", 0o644, line.into_bytes());
    put("etc/group", 0o644, format!("community-hub:x:{USER}:\n").into_bytes());
    // Without it, the C library asks the network before /etc/hosts.
    put("etc/nsswitch.conf", 0o644, b"hosts: files dns\n".to_vec());
    Ok(with_folders(files))
}

/// Adds the folders that are empty, and those above every file.
fn with_folders(mut files: BTreeMap<String, TarEntry>) -> Vec<TarEntry> {
    for (path, mode, owner) in [
        (DATA, 0o700, USER),
        ("var/backups/community-hub", 0o700, USER),
        (SITE, 0o755, 0),
        // What mounts are put over, and what a drill of a backup uses.
        ("proc", 0o555, 0),
        ("sys", 0o555, 0),
        ("dev", 0o755, 0),
        ("tmp", 0o1777, 0),
    ] {
        files.insert(path.into(), TarEntry::folder(path, mode, owner));
    }
    let paths: Vec<String> = files.keys().cloned().collect();
    for path in paths {
        for (end, _) in path.match_indices('/') {
            let folder = &path[..end];
            let entry = || TarEntry::folder(folder, 0o755, 0);
            files.entry(folder.into()).or_insert_with(entry);
        }
    }
    files.into_values().collect()
}

/// The libraries that a program loads, with the loader itself; none for one that needs none.
fn libraries(program: &Path) -> Result<Vec<PathBuf>, String> {
    let output = Command::new("ldd").arg(program).output().map_err(|error| said(program, error))?;
    // A program without libraries is an error for ldd.
    let report = String::from_utf8_lossy(&output.stdout);
    libraries_in(&report)
}

fn libraries_in(report: &str) -> Result<Vec<PathBuf>, String> {
    let mut libraries = Vec::new();
    for line in report.lines().map(str::trim) {
        if line.ends_with("not found") {
            return Err(format!("A library is missing: {line}"));
        }
        let path = line.split_once("=> ").map_or(line, |(_, path)| path);
        let path = path.split(" (0x").next().unwrap_or_default();
        if !path.starts_with('/') {
            continue;
        }
        if !LIBRARY_FOLDERS.iter().any(|folder| path.starts_with(folder)) {
            return Err(format!("{path} is not a library of the system"));
        }
        libraries.push(path.into());
    }
    Ok(libraries)
}

fn config(version: &str, commit: Option<&str>, layer: &str) -> Value {
    let mut labels = json!({
        "org.opencontainers.image.title": PROGRAM,
        "org.opencontainers.image.description":
            "Residents find municipal services and ask, also offline",
        "org.opencontainers.image.version": version,
        "org.opencontainers.image.licenses": env!("CARGO_PKG_LICENSE"),
    });
    if let Some(commit) = commit {
        labels["org.opencontainers.image.revision"] = commit.into();
    }
    json!({
        "architecture": architecture(),
        "os": "linux",
        "config": {
            "User": format!("{USER}:{USER}"),
            "ExposedPorts": { "8080/tcp": {} },
            // As in the service unit, with the same reason.
            "Env": ["PATH=/usr/bin", "MALLOC_MMAP_THRESHOLD_=131072", "MALLOC_ARENA_MAX=2"],
            "Entrypoint": [format!("/usr/bin/{PROGRAM}")],
            "Cmd": ["serve"],
            "Volumes": { format!("/{DATA}"): {} },
            "WorkingDir": "/",
            "Labels": labels,
            "StopSignal": "SIGTERM",
            // Not in the standard; Docker and Podman read it here.
            "Healthcheck": {
                "Test": ["CMD", format!("/usr/bin/{PROGRAM}"), "health"],
                "Interval": 30 * SECOND,
                "Timeout": 12 * SECOND,
                "StartPeriod": 60 * SECOND,
                "Retries": 3,
            },
        },
        "rootfs": { "type": "layers", "diff_ids": [layer] },
        "history": [{ "created_by": "cargo xtask package" }],
    })
}

/// The commit that a program's `--version` names.
fn commit_in(version: &str) -> Option<&str> {
    version.split_once("(commit ")?.1.trim_end().strip_suffix(')')
}

fn descriptor(media_type: &str, blob: &[u8]) -> Value {
    json!({ "mediaType": media_type, "digest": digest(blob), "size": blob.len() })
}

fn digest(blob: &[u8]) -> String {
    let sum: String = Sha256::digest(blob).iter().map(|byte| format!("{byte:02x}")).collect();
    format!("sha256:{sum}")
}

fn check_no_build_paths(root: &Path, entries: &[TarEntry]) -> Result<(), String> {
    let root = fs::canonicalize(root).map_err(|error| said(root, error))?;
    let paths = build_paths(&root);
    for entry in entries {
        let bytes = entry.bytes.as_deref().unwrap_or_default();
        if let Some((path, _)) = paths.iter().find(|(path, _)| has_path(bytes, path)) {
            return Err(format!("{} contains the path {path} of this machine", entry.path));
        }
    }
    Ok(())
}

/// Runs bytes through gzip.
fn gzip(bytes: &[u8], option: &str) -> Result<Vec<u8>, String> {
    let mut command = Command::new("gzip");
    command.args([option, "-c"]).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = command.spawn().map_err(|error| error.to_string())?;
    let mut stdin = child.stdin.take().ok_or("gzip reads nothing")?;
    let output = std::thread::scope(|scope| {
        // If gzip ends early, its status says so.
        scope.spawn(move || drop(stdin.write_all(bytes)));
        child.wait_with_output().map_err(|error| error.to_string())
    })?;
    if output.status.success() { Ok(output.stdout) } else { Err("gzip failed".into()) }
}

fn read(path: &Path) -> Result<Vec<u8>, String> {
    fs::read(path).map_err(|error| said(path, error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn libraries_come_from_the_system_and_none_is_missing() {
        let report = "\tlinux-vdso.so.1 (0x00007ffd)\n\
            \tlibc.so.6 => /lib/x86_64-linux-gnu/libc.so.6 (0x00007f12)\n\
            \t/lib64/ld-linux-x86-64.so.2 (0x00007f34)\n";
        let found = libraries_in(report).unwrap();
        let expected = ["/lib/x86_64-linux-gnu/libc.so.6", "/lib64/ld-linux-x86-64.so.2"];
        assert_eq!(found, expected.map(PathBuf::from));
        assert!(libraries_in("\tnot a dynamic executable\n").unwrap().is_empty());
        assert!(libraries_in("\tlibx.so => not found\n").is_err());
        assert!(libraries_in("\tlibx.so => /home/ann/libx.so (0x1)\n").is_err());
    }

    #[test]
    fn the_commit_is_the_one_that_the_program_names() {
        assert_eq!(commit_in("community-hub 0.1.0 (commit 0123abc)\n"), Some("0123abc"));
        assert_eq!(commit_in("community-hub 0.1.0\n"), None);
    }
}
