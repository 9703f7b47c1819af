//! Linear mixed models: people measured several times, in groups, or both.
//!
//! y = X b + Z u + e, with u normal with a covariance to be estimated (random intercepts and slopes, correlated within a term) and e
//! normal with one variance. Estimated by restricted (REML) or ordinary maximum likelihood through lme4's profiled criterion (Bates,
//! Mächler, Bolker and Walker 2015, J. Stat. Softw. 67(1)); tests of the fixed effects have Satterthwaite's degrees of freedom as
//! lmerTest computes them (Kuznetsova, Brockhoff and Christensen 2017, J. Stat. Softw. 82(13)).
//!
//! ```
//! use kith_stats::mixed::{Method, Random, fit};
//! // Three people, three times each: what changes by time, allowing each their own level?
//! let y = [1.0, 2.1, 2.9, 2.0, 3.2, 3.9, 0.5, 1.4, 2.7];
//! let time: Vec<f64> = (0..9).map(|row| f64::from(row % 3)).collect();
//! let random = Random {
//!     group: "id".into(),
//!     names: vec!["(Intercept)".into()],
//!     columns: vec![vec![1.0; 9]],
//!     level_of: (0..9).map(|row| row / 3).collect(),
//! };
//! let fitted = fit(&y, &["(Intercept)", "time"], &[vec![1.0; 9], time], &[random], Method::Reml).unwrap();
//! assert!((fitted.fixed[1].estimate - 1.0).abs() < 0.01);
//! ```

mod criterion;
mod degrees;
pub(crate) mod dense;
mod optimise;
mod prepare;

use criterion::{Scale, Value};
use prepare::Prepared;

use crate::distribution::{t_p, t_quantile};

/// Which likelihood is made largest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// Restricted: variances are not too small for having estimated the fixed effects. For reporting.
    Reml,
    /// Ordinary: for comparing models with different fixed effects.
    Ml,
}

impl Method {
    /// `"REML"` or `"ML"`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Reml => "REML",
            Self::Ml => "ML",
        }
    }
}

/// A term of random effects: each level of a group has its own coefficient for each column, and these are correlated within the term.
#[derive(Clone, Debug)]
pub struct Random {
    /// What the rows are grouped by. Terms with the same name must group alike; they are not correlated with each other.
    pub group: String,
    /// The names of the columns, such as `(Intercept)` and `time`.
    pub names: Vec<String>,
    /// For each name a value for each row.
    pub columns: Vec<Vec<f64>>,
    /// For each row which level of the group it belongs to, counted from 0 without gaps.
    pub level_of: Vec<usize>,
}

/// A fixed effect.
#[derive(Clone, Debug, PartialEq)]
pub struct Coefficient {
    /// The column of the design it belongs to.
    pub term: String,
    /// In units of y by unit of the column.
    pub estimate: f64,
    /// Its standard error.
    pub se: f64,
    /// Degrees of freedom; for a mixed model Satterthwaite's, not a number where they cannot be had.
    pub df: f64,
    /// estimate / se.
    pub t: f64,
    /// Two-sided.
    pub p: f64,
}

impl Coefficient {
    pub(crate) fn new(term: String, estimate: f64, se: f64, df: f64) -> Self {
        let t = estimate / se;
        Self {
            term,
            estimate,
            se,
            df,
            t,
            p: t_p(t, df),
        }
    }

    /// The interval that holds the true value with probability `level` (such as 0.95), from the t distribution.
    #[must_use]
    pub fn interval(&self, level: f64) -> [f64; 2] {
        let reach = t_quantile(0.5 + level / 2.0, self.df) * self.se;
        [self.estimate - reach, self.estimate + reach]
    }
}

/// What the random effects of a term vary by.
#[derive(Clone, Debug, PartialEq)]
pub struct Spread {
    /// What the rows are grouped by.
    pub group: String,
    /// How many levels the group has.
    pub levels: usize,
    /// The names of the term's columns.
    pub names: Vec<String>,
    /// Standard deviation for each name.
    pub sd: Vec<f64>,
    /// Correlations; not a number where a standard deviation is zero.
    pub correlation: Vec<Vec<f64>>,
}

