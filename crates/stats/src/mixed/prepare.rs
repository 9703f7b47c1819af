//! A model's data made ready: an orthonormal design, random columns of like size, groups in order; and the way back.

use super::criterion::{Criterion, Factor};
use super::{Error, Method, Random, dense};

/// What the fit works on, in units where the residuals of ordinary least squares have a mean square of one.
pub(super) struct Prepared {
    pub criterion: Criterion,
    /// How large one of those units is.
    pub scale: f64,
    /// Which fixed columns are used.
    pub kept: Vec<usize>,
    /// The logarithm of the determinant of X'X.
    pub log_triangle: f64,
    /// For each term how many levels its group has.
    pub term_levels: Vec<usize>,
    triangle: Vec<f64>,
    /// Ordinary least squares.
    ordinary: Vec<f64>,
    terms: Vec<Term>,
    factor_sizes: Vec<usize>,
}

struct Term {
    factor: usize,
    /// Where among its factor's random effects it begins.
    offset: usize,
    size: usize,
    /// Upper triangle T with Z = (orthonormal columns, times the root of n) T.
    triangle: Vec<f64>,
}

impl Prepared {
    pub(super) fn new(
        y: &[f64],
        names: &[&str],
        x: &[Vec<f64>],
        random: &[Random],
        method: Method,
    ) -> Result<Self, Error> {
        check(y, names, x, random)?;
        let n = y.len();
        let basis = dense::basis(x);
        let fixed = basis.kept.len();
        if n <= fixed {
            return Err(Error::TooFewRows { rows: n, fixed });
        }
        let along: Vec<f64> = basis
            .columns
            .iter()
            .map(|column| dense::dot(column, y))
            .collect();
        let mut left = y.to_vec();
        for column in &basis.columns {
            let share = dense::dot(column, &left);
            for (value, unit) in left.iter_mut().zip(column) {
                *value -= share * unit;
            }
        }
        let scale = (dense::dot(&left, &left) / n as f64).sqrt();
        let size = (dense::dot(y, y) / n as f64).sqrt();
        if scale <= 1e-12 * size || !scale.is_finite() {
            return Err(Error::NoVariation);
        }
        for value in &mut left {
            *value /= scale;
        }
        let ordinary = upper_solve(&basis.triangle, fixed, &along);
        let (factors, terms, term_levels) = factors(random, n)?;
        let log_triangle = 2.0
            * (0..fixed)
                .map(|k| basis.triangle[k * fixed + k].abs().ln())
                .sum::<f64>();
        Ok(Self {
            criterion: Criterion::new(&left, &basis.columns, &factors, method == Method::Reml),
            scale,
            kept: basis.kept,
            log_triangle,
            term_levels,
            triangle: basis.triangle,
            ordinary,
            terms,
            factor_sizes: factors.iter().map(|factor| factor.size).collect(),
        })
    }

    /// A start where each term's Λ is `scale` times the identity.
    pub(super) fn start(&self, scale: f64) -> Vec<f64> {
        let mut theta = Vec::new();
        for term in &self.terms {
            for column in 0..term.size {
                theta
                    .extend((column..term.size).map(|row| if row == column { scale } else { 0.0 }));
            }
        }
        theta
    }

    /// For each factor its Λ, for `theta`: each term's lower triangle by columns.
    pub(super) fn lambdas(&self, theta: &[f64]) -> Vec<Vec<f64>> {
        let mut lambdas: Vec<Vec<f64>> = self
            .factor_sizes
            .iter()
            .map(|size| vec![0.0; size * size])
            .collect();
        self.each(|term, row, column, index| {
            let side = self.factor_sizes[term.factor];
            lambdas[term.factor][(term.offset + row) * side + term.offset + column] = theta[index];
        });
        lambdas
    }

    /// The gradient by `theta` from the slopes by D: 2 P Λ.
    pub(super) fn gradient(&self, theta: &[f64], slopes: &[Vec<f64>]) -> Vec<f64> {
        self.gradient_at(&self.lambdas(theta), slopes)
    }

