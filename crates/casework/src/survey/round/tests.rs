//! Who counts as invited, and what counts in no figure: small rounds that can be counted by hand.

use super::*;
use crate::ledger::{LedgerEntry, LedgerSource as _};
use crate::survey::ledger::SurveyAct;
use crate::survey::spec::ReportDays;
use domain::collector::Ticket;
use sample::{date, id, moment};

const DAY_MS: u64 = 24 * 60 * 60 * 1_000;

/// The survey of Maple Bay, with what its office did about it.
struct Office {
    zone: Zone,
    survey: Survey,
    spec: ReportSpec,
    ledger: SurveyLedger,
}

impl Office {
    fn new(acts: impl IntoIterator<Item = SurveyAct>) -> Self {
        let catalogue = sample::checked(|_| {});
        let survey = catalogue.file().survey.clone();
        let days = ReportDays { from: date("2026-11-01"), to: date("2026-11-30") };
        let mut ledger = SurveyLedger::default();
        for (number, act) in (1..).zip(acts) {
            let (at_ms, who) = (noon_ms(), "ann".into());
            ledger.take(LedgerEntry { number, at_ms, who, act: Some(act) });
        }
        let spec = ReportSpec::new(days, &survey, &catalogue);
        Self { zone: Zone::of("America/Toronto"), survey, spec, ledger }
    }

    fn reader(&self) -> RoundReader<'_> {
        RoundReader::new(&self.zone, &self.ledger, &self.survey, &self.spec)
    }

    /// Reads answers that came at noon, in this order.
    fn reading(&self, given: &[GivenAnswer]) -> SurveyReading {
        let mut reader = self.reader();
        for (number, said) in (1..).zip(given) {
            reader.take_feedback(submission(number), [0; 32], noon_ms(), Some(opened(said)));
        }
        reader.reading()
    }
}

fn noon_ms() -> u64 {
    Zone::of("America/Toronto").ms(moment("2026-11-23 12:00"))
}

fn submission(number: u8) -> SubmissionId {
    SubmissionId::from_parts(number.into(), [number; 10])
}

fn opened(said: &GivenAnswer) -> OpenedContent {
    OpenedContent::Answer(Box::new(said.clone()))
}

fn code(way: Way, chance: u8) -> CollectorCode {
    CollectorCode::new(way, 1, [chance; 16])
}

fn made(code: &CollectorCode) -> SurveyAct {
    let (code, name) = (code.clone(), "At the fair".into());
    SurveyAct::Made { collector: Collector { code, name, hub: None } }
}

fn counted(code: &CollectorCode, invited: u64, refused: u64) -> SurveyAct {
    SurveyAct::Counted { code: code.clone(), invited, refused }
}

fn invited(ticket: Ticket) -> SurveyAct {
    SurveyAct::Invited { ticket: ticket_mark(ticket) }
}

/// A person's point for `ease`, by this collector.
fn ease(point: u8, by: Option<&CollectorCode>) -> GivenAnswer {
    GivenAnswer {
        survey_version: 3,
        answers: vec![(id("ease"), SurveyAnswer::Scale(point))],
        language: Language::English,
        collector: by.cloned(),
        ticket: None,
        service: None,
        hub: None,
        seconds: None,
    }
}

fn with_ticket(said: GivenAnswer, ticket: Ticket) -> GivenAnswer {
    GivenAnswer { ticket: Some(ticket), ..said }
}

/// A person's points for as many questions.
fn points(points: &[u8]) -> GivenAnswer {
    let scale = |(at, point): (usize, &u8)| (id(&format!("q{at}")), SurveyAnswer::Scale(*point));
    GivenAnswer { answers: points.iter().enumerate().map(scale).collect(), ..ease(1, None) }
}

/// How many were asked, refused, answered by invitation, and answered by themselves.
fn sizes(reading: &SurveyReading) -> [u64; 4] {
    let asked = reading.round.invited.invitations();
    [
        asked.invited(),
        asked.refused(),
        reading.round.invited.records().len() as u64,
        reading.round.open.records().len() as u64,
    ]
}

