//! The figures as a CSV file (RFC 4180): one count per row, with the same counts suppressed as on
//! the page.

use crate::cells::CellWriter;
use casework::case::CaseOutcome;
use casework::promise::PromiseState;
use casework::tally::{FigureGrouping, Figures, Key, Line, Spread};
use insight::Seen;

const HEADING: [&str; 8] = ["from", "to", "by", "key", "name", "measure", "value", "note"];
const FEW: &str = "few: 5 to 9";
const HIDDEN: &str = "hidden: fewer than 5, or would reveal such a count";

/// One value, what it counts, and how to read it.
struct FiguresRow {
    by: &'static str,
    key: String,
    name: String,
    measure: String,
    value: String,
    note: String,
}

/// `name_of` returns the name of a line as people know it.
pub(super) fn csv(
    figures: &Figures,
    name_of: impl Fn(FigureGrouping, &Key) -> String,
) -> Result<Vec<u8>, csv::Error> {
    let whole = Line {
        key: Key::Of(String::new()),
        all: figures.all,
        promises: figures.promises.clone(),
        outcomes: figures.outcomes.clone(),
    };
    let mut rows = rows_of("all", &whole, "");
    rows.extend(figures.to_reply.iter().flat_map(|spread| times_of("first-reply", spread)));
    rows.extend(figures.to_close.iter().flat_map(|spread| times_of("closing", spread)));
    for (by, lines) in &figures.sections {
        rows.extend(
            lines.iter().flat_map(|line| rows_of(by.name(), line, &name_of(*by, &line.key))),
        );
    }
    let mut writer = CellWriter::new(Vec::new())?;
    writer.row(HEADING)?;
    let (from, to) = (figures.period.from.to_string(), figures.period.to.to_string());
    for row in rows {
        let cells = [&from, &to, row.by, &row.key, &row.name, &row.measure, &row.value, &row.note];
        writer.row(cells)?;
    }
    writer.into_bytes()
}

/// The total, then each promise and outcome.
fn rows_of(by: &'static str, line: &Line, name: &str) -> Vec<FiguresRow> {
    let key = if let Key::Of(key) = &line.key { key.as_str() } else { "others" };
    let promises =
        PromiseState::ALL.iter().map(|promise| promise_name(*promise)).zip(&line.promises);
    let outcomes = line
        .outcomes
        .iter()
        .enumerate()
        .map(|(at, seen)| (outcome_name(CaseOutcome::ALL.get(at).copied()), seen));
    let row = |(measure, seen): (&str, &Seen)| {
        let note = match seen {
            Seen::Shown(_) => "",
            Seen::Marked(_) => FEW,
            Seen::Hidden => HIDDEN,
        };
        let value = seen.count().map(|count| count.to_string()).unwrap_or_default();
        FiguresRow {
            by,
            key: key.into(),
            name: name.into(),
            measure: measure.into(),
            value,
            note: note.into(),
        }
    };
    [("inquiries", &line.all)].into_iter().chain(promises).chain(outcomes).map(row).collect()
}

fn times_of(of: &'static str, spread: &Spread) -> [FiguresRow; 2] {
    let note = if spread.is_at_least {
        format!("of at least {}", spread.count)
    } else {
        format!("of {}", spread.count)
    };
    [("median", spread.median), ("90th-percentile", spread.ninetieth)].map(|(share, minutes)| {
        FiguresRow {
            by: "all",
            key: String::new(),
            name: String::new(),
            measure: format!("{of}-working-minutes-{share}"),
            value: minutes.to_string(),
            note: note.clone(),
        }
    })
}

fn promise_name(promise: PromiseState) -> &'static str {
    match promise {
        PromiseState::InTime => "reply-in-time",
        PromiseState::Late => "reply-late",
        PromiseState::Overdue => "reply-overdue",
        PromiseState::NotYet => "reply-not-yet-due",
        PromiseState::Without => "no-promise",
    }
}

fn outcome_name(outcome: Option<CaseOutcome>) -> &'static str {
    match outcome {
        Some(CaseOutcome::Answered) => "closed-answered",
        Some(CaseOutcome::Done) => "closed-done",
        Some(CaseOutcome::Elsewhere) => "closed-elsewhere",
        Some(CaseOutcome::Duplicate) => "closed-duplicate",
        Some(CaseOutcome::NoWord) => "closed-no-word",
        Some(CaseOutcome::Withdrawn) => "closed-withdrawn",
        None => "open",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use casework::month::Month;
    use casework::tally::Period;

    #[test]
    fn a_spreadsheet_computes_nothing_and_reads_nothing_that_is_hidden() {
        let month = Month::parse("2026-11").unwrap();
        let all = |seen| Line {
            key: Key::Of("=1+1".into()),
            all: seen,
            promises: vec![Seen::Hidden; 5],
            outcomes: vec![Seen::Shown(10); 6],
        };
        let figures = Figures {
            period: Period { from: month, to: month },
            all: Seen::Shown(17),
            promises: vec![Seen::Marked(7); 5],
            outcomes: vec![Seen::Shown(17); 6],
            to_reply: Some(Spread { count: 12, is_at_least: true, median: 90, ninetieth: 600 }),
            to_close: None,
            sections: vec![(FigureGrouping::Service, vec![all(Seen::Hidden)])],
        };
        let text =
            String::from_utf8(csv(&figures, |_, _| "Dogs, \"big\" ones".into()).unwrap()).unwrap();
        let expected = [
            r#""from","to","by","key","name","measure","value","note""#,
            r#""2026-11","2026-11","all","","","inquiries","17","""#,
            r#""2026-11","2026-11","all","","","reply-in-time","7","few: 5 to 9""#,
            r#""2026-11","2026-11","all","","","first-reply-working-minutes-median","90","of at least 12""#,
            r#""2026-11","2026-11","service","'=1+1","Dogs, ""big"" ones","inquiries","","hidden: fewer than 5, or would reveal such a count""#,
        ];
        for line in expected {
            assert!(text.contains(&format!("{line}\r\n")), "{line}\n{text}");
        }
    }
}
