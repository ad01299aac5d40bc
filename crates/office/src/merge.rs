//! Two inquiries that say the same become one to answer. Both keep their history; the one that is
//! due first stays in the inbox, and what is replied and closed there reaches both people, each
//! once. It can be taken back.

use super::bulk::Picked;
use super::confirm::{self, Confirmation};
use super::form::{Author, CheckedForm, FieldFault};
use super::guard::Visit;
use super::inbox::{opening, urgency};
use super::inquiry::{named, past_known, write_there};
use super::looks::RecordedView;
use super::pages::{PageFrame, PageResult, go};
use super::{Office, Written};
use crate::banner::FinishedAct;
use crate::reply::greeting;
use casework::case::{CaseEvent, CaseOutcome, CaseReply, CaseState};
use casework::inquiry::Inquiry;
use casework::listed::ListedInquiry;
use casework::merged::{
    MergeRefusal, NamesSomeone, check_merge, is_same_person, shared_text, way_of_merged,
};
use std::sync::Arc;
use store::StoreFault;

/// Merges two inquiries: the selected ones, or a selected one and the one that `with` names.
pub(super) async fn merge(
    office: &Arc<Office>,
    (visit, proof): (&Visit, &CheckedForm),
    picked: &[Picked],
    back: &str,
) -> PageResult {
    let f = PageFrame::of(office, visit);
    let mut both = Vec::new();
    for one in picked {
        let found = office.inquiries.inquiry(office, one.id).await?;
        both.extend(found.map(|inquiry| (inquiry, one.seen)));
    }
    let with = proof.typed().text("with");
    if !with.is_empty()
        && let [only] = named(office, visit, with).await?.as_slice()
        && picked.iter().all(|one| one.id != only.id)
    {
        both.push((only.clone(), only.case.last));
    }
    both.retain(|(inquiry, _)| visit.holds(inquiry));
    let Ok([one, two]) = <[_; 2]>::try_from(both) else {
        return Ok(go(&FinishedAct::PickTwo.at(back)));
    };
    for id in [one.0.id, two.0.id] {
        office.write_look(visit.login(), RecordedView::Inquiry(id)).await?;
    }
    let key = |of: &Arc<Inquiry>| urgency(&ListedInquiry::Active(of.clone()));
    let is_first = (key(&one.0), one.0.received_at_ms) <= (key(&two.0), two.0.received_at_ms);
    let (stays, goes) = if is_first { (one, two) } else { (two, one) };
    let mut asked = question(&f, &stays.0, &goes.0, back);
    let (first, second) = ((&stays.0.case, &stays.0.said), (&goes.0.case, &goes.0.said));
    let refusal = check_merge(first, second, office.mailer.is_some()).err();
    asked.fault = refusal.map(refusal_words);
    if asked.fault.is_some() || !confirm::is_confirmed(proof) {
        return Ok(confirm::ask(&f, proof, "/office/bulk", &asked));
    }
    let is_changed = |(inquiry, seen): &(Arc<Inquiry>, u32)| {
        inquiry.case.last > past_known(&inquiry.entries, *seen, visit.login())
    };
    if is_changed(&stays) || is_changed(&goes) || !join(office, proof, &stays.0, &goes).await? {
        asked.fault = Some(FieldFault::new(
            "Someone else changed one of them. Read both, then merge them.",
            "Une autre personne a modifié l’une des deux. Lisez-les, puis fusionnez-les.",
        ));
        return Ok(confirm::ask(&f, proof, "/office/bulk", &asked));
    }
    Ok(go(&FinishedAct::Merged.at(&format!("/office/inquiry/{}", stays.0.id))))
}

/// Writes both sides, first that of the one that stays: the other is out of sight only while both
/// say so. If the second cannot be written, the first is taken back.
async fn join(
    office: &Office,
    proof: &CheckedForm,
    stays: &Inquiry,
    (goes, _): &(Arc<Inquiry>, u32),
) -> Result<bool, StoreFault> {
    let (into, from) = (stays.id.to_string(), goes.id.to_string());
    let takes = CaseEvent::MergedFrom { from: from.clone() };
    let author = Author::Person(proof);
    if office.write(stays.id, stays.case.last, author, takes).await? == Written::Overtaken {
        return Ok(false);
    }
    let event = CaseEvent::MergedInto { into };
    if office.write(goes.id, goes.case.last, author, event).await? == Written::Done {
        return Ok(true);
    }
    write_there(office, stays.id, proof, CaseEvent::Separated { from }).await?;
    Ok(false)
}

fn question(f: &PageFrame, stays: &Inquiry, goes: &Inquiry, back: &str) -> Confirmation {
    let line = |of: &Inquiry| format!("{} – {}", of.reference, opening(&of.said.message));
    Confirmation {
        title: f.t("Merge these two inquiries?", "Fusionner ces deux demandes?").into(),
        facts: vec![
            (f.t("Stays, due first", "Reste, échéance la plus proche"), line(stays)),
            (f.t("Is answered with it", "Reçoit la même réponse"), line(goes)),
        ],
        warning: f.t(
            "Your reply goes to both people, to each once, without the name of the other. Both histories are kept. You can separate them again.",
            "Votre réponse parvient aux deux personnes, une fois chacune, sans le nom de l’autre. Les deux historiques sont conservés. Vous pourrez les séparer.",
        ),
        act: f.t("Merge", "Fusionner"),
        back: back.into(),
        ..Confirmation::default()
    }
}

