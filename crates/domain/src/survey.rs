//! The survey as data, and the route through it. The current question is computed from the answers
//! and never stored as a position, so going back and changing an answer cannot lead to a wrong
//! question.

use crate::ids::QuestionId;
use crate::text::Text;
use serde::{Deserialize, Serialize};

/// Most closed questions (scale or choice) in one survey, so that it takes less than five minutes.
/// It counts every question of the file, also those that exclude each other.
pub const CLOSED_QUESTIONS_MAX: usize = 12;
/// Most open questions in one survey.
pub const OPEN_QUESTIONS_MAX: usize = 2;
/// Longest comment, in characters: about three hundred words.
pub const COMMENT_CHARS_MAX: usize = 2_000;
/// Points of a scale: five, all labelled, from low to high.
pub const SCALE_POINTS: u8 = 5;

/// A version of the survey.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Survey {
    /// Id of the survey.
    pub id: crate::ids::MunicipalityId,
    /// Grows with every change of a question. Answers record the version that they were given to.
    pub version: u32,
    /// Title of the survey.
    pub title: Text,
    /// Text before the first question.
    pub introduction: Text,
    /// Text of the last screen, which says what happens with the answers.
    pub thanks: Text,
    /// The questions, in the order in which they are asked.
    pub questions: Vec<SurveyQuestion>,
}

/// One question of a survey.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct SurveyQuestion {
    /// Id of the question, unique in the survey. Answers refer to it, so keep it.
    pub id: QuestionId,
    /// The question as it is asked, at grade 8 or lower.
    pub text: Text,
    /// Explanation below the question.
    #[serde(default)]
    pub hint: Option<Text>,
    /// Stage of the customer's journey that the question is about.
    pub stage: JourneyStage,
    /// What the question measures.
    pub construct: Construct,
    /// How the question is answered.
    pub answer: AnswerKind,
    /// The question is asked only if an earlier question was answered accordingly. Leave it out if
    /// it is always asked.
    #[serde(default)]
    pub only_if: Option<Condition>,
}

/// A stage of the customer's journey. The municipality's own names for the stages are not known;
/// these are the product's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum JourneyStage {
    /// The person needs something.
    Need,
    /// Finding the service.
    Find,
    /// Preparing documents and payment.
    Prepare,
    /// Asking or applying.
    Ask,
    /// Waiting for the result.
    Wait,
    /// Receiving the result.
    Receive,
    /// Looking back on the whole.
    Reflect,
}

/// What a question measures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Construct {
    /// Overall satisfaction.
    Overall,
    /// Whether it took a reasonable time.
    Timeliness,
    /// Whether staff were knowledgeable.
    Knowledge,
    /// Whether the treatment was fair.
    Fairness,
    /// Whether the person got what they needed.
    Outcome,
    /// How easy the service was to reach.
    Access,
    /// How clear the information was.
    Information,
    /// The circumstances of the person or the visit; not a rating.
    Context,
    /// Free text.
    Comment,
    /// Whether staff were courteous.
    Courtesy,
    /// Whether the person trusts that their data are protected.
    Privacy,
}

/// How a question is answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(deny_unknown_fields))]
#[serde(rename_all = "kebab-case")]
pub enum AnswerKind {
    /// A point on a scale of five.
    Scale {
        /// Five labels, one for each point, from low to high.
        labels: Vec<Text>,
        /// Whether "does not apply" is offered beside the scale.
        may_not_apply: bool,
    },
    /// One of several options.
    Choice {
        /// Two to eight options, in the order in which they are shown.
        options: Vec<ChoiceOption>,
    },
    /// Free text of at most 2,000 characters.
    Comment,
}

/// One option of a choice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ChoiceOption {
    /// Id of the option, unique in the question. Answers refer to it, so keep it.
    pub id: QuestionId,
    /// The option as it is shown.
    pub text: Text,
}

/// Holds if an earlier choice was answered with one of some options.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Condition {
    /// Id of the earlier question; its answer is a choice.
    pub question: QuestionId,
    /// Ids of the options for which the condition holds.
    pub any_of: Vec<QuestionId>,
}

impl SurveyQuestion {
    /// Whether the question is answered with free text.
    pub fn is_open(&self) -> bool {
        matches!(self.answer, AnswerKind::Comment)
    }
}

/// The answer to one question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SurveyAnswer {
    /// Point on the scale, 1 (low) to 5 (high).
    Scale(u8),
    /// "Does not apply", where the question offers it.
    DoesNotApply,
    /// Id of the chosen option.
    Choice(QuestionId),
    /// Free text as typed.
    Comment(String),
    /// The question was shown and skipped, which is not the same as never shown.
    Skipped,
}

/// Why an answer does not fit its question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AnswerFault {
    /// The survey has no such question.
    UnknownQuestion,
    /// The question is answered in another form.
    WrongKind,
    /// The point is outside the scale.
    NotOnScale(u8),
    /// The question has no such option.
    UnknownOption,
    /// The comment is longer than [`COMMENT_CHARS_MAX`].
    TooLong {
        /// Length of the comment in characters.
        chars: usize,
    },
}

