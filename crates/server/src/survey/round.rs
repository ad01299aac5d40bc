//! Builds a round of answers from the stored submissions. Only this module decides who counts as
//! invited: those who came by a collector that staff created, with plausible counts. All others are
//! self-selected.

use super::ledger::{Collector, Ledger, ticket_mark};
use super::opened::{
    GivenAnswer, OPENED_KINDS, OpenedAnswers, OpenedContent, OpenedRow, beginning_of,
};
use super::spec::{Days, Spec};
use crate::keys::{Keys, hex};
use crate::office::when::Zone;
use crate::receive::read_body;
use crate::store::{OfficeStore, Place, StoreFault, StoredSubmission, SubmissionStore};
use domain::collector::{CollectorCode, Step, Tally, Way};
use domain::hours::{Date, Minute, Moment};
use domain::submission::Kind;
use domain::survey::{Answer, Survey};
use domain::{HubId, Language, QuestionId, SubmissionId};
use insight::report::{CollectorCount, Response, Round, collector_counts};
use insight::{Twin, flag_duplicates};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::ops::Bound;

const ROWS_AT_ONCE: u32 = 500;
/// Times and ids read per query: 24 bytes each.
const PLACES_AT_ONCE: u32 = 5_000;
/// The most answers read at once, about 60 MB: fifty years of a city's survey. Bounds the memory
/// that submissions from outside can make a page use.
pub const ANSWERS_MAX: u64 = 50_000;

/// Why answers cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReadFault {
    /// The store failed.
    Store(StoreFault),
    /// More than [`ANSWERS_MAX`] were received in the period.
    TooMany,
}

impl From<StoreFault> for ReadFault {
    fn from(fault: StoreFault) -> Self {
        ReadFault::Store(fault)
    }
}

impl fmt::Display for ReadFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ReadFault::Store(fault) => fault.fmt(f),
            ReadFault::TooMany => {
                write!(f, "More than {ANSWERS_MAX} answers came on these days. Choose fewer days.")
            }
        }
    }
}
/// From this many scale answers on, two identical sets are unlikely to be alike by chance; each has
/// five points.
const ALIKE_MIN: usize = 6;

/// A comment, for staff to read before it is published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comment {
    /// The submission that holds it.
    pub id: SubmissionId,
    /// The question that it answers.
    pub question: QuestionId,
    /// What the person wrote.
    pub text: String,
    /// The language of the form.
    pub language: Language,
    /// The channel that it came by.
    pub way: Way,
    /// The location that it is about, if any.
    pub hub: Option<HubId>,
}

/// Answers that count in no figure, by reason.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
pub struct LeftOut {
    /// Given to another version of the questions.
    pub other_version: u64,
    /// No key decrypts them, or they are invalid.
    pub unopened: u64,
    /// Further answers to one invitation.
    pub second_answers: u64,
    /// Probable duplicates, if the report excludes them.
    pub duplicates: u64,
}

/// A collector for invited people with impossible counts: more answers and refusals than
/// invitations. Its answers count as self-selected until staff correct the counts.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct BadCount {
    /// The collector's code.
    pub code: CollectorCode,
    /// How many people were invited.
    pub invited: u64,
    /// How many refused.
    pub refused: u64,
    /// How many answered.
    pub answers: u64,
}

/// Everything that a report is computed from.
pub struct Reading {
    /// The answers, by invited and self-selected.
    pub round: Round,
    /// All comments, published or not.
    pub comments: Vec<Comment>,
    /// Counts per collector.
    pub collectors: Vec<CollectorCount>,
    /// What was left out.
    pub left_out: LeftOut,
    /// Collectors with impossible counts.
    pub bad_counts: Vec<BadCount>,
    /// Probable duplicates, counted or not.
    pub twins: u64,
    /// How many feedback submissions were read, those left out included.
    pub entries: u64,
    /// SHA-256 over the ids and hashes of all of them, in hex.
    pub sha256: String,
}

impl Reading {
    /// The seed of random numbers in a report. It depends on the answers only, so that the report
    /// can be computed again.
    pub fn seed(&self) -> u64 {
        u64::from_str_radix(&self.sha256[..16], 16).unwrap_or(0)
    }
}

/// An answer with what is known of its collector.
struct Given {
    id: SubmissionId,
    day: Date,
    said: GivenAnswer,
    /// A collector that staff created.
    collector: Option<Collector>,
}

/// The answers of a period, with what all of them together amount to.
#[derive(Default)]
struct Answered {
    given: Vec<Given>,
    left_out: LeftOut,
    entries: u64,
    digest: Sha256,
}

