//! An inquiry as lists and figures see it: in full, or the summary of a settled one.

use super::case::{CaseOutcome, CaseState};
use super::clock::Due;
use super::settled::{SettledInquiry, contact_hash};
use crate::channel::InquiryChannel;
use crate::inquiry::Inquiry;
use crate::inquiry::reply_name;
use crate::team::{Tag, TeamState};
use domain::hours::Moment;
use domain::{Language, SubmissionId};
use std::collections::BTreeSet;
use std::sync::Arc;

/// One inquiry, in either form.
#[derive(Debug, Clone)]
pub enum ListedInquiry {
    /// Open, or with something left to send.
    Active(Arc<Inquiry>),
    /// The summary of a settled one.
    Settled(Arc<SettledInquiry>),
}

impl ListedInquiry {
    /// The id of the submission.
    pub fn id(&self) -> SubmissionId {
        match self {
            ListedInquiry::Active(inquiry) => inquiry.id,
            ListedInquiry::Settled(settled) => settled.id,
        }
    }

    /// When it was received, in ms since 1970.
    pub fn received_at_ms(&self) -> u64 {
        match self {
            ListedInquiry::Active(inquiry) => inquiry.received_at_ms,
            ListedInquiry::Settled(settled) => settled.received_at_ms,
        }
    }

    /// Its state; a settled one is closed.
    pub fn state(&self) -> CaseState {
        match self {
            ListedInquiry::Active(inquiry) => inquiry.case.state,
            ListedInquiry::Settled(_) => CaseState::Closed,
        }
    }

    /// The name of the department that has it.
    pub fn department(&self) -> &str {
        match self {
            ListedInquiry::Active(inquiry) => inquiry.case.department(),
            ListedInquiry::Settled(settled) => &settled.department,
        }
    }

    /// The id of the service; `None` if it names none.
    pub fn service(&self) -> Option<&str> {
        match self {
            ListedInquiry::Active(inquiry) => inquiry.case.service.as_ref().map(|id| id.as_str()),
            ListedInquiry::Settled(settled) => settled.service.as_deref(),
        }
    }

    /// The id of the location; `None` if it names none.
    pub fn hub(&self) -> Option<&str> {
        match self {
            ListedInquiry::Active(inquiry) => inquiry.said.hub.as_ref().map(|id| id.as_str()),
            ListedInquiry::Settled(settled) => settled.hub.as_deref(),
        }
    }

    /// The login of the assignee, if any.
    pub fn assignee(&self) -> Option<&str> {
        match self {
            ListedInquiry::Active(inquiry) => inquiry.case.assignee.as_deref(),
            ListedInquiry::Settled(settled) => settled.assignee.as_deref(),
        }
    }

    /// The language that the person chose.
    pub fn language(&self) -> Language {
        match self {
            ListedInquiry::Active(inquiry) => inquiry.said.language,
            ListedInquiry::Settled(settled) => settled.language,
        }
    }

    /// How the person wants the answer: `email`, `phone` or `nobody`.
    pub fn reply(&self) -> &str {
        match self {
            ListedInquiry::Active(inquiry) => reply_name(&inquiry.said.reply_to),
            ListedInquiry::Settled(settled) => &settled.reply,
        }
    }

    /// How the person came.
    pub fn channel(&self) -> InquiryChannel {
        match self {
            ListedInquiry::Active(inquiry) => inquiry.case.channel,
            ListedInquiry::Settled(settled) => settled.channel,
        }
    }

    /// Whether the person still waits for a first reply after its time: what lists, counts and
    /// figures call overdue.
    pub fn is_overdue(&self, now: Moment) -> bool {
        match self {
            ListedInquiry::Active(inquiry) => inquiry.is_overdue(now),
            ListedInquiry::Settled(_) => false,
        }
    }

    /// When the current promise is due; `None` when nothing is due.
    pub fn promise(&self) -> Option<Due> {
        match self {
            ListedInquiry::Active(inquiry) => inquiry.promise(),
            ListedInquiry::Settled(_) => None,
        }
    }

