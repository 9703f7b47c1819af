//! Reads the facts about a practice, from between the two lines of `+++`.

use std::collections::BTreeMap;

use crate::guess::did_you_mean;
use crate::lists::Source;
use crate::practice::{Around, Practice};
use crate::problem::Report;
use crate::script::Script;
use crate::table::{Table, Text};
use crate::variables::{Variable, uses};
use crate::wording;
use crate::words::{Modality, SourceKind, Strength};

const LEAST_MINUTES: f64 = 0.3;
const MOST_MINUTES: f64 = 60.0;
/// For texts the format gives no limit: a sentence that is longer than this is none.
pub(crate) const SENTENCE: usize = 400;

/// Reads the facts. Returns a practice without a script, and its variables' names with their places. What is missing
/// has been reported and stands there empty, so that the script can be checked all the same.
pub(crate) fn read(
    report: &mut Report<'_>,
    mut table: Table<'_>,
    around: &Around<'_>,
) -> (Practice, Vec<Text>) {
    let title = table.text(report, "title", 60);
    let summary = table.text(report, "summary", 160);
    for text in [&title, &summary] {
        wording::check_for_all(report, text.at, &text.value);
    }
    let modality = table.word::<Modality>(report, "modality");
    let also = table.words_if_any::<Modality>(report, "also");
    if also.len() > 2 {
        report.add(
            table.place_of("also"),
            "`also` names more than two side modalities: keep the two that matter most",
        );
    }
    if modality.is_some_and(|modality| also.contains(&modality)) {
        report.add(
            table.place_of("also"),
            "`also` repeats the modality: take it out there",
        );
    }
    let targets = table.words(report, "targets");
    let minutes = minutes(report, &mut table);
    let load = load(report, &mut table);
    let audience = table.words(report, "audience");
    let setting = table.text(report, "setting", SENTENCE).value;
    let flags = table.words_if_any(report, "flags");
    let restricted = table.word_if_any(report, "restricted");
    let instead = table.yes_unless_said(report, "instead");
    let use_when = table.text(report, "use_when", SENTENCE).value;
    let cautions = table
        .texts(report, "cautions", SENTENCE)
        .into_iter()
        .map(|text| text.value)
        .collect();
    let Claim {
        evidence,
        strength,
        limit,
    } = claim(report, &mut table, around.sources);
    let why = table.text_if_any(report, "why", 160);
    if let Some(why) = &why {
        wording::check(report, why.at, &why.value);
    }
    let anchor = table
        .text_if_any(report, "anchor", SENTENCE)
        .map(|text| text.value);
    let (variables, declared) = variables(report, &mut table);
    let minutes_place = report.place(table.place_of("minutes"));
    table.close(report);
    let practice = Practice {
        slug: String::new(),
        title: title.value,
        summary: summary.value,
        modality: modality.unwrap_or(Modality::Phrases),
        also,
        targets,
        minutes: minutes.unwrap_or((LEAST_MINUTES, MOST_MINUTES)),
        load: load.unwrap_or(1),
        audience,
        setting,
        flags,
        restricted,
        instead,
        use_when,
        cautions,
        evidence,
        strength,
        limit,
        why: why.map(|why| why.value),
        anchor,
        variables,
        script: Script::default(),
        revision: String::new(),
        minutes_place,
    };
    (practice, declared)
}

fn minutes(report: &mut Report<'_>, table: &mut Table<'_>) -> Option<(f64, f64)> {
    let (least, most) = table.two_numbers(report, "minutes")?;
    let at = table.place_of("minutes");
    if least > most {
        report.add(
            at,
            format!(
                "the least minutes ({least}) are more than the most ({most}): write the least first"
            ),
        );
        return None;
    }
    if least < LEAST_MINUTES || most > MOST_MINUTES {
        report.add_allowed(
            at,
            "these minutes are out of bounds",
            format!("{LEAST_MINUTES} to {MOST_MINUTES}"),
        );
        return None;
    }
    Some((least, most))
}

fn load(report: &mut Report<'_>, table: &mut Table<'_>) -> Option<u8> {
    let number = table.number(report, "load")?;
    let load = [1u8, 2, 3]
        .into_iter()
        .find(|&load| f64::from(load) == number);
    if load.is_none() {
        report.add_allowed(
            table.place_of("load"),
            format!("a load of {number} is unknown"),
            "1, 2, 3",
        );
    }
    load
}

