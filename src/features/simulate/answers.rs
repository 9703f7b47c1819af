//! What the invented people answered, and what they want for themselves.

use kith_content::Instrument;
use serde_json::json;

use super::House;
use super::stories::Chance;
use crate::features::measures::{self, goals, rules};
use crate::features::people::{Person, RecordAccess};
use kith_base::db::Tx;
use kith_base::error::Error;

/// Somebody's answers to one questionnaire: days ago, and the sum of the answers.
type Course = (&'static str, &'static str, &'static [(i64, u64)]);

/// Somebody's goal and how near it was: days ago, 0 to 10.
type Rated = (&'static str, &'static str, &'static [(i64, i64)]);

/// Questionnaires were answered on paper: their words are not here.
const ON_PAPER: [Course; 14] = [
    (
        "Ben",
        "phq-9",
        &[(55, 16), (41, 15), (27, 12), (13, 9), (1, 8)],
    ),
    (
        "Ben",
        "gad-7",
        &[(55, 13), (41, 12), (27, 9), (13, 10), (1, 7)],
    ),
    ("Ben", "who-5", &[(55, 7), (27, 11), (1, 15)]),
    ("Cem", "gad-7", &[(38, 11), (24, 9), (10, 10)]),
    ("Dina", "who-5", &[(29, 13), (9, 12)]),
    ("Elif", "phq-9", &[(44, 11), (30, 12), (16, 13), (2, 19)]),
    ("Elif", "gad-7", &[(44, 9), (16, 11), (2, 12)]),
    ("Finn", "phq-9", &[(49, 14), (35, 14), (21, 10), (7, 8)]),
    ("Finn", "who-5", &[(49, 8), (7, 14)]),
    ("Gita", "who-5", &[(20, 12), (6, 14)]),
    ("Hugo", "phq-9", &[(34, 10), (20, 10), (6, 9)]),
    ("Ines", "phq-9", &[(40, 12), (12, 9)]),
    ("Jon", "gad-7", &[(54, 8), (26, 9), (3, 14)]),
    ("Kira", "phq-9", &[(24, 7)]),
];

/// Who looks now and then at how connected they feel: every so many days, from where to where.
const CONNECTED: [(&str, i64, i64, (f64, f64)); 4] = [
    ("Ben", 55, 2, (3.0, 6.5)),
    ("Elif", 40, 4, (5.0, 3.0)),
    ("Finn", 34, 3, (4.0, 6.0)),
    ("Gita", 8, 1, (5.0, 6.0)),
];

/// Goals in their own words.
const GOALS: [Rated; 4] = [
    (
        "Ben",
        "Ring my brother once a week",
        &[(50, 2), (36, 3), (22, 5), (15, 5), (8, 7), (1, 7)],
    ),
    (
        "Ben",
        "Get through a Monday without dreading it from Saturday on",
        &[(50, 1), (29, 2), (8, 4)],
    ),
    ("Hugo", "Leave work at work", &[(30, 4), (16, 5), (2, 4)]),
    ("Gita", "Sleep before midnight", &[(8, 3), (1, 5)]),
];

/// Everything somebody answered, oldest first.
pub(super) fn live(
    house: &House,
    tx: &mut Tx<'_>,
    client: &Person,
    practitioner: &str,
) -> Result<(), Error> {
    let access = RecordAccess::own(client);
    let mut responses = Vec::new();
    for (_, measure, course) in ON_PAPER.iter().filter(|(name, ..)| *name == client.name) {
        let instrument = house.app.content.instrument(measure);
        let instrument = instrument.ok_or_else(|| Error::internal("no such instrument"))?;
        let mut chance = Chance::seeded(&client.name, measure);
        for (back, sum) in *course {
            let answers = spread(instrument, *sum, &mut chance);
            let mut response = answer(house, client, measure, *back, &answers)?;
            response.way = rules::Way::Paper;
            practitioner.clone_into(&mut response.entered_by);
            responses.push(response);
        }
    }
    for (_, from, every, (first, last)) in
        CONNECTED.iter().filter(|(name, ..)| *name == client.name)
    {
        let mut chance = Chance::seeded(&client.name, "connection");
        let mut back = *from;
        while back >= 0 {
            let share = (from - back) as f64 / *from as f64;
            let wobble = chance.below(3) as f64 - 1.0;
            let score = (first + (last - first) * share + wobble).round();
            responses.push(answer(
                house,
                client,
                "connection",
                back,
                &[score.clamp(0.0, 10.0)],
            )?);
            back -= every;
        }
    }
    let (_, refused) = measures::keep(tx, &house.ids, &house.app.content, &access, &responses)?;
    if !refused.is_empty() {
        return Err(Error::internal("an answer of the demo was refused"));
    }
    for (_, words, ratings) in GOALS.iter().filter(|(name, ..)| *name == client.name) {
        let first = ratings.first().map_or(0, |(back, _)| *back);
        let made = house.at(house.back(first), 7, 30).min(house.now);
        let goal = goals::keep(tx, &house.ids, &access, words, made)?;
        for (back, rating) in *ratings {
            let on = house.back(*back);
            let at = house.at(on, 7, 40).min(house.now);
            goals::keep_rating(tx, &house.ids, &access, &goal, (*rating, at, on))?;
        }
    }
    Ok(())
}

fn answer(
    house: &House,
    client: &Person,
    measure: &str,
    back: i64,
    answers: &[f64],
) -> Result<measures::Response, Error> {
    let at = house.at(house.back(back), 7, 45).min(house.now);
    let record = json!({
        "id": house.ids.make(at)?, "instrument": measure, "answered_at": at, "answers": answers,
    });
    let mut response = rules::read(record, house.now, &client.zone, &house.app.content)
        .map_err(|refusal| Error::internal(refusal.why))?;
    response.received_at = at;
    Ok(response)
}

/// Answers with that sum, item by item; those about risk are left at their lowest.
fn spread(instrument: &Instrument, sum: u64, chance: &mut Chance) -> Vec<f64> {
    let (least, most) = instrument.answers;
    let mut answers = vec![least; instrument.items];
    let open: Vec<usize> = (0..instrument.items)
        .filter(|place| {
            let mut safety = instrument.safety.iter();
            safety.all(|safety| safety.item != place + 1)
        })
        .collect();
    let room = open.len() as f64 * (most - least);
    let mut left = (sum as f64 - least * instrument.items as f64).min(room);
    while left >= 1.0 {
        let at = usize::try_from(chance.below(open.len() as u64)).unwrap_or(0);
        let answer = open.get(at).and_then(|place| answers.get_mut(*place));
        if let Some(answer) = answer.filter(|answer| **answer < most) {
            *answer += 1.0;
            left -= 1.0;
        }
    }
    answers
}
