//! How a question is asked in an address, and how answers are put in order.

use std::fmt::Display;
use std::str::FromStr;

use kith_content::UnknownWord;
use kith_content::evidence::{
    AskedComparator, Checked, EffectKind, Evidence, Level, Population, StudySetting, Timepoint,
    ToldTo,
};
use kith_evidence::{Answer, FamilyAsked, Pool, Question};
use kith_stats::pool::Method;
use serde::Deserialize;

use kith_base::error::Error;

/// A question as it stands in an address; what is empty is not asked for.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct Asked {
    /// Compared with what.
    pub comparator: String,
    /// What was trained.
    pub family: String,
    /// Where people took part.
    pub setting: String,
    /// Who took part.
    pub population: String,
    /// `yes` for what was measured later.
    pub follow_up: String,
    /// How the variance between studies is estimated.
    pub method: String,
    /// Whom it is told to.
    pub audience: String,
}

impl Asked {
    /// The question these words ask.
    ///
    /// # Errors
    /// For a construct there is not, and for a word of no list.
    pub fn question(&self, evidence: &Evidence, construct: &str) -> Result<Question, Error> {
        let mut question = Question::about(evidence, construct).map_err(|_| Error::NotFound)?;
        if let Some(comparator) = word::<AskedComparator>("comparator", &self.comparator)? {
            question.comparator = comparator;
        }
        match self.family.trim() {
            "" => {}
            family => {
                question.family = family.parse().map_err(|()| {
                    unknown(
                        "family",
                        family,
                        "a family of training",
                        &FamilyAsked::all_words(),
                    )
                })?;
            }
        }
        question.setting = word::<StudySetting>("setting", &self.setting)?;
        question.people = word::<Population>("population", &self.population)?;
        question.timepoint = match self.follow_up.trim() {
            "" | "no" => Timepoint::Post,
            "yes" => Timepoint::FollowUp,
            other => {
                return Err(unknown(
                    "follow_up",
                    other,
                    "an answer to this",
                    &["yes", "no"],
                ));
            }
        };
        match self.method.trim() {
            "" => {}
            method => {
                question.settings.method = method.parse().map_err(|()| {
                    let all: Vec<_> = Method::ALL.iter().map(|one| one.as_str()).collect();
                    unknown("method", method, "a method", &all)
                })?;
            }
        }
        Ok(question)
    }

    /// Whom it is told to; whoever works here is told as a colleague unless she asks otherwise.
    ///
    /// # Errors
    /// For a word that is no audience.
    pub fn audience(&self, works_here: bool) -> Result<ToldTo, Error> {
        let usual = if works_here {
            ToldTo::Colleague
        } else {
            ToldTo::Client
        };
        Ok(word::<ToldTo>("audience", &self.audience)?.unwrap_or(usual))
    }

    /// The same for somebody else.
    pub fn told_to(&self, to: ToldTo) -> Self {
        Self {
            audience: to.to_string(),
            ..self.clone()
        }
    }

    /// As the end of an address, beginning with its question mark; empty where nothing is asked for.
    pub fn as_query(&self) -> String {
        let all = [
            ("comparator", &self.comparator),
            ("family", &self.family),
            ("setting", &self.setting),
            ("population", &self.population),
            ("follow_up", &self.follow_up),
            ("method", &self.method),
            ("audience", &self.audience),
        ];
        let mut query = form_urlencoded::Serializer::new(String::new());
        for (name, value) in all {
            if !value.trim().is_empty() {
                query.append_pair(name, value.trim());
            }
        }
        match query.finish() {
            query if query.is_empty() => query,
            query => format!("?{query}"),
        }
    }
}

fn word<W: FromStr<Err = UnknownWord>>(field: &str, text: &str) -> Result<Option<W>, Error> {
    match text.trim() {
        "" => Ok(None),
        text => text
            .parse()
            .map(Some)
            .map_err(|wrong: UnknownWord| unknown(field, text, wrong.what, &wrong.allowed)),
    }
}

