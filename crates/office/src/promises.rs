//! Within how many working hours the office first replies, by department and service: sooner than
//! what residents are told, never later. Before a change, the page says what it does to open
//! inquiries.

use super::Office;
use super::banner::FinishedAct;
use super::confirm::{self, Confirmation};
use super::form::{FieldFault, FromFields, OfficeForm, TypedFields};
use super::guard::Visit;
use super::inbox::departments;
use super::pages::{PageFrame, PageResult, go, page as made};
use super::record_names::service_name;
use askama::Template;
use axum::Extension;
use axum::extract::State;
use axum::http::StatusCode;
use casework::case::CaseState;
use casework::clock::{Due, OfficeHours};
use casework::counter::ledger::CounterAct;
use casework::promise::{PromiseRules, PromiseSubject};
use domain::office::PROMISE_HOURS_MAX;
use domain::{Catalogue, ServiceId};
use std::sync::Arc;
use vault::now_ms;

#[derive(Template)]
#[template(path = "office/promises.html")]
struct PromisesPage {
    f: PageFrame,
    fault: String,
    /// What residents are told, in working hours; `None` without an office.
    public: Option<u32>,
    rows: Vec<PromiseRow>,
    departments: Vec<(String, String)>,
    services: Vec<(String, String)>,
    subject: String,
    hours: String,
}

struct PromiseRow {
    /// As the form sends it.
    subject: String,
    name: String,
    hours: u32,
}

/// A subject as the form sends it.
fn subject_text(of: &PromiseSubject) -> String {
    match of {
        PromiseSubject::Department { department } => format!("department:{department}"),
        PromiseSubject::Service { service } => format!("service:{service}"),
    }
}

fn subject_name(f: &PageFrame, catalogue: &Catalogue, of: &PromiseSubject) -> String {
    match of {
        PromiseSubject::Department { department } => f.name_of(department),
        PromiseSubject::Service { service } => service_name(f, catalogue, service),
    }
}

pub(super) async fn page(
    State(office): State<Arc<Office>>,
    Extension(visit): Extension<Visit>,
) -> PageResult {
    shown(&office, &visit, None).await
}

async fn shown(office: &Office, visit: &Visit, fault: Option<FieldFault>) -> PageResult {
    let f = PageFrame::of(office, visit);
    let (ledger, catalogue) = (office.counter_ledger().await?, office.catalogue());
    let row = |(of, hours): (&PromiseSubject, u32)| PromiseRow {
        subject: subject_text(of),
        name: subject_name(&f, &catalogue, of),
        hours,
    };
    let status = if fault.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let named = |service: &&domain::catalogue::Service| {
        (format!("service:{}", service.id), f.name_of(&service.name))
    };
    let page = PromisesPage {
        fault: fault.map(|fault| fault.words(f.language).into_owned()).unwrap_or_default(),
        public: office.directory.rules().map(|rules| rules.first_reply.working_hours),
        rows: ledger.promises.all().map(row).collect(),
        departments: departments(&catalogue)
            .into_iter()
            .map(|name| (format!("department:{name}"), f.name_of(&name)))
            .collect(),
        services: catalogue.services_by_name().iter().map(named).collect(),
        subject: visit.typed.text("subject").into(),
        hours: visit.typed.text("hours").into(),
        f,
    };
    Ok(made(status, &page))
}

/// What the promise applies to, and the working hours; `None` takes it back.
pub(super) struct PromiseForm {
    subject: PromiseSubject,
    hours: Option<u32>,
}

impl FromFields for PromiseForm {
    fn from_fields(fields: &TypedFields, catalogue: &Catalogue) -> Result<Self, FieldFault> {
        let is_removal = fields.has("remove");
        let subject = match fields.text("subject").split_once(':') {
            Some(("service", id)) => ServiceId::parse(id)
                .ok()
                .filter(|id| is_removal || catalogue.service(id).is_some())
                .map(|service| PromiseSubject::Service { service }),
            Some(("department", name)) => {
                let is_known = is_removal || departments(catalogue).iter().any(|of| of == name);
                is_known.then(|| PromiseSubject::Department { department: name.into() })
            }
            _ => None,
        };
        let subject = subject.ok_or(FieldFault::new(
            "Choose a department or a service.",
            "Choisissez un service municipal ou un service offert.",
        ))?;
        if is_removal {
            return Ok(Self { subject, hours: None });
        }
        let hours = fields.parsed("hours").filter(|hours| (1..=PROMISE_HOURS_MAX).contains(hours));
        let hours = hours.ok_or_else(|| {
            FieldFault::of(
                format!("Give a number of working hours from 1 to {PROMISE_HOURS_MAX}."),
                format!("Indiquez un nombre d’heures ouvrables de 1 à {PROMISE_HOURS_MAX}."),
            )
        })?;
        Ok(Self { subject, hours: Some(hours) })
    }
}

/// What a change does to the inquiries that wait for a first reply.
#[derive(Debug, Default, PartialEq, Eq)]
struct PromiseEffect {
    sooner: usize,
    later: usize,
    /// Overdue from that moment, and not before.
    overdue: usize,
}

