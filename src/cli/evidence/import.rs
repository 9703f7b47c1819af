//! `kith evidence import`: what a file of references or effects would bring in.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use kith_evidence::import::{
    Better, Choice, Choices, Format, MOST_BYTES, Made, Papers, Reference, Trouble, from_metapsy,
    from_references, metapsy, references,
};
use serde_json::{Value, json};

use super::super::{Failure, say, say_json};
use kith_rooms::front::content;

/// Options of `kith evidence import`.
#[derive(Args)]
#[command(after_help = "\
Nothing is kept: the browser keeps drafts, after a look (/evidence/imports).
A file in the Metapsy layout has the first arm less the second, so its sign has to be said for every scale:
--lower phq-9 where less is better, --higher scs where more is. Rows of other scales are left out and told.
Formats and rules: docs/evidence.md.")]
pub(super) struct Options {
    /// The file
    file: PathBuf,
    /// ris, bibtex, csl-json or metapsy; found out without it
    #[arg(long = "as", value_name = "FORMAT")]
    format: Option<String>,
    /// A scale on which less is better, as the file calls it
    #[arg(long, value_name = "SCALE")]
    lower: Vec<String>,
    /// A scale on which more is better
    #[arg(long, value_name = "SCALE")]
    higher: Vec<String>,
    /// Your own content, laid over the built-in one
    #[arg(long, env = "KITH_CONTENT", value_name = "DIR")]
    content: Option<PathBuf>,
    /// One JSON object instead of text
    #[arg(long)]
    json: bool,
}

pub(super) fn run(options: &Options) -> Result<ExitCode, Failure> {
    let shown = options.file.display().to_string();
    let bytes = std::fs::read(&options.file)
        .map_err(|error| Failure::wrong(format!("{shown} cannot be read: {error}.")).at("FILE"))?;
    if bytes.len() > MOST_BYTES {
        let most = MOST_BYTES / 1024;
        return Err(
            Failure::wrong(format!("{shown} is larger than {most} KB: split it.")).at("FILE"),
        );
    }
    let text = String::from_utf8(bytes)
        .map_err(|_| Failure::wrong(format!("{shown} is not UTF-8 text.")).at("FILE"))?;
    let all = Format::ALL.map(Format::as_str).join(", ");
    let format = match &options.format {
        None => Format::guess(&text).ok_or_else(|| {
            Failure::wrong(format!("{shown} does not look like any format known here."))
                .at("--as")
                .allowing(all)
        })?,
        Some(word) => word.parse().map_err(|()| {
            Failure::wrong(format!("There is no format {word}."))
                .at("--as")
                .allowing(all)
        })?,
    };
    let loaded = content::load(options.content.as_deref()).map_err(Failure::wrong)?;
    let library = &loaded.library;
    let taken = |id: &str| library.sources().iter().any(|source| source.id == id);
    let (made, measured, troubles): (Vec<Made>, Value, Vec<Trouble>) = match format {
        Format::Metapsy => {
            let file = metapsy(&text);
            let made = from_metapsy(&file, &choices(options), taken);
            (made, json!(file.measured), file.troubles)
        }
        format => {
            let file = references(format, &text);
            let made = from_references(&file.found, taken);
            (made, json!([]), file.troubles)
        }
    };
    let papers = Papers::of(library.evidence());
    let studies: Vec<(Made, Option<String>)> = made
        .into_iter()
        .map(|one| {
            let here = papers.find(&paper(&one)).map(str::to_owned);
            (one, here)
        })
        .collect();
    if options.json {
        let studies: Vec<Value> = studies
            .iter()
            .map(|(one, here)| {
                json!({"id": one.id, "here": here, "study": one.draft.study, "outcomes": one.draft.outcomes,
                       "left_out": one.left_out})
            })
            .collect();
        say_json(
            &json!({"format": format, "kept": false, "studies": studies, "measured": measured, "troubles": troubles}),
        )?;
    } else {
        say(in_words(&studies, &troubles));
    }
    Ok(ExitCode::SUCCESS)
}

fn choices(options: &Options) -> Choices {
    let mut choices = Choices::default();
    for (names, better) in [
        (&options.lower, Better::Lower),
        (&options.higher, Better::Higher),
    ] {
        for name in names {
            let choice = Choice {
                better: Some(better),
                construct: None,
            };
            choices.measured.insert(name.clone(), choice);
        }
    }
    choices
}

/// What a draft says of its paper.
fn paper(made: &Made) -> Reference {
    Reference {
        title: made.draft.get("title").to_owned(),
        doi: made.draft.get("doi").to_owned(),
        year: made.draft.get("year").parse().ok(),
        ..Reference::default()
    }
}

fn in_words(studies: &[(Made, Option<String>)], troubles: &[Trouble]) -> String {
    let mut words = String::new();
    for (one, here) in studies {
        let draft = &one.draft;
        let here = here
            .as_ref()
            .map(|id| format!(" (here already, as {id})"))
            .unwrap_or_default();
        words.push_str(&format!(
            "{}: {}, {}. {}{here}\n",
            one.id,
            draft.get("authors"),
            draft.get("year"),
            draft.get("title")
        ));
        for outcome in &draft.outcomes {
            let value = |key: &str| outcome.get(key).map_or("", String::as_str);
            words.push_str(&format!(
                "    {}: {} {}\n",
                value("id"),
                value("effect"),
                value("value")
            ));
        }
        for trouble in &one.left_out {
            words.push_str(&format!("    left out, {trouble}\n"));
        }
    }
    for trouble in troubles {
        words.push_str(&format!("{trouble}\n"));
    }
    words.push_str("Nothing was kept.\n");
    words
}
