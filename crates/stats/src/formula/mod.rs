//! Formulas as R and lme4 write them, `y ~ x*time + (1 + time | id)`, and the columns of numbers they stand for.
//!
//! Understood: `+`, `-`, `:`, `*`, `/`, `^` on terms, `0` or `-1` for no intercept; `factor(x)`, `I(x^2)`, `log`, `log1p`, `log2`, `log10`,
//! `exp`, `sqrt`, `abs`; `(terms | group)`, `(terms || group)` with groups `a`, `a:b` and `a/b`; names with other signs between backticks.
//! Words are coded by treatment contrasts against their first level, and columns are named as R names them.
//!
//! ```
//! use kith_stats::formula::{Column, Formula, Frame, Values};
//! let frame = Frame::new(vec![
//!     Column { name: "post".into(), values: Values::Numbers(vec![1.0, 2.0, 4.0, 3.0]) },
//!     Column { name: "arm".into(), values: Values::read(&["wait", "course", "course", "wait"]) },
//! ]).unwrap();
//! let model = Formula::parse("post ~ arm").unwrap().model(&frame).unwrap();
//! assert_eq!(model.design.names, ["(Intercept)", "armwait"]);
//! assert_eq!(model.x[1], [1.0, 0.0, 0.0, 1.0]);
//! ```

mod design;
mod frame;
mod parse;

pub use design::Design;
pub use frame::{Column, Frame, MISSING, Values, sorted_levels};

use crate::mixed::Random;
use design::Terms;
use parse::{Operator, Part};

/// A formula that has been read.
#[derive(Clone, Debug)]
pub struct Formula {
    response: Part,
    fixed: Terms,
    random: Vec<(Terms, Part)>,
    names: Vec<String>,
}

/// What a formula makes of a table.
#[derive(Clone, Debug)]
pub struct Model {
    /// The rows in which nothing that the formula names is missing.
    pub frame: Frame,
    /// How many rows were left out for a missing value.
    pub left_out: usize,
    /// The outcome.
    pub y: Vec<f64>,
    /// How the fixed effects are coded.
    pub design: Design,
    /// The fixed effects' columns.
    pub x: Vec<Vec<f64>>,
    /// The random effects' terms.
    pub random: Vec<Random>,
}

/// What is wrong with a formula, or with a table for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Error {
    /// The formula cannot be read.
    Formula(String),
    /// The table has no column of that name.
    NoColumn {
        /// The name in the formula.
        name: String,
        /// The names there are.
        there: Vec<String>,
    },
    /// A cell that should be a number.
    NotANumber {
        /// Its column.
        column: String,
        /// Its row in the data as read, from 1.
        row: usize,
        /// What it says.
        cell: String,
    },
    /// The table does not suit the formula.
    Data(String),
}

impl std::fmt::Display for Error {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Formula(what) | Self::Data(what) => f.write_str(what),
            Self::NoColumn { name, there } => {
                write!(
                    f,
                    "There is no column {name}. Columns: {}.",
                    there.join(", ")
                )
            }
            Self::NotANumber { column, row, cell } => {
                write!(
                    f,
                    "Data row {row} of column {column} is not a number: {cell}."
                )
            }
        }
    }
}

impl std::error::Error for Error {}

