//! What an opened submission says about the survey, without what no report uses.

use domain::collector::{CollectorCode, Tally, Ticket};
use domain::submission::{Content, Feedback};
use domain::survey::SurveyAnswer;
use domain::{HubId, Language, QuestionId, ServiceId};

/// What an opened submission says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OpenedContent {
    /// The answers of one person.
    Answer(Box<GivenAnswer>),
    /// Something that happened at a survey link.
    Tally(Tally),
    /// A submission of a kind that the survey does not read.
    Other,
}

/// The answers of one person, without what no report uses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GivenAnswer {
    /// Version of the survey that was answered.
    pub survey_version: u32,
    /// Answers by question.
    pub answers: Vec<(QuestionId, SurveyAnswer)>,
    /// Language in which they were given.
    pub language: Language,
    /// Code of the survey link, if any.
    pub collector: Option<CollectorCode>,
    /// The invitation that was used, if any.
    pub ticket: Option<Ticket>,
    /// The service that they are about, if any.
    pub service: Option<ServiceId>,
    /// The location that they are about, if any.
    pub hub: Option<HubId>,
    /// Time to fill in the survey in seconds, if known.
    pub seconds: Option<u32>,
}

impl From<Feedback> for GivenAnswer {
    fn from(feedback: Feedback) -> Self {
        Self {
            survey_version: feedback.answers.survey_version(),
            answers: feedback.answers.answers().to_vec(),
            language: feedback.language,
            collector: feedback.collector,
            ticket: feedback.ticket,
            service: feedback.service,
            hub: feedback.hub,
            seconds: feedback.seconds,
        }
    }
}

impl From<Content> for OpenedContent {
    fn from(content: Content) -> Self {
        match content {
            Content::Feedback(feedback) => Self::Answer(Box::new(feedback.into())),
            Content::Tally(tally) => Self::Tally(tally),
            _ => Self::Other,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::collector::{Step, Way};
    use domain::gap::Gap;
    use domain::survey::{Answers, CompleteAnswers};
    use sample::id;

    #[test]
    fn of_what_was_sent_the_survey_reads_answers_and_tallies() {
        let survey = sample::town().survey;
        let mut answers = Answers::default();
        answers.set(&survey, &id("ease"), SurveyAnswer::Scale(4)).unwrap();
        let collector = CollectorCode::new(Way::Poster, 1, [1; 16]);
        let feedback = Feedback {
            answers: CompleteAnswers::of(&survey, &answers).unwrap(),
            language: Language::French,
            way: Way::Poster,
            collector: Some(collector.clone()),
            ticket: Some(Ticket([1; 16])),
            service: Some(id("boat-permit")),
            hub: Some(id("library")),
            seconds: Some(90),
        };
        let given = GivenAnswer {
            survey_version: 3,
            answers: vec![(id("ease"), SurveyAnswer::Scale(4))],
            language: Language::French,
            collector: Some(collector.clone()),
            ticket: Some(Ticket([1; 16])),
            service: Some(id("boat-permit")),
            hub: Some(id("library")),
            seconds: Some(90),
        };
        let opened = OpenedContent::from(Content::Feedback(feedback));
        assert_eq!(opened, OpenedContent::Answer(Box::new(given)));
        let tally = Tally { collector, step: Step::Opened };
        let opened = OpenedContent::from(Content::Tally(tally.clone()));
        assert_eq!(opened, OpenedContent::Tally(tally));
        let gap = Gap::of("hot air balloon", Language::English).unwrap();
        assert_eq!(OpenedContent::from(Content::Gap(gap)), OpenedContent::Other);
    }
}
