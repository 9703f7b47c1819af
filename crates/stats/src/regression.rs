//! Meta-regression: how effects vary with what is known of the studies.

use crate::distribution::{chi_squared_sf, f_sf, normal_p, normal_quantile, t_p, t_quantile};
use crate::linear::{Cholesky, Matrix, dot};
use crate::pool::{Method, PoolError, Settings, Test, check};
use crate::tau2::Problem;

/// One coefficient.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Coefficient {
    /// Its value.
    pub estimate: f64,
    /// Its standard error.
    pub se: f64,
    /// Value over standard error.
    pub stat: f64,
    /// Degrees of freedom of the statistic; `None`: normal.
    pub df: Option<f64>,
    /// Two-sided p-value.
    pub p: f64,
    /// Confidence interval.
    pub ci: (f64, f64),
}

/// A meta-regression.
#[derive(Clone, Debug, PartialEq)]
pub struct Regression {
    /// How many effects.
    pub k: usize,
    /// One for each column of the moderators.
    pub coefficients: Vec<Coefficient>,
    /// Their covariances.
    pub covariance: Matrix,
    /// Variance between studies that the moderators leave.
    pub tau2: f64,
    /// Its standard error; `None` for equal effects.
    pub se_tau2: Option<f64>,
    /// tau² in percent of tau² and the typical sampling variance.
    pub i2: f64,
    /// The same as a ratio.
    pub h2: f64,
    /// Test of what the moderators leave: statistic, degrees of freedom, p-value.
    pub qe: (f64, usize, f64),
    /// Test of all moderators together: the statistic (chi-squared; F under Knapp and Hartung), its degrees of freedom,
    /// those of the denominator for F, and the p-value. `None` where there is only an intercept.
    pub qm: Option<(f64, usize, Option<f64>, f64)>,
    /// Percent of tau² without moderators that they account for, never below 0, and 0 where that tau² is 0; for equal
    /// effects the adjusted R² of the weighted regression. `None` without an intercept or without moderators.
    pub r2: Option<f64>,
    /// The log-likelihood: restricted for REML, else unrestricted. The restricted one has the term
    /// ln |X'X| / 2, so that it does not change with the moderators' units.
    pub log_likelihood: f64,
}

/// Regresses effects `yi` with sampling variances `vi` on the columns of `x` (a row for each effect). An intercept is a
/// column of ones like any other; only a first column of ones is taken as one in the test of the moderators and R².
///
/// ```
/// use kith_stats::linear::Matrix;
/// use kith_stats::pool::Settings;
/// let x = Matrix::from_columns(&[&[1.0; 4], &[0.0, 1.0, 2.0, 3.0]]);
/// let line = kith_stats::regression::regress(
///     &[0.1, 0.2, 0.3, 0.4], &[0.01; 4], &x, &Settings::default()).unwrap();
/// assert!((line.coefficients[1].estimate - 0.1).abs() < 1e-12);
/// ```
///
/// # Errors
/// As [`crate::pool::pool`]; and where the columns are not independent or not fewer than the effects.
pub fn regress(
    yi: &[f64],
    vi: &[f64],
    x: &Matrix,
    settings: &Settings,
) -> Result<Regression, PoolError> {
    check(yi, vi, settings.level)?;
    let problem = Problem::with(yi, vi, x)?;
    if problem.df() == 0 {
        return Err(PoolError::TooFew {
            k: yi.len(),
            least: problem.p() + 1,
        });
    }
    let core = Core::fit(&problem, settings)?;
    let coefficients = core
        .beta
        .iter()
        .zip(core.covariance.diagonal())
        .map(|(estimate, variance)| {
            coefficient(*estimate, variance.sqrt(), core.df, settings.level)
        })
        .collect();
    let has_intercept = x.columns() > 0 && x.column(0).iter().all(|value| *value == 1.0);
    let r2 = if has_intercept && x.columns() > 1 {
        let plain = Problem::intercept(yi, vi);
        let (without, with) = if settings.method == Method::Ee {
            let q = plain.solve(&plain.weights(0.0))?.py;
            (q / plain.df() as f64, core.q / problem.df() as f64)
        } else {
            (
                plain.estimate(settings.method, settings.search)?.value,
                core.tau2,
            )
        };
        Some(if without > 0.0 {
            (100.0 * (without - with) / without).max(0.0)
        } else {
            0.0
        })
    } else {
        None
    };
    let (i2, h2) = core.heterogeneity(settings.method);
    let qm = core.moderators(usize::from(has_intercept));
    let df = problem.df();
    Ok(Regression {
        k: yi.len(),
        coefficients,
        tau2: core.tau2,
        se_tau2: core.se_tau2,
        i2,
        h2,
        qe: (core.q, df, chi_squared_sf(core.q, df as f64)),
        qm,
        r2,
        log_likelihood: core.log_likelihood,
        covariance: core.covariance,
    })
}

