//! What a response must be to be kept, what it comes to, and what follows from it.

use kith_content::Library;
use kith_content::check_in::CheckIn;
use kith_content::instrument::{Asking, Class, ScoreError, Then, change, score, shown};
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};

use super::sheet::Sheet;
use kith_base::clock::DAY;
use kith_base::error::Problem;
use kith_base::id::read_id;
use kith_base::record::{Moment, Refusal, Refusing};
use kith_base::web::form::Form;
use kith_base::web::locale::zone;

/// How answers came here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Way {
    /// On her own device, signed in.
    Phone,
    /// By a link.
    Link,
    /// In the waiting room.
    WaitingRoom,
    /// Typed in from paper by whoever looks after her.
    Paper,
    /// From another system.
    Fhir,
}

impl Way {
    /// Every way.
    pub const ALL: [Self; 5] = [
        Self::Phone,
        Self::Link,
        Self::WaitingRoom,
        Self::Paper,
        Self::Fhir,
    ];

    /// The word it is stored as.
    pub fn word(self) -> &'static str {
        match self {
            Self::Phone => "phone",
            Self::Link => "link",
            Self::WaitingRoom => "waiting-room",
            Self::Paper => "paper",
            Self::Fhir => "fhir",
        }
    }

    /// The way of that word; what is not known came by phone.
    pub fn read(word: &str) -> Self {
        let all = Self::ALL.into_iter();
        all.into_iter()
            .find(|way| way.word() == word)
            .unwrap_or(Self::Phone)
    }
}

/// What answers come to, and by which definition.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Scores {
    /// The version of the definition.
    pub version: String,
    /// As `kith score` prints them.
    pub scores: Json,
    /// The total, where there is one.
    pub total: Option<f64>,
    /// Whether an item about risk was endorsed.
    #[serde(skip)]
    pub risk: bool,
}

/// One person's answers to one instrument or check-in.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Response {
    /// UUID made where it was answered.
    pub id: String,
    /// The instrument, or the check-in.
    pub instrument: String,
    /// Whether it is a check-in.
    pub is_check_in: bool,
    /// Unix milliseconds UTC.
    pub answered_at: i64,
    /// The day it was, where the person was: 2026-11-23.
    pub answered_on: String,
    /// When it arrived here, Unix milliseconds.
    pub received_at: i64,
    /// One for each item, in the order of the form.
    pub answers: Vec<Option<f64>>,
    /// The order the form printed its items in; empty for the usual one.
    pub order: String,
    /// The words that were read; empty when they are not here.
    pub questionnaire_id: String,
    /// How it came.
    pub way: Way,
    /// Who typed it in for her; empty when she did.
    pub entered_by: String,
    /// What it came to on arrival.
    #[serde(flatten)]
    pub first: Scores,
    /// Whether an item about risk was endorsed.
    pub risk: bool,
    /// Who was told of that.
    pub told: String,
    /// By when they look, Unix milliseconds.
    pub looks_by_at: Option<i64>,
    /// The newest scoring after the first, where there is one.
    pub again: Option<Scores>,
}

impl Response {
    /// Whether another record of the same id says the same.
    pub fn says_the_same(&self, other: &Self) -> bool {
        self.instrument == other.instrument
            && self.answers == other.answers
            && self.order == other.order
    }

    /// The scores that count now: the newest.
    pub fn scores(&self) -> &Scores {
        self.again.as_ref().unwrap_or(&self.first)
    }
}

/// A record as it is sent. Unknown keys are let be, so that newer phones can talk to older houses.
#[derive(Deserialize)]
struct Record {
    id: String,
    instrument: String,
    answered_at: Moment,
    answers: Vec<Option<f64>>,
    #[serde(default)]
    order: Option<String>,
    #[serde(default)]
    questionnaire: Option<String>,
}

