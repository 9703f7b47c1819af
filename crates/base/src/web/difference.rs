//! Two texts side by side: which lines were taken out, which were added, and the few around them that stayed.

use std::time::Duration;

use maud::{Markup, html};
use similar::{Algorithm, ChangeTag, DiffOp, DiffTag, TextDiff};

/// The sheet a page with a difference needs.
pub const STYLE: &str = "css/difference.css";

/// So many lines that stayed are shown around each change.
const AROUND: usize = 3;
/// Two texts that have nothing in common could be compared for minutes; past this they are told apart more coarsely.
const PATIENCE: Duration = Duration::from_millis(300);

/// A line of either text, or a stretch of both that is not shown.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Row {
    /// In both.
    Same { text: String, at: (usize, usize) },
    /// In the first only; what of it is missing in the second is marked.
    Out {
        parts: Vec<(bool, String)>,
        at: usize,
    },
    /// In the second only; what of it is new is marked.
    In {
        parts: Vec<(bool, String)>,
        at: usize,
    },
    /// So many lines that are the same.
    Skipped(usize),
}

/// The difference of two texts, line by line, as a table that says in words what it shows in colours. `names` is what the
/// two are called, such as "version 3". Pages with one need [`STYLE`].
pub fn difference(names: (&str, &str), before: &str, after: &str) -> Markup {
    let rows = rows(before, after);
    let count = |wanted: fn(&Row) -> bool| rows.iter().filter(|row| wanted(row)).count();
    let (out, added) = (
        count(|row| matches!(row, Row::Out { .. })),
        count(|row| matches!(row, Row::In { .. })),
    );
    html! {
        @if out + added == 0 {
            p.soft { "There is no difference between " (names.0) " and " (names.1) "." }
        } @else {
            p.soft { "From " (names.0) " to " (names.1) ": " (lines(out)) " taken out, " (lines(added)) " added." }
            table.difference {
                caption.sr { "What is different in " (names.1) }
                colgroup { col.number; col.number; col; }
                thead.sr { tr { th scope="col" { "Line before" } th scope="col" { "Line after" } th scope="col" { "Text" } } }
                tbody { @for row in &rows { (row_of(row)) } }
            }
        }
    }
}

fn lines(count: usize) -> String {
    match count {
        0 => "no line".to_owned(),
        1 => "1 line".to_owned(),
        more => format!("{more} lines"),
    }
}

fn row_of(row: &Row) -> Markup {
    let marked = |parts: &[(bool, String)]| {
        html! { @for (changed, text) in parts { @if *changed { b { (text) } } @else { (text) } } }
    };
    html! {
        @match row {
            Row::Same { text, at } => {
                tr { td.number { (at.0) } td.number { (at.1) } td { (text) } }
            }
            Row::Out { parts, at } => {
                tr.out { td.number { (at) } td.number {} td { span.sign { span.sr { "Taken out: " } span aria-hidden="true" { "−" } } del { (marked(parts)) } } }
            }
            Row::In { parts, at } => {
                tr.in { td.number {} td.number { (at) } td { span.sign { span.sr { "Added: " } span aria-hidden="true" { "+" } } ins { (marked(parts)) } } }
            }
            Row::Skipped(count) => {
                tr.skipped { td colspan="3" { (lines(*count)) " the same" } }
            }
        }
    }
}

fn rows(before: &str, after: &str) -> Vec<Row> {
    let (before, after) = (plain(before), plain(after));
    let compared = TextDiff::configure()
        .algorithm(Algorithm::Patience)
        .timeout(PATIENCE)
        .diff_lines(before.as_str(), after.as_str());
    let groups = compared.grouped_ops(AROUND);
    let (mut rows, mut shown) = (Vec::new(), 0);
    for group in &groups {
        let begins = group.first().map_or(shown, |op| op.old_range().start);
        if begins > shown {
            rows.push(Row::Skipped(begins - shown));
        }
        for op in group {
            rows.extend(rows_of(&compared, op));
            shown = op.old_range().end;
        }
    }
    if !groups.is_empty() && compared.old_len() > shown {
        rows.push(Row::Skipped(compared.old_len() - shown));
    }
    rows
}

