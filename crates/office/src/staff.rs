//! Staff: what each role may do, and whose inquiries each person may read.

use domain::HubId;
use sha2::{Digest, Sha256};
use store::{Invitation, StaffRow};
use vault::random;

/// An invitation that was not accepted expires after this many ms.
const INVITATION_MS: u64 = 3 * 24 * 60 * 60 * 1_000;

/// What a person does here. Each role may do everything that the previous ones may.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// At a counter: reads inquiries, adds notes.
    Counter,
    /// Answers inquiries.
    Office,
    /// Reads and downloads the figures.
    Manager,
    /// Manages staff accounts, reads the audit log.
    Administrator,
}

impl Role {
    /// All roles, in ascending order.
    pub const ALL: [Role; 4] = [Role::Counter, Role::Office, Role::Manager, Role::Administrator];

    /// The stored number; it must never change.
    pub fn number(self) -> i64 {
        self as i64
    }

    /// The role of a stored number; `None` if it is unknown.
    pub fn of_number(number: i64) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.number() == number)
    }

    /// The name in addresses and forms.
    pub fn name(self) -> &'static str {
        match self {
            Role::Counter => "counter",
            Role::Office => "office",
            Role::Manager => "manager",
            Role::Administrator => "administrator",
        }
    }

    /// Parses what [`Role::name`] returns; `None` for anything else.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.name() == name)
    }

    /// Whether a scope restricts what this role reads. It does not from managers up, because
    /// figures cover the whole municipality.
    pub fn has_scope(self) -> bool {
        self < Role::Manager
    }
}

/// Whose inquiries a person may read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scope {
    /// All inquiries.
    All,
    /// Inquiries that a department has now.
    Department(String),
    /// Inquiries that were sent to a location.
    Hub(HubId),
}

impl Scope {
    /// Whether an inquiry is in scope, by the location that it was sent to and the department that
    /// has it.
    pub fn covers(&self, hub: Option<&str>, department: &str) -> bool {
        match self {
            Scope::All => true,
            Scope::Department(own) => own == department,
            Scope::Hub(own) => hub == Some(own.as_str()),
        }
    }

    /// The stored form, also used in forms.
    pub fn text(&self) -> String {
        match self {
            Scope::All => "all".into(),
            Scope::Department(department) => format!("department:{department}"),
            Scope::Hub(hub) => format!("hub:{hub}"),
        }
    }

    /// Parses what [`Scope::text`] returns; `None` for anything else, so that a damaged scope never
    /// grants more.
    pub fn parse(text: &str) -> Option<Self> {
        match text.split_once(':') {
            None if text == "all" => Some(Scope::All),
            Some(("department", department)) if !department.is_empty() => {
                Some(Scope::Department(department.into()))
            }
            Some(("hub", hub)) => HubId::parse(hub).ok().map(Scope::Hub),
            _ => None,
        }
    }
}

/// The right that an address of the office requires.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Right {
    /// None: everybody may use it.
    Anybody,
    /// Signed in, with any role.
    Staff,
    /// Signed in, with at least this role.
    AtLeast(Role),
}

impl Right {
    /// Whether a person with this role has the right; `None` stands for nobody signed in.
    pub fn is_had_by(self, role: Option<Role>) -> bool {
        match (self, role) {
            (Right::Anybody, _) | (Right::Staff, Some(_)) => true,
            (Right::AtLeast(least), Some(role)) => role >= least,
            (Right::Staff | Right::AtLeast(_), None) => false,
        }
    }
}

/// A signed-in person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Staff {
    /// The login, as [`login_of`] returns it.
    pub login: String,
    /// The name that colleagues see.
    pub name: String,
    /// The person's role.
    pub role: Role,
    /// Whose inquiries the person may read.
    pub scope: Scope,
}

impl Staff {
    /// The person of a row; `None` for somebody who left, or whose role or scope this server does
    /// not know.
    pub fn of(row: &StaffRow) -> Option<Self> {
        let role = Role::of_number(row.role).filter(|_| row.is_active)?;
        let scope = if role.has_scope() { Scope::parse(&row.scope)? } else { Scope::All };
        Some(Self { login: row.login.clone(), name: row.name.clone(), role, scope })
    }

    /// Whether the person has at least this role.
    pub fn may(&self, least: Role) -> bool {
        self.role >= least
    }
}

