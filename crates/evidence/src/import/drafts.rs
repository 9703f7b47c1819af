//! Drafts of studies' files from what was read. A draft says what the file said and nothing else: whatever a file does not
//! say is left for a person who reads the paper.

use std::collections::{BTreeMap, HashSet};

use kith_content::evidence::draft::{self, Draft, put};
use kith_content::evidence::{Against, Checked, Favours};
use kith_stats::distribution::normal_quantile;
use serde::Serialize;

use super::metapsy::is_untreated;
use super::same::letters;
use super::{Comparison, Figure, Found, Metapsy, Reference, Trouble};

/// What is better on a scale, or whether an event is good.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Better {
    /// Less is better: fewer symptoms, fewer relapses.
    Lower,
    /// More is better.
    Higher,
}

/// What is said about something that was measured.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Choice {
    /// What is better; its rows are left out where nobody says it.
    pub better: Option<Better>,
    /// The construct it is about; nothing where it is none of ours.
    pub construct: Option<String>,
}

/// What somebody says about a file of effects.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Choices {
    /// By the names of what was measured.
    pub measured: BTreeMap<String, Choice>,
    /// What holds for every study of the file: keys of a study's file and their values.
    pub for_all: BTreeMap<String, String>,
}

/// A draft, and what of its rows is not in it.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Made {
    /// What it would be called.
    pub id: String,
    /// The draft.
    pub draft: Draft,
    /// Rows that are not in it.
    pub left_out: Vec<Trouble>,
}

/// A file's name from the first author and the year, that is not taken yet.
pub fn id_for(reference: &Reference, taken: impl Fn(&str) -> bool) -> String {
    let author = reference.authors.first().map_or("", String::as_str);
    let ascii = |text: String| -> String {
        text.chars()
            .filter(char::is_ascii_alphanumeric)
            .take(40)
            .collect()
    };
    let mut name = ascii(letters(author));
    if name.is_empty() {
        name = ascii(letters(&reference.title)).chars().take(12).collect();
    }
    if name.is_empty() {
        "study".clone_into(&mut name);
    }
    if let Some(year) = reference.year {
        name.push_str(&year.to_string());
    }
    let with_number = |number: usize| format!("{name}-{number}");
    if !taken(&name) {
        return name;
    }
    // Among as many names as there are, one is free.
    (2..).map(with_number).find(|id| !taken(id)).unwrap_or(name)
}

/// A draft of a paper of which nothing but the reference is known: no figure, and not yet said how far it was read.
#[must_use]
pub fn from_reference(reference: &Reference) -> Draft {
    let mut draft = Draft::default();
    draft.set("title", &cut(&reference.title, 400));
    draft.set("authors", &cut(&reference.authors.join(", "), 400));
    draft.set(
        "year",
        &reference
            .year
            .map(|year| year.to_string())
            .unwrap_or_default(),
    );
    draft.set("journal", &cut(&reference.journal, 200));
    draft.set("volume", &cut(&reference.volume, 40));
    draft.set("doi", &reference.doi);
    match (reference.url.as_str(), reference.doi.as_str()) {
        ("", "") => {}
        ("", doi) => draft.set("source", &format!("https://doi.org/{doi}")),
        (url, _) => draft.set("source", url),
    }
    draft
}

fn cut(text: &str, most: usize) -> String {
    text.chars().take(most).collect()
}

/// A draft for each reference, under a name that is not taken.
pub fn from_references(references: &[Reference], taken: impl Fn(&str) -> bool) -> Vec<Made> {
    let mut ids = HashSet::new();
    let made = references.iter().map(|reference| {
        let id = id_for(reference, |id| taken(id) || ids.contains(id));
        ids.insert(id.clone());
        Made {
            id,
            draft: from_reference(reference),
            left_out: Vec::new(),
        }
    });
    made.collect()
}

/// A draft for each comparison of a file, in its order. The second comparison of a trial names the first in `sample`: a
/// group that both are compared with is the same people.
pub fn from_metapsy(file: &Metapsy, choices: &Choices, taken: impl Fn(&str) -> bool) -> Vec<Made> {
    let mut made: Vec<Made> = Vec::new();
    let mut ids = HashSet::new();
    let mut first_of: BTreeMap<&str, String> = BTreeMap::new();
    for comparison in &file.comparisons {
        let id = id_for(&comparison.reference, |id| taken(id) || ids.contains(id));
        ids.insert(id.clone());
        let mut one = from_comparison(comparison, choices);
        match first_of.get(comparison.trial.as_str()) {
            Some(first) => one.draft.set("sample", first),
            None => {
                first_of.insert(&comparison.trial, id.clone());
            }
        }
        one.id = id;
        made.push(one);
    }
    made
}

