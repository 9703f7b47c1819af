//! Numbers about many, and none about few.

use std::collections::BTreeSet;

use jiff::civil::Date;
use kith_stats::median;

use crate::features::sittings::store::WeekRow;
use kith_base::web::locale::days_between;

/// Results of fewer people than this are not shown: somebody could be recognised.
pub const LEAST_PEOPLE: usize = crate::features::evidence::LEAST_PEOPLE;

/// One week of a clinic.
#[derive(Clone, Debug, PartialEq)]
pub struct Week {
    /// Its first day.
    pub from: Date,
    /// What can be said; `None` when too few people practised, and then not even how many.
    pub sums: Option<Sums>,
}

/// What a week came to.
#[derive(Clone, Debug, PartialEq)]
pub struct Sums {
    /// People who practised.
    pub people: usize,
    /// Sittings, to the next five.
    pub sittings: usize,
    /// Minutes heard, to the nearest ten.
    pub minutes: f64,
    /// Middle fit, when at least [`LEAST_PEOPLE`] people gave one.
    pub fit: Option<f64>,
}

/// The last eight weeks from Monday to Sunday that are over, oldest first. The running week is left
/// out, and sums are rounded: two looks at growing numbers would tell what one person did in between.
pub fn weeks(rows: &[WeekRow], today: Date) -> Vec<Week> {
    let since_sunday = i64::from(today.weekday().to_monday_one_offset());
    let today = today
        .checked_sub(jiff::Span::new().days(since_sunday))
        .unwrap_or(today);
    (0..8)
        .rev()
        .map(|back| {
            let those: Vec<_> = rows
                .iter()
                .filter(|row| {
                    row.started_on
                        .parse::<Date>()
                        .is_ok_and(|on| (back * 7..back * 7 + 7).contains(&days_between(on, today)))
                })
                .collect();
            Week {
                from: today
                    .checked_sub(jiff::Span::new().days(back * 7 + 6))
                    .unwrap_or(today),
                sums: sums(&those),
            }
        })
        .collect()
}

fn people<'a>(rows: impl Iterator<Item = &'a &'a WeekRow>) -> usize {
    rows.map(|row| row.person_id.as_str())
        .collect::<BTreeSet<_>>()
        .len()
}

fn sums(rows: &[&WeekRow]) -> Option<Sums> {
    let count = people(rows.iter());
    if count < LEAST_PEOPLE {
        return None;
    }
    let rated: Vec<_> = rows.iter().filter(|row| row.fit.is_some()).collect();
    let fits: Vec<f64> = rated
        .iter()
        .filter_map(|row| row.fit)
        .map(|fit| fit as f64)
        .collect();
    Some(Sums {
        people: count,
        sittings: rows.len().div_ceil(5) * 5,
        minutes: (rows.iter().map(|row| row.seconds_heard).sum::<i64>() as f64 / 600.0).round()
            * 10.0,
        fit: median(&fits).filter(|_| people(rated.into_iter()) >= LEAST_PEOPLE),
    })
}
