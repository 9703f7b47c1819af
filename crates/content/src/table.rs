//! Reads a TOML table key by key: what is missing, of the wrong kind or unknown is reported where it stands.

mod group;
mod numbers;
mod value;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::problem::Report;
use crate::words::Word;
use value::number;

/// Parses TOML that begins `base` bytes into the file. Nothing when it is not TOML, which is then reported.
pub(crate) fn parse<'t>(
    report: &mut Report<'_>,
    base: usize,
    text: &'t str,
) -> Option<DeTable<'t>> {
    let (table, errors) = DeTable::parse_recoverable(text);
    for error in &errors {
        let at = base + error.span().map_or(0, |span| span.start);
        let message = error.message().replace('\n', ", ");
        report.add(at, format!("this line cannot be read ({message}); texts stand in \"quotes\", lists in [brackets]"));
    }
    errors.is_empty().then(|| table.into_inner())
}

/// A text and where it stands in the file.
pub(crate) struct Text {
    pub(crate) at: usize,
    pub(crate) value: String,
}

/// What [`Table::text_or_table`] found.
pub(crate) enum TextOrTable<'t> {
    Text(Text),
    Table(Table<'t>),
}

/// A table being read. Each method says by its name what it expects under a key; [`Table::close`] reports the keys
/// nobody asked for. A method that reported something returns an empty value, so that reading can go on.
pub(crate) struct Table<'t> {
    entries: &'t DeTable<'t>,
    /// Where the file's text begins that the spans count from.
    base: usize,
    /// Where to report what is missing.
    begins: usize,
    known: Vec<&'static str>,
}

impl<'t> Table<'t> {
    pub(crate) fn new(entries: &'t DeTable<'t>, base: usize, begins: usize) -> Self {
        Self {
            entries,
            base,
            begins,
            known: Vec::new(),
        }
    }

    /// Where the value of a key stands, or else the table.
    pub(crate) fn place_of(&self, key: &str) -> usize {
        self.entries
            .get(key)
            .map_or(self.begins, |value| self.base + value.span().start)
    }

    /// A text that must be there, of at most so many characters.
    pub(crate) fn text(&mut self, report: &mut Report<'_>, key: &'static str, most: usize) -> Text {
        match self
            .needed(report, key)
            .and_then(|value| self.as_text(report, key, value, most))
        {
            Some(text) => text,
            None => Text {
                at: self.place_of(key),
                value: String::new(),
            },
        }
    }

    /// A text that may be left out.
    pub(crate) fn text_if_any(
        &mut self,
        report: &mut Report<'_>,
        key: &'static str,
        most: usize,
    ) -> Option<Text> {
        let value = self.value(key)?;
        self.as_text(report, key, value, most)
    }

    /// A list of texts that must be there, though it may be empty.
    pub(crate) fn texts(
        &mut self,
        report: &mut Report<'_>,
        key: &'static str,
        most: usize,
    ) -> Vec<Text> {
        let Some(value) = self.needed(report, key) else {
            return Vec::new();
        };
        let Some(items) = self.as_list(report, key, value) else {
            return Vec::new();
        };
        items
            .iter()
            .filter_map(|item| self.as_text(report, key, item, most))
            .collect()
    }

    /// One of a closed list of words, which must be there.
    pub(crate) fn word<W: Word>(
        &mut self,
        report: &mut Report<'_>,
        key: &'static str,
    ) -> Option<W> {
        let value = self.needed(report, key)?;
        self.as_word(report, key, value)
    }

    /// One of a closed list of words, which may be left out.
    pub(crate) fn word_if_any<W: Word>(
        &mut self,
        report: &mut Report<'_>,
        key: &'static str,
    ) -> Option<W> {
        let value = self.value(key)?;
        self.as_word(report, key, value)
    }

