//! What somebody types to say which question is which item: `linkId=item`, one a line or between commas.

use std::collections::BTreeMap;

/// Which question is which item, and how answers without numbers are printed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mapping {
    /// The number of the item for a link id; none for a question to be left out.
    pub items: BTreeMap<String, Option<usize>>,
    /// How the answers are printed, where neither codes nor numbers say it.
    pub printed: Option<Printed>,
}

/// How answers are printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Printed {
    /// The first one printed is the least.
    Rising,
    /// The first one printed is the most.
    Falling,
}

/// A line that says nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is no mapping; write LINK-ID=ITEM, as in q1=1, LINK-ID=- to leave a question out, or answers=rising."
)]
pub struct BadLine(pub String);

/// More than any form has.
const MOST: usize = 500;

impl Mapping {
    /// Reads `q1=1, q2=3`, on one line or several; `q9=-` leaves a question out; `answers=rising` and `answers=falling` say how
    /// answers without numbers are printed.
    ///
    /// # Errors
    /// Names the first part that cannot be read.
    pub fn read(text: &str) -> Result<Self, BadLine> {
        let mut mapping = Self::default();
        let parts = text.split(['\n', '\r', ',', ';']).map(str::trim);
        for part in parts.filter(|part| !part.is_empty()) {
            let bad = || BadLine(part.chars().take(60).collect());
            // A link id may hold `=`; a number never does.
            let (link, item) = part.rsplit_once('=').ok_or_else(bad)?;
            let (link, item) = (link.trim(), item.trim());
            match (link, item) {
                ("answers", "rising") => mapping.printed = Some(Printed::Rising),
                ("answers", "falling") => mapping.printed = Some(Printed::Falling),
                ("", _) => return Err(bad()),
                (_, "-") => drop(mapping.items.insert(link.to_owned(), None)),
                _ => {
                    let number: usize = item.parse().map_err(|_| bad())?;
                    if !(1..=MOST).contains(&number) || mapping.items.len() >= MOST {
                        return Err(bad());
                    }
                    mapping.items.insert(link.to_owned(), Some(number));
                }
            }
        }
        Ok(mapping)
    }
}
