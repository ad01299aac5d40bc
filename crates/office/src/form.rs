//! Forms that staff send. [`CheckedForm`] is the proof that a form came from one of the office's
//! own pages and from the session of its author; the guard makes it before any handler runs, and
//! every function that writes for a person asks for it. [`OfficeForm`] gives a handler the proof
//! together with the form's fields, read and checked as the type that the handler names.
//!
//! What a field may hold is said once, where its type implements [`FromFields`]. A handler must
//! read a field by its name only to show it again in a form that was refused.

use super::Office;
use super::guard::Visit;
use super::session::Session;
use axum::body::{Body, to_bytes};
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode};
use domain::{Catalogue, Language};
use limits::FORM_BYTES_MAX;
use std::borrow::Cow;
use std::str::FromStr;
use std::sync::Arc;
use store::AuditContext;
use vault::now_ms;
use wording::too_long_by;

/// The limit for every long text, in characters: replies, notes, reasons.
pub(super) const TEXT_CHARS_MAX: usize = 8_000;

/// The fields of a form as they were typed, with LF as the end of lines.
#[derive(Debug, Clone, Default)]
pub(super) struct TypedFields(Arc<[(String, String)]>);

impl TypedFields {
    fn of(bytes: &[u8]) -> Self {
        // Browsers end lines of form fields with CR LF; stored texts have LF only.
        let fields = form_urlencoded::parse(bytes)
            .map(|(name, value)| (name.into_owned(), value.replace("\r\n", "\n")));
        Self(fields.collect())
    }

    /// The text of a field, trimmed; empty if it is absent.
    pub(super) fn text(&self, name: &str) -> &str {
        self.raw(name).trim()
    }

    /// All fields as they were typed: names and values.
    pub(super) fn all(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    fn raw(&self, name: &str) -> &str {
        self.0.iter().find(|(of, _)| of == name).map_or("", |(_, value)| value)
    }

    /// Whether a field was sent, as a ticked box or a pressed button is.
    pub(super) fn has(&self, name: &str) -> bool {
        self.0.iter().any(|(of, _)| of == name)
    }

    /// The value of a field; `None` if it is absent or not of this type.
    pub(super) fn parsed<T: FromStr>(&self, name: &str) -> Option<T> {
        self.text(name).parse().ok()
    }

    /// A text of 1 to `most` characters; the fault has `words` in English and French.
    pub(super) fn name(
        &self,
        name: &str,
        most: usize,
        words: (&'static str, &'static str),
    ) -> Result<String, FieldFault> {
        let text = self.text(name);
        let fits = (1..=most).contains(&text.chars().count());
        fits.then(|| text.into()).ok_or(FieldFault::new(words.0, words.1))
    }

    /// A text of at most [`TEXT_CHARS_MAX`] characters, which may be empty. The fault names the
    /// field by `label`, in English and French, and says by how much the text is too long.
    pub(super) fn long_text(&self, name: &str, label: (&str, &str)) -> Result<String, FieldFault> {
        let text = self.text(name);
        let by = text.chars().count().saturating_sub(TEXT_CHARS_MAX);
        if by == 0 {
            return Ok(text.into());
        }
        Err(FieldFault::of(
            format!("{}: {}", label.0, too_long_by(Language::English, by)),
            format!("{} : {}", label.1, too_long_by(Language::French, by)),
        ))
    }
}

/// Why a field cannot be taken as it is, in words that name the field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct FieldFault {
    english: Cow<'static, str>,
    french: Cow<'static, str>,
}

impl FieldFault {
    pub(super) const fn new(english: &'static str, french: &'static str) -> Self {
        Self { english: Cow::Borrowed(english), french: Cow::Borrowed(french) }
    }

    /// A fault whose words hold a count.
    pub(super) fn of(english: String, french: String) -> Self {
        Self { english: english.into(), french: french.into() }
    }

    pub(super) fn words(self, language: Language) -> Cow<'static, str> {
        match language {
            Language::English => self.english,
            Language::French => self.french,
        }
    }
}

/// Proof that a request is a form of one of the office's own pages, sent in the session of its
/// author. Only [`CheckedForm::read`] makes one.
#[derive(Debug, Clone)]
pub(super) struct CheckedForm {
    login: String,
    fields: TypedFields,
}

