//! Checks, screenings, decisions and what was done by rule, as rows.

use jiff::civil::Date;
use kith_content::Signal;
use serde::Serialize;

use super::rules::{Decision, MuchWorse, Noticed, Outcome, Step};
use crate::features::people::RecordAccess;
use kith_base::db::{Error, Row, Tx};

fn read_date(text: &str) -> Result<Date, Error> {
    text.parse()
        .map_err(|_| Error::Query(format!("{text:?} is not a day")))
}

/// One look at the checklist of unwanted effects.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Check {
    /// Itself.
    pub check_id: String,
    /// When.
    pub at: i64,
    /// The day it was, where she was.
    pub on: Date,
    /// What followed.
    pub outcome: Outcome,
    /// What was there.
    pub noticed: Vec<Noticed>,
}

pub fn add_check(tx: &mut Tx<'_>, access: &RecordAccess, check: &Check) -> Result<(), Error> {
    tx.exec(
        "insert into unwanted_check (clinic_id, check_id, person_id, at, taken_on, outcome)
         values ($1, $2, $3, $4, $5, $6)",
        &[
            access.clinic_id().into(),
            (&check.check_id).into(),
            access.person_id().into(),
            check.at.into(),
            (&check.on.to_string()).into(),
            check.outcome.word().into(),
        ],
    )?;
    for noticed in &check.noticed {
        tx.exec(
            "insert into unwanted_effect (clinic_id, check_id, effect, bothersome, lasting)
             values ($1, $2, $3, $4, $5)",
            &[
                access.clinic_id().into(),
                (&check.check_id).into(),
                (&noticed.effect).into(),
                noticed.bothersome.into(),
                noticed.lasting.into(),
            ],
        )?;
    }
    Ok(())
}

/// Every look of a person at the checklist, oldest first.
pub fn list_checks(tx: &mut Tx<'_>, access: &RecordAccess) -> Result<Vec<Check>, Error> {
    let whose = [access.clinic_id().into(), access.person_id().into()];
    let mut checks = tx.query(
        "select * from unwanted_check where clinic_id = $1 and person_id = $2
         order by at, check_id",
        &whose,
        |row| {
            Ok(Check {
                check_id: row.get("check_id")?,
                at: row.get("at")?,
                on: read_date(&row.get::<String>("taken_on")?)?,
                outcome: Outcome::read(&row.get::<String>("outcome")?),
                noticed: Vec::new(),
            })
        },
    )?;
    let noticed = tx.query(
        "select unwanted_effect.* from unwanted_effect
         join unwanted_check on unwanted_check.clinic_id = unwanted_effect.clinic_id
             and unwanted_check.check_id = unwanted_effect.check_id
         where unwanted_check.clinic_id = $1 and unwanted_check.person_id = $2
         order by unwanted_effect.effect",
        &whose,
        |row| {
            let noticed = Noticed {
                effect: row.get("effect")?,
                bothersome: row.get("bothersome")?,
                lasting: row.get("lasting")?,
            };
            Ok((row.get::<String>("check_id")?, noticed))
        },
    )?;
    for (check_id, one) in noticed {
        if let Some(check) = checks.iter_mut().find(|check| check.check_id == check_id) {
            check.noticed.push(one);
        }
    }
    Ok(checks)
}

/// Adds what was done by rule; false when this cause has done it already.
pub fn add_step(
    tx: &mut Tx<'_>,
    clinic_id: &str,
    person_id: &str,
    step: &Step,
) -> Result<bool, Error> {
    let to_on = step.to_on.map(|day| day.to_string());
    Ok(tx.exec(
        "insert into safety_step (clinic_id, step_id, person_id, kind, cause, cause_id, at, from_on,
             to_on, load_most, minutes_most, told, looks_by_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
         on conflict (clinic_id, person_id, kind, cause, cause_id) do nothing",
        &[
            clinic_id.into(),
            (&step.step_id).into(),
            person_id.into(),
            (&step.kind).into(),
            (&step.cause).into(),
            (&step.cause_id).into(),
            step.at.into(),
            (&step.from_on.to_string()).into(),
            (&to_on).into(),
            step.load_most.into(),
            step.minutes_most.into(),
            (&step.told).into(),
            step.looks_by_at.into(),
        ],
    )? == 1)
}

/// Says who was told of a step, once they have been.
pub fn update_told(
    tx: &mut Tx<'_>,
    clinic_id: &str,
    step_id: &str,
    told: &str,
    looks_by_at: Option<i64>,
) -> Result<(), Error> {
    tx.exec(
        "update safety_step set told = $3, looks_by_at = $4
         where clinic_id = $1 and step_id = $2",
        &[
            clinic_id.into(),
            step_id.into(),
            told.into(),
            looks_by_at.into(),
        ],
    )?;
    Ok(())
}

