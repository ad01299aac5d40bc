//! One act for several inquiries of the inbox: assign, transfer, tag, close. Each inquiry is looked
//! at by itself: may its author change it, is it still as it was selected, does the act apply? What
//! cannot be done is said for each one; the others are done. All events of one act have the same
//! time and author, by which it is found again to be undone: nothing else is stored about it.

use super::banner::FinishedAct;
use super::confirm::{self, ConfirmChoice, Confirmation};
use super::form::{Author, CheckedForm, FieldFault, FromFields, OfficeForm, TypedFields};
use super::guard::Visit;
use super::inbox::{InboxFilter, departments};
use super::inquiry::{active_people, outcome_named, outcomes, past_known};
use super::merge::{close_merged, merge};
use super::pages::{PageFrame, PageResult, go, page as made};
use super::staff::{Staff, login_of};
use super::{Office, Written};
use askama::Template;
use axum::extract::{Path, State as Shared};
use axum::http::StatusCode;
use casework::case::{Case, CaseEntry, CaseEvent};
use casework::inquiry::Inquiry;
use casework::listed::ListedInquiry;
use casework::team::{BulkAct, BulkRefusal, TAG_CHARS_MAX, Tag, undoing};
use domain::reference::Reference;
use domain::{Catalogue, SubmissionId};
use std::collections::HashMap;
use std::sync::Arc;
use store::{DoorStore, StoreFault};
use vault::now_ms;

/// Inquiries of one act: with a database that takes 50 ms for each, 10 s.
pub(super) const PICKED_MAX: usize = 200;
/// Reference numbers that the question before an act names.
const NAMED_MAX: usize = 12;
/// The value of the choice that assigns to nobody.
const NOBODY: &str = "-";

/// What is done, before it is known to whom or with which word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum BulkKind {
    Give,
    Move,
    Tag,
    Close,
    Merge,
}

impl BulkKind {
    fn parse(name: &str) -> Option<Self> {
        match name {
            "give" => Some(BulkKind::Give),
            "move" => Some(BulkKind::Move),
            "tag" => Some(BulkKind::Tag),
            "close" => Some(BulkKind::Close),
            "merge" => Some(BulkKind::Merge),
            _ => None,
        }
    }

    fn finished(self) -> FinishedAct {
        match self {
            BulkKind::Give => FinishedAct::BulkGiven,
            BulkKind::Move => FinishedAct::BulkMoved,
            BulkKind::Tag => FinishedAct::BulkTagged,
            BulkKind::Close => FinishedAct::BulkClosed,
            BulkKind::Merge => FinishedAct::Merged,
        }
    }
}

/// A selected inquiry, and the number of the last event that the list showed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Picked {
    pub(super) id: SubmissionId,
    pub(super) seen: u32,
}

impl Picked {
    fn parse(text: &str) -> Option<Self> {
        let (id, seen) = text.split_once('.')?;
        Some(Self { id: SubmissionId::parse(id).ok()?, seen: seen.parse().ok()? })
    }
}

/// The selected inquiries, each once, and what is to be done with them.
pub(super) struct BulkForm {
    kind: Option<BulkKind>,
    picked: Vec<Picked>,
    /// The filters of the list, as its address has them.
    query: String,
}

impl FromFields for BulkForm {
    /// Never fails: without a selection nothing is done, and the inbox says so.
    fn from_fields(fields: &TypedFields, _: &Catalogue) -> Result<Self, FieldFault> {
        let mut picked: Vec<Picked> = Vec::new();
        for one in fields.all().filter(|(name, _)| *name == "pick") {
            let one = Picked::parse(one.1);
            picked.extend(one.filter(|one| picked.iter().all(|other| other.id != one.id)));
            if picked.len() > PICKED_MAX {
                break;
            }
        }
        let pairs: HashMap<String, String> =
            form_urlencoded::parse(fields.text("query").as_bytes()).into_owned().collect();
        let kind = BulkKind::parse(fields.text("act"));
        Ok(Self { kind, picked, query: InboxFilter::of(&pairs).query() })
    }
}

