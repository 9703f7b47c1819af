//! What a system may do, whom a pseudonym means, and in which form it wants its answers.

use std::fmt;

use axum::http::HeaderMap;
use axum::http::header::{self, HeaderName};
use jiff::Timestamp;
use jiff::tz::TimeZone;

pub use crate::features::people::pseudonym;
use kith_base::id::digest;

/// The resources there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The words of a questionnaire or check-in.
    Questionnaire,
    /// Somebody, by a pseudonym.
    Patient,
    /// Her answers.
    QuestionnaireResponse,
    /// What they came to.
    Observation,
    /// What she agreed to practise.
    CarePlan,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 5] = [
        Self::Questionnaire,
        Self::Patient,
        Self::QuestionnaireResponse,
        Self::Observation,
        Self::CarePlan,
    ];

    /// Its name in FHIR.
    pub fn name(self) -> &'static str {
        match self {
            Self::Questionnaire => "Questionnaire",
            Self::Patient => "Patient",
            Self::QuestionnaireResponse => "QuestionnaireResponse",
            Self::Observation => "Observation",
            Self::CarePlan => "CarePlan",
        }
    }

    /// The kind of that name.
    pub fn read(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// What a search may go by, and how FHIR calls such a parameter.
    pub fn parameters(self) -> &'static [(&'static str, &'static str)] {
        match self {
            Self::Questionnaire => &[("_id", "token"), ("code", "token"), ("url", "uri")],
            Self::Patient => &[("_id", "token"), ("identifier", "token")],
            Self::QuestionnaireResponse => &[
                ("_id", "token"),
                ("_lastUpdated", "date"),
                ("authored", "date"),
                ("identifier", "token"),
                ("patient", "reference"),
                ("questionnaire", "reference"),
                ("status", "token"),
                ("subject", "reference"),
            ],
            Self::Observation => &[
                ("_id", "token"),
                ("_lastUpdated", "date"),
                ("category", "token"),
                ("code", "token"),
                ("date", "date"),
                ("patient", "reference"),
                ("status", "token"),
                ("subject", "reference"),
            ],
            Self::CarePlan => &[
                ("_id", "token"),
                ("patient", "reference"),
                ("status", "token"),
                ("subject", "reference"),
            ],
        }
    }
}

/// One thing a system may do, in the words of SMART on FHIR.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// Read and search.
    Read(Kind),
    /// Send answers.
    Create,
}

impl Scope {
    /// Every scope.
    pub const ALL: [Self; 6] = [
        Self::Read(Kind::Patient),
        Self::Read(Kind::Questionnaire),
        Self::Read(Kind::QuestionnaireResponse),
        Self::Read(Kind::Observation),
        Self::Read(Kind::CarePlan),
        Self::Create,
    ];

    /// The word it is stored as.
    pub fn word(self) -> String {
        match self {
            Self::Read(kind) => format!("system/{}.rs", kind.name()),
            Self::Create => "system/QuestionnaireResponse.c".to_owned(),
        }
    }

    /// The same for whoever gives it.
    pub fn words(self) -> &'static str {
        match self {
            Self::Read(Kind::Patient) => "See who has agreed, by their codes",
            Self::Read(Kind::Questionnaire) => "Read the words of questionnaires and check-ins",
            Self::Read(Kind::QuestionnaireResponse) => "Read answers",
            Self::Read(Kind::Observation) => "Read scores",
            Self::Read(Kind::CarePlan) => "Read agreed plans",
            Self::Create => "Add answers given elsewhere",
        }
    }
}

/// What one system may do.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scopes(Vec<Scope>);

impl Scopes {
    /// From words divided by spaces; unknown ones give nothing.
    pub fn read(words: &str) -> Self {
        let has = |scope: &Scope| words.split_whitespace().any(|word| word == scope.word());
        Self(Scope::ALL.into_iter().filter(has).collect())
    }

    /// Whether `scope` is among them.
    pub fn has(&self, scope: Scope) -> bool {
        self.0.contains(&scope)
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// They themselves.
    pub fn iter(&self) -> impl Iterator<Item = Scope> + '_ {
        self.0.iter().copied()
    }
}

impl fmt::Display for Scopes {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words: Vec<_> = self.iter().map(Scope::word).collect();
        out.write_str(&words.join(" "))
    }
}

/// Another system of a clinic's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct System {
    /// Whose.
    pub clinic_id: String,
    /// Itself.
    pub system_id: String,
    /// What the owner calls it.
    pub name: String,
    /// What it may do.
    pub scopes: Scopes,
    /// For everybody who agrees, or for those it was given.
    pub everybody: bool,
    /// When it was connected, Unix milliseconds.
    pub made_at: i64,
    /// From when on its token holds no more.
    pub expires_at: i64,
    /// When its token was taken back.
    pub revoked_at: Option<i64>,
    /// When it last asked for something.
    pub last_used_at: Option<i64>,
}

/// The same id every time for the same thing another system sends about the same person.
pub fn id_of(clinic_id: &str, person_id: &str, (authority, value): (&str, &str)) -> String {
    let digest = digest(&format!(
        "response\n{clinic_id}\n{person_id}\n{authority}\n{value}"
    ));
    // Version 8 of RFC 9562: bits of our own.
    let part = |from: usize, to: usize| digest.get(from..to).unwrap_or_default();
    format!(
        "{}-{}-8{}-a{}-{}",
        part(0, 8),
        part(8, 12),
        part(13, 16),
        part(17, 20),
        part(20, 32)
    )
}

/// An instant with the offset it had where somebody is.
pub fn moment(at: i64, zone: &TimeZone) -> String {
    let moment = Timestamp::from_millisecond(at).unwrap_or(Timestamp::UNIX_EPOCH);
    let moment = moment.to_zoned(zone.clone());
    moment.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()
}

/// An instant as FHIR's `instant`.
pub fn instant(at: i64) -> String {
    let moment = Timestamp::from_millisecond(at).unwrap_or(Timestamp::UNIX_EPOCH);
    moment.strftime("%Y-%m-%dT%H:%M:%S.%3fZ").to_string()
}

/// Whether an answer in JSON will do. `_format` goes before the header.
pub fn takes_json(format: Option<&str>, headers: &HeaderMap) -> bool {
    let is_json = |kind: &str| {
        let kind = kind.split(';').next().unwrap_or_default().trim();
        matches!(kind, "json" | "application/json" | "text/json")
            || kind.replace(' ', "+") == "application/fhir+json"
    };
    if let Some(format) = format.filter(|format| !format.is_empty()) {
        return is_json(format);
    }
    let accepted: Vec<&str> = headers
        .get_all(header::ACCEPT)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(str::trim)
        .collect();
    accepted.is_empty()
        || accepted.iter().any(|kind| {
            is_json(kind) || kind.starts_with("*/*") || kind.starts_with("application/*")
        })
}

/// A wish from the header `Prefer`, such as `return` or `handling`.
pub fn preference<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers
        .get_all(HeaderName::from_static("prefer"))
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split([',', ';']))
        .filter_map(|wish| wish.trim().split_once('='))
        .find(|(key, _)| *key == name)
        .map(|(_, value)| value)
}
