//! Small dense linear algebra: what models of a few columns need, and no more.
//!
//! Matrices are column-major, so that a column is a slice. Nothing here is blocked or parallel: it is meant for some
//! tens of columns and any number of rows.

use std::ops::{Index, IndexMut};

/// A dense matrix, column-major.
///
/// ```
/// use kith_stats::linear::Matrix;
/// let a = Matrix::from_rows(&[&[1.0, 2.0], &[3.0, 4.0]]);
/// assert_eq!(a[(0, 1)], 2.0);
/// assert_eq!(a.times_vector(&[1.0, 1.0]), [3.0, 7.0]);
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Matrix {
    rows: usize,
    columns: usize,
    values: Vec<f64>,
}

impl Matrix {
    /// A matrix of zeros.
    #[must_use]
    pub fn zeros(rows: usize, columns: usize) -> Self {
        Self {
            rows,
            columns,
            values: vec![0.0; rows * columns],
        }
    }

    /// The identity matrix of `size` rows.
    #[must_use]
    pub fn identity(size: usize) -> Self {
        let mut matrix = Self::zeros(size, size);
        for i in 0..size {
            matrix[(i, i)] = 1.0;
        }
        matrix
    }

    /// From rows, all as long as the first; what is missing of a shorter one is zero.
    #[must_use]
    pub fn from_rows(rows: &[&[f64]]) -> Self {
        let columns = rows.first().map_or(0, |row| row.len());
        let mut matrix = Self::zeros(rows.len(), columns);
        for (i, row) in rows.iter().enumerate() {
            for (j, value) in row.iter().take(columns).enumerate() {
                matrix[(i, j)] = *value;
            }
        }
        matrix
    }

    /// From columns, all as long as the first; what is missing of a shorter one is zero.
    #[must_use]
    pub fn from_columns(columns: &[&[f64]]) -> Self {
        let rows = columns.first().map_or(0, |column| column.len());
        let mut matrix = Self::zeros(rows, columns.len());
        for (j, column) in columns.iter().enumerate() {
            let length = column.len().min(rows);
            matrix.column_mut(j)[..length].copy_from_slice(&column[..length]);
        }
        matrix
    }

    /// How many rows.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// How many columns.
    #[must_use]
    pub fn columns(&self) -> usize {
        self.columns
    }

    /// One column.
    #[must_use]
    pub fn column(&self, j: usize) -> &[f64] {
        &self.values[j * self.rows..(j + 1) * self.rows]
    }

    /// One column, to be written to.
    pub fn column_mut(&mut self, j: usize) -> &mut [f64] {
        &mut self.values[j * self.rows..(j + 1) * self.rows]
    }

    /// A copy of one row.
    #[must_use]
    pub fn row(&self, i: usize) -> Vec<f64> {
        (0..self.columns).map(|j| self[(i, j)]).collect()
    }

    /// The diagonal.
    #[must_use]
    pub fn diagonal(&self) -> Vec<f64> {
        (0..self.rows.min(self.columns))
            .map(|i| self[(i, i)])
            .collect()
    }

    /// Rows and columns exchanged.
    #[must_use]
    pub fn transposed(&self) -> Self {
        let mut out = Self::zeros(self.columns, self.rows);
        for j in 0..self.columns {
            for i in 0..self.rows {
                out[(j, i)] = self[(i, j)];
            }
        }
        out
    }

    /// The product with another matrix, which has as many rows as this has columns.
    #[must_use]
    pub fn times(&self, other: &Self) -> Self {
        let mut out = Self::zeros(self.rows, other.columns);
        for j in 0..other.columns {
            for l in 0..self.columns {
                let factor = other[(l, j)];
                for (to, from) in out.column_mut(j).iter_mut().zip(self.column(l)) {
                    *to += factor * from;
                }
            }
        }
        out
    }

    /// The product with a column vector as long as this has columns.
    #[must_use]
    pub fn times_vector(&self, vector: &[f64]) -> Vec<f64> {
        let mut out = vec![0.0; self.rows];
        for (j, factor) in vector.iter().enumerate().take(self.columns) {
            for (to, from) in out.iter_mut().zip(self.column(j)) {
                *to += factor * from;
            }
        }
        out
    }

