//! Reads a table of its own under a key, and asks whether a key is there at all.

use super::Table;
use crate::problem::Report;

impl<'t> Table<'t> {
    /// Whether this key is there; it counts as read.
    pub(crate) fn says(&mut self, key: &'static str) -> bool {
        self.known.push(key);
        self.entries.contains_key(key)
    }

    /// Whether a key of any name is there; it does not count as read.
    pub(crate) fn has(&self, key: &str) -> bool {
        self.entries.contains_key(key)
    }

    /// The table under `[key]`, which must be there.
    pub(crate) fn group(&mut self, report: &mut Report<'_>, key: &'static str) -> Option<Self> {
        let value = self.needed(report, key)?;
        let at = self.place(value);
        let Some(entries) = value.get_ref().as_table() else {
            report.add(
                at,
                format!("write [{key}], and its keys on the lines under it"),
            );
            return None;
        };
        Some(Table::new(entries, self.base, at))
    }
}
