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
