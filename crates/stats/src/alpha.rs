//! Internal consistency: Cronbach's alpha and its interval.

use crate::distribution::f_quantile;

/// Cronbach's alpha of a set of items.
#[derive(Clone, Debug, PartialEq)]
pub struct Alpha {
    /// How many items.
    pub items: usize,
    /// How many people.
    pub n: usize,
    /// The coefficient; at most 1, and negative where items disagree.
    pub alpha: f64,
    /// Alpha without each item in turn; empty for two items.
    pub without: Vec<f64>,
}

/// Why there is no alpha.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Error {
    /// Fewer than two items.
    TooFewItems,
    /// Fewer than two people.
    TooFewPeople,
    /// Items of different lengths, or a value that is not finite: the item (from 0).
    Item(usize),
    /// Everybody's total is the same.
    NoVariation,
}

impl std::fmt::Display for Error {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::TooFewItems => f.write_str("Alpha needs at least two items."),
            Self::TooFewPeople => {
                f.write_str("Alpha needs at least two people who answered every item.")
            }
            Self::Item(index) => write!(
                f,
                "Item {} does not have a finite answer of everybody.",
                index + 1
            ),
            Self::NoVariation => f.write_str("Everybody has the same total: alpha is not defined."),
        }
    }
}

impl std::error::Error for Error {}

/// Alpha of `items`, each an answer from each person, in the same order (Cronbach 1951, Psychometrika 16:297-334).
///
/// ```
/// // Two items that rank three people alike.
/// let found = kith_stats::alpha::alpha(&[vec![1.0, 2.0, 3.0], vec![2.0, 3.0, 4.0]]).unwrap();
/// assert!((found.alpha - 1.0).abs() < 1e-12);
/// ```
///
/// # Errors
/// See [`Error`].
pub fn alpha(items: &[Vec<f64>]) -> Result<Alpha, Error> {
    if items.len() < 2 {
        return Err(Error::TooFewItems);
    }
    let n = items[0].len();
    if let Some(index) = items
        .iter()
        .position(|item| item.len() != n || item.iter().any(|value| !value.is_finite()))
    {
        return Err(Error::Item(index));
    }
    if n < 2 {
        return Err(Error::TooFewPeople);
    }
    let variances: Vec<f64> = items.iter().map(|item| variance(item)).collect();
    let totals: Vec<f64> = (0..n)
        .map(|person| items.iter().map(|item| item[person]).sum())
        .collect();
    let of = |count: usize, sum: f64, total: f64| {
        count as f64 / (count - 1) as f64 * (1.0 - sum / total)
    };
    let sum: f64 = variances.iter().sum();
    let total = variance(&totals);
    if total <= 1e-14 * sum.max(f64::MIN_POSITIVE) || !total.is_finite() {
        return Err(Error::NoVariation);
    }
    let without = if items.len() == 2 {
        Vec::new()
    } else {
        items
            .iter()
            .zip(&variances)
            .map(|(item, own)| {
                let rest: Vec<f64> = totals
                    .iter()
                    .zip(item)
                    .map(|(total, value)| total - value)
                    .collect();
                of(items.len() - 1, sum - own, variance(&rest))
            })
            .collect()
    };
    Ok(Alpha {
        items: items.len(),
        n,
        alpha: of(items.len(), sum, total),
        without,
    })
}

impl Alpha {
    /// The interval of Feldt (1965, Psychometrika 30:357-370; Feldt, Woodruff and Salih 1987) that holds the true alpha with
    /// probability `level`: (1 - true) / (1 - found) follows F with n - 1 and (n - 1)(items - 1) degrees of freedom.
    #[must_use]
    pub fn interval(&self, level: f64) -> [f64; 2] {
        let df1 = (self.n - 1) as f64;
        let df2 = df1 * (self.items - 1) as f64;
        let tail = (1.0 - level) / 2.0;
        let end = |p: f64| 1.0 - (1.0 - self.alpha) * f_quantile(p, df1, df2);
        [end(1.0 - tail), end(tail)]
    }
}

fn variance(values: &[f64]) -> f64 {
    let mean = values.iter().sum::<f64>() / values.len() as f64;
    values
        .iter()
        .map(|value| (value - mean).powi(2))
        .sum::<f64>()
        / (values.len() - 1) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shifting_and_stretching_all_items_changes_nothing() {
        let items = vec![
            vec![1.0, 2.0, 4.0, 3.0, 5.0],
            vec![2.0, 2.0, 5.0, 3.0, 4.0],
            vec![1.0, 3.0, 3.0, 4.0, 5.0],
        ];
        let found = alpha(&items).unwrap();
        let moved: Vec<Vec<f64>> = items
            .iter()
            .enumerate()
            .map(|(index, item)| {
                item.iter()
                    .map(|value| 3.0 * value + index as f64)
                    .collect()
            })
            .collect();
        assert!((found.alpha - alpha(&moved).unwrap().alpha).abs() < 1e-12);
        let [low, high] = found.interval(0.95);
        assert!(low < found.alpha && found.alpha < high && high < 1.0);
    }

    #[test]
    fn what_has_no_alpha_says_why() {
        assert_eq!(alpha(&[vec![1.0, 2.0]]), Err(Error::TooFewItems));
        assert_eq!(alpha(&[vec![1.0], vec![2.0]]), Err(Error::TooFewPeople));
        assert_eq!(
            alpha(&[vec![1.0, 1.0], vec![2.0, 2.0]]),
            Err(Error::NoVariation)
        );
        assert_eq!(alpha(&[vec![1.0, 2.0], vec![2.0]]), Err(Error::Item(1)));
    }
}
