//! What colleagues agree about one inquiry on its page: tags, a day to come back to it, and
//! questions to other departments. The response time keeps counting through all of it.

use super::forms::chosen_department;
use super::{InquiryChange, RefusedForm, write_there};
use crate::Office;
use crate::banner::FinishedAct;
use crate::bulk::tag_fault;
use crate::form::{FieldFault, FromFields, OfficeForm, TypedFields};
use crate::guard::Visit;
use crate::pages::{PageFrame, PageResult, go};
use axum::extract::{Path, State as Shared};
use axum::http::StatusCode;
use casework::case::{Case, CaseEvent};
use casework::inquiry::Inquiry;
use casework::team::{TAGS_MAX, Tag, TeamQuestion};
use casework::when;
use domain::hours::{Date, Moment};
use domain::reference::Reference;
use domain::{Catalogue, SubmissionId};
use std::collections::BTreeSet;
use std::sync::Arc;

/// Tags that a field suggests.
const SUGGESTED_MAX: usize = 100;

/// What colleagues agreed, as the page shows it.
pub(super) struct TeamView {
    pub(super) tags: Vec<String>,
    /// Tags of other open inquiries.
    pub(super) known_tags: Vec<String>,
    /// The day to come back to it, in words, and what is to be done then; empty if none is set.
    pub(super) follow_up: String,
    pub(super) follow_up_why: String,
    /// Open questions: number, department, text, and whether the requester may answer.
    pub(super) questions: Vec<QuestionRow>,
    /// The first day that a follow-up may have.
    pub(super) tomorrow: String,
    /// The inquiry that this one was merged into: id and reference number.
    pub(super) merged_to: Option<(String, String)>,
    /// The requester may change it, and does not only read it because of a question.
    pub(super) is_held: bool,
}

/// A question to a department that has no answer yet.
pub(super) struct QuestionRow {
    pub(super) number: u32,
    pub(super) department: String,
    pub(super) text: String,
    pub(super) may_answer: bool,
}

impl TeamView {
    pub(super) fn of(
        f: &PageFrame,
        office: &Office,
        (inquiry, visit): (&Inquiry, &Visit),
        now: Moment,
    ) -> Self {
        let team = &inquiry.case.team;
        let day = |on: Date| when::date(on, now.date, f.language);
        let follow_up = team.follow_up.as_ref();
        let text_of = |number| {
            let entry = inquiry.entries.iter().find(|entry| entry.number == number);
            match entry.map(|entry| &entry.event) {
                Some(CaseEvent::AskedInside { text, .. }) => text.clone(),
                _ => String::new(),
            }
        };
        Self {
            tags: team.tags.iter().map(ToString::to_string).collect(),
            known_tags: known_tags(office),
            follow_up: follow_up.map(|to_do| day(to_do.on)).unwrap_or_default(),
            follow_up_why: follow_up.map(|to_do| to_do.why.clone()).unwrap_or_default(),
            questions: team
                .questions
                .iter()
                .map(|open| QuestionRow {
                    number: open.number,
                    department: f.name_of(&open.department),
                    text: text_of(open.number),
                    may_answer: may_answer(visit, inquiry, open),
                })
                .collect(),
            tomorrow: now.date.plus_days(1).to_string(),
            merged_to: team.merged_into.map(|id| (id.to_string(), Reference::of(id).to_string())),
            is_held: visit.holds(inquiry),
        }
    }
}

/// Whether the requester may answer a question: one about an inquiry of theirs, or to their
/// department.
fn may_answer(visit: &Visit, inquiry: &Inquiry, question: &TeamQuestion) -> bool {
    visit.holds(inquiry) || visit.reads(None, &question.department)
}

/// Tags of open inquiries, sorted.
pub(crate) fn known_tags(office: &Office) -> Vec<String> {
    let active = office.inquiries.active();
    let tags: BTreeSet<&Tag> = active.iter().flat_map(|inquiry| &inquiry.case.team.tags).collect();
    tags.into_iter().take(SUGGESTED_MAX).map(ToString::to_string).collect()
}

/// A tag that is added or removed.
pub(crate) struct TagForm {
    tag: Tag,
    is_removal: bool,
}

