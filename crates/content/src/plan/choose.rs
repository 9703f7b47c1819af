//! Decides what is said in the time there is: which optional blocks, and how many rounds of each repeat.

use super::measure::Total;
use super::{Block, Plan};

/// Why nothing could be chosen: the nearest lengths that can be, in milliseconds.
pub(crate) struct NoFit {
    /// The longest that is shorter than what was asked for.
    pub(crate) longest_below: Option<u64>,
    /// The shortest that is longer.
    pub(crate) shortest_above: Option<u64>,
}

impl Plan<'_> {
    /// Chooses what is said when so many milliseconds are asked for. Afterwards these lie between the least and the
    /// most of the returned total.
    pub(crate) fn choose(&mut self, asked: u64) -> Result<Total, NoFit> {
        let is_reached = |block: &Block<'_>| block.optional_from.is_none_or(|from| from <= asked);
        for block in &mut self.blocks {
            block.rounds = if block.optional_from.is_some() && is_reached(block) {
                1
            } else {
                block.least
            };
        }

        let mut total = self.total();
        for index in (0..self.blocks.len()).rev() {
            if total.is_short_enough(asked) {
                break;
            }
            if let Some(block) = self
                .blocks
                .get_mut(index)
                .filter(|block| block.optional_from.is_some())
            {
                block.rounds = 0;
                total = self.total();
            }
        }
        if !total.is_short_enough(asked) {
            return Err(NoFit {
                longest_below: None,
                shortest_above: Some(total.least),
            });
        }

        let may_repeat = |block: &Block<'_>| block.optional_from.is_none();
        while let Some(more) = self.one_pass(
            total,
            may_repeat,
            |total| total.is_short_enough(asked) && total.usual <= asked,
            u64::MAX,
        ) {
            total = more;
        }
        while total.most < asked {
            match self.one_pass(
                total,
                is_reached,
                |total| total.is_short_enough(asked),
                asked,
            ) {
                Some(more) => total = more,
                None => {
                    let next = self
                        .more(is_reached)
                        .map(|index| total.plus(self.next_round(index)).least);
                    let shortest_above = next.filter(|&least| least > asked).min();
                    return Err(NoFit {
                        longest_below: Some(total.most),
                        shortest_above,
                    });
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
            if total.most >= enough {
                break;
            }
            let more = match self.blocks.get(index) {
                Some(block) if self.could_come_again(block) && may(block) => {
                    total.plus(self.next_round(index))
                }
                _ => continue,
            };
            if let Some(block) = self.blocks.get_mut(index).filter(|_| fits(&more)) {
                block.rounds += 1;
                total = more;
                changed = true;
            }
        }
        changed.then_some(total)
    }

    /// The blocks that could be said once more.
    fn more(&self, may: impl Fn(&Block<'_>) -> bool) -> impl Iterator<Item = usize> {
        self.blocks
            .iter()
            .enumerate()
            .filter(move |(_, block)| self.could_come_again(block) && may(block))
            .map(|(index, _)| index)
    }

    /// Whether the script allows a block once more where it stands.
    fn could_come_again(&self, block: &Block<'_>) -> bool {
        block.rounds < block.most && self.said(block.parent) > 0
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
        let Some(block) = self.blocks.get(index) else {
            return Total::default();
        };
        let chosen = |block: &Block<'_>| block.rounds;
        if block.optional_from.is_none() {
            let round = block.rounds..block.rounds + 1;
            return self
                .sum(&block.parts, round, chosen)
                .times(self.said(block.parent));
        }
        // An optional block comes into every round of the repeat around it.
        let mut around = block.parent;
        while let Some(outer) = around.and_then(|index| self.blocks.get(index)) {
            if outer.optional_from.is_none() {
                return self
                    .sum(&block.parts, 0..outer.rounds, chosen)
                    .times(self.said(outer.parent));
            }
            around = outer.parent;
        }
        self.sum(&block.parts, 0..1, chosen)
    }
}
