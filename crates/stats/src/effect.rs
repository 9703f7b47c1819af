//! Effect sizes and their sampling variances, from what studies report.
//!
//! Definitions are those of `escalc` in the R package metafor with its defaults: the exact (gamma) correction of
//! standardised differences, their large-sample variance, and one half added to all four cells of a table that has a
//! zero, and to no other.

use crate::distribution::{ln_gamma_half_step, normal_quantile};

/// An effect and its sampling variance.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Effect {
    /// The effect; for ratios its natural logarithm.
    pub yi: f64,
    /// Its sampling variance: the squared standard error.
    pub vi: f64,
}

impl Effect {
    /// The standard error.
    #[must_use]
    pub fn se(&self) -> f64 {
        self.vi.sqrt()
    }

    /// The normal interval of confidence `level`, between 0 and 1.
    #[must_use]
    pub fn ci(&self, level: f64) -> (f64, f64) {
        let half = normal_quantile(0.5 + 0.5 * level) * self.se();
        (self.yi - half, self.yi + half)
    }
}

/// One arm with a mean.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Arm {
    /// The mean.
    pub mean: f64,
    /// The standard deviation.
    pub sd: f64,
    /// How many people.
    pub n: f64,
}

/// Two arms counted: those with the event and those without.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Counts {
    /// First arm, with the event.
    pub a: f64,
    /// First arm, without.
    pub b: f64,
    /// Second arm, with the event.
    pub c: f64,
    /// Second arm, without.
    pub d: f64,
}

/// Why there is no effect: what is wrong with which figure.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{figure} must be {must}")]
pub struct EffectError {
    /// The figure's usual short name: `sd1`, `ai`.
    pub figure: &'static str,
    /// What it must be.
    pub must: &'static str,
}

fn must(holds: bool, figure: &'static str, must: &'static str) -> Result<(), EffectError> {
    if holds {
        Ok(())
    } else {
        Err(EffectError { figure, must })
    }
}

fn check_arms(first: Arm, second: Arm) -> Result<(), EffectError> {
    for (arm, [mean, sd, n]) in [(first, ["m1", "sd1", "n1"]), (second, ["m2", "sd2", "n2"])] {
        must(arm.mean.is_finite(), mean, "a finite number")?;
        must(
            arm.sd.is_finite() && arm.sd >= 0.0,
            sd,
            "a finite number, not negative",
        )?;
        must(arm.n.is_finite() && arm.n >= 2.0, n, "at least 2")?;
    }
    Ok(())
}

/// Hedges' correction factor of a standardised difference with `df` degrees of freedom (at least 2), exactly:
/// gamma(df/2) / (sqrt(df/2) gamma((df - 1)/2)).
///
/// Source: L. Hedges, *Journal of Educational Statistics* 6 (1981).
#[must_use]
pub fn small_sample_correction(df: f64) -> f64 {
    (ln_gamma_half_step(0.5 * (df - 1.0)) - 0.5 * (0.5 * df).ln()).exp()
}

/// SMD, Hedges' g: the difference of means over the pooled standard deviation, corrected for small samples;
/// variance 1/n1 + 1/n2 + g² / (2 (n1 + n2)).
///
/// ```
/// use kith_stats::effect::{Arm, standardised_mean_difference};
/// let g = standardised_mean_difference(
///     Arm { mean: 3.0, sd: 1.5, n: 20.0 }, Arm { mean: 2.0, sd: 1.2, n: 15.0 }).unwrap();
/// assert!((g.yi - 0.7077).abs() < 5e-5 && (g.vi - 0.1238).abs() < 5e-5);
/// ```
///
/// # Errors
/// Where an arm has under 2 people, a figure is not finite, or both standard deviations are 0.
pub fn standardised_mean_difference(first: Arm, second: Arm) -> Result<Effect, EffectError> {
    check_arms(first, second)?;
    let df = first.n + second.n - 2.0;
    let pooled =
        (((first.n - 1.0) * first.sd * first.sd + (second.n - 1.0) * second.sd * second.sd) / df)
            .sqrt();
    must(pooled > 0.0, "sd1", "above 0 in at least one arm")?;
    let yi = small_sample_correction(df) * (first.mean - second.mean) / pooled;
    let vi = 1.0 / first.n + 1.0 / second.n + yi * yi / (2.0 * (first.n + second.n));
    Ok(Effect { yi, vi })
}

