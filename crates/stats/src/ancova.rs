//! Comparing groups after taking account of what they brought along: linear models and adjusted means.
//!
//! Ordinary least squares with R's coding of a formula; adjusted means as emmeans has them by default: predictions where each number is at its
//! mean, averaged with equal weights over the levels of the other columns (a number with just two values counts as two levels).

use crate::distribution::{f_sf, t_quantile};
use crate::formula::{Column, Formula, Frame, Model, Values};
use crate::mixed::{Coefficient, dense};

/// A fitted linear model.
#[derive(Clone, Debug)]
pub struct Ancova {
    /// How many rows were used.
    pub n: usize,
    /// How many were left out for a missing value.
    pub left_out: usize,
    /// The coefficients.
    pub terms: Vec<Coefficient>,
    /// Columns left out because they depend on earlier ones.
    pub dropped: Vec<String>,
    /// Residual degrees of freedom.
    pub df: f64,
    /// Residual standard deviation.
    pub sigma: f64,
    /// The share of variance explained.
    pub r2: f64,
    /// The same, less what chance explains.
    pub adjusted_r2: f64,
    /// F of the whole model, its first degrees of freedom (the second are `df`) and p; not numbers for an intercept alone.
    pub f: [f64; 3],
    /// The column that the adjusted means are of, if the formula has one with levels.
    pub factor: Option<String>,
    /// The means by level of that column.
    pub adjusted: Vec<Adjusted>,
}

/// An adjusted mean.
#[derive(Clone, Debug, PartialEq)]
pub struct Adjusted {
    /// Of which level.
    pub level: String,
    /// In units of the outcome; not a number where the data cannot tell.
    pub mean: f64,
    /// Its standard error.
    pub se: f64,
    df: f64,
}

impl Adjusted {
    /// The interval that holds the true mean with probability `level`.
    #[must_use]
    pub fn interval(&self, level: f64) -> [f64; 2] {
        let reach = t_quantile(0.5 + level / 2.0, self.df) * self.se;
        [self.mean - reach, self.mean + reach]
    }
}

/// Why there is no analysis.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Error {
    /// The formula, or the table for it.
    Formula(crate::formula::Error),
    /// Random terms belong to [`crate::mixed`].
    Random,
    /// As many coefficients as rows, or more.
    TooFewRows {
        /// How many rows.
        rows: usize,
        /// How many coefficients.
        coefficients: usize,
    },
    /// The outcome is constant.
    NoVariation,
    /// Means were asked of a column that the formula does not take as levels.
    NoLevels {
        /// The column asked for.
        column: String,
        /// Those that can be had.
        allowed: Vec<String>,
    },
}

impl std::fmt::Display for Error {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Formula(error) => error.fmt(f),
            Self::Random => {
                f.write_str("The formula has a random term; that is for a mixed model.")
            }
            Self::TooFewRows { rows, coefficients } => {
                write!(
                    f,
                    "{rows} rows are too few for {coefficients} coefficients."
                )
            }
            Self::NoVariation => {
                f.write_str("The outcome is constant: there is nothing to explain.")
            }
            Self::NoLevels { column, allowed } => {
                write!(
                    f,
                    "There are no adjusted means of {column}; there are of: {}.",
                    allowed.join(", ")
                )
            }
        }
    }
}

impl std::error::Error for Error {}

impl From<crate::formula::Error> for Error {
    fn from(error: crate::formula::Error) -> Self {
        Self::Formula(error)
    }
}

