//! A simulated municipality whose true figures are known: every resident's answers are drawn first,
//! then some residents are invited and some choose to answer, and the report is computed from
//! these. All data is invented; only the size resembles a real municipality.

use domain::collector::Way;
use domain::survey::{
    AnswerKind, ChoiceOption, Construct, JourneyStage, Survey, SurveyAnswer, SurveyQuestion,
};
use domain::{HubId, Language, MunicipalityId, QuestionId, Text};
use insight::report::{Report, Response, Round};
use insight::{Figure, Margin, NoMargin, Rule, SeededRandom};

const RESIDENTS: usize = 20_000;
const HUBS: usize = 5;
/// Percentages of the ratings 1 to 5, from the worst location to the best.
const MOODS: [[u64; 5]; HUBS] = [
    [12, 18, 25, 30, 15],
    [8, 12, 20, 38, 22],
    [5, 10, 18, 40, 27],
    [4, 7, 14, 42, 33],
    [2, 5, 10, 38, 45],
];

/// The answers that a resident would give if asked.
#[derive(Clone, Copy)]
struct Resident {
    hub: usize,
    overall: u8,
    wait: u8,
    fair: u8,
}

pub(crate) struct City {
    survey: Survey,
    residents: Vec<Resident>,
}

/// Which residents do not answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Silence {
    /// Everyone who is asked answers with the same probability.
    Alike,
    /// Content residents answer more often. No formula can detect this non-response bias.
    OfTheDiscontent,
}

/// The report of one wave, and the true figures.
pub(crate) struct SimulatedWave {
    pub(crate) report: Report,
    pub(crate) truth: Truth,
}

#[derive(Clone, Copy)]
pub(crate) struct Truth {
    pub(crate) top_two: f64,
    pub(crate) mean: f64,
}

fn id(name: &str) -> QuestionId {
    QuestionId::parse(name).expect("a slug")
}

fn text(name: &str) -> Text {
    Text { en: name.into(), fr: None }
}

fn hub(number: usize) -> HubId {
    HubId::parse(&format!("hub-{number}")).expect("a slug")
}

fn survey() -> Survey {
    let scale = || AnswerKind::Scale {
        labels: ["1", "2", "3", "4", "5"].map(text).to_vec(),
        may_not_apply: true,
    };
    let question = |name: &str, construct, answer| SurveyQuestion {
        id: id(name),
        text: text(name),
        hint: None,
        stage: JourneyStage::Ask,
        construct,
        answer,
        only_if: None,
    };
    let options =
        ["yes", "no"].map(|name| ChoiceOption { id: id(name), text: text(name) }).to_vec();
    let questions = vec![
        question("done", Construct::Context, AnswerKind::Choice { options }),
        question("wait", Construct::Timeliness, scale()),
        question("fair", Construct::Fairness, scale()),
        question("overall", Construct::Overall, scale()),
    ];
    Survey {
        id: MunicipalityId::parse("city").expect("a slug"),
        version: 1,
        title: text("t"),
        introduction: text("i"),
        thanks: text("t"),
        questions,
    }
}

fn drawn(chances: &[u64; 5], random: &mut SeededRandom) -> u8 {
    let mut left = random.below(100) as u64;
    for (point, chance) in (1..).zip(chances) {
        match left.checked_sub(*chance) {
            Some(rest) => left = rest,
            None => return point,
        }
    }
    5
}

impl City {
    pub(crate) fn founded(seed: u64) -> Self {
        let mut random = SeededRandom::seeded(seed);
        let mut resident = |at: usize| {
            let hub = at % HUBS;
            let overall = drawn(&MOODS[hub], &mut random);
            // Parts of an experience correlate with the whole, and also vary independently of it.
            let mut near = || (i64::from(overall) + random.below(3) as i64 - 1).clamp(1, 5) as u8;
            Resident { hub, overall, wait: near(), fair: near() }
        };
        Self { survey: survey(), residents: (0..RESIDENTS).map(&mut resident).collect() }
    }

    fn truth(&self, belongs: impl Fn(&Resident) -> bool) -> Truth {
        let all: Vec<f64> = self
            .residents
            .iter()
            .filter(|resident| belongs(resident))
            .map(|resident| f64::from(resident.overall))
            .collect();
        let n = all.len() as f64;
        Truth {
            top_two: all.iter().filter(|point| **point >= 4.0).count() as f64 / n,
            mean: all.iter().map(|point| 25.0 * (point - 1.0)).sum::<f64>() / n,
        }
    }

    pub(crate) fn truth_of_hub(&self, hub: usize) -> Truth {
        self.truth(|resident| resident.hub == hub)
    }