    /// Words of a closed list, at least one of them.
    pub(crate) fn words<W: Word>(&mut self, report: &mut Report<'_>, key: &'static str) -> Vec<W> {
        if self.needed(report, key).is_none() {
            return Vec::new();
        }
        let before = report.count();
        let words = self.words_if_any(report, key);
        if words.is_empty() && report.count() == before {
            report.add_allowed(
                self.place_of(key),
                format!("`{key}` is empty: name at least one"),
                W::all_words().join(", "),
            );
        }
        words
    }

    /// Words of a closed list, each at most once; the list may be left out.
    pub(crate) fn words_if_any<W: Word>(
        &mut self,
        report: &mut Report<'_>,
        key: &'static str,
    ) -> Vec<W> {
        let Some(value) = self.value(key) else {
            return Vec::new();
        };
        let Some(items) = self.as_list(report, key, value) else {
            return Vec::new();
        };
        let mut words: Vec<W> = Vec::new();
        for item in items {
            let Some(word) = self.as_word(report, key, item) else {
                continue;
            };
            if words.contains(&word) {
                report.add(
                    self.place(item),
                    format!("`{key}` names this twice: once is enough"),
                );
            } else {
                words.push(word);
            }
        }
        words
    }

    /// Exactly two numbers, which must be there.
    pub(crate) fn two_numbers(
        &mut self,
        report: &mut Report<'_>,
        key: &'static str,
    ) -> Option<(f64, f64)> {
        let value = self.needed(report, key)?;
        let items = self.as_list(report, key, value)?;
        if let [first, second] = items
            && let (Some(first), Some(second)) = (number(first.get_ref()), number(second.get_ref()))
        {
            return Some((first, second));
        }
        report.add(
            self.place(value),
            format!("`{key}` must be two numbers, such as [4, 10]"),
        );
        None
    }

    /// A number, or two of them as from and to, which must be there; the same twice for one.
    pub(crate) fn one_or_two_numbers(
        &mut self,
        report: &mut Report<'_>,
        key: &'static str,
    ) -> Option<(f64, f64)> {
        let value = self.needed(report, key)?;
        if let Some(one) = number(value.get_ref()) {
            return Some((one, one));
        }
        if let Some([first, second]) = value.get_ref().as_array().map(|list| &**list)
            && let (Some(first), Some(second)) = (number(first.get_ref()), number(second.get_ref()))
        {
            return Some((first, second));
        }
        report.add(
            self.place(value),
            format!("`{key}` must be a number, such as 5, or two of them, such as [5, 10]"),
        );
        None
    }

    /// A number that may be left out.
    pub(crate) fn number_if_any(
        &mut self,
        report: &mut Report<'_>,
        key: &'static str,
    ) -> Option<f64> {
        self.know(key);
        self.entries.contains_key(key).then_some(())?;
        self.number(report, key)
    }

    /// A number that must be there.
    pub(crate) fn number(&mut self, report: &mut Report<'_>, key: &'static str) -> Option<f64> {
        let value = self.needed(report, key)?;
        let number = number(value.get_ref());
        if number.is_none() {
            report.add(
                self.place(value),
                format!("`{key}` must be a number, without quotes"),
            );
        }
        number
    }

    /// `true` or `false`, which must be there.
    pub(crate) fn yes_or_no(&mut self, report: &mut Report<'_>, key: &'static str) -> bool {
        let Some(value) = self.needed(report, key) else {
            return false;
        };
        value.get_ref().as_bool().unwrap_or_else(|| {
            report.add_allowed(
                self.place(value),
                format!("`{key}` must be yes or no, without quotes"),
                "true, false",
            );
            false
        })
    }

    /// `true` or `false`; false when left out.
    pub(crate) fn yes_if_said(&mut self, report: &mut Report<'_>, key: &'static str) -> bool {
        self.know(key);
        self.entries.get(key).is_some() && self.yes_or_no(report, key)
    }

