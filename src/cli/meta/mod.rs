//! `kith meta`: pools the effects of several studies.

mod data;
mod report;

use std::io::{BufRead, BufReader, BufWriter, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use kith_stats::bias::{egger, egger_classical, rank_test, trim_and_fill};
use kith_stats::pool::{Method, PoolError, Search, Settings, Test, pool, tau2_interval};
use kith_stats::regression::regress;
use kith_stats::sensitivity::{cumulative, influence, leave_one_out, subgroups};
use kith_stats::three_level::three_level;
use serde::Deserialize;
use serde_json::{Value as Json, json};

use super::effect::{Measure, check_level};
use super::table::Table;
use super::{Failure, say, say_json};
use data::Effects;

/// Options of `kith meta`.
#[derive(Args)]
#[command(after_help = "\
The file is CSV with a header. Without --measure it has the columns yi and vi (an effect and its sampling variance); \
with one the columns that `kith effect --help` names for it. Rows with a missing cell (empty, NA) are left out and counted.
Definitions and defaults are metafor's: docs/statistics.md.")]
pub(super) struct Options {
    /// The data; - is standard input
    #[arg(required_unless_present = "lines", conflicts_with = "lines")]
    file: Option<PathBuf>,
    /// Variance between studies: ee (none), dl, he, hs, sj, ml, reml, eb or pm
    #[arg(long, default_value = "reml")]
    method: String,
    /// Knapp and Hartung's standard errors and t tests
    #[arg(long)]
    knapp_hartung: bool,
    /// The same, never narrower than without
    #[arg(long)]
    knapp_hartung_guarded: bool,
    /// Confidence of intervals
    #[arg(long, value_name = "LEVEL", default_value_t = 0.95)]
    level: f64,
    /// Searches for the variance between studies until nothing moves, and does not stop where metafor's defaults do
    #[arg(long)]
    converge: bool,
    /// Computes the effects first: smd, md, or, rr, rd, peto, zcor, smcr, pr, plo or pft
    #[arg(long, conflicts_with = "lines")]
    measure: Option<String>,
    /// Meta-regression on these columns; a column of words becomes one moderator for each but its first in order
    #[arg(
        long,
        value_name = "A,B",
        value_delimiter = ',',
        conflicts_with = "lines"
    )]
    mods: Vec<String>,
    /// Pools each group of this column by itself
    #[arg(long, value_name = "COLUMN", conflicts_with = "lines")]
    subgroup: Option<String>,
    /// Three levels: effects that share a cell of this column are of one study (REML; ML with --method ml)
    #[arg(long, value_name = "COLUMN", conflicts_with = "lines")]
    study: Option<String>,
    /// Egger's regression test for asymmetry
    #[arg(long, conflicts_with = "lines")]
    egger: bool,
    /// The rank correlation test for asymmetry
    #[arg(long, conflicts_with = "lines")]
    rank_test: bool,
    /// Trim and fill
    #[arg(long, conflicts_with = "lines")]
    trim_fill: bool,
    /// The pool without each study in turn
    #[arg(long, conflicts_with = "lines")]
    leave_one_out: bool,
    /// The pool of the first study, the first two, and so on
    #[arg(long, conflicts_with = "lines")]
    cumulative: bool,
    /// What each study does to the pool
    #[arg(long, conflicts_with = "lines")]
    influence: bool,
    /// Reads {"yi": [..], "vi": [..], "method": ".."} a line from standard input, and answers each with a line
    #[arg(long)]
    lines: bool,
    /// One JSON object instead of text
    #[arg(long)]
    json: bool,
}