fn rows_of<'a>(
    compared: &'a TextDiff<'_, '_, str>,
    op: &'a DiffOp,
) -> impl Iterator<Item = Row> + 'a {
    // Within lines that took the place of others the words that changed are marked; a line that is new altogether is not.
    let replaced = op.tag() == DiffTag::Replace;
    compared.iter_inline_changes(op).map(move |change| {
        let parts = change
            .values()
            .iter()
            .map(|&(changed, text)| (changed && replaced, without_end(text).to_owned()))
            .filter(|(_, text)| !text.is_empty());
        let number = |index: Option<usize>| index.unwrap_or_default() + 1;
        match change.tag() {
            ChangeTag::Equal => Row::Same {
                text: parts.map(|(_, text)| text).collect(),
                at: (number(change.old_index()), number(change.new_index())),
            },
            ChangeTag::Delete => Row::Out {
                parts: parts.collect(),
                at: number(change.old_index()),
            },
            ChangeTag::Insert => Row::In {
                parts: parts.collect(),
                at: number(change.new_index()),
            },
        }
    })
}

/// Line ends alike, and one at the end: how a browser or an editor ends lines is no difference anybody made.
fn plain(text: &str) -> String {
    let mut text = text.replace("\r\n", "\n").replace('\r', "\n");
    if !text.is_empty() && !text.ends_with('\n') {
        text.push('\n');
    }
    text
}

fn without_end(line: &str) -> &str {
    line.strip_suffix('\n').unwrap_or(line)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// One of the texts again, out of the rows that belong to it, when nothing was skipped.
    fn again(rows: &[Row], second: bool) -> Option<Vec<String>> {
        let joined =
            |parts: &[(bool, String)]| parts.iter().map(|(_, text)| text.as_str()).collect();
        let mut lines = Vec::new();
        for row in rows {
            match row {
                Row::Same { text, .. } => lines.push(text.clone()),
                Row::Out { parts, .. } if !second => lines.push(joined(parts)),
                Row::In { parts, .. } if second => lines.push(joined(parts)),
                Row::Skipped(_) => return None,
                Row::Out { .. } | Row::In { .. } => {}
            }
        }
        Some(lines)
    }

    #[test]
    fn what_changed_in_a_line_is_marked_and_what_stayed_far_away_is_skipped() {
        let before = "one\ntwo\nthree\nfour\nfive\nsix\nLet your feet rest.\n";
        let after = "one\ntwo\nthree\nfour\nfive\nsix\nLet your hands rest.\nStay.";
        let found = rows(before, after);
        assert_eq!(found[0], Row::Skipped(3));
        assert_eq!(
            found[1],
            Row::Same {
                text: "four".to_owned(),
                at: (4, 4)
            }
        );
        let Row::Out { parts, at: 7 } = &found[4] else {
            panic!("{found:?}");
        };
        assert!(parts.contains(&(true, "feet".to_owned())), "{parts:?}");
        assert!(
            !parts
                .iter()
                .any(|(changed, text)| *changed && text.contains("rest"))
        );
        assert!(matches!(found.last(), Some(Row::In { at: 8, .. })));
    }

    #[test]
    fn the_same_text_differs_in_nothing_whatever_ends_its_lines() {
        assert_eq!(rows("a\nb\n", "a\r\nb"), []);
        let shown = difference(("version 1", "version 2"), "a", "a\n").into_string();
        assert!(shown.contains("no difference between version 1 and version 2"));
    }

    #[test]
    fn a_text_with_marks_in_it_stays_text() {
        let shown = difference(("a", "b"), "", "<script>alert(1)</script>").into_string();
        assert!(!shown.contains("<script>"), "{shown}");
        assert!(shown.contains("1 line added") && shown.contains("no line taken out"));
    }

    proptest! {
        #[test]
        fn both_texts_can_be_read_out_of_any_difference(before in "([a-c\n]|\\PC){0,40}", after in "([a-c\n]|\\PC){0,40}") {
            let found = rows(&before, &after);
            let lines = |text: &str| plain(text).split_terminator('\n').map(str::to_owned).collect::<Vec<_>>();
            if found.is_empty() {
                prop_assert_eq!(lines(&before), lines(&after));
            } else {
                for (text, second) in [(&before, false), (&after, true)] {
                    if let Some(again) = again(&found, second) {
                        prop_assert_eq!(again, lines(text));
                    }
                }
            }
        }
    }
}
