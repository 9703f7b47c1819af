//! How scores usually go on from a similar start, worked out of the clinic's own people; nothing where they are few. Pure.

use std::collections::BTreeMap;

use kith_stats::quantile;

/// So many people, besides the one looked at, are needed before anything is said: fewer make a middle half that says more about
/// them than about what usually happens. A choice of ours.
pub const LEAST_PEOPLE: usize = 30;
/// So often each of them must have answered.
pub const LEAST_ANSWERS: usize = 3;
/// A week in which fewer of them answered is left out.
pub const LEAST_A_WEEK: usize = 10;
/// Where no least change is known, starts within so much of the range are similar.
const SIMILAR: f64 = 0.1;

/// The course of those who started from a similar score.
#[derive(Clone, Debug, PartialEq)]
pub struct Expected {
    /// How many people it rests on.
    pub people: usize,
    /// From how low to how high they started.
    pub start: (f64, f64),
    /// By weeks since the start, oldest first.
    pub weeks: Vec<Week>,
}

/// What their scores came to in one week.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Week {
    /// Weeks since the first answer.
    pub week: i64,
    /// A quarter of them is below.
    pub low: f64,
    /// The middle one.
    pub middle: f64,
    /// A quarter of them is above.
    pub high: f64,
}

/// How near a start has to be: within the least change that counts, else a tenth of the range.
pub fn nearness(least_change: Option<f64>, range: (f64, f64)) -> f64 {
    least_change.unwrap_or((range.1 - range.0) * SIMILAR)
}

/// The course of others from a start within `near` of `start`. Each of `others` is one person's scores by whole days since
/// the first, oldest first, without the person looked at. None where they are fewer than [`LEAST_PEOPLE`].
pub fn expected(others: &[Vec<(i64, f64)>], start: f64, near: f64) -> Option<Expected> {
    let similar: Vec<_> = others
        .iter()
        .filter(|scores| scores.len() >= LEAST_ANSWERS)
        .filter(|scores| {
            let first = scores.first();
            first.is_some_and(|(_, first)| (first - start).abs() <= near)
        })
        .collect();
    if similar.len() < LEAST_PEOPLE {
        return None;
    }
    let mut weeks: BTreeMap<i64, Vec<f64>> = BTreeMap::new();
    for scores in &similar {
        // Of several answers in a week the last counts, so that nobody weighs more than another.
        let last: BTreeMap<i64, f64> = scores
            .iter()
            .map(|(day, score)| (day.div_euclid(7), *score))
            .collect();
        for (week, score) in last {
            weeks.entry(week).or_default().push(score);
        }
    }
    let weeks: Vec<Week> = weeks
        .into_iter()
        .filter(|(_, scores)| scores.len() >= LEAST_A_WEEK)
        .filter_map(|(week, scores)| {
            Some(Week {
                week,
                low: quantile(&scores, 0.25)?,
                middle: quantile(&scores, 0.5)?,
                high: quantile(&scores, 0.75)?,
            })
        })
        .collect();
    // A single week is no course.
    (weeks.len() > 1).then_some(Expected {
        people: similar.len(),
        start: (start - near, start + near),
        weeks,
    })
}

/// What is said of questionnaires that have no expected course, by their names.
pub fn none_words(names: &[String]) -> Option<String> {
    let these = match names {
        [] => return None,
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    };
    Some(format!(
        "There is no expected course for {these}: Kith knows of no published one that fits, and fewer than {LEAST_PEOPLE} people here have answered at least {LEAST_ANSWERS} times from a similar start."
    ))
}
