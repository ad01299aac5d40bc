//! What staff did with the survey, act by act, and the state after all of them. Pure.

use crate::ledger::LedgerEntry;
use domain::collector::{CollectorCode, Ticket, Way};
use domain::{HubId, QuestionId, SubmissionId};
use insight::report::CollectorCount;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};

/// One thing that was done. Stored encrypted, as JSON: names are never changed, new ones may be
/// added.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "did", rename_all = "kebab-case")]
pub enum SurveyAct {
    /// A collector was created.
    Made {
        /// The collector.
        collector: Collector,
    },
    /// A collector was ended. From then on its answers do not count.
    Ended {
        /// The collector's code.
        code: CollectorCode,
    },
    /// Invitations were counted on a batch sheet.
    Counted {
        /// The collector's code.
        code: CollectorCode,
        /// How many people were invited.
        invited: u64,
        /// How many of them refused.
        refused: u64,
    },
    /// A person whose inquiry was closed was invited. Holds nothing of the inquiry.
    Invited {
        /// Hash of the invitation's ticket, in hex.
        ticket: String,
    },
    /// A comment was cleared for publication, or withheld.
    Judged {
        /// The submission that holds it.
        id: SubmissionId,
        /// The question that it answers.
        question: QuestionId,
        /// Cleared rather than withheld.
        is_cleared: bool,
    },
    /// A baseline was frozen.
    Frozen {
        /// Its name.
        name: String,
        /// The signed file, as it was issued.
        file: String,
    },
    /// The figures of a baseline were made public.
    Published {
        /// Its name.
        name: String,
    },
    /// The public figures were taken down.
    Unpublished,
}

impl SurveyAct {
    /// The act's name in the audit log.
    pub fn name(&self) -> &'static str {
        match self {
            SurveyAct::Made { .. } => "make collector",
            SurveyAct::Ended { .. } => "end collector",
            SurveyAct::Counted { .. } => "count invitations",
            SurveyAct::Invited { .. } => "invite to survey",
            SurveyAct::Judged { is_cleared: true, .. } => "clear comment",
            SurveyAct::Judged { is_cleared: false, .. } => "withhold comment",
            SurveyAct::Frozen { .. } => "freeze baseline",
            SurveyAct::Published { .. } => "publish figures",
            SurveyAct::Unpublished => "take figures back",
        }
    }
}

/// A collector: one channel of the survey at one place, with a code of its own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Collector {
    /// The code in its address.
    pub code: CollectorCode,
    /// The office's name for it: "Fair of Bobcaygeon, tablet 2".
    pub name: String,
    /// Its location, if it belongs to one.
    pub hub: Option<HubId>,
}

/// A collector with its state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    /// The collector.
    pub collector: Collector,
    /// When it was created, in milliseconds since 1970.
    pub made_ms: u64,
    /// When it was ended, in milliseconds since 1970; `None` while it is open.
    pub ended_ms: Option<u64>,
    /// Invitations from batch sheets; tablets report theirs as tallies.
    pub invited: u64,
    /// Refusals from batch sheets.
    pub refused: u64,
}

impl Known {
    /// Returns how many people were invited and how many of them refused: from batch sheets plus
    /// tallies of devices.
    pub fn asked(&self, counts: &[CollectorCount]) -> (u64, u64) {
        let counted = counts.iter().find(|count| count.collector == self.collector.code);
        let (invited, refused) = counted.map_or((0, 0), |count| (count.invited, count.refused));
        (self.invited + invited, self.refused + refused)
    }
}

/// A frozen baseline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frozen {
    /// Its name.
    pub name: String,
    /// The signed file.
    pub file: String,
    /// When it was frozen, in milliseconds since 1970.
    pub at_ms: u64,
    /// Who froze it.
    pub who: String,
}

/// The state after all acts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SurveyLedger {
    /// All collectors, ended ones included.
    pub collectors: BTreeMap<CollectorCode, Known>,
    tickets: BTreeSet<String>,
    judged: BTreeMap<(SubmissionId, QuestionId), bool>,
    /// All baselines, oldest first.
    pub frozen: Vec<Frozen>,
    published: Option<String>,
    /// The number of the newest act.
    pub last: u32,
    /// Acts that no key decrypts, or that a newer server wrote.
    pub unread: u32,
}

