//! The words to say why: short answers to people who doubt, each with its numbers, their sources and one limit.

use serde::Serialize;

use crate::guess::did_you_mean;
use crate::lists;
use crate::problem::Report;
use crate::table::Table;
use crate::variables::count_words;
use crate::wording;
use crate::words::Listener;

/// The fastest pace at which words can still be followed (the most [`compose`](crate::compose()) allows): what is to
/// be said in thirty seconds is not longer than this makes it.
const WORDS_A_MINUTE: f64 = 180.0;

/// Something to say, in a few seconds, to somebody who asks why.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Rationale {
    /// What addresses call it.
    pub id: String,
    /// To whom it is said.
    pub audience: Listener,
    /// Who that is: "A client who fears going soft".
    pub title: String,
    /// When to say it: what they say, or what one notices.
    pub when: String,
    /// How many seconds it takes.
    pub seconds: f64,
    /// The words, as paragraphs.
    pub text: Vec<String>,
    /// The numbers behind it, for whoever asks.
    pub numbers: Vec<Number>,
    /// One honest limit.
    pub limit: String,
}

/// A number in words, and where it comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Number {
    /// What was found.
    pub words: String,
    /// The id of a [source](crate::Source).
    pub source: String,
}

/// Reads `rationale.toml`; `sources` are the ids that may be named, nothing when that file is broken itself.
pub(crate) fn read(
    report: &mut Report<'_>,
    text: &str,
    sources: Option<&[&str]>,
) -> Vec<Rationale> {
    lists::entries(report, text, "card", "id", |report, table, id| {
        let audience = table.word::<Listener>(report, "audience");
        let title = table.text(report, "title", 80);
        let when = table.text(report, "when", 160);
        let seconds = seconds(report, table);
        let before = report.count();
        let text = table.texts(report, "text", 600);
        let at = table.place_of("text");
        if text.is_empty() && report.count() == before {
            report.add(at, "`text` is empty: write at least one paragraph");
        }
        let words: usize = text.iter().map(|text| count_words(&text.value)).sum();
        if let Some(seconds) = seconds
            && words as f64 > seconds / 60.0 * WORDS_A_MINUTE
        {
            let message = format!(
                "{words} words cannot be said in {seconds} seconds: say less, or take longer"
            );
            report.add(at, message);
        }
        let numbers = numbers(report, table, sources);
        let limit = table.text(report, "limit", 300);
        for said in text.iter().chain([&title, &when, &limit]) {
            wording::check(report, said.at, &said.value);
        }
        Some(Rationale {
            id,
            audience: audience?,
            title: title.value,
            when: when.value,
            seconds: seconds?,
            text: text.into_iter().map(|text| text.value).collect(),
            numbers,
            limit: limit.value,
        })
    })
}

fn seconds(report: &mut Report<'_>, table: &mut Table<'_>) -> Option<f64> {
    let seconds = table.number(report, "seconds")?;
    if !(5.0..=180.0).contains(&seconds) {
        let message = format!("{seconds} seconds is no short answer");
        report.add_allowed(table.place_of("seconds"), message, "5 to 180");
        return None;
    }
    Some(seconds)
}

fn numbers(
    report: &mut Report<'_>,
    table: &mut Table<'_>,
    sources: Option<&[&str]>,
) -> Vec<Number> {
    let mut numbers = Vec::new();
    for mut entry in table.tables(report, "number") {
        let words = entry.text(report, "words", 240);
        wording::check(report, words.at, &words.value);
        let source = entry.text(report, "source", 60);
        if let Some(sources) = sources
            && !source.value.is_empty()
            && !sources.contains(&source.value.as_str())
        {
            let guess = did_you_mean(&source.value, sources.iter().copied());
            let message = format!(
                "no source has the id `{}`{guess}; sources stand in evidence/sources.toml",
                source.value
            );
            report.add(source.at, message);
        }
        entry.close(report);
        numbers.push(Number {
            words: words.value,
            source: source.value,
        });
    }
    numbers
}