/// Why a form is refused before its fields are looked at.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum FormRefusal {
    TooLarge,
    /// From another site, or from a page of an older session.
    FromElsewhere,
}

impl CheckedForm {
    /// Reads the body of a form within its limit, and checks origin and token (CSRF).
    pub(super) async fn read(
        headers: &HeaderMap,
        session: Option<&Session>,
        body: Body,
    ) -> Result<Self, FormRefusal> {
        let bytes = to_bytes(body, FORM_BYTES_MAX).await.map_err(|_| FormRefusal::TooLarge)?;
        let fields = TypedFields::of(&bytes);
        let is_ours = session.is_none_or(|session| session.csrf == fields.raw("csrf"));
        if !is_ours || is_from_elsewhere(headers) {
            return Err(FormRefusal::FromElsewhere);
        }
        let login = session.map(|session| session.staff.login.clone()).unwrap_or_default();
        Ok(Self { login, fields })
    }

    /// The login of the author; empty on pages that need nobody signed in.
    pub(super) fn login(&self) -> &str {
        &self.login
    }

    /// The fields as they were typed, to be shown again.
    pub(super) fn typed(&self) -> &TypedFields {
        &self.fields
    }

    /// What the audit log says about a change that this form asks for.
    pub(super) fn audit_context(&self, reason: impl Into<String>) -> AuditContext {
        AuditContext { who: self.login.clone(), reason: reason.into(), at_ms: now_ms() }
    }
}

/// Whether the browser reports that a form came from another site (CSRF). Such a form is refused
/// even where nobody is signed in. A browser that reports neither a site nor an origin, or `null`,
/// says nothing: then the token of the session decides, and where nobody is signed in, the password
/// or the secret that the form itself must carry.
pub fn is_from_elsewhere(headers: &HeaderMap) -> bool {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    // Pages of the office send no referrer, so their forms have the origin "null", also in browsers
    // that do not send `Sec-Fetch-Site`, which takes precedence.
    if let Some(site) = text("sec-fetch-site") {
        return site != "same-origin";
    }
    let host = text("host").unwrap_or_default();
    let origin = text("origin").map(str::trim).filter(|origin| !["", "null"].contains(origin));
    let is_host = |of: &str| of.eq_ignore_ascii_case(host);
    origin.is_some_and(|origin| origin.split_once("://").is_none_or(|(_, of)| !is_host(of)))
}

/// The author of an event: a person, who needs a checked form, or the server itself, which writes
/// only what became of an e-mail, and what a person added to their question.
#[derive(Debug, Clone, Copy)]
pub(super) enum Author<'a> {
    Person(&'a CheckedForm),
    Mailer,
    /// Whoever sent the question, whose words the server takes over.
    Resident,
}

impl<'a> Author<'a> {
    /// The login; empty for the server.
    pub(super) fn login(self) -> &'a str {
        match self {
            Author::Person(form) => form.login(),
            Author::Mailer | Author::Resident => "",
        }
    }
}

/// What a form asks for, made from its fields. The catalogue says which services, locations and
/// departments can be chosen.
pub(super) trait FromFields: Sized {
    /// Reads and checks the fields. The fault is the first in the order of the form.
    fn from_fields(fields: &TypedFields, catalogue: &Catalogue) -> Result<Self, FieldFault>;
}

/// A form without fields: its button says everything.
impl FromFields for () {
    fn from_fields(_: &TypedFields, _: &Catalogue) -> Result<Self, FieldFault> {
        Ok(())
    }
}

/// A form as a handler takes it.
pub(super) struct OfficeForm<T> {
    pub(super) visit: Visit,
    /// What every function that writes asks for.
    pub(super) proof: CheckedForm,
    /// What the form asks for, or what is wrong with it; the proof has what was typed.
    pub(super) asked: Result<T, FieldFault>,
}

impl<T: FromFields> FromRequestParts<Arc<Office>> for OfficeForm<T> {
    /// Only a route that is not for forms, which the guard did not check, is rejected.
    type Rejection = StatusCode;

