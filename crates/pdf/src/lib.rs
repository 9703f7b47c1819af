//! One sheet of paper as a tagged PDF (PDF/UA-1) from plain data: what it says goes in, bytes come out.
//!
//! The typesetter is typst, in this process. It reads no file, fetches nothing and knows no time; what a sheet says
//! reaches it as data and never as something to run. The letters are those that come with it (Libertinus Serif, SIL
//! Open Font License).
//!
//! A sheet is one A4 page. It is set as large as it fits, and one that does not fit even small is refused rather than
//! cut or continued.

#![cfg(feature = "typst")]

mod desk;
mod sheet;

pub use desk::make;
pub use sheet::{Figure, Line, Part, Run, Sheet, Weight};

/// Why there is no PDF.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PdfError {
    /// It takes more than one page even in the smallest letters that can be read.
    #[error("this is more than fits on one page")]
    TooLong,
    /// The typefaces have no such letter, and a reader would see or hear a gap.
    #[error("the typeface has no sign for “{0}”")]
    NoLetter(char),
    /// The typesetter refused it.
    #[error("the page could not be set: {0}")]
    Refused(String),
}