/// The answers so far, at most one for each question, in the order in which they were given.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Answers(Vec<(QuestionId, SurveyAnswer)>);

impl Answers {
    /// The answer to a question; `None` if it has none.
    pub fn get(&self, question: &QuestionId) -> Option<&SurveyAnswer> {
        self.0.iter().find(|(id, _)| id == question).map(|(_, answer)| answer)
    }

    /// Sets or replaces an answer. Returns an error, and changes nothing, if it does not fit the
    /// question.
    pub fn set(
        &mut self,
        survey: &Survey,
        question: &QuestionId,
        answer: SurveyAnswer,
    ) -> Result<(), AnswerFault> {
        let asked = survey.question(question).ok_or(AnswerFault::UnknownQuestion)?;
        fits(asked, &answer)?;
        self.0.retain(|(id, _)| id != question);
        self.0.push((question.clone(), answer));
        Ok(())
    }

    /// The answers so far, in the order in which they were given.
    pub fn iter(&self) -> impl Iterator<Item = &(QuestionId, SurveyAnswer)> {
        self.0.iter()
    }

    /// Whether no question has an answer, not even a skip.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether at least one answer is more than a skip.
    pub fn say_something(&self) -> bool {
        self.0.iter().any(|(_, answer)| *answer != SurveyAnswer::Skipped)
    }
}

fn fits(question: &SurveyQuestion, answer: &SurveyAnswer) -> Result<(), AnswerFault> {
    match (&question.answer, answer) {
        (_, SurveyAnswer::Skipped) => Ok(()),
        (AnswerKind::Scale { .. }, SurveyAnswer::Scale(point))
            if (1..=SCALE_POINTS).contains(point) =>
        {
            Ok(())
        }
        (AnswerKind::Scale { .. }, SurveyAnswer::Scale(point)) => {
            Err(AnswerFault::NotOnScale(*point))
        }
        (AnswerKind::Scale { may_not_apply: true, .. }, SurveyAnswer::DoesNotApply) => Ok(()),
        (AnswerKind::Choice { options }, SurveyAnswer::Choice(id))
            if options.iter().any(|option| option.id == *id) =>
        {
            Ok(())
        }
        (AnswerKind::Choice { .. }, SurveyAnswer::Choice(_)) => Err(AnswerFault::UnknownOption),
        (AnswerKind::Comment, SurveyAnswer::Comment(text)) => match text.chars().count() {
            chars if chars > COMMENT_CHARS_MAX => Err(AnswerFault::TooLong { chars }),
            _ => Ok(()),
        },
        _ => Err(AnswerFault::WrongKind),
    }
}

impl Survey {
    /// The question with this id; `None` if the survey has no such question.
    pub fn question(&self, id: &QuestionId) -> Option<&SurveyQuestion> {
        self.questions.iter().find(|question| question.id == *id)
    }
}

/// The route through a survey for given answers: which questions apply, and which comes next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Journey<'a> {
    /// Every question that applies, in order.
    pub route: Vec<&'a SurveyQuestion>,
    /// Index in the route of the first question without an answer; `None` if all have one.
    pub next: Option<usize>,
}

impl<'a> Journey<'a> {
    /// Computes the route through `survey` from the answers so far.
    pub fn of(survey: &'a Survey, answers: &Answers) -> Self {
        let applies = |question: &&SurveyQuestion| {
            question.only_if.as_ref().is_none_or(|condition| holds(condition, answers))
        };
        let route: Vec<_> = survey.questions.iter().filter(applies).collect();
        let next = route.iter().position(|question| answers.get(&question.id).is_none());
        Self { route, next }
    }

    /// Index of a question in the route; `None` if it does not apply.
    pub fn position_of(&self, id: &QuestionId) -> Option<usize> {
        self.route.iter().position(|question| question.id == *id)
    }

    /// The most questions that the route has once those without an answer have one, so that a count
    /// never grows on the way. Questions that only such a further question opens are left out.
    pub fn longest(&self, survey: &Survey, answers: &Answers) -> usize {
        let opened_by = |question: &SurveyQuestion, option: &ChoiceOption| {
            let is_opened = |other: &&SurveyQuestion| {
                other.only_if.as_ref().is_some_and(|condition| {
                    condition.question == question.id && condition.any_of.contains(&option.id)
                })
            };
            survey.questions.iter().filter(is_opened).count()
        };
        let open = self.route.iter().filter(|question| answers.get(&question.id).is_none());
        let further = open.map(|&question| match &question.answer {
            AnswerKind::Choice { options } => {
                options.iter().map(|option| opened_by(question, option)).max().unwrap_or(0)
            }
            AnswerKind::Scale { .. } | AnswerKind::Comment => 0,
        });
        self.route.len() + further.sum::<usize>()
    }
}

fn holds(condition: &Condition, answers: &Answers) -> bool {
    matches!(answers.get(&condition.question), Some(SurveyAnswer::Choice(id)) if condition.any_of.contains(id))
}

