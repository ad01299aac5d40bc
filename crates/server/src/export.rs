//! Decrypts and prints submissions for the office. Bodies are decrypted here and nowhere else.

mod everything;

use casework::case::CaseEvent;
use casework::channel::InquiryChannel;
use casework::counter::contacts::{Contacts, Of};
use domain::collector::{CollectorCode, Step, Tally};
use domain::gap::Gap;
use domain::hours::Date;
use domain::inquiry::ReplyTo;
use domain::reference::Reference;
use domain::submission::{Body, Content, Correction, Feedback, Kind};
use domain::survey::SurveyAnswer;
use domain::{Catalogue, HubId, QuestionId, ServiceId, inquiry::ValidInquiry};
pub use everything::{EverythingExported, export_everything};
use office::cells::CellWriter;
use serde_json::json;
use std::collections::BTreeMap;
use std::io::Write;
use store::{OfficeStore, StoredSubmission, SubmissionStore};
use vault::event_cipher::EventCipher;
use vault::iso;
use vault::keys::Keys;

/// Rows read at a time, so that memory use does not grow with their number.
const ROWS_AT_ONCE: u32 = 500;

/// The output format.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// One JSON object per line.
    Jsonl,
    /// Comma-separated values (RFC 4180) with a heading.
    Csv,
}

/// What to print.
#[derive(Debug, Clone, Copy)]
pub struct ExportRequest<'a> {
    /// The kind of submission.
    pub kind: Kind,
    /// The output format.
    pub format: Format,
    /// Only submissions received at this time or later, in milliseconds since 1970.
    pub since_ms: u64,
    /// Sets the order of the feedback columns, and tells what a submission refers to that was
    /// withdrawn since it was written.
    pub catalogue: Option<&'a Catalogue>,
}

/// Prints all submissions of a kind. Returns how many rows were printed, and how many submissions
/// could not be decrypted.
pub async fn export(
    store: &(impl SubmissionStore + OfficeStore),
    (keys, cipher): (&Keys, &EventCipher),
    request: ExportRequest<'_>,
    out: &mut impl Write,
) -> Result<(u64, u64), String> {
    let (mut printed, mut closed) = (0, 0);
    let mut after = None;
    let columns = columns(request);
    let mut writer = ExportPrinter::new(request.format, &columns, out)?;
    let withdrawn = |content: &Content| {
        request.catalogue.map(|catalogue| withdrawn(content, catalogue)).unwrap_or_default()
    };
    let (mut sums, mut tallies, mut contacts) =
        (ExportSums::default(), ExportTallies::default(), Contacts::default());
    loop {
        let rows = store
            .page(request.kind, request.since_ms, after, ROWS_AT_ONCE)
            .await
            .map_err(|fault| fault.to_string())?;
        let Some(last) = rows.last() else { break };
        after = Some((last.received_at_ms, last.envelope.header.id));
        for row in &rows {
            for sum in sums.before(&month(row.received_at_ms)) {
                writer.print_cells(&sum)?;
                printed += 1;
            }
            match opened(keys, row) {
                Some(Body { content: Content::Gap(gap), .. }) => sums.add(row.received_at_ms, &gap),
                Some(Body { content: Content::Tally(tally), .. }) => tallies.add(tally),
                Some(Body { content: Content::Contact(contact), .. }) => contacts.count(contact),
                Some(body) => {
                    let thread = thread_of(store, cipher, row).await?;
                    writer.print(row, &body, (&withdrawn(&body.content), thread))?;
                    printed += 1;
                }
                None => closed += 1,
            }
        }
    }
    for sum in sums.rows().chain(tallies.rows()).chain(contacts.all().map(contact_cells)) {
        writer.print_cells(&sum)?;
        printed += 1;
    }
    writer.finish()?;
    Ok((printed, closed))
}

/// What the events of an inquiry say about the person.
struct ExportedThread {
    /// How the person came.
    channel: InquiryChannel,
    /// What was said after the question, oldest first: time, whether the office said it, and the
    /// words, which are `None` for a withdrawal.
    said: Vec<(u64, bool, Option<String>)>,
}

