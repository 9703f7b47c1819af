//! Plays every practice at every whole minute of its range, as a person would ask for it.

use crate::compose::{Asked, ComposeError, clock, compose};
use crate::library::Library;
use crate::lists::PLAIN;
use crate::practice::Practice;
use crate::problem::Problem;
use crate::words::{Form, Forms};

/// Plays every practice at every whole minute of its range, and at ends that are not whole: with the usual forms, with
/// each form its script asks about the other way round, and with every set of wishes. Returns a problem for each length
/// that cannot be played, and how many plays there were.
pub fn check(library: &Library) -> (Vec<Problem>, usize) {
    let (mut problems, mut played) = (Vec::new(), 0);
    for practice in library.practices() {
        check_practice(library, practice, &mut problems, &mut played);
    }
    (problems, played)
}

/// Reads one practice that is no part of the library yet, against everything that is, and plays it as [`check`] does.
/// Gives the practice when it can be read and what is wrong: a practice that reads well may still not fit its minutes.
pub fn try_practice(library: &Library, slug: &str, text: &str) -> (Option<Practice>, Vec<Problem>) {
    let (practice, mut problems) = library.read_practice(slug, text);
    if let Some(practice) = &practice {
        check_practice(library, practice, &mut problems, &mut 0);
    }
    (practice, problems)
}

fn check_practice(
    library: &Library,
    practice: &Practice,
    problems: &mut Vec<Problem>,
    played: &mut usize,
) {
    let usual = Forms::default();
    let other_forms: Vec<Form> = practice.script.forms();
    let speaks_wishes = practice.script.speaks_wishes();
    let mut begins_silent = false;
    let mut faults: Vec<RepeatedFault> = Vec::new();
    for minutes in lengths(practice.minutes) {
        let asked = Asked::new(minutes, library);
        let mut play = |asked: &Asked<'_>, how: &str| {
            *played += 1;
            let (fault, message) = match compose(practice, asked) {
                Ok(composition) if (composition.seconds - minutes * 60.0).abs() > 1.0 => {
                    let ends = clock(composition.seconds / 60.0);
                    let message = format!("at {} it ends after {ends} instead", said(minutes));
                    (Fault::WrongLength, message)
                }
                Ok(composition)
                    if !begins_silent
                        && composition.cues.first().is_none_or(|cue| cue.at > 0.0) =>
                {
                    begins_silent = true;
                    let message = "it begins with silence: put a cue or a [bell] first".to_owned();
                    (Fault::Silent, message)
                }
                Ok(_) => return true,
                Err(error) => explain(&error, minutes),
            };
            match faults
                .iter_mut()
                .find(|told| told.how == how && told.fault == fault)
            {
                Some(told) => told.more += 1,
                None => faults.push(RepeatedFault {
                    how: how.to_owned(),
                    fault,
                    message: format!("{message}{how}"),
                    more: 0,
                }),
            }
            false
        };
        // What fails with everything as usual would only fail again.
        if !play(&asked, "") {
            continue;
        }
        for &form in &other_forms {
            let on = !usual.has(form);
            let how = format!(" (with `{form}` turned {})", if on { "on" } else { "off" });
            play(
                &Asked {
                    forms: usual.with(form, on),
                    ..asked
                },
                &how,
            );
        }
        for phrases in library
            .phrases()
            .iter()
            .filter(|set| speaks_wishes && set.id != PLAIN)
        {
            play(
                &Asked { phrases, ..asked },
                &format!(" (with the wishes `{}`)", phrases.id),
            );
        }
    }
    for told in faults {
        let (line, column) = practice.minutes_place;
        let more = match told.more {
            0 => String::new(),
            1 => "; and 1 more length".to_owned(),
            more => format!("; and {more} more lengths"),
        };
        problems.push(Problem {
            file: format!("practices/{}.md", practice.slug),
            line,
            column,
            message: format!("{}{more}", told.message),
            allowed: None,
        });
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Fault {
    WrongLength,
    Silent,
    Gap,
    TooLong,
    TooShort,
    TooMuch,
    Other,
}

/// What goes wrong in playing a practice in one way, told for the first length it goes wrong at.
struct RepeatedFault {
    how: String,
    fault: Fault,
    message: String,
    /// At how many more lengths.
    more: usize,
}

/// The whole minutes of a range and its ends; the middle too when no whole minute lies within.
fn lengths((least, most): (f64, f64)) -> Vec<f64> {
    let mut lengths = vec![least];
    let mut minute = least.floor() + 1.0;
    while minute < most {
        lengths.push(minute);
        minute += 1.0;
    }
    if lengths.len() == 1 && least.fract() != 0.0 && most.fract() != 0.0 {
        lengths.push((least + most) / 2.0);
    }
    lengths.push(most);
    lengths.dedup();
    lengths
}

fn said(minutes: f64) -> String {
    if minutes == 1.0 {
        "1 minute".into()
    } else {
        format!("{minutes} minutes")
    }
}

fn explain(error: &ComposeError, minutes: f64) -> (Fault, String) {
    let ComposeError::DoesNotFit {
        least, most, gap, ..
    } = error
    else {
        return (Fault::Other, error.to_string());
    };
    let at = said(minutes);
    match gap {
        Some((below, above)) => (
            Fault::Gap,
            format!(
                "at {at} nothing fits: it can be up to {} or from {} on; widen the silences or make a repeat shorter",
                clock(*below),
                clock(*above)
            ),
        ),
        None if minutes < *least => (
            Fault::TooLong,
            format!(
                "at {at} the shortest it can be is {}: lower the least silences or raise the range",
                clock(*least)
            ),
        ),
        None if minutes > *most => (
            Fault::TooShort,
            format!(
                "at {at} the longest it can be is {}: raise the most silences, add rounds, or lower the range",
                clock(*most)
            ),
        ),
        None => (
            Fault::TooMuch,
            format!(
                "at {at} it has more than 2,000 cues or silences: lower the rounds of its repeats"
            ),
        ),
    }
}
