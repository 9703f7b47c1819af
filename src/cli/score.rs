//! `kith score`: scores answers to an instrument, from the command line or line by line from standard input.

use std::io::{BufRead, BufReader, BufWriter, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use kith_content::instrument::{Asking, ScoreError, Scored, reservation, score, shown};
use kith_content::{Instrument, Library};
use serde::Deserialize;

use super::{Failure, say, say_json};
use kith_rooms::front::content;

/// Options of `kith score`.
#[derive(Args)]
pub(super) struct Options {
    /// The instrument's id, such as phq-9
    #[arg(required_unless_present = "lines", conflicts_with = "lines")]
    instrument: Option<String>,
    /// An answer for each item of the form, in its order: 2,1,_,3,… with _ where one was left out
    #[arg(
        long,
        value_name = "A,B,…",
        required_unless_present = "lines",
        conflicts_with = "lines",
        allow_hyphen_values = true
    )]
    answers: Option<String>,
    /// The order the form prints its items in, where there are several
    #[arg(long, value_name = "ORDER")]
    order: Option<String>,
    /// Bands that are other people's habit too, where the authors publish none
    #[arg(long)]
    habit_bands: bool,
    /// Reads {"instrument", "answers": [2, 1, null, 3]} line by line and answers each with a line
    #[arg(long)]
    lines: bool,
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
    if options.lines {
        return lines(&library, options);
    }
    let (Some(id), Some(answers)) = (&options.instrument, &options.answers) else {
        return Err(Failure::wrong("An instrument and its answers are needed."));
    };
    let instrument = find(&library, id)?;
    let scored = one(
        instrument,
        &answers_of(answers)?,
        options.order.as_deref(),
        options.habit_bands,
    )?;
    if options.json {
        say_json(&scored)?;
    } else {
        tell(instrument, &scored);
    }
    Ok(ExitCode::SUCCESS)
}

/// The instrument with this id, or what there is instead.
pub(super) fn find<'l>(library: &'l Library, id: &str) -> Result<&'l Instrument, Failure> {
    library.instrument(id).ok_or_else(|| {
        let guess = library
            .nearest_instrument(id)
            .map(|near| format!(" Did you mean {near}?"))
            .unwrap_or_default();
        let all: Vec<&str> = library
            .instruments()
            .map(|instrument| instrument.id.as_str())
            .collect();
        Failure::wrong(format!("There is no instrument {id}.{guess}"))
            .at("INSTRUMENT")
            .allowing(all.join(", "))
    })
}

/// Answers as they are written on the command line.
fn answers_of(text: &str) -> Result<Vec<Option<f64>>, Failure> {
    text.split(',')
        .map(|word| match word.trim() {
            "_" => Ok(None),
            word => match word.parse::<f64>() {
                Ok(answer) if answer.is_finite() => Ok(Some(answer)),
                _ => Err(Failure::wrong(format!(
                    "{word:?} is no answer: write numbers with commas between them, and _ for a gap."
                ))
                .at("--answers")
                .allowing("numbers and _")),
            },
        })
        .collect()
}

fn one(
    instrument: &Instrument,
    answers: &[Option<f64>],
    order: Option<&str>,
    habit: bool,
) -> Result<Scored, Failure> {
    score(instrument, answers, Asking { order, habit }).map_err(|error| {
        let (place, allowed) = match &error {
            ScoreError::Length { expected, .. } => {
                ("--answers", format!("{expected} answers, with _ for a gap"))
            }
            ScoreError::Answer { allowed, .. } => {
                let allowed: Vec<String> = allowed.iter().map(ToString::to_string).collect();
                ("--answers", allowed.join(", "))
            }
            ScoreError::Order { allowed, .. } if allowed.is_empty() => {
                ("--order", "no order: it has only one".to_owned())
            }
            ScoreError::Order { allowed, .. } => ("--order", allowed.join(", ")),
        };
        Failure::wrong(&error).at(place).allowing(allowed)
    })
}

