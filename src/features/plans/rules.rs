//! Plans: what they hold, what a form may say, and what is due on a day.

use jiff::civil::{Date, Weekday};
use kith_content::Library;
use serde::Serialize;

use crate::base::web::form::Form;
use crate::base::web::locale::days_between;

/// Where a plan stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// The practitioner has offered it.
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
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Plan {
    /// Itself.
    pub plan_id: String,
    /// Whose.
    pub client_id: String,
    /// Who offered it.
    pub prescribed_by: String,
    /// The programme it follows, if any.
    pub programme: Option<String>,
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
    /// When the client agreed.
    pub agreed_at: Option<i64>,
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

/// Something to practise on a certain day.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Due {
    /// The plan it belongs to.
    pub plan_id: String,
    /// What and how.
    #[serde(flatten)]
    pub practice: PlanPractice,
    /// Why, in the practitioner's words.
    pub why: String,
    /// What to do if it goes badly.
    pub if_hard: String,
}

/// What is due on a day, in the order of the plans. Nothing is carried over from other days.
pub fn due(plans: &[Plan], on: Date) -> Vec<Due> {
    let runs = |plan: &&Plan| {
        plan.state == State::Agreed
            && on >= plan.starts_on
            && plan.ends_on.is_none_or(|last| on <= last)
    };
    plans
        .iter()
        .filter(runs)
        .flat_map(|plan| {
            let day = days_between(plan.starts_on, on) + 1;
            plan.practices()
                .iter()
                .filter(move |practice| {
                    practice.first_day <= day
                        && practice.last_day.is_none_or(|last| day <= last)
                        && is_on(&practice.weekdays, on.weekday())
                })
                .map(|practice| Due {
                    plan_id: plan.plan_id.clone(),
                    practice: practice.clone(),
                    why: plan.why.clone(),
                    if_hard: plan.if_hard.clone(),
                })
        })
        .collect()
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
    may: impl Fn(&kith_content::Practice) -> bool,
) -> PlanPractice {
    let mut chosen = |slug_field: &str, minutes_field: &str| {
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
    };
    let (practice, minutes) = chosen("practice", "minutes");
    let (smallest_practice, smallest_minutes) = chosen("smallest_practice", "smallest_minutes");
    let weekdays: String = WEEKDAYS
        .iter()
        .map(|(digit, _)| *digit)
        .filter(|digit| form.all("weekday").any(|sent| sent == *digit))
        .collect();
    if weekdays.is_empty() {
        form.complain("weekday", "Please choose at least one day.");
    }
    PlanPractice {
        practice,
        minutes,
        weekdays,
        first_day: 1,
        last_day: None,
        routine: form.text("routine", 120),
        smallest_practice,
        smallest_minutes,
    }
}
