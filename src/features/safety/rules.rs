//! What follows from an answer: pure, and every row of it in a table of the tests.

use jiff::civil::Date;
use kith_content::{Effect, Question, Rules, Signal};
use serde::Serialize;

use kith_base::clock::DAY;
use kith_base::web::locale::days_between;

/// An effect that was there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Noticed {
    /// Its id in `safety.toml`.
    pub effect: String,
    /// How bothersome, 0 to 3; `None` when she did not say.
    pub bothersome: Option<i64>,
    /// Whether it lasted for more than a day.
    pub lasting: bool,
}

/// What follows from a look at the checklist, the mildest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// Nothing was there.
    None,
    /// Something was, and did not bother her.
    Noted,
    /// Shorter and lighter for a while.
    Soften,
    /// That, and something else is offered.
    Swap,
    /// The plan pauses, and the practitioner is told.
    Pause,
}

impl Outcome {
    const ALL: [Self; 5] = [
        Self::None,
        Self::Noted,
        Self::Soften,
        Self::Swap,
        Self::Pause,
    ];

    /// The word it is stored as.
    pub fn word(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Noted => "noted",
            Self::Soften => "soften",
            Self::Swap => "swap",
            Self::Pause => "pause",
        }
    }

    /// The outcome of that word; an unknown one counts as the gravest.
    pub fn read(word: &str) -> Self {
        let found = Self::ALL.into_iter().find(|outcome| outcome.word() == word);
        found.unwrap_or(Self::Pause)
    }
}

/// What follows from what was noticed. Not saying how bothersome it is counts as a little.
pub fn outcome(noticed: &[Noticed], effects: &[Effect], rules: &Rules) -> Outcome {
    let of_one = |one: &Noticed| {
        let daily_life = effects
            .iter()
            .any(|effect| effect.id == one.effect && effect.daily_life);
        let bothersome = one
            .bothersome
            .map_or(rules.soften_at, |number| number as f64);
        if one.lasting || daily_life || bothersome >= rules.pause_at {
            Outcome::Pause
        } else if bothersome >= rules.swap_at {
            Outcome::Swap
        } else if bothersome >= rules.soften_at {
            Outcome::Soften
        } else {
            Outcome::Noted
        }
    };
    noticed.iter().map(of_one).max().unwrap_or(Outcome::None)
}

/// A sitting that left somebody much worse.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MuchWorse {
    /// The sitting.
    pub sitting_id: String,
    /// The day it was, where the person was.
    pub on: Date,
    /// When it arrived here.
    pub received_at: i64,
}

/// The programme's stopping rule: enough sittings that left somebody much worse, close enough
/// together, at least one of them news. Gives the last of them, which is the rule's cause: the same
/// sittings stop somebody once. `sittings` are oldest first.
pub fn stopped_by<'a>(sittings: &'a [MuchWorse], rules: &Rules, now: i64) -> Option<&'a str> {
    let times = (rules.times as usize).max(1);
    sittings
        .windows(times)
        .rev()
        .find(|those| {
            let (Some(first), Some(last)) = (those.first(), those.last()) else {
                return false;
            };
            let close = days_between(first.on, last.on) as f64 <= rules.within_days;
            // A phone that was offline for a fortnight brings news on the day it comes.
            let news = those
                .iter()
                .any(|one| ((now - one.received_at) as f64) <= rules.within_days * DAY as f64);
            close && news
        })
        .and_then(|those| those.last())
        .map(|last| last.sitting_id.as_str())
}

/// What is known beside the answers; `None` where nobody has measured.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Known {
    /// Sum of the PHQ-9 now.
    pub phq9: Option<i64>,
    /// Sum of the GAD-7 now.
    pub gad7: Option<i64>,
    /// High fears of compassion.
    pub high_fears: Option<bool>,
    /// An eating disorder.
    pub eating_disorder: Option<bool>,
}

/// What the questions before a programme came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Result {
    /// The gravest signal.
    pub signal: Signal,
    /// Whether an answer about risk was not green.
    pub risk: bool,
}

/// The answers that still stand: the newest to each question that `answers` leave out. `earlier` are
/// newest first. What is left out changes nothing about what was said before.
pub fn carried<'a>(
    answers: &[(String, String)],
    earlier: impl Iterator<Item = &'a (String, String)>,
) -> Vec<(String, String)> {
    let mut found: Vec<(String, String)> = Vec::new();
    for (question, answer) in earlier {
        let mut known = answers.iter().chain(&found);
        if !known.any(|(other, _)| other == question) {
            found.push((question.clone(), answer.clone()));
        }
    }
    found
}

/// The result of answers (question and answer). What was left out says nothing; an answer the
/// questions do not know counts as amber, because it was not a no.
pub fn screen(
    answers: &[(String, String)],
    questions: &[Question],
    known: Known,
    rules: &Rules,
) -> Result {
    let mut result = Result {
        signal: Signal::Green,
        risk: false,
    };
    for (question_id, answer_id) in answers {
        let question = questions
            .iter()
            .find(|question| question.id == *question_id);
        let answer = question.and_then(|question| {
            let mut answers = question.answers.iter();
            answers.find(|answer| answer.id == *answer_id)
        });
        let signal = answer.map_or(Signal::Amber, |answer| answer.signal);
        result.signal = result.signal.max(signal);
        result.risk |= question.is_some_and(|question| question.risk) && signal > Signal::Green;
    }
    let at_least = |score: Option<i64>, cut: f64| score.is_some_and(|score| score as f64 >= cut);
    let amber = at_least(known.phq9, rules.phq9_amber)
        || at_least(known.gad7, rules.gad7_amber)
        || known.high_fears == Some(true)
        || known.eating_disorder == Some(true);
    if at_least(known.phq9, rules.phq9_red) {
        result.signal = Signal::Red;
    } else if amber {
        result.signal = result.signal.max(Signal::Amber);
    }
    result
}

