//! Parses cues: paragraphs of one or more lines, with their other wordings.

use super::Parser;
use crate::directive::Opening;
use crate::guess::did_you_mean;
use crate::script::{Item, Wording};
use crate::variables::{count_words, fill, uses};
use crate::wording::{self, guarded};

/// How many words a cue may have.
const MOST_WORDS: usize = 40;

/// A cue that may go on on the next line.
pub(super) struct Paragraph {
    pub(super) wordings: Vec<Lines>,
}

/// One wording: its lines joined, and where each begins in the joined text and in the file.
#[derive(Default)]
pub(super) struct Lines {
    text: String,
    places: Vec<(usize, usize)>,
}

impl Lines {
    pub(super) fn push(&mut self, at: usize, line: &str) {
        if !self.text.is_empty() {
            self.text.push(' ');
        }
        self.places.push((self.text.len(), at));
        self.text.push_str(line);
    }

    /// The place in the file of a place in the text.
    fn place(&self, offset: usize) -> usize {
        let last = self
            .places
            .iter()
            .rev()
            .find(|&&(begins, _)| begins <= offset);
        last.map_or(0, |&(begins, at)| at + offset - begins)
    }
}

impl Parser<'_, '_> {
    pub(super) fn other_wording(&mut self, at: usize, line: &str) {
        let is_repeated = self
            .blocks
            .iter()
            .any(|block| matches!(block.opening, Opening::Repeat { .. } | Opening::Broken));
        if !is_repeated {
            self.report.add(
                at,
                "another wording (~) is for later rounds, but this is not inside a [repeat]",
            );
        }
        let text = line.trim();
        if text.is_empty() {
            self.report.add(at, "there are no words after the ~");
            return;
        }
        let mut lines = Lines::default();
        lines.push(at + 1 + line.len() - line.trim_start().len(), text);
        match &mut self.paragraph {
            Some(paragraph) => paragraph.wordings.push(lines),
            // A blank line in between does no harm: it is still the cue's other wording.
            None => {
                let wording = self.wording(&lines);
                match self.items().last_mut() {
                    Some(Item::Cue { wordings, .. }) => wordings.push(wording),
                    _ => self.report.add(
                        at,
                        "another wording (~) must stand right under the cue it is for",
                    ),
                }
            }
        }
    }

    pub(super) fn end_paragraph(&mut self) {
        let Some(paragraph) = self.paragraph.take() else {
            return;
        };
        let wordings: Vec<Wording> = paragraph
            .wordings
            .iter()
            .map(|lines| self.wording(lines))
            .collect();
        self.is_excused = false;
        self.push(Item::Cue {
            section: self.section.unwrap_or(0),
            wordings,
        });
    }

    /// Checks one wording of a cue, and counts its words.
    fn wording(&mut self, lines: &Lines) -> Wording {
        let text = &lines.text;
        let words = count_words(text);
        if words > MOST_WORDS {
            let message = format!(
                "this cue has {words} words: put a blank line or a silence after at most {MOST_WORDS}"
            );
            self.report.add(lines.place(0), message);
        }
        for fault in wording::faults(text) {
            self.report.add(lines.place(fault.at), fault.message);
        }
        if !self.is_excused {
            for fault in guarded::faults(text, &self.forms()) {
                self.report.add(lines.place(fault.at), fault.message);
            }
        }
        for used in uses(text) {
            let Some(name) = used.name else {
                let message = "a curly bracket has no partner: a word to fill in is written {name}";
                self.report.add(lines.place(used.at), message);
                continue;
            };
            if !self.variables.contains_key(name) {
                let guess = did_you_mean(name, self.variables.keys().map(String::as_str));
                let name: String = name.chars().take(60).collect();
                let message = format!(
                    "{{{name}}} is declared nowhere{guess} (a new one needs [variables.NAME] in the facts)"
                );
                self.report.add(lines.place(used.at), message);
            }
            self.parsed.used.insert(name.to_owned());
        }
        Wording {
            text: text.clone(),
            words: count_words(&fill(text, self.variables)),
        }
    }
}