/// What reading needs beside the store: how to open, what was opened before, and what the office
/// knows.
#[derive(Clone, Copy)]
pub struct Opening<'a> {
    /// The keys that open sealed submissions.
    pub keys: &'a Keys,
    /// What was opened before.
    pub opened: &'a OpenedAnswers,
    /// The time zone in which days begin and end.
    pub zone: &'a Zone,
}

/// Reads the submissions of the period of `spec`. `survey` must be the version that it names.
pub async fn read(
    store: &(impl SubmissionStore + OfficeStore),
    opening: Opening<'_>,
    ledger: &Ledger,
    survey: &Survey,
    spec: &Spec,
) -> Result<Reading, ReadFault> {
    opening.opened.learn(survey);
    let never = Date::from_days_since_1970(0);
    let days = spec.days().unwrap_or(Days { from: never, to: never });
    let Answered { mut given, mut left_out, entries, digest } =
        answers_of(store, opening, ledger, survey, days).await?;
    let tallies = tallies_of(store, opening, ledger, days).await?;
    // Sorted by id, because a restored database may have other times.
    given.sort_by_key(|given| given.id);
    let completed =
        given.iter().filter_map(|given| given.collector.as_ref().map(|collector| &collector.code));
    let collectors = collector_counts(
        tallies.iter().flat_map(|(tally, count)| std::iter::repeat_n(tally, *count)),
        completed,
    );
    let comments = given.iter().flat_map(comments).collect();
    let twins = flag_duplicates(&given, key);
    let is_second: Vec<bool> = second_answers(&given);
    let twin_count = twins.iter().flatten().filter(|twin: &&Twin| twin.is_later()).count() as u64;
    let mut kept = Vec::with_capacity(given.len());
    for ((given, twin), is_second) in given.into_iter().zip(twins).zip(is_second) {
        if is_second {
            left_out.second_answers += 1;
        } else if spec.without_duplicates && twin.is_some_and(|twin| twin.is_later()) {
            left_out.duplicates += 1;
        } else {
            kept.push(given);
        }
    }
    let (round, bad_counts) = divide(kept, &collectors, ledger, survey, spec);
    Ok(Reading {
        round,
        comments,
        collectors,
        left_out,
        bad_counts,
        twins: twin_count,
        entries,
        sha256: hex(&digest.finalize()),
    })
}

async fn answers_of(
    store: &(impl SubmissionStore + OfficeStore),
    opening: Opening<'_>,
    ledger: &Ledger,
    survey: &Survey,
    days: Days,
) -> Result<Answered, ReadFault> {
    let mut all = Answered::default();
    let mut take = |(received_at_ms, id): Place, row: OpenedRow| {
        all.entries += 1;
        all.digest.update(id.as_bytes());
        all.digest.update(row.sha256);
        match row.content {
            Some(OpenedContent::Answer(said)) if said.survey_version == survey.version => {
                let collector =
                    said.collector.as_ref().and_then(|code| ledger.collectors.get(code));
                let collector = collector.filter(|known| {
                    known.ended_ms.is_none_or(|ended_ms| received_at_ms <= ended_ms + LATE_MS)
                });
                all.given.push(Given {
                    id,
                    day: opening.zone.moment(received_at_ms).date,
                    collector: collector.map(|known| known.collector.clone()),
                    said: *said,
                });
            }
            Some(_) => all.left_out.other_version += 1,
            None => all.left_out.unopened += 1,
        }
        all.entries <= ANSWERS_MAX
    };
    match for_each_row(store, opening, Kind::Feedback, days, &mut take).await? {
        true => Ok(all),
        false => Err(ReadFault::TooMany),
    }
}

/// What happened at the survey links of the office, with how many times.
async fn tallies_of(
    store: &(impl SubmissionStore + OfficeStore),
    opening: Opening<'_>,
    ledger: &Ledger,
    days: Days,
) -> Result<Vec<(Tally, usize)>, StoreFault> {
    let mut tallies: BTreeMap<(CollectorCode, Step), usize> = BTreeMap::new();
    let mut take = |_, row: OpenedRow| {
        // A code that staff did not create is ignored.
        if let Some(OpenedContent::Tally(tally)) = row.content
            && ledger.collectors.contains_key(&tally.collector)
        {
            *tallies.entry((tally.collector, tally.step)).or_default() += 1;
        }
        true
    };
    for_each_row(store, opening, Kind::Tally, days, &mut take).await?;
    let tally = |((collector, step), count)| (Tally { collector, step }, count);
    Ok(tallies.into_iter().map(tally).collect())
}

