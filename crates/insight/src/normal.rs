//! The standard normal distribution: one quantile, and tail probabilities.

/// The quantile of the standard normal distribution at 0.975, for [`crate::CONFIDENCE`].
pub(crate) const Z: f64 = 1.959_963_984_540_054;

/// Two-sided tail probability P(|Z| >= |z|) = erfc(|z|/√2) (DLMF 7.2.2 and 7.18).
pub(crate) fn two_sided_p(z: f64) -> f64 {
    libm::erfc(z.abs() * std::f64::consts::FRAC_1_SQRT_2)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recorded::{close, rows};

    #[test]
    fn tails_are_what_was_recorded() {
        for row in rows("normal") {
            close(two_sided_p(row.number("z")), row.number("p"));
        }
    }

    #[test]
    fn the_quantile_belongs_to_the_level() {
        assert!((two_sided_p(Z) - (1.0 - crate::CONFIDENCE)).abs() < 1e-15);
    }
}
