//! Decides what is said in the time there is: which optional blocks, and how many rounds of each repeat.

use std::ops::Range;

use crate::compose::Asked;
use crate::script::{Item, Script};
use crate::share::Silence;
use crate::variables::count_words;

/// How long a bell rings, in milliseconds.
pub(crate) const BELL: u64 = 4000;
/// How many cues and bells, and how many silences, a composition may have.
const MOST_PIECES: u64 = 2000;
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

/// What parts come to, times in milliseconds.
#[derive(Clone, Copy, Default)]
pub(crate) struct Total {
    pub(crate) least: u64,
    pub(crate) usual: u64,
    pub(crate) most: u64,
    cues: u64,
    silences: u64,
}

impl Total {
    // Saturating: four repeats of a hundred rounds inside one another are too long whatever they come to.
    fn plus(self, other: Self) -> Self {
        Self {
            least: self.least.saturating_add(other.least),
            usual: self.usual.saturating_add(other.usual),
            most: self.most.saturating_add(other.most),
            cues: self.cues.saturating_add(other.cues),
            silences: self.silences.saturating_add(other.silences),
        }
    }

    fn times(self, rounds: u64) -> Self {
        Self {
            least: self.least.saturating_mul(rounds),
            usual: self.usual.saturating_mul(rounds),
            most: self.most.saturating_mul(rounds),
            cues: self.cues.saturating_mul(rounds),
            silences: self.silences.saturating_mul(rounds),
        }
    }

    fn spoken(lasts: u64, cues: u64) -> Self {
        Self { least: lasts, usual: lasts, most: lasts, cues, silences: 0 }
    }

    fn is_short_enough(&self, asked: u64) -> bool {
        self.least <= asked && self.cues <= MOST_PIECES && self.silences <= MOST_PIECES
    }
}

/// Why nothing could be chosen: the nearest lengths that can be, in milliseconds.
pub(crate) struct NoFit {
    /// The longest that is shorter than what was asked for.
    pub(crate) longest_below: Option<u64>,
    /// The shortest that is longer.
    pub(crate) shortest_above: Option<u64>,
}

/// One thing of the timeline.
pub(crate) enum Piece<'a> {
    Cue { section: &'a str, text: &'a str, lasts: u64 },
    Bell { section: &'a str },
    /// The next of the silences.
    Silence,
}

impl<'a> Plan<'a> {
    /// Settles a script for what is asked; nothing is chosen yet.
    pub(crate) fn new(script: &'a Script, asked: &Asked<'a>) -> Self {
        let mut plan = Plan { parts: Vec::new(), blocks: Vec::new(), script };
        plan.parts = plan.settle(&script.items, None, asked);
        plan
    }

