//! Pooling the effects of several studies: fixed effect and random effects, heterogeneity, intervals.
//!
//! Definitions and defaults are those of the R package metafor (W. Viechtbauer, *Journal of Statistical Software*
//! 36(3), 2010), to whose figures the tests hold it, and so is where its iterations stop unless [`Search::Converged`] is
//! asked for.
//!
//! ```
//! use kith_stats::pool::{Settings, pool};
//! // Two studies' effects and sampling variances.
//! let pooled = pool(&[0.1, 0.5, 0.9], &[0.01, 0.02, 0.02], &Settings::default()).unwrap();
//! assert_eq!(pooled.k, 3);
//! assert!(pooled.tau2 > 0.0 && pooled.ci.0 < pooled.estimate);
//! ```

use crate::distribution::{chi_squared_quantile, chi_squared_sf};
use crate::linear::Matrix;
use crate::regression::{Core, reference};
use crate::tau2::Problem;

/// How the variance between studies (tau squared) is estimated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Method {
    /// Equal (or fixed) effects: there is none.
    Ee,
    /// DerSimonian and Laird 1986: moments of Q.
    Dl,
    /// Hedges and Olkin 1985: unweighted moments.
    He,
    /// Hunter and Schmidt 1990.
    Hs,
    /// Sidik and Jonkman 2005, from the effects' own variance.
    Sj,
    /// Maximum likelihood.
    Ml,
    /// Restricted maximum likelihood.
    Reml,
    /// Morris' empirical Bayes 1983; the same value as [`Method::Pm`].
    Eb,
    /// Paule and Mandel 1982: where the generalised Q is its degrees of freedom.
    Pm,
}

impl Method {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::Ee,
        Self::Dl,
        Self::He,
        Self::Hs,
        Self::Sj,
        Self::Ml,
        Self::Reml,
        Self::Eb,
        Self::Pm,
    ];

    /// Its usual letters, lower case: `reml`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ee => "ee",
            Self::Dl => "dl",
            Self::He => "he",
            Self::Hs => "hs",
            Self::Sj => "sj",
            Self::Ml => "ml",
            Self::Reml => "reml",
            Self::Eb => "eb",
            Self::Pm => "pm",
        }
    }
}

impl std::str::FromStr for Method {
    type Err = ();
    fn from_str(text: &str) -> Result<Self, ()> {
        let text = text.to_ascii_lowercase();
        let text = if text == "fe" { "ee" } else { &text };
        Self::ALL
            .into_iter()
            .find(|method| method.as_str() == text)
            .ok_or(())
    }
}

/// How coefficients are tested and their intervals made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Test {
    /// Against the normal distribution.
    Normal,
    /// Knapp and Hartung 2003: scaled standard errors against t with k - p degrees of freedom.
    KnappHartung,
    /// The same, but the scale is never less than one, so that intervals do not shrink below the plain ones.
    KnappHartungGuarded,
}

/// How far the figures that no formula gives are searched for: tau² by REML, ML, EB and PM, and the ends of its interval.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Search {
    /// Where metafor's defaults stop, so that its figures come out digit for digit: REML, ML and EB once a step of Fisher's
    /// scoring is no longer than 1e-5; PM and the interval once Brent's method knows the place to 1.2e-4. These lengths are
    /// absolute: for effects whose variances are not large beside them (under a thousandth, say), ask for the other.
    #[default]
    AsMetafor,
    /// Until nothing moves. Figures then scale with the effects' unit.
    Converged,
}

/// What to do and how sure to be.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Settings {
    /// The estimator of the variance between studies.
    pub method: Method,
    /// The kind of test.
    pub test: Test,
    /// The confidence of intervals, between 0 and 1.
    pub level: f64,
    /// How far tau² is searched for.
    pub search: Search,
}

