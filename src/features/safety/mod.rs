//! Unwanted effects and screening: asked plainly, answered by rule, told to the practitioner.
//!
//! Whatever a rule does is written down as a [`Step`], said to the person in words, and can be undone
//! by her; what a red answer before a programme pauses, another answer or a clinician's recorded
//! decision opens again. Practising by oneself, grounding and help stay open throughout.

mod pages;
mod routes;
pub mod rules;
pub mod store;

#[cfg(test)]
mod tests;

use axum::Router;
use axum::routing::{get, post};
use jiff::Span;
use jiff::civil::Date;
use kith_content::{ItemKind, Library, Signal};
use serde_json::{Value as Json, json};

use crate::app::App;
use crate::features::alerts::{self, Cause, Kind, Told};
use crate::features::people::{self, Person, RecordAccess};
use crate::features::{measures, plans};
use kith_base::audit;
use kith_base::clock::DAY;
use kith_base::db::Tx;
use kith_base::error::Error;
use kith_base::id::Ids;
use kith_base::web::locale::day;
use rules::{Known, Noticed, Outcome, Standing};

pub use pages::{for_practitioner, for_today};
pub use rules::{Limits, Step};
pub use store::{Check, Decided, Screening};

/// What programmes call the checklist of unwanted effects.
pub const UNWANTED: &str = "unwanted-effects";

/// This room's routes.
pub fn routes() -> Router<App> {
    Router::new()
        .route(
            "/me/unwanted-effects",
            get(routes::unwanted).post(routes::check),
        )
        .route("/me/screening", get(routes::screening).post(routes::answer))
        .route("/me/safety-steps/ending", post(routes::end_step))
        .route(
            "/clients/{client_id}/screening-decisions",
            post(routes::decide),
        )
}

/// The newest answers to the questions before a programme.
///
/// # Errors
/// When the database fails.
pub fn screening(tx: &mut Tx<'_>, access: &RecordAccess) -> Result<Option<Screening>, Error> {
    Ok(store::list_screenings(tx, access)?.pop())
}

/// Everything a page needs to say what was asked, answered and done.
#[derive(Clone, Debug, Default)]
pub struct Overview {
    /// Looks at the checklist, oldest first.
    pub checks: Vec<Check>,
    /// What was done by rule, oldest first.
    pub steps: Vec<Step>,
    /// The newest screening.
    pub screening: Option<Screening>,
    /// Answers from before it that still stand, because it left those questions out.
    pub carried: Vec<(String, String)>,
    /// The newest decision about it.
    pub decided: Option<Decided>,
}

impl Overview {
    fn standing(&self) -> Option<Standing> {
        self.screening.as_ref().map(|screening| Standing {
            signal: screening.result,
            decision: self.decided.as_ref().map(|decided| decided.decision),
        })
    }

    /// The limits that hold today.
    pub fn limits(&self, library: &Library, today: Date) -> Limits {
        let rules = &library.safety().rules;
        rules::limits(&self.steps, self.standing(), today, rules)
    }

    /// The newest pause that holds.
    pub fn pause(&self, today: Date) -> Option<&Step> {
        let mut steps = self.steps.iter().rev();
        steps.find(|step| step.kind == "pause" && step.holds(today))
    }
}

/// What was asked, answered and done.
///
/// # Errors
/// When the database fails.
pub fn overview(tx: &mut Tx<'_>, access: &RecordAccess) -> Result<Overview, Error> {
    let mut screenings = store::list_screenings(tx, access)?;
    let decided = store::list_decisions(tx, access)?.pop();
    let decided = decided.filter(|decided| {
        // Leaving everything out takes no decision back.
        let mut newest = screenings.iter().rev();
        newest
            .find(|one| one.screening_id == decided.screening_id || !one.answers.is_empty())
            .is_some_and(|one| one.screening_id == decided.screening_id)
    });
    let screening = screenings.pop();
    let answers = screening.as_ref().map_or(&[][..], |one| &one.answers);
    let earlier = screenings.iter().rev().flat_map(|one| &one.answers);
    Ok(Overview {
        checks: store::list_checks(tx, access)?,
        steps: store::list_steps(tx, access)?,
        decided,
        carried: rules::carried(answers, earlier),
        screening,
    })
}

