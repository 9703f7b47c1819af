//! Estimators of the variance between studies, for any number of moderators.
//!
//! With W = diag(1 / (v + tau²)) and P = W - W X (X'WX)^-1 X'W, every one of them is made of y'Py, y'PPy, y'PPPy and
//! traces of products of P. X is first made orthonormal, which P does not notice and rounding does.

use crate::distribution::LN_2_PI;
use crate::linear::{Cholesky, Matrix, Qr, dot};
use crate::pool::{Method, PoolError, Search};
use crate::root::brent;

/// metafor's defaults: the longest step it stops at, how many it takes, and how exactly it knows a root and a likelihood
/// (R's fourth root of the least number that changes 1).
const LONGEST_STEP: f64 = 1e-5;
const MOST_STEPS: usize = 100;
const TOLERANCE: f64 = 1.220_703_125e-4;

/// Effects, their variances and an orthonormal basis of the moderators (`None`: of the intercept alone).
pub(crate) struct Problem<'a> {
    pub(crate) y: &'a [f64],
    pub(crate) v: &'a [f64],
    basis: Option<(Matrix, Qr)>,
}

/// An estimate and its standard error.
pub(crate) struct Tau2 {
    pub(crate) value: f64,
    pub(crate) se: Option<f64>,
}

/// What the likelihoods and the generalised Q need at one tau².
#[derive(Clone, Copy, Default)]
struct Moments {
    /// y'Py
    py: f64,
    /// y'PPy
    ppy: f64,
    /// y'PPPy
    pppy: f64,
    trace_p: f64,
    trace_pp: f64,
    trace_w: f64,
    trace_ww: f64,
}

/// The weighted least-squares fit at one tau².
pub(crate) struct Solution {
    /// Coefficients of the moderators as given.
    pub(crate) beta: Vec<f64>,
    /// (X'WX)^-1 of the moderators as given.
    pub(crate) covariance: Matrix,
    /// y'Py
    pub(crate) py: f64,
    /// ln |X'WX| - ln |X'X|
    log_ratio: f64,
}

impl<'a> Problem<'a> {
    pub(crate) fn intercept(y: &'a [f64], v: &'a [f64]) -> Self {
        Self { y, v, basis: None }
    }

    pub(crate) fn with(y: &'a [f64], v: &'a [f64], x: &Matrix) -> Result<Self, PoolError> {
        if x.rows() != y.len() {
            return Err(PoolError::Lengths {
                effects: y.len(),
                others: x.rows(),
                what: "rows of moderators",
            });
        }
        for j in 0..x.columns() {
            if let Some(index) = x.column(j).iter().position(|value| !value.is_finite()) {
                return Err(PoolError::Effect { index });
            }
        }
        if x.columns() > y.len() {
            return Err(PoolError::TooFew {
                k: y.len(),
                least: x.columns() + 1,
            });
        }
        let qr = Qr::of(x).ok_or_else(|| PoolError::Dependent {
            column: crate::linear::first_dependent_column(x).unwrap_or(0),
        })?;
        Ok(Self {
            y,
            v,
            basis: Some((qr.orthonormal(), qr)),
        })
    }

    pub(crate) fn p(&self) -> usize {
        self.basis.as_ref().map_or(1, |(q, _)| q.columns())
    }

    /// How many more effects than coefficients.
    pub(crate) fn df(&self) -> usize {
        self.y.len() - self.p()
    }

    pub(crate) fn weights(&self, tau2: f64) -> Vec<f64> {
        self.v.iter().map(|v| 1.0 / (v + tau2)).collect()
    }

