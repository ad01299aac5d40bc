//! Reads an image back as whoever installs it does, and starts it: with its own files alone, as its
//! own user, where nothing but its data folder can be written.

use super::super::trial::{first_line, stop};
use super::{DATA, SITE, USER, digest, gzip, read, tar};
use crate::process::{captured, shown};
use serde_json::Value;
use std::fs::{self, Permissions};
use std::io::{Read, Write};
use std::net::TcpStream;
use std::os::unix::fs::{PermissionsExt, chown};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use tar::TarEntry;

/// How long the server may take until it is ready.
const READY_TIME: Duration = Duration::from_secs(30);
const PAUSE: Duration = Duration::from_millis(200);
/// Mounts what a container has around the image, and becomes the program. The root cannot be
/// written; the data folder can, by the image's user.
const CONTAINER: &str = r#"set -e
root=$1; user=$2; data=$3; shift 3
mount --bind "$root" "$root"
mount -t tmpfs -o "uid=$user,gid=$user,mode=0700" data "$root/$data"
mount --rbind /proc "$root/proc"
mount --rbind /dev "$root/dev"
mount -o remount,ro,bind "$root"
if touch "$root/written" 2>/dev/null; then echo "the root can be written"; exit 1; fi
exec chroot --userspec="$user:$user" "$root" "$@""#;

/// An image whose digests and sizes are right.
pub(super) struct ReadImage {
    pub(super) config: Value,
    pub(super) entries: Vec<TarEntry>,
}

impl ReadImage {
    /// Reads an archive, and follows every digest in it from the index.
    pub(super) fn of(archive: &[u8]) -> Result<Self, String> {
        let files = tar::read(archive)?;
        let file = |path: &str| {
            let found = files.iter().find(|file| file.path == path);
            found
                .and_then(|file| file.bytes.as_deref())
                .ok_or_else(|| format!("the image has no {path}"))
        };
        let blob = |of: &Value| {
            let name = of["digest"].as_str().unwrap_or_default();
            let bytes = file(&format!("blobs/{}", name.replace(':', "/")))?;
            let is_right = digest(bytes) == name && of["size"] == bytes.len();
            if is_right { Ok(bytes) } else { Err(format!("the blob {name} is another one")) }
        };
        if parsed(file("oci-layout")?)?["imageLayoutVersion"] != "1.0.0" {
            return Err("the image has another layout".into());
        }
        let index = parsed(file("index.json")?)?;
        let manifest = parsed(blob(&index["manifests"][0])?)?;
        let config = parsed(blob(&manifest["config"])?)?;
        let layer = gzip(blob(&manifest["layers"][0])?, "-d")?;
        if config["rootfs"]["diff_ids"][0] != digest(&layer) {
            return Err("the layer is not the one that the configuration names".into());
        }
        Ok(Self { config, entries: tar::read(&layer)? })
    }

    /// The words of the configuration's list `name`.
    fn words(&self, name: &str) -> Vec<String> {
        let words = self.config["config"][name].as_array().into_iter().flatten();
        words.filter_map(|word| word.as_str().map(String::from)).collect()
    }
}

fn parsed(bytes: &[u8]) -> Result<Value, String> {
    serde_json::from_slice(bytes).map_err(|error| error.to_string())
}

/// Reads the image back, and starts it with a site if this user may mount.
pub(in super::super) fn run(archive: &Path, site: Option<&Path>) -> Result<(), String> {
    let image = ReadImage::of(&read(archive)?)?;
    let may_mount = captured(Command::new("unshare").args(["--mount", "true"])).is_ok();
    let Some(site) = site.filter(|_| may_mount) else {
        println!("The image was read back. It was not started: that needs root and a built site.");
        return Ok(());
    };
    let root = UnpackedImage::of(&image, site)?;
    root.start(&image)?;
    println!("The image was read back, and started from its own files, read-only, as {USER}.");
    Ok(())
}

/// A folder with an image's files; it is removed in the end.
struct UnpackedImage {
    dir: PathBuf,
}

