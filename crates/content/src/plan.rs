//! A script settled for what is asked, from which is chosen what is said and then laid out one thing after the other.

mod choose;
mod measure;

pub(crate) use choose::NoFit;

use crate::compose::Asked;
use crate::script::{Item, Script};
use crate::share::Silence;
use crate::variables::count_words;

/// How long a bell rings, in milliseconds.
pub(crate) const BELL: u64 = 4000;
/// A clip longer than this, in seconds, is taken for a mistake.
const LONGEST_CLIP: f64 = 600.0;

/// A script with its forms, wishes and lengths of speech settled, and what has been chosen so far.
pub(crate) struct Plan<'a> {
    parts: Vec<Part<'a>>,
    /// Repeats and optional blocks from the top of the script, an outer one before those in it.
    blocks: Vec<Block<'a>>,
    script: &'a Script,
}

enum Part<'a> {
    /// Its wordings; a later round of the innermost repeat says the next one.
    Cue {
        section: usize,
        wordings: Vec<Spoken<'a>>,
    },
    Bell {
        section: usize,
    },
    Silence(Silence),
    Note(&'a str),
    Block(usize),
}

#[derive(Clone, Copy)]
struct Spoken<'a> {
    text: &'a str,
    /// In milliseconds.
    lasts: u64,
}

struct Block<'a> {
    /// The block it stands in.
    parent: Option<usize>,
    /// For an optional block, from how many milliseconds asked for it comes in.
    optional_from: Option<u64>,
    least: u64,
    most: u64,
    /// How often it is said, as chosen so far; an optional block 0 or 1 times.
    rounds: u64,
    parts: Vec<Part<'a>>,
}

/// One thing of the timeline.
pub(crate) enum Piece<'a> {
    Cue {
        section: &'a str,
        text: &'a str,
        lasts: u64,
    },
    Bell {
        section: &'a str,
    },
    /// The next of the silences.
    Silence,
    /// For whoever reads it aloud.
    Note(&'a str),
}

impl<'a> Plan<'a> {
    /// Settles a script for what is asked; nothing is chosen yet.
    pub(crate) fn new(script: &'a Script, asked: &Asked<'a>) -> Self {
        let mut plan = Plan {
            parts: Vec::new(),
            blocks: Vec::new(),
            script,
        };
        plan.parts = plan.settle(&script.items, None, asked);
        plan
    }

    fn settle(
        &mut self,
        items: &'a [Item],
        parent: Option<usize>,
        asked: &Asked<'a>,
    ) -> Vec<Part<'a>> {
        let mut parts = Vec::with_capacity(items.len());
        for item in items {
            match item {
                Item::Cue { section, wordings } => {
                    let spoken = |text: &'a str, words| Spoken {
                        text,
                        lasts: lasts(text, words, asked),
                    };
                    let wordings = wordings
                        .iter()
                        .map(|wording| spoken(&wording.text, wording.words))
                        .collect();
                    parts.push(Part::Cue {
                        section: *section,
                        wordings,
                    });
                }
                Item::Bell { section } => parts.push(Part::Bell { section: *section }),
                Item::Silence(silence) => parts.push(Part::Silence(*silence)),
                Item::Note(note) => parts.push(Part::Note(note)),
                Item::Wishes {
                    section,
                    to,
                    silence,
                } => {
                    for wish in asked.phrases.wishes(*to) {
                        let spoken = Spoken {
                            text: wish,
                            lasts: lasts(wish, count_words(wish), asked),
                        };
                        parts.push(Part::Cue {
                            section: *section,
                            wordings: vec![spoken],
                        });
                        parts.push(Part::Silence(*silence));
                    }
                }
                Item::Repeat { least, most, body } => {
                    self.settle_block(&mut parts, body, (*least, *most), None, parent, asked);
                }
                Item::Optional { from, body } => {
                    self.settle_block(&mut parts, body, (0, 1), Some(*from), parent, asked);
                }
                Item::When {
                    form,
                    then,
                    otherwise,
                } => {
                    let chosen = if asked.forms.has(*form) {
                        then
                    } else {
                        otherwise
                    };
                    parts.extend(self.settle(chosen, parent, asked));
                }
            }
        }
        parts
    }

    fn settle_block(
        &mut self,
        parts: &mut Vec<Part<'a>>,
        body: &'a [Item],
        (least, most): (u64, u64),
        optional_from: Option<u64>,
        parent: Option<usize>,
        asked: &Asked<'a>,
    ) {
        let index = self.blocks.len();
        self.blocks.push(Block {
            parent,
            optional_from,
            least,
            most,
            rounds: least,
            parts: Vec::new(),
        });
        let body = self.settle(body, Some(index), asked);
        // Without this, rounds of nothing would be counted out one by one.
        if body.iter().all(|part| matches!(part, Part::Note(_))) {
            self.blocks.truncate(index);
            return;
        }
        if let Some(block) = self.blocks.get_mut(index) {
            block.parts = body;
        }
        parts.push(Part::Block(index));
    }

    /// What is chosen, one thing after the other, and the silences among it.
    pub(crate) fn lay_out(&self) -> (Vec<Piece<'a>>, Vec<Silence>) {
        // Room for a usual practice, so that the lists need not move while they grow.
        let (mut pieces, mut silences) = (Vec::with_capacity(256), Vec::with_capacity(128));
        self.lay(&self.parts, 0, &mut pieces, &mut silences);
        (pieces, silences)
    }

    fn lay(
        &self,
        parts: &[Part<'a>],
        round: u64,
        pieces: &mut Vec<Piece<'a>>,
        silences: &mut Vec<Silence>,
    ) {
        let title = |section: usize| self.script.sections.get(section).map_or("", String::as_str);
        for part in parts {
            match part {
                Part::Cue { section, wordings } => {
                    let which = usize::try_from(round).unwrap_or(0) % wordings.len().max(1);
                    if let Some(Spoken { text, lasts }) = wordings.get(which).copied() {
                        pieces.push(Piece::Cue {
                            section: title(*section),
                            text,
                            lasts,
                        });
                    }
                }
                Part::Bell { section } => pieces.push(Piece::Bell {
                    section: title(*section),
                }),
                Part::Silence(silence) => {
                    pieces.push(Piece::Silence);
                    silences.push(*silence);
                }
                Part::Note(note) => pieces.push(Piece::Note(note)),
                Part::Block(index) => {
                    let Some(block) = self.blocks.get(*index) else {
                        continue;
                    };
                    if block.optional_from.is_some() {
                        if block.rounds > 0 {
                            self.lay(&block.parts, round, pieces, silences);
                        }
                        continue;
                    }
                    let what = self.sum(&block.parts, 0..1, |block| block.rounds);
                    // A repeat whose only content was left out would be counted through for nothing.
                    let rounds = if what.cues + what.silences > 0 {
                        block.rounds
                    } else {
                        0
                    };
                    for round in 0..rounds {
                        self.lay(&block.parts, round, pieces, silences);
                    }
                }
            }
        }
    }
}

/// How long a text is spoken, in milliseconds: as long as its clip, or else its words at the pace.
fn lasts(text: &str, words: usize, asked: &Asked<'_>) -> u64 {
    let seconds = match (asked.clips)(text) {
        Some(seconds) if seconds > 0.0 && seconds <= LONGEST_CLIP => seconds,
        _ => (words as f64 / asked.pace * 60.0 + 0.4).max(1.0),
    };
    (seconds * 1000.0).ceil() as u64
}
