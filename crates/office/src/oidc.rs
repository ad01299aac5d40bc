//! Signing in with a work account: OpenID Connect Core 1.0, authorization code flow with PKCE (RFC
//! 7636). The provider authenticates the person, with as many factors as it requires; who works
//! here and in which role is decided here alone, and signing in never creates an account.
//!
//! [`settings`] checks the configuration, [`request`] is what a browser carries to the provider and
//! back, [`provider`] talks to the provider, [`id_token`] verifies its tokens. This file connects
//! the steps.

mod id_token;
mod provider;
mod request;
pub mod settings;

pub use provider::OidcProvider;

use super::Office;
use super::guard::{Visit, back_to};
use super::pages::{PageFrame, PageResult, go, page_fault};
use super::session::{Session, cookie};
use super::sign_in::{sign_in_page, slowed_words, with_cookie};
use super::staff::Staff;
use axum::Extension;
use axum::extract::{ConnectInfo, Query, State};
use axum::http::header::RETRY_AFTER;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::Response;
use domain::Language;
use limits::client::address;
use provider::ProviderFault;
use request::{AuthRequest, COOKIE_NAME, NO_COOKIE_LINE, cookie_line};
use std::collections::{BTreeSet, HashMap};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use store::{AuditContext, ChangedBy, DoorStore, StaffChange, StaffRow, StoreFault};
use vault::now_ms;

/// Answered requests that have not expired, at most. Beyond that, the one that expires first is
/// forgotten: nobody is refused because of others, and the provider accepts each code only once
/// too.
const SPENT_MAX: usize = 10_000;
/// Attempts to accept an invitation while others change the person's row; more conflicts are no
/// coincidence.
const TAKE_UP_TRIES: u32 = 3;
/// The sign-in page, percent-encoded for an address.
const SIGN_IN: &str = "%2Foffice%2Fsign-in";

/// Why somebody was not signed in.
#[derive(Debug, Clone, PartialEq, Eq)]
enum OidcRefusal {
    /// Too many attempts from one address; holds the seconds to wait.
    Slowed(u64),
    /// The provider does not answer, or not as the standard requires.
    Away,
    /// The response answers no request of this browser, or one that was answered before or has
    /// expired.
    NotAsked,
    /// The provider reports that the person declined or is not authorized.
    Declined,
    /// The token or the code is not valid.
    NotBelieved,
    /// The work account has no name that can be a login.
    Nameless,
    /// Nobody works here under this login.
    Unknown(String),
}

/// What the person is shown about a fault; the log has the details for the operator.
fn refusal_after(fault: ProviderFault) -> OidcRefusal {
    match fault {
        ProviderFault::Away(what) => {
            tracing::error!(
                what,
                "the provider of work accounts gives no answer that can be read; passwords still hold"
            );
            OidcRefusal::Away
        }
        ProviderFault::Refused(what) => {
            tracing::warn!(
                what,
                "the provider of work accounts refused a code, or its word does not hold"
            );
            OidcRefusal::NotBelieved
        }
    }
}

impl OidcRefusal {
    fn status(&self) -> StatusCode {
        match self {
            OidcRefusal::Slowed(_) => StatusCode::TOO_MANY_REQUESTS,
            OidcRefusal::Away => StatusCode::SERVICE_UNAVAILABLE,
            _ => StatusCode::UNPROCESSABLE_ENTITY,
        }
    }