impl Drop for UnpackedImage {
    fn drop(&mut self) {
        // What stays is in the folder for temporary files.
        let _ = fs::remove_dir_all(&self.dir);
    }
}

impl UnpackedImage {
    fn of(image: &ReadImage, site: &Path) -> Result<Self, String> {
        let name = format!("community-hub-image-{}", std::process::id());
        let unpacked = Self { dir: std::env::temp_dir().join(name) };
        // Fails if someone else made it.
        fs::create_dir(&unpacked.dir).map_err(|error| error.to_string())?;
        let opened = Permissions::from_mode(0o755);
        fs::set_permissions(&unpacked.dir, opened).map_err(|error| error.to_string())?;
        for entry in &image.entries {
            unpacked.unpack(entry).map_err(|error| format!("{}: {error}", entry.path))?;
        }
        let to = unpacked.dir.join(SITE);
        shown(Command::new("cp").arg("-r").arg(site.join(".")).arg(&to))?;
        shown(Command::new("chmod").args(["-R", "go+rX"]).arg(&to))?;
        Ok(unpacked)
    }

    fn unpack(&self, entry: &TarEntry) -> std::io::Result<()> {
        let path = self.dir.join(&entry.path);
        match &entry.bytes {
            Some(bytes) => fs::write(&path, bytes)?,
            None => fs::create_dir(&path)?,
        }
        fs::set_permissions(&path, Permissions::from_mode(entry.mode))?;
        chown(&path, Some(entry.owner), Some(entry.owner))
    }

    /// Runs the entrypoint until it is ready and says that it is healthy.
    fn start(&self, image: &ReadImage) -> Result<(), String> {
        let entrypoint = image.words("Entrypoint");
        let mut command = Command::new("unshare");
        command.args(["--mount", "--", "sh", "-c", CONTAINER, "sh"]).arg(&self.dir);
        command.arg(USER.to_string()).arg(DATA).args(&entrypoint).args(image.words("Cmd"));
        // Any port that is free; the image has its own.
        command.args(["--port", "0"]).env_clear().envs(variables(image)).env("PATH", path());
        let mut child =
            command.stdout(Stdio::piped()).spawn().map_err(|error| error.to_string())?;
        let line = first_line(&mut child);
        let outcome = line.ok_or_else(|| "the image did not start".into()).and_then(|line| {
            let port = port_in(&line).ok_or(line)?;
            ready(port)?;
            let mut health = Command::new("chroot");
            health.arg(format!("--userspec={USER}:{USER}")).arg(&self.dir).args(&entrypoint);
            captured(health.args(["health", "--port", &port.to_string()])).map(|_| ())
        });
        stop(&mut child)?;
        outcome
    }
}

/// The environment of the image's configuration.
fn variables(image: &ReadImage) -> Vec<(String, String)> {
    let pair = |word: String| word.split_once('=').map(|(name, of)| (name.into(), of.into()));
    image.words("Env").into_iter().filter_map(pair).collect()
}

/// Where `mount` and `chroot` are.
fn path() -> String {
    format!("{}:/usr/sbin:/sbin", std::env::var("PATH").unwrap_or_default())
}

fn port_in(line: &str) -> Option<u16> {
    line.trim().rsplit_once(':')?.1.parse().ok()
}

/// Asks `/ready` until the answer is yes.
fn ready(port: u16) -> Result<(), String> {
    let began = Instant::now();
    loop {
        let answer = ask(port).unwrap_or_else(|error| error.to_string());
        if answer.starts_with("HTTP/1.1 200") {
            return Ok(());
        }
        if began.elapsed() > READY_TIME {
            return Err(format!("the image is not ready: {answer}"));
        }
        std::thread::sleep(PAUSE);
    }
}

