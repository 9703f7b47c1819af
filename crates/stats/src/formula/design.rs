//! From a formula's right side to columns of numbers, coded as R codes them.

use super::frame::{Frame, Values};
use super::parse::{Operator, Part};
use super::{Error, Formula};

/// The columns that a list of terms makes of a table: numbers as they are, words by treatment contrasts with the first level as the
/// reference, or by one column a level where the margin is not in the model (as R's `model.matrix` does).
#[derive(Clone, Debug)]
pub struct Design {
    variables: Vec<Variable>,
    terms: Vec<Vec<Coded>>,
    intercept: bool,
    /// The columns' names, as R names them.
    pub names: Vec<String>,
}

#[derive(Clone, Debug)]
struct Variable {
    label: String,
    part: Part,
    /// The levels of words; none for numbers.
    levels: Option<Vec<String>>,
}

#[derive(Clone, Copy, Debug)]
struct Coded {
    variable: usize,
    /// A column for every level, the first included.
    every_level: bool,
}

/// The terms of a formula: sets of variables.
#[derive(Clone, Debug, Default)]
pub(super) struct Terms {
    parts: Vec<Part>,
    sets: Vec<u64>,
    pub intercept: bool,
}

impl Terms {
    /// The terms of a right side without random terms.
    pub(super) fn of(part: &Part) -> Result<Self, Error> {
        let mut terms = Self {
            intercept: true,
            ..Self::default()
        };
        let sets = terms.expand(part)?;
        terms.sets = sets;
        terms.sets.retain(|set| *set != 0);
        terms.sets.sort_by_key(|set| set.count_ones());
        Ok(terms)
    }

    /// One term for each random effect's `||`: the intercept alone, then each set alone.
    pub(super) fn apart(&self) -> Vec<Self> {
        let alone = |sets: Vec<u64>, intercept: bool| Self {
            parts: self.parts.clone(),
            sets,
            intercept,
        };
        let first = self.intercept.then(|| alone(Vec::new(), true));
        first
            .into_iter()
            .chain(self.sets.iter().map(|set| alone(vec![*set], false)))
            .collect()
    }

    fn expand(&mut self, part: &Part) -> Result<Vec<u64>, Error> {
        match part {
            Part::Number(1.0) => {
                self.intercept = true;
                Ok(vec![])
            }
            Part::Number(0.0) => {
                self.intercept = false;
                Ok(vec![])
            }
            Part::Number(number) => Err(Error::Formula(format!(
                "{number} stands alone in the formula; only 0 and 1 may."
            ))),
            Part::Minus(inner) => self.remove(Vec::new(), inner),
            Part::Call(name, arguments) if name == "(" => self.expand(&arguments[0]),
            Part::Name(_) | Part::Call(..) => Ok(vec![self.variable(part)?]),
            Part::Bar { .. } => Err(Error::Formula(format!(
                "({part}) must be a term of its own, added to the others."
            ))),
            Part::Of(operator, left, right) => {
                if *operator == Operator::Power {
                    return self.power(left, right);
                }
                let left = self.expand(left)?;
                if *operator == Operator::Minus {
                    return self.remove(left, right);
                }
                let right = self.expand(right)?;
                let crossed = left
                    .iter()
                    .flat_map(|one| right.iter().map(move |other| one | other));
                Ok(match operator {
                    Operator::Colon => unique(crossed.collect()),
                    Operator::Times => {
                        let crossed: Vec<u64> = crossed.collect();
                        unique([left, right, crossed].concat())
                    }
                    Operator::Over => {
                        let all = left.iter().fold(0, |all, set| all | set);
                        unique(
                            left.iter()
                                .copied()
                                .chain(right.iter().map(|set| all | set))
                                .collect(),
                        )
                    }
                    _ => unique([left, right].concat()),
                })
            }
        }
    }

    fn remove(&mut self, left: Vec<u64>, right: &Part) -> Result<Vec<u64>, Error> {
        match right {
            Part::Number(1.0) => self.intercept = false,
            Part::Number(0.0) => self.intercept = true,
            _ => {
                let gone = self.expand(right)?;
                return Ok(left.into_iter().filter(|set| !gone.contains(set)).collect());
            }
        }
        Ok(left)
    }

