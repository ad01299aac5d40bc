//! Access control of the office: each address has its right in one table, an address that is not in
//! the table does not exist, and a form is accepted only from one of the office's own pages.

use super::Office;
use super::form::{CheckedForm, FormRefusal, TypedFields};
use super::maintenance;
use super::pages::{PageFrame, page_fault};
use super::routes::right_of;
use super::session::{Session, cookie};
use super::staff::Scope;
use axum::body::Body;
use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use casework::inquiry::Inquiry;
use casework::listed::ListedInquiry;
use casework::team::TeamState;
use domain::Language;
use domain::address::{decoded, tidy_path};
use std::sync::Arc;

const LANGUAGE_COOKIE: &str = "hub-office-language";

/// What a page needs to know about the requester. Added to every request of the office.
#[derive(Debug, Clone)]
pub(super) struct Visit {
    pub(super) session: Option<Session>,
    pub(super) language: Language,
    /// The address of this page, to return to.
    pub(super) here: String,
    /// What was typed into a form that was sent from one of the office's pages, to be shown again
    /// when it is refused. What a form asks for is read by [`super::form::OfficeForm`].
    pub(super) typed: TypedFields,
}

impl Visit {
    /// The login of the author. The guard admits only signed-in people to pages that write.
    pub(super) fn login(&self) -> &str {
        self.session.as_ref().map_or("", |session| &session.staff.login)
    }

    /// Whether the requester may read inquiries sent to this location and held by this department.
    pub(super) fn reads(&self, hub: Option<&str>, department: &str) -> bool {
        self.session.as_ref().is_some_and(|session| session.staff.scope.covers(hub, department))
    }

    /// Whether the requester may read an inquiry: it is theirs, or their department is asked
    /// something about it. Everything that shows an inquiry must check this.
    pub(super) fn covers(&self, inquiry: &Inquiry) -> bool {
        self.holds(inquiry) || self.is_asked(&inquiry.case.team)
    }

    /// Whether the requester may change an inquiry. Everything that does, other than notes and
    /// answers to colleagues, must check this.
    pub(super) fn holds(&self, inquiry: &Inquiry) -> bool {
        self.reads(inquiry.said.hub.as_ref().map(|hub| hub.as_str()), inquiry.case.department())
    }

    /// Whether colleagues asked the requester's department something that has no answer yet.
    /// Whoever reads all departments is asked everything that others ask.
    pub(super) fn is_asked(&self, team: &TeamState) -> bool {
        match self.session.as_ref().map(|session| &session.staff.scope) {
            Some(Scope::Department(own)) => team.asks(own),
            Some(Scope::All) => team.questions.iter().any(|open| open.who != self.login()),
            Some(Scope::Hub(_)) | None => false,
        }
    }

