//! Senders of many submissions on one day: the number of each kind, the first words of some, and
//! forms to set all aside, put them back or erase them at once. Nobody here learns where a sender
//! is: only a tag is shown, which differs from day to day.

mod act;

use super::Office;
use super::guard::Visit;
use super::looks::RecordedView;
use super::pages::{PageFrame, PageResult, TroublePage, page as made};
use act::SenderQuery;
pub(super) use act::decide;
use askama::Template;
use axum::Extension;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use casework::body::read_body;
use casework::when;
use domain::addition::{AddedWords, Addition};
use domain::hours::Date;
use domain::submission::{Content, Kind};
use domain::survey::SurveyAnswer as Given;
use limits::budget::Allowance;
use limits::sender::DAY_MS;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use store::{SenderStore, SentEntry, SentKind, StoreFault};
use vault::SenderTag;
use vault::now_ms;

/// Senders with fewer submissions on a day are not listed: a household sends a few, and staff who
/// look for floods need not see that.
const ENTRIES_MIN: u64 = 20;
/// The number of senders listed, those with the most submissions first.
const SENDERS_SHOWN: usize = 50;
/// Submissions whose first words are shown, spread evenly over all from one sender.
const ENTRIES_SHOWN: usize = 20;
const WORDS_CHARS_MAX: usize = 160;

/// The day of a page. Days are UTC, like those of the budgets, so that a sender's tag is valid for
/// the whole day.
#[derive(Debug, Clone, Copy)]
struct Day {
    date: Date,
    from_ms: u64,
}

impl Day {
    fn of(date: Date) -> Self {
        Self { date, from_ms: u64::try_from(date.days_since_1970()).unwrap_or(0) * DAY_MS }
    }

    fn today() -> Self {
        Self::of(Date::from_days_since_1970(i32::try_from(now_ms() / DAY_MS).unwrap_or(i32::MAX)))
    }

    fn until_ms(self) -> u64 {
        self.from_ms + DAY_MS
    }

    /// Begin and end in the municipality's local time.
    fn bounds(self, office: &Office, f: &PageFrame) -> [String; 2] {
        let moment = |ms| office.zone.moment(ms);
        [self.from_ms, self.until_ms()]
            .map(|ms| when::day_and_time(moment(ms), moment(now_ms()), f.language))
    }
}

/// The submissions of one kind by one sender.
struct KindRow {
    kind: Kind,
    name: &'static str,
    slug: &'static str,
    entries: u64,
    quarantined: u64,
}

struct SenderRow {
    tag: String,
    kinds: Vec<KindRow>,
    entries: u64,
    kilobytes: u64,
    quarantined: u64,
    /// Percentage of the day's budget that is used, for the kind with the highest one.
    used: u64,
}

#[derive(Template)]
#[template(path = "office/senders.html")]
struct SendersPage {
    f: PageFrame,
    day: String,
    before: String,
    after: Option<String>,
    bounds: [String; 2],
    rows: Vec<SenderRow>,
    entries_min: u64,
}

#[derive(Template)]
#[template(path = "office/sender.html")]
struct SenderPage {
    f: PageFrame,
    day: String,
    bounds: [String; 2],
    sender: SenderRow,
    samples: Vec<SenderSample>,
    asked: SenderQuery,
    until_ms: u64,
    fault: &'static str,
    done: String,
}

/// The first words of one submission.
struct SenderSample {
    when: String,
    kind: &'static str,
    words: String,
    is_quarantined: bool,
}

/// The name of a kind of submission for staff, and its name in forms.
fn kind_words(f: &PageFrame, kind: Kind) -> (&'static str, &'static str) {
    let french = f.tag() == "fr";
    let name = |english, of_french| if french { of_french } else { english };
    let words = match kind {
        Kind::Inquiry => name("Inquiries", "Demandes"),
        Kind::Feedback => name("Survey answers", "Réponses au sondage"),
        Kind::Gap => name("Searches with no results", "Recherches sans résultat"),
        Kind::Correction => name("Error reports", "Signalements d’erreurs"),
        Kind::Tally => name("Survey counts", "Décomptes du sondage"),
        Kind::Contact => name("Counter contacts", "Contacts au comptoir"),
        Kind::Addition => name("Additions to inquiries", "Ajouts à des demandes"),
    };
    (words, kind_slug(kind))
}

