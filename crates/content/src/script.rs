//! The script of a practice as a tree: what the parser makes and the composer plays.

use std::collections::BTreeSet;

use crate::lists::PhraseSet;
use crate::share::Silence;
use crate::words::{Address, Form};

/// The script of a practice: sections, cues, silences, and the blocks around them. Only the reader of a practice
/// makes one, so whoever holds one can rely on its bounds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Script {
    pub(crate) sections: Vec<String>,
    pub(crate) items: Vec<Item>,
    /// What stands above the first heading for whoever reads it aloud.
    pub(crate) notes: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Item {
    /// At least one wording; a later round of the innermost repeat says the next one.
    Cue {
        section: usize,
        wordings: Vec<Wording>,
    },
    Bell {
        section: usize,
    },
    Silence(Silence),
    /// Something for whoever reads it aloud, where it stands in the file; nobody hears it.
    Note(String),
    Wishes {
        section: usize,
        to: Address,
        silence: Silence,
    },
    Repeat {
        least: u64,
        most: u64,
        body: Vec<Item>,
    },
    /// Comes in from so many milliseconds asked for.
    Optional {
        from: u64,
        body: Vec<Item>,
    },
    When {
        form: Form,
        then: Vec<Item>,
        otherwise: Vec<Item>,
    },
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Wording {
    pub(crate) text: String,
    /// How many words a voice says, with the variables' defaults.
    pub(crate) words: usize,
}

impl Script {
    /// The headings, in the order of the file.
    pub fn sections(&self) -> &[String] {
        &self.sections
    }

    /// The forms the script asks about: those a choice makes a difference for.
    pub fn forms(&self) -> Vec<Form> {
        let mut asked = BTreeSet::new();
        visit(&self.items, &mut |item| {
            if let Item::When { form, .. } = item {
                asked.insert(*form);
            }
        });
        asked.into_iter().collect()
    }

    /// Every text that may be spoken, all wordings and both sides of every choice, each once, in the order of the
    /// file, `{name}` as written. The wishes are not among them: they are the phrase set's.
    pub fn cues(&self) -> Vec<&str> {
        let (mut seen, mut cues) = (BTreeSet::new(), Vec::new());
        visit(&self.items, &mut |item| {
            if let Item::Cue { wordings, .. } = item {
                cues.extend(
                    wordings
                        .iter()
                        .map(|wording| wording.text.as_str())
                        .filter(|text| seen.insert(*text)),
                );
            }
        });
        cues
    }

    /// Whether the script speaks the wishes of a phrase set.
    pub fn speaks_wishes(&self) -> bool {
        let mut speaks = false;
        visit(&self.items, &mut |item| {
            speaks |= matches!(item, Item::Wishes { .. })
        });
        speaks
    }

    /// The wishes of a set that the script may speak, each once.
    pub fn wishes<'s>(&self, set: &'s PhraseSet) -> Vec<&'s str> {
        let (mut seen, mut wishes) = (BTreeSet::new(), Vec::new());
        visit(&self.items, &mut |item| {
            if let Item::Wishes { to, .. } = item {
                wishes.extend(
                    set.wishes(*to)
                        .iter()
                        .map(String::as_str)
                        .filter(|wish| seen.insert(*wish)),
                );
            }
        });
        wishes
    }
}

/// Shows every item to `see`, outer before inner. The parser keeps the tree shallow.
pub(crate) fn visit<'s>(items: &'s [Item], see: &mut impl FnMut(&'s Item)) {
    for item in items {
        see(item);
        match item {
            Item::Repeat { body, .. } | Item::Optional { body, .. } => visit(body, see),
            Item::When {
                then, otherwise, ..
            } => {
                visit(then, see);
                visit(otherwise, see);
            }
            Item::Cue { .. }
            | Item::Bell { .. }
            | Item::Silence(_)
            | Item::Note(_)
            | Item::Wishes { .. } => {}
        }
    }
}
