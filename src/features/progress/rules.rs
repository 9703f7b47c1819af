//! What sittings come to: by day, and in a sentence.

use jiff::Span;
use jiff::civil::Date;
use kith_stats::median;

use super::picture::News;
use crate::features::plans::{Plan, State};
use crate::features::sittings::Sitting;
use kith_base::clock::DAY;
use kith_base::web::locale::days_between;

/// One day of a picture.
#[derive(Clone, Debug, PartialEq)]
pub struct DaySum {
    /// The day.
    pub on: Date,
    /// Minutes heard.
    pub minutes: f64,
    /// Mean of the fits given that day, 0 to 10.
    pub fit: Option<f64>,
    /// How many sittings there were.
    pub sittings: usize,
}

/// The days from `first` to `last`, with what was practised on each.
pub fn by_day(sittings: &[Sitting], first: Date, last: Date) -> Vec<DaySum> {
    let mut days: Vec<DaySum> = first
        .series(Span::new().days(1))
        .take_while(|on| *on <= last)
        .map(|on| DaySum {
            on,
            minutes: 0.0,
            fit: None,
            sittings: 0,
        })
        .collect();
    let mut fits = vec![(0.0, 0.0); days.len()];
    for sitting in sittings {
        let Ok(on) = sitting.started_on.parse::<Date>() else {
            continue;
        };
        let Ok(place) = usize::try_from(days_between(first, on)) else {
            continue;
        };
        let (Some(day), Some(fit)) = (days.get_mut(place), fits.get_mut(place)) else {
            continue;
        };
        day.minutes += tap(sitting.seconds_heard) / 60.0;
        day.sittings += 1;
        if let Some(given) = sitting.fit {
            *fit = (fit.0 + tap(given), fit.1 + 1.0);
        }
    }
    for (day, (sum, count)) in days.iter_mut().zip(fits) {
        day.fit = (count > 0.0).then(|| sum / count);
    }
    days
}

/// A small whole number as a fraction.
pub fn tap(number: i64) -> f64 {
    number as f64
}

/// What a practitioner wants to know in twenty seconds.
#[derive(Clone, Debug, PartialEq)]
pub struct Summary {
    /// Days with at least one sitting in the last fourteen.
    pub days_practised: usize,
    /// Minutes heard in the last fourteen days.
    pub minutes: f64,
    /// Middle fit of the last fourteen days.
    pub fit: Option<f64>,
    /// The day of the last sitting.
    pub last_on: Option<Date>,
}

/// The last fourteen days, `today` among them.
pub fn summary(sittings: &[Sitting], today: Date) -> Summary {
    let day_of = |sitting: &Sitting| sitting.started_on.parse::<Date>().ok();
    let recent: Vec<_> = sittings
        .iter()
        .filter(|sitting| {
            day_of(sitting).is_some_and(|on| (0..14).contains(&days_between(on, today)))
        })
        .collect();
    let mut days: Vec<_> = recent
        .iter()
        .map(|sitting| sitting.started_on.as_str())
        .collect();
    days.sort_unstable();
    days.dedup();
    let fits: Vec<_> = recent
        .iter()
        .filter_map(|sitting| sitting.fit)
        .map(tap)
        .collect();
    Summary {
        days_practised: days.len(),
        // Not a sum of fractions: the sum of none of them is minus nothing.
        minutes: tap(recent.iter().map(|sitting| sitting.seconds_heard).sum()) / 60.0,
        fit: median(&fits),
        last_on: sittings.iter().filter_map(day_of).max(),
    }
}

/// How soon somebody needs attention; the first of these that holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Attention {
    /// An answer says that things may be very dark.
    Risk,
    /// A practice left them much worse.
    MuchWorse,
    /// A rule of safety has stopped what was agreed.
    Stopped,
    /// A questionnaire's score is worse by more than chance.
    Harder,
    /// Something fitted badly twice running.
    PoorFit,
    /// She stopped.
    Quiet,
    /// An offer waits for an answer.
    Waiting,
    /// She has nothing to practise.
    NoPlan,
    /// She does not share; there is nothing to say.
    Private,
    /// All is going its way.
    Steady,
}

/// Days without practice, while something is agreed, after which a practitioner would want to know.
const QUIET: i64 = 5;
/// Fit at or under this, twice running, means it does not fit (docs/clinical-safety.md).
pub const POOR_FIT: i64 = 3;

