//! Numbers in, numbers out: the statistics Kith stands on.
//!
//! Nothing here reads a file, a clock or a database; every function is deterministic.
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::panic))]

pub mod alpha;
pub mod ancova;
pub mod bias;
pub mod change;
pub mod compare;
pub mod correlation;
pub mod distribution;
pub mod effect;
pub mod formula;
pub mod linear;
pub mod mixed;
pub mod pool;
pub mod power;
pub mod random;
pub mod regression;
mod root;
pub mod sensitivity;
mod tau2;
pub mod three_level;

/// The middle value of `values`, or the mean of the two middle ones; `None` for an empty slice.
///
/// Values that are not a number are sorted last by [`f64::total_cmp`].
///
/// ```
/// assert_eq!(kith_stats::median(&[3.0, 1.0, 2.0]), Some(2.0));
/// assert_eq!(kith_stats::median(&[]), None);
/// ```
#[must_use]
pub fn median(values: &[f64]) -> Option<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let middle = sorted.len() / 2;
    match sorted.len() {
        0 => None,
        length if length % 2 == 1 => Some(sorted[middle]),
        _ => Some(f64::midpoint(sorted[middle - 1], sorted[middle])),
    }
}

/// The quantile of `values` at `part`, from 0 to 1, linear between neighbours: type 7 of Hyndman and Fan 1996, as R and NumPy
/// have it by default. `None` for an empty slice or a part that is none.
///
/// Values that are not a number are sorted last by [`f64::total_cmp`].
///
/// ```
/// let hours = [1.0, 2.0, 4.0, 8.0];
/// assert_eq!(kith_stats::quantile(&hours, 0.25), Some(1.75));
/// assert_eq!(kith_stats::quantile(&hours, 1.0), Some(8.0));
/// assert_eq!(kith_stats::quantile(&[], 0.5), None);
/// ```
#[must_use]
pub fn quantile(values: &[f64], part: f64) -> Option<f64> {
    if !(0.0..=1.0).contains(&part) {
        return None;
    }
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let place = part * sorted.len().checked_sub(1)? as f64;
    let below = *sorted.get(place.floor() as usize)?;
    let above = *sorted.get(place.ceil() as usize)?;
    Some(below + (above - below) * place.fract())
}

#[cfg(test)]
mod tests {
    use super::{median, quantile};
    use proptest::prelude::*;

    /// R 4: `quantile(c(3, 1, 4, 1, 5, 9, 2, 6), c(0, .25, .5, .75, 1))`.
    #[test]
    fn quantiles_are_those_of_r() {
        let values = [3.0, 1.0, 4.0, 1.0, 5.0, 9.0, 2.0, 6.0];
        let parts = [0.0, 0.25, 0.5, 0.75, 1.0];
        let told = parts.map(|part| quantile(&values, part).unwrap());
        assert_eq!(told, [1.0, 1.75, 3.5, 5.25, 9.0]);
        for part in [-0.1, 1.1, f64::NAN] {
            assert_eq!(quantile(&values, part), None);
        }
    }

    proptest! {
        #[test]
        fn quantiles_rise_with_their_part_and_the_half_is_the_median(
            values in prop::collection::vec(-1e6..1e6f64, 1..40), one in 0.0..=1.0f64, other in 0.0..=1.0f64,
        ) {
            let (low, high) = (one.min(other), one.max(other));
            prop_assert!(quantile(&values, low).unwrap() <= quantile(&values, high).unwrap());
            let half = quantile(&values, 0.5).unwrap();
            prop_assert!((half - median(&values).unwrap()).abs() <= 1e-9 * half.abs().max(1.0));
        }
    }
}
