//! Making sure that everything that is needed is there: found where it is, installed once where it is not.

mod cache;
mod rust;
mod testing;
mod tools;

use std::path::PathBuf;

/// Folders to put in front of PATH, and programs that tests need.
#[derive(Debug, Clone, Default)]
pub(crate) struct Tools {
    pub(crate) folders: Vec<PathBuf>,
    pub(crate) chromium: Option<PathBuf>,
}

impl Tools {
    /// PATH with the tools' folders first.
    pub(crate) fn path(&self) -> String {
        let mut folders: Vec<String> = self.folders.iter().map(|folder| folder.to_string_lossy().into_owned()).collect();
        folders.extend(std::env::var("PATH"));
        folders.join(":")
    }
}

/// What `run` and `build` need.
pub(crate) fn for_building() -> Result<Tools, String> {
    rust::check_compiler()?;
    rust::check_c_compiler()?;
    rust::wasm_target()?;
    let folders = vec![tools::trunk()?, tools::wasm_bindgen()?, tools::wasm_opt()?];
    Ok(Tools { folders, chromium: None })
}

/// What `test` needs besides.
pub(crate) fn for_testing() -> Result<Tools, String> {
    let tools = for_building()?;
    let chromium = testing::chromium()?;
    testing::node_packages()?;
    Ok(Tools { chromium: Some(chromium), ..tools })
}

/// One line a step, so that a long set-up is not a silent one.
fn say(what: &str) {
    println!("[set-up] {what}");
}
