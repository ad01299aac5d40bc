//! Who works with the office, and what each may do.

use crate::store::StaffRow;

/// What somebody does here. Each may do all that those before may.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// At a counter: reads inquiries, adds notes.
    Counter,
    /// Answers inquiries.
    Office,
    /// Reads the figures, takes them out.
    Manager,
    /// Says who works here, reads the audit.
    Administrator,
}

impl Role {
    pub const ALL: [Role; 4] = [Role::Counter, Role::Office, Role::Manager, Role::Administrator];

    /// Its number wherever it is kept; never changed.
    pub fn number(self) -> i64 {
        self as i64
    }

    pub fn of_number(number: i64) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.number() == number)
    }

    /// Its name in addresses and forms.
    pub fn name(self) -> &'static str {
        match self {
            Role::Counter => "counter",
            Role::Office => "office",
            Role::Manager => "manager",
            Role::Administrator => "administrator",
        }
    }

    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.name() == name)
    }
}

/// What an address of the office asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Right {
    /// Whoever asks.
    Anybody,
    /// Whoever is signed in.
    Staff,
    /// At least this role.
    AtLeast(Role),
}

impl Right {
    pub fn is_had_by(self, role: Option<Role>) -> bool {
        match (self, role) {
            (Right::Anybody, _) | (Right::Staff, Some(_)) => true,
            (Right::AtLeast(least), Some(role)) => role >= least,
            (Right::Staff | Right::AtLeast(_), None) => false,
        }
    }
}

/// Somebody who is signed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Staff {
    pub login: String,
    pub name: String,
    pub role: Role,
}

impl Staff {
    /// Nothing for somebody who left, or whose role this server does not know.
    pub fn of(row: &StaffRow) -> Option<Self> {
        let role = Role::of_number(row.role).filter(|_| row.is_active)?;
        Some(Self { login: row.login.clone(), name: row.name.clone(), role })
    }

    pub fn may(&self, least: Role) -> bool {
        self.role >= least
    }
}

/// Letters that a login may have, most.
pub const LOGIN_CHARS_MAX: usize = 60;
pub const STAFF_NAME_CHARS_MAX: usize = 80;

/// A login as it is kept: small letters, digits, points, hyphens, an @ as in an e-mail address. Nothing when it is none.
pub fn login_of(text: &str) -> Option<String> {
    let login = text.trim().to_lowercase();
    let fits = (2..=LOGIN_CHARS_MAX).contains(&login.len());
    let letters = login.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b".-_@+".contains(&byte));
    (fits && letters).then_some(login)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_role_may_what_those_before_may() {
        let may = |right: Right| Role::ALL.map(|role| right.is_had_by(Some(role)));
        assert_eq!(may(Right::AtLeast(Role::Manager)), [false, false, true, true]);
        assert_eq!(may(Right::Staff), [true; 4]);
        assert!(Right::Anybody.is_had_by(None) && !Right::Staff.is_had_by(None) && !Right::AtLeast(Role::Counter).is_had_by(None));
    }

    #[test]
    fn a_login_is_read_as_people_type_it() {
        assert_eq!(login_of(" Ann.Lee@example.ORG "), Some("ann.lee@example.org".into()));
        for wrong in ["", "a", "ann lee", "ann<", "änn", &"a".repeat(61)] {
            assert_eq!(login_of(wrong), None, "{wrong}");
        }
    }
}