/// MD: the difference of means, with its variance for unequal variances.
///
/// # Errors
/// Where an arm has under 2 people or a figure is not finite.
pub fn mean_difference(first: Arm, second: Arm) -> Result<Effect, EffectError> {
    check_arms(first, second)?;
    Ok(Effect {
        yi: first.mean - second.mean,
        vi: first.sd * first.sd / first.n + second.sd * second.sd / second.n,
    })
}

/// SMCR: the standardised change of one group, (m1 - m2) / sd1 corrected with n - 1 degrees of freedom, where sd1 is the
/// standard deviation before and r the correlation of before and after; variance 2 (1 - r) / n + g² / (2 n).
///
/// For improvement as a positive number let `m1` be the mean after and `m2` the one before.
///
/// Source: B. Becker, *British Journal of Mathematical and Statistical Psychology* 41 (1988).
///
/// # Errors
/// Where a figure is not finite, sd1 not positive, n under 3 or r outside -1 to 1.
pub fn standardised_mean_change(
    m1: f64,
    m2: f64,
    sd1: f64,
    n: f64,
    r: f64,
) -> Result<Effect, EffectError> {
    must(m1.is_finite(), "m1", "a finite number")?;
    must(m2.is_finite(), "m2", "a finite number")?;
    must(
        sd1.is_finite() && sd1 > 0.0,
        "sd1",
        "a finite number above 0",
    )?;
    must(n.is_finite() && n >= 3.0, "ni", "at least 3")?;
    must((-1.0..=1.0).contains(&r), "ri", "from -1 to 1")?;
    let yi = small_sample_correction(n - 1.0) * (m1 - m2) / sd1;
    Ok(Effect {
        yi,
        vi: 2.0 * (1.0 - r) / n + yi * yi / (2.0 * n),
    })
}

impl Counts {
    /// Checked, and with one half in every cell where one is 0.
    fn ready(self) -> Result<Self, EffectError> {
        for (count, name) in [
            (self.a, "ai"),
            (self.b, "bi"),
            (self.c, "ci"),
            (self.d, "di"),
        ] {
            must(
                count.is_finite() && count >= 0.0,
                name,
                "a finite number, not negative",
            )?;
        }
        must(self.a + self.b > 0.0, "ai", "above 0 together with bi")?;
        must(self.c + self.d > 0.0, "ci", "above 0 together with di")?;
        let half = if [self.a, self.b, self.c, self.d].contains(&0.0) {
            0.5
        } else {
            0.0
        };
        Ok(Self {
            a: self.a + half,
            b: self.b + half,
            c: self.c + half,
            d: self.d + half,
        })
    }
}

/// OR: the log odds ratio.
///
/// ```
/// use kith_stats::effect::{Counts, log_odds_ratio};
/// let or = log_odds_ratio(Counts { a: 4.0, b: 119.0, c: 11.0, d: 128.0 }).unwrap();
/// assert!((or.yi - -0.9387).abs() < 5e-5 && (or.vi - 0.3571).abs() < 5e-5);
/// ```
///
/// # Errors
/// Where a count is negative or not finite, or an arm is empty.
pub fn log_odds_ratio(counts: Counts) -> Result<Effect, EffectError> {
    let Counts { a, b, c, d } = counts.ready()?;
    Ok(Effect {
        yi: (a / b).ln() - (c / d).ln(),
        vi: 1.0 / a + 1.0 / b + 1.0 / c + 1.0 / d,
    })
}

