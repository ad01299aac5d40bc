//! Builds a round of answers from submissions. Only this module decides who counts as
//! invited: those who came by a collector that staff created, with plausible counts. All others are
//! self-selected.

use super::given::{GivenAnswer, OpenedContent};
use super::ledger::{Collector, SurveyLedger, ticket_mark};
use super::spec::ReportSpec;
use crate::when::Zone;
use domain::collector::{CollectorCode, Step, Tally, Way};
use domain::hours::Date;
use domain::survey::{Survey, SurveyAnswer};
use domain::{HubId, Language, QuestionId, SubmissionId};
use insight::report::{CollectorCount, Response, Round, collector_counts};
use insight::{Twin, flag_duplicates};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};

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
pub struct SurveyReading {
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

impl SurveyReading {
    /// The seed of random numbers in a report. It depends on the answers only, so that the report
    /// can be computed again.
    pub fn seed(&self) -> u64 {
        u64::from_str_radix(&self.sha256[..16], 16).unwrap_or(0)
    }
}

/// An answer with what is known of its collector.
struct Given<'a> {
    id: SubmissionId,
    day: Date,
    said: GivenAnswer,
    /// A collector that staff created.
    collector: Option<&'a Collector>,
}

/// Collects the submissions of a period, one by one, and makes a [`SurveyReading`] of them.
pub struct RoundReader<'a> {
    zone: &'a Zone,
    ledger: &'a SurveyLedger,
    survey: &'a Survey,
    spec: &'a ReportSpec,
    digest: Sha256,
    left_out: LeftOut,
    given: Vec<Given<'a>>,
    entries: u64,
    tallies: BTreeMap<(CollectorCode, Step), usize>,
}

impl<'a> RoundReader<'a> {
    /// A reader without any submission. `survey` must be the version that `spec` names.
    pub fn new(
        zone: &'a Zone,
        ledger: &'a SurveyLedger,
        survey: &'a Survey,
        spec: &'a ReportSpec,
    ) -> Self {
        Self {
            zone,
            ledger,
            survey,
            spec,
            digest: Sha256::new(),
            left_out: LeftOut::default(),
            given: Vec::new(),
            entries: 0,
            tallies: BTreeMap::new(),
        }
    }

    /// How many feedback submissions were taken.
    pub fn entries(&self) -> u64 {
        self.entries
    }

    /// Takes a feedback submission with the SHA-256 of its sealed bytes; `content` is `None` if it
    /// does not open or is invalid.
    pub fn take_feedback(
        &mut self,
        id: SubmissionId,
        sha256: [u8; 32],
        received_at_ms: u64,
        content: Option<OpenedContent>,
    ) {
        self.entries += 1;
        self.digest.update(id.as_bytes());
        self.digest.update(sha256);
        match content {
            Some(OpenedContent::Answer(said)) if said.survey_version == self.survey.version => {
                let collector =
                    said.collector.as_ref().and_then(|code| self.ledger.collectors.get(code));
                let collector = collector.filter(|known| {
                    known.ended_ms.is_none_or(|ended_ms| received_at_ms <= ended_ms + LATE_MS)
                });
                let day = self.zone.moment(received_at_ms).date;
                self.given.push(Given {
                    id,
                    day,
                    collector: collector.map(|known| &known.collector),
                    said: *said,
                });
            }
            Some(_) => self.left_out.other_version += 1,
            None => self.left_out.unopened += 1,
        }
    }

    /// Takes a tally of a device. A code that staff did not create is ignored.
    pub fn take_tally(&mut self, content: Option<OpenedContent>) {
        if let Some(OpenedContent::Tally(tally)) = content
            && self.ledger.collectors.contains_key(&tally.collector)
        {
            *self.tallies.entry((tally.collector, tally.step)).or_default() += 1;
        }
    }

    /// Everything that a report is computed from.
    pub fn reading(self) -> SurveyReading {
        let Self { ledger, survey, spec, mut given, mut left_out, .. } = self;
        // Sorted by id, because a restored database may have other times.
        given.sort_by_key(|given| given.id);
        let completed =
            given.iter().filter_map(|given| given.collector.map(|collector| &collector.code));
        let tallies: Vec<(Tally, usize)> = self
            .tallies
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
        let twin_count =
            twins.iter().flatten().filter(|twin: &&Twin| twin.is_later()).count() as u64;
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
        SurveyReading {
            round,
            comments,
            collectors,
            left_out,
            bad_counts,
            twins: twin_count,
            entries: self.entries,
            sha256: hex::encode(self.digest.finalize()),
        }
    }
}

