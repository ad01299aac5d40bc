//! Signing in and out, and the first administrator, whose token is printed on the server's console.

use super::Office;
use super::form::{FieldFault, FromFields, OfficeForm, TypedFields};
use super::guard::{Visit, back_to, language_cookie};
use super::pages::{PageFrame, PageResult, TroublePage, go, page as made};
use super::password::{
    NotNow, PASSWORD_CHARS_MIN, PasswordFault, check_new, hash, is_right, spend_as_much,
};
use super::second_factor::let_in;
use super::staff::{LOGIN_CHARS_MAX, Role, STAFF_NAME_CHARS_MAX, Scope, Staff, login_of};
use askama::Template;
use axum::Extension;
use axum::extract::{ConnectInfo, Path, Query, State};
use axum::http::header::{RETRY_AFTER, SET_COOKIE};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::Response;
use domain::{Catalogue, Language};
use limits::client::address;
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex};
use store::{AuditContext, ChangedBy, DoorStore, StaffChange, StaffRow};
use vault::now_ms;
use vault::random;

/// The token for the first administrator; only its hash is held, and only in memory.
#[derive(Default)]
pub(super) struct FirstToken(Mutex<Option<[u8; 32]>>);

impl FirstToken {
    pub(super) fn make(&self) -> String {
        let token = hex::encode(random::<16>());
        *self.held() = Some(Sha256::digest(token.as_bytes()).into());
        token
    }

    fn is(&self, token: &str) -> bool {
        *self.held() == Some(Sha256::digest(token.trim().as_bytes()).into())
    }

    fn spend(&self) {
        *self.held() = None;
    }

    fn held(&self) -> std::sync::MutexGuard<'_, Option<[u8; 32]>> {
        self.0.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}

#[derive(Template)]
#[template(path = "office/sign_in.html")]
struct SignInPage<'a> {
    f: PageFrame,
    back: &'a str,
    login: &'a str,
    fault: String,
    has_work_account: bool,
    /// `back`, percent-encoded for an address.
    back_query: String,
}

/// The sign-in page, with what went wrong.
pub(super) fn sign_in_page(
    office: &Office,
    f: PageFrame,
    status: StatusCode,
    back: &str,
    login: &str,
    fault: String,
) -> Response {
    let back_query = form_urlencoded::byte_serialize(back.as_bytes()).collect();
    made(
        status,
        &SignInPage {
            f,
            back,
            login,
            fault,
            has_work_account: office.provider.is_some(),
            back_query,
        },
    )
}

pub(super) async fn page(
    State(office): State<Arc<Office>>,
    Extension(visit): Extension<Visit>,
    Query(query): Query<HashMap<String, String>>,
) -> Response {
    let back = back_to(query.get("back").map_or("", String::as_str));
    if visit.session.is_some() {
        return go(back);
    }
    sign_in_page(&office, PageFrame::of(&office, &visit), StatusCode::OK, back, "", String::new())
}

/// A login and a password, and the page to return to.
#[derive(Default)]
pub(super) struct SignInForm {
    /// What was typed as login, to be shown again.
    typed: String,
    /// `None` for a text that cannot be a login: it is neither a key of a rate limit nor looked up.
    login: Option<String>,
    password: String,
    back: String,
}

impl FromFields for SignInForm {
    /// Never fails: whatever is wrong, the answer is that login and password do not go together.
    fn from_fields(fields: &TypedFields, _: &Catalogue) -> Result<Self, FieldFault> {
        Ok(Self {
            typed: fields.text("login").chars().take(LOGIN_CHARS_MAX).collect(),
            login: login_of(fields.text("login")),
            password: fields.text("password").into(),
            back: back_to(fields.text("back")).into(),
        })
    }
}

pub(super) async fn sign_in(
    State(office): State<Arc<Office>>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    headers: HeaderMap,
    OfficeForm { visit, asked, .. }: OfficeForm<SignInForm>,
) -> PageResult {
    let SignInForm { typed, login, password, back } = asked.unwrap_or_default();
    let (f, back) = (PageFrame::of(&office, &visit), back.as_str());
    let address = address(peer.ip(), &headers, office.trusted_proxies);
    let is_allowed = match &login {
        Some(login) => office.attempts.allow(address, login),
        None => office.attempts.allow_from(address),
    };
    if let Err(seconds) = is_allowed {
        let fault = slowed_words(&f, seconds);
        let mut response =
            sign_in_page(&office, f, StatusCode::TOO_MANY_REQUESTS, back, &typed, fault);
        response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
        return Ok(response);
    }
    let row = match &login {
        Some(login) => office.store().person(login).await?.filter(|row| Staff::of(row).is_some()),
        None => None,
    };
    let is_right = has_right_password(row.as_ref(), &password).await.map_err(|_| busy(&f))?;
    if let Some(row) = row.as_ref().filter(|_| is_right) {
        return let_in(&office, row, "with a password", back).await;
    }
    tracing::warn!("somebody could not sign in");
    if let Some(row) = &row {
        office.attempts.has_failed(&row.login, now_ms());
    }
    let fault = f.t("Wrong username or password.", "Identifiant ou mot de passe incorrect.").into();
    Ok(sign_in_page(&office, f, StatusCode::UNPROCESSABLE_ENTITY, back, &typed, fault))
}

