//! Which answer is which number. Codes say it best; numbers are looked at closely, because some files turn them.

use std::collections::BTreeMap;

use super::draft::{LOINC, Question, short};
use super::mapping::Printed;
use super::{Reason, listed, questions};
use crate::instrument::{Instrument, Ordinals};

/// What the answers are held against.
pub(super) struct Key<'a> {
    pub(super) instrument: &'a Instrument,
    /// The items that are turned; none while the order is not known.
    pub(super) turned: Option<&'a [usize]>,
    /// Whether the file is the panel at LOINC that the definition names.
    pub(super) is_loincs: bool,
    pub(super) printed: Option<Printed>,
}

/// The values of each question's answers, as printed.
#[derive(Default)]
pub(super) struct Values {
    pub(super) each: Vec<Vec<f64>>,
    pub(super) reasons: Vec<Reason>,
    pub(super) warnings: Vec<String>,
}

#[derive(Clone, Copy, PartialEq)]
enum Turned {
    Plainly,
    Already,
    Unsaid,
}

pub(super) fn values(key: &Key<'_>, asked: &[(usize, &Question)]) -> Values {
    let mut found = Values::default();
    for (_, question) in asked {
        let values = one(key, question, &mut found);
        found.each.push(values);
    }
    found.warnings.dedup();
    if found.reasons.is_empty()
        && let Some(turned) = key.turned
    {
        turn_back(key, turned, asked, &mut found);
    }
    found
}

fn one(key: &Key<'_>, question: &Question, found: &mut Values) -> Vec<f64> {
    let before = found.reasons.len();
    let values = worded(question, found).and_then(|()| read(key, question, found));
    debug_assert!(values.is_some() || found.reasons.len() > before);
    values.unwrap_or_default()
}

/// Every question and every answer has words, and no two answers the same.
fn worded(question: &Question, found: &mut Values) -> Option<()> {
    let before = found.reasons.len();
    let mut refuse = |what: String| found.reasons.push(Reason::new(question.place(), what));
    if question.text.is_empty() {
        refuse("It has no words.".into());
    }
    let mut labels: Vec<String> = Vec::new();
    for choice in &question.choices {
        let label = label(&choice.text);
        if label.is_empty() {
            refuse("One of its answers has no words.".into());
        } else if labels.contains(&label) {
            refuse(format!("Two of its answers say “{}”.", short(&choice.text)));
        }
        labels.push(label);
    }
    (found.reasons.len() == before).then_some(())
}

fn read(key: &Key<'_>, question: &Question, found: &mut Values) -> Option<Vec<f64>> {
    let instrument = key.instrument;
    let allowed = instrument.options();
    let mut refuse = |what: String| found.reasons.push(Reason::new(question.place(), what));
    let choices = &question.choices;
    if choices.is_empty() {
        refuse("It has no answers to choose from.".into());
        return None;
    }
    let codes: &[String] = match &instrument.loinc {
        Some(loinc) => &loinc.answers,
        None => &[],
    };
    if !codes.is_empty() && choices.iter().any(|choice| choice.code.is_of(LOINC)) {
        let mut values = Vec::new();
        for choice in choices {
            let place = codes
                .iter()
                .position(|code| choice.code.is_of(LOINC) && *code == choice.code.code);
            match place.and_then(|place| allowed.get(place)) {
                Some(value) => values.push(*value),
                None => refuse(format!(
                    "Its answer “{}” ({}) is none of {}.",
                    short(&choice.text),
                    short(&choice.code.code),
                    instrument.abbreviation
                )),
            }
        }
        if values.len() == choices.len() && !is_whole(&values, &allowed) {
            refuse(differs(&values, &allowed));
        }
        return is_whole(&values, &allowed).then_some(values);
    }
    if choices.len() != allowed.len() {
        refuse(format!(
            "It has {} answers, and the key has {} ({}).",
            choices.len(),
            allowed.len(),
            listed(&allowed)
        ));
        return None;
    }
    let numbers: Vec<f64> = choices.iter().filter_map(|choice| choice.number).collect();
    if !numbers.is_empty() && numbers.len() < choices.len() {
        refuse("Some of its answers have a number and others none.".into());
        return None;
    }
    let counts_down = key.is_loincs
        && instrument.loinc.as_ref().and_then(|loinc| loinc.ordinals) == Some(Ordinals::Reversed);
    if !numbers.is_empty() && !counts_down && is_whole(&numbers, &allowed) {
        return Some(numbers);
    }
    let Some(printed) = key.printed else {
        refuse(match (numbers.is_empty(), counts_down) {
            (true, _) => questions::WHICH_WAY.to_owned(),
            (false, true) => {
                "LOINC numbers the answers of this form the other way round, and they carry no codes. Say whether the first \
                 one printed is the least (answers=rising) or the most (answers=falling)."
                    .to_owned()
            }
            (false, false) => format!(
                "{} If the answers are printed in their order all the same, say so (answers=rising or answers=falling).",
                differs(&numbers, &allowed)
            ),
        });
        return None;
    };
    let rises = numbers.is_sorted_by(|one, next| one < next);
    let falls = numbers.is_sorted_by(|one, next| one > next);
    if !rises && !falls {
        refuse(differs(&numbers, &allowed));
        return None;
    }
    found.warnings.push(match numbers.is_empty() {
        true => "The answers were numbered by their places, as you said: look at the numbers.".to_owned(),
        false => format!(
            "The numbers in the file ({}) are not those of the key; the answers were numbered by their places, as you said: look at them.",
            listed(&numbers)
        ),
    });
    let mut values = allowed;
    if printed == Printed::Falling {
        values.reverse();
    }
    Some(values)
}