/// How heavy and how long what is offered may be, for rooms that offer something.
///
/// # Errors
/// When the database fails.
pub fn limits(
    tx: &mut Tx<'_>,
    access: &RecordAccess,
    library: &Library,
    today: Date,
) -> Result<Limits, Error> {
    Ok(overview(tx, access)?.limits(library, today))
}

/// Everything kept here about a person, for herself.
///
/// # Errors
/// When the database fails.
pub fn record(tx: &mut Tx<'_>, access: &RecordAccess) -> Result<Json, Error> {
    let (clinic, whose) = (access.clinic_id(), access.person_id());
    Ok(json!({
        "unwanted_effects": store::list_checks(tx, access)?,
        "screenings": store::list_screenings(tx, access)?,
        "decisions": store::list_decisions(tx, access)?,
        "steps": store::list_steps(tx, access)?,
        "safety_plan": alerts::store::find_safety_plan(tx, clinic, whose)?,
        "alerts": alerts::store::list_about(tx, clinic, whose)?,
    }))
}

/// Keeps a look at the checklist and does what follows from it.
///
/// # Errors
/// When the database fails.
pub fn keep_check(
    tx: &mut Tx<'_>,
    ids: &Ids,
    library: &Library,
    access: &RecordAccess,
    noticed: Vec<Noticed>,
    (now, today): (i64, Date),
) -> Result<Check, Error> {
    let rules = &library.safety().rules;
    let check = Check {
        check_id: ids.make(now)?,
        at: now,
        on: today,
        outcome: rules::outcome(&noticed, &library.safety().effects, rules),
        noticed,
    };
    store::add_check(tx, access, &check)?;
    let (clinic, whose) = (access.clinic_id(), access.person_id());
    match check.outcome {
        Outcome::None | Outcome::Noted => {}
        Outcome::Soften | Outcome::Swap => {
            let plans = plans::store::list(tx, clinic, whose)?;
            // In a programme: what it asks for today, or next if it asks for nothing today.
            let coming = (0..7).filter_map(|days| today.checked_add(Span::new().days(days)).ok());
            let in_programmes = coming
                .map(|on| plans::due(&plans, library, &[], on))
                .find(|due| !due.is_empty())
                .unwrap_or_default();
            let agreed = plans
                .iter()
                .filter(|plan| plan.state == plans::State::Agreed)
                .flat_map(|plan| plan.practices().iter().map(|item| item.minutes))
                .chain(
                    in_programmes
                        .iter()
                        .filter(|due| due.kind == ItemKind::Practice)
                        .map(|due| due.minutes),
                );
            let last = today.checked_add(Span::new().days(rules.soften_days as i64 - 1));
            let step = Step {
                kind: "soften".to_owned(),
                to_on: Some(last.unwrap_or(today)),
                load_most: rules.soften_load as i64,
                minutes_most: rules::half_of(agreed),
                ..step(
                    ids,
                    Kind::UnwantedEffect.word(),
                    &check.check_id,
                    now,
                    today,
                )?
            };
            store::add_step(tx, clinic, whose, &step)?;
        }
        Outcome::Pause => {
            let cause = Cause {
                clinic_id: clinic,
                person_id: whose,
                kind: Kind::UnwantedEffect,
                cause_id: &check.check_id,
                now,
            };
            pause(tx, ids, library, &cause, today)?;
        }
    }
    Ok(check)
}

