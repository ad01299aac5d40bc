//! What the office did with the survey, act by act, and what stands after all of them. Pure.

use crate::ledger::Entry;
use crate::store::Book;
use domain::collector::{CollectorCode, Ticket, Way};
use domain::{HubId, QuestionId, SubmissionId};
use insight::report::CollectorCount;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};

/// One thing that was done. Kept sealed, as JSON: a name is never changed, and a new one may come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "did", rename_all = "kebab-case")]
pub enum Act {
    Made {
        collector: Collector,
    },
    /// It counts no answer from then on.
    Ended {
        code: CollectorCode,
    },
    /// From a batch sheet: how many were asked, and how many of them said no.
    Counted {
        code: CollectorCode,
        invited: u64,
        refused: u64,
    },
    /// One invitation to somebody whose inquiry was closed: the hash of its ticket, and nothing of the inquiry.
    Invited {
        ticket: String,
    },
    /// A comment may be shown, or may not.
    Judged {
        id: SubmissionId,
        question: QuestionId,
        is_cleared: bool,
    },
    Frozen {
        name: String,
        /// The signed file, as it was given out.
        file: String,
    },
    /// The figures that everybody may see are those of this baseline.
    Published {
        name: String,
    },
    Unpublished,
}

impl Act {
    /// Its name in the audit.
    pub fn name(&self) -> &'static str {
        match self {
            Act::Made { .. } => "make collector",
            Act::Ended { .. } => "end collector",
            Act::Counted { .. } => "count invitations",
            Act::Invited { .. } => "invite to survey",
            Act::Judged { is_cleared: true, .. } => "clear comment",
            Act::Judged { is_cleared: false, .. } => "withhold comment",
            Act::Frozen { .. } => "freeze baseline",
            Act::Published { .. } => "publish figures",
            Act::Unpublished => "take figures back",
        }
    }
}

/// One way at one place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Collector {
    pub code: CollectorCode,
    /// What the office calls it: "Fair of Bobcaygeon, tablet 2".
    pub name: String,
    pub hub: Option<HubId>,
}

/// A collector with all that was said of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    pub collector: Collector,
    pub made_ms: u64,
    pub ended_ms: Option<u64>,
    /// From batch sheets; tablets send theirs.
    pub invited: u64,
    pub refused: u64,
}

