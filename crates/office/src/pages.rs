//! What all pages of the office share: the frame, rendering of templates, and pages about faults.

use super::Office;
use super::banner::Banner;
use super::guard::Visit;
use super::record_names::{FrenchTexts, french_name};
use super::staff::Role;
use crate::survey::reading::ReadFault;
use askama::Template;
use axum::body::Body;
use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use casework::month::Month;
use domain::Language;
use std::fmt::Display;
use std::sync::Arc;
use store::StoreFault;

/// Seconds within which a full queue of passwords is processed, even on a small machine.
const BUSY_S: u64 = 5;
/// The product's design tokens and base styles, and those of the office.
const STYLE: &str = concat!(
    include_str!("../../../style/tokens.css"),
    include_str!("../../../style/base.css"),
    include_str!("../templates/office/office.css")
);
const SCRIPT: &str = include_str!("../templates/office/office.js");

/// What surrounds every page, and the language of its words.
#[derive(Debug, Clone)]
pub(super) struct PageFrame {
    pub(super) language: Language,
    pub(super) municipality: String,
    pub(super) name: String,
    pub(super) role: Option<Role>,
    pub(super) csrf: String,
    /// The address that choosing a language leads back to, percent-encoded.
    pub(super) here: String,
    pub(super) is_demo: bool,
    /// What people are told during maintenance; `None` if there is none.
    pub(super) maintenance: Option<String>,
    pub(super) version: String,
    /// What was just done, if this page follows an act.
    pub(super) banner: Option<Banner>,
    /// The directory's texts in the language of the page; `None` for English, which they are
    /// written in.
    pub(super) texts: Option<Arc<FrenchTexts>>,
}

impl PageFrame {
    pub(super) fn of(office: &Office, visit: &Visit) -> Self {
        let staff = visit.session.as_ref().map(|session| &session.staff);
        let frame = Self {
            language: visit.language,
            municipality: office.catalogue().municipality().name.get(visit.language).into(),
            name: staff.map(|staff| staff.name.clone()).unwrap_or_default(),
            role: staff.map(|staff| staff.role),
            csrf: visit.session.as_ref().map(|session| session.csrf.clone()).unwrap_or_default(),
            here: form_urlencoded::byte_serialize(visit.here.as_bytes()).collect(),
            is_demo: office.is_demo,
            maintenance: office.maintenance_words(visit),
            version: office.version.clone(),
            banner: None,
            texts: (visit.language == Language::French).then(|| office.french_texts()),
        };
        let banner = Banner::of(&frame, &visit.here);
        Self { banner, ..frame }
    }

    /// Says in the banner whom or what the act before was about.
    pub(super) fn name_banner(&mut self, name: &str) {
        let Some(mut banner) = self.banner.take() else { return };
        banner.name(self, name);
        self.banner = Some(banner);
    }

    /// The words in the page's language; both versions are written where they are used.
    pub(super) fn t<'a>(&self, english: &'a str, french: &'a str) -> &'a str {
        if self.language == Language::English { english } else { french }
    }

    /// A name of the directory in the page's language; as it is if it has no translation.
    pub(super) fn name_of(&self, name: &str) -> String {
        self.texts.as_ref().map_or_else(|| name.into(), |texts| french_name(texts, name))
    }

    /// A text with a value in the place of `{name}`.
    pub(super) fn with(&self, text: impl AsRef<str>, name: &str, value: impl Display) -> String {
        text.as_ref().replace(&format!("{{{name}}}"), &value.to_string())
    }

    /// A text with its count in the place of `{n}`: the form for one, and that for more, each in
    /// both languages. French uses the form for one also for zero.
    pub(super) fn n(&self, count: impl Display, one: &[&str; 2], more: &[&str; 2]) -> String {
        let count = count.to_string();
        let is_one = count == "1" || (count == "0" && self.language == Language::French);
        let [english, french] = *if is_one { one } else { more };
        self.with(self.t(english, french), "n", count)
    }

