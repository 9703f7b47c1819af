//! What a standardised difference means for people.
//!
//! All of it supposes that both groups are spread normally and alike, and that d is the difference of their means in
//! standard deviations.

use kith_stats::distribution::{normal_cdf, normal_quantile};

/// The share that is better off with training, where `rate` of them are without it.
///
/// Source: T. Furukawa and S. Leucht, *PLoS ONE* 6(4), 2011, e19070: the cut-off that a share `rate` reaches in one group
/// is reached by Φ(d + Φ⁻¹(rate)) in the other. With a rate of one half it is Cohen's U3.
///
/// ```
/// use kith_evidence::translate::better_off;
/// assert!((better_off(0.0, 0.3) - 0.3).abs() < 1e-9);
/// assert!((better_off(0.5, 0.5) - 0.6915).abs() < 1e-4);
/// ```
#[must_use]
pub fn better_off(d: f64, rate: f64) -> f64 {
    normal_cdf(d + normal_quantile(rate))
}

/// How many have to train for one more to be better off; nothing where none is.
///
/// Source: as [`better_off`]: one over the difference of the two shares.
#[must_use]
pub fn number_needed(d: f64, rate: f64) -> Option<f64> {
    let more = better_off(d, rate) - rate;
    (more > 0.0).then_some(1.0 / more)
}

/// The chance that somebody who trained is better off than somebody who did not: Φ(d / √2).
///
/// Source: K. McGraw and S. Wong, *Psychological Bulletin* 111 (1992), 361.
///
/// ```
/// assert!((kith_evidence::translate::superiority(0.0) - 0.5).abs() < 1e-9);
/// ```
#[must_use]
pub fn superiority(d: f64) -> f64 {
    normal_cdf(d * std::f64::consts::FRAC_1_SQRT_2)
}

/// The success rate difference: that chance less its opposite, 2 Φ(d / √2) - 1.
///
/// Source: H. Kraemer and D. Kupfer, *Biological Psychiatry* 59 (2006), 990.
#[must_use]
pub fn success_rate_difference(d: f64) -> f64 {
    2.0 * superiority(d) - 1.0
}
