//! When somebody looks, by when at the latest, and what an alert may say.

use jiff::Span;
use jiff::civil::Date;
use kith_content::HelpWords;
use serde::Serialize;

use super::store::Help;
use kith_base::web::locale::{day, zone};

/// Why something asks for a look.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// An answer about risk; goes to the clinic's named contact.
    RiskAnswer,
    /// An unwanted effect that was hard to bear, lasted, or got in the way of daily life.
    UnwantedEffect,
    /// Practice left somebody much worse more than once within a few days.
    MuchWorseTwice,
    /// The questions before a programme say: talk first.
    RedScreening,
}

impl Kind {
    const ALL: [Self; 4] = [
        Self::RiskAnswer,
        Self::UnwantedEffect,
        Self::MuchWorseTwice,
        Self::RedScreening,
    ];

    /// The word it is stored as.
    pub fn word(self) -> &'static str {
        match self {
            Self::RiskAnswer => "risk-answer",
            Self::UnwantedEffect => "unwanted-effect",
            Self::MuchWorseTwice => "much-worse-twice",
            Self::RedScreening => "red-screening",
        }
    }

    /// The kind of that word.
    pub fn read(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }

    /// What its recipient reads. Without a client's leave it says no more than that there is something.
    pub fn words(self, may_know: bool) -> &'static str {
        match self {
            _ if !may_know => "An answer that asks for a look.",
            Self::RiskAnswer => {
                "An answer about risk. They agreed that you are told and may get in touch."
            }
            Self::UnwantedEffect => {
                "An unwanted effect that was hard to bear, lasted, or got in the way of everyday things. Their plan was paused."
            }
            Self::MuchWorseTwice => {
                "Practice left them much worse more than once within a week. Their plan was paused."
            }
            Self::RedScreening => {
                "Their answers before a programme ask for a talk first. Their plan was paused."
            }
        }
    }
}

/// When a contact looks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hours {
    /// Weekdays as digits, Monday is 1.
    pub weekdays: String,
    /// Minutes since midnight.
    pub from_minute: i64,
    /// Minutes since midnight; 1440 is its end.
    pub to_minute: i64,
    /// Where the clinic is.
    pub zone: String,
}

/// Who looks at answers about risk. The names are `None` once somebody has left.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contact {
    /// The responsible person.
    pub person_id: String,
    /// What she is called.
    pub name: Option<String>,
    /// To whom an alert goes that nobody has looked at in time.
    pub second_id: String,
    /// What they are called.
    pub second_name: Option<String>,
    /// The hours in the clinic's words.
    pub hours_words: String,
    /// The hours a program can count.
    pub hours: Hours,
    /// How soon, counted within those hours.
    pub response_hours: i64,
    /// Whether questions about risk are asked.
    pub risk_items: bool,
}

impl Contact {
    /// Whether both people are there; without them nobody would look.
    pub fn is_staffed(&self) -> bool {
        self.name.is_some() && self.second_name.is_some()
    }

    /// What the responsible person is called.
    pub fn name(&self) -> &str {
        self.name.as_deref().unwrap_or_default()
    }

    /// By when somebody looks at what arrived at the instant `at`.
    pub fn looks_by(&self, at: i64) -> i64 {
        looks_by(at, &self.hours, self.response_hours)
    }
}

const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;

/// The furthest ahead hours are counted, days: a contact of one hour a week may take 72 of them.
const FURTHEST: i64 = 600;

/// The instant at which `response_hours` of staffed hours have passed since the instant `at`.
pub fn looks_by(at: i64, hours: &Hours, response_hours: i64) -> i64 {
    let place = zone(&hours.zone);
    let first = day(at, &hours.zone);
    let instant = |on: Date, minute: i64| {
        on.to_datetime(jiff::civil::Time::midnight())
            .checked_add(Span::new().minutes(minute))
            .and_then(|moment| moment.to_zoned(place.clone()))
            .map_or(at, |moment| moment.timestamp().as_millisecond())
    };
    let mut left = response_hours * HOUR;
    for on in first.series(Span::new().days(1)).take(FURTHEST as usize) {
        let digit = char::from(b'0' + on.weekday().to_monday_one_offset().unsigned_abs());
        if !hours.weekdays.contains(digit) {
            continue;
        }
        let (opens, closes) = (instant(on, hours.from_minute), instant(on, hours.to_minute));
        let begins = opens.max(at);
        if begins >= closes {
            continue;
        }
        if closes - begins >= left {
            return begins + left;
        }
        left -= closes - begins;
    }
    // Hours that never come: somebody else is to look at once.
    at
}

/// `09:00` as minutes since midnight; `24:00` is its end.
pub fn read_time(text: &str) -> Option<i64> {
    let (hours, minutes) = text.trim().split_once(':')?;
    let digits = |part: &str| {
        let plain = part.len() <= 2 && part.bytes().all(|byte| byte.is_ascii_digit());
        plain.then(|| part.parse::<i64>().ok()).flatten()
    };
    let (hours, minutes) = (digits(hours)?, digits(minutes)?);
    let minute = hours * 60 + minutes;
    (minutes < 60 && minute <= 24 * 60).then_some(minute)
}

/// Minutes since midnight as `09:00`.
pub fn time_text(minute: i64) -> String {
    format!("{:02}:{:02}", minute / 60, minute % 60)
}

/// What a telephone dials for a number as people write it.
pub fn dialled(number: &str) -> String {
    number
        .chars()
        .filter(|c| c.is_ascii_digit() || *c == '+')
        .collect()
}

/// Whether that is a telephone number as people write them.
pub fn is_number(text: &str) -> bool {
    text.chars()
        .all(|c| c.is_ascii_digit() || " +-()".contains(c))
}

/// The numbers for whoever reads `locales`, the first of them first; any numbers rather than none.
pub fn help_for<'a>(rows: &'a [Help], locales: &[&str]) -> Option<&'a Help> {
    let filled = |help: &&Help| {
        **help
            != (Help {
                locale: help.locale.clone(),
                ..Help::default()
            })
    };
    locales
        .iter()
        .find_map(|locale| {
            rows.iter()
                .filter(filled)
                .find(|help| help.locale == **locale)
        })
        .or_else(|| rows.iter().find(filled))
}

/// The words in the first of `locales` that there are any for, else whatever is there.
pub fn words_for<'a>(words: &'a [HelpWords], locales: &[&str]) -> Option<&'a HelpWords> {
    let language = |tag: &str| tag.split('-').next().unwrap_or_default().to_owned();
    locales
        .iter()
        .find_map(|locale| words.iter().find(|words| words.locale == **locale))
        .or_else(|| {
            locales.iter().find_map(|locale| {
                let wanted = language(locale);
                words.iter().find(|words| language(&words.locale) == wanted)
            })
        })
        .or_else(|| words.first())
}
