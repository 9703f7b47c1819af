//! BibTeX and BibLaTeX, entry by entry: one that is broken costs only itself.
//!
//! Source: the format as `btxdoc` describes it; names by N. Markey, *Tame the BeaST* (2009), chapter 11, as far as a
//! family name needs it.

use std::collections::BTreeMap;

use super::latex::plain;
use super::{Reference, Troubles, address, doi, line_of, tidy, title, year};

/// What is wrong, at a place of the file.
type Broken = (usize, String);

struct Reader<'t> {
    text: &'t str,
    at: usize,
    strings: BTreeMap<String, String>,
}

pub(super) fn read(text: &str, troubles: &mut Troubles) -> Vec<Reference> {
    let mut reader = Reader {
        text,
        at: 0,
        strings: BTreeMap::new(),
    };
    let mut found = Vec::new();
    while let Some(start) = reader.next_entry() {
        match reader.entry(start) {
            Ok(Some(reference)) => found.push(reference),
            Ok(None) => {}
            Err((at, message)) => {
                troubles.add(line_of(text, at), message);
                reader.at = next_line_entry(text, start);
                // Looking for a bracket's end costs the rest of the file each time.
                if troubles.is_full() {
                    break;
                }
            }
        }
    }
    found
}

/// Where the next entry at the beginning of a line is, after this one.
fn next_line_entry(text: &str, start: usize) -> usize {
    let rest = text.get(start + 1..).unwrap_or_default();
    let found = rest.match_indices('\n').find(|(at, _)| {
        let after = rest.get(at + 1..).unwrap_or_default();
        after.trim_start_matches([' ', '\t']).starts_with('@')
    });
    found.map_or(text.len(), |(at, _)| start + 1 + at)
}

impl<'t> Reader<'t> {
    fn rest(&self) -> &'t str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn next_entry(&mut self) -> Option<usize> {
        self.at += self.rest().find('@')?;
        Some(self.at)
    }

    fn space(&mut self) {
        let rest = self.rest();
        self.at += rest.len() - rest.trim_start().len();
    }

    /// Takes what goes on as long as this holds.
    fn word(&mut self, goes_on: impl Fn(char) -> bool) -> &'t str {
        let rest = self.rest();
        let end = rest.find(|letter| !goes_on(letter)).unwrap_or(rest.len());
        self.at += end;
        rest.get(..end).unwrap_or_default()
    }

    fn take(&mut self, letter: char) -> bool {
        let taken = self.rest().starts_with(letter);
        if taken {
            self.at += letter.len_utf8();
        }
        taken
    }

    fn entry(&mut self, start: usize) -> Result<Option<Reference>, Broken> {
        self.at = start + 1;
        let kind = self
            .word(|c| c.is_ascii_alphanumeric())
            .to_ascii_lowercase();
        self.space();
        let close = match (self.take('{'), kind.as_str()) {
            // An @ in running text, or in an address.
            (false, _) if kind.is_empty() || !self.rest().starts_with('(') => return Ok(None),
            (false, _) => {
                self.at += 1;
                ')'
            }
            (true, _) => '}',
        };
        match kind.as_str() {
            "comment" | "preamble" => {
                self.at -= 1;
                self.value_in_braces(close).map(|_| None)
            }
            "string" => {
                let (name, value) = self.field(start)?;
                self.space();
                self.take(close);
                self.strings.insert(name, value);
                Ok(None)
            }
            _ => {
                self.word(|c| c != ',' && c != close && c != '\n');
                let fields = self.fields(start, close)?;
                Ok(Some(reference(line_of(self.text, start), &fields)))
            }
        }
    }

    fn fields(&mut self, start: usize, close: char) -> Result<BTreeMap<String, String>, Broken> {
        let mut fields = BTreeMap::new();
        loop {
            self.space();
            while self.take(',') {
                self.space();
            }
            if self.take(close) {
                return Ok(fields);
            }
            if self.rest().is_empty() || self.rest().starts_with('@') {
                return Err((
                    start,
                    "this entry does not end: a closing bracket is missing. It is left out"
                        .to_owned(),
                ));
            }
            let (name, value) = self.field(start)?;
            fields.entry(name).or_insert(value);
        }
    }

    fn field(&mut self, start: usize) -> Result<(String, String), Broken> {
        self.space();
        let at = self.at;
        let name = self
            .word(|c| c.is_alphanumeric() || matches!(c, '-' | '_' | ':' | '.' | '+'))
            .to_lowercase();
        self.space();
        if name.is_empty() || !self.take('=') {
            let message = "here a line such as `title = {…}` is expected: is a comma or a bracket missing before it? The entry is left out";
            return Err((at, message.to_owned()));
        }
        let mut value = String::new();
        loop {
            self.space();
            value.push_str(&self.chunk(start)?);
            self.space();
            if !self.take('#') {
                return Ok((name, value));
            }
        }
    }

    fn chunk(&mut self, start: usize) -> Result<String, Broken> {
        let rest = self.rest();
        if rest.starts_with('{') {
            return self.value_in_braces('}');
        }
        if rest.starts_with('"') {
            return self.value_in_quotes(start);
        }
        let word =
            self.word(|c| !c.is_whitespace() && !matches!(c, ',' | '}' | ')' | '#' | '"' | '{'));
        if word.is_empty() {
            return Err((
                self.at,
                "a value in {brackets} or \"quotes\" is expected here. The entry is left out"
                    .to_owned(),
            ));
        }
        let known = self.strings.get(&word.to_lowercase());
        Ok(known.cloned().unwrap_or_else(|| word.to_owned()))
    }

    /// What stands between a bracket and the one that closes it.
    fn value_in_braces(&mut self, close: char) -> Result<String, Broken> {
        let (start, open) = (self.at, if close == '}' { '{' } else { '(' });
        let (mut depth, mut escaped) = (0_usize, false);
        for (at, letter) in self.rest().char_indices() {
            match letter {
                _ if escaped => escaped = false,
                '\\' => escaped = true,
                _ if letter == open => depth += 1,
                _ if letter == close => {
                    depth = depth.saturating_sub(1);
                    if depth == 0 {
                        let inside = self.rest().get(1..at).unwrap_or_default().to_owned();
                        self.at += at + 1;
                        return Ok(inside);
                    }
                }
                _ => {}
            }
        }
        Err((
            start,
            "the bracket that opens here is never closed. The entry is left out".to_owned(),
        ))
    }

    fn value_in_quotes(&mut self, start: usize) -> Result<String, Broken> {
        let (mut depth, mut escaped) = (0_usize, false);
        for (at, letter) in self.rest().char_indices().skip(1) {
            match letter {
                _ if escaped => escaped = false,
                '\\' => escaped = true,
                '{' => depth += 1,
                '}' => depth = depth.saturating_sub(1),
                '"' if depth == 0 => {
                    let inside = self.rest().get(1..at).unwrap_or_default().to_owned();
                    self.at += at + 1;
                    return Ok(inside);
                }
                _ => {}
            }
        }
        let at = if self.at < self.text.len() {
            self.at
        } else {
            start
        };
        Err((
            at,
            "the quotation mark that opens here is never closed. The entry is left out".to_owned(),
        ))
    }
}