/// What a named clinician decided after a red answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Decision {
    /// Go on as it was planned.
    AsPlanned,
    /// Go on with light and short practices only.
    Light,
    /// Not now.
    NotNow,
}

impl Decision {
    /// Every decision, with what it says to both sides.
    pub const ALL: [(Self, &'static str); 3] = [
        (Self::Light, "Go on, with light and short practices only"),
        (Self::AsPlanned, "Go on as it was planned"),
        (Self::NotNow, "Not now; the plan stays paused"),
    ];

    /// The word it is stored as.
    pub fn word(self) -> &'static str {
        match self {
            Self::AsPlanned => "as-planned",
            Self::Light => "light",
            Self::NotNow => "not-now",
        }
    }

    /// The decision of that word.
    pub fn read(word: &str) -> Option<Self> {
        let found = Self::ALL.iter().find(|(known, _)| known.word() == word);
        found.map(|(decision, _)| *decision)
    }

    /// What it says.
    pub fn words(self) -> &'static str {
        let found = Self::ALL.iter().find(|(known, _)| *known == self);
        found.map_or("", |(_, words)| words)
    }
}

/// How heavy and how long what is offered may be, and why, said to the person.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Limits {
    /// The heaviest load.
    pub load_most: u8,
    /// The most minutes; `None`: as many as she likes.
    pub minutes_most: Option<f64>,
    /// Whether a practice begins with open eyes unless she says otherwise.
    pub eyes_open: bool,
    /// Why, as the end of "Shorter and lighter for now, because …"; empty without limits.
    pub because: &'static str,
}

impl Limits {
    /// No limits.
    pub const NONE: Self = Self {
        load_most: 3,
        minutes_most: None,
        eyes_open: false,
        because: "",
    };

    /// Both limits together; the first says why.
    fn and(self, other: Self) -> Self {
        let minutes_most = match (self.minutes_most, other.minutes_most) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        };
        Self {
            load_most: self.load_most.min(other.load_most),
            minutes_most,
            eyes_open: self.eyes_open || other.eyes_open,
            because: if self.because.is_empty() {
                other.because
            } else {
                self.because
            },
        }
    }
}

/// What was done by rule.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Step {
    /// Itself.
    pub step_id: String,
    /// `soften`, `pause`, `restart`.
    pub kind: String,
    /// `unwanted-effect`, `much-worse-twice`, `red-screening`.
    pub cause: String,
    /// The record it came from.
    pub cause_id: String,
    /// When.
    pub at: i64,
    /// The first day it holds.
    pub from_on: Date,
    /// The last; `None`: until somebody ends it.
    pub to_on: Option<Date>,
    /// The heaviest practice while it holds.
    pub load_most: i64,
    /// The most minutes while it holds.
    pub minutes_most: Option<f64>,
    /// Names of those who were told.
    pub told: String,
    /// By when they look.
    pub looks_by_at: Option<i64>,
    /// When she, or somebody for her, ended it.
    pub ended_at: Option<i64>,
}

impl Step {
    /// Whether it holds on a day.
    pub fn holds(&self, today: Date) -> bool {
        self.ended_at.is_none()
            && self.from_on <= today
            && self.to_on.is_none_or(|last| today <= last)
    }
}

/// Why practices are lighter, where the answers before a programme say so.
pub const BY_SCREENING: &str = "of what you answered before the programme";

/// What the newest screening says, for [`limits`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// Its result.
    pub signal: Signal,
    /// What a clinician decided about it, if anything.
    pub decision: Option<Decision>,
}

/// The limits that hold today.
pub fn limits(steps: &[Step], standing: Option<Standing>, today: Date, rules: &Rules) -> Limits {
    let mut limits = Limits::NONE;
    let gentle = standing.is_some_and(|standing| {
        standing.signal > Signal::Green && standing.decision != Some(Decision::AsPlanned)
    });
    if gentle {
        limits = limits.and(Limits {
            load_most: load(rules.load),
            minutes_most: Some(rules.minutes),
            eyes_open: true,
            because: BY_SCREENING,
        });
    }
    for step in steps.iter().filter(|step| step.holds(today)) {
        limits = limits.and(Limits {
            load_most: load(step.load_most as f64),
            minutes_most: step.minutes_most,
            eyes_open: false,
            because: match step.kind.as_str() {
                "soften" => "you noticed something unwanted",
                "restart" => "you are beginning again after a pause",
                _ => "your plan is paused",
            },
        });
    }
    limits
}

/// A load from 1 to 3.
fn load(number: f64) -> u8 {
    number.clamp(1.0, 3.0) as u8
}

/// Whether the questions are due again: under amber after some days, otherwise not by themselves.
pub fn asks_again(signal: Signal, taken_on: Date, today: Date, rules: &Rules) -> bool {
    signal == Signal::Amber && days_between(taken_on, today) as f64 >= rules.again_days
}

/// Half of the longest practice that is agreed, at least a minute; `None` when nothing is.
pub fn half_of(minutes: impl Iterator<Item = f64>) -> Option<f64> {
    let longest = minutes.fold(0.0, f64::max);
    (longest > 0.0).then(|| (longest / 2.0).round().max(1.0))
}
