//! Effects and what is known of them, from the rows of a file.

use kith_stats::linear::Matrix;
use kith_stats::pool::PoolError;

use super::super::Failure;
use super::super::effect::Measure;
use super::super::table::Table;

/// The effects of a file: a row with a missing cell has none.
pub(super) struct Effects {
    pub(super) yi: Vec<f64>,
    pub(super) vi: Vec<f64>,
    /// The rows of the table they are of.
    rows: Vec<usize>,
    /// The lines of the file they stand on.
    pub(super) lines: Vec<usize>,
}

/// Effects and their moderators.
pub(super) struct Moderated {
    pub(super) yi: Vec<f64>,
    pub(super) vi: Vec<f64>,
    pub(super) x: Matrix,
    /// What the columns of `x` are.
    pub(super) names: Vec<String>,
}

impl Effects {
    pub(super) fn read(table: &Table, measure: Option<Measure>) -> Result<Self, Failure> {
        let mut effects = Self {
            yi: Vec::new(),
            vi: Vec::new(),
            rows: Vec::new(),
            lines: Vec::new(),
        };
        let names = measure.map_or(&["yi", "vi"][..], Measure::figures);
        let columns = names
            .iter()
            .map(|name| table.numbers(name))
            .collect::<Result<Vec<_>, _>>()
            .map_err(|failure| hint(failure, table, measure))?;
        for row in 0..table.rows() {
            let cells: Option<Vec<f64>> = columns.iter().map(|column| column[row]).collect();
            let Some(cells) = cells else { continue };
            let (yi, vi, from) = match measure {
                None => (cells[0], cells[1], "vi"),
                Some(measure) => {
                    let effect = measure
                        .of(&cells)
                        .map_err(|error| table.wrong_cell(row, error.figure, &error, error.must))?;
                    (effect.yi, effect.vi, names[0])
                }
            };
            if !(vi > 0.0 && vi.is_finite()) {
                return Err(table.wrong_cell(
                    row,
                    from,
                    format!("the sampling variance is {vi}"),
                    "a number above 0: without any uncertainty an effect cannot be weighted",
                ));
            }
            effects.yi.push(yi);
            effects.vi.push(vi);
            effects.rows.push(row);
            effects.lines.push(table.line(row));
        }
        if effects.yi.is_empty() {
            return Err(Failure::wrong("There is no row without a missing cell.")
                .at("FILE")
                .allowing(format!("rows with {}", names.join(", "))));
        }
        Ok(effects)
    }

    /// Those whose moderators are all there, with an intercept first. Words become 0 and 1, a moderator for each word but
    /// the first in order.
    pub(super) fn moderators(
        &self,
        table: &Table,
        wanted: &[String],
    ) -> Result<Moderated, Failure> {
        enum Column<'a> {
            Numbers(Vec<Option<f64>>),
            Words(Vec<Option<&'a str>>),
        }
        let mut columns = Vec::new();
        for name in wanted {
            columns.push(if table.is_numeric(name) {
                Column::Numbers(table.numbers(name)?)
            } else {
                Column::Words(table.texts(name)?)
            });
        }
        let whole = |row: usize| {
            columns.iter().all(|column| match column {
                Column::Numbers(cells) => cells[row].is_some(),
                Column::Words(cells) => cells[row].is_some(),
            })
        };
        let kept: Vec<usize> = (0..self.rows.len())
            .filter(|index| whole(self.rows[*index]))
            .collect();
        let mut names = vec!["intercept".to_owned()];
        let mut values = vec![vec![1.0; kept.len()]];
        for (name, column) in wanted.iter().zip(&columns) {
            match column {
                Column::Numbers(cells) => {
                    names.push(name.clone());
                    values.push(
                        kept.iter()
                            .filter_map(|index| cells[self.rows[*index]])
                            .collect(),
                    );
                }
                Column::Words(cells) => {
                    let words: Vec<&str> = kept
                        .iter()
                        .filter_map(|index| cells[self.rows[*index]])
                        .collect();
                    let mut levels = words.clone();
                    levels.sort_unstable();
                    levels.dedup();
                    for level in levels.iter().skip(1) {
                        names.push(format!("{name}: {level}"));
                        values.push(
                            words
                                .iter()
                                .map(|word| f64::from(u8::from(word == level)))
                                .collect(),
                        );
                    }
                }
            }
        }
        let slices: Vec<&[f64]> = values.iter().map(Vec::as_slice).collect();
        Ok(Moderated {
            yi: kept.iter().map(|index| self.yi[*index]).collect(),
            vi: kept.iter().map(|index| self.vi[*index]).collect(),
            x: Matrix::from_columns(&slices),
            names,
        })
    }

    /// Those that have a group, the groups' names in order, and each one's group.
    pub(super) fn grouped<'a>(
        &self,
        table: &'a Table,
        column: &str,
    ) -> Result<(Self, Vec<&'a str>, Vec<usize>), Failure> {
        let cells = table.texts(column)?;
        let mut names: Vec<&str> = self.rows.iter().filter_map(|row| cells[*row]).collect();
        names.sort_unstable();
        names.dedup();
        let mut part = Self {
            yi: Vec::new(),
            vi: Vec::new(),
            rows: Vec::new(),
            lines: Vec::new(),
        };
        let mut group = Vec::new();
        for (index, row) in self.rows.iter().enumerate() {
            if let Some(number) = cells[*row].and_then(|name| names.binary_search(&name).ok()) {
                part.yi.push(self.yi[index]);
                part.vi.push(self.vi[index]);
                part.rows.push(*row);
                part.lines.push(self.lines[index]);
                group.push(number);
            }
        }
        Ok((part, names, group))
    }

    /// The library's complaint for the person who has the file.
    pub(super) fn explain(&self, error: &PoolError) -> Failure {
        match error {
            PoolError::Effect { index } | PoolError::Variance { index } => {
                let line = self.lines.get(*index).copied().unwrap_or_default();
                plain(error).at(&format!("line {line}"))
            }
            PoolError::Dependent { .. } => {
                Failure::wrong("All effects are as precise as each other.").at("vi")
            }
            other => plain(other),
        }
    }
}

impl Moderated {
    pub(super) fn explain(&self, error: &PoolError) -> Failure {
        match error {
            PoolError::Dependent { column } => {
                let name = self.names.get(*column).map_or("", String::as_str);
                Failure::wrong(format!(
                    "The moderator {name} is constant or follows from those before it."
                ))
                .at("--mods")
            }
            other => plain(other).at("--mods"),
        }
    }
}

pub(super) fn plain(error: &PoolError) -> Failure {
    let text = error.to_string();
    let mut letters = text.chars();
    let begun: String = letters
        .next()
        .map(|first| first.to_uppercase().to_string())
        .unwrap_or_default();
    Failure::wrong(format!("{begun}{}.", letters.as_str()))
}

/// Says which columns a file needs where one is not there.
fn hint(failure: Failure, table: &Table, measure: Option<Measure>) -> Failure {
    let wanted = measure.map_or(&["yi", "vi"][..], Measure::figures);
    if wanted.iter().all(|name| table.has(name)) {
        return failure;
    }
    let more = if measure.is_none() {
        "; or say with --measure how effects are computed from other columns"
    } else {
        ""
    };
    failure.allowing(format!(
        "a file with the columns {}{more}; this one has {}",
        wanted.join(", "),
        table.names().join(", ")
    ))
}