#[test]
fn answers_on_counted_sheets_are_invited_and_all_others_chose_themselves() {
    let (paper, poster) = (code(Way::Paper, 1), code(Way::Poster, 2));
    let office = Office::new([made(&paper), made(&poster), counted(&paper, 4, 1)]);
    let stranger = code(Way::Paper, 3);
    let given = [
        ease(1, Some(&paper)),
        ease(2, Some(&paper)),
        ease(3, Some(&paper)),
        ease(4, Some(&poster)),
        ease(5, Some(&stranger)),
        ease(5, None),
    ];
    let reading = office.reading(&given);
    assert_eq!(sizes(&reading), [4, 1, 3, 3]);
    assert_eq!(reading.bad_counts, []);
    let ways = |of: &[Response]| of.iter().map(|response| response.way).collect::<Vec<_>>();
    assert_eq!(ways(reading.round.invited.records()), [Way::Paper; 3]);
    let open = reading.round.open.records();
    assert_eq!(ways(open), [Way::Poster, Way::OpenLink, Way::OpenLink]);
    let codes: Vec<_> = open.iter().map(|response| response.collector.as_ref()).collect();
    assert_eq!(codes, [Some(&poster), None, None], "only the office's own codes are kept");
}

#[test]
fn more_answers_than_invitations_are_told_and_count_as_self_selected() {
    let (paper, fit, unused) =
        (code(Way::Paper, 1), code(Way::StaffAssisted, 2), code(Way::Paper, 3));
    let office = Office::new([
        made(&paper),
        made(&fit),
        made(&unused),
        counted(&paper, 3, 1),
        counted(&fit, 2, 1),
        counted(&unused, 0, 1),
    ]);
    let given =
        [ease(1, Some(&paper)), ease(2, Some(&paper)), ease(3, Some(&paper)), ease(4, Some(&fit))];
    let reading = office.reading(&given);
    assert_eq!(sizes(&reading), [2, 1, 1, 3], "only what fits is added up");
    assert!(reading.round.open.records().iter().all(|response| response.way == Way::OpenLink));
    let bad = BadCount { code: paper.clone(), invited: 3, refused: 1, answers: 3 };
    assert_eq!(reading.bad_counts, [bad], "a count without answers harms no figure");
    assert_eq!(sizes(&office.reading(&given[1..])), [5, 2, 3, 0], "one answer fewer is possible");
}

#[test]
fn tablets_count_whom_they_invited_for_collectors_of_the_office_alone() {
    let (tablet, stranger) = (code(Way::StaffAssisted, 1), code(Way::StaffAssisted, 2));
    let office = Office::new([made(&tablet), counted(&tablet, 1, 0)]);
    let mut reader = office.reader();
    let steps = [Step::Invited, Step::Invited, Step::Invited, Step::Refused, Step::Opened];
    for collector in [&tablet, &stranger] {
        for step in steps {
            let tally = Tally { collector: collector.clone(), step };
            reader.take_tally(Some(OpenedContent::Tally(tally)));
        }
    }
    reader.take_tally(None);
    let said = opened(&ease(4, Some(&tablet)));
    reader.take_feedback(submission(1), [0; 32], noon_ms(), Some(said));
    let reading = reader.reading();
    assert_eq!(sizes(&reading), [4, 1, 1, 0]);
    let count = CollectorCount {
        collector: tablet.clone(),
        opened: 1,
        started: 0,
        invited: 3,
        refused: 1,
        completed: 1,
    };
    assert_eq!(reading.collectors, [count]);
}

#[test]
fn after_an_inquiry_only_those_with_an_invitation_count_and_all_closed_ones_once() {
    let (first, second) = (code(Way::AfterInquiry, 1), code(Way::AfterInquiry, 2));
    let tickets = [1, 2, 3].map(|of| Ticket([of; 16]));
    let made_up = Ticket([9; 16]);
    let acts = [made(&first), made(&second)];
    let mut office = Office::new(acts.into_iter().chain(tickets.map(invited)));
    office.spec.closed_inquiries = 5;
    let given = [
        with_ticket(ease(1, Some(&first)), tickets[0]),
        with_ticket(ease(2, Some(&first)), tickets[1]),
        with_ticket(ease(3, Some(&first)), made_up),
        ease(4, Some(&first)),
        with_ticket(ease(5, None), tickets[2]),
    ];
    let reading = office.reading(&given);
    assert_eq!(sizes(&reading), [5, 0, 2, 3]);
    assert_eq!(reading.bad_counts, []);
    let way = |at: usize| reading.round.open.records()[at].way;
    assert_eq!([0, 1, 2].map(way), [Way::OpenLink; 3]);
    office.spec.closed_inquiries = 1;
    let reading = office.reading(&given);
    assert_eq!(sizes(&reading), [0, 0, 0, 5]);
    let answers: Vec<_> = reading.bad_counts.iter().map(|bad| (bad.invited, bad.answers)).collect();
    assert_eq!(answers, [(1, 2)], "answers without an invitation are not blamed on it");
}