    fn gradient_at(&self, lambdas: &[Vec<f64>], slopes: &[Vec<f64>]) -> Vec<f64> {
        let mut gradient = Vec::new();
        self.each(|term, row, column, _| {
            let side = self.factor_sizes[term.factor];
            let (row, column) = (term.offset + row, term.offset + column);
            let along: f64 = (0..side)
                .map(|k| {
                    slopes[term.factor][row * side + k] * lambdas[term.factor][k * side + column]
                })
                .sum();
            gradient.push(2.0 * along);
        });
        gradient
    }

    /// For each factor T Λ, where Λ is in the terms' own columns, as lme4 has it.
    pub(super) fn own_lambdas(&self, theta: &[f64]) -> Vec<Vec<f64>> {
        let own = self.lambdas(theta);
        own.iter()
            .enumerate()
            .map(|(factor, lambda)| {
                dense::product(
                    &self.turns(factor),
                    false,
                    lambda,
                    self.factor_sizes[factor],
                )
            })
            .collect()
    }

    /// The gradient by lme4's theta, from the slopes at [`Self::own_lambdas`].
    pub(super) fn own_gradient(&self, theta: &[f64], slopes: &[Vec<f64>]) -> Vec<f64> {
        let turned: Vec<Vec<f64>> = slopes
            .iter()
            .enumerate()
            .map(|(factor, slope)| {
                let side = self.factor_sizes[factor];
                let turn = self.turns(factor);
                dense::product(
                    &turn,
                    true,
                    &dense::product(slope, false, &turn, side),
                    side,
                )
            })
            .collect();
        self.gradient_at(&self.lambdas(theta), &turned)
    }

    /// A factor's block diagonal of its terms' triangles.
    fn turns(&self, factor: usize) -> Vec<f64> {
        let side = self.factor_sizes[factor];
        let mut turn = vec![0.0; side * side];
        for term in self.terms.iter().filter(|term| term.factor == factor) {
            for row in 0..term.size {
                for column in row..term.size {
                    turn[(term.offset + row) * side + term.offset + column] =
                        term.triangle[row * term.size + column];
                }
            }
        }
        turn
    }

    /// Some term's covariance is (nearly) not of full rank.
    pub(super) fn near_boundary(&self, theta: &[f64]) -> bool {
        let mut near = false;
        self.each(|_, row, column, index| near |= row == column && theta[index].abs() < 1e-3);
        near
    }

    /// For each term the covariance of its own columns' effects, in units of the residual variance.
    pub(super) fn covariances(&self, theta: &[f64]) -> Vec<Vec<f64>> {
        let lambdas = self.lambdas(theta);
        self.terms
            .iter()
            .map(|term| {
                let (size, side) = (term.size, self.factor_sizes[term.factor]);
                let mut half = vec![0.0; size * size];
                // T⁻¹ Λ, a column at a time.
                for column in 0..size {
                    let right: Vec<f64> = (0..size)
                        .map(|row| {
                            lambdas[term.factor][(term.offset + row) * side + term.offset + column]
                        })
                        .collect();
                    for (row, value) in upper_solve(&term.triangle, size, &right)
                        .into_iter()
                        .enumerate()
                    {
                        half[row * size + column] = value;
                    }
                }
                dense::square(&half, size)
            })
            .collect()
    }

    /// lme4's parameters for these covariances, and whether it would call the fit singular (a diagonal below 1e-4).
    pub(super) fn lme4_theta(&self, covariances: &[Vec<f64>]) -> (Vec<f64>, bool) {
        let mut theta = Vec::new();
        let mut singular = false;
        for (term, covariance) in self.terms.iter().zip(covariances) {
            let half = dense::half(covariance, term.size, 1e-12);
            for column in 0..term.size {
                singular |= half[column * term.size + column] < 1e-4;
                theta.extend((column..term.size).map(|row| half[row * term.size + column]));
            }
        }
        (theta, singular)
    }

