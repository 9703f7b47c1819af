//! A sheet as a PDF: the same words for the typesetter, and what to say where it makes no file of them.

use kith_evidence::figures::{Forest, People, PersonKind, svg};
use kith_sheet::{Figure, Line, Part, Refusal, Run, Weight};

use super::forest::{crowd_size, forest_note};
use super::sheet::{self, Bit, NOT_FROM_STUDIES, Picture, Words};
pub use super::typesetter::{NoPdf, Typesetter};
use kith_base::error::Error;

/// The sheet as a tagged PDF of one page.
///
/// # Errors
/// As [`Typesetter`] has them.
pub(super) async fn made(typesetter: &Typesetter, sheet: &sheet::Sheet) -> Result<Vec<u8>, NoPdf> {
    typesetter.set(&of(sheet)).await
}

/// A sheet of one word, to see whether the typesetter works.
///
/// # Errors
/// Where it does not.
pub async fn tried(typesetter: &Typesetter) -> Result<(), NoPdf> {
    let word = kith_sheet::Sheet {
        language: "en".to_owned(),
        title: "Kith".to_owned(),
        ..kith_sheet::Sheet::default()
    };
    typesetter.set(&word).await.map(drop)
}

/// For whoever asked in a browser: why there is none, and what to do instead.
pub(super) fn told(no_pdf: &NoPdf) -> Error {
    let why = match no_pdf {
        NoPdf::Busy => return Error::Busy,
        NoPdf::Absent | NoPdf::Missing(_) => "This Kith makes no PDF.".to_owned(),
        NoPdf::Refused(refusal @ (Refusal::TooLong | Refusal::NoLetter { .. })) => {
            format!("As a PDF this cannot be made: {refusal}.")
        }
        NoPdf::Refused(_) => {
            // The reason may repeat what stands on the sheet, and stays out of the log.
            tracing::error!("the typesetter refuses a sheet");
            "As a PDF this could not be made.".to_owned()
        }
        NoPdf::Broken(_) => {
            tracing::error!(%no_pdf, "no PDF");
            "As a PDF this could not be made.".to_owned()
        }
    };
    let instead = "Open the page and print it in your browser: in the print window, choose “Save as PDF” in place of a printer.";
    Error::invalid("format", format!("{why} {instead}"))
}

/// The colours of the page in its light form, by the classes of the drawings.
const STYLE: &str = "\
    text{font-family:'Libertinus Serif'}.grid{stroke:#ddd4c5}.zero{stroke:#5f574c}.tick,.axis{fill:#5f574c;font-size:11px}\
    .pool polygon{fill:#2a5848}.pool text{font-weight:600}.published rect{fill:#fff}.published text{fill:#5f574c}\
    circle{fill:none;stroke:#5f574c;stroke-width:1.2}circle.anyway{fill:#ddd4c5;fill-opacity:1}\
    circle.more{fill:#2a5848;stroke:#2a5848}circle.perhaps{stroke:#2a5848;stroke-width:1.6}.plus{stroke:#fff}";

/// The same words for the typesetter.
fn of(sheet: &sheet::Sheet) -> kith_sheet::Sheet {
    kith_sheet::Sheet {
        language: "en".to_owned(),
        title: sheet.title.clone(),
        for_whom: sheet.for_whom.to_owned(),
        on: sheet.made.on.clone(),
        asked: sheet.asked.clone().unwrap_or_default(),
        parts: all(&sheet.parts),
        beside: all(&sheet.beside),
        below: all(&sheet.below),
        foot: sheet.foot(),
    }
}

fn all(parts: &[sheet::Part]) -> Vec<Part> {
    parts.iter().map(part).collect()
}

fn part(of: &sheet::Part) -> Part {
    match of {
        sheet::Part::Lead(words) => Part::Lead { words: line(words) },
        sheet::Part::Paragraph(words) => Part::Paragraph { words: line(words) },
        sheet::Part::Fine(words) => Part::Fine { words: line(words) },
        sheet::Part::List(items) => list(items),
        sheet::Part::Published(heading, rows) => Part::Section {
            heading: heading.clone(),
            parts: vec![list(rows)],
        },
        sheet::Part::Section(heading, parts) => Part::Section {
            heading: heading.clone(),
            parts: all(parts),
        },
        sheet::Part::Statement(sentences) => Part::Marked {
            parts: sentences
                .iter()
                .enumerate()
                .map(|(index, words)| match index {
                    0 => Part::Lead { words: line(words) },
                    _ => Part::Paragraph { words: line(words) },
                })
                .collect(),
        },
        sheet::Part::OwnWords(name, words) => Part::Framed {
            parts: vec![
                Part::Paragraph {
                    words: vec![
                        run(&format!("{name} adds: "), Weight::Strong),
                        run(words, Weight::Plain),
                    ],
                },
                Part::Fine {
                    words: vec![run(NOT_FROM_STUDIES, Weight::Plain)],
                },
            ],
        },
        sheet::Part::Picture(picture) => Part::Figure(figure(picture)),
        sheet::Part::Blank(label) => Part::Blank {
            label: (*label).to_owned(),
        },
    }
}

fn list(items: &[Words]) -> Part {
    Part::List {
        items: items.iter().map(|words| line(words)).collect(),
    }
}

fn line(words: &[Bit]) -> Line {
    words
        .iter()
        .map(|bit| match bit {
            Bit::Plain(text) | Bit::Number(text, _) => run(text, Weight::Plain),
            Bit::Strong(text) => run(text, Weight::Strong),
            Bit::Soft(text) => run(text, Weight::Soft),
        })
        .collect()
}

fn run(text: &str, weight: Weight) -> Run {
    Run {
        // A number and its unit stay on one line.
        text: text.replace(" %", "\u{a0}%"),
        weight,
    }
}

fn figure(picture: &Picture) -> Figure {
    match picture {
        Picture::Forest(forest, _) => forest_of(forest),
        Picture::People(people, key) => Figure {
            title: people.title.clone(),
            svg: crowd(people),
            description: people.description.clone(),
            width: 34,
            key: key
                .iter()
                .map(|(kind, words)| (one(people, *kind), line(words)))
                .collect(),
            note: String::new(),
        },
    }
}

fn forest_of(forest: &Forest) -> Figure {
    Figure {
        title: forest.title.clone(),
        svg: coloured(forest.size, &svg::forest(forest, "forest")),
        description: forest.description.clone(),
        width: 100,
        key: Vec::new(),
        note: forest_note(forest),
    }
}

fn crowd(people: &People) -> String {
    let bare = People {
        size: crowd_size(people),
        legend: Vec::new(),
        ..people.clone()
    };
    coloured(bare.size, &svg::people(&bare, "people"))
}

/// A single person of a kind, for the key.
fn one(people: &People, kind: PersonKind) -> String {
    let sample = People {
        size: (20.0, 20.0),
        people: vec![(10.0, 10.0, kind)],
        legend: Vec::new(),
        ..people.clone()
    };
    coloured(sample.size, &svg::people(&sample, "sample"))
}

/// A drawing in the colours of paper.
fn coloured((width, height): (f64, f64), drawing: &str) -> String {
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\" color=\"#2b2721\"><style>{STYLE}</style>{drawing}</svg>"
    )
}
