//! `kith check`: reads all content, plays every practice at every length, walks through every programme, answers every
//! instrument, asks the evidence library every question, and says what is wrong.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use serde_json::json;

use super::{Failure, say, say_json};
use kith_rooms::front::content;

/// Options of `kith check`.
#[derive(Args)]
pub(super) struct Options {
    /// Your own content, laid over the built-in one
    dir: Option<PathBuf>,
    /// One JSON object instead of text
    #[arg(long)]
    json: bool,
}

pub(super) fn run(options: &Options) -> Result<ExitCode, Failure> {
    let loaded = content::load(options.dir.as_deref()).map_err(|message| {
        Failure::wrong(message).allowing("a folder laid out as docs/content-format.md says")
    })?;
    let mut problems = loaded.problems;
    let (played_problems, played) = kith_content::check(&loaded.library);
    problems.extend(played_problems);
    let (walk_problems, walks) = kith_content::walk(&loaded.library);
    problems.extend(walk_problems);
    let (answer_problems, answered) = kith_content::instrument::answer(&loaded.library);
    problems.extend(answer_problems);
    let (evidence_problems, asked) = kith_evidence::check(&loaded.library);
    problems.extend(evidence_problems);
    let instruments = loaded.library.instruments().count();
    let programmes = loaded.library.programmes().count();
    let practices = loaded.library.practices().count();
    let sources = loaded.library.sources().len();
    let studies = loaded.library.evidence().studies.len();
    let ok = problems.is_empty();
    if options.json {
        say_json(&json!({
            "ok": ok,
            "practices": practices,
            "programmes": programmes,
            "instruments": instruments,
            "evidence": sources,
            "played": {"practices": played, "programmes": walks, "instruments": answered, "evidence": asked, "tasks": 0},
            "problems": problems,
        }))?;
    } else {
        for problem in &problems {
            say(problem);
        }
        say(format!(
            "{practices} practices, played {played} times; {programmes} programmes, walked through {walks} times; {instruments} instruments, answered {answered} times; {sources} sources, {studies} of them studies, asked {asked} questions; {}.",
            match problems.len() {
                0 => "nothing is wrong".to_owned(),
                1 => "1 problem".to_owned(),
                many => format!("{many} problems"),
            }
        ));
    }
    Ok(if ok {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}