/// Whether that cause has stopped somebody before.
pub fn has_step(
    tx: &mut Tx<'_>,
    clinic_id: &str,
    person_id: &str,
    cause: &str,
    cause_id: &str,
) -> Result<bool, Error> {
    let found = tx.one(
        "select step_id from safety_step
         where clinic_id = $1 and person_id = $2 and cause = $3 and cause_id = $4",
        &[
            clinic_id.into(),
            person_id.into(),
            cause.into(),
            cause_id.into(),
        ],
        |row| row.get::<String>("step_id"),
    )?;
    Ok(found.is_some())
}

/// What was done by rule for a person, oldest first.
pub fn list_steps(tx: &mut Tx<'_>, access: &RecordAccess) -> Result<Vec<Step>, Error> {
    tx.query(
        "select * from safety_step where clinic_id = $1 and person_id = $2 order by at, step_id",
        &[access.clinic_id().into(), access.person_id().into()],
        |row| {
            let to_on: Option<String> = row.get("to_on")?;
            Ok(Step {
                step_id: row.get("step_id")?,
                kind: row.get("kind")?,
                cause: row.get("cause")?,
                cause_id: row.get("cause_id")?,
                at: row.get("at")?,
                from_on: read_date(&row.get::<String>("from_on")?)?,
                to_on: to_on.as_deref().map(read_date).transpose()?,
                load_most: row.get("load_most")?,
                minutes_most: row.get("minutes_most")?,
                told: row.get("told")?,
                looks_by_at: row.get("looks_by_at")?,
                ended_at: row.get("ended_at")?,
            })
        },
    )
}

/// Ends steps of a kind that have not ended; the cause left out: whatever it was, but for an answer
/// before a programme, which only an answer or a decision ends.
pub fn update_ended(
    tx: &mut Tx<'_>,
    clinic_id: &str,
    person_id: &str,
    kind: &str,
    red: bool,
    now: i64,
) -> Result<u64, Error> {
    tx.exec(
        "update safety_step set ended_at = $4
         where clinic_id = $1 and person_id = $2 and kind = $3 and ended_at is null
             and (cause = 'red-screening') = $5",
        &[
            clinic_id.into(),
            person_id.into(),
            kind.into(),
            now.into(),
            red.into(),
        ],
    )
}

/// Whom at least so many sittings since an instant have left much worse, one of them news: clinic and
/// person.
pub fn list_much_worse_people(
    tx: &mut Tx<'_>,
    times: i64,
    since_at: i64,
    news_at: i64,
) -> Result<Vec<(String, String)>, Error> {
    tx.query(
        "select clinic_id, person_id from sitting
         where effect = -2 and received_at >= $1
         group by clinic_id, person_id
         having count(*) >= $2 and max(received_at) >= $3
         order by clinic_id, person_id",
        &[since_at.into(), times.into(), news_at.into()],
        |row| Ok((row.get("clinic_id")?, row.get("person_id")?)),
    )
}

/// The sittings since an instant that left somebody much worse, oldest first.
pub fn list_much_worse(
    tx: &mut Tx<'_>,
    clinic_id: &str,
    person_id: &str,
    since_at: i64,
) -> Result<Vec<MuchWorse>, Error> {
    tx.query(
        "select sitting_id, started_on, received_at from sitting
         where clinic_id = $1 and person_id = $2 and effect = -2 and started_at >= $3
         order by started_at, sitting_id",
        &[clinic_id.into(), person_id.into(), since_at.into()],
        |row| {
            Ok(MuchWorse {
                sitting_id: row.get("sitting_id")?,
                on: read_date(&row.get::<String>("started_on")?)?,
                received_at: row.get("received_at")?,
            })
        },
    )
}

/// One answering of the questions before a programme.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Screening {
    /// Itself.
    pub screening_id: String,
    /// When.
    pub at: i64,
    /// The day it was, where she was.
    pub on: Date,
    /// What it came to.
    pub result: Signal,
    /// Whether the questions about risk were among them.
    pub risk_asked: bool,
    /// Names of those who were told.
    pub told: String,
    /// By when they look.
    pub looks_by_at: Option<i64>,
    /// Question and answer; what was left out is not here.
    pub answers: Vec<(String, String)>,
}

pub fn add_screening(
    tx: &mut Tx<'_>,
    access: &RecordAccess,
    screening: &Screening,
) -> Result<(), Error> {
    tx.exec(
        "insert into screening (clinic_id, screening_id, person_id, at, taken_on, result, risk_asked,
             told, looks_by_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        &[
            access.clinic_id().into(),
            (&screening.screening_id).into(),
            access.person_id().into(),
            screening.at.into(),
            (&screening.on.to_string()).into(),
            screening.result.as_str().into(),
            screening.risk_asked.into(),
            (&screening.told).into(),
            screening.looks_by_at.into(),
        ],
    )?;
    for (question, answer) in &screening.answers {
        tx.exec(
            "insert into screening_answer (clinic_id, screening_id, question, answer)
             values ($1, $2, $3, $4)",
            &[
                access.clinic_id().into(),
                (&screening.screening_id).into(),
                question.into(),
                answer.into(),
            ],
        )?;
    }
    Ok(())
}

