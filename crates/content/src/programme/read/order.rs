//! What the stages of a programme have to agree on: their order, and that nothing is asked for twice at once.

use crate::problem::Report;
use crate::programme::{Every, Item, Stage};
use crate::words::Edition;

/// Stages stand in the order of their first days.
pub(super) fn check_order(
    report: &mut Report<'_>,
    stages: &[Stage],
    places: &[usize],
    editions: &[Edition],
) {
    for (index, (stage, &at)) in stages.iter().zip(places).enumerate() {
        let later = stages
            .get(..index)
            .unwrap_or_default()
            .iter()
            .find(|other| {
                stage.days.0 < other.days.0
                    && editions
                        .iter()
                        .any(|&edition| stage.is_of(edition) && other.is_of(edition))
            });
        if let Some(other) = later {
            let message = format!(
                "this stage begins on day {}, before `{}` above it: put the stages in the order of their first days",
                stage.days.0, other.id
            );
            report.add(at, message);
        }
    }
}

/// Nothing may be asked for twice at the same time: one record would answer both. So neither may what counts in the
/// place of something be asked for itself as often.
pub(super) fn check_twice(report: &mut Report<'_>, stages: &[Stage], editions: &[Edition]) {
    let all: Vec<(&Stage, &Item)> = stages
        .iter()
        .flat_map(|stage| stage.items.iter().map(move |item| (stage, item)))
        .collect();
    for (index, &(stage, item)) in all.iter().enumerate() {
        for &(other_stage, other) in all.get(..index).unwrap_or_default() {
            let together = editions.iter().any(|&edition| {
                other_stage.is_of(edition)
                    && stage.is_of(edition)
                    && other.is_of(edition)
                    && item.is_of(edition)
            });
            let touch = other_stage.days.0 <= stage.days.1 && stage.days.0 <= other_stage.days.1;
            if other.kind != item.kind || !together || !touch || are_days_apart(item, other) {
                continue;
            }
            if other.id == item.id {
                let (kind, id) = (item.kind, &item.id);
                report.add_at_place(
                    item.place,
                    format!("the {kind} `{id}` is asked for twice on the same day: keep one, or keep their days or editions apart"),
                );
            }
            for (one, two) in [(item, other), (other, item)] {
                let counts = one.alternatives.iter().any(|(id, _)| *id == two.id);
                if counts && one.is_daily() == two.is_daily() {
                    let (id, of) = (&two.id, &one.id);
                    report.add_at_place(
                        item.place,
                        format!("`{id}` is asked for itself and also counts in the place of `{of}`, so that one sitting would be both: take it out of the alternatives"),
                    );
                }
            }
        }
        if item.alternatives.iter().any(|(id, _)| *id == item.id) {
            report.add_at_place(
                item.place,
                "a practice cannot be its own alternative: take it out there",
            );
        }
    }
}

fn are_days_apart(one: &Item, two: &Item) -> bool {
    match (&one.every, &two.every) {
        (Every::Weekdays(one), Every::Weekdays(two)) => !one.contains(|day| two.contains(day)),
        _ => false,
    }
}