impl FromFields for TagForm {
    fn from_fields(fields: &TypedFields, _: &Catalogue) -> Result<Self, FieldFault> {
        let tag = Tag::parse(fields.text("tag")).ok_or_else(tag_fault)?;
        Ok(Self { tag, is_removal: fields.has("remove") })
    }
}

pub(crate) async fn tag(
    Shared(office): Shared<Arc<Office>>,
    Path(id): Path<String>,
    OfficeForm { visit, proof, asked }: OfficeForm<TagForm>,
) -> PageResult {
    let change = InquiryChange::of(&office, (&visit, &proof), &id).await?;
    let TagForm { tag, is_removal } = match asked {
        Ok(form) => form,
        Err(fault) => return change.refused(fault, RefusedForm::default()).await,
    };
    let has = &change.inquiry.case.team.tags;
    if !is_removal && has.len() >= TAGS_MAX && !has.contains(&tag) {
        let fault = FieldFault::of(
            format!("An inquiry has at most {TAGS_MAX} tags. Remove one first."),
            format!("Une demande compte au plus {TAGS_MAX} étiquettes. Retirez-en une d’abord."),
        );
        return change.refused(fault, RefusedForm::default()).await;
    }
    let event = if is_removal { CaseEvent::Untagged { tag } } else { CaseEvent::Tagged { tag } };
    change.write(event, RefusedForm::default()).await
}

/// The other inquiry of a merge that is taken back.
pub(crate) struct SeparateForm {
    from: SubmissionId,
}

impl FromFields for SeparateForm {
    fn from_fields(fields: &TypedFields, _: &Catalogue) -> Result<Self, FieldFault> {
        let from = SubmissionId::parse(fields.text("from")).map_err(|_| {
            FieldFault::new(
                "These inquiries are not merged.",
                "Ces demandes ne sont pas fusionnées.",
            )
        })?;
        Ok(Self { from })
    }
}

/// Takes a merge back, on both sides: each is answered by itself again.
pub(crate) async fn separate(
    Shared(office): Shared<Arc<Office>>,
    Path(id): Path<String>,
    OfficeForm { visit, proof, asked }: OfficeForm<SeparateForm>,
) -> PageResult {
    let change = InquiryChange::of(&office, (&visit, &proof), &id).await?;
    let SeparateForm { from } = match asked {
        Ok(form) => form,
        Err(fault) => return change.refused(fault, RefusedForm::default()).await,
    };
    let team = &change.inquiry.case.team;
    if team.merged_into != Some(from) && !team.merged.contains(&from) {
        let fault = FieldFault::new(
            "These inquiries are not merged.",
            "Ces demandes ne sont pas fusionnées.",
        );
        return change.refused(fault, RefusedForm::default()).await;
    }
    let there = CaseEvent::Separated { from: change.inquiry.id.to_string() };
    write_there(&office, from, &proof, there).await?;
    let here = CaseEvent::Separated { from: from.to_string() };
    change.write(here, RefusedForm::default()).await
}

/// The day on which the inquiry comes back; `None` takes it back.
pub(crate) struct FollowUpForm {
    on: Option<Date>,
    why: String,
}

impl FromFields for FollowUpForm {
    fn from_fields(fields: &TypedFields, _: &Catalogue) -> Result<Self, FieldFault> {
        if fields.has("remove") {
            return Ok(Self { on: None, why: String::new() });
        }
        let on = Date::parse(fields.text("on"))
            .ok_or(FieldFault::new("Choose a day.", "Choisissez un jour."))?;
        let why = fields.long_text("why", ("What to do", "Ce qu’il faut faire"))?;
        Ok(Self { on: Some(on), why })
    }
}

