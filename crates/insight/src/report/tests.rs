//! Tests of the report: suppression, separation of the two halves, reproducibility.

use super::*;
use crate::Margin;
use crate::drivers::Drivers;
use crate::interval::NoMargin;
use crate::suppression::Seen;
use domain::survey::{ChoiceOption, Condition, Construct, JourneyStage, SurveyQuestion};
use domain::{MunicipalityId, Text};

fn id(name: &str) -> QuestionId {
    QuestionId::parse(name).unwrap()
}

fn text(name: &str) -> Text {
    Text { en: name.into(), fr: None }
}

fn question(name: &str, construct: Construct, answer: AnswerKind) -> SurveyQuestion {
    SurveyQuestion {
        id: id(name),
        text: text(name),
        hint: None,
        stage: JourneyStage::Ask,
        construct,
        answer,
        only_if: None,
    }
}

fn scale() -> AnswerKind {
    AnswerKind::Scale { labels: ["a", "b", "c", "d", "e"].map(text).to_vec(), may_not_apply: true }
}

fn survey() -> Survey {
    let options =
        ["north", "south"].map(|name| ChoiceOption { id: id(name), text: text(name) }).to_vec();
    let questions = vec![
        question("place", Construct::Context, AnswerKind::Choice { options }),
        question("wait", Construct::Timeliness, scale()),
        question("fair", Construct::Fairness, scale()),
        question("overall", Construct::Overall, scale()),
        question("why", Construct::Comment, AnswerKind::Comment),
    ];
    Survey {
        id: MunicipalityId::parse("s").unwrap(),
        version: 2,
        title: text("t"),
        introduction: text("i"),
        thanks: text("t"),
        questions,
    }
}

/// A respondent of a location, with points for wait, fair and overall; 0 means "does not apply".
fn response(place: &str, points: [u8; 3]) -> Response {
    let answer = |point: u8| {
        if point == 0 { SurveyAnswer::DoesNotApply } else { SurveyAnswer::Scale(point) }
    };
    let mut answers = vec![(id("place"), SurveyAnswer::Choice(id(place)))];
    answers.extend(
        ["wait", "fair", "overall"]
            .into_iter()
            .zip(points)
            .map(|(name, point)| (id(name), answer(point))),
    );
    Response {
        answers,
        way: Way::StaffAssisted,
        collector: None,
        hub: None,
        group: None,
        language: Language::English,
        seconds: Some(120),
    }
}

fn many(count: usize, place: &str, points: [u8; 3]) -> impl Iterator<Item = Response> {
    vec![response(place, points); count].into_iter()
}

fn report(invited: Vec<Response>, open: Vec<Response>, rule: Rule) -> Report {
    let asked = invited.len() as u64 + 30;
    Report::of(&survey(), &Round::new(&survey(), invited, asked, 20, open).unwrap(), rule, 1)
}

#[test]
fn the_invited_get_margins_and_the_others_the_reason() {
    let people =
        || many(45, "north", [4, 4, 5]).chain(many(15, "south", [2, 3, 1])).collect::<Vec<_>>();
    let report = report(people(), people(), Rule::Office);
    let figure = |half: &Half| half.item(&id("overall")).unwrap().top_two.unwrap();
    assert_eq!((figure(&report.invited).n, figure(&report.invited).value), (60, 0.75));
    let interval = figure(&report.invited).margin.interval().unwrap();
    assert!(interval.low() > 0.627 && interval.high() < 0.843 && interval.holds(0.75));
    assert_eq!(figure(&report.open).margin, Margin::None(NoMargin::ChoseThemselves));
    assert_eq!((report.invited.rates.unwrap().rr1, report.open.rates), (60.0 / 90.0, None));
    assert_eq!(
        report.invited.modes,
        [
            (Mode::Alone, Seen::Hidden),
            (Mode::WithStaff, Seen::Shown(60)),
            (Mode::OnPaper, Seen::Hidden)
        ]
    );
}

