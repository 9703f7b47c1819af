//! The pooled figure, and what its steadiness depends on.

use kith_stats::pool::{PoolError, Pooled, Settings, Tau2Interval, Test, pool, tau2_interval};

use kith_stats::sensitivity::leave_one_out;

use crate::select::Taken;

/// Why figures that may be pooled cannot be.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("these figures cannot be pooled: {0}")]
pub struct CannotPool(#[from] PoolError);

/// What is pooled.
#[derive(Clone, Debug, PartialEq)]
pub struct Pool<'e> {
    /// Its figures.
    pub taken: Vec<Taken<'e>>,
    /// All together, as it was asked.
    pub pooled: Pooled,
    /// The interval of tau²; nothing with a single trial.
    pub tau2: Option<Tau2Interval>,
    /// The interval by Knapp and Hartung, never narrower than the plain one: it allows for how few trials there are.
    /// Nothing with a single trial.
    pub careful: Option<(f64, f64)>,
    /// Where the true effect of a further trial lies, by the same careful reckoning.
    pub careful_further: Option<(f64, f64)>,
    /// The pool without trials that trained no compassion, where it has such and others.
    pub compassionate: Option<Pooled>,
    /// What it was asked with.
    pub settings: Settings,
}

impl<'e> Pool<'e> {
    /// Pools; nothing where there is nothing to pool.
    ///
    /// # Errors
    /// Where the figures cannot be pooled, such as when an estimate does not come to rest.
    pub fn of(taken: Vec<Taken<'e>>, settings: &Settings) -> Result<Option<Self>, CannotPool> {
        if taken.is_empty() {
            return Ok(None);
        }
        let pooled = pool_of(taken.iter(), settings)?;
        let several = taken.len() > 1;
        let careful = if several {
            let settings = Settings {
                test: Test::KnappHartungGuarded,
                ..*settings
            };
            Some(pool_of(taken.iter(), &settings)?)
        } else {
            None
        };
        let tau2 = if several {
            let (yi, vi): (Vec<f64>, Vec<f64>) =
                taken.iter().map(|taken| (taken.g, taken.v)).unzip();
            Some(tau2_interval(&yi, &vi, None, settings)?)
        } else {
            None
        };
        let compassionate: Vec<&Taken<'_>> = taken
            .iter()
            .filter(|taken| taken.study.family.is_compassion())
            .collect();
        let compassionate = if compassionate.is_empty() || compassionate.len() == taken.len() {
            None
        } else {
            Some(pool_of(compassionate.into_iter(), settings)?)
        };
        Ok(Some(Self {
            taken,
            pooled,
            tau2,
            careful_further: careful.as_ref().and_then(|pooled| pooled.prediction),
            careful: careful.map(|pooled| pooled.ci),
            compassionate,
            settings: *settings,
        }))
    }

    /// Whether no effect lies outside the interval, also of the one that allows for how few trials there are.
    #[must_use]
    pub fn is_reliable(&self) -> bool {
        leaves_out_nothing(self.pooled.ci) && self.careful.is_none_or(leaves_out_nothing)
    }

    /// How many people there are in all.
    #[must_use]
    pub fn people(&self) -> f64 {
        self.taken
            .iter()
            .map(|taken| taken.n_treatment + taken.n_control)
            .sum()
    }

    /// I² from Cochran's Q in percent, whatever estimator was asked for.
    ///
    /// Source: J. Higgins and S. Thompson, *Statistics in Medicine* 21 (2002), 1539.
    #[must_use]
    pub fn i2_of_q(&self) -> f64 {
        let (q, df) = (self.pooled.q, self.pooled.q_df as f64);
        if q > df { 100.0 * (q - df) / q } else { 0.0 }
    }

    /// The least and the most that is left when any one trial is left out; nothing with fewer than three.
    ///
    /// # Errors
    /// As pooling.
    pub fn without_one(&self) -> Result<Option<(f64, f64)>, CannotPool> {
        if self.taken.len() < 3 {
            return Ok(None);
        }
        let (yi, vi): (Vec<f64>, Vec<f64>) =
            self.taken.iter().map(|taken| (taken.g, taken.v)).unzip();
        let left = leave_one_out(&yi, &vi, &self.settings)?;
        let ends = left.iter().map(|pooled| pooled.estimate);
        Ok(ends.clone().reduce(f64::min).zip(ends.reduce(f64::max)))
    }

    /// The addresses of every figure in it.
    #[must_use]
    pub fn cells(&self) -> Vec<String> {
        self.taken
            .iter()
            .flat_map(|taken| taken.cells.iter().cloned())
            .collect()
    }
}

/// Whether an interval leaves out 0.
pub(crate) fn leaves_out_nothing((low, high): (f64, f64)) -> bool {
    low > 0.0 || high < 0.0
}

fn pool_of<'t, 'e: 't>(
    taken: impl Iterator<Item = &'t Taken<'e>>,
    settings: &Settings,
) -> Result<Pooled, PoolError> {
    let (yi, vi): (Vec<f64>, Vec<f64>) = taken.map(|taken| (taken.g, taken.v)).unzip();
    pool(&yi, &vi, settings)
}
