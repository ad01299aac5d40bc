//! Staff accounts: an administrator invites a person with a link that sets a password and expires.
//! Also the audit log with its hash chain.

use super::Office;
use super::audit_check::ENTRIES_PER_PAGE;
use super::guard::Visit;
use super::inbox::departments;
use super::pages::{Answer, Frame, download, go, page as made};
use super::password::{PASSWORD_CHARS_MIN, check_new, hash};
use super::second_factor::{SecondFactorPolicy, let_in, policy};
use super::sign_in::{busy, login_fault, login_taken, password_fault};
use super::staff::{
    Role, STAFF_NAME_CHARS_MAX, Scope, invitation_hash, invitation_path, login_of, new_invitation,
};
use askama::Template;
use axum::Extension;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use casework::when;
use domain::Catalogue;
use std::collections::HashMap;
use std::sync::Arc;
use store::audit::head::signed_head;
use store::{ChangedBy, Custody, Deed, DoorStore, StaffChange, StaffRow, StoreFault};
use vault::now_ms;

const AUDIT_ROWS: u64 = 100;
/// At most this many remaining spare codes of a second factor count as few.
const SPARE_CODES_FEW: u64 = 3;

#[derive(Template)]
#[template(path = "office/people.html")]
struct PeoplePage {
    f: Frame,
    rows: Vec<PersonRow>,
    /// The link of an invitation that was just created: shown once.
    link: String,
    invited: String,
    fault: String,
    login: String,
    name: String,
    /// With work accounts: which name of the account the login must be.
    login_hint: &'static str,
    /// Scopes to choose from: value in the form, and name.
    scopes: Vec<(String, String)>,
    policy: SecondFactorPolicy,
    has_work_accounts: bool,
}

impl PeoplePage {
    /// The policies with their words.
    fn policies(&self) -> [(SecondFactorPolicy, &str); 3] {
        SecondFactorPolicy::ALL.map(|policy| (policy, policy_words(&self.f, policy)))
    }
}

fn policy_words<'a>(f: &Frame, policy: SecondFactorPolicy) -> &'a str {
    match policy {
        SecondFactorPolicy::Nobody => f.t("Nobody needs one", "Personne n’en a besoin"),
        SecondFactorPolicy::Managers => {
            f.t("Managers and administrators", "Gestion et administration")
        }
        SecondFactorPolicy::Everybody => f.t("Everybody", "Tout le monde"),
    }
}

struct PersonRow {
    staff: StaffRow,
    role: Option<Role>,
    is_me: bool,
    /// Failed sign-ins in the last day since the last successful one.
    failures: usize,
    /// Remaining spare codes; `None` without a second factor.
    spare_codes: Option<u64>,
    needs_factor: bool,
    /// A scope whose location or department is not in the catalogue any more; empty otherwise.
    lost_scope: String,
}

impl PersonRow {
    fn state<'a>(&self, f: &Frame) -> &'a str {
        match (self.staff.is_active, self.staff.has_begun()) {
            (false, _) => f.t("Left", "Parti"),
            (true, false) => f.t("Invited", "Invitation en cours"),
            (true, true) => f.t("Works here", "En poste"),
        }
    }

    fn failures(&self, f: &Frame) -> String {
        match self.failures {
            0 => String::new(),
            1 => f.t("1 failed sign-in in 24 hours", "1 connexion refusée en 24 heures").into(),
            most if most >= super::attempts::FAILED_MAX => {
                format!(
                    "{most} {}",
                    f.t(
                        "or more failed sign-ins in 24 hours",
                        "connexions refusées ou plus en 24 heures"
                    )
                )
            }
            some => format!(
                "{some} {}",
                f.t("failed sign-ins in 24 hours", "connexions refusées en 24 heures")
            ),
        }
    }

    fn factor(&self, f: &Frame) -> String {
        match (self.spare_codes, self.staff.is_active && self.needs_factor) {
            (Some(left), _) if left <= SPARE_CODES_FEW => {
                format!(
                    "{} ({left} {})",
                    f.t("Second factor", "Second facteur"),
                    f.t("spare codes left", "codes de secours restants")
                )
            }
            (Some(_), _) => f.t("Second factor", "Second facteur").into(),
            (None, true) => f
                .t(
                    "Second factor at the next sign-in with a password",
                    "Second facteur à la prochaine connexion par mot de passe",
                )
                .into(),
            (None, false) => String::new(),
        }
    }