/// The name of a kind in forms.
fn kind_slug(kind: Kind) -> &'static str {
    match kind {
        Kind::Inquiry => "inquiry",
        Kind::Feedback => "feedback",
        Kind::Gap => "gap",
        Kind::Correction => "correction",
        Kind::Tally => "tally",
        Kind::Contact => "contact",
        Kind::Addition => "addition",
    }
}

pub(super) async fn page(
    State(office): State<Arc<Office>>,
    Extension(visit): Extension<Visit>,
    Query(query): Query<HashMap<String, String>>,
) -> PageResult {
    let f = PageFrame::of(&office, &visit);
    let today = Day::today();
    let day = query.get("day").and_then(|text| Date::parse(text)).map_or(today, Day::of);
    let sums = office.store().senders(day.from_ms, day.until_ms()).await?;
    let mut of_sender: BTreeMap<SenderTag, Vec<SentKind>> = BTreeMap::new();
    sums.into_iter().for_each(|sum| of_sender.entry(sum.sender).or_default().push(sum));
    let mut rows: Vec<SenderRow> =
        of_sender.into_iter().map(|(tag, sums)| sender_row(&office, &f, tag, &sums)).collect();
    rows.retain(|row| row.entries >= ENTRIES_MIN || row.quarantined > 0);
    rows.sort_by_key(|row| std::cmp::Reverse(row.entries));
    rows.truncate(SENDERS_SHOWN);
    let after = (day.from_ms < today.from_ms).then(|| day.date.plus_days(1).to_string());
    let (bounds, before) = (day.bounds(&office, &f), day.date.plus_days(-1).to_string());
    Ok(made(
        StatusCode::OK,
        &SendersPage {
            day: day.date.to_string(),
            before,
            after,
            bounds,
            rows,
            entries_min: ENTRIES_MIN,
            f,
        },
    ))
}

fn sender_row(office: &Office, f: &PageFrame, tag: SenderTag, sums: &[SentKind]) -> SenderRow {
    let row = |sum: &SentKind| {
        let (name, slug) = kind_words(f, sum.kind);
        KindRow { kind: sum.kind, name, slug, entries: sum.entries, quarantined: sum.quarantined }
    };
    let used = |sum: &SentKind| {
        let Allowance { entries, bytes } = office.budgets.share(sum.kind);
        (sum.entries * 100 / u64::from(entries.max(1))).max(sum.bytes * 100 / bytes.max(1))
    };
    let all = |of: fn(&SentKind) -> u64| sums.iter().map(of).sum::<u64>();
    SenderRow {
        tag: hex::encode(tag.0),
        kinds: sums.iter().map(row).collect(),
        entries: all(|sum| sum.entries),
        kilobytes: all(|sum| sum.bytes).div_ceil(1_000),
        quarantined: all(|sum| sum.quarantined),
        used: sums.iter().map(used).max().unwrap_or(0),
    }
}

/// Parses the sender and the day of an address.
fn named(
    office: &Office,
    visit: &Visit,
    day: &str,
    tag: &str,
) -> Result<(Day, SenderTag), TroublePage> {
    let pairs = tag
        .as_bytes()
        .chunks(2)
        .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok());
    let is_hex = tag.len() == 16 && tag.bytes().all(|byte| byte.is_ascii_hexdigit());
    let bytes = is_hex
        .then(|| pairs.collect::<Option<Vec<u8>>>())
        .flatten()
        .and_then(|bytes| bytes.try_into().ok());
    let named = Date::parse(day).map(Day::of).zip(bytes.map(SenderTag));
    named.ok_or_else(|| TroublePage::Nothing(Box::new(PageFrame::of(office, visit))))
}

pub(super) async fn sender(
    State(office): State<Arc<Office>>,
    Extension(visit): Extension<Visit>,
    Path((day, tag)): Path<(String, String)>,
    Query(query): Query<HashMap<String, String>>,
) -> PageResult {
    let (day, tag) = named(&office, &visit, &day, &tag)?;
    let done = act::done_words(&PageFrame::of(&office, &visit), &query);
    sender_page(&office, &visit, (day, tag), SenderQuery::default(), "", done).await
}

