//! Several effects of one study: random effects at two levels.
//!
//! An effect is the average, plus what its study adds to all of its effects, plus what is its own, plus sampling error.
//! Sampling errors are taken as independent. As metafor's `rma.mv(yi, vi, random = ~ 1 | study/effect)`
//! (Konstantopoulos 2011).

use crate::distribution::{LN_2_PI, chi_squared_sf};
use crate::pool::{Method, PoolError, Search, check};
use crate::regression::{Coefficient, coefficient};
use crate::tau2::Problem;

/// A three-level pool.
#[derive(Clone, Debug, PartialEq)]
pub struct ThreeLevel {
    /// How many effects.
    pub k: usize,
    /// How many studies.
    pub studies: usize,
    /// The average effect, tested against the normal distribution.
    pub average: Coefficient,
    /// Variance between studies.
    pub between: f64,
    /// Variance of the effects within a study.
    pub within: f64,
    /// Where a further effect of a further study lies.
    pub prediction: (f64, f64),
    /// Cochran's Q, its degrees of freedom and its p-value.
    pub q: (f64, usize, f64),
    /// The log-likelihood: restricted, or not, as asked.
    pub log_likelihood: f64,
}

/// Pools effects `yi` with sampling variances `vi`; `study` numbers each effect's study from 0. By restricted maximum
/// likelihood, or with `restricted` false by maximum likelihood; intervals of confidence `level`.
///
/// # Errors
/// As [`crate::pool::pool`]; and where there are fewer than two effects, or `study` is of another length.
pub fn three_level(
    yi: &[f64],
    vi: &[f64],
    study: &[usize],
    restricted: bool,
    level: f64,
) -> Result<ThreeLevel, PoolError> {
    check(yi, vi, level)?;
    let k = yi.len();
    if study.len() != k {
        return Err(PoolError::Lengths {
            effects: k,
            others: study.len(),
            what: "studies",
        });
    }
    if k < 2 {
        return Err(PoolError::TooFew { k, least: 2 });
    }
    let mean = yi.iter().sum::<f64>() / k as f64;
    let mut sorted: Vec<(usize, f64, f64)> =
        (0..k).map(|i| (study[i], yi[i] - mean, vi[i])).collect();
    sorted.sort_by_key(|row| row.0);
    let model = Model {
        blocks: sorted
            .chunk_by(|a, b| a.0 == b.0)
            .map(|rows| rows.iter().map(|row| (row.1, row.2)).collect())
            .collect(),
        k,
        restricted,
    };
    let spread = yi.iter().map(|y| (y - mean).powi(2)).sum::<f64>() / k as f64;
    let mut best: Option<([f64; 2], State)> = None;
    // From the middle, from the sides, and from where there is no level between.
    let method = if restricted { Method::Reml } else { Method::Ml };
    let alone = Problem::intercept(yi, vi)
        .estimate(method, Search::Converged)?
        .value;
    let starts =
        [[0.5, 0.5], [1.0, 0.05], [0.05, 1.0]].map(|start| start.map(|part| part * spread));
    for start in starts.into_iter().chain([[0.0, alone]]) {
        let found = model.climb(start)?;
        if best
            .as_ref()
            .is_none_or(|best| found.1.log_likelihood > best.1.log_likelihood + 1e-10)
        {
            best = Some(found);
        }
    }
    let ([between, within], state) = best.ok_or(PoolError::NoConvergence)?;
    let se = state.total.sqrt().recip();
    let average = coefficient(mean + state.mean, se, None, level);
    let critical = (average.ci.1 - average.estimate) / se;
    let ahead = critical * (se * se + between + within).sqrt();
    let q = model.at([0.0, 0.0]).square;
    Ok(ThreeLevel {
        k,
        studies: model.blocks.len(),
        average,
        between,
        within,
        prediction: (average.estimate - ahead, average.estimate + ahead),
        q: (q, k - 1, chi_squared_sf(q, (k - 1) as f64)),
        log_likelihood: state.log_likelihood,
    })
}

struct Model {
    /// Each study's effects and variances.
    blocks: Vec<Vec<(f64, f64)>>,
    k: usize,
    restricted: bool,
}

/// Everything at one pair of variances (between, within).
struct State {
    mean: f64,
    /// 1'M^-1 1, the precision of the mean.
    total: f64,
    /// r'M^-1 r
    square: f64,
    log_likelihood: f64,
    gradient: [f64; 2],
    /// Expected information: its diagonal and what is beside it.
    information: [f64; 3],
}

