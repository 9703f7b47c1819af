//! The profiled criterion of a mixed model and its gradient.
//!
//! With V = I + Z D Z' (in units of the residual variance) everything the criterion needs is W'V⁻¹W for W = [X, y] and the
//! determinant of V. By Woodbury's identity both come from cross products alone: for one group with A = Z'Z and c = Z'W,
//! W'V⁻¹W = W'W - c'Mc with M = (D⁻¹ + A)⁻¹. Groups measured alike (the same A) share M, so the sums of their outer products c c' are
//! formed once, and a balanced design costs the same for a thousand people as for one. Further grouping factors, crossed or nested,
//! are columns of W while the factor with most levels is eliminated group by group, and are then eliminated together (as lme4 and MixedModels.jl
//! order it; Bates, Mächler, Bolker and Walker 2015, J. Stat. Softw. 67(1)). The gradient runs backwards through the same steps.

use std::collections::HashMap;

use super::dense;

/// A grouping factor: `levels` groups with `size` random effects each.
pub(super) struct Factor {
    pub levels: usize,
    pub size: usize,
    /// For each row its level.
    pub level_of: Vec<usize>,
    /// For each random effect its column of Z.
    pub columns: Vec<Vec<f64>>,
}

/// What weighs the residual sum of squares.
#[derive(Clone, Copy)]
pub(super) enum Scale {
    /// The residual variance that fits best.
    Profiled,
    /// This residual variance.
    Fixed(f64),
}

/// Cross products of the data.
pub(super) struct Criterion {
    sizes: Vec<usize>,
    levels: Vec<usize>,
    blocks: Vec<Block>,
    /// W'W for W = [other factors' columns, X, y], by rows.
    total: Vec<f64>,
    width: usize,
    /// How many columns of W belong to other factors.
    others: usize,
    fixed: usize,
    restricted: bool,
    /// Observations, less the fixed effects when restricted.
    freedom: f64,
}

/// The criterion at one place.
pub(super) struct Value {
    /// -2 log-likelihood, up to the constants of scale.
    pub deviance: f64,
    /// Residual sum of squares with the random effects' penalty.
    pub squares: f64,
    /// Cholesky factor of the (fixed + 1) square W'V⁻¹W for W = [X, y].
    pub factor: Vec<f64>,
    /// For each factor the derivative of the deviance by D, as a symmetric matrix P with d = tr(P dD).
    pub slopes: Vec<Vec<f64>>,
}

struct Block {
    count: f64,
    /// Z'Z.
    a: Vec<f64>,
    /// Columns of W that are not zero in these groups.
    columns: Vec<usize>,
    moments: Moments,
}

enum Moments {
    /// For each pair of random effects a <= b, the lower triangle of the summed c_a c_b' + c_b c_a' (once when a = b).
    Summed(Vec<f64>),
    /// c itself: a row for each random effect.
    Single(Vec<f64>),
}

/// Below this many columns a single group's outer products are kept rather than the group's cross products.
const FEW: usize = 12;

