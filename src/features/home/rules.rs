//! What a client is shown today, and who in a caseload needs attention first.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use kith_content::{ItemKind, Library, Standing};

use crate::features::library::STEADIER;
use crate::features::library::own::Chosen;
use crate::features::measures::Request;
use crate::features::people::ClientAccess;
use crate::features::plans::{Done, Due, Plan, State, course_standing, due};
use crate::features::progress::picture::News;
use crate::features::progress::rules::{Attention, attention};
use crate::features::safety::{Limits, UNWANTED};
use crate::features::sittings::Sitting;
use kith_base::web::locale::days_between;

/// What a client sees first.
#[derive(Debug)]
pub struct Today<'a> {
    /// Offers she has not answered.
    pub offered: Vec<&'a Plan>,
    /// What is open today, whether done or not.
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
    /// Programmes she follows, and where she stands in each.
    pub courses: Vec<(&'a Plan, Standing)>,
    /// Plans that rest today.
    pub paused: Vec<&'a Plan>,
    /// The questions before a programme that would be good to have now.
    pub screening: Option<ScreeningDue>,
    /// What can be answered here: ids and titles.
    pub here: BTreeMap<String, String>,
    /// What she was asked to answer by somebody, soonest first: it stands by itself.
    pub requests: Vec<Request>,
    /// Practices her plans ask for that are no longer here.
    pub gone: BTreeSet<String>,
}

/// Why the questions before a programme are asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ScreeningDue {
    /// It begins, and they were not asked lately.
    Beginning,
    /// It is half over.
    Middle,
}

/// Answers this old still speak for a programme that begins, days.
const FRESH: i64 = 14;

/// Whether a programme that asks for it wants the questions now: before it begins, and again half-way. Nothing is kept from
/// anybody who leaves them out.
pub fn screening_due(
    courses: &[(&Plan, Standing)],
    screened: Option<Date>,
    today: Date,
    library: &Library,
) -> Option<ScreeningDue> {
    courses.iter().find_map(|(plan, standing)| {
        let course = plan.course.as_ref()?;
        let programme = library.programme(&course.programme)?;
        if !programme.screening || matches!(standing, Standing::Over | Standing::Paused { .. }) {
            return None;
        }
        let last = programme
            .stages_of(course.edition)
            .filter(|stage| {
                stage
                    .items_of(course.edition)
                    .any(|item| item.kind == ItemKind::Practice && !item.optional)
            })
            .map(|stage| stage.days.1)
            .max()?;
        let agreed_on = plan.agreed_on.unwrap_or(plan.starts_on);
        let since = screened.map(|on| days_between(on, agreed_on));
        if since.is_none_or(|days| days > FRESH) {
            return Some(ScreeningDue::Beginning);
        }
        let is_middle =
            matches!(standing, Standing::Running { day } if *day * 2 > last && *day <= last);
        let asked_lately = screened.is_some_and(|on| days_between(on, today) * 2 < last);
        (is_middle && !asked_lately).then_some(ScreeningDue::Middle)
    })
}

impl Today<'_> {
    /// Notes what of all this was taken back by whoever wrote it. For a smallest version that is gone the steadiest stands in.
    pub fn miss(&mut self, chosen: &Chosen, library: &Library) {
        for due in self.due.iter_mut().chain(self.now.as_mut()) {
            if due.kind != ItemKind::Practice {
                continue;
            }
            if chosen.is_gone(library, &due.id) {
                self.gone.insert(due.id.clone());
            }
            let smallest = due.smallest_practice.as_str();
            if !smallest.is_empty() && chosen.is_gone(library, smallest) {
                (due.smallest_practice, due.smallest_minutes) = (STEADIER.to_owned(), 1.0);
            }
        }
    }

    /// Leaves out what was taken back: for days of which nobody can say yet what will stand in.
    pub fn leave_out_gone(&mut self) {
        let gone = &self.gone;
        self.due.retain(|due| !gone.contains(&due.id));
        self.now = self.now.take().filter(|now| !gone.contains(&now.id));
    }

    /// Whether something can be answered here and was not asked for by itself.
    fn may_answer(&self, measure: &str) -> bool {
        let is_asked = self.requests.iter().any(|one| one.instrument == measure);
        self.here.contains_key(measure) && !is_asked
    }

    /// What else is open, in which she may do as she likes.
    pub fn also(&self) -> impl Iterator<Item = &Due> {
        self.due.iter().filter(|due| {
            let is_now = self.now.as_ref().is_some_and(|now| {
                now.plan_id == due.plan_id && now.kind == due.kind && now.id == due.id
            });
            let can_be_done = match due.kind {
                ItemKind::Practice | ItemKind::Lesson => true,
                ItemKind::Measure => due.id == UNWANTED || self.may_answer(&due.id),
                ItemKind::Task => false,
            };
            !is_now && !due.is_done() && can_be_done
        })
    }
}

/// The first screen on the day `on`; `done` is what was done since the plans began.
pub fn today<'a>(
    plans: &'a [Plan],
    recent: &[Sitting],
    done: &[Done],
    on: Date,
    library: &Library,
) -> Today<'a> {
    let day = on.to_string();
    let done_today: Vec<_> = recent
        .iter()
        .filter(|sitting| sitting.started_on == day)
        .collect();
    let due = due(plans, library, done, on);
    let was_hard = |due: &Due| {
        let last = recent
            .iter()
            .rev()
            .find(|sitting| sitting.practice == due.id);
        last.is_some_and(|sitting| sitting.effect == Some(-2))
    };
    let steadied = done_today
        .iter()
        .any(|sitting| sitting.practice == STEADIER);
    let is_done = |due: &Due| due.is_done() || (was_hard(due) && steadied);
    let hard_today = done_today.iter().any(|sitting| sitting.effect == Some(-2));
    let asks = |due: &&Due| due.kind == ItemKind::Practice && !due.optional && !is_done(due);
    // After something hard nothing more is asked of that day, whatever else was agreed for it. What is for this day
    // comes before what has the whole week.
    let now = due
        .iter()
        .filter(asks)
        .filter(|_| !hard_today)
        .min_by_key(|due| !due.is_for_the_day())
        .cloned();
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
    let agreed = || plans.iter().filter(|plan| plan.state == State::Agreed);
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
        has_plan: agreed().next().is_some(),
        courses: agreed()
            .filter_map(|plan| Some((plan, course_standing(plan, library, done, on)?)))
            .collect(),
        paused: agreed().filter(|plan| plan.is_paused(on)).collect(),
        screening: None,
        here: BTreeMap::new(),
        requests: Vec::new(),
        gone: BTreeSet::new(),
        due,
    }
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
            let least = least_of(&due.id);
            due.minutes = due.minutes.min(most.max(least));
        }
    }
    let heavy = view.now.as_ref().is_some_and(|due| {
        let practice = library.practice(&due.id);
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
    news: &News,
    since: Date,
    (now, today): (i64, Date),
) -> CaseloadRow {
    let (attention, why) = if access.record().is_some() {
        attention(&sittings, plans, news, since, now, today)
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