/// Why nothing was done with an inquiry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum BulkFault {
    /// It is gone, or out of the requester's sight.
    Gone,
    /// Someone else changed it since it was selected.
    Changed,
    /// The person that it is to be assigned to may not read it.
    NotTheirs,
    /// It changed since the act that is to be undone, or cannot be read in full.
    CannotUndo,
    Refused(BulkRefusal),
}

impl BulkFault {
    fn words(self, f: &PageFrame) -> &'static str {
        match self {
            BulkFault::Gone => {
                f.t("You can’t change this inquiry.", "Vous ne pouvez pas modifier cette demande.")
            }
            BulkFault::Changed => f.t(
                "Someone else changed it. Read it first.",
                "Une autre personne l’a modifiée. Lisez-la d’abord.",
            ),
            BulkFault::NotTheirs => f.t(
                "This person can’t see this inquiry.",
                "Cette personne ne peut pas voir cette demande.",
            ),
            BulkFault::CannotUndo => f.t(
                "Something else was done since. Change it on its page.",
                "Autre chose a été fait depuis. Modifiez-la sur sa page.",
            ),
            BulkFault::Refused(BulkRefusal::AlreadySo) => {
                f.t("It is so already.", "C’est déjà le cas.")
            }
            BulkFault::Refused(BulkRefusal::Closed) => {
                f.t("It is closed. Reopen it first.", "Elle est terminée. Rouvrez-la d’abord.")
            }
            BulkFault::Refused(BulkRefusal::TooManyTags) => f.t(
                "It has 10 tags already. Remove one first.",
                "Elle a déjà 10 étiquettes. Retirez-en une d’abord.",
            ),
            BulkFault::Refused(BulkRefusal::Merged) => f.t(
                "It was merged. It is closed with the other inquiry.",
                "Elle a été fusionnée. Elle se termine avec l’autre demande.",
            ),
        }
    }
}

#[derive(Template)]
#[template(path = "office/bulk.html")]
struct BulkPage {
    f: PageFrame,
    /// What was done, with the count.
    done: String,
    undo: Option<String>,
    back: String,
    /// Id, reference number and reason of each inquiry that is as before.
    left: Vec<(String, String, &'static str)>,
}

/// What became of the selected inquiries.
#[derive(Default)]
struct BulkResult {
    done: usize,
    left: Vec<(SubmissionId, BulkFault)>,
}

impl BulkResult {
    fn add(&mut self, id: SubmissionId, one: Result<(), BulkFault>) {
        match one {
            Ok(()) => self.done += 1,
            Err(fault) => self.left.push((id, fault)),
        }
    }

