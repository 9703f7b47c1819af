//! Whether small studies tell another story: Egger's regression, the rank test, trim and fill.

use crate::distribution::normal_p;
use crate::linear::Matrix;
use crate::pool::{Method, PoolError, Pooled, Settings, Test, check, pool};
use crate::regression::{Coefficient, regress};

/// A regression of the effects on their standard errors.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Asymmetry {
    /// The slope on the standard error, whose test is the test of asymmetry.
    pub slope: Coefficient,
    /// The effect as the standard error goes to 0.
    pub limit: Coefficient,
}

/// Egger's test as a meta-regression on the standard error, with the same estimator of tau² and the same kind of test as
/// the pool: what metafor's `regtest` does by default (Sterne and Egger 2005).
///
/// # Errors
/// As [`regress`]: there must be at least three effects, not all as precise.
pub fn egger(yi: &[f64], vi: &[f64], settings: &Settings) -> Result<Asymmetry, PoolError> {
    check(yi, vi, settings.level)?;
    let ones = vec![1.0; yi.len()];
    let se: Vec<f64> = vi.iter().map(|v| v.sqrt()).collect();
    let line = regress(yi, vi, &Matrix::from_columns(&[&ones, &se]), settings)?;
    Ok(Asymmetry {
        slope: line.coefficients[1],
        limit: line.coefficients[0],
    })
}

/// Egger's test as first published (1997): a weighted regression whose dispersion is estimated and multiplies the
/// variances, against t with k - 2 degrees of freedom; `regtest(model = "lm")` in metafor.
///
/// # Errors
/// As [`egger`].
pub fn egger_classical(yi: &[f64], vi: &[f64], level: f64) -> Result<Asymmetry, PoolError> {
    egger(
        yi,
        vi,
        &Settings {
            method: Method::Ee,
            test: Test::KnappHartung,
            level,
            ..Settings::default()
        },
    )
}

/// Kendall's rank correlation and its test.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RankTest {
    /// Kendall's tau-b.
    pub tau: f64,
    /// Two-sided p-value.
    pub p: f64,
    /// Whether it is exact: there are no ties, and not over 500 effects.
    pub exact: bool,
}

/// Begg and Mazumdar's test (1994): Kendall's correlation of standardised effects and variances, as metafor's `ranktest`.
///
/// # Errors
/// As [`pool`]; and where there are fewer than three effects, or all effects or all variances are the same, so that
/// nothing can be ranked.
pub fn rank_test(yi: &[f64], vi: &[f64]) -> Result<RankTest, PoolError> {
    check(yi, vi, 0.95)?;
    let k = yi.len();
    if k < 3 {
        return Err(PoolError::TooFew { k, least: 3 });
    }
    let total: f64 = vi.iter().map(|v| 1.0 / v).sum();
    let mean = yi.iter().zip(vi).map(|(y, v)| y / v).sum::<f64>() / total;
    let standardised: Vec<f64> = yi
        .iter()
        .zip(vi)
        .map(|(y, v)| (y - mean) / (v - 1.0 / total).sqrt())
        .collect();
    kendall(&standardised, vi).ok_or(PoolError::Dependent { column: 1 })
}

/// Kendall's tau-b of two equally long lists, with its test; `None` where one of them is constant.
///
/// Without ties and up to 500 pairs the p-value is exact, else normal with the ties' correction, as R's `cor.test`.
#[must_use]
pub fn kendall(x: &[f64], y: &[f64]) -> Option<RankTest> {
    let n = x.len().min(y.len());
    let (x, y) = (&x[..n], &y[..n]);
    let mut score = 0_i64;
    let sign = |a: f64, b: f64| i64::from(a > b) - i64::from(a < b);
    for i in 0..n {
        for j in 0..i {
            score += sign(x[i], x[j]) * sign(y[i], y[j]);
        }
    }
    let (in_x, in_y) = (ties(x), ties(y));
    let sum = |ties: &[f64], term: fn(f64) -> f64| ties.iter().copied().map(term).sum::<f64>();
    let pairs = |t: f64| t * (t - 1.0);
    let count = n as f64;
    let all = pairs(count);
    let (left_x, left_y) = (
        all - sum(&in_x, |t| t * (t - 1.0)),
        all - sum(&in_y, |t| t * (t - 1.0)),
    );
    if left_x <= 0.0 || left_y <= 0.0 {
        return None;
    }
    let s = score as f64;
    let tau = 2.0 * s / (left_x * left_y).sqrt();
    if in_x.is_empty() && in_y.is_empty() && n <= 500 {
        return Some(RankTest {
            tau,
            p: exact_kendall_p(n, score),
            exact: true,
        });
    }
    let cubic = |t: f64| t * (t - 1.0) * (2.0 * t + 5.0);
    let thrice = |t: f64| t * (t - 1.0) * (t - 2.0);
    let mut variance = (cubic(count) - sum(&in_x, cubic) - sum(&in_y, cubic)) / 18.0
        + sum(&in_x, pairs) * sum(&in_y, pairs) / (2.0 * all);
    if n > 2 {
        variance += sum(&in_x, thrice) * sum(&in_y, thrice) / (9.0 * thrice(count));
    }
    Some(RankTest {
        tau,
        p: normal_p(s / variance.sqrt()),
        exact: false,
    })
}

