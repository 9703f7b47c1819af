//! Plans as rows.

use std::collections::HashMap;

use jiff::civil::Date;

use super::rules::{Dose, Plan, PlanPractice, State};
use kith_base::db::{Error, Row, Tx};

mod courses;

use courses::Whose;
pub use courses::add_event;

fn read_date(text: &str) -> Result<Date, Error> {
    text.parse()
        .map_err(|_| Error::Query(format!("{text:?} is not a day")))
}

fn read_plan(row: &Row<'_>) -> Result<Plan, Error> {
    let [ends_on, agreed_on] = ["ends_on", "agreed_on"].map(|name| row.get::<Option<String>>(name));
    Ok(Plan {
        plan_id: row.get("plan_id")?,
        client_id: row.get("client_id")?,
        prescribed_by: row.get("prescribed_by")?,
        course: courses::read(row)?,
        phrases: row.get("phrases")?,
        confidence: row.get("confidence")?,
        pauses: Vec::new(),
        why: row.get("why")?,
        if_hard: row.get("if_hard")?,
        state: State::read(&row.get::<String>("state")?),
        starts_on: read_date(&row.get::<String>("starts_on")?)?,
        ends_on: ends_on?.as_deref().map(read_date).transpose()?,
        made_at: row.get("made_at")?,
        agreed_at: row.get("agreed_at")?,
        agreed_on: agreed_on?.as_deref().map(read_date).transpose()?,
        prescribed: Vec::new(),
        agreed: Vec::new(),
    })
}

/// A client's plans, oldest first, with everything in them.
pub fn list(tx: &mut Tx<'_>, clinic_id: &str, client_id: &str) -> Result<Vec<Plan>, Error> {
    let whose = [clinic_id.into(), client_id.into()];
    let mut plans = tx.query(
        "select * from plan where clinic_id = $1 and client_id = $2 order by made_at, plan_id",
        &whose,
        read_plan,
    )?;
    let practices = tx.query(
        "select * from plan_practice
         where clinic_id = $1 and plan_id in
             (select plan_id from plan where clinic_id = $1 and client_id = $2)
         order by plan_id, position",
        &whose,
        read_practice,
    )?;
    attach(&mut plans, practices);
    courses::attach(tx, clinic_id, Whose::Client(client_id), &mut plans)?;
    Ok(plans)
}

/// The plans of everybody in a practitioner's caseload that are not over, with everything in them.
pub fn list_for_caseload(
    tx: &mut Tx<'_>,
    clinic_id: &str,
    practitioner_id: &str,
) -> Result<Vec<Plan>, Error> {
    let whose = [clinic_id.into(), practitioner_id.into()];
    let mut plans = tx.query(
        "select * from plan
         where clinic_id = $1 and state <> 'ended' and client_id in
             (select client_id from caseload
              where clinic_id = $1 and practitioner_id = $2 and ended_at is null)
         order by made_at, plan_id",
        &whose,
        read_plan,
    )?;
    let practices = tx.query(
        "select * from plan_practice
         where clinic_id = $1 and plan_id in
             (select plan_id from plan
              where clinic_id = $1 and state <> 'ended' and client_id in
                  (select client_id from caseload
                   where clinic_id = $1 and practitioner_id = $2 and ended_at is null))
         order by plan_id, position",
        &whose,
        read_practice,
    )?;
    attach(&mut plans, practices);
    courses::attach(tx, clinic_id, Whose::Caseload(practitioner_id), &mut plans)?;
    Ok(plans)
}

type Versioned = (String, String, PlanPractice);

fn read_practice(row: &Row<'_>) -> Result<Versioned, Error> {
    Ok((
        row.get("plan_id")?,
        row.get("version")?,
        PlanPractice {
            practice: row.get("practice")?,
            minutes: row.get("minutes")?,
            weekdays: row.get("weekdays")?,
            first_day: row.get("first_day")?,
            last_day: row.get("last_day")?,
            routine: row.get("routine")?,
            smallest_practice: row.get("smallest_practice")?,
            smallest_minutes: row.get("smallest_minutes")?,
        },
    ))
}

