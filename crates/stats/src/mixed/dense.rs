//! The little dense algebra of a mixed model: square matrices by rows, of a size one can count on the fingers.

/// Factors the lower triangle of `a` (`size` by `size`, by rows) in place as L L'; what lies above the diagonal is not touched.
/// False when `a` is not positive definite.
pub(super) fn cholesky(a: &mut [f64], size: usize) -> bool {
    for column in 0..size {
        let (above, rest) = a.split_at_mut((column + 1) * size);
        let row = &mut above[column * size..][..=column];
        let squares: f64 = row[..column].iter().map(|value| value * value).sum();
        let pivot = row[column] - squares;
        // Also false for a pivot that is not a number.
        if !(pivot > 0.0 && pivot.is_finite()) {
            return false;
        }
        let pivot = pivot.sqrt();
        row[column] = pivot;
        for lower in rest.chunks_exact_mut(size) {
            let done: f64 = lower[..column]
                .iter()
                .zip(&row[..column])
                .map(|(one, other)| one * other)
                .sum();
            lower[column] = (lower[column] - done) / pivot;
        }
    }
    true
}

/// Twice the sum of the logarithms of the diagonal of a Cholesky factor: the logarithm of the determinant.
pub(super) fn log_determinant(factor: &[f64], size: usize) -> f64 {
    2.0 * (0..size)
        .map(|index| factor[index * size + index].ln())
        .sum::<f64>()
}

/// Replaces `x` by the solution of L x = `x`.
pub(super) fn solve_lower(factor: &[f64], size: usize, x: &mut [f64]) {
    for row in 0..size {
        let done: f64 = (0..row)
            .map(|column| factor[row * size + column] * x[column])
            .sum();
        x[row] = (x[row] - done) / factor[row * size + row];
    }
}

/// The product of two `size` by `size` matrices, the first turned over when `turned`.
pub(super) fn product(one: &[f64], turned: bool, other: &[f64], size: usize) -> Vec<f64> {
    let mut result = vec![0.0; size * size];
    for row in 0..size {
        for middle in 0..size {
            let factor = if turned {
                one[middle * size + row]
            } else {
                one[row * size + middle]
            };
            for column in 0..size {
                result[row * size + column] += factor * other[middle * size + column];
            }
        }
    }
    result
}

/// A A'.
pub(super) fn square(a: &[f64], size: usize) -> Vec<f64> {
    let row = |index: usize| &a[index * size..][..size];
    let mut result = vec![0.0; size * size];
    for one in 0..size {
        for other in 0..size {
            result[one * size + other] = row(one).iter().zip(row(other)).map(|(x, y)| x * y).sum();
        }
    }
    result
}

/// The lower triangular L with L L' = `a`, for an `a` that may be singular: what is left of a pivot below `least` of its
/// diagonal counts as nothing.
pub(super) fn half(a: &[f64], size: usize, least: f64) -> Vec<f64> {
    let mut factor = vec![0.0; size * size];
    for column in 0..size {
        for row in column..size {
            let done: f64 = (0..column)
                .map(|k| factor[row * size + k] * factor[column * size + k])
                .sum();
            let left = a[row * size + column] - done;
            factor[row * size + column] = if row == column {
                if left > least * a[row * size + row] {
                    left.sqrt()
                } else {
                    0.0
                }
            } else if factor[column * size + column] > 0.0 {
                left / factor[column * size + column]
            } else {
                0.0
            };
        }
    }
    factor
}

/// Eigenvalues and eigenvectors (by columns of the returned matrix) of a symmetric matrix, by Jacobi's rotations.
pub(super) fn eigen(a: &[f64], size: usize) -> (Vec<f64>, Vec<f64>) {
    let mut a = a.to_vec();
    let mut vectors = vec![0.0; size * size];
    for index in 0..size {
        vectors[index * size + index] = 1.0;
    }
    for _ in 0..60 {
        let off: f64 = (0..size)
            .flat_map(|row| (0..row).map(move |column| (row, column)))
            .map(|(row, column)| a[row * size + column].powi(2))
            .sum();
        let on: f64 = (0..size).map(|index| a[index * size + index].powi(2)).sum();
        if off <= 1e-30 * on || off == 0.0 {
            break;
        }
        for p in 0..size {
            for q in p + 1..size {
                rotate(&mut a, &mut vectors, size, p, q);
            }
        }
    }
    (
        (0..size).map(|index| a[index * size + index]).collect(),
        vectors,
    )
}

fn rotate(a: &mut [f64], vectors: &mut [f64], size: usize, p: usize, q: usize) {
    let off = a[p * size + q];
    if off == 0.0 {
        return;
    }
    let slope = (a[q * size + q] - a[p * size + p]) / (2.0 * off);
    let tangent = slope.signum() / (slope.abs() + slope.hypot(1.0));
    let cosine = 1.0 / tangent.hypot(1.0);
    let sine = tangent * cosine;
    for k in 0..size {
        let (kp, kq) = (a[k * size + p], a[k * size + q]);
        a[k * size + p] = cosine * kp - sine * kq;
        a[k * size + q] = sine * kp + cosine * kq;
    }
    for k in 0..size {
        let (pk, qk) = (a[p * size + k], a[q * size + k]);
        a[p * size + k] = cosine * pk - sine * qk;
        a[q * size + k] = sine * pk + cosine * qk;
        let (kp, kq) = (vectors[k * size + p], vectors[k * size + q]);
        vectors[k * size + p] = cosine * kp - sine * kq;
        vectors[k * size + q] = sine * kp + cosine * kq;
    }
}

/// An orthonormal basis of the columns of X, and the triangle that makes them from it.
pub(crate) struct Basis {
    /// Which columns of X it spans: those that depend on earlier ones are left out.
    pub kept: Vec<usize>,
    /// Orthonormal columns.
    pub columns: Vec<Vec<f64>>,
    /// Upper triangle by rows: X = Q R.
    pub triangle: Vec<f64>,
}

/// Orthonormal columns for `columns`, each made orthogonal twice to those before it; what leaves less than 1e-7 of its length (as
/// R's `lm` and lme4 do) depends on earlier columns.
pub(crate) fn basis(columns: &[Vec<f64>]) -> Basis {
    let mut kept = Vec::new();
    let mut made: Vec<Vec<f64>> = Vec::new();
    let mut parts: Vec<Vec<f64>> = Vec::new();
    for (index, column) in columns.iter().enumerate() {
        let length = dot(column, column).sqrt();
        let mut left = column.clone();
        let mut part = vec![0.0; made.len()];
        for _ in 0..2 {
            for (share, direction) in part.iter_mut().zip(&made) {
                let along = dot(&left, direction);
                *share += along;
                for (value, unit) in left.iter_mut().zip(direction) {
                    *value -= along * unit;
                }
            }
        }
        let rest = dot(&left, &left).sqrt();
        if rest <= 1e-7 * length || length == 0.0 {
            continue;
        }
        for value in &mut left {
            *value /= rest;
        }
        part.push(rest);
        kept.push(index);
        made.push(left);
        parts.push(part);
    }
    let size = made.len();
    let mut triangle = vec![0.0; size * size];
    for (column, part) in parts.iter().enumerate() {
        for (row, value) in part.iter().enumerate() {
            triangle[row * size + column] = *value;
        }
    }
    Basis {
        kept,
        columns: made,
        triangle,
    }
}

pub(crate) fn dot(one: &[f64], other: &[f64]) -> f64 {
    one.iter().zip(other).map(|(x, y)| x * y).sum()
}
