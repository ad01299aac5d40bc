//! The second factor: a code of an authenticator app ([`super::totp`]), or one of the person's
//! printed spare codes. Between the right password and the code there is a half session, which
//! gives access to nothing else.
//!
//! A person who signs in with a work account is not asked here: the provider requires a second
//! factor of its own, which the organization manages in one place; the page of staff accounts says
//! so.

use super::Office;
use super::form::{FieldFault, FromFields, OfficeForm, TypedFields};
use super::guard::{Visit, back_to};
use super::pages::{PageFrame, PageResult, go, page as made};
use super::people::{PeopleNews, by, people_page};
use super::session::{Fresh, Session, beginning, cookie, hash_of};
use super::sign_in::{sign_in_page, slowed_words, with_cookie};
use super::staff::{Role, Staff};
use super::totp::{SECRET_BYTES, address, base32, is_like_a_code, step_of};
use crate::qr::square;
use askama::Template;
use axum::Extension;
use axum::extract::State;
use axum::http::header::RETRY_AFTER;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::Response;
use domain::{Catalogue, SubmissionId};
use sha2::{Digest, Sha256};
use std::sync::Arc;
use store::{
    AuditContext, DoorStore, HalfSessionRow, SecondProof, StaffChange, StaffRow, StoreFault,
};
use vault::now_ms;
use vault::random;

/// Like the session cookie: from this host only, over TLS.
const COOKIE_NAME: &str = "__Host-hub-office-half";
const NO_COOKIE_LINE: &str =
    "__Host-hub-office-half=; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=0";
/// How long a half session is valid, in ms: a person may have to install an app first.
const HALF_SESSION_MS_MAX: u64 = 10 * 60 * 1_000;
/// Codes that one half session accepts: room for typing errors and a wrong clock. Beyond that the
/// password is asked again.
const TRIES_MAX: u32 = 5;
/// Codes on the sheet to print.
const SPARE_CODES: usize = 10;
/// 80 bits each, so that their hashes in a stolen database cannot be reversed.
const SPARE_CODE_BYTES: usize = 10;
/// The page that asks for a code or enrols a new factor; the policy is set below it.
pub(super) const PAGE: &str = "/office/second-factor";
/// The name of the setting in the store.
pub const SETTING: &str = "second factor";

/// Who needs a second factor in addition to their password.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SecondFactorPolicy {
    /// No role needs one.
    Nobody,
    /// Managers and administrators.
    Managers,
    /// Every role.
    Everybody,
}

impl SecondFactorPolicy {
    /// All policies, in the order of the form.
    pub const ALL: [Self; 3] = [Self::Nobody, Self::Managers, Self::Everybody];

    /// The name in options, forms and the store.
    pub fn name(self) -> &'static str {
        match self {
            Self::Nobody => "off",
            Self::Managers => "managers",
            Self::Everybody => "everybody",
        }
    }

    /// Parses what [`Self::name`] returns; `None` for anything else.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|policy| policy.name() == name)
    }

    /// Whether a role needs a second factor.
    pub fn needs(self, role: Role) -> bool {
        match self {
            Self::Nobody => false,
            Self::Managers => role >= Role::Manager,
            Self::Everybody => true,
        }
    }
}

/// The policy in force: the one that an administrator set, or else the server's option.
pub(super) async fn policy(office: &Office) -> Result<SecondFactorPolicy, StoreFault> {
    let set = office.store().setting(SETTING).await?;
    Ok(set.and_then(|name| SecondFactorPolicy::parse(&name)).unwrap_or(office.second_factor))
}

