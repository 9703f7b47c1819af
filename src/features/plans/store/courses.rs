//! Of plans that follow a programme: their dose, and what happened to them on the way.

use std::collections::HashMap;

use jiff::civil::Date;

use super::super::rules::{Course, Dose, Plan};
use super::read_date;
use crate::features::plans::events::{Event, Happened, apply};
use kith_base::db::{Error, Row, Tx};

/// The programme of a plan's row, its dose still empty; `None` when it follows none.
pub(super) fn read(row: &Row<'_>) -> Result<Option<Course>, Error> {
    let programme: Option<String> = row.get("programme")?;
    let edition: Option<String> = row.get("edition")?;
    let (Some(programme), Some(edition)) = (programme, edition) else {
        return Ok(None);
    };
    let edition = edition
        .parse()
        .map_err(|_| Error::Query(format!("{edition:?} is no edition")))?;
    Ok(Some(Course {
        programme,
        edition,
        prescribed: Dose::default(),
        agreed: None,
        opened: Vec::new(),
        swaps: Vec::new(),
    }))
}

/// The subject of a pause, and of going on, that a rule of safety made.
const BY_RULE: &str = "rule";

/// Whose plans are meant.
#[derive(Clone, Copy)]
pub(super) enum Whose<'a> {
    Client(&'a str),
    Caseload(&'a str),
}

/// Puts doses and events to their plans.
pub(super) fn attach(
    tx: &mut Tx<'_>,
    clinic_id: &str,
    whose: Whose<'_>,
    plans: &mut [Plan],
) -> Result<(), Error> {
    if plans.is_empty() {
        return Ok(());
    }
    let (events, doses, id) = match whose {
        Whose::Client(id) => (
            "select * from plan_event where clinic_id = $1 and plan_id in
                 (select plan_id from plan where clinic_id = $1 and client_id = $2)
             order by from_on, event_id",
            "select * from plan_dose where clinic_id = $1 and plan_id in
                 (select plan_id from plan where clinic_id = $1 and client_id = $2)",
            id,
        ),
        Whose::Caseload(id) => (
            "select * from plan_event where clinic_id = $1 and plan_id in
                 (select plan_id from plan where clinic_id = $1 and state <> 'ended' and client_id in
                     (select client_id from caseload
                      where clinic_id = $1 and practitioner_id = $2 and ended_at is null))
             order by from_on, event_id",
            "select * from plan_dose where clinic_id = $1 and plan_id in
                 (select plan_id from plan where clinic_id = $1 and state <> 'ended' and client_id in
                     (select client_id from caseload
                      where clinic_id = $1 and practitioner_id = $2 and ended_at is null))",
            id,
        ),
    };
    let keys = [clinic_id.into(), id.into()];
    let events = tx.query(events, &keys, read_event)?;
    // Most plans are practices put together in the room, which have no dose.
    let doses = if plans.iter().any(|plan| plan.course.is_some()) {
        tx.query(doses, &keys, read_dose)?
    } else {
        Vec::new()
    };
    let mut by_id: HashMap<String, &mut Plan> = plans
        .iter_mut()
        .map(|plan| (plan.plan_id.clone(), plan))
        .collect();
    for event in events {
        if let Some(plan) = by_id.get_mut(&event.plan_id) {
            apply(plan, &event);
        }
    }
    for (plan_id, is_agreed, dose) in doses {
        let course = by_id
            .get_mut(&plan_id)
            .and_then(|plan| plan.course.as_mut());
        match (course, is_agreed) {
            (Some(course), true) => course.agreed = Some(dose),
            (Some(course), false) => course.prescribed = dose,
            (None, _) => {}
        }
    }
    Ok(())
}

fn read_dose(row: &Row<'_>) -> Result<(String, bool, Dose), Error> {
    let dose = Dose {
        minutes_most: row.get("minutes_most")?,
        weekdays: row.get("weekdays")?,
        routine: row.get("routine")?,
        smallest_practice: row.get("smallest_practice")?,
        smallest_minutes: row.get("smallest_minutes")?,
    };
    let is_agreed = row.get::<String>("version")? == "agreed";
    Ok((row.get("plan_id")?, is_agreed, dose))
}

fn read_event(row: &Row<'_>) -> Result<Event, Error> {
    let to: Option<String> = row.get("to_on")?;
    let subject: String = row.get("subject")?;
    let kind: String = row.get("kind")?;
    let happened = match kind.as_str() {
        "pause" => Happened::Pause {
            to: to.as_deref().map(read_date).transpose()?,
            by_rule: subject == BY_RULE,
        },
        "resumption" => Happened::Resumption {
            by_rule: subject == BY_RULE,
        },
        "opening" => Happened::Opening { stage: subject },
        "swap" => Happened::Swap {
            from: subject,
            to: row.get::<Option<String>>("practice")?.unwrap_or_default(),
            minutes: row.get::<Option<f64>>("minutes")?.unwrap_or_default(),
            offer_id: row.get("offer_id")?,
        },
        _ => {
            return Err(Error::Query(format!(
                "{kind:?} is nothing that happens to a plan"
            )));
        }
    };
    Ok(Event {
        event_id: row.get("event_id")?,
        plan_id: row.get("plan_id")?,
        from: read_date(&row.get::<String>("from_on")?)?,
        happened,
        why: row.get("why")?,
        by: row.get("by_id")?,
    })
}

/// Adds the dose of a plan, as prescribed or as agreed.
pub(super) fn add_dose(
    tx: &mut Tx<'_>,
    clinic_id: &str,
    plan_id: &str,
    version: &str,
    dose: &Dose,
) -> Result<(), Error> {
    tx.exec(
        "insert into plan_dose (clinic_id, plan_id, version, minutes_most, weekdays, routine,
             smallest_practice, smallest_minutes)
         values ($1, $2, $3, $4, $5, $6, $7, $8)",
        &[
            clinic_id.into(),
            plan_id.into(),
            version.into(),
            dose.minutes_most.into(),
            (&dose.weekdays).into(),
            (&dose.routine).into(),
            (&dose.smallest_practice).into(),
            dose.smallest_minutes.into(),
        ],
    )?;
    Ok(())
}