/// Fits `formula` to `frame`, with adjusted means of the column `of`, or of the last column with levels.
///
/// ```
/// use kith_stats::ancova::ancova;
/// use kith_stats::formula::{Column, Formula, Frame, Values};
/// let numbers = |name: &str, values: &[f64]| Column { name: name.into(), values: Values::Numbers(values.to_vec()) };
/// let frame = Frame::new(vec![
///     numbers("post", &[5.0, 6.1, 7.0, 4.2, 4.9, 6.0]),
///     numbers("pre", &[4.0, 5.0, 6.0, 4.0, 5.0, 6.0]),
///     Column { name: "arm".into(), values: Values::read(&["course", "course", "course", "wait", "wait", "wait"]) },
/// ]).unwrap();
/// let seen = ancova(&Formula::parse("post ~ pre + arm").unwrap(), &frame, None).unwrap();
/// assert!((seen.adjusted[0].mean - seen.adjusted[1].mean + seen.terms[2].estimate).abs() < 1e-12);
/// ```
///
/// # Errors
/// See [`Error`].
pub fn ancova(formula: &Formula, frame: &Frame, of: Option<&str>) -> Result<Ancova, Error> {
    if formula.has_random() {
        return Err(Error::Random);
    }
    let model = formula.model(frame)?;
    let n = model.y.len();
    let basis = dense::basis(&model.x);
    let fixed = basis.kept.len();
    if n <= fixed {
        return Err(Error::TooFewRows {
            rows: n,
            coefficients: fixed,
        });
    }
    let has_constant = model
        .design
        .names
        .first()
        .is_some_and(|name| name == "(Intercept)");
    let centre = if has_constant {
        model.y.iter().sum::<f64>() / n as f64
    } else {
        0.0
    };
    let total: f64 = model.y.iter().map(|value| (value - centre).powi(2)).sum();
    let size: f64 = model.y.iter().map(|value| value * value).sum();
    if total <= 1e-26 * size || !total.is_finite() {
        return Err(Error::NoVariation);
    }
    let fit = Fit::new(&model, basis);
    let df = (n - fixed) as f64;
    let sigma = (fit.squares / df).sqrt();
    let r2 = 1.0 - fit.squares / total;
    let constant = usize::from(has_constant);
    let explained = (fixed - constant) as f64;
    let f = (total - fit.squares) / explained / (fit.squares / df);
    let terms = (0..fixed)
        .map(|index| {
            let se = dense::dot(&fit.half[index], &fit.half[index]).sqrt() * sigma;
            Coefficient::new(
                model.design.names[fit.basis.kept[index]].clone(),
                fit.estimates[index],
                se,
                df,
            )
        })
        .collect();
    let dropped = (0..model.x.len())
        .filter(|index| !fit.basis.kept.contains(index))
        .map(|index| model.design.names[index].clone())
        .collect();
    let (factor, adjusted) = adjusted_means(&model, &fit, of, sigma, df)?;
    Ok(Ancova {
        n,
        left_out: model.left_out,
        terms,
        dropped,
        df,
        sigma,
        r2,
        adjusted_r2: 1.0 - (1.0 - r2) * (n - constant) as f64 / df,
        f: if explained > 0.0 {
            [f, explained, f_sf(f, explained, df)]
        } else {
            [f64::NAN; 3]
        },
        factor,
        adjusted,
    })
}

struct Fit {
    basis: dense::Basis,
    estimates: Vec<f64>,
    /// Rows of R⁻¹: their products are the covariance, in units of the residual variance.
    half: Vec<Vec<f64>>,
    squares: f64,
    /// For each column left out, what it is of those kept.
    depends: Vec<(usize, Vec<f64>)>,
}

impl Fit {
    fn new(model: &Model, basis: dense::Basis) -> Self {
        let fixed = basis.kept.len();
        let mut left = model.y.clone();
        let mut along = vec![0.0; fixed];
        for _ in 0..2 {
            for (share, column) in along.iter_mut().zip(&basis.columns) {
                let more = dense::dot(column, &left);
                *share += more;
                for (value, unit) in left.iter_mut().zip(column) {
                    *value -= more * unit;
                }
            }
        }
        let solve = |right: &[f64]| {
            let mut x = right.to_vec();
            for row in (0..fixed).rev() {
                let done: f64 = (row + 1..fixed)
                    .map(|k| basis.triangle[row * fixed + k] * x[k])
                    .sum();
                x[row] = (x[row] - done) / basis.triangle[row * fixed + row];
            }
            x
        };
        let unit = |index: usize| {
            (0..fixed)
                .map(|k| f64::from(k == index))
                .collect::<Vec<f64>>()
        };
        let columns: Vec<Vec<f64>> = (0..fixed).map(|index| solve(&unit(index))).collect();
        let half = (0..fixed)
            .map(|row| columns.iter().map(|column| column[row]).collect())
            .collect();
        let depends = (0..model.x.len())
            .filter(|index| !basis.kept.contains(index))
            .map(|index| {
                let along: Vec<f64> = basis
                    .columns
                    .iter()
                    .map(|column| dense::dot(column, &model.x[index]))
                    .collect();
                (index, solve(&along))
            })
            .collect();
        Self {
            estimates: solve(&along),
            half,
            squares: dense::dot(&left, &left),
            depends,
            basis,
        }
    }

    /// The value and standard error (in units of sigma) of a combination of all columns; not numbers where it cannot be estimated.
    fn combine(&self, weights: &[f64]) -> (f64, f64) {
        let kept: Vec<f64> = self
            .basis
            .kept
            .iter()
            .map(|index| weights[*index])
            .collect();
        let size = weights
            .iter()
            .fold(1.0_f64, |most, value| most.max(value.abs()));
        for (index, parts) in &self.depends {
            if (weights[*index] - dense::dot(parts, &kept)).abs() > 1e-7 * size {
                return (f64::NAN, f64::NAN);
            }
        }
        let through: Vec<f64> = (0..kept.len())
            .map(|column| {
                self.half
                    .iter()
                    .zip(&kept)
                    .map(|(row, weight)| row[column] * weight)
                    .sum()
            })
            .collect();
        (
            dense::dot(&kept, &self.estimates),
            dense::dot(&through, &through).sqrt(),
        )
    }
}

