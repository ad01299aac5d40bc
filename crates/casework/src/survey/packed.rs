//! The form in which opened submissions are held: about a tenth of their JSON, because names of
//! questions and options are numbers. Only for memory; it is never stored.

use super::given::{GivenAnswer, OpenedContent};
use domain::collector::{CollectorCode, Step, Tally, Ticket};
use domain::survey::{AnswerKind, Survey, SurveyAnswer};
use domain::{HubId, Language, QuestionId, ServiceId};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

/// Numbers of questions and options. Only ids of published surveys get one, so that what strangers
/// send cannot make it grow.
#[derive(Default)]
pub struct NameNumbers {
    ids: Vec<QuestionId>,
    numbers: HashMap<QuestionId, u16>,
}

#[derive(Serialize, Deserialize)]
enum PackedContent {
    Answer(PackedAnswers),
    Tally(CollectorCode, Step),
}

#[derive(Serialize, Deserialize)]
struct PackedAnswers {
    survey_version: u32,
    answers: Vec<(PackedName, PackedAnswer)>,
    language: Language,
    collector: Option<CollectorCode>,
    ticket: Option<[u8; 16]>,
    service: Option<ServiceId>,
    hub: Option<HubId>,
    seconds: Option<u32>,
}

#[derive(Serialize, Deserialize)]
enum PackedName {
    Known(u16),
    Other(QuestionId),
}

#[derive(Serialize, Deserialize)]
enum PackedAnswer {
    Scale(u8),
    DoesNotApply,
    Choice(PackedName),
    Comment(String),
    Skipped,
}

impl NameNumbers {
    /// Gives the questions and options of a survey numbers.
    pub fn learn_survey(&mut self, survey: &Survey) {
        for question in &survey.questions {
            self.learn(&question.id);
            if let AnswerKind::Choice { options } = &question.answer {
                options.iter().for_each(|option| self.learn(&option.id));
            }
        }
    }

    /// Gives an id a number, while there are numbers.
    pub fn learn(&mut self, id: &QuestionId) {
        if self.numbers.contains_key(id) {
            return;
        }
        if let Ok(number) = u16::try_from(self.ids.len()) {
            self.ids.push(id.clone());
            self.numbers.insert(id.clone(), number);
        }
    }

    /// The short form; `None` for content that the survey does not read.
    pub fn pack(&self, content: &OpenedContent) -> Option<Box<[u8]>> {
        let packed = match content {
            OpenedContent::Answer(given) => PackedContent::Answer(self.packed_answers(given)),
            OpenedContent::Tally(tally) => {
                PackedContent::Tally(tally.collector.clone(), tally.step)
            }
            OpenedContent::Other => return None,
        };
        postcard::to_allocvec(&packed).ok().map(Vec::into_boxed_slice)
    }

    /// Reverses [`NameNumbers::pack`]; `None` for bytes that it did not make.
    pub fn unpack(&self, bytes: &[u8]) -> Option<OpenedContent> {
        Some(match postcard::from_bytes(bytes).ok()? {
            PackedContent::Answer(packed) => OpenedContent::Answer(Box::new(self.given(packed)?)),
            PackedContent::Tally(collector, step) => {
                OpenedContent::Tally(Tally { collector, step })
            }
        })
    }

    fn packed_answers(&self, given: &GivenAnswer) -> PackedAnswers {
        let answer = |answer: &SurveyAnswer| match answer {
            SurveyAnswer::Scale(point) => PackedAnswer::Scale(*point),
            SurveyAnswer::DoesNotApply => PackedAnswer::DoesNotApply,
            SurveyAnswer::Choice(option) => PackedAnswer::Choice(self.packed_name(option)),
            SurveyAnswer::Comment(text) => PackedAnswer::Comment(text.clone()),
            SurveyAnswer::Skipped => PackedAnswer::Skipped,
        };
        PackedAnswers {
            survey_version: given.survey_version,
            answers: given
                .answers
                .iter()
                .map(|(question, said)| (self.packed_name(question), answer(said)))
                .collect(),
            language: given.language,
            collector: given.collector.clone(),
            ticket: given.ticket.map(|ticket| ticket.0),
            service: given.service.clone(),
            hub: given.hub.clone(),
            seconds: given.seconds,
        }
    }

