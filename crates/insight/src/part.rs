//! A subset of a wave's records, and the figures computed from it.

use crate::distribution::Distribution;
use crate::drivers::{self, DriverCase, Drivers, UnevenCases};
use crate::finite::{self, SmallerPopulation};
use crate::random::SeededRandom;
use crate::rating::Rating;
use crate::ratings::Ratings;
use crate::repeat_contact::RepeatContact;
use crate::selection::Selection;
use crate::shares::Share;
use crate::weights;
use domain::survey::SurveyAnswer;
use std::marker::PhantomData;

/// Records of one wave, and so of one selection, with their weights.
#[derive(Debug, Clone)]
pub struct SamplePart<'a, S, R> {
    members: Vec<(&'a R, f64)>,
    population: Option<u64>,
    selection: PhantomData<S>,
}

impl<'a, S: Selection, R> SamplePart<'a, S, R> {
    /// Records with their weights, of a group whose size is not known.
    pub(crate) fn new(members: Vec<(&'a R, f64)>) -> Self {
        Self { members, population: None, selection: PhantomData }
    }

    /// Number of records; a question may have fewer answers.
    pub fn n(&self) -> u64 {
        self.members.len() as u64
    }

    /// Number of records for which `counts` returns true.
    pub fn count(&self, counts: impl Fn(&R) -> bool) -> u64 {
        self.members.iter().filter(|(record, _)| counts(record)).count() as u64
    }

    /// Sets the size of the population, so that margins get the finite population correction.
    /// Errors if there are more records than people.
    pub fn within(self, population: u64) -> Result<Self, SmallerPopulation> {
        match self.n() {
            answers if answers > population => Err(SmallerPopulation { population, answers }),
            _ => Ok(Self { population: Some(population), ..self }),
        }
    }

    /// Ratings of a scale question. `answer` returns `None` for people who were not asked.
    pub fn ratings(&self, answer: impl Fn(&'a R) -> Option<&'a SurveyAnswer>) -> Ratings<S> {
        let answered: Vec<_> = self
            .members
            .iter()
            .filter_map(|(record, weight)| Some((answer(record)?, *weight)))
            .collect();
        let rated: Vec<_> = answered
            .iter()
            .filter_map(|(answer, weight)| Some((Rating::of(answer)?, *weight)))
            .collect();
        Ratings::new(
            Distribution::of(answered.iter().map(|(answer, _)| *answer)),
            &rated,
            self.factor(rated.len()),
        )
    }

    /// Share of `true` among the records for which `counts` returns `Some`; `None` if there are
    /// none.
    pub fn share(&self, counts: impl Fn(&R) -> Option<bool>) -> Option<Share<S>> {
        let said = self
            .members
            .iter()
            .filter_map(|(record, weight)| Some((f64::from(u8::from(counts(record)?)), *weight)));
        let (ones, weights): (Vec<f64>, Vec<f64>) = said.unzip();
        let value = (!ones.is_empty()).then(|| weights::mean(&ones, &weights))?;
        Some(Share::new(
            ones.len() as u64,
            weights::effective_n(&weights),
            value,
            self.factor(ones.len()),
        ))
    }

    /// Share of people who had to get in touch again. `contacts` returns how often a person did for
    /// one matter, or `None` if unknown. `None` if nobody had a contact.
    pub fn repeat_contact(&self, contacts: impl Fn(&R) -> Option<u32>) -> Option<RepeatContact<S>> {
        RepeatContact::of(self, contacts)
    }

    /// How strongly each item goes together with the outcome. Weights are ignored, because this
    /// describes those who answered. `random` draws the bootstrap resamples of the bands. Errors if
    /// the cases have different numbers of items.
    pub fn drivers(
        &self,
        case: impl Fn(&R) -> DriverCase,
        random: &mut SeededRandom,
    ) -> Result<Drivers, UnevenCases> {
        let cases: Vec<DriverCase> = self.members.iter().map(|(record, _)| case(record)).collect();
        drivers::of(&cases, S::REFUSAL, random)
    }

    fn factor(&self, n: usize) -> f64 {
        self.population.map_or(1.0, |population| finite::factor(n as u64, population))
    }
}

#[cfg(test)]
mod tests {
    use crate::{Invitations, SmallerPopulation, Wave};
    use domain::survey::SurveyAnswer;

    #[test]
    fn a_population_narrows_the_margins_and_its_whole_leaves_none() {
        let wave =
            Wave::invited(Invitations::new(50, 20, 0, 0).unwrap(), (0..20).collect()).unwrap();
        let width = |population| {
            let part = wave.whole().within(population).unwrap();
            let interval =
                part.share(|record| Some(record % 4 == 0)).unwrap().margin().interval().unwrap();
            interval.high() - interval.low()
        };
        assert!(width(25) < width(100) && width(100) < width(1_000_000));
        assert_eq!(width(20), 0.0);
        assert_eq!(
            wave.whole().within(19).err(),
            Some(SmallerPopulation { population: 19, answers: 20 })
        );
    }

    #[test]
    fn only_those_who_were_asked_and_answered_count() {
        let answers = vec![
            Some(SurveyAnswer::Scale(5)),
            Some(SurveyAnswer::Scale(2)),
            Some(SurveyAnswer::DoesNotApply),
            Some(SurveyAnswer::Skipped),
            None,
        ];
        let wave = Wave::self_selected(answers);
        let ratings = wave.whole().ratings(Option::as_ref);
        assert_eq!((wave.whole().n(), ratings.n()), (5, 2));
        assert_eq!(
            (ratings.distribution().does_not_apply(), ratings.distribution().skipped()),
            (1, 1)
        );
        assert_eq!(ratings.top_two().unwrap().value(), 0.5);
    }

    #[test]
    fn a_share_of_nobody_is_none() {
        let wave = Wave::self_selected(vec![1, 2]);
        assert!(wave.whole().share(|_| None).is_none());
        assert!(wave.part(|record| *record > 2).share(|_| Some(true)).is_none());
    }
}