    /// The fixed effects in units of y, from the factor of [X, y].
    pub(super) fn estimates(&self, factor: &[f64]) -> Vec<f64> {
        let fixed = self.kept.len();
        let side = fixed + 1;
        let mut b = factor[fixed * side..][..fixed].to_vec();
        for row in (0..fixed).rev() {
            let done: f64 = (row + 1..fixed)
                .map(|k| factor[k * side + row] * b[k])
                .sum();
            b[row] = (b[row] - done) / factor[row * side + row];
        }
        upper_solve(&self.triangle, fixed, &b)
            .iter()
            .zip(&self.ordinary)
            .map(|(more, ordinary)| ordinary + more * self.scale)
            .collect()
    }

    /// The inverse of X'V⁻¹X in the columns of X, from the factor of [X, y].
    pub(super) fn unscaled_covariance(&self, factor: &[f64]) -> Vec<f64> {
        let fixed = self.kept.len();
        let side = fixed + 1;
        // Rows of L⁻¹ R⁻ᵀ: the square of its transpose is the covariance.
        let mut halves = vec![0.0; fixed * fixed];
        for index in 0..fixed {
            let mut unit = vec![0.0; fixed];
            unit[index] = 1.0;
            // R'w = unit, then L v = w.
            for row in 0..fixed {
                let done: f64 = (0..row)
                    .map(|k| self.triangle[k * fixed + row] * unit[k])
                    .sum();
                unit[row] = (unit[row] - done) / self.triangle[row * fixed + row];
            }
            for row in 0..fixed {
                let done: f64 = (0..row).map(|k| factor[row * side + k] * unit[k]).sum();
                unit[row] = (unit[row] - done) / factor[row * side + row];
            }
            halves[index * fixed..][..fixed].copy_from_slice(&unit);
        }
        // (R⁻¹ L⁻ᵀ)(…)' needs L⁻¹ applied to R⁻ᵀ's columns, which is what each row of `halves` is.
        dense::square(&halves, fixed)
    }

    pub(super) fn dropped(&self, names: &[&str]) -> Vec<String> {
        (0..names.len())
            .filter(|index| !self.kept.contains(index))
            .map(|index| names[index].to_owned())
            .collect()
    }

    /// Visits each parameter: its term, row and column in the term, and place.
    fn each(&self, mut visit: impl FnMut(&Term, usize, usize, usize)) {
        let mut index = 0;
        for term in &self.terms {
            for column in 0..term.size {
                for row in column..term.size {
                    visit(term, row, column, index);
                    index += 1;
                }
            }
        }
    }
}

fn check(y: &[f64], names: &[&str], x: &[Vec<f64>], random: &[Random]) -> Result<(), Error> {
    let n = y.len();
    let columns = names.iter().copied().zip(x).chain(
        random
            .iter()
            .flat_map(|term| term.names.iter().map(String::as_str).zip(&term.columns)),
    );
    if names.len() != x.len()
        || random
            .iter()
            .any(|term| term.names.len() != term.columns.len())
    {
        return Err(Error::Input("Each column needs a name.".into()));
    }
    if random.is_empty() || random.iter().any(|term| term.columns.is_empty()) {
        return Err(Error::Input("A mixed model needs a random effect.".into()));
    }
    for (name, column) in columns
        .map(|(name, column)| (name, column.as_slice()))
        .chain([("the outcome", y)])
    {
        if column.len() != n {
            return Err(Error::Input(format!(
                "{name} has {} values for {n} rows.",
                column.len()
            )));
        }
        if let Some(row) = column.iter().position(|value| !value.is_finite()) {
            return Err(Error::Input(format!(
                "Row {} of {name} is not a finite number.",
                row + 1
            )));
        }
    }
    for term in random {
        if term.level_of.len() != n {
            return Err(Error::Input(format!(
                "{} groups {} of {n} rows.",
                term.group,
                term.level_of.len()
            )));
        }
    }
    Ok(())
}

/// Factors, terms, and for each term its number of levels.
type Factors = (Vec<Factor>, Vec<Term>, Vec<usize>);

