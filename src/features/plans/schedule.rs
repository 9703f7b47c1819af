//! What is due on a day, and how much of what was agreed was kept: from plans, records and the day alone.

use jiff::Span;
use jiff::civil::Date;
use kith_content::{
    Adherence, DueItem, Enrolment, ItemKind, Library, Programme, Standing, adherence,
    due as due_in_programme, standing,
};
use serde::Serialize;

use super::rules::{Course, Plan, PlanPractice, State, is_on};
use crate::features::sittings::Sitting;
use kith_base::web::locale::days_between;

/// Something that was done: a sitting, a questionnaire, a task.
#[derive(Clone, Debug, PartialEq)]
pub struct Done {
    /// What kind of thing.
    pub kind: ItemKind,
    /// Which.
    pub id: String,
    /// The day it was, where the person was.
    pub on: Date,
    /// How much of it, 1 for all.
    pub share: f64,
    /// Its score, where it has one.
    pub score: Option<f64>,
}

/// Sittings as things done. One whose day cannot be read is left out.
pub fn done(sittings: &[Sitting]) -> Vec<Done> {
    sittings
        .iter()
        .filter_map(|sitting| {
            Some(Done {
                kind: ItemKind::Practice,
                id: sitting.practice.clone(),
                on: sitting.started_on.parse().ok()?,
                share: if sitting.finished {
                    1.0
                } else {
                    sitting.seconds_heard as f64 / (sitting.minutes * 60.0).max(1.0)
                },
                score: None,
            })
        })
        .collect()
}

/// Questionnaires as things done: which, on which day, with what total. One whose day cannot be read is left out.
pub fn answered(responses: Vec<(String, String, Option<f64>)>) -> Vec<Done> {
    responses
        .into_iter()
        .filter_map(|(id, on, score)| {
            Some(Done {
                kind: ItemKind::Measure,
                id,
                on: on.parse().ok()?,
                share: 1.0,
                score,
            })
        })
        .collect()
}

/// Something that is open on a certain day.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Due {
    /// The plan it belongs to.
    pub plan_id: String,
    /// What kind of thing.
    pub kind: ItemKind,
    /// Which.
    pub id: String,
    /// What it is called here, where that is not its own name.
    pub title: Option<String>,
    /// For how long.
    pub minutes: f64,
    /// How often within its window.
    pub times: u8,
    /// How often it was done in it.
    pub times_done: u8,
    /// Whether it may be left out.
    pub optional: bool,
    /// What counts as well: practice and minutes.
    pub alternatives: Vec<(String, f64)>,
    /// The first and the last day it is open.
    pub opens_on: Date,
    /// See `opens_on`.
    pub closes_on: Date,
    /// After which routine.
    pub routine: String,
    /// What to do on a bad day instead.
    pub smallest_practice: String,
    /// And for how long.
    pub smallest_minutes: f64,
    /// On which weekdays, as digits.
    pub weekdays: String,
    /// The set of wishes; empty for the usual one.
    pub phrases: String,
    /// Why, in the practitioner's words.
    pub why: String,
    /// What to do if it goes badly.
    pub if_hard: String,
    /// The stage of the programme, and what the client reads of it.
    pub stage: Option<(String, String)>,
}

impl Due {
    /// Whether it was done as often as asked, or made good by the smallest version.
    pub fn is_done(&self) -> bool {
        self.times_done >= self.times
    }

    /// Whether it is open for longer than this one day.
    pub fn is_for_the_day(&self) -> bool {
        self.opens_on == self.closes_on
    }
}

/// What is open on a day, in the order of the plans. Nothing is carried over from other days, and a paused plan asks for
/// nothing.
pub fn due(plans: &[Plan], library: &Library, done: &[Done], on: Date) -> Vec<Due> {
    let runs = |plan: &&Plan| {
        plan.state == State::Agreed
            && plan.ends_on.is_none_or(|last| on <= last)
            && !plan.is_paused(on)
    };
    plans
        .iter()
        .filter(runs)
        .flat_map(|plan| match &plan.course {
            None => of_practices(plan, done, on),
            Some(course) => of_course(plan, course, library, done, on),
        })
        .collect()
}

