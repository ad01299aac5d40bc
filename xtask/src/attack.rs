//! The hostile list, played against the real program: `crates/server/tests/attack`.

use crate::process::cargo;

/// How much is tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Size {
    /// Within a minute, for every test.
    Short,
    /// With the numbers of a real attack.
    Long,
}

pub(crate) fn run(size: Size, only: &[String]) -> Result<(), String> {
    let size = match size {
        Size::Short => "--short",
        Size::Long => "--long",
    };
    let only: Vec<&str> = only.iter().flat_map(|name| ["--only", name]).collect();
    // With the features of the whole workspace: what the native tests have compiled is used again.
    cargo(
        &[&["test", "--quiet", "--workspace", "--test", "attack", "--", size], only.as_slice()]
            .concat(),
    )
}
