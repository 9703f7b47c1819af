//! Whether a paper is in the library already.

use std::collections::HashMap;

use kith_content::evidence::Evidence;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::Reference;

/// The papers that are here, by their DOIs, and by their titles and years.
#[derive(Clone, Debug, Default)]
pub struct Papers {
    by_doi: HashMap<String, String>,
    by_title: HashMap<(usize, String), String>,
}

impl Papers {
    /// Those of a library.
    #[must_use]
    pub fn of(evidence: &Evidence) -> Self {
        let mut papers = Self::default();
        for study in &evidence.studies {
            let paper = Reference {
                title: study.title.clone(),
                doi: study.doi.clone().unwrap_or_default(),
                year: Some(study.year),
                ..Reference::default()
            };
            papers.add(&study.id, &paper);
        }
        papers
    }

    /// Adds one under what it is called here; the first of two stays.
    pub fn add(&mut self, id: &str, paper: &Reference) {
        let id = || id.to_owned();
        if !paper.doi.is_empty() {
            let doi = paper.doi.to_ascii_lowercase();
            self.by_doi.entry(doi).or_insert_with(id);
        }
        if let Some(title) = by_title(paper) {
            self.by_title.entry(title).or_insert_with(id);
        }
    }

    /// What a paper is called here, when it is: by its DOI, else by title and year.
    #[must_use]
    pub fn find(&self, paper: &Reference) -> Option<&str> {
        let by_doi = self.by_doi.get(&paper.doi.to_ascii_lowercase());
        let found = by_doi.or_else(|| self.by_title.get(&by_title(paper)?));
        found.map(String::as_str)
    }
}

fn by_title(paper: &Reference) -> Option<(usize, String)> {
    let title = letters(&paper.title);
    (!title.is_empty()).then_some((paper.year?, title))
}

/// The letters and digits of a text, small and without accents.
pub(super) fn letters(text: &str) -> String {
    let text = text.nfd().filter(|letter| !is_combining_mark(*letter));
    let mut plain = String::new();
    for letter in text.flat_map(char::to_lowercase) {
        match letter {
            'ß' => plain.push_str("ss"),
            'æ' => plain.push_str("ae"),
            'œ' => plain.push_str("oe"),
            'ø' => plain.push('o'),
            'ł' => plain.push('l'),
            'đ' | 'ð' => plain.push('d'),
            'þ' => plain.push_str("th"),
            letter if letter.is_alphanumeric() => plain.push(letter),
            _ => {}
        }
    }
    plain
}