/// The longest login, in characters.
pub const LOGIN_CHARS_MAX: usize = 60;
/// The longest name of a person, in characters.
pub const STAFF_NAME_CHARS_MAX: usize = 80;

/// Normalizes a login: lower-case ASCII letters, digits, `.`, `-`, `_`, `@` and `+`; `None` for
/// anything else. Letters are checked before they are lower-cased, because some letters beyond
/// ASCII become ASCII ones, and would turn another text into somebody's login.
pub fn login_of(text: &str) -> Option<String> {
    let text = text.trim();
    let fits = (2..=LOGIN_CHARS_MAX).contains(&text.len());
    let letters = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-_@+".contains(&byte));
    (fits && letters).then(|| text.to_ascii_lowercase())
}

/// Creates an invitation: the secret of its link, and what is stored of it.
pub fn new_invitation(now_ms: u64) -> (String, Invitation) {
    let secret = hex::encode(random::<16>());
    let hash = invitation_hash(&secret);
    (secret, Invitation { hash, until_ms: now_ms + INVITATION_MS })
}

/// The hash of an invitation's secret, as it is stored.
pub fn invitation_hash(secret: &str) -> [u8; 32] {
    Sha256::digest(secret.as_bytes()).into()
}

/// The path of an invitation below the server's address.
pub fn invitation_path(login: &str, secret: &str) -> String {
    format!("/office/invitation/{login}/{secret}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use store::ADMINISTRATOR;

    #[test]
    fn each_role_may_what_those_before_may() {
        let may = |right: Right| Role::ALL.map(|role| right.is_had_by(Some(role)));
        assert_eq!(may(Right::AtLeast(Role::Manager)), [false, false, true, true]);
        assert_eq!(may(Right::Staff), [true; 4]);
        assert!(
            Right::Anybody.is_had_by(None)
                && !Right::Staff.is_had_by(None)
                && !Right::AtLeast(Role::Counter).is_had_by(None)
        );
        assert_eq!(
            Role::Administrator.number(),
            ADMINISTRATOR,
            "the store counts administrators by it"
        );
    }

    #[test]
    fn a_login_is_read_as_people_type_it() {
        assert_eq!(login_of(" Ann.Lee@example.ORG "), Some("ann.lee@example.org".into()));
        for wrong in [
            "",
            "a",
            "ann lee",
            "ann<",
            "änn",
            &"a".repeat(61),
            "\u{212a}im",
            "ann\u{0}",
            "\u{ff41}nn",
        ] {
            assert_eq!(login_of(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_scope_covers_what_it_names_and_nothing_else() {
        let check = |scope: &str, expected: [bool; 3]| {
            let scope = Scope::parse(scope).unwrap();
            let inquiries = [
                (Some("town-hall"), "Harbour Office"),
                (Some("boat-house"), "Recreation"),
                (None, "Recreation"),
            ];
            let covers = inquiries.map(|(hub, department)| scope.covers(hub, department));
            assert_eq!(covers, expected, "{scope:?}");
            assert_eq!(Scope::parse(&scope.text()), Some(scope));
        };
        check("all", [true, true, true]);
        check("hub:town-hall", [true, false, false]);
        check("department:Recreation", [false, true, true]);
        for wrong in ["", "All", "hub:", "hub:Town Hall", "department:", "everything", "hub"] {
            assert_eq!(Scope::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn who_has_a_scope_that_nobody_understands_is_not_let_in() {
        let row = |role: Role, scope: &str| StaffRow {
            login: "ann".into(),
            name: "Ann".into(),
            role: role.number(),
            scope: scope.into(),
            password: None,
            invitation: None,
            is_active: true,
            version: 0,
        };
        assert_eq!(Staff::of(&row(Role::Counter, "planet:mars")), None);
        assert_eq!(
            Staff::of(&row(Role::Counter, "hub:town-hall")).map(|staff| staff.scope),
            Scope::parse("hub:town-hall")
        );
        assert_eq!(
            Staff::of(&row(Role::Manager, "hub:town-hall")).map(|staff| staff.scope),
            Some(Scope::All),
            "figures are of all"
        );
        assert_eq!(Staff::of(&StaffRow { is_active: false, ..row(Role::Office, "all") }), None);
    }
}
