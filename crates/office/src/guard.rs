//! Access control of the office: each address has its right in one table, an address that is not in
//! the table does not exist, and a form is accepted only from one of the office's own pages.

use super::Office;
use super::pages::{Frame, page_fault};
use super::routes::right_of;
use super::session::{Session, cookie};
use axum::body::{Body, to_bytes};
use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderMap, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use casework::inquiry::Inquiry;
use casework::listed::Listed;
use domain::Language;
use limits::FORM_BYTES_MAX;
use std::sync::Arc;

const LANGUAGE_COOKIE: &str = "hub-office-language";

/// What a page needs to know about the requester. Added to every request of the office.
#[derive(Debug, Clone)]
pub(super) struct Visit {
    pub(super) session: Option<Session>,
    pub(super) language: Language,
    /// The address of this page, to return to.
    pub(super) here: String,
    /// The fields of a form that was sent from one of the office's pages.
    fields: Vec<(String, String)>,
}

impl Visit {
    /// The text of a field, trimmed; empty if it is absent.
    pub(super) fn field(&self, name: &str) -> &str {
        self.fields.iter().find(|(of, _)| of == name).map_or("", |(_, value)| value.trim())
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.fields.iter().any(|(of, _)| of == name)
    }

    /// The login of the author. The guard admits only signed-in people to pages that write.
    pub(super) fn login(&self) -> &str {
        self.session.as_ref().map_or("", |session| &session.staff.login)
    }

    /// Whether the requester may read inquiries sent to this location and held by this department.
    pub(super) fn reads(&self, hub: Option<&str>, department: &str) -> bool {
        self.session.as_ref().is_some_and(|session| session.staff.scope.covers(hub, department))
    }

    /// Whether the requester may read an inquiry. Everything that shows or changes an inquiry must
    /// check this.
    pub(super) fn covers(&self, inquiry: &Inquiry) -> bool {
        self.reads(inquiry.said.hub.as_ref().map(|hub| hub.as_str()), inquiry.case.department())
    }

    /// The part of a list that the requester may read.
    pub(super) fn covered(&self, mut all: Vec<Listed>) -> Vec<Listed> {
        all.retain(|listed| self.reads(listed.hub(), listed.department()));
        all
    }
}

/// Admits requests that have the right, and adds a [`Visit`] to them.
pub(super) async fn guard(
    State(office): State<Arc<Office>>,
    matched: Option<MatchedPath>,
    request: Request,
    next: Next,
) -> Response {
    let (mut parts, body) = request.into_parts();
    let language = language_of(&parts.headers);
    let path = matched.as_ref().map_or("", MatchedPath::as_str);
    let here = parts.uri.path_and_query().map_or("/office", |path| path.as_str()).to_string();
    let visit = |session| Visit { session, language, here: here.clone(), fields: Vec::new() };
    let session = match Session::of(&office, &parts.headers).await {
        Ok(session) => session,
        Err(fault) => {
            tracing::error!(%fault, "who is signed in could not be read");
            return page_fault(&Frame::of(&office, &visit(None)), StatusCode::SERVICE_UNAVAILABLE);
        }
    };
    let Some(right) = right_of(&parts.method, path) else {
        return page_fault(&Frame::of(&office, &visit(session)), StatusCode::NOT_FOUND);
    };
    if !right.is_had_by(session.as_ref().map(|session| session.staff.role)) {
        return match (&session, &parts.method) {
            (None, &Method::GET) => sign_in_first(&here),
            (None, _) => page_fault(&Frame::of(&office, &visit(None)), StatusCode::UNAUTHORIZED),
            (Some(_), _) => page_fault(&Frame::of(&office, &visit(session)), StatusCode::FORBIDDEN),
        };
    }
    let mut visit = visit(session);
    if parts.method == Method::POST {
        let Ok(bytes) = to_bytes(body, FORM_BYTES_MAX).await else {
            return page_fault(&Frame::of(&office, &visit), StatusCode::PAYLOAD_TOO_LARGE);
        };
        // Browsers end lines of form fields with CR LF; stored texts have LF only.
        let fields: Vec<(String, String)> = form_urlencoded::parse(&bytes)
            .map(|(name, value)| (name.into_owned(), value.replace("\r\n", "\n")))
            .collect();
        let token =
            fields.iter().find(|(name, _)| name == "csrf").map_or("", |(_, value)| value.as_str());
        let is_ours = visit.session.as_ref().is_none_or(|session| session.csrf == token);
        if !is_ours || is_from_elsewhere(&parts.headers) {
            tracing::warn!(path, "a form came from elsewhere, or from a page of an older session");
            return page_fault(&Frame::of(&office, &visit), StatusCode::CONFLICT);
        }
        visit.fields = fields;
    }
    // The form has been read; handlers find its fields in the visit.
    parts.extensions.insert(visit);
    next.run(Request::from_parts(parts, Body::empty())).await
}

