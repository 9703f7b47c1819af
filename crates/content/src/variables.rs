//! The words a person fills in on her own device: `{dear_one}`.

use std::collections::BTreeMap;

/// A word the person fills in. It never leaves her device; here there is only the question and the default.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Variable {
    /// The question.
    pub ask: String,
    /// What is said when she leaves it empty.
    pub default: String,
}

/// Puts the defaults in the place of `{name}`. A name nobody declared stays as it is written.
pub fn fill(text: &str, variables: &BTreeMap<String, Variable>) -> String {
    let mut filled = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        filled.push_str(before);
        let declared = after
            .split_once('}')
            .and_then(|(name, tail)| Some((variables.get(name)?, tail)));
        match declared {
            Some((variable, tail)) => {
                filled.push_str(&variable.default);
                rest = tail;
            }
            None => {
                filled.push('{');
                rest = after;
            }
        }
    }
    filled.push_str(rest);
    filled
}

/// One use of curly brackets in a text.
pub(crate) struct Use<'t> {
    /// Where its `{` (or a stray `}`) stands, in bytes.
    pub(crate) at: usize,
    /// The name between them; none when the brackets do not match.
    pub(crate) name: Option<&'t str>,
}

/// Every use of curly brackets in a text, in order.
pub(crate) fn uses(text: &str) -> Vec<Use<'_>> {
    let mut found = Vec::new();
    let mut open: Option<usize> = None;
    for (at, mark) in text.match_indices(['{', '}']) {
        match (mark, open) {
            ("{", None) => open = Some(at),
            ("{", Some(first)) => {
                found.push(Use {
                    at: first,
                    name: None,
                });
                open = Some(at);
            }
            (_, Some(first)) => {
                found.push(Use {
                    at: first,
                    name: text.get(first + 1..at),
                });
                open = None;
            }
            (_, None) => found.push(Use { at, name: None }),
        }
    }
    found.extend(open.map(|at| Use { at, name: None }));
    found
}

/// How many words a voice would say: what stands between spaces and has a letter or a digit in it.
pub(crate) fn count_words(text: &str) -> usize {
    text.split_whitespace()
        .filter(|word| word.chars().any(char::is_alphanumeric))
        .count()
}
