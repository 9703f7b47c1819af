//! Reads and checks Kith's content files, and composes practices to a number of minutes.
//!
//! The format is described for clinicians in `docs/content-format.md`. This crate does no input or output: it is
//! given files as text, returns what is good in them, and a [`Problem`] for everything that is not.
//!
//! ```
//! use kith_content::{Asked, File, Library, compose};
//!
//! let facts = r#"
//! title = "Three breaths"
//! summary = "A short pause with the breath."
//! modality = "micro"
//! targets = ["self"]
//! minutes = [0.3, 2]
//! load = 1
//! audience = ["adult"]
//! setting = "Anywhere"
//! use_when = "Between two tasks."
//! cautions = []
//! evidence = []
//! strength = "D"
//! limit = "Nobody has tested it."
//! "#;
//! let script = "# Breathe\n\nFollow three breaths.\n[silence 5 20 120]\n";
//! let file = File { path: "practices/three-breaths.md".into(), text: format!("+++{facts}+++\n{script}") };
//!
//! let loaded = Library::read([file]);
//! assert!(loaded.problems.is_empty());
//! let practice = loaded.library.practice("three-breaths").ok_or("not there")?;
//! let composition = compose(practice, &Asked::new(1.0, &loaded.library))?;
//! assert_eq!(composition.seconds, 60.0);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic))]

mod check;
pub mod check_in;
mod compose;
mod directive;
mod due;
mod enrolment;
pub mod evidence;
mod facts;
pub mod form;
mod guess;
mod guided;
pub mod instrument;
mod lesson;
mod library;
mod lists;
mod measure;
mod parse;
mod plan;
mod practice;
mod problem;
mod programme;
mod rationale;
mod routing;
mod safety;
mod script;
mod share;
mod table;
mod variables;
mod walk;
mod ways;
mod wording;
mod words;

pub use check::{check, try_practice};
pub use check_in::{CheckIn, CheckIns};
pub use compose::{Asked, ComposeError, Composition, CueKind, PACE, TimedCue, compose};
pub use due::{Adherence, DueItem, adherence, due, schedule};
pub use enrolment::{ADHERENT, Done, Enrolment, Standing, Swap, standing};
pub use evidence::Evidence;
pub use guess::nearest;
pub use guided::{Guided, GuidedCue, guided};
pub use instrument::Instrument;
pub use lesson::{Lesson, LessonBlock, LessonSection};
pub use library::{File, Library, Loaded};
pub use lists::{Barrier, Layer, PhraseSet, Source};
pub use measure::Measure;
pub use practice::Practice;
pub use problem::Problem;
pub use programme::read::{TASKS, Task};
pub use programme::{Every, Item, Moment, Programme, Stage, Unlock};
pub use rationale::{Number, Rationale};
pub use routing::{Class, Offered, Routing, Row, Switches, Triggers, What, Withheld};
pub use safety::{Answer, Effect, HelpWords, Question, Rules, Safety};
pub use script::Script;
pub use share::Silence;
pub use variables::{Variable, fill};
pub use walk::walk;
pub use ways::{WayMoment, WayPerson, WayPractice, Ways};
pub use words::{
    Audience, Dose, Edition, Flag, Form, Forms, ItemKind, LedBy, Listener, MeasureKind, Modality,
    MomentAfter, Pacing, Posture, Restriction, Seen, Signal, SourceKind, Step, Strength, Target,
    UnknownWord, WayFor,
};
