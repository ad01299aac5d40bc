//! The survey as data, and the way through it. The place in a survey is computed from the answers;
//! nothing stores a position, so going back and changing an answer can never lead astray.

use crate::ids::QuestionId;
use crate::text::Text;
use serde::{Deserialize, Serialize};

/// Closed questions (scale or choice) that one survey may have, so that it stays under five minutes.
pub const CLOSED_QUESTIONS_MAX: usize = 12;
/// Open questions that one survey may have.
pub const OPEN_QUESTIONS_MAX: usize = 2;
/// Characters that a comment may have: about three hundred words.
pub const COMMENT_CHARS_MAX: usize = 2_000;
/// Points of a scale: five, all labelled, low to high.
pub const SCALE_POINTS: u8 = 5;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Survey {
    pub id: crate::ids::MunicipalityId,
    /// Grows with every change of a question; answers keep the version they were given to.
    pub version: u32,
    pub title: Text,
    pub introduction: Text,
    /// What happens with the answers, said on the last screen.
    pub thanks: Text,
    pub questions: Vec<Question>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Question {
    pub id: QuestionId,
    pub text: Text,
    #[serde(default)]
    pub hint: Option<Text>,
    pub stage: Stage,
    pub construct: Construct,
    pub answer: AnswerKind,
    /// Asked only when an earlier question was answered so.
    #[serde(default)]
    pub only_if: Option<Condition>,
}

/// A stage of the customer's journey. The municipality's own names are not known; these are ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stage {
    Need,
    Find,
    Prepare,
    Ask,
    Wait,
    Receive,
    Reflect,
}

/// What a question measures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Construct {
    Overall,
    Timeliness,
    Knowledge,
    Fairness,
    Outcome,
    Access,
    Information,
    Context,
    Comment,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AnswerKind {
    /// Five labels, low to high. "Does not apply" is offered apart when asked for.
    Scale {
        labels: Vec<Text>,
        may_not_apply: bool,
    },
    Choice {
        options: Vec<ChoiceOption>,
    },
    Comment,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChoiceOption {
    pub id: QuestionId,
    pub text: Text,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Condition {
    pub question: QuestionId,
    pub any_of: Vec<QuestionId>,
}

impl Question {
    pub fn is_open(&self) -> bool {
        matches!(self.answer, AnswerKind::Comment)
    }
}

/// What a person said to one question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Answer {
    /// 1 (low) to 5 (high).
    Scale(u8),
    DoesNotApply,
    Choice(QuestionId),
    Comment(String),
    /// Seen and passed over; not the same as never seen.
    Skipped,
}

/// Why an answer does not fit its question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AnswerFault {
    UnknownQuestion,
    WrongKind,
    NotOnScale(u8),
    UnknownOption,
    TooLong { chars: usize },
}

/// The answers so far, at most one a question, in the order of the survey.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Answers(Vec<(QuestionId, Answer)>);

impl Answers {
    pub fn get(&self, question: &QuestionId) -> Option<&Answer> {
        self.0.iter().find(|(id, _)| id == question).map(|(_, answer)| answer)
    }

    /// Sets or changes an answer. Errors when it does not fit the question; then nothing changes.
    pub fn set(
        &mut self,
        survey: &Survey,
        question: &QuestionId,
        answer: Answer,
    ) -> Result<(), AnswerFault> {
        let asked = survey.question(question).ok_or(AnswerFault::UnknownQuestion)?;
        fits(asked, &answer)?;
        self.0.retain(|(id, _)| id != question);
        self.0.push((question.clone(), answer));
        Ok(())
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether anything was said, beyond passing over.
    pub fn say_something(&self) -> bool {
        self.0.iter().any(|(_, answer)| *answer != Answer::Skipped)
    }
}

fn fits(question: &Question, answer: &Answer) -> Result<(), AnswerFault> {
    match (&question.answer, answer) {
        (_, Answer::Skipped) => Ok(()),
        (AnswerKind::Scale { .. }, Answer::Scale(point)) if (1..=SCALE_POINTS).contains(point) => {
            Ok(())
        }
        (AnswerKind::Scale { .. }, Answer::Scale(point)) => Err(AnswerFault::NotOnScale(*point)),
        (AnswerKind::Scale { may_not_apply: true, .. }, Answer::DoesNotApply) => Ok(()),
        (AnswerKind::Choice { options }, Answer::Choice(id))
            if options.iter().any(|option| option.id == *id) =>
        {
            Ok(())
        }
        (AnswerKind::Choice { .. }, Answer::Choice(_)) => Err(AnswerFault::UnknownOption),
        (AnswerKind::Comment, Answer::Comment(text)) => match text.chars().count() {
            chars if chars > COMMENT_CHARS_MAX => Err(AnswerFault::TooLong { chars }),
            _ => Ok(()),
        },
        _ => Err(AnswerFault::WrongKind),
    }
}

impl Survey {
    pub fn question(&self, id: &QuestionId) -> Option<&Question> {
        self.questions.iter().find(|question| question.id == *id)
    }
}

/// The way through a survey, given what was answered: which questions apply, and which is next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Journey<'a> {
    /// Every question that applies, in order.
    pub route: Vec<&'a Question>,
    /// Where in the route the first question without an answer stands; `None` when all have one.
    pub next: Option<usize>,
}