pub(crate) async fn follow_up(
    Shared(office): Shared<Arc<Office>>,
    Path(id): Path<String>,
    OfficeForm { visit, proof, asked }: OfficeForm<FollowUpForm>,
) -> PageResult {
    let change = InquiryChange::of(&office, (&visit, &proof), &id).await?;
    let FollowUpForm { on, why } = match asked {
        Ok(form) => form,
        Err(fault) => return change.refused(fault, RefusedForm::default()).await,
    };
    let fault = match on {
        Some(on) if on <= change.today() => Some(FieldFault::new(
            "Choose a day after today.",
            "Choisissez un jour après aujourd’hui.",
        )),
        Some(_) if is_closed(&change.inquiry.case) => Some(FieldFault::new(
            "It is closed. Reopen it first.",
            "Elle est terminée. Rouvrez-la d’abord.",
        )),
        _ => None,
    };
    match fault {
        Some(fault) => change.refused(fault, RefusedForm::default()).await,
        None => change.write(CaseEvent::FollowUp { on, why }, RefusedForm::default()).await,
    }
}

fn is_closed(case: &Case) -> bool {
    case.state == casework::case::CaseState::Closed
}

/// A question to another department.
pub(crate) struct AskForm {
    department: String,
    text: String,
}

impl FromFields for AskForm {
    fn from_fields(fields: &TypedFields, catalogue: &Catalogue) -> Result<Self, FieldFault> {
        let department = chosen_department(fields, catalogue)?;
        let text = fields.long_text("text", ("Your question", "Votre question"))?;
        if text.is_empty() {
            return Err(FieldFault::new(
                "Write your question first.",
                "Écrivez d’abord votre question.",
            ));
        }
        Ok(Self { department, text })
    }
}

pub(crate) async fn ask(
    Shared(office): Shared<Arc<Office>>,
    Path(id): Path<String>,
    OfficeForm { visit, proof, asked }: OfficeForm<AskForm>,
) -> PageResult {
    let change = InquiryChange::of(&office, (&visit, &proof), &id).await?;
    let again =
        RefusedForm { asked_inside: proof.typed().text("text").into(), ..RefusedForm::default() };
    match asked {
        Ok(_) if is_closed(&change.inquiry.case) => {
            let fault = FieldFault::new(
                "It is closed. Reopen it first.",
                "Elle est terminée. Rouvrez-la d’abord.",
            );
            change.refused(fault, again).await
        }
        Ok(AskForm { department, text }) => {
            change.write(CaseEvent::AskedInside { department, text }, again).await
        }
        Err(fault) => change.refused(fault, again).await,
    }
}

/// The answer to a question of colleagues.
pub(crate) struct AnswerForm {
    question: u32,
    text: String,
}

impl FromFields for AnswerForm {
    fn from_fields(fields: &TypedFields, _: &Catalogue) -> Result<Self, FieldFault> {
        let text = fields.long_text("text", ("Your answer", "Votre réponse"))?;
        let question = fields.parsed("question").filter(|_| !text.is_empty());
        let missing = FieldFault::new("Write your answer first.", "Écrivez d’abord votre réponse.");
        question.map(|question| Self { question, text }).ok_or(missing)
    }
}

/// Answers a question of colleagues. Whoever reads the inquiry only because of the question is led
/// to the inbox.
pub(crate) async fn answer(
    Shared(office): Shared<Arc<Office>>,
    Path(id): Path<String>,
    OfficeForm { visit, proof, asked }: OfficeForm<AnswerForm>,
) -> PageResult {
    let change = InquiryChange::of_asked(&office, (&visit, &proof), &id).await?;
    let again = RefusedForm {
        answered_inside: proof.typed().text("text").into(),
        ..RefusedForm::default()
    };
    let AnswerForm { question, text } = match asked {
        Ok(form) => form,
        Err(fault) => return change.refused(fault, again).await,
    };
    let may_answer =
        |open: &TeamQuestion| open.number == question && may_answer(&visit, &change.inquiry, open);
    if !change.inquiry.case.team.questions.iter().any(may_answer) {
        let fault = FieldFault::new(
            "This question has an answer already. Add a note instead.",
            "Cette question a déjà une réponse. Ajoutez plutôt une note.",
        );
        return change.refused(fault, again).await;
    }
    let stays = visit.holds(&change.inquiry);
    let answer = change.write(CaseEvent::AnsweredInside { question, text }, again).await?;
    let is_away = answer.status() == StatusCode::SEE_OTHER && !stays;
    Ok(if is_away { go(&FinishedAct::AnsweredInside.at("/office")) } else { answer })
}
