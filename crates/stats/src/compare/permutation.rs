//! The permutation test of a difference of means.

use super::{Comparison, Error};
use crate::random::simulate;

/// Up to this many ways of dealing people into the groups, all are tried.
const ALL: u128 = 50_000;

/// The permutation test of the difference of means: how often, when people are dealt into the groups at random, the means lie at least as far apart.
///
/// All ways are tried when there are no more than 50,000; otherwise `runs` random ones from `seed`, and the deal that was seen counts as one of
/// them (Phipson and Smyth 2010, Stat. Appl. Genet. Mol. Biol. 9:39). The interval holds the shifts that the two one-sided tests do not reject; each deal
/// rejects beyond the difference of the means of those it moves (Garthwaite 1996, Biometrics 52:1387-1393), so no search is needed.
///
/// ```
/// let seen = kith_stats::compare::permutation(&[1.0, 2.0, 3.0], &[7.0, 8.0, 9.0], 0.95, 1000, 1).unwrap();
/// assert!((seen.p - 0.1).abs() < 1e-12);
/// ```
///
/// # Errors
/// See [`Error`].
pub fn permutation(
    first: &[f64],
    second: &[f64],
    level: f64,
    runs: usize,
    seed: u64,
) -> Result<Comparison, Error> {
    if first.iter().chain(second).any(|value| !value.is_finite()) {
        return Err(Error::NotFinite);
    }
    if first.len() < 2 || second.len() < 2 {
        return Err(Error::TooFew);
    }
    if first.iter().chain(second).all(|value| *value == first[0]) {
        return Err(Error::NoVariation);
    }
    let all: Vec<f64> = first.iter().chain(second).copied().collect();
    let total: f64 = all.iter().sum();
    let own: f64 = first.iter().sum();
    let (n, m) = (first.len() as f64, second.len() as f64);
    let difference_of = |sum: f64| sum / n - (total - sum) / m;
    let seen = difference_of(own);
    let slack = 1e-10
        * all
            .iter()
            .fold(0.0_f64, |most, value| most.max(value.abs()));
    // For a deal: the difference of means, and the shift up to which it lies at least as high as the one that was seen.
    let deal = |chosen: &[usize]| -> (f64, f64) {
        let (mut sum, mut staying) = (0.0, 0.0_f64);
        for index in chosen {
            sum += all[*index];
            staying += f64::from(*index < first.len());
        }
        let difference = difference_of(sum);
        let kept = staying / n - (n - staying) / m;
        (
            difference,
            if staying == n {
                f64::NAN
            } else {
                (seen - difference) / (1.0 - kept)
            },
        )
    };
    let exact = ways(first.len() + second.len(), first.len()) <= ALL;
    let deals: Vec<(f64, f64)> = if exact {
        every_choice(all.len(), first.len(), deal)
    } else {
        simulate(runs, seed, |chance, _| {
            let mut order: Vec<usize> = (0..all.len()).collect();
            chance.draw(&mut order, first.len());
            deal(&order[..first.len()])
        })
    };
    let as_far = deals
        .iter()
        .filter(|(difference, _)| difference.abs() >= seen.abs() - slack)
        .count();
    // The deal that was seen is among all of them, and is added to random ones.
    let added = usize::from(!exact);
    let count = (deals.len() + added) as f64;
    let mut shifts: Vec<f64> = deals
        .iter()
        .map(|(_, shift)| *shift)
        .filter(|shift| !shift.is_nan())
        .collect();
    shifts.sort_by(f64::total_cmp);
    let certain = deals.len() + added - shifts.len();
    // One-sided p at a shift beyond k of them: (certain + k) / count; the first k for which it exceeds the tail.
    let tail = (1.0 - level) / 2.0;
    let beyond = ((tail * count + 1e-9).floor() as usize + 1).saturating_sub(certain);
    let interval = if beyond == 0 || beyond > shifts.len() {
        [f64::NEG_INFINITY, f64::INFINITY]
    } else {
        [shifts[beyond - 1], shifts[shifts.len() - beyond]]
    };
    Ok(Comparison {
        stat: seen,
        df: None,
        p: (as_far + added) as f64 / count,
        difference: seen,
        interval,
    })
}

/// How many ways there are of choosing `k` of `n`, as far as it matters here.
fn ways(n: usize, k: usize) -> u128 {
    let mut ways: u128 = 1;
    for index in 0..k.min(n - k) {
        ways = ways * (n - index) as u128 / (index + 1) as u128;
        if ways > ALL {
            break;
        }
    }
    ways
}

fn every_choice<T>(n: usize, k: usize, visit: impl Fn(&[usize]) -> T) -> Vec<T> {
    let mut chosen: Vec<usize> = (0..k).collect();
    let mut results = Vec::new();
    loop {
        results.push(visit(&chosen));
        let Some(moving) = (0..k).rev().find(|place| chosen[*place] < n - k + place) else {
            return results;
        };
        chosen[moving] += 1;
        for place in moving + 1..k {
            chosen[place] = chosen[place - 1] + 1;
        }
    }
}