/// A fitted mixed model.
#[derive(Clone, Debug)]
pub struct Mixed {
    /// How many rows.
    pub n: usize,
    /// Which likelihood.
    pub method: Method,
    /// The fixed effects, in the order of the design.
    pub fixed: Vec<Coefficient>,
    /// Columns left out because they depend on earlier ones.
    pub dropped: Vec<String>,
    /// Covariance of the fixed effects.
    pub covariance: Vec<Vec<f64>>,
    /// The random effects, a term each.
    pub random: Vec<Spread>,
    /// Residual standard deviation.
    pub sigma: f64,
    /// Logarithm of the likelihood (restricted under REML, without a constant for X'X, as lme4 has it).
    pub log_likelihood: f64,
    /// Estimated numbers: fixed effects, variances and correlations, the residual variance.
    pub parameters: usize,
    /// Some random effect has no variance of its own: a standard deviation of zero or a correlation of one.
    pub singular: bool,
}

impl Mixed {
    /// Akaike's criterion.
    #[must_use]
    pub fn aic(&self) -> f64 {
        -2.0 * self.log_likelihood + 2.0 * self.parameters as f64
    }

    /// The Bayesian criterion, with the number of rows as the sample size.
    #[must_use]
    pub fn bic(&self) -> f64 {
        -2.0 * self.log_likelihood + (self.n as f64).ln() * self.parameters as f64
    }
}

/// Why a model could not be fitted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Error {
    /// Lists of different lengths, numbers that are not finite, or levels with gaps: what and where.
    Input(String),
    /// Fewer rows than fixed effects, or as many.
    TooFewRows {
        /// How many rows there are.
        rows: usize,
        /// How many fixed effects.
        fixed: usize,
    },
    /// Every value of y is the same, or the fixed effects explain all of it.
    NoVariation,
    /// A group with one level only has no variance between levels.
    OneLevel(String),
    /// As many random effects as rows, or more: they cannot be told from the residual.
    TooManyEffects {
        /// The grouping.
        group: String,
        /// How many random effects its terms have.
        effects: usize,
        /// How many rows there are.
        rows: usize,
    },
    /// A column of a random term is zero throughout, or depends on the others of its term.
    DependentColumn {
        /// The grouping.
        group: String,
        /// The column.
        name: String,
    },
    /// The random effects explain everything: no residual variance is left.
    NoResidual,
}

impl std::fmt::Display for Error {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Input(what) => f.write_str(what),
            Self::TooFewRows { rows, fixed } => {
                write!(f, "{rows} rows are too few for {fixed} fixed effects.")
            }
            Self::NoVariation => f.write_str("Nothing is left to explain: the outcome is constant, or the fixed effects fit it exactly."),
            Self::OneLevel(group) => write!(f, "The group {group} has one level only; a random effect needs at least two."),
            Self::TooManyEffects { group, effects, rows } => write!(
                f,
                "{effects} random effects by {group} cannot be told from the residuals of {rows} rows; there must be more rows than random effects."
            ),
            Self::DependentColumn { group, name } => {
                write!(f, "The random effect of {name} by {group} cannot be told from the others of its term.")
            }
            Self::NoResidual => f.write_str("The random effects fit the outcome exactly: no residual variance is left."),
        }
    }
}

impl std::error::Error for Error {}

