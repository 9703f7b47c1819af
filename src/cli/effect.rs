//! `kith effect`: an effect size and its variance from what a study reports.

use std::process::ExitCode;

use clap::Args;
use kith_stats::effect::{
    Arm, Counts, Effect, EffectError, double_arcsine, fisher_z, log_odds, log_odds_ratio,
    log_risk_ratio, mean_difference, peto_odds_ratio, proportion, risk_difference,
    standardised_mean_change, standardised_mean_difference,
};
use serde_json::json;

use super::{Failure, say, say_json};

const ARMS: &[&str] = &["m1", "sd1", "n1", "m2", "sd2", "n2"];
const COUNTS: &[&str] = &["ai", "bi", "ci", "di"];
const PROPORTION: &[&str] = &["xi", "ni"];

/// What can be computed of which figures, in this order.
const MEASURES: &[(&str, &[&str])] = &[
    ("smd", ARMS),
    ("md", ARMS),
    ("or", COUNTS),
    ("rr", COUNTS),
    ("rd", COUNTS),
    ("peto", COUNTS),
    ("zcor", &["ri", "ni"]),
    ("smcr", &["m1", "m2", "sd1", "ni", "ri"]),
    ("pr", PROPORTION),
    ("plo", PROPORTION),
    ("pft", PROPORTION),
];

/// One of the measures.
#[derive(Clone, Copy)]
pub(super) struct Measure(usize);

impl Measure {
    pub(super) fn named(name: &str, place: &str) -> Result<Self, Failure> {
        MEASURES
            .iter()
            .position(|measure| measure.0 == name)
            .map(Self)
            .ok_or_else(|| {
                let all: Vec<_> = MEASURES.iter().map(|measure| measure.0).collect();
                Failure::wrong(format!("There is no measure {name}."))
                    .at(place)
                    .allowing(all.join(", "))
            })
    }

    pub(super) fn name(self) -> &'static str {
        MEASURES[self.0].0
    }

    /// The figures it is made of.
    pub(super) fn figures(self) -> &'static [&'static str] {
        MEASURES[self.0].1
    }

    /// From the figures' values, in their order.
    pub(super) fn of(self, values: &[f64]) -> Result<Effect, EffectError> {
        let at = |index: usize| values.get(index).copied().unwrap_or(f64::NAN);
        let arm = |from: usize| Arm {
            mean: at(from),
            sd: at(from + 1),
            n: at(from + 2),
        };
        let counts = Counts {
            a: at(0),
            b: at(1),
            c: at(2),
            d: at(3),
        };
        match self.name() {
            "smd" => standardised_mean_difference(arm(0), arm(3)),
            "md" => mean_difference(arm(0), arm(3)),
            "or" => log_odds_ratio(counts),
            "rr" => log_risk_ratio(counts),
            "rd" => risk_difference(counts),
            "peto" => peto_odds_ratio(counts),
            "zcor" => fisher_z(at(0), at(1)),
            "smcr" => standardised_mean_change(at(0), at(1), at(2), at(3), at(4)),
            "pr" => proportion(at(0), at(1)),
            "plo" => log_odds(at(0), at(1)),
            _ => double_arcsine(at(0), at(1)),
        }
    }
}

