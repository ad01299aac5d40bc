//! Adjustment for multiple comparisons: of twenty figures, about one moves "significantly" by
//! chance.

/// P values adjusted for multiple comparisons, in the same order: sorted ascending, the i-th of m
/// is multiplied by m-i+1, is never less than the previous one, and is at most 1. Holm, S. (1979),
/// A simple sequentially rejective multiple test procedure, Scandinavian Journal of Statistics 6,
/// 65-70.
pub fn holm(p_values: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..p_values.len()).collect();
    order.sort_by(|&one, &other| p_values[one].total_cmp(&p_values[other]));
    let mut adjusted = vec![1.0; p_values.len()];
    let mut least = 0.0_f64;
    for (before, &at) in order.iter().enumerate() {
        least = least.max((p_values.len() - before) as f64 * p_values[at]).min(1.0);
        adjusted[at] = least;
    }
    adjusted
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::SeededRandom;
    use crate::recorded::{close, rows};

    #[test]
    fn it_is_what_was_recorded() {
        for row in rows("holm") {
            let adjusted = holm(&row.numbers("p"));
            adjusted
                .iter()
                .zip(row.numbers("adjusted"))
                .for_each(|(ours, recorded)| close(*ours, recorded));
        }
    }

    #[test]
    fn one_alone_stays_and_none_are_none() {
        assert_eq!(holm(&[0.04]), [0.04]);
        assert_eq!(holm(&[]), Vec::<f64>::new());
    }

    #[test]
    fn it_never_makes_a_p_value_smaller_nor_changes_their_order() {
        let mut random = SeededRandom::seeded(3);
        for _ in 0..500 {
            let p_values: Vec<f64> =
                (0..1 + random.below(12)).map(|_| random.below(1_001) as f64 / 1_000.0).collect();
            let adjusted = holm(&p_values);
            for (at, &p) in p_values.iter().enumerate() {
                assert!((p..=1.0).contains(&adjusted[at]));
                assert!(
                    p_values
                        .iter()
                        .zip(&adjusted)
                        .all(|(other, beside)| *other < p || *beside >= adjusted[at])
                );
            }
        }
    }
}
