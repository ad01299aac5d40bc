//! A folder in the user's cache, outside the project, where tools are compiled once for all clones.

use std::fs::File;
use std::path::{Path, PathBuf};

/// The folder that contains a tool's program, filled by `install` if it does not exist. A lock
/// prevents concurrent installation. The tool is installed beside the folder and then moved into
/// place, so a partial installation is never used.
pub(super) fn folder(
    name: &str,
    program: &str,
    install: impl FnOnce(&Path) -> Result<(), String>,
) -> Result<PathBuf, String> {
    folder_in(&tools_folder()?, name, program, install)
}

/// `$XDG_CACHE_HOME/community-hub/tools`, or the same under `~/.cache`.
fn tools_folder() -> Result<PathBuf, String> {
    let cache =
        std::env::var_os("XDG_CACHE_HOME").filter(|path| !path.is_empty()).map(PathBuf::from);
    let cache =
        cache.or_else(|| std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".cache")));
    cache.map(|cache| cache.join("community-hub/tools")).ok_or_else(|| {
        "Neither XDG_CACHE_HOME nor HOME is set, so there is no place to keep the tools.".into()
    })
}

fn folder_in(
    tools: &Path,
    name: &str,
    program: &str,
    install: impl FnOnce(&Path) -> Result<(), String>,
) -> Result<PathBuf, String> {
    let place = tools.join(name);
    let found = place.join(program);
    if !found.exists() {
        std::fs::create_dir_all(tools).map_err(said(tools))?;
        let _held_to_the_end = locked(tools)?;
        if !found.exists() {
            install_beside(tools, name, program, install)?;
        }
    }
    Ok(found.parent().unwrap_or(&place).into())
}

fn locked(tools: &Path) -> Result<File, String> {
    let path = tools.join("installing");
    let lock = File::create(&path).map_err(said(&path))?;
    if lock.try_lock().is_err() {
        println!("Another run is installing tools; waiting for it to end.");
        lock.lock().map_err(said(&path))?;
    }
    Ok(lock)
}

fn install_beside(
    tools: &Path,
    name: &str,
    program: &str,
    install: impl FnOnce(&Path) -> Result<(), String>,
) -> Result<(), String> {
    let place = tools.join(name);
    let unfinished = tools.join(format!("{name}.unfinished"));
    for old in [&unfinished, &place] {
        if old.exists() {
            std::fs::remove_dir_all(old).map_err(said(old))?;
        }
    }
    std::fs::create_dir_all(&unfinished).map_err(said(&unfinished))?;
    install(&unfinished)?;
    if !unfinished.join(program).exists() {
        return Err(format!("{name} was installed, but has no {program}. Please report this."));
    }
    std::fs::rename(&unfinished, &place).map_err(said(&place))
}

fn said(path: &Path) -> impl Fn(std::io::Error) -> String {
    move |error| format!("{}: {error}", path.display())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_killed_installation_is_done_again_and_a_whole_one_is_not() {
        let tools = std::env::temp_dir().join(format!("xtask-cache-{}", std::process::id()));
        let write = |into: &Path| {
            std::fs::create_dir_all(into.join("bin"))
                .and_then(|()| std::fs::write(into.join("bin/tool"), "x"))
                .map_err(|error| error.to_string())
        };
        let killed =
            folder_in(&tools, "tool-1", "bin/tool", |into| write(into).and(Err("killed".into())));
        assert_eq!(killed, Err("killed".into()));
        let mut times = 0;
        for _ in 0..2 {
            let folder = folder_in(&tools, "tool-1", "bin/tool", |into| {
                times += 1;
                assert!(!into.join("bin").exists(), "nothing of the killed one is left");
                write(into)
            });
            assert_eq!(folder, Ok(tools.join("tool-1/bin")));
        }
        let empty = folder_in(&tools, "tool-2", "bin/tool", |_| Ok(()));
        std::fs::remove_dir_all(&tools).unwrap();
        assert_eq!(times, 1);
        assert!(empty.is_err_and(|said| said.contains("has no bin/tool")));
    }
}