/// How an inquiry came and what was said since; `None` for other kinds.
async fn thread_of(
    store: &impl OfficeStore,
    cipher: &EventCipher,
    row: &StoredSubmission,
) -> Result<Option<ExportedThread>, String> {
    if row.envelope.header.kind != Kind::Inquiry {
        return Ok(None);
    }
    let id = row.envelope.header.id;
    let events = store.events(id).await.map_err(|fault| fault.to_string())?;
    let opened = events
        .iter()
        .filter_map(|event| Some((event.at_ms, cipher.open(id, event.number, &event.sealed)?)));
    let mut thread = ExportedThread { channel: InquiryChannel::App, said: Vec::new() };
    for (at_ms, event) in opened {
        match event {
            CaseEvent::Recorded { channel, .. } => thread.channel = channel,
            CaseEvent::Emailed { .. } => thread.channel = InquiryChannel::Email,
            CaseEvent::Replied(reply) => thread.said.push((at_ms, true, Some(reply.text))),
            CaseEvent::Added { text, .. } => thread.said.push((at_ms, false, Some(text))),
            CaseEvent::Withdrawn { .. } => thread.said.push((at_ms, false, None)),
            _ => {}
        }
    }
    Ok(Some(thread))
}

impl ExportedThread {
    fn json(&self) -> serde_json::Value {
        let said = |(at_ms, is_reply, text): &(u64, bool, Option<String>)| {
            let by = if *is_reply { "office" } else { "person" };
            json!({ "at": iso(*at_ms), "by": by, "text": text, "withdraws": text.is_none() })
        };
        self.said.iter().map(said).collect()
    }

    /// One text for a cell: a paragraph for each thing that was said.
    fn text(&self) -> String {
        let said = |(at_ms, is_reply, text): &(u64, bool, Option<String>)| {
            let by = if *is_reply { "office" } else { "person" };
            format!("{} {by}: {}", iso(*at_ms), text.as_deref().unwrap_or("(withdrawn)"))
        };
        self.said.iter().map(said).collect::<Vec<_>>().join("\n\n")
    }
}

fn opened(keys: &Keys, row: &StoredSubmission) -> Option<Body> {
    serde_json::from_slice(&keys.open_seal(&row.envelope)?).ok()
}

fn columns(request: ExportRequest<'_>) -> Vec<QuestionId> {
    match (request.kind, request.catalogue) {
        (Kind::Feedback, Some(catalogue)) => {
            catalogue.survey().questions.iter().map(|question| question.id.clone()).collect()
        }
        _ => Vec::new(),
    }
}

/// Writes rows in one of the formats.
enum ExportPrinter<'a, W: Write> {
    Jsonl(&'a mut W),
    Csv { writer: Box<CellWriter<&'a mut W>>, columns: &'a [QuestionId], has_heading: bool },
}

impl<'a, W: Write> ExportPrinter<'a, W> {
    fn new(format: Format, columns: &'a [QuestionId], out: &'a mut W) -> Result<Self, String> {
        Ok(match format {
            Format::Jsonl => ExportPrinter::Jsonl(out),
            Format::Csv => ExportPrinter::Csv {
                writer: Box::new(CellWriter::new(out).map_err(|error| error.to_string())?),
                columns,
                has_heading: false,
            },
        })
    }

    fn print(
        &mut self,
        row: &StoredSubmission,
        body: &Body,
        (withdrawn, thread): (&[String], Option<ExportedThread>),
    ) -> Result<(), String> {
        match self {
            ExportPrinter::Jsonl(out) => {
                let mut line = line(row, body, withdrawn);
                if let Some(thread) = thread {
                    line["channel"] = thread.channel.name().into();
                    line["thread"] = thread.json();
                }
                if let Content::Addition(addition) = &body.content {
                    line["question"] = addition.to.to_string().into();
                }
                writeln!(out, "{line}").map_err(|error| error.to_string())
            }
            ExportPrinter::Csv { columns, .. } => {
                let mut cells = cells_of(row, body, columns, withdrawn);
                if let Some(thread) = thread {
                    cells.push(("channel".into(), thread.channel.name().into()));
                    cells.push(("thread".into(), thread.text()));
                }
                self.print_cells(&cells)
            }
        }
    }

