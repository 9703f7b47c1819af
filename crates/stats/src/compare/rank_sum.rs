//! The rank-sum test of Wilcoxon, Mann and Whitney, as R's `wilcox.test` does it.

use super::{Comparison, Error};
use crate::correlation::ranks;
use crate::distribution::{normal_cdf, normal_quantile, normal_sf};

/// A rank-sum test.
#[derive(Clone, Debug, PartialEq)]
pub struct RankSum {
    /// The statistic is W: in how many pairs the first group's value is larger, ties counting half. The difference is the
    /// Hodges-Lehmann shift.
    pub test: Comparison,
    /// Whether p and the interval are exact.
    pub exact: bool,
    /// The probability that a value of the first group is larger than one of the second, ties counting half.
    pub superiority: f64,
}

/// The rank-sum test: exact when both groups have fewer than 50 values and none are tied; otherwise normal, corrected for ties and continuity.
///
/// The interval of the shift inverts the same test: exact from the ordered differences (Bauer 1972, J. Am. Stat. Assoc. 67:687-690),
/// or where the corrected statistic crosses the normal quantile.
///
/// ```
/// let seen = kith_stats::compare::rank_sum(&[1.1, 2.2, 3.3], &[4.4, 5.5, 6.6], 0.95).unwrap();
/// assert_eq!((seen.test.stat, seen.exact), (0.0, true));
/// assert!((seen.test.p - 0.1).abs() < 1e-12);
/// ```
///
/// # Errors
/// [`Error::TooFew`] for an empty group, [`Error::NotFinite`], [`Error::NoVariation`] when all values are tied.
pub fn rank_sum(first: &[f64], second: &[f64], level: f64) -> Result<RankSum, Error> {
    if first.is_empty() || second.is_empty() {
        return Err(Error::TooFew);
    }
    if first.iter().chain(second).any(|value| !value.is_finite()) {
        return Err(Error::NotFinite);
    }
    let pairs = first.len() as f64 * second.len() as f64;
    let shifted = Shifted { first, second };
    let (stat, ties) = shifted.by(0.0);
    let exact = ties == 0.0 && first.len() < 50 && second.len() < 50;
    let tail = (1.0 - level) / 2.0;
    let test = if exact {
        let below = cumulative(first.len(), second.len());
        exact_test(first, second, stat, &below, tail)
    } else {
        let sigma = shifted.sigma(ties);
        if sigma == 0.0 {
            return Err(Error::NoVariation);
        }
        let away = stat - pairs / 2.0;
        let z = (away - 0.5_f64.copysign(away) * f64::from(away != 0.0)) / sigma;
        let z_tail = normal_quantile(1.0 - tail);
        Comparison {
            stat,
            df: None,
            p: (2.0 * normal_cdf(z).min(normal_sf(z))).min(1.0),
            difference: shifted.crossing(0.0, false),
            interval: [
                shifted.crossing(z_tail, true),
                shifted.crossing(-z_tail, true),
            ],
        }
    };
    Ok(RankSum {
        superiority: stat / pairs,
        test,
        exact,
    })
}

fn exact_test(first: &[f64], second: &[f64], stat: f64, below: &[f64], tail: f64) -> Comparison {
    let pairs = first.len() * second.len();
    let w = stat as usize;
    let one_sided = if 2 * w > pairs {
        // The distribution is symmetric.
        below[pairs - w]
    } else {
        below[w]
    };
    let mut differences: Vec<f64> = first
        .iter()
        .flat_map(|x| second.iter().map(move |y| x - y))
        .collect();
    differences.sort_by(f64::total_cmp);
    let low = below
        .iter()
        .position(|share| *share >= tail - 10.0 * f64::EPSILON)
        .unwrap_or(0)
        .max(1);
    Comparison {
        stat,
        df: None,
        p: (2.0 * one_sided).min(1.0),
        difference: crate::median(&differences).unwrap_or(f64::NAN),
        interval: [differences[low - 1], differences[pairs - low]],
    }
}