/// Options of `kith effect`.
#[derive(Args)]
#[command(
    allow_negative_numbers = true,
    after_help = "\
smd, md: --m1 --sd1 --n1 --m2 --sd2 --n2 (means, standard deviations, people of two arms)
or, rr, rd, peto: --ai --bi --ci --di (first arm with and without the event, second arm likewise)
zcor: --ri --ni (correlation, people)
smcr: --m1 --m2 --sd1 --ni --ri (means after and before, standard deviation before, people, correlation)
pr, plo, pft: --xi --ni (with the event, of all): the proportion, its log odds, its double arcsine
The same numbers may stand in this order without their names. Ratios are natural logarithms."
)]
pub(super) struct Options {
    /// smd, md, or, rr, rd, peto, zcor, smcr, pr, plo or pft
    measure: String,
    /// The figures, in the order below
    values: Vec<f64>,
    #[arg(long, value_name = "MEAN", help_heading = "Figures")]
    m1: Option<f64>,
    #[arg(long, value_name = "SD", help_heading = "Figures")]
    sd1: Option<f64>,
    #[arg(long, value_name = "N", help_heading = "Figures")]
    n1: Option<f64>,
    #[arg(long, value_name = "MEAN", help_heading = "Figures")]
    m2: Option<f64>,
    #[arg(long, value_name = "SD", help_heading = "Figures")]
    sd2: Option<f64>,
    #[arg(long, value_name = "N", help_heading = "Figures")]
    n2: Option<f64>,
    #[arg(long, value_name = "COUNT", help_heading = "Figures")]
    ai: Option<f64>,
    #[arg(long, value_name = "COUNT", help_heading = "Figures")]
    bi: Option<f64>,
    #[arg(long, value_name = "COUNT", help_heading = "Figures")]
    ci: Option<f64>,
    #[arg(long, value_name = "COUNT", help_heading = "Figures")]
    di: Option<f64>,
    #[arg(long, value_name = "R", help_heading = "Figures")]
    ri: Option<f64>,
    #[arg(long, value_name = "N", help_heading = "Figures")]
    ni: Option<f64>,
    #[arg(long, value_name = "COUNT", help_heading = "Figures")]
    xi: Option<f64>,
    /// Confidence of the interval
    #[arg(long, value_name = "LEVEL", default_value_t = 0.95)]
    level: f64,
    /// One JSON object instead of text
    #[arg(long)]
    json: bool,
}

impl Options {
    fn figure(&self, name: &str) -> Option<f64> {
        match name {
            "m1" => self.m1,
            "sd1" => self.sd1,
            "n1" => self.n1,
            "m2" => self.m2,
            "sd2" => self.sd2,
            "n2" => self.n2,
            "ai" => self.ai,
            "bi" => self.bi,
            "ci" => self.ci,
            "di" => self.di,
            "ri" => self.ri,
            "ni" => self.ni,
            _ => self.xi,
        }
    }

    fn figures(&self, measure: Measure) -> Result<Vec<f64>, Failure> {
        let wanted = measure.figures();
        let named = ["xi"].into_iter().chain(ARMS.iter().copied());
        let named = named.chain(COUNTS.iter().copied()).chain(["ri", "ni"]);
        for name in named {
            let given = self.figure(name).is_some();
            if given && (!wanted.contains(&name) || !self.values.is_empty()) {
                return Err(
                    Failure::wrong(format!("{} takes no --{name} here.", measure.name()))
                        .at(&format!("--{name}"))
                        .allowing(format!(
                            "{}, each once, by name or in this order",
                            wanted.join(", ")
                        )),
                );
            }
        }
        if self.values.len() == wanted.len() {
            return Ok(self.values.clone());
        }
        if !self.values.is_empty() {
            return Err(Failure::wrong(format!(
                "{} takes {} figures; {} were given.",
                measure.name(),
                wanted.len(),
                self.values.len()
            ))
            .at("VALUES")
            .allowing(wanted.join(", ")));
        }
        wanted
            .iter()
            .map(|name| {
                self.figure(name).ok_or_else(|| {
                    Failure::wrong(format!("{} needs --{name}.", measure.name()))
                        .at(&format!("--{name}"))
                        .allowing(wanted.join(", "))
                })
            })
            .collect()
    }
}

pub(super) fn run(options: &Options) -> Result<ExitCode, Failure> {
    let measure = Measure::named(&options.measure, "MEASURE")?;
    check_level(options.level)?;
    let effect = measure.of(&options.figures(measure)?).map_err(|error| {
        Failure::wrong(format!("{error}."))
            .at(&format!("--{}", error.figure))
            .allowing(error.must)
    })?;
    let Effect { yi, vi } = effect;
    let (low, high) = effect.ci(options.level);
    if options.json {
        say_json(&json!({
            "measure": measure.name(),
            "yi": yi,
            "vi": vi,
            "se": effect.se(),
            "ci": [low, high],
        }))?;
    } else {
        say(format!(
            "{} {yi:.4}, {} % interval {low:.4} to {high:.4}; standard error {:.4}, variance {vi:.6}",
            measure.name(),
            100.0 * options.level,
            effect.se(),
        ));
    }
    Ok(ExitCode::SUCCESS)
}

pub(super) fn check_level(level: f64) -> Result<(), Failure> {
    if level > 0.0 && level < 1.0 {
        Ok(())
    } else {
        Err(Failure::wrong(format!("{level} is no confidence."))
            .at("--level")
            .allowing("between 0 and 1, such as 0.95"))
    }
}
