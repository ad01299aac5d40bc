//! A public terminal: one screen that many people use, one after the other. What it may keep is fixed by its address and by
//! these data, never guessed from the device.

use crate::ids::{HubId, TerminalId};
use crate::text::Language;
use serde::{Deserialize, Serialize};

/// Seconds without a touch until it asks whether somebody is still there.
pub const IDLE_S: u32 = 90;
/// A shorter time hurries people who read slowly; a longer one leaves what is on the screen to the next.
pub const IDLE_S_MIN: u32 = 30;
pub const IDLE_S_MAX: u32 = 600;
/// Seconds in which anybody can say that they are still there (WCAG 2.2.1 asks for 20).
pub const WARNING_S: u32 = 30;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Terminal {
    pub id: TerminalId,
    /// Where it stands.
    pub hub: HubId,
    /// The first is what a visitor sees first.
    pub languages: Vec<Language>,
    #[serde(default = "idle_s")]
    pub idle_s: u32,
    /// Its browser forgets everything when it is closed: nothing is ever called kept there, and what is said goes at once or not at all.
    #[serde(default)]
    pub is_ephemeral: bool,
}

fn idle_s() -> u32 {
    IDLE_S
}

impl Terminal {
    /// What the screen does after so many quiet seconds.
    pub fn after(&self, quiet_s: u32) -> Quiet {
        Quiet::after(self.idle_s, quiet_s)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Quiet {
    GoOn,
    Warn { left_s: u32 },
    StartOver,
}

impl Quiet {
    /// What a screen does that asks after `idle_s` seconds whether somebody is still there.
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
