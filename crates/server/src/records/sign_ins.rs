//! Finds password sign-ins of people who had no password at that time. Up to and including the
//! version of November 2026, such accounts could be opened with one constant text; the audit log
//! shows whether that was used.

use std::collections::HashMap;
use store::Custody;
use store::audit::AuditEntry;

/// Entries read at a time.
const ENTRIES_AT_ONCE: u32 = 1_000;

/// Why a password cannot have been correct.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum PasswordlessState {
    /// The audit log does not mention the person before.
    Unknown,
    Invited,
    InvitedAgain,
    Reset,
    Left,
}

impl PasswordlessState {
    fn words(self) -> &'static str {
        match self {
            PasswordlessState::Unknown => "nothing before it says that this login has a password",
            PasswordlessState::Invited => "invited, and no password had been chosen",
            PasswordlessState::InvitedAgain => "invited again, and no new password had been chosen",
            PasswordlessState::Reset => "reset at the machine, and no new password had been chosen",
            PasswordlessState::Left => "no longer works here",
        }
    }
}

/// What the audit log says about passwords so far.
#[derive(Debug, Default)]
struct PasswordStates {
    /// By login: `None` if the person has a password, else why not.
    of_login: HashMap<String, Option<PasswordlessState>>,
}

impl PasswordStates {
    /// Reads the next entry. If it is a sign-in that cannot have been with a correct password,
    /// returns why.
    fn follow(&mut self, entry: &AuditEntry) -> Option<PasswordlessState> {
        // If something is done to a person, the detail begins with their login.
        let whom =
            || entry.detail.split(' ').next().unwrap_or_default().trim_end_matches(';').to_string();
        match entry.what.as_str() {
            "first administrator" | "password" => {
                self.of_login.insert(entry.who.clone(), None);
            }
            "invite" => drop(self.of_login.insert(whom(), Some(PasswordlessState::Invited))),
            "invite again" => {
                self.of_login.insert(whom(), Some(PasswordlessState::InvitedAgain));
            }
            "reset staff" => drop(self.of_login.insert(whom(), Some(PasswordlessState::Reset))),
            "leave" => drop(self.of_login.insert(whom(), Some(PasswordlessState::Left))),
            "sign in" if entry.detail.starts_with("with a password") && !is_made_up(&entry.who) => {
                return self
                    .of_login
                    .get(&entry.who)
                    .copied()
                    .unwrap_or(Some(PasswordlessState::Unknown));
            }
            _ => {}
        }
        None
    }
}

/// The people of a demo get a new password at every start, which the audit log does not record one
/// by one.
fn is_made_up(login: &str) -> bool {
    crate::demo::is_person(login)
}

/// Lists these sign-ins, oldest first, and says how many password sign-ins there were in all.
pub(crate) async fn without_password(store: &impl Custody) -> Result<String, String> {
    let (mut passwords, mut after, mut all, mut lines) =
        (PasswordStates::default(), 0, 0_u64, Vec::new());
    loop {
        let entries =
            store.audit(after, ENTRIES_AT_ONCE).await.map_err(|fault| fault.to_string())?;
        let Some(last) = entries.last() else { break };
        after = last.number;
        for entry in &entries {
            all +=
                u64::from(entry.what == "sign in" && entry.detail.starts_with("with a password"));
            if let Some(without) = passwords.follow(entry) {
                lines.push(format!(
                    "{}  {}  {}: {}",
                    entry.number,
                    vault::iso(entry.at_ms),
                    entry.who,
                    without.words()
                ));
            }
        }
    }
    Ok(match lines.len() {
        0 => format!("Of {all} sign-ins with a password none was by someone without a password."),
        some => format!(
            "{}\n{some} of {all} sign-ins with a password were by someone who had none. That person could read all that the account can read. To see what was done since: community-hub audit list",
            lines.join("\n")
        ),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use store::audit::BEGINNING;

    fn found(entries: &[(&str, &str, &str)]) -> Vec<(usize, PasswordlessState)> {
        let mut passwords = PasswordStates::default();
        let entry = |(who, what, detail): &(&str, &str, &str)| AuditEntry {
            number: 1,
            at_ms: 1,
            who: (*who).into(),
            what: (*what).into(),
            detail: (*detail).into(),
            previous: BEGINNING,
            hash: BEGINNING,
        };
        entries
            .iter()
            .enumerate()
            .filter_map(|(at, of)| passwords.follow(&entry(of)).map(|without| (at, without)))
            .collect()
    }

    #[test]
    fn a_password_sign_in_counts_as_strange_only_while_there_is_no_password() {
        let entries = [
            ("ann", "first administrator", "with the token on the console"),
            ("ann", "sign in", "first administrator"),
            ("ann", "sign in", "with a password"),
            ("ann", "invite", "bo as office"),
            ("bo", "sign in", "with a password"),
            ("bo", "sign in", "with a work account"),
            ("bo", "password", ""),
            ("bo", "sign in", "with a password and a code"),
            ("ann", "invite again", "bo as office, reads all"),
            ("bo", "sign in", "with a password"),
            ("bo", "password", ""),
            ("ann", "leave", "bo as office, reads all"),
            ("bo", "sign in", "with a password"),
            ("zoe", "sign in", "with a password"),
            ("root", "reset staff", "ann; lost her phone"),
            ("ann", "sign in", "with a password"),
            ("demo-admin", "sign in", "with a password"),
        ];
        let expected = [
            (4, PasswordlessState::Invited),
            (9, PasswordlessState::InvitedAgain),
            (12, PasswordlessState::Left),
            (13, PasswordlessState::Unknown),
            (15, PasswordlessState::Reset),
        ];
        assert_eq!(found(&entries), expected);
    }
}