impl Model {
    /// The likelihood, its slope and its expected information. The inverse of a block diag(v + within) + between J is
    /// by Sherman and Morrison.
    fn at(&self, [between, within]: [f64; 2]) -> State {
        let (mut total, mut weighted) = (0.0, 0.0);
        for block in &self.blocks {
            let (mut s, mut t) = (0.0, 0.0);
            for (y, v) in block {
                let w = 1.0 / (v + within);
                s += w;
                t += w * y;
            }
            total += s / (1.0 + between * s);
            weighted += t / (1.0 + between * s);
        }
        let mean = weighted / total;
        let (mut log_m, mut square) = (0.0, 0.0);
        // Sums over blocks, by the names of the terms they make.
        let (mut a1, mut a2, mut a3) = (0.0, 0.0, 0.0);
        let (mut qq, mut qqa, mut qmq) = (0.0, 0.0, 0.0);
        let (mut trace, mut trace_square) = (0.0, 0.0);
        let (mut between_score, mut within_score) = (0.0, 0.0);
        for block in &self.blocks {
            let (mut s1, mut s2, mut s3, mut t, mut rr) = (0.0, 0.0, 0.0, 0.0, 0.0);
            for (y, v) in block {
                let w = 1.0 / (v + within);
                let r = y - mean;
                s1 += w;
                s2 += w * w;
                s3 += w * w * w;
                t += w * r;
                rr += w * r * r;
                log_m -= w.ln();
            }
            let grown = 1.0 + between * s1;
            let c = between / grown;
            log_m += grown.ln();
            square += rr - c * t * t;
            let a = s1 / grown;
            let q = s2 / (grown * grown);
            a1 += a;
            a2 += a * a;
            a3 += a * a * a;
            qq += q;
            qqa += q * a;
            qmq += (s3 - c * s2 * s2) / (grown * grown);
            trace += s1 - c * s2;
            trace_square += s2 - 2.0 * c * s3 + c * c * s2 * s2;
            between_score += (t / grown).powi(2);
            within_score += block
                .iter()
                .map(|(y, v)| ((y - mean - c * t) / (v + within)).powi(2))
                .sum::<f64>();
        }
        let mut of_between = a1;
        let mut of_within = trace;
        let mut information = [a2, trace_square, qq];
        let mut twice = -(self.k as f64) * LN_2_PI - log_m - square;
        if self.restricted {
            of_between -= a2 / total;
            of_within -= qq / total;
            information[0] += -2.0 * a3 / total + (a2 / total).powi(2);
            information[1] += -2.0 * qmq / total + (qq / total).powi(2);
            information[2] += -2.0 * qqa / total + qq * a2 / (total * total);
            twice += LN_2_PI - total.ln() + (self.k as f64).ln();
        }
        State {
            mean,
            total,
            square,
            log_likelihood: 0.5 * twice,
            gradient: [
                0.5 * (between_score - of_between),
                0.5 * (within_score - of_within),
            ],
            information: information.map(|value| 0.5 * value),
        }
    }

    /// Fisher scoring within the bounds at 0, each step halved until the likelihood rises. Where rises are lost in
    /// rounding, whole steps go on as long as the slope still falls.
    fn climb(&self, start: [f64; 2]) -> Result<([f64; 2], State), PoolError> {
        let mut x = start;
        let mut state = self.at(x);
        let scale = start[0] + start[1] + f64::MIN_POSITIVE;
        for _ in 0..5000 {
            let step = uphill(x, &state);
            let gain = rise(&step, &state);
            let mut part = 1.0;
            let mut moved = false;
            while part > 1e-12 && gain > 0.0 {
                let next = [0, 1].map(|i| (x[i] + part * step[i]).max(0.0));
                let there = self.at(next);
                let higher = there.log_likelihood - state.log_likelihood;
                let rounding = 1e-13 * (1.0 + state.log_likelihood.abs());
                let flatter = || part == 1.0 && rise(&uphill(next, &there), &there) < 0.25 * gain;
                if higher > rounding || (higher >= -rounding && flatter()) {
                    let far = (next[0] - x[0]).abs().max((next[1] - x[1]).abs());
                    x = next;
                    state = there;
                    moved = far > 1e-14 * scale;
                    break;
                }
                part *= 0.5;
            }
            if !moved {
                return Ok((x, state));
            }
        }
        Err(PoolError::NoConvergence)
    }
}

/// The step of Fisher scoring; a variance at 0 that would fall stays.
fn uphill(x: [f64; 2], state: &State) -> [f64; 2] {
    let g = state.gradient;
    let [i0, i1, i01] = state.information;
    let held = [x[0] <= 0.0 && g[0] <= 0.0, x[1] <= 0.0 && g[1] <= 0.0];
    let determinant = i0 * i1 - i01 * i01;
    let apart = [g[0] / i0, g[1] / i1];
    match held {
        [true, true] => [0.0, 0.0],
        [true, false] => [0.0, apart[1]],
        [false, true] => [apart[0], 0.0],
        // Only their sum is known (each study has one effect): both move alike.
        [false, false] if determinant <= 1e-10 * i0 * i1 => {
            [(g[0] + g[1]) / (i0 + i1 + 2.0 * i01); 2]
        }
        [false, false] => {
            let joint = [
                (i1 * g[0] - i01 * g[1]) / determinant,
                (i0 * g[1] - i01 * g[0]) / determinant,
            ];
            // Against a bound only the other one can move.
            if x[0] <= 0.0 && joint[0] < 0.0 {
                [0.0, apart[1]]
            } else if x[1] <= 0.0 && joint[1] < 0.0 {
                [apart[0], 0.0]
            } else {
                joint
            }
        }
    }
}

/// What a step promises: the slope along it.
fn rise(step: &[f64; 2], state: &State) -> f64 {
    step[0] * state.gradient[0] + step[1] * state.gradient[1]
}