impl Criterion {
    /// The criterion of `y` on orthonormal columns `x` with `factors`, the one with most levels first.
    pub(super) fn new(y: &[f64], x: &[Vec<f64>], factors: &[Factor], restricted: bool) -> Self {
        let others: usize = factors[1..]
            .iter()
            .map(|factor| factor.levels * factor.size)
            .sum();
        let width = others + x.len() + 1;
        let mut total = vec![0.0; width * width];
        let mut row = Vec::new();
        let first = &factors[0];
        let mut members: Vec<Vec<usize>> = vec![Vec::new(); first.levels];
        for (index, level) in first.level_of.iter().enumerate() {
            members[*level].push(index);
        }
        let mut blocks: Vec<Block> = Vec::new();
        let mut alike: HashMap<(Vec<u64>, Vec<usize>), usize> = HashMap::new();
        let mut place = vec![usize::MAX; width];
        for member in members.iter().filter(|member| !member.is_empty()) {
            let mut columns: Vec<usize> = Vec::new();
            for factor_columns in member.iter().map(|index| other_columns(factors, *index)) {
                for column in factor_columns {
                    if place[column] == usize::MAX {
                        place[column] = 0;
                        columns.push(column);
                    }
                }
            }
            columns.sort_unstable();
            columns.extend(others..width);
            for (index, column) in columns.iter().enumerate() {
                place[*column] = index;
            }
            let used = columns.len();
            let mut a = vec![0.0; first.size * first.size];
            let mut c = vec![0.0; first.size * used];
            for index in member {
                row.clear();
                let mut offset = 0;
                for factor in &factors[1..] {
                    let start = offset + factor.level_of[*index] * factor.size;
                    row.extend(
                        factor
                            .columns
                            .iter()
                            .enumerate()
                            .map(|(k, column)| (start + k, column[*index])),
                    );
                    offset += factor.levels * factor.size;
                }
                row.extend(
                    x.iter()
                        .enumerate()
                        .map(|(k, column)| (others + k, column[*index])),
                );
                row.push((width - 1, y[*index]));
                for (one, value) in &row {
                    for (other, factor) in &row {
                        if other <= one {
                            total[one * width + other] += value * factor;
                        }
                    }
                }
                for (k, column) in first.columns.iter().enumerate() {
                    let z = column[*index];
                    for (l, other) in first.columns.iter().enumerate() {
                        a[k * first.size + l] += z * other[*index];
                    }
                    for (column, value) in &row {
                        c[k * used + place[*column]] += z * value;
                    }
                }
            }
            for column in &columns {
                place[*column] = usize::MAX;
            }
            let key = (
                a.iter().map(|value| value.to_bits()).collect(),
                columns[..used + others - width].to_vec(),
            );
            if let Some(index) = alike.get(&key) {
                blocks[*index].add(c, first.size);
            } else {
                alike.insert(key, blocks.len());
                blocks.push(Block::new(a, columns, c, first.size));
            }
        }
        let freedom = if restricted {
            y.len() - x.len()
        } else {
            y.len()
        };
        Self {
            sizes: factors.iter().map(|factor| factor.size).collect(),
            levels: factors.iter().map(|factor| factor.levels).collect(),
            blocks,
            total,
            width,
            others,
            fixed: x.len(),
            restricted,
            freedom: freedom as f64,
        }
    }

    pub(super) fn freedom(&self) -> f64 {
        self.freedom
    }

    /// The criterion where the random effects of factor f have the covariance Λ Λ' with Λ = `lambdas[f]`; `None` where it cannot be
    /// computed (no residual variance left, or numbers out of range).
    pub(super) fn value(&self, lambdas: &[Vec<f64>], scale: Scale) -> Option<Value> {
        let size = self.sizes[0];
        let width = self.width;
        let mut s = self.total.clone();
        let mut log_determinant = 0.0;
        let mut inverses = vec![0.0; self.blocks.len() * size * size];
        let mut work = vec![0.0; 2 * size * size];
        for (block, m) in self
            .blocks
            .iter()
            .zip(inverses.chunks_exact_mut(size * size))
        {
            log_determinant += block.count * shrinkage(&block.a, &lambdas[0], size, &mut work, m)?;
            block.take_from(&mut s, width, m, size);
        }
        let dense = if self.others > 0 {
            let dense = self.dense(&s, lambdas)?;
            log_determinant += dense.log_determinant;
            Some(dense)
        } else {
            None
        };
        let side = self.fixed + 1;
        let reduced = |row: usize, column: usize| {
            let taken = dense
                .as_ref()
                .map_or(0.0, |dense| dense.taken[row * side + column]);
            s[(self.others + row) * width + self.others + column] - taken
        };
        let mut factor = vec![0.0; side * side];
        for row in 0..side {
            for column in 0..=row {
                factor[row * side + column] = reduced(row, column);
            }
        }
        if !dense::cholesky(&mut factor, side) {
            return None;
        }
        let squares = factor[side * side - 1].powi(2);
        let fixed_determinant: f64 = 2.0
            * (0..self.fixed)
                .map(|k| factor[k * side + k].ln())
                .sum::<f64>();
        if self.restricted {
            log_determinant += fixed_determinant;
        }
        let tau = std::f64::consts::TAU;
        let (deviance, weight) = match scale {
            Scale::Profiled => (
                log_determinant + self.freedom * (1.0 + (tau * squares / self.freedom).ln()),
                self.freedom / squares,
            ),
            Scale::Fixed(variance) => (
                log_determinant + squares / variance + self.freedom * (tau * variance).ln(),
                1.0 / variance,
            ),
        };
        if !deviance.is_finite() {
            return None;
        }
        let slopes = self.slopes(&s, &inverses, dense.as_ref(), &factor, weight);
        Some(Value {
            deviance,
            squares,
            factor,
            slopes,
        })
    }

