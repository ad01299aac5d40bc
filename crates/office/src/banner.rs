//! What the page after an act says: which act it was, and what comes next. An address names the act
//! by a word of a fixed list, so that nobody can make the office say something else.

use super::pages::PageFrame;
use super::people::hand_over::HandedOver;
use casework::case::CaseEvent;
use domain::reference::Reference;
use std::collections::HashMap;

/// The name in the address of a page that follows an act.
const NAME: &str = "done";
/// The reference number of the inquiry that the act was about, if the page shows another one.
const OF: &str = "of";
/// The id of whom or what the act was about. The page looks its name up, so that an address cannot
/// make the office say another one.
const NAMED: &str = "named";
/// How many inquiries an act on several changed, and when it was done (ms since 1970), by which it
/// can be undone.
const COUNT: &str = "count";
const BATCH: &str = "batch";
/// How many inquiries were handed over, and how many are still to be.
const HANDED: [&str; 2] = ["handed", "left"];

/// An act that was just done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FinishedAct {
    Recorded,
    AnsweredAtOnce,
    Assigned,
    Unassigned,
    Transferred,
    Classified,
    Noted,
    Drafted,
    Replied,
    RepliedAndClosed,
    Waiting,
    Resumed,
    Closed,
    Reopened,
    Linked,
    Unlinked,
    NothingNext,
    PersonChanged,
    PersonRemoved,
    FactorReset,
    TabletMoved,
    TabletRetired,
    QuickListSet,
    EventCreated,
    EventCancelled,
    ProposalApproved,
    ProposalDeclined,
    CommentApproved,
    CommentHidden,
    LinkCreated,
    LinkEnded,
    CountsAdded,
    BaselineCreated,
    BaselinePublished,
    BaselineUnpublished,
    BulkGiven,
    BulkMoved,
    BulkTagged,
    BulkClosed,
    BulkUndone,
    NothingPicked,
    TooManyPicked,
    PickTwo,
    Tagged,
    Untagged,
    FollowUpSet,
    FollowUpRemoved,
    AskedInside,
    AnsweredInside,
    Merged,
    Separated,
    TemplateSaved,
    TemplateRemoved,
    DigestOn,
    DigestOff,
    PromiseSet,
}

