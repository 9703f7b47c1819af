//! What may happen to a plan on its way: it ends, pauses, goes on, a stage is opened, a practice takes another's place.

use axum::extract::Path;
use axum::response::Response;
use jiff::Span;
use jiff::civil::Date;
use kith_content::{Library, Unlock};

use super::events::{Event, Happened};
use super::rules::{self, Plan, PlanPractice};
use super::store::{self, Terms};
use crate::app::{App, State};
use crate::features::people::{Person, open_client};
use kith_base::audit;
use kith_base::db::Tx;
use kith_base::error::Error;
use kith_base::id::Ids;
use kith_base::web::form::Form;
use kith_base::web::locale::day;
use kith_base::web::respond::see;

/// Whose plan is changed, by whom, and when.
struct Deed {
    clinic: String,
    client: String,
    actor: String,
    plan: String,
    /// The client's day.
    today: Date,
    words: &'static str,
}

impl Deed {
    fn own(app: &App, person: Person, plan: String, words: &'static str) -> Self {
        Self {
            today: day(app.clock.now(), &person.zone),
            clinic: person.clinic_id,
            client: person.person_id.clone(),
            actor: person.person_id,
            plan,
            words,
        }
    }

    async fn for_client(
        app: &App,
        person: Person,
        client_id: &str,
        plan: String,
        words: &'static str,
    ) -> Result<Self, Error> {
        let access = open_client(app, &person, client_id, "looked at the plans").await?;
        Ok(Self {
            today: day(app.clock.now(), &access.zone),
            clinic: person.clinic_id,
            client: access.client_id().to_owned(),
            actor: person.person_id,
            plan,
            words,
        })
    }