/// Reads and scores one record; `now` in Unix milliseconds, `zone` the person's own.
///
/// # Errors
/// A [`Refusal`] that says what is wrong.
pub fn read(sent: Json, now: i64, zone: &str, library: &Library) -> Result<Response, Refusal> {
    let refusing = Refusing::of(&sent);
    let refuse = |why: String| refusing.because(why);
    let record: Record = serde_json::from_value(sent)
        .map_err(|error| refuse(format!("It cannot be read: {error}.")))?;
    let id = read_id(&record.id).ok_or_else(|| refuse("Its id is not a UUID.".to_owned()))?;
    let (answered_at, answered_on) = record
        .answered_at
        .read("answered_at", now, zone)
        .map_err(&refuse)?;
    let order = record.order.unwrap_or_default();
    // A device may write -0, which is 0 and would be shown with its sign.
    let answers: Vec<_> = record
        .answers
        .into_iter()
        .map(|answer| answer.map(|answer| answer + 0.0))
        .collect();
    let first = scores_of(library, &record.instrument, &answers, &order).map_err(&refuse)?;
    let questionnaire_id = record
        .questionnaire
        .as_deref()
        .and_then(read_id)
        .unwrap_or_default();
    Ok(Response {
        id,
        is_check_in: library.check_in(&record.instrument).is_some(),
        instrument: record.instrument,
        answered_at,
        answered_on,
        received_at: now,
        answers,
        order,
        questionnaire_id,
        way: Way::Phone,
        entered_by: String::new(),
        risk: first.risk,
        first,
        told: String::new(),
        looks_by_at: None,
        again: None,
    })
}

/// Scores answers by the definition there is now.
///
/// # Errors
/// A sentence, when there is no such instrument or it cannot be answered like this.
pub fn scores_of(
    library: &Library,
    id: &str,
    answers: &[Option<f64>],
    order: &str,
) -> Result<Scores, String> {
    if let Some(instrument) = library.instrument(id) {
        let asking = Asking {
            order: (!order.is_empty()).then_some(order),
            habit: false,
        };
        let scored = score(instrument, answers, asking).map_err(|error| match &error {
            ScoreError::Answer { allowed, .. } => {
                let allowed: Vec<String> = allowed.iter().map(ToString::to_string).collect();
                format!("{error} It takes {}.", allowed.join(", "))
            }
            _ => error.to_string(),
        })?;
        return Ok(Scores {
            version: scored.version.clone(),
            total: scored.total,
            risk: !scored.safety_items.is_empty(),
            scores: json!(scored),
        });
    }
    let check_in = library
        .check_in(id)
        .ok_or_else(|| "There is no questionnaire of that name here.".to_owned())?;
    check(check_in, answers)?;
    let total = check_in.score(answers);
    let missing: Vec<usize> = (1..)
        .zip(answers)
        .filter(|(_, answer)| answer.is_none())
        .map(|(item, _)| item)
        .collect();
    let why = total
        .is_none()
        .then_some("Not every question was answered.");
    Ok(Scores {
        version: check_in.version.clone(),
        total,
        risk: false,
        scores: json!({
            "instrument": check_in.id, "version": check_in.version, "total": total, "band": null,
            "positive": null, "subscales": {}, "missing": missing, "safety_items": [],
            "why_no_total": why,
        }),
    })
}

fn check(check_in: &CheckIn, answers: &[Option<f64>]) -> Result<(), String> {
    let (least, most) = kith_content::check_in::SLIDER;
    if answers.len() != check_in.items.len() {
        return Err(format!(
            "{} has {} questions, and {} answers were given.",
            check_in.title,
            check_in.items.len(),
            answers.len()
        ));
    }
    let is_on = |answer: &f64| (least..=most).contains(answer) && answer.fract() == 0.0;
    match answers.iter().flatten().all(is_on) {
        true => Ok(()),
        false => Err(format!(
            "{} takes whole numbers from {least} to {most}.",
            check_in.title
        )),
    }
}