    /// Eliminates the other factors together.
    fn dense(&self, s: &[f64], lambdas: &[Vec<f64>]) -> Option<Dense> {
        let (others, width, side) = (self.others, self.width, self.fixed + 1);
        let full = |row: usize, column: usize| {
            if row >= column {
                s[row * width + column]
            } else {
                s[column * width + row]
            }
        };
        // K = Λ' S Λ + I, where Λ holds each level's block.
        let mut right = vec![0.0; others * others];
        self.each_level(|offset, size, factor| {
            for row in 0..others {
                for k in 0..size {
                    right[row * others + offset + k] = (0..size)
                        .map(|l| full(row, offset + l) * lambdas[factor][l * size + k])
                        .sum();
                }
            }
        });
        let mut k_matrix = vec![0.0; others * others];
        let mut beside = vec![0.0; side * others];
        self.each_level(|offset, size, factor| {
            for k in 0..size {
                for column in 0..others {
                    k_matrix[(offset + k) * others + column] = (0..size)
                        .map(|l| {
                            lambdas[factor][l * size + k] * right[(offset + l) * others + column]
                        })
                        .sum();
                }
                for row in 0..side {
                    beside[row * others + offset + k] = (0..size)
                        .map(|l| lambdas[factor][l * size + k] * full(others + row, offset + l))
                        .sum();
                }
            }
        });
        for index in 0..others {
            k_matrix[index * others + index] += 1.0;
        }
        if !dense::cholesky(&mut k_matrix, others) {
            return None;
        }
        for row in beside.chunks_exact_mut(others) {
            dense::solve_lower(&k_matrix, others, row);
        }
        let mut taken = vec![0.0; side * side];
        for row in 0..side {
            for column in 0..=row {
                taken[row * side + column] = dense::dot(
                    &beside[row * others..][..others],
                    &beside[column * others..][..others],
                );
            }
        }
        // M = Λ K⁻¹ Λ', as the square of its half L⁻¹ Λ'.
        let mut halves = vec![0.0; others * others];
        self.each_level(|offset, size, factor| {
            for l in 0..size {
                let column = &mut halves[(offset + l) * others..][..others];
                for k in 0..size {
                    column[offset + k] = lambdas[factor][l * size + k];
                }
                dense::solve_lower(&k_matrix, others, column);
            }
        });
        Some(Dense {
            log_determinant: dense::log_determinant(&k_matrix, others),
            taken,
            inverse: dense::square(&halves, others),
        })
    }

    /// Calls `visit` with the offset, the size and the number of the factor for each level of each other factor.
    fn each_level(&self, mut visit: impl FnMut(usize, usize, usize)) {
        let mut offset = 0;
        for factor in 1..self.sizes.len() {
            for _ in 0..self.levels[factor] {
                visit(offset, self.sizes[factor], factor);
                offset += self.sizes[factor];
            }
        }
    }

