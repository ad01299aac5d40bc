//! A public terminal (kiosk): one screen that many people use, one after the other. Its address and
//! this record determine what it may store; that is never guessed from the device.

use crate::ids::{HubId, TerminalId};
use crate::text::Language;
use serde::{Deserialize, Serialize};

/// Stands in the place of a terminal's id in the addresses of a computer that nobody enrolled and
/// that a person said is shared. No terminal may have this id.
pub const BORROWED: &str = "shared";
/// Seconds without a touch until such a computer asks whether somebody is still there. People sit
/// at it and read.
pub const BORROWED_IDLE_S: u32 = 300;
/// Seconds without a touch until a terminal asks whether somebody is still there, unless its record
/// says otherwise.
pub const IDLE_S: u32 = 90;
/// Shortest idle time in seconds: less hurries people who read slowly.
pub const IDLE_S_MIN: u32 = 30;
/// Longest idle time in seconds: more leaves what is on the screen to the next person.
pub const IDLE_S_MAX: u32 = 600;
/// Seconds in which a person can say that they are still there (WCAG 2.2.1 asks for 20).
pub const WARNING_S: u32 = 30;

/// A public terminal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Terminal {
    /// Id of the terminal, which opens at `/k/` and this id.
    pub id: TerminalId,
    /// Id of the hub where it is.
    pub hub: HubId,
    /// The languages that it offers. A visitor sees the first.
    pub languages: Vec<Language>,
    /// Seconds without a touch until it asks whether somebody is still there.
    #[cfg_attr(feature = "schema", schemars(range(min = IDLE_S_MIN, max = IDLE_S_MAX)))]
    #[serde(default = "idle_s")]
    pub idle_s: u32,
    /// Whether its browser forgets everything when it is closed. The app then never says that
    /// something is stored, and a submission is sent at once or not at all.
    #[serde(default)]
    pub is_ephemeral: bool,
}

fn idle_s() -> u32 {
    IDLE_S
}

impl Terminal {
    /// What the screen does after `quiet_s` seconds without a touch.
    pub fn after(&self, quiet_s: u32) -> Quiet {
        Quiet::after(self.idle_s, quiet_s)
    }
}

/// What a screen does after some time without a touch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Quiet {
    /// Nothing.
    GoOn,
    /// It asks whether somebody is still there.
    Warn {
        /// Seconds until it starts over.
        left_s: u32,
    },
    /// It clears the screen for the next person.
    StartOver,
}

impl Quiet {
    /// What a screen does after `quiet_s` seconds without a touch if it asks after `idle_s` seconds
    /// whether somebody is still there.
    pub fn after(idle_s: u32, quiet_s: u32) -> Self {
        match (idle_s + WARNING_S).checked_sub(quiet_s) {
            None | Some(0) => Quiet::StartOver,
            Some(left_s) if left_s <= WARNING_S => Quiet::Warn { left_s },
            Some(_) => Quiet::GoOn,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quiet_terminal_warns_half_a_minute_long_and_then_starts_over() {
        let terminal = Terminal {
            id: TerminalId::parse("library").unwrap(),
            hub: HubId::parse("library").unwrap(),
            languages: vec![Language::English],
            idle_s: 90,
            is_ephemeral: false,
        };
        let at = |quiet_s| terminal.after(quiet_s);
        assert_eq!([at(0), at(89)], [Quiet::GoOn; 2]);
        assert_eq!([at(90), at(119)], [Quiet::Warn { left_s: 30 }, Quiet::Warn { left_s: 1 }]);
        assert_eq!([at(120), at(5_000), at(u32::MAX)], [Quiet::StartOver; 3]);
    }
}
