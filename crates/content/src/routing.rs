//! What is offered when a practice does not fit: the rows of `routing.toml`, and what they pick.

mod read;

use crate::lists::{Barrier, PhraseSet};
use crate::practice::{Practice, hash};
use crate::problem::Report;
use crate::words::{Form, Modality, Step, Target};

/// The whole table. The default has the triggers and no rows: what is offered then is only of another kind.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Routing {
    /// When something is offered without being asked for.
    pub triggers: Triggers,
    /// When nothing further is offered.
    pub switches: Switches,
    /// Kinds of practice in classes.
    pub classes: Vec<Class>,
    /// A row for every barrier.
    pub rows: Vec<Row>,
    /// The first 12 hexadecimal digits of the SHA-256 of the file's text.
    pub revision: String,
}

/// When something is offered without being asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Triggers {
    /// A fit of this or less …
    pub poor_fit: i64,
    /// … so many times running for the same practice.
    pub running: usize,
    /// An effect of this or less, once.
    pub much_worse: i64,
    /// The same practice not heard to its end, so many times running.
    pub abandoned: usize,
}

impl Default for Triggers {
    fn default() -> Self {
        Self {
            poor_fit: 3,
            running: 2,
            much_worse: -2,
            abandoned: 2,
        }
    }
}

/// When nothing further is offered, and what is said instead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Switches {
    /// So many changes of practice …
    pub most: usize,
    /// … within so many days.
    pub within_days: i64,
    /// What is said then.
    pub message: String,
}

impl Default for Switches {
    fn default() -> Self {
        Self {
            most: 3,
            within_days: 7,
            message: "No practice is required. Would you like to talk with your practitioner, rest, or choose kind acts only?".to_owned(),
        }
    }
}

/// Kinds of practice that have something in common, such as words or sitting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Class {
    /// What rows and other classes call it.
    pub name: String,
    /// The kinds in it.
    pub modalities: Vec<Modality>,
    /// The class to change to.
    pub instead: String,
}

/// What is offered, and what can wait, when a certain thing got in the way.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// The code of `barriers.toml`.
    pub barrier: String,
    /// What the person said: how every reason begins.
    pub say: String,
    /// For how many days this holds.
    pub days: i64,
    /// What is offered, in this order.
    pub offers: Vec<Offered>,
    /// What can wait so long.
    pub withheld: Vec<Withheld>,
    /// Half the minutes of the last time at most.
    pub halve: bool,
    /// Whether the practitioner is shown it, where the person shares.
    pub tell_practitioner: bool,
}

/// One thing a row offers.
#[derive(Clone, Debug, PartialEq)]
pub struct Offered {
    /// What.
    pub what: What,
    /// Why this, to follow the row's `say`.
    pub why: Option<String>,
    /// For how many minutes.
    pub minutes: Option<f64>,
    /// How to do it this time; the key `as` of the file.
    pub how: Option<String>,
    /// What it is called here, where its own name puts off.
    pub called: Option<String>,
    /// The set of wishes to do it with.
    pub phrases: Option<String>,
}

/// A practice, or something that is none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// The practice of that slug.
    Practice(String),
    /// Something else.
    Step(Step),
}

/// What can wait: the practices that fit every line of it, or only some forms or lengths of them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Withheld {
    /// Slugs.
    pub practices: Vec<String>,
    /// Kinds, main or beside it.
    pub modalities: Vec<Modality>,
    /// Whom the practice is for.
    pub targets: Vec<Target>,
    /// Words in the title, in small letters.
    pub title_words: Vec<String>,
    /// The kind of the practice that did not fit.
    pub same_modality: bool,
    /// Only these forms.
    pub forms: Vec<Form>,
    /// Only what is longer than this, minutes.
    pub longer_than: Option<f64>,
}

impl Withheld {
    /// Whether this is about a practice; `replaced` is the kind of the one that did not fit.
    pub fn is_about(&self, practice: &Practice, replaced: Option<Modality>) -> bool {
        let title = practice.title.to_lowercase();
        (self.practices.is_empty() || self.practices.contains(&practice.slug))
            && (self.modalities.is_empty()
                || self.modalities.iter().any(|modality| {
                    practice.modality == *modality || practice.also.contains(modality)
                }))
            && (self.targets.is_empty()
                || self
                    .targets
                    .iter()
                    .any(|target| practice.targets.contains(target)))
            && (self.title_words.is_empty()
                || self
                    .title_words
                    .iter()
                    .any(|word| title.contains(word.as_str())))
            && (!self.same_modality || replaced == Some(practice.modality))
    }

    /// Whether a practice is withheld altogether, and not only a form or a length of it.
    pub fn withholds(&self, practice: &Practice, replaced: Option<Modality>) -> bool {
        self.is_about(practice, replaced)
            && match self.longer_than {
                Some(most) => most < practice.minutes.0,
                None => self.forms.is_empty(),
            }
    }
}

impl Routing {
    /// The row of a barrier.
    pub fn row(&self, barrier: &str) -> Option<&Row> {
        self.rows.iter().find(|row| row.barrier == barrier)
    }

    /// The class a kind of practice is in.
    pub fn class_of(&self, modality: Modality) -> Option<&Class> {
        self.classes
            .iter()
            .find(|class| class.modalities.contains(&modality))
    }

    /// The class to change to from a kind of practice.
    pub fn other_class(&self, modality: Modality) -> Option<&Class> {
        let instead = &self.class_of(modality)?.instead;
        self.classes.iter().find(|class| class.name == *instead)
    }
}

/// What of the other files the table is checked against. Nothing where such a file is broken itself.
pub(crate) struct Around<'a> {
    /// The practices without a problem.
    pub(crate) practices: &'a std::collections::BTreeMap<String, Practice>,
    /// All that have a file.
    pub(crate) slugs: &'a [String],
    pub(crate) barriers: Option<&'a [Barrier]>,
    pub(crate) phrases: Option<&'a [PhraseSet]>,
}

/// Reads `routing.toml`.
pub(crate) fn read(report: &mut Report<'_>, text: &str, around: &Around<'_>) -> Routing {
    let mut routing = read::read(report, text, around);
    routing.revision = hash(text, 12);
    routing
}