/// How long after its collector ended an answer may still arrive, in milliseconds (14 days),
/// because a tablet was offline.
const LATE_MS: u64 = 14 * 24 * 60 * 60 * 1_000;

/// Splits the answers. Those of collectors that staff created for invited people, and whose counts
/// are possible, are invited.
fn divide(
    given: Vec<Given>,
    collectors: &[CollectorCount],
    ledger: &Ledger,
    survey: &Survey,
    spec: &Spec,
) -> (Round, Vec<BadCount>) {
    let mut counts: BTreeMap<CollectorCode, BadCount> = BTreeMap::new();
    let mut is_after_inquiry_counted = false;
    for known in ledger.collectors.values().filter(|known| known.collector.code.way().is_invited())
    {
        let code = &known.collector.code;
        let (invited, refused) = known.asked(collectors);
        let mut count = BadCount { code: code.clone(), invited, refused, answers: 0 };
        // All people with a closed inquiry were invited, whichever of these collectors they used.
        // They are counted once.
        if code.way() == Way::AfterInquiry && !is_after_inquiry_counted {
            is_after_inquiry_counted = true;
            count.invited += spec.closed_inquiries;
        }
        counts.insert(code.clone(), count);
    }
    let code_of = |given: &Given| {
        given
            .collector
            .as_ref()
            .map(|collector| collector.code.clone())
            .filter(|code| code.way().is_invited())
    };
    let is_known = |given: &Given| given.said.ticket.is_some_and(|ticket| ledger.knows(ticket));
    for given in &given {
        if let Some(count) = code_of(given).and_then(|code| counts.get_mut(&code)) {
            count.answers += u64::from(count.code.way() != Way::AfterInquiry || is_known(given));
        }
    }
    let (fit, bad): (Vec<BadCount>, Vec<BadCount>) =
        counts.into_values().partition(|count| count.answers + count.refused <= count.invited);
    let fitting: BTreeSet<CollectorCode> = fit.iter().map(|count| count.code.clone()).collect();
    let (mut invited, mut open) = (Vec::new(), Vec::new());
    for given in given {
        let is_invited = code_of(&given).is_some_and(|code| {
            fitting.contains(&code) && (code.way() != Way::AfterInquiry || is_known(&given))
        });
        let response = response(given, spec, is_invited);
        if is_invited { invited.push(response) } else { open.push(response) }
    }
    let (asked, refused) = fit
        .iter()
        .fold((0, 0), |(asked, refused), count| (asked + count.invited, refused + count.refused));
    let round = Round::new(survey, invited, asked, refused, open)
        .expect("only collectors with possible counts are added up");
    let bad = bad.into_iter().filter(|count| count.answers > 0).collect();
    (round, bad)
}

/// An answer whose code does not count as an invitation counts as from an open link, whatever its
/// code says.
fn response(given: Given, spec: &Spec, is_invited: bool) -> Response {
    let way = given
        .collector
        .as_ref()
        .map(|collector| collector.code.way())
        .filter(|way| is_invited || !way.is_invited());
    let said = given.said;
    Response {
        answers: said.answers,
        way: way.unwrap_or(Way::OpenLink),
        hub: given.collector.as_ref().and_then(|collector| collector.hub.clone()).or(said.hub),
        collector: given.collector.map(|collector| collector.code),
        group: said.service.as_ref().and_then(|service| spec.groups.get(service)).cloned(),
        language: said.language,
        seconds: said.seconds,
    }
}

/// Passes all submissions of a kind received in a period to `take`, page by page, while it returns
/// `true`. Returns whether it got to the end.
async fn for_each_row(
    store: &(impl SubmissionStore + OfficeStore),
    opening: Opening<'_>,
    kind: Kind,
    days: Days,
    take: &mut (impl FnMut(Place, OpenedRow) -> bool + Send),
) -> Result<bool, StoreFault> {
    let midnight = |date| opening.zone.ms(Moment { date, minute: Minute::MIDNIGHT });
    let (from_ms, end_ms) = (midnight(days.from), midnight(days.to.plus_days(1)));
    let mut after = None;
    loop {
        let mut places = store.places(kind, from_ms, after, ROWS_AT_ONCE).await?;
        let last = places.last().copied().filter(|last| last.0 < end_ms);
        places.retain(|place| place.0 < end_ms);
        let begin = after.map_or(Bound::Included(beginning_of(from_ms)), Bound::Excluded);
        // Only while more may follow is nothing known of what comes after the last place.
        let end = last.map_or(Bound::Excluded(beginning_of(end_ms)), Bound::Included);
        if from_ms < end_ms {
            opening.opened.keep_listed(kind, begin, end, &places);
        }
        let rows = opened_rows(store, opening, kind, (from_ms, after), &places).await?;
        if !rows.into_iter().all(|(place, row)| take(place, row)) {
            return Ok(false);
        }
        let Some(last) = last else { return Ok(true) };
        after = Some(last);
        tokio::task::yield_now().await;
    }
}

