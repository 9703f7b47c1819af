//! The command line: a file a command.

mod alpha;
mod ancova;
mod backup;
mod bench;
mod change;
mod check;
mod compare;
mod compose;
mod demo;
mod doctor;
mod effect;
mod evidence;
mod export;
mod frame;
mod invite;
mod items;
mod lmm;
mod meta;
mod offer;
mod plan;
mod power;
mod score;
mod serve;
mod table;
mod voice;

use std::io::Write;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use serde_json::json;

#[derive(Parser)]
#[command(
    name = "kith",
    version,
    about = "Compassion training: prescribe, practise, rate, adapt, measure, explain.",
    after_help = "Kith is not a crisis service and not a medical device."
)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// A furnished clinic to look round in, with invented people
    Demo(demo::Options),
    /// The real thing
    Serve(serve::Options),
    /// Reads and plays all content and says what is wrong with it
    Check(check::Options),
    /// Fits a practice to a number of minutes
    Compose(compose::Options),
    /// Speech for the practices, rendered by a program on this machine
    Voice(voice::Options),
    /// Looks at what a programme asks for, and when
    Plan(plan::Options),
    /// Scores answers to an instrument
    Score(score::Options),
    /// Says whether a score moved by more than chance would
    Change(change::Options),
    /// Says what to offer when a practice does not fit, and why
    Offer(offer::Options),
    /// Fits a linear mixed model to people measured several times
    Lmm(lmm::Options),
    /// Compares groups with account of what they brought along: coefficients and adjusted means
    Ancova(ancova::Options),
    /// Compares two groups: Welch, Student, rank-sum or permutation test
    Compare(compare::Options),
    /// Cronbach's alpha of the columns of a file
    Alpha(alpha::Options),
    /// How many people a trial needs, or how likely it finds what is there
    Power(power::Options),
    /// Pools the effects of several studies
    Meta(meta::Options),
    /// What studies found, how sure one may be, and what may be said of it
    Evidence(evidence::Options),
    /// An effect size and its variance from what a study reports
    Effect(effect::Options),
    /// Makes an invitation, such as the first owner's
    Invite(invite::Options),
    /// Writes records in a form other programs read
    Export(export::Options),
    /// The words of questionnaires: brings them in from files, and lists them
    Items(items::Options),
    /// Writes everything to one file
    Backup(backup::BackupOptions),
    /// Puts a backup into an empty database
    Restore(backup::RestoreOptions),
    /// Checks this installation and says what to do
    Doctor(doctor::Options),
    /// Measures this machine
    Bench(bench::Options),
}

/// Why a command did not do what it was asked.
#[derive(Debug)]
struct Failure {
    /// 1: failed; 2: wrong use or input.
    status: u8,
    kind: &'static str,
    message: String,
    place: Option<String>,
    allowed: Option<String>,
}

impl Failure {
    /// It was asked rightly and did not work.
    fn failed(message: impl std::fmt::Display) -> Self {
        Self {
            status: 1,
            kind: "failed",
            message: message.to_string(),
            place: None,
            allowed: None,
        }
    }

    /// It was asked wrongly.
    fn wrong(message: impl std::fmt::Display) -> Self {
        Self {
            status: 2,
            kind: "wrong_input",
            ..Self::failed(message)
        }
    }

    fn at(mut self, place: &str) -> Self {
        self.place = Some(place.to_owned());
        self
    }

    fn allowing(mut self, allowed: impl Into<String>) -> Self {
        self.allowed = Some(allowed.into());
        self
    }

    fn as_json(&self) -> serde_json::Value {
        json!({"error": {
            "kind": self.kind,
            "message": self.message,
            "where": self.place,
            "allowed": self.allowed,
        }})
    }

    fn show(&self, as_json: bool) -> ExitCode {
        let text = if as_json {
            self.as_json().to_string()
        } else {
            match &self.allowed {
                Some(allowed) if !self.message.contains(allowed.as_str()) => {
                    format!("{} Allowed: {allowed}.", self.message)
                }
                _ => self.message.clone(),
            }
        };
        // Nowhere is left to complain when even this cannot be written.
        let _ = writeln!(std::io::stderr(), "{text}");
        ExitCode::from(self.status)
    }
}

/// Reads the command line and does what it says.
pub fn run() -> ExitCode {
    let as_json = std::env::args().any(|word| word == "--json");
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) if as_json && error.use_stderr() => {
            return Failure::wrong(error.to_string().trim()).show(true);
        }
        Err(error) => error.exit(),
    };
    let done = match cli.command {
        Command::Demo(options) => demo::run(options),
        Command::Serve(options) => serve::run(options),
        Command::Check(options) => check::run(&options),
        Command::Compose(options) => compose::run(&options),
        Command::Voice(options) => voice::run(&options),
        Command::Plan(options) => plan::run(&options),
        Command::Score(options) => score::run(&options),
        Command::Change(options) => change::run(&options),
        Command::Offer(options) => offer::run(&options),
        Command::Lmm(options) => lmm::run(&options),
        Command::Ancova(options) => ancova::run(&options),
        Command::Compare(options) => compare::run(&options),
        Command::Alpha(options) => alpha::run(&options),
        Command::Power(options) => power::run(&options),
        Command::Meta(options) => meta::run(&options),
        Command::Evidence(options) => evidence::run(&options),
        Command::Effect(options) => effect::run(&options),
        Command::Invite(options) => invite::run(options),
        Command::Export(options) => export::run(options),
        Command::Items(options) => items::run(options),
        Command::Backup(options) => backup::backup(options),
        Command::Restore(options) => backup::restore(options),
        Command::Doctor(options) => doctor::run(options),
        Command::Bench(options) => bench::run(&options),
    };
    match done {
        Ok(code) => code,
        Err(failure) => failure.show(as_json),
    }
}

/// A line on standard output. A reader that went away (`kith … | head`) is no error.
fn say(text: impl std::fmt::Display) {
    let _ = writeln!(std::io::stdout(), "{text}");
}

/// One JSON object on standard output.
fn say_json(value: &impl serde::Serialize) -> Result<(), Failure> {
    let text = serde_json::to_string(value).map_err(Failure::failed)?;
    say(text);
    Ok(())
}

/// A line for the person at the terminal, beside the data.
fn note(text: impl std::fmt::Display) {
    let _ = writeln!(std::io::stderr(), "{text}");
}