    /// Does it and writes it down; not there when `change` found nothing to change.
    async fn run(
        self,
        app: &App,
        change: impl FnOnce(&mut Tx<'_>, &Self, String, i64) -> Result<bool, Error> + Send + 'static,
    ) -> Result<(), Error> {
        let now = app.clock.now();
        let (event_id, audit_id) = (app.ids.make(now)?, app.ids.make(now)?);
        app.db
            .write(move |tx| {
                if !change(tx, &self, event_id, now)? {
                    return Err(Error::NotFound);
                }
                let (who, whom) = (Some(self.actor.as_str()), Some(self.client.as_str()));
                audit::add(tx, &audit_id, &self.clinic, now, who, whom, self.words)?;
                Ok(())
            })
            .await
    }
}

fn end(tx: &mut Tx<'_>, deed: &Deed, _: String, now: i64) -> Result<bool, Error> {
    Ok(store::end(tx, &deed.clinic, &deed.client, &deed.plan, now)?)
}

/// Keeps an event of a plan that is running.
fn keep(
    tx: &mut Tx<'_>,
    deed: &Deed,
    event_id: String,
    happened: Happened,
    why: String,
) -> Result<bool, Error> {
    if !store::is_running(tx, &deed.clinic, &deed.client, &deed.plan)? {
        return Ok(false);
    }
    let event = Event {
        event_id,
        plan_id: deed.plan.clone(),
        from: deed.today,
        happened,
        why,
        by: deed.actor.clone(),
    };
    store::add_event(tx, &deed.clinic, &event)?;
    Ok(true)
}

/// `POST /plans/{plan_id}/ending`: a client needs nobody's leave to stop.
pub(super) async fn end_own(
    State(app): State<App>,
    person: Person,
    Path(plan_id): Path<String>,
) -> Result<Response, Error> {
    Deed::own(&app, person, plan_id, "ended a plan")
        .run(&app, end)
        .await?;
    Ok(see("/today"))
}

/// `POST /clients/{client_id}/plans/{plan_id}/ending`
pub(super) async fn end_for_client(
    State(app): State<App>,
    person: Person,
    Path((client_id, plan_id)): Path<(String, String)>,
) -> Result<Response, Error> {
    let deed = Deed::for_client(&app, person, &client_id, plan_id, "ended a plan").await?;
    let client = deed.client.clone();
    deed.run(&app, end).await?;
    Ok(see(&format!("/clients/{client}")))
}

/// How long somebody pauses: `7` or `14` days, or until she goes on.
fn pause_of(form: &Form, today: Date) -> Happened {
    let days = form.raw("days").trim().parse::<i64>().ok();
    let to = days
        .filter(|days| (1..=90).contains(days))
        .and_then(|days| today.checked_add(Span::new().days(days)).ok());
    Happened::Pause { to, by_rule: false }
}

/// `POST /plans/{plan_id}/pause`
pub(super) async fn pause_own(
    State(app): State<App>,
    person: Person,
    Path(plan_id): Path<String>,
    form: Form,
) -> Result<Response, Error> {
    let deed = Deed::own(&app, person, plan_id, "paused a plan");
    let happened = pause_of(&form, deed.today);
    deed.run(&app, move |tx, deed, id, _| {
        keep(tx, deed, id, happened, String::new())
    })
    .await?;
    Ok(see("/today"))
}

/// `POST /clients/{client_id}/plans/{plan_id}/pause`
pub(super) async fn pause_for_client(
    State(app): State<App>,
    person: Person,
    Path((client_id, plan_id)): Path<(String, String)>,
    mut form: Form,
) -> Result<Response, Error> {
    let deed = Deed::for_client(&app, person, &client_id, plan_id, "paused a plan").await?;
    let happened = pause_of(&form, deed.today);
    let why = form.text("why", 300);
    form.finish()?;
    let client = deed.client.clone();
    deed.run(&app, move |tx, deed, id, _| {
        keep(tx, deed, id, happened, why)
    })
    .await?;
    Ok(see(&format!("/clients/{client}")))
}

/// `POST /plans/{plan_id}/resumption`
pub(super) async fn resume_own(
    State(app): State<App>,
    person: Person,
    Path(plan_id): Path<String>,
) -> Result<Response, Error> {
    Deed::own(&app, person, plan_id, "went on with a plan")
        .run(&app, |tx, deed, id, _| {
            keep(
                tx,
                deed,
                id,
                Happened::Resumption { by_rule: false },
                String::new(),
            )
        })
        .await?;
    Ok(see("/today"))
}

/// `POST /clients/{client_id}/plans/{plan_id}/resumption`
pub(super) async fn resume_for_client(
    State(app): State<App>,
    person: Person,
    Path((client_id, plan_id)): Path<(String, String)>,
) -> Result<Response, Error> {
    let deed = Deed::for_client(&app, person, &client_id, plan_id, "went on with a plan").await?;
    let client = deed.client.clone();
    deed.run(&app, |tx, deed, id, _| {
        keep(
            tx,
            deed,
            id,
            Happened::Resumption { by_rule: false },
            String::new(),
        )
    })
    .await?;
    Ok(see(&format!("/clients/{client}")))
}

/// `POST /clients/{client_id}/plans/{plan_id}/openings`: the next stage, which waits for the practitioner.
pub(super) async fn open_stage(
    State(app): State<App>,
    person: Person,
    Path((client_id, plan_id)): Path<(String, String)>,
    mut form: Form,
) -> Result<Response, Error> {
    let deed = Deed::for_client(
        &app,
        person,
        &client_id,
        plan_id,
        "opened a part of a programme",
    )
    .await?;
    let stage = form.needed("stage", 80, "Please say which part to open.");
    form.finish()?;
    let client = deed.client.clone();
    let library = app.clone();
    deed.run(&app, move |tx, deed, id, _| {
        let plan = find(tx, &deed.clinic, &deed.client, &deed.plan)?;
        let is_locked = plan
            .and_then(|plan| plan.course)
            .and_then(|course| library.content.programme(&course.programme))
            .is_some_and(|programme| {
                programme
                    .stages
                    .iter()
                    .any(|each| each.id == stage && each.unlock.is_some())
            });
        if !is_locked {
            return Ok(false);
        }
        keep(tx, deed, id, Happened::Opening { stage }, String::new())
    })
    .await?;
    Ok(see(&format!("/clients/{client}")))
}

/// Whether a practitioner may open a stage before its score says so: always, with a reason of her own.
pub fn waits_for(unlock: &Unlock) -> &'static str {
    match unlock {
        Unlock::Practitioner => "waits until you open it",
        Unlock::Score { .. } => "waits for a score, or until you open it",
    }
}

fn find(tx: &mut Tx<'_>, clinic: &str, client: &str, plan_id: &str) -> Result<Option<Plan>, Error> {
    let plans = store::list(tx, clinic, client)?;
    Ok(plans.into_iter().find(|plan| plan.plan_id == plan_id))
}

