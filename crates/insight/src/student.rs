//! Student's t distribution: tails, and the critical value for [`crate::CONFIDENCE`]. Degrees of
//! freedom need not be whole numbers.
//!
//! P(|T| > t) = I_x(ν/2, 1/2) with x = ν/(ν+t²), the regularized incomplete beta function
//! (Abramowitz and Stegun 26.7.1, 26.5.27), by its continued fraction (DLMF 8.17.22). Implemented
//! here because the libraries that provide it depend on linear algebra crates.

use crate::interval::CONFIDENCE;

/// Maximum number of terms of the continued fraction. About sqrt(ν) terms are needed, so this is
/// enough for 10^9 answers.
const TERMS_MAX: u32 = 100_000;
/// From this argument on, the series for a ratio of gamma functions is exact to the last bits.
const SERIES_FROM: f64 = 100.0;
/// Search range: the critical values for 1 and for infinitely many degrees of freedom lie within
/// it.
const CRITICAL_WITHIN: (f64, f64) = (1.9, 13.0);

/// Two-sided tail probability P(|T| >= |t|). `df` must be positive.
pub(crate) fn two_sided_p(t: f64, df: f64) -> f64 {
    let (a, squared) = (df / 2.0, t * t);
    let (x, y) = (df / (df + squared), squared / (df + squared));
    // x^a (1-x)^(1/2) / B(a, 1/2). The power is computed as exp(-a ln(1 + t²/ν)), because x is
    // close to 1 for large ν.
    let front = libm::exp(-a * libm::log1p(squared / df)) * y.sqrt() * gamma_ratio(a)
        / std::f64::consts::PI.sqrt();
    if x < (a + 1.0) / (a + 2.5) {
        front / a * fraction(a, 0.5, x)
    } else {
        1.0 - 2.0 * front * fraction(0.5, a, y)
    }
}

/// The `t` with a two-sided tail probability of 1 - [`CONFIDENCE`]. `df` must be at least 1.
pub(crate) fn critical(df: f64) -> f64 {
    let (mut low, mut high) = CRITICAL_WITHIN;
    loop {
        let middle = low + (high - low) / 2.0;
        // Bisects until no floating-point number lies between the ends: 53 times or fewer.
        if middle <= low || middle >= high {
            return middle;
        }
        if two_sided_p(middle, df) > 1.0 - CONFIDENCE { low = middle } else { high = middle }
    }
}

/// Γ(a + 1/2)/Γ(a). Raises the argument by Γ(z+1) = zΓ(z) until the series in 1/a is accurate
/// (Graham, Knuth and Patashnik, Concrete Mathematics, 2nd edition, answer 9.60).
fn gamma_ratio(a: f64) -> f64 {
    let (mut a, mut before) = (a, 1.0);
    while a < SERIES_FROM {
        before *= a / (a + 0.5);
        a += 1.0;
    }
    let r = 1.0 / a;
    let series = 1.0
        + r * (-1.0 / 8.0
            + r * (1.0 / 128.0
                + r * (5.0 / 1024.0 + r * (-21.0 / 32768.0 + r * (-399.0 / 262_144.0)))));
    before * a.sqrt() * series
}

/// The continued fraction 1/(1+ d1/(1+ d2/(1+ ...))) of DLMF 8.17.22, by Lentz's method (Lentz
/// 1976; Thompson and Barnett 1986).
fn fraction(a: f64, b: f64, x: f64) -> f64 {
    let (mut below, mut c, mut d) = (1.0, 1.0, 0.0);
    for term in 1..=TERMS_MAX {
        let m = f64::from(term / 2);
        let numerator = match term % 2 {
            1 => -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0)),
            _ => m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m)),
        };
        c = not_nothing(1.0 + numerator / c);
        d = 1.0 / not_nothing(1.0 + numerator * d);
        below *= c * d;
        if (c * d - 1.0).abs() < f64::EPSILON {
            break;
        }
    }
    1.0 / below
}

/// Replaces 0 by a tiny number, because Lentz's method divides by these values.
fn not_nothing(value: f64) -> f64 {
    if value == 0.0 { 1e-300 } else { value }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recorded::{close, rows};

    #[test]
    fn tails_are_what_was_recorded() {
        for row in rows("student_tail") {
            close(two_sided_p(row.number("t"), row.number("df")), row.number("p"));
        }
    }

    #[test]
    fn critical_values_are_what_was_recorded() {
        for row in rows("student_critical") {
            close(critical(row.number("df")), row.number("t"));
        }
    }

    #[test]
    fn the_ratio_of_gammas_is_exact_to_the_last_bits() {
        // Γ(a+1/2)/Γ(a) times Γ(a+1)/Γ(a+1/2) is a.
        for a in [0.5, 1.0, 3.7, 42.0, 99.5, 100.0, 101.0, 5e5] {
            assert!((gamma_ratio(a) * gamma_ratio(a + 0.5) / a - 1.0).abs() < 3e-14, "{a}");
        }
    }

    #[test]
    fn with_one_degree_it_is_cauchys() {
        for t in [0.0, 0.1, 1.0, 12.7, 1e6] {
            close(two_sided_p(t, 1.0), 1.0 - 2.0 / std::f64::consts::PI * f64::atan(t));
        }
    }
}