pub(super) fn run(options: &Options) -> Result<ExitCode, Failure> {
    let settings = Settings {
        method: method(&options.method, "--method")?,
        test: if options.knapp_hartung_guarded {
            Test::KnappHartungGuarded
        } else if options.knapp_hartung {
            Test::KnappHartung
        } else {
            Test::Normal
        },
        level: options.level,
        search: if options.converge {
            Search::Converged
        } else {
            Search::AsMetafor
        },
    };
    check_level(options.level)?;
    let Some(file) = &options.file else {
        return lines(&settings);
    };
    let measure = match &options.measure {
        Some(name) => Some(Measure::named(name, "--measure")?),
        None => None,
    };
    let table = Table::read(file)?;
    let effects = Effects::read(&table, measure)?;
    let mut answer =
        pooled(&effects.yi, &effects.vi, &settings).map_err(|error| effects.explain(&error))?;
    answer["omitted"] = json!(table.rows() - effects.yi.len());
    if let Some(measure) = measure {
        answer["measure"] = json!(measure.name());
    }
    extras(options, &settings, &table, &effects, &mut answer)?;
    if options.json {
        say_json(&answer)?;
    } else {
        say(report::text(&answer, options.level));
    }
    Ok(ExitCode::SUCCESS)
}

pub(super) fn method(name: &str, place: &str) -> Result<Method, Failure> {
    name.parse().map_err(|()| {
        let all: Vec<_> = Method::ALL.iter().map(|method| method.as_str()).collect();
        Failure::wrong(format!("There is no method {name}."))
            .at(place)
            .allowing(all.join(", "))
    })
}

/// The pool itself, as every answer begins.
pub(super) fn pooled(yi: &[f64], vi: &[f64], settings: &Settings) -> Result<Json, PoolError> {
    let pooled = pool(yi, vi, settings)?;
    let interval = if settings.method == Method::Ee || yi.len() < 2 {
        None
    } else {
        Some(tau2_interval(yi, vi, None, settings)?.tau2)
    };
    let mut answer = report::pooled(&pooled, settings);
    answer["tau2_ci"] = json!(interval);
    answer["weights"] = json!(pooled.weights);
    Ok(answer)
}

/// The keys asked for beside the pool.
fn extras(
    options: &Options,
    settings: &Settings,
    table: &Table,
    effects: &Effects,
    answer: &mut Json,
) -> Result<(), Failure> {
    let (yi, vi) = (&effects.yi, &effects.vi);
    let said = |error: PoolError| effects.explain(&error);
    if !options.mods.is_empty() {
        let part = effects.moderators(table, &options.mods)?;
        let (yi, vi, x) = (&part.yi, &part.vi, &part.x);
        let explain = |error: PoolError| part.explain(&error);
        let regression = regress(yi, vi, x, settings).map_err(explain)?;
        answer["mods"] = report::regression(&regression, &part.names);
        answer["mods"]["tau2_ci"] = if settings.method == Method::Ee {
            Json::Null
        } else {
            let interval = tau2_interval(yi, vi, Some(x), settings).map_err(explain)?;
            json!(interval.tau2)
        };
    }
    if let Some(column) = &options.subgroup {
        let (part, names, group) = effects.grouped(table, column)?;
        let found = subgroups(&part.yi, &part.vi, &group, settings)
            .map_err(|error| part.explain(&error))?;
        answer["subgroup"] = report::subgroups(&found, column, &names, settings);
    }
    if let Some(column) = &options.study {
        let (part, _, study) = effects.grouped(table, column)?;
        let restricted = settings.method != Method::Ml;
        let found = three_level(&part.yi, &part.vi, &study, restricted, settings.level)
            .map_err(|error| part.explain(&error))?;
        answer["three_level"] = report::three_level(&found, restricted);
    }
    if options.egger {
        let mixed = egger(yi, vi, settings).map_err(|error| about("--egger", said(error)))?;
        let plain = egger_classical(yi, vi, settings.level).map_err(said)?;
        answer["egger"] = report::asymmetry(&mixed);
        answer["egger"]["model"] = json!("rma");
        answer["egger"]["predictor"] = json!("sei");
        answer["egger"]["classical"] = report::asymmetry(&plain);
        answer["egger"]["classical"]["model"] = json!("lm");
    }
    if options.rank_test {
        let test = rank_test(yi, vi).map_err(|error| about("--rank-test", said(error)))?;
        answer["rank_test"] = json!({"tau": test.tau, "p": test.p, "exact": test.exact});
    }
    if options.trim_fill {
        let found =
            trim_and_fill(yi, vi, settings).map_err(|error| about("--trim-fill", said(error)))?;
        answer["trim_fill"] = report::trim_fill(&found, settings);
    }
    if options.leave_one_out {
        let found = leave_one_out(yi, vi, settings)
            .map_err(|error| about("--leave-one-out", said(error)))?;
        answer["leave_one_out"] = report::series(&found, "without_line", &effects.lines, settings);
    }
    if options.cumulative {
        let found = cumulative(yi, vi, settings).map_err(said)?;
        answer["cumulative"] = report::series(&found, "through_line", &effects.lines, settings);
    }
    if options.influence {
        let found =
            influence(yi, vi, settings).map_err(|error| about("--influence", said(error)))?;
        answer["influence"] = report::influence(&found, &effects.lines);
    }
    Ok(())
}