#[test]
fn a_small_group_is_hidden_and_so_is_what_would_give_it_away() {
    let people =
        many(40, "north", [4, 4, 5]).chain(many(3, "south", [2, 3, 1])).collect::<Vec<_>>();
    let by_place = |rule| {
        let report = report(people.clone(), Vec::new(), rule);
        let breakdown = report
            .invited
            .breakdowns
            .into_iter()
            .find(|breakdown| breakdown.by == BreakdownBy::Question(id("place")))
            .unwrap();
        breakdown
            .rows
            .into_iter()
            .map(|row| (row.key, row.n, row.top_two.map(|figure| figure.value)))
            .collect::<Vec<_>>()
    };
    let north = |n, top_two| ("north".to_string(), n, top_two);
    let south = ("south".to_string(), Seen::Hidden, None);
    assert_eq!(by_place(Rule::Office), [north(Seen::Shown(40), Some(1.0)), south.clone()]);
    assert_eq!(by_place(Rule::Public), [north(Seen::Hidden, None), south], "43 less 40 are 3");
}

#[test]
fn everybody_sees_what_many_said_also_when_nobody_passed_over() {
    let people =
        many(40, "north", [4, 4, 5]).chain(many(25, "south", [2, 3, 1])).collect::<Vec<_>>();
    let report = report(people, Vec::new(), Rule::Public);
    let overall = report.invited.item(&id("overall")).unwrap();
    assert_eq!((overall.n, overall.top_two.unwrap().n), (Seen::Shown(65), 65));
    let breakdown = report
        .invited
        .breakdowns
        .iter()
        .find(|breakdown| breakdown.by == BreakdownBy::Question(id("place")))
        .unwrap();
    assert_eq!(
        breakdown.rows.iter().map(|row| row.rated).collect::<Vec<_>>(),
        [Seen::Shown(40), Seen::Shown(25)]
    );
}

#[test]
fn a_question_that_few_answered_shows_nothing_of_them() {
    let people =
        many(40, "north", [0, 4, 5]).chain(many(4, "north", [5, 4, 5])).collect::<Vec<_>>();
    let report = report(people, Vec::new(), Rule::Office);
    let wait = report.invited.item(&id("wait")).unwrap();
    assert_eq!(
        (wait.n, wait.does_not_apply, wait.top_two, wait.mean),
        (Seen::Hidden, Seen::Shown(40), None, None)
    );
    assert_eq!(wait.counts, [Seen::Hidden; 5]);
    assert!(report.invited.drivers.is_none(), "four people's correlation is theirs");
}

#[test]
fn of_very_few_nothing_is_said_at_all() {
    let report = report(many(4, "north", [4, 4, 5]).collect(), Vec::new(), Rule::Office);
    assert_eq!(
        (report.invited.n, report.invited.rates, report.invited.median_seconds),
        (Seen::Hidden, None, None)
    );
    assert!(report.invited.items.iter().all(|item| item.mean.is_none()));
    assert!(
        report
            .invited
            .picked
            .iter()
            .all(|picked| picked.options.iter().all(|pick| pick.share.is_none()))
    );
}

#[test]
fn drivers_need_enough_answers_and_then_have_bands_only_for_the_invited() {
    let people = |count: usize| {
        (0..count)
            .map(|at| {
                response(
                    "north",
                    [(at % 5 + 1) as u8, (at * 7 % 4 + 1) as u8, ((at + at % 3) % 5 + 1) as u8],
                )
            })
            .collect::<Vec<_>>()
    };
    let report = report(people(150), people(150), Rule::Office);
    let bands = |half: &Half| match half.drivers.clone().unwrap() {
        Drivers::Weights { weights, .. } => {
            weights.into_iter().map(|weight| weight.margin.interval().is_some()).collect::<Vec<_>>()
        }
        other => panic!("{other:?}"),
    };
    assert_eq!((bands(&report.invited), bands(&report.open)), (vec![true; 2], vec![false; 2]));
    assert_eq!(report.invited.driver_items, [id("wait"), id("fair")]);
}

