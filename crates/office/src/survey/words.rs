//! A report as text and charts, the same for the office and the public: figures with their n and
//! margins, or the reason for the absence of a margin.

use crate::record_names::{FrenchTexts, french_name};
use crate::svg::{END_ROWS, begin, begin_rows, escaped, row, strip};
use casework::survey::shown::{
    ShownBreakdown, ShownDrivers, ShownFigure, ShownHalf, ShownInvitations, ShownMargin,
    ShownWeight,
};
use domain::collector::Way;
use domain::survey::{AnswerKind, Construct, JourneyStage, Survey, SurveyQuestion};
use domain::{Catalogue, CategoryId, HubId, Language, QuestionId};
use insight::report::BreakdownBy;
use insight::{NoMargin, RankCorrelation, ResponseRates, Seen};
use std::fmt::{Display, Write};

/// The height of the line that a dot is on, and of the words of the axis.
const DOTS_PX: usize = 12;
const AXIS_PX: usize = 20;
const CHART_PX: usize = 240;
/// The place of the axis and of the words above it in the chart of importance.
const FLOOR_PX: usize = CHART_PX - 20;
/// Between these heights are the dots of that chart: the most important ones at the top.
const DOT_TOP_PX: f64 = 26.0;
const DOT_BOTTOM_PX: f64 = 186.0;
const CLASS: &str = "chart dots";

/// The language of a page, and where names come from.
#[derive(Clone, Copy)]
pub(crate) struct Words<'a> {
    /// The language of the page.
    pub language: Language,
    /// The questions.
    pub survey: &'a Survey,
    /// The service directory.
    pub catalogue: &'a Catalogue,
    /// The French texts of the service directory, which is written in English.
    pub texts: &'a FrenchTexts,
}

/// The figures of one kind of respondents, formatted for a page.
pub(crate) struct HalfView {
    /// For HTML ids.
    pub id: &'static str,
    /// Heading.
    pub title: &'static str,
    /// Respondents.
    pub n: String,
    /// Whether there are too few respondents to show figures.
    pub is_few: bool,
    /// How many were invited and answered, or that they are self-selected.
    pub sentences: Vec<String>,
    /// How rates and margins are computed; empty without margins.
    pub method: &'static str,
    /// What the chart of all scale questions shows; empty if nothing stands out.
    pub finding: String,
    /// Scale questions by stage of the journey.
    pub stages: Vec<StageView>,
    /// The chart of all scale questions.
    pub chart: String,
    /// Which questions weigh most.
    pub drivers: Option<DriversView>,
    /// The overall question by groups.
    pub breakdowns: Vec<BreakdownView>,
    /// Choice questions.
    pub picked: Vec<PickedView>,
}

/// The scale questions of one stage.
pub(crate) struct StageView {
    /// The stage.
    pub name: &'static str,
    /// Its questions.
    pub items: Vec<ItemView>,
}

/// The figures of one scale question.
pub(crate) struct ItemView {
    /// Its text.
    pub question: String,
    /// What it measures.
    pub construct: &'static str,
    /// Respondents who rated it.
    pub n: String,
    /// Share of the two best points, with its margin.
    pub top_two: String,
    /// Mean, with its margin.
    pub mean: String,
    /// The labels of the scale, lowest first, each with its count.
    pub counts: Vec<(String, String)>,
    /// Counts of "does not apply" and of skipped.
    pub apart: String,
}

/// The overall question by groups.
pub(crate) struct BreakdownView {
    /// Heading.
    pub title: String,
    /// The groups that are not suppressed.
    pub rows: Vec<RowView>,
    /// Which groups are suppressed, as a sentence; empty if none is.
    pub hidden: String,
    /// What the chart shows; empty without a chart.
    pub finding: String,
    /// The chart; empty if fewer than two groups have a figure.
    pub chart: String,
}

/// One group of a breakdown.
pub(crate) struct RowView {
    /// The group's name.
    pub name: String,
    /// Respondents in it.
    pub n: String,
    /// Respondents in it who rated the overall question.
    pub rated: String,
    /// Share of the two best points, with its margin.
    pub top_two: String,
    /// Mean, with its margin.
    pub mean: String,
}

/// The figures of a choice question.
pub(crate) struct PickedView {
    /// Its text.
    pub question: String,
    /// Respondents who answered it.
    pub n: String,
    /// Per option: text, count and share.
    pub rows: Vec<(String, String, String)>,
}

