//! What a practitioner wants to know in the twenty seconds before somebody comes in, and one question to open with.

use std::collections::BTreeMap;

use jiff::Span;
use jiff::civil::Date;
use kith_content::{ItemKind, Library};
use kith_stats::median;

use crate::features::plans::{Plan, State, done, due};
use crate::features::progress::picture::News;
use crate::features::progress::rules::{Attention, POOR_FIT, attention, summary, tap};
use crate::features::sittings::Sitting;
use kith_base::web::locale::days_between;

/// What fits this well needs nobody's help: the upper third of the scale.
const GOOD_FIT: f64 = 7.0;
/// The days a summary looks back on; the same number before them is what it compares with.
const FORTNIGHT: i64 = 14;
/// A change of fewer days, or of less fit, is not worth a word. Chosen for brevity; neither is a finding.
const DAYS_WORTH_SAYING: i64 = 3;
const FIT_WORTH_SAYING: f64 = 2.0;

/// The summary, without its words.
#[derive(Clone, Debug, PartialEq)]
pub struct Brief {
    /// What was agreed, the newest first, else what is on offer.
    pub agreed: Option<Plan>,
    /// Further plans that were agreed.
    pub more_agreed: usize,
    /// Whether it is only on offer.
    pub is_offer: bool,
    /// What came of it; nothing when it is not shared.
    pub record: Option<Record>,
    /// How soon they need attention, and why.
    pub attention: Attention,
    /// That in a sentence; empty when all is going its way.
    pub why: String,
    /// One question to open with.
    pub question: Question,
}

/// What the last fourteen days say.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Record {
    /// Days on which something was practised, and days for which something was agreed.
    pub kept: Option<(usize, usize)>,
    /// Days on which something was practised, agreed or not.
    pub days: usize,
    /// The middle of how it left them, -2 to 2.
    pub left: Option<i64>,
    /// The practice that fits best, and how well.
    pub fits: Option<(String, f64)>,
    /// The practice that does not fit, and how badly.
    pub misfits: Option<(String, f64)>,
    /// What got in the way most often, and how often.
    pub barrier: Option<(String, usize)>,
    /// What is different from the fourteen days before.
    pub change: Option<Change>,
}

/// What is different from the time before.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Change {
    /// Days practised, before and now.
    Days(usize, usize),
    /// Typical fit, before and now.
    Fit(f64, f64),
}

/// What to open with: about what happened, never about why not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Question {
    /// An answer says that things may be very dark.
    Risk,
    /// Something left them much worse.
    AfterHard,
    /// A rule of safety has stopped what was agreed.
    Stopped,
    /// A questionnaire says that things are harder.
    Harder,
    /// It fitted badly twice running.
    Misfit,
    /// They have not practised for days.
    Quiet,
    /// An offer waits.
    Offer,
    /// There is nothing to practise.
    Nothing,
    /// The record is theirs alone.
    Private,
    /// Something got in the way more than once.
    Barrier,
    /// It goes well.
    Steady,
}

impl Question {
    /// The words.
    pub fn words(self) -> &'static str {
        match self {
            Self::Risk => {
                "You answered that dark thoughts have been near. Would you tell me about them?"
            }
            Self::AfterHard => "How were the hours after it, and what helped a little?",
            Self::Stopped => "How has it been since it was paused?",
            Self::Harder => "What has weighed most on you lately?",
            Self::Misfit => "If you could change one thing about it, which?",
            Self::Quiet => "What have these days been asking of you?",
            Self::Offer => "What would make it something you would really do?",
            Self::Nothing => "Is there anything you would like for the days in between?",
            Self::Private => "Is there anything about it you would like to tell me?",
            Self::Barrier => "Will you tell me about one time that happened?",
            Self::Steady => "What do you do when your mind has gone elsewhere?",
        }
    }
}

/// The summary on the day `today`. `sittings` of the last weeks, oldest first; none at all when they are not shared.
pub fn brief(
    sittings: Option<&[Sitting]>,
    plans: &[Plan],
    news: &News,
    library: &Library,
    since: Date,
    (now, today): (i64, Date),
) -> Brief {
    let agreed: Vec<_> = plans
        .iter()
        .filter(|plan| plan.state == State::Agreed)
        .collect();
    let shown = match agreed.last() {
        Some(plan) => Some(*plan),
        None => plans.iter().rev().find(|plan| plan.state == State::Offered),
    };
    let record = sittings.map(|sittings| record(sittings, plans, library, today));
    let (attention, why) = match sittings {
        Some(sittings) => attention(sittings, plans, news, since, now, today),
        None => (Attention::Private, String::new()),
    };
    let why = match attention {
        Attention::Steady | Attention::NoPlan => String::new(),
        _ => why,
    };
    Brief {
        agreed: shown.cloned(),
        more_agreed: agreed.len().saturating_sub(1),
        is_offer: agreed.is_empty(),
        question: question(attention, record.as_ref()),
        record,
        attention,
        why,
    }
}

