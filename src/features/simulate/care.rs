//! What was noticed, answered and looked at in the invented clinic.

use super::House;
use crate::features::alerts::rules::{Contact, Hours};
use crate::features::alerts::{self, store as alert_rows};
use crate::features::people::store::Clinic;
use crate::features::people::{Person, RecordAccess};
use crate::features::safety::{self, rules::Noticed};
use kith_base::db::Tx;
use kith_base::error::Error;

/// The page of help.
pub(super) fn set_help(tx: &mut Tx<'_>, clinic: &Clinic) -> Result<(), Error> {
    let help = alert_rows::Help {
        locale: clinic.locale.clone(),
        emergency_number: "112".to_owned(),
        line_name: "the demonstration line (invented)".to_owned(),
        call_number: "000 000 000".to_owned(),
        text_number: "000 001".to_owned(),
        chat_url: String::new(),
        hours: "It answers day and night, in this invented place.".to_owned(),
        extra: "call Amira on weekdays from 9 to 17. Nobody answers at night (this is a demonstration).".to_owned(),
    };
    Ok(alert_rows::set_help(tx, &clinic.clinic_id, &help)?)
}

/// Amira looks on weekdays; Chloe is next.
pub(super) fn set_contact(
    tx: &mut Tx<'_>,
    clinic: &Clinic,
    (first, second): (&str, &str),
    at: i64,
) -> Result<(), Error> {
    let contact = Contact {
        person_id: first.to_owned(),
        name: None,
        second_id: second.to_owned(),
        second_name: None,
        hours_words: "on weekdays from 9 to 17".to_owned(),
        hours: Hours {
            weekdays: "12345".to_owned(),
            from_minute: 9 * 60,
            to_minute: 17 * 60,
            zone: clinic.zone.clone(),
        },
        response_hours: 8,
        risk_items: true,
    };
    Ok(alert_rows::set_contact(
        tx,
        &clinic.clinic_id,
        &contact,
        at,
    )?)
}

fn noticed(effect: &str, bothersome: i64, lasting: bool) -> Noticed {
    Noticed {
        effect: effect.to_owned(),
        bothersome: Some(bothersome),
        lasting,
    }
}

/// What one of the clients noticed, and what became of it.
pub(super) fn live(
    house: &House,
    tx: &mut Tx<'_>,
    client: &Person,
    practitioner: &str,
) -> Result<(), Error> {
    let access = RecordAccess::own(client);
    let (ids, library) = (&house.ids, &house.app.content);
    let moment = |back: i64, hour: i8| {
        let on = house.back(back);
        (house.at(on, hour, 20).min(house.now), on)
    };
    let check = |tx: &mut Tx<'_>, there: Vec<Noticed>, when| {
        safety::keep_check(tx, ids, library, &access, there, when)
    };
    let answer = |tx: &mut Tx<'_>, answers: &[(&str, &str)], when| {
        let answers = answers.iter();
        let owned =
            answers.map(|(question, answer)| ((*question).to_owned(), (*answer).to_owned()));
        safety::keep_screening(tx, ids, library, &access, owned.collect(), when)
    };
    match client.name.as_str() {
        // All is well.
        "Gita" => {
            let none = [
                ("ending-life", "no"),
                ("self-harm", "no"),
                ("reality", "no"),
                ("unreal", "no"),
                ("substances", "no"),
                ("loss", "no"),
                ("home", "yes"),
            ];
            answer(tx, &none, moment(14, 9))?;
            check(tx, Vec::new(), moment(7, 21))?;
        }
        // Somebody died: gently, and asked again.
        "Jon" => {
            answer(tx, &[("reality", "no"), ("loss", "yes")], moment(8, 18))?;
        }
        // A little, and it is shorter for a while.
        "Kira" => {
            check(tx, vec![noticed("sleep", 1, false)], moment(2, 22))?;
        }
        // It got in the way; Amira looked, and it went on.
        "Hugo" => {
            let there = vec![noticed("memories", 2, true), noticed("sleep", 2, false)];
            check(tx, there, moment(9, 19))?;
            let (at, on) = moment(8, 10);
            look(house, tx, client, practitioner, at)?;
            safety::go_on_gently(tx, ids, library, &access, (at, on))?;
        }
        // It got in the way yesterday, and nobody has looked yet.
        "Dina" => {
            let there = vec![noticed("harsh", 3, true), noticed("low", 1, false)];
            check(tx, there, moment(0, 8))?;
        }
        _ => {}
    }
    Ok(())
}

/// The practitioner looks at whatever waits about a client.
fn look(
    house: &House,
    tx: &mut Tx<'_>,
    client: &Person,
    practitioner: &str,
    at: i64,
) -> Result<(), Error> {
    let note = "We talked on the telephone. Shorter, and with the feet on the floor, is fine.";
    for (alert, _) in alert_rows::list_about(tx, &client.clinic_id, &client.person_id)? {
        let whom = (practitioner, alert.alert_id.as_str());
        alerts::acknowledge(tx, &house.ids, &client.clinic_id, whom, note, at)?;
    }
    Ok(())
}
