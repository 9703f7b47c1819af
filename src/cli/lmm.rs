//! `kith lmm`: a linear mixed model of a data file.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use kith_stats::mixed::{Coefficient, Method, Mixed, fit};
use serde_json::{Value, json};

use super::frame::{Data, aligned, formula, left_out, level, shown};
use super::{Failure, say, say_json};

/// Options of `kith lmm`.
#[derive(Args)]
pub(super) struct Options {
    /// CSV with a header; - is standard input
    file: PathBuf,
    /// As lme4 writes it, such as "y ~ x*time + (1 + time|id)"
    #[arg(long)]
    formula: String,
    /// Ordinary instead of restricted maximum likelihood
    #[arg(long)]
    ml: bool,
    /// Of the intervals
    #[arg(long, default_value = "0.95", value_parser = level)]
    level: f64,
    /// One JSON object instead of text
    #[arg(long)]
    json: bool,
}

pub(super) fn run(options: &Options) -> Result<ExitCode, Failure> {
    let formula = formula(&options.formula)?;
    if !formula.has_random() {
        return Err(Failure::wrong("The formula has no random effect.")
            .at("--formula")
            .allowing("a term such as (1|id); without one, kith ancova"));
    }
    let data = Data::read(&options.file)?;
    let model = formula
        .model(&data.frame)
        .map_err(|error| data.complain(&error))?;
    let names: Vec<&str> = model.design.names.iter().map(String::as_str).collect();
    let method = if options.ml { Method::Ml } else { Method::Reml };
    let fitted = fit(&model.y, &names, &model.x, &model.random, method)
        .map_err(|error| Failure::wrong(error).at("FILE"))?;
    if options.json {
        say_json(&told(&fitted, model.left_out, options.level))?;
    } else {
        say(text(&fitted, model.left_out, options.level));
    }
    Ok(ExitCode::SUCCESS)
}

fn told(fitted: &Mixed, left_out: usize, level: f64) -> Value {
    let random: Vec<Value> = fitted
        .random
        .iter()
        .map(|term| {
            json!({
                "group": term.group,
                "levels": term.levels,
                "names": term.names,
                "sd": term.sd,
                "cor": term.correlation,
            })
        })
        .collect();
    json!({
        "n": fitted.n,
        "groups": fitted.random.iter().map(|term| term.levels).max(),
        "left_out": left_out,
        "method": fitted.method.as_str(),
        "fixed": fitted.fixed.iter().map(|effect| coefficient(effect, level)).collect::<Vec<_>>(),
        "dropped": fitted.dropped,
        "random": random,
        "sigma": fitted.sigma,
        "logLik": fitted.log_likelihood,
        "aic": fitted.aic(),
        "bic": fitted.bic(),
        "singular": fitted.singular,
    })
}

/// A coefficient as JSON.
pub(super) fn coefficient(effect: &Coefficient, level: f64) -> Value {
    json!({
        "term": effect.term,
        "estimate": effect.estimate,
        "se": effect.se,
        "df": effect.df,
        "t": effect.t,
        "p": effect.p,
        "ci": effect.interval(level),
    })
}

/// Coefficients for a reader.
pub(super) fn coefficients(effects: &[Coefficient], level: f64) -> String {
    let percent = format!("{} % interval", shown_percent(level));
    let mut lines = vec![
        ["", "estimate", "se", "df", "t", "p", percent.as_str()]
            .map(str::to_owned)
            .to_vec(),
    ];
    for effect in effects {
        let [low, high] = effect.interval(level);
        let numbers = [effect.estimate, effect.se, effect.df, effect.t, effect.p];
        let mut line = vec![effect.term.clone()];
        line.extend(numbers.map(shown));
        line.push(format!("{} to {}", shown(low), shown(high)));
        lines.push(line);
    }
    aligned(&lines)
}

/// A level in percent, without needless digits.
pub(super) fn shown_percent(level: f64) -> String {
    ((level * 1e6).round() / 1e4).to_string()
}

fn text(fitted: &Mixed, rows: usize, level: f64) -> String {
    let mut lines = vec![["", "", "sd", "correlation"].map(str::to_owned).to_vec()];
    for term in &fitted.random {
        for (index, name) in term.names.iter().enumerate() {
            let mut line = vec![
                format!("{} ({})", term.group, term.levels),
                name.clone(),
                shown(term.sd[index]),
            ];
            line.extend(
                term.correlation[index][..index]
                    .iter()
                    .map(|value| format!("{value:.3}")),
            );
            lines.push(line);
        }
    }
    lines.push(vec!["residual".into(), String::new(), shown(fitted.sigma)]);
    let mut said = vec![
        format!("{} rows, {}.", fitted.n, fitted.method.as_str()),
        coefficients(&fitted.fixed, level),
        String::new(),
        aligned(&lines),
        String::new(),
        format!(
            "Log-likelihood {}, AIC {}, BIC {}.",
            shown(fitted.log_likelihood),
            shown(fitted.aic()),
            shown(fitted.bic())
        ),
    ];
    if fitted.singular {
        said.push(
            "Singular: some random effect has no variance of its own; a simpler model may say the same.".into(),
        );
    }
    let note = left_out(rows, &fitted.dropped);
    if !note.is_empty() {
        said.push(note);
    }
    said.join("\n")
}
