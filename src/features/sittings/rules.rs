//! What a record must be to be kept.

use kith_content::Library;
use serde::{Deserialize, Serialize};

use kith_base::id::read_id;
use kith_base::record::{Moment, Refusal, Refusing};

/// One person doing one practice once.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Sitting {
    /// UUID made on the device.
    pub id: String,
    /// The practice's slug.
    pub practice: String,
    /// Which text of it.
    pub revision: String,
    /// Unix milliseconds UTC.
    pub started_at: i64,
    /// The day it was, where the person was: 2026-11-23.
    pub started_on: String,
    /// Minutes asked for.
    pub minutes: f64,
    /// Seconds heard of them.
    pub seconds_heard: i64,
    /// Whether it was heard to its end.
    pub finished: bool,
    /// Fits me, 0 to 10.
    pub fit: Option<i64>,
    /// Left me, -2 to 2.
    pub effect: Option<i64>,
    /// What got in the way: a code of `barriers.toml`.
    pub barrier: Option<String>,
    /// When it arrived here, Unix milliseconds; a phone may have been offline for a fortnight.
    pub received_at: i64,
}

/// A record as it is sent. Unknown keys are let be, so that newer phones can talk to older houses.
#[derive(Deserialize)]
struct Record {
    id: String,
    practice: String,
    revision: Text,
    started_at: Moment,
    minutes: f64,
    seconds_heard: f64,
    finished: bool,
    fit: Option<i64>,
    effect: Option<i64>,
    barrier: Option<String>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Text {
    Text(String),
    Number(i64),
}

/// Reads one record; `now` in Unix milliseconds, `zone` the person's own.
///
/// # Errors
/// A [`Refusal`] that says what is wrong.
pub fn read(
    sent: serde_json::Value,
    now: i64,
    zone: &str,
    library: &Library,
) -> Result<Sitting, Refusal> {
    let refusing = Refusing::of(&sent);
    let refuse = |why: String| refusing.because(why);
    let record: Record = serde_json::from_value(sent)
        .map_err(|error| refuse(format!("It cannot be read: {error}.")))?;
    let id = read_id(&record.id).ok_or_else(|| refuse("Its id is not a UUID.".to_owned()))?;
    // Whether there is one of that name is asked of the store, which must not meet a text it cannot hold.
    if record.practice.len() > 200 || record.practice.contains(char::is_control) {
        return Err(refuse("Its practice is no name of one.".to_owned()));
    }
    let revision = match record.revision {
        Text::Text(text) if text.len() <= 64 && !text.contains(char::is_control) => text,
        Text::Number(number) => number.to_string(),
        Text::Text(_) => return Err(refuse("Its revision is too long, or no text.".to_owned())),
    };
    let (started_at, started_on) = record
        .started_at
        .read("started_at", now, zone)
        .map_err(&refuse)?;
    let within = |name: &str, number: f64, least: f64, most: f64| {
        if (least..=most).contains(&number) {
            Ok(())
        } else {
            Err(refuse(format!("{name} must be from {least} to {most}.")))
        }
    };
    within("minutes", record.minutes, 0.1, 120.0)?;
    within("seconds_heard", record.seconds_heard, 0.0, 4.0 * 3600.0)?;
    for (name, tap, least, most) in [
        ("fit", record.fit, 0.0, 10.0),
        ("effect", record.effect, -2.0, 2.0),
    ] {
        if let Some(tap) = tap {
            within(name, tap as f64, least, most)?;
        }
    }
    if let Some(code) = &record.barrier
        && !library
            .barriers()
            .iter()
            .any(|barrier| barrier.code == *code)
    {
        return Err(refuse("There is no barrier of that code here.".to_owned()));
    }
    let seconds_heard = record.seconds_heard.round() as i64;
    Ok(Sitting {
        id,
        practice: record.practice,
        revision,
        started_at,
        started_on,
        minutes: record.minutes,
        seconds_heard,
        finished: record.finished,
        fit: record.fit,
        effect: record.effect,
        barrier: record.barrier,
        received_at: now,
    })
}
