//! The finite population correction: margins shrink when much of a small population answered.
//!
//! Cochran, W. G. (1977), Sampling Techniques, 3rd edition, section 2.6, for the standard error;
//! sqrt((N-n)/(N-1)), the form that polls state.

/// Error: the population is smaller than the number of answers, so one of the two was counted
/// wrongly.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SmallerPopulation {
    /// People in the population, as stated by the caller.
    pub population: u64,
    /// Answers counted.
    pub answers: u64,
}

/// Factor for a standard error: sqrt((N-n)/(N-1)), from 1 (no answers out of many people) down to 0
/// (everybody answered). `n` must be at most `population`.
pub(crate) fn factor(n: u64, population: u64) -> f64 {
    match (population.saturating_sub(n), population.saturating_sub(1)) {
        (0, _) => 0.0,
        (_, 0) => 1.0,
        (left, others) => (left as f64 / others as f64).sqrt(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recorded::{close, rows};

    #[test]
    fn it_is_what_was_recorded() {
        for row in rows("finite_factor") {
            close(factor(row.count("n"), row.count("population")), row.number("factor"));
        }
    }

    #[test]
    fn a_whole_population_leaves_no_chance_and_a_vast_one_all_of_it() {
        assert_eq!(factor(1, 1), 0.0);
        assert_eq!(factor(250, 250), 0.0);
        assert_eq!(factor(0, 1), 1.0);
        assert_eq!(factor(1, 2), 1.0);
        close(factor(400, 1_000_000_000_000), 1.0);
    }
}
