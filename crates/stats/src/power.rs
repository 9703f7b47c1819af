//! How likely a trial finds what is there: by formula and by simulation.

use crate::distribution::{LN_2_PI, ln_gamma, normal_cdf, normal_quantile, t_quantile};
use crate::random::{Generator, simulate};

/// P(T > `t`) for Student's t with `df` degrees of freedom and noncentrality `delta`.
///
/// The mean of Φ(δ - t s) over s = χ/√df, by the trapezoid rule in ln s, which converges exponentially; agrees with R's `pt` to about 1e-12.
///
/// ```
/// use kith_stats::{distribution::t_sf, power::noncentral_t_sf};
/// assert!((noncentral_t_sf(2.0, 10.0, 0.0) - t_sf(2.0, 10.0)).abs() < 1e-13);
/// ```
#[must_use]
pub fn noncentral_t_sf(t: f64, df: f64, delta: f64) -> f64 {
    mean_over_chi(t, df, |s| normal_cdf(delta - t * s))
}

/// P(T <= `t`) for Student's t with `df` degrees of freedom and noncentrality `delta`.
#[must_use]
pub fn noncentral_t_cdf(t: f64, df: f64, delta: f64) -> f64 {
    mean_over_chi(t, df, |s| normal_cdf(t * s - delta))
}

fn mean_over_chi(t: f64, df: f64, value: impl Fn(f64) -> f64) -> f64 {
    if df <= 0.0 || df.is_nan() || t.is_nan() {
        return f64::NAN;
    }
    if df > 1e10 {
        return value(1.0);
    }
    let half = df / 2.0;
    // ln of the density of ln s, with (df/2)^(df/2) e^(-df/2) / Γ(df/2) by Stirling where df is large.
    let constant = if half > 1e4 {
        0.5 * half.ln() - 0.5 * LN_2_PI - 1.0 / (12.0 * half)
    } else {
        half * half.ln() - half - ln_gamma(half)
    } + std::f64::consts::LN_2;
    let reach = (45.0 / df).sqrt();
    let step = 0.4 / (2.0 * df + t * t + 1.0).sqrt();
    let from = -((reach + 45.0 / df) / step).ceil() as i64;
    let to = (reach / step).ceil() as i64;
    let total: f64 = (from..=to)
        .map(|index| {
            let x = index as f64 * step;
            // half (1 + 2x - e^2x), without cancellation near x = 0.
            let exponent = half * (2.0 * x - (2.0 * x).exp_m1());
            (constant + exponent).exp() * value(x.exp())
        })
        .sum();
    (total * step).clamp(0.0, 1.0)
}

/// The power of the two-sided Student test of two groups of `n` people whose means differ by `d` standard deviations, at level `alpha`.
///
/// Both tails count, as in R's `power.t.test(strict = TRUE)` and G*Power. `n` may be a fraction; not a number for `n` below 1 or just 1.
///
/// ```
/// // Cohen (1988): 64 a group give d = 0.5 a power of .80.
/// assert!((kith_stats::power::two_sample(0.5, 64.0, 0.05) - 0.801_460).abs() < 1e-6);
/// ```
#[must_use]
pub fn two_sample(d: f64, n: f64, alpha: f64) -> f64 {
    let df = 2.0 * n - 2.0;
    if !(df > 0.0 && alpha > 0.0 && alpha < 1.0) {
        return f64::NAN;
    }
    let least = t_quantile(1.0 - alpha / 2.0, df);
    let delta = d * (n / 2.0).sqrt();
    (noncentral_t_sf(least, df, delta) + noncentral_t_cdf(-least, df, delta)).min(1.0)
}

/// The least `n` a group, as a fraction, for which [`two_sample`] reaches `power`; at least 2. `None` when no number of people does.
///
/// ```
/// let n = kith_stats::power::two_sample_n(0.5, 0.8, 0.05).unwrap();
/// assert!((n - 63.765_61).abs() < 1e-4);
/// ```
#[must_use]
pub fn two_sample_n(d: f64, power: f64, alpha: f64) -> Option<f64> {
    let sensible =
        d.is_finite() && d != 0.0 && power < 1.0 && power > 0.0 && alpha > 0.0 && alpha < 1.0;
    if !sensible {
        return None;
    }
    let (mut low, mut high) = (2.0, 4.0);
    if two_sample(d, low, alpha) >= power {
        return Some(low);
    }
    while two_sample(d, high, alpha) < power {
        (low, high) = (high, 2.0 * high);
        if high > 1e12 {
            return None;
        }
    }
    while high - low > 1e-10 * high {
        let middle = f64::midpoint(low, high);
        if two_sample(d, middle, alpha) < power {
            low = middle;
        } else {
            high = middle;
        }
    }
    Some(high)
}