    /// Prints a row that consists of names and values only.
    fn print_cells(&mut self, cells: &[Cell]) -> Result<(), String> {
        match self {
            ExportPrinter::Jsonl(out) => {
                let object: serde_json::Map<String, serde_json::Value> = cells
                    .iter()
                    .map(|(name, value)| (name.clone(), value.clone().into()))
                    .collect();
                writeln!(out, "{}", serde_json::Value::Object(object))
                    .map_err(|error| error.to_string())
            }
            ExportPrinter::Csv { writer, has_heading, .. } => {
                if !std::mem::replace(has_heading, true) {
                    writer
                        .row(cells.iter().map(|(name, _)| name.as_str()))
                        .map_err(|error| error.to_string())?;
                }
                writer
                    .row(cells.iter().map(|(_, value)| value.as_str()))
                    .map_err(|error| error.to_string())
            }
        }
    }

    fn finish(self) -> Result<(), String> {
        match self {
            ExportPrinter::Jsonl(out) => out.flush().map_err(|error| error.to_string()),
            ExportPrinter::Csv { mut writer, .. } => {
                writer.flush().map_err(|error| error.to_string())
            }
        }
    }
}

/// One JSON object: the facts of the receipt, then the content.
fn line(row: &StoredSubmission, body: &Body, withdrawn: &[String]) -> serde_json::Value {
    let header = &row.envelope.header;
    json!({
        "id": header.id.to_string(),
        "reference": Reference::of(header.id).to_string(),
        "received_at": iso(row.received_at_ms),
        "catalogue_version": header.catalogue_version,
        "withdrawn": withdrawn,
        "content": body.content,
    })
}

/// What a submission refers to that is no longer in the newest service directory. It was written in
/// good faith and arrived late; it counts all the same.
fn withdrawn(content: &Content, catalogue: &Catalogue) -> Vec<String> {
    let (service, hub): (Option<&ServiceId>, Option<&HubId>) = match content {
        Content::Inquiry(inquiry) => (inquiry.service.as_ref(), inquiry.hub.as_ref()),
        Content::Feedback(feedback) => (feedback.service.as_ref(), feedback.hub.as_ref()),
        Content::Correction(correction) => (correction.service.as_ref(), correction.hub.as_ref()),
        Content::Contact(contact) => (None, Some(&contact.hub)),
        Content::Gap(_) | Content::Tally(_) | Content::Addition(_) => (None, None),
    };
    let service =
        service.filter(|id| catalogue.service(id).is_none()).map(|id| format!("service {id}"));
    let hub = hub.filter(|id| catalogue.hub(id).is_none()).map(|id| format!("hub {id}"));
    let answers =
        if let Content::Feedback(feedback) = content { feedback.answers.answers() } else { &[] };
    let questions = answers
        .iter()
        .filter(|(id, _)| catalogue.survey().question(id).is_none())
        .map(|(id, _)| format!("question {id}"));
    service.into_iter().chain(hub).chain(questions).collect()
}

/// The month in UTC, as in 2026-11.
fn month(ms: u64) -> String {
    iso(ms).chars().take(7).collect()
}

/// Name and value.
type Cell = (String, String);