impl Known {
    /// How many were asked, and how many of them said no: on batch sheets, and as devices counted.
    pub fn asked(&self, counts: &[CollectorCount]) -> (u64, u64) {
        let counted = counts.iter().find(|count| count.collector == self.collector.code);
        let (invited, refused) = counted.map_or((0, 0), |count| (count.invited, count.refused));
        (self.invited + invited, self.refused + refused)
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frozen {
    pub name: String,
    pub file: String,
    pub at_ms: u64,
    pub who: String,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ledger {
    pub collectors: BTreeMap<CollectorCode, Known>,
    tickets: BTreeSet<String>,
    judged: BTreeMap<(SubmissionId, QuestionId), bool>,
    pub frozen: Vec<Frozen>,
    published: Option<String>,
    /// The number of the newest act.
    pub last: u32,
    /// Acts that no key opens, or that a newer server wrote.
    pub unread: u32,
}

impl crate::ledger::Ledger for Ledger {
    type Act = Act;
    const BOOK: Book = Book::Survey;
    const SEALED_TO: SubmissionId = SubmissionId::from_bytes([0xff; 16]);

    fn name_of(act: &Act) -> &'static str {
        act.name()
    }

    fn last(&self) -> u32 {
        self.last
    }

    fn take(&mut self, entry: Entry<Act>) {
        self.last = entry.number;
        match entry.act {
            Some(Act::Made { collector }) => {
                let known = Known {
                    made_ms: entry.at_ms,
                    ended_ms: None,
                    invited: 0,
                    refused: 0,
                    collector,
                };
                self.collectors.entry(known.collector.code.clone()).or_insert(known);
            }
            Some(Act::Ended { code }) => {
                if let Some(known) = self.collectors.get_mut(&code) {
                    known.ended_ms.get_or_insert(entry.at_ms);
                }
            }
            Some(Act::Counted { code, invited, refused }) => {
                if let Some(known) = self.collectors.get_mut(&code) {
                    known.invited += invited;
                    known.refused += refused;
                }
            }
            Some(Act::Invited { ticket }) => drop(self.tickets.insert(ticket)),
            Some(Act::Judged { id, question, is_cleared }) => {
                drop(self.judged.insert((id, question), is_cleared))
            }
            Some(Act::Frozen { name, file }) => {
                self.frozen.push(Frozen { name, file, at_ms: entry.at_ms, who: entry.who })
            }
            Some(Act::Published { name }) => self.published = Some(name),
            Some(Act::Unpublished) => self.published = None,
            None => self.unread += 1,
        }
    }
}

impl Ledger {
    /// Whether an invitation with this ticket was given out.
    pub fn knows(&self, ticket: Ticket) -> bool {
        self.tickets.contains(&ticket_mark(ticket))
    }

    /// The code for those whose inquiry was closed: the newest that was not ended.
    pub fn after_inquiry(&self) -> Option<&CollectorCode> {
        let open = self.collectors.values().filter(|known| {
            known.collector.code.way() == Way::AfterInquiry && known.ended_ms.is_none()
        });
        open.max_by_key(|known| known.made_ms).map(|known| &known.collector.code)
    }

    /// Since when there has been a way to ask after an inquiry.
    pub fn asks_after_inquiries_since_ms(&self) -> Option<u64> {
        let ways = self
            .collectors
            .values()
            .filter(|known| known.collector.code.way() == Way::AfterInquiry);
        ways.map(|known| known.made_ms).min()
    }

    /// What a person decided of a comment; nothing before they did.
    pub fn judgement(&self, id: SubmissionId, question: &QuestionId) -> Option<bool> {
        self.judged.get(&(id, question.clone())).copied()
    }

    /// The baseline whose figures everybody may see.
    pub fn published(&self) -> Option<&Frozen> {
        let name = self.published.as_ref()?;
        self.frozen.iter().find(|frozen| frozen.name == *name)
    }
}

/// What is kept of a ticket.
pub fn ticket_mark(ticket: Ticket) -> String {
    crate::keys::hex(&Sha256::digest(ticket.0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::Ledger as _;

    fn ledger(acts: impl IntoIterator<Item = Act>) -> Ledger {
        let mut ledger = Ledger::default();
        for (number, act) in (1..).zip(acts) {
            ledger.take(Entry {
                number,
                at_ms: u64::from(number) * 10,
                who: "ann".into(),
                act: Some(act),
            });
        }
        ledger
    }

    fn collector(name: &str) -> Collector {
        Collector { code: CollectorCode::new(Way::Paper, 5, [4; 16]), name: name.into(), hub: None }
    }

    #[test]
    fn a_collector_is_made_once_counts_and_ends_once() {
        let code = collector("").code;
        let counted = |invited, refused| Act::Counted { code: code.clone(), invited, refused };
        let ended = || Act::Ended { code: code.clone() };
        let ledger = ledger([
            Act::Made { collector: collector("sheets") },
            counted(20, 3),
            counted(5, 1),
            ended(),
            ended(),
            Act::Made { collector: collector("again") },
        ]);
        let known = &ledger.collectors[&code];
        assert_eq!(
            (
                known.collector.name.as_str(),
                known.made_ms,
                known.ended_ms,
                known.invited,
                known.refused
            ),
            ("sheets", 10, Some(40), 25, 4)
        );
        assert_eq!((ledger.last, ledger.unread), (6, 0));
    }

    #[test]
    fn the_last_word_on_a_comment_counts() {
        let (id, question) =
            (SubmissionId::from_parts(1, [1; 10]), QuestionId::parse("why").unwrap());
        let judged = |is_cleared| Act::Judged { id, question: question.clone(), is_cleared };
        assert_eq!(ledger([]).judgement(id, &question), None);
        assert_eq!(ledger([judged(true), judged(false)]).judgement(id, &question), Some(false));
    }

    #[test]
    fn only_what_was_frozen_can_be_published() {
        let frozen = || Act::Frozen { name: "2026".into(), file: "{}".into() };
        let published = |name: &str| Act::Published { name: name.into() };
        assert_eq!(ledger([frozen(), published("2025")]).published(), None);
        assert_eq!(
            ledger([frozen(), published("2026")]).published().map(|frozen| frozen.file.as_str()),
            Some("{}")
        );
        assert_eq!(ledger([frozen(), published("2026"), Act::Unpublished]).published(), None);
    }

    #[test]
    fn a_ticket_is_known_by_its_hash_alone() {
        let ledger = ledger([Act::Invited { ticket: ticket_mark(Ticket([1; 16])) }]);
        assert!(ledger.knows(Ticket([1; 16])) && !ledger.knows(Ticket([2; 16])));
        assert!(!format!("{ledger:?}").contains(&Ticket([1; 16]).to_string()));
    }
}
