//! Who works here: invited by an administrator, with a link that makes a password and ends. And what was done, in its chain.

use super::Office;
use super::guard::Visit;
use super::pages::{Answer, Frame, download, go, page as made};
use super::password::{PASSWORD_CHARS_MIN, check_new, hash};
use super::session::Session;
use super::sign_in::{login_fault, password_fault, with_cookie};
use super::staff::{Role, STAFF_NAME_CHARS_MAX, Staff, login_of};
use super::when;
use crate::api::now_ms;
use crate::audit::Chain;
use crate::keys::{hex, random};
use crate::records::command::signed_head;
use crate::store::{Custody, Deed, OfficeStore, StaffRow};
use askama::Template;
use axum::Extension;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::sync::Arc;

/// An invitation that was not taken up is none after this long.
const INVITATION_MS: u64 = 3 * 24 * 60 * 60 * 1_000;
const AUDIT_ROWS: u64 = 100;

#[derive(Template)]
#[template(path = "office/people.html")]
struct PeoplePage {
    f: Frame,
    rows: Vec<PersonRow>,
    /// The link of an invitation that was just made: shown once.
    link: String,
    invited: String,
    fault: String,
    login: String,
    name: String,
    /// Whose sign-in is with a work account: which of its names the login must be.
    login_hint: &'static str,
}

struct PersonRow {
    staff: StaffRow,
    role: Option<Role>,
    is_me: bool,
}

impl PersonRow {
    fn state<'a>(&self, f: &Frame) -> &'a str {
        match (self.staff.is_active, self.staff.has_begun()) {
            (false, _) => f.t("Left", "Parti"),
            (true, false) => f.t("Invited", "Invitation en cours"),
            (true, true) => f.t("Works here", "En poste"),
        }
    }
}

async fn people_page(office: &Office, visit: &Visit, [link, invited, fault]: [String; 3]) -> Answer {
    let f = Frame::of(office, visit);
    let rows = office.store().staff().await?;
    let row = |staff: StaffRow| PersonRow { role: Role::of_number(staff.role), is_me: staff.login == visit.login(), staff };
    let status = if fault.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let (login, name) = if fault.is_empty() { Default::default() } else { (visit.field("login").into(), visit.field("name").into()) };
    let login_hint = match &office.provider {
        None => "",
        Some(provider) if provider.login_is_email() => {
            f.t("To sign in with a work account: its e-mail address.", "Pour se connecter avec un compte professionnel : son adresse de courriel.")
        }
        Some(_) => f.t("To sign in with a work account: its user name.", "Pour se connecter avec un compte professionnel : son nom d'utilisateur."),
    };
    Ok(made(status, &PeoplePage { rows: rows.into_iter().map(row).collect(), link, invited, fault, login, name, login_hint, f }))
}

pub(super) async fn page(State(office): State<Arc<Office>>, Extension(visit): Extension<Visit>) -> Answer {
    people_page(&office, &visit, Default::default()).await
}

/// Invites somebody; the link is shown once, to be handed over.
pub(super) async fn invite(State(office): State<Arc<Office>>, Extension(visit): Extension<Visit>) -> Answer {
    let f = Frame::of(&office, &visit);
    let (login, name, role) = (login_of(visit.field("login")), visit.field("name"), Role::parse(visit.field("role")));
    let is_taken = match &login {
        Some(login) => office.store().person(login).await?.is_some(),
        None => false,
    };
    let fault = if login.is_none() {
        login_fault(&f)
    } else if is_taken {
        f.t(
            "Somebody has this login. Logins are never given to another person.",
            "Quelqu'un a cet identifiant. Un identifiant n'est jamais donné à une autre personne.",
        )
    } else if name.is_empty() || name.chars().count() > STAFF_NAME_CHARS_MAX {
        f.t("Write the person's name.", "Écrivez le nom de la personne.")
    } else if role.is_none() {
        f.t("Choose a role.", "Choisissez un rôle.")
    } else {
        ""
    };
    let (Some(login), Some(role), true) = (login, role, fault.is_empty()) else {
        return people_page(&office, &visit, [String::new(), String::new(), fault.into()]).await;
    };
    let row =
        StaffRow { login, name: name.into(), role: role.number(), password: String::new(), invitation: Vec::new(), invitation_until_ms: 0, is_active: true };
    send_invitation(&office, &visit, row, "invite").await
}

async fn send_invitation(office: &Office, visit: &Visit, mut row: StaffRow, what: &str) -> Answer {
    let secret = hex(&random::<16>());
    row.invitation = Sha256::digest(secret.as_bytes()).to_vec();
    row.invitation_until_ms = now_ms() + INVITATION_MS;
    let role = Role::of_number(row.role).map_or("", Role::name);
    let deed = Deed { who: visit.login().into(), reason: format!("{} as {role}", row.login), at_ms: now_ms() };
    office.store().put_staff(&row, what, &deed).await?;
    people_page(office, visit, [format!("/office/invitation/{}/{secret}", row.login), row.name, String::new()]).await
}

