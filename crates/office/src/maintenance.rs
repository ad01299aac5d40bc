//! Maintenance: administrators begin and end it on the page about the server, and the guard refuses
//! everything that would write. What is refused is said with what is safe.

use super::Office;
use super::form::{FieldFault, FromFields, OfficeForm, TypedFields};
use super::guard::Visit;
use super::operations;
use super::pages::{OfficeFault, PageFrame, PageResult, go, page as made};
use super::people::by;
use axum::extract::State;
use axum::http::header::RETRY_AFTER;
use axum::http::{HeaderValue, Method, StatusCode};
use axum::response::Response;
use casework::maintenance::{HOURS_MAX, Maintenance, MaintenanceFault, OFF, SETTING};
use domain::Catalogue;
use std::sync::{Arc, PoisonError, RwLock};
use store::{AnyStore, DoorStore, StaffChange, StoreFault};
use vault::now_ms;

/// Addresses whose forms are accepted during maintenance: who began it must be able to end it, also
/// from another device.
const STILL_OPEN: [&str; 4] =
    ["/office/sign-in", "/office/second-factor", "/office/sign-out", ADDRESS];
/// Where the form is sent.
const ADDRESS: &str = "/office/operations/maintenance";

/// What this server knows of maintenance. A server looks at the database every second.
#[derive(Debug, Default)]
pub struct MaintenanceWatch(RwLock<Option<Arc<Maintenance>>>);

impl MaintenanceWatch {
    /// The maintenance of now; `None` if there is none.
    pub fn now(&self) -> Option<Arc<Maintenance>> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Whether nothing may be written.
    pub fn is_on(&self) -> bool {
        self.now().is_some()
    }

    /// Reads the setting. While the database is away, what was read last counts. Returns whether
    /// something has changed.
    pub async fn look(&self, store: &AnyStore) -> Result<bool, StoreFault> {
        let found = Maintenance::of_setting(store.setting(SETTING).await?.as_deref());
        let mut last = self.0.write().unwrap_or_else(PoisonError::into_inner);
        let has_changed = last.as_deref() != found.as_ref();
        if has_changed {
            *last = found.map(Arc::new);
        }
        Ok(has_changed)
    }
}

impl Office {
    /// What people are told about the maintenance of now; `None` if there is none.
    pub(super) fn maintenance_words(&self, visit: &Visit) -> Option<String> {
        let of = self.maintenance.now()?;
        Some(of.said(visit.language, &self.zone, now_ms()))
    }
}

/// The answer to a form that would write during maintenance; `None` if it may go on.
pub(super) fn refusal(
    office: &Office,
    visit: &Visit,
    method: &Method,
    path: &str,
) -> Option<Response> {
    if *method != Method::POST || STILL_OPEN.contains(&path) {
        return None;
    }
    let of = office.maintenance.now()?;
    let f = PageFrame::of(office, visit);
    let words = of.said(f.language, &office.zone, now_ms());
    let what = f.t(
        "{words} Nothing was saved. Go back: your text is still there. Copy it, and send it again later.",
        "{words} Rien n’a été enregistré. Revenez en arrière : votre texte y est encore. Copiez-le et renvoyez-le plus tard.",
    );
    let what = f.with(what, "words", words);
    let title = f.t("Maintenance: you can only read", "Entretien : lecture seulement");
    let page = OfficeFault { f: &f, title, what: &what };
    let mut response = made(StatusCode::SERVICE_UNAVAILABLE, &page);
    response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(of.retry_after_s(now_ms())));
    Some(response)
}

/// What the form asks for.
pub(super) enum MaintenanceForm {
    Begin { until: String, english: String, french: String, shown: String },
    End { shown: String },
}

impl FromFields for MaintenanceForm {
    fn from_fields(fields: &TypedFields, _: &Catalogue) -> Result<Self, FieldFault> {
        let text = |name: &str| fields.text(name).to_string();
        Ok(match fields.text("do") {
            "end" => Self::End { shown: text("shown") },
            _ => Self::Begin {
                until: text("until"),
                english: text("english"),
                french: text("french"),
                shown: text("shown"),
            },
        })
    }
}

/// Begins or ends maintenance; for administrators.
pub(super) async fn change(
    State(office): State<Arc<Office>>,
    OfficeForm { visit, proof, asked }: OfficeForm<MaintenanceForm>,
) -> PageResult {
    let (shown, value, reason) = match asked {
        Ok(MaintenanceForm::End { shown }) => (shown, OFF.to_string(), "maintenance: end".into()),
        Ok(MaintenanceForm::Begin { until, english, french, shown }) => {
            match Maintenance::parse(&until, [&english, &french], &office.zone, now_ms()) {
                Ok(of) => (shown, of.setting(), audited(&of)),
                Err(fault) => return operations::page_with(&office, &visit, words(fault)).await,
            }
        }
        Err(fault) => return operations::page_with(&office, &visit, fault).await,
    };
    if office.maintenance.now().is_some_and(|of| of.is_moved) {
        return operations::page_with(&office, &visit, MOVED).await;
    }
    let (audit, by) = (proof.audit_context(reason), by(&office, &proof));
    match office.store().change_setting(SETTING, [&shown, &value], by, &audit).await? {
        StaffChange::Done => {
            office.maintenance.look(office.store()).await?;
            Ok(go("/office/operations"))
        }
        StaffChange::Overtaken => operations::page_with(&office, &visit, OVERTAKEN).await,
        StaffChange::NotAllowed | StaffChange::LastAdministrator => Ok(go("/office")),
    }
}

/// What the audit log has when maintenance begins.
pub fn audited(of: &Maintenance) -> String {
    format!("maintenance: until {}", vault::iso(of.until_ms))
}

const OVERTAKEN: FieldFault = FieldFault::new(
    "Someone else changed this. Check how it is now, then choose again.",
    "Une autre personne a changé ceci. Vérifiez l’état actuel, puis choisissez de nouveau.",
);
const MOVED: FieldFault = FieldFault::new(
    "Everything was moved to another database. This one stays as it is.",
    "Tout a été transféré dans une autre base de données. Celle-ci reste telle quelle.",
);

fn words(fault: MaintenanceFault) -> FieldFault {
    match fault {
        MaintenanceFault::Time => FieldFault::new(
            "Expected end: enter a day and a time.",
            "Fin prévue\u{a0}: entrez un jour et une heure.",
        ),
        MaintenanceFault::Past => FieldFault::new(
            "Expected end: choose a time that is to come.",
            "Fin prévue\u{a0}: choisissez une heure à venir.",
        ),
        MaintenanceFault::Far => FieldFault::of(
            format!("Expected end: {} days from now at most.", HOURS_MAX / 24),
            format!("Fin prévue\u{a0}: au plus {} jours à l’avance.", HOURS_MAX / 24),
        ),
        MaintenanceFault::Words => FieldFault::new(
            "Words for people: one line of at most 200 characters in each language.",
            "Mots pour le public\u{a0}: une ligne d’au plus 200 caractères par langue.",
        ),
    }
}
