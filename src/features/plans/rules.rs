//! Plans: what they hold, and what a form may say.

use jiff::civil::{Date, Weekday};
use kith_content::{Edition, ItemKind, Library, Practice, Programme};
use serde::Serialize;

use kith_base::web::form::Form;
use kith_base::web::locale::{days_between, minutes_text};

/// Where a plan stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// The practitioner has offered it.
    #[default]
    Offered,
    /// The client has made it her own.
    Agreed,
    /// It is over.
    Ended,
}

impl State {
    /// The word it is stored as.
    pub fn word(self) -> &'static str {
        match self {
            Self::Offered => "offered",
            Self::Agreed => "agreed",
            Self::Ended => "ended",
        }
    }

    /// The state of that word; an unknown one counts as over.
    pub fn read(word: &str) -> Self {
        match word {
            "offered" => Self::Offered,
            "agreed" => Self::Agreed,
            _ => Self::Ended,
        }
    }
}

/// One person's enrolment in one programme, or in practices put together in the room.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Plan {
    /// Itself.
    pub plan_id: String,
    /// Whose.
    pub client_id: String,
    /// Who offered it.
    pub prescribed_by: String,
    /// The programme it follows, if any; else it is the practices put together in the room.
    pub course: Option<Course>,
    /// The set of wishes to speak; empty for the usual one.
    pub phrases: String,
    /// How sure the client is that she will do it, 0 to 10.
    pub confidence: Option<i64>,
    /// When nothing was asked, oldest first.
    pub pauses: Vec<Pause>,
    /// Why, in the practitioner's words.
    pub why: String,
    /// What to do if it goes badly.
    pub if_hard: String,
    /// Where it stands.
    pub state: State,
    /// Its first day.
    pub starts_on: Date,
    /// Its last day; `None`: until somebody ends it.
    pub ends_on: Option<Date>,
    /// When it was offered, Unix milliseconds.
    pub made_at: i64,
    /// When the client agreed, Unix milliseconds.
    pub agreed_at: Option<i64>,
    /// The day that was, where she is.
    pub agreed_on: Option<Date>,
    /// As the practitioner offered it.
    pub prescribed: Vec<PlanPractice>,
    /// As the client made it her own; empty until she has.
    pub agreed: Vec<PlanPractice>,
}

impl Plan {
    /// What holds: the agreed version, or the offer while there is none.
    pub fn practices(&self) -> &[PlanPractice] {
        if self.agreed.is_empty() {
            &self.prescribed
        } else {
            &self.agreed
        }
    }

    /// Whether nothing is asked on this day.
    pub fn is_paused(&self, on: Date) -> bool {
        self.pauses.iter().any(|pause| pause.holds(on))
    }

    /// Whether a rule of safety holds it on this day.
    pub fn is_stopped(&self, on: Date) -> bool {
        self.pauses
            .iter()
            .any(|pause| pause.by_rule && pause.holds(on))
    }

    /// Whether a practice may be done because this plan asks for it.
    pub fn asks_for(&self, practice: &str, library: &Library) -> bool {
        let in_course = |course: &Course| {
            course.swaps.iter().any(|swap| swap.to == practice)
                || library
                    .programme(&course.programme)
                    .is_some_and(|programme| has_practice(programme, practice))
        };
        self.state == State::Agreed
            && (self
                .practices()
                .iter()
                .any(|item| item.practice == practice)
                || self.course.as_ref().is_some_and(in_course))
    }
}

/// Whether a programme has a practice in it, or as another way of doing one.
pub fn has_practice(programme: &Programme, practice: &str) -> bool {
    programme
        .stages
        .iter()
        .flat_map(|stage| &stage.items)
        .any(|item| {
            (item.kind == ItemKind::Practice && item.id == practice)
                || item.alternatives.iter().any(|(other, _)| other == practice)
        })
}

/// One practice of a plan.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PlanPractice {
    /// The practice's slug.
    pub practice: String,
    /// Minutes a day.
    pub minutes: f64,
    /// Weekdays as digits, Monday is 1.
    pub weekdays: String,
    /// First day of the plan it is for; the plan's first day is 1.
    pub first_day: i64,
    /// Last day of the plan it is for; `None`: to the end.
    pub last_day: Option<i64>,
    /// After which routine.
    pub routine: String,
    /// What to do on a bad day instead.
    pub smallest_practice: String,
    /// And for how long.
    pub smallest_minutes: f64,
}

/// The programme a plan follows, and how much of it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Course {
    /// The programme's slug.
    pub programme: String,
    /// Which edition of it.
    pub edition: Edition,
    /// As the practitioner offered it.
    pub prescribed: Dose,
    /// As the client made it her own.
    pub agreed: Option<Dose>,
    /// Stages a practitioner has opened, and the day from which they are open.
    pub opened: Vec<(String, Date)>,
    /// Practices that others have replaced.
    pub swaps: Vec<Swap>,
}