    /// X'WX for the diagonal `weights`, one per row.
    #[must_use]
    pub fn weighted_cross(&self, weights: &[f64]) -> Self {
        let mut out = Self::zeros(self.columns, self.columns);
        for j in 0..self.columns {
            for l in 0..=j {
                let sum = self
                    .column(j)
                    .iter()
                    .zip(self.column(l))
                    .zip(weights)
                    .map(|((a, b), w)| a * b * w)
                    .sum();
                out[(j, l)] = sum;
                out[(l, j)] = sum;
            }
        }
        out
    }

    /// X'Wy for the diagonal `weights`, one per row.
    #[must_use]
    pub fn weighted_cross_vector(&self, weights: &[f64], y: &[f64]) -> Vec<f64> {
        (0..self.columns)
            .map(|j| {
                self.column(j)
                    .iter()
                    .zip(weights)
                    .zip(y)
                    .map(|((x, w), y)| x * w * y)
                    .sum()
            })
            .collect()
    }
}

impl Index<(usize, usize)> for Matrix {
    type Output = f64;
    fn index(&self, (i, j): (usize, usize)) -> &f64 {
        &self.values[j * self.rows + i]
    }
}

impl IndexMut<(usize, usize)> for Matrix {
    fn index_mut(&mut self, (i, j): (usize, usize)) -> &mut f64 {
        &mut self.values[j * self.rows + i]
    }
}

/// The sum of products of two vectors.
#[must_use]
pub fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// The lower triangular L with L L' = A, of a symmetric positive definite A.
///
/// ```
/// use kith_stats::linear::{Cholesky, Matrix};
/// let a = Matrix::from_rows(&[&[4.0, 2.0], &[2.0, 3.0]]);
/// let factor = Cholesky::of(&a).unwrap();
/// assert!((factor.log_determinant() - 8.0_f64.ln()).abs() < 1e-15);
/// let x = factor.solve(&[8.0, 7.0]);
/// assert!((x[0] - 1.25).abs() < 1e-15 && (x[1] - 1.5).abs() < 1e-15);
/// ```
#[derive(Clone, Debug)]
pub struct Cholesky {
    lower: Matrix,
}

impl Cholesky {
    /// Factors `a`, of which only the lower triangle is read; `None` where it is not positive definite (a pivot under
    /// 1e-14 of its diagonal element).
    #[must_use]
    pub fn of(a: &Matrix) -> Option<Self> {
        let n = a.rows();
        let mut lower = Matrix::zeros(n, n);
        for j in 0..n {
            let mut pivot = a[(j, j)];
            for l in 0..j {
                pivot -= lower[(j, l)] * lower[(j, l)];
            }
            if pivot.is_nan() || pivot <= 1e-14 * a[(j, j)].abs() {
                return None;
            }
            let root = pivot.sqrt();
            lower[(j, j)] = root;
            for i in j + 1..n {
                let mut sum = a[(i, j)];
                for l in 0..j {
                    sum -= lower[(i, l)] * lower[(j, l)];
                }
                lower[(i, j)] = sum / root;
            }
        }
        Some(Self { lower })
    }

    /// The factor L.
    #[must_use]
    pub fn lower(&self) -> &Matrix {
        &self.lower
    }

    /// ln |A|.
    #[must_use]
    pub fn log_determinant(&self) -> f64 {
        2.0 * self.lower.diagonal().iter().map(|d| d.ln()).sum::<f64>()
    }

    /// x with L x = b.
    #[must_use]
    pub fn forward(&self, b: &[f64]) -> Vec<f64> {
        let mut x = b.to_vec();
        for i in 0..x.len() {
            for l in 0..i {
                x[i] -= self.lower[(i, l)] * x[l];
            }
            x[i] /= self.lower[(i, i)];
        }
        x
    }

    /// x with L' x = b.
    #[must_use]
    pub fn backward(&self, b: &[f64]) -> Vec<f64> {
        let mut x = b.to_vec();
        for i in (0..x.len()).rev() {
            for l in i + 1..x.len() {
                x[i] -= self.lower[(l, i)] * x[l];
            }
            x[i] /= self.lower[(i, i)];
        }
        x
    }

    /// x with A x = b.
    #[must_use]
    pub fn solve(&self, b: &[f64]) -> Vec<f64> {
        self.backward(&self.forward(b))
    }