/// The values a column takes in the grid that means are predicted on.
struct Axis {
    name: String,
    values: Values,
    labels: Vec<String>,
    has_levels: bool,
}

impl Axis {
    fn of(name: &str, values: &Values, as_levels: bool) -> Self {
        let labels = values.levels();
        let has_levels = as_levels || labels.len() == 2 || matches!(values, Values::Words(_));
        let (values, labels) = match values {
            Values::Words(_) => (
                Values::Words(labels.iter().cloned().map(Some).collect()),
                labels,
            ),
            Values::Numbers(numbers) if has_levels => {
                let mut sorted = numbers.clone();
                sorted.sort_by(f64::total_cmp);
                sorted.dedup();
                (Values::Numbers(sorted), labels)
            }
            Values::Numbers(numbers) => {
                let mean = numbers.iter().sum::<f64>() / numbers.len() as f64;
                (Values::Numbers(vec![mean]), vec![mean.to_string()])
            }
        };
        Self {
            name: name.to_owned(),
            values,
            labels,
            has_levels,
        }
    }

    fn pick(&self, places: &[usize]) -> Values {
        match &self.values {
            Values::Numbers(numbers) => {
                Values::Numbers(places.iter().map(|place| numbers[*place]).collect())
            }
            Values::Words(words) => {
                Values::Words(places.iter().map(|place| words[*place].clone()).collect())
            }
        }
    }
}

/// More places than this are no grid to average over.
const MOST_PLACES: usize = 200_000;

fn adjusted_means(
    model: &Model,
    fit: &Fit,
    of: Option<&str>,
    sigma: f64,
    df: f64,
) -> Result<(Option<String>, Vec<Adjusted>), Error> {
    let as_levels = model.design.reads_as_levels();
    let axes: Vec<Axis> = model
        .design
        .reads()
        .iter()
        .filter_map(|name| {
            Some(Axis::of(
                name,
                model.frame.column(name)?,
                as_levels.contains(name),
            ))
        })
        .collect();
    let found = match of {
        Some(name) => axes
            .iter()
            .position(|axis| axis.has_levels && axis.name == name),
        // Words before numbers with two values.
        None => axes
            .iter()
            .rposition(|axis| as_levels.contains(&axis.name))
            .or_else(|| axes.iter().rposition(|axis| axis.has_levels)),
    };
    let Some(focus) = found else {
        return match of {
            None => Ok((None, Vec::new())),
            Some(name) => Err(Error::NoLevels {
                column: name.to_owned(),
                allowed: axes
                    .into_iter()
                    .filter(|axis| axis.has_levels)
                    .map(|axis| axis.name)
                    .collect(),
            }),
        };
    };
    let places = axes.iter().try_fold(1_usize, |all, axis| {
        all.checked_mul(axis.labels.len())
            .filter(|all| *all <= MOST_PLACES)
    });
    let Some(places) = places else {
        return Ok((None, Vec::new()));
    };
    // Each place of the grid as one row; the focus changes slowest.
    let mut columns = Vec::with_capacity(axes.len());
    let per_level = places / axes[focus].labels.len();
    let mut repeat = 1;
    for (index, axis) in axes.iter().enumerate() {
        let count = axis.labels.len();
        let step = if index == focus { per_level } else { repeat };
        let own: Vec<usize> = (0..places).map(|place| place / step % count).collect();
        if index != focus {
            repeat *= count;
        }
        columns.push(Column {
            name: axis.name.clone(),
            values: axis.pick(&own),
        });
    }
    let grid =
        Frame::new(columns).map_err(|what| Error::Formula(crate::formula::Error::Data(what)))?;
    let columns = model.design.columns(&grid)?;
    let adjusted = axes[focus]
        .labels
        .iter()
        .enumerate()
        .map(|(level, label)| {
            let rows = level * per_level..(level + 1) * per_level;
            let weights: Vec<f64> = columns
                .iter()
                .map(|column| column[rows.clone()].iter().sum::<f64>() / per_level as f64)
                .collect();
            let (mean, se) = fit.combine(&weights);
            Adjusted {
                level: label.clone(),
                mean,
                se: se * sigma,
                df,
            }
        })
        .collect();
    Ok((Some(axes[focus].name.clone()), adjusted))
}

#[cfg(test)]
mod tests;