impl Course {
    /// What holds: the agreed dose, or the offer while there is none.
    pub fn dose(&self) -> &Dose {
        self.agreed.as_ref().unwrap_or(&self.prescribed)
    }
}

/// How much of a programme: what may differ from client to client without copying it.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Dose {
    /// No practice lasts longer, as far as its range allows; `None`: as the programme says.
    pub minutes_most: Option<f64>,
    /// Weekdays as digits, Monday is 1.
    pub weekdays: String,
    /// After which routine.
    pub routine: String,
    /// What to do on a bad day instead.
    pub smallest_practice: String,
    /// And for how long.
    pub smallest_minutes: f64,
}

/// A practice of a programme that another has replaced, because it did not fit.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Swap {
    /// What the programme asks for.
    pub from: String,
    /// What is done in its place.
    pub to: String,
    /// For how long.
    pub minutes: f64,
    /// From which day on.
    pub since: Date,
}

/// Days on which nothing is asked.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Pause {
    /// The first day paused.
    pub from: Date,
    /// The first day running again; `None`: until somebody goes on.
    pub to: Option<Date>,
    /// Why.
    pub why: String,
    /// A rule of safety stopped it: why stands with that rule, and nowhere else.
    pub by_rule: bool,
}

impl Pause {
    /// Whether nothing is asked on this day.
    pub fn holds(&self, on: Date) -> bool {
        self.from <= on && self.to.is_none_or(|to| on < to)
    }
}

/// Whether `weekdays` has this day.
pub fn is_on(weekdays: &str, day: Weekday) -> bool {
    let digit = char::from(b'0' + day.to_monday_one_offset().unsigned_abs());
    weekdays.contains(digit)
}

/// `every day`, `on weekdays`, `on Mon, Wed and Fri`.
pub fn weekdays_text(weekdays: &str) -> String {
    match weekdays {
        "1234567" => return "every day".to_owned(),
        "12345" => return "on weekdays".to_owned(),
        "67" => return "at the weekend".to_owned(),
        _ => {}
    }
    let names: Vec<_> = WEEKDAYS
        .iter()
        .filter(|(digit, _)| weekdays.contains(digit))
        .map(|(_, name)| *name)
        .collect();
    match names.as_slice() {
        [] => "on no day".to_owned(),
        [only] => format!("on {only}"),
        [first @ .., last] => format!("on {} and {last}", first.join(", ")),
    }
}

/// The days of a week: digit and short name.
pub const WEEKDAYS: [(&str, &str); 7] = [
    ("1", "Mon"),
    ("2", "Tue"),
    ("3", "Wed"),
    ("4", "Thu"),
    ("5", "Fri"),
    ("6", "Sat"),
    ("7", "Sun"),
];

/// Reads the practice part of a form, as a practitioner or a client fills it in; `may` says which
/// practices she may choose.
pub fn read_practice(
    form: &mut Form,
    library: &Library,
    may: impl Fn(&Practice) -> bool,
) -> PlanPractice {
    let (practice, minutes) = read_choice(form, library, &may, "practice", "minutes");
    let (smallest_practice, smallest_minutes) =
        read_choice(form, library, &may, "smallest_practice", "smallest_minutes");
    PlanPractice {
        practice,
        minutes,
        weekdays: read_weekdays(form),
        first_day: 1,
        last_day: None,
        routine: form.text("routine", 120),
        smallest_practice,
        smallest_minutes,
    }
}

/// Reads how much of a programme somebody wants. In a fixed edition only the routine and the smallest version are hers
/// to choose: its days and minutes are the same for everybody.
pub fn read_dose(
    form: &mut Form,
    library: &Library,
    may: impl Fn(&Practice) -> bool,
    is_fixed: bool,
) -> Dose {
    let minutes_most = match form.raw("minutes_most").trim().replace(',', ".").as_str() {
        "" => None,
        text => {
            let minutes = text.parse::<f64>().ok();
            if !minutes.is_some_and(|minutes| (1.0..=60.0).contains(&minutes)) {
                form.complain(
                    "minutes_most",
                    "Please give minutes from 1 to 60, or leave it empty.",
                );
            }
            minutes
        }
    };
    let (smallest_practice, smallest_minutes) =
        read_choice(form, library, &may, "smallest_practice", "smallest_minutes");
    Dose {
        minutes_most: minutes_most.filter(|_| !is_fixed),
        weekdays: if is_fixed {
            EVERY_DAY.to_owned()
        } else {
            read_weekdays(form)
        },
        routine: form.text("routine", 120),
        smallest_practice,
        smallest_minutes,
    }
}

/// All seven.
pub const EVERY_DAY: &str = "1234567";

fn read_weekdays(form: &mut Form) -> String {
    let weekdays: String = WEEKDAYS
        .iter()
        .map(|(digit, _)| *digit)
        .filter(|digit| form.all("weekday").any(|sent| sent == *digit))
        .collect();
    if weekdays.is_empty() {
        form.complain("weekday", "Please choose at least one day.");
    }
    weekdays
}

