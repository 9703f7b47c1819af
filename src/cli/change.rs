//! `kith change`: whether a score moved by more than chance would, and by which figures.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use kith_content::instrument::{Better, Change, ChangeError, Figures, change, change_by};
use serde_json::json;

use super::score::find;
use super::{Failure, say, say_json};
use kith_rooms::front::content;

/// Options of `kith change`.
#[derive(Args)]
pub(super) struct Options {
    /// The instrument's id, such as phq-9; or give the figures yourself
    #[arg(
        required_unless_present = "sd",
        conflicts_with_all = ["sd", "reliability", "direction", "cut_off"]
    )]
    instrument: Option<String>,
    /// A part of the instrument instead of its total
    #[arg(long, value_name = "PART", requires = "instrument")]
    part: Option<String>,
    /// The score before
    #[arg(long, value_name = "X", allow_negative_numbers = true)]
    before: f64,
    /// The score after
    #[arg(long, value_name = "Y", allow_negative_numbers = true)]
    after: f64,
    /// A standard deviation
    #[arg(long, value_name = "S", requires_all = ["reliability", "direction"], allow_negative_numbers = true)]
    sd: Option<f64>,
    /// A reliability, from 0 up to 1
    #[arg(long, value_name = "R", requires = "sd", allow_negative_numbers = true)]
    reliability: Option<f64>,
    /// Which way is the better one: lower or higher
    #[arg(long, value_name = "DIRECTION", requires = "sd")]
    direction: Option<String>,
    /// The line for recovery; on it nobody has crossed it
    #[arg(long, value_name = "C", requires = "sd", allow_negative_numbers = true)]
    cut_off: Option<f64>,
    /// Your own content, laid over the built-in one
    #[arg(long, env = "KITH_CONTENT", value_name = "DIR")]
    content: Option<PathBuf>,
    /// One JSON object instead of text
    #[arg(long)]
    json: bool,
}

pub(super) fn run(options: &Options) -> Result<ExitCode, Failure> {
    let (told, about) = match &options.instrument {
        Some(id) => of_instrument(options, id)?,
        None => (by_figures(options)?, json!({})),
    };
    if options.json {
        let mut object = serde_json::to_value(&told).map_err(Failure::failed)?;
        if let (Some(object), Some(about)) = (object.as_object_mut(), about.as_object()) {
            object.extend(about.clone());
            object.insert("before".into(), options.before.into());
            object.insert("after".into(), options.after.into());
        }
        say_json(&object)?;
    } else {
        say(&told.words.clinician);
        if !told.words.client.is_empty() {
            say(format!("For whoever answered: {}", told.words.client));
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn of_instrument(options: &Options, id: &str) -> Result<(Change, serde_json::Value), Failure> {
    let library = content::load(options.content.as_deref())
        .map_err(Failure::wrong)?
        .library;
    let instrument = find(&library, id)?;
    let parts: Vec<&str> = instrument
        .subscales
        .iter()
        .map(|part| part.id.as_str())
        .collect();
    let part = options.part.as_deref().unwrap_or("total");
    let about = json!({"instrument": id, "version": instrument.version, "part": part});
    let Some(scale) = instrument.scale(part) else {
        if options.part.is_none() {
            let why = format!(
                "{} has no total; name a part of it with --part: {}.",
                instrument.abbreviation,
                parts.join(", ")
            );
            return Ok((Change::unknown(why), about));
        }
        return Err(
            Failure::wrong(format!("{} has no part {part}.", instrument.abbreviation))
                .at("--part")
                .allowing(parts.join(", ")),
        );
    };
    change(instrument, scale, options.before, options.after)
        .map(|told| (told, about))
        .map_err(|error| wrong(&error, options))
}

fn by_figures(options: &Options) -> Result<Change, Failure> {
    let better = match options.direction.as_deref() {
        Some("lower") => Better::Lower,
        Some("higher") => Better::Higher,
        _ => {
            return Err(Failure::wrong("Say which way is the better one.")
                .at("--direction")
                .allowing("lower, higher"));
        }
    };
    let figures = Figures {
        sd: options.sd,
        reliability: options.reliability,
        source: Some("given on the command line".into()),
        ..Figures::default()
    };
    change_by(
        figures,
        better,
        options.cut_off,
        options.before,
        options.after,
    )
    .map_err(|error| wrong(&error, options))
}

fn wrong(error: &ChangeError, options: &Options) -> Failure {
    let failure = Failure::wrong(error);
    match error {
        ChangeError::Score {
            score, least, most, ..
        } => {
            let is_before = *score == options.before || options.before.is_nan();
            failure
                .at(if is_before { "--before" } else { "--after" })
                .allowing(format!("{least} to {most}"))
        }
        ChangeError::Figure { what, allowed, .. } => failure
            .at(match *what {
                "The standard deviation" => "--sd",
                "The reliability" => "--reliability",
                "The cut-off" => "--cut-off",
                "The score before" => "--before",
                _ => "--after",
            })
            .allowing(*allowed),
    }
}