    /// The inverse of A.
    #[must_use]
    pub fn inverse(&self) -> Matrix {
        let n = self.lower.rows();
        let mut out = Matrix::zeros(n, n);
        let mut unit = vec![0.0; n];
        for j in 0..n {
            unit[j] = 1.0;
            out.column_mut(j).copy_from_slice(&self.solve(&unit));
            unit[j] = 0.0;
        }
        out
    }
}

/// The Householder QR of a matrix with at least as many rows as columns: X = Q R.
///
/// ```
/// use kith_stats::linear::{Matrix, Qr};
/// // A line through (0, 1), (1, 3), (2, 5).
/// let x = Matrix::from_rows(&[&[1.0, 0.0], &[1.0, 1.0], &[1.0, 2.0]]);
/// let line = Qr::of(&x).unwrap().solve(&[1.0, 3.0, 5.0]);
/// assert!((line[0] - 1.0).abs() < 1e-14 && (line[1] - 2.0).abs() < 1e-14);
/// ```
#[derive(Clone, Debug)]
pub struct Qr {
    /// R in the upper triangle, the Householder vectors below it and their heads in `heads`.
    packed: Matrix,
    heads: Vec<f64>,
}

impl Qr {
    /// Factors `x`; `None` where it has fewer rows than columns, or where a column is (to 1e-10 of its length) a
    /// combination of those before it.
    #[must_use]
    pub fn of(x: &Matrix) -> Option<Self> {
        let mut factor = Self {
            packed: x.clone(),
            heads: vec![0.0; x.columns()],
        };
        if x.rows() < x.columns() {
            return None;
        }
        for j in 0..x.columns() {
            let whole = dot(x.column(j), x.column(j)).sqrt();
            let below = &factor.packed.column(j)[j..];
            let norm = dot(below, below).sqrt();
            if norm.is_nan() || norm <= 1e-10 * whole {
                return None;
            }
            let alpha = if below[0] > 0.0 { -norm } else { norm };
            let head = below[0] - alpha;
            factor.heads[j] = head;
            factor.packed[(j, j)] = alpha;
            let scale = 2.0
                / (head * head + {
                    let rest = &factor.packed.column(j)[j + 1..];
                    dot(rest, rest)
                });
            for l in j + 1..x.columns() {
                let (left, right) = factor.packed.values.split_at_mut(l * x.rows());
                let reflector = &left[j * x.rows() + j + 1..(j + 1) * x.rows()];
                let target = &mut right[j..x.rows()];
                reflect(head, reflector, scale, target);
            }
        }
        Some(factor)
    }

    /// Q'b, as long as `b`.
    #[must_use]
    pub fn rotate(&self, b: &[f64]) -> Vec<f64> {
        let mut out = b.to_vec();
        for (j, head) in self.heads.iter().enumerate() {
            let rest = &self.packed.column(j)[j + 1..];
            let scale = 2.0 / (head * head + dot(rest, rest));
            reflect(*head, rest, scale, &mut out[j..]);
        }
        out
    }

    /// Q, of as many columns as X: an orthonormal basis of them.
    #[must_use]
    pub fn orthonormal(&self) -> Matrix {
        let mut out = Matrix::zeros(self.packed.rows(), self.heads.len());
        for l in 0..self.heads.len() {
            let column = out.column_mut(l);
            column[l] = 1.0;
            for (j, head) in self.heads.iter().enumerate().rev() {
                let rest = &self.packed.column(j)[j + 1..];
                let scale = 2.0 / (head * head + dot(rest, rest));
                reflect(*head, rest, scale, &mut column[j..]);
            }
        }
        out
    }

    /// The least-squares solution of X x = b.
    #[must_use]
    pub fn solve(&self, b: &[f64]) -> Vec<f64> {
        let mut x = self.rotate(b);
        x.truncate(self.heads.len());
        self.back_substitute(&mut x);
        x
    }

    /// The inverse of X'X.
    #[must_use]
    pub fn cross_inverse(&self) -> Matrix {
        // R^-1 R^-T
        let p = self.heads.len();
        let mut inverse = Matrix::zeros(p, p);
        for j in 0..p {
            let mut unit = vec![0.0; p];
            unit[j] = 1.0;
            self.back_substitute(&mut unit);
            inverse.column_mut(j).copy_from_slice(&unit);
        }
        inverse.times(&inverse.transposed())
    }

