//! Acting on all submissions of one sender: requested with a reason, shown again with the number of
//! submissions, and done when confirmed.

use super::{Day, kind_slug, kind_words, named, sender_page};
use crate::Office;
use crate::form::{CheckedForm, FieldFault, FromFields, OfficeForm, TypedFields};
use crate::pages::{PageFrame, PageResult, go, page as made};
use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use domain::submission::Kind;
use domain::{Catalogue, SubmissionId};
use receiving::{AddedTo, added_to};
use std::collections::HashMap;
use std::sync::Arc;
use store::{ENTRIES_AT_ONCE, ErasedMany, SenderStore, SentEntry, StoreFault};
use vault::SenderTag;

/// The reason is one line in the audit log.
const REASON_CHARS_MAX: usize = 200;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SenderAct {
    SetAside,
    PutBack,
    Erase,
}

impl SenderAct {
    const ALL: [SenderAct; 3] = [SenderAct::SetAside, SenderAct::PutBack, SenderAct::Erase];

    pub(super) fn slug(self) -> &'static str {
        match self {
            SenderAct::SetAside => "set-aside",
            SenderAct::PutBack => "put-back",
            SenderAct::Erase => "erase",
        }
    }

    /// Whether the act changes this submission.
    fn is_for(self, entry: &SentEntry) -> bool {
        match self {
            SenderAct::SetAside => !entry.is_quarantined,
            SenderAct::PutBack => entry.is_quarantined,
            SenderAct::Erase => true,
        }
    }
}

/// What a form asks for. Nothing is preselected.
#[derive(Debug, Clone, Default)]
pub(super) struct SenderQuery {
    pub(super) act: Option<SenderAct>,
    pub(super) kinds: Vec<Kind>,
    pub(super) reason: String,
}

impl SenderQuery {
    fn of(fields: &TypedFields) -> Self {
        let act = SenderAct::ALL.into_iter().find(|act| act.slug() == fields.text("do"));
        let kinds = Kind::ALL
            .into_iter()
            .filter(|kind| fields.has(&format!("kind-{}", kind_slug(*kind))))
            .collect();
        Self { act, kinds, reason: fields.text("reason").into() }
    }

    pub(super) fn is(&self, slug: &str) -> bool {
        self.act.is_some_and(|act| act.slug() == slug)
    }

    pub(super) fn has(&self, kind: &Kind) -> bool {
        self.kinds.contains(kind)
    }

    fn fault(&self, f: &PageFrame) -> &'static str {
        match (self.act, self.kinds.is_empty(), self.reason.chars().count()) {
            (None, ..) => f.t("Choose what to do.", "Choisissez ce qu’il faut faire."),
            (_, true, _) => f.t("Choose which messages.", "Choisissez les messages visés."),
            (.., 1..=REASON_CHARS_MAX) => "",
            _ => f.t(
                "Give a reason, in one line of 200 characters at most.",
                "Donnez une raison, en une ligne d’au plus 200 caractères.",
            ),
        }
    }
}

#[derive(Template)]
#[template(path = "office/sender_confirm.html")]
struct ConfirmPage {
    f: PageFrame,
    day: String,
    tag: String,
    asked: SenderQuery,
    kinds: Vec<(&'static str, &'static str)>,
    count: usize,
    until_ms: u64,
}

/// The form of a sender's page, and of the page that asks to confirm it.
#[derive(Default)]
pub(crate) struct SenderForm {
    asked: SenderQuery,
    /// Submissions that were received later are left out.
    until_ms: u64,
    is_confirmed: bool,
}

impl FromFields for SenderForm {
    /// Never fails: [`SenderQuery::fault`] says what is missing, and the page shows the rest again.
    fn from_fields(fields: &TypedFields, _: &Catalogue) -> Result<Self, FieldFault> {
        Ok(Self {
            asked: SenderQuery::of(fields),
            until_ms: fields.parsed("until").unwrap_or(0),
            is_confirmed: fields.text("confirmed") == "yes",
        })
    }
}

/// Shows what will be done; does it once it was confirmed.
pub(crate) async fn decide(
    State(office): State<Arc<Office>>,
    Path((day, tag)): Path<(String, String)>,
    OfficeForm { visit, proof, asked }: OfficeForm<SenderForm>,
) -> PageResult {
    let (day, sender) = named(&office, &visit, &day, &tag)?;
    let f = PageFrame::of(&office, &visit);
    let SenderForm { asked, until_ms, is_confirmed } = asked.unwrap_or_default();
    let fault = asked.fault(&f);
    let (Some(act), true) = (asked.act, fault.is_empty()) else {
        return sender_page(&office, &visit, (day, sender), asked, fault, String::new()).await;
    };
    // Submissions received after the page was rendered were not reviewed, so they are left out.
    let until_ms = until_ms.min(day.until_ms());
    let entries = office.store().sent_by(sender, day.from_ms, until_ms).await?;
    let is_chosen = |entry: &&SentEntry| asked.kinds.contains(&entry.kind) && act.is_for(entry);
    let chosen: Vec<&SentEntry> = entries.iter().filter(is_chosen).collect();
    if !is_confirmed {
        let kinds = asked.kinds.iter().map(|kind| kind_words(&f, *kind)).collect();
        return Ok(made(
            StatusCode::OK,
            &ConfirmPage {
                day: day.date.to_string(),
                tag,
                kinds,
                count: chosen.len(),
                until_ms,
                asked,
                f,
            },
        ));
    }
    let ErasedMany { erased: changed, held, with_question } =
        act_on(&office, &proof, act, &chosen, (day, sender), &asked.reason).await?;
    let known = changed + held + with_question;
    let gone = match act {
        SenderAct::Erase => (chosen.len() as u64).saturating_sub(known),
        SenderAct::SetAside | SenderAct::PutBack => 0,
    };
    Ok(go(&format!(
        "/office/senders/{}/{}?done={}&count={changed}&held={held}&with={with_question}&gone={gone}",
        day.date,
        hex::encode(sender.0),
        act.slug()
    )))
}

