//! The browsers that the tests run in, and the driver for tests compiled to wasm.

use super::SetupStep;
use super::debian::{install, programs, which};
use crate::process::first_line;
use std::path::{Path, PathBuf};

/// A program that tests need: the environment variable that may name it, its names on PATH, and its
/// Debian package.
struct Program {
    title: &'static str,
    variable: &'static str,
    names: &'static [&'static str],
    package: &'static str,
}

/// The same browser without the part that draws its window. It starts with half the processor time,
/// and the browser tests start it two hundred times.
const CHROMIUM_SHELL: Program = Program {
    title: "Chromium without a window",
    variable: "CHROMIUM",
    names: &["chromium-headless-shell", "chrome-headless-shell"],
    package: "chromium-headless-shell",
};
const CHROMIUM: Program = Program {
    title: "Chromium",
    variable: "CHROMIUM",
    names: &["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"],
    package: "chromium",
};
const FIREFOX: Program = Program {
    title: "Firefox",
    variable: "FIREFOX",
    names: &["firefox-esr", "firefox"],
    package: "firefox-esr",
};
/// The first version in Debian that supports every WebDriver BiDi command the tests use; 140 does
/// not support `network.addDataCollector`.
const FIREFOX_OLDEST: u32 = 153;
const DRIVER: Program = Program {
    title: "chromedriver",
    variable: "CHROMEDRIVER",
    names: &["chromedriver"],
    package: "chromium-driver",
};

pub(super) fn chromium(step: SetupStep) -> Result<PathBuf, String> {
    CHROMIUM.found_or_installed(step)
}

/// `None` if there is no package of it; the tests then run in the full browser.
pub(super) fn chromium_shell(step: SetupStep) -> Option<PathBuf> {
    CHROMIUM_SHELL.found_or_installed(step).ok()
}

/// Firefox needs no driver, because the tests connect to it directly.
pub(super) fn firefox(step: SetupStep) -> Result<PathBuf, String> {
    let firefox = FIREFOX.found_or_installed(step)?;
    match first_line(&firefox, &["--version"]).and_then(|line| major_in(&line)) {
        Some(version) if version < FIREFOX_OLDEST => Err(format!(
            "{} is Firefox {version}; the browser tests need {FIREFOX_OLDEST} or newer. On Debian: sudo apt-get update && sudo apt-get install firefox-esr; or name another: FIREFOX=/path/to/it cargo xtask test",
            firefox.display()
        )),
        _ => Ok(firefox),
    }
}

/// WebKit with its driver, a screen in memory, and the window manager without which no key reaches
/// its page.
pub(super) fn webkit(step: SetupStep) -> Result<(), String> {
    let needed =
        [("WebKitWebDriver", "webkit2gtk-driver"), ("Xvfb", "xvfb"), ("openbox", "openbox")];
    programs(step, "WebKit", &needed)
}

/// The driver with the same major version as the browser; other versions refuse to drive it.
pub(super) fn driver(step: SetupStep, chromium: &Path) -> Result<PathBuf, String> {
    let driver = DRIVER.found_or_installed(step)?;
    let version =
        |program: &Path| first_line(program, &["--version"]).and_then(|line| major_in(&line));
    match (version(chromium), version(&driver)) {
        (Some(browser), Some(of_driver)) if browser != of_driver => Err(format!(
            "{} is for Chromium {of_driver}, but {} is {browser}. Install two of one version, or name them: CHROMIUM=/path CHROMEDRIVER=/path cargo xtask test",
            driver.display(),
            chromium.display()
        )),
        _ => Ok(driver),
    }
}

/// The major version in a line such as "Chromium 140.0.7339.80 built on Debian".
fn major_in(line: &str) -> Option<u32> {
    line.split(|c: char| !c.is_ascii_digit()).find_map(|number| number.parse().ok())
}

impl Program {
    fn found_or_installed(&self, step: SetupStep) -> Result<PathBuf, String> {
        if let Some(named) =
            std::env::var_os(self.variable).filter(|path| !path.is_empty()).map(PathBuf::from)
        {
            return if named.exists() {
                Ok(named)
            } else {
                Err(format!("{} names {}, which is not there.", self.variable, named.display()))
            };
        }
        if let Some(found) = self.on_path() {
            return Ok(found);
        }
        install(step, self.title, &[self.package, "fonts-dejavu-core"])?;
        self.on_path().ok_or_else(|| {
            format!(
                "{} is missing; the browser tests need it. On Debian: sudo apt-get install {}; or name one: {}=/path/to/it cargo xtask test",
                self.title, self.package, self.variable
            )
        })
    }

    fn on_path(&self) -> Option<PathBuf> {
        self.names.iter().find_map(|name| which(name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_browsers_version_is_read_as_each_says_it() {
        assert_eq!(major_in("Chromium 156.0.8078.79 built on Debian GNU/Linux 12"), Some(156));
        assert_eq!(major_in("ChromeDriver 156.0.8078.79 (a21ce95)"), Some(156));
        assert_eq!(major_in("Mozilla Firefox 153.7.0esr"), Some(153));
        assert_eq!(major_in("nothing"), None);
    }

    #[test]
    fn what_is_not_there_and_cannot_be_installed_is_said_with_what_to_do() {
        let none = Program {
            title: "Nothing",
            variable: "NO_SUCH_VARIABLE",
            names: &["no-such-program"],
            package: "no-such-package",
        };
        assert_eq!(none.on_path(), None);
    }
}