fn differs(numbers: &[f64], allowed: &[f64]) -> String {
    format!(
        "The numbers of its answers are {}, and those of the key are {}.",
        listed(numbers),
        listed(allowed)
    )
}

/// Every allowed value once.
fn is_whole(values: &[f64], allowed: &[f64]) -> bool {
    values.len() == allowed.len() && allowed.iter().all(|value| values.contains(value))
}

/// The same words mean the same number all over a form. Where a turned item has them mirrored, its file has turned it
/// already, and it is turned back: the key turns it. Where another item has them mirrored, something is wrong.
fn turn_back(key: &Key<'_>, turned: &[usize], asked: &[(usize, &Question)], found: &mut Values) {
    let mirror = |value: f64| key.instrument.answers.0 + key.instrument.answers.1 - value;
    let labels = |question: &Question| -> Vec<String> {
        question
            .choices
            .iter()
            .map(|choice| label(&choice.text))
            .collect()
    };
    let mut known: BTreeMap<String, f64> = BTreeMap::new();
    for ((item, question), values) in asked.iter().zip(&found.each) {
        if turned.contains(item) {
            continue;
        }
        for (label, value) in labels(question).into_iter().zip(values) {
            if is_a_number(&label) {
                continue;
            }
            let before = *known.entry(label).or_insert(*value);
            if before != *value {
                let what = "Its answers have other numbers than the same words on other items, and the key does not turn it. \
                            Is it another order of the items?";
                found.reasons.push(Reason::new(question.place(), what));
                break;
            }
        }
    }
    let mut states = Vec::new();
    for ((item, question), values) in asked.iter().zip(&found.each) {
        if !turned.contains(item) {
            continue;
        }
        let pairs: Vec<(f64, f64)> = labels(question)
            .iter()
            .zip(values)
            .filter_map(|(label, value)| Some((*known.get(label)?, *value)))
            .filter(|(before, _)| mirror(*before) != *before)
            .collect();
        let state = match pairs.as_slice() {
            [] => Turned::Unsaid,
            pairs if pairs.iter().all(|(before, value)| before == value) => Turned::Plainly,
            pairs
                if pairs
                    .iter()
                    .all(|(before, value)| mirror(*before) == *value) =>
            {
                Turned::Already
            }
            _ => {
                let what = "Its answers have other numbers than the same words on other items.";
                found.reasons.push(Reason::new(question.place(), what));
                Turned::Unsaid
            }
        };
        states.push((*item, state));
    }
    let some = |wanted| states.iter().any(|(_, state)| *state == wanted);
    let says_already = key.is_loincs
        && key
            .instrument
            .loinc
            .as_ref()
            .is_some_and(|loinc| loinc.turned_already);
    if some(Turned::Already) && some(Turned::Plainly) {
        let what =
            "The numbers of some turned items are turned already and those of others are not.";
        found.reasons.push(Reason::new("", what));
        return;
    }
    let already = match (some(Turned::Already), some(Turned::Plainly)) {
        (true, _) => true,
        (false, true) => false,
        (false, false) => says_already,
    };
    let items: Vec<String> = states.iter().map(|(item, _)| item.to_string()).collect();
    if already {
        for ((item, _), values) in asked.iter().zip(&mut found.each) {
            if turned.contains(item) {
                values.iter_mut().for_each(|value| *value = mirror(*value));
            }
        }
        found.warnings.push(format!(
            "The file numbers the answers of items {} turned already. They are turned back here, because the key turns them.",
            items.join(", ")
        ));
    } else if says_already && !states.is_empty() {
        found.warnings.push(format!(
            "LOINC numbers the answers of items {} turned already, and this file does not. They are taken as they are.",
            items.join(", ")
        ));
    }
}

/// Words without regard to case and space.
fn label(text: &str) -> String {
    text.split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
        .to_lowercase()
}

/// A bare number says nothing of what it means.
fn is_a_number(label: &str) -> bool {
    label.parse::<f64>().is_ok()
}