#[test]
fn all_links_after_an_inquiry_share_those_who_were_invited() {
    let links = [1, 2].map(|chance| code(Way::AfterInquiry, chance));
    let tickets = [1, 2].map(|of| Ticket([of; 16]));
    let ended = SurveyAct::Ended { code: links[0].clone() };
    let acts = [made(&links[0]), ended, made(&links[1])];
    let mut office = Office::new(acts.into_iter().chain(tickets.map(invited)));
    office.spec.closed_inquiries = 5;
    let given = [0, 1].map(|at| with_ticket(ease(1, Some(&links[at])), tickets[at]));
    let reading = office.reading(&given);
    assert_eq!((sizes(&reading), reading.bad_counts), ([5, 0, 2, 0], vec![]));
    office.spec.closed_inquiries = 1;
    let reading = office.reading(&given);
    assert_eq!(sizes(&reading), [1, 0, 1, 1], "one of the two answers has no invitation");
}

#[test]
fn only_the_first_answer_to_an_invitation_counts() {
    let after = code(Way::AfterInquiry, 1);
    let tickets = [Ticket([1; 16]), Ticket([2; 16])];
    let acts = [made(&after), invited(tickets[0]), invited(tickets[1])];
    let mut office = Office::new(acts);
    office.spec.closed_inquiries = 9;
    let by = |point, ticket| with_ticket(ease(point, Some(&after)), ticket);
    let given = [by(1, tickets[0]), by(2, tickets[1]), by(5, tickets[0]), by(5, tickets[0])];
    let reading = office.reading(&given);
    assert_eq!(sizes(&reading), [9, 0, 2, 0]);
    assert_eq!(reading.left_out, LeftOut { second_answers: 2, ..LeftOut::default() });
    let first = &reading.round.invited.records()[0];
    assert_eq!(first.answer(&id("ease")), Some(&SurveyAnswer::Scale(1)));
}

#[test]
fn an_answer_may_arrive_two_weeks_after_its_collector_ended() {
    let paper = code(Way::Paper, 1);
    let ended = SurveyAct::Ended { code: paper.clone() };
    let office = Office::new([made(&paper), counted(&paper, 9, 0), ended]);
    let mut reader = office.reader();
    let last_ms = noon_ms() + 14 * DAY_MS;
    for (number, at_ms) in [(1, last_ms), (2, last_ms + 1)] {
        let said = opened(&ease(number, Some(&paper)));
        reader.take_feedback(submission(number), [0; 32], at_ms, Some(said));
    }
    let reading = reader.reading();
    assert_eq!(sizes(&reading), [9, 0, 1, 1]);
    let late = &reading.round.open.records()[0];
    assert_eq!(late.answer(&id("ease")), Some(&SurveyAnswer::Scale(2)));
}

#[test]
fn what_cannot_be_read_is_counted_as_left_out_and_seals_the_reading_too() {
    let office = Office::new([]);
    let mut reader = office.reader();
    let old = GivenAnswer { survey_version: 2, ..ease(3, None) };
    let contents = [Some(opened(&ease(4, None))), Some(opened(&old)), None, None];
    let mut bytes = Vec::new();
    for (number, content) in (1..).zip(contents) {
        reader.take_feedback(submission(number), [number; 32], noon_ms(), content);
        bytes.extend_from_slice(submission(number).as_bytes());
        bytes.extend_from_slice(&[number; 32]);
    }
    assert_eq!(reader.entries(), 4);
    let reading = reader.reading();
    assert_eq!((reading.entries, sizes(&reading)), (4, [0, 0, 0, 1]));
    let left_out = LeftOut { other_version: 1, unopened: 2, ..LeftOut::default() };
    assert_eq!(reading.left_out, left_out);
    let sha256 = Sha256::digest(bytes);
    assert_eq!(reading.sha256, hex::encode(sha256));
    assert_eq!(reading.seed().to_be_bytes(), sha256[..8]);
}

#[test]
fn the_order_of_answers_is_that_of_their_ids() {
    let office = Office::new([]);
    let mut reader = office.reader();
    for number in [3, 1, 2] {
        let said = opened(&ease(number, None));
        reader.take_feedback(submission(number), [0; 32], noon_ms(), Some(said));
    }
    let reading = reader.reading();
    let records = reading.round.open.records();
    let points: Vec<_> = records.iter().filter_map(|of| of.answer(&id("ease"))).collect();
    assert_eq!(points, [1, 2, 3].map(SurveyAnswer::Scale).each_ref());
}