    fn power(&mut self, base: &Part, power: &Part) -> Result<Vec<u64>, Error> {
        let Part::Number(times) = power else {
            return Err(Error::Formula(format!(
                "{power} is no power for terms; use I({base}^{power}) for the power of a number."
            )));
        };
        if !(1.0..=8.0).contains(times) || times.fract() != 0.0 {
            return Err(Error::Formula(format!(
                "({base})^{times} is no power for terms: a whole number from 1 to 8 is."
            )));
        }
        let base = self.expand(base)?;
        let mut result = base.clone();
        for _ in 1..*times as usize {
            let crossed: Vec<u64> = result
                .iter()
                .flat_map(|one| base.iter().map(move |other| one | other))
                .collect();
            result = unique([result, crossed].concat());
        }
        Ok(result)
    }

    fn variable(&mut self, part: &Part) -> Result<u64, Error> {
        let index = self
            .parts
            .iter()
            .position(|known| known == part)
            .unwrap_or_else(|| {
                self.parts.push(part.clone());
                self.parts.len() - 1
            });
        if index >= 64 {
            return Err(Error::Formula(
                "The formula has more than 64 variables.".into(),
            ));
        }
        Ok(1 << index)
    }
}

fn unique(sets: Vec<u64>) -> Vec<u64> {
    let mut seen = Vec::with_capacity(sets.len());
    for set in sets {
        if !seen.contains(&set) {
            seen.push(set);
        }
    }
    seen
}

impl Design {
    pub(super) fn new(terms: &Terms, frame: &Frame) -> Result<Self, Error> {
        let used = terms.sets.iter().fold(0, |all, set| all | set);
        let mut variables = Vec::new();
        for (index, part) in terms.parts.iter().enumerate() {
            let levels = if used >> index & 1 == 0 {
                None
            } else {
                if let Part::Name(name) = part
                    && let Some(slip) = nearly_numbers(name, frame)?
                {
                    return Err(slip);
                }
                match evaluate(part, frame)? {
                    Values::Numbers(_) => None,
                    words @ Values::Words(_) => {
                        let levels = levels_of(part, frame, &words);
                        if levels.len() < 2 {
                            let only = levels.first().map_or("none", String::as_str);
                            return Err(Error::Data(format!(
                                "{part} has one level only ({only}); it needs at least two to compare."
                            )));
                        }
                        Some(levels)
                    }
                }
            };
            variables.push(Variable {
                label: part.to_string(),
                part: part.clone(),
                levels,
            });
        }
        let coded = |set: &u64| -> Vec<Coded> {
            (0..variables.len())
                .filter(|index| set >> index & 1 == 1)
                .map(|variable| {
                    let margin = set & !(1 << variable);
                    let has_margin = margin == 0 || terms.sets.contains(&margin);
                    Coded {
                        variable,
                        every_level: !has_margin,
                    }
                })
                .collect()
        };
        let mut coded: Vec<Vec<Coded>> = terms.sets.iter().map(coded).collect();
        if !terms.intercept {
            first_factor_whole(&mut coded, &variables);
        }
        let mut design = Self {
            variables,
            terms: coded,
            intercept: terms.intercept,
            names: Vec::new(),
        };
        design.names = design.name_columns();
        Ok(design)
    }

    /// The columns for the rows of `frame`.
    ///
    /// # Errors
    /// A column that is missing, words where numbers are needed, or a level that was not in the data the design was made from.
    pub fn columns(&self, frame: &Frame) -> Result<Vec<Vec<f64>>, Error> {
        let values: Vec<Option<Coding>> = self
            .variables
            .iter()
            .map(|variable| {
                if self.uses(variable) {
                    variable.coding(frame).map(Some)
                } else {
                    Ok(None)
                }
            })
            .collect::<Result<_, _>>()?;
        let mut columns = Vec::with_capacity(self.names.len());
        if self.intercept {
            columns.push(vec![1.0; frame.len()]);
        }
        for term in &self.terms {
            let mut made: Vec<Vec<f64>> = vec![vec![1.0; frame.len()]];
            for coded in term {
                let Some(coding) = &values[coded.variable] else {
                    continue;
                };
                let own = coding.columns(coded.every_level);
                // The first variable's levels change fastest.
                made = own
                    .iter()
                    .flat_map(|own| {
                        made.iter()
                            .map(move |made| made.iter().zip(own).map(|(x, y)| x * y).collect())
                    })
                    .collect();
            }
            columns.extend(made);
        }
        Ok(columns)
    }

