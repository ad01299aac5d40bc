//! One step of the set-up. It prints something only if there is something to do.

use crate::process::quietly;
use std::process::Command;

/// Number of a step and of all steps, for example 5 of 10.
#[derive(Debug, Clone, Copy)]
pub(super) struct SetupStep {
    pub(super) at: usize,
    pub(super) of: usize,
}

impl SetupStep {
    /// Prints what it does, runs the command with a progress line from time to time, and adds
    /// advice to the error if it fails.
    pub(super) fn run(self, tool: &str, doing: &str, command: &mut Command) -> Result<(), String> {
        println!("[{}/{}] {tool}: {doing}", self.at, self.of);
        quietly(&format!("[{}/{}] {tool}", self.at, self.of), command)
            .map_err(|said| format!("{said}\n\n{}", advice(&said)))
    }
}

/// What cargo, rustup, npm and apt print without a network.
const NO_NETWORK: [&str; 10] = [
    "could not resolve",
    "couldn't resolve",
    "could not connect",
    "could not download",
    "network failure",
    "spurious network error",
    "temporary failure resolving",
    "enotfound",
    "eai_again",
    "econnrefused",
];

fn advice(said: &str) -> &'static str {
    let said = said.to_lowercase();
    if NO_NETWORK.iter().any(|sign| said.contains(sign)) {
        "There seems to be no network. Connect, and give the same command again: it goes on where it stopped."
    } else if said.contains("no space left") {
        "The disk is full. Make room, and give the same command again: it goes on where it stopped."
    } else {
        "The lines above say why. When that is mended, give the same command again: it goes on where it stopped."
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_says_what_to_do_and_blames_the_network_only_for_what_it_did() {
        assert!(advice("npm error code EAI_AGAIN").contains("no network"));
        assert!(
            advice("error: [6] Could not resolve hostname (Could not resolve host)")
                .contains("no network")
        );
        assert!(advice("No space left on device (os error 28)").contains("disk is full"));
        assert!(!advice("error in src/browser/network.rs").contains("no network"));
    }
}
