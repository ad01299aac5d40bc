//! Counts of searches without a result, of reported errors in records, and of contacts that staff
//! counted, by month or day, in the memory of the server. Nothing shows when a single submission
//! was received, and nothing about one device or person is held.

use super::month::Month;
use crate::counter::contacts::{Contacts, SUMS_PER_DAY_MAX};
use domain::submission::{Content, CorrectedField};
use domain::{HubId, Language, ServiceId, SubmissionId, TaskId};
use std::collections::{BTreeMap, HashMap};

/// Different search terms held per month: far more than anybody reads, and a limit to what
/// strangers can fill.
const WORDS_PER_MONTH_MAX: usize = 2_000;
/// Different errors held per month: a service directory has some hundred records with nine fields
/// each.
const ERRORS_PER_MONTH_MAX: usize = 2_000;
/// Days between a contact's own day and its receipt, at most: a tablet may be offline for a season;
/// anything beyond is a wrong clock.
const CONTACT_DAYS_OFF_MAX: u64 = 400;
const DAY_MS: u64 = 86_400_000;

/// The counts, and how far submissions have been counted.
#[derive(Debug, Clone, Default)]
pub struct DemandCounts {
    /// Searches without a result, by month, language and term.
    pub searches: BTreeMap<(Month, Language, String), u64>,
    /// Searches with rare terms in months that exceed [`WORDS_PER_MONTH_MAX`].
    pub other_searches: BTreeMap<(Month, Language), u64>,
    /// The number of different terms held per month.
    words_held: BTreeMap<Month, usize>,
    /// Reported errors, by month, record and field.
    pub errors: BTreeMap<(Month, DemandRecord, &'static str), u64>,
    /// Reported errors in months that exceed [`ERRORS_PER_MONTH_MAX`].
    pub other_errors: BTreeMap<Month, u64>,
    errors_held: BTreeMap<Month, usize>,
    /// Contacts that staff counted at their counters, by the day of the contact.
    pub contacts: Contacts,
    /// Contacts in none of those counts: their day is far from that of receipt, or the day has too
    /// many different counts.
    pub other_contacts: u64,
    /// Submissions that no key opens.
    pub unopened: u64,
    /// All submissions that were counted.
    pub counted: u64,
    /// Recently counted submissions with their times in ms: the newest rows are read again, because
    /// some appear late.
    recent: HashMap<SubmissionId, u64>,
    newest_ms: u64,
}

/// The record that an error was reported on: a service, a location, or a step of a task at a
/// location.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct DemandRecord {
    /// The service, if the report names one.
    pub service: Option<ServiceId>,
    /// The location, if the report names one.
    pub hub: Option<HubId>,
    /// The task, if the report names one.
    pub task: Option<TaskId>,
    /// The step of the task, from one.
    pub step: Option<u8>,
}

impl DemandCounts {
    /// Submissions received since this time (ms) may not be counted yet; `late_ms` is how late one
    /// may appear.
    pub fn since_ms(&self, late_ms: u64) -> u64 {
        self.newest_ms.saturating_sub(late_ms)
    }

    /// Whether a recent submission was counted already.
    pub fn has(&self, id: SubmissionId) -> bool {
        self.recent.contains_key(&id)
    }