impl crate::ledger::LedgerSource for SurveyLedger {
    type Act = SurveyAct;
    const SEALED_TO: SubmissionId = SubmissionId::from_bytes([0xff; 16]);

    fn name_of(act: &SurveyAct) -> &'static str {
        act.name()
    }

    fn last(&self) -> u32 {
        self.last
    }

    fn take(&mut self, entry: LedgerEntry<SurveyAct>) {
        self.last = entry.number;
        match entry.act {
            Some(SurveyAct::Made { collector }) => {
                let known = Known {
                    made_ms: entry.at_ms,
                    ended_ms: None,
                    invited: 0,
                    refused: 0,
                    collector,
                };
                self.collectors.entry(known.collector.code.clone()).or_insert(known);
            }
            Some(SurveyAct::Ended { code }) => {
                if let Some(known) = self.collectors.get_mut(&code) {
                    known.ended_ms.get_or_insert(entry.at_ms);
                }
            }
            Some(SurveyAct::Counted { code, invited, refused }) => {
                if let Some(known) = self.collectors.get_mut(&code) {
                    known.invited += invited;
                    known.refused += refused;
                }
            }
            Some(SurveyAct::Invited { ticket }) => drop(self.tickets.insert(ticket)),
            Some(SurveyAct::Judged { id, question, is_cleared }) => {
                self.judged.insert((id, question), is_cleared);
            }
            Some(SurveyAct::Frozen { name, file }) => {
                self.frozen.push(Frozen { name, file, at_ms: entry.at_ms, who: entry.who })
            }
            Some(SurveyAct::Published { name }) => self.published = Some(name),
            Some(SurveyAct::Unpublished) => self.published = None,
            None => self.unread += 1,
        }
    }
}

impl SurveyLedger {
    /// Whether an invitation with this ticket was issued.
    pub fn knows(&self, ticket: Ticket) -> bool {
        self.tickets.contains(&ticket_mark(ticket))
    }

    /// The code for people whose inquiry was closed: that of the newest open collector for them;
    /// `None` if there is none.
    pub fn after_inquiry(&self) -> Option<&CollectorCode> {
        let open = self.collectors.values().filter(|known| {
            known.collector.code.way() == Way::AfterInquiry && known.ended_ms.is_none()
        });
        open.max_by_key(|known| known.made_ms).map(|known| &known.collector.code)
    }

    /// When the first collector for closed inquiries was created, in milliseconds since 1970;
    /// `None` if there was none.
    pub fn asks_after_inquiries_since_ms(&self) -> Option<u64> {
        let ways = self
            .collectors
            .values()
            .filter(|known| known.collector.code.way() == Way::AfterInquiry);
        ways.map(|known| known.made_ms).min()
    }

    /// Whether a comment was cleared for publication; `None` while undecided.
    pub fn judgement(&self, id: SubmissionId, question: &QuestionId) -> Option<bool> {
        self.judged.get(&(id, question.clone())).copied()
    }

    /// The baseline whose figures are public.
    pub fn published(&self) -> Option<&Frozen> {
        let name = self.published.as_ref()?;
        self.frozen.iter().find(|frozen| frozen.name == *name)
    }
}