async fn sender_page(
    office: &Office,
    visit: &Visit,
    (day, tag): (Day, SenderTag),
    asked: SenderQuery,
    fault: &'static str,
    done: String,
) -> PageResult {
    office.write_look(visit.login(), RecordedView::Sender).await?;
    let f = PageFrame::of(office, visit);
    let sums: Vec<SentKind> = office
        .store()
        .senders(day.from_ms, day.until_ms())
        .await?
        .into_iter()
        .filter(|sum| sum.sender == tag)
        .collect();
    // After everything was erased, the page still shows the outcome.
    if sums.is_empty() && done.is_empty() {
        return Err(TroublePage::Nothing(Box::new(f)));
    }
    let entries = office.store().sent_by(tag, day.from_ms, day.until_ms()).await?;
    let samples = samples(office, &f, &entries).await?;
    let status = if fault.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let (sender, bounds) = (sender_row(office, &f, tag, &sums), day.bounds(office, &f));
    Ok(made(
        status,
        &SenderPage {
            day: day.date.to_string(),
            bounds,
            sender,
            samples,
            asked,
            until_ms: now_ms(),
            fault,
            done,
            f,
        },
    ))
}

/// Some of the submissions, evenly spread from the first to the last.
async fn samples(
    office: &Office,
    f: &PageFrame,
    entries: &[SentEntry],
) -> Result<Vec<SenderSample>, StoreFault> {
    let mut samples = Vec::new();
    let now = office.zone.moment(now_ms());
    for entry in entries.iter().step_by(entries.len().div_ceil(ENTRIES_SHOWN).max(1)) {
        // Erased in the meantime: there is nothing to show.
        let Some(row) = office.store().entry_in_or_out_of_sight(entry.id).await? else { continue };
        let body = office
            .receiver()
            .keys
            .now()
            .open_seal(&row.envelope)
            .and_then(|plain| read_body(&plain));
        let words = body.map_or_else(
            || f.t("Unreadable.", "Illisible.").to_string(),
            |body| first_words(f, &body.content),
        );
        let when = when::day_and_time(office.zone.moment(entry.received_at_ms), now, f.language);
        samples.push(SenderSample {
            when,
            kind: kind_words(f, entry.kind).0,
            words,
            is_quarantined: entry.is_quarantined,
        });
    }
    Ok(samples)
}

fn first_words(f: &PageFrame, content: &Content) -> String {
    let comment =
        |answer: &Given| if let Given::Comment(text) = answer { Some(text.clone()) } else { None };
    let text = match content {
        Content::Inquiry(inquiry) => inquiry.message.clone(),
        Content::Gap(gap) => gap.shown().map_or_else(
            || {
                f.t("Not shown: it may name a person.", "Masqué : peut nommer une personne.")
                    .to_string()
            },
            |shown| shown.words().into(),
        ),
        Content::Feedback(feedback) => feedback
            .answers
            .answers()
            .iter()
            .find_map(|(_, answer)| comment(answer))
            .unwrap_or_default(),
        Content::Correction(correction) => [
            correction.service.as_ref().map(ToString::to_string),
            correction.hub.as_ref().map(ToString::to_string),
        ]
        .into_iter()
        .flatten()
        .collect::<Vec<_>>()
        .join(", "),
        Content::Addition(Addition { said: AddedWords::Message(text), .. }) => text.clone(),
        Content::Addition(Addition { said: AddedWords::Withdrawal, .. }) => {
            f.t("Withdrawal", "Retrait").into()
        }
        Content::Tally(_) | Content::Contact(_) => String::new(),
    };
    let words: String = text.chars().take(WORDS_CHARS_MAX).collect();
    if words.len() < text.len() { format!("{words}…") } else { words }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pages::bare_frame;

    #[test]
    fn a_search_that_an_older_app_kept_with_a_name_is_not_shown() {
        let shown = |words: &str| {
            let stored = serde_json::json!({ "words": words, "language": "en" });
            let gap = serde_json::from_value(stored).unwrap();
            first_words(&bare_frame(), &Content::Gap(gap))
        };
        assert_eq!(shown("i’m jane doe"), "Not shown: it may name a person.");
        assert_eq!(shown("dog park"), "dog park");
    }
}
