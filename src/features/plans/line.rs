//! A prescription typed in one line: `wishes dear 8 weekdays after breakfast`.

use kith_content::{Library, Practice};

use super::rules::EVERY_DAY;
use crate::features::library::is_for_one;
use kith_base::web::form::Form;

/// What a line says. What it does not say stays as the form has it.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Written {
    pub(super) what: What,
    pub(super) minutes: Option<f64>,
    pub(super) weekdays: Option<String>,
    pub(super) routine: Option<String>,
}

/// What is prescribed, by its slug.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum What {
    Practice(String),
    Programme(String),
}

/// These begin the routine, which is the rest of the line.
const ROUTINE: [&str; 4] = ["after", "before", "while", "when"];

/// Words for days that say nothing about what to practise.
const DAYS: [(&str, &str); 12] = [
    ("daily", EVERY_DAY),
    ("everyday", EVERY_DAY),
    ("weekdays", "12345"),
    ("weekend", "67"),
    ("weekends", "67"),
    ("mon", "1"),
    ("tue", "2"),
    ("wed", "3"),
    ("thu", "4"),
    ("fri", "5"),
    ("sat", "6"),
    ("sun", "7"),
];

/// Reads a line; `None` when nothing is called anything like it of what she may prescribe.
pub(super) fn read(
    line: &str,
    library: &Library,
    may: impl Fn(&Practice) -> bool,
) -> Option<Written> {
    let line = line.trim().to_lowercase();
    let (mut name, mut minutes, mut days, mut routine) = (Vec::new(), None, String::new(), None);
    let words: Vec<&str> = line.split_whitespace().take(40).collect();
    for (place, word) in words.iter().enumerate() {
        let bare = word.trim_matches(|letter: char| !letter.is_alphanumeric());
        let number = bare
            .trim_end_matches(|letter: char| letter.is_alphabetic())
            .replace(',', ".")
            .parse::<f64>();
        if let Some((_, digits)) = DAYS.iter().find(|(day, _)| *day == bare) {
            days.push_str(digits);
        } else if let (Ok(number), None) = (number, minutes) {
            minutes = Some(number).filter(|number| (0.1..=60.0).contains(number));
        } else if !name.is_empty() && ROUTINE.contains(&bare) {
            routine = words.get(place..).map(|rest| rest.join(" "));
            break;
        } else if !matches!(
            bare,
            "" | "min"
                | "mins"
                | "minute"
                | "minutes"
                | "for"
                | "a"
                | "the"
                | "every"
                | "day"
                | "days"
                | "and"
        ) {
            name.push(bare.to_owned());
        }
    }
    Some(Written {
        what: best(&name, library, may)?,
        minutes,
        weekdays: in_order(&days),
        routine: routine.map(|text| text.chars().take(120).collect()),
    })
}

fn in_order(days: &str) -> Option<String> {
    let digits: String = EVERY_DAY
        .chars()
        .filter(|digit| days.contains(*digit))
        .collect();
    (!digits.is_empty()).then_some(digits)
}

/// The practice or programme most of whose words begin with those typed. Every word typed must be found.
fn best(name: &[String], library: &Library, may: impl Fn(&Practice) -> bool) -> Option<What> {
    if name.is_empty() {
        return None;
    }
    let practices = library
        .practices()
        .filter(|practice| may(practice))
        .map(|practice| {
            (
                What::Practice(practice.slug.clone()),
                &practice.slug,
                &practice.title,
            )
        });
    let programmes = library
        .programmes()
        .filter(|programme| is_for_one(programme))
        .map(|programme| {
            (
                What::Programme(programme.slug.clone()),
                &programme.slug,
                &programme.title,
            )
        });
    practices
        .chain(programmes)
        .filter_map(|(what, slug, title)| {
            // A line is mostly for one practice; a programme has to be meant.
            let weight = if matches!(what, What::Practice(_)) {
                1.0
            } else {
                0.8
            };
            Some((weight * likeness(name, slug, title)?, what))
        })
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, what)| what)
}

/// How much of a name was typed, 0 to 1; `None` when a word is in neither slug nor title.
fn likeness(typed: &[String], slug: &str, title: &str) -> Option<f64> {
    let words = |text: &str| -> Vec<String> {
        text.to_lowercase()
            .split(|letter: char| !letter.is_alphanumeric())
            .filter(|word| !word.is_empty())
            .map(str::to_owned)
            .collect()
    };
    let share = |words: &[String]| -> Option<f64> {
        let mut letters = 0;
        for word in typed {
            let parts = word.split('-').filter(|part| !part.is_empty());
            for part in parts {
                words.iter().find(|known| known.starts_with(part))?;
                letters += part.chars().count();
            }
        }
        let all: usize = words.iter().map(|word| word.chars().count()).sum();
        Some(letters as f64 / (all.max(1)) as f64)
    };
    let (by_slug, by_title) = (share(&words(slug)), share(&words(title)));
    let both: Vec<String> = words(slug).into_iter().chain(words(title)).collect();
    [by_slug, by_title, share(&both)]
        .into_iter()
        .flatten()
        .max_by(f64::total_cmp)
}

impl Written {
    /// Puts what the line says into the form.
    pub(super) fn fill(&self, form: &mut Form) {
        if let Some(minutes) = self.minutes {
            let field = match self.what {
                What::Practice(_) => "minutes",
                What::Programme(_) => "minutes_most",
            };
            form.set(field, &minutes.to_string());
        }
        if let Some(weekdays) = &self.weekdays {
            let digits: Vec<String> = weekdays.chars().map(|digit| digit.to_string()).collect();
            form.set_all("weekday", digits.iter().map(String::as_str));
        }
        if let Some(routine) = &self.routine {
            form.set("routine", routine);
        }
    }
}