    /// The names of the table's columns that the design reads.
    pub(crate) fn reads(&self) -> Vec<String> {
        let mut names = Vec::new();
        for variable in self.variables.iter().filter(|variable| self.uses(variable)) {
            Formula::names_in(&variable.part, &mut names);
        }
        names
    }

    /// The names of the table's columns that the design takes as levels, in order of first use.
    pub(crate) fn reads_as_levels(&self) -> Vec<String> {
        let mut names = Vec::new();
        for variable in self
            .variables
            .iter()
            .filter(|variable| variable.levels.is_some() && self.uses(variable))
        {
            Formula::names_in(&variable.part, &mut names);
        }
        names
    }

    fn uses(&self, variable: &Variable) -> bool {
        self.terms
            .iter()
            .flatten()
            .any(|coded| self.variables[coded.variable].label == variable.label)
    }

    fn name_columns(&self) -> Vec<String> {
        let mut names: Vec<String> = self
            .intercept
            .then(|| "(Intercept)".to_owned())
            .into_iter()
            .collect();
        for term in &self.terms {
            let mut made = vec![String::new()];
            for (index, coded) in term.iter().enumerate() {
                let variable = &self.variables[coded.variable];
                let own: Vec<String> = match &variable.levels {
                    None => vec![variable.label.clone()],
                    Some(levels) => levels[usize::from(!coded.every_level)..]
                        .iter()
                        .map(|level| format!("{}{level}", variable.label))
                        .collect(),
                };
                let colon = if index == 0 { "" } else { ":" };
                made = own
                    .iter()
                    .flat_map(|own| made.iter().map(move |made| format!("{made}{colon}{own}")))
                    .collect();
            }
            names.extend(made);
        }
        names
    }
}

/// Without an intercept the first factor has a column for every level, wherever it stands (as R has it).
fn first_factor_whole(terms: &mut [Vec<Coded>], variables: &[Variable]) {
    let first = terms
        .iter_mut()
        .flatten()
        .find(|coded| variables[coded.variable].levels.is_some());
    if let Some(first) = first {
        first.every_level = true;
    }
}

enum Coding {
    Numbers(Vec<f64>),
    Levels { count: usize, level_of: Vec<usize> },
}

impl Coding {
    fn columns(&self, every_level: bool) -> Vec<Vec<f64>> {
        match self {
            Self::Numbers(numbers) => vec![numbers.clone()],
            Self::Levels { count, level_of } => (usize::from(!every_level)..*count)
                .map(|level| {
                    level_of
                        .iter()
                        .map(|own| f64::from(*own == level))
                        .collect()
                })
                .collect(),
        }
    }
}

impl Variable {
    fn coding(&self, frame: &Frame) -> Result<Coding, Error> {
        match (evaluate(&self.part, frame)?, &self.levels) {
            (Values::Numbers(numbers), None) => {
                if let Some(row) = numbers.iter().position(|number| !number.is_finite()) {
                    return Err(Error::Data(format!(
                        "{} has no finite value in data row {}.",
                        self.label,
                        frame.row_number(row)
                    )));
                }
                Ok(Coding::Numbers(numbers))
            }
            (values, Some(levels)) => {
                let level_of = values
                    .words()
                    .iter()
                    .enumerate()
                    .map(|(row, word)| {
                        word.as_ref()
                            .and_then(|word| levels.iter().position(|level| level == word))
                            .ok_or_else(|| {
                                Error::Data(format!(
                                    "{} has no known level in data row {}.",
                                    self.label,
                                    frame.row_number(row)
                                ))
                            })
                    })
                    .collect::<Result<_, _>>()?;
                Ok(Coding::Levels {
                    count: levels.len(),
                    level_of,
                })
            }
            (Values::Words(_), None) => Err(Error::Data(format!(
                "{} holds words where numbers are needed.",
                self.label
            ))),
        }
    }
}

/// The levels of `words` made by `part`: in the order of the numbers they came from, where they did.
fn levels_of(part: &Part, frame: &Frame, words: &Values) -> Vec<String> {
    if let Part::Call(_, arguments) = part
        && let Some(Part::Name(name)) = arguments.first()
        && let Some(values) = frame.column(name)
    {
        return values.levels();
    }
    words.levels()
}

