//! A table of named columns.

use std::cmp::Ordering;

/// A table: named columns of the same length, of numbers or of words, with missing values.
#[derive(Clone, Debug, Default)]
pub struct Frame {
    columns: Vec<Column>,
    /// For each row its number in the data as read, counted from 1.
    rows: Vec<usize>,
}

/// A named column.
#[derive(Clone, Debug)]
pub struct Column {
    /// Its name.
    pub name: String,
    /// Its values.
    pub values: Values,
}

/// What a column holds.
#[derive(Clone, Debug)]
pub enum Values {
    /// Numbers; one that is missing is not a number.
    Numbers(Vec<f64>),
    /// Words, of which each row has one or none.
    Words(Vec<Option<String>>),
}

/// The words that stand for a missing value.
pub const MISSING: [&str; 3] = ["", "NA", "NaN"];

impl Values {
    /// Reads cells: numbers when every cell that is not missing ([`MISSING`]) is one, otherwise words.
    #[must_use]
    pub fn read(cells: &[&str]) -> Self {
        let is_missing = |cell: &str| MISSING.contains(&cell);
        let numbers: Option<Vec<f64>> = cells
            .iter()
            .map(|cell| cell.trim())
            .map(|cell| {
                if is_missing(cell) {
                    Some(f64::NAN)
                } else {
                    number(cell)
                }
            })
            .collect();
        numbers.map_or_else(
            || {
                let word = |cell: &&str| {
                    Some(cell.trim())
                        .filter(|cell| !is_missing(cell))
                        .map(str::to_owned)
                };
                Self::Words(cells.iter().map(word).collect())
            },
            Self::Numbers,
        )
    }

    fn len(&self) -> usize {
        match self {
            Self::Numbers(numbers) => numbers.len(),
            Self::Words(words) => words.len(),
        }
    }

    fn is_missing(&self, row: usize) -> bool {
        match self {
            Self::Numbers(numbers) => numbers[row].is_nan(),
            Self::Words(words) => words[row].is_none(),
        }
    }

    /// In words: numbers as one would write them.
    pub(crate) fn words(&self) -> Vec<Option<String>> {
        match self {
            Self::Words(words) => words.clone(),
            Self::Numbers(numbers) => numbers
                .iter()
                .map(|number| (!number.is_nan()).then(|| number.to_string()))
                .collect(),
        }
    }

    /// The different values, in order: numbers by size, words as [`sorted_levels`] has them.
    pub(crate) fn levels(&self) -> Vec<String> {
        match self {
            Self::Words(words) => sorted_levels(words.iter().flatten().cloned().collect()),
            Self::Numbers(numbers) => {
                let mut numbers: Vec<f64> = numbers
                    .iter()
                    .copied()
                    .filter(|number| !number.is_nan())
                    .collect();
                numbers.sort_by(f64::total_cmp);
                numbers.dedup();
                numbers.iter().map(f64::to_string).collect()
            }
        }
    }
}

/// Words in order, each once: without regard to case first, as R orders the levels of a factor in most languages; then lower case first.
#[must_use]
pub fn sorted_levels(mut words: Vec<String>) -> Vec<String> {
    words.sort_by(
        |one, other| match one.to_lowercase().cmp(&other.to_lowercase()) {
            Ordering::Equal => other.cmp(one),
            unlike => unlike,
        },
    );
    words.dedup();
    words
}

/// A finite number as people write one in a data file.
fn number(cell: &str) -> Option<f64> {
    let begins = |c: char| c.is_ascii_digit() || matches!(c, '-' | '+' | '.');
    cell.starts_with(begins)
        .then(|| cell.parse::<f64>().ok())
        .flatten()
        .filter(|number| number.is_finite())
}

impl Frame {
    /// A table of `columns`, which must be of the same length and have different names; otherwise an error says which does not fit.
    ///
    /// # Errors
    /// A sentence that names the column.
    pub fn new(columns: Vec<Column>) -> Result<Self, String> {
        let rows = columns.first().map_or(0, |column| column.values.len());
        for (index, column) in columns.iter().enumerate() {
            if column.values.len() != rows {
                return Err(format!(
                    "Column {} has {} rows, not {rows}.",
                    column.name,
                    column.values.len()
                ));
            }
            if columns[..index]
                .iter()
                .any(|other| other.name == column.name)
            {
                return Err(format!("There are two columns named {}.", column.name));
            }
        }
        Ok(Self {
            columns,
            rows: (1..=rows).collect(),
        })
    }

    /// How many rows.
    #[must_use]
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The number of the `row`-th row (from 0) in the data as read, counted from 1.
    #[must_use]
    pub fn row_number(&self, row: usize) -> usize {
        self.rows.get(row).copied().unwrap_or(row + 1)
    }

    /// The names of the columns.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.columns.iter().map(|column| column.name.as_str())
    }

    /// The values of the column `name`.
    #[must_use]
    pub fn column(&self, name: &str) -> Option<&Values> {
        self.columns
            .iter()
            .find(|column| column.name == name)
            .map(|column| &column.values)
    }

    /// The rows in which none of the columns `names` is missing.
    #[must_use]
    pub fn complete(&self, names: &[String]) -> Self {
        let used: Vec<&Values> = names.iter().filter_map(|name| self.column(name)).collect();
        let kept: Vec<usize> = (0..self.len())
            .filter(|row| used.iter().all(|values| !values.is_missing(*row)))
            .collect();
        let pick = |column: &Column| Column {
            name: column.name.clone(),
            values: match &column.values {
                Values::Numbers(numbers) => {
                    Values::Numbers(kept.iter().map(|row| numbers[*row]).collect())
                }
                Values::Words(words) => {
                    Values::Words(kept.iter().map(|row| words[*row].clone()).collect())
                }
            },
        };
        Self {
            columns: self.columns.iter().map(pick).collect(),
            rows: kept.iter().map(|row| self.rows[*row]).collect(),
        }
    }
}
