//! What stands on a sheet of paper: what `kith` writes to `kith-pdf`, as JSON, and what it gets back where there is no PDF.
//!
//! Two programs that are built apart share these types and nothing else. A field that one of them does not know is an error, so
//! that a program left over from an older release is noticed and sets no page that lacks something.

use serde::{Deserialize, Serialize};

/// A sheet: what stands over it, its one or two columns, and its foot.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sheet {
    /// The language it is written in, as two or three letters: `en`.
    pub language: String,
    /// Its heading, and the document's title.
    pub title: String,
    /// Whom it is for, over the heading at the left.
    pub for_whom: String,
    /// When it was made, over the heading at the right.
    pub on: String,
    /// What was asked, under the heading; may be empty.
    pub asked: String,
    /// What stands in the wide column, or across the page where there is nothing beside it.
    pub parts: Vec<Part>,
    /// What stands in the narrow column beside it.
    pub beside: Vec<Part>,
    /// What comes after both: at the end of the narrow column, or of the page where there is none.
    pub below: Vec<Part>,
    /// Its foot.
    pub foot: String,
}

/// Words of one weight.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Run {
    /// The words.
    pub text: String,
    /// How they stand out.
    pub weight: Weight,
}

/// How words stand out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Weight {
    /// Not at all.
    Plain,
    /// In bold letters.
    Strong,
    /// Paler and smaller.
    Soft,
}

/// Words in a row: a sentence, a paragraph, an item of a list.
pub type Line = Vec<Run>;

/// A part of a sheet.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Part {
    /// What is said first, in larger letters.
    Lead {
        /// Its words.
        words: Line,
    },
    /// A paragraph.
    Paragraph {
        /// Its words.
        words: Line,
    },
    /// A paragraph in small letters: sources, conditions.
    Fine {
        /// Its words.
        words: Line,
    },
    /// A list.
    List {
        /// Its items.
        items: Vec<Line>,
    },
    /// Parts under a heading of their own.
    Section {
        /// The heading.
        heading: String,
        /// What stands under it.
        parts: Vec<Part>,
    },
    /// What matters most, with a bar at its side.
    Marked {
        /// What stands beside the bar.
        parts: Vec<Part>,
    },
    /// What is somebody else's, with a line round it.
    Framed {
        /// What stands inside.
        parts: Vec<Part>,
    },
    /// A picture.
    Figure(Figure),
    /// An empty line to write on.
    Blank {
        /// What to write there.
        label: String,
    },
}

/// A picture, what it shows in words, and what its marks mean.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Figure {
    /// What stands over it.
    pub title: String,
    /// The picture as an SVG document.
    pub svg: String,
    /// The picture in words, for whoever cannot see it.
    pub description: String,
    /// How wide it is in percent of the space; below 60 its key stands at its side, else under it.
    pub width: u8,
    /// What its marks mean: a mark as an SVG document, and words.
    pub key: Vec<(String, Line)>,
    /// What else is to be known of it, in small letters.
    pub note: String,
}

impl Sheet {
    /// All letters on it that are not inside a picture.
    pub fn letters(&self) -> impl Iterator<Item = char> {
        let mut found = vec![
            self.title.as_str(),
            &self.for_whom,
            &self.on,
            &self.asked,
            &self.foot,
        ];
        for part in self.parts.iter().chain(&self.beside).chain(&self.below) {
            part.texts(&mut found);
        }
        found.into_iter().flat_map(str::chars)
    }
}

impl Part {
    fn texts<'a>(&'a self, found: &mut Vec<&'a str>) {
        let mut line = |line: &'a Line| found.extend(line.iter().map(|run| run.text.as_str()));
        match self {
            Self::Lead { words } | Self::Paragraph { words } | Self::Fine { words } => line(words),
            Self::List { items } => items.iter().for_each(line),
            Self::Section { heading, parts } => {
                found.push(heading);
                for part in parts {
                    part.texts(found);
                }
            }
            Self::Marked { parts } | Self::Framed { parts } => {
                for part in parts {
                    part.texts(found);
                }
            }
            Self::Figure(figure) => {
                figure.key.iter().map(|(_, words)| words).for_each(line);
                found.extend([figure.title.as_str(), &figure.note]);
            }
            Self::Blank { label } => found.push(label),
        }
    }
}

/// Why a sheet is no PDF, as one line of JSON on the typesetter's standard error.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Refusal {
    /// What came in is no sheet, or larger than any sheet could be.
    NoSheet {
        /// What is wrong with it, without a word of what stands in it.
        why: String,
    },
    /// It takes more than one page even in the smallest letters that can be read.
    TooLong,
    /// The typefaces have no such letter, and a reader would see or hear a gap.
    NoLetter {
        /// The letter.
        letter: char,
    },
    /// The typesetter refused it, such as a picture that is no SVG or has no description.
    Refused {
        /// What it said.
        why: String,
    },
}

impl Refusal {
    /// The status the typesetter ends with, for whoever reads no JSON. 1 is left to what happens to any program.
    pub fn status(&self) -> u8 {
        match self {
            Self::NoSheet { .. } => 2,
            Self::TooLong => 3,
            Self::NoLetter { .. } => 4,
            Self::Refused { .. } => 5,
        }
    }
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::NoSheet { why } => write!(to, "this is no sheet: {why}"),
            Self::TooLong => to.write_str("this is more than fits on one page"),
            Self::NoLetter { letter } => write!(to, "the typeface has no sign for “{letter}”"),
            Self::Refused { why } => write!(to, "the page could not be set: {why}"),
        }
    }
}

impl std::error::Error for Refusal {}