/// The column of that name.
pub(super) fn column<'a>(name: &str, frame: &'a Frame) -> Result<&'a Values, Error> {
    frame.column(name).ok_or_else(|| Error::NoColumn {
        name: name.to_owned(),
        there: frame.names().map(str::to_owned).collect(),
    })
}

fn not_a_number(name: &str, row: usize, values: &Values, frame: &Frame) -> Error {
    Error::NotANumber {
        column: name.to_owned(),
        row: frame.row_number(row),
        cell: values
            .words()
            .get(row)
            .cloned()
            .flatten()
            .unwrap_or_default(),
    }
}

/// The first word in a column most of which are numbers: a slip, not a level.
fn nearly_numbers(name: &str, frame: &Frame) -> Result<Option<Error>, Error> {
    let values = column(name, frame)?;
    let Values::Words(words) = values else {
        return Ok(None);
    };
    let is_number = |word: &Option<String>| {
        word.as_ref()
            .is_some_and(|word| word.parse::<f64>().is_ok())
    };
    let numbers = words.iter().filter(|word| is_number(word)).count();
    let slip = words
        .iter()
        .position(|word| word.is_some() && !is_number(word));
    Ok(slip
        .filter(|_| 2 * numbers > words.len())
        .map(|row| not_a_number(name, row, values, frame)))
}

/// The value of a variable for each row.
pub(super) fn evaluate(part: &Part, frame: &Frame) -> Result<Values, Error> {
    match part {
        Part::Name(name) => column(name, frame).cloned(),
        Part::Call(name, arguments) if matches!(name.as_str(), "factor" | "as.factor") => {
            let [argument] = arguments.as_slice() else {
                return Err(Error::Formula(format!("{name} takes one column.")));
            };
            Ok(Values::Words(evaluate(argument, frame)?.words()))
        }
        _ => Ok(Values::Numbers(numbers(part, frame)?)),
    }
}

/// The number of a part for each row.
pub(super) fn numbers(part: &Part, frame: &Frame) -> Result<Vec<f64>, Error> {
    let one = |inner: &Part, change: fn(f64) -> f64| {
        Ok(numbers(inner, frame)?.into_iter().map(change).collect())
    };
    match part {
        Part::Number(number) => Ok(vec![*number; frame.len()]),
        Part::Name(name) => match column(name, frame)? {
            Values::Numbers(numbers) => Ok(numbers.clone()),
            values @ Values::Words(words) => {
                let is_number = |word: &Option<String>| {
                    word.as_ref()
                        .is_some_and(|word| word.parse::<f64>().is_err())
                };
                let row = words.iter().position(is_number).unwrap_or(0);
                Err(not_a_number(name, row, values, frame))
            }
        },
        Part::Minus(inner) => one(inner, |x| -x),
        Part::Of(operator, left, right) => {
            let right = numbers(right, frame)?;
            let apply = |(x, y): (f64, f64)| match operator {
                Operator::Plus => Ok(x + y),
                Operator::Minus => Ok(x - y),
                Operator::Times => Ok(x * y),
                Operator::Over => Ok(x / y),
                Operator::Power => Ok(x.powf(y)),
                Operator::Colon => Err(Error::Formula(format!("{part} is no number."))),
            };
            numbers(left, frame)?
                .into_iter()
                .zip(right)
                .map(apply)
                .collect()
        }
        Part::Call(name, arguments) => {
            let [argument] = arguments.as_slice() else {
                return Err(Error::Formula(format!("{name} takes one number.")));
            };
            match name.as_str() {
                "(" | "I" | "as.numeric" => numbers(argument, frame),
                "log" => one(argument, f64::ln),
                "log1p" => one(argument, f64::ln_1p),
                "log2" => one(argument, f64::log2),
                "log10" => one(argument, f64::log10),
                "exp" => one(argument, f64::exp),
                "sqrt" => one(argument, f64::sqrt),
                "abs" => one(argument, f64::abs),
                _ => Err(Error::Formula(format!(
                    "{name}(…) is not known. Known: factor, I, log, log1p, log2, log10, exp, sqrt, abs."
                ))),
            }
        }
        Part::Bar { .. } => Err(Error::Formula(format!(
            "({part}) stands where a number should."
        ))),
    }
}