fn of_practices(plan: &Plan, done: &[Done], on: Date) -> Vec<Due> {
    let day = days_between(plan.starts_on, on) + 1;
    let is_due = |item: &&PlanPractice| {
        day >= 1
            && item.first_day <= day
            && item.last_day.is_none_or(|last| day <= last)
            && is_on(&item.weekdays, on.weekday())
    };
    plan.practices()
        .iter()
        .filter(is_due)
        .map(|item| {
            // What was asked before it was changed counts for the days on which it was: no change rewrites the past.
            let did = |done: &&Done| {
                done.kind == ItemKind::Practice
                    && (done.id == item.practice
                        || done.id == item.smallest_practice
                        || plan
                            .prescribed
                            .iter()
                            .any(|before| before.practice == done.id))
            };
            let was_done = done.iter().filter(did).any(|done| done.on == on);
            Due {
                plan_id: plan.plan_id.clone(),
                kind: ItemKind::Practice,
                id: item.practice.clone(),
                title: None,
                minutes: item.minutes,
                times: 1,
                times_done: u8::from(was_done),
                optional: false,
                alternatives: Vec::new(),
                opens_on: on,
                closes_on: on,
                routine: item.routine.clone(),
                smallest_practice: item.smallest_practice.clone(),
                smallest_minutes: item.smallest_minutes,
                weekdays: item.weekdays.clone(),
                phrases: plan.phrases.clone(),
                why: plan.why.clone(),
                if_hard: plan.if_hard.clone(),
                stage: None,
            }
        })
        .collect()
}

fn of_course(plan: &Plan, course: &Course, library: &Library, done: &[Done], on: Date) -> Vec<Due> {
    let Some(programme) = library.programme(&course.programme) else {
        return Vec::new();
    };
    let numbers = Numbers::of(plan, course, programme);
    let enrolment = numbers.enrolment(programme, course, library);
    let kept = numbers.done(plan, done);
    let today = days_between(plan.starts_on, on);
    let dose = course.dose();
    let smallest_today = done.iter().any(|done| {
        done.on == on && done.kind == ItemKind::Practice && done.id == dose.smallest_practice
    });
    due_in_programme(&enrolment, &kept, today)
        .into_iter()
        .map(|item| {
            // The smallest version is agreed as good enough for a day.
            let for_the_day = item.opens == item.closes && item.kind == ItemKind::Practice;
            let times_done = if for_the_day && smallest_today {
                item.times
            } else {
                item.times_done
            };
            of_item(plan, dose, item, times_done)
        })
        .collect()
}

fn of_item(plan: &Plan, dose: &super::rules::Dose, item: DueItem, times_done: u8) -> Due {
    let on = |offset: i64| plus(plan.starts_on, offset);
    Due {
        plan_id: plan.plan_id.clone(),
        kind: item.kind,
        id: item.id,
        title: item.title,
        minutes: item.minutes,
        times: item.times,
        times_done,
        optional: item.optional,
        alternatives: item.alternatives,
        opens_on: on(item.opens),
        closes_on: on(item.closes),
        routine: dose.routine.clone(),
        smallest_practice: dose.smallest_practice.clone(),
        smallest_minutes: dose.smallest_minutes,
        weekdays: dose.weekdays.clone(),
        phrases: plan.phrases.clone(),
        why: plan.why.clone(),
        if_hard: plan.if_hard.clone(),
        stage: Some((item.stage_title, item.note)),
    }
}

/// A day so many days after another; the calendar's last day where it ends.
fn plus(date: Date, days: i64) -> Date {
    date.saturating_add(Span::new().days(days.clamp(-100_000, 100_000)))
}

/// A plan's dates as whole days after its first, which is how programmes count.
struct Numbers {
    pauses: Vec<(i64, Option<i64>)>,
    unlocked: Vec<(String, i64)>,
    swaps: Vec<kith_content::Swap>,
    start_weekday: u8,
    agreed: i64,
}