/// Keeps the answers to the questions before a programme and does what follows from them. Without any
/// answer all of them were left out. What is left out lifts nothing: the newest earlier answer stands.
///
/// # Errors
/// When the database fails.
pub fn keep_screening(
    tx: &mut Tx<'_>,
    ids: &Ids,
    library: &Library,
    access: &RecordAccess,
    answers: Vec<(String, String)>,
    (now, today): (i64, Date),
) -> Result<rules::Result, Error> {
    let safety = library.safety();
    let (clinic, whose) = (access.clinic_id(), access.person_id());
    let screen =
        |answers: &[_]| rules::screen(answers, &safety.questions, Known::default(), &safety.rules);
    let fresh = screen(&answers);
    let screenings = store::list_screenings(tx, access)?;
    let before = screenings.last();
    let earlier = screenings.iter().rev().flat_map(|one| &one.answers);
    let carried = screen(&rules::carried(&answers, earlier));
    let mut held = fresh.signal.max(carried.signal);
    if let Some(before) = before.filter(|_| answers.is_empty()) {
        held = held.max(before.result);
    }
    let lifts = !answers.is_empty() && held < Signal::Red;
    let asked = alerts::risk_contact(tx, clinic)?.is_some();
    let mut screening = Screening {
        screening_id: ids.make(now)?,
        at: now,
        on: today,
        result: held,
        risk_asked: asked,
        told: String::new(),
        looks_by_at: None,
        answers,
    };
    let cause = |kind| Cause {
        clinic_id: clinic,
        person_id: whose,
        kind,
        cause_id: &screening.screening_id,
        now,
    };
    let mut told = Told::default();
    if fresh.risk {
        told = alerts::raise(tx, ids, library, &cause(Kind::RiskAnswer))?;
    }
    if fresh.signal == Signal::Red {
        let others = pause(tx, ids, library, &cause(Kind::RedScreening), today)?;
        let new = others.names.into_iter();
        let new: Vec<_> = new.filter(|name| !told.names.contains(name)).collect();
        told.names.extend(new);
        told.looks_by = told.looks_by.or(others.looks_by);
    } else if lifts {
        go_on(tx, ids, library, access, (true, true), (now, today))?;
    }
    screening.told = told.names.join(" and ");
    screening.looks_by_at = told.looks_by;
    // Who was told of what still stands knows of it still.
    let stands = fresh.signal == Signal::Green && held > Signal::Green;
    if let Some(before) = before.filter(|_| stands) {
        screening.told.clone_from(&before.told);
        screening.looks_by_at = before.looks_by_at;
    }
    store::add_screening(tx, access, &screening)?;
    Ok(rules::Result {
        signal: held,
        risk: fresh.risk,
    })
}

fn step(ids: &Ids, cause: &str, cause_id: &str, now: i64, today: Date) -> Result<Step, Error> {
    Ok(Step {
        step_id: ids.make(now)?,
        kind: "pause".to_owned(),
        cause: cause.to_owned(),
        cause_id: cause_id.to_owned(),
        at: now,
        from_on: today,
        to_on: None,
        load_most: 3,
        minutes_most: None,
        told: String::new(),
        looks_by_at: None,
        ended_at: None,
    })
}

/// Pauses everything a person has agreed to, once a cause, and tells whoever may be told.
fn pause(
    tx: &mut Tx<'_>,
    ids: &Ids,
    library: &Library,
    cause: &Cause<'_>,
    today: Date,
) -> Result<Told, Error> {
    let (clinic, whose, now) = (cause.clinic_id, cause.person_id, cause.now);
    let step = Step {
        load_most: library.safety().rules.restart_load as i64,
        ..step(ids, cause.kind.word(), cause.cause_id, now, today)?
    };
    if !store::add_step(tx, clinic, whose, &step)? {
        return Ok(Told::default());
    }
    plans::pause_all(tx, ids, now, (clinic, whose), today)?;
    let told = alerts::raise(tx, ids, library, cause)?;
    let names = told.names.join(" and ");
    store::update_told(tx, clinic, &step.step_id, &names, told.looks_by)?;
    let deed = "paused the plan by rule";
    audit::add(tx, &ids.make(now)?, clinic, now, None, Some(whose), deed)?;
    Ok(told)
}