    fn slopes(
        &self,
        s: &[f64],
        inverses: &[f64],
        dense: Option<&Dense>,
        factor: &[f64],
        weight: f64,
    ) -> Vec<Vec<f64>> {
        let (fixed, side, others, width) = (self.fixed, self.fixed + 1, self.others, self.width);
        // The derivative by W'V⁻¹W: the residual direction (-b, 1), and the inverse of X'V⁻¹X when restricted.
        let mut direction: Vec<f64> = factor[fixed * side..][..fixed].to_vec();
        for row in (0..fixed).rev() {
            let done: f64 = (row + 1..fixed)
                .map(|column| factor[column * side + row] * direction[column])
                .sum();
            direction[row] = (direction[row] - done) / factor[row * side + row];
        }
        for value in &mut direction {
            *value = -*value;
        }
        direction.push(1.0);
        let mut by_reduced: Vec<f64> = vec![0.0; side * side];
        if self.restricted {
            let mut column = vec![0.0; fixed];
            for index in 0..fixed {
                column.fill(0.0);
                column[index] = 1.0;
                for row in index..fixed {
                    let done: f64 = (index..row)
                        .map(|k| factor[row * side + k] * column[k])
                        .sum();
                    column[row] = (column[row] - done) / factor[row * side + row];
                }
                for row in (0..fixed).rev() {
                    let done: f64 = (row + 1..fixed)
                        .map(|k| factor[k * side + row] * column[k])
                        .sum();
                    column[row] = (column[row] - done) / factor[row * side + row];
                }
                for row in 0..fixed {
                    by_reduced[row * side + index] = column[row];
                }
            }
        }
        for row in 0..side {
            for column in 0..side {
                by_reduced[row * side + column] += weight * direction[row] * direction[column];
            }
        }
        let mut slopes: Vec<Vec<f64>> = self
            .sizes
            .iter()
            .map(|size| vec![0.0; size * size])
            .collect();
        let mut by_s = vec![0.0; width * width];
        for row in 0..side {
            for column in 0..side {
                by_s[(others + row) * width + others + column] = by_reduced[row * side + column];
            }
        }
        if let Some(dense) = dense {
            self.dense_slopes(s, dense, &by_reduced, &mut by_s, &mut slopes);
        }
        let size = self.sizes[0];
        let mut e = vec![0.0; size * size];
        for (block, m) in self.blocks.iter().zip(inverses.chunks_exact(size * size)) {
            block.weigh(&by_s, width, size, &mut e);
            block.slope(m, &e, size, &mut slopes[0]);
        }
        slopes
    }

    fn dense_slopes(
        &self,
        s: &[f64],
        dense: &Dense,
        by_reduced: &[f64],
        by_s: &mut [f64],
        slopes: &mut [Vec<f64>],
    ) {
        let (others, width, side) = (self.others, self.width, self.fixed + 1);
        let full = |row: usize, column: usize| {
            if row >= column {
                s[row * width + column]
            } else {
                s[column * width + row]
            }
        };
        let m = &dense.inverse;
        // U = M S_ow (others by side), H = S_ow - S_oo U.
        let mut u = vec![0.0; others * side];
        let mut h = vec![0.0; others * side];
        for row in 0..others {
            for column in 0..side {
                u[row * side + column] = (0..others)
                    .map(|k| m[row * others + k] * full(k, others + column))
                    .sum();
            }
        }
        for row in 0..others {
            for column in 0..side {
                let through: f64 = (0..others)
                    .map(|k| full(row, k) * u[k * side + column])
                    .sum();
                h[row * side + column] = full(row, others + column) - through;
            }
        }
        let times = |matrix: &[f64]| {
            let mut result = vec![0.0; others * side];
            for row in 0..others {
                for column in 0..side {
                    result[row * side + column] = (0..side)
                        .map(|k| matrix[row * side + k] * by_reduced[k * side + column])
                        .sum();
                }
            }
            result
        };
        let (u_times, h_times) = (times(&u), times(&h));
        for row in 0..others {
            for column in 0..=row {
                let through =
                    dense::dot(&u_times[row * side..][..side], &u[column * side..][..side]);
                let value = m[row * others + column] + through;
                by_s[row * width + column] = value;
                by_s[column * width + row] = value;
            }
            for column in 0..side {
                by_s[(others + column) * width + row] = -u_times[row * side + column];
                by_s[row * width + others + column] = -u_times[row * side + column];
            }
        }
        self.each_level(|offset, size, factor| {
            for k in 0..size {
                // Row of S M.
                let row: Vec<f64> = (0..others)
                    .map(|column| {
                        (0..others)
                            .map(|middle| full(offset + k, middle) * m[middle * others + column])
                            .sum()
                    })
                    .collect();
                for l in 0..size {
                    let sms: f64 = (0..others)
                        .map(|middle| row[middle] * full(middle, offset + l))
                        .sum();
                    let hgh = dense::dot(
                        &h_times[(offset + k) * side..][..side],
                        &h[(offset + l) * side..][..side],
                    );
                    slopes[factor][k * size + l] += full(offset + k, offset + l) - sms - hgh;
                }
            }
        });
    }
}

