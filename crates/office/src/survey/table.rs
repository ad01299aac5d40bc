//! Figures as CSV (RFC 4180), with a codebook and a description of the files (Data Package 1.0).
//! One figure per row, so that a new question changes no column.

use super::words::Words;
use crate::cells::CellWriter;
use casework::survey::shown::{Shown, ShownFigure, ShownHalf, ShownMargin};
use domain::survey::{AnswerKind, Construct};
use insight::{NoMargin, Seen};
use serde_json::json;

const COLUMNS: [(&str, &str, &str); 12] = [
    ("from", "date", "First day of the answers"),
    ("to", "date", "Last day of the answers"),
    ("survey_version", "integer", "Version of the questions"),
    ("respondents", "string", "invited: asked to answer, and counted; open: self-selected"),
    ("question", "string", "The question’s name in the codebook; empty for counts of people"),
    ("by", "string", "The breakdown, such as location; empty for everyone"),
    ("group", "string", "The group in that breakdown; empty for everyone, or if unknown"),
    (
        "measure",
        "string",
        "people, answers, point-1 to point-5, does-not-apply, skipped, option, top-two (share 0 to 1), mean (0 to 100), importance (share 0 to 1), rank-correlation",
    ),
    ("n", "integer", "Number of answers behind the value"),
    ("value", "number", "The figure; empty if it is hidden"),
    ("low", "number", "Lower end of the 95% interval, if there is one"),
    ("high", "number", "Upper end of the 95% interval, or why there is none"),
];

struct TableWriter {
    csv: CellWriter<Vec<u8>>,
    fixed: [String; 3],
}

/// What a figure belongs to.
#[derive(Clone, Copy, Default)]
struct TableCell<'a> {
    respondents: &'a str,
    question: &'a str,
    by: &'a str,
    group: &'a str,
}

impl TableWriter {
    fn row(
        &mut self,
        place: TableCell<'_>,
        measure: &str,
        n: &str,
        value: &str,
        ends: [&str; 2],
    ) -> Result<(), csv::Error> {
        let cells = [
            place.respondents,
            place.question,
            place.by,
            place.group,
            measure,
            n,
            value,
            ends[0],
            ends[1],
        ];
        self.csv.row(self.fixed.iter().map(String::as_str).chain(cells))
    }

    fn count(&mut self, place: TableCell<'_>, measure: &str, seen: Seen) -> Result<(), csv::Error> {
        match seen {
            Seen::Shown(count) => self.row(place, measure, "", &count.to_string(), ["", ""]),
            Seen::Marked(count) => {
                self.row(place, measure, "", &count.to_string(), ["", "few people"])
            }
            Seen::Hidden => self.row(place, measure, "", "", ["", "hidden"]),
        }
    }

    fn figure(
        &mut self,
        place: TableCell<'_>,
        measure: &str,
        figure: Option<ShownFigure>,
    ) -> Result<(), csv::Error> {
        let Some(figure) = figure else { return self.row(place, measure, "", "", ["", "hidden"]) };
        let (n, value) = (figure.n.to_string(), figure.value.to_string());
        match figure.margin {
            ShownMargin::Within(interval) => self.row(
                place,
                measure,
                &n,
                &value,
                [&interval.low.to_string(), &interval.high.to_string()],
            ),
            ShownMargin::None(why) => {
                let why = match why {
                    NoMargin::ChoseThemselves => "self-selected respondents",
                    NoMargin::TooFew => "too few answers",
                    NoMargin::AllAlike => "all answered alike",
                };
                self.row(place, measure, &n, &value, ["", why])
            }
        }
    }
}

/// All figures of a report as CSV. The texts are the first and the last day.
pub(crate) fn figures(shown: &Shown, (from, to): (&str, &str)) -> Result<Vec<u8>, csv::Error> {
    let mut csv = CellWriter::new(Vec::new())?;
    csv.row(COLUMNS.map(|(name, ..)| name))?;
    let mut writer =
        TableWriter { csv, fixed: [from.into(), to.into(), shown.survey_version.to_string()] };
    half(&mut writer, "invited", &shown.invited)?;
    half(&mut writer, "open", &shown.open)?;
    writer.csv.into_bytes()
}

