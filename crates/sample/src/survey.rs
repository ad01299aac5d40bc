//! The survey of the town: a choice, a comment that depends on it, and a scale.

use crate::{id, text};
use domain::survey::{
    AnswerKind, ChoiceOption, Condition, Construct, JourneyStage, Survey, SurveyQuestion,
};

pub(crate) fn survey() -> Survey {
    let question = |name: &str, answer, only_if| SurveyQuestion {
        id: id(name),
        text: text(name),
        hint: Some(text("A hint")),
        stage: JourneyStage::Ask,
        construct: Construct::Overall,
        answer,
        only_if,
    };
    let options = ["yes", "no"].map(|name| ChoiceOption { id: id(name), text: text(name) }).into();
    let labels = ["Poor", "Fair", "Good", "Very good", "Great"].map(text).into();
    Survey {
        id: id("maple-bay"),
        version: 3,
        title: text("Your visit"),
        introduction: text("Three questions"),
        thanks: text("Thank you"),
        questions: vec![
            question("done", AnswerKind::Choice { options }, None),
            question(
                "why",
                AnswerKind::Comment,
                Some(Condition { question: id("done"), any_of: vec![id("no")] }),
            ),
            question("ease", AnswerKind::Scale { labels, may_not_apply: true }, None),
        ],
    }
}