/// P(W <= w) for w from 0 to the number of pairs, without ties.
fn cumulative(first: usize, second: usize) -> Vec<f64> {
    // ways[k][w]: of choosing k of the ranks so far whose sum exceeds the least possible by w.
    let pairs = first * second;
    let mut ways = vec![vec![0.0; pairs + 1]; first + 1];
    ways[0][0] = 1.0;
    for rank in 0..first + second {
        for chosen in (1..=first.min(rank + 1)).rev() {
            // The chosen-th smallest at this rank lies this far above its least.
            let above = rank + 1 - chosen;
            if above > second {
                continue;
            }
            for w in (above..=pairs).rev() {
                let more = ways[chosen - 1][w - above];
                ways[chosen][w] += more;
            }
        }
    }
    let total: f64 = ways[first].iter().sum();
    ways[first]
        .iter()
        .scan(0.0, |sum, count| {
            *sum += count;
            Some(*sum / total)
        })
        .collect()
}

/// Both groups, to be compared after a shift of the first.
struct Shifted<'a> {
    first: &'a [f64],
    second: &'a [f64],
}

impl Shifted<'_> {
    /// W, and the sum of t³ - t over ties, after taking `shift` from the first group.
    fn by(&self, shift: f64) -> (f64, f64) {
        let all: Vec<f64> = self
            .first
            .iter()
            .map(|value| value - shift)
            .chain(self.second.iter().copied())
            .collect();
        let (ranks, ties) = ranks(&all);
        let n = self.first.len() as f64;
        let sum: f64 = ranks[..self.first.len()].iter().sum();
        (sum - n * (n + 1.0) / 2.0, ties)
    }

    fn sigma(&self, ties: f64) -> f64 {
        let (n, m) = (self.first.len() as f64, self.second.len() as f64);
        let all = n + m;
        (n * m / 12.0 * ((all + 1.0) - ties / (all * (all - 1.0))))
            .max(0.0)
            .sqrt()
    }

    /// The shift at which the standardised statistic falls through `z`.
    fn crossing(&self, z: f64, corrected: bool) -> f64 {
        let pairs = self.first.len() as f64 * self.second.len() as f64;
        let standardised = |shift: f64| {
            let (w, ties) = self.by(shift);
            let away = w - pairs / 2.0;
            let correction = if corrected && away != 0.0 {
                0.5_f64.copysign(away)
            } else {
                0.0
            };
            (away - correction) / self.sigma(ties) - z
        };
        let least = |values: &[f64]| values.iter().copied().fold(f64::INFINITY, f64::min);
        let most = |values: &[f64]| values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let (mut low, mut high) = (
            least(self.first) - most(self.second),
            most(self.first) - least(self.second),
        );
        if standardised(low) <= 0.0 {
            return low;
        }
        if standardised(high) >= 0.0 {
            return high;
        }
        while high - low > 1e-13 * low.abs().max(high.abs()) {
            let middle = f64::midpoint(low, high);
            let value = standardised(middle);
            if value == 0.0 {
                return self.middle_of_flat(&standardised, middle, low, high);
            }
            if middle <= low || middle >= high {
                break;
            }
            if value > 0.0 {
                low = middle;
            } else {
                high = middle;
            }
        }
        f64::midpoint(low, high)
    }

    /// Where the statistic is exactly at `z` over a stretch of shifts, its middle.
    fn middle_of_flat(
        &self,
        standardised: &impl Fn(f64) -> f64,
        inside: f64,
        low: f64,
        high: f64,
    ) -> f64 {
        let edge = |mut inside: f64, mut outside: f64| {
            for _ in 0..60 {
                let middle = f64::midpoint(inside, outside);
                if standardised(middle) == 0.0 {
                    inside = middle;
                } else {
                    outside = middle;
                }
            }
            inside
        };
        f64::midpoint(edge(inside, low), edge(inside, high))
    }
}
