//! Reads lists of numbers, whole numbers and tables in curly brackets, for content that is mostly figures.

use super::value::number;
use super::{Table, Text};
use crate::problem::Report;

impl<'t> Table<'t> {
    /// A list of numbers; none when left out.
    pub(crate) fn numbers_if_any(
        &mut self,
        report: &mut Report<'_>,
        key: &'static str,
    ) -> Option<Vec<f64>> {
        let value = self.value(key)?;
        let items = self.as_list(report, key, value)?;
        let numbers: Option<Vec<f64>> = items.iter().map(|item| number(item.get_ref())).collect();
        if numbers.is_none() {
            report.add(
                self.place(value),
                format!("`{key}` must be a list of numbers, such as [1, 2]"),
            );
        }
        numbers
    }

    /// A list of whole numbers within bounds, each at most once; none when left out.
    pub(crate) fn places_if_any(
        &mut self,
        report: &mut Report<'_>,
        key: &'static str,
        allowed: std::ops::RangeInclusive<usize>,
    ) -> Option<Vec<usize>> {
        let numbers = self.numbers_if_any(report, key)?;
        let mut places: Vec<usize> = Vec::with_capacity(numbers.len());
        for number in numbers {
            match whole(number).filter(|place| allowed.contains(place)) {
                Some(place) if places.contains(&place) => {
                    report.add(self.place_of(key), format!("`{key}` names {place} twice"));
                }
                Some(place) => places.push(place),
                None => report.add_allowed(
                    self.place_of(key),
                    format!("`{key}` names {number}, which is none of them"),
                    format!(
                        "whole numbers from {} to {}",
                        allowed.start(),
                        allowed.end()
                    ),
                ),
            }
        }
        Some(places)
    }

    /// A list of whole numbers within bounds; none when left out.
    pub(crate) fn counts_if_any(
        &mut self,
        report: &mut Report<'_>,
        key: &'static str,
        allowed: std::ops::RangeInclusive<usize>,
    ) -> Option<Vec<usize>> {
        let numbers = self.numbers_if_any(report, key)?;
        let counts: Option<Vec<usize>> = numbers
            .iter()
            .map(|&number| whole(number).filter(|count| allowed.contains(count)))
            .collect();
        if counts.is_none() {
            report.add_allowed(
                self.place_of(key),
                format!("`{key}` has a number out of bounds"),
                format!(
                    "whole numbers from {} to {}",
                    allowed.start(),
                    allowed.end()
                ),
            );
        }
        counts
    }

    /// A list of texts; empty when left out.
    pub(crate) fn texts_if_any(
        &mut self,
        report: &mut Report<'_>,
        key: &'static str,
        most: usize,
    ) -> Vec<Text> {
        match self.value(key) {
            Some(_) => self.texts(report, key, most),
            None => Vec::new(),
        }
    }

    /// `true` or `false`; true when left out.
    pub(crate) fn yes_unless_said(&mut self, report: &mut Report<'_>, key: &'static str) -> bool {
        self.value(key).is_none() || self.yes_or_no(report, key)
    }

    /// A whole number within bounds, which must be there.
    pub(crate) fn whole(
        &mut self,
        report: &mut Report<'_>,
        key: &'static str,
        allowed: std::ops::RangeInclusive<usize>,
    ) -> Option<usize> {
        self.needed(report, key)?;
        self.whole_if_any(report, key, allowed)
    }

    /// A whole number within bounds; none when left out.
    pub(crate) fn whole_if_any(
        &mut self,
        report: &mut Report<'_>,
        key: &'static str,
        allowed: std::ops::RangeInclusive<usize>,
    ) -> Option<usize> {
        let number = self.number_if_any(report, key)?;
        let found = whole(number).filter(|found| allowed.contains(found));
        if found.is_none() {
            report.add_allowed(
                self.place_of(key),
                format!("`{key}` cannot be {number}"),
                format!(
                    "whole numbers from {} to {}",
                    allowed.start(),
                    allowed.end()
                ),
            );
        }
        found
    }

    /// A number within bounds, which must be there.
    pub(crate) fn number_in(
        &mut self,
        report: &mut Report<'_>,
        key: &'static str,
        allowed: std::ops::RangeInclusive<f64>,
    ) -> Option<f64> {
        self.needed(report, key)?;
        self.number_within(report, key, allowed)
    }

    /// A number that lies within bounds; none when left out.
    pub(crate) fn number_within(
        &mut self,
        report: &mut Report<'_>,
        key: &'static str,
        allowed: std::ops::RangeInclusive<f64>,
    ) -> Option<f64> {
        let number = self.number_if_any(report, key)?;
        if !allowed.contains(&number) {
            report.add_allowed(
                self.place_of(key),
                format!("`{key}` cannot be {number}"),
                format!("{} to {}", allowed.start(), allowed.end()),
            );
            return None;
        }
        Some(number)
    }

    /// A table in { curly brackets }, or under its own `[heading]`; none when left out.
    pub(crate) fn table_if_any(
        &mut self,
        report: &mut Report<'_>,
        key: &'static str,
    ) -> Option<Table<'t>> {
        let value = self.value(key)?;
        let table = value.get_ref().as_table();
        if table.is_none() {
            report.add(
                self.place(value),
                format!("write `{key}` as {{ … }}, or under [{key}]"),
            );
        }
        Some(Table::new(table?, self.base, self.place(value)))
    }
}

/// A number without a fraction, from 0 up.
fn whole(number: f64) -> Option<usize> {
    (number.fract() == 0.0 && (0.0..=100_000.0).contains(&number)).then_some(number as usize)
}