    /// A counter account that reads all inquiries: from a version without scopes, or deliberately.
    fn reads_all_at_a_counter(&self) -> bool {
        self.staff.is_active
            && self.role == Some(Role::Counter)
            && self.staff.scope == Scope::All.text()
    }
}

/// All scopes that an account can have.
fn scopes(f: &Frame, catalogue: &Catalogue) -> Vec<(String, String)> {
    let all = (Scope::All.text(), f.t("All inquiries", "Toutes les demandes").to_string());
    let hubs = catalogue.hubs().iter().map(|hub| {
        (
            Scope::Hub(hub.id.clone()).text(),
            format!("{} {}", f.t("Sent to:", "Adressées à :"), hub.name),
        )
    });
    let departments = departments(catalogue).into_iter().map(|department| {
        let name = format!("{} {department}", f.t("Department:", "Service :"));
        (Scope::Department(department).text(), name)
    });
    std::iter::once(all).chain(hubs).chain(departments).collect()
}

/// The scope of a form; `None` if the catalogue does not have it.
fn scope_in(text: &str, catalogue: &Catalogue) -> Option<Scope> {
    Scope::parse(text).filter(|scope| match scope {
        Scope::All => true,
        Scope::Department(department) => departments(catalogue).contains(department),
        Scope::Hub(hub) => catalogue.hub(hub).is_some(),
    })
}

/// What the page reports in addition to its table.
#[derive(Default)]
pub(super) struct News {
    link: String,
    invited: String,
    fault: String,
}

impl News {
    pub(super) fn fault(fault: impl Into<String>) -> Self {
        Self { fault: fault.into(), ..Self::default() }
    }
}

pub(super) async fn people_page(
    office: &Office,
    visit: &Visit,
    News { link, invited, fault }: News,
) -> Answer {
    let f = Frame::of(office, visit);
    let (rows, policy, catalogue) =
        (office.store().staff().await?, policy(office).await?, office.catalogue());
    let factors: HashMap<String, u64> = office
        .store()
        .second_factors()
        .await?
        .into_iter()
        .map(|factor| (factor.login, factor.spare_codes))
        .collect();
    let scopes = scopes(&f, &catalogue);
    let row = |staff: StaffRow| {
        let role = Role::of_number(staff.role);
        let is_known = scopes.iter().any(|(value, _)| *value == staff.scope);
        PersonRow {
            role,
            is_me: staff.login == visit.login(),
            failures: office.attempts.failures(&staff.login, now_ms()),
            spare_codes: factors.get(&staff.login).copied(),
            needs_factor: role.is_some_and(|role| policy.needs(role)),
            lost_scope: if is_known { String::new() } else { staff.scope.clone() },
            staff,
        }
    };
    let rows = rows.into_iter().map(row).collect();
    let status = if fault.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let (login, name) = if fault.is_empty() {
        Default::default()
    } else {
        (visit.field("login").into(), visit.field("name").into())
    };
    let login_hint = login_hint(office, &f);
    let has_work_accounts = office.provider.is_some();
    Ok(made(
        status,
        &PeoplePage {
            rows,
            link,
            invited,
            fault,
            login,
            name,
            login_hint,
            scopes,
            policy,
            has_work_accounts,
            f,
        },
    ))
}

fn login_hint(office: &Office, f: &Frame) -> &'static str {
    match &office.provider {
        None => "",
        Some(provider) if provider.login_is_email() => f.t(
            "To sign in with a work account: its e-mail address.",
            "Pour se connecter avec un compte professionnel : son adresse de courriel.",
        ),
        Some(_) => f.t(
            "To sign in with a work account: its user name.",
            "Pour se connecter avec un compte professionnel : son nom d’utilisateur.",
        ),
    }
}

pub(super) async fn page(
    State(office): State<Arc<Office>>,
    Extension(visit): Extension<Visit>,
) -> Answer {
    people_page(&office, &visit, News::default()).await
}