    /// The part of a list that the requester may read.
    pub(super) fn covered(&self, mut all: Vec<ListedInquiry>) -> Vec<ListedInquiry> {
        let is_asked =
            |listed: &ListedInquiry| listed.team().is_some_and(|team| self.is_asked(team));
        all.retain(|listed| self.reads(listed.hub(), listed.department()) || is_asked(listed));
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
    let visit =
        |session| Visit { session, language, here: here.clone(), typed: TypedFields::default() };
    let session = match Session::of(&office, &parts.headers).await {
        Ok(session) => session,
        Err(fault) => {
            tracing::error!(%fault, "who is signed in could not be read");
            return page_fault(
                &PageFrame::of(&office, &visit(None)),
                StatusCode::SERVICE_UNAVAILABLE,
            );
        }
    };
    let right = right_of(&parts.method, path);
    if parts.method == Method::GET
        && (right.is_none() || has_sentence_mark(&here))
        && let Some(address) = tidy_address(&parts.uri)
    {
        return Redirect::to(&address).into_response();
    }
    let Some(right) = right else {
        return page_fault(&PageFrame::of(&office, &visit(session)), StatusCode::NOT_FOUND);
    };
    let mut visit = visit(session);
    if !right.is_had_by(visit.session.as_ref().map(|session| session.staff.role)) {
        return without_right(&office, &visit, &parts.method);
    }
    if let Some(refused) = maintenance::refusal(&office, &visit, &parts.method, path) {
        return refused;
    }
    if parts.method == Method::POST {
        let form = match CheckedForm::read(&parts.headers, visit.session.as_ref(), body).await {
            Ok(form) => form,
            Err(refusal) => return refused_form(&office, &visit, path, refusal),
        };
        visit.typed = form.typed().clone();
        parts.extensions.insert(form);
    }
    // The form has been read; handlers take it as an `OfficeForm`.
    parts.extensions.insert(visit);
    next.run(Request::from_parts(parts, Body::empty())).await
}

/// The answer to a request without the right: a stranger who asks for a page signs in first.
fn without_right(office: &Office, visit: &Visit, method: &Method) -> Response {
    let is_signed_in = visit.session.is_some();
    if !is_signed_in && *method == Method::GET {
        return sign_in_first(&visit.here);
    }
    let status = if is_signed_in { StatusCode::FORBIDDEN } else { StatusCode::UNAUTHORIZED };
    page_fault(&PageFrame::of(office, visit), status)
}

/// The answer to a form that is refused before its fields are looked at. `path` is for the log.
fn refused_form(office: &Office, visit: &Visit, path: &str, refusal: FormRefusal) -> Response {
    let status = match refusal {
        FormRefusal::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        FormRefusal::FromElsewhere => {
            tracing::warn!(path, "a form came from elsewhere, or from a page of an older session");
            StatusCode::CONFLICT
        }
    };
    page_fault(&PageFrame::of(office, visit), status)
}

/// The address that was meant by one with capitals, with letters encoded that need not be, with too
/// many slashes, or with the marks of a sentence at its end; `None` if it is as the office writes
/// it, or not of the office.
pub fn tidy_address(uri: &Uri) -> Option<String> {
    let tidy = tidy_path(uri.path());
    let is_ours = tidy == "/office" || tidy.starts_with("/office/");
    let query = uri.query().map(|query| format!("?{query}")).unwrap_or_default();
    // What a browser would encode again would be led here again, for ever.
    let is_plain =
        tidy.bytes().all(|byte| byte.is_ascii_graphic() && !b"\"#%<>?\\^`{|}".contains(&byte));
    (is_ours && is_plain && tidy != uri.path()).then(|| tidy + &query)
}

/// Whether the path of an address ends with what belongs to the sentence around it.
fn has_sentence_mark(here: &str) -> bool {
    let path = here.split('?').next().unwrap_or_default();
    decoded(path).ends_with(|letter: char| !letter.is_alphanumeric() && !"-_=~".contains(letter))
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
    fn an_address_that_was_typed_or_pasted_leads_to_the_one_that_was_meant() {
        let tidy = |address: &str| tidy_address(&address.parse().unwrap());
        for (typed, meant) in [
            ("/Office", "/office"),
            ("/office/", "/office"),
            ("//evil.example/office", ""),
            ("//office//gaps", "/office/gaps"),
            ("/office/Gaps?q=A", "/office/gaps?q=A"),
            ("/%6Fffice/gaps", "/office/gaps"),
            ("/office/inquiry/7Q3M-X9TB-E.", "/office/inquiry/7q3m-x9tb-e"),
            ("/office/../../etc", "/office/etc"),
            ("/office", ""),
            ("/officer", ""),
        ] {
            assert_eq!(tidy(typed).unwrap_or_default(), meant, "{typed}");
        }
        assert!(has_sentence_mark("/office/gaps.?a=b") && has_sentence_mark("/office/gaps%20"));
        assert!(!has_sentence_mark("/office/figures.csv?q=.") && !has_sentence_mark("/office"));
    }

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
}