/// What follows from a check-in's scores, the latest last: an instrument to offer, and what else.
pub fn follows<'l>(check_in: &'l CheckIn, scores: &[f64]) -> (Option<&'l str>, Vec<Then>) {
    let (mut offer, mut then) = (None, Vec::new());
    for rule in check_in.reached(scores) {
        offer = offer.or(rule.offer.as_deref());
        for &one in &rule.then {
            if !then.contains(&one) {
                then.push(one);
            }
        }
    }
    (offer, then)
}

/// A request that something be answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Request {
    /// Its id.
    pub request_id: String,
    /// What is asked for.
    pub instrument: String,
    /// Who asked.
    pub asked_by: String,
    /// When, Unix milliseconds.
    pub asked_at: i64,
    /// From when on it is shown.
    pub opens_at: i64,
    /// From when on it is shown no more.
    pub expires_at: i64,
    /// When one reminder is due, if one is wanted.
    pub remind_at: Option<i64>,
    /// When it was sent.
    pub reminded_at: Option<i64>,
    /// When it was taken back.
    pub withdrawn_at: Option<i64>,
    /// When something was answered to it.
    pub answered_at: Option<i64>,
}

impl Request {
    /// Whether it still stands, answered or not.
    pub fn is_kept(&self, now: i64) -> bool {
        self.withdrawn_at.is_none() && now < self.expires_at
    }

    /// Whether an answer is still wanted, now or later.
    pub fn is_open(&self, now: i64) -> bool {
        self.is_kept(now) && self.answered_at.is_none()
    }

    /// Whether it waits for an answer at this instant.
    pub fn waits(&self, now: i64) -> bool {
        self.is_open(now) && self.opens_at <= now
    }
}

/// Answers as a form sent them, in the order of its items.
#[derive(Clone, Debug, PartialEq)]
pub struct Sent {
    /// The id made with the page.
    pub id: String,
    /// One for each item.
    pub answers: Vec<Option<f64>>,
    /// The places without an answer.
    pub gaps: Vec<usize>,
}

impl Sent {
    /// Whether nothing was answered at all.
    pub fn is_empty(&self) -> bool {
        self.gaps.len() == self.answers.len()
    }

    /// As a phone would send it.
    pub fn record(&self, sheet: &Sheet, answered_at: i64) -> Json {
        json!({
            "id": self.id, "instrument": sheet.measure, "answered_at": answered_at,
            "answers": self.answers, "order": sheet.order, "questionnaire": sheet.questionnaire_id,
        })
    }
}

/// Reads a form of radio buttons or boxes, `item-1` and so on; `new_id` where the page's own cannot be read.
///
/// # Errors
/// What is wrong, item by item.
pub fn read_sent(form: &Form, sheet: &Sheet, new_id: &str) -> Result<Sent, Vec<Problem>> {
    let (mut answers, mut gaps, mut problems) = (Vec::new(), Vec::new(), Vec::new());
    for (place, item) in (1..).zip(&sheet.items) {
        let name = format!("item-{place}");
        let text = form.raw(&name).trim();
        let values = item.answers.values();
        let answer = match text {
            "" | "-" | "_" => None,
            text => {
                let number = text.parse::<f64>().ok();
                let known = number.filter(|number| values.contains(number));
                if known.is_none() {
                    let allowed: Vec<_> = values.iter().map(ToString::to_string).collect();
                    let message = format!("Question {place} takes {}.", allowed.join(", "));
                    problems.push(Problem::with(&name, message));
                }
                known
            }
        };
        if answer.is_none() {
            gaps.push(place);
        }
        answers.push(answer);
    }
    if !problems.is_empty() {
        return Err(problems);
    }
    Ok(Sent {
        id: read_id(form.raw("id")).unwrap_or_else(|| new_id.to_owned()),
        answers,
        gaps,
    })
}

/// What moved between two responses to one instrument, in a sentence for whoever looks after her; `None` where nothing can be
/// said.
pub fn changed(library: &Library, earlier: &Response, later: &Response) -> Option<String> {
    let instrument = library.instrument(&later.instrument)?;
    let scale = instrument.total.as_ref()?;
    let (before, after) = (earlier.scores(), later.scores());
    if before.version != after.version {
        return Some("Scored by two versions of the definition, so the two are not compared. Score the older one again first.".to_owned());
    }
    let change = change(instrument, scale, before.total?, after.total?).ok()?;
    Some(change.words.clinician).filter(|words| !words.is_empty())
}

