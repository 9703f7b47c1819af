//! CSL-JSON: a list of items, or one, as Zotero and citation services write it.
//!
//! Source: the schema `csl-data.json` of the Citation Style Language.

use serde_json::Value;

use super::{Reference, Troubles, address, doi, tidy, title, year};

pub(super) fn read(text: &str, troubles: &mut Troubles) -> Vec<Reference> {
    let parsed: Value = match serde_json::from_str(text) {
        Ok(parsed) => parsed,
        Err(error) => {
            let message = match error.classify() {
                serde_json::error::Category::Eof => {
                    "the file breaks off here: is it whole?".to_owned()
                }
                _ => format!("this is no JSON that can be read ({error})"),
            };
            troubles.add(error.line().max(1), message);
            return Vec::new();
        }
    };
    let (items, depth) = match &parsed {
        Value::Array(items) => (items.iter().collect(), 1),
        Value::Object(whole) => match whole.get("items").and_then(Value::as_array) {
            Some(items) => (items.iter().collect(), 2),
            None => (vec![&parsed], 0),
        },
        _ => {
            troubles.add(1, "a list of references is expected: [ { … }, { … } ]");
            return Vec::new();
        }
    };
    let lines = beginnings(text, depth);
    let mut found = Vec::new();
    for (index, item) in items.into_iter().enumerate() {
        let line = lines.get(index).copied().unwrap_or(1);
        match item.as_object() {
            Some(_) => found.push(reference(item, line)),
            None => troubles.add(
                line,
                format!("entry {} is no reference, so it is left out", index + 1),
            ),
        }
    }
    found
}

fn reference(item: &Value, line: usize) -> Reference {
    let text = |key: &str| match item.get(key) {
        Some(Value::String(text)) => tidy(&plain(text)),
        Some(Value::Number(number)) => number.to_string(),
        // Crossref writes titles as lists.
        Some(Value::Array(list)) => list
            .first()
            .and_then(Value::as_str)
            .map(|text| tidy(&plain(text)))
            .unwrap_or_default(),
        _ => String::new(),
    };
    let authors = item.get("author").and_then(Value::as_array);
    let issued = ["issued", "published", "published-print", "published-online"];
    Reference {
        line,
        authors: authors.into_iter().flatten().filter_map(family).collect(),
        year: issued.iter().find_map(|key| issued_in(item.get(*key)?)),
        title: title(&text("title")),
        journal: text("container-title"),
        volume: text("volume"),
        doi: doi(&text("DOI")),
        url: address(&text("URL")),
    }
}

fn family(author: &Value) -> Option<String> {
    let part = |key: &str| author.get(key).and_then(Value::as_str).map(tidy);
    let name = match part("family") {
        Some(family) => match part("non-dropping-particle") {
            Some(particle) => format!("{particle} {family}"),
            None => family,
        },
        None => part("literal").or_else(|| part("name"))?,
    };
    // A comma parts authors in our files.
    let name = name.replace(',', "");
    (!name.is_empty()).then_some(name)
}

fn issued_in(issued: &Value) -> Option<usize> {
    let parts = issued.get("date-parts").and_then(Value::as_array);
    let first = parts.and_then(|parts| parts.first()?.as_array()?.first());
    match first {
        Some(Value::Number(number)) => year(&number.to_string()),
        Some(Value::String(text)) => year(text),
        _ => ["raw", "literal"]
            .iter()
            .find_map(|key| year(issued.get(*key)?.as_str()?)),
    }
}

/// Titles may hold marks for slanted letters and the like; a `<` that begins none stays.
fn plain(text: &str) -> String {
    let mut rest = text.to_owned();
    for tag in ["i", "b", "sub", "sup", "sc", "em", "strong"] {
        rest = rest
            .replace(&format!("<{tag}>"), "")
            .replace(&format!("</{tag}>"), "");
    }
    rest.replace("&amp;", "&")
        .replace("&lt;", "<")
        .replace("&gt;", ">")
}

/// The lines on which the objects at this depth begin, of text that is JSON.
fn beginnings(text: &str, depth: usize) -> Vec<usize> {
    let (mut lines, mut line, mut at) = (Vec::new(), 1, 0_usize);
    let (mut in_text, mut escaped) = (false, false);
    for byte in text.bytes() {
        match byte {
            b'\n' => line += 1,
            _ if escaped => escaped = false,
            b'\\' if in_text => escaped = true,
            b'"' => in_text = !in_text,
            _ if in_text => {}
            b'{' | b'[' => {
                if at == depth && byte == b'{' {
                    lines.push(line);
                }
                at += 1;
            }
            b'}' | b']' => at = at.saturating_sub(1),
            _ => {}
        }
    }
    lines
}
