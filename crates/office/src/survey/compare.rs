//! Comparison of two periods. Only answers of invited people can be compared, all questions at
//! once, and "not shown" does not mean "no change".

use super::{Office, ReportQuery, days_in};
use crate::guard::Visit;
use crate::pages::{PageFrame, PageResult, page as made};
use crate::survey::words::Words;
use askama::Template;
use axum::Extension;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use casework::survey::shown::{ShownFigure, ShownInterval, ShownMargin};
use casework::survey::spec::ReportDays;
use domain::QuestionId;
use domain::survey::{AnswerKind, Survey, SurveyQuestion};
use insight::{
    ComparedChange, Comparison, Incomparable, Invited, Margin, NoMargin, Pair, Rule, Seen, Share,
    Wording, compare,
};
use std::collections::HashMap;
use std::sync::Arc;

#[derive(Template)]
#[template(path = "office/survey_compare.html")]
struct ComparePage {
    f: PageFrame,
    before: (String, String),
    after: (String, String),
    n: (String, String),
    rows: Vec<CompareRow>,
    /// The shares of both periods; empty if nothing can be compared.
    chart: String,
    /// Something could be compared, and no change is more than chance.
    is_chance: bool,
}

struct CompareRow {
    question: String,
    before: String,
    after: String,
    difference: String,
    verdict: &'static str,
    /// The change in a sentence; empty if it may be chance.
    finding: String,
}

pub(crate) async fn page(
    State(office): State<Arc<Office>>,
    Extension(visit): Extension<Visit>,
    Query(query): Query<HashMap<String, String>>,
) -> PageResult {
    let f = PageFrame::of(&office, &visit);
    let after = Side::of(office.asked(&query).await?);
    let length = after.days.to.days_since_1970() - after.days.from.days_since_1970() + 1;
    let usual = after.days.from.plus_days(-1);
    let asked_for = days_in(&query, "before_from", "before_to", office.today());
    let earlier = match query.contains_key("before_from") || query.contains_key("before_to") {
        true => asked_for,
        false => ReportDays { from: usual.plus_days(1 - length), to: usual },
    };
    let mut asked_before = HashMap::from([
        ("from".to_string(), earlier.from.to_string()),
        ("to".to_string(), earlier.to.to_string()),
    ]);
    asked_before.extend(
        query.get("before_version").map(|version| ("version".to_string(), version.clone())),
    );
    let before = Side::of(office.asked(&asked_before).await?);
    let (catalogue, texts) = (office.catalogue(), office.french_texts());
    let words =
        Words { language: f.language, survey: &after.survey, catalogue: &catalogue, texts: &texts };
    let pairs: Vec<_> = after
        .survey
        .questions
        .iter()
        .filter_map(|question| Some((question, pair(question, &before, &after)?)))
        .collect();
    let changes = compare(&pairs.iter().map(|(_, comparison)| *comparison).collect::<Vec<_>>());
    let is_shown = |change: &ComparedChange| matches!(change, ComparedChange::Shown(_));
    let is_open = |change: &ComparedChange| matches!(change, ComparedChange::NotShown(_));
    let is_chance = changes.iter().any(is_open) && !changes.iter().any(is_shown);
    let rows = pairs
        .iter()
        .zip(changes)
        .map(|((question, comparison), change)| row(&f, words, question, comparison, change))
        .collect();
    let seen = |side: &Side| match side.n {
        Seen::Shown(n) | Seen::Marked(n) => n.to_string(),
        Seen::Hidden => f.t("fewer than 5", "moins de 5").into(),
    };
    let days = |side: &Side| (side.days.from.to_string(), side.days.to.to_string());
    Ok(made(
        StatusCode::OK,
        &ComparePage {
            before: days(&before),
            after: days(&after),
            n: (seen(&before), seen(&after)),
            rows,
            chart: chart(words, &pairs),
            is_chance,
            f,
        },
    ))
}

/// What is compared of one period. It holds no answers, so that those of two periods are never in
/// memory together.
struct Side {
    days: ReportDays,
    survey: Survey,
    n: Seen,
    /// The shares of the top two ratings by question, where enough people answered it.
    shares: HashMap<QuestionId, Share<Invited>>,
}

impl Side {
    fn of(asked: ReportQuery) -> Self {
        let whole = asked.reading.round.invited.whole();
        let share = |question: &SurveyQuestion| {
            let ratings = whole.ratings(|response| response.answer(&question.id));
            let share = ratings.top_two()?;
            (!Rule::Office.alone(share.n()).is_hidden()).then(|| (question.id.clone(), share))
        };
        let rated = asked
            .survey
            .questions
            .iter()
            .filter(|question| matches!(question.answer, AnswerKind::Scale { .. }));
        Self {
            days: asked.days,
            n: Rule::Office.alone(whole.n()),
            shares: rated.filter_map(share).collect(),
            survey: asked.survey,
        }
    }
}