/// Searches without results, summed by month, language and words, so that the export does not show
/// when a single one was made.
#[derive(Default)]
struct ExportSums(BTreeMap<(String, &'static str, String), u64>);

impl ExportSums {
    /// Words that may name a person are left out: their searches are counted with empty words.
    fn add(&mut self, received_at_ms: u64, gap: &Gap) {
        let words = gap.shown().map(|shown| shown.words().into()).unwrap_or_default();
        *self.0.entry((month(received_at_ms), gap.language().tag(), words)).or_default() += 1;
    }

    /// Removes and returns the sums of earlier months. Rows arrive in the order of their time, so
    /// only one month is held in memory.
    fn before(&mut self, month: &str) -> Vec<Vec<Cell>> {
        let later = self.0.split_off(&(month.into(), "", String::new()));
        ExportSums(std::mem::replace(&mut self.0, later)).rows().collect()
    }

    fn rows(self) -> impl Iterator<Item = Vec<Cell>> {
        let cells = |((month, language, words), count): ((String, &str, String), u64)| {
            [
                ("month", month),
                ("language", language.into()),
                ("words", words),
                ("searches", count.to_string()),
            ]
            .map(|(name, value)| (name.to_string(), value))
            .into()
        };
        self.0.into_iter().map(cells)
    }
}

/// [`ExportTallies`] summed by collector and step, so that the export does not show in which order
/// people came.
#[derive(Default)]
struct ExportTallies(BTreeMap<(CollectorCode, Step), u64>);

impl ExportTallies {
    fn add(&mut self, Tally { collector, step }: Tally) {
        *self.0.entry((collector, step)).or_default() += 1;
    }

    fn rows(self) -> impl Iterator<Item = Vec<Cell>> {
        let cells = |((collector, step), count): ((CollectorCode, Step), u64)| {
            [
                ("collector", collector.to_string()),
                ("way", collector.way().name().into()),
                ("step", step.name().into()),
                ("count", count.to_string()),
            ]
            .map(|(name, value)| (name.to_string(), value))
            .into()
        };
        self.0.into_iter().map(cells)
    }
}

/// A sum of contacts; the export does not show in which order people came to a counter.
fn contact_cells((day, of, count): (Date, &Of, u64)) -> Vec<Cell> {
    let reason = of.outcome.reason().map(|reason| reason.name()).unwrap_or_default();
    let cells = [
        ("day", day.to_string()),
        ("hub", of.hub.to_string()),
        ("task", of.task.to_string()),
        ("channel", of.channel.name().into()),
        ("outcome", of.outcome.name().into()),
        ("reason", reason.into()),
        ("count", count.to_string()),
    ];
    cells.map(|(name, value)| (name.to_string(), value)).into()
}

/// The names and values of one row.
fn cells_of(
    row: &StoredSubmission,
    body: &Body,
    columns: &[QuestionId],
    withdrawn: &[String],
) -> Vec<Cell> {
    let header = &row.envelope.header;
    let mut cells = vec![
        ("id".into(), header.id.to_string()),
        ("reference".into(), Reference::of(header.id).to_string()),
        ("received_at".into(), iso(row.received_at_ms)),
        ("catalogue_version".into(), header.catalogue_version.to_string()),
        ("withdrawn".into(), withdrawn.join("; ")),
    ];
    match &body.content {
        Content::Inquiry(inquiry) => cells.extend(inquiry_cells(inquiry)),
        Content::Feedback(feedback) => cells.extend(feedback_cells(feedback, columns)),
        Content::Correction(correction) => cells.extend(correction_cells(correction)),
        // An addition is in its question's thread, and in a file of its own as JSON.
        Content::Addition(_) => {}
        // These are only ever printed as sums.
        Content::Gap(_) | Content::Tally(_) | Content::Contact(_) => {}
    }
    cells
}

fn inquiry_cells(inquiry: &ValidInquiry) -> Vec<Cell> {
    let (way, to) = match &inquiry.reply_to {
        ReplyTo::Phone(phone) => ("phone", phone.as_str().to_string()),
        ReplyTo::Email(email) => ("email", email.as_str().to_string()),
        ReplyTo::Nobody => ("none", String::new()),
    };
    let id = |id: Option<String>| id.unwrap_or_default();
    let cells = [
        ("language", inquiry.language.tag().to_string()),
        ("service", id(inquiry.service.as_ref().map(ToString::to_string))),
        ("hub", id(inquiry.hub.as_ref().map(ToString::to_string))),
        ("name", inquiry.name.clone().unwrap_or_default()),
        ("reply_by", way.into()),
        ("reply_to", to),
        ("notice_version", inquiry.notice_version.to_string()),
        ("message", inquiry.message.clone()),
    ];
    cells.into_iter().map(|(name, value)| (name.to_string(), value)).collect()
}

fn correction_cells(correction: &Correction) -> Vec<Cell> {
    let id = |id: Option<String>| id.unwrap_or_default();
    let field = serde_json::to_value(correction.field)
        .ok()
        .and_then(|field| field.as_str().map(String::from));
    let cells = [
        ("language", correction.language.tag().to_string()),
        ("service", id(correction.service.as_ref().map(ToString::to_string))),
        ("hub", id(correction.hub.as_ref().map(ToString::to_string))),
        ("task", id(correction.task.as_ref().map(ToString::to_string))),
        ("step", id(correction.step.map(|step| step.to_string()))),
        ("field", id(field)),
    ];
    cells.into_iter().map(|(name, value)| (name.to_string(), value)).collect()
}

/// One column per question in the survey's order, whatever path the person took through it.
fn feedback_cells(feedback: &Feedback, columns: &[QuestionId]) -> Vec<Cell> {
    let id = |id: Option<String>| id.unwrap_or_default();
    let mut cells = vec![
        ("language".to_string(), feedback.language.tag().to_string()),
        ("way".into(), feedback.way.name().into()),
        ("collector".into(), id(feedback.collector.as_ref().map(ToString::to_string))),
        ("service".into(), id(feedback.service.as_ref().map(ToString::to_string))),
        ("hub".into(), id(feedback.hub.as_ref().map(ToString::to_string))),
        ("seconds".into(), id(feedback.seconds.map(|seconds| seconds.to_string()))),
        ("survey_version".into(), feedback.answers.survey_version().to_string()),
    ];
    let given = |question: &QuestionId| {
        feedback
            .answers
            .answers()
            .iter()
            .find(|(id, _)| id == question)
            .map(|(_, answer)| answer_text(answer))
    };
    cells.extend(
        columns.iter().map(|question| (question.to_string(), given(question).unwrap_or_default())),
    );
    let others = feedback
        .answers
        .answers()
        .iter()
        .filter(|(id, _)| !columns.contains(id))
        .map(|(id, answer)| format!("{id}: {}", answer_text(answer)));
    cells.push(("withdrawn_questions".into(), others.collect::<Vec<_>>().join("; ")));
    cells
}

fn answer_text(answer: &SurveyAnswer) -> String {
    match answer {
        SurveyAnswer::Scale(point) => point.to_string(),
        SurveyAnswer::DoesNotApply => "does-not-apply".into(),
        SurveyAnswer::Choice(id) => id.to_string(),
        SurveyAnswer::Comment(text) => text.clone(),
        SurveyAnswer::Skipped => "skipped".into(),
    }
}

/// The UTC day of a moment in milliseconds since 1970, as in 2026-11-24.
pub fn day_of(ms: u64) -> String {
    iso(ms).chars().take(10).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_that_an_older_app_kept_with_a_name_are_counted_and_not_exported() {
        let mut sums = ExportSums::default();
        for words in ["i’m jane doe", "je m’appelle jeanne", "dog park"] {
            let stored = json!({ "words": words, "language": "en" });
            let gap: Gap = serde_json::from_value(stored).unwrap();
            assert!(gap.is_valid(), "an older app sent it: {words}");
            sums.add(1_764_000_000_000, &gap);
        }
        let rows: Vec<(String, String)> =
            sums.rows().map(|cells| (cells[2].1.clone(), cells[3].1.clone())).collect();
        assert_eq!(rows, [("".into(), "2".into()), ("dog park".into(), "1".into())]);
    }
}