    fn settle(&mut self, items: &'a [Item], parent: Option<usize>, asked: &Asked<'a>) -> Vec<Part<'a>> {
        let mut parts = Vec::with_capacity(items.len());
        for item in items {
            match item {
                Item::Cue { section, wordings } => {
                    let spoken = |text: &'a str, words| Spoken { text, lasts: lasts(text, words, asked) };
                    let wordings = wordings.iter().map(|wording| spoken(&wording.text, wording.words)).collect();
                    parts.push(Part::Cue { section: *section, wordings });
                }
                Item::Bell { section } => parts.push(Part::Bell { section: *section }),
                Item::Silence(silence) => parts.push(Part::Silence(*silence)),
                Item::Wishes { section, to, silence } => {
                    for wish in asked.phrases.wishes(*to) {
                        let spoken = Spoken { text: wish, lasts: lasts(wish, count_words(wish), asked) };
                        parts.push(Part::Cue { section: *section, wordings: vec![spoken] });
                        parts.push(Part::Silence(*silence));
                    }
                }
                Item::Repeat { least, most, body } => {
                    self.settle_block(&mut parts, body, (*least, *most), None, parent, asked);
                }
                Item::Optional { from, body } => {
                    self.settle_block(&mut parts, body, (0, 1), Some(*from), parent, asked);
                }
                Item::When { form, then, otherwise } => {
                    let chosen = if asked.forms.has(*form) { then } else { otherwise };
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
        self.blocks.push(Block { parent, optional_from, least, most, rounds: least, parts: Vec::new() });
        let body = self.settle(body, Some(index), asked);
        // Without this, rounds of nothing would be counted out one by one.
        if body.is_empty() {
            self.blocks.truncate(index);
            return;
        }
        if let Some(block) = self.blocks.get_mut(index) {
            block.parts = body;
        }
        parts.push(Part::Block(index));
    }

    /// Chooses what is said when so many milliseconds are asked for. Afterwards these lie between the least and the
    /// most of the returned total.
    pub(crate) fn choose(&mut self, asked: u64) -> Result<Total, NoFit> {
        let is_reached = |block: &Block<'_>| block.optional_from.is_none_or(|from| from <= asked);
        for block in &mut self.blocks {
            block.rounds = if block.optional_from.is_some() && is_reached(block) { 1 } else { block.least };
        }

        let mut total = self.total();
        for index in (0..self.blocks.len()).rev() {
            if total.is_short_enough(asked) {
                break;
            }
            if let Some(block) = self.blocks.get_mut(index).filter(|block| block.optional_from.is_some()) {
                block.rounds = 0;
                total = self.total();
            }
        }
        if !total.is_short_enough(asked) {
            return Err(NoFit { longest_below: None, shortest_above: Some(total.least) });
        }

        let may_repeat = |block: &Block<'_>| block.optional_from.is_none();
        while let Some(more) =
            self.one_pass(total, may_repeat, |total| total.is_short_enough(asked) && total.usual <= asked, u64::MAX)
        {
            total = more;
        }
        while total.most < asked {
            match self.one_pass(total, is_reached, |total| total.is_short_enough(asked), asked) {
                Some(more) => total = more,
                None => {
                    let next = self.more(is_reached).map(|index| total.plus(self.next_round(index)).least);
                    let shortest_above = next.filter(|&least| least > asked).min();
                    return Err(NoFit { longest_below: Some(total.most), shortest_above });
                }
            }
        }
        Ok(total)
    }

    /// From the top, says each block once more for which that is allowed and fits, until the greatest total reaches
    /// `enough`. None when none was.
    fn one_pass(
        &mut self,
        mut total: Total,
        may: impl Fn(&Block<'_>) -> bool,
        fits: impl Fn(&Total) -> bool,
        enough: u64,
    ) -> Option<Total> {
        let mut changed = false;
        for index in 0..self.blocks.len() {
            let more = total.plus(self.next_round(index));
            let Some(block) = self.blocks.get(index) else { break };
            let is_said = self.said(block.parent) > 0;
            if total.most >= enough || !is_said || block.rounds >= block.most || !may(block) || !fits(&more) {
                continue;
            }
            if let Some(block) = self.blocks.get_mut(index) {
                block.rounds += 1;
            }
            total = more;
            changed = true;
        }
        changed.then_some(total)
    }

    /// The blocks that could be said once more.
    fn more(&self, may: impl Fn(&Block<'_>) -> bool) -> impl Iterator<Item = usize> {
        self.blocks
            .iter()
            .enumerate()
            .filter(move |(_, block)| block.rounds < block.most && may(block) && self.said(block.parent) > 0)
            .map(|(index, _)| index)
    }

    /// How often a block is said in all: its rounds times those of the blocks around it.
    fn said(&self, mut index: Option<usize>) -> u64 {
        let mut said: u64 = 1;
        while let Some(block) = index.and_then(|index| self.blocks.get(index)) {
            said = said.saturating_mul(block.rounds);
            index = block.parent;
        }
        said
    }

    /// What saying a block once more adds, in all the places where it then is said.
    fn next_round(&self, index: usize) -> Total {
        let Some(block) = self.blocks.get(index) else { return Total::default() };
        let chosen = |block: &Block<'_>| block.rounds;
        if block.optional_from.is_none() {
            let round = block.rounds..block.rounds + 1;
            return self.sum(&block.parts, round, chosen).times(self.said(block.parent));
        }
        // An optional block comes into every round of the repeat around it.
        let mut around = block.parent;
        while let Some(outer) = around.and_then(|index| self.blocks.get(index)) {
            if outer.optional_from.is_none() {
                return self.sum(&block.parts, 0..outer.rounds, chosen).times(self.said(outer.parent));
            }
            around = outer.parent;
        }
        self.sum(&block.parts, 0..1, chosen)
    }

    /// What is chosen so far comes to.
    fn total(&self) -> Total {
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
    fn sum(&self, parts: &[Part<'a>], rounds: Range<u64>, rounds_of: impl Fn(&Block<'a>) -> u64 + Copy) -> Total {
        let times = rounds.end.saturating_sub(rounds.start);
        parts.iter().fold(Total::default(), |total, part| {
            total.plus(match part {
                Part::Cue { wordings, .. } => {
                    let lasts = first_rounds(wordings, rounds.end).saturating_sub(first_rounds(wordings, rounds.start));
                    Total::spoken(lasts, times)
                }
                Part::Bell { .. } => Total::spoken(BELL, 1).times(times),
                Part::Silence(silence) => {
                    let Silence { least, usual, most, .. } = *silence;
                    Total { least, usual, most, cues: 0, silences: 1 }.times(times)
                }
                Part::Block(index) => match self.blocks.get(*index) {
                    Some(block) if block.optional_from.is_some() && rounds_of(block) > 0 => {
                        self.sum(&block.parts, rounds.clone(), rounds_of)
                    }
                    Some(block) if block.optional_from.is_none() => {
                        self.sum(&block.parts, 0..rounds_of(block), rounds_of).times(times)
                    }
                    _ => Total::default(),
                },
            })
        })
    }

    /// What is chosen, one thing after the other, and the silences among it.
    pub(crate) fn lay_out(&self) -> (Vec<Piece<'a>>, Vec<Silence>) {
        let (mut pieces, mut silences) = (Vec::new(), Vec::new());
        self.lay(&self.parts, 0, &mut pieces, &mut silences);
        (pieces, silences)
    }

    fn lay(&self, parts: &[Part<'a>], round: u64, pieces: &mut Vec<Piece<'a>>, silences: &mut Vec<Silence>) {
        let title = |section: usize| self.script.sections.get(section).map_or("", String::as_str);
        for part in parts {
            match part {
                Part::Cue { section, wordings } => {
                    let which = usize::try_from(round).unwrap_or(0) % wordings.len().max(1);
                    if let Some(Spoken { text, lasts }) = wordings.get(which).copied() {
                        pieces.push(Piece::Cue { section: title(*section), text, lasts });
                    }
                }
                Part::Bell { section } => pieces.push(Piece::Bell { section: title(*section) }),
                Part::Silence(silence) => {
                    pieces.push(Piece::Silence);
                    silences.push(*silence);
                }
                Part::Block(index) => {
                    let Some(block) = self.blocks.get(*index) else { continue };
                    if block.optional_from.is_some() {
                        if block.rounds > 0 {
                            self.lay(&block.parts, round, pieces, silences);
                        }
                        continue;
                    }
                    let what = self.sum(&block.parts, 0..1, |block| block.rounds);
                    // A repeat whose only content was left out would be counted through for nothing.
                    let rounds = if what.cues + what.silences > 0 { block.rounds } else { 0 };
                    for round in 0..rounds {
                        self.lay(&block.parts, round, pieces, silences);
                    }
                }
            }
        }
    }
}

/// How long the first so many rounds of a cue last together: its wordings in turn.
fn first_rounds(wordings: &[Spoken<'_>], rounds: u64) -> u64 {
    let [only] = wordings else {
        let count = (wordings.len() as u64).max(1);
        let all: u64 = wordings.iter().map(|wording| wording.lasts).sum();
        let begun = usize::try_from(rounds % count).unwrap_or(0);
        let rest: u64 = wordings.iter().take(begun).map(|wording| wording.lasts).sum();
        return rounds / count * all + rest;
    };
    only.lasts * rounds
}

/// How long a text is spoken, in milliseconds: as long as its clip, or else its words at the pace.
fn lasts(text: &str, words: usize, asked: &Asked<'_>) -> u64 {
    let seconds = match (asked.clips)(text) {
        Some(seconds) if seconds > 0.0 && seconds <= LONGEST_CLIP => seconds,
        _ => (words as f64 / asked.pace * 60.0 + 0.4).max(1.0),
    };
    (seconds * 1000.0).ceil() as u64
}