#[test]
fn of_too_few_for_weights_the_correlations_are_told_unless_they_are_very_few() {
    let drivers = |count: usize| {
        let points = |at: usize| [(at % 5 + 1) as u8, (at * 7 % 4 + 1) as u8, (at % 3 + 2) as u8];
        let people = (0..count).map(|at| response("north", points(at))).collect();
        report(people, Vec::new(), Rule::Office).invited.drivers
    };
    let told = drivers(20);
    assert!(
        matches!(&told, Some(Drivers::RankCorrelations { correlations, .. })
            if correlations.iter().all(|correlation| correlation.n == 20)),
        "{told:?}"
    );
    assert_eq!(drivers(4), None);
}

#[test]
fn questions_that_some_people_are_never_asked_do_not_take_the_drivers_away() {
    let mut survey = survey();
    for (name, place) in [("steps", "north"), ("data", "south")] {
        let asked_of = Condition { question: id("place"), any_of: vec![id(place)] };
        let question = question(name, Construct::Access, scale());
        survey.questions.insert(1, SurveyQuestion { only_if: Some(asked_of), ..question });
    }
    // Each person is asked one of the two, so nobody rated both.
    let person = |at: usize| {
        let (place, asked) =
            if at.is_multiple_of(2) { ("north", "steps") } else { ("south", "data") };
        let points = [(at % 5 + 1) as u8, (at * 7 % 4 + 1) as u8, ((at + at % 3) % 5 + 1) as u8];
        let mut response = response(place, points);
        response.answers.push((id(asked), SurveyAnswer::Scale((at % 4 + 1) as u8)));
        response
    };
    let people: Vec<Response> = (0..150).map(person).collect();
    let round = Round::new(&survey, people, 180, 20, Vec::new()).unwrap();
    let report = Report::of(&survey, &round, Rule::Office, 1);
    assert_eq!(report.invited.driver_items, [id("wait"), id("fair")]);
    assert!(
        matches!(report.invited.drivers, Some(Drivers::Weights { n: 150, left_out: 0, .. })),
        "{:?}",
        report.invited.drivers
    );
    assert_eq!(report.invited.item(&id("steps")).unwrap().n, Seen::Shown(75), "it has its figures");
}

#[test]
fn complete_is_said_of_what_was_asked_on_the_way() {
    let survey = survey();
    let mut partial = response("north", [4, 4, 5]);
    partial.answers.truncate(3);
    assert!(response("north", [4, 0, 5]).is_complete(&survey));
    assert!(!partial.is_complete(&survey), "three of four are 75 %");
    let round =
        Round::new(&survey, vec![partial, response("north", [4, 4, 5])], 5, 3, Vec::new()).unwrap();
    assert_eq!(round.invited.invitations().rates().unwrap().rr1, 0.2);
    assert!(Round::new(&survey, vec![response("north", [4, 4, 5]); 3], 5, 3, Vec::new()).is_err());
}

#[test]
fn the_same_answers_give_the_same_bytes() {
    let people = || {
        (0..150)
            .map(|at| {
                response("north", [(at % 5 + 1) as u8, (at % 4 + 1) as u8, (at * 3 % 5 + 1) as u8])
            })
            .collect::<Vec<_>>()
    };
    let bytes = || serde_json::to_vec(&report(people(), people(), Rule::Public)).unwrap();
    assert_eq!(bytes(), bytes());
}

#[test]
fn what_came_by_a_collector_is_counted_by_step() {
    use domain::collector::{Step, Tally};
    let code = |way| CollectorCode::new(way, 1, [3; 16]);
    let tally = |way, step| Tally { collector: code(way), step };
    let tallies = [
        tally(Way::Poster, Step::Opened),
        tally(Way::Poster, Step::Opened),
        tally(Way::Poster, Step::Started),
        tally(Way::Paper, Step::Invited),
    ];
    let counts = collector_counts(tallies.iter(), [&code(Way::Poster)].into_iter());
    let of = |way| {
        counts
            .iter()
            .find(|count| count.collector == code(way))
            .map(|count| [count.opened, count.started, count.completed, count.invited])
            .unwrap()
    };
    assert_eq!((of(Way::Poster), of(Way::Paper)), ([2, 1, 1, 0], [0, 0, 0, 1]));
}
