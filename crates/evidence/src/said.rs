//! A sentence and where each of its numbers came from.

use std::collections::BTreeMap;

use kith_content::evidence::{Cell, NumberForm, Piece, Template};

/// A number as it stands in a sentence.
#[derive(Clone, Debug, PartialEq)]
pub struct Number {
    /// As it is written.
    pub shown: String,
    /// Before it was rounded.
    pub value: f64,
    /// The addresses of the cells it was read or computed from.
    pub from: Vec<String>,
}

/// A sentence.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Said {
    /// Its words.
    pub text: String,
    /// Its numbers, in their order.
    pub numbers: Vec<Number>,
}

/// What fills a place in a sentence: words and numbers.
#[derive(Clone, Debug, Default)]
pub(crate) struct Filling(Vec<Part>);

#[derive(Clone, Debug)]
enum Part {
    Words(String),
    Number(Number),
}

impl Filling {
    pub(crate) fn words(words: &str) -> Self {
        Self(vec![Part::Words(words.to_owned())])
    }

    pub(crate) fn number(shown: String, value: f64, from: Vec<String>) -> Self {
        Self(vec![Part::Number(Number { shown, value, from })])
    }

    pub(crate) fn then(mut self, words: &str) -> Self {
        self.0.push(Part::Words(words.to_owned()));
        self
    }

    pub(crate) fn and(mut self, other: Self) -> Self {
        self.0.extend(other.0);
        self
    }
}

/// What there is to fill places with, by name.
pub(crate) type Fillings = BTreeMap<&'static str, Filling>;

impl Said {
    /// Puts in what belongs there. None when something is not to be had: a sentence with a gap is not said.
    pub(crate) fn fill(template: &Template, fillings: &Fillings) -> Option<Self> {
        let mut said = Self::default();
        for piece in &template.pieces {
            match piece {
                Piece::Words(words) => said.text.push_str(words),
                Piece::Named(name) => {
                    for part in &fillings.get(name.as_str())?.0 {
                        match part {
                            Part::Words(words) => said.text.push_str(words),
                            Part::Number(number) => said.push(number.clone()),
                        }
                    }
                }
                Piece::Cell(cell, form) => said.push(from_cell(cell, *form)?),
            }
        }
        let mut letters = said.text.chars();
        if let Some(first) = letters.next() {
            said.text = first.to_uppercase().chain(letters).collect();
        }
        (!said.text.is_empty()).then_some(said)
    }

    fn push(&mut self, number: Number) {
        self.text.push_str(&number.shown);
        self.numbers.push(number);
    }
}

fn from_cell(cell: &Cell, form: NumberForm) -> Option<Number> {
    let value = cell.number?;
    let shown = match form {
        NumberForm::Plain => plain(value),
        NumberForm::TwoDecimals => decimals(value),
        NumberForm::Percent => percent(value),
        NumberForm::InHundred => format!("{} in 100", whole(100.0 * value)),
    };
    Some(Number {
        shown,
        value,
        from: vec![cell.id.clone()],
    })
}

/// A number as it is, with a true minus.
pub(crate) fn plain(value: f64) -> String {
    value.to_string().replace('-', "−")
}

/// With two decimals; what rounds to nothing has no sign.
pub(crate) fn decimals(value: f64) -> String {
    let text = format!("{value:.2}");
    if text == "-0.00" {
        "0.00".to_owned()
    } else {
        text.replace('-', "−")
    }
}

/// Without decimals.
pub(crate) fn whole(value: f64) -> String {
    let text = format!("{value:.0}");
    if text == "-0" {
        "0".to_owned()
    } else {
        text.replace('-', "−")
    }
}

/// A share in percent.
pub(crate) fn percent(share: f64) -> String {
    format!("{} %", whole(100.0 * share))
}
