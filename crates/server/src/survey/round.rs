//! From what is kept to a round of answers. Who counts as invited is decided here and nowhere else: by a collector that the office made, with
//! counts that fit; whatever is left chose itself.

use super::ledger::{Collector, Ledger, ticket_mark};
use super::spec::{Days, Spec};
use crate::keys::{Keys, hex};
use crate::office::when::Zone;
use crate::receive::read_body;
use crate::store::{StoreFault, StoredSubmission, SubmissionStore};
use domain::collector::{CollectorCode, Step, Tally, Way};
use domain::hours::{Date, Minute, Moment};
use domain::submission::{Content, Feedback, Kind};
use domain::survey::{Answer, Survey};
use domain::{HubId, Language, QuestionId, SubmissionId};
use insight::report::{CollectorCount, Response, Round, collector_counts};
use insight::{Twin, flag_duplicates};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

const ROWS_AT_ONCE: u32 = 500;
/// Answers that are held at once, some 60 MB: fifty years of a city's survey, and a bound for what a stranger can make a page hold.
pub const ANSWERS_MAX: u64 = 50_000;

/// Why answers could not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReadFault {
    Store(StoreFault),
    /// More than [`ANSWERS_MAX`] came on these days.
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
/// Answers on the scale that make two people's answers alike by more than chance: five points each.
const ALIKE_MIN: usize = 6;

/// What a person wrote, for somebody to read before anybody else does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comment {
    pub id: SubmissionId,
    pub question: QuestionId,
    pub text: String,
    pub language: Language,
    pub way: Way,
    pub hub: Option<HubId>,
}

/// What counts in no figure, and why.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
pub struct LeftOut {
    /// Given to another version of the questions.
    pub other_version: u64,
    /// No key opens them.
    pub unopened: u64,
    /// A second answer to one invitation.
    pub second_answers: u64,
    /// Look as if they had been given twice, and the report is asked to count such once.
    pub duplicates: u64,
}

/// A collector of an invited way whose counts cannot be: more answers and refusals than people asked. Its answers count as of those who
/// chose themselves until somebody mends the counts.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct BadCount {
    pub code: CollectorCode,
    pub invited: u64,
    pub refused: u64,
    pub answers: u64,
}

pub struct Reading {
    pub round: Round,
    pub comments: Vec<Comment>,
    pub collectors: Vec<CollectorCount>,
    pub left_out: LeftOut,
    pub bad_counts: Vec<BadCount>,
    /// Records that look as if they had been given twice.
    pub twins: u64,
    /// Feedback that was read, whatever became of it, and the SHA-256 over the ids and hashes of all of it.
    pub entries: u64,
    pub sha256: String,
}

impl Reading {
    /// What chance in a report comes from: the answers alone, so that it is made the same again.
    pub fn seed(&self) -> u64 {
        u64::from_str_radix(&self.sha256[..16], 16).unwrap_or(0)
    }
}

/// An answer with what the office knows of it.
struct Given {
    id: SubmissionId,
    day: Date,
    feedback: Feedback,
    /// A collector that the office made.
    collector: Option<Collector>,
}

/// Reads what came in on the days of `spec`. `survey` is the version that it names.
pub async fn read(
    store: &impl SubmissionStore,
    keys: &Keys,
    zone: &Zone,
    ledger: &Ledger,
    survey: &Survey,
    spec: &Spec,
) -> Result<Reading, ReadFault> {
    let never = Date::from_days_since_1970(0);
    let days = spec.days().unwrap_or(Days { from: never, to: never });
    let mut digest = Sha256::new();
    let mut left_out = LeftOut::default();
    let mut given = Vec::new();
    let mut entries = 0;
    let mut take = |row: StoredSubmission| {
        entries += 1;
        digest.update(row.envelope.header.id.as_bytes());
        digest.update(Sha256::digest(&row.envelope.sealed));
        match content(keys, &row) {
            Some(Content::Feedback(feedback))
                if feedback.answers.survey_version() == survey.version =>
            {
                let collector =
                    feedback.collector.as_ref().and_then(|code| ledger.collectors.get(code));
                let collector = collector.filter(|known| {
                    known.ended_ms.is_none_or(|ended_ms| row.received_at_ms <= ended_ms + LATE_MS)
                });
                let day = zone.moment(row.received_at_ms).date;
                given.push(Given {
                    id: row.envelope.header.id,
                    day,
                    collector: collector.map(|known| known.collector.clone()),
                    feedback,
                });
            }
            Some(_) => left_out.other_version += 1,
            None => left_out.unopened += 1,
        }
        entries <= ANSWERS_MAX
    };
    if !for_each_row(store, Kind::Feedback, zone, days, &mut take).await? {
        return Err(ReadFault::TooMany);
    }
    let mut tallies: BTreeMap<(CollectorCode, Step), usize> = BTreeMap::new();
    let mut take = |row: StoredSubmission| {
        // A code that the office did not make says nothing.
        if let Some(Content::Tally(tally)) = content(keys, &row)
            && ledger.collectors.contains_key(&tally.collector)
        {
            *tallies.entry((tally.collector, tally.step)).or_default() += 1;
        }
        true
    };
    for_each_row(store, Kind::Tally, zone, days, &mut take).await?;
    // In one order, whatever the moments were: a restored database may have others.
    given.sort_by_key(|given| given.id);
    let completed =
        given.iter().filter_map(|given| given.collector.as_ref().map(|collector| &collector.code));
    let tallies: Vec<(Tally, usize)> = tallies
        .into_iter()
        .map(|((collector, step), count)| (Tally { collector, step }, count))
        .collect();
    let collectors = collector_counts(
        tallies.iter().flat_map(|(tally, count)| std::iter::repeat_n(tally, *count)),
        completed,
    );
    let comments = given.iter().flat_map(comments).collect();
    let twins = flag_duplicates(&given, key);
    let is_second: Vec<bool> = second_answers(&given);
    let twin_count = twins.iter().flatten().filter(|twin: &&Twin| twin.is_later()).count() as u64;
    let mut kept = Vec::new();
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

/// What was given before a collector ended may come a while later: a tablet was without a network.
const LATE_MS: u64 = 14 * 24 * 60 * 60 * 1_000;

/// Invited are the answers of collectors that the office made for an invited way, whose counts fit.
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
        // Everyone whose inquiry was closed was asked, by whichever of these collectors.
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
    let is_known = |given: &Given| given.feedback.ticket.is_some_and(|ticket| ledger.knows(ticket));
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
        .expect("only collectors whose counts fit were added up");
    let bad = bad.into_iter().filter(|count| count.answers > 0).collect();
    (round, bad)
}