impl FinishedAct {
    const ALL: [(&'static str, FinishedAct); 56] = [
        ("recorded", FinishedAct::Recorded),
        ("answered-at-once", FinishedAct::AnsweredAtOnce),
        ("assigned", FinishedAct::Assigned),
        ("unassigned", FinishedAct::Unassigned),
        ("transferred", FinishedAct::Transferred),
        ("classified", FinishedAct::Classified),
        ("noted", FinishedAct::Noted),
        ("drafted", FinishedAct::Drafted),
        ("replied", FinishedAct::Replied),
        ("replied-and-closed", FinishedAct::RepliedAndClosed),
        ("waiting", FinishedAct::Waiting),
        ("resumed", FinishedAct::Resumed),
        ("closed", FinishedAct::Closed),
        ("reopened", FinishedAct::Reopened),
        ("linked", FinishedAct::Linked),
        ("unlinked", FinishedAct::Unlinked),
        ("nothing-next", FinishedAct::NothingNext),
        ("person-changed", FinishedAct::PersonChanged),
        ("person-removed", FinishedAct::PersonRemoved),
        ("factor-reset", FinishedAct::FactorReset),
        ("tablet-moved", FinishedAct::TabletMoved),
        ("tablet-retired", FinishedAct::TabletRetired),
        ("quick-list-set", FinishedAct::QuickListSet),
        ("event-created", FinishedAct::EventCreated),
        ("event-cancelled", FinishedAct::EventCancelled),
        ("proposal-approved", FinishedAct::ProposalApproved),
        ("proposal-declined", FinishedAct::ProposalDeclined),
        ("comment-approved", FinishedAct::CommentApproved),
        ("comment-hidden", FinishedAct::CommentHidden),
        ("link-created", FinishedAct::LinkCreated),
        ("link-ended", FinishedAct::LinkEnded),
        ("counts-added", FinishedAct::CountsAdded),
        ("baseline-created", FinishedAct::BaselineCreated),
        ("baseline-published", FinishedAct::BaselinePublished),
        ("baseline-unpublished", FinishedAct::BaselineUnpublished),
        ("bulk-given", FinishedAct::BulkGiven),
        ("bulk-moved", FinishedAct::BulkMoved),
        ("bulk-tagged", FinishedAct::BulkTagged),
        ("bulk-closed", FinishedAct::BulkClosed),
        ("bulk-undone", FinishedAct::BulkUndone),
        ("nothing-picked", FinishedAct::NothingPicked),
        ("too-many-picked", FinishedAct::TooManyPicked),
        ("pick-two", FinishedAct::PickTwo),
        ("tagged", FinishedAct::Tagged),
        ("untagged", FinishedAct::Untagged),
        ("follow-up-set", FinishedAct::FollowUpSet),
        ("follow-up-removed", FinishedAct::FollowUpRemoved),
        ("asked-inside", FinishedAct::AskedInside),
        ("answered-inside", FinishedAct::AnsweredInside),
        ("merged", FinishedAct::Merged),
        ("separated", FinishedAct::Separated),
        ("template-saved", FinishedAct::TemplateSaved),
        ("template-removed", FinishedAct::TemplateRemoved),
        ("digest-on", FinishedAct::DigestOn),
        ("digest-off", FinishedAct::DigestOff),
        ("promise-set", FinishedAct::PromiseSet),
    ];

    /// The act that an event of an inquiry was.
    pub(super) fn of(event: &CaseEvent) -> Self {
        match event {
            CaseEvent::Recorded { is_answered: false, .. } => FinishedAct::Recorded,
            CaseEvent::Recorded { is_answered: true, .. } => FinishedAct::AnsweredAtOnce,
            CaseEvent::Assigned { to: Some(_) } => FinishedAct::Assigned,
            CaseEvent::Assigned { to: None } => FinishedAct::Unassigned,
            CaseEvent::Transferred { .. } => FinishedAct::Transferred,
            CaseEvent::About { .. } => FinishedAct::Classified,
            CaseEvent::Noted { .. } => FinishedAct::Noted,
            CaseEvent::Drafted(_) => FinishedAct::Drafted,
            CaseEvent::Replied(_) | CaseEvent::Mailed { .. } => FinishedAct::Replied,
            CaseEvent::Waiting { .. } => FinishedAct::Waiting,
            CaseEvent::Resumed => FinishedAct::Resumed,
            CaseEvent::Closed { .. } => FinishedAct::Closed,
            CaseEvent::Reopened { .. } => FinishedAct::Reopened,
            CaseEvent::Linked { .. } => FinishedAct::Linked,
            CaseEvent::Unlinked { .. } => FinishedAct::Unlinked,
            CaseEvent::Tagged { .. } => FinishedAct::Tagged,
            CaseEvent::Untagged { .. } => FinishedAct::Untagged,
            CaseEvent::FollowUp { on: Some(_), .. } => FinishedAct::FollowUpSet,
            CaseEvent::FollowUp { on: None, .. } => FinishedAct::FollowUpRemoved,
            CaseEvent::AskedInside { .. } => FinishedAct::AskedInside,
            CaseEvent::AnsweredInside { .. } => FinishedAct::AnsweredInside,
            CaseEvent::MergedInto { .. } | CaseEvent::MergedFrom { .. } => FinishedAct::Merged,
            CaseEvent::Separated { .. } => FinishedAct::Separated,
            // Nobody in the office does these.
            CaseEvent::Added { .. } | CaseEvent::Withdrawn { .. } | CaseEvent::Emailed { .. } => {
                FinishedAct::Noted
            }
        }
    }

    fn name(self) -> &'static str {
        Self::ALL.iter().find(|(_, act)| *act == self).map_or("", |(name, _)| name)
    }

