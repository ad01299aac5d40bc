//! A folder of the user's, outside the project, where tools are compiled once for all clones.

use std::fs::File;
use std::path::{Path, PathBuf};

/// `$XDG_CACHE_HOME/community-hub/tools`, or the same under `~/.cache`.
fn tools_folder() -> Result<PathBuf, String> {
    let cache = std::env::var_os("XDG_CACHE_HOME").filter(|path| !path.is_empty()).map(PathBuf::from);
    let cache = cache.or_else(|| std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".cache")));
    cache.map(|cache| cache.join("community-hub/tools")).ok_or_else(|| "Neither XDG_CACHE_HOME nor HOME is set, so there is no place to keep the tools.".into())
}

/// The folder of one tool in one version; filled by `install` when it is not there. A half-finished
/// installation is never taken for a whole one: it is made beside and moved into place.
pub(super) fn folder(name: &str, version: &str, install: impl FnOnce(&Path) -> Result<(), String>) -> Result<PathBuf, String> {
    let tools = tools_folder()?;
    let place = tools.join(format!("{name}-{version}"));
    if place.exists() {
        return Ok(place);
    }
    let said = |path: &Path, error: std::io::Error| format!("{}: {error}", path.display());
    std::fs::create_dir_all(&tools).map_err(|error| said(&tools, error))?;
    let lock = File::create(tools.join("installing")).map_err(|error| said(&tools, error))?;
    lock.lock().map_err(|error| said(&tools, error))?;
    if place.exists() {
        return Ok(place);
    }
    let unfinished = tools.join(format!("{name}-{version}.unfinished"));
    if unfinished.exists() {
        std::fs::remove_dir_all(&unfinished).map_err(|error| said(&unfinished, error))?;
    }
    std::fs::create_dir_all(&unfinished).map_err(|error| said(&unfinished, error))?;
    install(&unfinished)?;
    std::fs::rename(&unfinished, &place).map_err(|error| said(&place, error))?;
    Ok(place)
}
