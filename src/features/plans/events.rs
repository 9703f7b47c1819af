//! What happens to a plan on its way, and what it comes to.

use jiff::civil::Date;

use super::rules::{Pause, Plan, Swap};

/// Something that happened to a plan.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    /// Itself.
    pub event_id: String,
    /// Which plan.
    pub plan_id: String,
    /// The first day it holds.
    pub from: Date,
    /// What.
    pub happened: Happened,
    /// Why, in a sentence; may be empty.
    pub why: String,
    /// Who did it.
    pub by: String,
}

/// What may happen to a plan.
#[derive(Clone, Debug, PartialEq)]
pub enum Happened {
    /// Nothing is asked any more.
    Pause {
        /// The first day running again, when that is known.
        to: Option<Date>,
        /// A rule of safety stopped it, and only what lifts that rule lets it go on.
        by_rule: bool,
    },
    /// It goes on.
    Resumption {
        /// After a rule of safety; else after a pause somebody asked for.
        by_rule: bool,
    },
    /// A practitioner opened a stage of the programme.
    Opening {
        /// Which.
        stage: String,
    },
    /// A practice took another's place.
    Swap {
        /// What was asked for.
        from: String,
        /// What is done instead.
        to: String,
        /// For how long.
        minutes: f64,
        /// The offer of the guide it came from.
        offer_id: Option<String>,
    },
}

impl Happened {
    /// The word it is stored as.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Pause { .. } => "pause",
            Self::Resumption { .. } => "resumption",
            Self::Opening { .. } => "opening",
            Self::Swap { .. } => "swap",
        }
    }
}

/// What an event does to its plan. Events come in the order of their days.
pub fn apply(plan: &mut Plan, event: &Event) {
    match (&event.happened, &mut plan.course) {
        (Happened::Pause { to, by_rule }, _) => plan.pauses.push(Pause {
            from: event.from,
            to: *to,
            why: event.why.clone(),
            by_rule: *by_rule,
        }),
        (Happened::Resumption { by_rule }, _) => {
            for pause in &mut plan.pauses {
                if pause.by_rule == *by_rule && pause.to.is_none_or(|to| to > event.from) {
                    pause.to = Some(event.from.max(pause.from));
                }
            }
        }
        (Happened::Opening { stage }, Some(course)) => {
            if course.opened.iter().all(|(open, _)| open != stage) {
                course.opened.push((stage.clone(), event.from));
            }
        }
        (
            Happened::Swap {
                from, to, minutes, ..
            },
            Some(course),
        ) => course.swaps.push(Swap {
            from: from.clone(),
            to: to.clone(),
            minutes: *minutes,
            since: event.from,
        }),
        // In a plan of single practices the agreed version itself was changed.
        (Happened::Swap { .. } | Happened::Opening { .. }, None) => {}
    }
}