fn attach(plans: &mut [Plan], practices: Vec<Versioned>) {
    let mut by_id: HashMap<_, _> = plans
        .iter_mut()
        .map(|plan| (plan.plan_id.clone(), plan))
        .collect();
    for (plan_id, version, practice) in practices {
        if let Some(plan) = by_id.get_mut(&plan_id) {
            match version.as_str() {
                "agreed" => plan.agreed.push(practice),
                _ => plan.prescribed.push(practice),
            }
        }
    }
}

/// Adds an offered plan.
pub fn add(tx: &mut Tx<'_>, clinic_id: &str, plan: &Plan) -> Result<(), Error> {
    let ends_on = plan.ends_on.map(|day| day.to_string());
    let course = plan.course.as_ref();
    let programme = course.map(|course| course.programme.clone());
    let edition = course.map(|course| course.edition.as_str().to_owned());
    tx.exec(
        "insert into plan (clinic_id, plan_id, client_id, prescribed_by, programme, edition, phrases,
             why, if_hard, state, starts_on, ends_on, made_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
        &[
            clinic_id.into(),
            (&plan.plan_id).into(),
            (&plan.client_id).into(),
            (&plan.prescribed_by).into(),
            (&programme).into(),
            (&edition).into(),
            (&plan.phrases).into(),
            (&plan.why).into(),
            (&plan.if_hard).into(),
            plan.state.word().into(),
            (&plan.starts_on.to_string()).into(),
            (&ends_on).into(),
            plan.made_at.into(),
        ],
    )?;
    if let Some(course) = course {
        courses::add_dose(
            tx,
            clinic_id,
            &plan.plan_id,
            "prescribed",
            &course.prescribed,
        )?;
    }
    add_practices(tx, clinic_id, &plan.plan_id, "prescribed", &plan.prescribed)
}

fn add_practices(
    tx: &mut Tx<'_>,
    clinic_id: &str,
    plan_id: &str,
    version: &str,
    practices: &[PlanPractice],
) -> Result<(), Error> {
    for (position, practice) in (1_i64..).zip(practices) {
        tx.exec(
            "insert into plan_practice (clinic_id, plan_id, version, position, practice, minutes,
                 weekdays, first_day, last_day, routine, smallest_practice, smallest_minutes)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
            &[
                clinic_id.into(),
                plan_id.into(),
                version.into(),
                position.into(),
                (&practice.practice).into(),
                practice.minutes.into(),
                (&practice.weekdays).into(),
                practice.first_day.into(),
                practice.last_day.into(),
                (&practice.routine).into(),
                (&practice.smallest_practice).into(),
                practice.smallest_minutes.into(),
            ],
        )?;
    }
    Ok(())
}

/// What a client agrees to: the plan, as she made it her own.
#[derive(Clone, Debug)]
pub enum Terms {
    /// The practices.
    Practices(Vec<PlanPractice>),
    /// How much of the programme.
    Dose(Dose),
}

/// When and how surely somebody agrees.
#[derive(Clone, Copy, Debug)]
pub struct Agreement {
    /// The plan's first day.
    pub starts_on: Date,
    /// The day she agreed, where she is.
    pub on: Date,
    /// How sure she is, 0 to 10.
    pub confidence: Option<i64>,
    /// Now, Unix milliseconds.
    pub now: i64,
}

/// The client agrees, in her own version; false when the plan is not on offer (any more).
pub fn agree(
    tx: &mut Tx<'_>,
    clinic_id: &str,
    client_id: &str,
    plan_id: &str,
    terms: &Terms,
    agreement: Agreement,
) -> Result<bool, Error> {
    let touched = tx.exec(
        "update plan set state = 'agreed', agreed_at = $4, starts_on = $5, agreed_on = $6, confidence = $7
         where clinic_id = $1 and plan_id = $2 and client_id = $3 and state = 'offered'",
        &[
            clinic_id.into(),
            plan_id.into(),
            client_id.into(),
            agreement.now.into(),
            (&agreement.starts_on.to_string()).into(),
            (&agreement.on.to_string()).into(),
            agreement.confidence.into(),
        ],
    )?;
    if touched == 1 {
        add_terms(tx, clinic_id, plan_id, terms)?;
    }
    Ok(touched == 1)
}