/// Works in parts, so that new submissions wait for one part only. Each part is one entry in the
/// audit log.
async fn act_on(
    office: &Office,
    proof: &CheckedForm,
    act: SenderAct,
    chosen: &[&SentEntry],
    (day, sender): (Day, SenderTag),
    reason: &str,
) -> Result<ErasedMany, StoreFault> {
    let keys = office.receiver().keys.now();
    let mut all = ErasedMany::default();
    for part in chosen.chunks(ENTRIES_AT_ONCE) {
        let ids: Vec<SubmissionId> = part.iter().map(|entry| entry.id).collect();
        let audit = proof.audit_context(format!(
            "sender {} of {}; {reason}",
            hex::encode(sender.0),
            day.date
        ));
        match act {
            SenderAct::SetAside => all.erased += office.store().quarantine(&ids, &audit).await?,
            SenderAct::PutBack => all.erased += office.store().put_back(&ids, &audit).await?,
            SenderAct::Erase => {
                let entries: Vec<_> = ids.iter().map(|id| (*id, keys.tombstone(*id))).collect();
                let mut alone = Vec::new();
                for id in additions_of(part) {
                    if added_to(office.store(), &keys, id).await? == AddedTo::NoQuestion {
                        alone.push(id);
                    }
                }
                let done = office.store().erase_many(&entries, &alone, &audit).await?;
                all.erased += done.erased;
                all.held += done.held;
                all.with_question += done.with_question;
            }
        }
    }
    Ok(all)
}

fn additions_of(entries: &[&SentEntry]) -> Vec<SubmissionId> {
    let additions = entries.iter().filter(|entry| entry.kind == Kind::Addition);
    additions.map(|entry| entry.id).collect()
}

/// The outcome as the address reports it; only numbers are taken from there.
pub(super) fn done_words(f: &PageFrame, query: &HashMap<String, String>) -> String {
    let number =
        |name: &str| query.get(name).and_then(|text| text.parse::<u64>().ok()).unwrap_or(0);
    let (count, held) = (number("count"), number("held"));
    let (with_question, gone) = (number("with"), number("gone"));
    let Some(act) = SenderAct::ALL
        .into_iter()
        .find(|act| query.get("done").is_some_and(|done| done == act.slug()))
    else {
        return String::new();
    };
    let done = match act {
        SenderAct::SetAside => f.t("Quarantined:", "Mis en quarantaine :"),
        SenderAct::PutBack => f.t("Restored:", "Rétablis :"),
        SenderAct::Erase => f.t("Deleted:", "Supprimés :"),
    };
    let kept = f.t(
        "Not deleted because they are on hold:",
        "Non supprimés, à conserver pour une raison juridique :",
    );
    let mut parts = vec![format!("{done} {count}.")];
    if held > 0 {
        parts.push(format!("{kept} {held}."));
    }
    if with_question > 0 {
        parts.push(with_question_words(f, with_question));
    }
    if gone > 0 {
        parts.push(f.n(
            gone,
            &[
                "{n} was not found: it went with its question, or was deleted before.",
                "{n} message est introuvable : parti avec sa question, ou déjà supprimé.",
            ],
            &[
                "{n} were not found: they went with their question, or were deleted before.",
                "{n} messages sont introuvables : partis avec leur question, ou déjà supprimés.",
            ],
        ));
    }
    parts.join(" ")
}

/// Why additions were not deleted, and what deletes them.
fn with_question_words(f: &PageFrame, count: u64) -> String {
    f.n(
        count,
        &[
            "{n} added message was not deleted: the history of its question has the words too. Delete the question; the message goes with it.",
            "{n} message ajouté n’a pas été supprimé : l’historique de sa question en contient aussi les mots. Supprimez la question; le message part avec elle.",
        ],
        &[
            "{n} added messages were not deleted: the history of their question has the words too. Delete the question; the messages go with it.",
            "{n} messages ajoutés n’ont pas été supprimés : l’historique de leur question en contient aussi les mots. Supprimez la question; les messages partent avec elle.",
        ],
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pages::bare_frame;
    use domain::Language;

    #[test]
    fn what_was_not_deleted_is_told_with_its_reason() {
        let words = |f: &PageFrame, with: &str| {
            let query = [("done", "erase"), ("count", "4"), ("held", "0"), ("with", with)];
            let query = query.map(|(name, value)| (name.to_string(), value.to_string()));
            done_words(f, &HashMap::from(query))
        };
        let english = PageFrame { language: Language::English, ..bare_frame() };
        assert_eq!(words(&english, "0"), "Deleted: 4.");
        let gone = [("done", "erase"), ("count", "4"), ("gone", "2")];
        let gone = gone.map(|(name, value)| (name.to_string(), value.to_string()));
        let said = done_words(&english, &HashMap::from(gone));
        assert!(said.starts_with("Deleted: 4. 2 were not found"), "{said}");
        assert!(words(&english, "1").contains("4. 1 added message was not deleted"));
        assert!(words(&english, "2").contains("4. 2 added messages were not deleted"));
        let french = PageFrame { language: Language::French, ..bare_frame() };
        assert!(words(&french, "1").contains("1 message ajouté n’a pas été supprimé"));
        assert!(words(&french, "2").contains("2 messages ajoutés n’ont pas été supprimés"));
    }
}
