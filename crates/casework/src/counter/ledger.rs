//! The record of what staff did with tablets, counters and events, act by act, and the state after
//! all of them. Pure.

use crate::ledger::LedgerEntry;
use crate::promise::{PromiseRules, PromiseSubject};
use crate::templates::{ReplyTemplates, TemplateText};
use domain::catalogue::{Hub, Offering, Payment};
use domain::hours::{Date, Weekday};
use domain::tablet::QUICK_TASKS_MAX;
use domain::{HubId, SubmissionId, TaskId, TerminalId};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use subtle::ConstantTimeEq;

/// Days after which an unused enrolment code expires; it may have been left lying about.
pub const CODE_DAYS: u64 = 7;
const DAY_MS: u64 = 24 * 60 * 60 * 1_000;

/// One thing that was done. Stored encrypted, as JSON: names are never changed, new ones may be
/// added.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "did", rename_all = "kebab-case")]
pub enum CounterAct {
    /// A code was created that enrols one device as a tablet.
    CodeMade {
        /// Hash of the code, in hex.
        code: String,
        /// The tablet's name for people.
        name: String,
        /// Where the tablet will be used.
        hub: HubId,
    },
    /// A device was enrolled with a code.
    Enrolled {
        /// Hash of the code, in hex.
        code: String,
        /// The tablet's id.
        tablet: TerminalId,
        /// Hash of the tablet's secret, in hex.
        secret: String,
    },
    /// A tablet was assigned to another location.
    Moved {
        /// The tablet.
        tablet: TerminalId,
        /// The new location.
        hub: HubId,
    },
    /// A tablet was ended because it was lost, stolen or given away. It may still send what it has
    /// stored, and is no longer a tablet.
    TabletEnded {
        /// The tablet.
        tablet: TerminalId,
    },
    /// A person proposed a change to what a counter does. The act's number is the proposal's.
    Proposed {
        /// What is to change.
        change: CounterChange,
        /// Why.
        reason: String,
    },
    /// A proposal was approved, by another person than its author.
    Approved {
        /// The proposal's number.
        proposal: u32,
        /// Why.
        reason: String,
    },
    /// A proposal was declined, by another person than its author.
    Declined {
        /// The proposal's number.
        proposal: u32,
        /// Why.
        reason: String,
    },
    /// An event was created: a temporary location, with all its data.
    EventMade {
        /// The location.
        hub: Box<Hub>,
    },
    /// An event was cancelled.
    EventCancelled {
        /// The event's location.
        hub: HubId,
    },
    /// The tasks were chosen that tablets of a location show first.
    QuickListSet {
        /// The location.
        hub: HubId,
        /// The tasks; none if tablets show those done most.
        tasks: Vec<TaskId>,
    },
    /// A template of replies was saved. A new one has the act's number.
    TemplateSaved {
        /// The template that it is a new version of; `None` for a new one.
        template: Option<u32>,
        /// The new text.
        text: TemplateText,
    },
    /// A shorter promise of a first reply was set, or taken back.
    PromiseSet {
        /// What it applies to.
        subject: PromiseSubject,
        /// Working hours; `None` if what residents are told counts again.
        working_hours: Option<u32>,
    },
    /// A person chose whether to get the daily email.
    DigestSet {
        /// The person's login.
        login: String,
        /// Whether they get it.
        is_wanted: bool,
    },
    /// A server began to send the daily emails of a day. No other server does.
    DigestBegun {
        /// The day.
        day: Date,
    },
    /// A template of replies is not offered any more.
    TemplateRemoved {
        /// The template's number.
        template: u32,
    },
}

impl CounterAct {
    /// The act's name in the audit log.
    pub fn name(&self) -> &'static str {
        match self {
            CounterAct::CodeMade { .. } => "make tablet code",
            CounterAct::Enrolled { .. } => "enrol tablet",
            CounterAct::Moved { .. } => "move tablet",
            CounterAct::TabletEnded { .. } => "end tablet",
            CounterAct::Proposed { .. } => "propose counter change",
            CounterAct::Approved { .. } => "approve counter change",
            CounterAct::Declined { .. } => "decline counter change",
            CounterAct::EventMade { .. } => "make event",
            CounterAct::EventCancelled { .. } => "cancel event",
            CounterAct::QuickListSet { .. } => "set quick list",
            CounterAct::PromiseSet { .. } => "set promise",
            CounterAct::DigestSet { .. } => "choose daily email",
            CounterAct::DigestBegun { .. } => "send daily emails",
            CounterAct::TemplateSaved { .. } => "save reply template",
            CounterAct::TemplateRemoved { .. } => "remove reply template",
        }
    }
}