/// What a class of change is called, in two or three words; nothing where there is none.
pub fn class_words(class: Option<Class>) -> &'static str {
    match class {
        Some(Class::Deteriorated) => "reliably worse",
        Some(Class::Improved) => "reliably better",
        Some(Class::Recovered) => "reliably better, and across the cut-off",
        Some(Class::Unchanged) => "not reliably different",
        None => "",
    }
}

/// Of responses, oldest first, the one before another to the same instrument that has a total.
pub fn before(all: Vec<Response>, response: &Response) -> Option<Response> {
    all.into_iter()
        .take_while(|other| other.id != response.id)
        .filter(|other| other.instrument == response.instrument)
        .filter(|other| other.scores().total.is_some())
        .last()
}

/// The same in a few words, for a list: by how much it moved, and what that comes to.
pub fn moved(library: &Library, earlier: &Response, later: &Response) -> Option<String> {
    let instrument = library.instrument(&later.instrument)?;
    let scale = instrument.total.as_ref()?;
    let (before, after) = (earlier.scores(), later.scores());
    if before.version != after.version {
        return Some("not compared: scored by another version".to_owned());
    }
    let (from, to) = (before.total?, after.total?);
    let class = change(instrument, scale, from, to).ok()?.class;
    let by = match to - from {
        by if by > 0.0 => format!("+{}", shown(by)),
        by if by < 0.0 => format!("−{}", shown(-by)),
        _ => "the same".to_owned(),
    };
    Some(match class_words(class) {
        "" => by,
        words => format!("{by}, {words}"),
    })
}

/// The longest ahead something is asked for, days.
const FURTHEST: i64 = 370;

/// What a practitioner asks for, and by when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Times {
    /// From when on it is shown.
    pub opens_at: i64,
    /// By when it is needed.
    pub expires_at: i64,
    /// When one reminder is due.
    pub remind_at: Option<i64>,
}

/// Reads by when something is needed; `zone` is the client's.
pub fn read_times(form: &mut Form, now: i64, zone_name: &str) -> Option<Times> {
    let on = form.raw("on").trim().parse::<jiff::civil::Date>();
    let at = form.raw("at").trim().parse::<jiff::civil::Time>();
    if on.is_err() {
        form.complain("on", "Please enter a day such as 2026-11-30.");
    }
    if at.is_err() {
        form.complain("at", "Please enter a time such as 09:30.");
    }
    let moment = on.ok()?.to_datetime(at.ok()?);
    let expires_at = zone(zone_name)
        .to_ambiguous_timestamp(moment)
        .compatible()
        .ok()?
        .as_millisecond();
    if expires_at <= now {
        form.complain("on", "That has passed already.");
        return None;
    }
    if expires_at > now + FURTHEST * DAY {
        form.complain("on", "Please choose a day within a year.");
        return None;
    }
    let opens_at = match form.raw("opens") {
        "" | "now" => now,
        days => match days.parse::<i64>() {
            Ok(days) if (1..=28).contains(&days) => (expires_at - days * DAY).max(now),
            _ => {
                form.complain("opens", "Please choose from when on it is shown.");
                return None;
            }
        },
    };
    let remind_at = match form.raw("remind") {
        "" | "no" => None,
        hours => match hours.parse::<i64>() {
            Ok(hours) if (1..=72).contains(&hours) => Some(expires_at - hours * 3_600_000),
            _ => {
                form.complain("remind", "Please choose when to remind.");
                return None;
            }
        },
    };
    if remind_at.is_some_and(|at| at <= now || at < opens_at) {
        form.complain(
            "remind",
            "That moment has passed, or lies before it is shown. Please choose another, or none.",
        );
        return None;
    }
    Some(Times {
        opens_at,
        expires_at,
        remind_at,
    })
}
