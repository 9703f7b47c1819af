//! `kith doctor`: looks at an installation and says what to do.

use std::process::ExitCode;

use clap::Args;
use serde::Serialize;
use serde_json::json;

use super::serve::{runtime, told};
use super::{Failure, say, say_json};
use kith_base::config::{self, Config};
use kith_base::db::{Db, Target};
use kith_base::error::Error;
use kith_rooms::front::alerts;
use kith_rooms::front::content;
use kith_rooms::front::evidence::pdf::{NoPdf, Typesetter, tried};
use kith_rooms::front::people;

/// Options of `kith doctor`.
#[derive(Args)]
pub(super) struct Options {
    #[command(flatten)]
    common: config::HouseOptions,
    /// One JSON object instead of text
    #[arg(long)]
    json: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum Verdict {
    Good,
    Hint,
    Bad,
}

#[derive(Serialize)]
struct Finding {
    name: &'static str,
    verdict: Verdict,
    message: String,
}

fn finding(name: &'static str, verdict: Verdict, message: impl Into<String>) -> Finding {
    Finding {
        name,
        verdict,
        message: message.into(),
    }
}

pub(super) fn run(options: Options) -> Result<ExitCode, Failure> {
    let config = options.common.settle("kith-data").map_err(Failure::wrong)?;
    let mut findings = vec![address(&config)];
    findings.extend(messages(&config));
    findings.push(paper(&config)?);
    findings.extend(words(&config));
    findings.extend(database(&config)?);
    let ok = findings
        .iter()
        .all(|finding| finding.verdict != Verdict::Bad);
    if options.json {
        say_json(&json!({"ok": ok, "checks": findings}))?;
    } else {
        for finding in &findings {
            let mark = match finding.verdict {
                Verdict::Good => "good",
                Verdict::Hint => "hint",
                Verdict::Bad => "BAD ",
            };
            say(format!("{mark}  {}: {}", finding.name, finding.message));
        }
    }
    Ok(if ok {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

fn address(config: &Config) -> Finding {
    if config.is_secure() {
        finding("address", Verdict::Good, config.url.clone())
    } else if config.listen.ip().is_loopback() {
        finding(
            "address",
            Verdict::Good,
            format!(
                "{}, from this machine only. For phones put a proxy with https in front and name it with --url.",
                config.url
            ),
        )
    } else {
        finding(
            "address",
            Verdict::Bad,
            "Kith listens to the network without https: secrets would travel in the open. \
             Put a proxy with https in front, name it with --url https://…, and listen on 127.0.0.1.",
        )
    }
}

/// How reminders can reach people.
fn messages(config: &Config) -> [Finding; 2] {
    let mail = if config.mailer.is_there() {
        let from = config.mail_from.as_deref().unwrap_or_default();
        finding(
            "e-mail",
            Verdict::Good,
            format!("reminders can come by e-mail, from {from}"),
        )
    } else {
        finding(
            "e-mail",
            Verdict::Hint,
            "Reminders cannot come by e-mail: name a mail server with --smtp-url and a sender with --mail-from.",
        )
    };
    let push = if config.is_secure() {
        finding(
            "notifications",
            Verdict::Good,
            "reminders can come as notifications",
        )
    } else {
        finding(
            "notifications",
            Verdict::Hint,
            "Reminders cannot come as notifications: browsers take them from an https address only.",
        )
    };
    [mail, push]
}

/// Whether handouts come as PDF files: the typesetter is given a sheet of one word.
fn paper(config: &Config) -> Result<Finding, Failure> {
    let typesetter = Typesetter::at(config.typesetter.as_deref());
    let (verdict, message) = match runtime()?.block_on(tried(&typesetter)) {
        Ok(()) => (Verdict::Good, "handouts come as PDF files too".to_owned()),
        Err(NoPdf::Absent) => (
            Verdict::Hint,
            "Handouts come as pages only, to print from a browser: for PDF files put kith-pdf, which comes with a release, beside kith."
                .to_owned(),
        ),
        Err(broken) => (
            Verdict::Bad,
            format!("Handouts do not come as PDF files: {broken}. The program kith-pdf must be of the same release as kith."),
        ),
    };
    Ok(finding("paper", verdict, message))
}

fn words(config: &Config) -> Vec<Finding> {
    match content::load(config.content.as_deref()) {
        Err(message) => vec![finding("content", Verdict::Bad, message)],
        Ok(loaded) if loaded.problems.is_empty() => vec![finding(
            "content",
            Verdict::Good,
            format!("{} practices", loaded.library.practices().count()),
        )],
        Ok(loaded) => loaded
            .problems
            .iter()
            .map(|problem| finding("content", Verdict::Bad, problem.to_string()))
            .collect(),
    }
}

fn database(config: &Config) -> Result<Vec<Finding>, Failure> {
    if let Target::Sqlite(path) = &config.target
        && !path.exists()
    {
        let hint = format!("{} is not there yet; kith serve makes it.", path.display());
        return Ok(vec![finding("database", Verdict::Hint, hint)]);
    }
    let db = match Db::open(&config.target, 1) {
        Ok(db) => db,
        Err(error) => return Ok(vec![finding("database", Verdict::Bad, error.to_string())]),
    };
    let mut findings = vec![finding("database", Verdict::Good, db.kind())];
    let clinics = runtime()?
        .block_on(db.read(|tx| {
            let mut clinics = Vec::new();
            for clinic in people::list_clinics(tx)? {
                let lacks_help = alerts::lacks_help(tx, &clinic.clinic_id)?;
                clinics.push((clinic.name, lacks_help));
            }
            Ok::<_, Error>(clinics)
        }))
        .map_err(|error| told(&error))?;
    if clinics.is_empty() {
        findings.push(finding(
            "people",
            Verdict::Hint,
            "Nobody is here yet: kith invite --role owner --name YOU --clinic NAME",
        ));
    }
    for (name, lacks_help) in clinics {
        if lacks_help {
            findings.push(finding(
                "help page",
                Verdict::Bad,
                format!("{name} has no emergency number on its help page; an owner enters it under Clinic, The help page."),
            ));
        }
    }
    db.close();
    Ok(findings)
}