fn half(writer: &mut TableWriter, respondents: &str, half: &ShownHalf) -> Result<(), csv::Error> {
    let whole = TableCell { respondents, ..TableCell::default() };
    writer.count(whole, "people", half.n)?;
    if let Some(counts) = half.invitations {
        for (measure, count) in [
            ("asked", counts.invited),
            ("complete", counts.complete),
            ("partial", counts.partial),
            ("refused", counts.refused),
        ] {
            writer.row(whole, measure, "", &count.to_string(), ["", ""])?;
        }
    }
    for (mode, seen) in &half.modes {
        writer.count(TableCell { by: "mode", group: mode, ..whole }, "people", *seen)?;
    }
    for item in &half.items {
        let place = TableCell { question: item.question.as_str(), ..whole };
        writer.count(place, "answers", item.n)?;
        for (point, seen) in (1..).zip(&item.counts) {
            writer.count(place, &format!("point-{point}"), *seen)?;
        }
        writer.count(place, "does-not-apply", item.does_not_apply)?;
        writer.count(place, "skipped", item.skipped)?;
        writer.figure(place, "top-two", item.top_two)?;
        writer.figure(place, "mean", item.mean)?;
    }
    for picked in &half.picked {
        for pick in &picked.options {
            let place = TableCell {
                question: picked.question.as_str(),
                by: "option",
                group: pick.option.as_str(),
                ..whole
            };
            writer.count(place, "option", pick.count)?;
            writer.figure(place, "share", pick.share)?;
        }
    }
    // Breakdowns are about the first scale question of this construct, whatever its id is
    // (`insight::report::overall_question`).
    let overall = half.items.iter().find(|item| item.construct == Construct::Overall);
    let overall = overall.map_or("", |item| item.question.as_str());
    for breakdown in &half.breakdowns {
        for row in &breakdown.rows {
            let place =
                TableCell { question: overall, by: breakdown.by.name(), group: &row.key, ..whole };
            writer.count(place, "people", row.n)?;
            writer.count(place, "answers", row.rated)?;
            writer.figure(place, "top-two", row.top_two)?;
            writer.figure(place, "mean", row.mean)?;
        }
    }
    Ok(())
}

/// Every question and option with its text in both languages, as CSV.
pub(crate) fn codebook(words: Words<'_>) -> Result<Vec<u8>, csv::Error> {
    let mut csv = CellWriter::new(Vec::new())?;
    csv.row(["survey_version", "question", "value", "stage", "construct", "text_en", "text_fr"])?;
    let version = words.survey.version.to_string();
    for question in &words.survey.questions {
        let (stage, construct) = (words.stage(question.stage), words.construct(question.construct));
        let mut row = |value: &str, text: &domain::Text| {
            let french = text.fr.clone().unwrap_or_default();
            csv.row([
                version.as_str(),
                question.id.as_str(),
                value,
                stage,
                construct,
                &text.en,
                &french,
            ])
        };
        row("", &question.text)?;
        match &question.answer {
            AnswerKind::Scale { labels, .. } => {
                (1..).zip(labels).try_for_each(|(point, label)| row(&point.to_string(), label))?
            }
            AnswerKind::Choice { options } => {
                options.iter().try_for_each(|option| row(option.id.as_str(), &option.text))?
            }
            AnswerKind::Comment => {}
        }
    }
    csv.into_bytes()
}

/// The description of the files (https://specs.frictionlessdata.io/data-package/), as JSON.
pub(crate) fn datapackage(title: &str, figures: &str, (from, to): (&str, &str)) -> String {
    let fields = COLUMNS.map(|(name, kind, about)| json!({ "name": name, "type": if name == "high" { "string" } else { kind }, "description": about }));
    let package = json!({
        "profile": "tabular-data-package",
        "name": "customer-experience-survey",
        "title": title,
        "description": format!("Answers of {from} to {to}. Small groups are hidden, and so are figures that would reveal them by subtraction."),
        "resources": [
            { "name": "figures", "path": figures, "profile": "tabular-data-resource", "format": "csv", "mediatype": "text/csv", "encoding": "utf-8", "schema": { "fields": fields } },
            { "name": "codebook", "path": "codebook.csv", "format": "csv", "mediatype": "text/csv", "encoding": "utf-8" },
        ],
    });
    serde_json::to_string_pretty(&package).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_breakdown_names_the_overall_question_whatever_its_id_is() {
        let few = json!("hidden");
        let half = json!({
            "n": { "shown": 30 },
            "invitations": null,
            "rates": null,
            "modes": [],
            "median_seconds": null,
            "items": [{
                "question": "all-in-all",
                "stage": "reflect",
                "construct": "overall",
                "n": { "shown": 30 },
                "does_not_apply": few,
                "skipped": few,
                "counts": [few, few, few, few, few],
                "top_two": null,
                "mean": null,
            }],
            "picked": [],
            "breakdowns": [{
                "by": "language",
                "rows": [{
                    "key": "en",
                    "n": { "shown": 30 },
                    "rated": { "shown": 30 },
                    "top_two": null,
                    "mean": null,
                }],
            }],
            "drivers": null,
            "driver_items": [],
        });
        let shown = Shown::of(json!({ "survey_version": 1, "invited": half, "open": half }));
        let csv = figures(&shown.unwrap(), ("2026-11-01", "2026-11-30")).unwrap();
        let csv = String::from_utf8(csv).unwrap().replace('"', "");
        assert!(csv.contains(",invited,all-in-all,language,en,people,"), "{csv}");
    }
}
