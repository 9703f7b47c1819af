//! The floor of the guide: what may take a practice's place, what can wait, and why.
//!
//! The rows of `routing.toml` say what comes first. What stands above them is here and in no file: see
//! `holds.rs`, and docs/clinical-safety.md.

use std::collections::BTreeSet;

use jiff::civil::Date;
use kith_content::{Forms, Library, Offered, Practice, Step, Triggers, What};
use serde::{Deserialize, Serialize};

use super::holds::Holds;
use super::reasons;
use crate::features::sittings::Sitting;

/// How many are offered: enough to choose, few enough to read.
const OFFERS: usize = 3;
/// The barrier that is none.
pub(super) const NOTHING: &str = "nothing";
/// Why a practice that might have been offered was not.
pub const OTHERS_FIRST: &str = "others came first";
/// What stands against a practice when nothing else does.
pub const SAME_KIND: &str = "it is of the same kind";

/// How heavy and how long anything offered to a person may be; screening and unwanted effects lower it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Limits {
    /// The heaviest load.
    pub load_most: u8,
    /// The longest, if there is a bound.
    pub minutes_most: Option<f64>,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            load_most: 3,
            minutes_most: None,
        }
    }
}

/// What is known when something else is looked for.
#[derive(Clone, Debug)]
pub struct Asked<'a> {
    /// What it takes the place of.
    pub practice: Option<&'a Practice>,
    /// What got in the way just now, where it is not among the records yet.
    pub barrier: Option<&'a str>,
    /// How it left her just now, likewise.
    pub effect: Option<i64>,
    /// Whether she asks; otherwise there must be a reason in the records.
    pub asking: bool,
    /// Her sittings, oldest first; the last fourteen days matter.
    pub recent: &'a [Sitting],
    /// What her plans hold already.
    pub planned: &'a [String],
    /// What she may start.
    pub may: &'a BTreeSet<String>,
    /// The forms she wants.
    pub forms: Forms,
    /// How heavy and how long.
    pub limits: Limits,
    /// Changes of practice within the days the table says.
    pub switches: usize,
    /// The day it is for her.
    pub today: Date,
}

/// Why something is offered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Trigger {
    /// It left her much worse.
    MuchWorse,
    /// It fitted badly several times running.
    PoorFit,
    /// It was not heard to its end several times running.
    Abandoned,
    /// She asked, or said what got in the way.
    Asked,
}

impl Trigger {
    /// The word it is stored as.
    pub fn word(self) -> &'static str {
        match self {
            Self::MuchWorse => "much-worse",
            Self::PoorFit => "poor-fit",
            Self::Abandoned => "abandoned",
            Self::Asked => "asked",
        }
    }
}

/// Something to do instead.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Offer {
    /// The practice's slug.
    pub practice: String,
    /// For how long.
    pub minutes: f64,
    /// Why, in one sentence.
    pub reason: String,
    /// The share with which it is chosen; the floor always chooses the same.
    pub probability: f64,
    /// The forms to do it in.
    pub forms: Forms,
    /// The set of wishes to do it with.
    pub phrases: Option<String>,
    /// How to do it this time.
    #[serde(rename = "as")]
    pub how: Option<String>,
    /// What it is called here, where its own name puts off.
    pub called: Option<String>,
}

/// A practice that can wait.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Withheld {
    /// Its slug.
    pub practice: String,
    /// The first day it may be offered again.
    pub until: Date,
    /// Why, in one sentence.
    pub reason: String,
}

/// A practice that was looked at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Candidate {
    /// Its slug.
    pub practice: String,
    /// Why it is not offered; nothing when it is.
    pub why_not: Option<String>,
}

/// What came of it.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Decision {
    /// Why anything is offered; `None`: there is no reason to.
    pub trigger: Option<Trigger>,
    /// What got in the way.
    pub barrier: Option<String>,
    /// What to do instead, at most three.
    pub offers: Vec<Offer>,
    /// What is no practice, in the order of the row.
    pub steps: Vec<Step>,
    /// What can wait.
    pub withheld: Vec<Withheld>,
    /// Said in place of further offers.
    pub message: Option<String>,
    /// Whether the practitioner is shown it, where she shares.
    pub tell_practitioner: bool,
    /// Every practice there is, and why not.
    pub candidates: Vec<Candidate>,
}

impl Decision {
    /// Whether nothing stands against a practice, offered or not.
    pub fn allows(&self, slug: &str) -> bool {
        self.candidates.iter().any(|candidate| {
            candidate.practice == slug
                && candidate
                    .why_not
                    .as_deref()
                    .is_none_or(|why| why == OTHERS_FIRST)
        })
    }
}