/// Answers that may be sent: all fit their questions, all are on the route, and at least one is
/// more than a skip. Answers to questions that no longer apply are left out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CompleteAnswers {
    survey_version: u32,
    answers: Vec<(QuestionId, SurveyAnswer)>,
}

impl CompleteAnswers {
    /// Takes the answers that are on the route. `None` if every answer is a skip, or there are
    /// none.
    pub fn of(survey: &Survey, answers: &Answers) -> Option<Self> {
        if !answers.say_something() {
            return None;
        }
        let route = Journey::of(survey, answers).route;
        let answered = route
            .iter()
            .filter_map(|question| Some((question.id.clone(), answers.get(&question.id)?.clone())));
        Some(Self { survey_version: survey.version, answers: answered.collect() })
    }

    /// Version of the survey that was answered.
    pub fn survey_version(&self) -> u32 {
        self.survey_version
    }

    /// Question and answer, in the order of the survey.
    pub fn answers(&self) -> &[(QuestionId, SurveyAnswer)] {
        &self.answers
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(text: &str) -> QuestionId {
        QuestionId::parse(text).expect("the tests use slugs")
    }

    fn text(en: &str) -> Text {
        Text { en: en.into(), fr: None }
    }

    fn question(name: &str, answer: AnswerKind, only_if: Option<Condition>) -> SurveyQuestion {
        SurveyQuestion {
            id: id(name),
            text: text(name),
            hint: None,
            stage: JourneyStage::Ask,
            construct: Construct::Overall,
            answer,
            only_if,
        }
    }

    fn survey() -> Survey {
        let options =
            ["yes", "no"].map(|name| ChoiceOption { id: id(name), text: text(name) }).to_vec();
        let scale = AnswerKind::Scale {
            labels: ["a", "b", "c", "d", "e"].map(text).to_vec(),
            may_not_apply: true,
        };
        let why = Condition { question: id("done"), any_of: vec![id("no")] };
        let questions = vec![
            question("done", AnswerKind::Choice { options }, None),
            question("why", AnswerKind::Comment, Some(why)),
            question("ease", scale, None),
        ];
        Survey {
            id: crate::ids::MunicipalityId::parse("s").expect("a slug"),
            version: 3,
            title: text("t"),
            introduction: text("i"),
            thanks: text("t"),
            questions,
        }
    }

    #[test]
    fn a_branch_appears_with_its_answer_and_goes_with_it() {
        let survey = survey();
        let mut answers = Answers::default();
        assert_eq!(Journey::of(&survey, &answers).route.len(), 2);
        answers.set(&survey, &id("done"), SurveyAnswer::Choice(id("no"))).unwrap();
        let journey = Journey::of(&survey, &answers);
        assert_eq!((journey.route.len(), journey.next), (3, Some(1)));
        answers.set(&survey, &id("why"), SurveyAnswer::Comment("slow".into())).unwrap();
        answers.set(&survey, &id("done"), SurveyAnswer::Choice(id("yes"))).unwrap();
        let complete = CompleteAnswers::of(&survey, &answers).unwrap();
        assert_eq!(
            complete.answers(),
            [(id("done"), SurveyAnswer::Choice(id("yes")))],
            "an answer off the route is not sent"
        );
    }

    #[test]
    fn an_answer_that_does_not_fit_changes_nothing() {
        let survey = survey();
        let mut answers = Answers::default();
        answers.set(&survey, &id("ease"), SurveyAnswer::Scale(4)).unwrap();
        let long = "x".repeat(COMMENT_CHARS_MAX + 1);
        for (question, answer, fault) in [
            ("ease", SurveyAnswer::Scale(6), AnswerFault::NotOnScale(6)),
            ("ease", SurveyAnswer::Scale(0), AnswerFault::NotOnScale(0)),
            ("ease", SurveyAnswer::Comment("x".into()), AnswerFault::WrongKind),
            ("done", SurveyAnswer::Choice(id("maybe")), AnswerFault::UnknownOption),
            ("done", SurveyAnswer::DoesNotApply, AnswerFault::WrongKind),
            ("nothing", SurveyAnswer::Skipped, AnswerFault::UnknownQuestion),
            (
                "why",
                SurveyAnswer::Comment(long),
                AnswerFault::TooLong { chars: COMMENT_CHARS_MAX + 1 },
            ),
        ] {
            assert_eq!(answers.set(&survey, &id(question), answer), Err(fault));
        }
        assert_eq!(answers.get(&id("ease")), Some(&SurveyAnswer::Scale(4)));
    }

    #[test]
    fn a_survey_of_skips_alone_is_not_sent() {
        let survey = survey();
        let mut answers = Answers::default();
        answers.set(&survey, &id("done"), SurveyAnswer::Skipped).unwrap();
        answers.set(&survey, &id("ease"), SurveyAnswer::Skipped).unwrap();
        assert_eq!(Journey::of(&survey, &answers).next, None);
        assert_eq!(CompleteAnswers::of(&survey, &answers), None);
    }
}
