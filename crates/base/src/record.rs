//! What records made on somebody's device have in common: an id, a moment, and what is said when one is not kept.

use axum::http::StatusCode;
use axum::response::Response;
use jiff::Timestamp;
use jiff::civil::DateTime;
use serde::{Deserialize, Serialize};

use super::clock::DAY;
use super::error::Error;
use super::id::read_id;
use super::web::locale::day;
use super::web::respond;

/// A phone's clock may be wrong by a day; further ahead a record would hide what comes after it.
const AHEAD: i64 = DAY;
/// Nobody stays offline for longer than this.
const BEHIND: i64 = 400 * DAY;

/// A record that is not kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Refusal {
    /// Its id, when it had one.
    pub id: Option<String>,
    /// What is wrong with it, in a sentence.
    pub why: String,
}

impl Refusal {
    /// Of the record with this id.
    pub fn of(id: &str, why: &str) -> Self {
        Self {
            id: Some(id.to_owned()),
            why: why.to_owned(),
        }
    }
}

/// The most records taken at once; a phone sends fifty.
const MOST: usize = 500;

/// Reads each record of a list that a device sent: those that can be kept, and why others cannot. `what` they are, for whoever
/// sends something else.
///
/// # Errors
/// When it is no list, or too long a one.
pub fn read_all<T>(
    sent: serde_json::Value,
    what: &str,
    read: impl Fn(serde_json::Value) -> Result<T, Refusal>,
) -> Result<(Vec<T>, Vec<Refusal>), Error> {
    let serde_json::Value::Array(sent) = sent else {
        return Err(Error::invalid("", format!("Please send a list of {what}.")));
    };
    if sent.len() > MOST {
        return Err(Error::TooLarge(format!(
            "Please send at most {MOST} {what} at once."
        )));
    }
    let (mut good, mut refused) = (Vec::new(), Vec::new());
    for record in sent {
        match read(record) {
            Ok(record) => good.push(record),
            Err(refusal) => refused.push(refusal),
        }
    }
    Ok((good, refused))
}

/// What became of the records that were sent: the device may forget what is kept, and says what is refused.
#[derive(Debug, Serialize)]
pub struct Taken<K> {
    /// What is on disk now.
    pub kept: Vec<K>,
    /// What cannot be kept, and why.
    pub refused: Vec<Refusal>,
}

impl<K: Serialize> Taken<K> {
    /// As an answer: unprocessable when nothing of it could be kept.
    pub fn answer(&self) -> Response {
        let status = match self.kept.is_empty() && !self.refused.is_empty() {
            true => StatusCode::UNPROCESSABLE_ENTITY,
            false => StatusCode::OK,
        };
        respond::json(status, self)
    }
}

/// Refusals of one record as it was sent. An id that is none is not repeated back at any length.
#[derive(Clone, Debug)]
pub struct Refusing {
    id: Option<String>,
}

impl Refusing {
    /// For this record.
    pub fn of(sent: &serde_json::Value) -> Self {
        let id = sent.get("id").and_then(|id| id.as_str());
        Self {
            id: id.and_then(|id| read_id(id).or_else(|| (id.len() <= 64).then(|| id.to_owned()))),
        }
    }

    /// Says why.
    pub fn because(&self, why: impl Into<String>) -> Refusal {
        Refusal {
            id: self.id.clone(),
            why: why.into(),
        }
    }
}

/// When something happened, as a device says it: RFC 3339 with the offset it had there, or Unix milliseconds.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub enum Moment {
    /// 2026-11-23T08:30:00+01:00
    Text(String),
    /// Unix milliseconds UTC.
    Milliseconds(i64),
}

impl Moment {
    /// The instant, and the day it was where the device was when it says so, else in `zone`.
    ///
    /// # Errors
    /// A sentence, when it cannot be read or cannot be true; `name` is what the record calls it.
    pub fn read(&self, name: &str, now: i64, zone: &str) -> Result<(i64, String), String> {
        let (at, own_day) = match self {
            Self::Milliseconds(at) => (*at, None),
            Self::Text(text) => {
                let at = text
                    .parse::<Timestamp>()
                    .map_err(|_| format!("{name} must look like 2026-11-23T08:30:00+01:00."))?;
                let own_day = text.parse::<DateTime>().ok().map(|moment| moment.date());
                (at.as_millisecond(), own_day)
            }
        };
        if at > now.saturating_add(AHEAD) {
            return Err("It lies in the future. Please check the clock of this phone.".to_owned());
        }
        if at < now.saturating_sub(BEHIND) {
            return Err(
                "It lies more than a year back. Please check the clock of this phone.".to_owned(),
            );
        }
        Ok((at, own_day.unwrap_or_else(|| day(at, zone)).to_string()))
    }
}
