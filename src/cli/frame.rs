//! A data file as the statistics want it: named columns of numbers or words.

use std::path::Path;

use kith_stats::formula::{Column, Error, Formula, Frame, Values};

use super::Failure;
use super::table::Table;

/// A file and its columns.
pub(super) struct Data {
    pub table: Table,
    pub frame: Frame,
}

impl Data {
    pub(super) fn read(file: &Path) -> Result<Self, Failure> {
        let table = Table::read(file)?;
        let columns = table
            .names()
            .iter()
            .map(|name| {
                let cells: Vec<&str> = table
                    .texts(name)?
                    .into_iter()
                    .map(Option::unwrap_or_default)
                    .collect();
                Ok(Column {
                    name: name.clone(),
                    values: Values::read(&cells),
                })
            })
            .collect::<Result<_, Failure>>()?;
        let frame = Frame::new(columns).map_err(Failure::wrong)?;
        Ok(Self { table, frame })
    }

    /// What is wrong with a formula or with the file for it.
    pub(super) fn complain(&self, error: &Error) -> Failure {
        match error {
            Error::Formula(what) => Failure::wrong(what)
                .at("--formula")
                .allowing("a formula such as y ~ x*time + (1 + time|id)"),
            Error::NoColumn { name, there } => {
                Failure::wrong(format!("There is no column {name}."))
                    .at("--formula")
                    .allowing(there.join(", "))
            }
            Error::NotANumber { column, row, cell } => self.table.wrong_cell(
                row.saturating_sub(1),
                column,
                format!("{cell:?} is not a number"),
                "a number, or nothing (or NA) where it is missing; factor(…) for levels that are not numbers",
            ),
            Error::Data(what) => Failure::wrong(what).at("FILE"),
        }
    }
}

pub(super) fn formula(text: &str) -> Result<Formula, Failure> {
    Formula::parse(text).map_err(|error| {
        Failure::wrong(error)
            .at("--formula")
            .allowing("a formula such as y ~ x*time + (1 + time|id)")
    })
}

/// A level of confidence: above 0, below 1.
pub(super) fn level(text: &str) -> Result<f64, String> {
    text.parse()
        .ok()
        .filter(|level| *level > 0.0 && *level < 1.0)
        .ok_or_else(|| "a number between 0 and 1 is allowed".to_owned())
}

/// A number for a reader: six significant digits.
pub(super) fn shown(number: f64) -> String {
    if !number.is_finite() {
        return "-".to_owned();
    }
    let size = if number == 0.0 {
        0
    } else {
        number.abs().log10().floor() as i32
    };
    if (-5..9).contains(&size) {
        let places = usize::try_from((5 - size).clamp(0, 9)).unwrap_or(0);
        format!("{number:.places$}")
    } else {
        format!("{number:.4e}")
    }
}

/// Lines of cells in columns: the first to the left, the others to the right.
pub(super) fn aligned(lines: &[Vec<String>]) -> String {
    let columns = lines.iter().map(Vec::len).max().unwrap_or(0);
    let widths: Vec<usize> = (0..columns)
        .map(|column| {
            lines
                .iter()
                .filter_map(|line| line.get(column))
                .map(|cell| cell.chars().count())
                .max()
                .unwrap_or(0)
        })
        .collect();
    let line = |cells: &Vec<String>| {
        cells
            .iter()
            .zip(&widths)
            .enumerate()
            .map(|(column, (cell, width))| {
                if column == 0 {
                    format!("{cell:<width$}")
                } else {
                    format!("  {cell:>width$}")
                }
            })
            .collect::<String>()
    };
    lines.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// A note on what a fit left out.
pub(super) fn left_out(rows: usize, dropped: &[String]) -> String {
    let mut said = Vec::new();
    if rows > 0 {
        said.push(format!("Left out for a missing value: {rows} rows."));
    }
    if !dropped.is_empty() {
        said.push(format!(
            "Left out because they depend on others: {}.",
            dropped.join(", ")
        ));
    }
    said.join(" ")
}