fn question(attention: Attention, record: Option<&Record>) -> Question {
    match attention {
        Attention::Risk => Question::Risk,
        Attention::MuchWorse => Question::AfterHard,
        Attention::Stopped => Question::Stopped,
        Attention::Harder => Question::Harder,
        Attention::PoorFit => Question::Misfit,
        Attention::Quiet => Question::Quiet,
        Attention::Waiting => Question::Offer,
        Attention::NoPlan => Question::Nothing,
        Attention::Private => Question::Private,
        Attention::Steady => match record.and_then(|record| record.barrier.as_ref()) {
            Some((_, times)) if *times > 1 => Question::Barrier,
            _ => Question::Steady,
        },
    }
}

fn record(sittings: &[Sitting], plans: &[Plan], library: &Library, today: Date) -> Record {
    let recent: Vec<_> = sittings
        .iter()
        .filter(|sitting| {
            days_back(sitting, today).is_some_and(|back| (0..FORTNIGHT).contains(&back))
        })
        .collect();
    let effects: Vec<_> = recent
        .iter()
        .filter_map(|sitting| sitting.effect)
        .map(tap)
        .collect();
    let fits = typical_fits(sittings);
    let best = fits.iter().filter(|(_, fit)| *fit >= GOOD_FIT);
    let worst = fits.iter().filter(|(_, fit)| *fit <= tap(POOR_FIT));
    let sums = summary(sittings, today);
    Record {
        kept: kept(sittings, plans, library, today),
        days: sums.days_practised,
        // Between two answers the lesser: it does not say better than it was.
        left: median(&effects).map(|middle| middle.floor() as i64),
        fits: best.max_by(|a, b| a.1.total_cmp(&b.1)).cloned(),
        misfits: worst.min_by(|a, b| a.1.total_cmp(&b.1)).cloned(),
        barrier: barrier(&recent),
        change: change(sittings, sums.days_practised, sums.fit, today),
    }
}

fn days_back(sitting: &Sitting, today: Date) -> Option<i64> {
    let on = sitting.started_on.parse::<Date>().ok()?;
    Some(days_between(on, today))
}

/// On how many of the days for which something was agreed anything was practised: a smaller version, or something
/// else, is keeping it too. Today counts once it is done.
fn kept(
    sittings: &[Sitting],
    plans: &[Plan],
    library: &Library,
    today: Date,
) -> Option<(usize, usize)> {
    let records = done(sittings);
    let practised = |on: Date| {
        let day = on.to_string();
        sittings.iter().any(|sitting| sitting.started_on == day)
    };
    let is_asked = |on: Date| {
        let due = due(plans, library, &records, on);
        due.iter()
            .any(|due| due.kind == ItemKind::Practice && !due.optional && due.is_for_the_day())
    };
    let asked: Vec<Date> = (0..FORTNIGHT)
        .filter_map(|back| today.checked_sub(Span::new().days(back)).ok())
        .filter(|on| is_asked(*on) && (*on != today || practised(today)))
        .collect();
    let kept = asked.iter().filter(|on| practised(**on)).count();
    (!asked.is_empty()).then_some((kept, asked.len()))
}

/// The middle fit of every practice that was rated at least twice.
fn typical_fits(sittings: &[Sitting]) -> Vec<(String, f64)> {
    let mut by_practice: BTreeMap<&str, Vec<f64>> = BTreeMap::new();
    for sitting in sittings {
        if let Some(fit) = sitting.fit {
            by_practice
                .entry(&sitting.practice)
                .or_default()
                .push(tap(fit));
        }
    }
    by_practice
        .into_iter()
        .filter(|(_, fits)| fits.len() > 1)
        .filter_map(|(practice, fits)| Some((practice.to_owned(), median(&fits)?)))
        .collect()
}

fn barrier(recent: &[&Sitting]) -> Option<(String, usize)> {
    let codes = || {
        let newest_first = recent.iter().rev();
        newest_first
            .filter_map(|sitting| sitting.barrier.as_deref())
            .filter(|code| *code != "nothing")
    };
    let times = |code: &str| codes().filter(|other| *other == code).count();
    let most = codes().map(times).max()?;
    // Of two that came as often, the later one.
    let code = codes().find(|code| times(code) == most)?;
    Some((code.to_owned(), most))
}

fn change(sittings: &[Sitting], days: usize, fit: Option<f64>, today: Date) -> Option<Change> {
    let then = today.checked_sub(Span::new().days(FORTNIGHT)).ok()?;
    let until_then: Vec<_> = sittings
        .iter()
        .filter(|sitting| days_back(sitting, then).is_some_and(|back| back >= 0))
        .cloned()
        .collect();
    let before = summary(&until_then, then);
    // Nothing to compare with.
    before.last_on?;
    let by = i64::try_from(days.abs_diff(before.days_practised)).unwrap_or(0);
    if by >= DAYS_WORTH_SAYING {
        return Some(Change::Days(before.days_practised, days));
    }
    match (before.fit, fit) {
        (Some(before), Some(now)) if (now - before).abs() >= FIT_WORTH_SAYING => {
            Some(Change::Fit(before, now))
        }
        _ => None,
    }
}
