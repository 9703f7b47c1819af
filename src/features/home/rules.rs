//! What a client is shown today, and who in a caseload needs attention first.

use jiff::civil::Date;
use kith_content::Library;

use crate::base::web::locale::days_between;
use crate::features::people::ClientAccess;
use crate::features::plans::{Due, Plan, State, due};
use crate::features::sittings::Sitting;

/// What a client sees first.
#[derive(Debug)]
pub struct Today<'a> {
    /// Offers she has not answered.
    pub offered: Vec<&'a Plan>,
    /// What was agreed for today, whether done or not.
    pub due: Vec<Due>,
    /// The one thing to show; `None` when nothing is agreed for today or it is done.
    pub now: Option<Due>,
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
    let is_done = |due: &&Due| {
        done_today.iter().any(|sitting| {
            sitting.practice == due.practice.practice
                || sitting.practice == due.practice.smallest_practice
        })
    };
    let now = due.iter().find(|due| !is_done(due)).cloned();
    let suggestion = ["arrive-breath", "soles-ground"]
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
        now,
        suggestion,
        practised_today: done_today.len(),
        has_plan: plans.iter().any(|plan| plan.state == State::Agreed),
        due,
    }
}

/// How soon somebody needs attention; the first of these that holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Attention {
    /// A practice left them much worse.
    MuchWorse,
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

/// Days without practice, while something is agreed, after which a practitioner would want to know.
const QUIET: i64 = 5;
/// Fit at or under this, twice running, means it does not fit (docs/clinical-safety.md).
const POOR_FIT: i64 = 3;

/// What a practitioner should know about a client first. `since` is the day the client came.
pub fn caseload_row(
    access: ClientAccess,
    sittings: Vec<Sitting>,
    plans: &[Plan],
    since: Date,
    today: Date,
) -> CaseloadRow {
    let (attention, why) = if access.record().is_some() {
        attention(&sittings, plans, since, today)
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

fn attention(
    sittings: &[Sitting],
    plans: &[Plan],
    since: Date,
    today: Date,
) -> (Attention, String) {
    let day_of = |sitting: &Sitting| sitting.started_on.parse::<Date>().ok();
    let days_back =
        |sitting: &Sitting| day_of(sitting).map_or(i64::MAX, |on| days_between(on, today));
    let worse: Vec<_> = sittings
        .iter()
        .filter(|sitting| sitting.effect == Some(-2) && days_back(sitting) <= 7)
        .collect();
    if let Some(last) = worse.last() {
        let when = days_text(days_back(last));
        let why = match worse.len() {
            1 => format!("A practice left them much worse, {when}."),
            many => format!("Practice left them much worse {many} times in a week, last {when}."),
        };
        return (Attention::MuchWorse, why);
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
    if let Some(first_day) = agreed.iter().map(|plan| plan.starts_on).min() {
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
    (Attention::Steady, "Going its way.".to_owned())
}

fn days_text(days: i64) -> String {
    match days {
        ..=0 => "today".to_owned(),
        1 => "yesterday".to_owned(),
        days => format!("{days} days ago"),
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