fn ask(port: u16) -> std::io::Result<String> {
    let mut stream = TcpStream::connect(("127.0.0.1", port))?;
    stream.set_read_timeout(Some(READY_TIME))?;
    stream.write_all(b"GET /ready HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    Ok(answer)
}

#[cfg(test)]
mod tests {
    use super::super::super::remove;
    use super::super::pack;
    use super::*;

    /// A stage with a stand-in for the server, which is `program`.
    fn stage(dir: &Path, program: &[u8]) -> PathBuf {
        let stage = dir.join("stage");
        for (path, bytes) in
            [("usr/bin/community-hub", program), ("usr/share/doc/community-hub/copyright", b"MIT")]
        {
            let path = stage.join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(&path, bytes).unwrap();
            fs::set_permissions(&path, Permissions::from_mode(0o755)).unwrap();
        }
        stage
    }

    fn packed(dir: &Path, program: &[u8]) -> Result<Vec<u8>, String> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let to = dir.join("image.oci.tar");
        pack(&root, &stage(dir, program), "0.1.0", &to)?;
        read(&to)
    }

    fn scratch(name: &str) -> PathBuf {
        std::env::temp_dir().join(format!("image-{name}-{}", std::process::id()))
    }

    const STAND_IN: &[u8] = b"#!/bin/sh\necho 'community-hub 0.1.0 (commit 0123abc)'\n";

    #[test]
    fn an_image_has_a_user_without_rights_a_health_check_and_folders_for_mounts() {
        let dir = scratch("whole");
        let image = ReadImage::of(&packed(&dir, STAND_IN).unwrap()).unwrap();
        let config = &image.config["config"];
        assert_eq!(config["User"], "65532:65532");
        assert_eq!(config["Healthcheck"]["Test"][2], "health");
        assert_eq!(config["Labels"]["org.opencontainers.image.revision"], "0123abc");
        assert_eq!((image.words("Entrypoint"), image.words("Cmd")).1, ["serve"]);
        let entry = |path: &str| image.entries.iter().find(|entry| entry.path == path).unwrap();
        assert_eq!((entry(DATA).mode, entry(DATA).owner), (0o700, USER));
        assert_eq!(entry("usr/bin/community-hub").bytes.as_deref(), Some(STAND_IN));
        let writable = |of: &&TarEntry| of.owner != 0 || of.mode & 0o022 != 0;
        let writable: Vec<&str> =
            image.entries.iter().filter(writable).map(|entry| entry.path.as_str()).collect();
        assert_eq!(writable, ["tmp", "var/backups/community-hub", DATA]);
        for (at, entry) in image.entries.iter().enumerate() {
            let folder = entry.path.rsplit_once('/').map_or("", |(folder, _)| folder);
            let is_there = image.entries[..at].iter().any(|before| before.path == folder);
            assert!(folder.is_empty() || is_there, "{folder} comes before {}", entry.path);
        }
        remove(&dir).unwrap();
    }

    #[test]
    fn the_same_files_are_the_same_image_and_others_are_another_one() {
        let (dir, elsewhere) = (scratch("first"), scratch("second"));
        let first = packed(&dir, STAND_IN).unwrap();
        assert!(first == packed(&elsewhere, STAND_IN).unwrap());
        let other = [STAND_IN, b"#"].concat();
        assert!(first != packed(&elsewhere, &other).unwrap());
        remove(&dir).unwrap();
        remove(&elsewhere).unwrap();
    }

    #[test]
    fn a_changed_byte_or_a_path_of_the_builder_is_noticed() {
        let dir = scratch("changed");
        let image = packed(&dir, STAND_IN).unwrap();
        let at = image.len() / 2;
        let mut changed = image.clone();
        changed[at] ^= 1;
        assert!(ReadImage::of(&changed).is_err());
        let root = fs::canonicalize(Path::new(env!("CARGO_MANIFEST_DIR")).join("..")).unwrap();
        let line = format!("# {}/crates/server/src/api.rs\n", root.display());
        let with_path = [STAND_IN, line.as_bytes()].concat();
        assert!(packed(&dir, &with_path).is_err_and(|fault| fault.contains("of this machine")));
        remove(&dir).unwrap();
    }
}
