//! The survey as plain forms carry it from page to page: all that was answered is in hidden fields,
//! and nothing on the server. Which question follows is decided as in the app.

use super::{PlainFields, PlainPage};
use crate::model::survey::{SurveyDraft, SurveyLink};
use crate::model::unsent::{answer_of, answer_text};
use crate::pages::feedback_question::{AnswerProblem, acceptable};
use domain::collector::{CollectorCode, Way};
use domain::submission::Feedback;
use domain::survey::{Answers, CompleteAnswers, Journey, Survey, SurveyAnswer};
use domain::{Catalogue, HubId, Language, QuestionId, ServiceId};
use serde::{Deserialize, Serialize};

/// What the name of a hidden field with an answer begins with; the id of the question follows.
pub(crate) const ANSWER: &str = "answer-";

/// The survey as it was answered so far.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct PlainSurvey {
    service: Option<ServiceId>,
    hub: Option<HubId>,
    /// What follows `/s/` in the address by which the person came.
    link: Option<String>,
    answers: Vec<(QuestionId, SurveyAnswer)>,
}

/// What follows from a form of the survey.
#[derive(Debug, Clone, PartialEq)]
pub enum SurveyTurn {
    /// A page.
    Show(PlainPage),
    /// The first question, which somebody has begun.
    Begin(PlainPage),
    /// The answers are sent.
    Send(PlainSurvey),
}

impl PlainSurvey {
    /// The code of the survey link by which the person came.
    pub fn collector(&self) -> Option<CollectorCode> {
        Some(self.read_link()?.code)
    }

    /// The answers as they are sent. `None` if nothing was answered.
    pub fn feedback(&self, survey: &Survey, language: Language) -> Option<Feedback> {
        let answers = CompleteAnswers::of(survey, &self.answers(survey))?;
        let (collector, ticket) = self.read_link().map(|link| (link.code, link.ticket)).unzip();
        Some(Feedback {
            answers,
            language,
            way: collector.as_ref().map_or(Way::OpenLink, CollectorCode::way),
            collector,
            ticket: ticket.flatten(),
            service: self.service.clone(),
            hub: self.hub.clone(),
            // Nobody measured it.
            seconds: None,
        })
    }

    /// As the app's model has it.
    pub(super) fn draft(&self, survey: &Survey) -> SurveyDraft {
        SurveyDraft {
            answers: self.answers(survey),
            about: crate::route::AboutRecord {
                service: self.service.clone(),
                hub: self.hub.clone(),
            },
            link: self.read_link(),
            started_ms: None,
        }
    }

    fn read_link(&self) -> Option<SurveyLink> {
        SurveyLink::parse(self.link.as_ref()?)
    }

    /// The answers that fit their questions.
    fn answers(&self, survey: &Survey) -> Answers {
        let mut answers = Answers::default();
        for (question, answer) in &self.answers {
            // Another answer is to the survey of an earlier edition, or the form was changed.
            let _ = answers.set(survey, question, answer.clone());
        }
        answers
    }

    fn set(&mut self, question: &QuestionId, answer: SurveyAnswer) {
        self.answers.retain(|(of, _)| of != question);
        self.answers.push((question.clone(), answer));
    }

    /// The page of the question that comes next in the route, or the review.
    fn page_at(self, survey: &Survey, at: Option<usize>) -> PlainPage {
        let answers = self.answers(survey);
        let route = Journey::of(survey, &answers).route;
        match at.and_then(|at| route.get(at)) {
            Some(question) => self.question(question.id.clone()),
            None => PlainPage::SurveyCheck { survey: self, trouble: None },
        }
    }

    fn question(self, question: QuestionId) -> PlainPage {
        PlainPage::SurveyQuestion { survey: self, question, typed: None, is_checked: false }
    }

    /// The page of the first question that has no answer, or the review.
    fn unanswered(self, survey: &Survey) -> PlainPage {
        let next = Journey::of(survey, &self.answers(survey)).next;
        self.page_at(survey, next)
    }
}

impl PlainFields {
    fn survey(&self, catalogue: &Catalogue) -> PlainSurvey {
        let about = self.about(catalogue);
        let link = Some(self.text("link")).filter(|text| is_open_to_all(text));
        let answer = |(name, value): &(String, String)| {
            let question = QuestionId::parse(name.strip_prefix(ANSWER)?).ok()?;
            Some((question, answer_of(value)?))
        };
        PlainSurvey {
            service: about.service,
            hub: about.hub,
            link: link.map(String::from),
            answers: self.0.iter().filter_map(answer).collect(),
        }
    }

    /// What was chosen or typed as the answer to the question of the page.
    fn typed_answer(&self) -> Option<SurveyAnswer> {
        let is_comment = self.has("comment");
        if is_comment {
            return Some(SurveyAnswer::Comment(self.text("comment").into()));
        }
        answer_of(self.text("answer"))
    }