    fn parse(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|(of, _)| *of == name).map(|(_, act)| *act)
    }

    /// The address of the page that says that this was done.
    pub(super) fn at(self, path: &str) -> String {
        let sign = if path.contains('?') { '&' } else { '?' };
        format!("{path}{sign}{NAME}={}", self.name())
    }

    /// The same, where the page is not that of the inquiry.
    pub(super) fn at_of(self, path: &str, reference: Reference) -> String {
        format!("{}&{OF}={reference}", self.at(path))
    }

    /// The same, with the id of whom or what it was about.
    pub(super) fn at_named(self, path: &str, id: &str) -> String {
        let id: String = form_urlencoded::byte_serialize(id.as_bytes()).collect();
        format!("{}&{NAMED}={id}", self.at(path))
    }

    /// The same, with the number of inquiries that were handed over.
    pub(super) fn at_handed(self, path: &str, HandedOver { done, left }: HandedOver) -> String {
        match done + left {
            0 => self.at(path),
            _ => format!("{}&{}={done}&{}={left}", self.at(path), HANDED[0], HANDED[1]),
        }
    }

    /// The same, with the number of inquiries that were changed at a time, so that all of it can be
    /// undone.
    pub(super) fn at_counted(self, path: &str, count: usize, batch: Option<u64>) -> String {
        let batch = batch.map(|at_ms| format!("&{BATCH}={at_ms}")).unwrap_or_default();
        format!("{}&{COUNT}={count}{batch}", self.at(path))
    }

    /// The address of the next page, with what `here` says about an act. Without a next page, the
    /// inbox says that there is none.
    pub(super) fn passed_on(here: &str, next: Option<&str>) -> String {
        let path = next.unwrap_or("/office");
        let query = here.split_once('?').map_or("", |(_, query)| query);
        let query: HashMap<_, _> = form_urlencoded::parse(query.as_bytes()).collect();
        let act = query.get(NAME).and_then(|name| Self::parse(name));
        let of = query.get(OF).and_then(|text| Reference::parse(text));
        match (act, of) {
            (Some(act), Some(of)) => act.at_of(path, of),
            (Some(act), None) => act.at(path),
            (None, _) if next.is_some() => path.into(),
            (None, _) => FinishedAct::NothingNext.at(path),
        }
    }

    fn words<'a>(self, f: &PageFrame) -> &'a str {
        match self {
            FinishedAct::Recorded => f.t("Inquiry recorded.", "Demande consignée."),
            FinishedAct::AnsweredAtOnce => {
                f.t("Recorded as answered, and counted.", "Consignée avec sa réponse, et comptée.")
            }
            FinishedAct::Assigned => f.t("Assigned.", "Attribuée."),
            FinishedAct::Unassigned => f.t("Unassigned.", "Attribution retirée."),
            FinishedAct::Transferred => f.t("Transferred.", "Transférée."),
            FinishedAct::Classified => f.t("Service saved.", "Service enregistré."),
            FinishedAct::Noted => f.t("Note added.", "Note ajoutée."),
            FinishedAct::Drafted => f.t("Draft saved.", "Brouillon enregistré."),
            FinishedAct::Replied => f.t("Reply sent.", "Réponse envoyée."),
            FinishedAct::RepliedAndClosed => {
                f.t("Reply sent and inquiry closed.", "Réponse envoyée et demande terminée.")
            }
            FinishedAct::Waiting => f.t(
                "Waiting for the person; response time paused.",
                "En attente de la personne; délai suspendu.",
            ),
            FinishedAct::Resumed => f.t("Response time resumed.", "Le délai court de nouveau."),
            FinishedAct::Closed => f.t("Inquiry closed.", "Demande terminée."),
            FinishedAct::Reopened => f.t("Inquiry reopened.", "Demande rouverte."),
            FinishedAct::Linked => f.t("Linked.", "Liée."),
            FinishedAct::Unlinked => f.t("Link removed.", "Lien retiré."),
            FinishedAct::NothingNext => f.t(
                "No other inquiry is waiting for your reply.",
                "Aucune autre demande n’attend une réponse de vous.",
            ),
            FinishedAct::PersonChanged => f.t("Changes saved.", "Modifications enregistrées."),
            FinishedAct::PersonRemoved => f.t("Access removed.", "Accès retiré."),
            FinishedAct::FactorReset => f.t("Second factor reset.", "Second facteur réinitialisé."),
            FinishedAct::TabletMoved => f.t("Tablet moved.", "Tablette déplacée."),
            FinishedAct::TabletRetired => f.t("Tablet retired.", "Tablette retirée."),
            FinishedAct::QuickListSet => f.t(
                "Quick list saved. Tablets show it when they next connect.",
                "Liste rapide enregistrée. Les tablettes l’afficheront à la prochaine connexion.",
            ),
            FinishedAct::EventCreated => f.t("Event created.", "Événement créé."),
            FinishedAct::EventCancelled => f.t("Event cancelled.", "Événement annulé."),
            FinishedAct::ProposalApproved => f.t(
                "Proposal approved. Devices get it with the next update.",
                "Proposition approuvée. Les appareils l’auront à la prochaine mise à jour.",
            ),
            FinishedAct::ProposalDeclined => f.t("Proposal declined.", "Proposition refusée."),
            FinishedAct::CommentApproved => f.t("Comment approved.", "Commentaire approuvé."),
            FinishedAct::CommentHidden => f.t("Comment hidden.", "Commentaire masqué."),
            FinishedAct::LinkCreated => f.t("Survey link created.", "Lien de sondage créé."),
            FinishedAct::LinkEnded => f.t("Survey link ended.", "Lien de sondage terminé."),
            FinishedAct::CountsAdded => f.t("Counts added.", "Nombres ajoutés."),
            FinishedAct::BaselineCreated => f.t("Baseline created.", "Mesure de référence créée."),
            FinishedAct::BaselinePublished => f.t("Figures published.", "Chiffres publiés."),
            FinishedAct::BaselineUnpublished => {
                f.t("Figures unpublished.", "Chiffres retirés de la publication.")
            }
            act => act.team_words(f),
        }
    }

    /// The words for what colleagues agree among themselves, and for what is done with several.
    fn team_words<'a>(self, f: &PageFrame) -> &'a str {
        match self {
            FinishedAct::BulkGiven => f.t("Inquiries assigned.", "Demandes attribuées."),
            FinishedAct::BulkMoved => f.t("Inquiries transferred.", "Demandes transférées."),
            FinishedAct::BulkTagged => f.t("Inquiries tagged.", "Demandes étiquetées."),
            FinishedAct::BulkClosed => f.t("Inquiries closed.", "Demandes terminées."),
            FinishedAct::BulkUndone => f.t("Undone.", "Annulé."),
            FinishedAct::NothingPicked => f.t(
                "Select one inquiry or more first. Nothing was changed.",
                "Sélectionnez d’abord une demande ou plus. Rien n’a été changé.",
            ),
            FinishedAct::TooManyPicked => f.t(
                "You can change 200 inquiries at once at most. Nothing was changed.",
                "On peut modifier au plus 200 demandes à la fois. Rien n’a été changé.",
            ),
            FinishedAct::PickTwo => f.t(
                "Select two inquiries to merge. Nothing was changed.",
                "Sélectionnez les deux demandes à fusionner. Rien n’a été changé.",
            ),
            FinishedAct::Tagged => f.t("Tag added.", "Étiquette ajoutée."),
            FinishedAct::Untagged => f.t("Tag removed.", "Étiquette retirée."),
            FinishedAct::FollowUpSet => f.t(
                "It comes back to the inbox on that day. The response time keeps counting.",
                "Elle reviendra dans la boîte de réception ce jour-là. Le délai continue.",
            ),
            FinishedAct::FollowUpRemoved => f.t("Follow-up removed.", "Suivi retiré."),
            FinishedAct::AskedInside => f.t(
                "Asked. The inquiry stays with you, and the response time keeps counting.",
                "Question posée. La demande reste à vous, et le délai continue.",
            ),
            FinishedAct::AnsweredInside => {
                f.t("Your colleagues have your answer.", "Vos collègues ont votre réponse.")
            }
            FinishedAct::Merged => f.t("Inquiries merged.", "Demandes fusionnées."),
            FinishedAct::Separated => f.t("Inquiries separated.", "Demandes séparées."),
            FinishedAct::DigestOn => {
                f.t("You get the daily email.", "Vous recevez le courriel du matin.")
            }
            FinishedAct::DigestOff => {
                f.t("You don’t get the daily email.", "Vous ne recevez plus le courriel du matin.")
            }
            FinishedAct::PromiseSet => f.t(
                "Response time saved. Open inquiries have it in a moment.",
                "Délai enregistré. Les demandes ouvertes l’auront dans un instant.",
            ),
            FinishedAct::TemplateSaved => f.t("Template saved.", "Modèle enregistré."),
            FinishedAct::TemplateRemoved => f.t(
                "Template removed. Replies that began with it stay as they are.",
                "Modèle retiré. Les réponses qui en viennent restent telles quelles.",
            ),
            _ => "",
        }
    }

    /// The words with the number of inquiries, for an act on several.
    fn count_words(self, f: &PageFrame, count: usize) -> Option<String> {
        let (one, more) = match self {
            FinishedAct::BulkGiven => (
                ["{n} inquiry assigned.", "{n} demande attribuée."],
                ["{n} inquiries assigned.", "{n} demandes attribuées."],
            ),
            FinishedAct::BulkMoved => (
                ["{n} inquiry transferred.", "{n} demande transférée."],
                ["{n} inquiries transferred.", "{n} demandes transférées."],
            ),
            FinishedAct::BulkTagged => (
                ["{n} inquiry tagged.", "{n} demande étiquetée."],
                ["{n} inquiries tagged.", "{n} demandes étiquetées."],
            ),
            FinishedAct::BulkClosed => (
                ["{n} inquiry closed.", "{n} demande terminée."],
                ["{n} inquiries closed.", "{n} demandes terminées."],
            ),
            FinishedAct::BulkUndone => (
                ["Undone: {n} inquiry is as before.", "Annulé : {n} demande est comme avant."],
                ["Undone: {n} inquiries are as before.", "Annulé : {n} demandes sont comme avant."],
            ),
            _ => return None,
        };
        Some(f.n(count, &one, &more))
    }

    /// What people do next: address and words. `here` is the path of the page, `of` the inquiry
    /// that the act was about if the page shows another one, and `list` the days that the page
    /// shows.
    fn next_steps(
        self,
        f: &PageFrame,
        here: &str,
        of: Option<Reference>,
        list: &str,
    ) -> Vec<(String, &'static str)> {
        let next = || {
            let after = here.strip_prefix("/office/inquiry/").unwrap_or_default();
            let words = f.t("Next inquiry", "Demande suivante");
            (format!("/office/next?after={after}"), words)
        };
        let undo = |id: &str, words| (format!("{here}#{id}"), words);
        match self {
            FinishedAct::Recorded => {
                vec![("/office/new".into(), f.t("Record another", "En consigner une autre"))]
            }
            FinishedAct::Assigned | FinishedAct::Unassigned => {
                vec![next(), undo("has-h", f.t("Change it", "Modifier"))]
            }
            FinishedAct::RepliedAndClosed => of
                .map(|of| {
                    (format!("/office/reference/{of}#state-h"), f.t("Reopen it", "La rouvrir"))
                })
                .into_iter()
                .collect(),
            FinishedAct::CommentApproved | FinishedAct::CommentHidden => vec![(
                format!("{here}?all=1{list}"),
                f.t("Show all, to change it", "Tout afficher, pour le modifier"),
            )],
            FinishedAct::ProposalApproved | FinishedAct::ProposalDeclined => {
                vec![("/office/inventory".into(), f.t("See the inventory", "Voir l’inventaire"))]
            }
            FinishedAct::LinkEnded => vec![(
                "#way".into(),
                f.t("Create another survey link", "Créer un autre lien de sondage"),
            )],
            FinishedAct::Replied => {
                vec![undo("state-h", f.t("Close inquiry", "Terminer la demande")), next()]
            }
            FinishedAct::Closed => vec![next(), undo("state-h", f.t("Reopen", "Rouvrir"))],
            // Whoever may not read it any more cannot transfer it back.
            FinishedAct::Transferred if !here.starts_with("/office/inquiry/") => vec![next()],
            FinishedAct::Transferred => {
                vec![next(), undo("has-h", f.t("Transfer it back", "La retransférer"))]
            }
            FinishedAct::Waiting | FinishedAct::AskedInside => vec![next()],
            FinishedAct::FollowUpSet => {
                vec![next(), undo("team-h", f.t("Change it", "Modifier"))]
            }
            FinishedAct::Tagged | FinishedAct::Untagged | FinishedAct::FollowUpRemoved => {
                vec![undo("team-h", f.t("Change it", "Modifier"))]
            }
            FinishedAct::Merged => vec![undo("merged-h", f.t("Separate them", "Les séparer"))],
            FinishedAct::AnsweredInside if here == "/office" => {
                vec![("/office?todo=asked".into(), f.t("Other questions", "Autres questions"))]
            }
            FinishedAct::BaselinePublished => vec![(
                "/survey-results".into(),
                f.t("See the public page", "Voir la page publique"),
            )],
            FinishedAct::EventCancelled => vec![(
                "#make".into(),
                f.t("Create a similar event", "Créer un événement semblable"),
            )],
            _ => Vec::new(),
        }
    }
}

