//! Eigenvalues and eigenvectors of a small symmetric matrix.
//!
//! Jacobi's cyclic method: Golub, G. H. and Van Loan, C. F. (2013), Matrix Computations, 4th
//! edition, section 8.5. A dozen items need no library, and the same operations in the same order
//! produce the same bits.

/// Maximum number of sweeps over all pairs. The off-diagonal converges to 0 quadratically; a dozen
/// items need six or seven.
const SWEEPS_MAX: u32 = 60;

/// Eigenvalues, and the eigenvectors as columns: `vectors[row][k]` belongs to `values[k]`. `matrix`
/// must be square and symmetric.
pub(super) fn symmetric(mut matrix: Vec<Vec<f64>>) -> (Vec<f64>, Vec<Vec<f64>>) {
    let size = matrix.len();
    let mut vectors: Vec<Vec<f64>> = (0..size)
        .map(|row| (0..size).map(|column| f64::from(u8::from(row == column))).collect())
        .collect();
    for _ in 0..SWEEPS_MAX {
        let pairs = (0..size).flat_map(|p| (p + 1..size).map(move |q| (p, q)));
        let mut turned = false;
        for (p, q) in pairs {
            // Skips an off-diagonal element so small that a rotation would not change any bit.
            if matrix[p][q].abs()
                > f64::EPSILON * f64::EPSILON * (matrix[p][p].abs() + matrix[q][q].abs())
            {
                turn(&mut matrix, &mut vectors, p, q);
                turned = true;
            }
        }
        if !turned {
            break;
        }
    }
    ((0..size).map(|at| matrix[at][at]).collect(), vectors)
}

/// Rotates the plane of `p` and `q` so that `matrix[p][q]` becomes 0.
fn turn(matrix: &mut [Vec<f64>], vectors: &mut [Vec<f64>], p: usize, q: usize) {
    let tau = (matrix[q][q] - matrix[p][p]) / (2.0 * matrix[p][q]);
    let tangent = tau.signum() / (tau.abs() + (1.0 + tau * tau).sqrt());
    let cosine = 1.0 / (1.0 + tangent * tangent).sqrt();
    let sine = tangent * cosine;
    let pair = |one: f64, other: f64| (cosine * one - sine * other, sine * one + cosine * other);
    for row in matrix.iter_mut().chain(vectors) {
        (row[p], row[q]) = pair(row[p], row[q]);
    }
    let (before_q, from_q) = matrix.split_at_mut(q);
    for (one, other) in before_q[p].iter_mut().zip(&mut from_q[0]) {
        (*one, *other) = pair(*one, *other);
    }
    (matrix[p][q], matrix[q][p]) = (0.0, 0.0);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::SeededRandom;
    use crate::recorded::{close, rows};

    #[test]
    fn values_are_what_was_recorded() {
        for row in rows("eigenvalues") {
            let (mut values, _) = symmetric(row.matrix("matrix"));
            values.sort_by(f64::total_cmp);
            values
                .iter()
                .zip(row.numbers("values"))
                .for_each(|(ours, recorded)| close(*ours, recorded));
        }
    }

    #[test]
    fn the_parts_make_the_whole_again() {
        let mut random = SeededRandom::seeded(5);
        for size in (1..=12).cycle().take(100) {
            let drawn: Vec<f64> =
                (0..size * size).map(|_| random.below(2_001) as f64 / 1_000.0 - 1.0).collect();
            let matrix: Vec<Vec<f64>> = (0..size)
                .map(|one| (0..size).map(|other| drawn[one * other] + drawn[one + other]).collect())
                .collect();
            let (values, vectors) = symmetric(matrix.clone());
            for one in 0..size {
                for other in 0..size {
                    close(
                        (0..size).map(|k| vectors[one][k] * values[k] * vectors[other][k]).sum(),
                        matrix[one][other],
                    );
                    close(
                        (0..size).map(|k| vectors[one][k] * vectors[other][k]).sum(),
                        f64::from(u8::from(one == other)),
                    );
                }
            }
        }
    }

    #[test]
    fn nothing_and_a_diagonal_stay_as_they_are() {
        assert_eq!(symmetric(vec![]), (vec![], vec![]));
        assert_eq!(symmetric(vec![vec![3.0, 0.0], vec![0.0, -1.0]]).0, [3.0, -1.0]);
    }
}
