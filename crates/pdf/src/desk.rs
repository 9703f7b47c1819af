//! The typesetter's desk: what lies on it, and nothing else within reach.

use std::sync::LazyLock;

use kith_sheet::{Refusal, Sheet};
use serde::Serialize;
use typst::diag::{FileError, FileResult, SourceDiagnostic};
use typst::foundations::{Bytes, Datetime, Duration, Smart};
use typst::syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Library, LibraryExt, World, comemo};
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards};

/// How a sheet looks.
const LOOK: &str = include_str!("sheet.typ");

/// The sizes of letters that are tried, in quarters of a point, from the least that can be read to the most that looks
/// well: 7.5 to 12.5 points.
const SIZES: std::ops::RangeInclusive<u8> = 30..=50;

/// Everything that is the same for every sheet.
struct House {
    library: LazyHash<Library>,
    book: LazyHash<FontBook>,
    fonts: Vec<Font>,
}

static HOUSE: LazyLock<House> = LazyLock::new(|| {
    let fonts: Vec<Font> = typst_assets::fonts()
        .flat_map(|data| Font::iter(Bytes::new(data)))
        .collect();
    House {
        library: LazyHash::new(Library::default()),
        book: LazyHash::new(FontBook::from_fonts(&fonts)),
        fonts,
    }
});

/// One sheet in letters of one size.
struct Desk {
    look: Source,
    sheet: (FileId, Bytes),
}

#[derive(Serialize)]
struct Sized<'a> {
    /// Points.
    size: f64,
    #[serde(flatten)]
    sheet: &'a Sheet,
}

fn place(name: &str) -> Result<FileId, Refusal> {
    let path = VirtualPath::new(name).map_err(refused)?;
    Ok(RootedPath::new(VirtualRoot::Project, path).intern())
}

fn refused(error: impl std::fmt::Debug) -> Refusal {
    Refusal::Refused {
        why: format!("{error:?}"),
    }
}

impl Desk {
    fn with(sheet: &Sheet, size: u8) -> Result<Self, Refusal> {
        let size = f64::from(size) / 4.0;
        let data = serde_json::to_vec(&Sized { size, sheet }).map_err(refused)?;
        Ok(Self {
            look: Source::new(place("/look.typ")?, LOOK.to_owned()),
            sheet: (place("/sheet.json")?, Bytes::new(data)),
        })
    }
}

impl World for Desk {
    fn library(&self) -> &LazyHash<Library> {
        &HOUSE.library
    }

    fn book(&self) -> &LazyHash<FontBook> {
        &HOUSE.book
    }

    fn main(&self) -> FileId {
        self.look.id()
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        if id == self.look.id() {
            Ok(self.look.clone())
        } else {
            Err(FileError::AccessDenied)
        }
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        if id == self.sheet.0 {
            Ok(self.sheet.1.clone())
        } else {
            Err(FileError::AccessDenied)
        }
    }

    fn font(&self, index: usize) -> Option<Font> {
        HOUSE.fonts.get(index).cloned()
    }

    fn today(&self, _: Option<Duration>) -> Option<Datetime> {
        None
    }
}

/// The sheet as a PDF of one A4 page, tagged as PDF/UA-1 asks for, in the largest letters in which it fits.
///
/// The same sheet gives the same bytes. Nothing of it stays in memory.
///
/// # Errors
/// Where it does not fit, where a letter is in none of the typefaces, and where the typesetter refuses it, such as a
/// picture that is no SVG or has no description.
pub fn make(sheet: &Sheet) -> Result<Vec<u8>, Refusal> {
    if let Some(letter) = sheet.letters().find(|letter| !is_known(*letter)) {
        return Err(Refusal::NoLetter { letter });
    }
    let made = fitted(sheet).and_then(|document| {
        let standards = PdfStandards::new(&[PdfStandard::Ua_1]).map_err(refused)?;
        let options = PdfOptions {
            creator: Smart::Custom(Some("Kith".to_owned())),
            standards,
            ..PdfOptions::default()
        };
        typst_pdf::pdf(&document, &options).map_err(|errors| told(&errors))
    });
    comemo::evict(0);
    made
}

/// The largest size at which it takes one page. What fits in some letters fits in all smaller ones.
fn fitted(sheet: &Sheet) -> Result<PagedDocument, Refusal> {
    let (mut fits, mut too_large) = (*SIZES.start(), *SIZES.end() + 1);
    let mut best = set(sheet, *SIZES.end())?;
    if best.pages().len() == 1 {
        return Ok(best);
    }
    best = set(sheet, fits)?;
    if best.pages().len() != 1 {
        return Err(Refusal::TooLong);
    }
    too_large -= 1;
    while too_large - fits > 1 {
        let size = fits.midpoint(too_large);
        let document = set(sheet, size)?;
        if document.pages().len() == 1 {
            (fits, best) = (size, document);
        } else {
            too_large = size;
        }
    }
    Ok(best)
}

fn set(sheet: &Sheet, size: u8) -> Result<PagedDocument, Refusal> {
    let desk = Desk::with(sheet, size)?;
    typst::compile::<PagedDocument>(&desk)
        .output
        .map_err(|errors| told(&errors))
}

fn is_known(letter: char) -> bool {
    letter.is_whitespace()
        || HOUSE
            .fonts
            .iter()
            .any(|font| font.info().coverage.contains(u32::from(letter)))
}

fn told(errors: &[SourceDiagnostic]) -> Refusal {
    let messages: Vec<&str> = errors.iter().map(|error| error.message.as_str()).collect();
    Refusal::Refused {
        why: messages.join("; "),
    }
}
