//! Decides which changed file requires which build step.

use crate::build::quick;
use crate::process::captured;
use std::path::{Path, PathBuf};
use std::process::Command;

/// What has to be built again. The site is always checked, because both steps can change it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Steps {
    pub(super) app: bool,
    /// The server, and the publisher that assembles the site.
    pub(super) programs: bool,
    /// The publisher is among the programs that change, so the site waits for them.
    pub(super) publisher: bool,
}

impl Steps {
    pub(super) const ALL: Self = Self { app: true, programs: true, publisher: true };

    pub(super) fn and(self, other: Self) -> Self {
        Self {
            app: self.app || other.app,
            programs: self.programs || other.programs,
            publisher: self.publisher || other.publisher,
        }
    }
}

/// Folders and files that are watched.
#[derive(Debug)]
pub(super) struct Sources {
    app: Vec<PathBuf>,
    programs: Vec<PathBuf>,
    publisher: Vec<PathBuf>,
    site: Vec<PathBuf>,
}

impl Sources {
    /// Asks cargo which of the workspace's packages the app and the programs consist of.
    pub(super) fn of(municipality: &Path) -> Result<Self, String> {
        let root = std::env::current_dir().map_err(|error| error.to_string())?;
        let of = |arguments: &[&str]| -> Result<Vec<PathBuf>, String> {
            let mut tree = Command::new("cargo");
            tree.args(["tree", "--offline", "--prefix", "none", "--edges", "normal,build"]);
            Ok(sources_in(&captured(tree.args(arguments))?, &root))
        };
        Ok(Self {
            app: of(&["--package", "community-hub-app", "--target", quick::TARGET])?,
            programs: of(&["--package", "server", "--package", "publish"])?,
            publisher: of(&["--package", "publish"])?,
            site: ["index.html", "style", "public"]
                .iter()
                .map(PathBuf::from)
                .chain([municipality.into()])
                .collect(),
        })
    }

    pub(super) fn paths(&self) -> Vec<&Path> {
        let all = [&self.app, &self.programs, &self.site];
        let mut paths: Vec<&Path> = all.into_iter().flatten().map(PathBuf::as_path).collect();
        paths.sort();
        paths.dedup();
        paths
    }

    pub(super) fn steps_for(&self, changed: &[PathBuf]) -> Steps {
        let is_in = |sources: &[PathBuf]| {
            changed.iter().any(|path| sources.iter().any(|source| path.starts_with(source)))
        };
        // The start script is part of the app, although it is in a folder of the site.
        let app = is_in(&self.app) || is_in(&[quick::BOOT.into()]);
        Steps { app, programs: is_in(&self.programs), publisher: is_in(&self.publisher) }
    }
}

/// The source files of those packages in the output of `cargo tree` that are in this workspace.
/// Tests and benches are left out, because compiling the packages does not read them.
fn sources_in(tree: &str, root: &Path) -> Vec<PathBuf> {
    let folders =
        tree.lines().filter_map(|line| Some(line.split_once(" (/")?.1.split_once(')')?.0));
    let mut sources: Vec<PathBuf> = folders
        .filter_map(|folder| Path::new("/").join(folder).strip_prefix(root).map(PathBuf::from).ok())
        .flat_map(|folder| {
            ["src", "templates", "build.rs", "Cargo.toml"].map(|part| folder.join(part))
        })
        .chain(["Cargo.toml", "Cargo.lock"].map(PathBuf::from))
        .collect();
    sources.sort();
    sources.dedup();
    sources
}

#[cfg(test)]
mod tests {
    use super::*;

    const APP: &str = "community-hub-app v0.1.0 (/hub)
domain v0.1.0 (/hub/crates/domain)
serde v1.0.228
serde_derive v1.0.228 (proc-macro)
wording v0.1.0 (/hub/crates/wording)
domain v0.1.0 (/hub/crates/domain) (*)
elsewhere v1.0.0 (/other/elsewhere)
";
    const PROGRAMS: &str = "server v0.1.0 (/hub/crates/server)
domain v0.1.0 (/hub/crates/domain)
";

    fn steps(changed: &[&str]) -> (bool, bool) {
        let sources = Sources {
            app: sources_in(APP, Path::new("/hub")),
            programs: sources_in(PROGRAMS, Path::new("/hub")),
            publisher: Vec::new(),
            site: vec!["style".into(), "public".into(), "data/town".into()],
        };
        let changed: Vec<PathBuf> = changed.iter().map(PathBuf::from).collect();
        let Steps { app, programs, .. } = sources.steps_for(&changed);
        (app, programs)
    }

    #[test]
    fn a_change_leads_to_what_is_built_from_it() {
        assert_eq!(steps(&["src/pages/home.rs"]), (true, false));
        assert_eq!(steps(&["crates/wording/src/lib.rs"]), (true, false));
        assert_eq!(steps(&["crates/server/templates/page.html"]), (false, true));
        assert_eq!(steps(&["crates/domain/src/lib.rs"]), (true, true));
        assert_eq!(steps(&["Cargo.lock"]), (true, true));
        assert_eq!(steps(&["public/boot.js"]), (true, false));
        assert_eq!(steps(&["style/base.css", "data/town/hubs/a.toml"]), (false, false));
        assert_eq!(steps(&["style/base.css", "src/main.rs"]), (true, false));
        assert_eq!(steps(&["crates/domain/tests/hours.rs"]), (false, false));
    }

    #[test]
    fn a_failed_step_is_done_with_the_next_change() {
        let app = Steps { app: true, ..Steps::default() };
        assert_eq!(app.and(Steps::default()), app);
        assert_eq!(app.and(Steps { app: false, ..Steps::ALL }), Steps::ALL);
    }

    #[test]
    fn packages_of_other_projects_are_not_watched() {
        let sources = sources_in(APP, Path::new("/hub"));
        let is_there = |path: &str| sources.contains(&PathBuf::from(path));
        assert!(is_there("src") && is_there("crates/wording/src") && is_there("Cargo.toml"));
        assert!(!sources.iter().any(|path| path.is_absolute() || path.ends_with("elsewhere")));
    }
}
