//! Effects in the Metapsy layout: a row is one outcome of one comparison of two arms.
//!
//! Source: the Metapsy data standard (docs.metapsy.org, "Data format"). Its files part cells with semicolons and write
//! decimals with commas; tables with commas and points are read as well. Its g is the first arm less the second, so for a
//! scale on which fewer is better a negative g is an improvement: what is better has to be said by whoever brings it in.

mod arms;
mod row;

use std::collections::BTreeMap;

use kith_content::evidence::Timepoint;
use serde::Serialize;

use super::{MOST, Reference, Trouble, Troubles};
use row::{Row, Table, take};

pub(super) use arms::is_untreated;

/// Two arms of one trial, and what was measured in them: what becomes one study's file.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Comparison {
    /// The line of its first row.
    pub line: usize,
    /// The trial, as the file calls it: `Smith, 2011`.
    pub trial: String,
    /// What is known of the paper.
    pub reference: Reference,
    /// The first arm, which is taken to be the trained one.
    pub trained: String,
    /// The second arm.
    pub compared_with: String,
    /// Who took part, where the file says it.
    pub population: String,
    /// What was found.
    pub found: Vec<Found>,
}

/// One row.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Found {
    /// Its line.
    pub line: usize,
    /// What it is a figure of; names a [`Measured`].
    pub measured: String,
    /// The scale or form.
    pub instrument: String,
    /// When it was measured.
    #[serde(serialize_with = "as_word")]
    pub timepoint: Timepoint,
    /// Weeks after people were given their arm, where the file says it.
    pub weeks: Option<f64>,
    /// Who rated.
    pub rating: String,
    /// The figure.
    pub figure: Figure,
}

fn as_word<S: serde::Serializer>(timepoint: &Timepoint, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(timepoint.as_str())
}

/// A row's figure, with the sign of the file.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Figure {
    /// A standardised difference: the first arm less the second.
    Difference {
        /// Hedges' g.
        g: f64,
        /// Its standard error, where the file has it.
        se: Option<f64>,
        /// People in the arms.
        people: Option<[f64; 2]>,
        /// Means and deviations it was computed from.
        means: Option<[(f64, f64); 2]>,
        /// Whether it is of change since the beginning.
        of_change: bool,
    },
    /// How many of the people in each arm had something happen.
    Events {
        /// People it happened to.
        events: [f64; 2],
        /// People in the arms.
        people: [f64; 2],
    },
}

/// Something that was measured, of which has to be said whether more of it is better.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Measured {
    /// What rows call it: the scale, or the event and its scale.
    pub name: String,
    /// The scale or form.
    pub instrument: String,
    /// The event that was counted; empty where a scale was used.
    pub event: String,
    /// How many rows are of it.
    pub rows: usize,
}

/// All that is in a file.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Metapsy {
    /// The comparisons, in the order of the file.
    pub comparisons: Vec<Comparison>,
    /// What was measured, by name.
    pub measured: Vec<Measured>,
    /// What could not be read.
    pub troubles: Vec<Trouble>,
}

/// Reads a file in the Metapsy layout.
#[must_use]
pub fn metapsy(text: &str) -> Metapsy {
    let mut troubles = Troubles::default();
    let mut comparisons: Vec<Comparison> = Vec::new();
    // With line ends of two letters the lines would be counted from the one before.
    let text = text.trim_start_matches('\u{feff}').replace("\r\n", "\n");
    let header = text.lines().next().unwrap_or_default();
    let delimiter = [b';', b'\t', b','].into_iter().max_by_key(|delimiter| {
        // Of as many, the first that is written here.
        let count = header.bytes().filter(|byte| byte == delimiter).count();
        (count, *delimiter != b',')
    });
    let delimiter = delimiter.unwrap_or(b';');
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter)
        .flexible(true)
        .from_reader(text.as_bytes());
    let names: Vec<String> = match reader.headers() {
        Ok(names) => names
            .iter()
            .map(|name| name.trim().to_lowercase())
            .collect(),
        Err(_) => Vec::new(),
    };
    let table = Table {
        columns: names
            .iter()
            .enumerate()
            .rev()
            .map(|(at, name)| (name.clone(), at))
            .collect(),
        decimal_comma: delimiter == b';',
    };
    let missing: Vec<&str> = ["study", "condition_arm1", "condition_arm2", "instrument"]
        .into_iter()
        .filter(|name| !table.columns.contains_key(*name))
        .collect();
    if !missing.is_empty() {
        troubles.add(
            1,
            format!(
                "the first line must name the columns of the Metapsy layout; missing: {}",
                missing.join(", ")
            ),
        );
        return Metapsy {
            troubles: troubles.finish(),
            ..Metapsy::default()
        };
    }
    for (index, record) in reader.records().enumerate() {
        if index == MOST {
            troubles.add(
                index,
                format!("more than {MOST} rows: what follows is left out. Split the file"),
            );
            break;
        }
        let record = match record {
            Ok(record) => record,
            Err(error) => {
                let line = error.position().map_or(1, csv::Position::line);
                troubles.add(
                    usize::try_from(line).unwrap_or(usize::MAX),
                    "this row cannot be read, so it is left out",
                );
                continue;
            }
        };
        let line = record.position().map_or(0, csv::Position::line);
        let line = usize::try_from(line).unwrap_or(usize::MAX);
        if record.iter().all(|cell| cell.trim().is_empty()) {
            continue;
        }
        if record.len() != names.len() {
            troubles.add(
                line,
                format!(
                    "this row has {} cells and the header {}, so it is left out",
                    record.len(),
                    names.len()
                ),
            );
            continue;
        }
        let row = Row {
            table: &table,
            record,
            line,
        };
        take(&row, &mut comparisons, &mut troubles);
    }
    arms::without_mirrors(&mut comparisons, &mut troubles);
    comparisons.retain(|comparison| !comparison.found.is_empty());
    if comparisons.is_empty() && troubles.0.is_empty() {
        troubles.add(1, "there is no row in it");
    }
    let mut measured: BTreeMap<&str, Measured> = BTreeMap::new();
    for found in comparisons.iter().flat_map(|comparison| &comparison.found) {
        let one = measured.entry(&found.measured).or_insert_with(|| Measured {
            name: found.measured.clone(),
            instrument: found.instrument.clone(),
            event: match found.figure {
                Figure::Events { .. } => found
                    .measured
                    .split(" (")
                    .next()
                    .unwrap_or_default()
                    .to_owned(),
                Figure::Difference { .. } => String::new(),
            },
            rows: 0,
        });
        one.rows += 1;
    }
    Metapsy {
        measured: measured.into_values().collect(),
        comparisons,
        troubles: troubles.finish(),
    }
}