/// Signs in a person whose password was right or was just chosen: at once, or through the page that
/// asks for a code. `row` is the row as it was when the password was verified.
pub(super) async fn let_in(
    office: &Office,
    row: &StaffRow,
    reason: &str,
    back: &str,
) -> PageResult {
    let Some(staff) = Staff::of(row) else { return Ok(go("/office/sign-in")) };
    let has_factor = office.store().second_factor(&row.login).await?.is_some();
    if !has_factor && !policy(office).await?.needs(staff.role) {
        let line = Session::begin(office, &row.login, row.version, reason).await?;
        office.attempts.has_come_in(&row.login);
        return Ok(line.map_or_else(|| go("/office/sign-in"), |line| with_cookie(go(back), &line)));
    }
    let sealed = if has_factor {
        Vec::new()
    } else {
        office.cipher().seal(bound_to(&row.login), 0, &random::<SECRET_BYTES>())
    };
    let (fresh, now_ms) = (Fresh::new(), now_ms());
    let half = HalfSessionRow {
        login: row.login.clone(),
        staff_version: row.version,
        began_ms: now_ms,
        tries: 0,
        reason: reason.into(),
        back: back.into(),
        sealed,
    };
    if !office.store().begin_half_session(fresh.hash, &half).await? {
        return Ok(go("/office/sign-in"));
    }
    let line = format!(
        "{COOKIE_NAME}={}; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age={}",
        fresh.secret,
        HALF_SESSION_MS_MAX / 1_000
    );
    Ok(with_cookie(go(PAGE), &line))
}

/// The id that a secret is encrypted for, in place of an inquiry's: moved to another login, it does
/// not open.
pub fn bound_to(login: &str) -> SubmissionId {
    let hash: [u8; 32] =
        Sha256::digest([b"community-hub second factor 1\0".as_slice(), login.as_bytes()].concat())
            .into();
    SubmissionId::from_bytes(std::array::from_fn(|at| hash[at]))
}

/// A valid half session.
struct HalfSession {
    hash: [u8; 32],
    row: HalfSessionRow,
}

impl HalfSession {
    async fn of(office: &Office, headers: &HeaderMap) -> Result<Option<Self>, StoreFault> {
        let Some(secret) = cookie(headers, COOKIE_NAME) else { return Ok(None) };
        let hash = hash_of(&secret);
        let row = office.store().half_session(hash).await?;
        let is_good = |row: &HalfSessionRow| {
            now_ms().saturating_sub(row.began_ms) <= HALF_SESSION_MS_MAX && row.tries <= TRIES_MAX
        };
        Ok(row.filter(is_good).map(|row| Self { hash, row }))
    }

    fn sets_up(&self) -> bool {
        !self.row.sealed.is_empty()
    }

    /// Completes signing in if the proof is valid, and returns the `Set-Cookie` value of the
    /// session; `None` if it is not.
    async fn complete(
        &self,
        office: &Office,
        proof: &SecondProof,
        with: &str,
    ) -> Result<Option<String>, StoreFault> {
        let (fresh, now_ms) = (Fresh::new(), now_ms());
        let session = beginning(&self.row.login, now_ms);
        let audit = AuditContext {
            who: self.row.login.clone(),
            reason: format!("{} and {with}", self.row.reason),
            at_ms: now_ms,
        };
        let is_complete =
            office.store().complete_sign_in(self.hash, proof, fresh.hash, &session, &audit).await?;
        if is_complete {
            office.attempts.has_come_in(&self.row.login);
        }
        Ok(is_complete.then(|| fresh.line()))
    }
}

#[derive(Template)]
#[template(path = "office/second_factor.html")]
struct AskPage {
    f: PageFrame,
    fault: String,
}

#[derive(Template)]
#[template(path = "office/second_factor_new.html")]
struct SetUpPage {
    f: PageFrame,
    /// The secret as a QR code.
    qr: String,
    /// The secret as text, to be typed.
    secret: String,
    fault: String,
}

#[derive(Template)]
#[template(path = "office/second_factor_spare.html")]
struct SpareCodesPage {
    f: PageFrame,
    login: String,
    codes: Vec<String>,
    back: String,
}

fn shown(
    office: &Office,
    visit: &Visit,
    half: &HalfSession,
    status: StatusCode,
    fault: String,
) -> PageResult {
    let f = PageFrame {
        here: form_urlencoded::byte_serialize(PAGE.as_bytes()).collect(),
        ..PageFrame::of(office, visit)
    };
    if !half.sets_up() {
        return Ok(made(status, &AskPage { f, fault }));
    }
    let Some(secret) =
        office.cipher().open::<Vec<u8>>(bound_to(&half.row.login), 0, &half.row.sealed)
    else {
        return Ok(go("/office/sign-in"));
    };
    let name =
        f.t("Code for your authenticator app", "Code pour votre application d’authentification");
    let qr = square(&address(&secret, &f.municipality, &half.row.login), name);
    Ok(made(status, &SetUpPage { qr, secret: in_groups(&base32(&secret)), fault, f }))
}