pub(crate) fn coefficient(estimate: f64, se: f64, df: Option<f64>, level: f64) -> Coefficient {
    let (stat, p, critical) = reference(estimate, se, df, level);
    Coefficient {
        estimate,
        se,
        stat,
        df,
        p,
        ci: (estimate - critical * se, estimate + critical * se),
    }
}

/// Statistic, two-sided p-value and the quantile for intervals.
pub(crate) fn reference(estimate: f64, se: f64, df: Option<f64>, level: f64) -> (f64, f64, f64) {
    let stat = estimate / se;
    let upper = 0.5 + 0.5 * level;
    match df {
        None => (stat, normal_p(stat), normal_quantile(upper)),
        Some(df) => (stat, t_p(stat, df), t_quantile(upper, df)),
    }
}

/// What pooling and regression have in common.
pub(crate) struct Core {
    pub(crate) beta: Vec<f64>,
    pub(crate) covariance: Matrix,
    pub(crate) df: Option<f64>,
    pub(crate) tau2: f64,
    pub(crate) se_tau2: Option<f64>,
    pub(crate) q: f64,
    pub(crate) log_likelihood: f64,
    pub(crate) weights: Vec<f64>,
    typical: f64,
    rest: usize,
}

impl Core {
    pub(crate) fn fit(problem: &Problem<'_>, settings: &Settings) -> Result<Self, PoolError> {
        let rest = problem.df();
        let equal = problem.weights(0.0);
        let q = problem.solve(&equal)?.py;
        let tau2 = problem.estimate(settings.method, settings.search)?;
        let weights = problem.weights(tau2.value);
        let solution = problem.solve(&weights)?;
        let log_likelihood =
            problem.log_likelihood(&solution, &weights, settings.method == Method::Reml);
        let mut covariance = solution.covariance;
        let mut df = None;
        if settings.test != Test::Normal && rest > 0 {
            let mut scale = solution.py / rest as f64;
            if settings.test == Test::KnappHartungGuarded {
                scale = scale.max(1.0);
            }
            for j in 0..covariance.columns() {
                for value in covariance.column_mut(j) {
                    *value *= scale;
                }
            }
            df = Some(rest as f64);
        }
        Ok(Self {
            beta: solution.beta,
            covariance,
            df,
            tau2: tau2.value,
            se_tau2: tau2.se,
            q: if rest > 0 { q } else { 0.0 },
            log_likelihood,
            weights,
            typical: if rest > 0 {
                problem.typical_variance()
            } else {
                f64::NAN
            },
            rest,
        })
    }

    /// I² in percent, and H².
    pub(crate) fn heterogeneity(&self, method: Method) -> (f64, f64) {
        let df = self.rest as f64;
        if self.rest == 0 {
            (0.0, 1.0)
        } else if method == Method::Ee {
            let over = if self.q > 0.0 {
                (100.0 * (self.q - df) / self.q).max(0.0)
            } else {
                0.0
            };
            (over, self.q / df)
        } else {
            (
                100.0 * self.tau2 / (self.typical + self.tau2),
                self.tau2 / self.typical + 1.0,
            )
        }
    }

    fn moderators(&self, skipped: usize) -> Option<(f64, usize, Option<f64>, f64)> {
        let m = self.beta.len() - skipped;
        let mut part = Matrix::zeros(m, m);
        for j in 0..m {
            for i in 0..m {
                part[(i, j)] = self.covariance[(i + skipped, j + skipped)];
            }
        }
        if m == 0 {
            return None;
        }
        let half = Cholesky::of(&part)?.forward(&self.beta[skipped..]);
        let square = dot(&half, &half);
        Some(match self.df {
            None => (square, m, None, chi_squared_sf(square, m as f64)),
            Some(df) => {
                let f = square / m as f64;
                (f, m, Some(df), f_sf(f, m as f64, df))
            }
        })
    }
}