/// How many inquiries were handed over, and what becomes of the others.
fn handed_words(f: &PageFrame, HandedOver { done, left }: HandedOver) -> String {
    let done = f.n(
        done,
        &["{n} inquiry handed over.", "{n} demande réattribuée."],
        &["{n} inquiries handed over.", "{n} demandes réattribuées."],
    );
    if left == 0 {
        return done;
    }
    let left = f.n(
        left,
        &[
            "{n} is being handed over: reload this page in a moment.",
            "{n} est en voie de l’être : rechargez cette page dans un moment.",
        ],
        &[
            "{n} are being handed over: reload this page in a moment.",
            "{n} sont en voie de l’être : rechargez cette page dans un moment.",
        ],
    );
    format!("{done} {left}")
}

/// The banner of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Banner {
    act: FinishedAct,
    /// The id of whom or what it is about, as the address has it: nothing that may be shown.
    pub(super) named: Option<String>,
    pub(super) words: String,
    /// The inquiry that it is about, if the page shows another one.
    pub(super) of: Option<Reference>,
    /// Address and words of what comes next.
    pub(super) next_steps: Vec<(String, &'static str)>,
    /// Where the form is sent that undoes it.
    pub(super) undo: Option<String>,
}

impl Banner {
    /// The banner that an address asks for; `None` for a word that is not of the list.
    pub(super) fn of(f: &PageFrame, here: &str) -> Option<Self> {
        let (path, query) = here.split_once('?')?;
        let query: HashMap<_, _> = form_urlencoded::parse(query.as_bytes()).collect();
        let act = FinishedAct::parse(query.get(NAME)?)?;
        let of = query.get(OF).and_then(|text| Reference::parse(text));
        let [done, left] = HANDED.map(|name| query.get(name).and_then(|text| text.parse().ok()));
        let handed = done.zip(left).map(|(done, left)| HandedOver { done, left });
        let number = |name| query.get(name).and_then(|text| text.parse::<u64>().ok());
        let counted = number(COUNT).and_then(|count| act.count_words(f, count as usize));
        let mut words = counted.unwrap_or_else(|| act.words(f).to_string());
        let can_undo = matches!(
            act,
            FinishedAct::BulkGiven
                | FinishedAct::BulkMoved
                | FinishedAct::BulkTagged
                | FinishedAct::BulkClosed
        );
        let batch = number(BATCH).filter(|_| can_undo);
        if let Some(handed) = handed.filter(|_| act == FinishedAct::PersonRemoved) {
            words = format!("{words} {}", handed_words(f, handed));
        }
        let list: String = ["from", "to", "version"]
            .into_iter()
            .filter_map(|name| Some((name, query.get(name)?)))
            .map(|(name, value)| {
                let value: String = form_urlencoded::byte_serialize(value.as_bytes()).collect();
                format!("&{name}={value}")
            })
            .collect();
        Some(Self {
            act,
            named: query.get(NAMED).map(ToString::to_string),
            words,
            of,
            next_steps: act.next_steps(f, path, of, &list),
            undo: batch.map(|at_ms| format!("/office/bulk/{at_ms}/undo")),
        })
    }

