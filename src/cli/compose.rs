//! `kith compose`: fits a practice to a number of minutes and prints its timeline.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use kith_content::{Asked, ComposeError, CueKind, compose};

use super::{Failure, say, say_json};
use crate::content;

/// Options of `kith compose`.
#[derive(Args)]
pub(super) struct Options {
    /// The practice's slug, such as circle-full
    practice: String,
    /// How long it shall last
    #[arg(long, value_name = "N")]
    minutes: f64,
    /// Words a minute [default: 110]
    #[arg(long, value_name = "WPM")]
    pace: Option<f64>,
    /// The set of wishes to use [default: plain]
    #[arg(long, value_name = "SET")]
    phrases: Option<String>,
    /// A form to leave out; may be given several times
    #[arg(long, value_name = "FORM")]
    without: Vec<String>,
    /// Your own content, laid over the built-in one
    #[arg(long, env = "KITH_CONTENT", value_name = "DIR")]
    content: Option<PathBuf>,
    /// One JSON object instead of text
    #[arg(long)]
    json: bool,
}

pub(super) fn run(options: &Options) -> Result<ExitCode, Failure> {
    let library = content::load(options.content.as_deref())
        .map_err(Failure::wrong)?
        .library;
    let practice = library.practice(&options.practice).ok_or_else(|| {
        let guess = library
            .nearest_practice(&options.practice)
            .map(|slug| format!(" Did you mean {slug}?"))
            .unwrap_or_default();
        let all: Vec<_> = library
            .practices()
            .map(|practice| practice.slug.as_str())
            .collect();
        Failure::wrong(format!("There is no practice {}.{guess}", options.practice))
            .at("PRACTICE")
            .allowing(all.join(", "))
    })?;
    let mut asked = Asked::new(options.minutes, &library);
    if let Some(pace) = options.pace {
        asked.pace = pace;
    }
    if let Some(set) = &options.phrases {
        asked.phrases = library.phrase_set(set).ok_or_else(|| {
            let all: Vec<_> = library
                .phrases()
                .iter()
                .map(|set| set.id.as_str())
                .collect();
            Failure::wrong(format!("There is no set of wishes {set}."))
                .at("--phrases")
                .allowing(all.join(", "))
        })?;
    }
    for word in &options.without {
        let form = word.parse::<kith_content::Form>().map_err(|_| {
            let all: Vec<_> = kith_content::Form::ALL
                .iter()
                .map(|form| form.as_str())
                .collect();
            Failure::wrong(format!("There is no form {word}."))
                .at("--without")
                .allowing(all.join(", "))
        })?;
        asked.forms = asked.forms.with(form, false);
    }
    let composition = compose(practice, &asked).map_err(|error| {
        let (least, most) = practice.minutes;
        match error {
            ComposeError::BadPace { .. } => Failure::wrong(error).at("--pace"),
            other => Failure::wrong(other)
                .at("--minutes")
                .allowing(format!("{least} to {most} minutes")),
        }
    })?;
    let composition = composition.filled(practice);
    if options.json {
        say_json(&composition)?;
    } else {
        say(format!("{}, {} minutes", practice.title, options.minutes));
        let mut section = "";
        for cue in &composition.cues {
            if cue.section != section {
                section = &cue.section;
                say(format!("\n{section}"));
            }
            let text = match cue.kind {
                CueKind::Bell => "(bell)",
                CueKind::Speech => &cue.text,
            };
            say(format!(
                "{:>3}:{:04.1}  {text}",
                (cue.at / 60.0).floor(),
                cue.at % 60.0
            ));
        }
        say(format!(
            "\n{:>3}:{:04.1}  (end)",
            (composition.seconds / 60.0).floor(),
            composition.seconds % 60.0
        ));
    }
    Ok(ExitCode::SUCCESS)
}