/// Goes on after a pause that a person ends herself, light practices only for a while.
///
/// # Errors
/// When the database fails.
pub fn go_on_gently(
    tx: &mut Tx<'_>,
    ids: &Ids,
    library: &Library,
    access: &RecordAccess,
    when: (i64, Date),
) -> Result<bool, Error> {
    go_on(tx, ids, library, access, (false, true), when)
}

/// Goes on after a pause, gently unless a clinician decided otherwise: light practices only for a while.
/// A pause for an answer before a programme (`red`) and other pauses are ended apart; plans go on once
/// none is left.
fn go_on(
    tx: &mut Tx<'_>,
    ids: &Ids,
    library: &Library,
    access: &RecordAccess,
    (red, gently): (bool, bool),
    (now, today): (i64, Date),
) -> Result<bool, Error> {
    let (clinic, whose) = (access.clinic_id(), access.person_id());
    if store::update_ended(tx, clinic, whose, "pause", red, now)? == 0 {
        return Ok(false);
    }
    let steps = store::list_steps(tx, access)?;
    if steps
        .iter()
        .any(|step| step.kind == "pause" && step.holds(today))
    {
        return Ok(true);
    }
    plans::resume_all(tx, ids, now, (clinic, whose), today)?;
    if !gently {
        return Ok(true);
    }
    let rules = &library.safety().rules;
    let last = today.checked_add(Span::new().days(rules.restart_days as i64 - 1));
    let mut restart = step(ids, "restart", "", now, today)?;
    restart.cause_id.clone_from(&restart.step_id);
    restart.kind = "restart".to_owned();
    restart.to_on = Some(last.unwrap_or(today));
    restart.load_most = rules.restart_load as i64;
    store::add_step(tx, clinic, whose, &restart)?;
    Ok(true)
}

/// A clinician decided: not now. What was going on, on an earlier decision, pauses again.
fn hold(
    tx: &mut Tx<'_>,
    ids: &Ids,
    access: &RecordAccess,
    decision_id: &str,
    (now, today): (i64, Date),
) -> Result<(), Error> {
    let red = Kind::RedScreening.word();
    let steps = store::list_steps(tx, access)?;
    let held = steps
        .iter()
        .any(|step| step.kind == "pause" && step.cause == red && step.holds(today));
    if !held {
        let (clinic, whose) = (access.clinic_id(), access.person_id());
        let step = step(ids, red, decision_id, now, today)?;
        store::add_step(tx, clinic, whose, &step)?;
        plans::pause_all(tx, ids, now, (clinic, whose), today)?;
    }
    Ok(())
}

/// Which sitting stops a person's plan now and has not stopped it before.
fn stopping(
    tx: &mut Tx<'_>,
    library: &Library,
    clinic_id: &str,
    person_id: &str,
    now: i64,
) -> Result<Option<String>, Error> {
    let rules = &library.safety().rules;
    let window = (rules.within_days as i64 + LATE) * DAY;
    let sittings = store::list_much_worse(tx, clinic_id, person_id, now - window)?;
    let Some(cause_id) = rules::stopped_by(&sittings, rules, now) else {
        return Ok(None);
    };
    let cause = Kind::MuchWorseTwice.word();
    let before = store::has_step(tx, clinic_id, person_id, cause, cause_id)?;
    Ok((!before).then(|| cause_id.to_owned()))
}

/// How long a phone may have been offline for its news to count, days.
const LATE: i64 = 30;

