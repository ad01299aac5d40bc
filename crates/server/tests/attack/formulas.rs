//! Attacks by texts that a spreadsheet would evaluate, in every file that staff export.

use crate::hub::{TestServer, sealed_content, sealed_inquiry};
use crate::office_client::OfficeClient;
use crate::report::{AttackReport, AttackScale};
use domain::collector::Way;
use domain::gap::Gap;
use domain::inquiry::{ReplyTo, ValidInquiry};
use domain::submission::{Content, Feedback};
use domain::survey::{AnswerKind, Answers, CompleteAnswers, Journey, Survey, SurveyAnswer};
use domain::{Catalogue, Language};
use offline::sealing::Sealed;

/// Characters that a cell must not begin with, in all variants that spreadsheets accept.
const BEGINS: [char; 8] = ['=', '+', '-', '@', '＝', '＋', '－', '＠'];
/// Characters that end a cell, whichever separator the spreadsheet's locale uses.
const ENDS: [char; 5] = [',', ';', '\t', '\n', '\r'];

/// Texts with a formula after everything that may end a cell.
fn words() -> Vec<String> {
    let mut words = Vec::new();
    for begins in BEGINS {
        words.push(format!("{begins}HYPERLINK(1)"));
        words.extend(ENDS.iter().map(|ends| format!("hello{ends}{begins}cmd|' /C calc'!A0")));
        words.push(format!("hello\u{2028}{begins}A1"));
    }
    words.extend([";;=1+1", ",\t;=1+1", "\";=1+1", "a\";\"=1+1", "'=1+1;=2+2"].map(String::from));
    words
}

/// The cells that would be evaluated, when the file is split by programs that ignore quotes and by
/// programs that respect them.
fn formulas_in(csv: &str) -> Vec<String> {
    let raw = csv.split(ENDS).map(|cell| cell.trim_matches('"').to_string());
    let whole = |separator: char| {
        let mut cells = vec![String::new()];
        let mut is_quoted = false;
        for letter in csv.chars() {
            match letter {
                '"' => is_quoted = !is_quoted,
                _ if !is_quoted && (letter == separator || letter == '\n' || letter == '\r') => {
                    cells.push(String::new())
                }
                _ => cells.last_mut().unwrap().push(letter),
            }
        }
        cells
    };
    let all = raw.chain([',', ';', '\t'].into_iter().flat_map(whole));
    all.filter(|cell| cell.starts_with(BEGINS) && cell.parse::<f64>().is_err()).collect()
}

/// An inquiry with the text in every field, and as an e-mail address or a phone number in turn.
fn asked(words: String, number: usize) -> ValidInquiry {
    let reply_to = if number.is_multiple_of(2) {
        ReplyTo::Email(format!("{}x@example.org", words.replace('@', "")).try_into().unwrap())
    } else {
        ReplyTo::Phone(words.chars().take(40).collect::<String>().try_into().unwrap())
    };
    ValidInquiry {
        service: None,
        hub: None,
        message: words.clone(),
        name: Some(words),
        reply_to,
        language: Language::English,
        notice_version: 1,
    }
}

pub(crate) fn all(report: &mut AttackReport, _: AttackScale) {
    let hub = TestServer::start();
    let ann = OfficeClient::first(&hub);
    let keys = hub.keys();
    let entries: Vec<Sealed> = words()
        .into_iter()
        .enumerate()
        .map(|(number, words)| sealed_inquiry(asked(words, number), &keys, 100 + number as u64))
        .collect();
    for batch in entries.chunks(20) {
        hub.send(&batch.iter().collect::<Vec<_>>());
    }
    check(report, "inquiries", &hub.export("inquiries", "csv"), entries.len());
    let gaps: Vec<_> = words()
        .iter()
        .filter_map(|words| Gap::of(words, Language::English))
        .enumerate()
        .map(|(number, gap)| sealed_content(Content::Gap(gap), &keys, 1_000 + number as u64))
        .collect();
    hub.send(&gaps.iter().collect::<Vec<_>>());
    check(report, "gaps", &hub.export("gaps", "csv"), 1);
    let project = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let (catalogue, _) = publish::check_dir(&project.join("tests/municipalities/pine-harbour"))
        .unwrap_or_else(|faults| panic!("{faults:?}"));
    let feedback: Vec<_> = words()
        .iter()
        .enumerate()
        .filter_map(|(number, words)| {
            Some(sealed_content(answered(&catalogue, words)?, &keys, 2_000 + number as u64))
        })
        .collect();
    for batch in feedback.chunks(20) {
        hub.send(&batch.iter().collect::<Vec<_>>());
    }
    check(report, "feedback", &hub.export("feedback", "csv"), feedback.len());
    let pages = [
        "/office/figures.csv",
        "/office/counter.csv",
        "/office/survey/figures.csv",
        "/office/survey/codebook.csv",
    ];
    let strange: Vec<String> =
        pages.iter().flat_map(|path| formulas_in(&ann.get(&hub, path).text())).collect();
    report.check(
        "the files of the office's pages",
        "no cell is a formula",
        format!("{strange:?}"),
        strange.is_empty(),
    );
}

fn check(report: &mut AttackReport, kind: &str, csv: &str, least: usize) {
    let strange = formulas_in(csv);
    let is_whole = csv.lines().count() > least;
    let said = format!("{} are: {:?}", strange.len(), strange.iter().take(4).collect::<Vec<_>>());
    report.check(
        &format!("{kind} with a formula after everything that may end a cell, as CSV"),
        "no cell is a formula, in any locale",
        said,
        strange.is_empty() && is_whole,
    );
}

/// Answers to every question, with the text as each comment.
fn answered(catalogue: &Catalogue, words: &str) -> Option<Content> {
    let survey: &Survey = catalogue.survey();
    let mut answers = Answers::default();
    loop {
        let next = {
            let journey = Journey::of(survey, &answers);
            journey.next.and_then(|at| journey.route.get(at).copied())
        };
        let Some(question) = next else { break };
        let given = match &question.answer {
            AnswerKind::Scale { .. } => SurveyAnswer::Scale(3),
            AnswerKind::Choice { options } => SurveyAnswer::Choice(options.first()?.id.clone()),
            AnswerKind::Comment => SurveyAnswer::Comment(words.into()),
        };
        answers.set(survey, &question.id, given).ok()?;
    }
    let answers = CompleteAnswers::of(survey, &answers)?;
    Some(Content::Feedback(Feedback {
        answers,
        language: Language::English,
        way: Way::OpenLink,
        collector: None,
        ticket: None,
        service: None,
        hub: None,
        seconds: Some(60),
    }))
}