    /// Says whom or what the act was about. The page has looked the name up.
    pub(super) fn name(&mut self, f: &PageFrame, name: &str) {
        let text = match self.act {
            FinishedAct::Assigned => f.t("Assigned to {name}.", "Attribuée à {name}."),
            FinishedAct::PersonChanged => {
                f.t("Changes saved: {name}.", "Modifications enregistrées\u{a0}: {name}.")
            }
            FinishedAct::FactorReset => {
                f.t("Second factor reset: {name}.", "Second facteur réinitialisé\u{a0}: {name}.")
            }
            FinishedAct::TabletMoved => {
                f.t("Tablet moved to {name}.", "Tablette déplacée\u{a0}: {name}.")
            }
            _ => return,
        };
        self.words = f.with(text, "name", name);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pages::bare_frame;

    #[test]
    fn a_banner_says_only_what_the_list_has() {
        let f = bare_frame();
        for (_, act) in FinishedAct::ALL {
            let banner = Banner::of(&f, &act.at("/office/inquiry/7")).unwrap();
            assert_eq!(banner.words, act.words(&f));
            assert_eq!(FinishedAct::parse(act.name()), Some(act), "each has a name of its own");
        }
        for forged in [
            "/office?done=Call+705-555-0100",
            "/office?done=",
            "/office?of=7Q3M-X9TB-E",
            "/office",
            "/office?done=replied%20",
        ] {
            assert_eq!(Banner::of(&f, forged), None, "{forged}");
        }
        let forged = Banner::of(&f, "/office?done=closed&of=%3Cscript%3E").unwrap();
        assert_eq!(forged.of, None);
    }

    #[test]
    fn an_act_on_several_says_how_many_and_can_be_undone() {
        let f = bare_frame();
        let at = FinishedAct::BulkClosed.at_counted("/office?who=me", 3, Some(17));
        assert_eq!(at, "/office?who=me&done=bulk-closed&count=3&batch=17");
        let banner = Banner::of(&f, &at).unwrap();
        assert_eq!(banner.words, "3 inquiries closed.");
        assert_eq!(banner.undo.as_deref(), Some("/office/bulk/17/undo"));
        for forged in ["done=closed&batch=17", "done=bulk-closed&batch=%2F..%2Fpeople"] {
            assert_eq!(Banner::of(&f, &format!("/office?{forged}")).unwrap().undo, None);
        }
        let undone = FinishedAct::BulkUndone.at_counted("/office", 1, None);
        assert_eq!(Banner::of(&f, &undone).unwrap().words, "Undone: 1 inquiry is as before.");
    }

    #[test]
    fn a_removal_says_how_many_inquiries_were_handed_over_and_how_many_are_left() {
        let f = bare_frame();
        let said = |done, left| {
            let at =
                FinishedAct::PersonRemoved.at_handed("/office/people", HandedOver { done, left });
            Banner::of(&f, &at).unwrap().words
        };
        assert_eq!(said(0, 0), "Access removed.");
        assert_eq!(said(1, 0), "Access removed. 1 inquiry handed over.");
        assert_eq!(
            said(100, 2_000),
            "Access removed. 100 inquiries handed over. 2000 are being handed over: reload this page in a moment."
        );
        let forged = Banner::of(&f, "/office/people?done=person-removed&handed=1&left=x").unwrap();
        assert_eq!(forged.words, "Access removed.");
    }

    #[test]
    fn what_was_done_is_still_said_on_the_next_page() {
        let passed = |here: &str| {
            let to_next = FinishedAct::passed_on(here, Some("/office/inquiry/8"));
            (to_next, FinishedAct::passed_on(here, None))
        };
        let done = "done=replied-and-closed&of=";
        let of = Reference::of(domain::SubmissionId::from_parts(1, [7; 10]));
        let (next, none) = passed(&format!("/office/next?after=7&{done}{of}"));
        assert_eq!(next, format!("/office/inquiry/8?{done}{of}"));
        assert_eq!(none, format!("/office?{done}{of}"));
        let (next, none) = passed("/office/next?after=7&done=evil&of=evil");
        assert_eq!(
            (next.as_str(), none.as_str()),
            ("/office/inquiry/8", "/office?done=nothing-next")
        );
    }

    #[test]
    fn a_banner_names_only_what_the_page_has_looked_up() {
        let mut f = bare_frame();
        let at = FinishedAct::TabletMoved.at_named("/office/tablets", "tablet 7&x=1");
        f.banner = Banner::of(&f, &at);
        let banner = f.banner.as_ref().unwrap();
        assert_eq!(
            (banner.named.as_deref(), banner.words.as_str()),
            (Some("tablet 7&x=1"), "Tablet moved.")
        );
        f.name_banner("Boat House");
        assert_eq!(f.banner.unwrap().words, "Tablet moved to Boat House.");
    }

    #[test]
    fn what_comes_next_is_a_page_of_ours() {
        let banner = Banner::of(&bare_frame(), "/office/inquiry/7?done=closed").unwrap();
        let addresses: Vec<&str> = banner.next_steps.iter().map(|(to, _)| to.as_str()).collect();
        assert_eq!(addresses, ["/office/next?after=7", "/office/inquiry/7#state-h"]);
    }
}