/// Another role, a new invitation, leaving, coming back. Nobody changes themselves: an office must not lose its last administrator.
pub(super) async fn change(State(office): State<Arc<Office>>, Extension(visit): Extension<Visit>, Path(login): Path<String>) -> Answer {
    let f = Frame::of(&office, &visit);
    let row = office.store().person(&login).await?;
    let Some(mut row) = row.filter(|row| row.login != visit.login()) else {
        let fault =
            f.t("You cannot change yourself; another administrator can.", "Vous ne pouvez pas vous modifier; une autre personne de l'administration le peut.");
        return people_page(&office, &visit, [String::new(), String::new(), fault.into()]).await;
    };
    let what = match visit.field("do") {
        "leave" => {
            (row.is_active, row.password, row.invitation) = (false, String::new(), Vec::new());
            "leave"
        }
        "invite" => {
            row.is_active = true;
            // Whoever is invited again may have lost the password, or somebody else has it.
            row.password = String::new();
            office.store().end_sessions(Some(&row.login), 0).await?;
            return send_invitation(&office, &visit, row, "invite again").await;
        }
        _ => match Role::parse(visit.field("role")) {
            Some(role) => {
                row.role = role.number();
                "role"
            }
            None => return Ok(go("/office/people")),
        },
    };
    let role = Role::of_number(row.role).map_or("", Role::name);
    let deed = Deed { who: visit.login().into(), reason: format!("{} as {role}", row.login), at_ms: now_ms() };
    office.store().put_staff(&row, what, &deed).await?;
    office.store().end_sessions(Some(&row.login), 0).await?;
    Ok(go("/office/people"))
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

async fn invited(office: &Office, login: &str, secret: &str) -> Result<Option<StaffRow>, crate::store::StoreFault> {
    let hash = Sha256::digest(secret.as_bytes()).to_vec();
    let is_it = |staff: &StaffRow| staff.invitation == hash && staff.is_active && staff.invitation_until_ms > now_ms();
    Ok(office.store().person(login).await?.filter(is_it))
}

pub(super) async fn invitation(State(office): State<Arc<Office>>, Extension(visit): Extension<Visit>, Path((login, secret)): Path<(String, String)>) -> Answer {
    let row = invited(&office, &login, &secret).await?;
    let (is_good, name) = (row.is_some(), row.map(|row| row.name).unwrap_or_default());
    Ok(made(StatusCode::OK, &InvitationPage { f: Frame::of(&office, &visit), name, login, is_good, least: PASSWORD_CHARS_MIN, fault: String::new() }))
}

pub(super) async fn accept(State(office): State<Arc<Office>>, Extension(visit): Extension<Visit>, Path((login, secret)): Path<(String, String)>) -> Answer {
    let f = Frame::of(&office, &visit);
    let Some(mut row) = invited(&office, &login, &secret).await? else {
        let none = InvitationPage { f, name: String::new(), login, is_good: false, least: PASSWORD_CHARS_MIN, fault: String::new() };
        return Ok(made(StatusCode::NOT_FOUND, &none));
    };
    let password = visit.field("password");
    if let Err(fault) = check_new(password, &row.login, &row.name) {
        let fault = password_fault(&f, fault).into();
        let again = InvitationPage { f, name: row.name, login, is_good: true, least: PASSWORD_CHARS_MIN, fault };
        return Ok(made(StatusCode::UNPROCESSABLE_ENTITY, &again));
    }
    row.password = hash(password.into()).await;
    row.invitation = Vec::new();
    let deed = Deed { who: row.login.clone(), reason: String::new(), at_ms: now_ms() };
    office.store().put_staff(&row, "password", &deed).await?;
    match Staff::of(&row) {
        Some(staff) => Ok(with_cookie(go("/office"), &Session::begin(&office, &staff, "after an invitation").await?)),
        None => Ok(go("/office/sign-in")),
    }
}

#[derive(Template)]
#[template(path = "office/audit.html")]
struct AuditPage {
    f: Frame,
    rows: Vec<AuditRow>,
    /// Whether the whole chain holds, and how many entries it has.
    broken: Option<String>,
    count: u64,
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

/// What was done, newest first, and whether the chain holds from its beginning.
pub(super) async fn audit(State(office): State<Arc<Office>>, Extension(visit): Extension<Visit>, Query(query): Query<HashMap<String, String>>) -> Answer {
    let f = Frame::of(&office, &visit);
    let mut chain = Chain::new(office.receiver().municipality.clone());
    let mut broken = None;
    let mut count = 0;
    loop {
        let entries = office.store().audit(count, 1_000).await?;
        let Some(last) = entries.last() else { break };
        count = last.number;
        if let Some(fault) = entries.iter().find_map(|entry| chain.follow(entry).err()).filter(|_| broken.is_none()) {
            broken = Some(fault.to_string());
        }
    }
    let before = query.get("before").and_then(|text| text.parse::<u64>().ok()).unwrap_or(count + 1).min(count + 1);
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
    let noted = hex(&chain.hash);
    Ok(made(StatusCode::OK, &AuditPage { rows: rows.collect(), broken, count, noted, older: (after > 0).then_some(after + 1), f }))
}

/// Where the audit ends, signed, to be kept elsewhere.
pub(super) async fn audit_head(State(office): State<Arc<Office>>) -> Answer {
    let receiver = office.receiver();
    let head = signed_head(office.store(), &receiver.municipality, &receiver.keys.now()).await?;
    Ok(download("text/plain; charset=utf-8", &format!("audit-head-{}.txt", head.number), head.file()))
}
