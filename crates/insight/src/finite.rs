//! When much of a small population answered, chance has less room.
//!
//! Cochran, W. G. (1977), Sampling Techniques, 3rd edition, section 2.6, for the standard error; sqrt((N-n)/(N-1)), as polls state it.

/// Fewer people in all than answers: one of the two was counted wrongly.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SmallerPopulation {
    pub population: u64,
    pub answers: u64,
}

/// What a standard error is multiplied by: sqrt((N-n)/(N-1)), from 1 (nobody of many) to 0 (everybody). `n` is at most `population`.
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