    /// Whether the person added words after everything that staff did.
    pub fn has_new_words(&self) -> bool {
        match self {
            ListedInquiry::Active(inquiry) => inquiry.case.has_new_words,
            ListedInquiry::Settled(_) => false,
        }
    }

    /// What colleagues agreed about it; `None` for a settled one, which has only its tags.
    pub fn team(&self) -> Option<&TeamState> {
        match self {
            ListedInquiry::Active(inquiry) => Some(&inquiry.case.team),
            ListedInquiry::Settled(_) => None,
        }
    }

    /// Its tags, sorted.
    pub fn tags(&self) -> Vec<&str> {
        match self {
            ListedInquiry::Active(inquiry) => {
                inquiry.case.team.tags.iter().map(Tag::as_str).collect()
            }
            ListedInquiry::Settled(settled) => settled.tags().collect(),
        }
    }

    /// The numbers of the templates that its replies were begun with, one for each reply.
    pub fn templates(&self) -> &[u32] {
        match self {
            ListedInquiry::Active(inquiry) => &inquiry.case.team.templates,
            ListedInquiry::Settled(settled) => settled.templates(),
        }
    }

    /// Whether one of these pairs, of an open inquiry and one that was merged into it, answers this
    /// one. Words that the person added since, and a reply after which it is open again, bring it
    /// back into sight, and so does a promise that is over.
    fn is_answered_with(&self, pairs: &MergedPairs, now: Moment) -> bool {
        let Some(into) = self.team().and_then(|team| team.merged_into) else { return false };
        let is_open_again = self.first_reply_ms().is_some() && self.state() == CaseState::Open;
        let is_in_sight = self.has_new_words() || is_open_again || self.is_overdue(now);
        self.state() != CaseState::Closed && !is_in_sight && pairs.contains(&(into, self.id()))
    }

    /// Why it was closed; `None` while it is not.
    pub fn outcome(&self) -> Option<CaseOutcome> {
        match self {
            ListedInquiry::Active(inquiry) => inquiry.case.outcome,
            ListedInquiry::Settled(settled) => settled.outcome,
        }
    }

    /// When it was closed, in ms since 1970; `None` while it is not.
    pub fn closed_ms(&self) -> Option<u64> {
        match self {
            ListedInquiry::Active(inquiry) => inquiry.case.closed_ms,
            ListedInquiry::Settled(settled) => settled.closed_ms,
        }
    }

    /// When the first reply was made, in ms since 1970; `None` before it.
    pub fn first_reply_ms(&self) -> Option<u64> {
        match self {
            ListedInquiry::Active(inquiry) => inquiry.case.first_reply_ms,
            ListedInquiry::Settled(settled) => settled.first_reply_ms,
        }
    }

    /// Working minutes until the first reply; `None` before it.
    pub fn replied_minutes(&self) -> Option<u32> {
        match self {
            ListedInquiry::Active(inquiry) => inquiry.replied_minutes,
            ListedInquiry::Settled(settled) => settled.replied_minutes,
        }
    }

    /// Working minutes until it was closed; `None` while it is not.
    pub fn closed_minutes(&self) -> Option<u32> {
        match self {
            ListedInquiry::Active(inquiry) => inquiry.closed_minutes,
            ListedInquiry::Settled(settled) => settled.closed_minutes,
        }
    }

    /// A hash of the contact, equal for all inquiries of one person; 0 if none was given.
    pub fn contact(&self) -> u64 {
        match self {
            ListedInquiry::Active(inquiry) => {
                contact_hash(crate::inquiry::contact(&inquiry.said.reply_to))
            }
            ListedInquiry::Settled(settled) => settled.contact,
        }
    }
}

/// Open inquiries, each with one that was merged into it.
type MergedPairs = BTreeSet<(SubmissionId, SubmissionId)>;