/// A change to how one location handles one task.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CounterChange {
    /// The location.
    pub hub: HubId,
    /// The task.
    pub task: TaskId,
    /// The new conditions; `None` if the task is no longer done there.
    pub offered: Option<Conditions>,
}

/// The conditions of an [`Offering`], without its task.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Conditions {
    /// The weekdays on which it is done; empty for all.
    #[serde(default)]
    pub days: Vec<Weekday>,
    /// Whether an appointment is needed.
    #[serde(default)]
    pub by_appointment: bool,
    /// The means of payment that are accepted.
    #[serde(default)]
    pub payments: Vec<Payment>,
    /// A note for the public.
    #[serde(default)]
    pub note: Option<String>,
}

impl Conditions {
    /// The conditions of a task at a location; `None` if the task is not done there.
    pub fn at(hub: &Hub, task: &TaskId) -> Option<Self> {
        let of = |offering: &Offering| Self {
            days: offering.days.clone(),
            by_appointment: offering.by_appointment,
            payments: offering.payments.clone(),
            note: offering.note.clone(),
        };
        hub.tasks.contains(task).then(|| hub.offering(task).map(of).unwrap_or_default())
    }

    /// The offering with these conditions; `None` if they say nothing beyond that the task is done.
    pub fn offering(&self, task: &TaskId) -> Option<Offering> {
        let Self { days, by_appointment, payments, note } = self.clone();
        (*self != Self::default()).then(|| Offering {
            task: task.clone(),
            days,
            by_appointment,
            payments,
            note,
        })
    }

    /// Whether it is done on some days only, or by appointment.
    pub fn is_limited(&self) -> bool {
        !self.days.is_empty() || self.by_appointment
    }
}

/// An enrolment code, as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Code {
    /// The tablet's name for people.
    pub name: String,
    /// Where the tablet will be used.
    pub hub: HubId,
    /// When it was created, in milliseconds since 1970.
    pub made_ms: u64,
    /// Who created it.
    pub who: String,
    /// The tablet that was enrolled with it; `None` if it is unused.
    pub used_by: Option<TerminalId>,
}

/// A staff tablet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tablet {
    /// Its name for people.
    pub name: String,
    /// Where it is used.
    pub hub: HubId,
    secret: Vec<u8>,
    /// When it was enrolled, in milliseconds since 1970.
    pub enrolled_ms: u64,
    /// When it was ended, in milliseconds since 1970; `None` while it is in use.
    pub ended_ms: Option<u64>,
}

impl Tablet {
    /// Checks a secret in constant time.
    pub fn has_secret(&self, secret: &[u8; 32]) -> bool {
        self.secret.ct_eq(&Sha256::digest(secret)[..]).into()
    }
}

/// A proposed change to what a counter does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposal {
    /// What is to change.
    pub change: CounterChange,
    /// The author's reason.
    pub reason: String,
    /// The author.
    pub who: String,
    /// When it was made, in milliseconds since 1970.
    pub at_ms: u64,
    /// `None` while it is undecided.
    pub decision: Option<Decision>,
}

/// A decision on a proposal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// Approved rather than declined.
    pub is_approved: bool,
    /// The reason given.
    pub reason: String,
    /// Who decided.
    pub who: String,
    /// When, in milliseconds since 1970.
    pub at_ms: u64,
}

/// An event: a temporary location.
#[derive(Debug, Clone, PartialEq)]
pub struct Announced {
    /// The location with its days.
    pub hub: Hub,
    /// Who created it.
    pub who: String,
    /// When it was created, in milliseconds since 1970.
    pub at_ms: u64,
    /// When it was cancelled, in milliseconds since 1970; `None` if it was not.
    pub cancelled_ms: Option<u64>,
}

