//! A study's file as somebody fills it in, complete or not: texts under keys, the file they make, and where in that file
//! each of them stands.

use std::collections::BTreeMap;

use serde::Serialize;

/// What stands under a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A text on one line of the file.
    Text,
    /// A number.
    Number,
    /// `true`, written `yes` here, or nothing.
    Yes,
    /// A list of texts, one a line.
    Texts,
    /// The lower or upper end of `ci`, which has both.
    End,
}

/// The keys of a study, in the order of its file.
pub const OF_STUDY: [(&str, Kind); 29] = [
    ("title", Kind::Text),
    ("authors", Kind::Text),
    ("year", Kind::Number),
    ("journal", Kind::Text),
    ("volume", Kind::Text),
    ("doi", Kind::Text),
    ("source", Kind::Text),
    ("also_at", Kind::Texts),
    ("verified", Kind::Text),
    ("recalled", Kind::Texts),
    ("design", Kind::Text),
    ("family", Kind::Text),
    ("people", Kind::Text),
    ("population", Kind::Text),
    ("setting", Kind::Text),
    ("intervention", Kind::Text),
    ("days", Kind::Number),
    ("minutes_a_day", Kind::Number),
    ("comparator", Kind::Text),
    ("against", Kind::Text),
    ("n_treatment", Kind::Number),
    ("n_control", Kind::Number),
    ("n_total", Kind::Number),
    ("arms_assumed_equal", Kind::Yes),
    ("studies", Kind::Number),
    ("follow_up_months", Kind::Number),
    ("sample", Kind::Text),
    ("harms", Kind::Text),
    ("caveat", Kind::Text),
];

/// The key that takes a study out of what counts; it stands last.
pub const RETIRED: &str = "retired";

/// The keys of an outcome, in the order of its file.
pub const OF_OUTCOME: [(&str, Kind); 29] = [
    ("id", Kind::Text),
    ("construct", Kind::Text),
    ("label", Kind::Text),
    ("measure", Kind::Text),
    ("timepoint", Kind::Text),
    ("months", Kind::Number),
    ("effect", Kind::Text),
    ("value", Kind::Number),
    ("raw_difference", Kind::Number),
    ("se", Kind::Number),
    ("ci_low", Kind::End),
    ("ci_high", Kind::End),
    ("p", Kind::Number),
    ("p_sign", Kind::Text),
    ("n_treatment", Kind::Number),
    ("n_control", Kind::Number),
    ("n_total", Kind::Number),
    ("mean_treatment", Kind::Number),
    ("sd_treatment", Kind::Number),
    ("mean_control", Kind::Number),
    ("sd_control", Kind::Number),
    ("studies", Kind::Number),
    ("within_group", Kind::Yes),
    ("composite", Kind::Yes),
    ("favours", Kind::Text),
    ("note", Kind::Text),
    ("source", Kind::Text),
    ("verified", Kind::Text),
    ("recalled", Kind::Texts),
];

/// What somebody filled in. What is empty is not there.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Draft {
    /// What is said of the whole study, under the keys of its file.
    pub study: BTreeMap<String, String>,
    /// What it found.
    pub outcomes: Vec<BTreeMap<String, String>>,
}

/// A file, and what stands on each of its lines.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Written {
    /// The file.
    pub text: String,
    /// By line: the outcome it belongs to, and its key; an empty key where an outcome begins.
    places: Vec<Option<(Option<usize>, &'static str)>>,
}

impl Written {
    /// What stands on a line, counted from 1: the outcome it belongs to, counted from 0, and its key.
    #[must_use]
    pub fn at(&self, line: usize) -> Option<(Option<usize>, &'static str)> {
        self.places.get(line.checked_sub(1)?).copied().flatten()
    }