    /// The fit with these weights.
    pub(crate) fn solve(&self, w: &[f64]) -> Result<Solution, PoolError> {
        let Some((q, qr)) = &self.basis else {
            let total: f64 = w.iter().sum();
            // The second pass takes the rounding of the first out.
            let mut mean = dot(w, self.y) / total;
            mean += self
                .y
                .iter()
                .zip(w)
                .map(|(y, w)| w * (y - mean))
                .sum::<f64>()
                / total;
            let py = self
                .y
                .iter()
                .zip(w)
                .map(|(y, w)| w * (y - mean) * (y - mean))
                .sum();
            return Ok(Solution {
                beta: vec![mean],
                covariance: Matrix::from_rows(&[&[1.0 / total]]),
                py,
                log_ratio: (total / w.len() as f64).ln(),
            });
        };
        let factor = Cholesky::of(&q.weighted_cross(w)).ok_or(PoolError::NoConvergence)?;
        let mut gamma = factor.solve(&q.weighted_cross_vector(w, self.y));
        let mut rest = residuals(self.y, q, &gamma);
        for (g, more) in gamma
            .iter_mut()
            .zip(factor.solve(&q.weighted_cross_vector(w, &rest)))
        {
            *g += more;
        }
        rest = residuals(self.y, q, &gamma);
        let py = rest.iter().zip(w).map(|(r, w)| w * r * r).sum();
        qr.back_substitute(&mut gamma);
        // Each column of R^-1 L^-T, whose square is R^-1 (L L')^-1 R^-T.
        let p = q.columns();
        let mut root = Matrix::zeros(p, p);
        for j in 0..p {
            let mut unit = vec![0.0; p];
            unit[j] = 1.0;
            let mut column = factor.backward(&unit);
            qr.back_substitute(&mut column);
            root.column_mut(j).copy_from_slice(&column);
        }
        Ok(Solution {
            beta: gamma,
            covariance: root.times(&root.transposed()),
            py,
            log_ratio: factor.log_determinant(),
        })
    }

    /// The log-likelihood at a solution, restricted or not.
    pub(crate) fn log_likelihood(&self, solution: &Solution, w: &[f64], restricted: bool) -> f64 {
        let n = if restricted { self.df() } else { self.y.len() };
        let penalty = if restricted { solution.log_ratio } else { 0.0 };
        let logs: f64 = w.iter().map(|w| w.ln()).sum();
        0.5 * (logs - n as f64 * LN_2_PI - penalty - solution.py)
    }

    /// Higgins and Thompson's typical sampling variance: (k - p) / tr P at tau² = 0.
    pub(crate) fn typical_variance(&self) -> f64 {
        self.df() as f64 / self.trace(&self.weights(0.0), None)
    }

    /// The leverages at weights `w`.
    pub(crate) fn leverages(&self, w: &[f64]) -> Vec<f64> {
        let Some((q, _)) = &self.basis else {
            let total: f64 = w.iter().sum();
            return w.iter().map(|w| w / total).collect();
        };
        let Some(factor) = Cholesky::of(&q.weighted_cross(w)) else {
            return vec![f64::NAN; w.len()];
        };
        (0..w.len())
            .map(|i| {
                let half = factor.forward(&q.row(i));
                w[i] * dot(&half, &half)
            })
            .collect()
    }

    /// The tau² at which y'Py, which falls with it, is `target`; 0 where it is less even there.
    ///
    /// Newton steps on the reciprocal, which is close to a line, inside a bracket.
    pub(crate) fn where_q_is(&self, target: f64) -> Result<f64, PoolError> {
        let mut work = Work::new(self);
        let (mut low, mut high) = (0.0, f64::INFINITY);
        let mut x = 0.0;
        let scale = self.v.iter().copied().fold(f64::INFINITY, f64::min);
        for _ in 0..1000 {
            let moments = self.moments(x, &mut work)?;
            let q = moments.py;
            if x == 0.0 && q <= target {
                return Ok(0.0);
            }
            if q > target {
                low = x;
            } else {
                high = x;
            }
            let step = q * (q / target - 1.0) / moments.ppy;
            let mut next = x + step;
            if !(next > low && next < high) {
                next = if high.is_finite() {
                    0.5 * (low + high)
                } else {
                    2.0 * x + scale
                };
            }
            if (next - x).abs() <= 1e-14 * (next + scale)
                || (high.is_finite() && high - low <= 1e-15 * high)
            {
                return Ok(next);
            }
            x = next;
        }
        Err(PoolError::NoConvergence)
    }

    /// The same as metafor finds it: by Brent's method between 0 and `furthest`, to about [`TOLERANCE`]. Exactly where
    /// there is no such limit, and where Q is too large even there (metafor then gives up).
    pub(crate) fn where_q_is_within(
        &self,
        target: f64,
        furthest: Option<f64>,
        most: usize,
    ) -> Result<f64, PoolError> {
        let Some(furthest) = furthest else {
            return self.where_q_is(target);
        };
        let mut work = Work::new(self);
        let mut excess = |tau2| Ok::<_, PoolError>(self.moments(tau2, &mut work)?.py - target);
        let ends = [(0.0, excess(0.0)?), (furthest, excess(furthest)?)];
        if ends[0].1 < 0.0 {
            return Ok(0.0);
        }
        if ends[1].1 <= 0.0
            && let Some(found) = brent(ends, TOLERANCE, most, excess)?
        {
            return Ok(found);
        }
        self.where_q_is(target)
    }