fn add_terms(tx: &mut Tx<'_>, clinic_id: &str, plan_id: &str, terms: &Terms) -> Result<(), Error> {
    match terms {
        Terms::Practices(practices) => add_practices(tx, clinic_id, plan_id, "agreed", practices),
        Terms::Dose(dose) => courses::add_dose(tx, clinic_id, plan_id, "agreed", dose),
    }
}

/// The client changes what she agreed to; false when the plan is not hers or not running.
pub fn change(
    tx: &mut Tx<'_>,
    clinic_id: &str,
    client_id: &str,
    plan_id: &str,
    terms: &Terms,
) -> Result<bool, Error> {
    if !is_running(tx, clinic_id, client_id, plan_id)? {
        return Ok(false);
    }
    tx.exec(
        "delete from plan_practice where clinic_id = $1 and plan_id = $2 and version = 'agreed'",
        &[clinic_id.into(), plan_id.into()],
    )?;
    tx.exec(
        "delete from plan_dose where clinic_id = $1 and plan_id = $2 and version = 'agreed'",
        &[clinic_id.into(), plan_id.into()],
    )?;
    add_terms(tx, clinic_id, plan_id, terms)?;
    Ok(true)
}

/// Whether a plan is this client's and agreed.
pub fn is_running(
    tx: &mut Tx<'_>,
    clinic_id: &str,
    client_id: &str,
    plan_id: &str,
) -> Result<bool, Error> {
    let state = tx.one(
        "select state from plan where clinic_id = $1 and plan_id = $2 and client_id = $3",
        &[clinic_id.into(), plan_id.into(), client_id.into()],
        |row| row.get::<String>("state"),
    )?;
    Ok(state.as_deref() == Some(State::Agreed.word()))
}

/// Ends a plan; false when it is not there or already over.
pub fn end(
    tx: &mut Tx<'_>,
    clinic_id: &str,
    client_id: &str,
    plan_id: &str,
    now: i64,
) -> Result<bool, Error> {
    Ok(tx.exec(
        "update plan set state = 'ended', ended_at = $4
         where clinic_id = $1 and plan_id = $2 and client_id = $3 and state <> 'ended'",
        &[
            clinic_id.into(),
            plan_id.into(),
            client_id.into(),
            now.into(),
        ],
    )? == 1)
}

/// Removes the plans that somebody made for herself; what others prescribed for her stays.
pub fn remove_own(tx: &mut Tx<'_>, clinic_id: &str, person_id: &str) -> Result<(), Error> {
    for sql in [
        "delete from plan_dose where clinic_id = $1 and plan_id in
             (select plan_id from plan
              where clinic_id = $1 and client_id = $2 and prescribed_by = $2)",
        "delete from plan_event where clinic_id = $1 and plan_id in
             (select plan_id from plan
              where clinic_id = $1 and client_id = $2 and prescribed_by = $2)",
        "delete from plan_practice where clinic_id = $1 and plan_id in
             (select plan_id from plan
              where clinic_id = $1 and client_id = $2 and prescribed_by = $2)",
        "delete from plan where clinic_id = $1 and client_id = $2 and prescribed_by = $2",
    ] {
        tx.exec(sql, &[clinic_id.into(), person_id.into()])?;
    }
    Ok(())
}

/// Removes every plan of a client who wants to be forgotten.
pub fn remove_all(tx: &mut Tx<'_>, clinic_id: &str, client_id: &str) -> Result<(), Error> {
    courses::remove_all(tx, clinic_id, client_id)?;
    tx.exec(
        "delete from plan_practice where clinic_id = $1 and plan_id in
             (select plan_id from plan where clinic_id = $1 and client_id = $2)",
        &[clinic_id.into(), client_id.into()],
    )?;
    tx.exec(
        "delete from plan where clinic_id = $1 and client_id = $2",
        &[clinic_id.into(), client_id.into()],
    )?;
    Ok(())
}
