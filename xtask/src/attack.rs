//! Runs the list of attacks against the real program: `crates/server/tests/attack`.

use crate::process::cargo;

/// How much is tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Size {
    /// Takes less than a minute, and is part of every test run.
    Short,
    /// Uses the volumes of a real attack.
    Long,
}

/// Runs the attacks named in `only`, or all if it is empty.
pub(crate) fn run(size: Size, only: &[String]) -> Result<(), String> {
    let size = match size {
        Size::Short => "--short",
        Size::Long => "--long",
    };
    let only: Vec<&str> = only.iter().flat_map(|name| ["--only", name]).collect();
    // With the features of the whole workspace, so that the build of the native tests is reused.
    cargo(
        &[&["test", "--quiet", "--workspace", "--test", "attack", "--", size], only.as_slice()]
            .concat(),
    )
}