/// The sizes of the groups of equal values that have more than one.
fn ties(values: &[f64]) -> Vec<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted
        .chunk_by(|a, b| a == b)
        .filter(|group| group.len() > 1)
        .map(|group| group.len() as f64)
        .collect()
}

/// The probability of a score at least as far from 0, all orders being equally likely.
fn exact_kendall_p(n: usize, score: i64) -> f64 {
    // Of the number of concordant pairs: that of n + 1 things is that of n, plus one of 0..=n with equal chance.
    let mut chances = vec![1.0];
    for size in 2..=n {
        let mut next = vec![0.0; chances.len() + size - 1];
        let mut window = 0.0;
        for (at, chance) in next.iter_mut().enumerate() {
            window += chances.get(at).copied().unwrap_or(0.0);
            if at >= size {
                window -= chances.get(at - size).copied().unwrap_or(0.0);
            }
            *chance = window / size as f64;
        }
        chances = next;
    }
    let pairs = chances.len() as i64 - 1;
    let fewer = usize::try_from((pairs - score.abs()) / 2).unwrap_or(0);
    (2.0 * chances.iter().take(fewer + 1).sum::<f64>()).min(1.0)
}

/// Which side of the funnel lacks studies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// Those with small effects.
    Left,
    /// Those with large effects.
    Right,
}

/// What trim and fill comes to.
#[derive(Clone, Debug, PartialEq)]
pub struct TrimFill {
    /// The side that lacks studies.
    pub side: Side,
    /// How many.
    pub missing: usize,
    /// The standard error of that number.
    pub se_missing: f64,
    /// Effects and variances of the studies filled in.
    pub filled: Vec<(f64, f64)>,
    /// The pool with them.
    pub pooled: Pooled,
}

/// Duval and Tweedie's trim and fill (2000) with their estimator L0, as metafor's `trimfill`. The side is the one that
/// Egger's regression (with normal or t tests, whichever) points to.
///
/// # Errors
/// As [`egger`].
pub fn trim_and_fill(yi: &[f64], vi: &[f64], settings: &Settings) -> Result<TrimFill, PoolError> {
    let side = if egger(yi, vi, settings)?.slope.estimate < 0.0 {
        Side::Right
    } else {
        Side::Left
    };
    let k = yi.len();
    let turn = if side == Side::Right { -1.0 } else { 1.0 };
    let mut sorted: Vec<(f64, f64)> = yi.iter().zip(vi).map(|(y, v)| (turn * y, *v)).collect();
    sorted.sort_by(|a, b| a.0.total_cmp(&b.0));
    let (y, v): (Vec<f64>, Vec<f64>) = sorted.iter().copied().unzip();
    let n = k as f64;
    let mut missing = 0;
    let mut se_missing = 0.0;
    let mut centre = 0.0;
    for _ in 0..100 {
        let kept = k - missing;
        centre = pool(&y[..kept], &v[..kept], settings)?.estimate;
        let sum = positive_rank_sum(&y, centre);
        let l0 = (4.0 * sum - n * (n + 1.0)) / (2.0 * n - 1.0);
        let variance =
            (n * (n + 1.0) * (2.0 * n + 1.0) + 10.0 * l0.powi(3) + 27.0 * l0 * l0 + 17.0 * l0
                - 18.0 * n * l0 * l0
                - 18.0 * n * l0
                + 6.0 * n * n * l0)
                / 24.0;
        se_missing = 4.0 * variance.max(0.0).sqrt() / (2.0 * n - 1.0);
        let before = missing;
        missing = (l0.max(0.0).round_ties_even() as usize).min(k - 1);
        if missing == before {
            break;
        }
    }
    let filled: Vec<(f64, f64)> = (k - missing..k)
        .map(|i| (turn * (2.0 * centre - y[i]), v[i]))
        .collect();
    let (more_y, more_v): (Vec<f64>, Vec<f64>) = filled.iter().copied().unzip();
    let pooled = pool(&[yi, &more_y].concat(), &[vi, &more_v].concat(), settings)?;
    Ok(TrimFill {
        side,
        missing,
        se_missing,
        filled,
        pooled,
    })
}

/// The sum of the ranks, by distance from `centre`, of the values above it; ties by their order.
fn positive_rank_sum(values: &[f64], centre: f64) -> f64 {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|a, b| {
        (values[*a] - centre)
            .abs()
            .total_cmp(&(values[*b] - centre).abs())
    });
    order
        .iter()
        .enumerate()
        .filter(|(_, index)| values[**index] > centre)
        .map(|(rank, _)| rank as f64 + 1.0)
        .sum()
}