    pub(super) fn tag(&self) -> &'static str {
        self.language.tag()
    }

    pub(super) fn other_tag(&self) -> &'static str {
        self.t("fr", "en")
    }

    pub(super) fn month(&self, month: &Month) -> String {
        month.name(self.language)
    }

    /// Whether somebody with at least this role is signed in.
    pub(super) fn may(&self, role: &str) -> bool {
        Role::parse(role).is_some_and(|least| self.role >= Some(least))
    }

    /// Whether `has` is this role.
    pub(super) fn is_role(&self, has: &Option<Role>, role: &Role) -> bool {
        has.as_ref() == Some(role)
    }

    pub(super) fn role_name(&self, role: &Role) -> &'static str {
        match role {
            Role::Counter => self.t("Counter", "Comptoir"),
            Role::Office => self.t("Office", "Bureau"),
            Role::Manager => self.t("Manager", "Gestion"),
            Role::Administrator => self.t("Administrator", "Administration"),
        }
    }
}

/// A rendered page, never stored by a browser or a proxy.
pub(super) fn page(status: StatusCode, template: &impl Template) -> Response {
    match template.render() {
        Ok(text) => html(status, text),
        Err(fault) => {
            tracing::error!(%fault, "a page could not be made");
            html(StatusCode::INTERNAL_SERVER_ERROR, "We couldn’t show this page. Nothing was changed. / Impossible d’afficher cette page. Rien n’a été changé.".into())
        }
    }
}

fn html(status: StatusCode, text: String) -> Response {
    let built = Response::builder()
        .status(status)
        .header(CONTENT_TYPE, "text/html; charset=utf-8")
        .header(CACHE_CONTROL, "no-store")
        .body(Body::from(text));
    built.expect("all header values are plain ASCII")
}

/// Forbids storing any response without caching rules of its own: redirects, which may set a
/// session, and refusals.
pub(super) async fn not_kept(mut response: Response) -> Response {
    response.headers_mut().entry(CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}

/// Redirects to a page after a form was accepted.
pub(super) fn go(to: &str) -> Response {
    Redirect::to(to).into_response()
}

#[derive(Template)]
#[template(path = "office/fault.html")]
pub(super) struct OfficeFault<'a> {
    pub(super) f: &'a PageFrame,
    pub(super) title: &'a str,
    pub(super) what: &'a str,
}

/// A page that says why a request failed, and what to do.
pub(super) fn page_fault(f: &PageFrame, status: StatusCode) -> Response {
    let (title, what) = match status {
        StatusCode::NOT_FOUND => (
            f.t("Page not found", "Page introuvable"),
            f.t("The address may be mistyped, or the inquiry was deleted. Search for it in the inbox.", "L’adresse est peut-être mal tapée, ou la demande a été supprimée. Cherchez-la dans la boîte de réception."),
        ),
        StatusCode::FORBIDDEN => (
            f.t("Your role can’t open this page", "Votre rôle ne donne pas accès à cette page"),
            f.t("If you need access, ask an administrator.", "Si vous en avez besoin, adressez-vous à l’administration."),
        ),
        StatusCode::UNAUTHORIZED => (
            f.t("You are signed out", "Votre session est terminée"),
            f.t(
                "Nothing was changed. Sign in using another tab, then come back and send the form again: your text is still there.",
                "Rien n’a été changé. Connectez-vous dans un autre onglet, puis revenez ici et renvoyez le formulaire : votre texte y est encore.",
            ),
        ),
        StatusCode::CONFLICT => (
            f.t("This form has expired", "Ce formulaire a expiré"),
            f.t(
                "It is from before you signed in, or from another site. Nothing was changed. Go back, copy your text, reload the page and try again.",
                "Il date d’avant votre connexion, ou vient d’un autre site. Rien n’a été changé. Revenez en arrière, copiez votre texte, rechargez la page et réessayez.",
            ),
        ),
        StatusCode::TOO_MANY_REQUESTS => (
            f.t("Too many people are signing in", "Trop de personnes se connectent"),
            f.t(
                "Nothing was changed. Go back in a few seconds and try again.",
                "Rien n’a été changé. Revenez en arrière dans quelques secondes et réessayez.",
            ),
        ),
        StatusCode::PAYLOAD_TOO_LARGE => (
            f.t("This is too long", "C’est trop long"),
            f.t("Nothing was changed. Go back and shorten it.", "Rien n’a été changé. Revenez en arrière et raccourcissez."),
        ),
        StatusCode::UNPROCESSABLE_ENTITY => (
            f.t("Too many answers for one report", "Trop de réponses pour un seul rapport"),
            f.t(
                "A report can include 50,000 answers at most. Go back and choose fewer days.",
                "Un rapport compte au plus 50 000 réponses. Revenez en arrière et choisissez moins de jours.",
            ),
        ),
        _ => (
            f.t("We can’t reach the database", "La base de données ne répond pas"),
            f.t("Saved data is safe. Go back in a minute and try again. If this goes on, call the server’s administrator.", "Les données enregistrées sont intactes. Revenez en arrière dans une minute et réessayez. Si cela persiste, appelez l’administration du serveur."),
        ),
    };
    page(status, &OfficeFault { f, title, what })
}