fn from_comparison(comparison: &Comparison, choices: &Choices) -> Made {
    let mut draft = from_reference(&comparison.reference);
    draft.set("verified", Checked::Secondary.as_str());
    draft.set("intervention", &cut(&comparison.trained, 300));
    draft.set("comparator", &cut(&comparison.compared_with, 200));
    draft.set("population", &cut(&comparison.population, 300));
    if is_untreated(&comparison.compared_with) {
        draft.set("against", Against::Passive.as_str());
    }
    for (key, value) in &choices.for_all {
        if draft.get(key).is_empty() || key == "source" {
            draft.set(key, value);
        }
    }
    let mut left_out = Vec::new();
    for found in &comparison.found {
        let choice = choices.measured.get(&found.measured);
        match choice.and_then(|choice| Some((choice, choice.better?))) {
            Some((choice, better)) => {
                let name = choice.construct.as_deref().unwrap_or(&found.measured);
                let id = draft::id_for(name, &draft.outcomes);
                draft.outcomes.push(outcome(found, choice, better, &id));
            }
            None => left_out.push(Trouble {
                line: found.line,
                message: format!("it is not said what is better on {}", found.measured),
            }),
        }
    }
    Made {
        id: String::new(),
        draft,
        left_out,
    }
}

/// An outcome with the sign of our files: positive is better.
fn outcome(found: &Found, choice: &Choice, better: Better, id: &str) -> BTreeMap<String, String> {
    let mut values = BTreeMap::new();
    put(&mut values, "id", id);
    match &choice.construct {
        Some(construct) => put(&mut values, "construct", construct),
        None => put(&mut values, "label", &cut(&found.measured, 200)),
    }
    put(&mut values, "measure", &cut(&found.instrument, 300));
    put(&mut values, "timepoint", found.timepoint.as_str());
    let favours = match &found.figure {
        Figure::Difference {
            g,
            se,
            people,
            means,
            ..
        } => {
            let sign = if better == Better::Lower { -1.0 } else { 1.0 };
            put(&mut values, "effect", "hedges-g");
            put(&mut values, "value", &decimals(sign * g));
            put(&mut values, "se", &se.map(decimals).unwrap_or_default());
            arms(&mut values, "n", people);
            if let Some([(mean1, sd1), (mean2, sd2)]) = means {
                arms(&mut values, "mean", &Some([*mean1, *mean2]));
                arms(&mut values, "sd", &Some([*sd1, *sd2]));
            }
            let variance = people.map(|[n1, n2]| 1.0 / n1 + 1.0 / n2 + g * g / (2.0 * (n1 + n2)));
            let se = se.or(variance.map(f64::sqrt));
            se.is_some_and(|se| sign * g > normal_quantile(0.975) * se)
        }
        Figure::Events { events, people } => {
            let [share1, share2] = [events[0] / people[0], events[1] / people[1]];
            arms(&mut values, "n", &Some(*people));
            arms(&mut values, "mean", &Some([share1, share2]));
            if share1 > 0.0 && share2 > 0.0 {
                put(&mut values, "effect", "ratio");
                put(&mut values, "value", &decimals(share1 / share2));
            }
            let counts = kith_stats::effect::Counts {
                a: events[0],
                b: people[0] - events[0],
                c: events[1],
                d: people[1] - events[1],
            };
            let sign = if better == Better::Lower { -1.0 } else { 1.0 };
            kith_stats::effect::log_risk_ratio(counts)
                .is_ok_and(|effect| sign * effect.yi > normal_quantile(0.975) * effect.se())
        }
    };
    let favours = if favours {
        Favours::Treatment
    } else {
        Favours::Nobody
    };
    put(&mut values, "favours", favours.as_str());
    put(&mut values, "note", &note(found, better));
    values
}

fn note(found: &Found, better: Better) -> String {
    let mut note = Vec::new();
    if matches!(
        found.figure,
        Figure::Difference {
            of_change: true,
            ..
        }
    ) {
        note.push("of change since the beginning, by the spread of change".to_owned());
    }
    if matches!(found.figure, Figure::Events { .. }) {
        let which = if better == Better::Lower {
            "a bad one"
        } else {
            "a good one"
        };
        note.push(format!("the two arms’ shares; the event is {which}"));
    }
    if !found.rating.is_empty() {
        note.push(found.rating.clone());
    }
    if let Some(weeks) = found.weeks {
        note.push(format!("{weeks} weeks after people were given their arm"));
    }
    cut(&note.join("; "), 600)
}

fn arms(values: &mut BTreeMap<String, String>, key: &str, pair: &Option<[f64; 2]>) {
    if let Some([treatment, control]) = pair {
        put(values, &format!("{key}_treatment"), &decimals(*treatment));
        put(values, &format!("{key}_control"), &decimals(*control));
    }
}

/// With at most four decimals, none of them a needless nought.
fn decimals(number: f64) -> String {
    let rounded = (number * 1e4).round() / 1e4;
    if rounded == 0.0 {
        "0".to_owned()
    } else {
        rounded.to_string()
    }
}