    /// Counts a submission once; `None` stands for one that does not open.
    pub fn count(&mut self, id: SubmissionId, at_ms: u64, month: Month, content: Option<Content>) {
        if self.recent.insert(id, at_ms).is_some() {
            return;
        }
        self.counted += 1;
        match content {
            Some(Content::Gap(gap)) => match gap.shown() {
                Some(gap) => self.count_search(month, gap.language(), gap.words()),
                None => *self.other_searches.entry((month, gap.language())).or_default() += 1,
            },
            Some(Content::Correction(correction)) => {
                let record = DemandRecord {
                    service: correction.service,
                    hub: correction.hub,
                    task: correction.task,
                    step: correction.step,
                };
                self.count_error((month, record, field_name(correction.field)));
            }
            Some(Content::Contact(contact)) => {
                let days_off =
                    i64::from(contact.on.days_since_1970()).abs_diff((at_ms / DAY_MS) as i64);
                if days_off > CONTACT_DAYS_OFF_MAX
                    || !self.contacts.count_within(contact, SUMS_PER_DAY_MAX)
                {
                    self.other_contacts += 1;
                }
            }
            Some(
                Content::Inquiry(_)
                | Content::Feedback(_)
                | Content::Tally(_)
                | Content::Addition(_),
            ) => {}
            None => self.unopened += 1,
        }
    }