/// A share of runs and how surely it is known.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Share {
    /// How many runs.
    pub runs: usize,
    /// The share that came out.
    pub share: f64,
    /// Wilson's interval (1927, J. Am. Stat. Assoc. 22:209-212).
    pub interval: [f64; 2],
}

impl Share {
    /// The share of `hits` in `runs`, with an interval of probability `level`.
    #[must_use]
    pub fn new(hits: usize, runs: usize, level: f64) -> Self {
        let (n, share) = (runs as f64, hits as f64 / runs as f64);
        let z = normal_quantile(0.5 + level / 2.0);
        let middle = (share + z * z / (2.0 * n)) / (1.0 + z * z / n);
        let reach =
            z / (1.0 + z * z / n) * (share * (1.0 - share) / n + z * z / (4.0 * n * n)).sqrt();
        Self {
            runs,
            share,
            interval: [(middle - reach).max(0.0), (middle + reach).min(1.0)],
        }
    }
}

/// How often `trial` succeeds in `runs` runs: the power of any design that can be written down. The same `seed` gives the same share
/// on any machine.
///
/// ```
/// use kith_stats::power::simulated;
/// let heads = simulated(10_000, 2, 0.95, |chance| chance.uniform() < 0.5);
/// assert!(heads.interval[0] < 0.5 && 0.5 < heads.interval[1]);
/// ```
#[must_use]
pub fn simulated(
    runs: usize,
    seed: u64,
    level: f64,
    trial: impl Fn(&mut Generator) -> bool + Sync,
) -> Share {
    let hits = simulate(runs, seed, |chance, _| trial(chance))
        .into_iter()
        .filter(|hit| *hit)
        .count();
    Share::new(hits, runs, level)
}

/// The power of the two-sided Student test as in [`two_sample`], by drawing every person of `runs` trials; with a 95 % interval.
#[must_use]
pub fn two_sample_simulated(d: f64, n: usize, alpha: f64, runs: usize, seed: u64) -> Share {
    let least = t_quantile(1.0 - alpha / 2.0, 2.0 * n as f64 - 2.0);
    simulated(runs, seed, 0.95, |chance| {
        student_of_drawn(chance, d, n).abs() > least
    })
}

/// Student's t of two groups of `n` drawn people whose means differ by `d` standard deviations.
pub fn student_of_drawn(chance: &mut Generator, d: f64, n: usize) -> f64 {
    let mut group = || {
        let (mut sum, mut squares) = (0.0, 0.0);
        let mut people = [0.0; 64];
        let mut left = n;
        while left > 0 {
            let drawn = left.min(people.len());
            chance.fill_normal(&mut people[..drawn]);
            for value in &people[..drawn] {
                sum += value;
                squares += value * value;
            }
            left -= drawn;
        }
        let mean = sum / n as f64;
        (mean, squares - sum * mean)
    };
    let (one, other) = (group(), group());
    let count = n as f64;
    let variance = (one.1 + other.1) / (2.0 * count - 2.0);
    (one.0 + d - other.0) / (variance * 2.0 / count).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_an_effect_the_power_is_the_level() {
        for n in [2.0, 3.0, 10.0, 64.0, 1e4, 1e7] {
            for alpha in [0.001, 0.05, 0.5] {
                assert!(
                    (two_sample(0.0, n, alpha) - alpha).abs() < 1e-10,
                    "{n} {alpha} {}",
                    two_sample(0.0, n, alpha)
                );
            }
        }
        assert!(two_sample(0.5, 1.0, 0.05).is_nan());
        assert_eq!(two_sample_n(0.0, 0.8, 0.05), None);
    }

    #[test]
    fn the_n_that_is_found_has_the_power_that_was_asked() {
        for d in [0.1, 0.35, -0.8, 2.0] {
            for power in [0.5, 0.8, 0.95] {
                let n = two_sample_n(d, power, 0.05).unwrap();
                assert!(n == 2.0 || (two_sample(d, n, 0.05) - power).abs() < 1e-8);
            }
        }
    }

    #[test]
    fn simulation_and_formula_agree() {
        let seen = two_sample_simulated(0.5, 64, 0.05, 4000, 1);
        let exact = two_sample(0.5, 64.0, 0.05);
        assert!((seen.share - exact).abs() < 4.0 * (exact * (1.0 - exact) / 4000.0).sqrt());
        assert_eq!(seen, two_sample_simulated(0.5, 64, 0.05, 4000, 1));
        assert_ne!(seen, two_sample_simulated(0.5, 64, 0.05, 4000, 2));
    }

    #[test]
    fn a_share_of_all_or_none_has_an_interval_within_bounds() {
        let none = Share::new(0, 100, 0.95);
        assert!(none.interval[0] == 0.0 && (none.interval[1] - 0.0370).abs() < 1e-4);
        assert_eq!(Share::new(100, 100, 0.95).interval[1], 1.0);
    }
}