fn read_choice(
    form: &mut Form,
    library: &Library,
    may: &impl Fn(&Practice) -> bool,
    slug_field: &str,
    minutes_field: &str,
) -> (String, f64) {
    let slug = form.text(slug_field, 80);
    let Some(practice) = library.practice(&slug).filter(|practice| may(practice)) else {
        form.complain(slug_field, "Please choose one of the practices.");
        return (slug, 0.0);
    };
    let (least, most) = practice.minutes;
    let minutes = form
        .raw(minutes_field)
        .trim()
        .replace(',', ".")
        .parse::<f64>();
    match minutes {
        Ok(minutes) if (least..=most).contains(&minutes) => (slug, minutes),
        _ => {
            let title = practice.title.clone();
            form.complain(
                minutes_field,
                format!("“{title}” can last from {least} to {most} minutes."),
            );
            (slug, least)
        }
    }
}

/// The furthest ahead a plan may begin, days.
const AHEAD: i64 = 90;

/// Reads the day a plan begins; `today` when nothing is said.
pub fn read_start(form: &mut Form, today: Date) -> Date {
    let text = form.raw("starts_on").trim();
    if text.is_empty() {
        return today;
    }
    let read = text.parse::<Date>().ok();
    // A page that was opened yesterday offers yesterday: then today is meant.
    match read.map(|date| (date, days_between(today, date))) {
        Some((_, -1)) => today,
        Some((date, 0..=AHEAD)) => date,
        _ => {
            form.complain(
                "starts_on",
                "Please choose a day from today to three months ahead.",
            );
            today
        }
    }
}

/// Reads how sure somebody is, 0 to 10; nothing when it was not said.
pub fn read_confidence(form: &mut Form) -> Option<i64> {
    let text = form.raw("confidence").trim();
    if text.is_empty() {
        return None;
    }
    let read = text
        .parse::<i64>()
        .ok()
        .filter(|sure| (0..=10).contains(sure));
    if read.is_none() {
        form.complain("confidence", "Please give a whole number from 0 to 10.");
    }
    read
}

/// Below this a plan is offered smaller before it is agreed: what is shrunk in time is kept more often than what is
/// hoped for (homework planning: docs/clinical-safety.md).
pub const SURE: i64 = 7;

/// Smaller versions of what somebody is not sure about, each with the words for its button.
pub fn smaller(item: &PlanPractice, library: &Library) -> Vec<(String, PlanPractice)> {
    let mut versions = Vec::new();
    let least = library
        .practice(&item.practice)
        .map_or(1.0, |practice| practice.minutes.0);
    let half = (item.minutes / 2.0).round().max(least).max(0.3);
    if half < item.minutes {
        let shorter = PlanPractice {
            minutes: half,
            ..item.clone()
        };
        versions.push((
            format!(
                "{} instead of {}",
                minutes_text(half),
                minutes_text(item.minutes)
            ),
            shorter,
        ));
    }
    if let Some(days) = fewer_days(&item.weekdays) {
        let words = format!("Only {}", weekdays_text(&days));
        versions.push((
            words,
            PlanPractice {
                weekdays: days,
                ..item.clone()
            },
        ));
    }
    if item.smallest_minutes < item.minutes {
        let title = library
            .practice(&item.smallest_practice)
            .map_or(item.smallest_practice.as_str(), |practice| {
                practice.title.as_str()
            });
        let words = format!(
            "Just the smallest version: {title}, {}",
            minutes_text(item.smallest_minutes)
        );
        let smallest = PlanPractice {
            practice: item.smallest_practice.clone(),
            minutes: item.smallest_minutes,
            ..item.clone()
        };
        versions.push((words, smallest));
    }
    versions
}

/// The same for how much of a programme.
pub fn smaller_dose(dose: &Dose, longest: f64) -> Vec<(String, Dose)> {
    let mut versions = Vec::new();
    let most = dose.minutes_most.unwrap_or(longest);
    for minutes in [most / 2.0, 5.0] {
        let minutes = minutes.round().max(1.0);
        let is_new = versions
            .iter()
            .all(|(_, other): &(String, Dose)| other.minutes_most != Some(minutes));
        if minutes < most && is_new {
            let words = format!("Never more than {}", minutes_text(minutes));
            versions.push((
                words,
                Dose {
                    minutes_most: Some(minutes),
                    ..dose.clone()
                },
            ));
        }
    }
    if let Some(days) = fewer_days(&dose.weekdays) {
        let words = format!("Only {}", weekdays_text(&days));
        versions.push((
            words,
            Dose {
                weekdays: days,
                ..dose.clone()
            },
        ));
    }
    versions
}

/// Every other one of these days; `None` when there are too few to leave any out.
fn fewer_days(weekdays: &str) -> Option<String> {
    let fewer: String = match weekdays {
        EVERY_DAY => "135".to_owned(),
        days if days.len() > 1 => days.chars().step_by(2).collect(),
        _ => return None,
    };
    Some(fewer)
}
