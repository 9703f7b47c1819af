//! `kith ancova`: groups compared with account of what they brought along.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use kith_stats::ancova::{Ancova, Error, ancova};
use serde_json::{Map, Value, json};

use super::frame::{Data, aligned, formula, left_out, level, shown};
use super::lmm::{coefficient, coefficients};
use super::{Failure, say, say_json};

/// Options of `kith ancova`.
#[derive(Args)]
pub(super) struct Options {
    /// CSV with a header; - is standard input
    file: PathBuf,
    /// Such as "post ~ pre + arm"
    #[arg(long)]
    formula: String,
    /// The column whose adjusted means are wanted [default: the last one with levels]
    #[arg(long, value_name = "COLUMN")]
    means: Option<String>,
    /// Of the intervals
    #[arg(long, default_value = "0.95", value_parser = level)]
    level: f64,
    /// One JSON object instead of text
    #[arg(long)]
    json: bool,
}

pub(super) fn run(options: &Options) -> Result<ExitCode, Failure> {
    let formula = formula(&options.formula)?;
    let data = Data::read(&options.file)?;
    let seen =
        ancova(&formula, &data.frame, options.means.as_deref()).map_err(|error| match error {
            Error::Formula(error) => data.complain(&error),
            Error::Random => Failure::wrong(error)
                .at("--formula")
                .allowing("kith lmm for such a formula"),
            Error::NoLevels { ref allowed, .. } => {
                let allowed = allowed.join(", ");
                Failure::wrong(error).at("--means").allowing(allowed)
            }
            other => Failure::wrong(other).at("FILE"),
        })?;
    if options.json {
        say_json(&told(&seen, options.level))?;
    } else {
        say(text(&seen, options.level));
    }
    Ok(ExitCode::SUCCESS)
}

fn told(seen: &Ancova, level: f64) -> Value {
    let adjusted: Map<String, Value> = seen
        .adjusted
        .iter()
        .map(|mean| {
            let said = json!({"mean": mean.mean, "se": mean.se, "ci": mean.interval(level)});
            (mean.level.clone(), said)
        })
        .collect();
    json!({
        "n": seen.n,
        "left_out": seen.left_out,
        "terms": seen.terms.iter().map(|term| coefficient(term, level)).collect::<Vec<_>>(),
        "dropped": seen.dropped,
        "adjusted_means": adjusted,
        "factor": seen.factor,
        "df": seen.df,
        "sigma": seen.sigma,
        "r2": seen.r2,
        "adjusted_r2": seen.adjusted_r2,
        "f": {"stat": seen.f[0], "df": [seen.f[1], seen.df], "p": seen.f[2]},
    })
}

fn text(seen: &Ancova, level: f64) -> String {
    let mut said = vec![
        format!("{} rows.", seen.n),
        coefficients(&seen.terms, level),
        format!(
            "Residual deviation {} with {} degrees of freedom; R² {}.",
            shown(seen.sigma),
            seen.df,
            shown(seen.r2)
        ),
    ];
    if let Some(factor) = &seen.factor {
        let mut lines = vec![vec![
            factor.clone(),
            "adjusted mean".into(),
            "se".into(),
            "interval".into(),
        ]];
        for mean in &seen.adjusted {
            let [low, high] = mean.interval(level);
            lines.push(vec![
                mean.level.clone(),
                shown(mean.mean),
                shown(mean.se),
                format!("{} to {}", shown(low), shown(high)),
            ]);
        }
        said.push(String::new());
        said.push(aligned(&lines));
    }
    let note = left_out(seen.left_out, &seen.dropped);
    if !note.is_empty() {
        said.push(note);
    }
    said.join("\n")
}