    /// Simulates one wave: `invitations` residents are invited at random; a third as many answer a
    /// link by choice, discontented residents four times as readily.
    pub(crate) fn wave(
        &self,
        invitations: usize,
        silence: Silence,
        random: &mut SeededRandom,
    ) -> SimulatedWave {
        let (mut invited, mut refused) = (Vec::new(), 0);
        for _ in 0..invitations {
            let resident = self.residents[random.below(RESIDENTS)];
            let readiness = match silence {
                Silence::Alike => 45,
                Silence::OfTheDiscontent if resident.overall >= 4 => 55,
                Silence::OfTheDiscontent => 30,
            };
            match random.below(100) {
                chance if chance < readiness => {
                    invited.push(response(resident, Way::StaffAssisted))
                }
                chance if chance < readiness + 20 => refused += 1,
                _ => {}
            }
        }
        let mut open = Vec::new();
        while open.len() < invitations / 3 {
            let resident = self.residents[random.below(RESIDENTS)];
            if random.below(100) < if resident.overall <= 2 { 40 } else { 10 } {
                open.push(response(resident, Way::OpenLink));
            }
        }
        let round = Round::new(&self.survey, invited, invitations as u64, refused, open)
            .expect("only people who were asked answer");
        SimulatedWave {
            report: Report::of(&self.survey, &round, Rule::Public, 1),
            truth: self.truth(|_| true),
        }
    }
}

fn response(resident: Resident, way: Way) -> Response {
    let answers = [("wait", resident.wait), ("fair", resident.fair), ("overall", resident.overall)];
    let answers = answers.into_iter().map(|(name, point)| (id(name), SurveyAnswer::Scale(point)));
    let done = (id("done"), SurveyAnswer::Choice(id("yes")));
    Response {
        answers: std::iter::once(done).chain(answers).collect(),
        way,
        collector: None,
        hub: Some(hub(resident.hub)),
        group: None,
        language: Language::English,
        seconds: None,
    }
}

/// How often the interval of a figure contained the truth.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Score {
    pub(crate) intervals: u32,
    pub(crate) held: u32,
    /// Sum of figure minus truth, in points of a hundred.
    pub(crate) bias: f64,
}

impl Score {
    pub(crate) fn add(&mut self, figure: Option<Figure>, truth: f64, points: f64) {
        let Some(figure) = figure else { return };
        if let Margin::Within(interval) = figure.margin {
            self.intervals += 1;
            self.held += u32::from(interval.holds(truth));
            self.bias += (figure.value - truth) * points;
        }
    }

    pub(crate) fn percent(&self) -> f64 {
        f64::from(self.held) * 100.0 / f64::from(self.intervals.max(1))
    }
}

/// Totals over many waves.
#[derive(Debug, Default)]
pub(crate) struct SimulatedTally {
    pub(crate) top_two: Score,
    pub(crate) mean: Score,
    pub(crate) hubs: Score,
    /// Figures of self-selected respondents that have an interval: must stay 0.
    pub(crate) open_intervals: u32,
    pub(crate) open_figures: u32,
    /// Sum of the distances of the open link's share from the truth, in points.
    pub(crate) open_bias: f64,
}

impl SimulatedTally {
    pub(crate) fn of(
        city: &City,
        waves: u32,
        invitations: usize,
        silence: Silence,
        seed: u64,
    ) -> Self {
        let mut tally = Self::default();
        let mut random = SeededRandom::seeded(seed);
        let overall = id("overall");
        for _ in 0..waves {
            let SimulatedWave { report, truth } = city.wave(invitations, silence, &mut random);
            let item = report.invited.item(&overall).expect("the survey has this question");
            tally.top_two.add(item.top_two, truth.top_two, 100.0);
            tally.mean.add(item.mean, truth.mean, 1.0);
            let by_hub =
                report.invited.breakdowns.iter().find(|breakdown| breakdown.by.name() == "hub");
            for row in by_hub.iter().flat_map(|breakdown| &breakdown.rows) {
                let number = row
                    .key
                    .rsplit('-')
                    .next()
                    .and_then(|number| number.parse().ok())
                    .expect("hubs are numbered");
                tally.hubs.add(row.top_two, city.truth_of_hub(number).top_two, 100.0);
            }
            let figures = report.open.items.iter().flat_map(|item| [item.top_two, item.mean]);
            let rows = report
                .open
                .breakdowns
                .iter()
                .flat_map(|breakdown| &breakdown.rows)
                .flat_map(|row| [row.top_two, row.mean]);
            for figure in figures.chain(rows).flatten() {
                tally.open_figures += 1;
                tally.open_intervals +=
                    u32::from(figure.margin != Margin::None(NoMargin::ChoseThemselves));
            }
            let open = report
                .open
                .item(&overall)
                .and_then(|item| item.top_two)
                .expect("enough people answered");
            tally.open_bias += (open.value - truth.top_two) * 100.0;
        }
        tally
    }
}