/// Whoever may have to be stopped: found by what arrived lately, so that nobody has to come and look.
fn list_news(tx: &mut Tx<'_>, library: &Library, now: i64) -> Result<Vec<(String, String)>, Error> {
    let rules = &library.safety().rules;
    let news_at = now - rules.within_days as i64 * DAY;
    let (times, since_at) = (rules.times as i64, news_at - LATE * DAY);
    Ok(store::list_much_worse_people(tx, times, since_at, news_at)?)
}

/// The programme's stopping rule for one person; doing it twice does it once.
async fn stop_where_due(app: &App, clinic: String, whose: String, now: i64) -> Result<(), Error> {
    let (library, at, person) = (app.clone(), clinic.clone(), whose.clone());
    let sitting = app
        .db
        .read(move |tx| stopping(tx, &library.content, &at, &person, now))
        .await?;
    let Some(sitting) = sitting else {
        return Ok(());
    };
    let (library, ids) = (app.clone(), app.ids.clone());
    app.db
        .write(move |tx| {
            let Some(row) = people::store::find_person(tx, &clinic, &whose)? else {
                return Ok(());
            };
            let when = (now, day(now, &row.zone));
            let cause = (clinic.as_str(), whose.as_str(), sitting.as_str());
            stop(tx, &ids, &library.content, cause, when)
        })
        .await
}

fn stop(
    tx: &mut Tx<'_>,
    ids: &Ids,
    library: &Library,
    (clinic_id, person_id, cause_id): (&str, &str, &str),
    (now, today): (i64, Date),
) -> Result<(), Error> {
    let cause = Cause {
        clinic_id,
        person_id,
        kind: Kind::MuchWorseTwice,
        cause_id,
        now,
    };
    pause(tx, ids, library, &cause, today)?;
    Ok(())
}

/// The stopping rule for whoever opens her own page, so that the page already says so.
///
/// # Errors
/// When the database fails.
pub async fn look_after(app: &App, person: &Person) -> Result<(), Error> {
    let now = app.clock.now();
    let (library, whose) = (app.clone(), person.clone());
    let sitting = app
        .db
        .read(move |tx| {
            let (clinic, whose) = (&whose.clinic_id, &whose.person_id);
            stopping(tx, &library.content, clinic, whose, now)
        })
        .await?;
    let Some(sitting) = sitting else {
        return Ok(());
    };
    let (library, ids, whose) = (app.clone(), app.ids.clone(), person.clone());
    app.db
        .write(move |tx| {
            let cause = (
                whose.clinic_id.as_str(),
                whose.person_id.as_str(),
                sitting.as_str(),
            );
            stop(
                tx,
                &ids,
                &library.content,
                cause,
                (now, day(now, &whose.zone)),
            )
        })
        .await
}

/// Looks round: passes on alerts nobody has looked at in time, then stops where the rule says so, one
/// person at a time, so that a row nobody can read holds up nobody else. A periodic job calls it, and
/// the first pages of clients and practitioners; it writes only when there is something to write.
///
/// # Errors
/// When the database is away.
pub async fn look_round(app: &App) -> Result<(), Error> {
    if let Err(error) = alerts::escalate(app).await {
        tracing::warn!(?error, "passing alerts on failed; it is tried again");
    }
    if let Err(error) = alerts::reach(app).await {
        tracing::warn!(
            ?error,
            "telling who may know by now failed; it is tried again"
        );
    }
    if let Err(error) = measures::tell_late(app).await {
        tracing::warn!(
            ?error,
            "telling of earlier answers failed; it is tried again"
        );
    }
    let now = app.clock.now();
    let library = app.clone();
    let news = app
        .db
        .read(move |tx| list_news(tx, &library.content, now))
        .await?;
    for (clinic, whose) in news {
        let reference = whose.clone();
        // An error may quote what somebody wrote: the log has the reference only.
        if stop_where_due(app, clinic, whose, now).await.is_err() {
            tracing::warn!(
                reference,
                "the stopping rule failed for one person; the others go on"
            );
        }
    }
    Ok(())
}
