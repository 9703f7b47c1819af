//! A sentence with places for what is computed: `{k} trials, {people} people`.
//!
//! Its own words hold no digit, so that every number in a finished sentence was put there and can say where it is from.

use super::cell;
use super::{Cell, Study};
use crate::problem::Report;
use crate::table::Text;
use crate::variables::uses;
use crate::wording;

/// A sentence with places in it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Template {
    /// Its pieces, in order.
    pub pieces: Vec<Piece>,
}

/// A piece of a sentence.
#[derive(Clone, Debug, PartialEq)]
pub enum Piece {
    /// Words as they stand.
    Words(String),
    /// Something that is computed or worded elsewhere, by its name.
    Named(String),
    /// What stands in a cell, and how it is written.
    Cell(Cell, Form),
}

/// How a number is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// As it is: 12 or 0.5.
    Plain,
    /// With two decimals.
    TwoDecimals,
    /// A share as a percentage: 8 %.
    Percent,
    /// A share as people of a hundred: 8 in 100.
    InHundred,
}

const FORMS: [(&str, Form); 4] = [
    ("plain", Form::Plain),
    ("decimals", Form::TwoDecimals),
    ("percent", Form::Percent),
    ("in-hundred", Form::InHundred),
];

/// Words that claim more than studies can give.
const TOO_SURE: &[&str] = &[
    "proven", "proves", "proved", "proof", "promise", "promises", "always", "ensures",
];

/// Reads a sentence. `names` is what may stand in curly brackets besides cells.
pub(super) fn read(
    report: &mut Report<'_>,
    text: &Text,
    names: &[&str],
    studies: Option<&[Study]>,
) -> Template {
    let value = &text.value;
    wording::check(report, text.at, value);
    let lower = value.to_lowercase();
    for word in lower.split(|letter: char| !letter.is_alphanumeric()) {
        if TOO_SURE.contains(&word) {
            report.add(
                text.at,
                format!(
                    "“{word}” says more than any study can: say what was found, and how sure it is"
                ),
            );
        }
    }
    let (mut pieces, mut from) = (Vec::new(), 0);
    for hole in uses(value) {
        let Some(name) = hole.name else {
            report.add(text.at, "a { or } stands alone: write {name}");
            continue;
        };
        words(report, text, value.get(from..hole.at), &mut pieces);
        from = hole.at + name.len() + 2;
        if name.contains('/') {
            pieces.extend(cell_piece(report, text, name, studies));
        } else if names.contains(&name) {
            pieces.push(Piece::Named(name.to_owned()));
        } else {
            report.unknown(text.at, "something that can stand here", name, names);
        }
    }
    words(report, text, value.get(from..), &mut pieces);
    Template { pieces }
}

fn words(report: &mut Report<'_>, text: &Text, part: Option<&str>, pieces: &mut Vec<Piece>) {
    let part = part.unwrap_or_default();
    if part.chars().any(|letter| letter.is_ascii_digit()) {
        report.add(text.at, "a number in these words comes from nowhere: put the address of its cell in its place, such as {wilson2019/depression/value}");
    }
    if !part.is_empty() {
        pieces.push(Piece::Words(part.to_owned()));
    }
}

fn cell_piece(
    report: &mut Report<'_>,
    text: &Text,
    name: &str,
    studies: Option<&[Study]>,
) -> Option<Piece> {
    let (address, form) = name.split_once('|').unwrap_or((name, "plain"));
    let known = FORMS.iter().find(|(word, _)| *word == form.trim());
    if known.is_none() {
        let allowed: Vec<&str> = FORMS.iter().map(|(word, _)| *word).collect();
        report.unknown(text.at, "a way to write a number", form.trim(), &allowed);
    }
    let studies = studies?;
    let found = cell(studies, address.trim());
    match &found {
        None => report.add(text.at, format!("there is no cell `{}`: write study/outcome/field, or study/study/field for the whole study", address.trim())),
        Some(cell) if cell.number.is_none() => report.add(text.at, format!("the cell `{}` has no number", cell.id)),
        Some(cell) if cell.verified == super::Checked::Recalled => report.add(text.at, format!("the cell `{}` rests on memory: leave it out until somebody has looked it up", cell.id)),
        Some(_) => {}
    }
    Some(Piece::Cell(found?, known?.1))
}
