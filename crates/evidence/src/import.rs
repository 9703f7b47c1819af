//! Reads what other programs write: references as RIS, BibTeX or CSL-JSON, and effects in the Metapsy layout.
//!
//! Nothing here decides anything about a study. A reference says that there is a paper; a Metapsy row is a figure
//! somebody else worked out, whose direction has to be said by whoever brings it in.

mod bibtex;
mod csl;
mod drafts;
mod latex;
mod metapsy;
mod ris;
mod same;

use std::fmt;
use std::str::FromStr;

use serde::Serialize;

pub use drafts::{
    Better, Choice, Choices, Made, from_metapsy, from_reference, from_references, id_for,
};
pub use metapsy::{Comparison, Figure, Found, Measured, Metapsy, metapsy};
pub use same::Papers;

/// The largest file that is read, in bytes.
pub const MOST_BYTES: usize = 1024 * 1024;

/// So many entries or rows of a file are read.
pub const MOST: usize = 2_000;

/// So many troubles of a file are told.
const MOST_TROUBLES: usize = 100;

/// What a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Format {
    /// RIS, as reference managers and databases write it.
    Ris,
    /// BibTeX or BibLaTeX.
    Bibtex,
    /// CSL-JSON, as Zotero and citation services write it.
    CslJson,
    /// Effects as CSV in the Metapsy layout.
    Metapsy,
}

impl Format {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Ris, Self::Bibtex, Self::CslJson, Self::Metapsy];

    /// As it is written in options and forms.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ris => "ris",
            Self::Bibtex => "bibtex",
            Self::CslJson => "csl-json",
            Self::Metapsy => "metapsy",
        }
    }

    /// What a text looks like; none where it is like none of them.
    #[must_use]
    pub fn guess(text: &str) -> Option<Self> {
        let text = text.trim_start_matches('\u{feff}').trim_start();
        if text.starts_with('[') || text.starts_with('{') {
            return Some(Self::CslJson);
        }
        let header = text.lines().next().unwrap_or_default();
        if header.contains("condition_arm1") && header.contains("study") {
            return Some(Self::Metapsy);
        }
        if text.lines().take(50).any(ris::begins) {
            return Some(Self::Ris);
        }
        let is_entry = |line: &str| {
            let line = line.trim_start();
            line.starts_with('@') && line.contains(['{', '('])
        };
        text.lines().any(is_entry).then_some(Self::Bibtex)
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for Format {
    type Err = ();

    fn from_str(word: &str) -> Result<Self, ()> {
        let found = Self::ALL.into_iter().find(|one| one.as_str() == word);
        found.ok_or(())
    }
}

/// What could not be read, and where.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Trouble {
    /// The line of the file, from 1.
    pub line: usize,
    /// What is wrong, and what to do about it.
    pub message: String,
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.message)
    }
}

/// Gathers troubles, up to a number that somebody still reads.
#[derive(Debug, Default)]
struct Troubles(Vec<Trouble>);

impl Troubles {
    fn add(&mut self, line: usize, message: impl Into<String>) {
        if !self.is_full() {
            let message = message.into();
            self.0.push(Trouble { line, message });
        }
    }

    fn is_full(&self) -> bool {
        self.0.len() >= MOST_TROUBLES
    }

    fn finish(mut self) -> Vec<Trouble> {
        self.0.sort_by_key(|trouble| trouble.line);
        self.0
    }
}

/// A paper, as a reference manager knows it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Reference {
    /// The line of the file it begins on.
    pub line: usize,
    /// The family names of who wrote it.
    pub authors: Vec<String>,
    /// When it appeared.
    pub year: Option<usize>,
    /// Its title.
    pub title: String,
    /// Where it appeared.
    pub journal: String,
    /// The volume.
    pub volume: String,
    /// Its DOI, without what is before `10.`.
    pub doi: String,
    /// Where it can be read.
    pub url: String,
}

/// References, and what could not be read of them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct References {
    /// Those with a title.
    pub found: Vec<Reference>,
    /// What could not be read.
    pub troubles: Vec<Trouble>,
}

/// Reads references. A file of effects holds none.
#[must_use]
pub fn references(format: Format, text: &str) -> References {
    let text = text.trim_start_matches('\u{feff}');
    let mut troubles = Troubles::default();
    let mut found = match format {
        Format::Ris => ris::read(text, &mut troubles),
        Format::Bibtex => bibtex::read(text, &mut troubles),
        Format::CslJson => csl::read(text, &mut troubles),
        Format::Metapsy => Vec::new(),
    };
    found.retain(|reference| {
        if reference.title.is_empty() {
            troubles.add(reference.line, "this entry has no title, so it is left out");
        }
        !reference.title.is_empty()
    });
    if let Some(first) = found.get(MOST) {
        let line = first.line;
        troubles.add(
            line,
            format!("more than {MOST} entries: what follows is left out. Split the file"),
        );
        found.truncate(MOST);
    }
    if found.is_empty() && troubles.0.is_empty() {
        troubles.add(1, "there is no reference in it");
    }
    References {
        found,
        troubles: troubles.finish(),
    }
}

/// Text on one line, without doubled spaces.
fn tidy(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A title without the full stop some programs put after it.
fn title(text: &str) -> String {
    let text = tidy(text);
    match text.strip_suffix('.') {
        Some(without) if !without.ends_with('.') => without.to_owned(),
        _ => text,
    }
}

/// The first four digits together that can be a year.
fn year(text: &str) -> Option<usize> {
    let runs = text.split(|letter: char| !letter.is_ascii_digit());
    runs.filter(|run| run.len() >= 4)
        .filter_map(|run| run.get(..4)?.parse().ok())
        .find(|year| (1900..=2100).contains(year))
}

/// A DOI wherever one stands in a text, without what is before it; empty where none does.
fn doi(text: &str) -> String {
    let lower = text.to_ascii_lowercase();
    let Some(at) = lower.find("10.") else {
        return String::new();
    };
    let from = text.get(at..).unwrap_or_default();
    let end = from.find(|letter: char| letter.is_whitespace() || letter.is_control());
    let doi = from.get(..end.unwrap_or(from.len())).unwrap_or_default();
    let doi = doi.trim_end_matches(['.', ',', ';', '>', '"']);
    if doi.contains('/') {
        doi.to_owned()
    } else {
        String::new()
    }
}

/// A whole web address; empty where it is none.
fn address(text: &str) -> String {
    let text = text.trim();
    let is_whole = text.starts_with("https://") || text.starts_with("http://");
    if is_whole && !text.contains(char::is_whitespace) {
        text.to_owned()
    } else {
        String::new()
    }
}

/// Which line a place in a text is on, from 1.
fn line_of(text: &str, at: usize) -> usize {
    let before = text
        .as_bytes()
        .get(..at.min(text.len()))
        .unwrap_or_default();
    1 + before.iter().filter(|byte| **byte == b'\n').count()
}
