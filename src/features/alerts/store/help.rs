//! The numbers of the help page, and what somebody keeps for herself beside them.

use kith_base::db::{Error, Row, Tx};

/// The numbers of the help page in one language; empty ones are not there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Help {
    /// BCP 47.
    pub locale: String,
    /// The emergency number of the place.
    pub emergency_number: String,
    /// The name of a line to talk to somebody.
    pub line_name: String,
    /// Its telephone number.
    pub call_number: String,
    /// Its number for text messages.
    pub text_number: String,
    /// Where one can write to it.
    pub chat_url: String,
    /// When it answers.
    pub hours: String,
    /// How to reach the clinic itself, and whatever else belongs there.
    pub extra: String,
}

fn read_help(row: &Row<'_>) -> Result<Help, Error> {
    Ok(Help {
        locale: row.get("locale")?,
        emergency_number: row.get("emergency_number")?,
        line_name: row.get("line_name")?,
        call_number: row.get("call_number")?,
        text_number: row.get("text_number")?,
        chat_url: row.get("chat_url")?,
        hours: row.get("hours")?,
        extra: row.get("extra")?,
    })
}

/// The numbers of a clinic in every language that has any.
pub fn list_help(tx: &mut Tx<'_>, clinic_id: &str) -> Result<Vec<Help>, Error> {
    tx.query(
        "select * from clinic_help where clinic_id = $1 order by locale",
        &[clinic_id.into()],
        read_help,
    )
}

pub fn set_help(tx: &mut Tx<'_>, clinic_id: &str, help: &Help) -> Result<(), Error> {
    tx.exec(
        "insert into clinic_help (clinic_id, locale, emergency_number, line_name, call_number,
             text_number, chat_url, hours, extra)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
         on conflict (clinic_id, locale) do update set
             emergency_number = $3, line_name = $4, call_number = $5, text_number = $6,
             chat_url = $7, hours = $8, extra = $9",
        &[
            clinic_id.into(),
            (&help.locale).into(),
            (&help.emergency_number).into(),
            (&help.line_name).into(),
            (&help.call_number).into(),
            (&help.text_number).into(),
            (&help.chat_url).into(),
            (&help.hours).into(),
            (&help.extra).into(),
        ],
    )?;
    Ok(())
}

/// What somebody wrote for herself for a bad hour.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct SafetyPlan {
    /// What she notices first.
    pub signs: String,
    /// What helps for a while.
    pub helps: String,
    /// What makes the place she is in safer.
    pub safer: String,
    /// With whom she can be, or talk.
    pub people: String,
    /// What she wants to be here for.
    pub reasons: String,
    /// Her person.
    pub person_name: String,
    /// And how to ring them.
    pub person_number: String,
}

pub fn find_safety_plan(
    tx: &mut Tx<'_>,
    clinic_id: &str,
    person_id: &str,
) -> Result<Option<SafetyPlan>, Error> {
    tx.one(
        "select * from safety_plan where clinic_id = $1 and person_id = $2",
        &[clinic_id.into(), person_id.into()],
        |row| {
            Ok(SafetyPlan {
                signs: row.get("signs")?,
                helps: row.get("helps")?,
                safer: row.get("safer")?,
                people: row.get("people")?,
                reasons: row.get("reasons")?,
                person_name: row.get("person_name")?,
                person_number: row.get("person_number")?,
            })
        },
    )
}

pub fn set_safety_plan(
    tx: &mut Tx<'_>,
    clinic_id: &str,
    person_id: &str,
    plan: &SafetyPlan,
    now: i64,
) -> Result<(), Error> {
    tx.exec(
        "insert into safety_plan (clinic_id, person_id, signs, helps, safer, people, reasons,
             person_name, person_number, set_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
         on conflict (clinic_id, person_id) do update set
             signs = $3, helps = $4, safer = $5, people = $6, reasons = $7,
             person_name = $8, person_number = $9, set_at = $10",
        &[
            clinic_id.into(),
            person_id.into(),
            (&plan.signs).into(),
            (&plan.helps).into(),
            (&plan.safer).into(),
            (&plan.people).into(),
            (&plan.reasons).into(),
            (&plan.person_name).into(),
            (&plan.person_number).into(),
            now.into(),
        ],
    )?;
    Ok(())
}
