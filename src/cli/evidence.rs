//! `kith evidence`: what studies found, how sure one may be, and what may be said of it.

mod import;
mod page;
mod report;

use std::io::{IsTerminal, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Subcommand, ValueEnum};
use kith_content::Evidence;
use kith_content::evidence::{AskedComparator, Population, StudySetting, Timepoint, ToldTo};
use kith_evidence::{Answer, FamilyAsked, Question, answer};
use kith_stats::pool::{Settings, Test};
use serde_json::json;

use super::meta::method;
use super::serve::runtime;
use super::{Failure, note, say, say_json};
use kith_base::config;
use kith_rooms::front::content;
use kith_rooms::front::evidence::handout;
use kith_rooms::front::evidence::pdf::Typesetter;

/// Options of `kith evidence`.
#[derive(Args)]
#[command(
    args_conflicts_with_subcommands = true,
    after_help = "\
Without --construct: one line for every construct there is.
What may be pooled, what is said when, and by which formulas: docs/evidence.md."
)]
pub(super) struct Options {
    #[command(subcommand)]
    command: Option<Command>,
    /// What was measured, such as depression or self-compassion
    #[arg(long, value_name = "C")]
    construct: Option<String>,
    /// Compared with what: passive, active or any
    #[arg(long, default_value = "any")]
    comparator: String,
    /// What was trained: any, compassion-based, or one family such as self-compassion
    #[arg(long, default_value = "any")]
    family: String,
    /// Where people took part, such as clinical
    #[arg(long)]
    setting: Option<String>,
    /// Who took part: adults, children or mixed
    #[arg(long)]
    people: Option<String>,
    /// When it was measured: post or follow-up
    #[arg(long, default_value = "post")]
    timepoint: String,
    /// How the variance between studies is estimated: reml, dl or another of `kith meta`
    #[arg(long, default_value = "reml")]
    method: String,
    /// Intervals by Knapp and Hartung
    #[arg(long)]
    knapp_hartung: bool,
    /// For whom: client, colleague or supervisor; all without it
    #[arg(long)]
    audience: Option<String>,
    /// How it is written
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
    /// Where the PDF goes; without it, to standard output
    #[arg(long, value_name = "FILE")]
    to: Option<PathBuf>,
    /// The program that makes PDF files [default: kith-pdf beside kith, where it lies there]
    #[arg(long, env = "KITH_TYPESETTER", value_name = "FILE")]
    typesetter: Option<PathBuf>,
    /// Your own content, laid over the built-in one
    #[arg(long, env = "KITH_CONTENT", value_name = "DIR")]
    content: Option<PathBuf>,
    /// One JSON object instead of text
    #[arg(long)]
    json: bool,
}

#[derive(Subcommand)]
enum Command {
    /// Reads a file of references or effects and says what it would bring in; nothing is kept
    Import(import::Options),
}

#[derive(Clone, Copy, PartialEq, ValueEnum)]
enum Format {
    /// Plain text
    Text,
    /// A page that prints on paper
    Html,
    /// A handout: one sheet, for a client unless --audience says otherwise
    Pdf,
}

pub(super) fn run(options: &Options) -> Result<ExitCode, Failure> {
    if let Some(Command::Import(options)) = &options.command {
        return import::run(options);
    }
    if options.to.is_some() && options.format != Format::Pdf {
        return Err(Failure::wrong("A file is written with --format pdf only.").at("--to"));
    }
    let typesetter = options.typesetter.clone().or_else(config::typesetter);
    let typesetter = Typesetter::at(typesetter.as_deref());
    if options.format == Format::Pdf
        && let Err(absent) = typesetter.program()
    {
        return Err(Failure::wrong(format!(
            "No PDF can be made: {absent}. Put kith-pdf, which comes with a release, beside kith; or write a page with --format html and print it to a file in a browser."
        ))
        .at("--format")
        .allowing("text, html"));
    }
    let loaded = content::load(options.content.as_deref()).map_err(Failure::wrong)?;
    let evidence = loaded.library.evidence();
    let audiences: Vec<ToldTo> = match &options.audience {
        None => ToldTo::ALL.to_vec(),
        Some(word) => vec![read(word, "--audience")?],
    };
    let Some(construct) = &options.construct else {
        if options.format == Format::Pdf {
            let all: Vec<&str> = evidence
                .constructs
                .iter()
                .map(|one| one.id.as_str())
                .collect();
            return Err(Failure::wrong("A PDF is about one question: say which.")
                .at("--construct")
                .allowing(all.join(", ")));
        }
        return overview(evidence, options);
    };
    let question = question(evidence, options, construct)?;
    let answer = answer(evidence, &question).map_err(Failure::failed)?;
    if options.format == Format::Pdf {
        // Plain words are right for everybody.
        let to = audiences
            .first()
            .copied()
            .filter(|_| options.audience.is_some());
        let to = to.unwrap_or(ToldTo::Client);
        return handed_over(&typesetter, evidence, &answer, to, options);
    }
    if options.json {
        say_json(&report::answer(&answer, &audiences)?)?;
    } else if options.format == Format::Html {
        say(page::page(evidence, &answer, &audiences));
    } else {
        say(report::text(&answer, &audiences));
    }
    Ok(ExitCode::SUCCESS)
}