    fn packed_name(&self, id: &QuestionId) -> PackedName {
        self.numbers
            .get(id)
            .map_or_else(|| PackedName::Other(id.clone()), |&n| PackedName::Known(n))
    }

    fn given(&self, packed: PackedAnswers) -> Option<GivenAnswer> {
        let name = |name| match name {
            PackedName::Known(number) => self.ids.get(usize::from(number)).cloned(),
            PackedName::Other(id) => Some(id),
        };
        let answer = |answer| {
            Some(match answer {
                PackedAnswer::Scale(point) => SurveyAnswer::Scale(point),
                PackedAnswer::DoesNotApply => SurveyAnswer::DoesNotApply,
                PackedAnswer::Choice(option) => SurveyAnswer::Choice(name(option)?),
                PackedAnswer::Comment(text) => SurveyAnswer::Comment(text),
                PackedAnswer::Skipped => SurveyAnswer::Skipped,
            })
        };
        Some(GivenAnswer {
            survey_version: packed.survey_version,
            answers: packed
                .answers
                .into_iter()
                .map(|(question, said)| Some((name(question)?, answer(said)?)))
                .collect::<Option<_>>()?,
            language: packed.language,
            collector: packed.collector,
            ticket: packed.ticket.map(Ticket),
            service: packed.service,
            hub: packed.hub,
            seconds: packed.seconds,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::collector::Way;
    use sample::id;

    fn learned() -> NameNumbers {
        let mut names = NameNumbers::default();
        names.learn_survey(&sample::town().survey);
        names
    }

    fn answer() -> GivenAnswer {
        GivenAnswer {
            survey_version: 3,
            answers: vec![
                (id("done"), SurveyAnswer::Choice(id("no"))),
                (id("why"), SurveyAnswer::Comment("Closed at four.".into())),
                (id("ease"), SurveyAnswer::Scale(2)),
                (id("asked-before"), SurveyAnswer::Choice(id("perhaps"))),
                (id("speed"), SurveyAnswer::DoesNotApply),
                (id("trust"), SurveyAnswer::Skipped),
            ],
            language: Language::French,
            collector: Some(CollectorCode::new(Way::Paper, 5, [4; 16])),
            ticket: Some(Ticket([7; 16])),
            service: Some(id("dog-licence")),
            hub: Some(id("town-hall")),
            seconds: Some(90),
        }
    }

    fn opened(answer: GivenAnswer) -> OpenedContent {
        OpenedContent::Answer(Box::new(answer))
    }

    #[test]
    fn what_was_packed_is_unpacked_the_same() {
        let names = learned();
        let collector = CollectorCode::new(Way::Kiosk, 1, [9; 16]);
        let nothing = GivenAnswer {
            answers: Vec::new(),
            collector: None,
            ticket: None,
            service: None,
            hub: None,
            seconds: None,
            ..answer()
        };
        for content in [
            opened(answer()),
            opened(nothing),
            OpenedContent::Tally(Tally { collector, step: Step::Refused }),
        ] {
            let packed = names.pack(&content).unwrap();
            assert_eq!(names.unpack(&packed), Some(content));
        }
        assert_eq!(names.pack(&OpenedContent::Other), None, "no report reads it");
    }

    #[test]
    fn the_names_of_a_known_survey_are_not_held_again() {
        let names = learned();
        let packed = names.pack(&opened(answer())).unwrap();
        let holds = |name: &str| packed.windows(name.len()).any(|of| of == name.as_bytes());
        assert!(!holds("done") && !holds("ease") && !holds("no"));
        assert!(holds("asked-before") && holds("perhaps"), "a stranger may name anything");
    }

    #[test]
    fn numbers_stay_when_a_later_survey_is_learned() {
        let mut names = learned();
        let packed = names.pack(&opened(answer())).unwrap();
        let mut later = sample::town().survey;
        later.questions.reverse();
        later.questions[0].id = id("asked-before");
        names.learn_survey(&later);
        assert_eq!(names.unpack(&packed), Some(opened(answer())));
        assert_ne!(names.pack(&opened(answer())), Some(packed), "the new name has a number too");
    }

    #[test]
    fn bytes_of_another_memory_are_not_read() {
        let packed = learned().pack(&opened(answer())).unwrap();
        assert_eq!(NameNumbers::default().unpack(&packed), None);
        assert_eq!(learned().unpack(&[9, 9, 9]), None);
    }
}
