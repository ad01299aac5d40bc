//! Compares the figures with numbers that were counted by hand.

use super::*;

fn month(text: &str) -> Month {
    Month::parse(text).unwrap()
}

impl Figures {
    /// The figures of a municipality that has had no other inquiries than these.
    fn of(facts: &[Fact<'_>], period: Period) -> Self {
        Self::since(facts.iter().map(|fact| fact.month).min(), facts, period)
    }
}

fn fact<'a>(month_of: &str, service: &'a str, promise: PromiseState) -> Fact<'a> {
    Fact {
        month: month(month_of),
        service,
        hub: "",
        department: "Tax",
        channel: "email",
        language: "en",
        came_by: "app",
        promise,
        outcome: None,
        replied_minutes: None,
        closed_minutes: None,
    }
}

fn period(from: &str, to: &str) -> Period {
    Period { from: month(from), to: month(to) }
}

fn of(figures: &Figures, by: FigureGrouping) -> &[Line] {
    &figures.sections.iter().find(|(of, _)| *of == by).unwrap().1
}

fn times(count: usize, fact: Fact<'_>) -> Vec<Fact<'_>> {
    vec![fact; count]
}

#[test]
fn inquiries_are_counted_by_month_and_only_those_of_the_period() {
    let facts = [
        times(12, fact("2026-09", "dogs", PromiseState::InTime)),
        times(20, fact("2026-10", "dogs", PromiseState::InTime)),
        times(11, fact("2026-11", "", PromiseState::NotYet)),
    ];
    let figures = Figures::of(&facts.concat(), period("2026-10", "2026-11"));
    assert_eq!(figures.all, Seen::Shown(31));
    let lines: Vec<_> = of(&figures, FigureGrouping::Month)
        .iter()
        .map(|line| (line.key.clone(), line.all))
        .collect();
    assert_eq!(
        lines,
        [
            (Key::Of("2026-10".into()), Seen::Shown(20)),
            (Key::Of("2026-11".into()), Seen::Shown(11))
        ]
    );
    let lines: Vec<_> = of(&figures, FigureGrouping::Service)
        .iter()
        .map(|line| (line.key.clone(), line.all))
        .collect();
    assert_eq!(
        lines,
        [(Key::Of("dogs".into()), Seen::Shown(20)), (Key::Of(String::new()), Seen::Shown(11))]
    );
}

#[test]
fn months_without_an_inquiry_stand_there_but_not_those_before_the_first_of_all() {
    let facts = [
        times(12, fact("2026-09", "dogs", PromiseState::InTime)),
        times(20, fact("2026-11", "dogs", PromiseState::InTime)),
    ]
    .concat();
    let months = |from| {
        of(&Figures::of(&facts, period(from, "2026-11")), FigureGrouping::Month)
            .iter()
            .map(|line| line.key.clone())
            .collect::<Vec<_>>()
    };
    let all = ["2026-09", "2026-10", "2026-11"].map(|month| Key::Of(month.into()));
    assert_eq!(months("2026-01"), all);
    assert_eq!(months("2026-10"), all[1..]);
}

#[test]
fn what_comes_after_the_largest_twenty_is_added_up() {
    let facts: Vec<Fact> = (0..24)
        .flat_map(|number| {
            times(
                30 - number,
                fact("2026-11", format!("s{number:02}").leak(), PromiseState::NotYet),
            )
        })
        .collect();
    let figures = Figures::of(&facts, period("2026-11", "2026-11"));
    let lines = of(&figures, FigureGrouping::Service);
    assert_eq!(
        (lines.len(), &lines[0].key, lines[0].all),
        (21, &Key::Of("s00".into()), Seen::Shown(30))
    );
    // 10 + 9 + 8 + 7.
    assert_eq!((&lines[20].key, lines[20].all), (&Key::Others(4), Seen::Shown(34)));
}

#[test]
fn a_service_of_few_is_hidden_with_the_next_smallest_and_stands_by_its_name() {
    let facts = [
        times(30, fact("2026-11", "z", PromiseState::InTime)),
        times(20, fact("2026-11", "b", PromiseState::InTime)),
        times(2, fact("2026-11", "c", PromiseState::Late)),
    ];
    let figures = Figures::of(&facts.concat(), period("2026-11", "2026-11"));
    let lines: Vec<_> = of(&figures, FigureGrouping::Service)
        .iter()
        .map(|line| (line.key.clone(), line.all))
        .collect();
    assert_eq!(
        lines,
        [
            (Key::Of("z".into()), Seen::Shown(30)),
            (Key::Of("b".into()), Seen::Hidden),
            (Key::Of("c".into()), Seen::Hidden)
        ]
    );
    assert!(
        of(&figures, FigureGrouping::Service)[1].promises.iter().all(|seen| *seen == Seen::Hidden)
    );
}

#[test]
fn half_and_nine_in_ten_by_the_nearest_rank() {
    let both = [Seen::Shown(10), Seen::Shown(10)];
    let minutes = (1..=20).rev().collect();
    assert_eq!(
        spread(minutes, &both),
        Some(Spread { count: 20, is_at_least: false, median: 10, ninetieth: 18 })
    );
    assert_eq!(
        spread(vec![7; 5], &[Seen::Marked(5)]),
        Some(Spread { count: 5, is_at_least: false, median: 7, ninetieth: 7 })
    );
    assert_eq!(spread(vec![7; 4], &[Seen::Hidden]), None);
    assert_eq!(spread(Vec::new(), &[Seen::Shown(12)]), None);
    let hidden = spread((1..=11).collect(), &[Seen::Marked(9), Seen::Hidden]).unwrap();
    assert_eq!(
        (hidden.count, hidden.is_at_least, hidden.median, hidden.ninetieth),
        (9, true, 6, 10),
        "11 less 9 would be the 2"
    );
}

#[test]
fn times_are_measured_where_there_was_a_promise() {
    let timed = |promise, minutes| Fact {
        replied_minutes: Some(minutes),
        ..fact("2026-11", "dogs", promise)
    };
    let facts = [
        times(20, timed(PromiseState::InTime, 60)),
        times(15, timed(PromiseState::Late, 1_200)),
        times(10, timed(PromiseState::Without, 9_000)),
    ];
    let figures = Figures::of(&facts.concat(), period("2026-11", "2026-11"));
    assert_eq!(
        figures.to_reply,
        Some(Spread { count: 35, is_at_least: false, median: 60, ninetieth: 1_200 })
    );
}

#[test]
fn outcomes_are_counted_and_the_open_ones_beside_them() {
    let closed = |outcome| Fact {
        outcome: Some(outcome),
        closed_minutes: Some(90),
        ..fact("2026-11", "dogs", PromiseState::InTime)
    };
    let facts = [
        times(12, closed(CaseOutcome::Answered)),
        times(7, closed(CaseOutcome::NoWord)),
        times(10, fact("2026-11", "dogs", PromiseState::NotYet)),
    ];
    let figures = Figures::of(&facts.concat(), period("2026-11", "2026-11"));
    // 12 answered, 7 without a reaction, 10 open; none done, elsewhere, duplicate or withdrawn.
    let hidden = Seen::Hidden;
    assert_eq!(
        figures.outcomes,
        [Seen::Shown(12), hidden, hidden, hidden, hidden, hidden, Seen::Shown(10)]
    );
    assert_eq!(figures.to_close.map(|spread| (spread.count, spread.is_at_least)), Some((12, true)));
}

#[test]
fn what_was_withdrawn_does_not_count_as_closed_soon() {
    assert_eq!(CaseOutcome::ALL.last(), Some(&CaseOutcome::Withdrawn));
    let closed = |outcome, minutes| Fact {
        outcome: Some(outcome),
        closed_minutes: Some(minutes),
        ..fact("2026-11", "dogs", PromiseState::InTime)
    };
    let facts = [
        times(30, closed(CaseOutcome::Answered, 90)),
        times(20, closed(CaseOutcome::Done, 600)),
        times(60, closed(CaseOutcome::Withdrawn, 1)),
        times(10, closed(CaseOutcome::NoWord, 900)),
    ];
    let figures = Figures::of(&facts.concat(), period("2026-11", "2026-11"));
    let to_close = figures.to_close.map(|spread| (spread.median, spread.ninetieth));
    assert_eq!(to_close, Some((90, 900)));
    assert_eq!(figures.outcomes[CaseOutcome::Withdrawn as usize], Seen::Shown(60));
}

#[test]
fn each_table_counts_by_its_own_part_of_an_inquiry() {
    let other = Fact {
        service: "boats",
        hub: "library",
        department: "Parks",
        channel: "phone",
        language: "fr",
        came_by: "letter",
        ..fact("2026-10", "", PromiseState::InTime)
    };
    let facts = [times(12, fact("2026-11", "dogs", PromiseState::InTime)), times(20, other)];
    let figures = Figures::of(&facts.concat(), period("2026-10", "2026-11"));
    let values = |by| -> Vec<(Key, Seen)> {
        of(&figures, by).iter().map(|line| (line.key.clone(), line.all)).collect()
    };
    for (by, most, fewer) in [
        (FigureGrouping::Month, "2026-10", "2026-11"),
        (FigureGrouping::Department, "Parks", "Tax"),
        (FigureGrouping::Service, "boats", "dogs"),
        (FigureGrouping::Hub, "library", ""),
        (FigureGrouping::Channel, "phone", "email"),
        (FigureGrouping::Language, "fr", "en"),
        (FigureGrouping::CameBy, "letter", "app"),
    ] {
        let line = |key: &str, count| (Key::Of(key.into()), Seen::Shown(count));
        assert_eq!(values(by), [line(most, 20), line(fewer, 12)], "{by:?}");
    }
    let names: std::collections::BTreeSet<_> = FigureGrouping::ALL.map(|by| by.name()).into();
    assert_eq!(names.len(), FigureGrouping::ALL.len(), "{names:?}");
}

#[test]
fn sums_that_are_joined_have_the_promises_and_outcomes_of_both() {
    let sums = |facts: &[(PromiseState, Option<CaseOutcome>)]| {
        let mut sums = FigureSums::default();
        for (promise, outcome) in facts {
            sums.add(&Fact { outcome: *outcome, ..fact("2026-11", "dogs", *promise) });
        }
        sums
    };
    let done = (PromiseState::InTime, Some(CaseOutcome::Done));
    let (late, open) = ((PromiseState::Late, None), (PromiseState::NotYet, None));
    let mut all = sums(&[done, done, late]);
    all.join(&sums(&[done, late, open]));
    assert_eq!(all.promises, [3, 2, 0, 1, 0]);
    assert_eq!(all.outcomes, [0, 3, 0, 0, 0, 0, 3], "the last are open");
    assert_eq!(all.all(), 6);
}

#[test]
fn twenty_one_lines_are_all_told() {
    let facts: Vec<Fact> = (0..=LINES_MAX)
        .flat_map(|number| {
            times(12, fact("2026-11", format!("s{number:02}").leak(), PromiseState::NotYet))
        })
        .collect();
    let figures = Figures::of(&facts, period("2026-11", "2026-11"));
    let lines = of(&figures, FigureGrouping::Service);
    assert!(lines.iter().all(|line| matches!(line.key, Key::Of(_))), "one is not added up");
    assert_eq!(lines.len(), LINES_MAX + 1);
}

#[test]
fn an_inquiry_counts_by_what_lists_read_of_it() {
    use crate::inquiry::Inquiry;
    use domain::contact::{EmailAddress, PhoneNumber};
    use domain::inquiry::{ReplyTo, ValidInquiry};
    let zone = Zone::of("America/Toronto");
    let channel = |reply_to: ReplyTo| {
        let said = ValidInquiry {
            service: Some(sample::id("dog-licence")),
            hub: Some(sample::id("library")),
            message: "When?".into(),
            name: None,
            reply_to,
            language: domain::Language::French,
            notice_version: 1,
        };
        let at_ms = zone.ms(sample::moment("2026-11-30 23:30"));
        let id = domain::SubmissionId::from_parts(7, [1; 10]);
        let inquiry = Inquiry::received(id, at_ms, said, "Clerk".into());
        let listed = ListedInquiry::Active(inquiry.into());
        let fact = Fact::of(&listed, &zone, sample::moment("2026-12-01 09:00"));
        assert_eq!((fact.month, fact.department), (month("2026-11"), "Clerk"));
        assert_eq!((fact.service, fact.hub), ("dog-licence", "library"));
        assert_eq!((fact.language, fact.came_by), ("fr", "app"));
        assert_eq!((fact.promise, fact.outcome), (PromiseState::Without, None));
        fact.channel
    };
    assert_eq!(channel(ReplyTo::Email(EmailAddress::typed("jane@example.org").unwrap())), "email");
    assert_eq!(channel(ReplyTo::Phone(PhoneNumber::typed("705-324-9411").unwrap())), "phone");
    assert_eq!(channel(ReplyTo::Nobody), "nobody");
}
