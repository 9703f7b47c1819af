//! Rank correlation.

use crate::distribution::{normal_quantile, normal_sf, t_p};

/// A rank correlation.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spearman {
    /// Spearman's rho.
    pub rho: f64,
    /// Two-sided: exact below ten pairs, by Edgeworth series up to 1290 (Best and Roberts 1975, Appl. Stat. 24:377-379, AS 89), and by t with
    /// ties or beyond, as R's `cor.test` does.
    pub p: f64,
    /// The 95 % interval by Fisher's z with the variance of Bonett and Wright (2000, Psychometrika 65:23-28); not a number below four pairs.
    pub interval: [f64; 2],
    /// How many pairs.
    pub n: usize,
}

/// Spearman's rank correlation of `x` and `y`; `None` for fewer than three pairs, different lengths, values that are not finite, or no variation.
///
/// ```
/// let seen = kith_stats::correlation::spearman(&[1.0, 2.0, 3.0, 4.0], &[1.0, 4.0, 9.0, 16.0]).unwrap();
/// assert_eq!(seen.rho, 1.0);
/// ```
#[must_use]
pub fn spearman(x: &[f64], y: &[f64]) -> Option<Spearman> {
    let n = x.len();
    if n != y.len() || n < 3 || x.iter().chain(y).any(|value| !value.is_finite()) {
        return None;
    }
    let ((a, ties), (b, more_ties)) = (ranks(x), ranks(y));
    let middle = f64::midpoint(n as f64, 1.0);
    let product = |one: &[f64], other: &[f64]| -> f64 {
        one.iter()
            .zip(other)
            .map(|(x, y)| (x - middle) * (y - middle))
            .sum()
    };
    let spread = (product(&a, &a) * product(&b, &b)).sqrt();
    if spread == 0.0 {
        return None;
    }
    let rho = (product(&a, &b) / spread).clamp(-1.0, 1.0);
    let count = n as f64;
    let p = if ties + more_ties == 0.0 && n <= 1290 {
        let squares: f64 = a.iter().zip(&b).map(|(x, y)| (x - y).powi(2)).sum();
        // Both tails alike: the smaller sum has the upper tail of its mirror image.
        let most = count * (count * count - 1.0) / 3.0;
        (2.0 * upper_tail(n, squares.max(most - squares))).min(1.0)
    } else {
        let df = count - 2.0;
        t_p(rho * (df / (1.0 - rho * rho)).sqrt(), df)
    };
    let interval = if n < 4 {
        [f64::NAN; 2]
    } else {
        let reach = normal_quantile(0.975) * ((1.0 + rho * rho / 2.0) / (count - 3.0)).sqrt();
        [(rho.atanh() - reach).tanh(), (rho.atanh() + reach).tanh()]
    };
    Some(Spearman {
        rho,
        p,
        interval,
        n,
    })
}

/// The ranks of `values` from 1, ties sharing their mean, and the sum of t³ - t over ties of t values.
#[must_use]
pub fn ranks(values: &[f64]) -> (Vec<f64>, f64) {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|one, other| values[*one].total_cmp(&values[*other]));
    let mut ranks = vec![0.0; values.len()];
    let mut ties = 0.0;
    let mut start = 0;
    // Zeros of either sign are equal.
    for group in order.chunk_by(|one, other| values[*one] == values[*other]) {
        let count = group.len() as f64;
        for index in group {
            ranks[*index] = start as f64 + f64::midpoint(count, 1.0);
        }
        ties += count * count * count - count;
        start += group.len();
    }
    (ranks, ties)
}

/// P(S >= `squares`) for the sum S of squared differences of ranks.
fn upper_tail(n: usize, squares: f64) -> f64 {
    if n <= 9 {
        let mut order: Vec<usize> = (0..n).collect();
        let (mut hits, mut all) = (0_u32, 0_u32);
        each_order(&mut order, 0, &mut |order| {
            let sum: usize = order
                .iter()
                .enumerate()
                .map(|(place, own)| place.abs_diff(*own).pow(2))
                .sum();
            hits += u32::from(sum as f64 >= squares - 0.5);
            all += 1;
        });
        return f64::from(hits) / f64::from(all);
    }
    let count = n as f64;
    let b = 1.0 / count;
    let x = (6.0 * (squares - 1.0) * b / (count * count - 1.0) - 1.0) * (1.0 / b - 1.0).sqrt();
    let y = x * x;
    let last = 0.0072 - 0.0831 * b + y * b * (0.0131 - 4.6e-4 * y);
    let fourth = -0.0758 + b * (0.1033 + 0.3932 * b) - y * b * (0.0879 + 0.0151 * b - y * last);
    let series = x * b * (0.2274 + b * (0.2531 + 0.1745 * b) + y * fourth);
    (series / (y / 2.0).exp() + normal_sf(x)).clamp(0.0, 1.0)
}

fn each_order(order: &mut [usize], from: usize, visit: &mut impl FnMut(&[usize])) {
    if from + 1 >= order.len() {
        visit(order);
        return;
    }
    for index in from..order.len() {
        order.swap(from, index);
        each_order(order, from + 1, visit);
        order.swap(from, index);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranks_share_and_ties_are_counted() {
        assert_eq!(
            ranks(&[3.0, 1.0, 3.0, 2.0]),
            (vec![3.5, 1.0, 3.5, 2.0], 6.0)
        );
        assert_eq!(ranks(&[0.0, -0.0]).1, 6.0);
    }

    #[test]
    fn turning_one_side_over_turns_the_sign_alone() {
        let x: Vec<f64> = (0..30).map(|k| f64::from(k * 7 % 31)).collect();
        let y: Vec<f64> = (0..30).map(|k| f64::from(k * 11 % 31)).collect();
        let down: Vec<f64> = y.iter().map(|value| -value).collect();
        let (one, other) = (spearman(&x, &y).unwrap(), spearman(&x, &down).unwrap());
        assert!((one.rho + other.rho).abs() < 1e-14 && (one.p - other.p).abs() < 1e-12);
        assert_eq!(spearman(&[1.0, 1.0, 1.0], &[1.0, 2.0, 3.0]), None);
    }
}