/// The shares of the top two ratings in both periods, if both asked the question and enough people
/// answered it.
fn pair(question: &SurveyQuestion, before: &Side, after: &Side) -> Option<Comparison<Invited>> {
    let share = |side: &Side| side.shares.get(&question.id).copied();
    let after_share = share(after)?;
    let asked_before = before.survey.question(&question.id)?;
    let wording =
        if (&asked_before.text, &asked_before.answer) == (&question.text, &question.answer) {
            Wording::Same
        } else {
            Wording::Changed
        };
    Some(Comparison { pair: Pair::Shares { before: share(before)?, after: after_share }, wording })
}

/// The shares of each question in both periods, one below the other, with their margins.
fn chart(words: Words<'_>, pairs: &[(&SurveyQuestion, Comparison<Invited>)]) -> String {
    let mut dots = Vec::new();
    for (question, comparison) in pairs {
        let Pair::Shares { before, after } = comparison.pair else { continue };
        let question = question.text.get(words.language);
        for (text, share) in [
            (words.t("{question} (before)", "{question} (avant)"), before),
            (words.t("{question} (after)", "{question} (après)"), after),
        ] {
            dots.push((wording::fill(text, &[("question", question)]), Some(shown(share))));
        }
    }
    let title = words.t(
        "Share of the top two answers, before and after",
        "Part des deux meilleures réponses, avant et après",
    );
    words.dots("compare", title, &dots)
}

/// A share as a report shows it.
fn shown(share: Share<Invited>) -> ShownFigure {
    let margin = match share.margin() {
        Margin::Within(interval) => {
            ShownMargin::Within(ShownInterval { low: interval.low(), high: interval.high() })
        }
        Margin::None(why) => ShownMargin::None(why),
    };
    ShownFigure { n: share.n(), value: share.value(), margin }
}

fn row(
    f: &PageFrame,
    words: Words<'_>,
    question: &SurveyQuestion,
    comparison: &Comparison<Invited>,
    change: ComparedChange,
) -> CompareRow {
    let Pair::Shares { before, after } = comparison.pair else {
        unreachable!("only shares are compared here")
    };
    let percent = |share: Share<Invited>| {
        format!("{} (n = {})", words.number(share.value() * 100.0), share.n())
    };
    let points = |value: f64| {
        format!("{}{}", if value > 0.0 { "+" } else { "" }, words.number(value * 100.0))
    };
    let (difference, verdict) = match change {
        ComparedChange::Shown(difference) => (
            Some(difference),
            if difference.value > 0.0 {
                f.t("Better", "Mieux")
            } else {
                f.t("Worse", "Moins bien")
            },
        ),
        ComparedChange::NotShown(difference) => {
            (Some(difference), f.t("May be chance", "Peut être dû au hasard"))
        }
        ComparedChange::CannotSay { why: Incomparable::WordingChanged, .. } => (
            None,
            f.t(
                "Can’t compare: the question changed",
                "Comparaison impossible : la question a changé",
            ),
        ),
        ComparedChange::CannotSay {
            why:
                Incomparable::NoMargin(
                    NoMargin::TooFew | NoMargin::AllAlike | NoMargin::ChoseThemselves,
                ),
            ..
        } => (None, f.t("Unknown", "Inconnu")),
    };
    let difference = difference.map_or_else(
        || "–".into(),
        |difference| {
            format!(
                "{} ({} {} {})",
                points(difference.value),
                points(difference.interval.low()),
                f.t("to", "à"),
                points(difference.interval.high())
            )
        },
    );
    CompareRow {
        question: question.text.get(f.language).into(),
        before: percent(before),
        after: percent(after),
        difference,
        verdict,
        finding: finding(f, words, question, (before, after), change),
    }
}

/// A change that is more than chance, in a sentence; empty for any other.
fn finding(
    f: &PageFrame,
    words: Words<'_>,
    question: &SurveyQuestion,
    (before, after): (Share<Invited>, Share<Invited>),
    change: ComparedChange,
) -> String {
    let ComparedChange::Shown(difference) = change else { return String::new() };
    let text = if difference.value > 0.0 {
        f.t(
            "A larger share of people gave one of the top two answers to “{question}”: {after}, from {before}; more than chance.",
            "Une plus grande part des personnes a donné une des deux meilleures réponses à «\u{a0}{question}\u{a0}»\u{a0}: {after}, contre {before}; plus que le hasard.",
        )
    } else {
        f.t(
            "A smaller share of people gave one of the top two answers to “{question}”: {after}, from {before}; more than chance.",
            "Une plus petite part des personnes a donné une des deux meilleures réponses à «\u{a0}{question}\u{a0}»\u{a0}: {after}, contre {before}; plus que le hasard.",
        )
    };
    let (before, after) = (words.percent(before.value()), words.percent(after.value()));
    let question = question.text.get(f.language);
    wording::fill(text, &[("question", question), ("after", &after), ("before", &before)])
}