/// Splits a text into groups of four letters, as people type them.
fn in_groups(text: &str) -> String {
    text.as_bytes().chunks(4).map(String::from_utf8_lossy).collect::<Vec<_>>().join(" ")
}

pub(super) async fn page(
    State(office): State<Arc<Office>>,
    Extension(visit): Extension<Visit>,
    headers: HeaderMap,
) -> PageResult {
    if visit.session.is_some() {
        return Ok(go("/office"));
    }
    match HalfSession::of(&office, &headers).await? {
        Some(half) => shown(&office, &visit, &half, StatusCode::OK, String::new()),
        None => Ok(go("/office/sign-in")),
    }
}

/// A code as people type it, without the spaces between its groups.
pub(super) struct CodeForm {
    code: String,
}

impl FromFields for CodeForm {
    fn from_fields(fields: &TypedFields, _: &Catalogue) -> Result<Self, FieldFault> {
        let letters = fields.text("code").chars().filter(char::is_ascii_alphanumeric);
        Ok(Self { code: letters.collect::<String>().to_ascii_uppercase() })
    }
}

/// Handles a code. The attempt is counted before the code is verified.
pub(super) async fn prove(
    State(office): State<Arc<Office>>,
    headers: HeaderMap,
    OfficeForm { visit, asked: form, .. }: OfficeForm<CodeForm>,
) -> PageResult {
    let f = PageFrame::of(&office, &visit);
    let Some(half) = HalfSession::of(&office, &headers).await? else {
        return Ok(go("/office/sign-in"));
    };
    if let Err(seconds) = office.attempts.allow_code(&half.row.login) {
        let mut response = shown(
            &office,
            &visit,
            &half,
            StatusCode::TOO_MANY_REQUESTS,
            slowed_words(&f, seconds),
        )?;
        response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
        return Ok(response);
    }
    if !office.store().count_try(half.hash, TRIES_MAX).await? {
        let fault = f.t(
            "Too many wrong codes. Sign in again with your password.",
            "Trop de codes incorrects. Connectez-vous de nouveau avec votre mot de passe.",
        );
        let response = sign_in_page(
            &office,
            f.clone(),
            StatusCode::UNPROCESSABLE_ENTITY,
            back_to(&half.row.back),
            "",
            fault.into(),
        );
        return Ok(with_cookie(response, NO_COOKIE_LINE));
    }
    let code = form.map(|form| form.code).unwrap_or_default();
    let done = if half.sets_up() {
        set_up(&office, &visit, &half, &code).await?
    } else {
        asked(&office, &half, &code).await?
    };
    match done {
        Some(response) => Ok(with_cookie(response, NO_COOKIE_LINE)),
        None => {
            tracing::warn!("a second factor was not right");
            office.attempts.has_failed(&half.row.login, now_ms());
            let fault = f.t(
                "This code is wrong or already used. Wait for the next one, and check your phone’s clock.",
                "Code incorrect ou déjà utilisé. Attendez le suivant et vérifiez l’heure de votre téléphone.",
            );
            shown(&office, &visit, &half, StatusCode::UNPROCESSABLE_ENTITY, fault.into())
        }
    }
}

/// Verifies a code of the app, or a spare code.
async fn asked(
    office: &Office,
    half: &HalfSession,
    code: &str,
) -> Result<Option<Response>, StoreFault> {
    let login = &half.row.login;
    let Some(factor) = office.store().second_factor(login).await? else { return Ok(None) };
    let (proof, with) = if is_like_a_code(code) {
        let Some(secret) = office.receiver().keys.cipher_for(&factor.sealed).open::<Vec<u8>>(
            bound_to(login),
            0,
            &factor.sealed,
        ) else {
            tracing::error!(
                "a second factor does not open with the keys of this server; to let the person set up a new one: community-hub staff reset"
            );
            return Ok(None);
        };
        let Some(step) = step_of(&secret, code, now_ms(), factor.last_step) else {
            return Ok(None);
        };
        (SecondProof::Step(step), "a code")
    } else {
        (SecondProof::SpareCode(spare_code_hash(login, code)), "a spare code")
    };
    let line = half.complete(office, &proof, with).await?;
    Ok(line.map(|line| with_cookie(go(back_to(&half.row.back)), &line)))
}