    /// Leads back to the list, or says first what could not be done.
    fn shown(
        self,
        f: PageFrame,
        act: FinishedAct,
        (query, batch): (&str, Option<u64>),
    ) -> PageResult {
        let back = if query.is_empty() { "/office".into() } else { format!("/office?{query}") };
        let address = act.at_counted(&back, self.done, batch.filter(|_| self.done > 0));
        if self.left.is_empty() {
            return Ok(go(&address));
        }
        let banner = super::banner::Banner::of(&f, &address);
        let (done, undo) = banner.map(|banner| (banner.words, banner.undo)).unwrap_or_default();
        let row = |(id, fault): &(SubmissionId, BulkFault)| {
            (id.to_string(), Reference::of(*id).to_string(), fault.words(&f))
        };
        let left = self.left.iter().map(row).collect();
        Ok(made(StatusCode::OK, &BulkPage { done, undo, back, left, f }))
    }
}

/// Asks first, and then does it.
pub(super) async fn act(
    Shared(office): Shared<Arc<Office>>,
    OfficeForm { visit, proof, asked }: OfficeForm<BulkForm>,
) -> PageResult {
    let Ok(BulkForm { kind: Some(kind), picked, query }) = asked else { return Ok(go("/office")) };
    let back = if query.is_empty() { "/office".into() } else { format!("/office?{query}") };
    if kind == BulkKind::Merge {
        return merge(&office, (&visit, &proof), &picked, &back).await;
    }
    match picked.len() {
        0 => return Ok(go(&FinishedAct::NothingPicked.at(&back))),
        many if many > PICKED_MAX => return Ok(go(&FinishedAct::TooManyPicked.at(&back))),
        _ => {}
    }
    let f = PageFrame::of(&office, &visit);
    let without = without_reply(&office, &visit, &picked).await?;
    let question = BulkQuestion { office: &office, kind, picked: &picked, without, back };
    let act = match confirm::is_confirmed(&proof) {
        false => Err(None),
        true => question.answered(&proof).map_err(Some),
    };
    let act = match act {
        Ok(act) => act,
        Err(fault) => {
            let asked = Confirmation { fault, ..question.ask(&f).await? };
            return Ok(confirm::ask(&f, &proof, "/office/bulk", &asked));
        }
    };
    let heir = match &act {
        BulkAct::Give(Some(to)) => office.store().person(to).await?,
        _ => None,
    };
    let (heir, at_ms) = (heir.as_ref().and_then(Staff::of), now_ms());
    let mut result = BulkResult::default();
    for one in &picked {
        let done = do_one(&office, (&visit, &proof), *one, (&act, heir.as_ref()), at_ms).await?;
        result.add(one.id, done);
    }
    result.shown(f, kind.finished(), (&query, Some(at_ms)))
}

/// The question before an act on several.
struct BulkQuestion<'a> {
    office: &'a Office,
    kind: BulkKind,
    picked: &'a [Picked],
    /// How many of them have no reply.
    without: usize,
    back: String,
}

/// How many of the inquiries that the requester may change have no reply.
async fn without_reply(
    office: &Office,
    visit: &Visit,
    picked: &[Picked],
) -> Result<usize, StoreFault> {
    let mut count = 0;
    for one in picked {
        let found = office.inquiries.inquiry(office, one.id).await?;
        let found = found.filter(|inquiry| visit.holds(inquiry));
        count += usize::from(found.is_some_and(|inquiry| inquiry.case.first_reply_ms.is_none()));
    }
    Ok(count)
}