/// Leaves out the inquiries that are answered with an open one of the same list. `all` has every
/// open inquiry, so that none is left out whose answer does not come.
#[must_use]
pub fn without_merged(mut all: Vec<ListedInquiry>, now: Moment) -> Vec<ListedInquiry> {
    let open = all.iter().filter(|listed| listed.state() != CaseState::Closed);
    let pairs: MergedPairs = open
        .filter_map(|listed| listed.team().map(|team| (listed.id(), team)))
        .flat_map(|(id, team)| team.merged.iter().map(move |merged| (id, *merged)))
        .collect();
    all.retain(|listed| !listed.is_answered_with(&pairs, now));
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case::{CaseEntry, CaseEvent, CaseReply, ReplyMethod, TemplateUse};
    use crate::settled::SharedTexts;
    use domain::contact::EmailAddress;
    use domain::inquiry::{ReplyTo, ValidInquiry};
    use sample::{id, moment};

    fn received() -> Inquiry {
        let said = ValidInquiry {
            service: Some(id("boat-permit")),
            hub: Some(id("town-hall")),
            message: "How much is it?".into(),
            name: None,
            reply_to: ReplyTo::Email(EmailAddress::typed("jane@example.org").unwrap()),
            language: Language::French,
            notice_version: 1,
        };
        let submission = SubmissionId::from_parts(7, [1; 10]);
        let mut inquiry = Inquiry::received(submission, 5, said, "Parks".into());
        inquiry.first_reply = Due::At(moment("2026-11-26 09:00"));
        inquiry
    }

    fn with(mut inquiry: Inquiry, at_ms: u64, event: CaseEvent) -> Inquiry {
        let number = inquiry.case.last + 1;
        inquiry.take(number, Some(CaseEntry { number, at_ms, who: "ann".into(), event }));
        inquiry
    }

    fn closed() -> Inquiry {
        let reply = CaseReply {
            text: "Twelve dollars.".into(),
            way: ReplyMethod::StatusPage,
            service: None,
            catalogue_version: 1,
            is_asking: false,
            template: Some(TemplateUse { number: 4, version: 2 }),
        };
        let why = String::new();
        let recorded = CaseEvent::Recorded { channel: InquiryChannel::Letter, is_answered: false };
        let added = SubmissionId::from_parts(9, [3; 10]).to_string();
        let mut inquiry = [
            (6, recorded),
            (7, CaseEvent::About { service: Some(id("dog-licence")) }),
            (8, CaseEvent::Transferred { department: "Clerk".into(), why: why.clone() }),
            (9, CaseEvent::Assigned { to: Some("ann".into()) }),
            (10, CaseEvent::Added { submission: added, text: "For two.".into() }),
            (11, CaseEvent::Tagged { tag: Tag::parse("Boats").unwrap() }),
            (20, CaseEvent::Replied(reply)),
            (30, CaseEvent::Closed { outcome: CaseOutcome::Elsewhere, why }),
        ]
        .into_iter()
        .fold(received(), |inquiry, (at_ms, event)| with(inquiry, at_ms, event));
        (inquiry.replied_minutes, inquiry.closed_minutes) = (Some(12), Some(34));
        inquiry
    }

    #[test]
    fn a_closed_inquiry_reads_the_same_in_full_in_its_summary_and_from_the_store() {
        let inquiry = closed();
        let mut texts = SharedTexts::default();
        let summary = SettledInquiry::of(&inquiry, &mut texts);
        let stored = serde_json::to_string(&summary.file()).unwrap();
        let file = serde_json::from_str(&stored).unwrap();
        let restored = SettledInquiry::of_file(summary.id, file, &mut texts);
        assert_eq!(restored, summary);
        assert_eq!(summary.last_event, 8);
        let shorter = Inquiry { replied_minutes: Some(9), ..inquiry.clone() };
        let measured_again = SettledInquiry::of(&shorter, &mut texts);
        assert_eq!(measured_again.keeping(&summary), summary, "the past stays");
        let later =
            SettledInquiry { closed_ms: Some(31), ..SettledInquiry::of(&shorter, &mut texts) };
        assert_eq!(later.clone().keeping(&summary), later);
        assert_eq!(
            summary.added.as_deref(),
            Some([SubmissionId::from_parts(9, [3; 10])].as_slice())
        );
        for listed in
            [ListedInquiry::Active(inquiry.into()), ListedInquiry::Settled(restored.into())]
        {
            let now = moment("2026-12-24 09:00");
            assert_eq!(listed.id(), SubmissionId::from_parts(7, [1; 10]), "{listed:?}");
            assert_eq!((listed.received_at_ms(), listed.state()), (5, CaseState::Closed));
            assert_eq!((listed.department(), listed.assignee()), ("Clerk", Some("ann")));
            assert_eq!((listed.service(), listed.hub()), (Some("dog-licence"), Some("town-hall")));
            assert_eq!((listed.language(), listed.reply()), (Language::French, "email"));
            assert_eq!(listed.channel(), InquiryChannel::Letter);
            assert_eq!(listed.outcome(), Some(CaseOutcome::Elsewhere));
            assert_eq!((listed.first_reply_ms(), listed.closed_ms()), (Some(20), Some(30)));
            assert_eq!((listed.replied_minutes(), listed.closed_minutes()), (Some(12), Some(34)));
            assert_eq!(listed.contact(), contact_hash("jane@example.org"));
            assert_eq!((listed.promise(), listed.is_overdue(now)), (None, false));
            assert!(!listed.has_new_words());
            assert_eq!((listed.tags(), listed.templates()), (vec!["boats"], [4].as_slice()));
        }
    }

    #[test]
    fn a_merged_inquiry_is_left_out_only_while_an_open_one_answers_it() {
        let other = SubmissionId::from_parts(8, [2; 10]);
        let one = || received();
        let mut away = received();
        away.id = other;
        let away = with(away, 6, CaseEvent::MergedInto { into: one().id.to_string() });
        let knows = with(one(), 6, CaseEvent::MergedFrom { from: other.to_string() });
        let closed = CaseEvent::Closed { outcome: CaseOutcome::Done, why: String::new() };
        let ended = with(knows.clone(), 7, closed);
        let check = |stays: Option<&Inquiry>, goes: &Inquiry, now: &str, is_left_out: bool| {
            let all = [Some(goes), stays].into_iter().flatten().cloned();
            let all = all.map(|inquiry| ListedInquiry::Active(inquiry.into())).collect();
            let shown = without_merged(all, moment(now));
            let is_shown = shown.iter().any(|listed| listed.id() == other);
            assert_eq!(is_shown, !is_left_out, "{stays:?} {now}");
        };
        check(Some(&knows), &away, "2026-11-26 09:00", true);
        check(Some(&knows), &away, "2026-11-26 09:01", false);
        check(Some(&one()), &away, "2026-11-26 09:00", false);
        check(Some(&ended), &away, "2026-11-26 09:00", false);
        check(None, &away, "2026-11-26 09:00", false);
        let separated = CaseEvent::Separated { from: one().id.to_string() };
        check(Some(&knows), &with(away, 7, separated), "2026-11-26 09:00", false);
    }

    #[test]
    fn an_open_inquiry_is_due_until_it_is_answered() {
        let listed = ListedInquiry::Active(received().into());
        assert_eq!(listed.promise(), Some(Due::At(moment("2026-11-26 09:00"))));
        assert!(!listed.is_overdue(moment("2026-11-26 09:00")));
        assert!(listed.is_overdue(moment("2026-11-26 09:01")));
        assert_eq!((listed.state(), listed.outcome()), (CaseState::New, None));
        assert_eq!((listed.first_reply_ms(), listed.closed_ms()), (None, None));
        assert_eq!((listed.replied_minutes(), listed.closed_minutes()), (None, None));
        assert_eq!(listed.assignee(), None);
        let added = CaseEvent::Added { submission: listed.id().to_string(), text: "Two.".into() };
        let added = ListedInquiry::Active(with(received(), 9, added).into());
        assert!(added.has_new_words() && !listed.has_new_words());
    }
}