/// Whether what a person recorded of a practice is a reason to offer something else, oldest first.
pub fn trigger(triggers: &Triggers, recent: &[Sitting], slug: &str) -> Option<Trigger> {
    let own = || {
        recent
            .iter()
            .rev()
            .filter(|sitting| sitting.practice == slug)
    };
    let running = |most: usize, bad: Vec<bool>| bad.len() == most && bad.into_iter().all(|bad| bad);
    let effect = own().find_map(|sitting| sitting.effect);
    let fits = own()
        .filter_map(|sitting| sitting.fit)
        .take(triggers.running)
        .map(|fit| fit <= triggers.poor_fit)
        .collect();
    let left = own()
        .take(triggers.abandoned)
        .map(|sitting| !sitting.finished)
        .collect();
    if effect.is_some_and(|effect| effect <= triggers.much_worse) {
        Some(Trigger::MuchWorse)
    } else if running(triggers.running, fits) {
        Some(Trigger::PoorFit)
    } else if running(triggers.abandoned, left) {
        Some(Trigger::Abandoned)
    } else {
        None
    }
}

/// What to offer, what can wait, and why.
pub fn decide(library: &Library, asked: &Asked<'_>) -> Decision {
    let routing = library.routing();
    let holds = Holds::of(library, asked);
    let found = match (asked.effect, asked.practice) {
        (Some(effect), _) if effect <= routing.triggers.much_worse => Some(Trigger::MuchWorse),
        (_, Some(practice)) => trigger(&routing.triggers, asked.recent, &practice.slug),
        _ => None,
    };
    let trigger = found.or_else(|| {
        (asked.asking || asked.barrier.is_some_and(|barrier| barrier != NOTHING))
            .then_some(Trigger::Asked)
    });
    let row = holds
        .barrier
        .as_deref()
        .and_then(|barrier| routing.row(barrier));
    let mut decision = Decision {
        trigger,
        barrier: holds.barrier.clone(),
        withheld: holds.withheld(),
        ..Decision::default()
    };
    let mut named: Vec<(&Practice, Option<&Offered>)> = Vec::new();
    for offered in row.iter().flat_map(|row| &row.offers) {
        match &offered.what {
            What::Practice(slug) => {
                named.extend(library.practice(slug).map(|found| (found, Some(offered))));
            }
            What::Step(Step::OtherClass) => {
                named.extend(holds.of_other_class().map(|found| (found, None)));
            }
            What::Step(Step::OwnWords) if !holds.may_keep_with_own_words() => {}
            What::Step(step) => decision.steps.push(*step),
        }
    }
    let mut chosen: Vec<(&Practice, Option<&Offered>)> = Vec::new();
    for (practice, offered) in named {
        if chosen.len() < OFFERS
            && chosen.iter().all(|(other, _)| other.slug != practice.slug)
            && holds.why_not(practice, true).is_none()
        {
            chosen.push((practice, offered));
        }
    }
    for practice in holds.others() {
        if chosen.len() < OFFERS
            && chosen
                .iter()
                .all(|(other, _)| other.modality != practice.modality)
        {
            chosen.push((practice, None));
        }
    }
    let named_by_row = |slug: &str| {
        row.is_some_and(|row| {
            row.offers
                .iter()
                .any(|offered| offered.what == What::Practice(slug.to_owned()))
        })
    };
    for practice in library.practices() {
        let offered = chosen.iter().any(|(other, _)| other.slug == practice.slug);
        let why_not = match holds.why_not(practice, named_by_row(&practice.slug)) {
            _ if offered => None,
            None => Some(OTHERS_FIRST.to_owned()),
            found => found,
        };
        decision.candidates.push(Candidate {
            practice: practice.slug.clone(),
            why_not,
        });
    }
    let Some(trigger) = trigger else {
        decision.steps.clear();
        return decision;
    };
    decision.tell_practitioner = row.is_some_and(|row| row.tell_practitioner);
    if asked.switches >= routing.switches.most {
        decision.message = Some(routing.switches.message.clone());
        decision.steps = vec![Step::Practitioner, Step::Rest];
        return decision;
    }
    decision.offers = chosen
        .into_iter()
        .map(|(practice, offered)| Offer {
            practice: practice.slug.clone(),
            minutes: holds.minutes(practice, offered, row),
            reason: reasons::sentence(practice, asked.practice, offered, row, trigger),
            probability: 1.0,
            forms: holds.forms(practice),
            phrases: offered.and_then(|offered| offered.phrases.clone()),
            how: offered.and_then(|offered| offered.how.clone()),
            called: offered.and_then(|offered| offered.called.clone()),
        })
        .collect();
    if decision.offers.is_empty() && decision.steps.is_empty() {
        decision.steps = vec![Step::Rest, Step::Practitioner];
    }
    decision
}