/// Whether the browser reports that a form came from another site (CSRF). Such a form is refused
/// even where nobody is signed in.
fn is_from_elsewhere(headers: &HeaderMap) -> bool {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    // Pages of the office send no referrer, so their forms have the origin "null": `Sec-Fetch-Site`
    // takes precedence.
    if let Some(site) = text("sec-fetch-site") {
        return site != "same-origin";
    }
    let host = text("host").unwrap_or_default();
    text("origin").is_some_and(|origin| origin.split_once("://").is_none_or(|(_, of)| of != host))
}

fn sign_in_first(back: &str) -> Response {
    let query: String =
        form_urlencoded::Serializer::new(String::new()).append_pair("back", back).finish();
    Redirect::to(&format!("/office/sign-in?{query}")).into_response()
}

/// The language that the person chose, or else the first that the browser accepts.
fn language_of(headers: &HeaderMap) -> Language {
    let chosen = cookie(headers, LANGUAGE_COOKIE).and_then(|tag| Language::parse(&tag));
    let asked = || {
        let list = headers
            .get("accept-language")
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default();
        list.split(',').find_map(|tag| Language::parse(tag.trim().get(..2)?))
    };
    chosen.or_else(asked).unwrap_or(Language::English)
}

/// The `Set-Cookie` value that stores the chosen language.
pub(super) fn language_cookie(language: Language) -> String {
    format!(
        "{LANGUAGE_COOKIE}={}; Path=/office; Secure; HttpOnly; SameSite=Lax; Max-Age=31536000",
        language.tag()
    )
}

/// The address to return to: only pages of the office, and only characters that are valid in a
/// header; `/office` otherwise.
pub(super) fn back_to(back: &str) -> &str {
    let is_ours =
        (back == "/office" || back.starts_with("/office/") || back.starts_with("/office?"))
            && !back.contains(|letter: char| letter == '\\' || letter.is_control());
    if is_ours { back } else { "/office" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_way_back_leads_only_to_the_office() {
        for ours in ["/office", "/office?state=open", "/office/inquiry/7Q3M"] {
            assert_eq!(back_to(ours), ours);
        }
        for other in [
            "",
            "//evil.example",
            "https://evil.example/office",
            "/officer",
            "/office/\\evil.example",
            "javascript:alert(1)",
            "/office/\u{0}",
            "/office/\r\nx: y",
        ] {
            assert_eq!(back_to(other), "/office");
        }
    }

    #[test]
    fn a_form_from_another_site_is_known_by_what_the_browser_says() {
        let check = |pairs: &[(&'static str, &'static str)], expected: bool| {
            let mut headers = HeaderMap::new();
            for (name, value) in pairs {
                headers.insert(*name, axum::http::HeaderValue::from_static(value));
            }
            assert_eq!(is_from_elsewhere(&headers), expected, "{pairs:?}");
        };
        check(&[("host", "hub.example")], false);
        check(&[("host", "hub.example"), ("origin", "https://hub.example")], false);
        check(&[("host", "hub.example"), ("origin", "https://evil.example")], true);
        check(&[("host", "hub.example"), ("origin", "null")], true);
        check(&[("host", "hub.example"), ("sec-fetch-site", "cross-site")], true);
        check(&[("host", "hub.example"), ("sec-fetch-site", "same-site")], true);
        check(
            &[("host", "hub.example"), ("sec-fetch-site", "same-origin"), ("origin", "null")],
            false,
        );
        check(&[("host", "hub.example"), ("sec-fetch-site", "none")], true);
    }
}