/// The state after all acts.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct CounterLedger {
    /// Enrolment codes by the hash of the code, in hex.
    pub codes: BTreeMap<String, Code>,
    /// All tablets, ended ones included.
    pub tablets: BTreeMap<TerminalId, Tablet>,
    /// All proposals by number.
    pub proposals: BTreeMap<u32, Proposal>,
    /// The proposal in effect for a task at a location: the one approved last.
    pub standing: BTreeMap<(HubId, TaskId), u32>,
    /// All events, cancelled ones included.
    pub events: BTreeMap<HubId, Announced>,
    /// The tasks that tablets of a location show first.
    pub quick_lists: BTreeMap<HubId, Vec<TaskId>>,
    /// The templates of replies.
    pub templates: ReplyTemplates,
    /// Shorter promises of departments and services.
    pub promises: PromiseRules,
    /// The logins of those who do not want the daily email.
    pub without_digest: BTreeSet<String>,
    /// The last day whose daily emails were begun.
    pub digest_day: Option<Date>,
    /// How often these acts changed the service directory. It only grows, and is added to the
    /// edition's number.
    pub changes: u32,
    /// When they last changed it, in milliseconds since 1970; never set back.
    pub changed_ms: u64,
    /// The number of the newest act.
    pub last: u32,
    /// Acts that no key decrypts, or that a newer server wrote.
    pub unread: u32,
}

impl crate::ledger::LedgerSource for CounterLedger {
    type Act = CounterAct;
    const SEALED_TO: SubmissionId = SubmissionId::from_bytes([0xfe; 16]);

    fn name_of(act: &CounterAct) -> &'static str {
        act.name()
    }

    fn last(&self) -> u32 {
        self.last
    }

    fn take(&mut self, LedgerEntry { number, at_ms, who, act }: LedgerEntry<CounterAct>) {
        self.last = number;
        match act {
            Some(CounterAct::CodeMade { code, name, hub }) => {
                let made = Code { name, hub, made_ms: at_ms, who, used_by: None };
                self.codes.entry(code).or_insert(made);
            }
            Some(CounterAct::Enrolled { code, tablet, secret }) => {
                self.enrol(&code, tablet, &secret, at_ms)
            }
            Some(CounterAct::Moved { tablet, hub }) => {
                if let Some(tablet) = self.tablets.get_mut(&tablet) {
                    tablet.hub = hub;
                }
            }
            Some(CounterAct::TabletEnded { tablet }) => {
                if let Some(tablet) = self.tablets.get_mut(&tablet) {
                    tablet.ended_ms.get_or_insert(at_ms);
                }
            }
            Some(CounterAct::Proposed { change, reason }) => drop(
                self.proposals
                    .insert(number, Proposal { change, reason, who, at_ms, decision: None }),
            ),
            Some(CounterAct::Approved { proposal, reason }) => {
                self.decide(proposal, Decision { is_approved: true, reason, who, at_ms })
            }
            Some(CounterAct::Declined { proposal, reason }) => {
                self.decide(proposal, Decision { is_approved: false, reason, who, at_ms })
            }
            Some(CounterAct::EventMade { hub }) => {
                if !self.events.contains_key(&hub.id) {
                    self.events.insert(
                        hub.id.clone(),
                        Announced { hub: *hub, who, at_ms, cancelled_ms: None },
                    );
                    self.changed(at_ms);
                }
            }
            Some(CounterAct::EventCancelled { hub }) => {
                if let Some(event) =
                    self.events.get_mut(&hub).filter(|event| event.cancelled_ms.is_none())
                {
                    event.cancelled_ms = Some(at_ms);
                    self.changed(at_ms);
                }
            }
            Some(CounterAct::QuickListSet { hub, mut tasks }) => {
                tasks.truncate(QUICK_TASKS_MAX);
                drop(self.quick_lists.insert(hub, tasks));
            }
            Some(act) => self.take_office(act, number, (who, at_ms)),
            None => self.unread += 1,
        }
    }
}

impl CounterLedger {
    /// Applies an act on how inquiries are answered.
    fn take_office(&mut self, act: CounterAct, number: u32, (who, at_ms): (String, u64)) {
        match act {
            CounterAct::TemplateSaved { template, text } => {
                self.templates.save((number, template), text, (who, at_ms));
            }
            CounterAct::PromiseSet { subject, working_hours } => {
                self.promises.set(subject, working_hours);
            }
            CounterAct::DigestSet { login, is_wanted: true } => {
                self.without_digest.remove(&login);
            }
            CounterAct::DigestSet { login, is_wanted: false } => {
                self.without_digest.insert(login);
            }
            CounterAct::DigestBegun { day } => {
                self.digest_day = self.digest_day.max(Some(day));
            }
            CounterAct::TemplateRemoved { template } => self.templates.remove(template),
            _ => {}
        }
    }

