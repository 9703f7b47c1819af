//! `kith alpha`: Cronbach's alpha of the columns of a data file.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use kith_stats::alpha::alpha;
use serde_json::{Map, Value, json};

use super::frame::{level, shown};
use super::lmm::shown_percent;
use super::table::Table;
use super::{Failure, say, say_json};

/// Options of `kith alpha`.
#[derive(Args)]
pub(super) struct Options {
    /// CSV with a header, a column an item and a row a person; - is standard input
    file: PathBuf,
    /// The columns that are items [default: all but one called id]
    #[arg(long, value_name = "COLUMNS", value_delimiter = ',')]
    items: Vec<String>,
    /// Of the interval
    #[arg(long, default_value = "0.95", value_parser = level)]
    level: f64,
    /// One JSON object instead of text
    #[arg(long)]
    json: bool,
}

pub(super) fn run(options: &Options) -> Result<ExitCode, Failure> {
    let table = Table::read(&options.file)?;
    let names: Vec<&str> = if options.items.is_empty() {
        table
            .names()
            .iter()
            .map(String::as_str)
            .filter(|name| !name.eq_ignore_ascii_case("id"))
            .collect()
    } else {
        options.items.iter().map(String::as_str).collect()
    };
    let columns = names
        .iter()
        .map(|name| table.numbers(name))
        .collect::<Result<Vec<_>, _>>()?;
    let complete: Vec<usize> = (0..table.rows())
        .filter(|row| columns.iter().all(|column| column[*row].is_some()))
        .collect();
    let items: Vec<Vec<f64>> = columns
        .iter()
        .map(|column| complete.iter().filter_map(|row| column[*row]).collect())
        .collect();
    let seen = alpha(&items).map_err(|error| Failure::wrong(error).at("FILE"))?;
    let left_out = table.rows() - complete.len();
    let [low, high] = seen.interval(options.level);
    if options.json {
        let without: Map<String, Value> = names
            .iter()
            .zip(&seen.without)
            .map(|(name, alpha)| ((*name).to_owned(), json!(alpha)))
            .collect();
        say_json(&json!({
            "items": seen.items,
            "n": seen.n,
            "left_out": left_out,
            "alpha": seen.alpha,
            "ci": [low, high],
            "without": without,
        }))?;
    } else {
        say(format!(
            "{} items, {} people ({left_out} left out for a missing answer).\nAlpha {} ({} % interval {} to {}).",
            seen.items,
            seen.n,
            shown(seen.alpha),
            shown_percent(options.level),
            shown(low),
            shown(high)
        ));
    }
    Ok(ExitCode::SUCCESS)
}
