//! How a pooled effect hangs on single studies, on their order, and on groups of them.

use crate::distribution::chi_squared_sf;
use crate::pool::{PoolError, Pooled, Settings, check, pool};
use crate::tau2::Problem;

/// The pool without each study in turn, in the studies' order.
///
/// # Errors
/// As [`pool`]; and where there are fewer than two studies.
pub fn leave_one_out(
    yi: &[f64],
    vi: &[f64],
    settings: &Settings,
) -> Result<Vec<Pooled>, PoolError> {
    check(yi, vi, settings.level)?;
    if yi.len() < 2 {
        return Err(PoolError::TooFew {
            k: yi.len(),
            least: 2,
        });
    }
    (0..yi.len())
        .map(|left| pool(&without(yi, left), &without(vi, left), settings))
        .collect()
}

/// The pool of the first study, of the first two, and so on to all, in the order given.
///
/// # Errors
/// As [`pool`].
pub fn cumulative(yi: &[f64], vi: &[f64], settings: &Settings) -> Result<Vec<Pooled>, PoolError> {
    check(yi, vi, settings.level)?;
    (1..=yi.len())
        .map(|count| pool(&yi[..count], &vi[..count], settings))
        .collect()
}

/// What one study does to the pool. Each figure compares the pool of all with the one without this study.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Influence {
    /// The study's distance from the pool of the others, in its standard errors.
    pub rstudent: f64,
    /// How far the study's own fitted value moves, in its standard errors.
    pub dffits: f64,
    /// Cook's distance: the squared move of the estimate, in its variances.
    pub cook_d: f64,
    /// Variance of the estimate without the study over the one with it.
    pub cov_r: f64,
    /// tau² without the study.
    pub tau2: f64,
    /// Q without the study.
    pub q: f64,
    /// Its leverage: the part of the weight it has, from 0 to 1.
    pub hat: f64,
    /// How far the estimate moves, in its standard errors (with tau² as without the study).
    pub dfbeta: f64,
}

/// The influence of each study, in the studies' order; definitions as metafor's `influence.rma.uni`
/// (Viechtbauer and Cheung 2010).
///
/// # Errors
/// As [`leave_one_out`].
pub fn influence(yi: &[f64], vi: &[f64], settings: &Settings) -> Result<Vec<Influence>, PoolError> {
    let all = pool(yi, vi, settings)?;
    let leverages =
        Problem::intercept(yi, vi).leverages(&Problem::intercept(yi, vi).weights(all.tau2));
    Ok(leave_one_out(yi, vi, settings)?
        .iter()
        .enumerate()
        .map(|(i, rest)| {
            let moved = all.estimate - rest.estimate;
            let spread = vi[i] + rest.tau2;
            let total: f64 = vi.iter().map(|v| 1.0 / (v + rest.tau2)).sum();
            // What Knapp and Hartung multiplied the variance without the study by; else 1.
            let scale = rest.se * rest.se * (total - 1.0 / spread);
            Influence {
                rstudent: (yi[i] - rest.estimate) / (scale * spread + rest.se * rest.se).sqrt(),
                dffits: moved / (scale * leverages[i] * spread).sqrt(),
                cook_d: moved * moved / (all.se * all.se),
                cov_r: rest.se * rest.se / (all.se * all.se),
                tau2: rest.tau2,
                q: rest.q,
                hat: leverages[i],
                dfbeta: moved / (scale / total).sqrt(),
            }
        })
        .collect())
}

/// Studies pooled in groups, each with a tau² of its own.
#[derive(Clone, Debug, PartialEq)]
pub struct Subgroups {
    /// The pool of each group, by its number.
    pub groups: Vec<Pooled>,
    /// Test of whether the groups' averages differ: their squared distances from their mean weighted by the squared
    /// standard errors, chi-squared with one less degree of freedom than groups, and the p-value. With one group 0, 0, 1.
    pub between: (f64, usize, f64),
}

/// Pools each group by itself; `group` numbers each effect's group from 0, every number to the greatest being used.
///
/// # Errors
/// As [`pool`], also for a number that no effect has.
pub fn subgroups(
    yi: &[f64],
    vi: &[f64],
    group: &[usize],
    settings: &Settings,
) -> Result<Subgroups, PoolError> {
    check(yi, vi, settings.level)?;
    if group.len() != yi.len() {
        return Err(PoolError::Lengths {
            effects: yi.len(),
            others: group.len(),
            what: "groups",
        });
    }
    let count = group.iter().max().map_or(0, |most| most + 1);
    let groups = (0..count)
        .map(|wanted| {
            let pick = |values: &[f64]| -> Vec<f64> {
                values
                    .iter()
                    .zip(group)
                    .filter_map(|(value, group)| (*group == wanted).then_some(*value))
                    .collect()
            };
            pool(&pick(yi), &pick(vi), settings)
        })
        .collect::<Result<Vec<_>, _>>()?;
    let weight = |pooled: &Pooled| 1.0 / (pooled.se * pooled.se);
    let total: f64 = groups.iter().map(weight).sum();
    let mean = groups.iter().map(|g| weight(g) * g.estimate).sum::<f64>() / total;
    let q: f64 = groups
        .iter()
        .map(|g| weight(g) * (g.estimate - mean).powi(2))
        .sum();
    let df = count - 1;
    let between = if df == 0 {
        (0.0, 0, 1.0)
    } else {
        (q, df, chi_squared_sf(q, df as f64))
    };
    Ok(Subgroups { groups, between })
}

fn without(values: &[f64], left: usize) -> Vec<f64> {
    [&values[..left], &values[left + 1..]].concat()
}