impl PromiseEffect {
    fn of(office: &Office, new: &PromiseRules) -> Self {
        let mut effect = Self::default();
        let (catalogue, now_ms) = (office.catalogue(), now_ms());
        let Some(rules) = office.directory.rules() else { return effect };
        let time = OfficeHours::with_promises(&rules, new.clone(), &catalogue);
        let now = office.zone.moment(now_ms);
        for before in office.inquiries.active() {
            if before.case.first_reply_ms.is_some() || before.case.state == CaseState::Closed {
                continue;
            }
            let mut after = (*before).clone();
            after.compute(Some(&time), &office.zone, now_ms);
            match (before.first_reply, after.first_reply) {
                (Due::At(was), Due::At(is)) if is < was => effect.sooner += 1,
                (Due::At(was), Due::At(is)) if is > was => effect.later += 1,
                (Due::Paused { left_minutes: was }, Due::Paused { left_minutes: is })
                    if is < was =>
                {
                    effect.sooner += 1
                }
                (Due::Paused { left_minutes: was }, Due::Paused { left_minutes: is })
                    if is > was =>
                {
                    effect.later += 1
                }
                _ => {}
            }
            effect.overdue += usize::from(after.is_overdue(now) && !before.is_overdue(now));
        }
        effect
    }
}

/// Shows what a change does, and makes it when that is confirmed.
pub(super) async fn set(
    State(office): State<Arc<Office>>,
    OfficeForm { visit, proof, asked }: OfficeForm<PromiseForm>,
) -> PageResult {
    let PromiseForm { subject, hours } = match asked {
        Ok(form) => form,
        Err(fault) => return shown(&office, &visit, Some(fault)).await,
    };
    let public = office.directory.rules().map(|rules| rules.first_reply.working_hours);
    if hours.is_some_and(|hours| public.is_none_or(|public| hours > public)) {
        let fault = FieldFault::new(
            "This can’t be longer than what residents are told. Change that in office.toml.",
            "Ce délai ne peut dépasser celui qui est annoncé au public. Modifiez celui-ci dans office.toml.",
        );
        return shown(&office, &visit, Some(fault)).await;
    }
    if !confirm::is_confirmed(&proof) {
        let f = PageFrame::of(&office, &visit);
        let mut new = office.counter_ledger().await?.promises.clone();
        new.set(subject.clone(), hours);
        let effect = PromiseEffect::of(&office, &new);
        let catalogue = office.catalogue();
        let shown = hours.or(public).map(|hours| hours.to_string()).unwrap_or_default();
        let asked = Confirmation {
            title: f.t("Change this response time?", "Changer ce délai?").into(),
            facts: vec![
                (f.t("For", "Pour"), subject_name(&f, &catalogue, &subject)),
                (f.t("Working hours", "Heures ouvrables"), shown),
                (f.t("Open, due sooner", "Ouvertes, échéance plus proche"), effect.sooner.to_string()),
                (f.t("Open, due later", "Ouvertes, échéance plus lointaine"), effect.later.to_string()),
                (f.t("Overdue at once", "En retard aussitôt"), effect.overdue.to_string()),
            ],
            warning: f.t(
                "It applies to open inquiries too. Closed ones and figures of past months stay as they are.",
                "Le changement vaut aussi pour les demandes ouvertes. Celles qui sont terminées et les chiffres passés restent tels quels.",
            ),
            act: f.t("Change response time", "Changer le délai"),
            back: "/office/promises".into(),
            ..Confirmation::default()
        };
        return Ok(confirm::ask(&f, &proof, "/office/promises", &asked));
    }
    let act = CounterAct::PromiseSet { subject: subject.clone(), working_hours: hours };
    let reason = subject_text(&subject);
    office.write_counter(&proof, &reason, |_| Some(act.clone())).await?;
    Ok(go(&FinishedAct::PromiseSet.at("/office/promises")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::form::tests::{pine_harbour, typed};

    #[test]
    fn a_promise_is_for_a_known_subject_and_a_possible_time() {
        let check = |fields: &[(&str, &str)]| {
            let form = PromiseForm::from_fields(&typed(fields), &pine_harbour());
            form.ok().map(|form| (subject_text(&form.subject), form.hours))
        };
        let department = format!("department:{}", departments(&pine_harbour())[0]);
        let hours = |hours| [("subject", department.as_str()), ("hours", hours)];
        assert_eq!(check(&hours("4")), Some((department.clone(), Some(4))));
        for wrong in ["", "0", "-1", "2001", "4.5"] {
            assert_eq!(check(&hours(wrong)), None, "{wrong}");
        }
        assert_eq!(check(&[("subject", "department:Moon"), ("hours", "4")]), None);
        assert_eq!(check(&[("subject", "service:moon"), ("hours", "4")]), None);
        let gone = [("subject", "department:Moon"), ("remove", "1")];
        assert_eq!(check(&gone), Some(("department:Moon".into(), None)), "what is gone can go");
    }
}