struct Dense {
    log_determinant: f64,
    /// What the other factors take from W'V⁻¹W of [X, y].
    taken: Vec<f64>,
    inverse: Vec<f64>,
}

fn other_columns(factors: &[Factor], index: usize) -> Vec<usize> {
    let mut offset = 0;
    let mut columns = Vec::new();
    for factor in &factors[1..] {
        let start = offset + factor.level_of[index] * factor.size;
        columns.extend(start..start + factor.size);
        offset += factor.levels * factor.size;
    }
    columns
}

/// M = Λ (Λ'AΛ + I)⁻¹ Λ' into `m`, and the logarithm of the determinant of Λ'AΛ + I.
fn shrinkage(
    a: &[f64],
    lambda: &[f64],
    size: usize,
    work: &mut [f64],
    m: &mut [f64],
) -> Option<f64> {
    if size == 1 {
        let squared = lambda[0] * lambda[0];
        let pivot = squared.mul_add(a[0], 1.0);
        m[0] = squared / pivot;
        return pivot.is_finite().then(|| pivot.ln());
    }
    let (k, half) = work.split_at_mut(size * size);
    for row in 0..size {
        for column in 0..size {
            half[row * size + column] = (0..size)
                .map(|middle| a[row * size + middle] * lambda[middle * size + column])
                .sum();
        }
    }
    for row in 0..size {
        for column in 0..=row {
            k[row * size + column] = (0..size)
                .map(|middle| lambda[middle * size + row] * half[middle * size + column])
                .sum::<f64>()
                + f64::from(row == column);
        }
    }
    if !dense::cholesky(k, size) {
        return None;
    }
    // Rows of `half` become the columns of L⁻¹ Λ'.
    half.copy_from_slice(lambda);
    for row in half.chunks_exact_mut(size) {
        dense::solve_lower(k, size, row);
    }
    for row in 0..size {
        for column in 0..=row {
            let value = dense::dot(&half[row * size..][..size], &half[column * size..][..size]);
            m[row * size + column] = value;
            m[column * size + row] = value;
        }
    }
    let mut determinant = 1.0;
    let mut logarithm = 0.0;
    for index in 0..size {
        determinant *= k[index * size + index];
        if !(1e-100..1e100).contains(&determinant) {
            logarithm += f64::ln(determinant);
            determinant = 1.0;
        }
    }
    Some(2.0 * (logarithm + determinant.ln()))
}

impl Block {
    fn new(a: Vec<f64>, columns: Vec<usize>, c: Vec<f64>, size: usize) -> Self {
        let moments = if columns.len() <= FEW {
            Moments::Summed(outer(&c, size))
        } else {
            Moments::Single(c)
        };
        Self {
            count: 1.0,
            a,
            columns,
            moments,
        }
    }

    /// A further group with the same Z'Z.
    fn add(&mut self, c: Vec<f64>, size: usize) {
        self.count += 1.0;
        if let Moments::Single(first) = &self.moments {
            self.moments = Moments::Summed(outer(first, size));
        }
        if let Moments::Summed(sums) = &mut self.moments {
            for (sum, value) in sums.iter_mut().zip(outer(&c, size)) {
                *sum += value;
            }
        }
    }