/// Fits a linear mixed model.
///
/// `y`: the outcome, a value for each row. `names` and `x`: the fixed effects' columns, each as long as `y`, the intercept among them
/// if there is one. `random`: one or more terms. Rows with missing values must have been left out.
///
/// A fixed column that depends on earlier ones is left out and named in [`Mixed::dropped`].
///
/// # Errors
/// See [`Error`].
pub fn fit(
    y: &[f64],
    names: &[&str],
    x: &[Vec<f64>],
    random: &[Random],
    method: Method,
) -> Result<Mixed, Error> {
    let prepared = Prepared::new(y, names, x, random, method)?;
    let start = best(&prepared)?;
    let relative: Vec<Vec<f64>> = prepared.covariances(&start);
    let value = prepared
        .criterion
        .value(&prepared.lambdas(&start), Scale::Profiled)
        .ok_or(Error::NoResidual)?;
    let freedom = prepared.criterion.freedom();
    let variance = value.squares / freedom;
    if variance <= 1e-20 || !variance.is_finite() {
        return Err(Error::NoResidual);
    }
    let sigma = variance.sqrt() * prepared.scale;
    let random: Vec<Spread> = spreads(&prepared, random, &relative, sigma);
    let (theta, singular) = prepared.lme4_theta(&relative);
    let fixed = coefficients(&prepared, names, &value, &theta, variance);
    let doubled_constant = freedom * 2.0 * prepared.scale.ln()
        + if method == Method::Reml {
            prepared.log_triangle
        } else {
            0.0
        };
    Ok(Mixed {
        n: y.len(),
        method,
        parameters: fixed.1.len() + theta.len() + 1,
        covariance: fixed.0,
        fixed: fixed.1,
        dropped: prepared.dropped(names),
        random,
        sigma,
        log_likelihood: -0.5 * (value.deviance + doubled_constant),
        singular,
    })
}

/// The parameters with the least deviance; more than one start when the first ends at the boundary.
fn best(prepared: &Prepared) -> Result<Vec<f64>, Error> {
    let function = |theta: &[f64]| {
        let value = prepared
            .criterion
            .value(&prepared.lambdas(theta), Scale::Profiled)?;
        Some((value.deviance, prepared.gradient(theta, &value.slopes)))
    };
    let mut best = optimise::minimise(&function, &prepared.start(1.0)).ok_or(Error::NoResidual)?;
    if prepared.near_boundary(&best.x) {
        for scale in [0.2, 4.0] {
            if let Some(other) = optimise::minimise(&function, &prepared.start(scale))
                && other.value < best.value - 1e-8
            {
                best = other;
            }
        }
    }
    if best
        .x
        .iter()
        .any(|value| !value.is_finite() || value.abs() > 1e6)
    {
        return Err(Error::NoResidual);
    }
    Ok(best.x)
}

fn spreads(
    prepared: &Prepared,
    random: &[Random],
    relative: &[Vec<f64>],
    sigma: f64,
) -> Vec<Spread> {
    random
        .iter()
        .zip(relative)
        .zip(&prepared.term_levels)
        .map(|((term, covariance), levels)| {
            let size = term.names.len();
            let sd: Vec<f64> = (0..size)
                .map(|k| covariance[k * size + k].max(0.0).sqrt())
                .collect();
            let correlation = (0..size)
                .map(|row| {
                    (0..size)
                        .map(|column| {
                            match covariance[row * size + column] / (sd[row] * sd[column]) {
                                _ if row == column => 1.0,
                                value if value.is_finite() => value.clamp(-1.0, 1.0),
                                _ => f64::NAN,
                            }
                        })
                        .collect()
                })
                .collect();
            Spread {
                group: term.group.clone(),
                levels: *levels,
                names: term.names.clone(),
                sd: sd.iter().map(|sd| sd * sigma).collect(),
                correlation,
            }
        })
        .collect()
}

/// The covariance of the fixed effects, and the effects.
fn coefficients(
    prepared: &Prepared,
    names: &[&str],
    value: &Value,
    theta: &[f64],
    variance: f64,
) -> (Vec<Vec<f64>>, Vec<Coefficient>) {
    let estimates = prepared.estimates(&value.factor);
    let unscaled = prepared.unscaled_covariance(&value.factor);
    let size = estimates.len();
    let scale = variance * prepared.scale * prepared.scale;
    let covariance: Vec<Vec<f64>> = unscaled
        .chunks(size.max(1))
        .map(|row| row.iter().map(|value| value * scale).collect())
        .collect();
    let degrees = degrees::satterthwaite(prepared, theta, value, variance);
    let fixed = prepared
        .kept
        .iter()
        .enumerate()
        .map(|(index, column)| {
            Coefficient::new(
                names[*column].to_owned(),
                estimates[index],
                covariance[index][index].sqrt(),
                degrees[index],
            )
        })
        .collect();
    (covariance, fixed)
}

#[cfg(test)]
mod tests;