/// Pauses every running plan of a client from today on; says how many. For rules of safety: only [`resume_all`] ends it. Why
/// stands with the rule, which shows it to whom she lets see it.
///
/// # Errors
/// When the database fails.
pub fn pause_all(
    tx: &mut Tx<'_>,
    ids: &Ids,
    now: i64,
    (clinic_id, client_id): (&str, &str),
    today: Date,
) -> Result<usize, Error> {
    let mut paused = 0;
    for plan in store::list(tx, clinic_id, client_id)? {
        if plan.state != rules::State::Agreed || plan.is_stopped(today) {
            continue;
        }
        let event = Event {
            event_id: ids.make(now)?,
            plan_id: plan.plan_id,
            from: today,
            happened: Happened::Pause {
                to: None,
                by_rule: true,
            },
            why: String::new(),
            by: String::new(),
        };
        store::add_event(tx, clinic_id, &event)?;
        paused += 1;
    }
    Ok(paused)
}

/// Goes on with every plan of a client that a rule of safety stopped; says how many. A pause she asked for herself stays.
///
/// # Errors
/// When the database fails.
pub fn resume_all(
    tx: &mut Tx<'_>,
    ids: &Ids,
    now: i64,
    (clinic_id, client_id): (&str, &str),
    today: Date,
) -> Result<usize, Error> {
    let mut resumed = 0;
    for plan in store::list(tx, clinic_id, client_id)? {
        if plan.state != rules::State::Agreed || !plan.is_stopped(today) {
            continue;
        }
        let event = Event {
            event_id: ids.make(now)?,
            plan_id: plan.plan_id,
            from: today,
            happened: Happened::Resumption { by_rule: true },
            why: String::new(),
            by: String::new(),
        };
        store::add_event(tx, clinic_id, &event)?;
        resumed += 1;
    }
    Ok(resumed)
}

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
    pub offer_id: &'a str,
}

/// Whether a practice can be given another's place in one of these plans.
pub fn may_swap(library: &Library, plans: &[Plan], from: &str) -> bool {
    plans.iter().any(|plan| is_swappable(library, plan, from))
}

/// Never in a fixed edition of a programme, where everybody does the same.
fn is_swappable(library: &Library, plan: &Plan, from: &str) -> bool {
    let in_course = |course: &rules::Course| {
        library
            .programme(&course.programme)
            .is_some_and(|programme| {
                !programme.is_fixed(course.edition)
                    && (rules::has_practice(programme, from)
                        || course.swaps.iter().any(|swap| swap.to == from))
            })
    };
    plan.state == rules::State::Agreed
        && match &plan.course {
            None => plan.practices().iter().any(|item| item.practice == from),
            Some(course) => in_course(course),
        }
}

/// Puts a practice in another's place in every running plan of a client that has it; says in how many.
///
/// # Errors
/// When the database fails.
pub fn swap(
    tx: &mut Tx<'_>,
    library: &Library,
    ids: &Ids,
    now: i64,
    (clinic_id, client_id): (&str, &str),
    replacement: Replacement<'_>,
    today: Date,
) -> Result<usize, Error> {
    let mut swapped = 0;
    for plan in store::list(tx, clinic_id, client_id)? {
        if !is_swappable(library, &plan, replacement.from) {
            continue;
        }
        if plan.course.is_none() {
            let agreed: Vec<PlanPractice> = plan
                .practices()
                .iter()
                .map(|item| instead(item, replacement))
                .collect();
            store::change(
                tx,
                clinic_id,
                client_id,
                &plan.plan_id,
                &Terms::Practices(agreed),
            )?;
        }
        // What a swap replaced before is replaced again.
        let from = plan
            .course
            .as_ref()
            .and_then(|course| {
                course
                    .swaps
                    .iter()
                    .rev()
                    .find(|swap| swap.to == replacement.from)
            })
            .map_or(replacement.from, |swap| swap.from.as_str());
        let event = Event {
            event_id: ids.make(now)?,
            plan_id: plan.plan_id.clone(),
            from: today,
            happened: Happened::Swap {
                from: from.to_owned(),
                to: replacement.to.to_owned(),
                minutes: replacement.minutes,
                offer_id: Some(replacement.offer_id.to_owned()),
            },
            why: String::new(),
            by: client_id.to_owned(),
        };
        store::add_event(tx, clinic_id, &event)?;
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
