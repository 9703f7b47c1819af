//! `kith power`: how many people a trial needs.

use std::process::ExitCode;

use clap::{Args, Subcommand};
use kith_stats::power::{two_sample, two_sample_n, two_sample_simulated};
use serde_json::json;

use super::frame::{level, shown};
use super::{Failure, say, say_json};

/// Options of `kith power`.
#[derive(Args)]
pub(super) struct Options {
    #[command(subcommand)]
    design: Design,
}

#[derive(Subcommand)]
enum Design {
    /// Two groups of the same size, compared by Student's t test, two-sided
    TwoSample(TwoSample),
}

/// Options of `kith power two-sample`.
#[derive(Args)]
struct TwoSample {
    /// The difference of the means in standard deviations
    #[arg(long, allow_negative_numbers = true)]
    d: f64,
    /// People in each group
    #[arg(long, value_parser = clap::value_parser!(u32).range(2..=100_000_000), required_unless_present = "power", conflicts_with = "power")]
    n: Option<u32>,
    /// Find the least n with this power
    #[arg(long, value_parser = level)]
    power: Option<f64>,
    /// Level of the test
    #[arg(long, default_value = "0.05", value_parser = level)]
    alpha: f64,
    /// Draw this many trials instead of using the formula
    #[arg(long, value_name = "RUNS", value_parser = clap::value_parser!(u32).range(1..=100_000_000))]
    simulate: Option<u32>,
    /// Of the drawn trials
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// One JSON object instead of text
    #[arg(long)]
    json: bool,
}

/// More people drawn than this would take hours.
const MOST_DRAWN: u64 = 200_000_000_000;

pub(super) fn run(options: &Options) -> Result<ExitCode, Failure> {
    let Design::TwoSample(options) = &options.design;
    if !options.d.is_finite() {
        return Err(Failure::wrong("The difference must be a finite number.").at("--d"));
    }
    let (n, least) = match (options.n, options.power) {
        (Some(n), _) => (n, None),
        (None, Some(power)) => {
            let least = two_sample_n(options.d, power, options.alpha)
                .filter(|n| *n < 1e8)
                .ok_or_else(|| {
                    Failure::wrong(
                        "No trial of fewer than a hundred million people a group has that power.",
                    )
                    .at("--d")
                    .allowing("a larger difference, or a smaller power")
                })?;
            (least.ceil() as u32, Some(least))
        }
        (None, None) => return Err(Failure::wrong("Neither --n nor --power is given.").at("--n")),
    };
    let formula = two_sample(options.d, f64::from(n), options.alpha);
    let drawn = match options.simulate {
        Some(runs) if 2 * u64::from(runs) * u64::from(n) > MOST_DRAWN => {
            return Err(Failure::wrong(format!(
                "{runs} trials of {n} people a group are too many to draw."
            ))
            .at("--simulate")
            .allowing("fewer runs"));
        }
        Some(runs) => Some(two_sample_simulated(
            options.d,
            n as usize,
            options.alpha,
            runs as usize,
            options.seed,
        )),
        None => None,
    };
    let power = drawn.map_or(formula, |drawn| drawn.share);
    if options.json {
        say_json(&json!({
            "power": power,
            "n_per_arm": n,
            "n_exact": least,
            "d": options.d,
            "alpha": options.alpha,
            "ci": drawn.map(|drawn| drawn.interval),
            "by_formula": formula,
            "runs": options.simulate,
        }))?;
    } else {
        let surely = drawn.map_or_else(String::new, |drawn| {
            format!(
                " in {} drawn trials (95 % interval {} to {}; by formula {})",
                drawn.runs,
                shown(drawn.interval[0]),
                shown(drawn.interval[1]),
                shown(formula)
            )
        });
        say(format!(
            "{n} people in each group, d = {}, level {}: power {}{surely}.",
            options.d,
            options.alpha,
            shown(power)
        ));
    }
    Ok(ExitCode::SUCCESS)
}