    fn words(&self, f: &PageFrame) -> String {
        let words = match self {
            OidcRefusal::Slowed(seconds) => return slowed_words(f, *seconds),
            OidcRefusal::Unknown(login) => match f.language {
                Language::English => {
                    return format!(
                        "No staff member has the username of your work account, {login}. Ask an administrator to invite you with it."
                    );
                }
                Language::French => {
                    return format!(
                        "Personne n’a l’identifiant de votre compte professionnel, {login}. Demandez à l’administration de vous inviter avec cet identifiant."
                    );
                }
            },
            OidcRefusal::Away => (
                "We can’t reach work accounts. Sign in with a password if you have one, or try again in a minute.",
                "Les comptes professionnels ne répondent pas. Connectez-vous avec un mot de passe si vous en avez un, ou réessayez dans une minute.",
            ),
            OidcRefusal::NotAsked => (
                "This sign-in started elsewhere, took over ten minutes or was already used. Start again here.",
                "Cette connexion a commencé ailleurs, a duré plus de dix minutes ou a déjà servi. Recommencez ici.",
            ),
            OidcRefusal::Declined => (
                "You did not finish signing in to your work account. Try again.",
                "La connexion à votre compte professionnel n’est pas terminée. Réessayez.",
            ),
            OidcRefusal::NotBelieved => (
                "We couldn’t verify your work account, so you’re not signed in. Try again. If that fails, tell the server’s administrator.",
                "Impossible de vérifier votre compte professionnel : la connexion a échoué. Réessayez. Si cela persiste, prévenez l’administration du serveur.",
            ),
            OidcRefusal::Nameless => (
                "Your work account has no verified name to use as a username. Tell the server’s administrator.",
                "Votre compte professionnel n’a aucun nom vérifié pouvant servir d’identifiant. Prévenez l’administration du serveur.",
            ),
        };
        f.t(words.0, words.1).into()
    }
}

/// Answered requests: a response is accepted once, even if its cookie is sent again.
#[derive(Default)]
pub(super) struct Spent(Mutex<BTreeSet<(u64, String)>>);

impl Spent {
    /// Marks a request as answered. Returns `false` if it already was. Expired requests are
    /// dropped.
    fn spend(&self, request: &AuthRequest, now_ms: u64) -> bool {
        let mut spent = self.0.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        *spent = spent.split_off(&(now_ms + 1, String::new()));
        let is_new = spent.insert((request.until_ms, request.state.clone()));
        if spent.len() > SPENT_MAX {
            spent.pop_first();
        }
        is_new
    }
}

/// Redirects to the provider, with a request that only this browser can bring back.
pub(super) async fn begin(
    State(office): State<Arc<Office>>,
    Extension(visit): Extension<Visit>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    headers: HeaderMap,
    Query(query): Query<HashMap<String, String>>,
) -> Response {
    let Some(provider) = &office.provider else {
        return page_fault(&PageFrame::of(&office, &visit), StatusCode::NOT_FOUND);
    };
    let back = back_to(query.get("back").map_or("", String::as_str));
    if visit.session.is_some() {
        return go(back);
    }
    if let Err(seconds) =
        office.attempts.allow_from(address(peer.ip(), &headers, office.trusted_proxies))
    {
        return not_in(&office, &visit, back, &OidcRefusal::Slowed(seconds));
    }
    let request = AuthRequest::new(back, now_ms());
    match provider.address(&request, visit.language).await {
        Ok(address) => with_cookie(go(&address), &cookie_line(&request, &office.cipher())),
        Err(fault) => not_in(&office, &visit, back, &refusal_after(fault)),
    }
}

/// The address to which the provider redirects the browser. The request ends here, whatever the
/// outcome.
pub(super) async fn come_back(
    State(office): State<Arc<Office>>,
    Extension(visit): Extension<Visit>,
    headers: HeaderMap,
    Query(query): Query<HashMap<String, String>>,
) -> PageResult {
    let Some(provider) = &office.provider else {
        return Ok(page_fault(&PageFrame::of(&office, &visit), StatusCode::NOT_FOUND));
    };
    let request = cookie(&headers, COOKIE_NAME)
        .and_then(|cookie| AuthRequest::open(&cookie, &office.cipher()));
    let back = request.as_ref().map_or("/office", |request| back_to(&request.back));
    let response = match who(&office, provider, request.as_ref(), &query).await? {
        Ok(row) => {
            if let Some(before) = &visit.session {
                before.end(&office).await?;
            }
            match Session::begin(&office, &row.login, row.version, "with a work account").await? {
                Some(line) => {
                    office.attempts.has_come_in(&row.login);
                    with_cookie(go(back), &line)
                }
                None => not_in(&office, &visit, back, &OidcRefusal::Unknown(row.login)),
            }
        }
        Err(refusal) => not_in(&office, &visit, back, &refusal),
    };
    Ok(with_cookie(response, NO_COOKIE_LINE))
}

