//! Who looks at answers about risk.

use crate::features::alerts::rules::{Contact, Hours};
use kith_base::db::{Error, Tx};

/// The contact of a clinic with the names of whoever has not left; `None` when none is set.
pub fn find_contact(tx: &mut Tx<'_>, clinic_id: &str) -> Result<Option<Contact>, Error> {
    tx.one(
        "select clinic_contact.*,
             (select person.name from person
              where person.clinic_id = clinic_contact.clinic_id and person.ended_at is null
                  and person.person_id = clinic_contact.person_id) as name,
             (select person.name from person
              where person.clinic_id = clinic_contact.clinic_id and person.ended_at is null
                  and person.person_id = clinic_contact.second_id) as second_name
         from clinic_contact where clinic_contact.clinic_id = $1",
        &[clinic_id.into()],
        |row| {
            Ok(Contact {
                person_id: row.get("person_id")?,
                name: row.get("name")?,
                second_id: row.get("second_id")?,
                second_name: row.get("second_name")?,
                hours_words: row.get("hours_words")?,
                hours: Hours {
                    weekdays: row.get("weekdays")?,
                    from_minute: row.get("from_minute")?,
                    to_minute: row.get("to_minute")?,
                    zone: row.get("zone")?,
                },
                response_hours: row.get("response_hours")?,
                risk_items: row.get("risk_items")?,
            })
        },
    )
}

pub fn set_contact(
    tx: &mut Tx<'_>,
    clinic_id: &str,
    contact: &Contact,
    now: i64,
) -> Result<(), Error> {
    tx.exec(
        "insert into clinic_contact (clinic_id, person_id, second_id, hours_words, weekdays,
             from_minute, to_minute, zone, response_hours, risk_items, set_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
         on conflict (clinic_id) do update set
             person_id = $2, second_id = $3, hours_words = $4, weekdays = $5, from_minute = $6,
             to_minute = $7, zone = $8, response_hours = $9, risk_items = $10, set_at = $11",
        &[
            clinic_id.into(),
            (&contact.person_id).into(),
            (&contact.second_id).into(),
            (&contact.hours_words).into(),
            (&contact.hours.weekdays).into(),
            contact.hours.from_minute.into(),
            contact.hours.to_minute.into(),
            (&contact.hours.zone).into(),
            contact.response_hours.into(),
            contact.risk_items.into(),
            now.into(),
        ],
    )?;
    Ok(())
}

pub fn remove_contact(tx: &mut Tx<'_>, clinic_id: &str) -> Result<(), Error> {
    tx.exec(
        "delete from clinic_contact where clinic_id = $1",
        &[clinic_id.into()],
    )?;
    Ok(())
}