/// Which questions weigh most for the overall question.
pub(crate) struct DriversView {
    /// How to read it.
    pub sentence: String,
    /// How it was computed.
    pub method: String,
    /// Relative weights rather than rank correlations.
    pub is_weights: bool,
    /// The questions; with weights, the heaviest first.
    pub rows: Vec<DriverRow>,
    /// SVG; empty without weights.
    pub chart: String,
}

/// One question of the drivers.
pub(crate) struct DriverRow {
    /// Its text.
    pub question: String,
    /// Its share of the weights with its margin, or its rank correlation.
    pub importance: String,
    /// Its mean, with its margin.
    pub performance: String,
}

/// The mean of a question; `None` if it is suppressed.
fn mean_of(half: &ShownHalf, question: &QuestionId) -> Option<ShownFigure> {
    half.items.iter().find(|item| item.question == *question).and_then(|item| item.mean)
}

impl<'a> Words<'a> {
    /// The text in the language of the page.
    pub(crate) fn t(&self, english: &'static str, french: &'static str) -> &'static str {
        if self.language == Language::English { english } else { french }
    }

    /// A name of the service directory.
    fn name_of(&self, name: &str) -> String {
        match self.language {
            Language::English => name.into(),
            Language::French => french_name(self.texts, name),
        }
    }

    /// From which days the answers are.
    pub(crate) fn answers_of(&self, from: impl Display, to: impl Display) -> String {
        let text = self.t("Answers from {from} to {to}.", "Réponses du {from} au {to}.");
        wording::fill(text, &[("from", &from.to_string()), ("to", &to.to_string())])
    }

    fn question(&self, id: &QuestionId) -> Option<&'a SurveyQuestion> {
        self.survey.question(id)
    }

    /// The text of a question; its id if the survey does not have it.
    pub(crate) fn question_text(&self, id: &QuestionId) -> String {
        self.question(id)
            .map_or_else(|| id.to_string(), |question| question.text.get(self.language).into())
    }

    fn option_text(&self, question: &QuestionId, option: &str) -> String {
        let options = match self.question(question).map(|question| &question.answer) {
            Some(AnswerKind::Choice { options }) => options.as_slice(),
            _ => &[],
        };
        options
            .iter()
            .find(|known| known.id.as_str() == option)
            .map_or_else(|| option.to_string(), |known| known.text.get(self.language).into())
    }

    /// The name of a stage of the journey.
    pub(crate) fn stage(&self, stage: JourneyStage) -> &'static str {
        match stage {
            JourneyStage::Need => self.t("Having a need", "Avoir un besoin"),
            JourneyStage::Find => self.t("Finding the service", "Trouver le service"),
            JourneyStage::Prepare => self.t("Getting ready", "Se préparer"),
            JourneyStage::Ask => self.t("Asking", "Demander"),
            JourneyStage::Wait => self.t("Waiting", "Attendre"),
            JourneyStage::Receive => self.t("Receiving", "Recevoir"),
            JourneyStage::Reflect => self.t("Looking back", "Avec le recul"),
        }
    }

    /// The name of what a question measures.
    pub(crate) fn construct(&self, construct: Construct) -> &'static str {
        match construct {
            Construct::Overall => self.t("Overall", "Ensemble"),
            Construct::Timeliness => self.t("Timeliness", "Délai"),
            Construct::Knowledge => self.t("Staff knowledge", "Compétence"),
            Construct::Fairness => self.t("Fairness", "Équité"),
            Construct::Outcome => self.t("Outcome", "Résultat"),
            Construct::Access => self.t("Ease of access", "Facilité d’accès"),
            Construct::Information => self.t("Information", "Information"),
            Construct::Context => self.t("Context", "Contexte"),
            Construct::Comment => self.t("Comment", "Commentaire"),
            Construct::Courtesy => self.t("Courtesy", "Courtoisie"),
            Construct::Privacy => self.t("Privacy", "Vie privée"),
        }
    }

    /// The name of a channel of the survey.
    pub(crate) fn way(&self, way: Way) -> &'static str {
        match way {
            Way::OpenLink => self.t("Open link", "Lien ouvert"),
            Way::Poster => self.t("Poster", "Affiche"),
            Way::CounterCode => self.t("Code at the counter", "Code au comptoir"),
            Way::Kiosk => self.t("Public terminal", "Borne publique"),
            Way::AfterInquiry => self.t("After an inquiry", "Après une demande"),
            Way::StaffAssisted => self.t("Tablet with staff", "Tablette avec le personnel"),
            Way::Paper => self.t("Paper", "Papier"),
        }
    }

    /// The heading of a breakdown.
    fn by(&self, by: &BreakdownBy) -> String {
        match by {
            BreakdownBy::Way => self.t("By survey link", "Par lien de sondage").into(),
            BreakdownBy::Hub => self.t("By location", "Par point de service").into(),
            BreakdownBy::ServiceGroup => {
                self.t("By group of services", "Par groupe de services").into()
            }
            BreakdownBy::Language => self.t("By language", "Par langue").into(),
            BreakdownBy::Question(id) => self.question_text(id),
        }
    }

    fn key(&self, by: &BreakdownBy, key: &str) -> String {
        let known = match by {
            BreakdownBy::Way => Way::parse(key).map(|way| self.way(way).to_string()),
            BreakdownBy::Hub => HubId::parse(key)
                .ok()
                .and_then(|id| self.catalogue.hub(&id))
                .map(|hub| self.name_of(&hub.name)),
            BreakdownBy::ServiceGroup => CategoryId::parse(key)
                .ok()
                .and_then(|id| self.catalogue.category(&id))
                .map(|category| category.name.get(self.language).into()),
            BreakdownBy::Language => Language::parse(key).map(|language| {
                if language == Language::English { "English" } else { "Français" }.into()
            }),
            BreakdownBy::Question(id) => (!key.is_empty()).then(|| self.option_text(id, key)),
        };
        known.unwrap_or_else(|| {
            if key.is_empty() { self.t("Not known", "Non précisé").into() } else { key.into() }
        })
    }

    /// A count; marked with an asterisk if small, or "hidden" if suppressed.
    pub(crate) fn count(&self, seen: Seen) -> String {
        match seen {
            Seen::Shown(count) => count.to_string(),
            Seen::Marked(count) => format!("{count}*"),
            Seen::Hidden => self.t("hidden", "masqué").into(),
        }
    }

    /// One decimal, with the decimal separator of the language.
    pub(crate) fn number(&self, value: f64) -> String {
        let text = format!("{value:.1}");
        if self.language == Language::English { text } else { text.replace('.', ",") }
    }

    /// "81.0%".
    pub(crate) fn percent(&self, share: f64) -> String {
        let number = self.number(share * 100.0);
        if self.language == Language::English {
            format!("{number}%")
        } else {
            format!("{number}\u{a0}%")
        }
    }

    /// "81.0% (78.5 to 83.3)". Without a margin, the figure and a mark for the reason. A dash if
    /// suppressed.
    pub(crate) fn share(&self, figure: Option<ShownFigure>) -> String {
        let Some(figure) = figure else { return "–".into() };
        let value = self.percent(figure.value);
        match figure.margin {
            ShownMargin::Within(interval) => {
                format!("{value} {}", self.range(interval.low * 100.0, interval.high * 100.0))
            }
            ShownMargin::None(why) => format!("{value}{}", self.mark(why)),
        }
    }

    /// A mean like [`Words::share`], without a percent sign.
    pub(crate) fn mean(&self, figure: Option<ShownFigure>) -> String {
        let Some(figure) = figure else { return "–".into() };
        let value = self.number(figure.value);
        match figure.margin {
            ShownMargin::Within(interval) => {
                format!("{value} {}", self.range(interval.low, interval.high))
            }
            ShownMargin::None(why) => format!("{value}{}", self.mark(why)),
        }
    }

    fn range(&self, low: f64, high: f64) -> String {
        match self.language {
            Language::English => format!("({} to {})", self.number(low), self.number(high)),
            Language::French => format!("({} à {})", self.number(low), self.number(high)),
        }
    }

    /// The mark for the reason of an absent margin. Self-selected respondents have no margins at
    /// all, which is said once at the top, so they get no mark.
    fn mark(&self, why: NoMargin) -> &'static str {
        match why {
            NoMargin::ChoseThemselves => "",
            NoMargin::TooFew => self.t(" (too few)", " (trop peu)"),
            NoMargin::AllAlike => self.t(" (all alike)", " (toutes pareilles)"),
        }
    }

    /// Formats the figures of one kind of respondents.
    pub(crate) fn half(&self, half: &ShownHalf, is_invited: bool) -> HalfView {
        let (id, title) = match is_invited {
            true => ("invited", self.t("Invited people", "Personnes invitées")),
            false => ("open", self.t("Self-selected respondents", "Réponses spontanées")),
        };
        let scale = |stage: JourneyStage| half.items.iter().filter(move |item| item.stage == stage);
        let stages = [
            JourneyStage::Need,
            JourneyStage::Find,
            JourneyStage::Prepare,
            JourneyStage::Ask,
            JourneyStage::Wait,
            JourneyStage::Receive,
            JourneyStage::Reflect,
        ];
        let stages = stages.into_iter().filter(|stage| scale(*stage).next().is_some());
        let top_two = |item: &casework::survey::shown::ShownItem| {
            (self.question_text(&item.question), item.top_two)
        };
        let dots: Vec<_> = half.items.iter().map(top_two).collect();
        HalfView {
            id,
            title,
            n: self.count(half.n),
            is_few: half.n == Seen::Hidden,
            sentences: self.sentences(half, is_invited),
            stages: stages
                .map(|stage| StageView {
                    name: self.stage(stage),
                    items: scale(stage).map(|item| self.item(item)).collect(),
                })
                .collect(),
            chart: self.dots(
                id,
                self.t(
                    "Share of the top two answers, by question",
                    "Part des deux meilleures réponses, par question",
                ),
                &dots,
            ),
            finding: self.finding(&dots),
            method: if is_invited {
                self.t(
                    "The response rate is AAPOR RR2, the refusal rate AAPOR REF1. Margins of shares are Wilson intervals.",
                    "Le taux de réponse est le RR2 de l’AAPOR, le taux de refus son REF1. Les marges des parts sont des intervalles de Wilson.",
                )
            } else {
                ""
            },
            drivers: self.drivers(half, id),
            breakdowns: half
                .breakdowns
                .iter()
                .filter(|breakdown| breakdown.rows.len() > 1)
                .map(|breakdown| self.breakdown(breakdown, id))
                .collect(),
            picked: half.picked.iter().map(|picked| self.picked(picked)).collect(),
        }
    }

    fn sentences(&self, half: &ShownHalf, is_invited: bool) -> Vec<String> {
        let mut sentences = Vec::new();
        if let (Some(counts), Some(rates)) = (half.invitations, half.rates) {
            sentences.push(self.response_sentence(counts, rates));
            sentences.push(
                self.t(
                    "Margins are 95% intervals. They cover chance only: people who did not answer may think differently.",
                    "Les marges sont des intervalles à 95 %. Elles ne tiennent compte que du hasard : les personnes qui n’ont pas répondu pensent peut-être autrement.",
                )
                .into(),
            );
        }
        if !is_invited {
            sentences.push(
                self.t(
                    "These people chose to respond and may not represent everyone. There is no margin of error, and they are never combined with invited people.",
                    "Ces personnes ont choisi de répondre et ne représentent pas forcément tout le monde. Il n’y a aucune marge d’erreur, et leurs réponses ne sont jamais combinées à celles des personnes invitées.",
                )
                .into(),
            );
        }
        sentences.extend(self.modes_sentence(&half.modes));
        if let Some(seconds) = half.median_seconds {
            sentences.push(format!(
                "{} {} min {:02} s.",
                self.t("Half took at most", "La moitié a mis au plus"),
                seconds / 60,
                seconds % 60
            ));
        }
        sentences
    }

    /// How many of those who were invited answered.
    fn response_sentence(&self, counts: ShownInvitations, rates: ResponseRates) -> String {
        let (rate, refused) = (self.percent(rates.rr2), self.percent(rates.ref1));
        match self.language {
            Language::English => format!(
                "Invited: {}. Answered: {} ({rate}), {} of these complete. Declined: {} ({refused}).",
                counts.invited,
                counts.complete + counts.partial,
                counts.complete,
                counts.refused
            ),
            Language::French => format!(
                "Personnes invitées : {}. Réponses : {} ({rate}), dont complètes : {}. Refus : {} ({refused}).",
                counts.invited,
                counts.complete + counts.partial,
                counts.complete,
                counts.refused
            ),
        }
    }

    /// How many answered in each mode; `None` if all counts are suppressed.
    fn modes_sentence(&self, modes: &[(String, Seen)]) -> Option<String> {
        let modes: Vec<String> = modes
            .iter()
            .filter(|(_, seen)| seen.count().is_some())
            .map(|(mode, seen)| {
                format!("{}{} {}", self.mode(mode), self.t(":", "\u{a0}:"), self.count(*seen))
            })
            .collect();
        (!modes.is_empty()).then(|| {
            format!("{} {}.", self.t("How they answered:", "Façon de répondre :"), modes.join(", "))
        })
    }

    fn mode(&self, mode: &str) -> &'static str {
        match mode {
            "with-staff" => self.t("with staff", "avec le personnel"),
            "on-paper" => self.t("on paper", "sur papier"),
            _ => self.t("alone", "sans aide"),
        }
    }

    fn item(&self, item: &casework::survey::shown::ShownItem) -> ItemView {
        let labels: Vec<String> =
            match self.question(&item.question).map(|question| &question.answer) {
                Some(AnswerKind::Scale { labels, .. }) => labels
                    .iter()
                    .zip(1..)
                    .map(|(label, point)| format!("{point} {}", label.get(self.language)))
                    .collect(),
                _ => (1..=5).map(|point| point.to_string()).collect(),
            };
        let apart = [
            (item.does_not_apply, self.t("does not apply", "ne s’applique pas")),
            (item.skipped, self.t("skipped", "passée")),
        ];
        let apart: Vec<String> = apart
            .iter()
            .map(|(seen, words)| format!("{words}{} {}", self.t(":", "\u{a0}:"), self.count(*seen)))
            .collect();
        ItemView {
            question: self.question_text(&item.question),
            construct: self.construct(item.construct),
            n: self.count(item.n),
            top_two: self.share(item.top_two),
            mean: self.mean(item.mean),
            counts: labels
                .into_iter()
                .zip(&item.counts)
                .map(|(label, seen)| (label, self.count(*seen)))
                .collect(),
            apart: apart.join(", "),
        }
    }

    fn breakdown(&self, breakdown: &ShownBreakdown, half: &str) -> BreakdownView {
        let title = self.by(&breakdown.by);
        let id = format!("{half}-{}", breakdown.by.name());
        let names: Vec<String> =
            breakdown.rows.iter().map(|row| self.key(&breakdown.by, &row.key)).collect();
        let dots: Vec<_> = names
            .iter()
            .zip(&breakdown.rows)
            .filter(|(_, row)| row.top_two.is_some())
            .map(|(name, row)| (name.clone(), row.top_two))
            .collect();
        let row = |(name, row): (String, &casework::survey::shown::ShownRow)| RowView {
            name,
            n: self.count(row.n),
            rated: self.count(row.rated),
            top_two: self.share(row.top_two),
            mean: self.mean(row.mean),
        };
        let chart_title = self.t(
            "{group}: share of the top two answers to the overall question",
            "{group}\u{a0}: part des deux meilleures réponses à la question d’ensemble",
        );
        let chart_title = wording::fill(chart_title, &[("group", &title)]);
        let (chart, finding) = match dots.len() {
            0 | 1 => Default::default(),
            _ => (self.dots(&id, &chart_title, &dots), self.finding(&dots)),
        };
        let (hidden, shown): (Vec<_>, Vec<_>) =
            names.into_iter().zip(&breakdown.rows).partition(|(_, row)| row.n == Seen::Hidden);
        let hidden = match (hidden.as_slice(), self.language) {
            ([], _) => String::new(),
            ([(name, _)], Language::English) => {
                format!("Hidden, to avoid identifying people: {name}.")
            }
            ([(name, _)], Language::French) => {
                format!("Masqué, pour n’identifier personne : {name}.")
            }
            (many, Language::English) => {
                format!("{} more are hidden, to avoid identifying people.", many.len())
            }
            (many, Language::French) => {
                format!("{} autres sont masqués, pour n’identifier personne.", many.len())
            }
        };
        BreakdownView { finding, chart, rows: shown.into_iter().map(row).collect(), hidden, title }
    }

    fn picked(&self, picked: &casework::survey::shown::ShownPicked) -> PickedView {
        let row = |pick: &casework::survey::shown::ShownPick| {
            (
                self.option_text(&picked.question, pick.option.as_str()),
                self.count(pick.count),
                self.share(pick.share),
            )
        };
        PickedView {
            question: self.question_text(&picked.question),
            n: self.count(picked.n),
            rows: picked.options.iter().map(row).collect(),
        }
    }

    fn drivers(&self, half: &ShownHalf, id: &str) -> Option<DriversView> {
        Some(match half.drivers.as_ref()? {
            ShownDrivers::Weights { n, r_squared, weights, .. } => {
                self.weights(half, id, *n, *r_squared, weights)
            }
            ShownDrivers::RankCorrelations { correlations, .. } => {
                self.rank_correlations(half, correlations)
            }
        })
    }

    fn weights(
        &self,
        half: &ShownHalf,
        id: &str,
        n: u64,
        r_squared: f64,
        weights: &[ShownWeight],
    ) -> DriversView {
        let explained = self.percent(r_squared);
        let sentence = match self.language {
            Language::English => format!(
                "Together, these questions explain {explained} of the answers to the overall question. They go together with it, but may not be the cause."
            ),
            Language::French => format!(
                "Ensemble, ces questions rendent compte de {explained} des réponses à la question d’ensemble. Elles vont de pair avec elle, mais n’en sont pas forcément la cause."
            ),
        };
        let both = || half.driver_items.iter().zip(weights);
        let mut rows: Vec<_> = both()
            .map(|(question, weight)| {
                let importance = ShownFigure { n, value: weight.share, margin: weight.margin };
                (
                    weight.share,
                    DriverRow {
                        question: self.question_text(question),
                        importance: self.share(Some(importance)),
                        performance: self.mean(mean_of(half, question)),
                    },
                )
            })
            .collect();
        rows.sort_by(|one, other| other.0.total_cmp(&one.0));
        let points: Vec<_> = both()
            .filter_map(|(question, weight)| {
                let mean = mean_of(half, question)?.value;
                Some((self.question_text(question), mean, weight.share))
            })
            .collect();
        let method = self.t(
            "Johnson’s relative weights, from {n} people.",
            "Poids relatifs de Johnson, d’après {n} personnes.",
        );
        DriversView {
            sentence: match rows.first() {
                Some((_, first)) => format!("{} {sentence}", self.heaviest(first)),
                None => sentence,
            },
            method: wording::fill(method, &[("n", &n.to_string())]),
            is_weights: true,
            rows: rows.into_iter().map(|(_, row)| row).collect(),
            chart: self.scatter(id, &points),
        }
    }

    /// Which question weighs most, in a sentence.
    fn heaviest(&self, row: &DriverRow) -> String {
        let text = self.t(
            "“{question}” goes together most closely with the overall question: {share} of the importance.",
            "«\u{a0}{question}\u{a0}» va le plus étroitement de pair avec la question d’ensemble\u{a0}: {share} de l’importance.",
        );
        wording::fill(text, &[("question", &row.question), ("share", &row.importance)])
    }

    fn rank_correlations(&self, half: &ShownHalf, correlations: &[RankCorrelation]) -> DriversView {
        let row = |(question, correlation): (&QuestionId, &RankCorrelation)| DriverRow {
            question: self.question_text(question),
            importance: correlation.rho.map_or_else(
                || "–".into(),
                |rho| format!("ρ = {} (n = {})", self.number_2(rho), correlation.n),
            ),
            performance: self.mean(mean_of(half, question)),
        };
        let sentence = self.t(
            "Too few answers to rank importance. The table shows how closely each question goes together with the overall one: 1 is fully, 0 not at all.",
            "Trop peu de réponses pour classer l’importance. Le tableau montre à quel point chaque question va de pair avec celle d’ensemble : 1 entièrement, 0 pas du tout.",
        );
        DriversView {
            sentence: sentence.into(),
            method: self
                .t("Spearman’s rank correlations (ρ).", "Corrélations de rang de Spearman (ρ).")
                .into(),
            is_weights: false,
            rows: half.driver_items.iter().zip(correlations).map(row).collect(),
            chart: String::new(),
        }
    }

    fn number_2(&self, value: f64) -> String {
        let text = format!("{value:.2}");
        if self.language == Language::English { text } else { text.replace('.', ",") }
    }

    /// What a chart of shares shows, in a sentence: the highest and the lowest, and whether chance
    /// may be the reason. Empty if no two shares differ.
    fn finding(&self, rows: &[(String, Option<ShownFigure>)]) -> String {
        let shown: Vec<(&str, ShownFigure)> =
            rows.iter().filter_map(|(name, figure)| Some((name.as_str(), (*figure)?))).collect();
        let by_value = |one: &&(&str, ShownFigure), other: &&(&str, ShownFigure)| {
            one.1.value.total_cmp(&other.1.value)
        };
        let (Some((best, high)), Some((worst, low))) =
            (shown.iter().max_by(by_value), shown.iter().min_by(by_value))
        else {
            return String::new();
        };
        if high.value <= low.value {
            return String::new();
        }
        let text = self.t(
            "“{best}” has the highest share ({high}), “{worst}” the lowest ({low}).",
            "«\u{a0}{best}\u{a0}» a la part la plus élevée ({high}), «\u{a0}{worst}\u{a0}» la plus faible ({low}).",
        );
        let (high_words, low_words) = (self.percent(high.value), self.percent(low.value));
        let difference = wording::fill(
            text,
            &[("best", best), ("high", &high_words), ("worst", worst), ("low", &low_words)],
        );
        let chance = match (high.margin, low.margin) {
            // The highest and the lowest of many differ by more than two that were chosen before.
            (ShownMargin::Within(high), ShownMargin::Within(low)) if low.high < high.low => {
                match shown.len() {
                    2 => self.t(
                        "Their margins do not overlap: chance alone hardly explains this.",
                        "Leurs marges ne se recoupent pas\u{a0}: le hasard seul l’explique mal.",
                    ),
                    _ => return difference,
                }
            }
            (ShownMargin::Within(_), ShownMargin::Within(_)) => self.t(
                "Their margins overlap: this may be no more than chance.",
                "Leurs marges se recoupent\u{a0}: ce n’est peut-être que le hasard.",
            ),
            _ => return difference,
        };
        format!("{difference} {chance}")
    }

    /// A chart with a dot for each share, and its margin as a line if it has one. The table has the
    /// same numbers.
    pub(crate) fn dots(
        &self,
        id: &str,
        title: &str,
        rows: &[(String, Option<ShownFigure>)],
    ) -> String {
        let shown: Vec<_> =
            rows.iter().filter_map(|(name, figure)| Some((name, (*figure)?))).collect();
        if shown.is_empty() {
            return String::new();
        }
        let about = self.t(
            "Dots on a line from 0 to 100%, with margins; the table has the same numbers.",
            "Points sur une ligne de 0 à 100 %, avec leurs marges; le tableau donne les mêmes nombres.",
        );
        let x = |share: f64| format!("{:.1}%", 1.0 + share.clamp(0.0, 1.0) * 98.0);
        let mut chart = begin_rows(CLASS, id, title, about);
        for (name, figure) in shown {
            let y = DOTS_PX / 2;
            let mut shapes = format!(r#"<line class="axis" x1="1%" x2="99%" y1="{y}" y2="{y}"/>"#);
            if let ShownMargin::Within(interval) = figure.margin {
                let (low, high) = (x(interval.low), x(interval.high));
                // Writing to a String does not fail.
                let _ = write!(
                    shapes,
                    r#"<line class="margin" x1="{low}" x2="{high}" y1="{y}" y2="{y}"/>"#
                );
            }
            let _ = write!(shapes, r#"<circle cx="{}" cy="{y}" r="5"/>"#, x(figure.value));
            chart.push_str(&row(&self.percent(figure.value), name, DOTS_PX, &shapes));
        }
        let axis = self.t("Top two answers (%)", "Deux meilleures réponses (%)");
        let ends = format!(
            r#"<text class="small" x="1%" y="14">0</text><text class="small" x="50%" y="14" text-anchor="middle">{}</text><text class="small" x="99%" y="14" text-anchor="end">100</text>"#,
            escaped(axis)
        );
        chart.push_str(&strip(AXIS_PX, &ends));
        chart.push_str(END_ROWS);
        chart
    }

    /// A chart of importance (upwards) against performance (to the right). The numbers refer to the
    /// rows of the table.
    fn scatter(&self, half: &str, points: &[(String, f64, f64)]) -> String {
        let most = points.iter().map(|(_, _, share)| *share).fold(0.0, f64::max).max(0.01);
        let sum: f64 = points.iter().map(|(_, _, share)| share).sum();
        let average = sum / points.len().max(1) as f64;
        let height = |share: f64| DOT_BOTTOM_PX - share / most * (DOT_BOTTOM_PX - DOT_TOP_PX);
        let mut order: Vec<_> = points.iter().collect();
        order.sort_by(|one, other| other.2.total_cmp(&one.2));
        let title = self.t("Importance and performance", "Importance et résultat");
        let about = self.t(
            "Each number is a row of the table. Right: better results. Up: more important. Two lines, at a mean of 50 and at average importance, make four fields.",
            "Chaque numéro est une ligne du tableau. À droite : meilleurs résultats. En haut : plus important. Deux lignes, à une moyenne de 50 et à l’importance moyenne, forment quatre champs.",
        );
        let mut svg = begin(CLASS, &format!("{half}-drivers"), title, about, CHART_PX);
        svg.push_str(&self.fields(height(average)));
        for (number, (_, mean, share)) in (1..).zip(order) {
            let (x, y) = (2.0 + mean.clamp(0.0, 100.0) * 0.96, height(*share));
            let _ = write!(
                svg,
                r#"<circle cx="{x:.1}%" cy="{y:.0}" r="11"/><text class="on" x="{x:.1}%" y="{:.0}" text-anchor="middle">{number}</text>"#,
                y + 5.0
            );
        }
        svg.push_str("</svg>");
        svg
    }

    /// The axes of the chart of importance, the two lines that divide it, and the names of its four
    /// fields. `average_px` is the height of average importance.
    fn fields(&self, average_px: f64) -> String {
        let line = |x1: &str, x2: &str, y1: f64, y2: f64| {
            format!(r#"<line class="axis" x1="{x1}" x2="{x2}" y1="{y1:.0}" y2="{y2:.0}"/>"#)
        };
        let text = |x: &str, y: usize, words: &str| {
            let anchor = match x {
                "1%" => "start",
                "99%" => "end",
                _ => "middle",
            };
            let words = escaped(words);
            format!(r#"<text class="small" x="{x}" y="{y}" text-anchor="{anchor}">{words}</text>"#)
        };
        let (floor, legend) = (FLOOR_PX as f64, CHART_PX - 4);
        [
            line("1%", "99%", floor, floor),
            line("50%", "50%", 16.0, floor),
            line("1%", "99%", average_px, average_px),
            text("1%", legend, "0"),
            text("50%", legend, self.t("Result (mean)", "Résultat (moyenne)")),
            text("99%", legend, "100"),
            text("1%", 11, self.t("Improve first", "À améliorer d’abord")),
            text("99%", 11, self.t("Keep it up", "À maintenir")),
            text("1%", FLOOR_PX - 6, self.t("Improve later", "À améliorer plus tard")),
            text("99%", FLOOR_PX - 6, self.t("Good enough", "Suffisant")),
        ]
        .concat()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    #[test]
    fn the_chart_of_importance_names_its_four_fields_in_both_languages() {
        let town =
            Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/municipalities/pine-harbour");
        let catalogue = publish::check_dir(&town).unwrap().0;
        let texts = FrenchTexts::new();
        let points = [("a".to_string(), 90.0, 0.75), ("b".to_string(), 20.0, 0.25)];
        for (language, names) in [
            (Language::English, ["Improve first", "Keep it up", "Improve later", "Good enough"]),
            (
                Language::French,
                ["À améliorer d’abord", "À maintenir", "À améliorer plus tard", "Suffisant"],
            ),
        ] {
            let survey = catalogue.survey();
            let words = Words { language, survey, catalogue: &catalogue, texts: &texts };
            let chart = words.scatter("invited", &points);
            for name in names {
                assert_eq!(chart.matches(&format!(">{name}</text>")).count(), 1, "{name}: {chart}");
            }
            // The axis, and the lines at a mean of 50 and at average importance: half is two thirds
            // of the most.
            assert_eq!(chart.matches("<line").count(), 3, "{chart}");
            assert!(chart.contains(r#"y1="79" y2="79""#), "{chart}");
            assert!(chart.contains(r#"cy="26""#) && chart.contains(r#"cy="133""#), "{chart}");
        }
    }

    #[test]
    fn a_breakdown_names_locations_in_the_language_of_the_page() {
        let town =
            Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/municipalities/pine-harbour");
        let catalogue = publish::check_dir(&town).unwrap().0;
        let hub = &catalogue.hubs()[0];
        let texts = FrenchTexts::from([(hub.name.clone(), "Mairie de la ville".into())]);
        let none = FrenchTexts::new();
        let said = |language, texts| {
            let words =
                Words { language, survey: catalogue.survey(), catalogue: &catalogue, texts };
            words.key(&BreakdownBy::Hub, hub.id.as_str())
        };
        assert_eq!(said(Language::French, &texts), "Mairie de la ville");
        assert_eq!(said(Language::English, &texts), hub.name);
        assert_eq!(said(Language::French, &none), hub.name, "without a translation");
    }
}