/// The person who came back, once every check has passed; otherwise why not.
async fn who(
    office: &Office,
    provider: &OidcProvider,
    request: Option<&AuthRequest>,
    query: &HashMap<String, String>,
) -> Result<Result<StaffRow, OidcRefusal>, StoreFault> {
    let Some(request) = request.filter(|request| is_answer(office, request, query)) else {
        return Ok(Err(OidcRefusal::NotAsked));
    };
    let Some(code) = query.get("code").filter(|_| !query.contains_key("error")) else {
        return Ok(Err(OidcRefusal::Declined));
    };
    let login = match provider.login_of(request, code, query.get("iss").map(String::as_str)).await {
        Ok(Some(login)) => login,
        Ok(None) => return Ok(Err(OidcRefusal::Nameless)),
        Err(fault) => return Ok(Err(refusal_after(fault))),
    };
    for _ in 0..TAKE_UP_TRIES {
        let row = office.store().person(&login).await?.filter(|row| Staff::of(row).is_some());
        let Some(row) = row else { break };
        if let Some(row) = take_up(office, row).await? {
            return Ok(Ok(row));
        }
    }
    Ok(Err(OidcRefusal::Unknown(login)))
}

/// Whether this is the only response to a request of this browser.
fn is_answer(office: &Office, request: &AuthRequest, query: &HashMap<String, String>) -> bool {
    let now_ms = now_ms();
    request.is_answered_by(query.get("state"), now_ms) && office.spent.spend(request, now_ms)
}

/// Signing in accepts the invitation: its link, which sets a password, becomes invalid. Returns
/// `None` if the row was changed in the meantime.
async fn take_up(office: &Office, mut row: StaffRow) -> Result<Option<StaffRow>, StoreFault> {
    if row.invitation.take().is_none() {
        return Ok(Some(row));
    }
    let audit = AuditContext {
        who: row.login.clone(),
        reason: "with a work account".into(),
        at_ms: now_ms(),
    };
    let change =
        office.store().change_staff(&row, ChangedBy::Themselves, "take up", &audit).await?;
    row.version += 1;
    Ok((change == StaffChange::Done).then_some(row))
}

/// The sign-in page, with the reason why somebody was not signed in.
fn not_in(office: &Office, visit: &Visit, back: &str, refusal: &OidcRefusal) -> Response {
    tracing::warn!("somebody could not sign in with a work account");
    // Choosing a language must not repeat a response that was used.
    let f = PageFrame { here: SIGN_IN.into(), ..PageFrame::of(office, visit) };
    let fault = refusal.words(&f);
    let mut response = sign_in_page(office, f, refusal.status(), back, "", fault);
    if let OidcRefusal::Slowed(seconds) = refusal {
        response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(*seconds));
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_counts_once_and_a_full_list_forgets_the_oldest_and_refuses_nobody() {
        let spent = Spent::default();
        let all: Vec<AuthRequest> = (0..SPENT_MAX as u64 + 1_000)
            .map(|number| AuthRequest::new("/office", number))
            .collect();
        for request in &all {
            assert!(spent.spend(request, 1), "nobody is refused for what others did");
        }
        let newest = all.last().unwrap();
        assert!(!spent.spend(newest, 1), "and what was answered stays so");
        assert_eq!(spent.0.lock().unwrap().len(), SPENT_MAX);
        let later = AuthRequest::new("/office", newest.until_ms);
        assert!(spent.spend(&later, newest.until_ms));
        assert_eq!(spent.0.lock().unwrap().len(), 1, "what has ended by itself is forgotten");
    }
}