/// An answer by a code that is worth nothing came by an open link, whatever the code says.
fn response(given: Given, spec: &Spec, is_invited: bool) -> Response {
    let way = given
        .collector
        .as_ref()
        .map(|collector| collector.code.way())
        .filter(|way| is_invited || !way.is_invited());
    let feedback = given.feedback;
    Response {
        answers: feedback.answers.answers().to_vec(),
        way: way.unwrap_or(Way::OpenLink),
        hub: given.collector.as_ref().and_then(|collector| collector.hub.clone()).or(feedback.hub),
        collector: given.collector.map(|collector| collector.code),
        group: feedback.service.as_ref().and_then(|service| spec.groups.get(service)).cloned(),
        language: feedback.language,
        seconds: feedback.seconds,
    }
}

/// Goes through all of a kind that was received on some days, page by page, for as long as `take` returns true. Returns whether that was
/// to the end.
async fn for_each_row(
    store: &impl SubmissionStore,
    kind: Kind,
    zone: &Zone,
    days: Days,
    take: &mut (impl FnMut(StoredSubmission) -> bool + Send),
) -> Result<bool, StoreFault> {
    let midnight = |date| zone.ms(Moment { date, minute: Minute::MIDNIGHT });
    let (from_ms, end_ms) = (midnight(days.from), midnight(days.to.plus_days(1)));
    let mut after = None;
    loop {
        let page = store.page(kind, from_ms, after, ROWS_AT_ONCE).await?;
        let Some(last) = page.last() else { return Ok(true) };
        after = Some((last.received_at_ms, last.envelope.header.id));
        let is_over = last.received_at_ms >= end_ms;
        if !page.into_iter().filter(|row| row.received_at_ms < end_ms).all(&mut *take) {
            return Ok(false);
        }
        if is_over {
            return Ok(true);
        }
        tokio::task::yield_now().await;
    }
}

fn content(keys: &Keys, row: &StoredSubmission) -> Option<Content> {
    Some(read_body(&keys.open_seal(&row.envelope)?)?.content)
}

fn comments(given: &Given) -> impl Iterator<Item = Comment> + '_ {
    let way = given.collector.as_ref().map_or(Way::OpenLink, |collector| collector.code.way());
    given.feedback.answers.answers().iter().filter_map(move |(question, answer)| match answer {
        Answer::Comment(text) => Some(Comment {
            id: given.id,
            question: question.clone(),
            text: text.clone(),
            language: given.feedback.language,
            way,
            hub: given.feedback.hub.clone(),
        }),
        _ => None,
    })
}

/// In what two answers of one person are alike: all that was answered, the way, the place, the day. Too few answers are alike by chance.
fn key(given: &Given) -> Option<String> {
    let answers = given.feedback.answers.answers();
    let rated = answers.iter().filter(|(_, answer)| matches!(answer, Answer::Scale(_))).count();
    let has_comment = answers
        .iter()
        .any(|(_, answer)| matches!(answer, Answer::Comment(text) if text.chars().count() >= 20));
    let is_varied = answers
        .iter()
        .filter_map(
            |(_, answer)| if let Answer::Scale(point) = answer { Some(point) } else { None },
        )
        .collect::<BTreeSet<_>>()
        .len()
        > 1;
    (has_comment || rated >= ALIKE_MIN && is_varied).then(|| {
        format!(
            "{} {:?} {:?} {:?}",
            given.day,
            answers,
            given.feedback.collector.as_ref().map(CollectorCode::as_str),
            given.feedback.hub
        )
    })
}

/// Which answers use an invitation that an earlier one used.
fn second_answers(given: &[Given]) -> Vec<bool> {
    let mut used = BTreeSet::new();
    given
        .iter()
        .map(|given| given.feedback.ticket.is_some_and(|ticket| !used.insert(ticket_mark(ticket))))
        .collect()
}