/// How long after its collector ended an answer may still arrive, in milliseconds (14 days),
/// because a tablet was offline.
const LATE_MS: u64 = 14 * 24 * 60 * 60 * 1_000;

/// Splits the answers. Those of collectors that staff created for invited people, and whose counts
/// are possible, are invited.
fn divide(
    given: Vec<Given<'_>>,
    collectors: &[CollectorCount],
    ledger: &SurveyLedger,
    survey: &Survey,
    spec: &ReportSpec,
) -> (Round, Vec<BadCount>) {
    let mut counts: BTreeMap<CollectorCode, BadCount> = BTreeMap::new();
    for known in ledger.collectors.values().filter(|known| known.collector.code.way().is_invited())
    {
        let code = &known.collector.code;
        let (invited, refused) = known.asked(collectors);
        let count = BadCount { code: code.clone(), invited, refused, answers: 0 };
        counts.insert(code.clone(), count);
    }
    let code_of = |given: &Given<'_>| {
        given
            .collector
            .as_ref()
            .map(|collector| collector.code.clone())
            .filter(|code| code.way().is_invited())
    };
    let is_known = |given: &Given<'_>| given.said.ticket.is_some_and(|ticket| ledger.knows(ticket));
    for given in &given {
        if let Some(count) = code_of(given).and_then(|code| counts.get_mut(&code)) {
            count.answers += u64::from(count.code.way() != Way::AfterInquiry || is_known(given));
        }
    }
    share_closed_inquiries(&mut counts, spec.closed_inquiries);
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

/// All people with a closed inquiry were invited, whichever of the links after an inquiry they
/// used, and are counted once: at each link those who used it, and at the first one all others.
fn share_closed_inquiries(counts: &mut BTreeMap<CollectorCode, BadCount>, closed: u64) {
    let after = counts.values_mut().filter(|count| count.code.way() == Way::AfterInquiry);
    let mut after: Vec<&mut BadCount> = after.collect();
    let mut left = closed + after.iter().map(|count| count.invited).sum::<u64>();
    for count in &mut after {
        count.invited = left.min(count.answers + count.refused);
        left -= count.invited;
    }
    if let Some(first) = after.first_mut() {
        first.invited += left;
    }
}

/// An answer whose code does not count as an invitation counts as from an open link, whatever its
/// code says.
fn response(given: Given<'_>, spec: &ReportSpec, is_invited: bool) -> Response {
    let way = given
        .collector
        .as_ref()
        .map(|collector| collector.code.way())
        .filter(|way| is_invited || !way.is_invited());
    let said = given.said;
    Response {
        answers: said.answers,
        way: way.unwrap_or(Way::OpenLink),
        hub: given.collector.and_then(|collector| collector.hub.clone()).or(said.hub),
        collector: given.collector.map(|collector| collector.code.clone()),
        group: said.service.as_ref().and_then(|service| spec.groups.get(service)).cloned(),
        language: said.language,
        seconds: said.seconds,
    }
}

fn comments<'a>(given: &'a Given<'a>) -> impl Iterator<Item = Comment> + 'a {
    let way = given.collector.map_or(Way::OpenLink, |collector| collector.code.way());
    given.said.answers.iter().filter_map(move |(question, answer)| match answer {
        SurveyAnswer::Comment(text) => Some(Comment {
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
fn key(given: &Given<'_>) -> Option<[u8; 32]> {
    let answers = &given.said.answers;
    let mut points = answers.iter().filter_map(|(_, answer)| match answer {
        SurveyAnswer::Scale(point) => Some(*point),
        _ => None,
    });
    let first = points.next();
    let (rated, is_varied) = points.fold((usize::from(first.is_some()), false), |seen, point| {
        (seen.0 + 1, seen.1 || Some(point) != first)
    });
    let has_comment = answers.iter().any(
        |(_, answer)| matches!(answer, SurveyAnswer::Comment(text) if text.chars().count() >= 20),
    );
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
fn second_answers(given: &[Given<'_>]) -> Vec<bool> {
    let mut used = BTreeSet::new();
    given
        .iter()
        .map(|given| given.said.ticket.is_some_and(|ticket| !used.insert(ticket_mark(ticket))))
        .collect()
}

#[cfg(test)]
mod tests;