/// Whether this is the person's password. Takes as long if they have none, or if there is no such
/// person.
async fn has_right_password(row: Option<&StaffRow>, password: &str) -> Result<bool, NotNow> {
    match row.and_then(|row| row.password.clone()) {
        Some(hash) => is_right(password.into(), hash).await,
        None => {
            spend_as_much(password.into()).await?;
            Ok(false)
        }
    }
}

/// The fault for a full queue of passwords.
pub(super) fn busy(f: &PageFrame) -> TroublePage {
    TroublePage::Busy(Box::new(f.clone()))
}

pub(super) fn slowed_words(f: &PageFrame, seconds: u64) -> String {
    match f.language {
        Language::English => {
            format!("Too many attempts. Wait {seconds} s, then try again. No account was locked.")
        }
        Language::French => format!(
            "Trop de tentatives. Attendez {seconds} s, puis réessayez. Aucun compte n’est bloqué."
        ),
    }
}

pub(super) async fn sign_out(
    State(office): State<Arc<Office>>,
    OfficeForm { visit, .. }: OfficeForm<()>,
) -> PageResult {
    match &visit.session {
        Some(session) => Ok(with_cookie(go("/office/sign-in"), &session.end(&office).await?)),
        None => Ok(go("/office/sign-in")),
    }
}

#[derive(Template)]
#[template(path = "office/first.html")]
struct FirstPage<'a> {
    f: PageFrame,
    login: &'a str,
    name: &'a str,
    least: usize,
    fault: String,
}

pub(super) async fn first_page(
    State(office): State<Arc<Office>>,
    Extension(visit): Extension<Visit>,
) -> Response {
    made(
        StatusCode::OK,
        &FirstPage {
            f: PageFrame::of(&office, &visit),
            login: "",
            name: "",
            least: PASSWORD_CHARS_MIN,
            fault: String::new(),
        },
    )
}

/// A new password, as people type it.
pub(super) struct PasswordForm {
    pub(super) password: String,
}

impl FromFields for PasswordForm {
    fn from_fields(fields: &TypedFields, _: &Catalogue) -> Result<Self, FieldFault> {
        Ok(Self { password: fields.text("password").into() })
    }
}

/// The first administrator. The token is looked at before anything else.
pub(super) struct FirstForm {
    token: String,
    account: Result<NewAccount, FieldFault>,
}

/// An account whose password was not checked yet.
struct NewAccount {
    login: String,
    name: String,
    password: String,
}

impl FromFields for FirstForm {
    fn from_fields(fields: &TypedFields, catalogue: &Catalogue) -> Result<Self, FieldFault> {
        Ok(Self {
            token: fields.text("token").into(),
            account: NewAccount::from_fields(fields, catalogue),
        })
    }
}

impl FromFields for NewAccount {
    fn from_fields(fields: &TypedFields, _: &Catalogue) -> Result<Self, FieldFault> {
        let words = (
            "Enter your name, as colleagues know it.",
            "Entrez votre nom, tel que vos collègues le connaissent.",
        );
        Ok(Self {
            login: login_of(fields.text("login")).ok_or(NOT_A_LOGIN)?,
            name: fields.name("name", STAFF_NAME_CHARS_MAX, words)?,
            password: fields.text("password").into(),
        })
    }
}

impl FirstForm {
    /// The account, if the token is right, the attempt is allowed and the password is good.
    async fn account(
        self,
        office: &Office,
        f: &PageFrame,
        address: IpAddr,
    ) -> Result<Result<NewAccount, FieldFault>, TroublePage> {
        if office.attempts.allow_from(address).is_err() {
            return Ok(Err(FieldFault::new(
                "Too many attempts from here. Try again in a minute.",
                "Trop de tentatives d’ici. Réessayez dans une minute.",
            )));
        }
        if !office.first.is(&self.token) {
            return Ok(Err(NOT_THE_TOKEN));
        }
        let account = match self.account {
            Ok(account) => account,
            Err(fault) => return Ok(Err(fault)),
        };
        let known = [account.login.as_str(), account.name.as_str(), f.municipality.as_str()];
        let checked = check_new(&account.password, &known).await.map_err(|_| busy(f))?;
        Ok(checked.map(|()| account).map_err(password_fault))
    }
}