/// Invites a person; the link is shown once, to be passed on.
pub(super) async fn invite(
    State(office): State<Arc<Office>>,
    Extension(visit): Extension<Visit>,
) -> Answer {
    let f = Frame::of(&office, &visit);
    let (login, name, role) =
        (login_of(visit.field("login")), visit.field("name"), Role::parse(visit.field("role")));
    // Roles that answer may read all by default; for a counter the scope must be chosen, even if it
    // is all.
    let scope = match (visit.field("scope"), role) {
        ("", Some(role)) if role != Role::Counter => Some(Scope::All),
        (text, _) => scope_in(text, &office.catalogue()),
    };
    let fault = if login.is_none() {
        login_fault(&f)
    } else if name.is_empty() || name.chars().count() > STAFF_NAME_CHARS_MAX {
        f.t("Write the person’s name.", "Écrivez le nom de la personne.")
    } else if role.is_none() {
        f.t("Choose a role.", "Choisissez un rôle.")
    } else if scope.is_none() {
        f.t(
            "Choose whose inquiries the person reads: at a counter, usually those that were sent to it.",
            "Choisissez les demandes que la personne lit : au comptoir, en général celles qui y sont adressées.",
        )
    } else {
        ""
    };
    let (Some(login), Some(role), Some(scope)) = (login, role, scope.filter(|_| fault.is_empty()))
    else {
        return people_page(&office, &visit, News::fault(fault)).await;
    };
    let (secret, invitation) = new_invitation(now_ms());
    let row = StaffRow {
        login,
        name: name.into(),
        role: role.number(),
        scope: scope.text(),
        password: None,
        invitation: Some(invitation),
        is_active: true,
        version: 0,
    };
    let by = by(&office, &visit);
    let change = office.store().add_staff(&row, by, "invite", &deed(&visit, &row)).await?;
    match change {
        StaffChange::Done => invited_page(&office, &visit, row, &secret).await,
        StaffChange::Overtaken => people_page(&office, &visit, News::fault(login_taken(&f))).await,
        other => refused(&office, &visit, other).await,
    }
}

fn by<'a>(office: &Office, visit: &'a Visit) -> ChangedBy<'a> {
    ChangedBy::Administrator { login: visit.login(), has_work_accounts: office.provider.is_some() }
}

/// Who changed whom. The audit log's list of password sign-ins parses the first word of the reason
/// (`records::sign_ins`).
fn deed(visit: &Visit, row: &StaffRow) -> Deed {
    let role = Role::of_number(row.role).map_or("", Role::name);
    Deed {
        who: visit.login().into(),
        reason: format!("{} as {role}, reads {}", row.login, row.scope),
        at_ms: now_ms(),
    }
}

async fn invited_page(office: &Office, visit: &Visit, row: StaffRow, secret: &str) -> Answer {
    let link = invitation_path(&row.login, secret);
    people_page(office, visit, News { link, invited: row.name, fault: String::new() }).await
}

/// The page with the reason why nothing was changed.
async fn refused(office: &Office, visit: &Visit, change: StaffChange) -> Answer {
    let f = Frame::of(office, visit);
    let fault = match change {
        StaffChange::Overtaken => f.t(
            "Somebody else changed this person meanwhile. Nothing of yours was done: look at the row again.",
            "Quelqu’un d’autre a modifié cette personne entre-temps. Rien de votre part n’a été fait : relisez la ligne.",
        ),
        StaffChange::LastAdministrator => f.t(
            "Then nobody would be left who can say who works here. Make somebody else an administrator first.",
            "Plus personne ne pourrait alors gérer le personnel. Nommez d’abord quelqu’un d’autre à l’administration.",
        ),
        StaffChange::NotAllowed | StaffChange::Done => {
            f.t("You are not an administrator any more. Nothing was changed.", "Vous n’êtes plus à l’administration. Rien n’a été changé.")
        }
    };
    people_page(office, visit, News::fault(fault)).await
}

/// The change that a form asks for.
enum Asked {
    Leave,
    InviteAgain,
    ResetFactor,
    /// Another role and scope.
    Change(Role, Scope),
}