impl BulkQuestion<'_> {
    /// What was chosen on the page that asks.
    fn answered(&self, proof: &CheckedForm) -> Result<BulkAct, FieldFault> {
        let typed = proof.typed();
        match self.kind {
            BulkKind::Give => match typed.text("to") {
                NOBODY => Ok(BulkAct::Give(None)),
                login => login_of(login)
                    .map(|login| BulkAct::Give(Some(login)))
                    .ok_or(FieldFault::new("Choose a person.", "Choisissez une personne.")),
            },
            BulkKind::Move => {
                let all = departments(&self.office.catalogue());
                let department = all.into_iter().find(|name| name == typed.text("department"));
                let department = department.ok_or(FieldFault::new(
                    "Choose a department.",
                    "Choisissez un service municipal.",
                ))?;
                Ok(BulkAct::Move(department, reason(typed)?))
            }
            BulkKind::Tag | BulkKind::Merge => {
                Tag::parse(typed.text("why")).map(BulkAct::Tag).ok_or_else(tag_fault)
            }
            BulkKind::Close => {
                let outcome = outcome_named(typed.text("outcome"))
                    .ok_or(FieldFault::new("Choose an outcome.", "Choisissez un résultat."))?;
                let why = if self.without > 0 { reason(typed)? } else { String::new() };
                Ok(BulkAct::Close(outcome, why))
            }
        }
    }

    async fn ask(&self, f: &PageFrame) -> Result<Confirmation, StoreFault> {
        let mut facts = vec![
            (f.t("Inquiries", "Demandes"), self.picked.len().to_string()),
            (f.t("Reference numbers", "Numéros de référence"), named(f, self.picked)),
        ];
        if self.kind == BulkKind::Close {
            facts.push((f.t("Without a reply", "Sans réponse"), self.without.to_string()));
        }
        let choice = self.choice(f).await?;
        Ok(Confirmation { facts, choice, back: self.back.clone(), ..self.words(f) })
    }

    async fn choice(&self, f: &PageFrame) -> Result<Option<ConfirmChoice>, StoreFault> {
        let (name, label, options) = match self.kind {
            BulkKind::Give => {
                let nobody = (NOBODY.into(), f.t("Unassigned", "Non attribuée").into());
                let people = active_people(self.office).await?;
                let all = people.into_iter().chain([nobody]).collect();
                ("to", f.t("Assign to", "Attribuer à"), all)
            }
            BulkKind::Move => {
                let all = departments(&self.office.catalogue());
                let option = |name: String| (name.clone(), f.name_of(&name));
                let all = all.into_iter().map(option).collect();
                ("department", f.t("Department", "Service municipal"), all)
            }
            BulkKind::Close => {
                let option = |(name, words): (&str, &str)| (name.into(), words.into());
                let all = outcomes(f).into_iter().map(option).collect();
                ("outcome", f.t("Outcome", "Résultat"), all)
            }
            BulkKind::Tag | BulkKind::Merge => return Ok(None),
        };
        Ok(Some(ConfirmChoice { name, label: label.into(), options }))
    }

    fn words(&self, f: &PageFrame) -> Confirmation {
        let (title, warning, act, reason) = match self.kind {
            BulkKind::Give => (
                f.t("Assign these inquiries?", "Attribuer ces demandes?"),
                f.t(
                    "The person gets all of them, also those that someone else has now.",
                    "La personne les reçoit toutes, même celles qu’une autre personne a maintenant.",
                ),
                f.t("Assign", "Attribuer"),
                None,
            ),
            BulkKind::Move => (
                f.t("Transfer these inquiries?", "Transférer ces demandes?"),
                f.t(
                    "The other department gets them and sees your reason. Response times do not restart.",
                    "L’autre service les reçoit et voit votre raison. Les délais ne repartent pas à zéro.",
                ),
                f.t("Transfer", "Transférer"),
                Some(f.t("Why", "Pourquoi")),
            ),
            BulkKind::Tag | BulkKind::Merge => (
                f.t("Tag these inquiries?", "Étiqueter ces demandes?"),
                f.t("Only the office sees tags.", "Seul le bureau voit les étiquettes."),
                f.t("Add tag", "Ajouter l’étiquette"),
                Some(f.t("Tag, such as “snow”", "Étiquette, par exemple « neige »")),
            ),
            BulkKind::Close => (
                f.t("Close these inquiries?", "Terminer ces demandes?"),
                f.t(
                    "Each person sees that it is closed. Those without a reply get no answer.",
                    "Chaque personne verra que c’est terminé. Sans réponse, elle n’en recevra pas.",
                ),
                f.t("Close inquiries", "Terminer les demandes"),
                (self.without > 0)
                    .then(|| f.t("Why is there no reply?", "Pourquoi n’y a-t-il pas de réponse?")),
            ),
        };
        Confirmation { title: title.into(), warning, act, reason, ..Confirmation::default() }
    }
}

/// The first reference numbers, and how many more there are.
fn named(f: &PageFrame, picked: &[Picked]) -> String {
    let first = picked.iter().take(NAMED_MAX).map(|one| Reference::of(one.id).to_string());
    let first = first.collect::<Vec<_>>().join(", ");
    match picked.len().saturating_sub(NAMED_MAX) {
        0 => first,
        more => format!("{first}, {}", f.with(f.t("and {n} more", "et {n} autres"), "n", more)),
    }
}

