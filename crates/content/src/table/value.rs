//! Reads single TOML values of a table: a text, a list, a word of a closed list, a number.

use toml::Spanned;
use toml::de::DeValue;

use super::{Table, Text};
use crate::problem::Report;
use crate::words::Word;

impl<'t> Table<'t> {
    pub(super) fn as_text(
        &self,
        report: &mut Report<'_>,
        key: &str,
        value: &Spanned<DeValue<'_>>,
        most: usize,
    ) -> Option<Text> {
        let at = self.place(value);
        let Some(text) = value.get_ref().as_str() else {
            report.add(at, format!("`{key}` must be text in \"quotes\""));
            return None;
        };
        let text = text.trim();
        let length = text.chars().count();
        if text.is_empty() {
            report.add(
                at,
                format!(
                    "`{key}` is empty: write something, or take it out where it may be left out"
                ),
            );
            return None;
        }
        if length > most {
            report.add(
                at,
                format!("`{key}` has {length} characters: shorten it to {most}"),
            );
            return None;
        }
        Some(Text {
            at,
            value: text.to_owned(),
        })
    }

    pub(super) fn as_list(
        &self,
        report: &mut Report<'_>,
        key: &str,
        value: &'t Spanned<DeValue<'t>>,
    ) -> Option<&'t [Spanned<DeValue<'t>>]> {
        let list = value.get_ref().as_array();
        if list.is_none() {
            report.add(
                self.place(value),
                format!("`{key}` must be a list in [brackets]"),
            );
        }
        list.map(|list| &**list)
    }

    pub(super) fn as_word<W: Word>(
        &self,
        report: &mut Report<'_>,
        key: &str,
        value: &Spanned<DeValue<'_>>,
    ) -> Option<W> {
        let at = self.place(value);
        let Some(text) = value.get_ref().as_str() else {
            report.add_allowed(
                at,
                format!("`{key}` must be in \"quotes\""),
                W::all_words().join(", "),
            );
            return None;
        };
        let word = text.parse().ok();
        if word.is_none() {
            report.unknown(at, W::WHAT, text, &W::all_words());
        }
        word
    }
}

/// A whole or decimal number that is finite.
pub(super) fn number(value: &DeValue<'_>) -> Option<f64> {
    let number = match value {
        DeValue::Integer(integer) => {
            i64::from_str_radix(integer.as_str(), integer.radix()).ok()? as f64
        }
        DeValue::Float(float) => float.as_str().parse().ok()?,
        _ => return None,
    };
    number.is_finite().then_some(number)
}