/// Terms gathered by what they group by, the one with most levels first.
fn factors(random: &[Random], n: usize) -> Result<Factors, Error> {
    let mut order: Vec<(&str, usize)> = Vec::new();
    let mut term_levels = Vec::new();
    for term in random {
        let levels = levels(term)?;
        if levels < 2 {
            return Err(Error::OneLevel(term.group.clone()));
        }
        let effects = levels * term.names.len();
        if effects >= n {
            return Err(Error::TooManyEffects {
                group: term.group.clone(),
                effects,
                rows: n,
            });
        }
        if let Some(first) = random.iter().find(|other| other.group == term.group)
            && first.level_of != term.level_of
        {
            return Err(Error::Input(format!("{} groups in two ways.", term.group)));
        }
        term_levels.push(levels);
        if !order.iter().any(|(group, _)| *group == term.group) {
            order.push((&term.group, levels));
        }
    }
    order.sort_by_key(|(_, levels)| std::cmp::Reverse(*levels));
    let mut made: Vec<Factor> = Vec::new();
    let mut terms: Vec<Option<Term>> = random.iter().map(|_| None).collect();
    for (factor, (group, levels)) in order.iter().enumerate() {
        let mut columns: Vec<Vec<f64>> = Vec::new();
        let mut level_of: &[usize] = &[];
        for (index, term) in random
            .iter()
            .enumerate()
            .filter(|(_, term)| term.group == *group)
        {
            let basis = dense::basis(&term.columns);
            if let Some(missing) = (0..term.names.len()).find(|k| !basis.kept.contains(k)) {
                return Err(Error::DependentColumn {
                    group: term.group.clone(),
                    name: term.names[missing].clone(),
                });
            }
            let root = (n as f64).sqrt();
            level_of = &term.level_of;
            terms[index] = Some(Term {
                factor,
                offset: columns.len(),
                size: term.names.len(),
                triangle: basis.triangle.iter().map(|value| value / root).collect(),
            });
            columns.extend(alike(&basis, &term.columns, root));
        }
        made.push(Factor {
            levels: *levels,
            size: columns.len(),
            level_of: level_of.to_vec(),
            columns,
        });
    }
    Ok((made, terms.into_iter().flatten().collect(), term_levels))
}

/// The orthonormal columns times `root`, each row from that row alone: rows that were alike stay so to the last bit, as the pooling of
/// groups measured alike needs.
fn alike(basis: &dense::Basis, columns: &[Vec<f64>], root: f64) -> Vec<Vec<f64>> {
    let size = columns.len();
    let rows = columns.first().map_or(0, Vec::len);
    let mut made = vec![vec![0.0; rows]; size];
    let mut row = vec![0.0; size];
    (0..rows).for_each(|index| {
        // row T = z, from the left.
        for column in 0..size {
            let done: f64 = (0..column)
                .map(|k| row[k] * basis.triangle[k * size + column])
                .sum();
            row[column] = (columns[column][index] - done) / basis.triangle[column * size + column];
            made[column][index] = row[column] * root;
        }
    });
    made
}

fn levels(term: &Random) -> Result<usize, Error> {
    let levels = term.level_of.iter().max().map_or(0, |most| most + 1);
    let mut seen = vec![false; levels.min(term.level_of.len())];
    for level in &term.level_of {
        if let Some(seen) = seen.get_mut(*level) {
            *seen = true;
        }
    }
    if seen.len() < levels || seen.contains(&false) {
        return Err(Error::Input(format!(
            "The levels of {} have gaps.",
            term.group
        )));
    }
    Ok(levels)
}

/// The solution of R x = `right` for an upper triangle by rows.
fn upper_solve(triangle: &[f64], size: usize, right: &[f64]) -> Vec<f64> {
    let mut x = right.to_vec();
    for row in (0..size).rev() {
        let done: f64 = (row + 1..size)
            .map(|column| triangle[row * size + column] * x[column])
            .sum();
        x[row] = (x[row] - done) / triangle[row * size + row];
    }
    x
}