/// RR: the log risk ratio.
///
/// # Errors
/// As [`log_odds_ratio`].
pub fn log_risk_ratio(counts: Counts) -> Result<Effect, EffectError> {
    let Counts { a, b, c, d } = counts.ready()?;
    let (n1, n2) = (a + b, c + d);
    Ok(Effect {
        yi: (a / n1).ln() - (c / n2).ln(),
        vi: 1.0 / a - 1.0 / n1 + 1.0 / c - 1.0 / n2,
    })
}

/// RD: the risk difference.
///
/// # Errors
/// As [`log_odds_ratio`].
pub fn risk_difference(counts: Counts) -> Result<Effect, EffectError> {
    let Counts { a, b, c, d } = counts.ready()?;
    let (n1, n2) = (a + b, c + d);
    let (p1, p2) = (a / n1, c / n2);
    Ok(Effect {
        yi: p1 - p2,
        vi: p1 * (1.0 - p1) / n1 + p2 * (1.0 - p2) / n2,
    })
}

/// PETO: the log odds ratio by Yusuf, Peto and others (1985).
///
/// # Errors
/// As [`log_odds_ratio`].
pub fn peto_odds_ratio(counts: Counts) -> Result<Effect, EffectError> {
    let Counts { a, b, c, d } = counts.ready()?;
    let (n1, n2) = (a + b, c + d);
    let (events, others) = (a + c, b + d);
    let all = n1 + n2;
    let expected = n1 * events / all;
    let variance = n1 * n2 * events * others / (all * all * (all - 1.0));
    must(
        variance > 0.0 && variance.is_finite(),
        "ai",
        "part of a table of more than one person",
    )?;
    Ok(Effect {
        yi: (a - expected) / variance,
        vi: 1.0 / variance,
    })
}

/// ZCOR: Fisher's z of a correlation.
///
/// # Errors
/// Where r is not between -1 and 1 or n is not above 3.
pub fn fisher_z(r: f64, n: f64) -> Result<Effect, EffectError> {
    must(r > -1.0 && r < 1.0, "ri", "between -1 and 1")?;
    must(n.is_finite() && n > 3.0, "ni", "above 3")?;
    Ok(Effect {
        yi: r.atanh(),
        vi: 1.0 / (n - 3.0),
    })
}

fn check_proportion(x: f64, n: f64) -> Result<(f64, f64), EffectError> {
    must(n.is_finite() && n > 0.0, "ni", "above 0")?;
    must((0.0..=n).contains(&x), "xi", "from 0 to ni")?;
    Ok(if x == 0.0 || x == n {
        (x + 0.5, n + 1.0)
    } else {
        (x, n)
    })
}

/// PR: a proportion as it is, x of n; with 1/2 added to either count where one is 0.
///
/// # Errors
/// Where n is not positive or x not from 0 to n.
pub fn proportion(x: f64, n: f64) -> Result<Effect, EffectError> {
    let (x, n) = check_proportion(x, n)?;
    let p = x / n;
    Ok(Effect {
        yi: p,
        vi: p * (1.0 - p) / n,
    })
}

/// PLO: the log odds of a proportion, x of n; with 1/2 added to either count where one is 0.
///
/// # Errors
/// As [`proportion`].
pub fn log_odds(x: f64, n: f64) -> Result<Effect, EffectError> {
    let (x, n) = check_proportion(x, n)?;
    Ok(Effect {
        yi: (x / (n - x)).ln(),
        vi: 1.0 / x + 1.0 / (n - x),
    })
}

/// PFT: Freeman and Tukey's double arcsine of a proportion, x of n.
///
/// # Errors
/// As [`proportion`].
pub fn double_arcsine(x: f64, n: f64) -> Result<Effect, EffectError> {
    check_proportion(x, n)?;
    let angle = |part: f64| (part / (n + 1.0)).sqrt().asin();
    Ok(Effect {
        yi: 0.5 * (angle(x) + angle(x + 1.0)),
        vi: 1.0 / (4.0 * n + 2.0),
    })
}