/// A line of `--lines`. Whatever else stands in it is let be.
#[derive(Deserialize)]
struct Line {
    instrument: String,
    answers: Vec<Option<f64>>,
    #[serde(default)]
    order: Option<String>,
}

/// Answers each line with a line, an error in the place of what cannot be scored, and says at the end whether there were any.
fn lines(library: &Library, options: &Options) -> Result<ExitCode, Failure> {
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
        let text = match line_answer(library, options, &line) {
            Ok(scored) => serde_json::to_string(&scored).map_err(Failure::failed)?,
            Err(failure) => {
                refused += 1;
                failure.at(&format!("line {read}")).as_json().to_string()
            }
        };
        // A reader that went away is no error.
        if writeln!(to, "{text}").is_err() {
            return Ok(ExitCode::SUCCESS);
        }
    }
    let _ = to.flush();
    match refused {
        0 => Ok(ExitCode::SUCCESS),
        1 => Err(Failure::wrong(
            "1 line could not be scored; its error stands in its place.",
        )),
        many => Err(Failure::wrong(format!(
            "{many} lines could not be scored; their errors stand in their places."
        ))),
    }
}

fn line_answer(library: &Library, options: &Options, line: &[u8]) -> Result<Scored, Failure> {
    let line: Line = serde_json::from_slice(line).map_err(|error| {
        Failure::wrong(format!("This line cannot be read: {error}."))
            .allowing("{\"instrument\": id, \"answers\": [numbers and null]}")
    })?;
    let instrument = find(library, &line.instrument)?;
    let order = line.order.as_deref().or(options.order.as_deref());
    one(instrument, &line.answers, order, options.habit_bands)
}

/// Scores for reading.
fn tell(instrument: &Instrument, scored: &Scored) {
    match (&instrument.total, scored.total) {
        (Some(scale), Some(total)) => {
            let band = scored.band.as_ref().map(|band| format!(", {band}"));
            let positive =
                scored
                    .positive
                    .zip(scale.cut_off)
                    .map(|(positive, line)| match positive {
                        true => format!("; screening counts it ({} {})", line.rule, shown(line.at)),
                        false => format!("; screening counts {} {}", line.rule, shown(line.at)),
                    });
            say(format!(
                "{}: {} of {} to {}{}{}",
                instrument.abbreviation,
                shown(total),
                shown(scale.range.0),
                shown(scale.range.1),
                band.unwrap_or_default(),
                positive.unwrap_or_default()
            ));
        }
        _ => say(scored.why_no_total.as_deref().unwrap_or_default()),
    }
    for (part, (_, score)) in instrument.subscales.iter().zip(&scored.subscales) {
        let band = scored
            .subscale_bands
            .iter()
            .find(|(id, _)| *id == part.id)
            .and_then(|(_, band)| band.as_ref())
            .map(|band| format!(", {band}"));
        let score = score.map_or("no score, too much is missing".to_owned(), shown);
        let research = if part.research_only {
            " (for research only)"
        } else {
            ""
        };
        say(format!(
            "  {}: {score} of {} to {}{}{research}",
            part.title,
            shown(part.range.0),
            shown(part.range.1),
            band.unwrap_or_default()
        ));
    }
    if !scored.missing.is_empty() {
        let items: Vec<String> = scored.missing.iter().map(ToString::to_string).collect();
        say(format!("Missing: {}.", items.join(", ")));
    }
    for &item in &scored.safety_items {
        let about = instrument.safety.iter().find(|safety| safety.item == item);
        let what = about.map_or(String::new(), |safety| {
            format!(": {}. To do: {}", safety.about, safety.action)
        });
        say(format!("Item {item} calls for attention{what}."));
    }
    if let Some(why) = &scored.why_no_band {
        say(why);
    }
    if !scored.recalled.is_empty() {
        say(format!("{}.", reservation(&scored.recalled)));
    }
}