    /// A text, or a table in { curly brackets } on the same line; none when left out.
    pub(crate) fn text_or_table(
        &mut self,
        report: &mut Report<'_>,
        key: &'static str,
    ) -> Option<TextOrTable<'t>> {
        let value = self.value(key)?;
        if let Some(table) = value.get_ref().as_table() {
            let table = Table::new(table, self.base, self.place(value));
            return Some(TextOrTable::Table(table));
        }
        self.as_text(report, key, value, 60).map(TextOrTable::Text)
    }

    /// A list of tables in { curly brackets }, none when left out. `such_as` shows how it is written.
    pub(crate) fn listed_tables(
        &mut self,
        report: &mut Report<'_>,
        key: &'static str,
        such_as: &str,
    ) -> Vec<Table<'t>> {
        let Some(value) = self.value(key) else {
            return Vec::new();
        };
        let items = value.get_ref().as_array().map(|list| &**list);
        let tables: Option<Vec<Table<'t>>> = items.and_then(|items| {
            items
                .iter()
                .map(|item| {
                    let table = item.get_ref().as_table()?;
                    Some(Table::new(table, self.base, self.place(item)))
                })
                .collect()
        });
        tables.unwrap_or_else(|| {
            report.add(self.place(value), format!("write `{key}` as {such_as}"));
            Vec::new()
        })
    }

    /// Where the table begins.
    pub(crate) fn begins(&self) -> usize {
        self.begins
    }

    /// The tables under `[key.NAME]`, with their names; none when left out.
    pub(crate) fn named_tables(
        &mut self,
        report: &mut Report<'_>,
        key: &'static str,
    ) -> Vec<(Text, Table<'t>)> {
        let Some(value) = self.value(key) else {
            return Vec::new();
        };
        let Some(entries) = value.get_ref().as_table() else {
            report.add(
                self.place(value),
                format!("`{key}` must be written as [{key}.NAME]"),
            );
            return Vec::new();
        };
        let mut tables = Vec::new();
        for (name, entry) in entries.iter() {
            let at = self.base + name.span().start;
            match entry.get_ref().as_table() {
                Some(table) => {
                    let name = Text {
                        at,
                        value: name.get_ref().to_string(),
                    };
                    tables.push((name, Table::new(table, self.base, at)));
                }
                None => report.add(
                    at,
                    format!("`{key}` must be written as [{key}.NAME], with its keys under it"),
                ),
            }
        }
        tables
    }

    /// The tables under `[[key]]`; none when left out.
    pub(crate) fn tables(&mut self, report: &mut Report<'_>, key: &'static str) -> Vec<Table<'t>> {
        let Some(value) = self.value(key) else {
            return Vec::new();
        };
        let Some(items) = value.get_ref().as_array() else {
            report.add(
                self.place(value),
                format!("write [[{key}]], with two brackets on each side"),
            );
            return Vec::new();
        };
        let mut tables = Vec::new();
        for item in items.iter() {
            match item.get_ref().as_table() {
                Some(table) => tables.push(Table::new(table, self.base, self.place(item))),
                None => report.add(
                    self.place(item),
                    format!("write [[{key}]], and its keys on the lines under it"),
                ),
            }
        }
        tables
    }

    /// Reports every key that nobody asked for.
    pub(crate) fn close(self, report: &mut Report<'_>) {
        for (key, _) in self.entries.iter() {
            let name: &str = key.get_ref();
            if !self.known.contains(&name) {
                report.unknown(
                    self.base + key.span().start,
                    "a key that is read here",
                    name,
                    &self.known,
                );
            }
        }
    }

    fn place(&self, value: &Spanned<DeValue<'_>>) -> usize {
        self.base + value.span().start
    }

    fn know(&mut self, key: &'static str) {
        if !self.known.contains(&key) {
            self.known.push(key);
        }
    }

    fn value(&mut self, key: &'static str) -> Option<&'t Spanned<DeValue<'t>>> {
        self.know(key);
        self.entries.get(key)
    }

    fn needed(
        &mut self,
        report: &mut Report<'_>,
        key: &'static str,
    ) -> Option<&'t Spanned<DeValue<'t>>> {
        let value = self.value(key);
        if value.is_none() {
            report.add(
                self.begins,
                format!("`{key}` is missing: add a line `{key} = …`"),
            );
        }
        value
    }
}