/// Writes the handout as a PDF, to a file or to whatever reads standard output.
fn handed_over(
    typesetter: &Typesetter,
    evidence: &Evidence,
    answer: &Answer<'_>,
    to: ToldTo,
    options: &Options,
) -> Result<ExitCode, Failure> {
    let mut output = std::io::stdout();
    if options.to.is_none() && output.is_terminal() {
        return Err(
            Failure::wrong("A PDF is not for a terminal: say which file with --to FILE.")
                .at("--to"),
        );
    }
    let on = jiff::Zoned::now().strftime("%-d %B %Y").to_string();
    let bytes = runtime()?
        .block_on(handout(typesetter, evidence, answer, to, on))
        .map_err(|no_pdf| Failure::failed(format!("No PDF can be made: {no_pdf}.")))?;
    let Some(file) = &options.to else {
        output.write_all(&bytes).map_err(Failure::failed)?;
        return Ok(ExitCode::SUCCESS);
    };
    std::fs::write(file, &bytes).map_err(|error| {
        Failure::failed(format!("{} could not be written: {error}.", file.display())).at("--to")
    })?;
    if options.json {
        say_json(&json!({"file": file, "bytes": bytes.len(), "pages": 1, "audience": to}))?;
    } else {
        note(format!("Written to {}.", file.display()));
    }
    Ok(ExitCode::SUCCESS)
}

fn question(evidence: &Evidence, options: &Options, construct: &str) -> Result<Question, Failure> {
    let mut question = Question::about(evidence, construct).map_err(|unknown| {
        let near = kith_content::nearest(
            &construct.replace('_', "-"),
            unknown.allowed.iter().map(String::as_str),
        )
        .map(|near| format!(" Did you mean {near}?"))
        .unwrap_or_default();
        Failure::wrong(format!("There is no construct {construct}.{near}"))
            .at("--construct")
            .allowing(unknown.allowed.join(", "))
    })?;
    question.comparator = read::<AskedComparator>(&options.comparator, "--comparator")?;
    question.family = options.family.parse().map_err(|()| {
        Failure::wrong(format!("There is no family {}.", options.family))
            .at("--family")
            .allowing(FamilyAsked::all_words().join(", "))
    })?;
    if let Some(word) = &options.setting {
        question.setting = Some(read::<StudySetting>(word, "--setting")?);
    }
    if let Some(word) = &options.people {
        question.people = Some(read::<Population>(word, "--people")?);
    }
    question.timepoint = read::<Timepoint>(&options.timepoint, "--timepoint")?;
    question.settings = Settings {
        method: method(&options.method, "--method")?,
        test: if options.knapp_hartung {
            Test::KnappHartung
        } else {
            Test::Normal
        },
        ..question.settings
    };
    Ok(question)
}

/// A line for every construct.
fn overview(evidence: &Evidence, options: &Options) -> Result<ExitCode, Failure> {
    let mut answers = Vec::new();
    for construct in &evidence.constructs {
        let question = question(evidence, options, &construct.id)?;
        answers.push(answer(evidence, &question).map_err(Failure::failed)?);
    }
    if options.json {
        say_json(&report::overview(&answers))?;
    } else {
        say(report::overview_text(&answers));
    }
    Ok(ExitCode::SUCCESS)
}

/// A word of a closed list.
fn read<W>(word: &str, place: &str) -> Result<W, Failure>
where
    W: std::str::FromStr<Err = kith_content::UnknownWord>,
{
    word.parse().map_err(|unknown: kith_content::UnknownWord| {
        Failure::wrong(format!("{word} is not {}.", unknown.what))
            .at(place)
            .allowing(unknown.allowed.join(", "))
    })
}