/// Why a handler failed.
pub(super) enum TroublePage {
    Store(StoreFault),
    Nothing(Box<PageFrame>),
    /// More passwords are waiting to be verified than the server can process.
    Busy(Box<PageFrame>),
    /// More survey answers than one report reads.
    TooManyAnswers,
}

impl From<ReadFault> for TroublePage {
    fn from(fault: ReadFault) -> Self {
        match fault {
            ReadFault::Store(fault) => TroublePage::Store(fault),
            ReadFault::TooMany => TroublePage::TooManyAnswers,
        }
    }
}

impl From<StoreFault> for TroublePage {
    fn from(fault: StoreFault) -> Self {
        TroublePage::Store(fault)
    }
}

impl IntoResponse for TroublePage {
    fn into_response(self) -> Response {
        match self {
            TroublePage::Nothing(frame) => page_fault(&frame, StatusCode::NOT_FOUND),
            TroublePage::Busy(frame) => {
                let mut response = page_fault(&frame, StatusCode::TOO_MANY_REQUESTS);
                response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(BUSY_S));
                response
            }
            TroublePage::Store(fault) => {
                tracing::error!(%fault, "the office’s database failed");
                page_fault(&bare_frame(), StatusCode::SERVICE_UNAVAILABLE)
            }
            TroublePage::TooManyAnswers => {
                page_fault(&bare_frame(), StatusCode::UNPROCESSABLE_ENTITY)
            }
        }
    }
}

/// A frame without any request, for faults where the language is not known.
pub(super) fn bare_frame() -> PageFrame {
    PageFrame {
        language: Language::English,
        municipality: String::new(),
        name: String::new(),
        role: None,
        csrf: String::new(),
        here: String::new(),
        is_demo: false,
        maintenance: None,
        version: String::new(),
        banner: None,
        texts: None,
    }
}

pub(super) type PageResult = Result<Response, TroublePage>;

pub(super) async fn style(State(_): State<Arc<Office>>) -> Response {
    file("text/css; charset=utf-8", STYLE)
}

pub(super) async fn script(State(_): State<Arc<Office>>) -> Response {
    file("text/javascript; charset=utf-8", SCRIPT)
}

/// A static file; browsers revalidate it each time, because it changes with the server.
fn file(content_type: &'static str, text: &'static str) -> Response {
    let built = Response::builder()
        .header(CONTENT_TYPE, content_type)
        .header(CACHE_CONTROL, "no-cache")
        .body(Body::from(text));
    built.expect("all header values are plain ASCII")
}

/// A file to save, under a name that the server chooses.
pub(super) fn download(content_type: &str, name: &str, bytes: impl IntoResponse) -> Response {
    let disposition = format!("attachment; filename=\"{name}\"");
    (
        [
            (CONTENT_TYPE, content_type),
            (CONTENT_DISPOSITION, &disposition),
            (CACHE_CONTROL, "no-store"),
        ],
        bytes,
    )
        .into_response()
}

/// The fallback route. The guard has responded already; it only needs a handler behind it.
pub(super) async fn nothing() -> StatusCode {
    StatusCode::NOT_FOUND
}
