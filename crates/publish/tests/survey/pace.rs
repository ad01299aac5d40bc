//! Checks how long the survey takes, by a per-item model: 7 to 10 seconds for a closed item, 30 to
//! 40 for a comment.

use super::catalogue;
use domain::QuestionId;
use domain::survey::{AnswerKind, Answers, Journey, Survey, SurveyAnswer, SurveyQuestion};

const CLOSED_S: (f64, f64) = (7.0, 10.0);
const COMMENT_S: (f64, f64) = (30.0, 40.0);
const MEDIAN_S_MAX: f64 = 210.0;
const NINETIETH_S_MAX: f64 = 300.0;
const RESPONDENTS: usize = 10_000;
/// Closed items are rarely skipped, comments by half of all people; a skip takes the time to read
/// the question.
const SKIPS_CLOSED: f64 = 0.04;
const SKIPS_COMMENT: f64 = 0.5;
const SKIP_S: f64 = 4.0;
/// Standard deviation of the logarithm of a person's pace. People differ in pace more than items
/// do.
const PACE_SPREAD: f64 = 0.35;

/// SplitMix64 (Steele, Lea and Flood 2014): the same respondents in every run.
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
    }

    fn between(&mut self, (low, high): (f64, f64)) -> f64 {
        low + (high - low) * self.next()
    }

    /// Approximately normal: the sum of twelve uniform numbers, minus six.
    fn normal(&mut self) -> f64 {
        (0..12).map(|_| self.next()).sum::<f64>() - 6.0
    }

    fn one_of<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        &all[(self.next() * all.len() as f64) as usize]
    }
}

/// An answer, and the seconds that it takes a person of average pace.
fn answer(question: &SurveyQuestion, chance: &mut Chance) -> (SurveyAnswer, f64) {
    let skips = if question.is_open() { SKIPS_COMMENT } else { SKIPS_CLOSED };
    if chance.next() < skips {
        return (SurveyAnswer::Skipped, SKIP_S);
    }
    match &question.answer {
        AnswerKind::Comment => {
            (SurveyAnswer::Comment("It took two calls.".into()), chance.between(COMMENT_S))
        }
        AnswerKind::Scale { .. } => {
            (SurveyAnswer::Scale(1 + (chance.next() * 5.0) as u8), chance.between(CLOSED_S))
        }
        AnswerKind::Choice { options } => {
            (SurveyAnswer::Choice(chance.one_of(options).id.clone()), chance.between(CLOSED_S))
        }
    }
}

/// Seconds from the first question to the last, along the branches that the answers open.
fn seconds(survey: &Survey, chance: &mut Chance) -> f64 {
    let (mut answers, mut seconds) = (Answers::default(), 0.0);
    while let Some(at) = Journey::of(survey, &answers).next {
        let question = Journey::of(survey, &answers).route[at];
        let (answer, took) = answer(question, chance);
        answers.set(survey, &question.id, answer).unwrap();
        seconds += took;
    }
    seconds * (PACE_SPREAD * chance.normal()).exp()
}

/// Median and 90th percentile in seconds over the simulated respondents.
fn simulated(survey: &Survey) -> (f64, f64) {
    let mut chance = Chance(6);
    let mut all: Vec<f64> = (0..RESPONDENTS).map(|_| seconds(survey, &mut chance)).collect();
    all.sort_by(f64::total_cmp);
    (all[RESPONDENTS / 2], all[RESPONDENTS * 9 / 10])
}

/// Seconds to answer every question of every branch at the slow end of the model.
fn longest(survey: &Survey) -> f64 {
    survey
        .questions
        .iter()
        .map(|question| if question.is_open() { COMMENT_S.1 } else { CLOSED_S.1 })
        .sum()
}

fn fits(survey: &Survey) -> bool {
    let (median, ninetieth) = simulated(survey);
    median < MEDIAN_S_MAX && ninetieth < NINETIETH_S_MAX && longest(survey) < MEDIAN_S_MAX
}

#[test]
fn half_of_all_are_done_in_three_and_a_half_minutes_and_nine_in_ten_in_five() {
    let catalogue = catalogue();
    let (median, ninetieth) = simulated(catalogue.survey());
    println!(
        "median {median:.0} s, 90th percentile {ninetieth:.0} s, every question at the slow end of the plan {:.0} s",
        longest(catalogue.survey())
    );
    assert!(
        fits(catalogue.survey()),
        "median {median:.0} s, 90th percentile {ninetieth:.0} s, longest {:.0} s",
        longest(catalogue.survey())
    );
}

#[test]
fn one_question_more_would_be_too_many() {
    let catalogue = catalogue();
    let mut survey = catalogue.survey().clone();
    let closed = survey.questions.iter().find(|question| !question.is_open()).unwrap().clone();
    survey.questions.push(SurveyQuestion { id: QuestionId::parse("one-more").unwrap(), ..closed });
    assert!(!fits(&survey));
}