impl Default for Settings {
    /// REML, normal tests, 95 %, and stops as metafor does.
    fn default() -> Self {
        Self {
            method: Method::Reml,
            test: Test::Normal,
            level: 0.95,
            search: Search::AsMetafor,
        }
    }
}

/// Why effects cannot be pooled. Indices count from 0.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum PoolError {
    /// There are none.
    #[error("there are no effects to pool")]
    Empty,
    /// Effects, variances or moderators are not of the same number.
    #[error("there are {effects} effects but {others} {what}")]
    Lengths {
        /// How many effects.
        effects: usize,
        /// How many of the other.
        others: usize,
        /// What the other is.
        what: &'static str,
    },
    /// An effect or moderator is infinite, not a number, or too large to be squared.
    #[error("effect {} is not a number whose square is finite", index + 1)]
    Effect {
        /// Which, from 0.
        index: usize,
    },
    /// A sampling variance is not a positive finite number.
    #[error("the sampling variance of effect {} is not a positive finite number", index + 1)]
    Variance {
        /// Which, from 0.
        index: usize,
    },
    /// Too few effects for what is asked.
    #[error("{k} effects are too few: at least {least} are needed")]
    TooFew {
        /// How many there are.
        k: usize,
        /// How many there must be.
        least: usize,
    },
    /// A moderator says nothing new beside those before it, or is constant.
    #[error("column {} of the moderators is constant or a combination of those before it", column + 1)]
    Dependent {
        /// Which, from 0 (0 is the intercept where there is one).
        column: usize,
    },
    /// The confidence is not between 0 and 1.
    #[error("the confidence must lie between 0 and 1")]
    Level,
    /// No iterate came to rest.
    #[error("the estimate of the variance between studies did not converge")]
    NoConvergence,
}

/// Pooled effects.
#[derive(Clone, Debug, PartialEq)]
pub struct Pooled {
    /// How many effects.
    pub k: usize,
    /// The average effect.
    pub estimate: f64,
    /// Its standard error (under Knapp and Hartung the scaled one).
    pub se: f64,
    /// Estimate over standard error.
    pub stat: f64,
    /// Degrees of freedom of the statistic; `None`: normal. With a single effect it is always normal.
    pub df: Option<f64>,
    /// Two-sided p-value.
    pub p: f64,
    /// Confidence interval of the average.
    pub ci: (f64, f64),
    /// Where the true effect of a further study lies: the same quantile times sqrt(se² + tau²). `None` for equal effects.
    pub prediction: Option<(f64, f64)>,
    /// Variance between studies.
    pub tau2: f64,
    /// Its asymptotic standard error; `None` for equal effects and for a single effect.
    pub se_tau2: Option<f64>,
    /// tau² in percent of tau² and the typical sampling variance; for equal effects from Q, never below 0.
    pub i2: f64,
    /// Total over sampling variance.
    pub h2: f64,
    /// Cochran's Q.
    pub q: f64,
    /// Its degrees of freedom, k - 1.
    pub q_df: usize,
    /// Its p-value.
    pub q_p: f64,
    /// The log-likelihood: restricted for REML, else unrestricted.
    pub log_likelihood: f64,
    /// The studies' weights, in percent.
    pub weights: Vec<f64>,
}

