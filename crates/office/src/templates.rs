//! Templates of replies: everyone who answers reads them, managers change them. Each change is a
//! new version; how often each was used is counted from the inquiries that are stored.

use super::Office;
use super::banner::FinishedAct;
use super::form::{FieldFault, FromFields, OfficeForm, TypedFields};
use super::guard::Visit;
use super::inbox::names;
use super::pages::{PageFrame, PageResult, TroublePage, go, page as made};
use askama::Template;
use axum::Extension;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use casework::counter::ledger::{CounterAct, CounterLedger};
use casework::templates::{
    Placeholder, ReplyTemplate, TEMPLATE_NAME_CHARS_MAX, TEMPLATES_MAX, TemplateFault,
    TemplateText, check_texts,
};
use casework::when;
use domain::Catalogue;
use domain::Language;
use std::collections::HashMap;
use std::sync::Arc;
use vault::now_ms;

#[derive(Template)]
#[template(path = "office/templates.html")]
struct TemplatesPage {
    f: PageFrame,
    fault: String,
    rows: Vec<TemplateRow>,
    /// The template that is changed; `None` for a new one.
    changed: Option<u32>,
    /// Its version, to notice that someone else changed it.
    seen: u32,
    text: TemplateText,
    /// What can stand between braces: the English and the French name.
    placeholders: Vec<(&'static str, &'static str)>,
    can_edit: bool,
}

struct TemplateRow {
    number: u32,
    name: String,
    english: String,
    french: String,
    version: u32,
    used: usize,
    who: String,
    when: String,
}

fn empty() -> TemplateText {
    TemplateText { name: String::new(), english: String::new(), french: String::new() }
}

pub(super) async fn page(
    State(office): State<Arc<Office>>,
    Extension(visit): Extension<Visit>,
) -> PageResult {
    shown(&office, &visit, (None, 0), empty(), None).await
}

/// The page with one template in the form.
pub(super) async fn one(
    State(office): State<Arc<Office>>,
    Path(number): Path<String>,
    Extension(visit): Extension<Visit>,
) -> PageResult {
    let ledger = office.counter_ledger().await?;
    let number = number.parse().unwrap_or(0);
    let Some(template) = ledger.templates.get(number).filter(|one| !one.is_removed) else {
        return Err(TroublePage::Nothing(Box::new(PageFrame::of(&office, &visit))));
    };
    let (seen, text) = (template.version(), template.newest().clone());
    shown(&office, &visit, (Some(number), seen), text, None).await
}

async fn shown(
    office: &Office,
    visit: &Visit,
    (changed, seen): (Option<u32>, u32),
    text: TemplateText,
    fault: Option<FieldFault>,
) -> PageResult {
    let f = PageFrame::of(office, visit);
    let (ledger, names) = (office.counter_ledger().await?, names(office).await?);
    let (used, now) = (uses(office), office.zone.moment(now_ms()));
    let row = |(number, template): (u32, &ReplyTemplate)| TemplateRow {
        number,
        name: template.newest().name.clone(),
        english: template.newest().english.clone(),
        french: template.newest().french.clone(),
        version: template.version(),
        used: used.get(&number).copied().unwrap_or(0),
        who: names.get(&template.who).unwrap_or(&template.who).clone(),
        when: when::day_and_time(office.zone.moment(template.at_ms), now, f.language),
    };
    let mut rows: Vec<TemplateRow> = ledger.templates.in_use().map(row).collect();
    rows.sort_by_cached_key(|row| domain::text::folded(&row.name));
    let status = if fault.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let fault = fault.map(|fault| fault.words(f.language).into_owned()).unwrap_or_default();
    let can_edit = f.may("manager");
    let placeholders = Placeholder::ALL.map(Placeholder::names).into();
    let page = TemplatesPage { fault, rows, changed, seen, text, placeholders, can_edit, f };
    Ok(made(status, &page))
}

/// How many replies began with each template, among the inquiries that are stored.
fn uses(office: &Office) -> HashMap<u32, usize> {
    let mut counts = HashMap::new();
    for listed in office.inquiries.listed() {
        for number in listed.templates() {
            *counts.entry(*number).or_default() += 1;
        }
    }
    counts
}

/// A template as it was typed.
pub(super) struct TemplateForm {
    text: TemplateText,
    seen: u32,
    is_removal: bool,
}

fn typed_text(fields: &TypedFields) -> TemplateText {
    let text = |name: &str| fields.text(name).to_string();
    TemplateText { name: text("name"), english: text("english"), french: text("french") }
}

impl FromFields for TemplateForm {
    fn from_fields(fields: &TypedFields, _: &Catalogue) -> Result<Self, FieldFault> {
        let (text, is_removal) = (typed_text(fields), fields.has("remove"));
        let seen = fields.parsed("seen").unwrap_or(0);
        if !is_removal {
            fields.name(
                "name",
                TEMPLATE_NAME_CHARS_MAX,
                (
                    "Give the template a name of up to 60 characters.",
                    "Donnez au modèle un nom d’au plus 60 caractères.",
                ),
            )?;
            check_texts(&text.english, &text.french).map_err(fault_words)?;
        }
        Ok(Self { text, seen, is_removal })
    }
}