fn asked(visit: &Visit, row: &StaffRow, catalogue: &Catalogue) -> Option<Asked> {
    match visit.field("do") {
        "leave" => Some(Asked::Leave),
        "invite" => Some(Asked::InviteAgain),
        "reset-factor" => Some(Asked::ResetFactor),
        _ => {
            // An unchanged scope stays valid even if its location is not in the catalogue any more.
            let scope = visit.field("scope");
            let scope = if scope.is_empty() || scope == row.scope {
                Scope::parse(&row.scope)
            } else {
                scope_in(scope, catalogue)
            };
            Some(Asked::Change(Role::parse(visit.field("role"))?, scope?))
        }
    }
}

/// Changes the role, invites again, removes or readmits a person. Nobody can change themselves: an
/// office must not lose its last administrator.
pub(super) async fn change(
    State(office): State<Arc<Office>>,
    Extension(visit): Extension<Visit>,
    Path(login): Path<String>,
) -> Answer {
    let f = Frame::of(&office, &visit);
    let row = match login_of(&login) {
        Some(login) => office.store().person(&login).await?,
        None => None,
    };
    let Some(mut row) = row.filter(|row| row.login != visit.login()) else {
        let fault = f.t(
            "You cannot change yourself; another administrator can.",
            "Vous ne pouvez pas vous modifier; une autre personne de l’administration le peut.",
        );
        return people_page(&office, &visit, News::fault(fault)).await;
    };
    // The change applies to the version that the page showed, if the form says which.
    row.version = visit.field("version").parse().unwrap_or(row.version);
    let Some(asked) = asked(&visit, &row, &office.catalogue()) else {
        return Ok(go("/office/people"));
    };
    let (store, by) = (office.store(), by(&office, &visit));
    let change = match asked {
        Asked::Leave => {
            (row.is_active, row.password, row.invitation) = (false, None, None);
            // A person who returns must enrol a new second factor; an old phone in a drawer opens
            // nothing.
            store.reset_staff(&row, by, "leave", &deed(&visit, &row)).await?
        }
        Asked::InviteAgain => {
            let (secret, invitation) = new_invitation(now_ms());
            // The password may be lost, or known to somebody else.
            (row.is_active, row.password, row.invitation) = (true, None, Some(invitation));
            let change = store.change_staff(&row, by, "invite again", &deed(&visit, &row)).await?;
            if change == StaffChange::Done {
                return invited_page(&office, &visit, row, &secret).await;
            }
            change
        }
        Asked::ResetFactor => {
            store.reset_staff(&row, by, "reset second factor", &deed(&visit, &row)).await?
        }
        Asked::Change(role, scope) => {
            (row.role, row.scope) = (role.number(), scope.text());
            store.change_staff(&row, by, "role", &deed(&visit, &row)).await?
        }
    };
    match change {
        StaffChange::Done => Ok(go("/office/people")),
        other => refused(&office, &visit, other).await,
    }
}

#[derive(Template)]
#[template(path = "office/invitation.html")]
struct InvitationPage {
    f: Frame,
    name: String,
    login: String,
    is_good: bool,
    least: usize,
    fault: String,
}

async fn invited(
    office: &Office,
    login: &str,
    secret: &str,
) -> Result<Option<StaffRow>, StoreFault> {
    let Some(login) = login_of(login) else { return Ok(None) };
    let (hash, now_ms) = (invitation_hash(secret), now_ms());
    let holds = |staff: &StaffRow| {
        staff
            .invitation
            .as_ref()
            .is_some_and(|invitation| invitation.hash == hash && invitation.until_ms > now_ms)
    };
    Ok(office.store().person(&login).await?.filter(|staff| staff.is_active && holds(staff)))
}

pub(super) async fn invitation(
    State(office): State<Arc<Office>>,
    Extension(visit): Extension<Visit>,
    Path((login, secret)): Path<(String, String)>,
) -> Answer {
    let row = invited(&office, &login, &secret).await?;
    let (is_good, name) = (row.is_some(), row.map(|row| row.name).unwrap_or_default());
    Ok(made(
        StatusCode::OK,
        &InvitationPage {
            f: Frame::of(&office, &visit),
            name,
            login,
            is_good,
            least: PASSWORD_CHARS_MIN,
            fault: String::new(),
        },
    ))
}