/// The submissions at these places, opened. Those that were not opened before are read from the
/// store; `from` is where the page of `places` begins.
async fn opened_rows(
    store: &impl SubmissionStore,
    opening: Opening<'_>,
    kind: Kind,
    from: (u64, Option<Place>),
    places: &[Place],
) -> Result<Vec<(Place, OpenedRow)>, StoreFault> {
    let found = opening.opened.find(kind, opening.keys, places);
    let mut rows = BTreeMap::new();
    if found.iter().any(Option::is_none) {
        let page = store.page(kind, from.0, from.1, ROWS_AT_ONCE).await?;
        rows.extend(page.into_iter().map(|row| (row.envelope.header.id, row)));
    }
    let open = |(place, found): (&Place, Option<OpenedRow>)| {
        // What was erased since its place was read is neither found nor in the page.
        let row = match found {
            Some(row) => row,
            None => opened_row(opening, kind, &rows.remove(&place.1)?),
        };
        Some((*place, row))
    };
    Ok(places.iter().zip(found).filter_map(open).collect())
}

fn opened_row(opening: Opening<'_>, kind: Kind, stored: &StoredSubmission) -> OpenedRow {
    let body = opening.keys.open_seal(&stored.envelope).and_then(|plain| read_body(&plain));
    let row = OpenedRow {
        sha256: Sha256::digest(&stored.envelope.sealed).into(),
        content: body.map(|body| body.content.into()),
    };
    let header = &stored.envelope.header;
    opening.opened.put(kind, (stored.received_at_ms, header.id), header.key, &row);
    row
}

/// Drops what the store does not list any more: it was erased, or set aside.
pub(crate) async fn forget_unlisted(
    store: &impl OfficeStore,
    opened: &OpenedAnswers,
) -> Result<(), StoreFault> {
    for kind in OPENED_KINDS {
        let Some(oldest) = opened.oldest(kind) else { continue };
        let mut after = None;
        loop {
            let places = store.places(kind, oldest.0, after, PLACES_AT_ONCE).await?;
            let begin = after.map_or(Bound::Included(beginning_of(oldest.0)), Bound::Excluded);
            let end = places.last().map_or(Bound::Unbounded, |last| Bound::Included(*last));
            opened.keep_listed(kind, begin, end, &places);
            let Some(last) = places.last() else { break };
            after = Some(*last);
            tokio::task::yield_now().await;
        }
    }
    Ok(())
}

fn comments(given: &Given) -> impl Iterator<Item = Comment> + '_ {
    let way = given.collector.as_ref().map_or(Way::OpenLink, |collector| collector.code.way());
    given.said.answers.iter().filter_map(move |(question, answer)| match answer {
        Answer::Comment(text) => Some(Comment {
            id: given.id,
            question: question.clone(),
            text: text.clone(),
            language: given.said.language,
            way,
            hub: given.said.hub.clone(),
        }),
        _ => None,
    })
}

/// A key that is equal for probable duplicates: a hash of the answers, collector, location and day.
/// `None` if there are too few answers, which may be alike by chance.
fn key(given: &Given) -> Option<[u8; 32]> {
    let answers = &given.said.answers;
    let mut points = answers.iter().filter_map(|(_, answer)| match answer {
        Answer::Scale(point) => Some(*point),
        _ => None,
    });
    let first = points.next();
    let (rated, is_varied) = points.fold((usize::from(first.is_some()), false), |seen, point| {
        (seen.0 + 1, seen.1 || Some(point) != first)
    });
    let has_comment = answers
        .iter()
        .any(|(_, answer)| matches!(answer, Answer::Comment(text) if text.chars().count() >= 20));
    if !has_comment && (rated < ALIKE_MIN || !is_varied) {
        return None;
    }
    let facts = (
        given.day.days_since_1970(),
        answers,
        given.said.collector.as_ref().map(CollectorCode::as_str),
        &given.said.hub,
    );
    let bytes = postcard::to_allocvec(&facts).expect("plain values serialize");
    Some(Sha256::digest(bytes).into())
}

/// Which answers use an invitation that an earlier answer has used.
fn second_answers(given: &[Given]) -> Vec<bool> {
    let mut used = BTreeSet::new();
    given
        .iter()
        .map(|given| given.said.ticket.is_some_and(|ticket| !used.insert(ticket_mark(ticket))))
        .collect()
}