/// The stored form of a ticket: its SHA-256, in hex.
pub fn ticket_mark(ticket: Ticket) -> String {
    hex::encode(Sha256::digest(ticket.0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::LedgerSource;

    fn ledger(acts: impl IntoIterator<Item = SurveyAct>) -> SurveyLedger {
        let mut ledger = SurveyLedger::default();
        for (number, act) in (1..).zip(acts) {
            ledger.take(LedgerEntry {
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
        let counted =
            |invited, refused| SurveyAct::Counted { code: code.clone(), invited, refused };
        let ended = || SurveyAct::Ended { code: code.clone() };
        let ledger = ledger([
            SurveyAct::Made { collector: collector("sheets") },
            counted(20, 3),
            counted(5, 1),
            ended(),
            ended(),
            SurveyAct::Made { collector: collector("again") },
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
        let judged = |is_cleared| SurveyAct::Judged { id, question: question.clone(), is_cleared };
        assert_eq!(ledger([]).judgement(id, &question), None);
        assert_eq!(ledger([judged(true), judged(false)]).judgement(id, &question), Some(false));
    }

    #[test]
    fn only_what_was_frozen_can_be_published() {
        let frozen = || SurveyAct::Frozen { name: "2026".into(), file: "{}".into() };
        let published = |name: &str| SurveyAct::Published { name: name.into() };
        assert_eq!(ledger([frozen(), published("2025")]).published(), None);
        assert_eq!(
            ledger([frozen(), published("2026")]).published().map(|frozen| frozen.file.as_str()),
            Some("{}")
        );
        assert_eq!(ledger([frozen(), published("2026"), SurveyAct::Unpublished]).published(), None);
    }

    #[test]
    fn a_ticket_is_known_by_its_hash_alone() {
        let ledger = ledger([SurveyAct::Invited { ticket: ticket_mark(Ticket([1; 16])) }]);
        assert!(ledger.knows(Ticket([1; 16])) && !ledger.knows(Ticket([2; 16])));
        assert!(!format!("{ledger:?}").contains(&Ticket([1; 16]).to_string()));
    }
    #[test]
    fn each_act_has_a_name_of_its_own_in_the_audit_log() {
        let code = collector("").code;
        let (id, question) =
            (SubmissionId::from_parts(1, [1; 10]), QuestionId::parse("why").unwrap());
        let judged = |is_cleared| SurveyAct::Judged { id, question: question.clone(), is_cleared };
        let acts = [
            SurveyAct::Made { collector: collector("sheets") },
            SurveyAct::Ended { code: code.clone() },
            SurveyAct::Counted { code, invited: 1, refused: 0 },
            SurveyAct::Invited { ticket: String::new() },
            judged(true),
            judged(false),
            SurveyAct::Frozen { name: "2026".into(), file: "{}".into() },
            SurveyAct::Published { name: "2026".into() },
            SurveyAct::Unpublished,
        ];
        let names: BTreeSet<&str> = acts.iter().map(SurveyLedger::name_of).collect();
        assert_eq!(names.len(), acts.len(), "{names:?}");
    }

    #[test]
    fn an_act_that_cannot_be_read_is_counted_and_keeps_its_number() {
        let mut ledger = ledger([SurveyAct::Unpublished]);
        for number in [2, 3] {
            ledger.take(LedgerEntry { number, at_ms: 20, who: "bo".into(), act: None });
        }
        assert_eq!((LedgerSource::last(&ledger), ledger.unread), (3, 2));
        assert_eq!(LedgerSource::last(&SurveyLedger::default()), 0);
    }

    #[test]
    fn people_are_asked_on_sheets_and_by_devices() {
        let sheets = collector("sheets");
        let counted = SurveyAct::Counted { code: sheets.code.clone(), invited: 20, refused: 3 };
        let ledger = ledger([SurveyAct::Made { collector: sheets.clone() }, counted]);
        let known = &ledger.collectors[&sheets.code];
        let count = |collector: CollectorCode| CollectorCount {
            collector,
            opened: 0,
            started: 0,
            invited: 5,
            refused: 2,
            completed: 0,
        };
        let other = CollectorCode::new(Way::Paper, 5, [6; 16]);
        assert_eq!(known.asked(&[count(other.clone()), count(sheets.code.clone())]), (25, 5));
        assert_eq!(known.asked(&[count(other)]), (20, 3));
    }

    #[test]
    fn closed_inquiries_get_the_newest_open_collector_and_are_asked_since_the_first() {
        let code = |way, chance| CollectorCode::new(way, 1, [chance; 16]);
        let made = |code: CollectorCode| SurveyAct::Made {
            collector: Collector { code, ..collector("after an inquiry") },
        };
        let ended = |code| SurveyAct::Ended { code };
        let after = [1, 2, 3].map(|chance| code(Way::AfterInquiry, chance));
        let acts = [
            made(code(Way::Poster, 1)),
            made(after[1].clone()),
            made(after[0].clone()),
            made(after[2].clone()),
            ended(after[2].clone()),
            made(code(Way::Paper, 4)),
        ];
        let all = ledger(acts.clone());
        assert_eq!(all.after_inquiry(), Some(&after[0]));
        assert_eq!(all.asks_after_inquiries_since_ms(), Some(20));
        let poster = ledger(acts[..1].to_vec());
        assert_eq!((poster.after_inquiry(), poster.asks_after_inquiries_since_ms()), (None, None));
        let ended = ledger([made(after[0].clone()), ended(after[0].clone())]);
        assert_eq!(ended.after_inquiry(), None);
        assert_eq!(ended.asks_after_inquiries_since_ms(), Some(10));
    }
}