/// The fault of a tag that is none.
pub(super) fn tag_fault() -> FieldFault {
    FieldFault::of(
        format!("A tag has 1 to {TAG_CHARS_MAX} characters."),
        format!("Une étiquette compte de 1 à {TAG_CHARS_MAX} caractères."),
    )
}

fn reason(typed: &TypedFields) -> Result<String, FieldFault> {
    let why = typed.long_text("why", ("Your reason", "Votre raison"))?;
    let missing = FieldFault::new("Give the reason.", "Donnez la raison.");
    if why.is_empty() { Err(missing) } else { Ok(why) }
}

/// Does the act to one inquiry, if it is still as it was selected.
async fn do_one(
    office: &Office,
    (visit, proof): (&Visit, &CheckedForm),
    picked: Picked,
    (act, heir): (&BulkAct, Option<&Staff>),
    at_ms: u64,
) -> Result<Result<(), BulkFault>, StoreFault> {
    let found = office.inquiries.inquiry(office, picked.id).await?;
    let Some(inquiry) = found.filter(|inquiry| visit.holds(inquiry)) else {
        return Ok(Err(BulkFault::Gone));
    };
    if matches!(act, BulkAct::Give(Some(_))) && !heir.is_some_and(|heir| covers(heir, &inquiry)) {
        return Ok(Err(BulkFault::NotTheirs));
    }
    let seen = past_known(&inquiry.entries, picked.seen, visit.login());
    if inquiry.case.last > seen {
        return Ok(Err(BulkFault::Changed));
    }
    let event = match act.event(&inquiry.case) {
        Ok(event) => event,
        Err(refusal) => return Ok(Err(BulkFault::Refused(refusal))),
    };
    let author = Author::Person(proof);
    if office.write_at((picked.id, seen), author, event.clone(), at_ms).await? == Written::Overtaken
    {
        return Ok(Err(BulkFault::Changed));
    }
    if let BulkAct::Close(..) = act {
        close_merged(office, (visit, proof), &inquiry, (&event, at_ms)).await?;
    }
    Ok(Ok(()))
}

fn covers(staff: &Staff, inquiry: &Inquiry) -> bool {
    let hub = inquiry.said.hub.as_ref().map(|hub| hub.as_str());
    staff.scope.covers(hub, inquiry.case.department())
}

/// Takes back what the author did with several inquiries at a time, where nothing else was done
/// since.
pub(super) async fn undo(
    Shared(office): Shared<Arc<Office>>,
    Path(at): Path<String>,
    OfficeForm { visit, proof, .. }: OfficeForm<()>,
) -> PageResult {
    let f = PageFrame::of(&office, &visit);
    let mut result = BulkResult::default();
    if let Ok(at_ms) = at.parse() {
        for id in done_at(&office, visit.login(), at_ms) {
            if let Some(one) = undo_one(&office, (&visit, &proof), id, at_ms, &f).await? {
                result.add(id, one);
            }
        }
    }
    result.shown(f, FinishedAct::BulkUndone, ("", None))
}

/// The inquiries that a person may have changed at a time, at most those of one act.
fn done_at(office: &Office, login: &str, at_ms: u64) -> Vec<SubmissionId> {
    let is_meant = |listed: &ListedInquiry| match listed {
        ListedInquiry::Active(inquiry) => {
            inquiry.entries.iter().any(|entry| is_of(entry, login, at_ms))
        }
        // Only a closing and a tag reach settled ones; the page of each has its history.
        ListedInquiry::Settled(settled) => settled.closed_ms == Some(at_ms),
    };
    let all = office.inquiries.listed();
    all.iter().filter(|listed| is_meant(listed)).map(ListedInquiry::id).take(PICKED_MAX).collect()
}

fn is_of(entry: &CaseEntry, login: &str, at_ms: u64) -> bool {
    entry.at_ms == at_ms && entry.who == login
}

