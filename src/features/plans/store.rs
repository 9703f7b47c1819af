//! Plans as rows.

use std::collections::HashMap;

use jiff::civil::Date;

use super::rules::{Plan, PlanPractice, State};
use crate::base::db::{Error, Row, Tx};

fn read_date(text: &str) -> Result<Date, Error> {
    text.parse()
        .map_err(|_| Error::Query(format!("{text:?} is not a day")))
}

fn read_plan(row: &Row<'_>) -> Result<Plan, Error> {
    let ends_on: Option<String> = row.get("ends_on")?;
    Ok(Plan {
        plan_id: row.get("plan_id")?,
        client_id: row.get("client_id")?,
        prescribed_by: row.get("prescribed_by")?,
        programme: row.get("programme")?,
        why: row.get("why")?,
        if_hard: row.get("if_hard")?,
        state: State::read(&row.get::<String>("state")?),
        starts_on: read_date(&row.get::<String>("starts_on")?)?,
        ends_on: ends_on.as_deref().map(read_date).transpose()?,
        made_at: row.get("made_at")?,
        agreed_at: row.get("agreed_at")?,
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
    tx.exec(
        "insert into plan (clinic_id, plan_id, client_id, prescribed_by, programme, why, if_hard,
             state, starts_on, ends_on, made_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        &[
            clinic_id.into(),
            (&plan.plan_id).into(),
            (&plan.client_id).into(),
            (&plan.prescribed_by).into(),
            (&plan.programme).into(),
            (&plan.why).into(),
            (&plan.if_hard).into(),
            plan.state.word().into(),
            (&plan.starts_on.to_string()).into(),
            (&ends_on).into(),
            plan.made_at.into(),
        ],
    )?;
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

/// The client agrees, in her own version; false when the plan is not on offer (any more).
pub fn agree(
    tx: &mut Tx<'_>,
    clinic_id: &str,
    client_id: &str,
    plan_id: &str,
    agreed: &[PlanPractice],
    starts_on: Date,
    now: i64,
) -> Result<bool, Error> {
    let touched = tx.exec(
        "update plan set state = 'agreed', agreed_at = $4, starts_on = $5
         where clinic_id = $1 and plan_id = $2 and client_id = $3 and state = 'offered'",
        &[
            clinic_id.into(),
            plan_id.into(),
            client_id.into(),
            now.into(),
            (&starts_on.to_string()).into(),
        ],
    )?;
    if touched == 1 {
        add_practices(tx, clinic_id, plan_id, "agreed", agreed)?;
    }
    Ok(touched == 1)
}

/// The client changes what she agreed to; false when the plan is not hers or not running.
pub fn change(
    tx: &mut Tx<'_>,
    clinic_id: &str,
    client_id: &str,
    plan_id: &str,
    agreed: &[PlanPractice],
) -> Result<bool, Error> {
    let running = tx.one(
        "select state from plan where clinic_id = $1 and plan_id = $2 and client_id = $3",
        &[clinic_id.into(), plan_id.into(), client_id.into()],
        |row| row.get::<String>("state"),
    )?;
    if running.as_deref() != Some(State::Agreed.word()) {
        return Ok(false);
    }
    tx.exec(
        "delete from plan_practice where clinic_id = $1 and plan_id = $2 and version = 'agreed'",
        &[clinic_id.into(), plan_id.into()],
    )?;
    add_practices(tx, clinic_id, plan_id, "agreed", agreed)?;
    Ok(true)
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