    /// Strangers can name any record, so errors beyond a month's limit are only summed.
    fn count_error(&mut self, error: (Month, DemandRecord, &'static str)) {
        let month = error.0;
        if let Some(times) = self.errors.get_mut(&error) {
            *times += 1;
            return;
        }
        let held = self.errors_held.entry(month).or_default();
        if *held >= ERRORS_PER_MONTH_MAX {
            *self.other_errors.entry(month).or_default() += 1;
        } else {
            *held += 1;
            self.errors.insert(error, 1);
        }
    }

    /// Strangers can send any number of terms, so beyond a month's limit the rarest are summed to
    /// make room.
    fn count_search(&mut self, month: Month, language: Language, words: &str) {
        let key = (month, language, words.to_string());
        if let Some(times) = self.searches.get_mut(&key) {
            *times += 1;
            return;
        }
        if self.words_held.get(&month).is_some_and(|held| *held >= WORDS_PER_MONTH_MAX) {
            self.make_room(month);
        }
        *self.words_held.entry(month).or_default() += 1;
        self.searches.insert(key, 1);
    }

    /// Sums the rarest terms of a month and drops them.
    fn make_room(&mut self, month: Month) {
        let first = (month, Language::English, String::new());
        let of_month = self.searches.range(first..).take_while(|((of, ..), _)| *of == month);
        let least = of_month.clone().map(|(_, times)| *times).min().unwrap_or(0);
        let rare: Vec<(Month, Language, String)> =
            of_month.filter(|(_, times)| **times == least).map(|(key, _)| key.clone()).collect();
        if let Some(held) = self.words_held.get_mut(&month) {
            *held = held.saturating_sub(rare.len());
        }
        for key in rare {
            let times = self.searches.remove(&key).unwrap_or(0);
            *self.other_searches.entry((key.0, key.1)).or_default() += times;
        }
    }

    /// Ends a count that went up to `newest_ms`, and drops ids that will not be read again.
    pub fn counted_until(&mut self, newest_ms: u64, late_ms: u64) {
        self.newest_ms = self.newest_ms.max(newest_ms);
        let since_ms = self.since_ms(late_ms);
        self.recent.retain(|_, at_ms| *at_ms >= since_ms);
    }
}

/// The name of a field in addresses, the same as in exports.
pub fn field_name(field: CorrectedField) -> &'static str {
    match field {
        CorrectedField::Documents => "documents",
        CorrectedField::Fee => "fee",
        CorrectedField::Hours => "hours",
        CorrectedField::Phone => "phone",
        CorrectedField::Address => "address",
        CorrectedField::OnlinePage => "online-page",
        CorrectedField::Process => "process",
        CorrectedField::Gone => "gone",
        CorrectedField::Other => "other",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::gap::Gap;

    const LATE_MS: u64 = 1_000;

    #[test]
    fn an_entry_is_counted_once_however_often_it_is_read_and_then_forgotten() {
        let month = Month::parse("2026-11").unwrap();
        let gap = || Gap::of("hot air balloon", Language::English).map(Content::Gap);
        let id = |number| SubmissionId::from_parts(number, [0; 10]);
        let mut demand = DemandCounts::default();
        for (number, at_ms) in [(1, 5_000), (2, 9_500), (1, 5_000), (3, 9_900), (4, 9_950)] {
            demand.count(id(number), at_ms, month, if number == 4 { None } else { gap() });
        }
        demand.counted_until(9_950, LATE_MS);
        assert_eq!(
            demand.searches.into_iter().collect::<Vec<_>>(),
            [((month, Language::English, "hot air balloon".to_string()), 3)]
        );
        assert_eq!(
            (
                demand.unopened,
                demand.recent.contains_key(&id(1)),
                demand.recent.contains_key(&id(2))
            ),
            (1, false, true)
        );
        assert_eq!(demand.newest_ms, 9_950);
    }

    #[test]
    fn a_name_that_an_older_app_let_through_is_counted_and_never_held() {
        let month = Month::parse("2026-11").unwrap();
        let mut demand = DemandCounts::default();
        for (number, words) in ["i’m jane doe", "don’t know", "don't know"].iter().enumerate() {
            let gap = format!(r#"{{"gap":{{"words":"{words}","language":"en"}}}}"#);
            let content: Content = serde_json::from_str(&gap).unwrap();
            demand.count(SubmissionId::from_parts(number as u64, [0; 10]), 1, month, Some(content));
        }
        let searches: Vec<_> = demand.searches.into_iter().collect();
        assert_eq!(searches, [((month, Language::English, "don't know".into()), 2)]);
        assert_eq!(demand.other_searches[&(month, Language::English)], 1);
    }

    #[test]
    fn the_words_of_a_month_are_bounded_and_no_search_is_lost_from_the_sums() {
        let month = Month::parse("2026-11").unwrap();
        let mut demand = DemandCounts::default();
        let often = || Gap::of("hot air balloon", Language::English).map(Content::Gap);
        let mut number = 0;
        let mut count = |content| {
            number += 1;
            demand.count(SubmissionId::from_parts(number, [0; 10]), 1, month, content);
        };
        for at in 0..3 * WORDS_PER_MONTH_MAX {
            count(Gap::of(&format!("balloon {at}"), Language::French).map(Content::Gap));
            count(often());
        }
        let all: u64 = demand.searches.values().chain(demand.other_searches.values()).sum();
        assert_eq!(all, 6 * WORDS_PER_MONTH_MAX as u64);
        assert!(demand.searches.len() <= WORDS_PER_MONTH_MAX, "{}", demand.searches.len());
        let held = demand.searches.get(&(month, Language::English, "hot air balloon".into()));
        assert_eq!(held, Some(&(3 * WORDS_PER_MONTH_MAX as u64)), "what many look for stays");
    }

    #[test]
    fn what_a_stranger_makes_up_is_summed_and_held_by_nobody() {
        use domain::counter::{Channel, Contact, Outcome};
        use domain::hours::Date;
        use domain::submission::Correction;
        let month = Month::parse("2026-11").unwrap();
        let mut demand = DemandCounts::default();
        let at_ms = 1_795_000_000_000;
        let today = Date::from_days_since_1970((at_ms / DAY_MS) as i32);
        let id = |number: usize| SubmissionId::from_parts(number as u64, [0; 10]);
        for number in 0..ERRORS_PER_MONTH_MAX + 10 {
            let hub = Some(HubId::parse(&format!("hub-{number}")).unwrap());
            let correction = Correction {
                service: None,
                hub,
                task: None,
                step: None,
                field: CorrectedField::Hours,
                language: Language::English,
            };
            demand.count(id(number), at_ms, month, Some(Content::Correction(correction)));
        }
        assert_eq!(
            (demand.errors.len(), demand.other_errors.get(&month)),
            (ERRORS_PER_MONTH_MAX, Some(&10))
        );
        let contact = |number: usize, on| Contact {
            hub: HubId::parse(&format!("hub-{number}")).unwrap(),
            task: TaskId::parse("sell-dog-tag").unwrap(),
            on,
            channel: Channel::ALL[0],
            outcome: Outcome::Done,
            is_taken_back: false,
        };
        for number in 0..SUMS_PER_DAY_MAX + 10 {
            demand.count(
                id(100_000 + number),
                at_ms,
                month,
                Some(Content::Contact(contact(number, today))),
            );
        }
        demand.count(
            id(900_000),
            at_ms,
            month,
            Some(Content::Contact(contact(1, today.plus_days(4_000)))),
        );
        assert_eq!((demand.contacts.all().count(), demand.other_contacts), (SUMS_PER_DAY_MAX, 11));
    }

    #[test]
    fn a_field_has_the_same_name_as_where_it_is_kept() {
        for field in CorrectedField::OF_SERVICE.into_iter().chain(CorrectedField::OF_HUB) {
            assert_eq!(serde_json::to_value(field).unwrap(), field_name(field));
        }
    }

    #[test]
    fn what_may_still_appear_late_is_read_again() {
        let month = Month::parse("2026-11").unwrap();
        let mut demand = DemandCounts::default();
        let id = |number| SubmissionId::from_parts(number, [0; 10]);
        for (number, at_ms) in [(1, 8_949), (2, 8_950)] {
            demand.count(id(number), at_ms, month, None);
        }
        demand.counted_until(9_950, LATE_MS);
        assert_eq!(demand.since_ms(LATE_MS), 8_950);
        assert_eq!((demand.has(id(1)), demand.has(id(2)), demand.has(id(3))), (false, true, false));
        demand.counted_until(9_000, LATE_MS);
        assert_eq!(demand.since_ms(LATE_MS), 8_950, "never less");
        assert_eq!((demand.counted, demand.unopened), (2, 2));
    }

    #[test]
    fn an_error_that_many_report_is_one_line_of_its_month() {
        use domain::submission::Correction;
        let mut demand = DemandCounts::default();
        let (november, december) =
            (Month::parse("2026-11").unwrap(), Month::parse("2026-12").unwrap());
        for (number, month) in [(1, november), (2, november), (3, december)] {
            let correction = Correction {
                service: Some(sample::id("boat-permit")),
                hub: None,
                task: None,
                step: None,
                field: CorrectedField::Fee,
                language: Language::English,
            };
            let content = Some(Content::Correction(correction));
            demand.count(SubmissionId::from_parts(number, [0; 10]), 1, month, content);
        }
        let told: Vec<_> = demand
            .errors
            .iter()
            .map(|((month, record, field), times)| (*month, record.service.clone(), *field, *times))
            .collect();
        let permit = || Some(sample::id("boat-permit"));
        assert_eq!(told, [(november, permit(), "fee", 2), (december, permit(), "fee", 1)]);
    }

    #[test]
    fn a_contact_may_be_as_far_from_its_day_as_a_tablet_may_be_offline() {
        use domain::counter::{Channel, Contact, Outcome};
        let month = Month::parse("2026-11").unwrap();
        let mut demand = DemandCounts::default();
        let today = sample::date("2026-11-23");
        let at_ms = today.days_since_1970() as u64 * DAY_MS;
        for (number, days) in [(1, -401), (2, -400), (3, 400), (4, 401)] {
            let contact = Contact {
                hub: sample::id("town-hall"),
                task: sample::id("take-payment"),
                on: today.plus_days(days),
                channel: Channel::ALL[0],
                outcome: Outcome::Done,
                is_taken_back: false,
            };
            let content = Some(Content::Contact(contact));
            demand.count(SubmissionId::from_parts(number, [0; 10]), at_ms, month, content);
        }
        let days: Vec<_> = demand.contacts.all().map(|(day, ..)| day).collect();
        assert_eq!(days, [today.plus_days(-400), today.plus_days(400)]);
        assert_eq!(demand.other_contacts, 2);
    }
}