    /// tau² by `method`.
    pub(crate) fn estimate(&self, method: Method, search: Search) -> Result<Tau2, PoolError> {
        let none = Tau2 {
            value: 0.0,
            se: None,
        };
        if method == Method::Ee || self.y.len() == 1 {
            return Ok(none);
        }
        let df = self.df() as f64;
        let k = self.y.len() as f64;
        match method {
            Method::Ee => Ok(none),
            Method::Dl | Method::Hs => {
                let w = self.weights(0.0);
                let q = self.solve(&w)?.py;
                let trace = self.trace(&w, None);
                let (excess, divisor) = if method == Method::Dl {
                    (df, trace)
                } else {
                    (k, w.iter().sum())
                };
                let value = ((q - excess) / divisor).max(0.0);
                let spread = 2.0 * df
                    + 4.0 * value * trace
                    + 2.0 * value * value * self.trace_square(&w, None, None);
                Ok(Tau2 {
                    value,
                    se: Some(spread.sqrt() / divisor),
                })
            }
            Method::He => {
                let value = self.unweighted_moments()?.max(0.0);
                let w = vec![1.0; self.y.len()];
                let v = Some(self.v);
                let spread = 2.0 * self.trace_square(&w, v, v)
                    + 4.0 * value * self.trace(&w, v)
                    + 2.0 * value * value * df;
                Ok(Tau2 {
                    value,
                    se: Some(spread.sqrt() / df),
                })
            }
            Method::Sj => {
                let mean = self.y.iter().sum::<f64>() / k;
                let crude = self.y.iter().map(|y| (y - mean).powi(2)).sum::<f64>() / k;
                if crude == 0.0 {
                    return Ok(none);
                }
                let w = self.weights(crude);
                let value = crude * self.solve(&w)?.py / df;
                let v = Some(self.v);
                let spread = 2.0 * self.trace_square(&w, v, v)
                    + 4.0 * value * self.trace_square(&w, v, None)
                    + 2.0 * value * value * self.trace_square(&w, None, None);
                Ok(Tau2 {
                    value,
                    se: Some(spread.sqrt() * crude / df),
                })
            }
            Method::Pm | Method::Eb => {
                let value = match (search, method) {
                    (Search::Converged, _) => self.where_q_is(df)?,
                    (Search::AsMetafor, Method::Pm) => {
                        self.where_q_is_within(df, Some(100.0), MOST_STEPS)?
                    }
                    (Search::AsMetafor, _) => match self.scored(method)? {
                        Some(value) => value,
                        None => self.where_q_is(df)?,
                    },
                };
                let total: f64 = self.weights(value).iter().sum();
                Ok(Tau2 {
                    value,
                    se: Some((2.0 * k * k / df).sqrt() / total),
                })
            }
            Method::Ml | Method::Reml => self.by_likelihood(method, search),
        }
    }

    /// Hedges and Olkin's estimate before it is cut at 0.
    fn unweighted_moments(&self) -> Result<f64, PoolError> {
        let df = self.df() as f64;
        if self.basis.is_none() {
            let mean = self.y.iter().sum::<f64>() / self.y.len() as f64;
            let square: f64 = self.y.iter().map(|y| (y - mean).powi(2)).sum();
            return Ok(square / df - self.v.iter().sum::<f64>() / self.y.len() as f64);
        }
        let w = vec![1.0; self.y.len()];
        Ok((self.solve(&w)?.py - self.trace(&w, Some(self.v))) / df)
    }

    /// Where Fisher's scoring stops that begins at Hedges and Olkin's estimate and ends with a step no longer than
    /// [`LONGEST_STEP`], as metafor does it; `None` where that takes too many steps (metafor then gives up).
    fn scored(&self, method: Method) -> Result<Option<f64>, PoolError> {
        let mut work = Work::new(self);
        let k = self.y.len() as f64;
        let mut x = self.unweighted_moments()?.max(0.0);
        for _ in 0..MOST_STEPS {
            let m = self.moments(x, &mut work)?;
            let mut step = match method {
                Method::Reml => (m.ppy - m.trace_p) / m.trace_pp,
                Method::Ml => (m.ppy - m.trace_w) / m.trace_ww,
                _ => (m.py * k / self.df() as f64 - k) / m.trace_w,
            };
            while x + step < 0.0 {
                step *= 0.5;
            }
            x += step;
            if step.abs() <= LONGEST_STEP {
                return Ok(Some(x));
            }
        }
        Ok(None)
    }