#[test]
fn answers_that_are_unlikely_to_be_alike_by_chance_are_twins() {
    let office = Office::new([made(&code(Way::Poster, 1))]);
    let twins = |said: &GivenAnswer| office.reading(&[said.clone(), said.clone()]).twins;
    assert_eq!(twins(&points(&[1, 5, 1, 1, 1, 1])), 1);
    assert_eq!(twins(&points(&[1, 5, 1, 1, 1])), 0, "five points may be alike");
    assert_eq!(twins(&points(&[3, 3, 3, 3, 3, 3])), 0, "so may the same point throughout");
    let comment = |text: &str| GivenAnswer {
        answers: vec![(id("why"), SurveyAnswer::Comment(text.into()))],
        ..ease(1, None)
    };
    assert_eq!(twins(&comment(&"é".repeat(20))), 1);
    assert_eq!(twins(&comment(&"é".repeat(19))), 0, "a short comment may be alike");
    let said = points(&[1, 5, 1, 1, 1, 1]);
    for other in [
        points(&[1, 5, 1, 1, 1, 2]),
        GivenAnswer { collector: Some(code(Way::Poster, 1)), ..said.clone() },
        GivenAnswer { hub: Some(id("town-hall")), ..said.clone() },
    ] {
        assert_eq!(office.reading(&[said.clone(), other]).twins, 0);
    }
    let mut reader = office.reader();
    for (number, at_ms) in [(1, noon_ms()), (2, noon_ms() + DAY_MS), (3, noon_ms() + 60_000)] {
        reader.take_feedback(submission(number), [0; 32], at_ms, Some(opened(&said)));
    }
    assert_eq!(reader.reading().twins, 1, "of the same day alone");
}

#[test]
fn twins_count_unless_the_report_is_without_them() {
    let mut office = Office::new([]);
    let said = points(&[1, 5, 1, 1, 1, 1]);
    let given = [said.clone(), ease(2, None), said.clone(), said];
    let reading = office.reading(&given);
    assert_eq!((reading.twins, sizes(&reading)[3]), (2, 4));
    assert_eq!(reading.left_out, LeftOut::default());
    office.spec.without_duplicates = true;
    let reading = office.reading(&given);
    assert_eq!((reading.twins, sizes(&reading)[3]), (2, 2));
    assert_eq!(reading.left_out, LeftOut { duplicates: 2, ..LeftOut::default() });
}

#[test]
fn a_response_has_the_place_of_its_collector_and_the_topic_of_its_service() {
    let poster = code(Way::Poster, 1);
    let collector =
        Collector { code: poster.clone(), name: "Hall".into(), hub: Some(id("library")) };
    let office = Office::new([SurveyAct::Made { collector }]);
    let said = |collector: Option<&CollectorCode>| GivenAnswer {
        language: Language::French,
        service: Some(id("boat-permit")),
        hub: Some(id("town-hall")),
        seconds: Some(90),
        ..ease(4, collector)
    };
    let reading = office.reading(&[said(Some(&poster)), said(None), ease(3, None)]);
    let records = reading.round.open.records();
    let places: Vec<_> = records.iter().map(|response| response.hub.clone()).collect();
    assert_eq!(places, [Some(id("library")), Some(id("town-hall")), None]);
    let topics: Vec<_> = records.iter().map(|response| response.group.clone()).collect();
    assert_eq!(topics, [Some(id("water")), Some(id("water")), None]);
    assert_eq!((records[0].language, records[0].seconds), (Language::French, Some(90)));
}

#[test]
fn comments_are_told_with_the_way_that_they_came() {
    let poster = code(Way::Poster, 1);
    let office = Office::new([made(&poster)]);
    let said = GivenAnswer {
        answers: vec![
            (id("ease"), SurveyAnswer::Scale(2)),
            (id("why"), SurveyAnswer::Comment("Closed.".into())),
        ],
        hub: Some(id("town-hall")),
        ..ease(2, Some(&poster))
    };
    let alone = GivenAnswer { collector: None, hub: None, ..said.clone() };
    let comment = |number, way, hub| Comment {
        id: submission(number),
        question: id("why"),
        text: "Closed.".into(),
        language: Language::English,
        way,
        hub,
    };
    let reading = office.reading(&[said, ease(3, None), alone]);
    let hall = Some(id("town-hall"));
    let told = [comment(1, Way::Poster, hall), comment(3, Way::OpenLink, None)];
    assert_eq!(reading.comments, told);
}
