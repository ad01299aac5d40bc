//! The files of the builds before and after, for as long as servers of both are behind one proxy.
//!
//! A page names the files of its own build, and the next request may reach a server that has
//! another one. So a server also serves the files with a hash in their name from the two folders
//! beside its own that an upgrade uses: `site.new`, which comes next, and `site.old`, which was
//! before. Such a name is never used for other content, so it does not matter which server answers.
//! Everything else comes from its own build (docs/decisions/0040-rolling-upgrade.md).

use super::{File, ServedSite};
use axum::http::HeaderMap;
use axum::response::Response;
use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::SystemTime;

/// What the names of the two folders add to that of the site's own.
const ENDINGS: [&str; 2] = [".new", ".old"];
/// The most bytes of files, with their compressed copies, that are held for each folder: several
/// times a build's.
const BYTES_MAX: usize = 64 * 1024 * 1024;

/// The builds beside the one that is served.
pub struct NeighbourBuilds {
    builds: [NeighbourBuild; ENDINGS.len()],
}

struct NeighbourBuild {
    folder: PathBuf,
    read: RwLock<Arc<ReadBuild>>,
}

/// A folder as it was read last.
#[derive(Default)]
struct ReadBuild {
    /// When its list of files was written; `None` if there is no list, or if it must be read again.
    written: Option<SystemTime>,
    files: HashMap<String, File>,
    /// Why it could not be read.
    fault: Option<String>,
}

impl NeighbourBuilds {
    /// Those beside the folder of a site. Reads none of them yet.
    pub fn of(site: &Path) -> Self {
        // A link such as `site -> builds/7` has its neighbours beside the link.
        let name = site.file_name().unwrap_or_default();
        let folder = |ending: &str| {
            let mut name = name.to_os_string();
            name.push(ending);
            site.with_file_name(name)
        };
        let build = |ending| NeighbourBuild { folder: folder(ending), read: RwLock::default() };
        Self { builds: ENDINGS.map(build) }
    }

    /// Reads the folders that changed since they were read. What cannot be read yet, as a folder
    /// that is still being copied, is in the log and is tried again at the next look.
    pub fn look(&self) {
        self.builds.iter().for_each(NeighbourBuild::look);
    }

    /// Answers a GET or HEAD of a file with a hash in its name; `None` if no build beside has it.
    pub fn answer(&self, path: &str, headers: &HeaderMap) -> Option<Response> {
        self.builds
            .iter()
            .find_map(|build| build.now().files.get(path).map(|file| file.answer(headers)))
    }
}

impl NeighbourBuild {
    fn now(&self) -> Arc<ReadBuild> {
        self.read.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn look(&self) {
        let list = fs::metadata(self.folder.join("site.json"));
        let written = list.and_then(|data| data.modified()).ok();
        let before = self.now();
        if written == before.written && before.fault.is_none() {
            return;
        }
        let read = match written.map(|_| self.files()) {
            None => ReadBuild::default(),
            Some(Ok(files)) => ReadBuild { written, files, fault: None },
            Some(Err(fault)) => {
                if before.fault.as_ref() != Some(&fault) {
                    tracing::warn!(%fault, "the site beside cannot be read; its files are not served");
                }
                ReadBuild { fault: Some(fault), ..ReadBuild::default() }
            }
        };
        *self.read.write().unwrap_or_else(PoisonError::into_inner) = read.into();
    }

    /// The files of the folder that have a hash in their name. All of them must be whole: a browser
    /// keeps such a file for a year. The error says why they are not served.
    fn files(&self) -> Result<HashMap<String, File>, String> {
        let folder = self.folder.display();
        let files = ServedSite::read(&self.folder).map_err(|fault| fault.to_string())?;
        let files = files.into_immutable();
        let bytes: usize = files.values().map(File::bytes).sum();
        if bytes > BYTES_MAX {
            return Err(format!("{folder} has {bytes} bytes, more than {BYTES_MAX}"));
        }
        if let Some((path, _)) = files.iter().find(|(_, file)| !file.is_whole()) {
            return Err(format!("{folder}{path} is not whole"));
        }
        tracing::info!(%folder, files = files.len(), "files of the site beside are served too");
        Ok(files)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::Engine;
    use base64::engine::general_purpose::STANDARD;
    use sha2::{Digest, Sha256};
    use std::time::Duration;

    fn build(folder: &Path, hashed: &str) {
        fs::create_dir_all(folder).unwrap();
        let row = |path: &str, is_immutable: bool| {
            fs::write(folder.join(&path[1..]), path).unwrap();
            let sha256 = STANDARD.encode(Sha256::digest(path));
            format!(
                r#"{{"path":"{path}","br":null,"gz":null,"sha256":"{sha256}","immutable":{is_immutable}}}"#
            )
        };
        let rows = [row(hashed, true), row("/index.html", false)].join(",");
        fs::write(folder.join("sources.json"), "{}").unwrap();
        let list = format!(r#"{{"version":"1","files":[{rows}]}}"#);
        fs::write(folder.join("site.json"), list).unwrap();
    }

    fn check(builds: &NeighbourBuilds, path: &str, expected: bool) {
        builds.look();
        assert_eq!(builds.answer(path, &HeaderMap::new()).is_some(), expected, "{path}");
    }

    #[test]
    fn the_builds_before_and_after_serve_their_hashed_files_and_nothing_else() {
        let dir = tempfile::tempdir().unwrap();
        build(&dir.path().join("site.old"), "/app-1111111111111111.js");
        let builds = NeighbourBuilds::of(&dir.path().join("site"));
        check(&builds, "/app-1111111111111111.js", true);
        check(&builds, "/app-2222222222222222.js", false);
        check(&builds, "/index.html", false);
        build(&dir.path().join("site.new"), "/app-2222222222222222.js");
        check(&builds, "/app-2222222222222222.js", true);
        check(&builds, "/app-1111111111111111.js", true);
    }

    #[test]
    fn a_build_that_is_replaced_removed_or_damaged_is_noticed() {
        let dir = tempfile::tempdir().unwrap();
        let (site, old) = (dir.path().join("site"), dir.path().join("site.old"));
        build(&old, "/app-1111111111111111.js");
        let builds = NeighbourBuilds::of(&site);
        check(&builds, "/app-1111111111111111.js", true);
        build(&old, "/app-2222222222222222.js");
        let later = SystemTime::now() + Duration::from_secs(9);
        let list = fs::File::options().write(true).open(old.join("site.json")).unwrap();
        list.set_modified(later).unwrap();
        check(&builds, "/app-1111111111111111.js", false);
        check(&builds, "/app-2222222222222222.js", true);
        fs::write(old.join("site.json"), "{").unwrap();
        check(&builds, "/app-2222222222222222.js", false);
        fs::remove_dir_all(&old).unwrap();
        check(&builds, "/app-2222222222222222.js", false);
    }
}