    /// tau² by (restricted) maximum likelihood. Where the likelihood at 0 is higher still than where the search ended, 0;
    /// stopping as metafor does, only where it is clearly higher.
    fn by_likelihood(&self, method: Method, search: Search) -> Result<Tau2, PoolError> {
        let restricted = method == Method::Reml;
        let early = match search {
            Search::AsMetafor => self.scored(method)?,
            Search::Converged => None,
        };
        let (mut x, least, lead) = match early {
            Some(x) => (x, LONGEST_STEP, TOLERANCE),
            None => (self.climbed(restricted)?, 0.0, 0.0),
        };
        if x > least {
            let value_at = |tau2: f64| -> Result<f64, PoolError> {
                let w = self.weights(tau2);
                Ok(self.log_likelihood(&self.solve(&w)?, &w, restricted))
            };
            if value_at(0.0)? - value_at(x)? > lead {
                x = 0.0;
            }
        }
        let m = self.moments(x, &mut Work::new(self))?;
        let information = if restricted { m.trace_pp } else { m.trace_ww };
        Ok(Tau2 {
            value: x,
            se: Some((2.0 / information).sqrt()),
        })
    }

    /// The maximum of the (restricted) likelihood that Fisher scoring climbs to from Hedges and Olkin's estimate;
    /// Newton's steps finish.
    fn climbed(&self, restricted: bool) -> Result<f64, PoolError> {
        let mut work = Work::new(self);
        let least = self.v.iter().copied().fold(f64::INFINITY, f64::min);
        let mut x = self.unweighted_moments()?.max(0.0);
        for _ in 0..10_000 {
            let m = self.moments(x, &mut work)?;
            let (trace, information) = if restricted {
                (m.trace_p, m.trace_pp)
            } else {
                (m.trace_w, m.trace_ww)
            };
            let score = m.ppy - trace;
            let observed = 2.0 * m.pppy - information;
            let mut step = score / information;
            let scale = x + least;
            if observed > 0.0 && (score / observed).abs() < 0.25 * scale {
                step = score / observed;
            }
            if x == 0.0 && step <= 0.0 {
                return Ok(x);
            }
            let next = if x + step > 0.0 {
                x + step
            } else if x > 1e-3 * least {
                0.5 * x
            } else {
                0.0
            };
            let moved = (next - x).abs();
            x = next;
            // A score that is only rounding moves the estimate no further.
            let is_rounding = moved <= 1e-9 * scale && score.abs() <= 1e-12 * trace;
            if moved <= 1e-13 * scale || is_rounding {
                return Ok(x);
            }
        }
        Err(PoolError::NoConvergence)
    }

    fn moments(&self, tau2: f64, work: &mut Work) -> Result<Moments, PoolError> {
        let mut m = Moments::default();
        let Some((q, _)) = &self.basis else {
            let (mut s1, mut s2, mut s3, mut sy) = (0.0, 0.0, 0.0, 0.0);
            for ((w, v), y) in work.w.iter_mut().zip(self.v).zip(&work.y) {
                *w = 1.0 / (v + tau2);
                let square = *w * *w;
                s1 += *w;
                s2 += square;
                s3 += square * *w;
                sy += *w * y;
            }
            let mean = sy / s1;
            let (mut once, mut twice) = (0.0, 0.0);
            for (w, y) in work.w.iter().zip(&work.y) {
                let r = y - mean;
                let wr = w * r;
                m.py += wr * r;
                m.ppy += wr * wr;
                let wwr = w * wr;
                m.pppy += wwr * wr;
                twice += wwr;
                once += wr;
            }
            // What rounding left of the mean.
            m.py -= once * once / s1;
            m.pppy -= twice * twice / s1;
            m.trace_w = s1;
            m.trace_ww = s2;
            m.trace_p = s1 - s2 / s1;
            m.trace_pp = s2 - 2.0 * s3 / s1 + (s2 / s1) * (s2 / s1);
            return Ok(m);
        };
        let mut w2 = vec![0.0; self.y.len()];
        let mut w3 = w2.clone();
        for (i, v) in self.v.iter().enumerate() {
            let w = 1.0 / (v + tau2);
            work.w[i] = w;
            w2[i] = w * w;
            w3[i] = w * w * w;
            m.trace_w += w;
            m.trace_ww += w * w;
        }
        let w = &work.w;
        let factor = Cholesky::of(&q.weighted_cross(w)).ok_or(PoolError::NoConvergence)?;
        let second = scaled(&factor, &q.weighted_cross(&w2));
        let third = scaled(&factor, &q.weighted_cross(&w3));
        let gamma = factor.solve(&q.weighted_cross_vector(w, self.y));
        let py: Vec<f64> = residuals(self.y, q, &gamma)
            .iter()
            .zip(w)
            .map(|(r, w)| w * r)
            .collect();
        m.py = dot(&py, self.y);
        m.ppy = dot(&py, &py);
        let projected = factor.forward(&q.weighted_cross_vector(w, &py));
        m.pppy =
            py.iter().zip(w).map(|(r, w)| w * r * r).sum::<f64>() - dot(&projected, &projected);
        m.trace_p = m.trace_w - second.diagonal().iter().sum::<f64>();
        m.trace_pp = m.trace_ww - 2.0 * third.diagonal().iter().sum::<f64>()
            + (0..second.columns())
                .map(|j| dot(second.column(j), second.column(j)))
                .sum::<f64>();
        Ok(m)
    }