/// Takes back what was done with one inquiry. `None` if its event is of someone else.
async fn undo_one(
    office: &Office,
    (visit, proof): (&Visit, &CheckedForm),
    id: SubmissionId,
    at_ms: u64,
    f: &PageFrame,
) -> Result<Option<Result<(), BulkFault>>, StoreFault> {
    let Some(inquiry) = office.inquiries.inquiry(office, id).await? else { return Ok(None) };
    let of_act = inquiry.entries.iter().find(|entry| is_of(entry, visit.login(), at_ms));
    let Some(entry) = of_act else { return Ok(None) };
    // Who moved it to a department that they may not read takes it back all the same.
    let is_own_move = matches!(entry.event, CaseEvent::Transferred { .. });
    if !is_own_move && !visit.holds(&inquiry) {
        return Ok(Some(Err(BulkFault::Gone)));
    }
    let seen = past_known(&inquiry.entries, entry.number, visit.login());
    let events = match before(&inquiry, entry.number) {
        Some(before) if inquiry.case.last == seen => {
            undoing(&before, &entry.event, f.t("Undone.", "Annulé."))
        }
        _ => Vec::new(),
    };
    if events.is_empty() {
        return Ok(Some(Err(BulkFault::CannotUndo)));
    }
    for (seen, event) in (seen..).zip(events) {
        if office.write(id, seen, Author::Person(proof), event).await? == Written::Overtaken {
            return Ok(Some(Err(BulkFault::CannotUndo)));
        }
    }
    Ok(Some(Ok(())))
}

/// The state of an inquiry before an event; `None` if an event before it cannot be read.
fn before(inquiry: &Inquiry, number: u32) -> Option<Case> {
    let (since_ms, department) = inquiry.case.owners.first()?;
    let mut case = Case::new(*since_ms, department.clone(), inquiry.said.service.clone());
    let earlier = inquiry.entries.iter().filter(|entry| entry.number < number);
    earlier.into_iter().all(|entry| case.take(entry)).then_some(case)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::form::tests::{pine_harbour, typed};
    use crate::pages::bare_frame;

    fn picked(number: u8) -> Picked {
        Picked { id: SubmissionId::from_parts(1, [number; 10]), seen: number.into() }
    }

    fn form(fields: &[(&str, &str)]) -> BulkForm {
        let Ok(form) = BulkForm::from_fields(&typed(fields), &pine_harbour()) else {
            panic!("it never fails")
        };
        form
    }

    #[test]
    fn what_is_selected_is_read_once_each_and_nothing_else_is() {
        let one = format!("{}.7", picked(7).id);
        let again = format!("{}.9", picked(7).id);
        let fields = [
            ("pick", one.as_str()),
            ("pick", &again),
            ("pick", "7"),
            ("pick", "x.y"),
            ("pick", ""),
            ("act", "close"),
            ("query", "who=me&evil=1"),
        ];
        let form = form(&fields);
        assert_eq!((form.picked, form.kind), (vec![picked(7)], Some(BulkKind::Close)));
        assert_eq!(form.query, "who=me", "only filters come back");
    }

    #[test]
    fn more_than_fit_into_one_act_are_noticed_and_not_read() {
        let many: Vec<String> =
            (0..=250_u8).map(|number| format!("{}.0", picked(number).id)).collect();
        let fields: Vec<(&str, &str)> = many.iter().map(|one| ("pick", one.as_str())).collect();
        assert_eq!(form(&fields).picked.len(), PICKED_MAX + 1);
        assert_eq!(form(&fields[..PICKED_MAX]).picked.len(), PICKED_MAX);
        assert_eq!(form(&[("act", "erase")]).kind, None);
    }

    #[test]
    fn the_question_names_some_and_counts_the_others() {
        let all: Vec<Picked> = (0..14).map(picked).collect();
        assert!(named(&bare_frame(), &all).ends_with(", and 2 more"));
        assert_eq!(named(&bare_frame(), &all[..1]), Reference::of(all[0].id).to_string());
    }
}
