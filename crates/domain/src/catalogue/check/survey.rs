//! Checks of the survey.

use super::Faults;
use crate::survey::{
    AnswerKind, CLOSED_QUESTIONS_MAX, OPEN_QUESTIONS_MAX, SCALE_POINTS, Survey, SurveyQuestion,
};

/// Fewest and most options of a choice: as many as fit on a phone.
const OPTIONS: (usize, usize) = (2, 8);

pub(super) fn check(survey: &Survey, faults: &mut Faults) {
    let record = format!("survey {}", survey.id);
    for (field, text) in [
        ("title", &survey.title),
        ("introduction", &survey.introduction),
        ("thanks", &survey.thanks),
    ] {
        faults.bilingual(&record, field, text);
    }
    let open = survey.questions.iter().filter(|question| question.is_open()).count();
    faults.count(
        &record,
        "questions (closed)",
        survey.questions.len() - open,
        1,
        CLOSED_QUESTIONS_MAX,
    );
    faults.count(&record, "questions (open)", open, 0, OPEN_QUESTIONS_MAX);
    faults.unique("question", survey.questions.iter().map(|question| &question.id));
    for (at, question) in survey.questions.iter().enumerate() {
        let record = format!("question {}", question.id);
        faults.bilingual(&record, "text", &question.text);
        if let Some(hint) = &question.hint {
            faults.bilingual(&record, "hint", hint);
        }
        check_answer(question, &record, faults);
        check_condition(question, &survey.questions[..at], &record, faults);
    }
}

fn check_answer(question: &SurveyQuestion, record: &str, faults: &mut Faults) {
    match &question.answer {
        AnswerKind::Scale { labels, .. } => {
            faults.count(
                record,
                "answer.scale.labels",
                labels.len(),
                SCALE_POINTS.into(),
                SCALE_POINTS.into(),
            );
            labels.iter().for_each(|label| faults.bilingual(record, "answer.scale.labels", label));
        }
        AnswerKind::Choice { options } => {
            faults.count(record, "answer.choice.options", options.len(), OPTIONS.0, OPTIONS.1);
            faults.unique(&format!("{record} option"), options.iter().map(|option| &option.id));
            options
                .iter()
                .for_each(|option| faults.bilingual(record, "answer.choice.options", &option.text));
        }
        AnswerKind::Comment => {}
    }
}

/// A condition may refer only to an earlier question, and only to a choice that has the options it
/// names.
fn check_condition(
    question: &SurveyQuestion,
    earlier: &[SurveyQuestion],
    record: &str,
    faults: &mut Faults,
) {
    let Some(condition) = &question.only_if else { return };
    let ids: Vec<_> = earlier.iter().map(|question| &question.id).collect();
    faults.known(record, "only_if.question", "earlier question", &condition.question, &ids);
    let asked = earlier.iter().find(|question| question.id == condition.question);
    match asked.map(|question| &question.answer) {
        Some(AnswerKind::Choice { options }) => {
            let options: Vec<_> = options.iter().map(|option| &option.id).collect();
            condition
                .any_of
                .iter()
                .for_each(|id| faults.known(record, "only_if.any_of", "option", id, &options));
        }
        Some(_) => faults.other(
            record,
            "only_if.question",
            "it does not ask for a choice",
            "name a question with options",
        ),
        None => {}
    }
}