/// What is wrong with the texts of a template.
fn fault_words(fault: TemplateFault) -> FieldFault {
    let names = |language| match language {
        Language::English => ("English text", "texte anglais"),
        Language::French => ("French text", "texte français"),
    };
    match fault {
        TemplateFault::Empty(language) => {
            let (english, french) = names(language);
            FieldFault::of(
                format!("Write the {english}: people get the reply in their language."),
                format!(
                    "Écrivez le {french}\u{a0}: chaque personne reçoit la réponse dans sa langue."
                ),
            )
        }
        TemplateFault::TooLong(language, by) => {
            let (english, french) = names(language);
            FieldFault::of(
                format!("Shorten the {english} by {by} characters."),
                format!("Raccourcissez le {french} de {by} caractères."),
            )
        }
        TemplateFault::Unknown(braced) => FieldFault::of(
            format!("{braced} is not a fact that can be filled in. Choose one from the list."),
            format!("{braced} n’est pas un renseignement connu. Choisissez-en un dans la liste."),
        ),
        TemplateFault::Different(fact) => {
            let (english, french) = fact.names();
            FieldFault::of(
                format!("{{{english}}} must be in both languages, or in neither."),
                format!("{{{french}}} doit être dans les deux langues ou dans aucune."),
            )
        }
    }
}

pub(super) async fn make(
    State(office): State<Arc<Office>>,
    OfficeForm { visit, proof, asked }: OfficeForm<TemplateForm>,
) -> PageResult {
    let text = match asked {
        Ok(form) => form.text,
        Err(fault) => {
            return shown(&office, &visit, (None, 0), typed_text(proof.typed()), Some(fault)).await;
        }
    };
    let act_after = |ledger: &CounterLedger| {
        let has_room = ledger.templates.in_use().count() < TEMPLATES_MAX;
        let text = text.clone();
        has_room.then_some(CounterAct::TemplateSaved { template: None, text })
    };
    if !office.write_counter(&proof, "a new template", act_after).await? {
        let fault = FieldFault::new(
            "There are 100 templates already. Remove one first.",
            "Il y a déjà 100 modèles. Retirez-en un d’abord.",
        );
        return shown(&office, &visit, (None, 0), text, Some(fault)).await;
    }
    Ok(go(&FinishedAct::TemplateSaved.at("/office/templates")))
}

pub(super) async fn change(
    State(office): State<Arc<Office>>,
    Path(number): Path<String>,
    OfficeForm { visit, proof, asked }: OfficeForm<TemplateForm>,
) -> PageResult {
    let number: u32 = number.parse().unwrap_or(0);
    if office.counter_ledger().await?.templates.get(number).is_none() {
        return Err(TroublePage::Nothing(Box::new(PageFrame::of(&office, &visit))));
    }
    let seen = proof.typed().parsed("seen").unwrap_or(0);
    let TemplateForm { text, seen, is_removal } = match asked {
        Ok(form) => form,
        Err(fault) => {
            let typed = typed_text(proof.typed());
            return shown(&office, &visit, (Some(number), seen), typed, Some(fault)).await;
        }
    };
    let act = match is_removal {
        true => CounterAct::TemplateRemoved { template: number },
        false => CounterAct::TemplateSaved { template: Some(number), text: text.clone() },
    };
    let act_after = |ledger: &CounterLedger| {
        let is_same = ledger.templates.get(number).is_some_and(|one| one.version() == seen);
        is_same.then(|| act.clone())
    };
    if !office.write_counter(&proof, &format!("template {number}"), act_after).await? {
        let ledger = office.counter_ledger().await?;
        let newer = ledger.templates.get(number).map_or(0, ReplyTemplate::version);
        let fault = FieldFault::new(
            "Someone else changed this template. Compare it with the list, and save again.",
            "Quelqu’un d’autre a modifié ce modèle. Comparez avec la liste et enregistrez de nouveau.",
        );
        return shown(&office, &visit, (Some(number), newer), text, Some(fault)).await;
    }
    let done = if is_removal { FinishedAct::TemplateRemoved } else { FinishedAct::TemplateSaved };
    Ok(go(&done.at("/office/templates")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::form::tests::{pine_harbour, typed};

    #[test]
    fn a_template_has_a_name_and_both_languages_and_only_known_facts() {
        let fault = |english: &str, french: &str, name: &str| {
            let fields = [("name", name), ("english", english), ("french", french)];
            let form = TemplateForm::from_fields(&typed(&fields), &pine_harbour());
            form.err().map(|fault| fault.words(Language::English).into_owned()).unwrap_or_default()
        };
        assert_eq!(fault("It costs {fee}.", "Tarif {tarif}.", "Fees"), "");
        assert!(fault("x", "x", "").starts_with("Give the template a name"));
        assert!(fault("x", "", "Fees").starts_with("Write the French text"));
        assert!(fault("{price}", "x", "Fees").starts_with("{price} is not a fact"));
        assert!(fault("{fee}", "x", "Fees").starts_with("{fee} must be in both languages"));
        let removal = [("remove", "1"), ("seen", "3")];
        let form = TemplateForm::from_fields(&typed(&removal), &pine_harbour());
        assert!(form.is_ok_and(|form| form.is_removal && form.seen == 3));
    }
}