    /// tr(P D), D diagonal or (`None`) the identity.
    fn trace(&self, w: &[f64], d: Option<&[f64]>) -> f64 {
        let d = |i: usize| d.map_or(1.0, |d| d[i]);
        let first: f64 = w.iter().enumerate().map(|(i, w)| w * d(i)).sum();
        let inner: Vec<f64> = w.iter().enumerate().map(|(i, w)| w * w * d(i)).collect();
        let Some(middle) = self.middle(w, &inner) else {
            return f64::NAN;
        };
        first - middle.diagonal().iter().sum::<f64>()
    }

    /// tr(P D P E), D and E diagonal or (`None`) the identity.
    fn trace_square(&self, w: &[f64], d: Option<&[f64]>, e: Option<&[f64]>) -> f64 {
        let at = |diagonal: Option<&[f64]>, i: usize| diagonal.map_or(1.0, |d| d[i]);
        let weigh = |power: i32, both: [Option<&[f64]>; 2]| -> Vec<f64> {
            w.iter()
                .enumerate()
                .map(|(i, w)| w.powi(power) * at(both[0], i) * at(both[1], i))
                .collect()
        };
        let (Some(cubic), Some(left), Some(right)) = (
            self.middle(w, &weigh(3, [d, e])),
            self.middle(w, &weigh(2, [d, None])),
            self.middle(w, &weigh(2, [None, e])),
        ) else {
            return f64::NAN;
        };
        weigh(2, [d, e]).iter().sum::<f64>() - 2.0 * cubic.diagonal().iter().sum::<f64>()
            + (0..left.columns())
                .map(|j| dot(left.column(j), right.column(j)))
                .sum::<f64>()
    }

    /// L^-1 X' diag(inner) X L^-T, where L L' = X'WX.
    fn middle(&self, w: &[f64], inner: &[f64]) -> Option<Matrix> {
        let Some((q, _)) = &self.basis else {
            let value = inner.iter().sum::<f64>() / w.iter().sum::<f64>();
            return Some(Matrix::from_rows(&[&[value]]));
        };
        let factor = Cholesky::of(&q.weighted_cross(w))?;
        Some(scaled(&factor, &q.weighted_cross(inner)))
    }
}

/// Room for the sums of one tau², and the effects less their middle, so that a common large part of them costs no digits.
struct Work {
    w: Vec<f64>,
    y: Vec<f64>,
}

impl Work {
    fn new(problem: &Problem<'_>) -> Self {
        let mean = problem.y.iter().sum::<f64>() / problem.y.len() as f64;
        Self {
            w: vec![0.0; problem.y.len()],
            y: problem.y.iter().map(|y| y - mean).collect(),
        }
    }
}

/// L^-1 S L^-T.
fn scaled(factor: &Cholesky, s: &Matrix) -> Matrix {
    let mut half = Matrix::zeros(s.rows(), s.columns());
    for j in 0..s.columns() {
        half.column_mut(j)
            .copy_from_slice(&factor.forward(s.column(j)));
    }
    let turned = half.transposed();
    let mut out = Matrix::zeros(s.rows(), s.columns());
    for j in 0..s.columns() {
        out.column_mut(j)
            .copy_from_slice(&factor.forward(turned.column(j)));
    }
    out
}

fn residuals(y: &[f64], x: &Matrix, beta: &[f64]) -> Vec<f64> {
    y.iter()
        .zip(x.times_vector(beta))
        .map(|(y, fitted)| y - fitted)
        .collect()
}
