//! Sessions: a random secret in the browser, its hash in the store. The cookie holds nothing about
//! the person.

use super::Office;
use super::staff::Staff;
use axum::http::HeaderMap;
use axum::http::header::COOKIE;
use sha2::{Digest, Sha256};
use store::{AuditContext, DoorStore, SessionRow, StoreFault};
use vault::now_ms;
use vault::random;

/// The prefix `__Host-` makes browsers accept the cookie from this host only, for all paths, over
/// TLS (or from the machine itself).
const COOKIE_NAME: &str = "__Host-hub-office";
/// A session ends after this many ms without a request, for the sake of unattended computers.
pub(super) const IDLE_MS_MAX: u64 = 60 * 60 * 1_000;
/// A session ends after this many ms in any case: a day's work.
pub(super) const SESSION_MS_MAX: u64 = 12 * 60 * 60 * 1_000;
/// The time of the last request is stored at most this often (ms).
const SEE_MS: u64 = 60 * 1_000;

/// A valid session.
#[derive(Debug, Clone)]
pub(super) struct Session {
    pub(super) staff: Staff,
    /// The token in every form: requests that another site makes a browser send lack it (CSRF).
    pub(super) csrf: String,
    hash: [u8; 32],
}

/// A new secret for a browser, and its hash for the store.
pub(super) struct Fresh {
    pub(super) secret: String,
    pub(super) hash: [u8; 32],
}

impl Fresh {
    pub(super) fn new() -> Self {
        let secret = hex::encode(random::<32>());
        let hash = hash_of(&secret);
        Self { secret, hash }
    }

    /// The `Set-Cookie` value of the session.
    pub(super) fn line(&self) -> String {
        format!(
            "{COOKIE_NAME}={}; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age={}",
            self.secret,
            SESSION_MS_MAX / 1_000
        )
    }
}

/// The row of a session that begins now.
pub(super) fn beginning(login: &str, now_ms: u64) -> SessionRow {
    SessionRow { login: login.into(), began_ms: now_ms, seen_ms: now_ms }
}

impl Session {
    /// Begins a session for a person whose row had this version when they proved who they are, and
    /// returns its `Set-Cookie` value. Returns `None` if the row was changed since: a person
    /// removed in between is not let in.
    pub(super) async fn begin(
        office: &Office,
        login: &str,
        staff_version: u64,
        reason: &str,
    ) -> Result<Option<String>, StoreFault> {
        let (fresh, now_ms) = (Fresh::new(), now_ms());
        let audit = AuditContext { who: login.into(), reason: reason.into(), at_ms: now_ms };
        office.store().end_sessions_before(now_ms.saturating_sub(SESSION_MS_MAX)).await?;
        let has_begun = office
            .store()
            .begin_session(fresh.hash, &beginning(login, now_ms), staff_version, &audit)
            .await?;
        Ok(has_begun.then(|| fresh.line()))
    }

    /// The session of a request; `None` if nobody is signed in, or not any more.
    pub(super) async fn of(
        office: &Office,
        headers: &HeaderMap,
    ) -> Result<Option<Self>, StoreFault> {
        let Some(secret) = cookie(headers, COOKIE_NAME) else { return Ok(None) };
        let hash = hash_of(&secret);
        let Some(row) = office.store().session(hash).await? else { return Ok(None) };
        let now_ms = now_ms();
        if now_ms.saturating_sub(row.seen_ms) > IDLE_MS_MAX
            || now_ms.saturating_sub(row.began_ms) > SESSION_MS_MAX
        {
            office.store().end_session(hash, None).await?;
            return Ok(None);
        }
        let Some(staff) = office.store().person(&row.login).await?.as_ref().and_then(Staff::of)
        else {
            return Ok(None);
        };
        if now_ms.saturating_sub(row.seen_ms) > SEE_MS {
            office.store().see_session(hash, now_ms).await?;
        }
        let csrf = hex::encode(Sha256::digest(
            [b"community-hub form 1\0".as_slice(), secret.as_bytes()].concat(),
        ));
        Ok(Some(Self { staff, csrf, hash }))
    }

    /// Ends the session, and returns the `Set-Cookie` value that deletes the cookie.
    pub(super) async fn end(&self, office: &Office) -> Result<String, StoreFault> {
        let audit =
            AuditContext { who: self.staff.login.clone(), reason: String::new(), at_ms: now_ms() };
        office.store().end_session(self.hash, Some(&audit)).await?;
        Ok(format!("{COOKIE_NAME}=; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=0"))
    }
}

pub(super) fn hash_of(secret: &str) -> [u8; 32] {
    Sha256::digest(secret.as_bytes()).into()
}

/// The value of a cookie; `None` if it is absent.
pub(super) fn cookie(headers: &HeaderMap, name: &str) -> Option<String> {
    let lines = headers.get_all(COOKIE).iter().filter_map(|line| line.to_str().ok());
    let mut pairs =
        lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(of, _)| *of == name).map(|(_, value)| value.to_string())
}