impl Formula {
    /// Reads a formula.
    ///
    /// # Errors
    /// [`Error::Formula`], with what is wrong in it.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let (response, right) = parse::parse(text)?;
        let mut random = Vec::new();
        let fixed = without_bars(right, &mut random).unwrap_or(Part::Number(1.0));
        let fixed = Terms::of(&fixed)?;
        let mut names = Vec::new();
        Self::names_in(&response, &mut names);
        let mut terms = Vec::new();
        for (left, group, doubled) in random {
            Self::names_in(&left, &mut names);
            Self::names_in(&group, &mut names);
            let left = Terms::of(&left)?;
            for group in groups(&group)? {
                let parts = if doubled {
                    left.apart()
                } else {
                    vec![left.clone()]
                };
                terms.extend(parts.into_iter().map(|part| (part, group.clone())));
            }
        }
        parse::parse(text).map(|(_, right)| Self::names_in(&right, &mut names))?;
        Ok(Self {
            response,
            fixed,
            random: terms,
            names,
        })
    }

    /// Whether it has terms such as `(1 | id)`.
    #[must_use]
    pub fn has_random(&self) -> bool {
        !self.random.is_empty()
    }

    /// The columns it names, each once.
    #[must_use]
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// The numbers for the rows of `frame` in which nothing it names is missing.
    ///
    /// # Errors
    /// See [`Error`].
    pub fn model(&self, frame: &Frame) -> Result<Model, Error> {
        for name in &self.names {
            design::column(name, frame)?;
        }
        let complete = frame.complete(&self.names);
        let left_out = frame.len() - complete.len();
        if complete.is_empty() {
            return Err(Error::Data(match left_out {
                0 => "There are no rows.".to_owned(),
                _ => format!(
                    "Each of the {left_out} rows has a missing value in a column that the formula names."
                ),
            }));
        }
        let y = design::numbers(&self.response, &complete)?;
        if let Some(row) = y.iter().position(|value| !value.is_finite()) {
            return Err(Error::Data(format!(
                "{} has no finite value in data row {}.",
                self.response,
                complete.row_number(row)
            )));
        }
        let design = Design::new(&self.fixed, &complete)?;
        let x = design.columns(&complete)?;
        let random = self
            .random
            .iter()
            .map(|(terms, group)| {
                let design = Design::new(terms, &complete)?;
                Ok(Random {
                    group: group.to_string(),
                    columns: design.columns(&complete)?,
                    level_of: levels(group, &complete)?,
                    names: design.names,
                })
            })
            .collect::<Result<_, Error>>()?;
        Ok(Model {
            left_out,
            y,
            x,
            design,
            random,
            frame: complete,
        })
    }

    fn names_in(part: &Part, names: &mut Vec<String>) {
        match part {
            Part::Name(name) => {
                if !names.contains(name) {
                    names.push(name.clone());
                }
            }
            Part::Number(_) => {}
            Part::Call(_, parts) => parts.iter().for_each(|part| Self::names_in(part, names)),
            Part::Minus(part) => Self::names_in(part, names),
            Part::Of(_, left, right) | Part::Bar { left, right, .. } => {
                Self::names_in(left, names);
                Self::names_in(right, names);
            }
        }
    }
}

/// Takes the random terms out of a sum; what is left, if anything.
fn without_bars(part: Part, random: &mut Vec<(Part, Part, bool)>) -> Option<Part> {
    match part {
        Part::Bar {
            left,
            right,
            doubled,
        } => {
            random.push((*left, *right, doubled));
            None
        }
        Part::Of(operator @ (Operator::Plus | Operator::Minus), left, right) => {
            let left = without_bars(*left, random);
            if operator == Operator::Minus {
                let left = left.unwrap_or(Part::Number(1.0));
                return Some(Part::Of(operator, Box::new(left), right));
            }
            match (left, without_bars(*right, random)) {
                (Some(left), Some(right)) => {
                    Some(Part::Of(operator, Box::new(left), Box::new(right)))
                }
                (left, right) => left.or(right),
            }
        }
        other => Some(other),
    }
}

/// The groups that `part` stands for: `a/b` is `a` and `a:b`.
fn groups(part: &Part) -> Result<Vec<Part>, Error> {
    match part {
        Part::Name(_) => Ok(vec![part.clone()]),
        Part::Call(name, parts) if name == "(" => groups(&parts[0]),
        Part::Call(name, parts)
            if matches!(name.as_str(), "factor" | "as.factor") && parts.len() == 1 =>
        {
            groups(&parts[0])
        }
        Part::Of(Operator::Colon, left, right) => {
            let (left, right) = (groups(left)?, groups(right)?);
            Ok(vec![crossed(&left, &right)])
        }
        Part::Of(Operator::Over, left, right) => {
            let mut outer = groups(left)?;
            let inner = groups(right)?;
            let nested = crossed(&outer, &inner);
            outer.push(nested);
            Ok(outer)
        }
        Part::Of(Operator::Plus, left, right) => Ok([groups(left)?, groups(right)?].concat()),
        _ => Err(Error::Formula(format!(
            "{part} is no group; a column, a:b or a/b is."
        ))),
    }
}

fn crossed(left: &[Part], right: &[Part]) -> Part {
    let mut parts = left.iter().chain(right).cloned();
    let first = parts.next().unwrap_or(Part::Number(1.0));
    parts.fold(first, |all, part| {
        Part::Of(Operator::Colon, Box::new(all), Box::new(part))
    })
}

/// For each row the level of a group, in order of first appearance.
fn levels(group: &Part, frame: &Frame) -> Result<Vec<usize>, Error> {
    let mut names = Vec::new();
    Formula::names_in(group, &mut names);
    let columns: Vec<Vec<Option<String>>> = names
        .iter()
        .map(|name| Ok(design::column(name, frame)?.words()))
        .collect::<Result<_, Error>>()?;
    let mut known = std::collections::HashMap::new();
    Ok((0..frame.len())
        .map(|row| {
            let key: Vec<&Option<String>> = columns.iter().map(|column| &column[row]).collect();
            let next = known.len();
            *known.entry(key).or_insert(next)
        })
        .collect())
}

#[cfg(test)]
mod tests;
