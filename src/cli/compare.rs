//! `kith compare`: two groups of a data file.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, ValueEnum};
use kith_stats::compare::{Comparison, permutation, rank_sum, standardised, student, welch};
use kith_stats::formula::sorted_levels;
use serde_json::{Map, Value, json};

use super::frame::{level, shown};
use super::lmm::shown_percent;
use super::table::Table;
use super::{Failure, say, say_json};

/// Options of `kith compare`.
#[derive(Args)]
pub(super) struct Options {
    /// CSV with a header; - is standard input
    file: PathBuf,
    /// The column with the numbers
    #[arg(long, value_name = "COLUMN")]
    outcome: String,
    /// The column with the two groups
    #[arg(long, value_name = "COLUMN")]
    group: String,
    /// How to compare
    #[arg(long, value_enum, default_value_t = Test::Welch)]
    test: Test,
    /// Of the intervals
    #[arg(long, default_value = "0.95", value_parser = level)]
    level: f64,
    /// Random deals of a permutation test with more ways than can all be tried
    #[arg(long, default_value_t = 20_000, value_parser = clap::value_parser!(u32).range(100..=10_000_000))]
    runs: u32,
    /// Of the random deals
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// One JSON object instead of text
    #[arg(long)]
    json: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Test {
    /// t test, each group with its own variance
    Welch,
    /// t test, one variance for both
    Student,
    /// Wilcoxon, Mann and Whitney
    Ranksum,
    /// People dealt into the groups at random
    Permutation,
}

impl Test {
    fn as_str(self) -> &'static str {
        match self {
            Self::Welch => "welch",
            Self::Student => "student",
            Self::Ranksum => "ranksum",
            Self::Permutation => "permutation",
        }
    }
}

struct Groups {
    names: [String; 2],
    values: [Vec<f64>; 2],
    left_out: usize,
}

pub(super) fn run(options: &Options) -> Result<ExitCode, Failure> {
    let groups = groups(&Table::read(&options.file)?, options)?;
    let [first, second] = &groups.values;
    let mut extra = Map::new();
    let seen = match options.test {
        Test::Welch => welch(first, second, options.level),
        Test::Student => student(first, second, options.level),
        Test::Permutation => permutation(
            first,
            second,
            options.level,
            options.runs as usize,
            options.seed,
        ),
        Test::Ranksum => rank_sum(first, second, options.level).map(|seen| {
            extra.insert("exact".into(), json!(seen.exact));
            extra.insert("superiority".into(), json!(seen.superiority));
            seen.test
        }),
    }
    .map_err(|error| Failure::wrong(error).at("FILE"))?;
    let effect = standardised(first, second, options.level).ok();
    if options.json {
        let mut told = json!({
            "test": options.test.as_str(),
            "stat": seen.stat,
            "df": seen.df,
            "p": seen.p,
            "difference": seen.difference,
            "ci": seen.interval,
            "effect": {
                "d": effect.map(|effect| effect.d),
                "g": effect.map(|effect| effect.g),
                "ci": effect.map(|effect| effect.interval),
                "d_ci": effect.map(|effect| effect.exact),
            },
            "n": {&groups.names[0]: first.len(), &groups.names[1]: second.len()},
            "groups": groups.names,
            "left_out": groups.left_out,
        });
        if let Value::Object(told) = &mut told {
            told.append(&mut extra);
        }
        say_json(&told)?;
    } else {
        say(text(&groups, options, &seen));
        if let Some(effect) = effect {
            say(format!(
                "d {}, g {} ({} to {}).",
                shown(effect.d),
                shown(effect.g),
                shown(effect.interval[0]),
                shown(effect.interval[1])
            ));
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn groups(table: &Table, options: &Options) -> Result<Groups, Failure> {
    let outcome = table.numbers(&options.outcome)?;
    let group = table.texts(&options.group)?;
    let complete: Vec<(f64, &str)> = outcome
        .iter()
        .zip(&group)
        .filter_map(|(value, group)| Some(((*value)?, (*group)?)))
        .collect();
    let mut names: Vec<String> = complete
        .iter()
        .map(|(_, group)| (*group).to_owned())
        .collect();
    names = if table.is_numeric(&options.group) {
        names.sort_by(|one, other| {
            let number = |text: &str| text.parse().unwrap_or(f64::NAN);
            number(one).total_cmp(&number(other))
        });
        names.dedup();
        names
    } else {
        sorted_levels(names)
    };
    let count = names.len();
    let names: [String; 2] = names.try_into().map_err(|names: Vec<String>| {
        let some: Vec<String> = names.into_iter().take(8).collect();
        Failure::wrong(format!(
            "The column {} holds {count} group(s): {}.",
            options.group,
            some.join(", ")
        ))
        .at("--group")
        .allowing("two groups")
    })?;
    let values = [0, 1].map(|index: usize| {
        complete
            .iter()
            .filter(|(_, group)| *group == names[index])
            .map(|(value, _)| *value)
            .collect()
    });
    Ok(Groups {
        names,
        values,
        left_out: outcome.len() - complete.len(),
    })
}

fn text(groups: &Groups, options: &Options, seen: &Comparison) -> String {
    let df = seen
        .df
        .map(|df| format!(" with {} degrees of freedom", shown(df)))
        .unwrap_or_default();
    let what = match options.test {
        Test::Ranksum => "Shift",
        _ => "Difference of means",
    };
    format!(
        "{} ({}) less {} ({}), {} test.\n{what} {} ({} % interval {} to {}).\nStatistic {}{df}, p {}.",
        groups.names[0],
        groups.values[0].len(),
        groups.names[1],
        groups.values[1].len(),
        options.test.as_str(),
        shown(seen.difference),
        shown_percent(options.level),
        shown(seen.interval[0]),
        shown(seen.interval[1]),
        shown(seen.stat),
        shown(seen.p)
    )
}