    /// ln |X'X|.
    #[must_use]
    pub fn log_cross_determinant(&self) -> f64 {
        2.0 * self
            .packed
            .diagonal()
            .iter()
            .map(|d| d.abs().ln())
            .sum::<f64>()
    }

    /// The squared length of what is left of `b` after the columns of X are taken out.
    #[must_use]
    pub fn residual_square(&self, b: &[f64]) -> f64 {
        let rest = self.rotate(b);
        let rest = &rest[self.heads.len()..];
        dot(rest, rest)
    }

    /// The leverage of each row: the diagonal of X (X'X)^-1 X'.
    #[must_use]
    pub fn leverages(&self, x: &Matrix) -> Vec<f64> {
        let cross = self.cross_inverse();
        (0..x.rows())
            .map(|i| {
                let row = x.row(i);
                dot(&row, &cross.times_vector(&row))
            })
            .collect()
    }

    /// Replaces `x` by R^-1 x.
    pub fn back_substitute(&self, x: &mut [f64]) {
        for i in (0..x.len()).rev() {
            for l in i + 1..x.len() {
                x[i] -= self.packed[(i, l)] * x[l];
            }
            x[i] /= self.packed[(i, i)];
        }
    }
}

/// Applies I - scale v v' to `target`, where v is `head` followed by `rest`.
fn reflect(head: f64, rest: &[f64], scale: f64, target: &mut [f64]) {
    let Some((first, others)) = target.split_first_mut() else {
        return;
    };
    let factor = scale * (head * *first + dot(rest, others));
    *first -= factor * head;
    for (value, v) in others.iter_mut().zip(rest) {
        *value -= factor * v;
    }
}

/// The name of the first column that is a combination of those before it (or constant zero), if there is one.
///
/// The tolerance is that of [`Qr::of`].
#[must_use]
pub fn first_dependent_column(x: &Matrix) -> Option<usize> {
    (1..=x.columns()).find_map(|count| {
        let columns: Vec<&[f64]> = (0..count).map(|j| x.column(j)).collect();
        Qr::of(&Matrix::from_columns(&columns))
            .is_none()
            .then_some(count - 1)
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn least_squares_by_cholesky_and_by_householder_agree() {
        let x = Matrix::from_rows(&[
            &[1.0, 0.3, 2.0],
            &[1.0, -1.2, 0.5],
            &[1.0, 2.2, -1.0],
            &[1.0, 0.1, 0.0],
            &[1.0, 5.0, 3.0],
        ]);
        let y = [1.0, 2.0, -1.0, 0.5, 4.0];
        let weights = [1.0; 5];
        let cholesky = Cholesky::of(&x.weighted_cross(&weights)).unwrap();
        let by_normal_equations = cholesky.solve(&x.weighted_cross_vector(&weights, &y));
        let qr = Qr::of(&x).unwrap();
        for (a, b) in by_normal_equations.iter().zip(qr.solve(&y)) {
            assert!((a - b).abs() < 1e-13);
        }
        assert!((cholesky.log_determinant() - qr.log_cross_determinant()).abs() < 1e-13);
        let (a, b) = (cholesky.inverse(), qr.cross_inverse());
        for (a, b) in a.values.iter().zip(&b.values) {
            assert!((a - b).abs() < 1e-13);
        }
        let fitted = x.times_vector(&qr.solve(&y));
        let square: f64 = y.iter().zip(fitted).map(|(y, f)| (y - f).powi(2)).sum();
        assert!((square - qr.residual_square(&y)).abs() < 1e-13);
        assert!((qr.leverages(&x).iter().sum::<f64>() - 3.0).abs() < 1e-13);
    }

    #[test]
    fn a_column_that_says_nothing_new_is_found() {
        let x = Matrix::from_rows(&[
            &[1.0, 2.0, 3.0],
            &[1.0, 3.0, 4.0],
            &[1.0, 5.0, 6.0],
            &[1.0, -1.0, 0.0],
        ]);
        assert_eq!(first_dependent_column(&x), Some(2));
        assert!(Cholesky::of(&x.weighted_cross(&[1.0; 4])).is_none());
    }
}
