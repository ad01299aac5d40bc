//! Ensures that every required tool is available: uses an installed one, or installs it once.

mod browser;
mod cache;
mod debian;
mod node;
mod postgres;
mod rust;
mod step;
mod tools;

use std::path::PathBuf;
use step::SetupStep;

/// Folders to prepend to PATH, and programs that tests need.
#[derive(Debug, Clone, Default)]
pub(crate) struct Tools {
    /// To prepend to PATH.
    pub(crate) folders: Vec<PathBuf>,
    pub(crate) chromium: Option<PathBuf>,
    /// What the browser tests run in: Chromium without its window, or Chromium.
    pub(crate) chromium_shell: Option<PathBuf>,
    pub(crate) chromedriver: Option<PathBuf>,
    pub(crate) firefox: Option<PathBuf>,
}

impl Tools {
    /// PATH with the tools' folders first.
    pub(crate) fn path(&self) -> String {
        let mut folders: Vec<String> =
            self.folders.iter().map(|folder| folder.to_string_lossy().into_owned()).collect();
        folders.extend(std::env::var("PATH"));
        folders.join(":")
    }
}

const TRYING: usize = 4;
const BUILDING: usize = 10;
const TESTING: usize = BUILDING + 8;

/// Mail servers, which the tests of incoming email start as processes of their own.
const MAIL_SERVERS: [(&str, &str); 2] =
    [("dovecot", "dovecot-imapd"), ("exim4", "exim4-daemon-light")];

/// Sets up what the quick build of `run` and `dev` needs. Of the tools that take minutes to
/// compile, it needs only wasm-bindgen.
pub(crate) fn for_trying() -> Result<Tools, String> {
    let step = |at| SetupStep { at, of: TRYING };
    rust::check_compiler()?;
    rust::check_c_compiler()?;
    rust::wasm_target(step(1))?;
    rust::crates(step(2))?;
    let folders = vec![tools::wasm_bindgen(step(3))?, tools::esbuild(step(4))?];
    Ok(Tools { folders, ..Tools::default() })
}

/// Sets up what `build` and `run --small` need.
pub(crate) fn for_building() -> Result<Tools, String> {
    building(BUILDING)
}

/// Sets up what `test` needs, which includes everything for building.
pub(crate) fn for_testing() -> Result<Tools, String> {
    let mut tools = building(TESTING)?;
    let step = |at| SetupStep { at: BUILDING + at, of: TESTING };
    let chromium = browser::chromium(step(1))?;
    let chromedriver = browser::driver(step(2), &chromium)?;
    let chromium_shell = browser::chromium_shell(step(2));
    node::packages(step(3))?;
    postgres::programs(step(4))?;
    debian::programs(step(5), "OpenSSL and curl", &[("openssl", "openssl"), ("curl", "curl")])?;
    debian::programs(step(5), "mail servers", &MAIL_SERVERS)?;
    let firefox = browser::firefox(step(6))?;
    browser::webkit(step(7))?;
    tools.folders.push(tools::cargo_deny(step(8))?);
    Ok(Tools {
        chromium_shell: chromium_shell.or_else(|| Some(chromium.clone())),
        chromium: Some(chromium),
        chromedriver: Some(chromedriver),
        firefox: Some(firefox),
        ..tools
    })
}

/// Sets up what the benchmark of the stores needs.
pub(crate) fn for_databases() -> Result<(), String> {
    postgres::programs(SetupStep { at: 1, of: 1 })
}

/// Sets up what `mutants` needs.
pub(crate) fn for_mutants() -> Result<Tools, String> {
    rust::check_compiler()?;
    let folders = vec![tools::cargo_mutants(SetupStep { at: 1, of: 1 })?];
    Ok(Tools { folders, ..Tools::default() })
}

fn building(of: usize) -> Result<Tools, String> {
    let step = |at| SetupStep { at, of };
    rust::check_compiler()?;
    rust::check_c_compiler()?;
    rust::wasm_target(step(3))?;
    rust::standard_library(step(4))?;
    rust::crates(step(5))?;
    rust::crates_of_standard_library(step(5))?;
    let folders = vec![
        tools::trunk(step(6))?,
        tools::wasm_bindgen(step(7))?,
        tools::wasm_split(step(8))?,
        tools::wasm_opt(step(9))?,
        tools::esbuild(step(10))?,
    ];
    Ok(Tools { folders, ..Tools::default() })
}
