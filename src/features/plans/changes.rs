//! What may happen to a plan on its way: a practice takes another's place.

use jiff::civil::Date;
use kith_content::Library;

use super::rules::{Plan, PlanPractice, State};
use super::store;
use crate::base::db::Tx;
use crate::base::error::Error;
use crate::base::id::Ids;

/// A practice that takes another's place from today on.
#[derive(Clone, Copy, Debug)]
pub struct Replacement<'a> {
    /// What was asked for.
    pub from: &'a str,
    /// What is done instead.
    pub to: &'a str,
    /// For how long.
    pub minutes: f64,
    /// The offer of the guide it came from.
    #[expect(dead_code, reason = "single practices keep no trace of it")]
    pub offer_id: &'a str,
}

/// Whether a practice can be given another's place in one of these plans.
pub fn may_swap(_library: &Library, plans: &[Plan], from: &str) -> bool {
    plans.iter().any(|plan| is_swappable(plan, from))
}

fn is_swappable(plan: &Plan, from: &str) -> bool {
    plan.state == State::Agreed
        && plan.programme.is_none()
        && plan.practices().iter().any(|item| item.practice == from)
}

/// Puts a practice in another's place in every running plan of a client that has it; says in how many.
///
/// # Errors
/// When the database fails.
pub fn swap(
    tx: &mut Tx<'_>,
    _library: &Library,
    _ids: &Ids,
    _now: i64,
    (clinic_id, client_id): (&str, &str),
    replacement: Replacement<'_>,
    _today: Date,
) -> Result<usize, Error> {
    let mut swapped = 0;
    for plan in store::list(tx, clinic_id, client_id)? {
        if !is_swappable(&plan, replacement.from) {
            continue;
        }
        let agreed: Vec<PlanPractice> = plan
            .practices()
            .iter()
            .map(|item| instead(item, replacement))
            .collect();
        store::change(tx, clinic_id, client_id, &plan.plan_id, &agreed)?;
        swapped += 1;
    }
    Ok(swapped)
}

fn instead(item: &PlanPractice, replacement: Replacement<'_>) -> PlanPractice {
    if item.practice != replacement.from {
        return item.clone();
    }
    PlanPractice {
        practice: replacement.to.to_owned(),
        minutes: replacement.minutes,
        ..item.clone()
    }
}
