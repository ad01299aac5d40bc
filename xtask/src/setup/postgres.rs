//! PostgreSQL's programs: the server's tests start a cluster of their own.

use super::SetupStep;
use super::debian::{install, which};
use std::path::{Path, PathBuf};

/// Debian's location: one folder per version, not on PATH.
const DEBIAN: &str = "/usr/lib/postgresql";

/// Ensures that the programs are where the tests look for them (crates/server/tests/cluster).
pub(super) fn programs(step: SetupStep) -> Result<(), String> {
    if let Some(named) =
        std::env::var_os("POSTGRES_BIN").filter(|path| !path.is_empty()).map(PathBuf::from)
    {
        let what = format!(
            "POSTGRES_BIN names {}, which does not hold PostgreSQL’s programs.",
            named.display()
        );
        return if has_programs(&named) { Ok(()) } else { Err(what) };
    }
    if are_there(Path::new(DEBIAN)) {
        return Ok(());
    }
    install(step, "PostgreSQL", &["postgresql"])?;
    if are_there(Path::new(DEBIAN)) { Ok(()) } else { Err(missing()) }
}

fn are_there(debian: &Path) -> bool {
    let versions = std::fs::read_dir(debian).into_iter().flatten().flatten();
    let on_path = which("initdb").and_then(|program| program.parent().map(Path::to_path_buf));
    versions
        .map(|entry| entry.path().join("bin"))
        .chain(on_path)
        .any(|folder| has_programs(&folder))
}

fn has_programs(folder: &Path) -> bool {
    ["initdb", "postgres", "pg_basebackup", "psql"]
        .iter()
        .all(|program| folder.join(program).is_file())
}

fn missing() -> String {
    "PostgreSQL’s programs are missing; the server’s tests start one of their own. On Debian: sudo apt-get install postgresql; \
     or name their folder: POSTGRES_BIN=/path/to/bin cargo xtask test"
        .into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_an_installation_is_none() {
        let folder = std::env::temp_dir().join(format!("no-postgresql-{}", std::process::id()));
        let programs = folder.join("15/bin");
        std::fs::create_dir_all(&programs).unwrap();
        std::fs::write(programs.join("initdb"), "").unwrap();
        assert!(!has_programs(&programs));
        for program in ["postgres", "pg_basebackup", "psql"] {
            std::fs::write(programs.join(program), "").unwrap();
        }
        assert!(has_programs(&programs) && are_there(&folder));
        std::fs::remove_dir_all(folder).unwrap();
        assert!(
            missing().contains("apt-get install postgresql") && missing().contains("POSTGRES_BIN")
        );
    }
}
