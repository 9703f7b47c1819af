//! The words of a questionnaire, as a clinic brings them in. They are kept with the clinic and never in Kith.

mod camcops;
mod draft;
mod export;
mod fhir;
mod json;
mod kept_out;
mod mapping;
mod matching;
mod numbers;
mod questions;

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::instrument::Instrument;
use crate::library::Library;

pub use camcops::{CAMCOPS, from_camcops};
pub use export::{check_in_to_fhir, to_fhir};
pub use fhir::from_fhir;
pub use kept_out::kept_out;
pub use mapping::{BadLine, Mapping, Printed};

/// The largest file that is read, in bytes.
pub const MOST_BYTES: usize = 1_000_000;

/// A questionnaire's words. Answers in the order of its items, with its order, are what [`crate::instrument::score`] takes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Form {
    /// The id of the instrument.
    pub instrument: String,
    /// The language of the words, as BCP 47 has it.
    pub language: String,
    /// The title.
    pub title: String,
    /// Where the words come from: a canonical address or a file's name.
    pub source: String,
    /// The version of that.
    pub source_version: String,
    /// The line about copyright shown under the form.
    pub credit: String,
    /// The order its items are printed in, where the instrument has several.
    pub order: Option<String>,
    /// What stands above all items.
    pub lead: String,
    /// The items.
    pub items: Vec<FormItem>,
}

/// One item.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FormItem {
    /// Its number in the definition.
    pub item: usize,
    /// What its source calls it.
    pub link_id: String,
    /// Its words.
    pub text: String,
    /// Its answers as printed.
    pub answers: Vec<FormAnswer>,
}

/// One answer of an item.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FormAnswer {
    /// What [`crate::instrument::score`] takes: plain, never turned already.
    pub value: f64,
    /// Its words.
    pub text: String,
    /// LOINC's code of it.
    pub code: Option<String>,
}

/// What somebody who imports says beside the file.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Wanted<'a> {
    /// The instrument, where the file does not name it.
    pub instrument: Option<&'a str>,
    /// The language: of the file, or one of several in it.
    pub language: Option<&'a str>,
    /// The order of the items, where the instrument has several.
    pub order: Option<&'a str>,
    /// Which question is which item.
    pub mapping: Mapping,
    /// The line about copyright, where the file has none.
    pub credit: &'a str,
    /// The file's name, kept as the source where the file has no address of its own.
    pub file: &'a str,
}

/// A form that fits its key, and what a person should look at before she keeps it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Imported {
    /// The form.
    pub form: Form,
    /// How its items were found.
    pub matched: Matched,
    /// What to look at, in sentences.
    pub warnings: Vec<String>,
    /// The languages the file has.
    pub languages: Vec<String>,
}

/// How the items were found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Matched {
    /// By their codes.
    ByCode,
    /// By their places on the form.
    ByPlace,
    /// As the mapping says.
    ByMapping,
}

/// Why a file is not taken in: everything that differs, so that it can be put right at one go.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, thiserror::Error)]
pub struct Refused {
    /// At least one.
    pub reasons: Vec<Reason>,
}

/// One thing that differs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Reason {
    /// Where: an item, a link id, or nothing for the file as a whole.
    pub place: String,
    /// A sentence.
    pub what: String,
}

impl Refused {
    pub(crate) fn one(place: impl Into<String>, what: impl Into<String>) -> Self {
        Self {
            reasons: vec![Reason::new(place, what)],
        }
    }
}

impl Reason {
    pub(crate) fn new(place: impl Into<String>, what: impl Into<String>) -> Self {
        Self {
            place: place.into(),
            what: what.into(),
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.place.as_str() {
            "" => f.write_str(&self.what),
            place => write!(f, "{place}: {}", self.what),
        }
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, reason) in self.reasons.iter().enumerate() {
            if place > 0 {
                writeln!(f)?;
            }
            write!(f, "{reason}")?;
        }
        Ok(())
    }
}

/// Reads a FHIR Questionnaire or a string file of CamCOPS, whichever it is.
///
/// # Errors
/// When it is neither, or does not fit the key of its instrument.
pub fn read(text: &str, library: &Library, wanted: &Wanted<'_>) -> Result<Imported, Refused> {
    match text
        .trim_start_matches('\u{feff}')
        .trim_start()
        .chars()
        .next()
    {
        Some('<') => from_camcops(text, library, wanted),
        _ => from_fhir(text, library, wanted),
    }
}

impl Form {
    /// The item numbers in the order in which [`crate::instrument::score`] takes answers, given the form's order.
    pub fn places(instrument: &Instrument, order: Option<&str>) -> Vec<usize> {
        order
            .and_then(|id| instrument.orders.iter().find(|order| order.id == id))
            .and_then(|order| order.places.clone())
            .unwrap_or_else(|| (1..=instrument.items).collect())
    }

    /// Everything in which the form differs from the key; nothing when it fits.
    pub fn faults(&self, instrument: &Instrument) -> Vec<Reason> {
        let mut faults = Vec::new();
        let name = &instrument.abbreviation;
        if self.instrument != instrument.id {
            faults.push(Reason::new("", format!("This is no form of {name}.")));
        }
        let order = self.order.as_deref();
        if let Some(id) = order
            && !instrument.orders.iter().any(|order| order.id == id)
        {
            faults.push(Reason::new(
                "",
                format!("{name} has no order of items called {id}."),
            ));
        }
        if order.is_none() && !instrument.orders.is_empty() {
            faults.push(Reason::new("", questions::which_order(instrument)));
        }
        let places = Self::places(instrument, order);
        let found: Vec<usize> = self.items.iter().map(|item| item.item).collect();
        if found != places {
            faults.push(Reason::new(
                "",
                format!("The items do not stand in the order in which {name} is scored."),
            ));
        }
        let mut allowed = instrument.options();
        allowed.sort_by(f64::total_cmp);
        for item in &self.items {
            let mut values: Vec<f64> = item.answers.iter().map(|answer| answer.value).collect();
            values.sort_by(f64::total_cmp);
            if values != allowed {
                let what = format!(
                    "Its answers are {}, and those of the key are {}.",
                    listed(&values),
                    listed(&allowed)
                );
                faults.push(Reason::new(format!("Item {}", item.item), what));
            }
        }
        faults
    }
}

/// Numbers as a person writes them.
pub(crate) fn listed(numbers: &[f64]) -> String {
    match numbers {
        [] => "none".to_owned(),
        numbers => numbers
            .iter()
            .map(ToString::to_string)
            .collect::<Vec<_>>()
            .join(", "),
    }
}