/// Creates the first administrator, for the person who has the token on the console.
pub(super) async fn first(
    State(office): State<Arc<Office>>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    headers: HeaderMap,
    OfficeForm { visit, asked, .. }: OfficeForm<FirstForm>,
) -> PageResult {
    let f = PageFrame::of(&office, &visit);
    let address = address(peer.ip(), &headers, office.trusted_proxies);
    let account = match asked {
        Ok(form) => form.account(&office, &f, address).await?,
        Err(fault) => Err(fault),
    };
    let again = |fault: FieldFault, f: PageFrame| {
        let first = FirstPage {
            login: visit.typed.text("login"),
            name: visit.typed.text("name"),
            least: PASSWORD_CHARS_MIN,
            fault: fault.words(f.language).into_owned(),
            f,
        };
        Ok(made(StatusCode::UNPROCESSABLE_ENTITY, &first))
    };
    let NewAccount { login, name, password } = match account {
        Ok(account) => account,
        Err(fault) => return again(fault, f),
    };
    let row = StaffRow {
        login: login.clone(),
        name,
        role: Role::Administrator.number(),
        scope: Scope::All.text(),
        password: Some(hash(password).await.map_err(|_| busy(&f))?),
        invitation: None,
        is_active: true,
        version: 0,
    };
    let audit = AuditContext {
        who: login,
        reason: "with the token on the console".into(),
        at_ms: now_ms(),
    };
    // Checked again when it is stored: of two people with the token, one is the first.
    match office
        .store()
        .add_staff(&row, ChangedBy::FirstToken, "first administrator", &audit)
        .await?
    {
        StaffChange::Done => {
            office.first.spend();
            let_in(&office, &row, "first administrator", "/office/people").await
        }
        StaffChange::Overtaken => again(LOGIN_TAKEN, f),
        StaffChange::NotAllowed | StaffChange::LastAdministrator => {
            office.first.spend();
            again(NOT_THE_TOKEN, f)
        }
    }
}

/// The fault for a token that is not, or not any more, the one on the console.
const NOT_THE_TOKEN: FieldFault = FieldFault::new(
    "This token is wrong or already used. If no one has an account yet, restart the server for a new one.",
    "Jeton incorrect ou déjà utilisé. Si personne n’a encore de compte, redémarrez le serveur pour en obtenir un autre.",
);

/// The fault for a login that somebody has.
pub(super) const LOGIN_TAKEN: FieldFault = FieldFault::new(
    "This username is taken. Usernames are never reused.",
    "Cet identifiant est pris. Un identifiant n’est jamais réutilisé.",
);

/// The fault for a text that cannot be a login.
pub(super) const NOT_A_LOGIN: FieldFault = FieldFault::new(
    "Use 2 to 60 letters without accents, digits, and . - _ @ +, such as an email address.",
    "Utilisez de 2 à 60 lettres sans accent, chiffres et . - _ @ +, par exemple une adresse courriel.",
);

pub(super) fn password_fault(fault: PasswordFault) -> FieldFault {
    match fault {
        PasswordFault::TooShort => FieldFault::new(
            "Use 15 characters or more. A short sentence is easy to remember.",
            "Utilisez au moins 15 caractères. Une courte phrase se retient bien.",
        ),
        PasswordFault::TooLong => {
            FieldFault::new("Use 256 characters at most.", "Utilisez au plus 256 caractères.")
        }
        PasswordFault::Guessable => FieldFault::new(
            "This password is easy to guess: it uses common passwords, names, dates or rows of keys. Use four or five unrelated words, or a sentence of your own.",
            "Ce mot de passe se devine facilement : il est fait de mots de passe courants, de noms, de dates ou de suites de touches. Utilisez quatre ou cinq mots sans rapport, ou une phrase à vous.",
        ),
    }
}

/// Stores the chosen language in a cookie and redirects back.
pub(super) async fn choose_language(
    Path(tag): Path<String>,
    Query(query): Query<HashMap<String, String>>,
) -> Response {
    let back = query.get("back").map_or("", String::as_str);
    with_cookie(
        go(back_to(back)),
        &language_cookie(Language::parse(&tag).unwrap_or(Language::English)),
    )
}

pub(super) fn with_cookie(mut response: Response, line: &str) -> Response {
    if let Ok(value) = HeaderValue::from_str(line) {
        response.headers_mut().append(SET_COOKIE, value);
    }
    response
}
