//! RIS: two letters, two spaces, a hyphen, a space and a value on each line, from `TY` to `ER`.
//!
//! Source: the format's description by Research Information Systems, as reference managers follow it; the tags that
//! databases use for the same thing are all read.

use super::{Reference, Troubles, address, doi, tidy, title, year};

/// Tag and value of a line; none where it is not of this shape.
fn tag(line: &str) -> Option<(&str, &str)> {
    let (tag, rest) = line.split_at_checked(2)?;
    let is_tag = tag
        .chars()
        .all(|c| c.is_ascii_uppercase() || c.is_ascii_digit());
    let value = rest.trim_start().strip_prefix('-')?;
    let spaced = rest.starts_with([' ', '\t']);
    (is_tag && spaced).then_some((tag, value.trim()))
}

/// Whether an entry begins on a line.
pub(super) fn begins(line: &str) -> bool {
    tag(line.trim_end()).is_some_and(|(tag, _)| tag == "TY")
}

/// The family name of `Family, Given`; without a comma it is the name of a group, and all of it.
fn family(name: &str) -> String {
    tidy(name.split_once(',').map_or(name, |(family, _)| family))
}

#[derive(Default)]
struct Entry {
    reference: Reference,
    /// How good the tag was that the journal came from: a whole name is better than a short one.
    journal_rank: u8,
}

impl Entry {
    fn take(&mut self, tag: &str, value: &str) {
        let reference = &mut self.reference;
        match tag {
            "AU" | "A1" if !value.is_empty() => reference.authors.push(family(value)),
            "PY" | "Y1" | "DA" => reference.year = reference.year.or_else(|| year(value)),
            "TI" | "T1" if reference.title.is_empty() => reference.title = title(value),
            "JF" | "T2" | "JO" | "JA" | "J2" | "J1" => {
                let rank = match tag {
                    "JF" => 3,
                    "T2" => 2,
                    _ => 1,
                };
                if rank > self.journal_rank && !value.is_empty() {
                    self.journal_rank = rank;
                    reference.journal = tidy(value);
                }
            }
            "VL" => reference.volume = tidy(value),
            "DO" if reference.doi.is_empty() => reference.doi = doi(value),
            "UR" | "L2" | "LK" if reference.url.is_empty() => reference.url = address(value),
            _ => {}
        }
        if matches!(tag, "UR" | "M3" | "N1" | "L3")
            && reference.doi.is_empty()
            && value.to_ascii_lowercase().contains("doi")
        {
            reference.doi = doi(value);
        }
    }

    /// What stands on a line of its own belongs to the tag before it.
    fn go_on(&mut self, tag: &str, value: &str) {
        if matches!(tag, "TI" | "T1") && !self.reference.title.is_empty() {
            self.reference.title = title(&format!("{} {value}", self.reference.title));
        }
    }
}

pub(super) fn read(text: &str, troubles: &mut Troubles) -> Vec<Reference> {
    let mut found = Vec::new();
    let mut open: Option<Entry> = None;
    let mut last = String::new();
    let mut strayed = false;
    for (index, line) in text.lines().enumerate() {
        let line_number = index + 1;
        let line = line.trim_end();
        match (tag(line), &mut open) {
            (Some(("TY", _)), _) => {
                if let Some(entry) = open.take() {
                    troubles.add(line_number, "an entry begins before the one before it has ended with `ER  -`; both are read");
                    found.push(entry.reference);
                }
                let mut entry = Entry::default();
                entry.reference.line = line_number;
                open = Some(entry);
            }
            (Some(("ER", _)), _) => found.extend(open.take().map(|entry| entry.reference)),
            (Some((tag, value)), Some(entry)) => {
                entry.take(tag, value);
                tag.clone_into(&mut last);
            }
            (None, Some(entry)) if !line.trim().is_empty() => entry.go_on(&last, line),
            (_, None) if !line.trim().is_empty() && !strayed => {
                // Some databases write a line or two before the first entry: said once.
                strayed = true;
                troubles.add(line_number, "this stands outside any entry, so it is left out; an entry goes from `TY  -` to `ER  -`");
            }
            _ => {}
        }
    }
    if let Some(entry) = open {
        troubles.add(
            entry.reference.line,
            "this entry does not end with `ER  -`: is the file whole? It is read as far as it goes",
        );
        found.push(entry.reference);
    }
    found
}