/// Verifies the first code of a new factor. From then on the factor is in force; its spare codes
/// are shown this once.
async fn set_up(
    office: &Office,
    visit: &Visit,
    half: &HalfSession,
    code: &str,
) -> Result<Option<Response>, StoreFault> {
    let login = &half.row.login;
    let Some(secret) = office.cipher().open::<Vec<u8>>(bound_to(login), 0, &half.row.sealed) else {
        return Ok(None);
    };
    let Some(step) = step_of(&secret, code, now_ms(), 0) else { return Ok(None) };
    let codes: Vec<String> =
        (0..SPARE_CODES).map(|_| base32(&random::<SPARE_CODE_BYTES>())).collect();
    let spare_codes = codes.iter().map(|code| spare_code_hash(login, code)).collect();
    let proof = SecondProof::SetUp { sealed: half.row.sealed.clone(), step, spare_codes };
    let Some(line) = half.complete(office, &proof, "a code").await? else { return Ok(None) };
    let codes = codes.iter().map(|code| in_groups(code)).collect();
    let page = SpareCodesPage {
        f: PageFrame::of(office, visit),
        login: login.clone(),
        codes,
        back: back_to(&half.row.back).into(),
    };
    Ok(Some(with_cookie(made(StatusCode::OK, &page), &line)))
}

fn spare_code_hash(login: &str, code: &str) -> [u8; 32] {
    Sha256::digest(
        [b"community-hub spare code 1\0".as_slice(), login.as_bytes(), b"\0", code.as_bytes()]
            .concat(),
    )
    .into()
}

/// The policy to set, and the one that the page showed.
pub(super) struct PolicyForm {
    policy: SecondFactorPolicy,
    shown: String,
}

impl FromFields for PolicyForm {
    fn from_fields(fields: &TypedFields, _: &Catalogue) -> Result<Self, FieldFault> {
        let policy = SecondFactorPolicy::parse(fields.text("policy")).ok_or(FieldFault::new(
            "Choose who needs a second factor.",
            "Choisissez qui a besoin d’un second facteur.",
        ))?;
        Ok(Self { policy, shown: fields.text("shown").into() })
    }
}

/// Sets the policy; for administrators.
pub(super) async fn set_policy(
    State(office): State<Arc<Office>>,
    OfficeForm { visit, proof, asked }: OfficeForm<PolicyForm>,
) -> PageResult {
    let PolicyForm { policy, shown } = match asked {
        Ok(form) => form,
        Err(fault) => return people_page(&office, &visit, PeopleNews::fault(fault)).await,
    };
    let audit = proof.audit_context(format!("{SETTING}: {}", policy.name()));
    match office
        .store()
        .change_setting(SETTING, [&shown, policy.name()], by(&office, &proof), &audit)
        .await?
    {
        StaffChange::Done => Ok(go("/office/people")),
        StaffChange::Overtaken => {
            let fault = FieldFault::new(
                "Someone else changed who needs a second factor. Check the current setting, then choose again.",
                "Une autre personne a changé qui a besoin d’un second facteur. Vérifiez le réglage actuel, puis choisissez de nouveau.",
            );
            people_page(&office, &visit, PeopleNews::fault(fault)).await
        }
        StaffChange::NotAllowed | StaffChange::LastAdministrator => Ok(go("/office")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_policy_says_which_roles_need_a_second_factor() {
        let needs = |policy: SecondFactorPolicy| Role::ALL.map(|role| policy.needs(role));
        assert_eq!(needs(SecondFactorPolicy::Nobody), [false; 4]);
        assert_eq!(needs(SecondFactorPolicy::Managers), [false, false, true, true]);
        assert_eq!(needs(SecondFactorPolicy::Everybody), [true; 4]);
        for policy in SecondFactorPolicy::ALL {
            assert_eq!(SecondFactorPolicy::parse(policy.name()), Some(policy));
        }
        assert_eq!(SecondFactorPolicy::parse("none"), None);
    }

    #[test]
    fn a_spare_code_is_of_one_login() {
        assert_ne!(spare_code_hash("ann", "ABCD"), spare_code_hash("bo", "ABCD"));
        assert_ne!(bound_to("ann"), bound_to("bo"));
        assert_eq!(in_groups("ABCDEFGHIJ"), "ABCD EFGH IJ");
    }
}
