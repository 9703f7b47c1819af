//! What a client is shown today, and who in a caseload needs attention first.

use jiff::civil::Date;
use kith_content::Library;

use crate::features::people::ClientAccess;
use crate::features::plans::{Due, Pause, Plan, State, due};
use crate::features::progress::rules::{Attention, attention};
use crate::features::safety::Limits;
use crate::features::sittings::Sitting;

/// What comes first when the planned practice was hard the last time.
pub const STEADIER: &str = "soles-ground";

/// What a client sees first.
#[derive(Debug)]
pub struct Today<'a> {
    /// Offers she has not answered.
    pub offered: Vec<&'a Plan>,
    /// What was agreed for today, whether done or not.
    pub due: Vec<Due>,
    /// The one thing to show; `None` when nothing is agreed for today or it is done.
    pub now: Option<Due>,
    /// The last time that practice was done it left her much worse: something steadier comes first.
    pub was_hard: bool,
    /// What is planned is heavier than what is offered just now: something steadier comes first.
    pub heavy: bool,
    /// It begins with open eyes unless she says otherwise.
    pub eyes_open: bool,
    /// A practice of today left her much worse.
    pub hard_today: bool,
    /// The slug of something for whoever has nothing agreed.
    pub suggestion: Option<String>,
    /// Sittings of today.
    pub practised_today: usize,
    /// Whether there is an agreed plan at all.
    pub has_plan: bool,
}

/// The first screen on the day `on`.
pub fn today<'a>(plans: &'a [Plan], recent: &[Sitting], on: Date, library: &Library) -> Today<'a> {
    let day = on.to_string();
    let done_today: Vec<_> = recent
        .iter()
        .filter(|sitting| sitting.started_on == day)
        .collect();
    let due = due(plans, on);
    let did_today = |slug: &str| done_today.iter().any(|sitting| sitting.practice == slug);
    let was_hard = |due: &Due| {
        let slug = &due.practice.practice;
        let last = recent
            .iter()
            .rev()
            .find(|sitting| sitting.practice == *slug);
        last.is_some_and(|sitting| sitting.effect == Some(-2))
    };
    let is_done = |due: &Due| {
        did_today(&due.practice.practice)
            || did_today(&due.practice.smallest_practice)
            || (was_hard(due) && did_today(STEADIER))
    };
    let hard_today = done_today.iter().any(|sitting| sitting.effect == Some(-2));
    // After something hard nothing more is asked of that day, whatever else was agreed for it.
    let now = due.iter().find(|due| !hard_today && !is_done(due)).cloned();
    let suggestion = ["arrive-breath", STEADIER]
        .into_iter()
        .find(|slug| library.practice(slug).is_some())
        .or_else(|| {
            library
                .practices()
                .next()
                .map(|practice| practice.slug.as_str())
        })
        .map(str::to_owned);
    Today {
        offered: plans
            .iter()
            .filter(|plan| plan.state == State::Offered)
            .collect(),
        was_hard: now.as_ref().is_some_and(was_hard),
        heavy: false,
        eyes_open: false,
        hard_today,
        now,
        suggestion,
        practised_today: done_today.len(),
        has_plan: plans.iter().any(|plan| plan.state == State::Agreed),
        due,
    }
}

/// Whether a plan is paused just now.
pub fn is_paused(plan: &Plan, pauses: &[Pause]) -> bool {
    pauses
        .iter()
        .any(|pause| pause.plan_id == plan.plan_id && pause.to_on.is_none())
}

/// Makes what is planned for today no longer than the limits, and puts something steadier before what
/// is heavier.
pub fn ease(
    view: &mut Today<'_>,
    limits: &Limits,
    recent: &[Sitting],
    on: Date,
    library: &Library,
) {
    view.eyes_open = limits.eyes_open;
    let least_of = |slug: &str| {
        let practice = library.practice(slug);
        practice.map_or(0.0, |practice| practice.minutes.0)
    };
    for due in view.due.iter_mut().chain(view.now.as_mut()) {
        if let Some(most) = limits.minutes_most {
            let least = least_of(&due.practice.practice);
            due.practice.minutes = due.practice.minutes.min(most.max(least));
        }
    }
    let heavy = view.now.as_ref().is_some_and(|due| {
        let practice = library.practice(&due.practice.practice);
        practice.is_some_and(|practice| practice.load > limits.load_most)
    });
    let on = on.to_string();
    let steadied = recent
        .iter()
        .any(|sitting| sitting.practice == STEADIER && sitting.started_on == on);
    if heavy && steadied {
        view.now = None;
    } else {
        view.heavy = heavy;
    }
}

/// One line of the caseload.
#[derive(Clone, Debug)]
pub struct CaseloadRow {
    /// Whose.
    pub access: ClientAccess,
    /// How soon.
    pub attention: Attention,
    /// Why, in a sentence.
    pub why: String,
    /// Her last eight weeks, empty when she does not share them.
    pub sittings: Vec<Sitting>,
    /// Her day.
    pub today: Date,
}

/// What a practitioner should know about a client first. `since` is the day the client came.
pub fn caseload_row(
    access: ClientAccess,
    sittings: Vec<Sitting>,
    plans: &[Plan],
    since: Date,
    now: i64,
    today: Date,
) -> CaseloadRow {
    let (attention, why) = if access.record().is_some() {
        attention(&sittings, plans, since, now, today)
    } else {
        let why = "The practice is not shared with you.".to_owned();
        (Attention::Private, why)
    };
    CaseloadRow {
        access,
        attention,
        why,
        sittings,
        today,
    }
}

/// Who needs attention first comes first; among equals whoever has been here longest.
pub fn sort(rows: &mut [CaseloadRow]) {
    rows.sort_by(|a, b| {
        (a.attention, a.access.since_at, &a.access.name).cmp(&(
            b.attention,
            b.access.since_at,
            &b.access.name,
        ))
    });
}
