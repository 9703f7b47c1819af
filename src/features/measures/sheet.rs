//! What is put before whoever answers: the words of a questionnaire or of a check-in, made alike.

use kith_content::Library;
use kith_content::check_in::CheckIn;
use kith_content::form::Form;
use kith_content::instrument::Instrument;
use serde_json::{Value as Json, json};

use super::store::questionnaires::Words;

/// Questions, ready to be answered.
#[derive(Clone, Debug, PartialEq)]
pub struct Sheet {
    /// The instrument or the check-in.
    pub measure: String,
    /// What stands above it.
    pub title: String,
    /// What is said before the first question.
    pub lead: String,
    /// Whose words these are; may be empty.
    pub credit: String,
    /// What it is not.
    pub note: String,
    /// The language of the words, BCP 47.
    pub language: String,
    /// The order they are printed in; empty for the usual one.
    pub order: String,
    /// The words that are read; empty for our own.
    pub questionnaire_id: String,
    /// The questions, as printed.
    pub items: Vec<Item>,
}

/// One question.
#[derive(Clone, Debug, PartialEq)]
pub struct Item {
    /// Its words; empty where they are not here.
    pub text: String,
    /// What can be answered.
    pub answers: Answers,
    /// From which answer on it asks for somebody's attention by itself.
    pub risk_from: Option<f64>,
    /// Whether it counts the other way round in a check-in.
    pub turned: bool,
}

/// What can be answered.
#[derive(Clone, Debug, PartialEq)]
pub enum Answers {
    /// One of these: its number and its words.
    Choice(Vec<(f64, String)>),
    /// 0 to 10, with words at both ends and in the middle.
    Slider {
        /// At 0.
        low: String,
        /// At 5.
        mid: String,
        /// At 10.
        high: String,
    },
}

impl Answers {
    /// Every number that can be answered, as printed.
    pub fn values(&self) -> Vec<f64> {
        match self {
            Self::Choice(answers) => answers.iter().map(|(value, _)| *value).collect(),
            Self::Slider { .. } => (0..=10).map(f64::from).collect(),
        }
    }

    /// What an answer is called; empty where it has no words.
    pub fn words_of(&self, value: f64) -> &str {
        match self {
            Self::Choice(answers) => answers
                .iter()
                .find(|(known, _)| *known == value)
                .map_or("", |(_, words)| words),
            Self::Slider { low, mid, high } => match value {
                0.0 => low,
                5.0 => mid,
                10.0 => high,
                _ => "",
            },
        }
    }
}

impl Sheet {
    /// A check-in's own words.
    pub fn of_check_in(check_in: &CheckIn) -> Self {
        Self {
            measure: check_in.id.clone(),
            title: check_in.title.clone(),
            lead: String::new(),
            credit: String::new(),
            note: check_in.note.clone(),
            language: "en".to_owned(),
            order: String::new(),
            questionnaire_id: String::new(),
            items: check_in
                .items
                .iter()
                .map(|question| Item {
                    text: question.text.clone(),
                    answers: Answers::Slider {
                        low: question.low.clone(),
                        mid: question.mid.clone(),
                        high: question.high.clone(),
                    },
                    risk_from: None,
                    turned: question.turned,
                })
                .collect(),
        }
    }

    /// The words a clinic brought in; `None` when they do not fit the definition any more.
    pub fn of_form(instrument: &Instrument, words: &Words) -> Option<Self> {
        let form: &Form = &words.form;
        let order = form.order.clone().unwrap_or_default();
        let known = order.is_empty() || instrument.orders.iter().any(|known| known.id == order);
        if form.items.len() != instrument.items || !known {
            return None;
        }
        let options = instrument.options();
        let items = form.items.iter().map(|item| {
            let answers: Vec<_> = item
                .answers
                .iter()
                .map(|answer| (answer.value, answer.text.clone()))
                .collect();
            let fits = answers.iter().all(|(value, _)| options.contains(value));
            (fits && !answers.is_empty()).then(|| Item {
                text: item.text.clone(),
                answers: Answers::Choice(answers),
                risk_from: risk_from(instrument, item.item),
                turned: false,
            })
        });
        Some(Self {
            measure: instrument.id.clone(),
            title: form.title.clone(),
            lead: form.lead.clone(),
            credit: form.credit.clone(),
            note: String::new(),
            language: form.language.clone(),
            order,
            questionnaire_id: words.questionnaire_id.clone(),
            items: items.collect::<Option<_>>()?,
        })
    }

    /// An instrument by its numbers alone, for typing in from paper.
    pub fn of_numbers(instrument: &Instrument) -> Self {
        let answers: Vec<_> = instrument
            .options()
            .into_iter()
            .map(|value| (value, String::new()))
            .collect();
        Self {
            measure: instrument.id.clone(),
            title: instrument.title.clone(),
            lead: String::new(),
            credit: String::new(),
            note: String::new(),
            language: "en".to_owned(),
            order: String::new(),
            questionnaire_id: String::new(),
            items: (1..=instrument.items)
                .map(|item| Item {
                    text: String::new(),
                    answers: Answers::Choice(answers.clone()),
                    risk_from: risk_from(instrument, item),
                    turned: false,
                })
                .collect(),
        }
    }

    /// Whether any question asks about risk.
    pub fn asks_about_risk(&self) -> bool {
        self.items.iter().any(|item| item.risk_from.is_some())
    }

    /// Whether these answers, read against the words, call for help at once.
    pub fn is_endorsed(&self, answers: &[Option<f64>]) -> bool {
        self.items.iter().zip(answers).any(|(item, answer)| {
            item.risk_from
                .zip(*answer)
                .is_some_and(|(from, answer)| answer >= from)
        })
    }

    /// What the page's script has to know: to keep, to send, and to show help without a network.
    pub fn for_script(&self, library: &Library, recent: &[f64]) -> Json {
        let rules = library
            .check_in(&self.measure)
            .map_or(&[][..], |check_in| &check_in.rules);
        json!({
            "measure": self.measure,
            "title": self.title,
            "order": self.order,
            "questionnaire": self.questionnaire_id,
            "items": self.items.iter().map(|item| json!({
                "values": item.answers.values(),
                "slider": matches!(item.answers, Answers::Slider { .. }),
                "risk_from": item.risk_from,
                "turned": item.turned,
            })).collect::<Vec<_>>(),
            "rules": rules,
            "recent": recent,
        })
    }
}

fn risk_from(instrument: &Instrument, item: usize) -> Option<f64> {
    let safety = instrument.safety.iter();
    safety
        .filter(|safety| safety.item == item)
        .map(|safety| safety.at_least)
        .min_by(f64::total_cmp)
}

/// Another instrument for the same thing that does not ask about risk: the nearest in length among those whose words are here.
pub fn without_risk<'l>(
    library: &'l Library,
    id: &str,
    is_here: impl Fn(&str) -> bool,
) -> Option<&'l Instrument> {
    let asked = library.instrument(id)?;
    library
        .instruments()
        .filter(|other| {
            other.safety.is_empty()
                && other.construct == asked.construct
                && other.audience == asked.audience
                && is_here(&other.id)
        })
        .min_by_key(|other| other.items.abs_diff(asked.items))
}
