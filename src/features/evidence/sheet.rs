//! A sheet of paper before it is a page or a PDF: what it says, in its order.

use kith_evidence::figures::{Forest, People, PersonKind};
use maud::{Markup, html};

use super::forest;

/// A sheet: what is printed, and nothing of the screen around it.
pub(super) struct Sheet {
    pub(super) title: String,
    pub(super) for_whom: &'static str,
    pub(super) made: Made,
    /// How closely a browser prints it.
    pub(super) density: &'static str,
    /// What was asked, in so many words.
    pub(super) asked: Option<String>,
    pub(super) parts: Vec<Part>,
    /// What stands beside the parts where there is room for two columns, else after them.
    pub(super) beside: Vec<Part>,
    /// What stands across the page below all that.
    pub(super) below: Vec<Part>,
}

/// When, and from which library.
#[derive(Clone)]
pub(super) struct Made {
    pub(super) on: String,
    pub(super) version: String,
}

/// Words in a row.
pub(super) type Words = Vec<Bit>;

/// Some of them.
pub(super) enum Bit {
    Plain(String),
    Strong(String),
    Soft(String),
    /// A number, and where it leads.
    Number(String, String),
}

/// A part of a sheet.
pub(super) enum Part {
    Lead(Words),
    Paragraph(Words),
    /// In small letters.
    Fine(Words),
    List(Vec<Words>),
    Section(String, Vec<Part>),
    /// What others pooled, under its heading.
    Published(String, Vec<Words>),
    /// What the library says, with a bar at its side.
    Statement(Vec<Words>),
    /// Whose own words, and these.
    OwnWords(String, String),
    Picture(Picture),
    /// A line to write on.
    Blank(&'static str),
}

/// A picture whose numbers lead somewhere.
pub(super) enum Picture {
    /// A forest, and where each of its rows leads.
    Forest(Forest, Vec<String>),
    /// People, and what each kind means.
    People(People, Vec<(PersonKind, Words)>),
}

/// Plain words.
pub(super) fn plain(words: impl Into<String>) -> Words {
    vec![Bit::Plain(words.into())]
}

impl Sheet {
    /// Its foot.
    pub(super) fn foot(&self) -> String {
        format!(
            "From Kith, evidence library {}, {}. Kith is not a crisis service and not a medical device. Most studies were read in abstracts and summaries.",
            self.made.version, self.made.on
        )
    }

    /// As it stands on a page.
    pub(super) fn show(&self) -> Markup {
        html! {
            article.sheet.(self.density) {
                p.kicker { span { (self.for_whom) } span { (self.made.on) } }
                h1 { (self.title) }
                @if let Some(asked) = &self.asked { p.asked { (asked) } }
                div.columns { @for part in self.parts.iter().chain(&self.beside) { (part.show()) } }
                @for part in &self.below { (part.show()) }
                footer { p { (self.foot()) } }
            }
        }
    }
}

impl Part {
    fn show(&self) -> Markup {
        html! {
            @match self {
                Self::Lead(words) => { p.lead { (said(words)) } }
                Self::Paragraph(words) => { p { (said(words)) } }
                Self::Fine(words) => { p.fine { (said(words)) } }
                Self::List(items) => { ul { @for words in items { li { (said(words)) } } } }
                Self::Section(heading, parts) => { section { h2 { (heading) } @for part in parts { (part.show()) } } }
                Self::Published(heading, rows) => { section.published { h2 { (heading) } ul.plain { @for words in rows { li { (said(words)) } } } } }
                Self::Statement(sentences) => { (statement(sentences)) }
                Self::OwnWords(name, words) => { section.words { p { strong { (name) " adds: " } (words) } p.soft { (NOT_FROM_STUDIES) } } }
                Self::Picture(picture) => { (forest::drawn(picture)) }
                Self::Blank(label) => { p.lines { (label) " " span {} } }
            }
        }
    }
}

/// What stands under somebody's own words.
pub(super) const NOT_FROM_STUDIES: &str = "These words are not from the studies.";

/// Words with their numbers as links.
pub(super) fn said(words: &[Bit]) -> Markup {
    html! {
        @for bit in words {
            @match bit {
                Bit::Plain(text) => { (text) }
                Bit::Strong(text) => { strong { (text) } }
                Bit::Soft(text) => { span.soft { (text) } }
                Bit::Number(shown, href) => { a.traced href=(href) { (shown) } }
            }
        }
    }
}

/// What is said, the most important first.
pub(super) fn statement(sentences: &[Words]) -> Markup {
    html! {
        div.statement { @for (index, words) in sentences.iter().enumerate() { p.lead[index == 0] { (said(words)) } } }
    }
}
