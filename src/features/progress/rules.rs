//! What sittings come to: by day, and in a sentence.

use jiff::Span;
use jiff::civil::Date;
use kith_stats::median;

use crate::base::web::locale::days_between;
use crate::features::plans::{Plan, due};
use crate::features::sittings::Sitting;

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
    /// Days in the last fourteen on which something was agreed.
    pub days_agreed: usize,
    /// Minutes heard in the last fourteen days.
    pub minutes: f64,
    /// Middle fit of the last fourteen days.
    pub fit: Option<f64>,
    /// The day of the last sitting.
    pub last_on: Option<Date>,
}

/// The last fourteen days, `today` among them.
pub fn summary(sittings: &[Sitting], plans: &[Plan], today: Date) -> Summary {
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
    let days_agreed = (0..14)
        .filter_map(|back| today.checked_sub(Span::new().days(back)).ok())
        .filter(|on| !due(plans, *on).is_empty())
        .count();
    Summary {
        days_practised: days.len(),
        days_agreed,
        minutes: recent
            .iter()
            .map(|sitting| tap(sitting.seconds_heard) / 60.0)
            .sum(),
        fit: median(&fits),
        last_on: sittings.iter().filter_map(day_of).max(),
    }
}