fn refusal_words(refusal: MergeRefusal) -> FieldFault {
    match refusal {
        MergeRefusal::Closed => FieldFault::new(
            "One of them is closed. Reopen it first.",
            "L’une des deux est terminée. Rouvrez-la d’abord.",
        ),
        MergeRefusal::Merged => FieldFault::new(
            "One of them was merged before. Separate it first.",
            "L’une des deux a déjà été fusionnée. Séparez-la d’abord.",
        ),
        MergeRefusal::Languages => FieldFault::new(
            "They are in different languages, so one reply does not answer both. Link them instead.",
            "Elles sont en langues différentes; une seule réponse ne suffit pas. Liez-les plutôt.",
        ),
        MergeRefusal::NotReached => FieldFault::new(
            "One person can only be reached by phone or letter. Link them, and reply to each.",
            "L’une des personnes se joint seulement par téléphone ou par lettre. Liez-les et répondez à chacune.",
        ),
    }
}

/// The inquiries that were merged into one, which are answered with it.
pub(super) async fn merged_into(
    office: &Office,
    inquiry: &Inquiry,
) -> Result<Vec<Arc<Inquiry>>, StoreFault> {
    let mut all = Vec::new();
    for id in &inquiry.case.team.merged {
        let found = office.inquiries.inquiry(office, *id).await?;
        all.extend(found.filter(|other| other.case.team.merged_into == Some(inquiry.id)));
    }
    Ok(all)
}

/// Whether a reply to the one that another was merged into reaches the other's person too: not if
/// they withdrew it, or if it is closed already.
pub(super) fn is_replied_with(inquiry: &Inquiry, other: &Inquiry) -> bool {
    let is_closed = |of: &Inquiry| of.case.state == CaseState::Closed;
    let is_withdrawn = other.case.outcome == Some(CaseOutcome::Withdrawn);
    !is_withdrawn && (!is_closed(other) || is_closed(inquiry))
}

/// The merged inquiries whose people a reply reaches.
async fn replied_with(office: &Office, inquiry: &Inquiry) -> Result<Vec<Arc<Inquiry>>, StoreFault> {
    let mut all = merged_into(office, inquiry).await?;
    all.retain(|other| is_replied_with(inquiry, other));
    Ok(all)
}

/// Why a reply to several people cannot be sent as it is: its author may not see one of their
/// inquiries, or it names one of them.
pub(super) async fn names_someone(
    office: &Office,
    visit: &Visit,
    inquiry: &Inquiry,
    text: &str,
) -> Result<Option<FieldFault>, StoreFault> {
    let greet = |of: &Inquiry| greeting(of.said.name.as_deref(), of.said.language);
    for other in replied_with(office, inquiry).await? {
        if !visit.holds(&other) {
            return Ok(Some(FieldFault::new(
                "This inquiry was merged with one that you can’t see, whose person would get your reply too. Ask a manager to reply or to separate them.",
                "Cette demande est fusionnée avec une autre que vous ne pouvez pas voir, et sa personne recevrait aussi votre réponse. Demandez à un gestionnaire de répondre ou de les séparer.",
            )));
        }
        let greetings = (greet(inquiry), greet(&other));
        if let Err(NamesSomeone(word)) =
            shared_text(text, (&inquiry.said, &other.said), (&greetings.0, &greetings.1))
        {
            return Ok(Some(FieldFault::of(
                format!(
                    "This reply goes to more than one person and has “{word}”. Take it out: the other person would read it."
                ),
                format!(
                    "Cette réponse va à plus d’une personne et contient «\u{a0}{word}\u{a0}». Retirez-le : l’autre personne le lirait."
                ),
            )));
        }
    }
    Ok(None)
}

/// Sends a reply that was just sent to one person to the others, each once.
pub(super) async fn reply_to_merged(
    office: &Office,
    proof: &CheckedForm,
    inquiry: &Inquiry,
    reply: &CaseReply,
) -> Result<(), StoreFault> {
    let greet = |of: &Inquiry| greeting(of.said.name.as_deref(), of.said.language);
    for other in replied_with(office, inquiry).await? {
        let has_code = other.case.has_tracking_code();
        let way = way_of_merged((&inquiry.said, &other.said), has_code, office.mailer.is_some());
        let greetings = (greet(inquiry), greet(&other));
        let people = (&inquiry.said, &other.said);
        let text = shared_text(&reply.text, people, (&greetings.0, &greetings.1));
        if let (Some(way), Ok(text)) = (way, text) {
            let is_asking = reply.is_asking && has_code;
            let reply = CaseReply { text, way, is_asking, ..reply.clone() };
            write_there(office, other.id, proof, CaseEvent::Replied(reply)).await?;
        }
    }
    Ok(())
}

/// Closes the inquiries that were merged into one that was just closed, at the same time: those
/// whose person has a reply or for whom a reason is given, of those that the author may see.
pub(super) async fn close_merged(
    office: &Office,
    (visit, proof): (&Visit, &CheckedForm),
    inquiry: &Inquiry,
    (closed, at_ms): (&CaseEvent, u64),
) -> Result<(), StoreFault> {
    for other in merged_into(office, inquiry).await? {
        let (seen, author) = (other.case.last, Author::Person(proof));
        let is_open = other.case.state != CaseState::Closed;
        let has_reason = matches!(closed, CaseEvent::Closed { why, .. } if !why.is_empty());
        let is_answered =
            other.case.first_reply_ms.is_some() || is_same_person(&inquiry.said, &other.said);
        if is_open
            && visit.holds(&other)
            && (is_answered || has_reason)
            && office.write_at((other.id, seen), author, closed.clone(), at_ms).await?
                == Written::Overtaken
        {
            write_there(office, other.id, proof, closed.clone()).await?;
        }
    }
    Ok(())
}