fn reference(line: usize, fields: &BTreeMap<String, String>) -> Reference {
    let first = |names: &[&str]| {
        let found = names.iter().filter_map(|name| fields.get(*name));
        found
            .map(|text| tidy(&plain(text)))
            .find(|text| !text.is_empty())
            .unwrap_or_default()
    };
    let raw = |name: &str| fields.get(name).map_or("", String::as_str);
    Reference {
        line,
        authors: authors(raw("author")),
        year: year(&first(&["year"])).or_else(|| year(&first(&["date"]))),
        title: title(&first(&["title"])),
        journal: first(&[
            "journaltitle",
            "journal",
            "booktitle",
            "publisher",
            "institution",
        ]),
        volume: first(&["volume"]),
        doi: match doi(&raw("doi").replace('\\', "")) {
            none if none.is_empty() => doi_in_address(raw("url")),
            doi => doi,
        },
        url: address(&raw("url").replace('\\', "")),
    }
}

fn doi_in_address(url: &str) -> String {
    if url.contains("doi.org") {
        doi(&url.replace('\\', ""))
    } else {
        String::new()
    }
}

/// The family names of a list joined by `and`.
fn authors(list: &str) -> Vec<String> {
    let names = split_outside(list, " and ");
    let families = names.iter().map(|name| family(name));
    families
        .filter(|name| !name.is_empty() && name != "others")
        .collect()
}

/// Splits where a word stands outside every bracket; line ends count as spaces.
fn split_outside(text: &str, word: &str) -> Vec<String> {
    let text = text.replace(['\n', '\r', '\t'], " ");
    let (mut parts, mut depth, mut from) = (Vec::new(), 0_usize, 0);
    let mut skip_to = 0;
    for (at, letter) in text.char_indices() {
        match letter {
            '{' => depth += 1,
            '}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        let here = text.get(at..).unwrap_or_default();
        if depth == 0 && at >= skip_to && here.starts_with(word) {
            parts.push(text.get(from..at).unwrap_or_default().to_owned());
            from = at + word.len();
            // The space at the end of one `and` may begin the next.
            skip_to = from - 1;
        }
    }
    parts.push(
        text.get(from.min(text.len())..)
            .unwrap_or_default()
            .to_owned(),
    );
    parts
}

/// The family name of one: before the comma, else from its first small word on, else its last word. What stands in
/// brackets as a whole is one name, of a group.
fn family(name: &str) -> String {
    let name = name.trim();
    let before_comma = split_outside(name, ",");
    if let [family, _, ..] = before_comma.as_slice() {
        return tidy(&plain(family));
    }
    let words = split_outside(name, " ");
    let words: Vec<&str> = words
        .iter()
        .map(String::as_str)
        .filter(|word| !word.is_empty())
        .collect();
    let is_small = |word: &&str| word.chars().next().is_some_and(char::is_lowercase);
    let last = words.len().saturating_sub(1);
    let from = words.iter().take(last).position(is_small).unwrap_or(last);
    let family: Vec<&str> = words.into_iter().skip(from).collect();
    tidy(&plain(&family.join(" "))).replace(',', "")
}
