//! Whether a paper is in the library already.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::Reference;

/// A paper that is here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known<'k> {
    /// What it is called here.
    pub id: &'k str,
    /// Its DOI; empty where none was found.
    pub doi: &'k str,
    /// Its title.
    pub title: &'k str,
    /// When it appeared.
    pub year: Option<usize>,
}

/// The one that a reference is as well: by its DOI, else by title and year.
pub fn same<'k>(
    reference: &Reference,
    known: impl IntoIterator<Item = Known<'k>>,
) -> Option<&'k str> {
    let wanted = letters(&reference.title);
    let is_same = |one: &Known<'_>| {
        let by_doi = !one.doi.is_empty() && one.doi.eq_ignore_ascii_case(&reference.doi);
        let by_title = !wanted.is_empty()
            && one.year.is_some()
            && one.year == reference.year
            && letters(one.title) == wanted;
        by_doi || by_title
    };
    known.into_iter().find(is_same).map(|one| one.id)
}

/// The letters and digits of a text, small and without accents.
pub(super) fn letters(text: &str) -> String {
    let text = text.nfd().filter(|letter| !is_combining_mark(*letter));
    let mut plain = String::new();
    for letter in text.flat_map(char::to_lowercase) {
        match letter {
            'ß' => plain.push_str("ss"),
            'æ' => plain.push_str("ae"),
            'œ' => plain.push_str("oe"),
            'ø' => plain.push('o'),
            'ł' => plain.push('l'),
            'đ' | 'ð' => plain.push('d'),
            'þ' => plain.push_str("th"),
            letter if letter.is_alphanumeric() => plain.push(letter),
            _ => {}
        }
    }
    plain
}