    fn push(&mut self, line: &str, place: Option<(Option<usize>, &'static str)>) {
        self.text.push_str(line);
        self.text.push('\n');
        self.places.push(place);
    }

    fn keys(
        &mut self,
        outcome: Option<usize>,
        values: &BTreeMap<String, String>,
        keys: &[(&'static str, Kind)],
    ) {
        let value = |key: &str| values.get(key).map_or("", |value| value.trim());
        for &(key, kind) in keys {
            let given = value(key);
            let written = match kind {
                Kind::End if key == "ci_low" => {
                    let ends = [given, value("ci_high")];
                    let ends: Vec<String> = ends
                        .into_iter()
                        .filter(|end| !end.is_empty())
                        .map(number)
                        .collect();
                    if ends.is_empty() {
                        continue;
                    }
                    format!("ci = [{}]", ends.join(", "))
                }
                Kind::End => continue,
                _ if given.is_empty() => continue,
                Kind::Text => format!("{key} = {}", quoted(given)),
                Kind::Number => format!("{key} = {}", number(given)),
                Kind::Yes => format!("{key} = {}", given == "yes"),
                Kind::Texts => {
                    let list: Vec<String> = lines(given).map(quoted).collect();
                    format!("{key} = [{}]", list.join(", "))
                }
            };
            self.push(&written, Some((outcome, key)));
        }
    }
}

impl Draft {
    /// Reads a study's file as far as it has keys that are known here; none when it is no TOML.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        let table: toml::Table = text.parse().ok()?;
        let outcomes = table.get("outcome").and_then(toml::Value::as_array);
        let mut study = known(&table, &OF_STUDY);
        study.extend(known(&table, &[(RETIRED, Kind::Text)]));
        Some(Self {
            study,
            outcomes: outcomes
                .into_iter()
                .flatten()
                .filter_map(toml::Value::as_table)
                .map(|outcome| known(outcome, &OF_OUTCOME))
                .collect(),
        })
    }

    /// What stands under a key of the whole study; empty where nothing does.
    #[must_use]
    pub fn get(&self, key: &str) -> &str {
        self.study.get(key).map_or("", String::as_str)
    }

    /// Puts a value under a key of the whole study; nothing where it is empty.
    pub fn set(&mut self, key: &str, value: &str) {
        put(&mut self.study, key, value);
    }

    /// The file.
    #[must_use]
    pub fn write(&self) -> Written {
        let mut written = Written::default();
        written.keys(None, &self.study, &OF_STUDY);
        written.keys(None, &self.study, &[(RETIRED, Kind::Text)]);
        for (index, outcome) in self.outcomes.iter().enumerate() {
            written.push("", None);
            written.push("[[outcome]]", Some((Some(index), "")));
            written.keys(Some(index), outcome, &OF_OUTCOME);
        }
        written
    }
}

/// Puts a value under a key; takes the key out where the value is empty.
pub fn put(values: &mut BTreeMap<String, String>, key: &str, value: &str) {
    let value = value.trim();
    if value.is_empty() {
        values.remove(key);
    } else {
        values.insert(key.to_owned(), value.to_owned());
    }
}

/// What an outcome's figures are called in addresses, from what was measured; numbered where others are called so.
pub fn id_for(name: &str, others: &[BTreeMap<String, String>]) -> String {
    let mut slug = String::new();
    for letter in name.chars().flat_map(char::to_lowercase).take(60) {
        if letter.is_ascii_alphanumeric() {
            slug.push(letter);
        } else if !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
    }
    let slug = match slug.trim_end_matches('-') {
        // The whole study is called so.
        "" | super::WHOLE => "outcome",
        slug => slug,
    };
    let is_taken = |id: &str| {
        let mut ids = others.iter().filter_map(|other| other.get("id"));
        ids.any(|taken| taken == id)
    };
    let numbered = (2..).map(|number| format!("{slug}-{number}"));
    std::iter::once(slug.to_owned())
        .chain(numbered)
        .find(|id| !is_taken(id))
        .unwrap_or_default()
}

fn lines(text: &str) -> impl Iterator<Item = &str> {
    text.lines().map(str::trim).filter(|line| !line.is_empty())
}

fn quoted(text: &str) -> String {
    toml::Value::String(text.replace(['\n', '\r'], " ")).to_string()
}

/// As a number where it is one; else as a text, so that reading says what is wrong with it.
fn number(text: &str) -> String {
    match text.parse::<f64>() {
        // Whole numbers beyond this would be read as integers and fit none.
        Ok(number) if number.abs() >= 1e15 && number.is_finite() => format!("{number:e}"),
        Ok(number) if number.is_finite() => number.to_string(),
        _ => quoted(text),
    }
}

fn known(table: &toml::Table, keys: &[(&'static str, Kind)]) -> BTreeMap<String, String> {
    let mut values = BTreeMap::new();
    for &(key, kind) in keys {
        let found = match (kind, key) {
            (Kind::End, _) => {
                let ends = table.get("ci").and_then(toml::Value::as_array);
                let end = usize::from(key == "ci_high");
                ends.and_then(|ends| ends.get(end)).and_then(shown)
            }
            (Kind::Texts, _) => {
                let list = table.get(key).and_then(toml::Value::as_array);
                list.map(|list| list.iter().filter_map(shown).collect::<Vec<_>>().join("\n"))
            }
            (Kind::Yes, _) => match table.get(key) {
                Some(toml::Value::Boolean(true)) => Some("yes".to_owned()),
                _ => None,
            },
            _ => table.get(key).and_then(shown),
        };
        put(&mut values, key, &found.unwrap_or_default());
    }
    values
}

fn shown(value: &toml::Value) -> Option<String> {
    match value {
        toml::Value::String(text) => Some(text.clone()),
        toml::Value::Integer(number) => Some(number.to_string()),
        toml::Value::Float(number) => Some(number.to_string()),
        _ => None,
    }
}