fn read_screening(row: &Row<'_>) -> Result<Screening, Error> {
    let result: String = row.get("result")?;
    Ok(Screening {
        screening_id: row.get("screening_id")?,
        at: row.get("at")?,
        on: read_date(&row.get::<String>("taken_on")?)?,
        // A word of a newer program is not taken for a green light.
        result: result.parse().unwrap_or(Signal::Red),
        risk_asked: row.get("risk_asked")?,
        told: row.get("told")?,
        looks_by_at: row.get("looks_by_at")?,
        answers: Vec::new(),
    })
}

/// Every screening of a person, oldest first.
pub fn list_screenings(tx: &mut Tx<'_>, access: &RecordAccess) -> Result<Vec<Screening>, Error> {
    let whose = [access.clinic_id().into(), access.person_id().into()];
    let mut screenings = tx.query(
        "select * from screening where clinic_id = $1 and person_id = $2 order by at, screening_id",
        &whose,
        read_screening,
    )?;
    let answers = tx.query(
        "select screening_answer.* from screening_answer
         join screening on screening.clinic_id = screening_answer.clinic_id
             and screening.screening_id = screening_answer.screening_id
         where screening.clinic_id = $1 and screening.person_id = $2
         order by screening_answer.question",
        &whose,
        |row| {
            let pair = (row.get::<String>("question")?, row.get::<String>("answer")?);
            Ok((row.get::<String>("screening_id")?, pair))
        },
    )?;
    for (screening_id, pair) in answers {
        let mut all = screenings.iter_mut();
        if let Some(screening) = all.find(|one| one.screening_id == screening_id) {
            screening.answers.push(pair);
        }
    }
    Ok(screenings)
}

/// What a named clinician decided.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Decided {
    /// The screening it is about.
    pub screening_id: String,
    /// Who decided.
    pub by_id: String,
    /// What they are called now.
    pub by: Option<String>,
    /// When.
    pub at: i64,
    /// What.
    pub decision: Decision,
    /// Why.
    pub reason: String,
}

pub fn add_decision(
    tx: &mut Tx<'_>,
    access: &RecordAccess,
    decision_id: &str,
    decided: &Decided,
) -> Result<(), Error> {
    tx.exec(
        "insert into screening_decision (clinic_id, decision_id, person_id, screening_id, by_id, at,
             decision, reason)
         values ($1, $2, $3, $4, $5, $6, $7, $8)",
        &[
            access.clinic_id().into(),
            decision_id.into(),
            access.person_id().into(),
            (&decided.screening_id).into(),
            (&decided.by_id).into(),
            decided.at.into(),
            decided.decision.word().into(),
            (&decided.reason).into(),
        ],
    )?;
    Ok(())
}

/// Every decision about a person, oldest first.
pub fn list_decisions(tx: &mut Tx<'_>, access: &RecordAccess) -> Result<Vec<Decided>, Error> {
    tx.query(
        "select screening_decision.*, person.name as by_name from screening_decision
         left join person on person.clinic_id = screening_decision.clinic_id
             and person.person_id = screening_decision.by_id
         where screening_decision.clinic_id = $1 and screening_decision.person_id = $2
         order by screening_decision.at, screening_decision.decision_id",
        &[access.clinic_id().into(), access.person_id().into()],
        |row| {
            let decision: String = row.get("decision")?;
            Ok(Decided {
                screening_id: row.get("screening_id")?,
                by_id: row.get("by_id")?,
                by: row.get("by_name")?,
                at: row.get("at")?,
                decision: Decision::read(&decision).unwrap_or(Decision::NotNow),
                reason: row.get("reason")?,
            })
        },
    )
}

/// Removes what is kept here about somebody who wants to be forgotten.
pub fn remove_all(tx: &mut Tx<'_>, access: &RecordAccess) -> Result<(), Error> {
    let whose = [access.clinic_id().into(), access.person_id().into()];
    for sql in [
        "delete from unwanted_effect where clinic_id = $1 and check_id in
             (select check_id from unwanted_check where clinic_id = $1 and person_id = $2)",
        "delete from unwanted_check where clinic_id = $1 and person_id = $2",
        "delete from screening_answer where clinic_id = $1 and screening_id in
             (select screening_id from screening where clinic_id = $1 and person_id = $2)",
        "delete from screening_decision where clinic_id = $1 and person_id = $2",
        "delete from screening where clinic_id = $1 and person_id = $2",
        "delete from safety_step where clinic_id = $1 and person_id = $2",
    ] {
        tx.exec(sql, &whose)?;
    }
    Ok(())
}
