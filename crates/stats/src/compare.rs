//! Two groups: Welch's, Student's, the rank-sum and the permutation test, each with the difference and its interval.

mod permutation;
mod rank_sum;

pub use permutation::permutation;
pub use rank_sum::{RankSum, rank_sum};

use crate::distribution::{normal_quantile, t_p, t_quantile};
use crate::linear::dot;
use crate::power::noncentral_t_cdf;

/// A test of two groups.
#[derive(Clone, Debug, PartialEq)]
pub struct Comparison {
    /// The statistic.
    pub stat: f64,
    /// Its degrees of freedom, where it has any.
    pub df: Option<f64>,
    /// Two-sided.
    pub p: f64,
    /// First less second: of the means, or the Hodges-Lehmann shift for the rank-sum test.
    pub difference: f64,
    /// The interval of the difference.
    pub interval: [f64; 2],
}

/// Why two groups cannot be compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Error {
    /// A group has fewer values than the test needs.
    TooFew,
    /// A value is not finite.
    NotFinite,
    /// All values are the same.
    NoVariation,
}

impl std::fmt::Display for Error {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::TooFew => "Each group needs at least two values (one for the rank-sum test).",
            Self::NotFinite => "A value is not a finite number.",
            Self::NoVariation => {
                "The values do not vary within the groups: there is nothing to compare them by."
            }
        })
    }
}

impl std::error::Error for Error {}

/// Welch's t test (1947, Biometrika 34:28-35): variances may differ. `level`: of the interval, such as 0.95.
///
/// ```
/// let seen = kith_stats::compare::welch(&[1.0, 2.0, 3.0], &[2.0, 4.0, 9.0], 0.95).unwrap();
/// assert_eq!(seen.difference, -3.0);
/// ```
///
/// # Errors
/// See [`Error`].
pub fn welch(first: &[f64], second: &[f64], level: f64) -> Result<Comparison, Error> {
    let (one, other) = (Moments::of(first)?, Moments::of(second)?);
    let (a, b) = (one.variance / one.n, other.variance / other.n);
    let df = (a + b).powi(2) / (a * a / (one.n - 1.0) + b * b / (other.n - 1.0));
    t_test(one.mean, other.mean, (a + b).sqrt(), df, level)
}

/// Student's t test: one variance for both groups.
///
/// # Errors
/// See [`Error`].
pub fn student(first: &[f64], second: &[f64], level: f64) -> Result<Comparison, Error> {
    let (one, other) = (Moments::of(first)?, Moments::of(second)?);
    let se = (pooled(&one, &other) * (1.0 / one.n + 1.0 / other.n)).sqrt();
    t_test(one.mean, other.mean, se, one.n + other.n - 2.0, level)
}

fn t_test(one: f64, other: f64, se: f64, df: f64, level: f64) -> Result<Comparison, Error> {
    // As R: smaller than rounding error counts as nothing.
    if se <= 10.0 * f64::EPSILON * one.abs().max(other.abs()) || !se.is_finite() {
        return Err(Error::NoVariation);
    }
    let difference = one - other;
    let reach = t_quantile(0.5 + level / 2.0, df) * se;
    Ok(Comparison {
        stat: difference / se,
        df: Some(df),
        p: t_p(difference / se, df),
        difference,
        interval: [difference - reach, difference + reach],
    })
}

/// A difference of means in standard deviations.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Standardised {
    /// Cohen's d: by the pooled standard deviation.
    pub d: f64,
    /// Hedges' g: d with the exact correction for small samples.
    pub g: f64,
    /// The interval of g from its large-sample variance, as metafor's `escalc` with `measure = "SMD"` has it.
    pub interval: [f64; 2],
    /// The exact interval of the true difference from the noncentral t distribution.
    pub exact: [f64; 2],
}

/// The standardised difference of two groups (Hedges 1981, J. Educ. Stat. 6:107-128).
///
/// # Errors
/// See [`Error`].
pub fn standardised(first: &[f64], second: &[f64], level: f64) -> Result<Standardised, Error> {
    let (one, other) = (Moments::of(first)?, Moments::of(second)?);
    let variance = pooled(&one, &other);
    let size = one.mean.abs().max(other.mean.abs());
    if variance.sqrt() <= 10.0 * f64::EPSILON * size || !variance.is_finite() {
        return Err(Error::NoVariation);
    }
    let d = (one.mean - other.mean) / variance.sqrt();
    let df = one.n + other.n - 2.0;
    let g = d * small_sample(df);
    let sampling = 1.0 / one.n + 1.0 / other.n;
    let reach =
        normal_quantile(0.5 + level / 2.0) * (sampling + g * g / (2.0 * (one.n + other.n))).sqrt();
    let t = d / sampling.sqrt();
    let tail = (1.0 - level) / 2.0;
    let exact = [1.0 - tail, tail].map(|p| noncentrality(t, df, p) * sampling.sqrt());
    Ok(Standardised {
        d,
        g,
        interval: [g - reach, g + reach],
        exact,
    })
}

/// Γ(df/2) / (√(df/2) Γ((df-1)/2)).
fn small_sample(df: f64) -> f64 {
    (-crate::distribution::ln_gamma_half_step((df - 1.0) / 2.0))
        .exp()
        .recip()
        / (df / 2.0).sqrt()
}

/// The noncentrality at which P(T <= t) is `p`.
fn noncentrality(t: f64, df: f64, p: f64) -> f64 {
    let mut reach = 1.0;
    let below = |delta: f64| noncentral_t_cdf(t, df, delta) < p;
    let (mut low, mut high) = (t - reach, t + reach);
    while below(low) && reach < 1e8 {
        reach *= 2.0;
        low = t - reach;
    }
    while !below(high) && reach < 1e8 {
        reach *= 2.0;
        high = t + reach;
    }
    for _ in 0..100 {
        let middle = f64::midpoint(low, high);
        if below(middle) {
            high = middle;
        } else {
            low = middle;
        }
        if high - low <= 1e-13 * middle.abs().max(1.0) {
            break;
        }
    }
    f64::midpoint(low, high)
}

struct Moments {
    n: f64,
    mean: f64,
    variance: f64,
}

impl Moments {
    fn of(values: &[f64]) -> Result<Self, Error> {
        if values.iter().any(|value| !value.is_finite()) {
            return Err(Error::NotFinite);
        }
        if values.len() < 2 {
            return Err(Error::TooFew);
        }
        let n = values.len() as f64;
        let mean = values.iter().sum::<f64>() / n;
        let away: Vec<f64> = values.iter().map(|value| value - mean).collect();
        let mean = mean + away.iter().sum::<f64>() / n;
        Ok(Self {
            n,
            mean,
            variance: dot(&away, &away) / (n - 1.0),
        })
    }
}

fn pooled(one: &Moments, other: &Moments) -> f64 {
    ((one.n - 1.0) * one.variance + (other.n - 1.0) * other.variance) / (one.n + other.n - 2.0)
}

#[cfg(test)]
mod tests;