/// Keeps something that happened to a plan.
pub fn add_event(tx: &mut Tx<'_>, clinic_id: &str, event: &Event) -> Result<(), Error> {
    let until = match &event.happened {
        Happened::Pause { to, .. } => to.map(|day: Date| day.to_string()),
        _ => None,
    };
    let (subject, practice, minutes, offer_id) = match &event.happened {
        Happened::Pause { by_rule, .. } | Happened::Resumption { by_rule } => {
            (if *by_rule { BY_RULE } else { "" }, None, None, None)
        }
        Happened::Opening { stage } => (stage.as_str(), None, None, None),
        Happened::Swap {
            from,
            to,
            minutes,
            offer_id,
        } => (
            from.as_str(),
            Some(to.clone()),
            Some(*minutes),
            offer_id.clone(),
        ),
    };
    tx.exec(
        "insert into plan_event (clinic_id, event_id, plan_id, kind, from_on, to_on, subject,
             practice, minutes, offer_id, why, by_id)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
        &[
            clinic_id.into(),
            (&event.event_id).into(),
            (&event.plan_id).into(),
            event.happened.word().into(),
            (&event.from.to_string()).into(),
            (&until).into(),
            subject.into(),
            (&practice).into(),
            minutes.into(),
            (&offer_id).into(),
            (&event.why).into(),
            (&event.by).into(),
        ],
    )?;
    Ok(())
}

/// Removes what belongs to the plans of a client who wants to be forgotten.
pub(super) fn remove_all(tx: &mut Tx<'_>, clinic_id: &str, client_id: &str) -> Result<(), Error> {
    let whose = [clinic_id.into(), client_id.into()];
    for statement in [
        "delete from plan_dose where clinic_id = $1 and plan_id in
             (select plan_id from plan where clinic_id = $1 and client_id = $2)",
        "delete from plan_event where clinic_id = $1 and plan_id in
             (select plan_id from plan where clinic_id = $1 and client_id = $2)",
    ] {
        tx.exec(statement, &whose)?;
    }
    Ok(())
}