    /// Looks up an enrolment code by its hash; `None` if it is unknown, used or expired.
    pub fn good_code(&self, code: &str, now_ms: u64) -> Option<&Code> {
        self.codes
            .get(code)
            .filter(|code| code.used_by.is_none() && now_ms < code.made_ms + CODE_DAYS * DAY_MS)
    }

    /// Whether `who` may decide a proposal: it must be undecided, and nobody decides their own.
    pub fn may_decide(&self, proposal: u32, who: &str) -> bool {
        self.proposals
            .get(&proposal)
            .is_some_and(|proposal| proposal.decision.is_none() && proposal.who != who)
    }

    /// The approved changes, one per task and location.
    pub fn approved(&self) -> impl Iterator<Item = (u32, &Proposal)> {
        self.standing
            .values()
            .filter_map(|number| self.proposals.get(number).map(|proposal| (*number, proposal)))
    }

    /// The proposals that wait for a decision.
    pub fn waiting(&self) -> impl Iterator<Item = (u32, &Proposal)> {
        self.proposals
            .iter()
            .filter(|(_, proposal)| proposal.decision.is_none())
            .map(|(number, proposal)| (*number, proposal))
    }

    fn enrol(&mut self, code: &str, tablet: TerminalId, secret: &str, at_ms: u64) {
        let Some(known) = self.codes.get_mut(code).filter(|known| known.used_by.is_none()) else {
            return;
        };
        let Some(secret) = hex::decode(secret).ok().filter(|_| !self.tablets.contains_key(&tablet))
        else {
            return;
        };
        known.used_by = Some(tablet.clone());
        let made = Tablet {
            name: known.name.clone(),
            hub: known.hub.clone(),
            secret,
            enrolled_ms: at_ms,
            ended_ms: None,
        };
        self.tablets.insert(tablet, made);
    }

    fn decide(&mut self, number: u32, decision: Decision) {
        if !self.may_decide(number, &decision.who) {
            return;
        }
        let Some(proposal) = self.proposals.get_mut(&number) else { return };
        let (is_approved, at_ms) = (decision.is_approved, decision.at_ms);
        let of = (proposal.change.hub.clone(), proposal.change.task.clone());
        proposal.decision = Some(decision);
        if is_approved {
            self.standing.insert(of, number);
            self.changed(at_ms);
        }
    }

    fn changed(&mut self, at_ms: u64) {
        self.changes += 1;
        self.changed_ms = self.changed_ms.max(at_ms);
    }
}

