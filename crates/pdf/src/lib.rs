//! One sheet of paper as a tagged PDF (PDF/UA-1) from plain data: what it says goes in, bytes come out.
//!
//! The typesetter is typst, in this process. It reads no file, fetches nothing and knows no time; what a sheet says
//! reaches it as data and never as something to run. The letters are those that come with it (Libertinus Serif, SIL
//! Open Font License).
//!
//! A sheet is one A4 page. It is set as large as it fits, and one that does not fit even small is refused rather than
//! cut or continued.

mod desk;

pub use desk::make;