/// Accepts an invitation. It is checked again when it is stored: if the person was removed or
/// invited again while the password was hashed, the row has changed and nothing is stored.
pub(super) async fn accept(
    State(office): State<Arc<Office>>,
    Extension(visit): Extension<Visit>,
    Path((login, secret)): Path<(String, String)>,
) -> Answer {
    let f = Frame::of(&office, &visit);
    let none = |f: Frame, login: String| {
        let none = InvitationPage {
            f,
            name: String::new(),
            login,
            is_good: false,
            least: PASSWORD_CHARS_MIN,
            fault: String::new(),
        };
        Ok(made(StatusCode::NOT_FOUND, &none))
    };
    let Some(mut row) = invited(&office, &login, &secret).await? else { return none(f, login) };
    let password = visit.field("password");
    let known = [row.login.as_str(), row.name.as_str(), f.municipality.as_str()];
    if let Err(fault) = check_new(password, &known).await.map_err(|_| busy(&f))? {
        let fault = password_fault(&f, fault).into();
        let again = InvitationPage {
            f,
            name: row.name,
            login,
            is_good: true,
            least: PASSWORD_CHARS_MIN,
            fault,
        };
        return Ok(made(StatusCode::UNPROCESSABLE_ENTITY, &again));
    }
    row.password = Some(hash(password.into()).await.map_err(|_| busy(&f))?);
    row.invitation = None;
    let deed = Deed { who: row.login.clone(), reason: String::new(), at_ms: now_ms() };
    match office.store().change_staff(&row, ChangedBy::Themselves, "password", &deed).await? {
        StaffChange::Done => {
            row.version += 1;
            let_in(&office, &row, "after an invitation", "/office").await
        }
        _ => none(f, login),
    }
}

#[derive(Template)]
#[template(path = "office/audit.html")]
struct AuditPage {
    f: Frame,
    rows: Vec<AuditRow>,
    /// Where the chain is broken; `None` while it is intact.
    broken: Option<String>,
    count: u64,
    /// Entries that were verified so far.
    followed: u64,
    noted: String,
    older: Option<u64>,
}

struct AuditRow {
    number: u64,
    when: String,
    who: String,
    what: String,
    detail: String,
}

/// The audit log, newest entry first, and whether its chain is intact from the beginning.
pub(super) async fn audit(
    State(office): State<Arc<Office>>,
    Extension(visit): Extension<Visit>,
    Query(query): Query<HashMap<String, String>>,
) -> Answer {
    let f = Frame::of(&office, &visit);
    let followed = office.audit_check.go_on(&office, ENTRIES_PER_PAGE).await?;
    let count = office.store().last_deed().await?;
    let before = query
        .get("before")
        .and_then(|text| text.parse::<u64>().ok())
        .unwrap_or(count + 1)
        .min(count + 1);
    let after = before.saturating_sub(AUDIT_ROWS + 1);
    let now = office.zone.moment(now_ms());
    let entries = office.store().audit(after, (before - 1 - after) as u32).await?;
    let rows = entries.into_iter().rev().map(|entry| AuditRow {
        number: entry.number,
        when: when::day_and_time(office.zone.moment(entry.at_ms), now, f.language),
        who: entry.who,
        what: entry.what,
        detail: entry.detail,
    });
    let page = AuditPage {
        rows: rows.collect(),
        broken: followed.broken,
        count,
        followed: followed.chain.number,
        noted: hex::encode(followed.chain.hash),
        older: (after > 0).then_some(after + 1),
        f,
    };
    Ok(made(StatusCode::OK, &page))
}

/// The signed head of the audit log, to be stored elsewhere.
pub(super) async fn audit_head(State(office): State<Arc<Office>>) -> Answer {
    let receiver = office.receiver();
    let head = signed_head(office.store(), &receiver.municipality, &receiver.keys.now()).await?;
    Ok(download(
        "text/plain; charset=utf-8",
        &format!("audit-head-{}.txt", head.number),
        head.file(),
    ))
}
