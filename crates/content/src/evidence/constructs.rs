//! What is measured, and the words for it.

use serde::Serialize;

use crate::lists;
use crate::problem::Report;
use crate::table::Text;
use crate::wording;

/// Something that studies measure.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Construct {
    /// What outcomes call it.
    pub id: String,
    /// Its name: "depression".
    pub name: String,
    /// What training would do to it, after "may": "reduce depression".
    pub change: String,
    /// The same after "it": "reduces depression".
    pub changes: String,
    /// The same in a client's words: "ease low mood".
    pub plain_change: String,
    /// "eases low mood".
    pub plain_changes: String,
    /// How those are described for whom it went better: "have less low mood".
    pub better_off: String,
}

/// Reads `evidence/constructs.toml`.
pub(crate) fn read(report: &mut Report<'_>, text: &str) -> Vec<Construct> {
    lists::entries(report, text, "construct", "id", |report, table, id| {
        let [
            name,
            change,
            changes,
            plain_change,
            plain_changes,
            better_off,
        ] = [
            "name",
            "change",
            "changes",
            "plain_change",
            "plain_changes",
            "better_off",
        ]
        .map(|key| {
            let text = table.text(report, key, 80);
            check(report, &text);
            text.value
        });
        Some(Construct {
            id,
            name,
            change,
            changes,
            plain_change,
            plain_changes,
            better_off,
        })
    })
}

/// A part of a sentence: no digit, and nothing that harms.
pub(super) fn check(report: &mut Report<'_>, text: &Text) {
    wording::check(report, text.at, &text.value);
    if text
        .value
        .chars()
        .any(|letter| letter.is_ascii_digit() || matches!(letter, '{' | '}'))
    {
        report.add(
            text.at,
            "this is a part of sentences: no digits and no curly brackets",
        );
    }
}