/// The stored form of a code or a secret: its SHA-256, in hex.
pub fn mark(secret: &[u8]) -> String {
    hex::encode(Sha256::digest(secret))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::LedgerSource;

    fn ledger<'a>(acts: impl IntoIterator<Item = (&'a str, CounterAct)>) -> CounterLedger {
        let mut ledger = CounterLedger::default();
        for (number, (who, act)) in (1..).zip(acts) {
            ledger.take(LedgerEntry {
                number,
                at_ms: u64::from(number) * 10,
                who: who.into(),
                act: Some(act),
            });
        }
        ledger
    }

    fn hub(name: &str) -> HubId {
        HubId::parse(name).unwrap()
    }

    fn tablet(name: &str) -> TerminalId {
        TerminalId::parse(name).unwrap()
    }

    fn code_made() -> CounterAct {
        CounterAct::CodeMade { code: mark(b"A"), name: "Fair, 1".into(), hub: hub("town-hall") }
    }

    fn enrolled(code: &[u8], name: &str, secret: u8) -> CounterAct {
        CounterAct::Enrolled { code: mark(code), tablet: tablet(name), secret: mark(&[secret; 32]) }
    }

    fn proposed(offered: Option<Conditions>) -> CounterAct {
        CounterAct::Proposed {
            change: CounterChange {
                hub: hub("town-hall"),
                task: TaskId::parse("sell").unwrap(),
                offered,
            },
            reason: "people ask".into(),
        }
    }

    #[test]
    fn a_code_makes_one_tablet_and_none_after_a_week() {
        let made = ledger([("ann", code_made())]);
        let week_ms = 604_800_000;
        assert!(made.good_code(&mark(b"A"), 10 + week_ms - 1).is_some());
        assert!(made.good_code(&mark(b"A"), 10 + week_ms).is_none());
        assert!(made.good_code(&mark(b"B"), 10).is_none());
        let used = ledger([
            ("ann", code_made()),
            ("", enrolled(b"A", "tablet-1", 1)),
            ("", enrolled(b"A", "tablet-2", 2)),
            ("", enrolled(b"B", "tablet-3", 3)),
        ]);
        assert_eq!(
            used.tablets.keys().map(TerminalId::as_str).collect::<Vec<_>>(),
            ["tablet-1"],
            "the second with the code, and one without"
        );
        assert!(used.good_code(&mark(b"A"), 11).is_none());
        let one = &used.tablets[&tablet("tablet-1")];
        assert!(one.has_secret(&[1; 32]) && !one.has_secret(&[2; 32]));
        assert_eq!(
            (one.name.as_str(), one.hub.as_str(), one.enrolled_ms),
            ("Fair, 1", "town-hall", 20)
        );
        assert!(
            !format!("{used:?}").contains(&hex::encode([1; 32])),
            "a secret is kept as its hash"
        );
    }

    #[test]
    fn a_tablet_moves_and_ends_once() {
        let moved =
            |to: &str| ("ann", CounterAct::Moved { tablet: tablet("tablet-1"), hub: hub(to) });
        let ended = || ("ann", CounterAct::TabletEnded { tablet: tablet("tablet-1") });
        let ledger = ledger([
            ("ann", code_made()),
            ("", enrolled(b"A", "tablet-1", 1)),
            moved("boat-house"),
            ended(),
            ended(),
            moved("town-hall"),
        ]);
        let one = &ledger.tablets[&tablet("tablet-1")];
        assert_eq!((one.hub.as_str(), one.ended_ms, ledger.changes), ("town-hall", Some(40), 0));
    }

    #[test]
    fn a_change_needs_two_people_and_only_an_approved_one_changes_the_catalogue() {
        let approved = |proposal| CounterAct::Approved { proposal, reason: String::new() };
        let alone = ledger([("ann", proposed(None)), ("ann", approved(1))]);
        assert_eq!(
            (alone.changes, alone.approved().count(), alone.waiting().count()),
            (0, 0, 1),
            "nobody approves what they proposed"
        );
        let declined = CounterAct::Declined { proposal: 1, reason: "not so".into() };
        let ledger = ledger([
            ("ann", proposed(None)),
            ("bo", declined),
            ("bo", approved(1)),
            ("ann", proposed(Some(Conditions::default()))),
            ("ann", proposed(Some(Conditions { by_appointment: true, ..Conditions::default() }))),
            ("bo", approved(4)),
            ("bo", approved(5)),
            ("bo", approved(4)),
            ("bo", approved(9)),
        ]);
        assert_eq!(
            ledger.proposals[&1].decision.as_ref().map(|decision| decision.is_approved),
            Some(false),
            "the first word stands"
        );
        assert_eq!((ledger.changes, ledger.changed_ms, ledger.waiting().count()), (2, 70, 0));
        assert_eq!(
            ledger.approved().map(|(number, _)| number).collect::<Vec<_>>(),
            [5],
            "the last that was approved"
        );
    }
    #[test]
    fn each_act_has_a_name_of_its_own_in_the_audit_log() {
        let (code, tablet, reason) = (mark(b"A"), tablet("tablet-1"), String::new());
        let acts = [
            code_made(),
            CounterAct::Enrolled { code, tablet: tablet.clone(), secret: mark(b"B") },
            CounterAct::Moved { tablet: tablet.clone(), hub: hub("boat-house") },
            CounterAct::TabletEnded { tablet },
            proposed(None),
            CounterAct::Approved { proposal: 1, reason: reason.clone() },
            CounterAct::Declined { proposal: 1, reason },
            CounterAct::EventMade { hub: Box::new(sample::hub("fair")) },
            CounterAct::EventCancelled { hub: hub("fair") },
            CounterAct::QuickListSet { hub: hub("fair"), tasks: Vec::new() },
            CounterAct::TemplateRemoved { template: 1 },
            CounterAct::PromiseSet { subject: roads(), working_hours: None },
            CounterAct::DigestSet { login: "ann".into(), is_wanted: true },
            CounterAct::DigestBegun { day: sample::date("2026-12-01") },
        ];
        let names: BTreeSet<&str> = acts.iter().map(CounterLedger::name_of).collect();
        assert_eq!(names.len(), acts.len(), "{names:?}");
    }

    fn roads() -> PromiseSubject {
        PromiseSubject::Department { department: "Roads".into() }
    }

    #[test]
    fn promises_and_daily_emails_are_as_they_were_set_last() {
        let set = |hours| CounterAct::PromiseSet { subject: roads(), working_hours: hours };
        let wants = |is_wanted| CounterAct::DigestSet { login: "bo".into(), is_wanted };
        let begun = |day| CounterAct::DigestBegun { day: sample::date(day) };
        let acts = [set(Some(4)), wants(false), begun("2026-12-02"), begun("2026-12-01")];
        let state = ledger(acts.map(|act| ("ann", act)));
        assert_eq!(state.promises.all().next(), Some((&roads(), 4)));
        assert!(state.without_digest.contains("bo") && state.changes == 0);
        assert_eq!(state.digest_day, Some(sample::date("2026-12-02")), "no day is sent again");
        let back = ledger([("ann", set(Some(4))), ("ann", set(None)), ("bo", wants(true))]);
        assert_eq!((back.promises.all().count(), back.without_digest.len()), (0, 0));
        let stored = serde_json::to_string(&set(Some(4))).unwrap();
        assert_eq!(serde_json::from_str::<CounterAct>(&stored).ok(), Some(set(Some(4))));
    }

    #[test]
    fn an_act_that_cannot_be_read_is_counted_and_keeps_its_number() {
        let mut ledger = ledger([("ann", code_made())]);
        for number in [2, 3] {
            ledger.take(LedgerEntry { number, at_ms: 20, who: "bo".into(), act: None });
        }
        assert_eq!((LedgerSource::last(&ledger), ledger.unread), (3, 2));
        assert_eq!(LedgerSource::last(&CounterLedger::default()), 0);
    }

    #[test]
    fn an_event_is_made_and_cancelled_once() {
        let made = || CounterAct::EventMade { hub: Box::new(sample::hub("fair")) };
        let cancelled = || CounterAct::EventCancelled { hub: hub("fair") };
        let ledger =
            ledger([cancelled(), made(), made(), cancelled(), cancelled()].map(|act| ("ann", act)));
        let event = &ledger.events[&hub("fair")];
        assert_eq!((event.at_ms, event.cancelled_ms), (20, Some(40)));
        assert_eq!((ledger.changes, ledger.changed_ms), (2, 40));
    }

    #[test]
    fn the_time_of_the_last_change_is_never_set_back() {
        let mut ledger = CounterLedger::default();
        for (number, name, at_ms) in [(1, "fair", 90), (2, "market", 50)] {
            let act = Some(CounterAct::EventMade { hub: Box::new(sample::hub(name)) });
            ledger.take(LedgerEntry { number, at_ms, who: "ann".into(), act });
        }
        assert_eq!((ledger.changes, ledger.changed_ms), (2, 90));
    }

    #[test]
    fn conditions_are_those_of_the_offering_and_nothing_is_said_without_any() {
        let town = sample::checked(|_| {});
        let hall = town.hub(&hub("town-hall")).unwrap();
        let at = |task| Conditions::at(hall, &TaskId::parse(task).unwrap());
        let paid = at("take-payment").unwrap();
        assert_eq!(
            (paid.days.as_slice(), paid.by_appointment),
            ([Weekday::Friday].as_slice(), true)
        );
        assert_eq!(paid.offering(&hall.offerings[0].task).as_ref(), hall.offerings.first());
        let plain = at("issue-dog-licence");
        assert_eq!(plain, Some(Conditions::default()));
        assert_eq!(Conditions::default().offering(&hall.offerings[0].task), None);
        assert_eq!(at("inspect-kitchen"), None, "it is not done there");
    }

    #[test]
    fn some_days_or_an_appointment_are_a_limit_and_payments_are_none() {
        let plain = Conditions { payments: Payment::ALL.to_vec(), ..Conditions::default() };
        assert!(!plain.is_limited());
        let days = vec![Weekday::Monday];
        assert!(Conditions { by_appointment: true, ..plain.clone() }.is_limited());
        assert!(Conditions { days, ..plain }.is_limited());
    }
}