    /// What follows from a form of the survey.
    pub fn survey_turn(&self, catalogue: &Catalogue) -> SurveyTurn {
        let (survey, asked) = (self.survey(catalogue), catalogue.survey());
        let known = |name: &str| {
            let id = QuestionId::parse(self.text(name)).ok()?;
            asked.question(&id).map(|question| question.id.clone())
        };
        if let Some(question) = known("change") {
            return SurveyTurn::Show(survey.question(question));
        }
        let question = known("question");
        let page = match (self.text("do"), question) {
            ("send", _) => return SurveyTurn::Send(survey),
            ("start", _) => return SurveyTurn::Begin(survey.unanswered(asked)),
            ("next", Some(question)) => self.answered(survey, asked, question),
            ("skip", Some(question)) => skipped(survey, asked, question),
            ("back", Some(question)) => self.before(survey, asked, question),
            ("show", Some(question)) => PlainPage::SurveyQuestion {
                survey,
                question,
                typed: self.typed_answer(),
                is_checked: false,
            },
            ("show", None) if self.text("place") == "check" => {
                PlainPage::SurveyCheck { survey, trouble: None }
            }
            ("next" | "skip" | "back", None) => survey.unanswered(asked),
            _ => PlainPage::SurveyStart { survey },
        };
        SurveyTurn::Show(page)
    }

    /// The page after an answer: the question again if the answer cannot be accepted.
    fn answered(&self, mut survey: PlainSurvey, asked: &Survey, question: QuestionId) -> PlainPage {
        let typed = self.typed_answer();
        let answer = asked.question(&question).map(|of| acceptable(of, typed.clone()));
        let mut answers = survey.answers(asked);
        match answer {
            Some(Ok(answer)) if answers.set(asked, &question, answer.clone()).is_ok() => {
                survey.set(&question, answer);
                after(survey, asked, &question)
            }
            _ => PlainPage::SurveyQuestion { survey, question, typed, is_checked: true },
        }
    }

    /// The page before a question. A comment is kept as it was typed, and one that was deleted is
    /// skipped. One that is too long fits no answer, so its question is shown again with the fault.
    fn before(&self, mut survey: PlainSurvey, asked: &Survey, question: QuestionId) -> PlainPage {
        let typed = self.typed_answer();
        if let Some(of) = asked.question(&question).filter(|of| of.is_open()) {
            let had_answer = survey.answers.iter().any(|(of, _)| *of == question);
            match acceptable(of, typed.clone()) {
                Ok(answer) => survey.set(&question, answer),
                Err(AnswerProblem::TooLongBy(_)) => {
                    return PlainPage::SurveyQuestion { survey, question, typed, is_checked: true };
                }
                Err(_) if had_answer && typed.is_some() => {
                    survey.set(&question, SurveyAnswer::Skipped);
                }
                Err(_) => {}
            }
        }
        let answers = survey.answers(asked);
        let at = Journey::of(asked, &answers).position_of(&question);
        match at.and_then(|at| at.checked_sub(1)) {
            Some(before) => survey.page_at(asked, Some(before)),
            None => PlainPage::SurveyStart { survey },
        }
    }
}

fn skipped(mut survey: PlainSurvey, asked: &Survey, question: QuestionId) -> PlainPage {
    survey.set(&question, SurveyAnswer::Skipped);
    after(survey, asked, &question)
}

/// The page after a question.
fn after(survey: PlainSurvey, asked: &Survey, question: &QuestionId) -> PlainPage {
    let at = Journey::of(asked, &survey.answers(asked)).position_of(question);
    survey.page_at(asked, at.map(|at| at + 1))
}

/// Whether a survey link is one that people open on their own devices.
pub(crate) fn is_open_to_all(link: &str) -> bool {
    let way = SurveyLink::parse(link).map(|link| link.code.way());
    way.is_some_and(|way| !matches!(way, Way::Kiosk | Way::StaffAssisted | Way::Paper))
}