fn unknown(field: &str, word: &str, what: &str, allowed: &[impl Display]) -> Error {
    let allowed: Vec<String> = allowed.iter().map(ToString::to_string).collect();
    let word: String = word.chars().take(40).collect();
    Error::invalid(
        field,
        format!("“{word}” is not {what}. It can be: {}.", allowed.join(", ")),
    )
}

/// How an answer stands, from what holds best to what nobody knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// Trials together show something.
    Holds,
    /// Trials together do not tell.
    NotReliable,
    /// Nothing may be pooled.
    NotKnown,
}

impl Standing {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Holds, Self::NotReliable, Self::NotKnown];

    /// Of an answer.
    pub fn of(answer: &Answer<'_>) -> Self {
        match &answer.pool {
            Some(pool) if Pool::is_reliable(pool) && pool.pooled.estimate > 0.0 => Self::Holds,
            Some(_) => Self::NotReliable,
            None => Self::NotKnown,
        }
    }
}

/// Whether there is anything to say about it: a pool, a study that is left out of it, a review.
pub fn says_something(answer: &Answer<'_>) -> bool {
    answer.pool.is_some() || !answer.left_out.is_empty() || !answer.published.is_empty()
}

/// What holds best first, then what one may be surer of, then what more people took part in.
pub fn in_order<'a, 'e>(mut answers: Vec<&'a Answer<'e>>) -> Vec<&'a Answer<'e>> {
    let people = |answer: &Answer<'_>| answer.pool.as_ref().map_or(0.0, Pool::people);
    let level = |answer: &Answer<'_>| answer.certainty.as_ref().map(|sure| sure.level);
    answers.sort_by(|one, other| {
        Standing::of(one)
            .cmp(&Standing::of(other))
            // A level is greater the lower it is, and none is less than any.
            .then(level(one).is_none().cmp(&level(other).is_none()))
            .then(level(one).cmp(&level(other)))
            .then(people(other).total_cmp(&people(one)))
    });
    answers
}

/// How sure one may be, for somebody.
pub fn sure(level: Level, to: ToldTo) -> &'static str {
    match (to, level) {
        (ToldTo::Client, Level::High) => "quite sure",
        (ToldTo::Client, Level::Moderate) => "fairly sure",
        (ToldTo::Client, Level::Low) => "not very sure",
        (ToldTo::Client, Level::VeryLow) => "not sure at all",
        (_, Level::High) => "certainty high",
        (_, Level::Moderate) => "certainty moderate",
        (_, Level::Low) => "certainty low",
        (_, Level::VeryLow) => "certainty very low",
    }
}

/// How far a figure was verified, in words.
pub fn checked(how: Checked) -> &'static str {
    match how {
        Checked::FullText => "read in the full text",
        Checked::Abstract => "read in the abstract",
        Checked::Secondary => "read in another source",
        Checked::Recalled => "from memory, not looked up",
    }
}

/// What a kind of figure is called.
pub fn called(kind: EffectKind) -> &'static str {
    match kind {
        EffectKind::CohensD => "Cohen’s d",
        EffectKind::HedgesG => "Hedges’ g",
        EffectKind::Ratio => "ratio",
        EffectKind::Proportion => "proportion",
        EffectKind::Beta => "beta",
        EffectKind::Correlation => "correlation",
        EffectKind::Eta2p => "partial eta squared",
    }
}

/// A number as it stands, with a true minus.
pub fn plain(number: f64) -> String {
    number.to_string().replace('-', "−")
}

/// With two decimals.
pub fn decimals(number: f64) -> String {
    match format!("{number:.2}") {
        none if none == "-0.00" => "0.00".to_owned(),
        text => text.replace('-', "−"),
    }
}

/// With its first letter large.
pub fn begun(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(letters).collect()
    })
}