    async fn from_request_parts(
        parts: &mut Parts,
        office: &Arc<Office>,
    ) -> Result<Self, Self::Rejection> {
        let proof = parts.extensions.get::<CheckedForm>().cloned();
        let visit = parts.extensions.get::<Visit>().cloned();
        let (Some(proof), Some(visit)) = (proof, visit) else {
            return Err(StatusCode::METHOD_NOT_ALLOWED);
        };
        let asked = T::from_fields(&proof.fields, &office.catalogue());
        Ok(Self { visit, proof, asked })
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// The small municipality that the tests use.
    pub(crate) fn pine_harbour() -> Catalogue {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("../../tests/municipalities/pine-harbour");
        publish::check_dir(&folder).unwrap_or_else(|faults| panic!("{faults:?}")).0
    }

    /// Fields of a form as a test writes them.
    pub(crate) fn typed(pairs: &[(&str, &str)]) -> TypedFields {
        TypedFields(pairs.iter().map(|(of, value)| ((*of).into(), (*value).into())).collect())
    }

    #[test]
    fn fields_are_read_without_the_spaces_around_them_and_with_plain_line_ends() {
        let fields = TypedFields::of(b"text=+two%0D%0Alines+&box=&number=7&text=second");
        assert_eq!(fields.text("text"), "two\nlines");
        assert!(fields.has("box") && !fields.has("other"));
        assert_eq!((fields.text("box"), fields.text("other")), ("", ""));
        assert_eq!((fields.parsed("number"), fields.parsed::<u8>("text")), (Some(7_u8), None));
    }

    #[test]
    fn a_text_that_is_too_long_is_refused_and_never_cut() {
        let check = |count: usize, expected: Result<usize, &str>| {
            let text = "é".repeat(count);
            let found = typed(&[("text", &text)]).long_text("text", ("The note", "La note"));
            let found = found.map(|text| text.chars().count());
            let words = found.map_err(|fault| fault.words(Language::English));
            assert_eq!(words, expected.map_err(Cow::Borrowed));
        };
        check(0, Ok(0));
        check(TEXT_CHARS_MAX, Ok(TEXT_CHARS_MAX));
        check(TEXT_CHARS_MAX + 3, Err("The note: Shorten this by 3 characters."));
    }

    #[test]
    fn a_name_has_at_least_one_letter_and_at_most_its_limit() {
        let fits = |text: &str| typed(&[("name", text)]).name("name", 3, ("No", "Non")).is_ok();
        assert!(fits("a") && fits(" éàü ") && !fits("") && !fits("  ") && !fits("four"));
    }

    #[tokio::test]
    async fn a_form_is_refused_by_its_origin_and_size_before_its_fields_are_looked_at() {
        let mut headers = HeaderMap::new();
        let read = async |headers: &HeaderMap, body: Vec<u8>| {
            CheckedForm::read(headers, None, body.into()).await.map(|form| form.fields.0.len())
        };
        assert_eq!(read(&headers, b"a=1&b=2".to_vec()).await, Ok(2));
        let large = vec![b'a'; FORM_BYTES_MAX + 1];
        assert_eq!(read(&headers, large).await, Err(FormRefusal::TooLarge));
        headers.insert("sec-fetch-site", axum::http::HeaderValue::from_static("cross-site"));
        assert_eq!(read(&headers, b"a=1".to_vec()).await, Err(FormRefusal::FromElsewhere));
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
        check(&[("host", "hub.example"), ("origin", "null")], false);
        check(&[("host", "hub.example"), ("origin", "")], false);
        check(&[("host", "Hub.example"), ("origin", "https://hub.example")], false);
        check(&[("host", "hub.example"), ("origin", "hub.example")], true);
        check(
            &[("host", "hub.example"), ("origin", "null"), ("sec-fetch-site", "cross-site")],
            true,
        );
        check(&[("host", "hub.example"), ("sec-fetch-site", "cross-site")], true);
        check(&[("host", "hub.example"), ("sec-fetch-site", "same-site")], true);
        check(
            &[("host", "hub.example"), ("sec-fetch-site", "same-origin"), ("origin", "null")],
            false,
        );
        check(&[("host", "hub.example"), ("sec-fetch-site", "none")], true);
    }
}