impl<'a> Journey<'a> {
    pub fn of(survey: &'a Survey, answers: &Answers) -> Self {
        let applies = |question: &&Question| {
            question.only_if.as_ref().is_none_or(|condition| holds(condition, answers))
        };
        let route: Vec<_> = survey.questions.iter().filter(applies).collect();
        let next = route.iter().position(|question| answers.get(&question.id).is_none());
        Self { route, next }
    }

    pub fn position_of(&self, id: &QuestionId) -> Option<usize> {
        self.route.iter().position(|question| question.id == *id)
    }
}

fn holds(condition: &Condition, answers: &Answers) -> bool {
    matches!(answers.get(&condition.question), Some(Answer::Choice(id)) if condition.any_of.contains(id))
}

/// Answers that may be sent: all fit, all lie on the route, at least one says something.
/// Answers to questions that no longer apply are left out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CompleteAnswers {
    survey_version: u32,
    answers: Vec<(QuestionId, Answer)>,
}

impl CompleteAnswers {
    /// `None` when nothing was said at all.
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

    pub fn survey_version(&self) -> u32 {
        self.survey_version
    }

    pub fn answers(&self) -> &[(QuestionId, Answer)] {
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

    fn question(name: &str, answer: AnswerKind, only_if: Option<Condition>) -> Question {
        Question {
            id: id(name),
            text: text(name),
            hint: None,
            stage: Stage::Ask,
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
        answers.set(&survey, &id("done"), Answer::Choice(id("no"))).unwrap();
        let journey = Journey::of(&survey, &answers);
        assert_eq!((journey.route.len(), journey.next), (3, Some(1)));
        answers.set(&survey, &id("why"), Answer::Comment("slow".into())).unwrap();
        answers.set(&survey, &id("done"), Answer::Choice(id("yes"))).unwrap();
        let complete = CompleteAnswers::of(&survey, &answers).unwrap();
        assert_eq!(
            complete.answers(),
            [(id("done"), Answer::Choice(id("yes")))],
            "an answer off the route is not sent"
        );
    }

    #[test]
    fn an_answer_that_does_not_fit_changes_nothing() {
        let survey = survey();
        let mut answers = Answers::default();
        answers.set(&survey, &id("ease"), Answer::Scale(4)).unwrap();
        let long = "x".repeat(COMMENT_CHARS_MAX + 1);
        for (question, answer, fault) in [
            ("ease", Answer::Scale(6), AnswerFault::NotOnScale(6)),
            ("ease", Answer::Scale(0), AnswerFault::NotOnScale(0)),
            ("ease", Answer::Comment("x".into()), AnswerFault::WrongKind),
            ("done", Answer::Choice(id("maybe")), AnswerFault::UnknownOption),
            ("done", Answer::DoesNotApply, AnswerFault::WrongKind),
            ("nothing", Answer::Skipped, AnswerFault::UnknownQuestion),
            ("why", Answer::Comment(long), AnswerFault::TooLong { chars: COMMENT_CHARS_MAX + 1 }),
        ] {
            assert_eq!(answers.set(&survey, &id(question), answer), Err(fault));
        }
        assert_eq!(answers.get(&id("ease")), Some(&Answer::Scale(4)));
    }

    #[test]
    fn a_survey_of_skips_alone_is_not_sent() {
        let survey = survey();
        let mut answers = Answers::default();
        answers.set(&survey, &id("done"), Answer::Skipped).unwrap();
        answers.set(&survey, &id("ease"), Answer::Skipped).unwrap();
        assert_eq!(Journey::of(&survey, &answers).next, None);
        assert_eq!(CompleteAnswers::of(&survey, &answers), None);
    }
}