/// Hidden fields with all answers: names and values.
pub(crate) fn answer_fields(answers: &Answers) -> Vec<(String, String)> {
    let field = |(question, answer): &(QuestionId, SurveyAnswer)| {
        ([ANSWER, question.as_str()].concat(), answer_text(answer))
    };
    answers.iter().map(field).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::survey::{AnswerKind, COMMENT_CHARS_MAX};
    use sample::checked;

    fn turn(town: &Catalogue, fields: &[(&str, &str)]) -> SurveyTurn {
        let pairs = fields.iter().map(|(name, value)| ((*name).into(), (*value).into()));
        PlainFields::of(pairs).survey_turn(town)
    }

    fn question_in(turn: SurveyTurn) -> Option<String> {
        match turn {
            SurveyTurn::Show(PlainPage::SurveyQuestion { question, .. })
            | SurveyTurn::Begin(PlainPage::SurveyQuestion { question, .. }) => {
                Some(question.to_string())
            }
            _ => None,
        }
    }

    /// An answer that fits a question, as a form has it: the name of the field, and the value.
    fn fitting(kind: &AnswerKind) -> (&'static str, String) {
        match kind {
            AnswerKind::Scale { .. } => ("answer", "s3".into()),
            AnswerKind::Choice { options } => ("answer", format!("c{}", options[0].id)),
            AnswerKind::Comment => ("comment", "calm".into()),
        }
    }

    #[test]
    fn each_answer_leads_to_the_next_question_and_the_last_one_to_the_review() {
        let town = checked(|_| {});
        let mut hidden: Vec<(String, String)> = Vec::new();
        let mut now = question_in(turn(&town, &[("do", "start")])).expect("a first question");
        loop {
            let asked = town.survey().question(&QuestionId::parse(&now).expect("a slug"));
            let (name, value) = fitting(&asked.expect("it is asked").answer);
            let mut fields: Vec<(&str, &str)> =
                hidden.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
            fields.extend([("do", "next"), ("question", now.as_str()), (name, value.as_str())]);
            let next = turn(&town, &fields);
            let value = if name == "comment" { format!("t{value}") } else { value };
            let answered = ([ANSWER, &now].concat(), value);
            match next {
                SurveyTurn::Show(PlainPage::SurveyCheck { survey, trouble: None }) => {
                    hidden.push(answered);
                    assert_eq!(survey.answers.len(), hidden.len());
                    let feedback = survey.feedback(town.survey(), Language::French);
                    assert!(feedback.is_some_and(|feedback| feedback.seconds.is_none()));
                    return;
                }
                other => now = question_in(other).expect("a question"),
            }
            hidden.push(answered);
            assert!(hidden.len() <= town.survey().questions.len(), "{now} comes again");
        }
    }

    #[test]
    fn what_does_not_fit_is_asked_again_and_what_is_unknown_is_left_out() {
        let town = checked(|_| {});
        let first = question_in(turn(&town, &[("do", "start")])).expect("a first question");
        for value in ["", "s9", "cno-such", "x"] {
            let fields = [("do", "next"), ("question", first.as_str()), ("answer", value)];
            let SurveyTurn::Show(PlainPage::SurveyQuestion { question, is_checked, .. }) =
                turn(&town, &fields)
            else {
                panic!("{value}")
            };
            assert!(question.as_str() == first && is_checked, "{value}");
        }
        let strange = [("answer-no-such", "s1"), ("service", "no-such"), ("do", "send")];
        let SurveyTurn::Send(survey) = turn(&town, &strange) else { panic!("it is sent") };
        assert!(survey.feedback(town.survey(), Language::English).is_none());
        assert_eq!(survey.service, None);
    }

    #[test]
    fn going_back_keeps_the_comment_that_was_typed_and_none_that_was_deleted() {
        let town = checked(|_| {});
        let open = town.survey().questions.iter().find(|one| one.is_open()).expect("a comment");
        let field = [ANSWER, open.id.as_str()].concat();
        let back = |typed: &str, before: &str| {
            let own = [("comment", typed), (field.as_str(), before)];
            turn(&town, &[&[("do", "back"), ("question", open.id.as_str())][..], &own].concat())
        };
        let kept = |of: SurveyTurn| match of {
            SurveyTurn::Show(
                PlainPage::SurveyQuestion { survey, is_checked: false, .. }
                | PlainPage::SurveyStart { survey },
            ) => survey.answers,
            other => panic!("{other:?}"),
        };
        let comment = |text: &str| SurveyAnswer::Comment(text.into());
        assert_eq!(kept(back("New", "tOld")), vec![(open.id.clone(), comment("New"))]);
        assert_eq!(kept(back(" \n", "tOld")), vec![(open.id.clone(), SurveyAnswer::Skipped)]);
        assert!(kept(back("", "")).is_empty(), "it is asked again");
        let long = "x".repeat(COMMENT_CHARS_MAX + 1);
        let SurveyTurn::Show(PlainPage::SurveyQuestion { question, typed, is_checked, .. }) =
            back(&long, "tOld")
        else {
            panic!("a question")
        };
        assert!(question == open.id && is_checked && typed == Some(comment(&long)));
    }

    #[test]
    fn a_stand_is_no_link_of_a_form() {
        for way in Way::ALL {
            let code = CollectorCode::new(way, 3, [5; 16]).to_string();
            let is_own = !matches!(way, Way::Kiosk | Way::StaffAssisted | Way::Paper);
            assert_eq!(is_open_to_all(&code), is_own, "{way:?}");
        }
        assert!(!is_open_to_all("") && !is_open_to_all("hello"));
    }
}