/// What is claimed of something: which sources say that it helps, how strongly, and one limit.
pub(crate) struct Claim {
    pub(crate) evidence: Vec<String>,
    pub(crate) strength: Strength,
    pub(crate) limit: String,
}

/// Reads what is claimed, and holds the strength against what the sources are. `sources` is nothing when their file
/// is broken itself.
pub(crate) fn claim(
    report: &mut Report<'_>,
    table: &mut Table<'_>,
    sources: Option<&[Source]>,
) -> Claim {
    let before = report.count();
    let mut evidence: Vec<String> = Vec::new();
    for Text { at, value } in table.texts(report, "evidence", 100) {
        if let Some(sources) = sources
            && !sources.iter().any(|source| source.id == value)
        {
            let guess = did_you_mean(&value, sources.iter().map(|source| source.id.as_str()));
            report.add(
                at,
                format!(
                    "no source has the id `{value}`{guess}; sources stand in evidence/sources.toml"
                ),
            );
        }
        if evidence.contains(&value) {
            report.add(at, "this source is named twice: once is enough");
        }
        evidence.push(value);
    }
    let strength = table.word::<Strength>(report, "strength");
    let limit = table.text(report, "limit", SENTENCE);
    wording::check_for_all(report, limit.at, &limit.value);
    let at = table.place_of("strength");
    if evidence.is_empty() && strength.is_some_and(|strength| strength != Strength::D) {
        let message = "this strength needs evidence: name a source in `evidence`, or write \"D\" (clinical reasoning only)";
        report.add(at, message);
    } else if let (Some(sources), Some(strength)) = (sources, strength)
        && report.count() == before
    {
        check_strength(report, at, strength, &evidence, sources);
    }
    Claim {
        evidence,
        strength: strength.unwrap_or(Strength::D),
        limit: limit.value,
    }
}

/// A meta-analysis carries A, a randomised trial B, whatever was written C.
fn check_strength(
    report: &mut Report<'_>,
    at: usize,
    strength: Strength,
    evidence: &[String],
    sources: &[Source],
) {
    let carries: &[SourceKind] = match strength {
        Strength::A => &[SourceKind::MetaAnalysis],
        Strength::B => &[SourceKind::Trial, SourceKind::MetaAnalysis],
        Strength::C | Strength::D => return,
    };
    let is_carried = sources
        .iter()
        .any(|source| evidence.contains(&source.id) && carries.contains(&source.kind));
    if !is_carried {
        let needed: Vec<&str> = carries.iter().map(|kind| kind.as_str()).collect();
        report.add(
            at,
            format!(
                "strength {strength} needs a source of kind {}, and none of these is one: name such a source, or lower the strength",
                needed.join(" or ")
            ),
        );
    }
}

fn variables(
    report: &mut Report<'_>,
    table: &mut Table<'_>,
) -> (BTreeMap<String, Variable>, Vec<Text>) {
    let (mut variables, mut declared) = (BTreeMap::new(), Vec::new());
    for (name, mut entry) in table.named_tables(report, "variables") {
        let mut letters = name.value.chars();
        let is_name = letters
            .next()
            .is_some_and(|letter| letter.is_ascii_lowercase())
            && letters.all(|letter| {
                letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '_'
            });
        if !is_name {
            report.add(
                name.at,
                "a variable's name has small letters, digits and _ only, such as dear_one",
            );
        }
        let ask = entry.text(report, "ask", 160);
        let default = entry.text(report, "default", 60);
        wording::check_for_all(report, ask.at, &ask.value);
        wording::check_for_all(report, default.at, &default.value);
        for text in [&ask, &default] {
            if !uses(&text.value).is_empty() {
                report.add(
                    text.at,
                    "a variable's own words cannot hold curly brackets: write plain words",
                );
            }
        }
        entry.close(report);
        variables.insert(
            name.value.clone(),
            Variable {
                ask: ask.value,
                default: default.value,
            },
        );
        declared.push(name);
    }
    (variables, declared)
}