/// What a practitioner should know about a client first, and why. `news` is what her answers say,
/// `since` is the day she came, `now` in Unix milliseconds.
pub fn attention(
    sittings: &[Sitting],
    plans: &[Plan],
    news: &News,
    since: Date,
    now: i64,
    today: Date,
) -> (Attention, String) {
    let day_of = |sitting: &Sitting| sitting.started_on.parse::<Date>().ok();
    let days_back =
        |sitting: &Sitting| day_of(sitting).map_or(i64::MAX, |on| days_between(on, today));
    if let Some(on) = news.risk_on {
        let when = days_text(days_between(on, today));
        let why = format!("An answer about risk, {when}.");
        return (Attention::Risk, why);
    }
    let much_worse: Vec<_> = sittings
        .iter()
        .filter(|sitting| sitting.effect == Some(-2))
        // What a phone brings after a fortnight offline is news on the day it comes.
        .filter(|sitting| days_back(sitting) <= 7 || now - sitting.received_at <= 7 * DAY)
        .collect();
    if let Some(last) = much_worse.last() {
        let when = days_text(days_back(last));
        let why = match much_worse.len() {
            1 => format!("A practice left them much worse, {when}."),
            many => format!("Practice left them much worse {many} times in a week, last {when}."),
        };
        return (Attention::MuchWorse, why);
    }
    let stopped = plans
        .iter()
        .filter(|plan| plan.state == State::Agreed)
        .flat_map(|plan| &plan.pauses)
        .filter(|pause| pause.by_rule && pause.holds(today))
        .map(|pause| days_between(pause.from, today))
        .max();
    if let Some(days) = stopped {
        let why = format!(
            "What was agreed rests since {}: something asked for care.",
            days_text(days)
        );
        return (Attention::Stopped, why);
    }
    if !news.worse.is_empty() {
        let why = format!("Reliably worse on {}.", news.worse.join(" and "));
        return (Attention::Harder, why);
    }
    let rated: Vec<_> = sittings
        .iter()
        .rev()
        .filter(|sitting| days_back(sitting) <= 21)
        .filter_map(|sitting| sitting.fit.map(|fit| (sitting.practice.as_str(), fit)))
        .take(2)
        .collect();
    if let [(last, a), (before, b)] = rated.as_slice()
        && *a <= POOR_FIT
        && *b <= POOR_FIT
        && last == before
    {
        return (
            Attention::PoorFit,
            format!("The same practice fitted badly twice running ({b}, then {a} of 10)."),
        );
    }
    let agreed: Vec<_> = plans
        .iter()
        .filter(|plan| plan.state == State::Agreed)
        .collect();
    // Days of rest are nobody's silence.
    let running = agreed.iter().filter(|plan| !plan.is_paused(today));
    let first_day = running
        .map(|plan| {
            let went_on = plan.pauses.iter().filter_map(|pause| pause.to).max();
            plan.starts_on.max(went_on.unwrap_or(plan.starts_on))
        })
        .min();
    if let Some(first_day) = first_day {
        let last = sittings.iter().filter_map(day_of).max();
        let quiet = days_between(last.map_or(first_day, |on| on.max(first_day)), today);
        if quiet >= QUIET {
            let why = match last {
                Some(on) if on >= first_day => format!("No practice for {quiet} days."),
                _ => format!("Agreed {quiet} days ago and not begun."),
            };
            return (Attention::Quiet, why);
        }
    }
    if plans.iter().any(|plan| plan.state == State::Offered) {
        return (
            Attention::Waiting,
            "An offer waits for an answer.".to_owned(),
        );
    }
    if agreed.is_empty() {
        let why = match days_between(since, today) {
            0 => "Joined today, with nothing to practise yet.".to_owned(),
            _ => "Nothing is agreed at the moment.".to_owned(),
        };
        return (Attention::NoPlan, why);
    }
    let why = if agreed.iter().all(|plan| plan.is_paused(today)) {
        "Resting, as they chose."
    } else {
        "Going its way."
    };
    (Attention::Steady, why.to_owned())
}

fn days_text(days: i64) -> String {
    match days {
        ..=0 => "today".to_owned(),
        1 => "yesterday".to_owned(),
        days => format!("{days} days ago"),
    }
}