/// Pools effects `yi` with known sampling variances `vi` (squared standard errors), one each per study.
///
/// A single effect is its own pool: tau² is 0 and the test is normal, as in metafor.
///
/// # Errors
/// Where there are no effects, the numbers differ, a number is not finite, a variance is not positive, or the
/// estimator does not converge.
pub fn pool(yi: &[f64], vi: &[f64], settings: &Settings) -> Result<Pooled, PoolError> {
    check(yi, vi, settings.level)?;
    let k = yi.len();
    let problem = Problem::intercept(yi, vi);
    let core = Core::fit(&problem, settings)?;
    let (estimate, se) = (core.beta[0], core.covariance[(0, 0)].sqrt());
    let df = core.df;
    let (stat, p, critical) = reference(estimate, se, df, settings.level);
    let (i2, h2) = core.heterogeneity(settings.method);
    let half = critical * se;
    let ahead = critical * (se * se + core.tau2).sqrt();
    let total: f64 = core.weights.iter().sum();
    Ok(Pooled {
        k,
        estimate,
        se,
        stat,
        df,
        p,
        ci: (estimate - half, estimate + half),
        prediction: (settings.method != Method::Ee).then_some((estimate - ahead, estimate + ahead)),
        tau2: core.tau2,
        se_tau2: core.se_tau2,
        i2,
        h2,
        q: core.q,
        q_df: k - 1,
        q_p: if k > 1 {
            chi_squared_sf(core.q, (k - 1) as f64)
        } else {
            1.0
        },
        log_likelihood: core.log_likelihood,
        weights: core.weights.iter().map(|w| 100.0 * w / total).collect(),
    })
}

/// An interval of tau² and of what is computed from it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tau2Interval {
    /// Of tau². Both ends are 0 where even the upper one would fall below (the set is then empty).
    pub tau2: (f64, f64),
    /// Of I², in percent.
    pub i2: (f64, f64),
    /// Of H².
    pub h2: (f64, f64),
}

/// The Q-profile interval of tau² (Viechtbauer 2007): the values at which the generalised Q is a chi-squared quantile.
/// `x` is the moderators with their intercept, or `None` for none. Of the settings the level counts, and the search: the
/// interval is the same whatever estimator is used, but for where a search that stops as metafor does begins.
///
/// # Errors
/// As [`pool`]; and where there are not more effects than coefficients, for then nothing is known of tau².
pub fn tau2_interval(
    yi: &[f64],
    vi: &[f64],
    x: Option<&Matrix>,
    settings: &Settings,
) -> Result<Tau2Interval, PoolError> {
    let level = settings.level;
    check(yi, vi, level)?;
    let problem = match x {
        None => Problem::intercept(yi, vi),
        Some(x) => Problem::with(yi, vi, x)?,
    };
    let df = problem.df();
    if df == 0 {
        return Err(PoolError::TooFew {
            k: yi.len(),
            least: problem.p() + 1,
        });
    }
    let tail = 0.5 * (1.0 - level);
    // metafor looks no further than this.
    let furthest = match settings.search {
        Search::Converged => None,
        Search::AsMetafor => {
            let tau2 = problem.estimate(settings.method, settings.search)?.value;
            Some((10.0 * tau2).max(100.0))
        }
    };
    let bound = |p: f64| {
        let quantile = chi_squared_quantile(p, df as f64);
        problem.where_q_is_within(quantile, furthest, 1000)
    };
    let tau2 = (bound(1.0 - tail)?, bound(tail)?);
    let typical = problem.typical_variance();
    let i2 = |t: f64| 100.0 * t / (typical + t);
    let h2 = |t: f64| t / typical + 1.0;
    Ok(Tau2Interval {
        tau2,
        i2: (i2(tau2.0), i2(tau2.1)),
        h2: (h2(tau2.0), h2(tau2.1)),
    })
}

pub(crate) fn check(yi: &[f64], vi: &[f64], level: f64) -> Result<(), PoolError> {
    if yi.is_empty() {
        return Err(PoolError::Empty);
    }
    if yi.len() != vi.len() {
        return Err(PoolError::Lengths {
            effects: yi.len(),
            others: vi.len(),
            what: "sampling variances",
        });
    }
    if let Some(index) = yi.iter().position(|y| !(y * y).is_finite()) {
        return Err(PoolError::Effect { index });
    }
    if let Some(index) = vi.iter().position(|v| !(v.is_finite() && *v > 0.0)) {
        return Err(PoolError::Variance { index });
    }
    if !(level > 0.0 && level < 1.0) {
        return Err(PoolError::Level);
    }
    Ok(())
}