    /// Takes c'Mc, summed over these groups, from the lower triangle of `s`.
    fn take_from(&self, s: &mut [f64], width: usize, m: &[f64], size: usize) {
        let used = self.columns.len();
        match &self.moments {
            Moments::Summed(sums) => {
                let triangle = used * (used + 1) / 2;
                for (pair, sums) in pairs(size).zip(sums.chunks_exact(triangle)) {
                    let weight = m[pair.0 * size + pair.1];
                    let mut sums = sums.iter();
                    for (index, row) in self.columns.iter().enumerate() {
                        for (column, sum) in self.columns[..=index].iter().zip(&mut sums) {
                            s[row * width + column] -= weight * sum;
                        }
                    }
                }
            }
            Moments::Single(c) => {
                let mut weighted = vec![0.0; used];
                for one in 0..size {
                    for (place, value) in weighted.iter_mut().enumerate() {
                        *value = (0..size)
                            .map(|other| m[one * size + other] * c[other * used + place])
                            .sum();
                    }
                    for (index, row) in self.columns.iter().enumerate() {
                        let factor = weighted[index];
                        for (column, value) in self.columns[..=index].iter().zip(&c[one * used..]) {
                            s[row * width + column] -= factor * value;
                        }
                    }
                }
            }
        }
    }

    /// The inner product of each pair's outer products with the symmetric `g`, into `e`.
    fn weigh(&self, g: &[f64], width: usize, size: usize, e: &mut [f64]) {
        let used = self.columns.len();
        match &self.moments {
            Moments::Summed(sums) => {
                let triangle = used * (used + 1) / 2;
                for ((one, other), sums) in pairs(size).zip(sums.chunks_exact(triangle)) {
                    let mut sums = sums.iter();
                    let mut total = 0.0;
                    for (index, row) in self.columns.iter().enumerate() {
                        let row = &g[row * width..][..width];
                        for (column, sum) in self.columns[..index].iter().zip(&mut sums) {
                            total += 2.0 * row[*column] * sum;
                        }
                        if let Some(sum) = sums.next() {
                            total += row[self.columns[index]] * sum;
                        }
                    }
                    let value = if one == other { total } else { total / 2.0 };
                    e[one * size + other] = value;
                    e[other * size + one] = value;
                }
            }
            Moments::Single(c) => {
                for other in 0..size {
                    let weighted: Vec<f64> = self
                        .columns
                        .iter()
                        .map(|row| {
                            let values = &c[other * used..][..used];
                            self.columns
                                .iter()
                                .zip(values)
                                .map(|(column, value)| g[row * width + column] * value)
                                .sum()
                        })
                        .collect();
                    for one in 0..size {
                        e[one * size + other] = dense::dot(&c[one * used..][..used], &weighted);
                    }
                }
            }
        }
    }

    /// Adds count (A - AMA) - N'EN with N = I - MA.
    fn slope(&self, m: &[f64], e: &[f64], size: usize, slope: &mut [f64]) {
        if size == 1 {
            let n = 1.0 - m[0] * self.a[0];
            slope[0] += self.count * self.a[0] * n - e[0] * n * n;
            return;
        }
        let mut n = dense::product(m, false, &self.a, size);
        for (index, value) in n.iter_mut().enumerate() {
            *value = f64::from(index % size == index / size) - *value;
        }
        let an = dense::product(&self.a, false, &n, size);
        let nen = dense::product(&n, true, &dense::product(e, false, &n, size), size);
        for ((place, one), other) in slope.iter_mut().zip(an).zip(nen) {
            *place += self.count * one - other;
        }
    }
}

fn pairs(size: usize) -> impl Iterator<Item = (usize, usize)> {
    (0..size).flat_map(move |one| (one..size).map(move |other| (one, other)))
}

fn outer(c: &[f64], size: usize) -> Vec<f64> {
    let used = c.len() / size;
    let mut result = Vec::with_capacity(size * (size + 1) / 2 * used * (used + 1) / 2);
    for (one, other) in pairs(size) {
        let (a, b) = (&c[one * used..][..used], &c[other * used..][..used]);
        for row in 0..used {
            for column in 0..=row {
                let value = a[row] * b[column];
                result.push(if one == other {
                    value
                } else {
                    value + b[row] * a[column]
                });
            }
        }
    }
    result
}
