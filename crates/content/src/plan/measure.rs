//! How long parts of a plan last, and how many pieces they are.

use std::ops::Range;

use super::{BELL, Block, Part, Plan, Spoken};
use crate::share::Silence;

/// How many cues and bells, and how many silences, a composition may have.
const MOST_PIECES: u64 = 2000;

/// What parts come to, times in milliseconds.
#[derive(Clone, Copy, Default)]
pub(crate) struct Total {
    pub(crate) least: u64,
    pub(crate) usual: u64,
    pub(crate) most: u64,
    pub(super) cues: u64,
    pub(super) silences: u64,
}

impl Total {
    // Saturating: four repeats of a hundred rounds inside one another are too long whatever they come to.
    pub(super) fn plus(self, other: Self) -> Self {
        Self {
            least: self.least.saturating_add(other.least),
            usual: self.usual.saturating_add(other.usual),
            most: self.most.saturating_add(other.most),
            cues: self.cues.saturating_add(other.cues),
            silences: self.silences.saturating_add(other.silences),
        }
    }

    pub(super) fn times(self, rounds: u64) -> Self {
        Self {
            least: self.least.saturating_mul(rounds),
            usual: self.usual.saturating_mul(rounds),
            most: self.most.saturating_mul(rounds),
            cues: self.cues.saturating_mul(rounds),
            silences: self.silences.saturating_mul(rounds),
        }
    }

    fn spoken(lasts: u64, cues: u64) -> Self {
        Self {
            least: lasts,
            usual: lasts,
            most: lasts,
            cues,
            silences: 0,
        }
    }

    pub(super) fn is_short_enough(&self, asked: u64) -> bool {
        self.least <= asked && self.cues <= MOST_PIECES && self.silences <= MOST_PIECES
    }
}

impl<'a> Plan<'a> {
    /// What is chosen so far comes to.
    pub(super) fn total(&self) -> Total {
        self.sum(&self.parts, 0..1, |block| block.rounds)
    }

    /// The shortest and the longest this can be, in milliseconds, when no more than `asked` are asked for.
    pub(crate) fn range(&self, asked: u64) -> (u64, u64) {
        let shortest = self.sum(&self.parts, 0..1, |block| block.least);
        let longest = self.sum(&self.parts, 0..1, |block| match block.optional_from {
            Some(from) if from > asked => 0,
            _ => block.most,
        });
        (shortest.least, longest.most)
    }

    /// What parts come to over these rounds of the repeat they stand in, `rounds_of` saying how often each block is
    /// said.
    pub(super) fn sum(
        &self,
        parts: &[Part<'a>],
        rounds: Range<u64>,
        rounds_of: impl Fn(&Block<'a>) -> u64 + Copy,
    ) -> Total {
        let times = rounds.end.saturating_sub(rounds.start);
        parts.iter().fold(Total::default(), |total, part| {
            total.plus(match part {
                Part::Cue { wordings, .. } => Total::spoken(lasts_over(wordings, &rounds), times),
                Part::Bell { .. } => Total::spoken(BELL, 1).times(times),
                Part::Silence(silence) => {
                    let Silence {
                        least, usual, most, ..
                    } = *silence;
                    Total {
                        least,
                        usual,
                        most,
                        cues: 0,
                        silences: 1,
                    }
                    .times(times)
                }
                Part::Note(_) => Total::default(),
                Part::Block(index) => match self.blocks.get(*index) {
                    Some(block) if block.optional_from.is_some() && rounds_of(block) > 0 => {
                        self.sum(&block.parts, rounds.clone(), rounds_of)
                    }
                    Some(block) if block.optional_from.is_none() => self
                        .sum(&block.parts, 0..rounds_of(block), rounds_of)
                        .times(times),
                    _ => Total::default(),
                },
            })
        })
    }
}

/// How long a cue lasts over these rounds together, its wordings taking turns.
fn lasts_over(wordings: &[Spoken<'_>], rounds: &Range<u64>) -> u64 {
    match wordings {
        [only] => only.lasts * rounds.end.saturating_sub(rounds.start),
        _ => {
            first_rounds(wordings, rounds.end).saturating_sub(first_rounds(wordings, rounds.start))
        }
    }
}

/// How long the first so many rounds of a cue last together.
fn first_rounds(wordings: &[Spoken<'_>], rounds: u64) -> u64 {
    let count = (wordings.len() as u64).max(1);
    let all: u64 = wordings.iter().map(|wording| wording.lasts).sum();
    let begun = usize::try_from(rounds % count).unwrap_or(0);
    let rest: u64 = wordings
        .iter()
        .take(begun)
        .map(|wording| wording.lasts)
        .sum();
    rounds / count * all + rest
}