impl Numbers {
    fn of(plan: &Plan, course: &Course, programme: &Programme) -> Self {
        let number = |date: Date| days_between(plan.starts_on, date);
        let is_fixed = programme.is_fixed(course.edition);
        Self {
            pauses: plan
                .pauses
                .iter()
                .map(|pause| (number(pause.from), pause.to.map(number)))
                .collect(),
            unlocked: course
                .opened
                .iter()
                .map(|(stage, on)| (stage.clone(), number(*on)))
                .collect(),
            swaps: course
                .swaps
                .iter()
                .filter(|_| !is_fixed)
                .map(|swap| kith_content::Swap {
                    from: swap.from.clone(),
                    to: swap.to.clone(),
                    minutes: swap.minutes,
                    since: number(swap.since),
                })
                .collect(),
            start_weekday: plan
                .starts_on
                .weekday()
                .to_monday_one_offset()
                .unsigned_abs(),
            agreed: plan.agreed_on.map_or(0, number),
        }
    }

    fn enrolment<'a>(
        &'a self,
        programme: &'a Programme,
        course: &'a Course,
        library: &'a Library,
    ) -> Enrolment<'a> {
        Enrolment {
            programme,
            edition: course.edition,
            start_weekday: self.start_weekday,
            weekdays: &course.dose().weekdays,
            minutes_most: course.dose().minutes_most,
            swaps: &self.swaps,
            pauses: &self.pauses,
            unlocked: &self.unlocked,
            agreed: self.agreed,
            library,
        }
    }

    fn done(&self, plan: &Plan, done: &[Done]) -> Vec<kith_content::Done> {
        done.iter()
            .map(|done| kith_content::Done {
                kind: done.kind,
                id: done.id.clone(),
                on: days_between(plan.starts_on, done.on),
                share: done.share,
                score: done.score,
            })
            .collect()
    }
}

/// How many days of sittings are needed to say what is due and what was kept: a programme is read from its first day on.
pub fn days_to_read(plans: &[Plan], today: Date) -> i64 {
    let first = plans
        .iter()
        .filter(|plan| plan.state == State::Agreed && plan.course.is_some())
        .map(|plan| plan.starts_on)
        .min();
    ADHERENCE_DAYS + 1 + first.map_or(0, |first| days_between(first, today).max(0))
}

/// Where somebody stands in the programme a plan follows; `None` when it follows none, or one that has left the library.
pub fn course_standing(
    plan: &Plan,
    library: &Library,
    done: &[Done],
    on: Date,
) -> Option<Standing> {
    let course = plan.course.as_ref()?;
    let programme = library.programme(&course.programme)?;
    let numbers = Numbers::of(plan, course, programme);
    let enrolment = numbers.enrolment(programme, course, library);
    Some(standing(
        &enrolment,
        &numbers.done(plan, done),
        days_between(plan.starts_on, on),
    ))
}

/// How far back what was kept of a plan is counted, days.
const ADHERENCE_DAYS: i64 = 14;

/// How much of what a plan asked for was kept: of the last fourteen days for practices, from the beginning for a
/// programme. `None` before anything was asked. Today counts only once it is done; paused days never do.
pub fn kept(plan: &Plan, library: &Library, done: &[Done], on: Date) -> Option<Adherence> {
    if plan.state != State::Agreed {
        return None;
    }
    let found = match &plan.course {
        Some(course) => {
            let programme = library.programme(&course.programme)?;
            let numbers = Numbers::of(plan, course, programme);
            let enrolment = numbers.enrolment(programme, course, library);
            adherence(
                &enrolment,
                &numbers.done(plan, done),
                days_between(plan.starts_on, on),
            )
        }
        None => practices_kept(plan, done, on),
    };
    (found.asked > 0).then_some(found)
}

fn practices_kept(plan: &Plan, done: &[Done], on: Date) -> Adherence {
    let mut sum = Adherence::default();
    for back in 0..ADHERENCE_DAYS {
        let day = plus(on, -back);
        if plan.is_paused(day) {
            continue;
        }
        let asked = of_practices(plan, done, day);
        let all_done = asked.iter().all(Due::is_done);
        if asked.is_empty() || (back == 0 && !all_done) {
            continue;
        }
        sum.asked += 1;
        sum.kept += u32::from(all_done);
        sum.minutes_asked += asked.iter().map(|due| due.minutes).sum::<f64>();
        sum.minutes_heard += asked
            .iter()
            .filter(|due| due.is_done())
            .map(|due| due.minutes)
            .sum::<f64>();
    }
    sum
}