/// The same complaint, with the option that it is about.
fn about(option: &str, mut failure: Failure) -> Failure {
    failure.message = format!("{option}: {}", failure.message);
    failure.at(option)
}

/// A line of `--lines`. Whatever else stands in it is let be.
#[derive(Deserialize)]
struct Line {
    yi: Vec<Option<f64>>,
    vi: Vec<Option<f64>>,
    method: Option<String>,
    knapp_hartung: Option<bool>,
    level: Option<f64>,
}

fn lines(settings: &Settings) -> Result<ExitCode, Failure> {
    let mut from = BufReader::new(std::io::stdin().lock());
    let mut to = BufWriter::new(std::io::stdout().lock());
    let (mut read, mut refused, mut line) = (0_usize, 0_usize, Vec::new());
    loop {
        // Whoever waits for an answer before sending on gets it.
        if from.buffer().is_empty() && to.flush().is_err() {
            return Ok(ExitCode::SUCCESS);
        }
        line.clear();
        let length = from
            .read_until(b'\n', &mut line)
            .map_err(|error| Failure::failed(format!("Standard input broke off: {error}.")))?;
        if length == 0 {
            break;
        }
        read += 1;
        if line.trim_ascii().is_empty() {
            continue;
        }
        let answer = line_answer(settings, &line).unwrap_or_else(|failure| {
            refused += 1;
            failure.at(&format!("line {read}")).as_json()
        });
        // A reader that went away is no error.
        if writeln!(to, "{answer}").is_err() {
            return Ok(ExitCode::SUCCESS);
        }
    }
    let _ = to.flush();
    match refused {
        0 => Ok(ExitCode::SUCCESS),
        1 => Err(Failure::wrong(
            "1 line could not be pooled; its error stands in its place.",
        )),
        many => Err(Failure::wrong(format!(
            "{many} lines could not be pooled; their errors stand in their places."
        ))),
    }
}

fn line_answer(settings: &Settings, line: &[u8]) -> Result<Json, Failure> {
    let line: Line = serde_json::from_slice(line).map_err(|error| {
        Failure::wrong(format!("{error}."))
            .allowing("{\"yi\": [..], \"vi\": [..], \"method\": \"..\"}")
    })?;
    let mut settings = *settings;
    if let Some(name) = &line.method {
        settings.method = method(name, "method")?;
    }
    match line.knapp_hartung {
        Some(true) if settings.test == Test::Normal => settings.test = Test::KnappHartung,
        Some(false) => settings.test = Test::Normal,
        _ => {}
    }
    if let Some(level) = line.level {
        check_level(level)?;
        settings.level = level;
    }
    if line.yi.len() != line.vi.len() {
        return Err(Failure::wrong(format!(
            "There are {} effects but {} sampling variances.",
            line.yi.len(),
            line.vi.len()
        )));
    }
    let (yi, vi): (Vec<f64>, Vec<f64>) = line
        .yi
        .iter()
        .zip(&line.vi)
        .filter_map(|(y, v)| y.zip(*v))
        .unzip();
    let mut answer = pooled(&yi, &vi, &settings).map_err(|error| data::plain(&error))?;
    answer["omitted"] = json!(line.yi.len() - yi.len());
    Ok(answer)
}
